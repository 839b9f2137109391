//! Acts that probably concern a firm, in words. Never advice: each says what to check before relying on it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::Scored;
use super::say::Say;
use crate::duties::{self, Duty, Open, Verdict};
use crate::model::{Act, Clause, CountryCode, Firm, FirmRole, Id, Lang, Reference, SourceRef};

/// One act, and how it probably stands for a firm.
#[derive(Clone, Debug, Serialize)]
pub struct DutyView {
    /// Id of the act.
    pub act: String,
    /// Its national name with a gloss.
    pub name: String,
    /// `DK`, `EU` …
    pub jurisdiction: String,
    /// `yes`, `unclear`, `later` or `proposed`.
    pub verdict: &'static str,
    /// The same in words, with the date.
    pub says: String,
    /// From when, as far as the source says: a year, a month or a day.
    pub from: Option<String>,
    /// What it is.
    pub text: String,
    /// Conditions that nobody has asked the firm about.
    pub conditions: Vec<String>,
    /// What keeps the answer open.
    pub depends_on: Vec<String>,
    /// What it asks.
    pub asks: Vec<ClauseView>,
    /// What to check.
    pub check: Vec<ClauseView>,
    /// What is only proposed.
    pub proposed: Vec<ClauseView>,
    /// Where from, and who says so if it is not the publisher itself.
    pub source: String,
    /// Date of the source.
    pub dated: String,
    /// When it was held against a copy of its source.
    pub checked: String,
    /// Source and both dates, in a sentence.
    pub cited: String,
    /// It was to be checked again before the date: since when.
    pub overdue: Option<String>,
}

/// One clause.
#[derive(Clone, Debug, Serialize)]
pub struct ClauseView {
    /// What it says, with who says so where it is not the publisher itself.
    pub text: String,
    /// Where from, if not from the act's own source.
    pub source: Option<String>,
}

/// The acts that concern a firm or may, those that do first.
pub(super) fn view(say: Say<'_>, reference: &Reference, firm: &Firm) -> Vec<DutyView> {
    let found = duties::of(shown(reference), firm);
    found.iter().map(|d| duty(say, reference, &firm.date, d)).collect()
}

/// What nobody could confirm is never shown.
fn shown(reference: &Reference) -> impl Iterator<Item = &Act> {
    reference.acts.values().filter(|a| a.confidence != "U")
}

fn duty(say: Say<'_>, reference: &Reference, date: &str, duty: &Duty<'_>) -> DutyView {
    let act = duty.act;
    let word = say.t(&format!("duty-{}", duty.verdict.id()));
    let says = match duty.from {
        Some(from) if duty.verdict != Verdict::Proposed => {
            format!("{word} ({})", say.fill("duty-from", &[("date", &say.date(from))]))
        }
        _ => word,
    };
    DutyView {
        act: act.id.to_string(),
        name: say.text(&act.name),
        jurisdiction: act.jurisdiction.clone(),
        verdict: duty.verdict.id(),
        says,
        from: duty.from.map(str::to_owned),
        text: told(say, reference, say.text(&act.text), &act.confidence, &act.source),
        conditions: duty.provided.iter().map(|t| say.text(t)).collect(),
        depends_on: duty.open.iter().map(|o| open(say, *o)).collect(),
        asks: clauses(say, reference, act, &act.asks),
        check: clauses(say, reference, act, &act.check),
        proposed: clauses(say, reference, act, &act.proposed),
        source: say.source(reference, &act.source),
        dated: say.date(&act.source_date),
        checked: say.date(&act.last_verified),
        cited: say.cited(reference, &act.source, &act.source_date, &act.last_verified),
        overdue: (date > act.review_after.as_str()).then(|| say.date(&act.review_after)),
    }
}

fn open(say: Say<'_>, open: Open) -> String {
    say.t(&match open {
        Open::Sector => "duty-open-sector".to_owned(),
        Open::Figure(measure) => format!("duty-open-{}", measure.id()),
        Open::Wording => "duty-open-wording".to_owned(),
        Open::Start => "duty-open-start".to_owned(),
        Open::Source => "duty-open-source".to_owned(),
    })
}

fn is_shown(clause: &Clause) -> bool {
    clause.confidence.as_deref() != Some("U")
}

fn clauses(say: Say<'_>, reference: &Reference, act: &Act, clauses: &[Clause]) -> Vec<ClauseView> {
    let seen = clauses.iter().filter(|c| is_shown(c));
    seen.map(|c| {
        let text = say.text(&c.text);
        let confidence = c.confidence.as_deref();
        ClauseView {
            text: match (confidence, &c.source) {
                (Some(confidence), Some(source)) => told(say, reference, text, confidence, source),
                _ => text,
            },
            source: c.source.as_ref().filter(|s| s.id != act.source.id).map(|s| say.source(reference, s)),
        }
    })
    .collect()
}

/// A text, with who says so where the publisher of the rule was not read itself.
fn told(say: Say<'_>, reference: &Reference, text: String, confidence: &str, source: &SourceRef) -> String {
    if confidence == "P" {
        return text;
    }
    let who = reference.sources.get(&source.id).map_or_else(|| source.id.to_string(), |s| say.text(&s.publisher));
    format!("{text} {}", say.fill("according-to", &[("who", &who)]))
}

/// What `parts/acts.html` is made of: for whoever buys from it, and for the supplier itself, as far as its profile tells.
#[derive(Serialize)]
pub(super) struct Block {
    /// For the buyer, whose size nobody has asked for.
    pub(super) buyer: Vec<DutyView>,
    /// For the supplier.
    pub(super) supplier: Vec<DutyView>,
}

/// The answers for a supplier, for its buyer and for itself. None when its country is not known.
pub(super) struct Answers<'a> {
    buyer: Vec<Duty<'a>>,
    supplier: Vec<Duty<'a>>,
}

impl<'a> Answers<'a> {
    /// The answers on a day.
    pub(super) fn of(scored: &Scored<'a>, date: &str) -> Self {
        let countries = scored.dossier.profile.countries.iter().flatten();
        let places: Vec<(&CountryCode, Vec<&'a Act>)> = countries
            .map(|country| (country, shown(scored.reference).filter(|act| duties::reaches(act, country)).collect()))
            .collect();
        Self { buyer: best(scored, &places, date, false), supplier: best(scored, &places, date, true) }
    }

    fn both(&self) -> impl Iterator<Item = &Duty<'a>> {
        self.buyer.iter().chain(&self.supplier)
    }

    /// The acts they are about.
    pub(super) fn acts(&self) -> impl Iterator<Item = &'a Act> {
        self.both().map(|d| d.act)
    }

    /// Ids of the publications they rest on.
    pub(super) fn sources(&self) -> impl Iterator<Item = &'a Id> {
        self.acts().flat_map(|act| {
            let clauses = act.asks.iter().chain(&act.check).chain(&act.proposed).filter(|c| is_shown(c));
            std::iter::once(&act.source).chain(clauses.filter_map(|c| c.source.as_ref())).map(|s| &s.id)
        })
    }

    /// All that the block depends on but language and date: blocks with the same key are the same.
    pub(super) fn key(&self) -> String {
        let mut key = self.buyer.len().to_string();
        for Duty { act, verdict, from, provided, open } in self.buyer.iter().chain(&self.supplier) {
            key.extend(["\n", act.id.as_str(), " ", verdict.id(), " ", from.unwrap_or_default()]);
            for open in open {
                let _ = write!(key, " {open:?}");
            }
            for text in provided {
                key.extend(["\n+ ", text.get(&Lang::english())]);
            }
        }
        key
    }

    /// The answers in words.
    pub(super) fn block(&self, say: Say<'_>, reference: &Reference, date: &str) -> Block {
        let of = |duties: &[Duty<'_>]| duties.iter().map(|d| duty(say, reference, date, d)).collect();
        Block { buyer: of(&self.buyer), supplier: of(&self.supplier) }
    }
}

/// The firmest answer for each act over the roles that come into question, and the countries with the acts that reach there.
fn best<'a>(scored: &Scored<'a>, places: &[(&CountryCode, Vec<&'a Act>)], date: &str, own: bool) -> Vec<Duty<'a>> {
    let profile = &scored.dossier.profile;
    let sectors: Vec<Id> = profile.sectors.iter().flatten().cloned().collect();
    let mut roles = vec![FirmRole::Buyer];
    if own {
        roles = vec![FirmRole::Employer, FirmRole::Contractor];
        if sectors.iter().any(|s| s.as_str() == "agencies") {
            roles.push(FirmRole::Recruiter);
        }
        if sectors.iter().any(|s| s.as_str() == "public-buyer") {
            roles = vec![FirmRole::PublicBuyer];
        }
    }
    let mut found: BTreeMap<&Id, Duty<'a>> = BTreeMap::new();
    for (country, acts) in places {
        for role in &roles {
            let firm = Firm {
                role: *role,
                country: (*country).clone(),
                sells_in: Vec::new(),
                sectors: sectors.clone(),
                employees: profile.employees.filter(|_| own),
                turnover: None,
                balance: None,
                currency: None,
                public_interest: false,
                date: date.to_owned(),
            };
            for duty in duties::of(acts.iter().copied(), &firm) {
                let known = found.get(&duty.act.id);
                if known.is_none_or(|k| duty.verdict < k.verdict) {
                    found.insert(&duty.act.id, duty);
                }
            }
        }
    }
    let mut duties: Vec<Duty<'a>> = found.into_values().collect();
    duties.sort_by_key(|d| (d.verdict, !d.provided.is_empty()));
    duties
}
