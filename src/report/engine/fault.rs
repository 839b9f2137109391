//! What is wrong with a template, for whoever wrote it: where it stands, and what may have been meant.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error as _;
use std::fmt::Write as _;

use tera::{ErrorKind, ReportError, Tera};

use crate::assets::{self, Folder};
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::error::{Error, near_misses};

/// Filters, tests and functions of tera 2 and our own, for near misses. It has no list of its own; a test holds that each is there.
const FILTERS: &str = "abs breakable capitalize default escape_html escape_xml first float get group_by indent int join keys last \
    length lower newlines_to_br nth pairs pluralize replace reverse round safe sort split str title trim trim_end \
    trim_start truncate unique upper values";
const TESTS: &str = "array bool containing defined divisible_by ending_with even float integer iterable map none number \
    odd starting_with string undefined";
const FUNCTIONS: &str = "range rows t throw";

/// The engine's error as ours: with places, where it has them. `names` are the full names of all templates.
pub(super) fn of(names: &[String], user: &BTreeMap<String, String>, template: &str, error: &tera::Error) -> Error {
    let found = match error.kind() {
        ErrorKind::SyntaxError(report) => vec![reported(user, report, "this is no valid template: ")],
        ErrorKind::RenderingError(report) => vec![reported(user, report, "")],
        ErrorKind::MissingParent { current, parent } => {
            vec![(format!("Unknown template `{parent}`"), named_in(user, current, parent))]
        }
        ErrorKind::CircularExtend { tpl, inheritance_chain: chain }
        | ErrorKind::CircularInclude { tpl, include_chain: chain } => {
            // The chain may or may not begin with the template itself.
            let next = chain.iter().find(|name| *name != tpl).unwrap_or(tpl);
            let place = named_in(user, tpl, next.strip_prefix("user/").unwrap_or(next));
            vec![(CIRCLE.to_owned(), place)]
        }
        ErrorKind::Msg(message) if message.starts_with("Maximum render recursion depth") => {
            user.iter().find_map(|(name, text)| calls_itself(name, text)).into_iter().collect()
        }
        // What is named and not there, all of it at once, as text that is meant for the terminal.
        ErrorKind::Msg(message) => message.split("\n\n").filter_map(|report| listed(user, report)).collect(),
        _ => Vec::new(),
    };
    if found.is_empty() {
        return Error::Template { template: template.to_owned(), message: whole(error) };
    }
    let causes = causes(error);
    let diagnostics = found.into_iter().map(|(message, place)| {
        let (problem, help) = plain(names, &message);
        let problem = causes.iter().fold(problem, |all, cause| format!("{all}: {cause}"));
        let diagnostic = Diagnostic::new(Code::BadTemplate, place).with("problem", problem);
        match help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    });
    Error::Templates(Box::new(Diagnostics(diagnostics.collect())))
}

/// Said of templates that extend or include each other in a circle.
const CIRCLE: &str = "this template comes back to itself";

/// Where a template names another.
fn named_in(user: &BTreeMap<String, String>, template: &str, other: &str) -> Place {
    let text = source(user, template).unwrap_or_default();
    let start = text.find(&format!("{other}\"")).or_else(|| text.find(&format!("{other}'")));
    place(template, text, start.unwrap_or_default(), other.len())
}

/// A component whose text calls it again.
fn calls_itself(file: &str, text: &str) -> Option<(String, Place)> {
    for (at, tag) in text.match_indices("{% component ") {
        let rest = &text[at + tag.len()..];
        let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
        let body = rest.split("{% endcomponent").next()?;
        if body.contains(&format!("<{name}")) {
            let place = place(file, text.to_owned(), at + tag.len(), name.len());
            return Some((format!("the component `{name}` calls itself without end"), place));
        }
    }
    None
}

fn reported(user: &BTreeMap<String, String>, report: &ReportError, begins: &str) -> (String, Place) {
    let span = report.span();
    let text = source(user, report.filename()).unwrap_or_default();
    (format!("{begins}{}", report.message()), place(report.filename(), text, span.range.start, span.range.len()))
}

/// `error: Unknown filter …`, and in the next line `--> user/index.html:3:5`.
fn listed(user: &BTreeMap<String, String>, report: &str) -> Option<(String, Place)> {
    let mut lines = report.lines();
    let message = lines.next()?.strip_prefix("error: ")?;
    let at = lines.next()?.trim_start().strip_prefix("--> ")?;
    let mut parts = at.rsplitn(3, ':');
    let (column, line, file) = (parts.next()?, parts.next()?, parts.next()?);
    let (column, line): (usize, usize) = (column.parse().ok()?, line.parse().ok()?);
    let text = source(user, file).unwrap_or_default();
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let within = text[before..].char_indices().nth(column.saturating_sub(1)).map_or(0, |(at, _)| at);
    let length = lines.last().map_or(1, |marks| marks.matches('^').count());
    Some((message.to_owned(), place(file, text, before + within, length)))
}

/// A template by its full name, the user's or the built-in one.
fn source(user: &BTreeMap<String, String>, name: &str) -> Option<String> {
    match name.split_once('/') {
        Some(("user", name)) => user.get(name).cloned(),
        Some(("builtin", name)) => assets::text(Folder::Templates, name).map(Cow::into_owned),
        _ => None,
    }
}

fn place(name: &str, text: String, offset: usize, length: usize) -> Place {
    let before = &text[..offset.min(text.len())];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let file = name.strip_prefix("user/").unwrap_or(name).into();
    Place::Text { file, line, column, offset, length: length.max(1), text: text.into() }
}

/// The engine's message in our words, and what may have been meant.
fn plain(names: &[String], message: &str) -> (String, Option<String>) {
    let quoted = message.split('`').nth(1).unwrap_or_default();
    let known = |kind: &str| -> Vec<String> {
        match kind {
            "filter" => FILTERS.split_whitespace().map(ToOwned::to_owned).collect(),
            "test" => TESTS.split_whitespace().map(ToOwned::to_owned).collect(),
            "function" => FUNCTIONS.split_whitespace().map(ToOwned::to_owned).collect(),
            "template" => names.iter().map(|n| n.strip_prefix("user/").unwrap_or(n).to_owned()).collect(),
            _ => Vec::new(),
        }
    };
    let absent = |kind: &str, there: &[String], list: bool| {
        let near = near_misses(quoted, there.iter().map(String::as_str));
        let help = match near.as_slice() {
            [] if list && !there.is_empty() => Some(format!("there are: {}", there.join(", "))),
            [] => None,
            near => Some(format!("did you mean `{}`?", near.join("` or `"))),
        };
        (format!("there is no {kind} `{quoted}` here"), help)
    };
    let available = || -> Vec<String> {
        let list = message.split_once("Available ").and_then(|(_, rest)| rest.split_once(": "));
        list.map(|(_, names)| names.split(", ").map(ToOwned::to_owned).collect()).unwrap_or_default()
    };
    for kind in ["filter", "test", "function", "template", "component"] {
        if message.starts_with(&format!("Unknown {kind} `")) {
            let mut there = known(kind);
            if kind == "template" && !quoted.starts_with("builtin/") {
                let bare = |n: String| n.strip_prefix("builtin/").map(ToOwned::to_owned).unwrap_or(n);
                there = there.into_iter().map(bare).collect();
            }
            there.sort();
            there.dedup();
            return absent(kind, &there, kind == "template");
        }
    }
    if message.contains("is not defined") {
        let kind = if message.starts_with("Field") { "field" } else { "variable" };
        return absent(kind, &available(), true);
    }
    if message == CIRCLE {
        let help = "the built-in one of the same name is `builtin/` and its name".to_owned();
        return (message.to_owned(), Some(help));
    }
    if message == "Tried to render a variable that is undefined" {
        let help = "test it with {% if … %} first".to_owned();
        return ("what is printed here may be absent, and is".to_owned(), Some(help));
    }
    (message.to_owned(), None)
}

/// Variables that a page's templates name and that neither the page has nor a template sets. Printing one ends a page, yet
/// one that is only tested is never met: a page is made as if nothing were there.
pub(super) fn unknown_variables(
    tera: &Tera,
    user: &BTreeMap<String, String>,
    template: &str,
    there: &BTreeSet<&str>,
) -> Vec<Diagnostic> {
    let names = tera.get_template_variables(template).unwrap_or_default();
    let texts = || user.iter().filter(|(name, _)| super::is_template(name));
    let built_in = assets::list(Folder::Templates);
    let built_in = built_in.iter().filter_map(|name| assets::text(Folder::Templates, name));
    let set: BTreeSet<String> =
        built_in.chain(texts().map(|(_, text)| text.into())).flat_map(|text| set_in(&text)).collect();
    let mut found = Vec::new();
    for name in names.into_iter().filter(|n| *n != "lang" && !there.contains(n) && !set.contains(*n)) {
        for (file, text) in texts() {
            let Some(offset) = word_at(text, name) else { continue };
            let place = place(file, text.clone(), offset, name.len());
            let near = near_misses(name, there.iter().copied());
            let help = if near.is_empty() {
                format!("there are: {}", there.iter().copied().collect::<Vec<_>>().join(", "))
            } else {
                format!("did you mean `{}`?", near.join("` or `"))
            };
            let problem = format!("there is no variable `{name}` here");
            found.push(Diagnostic::new(Code::BadTemplate, place).with("problem", problem).help(help));
        }
    }
    found.sort_by_key(|d| d.place.to_string());
    found
}

/// Names that a template gives values to: `{% set x = … %}`, `{% for x, y in … %}`, parameters of components.
fn set_in(text: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for tag in text.split("{%").skip(1).filter_map(|rest| rest.split("%}").next()) {
        let tag = tag.trim_start_matches('-').trim();
        let names = match tag.split_whitespace().next() {
            Some("set" | "set_global") => tag.split('=').next(),
            Some("for") => tag.split(" in ").next(),
            Some("component") => Some(tag),
            _ => None,
        };
        let names = names.into_iter().flat_map(|n| n.split(|c: char| !c.is_alphanumeric() && c != '_'));
        out.extend(names.map(ToOwned::to_owned));
    }
    out
}

/// Where a name stands within a tag, as a whole word that is no field of something else.
fn word_at(text: &str, name: &str) -> Option<usize> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    text.match_indices(name).map(|(at, _)| at).find(|at| {
        let (before, after) = (&text[..*at], &text[at + name.len()..]);
        let open = before.rfind("{{").max(before.rfind("{%"));
        let within = open.is_some_and(|o| !before[o..].contains("}}") && !before[o..].contains("%}"));
        within && !before.ends_with(is_part) && !after.starts_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

fn causes(error: &tera::Error) -> Vec<String> {
    let mut out = Vec::new();
    let mut cause = error.source();
    while let Some(inner) = cause {
        out.push(inner.to_string());
        cause = inner.source();
    }
    out
}

/// The engine's message with its causes.
fn whole(error: &tera::Error) -> String {
    causes(error).iter().fold(error.to_string(), |mut all, cause| {
        let _ = write!(all, "\n{cause}");
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_near_misses_are_looked_for_in_is_there() {
        let mut tera = Tera::new();
        for name in FILTERS.split_whitespace().filter(|n| *n != "breakable") {
            tera.add_raw_template("x", &format!("{{{{ 1 | {name} }}}}")).unwrap();
        }
        for name in TESTS.split_whitespace() {
            tera.add_raw_template("x", &format!("{{{{ 1 is {name} }}}}")).unwrap();
        }
        for name in FUNCTIONS.split_whitespace().filter(|n| !["rows", "t"].contains(n)) {
            tera.add_raw_template("x", &format!("{{{{ {name}() }}}}")).unwrap();
        }
    }
}
