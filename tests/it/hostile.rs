//! Files made to be misread: each is refused with one sentence, or read as people see it. What is expected of each stands
//! in `hostile/cases.yml`.
//!
//! The promises of the reader are named where they are tested; P3 is "a missing, doubled or conflicting question is
//! reported and never silently chosen", and so on.

pub mod cases;
pub mod raw;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use lygte::diag::{Code, Diagnostic};
use lygte::model::{Answer, AnswerKind};
use lygte::questionnaire::{Book, Limits, Reader, Returned, Stamp};
use proptest::prelude::*;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;

use crate::support::Bench;
use raw::Raw;

pub static BENCH: LazyLock<Bench> = LazyLock::new(Bench::mini);
static READER: LazyLock<Reader> =
    LazyLock::new(|| Reader::new(Arc::new(BENCH.questionnaire.clone()), &BENCH.library.reference));

/// The workbook that every case begins with.
pub fn base() -> Raw {
    Raw::new(&BENCH.questionnaire.revision)
}

/// Reads a file as `assess` does.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Returned, Box<Diagnostic>> {
    let book = Book::open(bytes, &"case.xlsx".into(), limits)?;
    let mut diagnostics = Vec::new();
    let stamp = Stamp::read(&book, &mut diagnostics)?;
    let mut returned = READER.read(&book, stamp.as_ref())?;
    returned.diagnostics.append(&mut diagnostics);
    Ok(returned)
}

/// What was read, by question: the option, or what became of it.
pub fn answers(returned: &Returned) -> BTreeMap<String, String> {
    let shown = |answer: &Answer| match answer {
        Answer::Option(id) => id.clone(),
        Answer::NotApplicable { .. } => "na".to_owned(),
        Answer::DontKnow => "dont-know".to_owned(),
        Answer::Refused => "refused".to_owned(),
        Answer::Blank => "blank".to_owned(),
        Answer::Unreadable => "unreadable".to_owned(),
    };
    returned.controls.iter().map(|(id, entry)| (id.to_string(), shown(&entry.answer))).collect()
}

fn codes(returned: &Returned) -> BTreeSet<&'static str> {
    returned.diagnostics.iter().map(|d| d.code.name()).collect()
}

/// What is expected of a case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// The file is refused: code, and phrase or limit.
    refused: Option<String>,
    /// Where the refusal points to.
    #[serde(default)]
    at: String,
    /// The file is read, and this is said beside what the sound file has to say.
    #[serde(default)]
    says: BTreeSet<String>,
    /// Answers that differ from those of the sound file.
    #[serde(default)]
    answers: BTreeMap<String, String>,
}

/// P1, P2, P3, P4, P6, P13, P16: no file ends the process; each is read as people see it, or refused with one line that
/// names the cause, the place and the way out.
#[test]
fn every_case_is_read_as_people_see_it_or_refused() {
    let expected: BTreeMap<String, Expected> = serde_yaml::from_str(include_str!("hostile/cases.yml")).unwrap();
    let sound = read(&base().zip(), &Limits::default()).unwrap();
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for (id, make) in cases::CASES {
        assert!(seen.insert((*id).to_owned()), "{id} stands twice");
        let Some(expected) = expected.get(*id) else {
            wrong.push(format!("{id}: nothing is expected of it"));
            continue;
        };
        let outcome = read(&make(), &Limits::default());
        match (&outcome, &expected.refused) {
            (Ok(returned), None) => {
                let mut want = answers(&sound);
                want.extend(expected.answers.clone());
                let got = answers(returned);
                if got != want {
                    let differ: Vec<_> = got.iter().filter(|(k, v)| want.get(*k) != Some(v)).collect();
                    wrong.push(format!("{id}: answers {differ:?}"));
                }
                let says: BTreeSet<String> =
                    codes(returned).difference(&codes(&sound)).map(|c| (*c).to_owned()).collect();
                if says != expected.says {
                    wrong.push(format!("{id}: says {says:?}, not {:?}", expected.says));
                }
            }
            (Err(diagnostic), Some(reason)) => {
                let got = reason_of(diagnostic);
                if got != *reason {
                    wrong.push(format!("{id}: refused for {got}, not {reason}"));
                }
                if diagnostic.place.within() != expected.at {
                    wrong.push(format!("{id}: at {:?}, not {:?}", diagnostic.place.within(), expected.at));
                }
                let message = diagnostic.message();
                let way_out = ["send", "--limit", "--legacy-formats"].iter().any(|w| message.contains(w));
                if message.contains(['\n', '{']) || !way_out {
                    wrong.push(format!("{id}: `{message}`"));
                }
            }
            (Ok(returned), Some(reason)) => {
                wrong.push(format!("{id}: read ({:?}), not refused for {reason}", codes(returned)));
            }
            (Err(diagnostic), None) => wrong.push(format!("{id}: refused: {}", reason_of(diagnostic))),
        }
    }
    wrong.extend(expected.keys().filter(|id| !seen.contains(*id)).map(|id| format!("{id}: there is no such case")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The code of a refusal, with the phrase or the limit that it names.
fn reason_of(diagnostic: &Diagnostic) -> String {
    let detail = match diagnostic.code {
        Code::LimitReached => diagnostic.args.iter().find(|(name, _)| *name == "name").map(|(_, v)| v.clone()),
        _ => diagnostic.phrases.first().map(|(_, id)| (*id).to_owned()),
    };
    detail.map_or_else(|| diagnostic.code.name().to_owned(), |d| format!("{} {d}", diagnostic.code.name()))
}

/// What is written, in one form: this test's own rule, not the reader's.
fn plain(text: &str) -> String {
    let wide: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let kept = wide.chars().filter(|c| {
        let drawn = !matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{AD}');
        drawn && (c.is_alphanumeric() || !c.is_whitespace())
    });
    kept.map(|c| if "\u{2018}\u{2019}\u{201b}\u{b4}`".contains(c) { '\'' } else { c }).collect()
}

/// Every label and synonym that the small questionnaire takes for an answer.
static TAKEN: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let questionnaire = &BENCH.questionnaire;
    let common = [&questionnaire.common.na, &questionnaire.common.dont_know, &questionnaire.common.refused];
    let item = questionnaire.item("b1").unwrap().1;
    let AnswerKind::Scale(scale) = &item.kind else { panic!("b1 has a scale") };
    let options = scale.options.iter().chain(common);
    options
        .flat_map(|o| {
            o.label.all().map(|(_, t)| plain(t)).chain(o.synonyms.iter().map(|s| plain(s))).collect::<Vec<_>>()
        })
        .collect()
});

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 600,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_124),
        ..ProptestConfig::default()
    })]

    /// P2: text outside of the documented lists is never an answer, also if it comes close.
    #[test]
    fn text_outside_of_the_lists_is_no_answer(
        text in prop_oneof![
            "\\PC{1,12}",
            "[YyNn][eaoE][sjSJ]?[ ./?!]{0,2}[a-zA-Z]{0,4}",
            "(Yes|No|Partly|Ja|Nej|Delvist)[ ,;/|&-]{1,2}(Yes|No|but|not|ikke|partly|1)",
            "[0-9.,%]{1,6}",
        ],
    ) {
        prop_assume!(!TAKEN.contains(&plain(&text)) && !plain(&text).is_empty());
        let mut escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        escaped = escaped.replace("_x", "_x005F_x");
        let mut raw = base();
        raw.answer(&format!("<c r=\"E7\" t=\"inlineStr\"><is><t>{escaped}</t></is></c>"));
        let returned = read(&raw.zip(), &Limits::default()).unwrap();
        let answer = &answers(&returned)["b1"];
        prop_assert!(answer == "unreadable" || answer == "blank", "{:?} was read as {}", text, answer);
        prop_assert_eq!(codes(&returned).contains("unknown-answer"), answer == "unreadable");
    }
}

/// Turns one bit of a workbook round, and holds that it is refused or read alike.
fn flip(bytes: &mut [u8], at: usize, bit: u8, want: &(BTreeMap<String, String>, bool)) {
    bytes[at] ^= 1 << bit;
    if let Ok(returned) = read(bytes, &Limits::default()) {
        assert_eq!(&(answers(&returned), returned.partly), want, "byte {at}, bit {bit}");
    }
    bytes[at] ^= 1 << bit;
}

fn sound() -> (Vec<u8>, (BTreeMap<String, String>, bool)) {
    let bytes = base().zip();
    let returned = read(&bytes, &Limits::default()).unwrap();
    (bytes, (answers(&returned), returned.partly))
}

/// P5: a flipped bit anywhere leads to a refusal or to the same answers. One bit of every byte.
#[test]
fn a_flipped_bit_changes_no_answer() {
    let (mut bytes, want) = sound();
    for at in 0..bytes.len() {
        flip(&mut bytes, at, u8::try_from(at % 8).unwrap(), &want);
    }
}

/// P5, every bit of every byte, and of a workbook that is stored.
#[test]
#[ignore = "takes minutes; `.ci/run --full` runs it"]
fn every_flipped_bit_changes_no_answer() {
    let (packed, want) = sound();
    for mut bytes in [packed, raw::stored(&base().parts())] {
        for at in 0..bytes.len() {
            for bit in 0..8 {
                flip(&mut bytes, at, bit, &want);
            }
        }
    }
}

/// P5, as damage comes: cut off anywhere, a stretch lost, a stretch overwritten.
#[test]
fn a_file_that_was_cut_or_overwritten_changes_no_answer() {
    let (bytes, want) = sound();
    let same = |bytes: &[u8], what: &str| {
        if let Ok(returned) = read(bytes, &Limits::default()) {
            assert_eq!((answers(&returned), returned.partly), want, "{what}");
        }
    };
    for at in (0..bytes.len()).step_by(37) {
        same(&bytes[..at], &format!("cut off at {at}"));
        let mut lost = bytes.clone();
        lost.drain(at..(at + 16).min(bytes.len()));
        same(&lost, &format!("lost at {at}"));
        let mut zeros = bytes.clone();
        let end = (at + 64).min(bytes.len());
        zeros[at..end].fill(0);
        same(&zeros, &format!("overwritten at {at}"));
    }
}

/// P14, P17: each limit can be met, says so with its name, and lets the file through when it is raised.
#[test]
fn each_limit_is_met_named_and_raised() {
    let mut workbook = base();
    workbook.sheets[1].after =
        "<mergeCells><mergeCell ref=\"H1:H2\"/><mergeCell ref=\"I1:I2\"/></mergeCells>".to_owned();
    let bytes = workbook.zip();
    let tight = [
        ("file-mib", 0),
        ("entries", 5),
        ("part-mib", 0),
        ("unpacked-mib", 0),
        ("depth", 3),
        ("attributes", 1),
        ("event-mib", 0),
        ("sheets", 1),
        ("strings", 5),
        ("strings-mib", 0),
        ("formats", 2),
        ("merges", 1),
        ("cells", 20),
        ("text-mib", 0),
        ("seconds", 0),
    ];
    let elsewhere = ["rows", "columns", "legacy-mib"];
    for (name, usual, _) in Limits::LIST {
        if elsewhere.contains(name) {
            continue;
        }
        let mut limits = Limits::default();
        let (_, value) = tight.iter().find(|(n, _)| n == name).unwrap_or_else(|| panic!("{name} is not tested"));
        limits.set(name, *value).unwrap();
        let refusal = read(&bytes, &limits).expect_err(name);
        assert_eq!(reason_of(&refusal), format!("limit-reached {name}"));
        assert!(refusal.message().contains(&format!("--limit {name}=")), "{}", refusal.message());
        limits.set(name, *usual).unwrap();
        assert!(read(&bytes, &limits).is_ok(), "{name}");
    }
    for (name, value) in [("rows", 8), ("columns", 4)] {
        let mut limits = Limits::default();
        limits.set(name, value).unwrap();
        let returned = read(&bytes, &limits).unwrap();
        assert!(codes(&returned).contains("cells-beyond"), "{name}");
    }
}
