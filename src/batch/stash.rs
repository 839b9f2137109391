//! What was read, and what is to be said of it, waits here for its turn, on disk if it is much: a workbook is read once, and
//! memory does not grow with their number. Nobody else sees the file: it has no name, and the system takes it back however
//! the run ends.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tempfile::SpooledTempFile;

use crate::error::{Error, Result};

use super::kept::Lists;

/// So much of either pile stays in memory before the disk is used: what is kept of some two hundred forms, or what is said
/// of some thousand files.
const IN_MEMORY: usize = 1 << 20;

/// The same without a folder of the run's own, where the disk is the system's place for temporary files.
const WITHOUT_FOLDER: usize = 32 << 20;

/// What is shorter lies apart: what is said of a file is asked for again and again, and what was read of it only once.
const SHORT: u32 = 4 << 10;

/// What is kept of a form with a hundred questions takes less.
const ROOM: usize = 16 << 10;

/// So much is written to disk at a time.
const BLOCK: usize = 256 << 10;

/// Where it lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    start: u64,
    length: u32,
}

/// Things on disk, each in its place.
///
/// Postcard holds them: what it writes is short, is read back without looking for names, and is the same bytes for the
/// same thing. It cannot know a field that was left out, so no type that comes here may leave one out.
pub(super) struct Stash {
    short: Mutex<Pile>,
    long: Mutex<Pile>,
    pub(super) lists: Lists,
    folder: PathBuf,
}

/// One thing after the other; the last ones are still on their way to the disk.
struct Pile {
    file: SpooledTempFile,
    /// Length of what is in the file.
    written: u64,
    /// What follows it.
    block: Vec<u8>,
}

impl Stash {
    /// An empty one, in the folder that the run writes to, if it writes.
    pub(super) fn new(folder: Option<&Path>) -> Self {
        let pile = || {
            let file = match folder {
                Some(folder) => SpooledTempFile::new_in(IN_MEMORY, folder),
                None => SpooledTempFile::new(WITHOUT_FOLDER),
            };
            Mutex::new(Pile { file, written: 0, block: Vec::new() })
        };
        let folder = folder.unwrap_or(Path::new("temporary files")).to_owned();
        Self { short: pile(), long: pile(), lists: Lists::default(), folder }
    }

    /// The pile with things of that length.
    fn pile(&self, length: u32) -> MutexGuard<'_, Pile> {
        let pile = if length < SHORT { &self.short } else { &self.long };
        pile.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes something in.
    pub(super) fn put(&self, thing: &impl Serialize) -> Result<Place> {
        let bytes = postcard::to_extend(thing, Vec::with_capacity(ROOM));
        self.put_bytes(&bytes.map_err(|e| self.failed(std::io::Error::other(e)))?)
    }

    /// Takes in bytes.
    pub(super) fn put_bytes(&self, bytes: &[u8]) -> Result<Place> {
        let length = u32::try_from(bytes.len()).map_err(|_| {
            self.failed(std::io::Error::new(std::io::ErrorKind::FileTooLarge, "more than 4 GiB of one file"))
        })?;
        let start = self.pile(length).put(bytes).map_err(|e| self.failed(e))?;
        Ok(Place { start, length })
    }

    /// Gives it back.
    pub(super) fn get<T: DeserializeOwned>(&self, place: Place) -> Result<T> {
        self.read(&self.bytes(place)?)
    }

    /// The bytes of it: the same for the same thing.
    pub(super) fn bytes(&self, place: Place) -> Result<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(place.length).unwrap_or_default()];
        self.pile(place.length).get(place.start, &mut bytes).map_err(|e| self.failed(e))?;
        Ok(bytes)
    }

    /// What such bytes hold.
    pub(super) fn read<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T> {
        postcard::from_bytes(bytes).map_err(|e| self.failed(std::io::Error::new(std::io::ErrorKind::InvalidData, e)))
    }

    pub(super) fn failed(&self, source: std::io::Error) -> Error {
        Error::Write { path: self.folder.clone(), source }
    }
}

impl Pile {
    /// Puts bytes on top, and says where they begin. What the disk does not take stays here.
    fn put(&mut self, bytes: &[u8]) -> std::io::Result<u64> {
        let start = self.written + length(&self.block);
        self.block.extend_from_slice(bytes);
        if self.block.len() >= BLOCK {
            self.file.seek(SeekFrom::Start(self.written))?;
            self.file.write_all(&self.block)?;
            self.written += length(&self.block);
            self.block.clear();
            self.block.shrink_to(2 * BLOCK);
        }
        Ok(start)
    }

    /// Gives so many bytes back.
    fn get(&mut self, start: u64, bytes: &mut [u8]) -> std::io::Result<()> {
        let Some(at) = start.checked_sub(self.written) else {
            self.file.seek(SeekFrom::Start(start))?;
            return self.file.read_exact(bytes);
        };
        let held = usize::try_from(at).ok().and_then(|at| self.block.get(at..)?.get(..bytes.len()));
        bytes.copy_from_slice(held.ok_or(std::io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Code;

    #[test]
    fn every_diagnostic_comes_back() {
        let stash = Stash::new(None);
        for code in Code::ALL {
            let place = stash.put(code).unwrap();
            assert_eq!(stash.get::<Code>(place).unwrap(), *code);
            assert!(place.length <= 2, "{code:?} lies there by place");
        }
    }

    #[test]
    fn wherever_it_lies() {
        let folder = tempfile::tempdir().unwrap();
        let stash = Stash::new(Some(folder.path()));
        let short = usize::try_from(SHORT).unwrap();
        let things = [1, BLOCK / 2, BLOCK - 2, 3, 0, 3 * BLOCK, short - 1, short, 5, IN_MEMORY, BLOCK, 7];
        let shorts = std::iter::repeat_n(short - 1, BLOCK / short + 2);
        let things = things.into_iter().chain(shorts).chain([BLOCK, 1]).zip(1_u8..);
        let mut all: Vec<(Place, Vec<u8>)> = Vec::new();
        for (length, byte) in things {
            let bytes = vec![byte; length];
            all.push((stash.put_bytes(&bytes).unwrap(), bytes));
            for (place, bytes) in &all {
                assert!(stash.bytes(*place).unwrap() == *bytes, "{place:?}");
            }
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nobody sees it");
    }
}
