//! What each step costs, on workbooks as several programs write them: `cargo bench --bench pipeline`.
//!
//! Raw calamine reading the same sheets of the same bytes stands beside ours, and a table at the end gives the ratios: on a
//! busy machine, or another one, they say more than the times.
//!
//! lygte's own shape, openpyxl's, `LibreOffice`'s and `SheetJS`'s are workbooks of the invented suppliers in `examples/`, which
//! these programs saved. What exceljs writes is remade here from lygte's own, and so is the form with 28,000 formatted blank
//! cells, so nothing has to be made beforehand.
#![allow(clippy::unwrap_used, reason = "a bench that cannot set itself up fails")]
#![allow(missing_docs, reason = "benches are named for what they measure")]
#![allow(clippy::print_stdout, reason = "the table of ratios goes there")]

use std::fmt::Write as _;
use std::io::{Cursor, Read as _, Write as _};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use calamine::{Reader as _, Xlsx};
use divan::{Bencher, black_box};
use lygte::checklist::{Catalog, Library, Selection};
use lygte::model::{Answer, AnswerKind, Dossier, Entry, Form, Id, Lang, Method, Questionnaire};
use lygte::questionnaire::{Book, Limits, Reader, Returned, Stamp};
use lygte::report::{PortfolioBook, Reporter, Scored, Setting, SupplierResult, SupplierRows, Views};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

fn main() {
    divan::main();
    // `cargo bench` hands over `--bench`; whoever asks for one bench, or for the list of them, gets that.
    if std::env::args().skip(1).all(|argument| argument == "--bench") {
        ratios();
    }
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

/// Who saved a workbook, and with that how it is stored.
#[derive(Clone, Copy, Debug)]
enum Writer {
    /// Texts in one table, as Excel has them too.
    Lygte,
    /// Texts in their cells.
    Openpyxl,
    /// Every attribute written out, many formats.
    LibreOffice,
    /// Hardly a format; packed so that it takes more room.
    SheetJs,
    /// Folders as entries of their own, `x14ac:dyDescent` in each row.
    Exceljs,
    /// lygte's with a thousand formatted rows below each of four tables, seven cells in each.
    Blanks,
}

const WRITERS: [Writer; 6] =
    [Writer::Lygte, Writer::Openpyxl, Writer::LibreOffice, Writer::SheetJs, Writer::Exceljs, Writer::Blanks];

/// A full questionnaire, answered.
fn workbook(writer: Writer) -> Vec<u8> {
    let lygte: &[u8] = include_bytes!("../examples/suppliers/glansvaerk-eksempel-a-s-f8b4-supplier.xlsx");
    match writer {
        Writer::Lygte => lygte.to_vec(),
        Writer::Openpyxl => include_bytes!("../examples/suppliers/fiktiv-son-aps-5f9f-supplier.xlsx").to_vec(),
        Writer::LibreOffice => {
            include_bytes!("../examples/suppliers/eksempelbyens-rengoring-aps-08ae-supplier.xlsx").to_vec()
        }
        Writer::SheetJs => {
            include_bytes!("../examples/suppliers/storhus-fiktiv-facility-a-s-3192-supplier.xlsx").to_vec()
        }
        Writer::Exceljs => exceljs(lygte),
        Writer::Blanks => blanks(lygte),
    }
}

fn exceljs(bytes: &[u8]) -> Vec<u8> {
    let descent = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac";
    let folders = ["_rels/", "xl/", "xl/_rels/", "xl/worksheets/", "xl/theme/", "docProps/"];
    remade(bytes, &folders, |name, text| {
        if name.starts_with("xl/worksheets/") {
            let rows: Vec<&str> = text.split("<row ").collect();
            let row = rows.join("<row x14ac:dyDescent=\"0.25\" ");
            row.replacen("<worksheet ", &format!("<worksheet xmlns:x14ac=\"{descent}\" "), 1)
        } else if name == "xl/sharedStrings.xml" {
            text.replace('\'', "&apos;")
        } else {
            text
        }
    })
}

fn blanks(bytes: &[u8]) -> Vec<u8> {
    let rows = (500..1500).fold(String::new(), |mut out, row| {
        write!(out, "<row r=\"{row}\">").unwrap();
        for column in "ABCDEFG".chars() {
            write!(out, "<c r=\"{column}{row}\" s=\"9\"/>").unwrap();
        }
        out + "</row>"
    });
    remade(bytes, &[], |name, text| match name {
        // The self-test and the three lists of precautions.
        "xl/worksheets/sheet3.xml"
        | "xl/worksheets/sheet4.xml"
        | "xl/worksheets/sheet5.xml"
        | "xl/worksheets/sheet6.xml" => text.replace("</sheetData>", &format!("{rows}</sheetData>")),
        _ => text,
    })
}

/// The same workbook, its parts stored otherwise.
fn remade(bytes: &[u8], folders: &[&str], stored: impl Fn(&str, String) -> String) -> Vec<u8> {
    let mut parts = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for folder in folders {
        out.add_directory(*folder, SimpleFileOptions::default()).unwrap();
    }
    for index in 0..parts.len() {
        let mut part = parts.by_index(index).unwrap();
        let (name, mut text) = (part.name().unwrap().into_owned(), String::new());
        part.read_to_string(&mut text).unwrap();
        let text = stored(&name, text);
        out.start_file(name, SimpleFileOptions::default()).unwrap();
        out.write_all(text.as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

/// calamine alone: the cells of the sheets that hold answers and of the one that says what the form is; nothing is made of
/// them, and nothing is checked.
fn calamine(bytes: &[u8]) -> usize {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let names = book.sheet_names();
    let wanted = names[1..6].iter().map(String::as_str).chain(["_meta"]);
    wanted.map(|name| book.worksheet_range(name).unwrap().used_cells().count()).sum()
}

/// The guard alone: its one pass yields the cells.
fn guard(bytes: &[u8]) -> Book {
    Book::open(bytes, &"bench.xlsx".into(), &Limits::default()).unwrap()
}

/// From the bytes to answers.
fn answers(reader: &Reader, bytes: &[u8]) -> Returned {
    let book = guard(bytes);
    let stamp = Stamp::read(&book, &mut Vec::new()).unwrap();
    reader.read(&book, stamp.as_ref()).unwrap()
}

fn reader() -> Reader {
    Reader::new(Arc::clone(&QUESTIONNAIRE), &LIBRARY.reference)
}

#[divan::bench(args = WRITERS)]
fn read_1_calamine(bencher: Bencher<'_, '_>, writer: Writer) {
    let bytes = workbook(writer);
    bencher.bench(|| calamine(black_box(&bytes)));
}

#[divan::bench(args = WRITERS)]
fn read_2_guard(bencher: Bencher<'_, '_>, writer: Writer) {
    let bytes = workbook(writer);
    bencher.bench(|| guard(black_box(&bytes)));
}

#[divan::bench(args = WRITERS)]
fn read_3_answers(bencher: Bencher<'_, '_>, writer: Writer) {
    let (bytes, reader) = (workbook(writer), reader());
    bencher.bench(|| answers(&reader, black_box(&bytes)));
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

const DATE: &str = "2026-11-24";

fn reporter() -> Reporter {
    Reporter::new(&std::collections::BTreeMap::new(), LIBRARY.words["report"].clone()).unwrap()
}

#[divan::bench]
fn score(bencher: Bencher<'_, '_>) {
    let dossier = dossier();
    bencher.bench(|| lygte::score::assess(&QUESTIONNAIRE, method(), &LIBRARY.reference, black_box(&dossier)));
}

#[divan::bench(args = ["supplier", "feedback", "json"])]
fn report(bencher: Bencher<'_, '_>, what: &str) {
    let reporter = reporter();
    let lang = danish();
    let setting = Setting { lang: &lang, date: DATE };
    with_scored(|scored| {
        bencher.bench_local(|| match what {
            "supplier" => reporter.supplier(&reporter.views(&setting, scored), &[]).unwrap(),
            "feedback" => reporter.feedback(&setting, scored, &[]).unwrap(),
            _ => serde_json::to_string_pretty(&SupplierResult::of(scored)).unwrap(),
        });
    });
}

#[divan::bench(args = [10, 100], sample_count = 20)]
fn portfolio(bencher: Bencher<'_, '_>, suppliers: usize) {
    with_scored(|scored| bencher.bench_local(|| portfolio_of(scored, suppliers)));
}

fn portfolio_of(scored: &Scored<'_>, suppliers: usize) -> Vec<u8> {
    let (words, lang) = (&LIBRARY.words["report"], danish());
    let mut book = PortfolioBook::new(words, &lang, DATE, None).unwrap();
    for _ in 0..suppliers {
        book.add(SupplierRows::of(&Views::of(&Setting { lang: &lang, date: DATE }, words, scored))).unwrap();
    }
    let mut bytes = Vec::new();
    book.finish(&mut bytes).unwrap();
    bytes
}

/// What a command does before its own work begins: the data files loaded.
#[divan::bench(args = ["prepared", "yaml"], sample_count = 20)]
fn start(what: &str) -> Option<Library> {
    Library::load(&if what == "prepared" { Catalog::built_in() } else { Catalog::embedded() }).0
}

/// Ours to calamine's, from runs in turn. The fastest of many runs is the one that nothing else disturbed.
fn ratios() {
    println!("\nfastest of {RUNS} runs, in turn; calamine reading the same sheets is 1\n");
    println!("| saved by | calamine | guard | answers |\n|---|---|---|---|");
    let reader = reader();
    for writer in WRITERS {
        let bytes = workbook(writer);
        let times = fastest(&mut [
            &mut || {
                black_box(calamine(&bytes));
            },
            &mut || {
                black_box(guard(&bytes));
            },
            &mut || {
                black_box(answers(&reader, &bytes));
            },
        ]);
        println!("| {writer:?} | {:?} | {} | {} |", times[0], ratio(times[1], times[0]), ratio(times[2], times[0]));
    }
    let (bytes, blanks, reporter, lang) = (workbook(Writer::Lygte), workbook(Writer::Blanks), reporter(), danish());
    let setting = Setting { lang: &lang, date: DATE };
    with_scored(|scored| {
        let dossier = dossier();
        let times = fastest(&mut [
            &mut || {
                black_box(calamine(&bytes));
            },
            &mut || {
                black_box(lygte::score::assess(&QUESTIONNAIRE, method(), &LIBRARY.reference, &dossier));
            },
            &mut || {
                black_box(reporter.supplier(&reporter.views(&setting, scored), &[]).unwrap());
            },
            &mut || {
                black_box(reporter.feedback(&setting, scored, &[]).unwrap());
            },
            &mut || {
                black_box(serde_json::to_string_pretty(&SupplierResult::of(scored)).unwrap());
            },
            &mut || {
                black_box(portfolio_of(scored, 10));
            },
            &mut || {
                black_box(answers(&reader, &bytes));
            },
            &mut || {
                black_box(answers(&reader, &blanks));
            },
        ]);
        println!("\n| of one supplier | to calamine reading it |\n|---|---|");
        for (name, time) in ["score", "supplier page", "feedback page", "results.json"].iter().zip(&times[1..]) {
            println!("| {name} | {} |", ratio(*time, times[0]));
        }
        println!("| portfolio | {} |", ratio(times[5] / 10, times[0]));
        println!(
            "\nanswers of a form with 28,000 formatted blank cells, to one without: {}",
            ratio(times[7], times[6])
        );
    });
}

const RUNS: usize = 50;

/// The least time each task took.
fn fastest(tasks: &mut [&mut dyn FnMut()]) -> Vec<Duration> {
    let mut least = vec![Duration::MAX; tasks.len()];
    for _ in 0..RUNS {
        for (task, least) in tasks.iter_mut().zip(&mut least) {
            let begin = Instant::now();
            task();
            *least = begin.elapsed().min(*least);
        }
    }
    least
}

/// With two decimals.
fn ratio(a: Duration, b: Duration) -> String {
    let hundredths = a.as_nanos() * 100 / b.as_nanos();
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}
