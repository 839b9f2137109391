//! A list of ours that somebody filled in: read back like any workbook from outside.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::diag::{Code, Place};
use crate::error::{Error, Result};
use crate::questionnaire::{Book, CellValue, Limits, Sheet};
use crate::report::{FORM_HEAD, FORM_META};

use super::digest::digest;
use super::input;

/// A filled list.
pub(super) struct Filled {
    pub(super) file: Arc<str>,
    pub(super) sha256: String,
    pub(super) meta: BTreeMap<String, String>,
    pub(super) rows: Vec<FilledRow>,
}

/// One of its rows.
pub(super) struct FilledRow {
    /// As Excel counts.
    pub(super) number: u32,
    pub(super) place: Place,
    cells: BTreeMap<String, CellValue>,
}

impl FilledRow {
    /// What stands in a column.
    pub(super) fn value(&self, column: &str) -> Option<&CellValue> {
        self.cells.get(column)
    }

    /// The same as text, without the white space around it.
    pub(super) fn text(&self, column: &str) -> Option<String> {
        self.value(column).map(|v| v.raw().trim().to_owned()).filter(|t| !t.is_empty())
    }
}

/// Opens a workbook of ours that somebody filled in, of whatever kind; with the digest of its bytes.
pub(super) fn open(path: &Path) -> Result<(Book, String)> {
    let file: Arc<str> = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default().into();
    // A list has a row for every cell that needs an eye, of however many files.
    let mut limits = Limits::default();
    (limits.rows, limits.cells, limits.strings) = (1_048_576, 8_000_000, 8_000_000);
    (limits.strings_mib, limits.text_mib, limits.seconds) = (256, 256, 300);
    let cannot = |why: String| Error::NoInput(format!("{}: {why}", path.display()));
    let bytes = input::read(path, &file, &limits).map_err(|d| cannot(d.message_without_options()))?;
    let book = Book::open(&bytes, &file, &limits).map_err(|d| cannot(d.message_without_options()))?;
    if book.notes.iter().any(|d| d.code == Code::CellsBeyond) {
        return Err(cannot(
            "it has cells outside of what lygte reads; put nothing far to the right or below".to_owned(),
        ));
    }
    Ok((book, digest(&bytes)))
}

/// Reads a list of a kind, such as `lygte/review/1`.
pub(super) fn read(path: &Path, kind: &str) -> Result<Filled> {
    let (book, sha256) = open(path)?;
    let file = book.file.clone();
    let cannot = |why: String| Error::NoInput(format!("{}: {why}", path.display()));
    let foreign = || cannot(format!("this is no list of the kind {kind}"));
    let meta: BTreeMap<String, String> = book.sheet(FORM_META).map(pairs).unwrap_or_default();
    if meta.get("format").map(String::as_str) != Some(kind) {
        return Err(foreign());
    }
    let sheet = book.sheets.iter().find(|s| !s.name.starts_with('_')).ok_or_else(foreign)?;
    let columns: BTreeMap<u32, String> =
        sheet.cells.rows(..1).map(|((_, column), value)| (*column, value.raw())).collect();
    if columns.is_empty() {
        return Err(cannot("its first, hidden row is gone; make the list anew and copy the answers over".to_owned()));
    }
    let mut rows: BTreeMap<u32, BTreeMap<String, CellValue>> = BTreeMap::new();
    for ((row, column), value) in sheet.cells.rows(FORM_HEAD..) {
        if let Some(id) = columns.get(column) {
            rows.entry(*row).or_default().insert(id.clone(), value.clone());
        }
    }
    let rows = rows
        .into_iter()
        .map(|(row, cells)| FilledRow {
            number: row.saturating_add(1),
            place: Place::Cell { file: file.clone(), sheet: sheet.name.clone(), row, column: 0 },
            cells,
        })
        .collect();
    Ok(Filled { file, sha256, meta, rows })
}

fn pairs(sheet: &Sheet) -> BTreeMap<String, String> {
    let keys = sheet.cells.iter().filter(|((_, column), _)| *column == 0);
    keys.filter_map(|((row, _), key)| Some((key.raw(), sheet.get(*row, 1)?.raw()))).collect()
}
