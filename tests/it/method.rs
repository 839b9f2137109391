//! The method's own cases: specification 0.12, and the worked examples of Part 11, with exact values.

use lygte::model::{AnswerKind, Assessment, Band, Evidence, Exact, Fact, Id, Label};

use crate::support::{Bench, Build, entry, exact};

const E1: Evidence = Evidence::E1;

fn example_1() -> Build {
    Build::new("DK", "high")
        .chain(Fact::Yes, Some(1))
        .workforce(4, 0)
        .answer("a1", "yes", Evidence::E2)
        .answer("a2", "partly", E1)
        .answer("a3", "no", E1)
        .answer("b1", "yes", Evidence::E3)
        .answer("b2", "yes", Evidence::E2)
        .answer("b3", "yes", E1)
        .answer("b4", "partly", Evidence::E2)
        .answer("c1", "yes", Evidence::E2)
        .answer("c2", "yes", E1)
        .answer("c3", "na", E1)
}

fn example_2(bench: &Bench) -> Build {
    let mut build = Build::new("LV", "full")
        .chain(Fact::Yes, None)
        .workforce(3, 2)
        .answer("a1", "yes", E1)
        .answer("a3", "no", E1)
        .answer("b1", "yes", Evidence::E2)
        .answer("b3", "no", E1)
        .answer("b4", "yes", E1)
        .answer("c1", "no", E1)
        .answer("c2", "partly", E1);
    // "Two levels or more": the chain lies between one half and one. The profile cannot say that, so two suppliers of
    // one and of the other depth are looked at; here the deeper one for the headline.
    build.0.profile.levels = Some(3);
    build.look(&bench.questionnaire, &["DR02"], &["DR01", "CD01"], false)
}

fn example_3() -> Build {
    let mut build = Build::new("DK", "half").chain(Fact::Yes, Some(1)).workforce(2, 0);
    for item in ["a1", "a2", "a3", "b1", "b2", "b3", "c2", "c3"] {
        build = build.answer(item, "yes", Evidence::E3);
    }
    build.answer("b4", "partly", Evidence::E3).answer("c1", "yes", Evidence::E2)
}

fn floors(a: &Assessment) -> Vec<&str> {
    a.floors.iter().map(|f| f.id.as_str()).collect()
}

fn line<'a>(a: &'a Assessment, id: &str) -> (&'a Exact, &'a str) {
    let line = a.lines.iter().find(|l| l.id.as_str() == id).unwrap();
    (&line.exact, &line.shown)
}

#[test]
fn example_1_everything_answered() {
    let bench = Bench::mini();
    let a = bench.assess("fls-1-global", &example_1().0);
    assert_eq!(a.exposure.hi, exact("175/4"));
    assert_eq!(a.controls.lo, exact("251/400"));
    assert_eq!(a.score.headline, exact("8729/320"));
    assert_eq!(a.score.best, exact("8729/320"));
    assert!(a.complete);
    assert_eq!(a.band, Band::Moderate);
    assert!(floors(&a).contains(&"X1"));
    assert_eq!(a.priority, Some(Band::Moderate));
    assert_eq!(a.stated, exact("3283/160"));
    assert_eq!(a.verified, exact("203/5"));
    for (id, value, shown) in [
        ("country", "0", "0.00"),
        ("sector", "75/4", "18.75"),
        ("workforce", "20", "20.00"),
        ("chain", "5", "5.00"),
        ("a1", "-63/32", "-1.97"),
        ("a2", "-21/64", "-0.33"),
        ("a3", "0", "0.00"),
        ("b1", "-63/20", "-3.15"),
        ("b2", "-189/80", "-2.36"),
        ("b3", "-21/20", "-1.05"),
        ("b4", "-63/80", "-0.79"),
        ("c1", "-189/40", "-4.72"),
        ("c2", "-21/10", "-2.10"),
        ("c3", "0", "0.00"),
    ] {
        assert_eq!(line(&a, id), (&exact(value), shown), "{id}");
    }
    let potentials: Vec<(&str, String)> = a.potentials.iter().map(|p| (p.id.as_str(), p.exact.to_string())).collect();
    let want = [("c2", "21/10"), ("c1", "63/40"), ("a3", "21/16"), ("b4", "21/16")];
    assert_eq!(potentials[..4], want.map(|(id, x)| (id, x.to_owned())));
    let next_year = example_1().answer("a3", "yes", E1).answer("b3", "yes", Evidence::E3);
    assert_eq!(bench.assess("fls-1-global", &next_year.0).score.headline, exact("8183/320"));
    assert_eq!(bench.assess("fls-1", &example_1().0).score.headline, exact("16211/480"));
}

#[test]
fn example_2_gaps() {
    let bench = Bench::mini();
    let deep = bench.assess("fls-1-global", &example_2(&bench).0);
    let mut build = example_2(&bench);
    build.0.profile.levels = Some(2);
    let shallow = bench.assess("fls-1-global", &build.0);
    assert_eq!(deep.score.headline, exact("6649/100"));
    assert_eq!(shallow.score.best, exact("657/16"));
    assert_eq!(deep.controls.lo, exact("16/75"));
    assert_eq!(deep.controls.hi, exact("9/20"));
    for (id, value) in [
        ("country", "25/4"),
        ("workforce", "25"),
        ("a1", "-183/80"),
        ("b1", "-1647/400"),
        ("b4", "-183/100"),
        ("c2", "-61/40"),
    ] {
        assert_eq!(line(&deep, id).0, &exact(value), "{id}");
    }
    assert_eq!(floors(&deep)[..4], ["F1", "F5", "X1", "C1"]);
    assert_eq!((deep.priority, shallow.best_priority), (Some(Band::High), Some(Band::Moderate)));
    let dr = &deep.signs.dimensions[0];
    assert_eq!((dr.present, dr.unknown, dr.state.id()), ([0, 1, 0], [1, 0, 0], "undetermined"));
    let gains: Vec<(&str, String)> =
        deep.potentials.iter().take(3).map(|p| (p.id.as_str(), p.exact.to_string())).collect();
    assert_eq!(gains, [("c1", "183/20"), ("b2", "549/100"), ("c2", "183/40")].map(|(id, x)| (id, x.to_owned())));
    assert_eq!(bench.assess("fls-1", &example_2(&bench).0).score.headline, exact("11227/150"));
    assert_eq!(bench.assess("fls-1", &build.0).score.best, exact("365/8"));
}

#[test]
fn example_3_good_papers_bad_signs() {
    let bench = Bench::mini();
    let before = bench.assess("fls-1-global", &example_3().0);
    assert_eq!((&before.score.headline, before.band, before.complete), (&exact("2497/200"), Band::Low, true));
    assert_eq!(before.priority, Some(Band::Low));
    assert_eq!(bench.assess("fls-1", &example_3().0).score.headline, exact("227/15"));

    let present = ["DR01", "DR02", "EX01", "EX02", "CD01", "CD14"];
    let build = example_3().look(&bench.questionnaire, &present, &[], false);
    let after = bench.assess("fls-1-global", &build.0);
    assert_eq!(after.score.headline, exact("2893/200"));
    assert_eq!(after.score.best, exact("2497/200"));
    assert_eq!(after.band, Band::Low);
    assert_eq!(floors(&after), ["F1", "F2", "F3", "F4"]);
    assert_eq!(after.signs.label, Label::TraffickingPattern);
    assert_eq!(after.priority, Some(Band::Severe));
    let b1 = after.sections[1].items.iter().find(|i| i.id.as_str() == "b1").unwrap();
    assert!(b1.contradicted && b1.answer.is_answered());
    assert_eq!(bench.assess("fls-1", &build.0).score.headline, exact("263/15"));
}

/// A cleaning firm in Denmark on the real questionnaire, every control answered alike.
fn cleaning(
    bench: &Bench,
    eighths: usize,
    says: Fact,
    levels: Option<u64>,
    control: &dyn Fn(&str, usize) -> Option<usize>,
    evidence: Evidence,
) -> Build {
    let mut build = Build::new("DK", "cleaning").chain(says, levels);
    let exposure: Vec<_> = bench.questionnaire.exposure.questions.iter().flat_map(|q| &q.items).collect();
    let yes = exposure.len() / 8 * eighths;
    assert_eq!(exposure.len() % 8, 0, "the self-test of cleaning divides into eighths");
    for (n, item) in exposure.iter().enumerate() {
        let answer = if n < yes { "yes" } else { "no" };
        build.0.exposure.insert(item.id.clone(), entry(lygte::model::Answer::Option(answer.to_owned())));
    }
    for (block, question) in bench.questionnaire.control_questions() {
        for item in &question.items {
            let AnswerKind::Scale(scale) = &item.kind else { continue };
            let mut options: Vec<_> = scale.options.iter().collect();
            options.sort_by(|a, b| b.grade.cmp(&a.grade));
            let Some(rank) = control(&block.section, options.len()) else { continue };
            build = build.answer(item.id.as_str(), &options[rank].id, evidence);
        }
    }
    build
}

#[test]
fn cases_of_0_12() {
    let bench = Bench::cleaning();
    let best = |_: &str, _: usize| Some(0);
    let worst = |_: &str, n: usize| Some(n - 1);
    let run = |build: &Build| bench.assess("fls-1", &build.0);

    let p = run(&cleaning(&bench, 1, Fact::Yes, Some(1), &best, E1));
    assert_eq!((&p.exposure.hi, &p.controls.lo), (&exact("65/2"), &exact("1/2")));
    assert_eq!((&p.score.headline, p.band, p.priority), (&exact("91/4"), Band::Low, Some(Band::Moderate)));
    assert_eq!(floors(&p), ["V1"]);
    assert!(p.flags.iter().any(|f| f.id == "too-good"));

    // No subcontracting: section C does not apply; every "yes" of A in its own words, every "no" of B.
    let only_a = |section: &str, n: usize| Some(if section == "A" { 0 } else { n - 1 });
    let h = run(&cleaning(&bench, 5, Fact::No, None, &only_a, E1));
    assert_eq!((&h.exposure.hi, &h.controls.lo), (&exact("95/2"), &exact("1/6")));
    assert_eq!((&h.score.headline, h.band, h.priority), (&exact("171/4"), Band::Moderate, Some(Band::Moderate)));
    assert!(h.score.headline > p.score.headline, "H stands above P in follow up");
    let gap = |a: &Assessment| a.verified.clone() - a.stated.clone();
    assert!(gap(&p) > gap(&h), "P stands above H in verify next");

    for (rank, evidence, score, band) in [
        (&worst as &dyn Fn(&str, usize) -> Option<usize>, E1, "115/2", Band::High),
        (&best, E1, "161/4", Band::Moderate),
        (&best, Evidence::E2, "253/8", Band::Moderate),
        (&best, Evidence::E3, "23", Band::Low),
    ] {
        let t = run(&cleaning(&bench, 5, Fact::Yes, Some(2), rank, evidence));
        assert_eq!(t.exposure.hi, exact("115/2"));
        assert_eq!((&t.score.headline, t.band), (&exact(score), band), "{score}");
        // The table of cases speaks of the last one as low. Its score is; but with a sector at 3/4 and five of eight yes
        // two factors are high, and the floor X1 of the same specification holds it at moderate.
        assert!(floors(&t).contains(&"X1"));
        assert_eq!(t.priority, Some(band.max(Band::Moderate)), "{score}");
    }

    let n = run(&Build::new("DK", "cleaning"));
    assert!(!n.coverage.sufficient);
    assert_eq!((n.priority, n.best_priority), (None, None));
}

#[test]
fn an_assessors_dated_entry_takes_a_sign_away_and_nothing_else_does() {
    let bench = Bench::mini();
    let mut build = example_3().look(&bench.questionnaire, &["CD01"], &[], false);
    assert_eq!(bench.assess("fls-1", &build.0).priority, Some(Band::High));
    // A later visit that does not meet the sign changes nothing.
    build = build.look(&bench.questionnaire, &[], &[], false);
    assert_eq!(bench.assess("fls-1", &build.0).priority, Some(Band::High));
    let last = build.0.signs.iter_mut().rev().find(|s| s.sign.indicator == Id::new("CD01")).unwrap();
    last.closure = Some(lygte::model::Closure {
        status: "refuted".to_owned(),
        signed: "2026-10-20 AB".to_owned(),
        date: "2026-10-20".to_owned(),
    });
    let closed = bench.assess("fls-1", &build.0);
    assert_eq!(closed.priority, Some(Band::Low));
    // Seen again after that date, it stands again.
    let mut again = build.look(&bench.questionnaire, &["CD01"], &[], false);
    again.0.looks.last_mut().unwrap().date = Some("2026-11-01".to_owned());
    assert_eq!(bench.assess("fls-1", &again.0).priority, Some(Band::High));
}

#[test]
fn someone_under_18_at_work_weighs_more() {
    let bench = Bench::mini();
    let grown = bench.assess("fls-1", &example_3().look(&bench.questionnaire, &["EX01", "EX02"], &[], false).0);
    let young = bench.assess("fls-1", &example_3().look(&bench.questionnaire, &["EX01", "EX02"], &[], true).0);
    assert_eq!((grown.priority, young.priority), (Some(Band::High), Some(Band::Severe)));
}

#[test]
fn circumstances_of_workers_set_no_floor() {
    let bench = Bench::mini();
    let a = bench.assess("fls-1", &example_3().look(&bench.questionnaire, &["RV01", "VD01"], &[], false).0);
    assert_eq!((floors(&a), a.priority), (vec![], Some(Band::Low)));
}
