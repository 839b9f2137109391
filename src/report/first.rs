//! From a scored supplier to the first page: whom to look at when, on whose word, and what to do first.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Serialize;

use super::chart::{self, Scale, Zone};
use super::engine::{Rows, Shared};
use super::exposure::FactorView;
use super::say::Say;
use super::work::{self, Ref, Task};
use super::{Scored, Views};
use crate::model::{
    AnswerCode, Band, DimensionState, Evidence, Exact, FloorHit, Form, Interval, Label, SignState, Unanswered,
};

/// Who the supplier is.
#[derive(Serialize)]
pub(super) struct Who<'a> {
    /// Its name, as it wrote it.
    pub(super) name: &'a str,
    /// Its id in results.
    pub(super) id: &'a str,
    /// Where the work is done.
    pub(super) countries: String,
    /// Its lines of business.
    pub(super) sectors: String,
    /// Name of the questionnaire.
    pub(super) questionnaire: &'a str,
    /// Short or full form, in words.
    pub(super) form: &'a str,
    /// Edition of the questionnaire.
    pub(super) edition: &'a str,
}

/// When to follow up. Absent when there are not enough answers.
#[derive(Serialize)]
pub(super) struct Follow<'a> {
    /// Machine code of the priority, for a style. Never for people.
    pub(super) code: &'static str,
    /// "soon"
    pub(super) when: String,
    /// What decides it: the score, or the rules that raise it.
    pub(super) because: Rows<Vec<Because<'a>>>,
}

/// A sentence, and where it comes from.
#[derive(Serialize)]
pub(super) struct Because<'a> {
    /// The sentence.
    pub(super) text: String,
    /// The lines and signs it rests on.
    pub(super) refs: Vec<Ref<'a>>,
}

/// A line that is open.
#[derive(Serialize)]
pub(super) struct OpenLine<'a> {
    /// Its number, and where its cell stands.
    pub(super) of: Ref<'a>,
    /// The question.
    pub(super) question: Cow<'a, str>,
}

/// How many lines are open in a way.
#[derive(Serialize)]
pub(super) struct OpenKind<'a> {
    /// In which.
    pub(super) name: &'a str,
    /// How many.
    pub(super) value: String,
    /// Another kind follows.
    pub(super) more: bool,
}

/// A name and a number or text.
#[derive(Serialize)]
pub(super) struct Named {
    /// What it is.
    pub(super) name: String,
    /// The number or text.
    pub(super) value: String,
}

/// One form of an observer.
#[derive(Serialize)]
pub(super) struct LookView {
    /// Date of the visit.
    pub(super) date: String,
    /// Role of the observer, as written.
    pub(super) role: Option<String>,
    /// Place, as written.
    pub(super) site: Option<String>,
    /// Seen or told, in words.
    pub(super) seen: String,
    /// Number of signs reported.
    pub(super) present: usize,
    /// Number of signs looked for and not met.
    pub(super) absent: usize,
    /// Number of signs left open.
    pub(super) unknown: usize,
    /// Number of signs an assessor has closed.
    pub(super) closed: usize,
    /// The file.
    pub(super) file: String,
}

/// The first page.
#[derive(Serialize)]
pub(super) struct First<'a> {
    /// Who the supplier is.
    pub(super) who: &'a Who<'a>,
    /// When to follow up.
    pub(super) follow: Option<Follow<'a>>,
    /// Several serious signs together.
    pub(super) serious: bool,
    /// Any sign was reported.
    pub(super) reported: bool,
    /// Someone under 18 was seen working.
    pub(super) under_18: bool,
    /// Workers need more protection: names of the dimensions.
    pub(super) protect: Vec<String>,
    /// Exposure, 0 to 100.
    pub(super) exposure: Rows<Scale>,
    /// Precautions, 0 to 100.
    pub(super) precautions: Rows<Scale>,
    /// Score, 0 to 100.
    pub(super) score: Scale,
    /// The bands of the score.
    pub(super) bands: Arc<[Zone]>,
    /// Where the exposure comes from, the largest first.
    pub(super) factors: Rows<&'a [FactorView<'a>]>,
    /// Answered lines.
    pub(super) answered: usize,
    /// Applicable lines.
    pub(super) applicable: usize,
    /// Answered share of weight, in percent.
    pub(super) share: String,
    /// The same in words.
    pub(super) counted: String,
    /// What that means where it is not enough.
    pub(super) too_few: String,
    /// Answered lines by who vouches.
    pub(super) word: Vec<Named>,
    /// Who has looked. Empty: nobody has.
    pub(super) looks: Rows<Vec<LookView>>,
    /// Open lines by kind.
    pub(super) open: Rows<Vec<OpenKind<'a>>>,
    /// Critical open lines.
    pub(super) critical_open: Rows<Rows<Vec<OpenLine<'a>>>>,
    /// Three things to do first.
    pub(super) tasks: Rows<Vec<Task<'a>>>,
    /// Whom to call.
    pub(super) calls: Shared,
    /// The same in a line, as `parts/strip.html` makes it.
    pub(super) strip: Shared,
    /// What to say to whom, and which law stands behind it, as `parts/terms.html` and `parts/law.html` make it.
    pub(super) terms: Shared,
    pub(super) law: Shared,
    /// Whom to call and what not to do, as `parts/calls.html` makes it.
    pub(super) contacts: Shared,
}

/// What is the same on the first pages of many suppliers.
pub(super) struct Parts {
    pub(super) bands: Arc<[Zone]>,
    pub(super) calls: Shared,
    pub(super) strip: Shared,
    pub(super) terms: Shared,
    pub(super) law: Shared,
    pub(super) contacts: Shared,
}

/// The first page of a supplier.
pub(super) fn view<'a>(views: &'a Views<'_>, parts: Parts) -> First<'a> {
    let (say, scored) = (views.say, &views.scored);
    let a = scored.assessment;
    let hundred = Exact::whole(100);
    let precautions = a.controls.scaled(&hundred);
    let share = say.percent(&a.coverage.share);
    let [answered, applicable] = [a.coverage.answered, a.coverage.applicable].map(|n| n.to_string());
    let counts = [("n", &*applicable), ("answered", &answered), ("applicable", &applicable), ("share", &share)];
    let range = Interval { lo: a.score.best.clone(), hi: a.score.headline.clone() };
    let decided = a.priority.is_some();
    let scale = |id, value: &Exact, range: &Interval| chart::scale(say, id, value, range, decided);
    First {
        who: views.who(),
        follow: a.priority.map(|p| follow(say, scored, p)),
        serious: a.signs.label >= Label::Exploitation,
        reported: reported(scored) > 0,
        under_18: a.signs.under_18,
        protect: protect(say, scored),
        exposure: scale("exposure", &a.exposure.hi, &a.exposure).into(),
        precautions: scale("precautions", &precautions.lo, &precautions).into(),
        score: scale("score", &a.score.headline, &range),
        bands: parts.bands,
        factors: views.factors().into(),
        answered: a.coverage.answered,
        applicable: a.coverage.applicable,
        counted: say.fill("answered-of", &counts),
        too_few: say.fill("not-enough-why", &counts),
        share,
        word: word(say, scored),
        looks: looks(say, scored).into(),
        open: open(say, scored).into(),
        critical_open: Rows::from(critical_open(say, scored)).into(),
        tasks: work::tasks(say, views.plan(), 3).into(),
        calls: parts.calls,
        strip: parts.strip,
        terms: parts.terms,
        law: parts.law,
        contacts: parts.contacts,
    }
}

/// Number of signs reported and not closed.
pub(super) fn reported(scored: &Scored<'_>) -> usize {
    let mut ids: Vec<_> =
        scored.assessment.signs.items.iter().filter(|i| i.state == SignState::Present).map(|i| &i.id).collect();
    ids.sort();
    ids.dedup();
    ids.len()
}

pub(super) fn who<'a>(say: Say<'a>, scored: &Scored<'a>) -> Who<'a> {
    let (q, d) = (scored.questionnaire, scored.dossier);
    let countries: Vec<String> =
        d.profile.countries.iter().map(|c| say.country(scored.reference, c.as_ref())).collect();
    let sectors: Vec<String> = d.profile.sectors.iter().map(|s| say.sector(q, scored.reference, s.as_ref())).collect();
    let known = |list: Vec<String>| if list.is_empty() { say.t("not-stated") } else { say.list(&list) };
    Who {
        name: &d.name,
        id: &d.id,
        countries: known(countries),
        sectors: known(sectors),
        questionnaire: say.label(&q.title),
        form: say.word(match d.form {
            Form::Short => "form-short",
            Form::Full => "form-full",
        }),
        edition: &d.edition,
    }
}

fn follow<'a>(say: Say<'a>, scored: &Scored<'a>, priority: Band) -> Follow<'a> {
    let a = scored.assessment;
    let mut because = Vec::new();
    if a.band == priority {
        let text = say.fill("decided-by-score", &[("score", &say.whole(&a.score.headline))]);
        because.push(Because {
            text,
            refs: vec![Ref { text: say.word("waterfall-title"), place: Some("waterfall".to_owned()) }],
        });
    }
    let raised = a.floors.iter().filter(|f| f.priority == priority);
    because.extend(
        raised.filter_map(|f| Some(Because { text: work::floor(say, scored, f)?, refs: grounds(say, scored, f) })),
    );
    Follow { code: priority.id(), when: say.follow(priority), because: because.into() }
}

/// What a rule rests on, each once.
pub(super) fn grounds<'a>(say: Say<'a>, scored: &Scored<'a>, hit: &'a FloorHit) -> Vec<Ref<'a>> {
    let mut refs: Vec<Ref<'a>> = hit.because.iter().map(|id| work::place(say, scored, id)).collect();
    refs.dedup_by(|a, b| a.text == b.text);
    refs
}

fn protect(say: Say<'_>, scored: &Scored<'_>) -> Vec<String> {
    let names = &scored.reference.indicators.dimensions;
    let results = scored.assessment.signs.dimensions.iter();
    results
        .filter(|r| !r.dimension.is_conduct() && r.state == DimensionState::Positive)
        .map(|r| names.get(&r.dimension).map_or(r.dimension.code().to_owned(), |n| say.text(n)))
        .collect()
}

fn word(say: Say<'_>, scored: &Scored<'_>) -> Vec<Named> {
    let lines = scored.assessment.verification.lines;
    let common = &scored.questionnaire.common;
    [Evidence::E1, Evidence::E2, Evidence::E3, Evidence::E0]
        .into_iter()
        .map(|e| Named { name: say.evidence(common, e).to_owned(), value: lines[e.level()].to_string() })
        .collect()
}

fn looks(say: Say<'_>, scored: &Scored<'_>) -> Vec<LookView> {
    let items = &scored.assessment.signs.items;
    let mut looks: Vec<(String, LookView)> = scored
        .dossier
        .looks
        .iter()
        .enumerate()
        .map(|(n, look)| {
            let count = |state| items.iter().filter(|i| i.look == n && i.closed.is_none() && i.state == state).count();
            let view = LookView {
                date: look.date.as_deref().map_or_else(|| say.t("not-stated"), |d| say.date(d)),
                role: look.role.clone(),
                site: look.site.clone(),
                seen: look.seen.map_or_else(
                    || say.t("not-stated"),
                    |seen| say.option(&scored.questionnaire.common.seen, if seen { "seen" } else { "told" }).to_owned(),
                ),
                present: count(SignState::Present),
                absent: count(SignState::Absent),
                unknown: count(SignState::Unknown),
                closed: items.iter().filter(|i| i.look == n && i.closed.is_some()).count(),
                file: look.file.to_string(),
            };
            (look.date.clone().unwrap_or_default(), view)
        })
        .collect();
    looks.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.file.cmp(&b.1.file)));
    looks.into_iter().map(|(_, view)| view).collect()
}

fn open<'a>(say: Say<'a>, scored: &Scored<'a>) -> Vec<OpenKind<'a>> {
    let (common, kinds) = (&scored.questionnaire.common, &scored.assessment.coverage.open);
    let view = |(at, (kind, n)): (usize, &(Unanswered, usize))| OpenKind {
        name: say.open(common, *kind),
        value: n.to_string(),
        more: at + 1 < kinds.len(),
    };
    kinds.iter().enumerate().map(view).collect()
}

/// Critical lines that apply and are open.
fn critical_open<'a>(say: Say<'a>, scored: &Scored<'a>) -> Vec<OpenLine<'a>> {
    let items = scored.assessment.sections.iter().flat_map(|s| &s.items);
    items
        .filter(|i| i.critical && i.credit.is_some() && matches!(i.answer, AnswerCode::Open(_)))
        .map(|i| OpenLine {
            of: work::place(say, scored, i.id.as_str()),
            question: work::question_text(say, scored, &i.id),
        })
        .collect()
}
