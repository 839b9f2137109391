//! `lygte assess`: read, score, report.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use crate::batch::{self, Format, Options, Summary, find_inputs};
use crate::diag::Severity;
use crate::model::{Band, Id};
use crate::questionnaire::{Limits, read_suppliers};

use super::{Common, DONE, INCOMPLETE, MET, Outcome, Stop, render::Console};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lygte assess returned/ -o report
  lygte assess returned/ -o report --lang da --suppliers suppliers.csv
  lygte assess a.xlsx b.xlsx -o report --format json --fail-on high

Exit codes: 0 every input read and scored, 1 the run failed, 2 wrong usage,
3 an input was unreadable or only partly read (with --strict: or has warnings), 4 --fail-on was met.")]
pub(super) struct AssessArgs {
    /// Workbooks, or folders of them
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Folder to write to
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
    /// What to write
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [FormatArg::Html, FormatArg::Xlsx, FormatArg::Json])]
    format: Vec<FormatArg>,
    /// List of invited suppliers: the ledger also says who has not answered
    #[arg(long, value_name = "FILE")]
    suppliers: Option<PathBuf>,
    /// Language of the reports [default: the one all questionnaires share, else en]; feedback is always in the supplier's
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    /// Threads [default: as many as there are cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// Date on the reports, year-month-day [default: `SOURCE_DATE_EPOCH`, else today]
    #[arg(long, value_name = "DATE")]
    date: Option<String>,
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FormatArg {
    /// index.html, suppliers/, feedback/
    Html,
    /// portfolio.xlsx
    Xlsx,
    /// results.json
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum BandArg {
    Low,
    Moderate,
    High,
    Severe,
}

pub(super) fn run(args: &AssessArgs, common: &Common, console: &Console) -> Outcome {
    let date = date(args.date.as_deref())?;
    let (catalog, library) = super::library(common, console)?;
    let lang = args.lang.as_deref().map(|l| super::known_lang(&library, l)).transpose()?;
    let templates = super::export::user_templates(&args.templates)?;
    let invited = args.suppliers.as_deref().map(read_suppliers).transpose()?;
    let method = Id::new(&args.method);
    if !library.methods.contains_key(&method) {
        let there = library.methods.keys().map(Id::as_str);
        return Err(crate::error::Error::unknown("method", &args.method, there).into());
    }
    let inputs = find_inputs(&args.inputs, Some(&args.output))?;
    let options = Options {
        out: args.output.clone(),
        formats: args.format.iter().map(|f| f.format()).collect::<BTreeSet<_>>(),
        method,
        lang,
        date,
        jobs: args.jobs.map_or(0, usize::from),
        invited,
        templates,
        limits: Limits::default(),
    };
    let bar = if console.wants_progress() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("reading {bar:30} {pos}/{len}") {
        bar.set_style(style);
    }
    let progress = |done: usize, total: usize| {
        bar.set_length(u64::try_from(total).unwrap_or_default());
        bar.set_position(u64::try_from(done).unwrap_or_default());
    };
    let summary = batch::assess(&catalog, &library, &inputs, &options, &progress);
    bar.finish_and_clear();
    let summary = summary?;
    for file in &summary.files {
        let worth: Vec<_> = file.diagnostics.iter().filter(|d| d.severity() >= Severity::Warning).cloned().collect();
        console.diagnostics(&worth);
    }
    console.print(&text(&summary, args))?;
    Ok(code(&summary, args))
}

impl FormatArg {
    fn format(self) -> Format {
        match self {
            Self::Html => Format::Html,
            Self::Xlsx => Format::Xlsx,
            Self::Json => Format::Json,
        }
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

fn code(summary: &Summary, args: &AssessArgs) -> u8 {
    let met = args.fail_on.is_some_and(|limit| summary.worst.is_some_and(|worst| worst >= limit.band()));
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
    let epoch = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|s| s.parse::<i64>().ok());
    let moment = epoch.and_then(|s| jiff::Timestamp::from_second(s).ok()).unwrap_or_else(jiff::Timestamp::now);
    Ok(moment.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
}

/// Counts only: names stand in the reports.
fn text(summary: &Summary, args: &AssessArgs) -> String {
    let l = &summary.ledger;
    let mut out = format!(
        "{} inputs = {} scored + {} partly + {} unreadable; {} skipped\n",
        l.inputs, l.scored, l.partly, l.unreadable, l.skipped
    );
    let words: BTreeMap<Band, &str> = BTreeMap::from([
        (Band::Severe, "follow up now, with advice first"),
        (Band::High, "follow up now"),
        (Band::Moderate, "follow up soon"),
        (Band::Low, "in the ordinary course"),
    ]);
    for (priority, count) in summary.priorities.iter().rev() {
        let word = priority.as_ref().map_or("not enough answers, ask again", |p| words[p]);
        let _ = writeln!(out, "{count:>6}  {word}");
    }
    if let Some(missing) = &summary.not_answered {
        let _ = writeln!(out, "{:>6}  invited and not answered", missing.len());
    }
    let wrote = if args.format.contains(&FormatArg::Html) { "index.html" } else { "run.json" };
    let _ = writeln!(out, "reports in {}", args.output.join(wrote).display());
    out
}
