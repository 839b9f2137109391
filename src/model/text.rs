//! Texts in several languages.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Lang, Table};

/// A text in English and its translations. A language without one falls back to English; lint reports each such gap.
///
/// A copy shares what is said: questionnaires of many sectors and countries hold each text once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    english: Arc<str>,
    /// In the order of languages.
    others: Arc<Vec<(Lang, Arc<str>)>>,
}

impl Text {
    /// A text in English only.
    pub fn english(text: impl Into<Arc<str>>) -> Self {
        Self { english: text.into(), others: Arc::default() }
    }

    /// A text and its translations, in the order of languages.
    pub(crate) fn new(text: &str, others: Vec<(Lang, Arc<str>)>) -> Self {
        Self { english: text.into(), others: Arc::new(others) }
    }

    /// Adds or replaces a translation.
    pub fn set(&mut self, lang: &Lang, text: impl Into<Arc<str>>) {
        if lang.is_english() {
            self.english = text.into();
            return;
        }
        let others = Arc::make_mut(&mut self.others);
        match others.binary_search_by(|(l, _)| l.cmp(lang)) {
            Ok(at) => others[at].1 = text.into(),
            Err(at) => others.insert(at, (lang.clone(), text.into())),
        }
    }

    /// The text in `lang`, else in English.
    pub fn get(&self, lang: &Lang) -> &str {
        self.others.iter().find(|(l, _)| l == lang).map_or(&self.english, |(_, text)| text)
    }

    /// Every language's text, English first.
    pub fn all(&self) -> impl Iterator<Item = (Option<&Lang>, &str)> {
        std::iter::once((None, &*self.english)).chain(self.others.iter().map(|(l, t)| (Some(l), &**t)))
    }
}

/// Words by id: what a workbook or a report says of its own.
#[derive(Clone, Debug, Default)]
pub struct Words(Table<String, Text>);

impl Words {
    /// Words from ids and texts.
    pub fn new(words: BTreeMap<String, Text>) -> Self {
        Self(words.into_iter().collect())
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
        Self(
            self.0.sorted().into_iter().chain(others.0.sorted()).map(|(id, text)| (id.clone(), text.clone())).collect(),
        )
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
    fn filling_is_one_pass() {
        assert_eq!(fill("a {x} b {y}", &[("x", "{y}"), ("y", "1")]), Ok("a {y} b 1".to_owned()));
        assert_eq!(fill("a {x}", &[]), Err("x".to_owned()));
        assert_eq!(fill("a { b", &[]), Ok("a { b".to_owned()));
    }
}
