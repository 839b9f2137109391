//! `lygte schema`: JSON Schemas of written files.

use clap::{Args, ValueEnum};

use super::{Outcome, render::Console};

#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// Of which file
    #[arg(value_enum)]
    what: What,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    /// results.json
    Results,
}

pub(super) fn run(args: &SchemaArgs, console: &Console) -> Outcome {
    let What::Results = args.what;
    let text = serde_json::to_string_pretty(&crate::report::schema()).unwrap_or_default();
    console.print(&format!("{text}\n"))
}
