//! A list that somebody fills in by hand: a workbook with one sheet of rows, some of whose cells are open.
//!
//! The first row is hidden and names each column by id, so that the list can be read back whatever is done to the order
//! of its columns; the second shows their titles; what follows are the rows. `_meta` says what the list is.

use std::collections::BTreeMap;

use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, ProtectionOptions,
    Workbook, Worksheet, XlsxError,
};

use super::sheets::lines_of;
use super::workbook::height;
use crate::error::{Error, Result};

/// Rows above the list: ids, titles.
pub const FORM_HEAD: u32 = 2;
/// The hidden sheet that says what the list is: keys in A, values in B.
pub const FORM_META: &str = "_meta";
const LISTS: &str = "_lists";
/// Longest text in an Excel cell, in UTF-16 units.
const UNITS: usize = 32_767;

/// A column of a list.
#[derive(Clone, Debug)]
pub struct FormColumn {
    /// Its stable id.
    pub id: &'static str,
    /// What people read above it; empty: the column is hidden.
    pub title: String,
    /// In characters.
    pub width: u16,
}

/// A cell of a list.
#[derive(Clone, Debug)]
pub enum FormCell {
    /// Something given.
    Given(String),
    /// To be filled in, freely.
    Open,
    /// To be chosen from a drop-down; what is typed otherwise is let through, and read with care.
    Choice(Vec<String>),
}

/// A list to be filled in.
#[derive(Clone, Debug)]
pub struct Form {
    /// Name of the sheet, and title in the file's properties.
    pub title: String,
    /// Keys and values of `_meta`.
    pub meta: Vec<(&'static str, String)>,
    /// Columns.
    pub columns: Vec<FormColumn>,
    /// Rows, with a cell for each column.
    pub rows: Vec<Vec<FormCell>>,
}

impl Form {
    /// The bytes of its workbook. The same list gives the same bytes.
    ///
    /// # Errors
    /// If the workbook cannot be put together.
    pub fn workbook(&self) -> Result<Vec<u8>> {
        self.build().map_err(|e| Error::Workbook(e.to_string()))
    }

    fn build(&self) -> std::result::Result<Vec<u8>, XlsxError> {
        let base = || {
            let edge = Format::new().set_border(FormatBorder::Thin).set_border_color(Color::RGB(0x00B8_B8B8));
            edge.set_align(FormatAlign::Top).set_text_wrap()
        };
        let head = base().set_bold().set_font_color(Color::White).set_background_color(Color::RGB(0x001F_3A5F));
        let given = base();
        let open = base().set_background_color(Color::RGB(0x00FF_F8DC)).set_unlocked();
        let mut book = Workbook::new();
        let made = ExcelDateTime::from_ymd(2026, 1, 1)?;
        book.set_properties(&DocProperties::new().set_title(&self.title).set_creation_datetime(&made));

        let sheet = book.add_worksheet();
        sheet.set_name(name(&self.title))?;
        sheet.set_row_hidden(0)?;
        for (at, column) in (0u16..).zip(&self.columns) {
            sheet.write_string(0, at, column.id)?;
            sheet.write_string_with_format(1, at, &column.title, &head)?;
            if column.title.is_empty() {
                sheet.set_column_hidden(at)?;
            } else {
                sheet.set_column_width(at, column.width)?;
            }
        }
        // Not every program fits rows to their text when it opens a file.
        let mut fit = |row: u32, texts: &mut dyn Iterator<Item = &str>| {
            let shown = texts.zip(&self.columns).filter(|(_, column)| !column.title.is_empty());
            let lines = shown.map(|(text, column)| lines_of(text, column.width)).max().unwrap_or(1);
            if lines > 1 { sheet.set_row_height(row, height(lines)).map(|_| ()) } else { Ok(()) }
        };
        fit(1, &mut self.columns.iter().map(|column| column.title.as_str()))?;
        for (row, cells) in (FORM_HEAD..).zip(&self.rows) {
            fit(row, &mut cells.iter().map(|cell| if let FormCell::Given(text) = cell { text } else { "" }))?;
        }
        for (row, cells) in (FORM_HEAD..).zip(&self.rows) {
            for (at, cell) in (0u16..).zip(cells) {
                match cell {
                    FormCell::Given(text) => {
                        sheet.write_string_with_format(row, at, shortened(text), &given)?;
                    }
                    FormCell::Open | FormCell::Choice(_) => {
                        sheet.write_blank(row, at, &open)?;
                    }
                }
            }
        }
        let mut lists: BTreeMap<&[String], String> = BTreeMap::new();
        for (at, runs) in (0u16..).zip(self.runs()) {
            for (first, last, choices) in runs {
                let next = format!("lygte_choice_{}", lists.len() + 1);
                let list = lists.entry(choices).or_insert(next);
                let choose = DataValidation::new()
                    .allow_list_formula(Formula::new(format!("={list}")))
                    .show_error_message(false);
                sheet.add_data_validation(first, at, last, at, &choose)?;
            }
        }
        let last_row = FORM_HEAD + u32::try_from(self.rows.len()).unwrap_or_default();
        let last_column = u16::try_from(self.columns.len().saturating_sub(1)).unwrap_or_default();
        sheet.autofilter(1, 0, last_row.saturating_sub(1).max(1), last_column)?;
        sheet.set_freeze_panes(FORM_HEAD, 0)?;
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(1, 1)?;
        sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3).set_footer("&L&A&R&P / &N");
        let guide = ProtectionOptions {
            format_columns: true,
            format_rows: true,
            sort: true,
            use_autofilter: true,
            ..ProtectionOptions::default()
        };
        sheet.protect_with_options(&guide);

        let sheet = hidden(&mut book, LISTS)?;
        let mut names = Vec::new();
        for (at, (choices, list)) in (0u16..).zip(&lists) {
            for (row, choice) in (0u32..).zip(choices.iter()) {
                sheet.write_string(row, at, choice)?;
            }
            let letter = crate::diag::column_name(u32::from(at));
            names.push((list.clone(), format!("={LISTS}!${letter}$1:${letter}${}", choices.len().max(1))));
        }
        let sheet = hidden(&mut book, FORM_META)?;
        for (row, (key, value)) in (0u32..).zip(&self.meta) {
            sheet.write_string(row, 0, *key)?;
            sheet.write_string(row, 1, shortened(value))?;
        }
        for (list, range) in names {
            book.define_name(list, &range)?;
        }
        book.save_to_buffer()
    }

    /// For each column, stretches of rows with the same choices: one drop-down each, for a workbook holds only so many.
    fn runs(&self) -> Vec<Vec<(u32, u32, &[String])>> {
        let column = |at: usize| {
            let mut runs: Vec<(u32, u32, &[String])> = Vec::new();
            for (row, cells) in (FORM_HEAD..).zip(&self.rows) {
                let Some(FormCell::Choice(choices)) = cells.get(at) else { continue };
                match runs.last_mut() {
                    Some((_, last, same)) if *last + 1 == row && *same == choices.as_slice() => *last = row,
                    _ => runs.push((row, row, choices)),
                }
            }
            runs
        };
        (0..self.columns.len()).map(column).collect()
    }
}

fn hidden<'a>(book: &'a mut Workbook, name: &str) -> std::result::Result<&'a mut Worksheet, XlsxError> {
    let sheet = book.add_worksheet().set_name(name)?;
    sheet.set_hidden(true);
    Ok(sheet)
}

/// A name Excel takes.
fn name(words: &str) -> String {
    words.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(31).collect()
}

/// Text as long as a cell can hold.
fn shortened(text: &str) -> String {
    if text.encode_utf16().count() <= UNITS {
        return text.to_owned();
    }
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units < UNITS
    };
    text.chars().take_while(fits).chain(['…']).collect()
}
