//! Guide + sectors + country + form → one questionnaire.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::model::{
    AnswerKind, ControlsBlock, CountryCode, ExposureBlock, Form, Id, Item, Places, Question, Questionnaire, Scale,
    Sign, SignsBlock, Text, Words,
};

use super::library::{ChecklistData, Content, Library, QuestionnaireData, SectorData};

/// The parts of a questionnaire that come from checklists.
struct Blocks {
    exposure: ExposureBlock,
    controls: Vec<ControlsBlock>,
    signs: SignsBlock,
}

/// What to compose.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Selection {
    /// The questionnaire.
    pub questionnaire: Id,
    /// Sectors, in any order.
    pub sectors: Vec<Id>,
    /// The country.
    pub country: Option<CountryCode>,
    /// The form.
    pub form: Form,
}

impl Library {
    /// Composes a questionnaire in all languages.
    ///
    /// # Errors
    /// If the questionnaire or a sector is unknown. A country without a file of its own adds nothing.
    pub fn compose(&self, selection: &Selection) -> Result<Questionnaire> {
        let data = self.questionnaires.get(&selection.questionnaire).ok_or_else(|| {
            let there = self.questionnaires.keys().map(Id::as_str);
            Error::unknown("questionnaire", selection.questionnaire.as_str(), there)
        })?;
        let mut sectors = Vec::new();
        for id in selection.sectors.iter().collect::<BTreeSet<_>>() {
            let there = self.sectors.keys().map(Id::as_str);
            sectors.push(self.sectors.get(id).ok_or_else(|| Error::unknown("sector", id.as_str(), there))?);
        }
        let country = selection.country.as_ref().and_then(|c| self.countries.get(c));
        let Blocks { mut exposure, mut controls, mut signs } = self.blocks(data, &sectors);
        let mut all_ids = BTreeMap::new();
        if let Some(country) = country {
            for question in exposure.questions.iter_mut().chain(controls.iter_mut().flat_map(|b| &mut b.questions)) {
                if let Some(texts) = country.changes.get(&question.id) {
                    change(question, texts);
                }
                for item in question.items.iter_mut().filter(|_| question.has_parts) {
                    if let Some(texts) = country.changes.get(&item.id) {
                        change_part(item, texts);
                    }
                }
            }
        }
        let questions = || exposure.questions.iter().chain(controls.iter().flat_map(|b| &b.questions));
        for question in questions() {
            for item in &question.items {
                all_ids.insert(item.id.clone(), item.number.clone());
            }
        }
        let revision = revision(&exposure, &controls, &signs);
        if selection.form == Form::Short {
            exposure.questions.retain(|q| q.short);
            for block in &mut controls {
                block.questions.retain(|q| q.short);
            }
            signs.signs.retain(|s| s.short);
        }
        Ok(Questionnaire {
            id: selection.questionnaire.clone(),
            edition: data.edition.clone(),
            revision,
            title: data.title.clone(),
            form: selection.form,
            sectors: sectors.iter().map(|s| s.info.clone()).collect(),
            country: country.map(|c| c.info.clone()),
            profile: self.profile.clone(),
            visit: self.visit.clone(),
            exposure,
            controls,
            signs,
            common: self.common.clone(),
            drafts: self.drafts.clone(),
            words: self.words.get("workbook").cloned().unwrap_or_else(|| Words::new(BTreeMap::new())),
            all_ids,
            places: Places::default(),
        })
    }

    /// The checklists of a questionnaire, each with what sectors add to it.
    fn blocks(&self, data: &QuestionnaireData, sectors: &[&SectorData]) -> Blocks {
        let mut exposure = ExposureBlock {
            id: Id::new("none"),
            edition: String::new(),
            sheet: Text::default(),
            title: Text::default(),
            intro: Text::default(),
            complete: true,
            questions: Vec::new(),
        };
        let mut controls: Vec<ControlsBlock> = Vec::new();
        let mut signs = SignsBlock {
            id: Id::new("none"),
            edition: String::new(),
            sheet: Text::default(),
            title: Text::default(),
            intro: Text::default(),
            complete: true,
            scale: self.scales.get("sign").cloned().unwrap_or_else(|| Arc::new(no_scale())),
            signs: Vec::new(),
        };
        for list in &data.checklists {
            let ChecklistData { id, edition, sheet, title, intro, complete, content } = list;
            let (id, edition, complete) = (id.clone(), edition.clone(), *complete);
            let (sheet, title, intro) = (sheet.clone(), title.clone(), intro.clone());
            match content {
                Content::Exposure(questions) => {
                    let added = sectors.iter().flat_map(|s| &s.exposure);
                    let questions: Vec<Question> = questions.iter().chain(added).cloned().collect();
                    exposure = ExposureBlock { id, edition, sheet, title, intro, complete, questions };
                }
                Content::Controls(section, questions) => {
                    let added = sectors.iter().flat_map(|s| &s.controls).filter(|(s, _)| s == section).map(|(_, q)| q);
                    let questions: Vec<Question> = questions.iter().chain(added).cloned().collect();
                    controls.push(ControlsBlock {
                        id,
                        edition,
                        section: section.clone(),
                        sheet,
                        title,
                        intro,
                        complete,
                        questions,
                    });
                }
                Content::Signs(own) => {
                    let added = sectors.iter().flat_map(|s| &s.signs);
                    signs = SignsBlock {
                        id,
                        edition,
                        signs: own.iter().chain(added).cloned().collect(),
                        sheet,
                        title,
                        intro,
                        complete,
                        ..signs
                    };
                }
            }
        }
        Blocks { exposure, controls, signs }
    }
}

fn no_scale() -> Scale {
    Scale { id: Id::new("sign"), options: Vec::new(), range: None, percent: false }
}

fn change(question: &mut Question, texts: &BTreeMap<&'static str, Text>) {
    for (key, text) in texts {
        match *key {
            "text" => {
                if !question.has_parts {
                    question.items.iter_mut().for_each(|i| i.text = text.clone());
                }
                question.text = text.clone();
            }
            "why" => question.why = text.clone(),
            "evidence" => {
                let old = std::mem::replace(&mut question.evidence, text.clone());
                question.items.iter_mut().filter(|i| i.evidence == old).for_each(|i| i.evidence = text.clone());
            }
            _ => question.measure = text.clone(),
        }
    }
}

fn change_part(item: &mut Item, texts: &BTreeMap<&'static str, Text>) {
    for (key, text) in texts {
        match *key {
            "text" => item.text = text.clone(),
            _ => item.evidence = text.clone(),
        }
    }
}

/// Digest of what decides a score, for all forms at once: ids, weights, scales, conditions, links. Wording is left out,
/// so a corrected translation does not make workbooks that are under way stale.
fn revision(exposure: &ExposureBlock, controls: &[ControlsBlock], signs: &SignsBlock) -> String {
    let mut text = String::new();
    let mut question = |section: &str, q: &Question| {
        let _ = write!(text, "{section} {} {} {} {}:", q.id, q.weight, q.critical, q.short);
        for item in &q.items {
            let _ = write!(text, " {} {} {:?}", item.id, item.not_applicable, item.applies_when.0);
            match &item.kind {
                AnswerKind::Text => text.push_str(" text"),
                AnswerKind::Scale(scale) => {
                    for option in &scale.options {
                        let _ = write!(text, " {}={}", option.id, option.grade);
                        let _ = write!(text, " {:?} {}", option.below, option.needs_reason);
                    }
                }
            }
        }
        text.push('\n');
    };
    exposure.questions.iter().for_each(|q| question("exposure", q));
    for block in controls {
        block.questions.iter().for_each(|q| question(&block.section, q));
    }
    for sign in &signs.signs {
        sign_line(&mut text, sign);
    }
    hex(&Sha256::digest(text.as_bytes()))[..16].to_owned()
}

fn sign_line(text: &mut String, sign: &Sign) {
    let contradicts: Vec<&str> = sign.contradicts.iter().map(Id::as_str).collect();
    let _ = writeln!(text, "sign {} {} {} {}", sign.id, sign.indicator, sign.short, contradicts.join(" "));
}

/// Bytes as lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}
