//! What is kept of a workbook between reading it and its supplier's turn: all that it says, without what others share with it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::checklist::Selection;
use crate::error::Result;
use crate::model::{
    Answer, ById, Cell, Closure, Correction, Entry, Evidence, Exact, Finding, Id, Sign, SignEntry, SignState,
};
use crate::questionnaire::Returned;

use super::stash::Stash;
use super::workbook::{Part, Shelf};

/// So many lists of ids are known again: those of so many questionnaires.
const LISTS: usize = 64;

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

/// Lists of ids that are known again: all workbooks of a questionnaire have entries with the same ids.
#[derive(Default)]
pub(super) struct Lists(Mutex<Vec<Arc<[Id]>>>);

impl Lists {
    /// The ids of entries.
    fn of(&self, entries: &ById<Entry>) -> Ids {
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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

    /// The same, as they were; nothing if no such list is known.
    fn get(&self, ids: Ids) -> Option<Arc<[Id]>> {
        match ids {
            Ids::Known(at) => self.0.lock().unwrap_or_else(PoisonError::into_inner).get(at).cloned(),
            Ids::Own(ids) => Some(ids.into()),
        }
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

impl Packed {
    pub(super) fn of(mut rest: Kept, stash: &Stash) -> Self {
        let mut names = Names::default();
        let mut entries = |entries: &mut ById<Entry>| {
            let ids = stash.lists.of(entries);
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
            let ids = stash.lists.get(ids);
            let ids = ids.ok_or_else(|| stash.failed(std::io::ErrorKind::InvalidData.into()))?;
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

    use serde::de::DeserializeOwned;

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
        let stash = Stash::new(None);
        for filled in [true, false] {
            comes_back(&stash, &kept(filled));
            comes_back(&stash, &Packed::of(kept(filled), &stash));
            let json = |kept: &Kept| serde_json::to_string(kept).unwrap();
            let packed: Packed = stash.get(stash.put(&Packed::of(kept(filled), &stash)).unwrap()).unwrap();
            assert_eq!(json(&packed.unpack(&stash).unwrap()), json(&kept(filled)));
            comes_back(&stash, &record(filled));
        }
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
        assert_eq!(stash.lists.0.lock().unwrap().len(), LISTS);
    }
}
