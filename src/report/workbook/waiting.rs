//! Rows that wait until the workbook is put together: on disk, in a file without a name, which the system takes back
//! however the run ends. Memory holds where they lie.
//!
//! A row is its cells, each a byte that says of what kind, and what stands in it: a number in eight bytes or four, the
//! length of a text in four; then a byte for the end. Texts lie behind all rows, one after the other, and are seen to be
//! text in one go. Of a text that cells share its number lies there, in four bytes and in the order of cells; a supplier's
//! rows begin with a byte for its id and name. So rows take a sixth of what they take as XML.

use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use tempfile::SpooledTempFile;

use super::shared::Shared;
use super::{height, shortened};
use crate::report::say::Say;
use crate::report::sheets::{Lent, List, Value};

/// Rows of a list are written to the file when they come to so many bytes.
const PART: usize = 32 << 10;
/// Without a folder of the run's own this much stays in memory before the system's place for temporary files is used.
const IN_MEMORY: usize = 64 << 20;
/// Rows of a sheet that get a height of their own: as many as anybody would print.
pub(super) const FITTED: u32 = 1_000;

/// So many bytes hold most rows, so many their own texts, and so many those that they share.
const CELLS: usize = 48;
const TEXTS: usize = 96;
const WORDS: usize = 320;

const END: u8 = 0;
const TEXT: u8 = 1;
const WORD: u8 = 2;
const POINTS: u8 = 3;
const COUNT: u8 = 4;
const OPEN: u8 = 5;
const OPEN_TEXT: u8 = 6;
const OPEN_DATE: u8 = 7;
const BLANK: u8 = 8;
const ID: u8 = 9;
const NAME: u8 = 10;
/// From here on the rows are those of another supplier, whose id and name are the next two words.
const OWNER: u8 = 11;

/// Rows, packed, with all their texts.
#[derive(Default)]
pub(super) struct Rows {
    /// What they are but for texts.
    cells: Vec<u8>,
    /// What stands in their cells as text of their own.
    texts: String,
    /// What stands in them as words, and how long each is.
    words: String,
    lengths: Vec<usize>,
    count: u64,
    /// Cells that show an id or a name.
    own: u64,
}

impl Rows {
    /// Rows of somebody with that id and name, as `all` puts them; `about`: how many there are.
    pub(super) fn of(
        say: Say<'_>,
        owner: [&str; 2],
        about: usize,
        all: impl FnOnce(&mut dyn FnMut(&[Lent<'_>])),
    ) -> Self {
        let room = |bytes: usize| about.saturating_mul(bytes);
        let mut made = Self {
            cells: Vec::with_capacity(room(CELLS)),
            texts: String::with_capacity(room(TEXTS)),
            words: String::with_capacity(room(WORDS)),
            lengths: Vec::with_capacity(room(10)),
            ..Self::default()
        };
        all(&mut |row| made.push(say, owner, row));
        made
    }

    fn push(&mut self, say: Say<'_>, [id, name]: [&str; 2], row: &[Lent<'_>]) {
        for cell in row {
            match cell {
                Value::Text("") | Value::Word("") | Value::Blank => self.cells.push(BLANK),
                Value::Text(text) => {
                    let text = shortened(text, say);
                    self.number(TEXT, u32::try_from(text.len()).unwrap_or_default().to_le_bytes());
                    self.texts.push_str(&text);
                }
                Value::Word(text) => self.word(WORD, &shortened(text, say)),
                Value::Id => self.own(ID, id),
                Value::Name => self.own(NAME, name),
                Value::Points(number) => self.number(POINTS, number.to_le_bytes()),
                Value::Count(number) => self.number(COUNT, number.to_le_bytes()),
                Value::Open(Some(text)) => self.word(OPEN_TEXT, &shortened(text, say)),
                Value::Open(None) => self.cells.push(OPEN),
                Value::OpenDate => self.cells.push(OPEN_DATE),
            }
        }
        self.cells.push(END);
        self.count += 1;
    }

    fn word(&mut self, kind: u8, text: &str) {
        self.cells.push(kind);
        self.words.push_str(text);
        self.lengths.push(text.len());
    }

    fn own(&mut self, kind: u8, text: &str) {
        self.cells.push(if text.is_empty() { BLANK } else { kind });
        self.own += u64::from(!text.is_empty());
    }

    fn number<const N: usize>(&mut self, kind: u8, number: [u8; N]) {
        self.cells.push(kind);
        self.cells.extend_from_slice(&number);
    }

    /// The words, in the order of cells.
    fn words(&self) -> impl Iterator<Item = &str> {
        let mut rest = self.words.as_str();
        self.lengths.iter().map_while(move |length| {
            let (word, after) = rest.split_at_checked(*length)?;
            rest = after;
            Some(word)
        })
    }

    /// Heights of those rows that do not take one line.
    fn heights(&self, list: &List, owner: [&str; 2]) -> io::Result<Vec<u16>> {
        let mut rows = Unpacking { cells: &self.cells, texts: &self.texts, words: self.words(), owner: Some(owner) };
        let (mut cells, mut heights) = (Vec::new(), Vec::new());
        while rows.next(&mut cells)? {
            let lines = cells.iter().zip(list.columns).map(|(cell, (_, width))| cell.lines(*width, owner)).max();
            heights.push(lines.filter(|lines| *lines > 1).map_or(0, height));
        }
        Ok(heights)
    }
}

/// Packed rows, one by one. Words are texts, or numbers of texts.
pub(super) struct Unpacking<'b, W: Iterator> {
    cells: &'b [u8],
    texts: &'b str,
    words: W,
    owner: Option<[W::Item; 2]>,
}

impl<'b, W: Iterator<Item: Copy>> Unpacking<'b, W> {
    /// The next row; false after the last. An id and a name stand in it as words.
    ///
    /// # Errors
    /// The bytes are not as they were written.
    pub(super) fn next(&mut self, row: &mut Vec<Value<&'b str, W::Item>>) -> io::Result<bool> {
        row.clear();
        if self.cells.is_empty() {
            return Ok(false);
        }
        loop {
            let cell = match self.take::<1>()? {
                [END] => return Ok(true),
                [TEXT] => Value::Text(self.text()?),
                [WORD] => Value::Word(self.word()?),
                [ID] => Value::Word(self.owner.ok_or_else(changed)?[0]),
                [NAME] => Value::Word(self.owner.ok_or_else(changed)?[1]),
                [POINTS] => Value::Points(i64::from_le_bytes(self.take()?)),
                [COUNT] => Value::Count(u32::from_le_bytes(self.take()?)),
                [OPEN] => Value::Open(None),
                [OPEN_TEXT] => Value::Open(Some(self.word()?)),
                [OPEN_DATE] => Value::OpenDate,
                [BLANK] => Value::Blank,
                [OWNER] => {
                    self.owner = Some([self.word()?, self.word()?]);
                    continue;
                }
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

    fn word(&mut self) -> io::Result<W::Item> {
        self.words.next().ok_or_else(changed)
    }
}

fn changed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "rows that waited there have changed")
}

/// The file in which rows wait, of all lists, and the texts that they share.
pub(super) struct Spool(SpooledTempFile);

impl Spool {
    /// An empty one, in a folder, or in memory until that is too much.
    pub(super) fn new(folder: Option<&Path>) -> Self {
        Self(match folder {
            Some(folder) => SpooledTempFile::new_in(0, folder),
            None => SpooledTempFile::new(IN_MEMORY),
        })
    }

    /// Takes bytes in, and says where they begin.
    pub(super) fn put(&mut self, bytes: &[&[u8]]) -> io::Result<u64> {
        let start = self.0.seek(SeekFrom::End(0))?;
        bytes.iter().try_for_each(|bytes| self.0.write_all(bytes))?;
        Ok(start)
    }

    /// Gives back as many as there is room for.
    pub(super) fn get(&mut self, start: u64, bytes: &mut [u8]) -> io::Result<()> {
        self.0.seek(SeekFrom::Start(start))?;
        self.0.read_exact(bytes)
    }
}

/// Rows of a list.
pub(super) struct Waiting {
    list: &'static List,
    /// How many stand on a sheet.
    sheet: u64,
    last: Packed,
    parts: Vec<Place>,
    count: u64,
    /// Heights of the first rows of each sheet, in points; 0 where one line is enough.
    heights: Vec<u16>,
}

/// Rows as they wait.
#[derive(Default)]
struct Packed {
    cells: Vec<u8>,
    /// Numbers of their words.
    words: Vec<u8>,
    texts: String,
}

impl Packed {
    fn len(&self) -> usize {
        self.cells.len() + self.words.len() + self.texts.len()
    }

    fn word(&mut self, number: u32) {
        self.words.extend_from_slice(&number.to_le_bytes());
    }
}

/// Where rows lie: their beginning, and how many bytes they, their words and their texts take.
#[derive(Clone, Copy)]
struct Place {
    start: u64,
    lengths: [usize; 3],
}

impl Waiting {
    /// None yet; so many stand on a sheet.
    pub(super) fn new(list: &'static List, sheet: u64) -> Self {
        Self { list, sheet, last: Packed::default(), parts: Vec::new(), count: 0, heights: Vec::new() }
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Adds rows, those of a supplier with its id and name and the numbers of these.
    pub(super) fn add(
        &mut self,
        rows: &Rows,
        owner: Option<([&str; 2], [u32; 2])>,
        shared: &mut Shared,
        spool: &mut Spool,
    ) -> io::Result<()> {
        if rows.count == 0 {
            return Ok(());
        }
        let on_sheet = |row: u64| row % self.sheet;
        let is_fitted = |row: u64| on_sheet(row) < u64::from(FITTED);
        if is_fitted(self.count) || on_sheet(self.count) + rows.count > self.sheet {
            let heights = rows.heights(self.list, owner.map_or([""; 2], |(texts, _)| texts))?;
            self.heights
                .extend((self.count..).zip(heights).filter(|(row, _)| is_fitted(*row)).map(|(_, height)| height));
        }
        let last = &mut self.last;
        if let Some((_, numbers)) = owner {
            last.cells.push(OWNER);
            for number in numbers {
                last.word(number);
            }
        }
        for word in rows.words() {
            last.word(shared.word(word, spool)?);
        }
        shared.uses += rows.own;
        last.cells.extend_from_slice(&rows.cells);
        last.texts.push_str(&rows.texts);
        self.count += rows.count;
        if last.len() >= PART {
            let parts = [&*last.cells, &*last.words, last.texts.as_bytes()];
            let start = spool.put(&parts)?;
            self.parts.push(Place { start, lengths: parts.map(<[u8]>::len) });
            last.cells.clear();
            last.words.clear();
            last.texts.clear();
        }
        Ok(())
    }

    /// Heights of the first rows of each sheet, in points, 0 where one line is enough; and all rows, part by part.
    pub(super) fn parts(self, spool: &mut Spool) -> (Vec<u16>, impl Iterator<Item = io::Result<Part>>) {
        let read = |Place { start, lengths }: Place| {
            let mut bytes = vec![0; lengths.iter().sum()];
            spool.get(start, &mut bytes)?;
            Ok(Part { bytes, lengths })
        };
        let Packed { cells, words, texts } = self.last;
        let last = [&*cells, &*words, texts.as_bytes()];
        let last = Part { bytes: last.concat(), lengths: last.map(<[u8]>::len) };
        (self.heights, self.parts.into_iter().map(read).chain([Ok(last)]))
    }
}

/// Packed rows as they were read back.
pub(super) struct Part {
    bytes: Vec<u8>,
    lengths: [usize; 3],
}

impl Part {
    /// Its rows, with numbers for words.
    ///
    /// # Errors
    /// The bytes are not as they were written.
    pub(super) fn rows(&self) -> io::Result<Unpacking<'_, impl Iterator<Item = u32>>> {
        let [cells, words, _] = self.lengths;
        let (cells, rest) = self.bytes.split_at_checked(cells).ok_or_else(changed)?;
        let (words, texts) = rest.split_at_checked(words).ok_or_else(changed)?;
        let texts = simdutf8::basic::from_utf8(texts).map_err(|_| changed())?;
        let words = words.as_chunks().0.iter().map(|number| u32::from_le_bytes(*number));
        Ok(Unpacking { cells, texts, words, owner: None })
    }
}
