//! Questions, their items, scales and signs.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Condition, Exact, Id, Lang, Text};

/// Where a text comes from: a publication in the source list, and the item there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRef {
    /// Id of the publication.
    pub id: Id,
    /// Item in it: the publication's own number, or a few words.
    pub item: Text,
}

/// How a question relates to the guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Paraphrased from the guide, which was seen.
    Guide,
    /// Fills a place of the guide from another named publication.
    Supplement,
    /// Ours.
    Own,
}

impl Basis {
    /// Its name in data files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Guide => "guide",
            Self::Supplement => "supplement",
            Self::Own => "own",
        }
    }
}

/// One answer of a scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScaleOption {
    /// Its id, the answer code in results.
    pub id: String,
    /// What stands in the drop-down.
    pub label: Text,
    /// Credit of a control (1 is good), risk of an exposure question (1 is risk).
    pub grade: Exact,
    /// Counts only with a reason in the comment.
    pub needs_reason: bool,
    /// English synonyms; those of other languages stand in the translation of the scale.
    pub synonyms: Vec<String>,
    /// Number scales: the first value that is no longer in this option. The last option has none.
    pub below: Option<Exact>,
}

/// A named scale: labels to choose from, or thresholds for a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Its id.
    pub id: Id,
    /// Its options, in the order of the drop-down, or in rising order of the number.
    pub options: Vec<ScaleOption>,
    /// Least and greatest number allowed, for a number scale.
    pub range: Option<(Exact, Exact)>,
    /// The number is a percentage.
    pub percent: bool,
}

impl Scale {
    /// The option with that id.
    pub fn option(&self, id: &str) -> Option<&ScaleOption> {
        self.options.iter().find(|o| o.id == id)
    }

    /// The option a number falls into; `None` when it is out of range or the scale has labels.
    pub fn option_of(&self, number: &Exact) -> Option<&ScaleOption> {
        let (min, max) = self.range.as_ref()?;
        if number < min || number > max {
            return None;
        }
        self.options.iter().find(|o| o.below.as_ref().is_none_or(|b| number < b))
    }
}

/// What an item is answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    /// A label or a number of a scale.
    Scale(Arc<Scale>),
    /// Free text, shown and never scored.
    Text,
}

/// One answered line: a question without parts, or one part of it.
#[derive(Clone, Debug)]
pub struct Item {
    /// `<question>` or `<question>.<part>`.
    pub id: Id,
    /// Shown number.
    pub number: String,
    /// What is asked in this line (without the lead-in of a question with parts).
    pub text: Text,
    /// What good evidence is.
    pub evidence: Text,
    /// How it is answered.
    pub kind: AnswerKind,
    /// "Not applicable" may be answered, with a reason.
    pub not_applicable: bool,
    /// Facts under which it applies.
    pub applies_when: Condition,
}

/// One question of an exposure or controls checklist.
#[derive(Clone, Debug)]
pub struct Question {
    /// Its id, for ever.
    pub id: Id,
    /// Shown number.
    pub number: String,
    /// The question; with parts, the lead-in to them.
    pub text: Text,
    /// Why it is asked.
    pub why: Text,
    /// What good evidence is.
    pub evidence: Text,
    /// What to put in order when the answer is weak.
    pub measure: Text,
    /// 1 to 3. Exposure questions weigh the same.
    pub weight: u32,
    /// "No" or no answer sets a floor.
    pub critical: bool,
    /// Stands in the short form too.
    pub short: bool,
    /// ILO indicators (1–11) it guards against.
    pub ilo: Vec<u8>,
    /// Where it comes from.
    pub source: SourceRef,
    /// How it relates to the guide.
    pub basis: Basis,
    /// The sector that adds it; `None` for the guide.
    pub sector: Option<Id>,
    /// Whether the items are parts.
    pub has_parts: bool,
    /// The lines to answer, at least one.
    pub items: Vec<Item>,
}

impl Question {
    /// The full text of an item: the question, with the part after it.
    pub fn item_text<'a>(&'a self, item: &Item, lang: &Lang) -> Cow<'a, str> {
        let text = self.text.get(lang);
        if self.has_parts { Cow::Owned([text, " – ", item.text.get(lang)].concat()) } else { Cow::Borrowed(text) }
    }

    /// Weight of one item: the question's weight divided by its parts.
    pub fn item_weight(&self) -> Exact {
        Exact::ratio(i64::from(self.weight), i64::try_from(self.items.len().max(1)).unwrap_or(1))
    }
}

/// Where a sign is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SignGroup {
    /// In recruitment and terms of employment.
    Recruitment,
    /// Where people live.
    Housing,
    /// At work.
    Work,
}

impl SignGroup {
    /// Its id in data files and words.
    pub fn id(self) -> &'static str {
        match self {
            Self::Recruitment => "recruitment",
            Self::Housing => "housing",
            Self::Work => "work",
        }
    }
}

/// A sign an observer may see or be told of.
#[derive(Clone, Debug)]
pub struct Sign {
    /// Its id, for ever.
    pub id: Id,
    /// Shown number.
    pub number: String,
    /// Where it is met.
    pub group: SignGroup,
    /// What is seen.
    pub text: Text,
    /// Why it matters.
    pub why: Text,
    /// What to note.
    pub evidence: Text,
    /// What to do next.
    pub measure: Text,
    /// The operational indicator it maps to.
    pub indicator: Id,
    /// Control questions or items whose "yes" it speaks against.
    pub contradicts: Vec<Id>,
    /// Stands in the short form too.
    pub short: bool,
    /// Where it comes from.
    pub source: SourceRef,
    /// How it relates to the guide.
    pub basis: Basis,
    /// The sector that adds it.
    pub sector: Option<Id>,
}
