//! The account of inputs and of those invited, in every place it is written, and what is never said on a human channel.

use lygte::questionnaire::{Book, CellValue, Limits};

use crate::support::{Sandbox, tree};

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/suppliers");

/// Two suppliers of a list have answered, one in part; one is unreadable, one has not answered.
fn invited() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(
        "list.csv",
        "name,id,country,sector,lang\nSvar ApS,svar,DK,cleaning,da\nReply Ltd,reply,DK,cleaning,en\nTavs ApS,tavs,DK,cleaning,da\n\
         Broken Ltd,broken,DK,cleaning,en\nNo Language,plain,DK,cleaning,\n",
    );
    sandbox.ok(&["new", "--suppliers", "list.csv", "--form", "short", "-o", "in"]);
    for name in ["tavs", "plain"] {
        std::fs::remove_file(sandbox.join(&format!("in/{name}-supplier.xlsx"))).unwrap();
    }
    sandbox.write("in/broken-supplier.xlsx", b"PK\x03\x04 broken off");
    sandbox
}

fn texts(sandbox: &Sandbox, file: &str, sheet: usize) -> Vec<Vec<String>> {
    let bytes = std::fs::read(sandbox.join(file)).unwrap();
    let book = Book::open(&bytes, &file.into(), &Limits::default()).unwrap();
    let sheet = &book.sheets[sheet];
    let last = sheet.cells.iter().map(|((row, _), _)| *row).max().unwrap_or(0);
    let row = |r| sheet.cells.rows(r..=r).map(|(_, v)| CellValue::raw(v)).collect();
    (0..=last).map(row).collect()
}

#[test]
fn invited_is_answered_and_not_answered_and_everybody_due_has_a_text_in_their_language() {
    let sandbox = invited();
    let run = sandbox.run(&[
        "assess",
        "in",
        "-o",
        "out",
        "--suppliers",
        "list.csv",
        "--lang",
        "da",
        "--format",
        "html,xlsx,json,mail",
    ]);
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(run.out.contains("3 inputs = 2 scored + 0 partly + 1 unreadable"), "{}", run.out);
    assert!(run.out.contains("5 invited = 2 answered + 3 not answered"), "{}", run.out);

    let json = sandbox.json("out/results.json");
    let ledger = &json["ledger"];
    let count = |key: &str| ledger[key].as_u64().unwrap();
    assert_eq!(count("inputs"), count("scored") + count("partly") + count("unreadable"));
    let missing = ledger["not_answered"].as_array().unwrap();
    assert_eq!(count("invited"), count("answered") + u64::try_from(missing.len()).unwrap());
    let reminders = json["reminders"].as_array().unwrap();
    let facts: Vec<(&str, &str, &str)> = reminders
        .iter()
        .map(|r| (r["supplier"].as_str().unwrap(), r["due"].as_str().unwrap(), r["lang"].as_str().unwrap()))
        .collect();
    assert_eq!(
        facts,
        [
            ("broken", "not-answered", "en"),
            ("plain", "not-answered", "da"),
            ("reply", "not-enough", "en"),
            ("svar", "not-enough", "da"),
            ("tavs", "not-answered", "da")
        ],
        "the list's language, else the run's"
    );
    for reminder in reminders {
        let text = reminder["text"].as_str().unwrap();
        let greeting = if reminder["lang"] == "da" { "Til " } else { "To " };
        assert!(text.starts_with(&format!("{greeting}{}\n\n", reminder["name"].as_str().unwrap())), "{text}");
        assert!(!text.contains('{'), "{text}");
        let name = reminder["supplier"].as_str().unwrap();
        let mail = sandbox.read(&format!("out/mail/{name}.txt"));
        assert!(mail.starts_with(text.trim_end()), "{mail}");
        // A page escapes what has a meaning in HTML; the first paragraph but the greeting has nothing of that kind.
        let paragraph = text.split("\n\n").nth(1).unwrap();
        assert!(sandbox.read("out/index.html").contains(paragraph), "{paragraph}");
        let rows = texts(&sandbox, "out/portfolio.xlsx", 6);
        let row = rows.iter().find(|r| r.iter().any(|c| c.contains(paragraph)) && r.iter().any(|c| c == name));
        assert!(row.is_some(), "{name} in the sheet of the ledger");
    }
    let index = sandbox.read("out/index.html");
    assert!(index.contains("Inviteret: 5. Besvaret: 2. Endnu ikke besvaret: 3."), "totals on the page");
}

#[test]
fn a_dry_run_reads_everything_and_writes_nothing() {
    let sandbox = invited();
    let before = tree(sandbox.path());
    let run = sandbox.run(&["assess", "in", "--dry-run", "--suppliers", "list.csv"]);
    assert_eq!(run.code, 3);
    assert_eq!(run.err, "");
    insta::assert_snapshot!(run.out, @r"
    unreadable  ?         broken-supplier.xlsx
        error[damaged-workbook] the workbook is damaged and could not be read (its container breaks off); please send it once more, or open it in Excel, save it again as .xlsx and check the answers
    scored      supplier  reply-supplier.xlsx
    scored      supplier  svar-supplier.xlsx
    3 inputs = 2 scored + 0 partly + 1 unreadable; 12 skipped
         2  not enough answers, ask again
    5 invited = 2 answered + 3 not answered
    nothing was written
    ");
    assert_eq!(tree(sandbox.path()), before);
    // With a folder named as well, nothing is made there.
    sandbox.run(&["assess", "in", "-o", "out", "--dry-run"]);
    assert_eq!(tree(sandbox.path()), before);
    assert_eq!(sandbox.run(&["assess", "in"]).code, 2, "without --dry-run a folder is needed");
}

#[test]
fn each_cell_not_taken_as_it_stood_has_what_stood_there_what_it_was_taken_for_and_the_rule() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["assess", EXAMPLES, "-o", "out", "--lang", "en"]);
    let json = sandbox.json("out/results.json");
    let all: Vec<_> =
        json["files"].as_array().unwrap().iter().flat_map(|f| f["diagnostics"].as_array().unwrap()).collect();
    let read: Vec<_> = all.iter().filter(|d| d["code"].as_str().unwrap().starts_with("read-")).collect();
    assert!(read.len() >= 5, "{all:?}");
    let rows = texts(&sandbox, "out/portfolio.xlsx", 6);
    let page = sandbox.read("out/index.html");
    for d in read {
        let (raw, taken) = (d["raw"].as_str().unwrap(), d["taken"].as_str().unwrap());
        assert!(!raw.is_empty() && !taken.is_empty());
        let code = d["code"].as_str().unwrap();
        assert!(rows.iter().any(|r| [raw, taken, code].iter().all(|t| r.iter().any(|c| c == t))), "{d}");
        assert!(page.contains(&format!("There stood <q><bdi>{raw}</bdi></q>")), "{d}");
    }
}

#[test]
fn what_is_mailed_does_not_change_with_what_others_saw_and_names_no_sign() {
    let sandbox = Sandbox::new();
    for entry in std::fs::read_dir(EXAMPLES).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let bytes = std::fs::read(&path).unwrap();
        sandbox.write(&format!("all/{name}"), &bytes);
        if !name.contains("observer") {
            sandbox.write(&format!("unseen/{name}"), &bytes);
        }
    }
    for (input, out) in [("all", "a"), ("unseen", "b")] {
        sandbox.ok(&["assess", input, "-o", out, "--format", "mail"]);
    }
    let (all, unseen) = (tree(&sandbox.join("a/mail")), tree(&sandbox.join("b/mail")));
    assert!(all.len() >= 9 && all == unseen);
    let bench = crate::support::Bench::cleaning();
    for (name, text) in all {
        let text = String::from_utf8(text).unwrap();
        assert!(!text.contains("&quot;") && !text.contains("&lt;") && !text.contains("{{"), "{name}: plain text");
        for sign in &bench.questionnaire.signs.signs {
            for (_, words) in sign.text.all() {
                assert!(!text.contains(words), "{name}: {words}");
            }
        }
    }
}

/// A mark in every cell that is filled in by people, and in every value of `_meta` that may be text.
fn marked(sandbox: &Sandbox, name: &str) {
    sandbox.rewrite(name, |sheet, row, column, old| match (sheet, column, old) {
        ("_meta", 1, Some(_)) => {
            let keep = row <= 2;
            (!keep).then(|| format!("MARKER-meta-{row}"))
        }
        ("_meta" | "_lists", ..) => None,
        (_, 4.., _) if row >= 6 => Some(format!("MARKER-{row}-{column}")),
        _ => None,
    });
}

#[test]
fn nothing_of_a_cell_is_said_on_any_human_channel() {
    let sandbox = Sandbox::new();
    for role in ["supplier", "assessor", "observer"] {
        let file = format!("in/{role}.xlsx");
        let args = ["new", "--sector", "cleaning", "--country", "DK", "--supplier", "Mark ApS", "--for", role, "-o"];
        sandbox.ok(&[&args[..], &[file.as_str()]].concat());
        marked(&sandbox, &file);
    }
    let mut said = String::new();
    for format in ["human", "json"] {
        let out = format!("out-{format}");
        let queue = format!("queue-{format}.xlsx");
        let sample = format!("sample-{format}.xlsx");
        let results = format!("{out}/results.json");
        for args in [
            vec!["assess", "in", "-o", &out, "--format", "html,xlsx,json,mail", "--strict"],
            vec!["assess", "in", "--dry-run"],
            vec!["review", "in", "-o", &queue],
            vec!["assess", "in", "-o", &out, "--reviewed", &queue],
            vec!["sample", "in", "--share", "100%", "--seed", "1", "-o", &sample],
            vec!["sample", "--check", &sample, &results],
            vec!["new", "--for", "assessor", "--answers", "in/supplier.xlsx", "-o", "again.xlsx"],
        ] {
            let run = sandbox.run(&[&args[..], &["--message-format", format]].concat());
            assert!(!run.err.contains("internal:"), "{args:?}: {}", run.err);
            said += &run.out;
            said += &run.err;
        }
        assert!(sandbox.read(&results).matches("MARKER").count() > 100, "the marks were read");
    }
    let lines: Vec<&str> = said.lines().filter(|l| l.to_lowercase().contains("marker")).collect();
    assert!(lines.is_empty(), "{lines:#?}");
}
