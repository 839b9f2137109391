//! Rows that wait until the workbook is put together: on disk, in a file without a name, which the system takes back
//! however the run ends. Memory holds where they lie.
//!
//! A row is its cells, each a byte that says of what kind, and what stands in it: a number in eight bytes or four, the
//! length of a text in four; then a byte for the end. The texts lie behind all rows, one after the other, and are seen to
//! be text in one go. So rows take a third of what they take as XML.

use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use tempfile::SpooledTempFile;

use super::shortened;
use crate::report::say::Say;
use crate::report::sheets::Value;

/// Rows of a list are written to the file when they come to so many bytes.
const PART: usize = 64 << 10;
/// Without a folder of the run's own this much stays in memory before the system's place for temporary files is used.
const IN_MEMORY: usize = 64 << 20;

/// So many bytes hold most rows, and so many their texts.
const CELLS: usize = 64;
const TEXTS: usize = 384;

const END: u8 = 0;
const TEXT: u8 = 1;
const WORD: u8 = 2;
const POINTS: u8 = 3;
const COUNT: u8 = 4;
const OPEN: u8 = 5;
const OPEN_TEXT: u8 = 6;
const OPEN_DATE: u8 = 7;
const BLANK: u8 = 8;

/// Rows, packed.
#[derive(Default)]
pub(super) struct Rows {
    /// What they are but for texts.
    cells: Vec<u8>,
    /// What stands in their cells as text.
    texts: String,
    count: u64,
}

impl Rows {
    /// `about`: how many there are.
    pub(super) fn of<T: AsRef<str>>(say: Say<'_>, about: usize, rows: impl IntoIterator<Item = Vec<Value<T>>>) -> Self {
        let room = |bytes: usize| about.saturating_mul(bytes);
        let mut made =
            Self { cells: Vec::with_capacity(room(CELLS)), texts: String::with_capacity(room(TEXTS)), count: 0 };
        for row in rows {
            made.push(say, &row);
        }
        made
    }

    fn push<T: AsRef<str>>(&mut self, say: Say<'_>, row: &[Value<T>]) {
        for cell in row {
            match cell {
                Value::Text(text) | Value::Word(text) if text.as_ref().is_empty() => self.cells.push(BLANK),
                Value::Text(text) => self.text(TEXT, &shortened(text.as_ref(), say)),
                Value::Word(text) => self.text(WORD, &shortened(text.as_ref(), say)),
                Value::Points(number) => self.number(POINTS, number.to_le_bytes()),
                Value::Count(number) => self.number(COUNT, number.to_le_bytes()),
                Value::Open(Some(text)) => self.text(OPEN_TEXT, &shortened(text.as_ref(), say)),
                Value::Open(None) => self.cells.push(OPEN),
                Value::OpenDate => self.cells.push(OPEN_DATE),
                Value::Blank => self.cells.push(BLANK),
            }
        }
        self.cells.push(END);
        self.count += 1;
    }

    fn text(&mut self, kind: u8, text: &str) {
        self.number(kind, u32::try_from(text.len()).unwrap_or_default().to_le_bytes());
        self.texts.push_str(text);
    }

    fn number<const N: usize>(&mut self, kind: u8, number: [u8; N]) {
        self.cells.push(kind);
        self.cells.extend_from_slice(&number);
    }

    fn len(&self) -> usize {
        self.cells.len() + self.texts.len()
    }
}

/// Packed rows as they were read back.
pub(super) struct Part {
    bytes: Vec<u8>,
    /// Where their texts begin.
    texts: usize,
}

impl Part {
    /// Its rows.
    ///
    /// # Errors
    /// The bytes are not as they were written.
    pub(super) fn rows(&self) -> io::Result<Unpacking<'_>> {
        let (cells, texts) = self.bytes.split_at_checked(self.texts).ok_or_else(changed)?;
        Ok(Unpacking { cells, texts: simdutf8::basic::from_utf8(texts).map_err(|_| changed())? })
    }
}

/// Packed rows, one by one.
pub(super) struct Unpacking<'b> {
    cells: &'b [u8],
    texts: &'b str,
}

impl<'b> Unpacking<'b> {
    /// The next row; false after the last.
    ///
    /// # Errors
    /// The bytes are not as they were written.
    pub(super) fn next(&mut self, row: &mut Vec<Value<&'b str>>) -> io::Result<bool> {
        row.clear();
        if self.cells.is_empty() {
            return Ok(false);
        }
        loop {
            let cell = match self.take::<1>()? {
                [END] => return Ok(true),
                [TEXT] => Value::Text(self.text()?),
                [WORD] => Value::Word(self.text()?),
                [POINTS] => Value::Points(i64::from_le_bytes(self.take()?)),
                [COUNT] => Value::Count(u32::from_le_bytes(self.take()?)),
                [OPEN] => Value::Open(None),
                [OPEN_TEXT] => Value::Open(Some(self.text()?)),
                [OPEN_DATE] => Value::OpenDate,
                [BLANK] => Value::Blank,
                _ => return Err(changed()),
            };
            row.push(cell);
        }
    }

    fn take<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let (taken, rest) = self.cells.split_first_chunk().ok_or_else(changed)?;
        self.cells = rest;
        Ok(*taken)
    }

    fn text(&mut self) -> io::Result<&'b str> {
        let length = usize::try_from(u32::from_le_bytes(self.take()?)).unwrap_or(usize::MAX);
        let (taken, rest) = self.texts.split_at_checked(length).ok_or_else(changed)?;
        self.texts = rest;
        Ok(taken)
    }
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
    /// Where what was before lies: its beginning, and how many bytes its rows and their texts take.
    parts: Vec<(u64, usize, usize)>,
    count: u64,
}

impl Waiting {
    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.count + self.last.count
    }

    /// Adds rows.
    pub(super) fn add(&mut self, rows: &Rows, spool: &mut Spool) -> io::Result<()> {
        let last = &mut self.last;
        last.cells.extend_from_slice(&rows.cells);
        last.texts.push_str(&rows.texts);
        last.count += rows.count;
        if last.len() >= PART {
            let start = spool.0.seek(SeekFrom::End(0))?;
            spool.0.write_all(&last.cells)?;
            spool.0.write_all(last.texts.as_bytes())?;
            self.parts.push((start, last.cells.len(), last.texts.len()));
            self.count += last.count;
            last.cells.clear();
            last.texts.clear();
            last.count = 0;
        }
        Ok(())
    }

    /// All of them, part by part.
    pub(super) fn parts(self, spool: &mut Spool) -> impl Iterator<Item = io::Result<Part>> {
        let read = |(start, cells, texts)| {
            let mut bytes = vec![0; cells + texts];
            spool.0.seek(SeekFrom::Start(start))?;
            spool.0.read_exact(&mut bytes)?;
            Ok(Part { bytes, texts: cells })
        };
        let Rows { mut cells, texts, .. } = self.last;
        let behind = cells.len();
        cells.extend_from_slice(texts.as_bytes());
        self.parts.into_iter().map(read).chain([Ok(Part { bytes: cells, texts: behind })])
    }
}
