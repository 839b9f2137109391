//! Single answers, and profile facts that switched questions off, that alone would change the priority.

use crate::model::{
    AnswerCode, AnswerKind, Band, ControlItem, Dossier, Evidence, Exact, Fact, FactId, FloorHit, Interval, Item,
    Method, Profile, Questionnaire, Reference, Scale, Signs, Total, WhatIf,
};

use super::controls::{contradicted, counted, speaks_against};
use super::{Core, exposure, priority};

#[expect(clippy::too_many_arguments, reason = "all that an assessment is made of, and what it came to")]
pub(super) fn changes(
    questionnaire: &Questionnaire,
    method: &Method,
    reference: &Reference,
    dossier: &Dossier,
    core: &Core,
    signs: &Signs,
    floors: &[FloorHit],
    now: Band,
) -> Vec<WhatIf> {
    let mut changes = Changes { questionnaire, method, dossier, core, signs, floors, now, out: Vec::new() };
    changes.controls();
    changes.exposure();
    changes.facts(reference);
    changes.out
}

/// What changes are held against, and those found so far.
struct Changes<'a> {
    questionnaire: &'a Questionnaire,
    method: &'a Method,
    dossier: &'a Dossier,
    core: &'a Core,
    signs: &'a Signs,
    floors: &'a [FloorHit],
    now: Band,
    out: Vec<WhatIf>,
}

impl<'a> Changes<'a> {
    fn scale_of(&self, id: &str) -> Option<&'a Scale> {
        match &self.questionnaire.item(id)?.1.kind {
            AnswerKind::Scale(scale) => Some(scale),
            AnswerKind::Text => None,
        }
    }

    fn push(&mut self, id: &str, to: &str, then: Band) {
        if then != self.now {
            self.out.push(WhatIf { id: id.to_owned(), to: to.to_owned(), priority: then });
        }
    }

    /// The worst of the floors that apply but those.
    fn floor_without(&self, ids: &[&str]) -> Band {
        let others = self.floors.iter().filter(|f| !ids.contains(&f.id.as_str()));
        others.map(|f| f.priority).max().unwrap_or(Band::Low)
    }

    /// The priority that a floor sets.
    fn floor(&self, id: &str) -> Band {
        self.method.floors.get(id).map_or(Band::Low, |f| f.priority)
    }

    /// Each control answered otherwise, at the evidence that stands beside it (else: in the supplier's own words).
    fn controls(&mut self) {
        let (method, core) = (self.method, self.core);
        let items = || core.sections.iter().flat_map(|s| &s.items);
        let is_gap = |item: &ControlItem| priority::is_gap(item, priority::Case::Headline);
        let gaps = items().filter(|i| is_gap(i)).count();
        let against = contradicted(self.dossier, self.signs);
        let without_c1 = self.floor_without(&["C1"]);
        let c1 = self.floor("C1");
        let unit = super::unit(method, core);
        let cuts = method.cuts();
        let (score, band) = (&core.score.headline, Band::at(&core.score.headline, &cuts));
        // However it is answered, a line moves the score by its points at most, `k·I·share`: grades and credits are shares.
        // So far the score may sink and rise within its band, as such shares. A value on a cut takes the worse band.
        let share = |points: Exact| (!unit.is_zero()).then(|| &points / &unit);
        let sink = cuts.iter().rev().find(|cut| *cut <= score).and_then(|cut| share(score - cut));
        let rise = cuts.iter().find(|cut| *cut > score).and_then(|cut| share(cut - score));
        for item in items() {
            let Some(credit) = &item.credit else { continue };
            let stays = sink.as_ref().is_none_or(|most| item.share <= *most)
                && rise.as_ref().is_none_or(|less_than| item.share < *less_than);
            if !item.critical && stays {
                continue;
            }
            let points = (!stays).then(|| &unit * &item.share);
            let Some(scale) = self.scale_of(item.id.as_str()) else { continue };
            let level = item.evidence.or_else(|| self.dossier.findings.get(&item.id).map(|f| f.evidence));
            let evidence = &method.evidence[level.unwrap_or(Evidence::E1).level()].value;
            let others = gaps - usize::from(is_gap(item));
            for option in &scale.options {
                if matches!(&item.answer, AnswerCode::Option(id) if *id == option.id) {
                    continue;
                }
                let moved = |points: &Exact| {
                    // What a sign speaks against gives no credit, whoever says it.
                    let is_void = speaks_against(&against, &item.question, &item.id, &option.id);
                    let least = if is_void { Exact::zero() } else { &option.grade * evidence };
                    Band::at(&(score - &(points * &(&least - &credit.lo))), &cuts)
                };
                let mut then = points.as_ref().map_or(band, moved).max(without_c1);
                if (item.critical && option.grade.is_zero()) || others > 0 {
                    then = then.max(c1);
                }
                self.push(item.id.as_str(), &option.id, then);
            }
        }
    }

    /// Each question of the self-test answered otherwise.
    fn exposure(&mut self) {
        let (method, core) = (self.method, self.core);
        let Some(workforce) = core.factors.iter().find(|f| f.id == "workforce") else { return };
        let applicable = workforce.questions.iter().filter(|q| q.risk.is_some()).count();
        let Ok(n) = i64::try_from(applicable) else { return };
        if n == 0 {
            return;
        }
        let share = Exact::ratio(1, n);
        let without_x1 = self.floor_without(&["X1"]);
        let x1 = self.floor("X1");
        let (threshold, enough) = (method.constant("x1-threshold"), method.constant("x1-count"));
        let others = core.factors.iter().filter(|f| f.id != "workforce" && f.value.hi >= threshold).count();
        let unit = &workforce.weight * &super::left_over(method, &core.controls.lo);
        let cuts = method.cuts();
        let then = |headline: &Exact, value: &Exact| {
            let over = others + usize::from(*value >= threshold);
            let over = Exact::whole(i64::try_from(over).unwrap_or(i64::MAX));
            let then = Band::at(headline, &cuts).max(without_x1);
            if over >= enough { then.max(x1) } else { then }
        };
        // Risks are shares as well: no answer moves the score and the factor by more than this.
        let reach = |by: &Exact| then(&(&core.score.headline + &(&unit * by)), &(&workforce.value.hi + by));
        if reach(&share) == self.now && reach(&-share.clone()) == self.now {
            return;
        }
        for question in &workforce.questions {
            let Some(risk) = &question.risk else { continue };
            let Some(scale) = self.scale_of(question.id.as_str()) else { continue };
            for option in &scale.options {
                if matches!(&question.answer, AnswerCode::Option(id) if *id == option.id) {
                    continue;
                }
                let change = &(&option.grade - &risk.hi) * &share;
                let value = &workforce.value.hi + &change;
                let headline = &core.score.headline + &(&unit * &change);
                self.push(question.id.as_str(), &option.id, then(&headline, &value));
            }
        }
    }

    /// Each profile fact that is "no" and thereby switches questions off, taken as "yes".
    fn facts(&mut self, reference: &Reference) {
        for id in FactId::ALL {
            let mut items = self.questionnaire.questions().flat_map(|q| &q.items);
            if self.dossier.profile.fact(id) != Fact::No || !items.any(|i| i.applies_when.0.contains(&(id, true))) {
                continue;
            }
            let mut profile = self.dossier.profile.clone();
            profile.set(id, Fact::Yes);
            if id == FactId::Subcontracting {
                profile.says_subcontracting = Fact::Yes;
            }
            let then = self.priority_of(reference, &profile, id);
            self.push(id.id(), "yes", then);
        }
    }

    /// The priority with a profile that differs in a fact, from what decides it alone.
    fn priority_of(&self, reference: &Reference, profile: &Profile, fact: FactId) -> Band {
        let (method, case) = (self.method, priority::Case::Headline);
        let against = contradicted(self.dossier, self.signs);
        let mut floor = self.floor_without(&["X1", "C1", "V1"]);
        let (c1, v1) = (self.floor("C1"), self.floor("V1"));
        let (mut all, mut sum) = (Exact::zero(), Exact::zero());
        for (block, section) in self.questionnaire.controls.iter().zip(&self.core.sections) {
            let (mut weights, mut credits) = (Total::default(), Total::default());
            // A line of free text is no item.
            let is_line = |i: &&Item| matches!(i.kind, AnswerKind::Scale(_));
            let lines = block.questions.iter().flat_map(|q| q.items.iter().filter(is_line).map(move |i| (q, i)));
            for ((question, line), item) in lines.zip(&section.items) {
                let depends = line.applies_when.0.iter().any(|(id, _)| *id == fact);
                let other = || {
                    let (own, finding) = (self.dossier.controls.get(&line.id), self.dossier.findings.get(&line.id));
                    counted(method, own, finding, profile, &against, question, line)
                };
                let other = depends.then(other).flatten();
                let (answer, grade, evidence, credit) = match &other {
                    Some(other) => (&other.answer, other.grade, other.evidence, &other.credit),
                    None => (&item.answer, item.grade.as_ref(), item.evidence, &item.credit),
                };
                if priority::leaves_gap(item.critical, answer, grade, case) {
                    floor = floor.max(c1);
                }
                if priority::is_unvouched(item.critical, credit.as_ref(), evidence) {
                    floor = floor.max(v1);
                }
                if let Some(credit) = credit {
                    weights.add(&item.weight);
                    credits.add_product(&item.weight, &credit.lo);
                }
            }
            let (weights, credits) = (weights.sum(), credits.sum());
            if !weights.is_zero() {
                all = &all + &section.weight;
                sum = &sum + &(&section.weight * &(&credits / &weights));
            }
        }
        let mut self_test = self.questionnaire.exposure.questions.iter().flat_map(|q| &q.items);
        let others =
            fact == FactId::Subcontracting || self_test.any(|i| i.applies_when.0.iter().any(|(id, _)| *id == fact));
        let others = others.then(|| exposure::factors(self.questionnaire, method, reference, self.dossier, profile));
        let factors = others.as_ref().unwrap_or(&self.core.factors);
        if !priority::exposed(method, factors, case).is_empty() {
            floor = floor.max(self.floor("X1"));
        }
        let exposure = Interval { lo: Exact::zero(), hi: factors.iter().map(|f| &f.weight * &f.value.hi).sum() };
        let controls = if all.is_zero() { all } else { &sum / &all };
        method.band(&super::headline(method, &exposure, &controls)).max(floor)
    }
}
