//! What may go back to a supplier: how its answers were read, what is open, what to put in order.
//!
//! Built from the supplier's own entries alone. Signs, findings, floors, scores and flags are never looked at here, so
//! that nothing of them can slip through: an answer that a sign speaks against is shown just as it was given.

use serde::Serialize;

use super::engine::Shared;
use super::exposure;
use super::files::{self, DiagnosticView};
use super::first::{self, Named, Who};
use super::lines;
use super::say::{self, Say};
use super::{FileRecord, Scored};
use crate::diag::Code;
use crate::model::{Answer, AnswerCode, AnswerKind, Entry, Exact, Item, Question, Role, Text, Unanswered};

/// The page.
#[derive(Serialize)]
pub(super) struct Feedback {
    /// Date of the report.
    pub(super) date: String,
    /// Texts in this language await a native speaker's review.
    pub(super) draft: bool,
    /// Who the supplier is.
    pub(super) who: Who,
    /// The profile, as understood.
    pub(super) profile: Vec<Named>,
    /// Answers by list.
    pub(super) lists: Vec<ListView>,
    /// What could not be taken as it stood.
    pub(super) troubles: Vec<Trouble>,
    /// Open questions, and how to answer them.
    pub(super) open: Vec<OpenView>,
    /// What to put in order.
    pub(super) weak: Vec<WeakView>,
    /// Numbers of the questions that do not apply by the profile.
    pub(super) not_asked: String,
}

/// Answers of one list.
#[derive(Serialize)]
pub(super) struct ListView {
    /// Its title.
    pub(super) title: String,
    /// Its answers.
    pub(super) answers: Vec<AnswerView>,
}

/// One answer as it was read.
#[derive(Serialize)]
pub(super) struct AnswerView {
    /// Shown number.
    pub(super) number: String,
    /// The question.
    pub(super) question: String,
    /// Both, as `parts/question.html` makes them; not in a mail.
    #[serde(skip_serializing_if = "Shared::is_none")]
    pub(super) asked: Shared,
    /// The answer, by its label.
    pub(super) answer: String,
    /// What stood in the cell, where it is something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) raw: Option<String>,
    /// The document offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) document: Option<String>,
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
pub(super) struct OpenView {
    /// Shown number.
    pub(super) number: String,
    /// The question.
    pub(super) question: String,
    /// Why it is open.
    pub(super) why: String,
    /// What stood in the cell.
    pub(super) raw: Option<String>,
    /// The answers to choose from, or the numbers allowed.
    pub(super) choose: String,
}

/// A question whose answer leaves something to be done.
#[derive(Serialize)]
pub(super) struct WeakView {
    /// Shown number.
    pub(super) number: String,
    /// The question.
    pub(super) question: String,
    /// What to put in order.
    pub(super) measure: String,
    /// Evidence that would count.
    pub(super) evidence: Vec<String>,
}

/// The page of a supplier.
pub(super) fn view(say: Say<'_>, date: &str, scored: &Scored<'_>, records: &[&FileRecord]) -> Feedback {
    let q = scored.questionnaire;
    let own: Vec<&FileRecord> = records.iter().copied().filter(|f| f.role == Some(Role::Supplier)).collect();
    let mut page = Page { say, scored, records, own: &own, open: Vec::new(), not_asked: Vec::new() };
    let mut lists = vec![page.list(&q.exposure.title, &q.exposure.questions, true)];
    lists.extend(q.controls.iter().map(|block| page.list(&block.title, &block.questions, false)));
    lists.retain(|l| !l.answers.is_empty());
    let Page { open, not_asked, .. } = page;
    Feedback {
        date: say.date(date),
        draft: q.drafts.contains(say.lang),
        who: first::who(say, scored),
        profile: lines::profile(say, scored),
        lists,
        troubles: troubles(say, &own),
        open,
        weak: q.control_questions().filter_map(|(_, question)| weak(say, scored, question)).collect(),
        not_asked: say.list(&not_asked),
    }
}

/// What is gathered while the lists are gone through.
struct Page<'a> {
    say: Say<'a>,
    scored: &'a Scored<'a>,
    records: &'a [&'a FileRecord],
    own: &'a [&'a FileRecord],
    open: Vec<OpenView>,
    not_asked: Vec<String>,
}

impl Page<'_> {
    fn list(&mut self, title: &Text, questions: &[Question], exposure: bool) -> ListView {
        let dossier = self.scored.dossier;
        let entries = if exposure { &dossier.exposure } else { &dossier.controls };
        let mut answers = Vec::new();
        for (question, item) in questions.iter().flat_map(|q| q.items.iter().map(move |i| (q, i))) {
            if !item.applies_when.holds(&dossier.profile) {
                self.not_asked.push(item.number.clone());
                continue;
            }
            let entry = entries.get(&item.id);
            if let Some(view) = self.understood(question, item, entry) {
                answers.push(view);
            } else if item.kind != AnswerKind::Text {
                let view = self.open(question, item, entry);
                self.open.push(view);
            }
        }
        ListView { title: self.say.text(title), answers }
    }

    fn understood(&self, question: &Question, item: &Item, entry: Option<&Entry>) -> Option<AnswerView> {
        let entry = entry?;
        let (answer, raw) = match (&item.kind, &entry.answer) {
            (AnswerKind::Text, _) => (entry.raw.clone().filter(|r| !r.trim().is_empty())?, None),
            (_, Answer::Option(id)) => self.label(item, entry, &AnswerCode::Option(id.clone())),
            (_, Answer::NotApplicable { reason: true }) if item.not_applicable => {
                self.label(item, entry, &AnswerCode::Na)
            }
            _ => return None,
        };
        Some(AnswerView {
            number: item.number.clone(),
            question: question.item_text(item, self.say.lang),
            asked: Shared::default(),
            answer,
            raw,
            document: entry.document.clone(),
            // An assessor's workbook carries the supplier's answers too; its name is none of the supplier's business.
            cell: entry.cell.as_ref().filter(|c| self.own.iter().any(|f| f.file == c.file)).map(say::cell),
        })
    }

    fn label(&self, item: &Item, entry: &Entry, answer: &AnswerCode) -> (String, Option<String>) {
        let common = &self.scored.questionnaire.common;
        let label = self.say.answer(common, scale(item), answer);
        let raw = say::raw_if_other(entry.raw.as_ref(), &label);
        (label, raw)
    }

    fn open(&self, question: &Question, item: &Item, entry: Option<&Entry>) -> OpenView {
        let kind = match entry.map(|e| &e.answer) {
            Some(Answer::DontKnow) => Unanswered::DontKnow,
            Some(Answer::Refused) => Unanswered::Refused,
            Some(Answer::Unreadable) => Unanswered::Unreadable,
            Some(Answer::NotApplicable { .. }) => Unanswered::NaUnfounded,
            Some(Answer::Option(_) | Answer::Blank) | None => Unanswered::Blank,
        };
        // In results such an answer is one that could not be read; to the supplier that would explain nothing.
        let why = if entry.is_some_and(|e| e.answer == Answer::Unreadable && self.reason_missing(e)) {
            self.say.t("open-reason-missing")
        } else {
            self.say.answer(&self.scored.questionnaire.common, None, &AnswerCode::Open(kind))
        };
        OpenView {
            number: item.number.clone(),
            question: question.item_text(item, self.say.lang),
            raw: say::raw_if_other(entry.and_then(|e| e.raw.as_ref()), &why),
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
        let labels: Vec<String> =
            scale.options.iter().map(|o| self.say.fill("quoted", &[("text", &self.say.text(&o.label))])).collect();
        self.say.list(&labels)
    }
}

fn scale(item: &Item) -> Option<&crate::model::Scale> {
    match &item.kind {
        AnswerKind::Scale(scale) => Some(scale),
        AnswerKind::Text => None,
    }
}

/// A question with an answer of less than full grade. Open ones stand in a list of their own.
fn weak(say: Say<'_>, scored: &Scored<'_>, question: &Question) -> Option<WeakView> {
    let dossier = scored.dossier;
    let items: Vec<&Item> = question
        .items
        .iter()
        .filter(|item| item.applies_when.holds(&dossier.profile))
        .filter(|item| match dossier.controls.get(&item.id).map(|e| &e.answer) {
            Some(Answer::Option(id)) => {
                exposure::scale((question, item)).and_then(|s| s.option(id)).is_some_and(|o| o.grade < Exact::one())
            }
            _ => false,
        })
        .collect();
    if items.is_empty() {
        return None;
    }
    let mut evidence: Vec<String> = std::iter::once(&question.evidence)
        .chain(items.iter().map(|i| &i.evidence))
        .map(|t| say.text(t))
        .filter(|t| !t.is_empty())
        .collect();
    evidence.sort();
    evidence.dedup();
    let numbers: Vec<String> = items.iter().map(|i| i.number.clone()).collect();
    Some(WeakView {
        number: say.list(&numbers),
        question: say.text(&question.text),
        measure: say.text(&question.measure),
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
