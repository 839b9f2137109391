//! What the fuzz targets do with their input. Nothing is asserted beyond what must hold of any input: no panic, no abort,
//! no endless loop, and a refusal that is one line and says what to do.
#![allow(dead_code, reason = "each target uses one of them")]

use std::io::{Cursor, Write as _};
use std::sync::{Arc, LazyLock};

use lygte::checklist::{Catalog, Library, Selection};
use lygte::diag::Diagnostic;
use lygte::model::{Form, Id};
use lygte::questionnaire::{Book, Limits, Reader, Stamp};
use zip::write::SimpleFileOptions;

static LIBRARY: LazyLock<Option<Library>> = LazyLock::new(|| Library::load(&Catalog::embedded()).0);

static READER: LazyLock<Option<Reader>> = LazyLock::new(|| {
    let library = LIBRARY.as_ref()?;
    let selection = Selection {
        questionnaire: Id::new("guide"),
        sectors: vec![Id::new("cleaning")],
        country: None,
        form: Form::Full,
    };
    let questionnaire = library.compose(&selection).ok()?;
    Some(Reader::new(Arc::new(questionnaire), &library.reference))
});

/// Limits under which a single input stays quick.
fn limits() -> Limits {
    Limits { part_mib: 8, unpacked_mib: 16, seconds: 5, ..Limits::default() }
}

fn open(bytes: &[u8]) -> Option<Book> {
    match Book::open(bytes, &"fuzz.xlsx".into(), &limits()) {
        Ok(book) => Some(book),
        Err(refusal) => {
            check(&refusal);
            None
        }
    }
}

fn check(diagnostic: &Diagnostic) {
    let message = diagnostic.message();
    assert!(!message.contains(['\n', '{']), "{message}");
    assert!(!diagnostic.place.to_string().is_empty());
}

/// Any bytes as a workbook, read to the end.
pub fn workbook(bytes: &[u8]) {
    let Some(book) = open(bytes) else { return };
    let Some(reader) = READER.as_ref() else { return };
    let stamp = Stamp::read(&book, &mut Vec::new());
    match stamp.and_then(|stamp| reader.read(&book, stamp.as_ref())) {
        Ok(returned) => returned.diagnostics.iter().for_each(check),
        Err(refusal) => check(&refusal),
    }
}

/// A small workbook: each part can be replaced.
const PARTS: [(&str, &str); 6] = [
    (
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="r"><sheets><sheet name="A" sheetId="1" r:id="s"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="s" Type="x/worksheet" Target="s.xml"/><Relationship Id="t" Type="x/sharedStrings" Target="t.xml"/><Relationship Id="f" Type="x/styles" Target="f.xml"/></Relationships>"#,
    ),
    (
        "xl/s.xml",
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c t="str"><f>A1</f><v>x</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells></worksheet>"#,
    ),
    (
        "xl/t.xml",
        r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>a &amp; b</t></si></sst>"#,
    ),
    (
        "xl/f.xml",
        r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts><numFmt numFmtId="164" formatCode="yyyy"/></numFmts><cellXfs><xf numFmtId="164"/></cellXfs></styleSheet>"#,
    ),
];

/// Any bytes as parts of a workbook whose container is sound, so that what lies behind the checksums is reached. The
/// first byte says which part they are.
pub fn guard(bytes: &[u8]) {
    let Some((which, rest)) = bytes.split_first() else { return };
    let which = usize::from(*which) % PARTS.len();
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut put = |name: &str, content: &[u8]| {
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.start_file(name, options).is_ok() && zip.write_all(content).is_ok()
    };
    let mut whole = put("[Content_Types].xml", b"<Types/>");
    for (n, (name, content)) in PARTS.iter().enumerate() {
        whole &= put(name, if n == which { rest } else { content.as_bytes() });
    }
    if let (true, Ok(bytes)) = (whole, zip.finish()) {
        open(&bytes.into_inner());
    }
}

/// Any text as each kind of data file.
pub fn yaml(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut catalog = Catalog::default();
    for name in
        ["guide/guide.yml", "guide/a-general.yml", "sectors/x.yml", "countries/DK.yml", "scales.yml", "methods/x.yml"]
    {
        catalog.insert(name, &text);
    }
    let (_, diagnostics) = Library::load(&catalog);
    // Cases are held against sound data.
    catalog.insert("training/x.yml", &text);
    let spoilt = LIBRARY.as_ref().map(|library| library.cases(&catalog).1).unwrap_or_default();
    diagnostics.0.iter().chain(&spoilt.0).for_each(|d| assert!(!d.place.to_string().is_empty()));
}
