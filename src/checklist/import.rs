//! A table of country exposure of the user's own, in place of the built-in classes: CSV or YAML, with its edition,
//! its licence and its digest, so that every report can say what it rests on.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::error::{Error, Result};
use crate::model::{CountryCode, Exact, ImportedExposure, Interval};

use super::library::Library;
use super::raw::{RawOwnCountry, RawOwnExposure};
use super::yaml::{self, Str};

/// Steps from the highest cut-off upwards.
const STEPS: i64 = 4;

/// One row, with where it stands.
struct Row {
    place: Place,
    country: String,
    step: Option<String>,
    lo: Option<String>,
    hi: Option<String>,
    value: Option<String>,
}

/// What a file says, before it is believed.
struct Table {
    edition: String,
    licence: String,
    source: String,
    cut_offs: Vec<String>,
    rows: Vec<Row>,
}

impl Library {
    /// Replaces the exposure step of every country by those of a file. Countries that it does not name are unknown; only
    /// Åland takes the step of Finland, as everywhere.
    ///
    /// # Errors
    /// If the file cannot be read, or says something that a step cannot be made of.
    pub fn import_exposure(&mut self, path: &Path) -> Result<()> {
        let bytes = std::fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        let shown: Arc<str> = path.to_string_lossy().into_owned().into();
        let sha256 = super::compose::hex(&Sha256::digest(&bytes));
        let text: Arc<str> = Error::text(path, bytes)?.into();
        let mut diags = Diagnostics::default();
        let is_yaml = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("yml") || e.eq_ignore_ascii_case("yaml"));
        let table = if is_yaml { from_yaml(&shown, &text, &mut diags) } else { from_csv(&shown, &text, &mut diags) };
        let steps = table.as_ref().map(|t| self.steps(t, &shown, &mut diags)).unwrap_or_default();
        let Some(table) = table.filter(|_| !diags.has_errors()) else {
            return Err(Error::Invalid(Box::new(diags)));
        };
        let akin = |code: &str| steps.get(code).cloned();
        for (code, country) in &mut self.reference.countries {
            let own = akin(code.as_str()).or_else(|| (code.as_str() == "AX").then(|| akin("FI")).flatten());
            "imported".clone_into(&mut country.confidence);
            country.reason = None;
            country.step = own.unwrap_or_else(Interval::unknown);
        }
        self.reference.countries_edition.clone_from(&table.edition);
        self.reference.imported_exposure = Some(ImportedExposure {
            file: path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
            edition: table.edition,
            licence: table.licence,
            source: table.source,
            sha256,
        });
        Ok(())
    }

    fn steps(&self, table: &Table, shown: &Arc<str>, diags: &mut Diagnostics) -> BTreeMap<CountryCode, Interval> {
        let whole = Place::File(shown.clone());
        for (key, value) in [("edition", &table.edition), ("licence", &table.licence), ("source", &table.source)] {
            if value.trim().is_empty() {
                let why =
                    "a table that is not ours says which edition it is, on what terms it may be used, and whose it is";
                diags.push(Diagnostic::new(Code::MissingKey, whole.clone()).with("key", key).with("why", why));
            }
        }
        let cut_offs: Vec<Exact> = table.cut_offs.iter().filter_map(|c| c.trim().parse().ok()).collect();
        if !table.cut_offs.is_empty()
            && (cut_offs.len() != usize::try_from(STEPS).unwrap_or_default()
                || cut_offs.windows(2).any(|w| w[0] >= w[1]))
        {
            let found = table.cut_offs.join("; ");
            bad(
                diags,
                &whole,
                &found,
                "four numbers in rising order: below the first the step is 0, from the last it is 1",
            );
        }
        let mut out = BTreeMap::new();
        for row in &table.rows {
            let code = row.country.trim().parse::<CountryCode>().ok();
            let Some(code) = code.filter(|c| self.reference.countries.contains_key(c)) else {
                bad(diags, &row.place, &row.country, "an ISO 3166 code of two letters");
                continue;
            };
            let step = row_step(row, &cut_offs, diags);
            if out.insert(code.clone(), step).is_some() {
                diags.push(Diagnostic::new(Code::DuplicateId, row.place.clone()).with("id", code.as_str()));
            }
        }
        if out.is_empty() && !diags.has_errors() {
            bad(diags, &whole, "no country", "at least one row");
        }
        out
    }
}

fn bad(diags: &mut Diagnostics, place: &Place, value: &str, allowed: &str) {
    diags.push(Diagnostic::new(Code::BadValue, place.clone()).with("value", value).with("allowed", allowed));
}

fn row_step(row: &Row, cut_offs: &[Exact], diags: &mut Diagnostics) -> Interval {
    let mut number = |text: &String, share: bool| {
        let number = text.trim().parse::<Exact>().ok().filter(|n| !n.is_negative() && (!share || *n <= Exact::one()));
        if number.is_none() {
            let allowed = match (is_ambiguous(text), share) {
                (true, _) => "it may be thousands or decimals; write 1234 or 1.234",
                (_, true) => "a number from 0 to 1",
                (_, false) => "a number that is not negative",
            };
            bad(diags, &row.place, text, allowed);
        }
        number
    };
    let step = match (&row.step, &row.lo, &row.hi, &row.value) {
        (Some(step), None, None, None) => number(step, true).map(Interval::point),
        (None, Some(lo), Some(hi), None) => match (number(lo, true), number(hi, true)) {
            (Some(lo), Some(hi)) if lo <= hi => Some(Interval { lo, hi }),
            (Some(_), Some(_)) => {
                bad(diags, &row.place, lo, "`lo` is not above `hi`");
                None
            }
            _ => None,
        },
        (None, None, None, Some(value)) if !cut_offs.is_empty() => number(value, false).map(|value| {
            let above = cut_offs.iter().filter(|c| value >= **c).count();
            Interval::point(Exact::ratio(i64::try_from(above).unwrap_or(STEPS), STEPS))
        }),
        _ => {
            let why = "a row has `step`, or `lo` and `hi`, or `value` in a file with cut-offs";
            diags.push(Diagnostic::new(Code::MissingKey, row.place.clone()).with("key", "step").with("why", why));
            None
        }
    };
    step.unwrap_or_else(Interval::unknown)
}

/// `1,234` may be a thousand or one and a bit; `0,125` and `1,25` are decimals.
fn is_ambiguous(number: &str) -> bool {
    number
        .split_once(',')
        .is_some_and(|(before, after)| before != "0" && after.len() == 3 && after.bytes().all(|b| b.is_ascii_digit()))
}

fn from_yaml(shown: &Arc<str>, text: &Arc<str>, diags: &mut Diagnostics) -> Option<Table> {
    let raw: RawOwnExposure = yaml::parse(shown, text, diags)?;
    if raw.schema.value != "lygte/own-exposure/1" {
        let place = yaml::place(shown, text, &raw.schema);
        let diagnostic = Diagnostic::new(Code::BadSchema, place).with("found", raw.schema.value.as_str());
        diags.push(diagnostic.with("expected", "lygte/own-exposure/1"));
    }
    let value = |v: &Option<Str>| v.as_ref().map(|v| v.value.clone());
    let row = |c: &RawOwnCountry| Row {
        place: yaml::place(shown, text, &c.code),
        country: c.code.value.clone(),
        step: value(&c.step),
        lo: value(&c.lo),
        hi: value(&c.hi),
        value: value(&c.value),
    };
    Some(Table {
        edition: raw.edition.value.clone(),
        licence: raw.licence.value.clone(),
        source: raw.source.value.clone(),
        cut_offs: raw.cut_offs.iter().map(|c| c.value.clone()).collect(),
        rows: raw.countries.iter().map(row).collect(),
    })
}

/// Lines `# edition: …`, `# licence: …`, `# source: …`, `# cut-offs: …`, then a heading with `country` and the values.
fn from_csv(shown: &Arc<str>, text: &Arc<str>, diags: &mut Diagnostics) -> Option<Table> {
    let said = |name: &str| {
        let lines = text.lines().filter_map(|l| l.strip_prefix('#')).filter_map(|l| l.split_once(':'));
        let mut found = lines.filter(|(key, _)| key.trim().eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let body = text.lines().find(|l| !l.starts_with('#') && !l.trim().is_empty()).unwrap_or_default();
    let delimiter = if body.contains(';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).delimiter(delimiter).from_reader(text.as_bytes());
    let at = |position: Option<&csv::Position>| {
        let line = position.map_or(0, csv::Position::line);
        Place::File(format!("{shown}:{line}").into())
    };
    let mut broken = |problem: &csv::Error| {
        let place = at(problem.position());
        diags.push(Diagnostic::new(Code::MalformedCsv, place).with("problem", problem.to_string()));
    };
    let heads: Vec<String> = match reader.headers() {
        Ok(heads) => heads.iter().map(|h| h.trim().to_lowercase()).collect(),
        Err(problem) => {
            broken(&problem);
            return None;
        }
    };
    let column = |name: &str| heads.iter().position(|h| h == name);
    let Some(country) = column("country") else {
        let why = "the heading names the columns: country, and step, or lo and hi, or value";
        let place = Place::File(shown.clone());
        diags.push(Diagnostic::new(Code::MissingKey, place).with("key", "country").with("why", why));
        return None;
    };
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Err(problem) => broken(&problem),
            Ok(record) => {
                let cell = |name: &str| {
                    let value = column(name).and_then(|c| record.get(c)).map(str::trim).unwrap_or_default();
                    (!value.is_empty())
                        .then(|| if is_ambiguous(value) { value.to_owned() } else { value.replace(',', ".") })
                };
                rows.push(Row {
                    place: at(record.position()),
                    country: record.get(country).unwrap_or_default().to_owned(),
                    step: cell("step"),
                    lo: cell("lo"),
                    hi: cell("hi"),
                    value: cell("value"),
                });
            }
        }
    }
    let cut_offs = said("cut-offs");
    Some(Table {
        edition: said("edition"),
        licence: said("licence"),
        source: said("source"),
        cut_offs: cut_offs.split(';').map(str::to_owned).filter(|c| !c.trim().is_empty()).collect(),
        rows,
    })
}
