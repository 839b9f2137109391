//! `lygte sample`: answers for a second assessor, and the share of readings found wrong.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use crate::batch::{check, draw, find_inputs, interval, write_new};
use crate::checklist::Library;
use crate::model::{Exact, Id};

use super::{
    Common, DONE, INCOMPLETE, Outcome, Stop,
    reading::{ReadingArgs, progress_bar},
    render::{Console, plain},
};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lygte sample returned/ --share 5% --seed 1 -o sample.xlsx
  lygte sample --check sample.xlsx report/results.json

The sample is drawn in strata (priority of the supplier; taken as it stood, by a rule, or open), the same share of each,
rounded up, with numbers from SplitMix64: a seed and the same inputs give the same sample. The second assessor looks at
each cell in the returned workbook and writes what it says, without being shown how lygte read it. --check then says how
many readings differ, with the exact 95 % interval of Clopper and Pearson for the share.")]
pub(super) struct SampleArgs {
    /// Workbooks, or folders of them; with --check, one results.json
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// Share of each stratum
    #[arg(long, value_name = "PERCENT", default_value = "5%", value_parser = share)]
    share: Exact,
    /// Where the generator begins
    #[arg(long, value_name = "N", required_unless_present = "check")]
    seed: Option<u64>,
    /// Workbook to write
    #[arg(long, short, value_name = "SAMPLE.xlsx", required_unless_present = "check")]
    output: Option<PathBuf>,
    /// A sample that was filled in, to be compared with results
    #[arg(long, value_name = "SAMPLE.xlsx", conflicts_with_all = ["share", "seed", "output"])]
    check: Option<PathBuf>,
    /// Language of the sample [default: the one all questionnaires share, else en]
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    #[command(flatten)]
    reading: ReadingArgs,
    /// Scoring method
    #[arg(long, value_name = "ID", default_value = "fls-1")]
    method: String,
}

/// `5%`, or `5`: more than none and at most all.
fn share(text: &str) -> Result<Exact, String> {
    let wrong = || format!("`{text}` is no share; write it in percent, such as 5%");
    let percent: Exact = text.trim().trim_end_matches('%').trim().parse().map_err(|_| wrong())?;
    let share = &percent / &Exact::whole(100);
    if share > Exact::zero() && share <= Exact::one() { Ok(share) } else { Err(wrong()) }
}

pub(super) fn run(args: &SampleArgs, common: &Common, console: &Console) -> Outcome {
    let (_, library) = super::library(common, console)?;
    if let Some(sample) = &args.check {
        return compare(args, sample, &library, console);
    }
    let (Some(seed), Some(output)) = (args.seed, &args.output) else {
        return Err(Stop::Usage("a sample needs --seed and --output".to_owned()));
    };
    let lang = args.lang.as_deref().map(|l| super::known_lang(&library, l)).transpose()?;
    super::must_be_new(output)?;
    let inputs = find_inputs(&args.inputs, None)?;
    let bar = progress_bar(console);
    let progress = |done: usize, total: usize| {
        bar.set_length(u64::try_from(total).unwrap_or_default());
        bar.set_position(u64::try_from(done).unwrap_or_default());
    };
    let (reading, method) = (args.reading.reading()?, Id::new(&args.method));
    let drawn = draw(&library, &inputs, &reading, &method, &args.share, seed, lang.as_ref(), &progress);
    bar.finish_and_clear();
    let drawn = drawn?;
    write_new(output, &drawn.bytes)?;
    let mut out = String::new();
    for (stratum, (n, of)) in &drawn.strata {
        let _ = writeln!(out, "{n:>6} of {of:<6}  {stratum}");
    }
    let total: usize = drawn.strata.values().map(|(n, _)| n).sum();
    let cells = if total == 1 { "cell" } else { "cells" };
    let _ = writeln!(out, "{total:>6} {cells} to be read a second time, in {}", output.display());
    console.report(&out)
}

fn compare(args: &SampleArgs, sample: &std::path::Path, library: &Library, console: &Console) -> Outcome {
    let [results] = args.inputs.as_slice() else {
        return Err(Stop::Usage("--check compares one sample with one results.json".to_owned()));
    };
    let checked = check(library, sample, results)?;
    let mut out = String::new();
    for (stratum, s) in &checked.strata {
        let _ = writeln!(out, "{:>6} of {:<6} differ; drawn {:<6}  {}", s.errors, s.looked, s.drawn, plain(stratum));
    }
    for (file, cell, number) in &checked.differ {
        let _ = writeln!(out, "differs: {}!{}, question {}", plain(file), plain(cell), plain(number));
    }
    let rows = |rows: &[u32]| rows.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    for (which, why) in [
        (&checked.other_files, "the results hold no such file, or another state of it"),
        (&checked.not_understood, "the second reading is none of the answers offered, or the results hold no answer"),
    ] {
        if !which.is_empty() {
            let _ = writeln!(out, "not compared, rows {}: {why}", rows(which));
        }
    }
    let total = checked.total();
    let (low, high) = interval(total.errors, total.looked);
    let percent = |n: u32| format!("{}.{:02} %", n / 100, n % 100);
    let rate = if total.looked == 0 {
        "nothing was compared".to_owned()
    } else {
        let share = Exact::ratio(
            i64::try_from(total.errors).unwrap_or(i64::MAX),
            i64::try_from(total.looked).unwrap_or(i64::MAX),
        );
        let rate = (&share * &Exact::whole(100)).shown();
        format!("error rate {rate} %, 95 % interval {} to {} (Clopper-Pearson)", percent(low), percent(high))
    };
    let readings = if total.looked == 1 { "reading" } else { "readings" };
    let differ = if total.errors == 1 { "differs" } else { "differ" };
    let _ = writeln!(out, "{} of {} {readings} {differ}: {rate}", total.errors, total.looked);
    console.print(&out)?;
    let whole = checked.other_files.is_empty() && checked.not_understood.is_empty() && total.looked > 0;
    Ok(if whole { DONE } else { INCOMPLETE })
}
