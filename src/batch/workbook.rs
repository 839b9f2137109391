//! One workbook: opened, read with the questionnaire it was made from, apart from all others.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::checklist::{Library, SectorData, Selection};
use crate::diag::{Code, Diagnostic, Place};
use crate::error::{Error, Result};
use crate::model::{Correction, Dossier, Form, Id, Questionnaire, Role};
use crate::questionnaire::{Book, Invited, Limits, Reader, Returned, Stamp, bad_meta};
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
pub(super) struct Part {
    pub(super) returned: Returned,
    /// What its answers belong to.
    pub(super) selection: Selection,
    /// The questionnaire they were read with.
    pub(super) questionnaire: Arc<Questionnaire>,
    /// Answers that a reviewer corrected; in `returned` they stand as corrected.
    pub(super) corrections: BTreeMap<Id, Correction>,
}

impl Part {
    /// Gives the file another name, wherever it stands.
    pub(super) fn rename(&mut self, name: &Arc<str>) {
        self.returned.rename(name);
    }

    /// The number of an item; its id, where it is not asked.
    pub(super) fn number<'a>(&'a self, id: &'a Id) -> &'a str {
        self.questionnaire.item(id.as_str()).map_or(id.as_str(), |(_, item)| item.number.as_str())
    }
}

/// One file as it was read.
pub(super) struct Read {
    pub(super) record: FileRecord,
    pub(super) part: Option<Part>,
    /// How many things reading itself said; what a reviewer and the mask said stands behind them.
    pub(super) told: usize,
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
        Self { record, part: None, told: 1, outcomes: Vec::new() }
    }

    /// Whose it is, and whether that one was invited.
    pub(super) fn belong(&mut self, guests: &Guests<'_>) {
        let Some(part) = &self.part else { return };
        let id = gather::id_of(&part.returned, &self.record, guests);
        if guests.are_known() && guests.of_id(&id).is_none() {
            let note = Diagnostic::new(Code::NotInvited, Place::File(self.record.file.clone()));
            self.record.diagnostics.insert(self.told.min(self.record.diagnostics.len()), note);
        }
        self.record.supplier = Some(id);
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
    if input::has_other_extension(name) && !legacy::is_old(&bytes) {
        diagnostics.push(Diagnostic::new(Code::OtherExtension, Place::File(name.clone())));
    }
    let outcome = legacy::modern(bytes, name, reading, &mut diagnostics)
        .and_then(|bytes| Book::open(&bytes, name, &reading.limits))
        .and_then(|book| read_book(shelf, &book, &mut diagnostics));
    let mut read = match outcome {
        Err(diagnostic) => Read::unreadable(name, sha256, *diagnostic),
        Ok((mut returned, selection, questionnaire)) => {
            diagnostics.append(&mut returned.diagnostics);
            let status = if returned.partly { Status::Partly } else { Status::Scored };
            let role = Some(returned.role);
            let told = diagnostics.len();
            let record = FileRecord { file: name.clone(), sha256, role, status, supplier: None, diagnostics };
            let part = Part { returned, selection, questionnaire, corrections: BTreeMap::new() };
            Read { record, part: Some(part), told, outcomes: Vec::new() }
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

/// What is read from a book: with which selection, and which questionnaire that makes.
type Told = (Returned, Selection, Arc<Questionnaire>);

fn read_book(
    shelf: &Shelf<'_>,
    book: &Book,
    diagnostics: &mut Vec<Diagnostic>,
) -> std::result::Result<Told, Box<Diagnostic>> {
    let foreign = |_| Box::new(Diagnostic::new(Code::ForeignWorkbook, Place::File(book.file.clone())));
    let told = |selection: Selection, stamp: Option<&Stamp>| {
        let prepared = shelf.get(&selection).map_err(foreign)?;
        let returned = prepared.reader.read(book, stamp)?;
        Ok::<Told, Box<Diagnostic>>((returned, selection, Arc::clone(&prepared.questionnaire)))
    };
    let stamp = Stamp::read(book, diagnostics)?;
    let Some(mut stamp) = stamp else {
        // What it was made for is told by its own profile.
        let first = Selection { questionnaire: Id::new("guide"), sectors: Vec::new(), country: None, form: Form::Full };
        let (returned, first, _) = told(first, None)?;
        let selection = Selection {
            sectors: returned.profile.sectors.iter().flatten().cloned().collect(),
            country: returned.profile.countries.iter().flatten().next().cloned(),
            ..first
        };
        return told(selection, None);
    };
    let stated = stamp.sectors.len();
    stamp.sectors.retain(|s| shelf.library.sectors.contains_key(s));
    if stamp.sectors.len() != stated {
        diagnostics.push(bad_meta(book, "sectors"));
    }
    if stamp.lang.take_if(|lang| !shelf.library.langs.contains(lang)).is_some() {
        diagnostics.push(bad_meta(book, "language"));
    }
    if stamp.country.take_if(|c| !shelf.library.reference.countries.contains_key(c)).is_some() {
        diagnostics.push(bad_meta(book, "country"));
    }
    let selection = Selection {
        questionnaire: stamp.questionnaire.clone(),
        sectors: stamp.sectors.clone(),
        country: stamp.country.clone(),
        form: stamp.form,
    };
    let first = told(selection, Some(&stamp))?;
    let Some((key, selection)) = overruled(shelf, &stamp, &first) else { return Ok(first) };
    stamp.sectors.clone_from(&selection.sectors);
    let mut second = told(selection, Some(&stamp))?;
    if key == "form" {
        // The rows decide, if they are all there.
        return match stamp.form {
            Form::Short if second.0.missing.is_empty() => {
                second.0.overrule(bad_meta(book, key));
                Ok(second)
            }
            Form::Full if second.0.missing.is_empty() && second.0.strays.is_empty() => {
                let mut first = first;
                first.0.diagnostics.push(Diagnostic::new(Code::ShortRows, Place::File(book.file.clone())));
                Ok(first)
            }
            _ => Ok(first),
        };
    }
    second.0.overrule(bad_meta(book, key));
    Ok(second)
}

/// What the rows of questions say against `_meta`: its key, and what to read the workbook with instead.
fn overruled(shelf: &Shelf<'_>, stamp: &Stamp, first: &Told) -> Option<(&'static str, Selection)> {
    let (returned, selection, questionnaire) = first;
    // The revision is a digest of the composition. If another set of sectors has the one that is stated, that was meant.
    if stamp.revision != questionnaire.revision {
        let has_rows = |(id, data): &(&Id, &SectorData)| {
            let questions = data.exposure.iter().chain(data.controls.iter().map(|(_, q)| q)).flat_map(|q| &q.items);
            let mut ids: Box<dyn Iterator<Item = &Id>> = match returned.role {
                Role::Observer => Box::new(data.signs.iter().map(|sign| &sign.id)),
                Role::Supplier | Role::Assessor => Box::new(questions.map(|item| &item.id)),
            };
            let stated = stamp.sectors.contains(id);
            ids.any(|id| if stated { !returned.missing.contains(id) } else { returned.strays.contains(id.as_str()) })
        };
        let found = shelf.library.sectors.iter().filter(has_rows).map(|(id, _)| id.clone()).collect();
        let other = Selection { sectors: found, ..selection.clone() };
        if shelf.get(&other).is_ok_and(|prepared| prepared.questionnaire.revision == stamp.revision) {
            return Some(("sectors", other));
        }
    }
    let doubtful = match stamp.form {
        Form::Short => returned.strays.iter().any(|id| questionnaire.all_ids.contains_key(id.as_str())),
        Form::Full => !returned.missing.is_empty(),
    };
    let form = if stamp.form == Form::Short { Form::Full } else { Form::Short };
    doubtful.then(|| ("form", Selection { form, ..selection.clone() }))
}

/// One workbook as a dossier of its own.
pub(super) struct One {
    pub(super) dossier: Dossier,
    pub(super) selection: Selection,
    pub(super) role: Role,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Reads the workbooks of one supplier into a dossier, for an assessor's form.
///
/// # Errors
/// If the file holds no readable questionnaire.
pub fn read_answers(library: &Library, path: &Path) -> Result<(Dossier, Selection)> {
    let one = read_dossier(library, path)?;
    if one.role != Role::Supplier {
        return Err(Error::NoInput(format!(
            "{}: this is the form of an {}; the supplier's answers are wanted",
            path.display(),
            one.role.id()
        )));
    }
    Ok((one.dossier, one.selection))
}

/// Reads one workbook, of whatever role, as if it were all there is of its supplier.
pub(super) fn read_dossier(library: &Library, path: &Path) -> Result<One> {
    let shelf = Shelf::new(library, None);
    let name: Arc<str> = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default().into();
    let fail = |d: &Diagnostic| Error::NoInput(format!("{}: {}", path.display(), d.message_without_options()));
    let bytes = input::read(path, &name, &Limits::default()).map_err(|d| fail(&d))?;
    let book = Book::open(&bytes, &name, &Limits::default()).map_err(|d| fail(&d))?;
    let mut diagnostics = Vec::new();
    let (mut returned, selection, questionnaire) = read_book(&shelf, &book, &mut diagnostics).map_err(|d| fail(&d))?;
    diagnostics.append(&mut returned.diagnostics);
    let role = returned.role;
    let record = FileRecord {
        file: name,
        sha256: String::new(),
        role: Some(role),
        status: Status::Scored,
        supplier: None,
        diagnostics: Vec::new(),
    };
    let part = Part { returned, selection, questionnaire, corrections: BTreeMap::new() };
    let (mut gathered, _) =
        gather::join(vec![Read { record, part: Some(part), told: 0, outcomes: Vec::new() }], &shelf.guests);
    let gathered = gathered.pop().ok_or_else(|| Error::NoInput(format!("{}: nothing was read", path.display())))?;
    Ok(One { dossier: gathered.dossier, selection: gathered.selection, role, diagnostics })
}
