//! Floors: named rules that set the least urgent priority allowed. They never enter the sum of lines.

use crate::model::{
    AnswerCode, Band, ControlItem, Dimension, DimensionState, Dossier, Evidence, Exact, Factor, FloorHit, Interval,
    Method, SignState, Signs, Strength,
};

use super::Core;

/// Which of the two priorities is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// Unknowns taken as not in place.
    Headline,
    /// Unknowns taken as in place: no F5, no V1, X1 on lower bounds, C1 for an answered "no" only.
    Best,
}

/// Worse of a band and all floors.
pub(super) fn worse(band: Band, floors: &[FloorHit]) -> Band {
    floors.iter().map(|f| f.priority).fold(band, Band::max)
}

/// The floors that apply, in order of their ids in the specification.
pub(super) fn floors(method: &Method, core: &Core, signs: &Signs, dossier: &Dossier, case: Case) -> Vec<FloorHit> {
    let mut out = Vec::new();
    let mut hit = |id: &str, because: Vec<String>| {
        if let (false, Some(floor)) = (because.is_empty(), method.floors.get(id)) {
            out.push(FloorHit { id: id.to_owned(), priority: floor.priority, because });
        }
    };
    let positive = |d: Dimension| signs.state(d) == DimensionState::Positive;
    let present = || signs.items.iter().filter(|i| i.state == SignState::Present);
    let unique = |ids: Vec<String>| -> Vec<String> {
        let mut ids = ids;
        ids.sort();
        ids.dedup();
        ids
    };
    hit("F1", unique(present().filter(|i| i.dimension.is_conduct()).map(|i| i.id.to_string()).collect()));
    hit("F2", unique(present().filter(|i| i.strength == Strength::Strong).map(|i| i.id.to_string()).collect()));
    hit(
        "F3",
        Dimension::ALL.into_iter().filter(|d| d.is_conduct() && positive(*d)).map(|d| d.code().to_owned()).collect(),
    );
    let young = signs.under_18 && dossier.looks.iter().any(|l| l.under_18);
    if positive(Dimension::EX) && (positive(Dimension::CD) || young) {
        hit("F4", vec!["EX".to_owned(), if positive(Dimension::CD) { "CD" } else { "under-18" }.to_owned()]);
    }
    if case == Case::Headline {
        let open = |i: &&crate::model::SignItem| i.state == SignState::Unknown && i.strength == Strength::Strong;
        hit("F5", unique(signs.items.iter().filter(open).map(|i| i.id.to_string()).collect()));
    }
    hit("X1", exposed(method, &core.factors, case));
    hit("C1", ids(core, |i| is_gap(i, case)));
    if case == Case::Headline {
        hit("V1", ids(core, |i| is_unvouched(i.critical, i.credit.as_ref(), i.evidence)));
    }
    out
}

/// Factors at or above the threshold, if there are enough of them.
pub(super) fn exposed(method: &Method, factors: &[Factor], case: Case) -> Vec<String> {
    let threshold = method.constant("x1-threshold");
    let over: Vec<String> = factors
        .iter()
        .filter(|f| *(if case == Case::Headline { &f.value.hi } else { &f.value.lo }) >= threshold)
        .map(|f| f.id.clone())
        .collect();
    let count = Exact::whole(i64::try_from(over.len()).unwrap_or(i64::MAX));
    if count >= method.constant("x1-count") { over } else { Vec::new() }
}

fn ids(core: &Core, pick: impl Fn(&ControlItem) -> bool) -> Vec<String> {
    core.sections.iter().flat_map(|s| &s.items).filter(|i| pick(i)).map(|i| i.id.to_string()).collect()
}

/// C1: a critical control that applies is answered "no" (an answer of no credit) or left open.
pub(super) fn is_gap(item: &ControlItem, case: Case) -> bool {
    leaves_gap(item.critical, &item.answer, item.grade.as_ref(), case)
}

/// The same, of what decides it.
pub(super) fn leaves_gap(critical: bool, answer: &AnswerCode, grade: Option<&Exact>, case: Case) -> bool {
    critical
        && match answer {
            AnswerCode::Na => false,
            AnswerCode::Open(_) => case == Case::Headline,
            AnswerCode::Option(_) => grade.is_some_and(Exact::is_zero),
        }
}

/// V1: nobody but the supplier vouches for a critical control that applies.
pub(super) fn is_unvouched(critical: bool, credit: Option<&Interval>, evidence: Option<Evidence>) -> bool {
    critical && credit.is_some() && evidence.is_none_or(|e| e < Evidence::E2)
}
