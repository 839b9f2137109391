//! Texts that cells share (ISO/IEC 29500, 18.4.9 `sst`), so that a question that a thousand suppliers answered is written
//! once, and a supplier's name once for all its rows.

use std::io;

use super::markup::element;
use super::waiting::Spool;
use crate::model::Table;

/// So many bytes of texts are known again when they come again.
const KNOWN: usize = 1 << 20;
/// Texts go to the file of what waits when they come to so many bytes.
const PART: usize = 32 << 10;

/// The texts, numbered as they come.
pub(super) struct Shared {
    /// Numbers of those that are known again.
    known: Table<Box<str>, u32>,
    /// Bytes of such that may still come.
    pub(super) room: usize,
    /// How many there are.
    pub(super) count: u32,
    /// How many cells show one.
    pub(super) uses: u64,
    /// As XML, each in its `si`: the last of them, and where those before lie.
    items: Vec<u8>,
    parts: Vec<(u64, usize)>,
}

impl Shared {
    /// None yet.
    pub(super) fn new() -> Self {
        Self { known: Table::default(), room: KNOWN, count: 0, uses: 0, items: Vec::new(), parts: Vec::new() }
    }

    /// Number of the text of a cell, which others may show too.
    pub(super) fn word(&mut self, text: &str, spool: &mut Spool) -> io::Result<u32> {
        self.uses += 1;
        if let Some(number) = self.known.get(text) {
            return Ok(*number);
        }
        let number = self.add(text, spool)?;
        if let Some(room) = self.room.checked_sub(text.len()) {
            self.room = room;
            self.known.add(text.into(), number);
        }
        Ok(number)
    }

    /// Adds a text that need not be known again, and gives its number.
    pub(super) fn add(&mut self, text: &str, spool: &mut Spool) -> io::Result<u32> {
        self.items.extend_from_slice(b"<si>");
        element(&mut self.items, text);
        self.items.extend_from_slice(b"</si>");
        if self.items.len() >= PART {
            self.parts.push((spool.put(&[&self.items])?, self.items.len()));
            self.items.clear();
        }
        let number = self.count;
        self.count = number.checked_add(1).ok_or_else(|| io::Error::other("more texts than can be numbered"))?;
        Ok(number)
    }

    /// All of them as XML, part by part.
    pub(super) fn parts(self, spool: &mut Spool) -> impl Iterator<Item = io::Result<Vec<u8>>> {
        let read = |(start, length)| {
            let mut bytes = vec![0; length];
            spool.get(start, &mut bytes).map(|()| bytes)
        };
        self.parts.into_iter().map(read).chain([Ok(self.items)])
    }
}
