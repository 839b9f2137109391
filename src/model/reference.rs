//! Reference data that answers are held against: exposure steps, indicators, sources.

use std::collections::BTreeMap;

use super::{Act, CountryCode, Id, Interval, SourceRef, Text};

/// A publication that data rest on.
#[derive(Clone, Debug)]
pub struct Source {
    /// Who published it.
    pub publisher: Text,
    /// Its title, in its own language; translated only where it has a title in another, or is a description of ours.
    pub title: Text,
    /// Edition, if it names one.
    pub edition: Option<Text>,
    /// Date, or `undated`.
    pub date: String,
    /// Address; none for what is ours.
    pub url: Option<String>,
}

/// Strength of an indicator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// S
    Strong,
    /// M
    Medium,
    /// W
    Weak,
}

impl Strength {
    /// `S`, `M` or `W`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Strong => "S",
            Self::Medium => "M",
            Self::Weak => "W",
        }
    }
}

/// The six dimensions of the operational indicators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Deceptive recruitment.
    DR,
    /// Coercive recruitment.
    CR,
    /// Recruitment by abuse of vulnerability.
    RV,
    /// Exploitation.
    EX,
    /// Coercion at destination.
    CD,
    /// Abuse of vulnerability at destination.
    VD,
}

impl Dimension {
    /// All six, in the order of the publication.
    pub const ALL: [Self; 6] = [Self::DR, Self::CR, Self::RV, Self::EX, Self::CD, Self::VD];

    /// Its code.
    pub fn code(self) -> &'static str {
        match self {
            Self::DR => "DR",
            Self::CR => "CR",
            Self::RV => "RV",
            Self::EX => "EX",
            Self::CD => "CD",
            Self::VD => "VD",
        }
    }

    /// Whether it describes what is done to workers, and not only circumstances they are in. Only these set floors.
    pub fn is_conduct(self) -> bool {
        matches!(self, Self::DR | Self::CR | Self::EX | Self::CD)
    }
}

/// One of the 67 operational indicators.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// Its id, such as `CD01`.
    pub id: Id,
    /// Its dimension.
    pub dimension: Dimension,
    /// Our own short label.
    pub label: Text,
    /// Strength in the adult list; `None` where the list has no such row.
    pub adult: Option<Strength>,
    /// Strength in the child list; `None` where the list has no such row.
    pub child: Option<Strength>,
    /// ILO indicators (1–11) it touches.
    pub ilo: Vec<u8>,
    /// The copy its class was read from is in doubt.
    pub disputed: bool,
}

impl Indicator {
    /// Its strength, by the child list if someone under 18 was seen working. A row the child list lacks keeps the adult one.
    pub fn strength(&self, under_18: bool) -> Strength {
        let first = if under_18 { self.child } else { self.adult };
        first.or(self.adult).unwrap_or(Strength::Weak)
    }
}

/// All indicators with the names of dimensions and of the ILO's eleven.
#[derive(Clone, Debug, Default)]
pub struct Indicators {
    /// By id.
    pub by_id: BTreeMap<Id, Indicator>,
    /// Names of the dimensions.
    pub dimensions: BTreeMap<Dimension, Text>,
    /// Names of the eleven ILO indicators.
    pub ilo: BTreeMap<u8, Text>,
}

/// Exposure step of a country.
#[derive(Clone, Debug)]
pub struct CountryExposure {
    /// Its name.
    pub name: Text,
    /// Its step, or an interval where the source has none.
    pub step: Interval,
    /// How far the step can be trusted: `S`, `assumed`, `none`; `imported` when it comes from a table of the user's.
    pub confidence: String,
    /// Why, where it is not simply the source's class.
    pub reason: Option<Text>,
    /// Other names that say the same, in any language.
    pub also: Vec<String>,
}

/// A good that a public list names for forced labour.
#[derive(Clone, Debug)]
pub struct Good {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub label: Text,
    /// Other names that say the same, in any language.
    pub also: Vec<String>,
    /// Where it comes from, when it is named itself.
    pub from: Vec<CountryCode>,
    /// Where it comes from, when only what it is made from is named.
    pub made_with: Vec<CountryCode>,
}

/// The public list of such goods. It gives notes, never points.
#[derive(Clone, Debug, Default)]
pub struct Goods {
    /// By id.
    pub by_id: BTreeMap<Id, Good>,
    /// Its edition.
    pub edition: String,
    /// Where from; `None` without a list.
    pub source: Option<SourceRef>,
    /// Date of the list.
    pub source_date: String,
    /// `P`, or `S` if it was read in a copy from second hand.
    pub confidence: String,
    /// When it was held against its source.
    pub last_verified: String,
    /// When it is to be checked again.
    pub review_after: String,
}

/// Exposure step of a sector.
#[derive(Clone, Debug)]
pub struct SectorExposure {
    /// Its name.
    pub name: Text,
    /// Its NACE codes.
    pub nace: Vec<String>,
    /// Its step.
    pub step: Interval,
    /// Why.
    pub reason: Text,
    /// Where from.
    pub source: SourceRef,
}

/// A table of country exposure that was read in place of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedExposure {
    /// Name of the file, without its folder.
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

/// A word of the project in a language, kept the same in all of its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// In English.
    pub term: String,
    /// In the language.
    pub text: String,
    /// When to use another.
    pub note: Option<String>,
    /// How it stands in texts: parts of words in small letters. Empty if it is not looked for.
    pub forms: Vec<String>,
}

/// What the reader and the scorer know about the world.
#[derive(Clone, Debug, Default)]
pub struct Reference {
    /// Every country.
    pub countries: BTreeMap<CountryCode, CountryExposure>,
    /// Edition of the country classes.
    pub countries_edition: String,
    /// Set when the steps are not the built-in ones.
    pub imported_exposure: Option<ImportedExposure>,
    /// Goods that a public list names.
    pub goods: Goods,
    /// Every sector.
    pub sectors: BTreeMap<Id, SectorExposure>,
    /// Every indicator.
    pub indicators: Indicators,
    /// Every publication.
    pub sources: BTreeMap<Id, Source>,
    /// Every act.
    pub acts: BTreeMap<Id, Act>,
}
