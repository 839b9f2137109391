//! What was read: entries of workbooks, joined per supplier into a dossier.

use std::collections::BTreeMap;
use std::sync::Arc;

use litemap::LiteMap;
use serde::{Deserialize, Serialize};

use super::{Exact, Form, Id, Lang, Profile, Sign};

/// Things by the item they are about, in the order of ids.
pub type ById<T> = LiteMap<Id, T>;

/// A cell of a workbook.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cell {
    /// The file, as named in results.
    pub file: Arc<str>,
    /// The sheet's name in that file.
    pub sheet: Arc<str>,
    /// Row, from 0.
    pub row: u32,
    /// Column, from 0.
    pub column: u32,
}

/// An answer as it was understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// An option of the item's scale, by id.
    Option(String),
    /// "Not applicable", and whether the comment gives a reason.
    NotApplicable {
        /// The comment is not empty.
        reason: bool,
    },
    /// "Don't know".
    DontKnow,
    /// "Prefer not to answer".
    Refused,
    /// Nothing stands there.
    Blank,
    /// Something stands there that is no answer.
    Unreadable,
}

/// What stands in one line of a workbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The answer.
    pub answer: Answer,
    /// The number given, for number scales.
    pub number: Option<Exact>,
    /// What stood in the cell.
    pub raw: Option<String>,
    /// The comment.
    pub comment: Option<String>,
    /// The document offered.
    pub document: Option<String>,
    /// The answer's cell; `None` if the row or sheet is missing.
    pub cell: Option<Cell>,
}

impl Answer {
    /// Its name in results, as it was read and before the profile decides what applies.
    pub fn id(&self) -> &str {
        match self {
            Self::Option(id) => id,
            Self::NotApplicable { reason: true } => "na",
            Self::NotApplicable { reason: false } => "na-unfounded",
            Self::DontKnow => "dont-know",
            Self::Refused => "refused",
            Self::Blank => "blank",
            Self::Unreadable => "unreadable",
        }
    }
}

/// A reviewer's correction of a reading: the answer counts as corrected, and what it was read as stays beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// What the cell had been read as.
    pub read: Answer,
    /// The reviewer's initials.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// How an answer is vouched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Evidence {
    /// Looked for and not found.
    E0,
    /// In the supplier's own words.
    E1,
    /// A document was seen by someone else than the supplier.
    E2,
    /// Verified on site.
    E3,
}

impl Evidence {
    /// All levels, weakest first.
    pub const ALL: [Self; 4] = [Self::E0, Self::E1, Self::E2, Self::E3];

    /// `E0` … `E3`.
    pub fn code(self) -> &'static str {
        match self {
            Self::E0 => "E0",
            Self::E1 => "E1",
            Self::E2 => "E2",
            Self::E3 => "E3",
        }
    }

    /// 0 … 3.
    pub fn level(self) -> usize {
        self as usize
    }
}

/// An assessor's finding on one item. It counts instead of the supplier's answer; both stay visible.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The finding, as an entry of its own cell.
    pub entry: Entry,
    /// How it is vouched for.
    pub evidence: Evidence,
    /// Reference to the document or place.
    pub reference: Option<String>,
    /// Date and initials.
    pub signed: Option<String>,
}

/// State of a sign on one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SignState {
    /// Seen or told.
    Present,
    /// Looked for and not met.
    Absent,
    /// Left open.
    Unknown,
}

impl SignState {
    /// Its name in results.
    pub fn id(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Absent => "absent",
            Self::Unknown => "unknown",
        }
    }
}

/// How an assessor's dated entry closes a sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    /// `refuted` or `remedied`.
    pub status: String,
    /// Date and initials, as written.
    pub signed: String,
    /// The date in it, `YYYY-MM-DD`.
    pub date: String,
}

/// One sign on one observer's form.
#[derive(Clone, Debug)]
pub struct SignEntry {
    /// The sign.
    pub sign: Arc<Sign>,
    /// Its state on this form.
    pub state: SignState,
    /// What stood in the cell.
    pub raw: Option<String>,
    /// The observer's note.
    pub comment: Option<String>,
    /// The cell.
    pub cell: Option<Cell>,
    /// An assessor's entry on it.
    pub closure: Option<Closure>,
    /// Which of the dossier's looks this form is.
    pub look: usize,
}

/// One observer's form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// The file.
    pub file: Arc<str>,
    /// Date of the visit, `YYYY-MM-DD`, if it could be read.
    pub date: Option<String>,
    /// Role of the observer.
    pub role: Option<String>,
    /// Workplace, housing or conversation.
    pub site: Option<String>,
    /// Seen (true) or told (false).
    pub seen: Option<bool>,
    /// Someone under 18 was seen working.
    pub under_18: bool,
}

/// Everything that was read about one supplier.
#[derive(Clone, Debug)]
pub struct Dossier {
    /// The supplier's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The files it was read from, in order.
    pub files: Vec<Arc<str>>,
    /// Language of its questionnaire.
    pub lang: Lang,
    /// Form of its questionnaire.
    pub form: Form,
    /// Edition its questionnaire states.
    pub edition: String,
    /// Revision its questionnaire states.
    pub revision: String,
    /// Facts about it.
    pub profile: Profile,
    /// Answers of the self-test, by item.
    pub exposure: ById<Entry>,
    /// Answers of the controls, by item.
    pub controls: ById<Entry>,
    /// An assessor's findings, by item.
    pub findings: ById<Finding>,
    /// Observer's forms.
    pub looks: Vec<Look>,
    /// What stands on them.
    pub signs: Vec<SignEntry>,
    /// Answers of the self-test and the controls that a reviewer corrected, by item.
    pub corrections: BTreeMap<Id, Correction>,
}

impl Dossier {
    /// A dossier of nobody in which nothing is known: a start for one that is put together.
    pub fn blank() -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            files: Vec::new(),
            lang: Lang::english(),
            form: Form::Full,
            edition: String::new(),
            revision: String::new(),
            profile: Profile::default(),
            exposure: ById::new(),
            controls: ById::new(),
            findings: ById::new(),
            looks: Vec::new(),
            signs: Vec::new(),
            corrections: BTreeMap::new(),
        }
    }
}
