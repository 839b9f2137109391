//! One workbook: opened, read with the questionnaire it was made from, apart from all others.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::checklist::{Library, Selection};
use crate::diag::{Code, Diagnostic, Place};
use crate::error::{Error, Result};
use crate::model::{Correction, Dossier, Form, Id, Questionnaire, Role};
use crate::questionnaire::{Book, Invited, Limits, Reader, Returned, Stamp};
use crate::report::{FileRecord, Mask, Status};

use super::digest::digest;
use super::gather::Guests;
use super::input::{self, Input};
use super::review::{Outcome, Queue};
use super::{Reading, gather, legacy, mask};

/// A composed questionnaire and its reader.
pub(super) struct Prepared {
    pub(super) questionnaire: Arc<Questionnaire>,
    pub(super) reader: Reader,
}

/// Composed questionnaires, made when the first workbook of their kind comes along.
pub(super) struct Shelf<'a> {
    pub(super) library: &'a Library,
    /// Who was invited.
    pub(super) guests: Guests<'a>,
    mask: Mask,
    prepared: Mutex<BTreeMap<Selection, Arc<Prepared>>>,
    /// One file is open at a time, however many threads: reading is short, and descriptors may be few.
    door: Mutex<()>,
}

impl<'a> Shelf<'a> {
    pub(super) fn new(library: &'a Library, invited: Option<&'a [Invited]>) -> Self {
        let guests = Guests::new(invited.unwrap_or_default());
        let words = library.words.get("report").cloned().unwrap_or_default();
        let (mask, prepared) = (Mask::new(&words), Mutex::new(BTreeMap::new()));
        Self { library, guests, mask, prepared, door: Mutex::new(()) }
    }

    pub(super) fn get(&self, selection: &Selection) -> Result<Arc<Prepared>> {
        let mut known = self.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(prepared) = known.get(selection) {
            return Ok(Arc::clone(prepared));
        }
        let questionnaire = Arc::new(self.library.compose(selection)?);
        let reader = Reader::new(Arc::clone(&questionnaire), &self.library.reference);
        let prepared = Arc::new(Prepared { questionnaire, reader });
        known.insert(selection.clone(), Arc::clone(&prepared));
        Ok(prepared)
    }
}

/// What a readable workbook says.
#[derive(Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) returned: Returned,
    /// What its answers belong to.
    pub(super) selection: Selection,
    /// Answers that a reviewer corrected; in `returned` they stand as corrected.
    pub(super) corrections: BTreeMap<Id, Correction>,
}

/// One file as it was read.
pub(super) struct Read {
    pub(super) record: FileRecord,
    pub(super) part: Option<Part>,
    /// What became of the rows of the queue that are about it.
    pub(super) outcomes: Vec<Outcome>,
}

impl Read {
    fn unreadable(name: &Arc<str>, sha256: String, diagnostic: Diagnostic) -> Self {
        let record = FileRecord {
            file: name.clone(),
            sha256,
            role: None,
            status: Status::Unreadable,
            supplier: None,
            diagnostics: vec![diagnostic],
        };
        Self { record, part: None, outcomes: Vec::new() }
    }
}

/// Reads one file. Our own faults cost the file, never the run.
pub(super) fn read_apart(shelf: &Shelf<'_>, input: &Input, reading: &Reading) -> Read {
    let name = &input.name;
    catch_unwind(AssertUnwindSafe(|| read(shelf, name, &input.path, reading))).unwrap_or_else(|_| {
        Read::unreadable(name, String::new(), Diagnostic::new(Code::InternalFault, Place::File(name.clone())))
    })
}

fn read(shelf: &Shelf<'_>, name: &Arc<str>, path: &Path, reading: &Reading) -> Read {
    let bytes = {
        let _door = shelf.door.lock().unwrap_or_else(PoisonError::into_inner);
        input::read(path, name, &reading.limits)
    };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(diagnostic) => return Read::unreadable(name, String::new(), *diagnostic),
    };
    let sha256 = digest(&bytes);
    let mut diagnostics = Vec::new();
    let outcome = legacy::modern(bytes, name, reading, &mut diagnostics)
        .and_then(|bytes| Book::open(&bytes, name, &reading.limits))
        .and_then(|book| read_book(shelf, &book, &mut diagnostics));
    let mut read = match outcome {
        Err(diagnostic) => Read::unreadable(name, sha256, *diagnostic),
        Ok((mut returned, selection)) => {
            diagnostics.append(&mut returned.diagnostics);
            let status = if returned.partly { Status::Partly } else { Status::Scored };
            let role = Some(returned.role);
            let record = FileRecord { file: name.clone(), sha256, role, status, supplier: None, diagnostics };
            let part = Part { returned, selection, corrections: BTreeMap::new() };
            Read { record, part: Some(part), outcomes: Vec::new() }
        }
    };
    if let Some(queue) = &reading.reviewed {
        review(shelf, queue, &mut read);
    }
    if !reading.unmasked {
        mask::mask(&shelf.mask, &mut read);
    }
    read
}

fn review(shelf: &Shelf<'_>, queue: &Queue, read: &mut Read) {
    let prepared = read.part.as_ref().and_then(|part| shelf.get(&part.selection).ok());
    let part = read.part.as_mut().zip(prepared.as_deref());
    read.outcomes = queue.apply(&mut read.record, part);
}

fn read_book(
    shelf: &Shelf<'_>,
    book: &Book,
    diagnostics: &mut Vec<Diagnostic>,
) -> std::result::Result<(Returned, Selection), Box<Diagnostic>> {
    let foreign = |_| Box::new(Diagnostic::new(Code::ForeignWorkbook, Place::File(book.file.clone())));
    let stamp = Stamp::read(book, diagnostics)?;
    let Some(stamp) = stamp else {
        // What it was made for is told by its own profile.
        let first = Selection { questionnaire: Id::new("guide"), sectors: Vec::new(), country: None, form: Form::Full };
        let returned = shelf.get(&first).map_err(foreign)?.reader.read(book, None)?;
        let selection = Selection {
            sectors: returned.profile.sectors.iter().flatten().cloned().collect(),
            country: returned.profile.countries.iter().flatten().next().cloned(),
            ..first
        };
        let returned = shelf.get(&selection).map_err(foreign)?.reader.read(book, None)?;
        return Ok((returned, selection));
    };
    let bad = |key: &str| {
        Diagnostic::new(Code::BadMeta, Place::Sheet { file: book.file.clone(), sheet: "_meta".into() }).with("key", key)
    };
    let sectors: Vec<Id> = stamp.sectors.iter().filter(|s| shelf.library.sectors.contains_key(*s)).cloned().collect();
    if sectors.len() != stamp.sectors.len() {
        diagnostics.push(bad("sectors"));
    }
    let selection = Selection {
        questionnaire: stamp.questionnaire.clone(),
        sectors,
        country: stamp.country.clone(),
        form: stamp.form,
    };
    let returned = shelf.get(&selection).map_err(foreign)?.reader.read(book, Some(&stamp))?;
    Ok((returned, selection))
}

/// Reads the workbooks of one supplier into a dossier, for an assessor's form.
///
/// # Errors
/// If the file holds no readable questionnaire.
pub fn read_answers(library: &Library, path: &Path) -> Result<(Dossier, Selection)> {
    let shelf = Shelf::new(library, None);
    let name: Arc<str> = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default().into();
    let fail = |d: &Diagnostic| Error::NoInput(format!("{}: {}", path.display(), d.message_without_options()));
    let bytes = input::read(path, &name, &Limits::default()).map_err(|d| fail(&d))?;
    let book = Book::open(&bytes, &name, &Limits::default()).map_err(|d| fail(&d))?;
    let mut diagnostics = Vec::new();
    let (returned, selection) = read_book(&shelf, &book, &mut diagnostics).map_err(|d| fail(&d))?;
    if returned.role != Role::Supplier {
        return Err(Error::NoInput(format!(
            "{}: this is the form of an {}; the supplier's answers are wanted",
            path.display(),
            returned.role.id()
        )));
    }
    let record = FileRecord {
        file: name,
        sha256: String::new(),
        role: Some(returned.role),
        status: Status::Scored,
        supplier: None,
        diagnostics,
    };
    let part = Part { returned, selection, corrections: BTreeMap::new() };
    let (mut gathered, _) = gather::join(vec![Read { record, part: Some(part), outcomes: Vec::new() }], &shelf.guests);
    let gathered = gathered.pop().ok_or_else(|| Error::NoInput(format!("{}: nothing was read", path.display())))?;
    Ok((gathered.dossier, gathered.selection))
}
