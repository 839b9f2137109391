//! After the day: nothing of the room stays on the laptop.

use std::path::{Path, PathBuf};

use crate::batch::{find_inputs, made_as, read_file, unwrite_folder};
use crate::error::{Error, Result};
use crate::questionnaire::{Book, ExerciseStamp, Limits};

use super::typed::TypedTable;
use super::{PACK, ROOM};

/// What was removed from a folder, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wiped {
    /// Files removed, by name, in order.
    pub removed: Vec<String>,
    /// Files that lygte wrote and somebody changed; they stay.
    pub changed: Vec<String>,
    /// Number of files that are none of the room's; they stay.
    pub left: usize,
}

/// Removes a room's files from a folder: what lygte wrote there and is unchanged, participants' workbooks, and tables of
/// typed forms. Everything else stays.
///
/// # Errors
/// If the folder is not a room's, in use, or a file cannot be removed.
pub fn wipe(folder: &Path) -> Result<Wiped> {
    let inputs = find_inputs(&[folder.to_owned()], None)?;
    let is_theirs = |path: &PathBuf, name: &std::sync::Arc<str>| {
        let Ok(bytes) = read_file(path, name, &Limits::default()) else { return false };
        let typed = || name.to_lowercase().ends_with(".csv") && TypedTable::read(&bytes).is_ok();
        let book = || Book::open(&bytes, name, &Limits::default()).is_ok_and(|b| ExerciseStamp::read(&b).is_some());
        if bytes.starts_with(b"PK") { book() } else { typed() }
    };
    let theirs: Vec<_> = inputs.files.iter().filter(|i| is_theirs(&i.path, &i.name)).collect();
    let ours = made_as(folder).filter(|(made, _)| made == PACK || made == ROOM);
    if theirs.is_empty() && ours.is_none() {
        return Err(Error::NoInput(format!(
            "{} is no folder of a training room: it holds no pack, no results and no participant's workbook; nothing was \
             removed",
            folder.display()
        )));
    }
    let mut wiped = Wiped::default();
    for input in theirs {
        let remove = std::fs::remove_file(&input.path);
        remove.map_err(|source| Error::Write { path: input.path.clone(), source })?;
        wiped.removed.push(input.name.to_string());
    }
    if ours.is_some() {
        let (mut removed, changed) = unwrite_folder(folder)?;
        wiped.removed.append(&mut removed);
        wiped.changed = changed;
    }
    wiped.removed.sort();
    wiped.removed.dedup();
    remove_empty(folder);
    wiped.left = find_inputs(&[folder.to_owned()], None).map_or(0, |i| i.files.len() + i.skipped);
    Ok(wiped)
}

/// Folders in which nothing is left. One that cannot be removed does no harm.
fn remove_empty(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|t| t.is_dir()) {
            remove_empty(&entry.path());
            let _ = std::fs::remove_dir(entry.path());
        }
    }
}
