//! Where the questions stand in a workbook: by hidden id, then by number, then by text in any language. Rows and columns
//! may have been inserted, deleted and sorted, sheets renamed.

mod meaning;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::model::{Id, Lang, Questionnaire, Role, Table, Text};

use self::meaning::{Meaning, Meanings, What};
use super::book::{Book, CellValue, Sheet};
use super::fold::{ends, fold, is_tidy};
use super::layout::{self, Kind, LISTS, META, Row, column};

/// A line to look for.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) id: Id,
    pub(super) number: String,
    /// What is asked.
    pub(super) text: Text,
    pub(super) kind: Kind,
    /// Index of its sheet among those of the role.
    pub(super) block: usize,
    /// The row it is written to.
    pub(super) row: u32,
    pub(super) role: Role,
}

impl Target {
    /// Whether number and text are those of the line, in any language.
    fn is(&self, number: Option<&str>, text: Option<&str>) -> bool {
        number == Some(self.number.as_str()) && text.is_some_and(|text| self.text.all().any(|(_, own)| own == text))
    }
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
    by_id: Table<String, Vec<usize>>,
    meanings: Meanings,
    longest_id: usize,
    longest_number: usize,
    /// First and last letters of headers as they are folded, by length.
    headers: Vec<Vec<[u8; 2]>>,
    /// Why something is asked, and the same folded: needed only where a header row is gone.
    whys: Vec<Text>,
    reasons: OnceLock<Table<String, ()>>,
}

impl Index {
    pub(super) fn new(questionnaire: &Questionnaire) -> Self {
        let mut out = Self {
            targets: Vec::new(),
            sheets: BTreeMap::new(),
            by_id: Table::default(),
            meanings: Meanings::default(),
            longest_id: 0,
            longest_number: 0,
            headers: Vec::new(),
            whys: Vec::new(),
            reasons: OnceLock::new(),
        };
        let plans = [Role::Supplier, Role::Observer].map(|role| {
            let plans = layout::sheets(questionnaire, role, &Lang::english());
            (role, plans)
        });
        let (mut said, mut whys): (Vec<(&str, What<'_>)>, Vec<&str>) = Default::default();
        for (role, (block, plan)) in
            plans.iter().flat_map(|(role, plans)| plans.iter().enumerate().map(|plan| (*role, plan)))
        {
            out.sheets.insert((role, block), plan.name.clone());
            for (at, line) in (layout::FIRST_ROW..).zip(&plan.rows) {
                match line {
                    Row::Group(_) => {}
                    Row::Stem(question) => {
                        let number = question.number.as_str();
                        said.push((number, What::Stem(number)));
                        said.extend(question.text.all().map(|(_, text)| (text, What::Stem(number))));
                    }
                    Row::Line { id, number, text, why, .. } => {
                        let index = out.targets.len();
                        out.targets.push(Target {
                            id: (*id).clone(),
                            number: (*number).to_owned(),
                            text: (*text).clone(),
                            kind: plan.kind,
                            block,
                            row: at,
                            role,
                        });
                        out.by_id.or_default(id.to_string()).push(index);
                        out.longest_id = out.longest_id.max(id.as_str().len());
                        out.whys.extend(why.cloned());
                        out.longest_number = out.longest_number.max(number.len()).max(fold(number).len());
                        said.push((number, What::Number(index)));
                        said.extend(text.all().map(|(_, text)| (text, What::Text(index))));
                        // The others are seen at a glance to be no header.
                        whys.extend(why.iter().flat_map(|why| why.all()).map(|(_, text)| text).filter(|w| !is_tidy(w)));
                    }
                }
            }
            for (column, word) in layout::columns(plan.kind, Role::Assessor) {
                for (_, text) in questionnaire.words.text(word).into_iter().flat_map(Text::all) {
                    let folded = fold(text);
                    if out.headers.len() <= folded.len() {
                        out.headers.resize(folded.len() + 1, Vec::new());
                    }
                    out.headers[folded.len()].push(ends(&folded));
                    said.push((text, What::Header(column)));
                }
            }
        }
        out.meanings = Meanings::new(&said, whys.into_iter());
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
        out.leave_empty_copies_aside(self, book);
        out
    }

    /// The line of an id on a sheet of that kind, with its place among all.
    pub(super) fn target(&self, id: &Id, kind: Kind) -> Option<(usize, &Target)> {
        let of_id = self.by_id.get(id.as_str())?.iter();
        of_id.map(|at| (*at, &self.targets[*at])).find(|(_, target)| target.kind == kind)
    }

    /// What the number of a line stands for. Blanks and full-width letters make a text longer than what it stands for, but
    /// not by much.
    fn number(&self, text: &str) -> Option<&Meaning> {
        let longest = self.longest_number.max(4);
        let is_longer = text.len() > longest && (text.len() > 4 * longest || is_tidy(text));
        if is_longer { None } else { self.meanings.get(text) }
    }

    /// The column that a cell is the header of. Most cells are seen at a glance to be none: the folded form of a tidy text
    /// is as long as the text, and begins and ends with the same letters.
    fn header(&self, value: &CellValue) -> Option<u16> {
        let text = value.text()?;
        if text.len() > 4 * self.headers.len() {
            return None;
        }
        let is_alike = || self.headers.get(text.len()).is_some_and(|headers| headers.contains(&ends(text)));
        if is_tidy(text) && !is_alike() { None } else { self.meanings.get(text)?.header }
    }

    fn locate_in(&self, sheet: &Sheet, number: usize, role: Role, other_revision: bool, out: &mut Location) {
        let one = |list: Option<&Vec<usize>>| {
            let mut of_role = list?.iter().copied().filter(|i| self.targets[*i].role == role);
            let first = of_role.next()?;
            of_role.next().is_none().then_some(first)
        };
        let by_id = |t: &str| {
            let id = t.trim();
            if id.len() > self.longest_id { None } else { one(self.by_id.get(id)) }
        };
        let by_number = |t: &str| one(self.number(t).map(|m| &m.numbers));
        let by_text = |t: &str| one(self.meanings.get(t).map(|m| &m.texts));
        let mut headers = self.headers_of(sheet);
        if headers.is_empty() {
            let is_id = |value: &CellValue| value.text().is_some_and(|t| by_id(t).is_some());
            let first = sheet.cells.iter().find(|(_, value)| is_id(value)).map(|((row, _), _)| *row);
            headers = first.map(|row| self.answers_above(sheet, row)).unwrap_or_default();
        }
        let header =
            |column: u16| headers.get(&column).and_then(|c| if c.len() == 1 { c.first().copied() } else { None });
        // A column that a header names is no column of ids, whatever stands in it.
        let named: Vec<u32> = headers.values().flatten().copied().collect();
        let id_column = best_column(sheet, &named, |t| by_id(t).is_some());
        let number_column = header(column::NUMBER).or_else(|| best_column(sheet, &[], |t| by_number(t).is_some()));
        let text_column = header(column::QUESTION).or_else(|| best_column(sheet, &[], |t| by_text(t).is_some()));
        let mut any = false;
        for cells in sheet.cells.by_row() {
            let row = cells.first().map_or(0, |((row, _), _)| *row);
            let (mut id, mut shown, mut asked) = (None, None, None);
            for ((_, column), value) in cells {
                for (said, of) in [(&mut id, id_column), (&mut shown, number_column), (&mut asked, text_column)] {
                    if of == Some(*column) {
                        *said = Some(value.shown());
                    }
                }
            }
            // Nearly every row is as it was written. What else its number and text may stand for does not matter then.
            let line = id.and_then(by_id);
            if let Some(index) = line.filter(|i| self.targets[*i].is(shown, asked)) {
                any = true;
                out.rows.entry(index).or_default().push(Found { sheet: number, row, how: How::Id });
                continue;
            }
            let (of_number, of_text) = (shown.and_then(|t| self.number(t)), asked.and_then(|t| self.meanings.get(t)));
            let signs =
                Signs { id: line, number: one(of_number.map(|m| &m.numbers)), text: one(of_text.map(|m| &m.texts)) };
            // Above the parts of a question stands what they have in common: no line, whatever id was left beside it.
            if signs.number.is_none() && signs.text.is_none() {
                let of_shown = || of_number.or_else(|| self.meanings.get(shown?));
                let stem = |meaning: Option<&Meaning>| meaning?.stem.clone();
                if let Some(number_of) = stem(of_shown()).or_else(|| stem(of_text)) {
                    out.stems.push((number_of, number, row));
                    continue;
                }
            }
            let is_id = |t: &&str| t.split('.').count() <= 2 && t.split('.').all(Id::is_kebab);
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
                Verdict::Nothing => out.strays.extend(foreign_id.map(|id| (id.to_owned(), number, row))),
            }
        }
        if any {
            let folded = || self.whys.iter().flat_map(Text::all).map(|(_, t)| (fold(t), ())).collect();
            let reasons = || self.reasons.get_or_init(folded);
            let reason_column = || best_column(sheet, &[], |t| reasons().get(&fold(t)).is_some());
            out.assessed |= headers.contains_key(&column::EVIDENCE);
            let (columns, sure) = columns(&headers, [id_column, number_column, text_column], reason_column);
            let moved = |(column, at): (u16, u32)| u32::from(column) != at;
            let ids = id_column.map(|at| (column::ID, at));
            if columns.iter().map(|(column, at)| (*column, *at)).chain(ids).any(moved) {
                out.moved_columns.insert(number);
            }
            out.texts.extend(text_column.map(|at| (number, at)));
            if out.places.len() <= number {
                out.places.resize(number + 1, [None; column::COUNT]);
            }
            for (column, at) in &columns {
                out.places[number][usize::from(*column)] = Some(*at);
            }
            out.columns.insert(number, columns);
            if headers.is_empty() {
                out.headless.insert(number);
            } else if headers.len() < 3 {
                out.cut_down.insert(number);
            }
            if !sure {
                out.without_answers.push(number);
            }
        } else {
            out.strays.retain(|(_, s, _)| *s != number);
        }
    }

    /// The column of the answers in a table of ids and answers: the only cell above its first row that holds this header.
    fn answers_above(&self, sheet: &Sheet, row: u32) -> Headers {
        let is = |value: &CellValue| self.header(value) == Some(column::ANSWER);
        let mut found = sheet.cells.rows(..row).filter(|(_, value)| is(value)).map(|((_, column), _)| *column);
        match (found.next(), found.next()) {
            (Some(at), None) => Headers::from([(column::ANSWER, vec![at])]),
            _ => Headers::new(),
        }
    }

    /// The columns that a header row names, each with the places where it stands. A header row holds at least three of our
    /// headers; of a table that was cut down, that of the answers and that of the numbers or the questions.
    fn headers_of(&self, sheet: &Sheet) -> Headers {
        let mut best = Headers::new();
        for row in sheet.cells.by_row() {
            // It cannot name more columns than it has cells.
            if row.len() <= best.len() {
                continue;
            }
            let mut current = Headers::new();
            for (left, ((_, at), value)) in (0..row.len()).rev().zip(row) {
                if let Some(column) = self.header(value) {
                    current.entry(column).or_default().push(*at);
                } else if current.len() + left <= best.len() {
                    // With those that are left it names no more than the best so far.
                    break;
                }
            }
            if current.len() > best.len() {
                best = current;
            }
        }
        let cut_down = best.contains_key(&column::ANSWER)
            && (best.contains_key(&column::NUMBER) || best.contains_key(&column::QUESTION));
        if best.len() >= 3 || cut_down { best } else { Headers::new() }
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
    for ((_, column), value) in sheet.cells.iter() {
        let is_said = matches!(value, CellValue::Text(_) | CellValue::Number(_));
        if is_said && !without.contains(column) && passes(value.shown()) {
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
    /// The same by their numbers: they are asked for at every answer.
    places: Vec<[Option<u32>; column::COUNT]>,
    /// Ids of no target: id, sheet, row.
    pub(super) strays: Vec<(String, usize, u32)>,
    /// Rows whose signs belong to different targets: the targets, sheet, row.
    pub(super) conflicts: Vec<(Vec<usize>, usize, u32)>,
    /// Sheets of which it cannot be told where the answers stand.
    pub(super) without_answers: Vec<usize>,
    /// A header asks for evidence levels, as on an assessor's form.
    pub(super) assessed: bool,
    /// Sheets with columns elsewhere than they were written.
    pub(super) moved_columns: BTreeSet<usize>,
    /// Sheets without a header row.
    pub(super) headless: BTreeSet<usize>,
    /// Sheets with a table that was cut down to few columns.
    pub(super) cut_down: BTreeSet<usize>,
    /// Rows of such a table whose questions stand in a whole one too: the target, and the row.
    pub(super) aside: Vec<(usize, Found)>,
    /// Rows with what the parts of a question have in common: its number, sheet, row.
    pub(super) stems: Vec<(String, usize, u32)>,
    /// The column of the questions' texts, by sheet.
    pub(super) texts: BTreeMap<usize, u32>,
    /// Sheets that repeat the questions of a block and hold no answers.
    pub(super) empty_copies: Vec<EmptyCopy>,
}

/// A sheet that repeats the questions of a block without an answer, and the one that has the answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct EmptyCopy {
    pub(super) sheet: usize,
    pub(super) block: usize,
    pub(super) of: usize,
}

impl Location {
    /// A sheet of remarks may name questions by their numbers. It has no column of answers, so where a line also stands
    /// in a sheet that has one, that line is the answer, and the remark is none. The same holds of a table of few columns
    /// beside a whole one, but what stands in it is told.
    fn leave_notes_aside(&mut self) {
        let notes = &self.without_answers;
        for rows in self.rows.values_mut().filter(|rows| rows.iter().any(|f| !notes.contains(&f.sheet))) {
            rows.retain(|f| !notes.contains(&f.sheet));
        }
        let few = &self.cut_down;
        for (target, rows) in &mut self.rows {
            if rows.iter().any(|f| !few.contains(&f.sheet)) {
                self.aside.extend(rows.iter().filter(|f| few.contains(&f.sheet)).map(|f| (*target, *f)));
                rows.retain(|f| !few.contains(&f.sheet));
            }
        }
        let rows = &self.rows;
        self.without_answers.retain(|sheet| rows.values().flatten().any(|f| f.sheet == *sheet));
    }

    /// Where the questions of a block stand in several sheets of which only one is filled in, its rows count.
    fn leave_empty_copies_aside(&mut self, index: &Index, book: &Book) {
        let mut sheets: BTreeMap<(usize, usize), bool> = BTreeMap::new();
        let doubled = |rows: &[Found]| rows.windows(2).any(|pair| pair[0].sheet != pair[1].sheet);
        if !self.rows.values().any(|rows| doubled(rows)) {
            return;
        }
        for (target, rows) in &self.rows {
            let target = &index.targets[*target];
            for found in rows {
                let filled = (column::ANSWER..=column::SIGNED).any(|column| {
                    let value = |f: Found| self.at(f, column).and_then(|(r, c)| book.sheets[f.sheet].get(r, c));
                    // What lygte itself writes into the profile stands in each copy of it.
                    let given = target.kind == Kind::Profile
                        && rows.iter().any(|other| other.sheet != found.sheet && value(*other) == value(*found));
                    value(*found).is_some() && !given
                });
                *sheets.entry((target.block, found.sheet)).or_default() |= filled;
            }
        }
        for ((block, sheet), _) in sheets.iter().filter(|(_, filled)| !**filled) {
            let mut filled = sheets.iter().filter(|((b, _), filled)| b == block && **filled);
            let Some(((_, of), _)) = filled.next() else { continue };
            let mut any = false;
            for (_, rows) in self.rows.iter_mut().filter(|(target, _)| index.targets[**target].block == *block) {
                if rows.iter().any(|f| f.sheet != *sheet) {
                    let before = rows.len();
                    rows.retain(|f| f.sheet != *sheet);
                    any |= rows.len() < before;
                }
            }
            if any {
                self.empty_copies.push(EmptyCopy { sheet: *sheet, block: *block, of: *of });
            }
        }
    }

    /// The language that most of the questions' texts are in.
    pub(super) fn lang(&self, index: &Index, book: &Book) -> Option<Lang> {
        let mut counts: BTreeMap<Lang, usize> = BTreeMap::new();
        for (target, found) in self.rows.iter().flat_map(|(target, rows)| rows.iter().map(move |f| (*target, f))) {
            let cell = self.texts.get(&found.sheet).and_then(|c| book.sheets[found.sheet].get(found.row, *c));
            let Some(written) = cell.and_then(CellValue::text).map(fold) else { continue };
            for (lang, _) in index.targets[target].text.all().filter(|(_, text)| fold(text) == written) {
                *counts.entry(lang.cloned().unwrap_or_else(Lang::english)).or_default() += 1;
            }
        }
        let most = counts.values().max()?;
        let mut first = counts.iter().filter(|(_, n)| *n == most).map(|(lang, _)| lang);
        // Where languages share their words, none of them can be told.
        first.next().filter(|_| first.next().is_none()).cloned()
    }

    /// Whether at least half of the lines of one sheet of a role were found.
    pub(super) fn is_ours(&self, index: &Index, role: Role) -> bool {
        let role = if role == Role::Assessor { Role::Supplier } else { role };
        // The lines of a block stand together.
        let mut blocks = index.targets.chunk_by(|a, b| (a.role, a.block) == (b.role, b.block));
        let mut next = 0;
        blocks.any(|block| {
            let lines = next..next + block.len();
            next = lines.end;
            block[0].role == role && lines.filter(|i| self.rows.contains_key(i)).count() * 2 >= block.len()
        })
    }

    /// A cell of a found row, by its column in the layout.
    pub(super) fn at(&self, found: Found, column: u16) -> Option<(u32, u32)> {
        let at = self.places.get(found.sheet)?.get(usize::from(column))?;
        at.map(|column| (found.row, column))
    }
}
