//! `portfolio.xlsx`: all suppliers of a run, row by row.
//!
//! `rust_xlsxwriter` makes the workbook with all that is seen and chosen in it, but for the rows of its lists: each list has
//! its heading and a row of samples, a cell of each kind. Rows wait on disk as they come (`waiting`), are written as XML
//! where the samples stand, with the styles that these have (`markup`), and packed into a copy of the package (`package`).
//!
//! So, by measurement: a supplier's 120 rows and 1,300 cells took `rust_xlsxwriter` 12 million instructions in its mode of
//! constant memory, which keeps each cell in maps first and then writes 127 KB of XML to be packed. Now it is 2 million, and
//! half as much is written. Texts that stand in many rows are shared (`shared`), as Excel does it: questions, words of ours,
//! names of suppliers. The others stand in their cells, since a table of all would hold every comment in memory.

mod markup;
mod package;
mod shared;
mod waiting;

use std::borrow::Cow;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rust_xlsxwriter::{
    Color, ConditionalFormatCell, ConditionalFormatCellRule, ConditionalFormatDataBar, ConditionalFormatFormula,
    ConditionalFormatType, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula,
    Workbook, Worksheet, XlsxError,
};

use self::package::{LEVEL, Noting, Package};
use self::shared::Shared;
use self::waiting::{Rows, Spool, Waiting};
use super::overview;
use super::say::Say;
use super::sheets::{self, LISTS, List, STATUSES};
use super::{FileRecord, Reminder, ReviewRecord, Series, Totals, Views};
use crate::diag::column_name;
use crate::error::{Error, Result};
use crate::model::{Band, Lang, Words};

/// Excel's last row; beyond it a sheet continues as "Lines 2".
const ROWS: u32 = 1_048_576;
/// Excel's longest text, in UTF-16 units.
const UNITS: usize = 32_767;
/// The hidden sheet that holds what may be chosen, and the name of its range: a drop-down of its own may hold 255
/// characters only.
const CHOICES: &str = "_lists";
const STATUS: &str = "lygte_status";

/// The portfolio as a workbook. Rows wait on disk, so that memory does not grow with them.
pub struct PortfolioBook {
    words: Arc<Words>,
    lang: Lang,
    date: String,
    /// Rows that a sheet takes below its heading.
    sheet: u32,
    lists: [Waiting; LISTS.len()],
    shared: Shared,
    spool: Spool,
    overview: Option<Worksheet>,
    folder: Option<PathBuf>,
}

impl PortfolioBook {
    /// An empty book whose creation date is `date` (`YYYY-MM-DD`), so that the same run makes the same bytes.
    ///
    /// Rows wait in `folder`, or where the system keeps temporary files.
    pub fn new(words: &Words, lang: &Lang, date: &str, folder: Option<&Path>) -> Self {
        Self::with_sheets(ROWS - 1, words, lang, date, folder)
    }

    fn with_sheets(sheet: u32, words: &Words, lang: &Lang, date: &str, folder: Option<&Path>) -> Self {
        Self {
            words: Arc::new(words.clone()),
            lang: lang.clone(),
            date: date.to_owned(),
            sheet,
            lists: LISTS.each_ref().map(|list| Waiting::new(list, sheet.into())),
            shared: Shared::new(),
            spool: Spool::new(folder),
            overview: None,
            folder: folder.map(Path::to_owned),
        }
    }

    /// Adds a supplier.
    ///
    /// # Errors
    /// A temporary file cannot be written.
    pub fn add(&mut self, rows: &SupplierRows) -> Result<()> {
        let Self { lists, shared, spool, .. } = self;
        let mut add = || {
            let owner = rows.owner.each_ref().map(String::as_str);
            let [id, name] = owner;
            let numbers = [shared.add(id, spool)?, shared.add(name, spool)?];
            let mut both = lists.iter_mut().zip(&rows.lists);
            both.try_for_each(|(list, rows)| list.add(rows, Some((owner, numbers)), shared, spool))
        };
        add().map_err(|e| unwritten(self.folder.as_deref(), e))
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
        let say = Say { words: &self.words, lang: &self.lang };
        let [.., ledger] = &mut self.lists;
        let Self { shared, spool, folder, .. } = self;
        let mut add = |rows: Rows| ledger.add(&rows, None, shared, spool).map_err(|e| unwritten(folder.as_deref(), e));
        // One by one: all rows together would take more memory than all else.
        for file in files.iter() {
            let file = file?;
            add(Rows::of(say, [""; 2], file.diagnostics.len().max(1), |put| sheets::file(say, &file, put)))?;
        }
        if let Some(review) = review {
            add(Rows::of(say, [""; 2], review.diagnostics.len(), |put| sheets::review(say, review, put)))?;
        }
        for reminder in reminders.iter() {
            let reminder = reminder?;
            add(Rows::of(say, [""; 2], 1, |put| sheets::reminder(say, &reminder, put)))?;
        }
        Ok(())
    }

    /// Puts an overview in front: what all suppliers come to, with charts. `invited`: how many, and how many of them have
    /// not answered.
    ///
    /// # Errors
    /// The sheet cannot be put together.
    pub fn overview(&mut self, totals: &Totals, invited: Option<(usize, usize)>) -> Result<()> {
        let say = Say { words: &self.words, lang: &self.lang };
        let figures = totals.figures(say, invited);
        let name = sheet_name(&say.t("sheet-overview"));
        self.overview = Some(overview::sheet(say, &name, &self.date, &figures).map_err(|e| failed(&e))?);
        Ok(())
    }

    /// Writes the workbook.
    ///
    /// # Errors
    /// The workbook cannot be put together, or not be written.
    pub fn finish(mut self, out: &mut dyn Write) -> Result<()> {
        let first = 1 + usize::from(self.overview.is_some());
        let small = self.without_rows().map_err(|e| failed(&e))?;
        let lists = first..first + (0..LISTS.len()).map(|n| self.sheets(n).count()).sum::<usize>();
        let folder = self.folder.clone();
        let mut out = Noting::new(out);
        let written = Package::begin(small, lists, &mut out).and_then(|package| self.fill(package));
        match out.failed() {
            Some(source) => Err(unwritten(folder.as_deref(), source)),
            None => written,
        }
    }

    /// How many rows stand on each sheet of a list, below its heading.
    fn sheets(&self, list: usize) -> impl Iterator<Item = u32> {
        let (rows, most) = (self.lists[list].count(), u64::from(self.sheet));
        let sheets = rows.div_ceil(most).max(1);
        (0..sheets).map(move |n| u32::try_from((rows - n * most).min(most)).unwrap_or(ROWS))
    }

    /// The workbook, but each list has only its heading and a row with a cell of each kind.
    fn without_rows(&mut self) -> std::result::Result<Vec<u8>, XlsxError> {
        let say = Say { words: &self.words, lang: &self.lang };
        let created = ExcelDateTime::parse_from_str(&self.date).or_else(|_| ExcelDateTime::from_ymd(2000, 1, 1))?;
        let looks = Looks::new();
        let mut book = Workbook::new();
        book.set_zip_compression_level(LEVEL);
        book.set_properties(&DocProperties::new().set_title(say.t("portfolio")).set_creation_datetime(&created));
        if let Some(overview) = self.overview.take() {
            book.push_worksheet(overview);
        }
        for (at, list) in LISTS.iter().enumerate() {
            let name = sheet_name(&say.t(list.name));
            for (n, rows) in (1..).zip(self.sheets(at)) {
                let name = if n == 1 { name.clone() } else { format!("{name} {n}") };
                book.push_worksheet(list_sheet(say, &looks, list, &name, rows)?);
            }
        }
        choices(&mut book, say)?;
        says_what_it_is(&mut book)?;
        book.save_to_buffer()
    }

    /// Puts the rows into their lists.
    fn fill<W: Write>(mut self, mut package: Package<W>) -> Result<()> {
        let folder = self.folder.take();
        let unwritten = |e| unwritten(folder.as_deref(), e);
        let sheets: Vec<Vec<u32>> = (0..LISTS.len()).map(|n| self.sheets(n).collect()).collect();
        for ((list, waiting), sheets) in LISTS.iter().zip(self.lists).zip(sheets) {
            let mut sheets = sheets.into_iter();
            let mut room = sheets.next().unwrap_or_default();
            package.list(list.columns, room)?;
            let (heights, parts) = waiting.parts(&mut self.spool);
            let mut heights = heights.into_iter();
            for part in parts {
                let part = part.map_err(unwritten)?;
                let (mut rows, mut cells) = (part.rows().map_err(unwritten)?, Vec::new());
                while rows.next(&mut cells).map_err(unwritten)? {
                    if room == 0 {
                        room = sheets.next().unwrap_or_default();
                        package.list(list.columns, room)?;
                    }
                    room = room.saturating_sub(1);
                    package.row(&cells, &mut heights)?;
                }
            }
        }
        package.texts(self.shared.count, self.shared.uses)?;
        for part in self.shared.parts(&mut self.spool) {
            package.write(&part.map_err(unwritten)?)?;
        }
        package.finish()
    }
}

/// What a portfolio says of one supplier, sheet by sheet.
pub struct SupplierRows {
    /// Id and name.
    owner: [String; 2],
    lists: [Rows; 5],
}

impl SupplierRows {
    /// The rows of a supplier.
    pub fn of(views: &Views<'_>) -> Self {
        let (say, scored, who) = (views.say, &views.scored, views.who());
        let owner = [who.id, who.name];
        Self {
            owner: owner.map(|text| shortened(text, say).into_owned()),
            lists: [
                Rows::of(say, owner, 1, |put| sheets::supplier(say, scored, who, put)),
                Rows::of(say, owner, views.sections().len(), |put| sheets::sections(scored, views.sections(), put)),
                Rows::of(say, owner, scored.dossier.signs.len(), |put| sheets::signs(say, scored, put)),
                Rows::of(say, owner, views.plan().len(), |put| sheets::actions(say, views.plan(), put)),
                Rows::of(say, owner, scored.assessment.lines.len(), |put| sheets::lines(views, put)),
            ],
        }
    }
}

/// A list as it is before its rows, of which there will be so many.
fn list_sheet(
    say: Say<'_>,
    looks: &Looks,
    list: &List,
    name: &str,
    rows: u32,
) -> std::result::Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_name(name)?;
    let mut lines = 1;
    for (column, (title, width)) in (0u16..).zip(list.columns) {
        let title = say.t(title);
        sheet.set_column_width(column, *width)?.set_column_format(column, &looks.text)?;
        sheet.write_string_with_format(0, column, shortened(&title, say), &looks.head)?;
        lines = lines.max(sheets::lines_of(&title, *width));
    }
    sheet.set_row_height(0, height(lines))?;
    for (column, look) in (0u16..).zip([&looks.text, &looks.points, &looks.count, &looks.open, &looks.open_date]) {
        sheet.write_blank(1, column, look)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_paper_size(9).set_landscape().set_repeat_rows(0, 0)?;
    sheet.set_print_fit_to_pages(1, 0).set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    sheet.set_footer("&L&A&R&P / &N");
    let right = u16::try_from(list.columns.len().saturating_sub(1)).unwrap_or_default();
    sheet.autofilter(0, 0, rows, right)?;
    sheet.set_print_area(0, 0, rows, list.printed.saturating_sub(1).min(right))?;
    if rows > 0 {
        list.dress(&mut sheet, looks, say, rows)?;
    }
    Ok(sheet)
}

/// A hidden sheet with what the drop-downs offer.
fn choices(book: &mut Workbook, say: Say<'_>) -> std::result::Result<(), XlsxError> {
    let sheet = book.add_worksheet().set_name(CHOICES)?;
    sheet.set_hidden(true);
    for (row, status) in (0..).zip(STATUSES) {
        sheet.write_string(row, 0, say.t(status))?;
    }
    book.define_name(STATUS, &format!("={CHOICES}!$A$1:$A${}", STATUSES.len()))?;
    Ok(())
}

/// A hidden sheet, so that nobody takes the portfolio for a questionnaire: it holds numbers and answers too.
fn says_what_it_is(book: &mut Workbook) -> std::result::Result<(), XlsxError> {
    let sheet = book.add_worksheet().set_name(super::FORM_META)?;
    sheet.set_hidden(true).write_string(0, 0, "format")?.write_string(0, 1, "lygte/portfolio/1")?;
    Ok(())
}

impl List {
    /// Where a column of that title stands.
    fn column(&self, title: &str) -> Option<u16> {
        self.columns.iter().position(|(id, _)| *id == title).and_then(|at| u16::try_from(at).ok())
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
        let colours: Vec<(&str, String, &Format)> = match self.name {
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
        let bars: &[(&str, u32)] = match self.name {
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
                column_name(u32::from(status)),
                say.t("plan-done"),
                say.t("plan-declined")
            );
            let due_column = column_name(u32::from(due));
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
pub(super) fn height(lines: usize) -> u16 {
    u16::try_from(lines.saturating_mul(15)).unwrap_or(405).min(405)
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

fn unwritten(folder: Option<&Path>, source: io::Error) -> Error {
    Error::Write { path: folder.unwrap_or(Path::new("")).join("portfolio.xlsx"), source }
}

fn failed(error: &XlsxError) -> Error {
    Error::Workbook(error.to_string())
}

/// A name Excel takes: at most 31 characters less room for a number, none of `[ ] : * ? / \`.
fn sheet_name(words: &str) -> String {
    words.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(26).collect()
}

/// Text as long as a cell can hold, with a mark where something is left out.
#[inline]
fn shortened<'t>(text: &'t str, say: Say<'_>) -> Cow<'t, str> {
    // No text has more units than bytes.
    if text.len() <= UNITS { text.into() } else { cut(text, say) }
}

fn cut<'t>(text: &'t str, say: Say<'_>) -> Cow<'t, str> {
    if text.encode_utf16().count() <= UNITS {
        return text.into();
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
    out.into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::markup::Markup;
    use super::sheets::{Lent, Value};
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

    fn files(names: impl IntoIterator<Item = String>) -> Vec<FileRecord> {
        let record = |name: String| FileRecord {
            file: name.into(),
            sha256: String::new(),
            role: Some(Role::Supplier),
            status: Status::Unreadable,
            supplier: None,
            diagnostics: vec![Diagnostic::new(Code::ForeignWorkbook, Place::File("f".into()))],
        };
        names.into_iter().map(record).collect()
    }

    fn book(sheet: u32, folder: Option<&Path>) -> PortfolioBook {
        PortfolioBook::with_sheets(sheet, &words(), &Lang::english(), "2026-11-24", folder)
    }

    fn ledger(book: &mut PortfolioBook, names: impl IntoIterator<Item = String>) -> Result<()> {
        book.ledger(&Series::from(&*files(names)), None, &Series::from(&[][..]))
    }

    #[test]
    fn a_full_sheet_goes_on_in_another() {
        let mut book = book(2, None);
        ledger(&mut book, (0..5).map(|n| format!("=f{n}.xlsx"))).unwrap();
        let mut bytes = Vec::new();
        book.finish(&mut bytes).unwrap();
        // Each list has one sheet, but the ledger has three, the last of them with one row.
        let numbers: Vec<Vec<String>> = (1..=8)
            .map(|n| package::part(&bytes, &format!("xl/worksheets/sheet{n}.xml")))
            .inspect(|xml| assert!(xml.ends_with("</worksheet>"), "{xml}"))
            .map(|xml| values(&xml, "<row r=\"").chain(values(&xml, "<dimension ref=\"")).collect())
            .collect();
        assert_eq!(numbers[..5], ["AC", "G", "M", "N", "P"].map(|last| vec!["1".to_owned(), format!("A1:{last}1")]));
        assert_eq!(numbers[5..], [vec!["1", "2", "3", "A1:N3"], vec!["1", "2", "3", "A1:N3"], vec!["1", "2", "A1:N2"]]);
        let workbook = package::part(&bytes, "xl/workbook.xml");
        let names: Vec<String> = values(&workbook, "<sheet name=\"").skip(5).collect();
        assert_eq!(names, ["sheet-ledger", "sheet-ledger 2", "sheet-ledger 3", "_lists", "_meta"]);
    }

    /// Values of all attributes that begin so.
    fn values(xml: &str, begin: &str) -> impl Iterator<Item = String> {
        xml.split(begin).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned())
    }

    /// A disk with so much room.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn where_rows_or_the_workbook_cannot_be_written_that_is_an_error() {
        let missing = Path::new("no such folder");
        let mut book = book(ROWS, Some(missing));
        let error = ledger(&mut book, (0..4).map(|n| n.to_string().repeat(30_000))).unwrap_err();
        assert!(matches!(&error, Error::Write { path, .. } if path.starts_with(missing)), "{error}");

        let finish = |room: usize| {
            let mut book = self::book(ROWS, None);
            ledger(&mut book, (0..200).map(|n| format!("{n}.xlsx"))).unwrap();
            book.finish(&mut Full(room))
        };
        finish(1 << 20).unwrap();
        for room in (0..12_000).step_by(700) {
            let error = finish(room).unwrap_err();
            let Error::Write { source, .. } = &error else { panic!("{room}: {error}") };
            assert_eq!(source.kind(), io::ErrorKind::StorageFull, "{room}");
        }
    }

    /// The same rows, written by `rust_xlsxwriter` below the row of samples.
    fn written_by_the_crate(say: Say<'_>, list: &List, owner: [&str; 2], rows: &[Vec<Lent<'_>>]) -> Vec<u8> {
        let looks = Looks::new();
        let mut sheet = list_sheet(say, &looks, list, "x", 1).unwrap();
        for (row, cells) in (2u32..).zip(rows) {
            let widths = list.columns.iter().map(|(_, width)| *width);
            let lines = cells.iter().zip(widths).map(|(cell, width)| cell.lines(width, owner)).max().unwrap_or(1);
            if lines > 1 {
                sheet.set_row_height(row, height(lines)).unwrap();
            }
            for (column, cell) in (0u16..).zip(cells) {
                match cell {
                    Value::Text(text) | Value::Word(text) if text.is_empty() => continue,
                    Value::Text(text) | Value::Word(text) => sheet.write_string(row, column, shortened(text, say)),
                    Value::Id if owner[0].is_empty() => continue,
                    Value::Id => sheet.write_string(row, column, owner[0]),
                    Value::Name if owner[1].is_empty() => continue,
                    Value::Name => sheet.write_string(row, column, owner[1]),
                    Value::Points(number) => {
                        let (sign, n) = (if *number < 0 { "-" } else { "" }, number.unsigned_abs());
                        let number: f64 = format!("{sign}{}.{:02}", n / 100, n % 100).parse().unwrap();
                        sheet.write_number_with_format(row, column, number, &looks.points)
                    }
                    Value::Count(number) => sheet.write_number_with_format(row, column, *number, &looks.count),
                    Value::Open(Some(text)) => sheet.write_string_with_format(row, column, *text, &looks.open),
                    Value::Open(None) => sheet.write_blank(row, column, &looks.open),
                    Value::OpenDate => sheet.write_blank(row, column, &looks.open_date),
                    Value::Blank => continue,
                }
                .unwrap();
            }
        }
        let mut book = Workbook::new();
        book.push_worksheet(sheet);
        book.save_to_buffer().unwrap()
    }

    /// Rows with their texts in their cells, each cell with its place, and without what is optional (`spans`).
    fn inlined(rows: &str, items: &str) -> Vec<String> {
        let items: Vec<&str> = items.split("<si>").skip(1).map(|item| item.split("</si>").next().unwrap()).collect();
        let plain = |cell: &str| match cell.split_once(" spans=\"") {
            Some((begin, rest)) => format!("{begin}{}", rest.split_once('"').unwrap().1),
            None => cell.to_owned(),
        };
        let (mut number, mut next) = (String::new(), 0);
        let mut cell = |cell: &str| {
            let cell = match cell.split_once(" t=\"s\"><v>") {
                Some((begin, rest)) => {
                    let (number, end) = rest.split_once("</v>").unwrap();
                    let item = items[number.parse::<usize>().unwrap()];
                    plain(&format!("{begin} t=\"inlineStr\"><is>{item}</is>{end}"))
                }
                None => plain(cell),
            };
            let cell = match cell.strip_prefix("r=\"") {
                Some(placed) => {
                    let column = (0..100).find(|at| placed.starts_with(&format!("{}{number}\"", column_name(*at))));
                    next = column.unwrap();
                    cell
                }
                None if cell.starts_with("s=") => format!("r=\"{}{number}\" {cell}", column_name(next)),
                None => cell,
            };
            next += 1;
            if let Some((_, row)) = cell.split_once("<row r=\"") {
                (number, next) = (row.split('"').next().unwrap().to_owned(), 0);
            }
            cell
        };
        rows.split("<c ").map(&mut cell).collect()
    }

    fn text() -> impl Strategy<Value = String> {
        let pieces = [
            "=1+1", " ", "\n", "\t", "\r", "\0", "\u{1f}", "_x000D_", "_x00", "0d_", "_", "_x", "&", "<", ">", "\"",
            "'", "]]>", "\u{FFFE}", "\u{FFFF}", "\u{FFFD}", "\u{EFFF}", "\u{85}", "\u{7f}", "🏗️", "æ", "e\u{301}",
            "-0.5", "1e9",
        ];
        let piece = prop_oneof![
            prop::sample::select(pieces.to_vec()).prop_map(str::to_owned),
            any::<char>().prop_map(String::from),
            "[a-z ]{1,30}",
        ];
        let few = prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat());
        prop_oneof![30 => few.clone(), 1 => few.prop_map(|piece| piece.repeat(40_000 / piece.len().max(1)))]
    }

    fn lent(cell: &Value) -> Lent<'_> {
        match cell {
            Value::Text(text) => Value::Text(text),
            Value::Word(text) => Value::Word(text),
            Value::Open(text) => Value::Open(text.as_deref()),
            Value::Id => Value::Id,
            Value::Name => Value::Name,
            Value::Points(number) => Value::Points(*number),
            Value::Count(number) => Value::Count(*number),
            Value::OpenDate => Value::OpenDate,
            Value::Blank => Value::Blank,
        }
    }

    fn cell() -> impl Strategy<Value = Value> {
        prop_oneof![
            4 => text().prop_map(Value::Text),
            4 => text().prop_map(Value::Word),
            4 => "[xy]".prop_map(Value::Word),
            1 => (-1_000_000_000..1_000_000_000_i64).prop_map(Value::Points),
            1 => (-300..300_i64).prop_map(Value::Points),
            1 => any::<u32>().prop_map(Value::Count),
            1 => "[a-z<&_]{1,9}".prop_map(|text| Value::Open(Some(text))),
            1 => Just(Value::Open(None)),
            1 => Just(Value::OpenDate),
            1 => Just(Value::Id),
            1 => Just(Value::Name),
            1 => Just(Value::Blank),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 200,
            failure_persistence: None,
            rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_126),
            ..ProptestConfig::default()
        })]

        #[test]
        fn rows_are_written_as_the_crate_writes_them(
            rows in prop::collection::vec(prop::collection::vec(cell(), 1..=16), 1..6),
            owner in prop::array::uniform2("[a-zæ&]{0,50}"),
            room in prop_oneof![Just(0usize), Just(100), Just(1 << 20)],
        ) {
            let (words, english) = (words(), Lang::english());
            let say = Say { words: &words, lang: &english };
            let (list, owner) = (&LISTS[4], owner.each_ref().map(String::as_str));
            // A row in which nothing stands is one only here.
            let whole = |row| [Value::Count(1)].into_iter().chain(row).take(16).collect();
            let rows: Vec<Vec<Lent<'_>>> = rows.iter().map(|row| whole(row.iter().map(lent))).collect();
            let theirs = written_by_the_crate(say, list, owner, &rows);
            let sheet = package::part(&theirs, "xl/worksheets/sheet1.xml");
            let (_, sample, tail) = package::cut(&sheet).unwrap();
            let theirs = inlined(tail.split("</sheetData>").next().unwrap(), &package::part(&theirs, "xl/sharedStrings.xml"));

            let markup = Markup::new(list.columns, &package::styles(sample).unwrap(), 0);
            let (mut shared, mut spool) = (Shared::new(), Spool::new(None));
            shared.room = room;
            let packed = Rows::of(say, owner, 0, |put| rows.iter().for_each(|row| put(row)));
            let mut waiting = Waiting::new(list, 1_000);
            let numbers = owner.map(|text| shared.add(text, &mut spool).unwrap());
            for rows in [&Rows::default(), &packed, &Rows::default()] {
                waiting.add(rows, Some((owner, numbers)), &mut shared, &mut spool).unwrap();
            }
            let (heights, parts) = waiting.parts(&mut spool);
            let (mut heights, mut number, mut ours) = (heights.into_iter(), 2, Vec::new());
            for part in parts {
                let part = part.unwrap();
                let (mut rows, mut cells) = (part.rows().unwrap(), Vec::new());
                while rows.next(&mut cells).unwrap() {
                    number += 1;
                    markup.row(&mut ours, number, heights.next().unwrap(), &cells);
                }
            }
            let items: Vec<u8> = shared.parts(&mut spool).flat_map(|part| part.unwrap()).collect();
            let [ours, items] = [ours, items].map(|xml| String::from_utf8(xml).unwrap());
            prop_assert_eq!(inlined(&ours, &items), theirs);
        }
    }

    #[test]
    fn long_text_is_shortened_with_a_mark() {
        let (words, english) = (words(), Lang::english());
        let say = Say { words: &words, lang: &english };
        let long = "🏗".repeat(20_000);
        let long = shortened(&long, say);
        assert!(long.encode_utf16().count() <= UNITS && long.ends_with(" shortened"));
        assert_eq!(shortened("short", say), "short");
        assert_eq!(sheet_name("Lines: [a]/b?"), "Lines ab");
    }
}
