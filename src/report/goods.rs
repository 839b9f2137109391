//! Goods that a supplier names and that a public list names for forced labour. Notes, never points.

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

use super::Scored;
use super::say::Say;
use crate::model::{CountryCode, Good, Id, Reference, SourceRef, Text};

/// What the list says of goods that the supplier names.
#[derive(Serialize)]
pub(super) struct GoodsView {
    /// What the supplier wrote.
    pub(super) written: String,
    /// Good and country, one to a line.
    pub(super) named: Vec<GoodView>,
    /// Who publishes the list, where it was read in a copy from second hand.
    pub(super) according_to: Option<String>,
    /// Source and both dates, in a sentence.
    pub(super) cited: String,
    /// It was to be checked again before the report's date: since when.
    pub(super) overdue: Option<String>,
}

/// One good from one country.
#[derive(Serialize)]
pub(super) struct GoodView {
    /// The good.
    pub(super) good: String,
    /// The country it comes from.
    pub(super) country: String,
    /// Not the good itself is named, but what it is made from.
    pub(super) made_with: bool,
}

/// What is to be noted. `None` if the supplier names no good, or none that is on the list.
pub(super) fn view(say: Say<'_>, date: &str, scored: &Scored<'_>) -> Option<GoodsView> {
    let (profile, reference) = (&scored.dossier.profile, scored.reference);
    let (written, source) = (profile.goods.as_ref()?, reference.goods.source.as_ref()?);
    let home: Vec<&CountryCode> = profile.countries.iter().flatten().collect();
    let named: Vec<GoodView> = on_the_list(written, &home, reference)
        .into_iter()
        .map(|hit| GoodView {
            good: say.text(&hit.good.label),
            country: say.country(reference, Some(hit.country)),
            made_with: hit.made_with,
        })
        .collect();
    let list = &reference.goods;
    (!named.is_empty()).then(|| GoodsView {
        written: written.clone(),
        named,
        according_to: (list.confidence != "P").then(|| publisher(say, reference, source)),
        cited: say.cited(reference, source, &list.source_date, &list.last_verified),
        overdue: (date > list.review_after.as_str()).then(|| say.date(&list.review_after)),
    })
}

/// The publication it rests on, where there is something to note.
pub(super) fn source<'a>(scored: &Scored<'a>) -> Option<&'a Id> {
    let profile = &scored.dossier.profile;
    let written = profile.goods.as_ref()?;
    let home: Vec<&CountryCode> = profile.countries.iter().flatten().collect();
    let noted = !on_the_list(written, &home, scored.reference).is_empty();
    scored.reference.goods.source.as_ref().filter(|_| noted).map(|s| &s.id)
}

fn publisher(say: Say<'_>, reference: &Reference, source: &SourceRef) -> String {
    reference.sources.get(&source.id).map_or_else(|| source.id.to_string(), |s| say.text(&s.publisher))
}

/// A good of the list, from a country for which it is on it.
struct Hit<'a> {
    good: &'a Good,
    country: &'a CountryCode,
    made_with: bool,
}

/// Whole words are held against the names of goods and countries in every language. A good comes from the countries
/// named beside it, between two semicolons or lines: in the same part between commas, else in the next that names one,
/// else in the one before. Where none is named it comes from where the supplier works.
fn on_the_list<'a>(written: &str, home: &[&'a CountryCode], reference: &'a Reference) -> Vec<Hit<'a>> {
    let named = reference.countries.iter().flat_map(|(code, c)| names(&c.name, &c.also).map(move |n| (n, code)));
    let known: Vec<(Vec<String>, &CountryCode)> = named.filter(|(name, _)| !name.is_empty()).collect();
    let mut hits: Vec<Hit<'a>> = Vec::new();
    for entry in written.split([';', '\n']) {
        let parts: Vec<Vec<String>> = split_outside_brackets(entry).map(words).collect();
        let places: Vec<Vec<&CountryCode>> = parts.iter().map(|p| countries(p, &known)).collect();
        for (n, part) in parts.iter().enumerate() {
            let named = places[n..].iter().chain(places[..n].iter().rev()).find(|p| !p.is_empty());
            let origins = named.map_or(home, Vec::as_slice);
            for good in reference.goods.by_id.values().filter(|g| names(&g.label, &g.also).any(|n| has(part, &n))) {
                for country in origins {
                    let of = |list: &'a [CountryCode]| list.iter().find(|c| c == country);
                    let hit = of(&good.from).map(|c| (c, false)).or_else(|| of(&good.made_with).map(|c| (c, true)));
                    let again = |country| hits.iter().any(|h| h.good.id == good.id && h.country == country);
                    let new = hit.filter(|(country, _)| !again(*country));
                    hits.extend(new.map(|(country, made_with)| Hit { good, country, made_with }));
                }
            }
        }
    }
    hits
}

/// Parts between commas; those within brackets do not count.
fn split_outside_brackets(entry: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_u32;
    entry.split(move |c| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
}

/// Words in small letters, without signs between them.
fn words(text: &str) -> Vec<String> {
    let text: String = text.nfkc().collect::<String>().to_lowercase();
    text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// The names of something, as words. What stands in brackets explains a name and is no part of it.
fn names<'a>(label: &'a Text, also: &'a [String]) -> impl Iterator<Item = Vec<String>> + use<'a> {
    let labels = label.all().map(|(_, name)| name.split('(').next().unwrap_or(name));
    labels.chain(also.iter().map(String::as_str)).map(words)
}

fn has(text: &[String], name: &[String]) -> bool {
    !name.is_empty() && text.windows(name.len()).any(|w| w == name)
}

/// The countries named in a text; of names that begin alike the longest: the one Congo is not the other.
fn countries<'a>(text: &[String], known: &[(Vec<String>, &'a CountryCode)]) -> Vec<&'a CountryCode> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let here = known.iter().filter(|(name, _)| rest.starts_with(name));
        match here.max_by_key(|(name, _)| name.len()) {
            Some((name, code)) => {
                if !found.contains(code) {
                    found.push(*code);
                }
                rest = &rest[name.len()..];
            }
            None => rest = &rest[1..],
        }
    }
    found
}
