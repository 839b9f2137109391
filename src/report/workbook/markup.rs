//! Rows as the XML of a sheet (ISO/IEC 29500, 18.3.1.73 `row`, 18.3.1.4 `c`), written as `rust_xlsxwriter` writes it, but
//! that a cell says where it stands (`r`) only if it does not stand right behind another: that packs into half as much, in
//! half the time. (`exceljs` reads no row whose first cell does not say it.)
//!
//! A test holds the two against each other, cell for cell.

use crate::diag::{column_name, push_number};
use crate::report::sheets::{Column, Value};

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
    /// Names of the columns.
    columns: Vec<String>,
    /// Number of the first of the texts that cells share.
    first: u32,
    /// What a cell's markup goes on with up to what stands in it, by kind of cell.
    text: String,
    word: String,
    points: String,
    count: String,
    open: String,
    open_word: String,
    open_date: String,
}

impl Markup {
    pub(super) fn new(columns: &[Column], styles: &Styles, first: u32) -> Self {
        let cell = |style: u32, rest: &str| format!(" s=\"{style}\"{rest}");
        Self {
            columns: (0..).zip(columns).map(|(at, _)| column_name(at)).collect(),
            first,
            text: cell(styles.text, " t=\"inlineStr\"><is>"),
            word: cell(styles.text, " t=\"s\"><v>"),
            points: cell(styles.points, "><v>"),
            count: cell(styles.count, "><v>"),
            open: cell(styles.open, "/>"),
            open_word: cell(styles.open, " t=\"s\"><v>"),
            open_date: cell(styles.open_date, "/>"),
        }
    }

    /// Adds a row, `number` counted from 1; `height` in points, 0 where one line is enough.
    pub(super) fn row(&self, out: &mut String, number: u32, height: u16, cells: &[Value<&str, u32>]) {
        let mut digits = itoa::Buffer::new();
        let digits = digits.format(number);
        out.push_str("<row r=\"");
        out.push_str(digits);
        // Not every program fits rows to their text when it opens a file.
        if height > 0 {
            out.push_str("\" ht=\"");
            push_number(out, height.into());
            out.push_str("\" customHeight=\"1");
        }
        out.push_str("\">");
        // Whether a cell stands right before it.
        let mut is_next = false;
        for (cell, column) in cells.iter().zip(&self.columns) {
            if let Value::Blank | Value::Id | Value::Name = cell {
                is_next = false;
                continue;
            }
            out.push_str("<c");
            if !is_next {
                out.push_str(" r=\"");
                out.push_str(column);
                out.push_str(digits);
                out.push('"');
                is_next = true;
            }
            match cell {
                Value::Text(text) => {
                    out.push_str(&self.text);
                    element(out, text);
                    out.push_str("</is></c>");
                }
                Value::Word(text) => valued(out, &self.word, self.first + text),
                Value::Points(number) => {
                    out.push_str(&self.points);
                    push_hundredths(out, *number);
                    out.push_str("</v></c>");
                }
                Value::Count(number) => valued(out, &self.count, *number),
                Value::Open(Some(text)) => valued(out, &self.open_word, self.first + text),
                Value::Open(None) => out.push_str(&self.open),
                Value::OpenDate => out.push_str(&self.open_date),
                Value::Blank | Value::Id | Value::Name => {}
            }
        }
        out.push_str("</row>");
    }
}

/// What a cell goes on with up to its end, with a number in it.
fn valued(out: &mut String, begin: &str, number: u32) {
    out.push_str(begin);
    push_number(out, number.into());
    out.push_str("</v></c>");
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

/// A text as an element `t`.
pub(super) fn element(out: &mut String, text: &str) {
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
