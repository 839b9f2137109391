//! Places: in a text file, in a workbook, or a whole file.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Where something is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// In a text file.
    Text {
        /// The file.
        file: Arc<str>,
        /// The file's text, to show the line.
        text: Arc<str>,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// Bytes from the start of the text.
        offset: usize,
        /// Length in bytes.
        length: usize,
    },
    /// A cell of a workbook.
    Cell {
        /// The file.
        file: Arc<str>,
        /// The sheet.
        sheet: Arc<str>,
        /// Row, from 0.
        row: u32,
        /// Column, from 0.
        column: u32,
    },
    /// A sheet of a workbook.
    Sheet {
        /// The file.
        file: Arc<str>,
        /// The sheet.
        sheet: Arc<str>,
    },
    /// A whole file.
    File(Arc<str>),
}

impl Place {
    /// The file.
    pub fn file(&self) -> &str {
        match self {
            Self::Text { file, .. } | Self::Cell { file, .. } | Self::Sheet { file, .. } | Self::File(file) => file,
        }
    }

    /// Gives the file another name.
    pub fn rename(&mut self, name: &Arc<str>) {
        match self {
            Self::Text { file, .. } | Self::Cell { file, .. } | Self::Sheet { file, .. } | Self::File(file) => {
                *file = Arc::clone(name);
            }
        }
    }

    /// The place within its file: `E9` of which sheet, or line and column.
    pub fn within(&self) -> String {
        match self {
            Self::Text { line, column, .. } => format!("{line}:{column}"),
            Self::Cell { sheet, row, column, .. } => {
                let mut name = String::with_capacity(sheet.len() + 16);
                push_cell(&mut name, sheet, *row, *column);
                name
            }
            Self::Sheet { sheet, .. } => quoted(sheet),
            Self::File(_) => String::new(),
        }
    }
}

/// `workbook!'Sheet'!E9`
pub(crate) fn cell_name(file: &str, sheet: &str, row: u32, column: u32) -> String {
    let mut name = String::with_capacity(file.len() + sheet.len() + 16);
    name.push_str(file);
    name.push('!');
    push_cell(&mut name, sheet, row, column);
    name
}

/// Adds `'Sheet'!E9`.
fn push_cell(name: &mut String, sheet: &str, row: u32, column: u32) {
    name.push('\'');
    if sheet.contains('\'') {
        name.push_str(&sheet.replace('\'', "''"));
    } else {
        name.push_str(sheet);
    }
    name.push_str("'!");
    push_spot(name, row, column);
}

/// Adds `E9`.
pub(crate) fn push_spot(to: &mut String, row: u32, column: u32) {
    push_column(to, column);
    push_number(to, u64::from(row) + 1);
}

/// Adds a whole number.
fn push_number(to: &mut String, n: u64) {
    to.push_str(itoa::Buffer::new().format(n));
}

fn push_column(to: &mut String, column: u32) {
    if let Some(before) = (column / 26).checked_sub(1) {
        push_column(to, before);
    }
    to.push(char::from(b'A' + u8::try_from(column % 26).unwrap_or_default()));
}

/// `file:line:column`, `workbook!'Sheet'!E9`, or the file.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { file, line, column, .. } => write!(f, "{file}:{line}:{column}"),
            Self::Cell { file, sheet, row, column } => f.write_str(&cell_name(file, sheet, *row, *column)),
            Self::Sheet { file, sheet } => write!(f, "{file}!{}", quoted(sheet)),
            Self::File(file) => f.write_str(file),
        }
    }
}

fn quoted(sheet: &str) -> String {
    format!("'{}'", sheet.replace('\'', "''"))
}

/// The letters of a column: 0 is `A`, 26 is `AA`.
pub fn column_name(column: u32) -> String {
    let mut name = String::new();
    push_column(&mut name, column);
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns() {
        for (n, name) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")] {
            assert_eq!(column_name(n), name);
        }
    }

    #[test]
    fn cell_place() {
        let place = Place::Cell { file: "a.xlsx".into(), sheet: "Bo's".into(), row: 8, column: 4 };
        assert_eq!(place.to_string(), "a.xlsx!'Bo''s'!E9");
        assert_eq!(place.within(), "'Bo''s'!E9");
        let place = Place::Cell { file: "".into(), sheet: "A".into(), row: u32::MAX, column: 26 };
        assert_eq!(place.to_string(), "!'A'!AA4294967296");
        assert_eq!(place.within(), "'A'!AA4294967296");
    }
}
