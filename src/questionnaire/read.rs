//! A workbook read back: every answer with its cell, and everything that was not taken as it stood.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::diag::{Code, Diagnostic, Place};
use crate::model::{
    Answer, AnswerKind, ById, Cell, Closure, Entry, Evidence, Finding, Form, Id, Item, Lang, Look, Profile,
    Questionnaire, Reference, Role, SignEntry, SignState,
};

use super::book::{Book, CellValue};
use super::fold::trim;
use super::labels::{Labels, Understood};
use super::layout::{Kind, column};
use super::locate::{Found, Index, Location};
use super::profile::{self, FactCell, Names};
use super::stamp::{self, Stamp, whole};

/// What one workbook says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Returned {
    /// Who filled it in.
    pub role: Role,
    /// Its language.
    pub lang: Lang,
    /// Its form.
    pub form: Form,
    /// The edition it states.
    pub edition: String,
    /// The revision it states.
    pub revision: String,
    /// The supplier's id it states.
    pub supplier: Option<String>,
    /// The supplier's name it states.
    pub supplier_name: Option<String>,
    /// Facts about the supplier.
    pub profile: Profile,
    /// Each fact of the profile that has a row, by id.
    pub facts: BTreeMap<String, FactEntry>,
    /// Answers of the self-test.
    pub exposure: ById<Entry>,
    /// Answers of the controls.
    pub controls: ById<Entry>,
    /// An assessor's findings.
    pub findings: ById<Finding>,
    /// An observer's visit.
    pub look: Option<Look>,
    /// An observer's signs.
    #[serde(skip)]
    pub signs: Vec<SignEntry>,
    /// Modification date in the file's own properties.
    pub modified: Option<String>,
    /// A sheet or row is missing, cells lay beyond the limits, or it is of another revision.
    pub partly: bool,
    /// Items and signs without a row.
    pub missing: BTreeSet<Id>,
    /// Ids of rows that the questionnaire does not ask.
    pub strays: BTreeSet<String>,
    /// What is to be said about it.
    #[serde(skip)]
    pub diagnostics: Vec<Diagnostic>,
    /// Which column of each sheet holds what.
    pub columns: Columns,
}

impl Returned {
    /// Gives the file another name, wherever it stands.
    pub fn rename(&mut self, name: &Arc<str>) {
        for d in &mut self.diagnostics {
            d.rename(name);
        }
        for fact in self.facts.values_mut() {
            fact.place.rename(name);
        }
        let entries = self.exposure.iter_mut().chain(&mut self.controls).map(|(_, entry)| entry);
        let findings = self.findings.iter_mut().map(|(_, f)| &mut f.entry);
        let signs = self.signs.iter_mut().flat_map(|s| &mut s.cell);
        for cell in entries.chain(findings).flat_map(|e| &mut e.cell).chain(signs) {
            cell.file = Arc::clone(name);
        }
        if let Some(look) = &mut self.look {
            look.file = Arc::clone(name);
        }
    }
}

/// What stands beside an answer, in its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// The document offered.
    Document,
    /// The comment.
    Comment,
    /// An assessor's reference.
    Reference,
    /// Date and initials.
    Signed,
}

/// Which column of each sheet holds what, by the sheet's name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Columns(BTreeMap<Arc<str>, BTreeMap<u16, u32>>);

impl Columns {
    /// The cell beside an answer's; the answer's own where its sheet has no such column.
    pub fn beside(&self, answer: &Cell, what: Beside) -> Cell {
        let column = match what {
            Beside::Document => column::DOCUMENT,
            Beside::Comment => column::COMMENT,
            Beside::Reference => column::REFERENCE,
            Beside::Signed => column::SIGNED,
        };
        let found = self.0.get(&answer.sheet).and_then(|columns| columns.get(&column));
        Cell { column: found.copied().unwrap_or(answer.column), ..answer.clone() }
    }
}

/// A fact of the profile as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactEntry {
    /// Its number on the sheet.
    pub number: String,
    /// Where it stands.
    pub place: Place,
    /// What stands there.
    pub raw: Option<String>,
}

/// Reads workbooks of one questionnaire. Made once, used for many.
#[derive(Debug)]
pub struct Reader {
    pub(super) questionnaire: Arc<Questionnaire>,
    names: Names,
    pub(super) index: Index,
    exposure: Lines,
    controls: Lines,
    scales: BTreeMap<Id, Arc<Labels>>,
    sign: Labels,
    yes_no: Labels,
    seen: Labels,
    evidence: Labels,
    closure: Labels,
}

impl Reader {
    /// A reader for a questionnaire.
    pub fn new(questionnaire: Arc<Questionnaire>, reference: &Reference) -> Self {
        let common = &questionnaire.common;
        let mut scales = BTreeMap::new();
        for item in questionnaire.questions().flat_map(|q| &q.items) {
            if let AnswerKind::Scale(scale) = &item.kind {
                scales.entry(scale.id.clone()).or_insert_with(|| Arc::new(Labels::new(scale, common)));
            }
        }
        let index = Index::new(&questionnaire);
        let line = |item: &Item, kind| Line {
            target: index.target(&item.id, kind).map(|(at, _)| at),
            labels: match &item.kind {
                AnswerKind::Scale(scale) => scales.get(&scale.id).cloned(),
                AnswerKind::Text => None,
            },
        };
        let exposed = questionnaire.exposure.questions.iter().flat_map(|q| &q.items);
        let controls = questionnaire.control_questions().flat_map(|(_, q)| &q.items);
        Self {
            names: Names::new(reference),
            exposure: Lines::new(exposed.map(|item| (&item.id, line(item, Kind::Exposure)))),
            controls: Lines::new(controls.map(|item| (&item.id, line(item, Kind::Controls)))),
            index,
            scales,
            sign: Labels::of(&questionnaire.signs.scale.options),
            yes_no: Labels::new(&common.yes_no, common),
            seen: Labels::of(&common.seen),
            evidence: Labels::of(&common.evidence),
            closure: Labels::of(&common.closure),
            questionnaire,
        }
    }

    /// Reads a workbook.
    ///
    /// # Errors
    /// One diagnostic, if it is none of ours.
    pub fn read(&self, book: &Book, stamp: Option<&Stamp>) -> Result<Returned, Box<Diagnostic>> {
        let other_revision = stamp.is_some_and(|s| s.revision != self.questionnaire.revision);
        let stated = stamp.and_then(|s| s.role);
        let (role, location) = self.role_of(book, stated, other_revision)?;
        let mut out = Returned {
            role,
            lang: stamp
                .and_then(|s| s.lang.clone())
                .or_else(|| location.lang(&self.index, book))
                .unwrap_or_else(Lang::english),
            form: self.questionnaire.form,
            edition: stamp.map(|s| s.edition.clone()).unwrap_or_default(),
            revision: stamp.map(|s| s.revision.clone()).unwrap_or_default(),
            supplier: stamp.and_then(|s| s.supplier.clone()),
            supplier_name: stamp.and_then(|s| s.supplier_name.clone()),
            profile: Profile::default(),
            facts: BTreeMap::new(),
            exposure: ById::new(),
            controls: ById::new(),
            findings: ById::new(),
            look: None,
            signs: Vec::new(),
            modified: book.modified.clone(),
            partly: false,
            missing: BTreeSet::new(),
            strays: location.strays.iter().map(|(id, ..)| id.clone()).collect(),
            diagnostics: Vec::new(),
            columns: Columns(
                location.columns.iter().map(|(at, c)| (book.sheets[*at].name.clone(), c.clone())).collect(),
            ),
        };
        if stamp.is_none() {
            out.say_partly(Diagnostic::new(Code::MissingMeta, whole(&book.file)));
        }
        if stated.is_some_and(|r| r != role) {
            out.say_partly(stamp::bad(book, "role"));
        }
        if other_revision {
            let found = out.revision.clone();
            out.say_partly(
                Diagnostic::new(Code::OtherRevision, whole(&book.file))
                    .raw(found)
                    .with("today", self.questionnaire.revision.as_str()),
            );
        }
        out.partly |= book.notes.iter().any(|note| note.code == Code::CellsBeyond);
        out.diagnostics.extend(book.notes.iter().cloned());
        let pass = Pass { reader: self, book, location: &location };
        pass.missing(&mut out);
        pass.rearranged(other_revision, &mut out);
        pass.unseen(&mut out);
        pass.beside(&mut out);
        match role {
            Role::Supplier | Role::Assessor => {
                pass.profile(stamp, &mut out);
                pass.answers(&mut out);
            }
            Role::Observer => pass.signs(&mut out),
        }
        pass.retired(&mut out);
        Ok(out)
    }

    /// What somebody else writes as the answer to an item, understood like a cell of the workbook. A reason for "not
    /// applicable" stands beside it.
    pub fn second(&self, id: &Id, value: &CellValue, lang: &Lang) -> Option<(Answer, Option<crate::model::Exact>)> {
        match self.labels(id)?.understand(value, lang, true) {
            Understood::Exactly(answer, number) | Understood::By(answer, number, ..) => Some((answer, number)),
            Understood::Ambiguous | Understood::OutOfRange | Understood::Not => None,
        }
    }

    /// What may be answered to an item, in a language, for a message.
    pub fn offered(&self, id: &Id, lang: &Lang) -> String {
        self.labels(id).map(|l| l.offered(lang)).unwrap_or_default()
    }

    fn labels(&self, id: &Id) -> Option<&Labels> {
        match &self.questionnaire.item(id.as_str())?.1.kind {
            AnswerKind::Scale(scale) => self.scales.get(&scale.id).map(|labels| &**labels),
            AnswerKind::Text => None,
        }
    }

    /// Who filled a workbook in: as it says, if that fits what is found in it; otherwise by what is found. A form that
    /// somebody stamped anew by hand must not take the place of a supplier's questionnaire.
    fn role_of(
        &self,
        book: &Book,
        stated: Option<Role>,
        other_revision: bool,
    ) -> Result<(Role, Location), Box<Diagnostic>> {
        if let Some(role) = stated {
            let location = self.index.locate(book, role, other_revision);
            let other = || self.index.locate(book, Role::Observer, other_revision).is_ours(&self.index, Role::Observer);
            let fits = !location.rows.is_empty()
                && (role == Role::Observer || location.is_ours(&self.index, role) || !other())
                && !(role == Role::Supplier && location.assessed);
            if fits {
                return Ok((role, location));
            }
        }
        self.recognise(book, other_revision)
    }

    /// What a workbook is that does not say so, by what is found in it.
    fn recognise(&self, book: &Book, other_revision: bool) -> Result<(Role, Location), Box<Diagnostic>> {
        for role in [Role::Supplier, Role::Observer] {
            let location = self.index.locate(book, role, other_revision);
            if location.is_ours(&self.index, role) {
                let assessed = role == Role::Supplier
                    && (location.assessed
                        || location.rows.values().flatten().any(|f| {
                            location
                                .at(*f, column::EVIDENCE)
                                .and_then(|(r, c)| book.sheets[f.sheet].get(r, c))
                                .is_some()
                        }));
                return Ok((if assessed { Role::Assessor } else { role }, location));
            }
        }
        Err(Box::new(Diagnostic::new(Code::ForeignWorkbook, whole(&book.file))))
    }
}

impl Returned {
    /// Says that `_meta` does not fit the rows of questions, which decide.
    pub fn overrule(&mut self, diagnostic: Diagnostic) {
        self.say_partly(diagnostic);
    }

    pub(super) fn say(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    pub(super) fn say_partly(&mut self, diagnostic: Diagnostic) {
        self.partly = true;
        self.diagnostics.push(diagnostic);
    }
}

/// Where nothing stands.
const BLANK: Entry =
    Entry { answer: Answer::Blank, number: None, raw: None, comment: None, document: None, cell: None };

/// The lines of a part of the questionnaire, and what is the same of them in every workbook.
#[derive(Debug)]
struct Lines {
    /// As they are asked.
    asked: Vec<Line>,
    /// Their ids in order, each with its place among those. A table is made faster from entries that come in its own order.
    by_id: Vec<(Id, usize)>,
}

/// What is the same of a line in every workbook.
#[derive(Debug)]
struct Line {
    /// Its place among the targets.
    target: Option<usize>,
    /// What may be answered to it; none if that is any text.
    labels: Option<Arc<Labels>>,
}

impl Lines {
    fn new<'a>(lines: impl Iterator<Item = (&'a Id, Line)>) -> Self {
        let (mut by_id, mut asked) = (Vec::new(), Vec::new());
        for (id, line) in lines {
            by_id.push((id.clone(), asked.len()));
            asked.push(line);
        }
        by_id.sort();
        Self { asked, by_id }
    }

    /// The entries of all lines, as they are asked, by id.
    fn arrange(&self, entries: &mut [Entry]) -> ById<Entry> {
        let one = |(id, at): &(Id, usize)| (id.clone(), std::mem::replace(&mut entries[*at], BLANK));
        ById::from_sorted_store_unchecked(self.by_id.iter().map(one).collect())
    }
}

/// One workbook being read.
pub(super) struct Pass<'r> {
    pub(super) reader: &'r Reader,
    pub(super) book: &'r Book,
    pub(super) location: &'r Location,
}

impl Pass<'_> {
    /// Whether what stands in a cell is shown: not under a merged cell, nor in a format that shows nothing.
    fn hidden(&self, found: Found, column: u16) -> Option<Code> {
        let (row, column) = self.location.at(found, column)?;
        let sheet = &self.book.sheets[found.sheet];
        let filled = sheet.get(row, column).is_some();
        if filled && sheet.view.invisible.contains(&(row, column)) {
            return Some(Code::HiddenAnswer);
        }
        let range = sheet.view.merges.iter().find(|m| m.contains(row, column) && (m.top, m.left) != (row, column))?;
        match (filled, sheet.get(range.top, range.left)) {
            (true, _) => Some(Code::HiddenAnswer),
            (false, Some(_)) => Some(Code::MergedAnswer),
            (false, None) => None,
        }
    }

    pub(super) fn value(&self, found: Found, column: u16) -> Option<&CellValue> {
        let (row, column) = self.location.at(found, column)?;
        self.book.sheets[found.sheet].get(row, column)
    }

    /// What is written in a cell; a formula without a result and an error value are nothing that was written.
    fn text(&self, found: Found, column: u16) -> Option<String> {
        let value = self.value(found, column)?;
        if matches!(value, CellValue::Formula | CellValue::Error(_)) {
            return None;
        }
        Some(trim(value.shown())).filter(|t| !t.is_empty()).map(str::to_owned)
    }

    /// The first text in that column of several rows.
    fn text_of(&self, rows: &[Found], column: u16) -> Option<String> {
        rows.iter().find_map(|found| self.text(*found, column))
    }

    /// The row that says something in a column: the first that is filled in. A blank says nothing against it.
    fn filled(&self, rows: &[Found], column: u16) -> Found {
        if let [one] = rows {
            return *one;
        }
        rows.iter().find(|f| self.value(**f, column).is_some()).copied().unwrap_or(rows[0])
    }

    /// The rows that say something else in a column than the one that is filled in first.
    fn others<'f>(&self, rows: &'f [Found], column: u16) -> impl Iterator<Item = Found> + use<'_, 'f> {
        let first = self.value(self.filled(rows, column), column);
        let differs = move |f: &&Found| self.value(**f, column).is_some_and(|value| Some(value) != first);
        rows.iter().filter(differs).copied()
    }

    /// Whether all rows that are filled in say the same in a column.
    fn agree(&self, rows: &[Found], column: u16) -> bool {
        self.others(rows, column).next().is_none()
    }

    /// A note for each row that says something else in a column than the first; whether there is any.
    fn doubled(&self, rows: &[Found], column: u16, number: &str, out: &mut Vec<Diagnostic>) -> bool {
        if rows.len() < 2 {
            return false;
        }
        let raw = |found| self.value(found, column).map(CellValue::raw).unwrap_or_default();
        let first = self.filled(rows, column);
        for other in self.others(rows, column) {
            let note = Diagnostic::new(Code::DuplicateRow, self.place(first, column)).with("number", number);
            out.push(note.raw(raw(first)).other(self.place(other, column), Some(raw(other))));
        }
        !self.agree(rows, column)
    }

    fn cell(&self, found: Found, column: u16) -> Option<Cell> {
        let (row, column) = self.location.at(found, column)?;
        Some(self.book.cell(found.sheet, row, column))
    }

    pub(super) fn place(&self, found: Found, column: u16) -> Place {
        match self.cell(found, column) {
            Some(Cell { file, sheet, row, column }) => Place::Cell { file, sheet, row, column },
            None => Place::Sheet { file: self.book.file.clone(), sheet: self.book.sheets[found.sheet].name.clone() },
        }
    }

    /// The rows of a line: one, or several that say the same, or several that differ.
    fn rows(&self, id: &Id, kind: Kind) -> Option<(&[Found], &str)> {
        let (at, _) = self.reader.index.target(id, kind)?;
        self.rows_of(at)
    }

    /// The same by its place among the targets.
    fn rows_of(&self, at: usize) -> Option<(&[Found], &str)> {
        Some((self.location.rows.get(&at)?, &self.reader.index.targets[at].number))
    }

    fn profile(&self, stamp: Option<&Stamp>, out: &mut Returned) {
        let mut profile = Profile::default();
        let mut diags = Vec::new();
        let mut subcontracting = None;
        for field in &self.reader.questionnaire.profile.fields {
            let Some((found, number)) = self.rows(&field.id, Kind::Profile) else { continue };
            let filled = self.filled(found, column::ANSWER);
            let mut value = self.value(filled, column::ANSWER);
            let place = self.place(filled, column::ANSWER);
            let raw = value.map(CellValue::raw);
            out.facts.insert(field.id.to_string(), FactEntry { number: number.to_owned(), place: place.clone(), raw });
            if self.doubled(found, column::ANSWER, number, &mut diags) {
                value = None;
            } else if let Some(code) = self.hidden(filled, column::ANSWER) {
                diags.push(Diagnostic::new(code, place.clone()).with("number", number));
                value = None;
            }
            if field.id.as_str() == "levels" {
                subcontracting = Some((number.to_owned(), place.clone()));
            }
            let cell = FactCell { value, number, place };
            let reader = self.reader;
            profile::read(&mut profile, field.id.as_str(), &cell, &reader.names, &reader.yes_no, &out.lang, &mut diags);
        }
        if let Some((number, place)) = subcontracting {
            profile::reconcile(&mut profile, &number, &place, &mut diags);
        }
        // A blank cell does not unsay what the workbook was made for.
        if let Some(stamp) = stamp {
            self.compare_meta(&profile, stamp, out);
            if profile.countries.is_empty() {
                profile.countries.extend(stamp.country.clone().map(Some));
            }
            if profile.sectors.is_empty() {
                profile.sectors.extend(stamp.sectors.iter().cloned().map(Some));
            }
            if profile.name.is_none() {
                profile.name.clone_from(&stamp.supplier_name);
            }
        }
        out.profile = profile;
        out.diagnostics.append(&mut diags);
    }

    /// A profile that names another country or other sectors than the workbook was made for is worth a look.
    fn compare_meta(&self, profile: &Profile, stamp: &Stamp, out: &mut Returned) {
        let sectors: BTreeSet<Option<&Id>> = stamp.sectors.iter().map(Some).collect();
        let own: BTreeSet<Option<&Id>> = profile.sectors.iter().map(Option::as_ref).collect();
        let other_sectors = !sectors.is_empty() && !own.is_empty() && own != sectors;
        let countries = &profile.countries;
        let other_country = stamp.country.is_some() && !countries.is_empty() && *countries != [stamp.country.clone()];
        let joined = stamp.sectors.iter().map(Id::as_str).collect::<Vec<_>>().join(", ");
        let country = stamp.country.as_ref().map(ToString::to_string);
        for (fact, differs, stated) in [("country", other_country, country), ("sectors", other_sectors, Some(joined))] {
            if let Some(entry) = out.facts.get(fact).filter(|_| differs) {
                let note =
                    Diagnostic::new(Code::MetaDiffers, entry.place.clone()).with("number", entry.number.as_str());
                let note = note.raw(entry.raw.clone().unwrap_or_default());
                out.diagnostics.push(note.other(stamp::place(self.book, fact), stated));
            }
        }
    }

    fn answers(&self, out: &mut Returned) {
        let questionnaire = &self.reader.questionnaire;
        let Reader { exposure, controls, .. } = self.reader;
        let mut entries = Vec::with_capacity(controls.asked.len());
        let items = questionnaire.exposure.questions.iter().flat_map(|q| &q.items);
        for (item, line) in items.zip(&exposure.asked) {
            entries.push(self.entry(item, line, column::ANSWER, out));
        }
        out.exposure = exposure.arrange(&mut entries);
        entries.clear();
        let items = questionnaire.control_questions().flat_map(|(_, q)| &q.items);
        for (item, line) in items.zip(&controls.asked) {
            entries.push(self.entry(item, line, column::ANSWER, out));
            if out.role == Role::Assessor
                && let Some(finding) = self.finding(item, line, out)
            {
                out.findings.insert(item.id.clone(), finding);
            }
        }
        out.controls = controls.arrange(&mut entries);
    }

    fn entry(&self, item: &Item, line: &Line, answer_column: u16, out: &mut Returned) -> Entry {
        let Some((rows, number)) = line.target.and_then(|at| self.rows_of(at)) else { return BLANK };
        let found = self.filled(rows, answer_column);
        let comment = self.text_of(rows, column::COMMENT);
        let value = self.value(found, answer_column);
        let mut entry = Entry {
            raw: value.map(CellValue::raw),
            document: self.text_of(rows, column::DOCUMENT),
            cell: self.cell(found, answer_column),
            ..BLANK
        };
        let place = || self.place(found, answer_column);
        let raw = || value.map(CellValue::raw).unwrap_or_default();
        let say = |code| Diagnostic::new(code, place()).with("number", number).raw(raw());
        if self.doubled(rows, answer_column, number, &mut out.diagnostics) {
            entry.answer = Answer::Unreadable;
        } else if let Some(code) = self.hidden(found, answer_column) {
            entry.answer = if value.is_some() { Answer::Unreadable } else { Answer::Blank };
            out.say(say(code));
        } else if let Some(value) = value {
            for other in rows.iter().filter(|f| f.sheet == found.sheet && f.row != found.row) {
                let own = self.value(*other, answer_column).map(CellValue::raw);
                let code = if own.is_some() { Code::DuplicateAgrees } else { Code::DuplicateBlank };
                out.say(say(code).other(self.place(*other, answer_column), own));
            }
            (entry.answer, entry.number) = Self::answer(line, value, comment.is_some(), number, &place, out);
        }
        let applies = item.applies_when.holds(&out.profile);
        let declined = matches!(&entry.answer, Answer::Option(id) if needs_reason(item, id));
        match &entry.answer {
            Answer::NotApplicable { .. } if applies && !item.not_applicable => {
                out.say(say(Code::NotApplicableNotOffered));
            }
            Answer::NotApplicable { reason: false } if applies => out.say(say(Code::NotApplicableWithoutReason)),
            Answer::Blank | Answer::NotApplicable { .. } => {}
            _ if !applies => out.say(say(Code::AnsweredThoughNotApplicable)),
            _ if declined && comment.is_none() => {
                entry.answer = Answer::Unreadable;
                out.say(say(Code::ReasonMissing));
            }
            _ => {}
        }
        entry.comment = comment;
        entry
    }

    fn answer(
        line: &Line,
        value: &CellValue,
        reason: bool,
        number: &str,
        place: &dyn Fn() -> Place,
        out: &mut Returned,
    ) -> (Answer, Option<crate::model::Exact>) {
        let Some(labels) = &line.labels else { return (Answer::Option("text".to_owned()), None) };
        let say = |code| Diagnostic::new(code, place()).with("number", number).raw(value.raw());
        let code = match value {
            CellValue::Formula => Code::FormulaWithoutValue,
            CellValue::Error(_) => Code::ErrorValue,
            _ => match labels.understand(value, &out.lang, reason) {
                Understood::Exactly(answer, n) => return (answer, n),
                Understood::By(answer, n, rule, taken) => {
                    out.say(say(rule).with("taken", taken.clone()).taken(taken));
                    return (answer, n);
                }
                Understood::Ambiguous => Code::NumberAmbiguous,
                Understood::OutOfRange => Code::NumberOutOfRange,
                Understood::Not if labels.range().is_some() => Code::NumberOutOfRange,
                Understood::Not => Code::UnknownAnswer,
            },
        };
        let mut diagnostic = say(code).with("allowed", labels.offered(&out.lang));
        if let Some((min, max)) = labels.range() {
            diagnostic = diagnostic.with("min", min.to_string()).with("max", max.to_string());
        }
        out.say(diagnostic);
        (Answer::Unreadable, None)
    }

    fn finding(&self, item: &Item, line: &Line, out: &mut Returned) -> Option<Finding> {
        let (rows, number) = self.rows_of(line.target?)?;
        let found = self.filled(rows, column::EVIDENCE);
        let level = if self.agree(rows, column::EVIDENCE) { self.text(found, column::EVIDENCE) } else { None };
        let place = self.place(found, column::EVIDENCE);
        let say = |code| Diagnostic::new(code, place.clone()).with("number", number);
        if rows.iter().all(|r| self.value(*r, column::FINDING).is_none()) {
            if let Some(level) = level {
                out.say(say(Code::EvidenceWithoutFinding).raw(level));
            }
            return None;
        }
        self.doubled(rows, column::EVIDENCE, number, &mut out.diagnostics);
        let mut entry = self.entry(item, line, column::FINDING, out);
        entry.document = None;
        let understood = level.as_deref().and_then(|l| self.reader.evidence.option(l, &out.lang));
        let evidence = understood.and_then(|(id, _)| Evidence::ALL.into_iter().find(|e| e.code() == id));
        match level {
            Some(level) if evidence.is_none() => {
                let allowed = self.reader.evidence.offered(&out.lang);
                out.say(say(Code::EvidenceUnclear).raw(level).with("allowed", allowed));
            }
            None if matches!(entry.answer, Answer::Option(_)) => out.say(say(Code::EvidenceMissing)),
            _ => {}
        }
        let signed = self.text_of(rows, column::SIGNED);
        let by = self.filled(rows, column::SIGNED);
        if self.signature(by).is_none() {
            out.say(Diagnostic::new(Code::UnsignedFinding, self.place(by, column::SIGNED)).with("number", number));
        }
        Some(Finding {
            entry,
            evidence: evidence.unwrap_or(Evidence::E1),
            reference: self.text_of(rows, column::REFERENCE),
            signed,
        })
    }

    fn signs(&self, out: &mut Returned) {
        for field in &self.reader.questionnaire.visit.fields {
            if let Some((rows, number)) = self.rows(&field.id, Kind::Visit) {
                self.doubled(rows, column::ANSWER, number, &mut out.diagnostics);
            }
        }
        let visit = |id: &str| {
            let (rows, _) = self.rows(&Id::new(id), Kind::Visit)?;
            if !self.agree(rows, column::ANSWER) {
                return None;
            }
            let found = self.filled(rows, column::ANSWER);
            Some((found, self.value(found, column::ANSWER)?))
        };
        let written = |id: &str| {
            let (found, _) = visit(id)?;
            self.text(found, column::ANSWER)
        };
        let mut unclear = Vec::new();
        let mut option = |id: &str, labels: &Labels, code: Code| {
            let (found, value) = visit(id)?;
            let option = value.text().and_then(|text| labels.option(text, &out.lang)).map(|(id, _)| id.to_owned());
            if option.is_none() {
                let number = self.rows(&Id::new(id), Kind::Visit).map(|(_, n)| n).unwrap_or_default();
                let said = Diagnostic::new(code, self.place(found, column::ANSWER)).with("number", number);
                unclear.push(said.raw(value.raw()).with("allowed", labels.offered(&out.lang)));
            }
            option
        };
        let date = visit("date").map(|(found, value)| (found, profile::date(value)));
        let look = Look {
            file: Arc::clone(&self.book.file),
            date: date.as_ref().and_then(|(_, d)| d.clone()),
            role: written("observer-role"),
            site: written("site"),
            seen: option("seen", &self.reader.seen, Code::UnknownAnswer).map(|id| id == "seen"),
            // What is not understood is no yes, or a report would say what nobody wrote; the message says what hangs on it.
            under_18: option("under-18", &self.reader.yes_no, Code::UnderAgeUnclear).is_some_and(|id| id == "yes"),
        };
        out.diagnostics.append(&mut unclear);
        if let Some((found, None)) = date {
            let raw = self.value(found, column::ANSWER).map(CellValue::raw).unwrap_or_default();
            out.say(Diagnostic::new(Code::BadDate, self.place(found, column::ANSWER)).raw(raw));
        }
        let mut signs = Vec::new();
        let mut filled = false;
        for sign in &self.reader.questionnaire.signs.signs {
            let mut entry = SignEntry {
                sign: Arc::clone(sign),
                state: SignState::Unknown,
                raw: None,
                comment: None,
                cell: None,
                closure: None,
                look: 0,
            };
            if let Some((rows, number)) = self.rows(&sign.id, Kind::Signs) {
                let found = rows[0];
                entry.cell = self.cell(found, column::ANSWER);
                entry.comment = self.text_of(rows, column::COMMENT);
                // Of several rows the most serious counts: a sign is never lost to a copied row.
                for row in rows {
                    let Some(value) = self.value(*row, column::ANSWER) else { continue };
                    filled = true;
                    let state = self.sign_state(value, number, &self.place(*row, column::ANSWER), out);
                    if entry.raw.is_none() || state == SignState::Present {
                        entry.state = state;
                        entry.raw = Some(value.raw());
                        entry.cell = self.cell(*row, column::ANSWER);
                    }
                }
                entry.closure = self.closure(rows, number, out);
            }
            signs.push(entry);
        }
        if filled {
            out.look = Some(look);
            out.signs = signs;
        } else {
            out.say(Diagnostic::new(Code::EmptyLook, whole(&self.book.file)));
        }
    }

    fn sign_state(&self, value: &CellValue, number: &str, place: &Place, out: &mut Returned) -> SignState {
        let labels = &self.reader.sign;
        let say = |code| Diagnostic::new(code, place.clone()).with("number", number).raw(value.raw());
        let code = match value {
            CellValue::Formula => Code::FormulaWithoutValue,
            CellValue::Error(_) => Code::ErrorValue,
            _ => match value.text().and_then(|t| labels.option(t, &out.lang)) {
                Some((id, rule)) => {
                    if let Some(rule) = rule {
                        let taken = self.reader.questionnaire.signs.scale.option(id).map(|o| o.label.get(&out.lang));
                        let taken = taken.unwrap_or_default();
                        out.say(say(rule).with("taken", taken).taken(taken));
                    }
                    return match id {
                        "present" => SignState::Present,
                        "absent" => SignState::Absent,
                        _ => SignState::Unknown,
                    };
                }
                None => Code::UnknownAnswer,
            },
        };
        out.say(say(code).with("allowed", labels.offered(&out.lang)));
        SignState::Unknown
    }

    /// Date and initials: the date, and both as they stand.
    fn signature(&self, found: Found) -> Option<(String, String)> {
        match self.value(found, column::SIGNED)? {
            // A bare date says when, and not who.
            CellValue::Date(_) => None,
            value => {
                let signed = trim(value.shown()).to_owned();
                let date = profile::date_in(&signed)?;
                signed.chars().any(char::is_alphabetic).then_some((date, signed))
            }
        }
    }

    fn closure(&self, rows: &[Found], number: &str, out: &mut Returned) -> Option<Closure> {
        let found = self.filled(rows, column::FINDING);
        let doubled = [column::FINDING, column::SIGNED].map(|c| self.doubled(rows, c, number, &mut out.diagnostics));
        if doubled.contains(&true) {
            return None;
        }
        let value = self.value(found, column::FINDING)?;
        let say =
            |code| Diagnostic::new(code, self.place(found, column::FINDING)).with("number", number).raw(value.raw());
        let labels = &self.reader.closure;
        let status = value.text().and_then(|text| labels.option(text, &out.lang)).map(|(id, _)| id.to_owned());
        let unclear = match (status, self.signature(self.filled(rows, column::SIGNED))) {
            (Some(status), Some((date, signed))) => return Some(Closure { status, signed, date }),
            (Some(_), None) => say(Code::UndatedClosure),
            (None, _) => say(Code::ClosureUnclear).with("allowed", labels.offered(&out.lang)),
        };
        out.say(unclear);
        None
    }
}

fn needs_reason(item: &Item, option: &str) -> bool {
    matches!(&item.kind, AnswerKind::Scale(scale) if scale.option(option).is_some_and(|o| o.needs_reason))
}
