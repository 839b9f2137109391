//! What the texts of a questionnaire stand for, in all languages.

use crate::model::Table;
use crate::questionnaire::fold::{ends, fold, is_tidy};

/// What a text can stand for, wherever it stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Meaning {
    /// Lines of this number.
    pub(super) numbers: Vec<usize>,
    /// Lines that ask this.
    pub(super) texts: Vec<usize>,
    /// The column that it is the header of.
    pub(super) header: Option<u16>,
    /// Number of a question that is asked in parts, of which it is the number or the text.
    pub(super) stem: Option<String>,
}

impl Meaning {
    fn add(&mut self, what: &What<'_>) {
        let add = |lines: &mut Vec<usize>, line: usize| {
            if lines.last() != Some(&line) {
                lines.push(line);
            }
        };
        match what {
            What::Number(line) => add(&mut self.numbers, *line),
            What::Text(line) => add(&mut self.texts, *line),
            What::Header(column) => self.header = self.header.or(Some(*column)),
            What::Stem(number) => {
                self.stem.get_or_insert_with(|| (*number).to_owned());
            }
        }
    }

    /// What a text as it is written does not stand for, it stands for as it is folded.
    fn complete(&mut self, folded: &Self) {
        for (own, folded) in [(&mut self.numbers, &folded.numbers), (&mut self.texts, &folded.texts)] {
            if own.is_empty() {
                own.clone_from(folded);
            }
        }
        self.header = folded.header;
        self.stem.clone_from(&folded.stem);
    }
}

/// One thing that a text of a questionnaire stands for.
pub(super) enum What<'a> {
    Number(usize),
    Text(usize),
    Header(u16),
    Stem(&'a str),
}

/// Texts, and what each stands for.
#[derive(Clone, Debug, Default)]
pub(super) struct Meanings {
    all: Vec<Meaning>,
    /// Texts in all languages as they are written, which nearly all texts of a workbook are.
    written: Table<String, usize>,
    /// The same as they are folded, for those that are not.
    folded: Table<String, usize>,
    /// Length and ends of those: most texts that are none of them are seen not to be without being folded.
    shapes: Table<(usize, [u8; 2]), ()>,
}

impl Meanings {
    /// Of several questions in parts, and of several columns, the first has a text that they share. `nothing`: texts that
    /// are to be known as they are written, though they stand for nothing.
    pub(super) fn new<'a>(said: &[(&'a str, What<'_>)], nothing: impl Iterator<Item = &'a str>) -> Self {
        let mut out = Self {
            all: Vec::with_capacity(said.len()),
            written: Table::with_capacity(said.len()),
            folded: Table::with_capacity(said.len()),
            shapes: Table::default(),
        };
        // Of each meaning the one text that has it, and of each text its meaning as it is folded.
        let mut only: Vec<Option<&str>> = Vec::with_capacity(said.len());
        let mut as_folded = Vec::with_capacity(said.len());
        for &(text, ref what) in said {
            let folded = fold(text);
            let at = out.folded.get(&folded).copied().unwrap_or_else(|| {
                only.push(Some(text));
                out.all.push(Meaning::default());
                out.shapes.add((folded.len(), ends(&folded)), ());
                out.folded.add(folded, out.all.len() - 1);
                out.all.len() - 1
            });
            out.all[at].add(what);
            only[at] = only[at].filter(|known| *known == text);
            as_folded.push(at);
        }
        // Texts that differ only in how they are written may stand for different things.
        for ((text, what), folded) in said.iter().zip(&as_folded) {
            let own = out.written.get(*text).copied().unwrap_or_else(|| {
                let own = if only[*folded].is_some() { *folded } else { out.all.len() };
                if own == out.all.len() {
                    out.all.push(Meaning::default());
                }
                out.written.add((*text).to_owned(), own);
                own
            });
            if own != *folded {
                out.all[own].add(what);
            }
        }
        for ((text, _), folded) in said.iter().zip(as_folded) {
            if let Some(own) = out.written.get(*text).filter(|own| **own != folded) {
                let folded = out.all[folded].clone();
                out.all[*own].complete(&folded);
            }
        }
        let none = out.all.len();
        out.all.push(Meaning::default());
        for text in nothing {
            if out.written.get(text).is_none() {
                let at = out.folded.get(&fold(text)).copied().unwrap_or(none);
                out.written.add(text.to_owned(), at);
            }
        }
        out
    }

    /// What a text stands for, as it is written or else as it is folded.
    pub(super) fn get(&self, text: &str) -> Option<&Meaning> {
        let is_none = || is_tidy(text) && self.shapes.get(&(text.len(), ends(text))).is_none();
        let as_folded = || if is_none() { None } else { self.folded.get(&fold(text)) };
        let at = self.written.get(text).or_else(as_folded)?;
        self.all.get(*at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_are_folded_alike_keep_what_is_their_own() {
        let said = [
            ("Why?", What::Text(1)),
            ("WHY?", What::Text(2)),
            ("why?", What::Number(3)),
            ("Who?", What::Text(4)),
            ("Why?", What::Header(5)),
        ];
        let meanings = Meanings::new(&said, ["wHY?", "Who?", "None"].into_iter());
        let lines = |text: &str| meanings.get(text).map(|m| (m.texts.clone(), m.numbers.clone(), m.header));
        assert_eq!(lines("Why?"), Some((vec![1], vec![3], Some(5))));
        assert_eq!(lines("WHY?"), Some((vec![2], vec![3], Some(5))));
        for other in ["why?", "wHY?", "why? "] {
            assert_eq!(lines(other), Some((vec![1, 2], vec![3], Some(5))), "{other}");
        }
        assert_eq!(lines("WHO?"), Some((vec![4], vec![], None)));
        assert_eq!(lines("None"), Some((vec![], vec![], None)));
        assert_eq!(lines("none"), None);
    }
}
