//! Law, authorities and contacts of the country, notes on the trade, and the sources all of it rests on.

use std::collections::BTreeSet;

use serde::Serialize;

use super::say::Say;
use super::{Scored, Views};
use super::{card, goods, locale};
use crate::model::{Basis, CountryCode, CountryFact, Id, Note, Question, SectorInfo, Topic};

/// Facts on one topic.
#[derive(Serialize)]
pub(super) struct TopicView {
    /// The topic, in words.
    pub(super) name: String,
    /// Its facts, in the order of the data file.
    pub(super) facts: Vec<FactView>,
}

/// One fact.
#[derive(Serialize)]
pub(super) struct FactView {
    /// Name of the law, authority or contact, where the text does not give it.
    pub(super) name: Option<String>,
    /// Number or address.
    pub(super) value: Option<String>,
    /// When it answers.
    pub(super) hours: Option<String>,
    /// What it says.
    pub(super) text: String,
    /// Who says so, where it is not the publisher itself.
    pub(super) according_to: Option<String>,
    /// Where from.
    pub(super) source: String,
    /// Date of the source.
    pub(super) dated: String,
    /// When it was held against a copy of its source.
    pub(super) checked: String,
    /// Source and both dates, in a sentence.
    pub(super) cited: String,
    /// It was to be checked again before the report's date: since when.
    pub(super) overdue: Option<String>,
    /// Name of the country it was taken over from.
    pub(super) inherited: Option<String>,
}

/// A note on the trade.
#[derive(Serialize)]
pub(super) struct NoteView<'a> {
    /// Name of the trade.
    pub(super) sector: &'a str,
    /// What it says.
    pub(super) text: &'a str,
    /// It rests on a bill: shown as proposed.
    pub(super) proposed: bool,
    /// Who says so, where it is not the publisher itself.
    pub(super) according_to: Option<&'a str>,
    /// Where from.
    pub(super) source: String,
}

/// A publication.
#[derive(Serialize)]
pub(super) struct SourceView {
    /// Its id in the data files.
    pub(super) id: String,
    /// Who published it.
    pub(super) publisher: String,
    /// Its title.
    pub(super) title: String,
    /// Edition, if it names one.
    pub(super) edition: Option<String>,
    /// Date.
    pub(super) date: String,
    /// Address, as plain text; absent where there is none.
    pub(super) url: Option<String>,
}

/// What the questions of one list rest on.
#[derive(Serialize)]
pub(super) struct BasisView {
    /// Title of the list.
    pub(super) list: String,
    /// Questions after the guide.
    pub(super) guide: usize,
    /// Questions from other publications.
    pub(super) supplement: usize,
    /// Our own.
    pub(super) own: usize,
    /// The source's own list is known whole.
    pub(super) complete: bool,
}

const TOPICS: [Topic; 8] = [
    Topic::Law,
    Topic::Authority,
    Topic::Contact,
    Topic::Register,
    Topic::IdCard,
    Topic::Chain,
    Topic::Support,
    Topic::Plan,
];

/// What `parts/country.html` is made of.
#[derive(Default, Serialize)]
pub(super) struct Law {
    /// Law, authorities, contacts.
    topics: Vec<TopicView>,
    /// Proposed rules.
    proposed: Vec<FactView>,
}

/// Facts that may be printed as such, by topic; and those that are merely proposed.
pub(super) fn law(say: Say<'_>, date: &str, scored: &Scored<'_>) -> Law {
    let Some(country) = &scored.questionnaire.country else { return Law::default() };
    let topics = TOPICS
        .into_iter()
        .map(|topic| TopicView {
            name: say.t(&format!("topic-{}", topic.id())),
            facts: country
                .facts
                .iter()
                .filter(|f| f.topic == topic && f.is_printable())
                .map(|f| fact(say, date, scored, f))
                .collect(),
        })
        .filter(|t: &TopicView| !t.facts.is_empty())
        .collect();
    let proposed = country.facts.iter().filter(|f| f.is_proposed()).map(|f| fact(say, date, scored, f)).collect();
    Law { topics, proposed }
}

fn fact(say: Say<'_>, date: &str, scored: &Scored<'_>, fact: &CountryFact) -> FactView {
    FactView {
        name: fact.name.as_ref().map(|n| say.text(n)),
        value: fact.value.clone(),
        hours: fact.hours.as_ref().map(|h| say.text(h)),
        text: say.text(&fact.text),
        according_to: card::according_to(say, scored.reference, fact),
        inherited: fact.inherited.as_ref().map(|c| say.text(c)),
        source: say.source(scored.reference, &fact.source),
        dated: say.date(&fact.source_date),
        checked: say.date(&fact.last_verified),
        cited: say.cited(scored.reference, &fact.source, &fact.source_date, &fact.last_verified),
        overdue: card::overdue(say, date, fact),
    }
}

/// What `parts/notes.html` is made of.
#[derive(Serialize)]
pub(super) struct Notes<'a> {
    /// The notes, those on the supplier's own country first.
    notes: Vec<NoteView<'a>>,
}

/// Notes on the trade: what to verify in it, or how exploitation is run in it. They depend on the sectors and the
/// country of the questionnaire and on the countries of the profile.
pub(super) fn notes<'a>(say: Say<'a>, scored: &Scored<'a>, pick: fn(&SectorInfo) -> &Vec<Note>) -> Notes<'a> {
    let sectors = scored.questionnaire.sectors.iter();
    let notes = sectors.flat_map(|s| pick(s).iter().map(move |n| (s, n)));
    let mut notes: Vec<_> = notes.filter(|(_, n)| n.confidence != "U").collect();
    notes.sort_by_cached_key(|(_, n)| distance(scored, n));
    let notes = notes
        .into_iter()
        .map(|(s, n)| NoteView {
            sector: say.label(&s.name),
            proposed: n.confidence == "B",
            text: say.label(&n.text),
            according_to: (n.confidence == "S").then(|| publisher(say, scored, &n.source.id)),
            source: say.source(scored.reference, &n.source),
        })
        .collect();
    Notes { notes }
}

/// What is about the supplier's own country stands first, then the country whose law it has, and what is about others
/// only last.
fn distance(scored: &Scored<'_>, note: &Note) -> u8 {
    let about = |country: &CountryCode| note.countries.contains(country);
    let composed = scored.questionnaire.country.as_ref();
    if composed.is_some_and(|c| about(&c.code)) || scored.dossier.profile.countries.iter().flatten().any(about) {
        0
    } else if composed.and_then(|c| c.base.as_ref()).is_some_and(about) {
        1
    } else {
        2 + u8::from(!note.countries.is_empty())
    }
}

fn publisher<'a>(say: Say<'a>, scored: &Scored<'a>, id: &'a Id) -> &'a str {
    scored.reference.sources.get(id).map_or(id.as_str(), |s| say.label(&s.publisher))
}

/// What `parts/sources.html` is made of.
#[derive(Serialize)]
pub(super) struct Publications {
    /// What the questions of each list rest on.
    basis: Vec<BasisView>,
    /// The table of country steps, where it is not the built-in one.
    steps_from: Option<String>,
    /// Publications, in the order of publishers.
    sources: Vec<SourceView>,
}

/// Every publication that this report rests on.
pub(super) fn published<'a>(views: &'a Views<'_>) -> BTreeSet<&'a Id> {
    let scored = &views.scored;
    let q = scored.questionnaire;
    let mut ids: BTreeSet<&Id> = q.questions().map(|question| &question.source.id).collect();
    ids.extend(q.signs.signs.iter().map(|s| &s.source.id));
    ids.extend(q.sectors.iter().flat_map(|s| s.verify.iter().chain(&s.notes)).map(|n| &n.source.id));
    let printed = |f: &&CountryFact| f.is_printable() || f.is_proposed();
    ids.extend(q.country.iter().flat_map(|c| &c.facts).filter(printed).map(|f| &f.source.id));
    let sectors = scored.dossier.profile.sectors.iter().flatten();
    ids.extend(sectors.filter_map(|s| scored.reference.sectors.get(s)).map(|s| &s.source.id));
    ids.extend(views.duties().sources());
    ids.extend(goods::source(scored));
    ids
}

/// What decides them in one run, beside the questionnaire's own contents; an empty name stands between lists.
pub(super) fn published_by<'a>(views: &'a Views<'_>) -> impl Iterator<Item = &'a str> {
    let (scored, q) = (&views.scored, views.scored.questionnaire);
    let country = q.country.iter().map(|c| c.code.as_str());
    let composed = q.sectors.iter().map(|s| s.id.as_str());
    let sectors = scored.dossier.profile.sectors.iter().flatten().map(Id::as_str);
    let acts = views.duties().acts().map(|act| act.id.as_str());
    let goods = goods::source(scored).into_iter().map(Id::as_str);
    country.chain([""]).chain(composed).chain([""]).chain(sectors).chain([""]).chain(acts).chain([""]).chain(goods)
}

/// The publications, and what the questions of each list rest on.
pub(super) fn sources(say: Say<'_>, scored: &Scored<'_>, published: &BTreeSet<&Id>) -> Publications {
    let mut sources: Vec<SourceView> = published
        .iter()
        .filter_map(|id| scored.reference.sources.get(*id).map(|s| (id, s)))
        .map(|(id, s)| SourceView {
            id: id.to_string(),
            publisher: say.text(&s.publisher),
            title: say.text(&s.title),
            edition: s.edition.as_ref().map(|e| say.text(e)),
            date: say.date(&s.date),
            url: s.url.clone(),
        })
        .collect();
    sources.sort_by(|a, b| locale::order(say.lang, &a.publisher, &b.publisher));
    let steps_from = scored.reference.imported_exposure.as_ref().map(|t| {
        let values = [("source", &*t.source), ("edition", &*t.edition), ("licence", &*t.licence), ("file", &*t.file)];
        say.fill("steps-from", &values)
    });
    Publications { basis: basis(say, scored), steps_from, sources }
}

/// What the questions of each list rest on.
fn basis(say: Say<'_>, scored: &Scored<'_>) -> Vec<BasisView> {
    let q = scored.questionnaire;
    let count = |list: String, all: Vec<Basis>, complete: bool| {
        let of = |basis| all.iter().filter(|b| **b == basis).count();
        BasisView { list, guide: of(Basis::Guide), supplement: of(Basis::Supplement), own: of(Basis::Own), complete }
    };
    let bases = |questions: &[Question]| questions.iter().map(|q| q.basis).collect();
    let mut out = vec![count(say.text(&q.exposure.title), bases(&q.exposure.questions), q.exposure.complete)];
    out.extend(q.controls.iter().map(|b| count(say.text(&b.title), bases(&b.questions), b.complete)));
    let signs = q.signs.signs.iter().map(|s| s.basis).collect();
    out.push(count(say.text(&q.signs.title), signs, q.signs.complete));
    out
}
