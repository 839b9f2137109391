//! Single answers, and profile facts that switched questions off, that alone would change the priority.

use crate::model::{
    AnswerCode, AnswerKind, Band, ControlItem, Dossier, Evidence, Exact, Fact, FactId, FloorHit, Interval, Method,
    Questionnaire, Reference, Scale, Signs, WhatIf,
};

use super::controls::{contradicted, speaks_against};
use super::{Core, priority};

pub(super) fn changes(
    questionnaire: &Questionnaire,
    method: &Method,
    reference: &Reference,
    dossier: &Dossier,
    core: &Core,
    signs: &Signs,
    now: Band,
) -> Vec<WhatIf> {
    let floors = priority::floors(method, core, signs, dossier, priority::Case::Headline);
    let mut out = Vec::new();
    controls(questionnaire, method, dossier, core, signs, now, &mut out);
    exposure(questionnaire, method, core, &floors, now, &mut out);
    facts(questionnaire, method, reference, dossier, signs, now, &mut out);
    out
}

fn scale_of<'a>(questionnaire: &'a Questionnaire, id: &str) -> Option<&'a Scale> {
    match &questionnaire.item(id)?.1.kind {
        AnswerKind::Scale(scale) => Some(scale),
        AnswerKind::Text => None,
    }
}

/// Each control answered otherwise, at the evidence that stands beside it (else: in the supplier's own words).
fn controls(
    questionnaire: &Questionnaire,
    method: &Method,
    dossier: &Dossier,
    core: &Core,
    signs: &Signs,
    now: Band,
    out: &mut Vec<WhatIf>,
) {
    let items = || core.sections.iter().flat_map(|s| &s.items);
    let gaps = items().filter(|i| priority::is_gap(i, priority::Case::Headline)).count();
    let against = contradicted(dossier, signs);
    let mut without_c1 = priority::floors(method, core, signs, dossier, priority::Case::Headline);
    without_c1.retain(|f| f.id != "C1");
    let c1 = method.floors.get("C1").map_or(Band::Low, |f| f.priority);
    for item in items() {
        let Some(credit) = &item.credit else { continue };
        let Some(scale) = scale_of(questionnaire, item.id.as_str()) else { continue };
        let level = item.evidence.or_else(|| dossier.findings.get(&item.id).map(|f| f.evidence));
        let evidence = &method.evidence[level.unwrap_or(Evidence::E1).level()].value;
        for option in &scale.options {
            if item.answer == AnswerCode::Option(option.id.clone()) {
                continue;
            }
            // What a sign speaks against gives no credit, whoever says it.
            let is_void = speaks_against(&against, &item.question, &item.id, &option.id);
            let least = if is_void { Exact::zero() } else { &option.grade * evidence };
            let changed = &core.controls.lo + &(&item.share * &(&least - &credit.lo));
            let band = method.band(&super::headline(method, &core.exposure, &changed));
            let gap_then = item.critical && option.grade.is_zero();
            let others = gaps - usize::from(priority::is_gap(item, priority::Case::Headline));
            let mut then = priority::worse(band, &without_c1);
            if gap_then || others > 0 {
                then = then.max(c1);
            }
            push(out, &item_id(item), &option.id, now, then);
        }
    }
}

fn item_id(item: &ControlItem) -> String {
    item.id.to_string()
}

fn push(out: &mut Vec<WhatIf>, id: &str, to: &str, now: Band, then: Band) {
    if then != now {
        out.push(WhatIf { id: id.to_owned(), to: to.to_owned(), priority: then });
    }
}

/// Each question of the self-test answered otherwise.
fn exposure(
    questionnaire: &Questionnaire,
    method: &Method,
    core: &Core,
    floors: &[FloorHit],
    now: Band,
    out: &mut Vec<WhatIf>,
) {
    let Some(workforce) = core.factors.iter().find(|f| f.id == "workforce") else { return };
    let applicable = workforce.questions.iter().filter(|q| q.risk.is_some()).count();
    let Ok(n) = i64::try_from(applicable) else { return };
    let without_x1: Vec<FloorHit> = floors.iter().filter(|f| f.id != "X1").cloned().collect();
    let x1 = method.floors.get("X1").map_or(Band::Low, |f| f.priority);
    let threshold = method.constant("x1-threshold");
    let others = core.factors.iter().filter(|f| f.id != "workforce" && f.value.hi >= threshold).count();
    for question in &workforce.questions {
        let Some(risk) = &question.risk else { continue };
        let Some(scale) = scale_of(questionnaire, question.id.as_str()) else { continue };
        for option in &scale.options {
            if question.answer == AnswerCode::Option(option.id.clone()) {
                continue;
            }
            let change = &(&option.grade - &risk.hi) * &Exact::ratio(1, n);
            let value = &workforce.value.hi + &change;
            let exposure = Interval { lo: Exact::zero(), hi: &core.exposure.hi + &(&workforce.weight * &change) };
            let band = method.band(&super::headline(method, &exposure, &core.controls.lo));
            let mut then = priority::worse(band, &without_x1);
            let over = Exact::whole(i64::try_from(others + usize::from(value >= threshold)).unwrap_or(i64::MAX));
            if over >= method.constant("x1-count") {
                then = then.max(x1);
            }
            push(out, question.id.as_str(), &option.id, now, then);
        }
    }
}

/// Each profile fact that is "no" and thereby switches questions off, taken as "yes".
fn facts(
    questionnaire: &Questionnaire,
    method: &Method,
    reference: &Reference,
    dossier: &Dossier,
    signs: &Signs,
    now: Band,
    out: &mut Vec<WhatIf>,
) {
    for id in FactId::ALL {
        let switches = questionnaire.questions().flat_map(|q| &q.items).any(|i| i.applies_when.0.contains(&(id, true)));
        if dossier.profile.fact(id) != Fact::No || !switches {
            continue;
        }
        let mut profile = dossier.profile.clone();
        profile.set(id, Fact::Yes);
        if id == FactId::Subcontracting {
            profile.says_subcontracting = Fact::Yes;
        }
        let core = super::core(questionnaire, method, reference, dossier, &profile, signs);
        let floors = priority::floors(method, &core, signs, dossier, priority::Case::Headline);
        push(out, id.id(), "yes", now, priority::worse(method.band(&core.score.headline), &floors));
    }
}
