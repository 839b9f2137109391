//! Where the questions stand in a workbook: by hidden id, then by number, then by text in any language. Rows and columns
//! may have been inserted, deleted and sorted, sheets renamed.

use std::collections::BTreeMap;

use crate::model::{Id, Lang, Questionnaire, Role, Text};

use super::book::{Book, CellValue, Sheet};
use super::fold::fold;
use super::layout::{self, Kind, LISTS, META, Row, column};

/// A line to look for.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) id: Id,
    pub(super) number: String,
    pub(super) kind: Kind,
    /// Index of its sheet among those of the role.
    pub(super) block: usize,
    pub(super) role: Role,
}

/// How a line was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Id,
    Number,
    Text,
}

/// A row of a workbook.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) sheet: usize,
    pub(super) row: u32,
    pub(super) how: How,
}

/// Columns of one sheet, by their place in the layout.
pub(super) type Columns = BTreeMap<u16, u32>;

/// All lines that are looked for, and the ways to find them.
#[derive(Clone, Debug)]
pub(super) struct Index {
    pub(super) targets: Vec<Target>,
    /// Names of the sheets, in all languages, by role and block.
    pub(super) sheets: BTreeMap<(Role, usize), Text>,
    by_id: BTreeMap<String, Vec<usize>>,
    by_number: BTreeMap<String, Vec<usize>>,
    by_text: BTreeMap<String, Vec<usize>>,
    headers: BTreeMap<String, u16>,
}

impl Index {
    pub(super) fn new(questionnaire: &Questionnaire) -> Self {
        let mut out = Self {
            targets: Vec::new(),
            sheets: BTreeMap::new(),
            by_id: BTreeMap::new(),
            by_number: BTreeMap::new(),
            by_text: BTreeMap::new(),
            headers: BTreeMap::new(),
        };
        for role in [Role::Supplier, Role::Observer] {
            for (block, plan) in layout::sheets(questionnaire, role, &Lang::english()).into_iter().enumerate() {
                out.sheets.insert((role, block), plan.name.clone());
                for row in &plan.rows {
                    let Row::Line { id, number, text, .. } = row else { continue };
                    let index = out.targets.len();
                    out.targets.push(Target {
                        id: (*id).clone(),
                        number: (*number).to_owned(),
                        kind: plan.kind,
                        block,
                        role,
                    });
                    out.by_id.entry(id.to_string()).or_default().push(index);
                    out.by_number.entry(fold(number)).or_default().push(index);
                    for (_, t) in text.all() {
                        let texts = out.by_text.entry(fold(t)).or_default();
                        if !texts.contains(&index) {
                            texts.push(index);
                        }
                    }
                }
                for (column, word) in layout::columns(plan.kind, Role::Assessor) {
                    for (_, t) in questionnaire.words.text(word).into_iter().flat_map(Text::all) {
                        out.headers.entry(fold(t)).or_insert(column);
                    }
                }
            }
        }
        out
    }

    /// Looks for all lines of a role.
    pub(super) fn locate(&self, book: &Book, role: Role) -> Location {
        let role = if role == Role::Assessor { Role::Supplier } else { role };
        let mut out = Location { rows: BTreeMap::new(), columns: BTreeMap::new(), strays: Vec::new() };
        for (number, sheet) in book.sheets.iter().enumerate() {
            if [LISTS, META].iter().any(|n| sheet.name.trim().eq_ignore_ascii_case(n)) {
                continue;
            }
            self.locate_in(sheet, number, role, &mut out);
        }
        out
    }

    fn locate_in(&self, sheet: &Sheet, number: usize, role: Role, out: &mut Location) {
        let one = |list: Option<&Vec<usize>>| {
            let mut of_role = list?.iter().copied().filter(|i| self.targets[*i].role == role);
            let first = of_role.next()?;
            of_role.next().is_none().then_some(first)
        };
        let headers = self.headers_of(sheet);
        let id_column = best_column(sheet, |t| one(self.by_id.get(t.trim())).is_some());
        let number_column = headers
            .get(&column::NUMBER)
            .copied()
            .or_else(|| best_column(sheet, |t| one(self.by_number.get(&fold(t))).is_some()));
        let text_column = headers
            .get(&column::QUESTION)
            .copied()
            .or_else(|| best_column(sheet, |t| one(self.by_text.get(&fold(t))).is_some()));
        let mut rows: Vec<u32> = sheet.cells.keys().map(|(row, _)| *row).collect();
        rows.dedup();
        let mut any = false;
        for row in rows {
            let text = |column: Option<u32>| column.and_then(|c| sheet.get(row, c)).map(CellValue::raw);
            let id = text(id_column);
            let found = id
                .as_deref()
                .and_then(|t| one(self.by_id.get(t.trim())))
                .map(|i| (i, How::Id))
                .or_else(|| {
                    text(number_column).and_then(|t| one(self.by_number.get(&fold(&t)))).map(|i| (i, How::Number))
                })
                .or_else(|| text(text_column).and_then(|t| one(self.by_text.get(&fold(&t)))).map(|i| (i, How::Text)));
            if let Some((index, how)) = found {
                any = true;
                out.rows.entry(index).or_default().push(Found { sheet: number, row, how });
            } else {
                let is_id = |t: &String| t.split('.').count() <= 2 && t.split('.').all(Id::is_kebab);
                if let Some(id) = id.filter(is_id) {
                    out.strays.push((id, number, row));
                }
            }
        }
        if any {
            out.columns.insert(number, columns(headers, id_column, number_column));
        } else {
            out.strays.retain(|(_, s, _)| *s != number);
        }
    }

    /// The columns that a header row names; it holds at least three of our headers.
    fn headers_of(&self, sheet: &Sheet) -> Columns {
        let mut best: Columns = BTreeMap::new();
        let mut row = None;
        let mut current: Columns = BTreeMap::new();
        for ((r, c), value) in &sheet.cells {
            if row != Some(*r) {
                if current.len() > best.len() {
                    best = std::mem::take(&mut current);
                }
                current.clear();
                row = Some(*r);
            }
            if let Some(column) = value.text().and_then(|t| self.headers.get(&fold(t))) {
                current.entry(*column).or_insert(*c);
            }
        }
        if current.len() > best.len() {
            best = current;
        }
        if best.len() >= 3 { best } else { BTreeMap::new() }
    }
}

/// The column with the most cells that pass, the first of several.
fn best_column(sheet: &Sheet, passes: impl Fn(&str) -> bool) -> Option<u32> {
    let mut hits: BTreeMap<u32, usize> = BTreeMap::new();
    for ((_, column), value) in &sheet.cells {
        let (CellValue::Text(text) | CellValue::Number(text)) = value else { continue };
        if passes(text) {
            *hits.entry(*column).or_default() += 1;
        }
    }
    hits.into_iter().max_by_key(|(column, n)| (*n, std::cmp::Reverse(*column))).map(|(c, _)| c)
}

/// Columns by header where there is one; else by their distance from the id or number column.
fn columns(headers: Columns, id: Option<u32>, number: Option<u32>) -> Columns {
    if !headers.is_empty() {
        return headers;
    }
    let start = id.or_else(|| number.and_then(|n| n.checked_sub(1))).unwrap_or(0);
    (column::ID..=column::SIGNED).map(|c| (c, start + u32::from(c))).collect()
}

/// Where everything was found.
#[derive(Clone, Debug)]
pub(super) struct Location {
    /// Rows by target.
    pub(super) rows: BTreeMap<usize, Vec<Found>>,
    /// Columns by sheet.
    pub(super) columns: BTreeMap<usize, Columns>,
    /// Ids of no target: id, sheet, row.
    pub(super) strays: Vec<(String, usize, u32)>,
}

impl Location {
    /// Whether at least half of the lines of one sheet of a role were found.
    pub(super) fn is_ours(&self, index: &Index, role: Role) -> bool {
        let mut blocks: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
        for (i, target) in index.targets.iter().enumerate().filter(|(_, t)| t.role == role) {
            let entry = blocks.entry(target.block).or_default();
            entry.0 += 1;
            entry.1 += usize::from(self.rows.contains_key(&i));
        }
        blocks.values().any(|(all, found)| found * 2 >= *all)
    }

    /// A cell of a found row, by its column in the layout.
    pub(super) fn at(&self, found: Found, column: u16) -> Option<(u32, u32)> {
        self.columns.get(&found.sheet)?.get(&column).map(|c| (found.row, *c))
    }
}
