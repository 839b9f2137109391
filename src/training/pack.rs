//! The pack of a course.

use std::collections::BTreeMap;

use crate::checklist::Library;
use crate::error::{Error, Result};
use crate::model::{
    Answer, Assessment, Case, CountryCode, Dossier, Entry, Evidence, Finding, Id, Lang, Look, Method, Questionnaire,
    Role, SignEntry, SignState,
};
use crate::questionnaire::{Exercise, ExerciseStamp, WriteOptions, write, write_exercise};
use crate::report::{Course, Reporter, Setting};

use super::{codes, typed};

/// What to put together.
#[derive(Clone, Debug)]
pub struct PackOptions<'a> {
    /// The case.
    pub case: &'a Case,
    /// Where the room is: its law, contacts and registers.
    pub country: &'a CountryCode,
    /// The language.
    pub lang: &'a Lang,
    /// How many workbooks and codes.
    pub participants: usize,
    /// The date on the pages, `YYYY-MM-DD`.
    pub date: &'a str,
    /// The scoring method of the key.
    pub method: &'a Id,
    /// The user's templates, by name.
    pub templates: &'a BTreeMap<String, String>,
}

/// The method of that id.
pub(super) fn method<'a>(library: &'a Library, id: &Id) -> Result<&'a Method> {
    let there = || library.methods.keys().map(Id::as_str);
    library.methods.get(id).ok_or_else(|| Error::unknown("method", id.as_str(), there()))
}

/// What participants of a case answer.
pub(super) fn exercise(library: &Library, case: &Case) -> Result<Questionnaire> {
    Ok(case.exercise(&library.case_form(&case.sector, &case.country)?))
}

/// Answers to an exercise, scored as those of the supplier in the story. Each has the key's evidence level, at least E1:
/// participants are not asked for it.
pub(super) fn score(
    library: &Library,
    method: &Method,
    case: &Case,
    exercise: &Questionnaire,
    answers: &BTreeMap<Id, Answer>,
    signs: &BTreeMap<Id, SignState>,
) -> Assessment {
    let mut dossier = Dossier { id: case.id.to_string(), profile: case.profile.clone(), ..Dossier::blank() };
    for (id, answer) in answers {
        let entry =
            Entry { answer: answer.clone(), number: None, raw: None, comment: None, document: None, cell: None };
        if exercise.exposure.questions.iter().flat_map(|q| &q.items).any(|i| i.id == *id) {
            dossier.exposure.insert(id.clone(), entry);
            continue;
        }
        let evidence = case.entry(id).map_or(Evidence::E1, |e| e.evidence).max(Evidence::E1);
        if matches!(answer, Answer::Option(_)) {
            let finding = Finding { entry: entry.clone(), evidence, reference: None, signed: None };
            dossier.findings.insert(id.clone(), finding);
        }
        dossier.controls.insert(id.clone(), entry);
    }
    if !signs.is_empty() {
        dossier.looks.push(Look {
            file: case.id.as_str().into(),
            date: None,
            role: None,
            site: None,
            seen: None,
            under_18: false,
        });
        dossier.signs.extend(exercise.signs.signs.iter().map(|sign| SignEntry {
            sign: sign.clone(),
            state: signs.get(&sign.id).copied().unwrap_or(SignState::Unknown),
            raw: None,
            comment: None,
            cell: None,
            closure: None,
            look: 0,
        }));
    }
    crate::score::assess(exercise, method, &library.reference, &dossier)
}

/// The key, scored.
pub(super) fn score_key(library: &Library, method: &Method, case: &Case, exercise: &Questionnaire) -> Assessment {
    let answers = case.key.iter().map(|e| (e.item.clone(), Answer::Option(e.answer.clone()))).collect();
    let signs = case.signs.iter().map(|s| (s.sign.clone(), s.state)).collect();
    score(library, method, case, exercise, &answers, &signs)
}

/// All files of a pack, by name. The same options give the same bytes.
///
/// # Errors
/// If a country, method or template cannot be used.
pub fn pack(library: &Library, options: &PackOptions<'_>) -> Result<Vec<(String, Vec<u8>)>> {
    let PackOptions { case, country, lang, date, .. } = *options;
    let data = library.countries.get(country).ok_or_else(|| {
        let there = library.countries.keys().map(CountryCode::as_str);
        Error::unknown("country file", country.as_str(), there)
    })?;
    let method = method(library, options.method)?;
    let exercise = exercise(library, case)?;
    let home = library.case_form(&case.sector, country)?;
    let key = score_key(library, method, case, &exercise);
    let codes = codes::codes(case.id.as_str(), options.participants);
    let reporter = Reporter::new(options.templates, super::words(library))?;
    let setting = Setting { lang, date };
    let course = Course {
        case,
        exercise: &exercise,
        home: &home,
        key: &key,
        reference: &library.reference,
        codes: &codes,
        terms: library.glossaries.get(lang).map(Vec::as_slice).unwrap_or_default(),
        draft: library.drafts.contains(lang) || case.drafts.contains(lang),
    };
    let mut files: Vec<(String, Vec<u8>)> =
        reporter.training_pack(&setting, &course)?.into_iter().map(|(name, page)| (name, page.into_bytes())).collect();
    let card = reporter.card(&setting, &library.reference, &data.info, library.drafts.contains(lang))?;
    files.push(("card.html".to_owned(), card.into_bytes()));
    files.push(("typed.csv".to_owned(), typed::template(case, &exercise, &codes)));
    for code in &codes {
        let stamp = ExerciseStamp {
            case: case.id.to_string(),
            code: code.clone(),
            lang: lang.clone(),
            revision: exercise.revision.clone(),
        };
        let notes = reporter.exercise_notes(lang, &course, code);
        let title = reporter.words().get("tr-exercise-title", lang);
        let made = Exercise { stamp: &stamp, reference: &library.reference, title, notes: &notes };
        files.push((format!("workbooks/{code}.xlsx"), write_exercise(&exercise, &made)?));
    }
    let empty = WriteOptions {
        role: Role::Supplier,
        lang,
        supplier_id: None,
        supplier_name: None,
        country: Some(country),
        reference: &library.reference,
        answers: None,
    };
    files.push(("take-home/questionnaire.xlsx".to_owned(), write(&home, &empty)?));
    Ok(files)
}
