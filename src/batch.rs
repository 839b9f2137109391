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
mod intake;
mod json;
mod kept;
mod legacy;
mod manifest;
mod mask;
mod output;
mod plan;
mod portfolio;
mod review;
mod sample;
mod single;
mod stash;
mod threads;
mod workbook;

pub(crate) use digest::digest;
pub(crate) use input::read as read_file;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::checklist::{Catalog, Library};
use crate::diag::Severity;
use crate::error::{Error, Result};
use crate::model::{Band, Id, Lang, Method};
use crate::questionnaire::{Invited, Limits};
use crate::report::{Ledger, Reporter, ReviewRecord};

use self::finish::{Outcome, Run};
use self::intake::{Group, Intake, take_in};
use self::manifest::{Manifest, ManifestHead};
use self::output::Output;
use self::workbook::Shelf;

pub use agree::{Compared, Differs, ListAgreement, agree};
pub use disk::{write_atomic, write_new};
pub use gather::Gathered;
pub use input::{Input, Inputs, TRACKING, find_inputs};
pub use intake::Files;
pub use legacy::ENCRYPTED;
pub use output::{made_as, unwrite_folder, write_folder};
pub use plan::{Checked as PlanChecked, Remark, RemarkKind, check as check_plan};
pub use review::{Made, Queue, queue};
pub use sample::{Checked, Drawn, Stratum, check, draw, interval};
pub use single::{Lines, Singles, read_singly};
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
#[derive(Debug)]
pub struct Summary {
    /// The account of all inputs.
    pub ledger: Ledger,
    /// The inputs.
    pub files: Files,
    /// The suppliers.
    pub tally: Tally,
    /// With a list of the invited: how many, and ids of those of whom no questionnaire was read.
    pub invited: Option<(usize, Vec<String>)>,
    /// What became of a reviewer's queue.
    pub review: Option<ReviewRecord>,
}

impl Summary {
    fn of(intake: Intake, tally: Tally, reading: &Reading) -> Self {
        let Intake { files, waiting, review, skipped, .. } = intake;
        let waiting = waiting.into_iter().map(|i| i.id).collect();
        let invited = reading.invited.as_ref().map(|list| (list.len(), waiting));
        Self { ledger: files.ledger(skipped), files, tally, invited, review }
    }

    /// Whether any file has a warning.
    pub fn has_warnings(&self) -> bool {
        let mut review = self.review.iter().flat_map(|r| &r.diagnostics);
        self.files.have_warnings() || review.any(|d| d.severity() >= Severity::Warning)
    }
}

/// Suppliers, counted.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How many, by priority; `None`: not enough answers.
    pub priorities: BTreeMap<Option<Band>, usize>,
    /// Of those with not enough answers: how many have signs reported.
    pub open_with_signs: usize,
    /// The worst priority, counting floors by signs where there are not enough answers.
    pub worst: Option<Band>,
}

impl Tally {
    fn count(&mut self, outcome: Outcome) {
        let Outcome { priority, has_signs, worst } = outcome;
        *self.priorities.entry(priority).or_default() += 1;
        self.open_with_signs += usize::from(priority.is_none() && has_signs);
        self.worst = self.worst.max(worst);
    }
}

/// Progress: files or suppliers done, of how many.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// Work on one supplier; `None` if it met a fault of ours.
fn apart<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
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
    let threads = &intake.threads;
    let mut tally = Tally::default();
    for bunch in intake.groups.chunks(threads.bunch()) {
        let files = &intake.files;
        let score = |group: &Group| {
            reading.stopped()?;
            apart(|| finish::score(&shelf, method, group.gather(&shelf, files, group.records(files)?)?.0)).transpose()
        };
        let scored: Vec<Result<Option<Outcome>>> = threads.map(bunch, score);
        for (group, scored) in bunch.iter().zip(scored) {
            match scored? {
                Some(outcome) => tally.count(outcome),
                None => group.lose(&mut intake.files)?,
            }
        }
    }
    Ok(Summary::of(intake, tally, reading))
}

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
    run(catalog, library, options, |shelf, _, folder| take_in(shelf, inputs, &options.reading, Some(folder), progress))
}

/// The same from workbooks that were read elsewhere, in any order: what is written is what a run over their folder writes.
///
/// # Errors
/// Those of [`assess`], and a line that is none of ours, was cut off, or was made with other data or options than these.
pub fn join(
    catalog: &Catalog,
    library: &Library,
    lines: &Lines,
    options: &Options,
    progress: Progress<'_>,
) -> Result<Summary> {
    let reading = &options.reading;
    run(catalog, library, options, |shelf, method, folder| {
        let made = single::made_with(catalog, library, method, reading);
        single::take_in(shelf, lines, &made, reading, folder, progress)
    })
}

/// A run over what `take_in` yields, given the folder to write to.
fn run(
    catalog: &Catalog,
    library: &Library,
    options: &Options,
    take_in: impl FnOnce(&Shelf<'_>, &Method, &Path) -> Result<Intake>,
) -> Result<Summary> {
    let method = method_of(library, &options.method)?;
    let words = library.words.get("report").cloned().unwrap_or_default();
    let reporter = Reporter::new(&options.templates, words.clone())?;
    let manifest = Manifest::new(catalog, &library.reference, method, options);
    let shelf = Shelf::new(library, options.reading.invited.as_deref());
    // The folder is held before the first input is opened.
    let mut output = Output::open(&options.out, options.force)?;

    let mut intake = match take_in(&shelf, method, output.folder()) {
        Ok(intake) => intake,
        Err(error) => return Err(halted(&mut output, error, &manifest.of(None)?, Vec::new())),
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
    // Nothing is replaced before it is known that everything may be.
    if let Err(refused) = output.check(run.names(&intake)) {
        output.withdraw()?;
        return Err(refused);
    }
    let written = portfolio::write(&run, &mut output, &mut intake)
        .and_then(|tally| output.finish(&manifest.of(Some(&intake.files))?).map(|()| tally));
    match written {
        Ok(tally) => Ok(Summary::of(intake, tally, &options.reading)),
        Err(error) => {
            let left = run.names(&intake).filter(|n| !output.has(n)).collect();
            Err(halted(&mut output, error, &manifest.of(Some(&intake.files))?, left))
        }
    }
}

/// Ends a run before its end: what is written stays, and the manifest says that it is not all.
fn halted(output: &mut Output, error: Error, head: &ManifestHead<'_>, left: Vec<String>) -> Error {
    // On a full disk the manifest that stands there says the same, if less.
    let _ = output.halt(head);
    match error {
        cause @ (Error::Write { .. } | Error::Interrupted { .. }) => {
            Error::Halted { cause: Box::new(cause), done: output.done(), left }
        }
        other => other,
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
