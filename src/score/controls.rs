//! The controls: credit of every line, mean of every section, and of all.

use std::collections::BTreeSet;

use crate::model::{
    Answer, AnswerCode, AnswerKind, By, ControlItem, Dossier, Entry, Evidence, Exact, Finding, Id, Interval, Item,
    Method, Profile, Question, Questionnaire, Section, Signs, Stated, Table, Total, Unanswered,
};

use super::signs::present;

/// The answer code of an entry, given the item and the profile.
pub(super) fn code_of(item: &Item, entry: Option<&Entry>, profile: &Profile) -> AnswerCode {
    if !item.applies_when.holds(profile) {
        return AnswerCode::Na;
    }
    match entry.map(|e| &e.answer) {
        None | Some(Answer::Blank) => AnswerCode::Open(Unanswered::Blank),
        Some(Answer::DontKnow) => AnswerCode::Open(Unanswered::DontKnow),
        Some(Answer::Refused) => AnswerCode::Open(Unanswered::Refused),
        Some(Answer::Unreadable) => AnswerCode::Open(Unanswered::Unreadable),
        Some(Answer::NotApplicable { reason: true }) if item.not_applicable => AnswerCode::Na,
        Some(Answer::NotApplicable { .. }) => AnswerCode::Open(Unanswered::NaUnfounded),
        Some(Answer::Option(id)) => AnswerCode::Option(id.clone()),
    }
}

pub(super) fn sections(
    questionnaire: &Questionnaire,
    method: &Method,
    dossier: &Dossier,
    profile: &Profile,
    signs: &Signs,
) -> Vec<Section> {
    let contradicted = contradicted(dossier, signs);
    // A hundred searches in the map take longer than to make a table of it.
    let entries: Table<&str, &Entry> = dossier.controls.iter().map(|(id, entry)| (id.as_str(), entry)).collect();
    let mut out: Vec<Section> = questionnaire
        .controls
        .iter()
        .map(|block| {
            let all = || block.questions.iter().flat_map(|q| q.items.iter().map(move |i| (q, i)));
            let mut items = Vec::with_capacity(all().count());
            items.extend(all().filter_map(|(question, item)| {
                let own = entries.get(item.id.as_str()).copied();
                let finding = dossier.findings.get(&item.id);
                Some(line(profile, counted(method, own, finding, profile, &contradicted, question, item)?))
            }));
            let weight = method.sections.get(&block.section).map_or_else(Exact::zero, |c| c.value.clone());
            Section { id: block.section.clone(), weight, value: None, items }
        })
        .collect();
    weigh(&mut out);
    out
}

/// Ids of questions and items that a present sign speaks against.
pub(super) fn contradicted<'a>(dossier: &'a Dossier, signs: &Signs) -> BTreeSet<&'a Id> {
    present(dossier, signs).into_iter().flat_map(|entry| &entry.sign.contradicts).collect()
}

/// Whether a sign speaks against this answer: it voids what "yes" and "partly" claim, and nothing else.
pub(super) fn speaks_against(contradicted: &BTreeSet<&Id>, question: &Id, item: &Id, option: &str) -> bool {
    matches!(option, "yes" | "partly") && (contradicted.contains(question) || contradicted.contains(item))
}

/// What of a line decides a score.
pub(super) struct Counted<'a> {
    pub(super) question: &'a Question,
    item: &'a Item,
    own: Option<&'a Entry>,
    finding: Option<&'a Finding>,
    pub(super) answer: AnswerCode,
    pub(super) grade: Option<&'a Exact>,
    pub(super) evidence: Option<Evidence>,
    contradicted: bool,
    pub(super) credit: Option<Interval>,
}

/// How a line counts with this profile; free text does not.
pub(super) fn counted<'a>(
    method: &Method,
    own: Option<&'a Entry>,
    finding: Option<&'a Finding>,
    profile: &Profile,
    contradicted: &BTreeSet<&Id>,
    question: &'a Question,
    item: &'a Item,
) -> Option<Counted<'a>> {
    let AnswerKind::Scale(scale) = &item.kind else { return None };
    let answer = code_of(item, finding.map(|f| &f.entry).or(own), profile);
    let option = match &answer {
        AnswerCode::Option(id) => scale.option(id),
        _ => None,
    };
    let grade = option.map(|o| &o.grade);
    let evidence = option.map(|_| finding.map_or(Evidence::E1, |f| f.evidence));
    let is_void =
        matches!(&answer, AnswerCode::Option(option) if speaks_against(contradicted, &question.id, &item.id, option));
    let credit = match (&answer, grade, evidence) {
        (AnswerCode::Na, ..) => None,
        (_, Some(grade), Some(evidence)) if !is_void => {
            Some(Interval::point(grade * &method.evidence[evidence.level()].value))
        }
        _ => Some(Interval::unknown()),
    };
    Some(Counted { question, item, own, finding, answer, grade, evidence, contradicted: is_void, credit })
}

fn line(profile: &Profile, counted: Counted<'_>) -> ControlItem {
    let Counted { question, item, own, finding, answer, grade, evidence, contradicted, credit } = counted;
    let entry = finding.map(|f| &f.entry).or(own);
    ControlItem {
        id: item.id.clone(),
        question: question.id.clone(),
        number: item.number.clone(),
        weight: question.item_weight(),
        share: Exact::zero(),
        grade: grade.cloned(),
        evidence,
        contradicted,
        credit,
        critical: question.critical,
        by: if finding.is_some() { By::Assessor } else { By::Supplier },
        raw: entry.and_then(|e| e.raw.clone()),
        comment: entry.and_then(|e| e.comment.clone()),
        document: finding.map_or_else(|| own.and_then(|e| e.document.clone()), |f| f.reference.clone()),
        signed: finding.and_then(|f| f.signed.clone()),
        cell: entry.and_then(|e| e.cell.clone()),
        stated: finding.map(|_| Stated {
            answer: code_of(item, own, profile),
            raw: own.and_then(|e| e.raw.clone()),
            cell: own.and_then(|e| e.cell.clone()),
            comment: own.and_then(|e| e.comment.clone()),
        }),
        answer,
    }
}

/// Sets each item's share of all applicable weight, and each section's mean.
fn weigh(sections: &mut [Section]) {
    let applicable = |s: &Section| -> Exact { s.items.iter().filter(|i| i.credit.is_some()).map(|i| &i.weight).sum() };
    let weights: Vec<Exact> = sections.iter().map(&applicable).collect();
    let all: Exact = sections.iter().zip(&weights).filter(|(_, w)| !w.is_zero()).map(|(s, _)| &s.weight).sum();
    for (section, total) in sections.iter_mut().zip(&weights) {
        if total.is_zero() || all.is_zero() {
            continue;
        }
        let unit = &(&section.weight / &all) / total;
        let (mut lo, mut hi) = (Total::default(), Total::default());
        // Weights are few.
        let mut shares: Vec<(Exact, Exact)> = Vec::new();
        for item in &mut section.items {
            let Some(credit) = &item.credit else { continue };
            lo.add_product(&credit.lo, &item.weight);
            hi.add_product(&credit.hi, &item.weight);
            let known = shares.iter().find(|(weight, _)| *weight == item.weight).map(|(_, share)| share.clone());
            item.share = known.unwrap_or_else(|| {
                let share = &unit * &item.weight;
                shares.push((item.weight.clone(), share.clone()));
                share
            });
        }
        section.value = Some(Interval { lo: &lo.sum() / total, hi: &hi.sum() / total });
    }
}

/// `M`: the mean over sections that have applicable items; 0 if none has.
pub(super) fn total(sections: &[Section]) -> Interval {
    let valued = || sections.iter().filter_map(|s| Some((s.value.as_ref()?, &s.weight)));
    let all: Exact = valued().map(|(_, weight)| weight).sum();
    valued()
        .map(|(value, weight)| value.scaled(&(weight / &all)))
        .fold(Interval::point(Exact::zero()), |sum, x| sum.plus(&x))
}

/// Lower bound of `M` with other evidence credits.
pub(super) fn mean(sections: &[Section], credit: &dyn Fn(Evidence) -> Exact) -> Exact {
    let mut sum = Total::default();
    for item in sections.iter().flat_map(|s| &s.items).filter(|i| i.credit.is_some() && !i.contradicted) {
        if let (Some(grade), Some(evidence)) = (&item.grade, item.evidence) {
            sum.add_product(&(grade * &credit(evidence)), &item.share);
        }
    }
    sum.sum()
}

/// Headline with the mean of controls at its least and at its most, when every item weight may move by the method's
/// swing. The extreme of a weighted mean with free weights lies at a cut through the sorted values: all weights above
/// it at one end, all below at the other; those of equal values go together, as no cut through them is more extreme.
pub(super) fn headline_range(method: &Method, sections: &[Section], exposure: &Interval) -> [Exact; 2] {
    let swing = method.constant("weight-swing");
    let low = Exact::one() - swing.clone();
    let high = Exact::one() + swing;
    let all: Exact = sections.iter().filter(|s| s.value.is_some()).map(|s| &s.weight).sum();
    let mut least = Exact::zero();
    let mut most = Exact::zero();
    for section in sections.iter().filter(|s| s.value.is_some()) {
        let mut values: Vec<(&Exact, Exact)> = Vec::new();
        for (credit, weight) in section.items.iter().filter_map(|i| Some((&i.credit.as_ref()?.lo, &i.weight))) {
            match values.iter_mut().find(|(value, _)| *value == credit) {
                Some((_, sum)) => *sum = &*sum + weight,
                None => values.push((credit, weight.clone())),
            }
        }
        values.sort_unstable();
        let share = &section.weight / &all;
        least = least + &share * &extreme_mean(&values, &high, &low, Exact::min);
        most = most + &share * &extreme_mean(&values, &low, &high, Exact::max);
    }
    [super::headline(method, exposure, &least), super::headline(method, exposure, &most)]
}

/// From values, the smallest first, with their weights. `below` scales the weights of the smaller values, `above` those of
/// the larger.
fn extreme_mean(values: &[(&Exact, Exact)], below: &Exact, above: &Exact, pick: fn(Exact, Exact) -> Exact) -> Exact {
    let (mut value, mut weight) = (Total::default(), Total::default());
    for (x, w) in values {
        value.add_product(x, w);
        weight.add(w);
    }
    let (value, weight) = (value.sum(), weight.sum());
    let mut best = &value / &weight;
    // All scaled by `above`; then one after the other goes over to `below`.
    let (mut value, mut weight, step) = (&value * above, &weight * above, below - above);
    for (x, w) in values {
        let more = w * &step;
        value = &value + &(*x * &more);
        weight = &weight + &more;
        best = pick(best, &value / &weight);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weight_box_of_part_11() {
        // Section B of example 1: weights 3 3 2 2, credits 1, 3/4, 1/2, 3/8; the exact box is [49/76, 3/4].
        let x = |t: &str| t.parse::<Exact>().unwrap();
        let values = [(x("3/8"), x("2")), (x("1/2"), x("2")), (x("3/4"), x("3")), (x("1"), x("3"))];
        let values = values.each_ref().map(|(x, w)| (x, w.clone()));
        let (low, high) = (x("3/4"), x("5/4"));
        assert_eq!(extreme_mean(&values, &high, &low, Exact::min), x("49/76"));
        assert_eq!(extreme_mean(&values, &low, &high, Exact::max), x("3/4"));
    }
}
