//! The command line: what it prints where, and how it ends.

use crate::support::Sandbox;

#[test]
fn from_an_empty_folder_with_only_the_binary() {
    let sandbox = Sandbox::new();
    let made = sandbox.ok(&[
        "new",
        "--sector",
        "cleaning",
        "--country",
        "DK",
        "--lang",
        "da",
        "--form",
        "full",
        "--supplier",
        "Eksempel ApS",
        "-o",
        "q.xlsx",
    ]);
    assert_eq!((made.out.as_str(), made.err.as_str()), ("", "wrote q.xlsx\n"));
    let run = sandbox.ok(&["assess", "q.xlsx", "-o", "out"]);
    insta::assert_snapshot!(run.out, @"
    1 input = 1 scored + 0 partly + 0 unreadable; 0 skipped
         1  not enough answers, ask again
    reports in out/index.html
    ");
    for name in [
        "index.html",
        "portfolio.xlsx",
        "results.json",
        "run.json",
        "suppliers/eksempel-aps-8607.html",
        "feedback/eksempel-aps-8607.html",
    ] {
        assert!(sandbox.join("out").join(name).exists(), "{name}");
    }
}

#[test]
fn one_workbook_for_each_supplier_of_a_list() {
    let sandbox = Sandbox::new();
    sandbox.write("list.csv", "\u{feff}name;id;country;sector;lang;email\nRengøring Ærø ApS;aeroe;DK;cleaning;da;a@b.example\nClean Ltd;;DK;cleaning;en;\n");
    sandbox.ok(&["new", "--suppliers", "list.csv", "--form", "short", "-o", "out"]);
    sandbox.ok(&["new", "--suppliers", "list.csv", "--for", "observer", "-o", "out"]);
    let mut names: Vec<String> = crate::support::tree(&sandbox.join("out")).into_keys().collect();
    // What goes with them stands apart.
    names.retain(|n| !n.starts_with("letters/"));
    assert_eq!(names.len(), 4);
    assert!(names.contains(&"aeroe-supplier.xlsx".to_owned()) && names.contains(&"aeroe-observer.xlsx".to_owned()));
    let run = sandbox.ok(&["assess", "out", "-o", "report", "--suppliers", "list.csv"]);
    assert!(run.out.contains("2 invited = 2 answered + 0 not answered"), "{}", run.out);
    std::fs::remove_file(sandbox.join("out/aeroe-supplier.xlsx")).unwrap();
    let run = sandbox.ok(&["assess", "out", "-o", "report", "--suppliers", "list.csv"]);
    assert!(run.out.contains("2 invited = 1 answered + 1 not answered"), "{}", run.out);
    assert_eq!(sandbox.json("report/results.json")["ledger"]["not_answered"][0], "aeroe");
}

#[test]
fn show_prints_every_question_with_weight_source_and_basis() {
    let sandbox = Sandbox::new();
    let bench = crate::support::Bench::cleaning();
    for lang in &bench.library.langs {
        let out = sandbox.ok(&["show", "guide", "--lang", lang.as_str(), "--sector", "cleaning"]).out;
        for question in bench.questionnaire.questions() {
            let line = format!("- **{}** {}", question.number, question.text.get(lang));
            let (_, rest) = out.split_once(&line).unwrap_or_else(|| panic!("{line}"));
            let facts = rest.lines().nth(1).unwrap();
            for part in [question.id.as_str(), question.source.id.as_str(), question.source.item.get(lang)] {
                assert!(facts.contains(part), "{part} in {facts}");
            }
        }
        for sign in &bench.questionnaire.signs.signs {
            assert!(out.contains(sign.text.get(lang)));
        }
    }
    let danish = sandbox.ok(&["show", "guide", "--lang", "da"]).out;
    for english in ["weight", "source:", "basis:", "supplement;", "short form"] {
        let in_prose = danish.lines().filter(|l| l.starts_with("  `")).any(|l| l.contains(english));
        assert!(!in_prose || english == "supplement;", "{english}");
    }
    for what in ["cleaning", "DK", "fls-1", "fls-1-global"] {
        sandbox.ok(&["show", what, "--lang", "da"]);
    }
    let country = sandbox.ok(&["show", "DK"]).out;
    assert!(country.contains("112") && country.contains("+45 70 20 25 50"));
    assert!(
        !country.contains("45 15 42 00") && !country.contains("22 68 57 82"),
        "conflicting numbers are not printed"
    );
}

#[test]
fn lists_explains_exports_and_lints_itself() {
    let sandbox = Sandbox::new();
    let list = sandbox.ok(&["list"]).out;
    for text in ["guide", "cleaning", "DK", "da", "fls-1-global", "supplier.html"] {
        assert!(list.contains(text), "{text}");
    }
    for (what, says) in [
        ("unknown-answer", "Nothing is guessed"),
        ("own-documents", "B+3"),
        ("B+3", "own-documents"),
        ("V1", "Nobody but the supplier"),
        ("k", "3/5"),
    ] {
        assert!(sandbox.ok(&["explain", what]).out.contains(says), "{what}");
    }
    sandbox.ok(&["export", "checklists", "lists"]);
    sandbox.ok(&["export", "templates", "templates"]);
    assert_eq!(sandbox.run(&["export", "checklists", "lists"]).code, 1, "it refuses to write over files");
    let checked = sandbox.ok(&["lint", "--checklists", "lists", "--templates", "templates", "--date", "2026-11-24"]);
    assert!(checked.out.ends_with("0 errors, 0 warnings\n"), "{}{}", checked.out, checked.err);
    let late = sandbox.ok(&["lint", "--date", "2040-01-01"]);
    assert!(late.err.contains("overdue-fact"), "{}", late.err);
}

#[test]
fn an_own_checklist_and_an_own_template_are_used() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["export", "checklists", "all"]);
    let text = sandbox.read("all/sectors/cleaning.yml").replacen("step: \"3/4\"", "step: \"1\"", 1);
    sandbox.write("own/sectors/cleaning.yml", text);
    sandbox.write("templates/feedback.html", "<!doctype html><title>ours</title>{{ supplier }}\n");
    sandbox.ok(&[
        "new",
        "--sector",
        "cleaning",
        "--country",
        "DK",
        "--supplier",
        "A",
        "-o",
        "a.xlsx",
        "--checklists",
        "own",
    ]);
    sandbox.write("templates/feedback.html", "<!doctype html><title>ours</title>\n");
    sandbox.ok(&["assess", "a.xlsx", "-o", "out", "--checklists", "own", "--templates", "templates"]);
    let json = sandbox.json("out/results.json");
    let factors = json["suppliers"][0]["exposure"]["factors"].as_array().unwrap();
    let sector = factors.iter().find(|f| f["id"] == "sector").unwrap();
    assert_eq!((&sector["lo"], &sector["weight"]), (&"1".into(), &30.into()));
    let name = json["suppliers"][0]["id"].as_str().unwrap();
    assert_eq!(sandbox.read(&format!("out/feedback/{name}.html")), "<!doctype html><title>ours</title>\n");
}

#[test]
fn exit_codes() {
    let sandbox = Sandbox::new();
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/suppliers");
    assert_eq!(sandbox.run(&["assess", examples, "-o", "a"]).code, 0);
    assert_eq!(sandbox.run(&["assess", examples, "-o", "a", "--strict"]).code, 3, "with warnings");
    assert_eq!(sandbox.run(&["assess", examples, "-o", "a", "--fail-on", "severe"]).code, 4);
    assert_eq!(sandbox.run(&["assess"]).code, 2);
    assert_eq!(sandbox.run(&["no-such-command"]).code, 2);
    assert_eq!(sandbox.run(&["--help"]).code, 0);
    assert_eq!(sandbox.run(&["--version"]).code, 0);
}

#[test]
fn messages_as_json_hold_code_and_place() {
    let sandbox = Sandbox::new();
    sandbox.write("in/x.xlsx", "no workbook");
    let run = sandbox.run(&["assess", "in", "-o", "out", "--message-format", "json"]);
    assert_eq!(run.code, 3);
    for line in run.err.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(
            (&value["version"], &value["code"], &value["place"]),
            (&1.into(), &"not-a-workbook".into(), &"x.xlsx".into())
        );
    }
}

#[test]
fn completions_and_the_manual_page() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(sandbox.ok(&["completions", shell]).out.contains("assess"), "{shell}");
    }
    assert!(sandbox.ok(&["manual"]).out.contains(".TH lygte"));
}
