//! Every answered line of the controls, with the points it takes off.

use std::borrow::Cow;
use std::cell::RefCell;

use serde::Serialize;

use super::Scored;
use super::chart::{self, Bar};
use super::engine::{Rows, Shared};
use super::exposure;
use super::first::{Named, Who};
use super::say::{self, Say};
use super::work;
use crate::model::{AnswerKind, By, ById, ControlItem, Entry, Exact, Question, Section};

/// One of the checklists A, B, C.
#[derive(Serialize)]
pub(super) struct SectionView<'a> {
    /// `A`, `B` or `C`.
    pub(super) id: &'a str,
    /// Its title.
    pub(super) title: &'a str,
    /// Its weight in the method.
    pub(super) weight: String,
    /// Its mean credit in whole points of 100, or what it lies between; absent when nothing in it applies.
    pub(super) value: Option<String>,
    /// The same in whole points, from least to most.
    pub(super) credit: Option<[String; 2]>,
    /// The same in words, once where they do not differ.
    pub(super) of_100: Option<String>,
    /// The same as a bar.
    pub(super) bar: Option<Bar>,
    /// Its lines.
    pub(super) lines: Rows<Vec<LineView<'a>>>,
    /// Sum of its shown points.
    pub(super) points: String,
    /// Free texts, shown and not scored.
    pub(super) texts: Rows<Vec<TextLine<'a>>>,
}

/// One line.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "what templates ask is told apart")]
pub(super) struct LineView<'a> {
    /// Id of the item, for links in the page.
    pub(super) id: &'a str,
    /// Shown number.
    pub(super) number: &'a str,
    /// The question.
    pub(super) question: Cow<'a, str>,
    /// Both, as `parts/question.html` makes them for a page.
    pub(super) asked: RefCell<Shared>,
    /// The answer that counts, by its label.
    pub(super) answer: &'a str,
    /// What stood in the cell, where it is something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) raw: Option<&'a str>,
    /// How it is vouched for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) evidence: Option<&'a str>,
    /// Whose entry counts, in words.
    pub(super) by: &'a str,
    /// Date and initials of the assessor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) signed: Option<&'a str>,
    /// The comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<&'a str>,
    /// The document offered, or the assessor's reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) document: Option<&'a str>,
    /// Its credit, or what it lies between; absent when it does not apply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) credit: Option<String>,
    /// Its points, two decimals.
    pub(super) points: String,
    /// The same with a point, for programs.
    pub(super) plain: &'a str,
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
    pub(super) stated: Option<StatedView<'a>>,
}

/// What the supplier itself answered.
#[derive(Serialize)]
pub(super) struct StatedView<'a> {
    /// The answer, by its label.
    pub(super) answer: &'a str,
    /// What stood in the cell, where it is something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) raw: Option<&'a str>,
    /// The comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comment: Option<&'a str>,
    /// Where it stood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cell: Option<String>,
}

/// A free text.
#[derive(Serialize)]
pub(super) struct TextLine<'a> {
    /// Shown number.
    pub(super) number: &'a str,
    /// The question.
    pub(super) question: Cow<'a, str>,
    /// What was written.
    pub(super) text: &'a str,
    /// Where it stood.
    pub(super) cell: Option<String>,
}

/// The sections with all lines.
pub(super) fn sections<'a>(say: Say<'a>, scored: &Scored<'a>) -> Vec<SectionView<'a>> {
    scored.assessment.sections.iter().map(|s| section(say, scored, s)).collect()
}

fn section<'a>(say: Say<'a>, scored: &Scored<'a>, section: &'a Section) -> SectionView<'a> {
    let block = scored.questionnaire.controls.iter().find(|b| b.section == section.id);
    // As shown, so that the lines add up in print too.
    let points = |shown: &str| shown.parse::<Exact>().unwrap_or_else(|_| Exact::zero());
    let lines: Vec<(&ControlItem, &str, Exact)> =
        scored.assessment.lines_of(section).map(|(item, l)| (item, &*l.shown, points(&l.shown))).collect();
    let points: Exact = lines.iter().map(|(.., points)| points).sum();
    let credit = section.value.as_ref().map(|v| [say.hundredths(&v.lo), say.hundredths(&v.hi)]);
    let of_100 = credit
        .as_ref()
        .map(|[lo, hi]| if lo == hi { lo.clone() } else { say.fill("from-to", &[("low", lo), ("high", hi)]) });
    SectionView {
        id: &section.id,
        title: block.map_or(&section.id, |b| say.label(&b.title)),
        weight: say.whole(&section.weight),
        value: section.value.as_ref().map(|v| say.interval(v)),
        credit,
        of_100,
        bar: section.value.as_ref().map(|v| chart::bar(v, &Exact::one(), &Exact::one())),
        lines: lines
            .iter()
            .map(|(item, shown, points)| line(say, scored, item, shown, points))
            .collect::<Vec<_>>()
            .into(),
        points: say.exact(&points),
        texts: block
            .map(|b| free_texts(say, scored, &b.questions, &scored.dossier.controls))
            .unwrap_or_default()
            .into(),
    }
}

fn line<'a>(say: Say<'a>, scored: &Scored<'a>, item: &'a ControlItem, shown: &'a str, points: &Exact) -> LineView<'a> {
    let common = &scored.questionnaire.common;
    let found = scored.questionnaire.item(item.id.as_str());
    let scale = found.and_then(exposure::scale);
    let answer = say.answer(common, scale, &item.answer);
    let raw = say::raw_if_other(item.raw.as_ref(), answer);
    LineView {
        remarked: raw.is_some() || item.comment.is_some() || item.contradicted || item.stated.is_some(),
        id: item.id.as_str(),
        number: &item.number,
        question: found.map_or(Cow::Borrowed(item.id.as_str()), |(question, item)| question.item_text(item, say.lang)),
        asked: RefCell::default(),
        raw,
        answer,
        evidence: item.evidence.map(|e| say.evidence(common, e)),
        by: say.word(match item.by {
            By::Supplier => "by-supplier",
            By::Assessor => "by-assessor",
        }),
        signed: item.signed.as_deref().filter(|_| item.by == By::Assessor),
        comment: item.comment.as_deref(),
        document: item.document.as_deref(),
        credit: item.credit.as_ref().map(|c| say.interval(c)),
        points: say.exact(points),
        plain: shown,
        cell: item.cell.as_ref().map(say::cell),
        critical: item.critical,
        contradicted: item.contradicted,
        applies: item.credit.is_some(),
        stated: item.stated.as_ref().map(|s| {
            let answer = say.answer(common, scale, &s.answer);
            StatedView {
                raw: say::raw_if_other(s.raw.as_ref(), answer),
                answer,
                comment: s.comment.as_deref(),
                cell: s.cell.as_ref().map(say::cell),
            }
        }),
    }
}

/// The free-text lines that were filled in.
pub(super) fn free_texts<'a>(
    say: Say<'a>,
    scored: &Scored<'a>,
    questions: &'a [Question],
    entries: &'a ById<Entry>,
) -> Vec<TextLine<'a>> {
    let items = questions.iter().flat_map(|q| &q.items).filter(|i| i.kind == AnswerKind::Text);
    items
        .filter_map(|item| {
            let entry = entries.get(&item.id)?;
            let text = entry.raw.as_ref().map(|r| r.trim()).filter(|r| !r.is_empty())?;
            Some(TextLine {
                number: &item.number,
                question: work::question_text(say, scored, &item.id),
                text,
                cell: entry.cell.as_ref().map(say::cell),
            })
        })
        .collect()
}

/// The facts of the profile, as understood.
pub(super) fn profile(say: Say<'_>, scored: &Scored<'_>, who: &Who<'_>) -> Vec<Named> {
    let profile = &scored.dossier.profile;
    let fields = scored.questionnaire.profile.fields.iter();
    let number = |n: Option<u64>| n.map_or_else(|| say.t("not-stated"), |n| n.to_string());
    fields
        .map(|field| {
            let value = match field.id.as_str() {
                "name" => profile.name.clone().unwrap_or_else(|| say.t("not-stated")),
                "goods" => profile.goods.clone().unwrap_or_else(|| say.t("not-stated")),
                "country" => who.countries.clone(),
                "sectors" => who.sectors.clone(),
                "employees" => number(profile.employees),
                "levels" => number(profile.levels),
                id => crate::model::FactId::ALL
                    .into_iter()
                    .find(|f| f.id() == id)
                    .map_or_else(|| say.t("not-stated"), |f| work::fact(say, profile.fact(f), scored).to_owned()),
            };
            Named { name: [&*field.number, " ", say.label(&field.text)].concat(), value }
        })
        .collect()
}
