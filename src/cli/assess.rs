//! `lygte assess`: read, score, report.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::BufRead;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::batch::{self, Format, Options, Progress, Queue, Reading, Summary, find_inputs};
use crate::checklist::{Catalog, Library};
use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::error::Error;
use crate::model::{Band, Id, Lang};
use crate::questionnaire::read_suppliers;
use crate::report::Ledger;

use super::{
    Common, DONE, INCOMPLETE, MET, Outcome, Stop, process,
    reading::{ReadingArgs, progress_bar},
    render::{Console, count, plain},
};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lygte assess returned/ -o report
  lygte assess returned/ -o report --lang da --suppliers suppliers.csv
  lygte assess a.xlsx b.xlsx -o report --format json --fail-on high
  lygte assess returned/ --dry-run
  lygte assess returned/ -o report --reviewed queue.xlsx
  lygte assess returned/ -o report --format html,mail --resume
  find . -type f | lygte assess - > part.jsonl

Exit codes: 0 every input read and scored, 1 the run failed, 2 wrong usage,
3 an input was unreadable or only partly read (with --strict: or has warnings), 4 --fail-on was met,
130 or 143 interrupted: what is written is whole, and --resume goes on from there.")]
pub(super) struct AssessArgs {
    /// Workbooks, or folders of them; `-`: read names from standard input, one a line, and write a line of JSON for each, for
    /// `lygte portfolio`
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Folder to write to
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    report: ReportArgs,
    /// Read everything and print the ledger; write nothing
    #[arg(long, conflicts_with_all = ["resume", "force"])]
    dry_run: bool,
}

/// What `assess` and `portfolio` have in common.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "one for each flag of the command line")]
pub(super) struct ReportArgs {
    /// What to write [default: html,xlsx,json,csv]
    #[arg(long, value_enum, value_delimiter = ',')]
    format: Vec<FormatArg>,
    /// List of invited suppliers: the ledger also says who has not answered
    #[arg(long, value_name = "FILE")]
    suppliers: Option<PathBuf>,
    /// Language of the reports [default: the one all questionnaires share, else en]; feedback is always in the supplier's
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    /// Date on the reports, year-month-day [default: `SOURCE_DATE_EPOCH`, else today]
    #[arg(long, value_name = "DATE")]
    date: Option<String>,
    /// Table of country exposure in place of the built-in classes, .csv or .yml, with edition and licence
    #[arg(long, value_name = "FILE")]
    country_exposure: Option<PathBuf>,
    /// Scoring method
    #[arg(long, value_name = "ID", default_value = "fls-1")]
    method: String,
    /// Warnings count like unreadable files for the exit code
    #[arg(long)]
    strict: bool,
    /// Exit with 4 if a supplier has this priority or a more urgent one
    #[arg(long, value_enum, value_name = "PRIORITY")]
    fail_on: Option<BandArg>,
    /// Lay a folder of your own report templates over the built-in ones
    #[arg(long, value_name = "DIR")]
    templates: Vec<PathBuf>,
    #[command(flatten)]
    reading: ReadingArgs,
    /// A queue of `lygte review` that was worked through: its corrections count, beside the supplier's own answers
    #[arg(long, value_name = "QUEUE.xlsx")]
    reviewed: Option<PathBuf>,
    /// Show identity, passport and telephone numbers and e-mail addresses in free text, which are masked otherwise
    #[arg(long)]
    unmasked: bool,
    /// Leave what an earlier run wrote from the same inputs, data and options
    #[arg(long)]
    resume: bool,
    /// Replace files that are not from an earlier run, or were changed since
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatArg {
    /// index.html, suppliers/, feedback/
    Html,
    /// portfolio.xlsx
    Xlsx,
    /// results.json
    Json,
    /// actions.csv: the action plan
    Csv,
    /// mail/: plain texts to send to suppliers, how answers were read and what is open
    Mail,
    /// suppliers/: the internal reports as Markdown, to edit in a word processor
    Md,
    /// suppliers/: the internal reports as PDF, in a build with the feature `pdf`
    Pdf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum BandArg {
    Low,
    Moderate,
    High,
    Severe,
}

pub(super) fn run(args: &AssessArgs, common: &Common, console: &Console) -> Outcome {
    let report = &args.report;
    if args.inputs.iter().any(|i| i.as_os_str() == "-") {
        return singly(args, common, console);
    }
    let Some(out) = args.output.clone().filter(|_| !args.dry_run) else {
        if !args.dry_run {
            return Err(Stop::Usage("name a folder to write to with -o, or --dry-run to write nothing".to_owned()));
        }
        let Ready { library, reading, method, .. } = report.ready(common, console)?;
        let inputs = find_inputs(&args.inputs, args.output.as_deref())?;
        let summary = with_bar(console, |progress| batch::survey(&library, &inputs, &reading, &method, progress))?;
        ledger(&summary, console)?;
        console.print(&text(&summary, None))?;
        return Ok(code(&summary, report));
    };
    let ready = report.ready(common, console)?;
    let inputs = find_inputs(&args.inputs, args.output.as_deref())?;
    write(ready, &out, report, console, |ready, options, progress| {
        batch::assess(&ready.catalog, &ready.library, &inputs, options, progress)
    })
}

/// Data and options, checked before the first workbook is read.
pub(super) struct Ready {
    pub(super) catalog: Catalog,
    pub(super) library: ManuallyDrop<Library>,
    formats: BTreeSet<Format>,
    date: String,
    lang: Option<Lang>,
    templates: BTreeMap<String, String>,
    reading: Reading,
    method: Id,
}

impl ReportArgs {
    pub(super) fn ready(&self, common: &Common, console: &Console) -> Result<Ready, Stop> {
        const USUAL: [FormatArg; 4] = [FormatArg::Html, FormatArg::Xlsx, FormatArg::Json, FormatArg::Csv];
        let formats = if self.format.is_empty() { &USUAL[..] } else { &self.format };
        let formats = formats.iter().map(|f| f.format()).collect::<Result<BTreeSet<_>, _>>()?;
        let date = date(self.date.as_deref())?;
        let (catalog, mut library) = super::library(common, console)?;
        if let Some(path) = &self.country_exposure
            && let Err(error) = library.import_exposure(path)
        {
            if let Error::Invalid(diagnostics) = &error {
                console.diagnostics(&diagnostics.0);
                return Err(Error::NoInput(format!("{}: the table has errors", path.display())).into());
            }
            return Err(error.into());
        }
        let lang = self.lang.as_deref().map(|l| super::known_lang(&library, l)).transpose()?;
        // A slip in somebody's template is told before the first workbook is read.
        let templates = super::templates::read(&self.templates)?;
        if !templates.is_empty() {
            super::trial::bounded(&self.templates, common)?;
            let faults = super::templates::check(&self.templates, &library, false)?;
            if !faults.is_empty() {
                return Err(Error::Templates(Box::new(Diagnostics(faults))).into());
            }
        }
        let invited = self.suppliers.as_deref().map(read_suppliers).transpose()?;
        let method = Id::new(&self.method);
        if !library.methods.contains_key(&method) {
            let there = library.methods.keys().map(Id::as_str);
            return Err(Error::unknown("method", &self.method, there).into());
        }
        let reviewed = self.reviewed.as_deref().map(|path| Queue::read(path, &library)).transpose()?;
        let reading =
            Reading { invited, reviewed, stop: process::watch()?, unmasked: self.unmasked, ..self.reading.reading()? };
        Ok(Ready { catalog, library, formats, date, lang, templates, reading, method })
    }
}

fn with_bar<T>(console: &Console, work: impl FnOnce(Progress<'_>) -> T) -> T {
    let bar = progress_bar(console);
    let progress = |done: usize, total: usize| {
        bar.set_length(u64::try_from(total).unwrap_or_default());
        bar.set_position(u64::try_from(done).unwrap_or_default());
    };
    let done = work(&progress);
    bar.finish_and_clear();
    done
}

/// Does a run that writes a folder, and says how it went.
pub(super) fn write(
    mut ready: Ready,
    out: &Path,
    args: &ReportArgs,
    console: &Console,
    run: impl FnOnce(&Ready, &Options, Progress<'_>) -> Result<Summary, Error>,
) -> Outcome {
    let options = Options {
        out: out.to_owned(),
        formats: std::mem::take(&mut ready.formats),
        method: ready.method.clone(),
        lang: ready.lang.take(),
        date: std::mem::take(&mut ready.date),
        templates: std::mem::take(&mut ready.templates),
        reading: std::mem::take(&mut ready.reading),
        resume: args.resume,
        force: args.force,
    };
    let summary = with_bar(console, |progress| run(&ready, &options, progress))?;
    for file in summary.files.with_warnings() {
        let mut worth = file?.diagnostics;
        worth.retain(|d| d.severity() >= Severity::Warning);
        console.diagnostics(&worth);
    }
    if let Some(review) = &summary.review {
        console.diagnostics(&review.diagnostics);
    }
    console.report(&text(&summary, Some(&written(out, &options.formats))))?;
    Ok(code(&summary, args))
}

/// `lygte assess -`: names in, lines out.
fn singly(args: &AssessArgs, common: &Common, console: &Console) -> Outcome {
    let AssessArgs { inputs, output, report, dry_run } = args;
    if inputs.len() > 1 {
        return Err(Stop::Usage("`-` reads all names from standard input; give no other input beside it".to_owned()));
    }
    let elsewhere = [
        ("-o", output.is_some()),
        ("--dry-run", *dry_run),
        ("--format", !report.format.is_empty()),
        ("--suppliers", report.suppliers.is_some()),
        ("--lang", report.lang.is_some()),
        ("--date", report.date.is_some()),
        ("--fail-on", report.fail_on.is_some()),
        ("--templates", !report.templates.is_empty()),
        ("--resume", report.resume),
        ("--force", report.force),
    ];
    if let Some((option, _)) = elsewhere.into_iter().find(|(_, is_given)| *is_given) {
        return Err(Stop::Usage(format!(
            "`lygte assess -` writes lines to standard output, no report; {option} belongs to `lygte portfolio`"
        )));
    }
    let Ready { catalog, library, reading, method, .. } = report.ready(common, console)?;
    let mut names = names(std::io::stdin().lock());
    let tell = |worth: &[Diagnostic]| console.diagnostics(worth);
    let mut print = |line: &str| console.line(line);
    let done = batch::read_singly(&catalog, &library, &mut names, &reading, &method, &tell, &mut print)?;
    console.note(counts(&done.ledger).trim_end());
    let incomplete = done.ledger.partly + done.ledger.unreadable > 0 || (report.strict && done.has_warnings);
    Ok(if incomplete { INCOMPLETE } else { DONE })
}

/// Names of files, one a line; empty lines are none.
fn names(mut from: impl BufRead) -> impl Iterator<Item = std::io::Result<PathBuf>> {
    std::iter::from_fn(move || {
        loop {
            let mut bytes = Vec::new();
            match from.read_until(b'\n', &mut bytes) {
                Err(e) => return Some(Err(e)),
                Ok(0) => return None,
                Ok(_) => {}
            }
            while bytes.last().is_some_and(|b| matches!(b, b'\n' | b'\r')) {
                bytes.pop();
            }
            if !bytes.is_empty() {
                return Some(Ok(path(bytes)));
            }
        }
    })
}

/// On Unix a name is bytes, whatever they mean.
#[cfg(unix)]
fn path(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt as _;
    std::ffi::OsString::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn path(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

impl FormatArg {
    #[cfg_attr(
        feature = "pdf",
        expect(clippy::unnecessary_wraps, reason = "without the feature there is one it lacks")
    )]
    fn format(self) -> Result<Format, Stop> {
        Ok(match self {
            Self::Html => Format::Html,
            Self::Xlsx => Format::Xlsx,
            Self::Json => Format::Json,
            Self::Csv => Format::Csv,
            Self::Mail => Format::Mail,
            Self::Md => Format::Md,
            #[cfg(feature = "pdf")]
            Self::Pdf => Format::Pdf,
            #[cfg(not(feature = "pdf"))]
            Self::Pdf => {
                return Err(Stop::Usage(
                    "this lygte was built without PDF; build it with `cargo build --release --features pdf`, \
                     or use --format html and print the page from a browser"
                        .to_owned(),
                ));
            }
        })
    }
}

impl BandArg {
    fn band(self) -> Band {
        match self {
            Self::Low => Band::Low,
            Self::Moderate => Band::Moderate,
            Self::High => Band::High,
            Self::Severe => Band::Severe,
        }
    }
}

fn code(summary: &Summary, args: &ReportArgs) -> u8 {
    let met = args.fail_on.is_some_and(|limit| summary.tally.worst.is_some_and(|worst| worst >= limit.band()));
    let ledger = &summary.ledger;
    let incomplete = ledger.partly + ledger.unreadable > 0 || (args.strict && summary.has_warnings());
    if met {
        MET
    } else if incomplete {
        INCOMPLETE
    } else {
        DONE
    }
}

/// `--date`, else `SOURCE_DATE_EPOCH`, else today in UTC.
pub(super) fn date(given: Option<&str>) -> Result<String, Stop> {
    if let Some(text) = given {
        return text
            .parse::<jiff::civil::Date>()
            .map(|d| d.to_string())
            .map_err(|_| Stop::Usage(format!("`{text}` is no date; write it as year-month-day, such as 2026-11-24")));
    }
    let moment = match std::env::var_os("SOURCE_DATE_EPOCH") {
        None => jiff::Timestamp::now(),
        Some(text) => {
            let seconds = text.to_str().and_then(|s| s.trim().parse::<i64>().ok());
            seconds.and_then(|s| jiff::Timestamp::from_second(s).ok()).ok_or_else(|| {
                let text = text.to_string_lossy();
                Stop::Usage(format!("SOURCE_DATE_EPOCH is `{text}`; it is the seconds since 1970, a whole number"))
            })?
        }
    };
    Ok(moment.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
}

/// Every file with what is to be said of it: places and codes, never what stands in a cell.
fn ledger(summary: &Summary, console: &Console) -> Result<(), Stop> {
    let review = summary.review.iter().flat_map(|r| &r.diagnostics);
    for file in summary.files.iter() {
        let file = file?;
        let role = file.role.map_or("?", crate::model::Role::id);
        let mut out = format!("{:<10}  {role:<8}  {}\n", file.status.id(), plain(&file.file));
        for d in &file.diagnostics {
            let _ = writeln!(out, "    {}", said(d));
        }
        console.print(&out)?;
    }
    for d in review {
        console.print(&format!("review: {}\n", said(d)))?;
    }
    Ok(())
}

fn said(d: &Diagnostic) -> String {
    let place = d.place.within();
    let colon = if place.is_empty() { "" } else { ": " };
    // What a cell was taken for tells what stood in it.
    let mut shown = d.clone();
    for (_, value) in shown.args.iter_mut().filter(|(name, _)| *name == "taken") {
        "…".clone_into(value);
    }
    format!("{}{colon}{}[{}] {}", plain(&place), d.severity().id(), d.code.name(), plain(&shown.message()))
}

/// Where to begin to read; without pages, what there is.
fn written(out: &Path, formats: &BTreeSet<Format>) -> String {
    if formats.contains(&Format::Html) {
        return format!("reports in {}", out.join("index.html").display());
    }
    let names = formats.iter().map(|format| match format {
        Format::Html => "index.html",
        Format::Xlsx => "portfolio.xlsx",
        Format::Json => "results.json",
        Format::Csv => "actions.csv",
        Format::Mail => "mail",
        Format::Md => "suppliers",
        #[cfg(feature = "pdf")]
        Format::Pdf => "suppliers",
    });
    format!("wrote {}", names.map(|name| out.join(name).display().to_string()).collect::<Vec<_>>().join(", "))
}

fn counts(l: &Ledger) -> String {
    format!(
        "{} = {} scored + {} partly + {} unreadable; {} skipped\n",
        count(l.inputs, "input"),
        l.scored,
        l.partly,
        l.unreadable,
        l.skipped
    )
}

/// Counts only: names stand in the reports.
fn text(summary: &Summary, wrote: Option<&str>) -> String {
    let mut out = counts(&summary.ledger);
    let words: BTreeMap<Band, &str> = BTreeMap::from([
        (Band::Severe, "follow up now, with advice first"),
        (Band::High, "follow up now"),
        (Band::Moderate, "follow up soon"),
        (Band::Low, "in the ordinary course"),
    ]);
    for (priority, count) in summary.tally.priorities.iter().rev() {
        let _ = match priority {
            Some(priority) => writeln!(out, "{count:>6}  {}", words[priority]),
            None if summary.tally.open_with_signs > 0 => writeln!(
                out,
                "{count:>6}  not enough answers, ask again; {} with signs reported: advice first",
                summary.tally.open_with_signs
            ),
            None => writeln!(out, "{count:>6}  not enough answers, ask again"),
        };
    }
    if let Some((invited, missing)) = &summary.invited {
        let answered = invited.saturating_sub(missing.len());
        let _ = writeln!(out, "{invited} invited = {answered} answered + {} not answered", missing.len());
    }
    if let Some(r) = &summary.review {
        let _ = writeln!(
            out,
            "{} reviewed = {} corrected + {} accepted + {} open + {} not taken",
            count(r.rows, "row"),
            r.corrected,
            r.accepted,
            r.open,
            r.diagnostics.len()
        );
    }
    let _ = match wrote {
        Some(wrote) => writeln!(out, "{wrote}"),
        None => writeln!(out, "nothing was written"),
    };
    out
}
