//! A small filled-in questionnaire, made of strings: XML parts in a zip, so that each can be spoilt.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const DECL: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
pub const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
pub const DOCUMENT: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
pub const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// Id, text and answer of each question; the row of the first is 7.
pub const ANSWERS: [(&str, &str); 8] = [
    ("b1", "Yes"),
    ("b2", "No"),
    ("b3", "Partly"),
    ("b4", "No"),
    ("a1", "Yes"),
    ("a2", "No"),
    ("a3", "Partly"),
    ("c1", "No"),
];

/// Parts of a package, in order.
pub type Parts = Vec<(String, Vec<u8>)>;

/// The workbook in the making.
#[derive(Clone)]
pub struct Raw {
    strings: Vec<String>,
    /// Sheets: name, XML of the rows, state, what stands before and after the rows.
    pub sheets: Vec<Sheet>,
    pub date1904: bool,
}

#[derive(Clone)]
pub struct Sheet {
    pub name: String,
    pub rows: String,
    pub attributes: String,
    pub before: String,
    pub after: String,
}

impl Raw {
    /// The filled-in questionnaire, for a revision of the small checklist of the tests.
    pub fn new(revision: &str) -> Self {
        let mut raw = Self { strings: Vec::new(), sheets: Vec::new(), date1904: false };
        let mut rows = String::new();
        let meta = [
            ("format", "lygte/workbook/1"),
            ("role", "supplier"),
            ("form", "full"),
            ("questionnaire", "mini"),
            ("edition", "1"),
            ("revision", revision),
            ("language", "en"),
        ];
        for (n, (key, value)) in (1..).zip(meta) {
            let (key, value) = (raw.shared(&format!("A{n}"), key), raw.shared(&format!("B{n}"), value));
            let _ = write!(rows, "<row r=\"{n}\">{key}{value}</row>");
        }
        raw.sheet("_meta", rows);
        let headers = ["", "No.", "Question", "Why we ask", "Answer", "Document you can show", "Comment or reason"];
        let mut rows = String::from("<row r=\"6\">");
        for (column, header) in "ABCDEFG".chars().zip(headers).skip(1) {
            let cell = raw.shared(&format!("{column}6"), header);
            rows.push_str(&cell);
        }
        rows.push_str("</row>");
        for (n, (id, answer)) in (7..).zip(ANSWERS) {
            let _ = write!(rows, "<row r=\"{n}\">");
            for (column, text) in [("A", id), ("B", id), ("C", &format!("{id}?")), ("E", answer)] {
                let cell = raw.shared(&format!("{column}{n}"), text);
                rows.push_str(&cell);
            }
            rows.push_str("</row>");
        }
        raw.sheet("b", rows);
        raw
    }

    fn sheet(&mut self, name: &str, rows: String) {
        let sheet = Sheet {
            name: name.to_owned(),
            rows,
            attributes: String::new(),
            before: String::new(),
            after: String::new(),
        };
        self.sheets.push(sheet);
    }

    /// The number of a text in the table.
    pub fn string(&mut self, text: &str) -> usize {
        let item = format!("<si><t xml:space=\"preserve\">{text}</t></si>");
        self.item(item)
    }

    /// The number of an item of the table.
    pub fn item(&mut self, item: String) -> usize {
        self.strings.iter().position(|s| *s == item).unwrap_or_else(|| {
            self.strings.push(item);
            self.strings.len() - 1
        })
    }

    /// A cell that refers to a text of the table.
    pub fn shared(&mut self, at: &str, text: &str) -> String {
        format!("<c r=\"{at}\" t=\"s\"><v>{}</v></c>", self.string(text))
    }

    /// Puts another cell in the place of the answer to `b1`, which is E7.
    pub fn answer(&mut self, cell: &str) {
        let yes = self.string("Yes");
        let old = format!("<c r=\"E7\" t=\"s\"><v>{yes}</v></c>");
        let rows = &mut self.sheets[1].rows;
        assert!(rows.contains(&old));
        *rows = rows.replace(&old, cell);
    }

    /// The parts.
    pub fn parts(&self) -> Parts {
        let mut sheets = String::new();
        let mut relationships = String::new();
        let mut types = String::new();
        let mut out: Parts = Vec::new();
        for (n, sheet) in (1..).zip(&self.sheets) {
            let _ =
                write!(sheets, "<sheet name=\"{}\" sheetId=\"{n}\" {}r:id=\"rId{n}\"/>", sheet.name, sheet.attributes);
            let _ = write!(
                relationships,
                "<Relationship Id=\"rId{n}\" Type=\"{DOCUMENT}/worksheet\" Target=\"worksheets/sheet{n}.xml\"/>"
            );
            let _ = write!(
                types,
                "<Override PartName=\"/xl/worksheets/sheet{n}.xml\" \
                 ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
            );
        }
        let mut part = |name: &str, content: String| out.push((name.to_owned(), content.into_bytes()));
        part(
            "[Content_Types].xml",
            format!(
                "{DECL}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default \
                 Extension=\"xml\" ContentType=\"application/xml\"/>{types}</Types>"
            ),
        );
        part(
            "_rels/.rels",
            format!(
                "{DECL}<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"rId1\" Type=\"{DOCUMENT}/officeDocument\" \
                 Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        );
        part(
            "xl/workbook.xml",
            format!(
                "{DECL}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{DOCUMENT}\"><workbookPr date1904=\"{}\"/><sheets>{sheets}</sheets></workbook>",
                u8::from(self.date1904)
            ),
        );
        part(
            "xl/_rels/workbook.xml.rels",
            format!(
                "{DECL}<Relationships xmlns=\"{PACKAGE}\">{relationships}<Relationship Id=\"st\" \
                 Type=\"{DOCUMENT}/styles\" Target=\"styles.xml\"/><Relationship Id=\"ss\" \
                 Type=\"{DOCUMENT}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
            ),
        );
        for (n, sheet) in (1..).zip(&self.sheets) {
            part(
                &format!("xl/worksheets/sheet{n}.xml"),
                format!(
                    "{DECL}<worksheet xmlns=\"{MAIN}\">{}<sheetData>{}</sheetData>{}</worksheet>",
                    sheet.before, sheet.rows, sheet.after
                ),
            );
        }
        part(
            "xl/styles.xml",
            format!(
                "{DECL}<styleSheet xmlns=\"{MAIN}\"><numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\";;;\"/></numFmts>\
                 <cellXfs count=\"3\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>"
            ),
        );
        part("xl/sharedStrings.xml", format!("{DECL}<sst xmlns=\"{MAIN}\">{}</sst>", self.strings.concat()));
        out
    }

    /// The file.
    pub fn zip(&self) -> Vec<u8> {
        zip(&self.parts())
    }
}

/// The parts with one changed by a function of its text.
pub fn change(mut parts: Parts, name: &str, change: impl Fn(&str) -> String) -> Parts {
    let part = parts.iter_mut().find(|(n, _)| n == name).unwrap();
    part.1 = change(std::str::from_utf8(&part.1).unwrap()).into_bytes();
    parts
}

/// The parts as a zip, compressed.
pub fn zip(parts: &Parts) -> Vec<u8> {
    pack(parts, CompressionMethod::Deflated)
}

/// The parts as a zip, as they are.
pub fn stored(parts: &Parts) -> Vec<u8> {
    pack(parts, CompressionMethod::Stored)
}

fn pack(parts: &Parts, method: CompressionMethod) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(name.as_str(), SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Replaces bytes by as many others, everywhere.
pub fn patch(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut at = 0;
    let mut found = false;
    while let Some(next) = bytes[at..].windows(from.len()).position(|w| w == from) {
        at += next;
        bytes[at..at + from.len()].copy_from_slice(to);
        found = true;
    }
    assert!(found, "nothing to patch");
    bytes
}
