//! `portfolio.xlsx`: all suppliers of a run, row by row. With `questionnaire/write` the only user of `rust_xlsxwriter`.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rust_xlsxwriter::{
    Color, ConditionalFormatCell, ConditionalFormatCellRule, ConditionalFormatDataBar, ConditionalFormatFormula,
    ConditionalFormatType, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula,
    Workbook, Worksheet, XlsxError,
};

use super::overview;
use super::say::Say;
use super::sheets::{self, LISTS, List, Row, STATUSES, Value};
use super::{FileRecord, Reminder, ReviewRecord, Series, Totals, Views};
use crate::error::{Error, Result};
use crate::model::{Band, Lang, Words};

/// Excel's last row; beyond it a sheet continues as "Lines 2".
const ROWS: u32 = 1_048_576;
/// Excel's longest text, in UTF-16 units.
const UNITS: usize = 32_767;
/// Rows that get a height of their own: each takes half a kilobyte of memory until the end.
const FITTED: u32 = 1_000;
/// The hidden sheet that holds what may be chosen, and the name of its range: a drop-down of its own may hold 255
/// characters only.
const CHOICES: &str = "_lists";
const STATUS: &str = "lygte_status";

/// The portfolio as a workbook. Rows go to temporary files as they come, so that memory does not grow with them.
pub struct PortfolioBook {
    book: Workbook,
    words: Arc<Words>,
    lang: Lang,
    date: String,
    looks: Looks,
    sheets: Vec<Sheet>,
    overview: Option<Worksheet>,
    folder: Option<PathBuf>,
}

/// One list, on as many sheets as it takes.
struct Sheet {
    list: List,
    name: String,
    columns: Vec<(String, u16)>,
    limit: u32,
    row: u32,
    current: Option<Worksheet>,
    done: Vec<Worksheet>,
}

impl PortfolioBook {
    /// An empty book whose creation date is `date` (`YYYY-MM-DD`), so that the same run makes the same bytes.
    ///
    /// Rows wait in `folder`, or where the system keeps temporary files.
    ///
    /// # Errors
    /// No temporary file can be made.
    pub fn new(words: &Words, lang: &Lang, date: &str, folder: Option<&Path>) -> Result<Self> {
        let mut made = Self::with_limit(words, lang, date, ROWS)?;
        if let Some(folder) = folder {
            made.book.set_tempdir(folder).map_err(|e| failed(&e))?;
            made.folder = Some(folder.to_owned());
        }
        Ok(made)
    }

    fn with_limit(words: &Words, lang: &Lang, date: &str, limit: u32) -> Result<Self> {
        let words = Arc::new(words.clone());
        let say = Say { words: &words, lang };
        let created = ExcelDateTime::parse_from_str(date)
            .or_else(|_| ExcelDateTime::from_ymd(2000, 1, 1))
            .map_err(|e| failed(&e))?;
        let mut book = Workbook::new();
        // Tight packing would take as long as all else that is done for this workbook.
        book.set_zip_compression_level(2);
        book.set_properties(&DocProperties::new().set_title(say.t("portfolio")).set_creation_datetime(&created));
        let sheets = LISTS.into_iter().map(|list| Sheet::new(say, list, limit)).collect();
        let (lang, date) = (lang.clone(), date.to_owned());
        Ok(Self { book, words, lang, date, looks: Looks::new(), sheets, overview: None, folder: None })
    }

    /// Adds a supplier.
    ///
    /// # Errors
    /// A temporary file cannot be written.
    pub fn add(&mut self, rows: SupplierRows) -> Result<()> {
        let words = Arc::clone(&self.words);
        let lang = self.lang.clone();
        let say = Say { words: &words, lang: &lang };
        let folder = self.folder.clone();
        on_disk(folder.as_deref(), || {
            for (sheet, rows) in self.sheets.iter_mut().zip(rows.0) {
                for row in rows {
                    sheet.push(&mut self.book, &self.looks, say, row)?;
                }
            }
            Ok(())
        })
    }

    /// Adds every input file with what is to be said about it, a reviewer's queue, and who is to be reminded.
    ///
    /// # Errors
    /// A temporary file cannot be written.
    pub fn ledger(
        &mut self,
        files: &Series<'_, FileRecord>,
        review: Option<&ReviewRecord>,
        reminders: &Series<'_, Reminder>,
    ) -> Result<()> {
        let words = Arc::clone(&self.words);
        let lang = self.lang.clone();
        let say = Say { words: &words, lang: &lang };
        let folder = self.folder.clone();
        on_disk(folder.as_deref(), || {
            // One by one: all rows together would take more memory than all else.
            let files = files.iter().map(|file| file.map(|file| sheets::ledger(say, Some(&file), None, None)));
            let reminders = reminders.iter().map(|one| one.map(|one| sheets::ledger(say, None, None, Some(&one))));
            for rows in files.chain([Ok(sheets::ledger(say, None, review, None))]).chain(reminders) {
                for row in rows? {
                    self.sheets[5].push(&mut self.book, &self.looks, say, row)?;
                }
            }
            Ok(())
        })
    }

    /// Puts an overview in front: what all suppliers come to, with charts. `invited`: how many, and how many of them have
    /// not answered.
    ///
    /// # Errors
    /// The sheet cannot be put together.
    pub fn overview(&mut self, totals: &Totals, invited: Option<(usize, usize)>) -> Result<()> {
        let words = Arc::clone(&self.words);
        let lang = self.lang.clone();
        let say = Say { words: &words, lang: &lang };
        let figures = totals.figures(say, invited);
        let name = sheet_name(&say.t("sheet-overview"));
        let sheet = overview::sheet(say, &name, &self.date, &figures).map_err(|e| failed(&e))?;
        self.overview = Some(sheet);
        Ok(())
    }

    /// Writes the workbook.
    ///
    /// # Errors
    /// The workbook cannot be put together, or not be written.
    pub fn finish(mut self, out: &mut (dyn Write + Send)) -> Result<()> {
        let words = Arc::clone(&self.words);
        let lang = self.lang.clone();
        let say = Say { words: &words, lang: &lang };
        let folder = self.folder.clone();
        on_disk(folder.as_deref(), || {
            if let Some(overview) = self.overview.take() {
                self.book.push_worksheet(overview);
            }
            for sheet in &mut self.sheets {
                sheet.open(&mut self.book, &self.looks, say)?;
                sheet.close(&self.looks, say)?;
                for done in sheet.done.drain(..) {
                    self.book.push_worksheet(done);
                }
            }
            self.choices(say).map_err(|e| failed(&e))?;
            self.says_what_it_is().map_err(|e| failed(&e))?;
            let mut out = Noting { out, failed: None };
            let saved = self.book.save_to_writer(&mut out);
            match out.failed {
                Some(source) => Err(unwritten(folder.as_deref(), source)),
                None => saved.map_err(|e| failed(&e)),
            }
        })
    }

    /// A hidden sheet with what the drop-downs offer.
    fn choices(&mut self, say: Say<'_>) -> std::result::Result<(), XlsxError> {
        let sheet = self.book.add_worksheet().set_name(CHOICES)?;
        sheet.set_hidden(true);
        for (row, status) in (0..).zip(STATUSES) {
            sheet.write_string(row, 0, say.t(status))?;
        }
        self.book.define_name(STATUS, &format!("={CHOICES}!$A$1:$A${}", STATUSES.len()))?;
        Ok(())
    }

    /// A hidden sheet, so that nobody takes the portfolio for a questionnaire: it holds numbers and answers too.
    fn says_what_it_is(&mut self) -> std::result::Result<(), XlsxError> {
        let sheet = self.book.add_worksheet().set_name(super::FORM_META)?;
        sheet.set_hidden(true).write_string(0, 0, "format")?.write_string(0, 1, "lygte/portfolio/1")?;
        Ok(())
    }
}

/// What a portfolio says of one supplier, sheet by sheet.
pub struct SupplierRows([Vec<Row>; 5]);

impl SupplierRows {
    /// The rows of a supplier.
    pub fn of(views: &Views<'_>) -> Self {
        let (say, scored, who) = (views.say, &views.scored, views.who());
        Self([
            vec![sheets::supplier(say, scored, who)],
            sheets::sections(scored, views.sections(), who),
            sheets::signs(say, scored, who),
            sheets::actions(say, views.plan(), who),
            sheets::lines(views),
        ])
    }
}

impl Sheet {
    fn new(say: Say<'_>, list: List, limit: u32) -> Self {
        let columns = list.columns.iter().map(|(id, width)| (say.t(id), *width)).collect();
        Self { list, name: sheet_name(&say.t(list.name)), columns, limit, row: 0, current: None, done: Vec::new() }
    }

    fn push(&mut self, book: &mut Workbook, looks: &Looks, say: Say<'_>, cells: Row) -> Result<()> {
        if self.row >= self.limit {
            self.close(looks, say)?;
        }
        self.open(book, looks, say)?;
        let Some(sheet) = &mut self.current else { return Ok(()) };
        // Not every program fits rows to their text when it opens a file. Heights stay in memory until the end, so that
        // there are some for as many rows as anybody would print.
        let widths = self.columns.iter().map(|(_, width)| *width);
        let lines = cells.iter().zip(widths).map(|(cell, width)| cell.lines(width)).max().unwrap_or(1);
        if lines > 1 && self.row <= FITTED {
            sheet.set_row_height(self.row, height(lines)).map_err(|e| failed(&e))?;
        }
        for (column, cell) in (0u16..).zip(cells) {
            let row = self.row;
            match cell {
                // It looks as its column does.
                Value::Text(text) if !text.is_empty() => sheet.write_string(row, column, shortened(text, say)),
                Value::Points(number) => sheet.write_number_with_format(row, column, number, &looks.points),
                Value::Count(number) => sheet.write_number_with_format(row, column, number, &looks.count),
                Value::Open(Some(text)) => sheet.write_string_with_format(row, column, text, &looks.open),
                Value::Open(None) => sheet.write_blank(row, column, &looks.open),
                Value::OpenDate => sheet.write_blank(row, column, &looks.open_date),
                Value::Text(_) | Value::Blank => continue,
            }
            .map_err(|e| failed(&e))?;
        }
        self.row += 1;
        Ok(())
    }

    /// Begins a worksheet, if none is begun.
    fn open(&mut self, book: &mut Workbook, looks: &Looks, say: Say<'_>) -> Result<()> {
        if self.current.is_some() {
            return Ok(());
        }
        let mut begin = || -> std::result::Result<Worksheet, XlsxError> {
            // Texts stand in their cells: a table that the sheets share would hold every name and comment in memory.
            let mut sheet = book.new_worksheet_with_constant_memory()?;
            let name = match self.done.len() {
                0 => self.name.clone(),
                n => format!("{} {}", self.name, n + 1),
            };
            sheet.set_name(name)?;
            for (column, (title, width)) in (0u16..).zip(&self.columns) {
                sheet.set_column_width(column, *width)?.set_column_format(column, &looks.text)?;
                sheet.write_string_with_format(0, column, shortened(title.clone(), say), &looks.head)?;
            }
            let lines = self.columns.iter().map(|(title, width)| sheets::lines_of(title, *width)).max().unwrap_or(1);
            sheet.set_row_height(0, height(lines))?;
            sheet.set_freeze_panes(1, 0)?;
            sheet.set_paper_size(9).set_landscape().set_repeat_rows(0, 0)?;
            sheet.set_print_fit_to_pages(1, 0).set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
            sheet.set_footer("&L&A&R&P / &N");
            Ok(sheet)
        };
        self.current = Some(begin().map_err(|e| failed(&e))?);
        self.row = 1;
        Ok(())
    }

    fn close(&mut self, looks: &Looks, say: Say<'_>) -> Result<()> {
        let Some(mut sheet) = self.current.take() else { return Ok(()) };
        let last = u16::try_from(self.columns.len().saturating_sub(1)).unwrap_or_default();
        let bottom = self.row.saturating_sub(1);
        sheet.autofilter(0, 0, bottom, last).map_err(|e| failed(&e))?;
        let printed = self.list.printed.saturating_sub(1).min(last);
        sheet.set_print_area(0, 0, bottom, printed).map_err(|e| failed(&e))?;
        if bottom > 0 {
            self.dress(&mut sheet, looks, say, bottom).map_err(|e| failed(&e))?;
        }
        self.done.push(sheet);
        self.row = 0;
        Ok(())
    }

    /// Where a column of that title stands.
    fn column(&self, title: &str) -> Option<u16> {
        self.list.columns.iter().position(|(id, _)| *id == title).and_then(|at| u16::try_from(at).ok())
    }

    /// Colours that follow what stands in the cells, and the drop-downs; the words stand there without them.
    fn dress(
        &self,
        sheet: &mut Worksheet,
        looks: &Looks,
        say: Say<'_>,
        bottom: u32,
    ) -> std::result::Result<(), XlsxError> {
        let [calm, soon, now, advice] = &looks.bands;
        let colours: Vec<(&str, String, &Format)> = match self.list.name {
            "sheet-suppliers" => {
                Band::ALL.into_iter().zip(&looks.bands).map(|(b, look)| ("col-follow", say.follow(b), look)).collect()
            }
            "sheet-signs" => vec![("col-state", say.t("sign-present"), now)],
            "sheet-ledger" => vec![("col-severity", say.t("severity-error"), now)],
            "sheet-actions" => vec![
                ("col-when", say.t("urgency-now"), now),
                ("col-when", say.t("urgency-soon"), soon),
                ("col-status", say.t("plan-going"), calm),
                ("col-status", say.t("plan-done"), &looks.done),
                ("col-status", say.t("plan-declined"), &looks.done),
            ],
            _ => Vec::new(),
        };
        for (title, text, look) in colours {
            let rule = ConditionalFormatCell::new().set_rule(ConditionalFormatCellRule::EqualTo(text)).set_format(look);
            if let Some(at) = self.column(title) {
                sheet.add_conditional_format(1, at, bottom, at, &rule)?;
            }
        }
        let bars: &[(&str, u32)] = match self.list.name {
            "sheet-suppliers" => {
                &[("col-score", 100), ("col-exposure", 100), ("col-precautions", 100), ("col-share", 1)]
            }
            _ => &[],
        };
        for (title, most) in bars {
            let number = ConditionalFormatType::Number;
            let bar = ConditionalFormatDataBar::new().set_minimum(number, 0).set_maximum(number, *most);
            let bar = bar.set_solid_fill(true).set_fill_color(Color::RGB(0x00B7_D5DA));
            if let Some(at) = self.column(title) {
                sheet.add_conditional_format(1, at, bottom, at, &bar)?;
            }
        }
        if let (Some(status), Some(due)) = (self.column("col-status"), self.column("col-due")) {
            let is_open = format!(
                "${0}2<>\"{1}\",${0}2<>\"{2}\"",
                crate::diag::column_name(u32::from(status)),
                say.t("plan-done"),
                say.t("plan-declined")
            );
            let due_column = crate::diag::column_name(u32::from(due));
            let overdue = format!("=AND(ISNUMBER(${due_column}2),${due_column}2<TODAY(),{is_open})");
            let overdue = ConditionalFormatFormula::new().set_rule(overdue.as_str()).set_format(advice);
            sheet.add_conditional_format(1, due, bottom, due, &overdue)?;
            let choose = DataValidation::new().allow_list_formula(Formula::new(format!("={STATUS}")));
            sheet.add_data_validation(1, status, bottom, status, &choose.show_error_message(false))?;
        }
        Ok(())
    }
}

/// Height of a row with so many lines, in points; Excel's greatest is 409.
pub(super) fn height(lines: usize) -> u32 {
    u32::try_from(lines.saturating_mul(15)).unwrap_or(405).min(405)
}

/// How cells look.
pub(super) struct Looks {
    pub(super) head: Format,
    text: Format,
    points: Format,
    pub(super) count: Format,
    open: Format,
    open_date: Format,
    done: Format,
    /// By band, the least urgent first.
    bands: [Format; 4],
}

impl Looks {
    pub(super) fn new() -> Self {
        let base = || Format::new().set_align(FormatAlign::Top);
        let edge = Color::RGB(0x00D5_DCE2);
        // On paper there is no grid.
        let ruled = || base().set_border_bottom(FormatBorder::Thin).set_border_bottom_color(edge);
        let open = || {
            base().set_background_color(Color::RGB(0x00FF_F8DC)).set_border(FormatBorder::Thin).set_border_color(edge)
        };
        let ground = |rgb| Format::new().set_background_color(Color::RGB(rgb));
        Self {
            head: base()
                .set_bold()
                .set_text_wrap()
                .set_font_color(Color::White)
                .set_background_color(Color::RGB(0x000B_5563)),
            text: ruled().set_text_wrap(),
            // A little from the edge, where the text of the next column begins.
            points: ruled().set_num_format("0.00").set_align(FormatAlign::Right).set_indent(1),
            count: ruled().set_num_format("0").set_align(FormatAlign::Right).set_indent(1),
            open: open().set_text_wrap(),
            open_date: open().set_num_format("yyyy-mm-dd"),
            done: ground(0x00E8_EDF0).set_font_color(Color::RGB(0x004B_5865)),
            bands: [0x00E4_F0F1, 0x00FB_EFC9, 0x00F8_D9B4, 0x00F0_BDB0].map(ground),
        }
    }
}

/// Where rows cannot be written any more, `rust_xlsxwriter` panics: a full disk is an error like any other.
fn on_disk<T>(folder: Option<&Path>, work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(unwritten(folder, io::Error::new(io::ErrorKind::StorageFull, "no room for its rows"))))
}

fn unwritten(folder: Option<&Path>, source: io::Error) -> Error {
    Error::Write { path: folder.unwrap_or(Path::new("")).join("portfolio.xlsx"), source }
}

/// Where the workbook goes, and what went wrong there: the package's own errors do not say it.
struct Noting<'a> {
    out: &'a mut (dyn Write + Send),
    failed: Option<io::Error>,
}

impl Noting<'_> {
    fn note<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        done.map_err(|e| {
            let kind = e.kind();
            self.failed.get_or_insert(e);
            kind.into()
        })
    }
}

impl Write for Noting<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = self.out.write(bytes);
        self.note(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.out.flush();
        self.note(done)
    }
}

fn failed(error: &XlsxError) -> Error {
    Error::Workbook(error.to_string())
}

/// A name Excel takes: at most 31 characters less room for a number, none of `[ ] : * ? / \`.
fn sheet_name(words: &str) -> String {
    words.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(26).collect()
}

/// Text as long as a cell can hold, with a mark where something is left out.
fn shortened(text: String, say: Say<'_>) -> String {
    // No text has more units than bytes.
    if text.len() <= UNITS || text.encode_utf16().count() <= UNITS {
        return text;
    }
    let mark = format!(" {}", say.t("shortened"));
    let room = UNITS.saturating_sub(mark.encode_utf16().count());
    let mut units = 0;
    let mut out: String = text
        .chars()
        .take_while(|c| {
            units += c.len_utf16();
            units <= room
        })
        .collect();
    out.push_str(&mark);
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::diag::{Code, Diagnostic, Place};
    use crate::model::{Role, Text};
    use crate::report::Status;

    fn words() -> Words {
        let columns = LISTS.iter().flat_map(|l| l.columns).map(|(id, _)| *id);
        let ids = columns.chain(LISTS.map(|l| l.name)).chain(STATUSES).chain([
            "portfolio",
            "shortened",
            "role-supplier",
            "status-unreadable",
            "severity-error",
            "sign-present",
            "urgency-now",
            "urgency-soon",
        ]);
        let words: BTreeMap<String, Text> = ids.map(|id| (id.to_owned(), Text::english(id))).collect();
        Words::new(words)
    }

    #[test]
    fn a_full_sheet_goes_on_in_another() {
        let english = Lang::english();
        let mut book = PortfolioBook::with_limit(&words(), &english, "2026-11-24", 3).unwrap();
        let files: Vec<FileRecord> = (0..5)
            .map(|n| FileRecord {
                file: format!("=f{n}.xlsx").into(),
                sha256: String::new(),
                role: Some(Role::Supplier),
                status: Status::Unreadable,
                supplier: None,
                diagnostics: vec![Diagnostic::new(Code::ForeignWorkbook, Place::File("f".into()))],
            })
            .collect();
        book.ledger(&Series::from(&*files), None, &Series::from(&[][..])).unwrap();
        // Two sheets are full, the third is begun; each holds its heading and two rows.
        assert_eq!((book.sheets[5].done.len(), book.sheets[5].row), (2, 2));
        assert_eq!((book.sheets[4].done.len(), book.sheets[4].row), (0, 0));
        let mut bytes = Vec::new();
        book.finish(&mut bytes).unwrap();
        assert!(!bytes.is_empty());
    }

    #[test]
    fn long_text_is_shortened_with_a_mark() {
        let (words, english) = (words(), Lang::english());
        let say = Say { words: &words, lang: &english };
        let long = shortened("🏗".repeat(20_000), say);
        assert!(long.encode_utf16().count() <= UNITS && long.ends_with(" shortened"));
        assert_eq!(shortened("short".to_owned(), say), "short");
        assert_eq!(sheet_name("Lines: [a]/b?"), "Lines ab");
    }
}
