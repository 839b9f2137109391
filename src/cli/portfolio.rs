//! `lygte portfolio`: what `lygte assess -` read on many machines, joined.

use std::path::PathBuf;

use clap::Args;

use crate::batch::{self, Lines};

use super::assess::{ReportArgs, write};
use super::{Common, Outcome, render::Console};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  find returned -type f | parallel --pipe -N 50 lygte assess - > read.jsonl
  lygte portfolio read.jsonl -o report --suppliers suppliers.csv
  lygte portfolio parts/ -o report
  zcat parts/*.gz | lygte portfolio - -o report

What is written is byte for byte what `lygte assess FOLDER` writes, FOLDER being the folder that all names that were read
have in common, whoever read which of them in which order. --checklists, --method, --country-exposure, --limit,
--legacy-formats, --unmasked and --reviewed must be the same here as there.

Exit codes: those of `lygte assess`.")]
pub(super) struct PortfolioArgs {
    /// Lines of `lygte assess -`: files, folders of them as Spark writes them, or `-` for standard input
    #[arg(required = true, value_name = "RESULTS")]
    results: Vec<PathBuf>,
    /// Folder to write to
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
    #[command(flatten)]
    report: ReportArgs,
}

pub(super) fn run(args: &PortfolioArgs, common: &Common, console: &Console) -> Outcome {
    let ready = args.report.ready(common, console)?;
    let lines = Lines::find(&args.results)?;
    write(ready, &args.output, &args.report, console, |ready, options, progress| {
        batch::join(&ready.catalog, &ready.library, &lines, options, progress)
    })
}
