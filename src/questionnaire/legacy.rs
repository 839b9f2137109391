//! Old formats, turned into the canonical workbook: .xls and .ods, read by calamine without a guard in front. Only for a
//! process of its own with limited memory and time; what comes out goes through the guard like any other file.

use std::io::Cursor;

use calamine::{Data, Ods, Reader, SheetVisible, Xls};

use super::guard::{Canonical, Formats, Legacy, legacy};

/// Why an old file could not be turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegacyFault {
    /// It is protected with a password.
    Encrypted,
    /// It cannot be read to its end.
    Broken,
}

/// Turns an .xls or .ods file into an .xlsx workbook with the same values.
///
/// A hostile file may fill the memory, panic, or take for ever: limit the process that calls this.
///
/// # Errors
/// If the file is of neither format, is protected or cannot be read.
pub fn convert_legacy(bytes: &[u8]) -> Result<Vec<u8>, LegacyFault> {
    let bytes = Cursor::new(bytes);
    match legacy(bytes.get_ref()) {
        Some(Legacy::Xls) => match Xls::new(bytes) {
            Ok(book) => convert(book),
            Err(calamine::XlsError::Password) => Err(LegacyFault::Encrypted),
            Err(_) => Err(LegacyFault::Broken),
        },
        Some(Legacy::Ods) => match Ods::new(bytes) {
            Ok(book) => convert(book),
            Err(calamine::OdsError::Password) => Err(LegacyFault::Encrypted),
            Err(_) => Err(LegacyFault::Broken),
        },
        None => Err(LegacyFault::Broken),
    }
}

fn convert<'b>(mut book: impl Reader<Cursor<&'b [u8]>>) -> Result<Vec<u8>, LegacyFault> {
    let mut canonical = Canonical::new(0);
    for sheet in book.sheets_metadata().to_vec() {
        // Charts and macro sheets have no cells.
        let Ok(range) = book.worksheet_range(&sheet.name) else { continue };
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let row = u32::try_from(row).ok().and_then(|r| r.checked_add(top));
            let column = u32::try_from(column).ok().and_then(|c| c.checked_add(left));
            let (Some(row), Some(column)) = (row, column) else { return Err(LegacyFault::Broken) };
            put(&mut canonical, (row, column), value);
        }
        canonical.end_sheet(&sheet.name, sheet.visible != SheetVisible::Visible);
    }
    canonical.finish(&Formats::default(), false).map_err(|_| LegacyFault::Broken)
}

fn put(canonical: &mut Canonical, at: (u32, u32), value: &Data) {
    match value {
        Data::Empty => {}
        Data::Int(n) => canonical.number(at, &n.to_string(), None),
        Data::Float(x) => canonical.number(at, &x.to_string(), None),
        Data::Bool(b) => canonical.bool(at, *b),
        Data::String(t) | Data::DurationIso(t) => {
            canonical.text(at, &literal(t));
        }
        Data::DateTime(moment) if moment.is_datetime() && (1.0..100_000.0).contains(&moment.as_f64()) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            canonical.date(at, &format!("{year:04}-{month:02}-{day:02}"));
        }
        Data::DateTime(moment) => canonical.number(at, &moment.as_f64().to_string(), None),
        Data::DateTimeIso(t) => match t.get(..10).and_then(|d| d.parse::<jiff::civil::Date>().ok()) {
            Some(date) => canonical.date(at, &date.to_string()),
            None => {
                canonical.text(at, &literal(t));
            }
        },
        Data::Error(e) => canonical.error(at, &e.to_string()),
    }
}

/// Text as .xlsx writes it: what XML cannot hold is left out, and what looks like the format's own escape is escaped.
fn literal(text: &str) -> String {
    let text = text.replace("_x", "_x005F_x");
    text.chars().filter(|c| *c >= ' ' && !matches!(c, '\u{FFFE}' | '\u{FFFF}') || matches!(c, '\t' | '\n')).collect()
}
