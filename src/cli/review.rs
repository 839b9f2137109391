//! `lygte review`: everything that needs an eye, as a workbook to be worked through.

use std::path::PathBuf;

use clap::Args;

use crate::batch::{find_inputs, queue, write_new};

use super::{
    Common, DONE, INCOMPLETE, Outcome,
    reading::{ReadingArgs, progress_bar},
    render::{Console, count},
};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lygte review returned/ -o queue.xlsx
  lygte assess returned/ -o report --reviewed queue.xlsx

Each row is a cell that was not taken as it stood, or a file that could not be read whole. Choose accept or correct; a
correction needs the corrected answer, a reason and initials. It counts for this state of the file only, and stands in
the ledger beside what the supplier wrote.")]
pub(super) struct ReviewArgs {
    /// Workbooks, or folders of them
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Workbook to write
    #[arg(long, short, value_name = "QUEUE.xlsx")]
    output: PathBuf,
    /// Language of the queue [default: the one all questionnaires share, else en]
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    #[command(flatten)]
    reading: ReadingArgs,
}

pub(super) fn run(args: &ReviewArgs, common: &Common, console: &Console) -> Outcome {
    let (_, library) = super::library(common, console)?;
    let lang = args.lang.as_deref().map(|l| super::known_lang(&library, l)).transpose()?;
    super::must_be_new(&args.output)?;
    let inputs = find_inputs(&args.inputs, None)?;
    let reading = args.reading.reading()?;
    let bar = progress_bar(console);
    let progress = |done: usize, total: usize| {
        bar.set_length(u64::try_from(total).unwrap_or_default());
        bar.set_position(u64::try_from(done).unwrap_or_default());
    };
    let made = queue(&library, &inputs, &reading, lang.as_ref(), &progress);
    bar.finish_and_clear();
    let made = made?;
    write_new(&args.output, &made.bytes)?;
    let l = &made.ledger;
    let need = if made.rows == 1 { "row needs" } else { "rows need" };
    console.report(&format!(
        "{} = {} scored + {} partly + {} unreadable; {} skipped\n{:>6}  {need} an eye, in {}\n",
        count(l.inputs, "input"),
        l.scored,
        l.partly,
        l.unreadable,
        l.skipped,
        made.rows,
        args.output.display()
    ))?;
    Ok(if l.partly + l.unreadable > 0 { INCOMPLETE } else { DONE })
}
