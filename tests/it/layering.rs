//! Imports point down, and each dependency stays in its one place. The table is the one of the crate docs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a module may import of ours.
const TABLE: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("diag", &[]),
    ("assets", &[]),
    ("error", &["model", "diag"]),
    ("duties", &["model"]),
    ("checklist", &["model", "diag", "error", "assets", "duties"]),
    ("questionnaire", &["model", "diag", "error"]),
    ("score", &["model"]),
    ("report", &["model", "diag", "error", "assets", "duties"]),
    ("batch", &["model", "diag", "error", "checklist", "questionnaire", "score", "report"]),
    ("training", &["model", "diag", "error", "checklist", "questionnaire", "score", "report", "batch"]),
    (
        "cli",
        &[
            "model",
            "diag",
            "error",
            "assets",
            "duties",
            "checklist",
            "questionnaire",
            "score",
            "report",
            "batch",
            "training",
        ],
    ),
];

/// Where a dependency may be named.
const PLACES: &[(&str, &[&str])] = &[
    ("serde_yaml", &["checklist/yaml.rs"]),
    ("calamine", &["questionnaire/book.rs", "questionnaire/legacy.rs"]),
    // The guard reads packages; the portfolio is one into which rows are put.
    ("zip", &["questionnaire/guard/", "report/workbook/package.rs"]),
    ("quick_xml", &["questionnaire/guard/"]),
    ("flate2", &["questionnaire/guard/unpack.rs"]),
    ("libdeflater", &["questionnaire/guard/unpack.rs"]),
    (
        "rust_xlsxwriter",
        &["questionnaire/write.rs", "report/workbook.rs", "report/overview.rs", "report/form.rs", "report/table.rs"],
    ),
    ("typst", &["report/pdf.rs"]),
    ("typst_layout", &["report/pdf.rs"]),
    ("typst_pdf", &["report/pdf.rs"]),
    ("typst_assets", &["report/pdf.rs"]),
    ("html5gum", &["report/document.rs"]),
    ("regex", &["report/mask.rs"]),
    ("tera", &["report/engine.rs", "report/engine/"]),
    ("icu_decimal", &["report/locale.rs"]),
    ("icu_datetime", &["report/locale.rs"]),
    ("icu_collator", &["report/locale.rs"]),
    ("rayon", &["batch/threads.rs"]),
    ("rust_embed", &["assets.rs"]),
    ("clap", &["cli.rs", "cli/"]),
    ("annotate_snippets", &["cli/render.rs"]),
    ("tempfile", &["batch.rs", "batch/disk.rs", "batch/output.rs", "batch/stash.rs", "report/workbook/waiting.rs"]),
    ("postcard", &["batch/stash.rs"]),
    ("foldhash", &["model/table.rs"]),
    ("litemap", &["model/answer.rs"]),
    ("signal_hook", &["cli/process.rs"]),
    ("rustix", &["cli/legacy.rs"]),
];

fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, out) } else { out.push(path) }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    paths
        .into_iter()
        .filter(|p| p.extension().is_some_and(|e| e == "rs"))
        .map(|p| {
            let name = p.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            (name, std::fs::read_to_string(&p).unwrap())
        })
        .collect()
}

/// Code lines only: what stands in comments is prose.
fn code(text: &str) -> String {
    text.lines().map(|l| l.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

/// The modules of ours that a file names: `crate::x`, also within `use crate::{…}`.
fn imports(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        if text[..at].ends_with('$') {
            continue;
        }
        let rest = &text[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 1;
            let mut word = String::new();
            let mut take = true;
            for c in group.chars() {
                match c {
                    '{' => {
                        depth += 1;
                        take = false;
                    }
                    '}' => {
                        depth -= 1;
                        if depth == 0 {
                            break;
                        }
                    }
                    ',' if depth == 1 => {
                        out.push(std::mem::take(&mut word));
                        take = true;
                    }
                    ':' if depth == 1 => take = false,
                    c if take && (c.is_alphanumeric() || c == '_') => word.push(c),
                    _ => {}
                }
            }
            out.push(word);
        } else {
            out.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    out.retain(|w| !w.is_empty());
    out
}

#[test]
fn imports_point_down() {
    let table: BTreeMap<&str, &[&str]> = TABLE.iter().copied().collect();
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        let module = name.split(['/', '.']).next().unwrap().to_owned();
        if matches!(module.as_str(), "lib" | "main") {
            continue;
        }
        let Some(allowed) = table.get(module.as_str()) else {
            wrong.push(format!("{name}: the module `{module}` has no row in the table"));
            continue;
        };
        for import in imports(&code(&text)) {
            if import != module && table.contains_key(import.as_str()) && !allowed.contains(&import.as_str()) {
                wrong.push(format!("{name}: `{module}` imports `{import}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn dependencies_stay_in_their_place() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        let code = code(&text);
        for (dependency, places) in PLACES {
            let named = code
                .match_indices(&format!("{dependency}::"))
                .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'));
            if named && !places.iter().any(|p| name.starts_with(p)) {
                wrong.push(format!("{name}: names `{dependency}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_imports_reads() {
    let text = "use crate::{diag::Code, model::{A, B}, error}; crate::score::assess();";
    assert_eq!(imports(text), ["diag", "model", "error", "score"]);
}
