//! A questionnaire: checklists composed for sectors, a country and a form, in all languages at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::{CountryCode, Id, Lang, Question, Scale, ScaleOption, Sign, SourceRef, Table, Text, Words};

/// How many questions are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Form {
    /// About 18 questions, 15 minutes.
    Short,
    /// All.
    Full,
}

impl Form {
    /// `short` or `full`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Full => "full",
        }
    }
}

/// Who a workbook is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Role {
    /// Answers.
    Supplier,
    /// Findings and evidence.
    Assessor,
    /// Signs.
    Observer,
}

impl Role {
    /// Its name in workbooks and results.
    pub fn id(self) -> &'static str {
        match self {
            Self::Supplier => "supplier",
            Self::Assessor => "assessor",
            Self::Observer => "observer",
        }
    }

    /// The role of that name.
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Supplier, Self::Assessor, Self::Observer].into_iter().find(|r| r.id() == id)
    }
}

/// The section of controls a question counts in.
pub type SectionId = String;

/// A field of the profile or visit sheet.
#[derive(Clone, Debug)]
pub struct ProfileField {
    /// Its fixed id.
    pub id: Id,
    /// Shown number.
    pub number: String,
    /// What is asked.
    pub text: Text,
    /// Why.
    pub why: Text,
}

/// A sheet of facts.
#[derive(Clone, Debug)]
pub struct ProfileSheet {
    /// Sheet name.
    pub sheet: Text,
    /// Title on the sheet.
    pub title: Text,
    /// What to know before filling it in.
    pub intro: Text,
    /// Its lines.
    pub fields: Vec<ProfileField>,
}

/// The self-test.
#[derive(Clone, Debug)]
pub struct ExposureBlock {
    /// Id of the checklist.
    pub id: Id,
    /// Its edition.
    pub edition: String,
    /// Sheet name.
    pub sheet: Text,
    /// Title on the sheet.
    pub title: Text,
    /// What to know before filling it in.
    pub intro: Text,
    /// Whether the source's own list is known whole.
    pub complete: bool,
    /// The questions, the guide's first.
    pub questions: Vec<Question>,
}

/// One of the checklists A, B, C with its sector additions.
#[derive(Clone, Debug)]
pub struct ControlsBlock {
    /// Id of the checklist.
    pub id: Id,
    /// Its edition.
    pub edition: String,
    /// `A`, `B` or `C`.
    pub section: SectionId,
    /// Sheet name.
    pub sheet: Text,
    /// Title on the sheet.
    pub title: Text,
    /// What to know before filling it in.
    pub intro: Text,
    /// Whether the source's own list is known whole.
    pub complete: bool,
    /// The questions, the guide's first.
    pub questions: Vec<Question>,
}

/// The signs of the observer's form.
#[derive(Clone, Debug)]
pub struct SignsBlock {
    /// Id of the checklist.
    pub id: Id,
    /// Its edition.
    pub edition: String,
    /// Sheet name.
    pub sheet: Text,
    /// Title on the sheet.
    pub title: Text,
    /// What to know before filling it in.
    pub intro: Text,
    /// Whether the source's own list is known whole.
    pub complete: bool,
    /// The scale present / absent / unknown.
    pub scale: Arc<Scale>,
    /// The signs, the guide's first.
    pub signs: Vec<Arc<Sign>>,
}

/// A sourced note for the report.
#[derive(Clone, Debug)]
pub struct Note {
    /// Its id.
    pub id: Id,
    /// What it says.
    pub text: Text,
    /// The countries it is about; empty if it holds anywhere.
    pub countries: Vec<CountryCode>,
    /// Where from.
    pub source: SourceRef,
    /// P, S, B or U.
    pub confidence: String,
}

/// What a sector adds to reports.
#[derive(Clone, Debug)]
pub struct SectorInfo {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: Text,
    /// What to verify, and where.
    pub verify: Vec<Note>,
    /// How exploitation is run in the trade.
    pub notes: Vec<Note>,
}

/// What a fact of a country is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Criminal and other law.
    Law,
    /// Who identifies, inspects, taxes.
    Authority,
    /// Whom to call.
    Contact,
    /// Registers to look a firm up in.
    Register,
    /// Identity-card schemes.
    IdCard,
    /// Liability and duties along the chain.
    Chain,
    /// Help for victims.
    Support,
    /// National plans.
    Plan,
}

impl Topic {
    /// Its id in data files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Law => "law",
            Self::Authority => "authority",
            Self::Contact => "contact",
            Self::Register => "register",
            Self::IdCard => "id-card",
            Self::Chain => "chain",
            Self::Support => "support",
            Self::Plan => "plan",
        }
    }
}

/// Where a rule stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactStatus {
    /// It holds.
    InForce,
    /// A bill or an announcement: shown as proposed, drives nothing.
    Proposed,
    /// It held.
    Repealed,
    /// Not known.
    Unknown,
}

impl FactStatus {
    /// Its id in data files.
    pub fn id(self) -> &'static str {
        match self {
            Self::InForce => "in-force",
            Self::Proposed => "proposed",
            Self::Repealed => "repealed",
            Self::Unknown => "unknown",
        }
    }
}

/// A dated, sourced fact about a country.
#[derive(Clone, Debug)]
pub struct CountryFact {
    /// Its id.
    pub id: Id,
    /// What it is about.
    pub topic: Topic,
    /// Contacts: what to call it for (`danger`, `suspicion`, `worker`, `terms`).
    pub purpose: Option<String>,
    /// Name of the law, authority or contact, where the text does not give it.
    pub name: Option<Text>,
    /// Contacts: number or address.
    pub value: Option<String>,
    /// Contacts: when it answers.
    pub hours: Option<Text>,
    /// Contacts: it answers at night and on holidays too.
    pub around_the_clock: bool,
    /// It stands on the card of what to do now.
    pub card: bool,
    /// Name of the country it was taken over from: it holds there, and was not separately confirmed here.
    pub inherited: Option<Text>,
    /// What it says.
    pub text: Text,
    /// Where from.
    pub source: SourceRef,
    /// Date of the source, or `undated`.
    pub source_date: String,
    /// P, S, B or U.
    pub confidence: String,
    /// Where it stands.
    pub status: FactStatus,
    /// When it was held against its source.
    pub last_verified: String,
    /// After this date it must be checked again.
    pub review_after: String,
}

impl CountryFact {
    /// Whether it may be printed as a fact: seen, and in force.
    pub fn is_printable(&self) -> bool {
        self.status == FactStatus::InForce && matches!(self.confidence.as_str(), "P" | "S")
    }

    /// A bill or an announcement that was seen. What nobody could confirm is never printed, nor what no longer holds.
    pub fn is_proposed(&self) -> bool {
        match self.status {
            FactStatus::Proposed => matches!(self.confidence.as_str(), "P" | "S" | "B"),
            FactStatus::InForce | FactStatus::Unknown => self.confidence == "B",
            FactStatus::Repealed => false,
        }
    }
}

/// What a country adds.
#[derive(Clone, Debug)]
pub struct CountryInfo {
    /// Its code.
    pub code: CountryCode,
    /// The country whose law holds where it has none of its own.
    pub base: Option<CountryCode>,
    /// Its name.
    pub name: Text,
    /// The number to call in danger.
    pub emergency: String,
    /// Its currency, an ISO 4217 code.
    pub currency: String,
    /// Law, authorities, contacts.
    pub facts: Vec<CountryFact>,
}

/// The answers that belong to every scale.
#[derive(Clone, Debug)]
pub struct Common {
    /// Not applicable.
    pub na: ScaleOption,
    /// Don't know.
    pub dont_know: ScaleOption,
    /// Prefer not to answer.
    pub refused: ScaleOption,
    /// "Seen" and "told", for a visit.
    pub seen: Vec<ScaleOption>,
    /// The evidence levels E0–E3.
    pub evidence: Vec<ScaleOption>,
    /// How an assessor closes a sign.
    pub closure: Vec<ScaleOption>,
    /// Yes and no, for facts of the profile.
    pub yes_no: Arc<Scale>,
}

/// A composed questionnaire.
#[derive(Clone, Debug)]
pub struct Questionnaire {
    /// Its id, such as `guide`.
    pub id: Id,
    /// Its edition.
    pub edition: String,
    /// Digest of what decides a score: ids, weights, scales, links; not of wording.
    pub revision: String,
    /// Its title.
    pub title: Text,
    /// Short or full.
    pub form: Form,
    /// The sectors it was composed for, in order of id.
    pub sectors: Vec<SectorInfo>,
    /// The country it was composed for.
    pub country: Option<CountryInfo>,
    /// Facts about the supplier.
    pub profile: ProfileSheet,
    /// Facts about an observer's visit.
    pub visit: ProfileSheet,
    /// The self-test.
    pub exposure: ExposureBlock,
    /// A, B, C.
    pub controls: Vec<ControlsBlock>,
    /// Signs.
    pub signs: SignsBlock,
    /// Answers that belong to every scale.
    pub common: Common,
    /// Languages whose texts nobody who speaks them natively has reviewed.
    pub drafts: BTreeSet<Lang>,
    /// Words of the workbook.
    pub words: Words,
    /// Ids of questions that are in the full form, by the checklist they stand in.
    pub all_ids: BTreeMap<Id, String>,
    /// Where its questions and items stand, made when first asked for.
    pub(crate) places: Places,
}

/// Where questions and items stand: checklist (0 is the self-test), question, item.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places(OnceLock<Spots>);

#[derive(Clone, Debug, Default)]
struct Spots {
    questions: Table<Id, [usize; 2]>,
    items: Table<Id, [usize; 3]>,
}

impl Questionnaire {
    /// Every control question with its section.
    pub fn control_questions(&self) -> impl Iterator<Item = (&ControlsBlock, &Question)> {
        self.controls.iter().flat_map(|b| b.questions.iter().map(move |q| (b, q)))
    }

    /// Every question of the self-test and of the controls.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.exposure.questions.iter().chain(self.control_questions().map(|(_, q)| q))
    }

    fn block(&self, number: usize) -> Option<&[Question]> {
        match number.checked_sub(1) {
            None => Some(&self.exposure.questions),
            Some(section) => self.controls.get(section).map(|b| b.questions.as_slice()),
        }
    }

    fn places(&self) -> &Spots {
        self.places.0.get_or_init(|| {
            let mut spots = Spots::default();
            for b in 0..=self.controls.len() {
                for (q, question) in self.block(b).into_iter().flatten().enumerate() {
                    spots.questions.add(question.id.clone(), [b, q]);
                    for (i, item) in question.items.iter().enumerate() {
                        spots.items.add(item.id.clone(), [b, q, i]);
                    }
                }
            }
            spots
        })
    }

    /// The question of that id.
    pub fn question(&self, id: &str) -> Option<&Question> {
        let [block, question] = *self.places().questions.get(id)?;
        self.block(block)?.get(question)
    }

    /// The question and item of an item id.
    pub fn item(&self, id: &str) -> Option<(&Question, &super::Item)> {
        let [block, question, item] = *self.places().items.get(id)?;
        let question = self.block(block)?.get(question)?;
        Some((question, question.items.get(item)?))
    }
}
