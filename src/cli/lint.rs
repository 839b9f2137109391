//! `lygte lint`: everything that is wrong with checklists, translations and templates.

use std::path::PathBuf;

use clap::Args;

use crate::checklist::{Catalog, Library};
use crate::diag::{Code, Diagnostic, Severity};

use super::{
    Common, DONE, FAILED, Outcome,
    render::{Console, count},
};

#[derive(Debug, Args)]
#[command(after_help = "Example:
  lygte lint --checklists my-lists --templates my-templates

Exit codes: 0 nothing wrong (facts that are due for a check are warnings), 1 something is wrong.")]
pub(super) struct LintArgs {
    /// Check a folder of your own report templates, over the built-in ones
    #[arg(long, value_name = "DIR")]
    templates: Vec<PathBuf>,
    /// Date against which facts are due for a check, year-month-day [default: `SOURCE_DATE_EPOCH`, else today]
    #[arg(long, value_name = "DATE")]
    date: Option<String>,
}

pub(super) fn run(args: &LintArgs, common: &Common, console: &Console) -> Outcome {
    let date = super::assess::date(args.date.as_deref())?;
    // The files themselves, not what the build made of them.
    let mut catalog = Catalog::embedded();
    for folder in &common.checklists {
        catalog.overlay(folder)?;
    }
    let (library, mut diags) = Library::load(&catalog);
    if let Some(library) = &library {
        diags.0.extend(library.cases(&catalog).1.0);
        diags.0.extend(library.terms(&catalog).0);
        for (place, id, review) in library.overdue(&date) {
            diags.push(Diagnostic::new(Code::OverdueFact, place.clone()).with("id", id).with("date", review));
        }
        super::trial::bounded(&args.templates, common)?;
        diags.0.extend(super::templates::check(&args.templates, library, true)?);
    }
    console.diagnostics(&diags.0);
    let (errors, warnings) = (diags.count(Severity::Error), diags.count(Severity::Warning));
    let counts = [(catalog.entries().count(), "file"), (errors, "error"), (warnings, "warning")];
    console.report(&format!("{}\n", counts.map(|(n, what)| count(n, what)).join(", ")))?;
    Ok(if errors > 0 { FAILED } else { DONE })
}
