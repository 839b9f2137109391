//! Signs: counts of distinct indicators, the dimension rule, the combination table.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Dimension, DimensionResult, DimensionState, Dossier, Id, Label, Reference, SignEntry, SignItem, SignState, Signs,
    Strength,
};

impl Signs {
    /// Whether any sign is left open.
    pub(super) fn any_unknown(&self) -> bool {
        self.items.iter().any(|i| i.state == SignState::Unknown)
    }

    /// State of a dimension.
    pub(super) fn state(&self, dimension: Dimension) -> DimensionState {
        self.dimensions.iter().find(|d| d.dimension == dimension).map_or(DimensionState::Negative, |d| d.state)
    }
}

/// The entries behind the signs that are present. By form and id: a sign of an unknown indicator is no item.
pub(super) fn present<'a>(dossier: &'a Dossier, signs: &Signs) -> Vec<&'a SignEntry> {
    let present = signs.items.iter().filter(|item| item.state == SignState::Present);
    let present: BTreeSet<(usize, &Id)> = present.map(|item| (item.look, &item.id)).collect();
    dossier.signs.iter().filter(|entry| present.contains(&(entry.look, &entry.sign.id))).collect()
}

/// Unites the signs of all forms.
pub(super) fn unite(reference: &Reference, dossier: &Dossier) -> Signs {
    let under_18 = dossier.looks.iter().any(|l| l.under_18);
    let items: Vec<SignItem> =
        dossier.signs.iter().filter_map(|entry| item(reference, dossier, entry, under_18)).collect();
    let dimensions = count(&items);
    let label = label(&dimensions);
    Signs { label, under_18, dimensions, items }
}

fn item(reference: &Reference, dossier: &Dossier, entry: &SignEntry, under_18: bool) -> Option<SignItem> {
    let indicator = reference.indicators.by_id.get(&entry.sign.indicator)?;
    let closure = closure_of(dossier, entry);
    Some(SignItem {
        id: entry.sign.id.clone(),
        indicator: indicator.id.clone(),
        dimension: indicator.dimension,
        strength: indicator.strength(under_18),
        state: if closure.is_some() { SignState::Absent } else { entry.state },
        closed: closure,
        raw: entry.raw.clone(),
        comment: entry.comment.clone(),
        cell: entry.cell.clone(),
        look: entry.look,
    })
}

/// An assessor's dated entry closes a present sign on its own form and on every form that is not dated after it.
/// Nothing else removes a sign.
fn closure_of(dossier: &Dossier, entry: &SignEntry) -> Option<(String, String)> {
    if entry.state != SignState::Present {
        return None;
    }
    let seen_on = dossier.looks.get(entry.look).and_then(|l| l.date.as_deref());
    dossier
        .signs
        .iter()
        .filter(|other| other.sign.id == entry.sign.id)
        .filter_map(|other| other.closure.as_ref().map(|c| (other.look, c)))
        .find(|(look, closure)| *look == entry.look || seen_on.is_some_and(|date| date <= closure.date.as_str()))
        .map(|(_, closure)| (closure.status.clone(), closure.signed.clone()))
}

/// Per indicator: present if any of its signs is, unknown if none is present and one is unknown, else absent.
fn count(items: &[SignItem]) -> Vec<DimensionResult> {
    let mut indicators: BTreeMap<&Id, (Dimension, Strength, SignState)> = BTreeMap::new();
    for item in items {
        let entry = indicators.entry(&item.indicator).or_insert((item.dimension, item.strength, SignState::Absent));
        entry.2 = match (entry.2, item.state) {
            (SignState::Present, _) | (_, SignState::Present) => SignState::Present,
            (SignState::Unknown, _) | (_, SignState::Unknown) => SignState::Unknown,
            _ => SignState::Absent,
        };
    }
    Dimension::ALL
        .into_iter()
        .map(|dimension| {
            let mut present = [0; 3];
            let mut unknown = [0; 3];
            for (_, strength, state) in indicators.values().filter(|(d, ..)| *d == dimension) {
                match state {
                    SignState::Present => present[*strength as usize] += 1,
                    SignState::Unknown => unknown[*strength as usize] += 1,
                    SignState::Absent => {}
                }
            }
            DimensionResult { dimension, present, unknown, state: state(present, unknown) }
        })
        .collect()
}

/// The rule of the operational indicators for one dimension: two strong; or one strong and another; or three medium; or
/// two medium and one weak. No weighting can express it.
fn is_positive([strong, medium, weak]: [u32; 3]) -> bool {
    (strong >= 1 && strong + medium + weak >= 2) || (strong == 0 && medium >= 2 && medium + weak >= 3)
}

/// The rule never turns from positive to negative when a sign is added, so the two extremes decide.
fn state(present: [u32; 3], unknown: [u32; 3]) -> DimensionState {
    let all = [present[0] + unknown[0], present[1] + unknown[1], present[2] + unknown[2]];
    match (is_positive(present), is_positive(all)) {
        (true, _) => DimensionState::Positive,
        (false, false) => DimensionState::Negative,
        (false, true) => DimensionState::Undetermined,
    }
}

/// The combination of dimensions, the most serious first. An undetermined dimension counts as negative.
fn label(dimensions: &[DimensionResult]) -> Label {
    let positive = |d: Dimension| dimensions.iter().any(|r| r.dimension == d && r.state == DimensionState::Positive);
    let recruitment = positive(Dimension::DR) || positive(Dimension::CR);
    match (recruitment, positive(Dimension::EX), positive(Dimension::CD)) {
        (true, true, true) => Label::TraffickingPattern,
        (false, true, true) => Label::ForcedLabourPattern,
        (_, false, true) => Label::CoercionOnly,
        (true, true, false) => Label::DeceptionAndExploitation,
        (false, true, false) => Label::Exploitation,
        (true, false, false) => Label::RecruitmentOnly,
        (false, false, false) => Label::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_four_of_sixty_four_cells_are_positive() {
        let mut negative = Vec::new();
        for s in 0..4 {
            for m in 0..4 {
                for w in 0..4 {
                    if !is_positive([s, m, w]) {
                        negative.push(format!("{s}{m}{w}"));
                    }
                }
            }
        }
        assert_eq!(negative, ["000", "001", "002", "003", "010", "011", "012", "013", "020", "100"]);
    }

    #[test]
    fn five_minimal_sets() {
        let mut minimal = Vec::new();
        for s in 0..5u32 {
            for m in 0..5u32 {
                for w in 0..5u32 {
                    let less = [
                        (s, [s.wrapping_sub(1), m, w]),
                        (m, [s, m.wrapping_sub(1), w]),
                        (w, [s, m, w.wrapping_sub(1)]),
                    ];
                    if is_positive([s, m, w]) && less.iter().all(|(n, set)| *n == 0 || !is_positive(*set)) {
                        minimal.push([s, m, w]);
                    }
                }
            }
        }
        minimal.sort_unstable();
        assert_eq!(minimal, [[0, 2, 1], [0, 3, 0], [1, 0, 1], [1, 1, 0], [2, 0, 0]]);
    }

    #[test]
    fn undetermined_where_completions_disagree() {
        for p in 0..27u32 {
            for u in 0..27u32 {
                let of = |n: u32| [n / 9, n / 3 % 3, n % 3];
                let (present, unknown) = (of(p), of(u));
                let mut outcomes = Vec::new();
                for s in 0..=unknown[0] {
                    for m in 0..=unknown[1] {
                        for w in 0..=unknown[2] {
                            outcomes.push(is_positive([present[0] + s, present[1] + m, present[2] + w]));
                        }
                    }
                }
                let want = match (outcomes.contains(&true), outcomes.contains(&false)) {
                    (true, true) => DimensionState::Undetermined,
                    (true, false) => DimensionState::Positive,
                    _ => DimensionState::Negative,
                };
                assert_eq!(state(present, unknown), want, "{present:?} {unknown:?}");
            }
        }
    }
}
