//! Two assessors of one supplier: where they differ, how far they agree, and what it does to the score.

use std::path::Path;

use crate::checklist::Library;
use crate::diag::Diagnostic;
use crate::error::{Error, Result};
use crate::model::{
    Answer, Assessment, ById, Cell, Dossier, Entry, Exact, Finding, Id, Item, Method, Questionnaire, Role,
};
use crate::score::agreement::{self, Weights};

use super::workbook::read_dossier;

/// One line that two assessors answered in different ways.
#[derive(Clone, Debug)]
pub struct Differs {
    /// Id of the item or sign.
    pub id: Id,
    /// Its number.
    pub number: String,
    /// What each says: the answer's id, its evidence level, and the cell.
    pub says: [(String, Option<&'static str>, Option<Cell>); 2],
    /// What the second's word on this line alone would do to the first's score. Signs change no score.
    pub effect: Option<Exact>,
}

/// Agreement on one checklist.
#[derive(Clone, Debug)]
pub struct ListAgreement {
    /// Id of the checklist.
    pub list: Id,
    /// Lines that both answered.
    pub both: usize,
    /// Lines that only one of them answered.
    pub one: usize,
    /// Of those that both answered, the share on the same step.
    pub raw: Option<Exact>,
    /// Cohen's kappa: unweighted, linear, quadratic. `None`: it has no value.
    pub kappa: [Option<Exact>; 3],
}

/// Two workbooks, compared.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Role of both.
    pub role: Role,
    /// Lines that differ, in the order of the questionnaire.
    pub differs: Vec<Differs>,
    /// Checklist by checklist.
    pub lists: Vec<ListAgreement>,
    /// The score of each; of observers, of their signs alone.
    pub assessments: [Assessment; 2],
    /// What is to be said of the reading of each.
    pub diagnostics: [Vec<Diagnostic>; 2],
    /// The workbooks state two suppliers.
    pub other_supplier: bool,
}

/// Compares what two people say of one supplier.
///
/// # Errors
/// If a file cannot be read, the roles differ, or the questionnaires do.
pub fn agree(library: &Library, method: &Id, paths: [&Path; 2]) -> Result<Compared> {
    let method = super::method_of(library, method)?;
    let [a, b] = paths.map(|path| read_dossier(library, path));
    let (a, b) = (a?, b?);
    if a.role != b.role {
        return Err(Error::NoInput(format!(
            "one is the form of the {} and the other of the {}; two of one kind can be compared",
            a.role.id(),
            b.role.id()
        )));
    }
    let selection = a.selection.clone();
    if selection != b.selection {
        return Err(Error::NoInput(
            "the two were made for different sectors, countries or forms; two of the same questionnaire can be compared"
                .to_owned(),
        ));
    }
    let questionnaire = library.compose(&selection)?;
    let [first, second] = [&a.dossier, &b.dossier];
    let score = |dossier: &Dossier| crate::score::assess(&questionnaire, method, &library.reference, dossier);
    let assessments = [score(first), score(second)];
    let mut differs = Vec::new();
    let mut lists = Vec::new();
    if a.role == Role::Observer {
        lists.push(signs(&questionnaire, [first, second], &mut differs));
    } else {
        let one =
            Pair { questionnaire: &questionnaire, method, library, dossiers: [first, second], base: &assessments[0] };
        let exposure = questionnaire.exposure.questions.iter().flat_map(|q| &q.items).collect();
        lists.push(one.list(&questionnaire.exposure.id, exposure, &mut differs));
        for block in &questionnaire.controls {
            let items = block.questions.iter().flat_map(|q| &q.items).collect();
            lists.push(one.list(&block.id, items, &mut differs));
        }
    }
    Ok(Compared {
        role: a.role,
        differs,
        lists,
        assessments,
        other_supplier: first.id != second.id,
        diagnostics: [a.diagnostics, b.diagnostics],
    })
}

/// Two dossiers on one questionnaire.
struct Pair<'a> {
    questionnaire: &'a Questionnaire,
    method: &'a Method,
    library: &'a Library,
    dossiers: [&'a Dossier; 2],
    base: &'a Assessment,
}

/// What counts for an item: an assessor's finding, where there is one.
fn counts<'a>(dossier: &'a Dossier, id: &Id) -> Option<(&'a Entry, Option<&'a Finding>)> {
    let finding = dossier.findings.get(id);
    let entry = || dossier.controls.get(id).or_else(|| dossier.exposure.get(id));
    finding.map(|f| &f.entry).or_else(entry).map(|e| (e, finding))
}

impl Pair<'_> {
    fn list(&self, list: &Id, items: Vec<&Item>, differs: &mut Vec<Differs>) -> ListAgreement {
        let mut pairs = Vec::new();
        let mut one = 0;
        for item in items {
            let both = self.dossiers.map(|d| counts(d, &item.id));
            let steps = both.map(|c| c.and_then(|(e, _)| agreement::step(item, &e.answer)));
            match steps {
                [Some(a), Some(b)] => pairs.push((a, b)),
                [None, None] => {}
                _ => one += 1,
            }
            let say = |c: Option<(&Entry, Option<&Finding>)>| {
                let answer = c.map_or(&Answer::Blank, |(e, _)| &e.answer);
                let level = c.and_then(|(_, f)| f).map(|f| f.evidence.code());
                (answer.id().to_owned(), level, c.and_then(|(e, _)| e.cell.clone()))
            };
            let says = both.map(say);
            if (&says[0].0, says[0].1) != (&says[1].0, says[1].1) {
                let (id, number) = (item.id.clone(), item.number.clone());
                differs.push(Differs { effect: Some(self.effect(&item.id)), id, number, says });
            }
        }
        let table = agreement::table(agreement::STEPS, pairs.iter().copied());
        ListAgreement {
            list: list.clone(),
            both: pairs.len(),
            one,
            raw: agreement::raw(&table),
            kappa: [Weights::Unweighted, Weights::Linear, Weights::Quadratic].map(|w| agreement::cohen(&table, w)),
        }
    }

    /// The first dossier with the second's word on one item, scored, less the first as it is.
    fn effect(&self, id: &Id) -> Exact {
        let [first, second] = self.dossiers;
        let mut mixed = first.clone();
        put(&mut mixed.findings, &second.findings, id);
        put(&mut mixed.controls, &second.controls, id);
        put(&mut mixed.exposure, &second.exposure, id);
        let reference = &self.library.reference;
        let score = crate::score::assess(self.questionnaire, self.method, reference, &mixed).score.headline;
        score - self.base.score.headline.clone()
    }
}

fn put<T: Clone>(into: &mut ById<T>, from: &ById<T>, id: &Id) {
    match from.get(id) {
        Some(value) => drop(into.insert(id.clone(), value.clone())),
        None => drop(into.remove(id)),
    }
}

fn signs(questionnaire: &Questionnaire, dossiers: [&Dossier; 2], differs: &mut Vec<Differs>) -> ListAgreement {
    let mut pairs = Vec::new();
    let mut one = 0;
    for sign in &questionnaire.signs.signs {
        let found = dossiers.map(|d| d.signs.iter().find(|s| s.sign.id == sign.id && s.raw.is_some()));
        match found.map(|s| s.map(|s| agreement::sign_step(s.state))) {
            [Some(a), Some(b)] => pairs.push((a, b)),
            [None, None] => {}
            _ => one += 1,
        }
        let says = found.map(|s| {
            let state = s.map_or(Answer::Blank.id().to_owned(), |s| s.state.id().to_owned());
            (state, None, s.and_then(|s| s.cell.clone()))
        });
        if says[0].0 != says[1].0 {
            differs.push(Differs { id: sign.id.clone(), number: sign.number.clone(), says, effect: None });
        }
    }
    let table = agreement::table(agreement::STEPS, pairs.iter().copied());
    ListAgreement {
        list: questionnaire.signs.id.clone(),
        both: pairs.len(),
        one,
        raw: agreement::raw(&table),
        kappa: [Weights::Unweighted, Weights::Linear, Weights::Quadratic].map(|w| agreement::cohen(&table, w)),
    }
}
