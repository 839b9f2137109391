//! The annex of the internal report: everything the first page rests on.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Serialize;

use super::chart::Zone;
use super::engine::{Rows, Shared};
use super::exposure::{self, FactorView, SelfTestLine};
use super::files::{self, FileView};
use super::first::{self, Named};
use super::goods::{self, GoodsView};
use super::lines::{self, SectionView, TextLine};
use super::say::Say;
use super::signs::{self, DimensionView, ElevenView, FormView};
use super::waterfall::{self, Step};
use super::work::{self, Ref, Task};
use super::{FileRecord, Scored, Views};
use crate::model::{Constant, FactId, FloorHit, WhatIf};

/// A rule that raises the priority.
#[derive(Serialize)]
pub(super) struct FloorView<'a> {
    /// Its id.
    pub(super) id: String,
    /// What it says.
    pub(super) text: String,
    /// Why there is such a rule.
    pub(super) reason: String,
    /// "soon" at least; absent when there are not enough answers.
    pub(super) when: Option<String>,
    /// What it rests on here.
    pub(super) because: Vec<Ref<'a>>,
}

/// A single change that would change the priority.
#[derive(Serialize)]
pub(super) struct WhatIfView<'a> {
    /// Number of the question, and where its cell stands.
    pub(super) of: Ref<'a>,
    /// The question.
    pub(super) question: Cow<'a, str>,
    /// What the answer would be.
    pub(super) to: &'a str,
    /// When to follow up then.
    pub(super) when: String,
}

/// A question to ask.
#[derive(Serialize)]
pub(super) struct FlagView<'a> {
    /// The question.
    pub(super) text: String,
    /// What it is about: questions and signs that belong together, one entry each.
    pub(super) about: Vec<Vec<Ref<'a>>>,
}

/// A constant of the method.
#[derive(Serialize)]
pub(super) struct ConstantView {
    /// Its id.
    pub(super) id: String,
    /// Its value, exact.
    pub(super) value: String,
    /// Published or assumed, in words.
    pub(super) status: String,
    /// Why.
    pub(super) reason: String,
}

/// The method.
#[derive(Serialize)]
pub(super) struct MethodView {
    /// Its id.
    pub(super) id: String,
    /// Its version.
    pub(super) version: String,
    /// Digest of its constants.
    pub(super) digest: String,
    /// Its name.
    pub(super) title: String,
    /// What it is for.
    pub(super) about: String,
}

/// What `parts/rules.html` is made of.
#[derive(Serialize)]
pub(super) struct Rules<'a> {
    /// There are enough answers for a priority.
    decided: bool,
    /// The constants of the method.
    constants: Vec<ConstantView>,
    /// Its rules that raise a priority.
    floors: Vec<FloorView<'a>>,
}

/// Parts that are the same in the reports of many suppliers.
pub(super) struct Parts {
    pub(super) verify: Shared,
    pub(super) notes: Shared,
    pub(super) duties: Shared,
    pub(super) law: Shared,
    pub(super) rules: Shared,
    pub(super) sources: Shared,
    pub(super) bands: Arc<[Zone]>,
}

/// Everything the first page rests on.
#[derive(Serialize)]
pub(super) struct Annex<'a> {
    /// Rules that apply.
    pub(super) floors: Rows<Vec<FloorView<'a>>>,
    /// "The score of 48 lies close to 50 …"
    pub(super) near_cut: Option<String>,
    /// The priority survives other weights; absent when there are not enough answers.
    pub(super) robust: Rows<Option<bool>>,
    /// The score as stated, as it counts, and as verified, in whole points.
    pub(super) runs: Vec<Named>,
    /// When to follow up if every open answer turned out well.
    pub(super) best: Option<String>,
    /// Nothing is open.
    pub(super) complete: bool,
    /// Single changes that would change the priority.
    pub(super) what_if: Rows<Rows<Vec<WhatIfView<'a>>>>,
    /// Questions to ask.
    pub(super) flags: Rows<Rows<Vec<FlagView<'a>>>>,
    /// The lines that add and take off most, one on top of the other.
    pub(super) waterfall: Rows<Vec<Step<'a>>>,
    /// The bands of the score.
    pub(super) bands: Arc<[Zone]>,
    /// Where the exposure comes from, the largest first.
    pub(super) factors: Rows<&'a [FactorView<'a>]>,
    /// Sections, each in a line; only where these are put into the page.
    #[serde(skip_serializing_if = "Rows::is_apart")]
    pub(super) summary: Rows<&'a [SectionView<'a>]>,
    /// Sections with all lines.
    pub(super) sections: Rows<&'a [SectionView<'a>]>,
    /// Free texts of the self-test.
    pub(super) texts: Rows<Vec<TextLine<'a>>>,
    /// The score, two decimals: the sum of all lines.
    pub(super) total: String,
    /// The same with a point, for programs.
    pub(super) total_plain: String,
    /// The self-test.
    pub(super) self_test: Rows<Vec<SelfTestLine<'a>>>,
    /// Signs, form by form.
    pub(super) forms: Vec<FormView>,
    /// The ILO's eleven indicators; none where nobody has looked.
    pub(super) eleven: Rows<Vec<ElevenView>>,
    /// The dimensions; none where nobody has looked.
    pub(super) dimensions: Rows<Vec<DimensionView>>,
    /// The plan: all that is to be done, row by row.
    pub(super) tasks: Rows<&'a [Task<'a>]>,
    /// What to verify in the trade, as `parts/notes.html` makes it; empty where there is nothing.
    pub(super) verify: Shared,
    /// How exploitation is run in the trade, made in the same way.
    pub(super) notes: Shared,
    /// What a public list says of goods that the supplier names.
    pub(super) goods: Option<GoodsView>,
    /// Acts that probably apply, as `parts/acts.html` makes it.
    pub(super) duties: Shared,
    /// Name of the country.
    pub(super) country: Option<String>,
    /// Law, authorities and contacts, as `parts/country.html` makes it.
    pub(super) law: Shared,
    /// The profile, as understood.
    pub(super) profile: Vec<Named>,
    /// The files of this supplier.
    pub(super) files: Rows<Vec<FileView>>,
    /// The method.
    pub(super) method: MethodView,
    /// Its constants and rules, as `parts/rules.html` makes it.
    pub(super) rules: Shared,
    /// What the questions rest on, as `parts/sources.html` makes it.
    pub(super) sources: Shared,
    /// Revision of the questionnaire.
    pub(super) revision: String,
}

/// The annex of a supplier.
pub(super) fn view<'a>(views: &'a Views<'_>, records: &[&FileRecord], parts: Parts) -> Annex<'a> {
    let (say, scored, date) = (views.say, &views.scored, views.setting.date);
    let a = scored.assessment;
    let forms = signs::forms(say, scored);
    let named = |id: &str, value: &crate::model::Exact| Named { name: say.t(id), value: say.whole(value) };
    Annex {
        floors: a.floors.iter().filter_map(|f| hit(say, scored, f)).collect::<Vec<_>>().into(),
        near_cut: a
            .near_cut
            .as_ref()
            .filter(|_| a.coverage.sufficient)
            .map(|cut| say.fill("near-cut", &[("score", &say.exact(&a.score.headline)), ("cut", &say.whole(cut))])),
        robust: a.coverage.sufficient.then_some(a.robust).into(),
        runs: vec![
            named("run-stated", &a.stated),
            named("run-headline", &a.score.headline),
            named("run-verified", &a.verified),
        ],
        best: a.best_priority.map(|p| say.follow(p)),
        complete: a.complete,
        what_if: Rows::from(a.what_if.iter().map(|w| what_if(say, scored, w)).collect::<Vec<_>>()).into(),
        flags: Rows::from(flags(say, scored)).into(),
        waterfall: waterfall::steps(say, scored).into(),
        bands: parts.bands,
        factors: views.factors().into(),
        summary: views.sections().into(),
        sections: views.sections().into(),
        texts: lines::free_texts(say, scored, &scored.questionnaire.exposure.questions, &scored.dossier.exposure)
            .into(),
        total: say.exact(&a.score.headline),
        total_plain: a.score.headline.shown(),
        self_test: exposure::self_test(say, scored).into(),
        eleven: if forms.is_empty() { Vec::new() } else { signs::eleven(say, scored) }.into(),
        dimensions: if forms.is_empty() { Vec::new() } else { signs::dimensions(say, scored) }.into(),
        forms,
        tasks: views.plan().into(),
        verify: parts.verify,
        notes: parts.notes,
        goods: goods::view(say, date, scored),
        duties: parts.duties,
        country: scored.questionnaire.country.as_ref().map(|c| say.text(&c.name)),
        law: parts.law,
        profile: lines::profile(say, scored, views.who()),
        files: files::files(say, records.iter().copied()).into(),
        method: method(say, scored),
        rules: parts.rules,
        sources: parts.sources,
        revision: scored.questionnaire.revision.clone(),
    }
}

fn hit<'a>(say: Say<'a>, scored: &Scored<'a>, hit: &'a FloorHit) -> Option<FloorView<'a>> {
    let floor = scored.method.floors.get(&hit.id)?;
    Some(FloorView {
        id: hit.id.clone(),
        text: work::floor(say, scored, hit)?,
        reason: say.text(&floor.reason),
        when: scored.assessment.priority.map(|_| say.follow(hit.priority)),
        because: first::grounds(say, scored, hit),
    })
}

fn what_if<'a>(say: Say<'a>, scored: &Scored<'a>, change: &'a WhatIf) -> WhatIfView<'a> {
    let when = say.follow(change.priority);
    if let Some((question, item)) = scored.questionnaire.item(&change.id) {
        let scale = exposure::scale((question, item));
        let to = scale.and_then(|s| s.option(&change.to)).map_or(&*change.to, |o| say.label(&o.label));
        let of = work::place(say, scored, item.id.as_str());
        return WhatIfView { of, question: question.item_text(item, say.lang), to, when };
    }
    let field = scored.questionnaire.profile.fields.iter().find(|f| f.id.as_str() == change.id);
    let is_fact = FactId::ALL.iter().any(|f| f.id() == change.id);
    let options = &scored.questionnaire.common.yes_no.options;
    WhatIfView {
        of: Ref { text: field.map_or("", |f| &f.number), place: Some("profile".to_owned()) },
        question: Cow::Borrowed(field.map_or(&*change.id, |f| say.label(&f.text))),
        to: if is_fact { say.option(options, &change.to) } else { &change.to },
        when,
    }
}

/// Questions of the same kind are asked once, with everything they are about.
fn flags<'a>(say: Say<'a>, scored: &Scored<'a>) -> Vec<FlagView<'a>> {
    let mut out: Vec<FlagView<'a>> = Vec::new();
    for flag in &scored.assessment.flags {
        let text = say.t(&format!("flag-{}", flag.id));
        let mut ids: Vec<&'a String> = flag.questions.iter().collect();
        // A contradiction names the answer first and then the signs; everything else goes in the order of the lists.
        if flag.effect == "shown" {
            ids.sort_by_cached_key(|id| {
                scored.questionnaire.questions().flat_map(|q| &q.items).position(|i| i.id.as_str() == *id)
            });
        }
        let refs: Vec<Ref<'a>> = ids.into_iter().map(|id| work::place(say, scored, id)).collect();
        let about = (!refs.is_empty()).then_some(refs);
        match out.iter_mut().find(|f| f.text == text) {
            Some(same) => same.about.extend(about),
            None => out.push(FlagView { text, about: about.into_iter().collect() }),
        }
    }
    out
}

fn method(say: Say<'_>, scored: &Scored<'_>) -> MethodView {
    let m = scored.method;
    MethodView {
        id: m.id.to_string(),
        version: m.version.clone(),
        digest: m.digest.clone(),
        title: say.text(&m.title),
        about: say.text(&m.about),
    }
}

/// The constants and rules of the method.
pub(super) fn rules<'a>(say: Say<'a>, scored: &Scored<'a>) -> Rules<'a> {
    let m = scored.method;
    let decided = scored.assessment.priority.is_some();
    let constant = |id: String, c: &Constant| ConstantView {
        id,
        value: c.value.to_string(),
        status: say.t(if c.status == "published" { "status-published" } else { "status-assumed" }),
        reason: say.text(&c.reason),
    };
    let mut constants: Vec<ConstantView> = Vec::new();
    for (id, c) in &m.factors {
        constants.push(constant(say.fill("weight-of", &[("what", &say.t(&format!("factor-{id}")))]), c));
    }
    for (id, c) in &m.sections {
        constants.push(constant(say.fill("weight-of", &[("what", id)]), c));
    }
    for (level, c) in crate::model::Evidence::ALL.into_iter().zip(&m.evidence) {
        let what = say.evidence(&scored.questionnaire.common, level);
        constants.push(constant(say.fill("credit-of", &[("what", what)]), c));
    }
    constants.extend(m.constants.iter().map(|(id, c)| constant(id.clone(), c)));
    Rules {
        decided,
        constants,
        floors: m
            .floors
            .iter()
            .map(|(id, f)| FloorView {
                id: id.clone(),
                text: say.text(&f.text),
                reason: say.text(&f.reason),
                when: decided.then(|| say.follow(f.priority)),
                because: Vec::new(),
            })
            .collect(),
    }
}
