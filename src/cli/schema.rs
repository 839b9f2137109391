//! `lygte schema`: what a written file holds, and what a template is given.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::{Common, Outcome, render::Console};

#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// Of what
    #[arg(value_enum)]
    what: What,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    /// results.json, as JSON Schema
    Results,
    /// A line of `lygte assess -`, as JSON Schema
    Workbook,
    /// The variables of report templates, each with type and example, as Markdown
    Templates,
}

pub(super) fn run(args: &SchemaArgs, common: &Common, console: &Console) -> Outcome {
    let text = match args.what {
        What::Results => serde_json::to_string_pretty(&crate::report::schema()).unwrap_or_default() + "\n",
        What::Workbook => serde_json::to_string_pretty(&crate::report::single_schema()).unwrap_or_default() + "\n",
        What::Templates => {
            let (_, library) = super::library(common, console)?;
            variables(&super::templates::handed(&library)?)
        }
    };
    console.print(&text)
}

const HEAD: &str = "# What templates are given

Made by `lygte schema templates` from the pages of suppliers that are made up; a test holds that it is current. `[]` stands
for each thing in a list: `first.tasks[].what` is `task.what` in `{% for task in first.tasks %}`. Numbers and dates that are
text are ready to print. Every page also has `lang`, the tag of its language, and the function `t(key=\"…\")` for words. The
rows of the lists of `index.html` come from `parts/*-rows.html`, where it says `rows(of=\"…\")`.
";

/// The longest example that is shown whole.
const EXAMPLE: usize = 60;

/// Every variable of every page as Markdown.
fn variables(handed: &[(String, Value)]) -> String {
    let mut pages: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for (page, view) in handed {
        pages.entry(page).or_default().push(view);
    }
    let mut out = HEAD.to_owned();
    for (page, views) in pages {
        let _ = write!(out, "\n## `{page}`\n\n| variable | type | example |\n| --- | --- | --- |\n");
        fields(&mut out, "", &views);
    }
    out
}

/// A line for each field of things of one kind, and for what is within.
fn fields(out: &mut String, path: &str, things: &[&Value]) {
    let mut known: Vec<&str> = Vec::new();
    for key in things.iter().filter_map(|t| t.as_object()).flatten().map(|(key, _)| key.as_str()) {
        if !known.contains(&key) {
            known.push(key);
        }
    }
    for key in known {
        let values: Vec<&Value> = things.iter().filter_map(|t| t.get(key)).collect();
        let everywhere = values.len() == things.len();
        one(out, &if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }, &values, everywhere);
    }
}

fn one(out: &mut String, path: &str, values: &[&Value], everywhere: bool) {
    let there: Vec<&Value> = values.iter().copied().filter(|v| !v.is_null()).collect();
    let optional = if everywhere && there.len() == values.len() { "" } else { ", may be absent" };
    let kind = match there.first() {
        Some(Value::Bool(_)) => "true or false",
        Some(Value::Number(_)) => "number",
        Some(Value::Array(_)) => "list",
        Some(Value::Object(_)) => "fields",
        Some(Value::String(_) | Value::Null) | None => "text",
    };
    let example = there.iter().find_map(|v| match v {
        Value::String(text) if !text.is_empty() => Some(shown(text)),
        Value::Bool(_) | Value::Number(_) => Some(v.to_string()),
        _ => None,
    });
    let example = example.map(|e| format!("`{e}`")).unwrap_or_default();
    let _ = writeln!(out, "| `{path}` | {kind}{optional} | {example} |");
    if kind == "list" {
        let within: Vec<&Value> = there.iter().filter_map(|v| v.as_array()).flatten().collect();
        let path = format!("{path}[]");
        match within.first() {
            Some(Value::Object(_)) => fields(out, &path, &within),
            Some(_) => one(out, &path, &within, true),
            None => {}
        }
    } else if kind == "fields" {
        fields(out, path, &there);
    }
}

/// An example on one line of a table.
fn shown(text: &str) -> String {
    let line: String = text.chars().map(|c| if matches!(c, '\n' | '|' | '`') { ' ' } else { c }).collect();
    if line.chars().count() <= EXAMPLE {
        return line;
    }
    line.chars().take(EXAMPLE - 1).chain(['…']).collect()
}
