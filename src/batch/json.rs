//! A JSON file, put together piece by piece, so that memory does not grow with it.

use serde::Serialize;

use crate::error::Result;

use super::disk::Draft;

/// An object as it grows: fields, indented, and lists whose entries come one by one, each on a line of its own, so that
/// tools which go by lines can tell two runs apart supplier by supplier.
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
        self.draft.add(serde_json::to_string_pretty(value)?.replace('\n', "\n  ").as_bytes())
    }

    /// Begins a list.
    pub(super) fn open(&mut self, name: &str) -> Result<()> {
        self.name(name)?;
        self.is_empty = true;
        self.draft.add(b"[")
    }

    /// The next of the open list, as JSON without line breaks.
    pub(super) fn entry(&mut self, json: &[u8]) -> Result<()> {
        let begin = if self.is_empty { "\n    " } else { ",\n    " };
        self.is_empty = false;
        self.draft.add(begin.as_bytes())?;
        self.draft.add(json)
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
