//! `lygte statement`: paragraphs for the statements that acts ask for, with the figures of a run.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use crate::batch::write_new;
use crate::checklist::{Library, Selection};
use crate::error::{Error, Result};
use crate::model::{Form, Id, Text};
use crate::report::{Figures, Statement, statement_acts, statement_lang};

use super::{Common, DONE, Outcome, render::Console};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lygte statement --act no-transparency report/results.json
  lygte statement --act uk-modern-slavery-act report/results.json -o statement.md
  lygte statement --act eu-csrd --lang da report/results.json

The paragraphs are Markdown. What only you know is marked in bold brackets. A response rate needs a run with
`lygte assess --suppliers`. eu-csrd gives paragraphs for ESRS S2-4 and VSME.")]
pub(super) struct StatementArgs {
    /// The act: no-transparency, uk-modern-slavery-act or eu-csrd
    #[arg(long, value_name = "ACT")]
    act: String,
    /// `results.json` of a run
    #[arg(value_name = "RESULTS.json")]
    results: PathBuf,
    /// Language [default: the act's, nb for the Norwegian one, else en]
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    /// File to write [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &StatementArgs, common: &Common, console: &Console) -> Outcome {
    let (_, library) = super::library(common, console)?;
    if !statement_acts().any(|id| id == args.act) {
        return Err(Error::unknown("act with a statement", &args.act, statement_acts()).into());
    }
    let lang = super::known_lang(&library, args.lang.as_deref().unwrap_or(statement_lang(&args.act)))?;
    if let Some(path) = &args.output {
        super::must_be_new(path)?;
    }
    let bytes = std::fs::read(&args.results).map_err(|source| Error::Read { path: args.results.clone(), source })?;
    let figures = serde_json::from_slice(&bytes).ok().as_ref().and_then(Figures::of);
    let figures = figures.ok_or_else(|| {
        Error::NoInput(format!("{}: this is no results.json of lygte assess", args.results.display()))
    })?;
    let words = |id: &str| library.words.get(id).cloned().unwrap_or_default();
    let statement = Statement {
        words: &words("statements"),
        report: &words("report"),
        reference: &library.reference,
        measures: &measures(&library)?,
        lang: &lang,
        draft: library.drafts.contains(&lang),
    };
    let text = statement.text(&args.act, &figures).unwrap_or_default();
    match &args.output {
        None => console.print(&text),
        Some(path) => {
            write_new(path, text.as_bytes())?;
            console.note(&format!("wrote {}", path.display()));
            Ok(DONE)
        }
    }
}

/// What to do on each question of the controls, of all questionnaires.
fn measures(library: &Library) -> Result<BTreeMap<Id, Text>> {
    let mut out = BTreeMap::new();
    for id in library.questionnaires.keys() {
        let selection = Selection {
            questionnaire: id.clone(),
            sectors: library.sectors.keys().cloned().collect(),
            country: None,
            form: Form::Full,
        };
        let whole = library.compose(&selection)?;
        out.extend(whole.control_questions().map(|(_, q)| (q.id.clone(), q.measure.clone())));
    }
    Ok(out)
}
