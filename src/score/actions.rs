//! What to do: one action per weak question and per present sign, most urgent first.

use std::collections::BTreeMap;

use crate::model::{Action, ControlItem, Exact, Id, Potential, Questionnaire, SignState, Signs, Strength};

use super::{Core, priority};

pub(super) fn plan(questionnaire: &Questionnaire, core: &Core, signs: &Signs, potentials: &[Potential]) -> Vec<Action> {
    let by_item: BTreeMap<&Id, &Exact> = potentials.iter().map(|p| (&p.id, &p.exact)).collect();
    let mut out = Vec::new();
    for item in signs.items.iter().filter(|i| i.state == SignState::Present) {
        let now = item.strength == Strength::Strong || item.dimension.is_conduct();
        out.push(Action {
            question: item.id.clone(),
            potential: Exact::zero(),
            urgency: if now { "now" } else { "soon" },
            sign: true,
        });
    }
    for (_, question) in questionnaire.control_questions() {
        let weak: Vec<&ControlItem> =
            core.sections.iter().flat_map(|s| &s.items).filter(|i| i.question == question.id && is_weak(i)).collect();
        if weak.is_empty() {
            continue;
        }
        let gap = weak.iter().any(|i| priority::is_gap(i, priority::Case::Headline) || (i.contradicted && i.critical));
        out.push(Action {
            question: question.id.clone(),
            potential: weak.iter().filter_map(|i| by_item.get(&i.id)).map(|x| (*x).clone()).sum(),
            urgency: if gap {
                "now"
            } else if question.critical || question.weight == 3 {
                "soon"
            } else {
                "ordinary"
            },
            sign: false,
        });
    }
    let rank = |a: &Action| ["now", "soon", "ordinary"].iter().position(|u| *u == a.urgency);
    out.sort_by(|a, b| {
        rank(a)
            .cmp(&rank(b))
            .then_with(|| b.sign.cmp(&a.sign))
            .then_with(|| b.potential.cmp(&a.potential))
            .then_with(|| a.question.cmp(&b.question))
    });
    out.dedup_by(|a, b| a.question == b.question);
    out
}

/// Applies, and its answer is open, less than best, or contradicted.
fn is_weak(item: &ControlItem) -> bool {
    item.credit.is_some() && (item.contradicted || item.grade.as_ref().is_none_or(|g| *g < Exact::one()))
}
