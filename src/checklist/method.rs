//! Scoring methods from their files.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::diag::Code;
use crate::model::{Band, Constant, Exact, Floor, Method};

use super::convert::File;
use super::raw::{RawConstant, RawConstantStatus, RawMethod};
use super::yaml::Str;

const FACTORS: [&str; 4] = ["country", "sector", "workforce", "chain"];
const SECTIONS: [&str; 3] = ["A", "B", "C"];
const EVIDENCE: [&str; 4] = ["E0", "E1", "E2", "E3"];
const CONSTANTS: [&str; 11] = [
    "k",
    "cut-moderate",
    "cut-high",
    "cut-severe",
    "sufficient",
    "x1-threshold",
    "x1-count",
    "reuse-over",
    "na-share",
    "near-cut",
    "weight-swing",
];
/// Constants that are shares of one.
const SHARES: [&str; 4] = ["k", "sufficient", "x1-threshold", "na-share"];
/// The lower ends of the bands, which rise.
const CUTS: [&str; 3] = ["cut-moderate", "cut-high", "cut-severe"];
const FLOORS: [&str; 8] = ["F1", "F2", "F3", "F4", "F5", "X1", "C1", "V1"];

pub(super) fn convert(file: &mut File<'_>, raw: &RawMethod) -> Option<Method> {
    file.schema(&raw.schema, "method");
    let factors = constants(file, "factors", &raw.factors, &FACTORS, &raw.id)?;
    let sections = constants(file, "sections", &raw.sections, &SECTIONS, &raw.id)?;
    let mut evidence = constants(file, "evidence", &raw.evidence, &EVIDENCE, &raw.id)?;
    let constants = constants(file, "constants", &raw.constants, &CONSTANTS, &raw.id)?;
    let floors = floors(file, raw)?;
    ranges(file, &raw.constants, &constants);
    for constant in &raw.evidence {
        file.share(&constant.value);
    }
    let total: Exact = factors.values().map(|c| c.value.clone()).sum();
    if total != Exact::whole(100) {
        let found = total.to_string();
        file.report(
            Code::BadValue,
            &raw.factors[0].value,
            &[("value", &found), ("allowed", "the weights of the factors add up to 100")],
        );
    }
    let digest = digest(raw);
    Some(Method {
        id: file.id(&raw.id),
        version: raw.version.value.clone(),
        digest,
        title: file.text("title", &raw.title),
        about: file.text("about", &raw.about),
        evidence: EVIDENCE.iter().filter_map(|e| evidence.remove(*e)).collect::<Vec<_>>().try_into().ok()?,
        factors,
        sections,
        constants,
        floors,
    })
}

/// Holds the constants within what the score can be reckoned with.
fn ranges(file: &mut File<'_>, raw: &[RawConstant], constants: &BTreeMap<String, Constant>) {
    let value = |id: &str| constants.get(id).map(|c| &c.value);
    for constant in raw {
        let id = constant.id.value.as_str();
        if SHARES.contains(&id) {
            file.share(&constant.value);
        }
        // At a swing of one a weight could become nothing, and a mean over such weights is none.
        if id == "weight-swing" && value(id).is_some_and(|v| *v >= Exact::one()) {
            file.bad_value(&constant.value, "a number from 0 to less than 1");
        }
        let below = CUTS.iter().position(|c| *c == id).and_then(|at| CUTS.get(at.checked_sub(1)?));
        if let Some(below) = below
            && value(id) <= value(below)
        {
            file.bad_value(&constant.value, &format!("a number above that of `{below}`"));
        }
    }
}

/// Reports names that are missing or unknown in a list that must hold exactly `names`.
fn complete<'a>(
    file: &mut File<'_>,
    list: &str,
    ids: &(impl Iterator<Item = &'a Str> + Clone),
    names: &[&str],
    at: &Str,
) -> bool {
    file.unique(ids.clone());
    let mut whole = true;
    for id in ids.clone() {
        if !names.contains(&id.value.as_str()) {
            file.bad_value(id, &names.join(", "));
            whole = false;
        }
    }
    for name in names {
        if !ids.clone().any(|i| i.value == *name) {
            let why = format!("`{list}` needs it");
            file.report(Code::MissingKey, at, &[("key", name), ("why", &why)]);
            whole = false;
        }
    }
    whole
}

fn constants(
    file: &mut File<'_>,
    list: &'static str,
    raw: &[RawConstant],
    names: &[&str],
    method: &Str,
) -> Option<BTreeMap<String, Constant>> {
    let first = raw.first().map_or(method, |c| &c.id);
    let whole = complete(file, list, &raw.iter().map(|c| &c.id), names, first);
    let mut out = BTreeMap::new();
    for constant in raw {
        let value = file.exact(&constant.value);
        if value.is_negative() {
            file.bad_value(&constant.value, "a number that is not negative");
        }
        let reason = file.said(&constant.id.value, "reason", &constant.reason);
        let status = match constant.status.value {
            RawConstantStatus::Published => "published",
            RawConstantStatus::Assumed => "assumed",
        };
        out.insert(constant.id.value.clone(), Constant { value, reason, status: status.to_owned() });
    }
    whole.then_some(out)
}

fn floors(file: &mut File<'_>, raw: &RawMethod) -> Option<BTreeMap<String, Floor>> {
    let first = raw.floors.first().map_or(&raw.id, |f| &f.id);
    let whole = complete(file, "floors", &raw.floors.iter().map(|f| &f.id), &FLOORS, first);
    let mut out = BTreeMap::new();
    for floor in &raw.floors {
        let id = &floor.id.value;
        let Some(priority) = Band::from_id(&floor.priority.value) else {
            file.bad_value(&floor.priority, "low, moderate, high, severe");
            continue;
        };
        let text = file.said(id, "text", &floor.text);
        let reason = file.said(id, "reason", &floor.reason);
        out.insert(id.clone(), Floor { priority, text, reason });
    }
    whole.then_some(out)
}

/// Digest of everything that decides a score; wording is left out.
fn digest(raw: &RawMethod) -> String {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update(text.as_bytes());
        hash.update([0]);
    };
    add(&raw.id.value);
    add(&raw.version.value);
    let mut lines: Vec<String> = Vec::new();
    let lists = [
        ("factor", &raw.factors),
        ("section", &raw.sections),
        ("evidence", &raw.evidence),
        ("constant", &raw.constants),
    ];
    for (list, constants) in lists {
        for c in constants {
            let value = c.value.value.parse::<Exact>().map(|x| x.to_string()).unwrap_or_default();
            lines.push(format!("{list} {} {value}", c.id.value));
        }
    }
    lines.extend(raw.floors.iter().map(|f| format!("floor {} {}", f.id.value, f.priority.value)));
    lines.sort();
    for line in &lines {
        add(line);
    }
    super::compose::hex(&hash.finalize())
}
