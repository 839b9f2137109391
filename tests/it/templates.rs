//! Templates of somebody's own: one file changes a page, and none can do more than that.

use crate::support::{Sandbox, tree};

/// A supplier's workbook, and a folder with one template.
fn with(name: &str, text: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.ok(&[
        "new",
        "--form",
        "short",
        "--sector",
        "cleaning",
        "--country",
        "DK",
        "--supplier",
        "Odd ApS",
        "-o",
        "in/odd.xlsx",
    ]);
    sandbox.write(&format!("own/{name}"), text);
    sandbox
}

fn assess(sandbox: &Sandbox) -> crate::support::Run {
    sandbox.run(&["assess", "in", "-o", "out", "--format", "html", "--templates", "own"])
}

fn page(sandbox: &Sandbox, folder: &str) -> String {
    let mut found = std::fs::read_dir(sandbox.join("out").join(folder)).unwrap();
    std::fs::read_to_string(found.next().unwrap().unwrap().path()).unwrap()
}

#[test]
fn one_file_changes_all_pages() {
    let sandbox = with(
        "parts/base.html",
        "{% extends \"builtin/parts/base.html\" %}\
         {% block letterhead %}<p class=\"mine\">Nordlys A/S · {{ lang }}</p>{% endblock letterhead %}\
         {% block style %}<style>:root { --accent: #700 }</style>{% endblock style %}\
         {% block footer %}<p>Mine, below</p>{% endblock footer %}",
    );
    let run = assess(&sandbox);
    assert_eq!(run.code, 0, "{}", run.err);
    for text in [page(&sandbox, "suppliers"), page(&sandbox, "feedback"), sandbox.read("out/index.html")] {
        let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}"));
        assert!(at("--accent:#0b5563") < at("--accent: #700"), "the built-in style stands before");
        assert!(at("Nordlys A/S · en") < at("<main") && at("</main>") < at("Mine, below"));
    }
}

#[test]
fn a_block_of_one_page_is_replaced_and_the_rest_stays() {
    let sandbox = with(
        "feedback.html",
        "{% extends \"builtin/feedback.html\" %}{% block intro %}<p>Dear {{ who.name }}, thank you.</p>{% endblock intro %}",
    );
    let run = assess(&sandbox);
    assert_eq!(run.code, 0, "{}", run.err);
    let text = page(&sandbox, "feedback");
    assert!(text.contains("<p>Dear Odd ApS, thank you.</p>") && text.contains("id=\"answers\""));
    assert!(!text.contains("This page shows how your answers were read"));
    assert!(page(&sandbox, "suppliers").contains("id=\"annex\""));
    // The names that the guide of templates gives are there.
    for (name, block) in
        [("supplier.html", "first"), ("supplier.html", "annex"), ("index.html", "intro"), ("card.html", "intro")]
    {
        let own = format!("{{% extends \"builtin/{name}\" %}}{{% block {block} %}}mine{{% endblock {block} %}}");
        let sandbox = with(name, &own);
        assert_eq!(sandbox.run(&["lint", "--templates", "own", "--date", "2026-11-24"]).code, 0, "{name} {block}");
    }
}

/// With templates of somebody's own the rows of tables are made in another way; they are the same rows.
#[test]
fn a_template_that_nothing_asks_for_changes_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("own/parts/mine.html", "{{ lang }}");
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/suppliers");
    let pages = |out: &str, more: &[&str]| {
        sandbox.run(&[&["assess", examples, "-o", out, "--format", "html", "--date", "2026-11-24"], more].concat());
        let mut pages = tree(&sandbox.join(out));
        pages.retain(|name, _| name != "run.json");
        pages
    };
    let built_in = pages("a", &[]);
    assert!(built_in.len() > 2);
    assert_eq!(pages("b", &["--templates", "own"]), built_in);
}

/// Each with what is said of it, and nothing is written.
#[test]
fn a_template_that_fails_is_named_with_its_place_before_anything_is_read() {
    for (text, says) in [
        (
            "{% extends \"builtin/supplier.html\" %}\n{% block first %}\n  {{ first.whom }}{% endblock first %}",
            "own/supplier.html:3:",
        ),
        ("<p>\n{% include \"/etc/passwd\" %}", "own/supplier.html:2:"),
        ("<p>\n{{ get_env(name=\"HOME\") }}", "own/supplier.html:2:"),
        ("<p>\n{% include \"supplier.html\" %}", "own/supplier.html:2:13"),
        ("{% extends \"supplier.html\" %}", "own/supplier.html:1:13"),
        ("\n{% component a() %}{{ <a/> }}{% endcomponent a %}{{ <a/> }}", "own/supplier.html:2:14"),
    ] {
        let sandbox = with("supplier.html", text);
        let run = assess(&sandbox);
        assert!(run.code == 1 && run.err.contains(says), "{says}: {}", run.err);
        assert!(!run.err.contains("root:"), "{}", run.err);
        assert!(!sandbox.join("out").exists());
    }
}

#[test]
fn a_template_without_an_end_ends_the_run() {
    let ranges = "{% for a in range(end=99999) %}{% for b in range(end=99999) %}{% for c in range(end=99999) %}";
    let ends = "{% endfor %}".repeat(3);
    for (text, says) in [
        (format!("{ranges}{ends}"), "takes more than 8 seconds"),
        (format!("{ranges}lorem ipsum dolor sit amet{ends}"), "more than 64 MiB"),
    ] {
        let sandbox = with("supplier.html", &text);
        let run = assess(&sandbox);
        assert!(run.code == 1 && run.err.contains("supplier.html") && run.err.contains(says), "{says}: {}", run.err);
        assert!(!sandbox.join("out").exists());
    }
}

#[cfg(unix)]
#[test]
fn a_text_that_grows_without_end_costs_a_process_of_its_own() {
    let doubled = "{% set_global x = x ~ x %}";
    let text = format!("{{% set x = \"0123456789\" %}}{{% for i in range(end=60) %}}{doubled}{{% endfor %}}");
    let sandbox = with("supplier.html", &text);
    for args in [&["assess", "in", "-o", "out", "--templates", "own"][..], &["lint", "--templates", "own"]] {
        let run = sandbox.run(args);
        // On a machine that is busy with other things the time may be over first.
        let stopped = ["may grow without end", "takes more than 8 seconds"].iter().any(|s| run.err.contains(s));
        assert!(run.code == 1 && stopped, "{}", run.err);
    }
    assert!(!sandbox.join("out").exists());
}

/// Names and types; examples follow the words, and are made anew with the rest.
#[test]
fn what_templates_are_given_is_written_down() {
    let made = Sandbox::new().ok(&["schema", "templates"]).out;
    let written = include_str!("../../templates/CONTEXT.md");
    let names = |text: &str| -> Vec<String> {
        text.lines().map(|l| l.rsplit_once(" | ").map_or(l, |(start, _)| start).to_owned()).collect()
    };
    assert_eq!(names(&made), names(written), "make it anew: lygte schema templates > templates/CONTEXT.md");
    for line in ["| `first.who.name` | text | `Supplier` |", "## `feedback.html`", "| `draft` | true or false |"] {
        assert!(made.contains(line), "{line} in {made}");
    }
}
