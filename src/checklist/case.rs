//! Training cases: a story, and a key that is held against the story and against the questionnaire it answers.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use crate::diag::{Code, Diagnostic, Diagnostics, Place, Severity};
use crate::error::Result;
use crate::model::{
    AnswerKind, Case, CountryCode, Evidence, Fact, FactId, Form, Id, KeyEntry, KeySign, Lang, Profile, Questionnaire,
    Scale, Sentence, SignState, StoryPart, Trap, TrapKind, WrongAnswer,
};

use super::catalog::Catalog;
use super::compose::Selection;
use super::convert::{self, File};
use super::library::{Library, claim};
use super::raw::{
    RawCase, RawCaseProfile, RawKeyEntry, RawKeySign, RawSentence, RawSignState, RawTrap, RawTrapKind, RawYesNo,
};
use super::yaml::{Spanned, Str};

/// The questionnaire that cases are about.
const QUESTIONNAIRE: &str = "guide";

/// How many questions a key answers: as many as a room can talk through in one session.
const KEY_LENGTH: RangeInclusive<usize> = 12..=15;

impl Library {
    /// Reads and validates the training cases of the catalogue that this library was loaded from. They stand apart from
    /// [`Library::load`] because they are long and only training needs them. A case with an error is left out; one that
    /// is missing or lags behind in some language is not.
    pub fn cases(&self, catalog: &Catalog) -> (BTreeMap<Id, Case>, Diagnostics) {
        let mut diags = Diagnostics::default();
        let mut cases = BTreeMap::new();
        let mut ids = BTreeMap::new();
        let mut covered = BTreeSet::new();
        for name in catalog.in_folder("training") {
            // A case need not be in every language; in those that have it, it must be whole.
            let there = |lang: &&Lang| catalog.get(&format!("lang/{lang}/{name}")).is_some();
            let langs: Vec<Lang> = self.langs.iter().filter(there).cloned().collect();
            let before = diags.0.len();
            let Some((raw, mut file)) = convert::open::<RawCase>(catalog, &langs, &name, &mut diags) else { continue };
            covered.insert(raw.sector.value.clone());
            claim(&mut file, &mut ids, std::iter::once(&raw.id));
            let case = convert(&mut file, &raw, self);
            let drafts = file.close().drafts.into_iter().collect();
            let spoils = |d: &Diagnostic| d.severity() == Severity::Error && !d.code.is_about_wording();
            if let Some(case) = case.filter(|_| !diags.0[before..].iter().any(spoils)) {
                let langs = std::iter::once(Lang::english()).chain(langs).collect();
                cases.insert(case.id.clone(), Case { langs, drafts, ..case });
            }
        }
        // A file that could not be read may hold the case that seems to be missing.
        if !diags.0.iter().any(|d| matches!(d.code, Code::MalformedYaml | Code::UnknownKey)) {
            for sector in self.sectors.keys().filter(|s| !covered.contains(s.as_str())) {
                // A user's own sector may do without.
                if let Some(entry) = catalog.get(&format!("sectors/{sector}.yml")).filter(|e| e.embedded) {
                    let missing = Diagnostic::new(Code::MissingTarget, Place::File(entry.shown.clone()));
                    diags.push(missing.with("kind", "training case of the sector").with("id", sector.as_str()));
                }
            }
        }
        (cases, diags)
    }

    /// The questionnaire that a case of that sector and country is answered in: the full form.
    ///
    /// # Errors
    /// If the sector is unknown.
    pub fn case_form(&self, sector: &Id, country: &CountryCode) -> Result<Questionnaire> {
        self.compose(&Selection {
            questionnaire: Id::new(QUESTIONNAIRE),
            sectors: vec![sector.clone()],
            country: Some(country.clone()),
            form: Form::Full,
        })
    }

    /// Whether `show` would take the id for something else.
    fn is_taken(&self, id: &str) -> bool {
        self.questionnaires.contains_key(id)
            || self.sectors.contains_key(id)
            || self.methods.contains_key(id)
            || self.countries.keys().any(|c| c.as_str().eq_ignore_ascii_case(id))
            || id == "glossary"
    }
}

/// What a key may name.
struct Known<'a> {
    /// The questionnaire; `None` if sector or country are wrong, which has been said.
    form: Option<Questionnaire>,
    /// The supplier.
    profile: &'a Profile,
    /// Where its facts stand.
    facts: BTreeMap<FactId, Place>,
    /// The sentences of the story.
    sentences: BTreeSet<&'a str>,
}

fn convert(file: &mut File<'_>, raw: &RawCase, library: &Library) -> Option<Case> {
    file.schema(&raw.schema, "case");
    if library.is_taken(&raw.id.value) {
        file.bad_value(&raw.id, "an id that no questionnaire, sector, country or method has");
    }
    let sector = file.target("sector", &raw.sector, &library.sectors);
    let country: Option<CountryCode> =
        raw.country.value.parse().ok().filter(|code| library.countries.contains_key(code));
    if country.is_none() {
        file.report(Code::MissingTarget, &raw.country, &[("kind", "country file"), ("id", &raw.country.value)]);
    }
    let facts = facts(&raw.profile);
    let profile = profile(file, &raw.profile, &sector, country.as_ref());
    let known = Known {
        form: country.as_ref().and_then(|c| library.case_form(&sector, c).ok()),
        profile: &profile,
        facts: facts.into_iter().map(|(id, value)| (id, file.place(value))).collect(),
        sentences: raw.story.iter().flat_map(|p| &p.sentences).map(|s| s.id.value.as_str()).collect(),
    };
    file.unique(raw.story.iter().map(|p| &p.id));
    file.unique(raw.story.iter().flat_map(|p| &p.sentences).map(|s| &s.id));
    file.unique(raw.key.value.iter().map(|e| &e.question));
    file.unique(raw.signs.iter().map(|s| &s.sign));
    file.unique(raw.traps.iter().map(|t| &t.id));
    if !KEY_LENGTH.contains(&raw.key.value.len()) {
        let shown = format!("{} questions", raw.key.value.len());
        let allowed = format!("a key answers {} to {}", KEY_LENGTH.start(), KEY_LENGTH.end());
        file.report(Code::BadValue, &raw.key, &[("value", &shown), ("allowed", &allowed)]);
    }
    let title = file.text("title", &raw.title);
    let about = file.text("about", &raw.about);
    let goals = sentences(file, "goals", &raw.goals);
    let story = raw.story.iter().map(|part| StoryPart {
        id: file.id(&part.id),
        title: file.text(&format!("parts.{}.title", part.id.value), &part.title),
        sentences: part.sentences.iter().map(|s| sentence(file, "story", s)).collect(),
    });
    let story = story.collect();
    let key = raw.key.value.iter().map(|e| entry(file, e, &known)).collect();
    let signs = raw.signs.iter().map(|s| sign(file, s, &known)).collect();
    let traps = raw.traps.iter().map(|t| trap(file, t, &known)).collect();
    let debrief = sentences(file, "debrief", &raw.debrief);
    let decisions = file.text("decisions", &raw.decisions);
    Some(Case {
        id: file.id(&raw.id),
        sector,
        country: country?,
        title,
        about,
        goals,
        profile,
        story,
        key,
        signs,
        traps,
        debrief,
        decisions,
        langs: Vec::new(),
        drafts: BTreeSet::new(),
    })
}

fn facts(raw: &RawCaseProfile) -> [(FactId, &Spanned<RawYesNo>); 6] {
    [
        (FactId::Subcontracting, &raw.subcontracting),
        (FactId::HiresDirectly, &raw.hires_directly),
        (FactId::AgencyWorkers, &raw.agency_workers),
        (FactId::Housing, &raw.housing),
        (FactId::EuCitizens, &raw.eu_citizens),
        (FactId::ThirdCountryCitizens, &raw.third_country_citizens),
    ]
}

fn profile(file: &mut File<'_>, raw: &RawCaseProfile, sector: &Id, country: Option<&CountryCode>) -> Profile {
    let mut number = |raw: &Str| {
        let number = raw.value.parse::<u64>().ok();
        if number.is_none() {
            file.bad_value(raw, "a whole number");
        }
        number
    };
    let (employees, levels) = (number(&raw.employees), number(&raw.levels));
    let fact = |value: &Spanned<RawYesNo>| if value.value == RawYesNo::Yes { Fact::Yes } else { Fact::No };
    let says_subcontracting = fact(&raw.subcontracting);
    if levels.is_some_and(|n| (n > 0) != (says_subcontracting == Fact::Yes)) {
        file.bad_value(&raw.levels, "0 without subcontractors, 1 or more with them");
    }
    let mut profile = Profile {
        name: None,
        countries: vec![country.cloned()],
        sectors: vec![Some(sector.clone())],
        employees,
        levels,
        says_subcontracting,
        ..Profile::default()
    };
    for (id, value) in facts(raw) {
        profile.set(id, fact(value));
    }
    profile
}

fn sentences(file: &mut File<'_>, list: &str, raw: &[RawSentence]) -> Vec<Sentence> {
    file.unique(raw.iter().map(|s| &s.id));
    raw.iter().map(|s| sentence(file, list, s)).collect()
}

fn sentence(file: &mut File<'_>, list: &str, raw: &RawSentence) -> Sentence {
    Sentence { id: file.id(&raw.id), text: file.text(&format!("{list}.{}", raw.id.value), &raw.text) }
}

fn entry(file: &mut File<'_>, raw: &RawKeyEntry, known: &Known<'_>) -> KeyEntry {
    let id = &raw.question.value;
    if let Some(scale) = known.form.as_ref().and_then(|form| asked(file, &raw.question, form, known)) {
        let options: Vec<&str> = scale.options.iter().map(|o| o.id.as_str()).collect();
        file.one_of(&raw.answer, &options);
        let others: Vec<&str> = options.into_iter().filter(|o| *o != raw.answer.value).collect();
        file.one_of(&raw.wrong.answer, &others);
    }
    KeyEntry {
        item: Id::new(id),
        answer: raw.answer.value.clone(),
        evidence: evidence(file, &raw.evidence),
        why: file.text(&format!("key.{id}.why"), &raw.why),
        rests_on: rests_on(file, &raw.question, &raw.rests_on, known),
        wrong: WrongAnswer {
            answer: raw.wrong.answer.value.clone(),
            why: file.text(&format!("key.{id}.wrong"), &raw.wrong.why),
        },
        debrief: file.text(&format!("key.{id}.debrief"), &raw.debrief),
    }
}

/// The scale on which the supplier answers an item. `None`, and a report, if it is not asked that.
fn asked<'q>(file: &mut File<'_>, raw: &Str, form: &'q Questionnaire, known: &Known<'_>) -> Option<&'q Scale> {
    let Some((_, item)) = form.item(&raw.value) else {
        if let Some(question) = form.questions().find(|q| q.id.as_str() == raw.value) {
            let parts: Vec<&str> = question.items.iter().map(|i| i.id.as_str()).collect();
            file.bad_value(raw, &format!("the question is answered in parts: {}", parts.join(", ")));
        } else {
            missing(file, "question", raw, form);
        }
        return None;
    };
    let against = |(id, want): &&(FactId, bool)| known.profile.fact(*id) == if *want { Fact::No } else { Fact::Yes };
    if let Some((fact, _)) = item.applies_when.0.iter().find(against) {
        let mut diagnostic = Diagnostic::new(Code::NotAsked, file.place(raw)).with("id", raw.value.as_str());
        if let Some(place) = known.facts.get(fact) {
            diagnostic = diagnostic.related(place.clone(), "the profile says so here");
        }
        file.diags.push(diagnostic.with("fact", fact.id()));
    }
    match &item.kind {
        AnswerKind::Scale(scale) => Some(scale),
        AnswerKind::Text => {
            file.bad_value(raw, "a question that is answered on a scale");
            None
        }
    }
}

/// Reports what is not in the form that the case is answered in; it may well be in another.
fn missing(file: &mut File<'_>, kind: &'static str, raw: &Str, form: &Questionnaire) {
    let sectors: Vec<&str> = form.sectors.iter().map(|s| s.id.as_str()).collect();
    let diagnostic = Diagnostic::new(Code::MissingTarget, file.place(raw)).with("kind", kind);
    let help = format!("the form of this case has those of `{}` and of sector `{}`", form.id, sectors.join("`, `"));
    file.diags.push(diagnostic.with("id", raw.value.as_str()).help(help));
}

fn evidence(file: &mut File<'_>, raw: &Str) -> Evidence {
    let found = Evidence::ALL.into_iter().find(|e| e.code() == raw.value);
    found.unwrap_or_else(|| {
        file.bad_value(raw, &Evidence::ALL.map(Evidence::code).join(", "));
        Evidence::E0
    })
}

/// The sentences of the story that something rests on: at least one, and each of them there.
fn rests_on(file: &mut File<'_>, owner: &Str, raw: &[Str], known: &Known<'_>) -> Vec<Id> {
    if raw.is_empty() {
        let why = "it rests on at least one sentence of the story";
        file.report(Code::MissingKey, owner, &[("key", "rests_on"), ("why", why)]);
    }
    for sentence in raw.iter().filter(|s| !known.sentences.contains(s.value.as_str())) {
        file.report(Code::MissingTarget, sentence, &[("kind", "sentence"), ("id", &sentence.value)]);
    }
    raw.iter().map(|s| Id::new(&s.value)).collect()
}

fn sign(file: &mut File<'_>, raw: &RawKeySign, known: &Known<'_>) -> KeySign {
    if let Some(form) = known.form.as_ref().filter(|f| f.signs.signs.iter().all(|s| s.id.as_str() != raw.sign.value)) {
        missing(file, "sign", &raw.sign, form);
    }
    KeySign {
        sign: Id::new(&raw.sign.value),
        state: match raw.state.value {
            RawSignState::Present => SignState::Present,
            RawSignState::Absent => SignState::Absent,
        },
        why: file.text(&format!("signs.{}.why", raw.sign.value), &raw.why),
        rests_on: rests_on(file, &raw.sign, &raw.rests_on, known),
    }
}

fn trap(file: &mut File<'_>, raw: &RawTrap, known: &Known<'_>) -> Trap {
    Trap {
        id: file.id(&raw.id),
        kind: match raw.kind.value {
            RawTrapKind::LooksFine => TrapKind::LooksFine,
            RawTrapKind::LooksBad => TrapKind::LooksBad,
        },
        text: file.text(&format!("traps.{}", raw.id.value), &raw.text),
        rests_on: rests_on(file, &raw.id, &raw.rests_on, known),
    }
}
