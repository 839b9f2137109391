//! The reader at the command: files that are none, old formats, limits by name, one bad file among good ones.
#![allow(clippy::format_collect, reason = "short cases are worth more than quick ones")]

use std::collections::BTreeSet;

use lygte::questionnaire::Limits;

use crate::hostile::{base, cases, raw};
use crate::support::{Sandbox, tree};

fn with_one() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok(&["new", "--sector", "cleaning", "--country", "DK", "--supplier", "Good ApS", "-o", "in/good.xlsx"]);
    sandbox
}

/// P17: what `--help` lists is what there is, with its value.
#[test]
fn help_lists_every_limit_and_each_can_be_raised_by_name() {
    let sandbox = with_one();
    let help = sandbox.ok(&["assess", "--help"]).out;
    let listed: BTreeSet<String> = help
        .lines()
        .filter_map(|l| l.trim().split_once("  ")?.0.split_once('='))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let there: BTreeSet<String> = Limits::LIST.iter().map(|(name, value, _)| format!("{name}={value}")).collect();
    assert_eq!(listed, there);

    let run = sandbox.run(&["assess", "in", "-o", "out", "--limit", "cells=20"]);
    assert_eq!(run.code, 3);
    insta::assert_snapshot!(run.err, @r"
    error[limit-reached]: the workbook has too many filled cells (> 20; the limit is 20); if the file is sound, run again with --limit cells=40
    --> good.xlsx!'Start'
    ");
    sandbox.ok(&["assess", "in", "-o", "out", "--limit", "cells=400000", "--limit", "sheets=100"]);
    for (limit, says) in
        [("cell=5", "there is no limit `cell`"), ("cells", "NAME=VALUE"), ("cells=many", "no whole number")]
    {
        let run = sandbox.run(&["assess", "in", "-o", "out", "--limit", limit]);
        assert_eq!((run.code, run.err.contains(says)), (2, true), "{}", run.err);
    }
    let run = sandbox.run(&["assess", "in", "-o", "out", "--limit", "cell=5"]);
    assert!(Limits::LIST.iter().all(|(name, ..)| run.err.contains(name)), "{}", run.err);
}

/// P13, P15, P28: every hostile file at once, in one folder with a good one. The run ends as it should, the good one's
/// outputs are the same as without them, and nothing of what stands in cells is said.
#[test]
fn all_hostile_files_beside_a_good_one() {
    let sandbox = with_one();
    sandbox.ok(&["assess", "in", "-o", "alone"]);
    for (id, make) in cases::CASES {
        sandbox.write(&format!("in/hostile/{id}.xlsx"), make());
    }
    let run = sandbox.run(&["assess", "in", "-o", "out"]);
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(!run.err.contains("internal"), "{}", run.err);
    let count = cases::CASES.len() + 1;
    assert!(run.out.starts_with(&format!("{count} inputs = ")), "{}", run.out);
    let (alone, out) = (tree(&sandbox.join("alone")), tree(&sandbox.join("out")));
    let own: Vec<_> = alone.keys().filter(|name| name.contains('/')).collect();
    assert!(!own.is_empty());
    for name in own {
        assert_eq!(alone.get(name), out.get(name), "{name}");
    }
    assert!(!run.err.contains("because") && !run.out.contains("because"));
}

/// P8: an older questionnaire is not scored as today's. Answers are matched by id, which is said; what is no longer asked
/// stands in the ledger, whatever question has its number today.
#[test]
fn an_older_revision_is_matched_by_id_and_says_so() {
    let mut old = raw::Raw::new("0123456789abcdef");
    let (id, gone) = (old.shared("A7", "b1"), old.shared("A7", "b0-gone"));
    let (text, other) = (old.shared("C7", "b1?"), old.shared("C7", "what was asked then?"));
    old.sheets[1].rows = old.sheets[1].rows.replace(&id, &gone).replace(&text, &other);
    let returned = crate::hostile::read(&old.zip(), &Limits::default()).unwrap();
    let codes: BTreeSet<&str> = returned.diagnostics.iter().map(|d| d.code.name()).collect();
    assert!(codes.contains("other-revision") && codes.contains("retired-question"), "{codes:?}");
    assert!(returned.partly);
    let answers = crate::hostile::answers(&returned);
    assert_eq!((answers["b1"].as_str(), answers["b2"].as_str()), ("blank", "no"));

    // Renumbered and reworded: the id counts.
    let mut old = raw::Raw::new("0123456789abcdef");
    let (number, other) = (old.shared("B7", "b1"), old.shared("B7", "b2"));
    let (text, reworded) = (old.shared("C7", "b1?"), old.shared("C7", "as it was asked then?"));
    old.sheets[1].rows = old.sheets[1].rows.replace(&number, &other).replace(&text, &reworded);
    let returned = crate::hostile::read(&old.zip(), &Limits::default()).unwrap();
    assert_eq!(crate::hostile::answers(&returned)["b1"], "yes");
    // In a workbook of today the same contradiction is nobody's answer.
    let mut today = base();
    let (number, other) = (today.shared("B7", "b1"), today.shared("B7", "b2"));
    let (text, reworded) = (today.shared("C7", "b1?"), today.shared("C7", "as it was asked then?"));
    today.sheets[1].rows = today.sheets[1].rows.replace(&number, &other).replace(&text, &reworded);
    let returned = crate::hostile::read(&today.zip(), &Limits::default()).unwrap();
    assert_eq!(crate::hostile::answers(&returned)["b1"], "blank");
    assert!(returned.diagnostics.iter().any(|d| d.code.name() == "row-conflict"));
}

/// A sheet in the format of `OpenDocument`, with the questions' rows.
fn ods(spoil: impl Fn(String) -> String) -> Vec<u8> {
    let row = |cells: &[&str]| {
        let cells: String = cells
            .iter()
            .map(|c| format!("<table:table-cell office:value-type=\"string\"><text:p>{c}</text:p></table:table-cell>"))
            .collect();
        format!("<table:table-row>{cells}</table:table-row>")
    };
    let mut meta = String::new();
    for (key, value) in [
        ("format", "lygte/workbook/1"),
        ("role", "supplier"),
        ("form", "full"),
        ("questionnaire", "guide"),
        ("language", "en"),
        ("supplier_id", "old-1"),
    ] {
        meta.push_str(&row(&[key, value]));
    }
    let rows = [
        row(&["", "No.", "Question", "Why we ask", "Answer", "Document you can show", "Comment or reason"]),
        row(&["knows-law", "A1", "x", "x", "Yes"]),
        row(&["own-guidelines", "A2", "x", "x", "a _x0041_ and"]),
    ]
    .concat();
    let table = |name: &str, rows: &str| format!("<table:table table:name=\"{name}\">{rows}</table:table>");
    let content = format!(
        "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:spreadsheet>{}{}\
         </office:spreadsheet></office:body></office:document-content>",
        table("_meta", &meta),
        table("A", &rows)
    );
    let manifest = "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    raw::zip(&vec![
        ("mimetype".to_owned(), b"application/vnd.oasis.opendocument.spreadsheet".to_vec()),
        ("META-INF/manifest.xml".to_owned(), manifest.as_bytes().to_vec()),
        ("content.xml".to_owned(), spoil(content).into_bytes()),
    ])
}

/// Old formats are refused with one sentence, or read in a process of their own, which ends when its time is up.
#[test]
fn old_formats_are_read_only_on_demand_and_under_limits() {
    let sandbox = with_one();
    sandbox.write("in/old.ods", ods(|c| c));
    let run = sandbox.run(&["assess", "in", "-o", "out"]);
    assert_eq!(run.code, 3);
    insta::assert_snapshot!(run.err, @r"
    error[legacy-format]: this is an OpenDocument spreadsheet (.ods); please save it as .xlsx and send that, or read it with --legacy-formats
    --> old.ods
    ");

    let run = sandbox.run(&["assess", "in", "-o", "out", "--legacy-formats"]);
    assert!(run.out.starts_with("2 inputs = 1 scored + 1 partly + 0 unreadable"), "{}{}", run.out, run.err);
    let results = sandbox.read("out/results.json");
    assert!(results.contains("legacy-read") && results.contains("a _x0041_ and"), "{results}");
    let supplier = sandbox.json("out/results.json")["suppliers"]
        .as_array()
        .unwrap()
        .iter()
        .find(|s| s["id"] == "old-1")
        .unwrap()
        .to_string();
    assert!(supplier.contains("\"raw\":\"Yes\""), "{supplier}");

    // A table that never ends makes the reader of that format loop for ever.
    sandbox.write("in/old.ods", ods(|c| c.replace("</table:table>", "")));
    let run = sandbox.run(&["assess", "in", "-o", "out", "--legacy-formats", "--limit", "seconds=1"]);
    assert_eq!(run.code, 3);
    assert!(run.err.contains("--limit seconds=2") || run.err.contains("within the limits"), "{}", run.err);
    // One that asks for all memory loses its process, not the run.
    let fill = |c: String| {
        c.replace("<table:table-row>", "<table:table-row table:number-rows-repeated=\"1048576\">")
            .replace("<table:table-cell ", "<table:table-cell table:number-columns-repeated=\"16384\" ")
    };
    sandbox.write("in/old.ods", ods(fill));
    let run = sandbox.run(&["assess", "in", "-o", "out", "--legacy-formats"]);
    assert_eq!(run.code, 3);
    assert!(run.out.starts_with("2 inputs = 1 scored + 0 partly + 1 unreadable"), "{}{}", run.out, run.err);
}

/// P18, P19: pipes, devices, links in circles, lock files and unfinished downloads are skipped or refused, never read for
/// ever; a folder without inputs is an error.
#[cfg(unix)]
#[test]
fn things_that_are_no_files() {
    use std::os::unix::fs::symlink;

    let sandbox = with_one();
    let inside = |name: &str| sandbox.join("in").join(name);
    assert!(std::process::Command::new("mkfifo").arg(inside("pipe.xlsx")).status().unwrap().success());
    symlink("/dev/zero", inside("zero.xlsx")).unwrap();
    symlink("b.xlsx", inside("a.xlsx")).unwrap();
    symlink("a.xlsx", inside("b.xlsx")).unwrap();
    symlink("nowhere.xlsx", inside("dangling.xlsx")).unwrap();
    symlink("good.xlsx", inside("link.xlsx")).unwrap();
    symlink(".", inside("circle")).unwrap();
    sandbox.write("in/~$good.xlsx", "lock");
    sandbox.write("in/._good.xlsx", "fork");
    sandbox.write("in/good.xlsx.part", "PK");
    let run = sandbox.run(&["assess", "in", "-o", "out"]);
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(run.out.starts_with("7 inputs = 2 scored + 0 partly + 5 unreadable; 4 skipped"), "{}{}", run.out, run.err);
    assert_eq!(run.err.matches("it is not a regular file").count(), 2, "{}", run.err);

    std::fs::create_dir(sandbox.join("empty")).unwrap();
    sandbox.write("empty/.DS_Store", "x");
    let run = sandbox.run(&["assess", "empty", "-o", "out2"]);
    assert_eq!((run.code, run.err.contains("no workbook was found")), (1, true), "{}", run.err);
}
