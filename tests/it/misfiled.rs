//! Workbooks that are not what they say, or stand where they do not belong: none takes the place of a supplier's answers.

use lygte::questionnaire::{Book, Limits};
use serde_json::Value;

use crate::support::Sandbox;

/// A questionnaire of one supplier and the forms of those who looked, as `in/<role>.xlsx`. The observer saw every sign,
/// on a day and with somebody under 18 at work.
fn handed_in() -> Sandbox {
    let sandbox = Sandbox::new();
    for role in ["supplier", "assessor", "observer"] {
        let file = format!("in/{role}.xlsx");
        let args = ["new", "--sector", "cleaning", "--country", "DK", "--supplier", "Acme ApS", "--for", role, "-o"];
        sandbox.ok(&[&args[..], &[file.as_str()]].concat());
    }
    sandbox.rewrite("in/supplier.xlsx", |sheet, row, column, old| {
        (row >= 6 && column == 4 && !sheet.starts_with('_') && old.is_none()).then(|| "Yes".to_owned())
    });
    seen(&sandbox, &[("V2", "2026-10-01"), ("V5", "Yes")]);
    sandbox
}

/// Fills in the observer's form: every sign, and fields of the visit by their number.
fn seen(sandbox: &Sandbox, visit: &[(&str, &str)]) {
    let numbers = numbers(sandbox, "in/observer.xlsx");
    sandbox.rewrite("in/observer.xlsx", |sheet, row, column, _| {
        if column != 4 {
            return None;
        }
        let number = numbers.get(&(sheet.to_owned(), row))?;
        if number.starts_with('V') {
            return visit.iter().find(|(n, _)| n == number).map(|(_, v)| (*v).to_owned());
        }
        Some("Present".to_owned())
    });
}

/// The number in each row of each sheet with questions.
fn numbers(sandbox: &Sandbox, file: &str) -> std::collections::BTreeMap<(String, u32), String> {
    let bytes = std::fs::read(sandbox.join(file)).unwrap();
    let book = Book::open(&bytes, &file.into(), &Limits::default()).unwrap();
    let sheets = book.sheets.iter().filter(|s| !s.name.starts_with('_'));
    sheets
        .flat_map(|s| {
            let rows = s.cells.iter().filter(|((row, column), _)| *row >= 6 && *column == 1);
            rows.map(|((row, _), v)| ((s.name.to_string(), *row), v.raw()))
        })
        .collect()
}

fn meta(sandbox: &Sandbox, file: &str, key: &str, value: &str) {
    let keys = ["format", "role", "form", "questionnaire", "edition", "revision", "language", "sectors", "country"];
    let at = keys.iter().position(|k| *k == key).unwrap();
    sandbox.rewrite(file, |sheet, row, column, _| {
        (sheet == "_meta" && usize::try_from(row) == Ok(at) && column == 1).then(|| value.to_owned())
    });
}

fn assessed(sandbox: &Sandbox) -> Value {
    sandbox.run(&["assess", "in", "-o", "out", "--format", "html,json,mail", "--force"]);
    sandbox.json("out/results.json")
}

fn role(json: &Value, file: &str) -> String {
    let files = json["files"].as_array().unwrap();
    files.iter().find(|f| f["file"] == file).unwrap()["role"].as_str().unwrap_or("none").to_owned()
}

fn codes(json: &Value, file: &str) -> Vec<String> {
    let files = json["files"].as_array().unwrap();
    let file = files.iter().find(|f| f["file"] == file).unwrap();
    file["diagnostics"].as_array().unwrap().iter().map(|d| d["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_form_that_lost_its_role_takes_nobodys_place() {
    let sandbox = handed_in();
    let before = assessed(&sandbox);
    assert_eq!(before["suppliers"][0]["signs"]["under_18"], true, "{before}");
    for said in ["", "supplier", "assessor", "nobody"] {
        for (file, own) in [("observer.xlsx", "observer"), ("assessor.xlsx", "assessor")] {
            meta(&sandbox, &format!("in/{file}"), "role", said);
            let json = assessed(&sandbox);
            assert_eq!(role(&json, file), own, "{said}");
            let expected = said != own;
            assert_eq!(
                codes(&json, file).contains(&"bad-meta".to_owned()),
                expected,
                "{said}: {:?}",
                codes(&json, file)
            );
            assert!(!codes(&json, "supplier.xlsx").contains(&"superseded".to_owned()));
            for part in ["signs", "controls", "exposure"] {
                assert_eq!(json["suppliers"][0][part], before["suppliers"][0][part], "{said}: {part}");
            }
            meta(&sandbox, &format!("in/{file}"), "role", own);
        }
    }
    // A supplier's questionnaire that says it is an observer's is a supplier's.
    meta(&sandbox, "in/supplier.xlsx", "role", "observer");
    let json = assessed(&sandbox);
    assert_eq!(role(&json, "supplier.xlsx"), "supplier");
    // Nothing of ours is left in it but what it says of itself.
    sandbox.rewrite("in/observer.xlsx", |sheet, _, _, _| (!sheet.starts_with('_')).then(String::new));
    let json = assessed(&sandbox);
    assert_eq!(codes(&json, "observer.xlsx"), ["foreign-workbook"]);
}

/// A report says only what somebody wrote: what is not understood about people under 18 is no yes, and is said with its cell.
#[test]
fn a_visit_that_is_not_understood_is_said_and_counts_for_nothing() {
    let sandbox = handed_in();
    for (said, understood) in [("ja, to stykker", false), ("No", true)] {
        seen(&sandbox, &[("V2", "some day"), ("V4", "perhaps"), ("V5", said)]);
        let json = assessed(&sandbox);
        assert_eq!(json["suppliers"][0]["signs"]["under_18"], false, "{said}");
        let files = json["files"].as_array().unwrap();
        let all = files.iter().flat_map(|f| f["diagnostics"].as_array().unwrap());
        let raws: Vec<(&str, &str)> =
            all.filter_map(|d| Some((d["code"].as_str()?, d["raw"].as_str()?))).filter(|(_, r)| *r != "Yes").collect();
        assert_eq!(raws.contains(&("under-age-unclear", said)), !understood, "{raws:?}");
        assert!(raws.contains(&("unknown-answer", "perhaps")) && raws.contains(&("bad-date", "some day")), "{raws:?}");
    }
}

#[test]
fn what_lygte_made_for_other_ends_and_unknown_formats_are_refused() {
    let sandbox = handed_in();
    sandbox.ok(&["assess", "in", "-o", "first"]);
    sandbox.ok(&["review", "in", "-o", "queue.xlsx"]);
    sandbox.ok(&["sample", "in", "--share", "100%", "--seed", "1", "-o", "sample.xlsx"]);
    let lists = ["queue.xlsx", "sample.xlsx", "first/portfolio.xlsx"];
    for (n, list) in lists.iter().enumerate() {
        sandbox.write(&format!("in/list-{n}.xlsx"), std::fs::read(sandbox.join(list)).unwrap());
    }
    let supplier = std::fs::read(sandbox.join("in/supplier.xlsx")).unwrap();
    for (n, format) in ["lygte/workbook/9", "garbage"].iter().enumerate() {
        let name = format!("in/other-{n}.xlsx");
        sandbox.write(&name, &supplier);
        meta(&sandbox, &name, "format", format);
    }
    let json = assessed(&sandbox);
    for n in 0..3 {
        assert_eq!(codes(&json, &format!("list-{n}.xlsx")), ["own-list"]);
    }
    for n in 0..2 {
        assert_eq!(codes(&json, &format!("other-{n}.xlsx")), ["unknown-format"]);
    }
    assert_eq!(json["suppliers"].as_array().unwrap().len(), 1);
}

/// Who sent no answers is not thanked for them; and a reminder to somebody of whom signs were reported is no routine.
#[test]
fn nothing_goes_back_to_a_supplier_who_sent_nothing() {
    let sandbox = handed_in();
    let supplier = assessed(&sandbox)["suppliers"][0]["id"].as_str().unwrap().to_owned();
    std::fs::remove_file(sandbox.join("in/supplier.xlsx")).unwrap();
    for gone in ["with-assessor", "observer-alone"] {
        sandbox.write("list.csv", format!("name,id,lang\nAcme ApS,{supplier},en\n"));
        let args = ["assess", "in", "-o", gone, "--format", "html,json,mail", "--suppliers", "list.csv"];
        sandbox.run(&args);
        let files = crate::support::tree(&sandbox.join(gone));
        assert!(!files.keys().any(|n| n.starts_with("feedback/")), "{:?}", files.keys());
        let mail = sandbox.read(&format!("{gone}/mail/{supplier}.txt"));
        assert!(!mail.contains("Thank you for your answers"), "{mail}");
        let index = sandbox.read(&format!("{gone}/index.html"));
        let waiting = index.split("id=\"waiting\"").nth(1).unwrap();
        assert!(waiting.contains("class=\"advice\""), "{waiting}");
        let _ = std::fs::remove_file(sandbox.join("in/assessor.xlsx"));
    }
}
