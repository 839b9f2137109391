//! Personal data in free text: masked in everything that is written, named in the ledger, shown on demand.

use std::collections::BTreeMap;

use crate::support::{Sandbox, tree};

const CPR: &str = "311270-1234";
const MAIL: &str = "worker@example.com";
const PHONE: &str = "+45 12 34 56 78";
/// Not personal: an order number of the length of a CPR number, and a company's.
const ORDER: &str = "4599123456";
const COMPANY: &str = "87654321";

/// A supplier's workbook with free text in comments, in a document cell and in place of an answer, and the same in the
/// profile, which is left alone.
fn returned() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok(&[
        "new",
        "--form",
        "short",
        "--sector",
        "cleaning",
        "--country",
        "DK",
        "--supplier",
        "Odd ApS",
        "-o",
        "in/odd.xlsx",
    ]);
    sandbox.rewrite("in/odd.xlsx", |sheet, row, column, old| match (sheet, row, column) {
        ("B", 7, 4) => Some(format!("ask {MAIL}")),
        ("B", 7, 6) => Some(format!("order {ORDER}, CVR {COMPANY}")),
        ("B", 8, 4) => Some("Yes".to_owned()),
        ("B", 8, 6) => Some(format!("{CPR} knows, {PHONE}")),
        ("B", 8, 5) => Some("passport no XP8271602".to_owned()),
        ("Profile", _, 4) if old == Some("Odd ApS") => Some(format!("Odd ApS {CPR}")),
        _ => None,
    });
    sandbox
}

const ALL: [&str; 11] =
    ["assess", "in", "-o", "out", "--format", "html,xlsx,json,csv,mail,md", "--jobs", "1", "--lang", "en", "--force"];

/// All texts that are written, with workbooks unpacked.
fn written(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for (name, bytes) in tree(&sandbox.join("out")) {
        let text = if name.strip_suffix(".xlsx").is_some() {
            let book = lygte::questionnaire::Book::open(
                &bytes,
                &name.as_str().into(),
                &lygte::questionnaire::Limits::default(),
            );
            let sheets = book.unwrap().sheets;
            let cells = sheets.iter().flat_map(|s| s.cells.iter().map(|(_, value)| value.raw()));
            cells.collect::<Vec<_>>().join("\n")
        } else {
            String::from_utf8(bytes).unwrap()
        };
        out.insert(name, text);
    }
    out
}

#[test]
fn nothing_that_is_written_shows_them_and_the_ledger_says_where_they_stood() {
    let sandbox = returned();
    let run = sandbox.run(&ALL);
    assert_eq!(run.code, 0, "{}", run.err);
    let files = written(&sandbox);
    for (name, text) in &files {
        for personal in [MAIL, PHONE, "XP8271602"] {
            assert!(!text.contains(personal), "{personal} in {name}");
        }
        // The name is the profile's: it stands wherever the supplier is named, and nowhere else.
        let named = text.matches("Odd ApS 311270-1234").count();
        assert_eq!(text.matches(CPR).count(), named, "{name}");
    }
    let json = sandbox.json("out/results.json");
    let items: Vec<&serde_json::Value> = json["suppliers"][0]["controls"]["sections"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|s| s["items"].as_array().unwrap())
        .collect();
    let item = |cell: &str| *items.iter().find(|i| i["cell"] == cell).unwrap();
    assert_eq!(item("B!E8")["raw"], "ask •••");
    assert_eq!((&item("B!E9")["raw"], &item("B!E9")["answer"]), (&"Yes".into(), &"yes".into()));
    let page =
        &files["suppliers/odd-aps-1.html".replace("odd-aps-1", json["suppliers"][0]["id"].as_str().unwrap()).as_str()];
    assert!(page.contains(ORDER) && page.contains(COMPANY) && page.contains("••• knows, •••"));

    let told: Vec<(String, String)> = json["files"][0]["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|d| d["code"] == "masked")
        .map(|d| (d["place"].as_str().unwrap().to_owned(), d["message"].as_str().unwrap().to_owned()))
        .collect();
    let wanted = [
        ("odd.xlsx!'B'!E8", "an e-mail address"),
        ("odd.xlsx!'B'!F9", "what looks like the number of a passport"),
        ("odd.xlsx!'B'!G9", "a national identity number"),
        ("odd.xlsx!'B'!G9", "a telephone number"),
    ];
    assert_eq!(
        told,
        wanted.map(|(place, what)| (place.to_owned(), format!("{what} in this cell is masked in reports")))
    );
    assert_eq!(sandbox.json("out/run.json")["options"]["unmasked"], false);
    assert!(written(&sandbox)["portfolio.xlsx"].contains("an e-mail address in this cell is masked"));
}

#[test]
fn they_are_shown_on_demand_and_a_resumed_run_does_not_mix_the_two() {
    let sandbox = returned();
    sandbox.ok(&ALL);
    let run = sandbox.run(&[&ALL[..], &["--unmasked", "--resume"]].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    let files = written(&sandbox);
    for name in ["results.json", "portfolio.xlsx"] {
        assert!(files[name].contains(MAIL), "{name}");
        assert!(!files[name].contains("masked in reports"), "{name}");
    }
    assert!(files.iter().any(|(name, text)| name.starts_with("suppliers/") && text.contains(PHONE)));
    let score = |json: serde_json::Value| json["suppliers"][0]["score"].clone();
    let shown = score(sandbox.json("out/results.json"));
    sandbox.ok(&ALL);
    assert_eq!(score(sandbox.json("out/results.json")), shown, "masking changes no score");
}

#[test]
fn the_queue_of_a_review_is_masked_and_its_corrections_hold() {
    let sandbox = returned();
    sandbox.ok(&["review", "in", "-o", "out/queue.xlsx"]);
    let text = &written(&sandbox)["queue.xlsx"];
    assert!(text.contains("ask •••") && !text.contains(MAIL));
}
