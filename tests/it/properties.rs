//! What must hold of every score, tried on many.

use std::sync::LazyLock;

use lygte::model::{AnswerCode, Assessment, Evidence, Exact, Fact, Id, SignState};
use proptest::prelude::*;

use crate::support::{Bench, Build, exact};

static BENCH: LazyLock<Bench> = LazyLock::new(Bench::mini);

const CONTROLS: [&str; 10] = ["a1", "a2", "a3", "b1", "b2", "b3", "b4", "c1", "c2", "c3"];
const ANSWERS: [&str; 5] = ["no", "partly", "yes", "open", "na"];
const SIGNS: [&str; 9] = ["DR01", "DR02", "CR05", "RV01", "EX01", "EX02", "CD01", "CD14", "VD01"];

/// A dossier as plain numbers, so that it can be changed in one place and built again.
#[derive(Clone, Debug)]
struct Raw {
    workforce: [usize; 6],
    chain: usize,
    sector: usize,
    controls: [(usize, usize); 10],
    looked: bool,
    signs: [usize; 9],
    under_18: bool,
}

fn raw() -> impl Strategy<Value = Raw> {
    (
        proptest::array::uniform6(0..3usize),
        0..6usize,
        0..3usize,
        proptest::array::uniform10((0..5usize, 0..4usize)),
        any::<bool>(),
        proptest::array::uniform9(0..3usize),
        any::<bool>(),
    )
        .prop_map(|(workforce, chain, sector, controls, looked, signs, under_18)| Raw {
            workforce,
            chain,
            sector,
            controls,
            looked,
            signs,
            under_18,
        })
}

fn build(raw: &Raw) -> Build {
    let sectors = ["half", "high", "full"];
    let mut build = Build::new("DK", sectors[raw.sector]);
    build = match raw.chain {
        0 => build.chain(Fact::No, None),
        1 => build.chain(Fact::Yes, Some(1)),
        2 => build.chain(Fact::Yes, Some(2)),
        3 => build.chain(Fact::Yes, Some(3)),
        4 => build.chain(Fact::Yes, None),
        _ => build.chain(Fact::Unknown, None),
    };
    for (n, answer) in raw.workforce.iter().enumerate() {
        build = build.answer(&format!("w{}", n + 1), ["no", "yes", "open"][*answer], Evidence::E1);
    }
    for (id, (answer, evidence)) in CONTROLS.iter().zip(raw.controls) {
        build = build.answer(id, ANSWERS[answer], Evidence::ALL[evidence]);
    }
    if raw.looked {
        let of = |state: usize| -> Vec<&str> {
            SIGNS.iter().zip(raw.signs).filter(|(_, s)| *s == state).map(|(id, _)| *id).collect()
        };
        build = build.look(&BENCH.questionnaire, &of(1), &of(2), raw.under_18);
    }
    build
}

fn assess(raw: &Raw) -> Assessment {
    BENCH.assess("fls-1", &build(raw).0)
}

/// The priority, whether or not there are enough answers.
fn urgency(a: &Assessment) -> lygte::model::Band {
    a.floors.iter().map(|f| f.priority).fold(a.band, Ord::max)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bounds_and_sums(raw in raw()) {
        let a = assess(&raw);
        let hundred = Exact::whole(100);
        prop_assert!(Exact::zero() <= a.score.best && a.score.best <= a.score.headline && a.score.headline <= hundred);
        let sum: Exact = a.lines.iter().map(|l| l.exact.clone()).sum();
        prop_assert_eq!(&sum, &a.score.headline);
        let shown: Exact = a.lines.iter().map(|l| exact(&l.shown)).sum();
        prop_assert_eq!(shown, exact(&a.score.headline.shown()));
        for line in &a.lines {
            prop_assert!((line.exact.clone() - exact(&line.shown)).abs() <= exact("0.01"));
        }
        prop_assert!(a.score.headline >= exact("2/5") * a.exposure.hi.clone());
        prop_assert!(a.stated <= a.score.headline && a.score.headline <= a.verified);
        let potentials: Exact = a.potentials.iter().map(|p| p.exact.clone()).sum();
        if a.sections.iter().any(|s| s.value.is_some()) {
            prop_assert_eq!(potentials, a.score.headline.clone() - exact("2/5") * a.exposure.hi.clone());
        }
        if let (Some(best), Some(priority)) = (a.best_priority, a.priority) {
            prop_assert!(best <= priority);
        }
    }

    #[test]
    fn width_is_the_open_share(raw in raw()) {
        let a = assess(&raw);
        if a.exposure.lo == a.exposure.hi {
            let open: Exact = a.sections.iter().flat_map(|s| &s.items)
                .filter(|i| i.credit.as_ref().is_some_and(|c| c.lo != c.hi)).map(|i| i.share.clone()).sum();
            let width = a.score.headline.clone() - a.score.best.clone();
            prop_assert_eq!(width, exact("3/5") * a.exposure.hi.clone() * open);
        }
    }

    #[test]
    fn a_better_answer_never_raises(raw in raw(), at in 0..10usize) {
        let mut better = raw.clone();
        // A contradicted line is the one exception: its credit is void until the contradiction is resolved.
        prop_assume!(raw.controls[at].0 < 2 && !(raw.looked && raw.signs[6] == 1 && CONTROLS[at] == "b1"));
        better.controls[at].0 += 1;
        let (a, b) = (assess(&raw), assess(&better));
        prop_assert!(b.score.headline <= a.score.headline && b.score.best <= a.score.best);
        prop_assert!(urgency(&b) <= urgency(&a));
    }

    #[test]
    fn better_evidence_never_raises(raw in raw(), at in 0..10usize) {
        prop_assume!(raw.controls[at].1 < 3);
        let mut better = raw.clone();
        better.controls[at].1 += 1;
        let (a, b) = (assess(&raw), assess(&better));
        prop_assert!(b.score.headline <= a.score.headline && b.score.best <= a.score.best);
    }

    #[test]
    fn more_exposure_never_lowers(raw in raw(), at in 0..6usize) {
        prop_assume!(raw.workforce[at] == 0);
        let mut more = raw.clone();
        more.workforce[at] = 1;
        let (a, b) = (assess(&raw), assess(&more));
        prop_assert!(b.score.headline >= a.score.headline && b.score.best >= a.score.best);
        prop_assert!(urgency(&b) >= urgency(&a));
    }

    #[test]
    fn a_sign_never_lowers(raw in raw(), at in 0..9usize) {
        prop_assume!(raw.looked && raw.signs[at] != 1);
        let mut more = raw.clone();
        more.signs[at] = 1;
        let (before, after) = (assess(&raw), assess(&more));
        // The one gap: C1 leaves when a sign contradicts a "no"-free line; the floors of the sign itself are no lower.
        prop_assert!(urgency(&after) >= urgency(&before));
    }

    #[test]
    fn forgetting_widens_and_answering_narrows(raw in raw(), at in 0..10usize) {
        prop_assume!(!(raw.looked && raw.signs[6] == 1 && CONTROLS[at] == "b1"));
        let mut open = raw.clone();
        open.controls[at].0 = 3;
        let (answered, forgotten) = (assess(&raw), assess(&open));
        prop_assert!(forgotten.score.best <= answered.score.best);
        prop_assert!(forgotten.score.headline >= answered.score.headline);
    }

    #[test]
    fn order_of_forms_is_irrelevant(raw in raw(), other in proptest::array::uniform9(0..3usize)) {
        let mut one = raw.clone();
        one.looked = true;
        let of = |signs: &[usize; 9], state: usize| -> Vec<&str> {
            SIGNS.iter().zip(signs).filter(|(_, s)| **s == state).map(|(id, _)| *id).collect()
        };
        let base = build(&Raw { looked: false, ..one.clone() });
        let q = &BENCH.questionnaire;
        let first = base.clone().look(q, &of(&one.signs, 1), &of(&one.signs, 2), false).look(q, &of(&other, 1), &of(&other, 2), false);
        let second = base.look(q, &of(&other, 1), &of(&other, 2), false).look(q, &of(&one.signs, 1), &of(&one.signs, 2), false);
        let (a, b) = (BENCH.assess("fls-1", &first.0), BENCH.assess("fls-1", &second.0));
        prop_assert_eq!(a.signs.dimensions, b.signs.dimensions);
        prop_assert_eq!(a.signs.label, b.signs.label);
        prop_assert_eq!(a.floors, b.floors);
    }

    #[test]
    fn what_if_says_what_a_full_run_says(raw in raw()) {
        what_if_is_a_full_run(&raw)?;
    }
}

fn what_if_is_a_full_run(raw: &Raw) -> Result<(), TestCaseError> {
    let a = assess(raw);
    for change in a.what_if.iter().take(6) {
        let Some(at) = CONTROLS.iter().position(|c| *c == change.id) else { continue };
        let was_open = matches!(
            a.sections.iter().flat_map(|s| &s.items).find(|i| i.id == Id::new(&change.id)).unwrap().answer,
            AnswerCode::Open(_)
        );
        let mut changed = raw.clone();
        changed.controls[at].0 = ANSWERS.iter().position(|x| *x == change.to).unwrap();
        if was_open {
            changed.controls[at].1 = 1;
        }
        let again = assess(&changed);
        // V1 stands on evidence, which an answer alone does not change; an E0 finding on a line that was open did.
        if !was_open || raw.controls[at].1 == 1 {
            prop_assert_eq!(urgency(&again), change.priority, "{:?}", change);
        }
    }
    Ok(())
}

#[test]
fn an_answer_that_a_sign_speaks_against_changes_nothing_when_it_turns_to_yes() {
    let mut controls = [(0, 0); 10];
    (controls[3], controls[5], controls[6]) = ((0, 2), (4, 0), (2, 2));
    let signs = [0, 0, 0, 0, 0, 0, 1, 0, 0];
    let raw =
        Raw { workforce: [1, 1, 1, 1, 0, 1], chain: 3, sector: 2, controls, looked: true, signs, under_18: false };
    what_if_is_a_full_run(&raw).unwrap();
    assert!(assess(&raw).what_if.iter().all(|change| change.id != "b1"));
}

#[test]
fn signs_of_a_dossier_keep_their_state() {
    let raw = Raw {
        workforce: [0; 6],
        chain: 0,
        sector: 0,
        controls: [(2, 3); 10],
        looked: true,
        signs: [0, 1, 2, 0, 0, 0, 0, 0, 0],
        under_18: false,
    };
    let a = assess(&raw);
    let states: Vec<SignState> = a.signs.items.iter().map(|i| i.state).collect();
    assert_eq!(states[..3], [SignState::Absent, SignState::Present, SignState::Unknown]);
}
