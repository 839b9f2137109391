//! What each step costs, on workbooks as several programs write them: `cargo bench`. Raw calamine reading the same sheets
//! stands beside ours, so that the ratio is the figure, whatever the machine does besides.
#![allow(clippy::unwrap_used, reason = "a bench that cannot set itself up fails")]
#![allow(missing_docs, reason = "benches are named for what they measure")]

use std::fmt::Write as _;
use std::io::{Cursor, Read as _, Write as _};
use std::sync::{Arc, LazyLock};

use calamine::{Reader as _, Xlsx};
use divan::{Bencher, black_box};
use lygte::checklist::{Catalog, Library, Selection};
use lygte::model::{Answer, AnswerKind, Dossier, Entry, Form, Id, Lang, Method, Questionnaire, Role};
use lygte::questionnaire::{Book, Limits, Reader, Stamp, WriteOptions, write};
use lygte::report::{PortfolioBook, Reporter, Scored, Setting, SupplierResult, SupplierRows};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

fn main() {
    divan::main();
}

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::load(&Catalog::built_in()).0.unwrap());
static QUESTIONNAIRE: LazyLock<Arc<Questionnaire>> = LazyLock::new(|| Arc::new(LIBRARY.compose(&selection()).unwrap()));

fn selection() -> Selection {
    let sectors = vec![Id::new("cleaning")];
    Selection { questionnaire: Id::new("guide"), sectors, country: "DK".parse().ok(), form: Form::Full }
}

fn danish() -> Lang {
    "da".parse().unwrap()
}

/// How a program stores a workbook.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// Texts in one table: Excel, `LibreOffice`, `SheetJS`.
    Shared,
    /// Texts in their cells: openpyxl, streaming writers.
    Inline,
    /// A thousand formatted rows without content below each table.
    Blanks,
}

const SHAPES: [Shape; 3] = [Shape::Shared, Shape::Inline, Shape::Blanks];

/// A full questionnaire in Danish with an answer in every cell.
fn workbook(shape: Shape) -> Vec<u8> {
    let country = selection().country;
    let options = WriteOptions {
        role: Role::Supplier,
        lang: &danish(),
        supplier_id: Some("bench-1"),
        supplier_name: Some("Bench ApS"),
        country: country.as_ref(),
        reference: &LIBRARY.reference,
        answers: None,
    };
    let blank = write(&QUESTIONNAIRE, &options).unwrap();
    let mut parts = ZipArchive::new(Cursor::new(blank)).unwrap();
    let shared = part(&mut parts, "xl/sharedStrings.xml");
    let texts: Vec<&str> = shared.split("<si>").skip(1).map(|t| t.split("</si>").next().unwrap()).collect();
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    let names: Vec<String> = parts.file_names().map(|name| name.unwrap().into_owned()).collect();
    for name in names {
        let mut text = part(&mut parts, &name);
        if name.starts_with("xl/worksheets/sheet") {
            text = answered(&text);
            text = match shape {
                Shape::Shared => text,
                Shape::Inline => inline(&text, &texts),
                Shape::Blanks => text.replace("</sheetData>", &format!("{}</sheetData>", blank_rows())),
            };
        }
        out.start_file(name, SimpleFileOptions::default()).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn part(parts: &mut ZipArchive<Cursor<Vec<u8>>>, name: &str) -> String {
    let mut text = String::new();
    parts.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// "Ja" in every answer cell that is empty.
fn answered(sheet: &str) -> String {
    let mut out = String::new();
    for piece in sheet.split_inclusive("/>") {
        match piece.rsplit_once("<c r=\"E") {
            Some((before, cell)) if piece.ends_with("\"/>") && !cell.contains('<') => {
                let cell = cell.trim_end_matches("/>");
                write!(out, "{before}<c r=\"E{cell} t=\"inlineStr\"><is><t>Ja</t></is></c>").unwrap();
            }
            _ => out += piece,
        }
    }
    out
}

fn inline(sheet: &str, texts: &[&str]) -> String {
    let mut pieces = sheet.split(" t=\"s\"><v>");
    let mut out = pieces.next().unwrap().to_owned();
    for piece in pieces {
        let (number, rest) = piece.split_once("</v>").unwrap();
        write!(out, " t=\"inlineStr\"><is>{}</is>{rest}", texts[number.parse::<usize>().unwrap()]).unwrap();
    }
    out
}

fn blank_rows() -> String {
    (500..1500).fold(String::new(), |mut out, row| {
        write!(out, "<row r=\"{row}\">").unwrap();
        for column in "ABCDEFG".chars() {
            write!(out, "<c r=\"{column}{row}\" s=\"1\"/>").unwrap();
        }
        out + "</row>"
    })
}

/// calamine alone: every cell of every sheet, and nothing made of it.
#[divan::bench(args = SHAPES)]
fn read_1_calamine(bencher: Bencher<'_, '_>, shape: Shape) {
    let bytes = workbook(shape);
    bencher.bench(|| {
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(&bytes)).unwrap();
        book.sheet_names().iter().map(|name| book.worksheet_range(name).unwrap().used_cells().count()).sum::<usize>()
    });
}

/// The guard, and what it hands on read by calamine.
#[divan::bench(args = SHAPES)]
fn read_2_book(bencher: Bencher<'_, '_>, shape: Shape) {
    let bytes = workbook(shape);
    let name: Arc<str> = "bench.xlsx".into();
    bencher.bench(|| Book::open(black_box(&bytes), &name, &Limits::default()).unwrap());
}

/// From the bytes to answers.
#[divan::bench(args = SHAPES)]
fn read_3_answers(bencher: Bencher<'_, '_>, shape: Shape) {
    let bytes = workbook(shape);
    let name: Arc<str> = "bench.xlsx".into();
    let reader = Reader::new(Arc::clone(&QUESTIONNAIRE), &LIBRARY.reference);
    bencher.bench(|| {
        let book = Book::open(black_box(&bytes), &name, &Limits::default()).unwrap();
        let stamp = Stamp::read(&book, &mut Vec::new()).unwrap();
        reader.read(&book, stamp.as_ref()).unwrap()
    });
}

fn method() -> &'static Method {
    &LIBRARY.methods["fls-1"]
}

/// A supplier who answered everything, each option in turn.
fn dossier() -> Dossier {
    let mut out = Dossier::blank();
    (out.id, out.name) = ("bench-1".to_owned(), "Bench ApS".to_owned());
    out.profile.countries = vec![selection().country];
    out.profile.sectors = vec![Some(Id::new("cleaning"))];
    out.profile.employees = Some(84);
    let entry = |n: usize, kind: &AnswerKind| {
        let AnswerKind::Scale(scale) = kind else { return None };
        let answer = Answer::Option(scale.options[n % scale.options.len()].id.clone());
        Some(Entry { answer, number: None, raw: Some("Ja".to_owned()), comment: None, document: None, cell: None })
    };
    let q = &*QUESTIONNAIRE;
    for (n, item) in q.exposure.questions.iter().flat_map(|q| &q.items).enumerate() {
        out.exposure.extend(entry(n, &item.kind).map(|e| (item.id.clone(), e)));
    }
    for (n, item) in q.controls.iter().flat_map(|b| &b.questions).flat_map(|q| &q.items).enumerate() {
        out.controls.extend(entry(n, &item.kind).map(|e| (item.id.clone(), e)));
    }
    out
}

fn with_scored<T>(then: impl FnOnce(&Scored<'_>) -> T) -> T {
    let (dossier, reference) = (dossier(), &LIBRARY.reference);
    let assessment = lygte::score::assess(&QUESTIONNAIRE, method(), reference, &dossier);
    then(&Scored {
        questionnaire: &QUESTIONNAIRE,
        method: method(),
        reference,
        dossier: &dossier,
        assessment: &assessment,
        slug: "bench-1",
    })
}

#[divan::bench]
fn score(bencher: Bencher<'_, '_>) {
    let dossier = dossier();
    bencher.bench(|| lygte::score::assess(&QUESTIONNAIRE, method(), &LIBRARY.reference, black_box(&dossier)));
}

#[divan::bench(args = ["supplier", "feedback", "json"])]
fn report(bencher: Bencher<'_, '_>, what: &str) {
    let reporter = Reporter::new(&std::collections::BTreeMap::new(), LIBRARY.words["report"].clone()).unwrap();
    let lang = danish();
    let setting = Setting { lang: &lang, date: "2026-11-24" };
    with_scored(|scored| {
        bencher.bench_local(|| match what {
            "supplier" => reporter.supplier(&setting, scored, &[]).unwrap(),
            "feedback" => reporter.feedback(&setting, scored, &[]).unwrap(),
            _ => serde_json::to_string_pretty(&SupplierResult::of(scored)).unwrap(),
        });
    });
}

#[divan::bench(args = [10, 100])]
fn portfolio(bencher: Bencher<'_, '_>, suppliers: usize) {
    let (words, lang) = (&LIBRARY.words["report"], danish());
    with_scored(|scored| {
        bencher.bench_local(|| {
            let mut book = PortfolioBook::new(words, &lang, "2026-11-24", None).unwrap();
            for _ in 0..suppliers {
                book.add(SupplierRows::of(words, &lang, scored)).unwrap();
            }
            let mut bytes = Vec::new();
            book.finish(&mut bytes).unwrap();
            bytes
        });
    });
}

/// What a command does before its own work begins: the data files loaded.
#[divan::bench(args = ["prepared", "yaml"])]
fn start(what: &str) -> Option<Library> {
    Library::load(&if what == "prepared" { Catalog::built_in() } else { Catalog::embedded() }).0
}
