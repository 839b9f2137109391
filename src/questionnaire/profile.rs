//! Facts of the profile and of a visit: from cells to facts, and back for an assessor's form.

use crate::diag::{Code, Diagnostic, Place};
use crate::model::{CountryCode, Fact, FactId, Id, Lang, Profile, Questionnaire, Reference, Table, Text};

use super::book::CellValue;
use super::fold::{fold, trim};
use super::labels::{Labels, text_number};

/// Names of countries and sectors in all languages.
#[derive(Clone, Debug)]
pub(super) struct Names {
    countries: Table<String, CountryCode>,
    sectors: Table<String, Id>,
}

impl Names {
    pub(super) fn new(reference: &Reference) -> Self {
        let Reference { countries, sectors, .. } = reference;
        let all = |name: &Text| name.all().map(|(_, text)| fold(text)).collect::<Vec<_>>();
        // Of a name that several have, the first counts; before it a code or an id.
        let codes = countries.keys().map(|code| (fold(code.as_str()), code));
        let names = countries.iter().flat_map(|(code, country)| {
            let also = country.also.iter().map(|name| fold(name));
            all(&country.name).into_iter().chain(also).map(move |name| (name, code))
        });
        let ids = sectors.keys().map(|id| (id.to_string(), id));
        let of_sectors = sectors.iter().flat_map(|(id, sector)| all(&sector.name).into_iter().map(move |n| (n, id)));
        Self { countries: first(codes.chain(names)), sectors: first(ids.chain(of_sectors)) }
    }
}

/// The first that has a name.
fn first<'a, T: Clone + 'a>(named: impl Iterator<Item = (String, &'a T)>) -> Table<String, T> {
    let mut out = Table::default();
    named.for_each(|(name, whose)| out.add(name, whose.clone()));
    out
}

/// What stands in a fact's cell, its number on the sheet, and where.
pub(super) struct FactCell<'a> {
    pub(super) value: Option<&'a CellValue>,
    pub(super) number: &'a str,
    pub(super) place: Place,
}

/// Reads one fact into a profile. What is not understood is unknown, and said.
pub(super) fn read(
    profile: &mut Profile,
    id: &str,
    cell: &FactCell<'_>,
    names: &Names,
    yes_no: &Labels,
    lang: &Lang,
    diags: &mut Vec<Diagnostic>,
) {
    let Some(value) = cell.value else { return };
    let code = match value {
        CellValue::Formula => Some(Code::FormulaWithoutValue),
        CellValue::Error(_) => Some(Code::ErrorValue),
        _ => None,
    };
    let raw = value.raw();
    if let Some(code) = code {
        diags.push(Diagnostic::new(code, cell.place.clone()).with("number", cell.number).raw(raw));
        return;
    }
    let mut unknown = |allowed: String| {
        diags.push(
            Diagnostic::new(Code::UnknownProfile, cell.place.clone())
                .with("number", cell.number)
                .with("allowed", allowed)
                .raw(raw.clone()),
        );
    };
    match id {
        "name" => profile.name = Some(trim(&raw).to_owned()),
        "goods" => profile.goods = Some(trim(&raw).to_owned()),
        "country" => {
            profile.countries = several(&raw, |t| names.countries.get(t).cloned());
            if profile.countries.iter().any(Option::is_none) {
                unknown(String::new());
            }
        }
        "sectors" => {
            profile.sectors = several(&raw, |t| names.sectors.get(t).cloned());
            if profile.sectors.iter().any(Option::is_none) {
                unknown(String::new());
            }
        }
        "employees" | "levels" => {
            let number = whole(value);
            if number.is_none() {
                unknown("0, 1, 2, 3 …".to_owned());
            }
            if id == "levels" { profile.levels = number } else { profile.employees = number }
        }
        _ => {
            let Some(fact_id) = FactId::ALL.into_iter().find(|f| f.id() == id) else { return };
            let text = value.text().and_then(|t| yes_no.option(t, lang)).map(|(id, _)| id.to_owned());
            let fact = match text.as_deref() {
                Some("yes") => Fact::Yes,
                Some("no") => Fact::No,
                Some(_) => Fact::Unknown,
                None => {
                    unknown(yes_no.offered(lang));
                    Fact::Unknown
                }
            };
            profile.set(fact_id, fact);
            if fact_id == FactId::Subcontracting {
                profile.says_subcontracting = fact;
            }
        }
    }
}

/// Holds subcontracting against its levels, once all facts are read.
pub(super) fn reconcile(profile: &mut Profile, number: &str, place: &Place, diags: &mut Vec<Diagnostic>) {
    let mut say = |code| diags.push(Diagnostic::new(code, place.clone()).with("number", number));
    match (profile.says_subcontracting, profile.levels) {
        (Fact::No, Some(1..)) => {
            // Two answers that contradict each other make the fact unknown: questions stay applicable.
            profile.set(FactId::Subcontracting, Fact::Unknown);
            say(Code::LevelsContradict);
        }
        (Fact::Yes, None | Some(0)) => say(Code::LevelsZero),
        _ => {}
    }
}

fn several<T>(raw: &str, find: impl Fn(&str) -> Option<T>) -> Vec<Option<T>> {
    raw.split([';', '\n']).map(fold).filter(|t| !t.is_empty()).map(|t| find(&t)).collect()
}

fn whole(value: &CellValue) -> Option<u64> {
    match value {
        CellValue::Number(n) => n.parse().ok(),
        CellValue::Text(t) => text_number(t, false).ok().flatten().and_then(|n| n.to_string().parse().ok()),
        _ => None,
    }
}

/// A fact as it stands in a workbook.
pub(super) fn shown(
    profile: &Profile,
    id: &str,
    questionnaire: &Questionnaire,
    reference: &Reference,
    lang: &Lang,
) -> Option<String> {
    let joined = |names: Vec<String>| (!names.is_empty()).then(|| names.join("; "));
    match id {
        "name" => profile.name.clone(),
        "goods" => profile.goods.clone(),
        "country" => joined(
            profile
                .countries
                .iter()
                .flatten()
                .filter_map(|c| reference.countries.get(c).map(|c| c.name.get(lang).to_owned()))
                .collect(),
        ),
        "sectors" => joined(
            profile
                .sectors
                .iter()
                .flatten()
                .filter_map(|s| reference.sectors.get(s).map(|s| s.name.get(lang).to_owned()))
                .collect(),
        ),
        "employees" => profile.employees.map(|n| n.to_string()),
        "levels" => profile.levels.map(|n| n.to_string()),
        _ => {
            let fact_id = FactId::ALL.into_iter().find(|f| f.id() == id)?;
            let fact =
                if fact_id == FactId::Subcontracting { profile.says_subcontracting } else { profile.fact(fact_id) };
            let option = match fact {
                Fact::Yes => "yes",
                Fact::No => "no",
                Fact::Unknown => return None,
            };
            questionnaire.common.yes_no.option(option).map(|o| o.label.get(lang).to_owned())
        }
    }
}

/// A date as `YYYY-MM-DD`: an Excel date, or text written year-month-day or day.month.year.
pub fn date(value: &CellValue) -> Option<String> {
    match value {
        CellValue::Date(d) => Some(d.clone()),
        CellValue::Text(t) => date_in(t),
        _ => None,
    }
}

/// The first date in a text such as `2026-11-24 AB`.
pub(super) fn date_in(text: &str) -> Option<String> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '/'));
    words.filter(|w| !w.is_empty()).find_map(|word| {
        let word = word.trim_end_matches('.');
        let parts: Vec<&str> = word.split(['-', '.']).collect();
        let [first, month, last] = parts.as_slice() else { return None };
        let (year, day) = if word.contains('-') { (first, last) } else { (last, first) };
        if year.len() != 4 {
            return None;
        }
        let date = jiff::civil::Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
        date.ok().map(|d| d.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (text, date) in [
            ("2026-11-24", Some("2026-11-24")),
            ("2026-11-24 AB", Some("2026-11-24")),
            ("AB, 24.11.2026", Some("2026-11-24")),
            ("3.1.2026.", Some("2026-01-03")),
            ("2026-13-01", None),
            ("24/11/2026", None),
            ("yesterday", None),
        ] {
            assert_eq!(date_in(text).as_deref(), date, "{text}");
        }
    }
}
