//! Written, read back, the same answers; and what people do to workbooks in between.

use std::collections::BTreeMap;
use std::sync::Arc;

use lygte::diag::{Code, Diagnostic};
use lygte::model::{Answer, AnswerKind, ById, Dossier, Entry, Evidence, Fact, FactId, Id, Lang, Role};
use lygte::questionnaire::{Book, CellValue, Limits, Reader, Returned, Sheet, Stamp, WriteOptions, write};
use proptest::prelude::*;

use crate::support::{Bench, Build, entry};

/// A dossier with an answer for every line, chosen by number: options, then don't know, refused, blank.
fn filled(bench: &Bench, lang: &Lang, choose: &dyn Fn(usize) -> usize) -> Dossier {
    let mut build = Build::new("DK", "cleaning").chain(Fact::Yes, Some(2));
    build.0.profile.name = Some("Eksempel & Søn <b> ApS".to_owned());
    build.0.profile.employees = Some(42);
    build.0.profile.goods = Some("kaffe (Brasilien)\ntøj (Bangladesh)".to_owned());
    for (n, fact) in FactId::ALL.into_iter().enumerate() {
        build.0.profile.set(
            fact,
            if choose(n).is_multiple_of(2) || fact == FactId::Subcontracting { Fact::Yes } else { Fact::No },
        );
    }
    let common = &bench.questionnaire.common;
    for (n, item) in bench.questionnaire.questions().flat_map(|q| &q.items).enumerate() {
        let AnswerKind::Scale(scale) = &item.kind else { continue };
        let at = choose(n) % (scale.options.len() + 3);
        let mut made = if scale.range.is_some() {
            let number = ["5", "40", "99.5"][at % 3];
            let option = scale.option_of(&number.parse().unwrap()).unwrap();
            Entry { raw: Some(number.to_owned()), ..entry(Answer::Option(option.id.clone())) }
        } else if let Some(option) = scale.options.get(at) {
            Entry { raw: Some(option.label.get(lang).to_owned()), ..entry(Answer::Option(option.id.clone())) }
        } else {
            match at - scale.options.len() {
                0 => Entry { raw: Some(common.dont_know.label.get(lang).to_owned()), ..entry(Answer::DontKnow) },
                1 => Entry { raw: Some(common.refused.label.get(lang).to_owned()), ..entry(Answer::Refused) },
                _ => entry(Answer::Blank),
            }
        };
        if bench.questionnaire.exposure.questions.iter().flat_map(|q| &q.items).any(|i| i.id == item.id) {
            build.0.exposure.insert(item.id.clone(), made);
        } else {
            made.comment = Some("=1+1, because".to_owned());
            made.document = (at == 0).then(|| "Håndbog, side 3".to_owned());
            build.0.controls.insert(item.id.clone(), made);
        }
    }
    build.0
}

fn workbook(bench: &Bench, dossier: &Dossier, lang: &Lang) -> Vec<u8> {
    let country = "DK".parse().unwrap();
    let options = WriteOptions {
        role: Role::Supplier,
        lang,
        supplier_id: Some(&dossier.id),
        supplier_name: Some(&dossier.name),
        country: Some(&country),
        reference: &bench.library.reference,
        answers: Some(dossier),
    };
    write(&bench.questionnaire, &options).unwrap()
}

fn book(bytes: &[u8]) -> Book {
    Book::open(bytes, &"q.xlsx".into(), &Limits::default()).unwrap()
}

fn read(bench: &Bench, book: &Book) -> Returned {
    let reader = Reader::new(Arc::new(bench.questionnaire.clone()), &bench.library.reference);
    reader.read(book, Stamp::read(book, &mut Vec::new()).unwrap().as_ref()).unwrap()
}

fn answers(of: &ById<Entry>) -> BTreeMap<&str, &Answer> {
    of.iter().map(|(id, e)| (id.as_str(), &e.answer)).collect()
}

fn codes(returned: &Returned) -> Vec<Code> {
    returned.diagnostics.iter().map(|d| d.code).collect()
}

#[test]
fn written_and_read_back_in_each_language() {
    let bench = Bench::cleaning();
    for lang in &bench.library.langs {
        let dossier = filled(&bench, lang, &|n| n * 7 + 3);
        let returned = read(&bench, &book(&workbook(&bench, &dossier, lang)));
        assert_eq!(answers(&returned.exposure), answers(&dossier.exposure));
        assert_eq!(answers(&returned.controls), answers(&dossier.controls));
        assert_eq!(returned.profile, dossier.profile);
        for (id, entry) in &returned.controls {
            assert_eq!(
                (&entry.comment, &entry.document),
                (&dossier.controls[id].comment, &dossier.controls[id].document)
            );
        }
        assert!(!returned.partly);
        let odd: Vec<Code> = codes(&returned)
            .into_iter()
            // Numbers are written as text by the prefill, and a "no" in the profile switches questions off.
            .filter(|c| !matches!(c, Code::ReadNumber | Code::AnsweredThoughNotApplicable))
            .collect();
        assert!(odd.iter().all(|c| *c == Code::ReasonMissing) || odd.is_empty(), "{odd:?}");
    }
}

/// A change to the cells of a book, by sheet.
fn changed(book: &Book, change: impl Fn(&mut Sheet)) -> Book {
    let mut out = book.clone();
    for sheet in out.sheets.iter_mut().filter(|s| !s.name.starts_with('_')) {
        change(sheet);
    }
    out
}

fn moved(sheet: &mut Sheet, to: impl Fn(u32, u32) -> Option<(u32, u32)>) {
    sheet.cells = sheet.cells.iter().filter_map(|((r, c), v)| to(*r, *c).map(|at| (at, v.clone()))).collect();
}

fn kept(sheet: &mut Sheet, keep: impl Fn(u32, u32) -> bool) {
    moved(sheet, |r, c| keep(r, c).then_some((r, c)));
}

#[test]
fn what_people_do_to_workbooks_changes_no_answer() {
    let bench = Bench::cleaning();
    let danish: Lang = "da".parse().unwrap();
    let dossier = filled(&bench, &danish, &|n| n * 5 + 1);
    let original = book(&workbook(&bench, &dossier, &danish));
    let want = read(&bench, &original);
    let same = |name: &str, book: &Book, partly: bool| {
        let got = read(&bench, book);
        assert_eq!(answers(&got.exposure), answers(&want.exposure), "{name}");
        assert_eq!(answers(&got.controls), answers(&want.controls), "{name}");
        assert_eq!(got.profile, want.profile, "{name}");
        assert_eq!(got.partly, partly, "{name}: {:?}", codes(&got));
        got.diagnostics
    };
    let arranged = |got: &[Diagnostic], what: &str, how: &str| {
        let notes: Vec<_> = got.iter().filter(|d| d.code == Code::Rearranged).collect();
        assert_eq!(notes.len(), 5, "one for each sheet: {notes:?}");
        for note in notes {
            let said: Vec<(&str, &str)> = note.phrases.iter().map(|(name, id)| (&**name, *id)).collect();
            assert_eq!(said, [("what", what), ("how", how)], "{note:?}");
        }
    };
    let nothing = |got: &[Diagnostic]| assert!(got.iter().all(|d| d.code != Code::Rearranged), "{got:?}");
    nothing(&same("as it is", &original, false));
    let down = changed(&original, |s| moved(s, |r, c| Some((r + 3, c))));
    arranged(&same("three rows inserted on top", &down, false), "rows-moved", "by-id");
    let right = changed(&original, |s| moved(s, |r, c| Some((r, if c > 1 { c + 2 } else { c }))));
    arranged(&same("two columns inserted after the second", &right, false), "columns-moved", "by-id");
    let turned = changed(&original, |s| moved(s, |r, c| Some((if r > 5 { 2000 - r } else { r }, c))));
    arranged(&same("rows turned round", &turned, false), "rows-moved", "by-id");
    let sorted = changed(&original, |s| {
        let last = s.cells.iter().map(|((r, _), _)| *r).max().unwrap_or(0);
        moved(s, |r, c| Some((if r > 5 && c > 0 { last + 6 - r } else { r }, c)));
    });
    let got = same("rows turned round without their ids", &sorted, false);
    arranged(&got, "rows-moved", "by-several");
    assert_eq!(got.iter().filter(|d| d.code == Code::IdConflict).count(), 5, "one for each sheet");
    let without_ids = changed(&original, |s| moved(s, |r, c| c.checked_sub(1).map(|c| (r, c))));
    arranged(&same("the id column deleted", &without_ids, false), "columns-moved", "by-number");
    let emptied = changed(&original, |s| kept(s, |r, c| c > 0 || r < 6));
    arranged(&same("the ids deleted", &emptied, false), "ids-gone", "by-number");
    let without_numbers = changed(&original, |s| kept(s, |r, c| c > 1 || r < 5));
    arranged(&same("ids and numbers deleted", &without_numbers, false), "ids-gone", "by-text");
    let two = changed(&original, |s| kept(s, |_, c| c == 1 || c == 4 || c == 6));
    arranged(&same("all but numbers, answers and comments deleted", &two, false), "ids-gone", "by-number");
    let bare = changed(&original, |s| kept(s, |_, c| c == 0 || c == 4 || c == 6));
    let bare = changed(&bare, |s| kept(s, |r, c| c != 6 || r > 5));
    let got = read(&bench, &bare);
    let given = |want: &ById<Entry>, got: &ById<Entry>| {
        // What needs a reason has lost it with the header of the comments.
        want.iter().filter(|(id, e)| got[*id].answer != Answer::Unreadable || e.answer == Answer::Unreadable).count()
    };
    assert!(given(&want.controls, &got.controls) > 40, "ids and answers alone: {:?}", codes(&got));
    for (id, entry) in got.controls.iter().filter(|(_, e)| e.answer != Answer::Unreadable) {
        assert_eq!(entry.answer, want.controls[id].answer, "{id}");
    }
    let headless = changed(&original, |s| kept(s, |r, _| r != 5));
    arranged(&same("the header row deleted", &headless, false), "header-gone", "by-id");
    let mut renamed = original.clone();
    for (n, sheet) in renamed.sheets.iter_mut().enumerate().filter(|(_, s)| !s.name.starts_with('_')) {
        sheet.name = format!("Ark{n}").into();
    }
    let got = same("sheets renamed", &renamed, false);
    assert_eq!(got.iter().filter(|d| d.code == Code::RenamedSheet).count(), 5);
    let mut stray = original.clone();
    stray.sheets.retain(|s| &*s.name != "_meta");
    assert!(codes(&read_without_meta(&bench, &stray)).contains(&Code::MissingMeta));
}

fn read_without_meta(bench: &Bench, book: &Book) -> Returned {
    Reader::new(Arc::new(bench.questionnaire.clone()), &bench.library.reference).read(book, None).unwrap()
}

/// Puts a value into the answer cell of a control, and reads.
fn with_answer(bench: &Bench, item: &str, value: Option<CellValue>, comment: Option<&str>) -> (Entry, Vec<Code>) {
    let danish: Lang = "da".parse().unwrap();
    let dossier = filled(bench, &danish, &|_| 0);
    let mut book = book(&workbook(bench, &dossier, &danish));
    let sheet = book.sheets.iter_mut().find(|s| s.cells.iter().any(|(_, v)| v.text() == Some(item))).unwrap();
    let row = sheet.cells.iter().find(|(_, v)| v.text() == Some(item)).unwrap().0.0;
    sheet.cells.set(row, 4, value);
    sheet.cells.set(row, 6, comment.map(|comment| CellValue::Text(comment.into())));
    let returned = read(bench, &book);
    let codes = returned
        .diagnostics
        .iter()
        .filter(|d| d.place.within().ends_with(&format!("E{}", row + 1)))
        .map(|d| d.code)
        .collect();
    let entry = returned.controls.get(item).or_else(|| returned.exposure.get(item)).unwrap().clone();
    (entry, codes)
}

/// What may be answered where a number is asked for is a range, not what the number will be graded as.
#[test]
fn a_number_is_offered_by_its_range() {
    let bench = Bench::cleaning();
    let reader = Reader::new(Arc::new(bench.questionnaire.clone()), &bench.library.reference);
    assert_eq!(reader.offered(&Id::new("cl-hours-sold-paid"), &Lang::english()), "0 – 300");
}

/// Item, what stands in its cell, the comment; the answer, and what is said.
type Case = (&'static str, Option<CellValue>, Option<&'static str>, Answer, Vec<Code>);

#[test]
fn an_answer_is_taken_by_label_spelling_synonym_and_never_by_guess() {
    let bench = Bench::cleaning();
    let text = |t: &str| Some(CellValue::Text(t.into()));
    let option = |id: &str| Answer::Option(id.to_owned());
    let cases: Vec<Case> = vec![
        ("knows-law", text("Ja"), None, option("yes"), vec![]),
        ("knows-law", text(" ja\u{a0}"), None, option("yes"), vec![Code::ReadSpelling]),
        ("knows-law", text("JA"), None, option("yes"), vec![Code::ReadSpelling]),
        ("knows-law", text("Yes"), None, option("yes"), vec![Code::ReadLanguage]),
        ("knows-law", text("yes."), None, option("yes"), vec![Code::ReadSynonym]),
        ("knows-law", text("måske"), None, Answer::Unreadable, vec![Code::UnknownAnswer]),
        ("knows-law", text("Ja/Nej"), None, Answer::Unreadable, vec![Code::UnknownAnswer]),
        ("knows-law", Some(CellValue::Bool(true)), None, Answer::Unreadable, vec![Code::UnknownAnswer]),
        ("knows-law", Some(CellValue::Number("1".to_owned())), None, Answer::Unreadable, vec![Code::UnknownAnswer]),
        ("knows-law", Some(CellValue::Formula), None, Answer::Unreadable, vec![Code::FormulaWithoutValue]),
        ("knows-law", Some(CellValue::Error("#REF!".to_owned())), None, Answer::Unreadable, vec![Code::ErrorValue]),
        ("knows-law", text("Ved ikke"), None, Answer::DontKnow, vec![]),
        (
            "knows-law",
            text("Ikke relevant"),
            Some("fordi"),
            Answer::NotApplicable { reason: true },
            vec![Code::NotApplicableNotOffered],
        ),
        (
            "documents-seen.clearance",
            text("Ikke relevant"),
            Some("fordi"),
            Answer::NotApplicable { reason: true },
            vec![],
        ),
        (
            "documents-seen.clearance",
            text("Ikke relevant"),
            None,
            Answer::NotApplicable { reason: false },
            vec![Code::NotApplicableWithoutReason],
        ),
        ("interpreters", text("Overvejet og fravalgt (angiv grunden)"), Some("vi er tre"), option("declined"), vec![]),
        (
            "interpreters",
            text("Overvejet og fravalgt (angiv grunden)"),
            None,
            Answer::Unreadable,
            vec![Code::ReasonMissing],
        ),
        ("cl-hours-sold-paid", Some(CellValue::Number("99".to_owned())), None, option("yes"), vec![]),
        ("cl-hours-sold-paid", Some(CellValue::Number("97.99".to_owned())), None, option("partly"), vec![]),
        ("cl-hours-sold-paid", text("97,5 %"), None, option("partly"), vec![Code::ReadNumber]),
        (
            "cl-hours-sold-paid",
            Some(CellValue::Number("0.97".to_owned())),
            None,
            Answer::Unreadable,
            vec![Code::NumberAmbiguous],
        ),
        ("cl-hours-sold-paid", text("1,234"), None, Answer::Unreadable, vec![Code::NumberAmbiguous]),
        (
            "cl-hours-sold-paid",
            Some(CellValue::Number("301".to_owned())),
            None,
            Answer::Unreadable,
            vec![Code::NumberOutOfRange],
        ),
        (
            "cl-hours-sold-paid",
            Some(CellValue::Number("-1".to_owned())),
            None,
            Answer::Unreadable,
            vec![Code::NumberOutOfRange],
        ),
        ("cl-hours-sold-paid", text("omkring 90"), None, Answer::Unreadable, vec![Code::NumberOutOfRange]),
        ("knows-law", None, None, Answer::Blank, vec![]),
    ];
    for (item, value, comment, answer, codes) in cases {
        let shown = format!("{item} {value:?} {comment:?}");
        let got = with_answer(&bench, item, value, comment);
        assert_eq!((got.0.answer, got.1), (answer, codes), "{shown}");
    }
}

#[test]
fn a_finding_counts_instead_of_the_answer_and_its_evidence_is_asked_for() {
    let bench = Bench::cleaning();
    let english = Lang::english();
    let dossier = filled(&bench, &english, &|_| 0);
    let options = WriteOptions {
        role: Role::Assessor,
        lang: &english,
        supplier_id: Some("test-1"),
        supplier_name: Some("Test"),
        country: None,
        reference: &bench.library.reference,
        answers: Some(&dossier),
    };
    let mut book = book(&write(&bench.questionnaire, &options).unwrap());
    let sheet = book.sheets.iter_mut().find(|s| &*s.name == "B").unwrap();
    let row = |id: &str, s: &Sheet| s.cells.iter().find(|(_, v)| v.text() == Some(id)).unwrap().0.0;
    let mut put = |id: &str, values: [Option<&str>; 4]| {
        let at = row(id, sheet);
        for (column, value) in (7..).zip(values) {
            if let Some(value) = value {
                sheet.cells.set(at, column, Some(CellValue::Text(value.into())));
            }
        }
    };
    put("own-documents", [Some("No"), Some("Verified on site"), Some("site 4"), Some("2026-10-02 AB")]);
    put("wage-account", [Some("Yes"), None, None, None]);
    put("recruitment-fees", [None, Some("Document seen"), None, None]);
    put("meeting-in-person", [Some("Yes"), Some("E2"), None, Some("2026-10-02 AB")]);
    put("interpreters", [Some("Yes, in place"), Some("E9"), None, Some("AB")]);
    let returned = read(&bench, &book);
    let finding = |id: &str| returned.findings.get(id).map(|f| (f.entry.answer.clone(), f.evidence));
    assert_eq!(finding("own-documents"), Some((Answer::Option("no".to_owned()), Evidence::E3)));
    assert_eq!(finding("wage-account"), Some((Answer::Option("yes".to_owned()), Evidence::E1)));
    assert_eq!(finding("recruitment-fees"), None);
    assert_eq!(finding("meeting-in-person"), Some((Answer::Option("yes".to_owned()), Evidence::E2)));
    let codes = codes(&returned);
    for code in [Code::EvidenceMissing, Code::EvidenceWithoutFinding, Code::EvidenceUnclear] {
        assert!(codes.contains(&code), "{}", code.name());
    }
    // Neither at all, and initials without a date.
    assert_eq!(codes.iter().filter(|code| **code == Code::UnsignedFinding).count(), 2, "{codes:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_answers_come_back(seeds in proptest::collection::vec(0..9usize, 120)) {
        let bench = Bench::cleaning();
        let english = Lang::english();
        let dossier = filled(&bench, &english, &|n| seeds[n % seeds.len()]);
        let returned = read(&bench, &book(&workbook(&bench, &dossier, &english)));
        prop_assert_eq!(answers(&returned.controls), answers(&dossier.controls));
        prop_assert_eq!(answers(&returned.exposure), answers(&dossier.exposure));
    }

    /// Random text outside of the lists is never an answer.
    #[test]
    fn other_text_is_no_answer(text in "[a-z]{3,12} [a-z]{3,12}") {
        let bench = Bench::cleaning();
        let (entry, codes) = with_answer(&bench, "knows-law", Some(CellValue::Text(text.into())), None);
        prop_assert_eq!(entry.answer, Answer::Unreadable);
        prop_assert_eq!(codes, vec![Code::UnknownAnswer]);
    }
}
