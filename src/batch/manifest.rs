//! What a run was made from. No clock, no host name, no path outside of the inputs.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::checklist::Catalog;
use crate::error::Result;
use crate::model::{Lang, Method, Reference};
use crate::report::{ExposureTable, MethodId, built_in_templates};

use super::digest::digest_all;
use super::{Files, Options};

/// The schema's name.
pub(super) const SCHEMA: &str = "lygte/run/1";

/// Everything but inputs and outputs.
#[derive(Serialize)]
pub(super) struct Manifest {
    schema: &'static str,
    version: &'static str,
    method: MethodId,
    checklists: String,
    templates: String,
    options: Choices,
}

#[derive(Serialize)]
struct Choices {
    date: String,
    formats: Vec<&'static str>,
    lang: Option<String>,
    /// How many were invited.
    suppliers: Option<usize>,
    /// Digest of the reviewer's queue.
    reviewed: Option<String>,
    country_exposure: Option<ExposureTable>,
    /// Limits that were set to other than their usual values.
    limits: BTreeMap<&'static str, u64>,
    legacy_formats: bool,
    /// Personal data in free text is shown.
    unmasked: bool,
}

/// A manifest but for its outputs.
pub(super) struct ManifestHead<'a> {
    /// Small things, by key.
    pub(super) fields: serde_json::Map<String, serde_json::Value>,
    /// Whether it lists inputs.
    pub(super) has_inputs: bool,
    /// The inputs, as far as they are known.
    pub(super) files: Option<&'a Files>,
}

impl Manifest {
    pub(super) fn new(catalog: &Catalog, reference: &Reference, method: &Method, options: &Options) -> Self {
        let reading = &options.reading;
        let built_in = built_in_templates();
        let own = options.templates.iter().map(|(n, t)| (n, t.as_str()));
        let templates = built_in.iter().map(|(n, t)| (n, &**t)).chain(own).flat_map(|(n, t)| [n.as_str(), t]);
        Self {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            method: MethodId::of(method),
            checklists: digest_all(catalog.entries().flat_map(|(name, entry)| [name.to_owned(), entry.digest()])),
            templates: digest_all(templates),
            options: Choices {
                date: options.date.clone(),
                formats: options.formats.iter().map(|f| f.id()).collect(),
                lang: options.lang.as_ref().map(|l| Lang::as_str(l).to_owned()),
                suppliers: reading.invited.as_ref().map(Vec::len),
                reviewed: reading.reviewed.as_ref().map(|q| q.sha256().to_owned()),
                country_exposure: ExposureTable::of(reference),
                limits: reading.limits.changed().collect(),
                legacy_formats: reading.legacy.is_some(),
                unmasked: reading.unmasked,
            },
        }
    }

    /// Digest of all that decides the results beside the inputs.
    pub(super) fn key(&self, options: &Options) -> Result<String> {
        let head = serde_json::to_string(self)?;
        let reading = &options.reading;
        Ok(digest_all([head.as_str(), &format!("{:?}", reading.invited)]))
    }

    /// The manifest of a run over these files.
    pub(super) fn of<'f>(&self, files: Option<&'f Files>) -> Result<ManifestHead<'f>> {
        let fields = serde_json::to_value(self)?;
        Ok(ManifestHead { fields: fields.as_object().cloned().unwrap_or_default(), has_inputs: true, files })
    }
}
