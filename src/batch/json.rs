//! A JSON file, put together piece by piece, so that memory does not grow with it.

use std::io;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{Formatter as _, PrettyFormatter};

use crate::error::Result;

use super::disk::Draft;

/// An object as it grows, indented like the rest of our JSON: fields, and lists whose entries come one by one.
pub(super) struct JsonWriter {
    draft: Draft,
    /// Nothing stands in the object.
    is_first: bool,
    /// Nothing stands in the open list.
    is_empty: bool,
}

impl JsonWriter {
    /// Begins an object.
    pub(super) fn new(mut draft: Draft) -> Result<Self> {
        draft.add(b"{")?;
        Ok(Self { draft, is_first: true, is_empty: true })
    }

    fn name(&mut self, name: &str) -> Result<()> {
        let comma = if self.is_first { "" } else { "," };
        self.is_first = false;
        self.draft.add(format!("{comma}\n  \"{name}\": ").as_bytes())
    }

    /// A field with its value.
    pub(super) fn field(&mut self, name: &str, value: &impl Serialize) -> Result<()> {
        self.name(name)?;
        let text = indented(&serde_json::to_string_pretty(value)?, "  ");
        self.draft.add(text.as_bytes())
    }

    /// Begins a list.
    pub(super) fn open(&mut self, name: &str) -> Result<()> {
        self.name(name)?;
        self.is_empty = true;
        self.draft.add(b"[")
    }

    /// The next of the open list, as [`entry`] has it.
    pub(super) fn entry(&mut self, json: &str) -> Result<()> {
        let begin = if self.is_empty { "\n    " } else { ",\n    " };
        self.is_empty = false;
        self.draft.add(begin.as_bytes())?;
        self.draft.add(json.as_bytes())
    }

    /// Ends the list.
    pub(super) fn close(&mut self) -> Result<()> {
        self.draft.add(if self.is_empty { b"]" } else { b"\n  ]" })
    }

    /// Ends the object.
    pub(super) fn finish(mut self) -> Result<Draft> {
        self.draft.add(b"\n}\n")?;
        Ok(self.draft)
    }
}

/// An entry of a list, as far to the right as it stands in the file.
pub(super) fn entry(value: &impl Serialize) -> Result<String> {
    let mut formatter = PrettyFormatter::new();
    // It stands in a list in an object. What goes nowhere cannot fail.
    let _ = formatter.begin_object(&mut io::sink());
    let _ = formatter.begin_array(&mut io::sink());
    let mut json = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut json, formatter))?;
    Ok(String::from_utf8(json).unwrap_or_default())
}

/// The same, with all lines but the first moved in.
fn indented(json: &str, by: &str) -> String {
    let mut text = String::with_capacity(json.len() + json.len() / 4);
    for (i, line) in json.lines().enumerate() {
        if i > 0 {
            text.push('\n');
            text.push_str(by);
        }
        text.push_str(line);
    }
    text
}
