//! The hidden sheet `_meta`: what a workbook is.

use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Place};
use crate::model::{CountryCode, Form, Id, Lang, Role};

use super::book::Book;
use super::fold::trim;
use super::layout::META;

/// Version of the workbook's format.
pub(super) const FORMAT: &str = "lygte/workbook/1";

/// What a workbook says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Who it is for.
    pub role: Role,
    /// Short or full.
    pub form: Form,
    /// The questionnaire.
    pub questionnaire: Id,
    /// Its edition.
    pub edition: String,
    /// Its revision.
    pub revision: String,
    /// Its language.
    pub lang: Lang,
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
            ("role", self.role.id().to_owned()),
            ("form", self.form.id().to_owned()),
            ("questionnaire", self.questionnaire.to_string()),
            ("edition", self.edition.clone()),
            ("revision", self.revision.clone()),
            ("language", self.lang.to_string()),
            ("sectors", sectors.join(",")),
            ("country", self.country.as_ref().map(ToString::to_string).unwrap_or_default()),
            ("supplier_id", self.supplier.clone().unwrap_or_default()),
            ("supplier_name", self.supplier_name.clone().unwrap_or_default()),
        ]
    }

    /// Reads `_meta`; `None` if the workbook has no such sheet. Values that are not understood are reported and left
    /// out, for `_meta` may have been changed by hand.
    pub fn read(book: &Book, diags: &mut Vec<Diagnostic>) -> Option<Self> {
        let sheet = book.sheet(META)?;
        let get = |key: &str| {
            let row = sheet.cells.iter().find(|((_, column), v)| *column == 0 && trim(&v.raw()) == key)?.0.0;
            sheet.get(row, 1).map(|v| trim(&v.raw()).to_owned()).filter(|v| !v.is_empty())
        };
        let mut bad = |key: &str| {
            let place = Place::Sheet { file: book.file.clone(), sheet: sheet.name.clone() };
            diags.push(Diagnostic::new(Code::BadMeta, place).with("key", key));
        };
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
        Some(Self {
            role: role.and_then(|r| Role::from_id(&r)).unwrap_or(Role::Supplier),
            form: if form.as_deref() == Some("short") { Form::Short } else { Form::Full },
            questionnaire: Id::new(questionnaire.as_deref().unwrap_or("guide")),
            edition: get("edition").unwrap_or_default(),
            revision: get("revision").unwrap_or_default(),
            lang: lang.and_then(|l| l.parse().ok()).unwrap_or_else(Lang::english),
            sectors: sectors.map(|s| s.split(',').map(|s| Id::new(s.trim())).collect()).unwrap_or_default(),
            country: country.and_then(|c| c.parse().ok()),
            supplier: get("supplier_id"),
            supplier_name: get("supplier_name"),
        })
    }
}

/// The file of a book as a place.
pub(super) fn whole(file: &Arc<str>) -> Place {
    Place::File(file.clone())
}
