//! The queue: everything that needs an eye, written as a list, and what a reviewer decided, read back.
//!
//! A correction belongs to one cell of one state of one file (its digest). It counts with reason and initials only; the
//! answer as it had been read stays beside it. Whatever else stands in the queue is told, and changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::checklist::Library;
use crate::diag::{Code, Diagnostic, Place, Severity, column_name};
use crate::error::Result;
use crate::model::{Answer, AnswerKind, Cell, Correction, Dossier, Entry, Id, Lang, Questionnaire, Words};
use crate::questionnaire::CellValue;
use crate::report::{FileRecord, Form, FormCell, FormColumn, Ledger, ReviewRecord, message};

use super::filled::{self, FilledRow};
use super::input::Inputs;
use super::threads::Threads;
use super::workbook::{Part, Prepared, Read, Shelf};
use super::{Progress, Reading, gather};

const KIND: &str = "lygte/review/1";

/// A queue that was worked through.
#[derive(Clone, Debug)]
pub struct Queue {
    file: Arc<str>,
    sha256: String,
    rows: Vec<QueueRow>,
    /// Which rows are about a file, by its digest.
    by_digest: BTreeMap<String, Vec<usize>>,
}

/// What a row says.
#[derive(Clone, Debug)]
struct QueueRow {
    number: u32,
    place: Place,
    digest: String,
    /// Sheet and cell, as the queue shows them.
    cell: (String, String),
    item: Option<Id>,
    decision: Decision,
    corrected: Option<CellValue>,
    reason: Option<String>,
    by: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    /// Nothing is filled in.
    None,
    Accept,
    Correct,
    Unclear,
}

/// What became of a row in one file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Outcome {
    row: u32,
    became: Became,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Became {
    Open,
    Accepted,
    Corrected,
    Refused(Box<Diagnostic>),
}

impl Queue {
    /// Reads a queue.
    ///
    /// # Errors
    /// If the file cannot be read or is no queue of ours.
    pub fn read(path: &Path, library: &Library) -> Result<Self> {
        let filled = filled::read(path, KIND)?;
        let words = library.words.get("report").cloned().unwrap_or_default();
        let rows: Vec<QueueRow> = filled.rows.iter().map(|row| QueueRow::of(row, &words)).collect();
        let mut by_digest: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, row) in rows.iter().enumerate().filter(|(_, r)| !r.digest.is_empty()) {
            by_digest.entry(row.digest.clone()).or_default().push(at);
        }
        Ok(Self { file: filled.file, sha256: filled.sha256, rows, by_digest })
    }

    /// Digest of its file.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Applies what concerns a file that was just read.
    pub(super) fn apply(&self, record: &mut FileRecord, mut part: Option<(&mut Part, &Prepared)>) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        let own: Vec<&QueueRow> = self.of(&record.sha256).collect();
        for row in own {
            let part = part.as_mut().map(|(part, prepared)| (&mut **part, *prepared));
            let became = self.decide(row, record, part);
            outcomes.push(Outcome { row: row.number, became });
        }
        outcomes
    }

    /// The rows about the file of a digest.
    fn of(&self, digest: &str) -> impl Iterator<Item = &QueueRow> {
        self.by_digest.get(digest).into_iter().flatten().filter_map(|at| self.rows.get(*at))
    }

    fn decide(&self, row: &QueueRow, record: &mut FileRecord, part: Option<(&mut Part, &Prepared)>) -> Became {
        let refuse = |code| Became::Refused(Box::new(row.diagnostic(code)));
        match row.decision {
            Decision::None => return Became::Open,
            Decision::Unclear => return refuse(Code::ReviewUndecided),
            Decision::Accept | Decision::Correct => {}
        }
        if self.of(&row.digest).any(|other| row.contradicts(other)) {
            return refuse(Code::ReviewTwice);
        }
        let Some(by) = row.by.clone() else { return refuse(Code::ReviewUnsigned) };
        let cell = part.as_ref().and_then(|(part, _)| {
            let entry = entry(part, row.item.as_ref()?)?;
            entry.cell.clone().filter(|c| (&*c.sheet, a1(c)) == (row.cell.0.as_str(), row.cell.1.clone()))
        });
        let place = cell.as_ref().map_or_else(|| Place::File(record.file.clone()), place_of);
        if row.decision == Decision::Accept {
            let reason = row.reason.clone().unwrap_or_default();
            record.diagnostics.push(Diagnostic::new(Code::ReadingAccepted, place).signed(by, reason));
            return Became::Accepted;
        }
        let Some(reason) = row.reason.clone() else { return refuse(Code::ReviewUnsigned) };
        let (Some((part, prepared)), Some(item), Some(_)) = (part, &row.item, cell) else {
            return refuse(Code::ReviewNoAnswer);
        };
        let lang = part.returned.lang.clone();
        let understood = row.corrected.as_ref().and_then(|value| prepared.reader.second(item, value, &lang));
        let q = &prepared.questionnaire;
        let number = q.item(item.as_str()).map_or_else(|| item.to_string(), |(_, i)| i.number.clone());
        let (Some(value), Some((answer, amount))) = (&row.corrected, understood) else {
            let diagnostic = row.diagnostic(Code::ReviewAnswer);
            return Became::Refused(Box::new(
                diagnostic.with("number", number).with("allowed", prepared.reader.offered(item, &lang)),
            ));
        };
        let Some(entry) = entry_mut(part, item) else { return refuse(Code::ReviewNoAnswer) };
        let corrected = Diagnostic::new(Code::Corrected, place)
            .with("number", number)
            .with("taken", label(q, item, &answer, &lang))
            .raw(entry.raw.clone().unwrap_or_default())
            .taken(value.raw().trim())
            .signed(by.clone(), reason.clone());
        let correction = Correction { read: std::mem::replace(&mut entry.answer, answer), by, reason };
        entry.number = amount;
        // Two rows that say the same of one cell are one correction.
        part.corrections.entry(item.clone()).or_insert(correction);
        record.diagnostics.push(corrected);
        Became::Corrected
    }

    /// The account of the queue, once all files are read.
    pub(super) fn account<'a>(&self, outcomes: impl Iterator<Item = &'a Outcome>) -> ReviewRecord {
        let mut record = ReviewRecord {
            file: self.file.clone(),
            sha256: self.sha256.clone(),
            rows: self.rows.len(),
            corrected: 0,
            accepted: 0,
            open: 0,
            diagnostics: Vec::new(),
        };
        // Copies of one file have one digest; a row counts once.
        let mut by_row: BTreeMap<u32, &Became> = BTreeMap::new();
        for outcome in outcomes {
            by_row.entry(outcome.row).or_insert(&outcome.became);
        }
        for row in &self.rows {
            match by_row.get(&row.number) {
                Some(Became::Open) => record.open += 1,
                None if row.decision == Decision::None => record.open += 1,
                Some(Became::Accepted) => record.accepted += 1,
                Some(Became::Corrected) => record.corrected += 1,
                Some(Became::Refused(diagnostic)) => record.diagnostics.push((**diagnostic).clone()),
                None => record.diagnostics.push(row.diagnostic(Code::ReviewOtherFile)),
            }
        }
        record
    }
}

impl QueueRow {
    fn of(row: &FilledRow, words: &Words) -> Self {
        let says = |id: &str, text: &str| {
            let same = |word: &str| word.trim().to_lowercase() == text.to_lowercase();
            words.text(id).is_some_and(|t| t.all().any(|(_, word)| same(word)))
        };
        let corrected = row.value("corrected").cloned();
        let (reason, by) = (row.text("reason"), row.text("by"));
        let decision = match row.text("decision") {
            Some(text) if says("review-accept", &text) => Decision::Accept,
            Some(text) if says("review-correct", &text) => Decision::Correct,
            None if corrected.is_none() && reason.is_none() && by.is_none() => Decision::None,
            Some(_) | None => Decision::Unclear,
        };
        Self {
            number: row.number,
            place: row.place.clone(),
            digest: row.text("digest").unwrap_or_default(),
            cell: (row.value("sheet").map(CellValue::raw).unwrap_or_default(), row.text("cell").unwrap_or_default()),
            item: row.text("item").map(|i| Id::new(&i)),
            decision,
            corrected,
            reason,
            by,
        }
    }

    /// Two rows of one cell of one file that do not come to the same.
    fn contradicts(&self, other: &Self) -> bool {
        let decided = |d| matches!(d, Decision::Accept | Decision::Correct);
        let says = |r: &Self| (r.decision, r.corrected.as_ref().map(|v| v.raw().trim().to_lowercase()));
        self.item.is_some()
            && (&self.digest, &self.item, &self.cell) == (&other.digest, &other.item, &other.cell)
            && decided(other.decision)
            && says(self) != says(other)
    }

    fn diagnostic(&self, code: Code) -> Diagnostic {
        Diagnostic::new(code, self.place.clone()).with("row", self.number.to_string())
    }
}

fn entry<'a>(part: &'a Part, item: &Id) -> Option<&'a Entry> {
    part.returned.exposure.get(item).or_else(|| part.returned.controls.get(item))
}

fn entry_mut<'a>(part: &'a mut Part, item: &Id) -> Option<&'a mut Entry> {
    let Part { returned, .. } = part;
    match returned.exposure.get_mut(item) {
        Some(entry) => Some(entry),
        None => returned.controls.get_mut(item),
    }
}

/// A cell as a place.
pub(super) fn place_of(cell: &Cell) -> Place {
    let Cell { file, sheet, row, column } = cell.clone();
    Place::Cell { file, sheet, row, column }
}

/// `E9`
pub(super) fn a1(cell: &Cell) -> String {
    format!("{}{}", column_name(cell.column), u64::from(cell.row) + 1)
}

/// An answer by its label.
fn label(q: &Questionnaire, item: &Id, answer: &Answer, lang: &Lang) -> String {
    let option = match answer {
        Answer::Option(id) => q.item(item.as_str()).and_then(|(_, i)| match &i.kind {
            AnswerKind::Scale(scale) => scale.option(id),
            AnswerKind::Text => None,
        }),
        Answer::NotApplicable { .. } => Some(&q.common.na),
        Answer::DontKnow => Some(&q.common.dont_know),
        Answer::Refused => Some(&q.common.refused),
        Answer::Blank | Answer::Unreadable => None,
    };
    option.map_or_else(|| answer.id().to_owned(), |o| o.label.get(lang).to_owned())
}

/// What the queue shows of a question.
struct Asked {
    item: Id,
    number: String,
    text: String,
    choices: Vec<String>,
}

/// A queue that was made.
pub struct Made {
    /// Its workbook.
    pub bytes: Vec<u8>,
    /// Rows in it.
    pub rows: usize,
    /// The account of the inputs.
    pub ledger: Ledger,
}

/// Everything in the inputs that needs an eye, as a list to be worked through.
///
/// # Errors
/// If the list cannot be put together.
pub fn queue(
    library: &Library,
    inputs: &Inputs,
    reading: &Reading,
    lang: Option<&Lang>,
    progress: Progress<'_>,
) -> Result<Made> {
    let words = library.words.get("report").cloned().unwrap_or_default();
    let shelf = Shelf::new(library, reading.invited.as_deref());
    let keep = |mut read: Read| {
        read.belong(&shelf.guests);
        Ok(read)
    };
    let threads = Threads::new(reading.jobs, inputs.files.len())?;
    let reads = super::intake::read_all(&shelf, inputs, reading, &threads, progress, &keep)?;
    let lang = lang.cloned().unwrap_or_else(|| shared_lang(&reads));
    // Joining brings up more: older questionnaires, two findings, profiles that differ.
    let (suppliers, mut files) = gather::join(reads, &shelf.guests);
    let mut asked: BTreeMap<Spot, Asked> = BTreeMap::new();
    for supplier in &suppliers {
        let prepared = shelf.get(&supplier.selection)?;
        questions(&prepared.questionnaire, &supplier.dossier, &lang, &mut asked);
    }
    files.sort_by(|a, b| a.file.cmp(&b.file));
    let t = |id: &str| words.get(id, &lang).to_owned();
    let column = |id, title: &str, width| FormColumn {
        id,
        title: if title.is_empty() { String::new() } else { t(title) },
        width,
    };
    let columns = vec![
        column("file", "col-file", 30),
        column("digest", "", 10),
        column("sheet", "col-sheet", 16),
        column("cell", "col-cell", 8),
        column("item", "", 10),
        column("number", "col-number", 8),
        column("question", "col-question", 44),
        column("stood", "col-raw", 22),
        column("taken", "col-taken", 22),
        column("message", "col-message", 50),
        column("decision", "col-decision", 14),
        column("corrected", "col-corrected", 22),
        column("reason", "col-reason", 30),
        column("by", "col-initials", 10),
    ];
    let (accept, correct) = (t("review-accept"), t("review-correct"));
    let mut rows = Vec::new();
    for file in &files {
        for d in file.diagnostics.iter().filter(|d| needs_an_eye(d)) {
            let (sheet, cell) = match &d.place {
                Place::Cell { sheet, row, column, .. } => {
                    (sheet.to_string(), format!("{}{}", column_name(*column), u64::from(*row) + 1))
                }
                Place::Sheet { sheet, .. } => (sheet.to_string(), String::new()),
                Place::Text { .. } | Place::File(_) => (String::new(), String::new()),
            };
            let question = asked.get(&(file.file.to_string(), sheet.clone(), cell.clone()));
            let given = |text: &str| FormCell::Given(text.to_owned());
            let ours = |get: fn(&Asked) -> &str| given(question.map(get).unwrap_or_default());
            rows.push(vec![
                given(&file.file),
                given(&file.sha256),
                given(&sheet),
                given(&cell),
                ours(|q| q.item.as_str()),
                ours(|q| &q.number),
                ours(|q| &q.text),
                given(d.raw.as_deref().unwrap_or_default()),
                given(d.taken.as_deref().unwrap_or_default()),
                given(&message(&words, &lang, d)),
                // A fact, a finding or a sign is corrected in its own workbook.
                FormCell::Choice(match question {
                    Some(_) => vec![accept.clone(), correct.clone()],
                    None => vec![accept.clone()],
                }),
                match question {
                    Some(q) if !q.choices.is_empty() => FormCell::Choice(q.choices.clone()),
                    Some(_) => FormCell::Open,
                    None => given(""),
                },
                FormCell::Open,
                FormCell::Open,
            ]);
        }
    }
    let meta = vec![("format", KIND.to_owned()), ("language", lang.to_string())];
    let (count, form) = (rows.len(), Form { title: t("review-title"), meta, columns, rows });
    Ok(Made {
        bytes: form.workbook()?,
        rows: count,
        ledger: super::intake::ledger(files.iter().map(|f| f.status), inputs.skipped),
    })
}

/// File, sheet and cell.
type Spot = (String, String, String);

/// Whatever counts as unanswered or could not be used, and every cell that was taken for something else than it says.
fn needs_an_eye(d: &Diagnostic) -> bool {
    let settled = matches!(d.code, Code::Corrected | Code::ReadingAccepted);
    !settled && (d.severity() >= Severity::Warning || d.raw.is_some())
}

fn shared_lang(reads: &[Read]) -> Lang {
    let langs: BTreeSet<&Lang> = reads.iter().filter_map(|r| r.part.as_ref()).map(|p| &p.returned.lang).collect();
    super::only(langs)
}

/// The questions of a supplier by the cell that the answer which counts stands in.
fn questions(q: &Questionnaire, dossier: &Dossier, lang: &Lang, out: &mut BTreeMap<Spot, Asked>) {
    for question in q.questions() {
        for item in &question.items {
            let entry = dossier.exposure.get(&item.id).or_else(|| dossier.controls.get(&item.id));
            let Some(cell) = entry.and_then(|e| e.cell.as_ref()) else { continue };
            let AnswerKind::Scale(scale) = &item.kind else { continue };
            let labels = || scale.options.iter().map(|o| o.label.get(lang).to_owned());
            let common = [&q.common.dont_know, &q.common.refused];
            let choices = if scale.range.is_some() {
                Vec::new()
            } else {
                let not_applicable = item.not_applicable.then_some(&q.common.na);
                let rest = not_applicable.into_iter().chain(common).map(|o| o.label.get(lang).to_owned());
                labels().chain(rest).collect()
            };
            let asked = Asked {
                item: item.id.clone(),
                number: item.number.clone(),
                text: question.item_text(item, lang).into_owned(),
                choices,
            };
            out.insert((cell.file.to_string(), cell.sheet.to_string(), a1(cell)), asked);
        }
    }
}
