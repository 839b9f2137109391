//! Where the questions stand in a workbook: by hidden id, then by number, then by text in any language. Rows and columns
//! may have been inserted, deleted and sorted, sheets renamed.

use std::collections::{BTreeMap, BTreeSet};

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
    /// By number and text, against the hidden id.
    Visible,
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
    /// Numbers and texts as they are written, which spares folding them.
    by_number_raw: BTreeMap<String, Vec<usize>>,
    by_text_raw: BTreeMap<String, Vec<usize>>,
    reasons: BTreeSet<String>,
    headers: BTreeMap<String, u16>,
    longest_header: usize,
}

impl Index {
    pub(super) fn new(questionnaire: &Questionnaire) -> Self {
        let mut out = Self {
            targets: Vec::new(),
            sheets: BTreeMap::new(),
            by_id: BTreeMap::new(),
            by_number: BTreeMap::new(),
            by_text: BTreeMap::new(),
            by_number_raw: BTreeMap::new(),
            by_text_raw: BTreeMap::new(),
            reasons: BTreeSet::new(),
            headers: BTreeMap::new(),
            longest_header: 0,
        };
        for role in [Role::Supplier, Role::Observer] {
            for (block, plan) in layout::sheets(questionnaire, role, &Lang::english()).into_iter().enumerate() {
                out.sheets.insert((role, block), plan.name.clone());
                for row in &plan.rows {
                    let Row::Line { id, number, text, why, .. } = row else { continue };
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
                    out.by_number_raw.entry((*number).to_owned()).or_default().push(index);
                    for (_, t) in text.all() {
                        for (map, key) in [(&mut out.by_text, fold(t)), (&mut out.by_text_raw, t.to_owned())] {
                            let texts = map.entry(key).or_default();
                            if !texts.contains(&index) {
                                texts.push(index);
                            }
                        }
                    }
                    out.reasons.extend(why.iter().flat_map(|w| w.all()).map(|(_, t)| fold(t)));
                }
                for (column, word) in layout::columns(plan.kind, Role::Assessor) {
                    for (_, t) in questionnaire.words.text(word).into_iter().flat_map(Text::all) {
                        out.headers.entry(fold(t)).or_insert(column);
                        out.longest_header = out.longest_header.max(t.len());
                    }
                }
            }
        }
        out
    }

    /// Looks for all lines of a role. In a workbook of another revision numbers may have changed hands: there the id of a
    /// line whose text is not known counts more than its number.
    pub(super) fn locate(&self, book: &Book, role: Role, other_revision: bool) -> Location {
        let role = if role == Role::Assessor { Role::Supplier } else { role };
        let mut out = Location::default();
        for (number, sheet) in book.sheets.iter().enumerate() {
            if [LISTS, META].iter().any(|n| sheet.name.trim().eq_ignore_ascii_case(n)) {
                continue;
            }
            self.locate_in(sheet, number, role, other_revision, &mut out);
        }
        out.leave_notes_aside();
        out
    }

    fn locate_in(&self, sheet: &Sheet, number: usize, role: Role, other_revision: bool, out: &mut Location) {
        let one = |list: Option<&Vec<usize>>| {
            let mut of_role = list?.iter().copied().filter(|i| self.targets[*i].role == role);
            let first = of_role.next()?;
            of_role.next().is_none().then_some(first)
        };
        let by_id = |t: &str| one(self.by_id.get(t.trim()));
        let by_number = |t: &str| one(self.by_number_raw.get(t).or_else(|| self.by_number.get(&fold(t))));
        let by_text = |t: &str| one(self.by_text_raw.get(t).or_else(|| self.by_text.get(&fold(t))));
        let headers = self.headers_of(sheet);
        let header =
            |column: u16| headers.get(&column).and_then(|c| if c.len() == 1 { c.first().copied() } else { None });
        // A column that a header names is no column of ids, whatever stands in it.
        let named: Vec<u32> = headers.values().flatten().copied().collect();
        let id_column = best_column(sheet, &named, |t| by_id(t).is_some());
        let number_column = header(column::NUMBER).or_else(|| best_column(sheet, &[], |t| by_number(t).is_some()));
        let text_column = header(column::QUESTION).or_else(|| best_column(sheet, &[], |t| by_text(t).is_some()));
        let mut rows: Vec<u32> = sheet.cells.keys().map(|(row, _)| *row).collect();
        rows.dedup();
        let mut any = false;
        for row in rows {
            let text = |column: Option<u32>| column.and_then(|c| sheet.get(row, c)).map(CellValue::raw);
            let id = text(id_column);
            let signs = Signs {
                id: id.as_deref().and_then(by_id),
                number: text(number_column).as_deref().and_then(by_number),
                text: text(text_column).as_deref().and_then(by_text),
            };
            let is_id = |t: &String| t.split('.').count() <= 2 && t.split('.').all(Id::is_kebab);
            let foreign_id = id.filter(|t| signs.id.is_none() && is_id(t));
            match signs.judge(foreign_id.is_some(), other_revision) {
                Verdict::Is(index, how) => {
                    any = true;
                    out.rows.entry(index).or_default().push(Found { sheet: number, row, how });
                }
                Verdict::Conflict => {
                    any = true;
                    let all = [signs.id, signs.number, signs.text].into_iter().flatten().collect();
                    out.conflicts.push((all, number, row));
                }
                Verdict::Nothing => out.strays.extend(foreign_id.map(|id| (id, number, row))),
            }
        }
        if any {
            let reason_column = || best_column(sheet, &[], |t| self.reasons.contains(&fold(t)));
            out.assessed |= headers.contains_key(&column::EVIDENCE);
            let (columns, sure) = columns(&headers, [id_column, number_column, text_column], reason_column);
            out.columns.insert(number, columns);
            if !sure {
                out.without_answers.push(number);
            }
        } else {
            out.strays.retain(|(_, s, _)| *s != number);
        }
    }

    /// The columns that a header row names, each with the places where it stands; a header row holds at least three of
    /// our headers.
    fn headers_of(&self, sheet: &Sheet) -> Headers {
        let mut best = Headers::new();
        let mut row = None;
        let mut current = Headers::new();
        for ((r, c), value) in &sheet.cells {
            if row != Some(*r) {
                if current.len() > best.len() {
                    best = std::mem::take(&mut current);
                }
                current.clear();
                row = Some(*r);
            }
            // Blanks and full-width letters can make a header longer, but not by much.
            let Some(text) = value.text().filter(|t| t.len() <= 4 * self.longest_header) else { continue };
            if let Some(column) = self.headers.get(&fold(text)) {
                current.entry(*column).or_default().push(*c);
            }
        }
        if current.len() > best.len() {
            best = current;
        }
        if best.len() >= 3 { best } else { Headers::new() }
    }
}

/// Columns by header, with all places where it stands.
type Headers = BTreeMap<u16, Vec<u32>>;

/// What a row says it is.
#[derive(Clone, Copy)]
struct Signs {
    id: Option<usize>,
    number: Option<usize>,
    text: Option<usize>,
}

enum Verdict {
    Is(usize, How),
    Conflict,
    Nothing,
}

impl Signs {
    /// Which line a row is. Where its signs differ, what a person sees decides if number and text agree, for rows may
    /// have been sorted without the hidden column; otherwise nothing is guessed.
    fn judge(self, foreign_id: bool, other_revision: bool) -> Verdict {
        match (self.id, self.number, self.text) {
            (Some(i), number, text) => match (number, text) {
                (_, Some(t)) if t == i => Verdict::Is(i, How::Id),
                (Some(n), Some(t)) if n == t => Verdict::Is(t, How::Visible),
                (_, Some(_)) => Verdict::Conflict,
                (Some(n), None) if n != i && !other_revision => Verdict::Conflict,
                (_, None) => Verdict::Is(i, How::Id),
            },
            (None, Some(n), Some(t)) if n == t && foreign_id => Verdict::Is(t, How::Visible),
            // A question that is no longer asked; its number may be another's today.
            _ if foreign_id => Verdict::Nothing,
            (None, Some(n), Some(t)) if n != t => Verdict::Conflict,
            (None, Some(n), _) => Verdict::Is(n, How::Number),
            (None, None, Some(t)) => Verdict::Is(t, How::Text),
            (None, None, None) => Verdict::Nothing,
        }
    }
}

/// The column with the most cells that pass, the first of several; none of those left out.
fn best_column(sheet: &Sheet, without: &[u32], passes: impl Fn(&str) -> bool) -> Option<u32> {
    let mut hits: BTreeMap<u32, usize> = BTreeMap::new();
    for ((_, column), value) in &sheet.cells {
        let (CellValue::Text(text) | CellValue::Number(text)) = value else { continue };
        if !without.contains(column) && passes(text) {
            *hits.entry(*column).or_default() += 1;
        }
    }
    hits.into_iter().max_by_key(|(column, n)| (*n, std::cmp::Reverse(*column))).map(|(c, _)| c)
}

/// Columns by header where there is a header row; else by their distance from what was found. And whether it is sure
/// which one holds the answers: a header that stands twice, or a gap that does not fit, leaves it open.
fn columns(
    headers: &Headers,
    [id, number, text]: [Option<u32>; 3],
    reason: impl Fn() -> Option<u32>,
) -> (Columns, bool) {
    let shift = |column: u16, at: u32| i64::from(at) - i64::from(column);
    let at = |column: u16, shift: i64| u32::try_from(i64::from(column) + shift).ok();
    if headers.is_empty() {
        let found = [(column::ID, id), (column::NUMBER, number), (column::QUESTION, text), (column::WHY, reason())];
        let shifts: BTreeSet<i64> = found.iter().filter_map(|(c, a)| Some(shift(*c, (*a)?))).collect();
        let whys = found[3].1.is_some();
        return match shifts.first() {
            Some(by) if shifts.len() == 1 && whys => {
                ((column::ID..=column::SIGNED).filter_map(|c| Some((c, at(c, *by)?))).collect(), true)
            }
            _ => (Columns::new(), false),
        };
    }
    let mut known: Columns =
        headers.iter().filter_map(|(c, places)| if let [one] = places[..] { Some((*c, one)) } else { None }).collect();
    if !headers.contains_key(&column::ANSWER) {
        // Somebody wrote over the header: the neighbours tell, if they stand where they should.
        let before = known.range(..column::ANSWER).next_back().map(|(c, a)| shift(*c, *a));
        let after = known.range(column::ANSWER + 1..).next().map(|(c, a)| shift(*c, *a));
        if let (Some(before), Some(after)) = (before, after)
            && before == after
        {
            known.extend(at(column::ANSWER, before).map(|a| (column::ANSWER, a)));
        }
    }
    let sure = known.contains_key(&column::ANSWER);
    (known, sure)
}

/// Where everything was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Location {
    /// Rows by target.
    pub(super) rows: BTreeMap<usize, Vec<Found>>,
    /// Columns by sheet.
    pub(super) columns: BTreeMap<usize, Columns>,
    /// Ids of no target: id, sheet, row.
    pub(super) strays: Vec<(String, usize, u32)>,
    /// Rows whose signs belong to different targets: the targets, sheet, row.
    pub(super) conflicts: Vec<(Vec<usize>, usize, u32)>,
    /// Sheets of which it cannot be told where the answers stand.
    pub(super) without_answers: Vec<usize>,
    /// A header asks for evidence levels, as on an assessor's form.
    pub(super) assessed: bool,
}

impl Location {
    /// A sheet of remarks may name questions by their numbers. It has no column of answers, so where a line also stands
    /// in a sheet that has one, that line is the answer, and the remark is none.
    fn leave_notes_aside(&mut self) {
        let notes = &self.without_answers;
        for rows in self.rows.values_mut().filter(|rows| rows.iter().any(|f| !notes.contains(&f.sheet))) {
            rows.retain(|f| !notes.contains(&f.sheet));
        }
        let rows = &self.rows;
        self.without_answers.retain(|sheet| rows.values().flatten().any(|f| f.sheet == *sheet));
    }

    /// Whether at least half of the lines of one sheet of a role were found.
    pub(super) fn is_ours(&self, index: &Index, role: Role) -> bool {
        let role = if role == Role::Assessor { Role::Supplier } else { role };
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
