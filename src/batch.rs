//! Many workbooks: read in parallel, each apart from the others, joined per supplier, scored, written.
//!
//! The order of results is the order of names, whatever thread did what. A fault of ours in one file costs that file; one
//! in the score or the reports of a supplier costs that supplier's files. So what is said of all files together, in the
//! ledger, is said when all suppliers are done, and nothing of a supplier is written before all of it is made.

mod agree;
mod digest;
mod disk;
mod filled;
mod finish;
mod gather;
mod input;
mod json;
mod legacy;
mod manifest;
mod mask;
mod output;
mod plan;
mod review;
mod sample;
mod stash;
mod workbook;

pub(crate) use digest::digest;
pub(crate) use input::read as read_file;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::iter::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use crate::checklist::{Catalog, Library};
use crate::diag::{Code, Diagnostic, Place, Severity};
use crate::error::{Error, Result};
use crate::model::{Band, Id, Lang, Method, Role};
use crate::questionnaire::{Invited, Limits};
use crate::report::{
    FileRecord, Index, Ledger, PortfolioBook, Reminder, Reporter, ReviewRecord, Row, Setting, Status, Totals,
    plan_csv_head,
};

use self::disk::Draft;
use self::finish::{Finished, Outcome, Run, Wanted};
use self::json::{Head, JsonWriter};
use self::manifest::Manifest;
use self::output::{Output, Page};
use self::stash::Stash;
use self::workbook::{Read, Shelf, read_apart};

pub use agree::{Compared, Differs, ListAgreement, agree};
pub use disk::{write_atomic, write_new};
pub use gather::Gathered;
pub use input::{Input, Inputs, TRACKING, find_inputs};
pub use legacy::ENCRYPTED;
pub use output::{made_as, unwrite_folder, write_folder};
pub use plan::{Checked as PlanChecked, Remark, RemarkKind, check as check_plan};
pub use review::{Made, Queue, queue};
pub use sample::{Checked, Drawn, Stratum, check, draw, interval};
pub use workbook::read_answers;

/// Files that a run writes once, beside one or more of each kind per supplier.
const WHOLE: [&str; 4] = ["index.html", "portfolio.xlsx", "results.json", "actions.csv"];
/// Folders of what is written per supplier.
const SUBFOLDERS: [&str; 3] = ["suppliers", "feedback", "mail"];

/// Files of which a run writes the kinds that were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Pages.
    Html,
    /// `portfolio.xlsx`
    Xlsx,
    /// `results.json`
    Json,
    /// `actions.csv`
    Csv,
    /// Plain texts that can be mailed to suppliers.
    Mail,
    /// The internal reports as Markdown.
    Md,
    /// The internal reports as PDF.
    #[cfg(feature = "pdf")]
    Pdf,
}

impl Format {
    /// Its name on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Mail => "mail",
            Self::Md => "md",
            #[cfg(feature = "pdf")]
            Self::Pdf => "pdf",
        }
    }
}

/// How workbooks are read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Number of threads; 0 for as many as there are cores.
    pub jobs: usize,
    /// Who was invited.
    pub invited: Option<Vec<Invited>>,
    /// What a reviewer decided.
    pub reviewed: Option<Queue>,
    /// Limits on each workbook.
    pub limits: Limits,
    /// Show personal data in free text, which is masked otherwise.
    pub unmasked: bool,
    /// The program that reads old formats, this one; `None`: they are not read.
    pub legacy: Option<PathBuf>,
    /// Number of the signal that asked the run to end; 0: none has.
    pub stop: Arc<AtomicUsize>,
}

impl Reading {
    /// Whether the run was asked to end.
    fn stopped(&self) -> Result<()> {
        match self.stop.load(Ordering::SeqCst) {
            0 => Ok(()),
            signal => Err(Error::Interrupted { signal }),
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
    /// The user's templates, by name.
    pub templates: BTreeMap<String, String>,
    /// How to read.
    pub reading: Reading,
    /// Leave what an earlier run wrote from the same inputs, data and options as it is.
    pub resume: bool,
    /// Replace files that are somebody else's or were changed.
    pub force: bool,
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
    /// Of those with not enough answers: how many have signs reported.
    pub open_with_signs: usize,
    /// The worst priority, counting floors by signs where there are not enough answers.
    pub worst: Option<Band>,
    /// With a list of the invited: how many, and ids of those of whom no questionnaire was read.
    pub invited: Option<(usize, Vec<String>)>,
    /// What became of a reviewer's queue.
    pub review: Option<ReviewRecord>,
}

impl Summary {
    /// Whether any file has a warning.
    pub fn has_warnings(&self) -> bool {
        let review = self.review.iter().flat_map(|r| &r.diagnostics);
        self.files.iter().flat_map(|f| &f.diagnostics).chain(review).any(|d| d.severity() >= Severity::Warning)
    }

    fn count(&mut self, outcome: Outcome) {
        let Outcome { priority, has_signs, worst } = outcome;
        *self.priorities.entry(priority).or_default() += 1;
        self.open_with_signs += usize::from(priority.is_none() && has_signs);
        self.worst = self.worst.max(worst);
    }
}

/// Progress: files or suppliers done, of how many.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// All inputs, accounted for. What was read of them waits in the stash.
struct Intake {
    groups: Vec<Group>,
    /// Files of nobody: unreadable.
    others: Vec<FileRecord>,
    /// The invited of whom no questionnaire was read.
    waiting: Vec<Invited>,
    summary: Summary,
    stash: Stash,
}

/// One supplier, and which of the inputs are about it.
struct Group {
    id: String,
    lang: Lang,
    has_questionnaire: bool,
    /// The account of its files.
    files: Vec<FileRecord>,
    /// Where what was read of them lies.
    stashed: BTreeMap<Arc<str>, stash::Place>,
}

impl Intake {
    /// The account of all files, in the order of names.
    fn records(&self) -> Vec<&FileRecord> {
        let mut all: Vec<&FileRecord> = self.groups.iter().flat_map(|g| &g.files).chain(&self.others).collect();
        all.sort_by(|a, b| a.file.cmp(&b.file));
        all
    }

    /// The summary, when all suppliers are done.
    fn close(self, skipped: usize) -> (Summary, Vec<Invited>) {
        let mut files = self.others;
        files.extend(self.groups.into_iter().flat_map(|g| g.files));
        files.sort_by(|a, b| a.file.cmp(&b.file));
        (Summary { ledger: ledger(&files, skipped), files, ..self.summary }, self.waiting)
    }
}

impl Group {
    /// Joins its files. The account of them comes back with what joining brought up.
    fn gather(&self, on: &Shelf<'_>, stash: &Stash) -> Result<(Gathered, Vec<FileRecord>)> {
        let mut reads = Vec::new();
        for record in &self.files {
            let part = self.stashed.get(&record.file).map(|place| stash.get(*place, on)).transpose()?;
            reads.push(Read { record: record.clone(), part, outcomes: Vec::new() });
        }
        let (mut gathered, records) = gather::join(reads, &on.guests);
        let one = gathered.pop().ok_or_else(|| Error::NoInput(format!("nothing was read of {}", self.id)))?;
        Ok((one, records))
    }

    /// A fault of ours costs it its files.
    fn lose(&mut self) {
        for file in &mut self.files {
            let fault = Diagnostic::new(Code::InternalFault, Place::File(file.file.clone()));
            (file.status, file.supplier, file.diagnostics) = (Status::Unreadable, None, vec![fault]);
        }
    }
}

fn pool(jobs: usize) -> Result<rayon::ThreadPool> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).build();
    pool.map_err(|e| Error::NoInput(format!("threads cannot be started: {e}")))
}

/// Reads every input, each apart from the others, and keeps of it what is asked for.
fn read_all<T: Send>(
    shelf: &Shelf<'_>,
    inputs: &Inputs,
    reading: &Reading,
    progress: Progress<'_>,
    keep: &(dyn Fn(Read) -> Result<T> + Sync),
) -> Result<Vec<T>> {
    let done = AtomicUsize::new(0);
    let total = inputs.files.len();
    pool(reading.jobs)?.install(|| {
        let one = |input: &Input| {
            reading.stopped()?;
            let kept = keep(read_apart(shelf, input, reading))?;
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
            Ok(kept)
        };
        inputs.files.par_iter().map(one).collect()
    })
}

/// What is kept of a file that was read.
struct Kept {
    record: FileRecord,
    outcomes: Vec<review::Outcome>,
    lang: Option<Lang>,
    place: Option<stash::Place>,
}

/// Reads every input, each once. `folder` is where the run writes.
fn take_in(
    shelf: &Shelf<'_>,
    inputs: &Inputs,
    reading: &Reading,
    folder: Option<&Path>,
    progress: Progress<'_>,
) -> Result<Intake> {
    let stash = Stash::new(folder);
    let invited = reading.invited.as_deref();
    let keep = |read: Read| {
        let Read { mut record, part, outcomes } = read;
        record.supplier = part.as_ref().map(|p| gather::id_of(&p.returned, &record, &shelf.guests));
        let lang = part.as_ref().map(|p| p.returned.lang.clone());
        Ok(Kept { record, outcomes, lang, place: part.map(|p| stash.put(p)).transpose()? })
    };
    let kept = read_all(shelf, inputs, reading, progress, &keep)?;
    let review = reading.reviewed.as_ref().map(|queue| queue.account(kept.iter().flat_map(|k| &k.outcomes)));
    let mut others = Vec::new();
    let mut by_id: BTreeMap<String, Vec<Kept>> = BTreeMap::new();
    for one in kept {
        match one.record.supplier.clone() {
            Some(id) => by_id.entry(id).or_default().push(one),
            None => others.push(one.record),
        }
    }
    let join = |(id, kept): (String, Vec<Kept>)| {
        reading.stopped()?;
        let has_questionnaire = kept.iter().any(|k| k.record.role == Some(Role::Supplier));
        let lang = kept.first().and_then(|k| k.lang.clone()).unwrap_or_else(Lang::english);
        let stashed = kept.iter().filter_map(|k| Some((k.record.file.clone(), k.place?))).collect();
        let files = kept.into_iter().map(|k| k.record).collect();
        let mut group = Group { id, lang, has_questionnaire, files, stashed };
        // Joining several files, or one without a questionnaire, brings up more to be said of them.
        if group.files.len() > 1 || !has_questionnaire {
            let Some(joined) = apart(|| group.gather(shelf, &stash)) else {
                group.lose();
                return Ok((group, false));
            };
            let (gathered, records) = joined?;
            (group.lang, group.files) = (gathered.dossier.lang, records);
        }
        group.files.sort_by(|a, b| a.file.cmp(&b.file));
        Ok((group, true))
    };
    let by_id: Vec<(String, Vec<Kept>)> = by_id.into_iter().collect();
    let joined: Vec<Result<(Group, bool)>> = pool(reading.jobs)?.install(|| by_id.into_par_iter().map(join).collect());
    let mut groups = Vec::new();
    let mut answered = BTreeSet::new();
    for one in joined {
        let (group, is_joined) = one?;
        if group.has_questionnaire {
            answered.insert(group.id.clone());
        }
        if is_joined { groups.push(group) } else { others.extend(group.files) }
    }
    let is_open = |i: &&Invited| !answered.contains(&i.id);
    let mut waiting: Vec<Invited> = invited.unwrap_or_default().iter().filter(is_open).cloned().collect();
    waiting.sort_by(|a, b| a.id.cmp(&b.id));
    let summary = Summary {
        ledger: Ledger::default(),
        files: Vec::new(),
        priorities: BTreeMap::new(),
        open_with_signs: 0,
        worst: None,
        invited: invited.map(|list| (list.len(), waiting.iter().map(|i| i.id.clone()).collect())),
        review,
    };
    Ok(Intake { groups, others, waiting, summary, stash })
}

/// Work on one supplier; `None` if it met a fault of ours.
fn apart<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
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

/// The language that all share; else English.
fn only(langs: BTreeSet<&Lang>) -> Lang {
    match langs.into_iter().collect::<Vec<_>>().as_slice() {
        [one] => (*one).clone(),
        _ => Lang::english(),
    }
}

fn method_of<'a>(library: &'a Library, id: &Id) -> Result<&'a Method> {
    let there = || library.methods.keys().map(Id::as_str);
    library.methods.get(id).ok_or_else(|| Error::unknown("method", id.as_str(), there()))
}

/// Reads and scores workbooks, and writes nothing: the ledger of a run that was not made.
///
/// # Errors
/// If the method is unknown or the run is interrupted.
pub fn survey(
    library: &Library,
    inputs: &Inputs,
    reading: &Reading,
    method: &Id,
    progress: Progress<'_>,
) -> Result<Summary> {
    let method = method_of(library, method)?;
    let shelf = Shelf::new(library, reading.invited.as_deref());
    let mut intake = take_in(&shelf, inputs, reading, None, progress)?;
    let pool = pool(reading.jobs)?;
    let stash = &intake.stash;
    for bunch in intake.groups.chunks_mut(BUNCH * pool.current_num_threads()) {
        let score = |group: &Group| {
            reading.stopped()?;
            apart(|| finish::score(&shelf, method, group.gather(&shelf, stash)?.0)).transpose()
        };
        let scored: Vec<Result<Option<Outcome>>> = pool.install(|| bunch.par_iter().map(score).collect());
        for (group, scored) in bunch.iter_mut().zip(scored) {
            match scored? {
                Some(outcome) => intake.summary.count(outcome),
                None => group.lose(),
            }
        }
    }
    Ok(intake.close(inputs.skipped).0)
}

/// Suppliers go through in bunches, so many for each thread: what a bunch holds is let go before the next begins.
const BUNCH: usize = 8;

/// Reads, scores and reports workbooks.
///
/// # Errors
/// If the run cannot be done: no input, an output folder that cannot be written or is in use, a template that fails, or
/// the run is interrupted. What is wrong with a single workbook stands in the ledger instead.
pub fn assess(
    catalog: &Catalog,
    library: &Library,
    inputs: &Inputs,
    options: &Options,
    progress: Progress<'_>,
) -> Result<Summary> {
    let method = method_of(library, &options.method)?;
    let words = library.words.get("report").cloned().unwrap_or_default();
    let reporter = Reporter::new(&options.templates, words.clone())?;
    let manifest = Manifest::new(catalog, &library.reference, method, options);
    let shelf = Shelf::new(library, options.reading.invited.as_deref());
    // The folder is held before the first input is opened.
    let mut output = Output::open(&options.out, options.force)?;

    let mut intake = match take_in(&shelf, inputs, &options.reading, Some(output.folder()), progress) {
        Ok(intake) => intake,
        Err(error) => return Err(halted(&mut output, error, manifest.of([])?, Vec::new())),
    };
    let lang = options.lang.clone().unwrap_or_else(|| only(intake.groups.iter().map(|g| &g.lang).collect()));
    let run = Run {
        shelf: &shelf,
        method,
        reporter: &reporter,
        words: &words,
        options,
        lang: &lang,
        key: digest::digest_all([manifest.key(options)?.as_str(), lang.as_str()]),
    };
    let names = run.names(&intake.groups, &intake.waiting);
    // Nothing is replaced before it is known that everything may be.
    if let Err(refused) = output.check(names.iter().map(String::as_str)) {
        output.withdraw()?;
        return Err(refused);
    }
    let suppliers = Portfolio::begin(&run, &mut output, &intake).and_then(|mut portfolio| {
        portfolio.suppliers(&run, &mut output, &mut intake)?;
        Ok(portfolio)
    });
    let (summary, waiting) = intake.close(inputs.skipped);
    let finished = suppliers
        .and_then(|portfolio| portfolio.finish(&run, &mut output, &summary, &waiting))
        .and_then(|()| output.finish(manifest.of(&summary.files)?));
    match finished {
        Ok(()) => Ok(summary),
        Err(error) => {
            let left = names.into_iter().filter(|n| !output.has(n)).collect();
            Err(halted(&mut output, error, manifest.of(&summary.files)?, left))
        }
    }
}

/// Ends a run before its end: what is written stays, and the manifest says that it is not all.
fn halted(output: &mut Output, error: Error, head: serde_json::Value, left: Vec<String>) -> Error {
    // On a full disk the manifest that stands there says the same, if less.
    let _ = output.halt(head);
    match error {
        cause @ (Error::Write { .. } | Error::Interrupted { .. }) => {
            Error::Halted { cause: Box::new(cause), done: output.done(), left }
        }
        other => other,
    }
}

/// What all suppliers of a run go into.
struct Portfolio {
    html: bool,
    book: Option<PortfolioBook>,
    json: Option<JsonWriter>,
    plan: Option<Draft>,
    rows: Vec<Row>,
    totals: Totals,
    reminders: Vec<Reminder>,
}

impl Portfolio {
    /// Begins those of its files that are wanted and are not there already.
    fn begin(run: &Run<'_>, output: &mut Output, intake: &Intake) -> Result<Self> {
        let Run { options, words, lang, .. } = run;
        let whole = run.key_of(intake.records())?;
        let mut wants =
            |format, name: &str| options.formats.contains(&format) && !(options.resume && output.keep(name, &whole));
        let (html, xlsx) = (wants(Format::Html, WHOLE[0]), wants(Format::Xlsx, WHOLE[1]));
        let (json, csv) = (wants(Format::Json, WHOLE[2]), wants(Format::Csv, WHOLE[3]));
        let book = || PortfolioBook::new(words, lang, &options.date, Some(output.folder()));
        let book = xlsx.then(book).transpose()?;
        let json = if json {
            let head = Head::new(&run.shelf.library.reference, run.method);
            Some(JsonWriter::new(output.draft(WHOLE[2])?, &head)?)
        } else {
            None
        };
        let mut plan = csv.then(|| output.draft(WHOLE[3])).transpose()?;
        if let Some(plan) = &mut plan {
            plan.write(plan_csv_head().as_bytes())?;
        }
        let reminders = intake.waiting.iter().map(|i| run.not_answered(i)).collect();
        Ok(Self { html, book, json, plan, rows: Vec::new(), totals: Totals::default(), reminders })
    }

    /// Takes in the suppliers, bunch by bunch, and writes their pages.
    fn suppliers(&mut self, run: &Run<'_>, output: &mut Output, intake: &mut Intake) -> Result<()> {
        let options = run.options;
        if options.formats.contains(&Format::Mail) {
            let waiting = intake.waiting.iter().zip(&self.reminders);
            let mut pages: Vec<Page> = waiting.map(|(i, r)| run.mail_to_waiting(i, r)).collect();
            pages.retain(|p| !(options.resume && output.keep(&p.name, &p.key)));
            output.write(&pages)?;
        }
        let pool = pool(options.reading.jobs)?;
        let stash = &intake.stash;
        for bunch in intake.groups.chunks_mut(BUNCH * pool.current_num_threads()) {
            let mut due = Vec::new();
            for group in &*bunch {
                let key = run.key_of(&group.files)?;
                // Pages that are there from the very same things are neither made nor written again.
                let mut names = run.pages_of(group);
                names.retain(|name| !(options.resume && output.keep(name, &key)));
                due.push((group, names, key));
            }
            let wanted = Wanted { rows: self.book.is_some(), json: self.json.is_some(), plan: self.plan.is_some() };
            let finish = |(group, names, key): &(&Group, Vec<String>, String)| {
                options.reading.stopped()?;
                apart(|| run.finish(group.gather(run.shelf, stash)?.0, group, names, key, wanted)).transpose()
            };
            let finished: Vec<Result<Option<Finished>>> = pool.install(|| due.par_iter().map(finish).collect());
            drop(due);
            let mut pages = Vec::new();
            for (group, finished) in bunch.iter_mut().zip(finished) {
                let Some(mut finished) = finished? else {
                    group.lose();
                    continue;
                };
                pages.append(&mut finished.pages);
                self.add(finished, &mut intake.summary)?;
            }
            output.write(&pages)?;
        }
        options.reading.stopped()
    }

    fn add(&mut self, finished: Finished, summary: &mut Summary) -> Result<()> {
        if let (Some(json), Some(text)) = (&mut self.json, &finished.json) {
            json.entry(text)?;
        }
        if let (Some(book), Some(rows)) = (&mut self.book, finished.rows) {
            book.add(rows)?;
        }
        if let (Some(plan), Some(text)) = (&mut self.plan, &finished.plan) {
            plan.write(text.as_bytes())?;
        }
        self.totals.merge(finished.totals);
        summary.count(finished.outcome);
        self.reminders.extend(finished.reminder);
        if self.html {
            self.rows.push(finished.row);
        }
        Ok(())
    }

    /// Ends it with the account of all files.
    fn finish(mut self, run: &Run<'_>, output: &mut Output, summary: &Summary, waiting: &[Invited]) -> Result<()> {
        let Summary { ledger, files, review, .. } = summary;
        let whole = run.key_of(files)?;
        self.reminders.sort_by(|a, b| a.supplier.cmp(&b.supplier));
        let invited = summary.invited.as_ref().map(|(n, _)| (*n, waiting.len()));
        if self.html {
            let index = Index {
                rows: &self.rows,
                totals: &self.totals,
                files,
                ledger,
                invited,
                reminders: &self.reminders,
                review: review.as_ref(),
            };
            let page = run.reporter.index(&Setting { lang: run.lang, date: &run.options.date }, &index)?;
            output.write(&[Page { name: WHOLE[0].to_owned(), bytes: page.into_bytes(), key: whole.clone() }])?;
        }
        if let Some(mut book) = self.book {
            book.ledger(files, review.as_ref(), &self.reminders)?;
            book.overview(&self.totals, invited)?;
            output.write(&[Page { name: WHOLE[1].to_owned(), bytes: book.finish()?, key: whole.clone() }])?;
        }
        if let Some(json) = self.json {
            let draft = json.finish(summary, &self.reminders)?;
            output.write_draft(WHOLE[2], draft, &whole)?;
        }
        if let Some(plan) = self.plan {
            output.write_draft(WHOLE[3], plan, &whole)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklist::Selection;
    use crate::model::{Form, Role};
    use crate::questionnaire::{WriteOptions, write};

    /// The supplier at whose score tests have a fault.
    pub(super) const FAULTY: &str = "faulty-1";

    fn library() -> (Catalog, Library) {
        let catalog = Catalog::embedded();
        let library = Library::load(&catalog).0.unwrap();
        (catalog, library)
    }

    fn workbook(library: &Library, folder: &Path, id: &str) {
        let (questionnaire, sectors) = (Id::new("guide"), vec![Id::new("cleaning")]);
        let form = Form::Short;
        let made = library.compose(&Selection { questionnaire, sectors, country: None, form }).unwrap();
        let options = WriteOptions {
            role: Role::Supplier,
            lang: &Lang::english(),
            supplier_id: Some(id),
            supplier_name: Some(id),
            country: None,
            reference: &library.reference,
            answers: None,
        };
        write_new(&folder.join(format!("{id}.xlsx")), &write(&made, &options).unwrap()).unwrap();
    }

    #[test]
    fn a_fault_at_one_supplier_costs_its_files_and_nothing_else() {
        let (catalog, library) = library();
        let folder = tempfile::tempdir().unwrap();
        for id in ["a-1", FAULTY, "z-1"] {
            workbook(&library, &folder.path().join("in"), id);
        }
        let invite = |id: &str| Invited { id: id.to_owned(), name: id.to_owned(), ..Invited::default() };
        let run = |out: &str, resume: bool| {
            let inputs = find_inputs(&[folder.path().join("in")], None).unwrap();
            let reading = Reading { invited: Some(vec![invite("a-1"), invite(FAULTY)]), ..Reading::default() };
            let options = Options {
                out: folder.path().join(out),
                formats: [Format::Html, Format::Xlsx, Format::Json, Format::Csv, Format::Mail].into(),
                method: Id::new("fls-1"),
                lang: None,
                date: "2026-11-24".to_owned(),
                templates: BTreeMap::new(),
                reading,
                resume,
                force: false,
            };
            assess(&catalog, &library, &inputs, &options, &|_, _| {}).unwrap()
        };
        let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
        let whole = |out: &str| WHOLE.map(|name| read(&format!("{out}/{name}")));

        let summary = run("out", false);
        let Ledger { inputs, scored, partly, unreadable, .. } = summary.ledger;
        assert_eq!((inputs, scored, partly, unreadable), (3, 2, 0, 1));
        assert_eq!(summary.invited, Some((2, Vec::new())), "the supplier did answer");
        let results: serde_json::Value = serde_json::from_slice(&read("out/results.json")).unwrap();
        assert_eq!(results["ledger"]["unreadable"], 1);
        let lost = &results["files"][1];
        assert_eq!((&lost["status"], &lost["supplier"]), (&"unreadable".into(), &serde_json::Value::Null));
        assert_eq!(lost["diagnostics"][0]["code"], "internal-fault");
        let ids: Vec<_> = results["suppliers"].as_array().unwrap().iter().map(|s| &s["id"]).collect();
        assert_eq!(ids, ["a-1", "z-1"]);
        assert!(!folder.path().join(format!("out/suppliers/{FAULTY}.html")).exists());
        let index = String::from_utf8(read("out/index.html")).unwrap();
        assert!(!index.contains(&format!("suppliers/{FAULTY}.html")));

        // Another run, and one that goes on from it, come to the same; the others' pages are those of a run without it.
        let first = whole("out");
        run("out", true);
        assert_eq!(whole("out"), first);
        let surveyed = {
            let inputs = find_inputs(&[folder.path().join("in")], None).unwrap();
            survey(&library, &inputs, &Reading::default(), &Id::new("fls-1"), &|_, _| {}).unwrap()
        };
        assert_eq!(surveyed.ledger, summary.ledger);
        std::fs::remove_file(folder.path().join(format!("in/{FAULTY}.xlsx"))).unwrap();
        run("without", false);
        for page in ["suppliers/a-1.html", "feedback/a-1.html", "mail/a-1.txt", "suppliers/z-1.html"] {
            assert_eq!(read(&format!("out/{page}")), read(&format!("without/{page}")), "{page}");
        }
    }
}
