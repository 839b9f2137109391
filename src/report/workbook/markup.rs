//! Rows as the XML of a sheet (ISO/IEC 29500, 18.3.1.73 `row`, 18.3.1.4 `c`), written as `rust_xlsxwriter` writes it.
//!
//! A test holds the two against each other, cell for cell.

use std::fmt::Write as _;

use crate::diag::{column_name, push_number};
use crate::model::Table;
use crate::report::sheets::{Column, Value};

use super::height;

/// Rows that get a height of their own: as many as anybody would print.
const FITTED: u32 = 1_000;
/// How many bytes of shared texts are kept; what comes after stands in its cell.
const SHARED: usize = 1 << 20;

/// Numbers of the styles of cells, by kind.
pub(super) struct Styles {
    pub(super) text: u32,
    pub(super) points: u32,
    pub(super) count: u32,
    pub(super) open: u32,
    pub(super) open_date: u32,
}

/// The rows of one list as XML.
pub(super) struct Markup {
    /// What a cell begins with, and the width in characters, by column.
    columns: Vec<(String, u16)>,
    /// What follows the row's number, by kind of cell.
    text: String,
    points: String,
    count: String,
    open: String,
    open_date: String,
}

impl Markup {
    pub(super) fn new(columns: &[Column], styles: &Styles) -> Self {
        let columns =
            (0..).zip(columns).map(|(at, (_, width))| (format!("<c r=\"{}", column_name(at)), *width)).collect();
        let style = |number: u32| format!("\" s=\"{number}\"");
        Self {
            columns,
            text: style(styles.text),
            points: style(styles.points),
            count: style(styles.count),
            open: style(styles.open),
            open_date: style(styles.open_date),
        }
    }

    /// Adds a row, `number` counted from 1.
    pub(super) fn row(&self, out: &mut String, number: u32, cells: &[Value<&str>], shared: &mut Shared) {
        let mut digits = String::with_capacity(8);
        push_number(&mut digits, number.into());
        out.push_str("<row r=\"");
        out.push_str(&digits);
        out.push('"');
        // Not every program fits rows to their text when it opens a file.
        if number <= FITTED + 1 {
            let lines = cells.iter().zip(&self.columns).map(|(cell, (_, width))| cell.lines(*width)).max().unwrap_or(1);
            if lines > 1 {
                let _ = write!(out, " ht=\"{}\" customHeight=\"1\"", height(lines));
            }
        }
        out.push('>');
        for (cell, (begin, _)) in cells.iter().zip(&self.columns) {
            let mut begin = |style: &str| {
                out.push_str(begin);
                out.push_str(&digits);
                out.push_str(style);
            };
            match cell {
                Value::Blank => {}
                Value::Text(text) => {
                    begin(&self.text);
                    inline(out, text);
                }
                Value::Word(text) => {
                    begin(&self.text);
                    shared.cell(out, text);
                }
                Value::Points(number) => {
                    begin(&self.points);
                    out.push_str("><v>");
                    push_hundredths(out, *number);
                    out.push_str("</v></c>");
                }
                Value::Count(number) => {
                    begin(&self.count);
                    out.push_str("><v>");
                    push_number(out, (*number).into());
                    out.push_str("</v></c>");
                }
                Value::Open(Some(text)) => {
                    begin(&self.open);
                    shared.cell(out, text);
                }
                Value::Open(None) => {
                    begin(&self.open);
                    out.push_str("/>");
                }
                Value::OpenDate => {
                    begin(&self.open_date);
                    out.push_str("/>");
                }
            }
        }
        out.push_str("</row>");
    }
}

/// Hundredths as a number, without zeros at its end.
fn push_hundredths(out: &mut String, number: i64) {
    if number < 0 {
        out.push('-');
    }
    let number = number.unsigned_abs();
    push_number(out, number / 100);
    match (number / 10 % 10, number % 10) {
        (0, 0) => {}
        (tenths, 0) => {
            out.push('.');
            push_number(out, tenths);
        }
        (tenths, rest) => {
            out.push('.');
            push_number(out, tenths);
            push_number(out, rest);
        }
    }
}

/// A text in its cell.
fn inline(out: &mut String, text: &str) {
    out.push_str(" t=\"inlineStr\"><is>");
    element(out, text);
    out.push_str("</is></c>");
}

/// Texts that cells share (18.4.9 `sst`), so that a question that a thousand suppliers answered is written once. Of the
/// first that come, as many as fit.
pub(super) struct Shared {
    /// What is left of a cell that shows it, by text.
    places: Table<Box<str>, Box<str>>,
    /// Bytes that may still come.
    pub(super) room: usize,
    next: u32,
    /// As XML, each in its `si`.
    pub(super) items: String,
    /// How many cells show one.
    pub(super) uses: u64,
}

impl Shared {
    /// None yet, the first of which has that number.
    pub(super) fn new(next: u32) -> Self {
        Self { places: Table::default(), room: SHARED, next, items: String::new(), uses: 0 }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.places.len()
    }

    /// What is left of a cell, its text in it or shared.
    fn cell(&mut self, out: &mut String, text: &str) {
        if let Some(rest) = self.places.get(text) {
            self.uses += 1;
            out.push_str(rest);
            return;
        }
        let Some(room) = self.room.checked_sub(text.len()) else { return inline(out, text) };
        self.room = room;
        let rest = format!(" t=\"s\"><v>{}</v></c>", self.next);
        self.next += 1;
        self.uses += 1;
        out.push_str(&rest);
        self.places.add(text.into(), rest.into());
        self.items.push_str("<si>");
        element(&mut self.items, text);
        self.items.push_str("</si>");
    }
}

/// A text as an element `t`.
fn element(out: &mut String, text: &str) {
    let blank = ['\t', '\n', ' '];
    let is_edged = text.starts_with(blank) || text.ends_with(blank);
    out.push_str(if is_edged { "<t xml:space=\"preserve\">" } else { "<t>" });
    escape(out, text);
    out.push_str("</t>");
}

/// Bytes at which it has to be looked whether they can stand as they are.
const NOTABLE: [bool; 256] = {
    let mut notable = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        notable[byte] = !matches!(byte, 0x09 | 0x0A);
        byte += 1;
    }
    notable[b'&' as usize] = true;
    notable[b'<' as usize] = true;
    notable[b'>' as usize] = true;
    notable[b'_' as usize] = true;
    // U+FFFE and U+FFFF begin with it.
    notable[0xEF] = true;
    notable
};

/// Escapes as Excel does: what XML cannot hold is written `_xHHHH_`, and the underscore of a text that looks like that too.
fn escape(out: &mut String, text: &str) {
    let bytes = text.as_bytes();
    // Up to where it is written, and up to where it is looked at.
    let (mut done, mut seen) = (0, 0);
    while let Some(step) = bytes[seen..].iter().position(|byte| NOTABLE[usize::from(*byte)]) {
        let at = seen + step;
        let (length, escaped) = match &bytes[at..] {
            [b'&', ..] => (1, "&amp;"),
            [b'<', ..] => (1, "&lt;"),
            [b'>', ..] => (1, "&gt;"),
            [b'_', b'x', code @ ..] if is_code(code) => (1, "_x005F_"),
            [0xEF, 0xBF, 0xBE, ..] => (3, "_xFFFE_"),
            [0xEF, 0xBF, 0xBF, ..] => (3, "_xFFFF_"),
            [control @ ..0x20, ..] => (1, &*format!("_x{control:04X}_")),
            _ => {
                seen = at + 1;
                continue;
            }
        };
        out.push_str(text.get(done..at).unwrap_or_default());
        out.push_str(escaped);
        done = at + length;
        seen = done;
    }
    out.push_str(text.get(done..).unwrap_or_default());
}

/// Whether it begins with `HHHH_`.
fn is_code(bytes: &[u8]) -> bool {
    matches!(bytes, [a, b, c, d, b'_', ..] if [a, b, c, d].into_iter().all(u8::is_ascii_hexdigit))
}
