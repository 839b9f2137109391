//! Many workbooks: read in parallel, each apart from the others, joined per supplier, scored, written.
//!
//! The order of results is the order of names, whatever thread did what. A fault in one file costs that file.

mod gather;
mod input;
mod output;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::Serialize;

use crate::checklist::{Catalog, Library, Selection};
use crate::diag::{Code, Diagnostic, Place, Severity};
use crate::error::{Error, Result};
use crate::model::{Band, Dossier, Form, Id, Lang, Method, Questionnaire, Role};
use crate::questionnaire::{Book, Invited, Limits, Reader, Returned, Stamp};
use crate::report::{
    FileRecord, FileResult, Ledger, LedgerResult, MethodId, PortfolioBook, Reporter, Row, SCHEMA, Scored, Setting,
    Status, SupplierResult,
};

pub use gather::Gathered;
pub use input::{Inputs, find_inputs};
pub use output::{write_atomic, write_new};

/// Files of which a run writes the kinds that were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Pages.
    Html,
    /// `portfolio.xlsx`
    Xlsx,
    /// `results.json`
    Json,
}

impl Format {
    /// Its name on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
        }
    }
}

/// What to do with the workbooks.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to write.
    pub out: PathBuf,
    /// What to write.
    pub formats: BTreeSet<Format>,
    /// The scoring method.
    pub method: Id,
    /// Language of the reports; without it, the one that all questionnaires share, else English. Feedback is always in
    /// the language of the supplier's questionnaire.
    pub lang: Option<Lang>,
    /// The date on the reports, `YYYY-MM-DD`. It never enters a score.
    pub date: String,
    /// Number of threads; 0 for as many as there are cores.
    pub jobs: usize,
    /// Who was invited.
    pub invited: Option<Vec<Invited>>,
    /// The user's templates, by name.
    pub templates: BTreeMap<String, String>,
    /// Limits on each workbook.
    pub limits: Limits,
}

/// How a run went.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The account of all inputs.
    pub ledger: Ledger,
    /// The inputs.
    pub files: Vec<FileRecord>,
    /// Number of suppliers by priority; `None`: not enough answers.
    pub priorities: BTreeMap<Option<Band>, usize>,
    /// The worst priority, counting floors by signs where there are not enough answers.
    pub worst: Option<Band>,
    /// Ids of invited suppliers of whom no questionnaire was read.
    pub not_answered: Option<Vec<String>>,
}

impl Summary {
    /// Whether any file has a warning.
    pub fn has_warnings(&self) -> bool {
        self.files.iter().flat_map(|f| &f.diagnostics).any(|d| d.severity() >= Severity::Warning)
    }
}

/// Progress: files or suppliers done, of how many.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// A composed questionnaire and its reader.
struct Prepared {
    questionnaire: Arc<Questionnaire>,
    reader: Reader,
}

/// Composed questionnaires, made when the first workbook of their kind comes along.
struct Shelf<'a> {
    library: &'a Library,
    prepared: Mutex<BTreeMap<Selection, Arc<Prepared>>>,
}

impl Shelf<'_> {
    fn get(&self, selection: &Selection) -> Result<Arc<Prepared>> {
        let mut known = self.prepared.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(prepared) = known.get(selection) {
            return Ok(Arc::clone(prepared));
        }
        let questionnaire = Arc::new(self.library.compose(selection)?);
        let reader = Reader::new(Arc::clone(&questionnaire), &self.library.reference);
        let prepared = Arc::new(Prepared { questionnaire, reader });
        known.insert(selection.clone(), Arc::clone(&prepared));
        Ok(prepared)
    }
}

/// One file as it was read.
pub(crate) struct Read {
    pub(crate) record: FileRecord,
    pub(crate) returned: Option<(Returned, Selection)>,
}

/// Reads, scores and reports workbooks.
///
/// # Errors
/// If the run cannot be done: no input, an output folder that cannot be written or is in use, a template that fails.
/// What is wrong with a single workbook stands in the ledger instead.
pub fn assess(
    catalog: &Catalog,
    library: &Library,
    inputs: &Inputs,
    options: &Options,
    progress: Progress<'_>,
) -> Result<Summary> {
    let method = library
        .methods
        .get(&options.method)
        .ok_or_else(|| Error::unknown("method", options.method.as_str(), library.methods.keys().map(Id::as_str)))?;
    let words = library.words.get("report").cloned().unwrap_or_default();
    let reporter = Reporter::new(&options.templates, words.clone())?;
    let mut output = output::Output::open(&options.out)?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.jobs)
        .build()
        .map_err(|e| Error::NoInput(format!("threads cannot be started: {e}")))?;
    let shelf = Shelf { library, prepared: Mutex::new(BTreeMap::new()) };

    let done = AtomicUsize::new(0);
    let total = inputs.files.len();
    let reads: Vec<Read> = pool.install(|| {
        inputs
            .files
            .par_iter()
            .map(|input| {
                let read = read_apart(&shelf, &input.name, &input.path, options);
                progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
                read
            })
            .collect()
    });
    let (gathered, mut files) = gather::join(reads, options.invited.as_deref());
    files.sort_by(|a, b| a.file.cmp(&b.file));

    let ledger = ledger(&files, inputs.skipped);
    let waiting = waiting(options.invited.as_deref(), &gathered);
    let not_answered = options.invited.as_ref().map(|_| waiting.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>());
    let lang = options.lang.clone().unwrap_or_else(|| shared_lang(&gathered));
    let run =
        Run { shelf: &shelf, library, method, reporter: &reporter, words: &words, options, files: &files, lang: &lang };
    let mut book = PortfolioBook::new(&words, &lang, &options.date)?;
    let mut json = JsonWriter::new(
        method,
        &files,
        LedgerResult::of(&ledger, options.invited.as_ref().map(Vec::len), not_answered.clone()),
    );
    let mut rows = Vec::new();
    let mut priorities: BTreeMap<Option<Band>, usize> = BTreeMap::new();
    let mut worst = None;
    // Suppliers go through in bunches: what a bunch holds is let go before the next begins.
    for bunch in gathered.chunks(64) {
        let finished: Vec<Result<Finished>> = pool.install(|| bunch.par_iter().map(|g| run.finish(g)).collect());
        for finished in finished {
            let finished = finished?;
            for (name, text) in &finished.pages {
                output.write(name, text.as_bytes())?;
            }
            json.supplier(&finished.json);
            book.add(&finished.scored(method, library))?;
            *priorities.entry(finished.assessment.priority).or_default() += 1;
            worst = worst.max(finished.worst());
            rows.push(finished.row);
        }
    }
    if options.formats.contains(&Format::Html) {
        let setting = Setting { lang: &lang, date: &options.date };
        let page = reporter.index(&setting, &rows, &files, &ledger, &waiting)?;
        output.write("index.html", page.as_bytes())?;
    }
    if options.formats.contains(&Format::Xlsx) {
        book.ledger(&files)?;
        output.write("portfolio.xlsx", &book.finish()?)?;
    }
    if options.formats.contains(&Format::Json) {
        output.write("results.json", json.finish().as_bytes())?;
    }
    output.finish(&manifest(catalog, method, &files, options))?;
    Ok(Summary { ledger, files, priorities, worst, not_answered })
}

fn ledger(files: &[FileRecord], skipped: usize) -> Ledger {
    let count = |status| files.iter().filter(|f| f.status == status).count();
    Ledger {
        inputs: files.len(),
        scored: count(Status::Scored),
        partly: count(Status::Partly),
        unreadable: count(Status::Unreadable),
        skipped,
    }
}

/// Id and name of those who were invited and of whom no questionnaire was read.
fn waiting(invited: Option<&[Invited]>, gathered: &[Gathered]) -> Vec<(String, String)> {
    let answered: BTreeSet<&str> =
        gathered.iter().filter(|g| g.has_questionnaire).map(|g| g.dossier.id.as_str()).collect();
    let open = |i: &&Invited| !answered.contains(i.id.as_str());
    invited.unwrap_or_default().iter().filter(open).map(|i| (i.id.clone(), i.name.clone())).collect()
}

/// The language that all questionnaires share; else English.
fn shared_lang(gathered: &[Gathered]) -> Lang {
    let langs: BTreeSet<&Lang> = gathered.iter().map(|g| &g.dossier.lang).collect();
    match langs.into_iter().collect::<Vec<_>>().as_slice() {
        [one] => (*one).clone(),
        _ => Lang::english(),
    }
}

fn read_apart(shelf: &Shelf<'_>, name: &Arc<str>, path: &Path, options: &Options) -> Read {
    // Our own faults cost the file, never the run.
    catch_unwind(AssertUnwindSafe(|| read(shelf, name, path, options))).unwrap_or_else(|_| Read {
        record: unreadable(name, String::new(), Diagnostic::new(Code::InternalFault, Place::File(name.clone()))),
        returned: None,
    })
}

fn unreadable(name: &Arc<str>, sha256: String, diagnostic: Diagnostic) -> FileRecord {
    FileRecord {
        file: name.clone(),
        sha256,
        role: None,
        status: Status::Unreadable,
        supplier: None,
        diagnostics: vec![diagnostic],
    }
}

fn read(shelf: &Shelf<'_>, name: &Arc<str>, path: &Path, options: &Options) -> Read {
    let bytes = match input::read(path, name, &options.limits) {
        Ok(bytes) => bytes,
        Err(diagnostic) => return Read { record: unreadable(name, String::new(), *diagnostic), returned: None },
    };
    let sha256 = output::digest(&bytes);
    let mut diagnostics = Vec::new();
    let outcome = Book::open(&bytes, name, &options.limits).and_then(|book| read_book(shelf, &book, &mut diagnostics));
    match outcome {
        Err(diagnostic) => Read { record: unreadable(name, sha256, *diagnostic), returned: None },
        Ok((mut returned, selection)) => {
            diagnostics.append(&mut returned.diagnostics);
            let status = if returned.partly { Status::Partly } else { Status::Scored };
            let record = FileRecord {
                file: name.clone(),
                sha256,
                role: Some(returned.role),
                status,
                supplier: None,
                diagnostics,
            };
            Read { record, returned: Some((returned, selection)) }
        }
    }
}

fn read_book(
    shelf: &Shelf<'_>,
    book: &Book,
    diagnostics: &mut Vec<Diagnostic>,
) -> std::result::Result<(Returned, Selection), Box<Diagnostic>> {
    let foreign = |_| Box::new(Diagnostic::new(Code::ForeignWorkbook, Place::File(book.file.clone())));
    let stamp = Stamp::read(book, diagnostics);
    let Some(stamp) = stamp else {
        // What it was made for is told by its own profile.
        let first = Selection { questionnaire: Id::new("guide"), sectors: Vec::new(), country: None, form: Form::Full };
        let returned = shelf.get(&first).map_err(foreign)?.reader.read(book, None)?;
        let selection = Selection {
            sectors: returned.profile.sectors.iter().flatten().cloned().collect(),
            country: returned.profile.countries.iter().flatten().next().cloned(),
            ..first
        };
        let returned = shelf.get(&selection).map_err(foreign)?.reader.read(book, None)?;
        return Ok((returned, selection));
    };
    let bad = |key: &str| {
        Diagnostic::new(Code::BadMeta, Place::Sheet { file: book.file.clone(), sheet: "_meta".into() }).with("key", key)
    };
    let sectors: Vec<Id> = stamp.sectors.iter().filter(|s| shelf.library.sectors.contains_key(*s)).cloned().collect();
    if sectors.len() != stamp.sectors.len() {
        diagnostics.push(bad("sectors"));
    }
    let selection = Selection {
        questionnaire: stamp.questionnaire.clone(),
        sectors,
        country: stamp.country.clone(),
        form: stamp.form,
    };
    let returned = shelf.get(&selection).map_err(foreign)?.reader.read(book, Some(&stamp))?;
    Ok((returned, selection))
}

/// What the suppliers of one run have in common.
struct Run<'a> {
    shelf: &'a Shelf<'a>,
    library: &'a Library,
    method: &'a Method,
    reporter: &'a Reporter,
    words: &'a crate::model::Words,
    options: &'a Options,
    files: &'a [FileRecord],
    lang: &'a Lang,
}

/// One supplier, scored, with its pages.
struct Finished {
    questionnaire: Arc<Questionnaire>,
    dossier: Dossier,
    assessment: crate::model::Assessment,
    slug: String,
    pages: Vec<(String, String)>,
    json: String,
    row: Row,
}

impl Finished {
    fn scored<'a>(&'a self, method: &'a Method, library: &'a Library) -> Scored<'a> {
        Scored {
            questionnaire: &self.questionnaire,
            method,
            reference: &library.reference,
            dossier: &self.dossier,
            assessment: &self.assessment,
            slug: &self.slug,
        }
    }

    /// Its priority; without enough answers, the worst floor that rests on signs: leaving a form blank hides no sign.
    fn worst(&self) -> Option<Band> {
        let by_signs = || {
            let rests = |id: &str| matches!(id, "F1" | "F2" | "F3" | "F4");
            self.assessment.floors.iter().filter(|f| rests(&f.id)).map(|f| f.priority).max()
        };
        self.assessment.priority.or_else(by_signs)
    }
}

impl Run<'_> {
    fn finish(&self, gathered: &Gathered) -> Result<Finished> {
        let prepared = self.shelf.get(&gathered.selection)?;
        let questionnaire = Arc::clone(&prepared.questionnaire);
        let dossier = gathered.dossier.clone();
        let assessment = crate::score::assess(&questionnaire, self.method, &self.library.reference, &dossier);
        let slug = output::slug(&dossier.id);
        let scored = Scored {
            questionnaire: &questionnaire,
            method: self.method,
            reference: &self.library.reference,
            dossier: &dossier,
            assessment: &assessment,
            slug: &slug,
        };
        let own: Vec<&FileRecord> =
            self.files.iter().filter(|f| f.supplier.as_deref() == Some(dossier.id.as_str())).collect();
        let mut pages = Vec::new();
        if self.options.formats.contains(&Format::Html) {
            let setting = Setting { lang: self.lang, date: &self.options.date };
            // What goes back to the supplier speaks the supplier's language.
            let theirs = Setting { lang: &dossier.lang, date: &self.options.date };
            pages.push((format!("suppliers/{slug}.html"), self.reporter.supplier(&setting, &scored, &own)?));
            pages.push((format!("feedback/{slug}.html"), self.reporter.feedback(&theirs, &scored, &own)?));
        }
        let json = serde_json::to_string_pretty(&SupplierResult::of(&scored)).unwrap_or_default();
        let row = Row::of(&Setting { lang: self.lang, date: &self.options.date }, self.words, &scored);
        Ok(Finished { questionnaire, dossier, assessment, slug, pages, json, row })
    }
}

/// `results.json`, put together piece by piece.
struct JsonWriter {
    text: String,
    first: bool,
}

impl JsonWriter {
    fn new(method: &Method, files: &[FileRecord], ledger: LedgerResult) -> Self {
        #[derive(Serialize)]
        struct Head<'a> {
            schema: &'a str,
            method: MethodId,
            files: Vec<FileResult>,
            ledger: LedgerResult,
        }
        let head = Head {
            schema: SCHEMA,
            method: MethodId::of(method),
            files: files.iter().map(FileResult::of).collect(),
            ledger,
        };
        let mut text = serde_json::to_string_pretty(&head).unwrap_or_default();
        // The closing brace makes room for the suppliers.
        text.truncate(text.trim_end().trim_end_matches('}').trim_end().len());
        text.push_str(",\n  \"suppliers\": [");
        Self { text, first: true }
    }

    fn supplier(&mut self, json: &str) {
        self.text.push_str(if self.first { "\n" } else { ",\n" });
        self.first = false;
        for (i, line) in json.lines().enumerate() {
            if i > 0 {
                self.text.push('\n');
            }
            self.text.push_str("    ");
            self.text.push_str(line);
        }
    }

    fn finish(mut self) -> String {
        self.text.push_str(if self.first { "]\n}\n" } else { "\n  ]\n}\n" });
        self.text
    }
}

/// What a run was made from. No clock, no host name, no path outside of the inputs.
#[derive(Serialize)]
struct Manifest<'a> {
    schema: &'a str,
    version: &'a str,
    method: MethodId,
    checklists: String,
    templates: String,
    options: ManifestOptions<'a>,
    inputs: Vec<InputEntry<'a>>,
}

#[derive(Serialize)]
struct ManifestOptions<'a> {
    date: &'a str,
    formats: Vec<&'a str>,
    lang: Option<&'a str>,
    suppliers: Option<usize>,
}

#[derive(Serialize)]
struct InputEntry<'a> {
    file: &'a str,
    sha256: &'a str,
}

fn manifest(catalog: &Catalog, method: &Method, files: &[FileRecord], options: &Options) -> serde_json::Value {
    let checklists = output::digest_all(catalog.entries().map(|(name, entry)| (name, &*entry.text)));
    let embedded: Vec<(String, String)> = crate::report::built_in_templates();
    let own = options.templates.iter().map(|(n, t)| (n.as_str(), t.as_str()));
    let templates = output::digest_all(embedded.iter().map(|(n, t)| (n.as_str(), t.as_str())).chain(own));
    let manifest = Manifest {
        schema: "lygte/run/1",
        version: env!("CARGO_PKG_VERSION"),
        method: MethodId::of(method),
        checklists,
        templates,
        options: ManifestOptions {
            date: &options.date,
            formats: options.formats.iter().map(|f| f.id()).collect(),
            lang: options.lang.as_ref().map(Lang::as_str),
            suppliers: options.invited.as_ref().map(Vec::len),
        },
        inputs: files.iter().map(|f| InputEntry { file: &f.file, sha256: &f.sha256 }).collect(),
    };
    serde_json::to_value(manifest).unwrap_or_default()
}

/// Reads the workbooks of one supplier into a dossier, for an assessor's form.
///
/// # Errors
/// If the file holds no readable questionnaire.
pub fn read_answers(library: &Library, path: &Path) -> Result<(Dossier, Selection)> {
    let shelf = Shelf { library, prepared: Mutex::new(BTreeMap::new()) };
    let name: Arc<str> = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default().into();
    let fail = |d: &Diagnostic| Error::NoInput(format!("{}: {}", path.display(), d.message()));
    let bytes = input::read(path, &name, &Limits::default()).map_err(|d| fail(&d))?;
    let book = Book::open(&bytes, &name, &Limits::default()).map_err(|d| fail(&d))?;
    let mut diagnostics = Vec::new();
    let (returned, selection) = read_book(&shelf, &book, &mut diagnostics).map_err(|d| fail(&d))?;
    if returned.role != Role::Supplier {
        return Err(Error::NoInput(format!(
            "{}: this is the form of an {}; the supplier's answers are wanted",
            path.display(),
            returned.role.id()
        )));
    }
    let read = Read {
        record: FileRecord {
            file: name,
            sha256: String::new(),
            role: Some(returned.role),
            status: Status::Scored,
            supplier: None,
            diagnostics,
        },
        returned: Some((returned, selection)),
    };
    let (mut gathered, _) = gather::join(vec![read], None);
    let gathered = gathered.pop().ok_or_else(|| Error::NoInput(format!("{}: nothing was read", path.display())))?;
    Ok((gathered.dossier, gathered.selection))
}
