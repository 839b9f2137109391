//! `results.json`, put together piece by piece, so that memory does not grow with it.

use serde::Serialize;

use crate::error::Result;
use crate::model::{Method, Reference};
use crate::report::{
    ExposureTable, FileRecord, FileResult, LedgerResult, MethodId, ReminderResult, ReviewResult, SCHEMA,
};

use super::disk::Draft;

/// What stands before the suppliers.
#[derive(Serialize)]
pub(super) struct Head<'a> {
    schema: &'a str,
    method: MethodId,
    files: Vec<FileResult>,
    ledger: LedgerResult,
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<ReviewResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country_exposure: Option<ExposureTable>,
}

impl Head<'_> {
    pub(super) fn new(
        reference: &Reference,
        method: &Method,
        files: &[FileRecord],
        ledger: LedgerResult,
        review: Option<ReviewResult>,
    ) -> Self {
        let files = files.iter().map(FileResult::of).collect();
        Self {
            schema: SCHEMA,
            method: MethodId::of(method),
            files,
            ledger,
            review,
            country_exposure: ExposureTable::of(reference),
        }
    }
}

pub(super) struct JsonWriter {
    draft: Draft,
    first: bool,
}

impl JsonWriter {
    pub(super) fn new(mut draft: Draft, head: &Head<'_>) -> Result<Self> {
        let mut text = serde_json::to_string_pretty(head)?;
        // The closing brace makes room for the suppliers.
        text.truncate(text.trim_end().trim_end_matches('}').trim_end().len());
        text.push_str(",\n  \"suppliers\": [");
        draft.write(text.as_bytes())?;
        Ok(Self { draft, first: true })
    }

    pub(super) fn supplier(&mut self, json: &str) -> Result<()> {
        let mut text = String::with_capacity(json.len() + json.len() / 4);
        text.push_str(if self.first { "\n" } else { ",\n" });
        self.first = false;
        for (i, line) in json.lines().enumerate() {
            if i > 0 {
                text.push('\n');
            }
            text.push_str("    ");
            text.push_str(line);
        }
        self.draft.write(text.as_bytes())
    }

    /// Ends it with the reminders, which are known when all suppliers are.
    pub(super) fn finish(mut self, reminders: &[ReminderResult]) -> Result<Draft> {
        let reminders = serde_json::to_string_pretty(reminders)?.replace('\n', "\n  ");
        let end = if self.first { "]" } else { "\n  ]" };
        self.draft.write(format!("{end},\n  \"reminders\": {reminders}\n}}\n").as_bytes())?;
        Ok(self.draft)
    }
}
