//! What was read, and what is to be said of it, waits here for its turn, on disk if it is much: a workbook is read once, and
//! memory does not grow with their number. Nobody else sees the file: it has no name, and the system takes it back however
//! the run ends.

use std::collections::BTreeMap;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tempfile::SpooledTempFile;

use crate::checklist::Selection;
use crate::error::{Error, Result};
use crate::model::{
    Answer, ById, Cell, Closure, Correction, Entry, Evidence, Exact, Finding, Id, Sign, SignEntry, SignState,
};
use crate::questionnaire::Returned;

use super::workbook::{Part, Shelf};

/// So much of either pile stays in memory before the disk is used: what is kept of some two hundred forms, or what is said
/// of some thousand files.
const IN_MEMORY: usize = 1 << 20;

/// The same without a folder of the run's own, where the disk is the system's place for temporary files.
const WITHOUT_FOLDER: usize = 32 << 20;

/// So many lists of ids are known again: those of so many questionnaires.
const LISTS: usize = 64;

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
    /// Lists of ids that are known again: all workbooks of a questionnaire have entries with the same ids.
    ids: Mutex<Vec<Arc<[Id]>>>,
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

/// The same for the stash: hundreds of cells stand in one file and on a few sheets, whose names lie there once.
#[derive(Serialize, Deserialize)]
pub(super) struct Packed {
    /// All but answers and findings.
    rest: Kept,
    names: Names,
    exposure: PackedEntries,
    controls: PackedEntries,
    findings: Vec<(Id, PackedFinding)>,
}

/// Names of files and sheets.
#[derive(Default, Serialize, Deserialize)]
struct Names(Vec<Arc<str>>);

/// A cell, its file and sheet by their places among the names.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct PackedCell {
    file: usize,
    sheet: usize,
    row: u32,
    column: u32,
}

/// Entries in the order of their ids.
#[derive(Serialize, Deserialize)]
struct PackedEntries {
    ids: Ids,
    entries: Vec<PackedEntry>,
}

#[derive(Serialize, Deserialize)]
enum Ids {
    /// A list that the stash knows, by its place, which depends on what came first: nobody takes a digest of such bytes.
    Known(usize),
    Own(Vec<Id>),
}

#[derive(Serialize, Deserialize)]
struct PackedEntry {
    answer: Answer,
    number: Option<Exact>,
    raw: Option<String>,
    comment: Option<String>,
    document: Option<String>,
    cell: Option<PackedCell>,
}

#[derive(Serialize, Deserialize)]
struct PackedFinding {
    entry: PackedEntry,
    evidence: Evidence,
    reference: Option<String>,
    signed: Option<String>,
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
        Self { short: pile(), long: pile(), ids: Mutex::default(), folder }
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

    /// Ids of entries.
    fn ids_of(&self, entries: &ById<Entry>) -> Ids {
        let mut lists = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = lists.iter().position(|ids| ids.len() == entries.len() && ids.iter().eq(entries.keys())) {
            return Ids::Known(at);
        }
        let own: Vec<Id> = entries.keys().cloned().collect();
        if lists.len() == LISTS {
            return Ids::Own(own);
        }
        lists.push(own.into());
        Ids::Known(lists.len() - 1)
    }

    /// The same, as they were.
    fn ids(&self, ids: Ids) -> Result<Arc<[Id]>> {
        let lists = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        let known = match ids {
            Ids::Known(at) => lists.get(at).cloned(),
            Ids::Own(ids) => Some(ids.into()),
        };
        known.ok_or_else(|| self.failed(std::io::ErrorKind::InvalidData.into()))
    }

    /// What such bytes hold.
    pub(super) fn read<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T> {
        postcard::from_bytes(bytes).map_err(|e| self.failed(std::io::Error::new(std::io::ErrorKind::InvalidData, e)))
    }

    fn failed(&self, source: std::io::Error) -> Error {
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

impl Packed {
    pub(super) fn of(mut rest: Kept, stash: &Stash) -> Self {
        let mut names = Names::default();
        let mut entries = |entries: &mut ById<Entry>| {
            let ids = stash.ids_of(entries);
            let all = std::mem::take(entries).into_iter();
            PackedEntries { ids, entries: all.map(|(_, entry)| PackedEntry::of(entry, &mut names)).collect() }
        };
        let (exposure, controls) = (entries(&mut rest.returned.exposure), entries(&mut rest.returned.controls));
        let findings = std::mem::take(&mut rest.returned.findings).into_iter();
        let findings = findings.map(|(id, finding)| (id, PackedFinding::of(finding, &mut names))).collect();
        Self { rest, names, exposure, controls, findings }
    }

    pub(super) fn unpack(self, stash: &Stash) -> Result<Kept> {
        let Self { mut rest, names, exposure, controls, findings } = self;
        let entries = |PackedEntries { ids, entries }| -> Result<ById<Entry>> {
            let ids = stash.ids(ids)?;
            let all = entries.into_iter().map(|packed| packed.entry(&names));
            Ok(in_order(ids.iter().cloned().zip(all)))
        };
        (rest.returned.exposure, rest.returned.controls) = (entries(exposure)?, entries(controls)?);
        rest.returned.findings = in_order(findings.into_iter().map(|(id, packed)| (id, packed.finding(&names))));
        Ok(rest)
    }
}

/// What was put away in the order of ids comes back in it.
fn in_order<T>(all: impl Iterator<Item = (Id, T)>) -> ById<T> {
    ById::from_sorted_store_unchecked(all.collect())
}

impl Names {
    /// Its place. The cells of a workbook share their names.
    fn put(&mut self, name: Arc<str>) -> usize {
        let known = self.0.iter().position(|known| Arc::ptr_eq(known, &name));
        known.unwrap_or_else(|| {
            self.0.push(name);
            self.0.len() - 1
        })
    }

    fn pack(&mut self, cell: Cell) -> PackedCell {
        let Cell { file, sheet, row, column } = cell;
        PackedCell { file: self.put(file), sheet: self.put(sheet), row, column }
    }

    fn unpack(&self, cell: PackedCell) -> Option<Cell> {
        let PackedCell { file, sheet, row, column } = cell;
        let name = |at: usize| self.0.get(at).cloned();
        Some(Cell { file: name(file)?, sheet: name(sheet)?, row, column })
    }
}

impl PackedEntry {
    fn of(entry: Entry, names: &mut Names) -> Self {
        let Entry { answer, number, raw, comment, document, cell } = entry;
        Self { answer, number, raw, comment, document, cell: cell.map(|cell| names.pack(cell)) }
    }

    fn entry(self, names: &Names) -> Entry {
        let Self { answer, number, raw, comment, document, cell } = self;
        Entry { answer, number, raw, comment, document, cell: cell.and_then(|cell| names.unpack(cell)) }
    }
}

impl PackedFinding {
    fn of(finding: Finding, names: &mut Names) -> Self {
        let Finding { entry, evidence, reference, signed } = finding;
        Self { entry: PackedEntry::of(entry, names), evidence, reference, signed }
    }

    fn finding(self, names: &Names) -> Finding {
        let Self { entry, evidence, reference, signed } = self;
        Finding { entry: entry.entry(names), evidence, reference, signed }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::diag::{Code, Diagnostic, Place as At};
    use crate::model::{Form, Lang, Look, Profile, Role};
    use crate::questionnaire::FactEntry;
    use crate::report::{FileRecord, Status};

    /// What was read of a workbook, with everything that may be blank either filled or not.
    fn kept(filled: bool) -> Kept {
        let some = |text: &str| filled.then(|| text.to_owned());
        let cell = Cell { file: "a.xlsx".into(), sheet: "Løn".into(), row: 7, column: 4 };
        let entry = Entry {
            answer: if filled { Answer::NotApplicable { reason: true } } else { Answer::Option("full".to_owned()) },
            number: filled.then(|| "25/2".parse().unwrap()),
            raw: some("12,5"),
            comment: some("a comment"),
            document: some("a document"),
            cell: filled.then(|| cell.clone()),
        };
        let finding =
            Finding { entry: entry.clone(), evidence: Evidence::E2, reference: some("p. 3"), signed: some("AB") };
        let place = At::Cell { file: cell.file.clone(), sheet: cell.sheet.clone(), row: 1, column: 2 };
        let closure =
            || Closure { status: "remedied".to_owned(), signed: "AB".to_owned(), date: "2026-11-24".to_owned() };
        let sign = |filled: bool| KeptSign {
            sign: Id::new("own-documents"),
            state: SignState::Present,
            raw: some("yes"),
            comment: some("seen"),
            cell: filled.then(|| cell.clone()),
            closure: filled.then(closure),
            look: 3,
        };
        let correction = Correction { read: Answer::Blank, by: "AB".to_owned(), reason: "told".to_owned() };
        let returned = Returned {
            role: Role::Assessor,
            lang: Lang::english(),
            form: Form::Full,
            edition: "1".to_owned(),
            revision: String::new(),
            supplier: some("acme"),
            supplier_name: some("Acme"),
            profile: Profile {
                name: some("Acme"),
                countries: vec![filled.then(|| "DK".parse().unwrap()), None],
                sectors: vec![filled.then(|| Id::new("cleaning"))],
                employees: filled.then_some(300),
                ..Profile::default()
            },
            facts: BTreeMap::from([(
                "name".to_owned(),
                FactEntry { number: "1".to_owned(), place, raw: some("Acme") },
            )]),
            exposure: ById::from_iter([(Id::new("a"), entry.clone())]),
            controls: ById::from_iter([(Id::new("b.c"), entry)]),
            findings: ById::from_iter([(Id::new("b.c"), finding)]),
            look: filled.then(|| Look {
                file: "a.xlsx".into(),
                date: None,
                role: some("a neighbour"),
                site: None,
                seen: Some(false),
                under_18: true,
            }),
            signs: Vec::new(),
            modified: some("2026-11-24"),
            partly: filled,
            missing: BTreeSet::from([Id::new("d")]),
            strays: BTreeSet::from(["e".to_owned()]),
            diagnostics: Vec::new(),
            columns: crate::questionnaire::Columns::default(),
        };
        let (questionnaire, sectors) = (Id::new("guide"), vec![Id::new("cleaning")]);
        Kept {
            returned,
            selection: Selection { questionnaire, sectors, country: None, form: Form::Short },
            corrections: BTreeMap::from([(Id::new("a"), correction)]),
            signs: vec![sign(filled), sign(false)],
        }
    }

    fn record(filled: bool) -> FileRecord {
        let place = At::Sheet { file: "a.xlsx".into(), sheet: "Løn".into() };
        let plain = Diagnostic::new(Code::MissingMeta, place.clone());
        let full = Diagnostic::new(Code::Superseded, place.clone())
            .with("differ", "3")
            .phrase("why", "date-newer")
            .raw("raw")
            .taken("taken")
            .signed("AB", "told")
            .related(place.clone(), "there")
            .other(place, Some("other".to_owned()))
            .help("help");
        FileRecord {
            file: "a.xlsx".into(),
            sha256: "ab".repeat(32),
            role: filled.then_some(Role::Observer),
            status: Status::Partly,
            supplier: filled.then(|| "acme".to_owned()),
            diagnostics: if filled { vec![plain.clone(), full, plain] } else { Vec::new() },
        }
    }

    fn comes_back<T: Serialize + DeserializeOwned>(stash: &Stash, thing: &T) {
        let json = |thing: &T| serde_json::to_string(thing).unwrap();
        let place = stash.put(thing).unwrap();
        assert_eq!(json(&stash.get(place).unwrap()), json(thing));
        assert_eq!(stash.bytes(place).unwrap(), stash.bytes(stash.put(thing).unwrap()).unwrap());
    }

    #[test]
    fn what_is_put_away_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        for stash in [Stash::new(None), Stash::new(Some(folder.path()))] {
            for filled in [true, false] {
                comes_back(&stash, &kept(filled));
                comes_back(&stash, &Packed::of(kept(filled), &stash));
                let json = |kept: &Kept| serde_json::to_string(kept).unwrap();
                let packed: Packed = stash.get(stash.put(&Packed::of(kept(filled), &stash)).unwrap()).unwrap();
                assert_eq!(json(&packed.unpack(&stash).unwrap()), json(&kept(filled)));
                comes_back(&stash, &record(filled));
            }
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nobody sees it");
    }

    #[test]
    fn entries_come_back_with_their_ids_whether_these_are_known_or_not() {
        let stash = Stash::new(None);
        let all = (0..2 * LISTS).chain([0, 2 * LISTS - 1]).map(|n| {
            let mut kept = kept(true);
            let entry = kept.returned.controls.values().next().unwrap().clone();
            kept.returned.exposure.insert(Id::new(&format!("x-{n}")), entry.clone());
            kept.returned.controls.insert(Id::new(&format!("x-{}", n / 2)), entry);
            let json = serde_json::to_string(&kept).unwrap();
            (stash.put(&Packed::of(kept, &stash)).unwrap(), json)
        });
        for (place, json) in all.collect::<Vec<_>>() {
            let packed: Packed = stash.get(place).unwrap();
            assert_eq!(serde_json::to_string(&packed.unpack(&stash).unwrap()).unwrap(), json);
        }
        assert_eq!(stash.ids.lock().unwrap().len(), LISTS);
    }

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
    }
}
