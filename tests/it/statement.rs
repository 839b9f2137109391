//! Paragraphs for statements: the figures of a run, what a person must add, and nothing that calls a supplier safe.

use crate::support::Sandbox;

const ACTS: [&str; 3] = ["no-transparency", "uk-modern-slavery-act", "eu-csrd"];

/// A run over two suppliers of three that were invited.
fn run() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("list.csv", "name,id,country,sector\nNordlys ApS,nordlys,DK,cleaning\nKlar AB,klar,SE,construction\nTredje AS,tredje,NO,cleaning\n");
    sandbox.ok(&["new", "--form", "short", "--suppliers", "list.csv", "-o", "out"]);
    sandbox.rewrite("out/nordlys-supplier.xlsx", |sheet, row, column, _| {
        (["A", "B", "C", "Self-test"].contains(&sheet) && row >= 6 && column == 4).then(|| "No".to_owned())
    });
    std::fs::remove_file(sandbox.join("out/tredje-supplier.xlsx")).unwrap();
    let run = sandbox.run(&["assess", "out", "-o", "report", "--format", "json", "--suppliers", "list.csv"]);
    assert_eq!(run.code, 0, "{}", run.err);
    sandbox
}

#[test]
fn every_act_in_every_language_gives_rate_and_share_and_marks_what_is_missing() {
    let sandbox = run();
    for lang in crate::support::library().langs {
        for act in ACTS {
            let text = sandbox.ok(&["statement", "--act", act, "--lang", lang.as_str(), "report/results.json"]).out;
            let given = ["67%", "67 %", "67\u{a0}%"].iter().any(|rate| text.contains(rate));
            assert!(given, "{act} {lang}: {text}");
            assert!(text.contains("100"), "the share in their own words");
            assert!(text.matches("**\\[").count() >= 4 && text.matches("\n- ").count() == 5, "{act} {lang}: {text}");
            // Every word was found and filled.
            assert!(
                !text.contains(['{', '}']) && !text.contains("add-") && !text.contains("head-"),
                "{act} {lang}: {text}"
            );
            for supplier in ["Nordlys", "nordlys", "Klar"] {
                assert!(!text.contains(supplier), "a statement names no supplier");
            }
        }
    }
}

/// Not in the words of any language, whatever the figures.
#[test]
fn no_share_of_suppliers_is_called_low_risk() {
    let library = crate::support::library();
    let words = &library.words["statements"];
    for id in words.ids() {
        for (_, text) in words.text(id).unwrap().all() {
            let lower = text.to_lowercase();
            let said = [
                "low risk",
                "lav risiko",
                "låg risk",
                "matala riski",
                "vähäinen riski",
                "lítil áhætta",
                "no risk",
                "safe",
            ];
            assert!(!said.iter().any(|s| lower.contains(s)), "{id}: {text}");
        }
    }
}

#[test]
fn the_norwegian_one_is_norwegian_and_without_a_list_the_rate_is_asked_for() {
    let sandbox = run();
    let text = sandbox.ok(&["statement", "--act", "no-transparency", "report/results.json"]).out;
    assert!(
        text.contains("## Negative konsekvenser og vesentlig risiko") && text.contains("svarprosent på 67"),
        "{text}"
    );
    let mut json = sandbox.json("report/results.json");
    json["ledger"].as_object_mut().unwrap().remove("invited");
    sandbox.write("other.json", json.to_string());
    let text = sandbox.ok(&["statement", "--act", "uk-modern-slavery-act", "other.json", "-o", "s.md"]);
    assert!(text.out.is_empty());
    assert!(sandbox.read("s.md").contains("**\\[Add how many suppliers were asked, and so the response rate.\\]**"));
}

#[test]
fn what_cannot_be_stated_is_said() {
    let sandbox = run();
    let run = sandbox.run(&["statement", "--act", "no-transparancy", "report/results.json"]);
    assert!(run.code == 2 && run.err.contains("did you mean `no-transparency`"), "{} {}", run.code, run.err);
    let run = sandbox.run(&["statement", "--act", "eu-csrd", "report/run.json"]);
    assert!(run.code == 1 && run.err.contains("no results.json"), "{}", run.err);
}
