//! What to send to a supplier who has not answered, or not enough.

use super::row::Row;
use super::say::Say;
use crate::model::{Lang, Words};

/// Why a reminder is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// No questionnaire was read.
    NotAnswered,
    /// Too few of its questions have a usable answer.
    NotEnough,
}

impl Due {
    /// Its name in results.
    pub fn id(self) -> &'static str {
        match self {
            Self::NotAnswered => "not-answered",
            Self::NotEnough => "not-enough",
        }
    }
}

/// A text that is ready to send, in the supplier's language.
#[derive(Clone, Debug)]
pub struct Reminder {
    /// The supplier's id.
    pub supplier: String,
    /// Its name.
    pub name: String,
    /// The language.
    pub lang: Lang,
    /// Why.
    pub due: Due,
    /// The text.
    pub paragraphs: Vec<String>,
}

impl Reminder {
    /// For somebody who was invited and of whom no questionnaire was read.
    pub fn not_answered(words: &Words, lang: &Lang, id: &str, name: &str) -> Self {
        let say = Say { words, lang };
        let paragraphs = vec![
            say.fill("reminder-greeting", &[("name", name)]),
            say.t("reminder-invited"),
            say.t("reminder-again"),
            say.t("reminder-honest"),
            say.t("reminder-names"),
            say.t("reminder-thanks"),
        ];
        Self { supplier: id.to_owned(), name: name.to_owned(), lang: lang.clone(), due: Due::NotAnswered, paragraphs }
    }

    /// For somebody whose questionnaire has too few usable answers.
    pub fn not_enough(words: &Words, lang: &Lang, row: &Row) -> Self {
        let say = Say { words, lang };
        let (answered, applicable) = (row.answered.to_string(), row.applicable.to_string());
        let paragraphs = vec![
            say.fill("reminder-greeting", &[("name", &row.name)]),
            say.fill("reminder-count", &[("n", &applicable), ("answered", &answered), ("applicable", &applicable)]),
            say.fill("reminder-open", &[("numbers", &say.list(&row.open))]),
            say.t("reminder-honest"),
            say.t("reminder-names"),
            say.t("reminder-thanks"),
        ];
        let (supplier, name) = (row.id.clone(), row.name.clone());
        Self { supplier, name, lang: lang.clone(), due: Due::NotEnough, paragraphs }
    }

    /// The whole text.
    pub fn text(&self) -> String {
        super::plain(&(self.paragraphs.join("\n\n") + "\n"))
    }
}
