//! One sheet, cell by cell: each has one place, one type and one value, or it is said which has not.

use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic, Place};
use crate::questionnaire::book::{CellValue, Range, View, iso_date, number, shared, text};

use super::canonical::Canonical;
use super::glance::{self, Content};
use super::parts::{Formats, MAIN, Strings, has_escapes, rich_text};
use super::xml::{Refusal, Walker};

/// Rows and columns of the largest sheet that there is.
const ROWS: u32 = 1_048_576;
const COLUMNS: u32 = 16_384;

/// What sheets are read with, and what is counted over all of them.
pub(super) struct Shared<'s> {
    pub(super) strings: &'s Strings,
    pub(super) formats: &'s Formats,
    pub(super) cells: u64,
    pub(super) text: u64,
}

/// A sheet, read.
pub(super) struct Clean {
    /// How it is shown.
    pub(super) view: View,
    /// Its cells, but for those that calamine reads.
    pub(super) cells: Vec<((u32, u32), CellValue)>,
    /// Filled cells beyond the rows and columns that are looked at.
    pub(super) beyond: u64,
}

/// Reads a sheet's cells, and writes those that calamine is to read into the canonical workbook.
pub(super) fn read(
    mut walker: Walker<'_>,
    shared: &mut Shared<'_>,
    canonical: &mut Canonical,
    limits: &super::Limits,
) -> Result<Clean, Refusal> {
    walker.enter("worksheet", &MAIN)?;
    // A filled cell takes a hundred bytes or so, with what stands around it.
    let room = (walker.rest().len() / 128).min(1 << 12);
    let mut pass = Pass {
        shared,
        canonical,
        limits,
        clean: Clean { view: View::default(), cells: Vec::with_capacity(room), beyond: 0 },
        row: 0,
        column: 0,
        filled: Vec::with_capacity(room),
        disordered: None,
        value: String::new(),
        inline: String::new(),
    };
    let mut seen = false;
    while walker.child()? {
        match walker.own() {
            Some("sheetData") if !seen => {
                seen = true;
                pass.rows(&mut walker)?;
            }
            Some("sheetData") => return Err(walker.damaged("two-readings")),
            Some("cols") => pass.columns(&mut walker)?,
            Some("mergeCells") => pass.merges(&mut walker)?,
            _ => walker.skip()?,
        }
    }
    let clean = pass.clean;
    walker.finish()?;
    Ok(clean)
}

struct Pass<'p, 's> {
    shared: &'p mut Shared<'s>,
    canonical: &'p mut Canonical,
    limits: &'p super::Limits,
    clean: Clean,
    /// The row and column of the current cell, from 1.
    row: u32,
    column: u32,
    /// Filled cells so far, each after the one before.
    filled: Vec<(u32, u32)>,
    /// All filled cells, once one did not come after the one before.
    disordered: Option<BTreeSet<(u32, u32)>>,
    value: String,
    inline: String,
}

/// What a cell's type says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Number,
    Shared,
    Text,
    Inline,
    Bool,
    Error,
    Date,
    Unknown,
}

impl Type {
    fn of(written: &str) -> Self {
        match written {
            "n" => Self::Number,
            "s" => Self::Shared,
            "str" => Self::Text,
            "inlineStr" => Self::Inline,
            "b" => Self::Bool,
            "e" => Self::Error,
            "d" => Self::Date,
            _ => Self::Unknown,
        }
    }
}

/// A cell that has something in it.
struct Filled<'t> {
    kind: Type,
    style: Option<usize>,
    formula: bool,
    value: &'t str,
    inline: Option<&'t str>,
}

impl Pass<'_, '_> {
    fn rows(&mut self, walker: &mut Walker<'_>) -> Result<(), Refusal> {
        loop {
            if let Some(number) = walker.enter_at_a_glance("row", glance::row)? {
                self.row(walker, Ok(number), false)?;
                continue;
            }
            if !walker.child()? {
                return Ok(());
            }
            match walker.own() {
                Some("row") => {
                    let (mut number, mut hidden) = (Ok(self.row.saturating_add(1)), false);
                    walker.attributes(|key, value| match key {
                        "r" => number = whole(value),
                        "hidden" => hidden = matches!(value.trim(), "1" | "true"),
                        _ => {}
                    })?;
                    self.row(walker, number, hidden)?;
                }
                // What stands in another kind of element may be shown or not, as the program likes.
                None if matches!(walker.local(), "row" | "c" | "AlternateContent") => {
                    return Err(walker.damaged("two-readings"));
                }
                _ => walker.skip()?,
            }
        }
    }

    /// The cells of a row.
    fn row(&mut self, walker: &mut Walker<'_>, number: Result<u32, ()>, hidden: bool) -> Result<(), Refusal> {
        match number {
            Ok(row @ 1..=ROWS) => self.row = row,
            _ => return Err(walker.damaged("bad-position")),
        }
        self.column = 0;
        if hidden && u64::from(self.row) <= self.limits.rows {
            self.clean.view.hidden_rows.insert(self.row - 1);
        }
        loop {
            if let Some(cell) = walker.at_a_glance(glance::cell)? {
                self.usual_cell(walker, &cell)?;
                continue;
            }
            if !walker.child()? {
                return Ok(());
            }
            match walker.own() {
                Some("c") => self.cell(walker)?,
                None if matches!(walker.local(), "c" | "AlternateContent") => {
                    return Err(walker.damaged("two-readings"));
                }
                _ => walker.skip()?,
            }
        }
    }

    /// A cell as every program writes it.
    fn usual_cell(&mut self, walker: &Walker<'_>, cell: &glance::Cell<'_>) -> Result<(), Refusal> {
        let at = self.go_to(walker, Some(cell.at))?;
        let (kind, value, inline) = match cell.content {
            Content::Nothing | Content::Value(_, "") => return Ok(()),
            Content::Shared(index) => return self.listed(walker, at, cell.style, Some(index), false),
            Content::Value(kind, value) => (kind, value, None),
            Content::Inline(kind, text) => (kind, "", Some(text)),
        };
        let filled = Filled { kind: Type::of(kind), style: cell.style, formula: false, value, inline };
        self.take(walker, at, &filled)
    }

    /// Goes on to a cell, which must be in the current row.
    fn go_to(&mut self, walker: &Walker<'_>, at: Option<(u32, u32)>) -> Result<(u32, u32), Refusal> {
        match at {
            Some(at @ (row, column @ 1..=COLUMNS)) if row == self.row => {
                self.column = column;
                Ok(at)
            }
            _ => Err(walker.damaged("bad-position")),
        }
    }

    fn cell(&mut self, walker: &mut Walker<'_>) -> Result<(), Refusal> {
        let (mut at, mut style, mut kind) = (Some((self.row, self.column.saturating_add(1))), None, Type::Number);
        walker.attributes(|key, value| match key {
            "r" => at = position(value),
            "s" => style = value.trim().parse::<usize>().ok(),
            "t" => kind = Type::of(value),
            _ => {}
        })?;
        let at = self.go_to(walker, at)?;
        self.value.clear();
        self.inline.clear();
        let (mut has_value, mut has_inline, mut formula) = (false, false, false);
        while walker.child()? {
            match walker.own() {
                Some("v") if !has_value => {
                    has_value = true;
                    walker.text(&mut self.value).map_err(|d| self.here(d))?;
                }
                Some("is") if !has_inline => {
                    has_inline = true;
                    rich_text(walker, &mut self.inline).map_err(|d| self.here(d))?;
                }
                Some("v" | "is") => return Err(self.here(walker.damaged("two-readings"))),
                None if matches!(walker.local(), "v" | "is" | "f" | "AlternateContent") => {
                    return Err(self.here(walker.damaged("two-readings")));
                }
                own => {
                    formula |= own == Some("f");
                    walker.skip()?;
                }
            }
        }
        let empty = !has_inline && self.value.is_empty();
        if empty && !formula && !(has_value && kind == Type::Shared) {
            return Ok(());
        }
        let (value, inline) = (std::mem::take(&mut self.value), std::mem::take(&mut self.inline));
        let filled = Filled { kind, style, formula, value: &value, inline: has_inline.then_some(&inline) };
        self.take(walker, at, &filled)?;
        (self.value, self.inline) = (value, inline);
        Ok(())
    }

    /// Takes a cell that has something in it.
    fn take(&mut self, walker: &Walker<'_>, at: (u32, u32), filled: &Filled<'_>) -> Result<(), Refusal> {
        let &Filled { kind, style, formula, value: raw, inline } = filled;
        if kind == Type::Shared && !(formula && inline.is_none() && raw.is_empty()) {
            let index = whole(raw).ok().and_then(|i| usize::try_from(i).ok());
            return self.listed(walker, at, style, index, formula);
        }
        let shown = match kind {
            Type::Shared => None,
            Type::Inline => Some(inline.unwrap_or_default()),
            _ => Some(raw),
        };
        let Some(at) = self.within(walker, at, style, shown)? else { return Ok(()) };
        let none = |problem: &str| Some(CellValue::Error(problem.to_owned()));
        let value = match kind {
            _ if formula && inline.is_none() && raw.is_empty() => Some(CellValue::Formula),
            Type::Text => or_formula(text(raw), formula),
            Type::Inline if inline.is_some() => or_formula(text(inline.unwrap_or_default()), formula),
            _ if inline.is_some() => none("a text without its type"),
            Type::Number => match raw.trim_matches(is_space) {
                "" => formula.then_some(CellValue::Formula),
                digits => match (decimal(digits), style.filter(|s| self.shared.formats.may_be_date(*s))) {
                    (Some(_), Some(style)) => {
                        self.canonical.number(at, digits, Some(style));
                        None
                    }
                    (Some(x), None) => Some(number(x)),
                    (None, _) => none("not a number"),
                },
            },
            Type::Bool => match raw.trim_matches(is_space) {
                flag @ ("1" | "true" | "0" | "false") => Some(CellValue::Bool(matches!(flag, "1" | "true"))),
                _ => none("neither true nor false"),
            },
            Type::Date => match raw.trim_matches(is_space) {
                date if date.bytes().all(|b| b.is_ascii_digit() || b"-:TZ.+".contains(&b)) => Some(iso_date(date)),
                _ => none("not a date"),
            },
            Type::Error => none(raw.trim_matches(is_space)),
            Type::Shared | Type::Inline | Type::Unknown => none("of an unknown type"),
        };
        self.keep(walker, at, value, true)
    }

    /// Takes a cell that shows a text of the table.
    fn listed(
        &mut self,
        walker: &Walker<'_>,
        at: (u32, u32),
        style: Option<usize>,
        index: Option<usize>,
        formula: bool,
    ) -> Result<(), Refusal> {
        let strings = self.shared.strings;
        let found = index.and_then(|i| strings.get(i));
        let Some(at) = self.within(walker, at, style, found.as_deref())? else { return Ok(()) };
        match found {
            Some(found) => self.keep(walker, at, or_formula(shared(found), formula), strings.have_escapes),
            None => Err(self.here(walker.damaged("text-missing"))),
        }
    }

    /// Counts a filled cell. Its row and column from 0, unless it is beyond what is looked at.
    fn within(
        &mut self,
        walker: &Walker<'_>,
        (row, column): (u32, u32),
        style: Option<usize>,
        shown: Option<&str>,
    ) -> Result<Option<(u32, u32)>, Refusal> {
        if u64::from(row) > self.limits.rows || u64::from(column) > self.limits.columns {
            // A stray blank far below is nothing.
            let blank = |text: &str| text.chars().all(crate::questionnaire::fold::is_blank);
            self.clean.beyond += u64::from(!shown.is_some_and(blank));
            return Ok(None);
        }
        let at = (row - 1, column - 1);
        if !self.is_new(at) {
            return Err(self.here(walker.damaged("cell-twice")));
        }
        self.shared.cells += 1;
        if self.shared.cells > self.limits.cells {
            return Err(walker.reached("cells", None));
        }
        if style.is_some_and(|s| self.shared.formats.shows_nothing(s)) {
            self.clean.view.invisible.insert(at);
        }
        Ok(Some(at))
    }

    /// Keeps what stands in a cell; a text that may have escapes goes on to calamine if it has.
    fn keep(
        &mut self,
        walker: &Walker<'_>,
        at: (u32, u32),
        value: Option<CellValue>,
        may_have_escapes: bool,
    ) -> Result<(), Refusal> {
        if let Some(CellValue::Text(said)) = &value {
            self.shared.text = self.shared.text.saturating_add(u64::try_from(said.len()).unwrap_or(u64::MAX));
            if self.shared.text > super::Limits::bytes(self.limits.text_mib) {
                return Err(walker.reached("text-mib", None));
            }
            if may_have_escapes && has_escapes(said) {
                self.canonical.text(at, said);
                return Ok(());
            }
        }
        if let Some(value) = value {
            self.clean.cells.push((at, value));
        }
        Ok(())
    }

    /// Whether nothing was taken at a place before. Cells come in order, unless somebody wrote them by hand.
    fn is_new(&mut self, at: (u32, u32)) -> bool {
        if let Some(all) = &mut self.disordered {
            return all.insert(at);
        }
        if self.filled.last().is_none_or(|last| at > *last) {
            self.filled.push(at);
            return true;
        }
        let mut all: BTreeSet<(u32, u32)> = self.filled.drain(..).collect();
        let new = all.insert(at);
        self.disordered = Some(all);
        new
    }

    /// A refusal, at the current cell.
    fn here(&self, mut refusal: Refusal) -> Refusal {
        if let Place::Sheet { file, sheet } = &refusal.place {
            let (row, column) = (self.row.saturating_sub(1), self.column.saturating_sub(1));
            refusal.place = Place::Cell { file: file.clone(), sheet: sheet.clone(), row, column };
        }
        refusal
    }

    fn columns(&mut self, walker: &mut Walker<'_>) -> Result<(), Refusal> {
        while walker.child()? {
            let (mut min, mut max, mut hidden) = (None, None, false);
            walker.attributes(|key, value| match key {
                "min" => min = whole(value).ok(),
                "max" => max = whole(value).ok(),
                "hidden" => hidden = matches!(value.trim(), "1" | "true"),
                _ => {}
            })?;
            if let (true, Some(min @ 1..), Some(max)) = (hidden, min, max) {
                self.clean.view.hidden_columns.push((min - 1, max.saturating_sub(1)));
            }
            walker.skip()?;
        }
        Ok(())
    }

    fn merges(&mut self, walker: &mut Walker<'_>) -> Result<(), Refusal> {
        while walker.child()? {
            let mut range = None;
            walker.attributes(|key, value| {
                if key == "ref" {
                    range = value.split_once(':').and_then(|(a, b)| Some((position(a)?, position(b)?)));
                }
            })?;
            if let Some(((top, left), (bottom, right))) = range {
                self.clean.view.merges.push(Range {
                    top: top - 1,
                    left: left - 1,
                    bottom: bottom - 1,
                    right: right - 1,
                });
            }
            if u64::try_from(self.clean.view.merges.len()).unwrap_or(u64::MAX) > self.limits.merges {
                return Err(walker.reached("merges", None));
            }
            walker.skip()?;
        }
        Ok(())
    }
}

/// A formula that ends in nothing is no blank: somebody put it there.
fn or_formula(said: Option<CellValue>, formula: bool) -> Option<CellValue> {
    said.or(formula.then_some(CellValue::Formula))
}

/// The diagnostic for cells beyond the limits.
pub(super) fn beyond(place: Place, count: u64, limits: &super::Limits) -> Diagnostic {
    Diagnostic::new(Code::CellsBeyond, place)
        .with("count", count.to_string())
        .with("rows", limits.rows.to_string())
        .with("columns", limits.columns.to_string())
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// A whole number as XML Schema has it, without a sign.
fn whole(text: &str) -> Result<u32, ()> {
    digits(text).or_else(|| digits(text.trim_matches(is_space))).ok_or(())
}

fn digits(text: &str) -> Option<u32> {
    let digit = |n: u32, b: u8| n.checked_mul(10)?.checked_add(u32::from(b.checked_sub(b'0').filter(|d| *d < 10)?));
    if text.is_empty() { None } else { text.bytes().try_fold(0, digit) }
}

/// Row and column, from 1, of a reference such as `E9`.
fn position(text: &str) -> Option<(u32, u32)> {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (name, row) = text.split_at_checked(letters)?;
    if !(1..=3).contains(&letters) || row.len() > 7 {
        return None;
    }
    let column = name.bytes().fold(0, |n, b| n * 26 + u32::from(b.to_ascii_uppercase().saturating_sub(b'A')) + 1);
    let row = whole(row).ok()?;
    ((1..=ROWS).contains(&row) && column <= COLUMNS && !text.ends_with(is_space)).then_some((row, column))
}

/// A finite number in decimal form.
fn decimal(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    text.parse::<f64>().ok().filter(|x| plain && x.is_finite())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::unpack::{Budget, Text};
    use super::*;

    #[test]
    fn positions() {
        for (text, at) in [
            ("A1", Some((1, 1))),
            ("e9", Some((9, 5))),
            ("XFD1048576", Some((1_048_576, 16_384))),
            ("XFE1", None),
            ("A1048577", None),
            ("A0", None),
            ("$A$1", None),
            ("AAAA1", None),
            ("A", None),
            ("1", None),
            ("\u{FF21}1", None),
            ("C4294967303", None),
        ] {
            assert_eq!(position(text), at, "{text}");
        }
    }

    const TEXTS: &str = "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
        <si><t>Ja</t></si><si><t xml:space=\"preserve\"> a &amp; b</t></si><si><t/></si><si><t>_x0041_</t></si></sst>";
    const STYLES: &str = "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><numFmts>\
        <numFmt numFmtId=\"164\" formatCode=\"yyyy\"/><numFmt numFmtId=\"165\" formatCode=\";;;\"/></numFmts>\
        <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf numFmtId=\"9\"/></cellXfs></styleSheet>";

    /// Walks through a part as it is.
    fn with<T>(part: &str, read: impl FnOnce(Walker<'_>) -> Result<T, Refusal>) -> Result<T, String> {
        let (limits, place) =
            (crate::questionnaire::Limits::default(), Place::Sheet { file: "x".into(), sheet: "A".into() });
        let budget = Budget::new(&limits);
        let text = Text::of(part);
        let said = |d: Refusal| format!("{} {}", d.place, d.message());
        read(Walker::new(&text, &budget, place).unwrap()).map_err(said)
    }

    /// All that is read of a row of cells.
    fn row(cells: &str) -> Result<String, String> {
        rows(&format!("<row r=\"2\">{cells}</row>"))
    }

    /// All that is read of some rows.
    fn rows(rows: &str) -> Result<String, String> {
        let strings = with(TEXTS, |w| Strings::read(w, 10, 1000))?;
        let formats = with(STYLES, |w| Formats::read(w, 10))?;
        let mut shared = Shared { strings: &strings, formats: &formats, cells: 0, text: 0 };
        let mut canonical = Canonical::new(formats.cells.len());
        let limits = crate::questionnaire::Limits { columns: 4, ..Default::default() };
        let part = format!("<worksheet xmlns=\"{}\"><sheetData>{rows}</sheetData></worksheet>", MAIN[0]);
        let clean = with(&part, |walker| read(walker, &mut shared, &mut canonical, &limits))?;
        let counts = (shared.cells, shared.text, clean.beyond, canonical.is_empty());
        canonical.end_sheet("1", false);
        let canonical = canonical.finish(&formats, false).unwrap();
        Ok(format!("{:?} {:?} {counts:?} {}", clean.cells, clean.view, String::from_utf8_lossy(&canonical)))
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 5_000,
            failure_persistence: None,
            rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_126),
            ..ProptestConfig::default()
        })]

        /// Cells as every program writes them are what going through them tag by tag gives. A second space before the
        /// place makes the difference.
        #[test]
        fn at_a_glance_as_with_care(cells in proptest::collection::vec(
            (
                prop::sample::select(vec!["A2", "B2", "C2", "D2", "E2", "XFD2", "XFE2", "A1", "A02", "a2", "AAAA2", "2", ""]),
                prop::sample::select(vec!["", " s=\"0\"", " s=\"1\"", " s=\"2\"", " s=\"3\"", " s=\"99\"", " s=\"x\""]),
                prop::sample::select(vec!["", "n", "s", "str", "inlineStr", "b", "e", "d", "x"]),
                prop::sample::select(vec!["/>", "></c>", "><v>@</v></c>", "><is><t>@</t></is></c>",
                    "><is><t xml:space=\"preserve\">@</t></is></c>", "><v>@</v><v>@</v></c>", "><f>1</f><v>@</v></c>"]),
                prop::sample::select(vec!["", "0", "1", "2", "3", "4", "240.50", " 1 ", "1e400", "true", "Ja", " a\nb ", "a\r\nb",
                    "æ\u{FF21}", "_x0041_", "&amp;", "&x;", "]]>", "\u{1}", "\u{FFFF}", "#N/A", "2026-11-26"]),
            ),
            1..5,
        )) {
            let written = |gap: &str| -> String {
                let cell = |(place, style, kind, form, text): &(&str, &str, &str, &str, &str)| {
                    let kind = if kind.is_empty() { String::new() } else { format!(" t=\"{kind}\"") };
                    format!("<c{gap}r=\"{place}\"{style}{kind}{}", form.replace('@', text))
                };
                cells.iter().map(cell).collect()
            };
            prop_assert_eq!(row(&written(" ")), row(&written("  ")));
        }

        /// And so are rows.
        #[test]
        fn rows_at_a_glance_as_with_care(written in proptest::collection::vec(
            (
                prop::sample::select(vec!["1", "2", "02", "3", "0", "1048577", "12345678", "-1", "x", ""]),
                proptest::collection::vec(
                    prop::sample::select(vec![" spans=\"1:5\"", " spans=\"&lt;>'\"", " spans='1'", " s=\"2\"", " customFormat=\"1\"",
                        " ht=\"15.75\"", " ht=15", " customHeight=\"1\"", " hidden=\"1\"", " hidden=\"0\"", " thickBot=\"1\"",
                        " x14ac:dyDescent=\"0.25\"", " xmlns=\"a\"", " r=\"1\"", " "]),
                    0..4,
                ),
                prop::sample::select(vec!["/>", "></row>", "><c r=\"A2\"><v>1</v></c></row>", "><c><v>1</v></c></row>",
                    "><row r=\"9\"/></row>", "><d/></row>", ">a</row >", "></rows>"]),
            ),
            1..4,
        )) {
            let read = |gap: &str| {
                let row = |(number, others, rest): &(&str, Vec<&str>, &str)| {
                    format!("<row{gap}r=\"{number}\"{}{rest}", others.concat())
                };
                rows(&written.iter().map(row).collect::<String>())
            };
            prop_assert_eq!(read(" "), read("  "));
        }

        /// And so are entries of the table of texts.
        #[test]
        fn texts_at_a_glance_as_with_care(texts in proptest::collection::vec(
            prop::sample::select(vec!["<t>@</t>", "<t xml:space=\"preserve\">@</t>", "<t/>", "<t>@</t><t>@</t>",
                "<r><t>@</t></r>", "<t>@</t><rPh><t>@</t></rPh>"]).prop_flat_map(|form| {
                let text = prop::sample::select(vec!["", " a ", "æ\u{FF21}", "a\r\nb", "a\n", "&lt;", "&#0;", "\u{1}", "\u{FFFE}"]);
                text.prop_map(move |text| form.replace('@', text))
            }),
            1..6,
        )) {
            let read = |gap: &str| {
                let entries = texts.iter().map(|t| format!("<si{gap}>{t}</si>")).collect::<Vec<_>>().concat();
                let table = format!("<sst xmlns=\"{}\">{entries}</sst>", MAIN[0]);
                with(&table, |w| Strings::read(w, 4, 30)).map(|table| format!("{table:?}"))
            };
            prop_assert_eq!(read(""), read(" "));
        }
    }

    #[test]
    fn numbers() {
        for text in ["240", "-0.5", "2.4E2", "+240", "1e-400"] {
            assert!(decimal(text).is_some(), "{text}");
        }
        for text in ["", "NaN", "inf", "1e400", "0x10", "2,4", "1 2", "--1"] {
            assert!(decimal(text).is_none(), "{text}");
        }
        assert!(whole("+3").is_err() && whole("3.0").is_err() && whole("99999999999").is_err());
        assert_eq!(whole("\n 03 "), Ok(3));
    }
}
