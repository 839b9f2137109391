//! Questions to ask about a set of answers. All but the contradiction change nothing.

use std::collections::BTreeMap;

use crate::model::{AnswerCode, By, Dossier, Evidence, Exact, Flag, Id, Method, Signs};

use super::Core;
use super::signs::present;

pub(super) fn raise(method: &Method, core: &Core, signs: &Signs, dossier: &Dossier) -> Vec<Flag> {
    let items = || core.sections.iter().flat_map(|s| &s.items);
    let present = present(dossier, signs);
    let mut out = Vec::new();

    for item in items().filter(|i| i.contradicted) {
        let mut questions = vec![item.id.to_string()];
        let speaks = |c: &Id| *c == item.id || *c == item.question;
        let against = present.iter().filter(|entry| entry.sign.contradicts.iter().any(speaks));
        questions.extend(against.map(|entry| entry.sign.id.to_string()));
        questions.dedup();
        out.push(flag("contradiction", questions, "credit-void"));
    }

    // A document beside an open line, or one that does not apply, vouches for nothing.
    let mut documents: BTreeMap<String, Vec<&Id>> = BTreeMap::new();
    for item in items().filter(|i| i.grade.is_some()) {
        let offered = match item.by {
            By::Supplier => item.document.as_deref(),
            By::Assessor => dossier.controls.get(&item.id).and_then(|entry| entry.document.as_deref()),
        };
        if let Some(document) = offered.map(str::trim).filter(|d| !d.is_empty()) {
            documents.entry(document.to_lowercase()).or_default().push(&item.id);
        }
    }
    let over = method.constant("reuse-over");
    for questions in documents.into_values() {
        if Exact::whole(i64::try_from(questions.len()).unwrap_or(i64::MAX)) > over {
            out.push(flag("reused", questions.into_iter().map(Id::to_string).collect(), "shown"));
        }
    }

    let applicable = || items().filter(|i| i.credit.is_some());
    let best = applicable().all(|i| i.grade.as_ref().is_some_and(|g| *g == Exact::one()));
    let verified = applicable().any(|i| i.evidence.is_some_and(|e| e >= Evidence::E2));
    if best && !verified && applicable().next().is_some() {
        out.push(flag("too-good", Vec::new(), "shown"));
    }

    let (share, questions) = not_applicable_by_answer(core, dossier);
    if share > method.constant("na-share") {
        out.push(flag("na-share", questions, "shown"));
    }
    out
}

fn flag(id: &str, questions: Vec<String>, effect: &str) -> Flag {
    Flag { id: id.to_owned(), questions, effect: effect.to_owned() }
}

/// Share of control weight that the respondent itself answered "not applicable". Lines that the profile switches off
/// do not count: they are a fact, and what-if shows what they would change.
fn not_applicable_by_answer(core: &Core, dossier: &Dossier) -> (Exact, Vec<String>) {
    let by_answer = |id: &Id| {
        let entry = dossier.findings.get(id).map(|f| &f.entry).or_else(|| dossier.controls.get(id));
        matches!(entry.map(|e| &e.answer), Some(crate::model::Answer::NotApplicable { reason: true }))
    };
    let mut na = Exact::zero();
    let mut all = Exact::zero();
    let mut questions = Vec::new();
    for section in &core.sections {
        let counted =
            || section.items.iter().filter(|i| i.credit.is_some() || (i.answer == AnswerCode::Na && by_answer(&i.id)));
        let total: Exact = counted().map(|i| &i.weight).sum();
        if total.is_zero() {
            continue;
        }
        all = all + section.weight.clone();
        for item in counted().filter(|i| i.answer == AnswerCode::Na) {
            na = na + &section.weight * &(&item.weight / &total);
            questions.push(item.id.to_string());
        }
    }
    if all.is_zero() { (Exact::zero(), questions) } else { (&na / &all, questions) }
}
