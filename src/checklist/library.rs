//! All data files, read and validated together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::model::{
    Common, CountryCode, CountryExposure, CountryInfo, Dimension, Exact, Goods, Id, Indicator, Indicators, Interval,
    Lang, Method, Note, ProfileField, ProfileSheet, Question, Reference, Scale, ScaleOption, SectorExposure,
    SectorInfo, Sign, Source, Strength, Term, Text, Words,
};

use super::catalog::Catalog;
use super::convert::{self, Dated, File};
use super::raw::{
    RawAct, RawChecklist, RawCountry, RawExposure, RawField, RawGlossary, RawGoods, RawIndicators, RawKind, RawMethod,
    RawNote, RawOption, RawProfile, RawQuestion, RawQuestionnaire, RawReview, RawScale, RawScales, RawSector, RawSign,
    RawSources, RawUnit, RawWords,
};
use super::yaml::{Prose, Str};
use super::{act, country, glossary, method};

/// Texts that a country changes in a question, by key.
pub(super) type Changes = BTreeMap<Id, BTreeMap<&'static str, Text>>;

/// One sector file.
#[derive(Clone, Debug)]
pub struct SectorData {
    /// Names and notes.
    pub info: SectorInfo,
    /// Extra questions of the self-test.
    pub exposure: Vec<Question>,
    /// Extra controls, with the section they count in.
    pub controls: Vec<(String, Question)>,
    /// Extra signs.
    pub signs: Vec<Arc<Sign>>,
}

/// One country file.
#[derive(Clone, Debug)]
pub struct CountryData {
    /// Facts and contacts.
    pub info: CountryInfo,
    pub(super) changes: Changes,
    /// The country whose law holds where this file says nothing, and where that is written.
    pub(super) base: Option<(CountryCode, Place)>,
}

/// What a checklist holds.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Exposure(Vec<Question>),
    Controls(String, Vec<Question>),
    Signs(Vec<Arc<Sign>>),
}

/// One checklist file.
#[derive(Clone, Debug)]
pub(super) struct ChecklistData {
    pub(super) id: Id,
    pub(super) edition: String,
    pub(super) sheet: Text,
    pub(super) title: Text,
    pub(super) intro: Text,
    pub(super) complete: bool,
    pub(super) content: Content,
}

/// Which checklists make up a questionnaire.
#[derive(Clone, Debug)]
pub struct QuestionnaireData {
    /// Its title.
    pub title: Text,
    /// Its edition.
    pub edition: String,
    pub(super) checklists: Vec<ChecklistData>,
}

/// Everything the data files say.
#[derive(Clone, Debug)]
pub struct Library {
    /// Exposure steps, indicators, sources.
    pub reference: Reference,
    /// Scoring methods.
    pub methods: BTreeMap<Id, Method>,
    /// Questionnaires.
    pub questionnaires: BTreeMap<Id, QuestionnaireData>,
    /// Sectors.
    pub sectors: BTreeMap<Id, SectorData>,
    /// Countries with a file of their own.
    pub countries: BTreeMap<CountryCode, CountryData>,
    /// Words by file: `workbook`, `report`.
    pub words: BTreeMap<String, Words>,
    /// Terms that each language keeps the same.
    pub glossaries: BTreeMap<Lang, Vec<Term>>,
    /// Languages, English first.
    pub langs: Vec<Lang>,
    /// Languages with texts that no native speaker has reviewed.
    pub drafts: BTreeSet<Lang>,
    pub(super) dated: Vec<Dated>,
    pub(super) scales: BTreeMap<Id, Arc<Scale>>,
    pub(super) profile: ProfileSheet,
    pub(super) visit: ProfileSheet,
    pub(super) common: Common,
}

impl Code {
    /// Whether it speaks of a translation only: the data can be used all the same.
    pub(super) fn is_about_wording(self) -> bool {
        matches!(self, Self::MissingTranslation | Self::StaleTranslation | Self::UnknownTranslation)
    }
}

impl Library {
    /// Reads and validates all files of a catalogue. `None` if anything is wrong that decides what is asked or scored;
    /// gaps in translations are reported and do not stop it.
    pub fn load(catalog: &Catalog) -> (Option<Self>, Diagnostics) {
        let mut diags = Diagnostics::default();
        let library = Loader::new(catalog, &mut diags).load();
        let usable = diags.0.iter().all(|d| d.severity() < crate::diag::Severity::Error || d.code.is_about_wording());
        (library.filter(|_| usable), diags)
    }

    /// Translations that do not use the words of their language's glossary.
    pub fn terms(&self, catalog: &Catalog) -> Diagnostics {
        glossary::check(catalog, &self.glossaries)
    }

    /// Records that were to be checked again before `date` (`YYYY-MM-DD`): where that stands, the id, since when.
    pub fn overdue<'a>(&'a self, date: &'a str) -> impl Iterator<Item = (&'a Place, &'a str, &'a str)> {
        let late = self.dated.iter().filter(move |d| d.review_after.as_str() < date);
        late.map(|d| (&d.place, d.id.as_str(), d.review_after.as_str()))
    }
}

/// The one file of a language that translates no other.
const GLOSSARY: &str = "glossary.yml";

type Scales = BTreeMap<Id, Arc<Scale>>;

struct Loader<'a> {
    catalog: &'a Catalog,
    langs: Vec<Lang>,
    diags: &'a mut Diagnostics,
    ids: BTreeMap<String, Place>,
    drafts: BTreeSet<Lang>,
    items: BTreeSet<Id>,
    links: Vec<(Id, Place)>,
    numbers: BTreeMap<String, Vec<(String, Place)>>,
    dated: Vec<Dated>,
}

impl<'a> Loader<'a> {
    fn new(catalog: &'a Catalog, diags: &'a mut Diagnostics) -> Self {
        let langs: BTreeSet<&str> =
            catalog.entries().filter_map(|(name, _)| name.strip_prefix("lang/")?.split('/').next()).collect();
        Self {
            catalog,
            langs: langs.into_iter().filter_map(|lang| lang.parse().ok()).collect(),
            diags,
            ids: BTreeMap::new(),
            drafts: BTreeSet::new(),
            items: BTreeSet::new(),
            links: Vec::new(),
            numbers: BTreeMap::new(),
            dated: Vec::new(),
        }
    }

    fn load(mut self) -> Option<Library> {
        self.check_places();
        let sources = self.sources()?;
        let (common_options, scales) = self.scales()?;
        let sign_scale = scales.get("sign").cloned();
        if sign_scale.is_none() {
            self.diags.push(
                Diagnostic::new(Code::MissingTarget, Place::File("checklists/scales.yml".into()))
                    .with("kind", "scale")
                    .with("id", "sign"),
            );
        }
        let (profile, visit, common) = self.profile(common_options, &scales)?;
        let indicators = self.indicators(&sources)?;
        let mut countries_edition = String::new();
        let countries_exposure = self
            .with_file("exposure/countries.yml", |raw: RawExposure, file| {
                countries_edition.clone_from(&raw.edition.value);
                Some(country::exposure(file, &raw, &sources))
            })
            .unwrap_or_default();
        let goods = self.goods(&sources, &countries_exposure);
        let mut methods = BTreeMap::new();
        for name in self.catalog.in_folder("methods") {
            if let Some(m) = self.with_file(&name, |raw: RawMethod, file| {
                stem(file, &raw.id, &name);
                method::convert(file, &raw)
            }) {
                methods.insert(m.id.clone(), m);
            }
        }
        let mut countries = BTreeMap::new();
        for name in self.catalog.in_folder("countries") {
            if let Some(c) = self.with_file(&name, |raw: RawCountry, file| {
                stem(file, &raw.code, &name);
                country::convert(file, &raw, &sources)
            }) {
                countries.insert(c.info.code.clone(), c);
            }
        }
        let mut sectors = BTreeMap::new();
        let mut sector_exposure = BTreeMap::new();
        for name in self.catalog.in_folder("sectors") {
            if let Some((sector, exposure)) = self.sector(&name, &scales, &sources, &indicators) {
                sector_exposure.insert(sector.info.id.clone(), exposure);
                sectors.insert(sector.info.id.clone(), sector);
            }
        }
        country::inherit(&mut countries, self.diags);
        let known = act::Known { sources: &sources, sectors: &sector_exposure, countries: &countries_exposure };
        let mut acts = BTreeMap::new();
        for name in self.catalog.in_folder("acts") {
            if let Some(a) = self.with_file(&name, |raw: RawAct, file| {
                stem(file, &raw.id, &name);
                Some(act::convert(file, &raw, &known))
            }) {
                acts.insert(a.id.clone(), a);
            }
        }
        let glossaries = self.glossaries();
        let words = self.words();
        let mut questionnaires = BTreeMap::new();
        for name in self.questionnaire_files() {
            if let Some((id, data)) = self.questionnaire(&name, &scales, &sources, &indicators) {
                questionnaires.insert(id, data);
            }
        }
        self.check_links();
        let mut langs = vec![Lang::english()];
        langs.extend(self.langs.iter().cloned());
        Some(Library {
            reference: Reference {
                countries: countries_exposure,
                countries_edition,
                imported_exposure: None,
                goods,
                sectors: sector_exposure,
                indicators: Indicators {
                    by_id: indicators.by_id,
                    dimensions: indicators.dimensions,
                    ilo: indicators.ilo,
                },
                sources,
                acts,
            },
            methods,
            questionnaires,
            sectors,
            countries,
            words,
            glossaries,
            langs,
            drafts: self.drafts,
            dated: self.dated,
            scales,
            profile,
            visit,
            common,
        })
    }

    fn goods(&mut self, sources: &BTreeMap<Id, Source>, countries: &BTreeMap<CountryCode, CountryExposure>) -> Goods {
        let convert = |raw: RawGoods, file: &mut File<'_>| Some(country::goods(file, &raw, sources, countries));
        self.with_file("exposure/goods.yml", convert).unwrap_or_default()
    }

    /// Files in places where nothing is read would be ignored without a word; so they are reported.
    fn check_places(&mut self) {
        if self.catalog.is_checked() {
            return;
        }
        let known = |name: &str| {
            let folder = name.split('/').next().unwrap_or_default();
            match name.matches('/').count() {
                0 => matches!(name, "sources.yml" | "scales.yml" | "profile.yml" | "indicators.yml"),
                1 => {
                    matches!(folder, "sectors" | "countries" | "methods" | "words" | "acts" | "training")
                        || matches!(name, "exposure/countries.yml" | "exposure/goods.yml")
                        || self.is_questionnaire_folder(folder)
                }
                _ => false,
            }
        };
        let mut stray = Vec::new();
        for (name, entry) in self.catalog.entries() {
            let place = match name.strip_prefix("lang/").and_then(|rest| rest.split_once('/')) {
                Some((_, rest)) => rest == GLOSSARY || self.catalog.get(rest).is_some(),
                None => known(name),
            };
            if !place {
                stray.push(Diagnostic::new(Code::UnknownFile, Place::File(entry.shown.clone())));
            }
        }
        self.diags.0.extend(stray);
    }

    /// The words of each file.
    fn words(&mut self) -> BTreeMap<String, Words> {
        let mut words = BTreeMap::new();
        for name in self.catalog.in_folder("words") {
            if let Some((id, w)) = self.with_file(&name, |raw: RawWords, file| {
                stem(file, &raw.id, &name);
                file.schema(&raw.schema, "words");
                file.unique(raw.words.iter().map(|w| &w.id));
                let mut words = BTreeMap::new();
                for word in &raw.words {
                    let id = &word.id.value;
                    words.insert(id.clone(), file.said(id, "text", &word.text));
                    if let Some(one) = &word.one {
                        words.insert(Words::one(id), file.said(id, "one", one));
                    }
                }
                Some((raw.id.value.clone(), Words::new(words)))
            }) {
                words.insert(id, w);
            }
        }
        words
    }

    /// The glossary of each language.
    fn glossaries(&mut self) -> BTreeMap<Lang, Vec<Term>> {
        let mut out = BTreeMap::new();
        for lang in self.langs.clone() {
            let name = format!("lang/{lang}/{GLOSSARY}");
            if self.catalog.get(&name).is_none() {
                let place = Place::File(format!("checklists/{name}").into());
                let missing = Diagnostic::new(Code::MissingTranslation, place).with("lang", lang.as_str());
                self.diags.push(missing.with("id", "the glossary"));
                continue;
            }
            // It belongs to its language alone: nothing in it is translated.
            let Some((raw, mut file)) = convert::open::<RawGlossary>(self.catalog, &[], &name, self.diags) else {
                continue;
            };
            file.schema(&raw.schema, "glossary");
            if raw.lang.value != lang.as_str() {
                file.bad_value(&raw.lang, &format!("the folder says `{lang}`"));
            }
            file.unique(raw.terms.iter().map(|t| &t.term));
            let terms = raw.terms.iter().map(|t| Term {
                term: t.term.value.trim().to_owned(),
                text: t.text.value.trim().to_owned(),
                note: t.note.as_ref().map(|n| n.value.trim().to_owned()),
                forms: t.forms.iter().map(|f| f.value.to_lowercase()).collect(),
            });
            out.insert(lang.clone(), terms.collect());
            for text in raw.terms.iter().flat_map(|t| [&t.term, &t.text]).filter(|t| t.value.trim().is_empty()) {
                file.bad_value(text, "a text");
            }
            if raw.review.value == RawReview::Draft {
                self.drafts.insert(lang);
            }
        }
        out
    }

    /// What can only be seen when all files are read: questions that are named and not there, numbers used twice in a
    /// questionnaire with its sectors.
    fn check_links(&mut self) {
        // A file that could not be read leaves gaps that would only be echoes of it.
        let is_broken = |d: &Diagnostic| matches!(d.code, Code::MalformedYaml | Code::UnknownKey);
        if self.catalog.is_checked() || self.diags.0.iter().any(is_broken) {
            return;
        }
        for (id, place) in &self.links {
            if !self.items.contains(id) {
                self.diags.push(
                    Diagnostic::new(Code::MissingTarget, place.clone())
                        .with("kind", "question")
                        .with("id", id.as_str()),
                );
            }
        }
        for name in self.questionnaire_files() {
            let folder = name.split('/').next().unwrap_or_default();
            let mut seen: BTreeMap<&str, &Place> = BTreeMap::new();
            let own = |file: &&String| file.split('/').next().is_some_and(|f| f == folder || f == "sectors");
            for file in self.numbers.keys().filter(own) {
                for (number, place) in &self.numbers[file] {
                    if let Some(first) = seen.insert(number, place) {
                        self.diags.push(
                            Diagnostic::new(Code::DuplicateNumber, place.clone())
                                .with("number", number.as_str())
                                .related(first.clone(), "first used here"),
                        );
                    }
                }
            }
        }
    }

    fn is_questionnaire_folder(&self, folder: &str) -> bool {
        self.catalog.get(&format!("{folder}/{folder}.yml")).is_some()
    }

    /// `guide/guide.yml` makes `guide/` the folder of a questionnaire.
    fn questionnaire_files(&self) -> Vec<String> {
        self.catalog
            .entries()
            .map(|(n, _)| n.to_owned())
            .filter(|n| n.strip_suffix(".yml").and_then(|s| s.split_once('/')).is_some_and(|(a, b)| a == b))
            .collect()
    }

    fn with_file<R: serde::de::DeserializeOwned, T>(
        &mut self,
        name: &str,
        convert: impl FnOnce(R, &mut File<'_>) -> Option<T>,
    ) -> Option<T> {
        if self.catalog.get(name).is_none() {
            self.diags.push(
                Diagnostic::new(Code::MissingTarget, Place::File(format!("checklists/{name}").into()))
                    .with("kind", "file")
                    .with("id", name),
            );
            return None;
        }
        let (raw, mut file) = convert::open::<R>(self.catalog, &self.langs, name, self.diags)?;
        let out = convert(raw, &mut file);
        let found = file.close();
        self.drafts.extend(found.drafts);
        self.items.extend(found.items);
        self.links.extend(found.links);
        self.dated.extend(found.dated);
        self.numbers.insert(name.to_owned(), found.numbers);
        out
    }

    fn sources(&mut self) -> Option<BTreeMap<Id, Source>> {
        self.with_file("sources.yml", |raw: RawSources, file| {
            file.schema(&raw.schema, "sources");
            file.unique(raw.sources.iter().map(|s| &s.id));
            Some(
                raw.sources
                    .iter()
                    .map(|s| {
                        file.one_of(&s.confidence, &["P", "S", "B", "U"]);
                        let source = Source {
                            publisher: file.said(&s.id.value, "publisher", &s.publisher),
                            title: file.name(&format!("{}.title", s.id.value), &s.title),
                            edition: s.edition.as_ref().map(|e| file.said(&s.id.value, "edition", e)),
                            date: source_date(file, &s.date),
                            url: s.url.as_ref().map(|u| u.value.clone()),
                        };
                        (file.id(&s.id), source)
                    })
                    .collect(),
            )
        })
    }

    fn scales(&mut self) -> Option<(Vec<ScaleOption>, Scales)> {
        self.with_file("scales.yml", |raw: RawScales, file| {
            file.schema(&raw.schema, "scales");
            file.unique(raw.scales.iter().map(|s| &s.id));
            let common = raw.common.iter().map(|o| file.option("", o)).collect();
            let scales = raw.scales.iter().map(|s| (file.id(&s.id), Arc::new(scale(file, s)))).collect();
            Some((common, scales))
        })
    }

    fn profile(
        &mut self,
        common: Vec<ScaleOption>,
        scales: &BTreeMap<Id, Arc<Scale>>,
    ) -> Option<(ProfileSheet, ProfileSheet, Common)> {
        let mut by_id: BTreeMap<String, ScaleOption> = common.into_iter().map(|o| (o.id.clone(), o)).collect();
        let (na, dont_know, refused) = (by_id.remove("na"), by_id.remove("dont-know"), by_id.remove("refused"));
        let yes_no = scales.get("risk").cloned();
        let (Some(na), Some(dont_know), Some(refused), Some(yes_no)) = (na, dont_know, refused, yes_no) else {
            self.diags.push(
                Diagnostic::new(Code::MissingTarget, Place::File("checklists/scales.yml".into()))
                    .with("kind", "common answer or scale")
                    .with("id", "na, dont-know, refused, risk"),
            );
            return None;
        };
        self.with_file("profile.yml", |raw: RawProfile, file| {
            file.schema(&raw.schema, "profile");
            let facts = [
                "name",
                "country",
                "sectors",
                "employees",
                "subcontracting",
                "levels",
                "hires-directly",
                "agency-workers",
                "housing",
                "eu-citizens",
                "third-country-citizens",
                "goods",
            ];
            let own = fields(file, &raw.fields, &facts, &raw.sheet);
            let visit = fields(file, &raw.visit, &["site", "date", "observer-role", "seen", "under-18"], &raw.sheet);
            let options = |file: &mut File<'_>, list: &[RawOption]| list.iter().map(|o| file.option("", o)).collect();
            Some((
                ProfileSheet {
                    sheet: file.text("sheet", &raw.sheet),
                    title: file.text("title", &raw.title),
                    intro: file.text("intro", &raw.intro),
                    fields: own,
                },
                ProfileSheet {
                    sheet: file.text("visit_sheet", &raw.visit_sheet),
                    title: file.text("visit_title", &raw.visit_title),
                    intro: file.text("visit_intro", &raw.visit_intro),
                    fields: visit,
                },
                Common {
                    na,
                    dont_know,
                    refused,
                    seen: options(file, &raw.seen_options),
                    evidence: options(file, &raw.evidence_options),
                    closure: options(file, &raw.closure_options),
                    yes_no,
                },
            ))
        })
    }

    fn indicators(&mut self, sources: &BTreeMap<Id, Source>) -> Option<Indicators> {
        self.with_file("indicators.yml", |raw: RawIndicators, file| {
            file.schema(&raw.schema, "indicators");
            file.source("source", &raw.source, sources);
            file.unique(raw.indicators.iter().map(|i| &i.id));
            let mut dimensions = BTreeMap::new();
            for d in &raw.dimensions {
                if let Some(dimension) = dimension(file, &d.id) {
                    dimensions.insert(dimension, file.said(&d.id.value, "label", &d.label));
                }
            }
            let ilo = raw
                .ilo
                .iter()
                .map(|i| (i.number.value, file.text(&format!("ilo-{}.label", i.number.value), &i.label)))
                .collect();
            let mut by_id = BTreeMap::new();
            for i in &raw.indicators {
                let Some(dimension) = dimension(file, &i.dimension) else { continue };
                let id = Id::new(&i.id.value);
                let indicator = Indicator {
                    dimension,
                    label: file.said(&id, "label", &i.label),
                    adult: strength(file, &i.adult),
                    child: strength(file, &i.child),
                    ilo: file.ilo(&i.ilo),
                    disputed: file.one_of(&i.status, &["copy", "copy-disputed", "published"]) == "copy-disputed",
                    id: id.clone(),
                };
                by_id.insert(id, indicator);
            }
            Some(Indicators { by_id, dimensions, ilo })
        })
    }

    fn questionnaire(
        &mut self,
        name: &str,
        scales: &BTreeMap<Id, Arc<Scale>>,
        sources: &BTreeMap<Id, Source>,
        indicators: &Indicators,
    ) -> Option<(Id, QuestionnaireData)> {
        let mut lists = Vec::new();
        let (id, title, edition, places) = self.with_file(name, |raw: RawQuestionnaire, file| {
            file.schema(&raw.schema, "questionnaire");
            stem(file, &raw.id, name);
            lists = raw.checklists.iter().map(|c| c.value.clone()).collect();
            let places: Vec<Place> = raw.checklists.iter().map(|c| file.place(c)).collect();
            Some((file.id(&raw.id), file.text("title", &raw.title), raw.edition.value.clone(), places))
        })?;
        let folder = name.split('/').next().unwrap_or_default();
        let mut checklists = Vec::new();
        for (list, place) in lists.iter().zip(places) {
            let file = format!("{folder}/{list}.yml");
            if self.catalog.get(&file).is_none() {
                self.diags.push(
                    Diagnostic::new(Code::MissingTarget, place).with("kind", "checklist").with("id", list.as_str()),
                );
                continue;
            }
            if let Some(data) = self.checklist(&file, scales, sources, indicators) {
                checklists.push(data);
            }
        }
        // A list that no questionnaire names would be asked of nobody, and nobody would be told.
        let named = |file: &str| lists.iter().any(|list| *file == format!("{folder}/{list}.yml"));
        for file in self.catalog.in_folder(folder).into_iter().filter(|f| f != name && !named(f)) {
            if let Some(entry) = self.catalog.get(&file) {
                let stray = Diagnostic::new(Code::UnknownFile, Place::File(entry.shown.clone()));
                self.diags.push(stray.help(format!("name it under `checklists` in `{name}`, or take it out")));
            }
        }
        Some((id, QuestionnaireData { title, edition, checklists }))
    }

    fn checklist(
        &mut self,
        name: &str,
        scales: &BTreeMap<Id, Arc<Scale>>,
        sources: &BTreeMap<Id, Source>,
        indicators: &Indicators,
    ) -> Option<ChecklistData> {
        let mut ids = std::mem::take(&mut self.ids);
        let out = self.with_file(name, |raw: RawChecklist, file| {
            file.schema(&raw.schema, "checklist");
            claim(file, &mut ids, raw.questions.iter().map(|q| &q.id).chain(raw.signs.iter().map(|s| &s.id)));
            let kind = raw.kind.value;
            if let (RawKind::Signs, Some(first)) = (kind, raw.questions.first()) {
                file.bad_value(&first.id, "a signs list has `signs`, not `questions`");
            }
            if let (RawKind::Exposure | RawKind::Controls, Some(first)) = (kind, raw.signs.first()) {
                file.bad_value(&first.id, "signs stand in a list of kind `signs`");
            }
            let questions = |file: &mut File<'_>| -> Vec<Question> {
                raw.questions
                    .iter()
                    .map(|q| file.question(q, kind == RawKind::Exposure, scales, sources, None))
                    .collect()
            };
            let content = match kind {
                RawKind::Exposure => Content::Exposure(questions(file)),
                RawKind::Controls => Content::Controls(section(file, raw.section.as_ref(), &raw.id), questions(file)),
                RawKind::Signs => Content::Signs(
                    raw.signs.iter().map(|s| Arc::new(file.sign(s, &indicators.by_id, sources, None))).collect(),
                ),
            };
            Some(ChecklistData {
                id: file.id(&raw.id),
                edition: raw.edition.value.clone(),
                sheet: sheet(file, &raw.sheet),
                title: file.text("title", &raw.title),
                intro: file.text("intro", &raw.intro),
                complete: raw.complete,
                content,
            })
        });
        self.ids = ids;
        out
    }

    fn sector(
        &mut self,
        name: &str,
        scales: &BTreeMap<Id, Arc<Scale>>,
        sources: &BTreeMap<Id, Source>,
        indicators: &Indicators,
    ) -> Option<(SectorData, SectorExposure)> {
        let mut ids = std::mem::take(&mut self.ids);
        let out = self.with_file(name, |raw: RawSector, file| {
            file.schema(&raw.schema, "sector");
            stem(file, &raw.id, name);
            let own: Vec<&RawQuestion> = raw.exposure_questions.iter().chain(&raw.questions).collect();
            let signs: &[RawSign] = &raw.signs;
            claim(file, &mut ids, own.iter().map(|q| &q.id).chain(signs.iter().map(|s| &s.id)));
            let id = file.id(&raw.id);
            let sector_name = file.text("name", &raw.name);
            let step = file.share(&raw.exposure.step);
            let exposure = SectorExposure {
                name: sector_name.clone(),
                nace: raw.nace.iter().map(|n| n.value.clone()).collect(),
                step: Interval::point(step),
                reason: file.text("exposure.reason", &raw.exposure.reason),
                source: file.source("exposure", &raw.exposure.source, sources),
            };
            file.unique(raw.verify.iter().chain(&raw.notes).map(|n| &n.id));
            let data = SectorData {
                info: SectorInfo {
                    name: sector_name,
                    verify: notes(file, &raw.verify, sources),
                    notes: notes(file, &raw.notes, sources),
                    id: id.clone(),
                },
                exposure: raw
                    .exposure_questions
                    .iter()
                    .map(|q| file.question(q, true, scales, sources, Some(&id)))
                    .collect(),
                controls: raw
                    .questions
                    .iter()
                    .map(|q| {
                        let section = section(file, q.section.as_ref(), &q.id);
                        (section, file.question(q, false, scales, sources, Some(&id)))
                    })
                    .collect(),
                signs: signs.iter().map(|s| Arc::new(file.sign(s, &indicators.by_id, sources, Some(&id)))).collect(),
            };
            Some((data, exposure))
        });
        self.ids = ids;
        out
    }
}

/// The file's name and the id in it agree: one name everywhere.
fn stem(file: &mut File<'_>, id: &Str, name: &str) {
    let stem = name.rsplit('/').next().and_then(|n| n.split('.').next()).unwrap_or_default();
    if id.value != stem {
        file.bad_value(id, &format!("the file's name says `{stem}`"));
    }
}

/// Ids of questions and signs are unique among all files.
pub(super) fn claim<'r>(file: &mut File<'_>, ids: &mut BTreeMap<String, Place>, new: impl Iterator<Item = &'r Str>) {
    if file.is_checked() {
        return;
    }
    for id in new {
        let place = file.place(id);
        if let Some(first) = ids.get(&id.value) {
            let diagnostic = Diagnostic::new(Code::DuplicateId, place)
                .with("id", id.value.as_str())
                .related(first.clone(), "first defined here");
            file.diags.push(diagnostic);
        } else {
            ids.insert(id.value.clone(), place);
        }
    }
}

fn section(file: &mut File<'_>, section: Option<&Str>, at: &Str) -> String {
    if let Some(s) = section {
        file.one_of(s, &["A", "B", "C"])
    } else {
        let why = "controls count in section A, B or C";
        file.report(Code::MissingKey, at, &[("key", "section"), ("why", why)]);
        "A".to_owned()
    }
}

fn sheet(file: &mut File<'_>, raw: &Prose) -> Text {
    let text = file.text("sheet", raw);
    if text.all().any(|(_, t)| t.chars().count() > 31 || t.contains(['[', ']', ':', '*', '?', '/', '\\'])) {
        file.bad_value(raw, "a sheet name has at most 31 characters and none of [ ] : * ? / \\");
    }
    text
}

fn scale(file: &mut File<'_>, raw: &RawScale) -> Scale {
    let id = raw.id.value.clone();
    file.unique(raw.options.iter().map(|o| &o.id));
    let options: Vec<ScaleOption> = raw.options.iter().map(|o| file.option(&format!("{id}."), o)).collect();
    if raw.options.is_empty() {
        file.report(Code::MissingKey, &raw.id, &[("key", "options"), ("why", "a scale has at least one option")]);
    }
    if let Some(option) = raw.options.iter().find(|o| o.grade.is_none()) {
        file.report(Code::MissingKey, &option.id, &[("key", "grade"), ("why", "an option has a grade from 0 to 1")]);
    }
    let range = match (&raw.unit, &raw.min, &raw.max) {
        (None, None, None) => None,
        (Some(_), Some(min), Some(max)) => Some((file.exact(min), file.exact(max))),
        _ => {
            let why = "a number scale has `unit`, `min` and `max`";
            file.report(Code::MissingKey, &raw.id, &[("key", "unit, min, max"), ("why", why)]);
            None
        }
    };
    if range.is_some() {
        let last = options.len().saturating_sub(1);
        let cuts: Vec<Option<&Exact>> = options.iter().map(|o| o.below.as_ref()).collect();
        let rising = cuts.windows(2).all(|w| match (w[0], w[1]) {
            (Some(a), Some(b)) => a < b,
            (a, _) => a.is_some(),
        });
        if !rising || cuts.get(last).is_none_or(Option::is_some) {
            file.bad_value(&raw.id, "options in rising order, each with `below` but the last");
        }
    }
    Scale {
        id: Id::new(&id),
        options,
        range,
        percent: matches!(raw.unit.as_ref().map(|u| u.value), Some(RawUnit::Percent)),
    }
}

fn fields(file: &mut File<'_>, raw: &[RawField], ids: &[&str], profile: &Prose) -> Vec<ProfileField> {
    file.unique(raw.iter().map(|f| &f.id));
    for field in raw {
        file.one_of(&field.id, ids);
    }
    for id in ids.iter().filter(|id| raw.iter().all(|f| f.id.value != **id)) {
        let args = [("key", *id), ("why", "the profile has this fact")];
        match raw.first() {
            Some(first) => file.report(Code::MissingKey, &first.id, &args),
            None => file.report(Code::MissingKey, profile, &args),
        }
    }
    raw.iter()
        .map(|f| ProfileField {
            id: Id::new(&f.id.value),
            number: f.number.value.clone(),
            text: file.said(&f.id.value, "text", &f.text),
            why: file.said(&f.id.value, "why", &f.why),
        })
        .collect()
}

fn notes(file: &mut File<'_>, raw: &[RawNote], sources: &BTreeMap<Id, Source>) -> Vec<Note> {
    raw.iter()
        .map(|n| Note {
            text: file.said(&n.id.value, "text", &n.text),
            countries: n.countries.iter().filter_map(|c| country::code(file, c)).collect(),
            source: file.source(&n.id.value, &n.source, sources),
            confidence: n.confidence.as_ref().map_or_else(|| "P".to_owned(), |c| file.one_of(c, &["P", "S", "B", "U"])),
            id: file.id(&n.id),
        })
        .collect()
}

fn dimension(file: &mut File<'_>, raw: &Str) -> Option<Dimension> {
    let found = Dimension::ALL.into_iter().find(|d| d.code() == raw.value);
    if found.is_none() {
        file.bad_value(raw, "DR, CR, RV, EX, CD, VD");
    }
    found
}

fn strength(file: &mut File<'_>, raw: &Str) -> Option<Strength> {
    match file.one_of(raw, &["S", "M", "W", "-"]).as_str() {
        "S" => Some(Strength::Strong),
        "M" => Some(Strength::Medium),
        "W" => Some(Strength::Weak),
        _ => None,
    }
}

/// `2026`, `2026-11`, `2026-11-24` or `undated`: anything else would have to be translated, and belongs in `edition`.
fn source_date(file: &mut File<'_>, raw: &Str) -> String {
    let digits = |part: &str, n: usize| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = raw.value.split('-').collect();
    let dated = digits(parts[0], 4) && parts.len() <= 3 && parts[1..].iter().all(|part| digits(part, 2));
    if !dated && raw.value != "undated" {
        file.bad_value(raw, "a date such as 2026, 2026-11 or 2026-11-24, or undated; put the rest into edition");
    }
    raw.value.clone()
}
