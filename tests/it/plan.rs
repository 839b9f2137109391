//! A returned action plan against findings, both ways: what has no action, what is no finding, what is overdue.

use std::collections::BTreeSet;

use crate::support::Sandbox;

// Columns of the sheet of actions that people fill in.
const ID: u32 = 0;
const STATUS: u32 = 9;
const OWNER: u32 = 10;
const DUE: u32 = 11;
const NOTE: u32 = 12;

/// One supplier whose workbook is blank, assessed in a language; its findings by id.
fn assessed(lang: &str) -> (Sandbox, Vec<String>) {
    let sandbox = Sandbox::new();
    let made = ["new", "--sector", "cleaning", "--country", "DK", "--form", "short", "--supplier", "Eksempel ApS"];
    sandbox.ok(&[&made[..], &["-o", "in/a.xlsx"]].concat());
    sandbox.ok(&["assess", "in", "-o", "out", "--lang", lang, "--date", "2026-11-24"]);
    let json = sandbox.json("out/results.json");
    let supplier = &json["suppliers"][0];
    let id = supplier["id"].as_str().unwrap();
    let actions = supplier["actions"].as_array().unwrap().iter().map(|a| a["question"].as_str().unwrap());
    let mut findings: Vec<String> = actions.map(|q| format!("{id}/{q}")).collect();
    findings.push(format!("{id}/_again"));
    assert!(findings.len() > 10);
    (sandbox, findings)
}

/// Fills the plan: for each row, by its number from 1 and column, what is to stand there.
fn fill(sandbox: &Sandbox, sheet: &str, change: impl Fn(u32, u32) -> Option<&'static str>) {
    std::fs::copy(sandbox.join("out/portfolio.xlsx"), sandbox.join("plan.xlsx")).unwrap();
    let is_row = std::cell::Cell::new(0);
    sandbox.rewrite("plan.xlsx", |name, row, column, old| {
        if name != sheet || row == 0 {
            return None;
        }
        if column == ID {
            is_row.set(u32::from(old.is_some()) * row);
        }
        (is_row.get() == row).then(|| change(row, column)).flatten().map(str::to_owned)
    });
}

fn check(sandbox: &Sandbox, date: &str) -> (i32, String) {
    let run = sandbox.run(&["actions", "check", "plan.xlsx", "out/results.json", "--date", date]);
    assert_eq!(run.err, "");
    (run.code, run.out)
}

/// The number behind a heading.
fn count(out: &str, heading: &str) -> usize {
    let line = out.lines().find(|l| l.starts_with(heading)).unwrap_or_else(|| panic!("{heading} in {out}"));
    line.rsplit('(').next().unwrap().trim_end_matches(')').parse().unwrap()
}

fn with_a_person(_: u32, column: u32) -> Option<&'static str> {
    match column {
        OWNER => Some("MARKER Person"),
        DUE => Some("2026-12-24"),
        _ => None,
    }
}

#[test]
fn the_plan_has_a_row_for_every_finding_and_an_untouched_one_has_nobody_on_it() {
    let (sandbox, findings) = assessed("en");
    std::fs::copy(sandbox.join("out/portfolio.xlsx"), sandbox.join("plan.xlsx")).unwrap();
    let (code, out) = check(&sandbox, "2026-11-24");
    assert_eq!(code, 3);
    assert!(out.starts_with(&format!("{0} findings; {0} actions\n", findings.len())), "{out}");
    assert_eq!(count(&out, "Actions without a person or a date"), findings.len());
    assert!(!out.contains("Findings without an action") && !out.contains("Actions without a finding"), "{out}");
    let ids: BTreeSet<&str> = out.split_whitespace().filter(|w| w.contains("/_again")).collect();
    assert_eq!(ids.len(), 1, "{out}");
}

#[test]
fn a_plan_with_people_and_dates_is_fine_until_its_dates_are_over() {
    let (sandbox, findings) = assessed("en");
    fill(&sandbox, "Actions", with_a_person);
    let (code, out) = check(&sandbox, "2026-12-24");
    assert_eq!(code, 0, "{out}");
    assert!(out.ends_with("every finding has an action, and nothing is overdue\n"), "{out}");
    let (code, out) = check(&sandbox, "2026-12-25");
    assert_eq!((code, count(&out, "Overdue actions")), (3, findings.len()));
    assert!(out.contains("plan.xlsx!'Actions'!A2  was due 2026-12-24"), "{out}");
    assert!(!out.contains("MARKER"), "what people wrote stays in the plan: {out}");
}

#[test]
fn rows_and_findings_are_held_against_each_other_both_ways() {
    let (sandbox, findings) = assessed("en");
    fill(&sandbox, "Actions", |row, column| match (row, column) {
        (1, ID) => Some("gone-1/some-question"),
        (2, ID) => Some("gone-1/settled"),
        (2 | 3, STATUS) => Some("Done "),
        (4 | 5, STATUS) => Some("not pursued (say why)"),
        (5, NOTE) => Some("the site is closed"),
        (6, STATUS) => Some("MARKER perhaps"),
        (7, DUE) => Some("MARKER soon"),
        (row, column) => with_a_person(row, column),
    });
    let (code, out) = check(&sandbox, "2026-11-24");
    assert_eq!(code, 3);
    for (heading, n) in [
        ("Findings without an action", 2),
        ("Actions without a finding", 1),
        ("Marked as done, and still found", 1),
        ("Not pursued, without a reason", 1),
        ("Statuses that could not be read", 1),
        ("Dates that could not be read", 1),
    ] {
        assert_eq!(count(&out, heading), n, "{heading}: {out}");
    }
    assert!(out.contains("1 of them settled and no longer found"), "{out}");
    assert!(!out.contains("Overdue") && !out.contains("MARKER") && !out.contains("gone-1"), "{out}");
    let missing: Vec<&str> =
        out.lines().filter(|l| !l.contains("plan.xlsx") && l.contains('/')).map(str::trim).collect();
    assert_eq!(missing.len(), 2, "{out}");
    assert!(missing.iter().all(|id| findings.iter().any(|f| f == id)), "{missing:?}");
}

#[test]
fn a_plan_in_another_language_sorted_and_copied_to_a_workbook_of_its_own_is_read_too() {
    let (sandbox, _) = assessed("da");
    let book = std::fs::read(sandbox.join("out/portfolio.xlsx")).unwrap();
    let book = lygte::questionnaire::Book::open(&book, &"p".into(), &lygte::questionnaire::Limits::default()).unwrap();
    let plan = book.sheet("Tiltag").unwrap();
    let last = plan.cells.iter().map(|((row, _), _)| *row).max().unwrap();
    let mut out = rust_xlsxwriter::Workbook::new();
    let sheet = out.add_worksheet();
    sheet.write_string(0, 0, "Vores plan").unwrap();
    let order = std::iter::once(0).chain((1..=last).rev());
    for (to, from) in (2..).zip(order) {
        for ((_, column), value) in plan.cells.rows(from..=from) {
            sheet.write_string(to, u16::try_from(*column).unwrap() + 1, value.raw()).unwrap();
        }
        if from > 0 {
            sheet.write_string(to, u16::try_from(STATUS).unwrap() + 1, "i gang").unwrap();
            sheet.write_string(to, u16::try_from(OWNER).unwrap() + 1, "AB").unwrap();
            sheet.write_string(to, u16::try_from(DUE).unwrap() + 1, "24.12.2026").unwrap();
        }
    }
    sheet.write_string(last + 4, 5, "our own row").unwrap();
    sandbox.write("plan.xlsx", out.save_to_buffer().unwrap());
    let (code, out) = check(&sandbox, "2026-11-24");
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("1 rows without an id, not checked"), "{out}");
}

#[test]
fn what_is_no_plan_or_no_results_is_said() {
    let (sandbox, _) = assessed("en");
    for (plan, results, says) in [
        ("in/a.xlsx", "out/results.json", "no sheet has a column “Action id”"),
        ("out/portfolio.xlsx", "out/run.json", "no results.json of lygte"),
        ("out/index.html", "out/results.json", "not an Excel workbook"),
        ("gone.xlsx", "out/results.json", "gone.xlsx"),
        ("out/portfolio.xlsx", "gone.json", "cannot read gone.json"),
    ] {
        let run = sandbox.run(&["actions", "check", plan, results]);
        assert_eq!((run.code, run.out.as_str()), (1, ""), "{plan} {results}");
        assert!(run.err.contains(says), "{says}: {}", run.err);
    }
    assert_eq!(sandbox.run(&["actions", "check", "plan.xlsx"]).code, 2);
    assert_eq!(sandbox.run(&["actions"]).code, 2);
}
