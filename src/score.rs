//! From a dossier to an assessment. Exact, pure and total: no file, clock, float, thread or failure.
//!
//! In the order of the method's formulae (`lygte show fls-1` prints its constants, with reasons): exposure `I`, controls `M`, headline
//! `U = I_hi·(1 − k·M_lo)`, best `L = I_lo·(1 − k·M_hi)`, signs, floors, lines. All constants come from the
//! [`Method`]; only the rules on signs are code, for no weighting can express them.

mod actions;
pub mod agreement;
mod controls;
mod exposure;
mod flags;
mod priority;
mod signs;
mod what_if;

use crate::model::{
    Assessment, ControlItem, Coverage, Dossier, Evidence, Exact, Factor, Id, Interval, Line, Method, PartialScore,
    Potential, Profile, Questionnaire, Reference, Section, Signs, Unanswered, Verification, largest_remainder,
};

/// The part of an assessment that a changed profile changes.
struct Core {
    factors: Vec<Factor>,
    exposure: Interval,
    sections: Vec<Section>,
    controls: Interval,
    coverage: Coverage,
    score: PartialScore,
}

/// Scores one supplier.
pub fn assess(questionnaire: &Questionnaire, method: &Method, reference: &Reference, dossier: &Dossier) -> Assessment {
    let signs = signs::unite(reference, dossier);
    let core = core(questionnaire, method, reference, dossier, &dossier.profile, &signs);
    let floors = priority::floors(method, &core, &signs, dossier, priority::Case::Headline);
    let best_floors = priority::floors(method, &core, &signs, dossier, priority::Case::Best);
    let band = method.band(&core.score.headline);
    let priority = priority::worse(band, &floors);
    let best_priority = priority::worse(method.band(&core.score.best), &best_floors);
    let sufficient = core.coverage.sufficient;

    let points = points(method, &core);
    let lines = lines(&core, &points);
    let potentials = potentials(&core, &points);
    let what_if = if sufficient {
        what_if::changes(questionnaire, method, reference, dossier, &core, &signs, &floors, priority)
    } else {
        Vec::new()
    };
    let flags = flags::raise(method, &core, &signs, dossier);
    let actions = actions::plan(questionnaire, &core, &points, &signs);
    let near = method.constant("near-cut");
    let near_cut = method.cuts().into_iter().find(|cut| (&core.score.headline - cut).abs() <= near);
    let stays =
        |scores: [Exact; 2]| scores.iter().all(|score| priority::worse(method.band(score), &floors) == priority);
    // What stays with all precautions and with none stays with whatever weights.
    let robust = stays([Exact::zero(), Exact::one()].map(|controls| headline(method, &core.exposure, &controls)))
        || stays(controls::headline_range(method, &core.sections, &core.exposure));
    let complete = core.score.headline == core.score.best && !signs.any_unknown();
    let run = |credit: &dyn Fn(Evidence) -> Exact| {
        let controls = controls::mean(&core.sections, credit);
        headline(method, &core.exposure, &controls)
    };
    let stated = run(&|_| Exact::one());
    let verified = run(&|e| if e == Evidence::E3 { Exact::one() } else { Exact::zero() });

    Assessment {
        stated,
        verified,
        verification: verification(&core.sections),
        complete,
        band,
        floors,
        priority: sufficient.then_some(priority),
        best_priority: sufficient.then_some(best_priority),
        lines,
        potentials,
        what_if,
        flags,
        actions,
        near_cut,
        robust,
        coverage: core.coverage,
        exposure: core.exposure,
        factors: core.factors,
        controls: core.controls,
        sections: core.sections,
        signs,
        score: core.score,
    }
}

fn core(
    questionnaire: &Questionnaire,
    method: &Method,
    reference: &Reference,
    dossier: &Dossier,
    profile: &Profile,
    signs: &Signs,
) -> Core {
    let factors = exposure::factors(questionnaire, method, reference, dossier, profile);
    let exposure =
        factors.iter().map(|f| f.value.scaled(&f.weight)).fold(Interval::point(Exact::zero()), |sum, x| sum.plus(&x));
    let sections = controls::sections(questionnaire, method, dossier, profile, signs);
    let controls = controls::total(&sections);
    let coverage = coverage(method, &sections);
    let score = PartialScore {
        headline: headline(method, &exposure, &controls.lo),
        best: &exposure.lo * &left_over(method, &controls.hi),
    };
    Core { factors, exposure, sections, controls, coverage, score }
}

/// `1 − k·M`
fn left_over(method: &Method, controls: &Exact) -> Exact {
    Exact::one() - &method.constant("k") * controls
}

/// `U = I_hi·(1 − k·M_lo)`
fn headline(method: &Method, exposure: &Interval, controls_lo: &Exact) -> Exact {
    &exposure.hi * &left_over(method, controls_lo)
}

fn coverage(method: &Method, sections: &[Section]) -> Coverage {
    let items = || sections.iter().flat_map(|s| &s.items).filter(|i| i.credit.is_some());
    let share: Exact = items().filter(|i| i.answer.is_answered()).map(|i| &i.share).sum();
    let open = Unanswered::ALL
        .into_iter()
        .map(|kind| (kind, items().filter(|i| i.answer == crate::model::AnswerCode::Open(kind)).count()))
        .filter(|(_, n)| *n > 0)
        .collect();
    Coverage {
        answered: items().filter(|i| i.answer.is_answered()).count(),
        applicable: items().count(),
        sufficient: share >= method.constant("sufficient"),
        share,
        open,
    }
}

fn verification(sections: &[Section]) -> Verification {
    let answered = || sections.iter().flat_map(|s| &s.items).filter(|i| i.credit.is_some() && i.answer.is_answered());
    let total: Exact = answered().map(|i| &i.share).sum();
    let at = |level: Evidence| -> Exact {
        if total.is_zero() {
            return Exact::zero();
        }
        &answered().filter(|i| i.evidence == Some(level)).map(|i| &i.share).sum::<Exact>() / &total
    };
    Verification {
        stated: at(Evidence::E1),
        documents: at(Evidence::E2),
        on_site: at(Evidence::E3),
        lines: Evidence::ALL.map(|level| answered().filter(|i| i.evidence == Some(level)).count()),
    }
}

/// `k·I`: the points that precautions can take off.
fn unit(method: &Method, core: &Core) -> Exact {
    &method.constant("k") * &core.exposure.hi
}

/// Points of an item.
#[derive(Clone)]
struct Points {
    /// `k·I·share·c`: that it takes off.
    off: Exact,
    /// `k·I·share·(1 − c)`: that it could take off besides.
    left: Exact,
}

/// Points of every item, in their order. Of the items of a section most have the same share and credit as one before.
fn points(method: &Method, core: &Core) -> Vec<Points> {
    let unit = unit(method, core);
    let mut out = Vec::with_capacity(core.sections.iter().map(|s| s.items.len()).sum());
    for section in &core.sections {
        let mut known: Vec<(&ControlItem, Points)> = Vec::new();
        for item in &section.items {
            let Some(credit) = &item.credit else {
                out.push(Points { off: Exact::zero(), left: Exact::zero() });
                continue;
            };
            let is_same =
                |of: &ControlItem| of.share == item.share && of.credit.as_ref().is_some_and(|c| c.lo == credit.lo);
            if let Some((_, points)) = known.iter().find(|(of, _)| is_same(of)) {
                out.push(points.clone());
                continue;
            }
            let all = &unit * &item.share;
            let off = &all * &credit.lo;
            let points = Points { left: &all - &off, off };
            known.push((item, points.clone()));
            out.push(points);
        }
    }
    out
}

/// Factors first, then items: `+ W_f·x_f` and `− k·I·share·c`. They sum to the headline, exactly.
fn lines(core: &Core, points: &[Points]) -> Vec<Line> {
    let factors = core.factors.iter().map(|f| (Id::new(&f.id), &f.weight * &f.value.hi));
    let items = core.sections.iter().flat_map(|s| &s.items).zip(points);
    let lines: Vec<(Id, Exact)> = factors.chain(items.map(|(i, points)| (i.id.clone(), -points.off.clone()))).collect();
    let refs: Vec<(&str, &Exact)> = lines.iter().map(|(id, x)| (id.as_str(), x)).collect();
    let (_, shown) = largest_remainder(&refs);
    lines.into_iter().zip(shown).map(|((id, exact), shown)| Line { id, exact, shown }).collect()
}

/// The potential of every item that has one, largest first, ties by id.
fn potentials(core: &Core, points: &[Points]) -> Vec<Potential> {
    let items = core.sections.iter().flat_map(|s| &s.items).zip(points);
    let left = items.filter(|(_, points)| !points.left.is_zero());
    let mut out: Vec<Potential> =
        left.map(|(item, points)| Potential { id: item.id.clone(), exact: points.left.clone() }).collect();
    out.sort_unstable_by(|a, b| b.exact.cmp(&a.exact).then_with(|| a.id.cmp(&b.id)));
    out
}
