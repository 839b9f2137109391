//! From raw values to the model's, one file at a time, with translations laid on each text as it is met.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::Arc;

use crate::assets::Texts;
use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::model::{
    AnswerKind, Basis, Condition, Exact, FactId, Id, Item, Lang, Question, Said, Scale, ScaleOption, Sign, SignGroup,
    SourceRef, Text,
};

use super::catalog::{Catalog, Entry};
use super::raw::{
    RawBasis, RawCondition, RawGroup, RawOption, RawQuestion, RawReview, RawSign, RawSource, RawTranslation, RawYesNo,
};
use super::yaml::{self, Prose, Spanned, Str};

/// Ids that mean something else in results and workbooks.
const RESERVED: [&str; 12] = [
    "country",
    "sector",
    "workforce",
    "chain",
    "subcontracting",
    "hires-directly",
    "agency-workers",
    "housing",
    "eu-citizens",
    "third-country-citizens",
    "goods",
    "under-18",
];

/// The one kind of option that is known by a code instead of a kebab-case id.
const EVIDENCE: [&str; 4] = ["E0", "E1", "E2", "E3"];

struct Translated {
    /// The English text it translates.
    source: String,
    text: String,
    place: Place,
}

/// What a file says in other languages, by id.
enum Translations {
    /// Languages, and the texts in their order, nothing where there is none: of a file that was checked before it was built
    /// in.
    BuiltIn(Arc<[Lang]>, Texts),
    /// By language; `None` where the file is not translated.
    Written(BTreeMap<Lang, Option<BTreeMap<String, Translated>>>),
}

/// What a file holds that can only be judged beside others: links, numbers and items of one that is not checked yet.
#[derive(Default)]
pub(super) struct Found {
    /// Languages of drafts.
    pub(super) drafts: Vec<Lang>,
    /// Questions that are named, and where.
    pub(super) links: Vec<(Id, Place)>,
    /// Shown numbers, and where.
    pub(super) numbers: Vec<(String, Place)>,
    /// Ids of questions and items.
    pub(super) items: Vec<Id>,
    /// Records that age: their ids, when they are to be checked again, and where that stands.
    pub(super) dated: Vec<Dated>,
}

/// A record that is to be checked again.
#[derive(Clone, Debug)]
pub(super) struct Dated {
    pub(super) id: String,
    pub(super) review_after: String,
    pub(super) place: Place,
}

/// One file being converted.
pub(super) struct File<'a> {
    name: String,
    shown: Arc<str>,
    text: Arc<str>,
    translations: Translations,
    /// Ids of its texts.
    seen: BTreeSet<String>,
    gap_reported: bool,
    found: Found,
    pub(super) diags: &'a mut Diagnostics,
}

/// Opens a file: parses it, and the translations of it in every language.
pub(super) fn open<'a, T: serde::de::DeserializeOwned>(
    catalog: &Catalog,
    langs: &[Lang],
    name: &str,
    diags: &'a mut Diagnostics,
) -> Option<(T, File<'a>)> {
    let entry = catalog.get(name)?;
    let shown = entry.shown.clone();
    let mut drafts = Vec::new();
    let (raw, text, translations) = if let Some((raw, prepared)) = catalog.prepared(name) {
        let mut langs = Vec::new();
        for (lang, review) in prepared.langs() {
            let lang: Lang = lang.parse().ok()?;
            if review == "draft" {
                drafts.push(lang.clone());
            }
            langs.push(lang);
        }
        (raw, Arc::default(), Translations::BuiltIn(langs.into(), prepared.texts()))
    } else {
        let raw = yaml::parse::<T>(&shown, entry.text.shared(), diags)?;
        let translations =
            langs.iter().map(|lang| (lang.clone(), translation(catalog, lang, name, &mut drafts, diags))).collect();
        (raw, entry.text.shared().clone(), Translations::Written(translations))
    };
    Some((
        raw,
        File {
            name: name.to_owned(),
            shown,
            text,
            translations,
            seen: BTreeSet::new(),
            gap_reported: false,
            found: Found { drafts, ..Found::default() },
            diags,
        },
    ))
}

fn translation(
    catalog: &Catalog,
    lang: &Lang,
    name: &str,
    drafts: &mut Vec<Lang>,
    diags: &mut Diagnostics,
) -> Option<BTreeMap<String, Translated>> {
    let name = format!("lang/{lang}/{name}");
    let Entry { shown, text, .. } = catalog.get(&name)?;
    let text = text.shared();
    let raw: RawTranslation = yaml::parse(shown, text, diags)?;
    if raw.schema.value != "lygte/translation/1" {
        diags.push(bad_schema(yaml::place(shown, text, &raw.schema), &raw.schema.value, "lygte/translation/1"));
    }
    if raw.review.value == RawReview::Draft {
        drafts.push(lang.clone());
    }
    if raw.lang.value != lang.as_str() {
        diags.push(
            Diagnostic::new(Code::BadValue, yaml::place(shown, text, &raw.lang))
                .with("value", raw.lang.value.clone())
                .with("allowed", format!("the folder says `{lang}`")),
        );
    }
    let mut out: BTreeMap<String, Translated> = BTreeMap::new();
    for entry in raw.texts {
        let place = yaml::place(shown, text, &entry.id);
        if let Some(first) = out.get(&entry.id.value) {
            diags.push(
                Diagnostic::new(Code::DuplicateId, place)
                    .with("id", entry.id.value)
                    .related(first.place.clone(), "first defined here"),
            );
            continue;
        }
        out.insert(entry.id.value, Translated { source: entry.source.value, text: entry.text.value, place });
    }
    Some(out)
}

/// A text of a built-in file with its translations.
fn translated(english: Said, langs: &Arc<[Lang]>, row: Option<(&'static str, &'static [u8])>) -> Text {
    match row {
        Some(row) => Text::built_in(english, langs, row),
        None => english.into(),
    }
}

fn bad_schema(place: Place, found: &str, expected: &str) -> Diagnostic {
    Diagnostic::new(Code::BadSchema, place).with("found", found).with("expected", expected)
}

impl File<'_> {
    /// Whether it was checked before it was built in: then what would take more than a look at a value is not checked
    /// again.
    pub(super) fn is_checked(&self) -> bool {
        matches!(self.translations, Translations::BuiltIn(..))
    }

    /// The place of a value in this file.
    pub(super) fn place<T>(&self, value: &Spanned<T>) -> Place {
        yaml::place(&self.shown, &self.text, value)
    }

    /// Reports something about a value of this file.
    pub(super) fn report<T>(&mut self, code: Code, value: &Spanned<T>, args: &[(&'static str, &str)]) {
        let mut diagnostic = Diagnostic::new(code, self.place(value));
        for (name, value) in args {
            diagnostic = diagnostic.with(name, *value);
        }
        self.diags.push(diagnostic);
    }

    /// Reports a value that its key does not allow.
    pub(super) fn bad_value(&mut self, value: &Spanned<impl Deref<Target = str>>, allowed: &str) {
        self.report(Code::BadValue, value, &[("value", &value.value), ("allowed", allowed)]);
    }

    /// Checks the first line of the file.
    pub(super) fn schema(&mut self, schema: &Str, kind: &str) {
        let expected = format!("lygte/{kind}/1");
        if schema.value != expected {
            let diagnostic = bad_schema(self.place(schema), &schema.value, &expected);
            self.diags.push(diagnostic);
        }
    }

    /// A text with its translations. `id` is its place in the file, as translations name it.
    pub(super) fn text(&mut self, id: &str, raw: &Prose) -> Text {
        self.laid_on(id, raw, true)
    }

    /// What a record says in one of its fields: the ids of both, joined by a point, are that of the text.
    pub(super) fn said(&mut self, of: &impl Borrow<str>, field: &str, raw: &Prose) -> Text {
        self.text(&[of.borrow(), ".", field].concat(), raw)
    }

    fn laid_on(&mut self, id: &str, raw: &Prose, required: bool) -> Text {
        let english = raw.value.trimmed();
        if english.is_empty() {
            self.bad_value(raw, "a text");
        }
        let translations = match &self.translations {
            Translations::BuiltIn(langs, texts) => return translated(english, langs, texts.get(id)),
            Translations::Written(translations) => translations,
        };
        let mut text = Text::from(english.clone());
        let mut found = Vec::new();
        for (lang, translations) in translations {
            let missing = |id: &str| {
                Diagnostic::new(Code::MissingTranslation, self.place(raw)).with("lang", lang.as_str()).with("id", id)
            };
            match translations {
                // The whole file is untranslated: said once, at its first text.
                None if required && !self.gap_reported => found.push(missing("this file")),
                None => {}
                Some(texts) => match texts.get(id) {
                    None if required => found.push(missing(id)),
                    None => {}
                    Some(t) => {
                        if t.source.trim() != &*english {
                            found.push(
                                Diagnostic::new(Code::StaleTranslation, t.place.clone())
                                    .with("id", id)
                                    .with("lang", lang.as_str())
                                    .related(self.place(raw), "the English text as it is now"),
                            );
                        }
                        text.set(lang, t.text.trim().to_owned());
                    }
                },
            }
        }
        if required && translations.values().any(Option::is_none) {
            self.gap_reported = true;
        }
        for diagnostic in found {
            self.diags.push(diagnostic);
        }
        self.met(id);
        text
    }

    /// A text that stands in the file once more, with the same id and the same words.
    pub(super) fn text_again(&mut self, id: &str, raw: &Prose) -> Text {
        let english = raw.value.trimmed();
        let translations = match &self.translations {
            Translations::BuiltIn(langs, texts) => return translated(english, langs, texts.get(id)),
            Translations::Written(translations) => translations,
        };
        let mut text = Text::from(english);
        for (lang, texts) in translations {
            if let Some(t) = texts.as_ref().and_then(|texts| texts.get(id)) {
                text.set(lang, t.text.trim().to_owned());
            }
        }
        text
    }

    fn met(&mut self, id: &str) {
        if !self.is_checked() {
            self.seen.insert(id.to_owned());
        }
    }

    /// Closes the file: translations of texts that it does not have are reported.
    pub(super) fn close(self) -> Found {
        if let Translations::Written(translations) = &self.translations {
            for (id, t) in translations.values().flatten().flatten() {
                if !self.seen.contains(id) {
                    self.diags.push(
                        Diagnostic::new(Code::UnknownTranslation, t.place.clone())
                            .with("id", id.as_str())
                            .with("file", self.name.as_str()),
                    );
                }
            }
        }
        self.found
    }

    /// Notes that a question is named here.
    pub(super) fn link(&mut self, id: &Str) {
        if !self.is_checked() {
            let place = self.place(id);
            self.found.links.push((Id::new(&id.value), place));
        }
    }

    fn number(&mut self, number: &Str) -> String {
        if !self.is_checked() {
            let place = self.place(number);
            self.found.numbers.push((number.value.clone(), place));
        }
        number.value.clone()
    }

    /// An id, checked for its form.
    pub(super) fn id(&mut self, raw: &Str) -> Id {
        if !Id::is_kebab(&raw.value) {
            self.report(Code::InvalidId, raw, &[("id", &raw.value)]);
        }
        Id::new(&raw.value)
    }

    /// A number.
    pub(super) fn exact(&mut self, raw: &Str) -> Exact {
        raw.value.parse().unwrap_or_else(|_| {
            self.bad_value(raw, "a number such as 3, 1/2 or 12.5");
            Exact::zero()
        })
    }

    /// A number from 0 to 1.
    pub(super) fn share(&mut self, raw: &Str) -> Exact {
        let x = self.exact(raw);
        if x.is_negative() || x > Exact::one() {
            self.bad_value(raw, "a number from 0 to 1");
        }
        x
    }

    /// A date `YYYY-MM-DD`.
    pub(super) fn date(&mut self, raw: &Str) -> String {
        if raw.value.parse::<jiff::civil::Date>().is_err() {
            self.bad_value(raw, "a date such as 2026-11-24");
        }
        raw.value.clone()
    }

    /// The date after which the record `id` is to be checked again.
    pub(super) fn review_after(&mut self, id: &str, raw: &Str) -> String {
        let date = self.date(raw);
        let place = self.place(raw);
        self.found.dated.push(Dated { id: id.to_owned(), review_after: date.clone(), place });
        date
    }

    /// A date, or `undated`.
    pub(super) fn date_or_undated(&mut self, raw: &Str) -> String {
        if raw.value == "undated" { raw.value.clone() } else { self.date(raw) }
    }

    /// An ISO 4217 code.
    pub(super) fn currency(&mut self, raw: &Str) -> String {
        if raw.value.len() != 3 || !raw.value.bytes().all(|b| b.is_ascii_uppercase()) {
            self.bad_value(raw, "a currency of three capitals, such as NOK");
        }
        raw.value.clone()
    }

    /// One of a few words.
    pub(super) fn one_of(&mut self, raw: &Str, allowed: &[&str]) -> String {
        if !allowed.contains(&raw.value.as_str()) {
            self.bad_value(raw, &allowed.join(", "));
        }
        raw.value.clone()
    }

    /// A source, which must be in the source list. Its item is a number of the publication, or words that are
    /// translated as `<owner>.item`.
    pub(super) fn source<V>(&mut self, owner: &str, raw: &RawSource, sources: &BTreeMap<Id, V>) -> SourceRef {
        self.target("source", &raw.id, sources);
        let item = if is_number(&raw.item.value) {
            raw.item.value.clone().into()
        } else {
            self.said(&owner, "item", &raw.item)
        };
        SourceRef { id: Id::new(&raw.id.value), item }
    }

    /// A text that may stay in its own language, such as a title: a language has it or not.
    pub(super) fn name(&mut self, id: &str, raw: &Prose) -> Text {
        self.laid_on(id, raw, false)
    }

    /// An id that must be a key of `targets`.
    pub(super) fn target<V>(&mut self, kind: &str, raw: &Str, targets: &BTreeMap<Id, V>) -> Id {
        if !targets.contains_key(raw.value.as_str()) {
            self.report(Code::MissingTarget, raw, &[("kind", kind), ("id", &raw.value)]);
        }
        Id::new(&raw.value)
    }

    /// Reports the second of two equal ids in a list of this file.
    pub(super) fn unique<'r>(&mut self, ids: impl Iterator<Item = &'r Str>) {
        if self.is_checked() {
            return;
        }
        let mut seen: BTreeMap<&str, &Str> = BTreeMap::new();
        for id in ids {
            let first = *seen.entry(&id.value).or_insert(id);
            if !std::ptr::eq(first, id) {
                let second = Diagnostic::new(Code::DuplicateId, self.place(id)).with("id", id.value.as_str());
                self.diags.push(second.related(self.place(first), "first defined here"));
            }
        }
    }

    /// An option of a scale. `prefix` is the id of the scale in translations, with its dot, or nothing.
    pub(super) fn option(&mut self, prefix: &str, raw: &RawOption) -> ScaleOption {
        let id =
            if EVIDENCE.contains(&raw.id.value.as_str()) { raw.id.value.clone() } else { self.id(&raw.id).to_string() };
        let label = self.text(&format!("{prefix}{id}.label"), &raw.label);
        let grade = raw.grade.as_ref().map_or_else(Exact::zero, |g| self.share(g));
        let below = raw.below.as_ref().map(|b| self.exact(b));
        let mut synonyms: Vec<String> = raw.synonyms.iter().map(|s| s.value.clone()).collect();
        // Synonyms of other languages are optional, and written as one text with semicolons.
        let key = format!("{prefix}{id}.synonyms");
        let mut add = |text: &str| {
            synonyms.extend(text.split(';').map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()));
        };
        match &self.translations {
            Translations::BuiltIn(langs, texts) => {
                translated(Said::default(), langs, texts.get(&key)).all().for_each(|(_, text)| add(text));
            }
            Translations::Written(all) => {
                all.values().flatten().filter_map(|texts| texts.get(&key)).for_each(|t| add(&t.text));
            }
        }
        self.met(&key);
        ScaleOption { id, label, grade, needs_reason: raw.needs_reason, synonyms, below }
    }

    /// A question of a checklist or sector.
    pub(super) fn question<V>(
        &mut self,
        raw: &RawQuestion,
        exposure: bool,
        scales: &BTreeMap<Id, Arc<Scale>>,
        sources: &BTreeMap<Id, V>,
        sector: Option<&Id>,
    ) -> Question {
        let id = self.id(&raw.id);
        if RESERVED.contains(&raw.id.value.as_str()) {
            self.report(Code::InvalidId, &raw.id, &[("id", &raw.id.value)]);
        }
        let text = self.said(&id, "text", &raw.text);
        let why = self.said(&id, "why", &raw.why);
        let evidence = self.said(&id, "evidence", &raw.evidence);
        let measure = self.said(&id, "measure", &raw.measure);
        let is_text = raw.kind.is_some();
        let weight = self.weight(raw, exposure, is_text);
        if let (true, Some(critical)) = (exposure, &raw.critical) {
            let allowed = "an exposure question sets no floor";
            self.report(Code::BadValue, critical, &[("value", "critical"), ("allowed", allowed)]);
        }
        let when = condition(raw.applies_when.as_ref());
        let kind = |file: &mut Self, own: Option<&Str>| match own.or(raw.scale.as_ref()) {
            Some(scale) => {
                if let Some(found) = scales.get(scale.value.as_str()) {
                    AnswerKind::Scale(found.clone())
                } else {
                    file.report(Code::MissingTarget, scale, &[("kind", "scale"), ("id", &scale.value)]);
                    AnswerKind::Text
                }
            }
            None if is_text => AnswerKind::Text,
            None => {
                file.report(
                    Code::MissingKey,
                    &raw.id,
                    &[("key", "scale"), ("why", "a question without `kind: text` is answered on a scale")],
                );
                AnswerKind::Text
            }
        };
        let mut items = Vec::new();
        if raw.parts.is_empty() {
            items.push(Item {
                id: id.clone(),
                number: self.number(&raw.number),
                text: text.clone(),
                evidence: evidence.clone(),
                kind: kind(self, None),
                not_applicable: raw.not_applicable,
                applies_when: when.clone(),
            });
        }
        self.unique(raw.parts.iter().map(|p| &p.id));
        for part in &raw.parts {
            let part_id = self.id(&part.id);
            let key = id.part(part_id.as_str());
            let item = Item {
                number: self.number(&part.number),
                text: self.said(&key, "text", &part.text),
                evidence: match &part.evidence {
                    Some(e) => self.said(&key, "evidence", e),
                    None => evidence.clone(),
                },
                kind: kind(self, part.scale.as_ref()),
                not_applicable: part.not_applicable || raw.not_applicable,
                applies_when: when.and(&condition(part.applies_when.as_ref())),
                id: key,
            };
            items.push(item);
        }
        if !self.is_checked() {
            self.found.items.extend(std::iter::once(&id).chain(items.iter().map(|i| &i.id)).cloned());
        }
        let ilo = self.ilo(&raw.ilo);
        Question {
            number: raw.number.value.clone(),
            text,
            why,
            evidence,
            measure,
            weight,
            critical: raw.critical.as_ref().is_some_and(|c| c.value),
            short: raw.short,
            ilo,
            source: self.source(id.as_str(), &raw.source, sources),
            basis: basis(raw.basis),
            sector: sector.cloned(),
            has_parts: !raw.parts.is_empty(),
            items,
            id,
        }
    }

    fn weight(&mut self, raw: &RawQuestion, exposure: bool, is_text: bool) -> u32 {
        match &raw.weight {
            Some(weight) if exposure || is_text => {
                let shown = weight.value.to_string();
                let allowed = "questions of an exposure list weigh the same, and free text weighs nothing";
                self.report(Code::BadWeight, weight, &[("weight", &shown), ("allowed", allowed)]);
                1
            }
            Some(weight) => u32::try_from(weight.value).ok().filter(|w| (1..=3).contains(w)).unwrap_or_else(|| {
                let shown = weight.value.to_string();
                let allowed = "a whole number from 1 to 3";
                self.report(Code::BadWeight, weight, &[("weight", &shown), ("allowed", allowed)]);
                1
            }),
            None if exposure || is_text => 1,
            None => {
                let why = "a control weighs 1, 2 or 3";
                self.report(Code::MissingKey, &raw.id, &[("key", "weight"), ("why", why)]);
                1
            }
        }
    }

    pub(super) fn ilo(&mut self, raw: &[Spanned<u8>]) -> Vec<u8> {
        for n in raw {
            if !(1..=11).contains(&n.value) {
                let shown = n.value.to_string();
                self.report(Code::BadValue, n, &[("value", &shown), ("allowed", "1 to 11")]);
            }
        }
        raw.iter().map(|n| n.value).collect()
    }

    /// A sign of a checklist or sector.
    pub(super) fn sign<I, V>(
        &mut self,
        raw: &RawSign,
        indicators: &BTreeMap<Id, I>,
        sources: &BTreeMap<Id, V>,
        sector: Option<&Id>,
    ) -> Sign {
        let id = self.id(&raw.id);
        let indicator = if let Some(indicator) = &raw.indicator {
            self.target("indicator", indicator, indicators)
        } else {
            self.report(Code::SignWithoutIndicator, &raw.id, &[("id", &raw.id.value)]);
            Id::new("none")
        };
        raw.contradicts.iter().for_each(|c| self.link(c));
        Sign {
            number: self.number(&raw.number),
            group: match raw.group.value {
                RawGroup::Recruitment => SignGroup::Recruitment,
                RawGroup::Housing => SignGroup::Housing,
                RawGroup::Work => SignGroup::Work,
            },
            text: self.said(&id, "text", &raw.text),
            why: self.said(&id, "why", &raw.why),
            evidence: self.said(&id, "evidence", &raw.evidence),
            measure: self.said(&id, "measure", &raw.measure),
            indicator,
            contradicts: raw.contradicts.iter().map(|c| Id::new(&c.value)).collect(),
            short: raw.short,
            source: self.source(id.as_str(), &raw.source, sources),
            basis: basis(raw.basis),
            sector: sector.cloned(),
            id,
        }
    }
}

/// `A3c`, `RH1`, `CD05`, `p. 30`: what needs no translation.
fn is_number(item: &str) -> bool {
    item.len() <= 8 && item.bytes().any(|b| b.is_ascii_digit()) && !item.contains(' ')
}

fn basis(raw: RawBasis) -> Basis {
    match raw {
        RawBasis::Guide => Basis::Guide,
        RawBasis::Supplement => Basis::Supplement,
        RawBasis::Own => Basis::Own,
    }
}

fn condition(raw: Option<&RawCondition>) -> Condition {
    let Some(raw) = raw else { return Condition::default() };
    let facts = [
        (FactId::Subcontracting, raw.subcontracting),
        (FactId::HiresDirectly, raw.hires_directly),
        (FactId::AgencyWorkers, raw.agency_workers),
        (FactId::Housing, raw.housing),
        (FactId::EuCitizens, raw.eu_citizens),
        (FactId::ThirdCountryCitizens, raw.third_country_citizens),
    ];
    Condition(facts.into_iter().filter_map(|(id, v)| v.map(|v| (id, v == RawYesNo::Yes))).collect())
}
