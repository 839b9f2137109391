//! `actions.csv`: the action plan for other programs, row by row.
//!
//! What a spreadsheet program could take for a formula gets a `'` in front; whoever reads the file by program takes it
//! away again where one of `= + - @`, a tab or a line end follows.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

use super::{Views, work};
use crate::error::{Error, Result};
use crate::model::Exact;

/// Names of its columns, for programs, in every language the same. `status`, `owner`, `due` and `note` are to be filled in.
const COLUMNS: [&str; 14] = [
    "id",
    "supplier_id",
    "supplier",
    "urgency",
    "number",
    "about",
    "what",
    "why",
    "evidence",
    "potential",
    "status",
    "owner",
    "due",
    "note",
];

/// Its first line.
pub fn plan_csv_head() -> String {
    COLUMNS.join(",") + "\r\n"
}

/// The lines of a supplier, in UTF-8.
///
/// # Errors
/// If they cannot be put together.
pub fn plan_csv(views: &Views<'_>) -> Result<Vec<u8>> {
    let dossier = views.scored.dossier;
    let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::with_capacity(1 << 15));
    let failed = |e: &dyn std::fmt::Display| Error::Workbook(e.to_string());
    for task in views.plan() {
        let record: [&str; COLUMNS.len()] = [
            &task.id,
            &dossier.id,
            &dossier.name,
            task.when,
            &task.numbers(views.say),
            &work::in_a_cell(&task.about),
            task.what,
            task.why.unwrap_or_default(),
            &work::in_a_cell(&task.evidence),
            &task.exact.as_ref().map(Exact::shown).unwrap_or_default(),
            "",
            "",
            "",
            "",
        ];
        for field in record {
            out.write_field(&*guarded(field)).map_err(|e| failed(&e))?;
        }
        out.write_record(None::<&[u8]>).map_err(|e| failed(&e))?;
    }
    out.into_inner().map_err(|e| failed(&e))
}

/// A text that no spreadsheet program takes for a formula: not by its first sign, not by one after blanks or signs that
/// are not seen, not by one that is only wider.
fn guarded(text: &str) -> Cow<'_, str> {
    // Most begin like this, if at all.
    if text.bytes().next().is_none_or(|first| first.is_ascii_alphanumeric()) {
        return Cow::Borrowed(text);
    }
    let is_unseen = |c: &char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{AD}')
    };
    let first = text.chars().find(|c| !is_unseen(c));
    let begins = first
        .and_then(|c| if c.is_ascii() { Some(c) } else { c.nfkc().next() })
        .is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '\u{2212}'));
    if begins || text.starts_with(['\t', '\r', '\n']) { Cow::Owned(["'", text].concat()) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_begins_a_formula() {
        for text in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\rx",
            " =1",
            "\u{200B}=1",
            "\u{FF1D}1",
            "\u{FF20}x",
            "\n-1",
            "\u{a0}+1",
        ] {
            assert_eq!(guarded(text), format!("'{text}"), "{text:?}");
        }
        for text in ["", "a=1", "'=1", "Æ", "1-2", "(=1)", "🏗️"] {
            assert_eq!(guarded(text), text);
        }
    }
}
