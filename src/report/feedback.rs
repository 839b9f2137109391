//! What may go back to a supplier: how its answers were read, what is open, what to put in order.
//!
//! Built from the supplier's own entries alone. Signs, findings, floors, scores and flags are never looked at here, so
//! that nothing of them can slip through: an answer that a sign speaks against is shown just as it was given.

use std::borrow::Cow;
use std::cell::RefCell;

use serde::Serialize;

use super::engine::{Rows, Shared};
use super::files::{self, DiagnosticView};
use super::first::{self, Named, Who};
use super::lines;
use super::say::{self, Say};
use super::{FileRecord, Scored};
use crate::diag::Code;
use crate::model::{Answer, AnswerKind, ById, Entry, Exact, Item, Question, Role, Table, Text, Unanswered};

/// The page.
#[derive(Serialize)]
pub(super) struct Feedback<'a> {
    /// Date of the report.
    pub(super) date: String,
    /// Texts in this language await a native speaker's review.
    pub(super) draft: bool,
    /// Who the supplier is.
    pub(super) who: Who<'a>,
    /// The profile, as understood.
    pub(super) profile: Vec<Named>,
    /// Answers by list.
    pub(super) lists: Vec<ListView<'a>>,
    /// What could not be taken as it stood.
    pub(super) troubles: Rows<Vec<Trouble>>,
    /// Open questions, and how to answer them.
    pub(super) open: Rows<Vec<OpenView<'a>>>,
    /// What to put in order.
    pub(super) weak: Rows<Vec<WeakView<'a>>>,
    /// Numbers of the questions that do not apply by the profile.
    pub(super) not_asked: String,
}

/// Answers of one list.
#[derive(Serialize)]
pub(super) struct ListView<'a> {
    /// Its title.
    pub(super) title: &'a str,
    /// Its answers.
    pub(super) answers: Rows<Vec<AnswerView<'a>>>,
}

/// One answer as it was read.
#[derive(Serialize)]
pub(super) struct AnswerView<'a> {
    /// Shown number.
    pub(super) number: &'a str,
    /// The question.
    pub(super) question: Cow<'a, str>,
    /// Both, as `parts/question.html` makes them; not in a mail.
    #[serde(skip_serializing_if = "not_made")]
    pub(super) asked: RefCell<Shared>,
    /// The answer, by its label.
    pub(super) answer: &'a str,
    /// What stood in the cell, where it is something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) raw: Option<&'a str>,
    /// The document offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) document: Option<&'a str>,
    /// Where it stood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cell: Option<String>,
}

/// Something in a file of the supplier's.
#[derive(Serialize)]
pub(super) struct Trouble {
    /// The file.
    pub(super) file: String,
    /// What is to be said.
    pub(super) what: DiagnosticView,
}

/// An open question.
#[derive(Serialize)]
pub(super) struct OpenView<'a> {
    /// Shown number.
    pub(super) number: &'a str,
    /// The question.
    pub(super) question: Cow<'a, str>,
    /// Why it is open.
    pub(super) why: &'a str,
    /// What stood in the cell.
    pub(super) raw: Option<&'a str>,
    /// The answers to choose from, or the numbers allowed.
    pub(super) choose: String,
}

/// A question whose answer leaves something to be done.
#[derive(Serialize)]
pub(super) struct WeakView<'a> {
    /// Shown number.
    pub(super) number: String,
    /// The question.
    pub(super) question: &'a str,
    /// What to put in order.
    pub(super) measure: &'a str,
    /// Evidence that would count.
    pub(super) evidence: Vec<&'a str>,
}

/// The page of a supplier.
pub(super) fn view<'a>(say: Say<'a>, date: &str, scored: &Scored<'a>, records: &[&FileRecord]) -> Feedback<'a> {
    let q = scored.questionnaire;
    let own: Vec<&FileRecord> = records.iter().copied().filter(|f| f.role == Some(Role::Supplier)).collect();
    let (open, weak, not_asked) = (Vec::new(), Vec::new(), Vec::new());
    let by_id = |entries: &'a ById<Entry>| entries.iter().map(|(id, entry)| (id.as_str(), entry)).collect();
    let (exposure, controls) = (by_id(&scored.dossier.exposure), by_id(&scored.dossier.controls));
    let mut page = Page { say, scored: *scored, records, own: &own, exposure, controls, open, weak, not_asked };
    let mut lists = vec![page.list(&q.exposure.title, &q.exposure.questions, true)];
    lists.extend(q.controls.iter().map(|block| page.list(&block.title, &block.questions, false)));
    lists.retain(|l| !l.answers.is_empty());
    let Page { open, weak, not_asked, .. } = page;
    let who = first::who(say, scored);
    Feedback {
        date: say.date(date),
        draft: q.drafts.contains(say.lang),
        profile: lines::profile(say, scored, &who),
        who,
        lists,
        troubles: troubles(say, &own).into(),
        open: open.into(),
        weak: weak.into(),
        not_asked: say.list(&not_asked),
    }
}

/// What is gathered while the lists are gone through.
struct Page<'a, 'f> {
    say: Say<'a>,
    scored: Scored<'a>,
    records: &'f [&'f FileRecord],
    own: &'f [&'f FileRecord],
    /// The answers, by the ids of their items.
    exposure: Table<&'a str, &'a Entry>,
    controls: Table<&'a str, &'a Entry>,
    open: Vec<OpenView<'a>>,
    weak: Vec<WeakView<'a>>,
    not_asked: Vec<&'a str>,
}

impl<'a> Page<'a, '_> {
    fn list(&mut self, title: &'a Text, questions: &'a [Question], exposure: bool) -> ListView<'a> {
        let mut answers = Vec::with_capacity(questions.iter().map(|q| q.items.len()).sum());
        for question in questions {
            let mut less = Vec::new();
            for item in &question.items {
                if !item.applies_when.holds(&self.scored.dossier.profile) {
                    self.not_asked.push(&item.number);
                    continue;
                }
                let entries = if exposure { &self.exposure } else { &self.controls };
                let entry = entries.get(item.id.as_str()).copied();
                if !exposure && is_less(item, entry) {
                    less.push(item);
                }
                if let Some(view) = self.understood(question, item, entry) {
                    answers.push(view);
                } else if item.kind != AnswerKind::Text {
                    let view = self.open(question, item, entry);
                    self.open.push(view);
                }
            }
            self.weak.extend(weak(self.say, question, &less));
        }
        ListView { title: self.say.label(title), answers: answers.into() }
    }

    fn understood(&self, question: &'a Question, item: &'a Item, entry: Option<&'a Entry>) -> Option<AnswerView<'a>> {
        let entry = entry?;
        let common = &self.scored.questionnaire.common;
        let (answer, raw) = match (&item.kind, &entry.answer) {
            (AnswerKind::Text, _) => (entry.raw.as_deref().filter(|r| !r.trim().is_empty())?, None),
            (AnswerKind::Scale(scale), Answer::Option(id)) => label(entry, self.say.option(&scale.options, id)),
            (_, Answer::NotApplicable { reason: true }) if item.not_applicable => {
                label(entry, self.say.label(&common.na.label))
            }
            _ => return None,
        };
        Some(AnswerView {
            number: &item.number,
            question: question.item_text(item, self.say.lang),
            asked: RefCell::default(),
            answer,
            raw,
            document: entry.document.as_deref(),
            // An assessor's workbook carries the supplier's answers too; its name is none of the supplier's business.
            cell: entry.cell.as_ref().filter(|c| self.own.iter().any(|f| f.file == c.file)).map(say::cell),
        })
    }

    fn open(&self, question: &'a Question, item: &'a Item, entry: Option<&'a Entry>) -> OpenView<'a> {
        let kind = match entry.map(|e| &e.answer) {
            Some(Answer::DontKnow) => Unanswered::DontKnow,
            Some(Answer::Refused) => Unanswered::Refused,
            Some(Answer::Unreadable) => Unanswered::Unreadable,
            Some(Answer::NotApplicable { .. }) => Unanswered::NaUnfounded,
            Some(Answer::Option(_) | Answer::Blank) | None => Unanswered::Blank,
        };
        // In results such an answer is one that could not be read; to the supplier that would explain nothing.
        let why = if entry.is_some_and(|e| e.answer == Answer::Unreadable && self.reason_missing(e)) {
            self.say.word("open-reason-missing")
        } else {
            self.say.open(&self.scored.questionnaire.common, kind)
        };
        OpenView {
            number: &item.number,
            question: question.item_text(item, self.say.lang),
            raw: say::raw_if_other(entry.and_then(|e| e.raw.as_ref()), why),
            why,
            choose: self.choose(item),
        }
    }

    fn reason_missing(&self, entry: &Entry) -> bool {
        let mut said = self.records.iter().flat_map(|f| &f.diagnostics).filter(|d| d.code == Code::ReasonMissing);
        entry.cell.as_ref().map(say::cell).is_some_and(|cell| said.any(|d| d.place.to_string() == cell))
    }

    fn choose(&self, item: &Item) -> String {
        let Some(scale) = scale(item) else { return String::new() };
        if let Some((min, max)) = &scale.range {
            let unit = if scale.percent { "choose-percent" } else { "choose-number" };
            return self.say.fill(unit, &[("min", &self.say.whole(min)), ("max", &self.say.whole(max))]);
        }
        self.say.list(&self.say.quoted(scale.options.iter().map(|o| self.say.label(&o.label))))
    }
}

fn not_made(part: &RefCell<Shared>) -> bool {
    part.borrow().is_none()
}

/// A label, and what stood in the cell where it is something else.
fn label<'a>(entry: &'a Entry, label: &'a str) -> (&'a str, Option<&'a str>) {
    (label, say::raw_if_other(entry.raw.as_ref(), label))
}

fn scale(item: &Item) -> Option<&crate::model::Scale> {
    match &item.kind {
        AnswerKind::Scale(scale) => Some(scale),
        AnswerKind::Text => None,
    }
}

/// Whether an answer is of less than full grade. Open ones stand in a list of their own.
fn is_less(item: &Item, entry: Option<&Entry>) -> bool {
    let Some(Answer::Option(id)) = entry.map(|e| &e.answer) else { return false };
    scale(item).and_then(|s| s.option(id)).is_some_and(|o| o.grade < Exact::one())
}

/// A question, of which these items have such answers.
fn weak<'a>(say: Say<'a>, question: &'a Question, items: &[&'a Item]) -> Option<WeakView<'a>> {
    if items.is_empty() {
        return None;
    }
    let mut evidence: Vec<&str> = std::iter::once(&question.evidence)
        .chain(items.iter().map(|i| &i.evidence))
        .map(|t| say.label(t))
        .filter(|t| !t.is_empty())
        .collect();
    evidence.sort_unstable();
    evidence.dedup();
    let numbers: Vec<&str> = items.iter().map(|i| &*i.number).collect();
    Some(WeakView {
        number: say.list(&numbers),
        question: say.label(&question.text),
        measure: say.label(&question.measure),
        evidence,
    })
}

/// What is to be said about the supplier's own files. Codes that tell of an assessor's or observer's work stay out,
/// wherever they may stand.
fn troubles(say: Say<'_>, own: &[&FileRecord]) -> Vec<Trouble> {
    let mut files = own.to_vec();
    files.sort_by(|a, b| a.file.cmp(&b.file));
    let all = files.iter().flat_map(|f| f.diagnostics.iter().map(move |d| (f, d)));
    all.filter(|(_, d)| !is_internal(d.code))
        .map(|(f, d)| {
            let mut what = files::diagnostic(say, d);
            // "Error" and "warning" are words for a ledger, not for those who took the trouble to answer.
            (what.kind, what.related) = (String::new(), None);
            // A reviewer's reasons may rest on what others told.
            (what.by, what.reason) = (None, None);
            Trouble { file: f.file.to_string(), what }
        })
        .collect()
}

/// Whether a code tells of something else than the supplier's own work. Every code is named, so that a new one must be
/// decided.
#[expect(clippy::too_many_lines, reason = "one line for each code")]
fn is_internal(code: Code) -> bool {
    match code {
        Code::MalformedYaml
        | Code::UnknownKey
        | Code::BadSchema
        | Code::UnknownFile
        | Code::DuplicateId
        | Code::InvalidId
        | Code::DuplicateNumber
        | Code::MissingKey
        | Code::MissingTarget
        | Code::SignWithoutIndicator
        | Code::BadWeight
        | Code::BadValue
        | Code::MissingTranslation
        | Code::StaleTranslation
        | Code::UnknownTranslation
        | Code::MalformedCsv
        | Code::ActCase
        | Code::NotAsked
        | Code::BlankExercise
        | Code::HalfExercise
        | Code::OtherCase
        | Code::OtherLanguage
        | Code::NoExercise
        | Code::NoCode
        | Code::SameCode
        | Code::SameExercise
        | Code::TypedFile
        | Code::TypedAnswer
        | Code::OwnList
        | Code::UnderAgeUnclear
        | Code::UnknownFormat
        | Code::OverdueFact
        | Code::EmergencyNumber
        | Code::GlossaryTerm
        | Code::BadTemplate
        | Code::InternalFault
        | Code::EvidenceMissing
        | Code::EvidenceUnclear
        | Code::EvidenceWithoutFinding
        | Code::UnsignedFinding
        | Code::UndatedClosure
        | Code::ClosureUnclear
        | Code::NotInvited
        | Code::MetaDiffers
        | Code::BadDate
        | Code::EmptyLook
        | Code::NoQuestionnaire
        | Code::ProfileDiffers
        | Code::ReadingAccepted
        | Code::ReviewUnsigned
        | Code::ReviewOtherFile
        | Code::ReviewUndecided
        | Code::ReviewNoAnswer
        | Code::ReviewAnswer
        | Code::ReviewTwice
        | Code::BothAssessed => true,
        Code::UnreadableFile
        | Code::LimitReached
        | Code::NotAWorkbook
        | Code::LegacyFormat
        | Code::LegacyRead
        | Code::EncryptedWorkbook
        | Code::DamagedWorkbook
        | Code::ForeignWorkbook
        | Code::MacrosIgnored
        | Code::OtherRevision
        | Code::MissingMeta
        | Code::BadMeta
        | Code::MissingSheet
        | Code::MissingRow
        | Code::DuplicateRow
        | Code::DuplicateAgrees
        | Code::SecondSheet
        | Code::RowConflict
        | Code::IdConflict
        | Code::MissingColumn
        | Code::HiddenSheet
        | Code::HiddenRows
        | Code::HiddenColumn
        | Code::HiddenAnswer
        | Code::MergedAnswer
        | Code::RetiredQuestion
        | Code::Rearranged
        | Code::DuplicateBlank
        | Code::EmptyCopy
        | Code::SetAside
        | Code::StemAnswered
        | Code::SupersededAnswer
        | Code::SupersededFact
        | Code::ShortRows
        | Code::OtherExtension
        | Code::NotInForm
        | Code::RenamedSheet
        | Code::ReadLanguage
        | Code::ReadSpelling
        | Code::ReadSynonym
        | Code::ReadNumber
        | Code::UnknownAnswer
        | Code::ReasonMissing
        | Code::NotApplicableNotOffered
        | Code::NotApplicableWithoutReason
        | Code::AnsweredThoughNotApplicable
        | Code::NumberOutOfRange
        | Code::NumberAmbiguous
        | Code::FormulaWithoutValue
        | Code::ErrorValue
        | Code::UnknownProfile
        | Code::LevelsContradict
        | Code::LevelsZero
        | Code::Superseded
        | Code::CellsBeyond
        | Code::Corrected
        | Code::Masked => false,
    }
}
