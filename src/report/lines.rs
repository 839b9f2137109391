//! Every answered line of the controls, with the points it takes off.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Scored;
use super::chart::{self, Bar};
use super::engine::Shared;
use super::exposure;
use super::first::Named;
use super::say::{self, Say};
use super::work;
use crate::model::{AnswerKind, By, ControlItem, ControlsBlock, Entry, Exact, Id, Section};

/// One of the checklists A, B, C.
#[derive(Serialize)]
pub(super) struct SectionView {
    /// `A`, `B` or `C`.
    pub(super) id: String,
    /// Its title.
    pub(super) title: String,
    /// Its weight in the method.
    pub(super) weight: String,
    /// Its mean credit in whole points of 100, or what it lies between; absent when nothing in it applies.
    pub(super) value: Option<String>,
    /// The same in whole points, from least to most.
    pub(super) credit: Option<[String; 2]>,
    /// The same as a bar.
    pub(super) bar: Option<Bar>,
    /// Its lines.
    pub(super) lines: Vec<LineView>,
    /// Sum of its shown points.
    pub(super) points: String,
    /// Free texts, shown and not scored.
    pub(super) texts: Vec<TextLine>,
}

/// One line.
#[derive(Serialize)]
pub(super) struct LineView {
    /// Id of the item, for links in the page.
    pub(super) id: String,
    /// Shown number.
    pub(super) number: String,
    /// The question.
    pub(super) question: String,
    /// Both, as `parts/question.html` makes them.
    pub(super) asked: Shared,
    /// The answer that counts, by its label.
    pub(super) answer: String,
    /// What stood in the cell, where it is something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) raw: Option<String>,
    /// How it is vouched for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) evidence: Option<String>,
    /// Whose entry counts, in words.
    pub(super) by: String,
    /// Date and initials of the assessor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) signed: Option<String>,
    /// The comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<String>,
    /// The document offered, or the assessor's reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) document: Option<String>,
    /// Its credit, or what it lies between; absent when it does not apply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) credit: Option<String>,
    /// Its points, two decimals.
    pub(super) points: String,
    /// The same with a point, for programs.
    pub(super) plain: String,
    /// Where it stood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cell: Option<String>,
    /// Its question is critical.
    pub(super) critical: bool,
    /// A sign speaks against it.
    pub(super) contradicted: bool,
    /// It applies.
    pub(super) applies: bool,
    /// There is something to say beside the answer: what stood in the cell, a comment, a contradiction, or what the
    /// supplier stated.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) remarked: bool,
    /// The supplier's own answer, where an assessor's finding counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stated: Option<StatedView>,
}

/// What the supplier itself answered.
#[derive(Serialize)]
pub(super) struct StatedView {
    /// The answer, by its label.
    pub(super) answer: String,
    /// What stood in the cell, where it is something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) raw: Option<String>,
    /// The comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<String>,
    /// Where it stood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cell: Option<String>,
}

/// A free text.
#[derive(Serialize)]
pub(super) struct TextLine {
    /// Shown number.
    pub(super) number: String,
    /// The question.
    pub(super) question: String,
    /// What was written.
    pub(super) text: String,
    /// Where it stood.
    pub(super) cell: Option<String>,
}

/// The sections with all lines.
pub(super) fn sections(say: Say<'_>, scored: &Scored<'_>) -> Vec<SectionView> {
    let shown: BTreeMap<&str, &str> =
        scored.assessment.lines.iter().map(|l| (l.id.as_str(), l.shown.as_str())).collect();
    scored.assessment.sections.iter().map(|s| section(say, scored, s, &shown)).collect()
}

fn section(say: Say<'_>, scored: &Scored<'_>, section: &Section, shown: &BTreeMap<&str, &str>) -> SectionView {
    let block = scored.questionnaire.controls.iter().find(|b| b.section == section.id);
    let of = |item: &ControlItem| shown.get(item.id.as_str()).copied().unwrap_or("0.00");
    let points: Exact = section.items.iter().filter_map(|i| of(i).parse::<Exact>().ok()).sum();
    SectionView {
        id: section.id.clone(),
        title: block.map_or_else(|| section.id.clone(), |b| say.text(&b.title)),
        weight: say.whole(&section.weight),
        value: section.value.as_ref().map(|v| say.interval(v)),
        credit: section.value.as_ref().map(|v| [say.hundredths(&v.lo), say.hundredths(&v.hi)]),
        bar: section.value.as_ref().map(|v| chart::bar(v, &Exact::one(), &Exact::one())),
        lines: section.items.iter().map(|i| line(say, scored, i, of(i))).collect(),
        points: say.exact(&points),
        texts: block.map(|b| texts(say, scored, b)).unwrap_or_default(),
    }
}

fn line(say: Say<'_>, scored: &Scored<'_>, item: &ControlItem, shown: &str) -> LineView {
    let common = &scored.questionnaire.common;
    let scale = scored.questionnaire.item(item.id.as_str()).and_then(exposure::scale);
    let answer = say.answer(common, scale, &item.answer);
    let raw = say::raw_if_other(item.raw.as_ref(), &answer);
    LineView {
        remarked: raw.is_some() || item.comment.is_some() || item.contradicted || item.stated.is_some(),
        id: item.id.to_string(),
        number: item.number.clone(),
        question: work::question_text(say, scored, &item.id),
        asked: Shared::default(),
        raw,
        answer,
        evidence: item.evidence.map(|e| say.evidence(common, e)),
        by: say.t(&format!("by-{}", item.by.id())),
        signed: item.signed.clone().filter(|_| item.by == By::Assessor),
        comment: item.comment.clone(),
        document: item.document.clone(),
        credit: item.credit.as_ref().map(|c| say.interval(c)),
        points: say.number(shown),
        plain: shown.to_owned(),
        cell: item.cell.as_ref().map(say::cell),
        critical: item.critical,
        contradicted: item.contradicted,
        applies: item.credit.is_some(),
        stated: item.stated.as_ref().map(|s| {
            let answer = say.answer(common, scale, &s.answer);
            StatedView {
                raw: say::raw_if_other(s.raw.as_ref(), &answer),
                answer,
                comment: s.comment.clone(),
                cell: s.cell.as_ref().map(say::cell),
            }
        }),
    }
}

fn texts(say: Say<'_>, scored: &Scored<'_>, block: &ControlsBlock) -> Vec<TextLine> {
    free_texts(say, scored, &block.questions, &scored.dossier.controls)
}

/// The free-text lines that were filled in.
pub(super) fn free_texts(
    say: Say<'_>,
    scored: &Scored<'_>,
    questions: &[crate::model::Question],
    entries: &BTreeMap<Id, Entry>,
) -> Vec<TextLine> {
    let items = questions.iter().flat_map(|q| &q.items).filter(|i| i.kind == AnswerKind::Text);
    items
        .filter_map(|item| {
            let entry = entries.get(&item.id)?;
            let text = entry.raw.as_ref().map(|r| r.trim()).filter(|r| !r.is_empty())?;
            Some(TextLine {
                number: item.number.clone(),
                question: work::question_text(say, scored, &item.id),
                text: text.to_owned(),
                cell: entry.cell.as_ref().map(say::cell),
            })
        })
        .collect()
}

/// The facts of the profile, as understood.
pub(super) fn profile(say: Say<'_>, scored: &Scored<'_>) -> Vec<Named> {
    let profile = &scored.dossier.profile;
    let fields = scored.questionnaire.profile.fields.iter();
    let number = |n: Option<u64>| n.map_or_else(|| say.t("not-stated"), |n| n.to_string());
    fields
        .map(|field| {
            let value = match field.id.as_str() {
                "name" => profile.name.clone().unwrap_or_else(|| say.t("not-stated")),
                "goods" => profile.goods.clone().unwrap_or_else(|| say.t("not-stated")),
                "country" => super::first::who(say, scored).countries,
                "sectors" => super::first::who(say, scored).sectors,
                "employees" => number(profile.employees),
                "levels" => number(profile.levels),
                id => crate::model::FactId::ALL
                    .into_iter()
                    .find(|f| f.id() == id)
                    .map_or_else(|| say.t("not-stated"), |f| work::fact(say, profile.fact(f), scored)),
            };
            Named { name: format!("{} {}", field.number, say.text(&field.text)), value }
        })
        .collect()
}
