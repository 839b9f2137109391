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

/// What stands behind the suppliers and the files: it is known when all suppliers are done.
#[derive(Serialize)]
struct Tail {
    ledger: LedgerResult,
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<ReviewResult>,
    reminders: Vec<ReminderResult>,
}

/// The file as it grows. The list of suppliers is open from the beginning.
pub(super) struct JsonWriter {
    draft: Draft,
    /// Nothing stands in the open list.
    is_empty: bool,
}

impl JsonWriter {
    pub(super) fn new(mut draft: Draft, head: &Head<'_>) -> Result<Self> {
        let head = serde_json::to_string_pretty(head)?;
        // The closing brace makes room for more.
        draft.write(head.trim_end_matches('}').trim_end().as_bytes())?;
        let mut out = Self { draft, is_empty: true };
        out.open("suppliers")?;
        Ok(out)
    }

    fn open(&mut self, list: &str) -> Result<()> {
        self.is_empty = true;
        self.draft.write(format!(",\n  \"{list}\": [").as_bytes())
    }

    fn close(&mut self) -> Result<()> {
        self.draft.write(if self.is_empty { b"]" } else { b"\n  ]" })
    }

    /// The next of the open list.
    pub(super) fn entry(&mut self, json: &str) -> Result<()> {
        let mut text = String::with_capacity(json.len() + json.len() / 4);
        text.push_str(if self.is_empty { "\n" } else { ",\n" });
        self.is_empty = false;
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
    pub(super) fn finish(mut self, summary: &Summary, reminders: &[Reminder]) -> Result<Draft> {
        self.close()?;
        self.open("files")?;
        for file in &summary.files {
            self.entry(&serde_json::to_string_pretty(&FileResult::of(file))?)?;
        }
        self.close()?;
        let invited = summary.invited.as_ref().map(|(n, waiting)| (*n, waiting.as_slice()));
        let tail = serde_json::to_string_pretty(&Tail {
            ledger: LedgerResult::of(&summary.ledger, invited),
            review: summary.review.as_ref().map(ReviewResult::of),
            reminders: reminders.iter().map(ReminderResult::of).collect(),
        })?;
        // The opening brace stands at the beginning of the file.
        self.draft.write(format!(",{}\n", tail.trim_start_matches('{')).as_bytes())?;
        Ok(self.draft)
    }
}
