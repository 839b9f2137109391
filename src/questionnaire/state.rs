//! The state of a workbook: what of it is missing, moved, doubled, hidden or no longer asked.

use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Place};
use crate::model::{Form, Role};

use super::book::CellValue;
use super::layout::{Kind, column};
use super::locate::{Found, How};
use super::read::{Pass, Returned};
use super::stamp::whole;

impl Pass<'_> {
    fn role(role: Role) -> Role {
        if role == Role::Assessor { Role::Supplier } else { role }
    }

    fn sheet(&self, sheet: usize) -> Place {
        Place::Sheet { file: self.book.file.clone(), sheet: self.book.sheets[sheet].name.clone() }
    }

    /// Sheets and rows that are not there.
    pub(super) fn missing(&self, out: &mut Returned) {
        let index = &self.reader.index;
        let role = Self::role(out.role);
        for ((_, block), name) in index.sheets.iter().filter(|((r, _), _)| *r == role) {
            let targets = || index.targets.iter().enumerate().filter(|(_, t)| t.role == role && t.block == *block);
            let shown = name.get(&out.lang).to_owned();
            let Some(first) = targets().find_map(|(i, _)| self.location.rows.get(&i)).map(|f| f[0]) else {
                out.missing.extend(targets().map(|(_, target)| target.id.clone()));
                out.say_partly(Diagnostic::new(Code::MissingSheet, whole(&self.book.file)).with("sheet", shown));
                continue;
            };
            let sheet = &self.book.sheets[first.sheet].name;
            if name.all().all(|(_, n)| n != &**sheet) {
                out.say(Diagnostic::new(Code::RenamedSheet, self.sheet(first.sheet)).with("sheet", shown));
            }
            for (i, target) in targets() {
                let number = target.number.as_str();
                // Workbooks made before it was asked have no such row, and nothing rests on it.
                let since = target.kind == Kind::Profile && target.id.as_str() == "goods";
                if !since && !self.location.rows.contains_key(&i) {
                    out.missing.insert(target.id.clone());
                    let place = self.sheet(first.sheet);
                    out.say_partly(Diagnostic::new(Code::MissingRow, place).with("number", number));
                }
            }
        }
    }

    /// Sheets that are arranged otherwise than they were written, and how their questions were found. Where rows stood in
    /// another revision is not known.
    pub(super) fn rearranged(&self, other_revision: bool, out: &mut Returned) {
        let mut by_sheet: BTreeMap<usize, Vec<(usize, Found)>> = BTreeMap::new();
        for (target, found) in self.location.rows.iter().flat_map(|(i, rows)| rows.iter().map(move |f| (*i, *f))) {
            by_sheet.entry(found.sheet).or_default().push((target, found));
        }
        for sheet in self.location.columns.keys() {
            let Some(rows) = by_sheet.get(sheet) else { continue };
            let rows = || rows.iter().copied();
            let row = |target: usize| self.reader.index.targets[target].row;
            let visible = rows().filter(|(_, f)| f.how == How::Visible).count();
            if visible > 0 {
                out.say(Diagnostic::new(Code::IdConflict, self.sheet(*sheet)).with("count", visible.to_string()));
            }
            let stays = |target: usize| rows().any(|(t, f)| t == target && f.row == row(target));
            let rows_moved = !other_revision && rows().any(|(target, f)| row(target) != f.row && !stays(target));
            let columns_moved = self.location.moved_columns.contains(sheet);
            let only = |how: How| rows().all(|(_, f)| f.how == how);
            let what = match (rows_moved, columns_moved) {
                (true, true) => "both-moved",
                (true, false) => "rows-moved",
                (false, true) => "columns-moved",
                (false, false) if self.location.headless.contains(sheet) => "header-gone",
                (false, false) if rows().any(|(_, f)| matches!(f.how, How::Number | How::Text)) => "ids-gone",
                (false, false) => continue,
            };
            let how = if only(How::Id) {
                "by-id"
            } else if only(How::Number) {
                "by-number"
            } else if only(How::Text) {
                "by-text"
            } else {
                "by-several"
            };
            let note = Diagnostic::new(Code::Rearranged, self.sheet(*sheet));
            out.say(note.phrase("what", what).phrase("how", how));
        }
    }

    /// What a person who opens the workbook does not see, rows that contradict themselves, sheets that stand twice or have
    /// no column of answers.
    pub(super) fn unseen(&self, out: &mut Returned) {
        for sheet in &self.location.without_answers {
            out.say_partly(Diagnostic::new(Code::MissingColumn, self.sheet(*sheet)));
        }
        for (targets, sheet, row) in &self.location.conflicts {
            let found = Found { sheet: *sheet, row: *row, how: How::Id };
            let mut numbers: Vec<&str> =
                targets.iter().map(|t| self.reader.index.targets[*t].number.as_str()).collect();
            numbers.dedup();
            let diagnostic = Diagnostic::new(Code::RowConflict, self.place(found, column::ANSWER));
            let raw = self.value(found, column::ANSWER).map(CellValue::raw).unwrap_or_default();
            out.say_partly(diagnostic.with("numbers", numbers.join(", ")).raw(raw));
        }
        for (number, columns) in &self.location.columns {
            let view = &self.book.sheets[*number].view;
            if view.hidden {
                out.say(Diagnostic::new(Code::HiddenSheet, self.sheet(*number)));
            }
            let rows = self.location.rows.values().flatten().filter(|f| f.sheet == *number);
            let hidden = || rows.filter(|f| view.hidden_rows.contains(&f.row)).count();
            let hidden = if view.hidden_rows.is_empty() { 0 } else { hidden() };
            if hidden > 0 {
                out.say(Diagnostic::new(Code::HiddenRows, self.sheet(*number)).with("count", hidden.to_string()));
            }
            let answers = columns.get(&column::ANSWER);
            if answers.is_some_and(|c| view.hidden_columns.iter().any(|(from, to)| (from..=to).contains(&c))) {
                out.say(Diagnostic::new(Code::HiddenColumn, self.sheet(*number)));
            }
        }
        let role = Self::role(out.role);
        let say = |code, sheet: usize, block: usize, of: usize| {
            let name = self.reader.index.sheets.get(&(role, block)).map(|t| t.get(&out.lang)).unwrap_or_default();
            Diagnostic::new(code, self.sheet(sheet)).with("sheet", name).other(self.sheet(of), None)
        };
        let second =
            self.second_sheets().into_iter().map(|(sheet, block, of)| say(Code::SecondSheet, sheet, block, of));
        let empty = self.location.empty_copies.iter().map(|copy| say(Code::EmptyCopy, copy.sheet, copy.block, copy.of));
        let doubled: Vec<Diagnostic> = second.chain(empty).collect();
        out.diagnostics.extend(doubled);
    }

    /// Sheets that carry the questions of a block a second time, with the block and the first such sheet.
    fn second_sheets(&self) -> Vec<(usize, usize, usize)> {
        let mut counts: BTreeMap<(usize, usize), usize> = BTreeMap::new();
        for (target, rows) in &self.location.rows {
            let block = self.reader.index.targets[*target].block;
            for sheet in rows.iter().map(|f| f.sheet) {
                *counts.entry((block, sheet)).or_default() += 1;
            }
        }
        let mut out = Vec::new();
        let mut first: BTreeMap<usize, usize> = BTreeMap::new();
        for (block, sheet) in counts.iter().filter(|(_, n)| **n >= 3).map(|(key, _)| *key) {
            let of = *first.entry(block).or_insert(sheet);
            if of != sheet {
                out.push((sheet, block, of));
            }
        }
        out
    }

    /// What stands where no answer is looked for, and looks like one: beside a question that is asked in parts, and in a
    /// table of few columns beside the whole one.
    pub(super) fn beside(&self, out: &mut Returned) {
        for (number, sheet, row) in &self.location.stems {
            let found = Found { sheet: *sheet, row: *row, how: How::Number };
            if let Some(value) = self.value(found, column::ANSWER) {
                let note = Diagnostic::new(Code::StemAnswered, self.place(found, column::ANSWER));
                out.say(note.with("number", number.as_str()).raw(value.raw()));
            }
        }
        for (target, found) in &self.location.aside {
            let rows = self.location.rows.get(target).map(Vec::as_slice).unwrap_or_default();
            let (Some(counts), Some(value)) = (rows.first(), self.value(*found, column::ANSWER)) else { continue };
            let (number, own) = (&self.reader.index.targets[*target].number, self.value(*counts, column::ANSWER));
            if own != Some(value) {
                let note = Diagnostic::new(Code::SetAside, self.place(*found, column::ANSWER)).raw(value.raw());
                let other = self.place(*counts, column::ANSWER);
                out.say(note.with("number", number.as_str()).other(other, own.map(CellValue::raw)));
            }
        }
    }

    /// Rows of questions that are not asked, or no longer: their answers stand in the ledger.
    pub(super) fn retired(&self, out: &mut Returned) {
        let q = &self.reader.questionnaire;
        for (id, sheet, row) in &self.location.strays {
            let found = Found { sheet: *sheet, row: *row, how: How::Id };
            // The short form leaves out questions that are asked today.
            let number = q.all_ids.get(id.as_str());
            if let Some(value) = self.value(found, column::ANSWER) {
                let in_full = q.form == Form::Short && number.is_some();
                let code = if in_full { Code::NotInForm } else { Code::RetiredQuestion };
                let number = number.cloned().unwrap_or_else(|| id.clone());
                out.say(
                    Diagnostic::new(code, self.place(found, column::ANSWER)).with("number", number).raw(value.raw()),
                );
            }
        }
    }
}
