//! Bad input: a clear diagnostic with its place and the way out, the right exit code, and everybody else assessed.

use crate::support::{Sandbox, tree};

/// A folder with one good workbook.
fn with_one() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok(&["new", "--sector", "cleaning", "--country", "DK", "--supplier", "Good ApS", "-o", "in/good.xlsx"]);
    sandbox
}

fn suppliers(sandbox: &Sandbox) -> Vec<String> {
    let json = sandbox.json("out/results.json");
    json["suppliers"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn files_that_are_no_workbooks() {
    let sandbox = with_one();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    png.extend([0; 64]);
    sandbox.write("in/a.pdf", "%PDF-1.7 …");
    sandbox.write("in/b.xlsx", "name;answer\nA1;yes\n");
    sandbox.write("in/c.png", png);
    sandbox.write("in/d.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old or encrypted");
    sandbox.write("in/e.xlsx", "");
    sandbox.write("in/f.xlsx", b"PK\x03\x04 broken off");
    sandbox.write("in/~$good.xlsx", "lock");
    sandbox.write("in/.DS_Store", "system");
    let run = sandbox.run(&["assess", "in", "-o", "out"]);
    assert_eq!(run.code, 3, "{}", run.err);
    insta::assert_snapshot!(run.err, @r"
    error[not-a-workbook]: this is a PDF, not an Excel workbook (.xlsx); please send the questionnaire as .xlsx
    --> a.pdf

    error[not-a-workbook]: this is a text file, such as CSV, not an Excel workbook (.xlsx); please send the questionnaire as .xlsx
    --> b.xlsx

    error[not-a-workbook]: this is a picture, not an Excel workbook (.xlsx); please send the questionnaire as .xlsx
    --> c.png

    error[not-a-workbook]: this is an old Office document, not an Excel workbook (.xlsx); please send the questionnaire as .xlsx
    --> d.xls

    error[not-a-workbook]: this is an empty file, not an Excel workbook (.xlsx); please send the questionnaire as .xlsx
    --> e.xlsx

    error[damaged-workbook]: the workbook is damaged and could not be read (its container breaks off); please send it once more, or open it in Excel, save it again as .xlsx and check the answers
    --> f.xlsx
    ");
    insta::assert_snapshot!(run.out, @"
    7 inputs = 1 scored + 0 partly + 6 unreadable; 2 skipped
         1  not enough answers, ask again
    reports in out/index.html
    ");
    assert_eq!(suppliers(&sandbox), ["Good ApS"]);
    let ledger = &sandbox.json("out/results.json")["ledger"];
    assert_eq!(ledger.to_string(), r#"{"inputs":7,"partly":0,"scored":1,"skipped":2,"unreadable":6}"#);
}

#[test]
fn a_foreign_workbook_and_a_missing_sheet() {
    let sandbox = with_one();
    let mut foreign = rust_xlsxwriter::Workbook::new();
    foreign.add_worksheet().write_string(0, 0, "Budget 2026").unwrap();
    sandbox.write("in/budget.xlsx", foreign.save_to_buffer().unwrap());
    let run = sandbox.run(&["assess", "in", "-o", "out"]);
    assert_eq!(run.code, 3);
    insta::assert_snapshot!(run.err, @r"
    error[foreign-workbook]: this is not one of our questionnaires; send the workbook that was filled in
    --> budget.xlsx
    ");
    assert_eq!(suppliers(&sandbox), ["Good ApS"]);
}

#[test]
fn a_broken_checklist_stops_before_any_input_is_read() {
    let sandbox = with_one();
    sandbox.write(
        "lists/guide/a-general.yml",
        "schema: lygte/checklist/1\nid: guide-a\nkind: controls\nsection: A\nwieght: 3\n",
    );
    let run = sandbox.run(&["assess", "in", "-o", "out", "--checklists", "lists"]);
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.err, @r"
    error[unknown-key]: there is no key `wieght` here
     --> lists/guide/a-general.yml:5:1
      |
    5 | wieght: 3
      | ^^^^^^
      |
      = help: there are: schema, id, kind, section, sheet, title, intro, edition, complete, questions, signs

    error: the checklists have errors
    ");
    assert!(!sandbox.join("out").exists(), "nothing was begun");
    assert_eq!(sandbox.run(&["lint", "--checklists", "lists", "--date", "2026-11-24"]).code, 1);

    // Of what is no YAML at all, the place is told, too.
    sandbox.write("lists/guide/a-general.yml", "schema: lygte/checklist/1\nid: guide-a\ntitle: Å: b\n");
    let run = sandbox.run(&["assess", "in", "-o", "out", "--checklists", "lists"]);
    assert!(run.err.contains("--> lists/guide/a-general.yml:3:"), "{}", run.err);
    assert!(run.err.contains("\n3 | title: Å: b\n"), "{}", run.err);
}

#[test]
fn names_that_do_not_exist_are_wrong_usage_with_near_misses() {
    let sandbox = with_one();
    for (args, says) in [
        (vec!["new", "--sector", "cleanin", "-o", "x.xlsx"], "there is no sector `cleanin`; did you mean `cleaning`?"),
        (vec!["new", "--lang", "dk", "-o", "x.xlsx"], "there is no language `dk`"),
        (vec!["new", "--country", "Danmrk", "-o", "x.xlsx"], "there is no country `Danmrk`; did you mean `Denmark`?"),
        (vec!["new", "--nace", "99.99", "-o", "x.xlsx"], "no sector has the NACE code `99.99`"),
        (vec!["assess", "in", "-o", "out", "--method", "fls-2"], "there is no method `fls-2`; did you mean `fls-1`?"),
        (vec!["assess", "in", "-o", "out", "--date", "tomorrow"], "`tomorrow` is no date"),
        (vec!["assess", "in", "-o", "out", "--format", "docx"], "invalid value 'docx'"),
        (
            vec!["new", "--for", "supplier", "--answers", "in/good.xlsx", "-o", "x.xlsx"],
            "--answers goes with --for assessor",
        ),
        (vec!["show", "giude"], "did you mean `guide`?"),
        (vec!["explain", "unknown-anser"], "did you mean `unknown-answer`?"),
    ] {
        let run = sandbox.run(&args);
        assert_eq!(run.code, 2, "{args:?}: {}", run.err);
        assert!(run.err.contains(says), "{args:?}: {}", run.err);
    }
    assert!(!sandbox.join("x.xlsx").exists());
}

#[test]
fn lists_of_suppliers_that_cannot_be_used() {
    let sandbox = Sandbox::new();
    for (list, says) in [
        ("", "the list is empty"),
        (
            "supplier,country\nA,DK\n",
            "there is no column `supplier`; there are: name, id, country, sector, nace, lang, email",
        ),
        ("country\nDK\n", "the column `name` is missing"),
        ("name,country\nA,DK\n,SE\n", "row 3: the name is missing"),
        ("name,id\nA,x\nB,X\n", "row 3: the id `X` stands twice"),
        ("name,id\nA,../../x\n", "the id `../../x` cannot be part of a file name"),
        ("name,country\nA,Denmark\n", "row 2: `Denmark` is no country code"),
        ("name,sector\nA,minning\n", "there is no sector `minning`"),
        ("name\n", "the list names no supplier"),
    ] {
        sandbox.write("list.csv", list);
        let run = sandbox.run(&["new", "--suppliers", "list.csv", "-o", "out"]);
        assert_eq!(run.code, 1, "{list:?}: {}", run.err);
        assert!(run.err.contains(says), "{list:?}: {}", run.err);
        assert!(!sandbox.join("out").exists(), "nothing is left behind");
    }
}

#[test]
fn an_output_folder_that_cannot_be_used() {
    let sandbox = with_one();
    sandbox.write("file", "not a folder");
    let run = sandbox.run(&["assess", "in", "-o", "file"]);
    assert_eq!(run.code, 1);
    assert!(run.err.starts_with("error: cannot write file"), "{}", run.err);

    sandbox.write("foreign/index.html", "my own page");
    let run = sandbox.run(&["assess", "in", "-o", "foreign"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("foreign/index.html is not from an earlier run"), "{}", run.err);
    assert_eq!(sandbox.read("foreign/index.html"), "my own page");

    let run = sandbox.run(&["new", "--supplier", "Good ApS", "-o", "in/good.xlsx"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("in/good.xlsx is there already"), "{}", run.err);

    let run = sandbox.run(&["assess", "nothing-here", "-o", "out"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("cannot read nothing-here"), "{}", run.err);
    std::fs::create_dir(sandbox.join("empty")).unwrap();
    let run = sandbox.run(&["assess", "empty", "-o", "out"]);
    assert_eq!((run.code, run.err.contains("no workbook was found in empty")), (1, true), "{}", run.err);
}

#[test]
fn a_slip_in_a_template_is_told_with_its_place_before_anything_is_read() {
    let sandbox = with_one();
    sandbox.write("templates/supplier.html", "<p>\n{{ first.socre }}</p>\n");
    for args in [
        &["assess", "in", "-o", "out", "--templates", "templates"][..],
        &["lint", "--templates", "templates", "--date", "2026-11-24"],
    ] {
        let run = sandbox.run(args);
        assert_eq!(run.code, 1);
        let wanted = "error[bad-template]: there is no field `socre` here\n --> templates/supplier.html:2:";
        assert!(run.err.contains(wanted), "{}", run.err);
        assert!(run.err.contains("help: did you mean `score`"), "{}", run.err);
    }
    assert!(!sandbox.join("out").exists());
}

#[test]
fn lint_names_the_first_slip_of_each_template() {
    let sandbox = with_one();
    for (name, text) in [
        ("supplier.html", "<p>{{ date | uper }}</p>"),
        ("feedback.html", "<p>{% if drafd %}x{% endif %}</p>"),
        ("index.html", "<p>{% include \"parts/stile.html\" %}</p>"),
        ("card.html", "<p>{% if draft %}</p>"),
        ("mail.txt", "{{ t(key=\"skpi\") }}"),
    ] {
        sandbox.write(&format!("templates/{name}"), text);
    }
    let run = sandbox.run(&["lint", "--templates", "templates", "--date", "2026-11-24"]);
    assert_eq!(run.code, 1);
    for wanted in [
        "there is no filter `uper` here\n --> templates/supplier.html:1:",
        "did you mean `upper`?",
        "there is no variable `drafd` here\n --> templates/feedback.html:1:",
        "did you mean `draft`?",
        "there is no template `parts/stile.html` here\n --> templates/index.html:1:",
        "did you mean `parts/style.html` or `parts/scale.html`?",
        "this is no valid template: ",
        " --> templates/card.html:1:",
        "there is no word `skpi`; did you mean `skip`?",
        " --> templates/mail.txt:1:",
    ] {
        assert!(run.err.contains(wanted), "{wanted}\n{}", run.err);
    }
}

#[test]
fn quiet_is_quiet_and_what_was_written_is_said_truly() {
    let sandbox = with_one();
    let run = sandbox.ok(&["assess", "in", "-o", "out", "--format", "json,mail"]);
    assert!(run.out.ends_with("wrote out/results.json, out/mail\n"), "{}", run.out);
    let run = sandbox.ok(&["assess", "in", "-o", "out2", "--quiet"]);
    assert_eq!((run.out.as_str(), run.err.as_str()), ("", ""));
    // Where the text is the result, it stays.
    assert!(sandbox.ok(&["assess", "in", "--dry-run", "--quiet"]).out.contains("1 input = 1 scored"));
}

#[cfg(unix)]
#[test]
fn a_link_to_a_data_file_is_read_and_one_to_a_folder_is_told() {
    let sandbox = with_one();
    sandbox.write("elsewhere/a.yml", "schema: lygte/sector/1\n");
    std::fs::create_dir_all(sandbox.join("lists/sectors")).unwrap();
    std::os::unix::fs::symlink(sandbox.join("elsewhere/a.yml"), sandbox.join("lists/sectors/a.yml")).unwrap();
    let run = sandbox.run(&["lint", "--checklists", "lists", "--date", "2026-11-24"]);
    assert!(run.err.contains("the key `id` is missing") && run.err.contains("lists/sectors/a.yml:1:"), "{}", run.err);
    std::os::unix::fs::symlink(sandbox.join("elsewhere"), sandbox.join("lists/more")).unwrap();
    let run = sandbox.run(&["lint", "--checklists", "lists", "--date", "2026-11-24"]);
    assert!(run.err.contains("lists/more") && run.err.contains("a link to a folder"), "{}", run.err);
}

#[test]
fn two_runs_in_one_folder_are_kept_apart() {
    let sandbox = with_one();
    sandbox.ok(&["assess", "in", "-o", "out"]);
    let before = tree(&sandbox.join("out"));
    let lock = std::fs::File::options().write(true).open(sandbox.join("out/.lock")).unwrap();
    lock.lock().unwrap();
    let run = sandbox.run(&["assess", "in", "-o", "out"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("another run is writing to out"), "{}", run.err);
    lock.unlock().unwrap();
    assert_eq!(tree(&sandbox.join("out")), before);
}

#[test]
fn nothing_from_a_cell_is_said_on_the_terminal() {
    let sandbox = with_one();
    sandbox.ok(&[
        "new",
        "--sector",
        "cleaning",
        "--country",
        "DK",
        "--supplier",
        "MARKER-in-a-cell",
        "-o",
        "in/m.xlsx",
    ]);
    let run = sandbox.run(&["assess", "in", "-o", "out"]);
    assert!(!run.err.contains("MARKER") && !run.out.contains("MARKER"), "{}{}", run.out, run.err);
    assert!(sandbox.read("out/results.json").contains("MARKER"));
}

#[test]
fn text_files_that_are_not_utf_8_are_errors_with_line_and_way_out() {
    let sandbox = with_one();
    // Danish letters as Excel's plain CSV has them.
    sandbox.write("list.csv", b"name,country\nA,DK\nReng\xF8ring,DK\n");
    sandbox.write("own.csv", b"# edition: 1\n# licence: \xE5ben\ncountry,step\nDK,0\n");
    sandbox.write("lists/guide/own.yml", b"schema: lygte/checklist/1\nid: r\xF8\n");
    sandbox.write("templates/mail.txt", b"K\xE6re");
    for (args, says) in [
        (vec!["--suppliers", "list.csv"], "list.csv:3: not UTF-8"),
        (vec!["--country-exposure", "own.csv"], "own.csv:2: not UTF-8"),
        (vec!["--checklists", "lists"], "own.yml:2: not UTF-8"),
        (vec!["--templates", "templates"], "mail.txt:1: not UTF-8"),
    ] {
        let run = sandbox.run(&[vec!["assess", "in", "-o", "out"], args].concat());
        assert_eq!(run.code, 1, "{}", run.err);
        assert!(run.err.contains(says) && run.err.contains("CSV UTF-8"), "{}", run.err);
        assert!(!sandbox.join("out").exists());
    }
    // The mark that Excel puts in front of CSV UTF-8 belongs to no column.
    sandbox.write("list.csv", "\u{feff}name,country\nRengøring,DK\n");
    sandbox.run(&["assess", "in", "-o", "out", "--suppliers", "list.csv"]);
    assert_eq!(sandbox.json("out/results.json")["ledger"]["invited"], 1);
}

#[test]
fn what_else_lies_in_a_folder_of_templates_is_left_alone() {
    let sandbox = with_one();
    sandbox.write("templates/README.md", "{{ no template at all");
    sandbox.write("templates/logo.png", b"\x89PNG\xFF");
    sandbox.run(&["assess", "in", "-o", "out", "--templates", "templates"]);
    assert_eq!(suppliers(&sandbox), ["Good ApS"]);
}

#[test]
fn a_file_that_is_given_twice_counts_once() {
    let sandbox = with_one();
    sandbox.write("in/sub/a.xlsx", std::fs::read(sandbox.join("in/good.xlsx")).unwrap());
    let run = sandbox.run(&["assess", "in", "in/sub/a.xlsx", "in/sub/../good.xlsx", "./in", "-o", "out"]);
    assert!(run.out.starts_with("2 inputs = 2 scored"), "{}", run.out);
    let files = sandbox.json("out/results.json")["files"].clone();
    let names: Vec<&str> = files.as_array().unwrap().iter().map(|f| f["file"].as_str().unwrap()).collect();
    assert_eq!(names, ["a.xlsx", "good.xlsx"]);
}

#[test]
fn the_way_out_is_one_that_there_is() {
    let sandbox = with_one();
    // Lists are read under limits of their own, which no option of `new` raises.
    let mut large = rust_xlsxwriter::Workbook::new();
    for n in 0..65 {
        large.add_worksheet().write_string(0, 0, format!("name {n}")).unwrap();
    }
    sandbox.write("list.xlsx", large.save_to_buffer().unwrap());
    let run = sandbox.run(&["new", "--suppliers", "list.xlsx", "-o", "out"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("the limit is 64") && !run.err.contains("--limit"), "{}", run.err);
    let run = sandbox.run(&["new", "--for", "assessor", "--answers", "list.xlsx", "-o", "b.xlsx"]);
    assert!(run.err.contains("the limit is 64") && !run.err.contains("--limit"), "{}", run.err);
    let run = sandbox.run(&["assess", "in", "-o", "out", "--reviewed", "list.xlsx"]);
    assert!(run.err.contains("the limit is 64") && !run.err.contains("--limit"), "{}", run.err);
}

#[test]
fn a_date_of_the_surroundings_that_is_none() {
    let sandbox = with_one();
    let run = sandbox.shell("SOURCE_DATE_EPOCH=today \"$LYGTE\" assess in -o out");
    assert_eq!((run.code, run.err.contains("SOURCE_DATE_EPOCH is `today`")), (2, true), "{}", run.err);
}

#[test]
fn the_manifest_tells_of_raised_limits() {
    let sandbox = with_one();
    sandbox.run(&["assess", "in", "-o", "out", "--limit", "cells=400000"]);
    let options = sandbox.json("out/run.json")["options"].clone();
    assert_eq!(options["limits"].to_string(), r#"{"cells":400000}"#);
    assert_eq!(options["legacy_formats"], false);
}
