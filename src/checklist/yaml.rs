//! The only place that knows the YAML library: text in, typed values with positions out.
//!
//! `serde_yaml` is `serde-saphyr` under the name that the project's card gives its YAML reader (Cargo.toml says why).
//! The API is close, not the same.

use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeOwned, IgnoredAny, Visitor};
use serde::{Deserialize, Deserializer};
use serde_yaml::Location;
use serde_yaml::options::{DuplicateKeyPolicy, MergeKeyPolicy};

use crate::assets;
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::error::near_misses;
use crate::model::Said;

/// A value with its position.
#[derive(Debug)]
pub(super) struct Spanned<T> {
    pub(super) value: T,
    location: Location,
}

/// A name, an id or a number as text.
pub(super) type Str = Spanned<String>;
/// What is said to people.
pub(super) type Prose = Spanned<Said>;

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found = serde_yaml::Spanned::deserialize(deserializer)?;
        Ok(Self { value: found.value, location: found.referenced })
    }
}

impl<'de> Deserialize<'de> for Said {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Said;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Said, E> {
                Ok(assets::lasting(text).map_or_else(|| Said::Read(text.into()), Said::BuiltIn))
            }
        }

        deserializer.deserialize_string(Text)
    }
}

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
    let diagnostic = |code| Diagnostic::new(code, place).with("problem", problem(error));
    let serde_yaml::Error::SerdeUnknownField { field, expected, .. } = error else {
        return diagnostic(Code::MalformedYaml);
    };
    let near = near_misses(field, expected.iter().copied());
    let help = match near.as_slice() {
        [] => format!("there are: {}", expected.join(", ")),
        near => format!("did you mean `{}`?", near.join("` or `")),
    };
    diagnostic(Code::UnknownKey).help(help)
}

/// What is wrong, in the words of those who write checklists.
fn problem(error: &serde_yaml::Error) -> String {
    use serde_yaml::Error as E;
    match error {
        E::SerdeUnknownField { field, .. } => format!("there is no key `{field}` here"),
        E::SerdeMissingField { field, .. } => format!("the key `{field}` is missing"),
        E::SerdeUnknownVariant { variant, expected, .. } => {
            format!("`{variant}` is not allowed here: {}", expected.join(", "))
        }
        E::DuplicateMappingKey { key: Some(key), .. } => format!("the key `{key}` stands twice"),
        E::DuplicateMappingKey { .. } => "a key stands twice".to_owned(),
        E::SerdeInvalidType { expected, .. } | E::SerdeInvalidValue { expected, .. } => {
            format!("{} is expected here", kind(expected))
        }
        E::Unexpected { expected, .. } => format!("{} is expected here", kind(expected)),
        E::InvalidScalar { ty, .. } => format!("{} is expected here", kind(ty)),
        E::InvalidBooleanStrict { .. } => "true or false is expected here".to_owned(),
        E::NullIntoString { .. } => "a text is expected here, and there is none".to_owned(),
        E::QuotingRequired { .. } => "put this text in quotation marks".to_owned(),
        E::Eof { .. } => "the file is empty or ends too early".to_owned(),
        E::MultipleDocuments { .. } => "a line `---` begins a second document; a file holds one".to_owned(),
        E::MergeKeyNotAllowed { .. } | E::MergeValueNotMapOrSeqOfMaps { .. } => {
            "`<<` is not taken; write the keys out".to_owned()
        }
        E::UnsupportedTag { tag, .. } => format!("the tag `{tag}` is not taken; write the value without it"),
        E::UnknownAnchor { .. } => ALIASES.to_owned(),
        E::AliasError { error, .. } => problem(error),
        E::Budget { breach, .. } => too_much(breach).to_owned(),
        E::ExternalMessage { msg, .. } => syntax(msg),
        E::Message { msg, .. } | E::SerdeVariantId { msg, .. } => msg.clone(),
        _ => "the value here is not of the kind that its key has".to_owned(),
    }
}

const ALIASES: &str = "anchors (`&name`) and aliases (`*name`) are not taken; write the value out";

/// What the library expected, such as `i64`, `struct RawScale` or `mapping start`.
fn kind(expected: &str) -> &str {
    let has = |parts: &[&str]| parts.iter().any(|part| expected.contains(part));
    match expected {
        _ if has(&["sequence"]) => "a list, each entry behind a hyphen,",
        _ if has(&["struct", "map"]) => "a group of keys with values",
        "i64" | "i32" | "u8" | "u32" | "u64" | "usize" | "integer" => "a whole number",
        _ if has(&["float"]) => "a number",
        _ if has(&["bool"]) => "true or false",
        _ if has(&["string", "scalar", "identifier"]) => "a single text",
        _ => expected,
    }
}

fn too_much(breach: &serde_yaml::budget::BudgetBreach) -> &'static str {
    use serde_yaml::budget::BudgetBreach as B;
    match breach {
        B::Aliases { .. } | B::Anchors { .. } => ALIASES,
        B::Depth { .. } => "too many keys and lists lie within one another",
        B::Documents { .. } => "a line `---` begins a second document; a file holds one",
        _ => "the file holds too much for one file",
    }
}

/// A fault that keeps the file from being YAML at all. The usual ones have a sentence of ours.
fn syntax(message: &str) -> String {
    let usual = [
        ("illegal placement of ':'", "a colon stands where none can, or a bracket before it is not closed"),
        ("mapping values", "a colon stands where none can; put a text that holds one in quotation marks"),
        ("tab", "a tab stands where only spaces can"),
        ("indent", "this line is not indented like those it belongs to"),
        ("bracket", "a bracket is not closed, or by one of another kind"),
        ("flow", "a bracket is not closed, or a comma is missing"),
        ("quoted", "a quotation mark is not closed, or something follows it"),
        ("simple key", "a key without a colon, or a text over several lines that needs quotation marks"),
        ("expected ':'", "a key without a colon, or a text over several lines that needs quotation marks"),
        ("block mapping", "this line is no key of the group it stands in: look at its indentation and its colon"),
        ("alias", ALIASES),
        ("anchor", ALIASES),
    ];
    let lower = message.to_lowercase();
    match usual.iter().find(|(part, _)| lower.contains(part)) {
        Some((_, sentence)) => (*sentence).to_owned(),
        None => format!("this is no valid YAML: {message}"),
    }
}

/// The place of a value.
pub(super) fn place<T>(file: &Arc<str>, text: &Arc<str>, value: &Spanned<T>) -> Place {
    at(file, text, value.location)
}

fn at(file: &Arc<str>, text: &Arc<str>, location: Location) -> Place {
    let span = location.span();
    let to_usize = |n: u64| usize::try_from(n).unwrap_or_default();
    let (line, column) = (to_usize(location.line()).max(1), to_usize(location.column()).max(1));
    // A syntax error has no offset in bytes.
    let offset = span.byte_offset().map_or_else(|| offset_of(text, line, column), to_usize);
    Place::Text {
        file: file.clone(),
        text: text.clone(),
        line,
        column,
        offset: offset.min(text.len()),
        length: to_usize(span.byte_len().unwrap_or(1)).max(1),
    }
}

/// Where a line and a column of it, both counted from 1, begin in a text.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let inside = text.get(before..).unwrap_or_default().chars().take(column - 1).map(char::len_utf8);
    before + inside.sum::<usize>()
}
