//! The scored dossier.

use serde::{Deserialize, Serialize};

use super::{Cell, Dimension, Evidence, Exact, Id, Interval, SignState, Strength};

/// Priority or band: whom to look at first. Never a probability, never a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Band {
    /// In the ordinary course.
    Low,
    /// Soon.
    Moderate,
    /// Now.
    High,
    /// Now, and with advice first.
    Severe,
}

impl Band {
    /// All, least urgent first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Moderate, Self::High, Self::Severe];

    /// Its name in results.
    pub fn id(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Moderate => "moderate",
            Self::High => "high",
            Self::Severe => "severe",
        }
    }

    /// The band of a score, given where bands begin. A value on a cut takes the worse band.
    pub(crate) fn at(score: &Exact, [moderate, high, severe]: &[Exact; 3]) -> Self {
        if score >= severe {
            Self::Severe
        } else if score >= high {
            Self::High
        } else if score >= moderate {
            Self::Moderate
        } else {
            Self::Low
        }
    }

    /// The band of that name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|b| b.id() == id)
    }
}

/// The answer code of results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerCode {
    /// An option of the scale, by id.
    Option(String),
    /// Not applicable, with ground.
    Na,
    /// Why the line is open.
    Open(Unanswered),
}

/// Why a line is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unanswered {
    /// "Not applicable" without ground.
    NaUnfounded,
    /// "Don't know".
    DontKnow,
    /// Refused.
    Refused,
    /// Nothing stands there.
    Blank,
    /// Not understood.
    Unreadable,
}

impl Unanswered {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Blank, Self::DontKnow, Self::Refused, Self::Unreadable, Self::NaUnfounded];

    /// Its name in results.
    pub fn id(self) -> &'static str {
        match self {
            Self::NaUnfounded => "na-unfounded",
            Self::DontKnow => "dont-know",
            Self::Refused => "refused",
            Self::Blank => "blank",
            Self::Unreadable => "unreadable",
        }
    }
}

impl AnswerCode {
    /// Its name in results.
    pub fn id(&self) -> &str {
        match self {
            Self::Option(id) => id,
            Self::Na => "na",
            Self::Open(kind) => kind.id(),
        }
    }

    /// Whether it is an answer with a grade.
    pub fn is_answered(&self) -> bool {
        matches!(self, Self::Option(_))
    }
}

/// Answered and applicable lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Answered lines.
    pub answered: usize,
    /// Applicable lines.
    pub applicable: usize,
    /// Answered share of applicable control weight.
    pub share: Exact,
    /// Whether that is enough for a result.
    pub sufficient: bool,
    /// Open lines by kind.
    pub open: Vec<(Unanswered, usize)>,
}

/// One answer of the self-test.
#[derive(Clone, Debug)]
pub struct ExposureAnswer {
    /// The item.
    pub id: Id,
    /// The answer.
    pub answer: AnswerCode,
    /// Its risk.
    pub risk: Option<Interval>,
    /// What stood in the cell.
    pub raw: Option<String>,
    /// The comment.
    pub comment: Option<String>,
    /// The cell.
    pub cell: Option<Cell>,
}

/// One exposure factor.
#[derive(Clone, Debug)]
pub struct Factor {
    /// `country`, `sector`, `workforce` or `chain`.
    pub id: String,
    /// Its weight.
    pub weight: Exact,
    /// Its value, 0 to 1.
    pub value: Interval,
    /// Workforce: the answers it comes from.
    pub questions: Vec<ExposureAnswer>,
}

/// Whose entry counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The supplier's.
    Supplier,
    /// The assessor's.
    Assessor,
}

impl By {
    /// Its name in results.
    pub fn id(self) -> &'static str {
        match self {
            Self::Supplier => "supplier",
            Self::Assessor => "assessor",
        }
    }
}

/// The supplier's answer where an assessor's finding counts instead.
#[derive(Clone, Debug)]
pub struct Stated {
    /// The answer.
    pub answer: AnswerCode,
    /// What stood in the cell.
    pub raw: Option<String>,
    /// The cell.
    pub cell: Option<Cell>,
    /// The supplier's comment.
    pub comment: Option<String>,
}

/// One answered line of a control.
#[derive(Clone, Debug)]
pub struct ControlItem {
    /// The item.
    pub id: Id,
    /// Its question.
    pub question: Id,
    /// Shown number.
    pub number: String,
    /// Its weight in the section.
    pub weight: Exact,
    /// Its share of all applicable control weight; 0 when it does not apply.
    pub share: Exact,
    /// The answer that counts.
    pub answer: AnswerCode,
    /// Grade of that answer.
    pub grade: Option<Exact>,
    /// How it is vouched for.
    pub evidence: Option<Evidence>,
    /// A present sign speaks against it.
    pub contradicted: bool,
    /// Credit; `None` when it does not apply.
    pub credit: Option<Interval>,
    /// Whether its question is critical.
    pub critical: bool,
    /// Whose entry counts.
    pub by: By,
    /// What stood in the cell.
    pub raw: Option<String>,
    /// The comment beside it.
    pub comment: Option<String>,
    /// The document offered by the supplier, or the assessor's reference.
    pub document: Option<String>,
    /// Date and initials of the assessor.
    pub signed: Option<String>,
    /// The cell.
    pub cell: Option<Cell>,
    /// The supplier's own answer, where an assessor's counts.
    pub stated: Option<Stated>,
}

/// One section of controls.
#[derive(Clone, Debug)]
pub struct Section {
    /// `A`, `B` or `C`.
    pub id: String,
    /// Its weight in the method.
    pub weight: Exact,
    /// Mean credit; `None` when nothing in it applies.
    pub value: Option<Interval>,
    /// Its lines.
    pub items: Vec<ControlItem>,
}

/// State of a dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DimensionState {
    /// The rule is met.
    Positive,
    /// It is not, whatever the open signs turn out to be.
    Negative,
    /// The open signs decide.
    Undetermined,
}

impl DimensionState {
    /// Its name in results.
    pub fn id(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Negative => "negative",
            Self::Undetermined => "undetermined",
        }
    }
}

/// Counts of distinct indicators in a dimension, strong, medium, weak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DimensionResult {
    /// The dimension.
    pub dimension: Dimension,
    /// Present.
    pub present: [u32; 3],
    /// Unknown.
    pub unknown: [u32; 3],
    /// What follows.
    pub state: DimensionState,
}

/// Machine code of a pattern of dimensions. Never printed for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Label {
    /// None.
    None,
    /// DR or CR.
    RecruitmentOnly,
    /// EX.
    Exploitation,
    /// DR or CR, and EX.
    DeceptionAndExploitation,
    /// CD.
    CoercionOnly,
    /// EX and CD.
    ForcedLabourPattern,
    /// DR or CR, and EX, and CD.
    TraffickingPattern,
}

impl Label {
    /// Its name in results.
    pub fn id(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::RecruitmentOnly => "recruitment-only",
            Self::Exploitation => "exploitation",
            Self::DeceptionAndExploitation => "deception-and-exploitation",
            Self::CoercionOnly => "coercion-only",
            Self::ForcedLabourPattern => "forced-labour-pattern",
            Self::TraffickingPattern => "trafficking-pattern",
        }
    }
}

/// One sign on one form.
#[derive(Clone, Debug)]
pub struct SignItem {
    /// The sign.
    pub id: Id,
    /// Its indicator.
    pub indicator: Id,
    /// Its dimension.
    pub dimension: Dimension,
    /// Its strength.
    pub strength: Strength,
    /// Its state on that form, after closures.
    pub state: SignState,
    /// How it was closed, and what the assessor wrote.
    pub closed: Option<(String, String)>,
    /// What stood in the cell.
    pub raw: Option<String>,
    /// The observer's note.
    pub comment: Option<String>,
    /// The cell.
    pub cell: Option<Cell>,
    /// Which look it belongs to.
    pub look: usize,
}

/// All that is known of signs.
#[derive(Clone, Debug)]
pub struct Signs {
    /// Pattern.
    pub label: Label,
    /// Someone under 18 was seen working.
    pub under_18: bool,
    /// The six dimensions.
    pub dimensions: Vec<DimensionResult>,
    /// Each sign on each form.
    pub items: Vec<SignItem>,
}

/// Shares of answered control weight by who vouches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// E1: own words.
    pub stated: Exact,
    /// E2: documents seen.
    pub documents: Exact,
    /// E3: verified on site.
    pub on_site: Exact,
    /// Numbers of answered lines at E0, E1, E2, E3.
    pub lines: [usize; 4],
}

/// A floor that applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FloorHit {
    /// Its id.
    pub id: String,
    /// The priority it sets.
    pub priority: Band,
    /// What it rests on: ids of items, indicators, dimensions or factors.
    pub because: Vec<String>,
}

/// A line of the headline.
#[derive(Clone, Debug)]
pub struct Line {
    /// Factor or item.
    pub id: Id,
    /// Points, exact.
    pub exact: Exact,
    /// Points, two decimals, adding up to the shown headline.
    pub shown: String,
}

/// Points that full, verified implementation would take off.
#[derive(Clone, Debug)]
pub struct Potential {
    /// The item.
    pub id: Id,
    /// Points.
    pub exact: Exact,
}

/// A single change that alone changes the priority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatIf {
    /// Item or profile fact.
    pub id: String,
    /// What it would have to be.
    pub to: String,
    /// The priority then.
    pub priority: Band,
}

/// A question to ask, never an accusation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Its id.
    pub id: String,
    /// What it is about: items, documents.
    pub questions: Vec<String>,
    /// `credit-void` or `shown`.
    pub effect: String,
}

/// What to do about one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The question or sign.
    pub question: Id,
    /// Points it could take off; 0 for signs.
    pub potential: Exact,
    /// `now`, `soon` or `ordinary`.
    pub urgency: &'static str,
    /// It answers a sign.
    pub sign: bool,
}

/// Headline and best score of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartialScore {
    /// Unknowns taken as not in place.
    pub headline: Exact,
    /// Unknowns taken as in place.
    pub best: Exact,
}

/// The scored result of one supplier.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// Answered lines.
    pub coverage: Coverage,
    /// Exposure `I`, 0 to 100.
    pub exposure: Interval,
    /// Its factors.
    pub factors: Vec<Factor>,
    /// Controls `M`, 0 to 1.
    pub controls: Interval,
    /// Its sections.
    pub sections: Vec<Section>,
    /// Signs.
    pub signs: Signs,
    /// The score.
    pub score: PartialScore,
    /// As stated: all evidence credit 1.
    pub stated: Exact,
    /// Verified: only E3 counts.
    pub verified: Exact,
    /// Who vouches.
    pub verification: Verification,
    /// `L = U` and no sign unknown.
    pub complete: bool,
    /// Band of the headline.
    pub band: Band,
    /// Floors that apply.
    pub floors: Vec<FloorHit>,
    /// Worse of band and floors; `None` when there are not enough answers.
    pub priority: Option<Band>,
    /// The same at best.
    pub best_priority: Option<Band>,
    /// Lines that sum to the headline: those of the factors, then those of the items, in their order.
    pub lines: Vec<Line>,
    /// Potentials, largest first.
    pub potentials: Vec<Potential>,
    /// What alone would change the priority.
    pub what_if: Vec<WhatIf>,
    /// Questions to ask.
    pub flags: Vec<Flag>,
    /// What to do, most urgent first.
    pub actions: Vec<Action>,
    /// The headline lies within the method's `near-cut` of this cut.
    pub near_cut: Option<Exact>,
    /// Whether the priority survives every item weight moved by the method's swing.
    pub robust: bool,
}

impl Assessment {
    /// The items of a section, each with its line.
    pub fn lines_of<'a>(&'a self, section: &'a Section) -> impl Iterator<Item = (&'a ControlItem, &'a Line)> {
        let before = self.sections.iter().take_while(|s| s.id != section.id).map(|s| s.items.len());
        section.items.iter().zip(self.lines.iter().skip(self.factors.len() + before.sum::<usize>()))
    }
}
