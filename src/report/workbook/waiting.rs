//! Rows that wait until the workbook is put together: on disk, in a file without a name, which the system takes back
//! however the run ends. Memory holds where they lie.
//!
//! A row is its cells, each a byte that says of what kind, and what stands in it: a number in eight bytes, a text behind
//! its length in four; then a byte for the end. So they take a third of what they take as XML.

use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use tempfile::SpooledTempFile;

use super::shortened;
use crate::report::say::Say;
use crate::report::sheets::{Row, Value};

/// Rows of a list are written to the file when they come to so many bytes.
const PART: usize = 64 << 10;
/// Without a folder of the run's own this much stays in memory before the system's place for temporary files is used.
const IN_MEMORY: usize = 64 << 20;

const END: u8 = 0;
const TEXT: u8 = 1;
const WORD: u8 = 2;
const POINTS: u8 = 3;
const COUNT: u8 = 4;
const OPEN: u8 = 5;
const OPEN_TEXT: u8 = 6;
const OPEN_DATE: u8 = 7;
const BLANK: u8 = 8;

/// Rows as bytes.
#[derive(Default)]
pub(super) struct Rows {
    bytes: Vec<u8>,
    count: u64,
}

impl Rows {
    pub(super) fn of(say: Say<'_>, rows: impl IntoIterator<Item = Row>) -> Self {
        let mut made = Self::default();
        for row in rows {
            made.push(say, &row);
        }
        made
    }

    fn push(&mut self, say: Say<'_>, row: &[Value]) {
        for cell in row {
            match cell {
                Value::Text(text) | Value::Word(text) if text.is_empty() => self.bytes.push(BLANK),
                Value::Text(text) => self.text(TEXT, &shortened(text, say)),
                Value::Word(text) => self.text(WORD, &shortened(text, say)),
                Value::Points(number) => self.number(POINTS, *number),
                Value::Count(number) => self.number(COUNT, *number),
                Value::Open(Some(text)) => self.text(OPEN_TEXT, &shortened(text, say)),
                Value::Open(None) => self.bytes.push(OPEN),
                Value::OpenDate => self.bytes.push(OPEN_DATE),
                Value::Blank => self.bytes.push(BLANK),
            }
        }
        self.bytes.push(END);
        self.count += 1;
    }

    fn text(&mut self, kind: u8, text: &str) {
        self.bytes.push(kind);
        self.bytes.extend_from_slice(&u32::try_from(text.len()).unwrap_or_default().to_le_bytes());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn number(&mut self, kind: u8, number: f64) {
        self.bytes.push(kind);
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }
}

/// The next row among bytes of whole rows; false after the last.
///
/// # Errors
/// The bytes are not as they were written.
pub(super) fn next<'b>(bytes: &mut &'b [u8], row: &mut Vec<Value<&'b str>>) -> io::Result<bool> {
    row.clear();
    if bytes.is_empty() {
        return Ok(false);
    }
    loop {
        let cell = match take::<1>(bytes)? {
            [END] => return Ok(true),
            [TEXT] => Value::Text(take_text(bytes)?),
            [WORD] => Value::Word(take_text(bytes)?),
            [POINTS] => Value::Points(f64::from_le_bytes(take(bytes)?)),
            [COUNT] => Value::Count(f64::from_le_bytes(take(bytes)?)),
            [OPEN] => Value::Open(None),
            [OPEN_TEXT] => Value::Open(Some(take_text(bytes)?)),
            [OPEN_DATE] => Value::OpenDate,
            [BLANK] => Value::Blank,
            _ => return Err(changed()),
        };
        row.push(cell);
    }
}

fn take<const N: usize>(bytes: &mut &[u8]) -> io::Result<[u8; N]> {
    let (taken, rest) = bytes.split_first_chunk().ok_or_else(changed)?;
    *bytes = rest;
    Ok(*taken)
}

fn take_text<'b>(bytes: &mut &'b [u8]) -> io::Result<&'b str> {
    let length = usize::try_from(u32::from_le_bytes(take(bytes)?)).unwrap_or(usize::MAX);
    let (taken, rest) = bytes.split_at_checked(length).ok_or_else(changed)?;
    *bytes = rest;
    std::str::from_utf8(taken).map_err(|_| changed())
}

fn changed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "rows that waited there have changed")
}

/// The file in which rows wait, of all lists.
pub(super) struct Spool(SpooledTempFile);

impl Spool {
    /// An empty one, in a folder, or in memory until that is too much.
    pub(super) fn new(folder: Option<&Path>) -> Self {
        Self(match folder {
            Some(folder) => SpooledTempFile::new_in(0, folder),
            None => SpooledTempFile::new(IN_MEMORY),
        })
    }
}

/// Rows of a list.
#[derive(Default)]
pub(super) struct Waiting {
    last: Rows,
    /// Where what was before lies, and how many bytes it takes.
    parts: Vec<(u64, usize)>,
    count: u64,
}

impl Waiting {
    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.count + self.last.count
    }

    /// Adds rows.
    pub(super) fn add(&mut self, rows: &Rows, spool: &mut Spool) -> io::Result<()> {
        self.last.bytes.extend_from_slice(&rows.bytes);
        self.last.count += rows.count;
        if self.last.bytes.len() >= PART {
            let start = spool.0.seek(SeekFrom::End(0))?;
            spool.0.write_all(&self.last.bytes)?;
            self.parts.push((start, self.last.bytes.len()));
            self.count += self.last.count;
            self.last.bytes.clear();
            self.last.count = 0;
        }
        Ok(())
    }

    /// All of them as bytes, part by part.
    pub(super) fn parts(self, spool: &mut Spool) -> impl Iterator<Item = io::Result<Vec<u8>>> {
        let read = |(start, length)| {
            let mut bytes = vec![0; length];
            spool.0.seek(SeekFrom::Start(start))?;
            spool.0.read_exact(&mut bytes)?;
            Ok(bytes)
        };
        self.parts.into_iter().map(read).chain([Ok(self.last.bytes)])
    }
}
