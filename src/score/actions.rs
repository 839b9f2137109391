//! What to do: one action per weak question and per present sign, most urgent first.

use std::cmp::Reverse;

use crate::model::{Action, ControlItem, Exact, Method, Questionnaire, SignState, Signs, Strength};

use super::{Core, priority};

pub(super) fn plan(questionnaire: &Questionnaire, method: &Method, core: &Core, signs: &Signs) -> Vec<Action> {
    let unit = super::unit(method, core);
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
    // The lines of a question stand together.
    for items in core.sections.iter().flat_map(|s| s.items.chunk_by(|a, b| a.question == b.question)) {
        let weak: Vec<&ControlItem> = items.iter().filter(|i| is_weak(i)).collect();
        let Some(question) = weak.first().and_then(|i| questionnaire.question(i.question.as_str())) else { continue };
        let gap = weak.iter().any(|i| priority::is_gap(i, priority::Case::Headline) || (i.contradicted && i.critical));
        out.push(Action {
            question: question.id.clone(),
            potential: weak.iter().filter_map(|i| super::potential(&unit, i)).sum(),
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
    out.sort_by_cached_key(|a| (rank(a), Reverse(a.sign), Reverse(a.potential.clone()), a.question.clone()));
    out.dedup_by(|a, b| a.question == b.question);
    out
}

/// Applies, and its answer is open, less than best, or contradicted.
fn is_weak(item: &ControlItem) -> bool {
    item.credit.is_some() && (item.contradicted || item.grade.as_ref().is_none_or(|g| *g < Exact::one()))
}
