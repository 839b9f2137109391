//! Paper forms, typed into a table: one row for each, with the codes that the form prints beside the answers.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Place};
use crate::model::{Answer, Case, Id, Lang, Questionnaire, SignState};
use crate::questionnaire::{CellValue, Reader};
use crate::report::{DONT_KNOW, Line};

/// Columns beside those of the lines.
const CODE: &str = "code";
const CASE: &str = "case";

/// The table to type into: a row for each code. Semicolons, because that is what the program at the other end expects
/// where the comma is the decimal mark; commas are understood too.
pub(super) fn template(case: &Case, exercise: &Questionnaire, codes: &[String]) -> Vec<u8> {
    let n = Line::all(exercise).len();
    let numbers: Vec<String> = (1..=n).map(|n| n.to_string()).collect();
    let mut out = format!("\u{feff}{CODE};{CASE};{}\r\n", numbers.join(";"));
    for code in codes {
        let _ = write!(out, "{code};{}{}\r\n", case.id, ";".repeat(n));
    }
    out.into_bytes()
}

/// One typed form.
pub(super) struct Typed {
    /// Line in the file, from 1.
    pub(super) row: usize,
    pub(super) code: String,
    pub(super) case: String,
    /// What is typed, by the number on paper.
    cells: BTreeMap<usize, String>,
}

/// A table of typed forms. Rows in which nothing is typed are those of codes that nobody used.
pub(super) struct TypedTable {
    pub(super) rows: Vec<Typed>,
}

impl TypedTable {
    /// Reads a table.
    ///
    /// # Errors
    /// The phrase that says what is wrong.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, &'static str> {
        let text = std::str::from_utf8(bytes).map_err(|_| "typed-broken")?;
        // With one kind of line end the reader counts lines as people do.
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let first = text.lines().next().unwrap_or_default();
        let delimiter = [b';', b'\t', b','].into_iter().max_by_key(|d| first.bytes().filter(|b| b == d).count());
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter.unwrap_or(b';'))
            .from_reader(text.as_bytes());
        let mut records = reader.records();
        let header = records.next().ok_or("typed-header")?.map_err(|_| "typed-broken")?;
        let header: Vec<String> = header.iter().map(|h| h.trim().to_lowercase()).collect();
        let at = |name: &str| header.iter().position(|h| h == name);
        let numbers: BTreeMap<usize, usize> =
            header.iter().enumerate().filter_map(|(at, h)| Some((h.parse().ok()?, at))).collect();
        let (Some(code), Some(case), false) = (at(CODE), at(CASE), numbers.is_empty()) else {
            return Err("typed-header");
        };
        let mut rows = Vec::new();
        for record in records {
            let record = record.map_err(|_| "typed-broken")?;
            let get = |at: usize| record.get(at).unwrap_or_default().trim().to_owned();
            let cells: BTreeMap<usize, String> =
                numbers.iter().map(|(n, at)| (*n, get(*at))).filter(|(_, text)| !text.is_empty()).collect();
            if !cells.is_empty() {
                let row = record.position().map_or(0, |p| usize::try_from(p.line()).unwrap_or_default());
                rows.push(Typed { row, code: get(code), case: get(case), cells });
            }
        }
        Ok(Self { rows })
    }
}

impl Typed {
    /// What it answers, and what is to be said about it.
    pub(super) fn answers(
        &self,
        file: &Arc<str>,
        exercise: &Questionnaire,
        reader: &Reader,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> (BTreeMap<Id, Answer>, BTreeMap<Id, SignState>) {
        let (mut answers, mut signs) = (BTreeMap::new(), BTreeMap::new());
        for (n, line) in (1..).zip(Line::all(exercise)) {
            let Some(text) = self.cells.get(&n) else { continue };
            let mut unclear = || {
                let options = line.options(exercise).len();
                let allowed =
                    if line.is_number() { "0, 1, 2, 3 …".to_owned() } else { format!("1–{options}, {DONT_KNOW}") };
                diagnostics.push(
                    Diagnostic::new(Code::TypedAnswer, Place::File(file.clone()))
                        .with("row", self.row.to_string())
                        .with("number", line.number())
                        .with("allowed", allowed)
                        .raw(text.clone()),
                );
            };
            match line {
                Line::Question(_, item) => {
                    let answer = question(&line, exercise, reader, text);
                    if answer.is_none() {
                        unclear();
                    }
                    answers.insert(item.id.clone(), answer.unwrap_or(Answer::Unreadable));
                }
                Line::Sign(sign) => match state(&line, exercise, text) {
                    Some(state) => drop(signs.insert(sign.id.clone(), state)),
                    None => unclear(),
                },
            }
        }
        (answers, signs)
    }
}

/// The answer of a code on paper; of a number, or of a label in any language.
fn question(line: &Line<'_>, exercise: &Questionnaire, reader: &Reader, text: &str) -> Option<Answer> {
    let typed = text.parse::<usize>().ok();
    if !line.is_number() {
        if typed == Some(DONT_KNOW) {
            return Some(Answer::DontKnow);
        }
        if let Some(n) = typed {
            let option = n.checked_sub(1).and_then(|n| line.options(exercise).get(n))?;
            return Some(Answer::Option(option.id.clone()));
        }
    }
    let value = text.trim_end_matches('%').trim().replace(',', ".");
    let value = if line.is_number() && value.parse::<crate::model::Exact>().is_ok() {
        CellValue::Number(value)
    } else {
        CellValue::Text(text.into())
    };
    reader.second(line.id(), &value, &Lang::english()).map(|(answer, _)| answer)
}

fn state(line: &Line<'_>, exercise: &Questionnaire, text: &str) -> Option<SignState> {
    let options = line.options(exercise);
    let option = match text.parse::<usize>() {
        Ok(DONT_KNOW) => return Some(SignState::Unknown),
        Ok(n) => options.get(n.checked_sub(1)?)?,
        Err(_) => {
            let lower = text.to_lowercase();
            options.iter().find(|o| o.label.all().any(|(_, label)| label.to_lowercase() == lower))?
        }
    };
    [SignState::Present, SignState::Absent, SignState::Unknown].into_iter().find(|s| s.id() == option.id)
}
