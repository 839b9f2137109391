//! Texts in several languages.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::{Lang, Table};

/// A text in English and its translations. A language without one falls back to English; lint reports each such gap.
///
/// A copy shares what is said: questionnaires of many sectors and countries hold each text once.
#[derive(Clone, Default)]
pub struct Text {
    english: Said,
    others: Others,
}

/// What is said in one language.
#[derive(Clone, Debug)]
pub(crate) enum Said {
    /// Built into the program: found where it lies in it.
    BuiltIn(&'static str),
    /// Shared by all copies.
    Read(Arc<str>),
}

impl Said {
    /// The same without white space around it.
    pub(crate) fn trimmed(&self) -> Self {
        match self {
            Self::BuiltIn(text) => Self::BuiltIn(text.trim()),
            Self::Read(text) if text.trim().len() == text.len() => self.clone(),
            Self::Read(text) => Self::Read(text.trim().into()),
        }
    }
}

impl Default for Said {
    fn default() -> Self {
        Self::BuiltIn("")
    }
}

impl Deref for Said {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::BuiltIn(text) => text,
            Self::Read(text) => text,
        }
    }
}

/// What is said in other languages, in their order.
#[derive(Clone)]
enum Others {
    /// Built into the program.
    BuiltIn(Arc<[Lang]>, Row),
    Read(Arc<Vec<(Lang, Arc<str>)>>),
}

impl Default for Others {
    fn default() -> Self {
        Self::Read(Arc::default())
    }
}

/// What is said in several languages, one after the other.
#[derive(Clone, Copy)]
struct Row {
    texts: &'static str,
    /// Where in the texts the first starts, and where that and each other ends, four bytes for each.
    numbers: &'static [u8],
}

impl Row {
    /// What is said in the language at `at`; nothing where it is not translated.
    fn get(self, at: usize) -> Option<&'static str> {
        let (numbers, _) = self.numbers.as_chunks();
        let (start, end) = (u32::from_le_bytes(*numbers.get(at)?), u32::from_le_bytes(*numbers.get(at + 1)?));
        self.texts.get(start as usize..end as usize).filter(|said| !said.is_empty())
    }
}

impl Text {
    /// A text in English only.
    pub fn english(text: impl Into<Arc<str>>) -> Self {
        Said::Read(text.into()).into()
    }

    /// A text and its built-in translations into these languages, which are in order: where in the texts the first starts,
    /// and where that and each other ends, four bytes for each.
    pub(crate) fn built_in(
        english: Said,
        langs: &Arc<[Lang]>,
        (texts, numbers): (&'static str, &'static [u8]),
    ) -> Self {
        Self { english, others: Others::BuiltIn(Arc::clone(langs), Row { texts, numbers }) }
    }

    /// Adds or replaces a translation.
    pub fn set(&mut self, lang: &Lang, text: impl Into<Arc<str>>) {
        if lang.is_english() {
            self.english = Said::Read(text.into());
            return;
        }
        let mut others = match &self.others {
            Others::Read(others) => Arc::clone(others),
            Others::BuiltIn(..) => {
                Arc::new(self.all().filter_map(|(lang, text)| Some((lang?.clone(), text.into()))).collect())
            }
        };
        // Not shared, so that it is not copied for each of its languages.
        self.others = Others::default();
        let each = Arc::make_mut(&mut others);
        match each.binary_search_by(|(l, _)| l.cmp(lang)) {
            Ok(at) => each[at].1 = text.into(),
            Err(at) => each.insert(at, (lang.clone(), text.into())),
        }
        self.others = Others::Read(others);
    }

    /// The text in `lang`, else in English.
    pub fn get(&self, lang: &Lang) -> &str {
        // Tags are so short that a call to compare them would take longer than they do.
        let is_it = |l: &Lang| l.as_str().bytes().eq(lang.as_str().bytes());
        let said = match &self.others {
            Others::BuiltIn(langs, row) => langs.iter().position(is_it).and_then(|at| row.get(at)),
            Others::Read(others) => others.iter().find(|(l, _)| is_it(l)).map(|(_, text)| &**text),
        };
        said.unwrap_or(&self.english)
    }

    /// Every language's text, English first.
    pub fn all(&self) -> impl Iterator<Item = (Option<&Lang>, &str)> {
        let (built_in, read) = match &self.others {
            Others::BuiltIn(langs, row) => (Some((langs, row)), None),
            Others::Read(others) => (None, Some(others)),
        };
        let built_in = built_in.into_iter().flat_map(|(langs, row)| {
            langs.iter().enumerate().filter_map(|(at, lang)| Some((Some(lang), row.get(at)?)))
        });
        let read = read.into_iter().flat_map(|others| others.iter().map(|(lang, text)| (Some(lang), &**text)));
        std::iter::once((None, &*self.english)).chain(built_in).chain(read)
    }
}

impl From<Said> for Text {
    /// A text in English only.
    fn from(english: Said) -> Self {
        Self { english, others: Others::default() }
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.all().eq(other.all())
    }
}

impl Eq for Text {}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.all()).finish()
    }
}

/// Words by id: what a workbook or a report says of its own.
#[derive(Clone, Debug, Default)]
pub struct Words(Arc<Table<String, Text>>);

impl Words {
    /// Words from ids and texts.
    pub fn new(words: BTreeMap<String, Text>) -> Self {
        Self(Arc::new(words.into_iter().collect()))
    }

    /// Where the words of `id` stand as they are said of one thing.
    pub fn one(id: &str) -> String {
        format!("{id}.one")
    }

    /// The words of `id` in `lang`; the id itself where there are none, so that a gap is seen.
    pub fn get<'a>(&'a self, id: &'a str, lang: &Lang) -> &'a str {
        self.0.get(id).map_or(id, |t| t.get(lang))
    }

    /// Like [`Words::get`], with `{name}` replaced by the values given. A value that was not given leaves the words as
    /// they are, so that the gap is seen.
    pub fn fill(&self, id: &str, lang: &Lang, values: &[(&str, &str)]) -> String {
        let words = self.get(id, lang);
        fill(words, values).unwrap_or_else(|_| words.to_owned())
    }

    /// The text of `id`, if there is one.
    pub fn text(&self, id: &str) -> Option<&Text> {
        self.0.get(id)
    }

    /// These words and others; where both have an id, the others'.
    #[must_use]
    pub fn with(&self, others: &Self) -> Self {
        let all = self.0.sorted().into_iter().chain(others.0.sorted());
        Self(Arc::new(all.map(|(id, text)| (id.clone(), text.clone())).collect()))
    }

    /// All ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.sorted().into_iter().map(|(id, _)| id.as_str())
    }
}

/// `{name}` replaced by the values given, in one pass: a value that holds `{…}` itself stays as it is.
///
/// # Errors
/// The name that has no value.
pub fn fill(template: &str, values: &[(&str, &str)]) -> Result<String, String> {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let (before, after) = rest.split_at(start);
        out.push_str(before);
        let Some(end) = after.find('}') else {
            rest = after;
            break;
        };
        let name = &after[1..end];
        let value = values.iter().find(|(n, _)| *n == name).ok_or_else(|| name.to_owned())?;
        out.push_str(value.1);
        rest = &after[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_built_in_text_is_like_one_that_was_read() {
        let langs: Arc<[Lang]> = ["da", "fi", "sv"].map(|l| l.parse().unwrap()).into();
        let numbers: &[u8] = &[0, 0, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, 9, 0, 0, 0];
        let mut text = Text::built_in(Said::BuiltIn("light"), &langs, ("lysl\u{e5}gte", numbers));
        let mut read = Text::english("light");
        read.set(&langs[0], "lys");
        read.set(&langs[2], "l\u{e5}gte");
        assert_eq!(text, read);
        assert_eq!(langs.iter().map(|l| text.get(l)).collect::<Vec<_>>(), ["lys", "light", "l\u{e5}gte"]);
        text.set(&langs[1], "valo");
        assert_ne!(text, read);
        read.set(&langs[1], "valo");
        assert_eq!(text, read);
        assert_eq!(text.all().map(|(_, t)| t).collect::<Vec<_>>(), ["light", "lys", "valo", "l\u{e5}gte"]);
    }

    #[test]
    fn filling_is_one_pass() {
        assert_eq!(fill("a {x} b {y}", &[("x", "{y}"), ("y", "1")]), Ok("a {y} b 1".to_owned()));
        assert_eq!(fill("a {x}", &[]), Err("x".to_owned()));
        assert_eq!(fill("a { b", &[]), Ok("a { b".to_owned()));
    }
}
