//! The cells of a workbook, sparse and bounded. The only place that knows calamine, beside supplier lists.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use calamine::{DataRef, Reader as _, Xlsx};

use crate::diag::{Code, Diagnostic, Place};
use crate::model::Cell;

use super::guard::{self, Limits};

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum CellValue {
    /// Text, as it stands.
    Text(String),
    /// A number, in its shortest decimal form.
    Number(String),
    /// TRUE or FALSE.
    Bool(bool),
    /// A date, `YYYY-MM-DD`.
    Date(String),
    /// An error value.
    Error(String),
    /// A formula that was saved without its result.
    Formula,
}

impl CellValue {
    /// The text of it, as the ledger shows it.
    pub fn raw(&self) -> String {
        match self {
            Self::Text(t) | Self::Number(t) | Self::Date(t) | Self::Error(t) => t.clone(),
            Self::Bool(b) => if *b { "TRUE" } else { "FALSE" }.to_owned(),
            Self::Formula => "=".to_owned(),
        }
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(t) => Some(t),
            _ => None,
        }
    }
}

/// A sheet's filled cells, by row and column from 0.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Its name.
    pub name: Arc<str>,
    /// Its cells.
    pub cells: BTreeMap<(u32, u32), CellValue>,
}

impl Sheet {
    /// What stands in a cell.
    pub fn get(&self, row: u32, column: u32) -> Option<&CellValue> {
        self.cells.get(&(row, column))
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
    /// Cells beyond the limits were left out of account.
    pub beyond: bool,
}

impl Book {
    /// Reads the cells of a workbook.
    ///
    /// # Errors
    /// One diagnostic that says why nothing of it can be used.
    pub fn open(bytes: &[u8], file: &Arc<str>, limits: &Limits) -> Result<Self, Box<Diagnostic>> {
        guard::check(bytes, file, limits)?;
        let damaged = |problem| {
            Box::new(Diagnostic::new(Code::DamagedWorkbook, Place::File(file.clone())).phrase("problem", problem))
        };
        let mut xlsx: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| damaged("parts-apart"))?;
        let names = xlsx.sheet_names();
        if names.len() > limits.sheets {
            return Err(damaged("too-many-sheets"));
        }
        let mut book = Self { file: file.clone(), sheets: Vec::new(), modified: None, beyond: false };
        let mut count = 0_usize;
        for name in names {
            let mut sheet = Sheet { name: name.as_str().into(), cells: BTreeMap::new() };
            // Charts and macro sheets have no cells.
            let Ok(mut reader) = xlsx.worksheet_cells_reader(&name) else { continue };
            let bad = |_| damaged("sheet-broken");
            while let Some(record) = reader.next_cell_with_formula_metadata().map_err(bad)? {
                let value = match (value(&record.value), record.formula.is_some()) {
                    (Some(value), _) => value,
                    (None, true) => CellValue::Formula,
                    (None, false) => continue,
                };
                let (row, column) = record.pos;
                if row >= limits.rows || column >= limits.columns {
                    book.beyond = true;
                    continue;
                }
                count += 1;
                if count > limits.cells {
                    return Err(damaged("too-many-cells"));
                }
                sheet.cells.insert((row, column), value);
            }
            book.sheets.push(sheet);
        }
        book.modified = xlsx.workbook_properties().ok().and_then(|p| p.modified);
        Ok(book)
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
            x if moment.is_datetime() && x >= 1.0 => {
                let (year, month, day, ..) = moment.to_ymd_hms_milli();
                CellValue::Date(format!("{year:04}-{month:02}-{day:02}"))
            }
            x => number(x),
        },
        DataRef::DateTimeIso(t) => CellValue::Date(t.chars().take(10).collect()),
        DataRef::DurationIso(t) => CellValue::Text(t.clone()),
        DataRef::Error(e) => CellValue::Error(e.to_string()),
    })
}

/// A cell of white space only is blank.
fn text(text: &str) -> Option<CellValue> {
    if text.chars().all(super::fold::is_blank) { None } else { Some(CellValue::Text(text.to_owned())) }
}

fn number(x: f64) -> CellValue {
    if x.is_finite() { CellValue::Number(x.to_string()) } else { CellValue::Error("not a number".to_owned()) }
}
