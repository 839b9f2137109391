//! Acts: what the law asks of firms, and the firms by which each file proves that it says what it means.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Code, Diagnostic};
use crate::duties::{self, Verdict};
use crate::model::{Act, ActStatus, Alternative, Clause, CountryCode, Firm, FirmRole, Id, Limit, Measure, Reach, Test};

use super::convert::File;
use super::raw::{RawAct, RawActCase, RawActStatus, RawAlternative, RawClause, RawTest, RawYesNo};
use super::yaml::{Prose, Str};

/// What an act may name.
pub(super) struct Known<'a, S, T, C> {
    pub(super) sources: &'a BTreeMap<Id, S>,
    pub(super) sectors: &'a BTreeMap<Id, T>,
    pub(super) countries: &'a BTreeMap<CountryCode, C>,
}

pub(super) fn convert<S, T, C>(file: &mut File<'_>, raw: &RawAct, known: &Known<'_, S, T, C>) -> Act {
    file.schema(&raw.schema, "act");
    if !["EU", "UK"].contains(&raw.jurisdiction.value.as_str()) {
        place(file, &raw.jurisdiction, known);
    }
    file.unique(raw.asks.iter().map(|c| &c.id));
    file.unique(raw.check.iter().map(|c| &c.id));
    file.unique(raw.proposed.iter().map(|c| &c.id));
    file.unique(raw.questions.iter());
    raw.questions.iter().for_each(|q| file.link(q));
    if !file.is_checked() {
        conditions(file, raw);
    }
    let mut given = BTreeSet::new();
    let act = Act {
        id: file.id(&raw.id),
        name: file.text("name", &raw.name),
        text: file.text("text", &raw.text),
        jurisdiction: raw.jurisdiction.value.clone(),
        status: match raw.status.value {
            RawActStatus::InForce => ActStatus::InForce,
            RawActStatus::Adopted => ActStatus::Adopted,
            RawActStatus::Proposed => ActStatus::Proposed,
        },
        made: raw.made.as_ref().map(|s| since(file, s)),
        worded: raw.worded.as_ref().map(|s| since(file, s)),
        applies_from: raw.applies_from.as_ref().map(|s| since(file, s)),
        alternatives: raw.applies_to.iter().map(|a| alternative(file, a, known, &mut given, &raw.id)).collect(),
        asks: clauses(file, "asks", &raw.asks, known.sources),
        check: clauses(file, "check", &raw.check, known.sources),
        proposed: clauses(file, "proposed", &raw.proposed, known.sources),
        source: file.source("source", &raw.source, known.sources),
        source_date: file.date_or_undated(&raw.source_date),
        confidence: file.one_of(&raw.confidence, &["P", "S", "B", "U"]),
        last_verified: file.date(&raw.last_verified),
        review_after: file.review_after(&raw.id.value, &raw.review_after),
        questions: raw.questions.iter().map(|q| Id::new(&q.value)).collect(),
    };
    file.unique(raw.cases.iter().map(|c| &c.id));
    if !file.is_checked() {
        raw.cases.iter().for_each(|raw| case(file, raw, &act, known));
    }
    act
}

/// A condition that stands in several alternatives has one id and one text.
fn conditions(file: &mut File<'_>, raw: &RawAct) {
    let mut seen: BTreeMap<&str, &Prose> = BTreeMap::new();
    for provided in raw.applies_to.iter().filter_map(|a| a.provided.as_ref()) {
        match seen.get(provided.id.value.as_str()) {
            Some(first) if *first.value != *provided.text.value => {
                let place = file.place(first);
                let diagnostic = Diagnostic::new(Code::DuplicateId, file.place(&provided.id))
                    .with("id", provided.id.value.as_str())
                    .related(place, "has another text here");
                file.diags.push(diagnostic);
            }
            Some(_) => {}
            None => {
                seen.insert(&provided.id.value, &provided.text);
            }
        }
    }
}

fn alternative<S, T, C>(
    file: &mut File<'_>,
    raw: &RawAlternative,
    known: &Known<'_, S, T, C>,
    given: &mut BTreeSet<String>,
    act: &Str,
) -> Alternative {
    if raw.roles.is_empty() {
        file.report(Code::MissingKey, act, &[("key", "roles"), ("why", "an alternative says whom it is about")]);
    }
    let roles = raw.roles.iter().map(|r| role(file, r)).collect();
    let codes = |file: &mut File<'_>, list: &[Str], union: bool| -> Vec<CountryCode> {
        list.iter()
            .filter_map(|c| if union && c.value == "EU" { c.value.parse().ok() } else { place(file, c, known) })
            .collect()
    };
    let reach = match (&raw.countries, &raw.sells_in) {
        (Some(countries), None) => Reach::Works(codes(file, countries, false)),
        (None, Some(markets)) => Reach::Sells(codes(file, markets, true)),
        _ => {
            let why = "an alternative has `countries` or `sells_in`, and not both";
            file.report(Code::MissingKey, raw.roles.first().unwrap_or(act), &[("key", "countries"), ("why", why)]);
            Reach::Works(Vec::new())
        }
    };
    if raw.at_least.value > raw.tests.len() {
        let shown = raw.at_least.value.to_string();
        let allowed = "at most the number of `tests`";
        file.report(Code::BadValue, &raw.at_least, &[("value", &shown), ("allowed", allowed)]);
    }
    Alternative {
        roles,
        reach,
        sectors: raw.sectors.iter().map(|s| file.target("sector", s, known.sectors)).collect(),
        at_least: raw.at_least.value,
        tests: raw.tests.iter().filter_map(|t| test(file, t)).collect(),
        provided: raw.provided.as_ref().map(|p| {
            let id = file.id(&p.id);
            let key = format!("provided.{id}.text");
            if given.insert(id.to_string()) { file.text(&key, &p.text) } else { file.text_again(&key, &p.text) }
        }),
        unclear: raw.answer.is_some(),
        from: raw.from.as_ref().map(|s| since(file, s)),
    }
}

fn test(file: &mut File<'_>, raw: &RawTest) -> Option<Test> {
    let ids: Vec<&str> = Measure::ALL.iter().map(|m| m.id()).collect();
    let Some(measure) = Measure::from_id(&raw.measure.value) else {
        file.bad_value(&raw.measure, &ids.join(", "));
        return None;
    };
    let limit = match (&raw.over, &raw.from, raw.is) {
        (Some(over), None, None) => Limit::Over(file.exact(over)),
        (None, Some(from), None) => Limit::From(file.exact(from)),
        (None, None, Some(_)) if measure == Measure::PublicInterest => Limit::Is,
        _ => {
            let why = "a test has `over` or `from` with a number; `public-interest` has `is: \"yes\"`";
            file.report(Code::MissingKey, &raw.measure, &[("key", "over"), ("why", why)]);
            return None;
        }
    };
    let is_sum = matches!(measure, Measure::Turnover | Measure::Balance);
    if is_sum != raw.currency.is_some() {
        let why = "sums have a currency, and nothing else has";
        file.report(Code::MissingKey, &raw.measure, &[("key", "currency"), ("why", why)]);
    }
    Some(Test { measure, limit, currency: raw.currency.as_ref().map(|c| file.currency(c)) })
}

fn clauses<S>(file: &mut File<'_>, list: &str, raw: &[RawClause], sources: &BTreeMap<Id, S>) -> Vec<Clause> {
    raw.iter()
        .map(|c| {
            let key = format!("{list}.{}", c.id.value);
            Clause {
                id: file.id(&c.id),
                text: file.said(&key, "text", &c.text),
                source: c.source.as_ref().map(|s| file.source(&key, s, sources)),
                confidence: c.confidence.as_ref().map(|c| file.one_of(c, &["P", "S", "B", "U"])),
                date: c.date.as_ref().map(|d| file.date(d)),
            }
        })
        .collect()
}

fn role(file: &mut File<'_>, raw: &Str) -> FirmRole {
    FirmRole::from_id(&raw.value).unwrap_or_else(|| {
        let ids: Vec<&str> = FirmRole::ALL.iter().map(|r| r.id()).collect();
        file.bad_value(raw, &ids.join(", "));
        FirmRole::Any
    })
}

fn place<S, T, C>(file: &mut File<'_>, raw: &Str, known: &Known<'_, S, T, C>) -> Option<CountryCode> {
    let code = raw.value.parse::<CountryCode>().ok().filter(|c| known.countries.contains_key(c));
    if code.is_none() {
        file.report(Code::MissingTarget, raw, &[("kind", "country"), ("id", &raw.value)]);
    }
    code
}

/// A year, a month or a day.
fn since(file: &mut File<'_>, raw: &Str) -> String {
    let whole = match raw.value.len() {
        4 => format!("{}-01-01", raw.value),
        7 => format!("{}-01", raw.value),
        _ => raw.value.clone(),
    };
    if whole.parse::<jiff::civil::Date>().is_err() {
        file.bad_value(raw, "a day, a month or a year, such as 2022-07-01, \"2029-07\" or \"2026\"");
    }
    raw.value.clone()
}

/// Holds the act against a firm of which the file says how it comes out.
fn case<S, T, C>(file: &mut File<'_>, raw: &RawActCase, act: &Act, known: &Known<'_, S, T, C>) {
    let verdicts: Vec<&str> = Verdict::ALL.iter().map(|v| v.id()).collect();
    let expected = file.one_of(&raw.applies, &verdicts);
    let firm = &raw.profile;
    let Some(country) = place(file, &firm.country, known) else { return };
    let firm = Firm {
        role: role(file, &firm.role),
        country,
        sells_in: firm.sells_in.iter().filter_map(|s| s.value.parse().ok()).collect(),
        sectors: firm.sector.iter().map(|s| file.target("sector", s, known.sectors)).collect(),
        employees: firm.employees.as_ref().map(|n| n.value),
        turnover: firm.turnover.as_ref().map(|n| file.exact(n)),
        balance: firm.balance.as_ref().map(|n| file.exact(n)),
        currency: firm.currency.as_ref().map(|c| file.currency(c)),
        public_interest: firm.public_interest == Some(RawYesNo::Yes),
        date: file.date(&firm.date),
    };
    let found = duties::judge(act, &firm).verdict.id();
    if found != expected {
        file.report(
            Code::ActCase,
            &raw.id,
            &[("id", &raw.id.value), ("found", found), ("expected", &raw.applies.value)],
        );
    }
}
