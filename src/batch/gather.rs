//! Files joined per supplier: the newest questionnaire counts, findings and signs of all forms are united.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::checklist::Selection;
use crate::diag::{Code, Diagnostic, Place};
use crate::model::{Answer, ById, Dossier, Entry, FactId, Finding, Id, Profile, Role};
use crate::questionnaire::{Invited, Returned, supplier_id};
use crate::report::FileRecord;

use super::review::place_of;
use super::workbook::{Part, Read};

/// One file of a supplier.
struct Member {
    record: FileRecord,
    part: Part,
}

impl Member {
    /// When it was last changed, by the file's own properties.
    fn changed(&self) -> Option<jiff::Timestamp> {
        let text = self.part.returned.modified.as_deref()?;
        let day = || text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
        text.parse().ok().or_else(|| day().map(|d| d.timestamp()))
    }

    /// Why it counts before another: a phrase.
    fn outdoes(&self, other: &Self) -> &'static str {
        match (self.changed(), other.changed()) {
            (Some(own), Some(others)) if own > others => "date-newer",
            (Some(_), None) => "date-alone",
            _ => "name-decides",
        }
    }
}

/// Who was invited, found by id and by name.
#[derive(Default)]
pub(super) struct Guests<'a> {
    by_id: BTreeMap<&'a str, &'a Invited>,
    by_name: BTreeMap<String, &'a Invited>,
}

impl<'a> Guests<'a> {
    /// Of two of one name the first counts.
    pub(super) fn new(list: &'a [Invited]) -> Self {
        let mut out = Self::default();
        for invited in list {
            out.by_id.entry(&invited.id).or_insert(invited);
            out.by_name.entry(folded(&invited.name)).or_insert(invited);
        }
        out
    }

    /// Whether there is a list.
    pub(super) fn are_known(&self) -> bool {
        !self.by_id.is_empty()
    }

    /// The supplier of that id.
    pub(super) fn of_id(&self, id: &str) -> Option<&'a Invited> {
        self.by_id.get(id).copied()
    }
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Everything about one supplier, ready to be scored.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// What was read.
    pub dossier: Dossier,
    /// What its answers belong to.
    pub selection: Selection,
    /// A questionnaire that the supplier sent is among the files.
    pub has_questionnaire: bool,
}

/// Joins files per supplier, in the order of ids. The records come back with supplier ids and what joining brought up.
pub(super) fn join(reads: Vec<Read>, guests: &Guests<'_>) -> (Vec<Gathered>, Vec<FileRecord>) {
    let mut groups: BTreeMap<String, Vec<Member>> = BTreeMap::new();
    let mut records = Vec::new();
    for read in reads {
        let mut record = read.record;
        match read.part {
            None => records.push(record),
            Some(part) => {
                let id = id_of(&part.returned, &record, guests);
                record.supplier = Some(id.clone());
                groups.entry(id).or_default().push(Member { record, part });
            }
        }
    }
    let mut out = Vec::new();
    for (id, mut group) in groups {
        // Newest first: by the date in the file's own properties, then by name.
        group.sort_by(|a, b| (b.changed(), &b.record.file).cmp(&(a.changed(), &a.record.file)));
        out.push(one(&id, &mut group, guests));
        records.extend(group.into_iter().map(|m| m.record));
    }
    (out, records)
}

/// The supplier's id in `_meta`; without one, the invited supplier of that name; else made from the name or the file.
pub(super) fn id_of(returned: &Returned, record: &FileRecord, guests: &Guests<'_>) -> String {
    if let Some(id) = &returned.supplier {
        return id.clone();
    }
    let name = returned.profile.name.as_deref().or(returned.supplier_name.as_deref());
    if let Some(invited) = name.and_then(|n| guests.by_name.get(&folded(n))) {
        return invited.id.clone();
    }
    let stem = || record.file.rsplit('/').next().and_then(|n| n.split('.').next()).unwrap_or_default();
    supplier_id(name.unwrap_or_else(stem))
}

fn one(id: &str, group: &mut [Member], guests: &Guests<'_>) -> Gathered {
    let position = |role: Role| group.iter().position(|m| m.part.returned.role == role);
    let base = position(Role::Supplier)
        .or_else(|| position(Role::Assessor))
        .or_else(|| position(Role::Observer))
        .unwrap_or_default();
    let has_questionnaire = group[base].part.returned.role == Role::Supplier;
    supersede(group, base);
    if group[base].part.returned.role != Role::Supplier {
        let place = Place::File(group[base].record.file.clone());
        group[base].record.diagnostics.push(Diagnostic::new(Code::NoQuestionnaire, place));
    }
    compare_profiles(group, base);

    let Part { returned: first, selection, corrections, .. } = &mut group[base].part;
    let known = || guests.of_id(id).map(|i| i.name.clone());
    let name = first.profile.name.clone().or_else(|| first.supplier_name.clone()).or_else(known);
    let mut profile = std::mem::take(&mut first.profile);
    if first.role == Role::Observer {
        profile = Profile {
            countries: selection.country.iter().cloned().map(Some).collect(),
            sectors: selection.sectors.iter().cloned().map(Some).collect(),
            ..Profile::default()
        };
    }
    let mut dossier = Dossier {
        id: id.to_owned(),
        name: name.unwrap_or_else(|| id.to_owned()),
        files: Vec::new(),
        lang: first.lang.clone(),
        form: first.form,
        edition: first.edition.clone(),
        revision: first.revision.clone(),
        profile,
        exposure: std::mem::take(&mut first.exposure),
        controls: std::mem::take(&mut first.controls),
        findings: ById::new(),
        looks: Vec::new(),
        signs: Vec::new(),
        corrections: std::mem::take(corrections),
    };
    let selection = selection.clone();
    unite(group, base, &mut dossier);
    dossier.files.sort();
    Gathered { dossier, selection, has_questionnaire }
}

/// Older questionnaires of the supplier stand in the ledger, with the answers and facts that differ.
fn supersede(group: &mut [Member], base: usize) {
    let first = &group[base];
    if first.part.returned.role != Role::Supplier {
        return;
    }
    let older = |(index, member): (usize, &Member)| {
        (index != base && member.part.returned.role == Role::Supplier).then(|| (index, differences(first, member)))
    };
    let notes: Vec<(usize, Vec<Diagnostic>)> = group.iter().enumerate().filter_map(older).collect();
    for (index, notes) in notes {
        group[index].record.diagnostics.extend(notes);
    }
}

/// What an older questionnaire says otherwise than the one that counts.
fn differences(first: &Member, older: &Member) -> Vec<Diagnostic> {
    let (now, then) = (&first.part.returned, &older.part.returned);
    let (newest, file) = (Place::File(first.record.file.clone()), Place::File(older.record.file.clone()));
    let mut answers = Vec::new();
    let lists = [(&now.exposure, &then.exposure), (&now.controls, &then.controls)];
    for (now, then) in lists {
        let ids: BTreeSet<&Id> = now.keys().chain(then.keys()).collect();
        for id in ids {
            let (now, then) = (now.get(id), then.get(id));
            let said = |e: Option<&Entry>| e.map(|e| (e.answer.clone(), e.number.clone()));
            let blank = |e: Option<&Entry>| e.is_none_or(|e| e.answer == Answer::Blank);
            if said(now) == said(then) || blank(now) && blank(then) {
                continue;
            }
            let raw = |e: Option<&Entry>| e.and_then(|e| e.raw.clone());
            let place = |e: Option<&Entry>, file: &Place| {
                e.and_then(|e| e.cell.as_ref()).map_or_else(|| file.clone(), place_of)
            };
            let note = Diagnostic::new(Code::SupersededAnswer, place(then, &file))
                .with("number", first.part.number(id))
                .other(place(now, &newest), raw(now));
            answers.push(with_raw(note, raw(then)));
        }
    }
    let mut facts = Vec::new();
    for (id, entry) in &then.facts {
        if same_fact(id, &now.profile, &then.profile) {
            continue;
        }
        let counts = now.facts.get(id);
        let note = Diagnostic::new(Code::SupersededFact, entry.place.clone())
            .with("number", entry.number.as_str())
            .other(counts.map_or_else(|| newest.clone(), |f| f.place.clone()), counts.and_then(|f| f.raw.clone()));
        facts.push(with_raw(note, entry.raw.clone()));
    }
    let whole = Diagnostic::new(Code::Superseded, file)
        .with("file", first.record.file.to_string())
        .with("differ", answers.len().to_string())
        .with("facts", facts.len().to_string())
        .phrase("why", first.outdoes(older));
    std::iter::once(whole).chain(facts).chain(answers).collect()
}

fn with_raw(note: Diagnostic, raw: Option<String>) -> Diagnostic {
    match raw {
        Some(raw) => note.raw(raw),
        None => note,
    }
}

/// Whether two profiles agree in a fact.
fn same_fact(id: &str, one: &Profile, other: &Profile) -> bool {
    match id {
        "name" => one.name == other.name,
        "country" => one.countries == other.countries,
        "sectors" => one.sectors == other.sectors,
        "employees" => one.employees == other.employees,
        "levels" => one.levels == other.levels,
        "goods" => one.goods == other.goods,
        "subcontracting" => one.says_subcontracting == other.says_subcontracting,
        id => FactId::ALL.into_iter().all(|f| f.id() != id || one.fact(f) == other.fact(f)),
    }
}

/// An assessor's form that holds other facts than the supplier's own is worth a look.
fn compare_profiles(group: &mut [Member], base: usize) {
    let first = &group[base].part.returned;
    if first.role != Role::Supplier || group.iter().all(|m| m.part.returned.role != Role::Assessor) {
        return;
    }
    let file = Place::File(group[base].record.file.clone());
    let (profile, facts) = (first.profile.clone(), first.facts.clone());
    for Member { record, part: Part { returned, .. } } in group.iter_mut() {
        if returned.role != Role::Assessor {
            continue;
        }
        // A blank says nothing against the supplier; the name is for the reader.
        for (id, entry) in returned.facts.iter().filter(|(id, entry)| entry.raw.is_some() && *id != "name") {
            if same_fact(id, &profile, &returned.profile) {
                continue;
            }
            let own = facts.get(id);
            let note = Diagnostic::new(Code::ProfileDiffers, entry.place.clone())
                .with("number", entry.number.as_str())
                .other(own.map_or_else(|| file.clone(), |f| f.place.clone()), own.and_then(|f| f.raw.clone()));
            record.diagnostics.push(with_raw(note, entry.raw.clone()));
        }
    }
}

/// Findings and signs of all forms. Of two findings on one item the newer counts.
fn unite(group: &mut [Member], base: usize, dossier: &mut Dossier) {
    // Whose finding counts, by item.
    let mut by: BTreeMap<Id, usize> = BTreeMap::new();
    for index in 0..group.len() {
        let Member { record, part } = &group[index];
        let returned = &part.returned;
        if index == base || returned.role != Role::Supplier {
            dossier.files.push(record.file.clone());
        }
        let place = |finding: &Finding, file: &Arc<str>| {
            finding.entry.cell.as_ref().map_or_else(|| Place::File(file.clone()), place_of)
        };
        let mut notes = Vec::new();
        for (id, finding) in &returned.findings {
            let Some(counts) = dossier.findings.get(id) else {
                dossier.findings.insert(id.clone(), finding.clone());
                by.insert(id.clone(), index);
                continue;
            };
            let newer = by.get(id).map_or(&group[index], |i| &group[*i]);
            let note = Diagnostic::new(Code::BothAssessed, place(finding, &record.file))
                .with("number", part.number(id))
                .other(place(counts, &newer.record.file), counts.entry.raw.clone())
                .phrase("why", newer.outdoes(&group[index]));
            notes.push(with_raw(note, finding.entry.raw.clone()));
        }
        if let Some(look) = &returned.look {
            let number = dossier.looks.len();
            dossier.looks.push(look.clone());
            dossier.signs.extend(returned.signs.iter().cloned().map(|mut s| {
                s.look = number;
                s
            }));
        }
        group[index].record.diagnostics.extend(notes);
    }
}
