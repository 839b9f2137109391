//! The workbook that is handed on: values only, stored, every cell with its place, sheets called by their number.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::parts::{Formats, MAIN};
use crate::diag::column_name;

const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// A workbook in the making.
pub(in crate::questionnaire) struct Canonical {
    /// The sheets that are done: name, whether hidden, rows.
    sheets: Vec<(String, bool, String)>,
    /// The rows of the current one.
    sheet: String,
    row: Option<u32>,
    formats: usize,
    is_empty: bool,
}

impl Canonical {
    pub(in crate::questionnaire) fn new(formats: usize) -> Self {
        Self { sheets: Vec::new(), sheet: String::new(), row: None, formats, is_empty: true }
    }

    /// Whether no cell was written.
    pub(in crate::questionnaire) fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// Begins a cell.
    fn cell(&mut self, (row, column): (u32, u32)) {
        self.is_empty = false;
        if self.row != Some(row) {
            if self.row.is_some() {
                self.sheet.push_str("</row>");
            }
            let _ = write!(self.sheet, "<row r=\"{}\">", row + 1);
            self.row = Some(row);
        }
        let _ = write!(self.sheet, "<c r=\"{}{}\"", column_name(column), row + 1);
    }

    pub(in crate::questionnaire) fn number(&mut self, at: (u32, u32), number: &str, style: Option<usize>) {
        self.cell(at);
        if let Some(style) = style.filter(|s| *s > 0 && *s < self.formats) {
            let _ = write!(self.sheet, " s=\"{style}\"");
        }
        let _ = write!(self.sheet, "><v>{number}</v></c>");
    }

    pub(in crate::questionnaire) fn bool(&mut self, at: (u32, u32), value: bool) {
        self.cell(at);
        let _ = write!(self.sheet, " t=\"b\"><v>{}</v></c>", u8::from(value));
    }

    pub(in crate::questionnaire) fn error(&mut self, at: (u32, u32), code: &str) {
        self.cell(at);
        self.sheet.push_str(" t=\"e\"><v>");
        escape(&mut self.sheet, code);
        self.sheet.push_str("</v></c>");
    }

    pub(in crate::questionnaire) fn date(&mut self, at: (u32, u32), date: &str) {
        self.cell(at);
        let _ = write!(self.sheet, " t=\"d\"><v>{date}</v></c>");
    }

    pub(in crate::questionnaire) fn text(&mut self, at: (u32, u32), text: &str) {
        self.cell(at);
        self.sheet.push_str(" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
        escape(&mut self.sheet, text);
        self.sheet.push_str("</t></is></c>");
    }

    /// Ends a sheet.
    pub(in crate::questionnaire) fn end_sheet(&mut self, name: &str, hidden: bool) {
        if self.row.take().is_some() {
            self.sheet.push_str("</row>");
        }
        self.sheets.push((name.to_owned(), hidden, std::mem::take(&mut self.sheet)));
    }

    /// The bytes of the workbook.
    pub(in crate::questionnaire) fn finish(self, formats: &Formats, date1904: bool) -> zip::result::ZipResult<Vec<u8>> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let mut part = |name: &str, content: &str| -> zip::result::ZipResult<()> {
            let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
            zip.start_file(name, options)?;
            zip.write_all(content.as_bytes())?;
            Ok(())
        };
        let mut styles = format!("<styleSheet xmlns=\"{}\"><numFmts>", MAIN[0]);
        for (id, code) in &formats.codes {
            let _ = write!(styles, "<numFmt numFmtId=\"{id}\" formatCode=\"");
            escape(&mut styles, code);
            styles.push_str("\"/>");
        }
        styles.push_str("</numFmts><cellXfs>");
        for id in &formats.cells {
            let _ = write!(styles, "<xf numFmtId=\"{id}\"/>");
        }
        styles.push_str("</cellXfs></styleSheet>");
        let mut workbook = format!(
            "<workbook xmlns=\"{}\" xmlns:r=\"{RELATIONSHIPS}\"><workbookPr date1904=\"{}\"/><sheets>",
            MAIN[0],
            u8::from(date1904)
        );
        let mut relationships = format!("<Relationships xmlns=\"{PACKAGE}\">");
        let mut types = String::from(
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" \
             ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" \
             ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" \
             ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>",
        );
        for (n, (name, hidden, rows)) in (1..).zip(self.sheets) {
            let sheet = format!("<worksheet xmlns=\"{}\"><sheetData>{rows}</sheetData></worksheet>", MAIN[0]);
            part(&format!("xl/worksheets/sheet{n}.xml"), &sheet)?;
            workbook.push_str("<sheet name=\"");
            escape(&mut workbook, &name);
            let state = if hidden { " state=\"hidden\"" } else { "" };
            let _ = write!(workbook, "\" sheetId=\"{n}\"{state} r:id=\"rId{n}\"/>");
            let _ = write!(
                relationships,
                "<Relationship Id=\"rId{n}\" Type=\"{RELATIONSHIPS}/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"
            );
            let _ = write!(
                types,
                "<Override PartName=\"/xl/worksheets/sheet{n}.xml\" \
                 ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
            );
        }
        workbook.push_str("</sheets></workbook>");
        let _ = write!(
            relationships,
            "<Relationship Id=\"styles\" Type=\"{RELATIONSHIPS}/styles\" Target=\"styles.xml\"/></Relationships>"
        );
        types.push_str(
            "<Override PartName=\"/xl/styles.xml\" \
             ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/></Types>",
        );
        let package = format!(
            "<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"rId1\" Type=\"{RELATIONSHIPS}/officeDocument\" \
             Target=\"xl/workbook.xml\"/></Relationships>"
        );
        part("[Content_Types].xml", &types)?;
        part("_rels/.rels", &package)?;
        part("xl/workbook.xml", &workbook)?;
        part("xl/_rels/workbook.xml.rels", &relationships)?;
        part("xl/styles.xml", &styles)?;
        Ok(zip.finish()?.into_inner())
    }
}

fn escape(out: &mut String, text: &str) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\r' => "&#13;",
            _ => continue,
        };
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push_str(escaped);
        from = at + 1;
    }
    out.push_str(text.get(from..).unwrap_or_default());
}
