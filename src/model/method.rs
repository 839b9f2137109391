//! The constants of the scoring model, as data.

use std::collections::BTreeMap;

use super::assessment::Band;
use super::{Exact, Id, Text};

/// A number of the method, and why it is what it is.
#[derive(Clone, Debug)]
pub struct Constant {
    /// Its value.
    pub value: Exact,
    /// Why.
    pub reason: Text,
    /// `published` or `assumed`.
    pub status: String,
}

/// A rule that sets the least urgent priority allowed.
#[derive(Clone, Debug)]
pub struct Floor {
    /// The priority it sets.
    pub priority: Band,
    /// What it says, for people.
    pub text: Text,
    /// Why there is such a rule.
    pub reason: Text,
}

/// A versioned scoring method.
#[derive(Clone, Debug)]
pub struct Method {
    /// Its id, such as `fls-1`.
    pub id: Id,
    /// Its version.
    pub version: String,
    /// Digest of its constants.
    pub digest: String,
    /// Its name.
    pub title: Text,
    /// What it is for.
    pub about: Text,
    /// Weights of the exposure factors `country sector workforce chain`; together 100.
    pub factors: BTreeMap<String, Constant>,
    /// Weights of the sections `A B C`.
    pub sections: BTreeMap<String, Constant>,
    /// Credits of the evidence levels E0–E3.
    pub evidence: [Constant; 4],
    /// Everything else, by id.
    pub constants: BTreeMap<String, Constant>,
    /// The floors, by id.
    pub floors: BTreeMap<String, Floor>,
}

impl Method {
    /// A constant that validation has seen to be there.
    pub fn constant(&self, id: &str) -> Exact {
        self.constants.get(id).map_or_else(Exact::zero, |c| c.value.clone())
    }

    /// Where the bands of the score begin: moderate, high, severe.
    pub fn cuts(&self) -> [Exact; 3] {
        ["cut-moderate", "cut-high", "cut-severe"].map(|id| self.constant(id))
    }

    /// The band of a score. A value on a cut takes the worse band.
    pub fn band(&self, score: &Exact) -> Band {
        Band::at(score, &self.cuts())
    }
}
