//! `results.json`, schema `lygte/results/1`. Fractions are text `"n/d"` in lowest terms; `shown` values have two decimals.
//! Keys may be added; those that are there keep their names and meaning.

use schemars::JsonSchema;
use serde::Serialize;

use crate::diag::Diagnostic;
use crate::model::{
    AnswerCode, Cell, ControlItem, Evidence, Exact, Id, ImportedExposure, Interval, Item, Method, Reference, Stated,
    Text,
};

use super::{FileRecord, Ledger, Reminder, ReviewRecord, Scored};

/// The schema's name.
pub const SCHEMA: &str = "lygte/results/1";

/// The whole file, for its JSON Schema. It is written piece by piece.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Results {
    /// Always `lygte/results/1`.
    pub schema: String,
    /// The method.
    pub method: MethodId,
    /// Every input, in the order of names.
    pub files: Vec<FileResult>,
    /// The account of all inputs.
    pub ledger: LedgerResult,
    /// With `--reviewed`: what became of the reviewer's queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewResult>,
    /// The table of country exposure, if it is not the built-in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_exposure: Option<ExposureTable>,
    /// One per supplier, in the order of ids.
    pub suppliers: Vec<SupplierResult>,
    /// Texts ready to send to those who have not answered, or not enough.
    pub reminders: Vec<ReminderResult>,
}

/// A table of country exposure of the user's own.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExposureTable {
    /// Name of the file.
    pub file: String,
    /// Its edition.
    pub edition: String,
    /// On what terms it may be used.
    pub licence: String,
    /// Whose it is.
    pub source: String,
    /// Digest of its bytes.
    pub sha256: String,
}

impl ExposureTable {
    /// The table that was read in place of ours, if one was.
    pub fn of(reference: &Reference) -> Option<Self> {
        let ImportedExposure { file, edition, licence, source, sha256 } = reference.imported_exposure.clone()?;
        Some(Self { file, edition, licence, source, sha256 })
    }
}

/// Which method scored.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MethodId {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Digest of its constants.
    pub digest: String,
}

impl MethodId {
    /// The name of a method.
    pub fn of(method: &Method) -> Self {
        Self { id: method.id.to_string(), version: method.version.clone(), digest: method.digest.clone() }
    }
}

/// One input.
#[derive(Debug, Serialize, JsonSchema)]
pub struct FileResult {
    /// Its name, with `/`, relative to the input folder.
    pub file: String,
    /// Digest of its bytes.
    pub sha256: String,
    /// supplier, assessor, observer, or null.
    pub role: Option<String>,
    /// scored, partly, unreadable.
    pub status: String,
    /// The supplier's id.
    pub supplier: Option<String>,
    /// What is to be said about it.
    pub diagnostics: Vec<DiagnosticResult>,
}

/// One diagnostic.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DiagnosticResult {
    /// Its code.
    pub code: String,
    /// note, warning, error.
    pub severity: String,
    /// The message, in English.
    pub message: String,
    /// Where.
    pub place: String,
    /// What stood in the cell.
    pub raw: Option<String>,
    /// What it was taken for.
    pub taken: Option<String>,
    /// Another cell that it is held against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<OtherResult>,
    /// A reviewer's initials and reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed: Option<SignedResult>,
}

/// Another cell.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OtherResult {
    /// Where.
    pub place: String,
    /// What stands there.
    pub raw: Option<String>,
}

/// Who says so, and why.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SignedResult {
    /// Initials.
    pub by: String,
    /// Reason.
    pub reason: String,
}

impl DiagnosticResult {
    fn of(d: &Diagnostic) -> Self {
        Self {
            code: d.code.name().to_owned(),
            severity: d.severity().id().to_owned(),
            message: d.message(),
            place: d.place.to_string(),
            raw: d.raw.clone(),
            taken: d.taken.clone(),
            other: d.other.as_ref().map(|(place, raw)| OtherResult { place: place.to_string(), raw: raw.clone() }),
            signed: d.signed.as_ref().map(|(by, reason)| SignedResult { by: by.clone(), reason: reason.clone() }),
        }
    }
}

impl FileResult {
    /// The result of a file.
    pub fn of(record: &FileRecord) -> Self {
        Self {
            file: record.file.to_string(),
            sha256: record.sha256.clone(),
            role: record.role.map(|r| r.id().to_owned()),
            status: record.status.id().to_owned(),
            supplier: record.supplier.clone(),
            diagnostics: record.diagnostics.iter().map(DiagnosticResult::of).collect(),
        }
    }
}

/// The account of all inputs: `inputs = scored + partly + unreadable`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LedgerResult {
    /// Files that were handed in.
    pub inputs: usize,
    /// Read whole.
    pub scored: usize,
    /// Read in part.
    pub partly: usize,
    /// Not read.
    pub unreadable: usize,
    /// Lock files and the like.
    pub skipped: usize,
    /// With a list of suppliers: how many it names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invited: Option<usize>,
    /// With a list of suppliers: of how many of them a questionnaire was read. invited = answered + not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered: Option<usize>,
    /// With a list of suppliers: ids of those of whom no questionnaire was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_answered: Option<Vec<String>>,
}

impl LedgerResult {
    /// The result of a ledger.
    pub fn of(ledger: &Ledger, invited: Option<(usize, &[String])>) -> Self {
        Self {
            inputs: ledger.inputs,
            scored: ledger.scored,
            partly: ledger.partly,
            unreadable: ledger.unreadable,
            skipped: ledger.skipped,
            invited: invited.map(|(n, _)| n),
            answered: invited.map(|(n, waiting)| n.saturating_sub(waiting.len())),
            not_answered: invited.map(|(_, waiting)| waiting.to_vec()),
        }
    }
}

/// What became of a reviewer's queue: rows = corrected + accepted + open + those with a diagnostic.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReviewResult {
    /// Its file.
    pub file: String,
    /// Digest of its bytes.
    pub sha256: String,
    /// Its rows.
    pub rows: usize,
    /// Corrections that count.
    pub corrected: usize,
    /// Readings accepted.
    pub accepted: usize,
    /// Rows that nobody has decided.
    pub open: usize,
    /// What was not taken, and why.
    pub diagnostics: Vec<DiagnosticResult>,
}

impl ReviewResult {
    /// The result of a queue.
    pub fn of(review: &ReviewRecord) -> Self {
        Self {
            file: review.file.to_string(),
            sha256: review.sha256.clone(),
            rows: review.rows,
            corrected: review.corrected,
            accepted: review.accepted,
            open: review.open,
            diagnostics: review.diagnostics.iter().map(DiagnosticResult::of).collect(),
        }
    }
}

/// A text ready to send.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReminderResult {
    /// The supplier's id.
    pub supplier: String,
    /// Its name.
    pub name: String,
    /// Language of the text.
    pub lang: String,
    /// not-answered or not-enough.
    pub due: String,
    /// The text.
    pub text: String,
}

impl ReminderResult {
    /// The result of a reminder.
    pub fn of(reminder: &Reminder) -> Self {
        Self {
            supplier: reminder.supplier.clone(),
            name: reminder.name.clone(),
            lang: reminder.lang.to_string(),
            due: reminder.due.id().to_owned(),
            text: reminder.text(),
        }
    }
}

/// One supplier.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SupplierResult {
    id: String,
    name: String,
    /// Where it works: codes, with `;` between several; null when unknown.
    country: Option<String>,
    sectors: Vec<String>,
    /// micro, small, medium, large, or null.
    size: Option<String>,
    files: Vec<String>,
    questionnaire: QuestionnaireResult,
    coverage: CoverageResult,
    exposure: ExposureResult,
    controls: ControlsResult,
    signs: SignsResult,
    score: ScoreResult,
    runs: RunsResult,
    verification: VerificationResult,
    complete: bool,
    band: String,
    floors: Vec<FloorResult>,
    /// null when there are not enough answers.
    priority: Option<String>,
    /// null when there are not enough answers.
    best_priority: Option<String>,
    lines: Vec<LineResult>,
    potentials: Vec<LineResult>,
    what_if: Vec<WhatIfResult>,
    flags: Vec<FlagResult>,
    actions: Vec<ActionResult>,
    /// The cut of the bands that the headline lies close to.
    near_cut: Option<String>,
    /// Whether the priority survives other item weights.
    robust: bool,
    /// Answers to questions of free text.
    notes: Vec<NoteResult>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct QuestionnaireResult {
    id: String,
    form: String,
    edition: String,
    revision: String,
    lang: String,
    sectors: Vec<String>,
    country: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CoverageResult {
    answered: usize,
    applicable: usize,
    share: String,
    sufficient: bool,
    /// Open lines by kind.
    open: Vec<OpenResult>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct OpenResult {
    kind: String,
    count: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ExposureResult {
    lo: String,
    hi: String,
    factors: Vec<FactorResult>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct FactorResult {
    id: String,
    weight: WeightResult,
    lo: String,
    hi: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    questions: Option<Vec<ExposureAnswerResult>>,
}

/// A whole number where it is one, else a fraction as text.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
enum WeightResult {
    Whole(i64),
    Fraction(String),
}

impl WeightResult {
    fn of(x: &Exact) -> Self {
        let text = x.to_string();
        text.parse().map_or(Self::Fraction(text), Self::Whole)
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct ExposureAnswerResult {
    id: String,
    weight: String,
    answer: String,
    lo: Option<String>,
    hi: Option<String>,
    file: Option<String>,
    cell: Option<String>,
    raw: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correction: Option<CorrectionResult>,
}

/// A reviewer's correction: the answer counts as corrected; what the supplier's cell had been read as stands here.
#[derive(Debug, Serialize, JsonSchema)]
struct CorrectionResult {
    /// What the cell had been read as.
    read: String,
    /// What it counts as now.
    answer: String,
    /// The reviewer's initials.
    by: String,
    /// Why.
    reason: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ControlsResult {
    lo: String,
    hi: String,
    sections: Vec<SectionResult>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SectionResult {
    id: String,
    weight: WeightResult,
    lo: Option<String>,
    hi: Option<String>,
    items: Vec<ItemResult>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ItemResult {
    id: String,
    number: String,
    weight: String,
    answer: String,
    grade: Option<String>,
    evidence: Option<String>,
    contradicted: bool,
    lo: Option<String>,
    hi: Option<String>,
    critical: bool,
    by: String,
    file: Option<String>,
    cell: Option<String>,
    raw: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stated: Option<StatedResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correction: Option<CorrectionResult>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct StatedResult {
    answer: String,
    file: Option<String>,
    cell: Option<String>,
    raw: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SignsResult {
    looked: Vec<LookResult>,
    label: String,
    under_18: bool,
    dimensions: Vec<DimensionResult>,
    items: Vec<SignResult>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct LookResult {
    date: Option<String>,
    role: Option<String>,
    seen: Option<bool>,
    file: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DimensionResult {
    id: String,
    present: [u32; 3],
    unknown: [u32; 3],
    state: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SignResult {
    id: String,
    indicator: String,
    dimension: String,
    strength: String,
    state: String,
    file: Option<String>,
    cell: Option<String>,
    raw: Option<String>,
    /// How an assessor closed it, with date and initials.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<ClosedResult>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ClosedResult {
    status: String,
    signed: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ScoreResult {
    headline: PointsResult,
    best: PointsResult,
}

#[derive(Debug, Serialize, JsonSchema)]
struct PointsResult {
    exact: String,
    shown: String,
}

impl PointsResult {
    fn of(x: &Exact) -> Self {
        Self { exact: x.to_string(), shown: x.shown() }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct RunsResult {
    stated: String,
    verified: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct VerificationResult {
    stated: String,
    documents: String,
    on_site: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct FloorResult {
    id: String,
    priority: String,
    why: String,
    /// What it rests on.
    because: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct LineResult {
    id: String,
    exact: String,
    shown: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct WhatIfResult {
    id: String,
    to: String,
    priority: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct FlagResult {
    id: String,
    questions: Vec<String>,
    effect: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ActionResult {
    question: String,
    what: String,
    evidence: String,
    potential: String,
    urgency: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct NoteResult {
    id: String,
    text: Option<String>,
    file: Option<String>,
    cell: Option<String>,
}

fn file_of(cell: Option<&Cell>) -> Option<String> {
    cell.map(|c| c.file.to_string())
}

/// `Sheet!E9`
pub(super) fn cell_of(cell: Option<&Cell>) -> Option<String> {
    cell.map(|c| format!("{}!{}{}", c.sheet, crate::diag::column_name(c.column), u64::from(c.row) + 1))
}

fn bounds(value: Option<&Interval>) -> (Option<String>, Option<String>) {
    (value.map(|v| v.lo.to_string()), value.map(|v| v.hi.to_string()))
}

impl SupplierResult {
    /// The result of a supplier.
    pub fn of(scored: &Scored<'_>) -> Self {
        let (dossier, assessment, questionnaire) = (scored.dossier, scored.assessment, scored.questionnaire);
        let profile = &dossier.profile;
        let countries: Vec<String> = profile.countries.iter().flatten().map(ToString::to_string).collect();
        Self {
            id: dossier.id.clone(),
            name: dossier.name.clone(),
            country: (!countries.is_empty()).then(|| countries.join("; ")),
            sectors: profile.sectors.iter().flatten().map(ToString::to_string).collect(),
            size: profile.employees.map(|n| crate::model::Size::of(n).id().to_owned()),
            files: dossier.files.iter().map(ToString::to_string).collect(),
            questionnaire: QuestionnaireResult {
                id: questionnaire.id.to_string(),
                form: dossier.form.id().to_owned(),
                edition: dossier.edition.clone(),
                revision: dossier.revision.clone(),
                lang: dossier.lang.to_string(),
                sectors: questionnaire.sectors.iter().map(|s| s.id.to_string()).collect(),
                country: questionnaire.country.as_ref().map(|c| c.code.to_string()),
            },
            coverage: CoverageResult {
                answered: assessment.coverage.answered,
                applicable: assessment.coverage.applicable,
                share: assessment.coverage.share.to_string(),
                sufficient: assessment.coverage.sufficient,
                open: assessment
                    .coverage
                    .open
                    .iter()
                    .map(|(kind, count)| OpenResult { kind: kind.id().to_owned(), count: *count })
                    .collect(),
            },
            exposure: exposure(scored),
            controls: controls(scored),
            signs: signs(scored),
            score: ScoreResult {
                headline: PointsResult::of(&assessment.score.headline),
                best: PointsResult::of(&assessment.score.best),
            },
            runs: RunsResult { stated: assessment.stated.to_string(), verified: assessment.verified.to_string() },
            verification: VerificationResult {
                stated: assessment.verification.stated.to_string(),
                documents: assessment.verification.documents.to_string(),
                on_site: assessment.verification.on_site.to_string(),
            },
            complete: assessment.complete,
            band: assessment.band.id().to_owned(),
            floors: floors(scored),
            priority: assessment.priority.map(|p| p.id().to_owned()),
            best_priority: assessment.best_priority.map(|p| p.id().to_owned()),
            lines: assessment
                .lines
                .iter()
                .map(|l| LineResult { id: l.id.to_string(), exact: l.exact.to_string(), shown: l.shown.clone() })
                .collect(),
            potentials: assessment
                .potentials
                .iter()
                .map(|p| LineResult { id: p.id.to_string(), exact: p.exact.to_string(), shown: p.exact.shown() })
                .collect(),
            what_if: assessment
                .what_if
                .iter()
                .map(|w| WhatIfResult { id: w.id.clone(), to: w.to.clone(), priority: w.priority.id().to_owned() })
                .collect(),
            flags: assessment
                .flags
                .iter()
                .map(|f| FlagResult { id: f.id.clone(), questions: f.questions.clone(), effect: f.effect.clone() })
                .collect(),
            actions: actions(scored),
            near_cut: assessment.near_cut.as_ref().map(ToString::to_string),
            robust: assessment.robust,
            notes: notes(scored),
        }
    }
}

fn exposure(scored: &Scored<'_>) -> ExposureResult {
    let assessment = scored.assessment;
    let factors = assessment
        .factors
        .iter()
        .map(|factor| FactorResult {
            id: factor.id.clone(),
            weight: WeightResult::of(&factor.weight),
            lo: factor.value.lo.to_string(),
            hi: factor.value.hi.to_string(),
            questions: (factor.id == "workforce").then(|| {
                factor
                    .questions
                    .iter()
                    .map(|q| {
                        let (lo, hi) = bounds(q.risk.as_ref());
                        ExposureAnswerResult {
                            id: q.id.to_string(),
                            weight: "1".to_owned(),
                            answer: q.answer.id().to_owned(),
                            lo,
                            hi,
                            file: file_of(q.cell.as_ref()),
                            cell: cell_of(q.cell.as_ref()),
                            raw: q.raw.clone(),
                            correction: correction(scored, &q.id),
                        }
                    })
                    .collect()
            }),
        })
        .collect();
    ExposureResult { lo: assessment.exposure.lo.to_string(), hi: assessment.exposure.hi.to_string(), factors }
}

fn controls(scored: &Scored<'_>) -> ControlsResult {
    let sections = scored
        .assessment
        .sections
        .iter()
        .map(|section| {
            let (lo, hi) = bounds(section.value.as_ref());
            SectionResult {
                id: section.id.clone(),
                weight: WeightResult::of(&section.weight),
                lo,
                hi,
                items: section.items.iter().map(|i| item(scored, i)).collect(),
            }
        })
        .collect();
    let controls = &scored.assessment.controls;
    ControlsResult { lo: controls.lo.to_string(), hi: controls.hi.to_string(), sections }
}

fn correction(scored: &Scored<'_>, id: &Id) -> Option<CorrectionResult> {
    let dossier = scored.dossier;
    let correction = dossier.corrections.get(id)?;
    let entry = dossier.controls.get(id).or_else(|| dossier.exposure.get(id))?;
    Some(CorrectionResult {
        read: correction.read.id().to_owned(),
        answer: entry.answer.id().to_owned(),
        by: correction.by.clone(),
        reason: correction.reason.clone(),
    })
}

fn item(scored: &Scored<'_>, item: &ControlItem) -> ItemResult {
    let (lo, hi) = bounds(item.credit.as_ref());
    ItemResult {
        id: item.id.to_string(),
        number: item.number.clone(),
        weight: item.weight.to_string(),
        answer: item.answer.id().to_owned(),
        grade: item.grade.as_ref().map(ToString::to_string),
        evidence: item.evidence.map(|e: Evidence| e.code().to_owned()),
        contradicted: item.contradicted,
        lo,
        hi,
        critical: item.critical,
        by: item.by.id().to_owned(),
        file: file_of(item.cell.as_ref()),
        cell: cell_of(item.cell.as_ref()),
        raw: item.raw.clone(),
        stated: item.stated.as_ref().map(|s: &Stated| StatedResult {
            answer: AnswerCode::id(&s.answer).to_owned(),
            file: file_of(s.cell.as_ref()),
            cell: cell_of(s.cell.as_ref()),
            raw: s.raw.clone(),
        }),
        correction: correction(scored, &item.id),
    }
}

fn signs(scored: &Scored<'_>) -> SignsResult {
    let signs = &scored.assessment.signs;
    SignsResult {
        looked: scored
            .dossier
            .looks
            .iter()
            .map(|l| LookResult { date: l.date.clone(), role: l.role.clone(), seen: l.seen, file: l.file.to_string() })
            .collect(),
        label: signs.label.id().to_owned(),
        under_18: signs.under_18,
        dimensions: signs
            .dimensions
            .iter()
            .map(|d| DimensionResult {
                id: d.dimension.code().to_owned(),
                present: d.present,
                unknown: d.unknown,
                state: d.state.id().to_owned(),
            })
            .collect(),
        items: signs
            .items
            .iter()
            .map(|i| SignResult {
                id: i.id.to_string(),
                indicator: i.indicator.to_string(),
                dimension: i.dimension.code().to_owned(),
                strength: i.strength.code().to_owned(),
                state: i.state.id().to_owned(),
                file: file_of(i.cell.as_ref()),
                cell: cell_of(i.cell.as_ref()),
                raw: i.raw.clone(),
                closed: i
                    .closed
                    .as_ref()
                    .map(|(status, signed)| ClosedResult { status: status.clone(), signed: signed.clone() }),
            })
            .collect(),
    }
}

fn floors(scored: &Scored<'_>) -> Vec<FloorResult> {
    let english = crate::model::Lang::english();
    scored
        .assessment
        .floors
        .iter()
        .map(|f| FloorResult {
            id: f.id.clone(),
            priority: f.priority.id().to_owned(),
            why: scored.method.floors.get(&f.id).map(|x| x.text.get(&english).to_owned()).unwrap_or_default(),
            because: f.because.clone(),
        })
        .collect()
}

fn actions(scored: &Scored<'_>) -> Vec<ActionResult> {
    let english = crate::model::Lang::english();
    let get = |t: &Text| t.get(&english).to_owned();
    scored
        .assessment
        .actions
        .iter()
        .map(|action| {
            let (what, evidence) = if action.sign {
                let sign = scored.dossier.signs.iter().map(|s| &s.sign).find(|s| s.id == action.question);
                sign.map(|s| (get(&s.measure), get(&s.evidence))).unwrap_or_default()
            } else {
                let question = scored.questionnaire.question(action.question.as_str());
                question.map(|q| (get(&q.measure), get(&q.evidence))).unwrap_or_default()
            };
            ActionResult {
                question: action.question.to_string(),
                what,
                evidence,
                potential: action.potential.shown(),
                urgency: action.urgency.to_owned(),
            }
        })
        .collect()
}

fn notes(scored: &Scored<'_>) -> Vec<NoteResult> {
    let is_text = |i: &&Item| i.kind == crate::model::AnswerKind::Text;
    scored
        .questionnaire
        .questions()
        .flat_map(|q| &q.items)
        .filter(is_text)
        .filter_map(|i| {
            let entry = scored.dossier.controls.get(&i.id).or_else(|| scored.dossier.exposure.get(&i.id))?;
            entry.raw.as_ref()?;
            Some(NoteResult {
                id: i.id.to_string(),
                text: entry.raw.clone(),
                file: file_of(entry.cell.as_ref()),
                cell: cell_of(entry.cell.as_ref()),
            })
        })
        .collect()
}

/// The JSON Schema of `results.json`.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Results).to_value()
}
