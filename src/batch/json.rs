//! `results.json`, put together piece by piece, so that memory does not grow with it.

use serde::Serialize;

use crate::error::Result;
use crate::model::{Method, Reference};
use crate::report::{
    ExposureTable, FileResult, LedgerResult, MethodId, Reminder, ReminderResult, ReviewResult, SCHEMA,
};

use super::Summary;
use super::disk::Draft;

/// What stands before the suppliers.
#[derive(Serialize)]
pub(super) struct Head<'a> {
    schema: &'a str,
    method: MethodId,
    #[serde(skip_serializing_if = "Option::is_none")]
    country_exposure: Option<ExposureTable>,
}

impl Head<'_> {
    pub(super) fn new(reference: &Reference, method: &Method) -> Self {
        Self { schema: SCHEMA, method: MethodId::of(method), country_exposure: ExposureTable::of(reference) }
    }
}

/// What is known when all suppliers are done.
#[derive(Serialize)]
pub(super) struct Tail {
    reminders: Vec<ReminderResult>,
    files: Vec<FileResult>,
    ledger: LedgerResult,
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<ReviewResult>,
}

impl Tail {
    pub(super) fn new(summary: &Summary, reminders: &[Reminder]) -> Self {
        let invited = summary.invited.as_ref().map(|(n, waiting)| (*n, waiting.as_slice()));
        Self {
            reminders: reminders.iter().map(ReminderResult::of).collect(),
            files: summary.files.iter().map(FileResult::of).collect(),
            ledger: LedgerResult::of(&summary.ledger, invited),
            review: summary.review.as_ref().map(ReviewResult::of),
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

    /// Ends it with what is known when all suppliers are done.
    pub(super) fn finish(mut self, tail: &Tail) -> Result<Draft> {
        let tail = serde_json::to_string_pretty(tail)?;
        let end = if self.first { "]" } else { "\n  ]" };
        // The opening brace stands at the beginning of the file.
        self.draft.write(format!("{end},{}\n", tail.trim_start_matches('{')).as_bytes())?;
        Ok(self.draft)
    }
}
