//! Which acts probably concern a firm: exact, pure, total. No legal advice: it says what to look up first.
//!
//! Alternatives of an act are tried in order, and the first that holds decides. One holds when role, place, trade and
//! enough of its tests do. What is not known, or given in another currency, is open; nothing is converted. If what is
//! open could decide, the answer is [`Verdict::Unclear`]. An act that was not passed is never more than
//! [`Verdict::Proposed`].

use std::collections::BTreeSet;

use crate::model::{
    Act, ActStatus, Alternative, CountryCode, Exact, Firm, FirmRole, Limit, Measure, Reach, Test, Text,
};

/// The answer for one act and one firm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It probably applies.
    Yes,
    /// It depends on what is not known, or on what the sources do not say.
    Unclear,
    /// It will probably apply from a later date.
    Later,
    /// It would, if it were passed.
    Proposed,
    /// It probably does not apply.
    No,
}

impl Verdict {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::Yes, Self::Unclear, Self::Later, Self::Proposed, Self::No];

    /// Its id in data files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Unclear => "unclear",
            Self::Later => "later",
            Self::Proposed => "proposed",
            Self::No => "no",
        }
    }
}

/// What keeps an answer open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Open {
    /// The firm's trade is not known.
    Sector,
    /// A figure is not known, or is in another currency.
    Figure(Measure),
    /// On that day the act read otherwise than it is described.
    Wording,
    /// The source gives a year or a month, and the day of its start may have come or not.
    Start,
    /// What was read does not say whether such firms are concerned.
    Source,
}

/// The answer, and what it rests on.
#[derive(Clone, Debug)]
pub struct Duty<'a> {
    /// The act.
    pub act: &'a Act,
    /// The answer.
    pub verdict: Verdict,
    /// From when, as far as the source says.
    pub from: Option<&'a str>,
    /// Conditions that nobody has asked the firm about.
    pub provided: Vec<&'a Text>,
    /// What keeps it open.
    pub open: BTreeSet<Open>,
}

/// How an alternative stands.
enum State {
    Holds,
    Open(BTreeSet<Open>),
    Fails,
}

/// Holds an act against a firm.
pub fn judge<'a>(act: &'a Act, firm: &Firm) -> Duty<'a> {
    let mut possible: Vec<(Verdict, Option<&'a Alternative>)> = Vec::new();
    let mut open = BTreeSet::new();
    let mut decided = false;
    for alternative in &act.alternatives {
        match state(alternative, firm) {
            State::Fails => {}
            State::Open(what) => {
                open.extend(what);
                possible.push((verdict(act, alternative, firm), Some(alternative)));
            }
            State::Holds => {
                possible.push((verdict(act, alternative, firm), Some(alternative)));
                decided = true;
                break;
            }
        }
    }
    // Most acts by far: nothing of them can hold.
    if possible.is_empty() {
        let from = act.applies_from.as_deref();
        return Duty { act, verdict: Verdict::No, from, provided: Vec::new(), open };
    }
    // What had not been made yet concerned nobody.
    let is_before = |day: &Option<String>| day.as_ref().is_some_and(|d| begun(d, &firm.date) == Some(false));
    if is_before(&act.made) {
        possible.clear();
        decided = false;
    }
    if !decided {
        possible.push((Verdict::No, None));
    }
    let first = possible[0].0;
    let agree = possible.iter().all(|(v, _)| *v == first);
    let otherwise = is_before(&act.worded) && possible.iter().any(|(_, alternative)| alternative.is_some());
    let verdict = match act.status {
        ActStatus::InForce | ActStatus::Adopted if otherwise => Verdict::Unclear,
        _ if agree => first,
        ActStatus::Proposed => Verdict::Proposed,
        ActStatus::InForce | ActStatus::Adopted => Verdict::Unclear,
    };
    // What is open and could decide nothing is nobody's question.
    if agree {
        open.clear();
    }
    if otherwise && verdict == Verdict::Unclear {
        open.insert(Open::Wording);
    }
    let alternatives = || possible.iter().filter_map(|(_, a)| *a);
    if matches!(verdict, Verdict::Unclear | Verdict::Proposed) {
        open.extend(alternatives().filter(|a| a.unclear).map(|_| Open::Source));
    }
    if verdict == Verdict::Unclear {
        let starts = alternatives().filter(|a| !a.unclear).filter_map(|a| start(act, a));
        open.extend(starts.filter(|s| begun(s, &firm.date).is_none()).map(|_| Open::Start));
    }
    let mut provided: Vec<&Text> = alternatives().filter_map(|a| a.provided.as_ref()).collect();
    provided.dedup();
    Duty {
        act,
        verdict,
        from: alternatives().find_map(|a| start(act, a)).or(act.applies_from.as_deref()),
        provided,
        open,
    }
}

/// All acts that concern a firm, or may: those that do first, without a condition before those with one, then by id.
pub fn of<'a>(acts: impl IntoIterator<Item = &'a Act>, firm: &Firm) -> Vec<Duty<'a>> {
    let mut duties: Vec<Duty<'a>> =
        acts.into_iter().map(|a| judge(a, firm)).filter(|d| d.verdict != Verdict::No).collect();
    duties.sort_by(|a, b| {
        let key = |d: &Duty<'a>| (d.verdict, !d.provided.is_empty());
        key(a).cmp(&key(b)).then_with(|| a.act.id.cmp(&b.act.id))
    });
    duties
}

/// Whether an act may concern a firm that works in a country and sells nowhere else.
pub(crate) fn reaches(act: &Act, country: &CountryCode) -> bool {
    act.alternatives.iter().any(|a| matches!(&a.reach, Reach::Works(countries) if countries.contains(country)))
}

fn start<'a>(act: &'a Act, alternative: &'a Alternative) -> Option<&'a str> {
    alternative.from.as_deref().or(act.applies_from.as_deref())
}

/// The answer if an alternative holds. That an act was not passed outweighs what its sources leave open, and that any
/// date.
fn verdict(act: &Act, alternative: &Alternative, firm: &Firm) -> Verdict {
    if act.status == ActStatus::Proposed {
        return Verdict::Proposed;
    }
    if alternative.unclear {
        return Verdict::Unclear;
    }
    match start(act, alternative).map(|s| begun(s, &firm.date)) {
        None | Some(Some(true)) => Verdict::Yes,
        Some(Some(false)) => Verdict::Later,
        Some(None) => Verdict::Unclear,
    }
}

/// Whether a start has come on `date`. Of a year or a month it is not known on a day within it.
fn begun(start: &str, date: &str) -> Option<bool> {
    let same = date.get(..start.len()).unwrap_or(date);
    match same.cmp(start) {
        std::cmp::Ordering::Less => Some(false),
        std::cmp::Ordering::Greater => Some(true),
        std::cmp::Ordering::Equal => (start.len() == date.len()).then_some(true),
    }
}

fn state(alternative: &Alternative, firm: &Firm) -> State {
    let role = alternative.roles.iter().any(|r| match r {
        FirmRole::Any => true,
        FirmRole::Company => firm.role != FirmRole::PublicBuyer,
        role => *role == firm.role,
    });
    let there = match &alternative.reach {
        Reach::Works(countries) => countries.contains(&firm.country),
        Reach::Sells(markets) => firm
            .sells_in
            .iter()
            .any(|place| markets.iter().any(|m| m == place || (m.as_str() == "EU" && is_member(place)))),
    };
    if !role || !there {
        return State::Fails;
    }
    let mut open = BTreeSet::new();
    if !alternative.sectors.is_empty() && !firm.sectors.iter().any(|s| alternative.sectors.contains(s)) {
        // To buy for the public is a role: it says nothing of the trade that is bought from.
        if firm.sectors.iter().any(|s| s.as_str() != "public-buyer") {
            return State::Fails;
        }
        open.insert(Open::Sector);
    }
    let mut met = 0;
    let mut unknown = BTreeSet::new();
    let mut unknown_tests = 0;
    for test in &alternative.tests {
        match passes(test, firm) {
            Some(true) => met += 1,
            Some(false) => {}
            None => {
                unknown_tests += 1;
                unknown.insert(Open::Figure(test.measure));
            }
        }
    }
    if met < alternative.at_least {
        if met + unknown_tests < alternative.at_least {
            return State::Fails;
        }
        open.extend(unknown);
    }
    if open.is_empty() { State::Holds } else { State::Open(open) }
}

fn passes(test: &Test, firm: &Firm) -> Option<bool> {
    let sum = |value: &Option<Exact>| value.clone().filter(|_| test.currency == firm.currency);
    let value = match test.measure {
        Measure::PublicInterest => return Some(firm.public_interest),
        Measure::Employees => firm.employees.and_then(|n| i64::try_from(n).ok()).map(Exact::whole),
        Measure::Turnover => sum(&firm.turnover),
        Measure::Balance => sum(&firm.balance),
    }?;
    Some(match &test.limit {
        Limit::Over(limit) => value > *limit,
        Limit::From(limit) => value >= *limit,
        Limit::Is => true,
    })
}

/// Selling in a member state is selling in the Union. Åland is part of it.
fn is_member(country: &CountryCode) -> bool {
    const MEMBERS: [&str; 28] = [
        "AT", "AX", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
        "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    ];
    MEMBERS.contains(&country.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_known_to_the_year_the_month_or_the_day() {
        for (start, date, want) in [
            ("2026", "2025-12-31", Some(false)),
            ("2026", "2026-07-01", None),
            ("2026", "2027-01-01", Some(true)),
            ("2029-07", "2029-06-30", Some(false)),
            ("2029-07", "2029-07-31", None),
            ("2029-07", "2029-08-01", Some(true)),
            ("2022-07-01", "2022-06-30", Some(false)),
            ("2022-07-01", "2022-07-01", Some(true)),
        ] {
            assert_eq!(begun(start, date), want, "{start} on {date}");
        }
    }
}
