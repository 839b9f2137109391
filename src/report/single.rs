//! One workbook's result as a line of JSON, schema `lygte/workbook/1`: what one machine read, for another to make the
//! portfolio of.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::results::{FileResult, SupplierResult};

/// The schema's name.
pub const SINGLE_SCHEMA: &str = "lygte/workbook/1";

/// A line.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SingleResult<'a> {
    /// Always `lygte/workbook/1`.
    pub schema: String,
    /// What it was read with.
    pub made: MadeWith,
    /// The name of a file that was passed over: a lock file or the like. Then there is nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// The account of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<FileResult<'a>>,
    /// The supplier by this workbook alone; null if it could not be read.
    #[schemars(with = "Option<SupplierResult<'static>>")]
    pub score: Option<Box<RawValue>>,
    /// What was read, for `lygte portfolio` of the same version; nothing is promised of what is within.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<Value>,
}

/// What decides how a workbook is read and scored. A portfolio is made of lines that agree in all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MadeWith {
    /// Version of lygte.
    pub version: String,
    /// Digest of all checklists, built-in ones and the user's.
    pub checklists: String,
    /// Digest of the method.
    pub method: String,
    /// Digest of the user's table of country exposure, if one was named.
    pub country_exposure: Option<String>,
    /// Limits that were set to other than their usual values.
    pub limits: BTreeMap<String, u64>,
    /// Old formats were read.
    pub legacy_formats: bool,
    /// Personal data in free text is shown.
    pub unmasked: bool,
    /// Digest of the reviewer's queue, if one was named.
    pub reviewed: Option<String>,
}

impl MadeWith {
    /// In what a line differs from what a portfolio is made with, as a sentence that says what to do.
    pub fn differs(&self, ours: &Self) -> Option<&'static str> {
        let Self { version, checklists, method, country_exposure, limits, legacy_formats, unmasked, reviewed } = self;
        let says = [
            (*version != ours.version, "it was made by another version of lygte; read and join with the same"),
            (
                *checklists != ours.checklists,
                "it was made with other checklists; name the same --checklists here as there",
            ),
            (*method != ours.method, "it was made with another method; name the same --method here as there"),
            (
                *country_exposure != ours.country_exposure,
                "it was made with another table of country exposure; name the same --country-exposure here as there",
            ),
            (*limits != ours.limits, "it was read under other limits; name the same --limit here as there"),
            (
                *legacy_formats != ours.legacy_formats,
                "it was read with or without old formats; name --legacy-formats in both places or in none",
            ),
            (
                *unmasked != ours.unmasked,
                "personal data are masked in the one and not in the other; name --unmasked in both places or in none",
            ),
            (
                *reviewed != ours.reviewed,
                "it was read with another reviewer's queue; name the same --reviewed here as there",
            ),
        ];
        says.into_iter().find(|(differs, _)| *differs).map(|(_, sentence)| sentence)
    }
}

/// The JSON Schema of a line.
pub fn single_schema() -> Value {
    schemars::schema_for!(SingleResult).to_value()
}
