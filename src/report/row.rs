//! What the index keeps of a supplier when its dossier is gone.

use serde::{Deserialize, Serialize};

use super::first;
use super::say::Say;
use super::work;
use super::{Reminder, Scored, Setting};
use crate::model::{AnswerCode, Band, Exact, Form, Id, Label, Lang, Words};

/// What the index keeps of a supplier: about a kilobyte, whatever its questionnaire holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Row {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) slug: String,
    pub(super) countries: Vec<String>,
    pub(super) sectors: Vec<String>,
    pub(super) group: Group,
    pub(super) priority: Option<Band>,
    pub(super) best_priority: Option<Band>,
    pub(super) label: Label,
    pub(super) headline: Exact,
    pub(super) best: Exact,
    pub(super) stated: Exact,
    pub(super) verified: Exact,
    pub(super) exposure: Exact,
    pub(super) precautions: Exact,
    pub(super) own_word: Exact,
    pub(super) answered: usize,
    pub(super) applicable: usize,
    pub(super) share: Exact,
    pub(super) open: Vec<String>,
    pub(super) reported: usize,
    pub(super) looks: usize,
    pub(super) draft: bool,
    /// The language of the reminder that is due for want of answers, if one is.
    pub(super) remind: Option<Lang>,
}

/// What may be ranked together: one questionnaire, form and method, and today's revision. Trades ask additional
/// questions, so each composition has a revision of its own; what must stand apart is a workbook made from an older one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Group {
    pub(super) questionnaire: String,
    pub(super) form: Form,
    pub(super) method: String,
    pub(super) older: Option<String>,
}

impl Row {
    /// The row of a supplier, with names in the language of the setting.
    pub fn of(setting: &Setting<'_>, words: &Words, scored: &Scored<'_>) -> Self {
        let say = Say { words, lang: setting.lang };
        let (a, d) = (scored.assessment, scored.dossier);
        let sector = |s: &Option<Id>| say.sector(scored.questionnaire, scored.reference, s.as_ref());
        let items = || a.sections.iter().flat_map(|s| &s.items).filter(|i| i.credit.is_some());
        let is_older = !d.revision.is_empty() && d.revision != scored.questionnaire.revision;
        Self {
            id: d.id.clone(),
            name: d.name.clone(),
            slug: scored.slug.to_owned(),
            countries: d.profile.countries.iter().map(|c| say.country(scored.reference, c.as_ref())).collect(),
            sectors: d.profile.sectors.iter().map(sector).collect(),
            group: Group {
                questionnaire: scored.questionnaire.id.to_string(),
                form: d.form,
                method: format!("{} {}", scored.method.id, scored.method.version),
                older: is_older.then(|| d.revision.clone()),
            },
            priority: a.priority,
            best_priority: a.best_priority,
            label: a.signs.label,
            headline: a.score.headline.clone(),
            best: a.score.best.clone(),
            stated: a.stated.clone(),
            verified: a.verified.clone(),
            exposure: a.exposure.hi.clone(),
            precautions: a.controls.lo.clone(),
            own_word: a.verification.stated.clone(),
            answered: a.coverage.answered,
            applicable: a.coverage.applicable,
            share: a.coverage.share.clone(),
            open: items()
                .filter(|i| matches!(i.answer, AnswerCode::Open(_)))
                .map(|i| work::number(scored, i.id.as_str()).to_owned())
                .collect(),
            reported: first::reported(scored),
            looks: d.looks.len(),
            draft: scored.questionnaire.drafts.contains(setting.lang),
            remind: None,
        }
    }

    /// The same, with a reminder due, in a language.
    #[must_use]
    pub fn reminding(self, lang: &Lang) -> Self {
        Self { remind: Some(lang.clone()), ..self }
    }

    /// Whether a reminder is due.
    pub fn is_reminding(&self) -> bool {
        self.remind.is_some()
    }

    /// The reminder, if one is due.
    pub fn reminder(&self, words: &Words) -> Option<Reminder> {
        self.remind.as_ref().map(|lang| Reminder::not_enough(words, lang, self))
    }

    /// Id of the supplier.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its priority; `None` when there are not enough answers.
    pub fn priority(&self) -> Option<Band> {
        self.priority
    }

    /// How much of the precautions rests on nobody's check: the score as verified less the score as stated.
    pub(super) fn gap(&self) -> Exact {
        &self.verified - &self.stated
    }
}
