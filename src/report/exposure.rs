//! The exposure factors in words, and the answers of the self-test.

use std::borrow::Cow;

use serde::Serialize;

use super::Scored;
use super::chart::{self, Bar};
use super::say::{self, Say};
use super::work;
use crate::model::{AnswerCode, AnswerKind, Exact, Fact, Factor, Interval, Item, Question, Scale, largest_remainder};

/// One exposure factor.
#[derive(Serialize)]
pub(super) struct FactorView<'a> {
    /// `country`, `sector`, `workforce` or `chain`.
    pub(super) id: &'a str,
    /// Its name.
    pub(super) name: String,
    /// What is known of it, in words.
    pub(super) what: String,
    /// Whole points it adds at most; those of all factors add up to the shown exposure.
    pub(super) points: String,
    /// The most it could add.
    pub(super) most: String,
    /// Its value, 0 to 1, or what it lies between.
    pub(super) value: String,
    /// Points with two decimals, as the lines show them.
    pub(super) line: String,
    /// The same with a point, for programs.
    pub(super) plain: &'a str,
    /// Its points as a bar, on a track as long as the most it could add.
    pub(super) bar: Bar,
    /// Why the step is what it is.
    pub(super) reason: Vec<String>,
}

/// One answer of the self-test.
#[derive(Serialize)]
pub(super) struct SelfTestLine<'a> {
    /// Id of the item, for links in the page.
    pub(super) id: &'a str,
    /// Shown number.
    pub(super) number: &'a str,
    /// The question.
    pub(super) question: Cow<'a, str>,
    /// The answer, by its label.
    pub(super) answer: &'a str,
    /// What stood in the cell, where it is something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) raw: Option<&'a str>,
    /// The comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<&'a str>,
    /// Its risk, or why it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) risk: Option<String>,
    /// Where it stood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cell: Option<String>,
}

/// The factors, the one that adds most first.
pub(super) fn factors<'a>(say: Say<'a>, scored: &Scored<'a>) -> Vec<FactorView<'a>> {
    let a = scored.assessment;
    let exact: Vec<(String, Exact)> =
        a.factors.iter().map(|f| (f.id.clone(), &(&f.weight * &f.value.hi) / &Exact::whole(100))).collect();
    let refs: Vec<(&str, &Exact)> = exact.iter().map(|(id, x)| (id.as_str(), x)).collect();
    // Hundredths of a hundredth part are whole points, so whole points add up as well.
    let (_, shown) = largest_remainder(&refs);
    let mut order: Vec<(usize, &Factor)> = a.factors.iter().enumerate().collect();
    order.sort_by(|(_, x), (_, y)| {
        let points = |f: &Factor| &f.weight * &f.value.hi;
        points(y).cmp(&points(x)).then_with(|| x.id.cmp(&y.id))
    });
    let end = a.factors.iter().map(|f| f.weight.clone()).max().unwrap_or_else(Exact::one);
    order
        .into_iter()
        .map(|(n, factor)| {
            let points: Exact = shown[n].parse().unwrap_or_else(|_| Exact::zero());
            let line = a.lines.get(n).map_or("", |l| l.shown.as_str());
            let (what, reason) = in_words(say, scored, factor);
            FactorView {
                id: &factor.id,
                name: say.t(&format!("factor-{}", factor.id)),
                what,
                points: say.hundredths(&points),
                most: say.whole(&factor.weight),
                value: say.interval(&factor.value),
                line: say.number(line),
                plain: line,
                bar: chart::bar(&factor.value.scaled(&factor.weight), &factor.weight, &end),
                reason,
            }
        })
        .collect()
}

fn in_words(say: Say<'_>, scored: &Scored<'_>, factor: &Factor) -> (String, Vec<String>) {
    let profile = &scored.dossier.profile;
    let reference = scored.reference;
    let joined = |names: Vec<String>| if names.is_empty() { say.t("not-stated") } else { say.list(&names) };
    match factor.id.as_str() {
        "country" => {
            let names = profile.countries.iter().map(|c| say.country(reference, c.as_ref())).collect();
            let known = profile.countries.iter().flatten().filter_map(|c| reference.countries.get(c));
            (
                stepped(say, &joined(names), &factor.value),
                known.filter_map(|c| c.reason.as_ref()).map(|r| say.text(r)).collect(),
            )
        }
        "sector" => {
            let names =
                profile.sectors.iter().map(|s| say.sector(scored.questionnaire, reference, s.as_ref())).collect();
            let known = profile.sectors.iter().flatten().filter_map(|s| reference.sectors.get(s));
            (stepped(say, &joined(names), &factor.value), known.map(|s| say.text(&s.reason)).collect())
        }
        "workforce" => {
            let asked = factor.questions.iter().filter(|q| q.risk.is_some());
            let full = |q: &&crate::model::ExposureAnswer| q.risk.as_ref().is_some_and(|r| !r.lo.is_zero());
            let yes = asked.clone().filter(full).count().to_string();
            let open = asked.clone().filter(|q| matches!(q.answer, AnswerCode::Open(_))).count().to_string();
            let n = asked.count().to_string();
            (say.fill("factor-workforce-what", &[("yes", &yes), ("n", &n), ("open", &open)]), Vec::new())
        }
        _ => {
            let fact = work::fact(say, profile.says_subcontracting, scored);
            if profile.says_subcontracting == Fact::No && profile.levels.unwrap_or(0) == 0 {
                return (say.fill("factor-chain-none", &[("subcontracting", fact)]), Vec::new());
            }
            let levels = profile.levels.map_or_else(|| say.t("not-stated"), |n| n.to_string());
            (say.fill("factor-chain-what", &[("subcontracting", fact), ("levels", &levels)]), Vec::new())
        }
    }
}

/// "Denmark: step 0 of 4".
fn stepped(say: Say<'_>, names: &str, value: &Interval) -> String {
    let four = Exact::whole(4);
    let (lo, hi) = ((&value.lo * &four).rounded(), (&value.hi * &four).rounded());
    if lo == hi {
        say.fill("step", &[("names", names), ("step", &hi)])
    } else {
        say.fill("step-open", &[("names", names), ("lo", &lo), ("hi", &hi)])
    }
}

/// The self-test, line by line, in the order of the questionnaire.
pub(super) fn self_test<'a>(say: Say<'a>, scored: &Scored<'a>) -> Vec<SelfTestLine<'a>> {
    let common = &scored.questionnaire.common;
    let answers = scored.assessment.factors.iter().flat_map(|f| &f.questions);
    answers
        .map(|answer| {
            let found = scored.questionnaire.item(answer.id.as_str());
            let label = say.answer(common, found.and_then(scale), &answer.answer);
            SelfTestLine {
                id: answer.id.as_str(),
                number: found.map_or(answer.id.as_str(), |(_, i)| &i.number),
                question: found.map_or(Cow::Borrowed(answer.id.as_str()), |(q, i)| q.item_text(i, say.lang)),
                raw: say::raw_if_other(answer.raw.as_ref(), label),
                answer: label,
                comment: answer.comment.as_deref(),
                risk: answer.risk.as_ref().map(|r| say.interval(r)),
                cell: answer.cell.as_ref().map(say::cell),
            }
        })
        .collect()
}

/// The scale of an item.
pub(super) fn scale<'a>((_, item): (&Question, &'a Item)) -> Option<&'a Scale> {
    match &item.kind {
        AnswerKind::Scale(scale) => Some(scale),
        AnswerKind::Text => None,
    }
}
