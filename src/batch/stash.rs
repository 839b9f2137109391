//! What was read, and what is to be said of it, waits here for its turn, on disk: a workbook is read once, and memory does
//! not grow with their number. Nobody else sees the file: it has no name, and the system takes it back however the run ends.

use std::collections::BTreeMap;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tempfile::SpooledTempFile;

use crate::checklist::Selection;
use crate::error::{Error, Result};
use crate::model::{Cell, Closure, Correction, Id, Sign, SignEntry, SignState};
use crate::questionnaire::Returned;

use super::workbook::{Part, Shelf};

/// Without a folder of the run's own this much stays in memory before the system's place for temporary files is used.
const IN_MEMORY: usize = 64 << 20;

/// Where it lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    start: u64,
    length: u32,
}

/// Things on disk, each in its place.
pub(super) struct Stash {
    file: Mutex<SpooledTempFile>,
    folder: PathBuf,
}

/// One workbook, without its questionnaire, which the selection names. The signs of an observer's form are parts of it and
/// are named by id.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    returned: Returned,
    selection: Selection,
    corrections: BTreeMap<Id, Correction>,
    signs: Vec<KeptSign>,
}

#[derive(Serialize, Deserialize)]
struct KeptSign {
    sign: Id,
    state: SignState,
    raw: Option<String>,
    comment: Option<String>,
    cell: Option<Cell>,
    closure: Option<Closure>,
    look: usize,
}

impl Stash {
    /// An empty one, in the folder that the run writes to, if it writes.
    pub(super) fn new(folder: Option<&Path>) -> Self {
        let file = match folder {
            Some(folder) => SpooledTempFile::new_in(0, folder),
            None => SpooledTempFile::new(IN_MEMORY),
        };
        Self { file: Mutex::new(file), folder: folder.unwrap_or(Path::new("temporary files")).to_owned() }
    }

    /// Takes something in.
    pub(super) fn put(&self, thing: &impl Serialize) -> Result<Place> {
        self.put_bytes(&serde_json::to_vec(thing)?)
    }

    /// Takes in something that is JSON already.
    pub(super) fn put_text(&self, json: &str) -> Result<Place> {
        self.put_bytes(json.as_bytes())
    }

    fn put_bytes(&self, bytes: &[u8]) -> Result<Place> {
        let length = u32::try_from(bytes.len()).map_err(|_| {
            self.failed(std::io::Error::new(std::io::ErrorKind::FileTooLarge, "more than 4 GiB of one file"))
        })?;
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut write = || {
            let start = file.seek(SeekFrom::End(0))?;
            file.write_all(bytes)?;
            Ok(start)
        };
        let start = write().map_err(|e| self.failed(e))?;
        Ok(Place { start, length })
    }

    /// Gives it back.
    pub(super) fn get<T: DeserializeOwned>(&self, place: Place) -> Result<T> {
        let mut bytes = vec![0; usize::try_from(place.length).unwrap_or_default()];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let read = file.seek(SeekFrom::Start(place.start)).and_then(|_| file.read_exact(&mut bytes));
        drop(file);
        read.map_err(|e| self.failed(e))?;
        Ok(serde_json::from_slice(&bytes)?)
    }

    fn failed(&self, source: std::io::Error) -> Error {
        Error::Write { path: self.folder.clone(), source }
    }
}

impl Kept {
    /// What is kept of a workbook that was read.
    pub(super) fn of(part: Part) -> Self {
        let Part { mut returned, selection, corrections, .. } = part;
        let signs = std::mem::take(&mut returned.signs).into_iter().map(KeptSign::of).collect();
        Self { returned, selection, corrections, signs }
    }

    /// The workbook as it was read.
    pub(super) fn part(self, on: &Shelf<'_>) -> Result<Part> {
        let Self { mut returned, selection, corrections, signs } = self;
        let questionnaire = Arc::clone(&on.get(&selection)?.questionnaire);
        let known = &questionnaire.signs.signs;
        let entry = |kept: KeptSign| {
            let sign = known.iter().find(|s| s.id == kept.sign)?;
            Some(kept.entry(Arc::clone(sign)))
        };
        returned.signs = signs.into_iter().filter_map(entry).collect();
        Ok(Part { returned, selection, questionnaire, corrections })
    }
}

impl KeptSign {
    fn of(entry: SignEntry) -> Self {
        let SignEntry { sign, state, raw, comment, cell, closure, look } = entry;
        Self { sign: sign.id.clone(), state, raw, comment, cell, closure, look }
    }

    fn entry(self, sign: Arc<Sign>) -> SignEntry {
        let Self { state, raw, comment, cell, closure, look, .. } = self;
        SignEntry { sign, state, raw, comment, cell, closure, look }
    }
}
