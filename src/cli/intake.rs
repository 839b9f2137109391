//! Options on what is read of each file, shared by all commands that read workbooks.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::LazyLock;

use clap::Args;

use crate::error::{Error, Result};
use crate::questionnaire::Limits;

#[derive(Args, Debug)]
pub(super) struct IntakeArgs {
    /// Read .xls and .ods too, each in a process of its own with limited memory and time
    #[arg(long)]
    legacy_formats: bool,
    /// Raise a limit on what is read of one file, such as cells=400000 (`--help` lists them)
    #[arg(long, value_name = "NAME=VALUE", value_parser = limit, long_help = LIMITS.as_str())]
    limit: Vec<(String, u64)>,
}

impl IntakeArgs {
    /// Limits on each workbook.
    pub(super) fn limits(&self) -> Result<Limits> {
        let mut limits = Limits::default();
        for (name, value) in &self.limit {
            limits.set(name, *value)?;
        }
        Ok(limits)
    }

    /// The program that reads old formats, this one; `None`: they are not to be read.
    pub(super) fn legacy(&self) -> Result<Option<PathBuf>> {
        let this =
            || std::env::current_exe().map_err(|source| Error::Read { path: "the program itself".into(), source });
        self.legacy_formats.then(this).transpose()
    }
}

/// The limits with their usual values, for `--help`.
static LIMITS: LazyLock<String> = LazyLock::new(|| {
    let mut text = "Raise a limit on what is read of one file, such as cells=400000. There are:\n".to_owned();
    for (name, value, meaning) in Limits::LIST {
        let _ = write!(text, "\n{name}={value}  {meaning}");
    }
    text
});

fn limit(text: &str) -> std::result::Result<(String, u64), String> {
    let (name, value) = text.split_once('=').ok_or("write it as NAME=VALUE, such as cells=400000")?;
    let value = value.parse().map_err(|_| format!("`{value}` is no whole number"))?;
    // A name that there is none of is told here already, with the list.
    Limits::default().set(name, value).map_err(|e| e.to_string())?;
    Ok((name.to_owned(), value))
}
