//! Report templates of the user's own: found, and held against suppliers that are made up.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::checklist::{Library, Selection};
use crate::diag::{Code, Diagnostic, Place};
use crate::error::{Error, Result};
use crate::model::{
    Answer, AnswerKind, Cell, CountryCode, Dossier, Entry, Evidence, Fact, FactId, Finding, Form, Id, Lang, Look, Role,
    SignEntry, SignState, Words,
};
use crate::report::{
    FileRecord, Index, Ledger, Reminder, Reporter, ReviewRecord, Row, Scored, Series, Setting, Status, Totals,
    is_template,
};

/// Templates by name; a later folder wins. Only files in the folder itself or below it are taken.
pub(super) fn read(folders: &[PathBuf]) -> Result<BTreeMap<String, String>> {
    let mut out = BTreeMap::new();
    for folder in folders {
        walk(folder, folder, &mut out)?;
    }
    Ok(out)
}

fn walk(root: &Path, folder: &Path, out: &mut BTreeMap<String, String>) -> Result<()> {
    let fail = |source| Error::Read { path: folder.to_owned(), source };
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let path = entry.path();
        let kind = entry.file_type().map_err(fail)?;
        if kind.is_symlink() && path.is_dir() {
            return Err(Error::linked_folder(path));
        }
        if kind.is_dir() {
            walk(root, &path, out)?;
        } else if path.is_file() {
            let relative = path.strip_prefix(root).unwrap_or(&path);
            let name = relative.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            if !is_template(&name) {
                continue;
            }
            let bytes = std::fs::read(&path).map_err(|source| Error::Read { path: path.clone(), source })?;
            out.insert(name, Error::text(&path, bytes)?);
        }
    }
    Ok(())
}

/// What is wrong with the templates in these folders, and with the built-in ones: the first fault of each file. `strict`: a
/// variable that no page has, too, where a template only tests it.
pub(super) fn check(folders: &[PathBuf], library: &Library, strict: bool) -> Result<Vec<Diagnostic>> {
    let mut templates = read(folders)?;
    let words = library.words.get("report").cloned().unwrap_or_default();
    let mut found = Vec::new();
    loop {
        let reporter = Reporter::new(&templates, words.clone());
        let reporter = reporter.map(|reporter| if strict { reporter.strict() } else { reporter });
        let mut faults = match reporter.and_then(|reporter| pages(&reporter, &words, library)) {
            Ok(()) => return Ok(found),
            // To look on would only take longer.
            Err(error @ Error::Unbounded { .. }) => return Err(error),
            Err(Error::Templates(faults)) => faults.0,
            Err(error) => {
                let place = Place::File("templates".into());
                found.push(
                    Diagnostic::new(Code::BadTemplate, place).with("problem", error.to_string().replace('\n', " ")),
                );
                return Ok(found);
            }
        };
        // With the built-in one in its place the others can be looked at.
        let before = templates.len();
        templates.retain(|name, _| faults.iter().all(|d| d.place.file() != name));
        for fault in &mut faults {
            at_home(fault, folders);
        }
        found.append(&mut faults);
        if templates.len() == before {
            return Ok(found);
        }
    }
}

/// What the built-in templates are handed: the variables of every page, by page, of suppliers that are made up.
pub(super) fn handed(library: &Library) -> Result<Vec<(String, serde_json::Value)>> {
    let words = library.words.get("report").cloned().unwrap_or_default();
    let reporter = Reporter::new(&BTreeMap::new(), words.clone())?.noting();
    pages(&reporter, &words, library)?;
    Ok(reporter.noted())
}

/// A template's place as the user knows it: with its folder.
fn at_home(diagnostic: &mut Diagnostic, folders: &[PathBuf]) {
    if let Place::Text { file, .. } = &mut diagnostic.place
        && let Some(path) = folders.iter().rev().map(|f| f.join(&**file)).find(|path| path.is_file())
    {
        *file = path.to_string_lossy().into();
    }
}

/// Makes every page of three suppliers: of one nothing is known, of the others all that can be, one with open questions.
fn pages(reporter: &Reporter, words: &Words, library: &Library) -> Result<()> {
    let lang = Lang::english();
    let setting = Setting { lang: &lang, date: "2026-11-24" };
    let country: Option<CountryCode> = library.countries.keys().next().cloned();
    let sectors = library.sectors.keys().take(1).cloned().collect();
    let selection = Selection { questionnaire: Id::new("guide"), sectors, country: country.clone(), form: Form::Full };
    let questionnaire = library.compose(&selection)?;
    let Some(method) = library.methods.values().next() else { return Ok(()) };
    let reference = &library.reference;
    let mut totals = Totals::default();
    let mut rows = Vec::new();
    let mut files = Vec::new();
    let known = |open| known(&questionnaire, &selection, open);
    for dossier in [Dossier::blank(), known(true), Dossier { id: "supplier-2".to_owned(), ..known(false) }] {
        let assessment = crate::score::assess(&questionnaire, method, reference, &dossier);
        let scored = Scored {
            questionnaire: &questionnaire,
            method,
            reference,
            dossier: &dossier,
            assessment: &assessment,
            slug: "supplier",
        };
        let own = account(&dossier);
        let all: Vec<&FileRecord> = own.iter().collect();
        let row = Row::of(&setting, words, &scored);
        let reminder = Reminder::not_enough(words, &lang, &row);
        reporter.supplier(&reporter.views(&setting, &scored), &all)?;
        reporter.feedback(&setting, &scored, &all)?;
        reporter.mail(&setting, &scored, &all, Some(&reminder))?;
        totals.add(&setting, words, &scored);
        rows.push(if row.priority().is_none() { row.reminding(&lang) } else { row });
        files.extend(own);
    }
    let ledger = Ledger { inputs: 2, scored: 1, unreadable: 1, ..Ledger::default() };
    let refused = Diagnostic::new(Code::ReviewUndecided, Place::File("queue.xlsx".into())).with("row", "9");
    let review = ReviewRecord {
        file: "queue.xlsx".into(),
        sha256: String::new(),
        rows: 4,
        corrected: 1,
        accepted: 1,
        open: 1,
        diagnostics: vec![refused.help("…")],
    };
    let waiting = [Reminder::not_answered(words, &lang, "invited", "Invited")];
    let (files, ledger, waiting) = (&Series::from(&*files), &ledger, &Series::from(&waiting[..]));
    let index = |rows: &[Row], totals, invited, review| {
        let index = Index { rows: &Series::from(rows), totals, files, ledger, invited, waiting, review };
        reporter.index(&setting, &index, &mut |_| Ok(()))
    };
    index(&rows, &totals, Some((2, 1)), Some(&review))?;
    index(&[], &Totals::default(), None, None)?;
    for country in library.countries.values() {
        reporter.card(&setting, reference, &country.info, true)?;
    }
    Ok(())
}

/// A supplier of whom all that can be known is; `is_open`: some questions are left open.
fn known(questionnaire: &crate::model::Questionnaire, selection: &Selection, is_open: bool) -> Dossier {
    let mut out = Dossier::blank();
    (out.id, out.name) = ("supplier".to_owned(), "Supplier".to_owned());
    out.files = ["supplier.xlsx", "visit.xlsx"].map(Arc::from).to_vec();
    out.profile.countries = vec![selection.country.clone()];
    out.profile.sectors = selection.sectors.iter().cloned().map(Some).collect();
    (out.profile.employees, out.profile.levels) = (Some(84), Some(2));
    for fact in FactId::ALL {
        out.profile.set(fact, Fact::Yes);
    }
    let cell = |file: &str, row| Some(Cell { file: file.into(), sheet: "A".into(), row, column: 4 });
    let lines = |exposure: bool| {
        let own = questionnaire.exposure.questions.iter().filter(move |_| exposure);
        let controls = questionnaire.controls.iter().filter(move |_| !exposure).flat_map(|b| &b.questions);
        (0u32..).zip(own.chain(controls).flat_map(|q| &q.items))
    };
    for exposure in [true, false] {
        for (row, item) in lines(exposure) {
            let AnswerKind::Scale(scale) = &item.kind else { continue };
            let options = scale.options.iter().map(|o| Answer::Option(o.id.clone()));
            let open = [Answer::DontKnow, Answer::Refused, Answer::Unreadable, Answer::NotApplicable { reason: true }];
            let answer = options
                .chain(open.into_iter().filter(|_| is_open))
                .cycle()
                .nth(usize::try_from(row).unwrap_or_default());
            let entry = Entry {
                answer: answer.unwrap_or(Answer::Blank),
                number: None,
                raw: Some("…".to_owned()),
                comment: Some("…".to_owned()),
                document: Some("…".to_owned()),
                cell: cell("supplier.xlsx", row),
            };
            if !exposure && row % 3 == 0 {
                let signed = Some("2026-11-24 AB".to_owned());
                let evidence = Evidence::ALL[usize::try_from(row).unwrap_or_default() % Evidence::ALL.len()];
                let finding = Finding { entry: entry.clone(), evidence, reference: Some("…".to_owned()), signed };
                out.findings.insert(item.id.clone(), finding);
            }
            let all = if exposure { &mut out.exposure } else { &mut out.controls };
            all.insert(item.id.clone(), entry);
        }
    }
    out.looks.push(Look {
        file: "visit.xlsx".into(),
        date: Some("2026-11-20".to_owned()),
        role: Some("…".to_owned()),
        site: Some("…".to_owned()),
        seen: Some(true),
        under_18: true,
    });
    let states = [SignState::Present, SignState::Absent, SignState::Unknown];
    out.signs = (0u32..)
        .zip(&questionnaire.signs.signs)
        .zip(states.into_iter().cycle())
        .map(|((row, sign), state)| SignEntry {
            sign: Arc::clone(sign),
            state,
            raw: Some("…".to_owned()),
            comment: Some("…".to_owned()),
            cell: cell("visit.xlsx", row),
            closure: None,
            look: 0,
        })
        .collect();
    out
}

/// An account of its files: read in part, with something to say, and one that was not read.
fn account(dossier: &Dossier) -> Vec<FileRecord> {
    let record = |file: &str, status, code| FileRecord {
        file: file.into(),
        sha256: String::new(),
        role: Some(Role::Supplier),
        status,
        supplier: (status != Status::Unreadable).then(|| dossier.id.clone()),
        diagnostics: vec![Diagnostic::new(code, Place::File(file.into())).raw("…").taken("…")],
    };
    vec![
        record("supplier.xlsx", Status::Partly, Code::MissingMeta),
        record("visit.xlsx", Status::Scored, Code::EmptyLook),
        record("other.xlsx", Status::Unreadable, Code::ForeignWorkbook),
    ]
}
