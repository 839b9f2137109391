//! What to do: one action per weak question and per present sign, most urgent first.

use std::cmp::Reverse;

use crate::model::{Action, ControlItem, Exact, Questionnaire, SignState, Signs, Strength};

use super::{Core, Points, priority};

pub(super) fn plan(questionnaire: &Questionnaire, core: &Core, points: &[Points], signs: &Signs) -> Vec<Action> {
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
    let mut points = points.iter();
    for items in core.sections.iter().flat_map(|s| s.items.chunk_by(|a, b| a.question == b.question)) {
        let weak = || items.iter().filter(|i| is_weak(i));
        let left: Exact =
            items.iter().zip(&mut points).filter(|(i, _)| is_weak(i)).map(|(_, points)| &points.left).sum();
        let Some(question) = weak().next().and_then(|i| questionnaire.question(i.question.as_str())) else { continue };
        let gap = weak().any(|i| priority::is_gap(i, priority::Case::Headline) || (i.contradicted && i.critical));
        out.push(Action {
            question: question.id.clone(),
            potential: left,
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
