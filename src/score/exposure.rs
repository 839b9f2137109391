//! The exposure factors: country, sector, workforce, chain.

use crate::model::{
    AnswerCode, AnswerKind, Dossier, Exact, ExposureAnswer, Fact, Factor, Interval, Method, Profile, Questionnaire,
    Reference,
};

use super::controls::code_of;

pub(super) fn factors(
    questionnaire: &Questionnaire,
    method: &Method,
    reference: &Reference,
    dossier: &Dossier,
    profile: &Profile,
) -> Vec<Factor> {
    let weight = |id: &str| method.factors.get(id).map_or_else(Exact::zero, |c| c.value.clone());
    let factor = |id: &str, value, questions| Factor { id: id.to_owned(), weight: weight(id), value, questions };
    let answers = workforce_answers(questionnaire, dossier, profile);
    vec![
        factor(
            "country",
            highest(profile.countries.iter().map(|c| {
                c.as_ref().and_then(|c| reference.countries.get(c)).map_or_else(Interval::unknown, |c| c.step.clone())
            })),
            Vec::new(),
        ),
        factor(
            "sector",
            highest(profile.sectors.iter().map(|s| {
                s.as_ref().and_then(|s| reference.sectors.get(s)).map_or_else(Interval::unknown, |s| s.step.clone())
            })),
            Vec::new(),
        ),
        factor("workforce", workforce(&answers), answers),
        factor("chain", chain(profile), Vec::new()),
    ]
}

/// The highest of several steps; unknown when there is none.
fn highest(steps: impl Iterator<Item = Interval>) -> Interval {
    steps.reduce(|a, b| a.max(&b)).unwrap_or_else(Interval::unknown)
}

fn workforce_answers(questionnaire: &Questionnaire, dossier: &Dossier, profile: &Profile) -> Vec<ExposureAnswer> {
    let mut out = Vec::new();
    for item in questionnaire.exposure.questions.iter().flat_map(|q| &q.items) {
        let AnswerKind::Scale(scale) = &item.kind else { continue };
        let entry = dossier.exposure.get(&item.id);
        let answer = code_of(item, entry, profile);
        let risk = match &answer {
            AnswerCode::Na => None,
            AnswerCode::Open(_) => Some(Interval::unknown()),
            AnswerCode::Option(id) => scale.option(id).map(|o| Interval::point(o.grade.clone())),
        };
        out.push(ExposureAnswer {
            id: item.id.clone(),
            answer,
            risk,
            raw: entry.and_then(|e| e.raw.clone()),
            comment: entry.and_then(|e| e.comment.clone()),
            cell: entry.and_then(|e| e.cell.clone()),
        });
    }
    out
}

/// The unweighted share of yes among the questions that apply; open ones widen it.
fn workforce(answers: &[ExposureAnswer]) -> Interval {
    let risks: Vec<&Interval> = answers.iter().filter_map(|a| a.risk.as_ref()).collect();
    let Some(n) = i64::try_from(risks.len()).ok().filter(|n| *n > 0) else { return Interval::unknown() };
    risks.into_iter().fold(Interval::point(Exact::zero()), |sum, x| sum.plus(x)).scaled(&Exact::ratio(1, n))
}

/// 0 for no subcontracting, ¼ for one level, ½ for two, 1 for three or more. Levels that are given count, even beside
/// a "no"; "yes" without levels lies between ¼ and 1.
fn chain(profile: &Profile) -> Interval {
    let level = |n: u64| match n {
        0 => Exact::zero(),
        1 => Exact::ratio(1, 4),
        2 => Exact::ratio(1, 2),
        _ => Exact::one(),
    };
    match (profile.says_subcontracting, profile.levels) {
        (Fact::Yes, None | Some(0)) => Interval { lo: Exact::ratio(1, 4), hi: Exact::one() },
        (Fact::No, None) => Interval::point(Exact::zero()),
        (Fact::Unknown, None) => Interval::unknown(),
        (_, Some(n)) => Interval::point(level(n)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chain_by_word_and_levels() {
        let case = |says, levels| {
            let x = chain(&Profile { says_subcontracting: says, levels, ..Profile::default() });
            format!("{}..{}", x.lo, x.hi)
        };
        assert_eq!(case(Fact::No, None), "0..0");
        assert_eq!(case(Fact::Yes, Some(1)), "1/4..1/4");
        assert_eq!(case(Fact::Yes, Some(2)), "1/2..1/2");
        assert_eq!(case(Fact::Yes, Some(7)), "1..1");
        assert_eq!(case(Fact::Yes, None), "1/4..1");
        assert_eq!(case(Fact::Unknown, None), "0..1");
        assert_eq!(case(Fact::No, Some(2)), "1/2..1/2");
        assert_eq!(case(Fact::Unknown, Some(3)), "1..1");
    }

    #[test]
    fn known_and_unknown_together() {
        let x = highest([Interval::point(Exact::ratio(1, 2)), Interval::unknown()].into_iter());
        assert_eq!(format!("{}..{}", x.lo, x.hi), "1/2..1");
        let x = highest(std::iter::empty());
        assert_eq!(format!("{}..{}", x.lo, x.hi), "0..1");
    }
}
