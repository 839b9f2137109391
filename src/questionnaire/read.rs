//! A workbook read back: every answer with its cell, and everything that was not taken as it stood.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::diag::{Code, Diagnostic, Place};
use crate::model::{
    Answer, AnswerKind, Cell, Closure, Entry, Evidence, Finding, Form, Id, Item, Lang, Look, Profile, Questionnaire,
    Reference, Role, SignEntry, SignState,
};

use super::book::{Book, CellValue};
use super::fold::trim;
use super::labels::{Labels, Understood};
use super::layout::{Kind, column};
use super::locate::{Found, How, Index, Location};
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
    /// Number and place of each fact that is filled in.
    pub profile_places: BTreeMap<String, (String, Place)>,
    /// Answers of the self-test.
    pub exposure: BTreeMap<Id, Entry>,
    /// Answers of the controls.
    pub controls: BTreeMap<Id, Entry>,
    /// An assessor's findings.
    pub findings: BTreeMap<Id, Finding>,
    /// An observer's visit.
    pub look: Option<Look>,
    /// An observer's signs.
    #[serde(skip)]
    pub signs: Vec<SignEntry>,
    /// Modification date in the file's own properties.
    pub modified: Option<String>,
    /// A sheet or row is missing, cells lay beyond the limits, or it is of another revision.
    pub partly: bool,
    /// What is to be said about it.
    #[serde(skip)]
    pub diagnostics: Vec<Diagnostic>,
    /// Which column of each sheet holds what.
    pub columns: Columns,
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

/// Reads workbooks of one questionnaire. Made once, used for many.
#[derive(Debug)]
pub struct Reader {
    questionnaire: Arc<Questionnaire>,
    names: Names,
    index: Index,
    scales: BTreeMap<Id, Labels>,
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
                scales.entry(scale.id.clone()).or_insert_with(|| Labels::new(scale, common));
            }
        }
        Self {
            names: Names::new(reference),
            index: Index::new(&questionnaire),
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
            lang: stamp.map_or_else(Lang::english, |s| s.lang.clone()),
            form: self.questionnaire.form,
            edition: stamp.map(|s| s.edition.clone()).unwrap_or_default(),
            revision: stamp.map(|s| s.revision.clone()).unwrap_or_default(),
            supplier: stamp.and_then(|s| s.supplier.clone()),
            supplier_name: stamp.and_then(|s| s.supplier_name.clone()),
            profile: Profile::default(),
            profile_places: BTreeMap::new(),
            exposure: BTreeMap::new(),
            controls: BTreeMap::new(),
            findings: BTreeMap::new(),
            look: None,
            signs: Vec::new(),
            modified: book.modified.clone(),
            partly: false,
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
        pass.unseen(&mut out);
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
            AnswerKind::Scale(scale) => self.scales.get(&scale.id),
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
    fn say(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn say_partly(&mut self, diagnostic: Diagnostic) {
        self.partly = true;
        self.diagnostics.push(diagnostic);
    }
}

/// One workbook being read.
struct Pass<'r> {
    reader: &'r Reader,
    book: &'r Book,
    location: &'r Location,
}

impl Pass<'_> {
    fn role(role: Role) -> Role {
        if role == Role::Assessor { Role::Supplier } else { role }
    }

    /// Sheets and rows that are not there, or stand in other ways than they were laid out.
    fn missing(&self, out: &mut Returned) {
        let index = &self.reader.index;
        let role = Self::role(out.role);
        for ((_, block), name) in index.sheets.iter().filter(|((r, _), _)| *r == role) {
            let targets = || index.targets.iter().enumerate().filter(|(_, t)| t.role == role && t.block == *block);
            let shown = name.get(&out.lang).to_owned();
            let Some(first) = targets().find_map(|(i, _)| self.location.rows.get(&i)).map(|f| f[0]) else {
                out.say_partly(Diagnostic::new(Code::MissingSheet, whole(&self.book.file)).with("sheet", shown));
                continue;
            };
            let sheet = self.book.sheets[first.sheet].name.clone();
            if name.all().all(|(_, n)| n != &*sheet) {
                let place = Place::Sheet { file: self.book.file.clone(), sheet };
                out.say(Diagnostic::new(Code::RenamedSheet, place).with("sheet", shown));
            }
            for (i, target) in targets() {
                match self.location.rows.get(&i) {
                    None => {
                        let place = Place::Sheet {
                            file: self.book.file.clone(),
                            sheet: self.book.sheets[first.sheet].name.clone(),
                        };
                        out.say_partly(Diagnostic::new(Code::MissingRow, place).with("number", target.number.as_str()));
                    }
                    Some(found) => {
                        let code = match found[0].how {
                            How::Id => continue,
                            How::Number => Code::FoundByNumber,
                            How::Text => Code::FoundByText,
                            How::Visible => Code::IdConflict,
                        };
                        let place = self.place(found[0], column::ANSWER);
                        out.say(Diagnostic::new(code, place).with("number", target.number.as_str()));
                    }
                }
            }
        }
    }

    /// What a person who opens the workbook does not see, rows that contradict themselves, and sheets without a column
    /// of answers.
    fn unseen(&self, out: &mut Returned) {
        let place =
            |sheet: usize| Place::Sheet { file: self.book.file.clone(), sheet: self.book.sheets[sheet].name.clone() };
        for sheet in &self.location.without_answers {
            out.say_partly(Diagnostic::new(Code::MissingColumn, place(*sheet)));
        }
        for (targets, sheet, row) in &self.location.conflicts {
            let found = Found { sheet: *sheet, row: *row, how: How::Id };
            let mut numbers: Vec<&str> =
                targets.iter().map(|t| self.reader.index.targets[*t].number.as_str()).collect();
            numbers.dedup();
            let diagnostic = Diagnostic::new(Code::RowConflict, self.place(found, column::ANSWER));
            let raw = self.value(found, column::ANSWER).map(CellValue::raw).unwrap_or_default();
            out.say_partly(diagnostic.with("numbers", numbers.join(", ")).raw(raw));
        }
        for (number, columns) in &self.location.columns {
            let view = &self.book.sheets[*number].view;
            if view.hidden {
                out.say(Diagnostic::new(Code::HiddenSheet, place(*number)));
            }
            let rows = self.location.rows.values().flatten().filter(|f| f.sheet == *number);
            let hidden = rows.filter(|f| view.hidden_rows.contains(&f.row)).count();
            if hidden > 0 {
                out.say(Diagnostic::new(Code::HiddenRows, place(*number)).with("count", hidden.to_string()));
            }
            let answers = columns.get(&column::ANSWER);
            if answers.is_some_and(|c| view.hidden_columns.iter().any(|(from, to)| (from..=to).contains(&c))) {
                out.say(Diagnostic::new(Code::HiddenColumn, place(*number)));
            }
        }
        for (sheet, block) in self.second_sheets() {
            let role = Self::role(out.role);
            let name = self.reader.index.sheets.get(&(role, block)).map(|t| t.get(&out.lang)).unwrap_or_default();
            out.say(Diagnostic::new(Code::SecondSheet, place(sheet)).with("sheet", name));
        }
    }

    /// Sheets that carry the questions of a block a second time, with the block.
    fn second_sheets(&self) -> Vec<(usize, usize)> {
        let mut counts: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for (target, rows) in &self.location.rows {
            let block = self.reader.index.targets[*target].block;
            for sheet in rows.iter().map(|f| f.sheet) {
                *counts.entry((block, sheet)).or_default() += 1;
            }
        }
        let mut out = Vec::new();
        let mut first: BTreeMap<usize, usize> = BTreeMap::new();
        for (block, sheet) in counts.iter().filter(|(_, n)| **n >= 3).map(|(key, _)| *key) {
            if *first.entry(block).or_insert(sheet) != sheet {
                out.push((sheet, block));
            }
        }
        out
    }

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

    /// Rows of questions that are no longer asked: their answers stand in the ledger.
    fn retired(&self, out: &mut Returned) {
        for (id, sheet, row) in &self.location.strays {
            let found = Found { sheet: *sheet, row: *row, how: How::Id };
            if let Some(value) = self.value(found, column::ANSWER) {
                let number = self.reader.questionnaire.all_ids.get(id.as_str()).cloned().unwrap_or_else(|| id.clone());
                out.say(
                    Diagnostic::new(Code::RetiredQuestion, self.place(found, column::ANSWER))
                        .with("number", number)
                        .raw(value.raw()),
                );
            }
        }
    }

    fn value(&self, found: Found, column: u16) -> Option<&CellValue> {
        let (row, column) = self.location.at(found, column)?;
        self.book.sheets[found.sheet].get(row, column)
    }

    /// What is written in a cell; a formula without a result and an error value are nothing that was written.
    fn text(&self, found: Found, column: u16) -> Option<String> {
        let value = self.value(found, column)?;
        if matches!(value, CellValue::Formula | CellValue::Error(_)) {
            return None;
        }
        Some(trim(&value.raw()).to_owned()).filter(|t| !t.is_empty())
    }

    /// The first text in that column of several rows.
    fn text_of(&self, rows: &[Found], column: u16) -> Option<String> {
        rows.iter().find_map(|found| self.text(*found, column))
    }

    /// Whether all rows say the same in a column.
    fn agree(&self, rows: &[Found], column: u16) -> bool {
        rows.windows(2).all(|pair| self.value(pair[0], column) == self.value(pair[1], column))
    }

    fn cell(&self, found: Found, column: u16) -> Option<Cell> {
        let (row, column) = self.location.at(found, column)?;
        Some(self.book.cell(found.sheet, row, column))
    }

    fn place(&self, found: Found, column: u16) -> Place {
        match self.cell(found, column) {
            Some(Cell { file, sheet, row, column }) => Place::Cell { file, sheet, row, column },
            None => Place::Sheet { file: self.book.file.clone(), sheet: self.book.sheets[found.sheet].name.clone() },
        }
    }

    /// The rows of a line: one, or several that say the same, or several that differ.
    fn rows(&self, id: &Id, kind: Kind) -> Option<(&[Found], &str)> {
        let index = &self.reader.index;
        let at = index.targets.iter().position(|t| t.id == *id && t.kind == kind)?;
        Some((self.location.rows.get(&at)?, &index.targets[at].number))
    }

    fn profile(&self, stamp: Option<&Stamp>, out: &mut Returned) {
        let mut profile = Profile::default();
        let mut diags = Vec::new();
        let mut subcontracting = None;
        for field in &self.reader.questionnaire.profile.fields {
            let Some((found, number)) = self.rows(&field.id, Kind::Profile) else { continue };
            let mut value = self.value(found[0], column::ANSWER);
            let place = self.place(found[0], column::ANSWER);
            if !self.agree(found, column::ANSWER) {
                diags.push(Diagnostic::new(Code::DuplicateRow, place.clone()).with("number", number));
                value = None;
            } else if let Some(code) = self.hidden(found[0], column::ANSWER) {
                diags.push(Diagnostic::new(code, place.clone()).with("number", number));
                value = None;
            }
            if field.id.as_str() == "levels" {
                subcontracting = Some((number.to_owned(), place.clone()));
            }
            if value.is_some() {
                out.profile_places.insert(field.id.to_string(), (number.to_owned(), place.clone()));
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

    fn answers(&self, out: &mut Returned) {
        let questionnaire = &self.reader.questionnaire;
        for item in questionnaire.exposure.questions.iter().flat_map(|q| &q.items) {
            let entry = self.entry(item, Kind::Exposure, column::ANSWER, out);
            out.exposure.insert(item.id.clone(), entry);
        }
        for item in questionnaire.control_questions().flat_map(|(_, q)| &q.items) {
            let entry = self.entry(item, Kind::Controls, column::ANSWER, out);
            out.controls.insert(item.id.clone(), entry);
            if out.role == Role::Assessor
                && let Some(finding) = self.finding(item, out)
            {
                out.findings.insert(item.id.clone(), finding);
            }
        }
    }

    fn entry(&self, item: &Item, kind: Kind, answer_column: u16, out: &mut Returned) -> Entry {
        let blank = Entry { answer: Answer::Blank, number: None, raw: None, comment: None, document: None, cell: None };
        let Some((rows, number)) = self.rows(&item.id, kind) else { return blank };
        let found = rows[0];
        let comment = self.text_of(rows, column::COMMENT);
        let value = self.value(found, answer_column);
        let mut entry = Entry {
            raw: value.map(CellValue::raw),
            document: self.text_of(rows, column::DOCUMENT),
            cell: self.cell(found, answer_column),
            ..blank
        };
        let place = || self.place(found, answer_column);
        let raw = entry.raw.clone().unwrap_or_default();
        let say = |code| Diagnostic::new(code, place()).with("number", number).raw(raw.clone());
        if !self.agree(rows, answer_column) {
            entry.answer = Answer::Unreadable;
            out.say(say(Code::DuplicateRow));
        } else if let Some(code) = self.hidden(found, answer_column) {
            entry.answer = if value.is_some() { Answer::Unreadable } else { Answer::Blank };
            out.say(say(code));
        } else if let Some(value) = value {
            if rows.windows(2).any(|pair| pair[0].sheet == pair[1].sheet) {
                out.say(say(Code::DuplicateAgrees));
            }
            (entry.answer, entry.number) = self.answer(item, value, comment.is_some(), number, &place(), out);
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
        &self,
        item: &Item,
        value: &CellValue,
        reason: bool,
        number: &str,
        place: &Place,
        out: &mut Returned,
    ) -> (Answer, Option<crate::model::Exact>) {
        let AnswerKind::Scale(scale) = &item.kind else { return (Answer::Option("text".to_owned()), None) };
        let Some(labels) = self.reader.scales.get(&scale.id) else { return (Answer::Unreadable, None) };
        let say = |code| Diagnostic::new(code, place.clone()).with("number", number).raw(value.raw());
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
                Understood::Not if scale.range.is_some() => Code::NumberOutOfRange,
                Understood::Not => Code::UnknownAnswer,
            },
        };
        let mut diagnostic = say(code).with("allowed", labels.offered(&out.lang));
        if let Some((min, max)) = &scale.range {
            diagnostic = diagnostic.with("min", min.to_string()).with("max", max.to_string());
        }
        out.say(diagnostic);
        (Answer::Unreadable, None)
    }

    fn finding(&self, item: &Item, out: &mut Returned) -> Option<Finding> {
        let (rows, number) = self.rows(&item.id, Kind::Controls)?;
        let found = rows[0];
        // Where several rows say different things, the level is missing, which is said.
        let level = if self.agree(rows, column::EVIDENCE) { self.text(found, column::EVIDENCE) } else { None };
        let place = self.place(found, column::EVIDENCE);
        let say = |code| Diagnostic::new(code, place.clone()).with("number", number);
        if rows.iter().all(|r| self.value(*r, column::FINDING).is_none()) {
            if let Some(level) = level {
                out.say(say(Code::EvidenceWithoutFinding).raw(level));
            }
            return None;
        }
        let mut entry = self.entry(item, Kind::Controls, column::FINDING, out);
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
        if self.signature(found).is_none() {
            out.say(Diagnostic::new(Code::UnsignedFinding, self.place(found, column::SIGNED)).with("number", number));
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
            if let Some((rows, number)) = self.rows(&field.id, Kind::Visit)
                && !self.agree(rows, column::ANSWER)
            {
                let place = self.place(rows[0], column::ANSWER);
                out.say(Diagnostic::new(Code::DuplicateRow, place).with("number", number));
            }
        }
        let visit = |id: &str| {
            let (rows, _) = self.rows(&Id::new(id), Kind::Visit)?;
            if !self.agree(rows, column::ANSWER) {
                return None;
            }
            Some((rows[0], self.value(rows[0], column::ANSWER)?))
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
                let signed = trim(&value.raw()).to_owned();
                let date = profile::date_in(&signed)?;
                signed.chars().any(char::is_alphabetic).then_some((date, signed))
            }
        }
    }

    fn closure(&self, rows: &[Found], number: &str, out: &mut Returned) -> Option<Closure> {
        let found = rows[0];
        if !self.agree(rows, column::FINDING) || !self.agree(rows, column::SIGNED) {
            out.say(Diagnostic::new(Code::DuplicateRow, self.place(found, column::FINDING)).with("number", number));
            return None;
        }
        let value = self.text(found, column::FINDING)?;
        let status = self.reader.closure.option(&value, &out.lang).map(|(id, _)| id.to_owned());
        match (status, self.signature(found)) {
            (Some(status), Some((date, signed))) => Some(Closure { status, signed, date }),
            _ => {
                let place = self.place(found, column::FINDING);
                out.say(Diagnostic::new(Code::UndatedClosure, place).with("number", number).raw(value));
                None
            }
        }
    }
}

fn needs_reason(item: &Item, option: &str) -> bool {
    matches!(&item.kind, AnswerKind::Scale(scale) if scale.option(option).is_some_and(|o| o.needs_reason))
}
