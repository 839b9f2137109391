//! Files joined per supplier: the newest questionnaire counts, findings and signs of all forms are united.

use std::collections::BTreeMap;

use crate::checklist::Selection;
use crate::diag::{Code, Diagnostic, Place};
use crate::model::{Dossier, Profile, Role};
use crate::questionnaire::{Invited, Returned, supplier_id};
use crate::report::FileRecord;

use super::workbook::{Part, Read};

/// One file of a supplier.
struct Member {
    record: FileRecord,
    part: Part,
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
        group.sort_by(|a, b| {
            (&b.part.returned.modified, &b.record.file).cmp(&(&a.part.returned.modified, &a.record.file))
        });
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

    let Part { returned: first, selection, corrections } = &group[base].part;
    let known = || guests.of_id(id).map(|i| i.name.clone());
    let name = first.profile.name.clone().or_else(|| first.supplier_name.clone()).or_else(known);
    let mut profile = first.profile.clone();
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
        exposure: first.exposure.clone(),
        controls: first.controls.clone(),
        findings: BTreeMap::new(),
        looks: Vec::new(),
        signs: Vec::new(),
        corrections: corrections.clone(),
    };
    let selection = selection.clone();
    unite(group, base, &mut dossier);
    dossier.files.sort();
    Gathered { dossier, selection, has_questionnaire }
}

/// Older questionnaires of the supplier stand in the ledger, with the number of answers that differ.
fn supersede(group: &mut [Member], base: usize) {
    let first = &group[base].part.returned;
    if first.role != Role::Supplier {
        return;
    }
    let newest = group[base].record.file.clone();
    let (exposure, controls) = (first.exposure.clone(), first.controls.clone());
    for (index, Member { record, part: Part { returned, .. } }) in group.iter_mut().enumerate() {
        if index == base || returned.role != Role::Supplier {
            continue;
        }
        let other = returned.exposure.iter().chain(&returned.controls);
        let differ = other
            .filter(|(id, entry)| {
                exposure.get(*id).or_else(|| controls.get(*id)).is_none_or(|now| now.answer != entry.answer)
            })
            .count();
        record.diagnostics.push(
            Diagnostic::new(Code::Superseded, Place::File(record.file.clone()))
                .with("file", newest.to_string())
                .with("differ", differ.to_string()),
        );
    }
}

/// An assessor's form that holds other facts than the supplier's own is worth a look.
fn compare_profiles(group: &mut [Member], base: usize) {
    let first = &group[base].part.returned;
    if first.role != Role::Supplier {
        return;
    }
    let own = first.profile.clone();
    for Member { record, part: Part { returned, .. } } in group.iter_mut() {
        if returned.role != Role::Assessor {
            continue;
        }
        let theirs = &returned.profile;
        for (fact, (number, place)) in &returned.profile_places {
            let differs = match fact.as_str() {
                "country" => own.countries != theirs.countries,
                "sectors" => own.sectors != theirs.sectors,
                "employees" => own.employees != theirs.employees,
                "levels" => own.levels != theirs.levels,
                "goods" => own.goods != theirs.goods,
                "subcontracting" => own.says_subcontracting != theirs.says_subcontracting,
                id => crate::model::FactId::ALL.into_iter().any(|f| f.id() == id && own.fact(f) != theirs.fact(f)),
            };
            if differs {
                record
                    .diagnostics
                    .push(Diagnostic::new(Code::ProfileDiffers, place.clone()).with("number", number.as_str()));
            }
        }
    }
}

/// Findings and signs of all forms. Of two findings on one item the newer counts.
fn unite(group: &mut [Member], base: usize, dossier: &mut Dossier) {
    for (index, Member { record, part: Part { returned, .. } }) in group.iter_mut().enumerate() {
        if index == base || returned.role != Role::Supplier {
            dossier.files.push(record.file.clone());
        }
        for (id, finding) in &returned.findings {
            if dossier.findings.contains_key(id) {
                let place = finding.entry.cell.as_ref().map_or_else(
                    || Place::File(record.file.clone()),
                    |c| Place::Cell { file: c.file.clone(), sheet: c.sheet.clone(), row: c.row, column: c.column },
                );
                record.diagnostics.push(Diagnostic::new(Code::BothAssessed, place).with("number", id.as_str()));
            } else {
                dossier.findings.insert(id.clone(), finding.clone());
            }
        }
        if let Some(look) = &returned.look {
            let number = dossier.looks.len();
            dossier.looks.push(look.clone());
            dossier.signs.extend(returned.signs.iter().cloned().map(|mut s| {
                s.look = number;
                s
            }));
        }
    }
}
