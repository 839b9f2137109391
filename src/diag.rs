//! What is wrong in somebody's data: a code, a place, and what to do. The work itself goes on.

mod code;
mod place;

pub use code::{Code, PHRASES};
pub use place::{Place, column_name};
pub(crate) use place::{cell_name, push_spot};

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something was read in another way than it stood, or is worth knowing.
    Note,
    /// Something counts as unanswered, or must be looked at.
    Warning,
    /// Something could not be used.
    Error,
}

impl Severity {
    /// Its name in results.
    pub fn id(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One thing that is wrong in the user's data.
///
/// The message never holds what stands in a cell, which may be personal data; [`Diagnostic::raw`] does, and only the
/// written outputs show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// What kind of trouble it is.
    pub code: Code,
    /// Where.
    pub place: Place,
    /// The values of the message's `{names}`.
    pub args: Vec<(Cow<'static, str>, String)>,
    /// Values that are phrases of [`PHRASES`], by name and id.
    #[serde(deserialize_with = "code::known_phrases")]
    pub phrases: Vec<(Cow<'static, str>, &'static str)>,
    /// What stood in the cell.
    pub raw: Option<String>,
    /// What it was taken for.
    pub taken: Option<String>,
    /// Who says so and why: a reviewer's initials and reason. Like [`Diagnostic::raw`], for the written outputs only.
    pub signed: Option<(String, String)>,
    /// Another place that belongs to it, with a phrase.
    pub related: Option<(Place, String)>,
    /// Another cell that it is held against, and what stands there; the latter is for the written outputs only. The
    /// message names the cell as `{other}`.
    pub other: Option<(Place, Option<String>)>,
    /// What to do, where the message does not say it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A diagnostic of that code at that place.
    pub fn new(code: Code, place: Place) -> Self {
        Self {
            code,
            place,
            args: Vec::new(),
            phrases: Vec::new(),
            raw: None,
            taken: None,
            signed: None,
            related: None,
            other: None,
            help: None,
        }
    }

    /// Sets a value of the message.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.args.push((name.into(), value.into()));
        self
    }

    /// Sets a value of the message to a phrase.
    #[must_use]
    pub fn phrase(mut self, name: &'static str, id: &'static str) -> Self {
        self.phrases.push((name.into(), id));
        self
    }

    /// Sets what stood in the cell.
    #[must_use]
    pub fn raw(mut self, raw: impl Into<String>) -> Self {
        self.raw = Some(raw.into());
        self
    }

    /// Sets what it was taken for.
    #[must_use]
    pub fn taken(mut self, taken: impl Into<String>) -> Self {
        self.taken = Some(taken.into());
        self
    }

    /// Sets who says so and why.
    #[must_use]
    pub fn signed(mut self, by: impl Into<String>, reason: impl Into<String>) -> Self {
        self.signed = Some((by.into(), reason.into()));
        self
    }

    /// Sets another place that belongs to it.
    #[must_use]
    pub fn related(mut self, place: Place, phrase: impl Into<String>) -> Self {
        self.related = Some((place, phrase.into()));
        self
    }

    /// Sets another cell that it is held against, and what stands there.
    #[must_use]
    pub fn other(mut self, place: Place, raw: Option<String>) -> Self {
        let shown = if place.file() == self.place.file() { place.within() } else { place.to_string() };
        self.args.push(("other".into(), shown));
        self.other = Some((place, raw));
        self
    }

    /// Sets what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Gives its file another name. The messages that reading makes do not hold the name.
    pub fn rename(&mut self, file: &Arc<str>) {
        let related = self.related.iter_mut().map(|(place, _)| place);
        let other = self.other.iter_mut().map(|(place, _)| place);
        for place in [&mut self.place].into_iter().chain(related).chain(other) {
            place.rename(file);
        }
    }

    /// How much it matters.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// The message in English.
    pub fn message(&self) -> String {
        self.fill(self.code.template(), &english)
    }

    /// The message in English, of a file read by a command that has no options on reading: none is named as the way out.
    pub fn message_without_options(&self) -> String {
        let template = match self.code {
            Code::LimitReached => {
                "{what} ({found}; the limit is {limit}); take out what does not belong there and save it anew"
            }
            Code::LegacyFormat => "this is {kind}; save it as .xlsx and name that file",
            code => code.template(),
        };
        self.fill(template, &english)
    }

    /// A message template, in any language, with values and phrases filled in.
    pub fn fill(&self, template: &str, phrase: &dyn Fn(&str) -> String) -> String {
        // In one pass: a value that holds `{…}` itself stays as it is.
        let value = |name: &str| {
            let given = self.args.iter().find(|(n, _)| *n == name).map(|(_, value)| value.clone());
            given.or_else(|| self.phrases.iter().find(|(n, _)| *n == name).map(|(_, id)| phrase(id)))
        };
        let mut out = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let named = after.split_once('}').and_then(|(name, tail)| Some((value(name)?, tail)));
            rest = if let Some((value, tail)) = named {
                out.push_str(&value);
                tail
            } else {
                out.push('{');
                after
            };
        }
        out.push_str(rest);
        // A value at the end may be empty.
        out.truncate(out.trim_end().len());
        out
    }
}

/// A phrase in English.
fn english(id: &str) -> String {
    PHRASES.iter().find(|(i, _)| *i == id).map_or_else(|| id.to_owned(), |(_, text)| (*text).to_owned())
}

/// Diagnostics as they are found.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Whether any is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|d| d.severity() == Severity::Error)
    }

    /// Number of that severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.0.iter().filter(|d| d.severity() == severity).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filling_is_one_pass() {
        let d =
            Diagnostic::new(Code::BadValue, Place::File("x".into())).with("value", "{allowed}").with("allowed", "1");
        assert_eq!(d.fill("{value} {allowed} {other} {", &|id| id.to_owned()), "{allowed} 1 {other} {");
    }
}
