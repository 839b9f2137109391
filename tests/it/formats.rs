//! The internal report in other formats: what the page says, and nothing else.

use std::collections::BTreeSet;

use crate::support::Sandbox;

/// A supplier whose name and comments try to be something else than text.
fn hostile() -> (Sandbox, String) {
    let sandbox = Sandbox::new();
    let name = "<script>alert(1)</script> **b** [l](http://x.example) | ../../x 😀";
    sandbox.ok(&[
        "new",
        "--form",
        "short",
        "--sector",
        "cleaning",
        "--country",
        "DK",
        "--supplier",
        name,
        "-o",
        "in/a.xlsx",
    ]);
    sandbox.rewrite("in/a.xlsx", |sheet, row, column, _| match (sheet, row, column) {
        ("A" | "B" | "C", 6.., 4) => Some("Yes".to_owned()),
        ("B", 7, 6) => Some("=HYPERLINK(\"http://x.example\") `c` $m$ &lt;i&gt;".to_owned()),
        ("B", 8, 6) => Some("# heading\n\n- item\n| a | b |".to_owned()),
        _ => None,
    });
    let run = sandbox.run(&["assess", "in", "-o", "out", "--format", "html,md"]);
    assert!([0, 3].contains(&run.code), "{}", run.err);
    let found = std::fs::read_dir(sandbox.join("out/suppliers")).unwrap();
    let mut names: Vec<String> = found.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let slug = names[0].strip_suffix(".html").unwrap().to_owned();
    assert_eq!(names, [format!("{slug}.html"), format!("{slug}.md")]);
    (sandbox, slug)
}

/// The numbers of the run over the examples, read back out of the Markdown and, where it is built, the PDF of each supplier,
/// are those of `results.json`; `portfolio.rs` holds those of the other formats against it.
#[test]
fn the_numbers_of_a_run_are_the_same_in_markdown_and_pdf() {
    let sandbox = Sandbox::new();
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/suppliers");
    let format = if cfg!(feature = "pdf") { "json,md,pdf" } else { "json,md" };
    sandbox.ok(&["assess", examples, "-o", "out", "--lang", "en", "--format", format]);
    let json = sandbox.json("out/results.json");
    let (mut lines, mut actions) = (0, 0);
    for supplier in json["suppliers"].as_array().unwrap() {
        let id = supplier["id"].as_str().unwrap();
        let texts = [
            Some(unescaped(&sandbox.read(&format!("out/suppliers/{id}.md")))),
            cfg!(feature = "pdf").then(|| pdf_text(&sandbox.join(&format!("out/suppliers/{id}.pdf")))),
        ];
        for text in texts.into_iter().flatten() {
            let has = |part: String| assert!(text.contains(&part), "{id}: {part} in {text}");
            let score = supplier["score"]["headline"]["shown"].as_str().unwrap();
            has(format!("thesumofalllines:{score}"));
            let sections = supplier["controls"]["sections"].as_array().unwrap();
            for item in sections.iter().flat_map(|s| s["items"].as_array().unwrap()) {
                let points = points_of(supplier, item["id"].as_str().unwrap());
                // The cell stands right behind the points; without a cell, nothing does.
                if let (Some(file), Some((sheet, cell))) =
                    (item["file"].as_str(), item["cell"].as_str().and_then(|c| c.rsplit_once('!')))
                {
                    lines += 1;
                    has(joined(&format!("{points}{file}!'{sheet}'!{cell}")));
                }
            }
            let factors = [
                ("country", "Country of work"),
                ("sector", "Line of business"),
                ("workforce", "The workforce and how it works"),
                ("chain", "Subcontracting"),
            ];
            for (factor, name) in factors {
                has(joined(&format!("{name} · adds {}", points_of(supplier, factor))));
            }
            for action in supplier["actions"].as_array().unwrap() {
                let (question, potential) =
                    (action["question"].as_str().unwrap(), action["potential"].as_str().unwrap());
                let signs = supplier["signs"]["items"].as_array().unwrap();
                if signs.iter().all(|s| s["id"] != *question) {
                    actions += 1;
                    let row =
                        text.split(&joined(&format!("{id}/{question}"))).nth(1).unwrap_or_else(|| panic!("{question}"));
                    let row = row.split("Wouldtakeoff:").nth(1).unwrap_or_default();
                    assert!(row.starts_with(&format!("{potential}points")), "{id}: {question}: {potential}");
                }
            }
        }
    }
    assert!(lines > 200 && actions > 100, "{lines} {actions}");
}

/// What a line adds to the score, as shown.
fn points_of(supplier: &serde_json::Value, id: &str) -> String {
    let line = supplier["lines"].as_array().unwrap().iter().find(|l| l["id"] == id).unwrap_or_else(|| panic!("{id}"));
    line["shown"].as_str().unwrap().to_owned()
}

/// Without blanks, and without hyphens and breaks that are there for the end of a line only: where a line ends says nothing.
fn joined(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\u{ad}' | '\u{200b}')).collect()
}

/// What Markdown says, without its signs.
fn unescaped(text: &str) -> String {
    joined(&text.replace('\\', "").replace(" | ", " "))
}

/// What a reader of the PDF may select, in its order, without page numbers.
fn pdf_text(path: &std::path::Path) -> String {
    let out = std::process::Command::new("pdftotext").args(["-raw", "-enc", "UTF-8"]).arg(path).arg("-").output();
    let text = String::from_utf8(out.expect("pdftotext, of poppler-utils, is needed").stdout).unwrap();
    let is_page =
        |line: &str| line.split_once(" / ").is_some_and(|(a, b)| [a, b].iter().all(|n| n.parse::<u32>().is_ok()));
    joined(&text.replace('\u{c}', "\n").lines().filter(|line| !is_page(line)).collect::<Vec<_>>().join("\n"))
}

/// Numbers and words of a text, in which signs do not matter.
fn words(text: &str) -> BTreeSet<String> {
    let parts = text.split(|c: char| !c.is_alphanumeric());
    parts.filter(|w| !w.is_empty()).map(ToOwned::to_owned).collect()
}

/// What a browser shows of a page, roughly: no tags, styles, contents lists or drawings.
fn shown(page: &str) -> String {
    let mut text = page.to_owned();
    for element in ["style", "nav", "svg"] {
        while let Some(start) = text.find(&format!("<{element}")) {
            let end = text[start..].find(&format!("</{element}>")).unwrap();
            text.replace_range(start..start + end, " ");
        }
    }
    let body = text.split_once("<main").unwrap().1;
    let mut out = String::new();
    let mut inside = true;
    for c in body.chars() {
        match c {
            '<' => {
                inside = true;
                out.push(' ');
            }
            '>' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    for (entity, sign) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#x2F;", "/"),
        ("&amp;", "&"),
    ] {
        out = out.replace(entity, sign);
    }
    out
}

#[test]
fn the_markdown_says_all_that_the_page_says() {
    let (sandbox, slug) = hostile();
    let (page, text) =
        (sandbox.read(&format!("out/suppliers/{slug}.html")), sandbox.read(&format!("out/suppliers/{slug}.md")));
    let (wanted, found) = (words(&shown(&page)), words(&text));
    // What is drawn stands in numbers beside it, here without a column of its own.
    let missing: Vec<&String> = wanted.difference(&found).filter(|word| *word != "Drawn").collect();
    assert!(wanted.len() > 500 && missing.is_empty(), "{missing:?}");
}

#[test]
fn hostile_text_is_text_in_markdown() {
    let (sandbox, slug) = hostile();
    let text = sandbox.read(&format!("out/suppliers/{slug}.md"));
    assert!(
        text.contains("# \\<script\\>alert(1)\\</script\\> \\*\\*b\\*\\* \\[l\\](http\\://x.example) \\| ../../x 😀")
    );
    assert!(text.contains("HYPERLINK(\"http\\://x.example\") \\`c\\` \\$m\\$ \\&lt;i\\&gt;"));
    // What was lines in a cell is one line of a table here.
    let line = text.lines().find(|l| l.contains("heading")).unwrap();
    assert!(line.starts_with("| ") && line.contains("# heading - item \\| a \\| b \\|"), "{line}");
    let unescaped = |sign: &str| text.match_indices(sign).any(|(at, _)| !text[..at].ends_with('\\'));
    assert!(!["<", "`", "$"].into_iter().any(unescaped));
    // Every row of a table has as many cells as its head.
    let cells = |line: &str| line.replace("\\|", "").matches('|').count();
    for pair in text.lines().collect::<Vec<_>>().windows(2).filter(|p| p.iter().all(|l| l.starts_with('|'))) {
        assert_eq!(cells(pair[0]), cells(pair[1]), "{pair:?}");
    }
}

#[cfg(not(feature = "pdf"))]
#[test]
fn without_its_feature_pdf_is_wrong_usage_and_names_the_build() {
    let sandbox = Sandbox::new();
    sandbox.write("in/a.txt", "x");
    let run = sandbox.run(&["assess", "in", "-o", "out", "--format", "html,pdf"]);
    assert!(run.code == 2 && run.err.contains("cargo build --release --features pdf"), "{} {}", run.code, run.err);
    assert!(!sandbox.join("out").exists());
}

#[cfg(feature = "pdf")]
#[test]
fn the_pdf_of_a_hostile_supplier_is_whole_and_has_no_script_and_no_link() {
    let (sandbox, slug) = hostile();
    let run = sandbox.run(&["assess", "in", "-o", "pdf", "--format", "pdf"]);
    assert!([0, 3].contains(&run.code), "{}", run.err);
    let bytes = std::fs::read(sandbox.join(&format!("pdf/suppliers/{slug}.pdf"))).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.starts_with("%PDF-1.7") && text.contains("/StructTreeRoot") && text.trim_end().ends_with("%%EOF"));
    for never in ["/JavaScript", "/JS", "/URI", "/EmbeddedFile", "/Launch"] {
        assert!(!text.contains(never), "{never}");
    }
}
