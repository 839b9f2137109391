//! Several workbooks of one supplier, and workbooks that were arranged anew: each difference stands in the ledger with
//! its cells, and which one counts.

use std::collections::BTreeMap;

use lygte::questionnaire::{Book, Limits};
use serde_json::Value;

use crate::support::Sandbox;

const NEW: [&str; 9] =
    ["new", "--sector", "cleaning", "--country", "DK", "--supplier", "Acme ApS", "--for", "supplier"];

fn made(role: &str, files: &[&str]) -> Sandbox {
    let sandbox = Sandbox::new();
    for file in files {
        let mut args = NEW.to_vec();
        args[8] = role;
        sandbox.ok(&[&args[..], &["-o", file]].concat());
    }
    sandbox
}

/// Writes into cells of a workbook: sheet, row and column from 0, and what.
fn put(sandbox: &Sandbox, file: &str, changed: Option<(u16, u8, u8)>, cells: &[(&str, u32, u32, &str)]) {
    sandbox.rewrite_on(file, changed, |sheet, row, column, _| {
        let here = |(s, r, c, _): &&(&str, u32, u32, &str)| *s == sheet && (*r, *c) == (row, column);
        cells.iter().find(here).map(|(.., text)| (*text).to_owned())
    });
}

fn assessed(sandbox: &Sandbox, more: &[&str]) -> Value {
    let args = ["assess", "in", "-o", "out", "--format", "html,xlsx,json,mail", "--force", "--lang", "en"];
    let run = sandbox.run(&[&args[..], more].concat());
    assert!(!run.err.contains("internal"), "{}", run.err);
    sandbox.json("out/results.json")
}

fn said<'a>(json: &'a Value, file: &str, code: &str) -> Vec<&'a Value> {
    let file = json["files"].as_array().unwrap().iter().find(|f| f["file"] == file).unwrap();
    file["diagnostics"].as_array().unwrap().iter().filter(|d| d["code"] == code).collect()
}

/// Where, what stood there, where the other cell is and what stands there.
fn held(d: &Value) -> (&str, Option<&str>, &str, Option<&str>) {
    let (other, place) = (&d["other"], d["place"].as_str().unwrap());
    (place, d["raw"].as_str(), other["place"].as_str().unwrap(), other["raw"].as_str())
}

#[test]
fn what_an_older_questionnaire_says_otherwise_stands_in_the_ledger_and_never_on_the_terminal() {
    let sandbox = made("supplier", &["in/a.xlsx", "in/b.xlsx"]);
    put(&sandbox, "in/a.xlsx", Some((2026, 5, 1)), &[("A", 6, 4, "Yes"), ("Profile", 9, 4, "41")]);
    put(&sandbox, "in/b.xlsx", Some((2026, 4, 1)), &[("A", 6, 4, "No"), ("A", 7, 4, "Yes"), ("Profile", 9, 4, "17")]);
    let json = assessed(&sandbox, &[]);
    let whole = said(&json, "b.xlsx", "superseded")[0]["message"].as_str().unwrap().to_owned();
    assert_eq!(
        whole,
        "another questionnaire of this supplier counts: a.xlsx. By the dates in their own properties it is newer. Answers that differ: 2; \
         facts of the profile: 1"
    );
    let answers: Vec<_> = said(&json, "b.xlsx", "superseded-answer").into_iter().map(held).collect();
    assert_eq!(
        answers,
        [
            ("b.xlsx!'A'!E7", Some("No"), "a.xlsx!'A'!E7", Some("Yes")),
            ("b.xlsx!'A'!E8", Some("Yes"), "a.xlsx!'A'!E8", None)
        ]
    );
    let facts: Vec<_> = said(&json, "b.xlsx", "superseded-fact").into_iter().map(held).collect();
    assert_eq!(facts, [("b.xlsx!'Profile'!E10", Some("17"), "a.xlsx!'Profile'!E10", Some("41"))]);
    let page = sandbox.read("out/index.html");
    assert!(page.contains("There stood <q><bdi>17</bdi></q>. There stands <q><bdi>41</bdi></q>"));
    let run = sandbox.run(&["assess", "in", "--dry-run"]);
    assert!(!(run.out + &run.err).contains("41"));

    // Where the dates are the same, the name decides, and that is said.
    put(&sandbox, "in/b.xlsx", Some((2026, 5, 1)), &[]);
    let json = assessed(&sandbox, &[]);
    let message = said(&json, "a.xlsx", "superseded")[0]["message"].as_str().unwrap();
    assert!(
        message.contains("b.xlsx") && !message.contains("newer.") && message.contains("the last by name"),
        "{message}"
    );
}

#[test]
fn two_findings_of_one_question_are_shown_side_by_side() {
    let sandbox = made("assessor", &["in/a.xlsx", "in/b.xlsx"]);
    let finding = |says| [("A", 6, 7, says), ("A", 6, 8, "Document seen"), ("A", 6, 10, "2026-03-04 AB")];
    put(&sandbox, "in/a.xlsx", Some((2026, 4, 1)), &finding("Yes"));
    put(&sandbox, "in/b.xlsx", Some((2026, 5, 1)), &finding("No"));
    let json = assessed(&sandbox, &[]);
    let both = said(&json, "a.xlsx", "both-assessed");
    assert_eq!(both.len(), 1);
    assert_eq!(held(both[0]), ("a.xlsx!'A'!H7", Some("Yes"), "b.xlsx!'A'!H7", Some("No")));
    let message = both[0]["message"].as_str().unwrap();
    assert!(message.starts_with("question A1:") && message.ends_with("it is newer"), "{message}");
}

/// A sheet copied by hand, with other content in the copy.
fn copied(sandbox: &Sandbox, file: &str, change: impl Fn(u32, u32, &str) -> Option<String>) {
    let bytes = std::fs::read(sandbox.join(file)).unwrap();
    let book = Book::open(&bytes, &file.into(), &Limits::default()).unwrap();
    let mut out = rust_xlsxwriter::Workbook::new();
    for sheet in &book.sheets {
        let made = out.add_worksheet().set_name(&*sheet.name).unwrap();
        for ((row, column), value) in sheet.cells.iter() {
            made.write_string(*row, u16::try_from(*column).unwrap(), value.raw()).unwrap();
        }
    }
    let sheet = book.sheets.iter().find(|s| &*s.name == "A").unwrap();
    let made = out.add_worksheet().set_name("Copy").unwrap();
    for ((row, column), value) in sheet.cells.iter() {
        if let Some(text) = change(*row, *column, &value.raw()) {
            made.write_string(*row, u16::try_from(*column).unwrap(), text).unwrap();
        }
    }
    sandbox.write(file, out.save_to_buffer().unwrap());
}

#[test]
fn of_a_sheet_that_stands_twice_the_filled_one_counts_and_where_both_are_filled_both_are_shown() {
    let answer = |json: &Value| {
        let sections = json["suppliers"][0]["controls"]["sections"].as_array().unwrap();
        let mut items = sections.iter().flat_map(|s| s["items"].as_array().unwrap());
        items.find(|i| i["id"] == "knows-law").unwrap()["answer"].as_str().unwrap().to_owned()
    };
    let filled = || {
        let sandbox = made("supplier", &["in/a.xlsx"]);
        put(&sandbox, "in/a.xlsx", None, &[("A", 6, 4, "Yes"), ("A", 7, 4, "No")]);
        sandbox
    };
    let sandbox = filled();
    copied(&sandbox, "in/a.xlsx", |row, column, text| (row < 6 || column < 4).then(|| text.to_owned()));
    let json = assessed(&sandbox, &[]);
    assert_eq!(answer(&json), "yes");
    let empty = said(&json, "a.xlsx", "empty-copy");
    assert_eq!(held(empty[0]), ("a.xlsx!'Copy'", None, "a.xlsx!'A'", None));
    assert!(said(&json, "a.xlsx", "duplicate-row").is_empty());

    let sandbox = filled();
    copied(&sandbox, "in/a.xlsx", |row, column, text| {
        Some(if (row, column) == (6, 4) { "No" } else { text }.to_owned())
    });
    let json = assessed(&sandbox, &[]);
    assert_eq!(answer(&json), "unreadable");
    let rows: Vec<_> = said(&json, "a.xlsx", "duplicate-row").into_iter().map(held).collect();
    assert_eq!(rows, [("a.xlsx!'A'!E7", Some("Yes"), "a.xlsx!'Copy'!E7", Some("No"))]);
    assert_eq!(said(&json, "a.xlsx", "second-sheet").len(), 1);

    // Remarks in a table of their own take no answer's place, and are told.
    let sandbox = filled();
    copied(&sandbox, "in/a.xlsx", |row, column, text| match (row, column) {
        (5, 1 | 4) | (6, 1) => Some(text.to_owned()),
        (6, 4) => Some("see my mail".to_owned()),
        _ => None,
    });
    let json = assessed(&sandbox, &[]);
    assert_eq!(answer(&json), "yes");
    let aside: Vec<_> = said(&json, "a.xlsx", "set-aside").into_iter().map(held).collect();
    assert_eq!(aside, [("a.xlsx!'Copy'!E7", Some("see my mail"), "a.xlsx!'A'!E7", Some("Yes"))]);
}

/// What `_meta` says, against what stands in the workbook.
#[test]
fn where_meta_and_the_workbook_disagree_the_rows_decide_and_it_is_said() {
    let keys = ["format", "role", "form", "questionnaire", "edition", "revision", "language", "sectors", "country"];
    let meta = |sandbox: &Sandbox, key: &str, value: &str| {
        let at = u32::try_from(keys.iter().position(|k| *k == key).unwrap()).unwrap();
        sandbox.rewrite("in/a.xlsx", |sheet, row, column, _| {
            (sheet == "_meta" && (row, column) == (at, 1)).then(|| value.to_owned())
        });
    };
    let plain = made("supplier", &["in/a.xlsx"]);
    let asked = |json: &Value| {
        let sections = json["suppliers"][0]["controls"]["sections"].as_array().unwrap();
        sections.iter().map(|s| s["items"].as_array().unwrap().len()).sum::<usize>()
    };
    let all = asked(&assessed(&plain, &[]));
    for (key, value) in [
        ("form", "short"),
        ("sectors", "hospitality"),
        ("sectors", ""),
        ("language", "xx"),
        ("language", ""),
        ("country", "QQ"),
    ] {
        let sandbox = made("supplier", &["in/a.xlsx"]);
        meta(&sandbox, key, value);
        let json = assessed(&sandbox, &[]);
        assert_eq!(asked(&json), all, "{key} {value}");
        let bad = said(&json, "a.xlsx", "bad-meta");
        assert_eq!(bad.len(), 1, "{key} {value}: {bad:?}");
        assert!(bad[0]["message"].as_str().unwrap().starts_with(&format!("`{key}`")), "{bad:?}");
        assert!(said(&json, "a.xlsx", "meta-differs").is_empty(), "{key} {value}");
    }
    // A full form of which only the short one is left keeps its open questions.
    let sandbox = made("supplier", &["in/a.xlsx"]);
    let mut args = NEW.to_vec();
    args.extend(["--form", "short", "--force", "-o", "in/a.xlsx"]);
    std::fs::remove_file(sandbox.join("in/a.xlsx")).unwrap();
    sandbox.ok(&args.into_iter().filter(|a| *a != "--force").collect::<Vec<_>>());
    meta(&sandbox, "form", "full");
    let json = assessed(&sandbox, &[]);
    assert_eq!((asked(&json), said(&json, "a.xlsx", "short-rows").len()), (all, 1));
    // The profile names another country and another sector.
    let sandbox = made("supplier", &["in/a.xlsx"]);
    put(&sandbox, "in/a.xlsx", None, &[("Profile", 7, 4, "Sweden"), ("Profile", 8, 4, "Transport and delivery")]);
    let json = assessed(&sandbox, &[]);
    let differs: BTreeMap<&str, Option<&str>> =
        said(&json, "a.xlsx", "meta-differs").into_iter().map(|d| (held(d).0, held(d).3)).collect();
    assert_eq!(differs.get("a.xlsx!'Profile'!E8"), Some(&Some("DK")));
}

/// Without `_meta`, the language is that of the questions.
#[test]
fn a_workbook_that_does_not_say_its_language_is_read_in_that_of_its_questions() {
    let sandbox = Sandbox::new();
    sandbox.ok(&[&NEW[..], &["--lang", "da", "-o", "in/a.xlsx"]].concat());
    sandbox.rewrite("in/a.xlsx", |sheet, row, column, _| match (sheet, row, column) {
        ("_meta", ..) => Some(String::new()),
        ("A", 6, 4) => Some("Ja".to_owned()),
        _ => None,
    });
    let json = assessed(&sandbox, &[]);
    assert_eq!(json["suppliers"][0]["questionnaire"]["lang"], "da");
    assert!(said(&json, "a.xlsx", "read-language").is_empty());
}

#[test]
fn a_supplier_whom_nobody_invited_is_no_answer_of_those_who_were() {
    let sandbox = made("supplier", &["in/a.xlsx"]);
    sandbox.write("list.csv", "name,id\nOther ApS,other\n");
    let json = assessed(&sandbox, &["--suppliers", "list.csv"]);
    assert_eq!(said(&json, "a.xlsx", "not-invited").len(), 1);
    assert_eq!((json["ledger"]["invited"].as_u64(), json["ledger"]["answered"].as_u64()), (Some(1), Some(0)));
    let json = assessed(&sandbox, &[]);
    assert!(said(&json, "a.xlsx", "not-invited").is_empty());
}

#[test]
fn a_workbook_under_another_name_is_read_and_it_is_said() {
    let sandbox = made("supplier", &["in/a.xlsx"]);
    let bytes = std::fs::read(sandbox.join("in/a.xlsx")).unwrap();
    for (name, count) in [("a.xlsx", 0), ("b.XLSM", 0), ("c.xls", 1), ("d.csv", 1), ("e.pdf", 1), ("f", 1)] {
        sandbox.write(&format!("in/{name}"), &bytes);
        let json = assessed(&sandbox, &["--legacy-formats"]);
        assert_eq!(said(&json, name, "other-extension").len(), count, "{name}");
    }
}

/// What was entered of a sign and is none of the entries offered.
#[test]
fn a_closure_that_is_not_understood_says_what_may_be_entered() {
    let sandbox = made("observer", &["in/a.xlsx"]);
    let cells = |says| [("Signs", 7, 4, "Present"), ("Signs", 7, 7, says), ("Signs", 7, 10, "2026-03-04 AB")];
    put(&sandbox, "in/a.xlsx", None, &cells("gone, I think"));
    let json = assessed(&sandbox, &[]);
    let unclear = said(&json, "a.xlsx", "closure-unclear");
    assert_eq!(unclear[0]["raw"], "gone, I think");
    assert!(unclear[0]["message"].as_str().unwrap().contains("Offered: Refuted"), "{unclear:?}");
}
