//! How the score comes about: what adds to it, the lines that take off most, and what is left.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Scored;
use super::chart::{self, Span};
use super::say::Say;
use super::work::{self, Ref};
use crate::model::{Exact, Interval, Line};

/// Lines that stand on their own; the others come together in one step.
const SHOWN: usize = 8;

/// One step.
#[derive(Serialize)]
pub(super) struct Step {
    /// Machine code for a style: `adds`, `takes`, `total`.
    pub(super) kind: &'static str,
    /// The same in words.
    pub(super) says: String,
    /// The factor or line, and where its cell stands; absent for sums.
    pub(super) of: Option<Ref>,
    /// What it is.
    pub(super) name: String,
    /// Points, two decimals.
    pub(super) points: String,
    /// Where its bar stands.
    pub(super) span: Span,
}

/// From nothing to the score. The points of all steps but the last add up to it.
pub(super) fn steps(say: Say<'_>, scored: &Scored<'_>) -> Vec<Step> {
    let a = scored.assessment;
    // As shown, so that the steps add up in print too.
    let shown: BTreeMap<&str, Exact> =
        a.lines.iter().filter_map(|l| Some((l.id.as_str(), l.shown.parse().ok()?))).collect();
    let of = |line: &Line| shown.get(line.id.as_str()).cloned().unwrap_or_else(Exact::zero);
    let is_factor = |line: &&Line| a.factors.iter().any(|f| f.id == line.id);
    let (factors, mut items): (Vec<&Line>, Vec<&Line>) = a.lines.iter().partition(is_factor);
    items.retain(|l| !of(l).is_zero());
    items.sort_by(|x, y| x.exact.cmp(&y.exact).then_with(|| x.id.cmp(&y.id)));
    let (alone, together) = items.split_at(items.len().min(SHOWN));

    let mut parts: Vec<(&'static str, Option<Ref>, String, Exact)> = Vec::new();
    for line in factors {
        let of_factor = Ref { text: String::new(), place: Some(format!("factor-{}", line.id)) };
        parts.push(("adds", Some(of_factor), say.t(&format!("factor-{}", line.id)), of(line)));
    }
    for line in alone {
        let question = work::question_text(say, scored, &crate::model::Id::new(&line.id));
        parts.push(("takes", Some(work::place(say, scored, &line.id)), question, of(line)));
    }
    if !together.is_empty() {
        let n = together.len().to_string();
        let name = say.fill("waterfall-others", &[("n", &n)]);
        parts.push(("takes", None, name, together.iter().map(|l| of(l)).sum()));
    }

    // The axis ends where the exposure does, or at 1 where there is none to show.
    let end = parts.iter().filter(|(kind, ..)| *kind == "adds").map(|(.., x)| x.clone()).sum::<Exact>();
    let end = end.max(Exact::one());
    let mut level = Exact::zero();
    let mut steps: Vec<Step> = Vec::new();
    for (kind, of, name, points) in parts {
        let next = &level + &points;
        let range = Interval { lo: level.clone().min(next.clone()), hi: level.max(next.clone()) };
        let says = say.t(&format!("step-{kind}"));
        steps.push(Step { kind, says, of, name, points: say.exact(&points), span: chart::span(&range, &end) });
        level = next;
    }
    let whole = Interval { lo: Exact::zero(), hi: level.clone() };
    steps.push(Step {
        kind: "total",
        says: say.t("step-total"),
        of: None,
        name: say.t("scale-score"),
        points: say.exact(&level),
        span: chart::span(&whole, &end),
    });
    steps
}
