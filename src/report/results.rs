//! `results.json`, schema `lygte/results/1`. Fractions are text `"n/d"` in lowest terms; `shown` values have two decimals.
//! Keys may be added; those that are there keep their names and meaning.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use crate::diag::{Diagnostic, push_spot};
use crate::model::{
    Band, Cell, ControlItem, CountryCode, Evidence, Exact, Id, ImportedExposure, Interval, Item, Method, Reference,
    Role, Stated,
};

use super::{FileRecord, Ledger, Reminder, ReviewRecord, Scored};

/// The schema's name.
pub const SCHEMA: &str = "lygte/results/1";

/// Text, as it is written.
impl JsonSchema for Exact {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        String::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

/// The whole file, for its JSON Schema. It is written piece by piece.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Results {
    /// Always `lygte/results/1`.
    pub schema: String,
    /// The method.
    pub method: MethodId,
    /// Every input, in the order of names.
    pub files: Vec<FileResult<'static>>,
    /// The account of all inputs.
    pub ledger: LedgerResult,
    /// With `--reviewed`: what became of the reviewer's queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewResult<'static>>,
    /// The table of country exposure, if it is not the built-in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_exposure: Option<ExposureTable>,
    /// One per supplier, in the order of ids.
    pub suppliers: Vec<SupplierResult<'static>>,
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
pub struct FileResult<'a> {
    /// Its name, with `/`, relative to the input folder.
    pub file: &'a str,
    /// Digest of its bytes.
    pub sha256: &'a str,
    /// supplier, assessor, observer, or null.
    pub role: Option<&'a str>,
    /// scored, partly, unreadable.
    pub status: &'a str,
    /// The supplier's id.
    pub supplier: Option<&'a str>,
    /// What is to be said about it.
    pub diagnostics: Vec<DiagnosticResult<'a>>,
}

/// One diagnostic.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DiagnosticResult<'a> {
    /// Its code.
    pub code: &'a str,
    /// note, warning, error.
    pub severity: &'a str,
    /// The message, in English.
    pub message: String,
    /// Where.
    pub place: String,
    /// What stood in the cell.
    pub raw: Option<&'a str>,
    /// What it was taken for.
    pub taken: Option<&'a str>,
    /// Another cell that it is held against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<OtherResult<'a>>,
    /// A reviewer's initials and reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed: Option<SignedResult<'a>>,
}

/// Another cell.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OtherResult<'a> {
    /// Where.
    pub place: String,
    /// What stands there.
    pub raw: Option<&'a str>,
}

/// Who says so, and why.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SignedResult<'a> {
    /// Initials.
    pub by: &'a str,
    /// Reason.
    pub reason: &'a str,
}

impl<'a> DiagnosticResult<'a> {
    fn of(d: &'a Diagnostic) -> Self {
        Self {
            code: d.code.name(),
            severity: d.severity().id(),
            message: d.message(),
            place: d.place.to_string(),
            raw: d.raw.as_deref(),
            taken: d.taken.as_deref(),
            other: d.other.as_ref().map(|(place, raw)| OtherResult { place: place.to_string(), raw: raw.as_deref() }),
            signed: d.signed.as_ref().map(|(by, reason)| SignedResult { by, reason }),
        }
    }
}

impl<'a> FileResult<'a> {
    /// The result of a file.
    pub fn of(record: &'a FileRecord) -> Self {
        Self {
            file: &record.file,
            sha256: &record.sha256,
            role: record.role.map(Role::id),
            status: record.status.id(),
            supplier: record.supplier.as_deref(),
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
pub struct ReviewResult<'a> {
    /// Its file.
    pub file: &'a str,
    /// Digest of its bytes.
    pub sha256: &'a str,
    /// Its rows.
    pub rows: usize,
    /// Corrections that count.
    pub corrected: usize,
    /// Readings accepted.
    pub accepted: usize,
    /// Rows that nobody has decided.
    pub open: usize,
    /// What was not taken, and why.
    pub diagnostics: Vec<DiagnosticResult<'a>>,
}

impl<'a> ReviewResult<'a> {
    /// The result of a queue.
    pub fn of(review: &'a ReviewRecord) -> Self {
        Self {
            file: &review.file,
            sha256: &review.sha256,
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
pub struct SupplierResult<'a> {
    id: &'a str,
    name: &'a str,
    /// Where it works: codes, with `;` between several; null when unknown.
    country: Option<String>,
    sectors: Vec<&'a str>,
    /// micro, small, medium, large, or null.
    size: Option<&'a str>,
    files: Vec<&'a str>,
    questionnaire: QuestionnaireResult<'a>,
    coverage: CoverageResult<'a>,
    exposure: ExposureResult<'a>,
    controls: ControlsResult<'a>,
    signs: SignsResult<'a>,
    score: ScoreResult<'a>,
    runs: RunsResult<'a>,
    verification: VerificationResult<'a>,
    complete: bool,
    band: &'a str,
    floors: Vec<FloorResult<'a>>,
    /// null when there are not enough answers.
    priority: Option<&'a str>,
    /// null when there are not enough answers.
    best_priority: Option<&'a str>,
    lines: Vec<LineResult<'a>>,
    potentials: Vec<LineResult<'a>>,
    what_if: Vec<WhatIfResult<'a>>,
    flags: Vec<FlagResult<'a>>,
    actions: Vec<ActionResult<'a>>,
    /// The cut of the bands that the headline lies close to.
    near_cut: Option<&'a Exact>,
    /// Whether the priority survives other item weights.
    robust: bool,
    /// Answers to questions of free text.
    notes: Vec<NoteResult<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct QuestionnaireResult<'a> {
    id: &'a str,
    form: &'a str,
    edition: &'a str,
    revision: &'a str,
    lang: &'a str,
    sectors: Vec<&'a str>,
    country: Option<&'a str>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CoverageResult<'a> {
    answered: usize,
    applicable: usize,
    share: &'a Exact,
    sufficient: bool,
    /// Open lines by kind.
    open: Vec<OpenResult<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct OpenResult<'a> {
    kind: &'a str,
    count: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ExposureResult<'a> {
    lo: &'a Exact,
    hi: &'a Exact,
    factors: Vec<FactorResult<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct FactorResult<'a> {
    id: &'a str,
    weight: WeightResult,
    lo: &'a Exact,
    hi: &'a Exact,
    #[serde(skip_serializing_if = "Option::is_none")]
    questions: Option<Vec<ExposureAnswerResult<'a>>>,
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
struct ExposureAnswerResult<'a> {
    id: &'a str,
    weight: &'a str,
    answer: &'a str,
    lo: Option<&'a Exact>,
    hi: Option<&'a Exact>,
    file: Option<&'a str>,
    cell: Option<String>,
    raw: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correction: Option<CorrectionResult<'a>>,
}

/// A reviewer's correction: the answer counts as corrected; what the supplier's cell had been read as stands here.
#[derive(Debug, Serialize, JsonSchema)]
struct CorrectionResult<'a> {
    /// What the cell had been read as.
    read: &'a str,
    /// What it counts as now.
    answer: &'a str,
    /// The reviewer's initials.
    by: &'a str,
    /// Why.
    reason: &'a str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ControlsResult<'a> {
    lo: &'a Exact,
    hi: &'a Exact,
    sections: Vec<SectionResult<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SectionResult<'a> {
    id: &'a str,
    weight: WeightResult,
    lo: Option<&'a Exact>,
    hi: Option<&'a Exact>,
    items: Vec<ItemResult<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ItemResult<'a> {
    id: &'a str,
    number: &'a str,
    weight: &'a Exact,
    answer: &'a str,
    grade: Option<&'a Exact>,
    evidence: Option<&'a str>,
    contradicted: bool,
    lo: Option<&'a Exact>,
    hi: Option<&'a Exact>,
    critical: bool,
    by: &'a str,
    file: Option<&'a str>,
    cell: Option<String>,
    raw: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stated: Option<StatedResult<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    correction: Option<CorrectionResult<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct StatedResult<'a> {
    answer: &'a str,
    file: Option<&'a str>,
    cell: Option<String>,
    raw: Option<&'a str>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SignsResult<'a> {
    looked: Vec<LookResult<'a>>,
    label: &'a str,
    under_18: bool,
    dimensions: Vec<DimensionResult<'a>>,
    items: Vec<SignResult<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct LookResult<'a> {
    date: Option<&'a str>,
    role: Option<&'a str>,
    seen: Option<bool>,
    file: &'a str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DimensionResult<'a> {
    id: &'a str,
    present: [u32; 3],
    unknown: [u32; 3],
    state: &'a str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SignResult<'a> {
    id: &'a str,
    indicator: &'a str,
    dimension: &'a str,
    strength: &'a str,
    state: &'a str,
    file: Option<&'a str>,
    cell: Option<String>,
    raw: Option<&'a str>,
    /// How an assessor closed it, with date and initials.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<ClosedResult<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ClosedResult<'a> {
    status: &'a str,
    signed: &'a str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ScoreResult<'a> {
    headline: PointsResult<'a>,
    best: PointsResult<'a>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct PointsResult<'a> {
    exact: &'a Exact,
    shown: String,
}

impl<'a> PointsResult<'a> {
    fn of(x: &'a Exact) -> Self {
        Self { exact: x, shown: x.shown() }
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct RunsResult<'a> {
    stated: &'a Exact,
    verified: &'a Exact,
}

#[derive(Debug, Serialize, JsonSchema)]
struct VerificationResult<'a> {
    stated: &'a Exact,
    documents: &'a Exact,
    on_site: &'a Exact,
}

#[derive(Debug, Serialize, JsonSchema)]
struct FloorResult<'a> {
    id: &'a str,
    priority: &'a str,
    why: &'a str,
    /// What it rests on.
    because: Vec<&'a str>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct LineResult<'a> {
    id: &'a str,
    exact: &'a Exact,
    shown: Cow<'a, str>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct WhatIfResult<'a> {
    id: &'a str,
    to: &'a str,
    priority: &'a str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct FlagResult<'a> {
    id: &'a str,
    questions: Vec<&'a str>,
    effect: &'a str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ActionResult<'a> {
    question: &'a str,
    what: &'a str,
    evidence: &'a str,
    potential: String,
    urgency: &'a str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct NoteResult<'a> {
    id: &'a str,
    text: Option<&'a str>,
    file: Option<&'a str>,
    cell: Option<String>,
}

fn file_of(cell: Option<&Cell>) -> Option<&str> {
    cell.map(|c| &*c.file)
}

/// `Sheet!E9`
pub(super) fn cell_of(cell: Option<&Cell>) -> Option<String> {
    cell.map(|c| {
        let mut name = String::with_capacity(c.sheet.len() + 8);
        name.push_str(&c.sheet);
        name.push('!');
        push_spot(&mut name, c.row, c.column);
        name
    })
}

fn bounds(value: Option<&Interval>) -> (Option<&Exact>, Option<&Exact>) {
    (value.map(|v| &v.lo), value.map(|v| &v.hi))
}

impl<'a> SupplierResult<'a> {
    /// The result of a supplier.
    pub fn of(scored: &Scored<'a>) -> Self {
        let (dossier, assessment, questionnaire) = (scored.dossier, scored.assessment, scored.questionnaire);
        let profile = &dossier.profile;
        let countries: Vec<&str> = profile.countries.iter().flatten().map(CountryCode::as_str).collect();
        Self {
            id: &dossier.id,
            name: &dossier.name,
            country: (!countries.is_empty()).then(|| countries.join("; ")),
            sectors: profile.sectors.iter().flatten().map(Id::as_str).collect(),
            size: profile.employees.map(|n| crate::model::Size::of(n).id()),
            files: dossier.files.iter().map(|f| &**f).collect(),
            questionnaire: QuestionnaireResult {
                id: questionnaire.id.as_str(),
                form: dossier.form.id(),
                edition: &dossier.edition,
                revision: &dossier.revision,
                lang: dossier.lang.as_str(),
                sectors: questionnaire.sectors.iter().map(|s| s.id.as_str()).collect(),
                country: questionnaire.country.as_ref().map(|c| c.code.as_str()),
            },
            coverage: CoverageResult {
                answered: assessment.coverage.answered,
                applicable: assessment.coverage.applicable,
                share: &assessment.coverage.share,
                sufficient: assessment.coverage.sufficient,
                open: assessment
                    .coverage
                    .open
                    .iter()
                    .map(|(kind, count)| OpenResult { kind: kind.id(), count: *count })
                    .collect(),
            },
            exposure: exposure(scored),
            controls: controls(scored),
            signs: signs(scored),
            score: ScoreResult {
                headline: PointsResult::of(&assessment.score.headline),
                best: PointsResult::of(&assessment.score.best),
            },
            runs: RunsResult { stated: &assessment.stated, verified: &assessment.verified },
            verification: VerificationResult {
                stated: &assessment.verification.stated,
                documents: &assessment.verification.documents,
                on_site: &assessment.verification.on_site,
            },
            complete: assessment.complete,
            band: assessment.band.id(),
            floors: floors(scored),
            priority: assessment.priority.map(Band::id),
            best_priority: assessment.best_priority.map(Band::id),
            lines: assessment
                .lines
                .iter()
                .map(|l| LineResult { id: l.id.as_str(), exact: &l.exact, shown: Cow::Borrowed(&l.shown) })
                .collect(),
            potentials: assessment
                .potentials
                .iter()
                .map(|p| LineResult { id: p.id.as_str(), exact: &p.exact, shown: Cow::Owned(p.exact.shown()) })
                .collect(),
            what_if: assessment
                .what_if
                .iter()
                .map(|w| WhatIfResult { id: &w.id, to: &w.to, priority: w.priority.id() })
                .collect(),
            flags: assessment
                .flags
                .iter()
                .map(|f| FlagResult {
                    id: &f.id,
                    questions: f.questions.iter().map(String::as_str).collect(),
                    effect: &f.effect,
                })
                .collect(),
            actions: actions(scored),
            near_cut: assessment.near_cut.as_ref(),
            robust: assessment.robust,
            notes: notes(scored),
        }
    }
}

fn exposure<'a>(scored: &Scored<'a>) -> ExposureResult<'a> {
    let assessment = scored.assessment;
    let factors = assessment
        .factors
        .iter()
        .map(|factor| FactorResult {
            id: &factor.id,
            weight: WeightResult::of(&factor.weight),
            lo: &factor.value.lo,
            hi: &factor.value.hi,
            questions: (factor.id == "workforce").then(|| {
                factor
                    .questions
                    .iter()
                    .map(|q| {
                        let (lo, hi) = bounds(q.risk.as_ref());
                        ExposureAnswerResult {
                            id: q.id.as_str(),
                            weight: "1",
                            answer: q.answer.id(),
                            lo,
                            hi,
                            file: file_of(q.cell.as_ref()),
                            cell: cell_of(q.cell.as_ref()),
                            raw: q.raw.as_deref(),
                            correction: correction(scored, &q.id),
                        }
                    })
                    .collect()
            }),
        })
        .collect();
    ExposureResult { lo: &assessment.exposure.lo, hi: &assessment.exposure.hi, factors }
}

fn controls<'a>(scored: &Scored<'a>) -> ControlsResult<'a> {
    let sections = scored
        .assessment
        .sections
        .iter()
        .map(|section| {
            let (lo, hi) = bounds(section.value.as_ref());
            SectionResult {
                id: &section.id,
                weight: WeightResult::of(&section.weight),
                lo,
                hi,
                items: section.items.iter().map(|i| item(scored, i)).collect(),
            }
        })
        .collect();
    let controls = &scored.assessment.controls;
    ControlsResult { lo: &controls.lo, hi: &controls.hi, sections }
}

fn correction<'a>(scored: &Scored<'a>, id: &Id) -> Option<CorrectionResult<'a>> {
    let dossier = scored.dossier;
    let correction = dossier.corrections.get(id)?;
    let entry = dossier.controls.get(id).or_else(|| dossier.exposure.get(id))?;
    Some(CorrectionResult {
        read: correction.read.id(),
        answer: entry.answer.id(),
        by: &correction.by,
        reason: &correction.reason,
    })
}

fn item<'a>(scored: &Scored<'a>, item: &'a ControlItem) -> ItemResult<'a> {
    let (lo, hi) = bounds(item.credit.as_ref());
    ItemResult {
        id: item.id.as_str(),
        number: &item.number,
        weight: &item.weight,
        answer: item.answer.id(),
        grade: item.grade.as_ref(),
        evidence: item.evidence.map(|e: Evidence| e.code()),
        contradicted: item.contradicted,
        lo,
        hi,
        critical: item.critical,
        by: item.by.id(),
        file: file_of(item.cell.as_ref()),
        cell: cell_of(item.cell.as_ref()),
        raw: item.raw.as_deref(),
        stated: item.stated.as_ref().map(|s: &Stated| StatedResult {
            answer: s.answer.id(),
            file: file_of(s.cell.as_ref()),
            cell: cell_of(s.cell.as_ref()),
            raw: s.raw.as_deref(),
        }),
        correction: correction(scored, &item.id),
    }
}

fn signs<'a>(scored: &Scored<'a>) -> SignsResult<'a> {
    let signs = &scored.assessment.signs;
    SignsResult {
        looked: scored
            .dossier
            .looks
            .iter()
            .map(|l| LookResult { date: l.date.as_deref(), role: l.role.as_deref(), seen: l.seen, file: &l.file })
            .collect(),
        label: signs.label.id(),
        under_18: signs.under_18,
        dimensions: signs
            .dimensions
            .iter()
            .map(|d| DimensionResult {
                id: d.dimension.code(),
                present: d.present,
                unknown: d.unknown,
                state: d.state.id(),
            })
            .collect(),
        items: signs
            .items
            .iter()
            .map(|i| SignResult {
                id: i.id.as_str(),
                indicator: i.indicator.as_str(),
                dimension: i.dimension.code(),
                strength: i.strength.code(),
                state: i.state.id(),
                file: file_of(i.cell.as_ref()),
                cell: cell_of(i.cell.as_ref()),
                raw: i.raw.as_deref(),
                closed: i.closed.as_ref().map(|(status, signed)| ClosedResult { status, signed }),
            })
            .collect(),
    }
}

fn floors<'a>(scored: &Scored<'a>) -> Vec<FloorResult<'a>> {
    let english = crate::model::Lang::english();
    scored
        .assessment
        .floors
        .iter()
        .map(|f| FloorResult {
            id: &f.id,
            priority: f.priority.id(),
            why: scored.method.floors.get(&f.id).map(|x| x.text.get(&english)).unwrap_or_default(),
            because: f.because.iter().map(String::as_str).collect(),
        })
        .collect()
}

fn actions<'a>(scored: &Scored<'a>) -> Vec<ActionResult<'a>> {
    let english = crate::model::Lang::english();
    scored
        .assessment
        .actions
        .iter()
        .map(|action| {
            let (what, evidence) = if action.sign {
                let sign = scored.dossier.signs.iter().map(|s| &s.sign).find(|s| s.id == action.question);
                sign.map(|s| (s.measure.get(&english), s.evidence.get(&english))).unwrap_or_default()
            } else {
                let question = scored.questionnaire.question(action.question.as_str());
                question.map(|q| (q.measure.get(&english), q.evidence.get(&english))).unwrap_or_default()
            };
            ActionResult {
                question: action.question.as_str(),
                what,
                evidence,
                potential: action.potential.shown(),
                urgency: action.urgency,
            }
        })
        .collect()
}

fn notes<'a>(scored: &Scored<'a>) -> Vec<NoteResult<'a>> {
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
                id: i.id.as_str(),
                text: entry.raw.as_deref(),
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
