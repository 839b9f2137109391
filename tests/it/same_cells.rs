//! What the guard reads itself is what calamine reads of the same workbook.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{DataRef, Reader as _, Xlsx};
use lygte::checklist::{Catalog, Library, Selection};
use lygte::model::{Form, Id, Lang, Role};
use lygte::questionnaire::{Book, CellValue, Limits, WriteOptions, write};
use rust_xlsxwriter::{Format, Formula, Workbook};

type Cells = BTreeMap<(u32, u32), CellValue>;

/// All cells as calamine makes them of the file as it came.
fn by_calamine(bytes: &[u8]) -> BTreeMap<String, Cells> {
    let mut xlsx: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut out = BTreeMap::new();
    for name in xlsx.sheet_names() {
        let mut cells = Cells::new();
        let mut reader = xlsx.worksheet_cells_reader(&name).unwrap();
        while let Some(cell) = reader.next_cell().unwrap() {
            let value = match cell.get_value() {
                DataRef::Empty => continue,
                DataRef::Float(x) => CellValue::Number(x.to_string()),
                DataRef::Bool(b) => CellValue::Bool(*b),
                DataRef::String(text) => CellValue::Text(text.as_str().into()),
                DataRef::SharedString(text) => CellValue::Text((*text).into()),
                DataRef::DateTime(moment) => {
                    let (year, month, day, ..) = moment.to_ymd_hms_milli();
                    if moment.is_datetime() && (1990..=2100).contains(&year) {
                        CellValue::Date(format!("{year:04}-{month:02}-{day:02}"))
                    } else {
                        CellValue::Number(moment.as_f64().to_string())
                    }
                }
                other => panic!("{other:?}"),
            };
            let blank = matches!(&value, CellValue::Text(text) if text.trim().is_empty());
            if !blank {
                cells.insert(cell.get_position(), value);
            }
        }
        out.insert(name, cells);
    }
    out
}

/// Compares the two; gives the number of cells.
fn compare(bytes: &[u8]) -> usize {
    let book = Book::open(bytes, &"x.xlsx".into(), &Limits::default()).unwrap();
    let expected = by_calamine(bytes);
    let mut all = 0;
    for sheet in &book.sheets {
        // A formula that ends in nothing, which calamine does not tell from nothing.
        let cells = sheet.cells.iter().filter(|(_, value)| **value != CellValue::Formula);
        let differ = cells.clone().find(|(at, value)| expected[&*sheet.name].get(at) != Some(value));
        assert_eq!(differ, None, "{}", sheet.name);
        assert_eq!(cells.clone().count(), expected[&*sheet.name].len(), "{}", sheet.name);
        all += cells.count();
    }
    all
}

#[test]
fn of_our_own_workbooks() {
    let library = Library::load(&Catalog::built_in()).0.unwrap();
    for (lang, role) in [("da", Role::Supplier), ("fi", Role::Assessor), ("en", Role::Observer)] {
        let (questionnaire, sectors) = (Id::new("guide"), vec![Id::new("cleaning")]);
        let selection = Selection { questionnaire, sectors, country: None, form: Form::Full };
        let options = WriteOptions {
            role,
            lang: &lang.parse::<Lang>().unwrap(),
            supplier_id: Some("a-1"),
            supplier_name: Some("A & B"),
            country: None,
            reference: &library.reference,
            answers: None,
        };
        let made = write(&library.compose(&selection).unwrap(), &options).unwrap();
        assert!(compare(&made) > 200);
    }
}

#[test]
fn of_texts_numbers_and_dates_of_all_kinds() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let texts = [" a\n b ", "_x0041_ b", "_x000D_", "_x00e6_\"<&>'", "x_x", "\u{a0}", "=1+1", "0042", "😀"];
    for (row, text) in (0..).zip(texts) {
        sheet.write_string(row, 0, text).unwrap();
        sheet.write_formula(row, 1, Formula::new("=A1").set_result(text)).unwrap();
    }
    let formats =
        ["General", "0%", "0.00", "yyyy-mm-dd", "hh:mm", "[h]:mm", "@", "\"day\" 0", "d/m/yy", ";;;", "#,##0"];
    let numbers = [0.0, -0.5, 0.1, 1.0, 25.0, 240.5, 45_000.0, 46_350.75, 1e9, 1.5e-7];
    for (column, format) in (2..).zip(formats) {
        let format = Format::new().set_num_format(format);
        for (row, number) in (0..).zip(numbers) {
            sheet.write_number_with_format(row, column, number, &format).unwrap();
        }
    }
    sheet.write_boolean(12, 0, true).unwrap().write_boolean(12, 1, false).unwrap();
    assert!(compare(&book.save_to_buffer().unwrap()) > 100);
}
