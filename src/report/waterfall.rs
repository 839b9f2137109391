//! How the score comes about: what adds to it, the lines that take off most, and what is left.

use std::borrow::Cow;

use serde::Serialize;

use super::Scored;
use super::chart::{self, Span};
use super::say::Say;
use super::work::{self, Ref};
use crate::model::{Exact, Interval, Line};

/// Lines that stand on their own; the others come together in one step.
const SHOWN: usize = 8;

/// What a step does; a machine code for a style.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// Adds to the score.
    Adds,
    /// Takes off.
    Takes,
    /// Is what is left.
    Total,
}

impl Kind {
    /// The words for it.
    fn says(self) -> &'static str {
        match self {
            Self::Adds => "step-adds",
            Self::Takes => "step-takes",
            Self::Total => "step-total",
        }
    }
}

/// One step.
#[derive(Serialize)]
pub(super) struct Step<'a> {
    /// Its number, for ids in its drawing.
    pub(super) n: usize,
    /// Machine code for a style: `adds`, `takes`, `total`.
    pub(super) kind: Kind,
    /// The same in words.
    pub(super) says: &'a str,
    /// The factor or line, and where its cell stands; absent for sums.
    pub(super) of: Option<Ref<'a>>,
    /// What it is.
    pub(super) name: Cow<'a, str>,
    /// Points, two decimals.
    pub(super) points: String,
    /// Where its bar stands.
    pub(super) span: Span,
}

/// From nothing to the score. The points of all steps but the last add up to it.
pub(super) fn steps<'a>(say: Say<'a>, scored: &Scored<'a>) -> Vec<Step<'a>> {
    let a = scored.assessment;
    // As shown, so that the steps add up in print too.
    let shown = |line: &Line| line.shown.parse().unwrap_or_else(|_| Exact::zero());
    let (factors, items) = a.lines.split_at(a.factors.len());
    let mut items: Vec<(&Line, Exact)> = items.iter().map(|l| (l, shown(l))).filter(|(_, x)| !x.is_zero()).collect();
    let order = |(x, _): &(&Line, Exact), (y, _): &(&Line, Exact)| x.exact.cmp(&y.exact).then_with(|| x.id.cmp(&y.id));
    let alone = items.len().min(SHOWN);
    if alone < items.len() {
        items.select_nth_unstable_by(alone, order);
    }
    items[..alone].sort_unstable_by(order);
    let (alone, together) = items.split_at(alone);

    let mut parts: Vec<(Kind, Option<Ref<'a>>, Cow<'a, str>, Exact)> = Vec::new();
    for line in factors {
        let factor = format!("factor-{}", line.id);
        let name = Cow::Owned(say.t(&factor));
        parts.push((Kind::Adds, Some(Ref { text: "", place: Some(factor) }), name, shown(line)));
    }
    for (line, points) in alone {
        let question = work::question_text(say, scored, &line.id);
        parts.push((Kind::Takes, Some(work::place(say, scored, line.id.as_str())), question, points.clone()));
    }
    if !together.is_empty() {
        let n = together.len().to_string();
        let name = Cow::Owned(say.fill("waterfall-others", &[("n", &n)]));
        parts.push((Kind::Takes, None, name, together.iter().map(|(_, points)| points.clone()).sum()));
    }

    // The axis ends where the exposure does, or at 1 where there is none to show.
    let end = parts.iter().filter(|(kind, ..)| *kind == Kind::Adds).map(|(.., x)| x.clone()).sum::<Exact>();
    let end = end.max(Exact::one());
    let mut level = Exact::zero();
    let mut steps: Vec<Step<'a>> = Vec::new();
    for (kind, of, name, points) in parts {
        let next = &level + &points;
        let range = Interval { lo: level.clone().min(next.clone()), hi: level.max(next.clone()) };
        let (n, says) = (steps.len() + 1, say.word(kind.says()));
        steps.push(Step { n, kind, says, of, name, points: say.exact(&points), span: chart::span(&range, &end) });
        level = next;
    }
    let whole = Interval { lo: Exact::zero(), hi: level.clone() };
    steps.push(Step {
        n: steps.len() + 1,
        kind: Kind::Total,
        says: say.word(Kind::Total.says()),
        of: None,
        name: Cow::Borrowed(say.word("scale-score")),
        points: say.exact(&level),
        span: chart::span(&whole, &end),
    });
    steps
}
