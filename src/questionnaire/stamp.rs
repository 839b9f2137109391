//! The hidden sheet `_meta`: what a workbook is.

use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Place};
use crate::model::{CountryCode, Form, Id, Lang, Role};

use super::book::{Book, Sheet};
use super::fold::trim;
use super::layout::META;

/// Version of the workbook's format.
pub(super) const FORMAT: &str = "lygte/workbook/1";

/// Version of the format of an exercise.
const EXERCISE: &str = "lygte/exercise/1";

/// What a workbook says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Who it is for, if that is said.
    pub role: Option<Role>,
    /// Short or full.
    pub form: Form,
    /// The questionnaire.
    pub questionnaire: Id,
    /// Its edition.
    pub edition: String,
    /// Its revision.
    pub revision: String,
    /// Its language, if that is said and understood.
    pub lang: Option<Lang>,
    /// The sectors it was composed for.
    pub sectors: Vec<Id>,
    /// The country it was composed for.
    pub country: Option<CountryCode>,
    /// The supplier's id.
    pub supplier: Option<String>,
    /// The supplier's name.
    pub supplier_name: Option<String>,
}

impl Stamp {
    /// The lines of `_meta`.
    pub(super) fn lines(&self) -> Vec<(&'static str, String)> {
        let sectors: Vec<&str> = self.sectors.iter().map(Id::as_str).collect();
        vec![
            ("format", FORMAT.to_owned()),
            ("role", self.role.map(Role::id).unwrap_or_default().to_owned()),
            ("form", self.form.id().to_owned()),
            ("questionnaire", self.questionnaire.to_string()),
            ("edition", self.edition.clone()),
            ("revision", self.revision.clone()),
            ("language", self.lang.as_ref().map(ToString::to_string).unwrap_or_default()),
            ("sectors", sectors.join(",")),
            ("country", self.country.as_ref().map(ToString::to_string).unwrap_or_default()),
            ("supplier_id", self.supplier.clone().unwrap_or_default()),
            ("supplier_name", self.supplier_name.clone().unwrap_or_default()),
        ]
    }

    /// Reads `_meta`; `None` if the workbook has no such sheet. Values that are not understood are reported and left
    /// out, for `_meta` may have been changed by hand.
    ///
    /// # Errors
    /// One diagnostic, if the workbook says that it is no questionnaire, or one in a format that is not known here.
    pub fn read(book: &Book, diags: &mut Vec<Diagnostic>) -> Result<Option<Self>, Box<Diagnostic>> {
        let Some(sheet) = meta(book) else { return Ok(None) };
        refuse_other(book, sheet)?;
        let get = |key: &str| value(sheet, key);
        if !sheet.name.trim().eq_ignore_ascii_case(META) {
            let place = Place::Sheet { file: book.file.clone(), sheet: sheet.name.clone() };
            diags.push(Diagnostic::new(Code::RenamedSheet, place).with("sheet", META));
        }
        let mut bad = |key: &str| diags.push(bad(book, key));
        // Without these it is a guess what the workbook is.
        for key in ["format", "role", "form", "questionnaire", "language"] {
            if get(key).is_none() {
                bad(key);
            }
        }
        let mut known = |key: &str, value: Option<String>, test: &dyn Fn(&str) -> bool| match value {
            Some(v) if test(&v) => Some(v),
            Some(_) => {
                bad(key);
                None
            }
            None => None,
        };
        let role = known("role", get("role"), &|v| Role::from_id(v).is_some());
        let form = known("form", get("form"), &|v| matches!(v, "short" | "full"));
        let questionnaire = known("questionnaire", get("questionnaire"), &Id::is_kebab);
        let lang = known("language", get("language"), &|v| v.parse::<Lang>().is_ok());
        let country = known("country", get("country"), &|v| v.parse::<CountryCode>().is_ok());
        let sectors = known("sectors", get("sectors"), &|v| v.split(',').all(|s| Id::is_kebab(s.trim())));
        Ok(Some(Self {
            role: role.and_then(|r| Role::from_id(&r)),
            form: if form.as_deref() == Some("short") { Form::Short } else { Form::Full },
            questionnaire: Id::new(questionnaire.as_deref().unwrap_or("guide")),
            edition: get("edition").unwrap_or_default(),
            revision: get("revision").unwrap_or_default(),
            lang: lang.and_then(|l| l.parse().ok()),
            sectors: sectors.map(|s| s.split(',').map(|s| Id::new(s.trim())).collect()).unwrap_or_default(),
            country: country.and_then(|c| c.parse().ok()),
            supplier: get("supplier_id"),
            supplier_name: get("supplier_name"),
        }))
    }
}

/// What a workbook of a training exercise says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExerciseStamp {
    /// The case, by id.
    pub case: String,
    /// The participant's code.
    pub code: String,
    /// Its language.
    pub lang: Lang,
    /// Revision of the questionnaire that the case is about.
    pub revision: String,
}

impl ExerciseStamp {
    /// The lines of `_meta`.
    pub(super) fn lines(&self) -> Vec<(&'static str, String)> {
        vec![
            ("format", EXERCISE.to_owned()),
            ("case", self.case.clone()),
            ("code", self.code.clone()),
            ("language", self.lang.to_string()),
            ("revision", self.revision.clone()),
        ]
    }

    /// Reads `_meta`; `None` if the workbook has none, or is none of an exercise. What is missing in it is empty.
    pub fn read(book: &Book) -> Option<Self> {
        let sheet = meta(book)?;
        let get = |key: &str| value(sheet, key).unwrap_or_default();
        (get("format") == EXERCISE).then(|| Self {
            case: get("case"),
            code: get("code"),
            lang: get("language").parse().unwrap_or_else(|_| Lang::english()),
            revision: get("revision"),
        })
    }
}

/// Lists and reports that lygte makes hold the ids and numbers of questions too, but nobody's answers.
fn refuse_other(book: &Book, sheet: &Sheet) -> Result<(), Box<Diagnostic>> {
    let Some(format) = value(sheet, "format").filter(|f| f != FORMAT) else { return Ok(()) };
    let kinds = [
        ("review", "own-review"),
        ("sample", "own-sample"),
        ("portfolio", "own-portfolio"),
        ("exercise", "own-exercise"),
    ];
    let kind = kinds.into_iter().find(|(kind, _)| format.starts_with(&format!("lygte/{kind}/")));
    let refusal = match kind {
        Some((_, phrase)) => Diagnostic::new(Code::OwnList, whole(&book.file)).phrase("kind", phrase),
        None => Diagnostic::new(Code::UnknownFormat, whole(&book.file)).raw(format),
    };
    Err(Box::new(refusal))
}

/// A value of `_meta` that is not understood, or does not fit what is found in the workbook.
pub fn bad(book: &Book, key: &str) -> Diagnostic {
    Diagnostic::new(Code::BadMeta, place(book, key)).with("key", key)
}

/// Where `_meta` says something: the cell of a key, or the sheet.
pub(super) fn place(book: &Book, key: &str) -> Place {
    let file = book.file.clone();
    let Some(sheet) = meta(book) else { return Place::Sheet { file, sheet: META.into() } };
    match sheet.cells.iter().find(|(_, v)| trim(v.shown()) == key) {
        Some(((row, column), _)) => {
            Place::Cell { file, sheet: sheet.name.clone(), row: *row, column: column.saturating_add(1) }
        }
        None => Place::Sheet { file, sheet: sheet.name.clone() },
    }
}

fn meta(book: &Book) -> Option<&Sheet> {
    book.sheet(META).or_else(|| book.sheets.iter().find(|s| is_meta(s)))
}

/// What stands beside a key: the next filled cell of its row, for columns may have been inserted. A key that stands twice
/// with two values says nothing.
fn value(sheet: &Sheet, key: &str) -> Option<String> {
    let mut found = None;
    let mut cells = sheet.cells.iter().peekable();
    let mut row = None;
    while let Some(((r, _), v)) = cells.next() {
        if row == Some(*r) {
            continue;
        }
        row = Some(*r);
        if trim(v.shown()) != key {
            continue;
        }
        let beside = cells.peek().filter(|((next, _), _)| next == r).map(|(_, v)| trim(v.shown()).to_owned());
        match (&found, beside) {
            (_, None) => {}
            (None, beside) => found = beside,
            (Some(one), Some(other)) if *one == other => {}
            (Some(_), Some(_)) => return None,
        }
    }
    found.filter(|v| !v.is_empty())
}

/// A sheet that was renamed is known by its first line.
fn is_meta(sheet: &Sheet) -> bool {
    value(sheet, "format").is_some_and(|v| v.starts_with("lygte/"))
}

/// The file of a book as a place.
pub(super) fn whole(file: &Arc<str>) -> Place {
    Place::File(file.clone())
}
