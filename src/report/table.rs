//! A workbook of plain tables, for people who go on calculating.

use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, XlsxError};

use super::FORM_META;
use crate::error::{Error, Result};

/// A cell.
pub(super) enum Value {
    /// A text is a text, whatever it begins with.
    Text(String),
    /// A number of which two decimals are shown.
    Points(f64),
    /// A whole number.
    Count(f64),
    Blank,
}

/// One sheet.
pub(super) struct Table {
    /// Its name.
    pub(super) name: String,
    /// Titles and widths in characters.
    pub(super) columns: Vec<(String, u16)>,
    /// Rows.
    pub(super) rows: Vec<Vec<Value>>,
}

/// The bytes of a workbook of tables. `kind` says in a hidden sheet what it is. The same tables give the same bytes.
pub(super) fn workbook(kind: &str, title: &str, tables: &[Table]) -> Result<Vec<u8>> {
    build(kind, title, tables).map_err(|e| Error::Workbook(e.to_string()))
}

fn build(kind: &str, title: &str, tables: &[Table]) -> std::result::Result<Vec<u8>, XlsxError> {
    let text = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let points = text.clone().set_num_format("0.00");
    let head = text.clone().set_bold().set_font_color(Color::White).set_background_color(Color::RGB(0x001F_3A5F));
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2026, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&made));
    for table in tables {
        let sheet = book.add_worksheet();
        sheet.set_name(table.name.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(31).collect::<String>())?;
        for (at, (title, width)) in (0u16..).zip(&table.columns) {
            sheet.write_string_with_format(0, at, title, &head)?;
            sheet.set_column_width(at, *width)?;
        }
        for (row, cells) in (1u32..).zip(&table.rows) {
            for (at, value) in (0u16..).zip(cells) {
                match value {
                    Value::Text(words) => sheet.write_string_with_format(row, at, words, &text)?,
                    Value::Points(n) => sheet.write_number_with_format(row, at, *n, &points)?,
                    Value::Count(n) => sheet.write_number_with_format(row, at, *n, &text)?,
                    Value::Blank => continue,
                };
            }
        }
        sheet.set_freeze_panes(1, 0)?;
        sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    }
    let meta = book.add_worksheet().set_name(FORM_META)?;
    meta.write_string(0, 0, "format")?;
    meta.write_string(0, 1, kind)?;
    meta.set_hidden(true);
    book.save_to_buffer()
}
