//! The cells of a workbook, sparse and bounded. The only place that knows calamine, beside supplier lists.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Cursor;
use std::ops::{Bound, Deref, Range as Within, RangeBounds};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use calamine::{DataRef, Reader as _, Xlsx};

use crate::diag::{Code, Diagnostic, Place};
use crate::model::Cell;

use super::guard::{self, CleanSheet, Limits};

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum CellValue {
    /// Text, as it stands.
    Text(CellText),
    /// A number, in its shortest decimal form.
    Number(String),
    /// TRUE or FALSE.
    Bool(bool),
    /// A date, `YYYY-MM-DD`.
    Date(String),
    /// An error value, or something that is no value.
    Error(String),
    /// A formula that was saved without its result.
    Formula,
}

/// The text of a cell: its own, or one of those that the cells of a workbook share.
#[derive(Clone)]
pub struct CellText(Said);

#[derive(Clone)]
enum Said {
    Own(String),
    Shared(Arc<String>, Within<usize>),
}

impl CellText {
    /// The part of a table of texts that stands there, if there is such a part.
    pub(super) fn part(table: &Arc<String>, at: Within<usize>) -> Option<Self> {
        table.get(at.clone())?;
        Some(Self(Said::Shared(Arc::clone(table), at)))
    }
}

impl Deref for CellText {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            Said::Own(text) => text,
            Said::Shared(table, at) => table.get(at.clone()).unwrap_or_default(),
        }
    }
}

impl<T: Into<String>> From<T> for CellText {
    fn from(text: T) -> Self {
        Self(Said::Own(text.into()))
    }
}

impl PartialEq for CellText {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl fmt::Debug for CellText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl CellValue {
    /// The text of it, as the ledger shows it.
    pub fn shown(&self) -> &str {
        match self {
            Self::Text(t) => t,
            Self::Number(t) | Self::Date(t) | Self::Error(t) => t,
            Self::Bool(true) => "TRUE",
            Self::Bool(false) => "FALSE",
            Self::Formula => "=",
        }
    }

    /// The same, to keep.
    pub fn raw(&self) -> String {
        self.shown().to_owned()
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(t) => Some(t),
            _ => None,
        }
    }
}

/// Merged cells, by row and column from 0, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// First row.
    pub top: u32,
    /// First column.
    pub left: u32,
    /// Last row.
    pub bottom: u32,
    /// Last column.
    pub right: u32,
}

impl Range {
    /// Whether a cell is one of them.
    pub fn contains(&self, row: u32, column: u32) -> bool {
        (self.top..=self.bottom).contains(&row) && (self.left..=self.right).contains(&column)
    }
}

/// How a sheet is shown: what of it a person does not see.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The sheet is hidden.
    pub hidden: bool,
    /// Hidden rows, by a filter or by hand.
    pub hidden_rows: BTreeSet<u32>,
    /// Hidden columns, from and to.
    pub hidden_columns: Vec<(u32, u32)>,
    /// Merged cells; only the first of each is shown.
    pub merges: Vec<Range>,
    /// Filled cells whose number format shows nothing.
    pub invisible: BTreeSet<(u32, u32)>,
}

/// Filled cells by row and column from 0, in their order.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    all: Vec<((u32, u32), CellValue)>,
    /// Where among them each row begins, up to the last one and its end: they are asked for again and again.
    starts: Vec<usize>,
}

/// In whatever order they come. No two of them have the same place.
impl FromIterator<((u32, u32), CellValue)> for Cells {
    fn from_iter<I: IntoIterator<Item = ((u32, u32), CellValue)>>(cells: I) -> Self {
        let mut all: Vec<_> = cells.into_iter().collect();
        all.sort_by_key(|(at, _)| *at);
        let mut starts = Vec::new();
        for (n, ((row, _), _)) in all.iter().enumerate() {
            starts.resize(starts.len().max(index(*row) + 1), n);
        }
        starts.push(all.len());
        Self { all, starts }
    }
}

fn index(row: u32) -> usize {
    usize::try_from(row).unwrap_or(usize::MAX)
}

impl Cells {
    /// How many of them stand before a row.
    fn before(&self, row: u32) -> usize {
        self.starts.get(index(row)).copied().unwrap_or(self.all.len())
    }

    /// Those of some rows, from the first to before the last.
    fn between(&self, from: u32, to: Option<u32>) -> &[((u32, u32), CellValue)] {
        let to = to.map_or(self.all.len(), |to| self.before(to));
        self.all.get(self.before(from)..to).unwrap_or_default()
    }

    /// What stands in a cell.
    pub fn get(&self, row: u32, column: u32) -> Option<&CellValue> {
        let cells = self.between(row, row.checked_add(1));
        let at = cells.binary_search_by_key(&column, |((_, column), _)| *column).ok()?;
        cells.get(at).map(|(_, value)| value)
    }

    /// Puts something into a cell, or empties it.
    pub fn set(&mut self, row: u32, column: u32, value: Option<CellValue>) {
        let others = std::mem::take(&mut self.all).into_iter().filter(|(at, _)| *at != (row, column));
        *self = others.chain(value.map(|value| ((row, column), value))).collect();
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&(u32, u32), &CellValue)> + Clone {
        self.all.iter().map(|(at, value)| (at, value))
    }

    /// All of them, row by row.
    pub(super) fn by_row(&self) -> impl Iterator<Item = &[((u32, u32), CellValue)]> {
        self.all.chunk_by(|((one, _), _), ((next, _), _)| one == next)
    }

    /// Those of some rows.
    pub fn rows(&self, rows: impl RangeBounds<u32>) -> impl Iterator<Item = (&(u32, u32), &CellValue)> {
        let from = match rows.start_bound() {
            Bound::Included(row) => *row,
            Bound::Excluded(row) => row.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let to = match rows.end_bound() {
            Bound::Included(row) => row.checked_add(1),
            Bound::Excluded(row) => Some(*row),
            Bound::Unbounded => None,
        };
        self.between(from, to).iter().map(|(at, value)| (at, value))
    }
}

/// A sheet's filled cells, by row and column from 0.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Its name.
    pub name: Arc<str>,
    /// Its cells.
    pub cells: Cells,
    /// How it is shown.
    pub view: View,
}

impl Sheet {
    /// What stands in a cell.
    pub fn get(&self, row: u32, column: u32) -> Option<&CellValue> {
        self.cells.get(row, column)
    }
}

/// A workbook's cells.
#[derive(Clone, Debug)]
pub struct Book {
    /// The file, as named in results.
    pub file: Arc<str>,
    /// Its sheets, in order.
    pub sheets: Vec<Sheet>,
    /// Modification date in the file's own properties.
    pub modified: Option<String>,
    /// What is to be said about the file itself.
    pub notes: Vec<Diagnostic>,
}

impl Book {
    /// Reads the cells of a workbook, behind the guard.
    ///
    /// # Errors
    /// One diagnostic that says why nothing of it can be used.
    pub fn open(bytes: &[u8], file: &Arc<str>, limits: &Limits) -> Result<Self, Box<Diagnostic>> {
        let clean = guard::check(bytes, file, limits)?;
        // What the guard hands on cannot make calamine fail; should it, that costs this file and no other.
        let sheets = catch_unwind(AssertUnwindSafe(|| sheets(clean.canonical, clean.sheets))).ok().flatten();
        let Some(sheets) = sheets else {
            return Err(Box::new(Diagnostic::new(Code::InternalFault, Place::File(file.clone()))));
        };
        Ok(Self { file: file.clone(), sheets, modified: clean.modified, notes: clean.notes })
    }

    /// The sheet of that name, whatever its case and whether hidden or not.
    pub fn sheet(&self, name: &str) -> Option<&Sheet> {
        self.sheets.iter().find(|s| s.name.trim().eq_ignore_ascii_case(name))
    }

    /// A cell of it.
    pub(super) fn cell(&self, sheet: usize, row: u32, column: u32) -> Cell {
        Cell { file: self.file.clone(), sheet: self.sheets[sheet].name.clone(), row, column }
    }
}

/// The sheets with all their cells: those that the guard read, and those of the canonical workbook.
fn sheets(canonical: Option<Vec<u8>>, clean: Vec<CleanSheet>) -> Option<Vec<Sheet>> {
    let mut xlsx: Option<Xlsx<_>> = match canonical {
        Some(bytes) => Some(Xlsx::new(Cursor::new(bytes)).ok()?),
        None => None,
    };
    let mut sheets = Vec::new();
    for (number, CleanSheet { name, view, mut cells }) in (1..).zip(clean) {
        if let Some(xlsx) = &mut xlsx {
            let mut reader = xlsx.worksheet_cells_reader(&number.to_string()).ok()?;
            while let Some(cell) = reader.next_cell().ok()? {
                if let Some(value) = value(cell.get_value()) {
                    cells.push((cell.get_position(), value));
                }
            }
        }
        sheets.push(Sheet { name, cells: cells.into_iter().collect(), view });
    }
    Some(sheets)
}

/// Dates outside of these years are kept as numbers: programs disagree about those around 1900.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2100;

fn value(data: &DataRef<'_>) -> Option<CellValue> {
    Some(match data {
        DataRef::Empty => return None,
        DataRef::Int(n) => CellValue::Number(n.to_string()),
        DataRef::Float(x) => number(*x),
        DataRef::String(t) => return text(t),
        DataRef::SharedString(t) => return text(t),
        DataRef::Bool(b) => CellValue::Bool(*b),
        DataRef::DateTime(moment) => match moment.as_f64() {
            // Excel shows a duration or a time of day as a date too; neither is one.
            x if moment.is_datetime() && (1.0..100_000.0).contains(&x) => {
                let (year, month, day, ..) = moment.to_ymd_hms_milli();
                if YEARS.contains(&i16::try_from(year).unwrap_or_default()) {
                    CellValue::Date(format!("{year:04}-{month:02}-{day:02}"))
                } else {
                    number(x)
                }
            }
            x => number(x),
        },
        DataRef::DateTimeIso(t) => iso_date(t),
        DataRef::DurationIso(t) => CellValue::Text(t.as_str().into()),
        DataRef::Error(e) => CellValue::Error(e.to_string()),
    })
}

/// A date as it is written, `2026-11-24` or `2026-11-24T12:00:00`; as text, if it is none.
pub(super) fn iso_date(written: &str) -> CellValue {
    let day = written.get(..10).and_then(|d| d.parse::<jiff::civil::Date>().ok());
    match day.filter(|d| YEARS.contains(&d.year())) {
        Some(day) => CellValue::Date(day.to_string()),
        None => CellValue::Text(written.into()),
    }
}

/// A cell of white space only is blank.
pub(super) fn text(text: &str) -> Option<CellValue> {
    if is_blank(text) { None } else { Some(CellValue::Text(text.into())) }
}

/// The same of a text that cells share.
pub(super) fn shared(text: CellText) -> Option<CellValue> {
    if is_blank(&text) { None } else { Some(CellValue::Text(text)) }
}

fn is_blank(text: &str) -> bool {
    text.chars().all(super::fold::is_blank)
}

/// A number, if it is one.
pub(super) fn number(x: f64) -> CellValue {
    if x.is_finite() { CellValue::Number(x.to_string()) } else { CellValue::Error("not a number".to_owned()) }
}
