//! Signs form by form, and the dimensions they add up to.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Scored;
use super::chart::{self, Bar};
use super::engine::Rows;
use super::say::{self, Say};
use super::work;
use crate::model::{DimensionState, SignItem, SignState, Strength};

/// One observer's form.
#[derive(Serialize)]
pub(super) struct FormView {
    /// The file.
    pub(super) file: String,
    /// Its signs: reported, closed, left open, not met.
    pub(super) signs: Rows<Vec<SignView>>,
}

/// One sign on one form.
#[derive(Serialize)]
pub(super) struct SignView {
    /// Id of its place in the page.
    pub(super) place: String,
    /// Shown number.
    pub(super) number: String,
    /// What is seen.
    pub(super) text: String,
    /// Its indicator: id and label.
    pub(super) indicator: String,
    /// Its dimension, in words.
    pub(super) dimension: String,
    /// Its strength, in words.
    pub(super) strength: String,
    /// Its state, in words.
    pub(super) state: String,
    /// It is reported and not closed.
    pub(super) present: bool,
    /// How it was closed, by whom and when.
    pub(super) closed: Option<String>,
    /// What stood in the cell.
    pub(super) raw: Option<String>,
    /// The observer's note.
    pub(super) comment: Option<String>,
    /// Where it stood.
    pub(super) cell: Option<String>,
}

/// One dimension.
#[derive(Serialize)]
pub(super) struct DimensionView {
    /// Its code.
    pub(super) code: &'static str,
    /// Its name.
    pub(super) name: String,
    /// Distinct indicators present: strong, medium, weak.
    pub(super) present: [u32; 3],
    /// Distinct indicators left open: strong, medium, weak.
    pub(super) open: [u32; 3],
    /// What follows, in words.
    pub(super) state: String,
    /// All that are present and open, in words.
    pub(super) all: String,
    /// The same as a bar.
    pub(super) bar: Bar,
}

/// One of the ILO's eleven indicators: a name that operational indicators carry, never a weight.
#[derive(Serialize)]
pub(super) struct ElevenView {
    /// Its number.
    pub(super) number: u8,
    /// Its name.
    pub(super) name: String,
    /// Distinct operational indicators of that name that are present.
    pub(super) present: usize,
    /// Of that name, left open.
    pub(super) open: usize,
    /// Both in words.
    pub(super) all: String,
    /// The same as a bar.
    pub(super) bar: Bar,
}

/// Signs, form by form in the order of files.
pub(super) fn forms(say: Say<'_>, scored: &Scored<'_>) -> Vec<FormView> {
    let signs = &scored.assessment.signs;
    let mut forms: Vec<FormView> = scored
        .dossier
        .looks
        .iter()
        .enumerate()
        .map(|(n, look)| {
            let mut items: Vec<&SignItem> = signs.items.iter().filter(|i| i.look == n).collect();
            items.sort_by_key(|i| (rank(i), place(scored, i), i.id.clone()));
            let signs = items.into_iter().map(|i| sign(say, scored, i)).collect::<Vec<_>>().into();
            FormView { file: look.file.to_string(), signs }
        })
        .collect();
    forms.sort_by(|a, b| a.file.cmp(&b.file));
    forms
}

fn rank(item: &SignItem) -> u8 {
    match (item.state, &item.closed) {
        (SignState::Present, _) => 0,
        (_, Some(_)) => 1,
        (SignState::Unknown, None) => 2,
        (SignState::Absent, None) => 3,
    }
}

/// The order in which the form asks.
fn place(scored: &Scored<'_>, item: &SignItem) -> usize {
    scored.questionnaire.signs.signs.iter().position(|s| s.id == item.id).unwrap_or(usize::MAX)
}

fn sign(say: Say<'_>, scored: &Scored<'_>, item: &SignItem) -> SignView {
    let sign = work::sign(scored, &item.id);
    let indicators = &scored.reference.indicators;
    let label = indicators.by_id.get(&item.indicator).map(|i| say.text(&i.label)).unwrap_or_default();
    SignView {
        number: sign.map_or_else(|| item.id.to_string(), |s| s.number.clone()),
        text: sign.map_or_else(|| item.id.to_string(), |s| say.text(&s.text)),
        place: format!("sign-{}-{}", item.look, item.id),
        indicator: format!("{} {label}", item.indicator).trim().to_owned(),
        dimension: dimension(say, scored, item.dimension).to_owned(),
        strength: say.t(strength(item.strength)),
        state: say.t(match rank(item) {
            0 => "sign-present",
            1 => "sign-closed",
            2 => "sign-unknown",
            _ => "sign-absent",
        }),
        present: item.state == SignState::Present,
        closed: item
            .closed
            .as_ref()
            .map(|(status, signed)| format!("{} ({signed})", say.option(&scored.questionnaire.common.closure, status))),
        raw: item.raw.clone(),
        comment: item.comment.clone(),
        cell: item.cell.as_ref().map(say::cell),
    }
}

fn strength(strength: Strength) -> &'static str {
    match strength {
        Strength::Strong => "strength-strong",
        Strength::Medium => "strength-medium",
        Strength::Weak => "strength-weak",
    }
}

/// Name of a dimension.
pub(super) fn dimension<'a>(say: Say<'a>, scored: &Scored<'a>, dimension: crate::model::Dimension) -> &'a str {
    let names = &scored.reference.indicators.dimensions;
    names.get(&dimension).map_or(dimension.code(), |n| say.label(n))
}

/// The six dimensions, in the order of the publication.
pub(super) fn dimensions(say: Say<'_>, scored: &Scored<'_>) -> Vec<DimensionView> {
    let results = &scored.assessment.signs.dimensions;
    let sum = |counts: &[u32; 3]| counts.iter().map(|n| usize::try_from(*n).unwrap_or(0)).sum::<usize>();
    let end = results.iter().map(|r| sum(&r.present) + sum(&r.unknown)).max().unwrap_or(0);
    results
        .iter()
        .map(|r| DimensionView {
            all: both(say, sum(&r.present), sum(&r.unknown)),
            bar: chart::count(sum(&r.present), sum(&r.unknown), end),
            code: r.dimension.code(),
            name: dimension(say, scored, r.dimension).to_owned(),
            present: r.present,
            open: r.unknown,
            state: say.t(match r.state {
                DimensionState::Positive => "dimension-positive",
                DimensionState::Negative => "dimension-negative",
                DimensionState::Undetermined => "dimension-undetermined",
            }),
        })
        .collect()
}

/// The ILO's eleven, in its order.
pub(super) fn eleven(say: Say<'_>, scored: &Scored<'_>) -> Vec<ElevenView> {
    // An indicator is present if any of its signs is, else open if any of them is.
    let mut states: BTreeMap<&str, BTreeSet<SignState>> = BTreeMap::new();
    for item in &scored.assessment.signs.items {
        states.entry(item.indicator.as_str()).or_default().insert(item.state);
    }
    let reference = &scored.reference.indicators;
    let count = |number: u8, counts: &dyn Fn(&BTreeSet<SignState>) -> bool| {
        let carries = |id: &str| reference.by_id.get(id).is_some_and(|i| i.ilo.contains(&number));
        states.iter().filter(|(id, states)| carries(id) && counts(states)).count()
    };
    let is_present = |states: &BTreeSet<SignState>| states.contains(&SignState::Present);
    let is_open = |states: &BTreeSet<SignState>| !is_present(states) && states.contains(&SignState::Unknown);
    let counted: Vec<(u8, String, usize, usize)> = reference
        .ilo
        .iter()
        .map(|(n, name)| (*n, say.text(name), count(*n, &is_present), count(*n, &is_open)))
        .collect();
    let end = counted.iter().map(|(.., present, open)| present + open).max().unwrap_or(0);
    let view = |(number, name, present, open)| ElevenView {
        number,
        name,
        present,
        open,
        all: both(say, present, open),
        bar: chart::count(present, open, end),
    };
    counted.into_iter().map(view).collect()
}

fn both(say: Say<'_>, present: usize, open: usize) -> String {
    say.fill("signs-desc", &[("present", &present.to_string()), ("open", &open.to_string())])
}
