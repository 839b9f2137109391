//! A returned action plan held against findings, both ways.
//!
//! The plan is the sheet of actions of `portfolio.xlsx`, filled in by people, wherever it was copied to: it is found by
//! its titles in any language. Findings are the actions of a `results.json`, and what follows from its suppliers.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufReader;
use std::path::Path;

use serde::Deserialize;

use crate::diag::Place;
use crate::error::{Error, Result};
use crate::model::Words;
use crate::questionnaire::{CellValue, Sheet, date_of};
use crate::report::SCHEMA;

use super::filled;

/// What is to be said of a row of the plan, or of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RemarkKind {
    /// A finding that no row is about.
    NoAction,
    /// A row about a finding that lacks a person or a date.
    NobodyOn,
    /// Its date is over.
    Overdue,
    /// Marked as done, and still found.
    StillFound,
    /// Not to be pursued, without a reason.
    NoReason,
    /// A row about something that is no finding, and not marked as done.
    NoFinding,
    /// Another row is about the same.
    Twice,
    /// The status is none of those offered.
    Status,
    /// The date could not be read.
    Date,
}

impl RemarkKind {
    /// All, in the order they are told.
    pub const ALL: [Self; 9] = [
        Self::NoAction,
        Self::NobodyOn,
        Self::Overdue,
        Self::StillFound,
        Self::NoReason,
        Self::NoFinding,
        Self::Twice,
        Self::Status,
        Self::Date,
    ];
}

/// Something to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// What.
    pub kind: RemarkKind,
    /// Id of the finding; absent where a row names none of the findings.
    pub id: Option<String>,
    /// The row.
    pub place: Option<Place>,
    /// The date it was due.
    pub due: Option<String>,
}

/// What a plan came to.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// Findings in the results.
    pub findings: usize,
    /// Rows of the plan with an id.
    pub rows: usize,
    /// Rows without one: somebody's own, which are not checked.
    pub own: usize,
    /// Rows marked as done whose finding is gone.
    pub settled: usize,
    /// What is to be said, by kind and then in the order of findings and rows.
    pub remarks: Vec<Remark>,
}

/// Of `results.json` what a plan is held against.
#[derive(Deserialize)]
struct Results {
    schema: String,
    suppliers: Vec<Supplier>,
}

#[derive(Deserialize)]
struct Supplier {
    id: String,
    coverage: Coverage,
    controls: Controls,
    floors: Vec<Floor>,
    actions: Vec<Action>,
}

#[derive(Deserialize)]
struct Coverage {
    sufficient: bool,
}

#[derive(Deserialize)]
struct Controls {
    sections: Vec<Section>,
}

#[derive(Deserialize)]
struct Section {
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    id: String,
    grade: Option<String>,
}

#[derive(Deserialize)]
struct Floor {
    id: String,
    because: Vec<String>,
}

#[derive(Deserialize)]
struct Action {
    question: String,
}

impl Supplier {
    /// Ids as the plan writes them: the same rules as those of its rows.
    fn findings(&self) -> Vec<String> {
        let mut what: Vec<&str> = self.actions.iter().map(|a| a.question.as_str()).collect();
        if !self.coverage.sufficient {
            what.push("_again");
        }
        let unvouched = self.floors.iter().filter(|f| f.id == "V1").flat_map(|f| &f.because);
        let answered: BTreeSet<&str> = self
            .controls
            .sections
            .iter()
            .flat_map(|s| &s.items)
            .filter(|i| i.grade.is_some())
            .map(|i| i.id.as_str())
            .collect();
        if unvouched.into_iter().any(|id| answered.contains(id.as_str())) {
            what.push("_verify");
        }
        what.into_iter().map(|id| format!("{}/{id}", self.id)).collect()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Open,
    Done,
    Declined,
    Unclear,
}

/// A row of the plan.
struct PlanRow {
    id: String,
    place: Place,
    status: Status,
    owner: bool,
    note: bool,
    due: Due,
}

enum Due {
    None,
    Unclear,
    Day(String),
}

/// Holds a plan against results. `date` (`YYYY-MM-DD`) decides what is overdue.
///
/// # Errors
/// If a file cannot be read, or is no plan or no results of ours.
pub fn check(plan: &Path, results: &Path, words: &Words, date: &str) -> Result<Checked> {
    let findings = findings(results)?;
    let (rows, own) = read(plan, words)?;
    let mut out = Checked { findings: findings.len(), rows: rows.len(), own, ..Checked::default() };
    let known: BTreeSet<&str> = findings.iter().map(String::as_str).collect();
    let mut met: BTreeSet<&str> = BTreeSet::new();
    for row in &rows {
        let id = known.get(row.id.as_str()).map(|id| (*id).to_owned());
        let mut say = |kind| {
            let due = match &row.due {
                Due::Day(day) => Some(day.clone()),
                Due::None | Due::Unclear => None,
            };
            out.remarks.push(Remark { kind, id: id.clone(), place: Some(row.place.clone()), due });
        };
        if !met.insert(&row.id) {
            say(RemarkKind::Twice);
            continue;
        }
        if row.status == Status::Unclear {
            say(RemarkKind::Status);
        }
        if matches!(row.due, Due::Unclear) {
            say(RemarkKind::Date);
        }
        match (known.contains(row.id.as_str()), row.status) {
            (false, Status::Done | Status::Declined) => out.settled += 1,
            (false, _) => say(RemarkKind::NoFinding),
            (true, Status::Done) => say(RemarkKind::StillFound),
            (true, Status::Declined) if row.note => {}
            (true, Status::Declined) => say(RemarkKind::NoReason),
            (true, Status::Open | Status::Unclear) => {
                if matches!(&row.due, Due::Day(day) if day.as_str() < date) {
                    say(RemarkKind::Overdue);
                }
                if !row.owner || matches!(row.due, Due::None) {
                    say(RemarkKind::NobodyOn);
                }
            }
        }
    }
    for id in findings.iter().filter(|id| !met.contains(id.as_str())) {
        out.remarks.push(Remark { kind: RemarkKind::NoAction, id: Some(id.clone()), place: None, due: None });
    }
    out.remarks.sort_by_key(|r| r.kind);
    Ok(out)
}

fn findings(path: &Path) -> Result<Vec<String>> {
    let foreign = |why: String| Error::NoInput(format!("{}: this is no results.json of lygte: {why}", path.display()));
    let file = std::fs::File::open(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let results: Results = serde_json::from_reader(BufReader::new(file)).map_err(|e| foreign(e.to_string()))?;
    if results.schema != SCHEMA {
        return Err(foreign(format!("its schema is not {SCHEMA}")));
    }
    Ok(results.suppliers.iter().flat_map(Supplier::findings).collect())
}

/// Rows with an id, and the number of those without one that hold something.
fn read(path: &Path, words: &Words) -> Result<(Vec<PlanRow>, usize)> {
    let (book, _) = filled::open(path)?;
    let mut rows = Vec::new();
    let (mut own, mut found) = (0, false);
    for sheet in book.sheets.iter().filter(|s| !s.name.starts_with('_')) {
        let Some((head, columns)) = heading(sheet, words) else { continue };
        found = true;
        let numbers: BTreeSet<u32> = sheet.cells.iter().map(|((row, _), _)| *row).filter(|row| *row > head).collect();
        for row in numbers {
            let value = |title: &str| columns.get(title).and_then(|column| sheet.get(row, *column));
            let text = |title: &str| value(title).map(|v| v.raw().trim().to_owned()).filter(|t| !t.is_empty());
            let Some(id) = text("col-action-id") else {
                own += 1;
                continue;
            };
            let place = Place::Cell {
                file: book.file.clone(),
                sheet: sheet.name.clone(),
                row,
                column: columns["col-action-id"],
            };
            rows.push(PlanRow {
                id,
                place,
                status: text("col-status").map_or(Status::Open, |t| status(&t, words)),
                owner: text("col-owner").is_some(),
                note: text("col-note").is_some(),
                due: due(value("col-due")),
            });
        }
    }
    if found {
        Ok((rows, own))
    } else {
        let title = words.get("col-action-id", &crate::model::Lang::english());
        Err(Error::NoInput(format!(
            "{}: no sheet has a column “{title}”; give the workbook with the sheet of actions of portfolio.xlsx",
            path.display()
        )))
    }
}

fn due(value: Option<&CellValue>) -> Due {
    match value {
        None => Due::None,
        Some(value) => date_of(value).map_or(Due::Unclear, Due::Day),
    }
}

const TITLES: [&str; 5] = ["col-action-id", "col-status", "col-owner", "col-due", "col-note"];

/// The row of titles, and where each stands. Notes may have been put above it.
fn heading(sheet: &Sheet, words: &Words) -> Option<(u32, BTreeMap<&'static str, u32>)> {
    const LOOKED: u32 = 20;
    let title = |value: &CellValue| TITLES.into_iter().find(|id| says(words, id, &value.raw()));
    let mut rows: BTreeMap<u32, BTreeMap<&'static str, u32>> = BTreeMap::new();
    for ((row, column), value) in sheet.cells.rows(..LOOKED) {
        if let Some(id) = title(value) {
            rows.entry(*row).or_default().entry(id).or_insert(*column);
        }
    }
    rows.into_iter().find(|(_, columns)| columns.contains_key("col-action-id"))
}

/// Whether a text is the words of `id` in any language.
fn says(words: &Words, id: &str, text: &str) -> bool {
    let same = |word: &str| word.trim().to_lowercase() == text.trim().to_lowercase();
    words.text(id).is_some_and(|t| t.all().any(|(_, word)| same(word)))
}

fn status(text: &str, words: &Words) -> Status {
    let is = |id| says(words, id, text);
    if is("plan-open") || is("plan-going") {
        Status::Open
    } else if is("plan-done") {
        Status::Done
    } else if is("plan-declined") {
        Status::Declined
    } else {
        Status::Unclear
    }
}
