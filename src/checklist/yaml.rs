//! The only place that knows the YAML library: text in, typed values with positions out.
//!
//! `serde_yaml` is `serde-saphyr` under the name that the project's card gives its YAML reader (Cargo.toml says why).
//! The API is close, not the same.

use std::sync::Arc;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_yaml::options::{DuplicateKeyPolicy, MergeKeyPolicy};

pub(super) use serde_yaml::Spanned;

use crate::diag::{Code, Diagnostic, Diagnostics, Place};

/// A text value with its position.
pub(super) type Str = Spanned<String>;

/// Largest data file that is read.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Reads one file. The first shape error becomes a diagnostic; later ones would only be echoes of it.
pub(super) fn parse<T: DeserializeOwned>(file: &Arc<str>, text: &Arc<str>, diags: &mut Diagnostics) -> Option<T> {
    if text.len() > MAX_BYTES {
        let message = format!("the file is larger than {} MB", MAX_BYTES / 1024 / 1024);
        diags.push(Diagnostic::new(Code::MalformedYaml, Place::File(file.clone())).with("problem", message));
        return None;
    }
    // Of a file that is no YAML the syntax error is told: it is in its true place, where a typed pass would speak of a
    // missing field. Files that are well formed are read once.
    let outcome = serde_yaml::from_str_with_options::<T>(text, options())
        .map_err(|typed| serde_yaml::from_str_with_options::<IgnoredAny>(text, options()).err().unwrap_or(typed));
    match outcome {
        Ok(value) => Some(value),
        Err(error) => {
            diags.push(describe(file, text, &error));
            None
        }
    }
}

fn options() -> serde_yaml::Options {
    let budget = serde_yaml::budget! {
        max_aliases: 0,
        max_anchors: 0,
        max_depth: 32,
        max_documents: 1,
        max_nodes: 200_000,
    };
    serde_yaml::options! {
        budget: budget,
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        with_snippet: false,
    }
}

fn describe(file: &Arc<str>, text: &Arc<str>, error: &serde_yaml::Error) -> Diagnostic {
    let error = error.without_snippet();
    let place = error.location().map_or_else(|| Place::File(file.clone()), |l| at(file, text, l));
    let problem = strip_location(&error.to_string());
    let code = if problem.starts_with("unknown field") { Code::UnknownKey } else { Code::MalformedYaml };
    Diagnostic::new(code, place).with("problem", problem)
}

/// The library's messages end in `at line 3, column 5`; the place says that better.
fn strip_location(message: &str) -> String {
    let first = message.lines().next().unwrap_or(message);
    let first = first.strip_prefix("error: ").unwrap_or(first);
    let first = match first.split_once(": ") {
        Some((head, rest)) if head.starts_with("line ") => rest,
        _ => first,
    };
    first.split(" at line ").next().unwrap_or(first).trim_end_matches(',').to_owned()
}

/// The place of a value.
pub(super) fn place<T>(file: &Arc<str>, text: &Arc<str>, value: &Spanned<T>) -> Place {
    at(file, text, value.referenced)
}

fn at(file: &Arc<str>, text: &Arc<str>, location: serde_yaml::Location) -> Place {
    let span = location.span();
    let to_usize = |n: u64| usize::try_from(n).unwrap_or_default();
    Place::Text {
        file: file.clone(),
        text: text.clone(),
        line: to_usize(location.line()).max(1),
        column: to_usize(location.column()).max(1),
        offset: to_usize(span.byte_offset().unwrap_or_default()).min(text.len()),
        length: to_usize(span.byte_len().unwrap_or(1)).max(1),
    }
}
