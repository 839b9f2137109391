//! Rows as the XML of a sheet (ISO/IEC 29500, 18.3.1.73 `row`, 18.3.1.4 `c`), written as `rust_xlsxwriter` writes it, but
//! that a cell says where it stands (`r`) only if it does not stand right behind another: that packs into half as much, in
//! half the time. (`exceljs` reads no row whose first cell does not say it.)
//!
//! A test holds the two against each other, cell for cell.

use crate::diag::column_name;
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
    text: Piece,
    word: Piece,
    points: Piece,
    count: Piece,
    open: Piece,
    open_word: Piece,
    open_date: Piece,
}

impl Markup {
    pub(super) fn new(columns: &[Column], styles: &Styles, first: u32) -> Self {
        let cell = |style: u32, rest: &str| Piece::new(&format!(" s=\"{style}\"{rest}"));
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
    pub(super) fn row(&self, out: &mut Vec<u8>, number: u32, height: u16, cells: &[Value<&str, u32>]) {
        let mut digits = itoa::Buffer::new();
        let digits = digits.format(number).as_bytes();
        out.extend_from_slice(b"<row r=\"");
        out.extend_from_slice(digits);
        // Not every program fits rows to their text when it opens a file.
        if height > 0 {
            out.extend_from_slice(b"\" ht=\"");
            push_number(out, height.into());
            out.extend_from_slice(b"\" customHeight=\"1");
        }
        out.extend_from_slice(b"\">");
        // Whether a cell stands right before it.
        let mut is_next = false;
        for (cell, column) in cells.iter().zip(&self.columns) {
            if let Value::Blank | Value::Id | Value::Name = cell {
                is_next = false;
                continue;
            }
            out.extend_from_slice(b"<c");
            if !is_next {
                out.extend_from_slice(b" r=\"");
                out.extend_from_slice(column.as_bytes());
                out.extend_from_slice(digits);
                out.push(b'"');
                is_next = true;
            }
            match cell {
                Value::Text(text) => {
                    self.text.add_to(out);
                    element(out, text);
                    out.extend_from_slice(b"</is></c>");
                }
                Value::Word(text) => valued(out, &self.word, self.first + text),
                Value::Points(number) => {
                    self.points.add_to(out);
                    push_hundredths(out, *number);
                    out.extend_from_slice(b"</v></c>");
                }
                Value::Count(number) => valued(out, &self.count, *number),
                Value::Open(Some(text)) => valued(out, &self.open_word, self.first + text),
                Value::Open(None) => self.open.add_to(out),
                Value::OpenDate => self.open_date.add_to(out),
                Value::Blank | Value::Id | Value::Name => {}
            }
        }
        out.extend_from_slice(b"</row>");
    }
}

/// A piece of markup that nearly every cell has. All of it is copied, whatever its length, and then cut: that takes a
/// quarter of the time.
struct Piece {
    bytes: [u8; 40],
    length: usize,
}

impl Piece {
    fn new(text: &str) -> Self {
        let mut bytes = [0; 40];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Self { bytes, length: text.len() }
    }

    fn add_to(&self, out: &mut Vec<u8>) {
        let length = out.len() + self.length;
        out.extend_from_slice(&self.bytes);
        out.truncate(length);
    }
}

/// What a cell goes on with up to its end, with a number in it.
fn valued(out: &mut Vec<u8>, begin: &Piece, number: u32) {
    begin.add_to(out);
    push_number(out, number);
    out.extend_from_slice(b"</v></c>");
}

fn push_number(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Hundredths as a number, without zeros at its end.
fn push_hundredths(out: &mut Vec<u8>, number: i64) {
    if number < 0 {
        out.push(b'-');
    }
    let number = number.unsigned_abs();
    out.extend_from_slice(itoa::Buffer::new().format(number / 100).as_bytes());
    let digit = |number: u64| b'0' + u8::try_from(number % 10).unwrap_or_default();
    match [digit(number / 10), digit(number)] {
        [b'0', b'0'] => {}
        [tenths, b'0'] => out.extend_from_slice(&[b'.', tenths]),
        [tenths, rest] => out.extend_from_slice(&[b'.', tenths, rest]),
    }
}

/// A text as an element `t`.
pub(super) fn element(out: &mut Vec<u8>, text: &str) {
    let text = text.as_bytes();
    let is_blank = |edge: Option<&u8>| matches!(edge, Some(b'\t' | b'\n' | b' '));
    let is_edged = is_blank(text.first()) || is_blank(text.last());
    out.extend_from_slice(if is_edged { b"<t xml:space=\"preserve\">".as_slice() } else { b"<t>" });
    escape(out, text);
    out.extend_from_slice(b"</t>");
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
fn escape(out: &mut Vec<u8>, bytes: &[u8]) {
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
        out.extend_from_slice(&bytes[done..at]);
        out.extend_from_slice(escaped.as_bytes());
        done = at + length;
        seen = done;
    }
    out.extend_from_slice(&bytes[done..]);
}

/// Whether it begins with `HHHH_`.
fn is_code(bytes: &[u8]) -> bool {
    matches!(bytes, [a, b, c, d, b'_', ..] if [a, b, c, d].into_iter().all(u8::is_ascii_hexdigit))
}
