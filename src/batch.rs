//! Many workbooks: read in parallel, each apart from the others, joined per supplier, scored, written.
//!
//! The order of results is the order of names, whatever thread did what. A fault in one file costs that file; one in the
//! score or the pages of a supplier, whose files are accounted for by then, ends the run and names the supplier.

mod digest;
mod disk;
mod filled;
mod finish;
mod gather;
mod input;
mod json;
mod legacy;
mod manifest;
mod output;
mod plan;
mod review;
mod sample;
mod workbook;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::checklist::{Catalog, Library};
use crate::diag::{Code, Diagnostic, Place, Severity};
use crate::error::{Error, Result};
use crate::model::{Band, Id, Lang, Method, Role};
use crate::questionnaire::{Invited, Limits};
use crate::report::{
    FileRecord, Index, Ledger, LedgerResult, PortfolioBook, Reminder, ReminderResult, Reporter, ReviewRecord,
    ReviewResult, Setting, Status, Tally, plan_csv, plan_csv_head,
};

use self::finish::{Finished, Run};
use self::json::{Head, JsonWriter};
use self::manifest::Manifest;
use self::output::{Output, Page};
use self::workbook::{Read, Shelf, read_apart};

pub use disk::{write_atomic, write_new};
pub use gather::Gathered;
pub use input::{Input, Inputs, find_inputs};
pub use legacy::ENCRYPTED;
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

    fn count(&mut self, finished: &Finished) {
        let assessment = &finished.assessment;
        *self.priorities.entry(assessment.priority).or_default() += 1;
        if assessment.priority.is_none() && assessment.actions.iter().any(|a| a.sign) {
            self.open_with_signs += 1;
        }
        self.worst = self.worst.max(finished.worst());
    }
}

/// Progress: files or suppliers done, of how many.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// All inputs, accounted for. Their answers are let go and read again when their supplier's turn comes, so that memory
/// does not grow with them.
struct Intake {
    groups: Vec<Group>,
    summary: Summary,
    /// The invited of whom no questionnaire was read.
    waiting: Vec<Invited>,
}

/// One supplier, and which of the inputs are about it.
struct Group {
    id: String,
    lang: Lang,
    has_questionnaire: bool,
    /// Each with the digest it had.
    inputs: Vec<(Input, String)>,
}

impl Group {
    /// Reads its files and joins them.
    fn gather(&self, on: &Shelf<'_>, reading: &Reading) -> Result<(Gathered, Vec<FileRecord>)> {
        let mut reads = Vec::new();
        for (input, sha256) in &self.inputs {
            let read = read_apart(on, input, reading);
            if read.record.sha256 != *sha256 {
                return Err(Error::Unsteady { file: input.name.to_string() });
            }
            reads.push(read);
        }
        let (mut gathered, records) = gather::join(reads, &on.guests);
        let one = gathered.pop().ok_or_else(|| Error::Unsteady { file: self.id.clone() })?;
        Ok((one, records))
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
    keep: &(dyn Fn(&Input, Read) -> T + Sync),
) -> Result<Vec<T>> {
    let done = AtomicUsize::new(0);
    let total = inputs.files.len();
    pool(reading.jobs)?.install(|| {
        let one = |input: &Input| {
            reading.stopped()?;
            let kept = keep(input, read_apart(shelf, input, reading));
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
            Ok(kept)
        };
        inputs.files.par_iter().map(one).collect()
    })
}

/// What is kept of a file that was read.
struct Kept {
    input: Input,
    record: FileRecord,
    outcomes: Vec<review::Outcome>,
    lang: Option<Lang>,
}

fn take_in(shelf: &Shelf<'_>, inputs: &Inputs, reading: &Reading, progress: Progress<'_>) -> Result<Intake> {
    let invited = reading.invited.as_deref();
    let keep = |input: &Input, read: Read| {
        let Read { mut record, part, outcomes } = read;
        record.supplier = part.as_ref().map(|p| gather::id_of(&p.returned, &record, &shelf.guests));
        Kept { input: input.clone(), record, outcomes, lang: part.map(|p| p.returned.lang) }
    };
    let kept = read_all(shelf, inputs, reading, progress, &keep)?;
    let review = reading.reviewed.as_ref().map(|queue| queue.account(kept.iter().flat_map(|k| &k.outcomes)));
    let mut files = Vec::new();
    let mut by_id: BTreeMap<String, Vec<Kept>> = BTreeMap::new();
    for one in kept {
        match one.record.supplier.clone() {
            Some(id) => by_id.entry(id).or_default().push(one),
            None => files.push(one.record),
        }
    }
    let by_id: Vec<(String, Vec<Kept>)> = by_id.into_iter().collect();
    let join = |(id, kept): &(String, Vec<Kept>)| {
        reading.stopped()?;
        let inputs = kept.iter().map(|k| (k.input.clone(), k.record.sha256.clone())).collect();
        let mut group = Group { id: id.clone(), lang: Lang::english(), has_questionnaire: true, inputs };
        if let [one] = kept.as_slice()
            && one.record.role == Some(Role::Supplier)
        {
            group.lang = one.lang.clone().unwrap_or_else(Lang::english);
            return Ok((Some(group), vec![one.record.clone()]));
        }
        // Joining several files brings up more to be said of them.
        match apart(id, || group.gather(shelf, reading)) {
            Ok((gathered, records)) => {
                (group.lang, group.has_questionnaire) = (gathered.dossier.lang, gathered.has_questionnaire);
                Ok((Some(group), records))
            }
            // A fault of ours in joining costs the files of that supplier.
            Err(Error::Fault { .. }) => Ok((None, kept.iter().map(|k| faulty(&k.record)).collect())),
            Err(error) => Err(error),
        }
    };
    let joined: Vec<Result<(Option<Group>, Vec<FileRecord>)>> =
        pool(reading.jobs)?.install(|| by_id.par_iter().map(join).collect());
    drop(by_id);
    let mut groups = Vec::new();
    for one in joined {
        let (group, mut records) = one?;
        groups.extend(group);
        files.append(&mut records);
    }
    files.sort_by(|a, b| a.file.cmp(&b.file));
    let answered: BTreeSet<&str> = groups.iter().filter(|g| g.has_questionnaire).map(|g| g.id.as_str()).collect();
    let is_open = |i: &&Invited| !answered.contains(i.id.as_str());
    let mut waiting: Vec<Invited> = invited.unwrap_or_default().iter().filter(is_open).cloned().collect();
    waiting.sort_by(|a, b| a.id.cmp(&b.id));
    let summary = Summary {
        ledger: ledger(&files, inputs.skipped),
        files,
        priorities: BTreeMap::new(),
        open_with_signs: 0,
        worst: None,
        invited: invited.map(|list| (list.len(), waiting.iter().map(|i| i.id.clone()).collect())),
        review,
    };
    Ok(Intake { groups, summary, waiting })
}

/// A file whose supplier could not be joined.
fn faulty(record: &FileRecord) -> FileRecord {
    let fault = Diagnostic::new(Code::InternalFault, Place::File(record.file.clone()));
    FileRecord { status: Status::Unreadable, supplier: None, diagnostics: vec![fault], ..record.clone() }
}

/// Work on one supplier. By now the ledger counts its files as read, so a fault of ours ends the run, and names it.
fn apart<T>(supplier: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let fault = |_| Err(Error::Fault { supplier: supplier.to_owned() });
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(fault)
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
    let Intake { groups, mut summary, .. } = take_in(&shelf, inputs, reading, progress)?;
    let pool = pool(reading.jobs)?;
    for bunch in groups.chunks(BUNCH) {
        let score = |group: &Group| {
            reading.stopped()?;
            apart(&group.id, || Finished::scored_only(&shelf, method, group.gather(&shelf, reading)?.0))
        };
        let finished: Vec<Result<Finished>> = pool.install(|| bunch.par_iter().map(score).collect());
        for one in finished {
            summary.count(&one?);
        }
    }
    Ok(summary)
}

/// Suppliers go through in bunches: what a bunch holds is let go before the next begins.
const BUNCH: usize = 64;

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

    let Intake { groups, mut summary, waiting } = match take_in(&shelf, inputs, &options.reading, progress) {
        Ok(intake) => intake,
        Err(error) => return Err(halted(&mut output, error, manifest.of(&[])?, Vec::new())),
    };
    let lang = options.lang.clone().unwrap_or_else(|| only(groups.iter().map(|g| &g.lang).collect()));
    let files = std::mem::take(&mut summary.files);
    let run = Run {
        shelf: &shelf,
        method,
        reporter: &reporter,
        words: &words,
        options,
        own: by_supplier(&files),
        lang: &lang,
        key: digest::digest_all([manifest.key(options)?.as_str(), lang.as_str()]),
    };
    let names = run.names(&groups, &waiting);
    // Nothing is replaced before it is known that everything may be.
    if let Err(refused) = output.check(names.iter().map(String::as_str)) {
        output.withdraw()?;
        return Err(refused);
    }
    let written = write(&run, &mut output, &groups, &waiting, &files, &mut summary);
    let finished = written.and_then(|()| output.finish(manifest.of(&files)?));
    match finished {
        Ok(()) => {
            drop(run);
            Ok(Summary { files, ..summary })
        }
        Err(error) => {
            let left = names.into_iter().filter(|n| !output.has(n)).collect();
            Err(halted(&mut output, error, manifest.of(&files)?, left))
        }
    }
}

fn by_supplier(files: &[FileRecord]) -> BTreeMap<&str, Vec<&FileRecord>> {
    let mut own: BTreeMap<&str, Vec<&FileRecord>> = BTreeMap::new();
    for file in files {
        if let Some(id) = &file.supplier {
            own.entry(id).or_default().push(file);
        }
    }
    own
}

/// Ends a run before its end: what is written stays, and the manifest says that it is not all.
fn halted(output: &mut Output, error: Error, head: serde_json::Value, left: Vec<String>) -> Error {
    // On a full disk the manifest that stands there says the same, if less.
    let _ = output.halt(head);
    match error {
        cause @ (Error::Write { .. } | Error::Interrupted { .. } | Error::Fault { .. }) => {
            Error::Halted { cause: Box::new(cause), done: output.done(), left }
        }
        other => other,
    }
}

fn write(
    run: &Run<'_>,
    output: &mut Output,
    groups: &[Group],
    waiting: &[Invited],
    files: &[FileRecord],
    summary: &mut Summary,
) -> Result<()> {
    let Run { options, words, lang, .. } = run;
    let formats = &options.formats;
    let whole = run.key_of(files)?;
    let mut wants = |format, name: &str| formats.contains(&format) && !(options.resume && output.keep(name, &whole));
    let (html, xlsx) = (wants(Format::Html, WHOLE[0]), wants(Format::Xlsx, WHOLE[1]));
    let (json, csv) = (wants(Format::Json, WHOLE[2]), wants(Format::Csv, WHOLE[3]));
    let mut book = xlsx.then(|| PortfolioBook::new(words, lang, &options.date, Some(output.folder()))).transpose()?;
    let mut json = if json {
        let invited = summary.invited.as_ref().map(|(n, waiting)| (*n, waiting.as_slice()));
        let ledger = LedgerResult::of(&summary.ledger, invited);
        let review = summary.review.as_ref().map(ReviewResult::of);
        let head = Head::new(&run.shelf.library.reference, run.method, files, ledger, review);
        Some(JsonWriter::new(output.draft(WHOLE[2])?, &head)?)
    } else {
        None
    };
    let mut csv = csv.then(|| output.draft(WHOLE[3])).transpose()?;
    if let Some(csv) = &mut csv {
        csv.write(plan_csv_head().as_bytes())?;
    }
    let setting = Setting { lang, date: &options.date };
    let mut reminders: Vec<Reminder> = waiting.iter().map(|i| run.not_answered(i)).collect();
    if formats.contains(&Format::Mail) {
        let pages: Vec<Page> = waiting.iter().zip(&reminders).map(|(i, r)| run.mail_to_waiting(i, r)).collect();
        let due: Vec<Page> = pages.into_iter().filter(|p| !(options.resume && output.keep(&p.name, &p.key))).collect();
        output.write(&due)?;
    }
    let (mut rows, mut tally) = (Vec::new(), Tally::default());
    let pool = pool(options.reading.jobs)?;
    for bunch in groups.chunks(BUNCH) {
        // Pages that are there from the very same things are neither made nor written again.
        let due: Vec<(&Group, BTreeSet<String>)> = bunch
            .iter()
            .map(|g| {
                let key = run.key_of_supplier(g)?;
                let names = run.pages_of(g);
                Ok((g, names.into_iter().filter(|n| !(options.resume && output.keep(n, &key))).collect()))
            })
            .collect::<Result<_>>()?;
        let finished: Vec<Result<Finished>> = pool.install(|| {
            let finish = |(group, due): &(&Group, BTreeSet<String>)| {
                options.reading.stopped()?;
                apart(&group.id, || run.finish(group, due))
            };
            due.par_iter().map(finish).collect()
        });
        let mut pages = Vec::new();
        let mut done = Vec::new();
        for finished in finished {
            let mut finished = finished?;
            pages.append(&mut finished.pages);
            done.push(finished);
        }
        output.write(&pages)?;
        for finished in done {
            apart(&finished.dossier.id, || {
                if let Some(json) = &mut json {
                    json.supplier(&finished.json()?)?;
                }
                if let Some(csv) = &mut csv {
                    csv.write(plan_csv(&setting, words, &finished.scored())?.as_bytes())?;
                }
                book.as_mut().map_or(Ok(()), |book| book.add(&finished.scored()))
            })?;
            summary.count(&finished);
            tally.add(&setting, words, &finished.scored());
            reminders.extend(finished.reminder.clone());
            rows.extend(finished.row);
        }
    }
    options.reading.stopped()?;
    reminders.sort_by(|a, b| a.supplier.cmp(&b.supplier));
    let invited = summary.invited.as_ref().map(|(n, waiting)| (*n, waiting.len()));
    if html {
        let index = Index {
            rows: &rows,
            tally: &tally,
            files,
            ledger: &summary.ledger,
            invited,
            reminders: &reminders,
            review: summary.review.as_ref(),
        };
        let page = run.reporter.index(&setting, &index)?;
        output.write(&[Page { name: WHOLE[0].to_owned(), bytes: page.into_bytes(), key: whole.clone() }])?;
    }
    if let Some(mut book) = book {
        book.ledger(files, summary.review.as_ref(), &reminders)?;
        book.overview(&tally, invited)?;
        output.write(&[Page { name: WHOLE[1].to_owned(), bytes: book.finish()?, key: whole.clone() }])?;
    }
    if let Some(json) = json {
        let reminders: Vec<ReminderResult> = reminders.iter().map(ReminderResult::of).collect();
        let draft = json.finish(&reminders)?;
        output.write_draft(WHOLE[2], draft, &whole)?;
    }
    if let Some(csv) = csv {
        output.write_draft(WHOLE[3], csv, &whole)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_names_its_supplier() {
        let error = apart::<()>("acme-1", || panic!("our bug")).unwrap_err();
        assert!(matches!(&error, Error::Fault { supplier } if supplier == "acme-1"), "{error}");
        assert!(apart("acme-1", || Ok(1)).is_ok_and(|n| n == 1));
    }

    #[test]
    fn a_supplier_that_cannot_be_joined_leaves_the_sums_whole() {
        let record = FileRecord {
            file: "a.xlsx".into(),
            sha256: "0".to_owned(),
            role: Some(Role::Assessor),
            status: Status::Scored,
            supplier: Some("acme-1".to_owned()),
            diagnostics: Vec::new(),
        };
        let files = [faulty(&record), record];
        let sums = ledger(&files, 0);
        assert_eq!((sums.inputs, sums.scored, sums.partly, sums.unreadable), (2, 1, 0, 1));
        assert_eq!(files[0].diagnostics[0].code, Code::InternalFault);
    }
}
