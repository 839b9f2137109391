//! Numbers, dates, places and answers as people of a language read them.

use std::borrow::Cow;

use super::locale;
use crate::diag::cell_name;
use crate::model::{
    AnswerCode, Band, Cell, Common, CountryCode, Evidence, Exact, Id, Interval, Lang, Questionnaire, Reference, Scale,
    ScaleOption, SourceRef, Text, Unanswered, Words,
};

/// What is to be said, in one language.
#[derive(Clone, Copy)]
pub(super) struct Say<'a> {
    pub(super) words: &'a Words,
    pub(super) lang: &'a Lang,
}

impl<'a> Say<'a> {
    /// The words of `id`, as they stand there.
    pub(super) fn word(&self, id: &'a str) -> &'a str {
        debug_assert!(self.words.text(id).is_some() || !cfg!(test), "no word `{id}`");
        self.words.get(id, self.lang)
    }

    /// A text in this language, as it stands there.
    pub(super) fn label(&self, text: &'a Text) -> &'a str {
        text.get(self.lang)
    }

    /// The words of `id`.
    pub(super) fn t(&self, id: &str) -> String {
        debug_assert!(self.words.text(id).is_some() || !cfg!(test), "no word `{id}`");
        self.words.get(id, self.lang).to_owned()
    }

    /// The words of `id` with values filled in. A value that was not given leaves its name, so that the gap is seen.
    pub(super) fn fill(&self, id: &str, values: &[(&str, &str)]) -> String {
        debug_assert!(self.words.text(id).is_some() || !cfg!(test), "no word `{id}`");
        self.words.fill(&form(self.words, self.lang, id, values), self.lang, values)
    }

    /// A text in this language.
    pub(super) fn text(&self, text: &Text) -> String {
        text.get(self.lang).to_owned()
    }

    /// A number as the language writes it: `-1.25` is `-1,25` in Danish.
    pub(super) fn number(&self, shown: &str) -> String {
        locale::number(self.lang, shown)
    }

    /// Two decimals.
    pub(super) fn exact(&self, value: &Exact) -> String {
        locale::two_decimals(self.lang, value)
    }

    /// A whole number; of two where they differ, a range.
    pub(super) fn whole(&self, value: &Exact) -> String {
        locale::whole(self.lang, value)
    }

    /// A share of one in hundredths, whole.
    pub(super) fn hundredths(&self, share: &Exact) -> String {
        self.whole(&(share * &Exact::whole(100)))
    }

    /// A share in percent.
    pub(super) fn percent(&self, share: &Exact) -> String {
        // "100 %" is said of the whole only, and "0 %" of nothing only.
        let rounded = self.hundredths(share);
        let n = match rounded.as_str() {
            "100" if *share < Exact::one() => "99",
            "0" if !share.is_zero() => "1",
            other => other,
        };
        self.fill("percent", &[("n", n)])
    }

    /// `0.50`, or `0.00–1.00` while it is open.
    pub(super) fn interval(&self, value: &Interval) -> String {
        let lo = self.exact(&value.lo);
        if value.lo == value.hi {
            return lo;
        }
        let hi = self.exact(&value.hi);
        if lo == hi { lo } else { [&*lo, "–", &hi].concat() }
    }

    /// A date `YYYY-MM-DD` as the language writes it; anything else as it is.
    pub(super) fn date(&self, date: &str) -> String {
        if date == "undated" { self.t("undated") } else { locale::date(self.lang, date) }
    }

    /// Things in a row.
    pub(super) fn list(&self, things: &[impl AsRef<str>]) -> String {
        if let [one] = things {
            return one.as_ref().to_owned();
        }
        let join = self.word("list-join").strip_prefix("{first}").and_then(|join| join.strip_suffix("{next}"));
        let mut things = things.iter().map(AsRef::as_ref);
        if let Some(join) = join.filter(|join| !join.contains('{')) {
            return things.collect::<Vec<_>>().join(join);
        }
        let first = things.next().unwrap_or_default().to_owned();
        things.fold(first, |all, next| self.fill("list-join", &[("first", &all), ("next", next)]))
    }

    /// Texts in quotation marks.
    pub(super) fn quoted<'t>(&self, texts: impl Iterator<Item = &'t str>) -> Vec<String> {
        let marks = self.word("quoted").split_once("{text}");
        let marks = marks.filter(|(before, after)| !before.contains('{') && !after.contains('{'));
        let quoted = |text: &str| match marks {
            Some((before, after)) => [before, text, after].concat(),
            None => self.fill("quoted", &[("text", text)]),
        };
        texts.map(quoted).collect()
    }

    /// Whom to look at when. Never "low risk": it says nothing of how anyone behaves.
    pub(super) fn follow(&self, priority: Band) -> String {
        self.t(match priority {
            Band::Low => "follow-low",
            Band::Moderate => "follow-moderate",
            Band::High => "follow-high",
            Band::Severe => "follow-severe",
        })
    }

    /// The same in a word or two, for drawings and tables.
    pub(super) fn band(&self, priority: Band) -> String {
        self.t(match priority {
            Band::Low => "band-low",
            Band::Moderate => "band-moderate",
            Band::High => "band-high",
            Band::Severe => "band-severe",
        })
    }

    /// An answer by its label.
    pub(super) fn answer(&self, common: &'a Common, scale: Option<&'a Scale>, answer: &'a AnswerCode) -> &'a str {
        match answer {
            AnswerCode::Option(id) => scale.and_then(|s| s.option(id)).map_or(id, |o| self.label(&o.label)),
            AnswerCode::Na => self.label(&common.na.label),
            AnswerCode::Open(kind) => self.open(common, *kind),
        }
    }

    /// Why a line is open.
    pub(super) fn open(&self, common: &'a Common, kind: Unanswered) -> &'a str {
        match kind {
            Unanswered::DontKnow => self.label(&common.dont_know.label),
            Unanswered::Refused => self.label(&common.refused.label),
            Unanswered::NaUnfounded => self.word("open-na-unfounded"),
            Unanswered::Unreadable => self.word("open-unreadable"),
            Unanswered::Blank => self.word("open-blank"),
        }
    }

    /// How an answer is vouched for.
    pub(super) fn evidence(&self, common: &'a Common, evidence: Evidence) -> &'a str {
        self.option(&common.evidence, evidence.code())
    }

    /// The label of an option; its id where there is none.
    pub(super) fn option(&self, options: &'a [ScaleOption], id: &'a str) -> &'a str {
        options.iter().find(|o| o.id == id).map_or(id, |o| self.label(&o.label))
    }

    /// Name of a country.
    pub(super) fn country(&self, reference: &Reference, code: Option<&CountryCode>) -> String {
        let Some(code) = code else { return self.t("not-understood") };
        reference.countries.get(code).map_or(code.to_string(), |c| self.text(&c.name))
    }

    /// Name of a sector.
    pub(super) fn sector(&self, questionnaire: &Questionnaire, reference: &Reference, id: Option<&Id>) -> String {
        let Some(id) = id else { return self.t("not-understood") };
        let composed = questionnaire.sectors.iter().find(|s| s.id == *id).map(|s| &s.name);
        let name = composed.or_else(|| reference.sectors.get(id).map(|s| &s.name));
        name.map_or(id.to_string(), |n| self.text(n))
    }

    /// Publisher, title and item of a source.
    pub(super) fn source(&self, reference: &Reference, source: &SourceRef) -> String {
        let item = self.text(&source.item);
        match reference.sources.get(&source.id) {
            Some(s) => format!("{}: {} ({item})", self.text(&s.publisher), self.text(&s.title)),
            None => format!("{} ({item})", source.id),
        }
    }

    /// A source, its date, and when something was held against it, in a sentence.
    pub(super) fn cited(&self, reference: &Reference, source: &SourceRef, dated: &str, checked: &str) -> String {
        let (source, checked) = (self.source(reference, source), self.date(checked));
        if dated == "undated" {
            return self.fill("fact-source-undated", &[("source", &source), ("checked", &checked)]);
        }
        let dated = self.date(dated);
        self.fill("fact-source", &[("source", &source), ("dated", &dated), ("checked", &checked)])
    }
}

/// The words of `id` that go with the number `n` among the values: those said of one thing, where there are such words
/// and the language says so of that number.
pub(super) fn form<'a>(words: &Words, lang: &Lang, id: &'a str, values: &[(&str, &str)]) -> Cow<'a, str> {
    let Some((_, n)) = values.iter().find(|(name, _)| *name == "n") else { return Cow::Borrowed(id) };
    let one = Words::one(id);
    if words.text(&one).is_some() && locale::is_one(lang, n) { Cow::Owned(one) } else { Cow::Borrowed(id) }
}

/// `file!'Sheet'!E9`
pub(super) fn cell(cell: &Cell) -> String {
    cell_name(&cell.file, &cell.sheet, cell.row, cell.column)
}

/// What stood in a cell, where it says something else than the label it was read as.
pub(super) fn raw_if_other<'a>(raw: Option<&'a String>, label: &str) -> Option<&'a str> {
    let other = raw.filter(|r| *r != label)?.trim();
    (!other.is_empty() && other != label).then_some(other)
}
