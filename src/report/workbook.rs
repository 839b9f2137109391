//! `portfolio.xlsx`: all suppliers of a run, row by row. With `questionnaire/write` the only user of `rust_xlsxwriter`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Note, Workbook, Worksheet, XlsxError};

use super::first;
use super::say::Say;
use super::sheets::{self, Column, Row, Value};
use super::{FileRecord, Reminder, ReviewRecord, Scored};
use crate::error::{Error, Result};
use crate::model::{Lang, Words};

/// Excel's last row; beyond it a sheet continues as "Lines 2".
const ROWS: u32 = 1_048_576;
/// Excel's longest text, in UTF-16 units.
const UNITS: usize = 32_767;

/// The portfolio as a workbook. Rows go to temporary files as they come, so that memory does not grow with them.
pub struct PortfolioBook {
    book: Workbook,
    words: Arc<Words>,
    lang: Lang,
    sheets: Vec<Sheet>,
    folder: Option<PathBuf>,
}

/// One list, on as many sheets as it takes.
struct Sheet {
    name: String,
    columns: Vec<(String, u16)>,
    /// What stands right of the table's head.
    aside: Option<String>,
    limit: u32,
    row: u32,
    current: Option<Worksheet>,
    done: Vec<Worksheet>,
}

impl PortfolioBook {
    /// An empty book whose creation date is `date` (`YYYY-MM-DD`), so that the same run makes the same bytes.
    ///
    /// `draft`: its texts await a native speaker's review, and the first sheet says so. Rows wait in `folder`, or where
    /// the system keeps temporary files.
    ///
    /// # Errors
    /// No temporary file can be made.
    pub fn new(words: &Words, lang: &Lang, draft: bool, date: &str, folder: Option<&Path>) -> Result<Self> {
        let mut made = Self::with_limit(words, lang, date, ROWS)?;
        if draft {
            let say = Say { words, lang };
            // Beside the table, so that what reads it finds rows and columns as they always are.
            made.sheets[0].aside = Some(say.t("draft-language"));
        }
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
        book.set_properties(&DocProperties::new().set_title(say.t("portfolio")).set_creation_datetime(&created));
        let sheet = |name: &str, columns: &[Column]| Sheet::new(say, name, columns, limit);
        let sheets = vec![
            sheet("sheet-suppliers", sheets::SUPPLIERS),
            sheet("sheet-sections", sheets::SECTIONS),
            sheet("sheet-signs", sheets::SIGNS),
            sheet("sheet-actions", sheets::ACTIONS),
            sheet("sheet-lines", sheets::LINES),
            sheet("sheet-ledger", sheets::LEDGER),
        ];
        let lang = lang.clone();
        Ok(Self { book, words, lang, sheets, folder: None })
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
                    sheet.push(&mut self.book, say, row)?;
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
        files: &[FileRecord],
        review: Option<&ReviewRecord>,
        reminders: &[Reminder],
    ) -> Result<()> {
        let words = Arc::clone(&self.words);
        let lang = self.lang.clone();
        let say = Say { words: &words, lang: &lang };
        let folder = self.folder.clone();
        on_disk(folder.as_deref(), || {
            // File by file: all rows together would take more memory than all else.
            let files = files.chunks(1).map(|file| sheets::ledger(say, file, None, &[]));
            for row in files.chain([sheets::ledger(say, &[], review, reminders)]).flatten() {
                self.sheets[5].push(&mut self.book, say, row)?;
            }
            Ok(())
        })
    }

    /// The bytes of the workbook.
    ///
    /// # Errors
    /// The workbook cannot be put together.
    pub fn finish(mut self) -> Result<Vec<u8>> {
        let words = Arc::clone(&self.words);
        let lang = self.lang.clone();
        let say = Say { words: &words, lang: &lang };
        let folder = self.folder.clone();
        on_disk(folder.as_deref(), || {
            for sheet in &mut self.sheets {
                sheet.open(&mut self.book, say)?;
                sheet.close()?;
                for done in sheet.done.drain(..) {
                    self.book.push_worksheet(done);
                }
            }
            self.says_what_it_is().map_err(|e| failed(&e))?;
            self.book.save_to_buffer().map_err(|e| failed(&e))
        })
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
    /// The rows of a supplier, in a language.
    pub fn of(words: &Words, lang: &Lang, scored: &Scored<'_>) -> Self {
        let say = Say { words, lang };
        let who = first::who(say, scored);
        Self([
            vec![sheets::supplier(say, scored, &who)],
            sheets::sections(say, scored, &who),
            sheets::signs(say, scored, &who),
            sheets::actions(say, scored, &who),
            sheets::lines(say, scored, &who),
        ])
    }
}

impl Sheet {
    fn new(say: Say<'_>, name: &str, columns: &[Column], limit: u32) -> Self {
        let columns = columns.iter().map(|(id, width)| (say.t(id), *width)).collect();
        Self { name: sheet_name(&say.t(name)), columns, aside: None, limit, row: 0, current: None, done: Vec::new() }
    }

    fn push(&mut self, book: &mut Workbook, say: Say<'_>, cells: Row) -> Result<()> {
        if self.row >= self.limit {
            self.close()?;
        }
        self.open(book, say)?;
        let Some(sheet) = &mut self.current else { return Ok(()) };
        for (column, cell) in (0u16..).zip(cells) {
            match cell {
                Value::Text(text) if !text.is_empty() => {
                    sheet.write_string(self.row, column, shortened(text, say)).map_err(|e| failed(&e))?;
                }
                Value::Number(number) => {
                    sheet.write_number(self.row, column, number).map_err(|e| failed(&e))?;
                }
                Value::Text(_) | Value::Blank => {}
            }
        }
        self.row += 1;
        Ok(())
    }

    /// Begins a worksheet, if none is begun.
    fn open(&mut self, book: &mut Workbook, say: Say<'_>) -> Result<()> {
        if self.current.is_some() {
            return Ok(());
        }
        let mut begin = || -> std::result::Result<Worksheet, XlsxError> {
            let mut sheet = book.new_worksheet_with_low_memory()?;
            let name = match self.done.len() {
                0 => self.name.clone(),
                n => format!("{} {}", self.name, n + 1),
            };
            sheet.set_name(name)?;
            let head = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
            for (column, (title, width)) in (0u16..).zip(&self.columns) {
                sheet.set_column_width(column, *width)?;
                sheet.write_string_with_format(0, column, shortened(title.clone(), say), &head)?;
            }
            if let Some(aside) = &self.aside {
                let column = u16::try_from(self.columns.len() + 1).unwrap_or_default();
                sheet.set_column_width(column, 40)?;
                sheet.write_string_with_format(0, column, aside, &Format::new().set_text_wrap().set_italic())?;
                // It stands far to the right: the first cell leads to it.
                sheet.insert_note(0, 0, &Note::new(aside).set_author("lygte").add_author_prefix(false))?;
            }
            sheet.set_freeze_panes(1, 0)?;
            sheet.set_paper_size(9).set_landscape().set_repeat_rows(0, 0)?;
            sheet.set_print_fit_to_pages(1, 0);
            Ok(sheet)
        };
        self.current = Some(begin().map_err(|e| failed(&e))?);
        self.row = 1;
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        let Some(mut sheet) = self.current.take() else { return Ok(()) };
        let last = u16::try_from(self.columns.len().saturating_sub(1)).unwrap_or_default();
        sheet.autofilter(0, 0, self.row.saturating_sub(1), last).map_err(|e| failed(&e))?;
        self.done.push(sheet);
        self.row = 0;
        Ok(())
    }
}

/// Where rows cannot be written any more, `rust_xlsxwriter` panics: a full disk is an error like any other.
fn on_disk<T>(folder: Option<&Path>, work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let source = std::io::Error::new(std::io::ErrorKind::StorageFull, "no room for its rows");
        Err(Error::Write { path: folder.unwrap_or(Path::new("")).join("portfolio.xlsx"), source })
    })
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
    if text.encode_utf16().count() <= UNITS {
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
        let columns =
            [sheets::SUPPLIERS, sheets::SECTIONS, sheets::SIGNS, sheets::ACTIONS, sheets::LINES, sheets::LEDGER];
        let ids = columns.into_iter().flatten().map(|(id, _)| *id).chain([
            "portfolio",
            "sheet-suppliers",
            "sheet-sections",
            "sheet-signs",
            "sheet-actions",
            "sheet-lines",
            "sheet-ledger",
            "shortened",
            "role-supplier",
            "status-unreadable",
            "severity-error",
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
        book.ledger(&files, None, &[]).unwrap();
        // Two sheets are full, the third is begun; each holds its heading and two rows.
        assert_eq!((book.sheets[5].done.len(), book.sheets[5].row), (2, 2));
        assert_eq!((book.sheets[4].done.len(), book.sheets[4].row), (0, 0));
        assert!(!book.finish().unwrap().is_empty());
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
