//! From what stands in an answer cell to an option: exact label, another form of it, a synonym; never a guess.

use crate::diag::Code;
use crate::model::{Answer, Common, Exact, Lang, Scale, ScaleOption, Table, Text};

use super::book::CellValue;
use super::fold::{fold, trim};

/// How a cell was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Understood {
    /// As it stood.
    Exactly(Answer, Option<Exact>),
    /// By a rule that the ledger names, and as which option.
    By(Answer, Option<Exact>, Rule, String),
    /// Not at all.
    Not,
    /// A number outside of its range.
    OutOfRange,
    /// A number that can be read in two ways.
    Ambiguous,
}

/// By which rule a text was taken for an answer. The ledger names it.
pub(super) type Rule = Code;

/// Labels of one scale with the common answers, in all languages.
#[derive(Clone, Debug)]
pub(super) struct Labels {
    /// Options, by number, of a text as it is written, each with the language; `None` is English.
    exact: Table<String, Vec<(Option<Lang>, usize)>>,
    folded: Table<String, Vec<(usize, Rule)>>,
    /// Ids and labels of all options.
    options: Vec<(String, Text)>,
    scale: Scale,
}

impl Labels {
    pub(super) fn new(scale: &Scale, common: &Common) -> Self {
        let own = if scale.range.is_none() { scale.options.as_slice() } else { &[] };
        Self::offering(own.iter().chain([&common.na, &common.dont_know, &common.refused]), scale.clone())
    }

    /// Labels of a plain list of options.
    pub(super) fn of(options: &[ScaleOption]) -> Self {
        let scale = Scale { id: crate::model::Id::new("list"), options: options.to_vec(), range: None, percent: false };
        Self::offering(options.iter(), scale)
    }

    fn offering<'a>(options: impl Iterator<Item = &'a ScaleOption>, scale: Scale) -> Self {
        let mut out = Self { exact: Table::default(), folded: Table::default(), options: Vec::new(), scale };
        options.for_each(|option| out.add(option));
        out
    }

    fn add(&mut self, option: &ScaleOption) {
        let number = self.options.iter().position(|(id, _)| *id == option.id).unwrap_or(self.options.len());
        let shown = (option.id.clone(), option.label.clone());
        if number == self.options.len() {
            self.options.push(shown);
        } else {
            self.options[number] = shown;
        }
        for (lang, label) in option.label.all() {
            // An option keeps a label that an earlier option of the scale does not have.
            let by_lang = self.exact.or_default(label.to_owned());
            if by_lang.iter().all(|(known, _)| known.as_ref() != lang) {
                by_lang.push((lang.cloned(), number));
            }
            self.fold_in(fold(label), number, Code::ReadSpelling);
        }
        for synonym in &option.synonyms {
            self.fold_in(fold(synonym), number, Code::ReadSynonym);
        }
    }

    fn fold_in(&mut self, key: String, option: usize, rule: Rule) {
        let entry = self.folded.or_default(key);
        if entry.iter().all(|(known, _)| *known != option) {
            entry.push((option, rule));
        }
    }

    /// The option that a text names, and the rule by which; `None` for the rule if it stood exactly so.
    pub(super) fn option(&self, text: &str, lang: &Lang) -> Option<(&str, Option<Rule>)> {
        let own = if lang.is_english() { None } else { Some(lang) };
        let mut exact = self.exact.get(text).into_iter().flatten();
        if let Some((_, option)) = exact.find(|(lang, _)| lang.as_ref() == own) {
            return Some((&self.options[*option].0, None));
        }
        match self.folded.get(&fold(text)).map(Vec::as_slice) {
            // Labels of two options that fall together are no answer.
            Some([(option, rule)]) => {
                let (id, label) = &self.options[*option];
                let rule = if *rule == Code::ReadSpelling && fold(label.get(lang)) != fold(text) {
                    Code::ReadLanguage
                } else {
                    *rule
                };
                Some((id, Some(rule)))
            }
            _ => None,
        }
    }

    /// Understands what stands in an answer cell.
    pub(super) fn understand(&self, value: &CellValue, lang: &Lang, reason: bool) -> Understood {
        if let CellValue::Text(text) = value
            && let Some((id, rule)) = self.option(text, lang)
        {
            let taken = || {
                let label = self.options.iter().find(|(option, _)| option == id).map(|(_, label)| label);
                label.map(|label| label.get(lang).to_owned()).unwrap_or_default()
            };
            let answer = match id {
                "na" => Answer::NotApplicable { reason },
                "dont-know" => Answer::DontKnow,
                "refused" => Answer::Refused,
                id => Answer::Option(id.to_owned()),
            };
            return match rule {
                None => Understood::Exactly(answer, None),
                Some(rule) => Understood::By(answer, None, rule, taken()),
            };
        }
        if self.scale.range.is_none() {
            return Understood::Not;
        }
        let (number, as_text) = match value {
            CellValue::Number(n) => (n.parse::<Exact>().ok(), false),
            CellValue::Text(t) => match text_number(t, self.scale.percent) {
                Ok(n) => (n, true),
                Err(Twofold) => return Understood::Ambiguous,
            },
            _ => (None, false),
        };
        let Some(number) = number else { return Understood::Not };
        // 0.25 in a percent cell may be a quarter that Excel stores so, or a quarter of a percent.
        if self.scale.percent && !number.is_zero() && !number.is_negative() && number < Exact::one() {
            return Understood::Ambiguous;
        }
        match self.scale.option_of(&number) {
            None => Understood::OutOfRange,
            Some(option) => {
                let answer = Answer::Option(option.id.clone());
                if as_text {
                    let taken = number.to_string();
                    Understood::By(answer, Some(number), Code::ReadNumber, taken)
                } else {
                    Understood::Exactly(answer, Some(number))
                }
            }
        }
    }

    /// The least and the most that may be answered, where that is a number.
    pub(super) fn range(&self) -> Option<&(Exact, Exact)> {
        self.scale.range.as_ref()
    }

    /// What may be answered, in a language, for a message.
    pub(super) fn offered(&self, lang: &Lang) -> String {
        if let Some((min, max)) = &self.scale.range {
            return format!("{min} – {max}");
        }
        self.scale.options.iter().map(|o| o.label.get(lang)).collect::<Vec<_>>().join(" · ")
    }
}

/// A number that can be read in two ways.
pub(super) struct Twofold;

/// A number written as text: `12`, `12.5`, `12,5`, with a percent sign where a percentage is asked for.
/// A comma or point before exactly three last digits could part thousands: that is not decided here.
pub(super) fn text_number(text: &str, percent: bool) -> Result<Option<Exact>, Twofold> {
    let mut text = fold(trim(text));
    if percent && text.ends_with('%') {
        text.pop();
        text = text.trim_end().to_owned();
    }
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',') {
        return Ok(None);
    }
    let marks: Vec<(usize, u8)> = text.bytes().enumerate().filter(|(_, b)| !b.is_ascii_digit()).collect();
    match marks.as_slice() {
        [] => Ok(text.parse().ok()),
        [(at, _)] => {
            if *at == 0 || *at + 1 == text.len() {
                return Ok(None);
            }
            if text.len() - at - 1 == 3 {
                return Err(Twofold);
            }
            Ok(text.replace(',', ".").parse().ok())
        }
        _ => Err(Twofold),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_written_as_text() {
        let case = |text: &str, percent| match text_number(text, percent) {
            Ok(Some(n)) => n.to_string(),
            Ok(None) => "none".to_owned(),
            Err(Twofold) => "twofold".to_owned(),
        };
        assert_eq!(case(" 95 ", true), "95");
        assert_eq!(case("95 %", true), "95");
        assert_eq!(case("95 %", false), "none");
        assert_eq!(case("12,5", true), "25/2");
        assert_eq!(case("12.5", true), "25/2");
        assert_eq!(case("1,234", false), "twofold");
        assert_eq!(case("1.234.567", false), "twofold");
        assert_eq!(case("about 95", true), "none");
        assert_eq!(case("-5", true), "none");
        assert_eq!(case("1e3", false), "none");
    }
}
