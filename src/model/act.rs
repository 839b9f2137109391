//! Acts: what a law asks of firms, whom it concerns, and firms it can be held against.

use super::{CountryCode, Exact, Id, SourceRef, Text};

/// Where an act stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActStatus {
    /// It holds, or holds from a date.
    InForce,
    /// Passed; what it asks starts later or through other acts.
    Adopted,
    /// A bill or an announcement: shown as proposed, drives nothing.
    Proposed,
}

/// What a firm does in the matter that an act is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FirmRole {
    /// Nothing in particular; in an act: whatever the firm does.
    Any,
    /// In an act: whatever the firm does, unless it is a public body.
    Company,
    /// Orders the work or the goods.
    Buyer,
    /// The same, as a public body.
    PublicBuyer,
    /// Has people of its own do the work.
    Employer,
    /// Does the work for somebody else, with people of its own or with subcontractors.
    Contractor,
    /// Finds or hires out workers.
    Recruiter,
    /// Brings goods into the country.
    Importer,
}

impl FirmRole {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Any,
        Self::Company,
        Self::Buyer,
        Self::PublicBuyer,
        Self::Employer,
        Self::Contractor,
        Self::Recruiter,
        Self::Importer,
    ];

    /// Its id in data files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Company => "company",
            Self::Buyer => "buyer",
            Self::PublicBuyer => "public-buyer",
            Self::Employer => "employer",
            Self::Contractor => "contractor",
            Self::Recruiter => "recruiter",
            Self::Importer => "importer",
        }
    }

    /// The role of that id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.id() == id)
    }
}

/// What an act makes depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Number of employees.
    Employees,
    /// Turnover of a year.
    Turnover,
    /// Balance sheet total.
    Balance,
    /// Listed companies, banks and the like.
    PublicInterest,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Employees, Self::Turnover, Self::Balance, Self::PublicInterest];

    /// Its id in data files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Employees => "employees",
            Self::Turnover => "turnover",
            Self::Balance => "balance",
            Self::PublicInterest => "public-interest",
        }
    }

    /// The measure of that id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.id() == id)
    }
}

/// Where a limit lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limit {
    /// More than this.
    Over(Exact),
    /// This or more.
    From(Exact),
    /// It is so.
    Is,
}

/// One test of size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// Of what.
    pub measure: Measure,
    /// The limit.
    pub limit: Limit,
    /// Sums: the currency of the limit.
    pub currency: Option<String>,
}

/// Where a firm must be, or sell, to be concerned. `EU` is the market of the Union as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It works in one of these.
    Works(Vec<CountryCode>),
    /// It sells in one of these without being there.
    Sells(Vec<CountryCode>),
}

/// One way of being concerned by an act.
#[derive(Clone, Debug)]
pub struct Alternative {
    /// In one of these roles.
    pub roles: Vec<FirmRole>,
    /// There.
    pub reach: Reach,
    /// In one of these trades; empty for all.
    pub sectors: Vec<Id>,
    /// As many of the tests must hold.
    pub at_least: usize,
    /// Tests of size.
    pub tests: Vec<Test>,
    /// A condition that a firm's profile does not hold; it is printed with the answer.
    pub provided: Option<Text>,
    /// What was read does not say whether the act concerns such firms.
    pub unclear: bool,
    /// From when: a year, a month or a day.
    pub from: Option<String>,
}

/// One thing that an act asks, or that is to be checked, or that is proposed.
#[derive(Clone, Debug)]
pub struct Clause {
    /// Its id.
    pub id: Id,
    /// What it says.
    pub text: Text,
    /// Where from, if not from the act's own source.
    pub source: Option<SourceRef>,
    /// P, S or B; that of the act if it has none of its own.
    pub confidence: Option<String>,
    /// Of a proposal: its date.
    pub date: Option<String>,
}

/// One act, and how far it can be trusted.
#[derive(Clone, Debug)]
pub struct Act {
    /// Its id.
    pub id: Id,
    /// Its national name with a gloss.
    pub name: Text,
    /// `DK`, `EU`, `UK` …
    pub jurisdiction: String,
    /// Where it stands.
    pub status: ActStatus,
    /// When it was made, or a bill announced: a year, a month or a day. Before that nobody is concerned.
    pub made: Option<String>,
    /// Since when it reads as it is described here: a year, a month or a day. What held before was not read.
    pub worded: Option<String>,
    /// From when it applies: a year, a month or a day.
    pub applies_from: Option<String>,
    /// Whom it concerns; the first alternative that holds decides.
    pub alternatives: Vec<Alternative>,
    /// What it asks.
    pub asks: Vec<Clause>,
    /// What to check before relying on this.
    pub check: Vec<Clause>,
    /// What is only proposed.
    pub proposed: Vec<Clause>,
    /// What it is.
    pub text: Text,
    /// Where from.
    pub source: SourceRef,
    /// Date of the source, or `undated`.
    pub source_date: String,
    /// P, S, B or U.
    pub confidence: String,
    /// When it was held against its source.
    pub last_verified: String,
    /// After this date it must be checked again.
    pub review_after: String,
    /// Questions that it bears on, where it concerns those who are asked.
    pub questions: Vec<Id>,
}

/// A firm, as far as it is known, on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Firm {
    /// What it does.
    pub role: FirmRole,
    /// Where it works.
    pub country: CountryCode,
    /// Where it sells without being there.
    pub sells_in: Vec<CountryCode>,
    /// Its trades, or those it buys from; empty when unknown.
    pub sectors: Vec<Id>,
    /// Number of employees.
    pub employees: Option<u64>,
    /// Turnover of a year.
    pub turnover: Option<Exact>,
    /// Balance sheet total.
    pub balance: Option<Exact>,
    /// Currency of both.
    pub currency: Option<String>,
    /// A listed company, a bank or the like.
    pub public_interest: bool,
    /// On which day, `YYYY-MM-DD`.
    pub date: String,
}
