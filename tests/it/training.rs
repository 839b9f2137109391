//! Training cases: each is held against the questionnaire it is answered in, and each reason against its story.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use lygte::checklist::{Catalog, Library};
use lygte::diag::{Code, Diagnostic};
use lygte::model::{Case, Id, Lang, SignState, Text, TrapKind};

use crate::support::Sandbox;

const CASE: &str = "training/hospitality.yml";
const SWEDISH: &str = "lang/sv/training/hospitality.yml";

static CATALOG: LazyLock<Catalog> = LazyLock::new(Catalog::embedded);
static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::load(&CATALOG).0.unwrap());

fn embedded() -> impl Iterator<Item = Case> {
    LIBRARY.cases(&CATALOG).0.into_values()
}

fn text(file: &str) -> String {
    CATALOG.get(file).unwrap().text.to_string()
}

fn line(diagnostic: &Diagnostic) -> String {
    format!("{} {}: {}", diagnostic.place, diagnostic.code.name(), diagnostic.message())
}

/// One case alone and its translation into Swedish, with one of the two changed.
fn changed(file: &str, from: &str, to: &str) -> Catalog {
    let mut catalog = Catalog::default();
    for name in [CASE, SWEDISH] {
        catalog.insert(name, &text(name));
    }
    let text = text(file);
    assert!(text.contains(from), "{file} holds {from}");
    catalog.insert(file, &text.replacen(from, to, 1));
    catalog
}

/// Where a text stands in a file: line and column, from 1.
fn place(catalog: &Catalog, file: &str, at: &str) -> String {
    let text = &catalog.get(file).unwrap().text;
    let before = &text[..text.find(at).unwrap_or_else(|| panic!("{file} holds {at}"))];
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    format!("{file}:{}:{column}", before.matches('\n').count() + 1)
}

#[test]
fn every_case_is_sound() {
    let (cases, diags) = LIBRARY.cases(&CATALOG);
    assert!(diags.0.is_empty(), "{:#?}", diags.0.iter().map(line).collect::<Vec<_>>());
    let sectors: BTreeSet<&Id> = cases.values().map(|c| &c.sector).collect();
    assert_eq!(sectors, LIBRARY.sectors.keys().collect());
}

/// Every text of a case.
fn texts(case: &Case) -> Vec<&Text> {
    let mut out = vec![&case.title, &case.about, &case.decisions];
    out.extend(case.goals.iter().chain(&case.debrief).map(|s| &s.text));
    out.extend(case.story.iter().flat_map(|p| std::iter::once(&p.title).chain(p.sentences.iter().map(|s| &s.text))));
    out.extend(case.key.iter().flat_map(|e| [&e.why, &e.wrong.why, &e.debrief]));
    out.extend(case.signs.iter().map(|s| &s.why));
    out.extend(case.traps.iter().map(|t| &t.text));
    out
}

#[test]
fn every_case_is_in_danish_and_swedish_and_three_are_in_all_languages() {
    for case in embedded() {
        let everywhere = ["cleaning", "construction", "agriculture"].contains(&case.sector.as_str());
        let wanted = if everywhere { "en da fi is nb sv" } else { "en da sv" };
        let langs: Vec<&str> = case.langs.iter().map(Lang::as_str).collect();
        assert_eq!(langs.join(" "), wanted, "{}", case.id);
        for text in texts(&case) {
            // English, and each of the others.
            assert_eq!(text.all().count(), langs.len(), "{}: {}", case.id, text.get(&Lang::english()));
        }
        assert_eq!(case.drafts.len(), langs.len() - 1, "{}: nobody has reviewed it yet", case.id);
    }
}

#[test]
fn every_reason_points_to_its_story() {
    for case in embedded() {
        let reasons = case.key.iter().map(|e| (&e.item, &e.rests_on));
        let reasons = reasons.chain(case.signs.iter().map(|s| (&s.sign, &s.rests_on)));
        for (id, rests_on) in reasons.chain(case.traps.iter().map(|t| (&t.id, &t.rests_on))) {
            assert!(!rests_on.is_empty(), "{}: {id}", case.id);
            for sentence in rests_on {
                assert!(case.sentence(sentence).is_some(), "{}: {id} rests on {sentence}", case.id);
            }
        }
    }
}

#[test]
fn every_case_has_something_to_get_wrong_in_both_directions() {
    for case in embedded() {
        for kind in TrapKind::ALL {
            assert!(case.traps.iter().any(|t| t.kind == kind), "{}: {}", case.id, kind.id());
        }
        for state in [SignState::Present, SignState::Absent] {
            assert!(case.signs.iter().any(|s| s.state == state), "{}: {}", case.id, state.id());
        }
    }
}

#[test]
fn each_slip_is_found_with_its_line_and_column() {
    // What is changed, where the finding is, and what it says.
    let slips: &[(&str, &str, &str, &str)] = &[
        ("lygte/case/1", "lygte/case/2", "lygte/case/2", "bad-schema"),
        ("sector: hospitality", "sector: hotels", "hotels", "missing-target: there is no sector `hotels`"),
        ("country: SE", "country: GB", "GB", "missing-target: there is no country file `GB`"),
        ("id: hospitality-lakeside", "id: dk", "dk", "an id that no questionnaire, sector, country or method has"),
        ("housing: \"yes\"", "horses: \"yes\"", "horses", "unknown-key: there is no key `horses` here"),
        ("housing: \"yes\"", "housing: \"perhaps\"", "\"perhaps\"", "malformed-yaml"),
        (
            "employees: \"34\"",
            "employees: \"many\"",
            "\"many\"",
            "bad-value: `many` is not allowed here: a whole number",
        ),
        ("levels: \"1\"", "levels: \"0\"", "\"0\"", "0 without subcontractors, 1 or more with them"),
        ("id: w2,", "id: w1,", "w1, text: \"In summer", "duplicate-id: `w1` is defined twice"),
        ("id: p3,", "id: w3,", "w3, text: \"The payslips", "duplicate-id: `w3` is defined twice"),
        ("id: d2,", "id: d1,", "d1, text: \"The waitress", "duplicate-id: `d1` is defined twice"),
        ("id: trap-2,", "id: trap-1,", "trap-1, kind: looks-fine, text: \"Eleven", "duplicate-id"),
        ("id: goal-2,", "id: goal_2,", "goal_2", "invalid-id: `goal_2`"),
        (
            "question: low-price",
            "question: tied-housing",
            "tied-housing\n    answer: \"yes\"\n    evidence: E2\n    why: \"The bed",
            "duplicate-id: `tied-housing`",
        ),
        ("question: low-price", "question: low-prize", "low-prize", "missing-target: there is no question `low-prize`"),
        (
            "question: low-price",
            "question: foo-rent-share",
            "foo-rent-share",
            "missing-target: there is no question `foo-rent-share`",
        ),
        (
            "question: zero-tolerance.clause",
            "question: zero-tolerance",
            "zero-tolerance",
            "the question is answered in parts: zero-tolerance.clause",
        ),
        (
            "third-country-citizens: \"yes\"",
            "third-country-citizens: \"no\"",
            "hos-no-payback",
            "not-asked: `hos-no-payback` is not asked of this supplier: its profile answers `third-country-citizens` otherwise",
        ),
        ("answer: undecided", "answer: nobody", "nobody\n", "bad-value: `nobody` is not allowed here: "),
        (
            "wrong: {answer: all",
            "wrong: {answer: undecided",
            "undecided, why",
            "bad-value: `undecided` is not allowed here",
        ),
        ("evidence: E2", "evidence: E4", "E4", "bad-value: `E4` is not allowed here: E0, E1, E2, E3"),
        ("rests_on: [p8, p9, p10]", "rests_on: [p8, p99]", "p99", "missing-target: there is no sentence `p99`"),
        ("rests_on: [p8, p9, p10]", "rests_on: []", "hos-hours-register", "missing-key: `rests_on` is missing"),
        ("rests_on: [k4, k5]}", "rests_on: [k55]}", "k55", "missing-target: there is no sentence `k55`"),
        ("rests_on: [v1, w8]", "rests_on: [v1, w88]", "w88", "missing-target: there is no sentence `w88`"),
        (
            "sign: documents-held",
            "sign: foos-one-letterbox",
            "foos-one-letterbox",
            "missing-target: there is no sign `foos-one-letterbox`",
        ),
        ("state: absent", "state: maybe", "maybe", "malformed-yaml"),
        ("kind: looks-bad", "kind: looks-odd", "looks-odd", "malformed-yaml"),
        ("key:\n", "clue:\n", "clue", "unknown-key: there is no key `clue` here"),
    ];
    for (from, to, at, says) in slips {
        let catalog = changed(CASE, from, to);
        let (cases, diags) = LIBRARY.cases(&catalog);
        let found: Vec<String> = diags.0.iter().map(line).collect();
        let wanted = format!("{} ", place(&catalog, CASE, at));
        assert!(
            found.iter().any(|f| f.starts_with(&wanted) && f.contains(says)),
            "{to}: wanted {wanted}{says}\nfound {found:#?}"
        );
        assert!(cases.is_empty(), "{to}: it is not used");
    }
}

#[test]
fn a_question_of_another_sector_says_what_the_form_has() {
    let (_, diags) = LIBRARY.cases(&changed(CASE, "question: low-price", "question: foo-rent-share"));
    let help = diags.0.iter().find_map(|d| d.help.as_deref()).unwrap();
    assert_eq!(help, "the form of this case has those of `guide` and of sector `hospitality`");
}

#[test]
fn a_question_that_does_not_apply_points_to_the_profile() {
    let catalog = changed(CASE, "third-country-citizens: \"yes\"", "third-country-citizens: \"no\"");
    let (_, diags) = LIBRARY.cases(&catalog);
    let found = diags.0.iter().find(|d| d.code == Code::NotAsked).unwrap();
    let (related, _) = found.related.as_ref().unwrap();
    assert_eq!(related.to_string(), place(&catalog, CASE, "\"no\"}\nstory"));
}

#[test]
fn a_key_answers_twelve_to_fifteen_questions() {
    let whole = text(CASE);
    let (head, rest) = whole.split_once("key:\n").unwrap();
    let (key, tail) = rest.split_once("signs:\n").unwrap();
    let mut starts: Vec<usize> = key.match_indices("  - question:").map(|(at, _)| at).collect();
    assert_eq!(starts.len(), 15);
    starts.push(key.len());
    for (n, sound) in [(11, false), (12, true), (15, true)] {
        let mut catalog = Catalog::default();
        catalog.insert(CASE, &format!("{head}key:\n{}signs:\n{tail}", &key[..starts[n]]));
        let (cases, diags) = LIBRARY.cases(&catalog);
        assert_eq!(cases.len() == 1, sound, "{n} questions");
        let found: Vec<String> = diags.0.iter().map(line).collect();
        let at = place(&catalog, CASE, "- question: hos-hours-register");
        let says = format!("{at} bad-value: `11 questions` is not allowed here: a key answers 12 to 15");
        assert_eq!(found, if sound { vec![] } else { vec![says] });
    }
}

#[test]
fn two_cases_may_share_a_sector_and_no_id() {
    let mut catalog = Catalog::default();
    catalog.insert(CASE, &text(CASE));
    catalog.insert("training/hospitality-2.yml", &text(CASE));
    let (cases, diags) = LIBRARY.cases(&catalog);
    let found: Vec<String> = diags.0.iter().map(line).collect();
    let second = place(&catalog, CASE, "hospitality-lakeside");
    assert_eq!(found, [format!("{second} duplicate-id: `hospitality-lakeside` is defined twice")]);
    assert_eq!(cases.len(), 1);
    catalog.insert("training/hospitality-2.yml", &text(CASE).replacen("id: hospitality-lakeside", "id: second", 1));
    let (cases, diags) = LIBRARY.cases(&catalog);
    assert!(diags.0.is_empty() && cases.len() == 2);
}

#[test]
fn every_built_in_sector_has_a_case_and_an_own_one_may_do_without() {
    // The case of one sector becomes a second one of another: nothing in it fits any more, and the sector has none.
    let mut catalog = CATALOG.clone();
    let beauty = "training/beauty.yml";
    catalog.insert(beauty, &text(beauty).replacen("sector: beauty", "sector: cleaning", 1));
    let (cases, diags) = LIBRARY.cases(&catalog);
    let wanted = "checklists/sectors/beauty.yml missing-target: there is no training case of the sector `beauty`";
    assert!(diags.0.iter().map(line).any(|l| l == wanted));
    assert_eq!(cases.len(), LIBRARY.sectors.len() - 1, "the others can be used");
    // The small questionnaire of the tests brings three sectors.
    let (_, diags) = crate::support::library().cases(&crate::support::catalog());
    assert!(diags.0.is_empty(), "{:#?}", diags.0.iter().map(line).collect::<Vec<_>>());
}

#[test]
fn a_translation_is_whole_or_not_there() {
    for (file, from, to, at, says) in [
        (SWEDISH, "id: story.w2\n", "id: story.w200\n", (SWEDISH, "story.w200"), "unknown-translation: `story.w200`"),
        (
            SWEDISH,
            "id: key.hos-tips-rule.wrong\n",
            "id: key.hos-tips-rule.wrongs\n",
            (CASE, "\"After Thursday evening one wants"),
            "missing-translation: no text in `sv` for `key.hos-tips-rule.wrong`",
        ),
        (
            CASE,
            "text: \"In summer it has",
            "text: \"In winter it has",
            (SWEDISH, "story.w2\n"),
            "stale-translation: the translation of `story.w2` in `sv` is stale",
        ),
    ] {
        let catalog = changed(file, from, to);
        let (cases, diags) = LIBRARY.cases(&catalog);
        let found: Vec<String> = diags.0.iter().map(line).collect();
        let at = place(&catalog, at.0, at.1);
        assert!(
            found.iter().any(|f| f.starts_with(&at) && f.contains(says)),
            "wanted {at} {says}
found {found:#?}"
        );
        assert!(cases.contains_key("hospitality-lakeside"), "wording that lags behind does not stop the work");
    }
    // A translation of a case that is not there has no place.
    let mut catalog = CATALOG.clone();
    catalog.insert("lang/sv/training/no-such.yml", "schema: lygte/translation/1\nlang: sv\nreview: draft\ntexts: []\n");
    let stray = Library::load(&catalog).1;
    assert!(stray.0.iter().any(|d| line(d).starts_with("lang/sv/training/no-such.yml unknown-file")));
}

#[test]
fn cases_are_listed_shown_and_exported() {
    let sandbox = Sandbox::new();
    let list = sandbox.ok(&["list", "--lang", "sv"]).out;
    let listed = list.split("training cases\n").nth(1).unwrap().split("templates\n").next().unwrap();
    assert_eq!(listed.lines().count(), LIBRARY.sectors.len());
    assert!(
        listed.contains("hospitality-lakeside         Restaurangen vid sjön (hospitality, SE; en, da, sv)"),
        "{listed}"
    );

    let case = embedded().find(|c| c.id.as_str() == "hospitality-lakeside").unwrap();
    let swedish: Lang = "sv".parse().unwrap();
    let shown = sandbox.ok(&["show", "hospitality-lakeside", "--lang", "sv"]).out;
    for text in texts(&case) {
        assert!(shown.contains(text.get(&swedish)), "{}", text.get(&swedish));
    }
    for entry in &case.key {
        let (_, rest) = shown.split_once(&format!("`{}` · **", entry.item)).unwrap();
        let reason: Vec<&str> = rest.lines().skip(1).take(1 + entry.rests_on.len()).collect();
        assert_eq!(reason[0], format!("  - {}", entry.why.get(&swedish)));
        for (line, id) in reason[1..].iter().zip(&entry.rests_on) {
            assert_eq!(*line, format!("    - **{id}** {}", case.sentence(id).unwrap().get(&swedish)));
        }
    }
    assert!(shown.contains("granskat det ännu"));
    let finnish = sandbox.ok(&["show", "hospitality-lakeside", "--lang", "fi"]).out;
    assert!(finnish.contains("ei ole vielä käännetty") && finnish.contains("Fiktiva Sjökrogen is a restaurant"));
    let unknown = sandbox.run(&["show", "hospitality-lakesid"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("did you mean `hospitality-lakeside`?"), "{}", unknown.err);

    sandbox.ok(&["export", "checklists", "lists"]);
    for name in [CASE, SWEDISH] {
        assert_eq!(sandbox.read(&format!("lists/{name}")), text(name));
    }
}

#[test]
fn an_own_case_with_a_slip_is_linted_and_is_in_nobodys_way() {
    let sandbox = Sandbox::new();
    let slip = text(CASE).replacen("question: low-price", "question: low-prize", 1);
    sandbox.write("own/training/hospitality.yml", slip);
    let own = ["--checklists", "own"];
    let lint = sandbox.run(&["lint", "--date", "2026-11-24", own[0], own[1]]);
    assert_eq!(lint.code, 1);
    assert!(lint.err.contains("there is no question `low-prize`"), "{}", lint.err);
    assert!(
        sandbox.run(&["show", "hospitality-lakeside", own[0], own[1]]).err.contains("own/training/hospitality.yml")
    );
    assert!(sandbox.ok(&["list", own[0], own[1]]).out.contains("cleaning-harbour-offices"));
    let made = sandbox.ok(&["new", "--sector", "hospitality", "--country", "SE", "-o", "q.xlsx", own[0], own[1]]);
    assert_eq!(made.err, "wrote q.xlsx\n");
}
