//! What the commands that read workbooks have in common: threads, limits, old formats, progress.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::LazyLock;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use crate::batch::Reading;
use crate::error::Error;
use crate::questionnaire::Limits;

use super::{Stop, render::Console};

#[derive(Debug, Args)]
pub(super) struct ReadingArgs {
    /// Threads [default: as many as there are cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// Read .xls and .ods too, each in a process of its own with limited memory and time
    #[arg(long)]
    legacy_formats: bool,
    /// Raise a limit on what is read of one file, such as cells=400000 (`--help` lists them)
    #[arg(long, value_name = "NAME=VALUE", value_parser = limit, long_help = LIMITS.as_str())]
    limit: Vec<(String, u64)>,
}

/// The limits with their usual values, for `--help`.
static LIMITS: LazyLock<String> = LazyLock::new(|| {
    let mut text = "Raise a limit on what is read of one file, such as cells=400000. There are:\n".to_owned();
    for (name, value, meaning) in Limits::LIST {
        let _ = write!(text, "\n{name}={value}  {meaning}");
    }
    text
});

fn limit(text: &str) -> Result<(String, u64), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE, such as cells=400000")?;
    let value = value.parse().map_err(|_| format!("`{value}` is no whole number"))?;
    // A name that there is none of is told here already, with the list.
    Limits::default().set(name, value).map_err(|e| e.to_string())?;
    Ok((name.to_owned(), value))
}

impl ReadingArgs {
    /// How to read.
    pub(super) fn reading(&self) -> Result<Reading, Stop> {
        let mut limits = Limits::default();
        for (name, value) in &self.limit {
            limits.set(name, *value)?;
        }
        let legacy = if self.legacy_formats { Some(this_program()?) } else { None };
        Ok(Reading { jobs: self.jobs.map_or(0, usize::from), limits, legacy, ..Reading::default() })
    }
}

/// Where this program is, to start it for an old file.
fn this_program() -> Result<PathBuf, Stop> {
    std::env::current_exe().map_err(|source| Stop::Failed(Error::Read { path: "the program itself".into(), source }))
}

pub(super) fn progress_bar(console: &Console) -> ProgressBar {
    let bar = if console.wants_progress() { ProgressBar::new(0) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("reading {bar:30} {pos}/{len}") {
        bar.set_style(style);
    }
    bar
}
