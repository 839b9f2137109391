//! The shipped data: complete, in every language, in every combination.

use std::collections::{BTreeMap, BTreeSet};

use lygte::checklist::{Library, Selection};
use lygte::diag::Code;
use lygte::model::{AnswerKind, Basis, Form, Id, Lang, Role, Strength};
use lygte::questionnaire::{Book, Limits, WriteOptions, write};

use crate::support::{Bench, catalog};

/// Every role and form; every sector and country is tried in `nordic`.
#[test]
fn every_role_and_form_makes_a_workbook_of_its_language_only() {
    let library = crate::support::library();
    let langs: Vec<Lang> = library.langs.clone();
    let sectors: Vec<Vec<Id>> = vec![Vec::new(), vec![Id::new("cleaning")]];
    for sector in &sectors {
        for country in [None, Some("DK".parse().unwrap())] {
            for form in [Form::Short, Form::Full] {
                let selection = Selection {
                    questionnaire: Id::new("guide"),
                    sectors: sector.clone(),
                    country: country.clone(),
                    form,
                };
                let questionnaire = library.compose(&selection).unwrap();
                for lang in &langs {
                    for role in [Role::Supplier, Role::Assessor, Role::Observer] {
                        let options = WriteOptions {
                            role,
                            lang,
                            supplier_id: Some("test-1"),
                            supplier_name: Some("Test"),
                            country: country.as_ref(),
                            reference: &library.reference,
                            answers: None,
                        };
                        let bytes = write(&questionnaire, &options).unwrap();
                        assert_eq!(bytes, write(&questionnaire, &options).unwrap(), "the same bytes each time");
                        check_language(&questionnaire, &bytes, lang, role);
                    }
                }
            }
        }
    }
}

/// No English text that has a translation of another wording stands in the workbook.
fn check_language(q: &lygte::model::Questionnaire, bytes: &[u8], lang: &Lang, role: Role) {
    let book = Book::open(bytes, &"test.xlsx".into(), &Limits::default()).unwrap();
    let mut english: BTreeSet<&str> = BTreeSet::new();
    let mut own: BTreeSet<&str> = BTreeSet::new();
    let mut texts = Vec::new();
    for question in q.questions() {
        texts.extend([&question.text, &question.why]);
        texts.extend(question.items.iter().map(|i| &i.text));
        for item in &question.items {
            if let AnswerKind::Scale(scale) = &item.kind {
                texts.extend(scale.options.iter().map(|o| &o.label));
            }
        }
    }
    texts.extend(q.words.ids().filter_map(|id| q.words.text(id)));
    for text in texts {
        english.insert(text.get(&Lang::english()));
        own.insert(text.get(lang));
    }
    for sheet in book.sheets.iter().filter(|s| &*s.name != "_meta") {
        for (_, value) in sheet.cells.iter() {
            let raw = value.raw();
            assert!(own.contains(raw.as_str()) || !english.contains(raw.as_str()), "{lang}: {raw}");
        }
    }
    let signs: BTreeSet<String> =
        q.signs.signs.iter().flat_map(|s| [s.id.to_string(), s.text.get(lang).to_owned()]).collect();
    if role != Role::Observer {
        for (_, value) in book.sheets.iter().flat_map(|s| s.cells.iter()) {
            assert!(!signs.contains(&value.raw()), "a sign in the form of the {}", role.id());
        }
    }
}

#[test]
fn the_guide_is_whole_as_far_as_it_was_seen() {
    let bench = Bench::cleaning();
    let q = &bench.questionnaire;
    let numbers: BTreeMap<&str, Basis> = q
        .questions()
        .flat_map(|q| {
            std::iter::once((q.number.as_str(), q.basis)).chain(q.items.iter().map(|i| (i.number.as_str(), q.basis)))
        })
        .collect();
    let seen = [
        "A1", "A2", "A3", "A3a", "A3b", "A3c", "A3d", "A3e", "A4", "B1", "B1a", "B1b", "B2", "B3", "B3a", "B3b", "B4",
        "B5", "B5a", "B5b", "B5c", "B5d", "B5e", "B5f", "B5g", "B6", "B7", "B8", "B9", "C1", "C2", "C2a", "C2b", "C3",
        "C3a", "C3b", "C3c", "C4", "C4a", "C4b",
    ];
    for number in seen {
        assert_eq!(numbers.get(number), Some(&Basis::Guide), "{number}");
    }
    for (number, basis) in &numbers {
        assert_eq!(*basis == Basis::Guide, seen.contains(number), "{number}: only what was seen is the guide's");
    }
    let housing: Vec<&str> =
        q.signs.signs.iter().filter(|s| s.basis == Basis::Guide).map(|s| s.number.as_str()).collect();
    assert_eq!(housing, ["RH1", "RH2", "RH3", "RH4"]);
    assert!(q.controls.iter().all(|b| !b.complete) && !q.exposure.complete && !q.signs.complete);
}

#[test]
fn forms_have_the_length_they_say() {
    let bench = Bench::cleaning();
    let full: usize = bench.questionnaire.questions().count();
    assert!((60..=80).contains(&full), "full form: {full} questions");
    let short = bench.questionnaire.questions().filter(|q| q.short).count();
    assert!((15..=21).contains(&short), "short form: {short} questions");
}

#[test]
fn all_67_indicators_are_there_and_each_can_be_noted() {
    let bench = Bench::cleaning();
    let indicators = &bench.library.reference.indicators.by_id;
    assert_eq!(indicators.len(), 67);
    let mut rows: BTreeMap<&str, usize> = BTreeMap::new();
    let mut adult: BTreeMap<Strength, usize> = BTreeMap::new();
    let mut child: BTreeMap<Strength, usize> = BTreeMap::new();
    for i in indicators.values() {
        *rows.entry(i.dimension.code()).or_default() += 1;
        *adult.entry(i.adult.unwrap()).or_default() += 1;
        if let Some(s) = i.child {
            *child.entry(s).or_default() += 1;
        }
    }
    assert_eq!(rows, BTreeMap::from([("DR", 10), ("CR", 10), ("RV", 16), ("EX", 9), ("CD", 15), ("VD", 7)]));
    assert_eq!(adult, BTreeMap::from([(Strength::Strong, 7), (Strength::Medium, 53), (Strength::Weak, 7)]));
    assert_eq!(child, BTreeMap::from([(Strength::Strong, 15), (Strength::Medium, 50)]));
    let noted: BTreeSet<&str> = bench.questionnaire.signs.signs.iter().map(|s| s.indicator.as_str()).collect();
    assert_eq!(noted.len(), 67, "every indicator has a sign in the observer's form");
    let disputed: Vec<&str> = indicators.values().filter(|i| i.disputed).map(|i| i.id.as_str()).collect();
    assert_eq!(disputed, ["EX02", "EX04", "EX06", "RV13", "RV14"]);
}

#[test]
fn every_country_of_the_world_has_a_step() {
    let library = crate::support::library();
    assert!(library.reference.countries.len() >= 249);
    let step = |code: &str| {
        let step = &library.reference.countries[code].step;
        (step.lo.to_string(), step.hi.to_string())
    };
    assert_eq!(step("DK"), ("0".to_owned(), "0".to_owned()));
    assert_eq!(step("AX"), step("FI"));
    assert_eq!(step("IS"), ("0".to_owned(), "0".to_owned()));
    assert_eq!(step("AD"), ("0".to_owned(), "1".to_owned()), "a country the source lacks is unknown");
}

#[test]
fn danger_has_a_number_and_nothing_unconfirmed_is_printable() {
    for (code, country) in &crate::support::library().countries {
        assert_eq!(country.info.emergency, "112", "{code}");
        for fact in &country.info.facts {
            assert!(!fact.is_printable() || matches!(fact.confidence.as_str(), "P" | "S"), "{}", fact.id);
        }
        let on_suspicion =
            country.info.facts.iter().filter(|f| f.purpose.as_deref() == Some("suspicion") && f.is_printable()).count();
        assert!(on_suspicion > 0, "{code}: whom to call on suspicion");
    }
}

#[test]
fn no_wording_asks_for_what_must_not_be_asked() {
    // Words that would ask for copies, names or features. A heuristic: it holds what was once looked at line by line.
    let bench = Bench::cleaning();
    for question in bench.questionnaire.questions() {
        for text in std::iter::once(&question.text).chain(question.items.iter().map(|i| &i.text)) {
            let english = text.get(&Lang::english()).to_lowercase();
            for word in [
                "attach a copy",
                "send a copy",
                "send us",
                "eye colour",
                "ear shape",
                "name the worker",
                "names of workers",
            ] {
                assert!(!english.contains(word), "{}: {english}", question.id);
            }
        }
    }
}

/// Loads the embedded data with one file changed, and returns the findings as `place code: message`.
fn lint(file: &str, from: &str, to: &str) -> Vec<String> {
    let mut changed = catalog();
    let text = changed.get(file).unwrap().text.to_string();
    assert!(text.contains(from), "{file} holds {from}");
    changed.insert(file, &text.replacen(from, to, 1));
    let (_, diags) = Library::load(&changed);
    let line = |d: &lygte::diag::Diagnostic| format!("{} {}: {}", d.place, d.code.name(), d.message());
    // The small questionnaire of the tests has no translations; each of its files says so once.
    let own =
        |d: &&lygte::diag::Diagnostic| d.code != Code::MissingTranslation || !d.message().ends_with("`this file`");
    diags.0.iter().filter(own).map(line).collect()
}

/// The same with the first list under that key emptied.
fn emptied(file: &str, key: &str) -> Vec<String> {
    let embedded = catalog();
    let text = &embedded.get(file).unwrap().text;
    let start = text.find(&format!("\n{key}\n")).unwrap() + 1;
    let body = start + key.len() + 1;
    let depth = key.len() - key.trim_start().len();
    let is_item = |line: &&str| line.len() - line.trim_start().len() > depth;
    let list: usize = text[body..].split_inclusive('\n').take_while(is_item).map(str::len).sum();
    lint(file, &text[start..body + list], &format!("{key} []\n"))
}

#[test]
fn lint_finds_each_kind_of_slip_with_its_line_and_column() {
    let a = "guide/a-general.yml";
    let m = "methods/fls-1.yml";
    let cases: Vec<(Vec<String>, &str)> = vec![
        (lint(a, "id: own-guidelines", "id: knows-law"), "duplicate-id: `knows-law` is defined twice"),
        (lint(a, "    weight:", "    wieght:"), "unknown-key: there is no key `wieght` here"),
        (lint(a, "weight: 2", "weight: -1"), "bad-weight: weight `-1` is not allowed: a whole number from 1 to 3"),
        (lint(a, "scale: yes-partly-no", "scale: yes-maybe"), "missing-target: there is no scale `yes-maybe`"),
        (lint(a, "id: cmm-v1-web", "id: cmm-v9"), "missing-target: there is no source `cmm-v9`"),
        (lint(a, "schema: lygte/checklist/1", "schema: lygte/checklist/2"), "guide/a-general.yml:1:9 bad-schema"),
        (lint(a, "number: A2", "number: A1"), "duplicate-number: number `A1` is used twice"),
        (lint("guide/signs.yml", "    indicator: ", "    # indicator: "), "sign-without-indicator: sign `"),
        (
            lint("guide/signs.yml", "contradicts: [", "contradicts: [no-such-question, "),
            "missing-target: there is no question `no-such-question`",
        ),
        (
            lint("lang/da/guide/a-general.yml", "  - id: knows-law.text", "  - id: knows-laws.text"),
            "unknown-translation: `knows-laws.text` is no text of",
        ),
        (lint("methods/fls-1.yml", "{id: k, value", "{id: kk, value"), "bad-value: `kk` is not allowed here"),
        (lint("methods/fls-1.yml", "value: \"40\"", "value: \"41\""), "the weights of the factors add up to 100"),
        (
            lint("sectors/cleaning.yml", "step: \"3/4\"", "step: \"5/4\""),
            "bad-value: `5/4` is not allowed here: a number from 0 to 1",
        ),
        (
            lint("countries/DK.yml", "last_verified: 2026-11-24", "last_verified: 2026-24-11"),
            "bad-value: `2026-24-11` is not allowed here",
        ),
        (lint("exposure/countries.yml", "as: FI", "as: QQ"), "missing-target: there is no country `QQ`"),
        (lint(m, "weight-swing, value: \"1/4\"", "weight-swing, value: \"1\""), "a number from 0 to less than 1"),
        (
            lint(m, "{id: k, value: \"3/5\"", "{id: k, value: \"6/5\""),
            "bad-value: `6/5` is not allowed here: a number from 0 to 1",
        ),
        (lint(m, "na-share, value: \"3/10\"", "na-share, value: \"30\""), "bad-value: `30` is not allowed here"),
        (lint(m, "cut-high, value: \"50\"", "cut-high, value: \"25\""), "a number above that of `cut-moderate`"),
        (emptied(m, "factors:"), "missing-key: `country` is missing: `factors` needs it"),
        (emptied("scales.yml", "    options:"), "missing-key: `options` is missing: a scale has at least one option"),
        (emptied("profile.yml", "fields:"), "missing-key: `sectors` is missing: the profile has this fact"),
        (
            lint("acts/dk-contractor-stop.yml", "roles: [contractor, employer]", "roles: []"),
            "missing-key: `roles` is missing: an alternative says whom it is about",
        ),
        (
            lint("sources.yml", "date: \"2015\"", "date: \"about 2015\""),
            "bad-value: `about 2015` is not allowed here: a date",
        ),
        (lint(a, "id: guide-a", "id: guide-a\nid: guide-a"), "malformed-yaml: the key `id` stands twice"),
        (lint(a, "    text: ", "\ttext: "), "malformed-yaml: a tab stands where only spaces can"),
        (lint(a, "weight: 2", "weight: two"), "malformed-yaml: a whole number is expected here"),
        (lint(a, "weight: 2", "weight: [2]"), "malformed-yaml: "),
        (
            lint(a, "questions:", "questions: none\nx:"),
            "malformed-yaml: a list, each entry behind a hyphen, is expected here",
        ),
        (lint(a, "complete: ", "complete: yes #"), "malformed-yaml: true or false is expected here"),
        (lint(a, "kind: controls", "kind: control"), "malformed-yaml: `control` is not allowed here: "),
        (lint(a, "title: ", "title: &x "), "malformed-yaml: anchors (`&name`) and aliases (`*name`) are not taken"),
        (lint(a, "title: ", "title: a: "), "malformed-yaml: a colon stands where none can"),
        (lint(a, "title: ", "title: \"a "), "malformed-yaml: a quotation mark is not closed"),
        (
            lint(a, "title: ", "title: [a "),
            "malformed-yaml: a colon stands where none can, or a bracket before it is not closed",
        ),
    ];
    for (found, want) in cases {
        assert!(found.iter().any(|f| f.contains(want)), "wanted {want}\nfound {found:#?}");
        let place = found.iter().find(|f| f.contains(want)).unwrap();
        assert!(place.split(' ').next().unwrap().matches(':').count() >= 2, "line and column: {place}");
    }
    // The slip is a whole file: a list that no questionnaire names.
    let unnamed = lint("guide/guide.yml", "a-general, ", "");
    assert!(unnamed.iter().any(|f| f.starts_with("checklists/guide/a-general.yml unknown-file")), "{unnamed:#?}");
}

#[test]
fn a_missing_and_a_stale_translation_are_found_and_stop_nothing() {
    let stale = lint("guide/a-general.yml", "    text: \"", "    text: \"Really: ");
    assert!(
        stale
            .iter()
            .any(|f| f.contains("stale-translation") && f.starts_with("checklists/lang/da/guide/a-general.yml:")),
        "{stale:#?}"
    );
    let missing = lint("lang/da/guide/a-general.yml", "  - id: title\n", "  - id: titel\n");
    assert!(missing.iter().any(|f| f.contains("missing-translation: no text in `da` for `title`")), "{missing:#?}");

    let mut changed = catalog();
    let text = changed.get("guide/a-general.yml").unwrap().text.replacen("    text: \"", "    text: \"Really: ", 1);
    changed.insert("guide/a-general.yml", &text);
    assert!(Library::load(&changed).0.is_some(), "wording that lags behind does not stop the work");
}

#[test]
fn wording_does_not_change_the_revision_and_weights_do() {
    let revision = |from: &str, to: &str| {
        let mut changed = catalog();
        let text = changed.get("guide/a-general.yml").unwrap().text.replacen(from, to, 1);
        changed.insert("guide/a-general.yml", &text);
        let library = Library::load(&changed).0.unwrap();
        let selection =
            Selection { questionnaire: Id::new("guide"), sectors: Vec::new(), country: None, form: Form::Full };
        library.compose(&selection).unwrap().revision
    };
    let now = revision("same", "same");
    assert_eq!(revision("    text: \"", "    text: \"Really: "), now);
    assert_ne!(revision("weight: 2", "weight: 3"), now);
}
