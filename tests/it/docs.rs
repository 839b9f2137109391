//! What is written down is true: the schema, the README's commands, the shape of results.

use std::path::Path;

use crate::support::Sandbox;

fn file(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// `LYGTE_WRITE=1 cargo test` writes it anew.
#[test]
fn the_schema_is_current() {
    let now = Sandbox::new().ok(&["schema", "results"]).out;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/results.schema.json");
    if std::env::var_os("LYGTE_WRITE").is_some() {
        #[expect(clippy::disallowed_methods, reason = "a generated file of the project")]
        std::fs::write(&path, &now).unwrap();
    }
    assert_eq!(file("examples/results.schema.json"), now);
}

#[test]
fn the_readme_names_the_two_commands_and_every_subcommand() {
    let readme = file("README.md");
    for text in ["cargo run --release -- assess examples/suppliers -o report", "cargo test"] {
        assert!(readme.contains(text), "{text}");
    }
    let help = Sandbox::new().ok(&["--help"]).out;
    let commands = [
        "new", "assess", "review", "sample", "list", "show", "lint", "export", "explain", "schema", "duties", "card",
        "actions",
    ];
    for command in commands {
        assert!(readme.contains(&format!("lygte {command}")), "{command}");
        assert!(help.contains(&format!("\n  {command} ")), "{command}");
    }
    for code in ["| 0 |", "| 1 |", "| 2 |", "| 3 |", "| 4 |"] {
        assert!(readme.contains(code), "exit code {code}");
    }
}

/// The keys of the contract, in results of the shipped examples.
#[test]
fn results_have_the_keys_they_promise() {
    let sandbox = Sandbox::new();
    sandbox.run(&[
        "assess",
        concat!(env!("CARGO_MANIFEST_DIR"), "/examples/suppliers"),
        "-o",
        "out",
        "--format",
        "json",
    ]);
    let json = sandbox.json("out/results.json");
    assert_eq!(json["schema"], "lygte/results/1");
    let keys = |v: &serde_json::Value| v.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let has = |v: &serde_json::Value, names: &[&str]| {
        let there = keys(v);
        for name in names {
            assert!(there.iter().any(|k| k == name), "{name} in {there:?}");
        }
    };
    has(&json, &["schema", "method", "files", "ledger", "suppliers"]);
    has(&json["method"], &["id", "version", "digest"]);
    for file in json["files"].as_array().unwrap() {
        has(file, &["file", "sha256", "role", "status", "supplier", "diagnostics"]);
        for d in file["diagnostics"].as_array().unwrap() {
            has(d, &["code", "severity", "message", "place", "raw"]);
        }
    }
    for s in json["suppliers"].as_array().unwrap() {
        has(
            s,
            &[
                "id",
                "name",
                "country",
                "sectors",
                "size",
                "files",
                "questionnaire",
                "coverage",
                "exposure",
                "controls",
                "signs",
                "score",
                "runs",
                "verification",
                "complete",
                "band",
                "floors",
                "priority",
                "best_priority",
                "lines",
                "potentials",
                "what_if",
                "flags",
                "actions",
            ],
        );
        has(&s["questionnaire"], &["id", "form", "edition", "revision", "lang", "sectors", "country"]);
        has(&s["coverage"], &["answered", "applicable", "share", "sufficient"]);
        has(&s["verification"], &["stated", "documents", "on_site"]);
        has(&s["signs"], &["looked", "label", "under_18", "dimensions", "items"]);
        for section in s["controls"]["sections"].as_array().unwrap() {
            has(section, &["id", "weight", "lo", "hi", "items"]);
            for item in section["items"].as_array().unwrap() {
                has(
                    item,
                    &[
                        "id",
                        "number",
                        "weight",
                        "answer",
                        "grade",
                        "evidence",
                        "contradicted",
                        "lo",
                        "hi",
                        "critical",
                        "by",
                        "file",
                        "cell",
                        "raw",
                    ],
                );
            }
        }
    }
}
