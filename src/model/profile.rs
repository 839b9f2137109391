//! Facts about a supplier, and conditions on them.

use serde::{Deserialize, Serialize};

use super::{CountryCode, Id};

/// A yes/no fact as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fact {
    /// It is so.
    Yes,
    /// It is not so.
    No,
    /// Not answered, not understood, or contradicted by another answer.
    #[default]
    Unknown,
}

/// The yes/no facts that decide which questions apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactId {
    /// Work is passed on to subcontractors.
    Subcontracting,
    /// Employees are hired directly.
    HiresDirectly,
    /// Agency workers are used.
    AgencyWorkers,
    /// Housing is provided.
    Housing,
    /// Citizens of other EU or EEA countries work there.
    EuCitizens,
    /// Citizens of other countries work there.
    ThirdCountryCitizens,
}

impl FactId {
    /// All of them, in the order of the profile sheet.
    pub const ALL: [Self; 6] = [
        Self::Subcontracting,
        Self::HiresDirectly,
        Self::AgencyWorkers,
        Self::Housing,
        Self::EuCitizens,
        Self::ThirdCountryCitizens,
    ];

    /// Its id in data files and workbooks.
    pub fn id(self) -> &'static str {
        match self {
            Self::Subcontracting => "subcontracting",
            Self::HiresDirectly => "hires-directly",
            Self::AgencyWorkers => "agency-workers",
            Self::Housing => "housing",
            Self::EuCitizens => "eu-citizens",
            Self::ThirdCountryCitizens => "third-country-citizens",
        }
    }

    fn index(self) -> usize {
        Self::ALL.iter().position(|f| *f == self).unwrap_or_default()
    }
}

/// Size by number of employees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// Under 10.
    Micro,
    /// 10 to 49.
    Small,
    /// 50 to 249.
    Medium,
    /// 250 and more.
    Large,
}

impl Size {
    /// The size of a company with that many employees.
    pub fn of(employees: u64) -> Self {
        match employees {
            0..=9 => Self::Micro,
            10..=49 => Self::Small,
            50..=249 => Self::Medium,
            _ => Self::Large,
        }
    }

    /// Its name in results.
    pub fn id(self) -> &'static str {
        match self {
            Self::Micro => "micro",
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }
}

/// What is known about a supplier.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Its name, as it wrote it.
    pub name: Option<String>,
    /// Where the work is done. `None`: something was written that is no country we know.
    pub countries: Vec<Option<CountryCode>>,
    /// Its lines of business. `None`: something was written that is no sector we know.
    pub sectors: Vec<Option<Id>>,
    /// Number of employees.
    pub employees: Option<u64>,
    /// Levels of subcontractors below it.
    pub levels: Option<u64>,
    /// Goods it makes, grows or trades in and where they come from, as it wrote them. They decide nothing.
    pub goods: Option<String>,
    /// Its own word on subcontracting, before it is held against `levels`.
    pub says_subcontracting: Fact,
    /// The yes/no facts, in the order of [`FactId::ALL`].
    pub facts: [Fact; 6],
}

impl Profile {
    /// A fact, as far as it is known.
    pub fn fact(&self, id: FactId) -> Fact {
        self.facts[id.index()]
    }

    /// Sets a fact.
    pub fn set(&mut self, id: FactId, fact: Fact) {
        self.facts[id.index()] = fact;
    }
}

/// Facts that must hold for a question to apply. Empty: it always applies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Condition(pub Vec<(FactId, bool)>);

impl Condition {
    /// False only if some fact is known to be otherwise: an unknown fact leaves a question applicable.
    pub fn holds(&self, profile: &Profile) -> bool {
        self.0.iter().all(|(id, want)| match profile.fact(*id) {
            Fact::Yes => *want,
            Fact::No => !*want,
            Fact::Unknown => true,
        })
    }

    /// This condition and another together.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().chain(&other.0).copied().collect())
    }
}
