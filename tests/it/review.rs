//! The reviewer's queue and the second assessor's sample, written, filled in, and read back.

use std::collections::BTreeMap;

use lygte::questionnaire::{Book, CellValue, Limits};
use serde_json::Value;

use crate::support::{Sandbox, tree};

/// Where things stand in a list.
struct List {
    columns: BTreeMap<String, u32>,
    rows: BTreeMap<u32, BTreeMap<String, String>>,
}

impl List {
    fn of(sandbox: &Sandbox, name: &str) -> Self {
        let bytes = std::fs::read(sandbox.join(name)).unwrap();
        let book = Book::open(&bytes, &name.into(), &Limits::default()).unwrap();
        let sheet = &book.sheets[0];
        let columns: BTreeMap<String, u32> = sheet.cells.rows(..1).map(|((_, c), v)| (v.raw(), *c)).collect();
        let mut rows: BTreeMap<u32, BTreeMap<String, String>> = BTreeMap::new();
        for ((row, column), value) in sheet.cells.rows(2..) {
            let id = columns.iter().find(|(_, c)| *c == column).unwrap().0;
            rows.entry(*row).or_default().insert(id.clone(), CellValue::raw(value));
        }
        Self { columns, rows }
    }

    /// The row about a cell.
    fn row(&self, cell: &str) -> u32 {
        let is = |r: &&BTreeMap<String, String>| r.get("cell").is_some_and(|c| c == cell);
        *self.rows.iter().find(|(_, r)| is(r)).unwrap_or_else(|| panic!("{cell} in {:?}", self.rows)).0
    }
}

/// Fills cells of a list, by row and column id.
fn fill(sandbox: &Sandbox, name: &str, cells: &[(u32, &str, &str)]) {
    let list = List::of(sandbox, name);
    let first = cells.iter().map(|(row, id, text)| (*row, list.columns[*id], *text)).collect::<Vec<_>>();
    sandbox.rewrite(name, |sheet, row, column, _| {
        let here = |(r, c, _): &&(u32, u32, &str)| !sheet.starts_with('_') && *r == row && *c == column;
        first.iter().find(here).map(|(_, _, text)| (*text).to_owned())
    });
}

/// What cannot be corrected there may be accepted, and no more is offered.
#[test]
fn a_fact_of_the_profile_is_offered_for_acceptance_only() {
    let sandbox = odd();
    sandbox.rewrite("in/odd.xlsx", |sheet, row, column, _| {
        (sheet == "Profile" && (row, column) == (9, 4)).then(|| "quite a few".to_owned())
    });
    sandbox.ok(&["review", "in", "-o", "queue.xlsx", "--lang", "en"]);
    let bytes = std::fs::read(sandbox.join("queue.xlsx")).unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut xml = String::new();
    std::io::Read::read_to_string(&mut zip.by_name("xl/worksheets/sheet1.xml").unwrap(), &mut xml).unwrap();
    let list = List::of(&sandbox, "queue.xlsx");
    // The drop-down of a cell, by the name of its list.
    let choices = |row: u32, column: &str| {
        let column = lygte::diag::column_name(list.columns[column]);
        let at = |cells: &str| {
            let (from, to) = cells.split_once(':').unwrap_or((cells, cells));
            let number = |cell: &str| cell.strip_prefix(&column).and_then(|r| r.parse::<u32>().ok());
            number(from).zip(number(to)).is_some_and(|(from, to)| (from..=to).contains(&(row + 1)))
        };
        let mut all = xml.split("<dataValidation ").skip(1);
        let found =
            all.find(|v| v.split_once("sqref=\"").is_some_and(|(_, rest)| at(rest.split('"').next().unwrap())))?;
        found.split("<formula1>").nth(1)?.split('<').next().map(str::to_owned)
    };
    let answer = list.row("E9");
    let fact = *list.rows.iter().find(|(_, r)| r["sheet"] == "Profile").unwrap().0;
    assert!(choices(fact, "decision").is_some() && choices(answer, "decision").is_some());
    assert_ne!(choices(fact, "decision"), choices(answer, "decision"));
    assert_eq!(choices(fact, "corrected"), None);
    assert!(choices(answer, "corrected").is_some());
}

/// A workbook of a short form with four cells that need an eye: E7 to E10 of the sheet of checklist B.
fn odd() -> Sandbox {
    let sandbox = Sandbox::new();
    let args = ["new", "--form", "short", "--sector", "cleaning", "--country", "DK", "--supplier", "Odd ApS", "-o"];
    sandbox.ok(&[&args[..], &["in/odd.xlsx"]].concat());
    sandbox.rewrite("in/odd.xlsx", |sheet, row, column, _| {
        let says = match row {
            7 => "we think so",
            8 => "YES",
            9 => "mostly",
            10 => "Ja",
            _ => return None,
        };
        (sheet == "B" && column == 4).then(|| says.to_owned())
    });
    sandbox
}

fn item<'a>(json: &'a Value, cell: &str) -> &'a Value {
    let sections = json["suppliers"][0]["controls"]["sections"].as_array().unwrap().iter();
    let mut items = sections.flat_map(|s| s["items"].as_array().unwrap());
    items.find(|i| i["cell"] == cell).unwrap_or_else(|| panic!("{cell}"))
}

#[test]
fn a_correction_counts_with_reason_and_initials_beside_the_suppliers_own_answer() {
    let sandbox = odd();
    let run = sandbox.ok(&["review", "in", "-o", "queue.xlsx"]);
    assert!(run.out.contains("4  rows need an eye, in queue.xlsx"), "{}", run.out);
    let list = List::of(&sandbox, "queue.xlsx");
    let first = &list.rows[&list.row("E8")];
    let digest = sandbox_digest(&sandbox, "in/odd.xlsx");
    assert_eq!((first["file"].as_str(), &first["digest"], first["sheet"].as_str()), ("odd.xlsx", &digest, "B"));
    assert_eq!(first["stood"], "we think so");
    assert_eq!(list.rows[&list.row("E9")]["taken"], "Yes");

    let (e8, e9, e10) = (list.row("E8"), list.row("E9"), list.row("E10"));
    fill(
        &sandbox,
        "queue.xlsx",
        &[
            (e8, "decision", "correct"),
            (e8, "corrected", "Partly"),
            (e8, "reason", "said so on the telephone"),
            (e8, "by", "AB"),
            (e9, "decision", "accept"),
            (e9, "by", "AB"),
            (e10, "decision", "correct"),
            (e10, "corrected", "Yes"),
            (e10, "reason", "no initials"),
        ],
    );
    let before = sandbox.run(&["assess", "in", "-o", "plain"]);
    let run = sandbox.run(&["assess", "in", "-o", "out", "--reviewed", "queue.xlsx"]);
    assert_eq!((run.code, before.code), (0, 0), "{}", run.err);
    assert!(run.out.contains("4 rows reviewed = 1 corrected + 1 accepted + 1 open + 1 not taken"), "{}", run.out);
    assert!(run.err.contains("review-unsigned"), "{}", run.err);
    assert!(!run.err.contains("telephone") && !run.out.contains("telephone"), "what stands in a cell is not printed");

    let (plain, json) = (sandbox.json("plain/results.json"), sandbox.json("out/results.json"));
    assert_eq!(item(&plain, "B!E8")["answer"], "unreadable");
    let corrected = item(&json, "B!E8");
    assert_eq!((&corrected["answer"], &corrected["raw"]), (&"partly".into(), &"we think so".into()));
    assert_eq!(
        corrected["correction"],
        serde_json::json!({ "read": "unreadable", "answer": "partly", "by": "AB", "reason": "said so on the telephone" })
    );
    assert_eq!(item(&json, "B!E10")["answer"], "unreadable", "without initials it does not count");
    assert_eq!(json["review"]["corrected"], 1);
    let codes: Vec<&str> =
        json["files"][0]["diagnostics"].as_array().unwrap().iter().map(|d| d["code"].as_str().unwrap()).collect();
    for code in ["unknown-answer", "corrected", "reading-accepted"] {
        assert!(codes.contains(&code), "{code} in {codes:?}");
    }
    assert_ne!(plain["suppliers"][0]["score"], json["suppliers"][0]["score"], "it counts");
    let id = json["suppliers"][0]["id"].as_str().unwrap();
    for file in ["out/index.html".to_owned(), format!("out/suppliers/{id}.html")] {
        let page = sandbox.read(&file);
        assert!(page.contains("said so on the telephone") && page.contains("we think so"), "{file}");
    }
    let feedback = sandbox.read(&format!("out/feedback/{id}.html"));
    assert!(feedback.contains("we think so") && !feedback.contains("telephone"), "reasons are not for the supplier");
    // The run says which queue it heeded.
    assert_eq!(sandbox.json("out/run.json")["options"]["reviewed"], sandbox_digest(&sandbox, "queue.xlsx"));
}

fn sandbox_digest(sandbox: &Sandbox, name: &str) -> String {
    let hash = <sha2::Sha256 as sha2::Digest>::digest(std::fs::read(sandbox.join(name)).unwrap());
    hash.iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>().concat()
}

#[test]
fn whatever_else_stands_in_a_queue_is_told_and_changes_nothing() {
    let sandbox = odd();
    sandbox.write("in/foreign.pdf", "%PDF-1.7");
    assert_eq!(sandbox.run(&["review", "in", "-o", "queue.xlsx", "--lang", "da"]).code, 3);
    assert_eq!(sandbox.run(&["review", "in", "-o", "queue.xlsx"]).code, 1, "a queue is not written over");
    let list = List::of(&sandbox, "queue.xlsx");
    let at = |cell: &str| list.row(cell);
    let pdf = *list.rows.iter().find(|(_, r)| r["file"] == "foreign.pdf").unwrap().0;
    let signed = |row| [(row, "reason", "because"), (row, "by", "AB")];
    let cells = [
        vec![(at("E8"), "decision", "perhaps")],
        signed(at("E8")).to_vec(),
        vec![(at("E9"), "decision", "ret"), (at("E9"), "corrected", "quite so")],
        signed(at("E9")).to_vec(),
        vec![(at("E10"), "decision", "RET"), (at("E10"), "corrected", "Ja"), (at("E10"), "cell", "E99")],
        signed(at("E10")).to_vec(),
        vec![(at("E11"), "decision", "ret"), (at("E11"), "corrected", "Nej"), (at("E11"), "digest", "0000")],
        signed(at("E11")).to_vec(),
        vec![(pdf, "decision", "ret"), (pdf, "corrected", "Ja")],
        signed(pdf).to_vec(),
    ]
    .concat();
    fill(&sandbox, "queue.xlsx", &cells);
    sandbox.run(&["assess", "in", "-o", "plain", "--format", "json"]);
    let run = sandbox.run(&["assess", "in", "-o", "out", "--format", "json", "--reviewed", "queue.xlsx"]);
    assert_eq!(run.code, 3);
    let json = sandbox.json("out/results.json");
    let mut codes: Vec<&str> =
        json["review"]["diagnostics"].as_array().unwrap().iter().map(|d| d["code"].as_str().unwrap()).collect();
    codes.sort_unstable();
    assert_eq!(
        codes,
        ["review-answer", "review-no-answer", "review-no-answer", "review-other-file", "review-undecided"]
    );
    assert_eq!(json["suppliers"], sandbox.json("plain/results.json")["suppliers"], "nothing was changed");

    sandbox.write("other.xlsx", std::fs::read(sandbox.join("in/odd.xlsx")).unwrap());
    let run = sandbox.run(&["assess", "in", "-o", "out", "--reviewed", "other.xlsx"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("other.xlsx: this is no list of the kind lygte/review/1"), "{}", run.err);
}

#[test]
fn a_correction_does_not_outlive_the_file_it_was_made_for() {
    let sandbox = odd();
    sandbox.ok(&["review", "in", "-o", "queue.xlsx"]);
    let row = List::of(&sandbox, "queue.xlsx").row("E8");
    let cells =
        [(row, "decision", "correct"), (row, "corrected", "Yes"), (row, "reason", "because"), (row, "by", "AB")];
    fill(&sandbox, "queue.xlsx", &cells);
    sandbox.rewrite("in/odd.xlsx", |sheet, row, column, _| {
        (sheet == "B" && (row, column) == (12, 4)).then(|| "No".to_owned())
    });
    let run = sandbox.ok(&["assess", "in", "-o", "out", "--reviewed", "queue.xlsx"]);
    assert!(run.err.contains("review-other-file"), "{}", run.err);
    assert_eq!(item(&sandbox.json("out/results.json"), "B!E8")["answer"], "unreadable");
}

#[test]
fn a_sample_is_the_seeds_and_says_how_many_readings_differ() {
    let sandbox = Sandbox::new();
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/suppliers");
    let draw = |seed: &str, name: &str| sandbox.ok(&["sample", examples, "--share", "10%", "--seed", seed, "-o", name]);
    let run = draw("1", "a.xlsx");
    draw("1", "b.xlsx");
    draw("2", "c.xlsx");
    let files = tree(sandbox.path());
    assert_eq!(files["a.xlsx"], files["b.xlsx"]);
    assert_ne!(files["a.xlsx"], files["c.xlsx"]);
    for line in run.out.lines().filter(|l| l.contains(" of ")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (n, of): (usize, usize) = (words[0].parse().unwrap(), words[2].parse().unwrap());
        assert_eq!(n, of.div_ceil(10), "{line}");
    }
    assert!(run.out.contains("not-enough-answers/open") && run.out.contains("/by-rule"), "{}", run.out);

    sandbox.ok(&["assess", examples, "-o", "out", "--format", "json"]);
    let json = sandbox.json("out/results.json");
    let suppliers: BTreeMap<&str, &Value> =
        json["suppliers"].as_array().unwrap().iter().map(|s| (s["id"].as_str().unwrap(), s)).collect();
    let of_file: BTreeMap<&str, &str> = json["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["file"].as_str().unwrap(), f["supplier"].as_str().unwrap()))
        .collect();
    let list = List::of(&sandbox, "a.xlsx");
    assert!(!list.columns.contains_key("taken") && list.rows.len() > 40, "the second assessor sees no first reading");
    // What the results say, in words that the reader takes; the first two rows otherwise.
    let bench = crate::support::Bench::cleaning();
    let mut cells = Vec::new();
    for (n, (row, of)) in list.rows.iter().enumerate() {
        let supplier = suppliers[of_file[of["file"].as_str()]];
        let sections = supplier["controls"]["sections"].as_array().unwrap().iter();
        let factors = supplier["exposure"]["factors"].as_array().unwrap().iter();
        let lines = sections
            .flat_map(|s| s["items"].as_array().unwrap())
            .chain(factors.filter_map(|f| f["questions"].as_array()).flatten());
        let line = lines.into_iter().find(|i| i["id"] == of["item"].as_str()).unwrap();
        let own = if line["by"] == "assessor" { &line["stated"] } else { line };
        let (answer, raw) = (own["answer"].as_str().unwrap(), own["raw"].as_str());
        let text = match answer {
            "blank" => "No answer".to_owned(),
            "unreadable" => "Could not be read".to_owned(),
            _ => raw.unwrap().to_owned(),
        };
        cells.push((*row, if n < 2 { "Don't know".to_owned() } else { text }));
        assert!(bench.questionnaire.item(&of["item"]).is_some());
    }
    let filled: Vec<(u32, &str, &str)> = cells.iter().map(|(row, text)| (*row, "reading", text.as_str())).collect();
    fill(&sandbox, "a.xlsx", &filled);
    let run = sandbox.run(&["sample", "--check", "a.xlsx", "out/results.json"]);
    let n = list.rows.len();
    assert!(run.out.contains(&format!("2 of {n} readings differ: error rate ")), "{}", run.out);
    assert_eq!((run.code, run.out.matches("differs: ").count()), (0, 2), "{}{}", run.out, run.err);
    let (low, high) = lygte::batch::interval(2, n);
    let end = format!("interval {}.{:02} % to {}.{:02} %", low / 100, low % 100, high / 100, high % 100);
    assert!(run.out.contains(&end), "{end}: {}", run.out);

    // Results of another state of the files are not compared with.
    let other = sandbox.read("out/results.json").replace("\"sha256\":\"", "\"sha256\":\"0");
    sandbox.write("other.json", other);
    let run = sandbox.run(&["sample", "--check", "a.xlsx", "other.json"]);
    assert_eq!(run.code, 3);
    assert!(run.out.contains("another state of it") && run.out.contains("nothing was compared"), "{}", run.out);
    assert_eq!(sandbox.run(&["sample", examples, "--share", "0%", "--seed", "1", "-o", "d.xlsx"]).code, 2);
    assert_eq!(sandbox.run(&["sample", examples, "-o", "d.xlsx"]).code, 2, "a seed is needed");
}
