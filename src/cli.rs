//! The command line: one file per subcommand; the only place that prints.
//!
//! Exit codes: 0 every input read and scored · 1 the run failed · 2 wrong usage · 3 finished, but an input was
//! unreadable or only partly read (with `--strict`: or has warnings), or a plan of actions has gaps · 4 finished, and `--fail-on` was met · 130, 143
//! interrupted.

mod actions;
mod agree;
mod assess;
mod card;
mod duties;
mod explain;
mod export;
mod legacy;
mod lint;
mod list;
mod new;
mod portfolio;
mod process;
mod reading;
mod render;
mod review;
mod sample;
mod schema;
mod show;
mod statement;
mod templates;
mod train;
mod trial;

use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::checklist::{Catalog, Library};
use crate::diag::Diagnostics;
use crate::error::{Error, Result};
use crate::model::{Case, Id};
use render::Console;

/// Every input was read and scored.
const DONE: u8 = 0;
/// The run failed.
const FAILED: u8 = 1;
/// Wrong usage.
const USAGE: u8 = 2;
/// Finished, but an input was unreadable or only partly read.
const INCOMPLETE: u8 = 3;
/// Finished, and `--fail-on` was met.
const MET: u8 = 4;

/// Find and reduce hidden forced labour in supply chains: questionnaires out, answers in, exact scores, reports.
#[derive(Debug, Parser)]
#[command(name = "lygte", version, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

const EXAMPLES: &str = "Examples:
  lygte new --sector cleaning --country DK --lang da --supplier \"Eksempel ApS\" -o q.xlsx
  lygte assess returned/ -o report
  lygte review returned/ -o queue.xlsx
  lygte actions check plan.xlsx report/results.json
  lygte show guide --lang da
  lygte explain unknown-answer

Exit codes: 0 every input read and scored, 1 the run failed, 2 wrong usage,
3 an input was unreadable or only partly read, or a plan has gaps, 4 --fail-on was met,
130 or 143 interrupted.";

#[derive(Debug, Args)]
struct Common {
    /// Lay a folder of your own checklists over the built-in ones (may be given several times)
    #[arg(long, global = true, value_name = "DIR")]
    checklists: Vec<PathBuf>,
    /// How messages are written to standard error
    #[arg(long, global = true, value_enum, default_value_t = MessageFormat::Human)]
    message_format: MessageFormat,
    /// Say nothing but errors
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MessageFormat {
    /// For people
    Human,
    /// One JSON object per line, "version": 1
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make questionnaire workbooks
    New(new::NewArgs),
    /// Read, score and report returned workbooks
    Assess(assess::AssessArgs),
    /// Join what `assess -` read on many machines
    Portfolio(portfolio::PortfolioArgs),
    /// Write what needs an eye as a workbook: accept or correct how cells were read
    Review(review::ReviewArgs),
    /// Hold a returned action plan against results
    Actions(actions::ActionsArgs),
    /// Draw a sample of answers for a second assessor, and compare
    Sample(sample::SampleArgs),
    /// Compare two assessors, or two observers, of one supplier
    Agree(agree::AgreeArgs),
    /// Train a room on a case: make the pack, grade what came back, remove it
    Train(train::TrainArgs),
    /// List what there is: questionnaires, sectors, countries, languages, methods, training cases, templates
    List(list::ListArgs),
    /// Show a questionnaire, sector, country, method or training case as Markdown
    Show(show::ShowArgs),
    /// Say which acts probably concern a firm, with sources and what to check
    Duties(duties::DutiesArgs),
    /// Write paragraphs for the statement that an act asks for, with the figures of a run
    Statement(statement::StatementArgs),
    /// Make a card: whom to call, and what not to do
    Card(card::CardArgs),
    /// Check checklists, translations and templates, the built-in ones and your own
    Lint(lint::LintArgs),
    /// Write the built-in checklists or templates to a folder, ready to edit
    Export(export::ExportArgs),
    /// Explain a diagnostic code, a question id or a floor
    Explain(explain::ExplainArgs),
    /// Print the JSON Schema of a written file, or the variables of templates
    Schema(schema::SchemaArgs),
    /// Print shell completions
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Manual,
    /// Turn an old format into today's (started by `assess --legacy-formats`)
    #[command(hide = true)]
    ReadLegacy(legacy::LegacyArgs),
    /// Make every page with templates of one's own (started by `assess`, `lint` and `card`)
    #[command(hide = true)]
    TryTemplates(trial::TrialArgs),
}

/// Runs the command with the process's arguments, and ends the process.
pub fn main() -> ! {
    process::end(command())
}

/// Runs the command and returns its exit code.
fn command() -> u8 {
    // A fault of ours says where, never what it was working on: that may be personal data.
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(|l| format!("{}:{}", l.file(), l.line())).unwrap_or_default();
        render::say(&format!("internal: a fault in lygte at {place}; please report it\n"));
    }));
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { USAGE } else { DONE };
            // Help for a closed pipe is nobody's loss.
            let _ = error.print();
            return code;
        }
    };
    let console = Console::new(cli.common.message_format == MessageFormat::Json, cli.common.quiet);
    let run = || match &cli.command {
        Command::New(args) => new::run(args, &cli.common, &console),
        Command::Assess(args) => assess::run(args, &cli.common, &console),
        Command::Portfolio(args) => portfolio::run(args, &cli.common, &console),
        Command::Review(args) => review::run(args, &cli.common, &console),
        Command::Actions(args) => actions::run(args, &cli.common, &console),
        Command::Sample(args) => sample::run(args, &cli.common, &console),
        Command::Agree(args) => agree::run(args, &cli.common, &console),
        Command::Train(args) => train::run(args, &cli.common, &console),
        Command::List(args) => list::run(args, &cli.common, &console),
        Command::Show(args) => show::run(args, &cli.common, &console),
        Command::Duties(args) => duties::run(args, &cli.common, &console),
        Command::Statement(args) => statement::run(args, &cli.common, &console),
        Command::Card(args) => card::run(args, &cli.common, &console),
        Command::Lint(args) => lint::run(args, &cli.common, &console),
        Command::Export(args) => export::run(args, &console),
        Command::Explain(args) => explain::run(args, &cli.common, &console),
        Command::Schema(args) => schema::run(args, &cli.common, &console),
        Command::ReadLegacy(args) => Ok(legacy::run(args)),
        Command::TryTemplates(args) => trial::run(args, &cli.common, &console),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "lygte", &mut text);
            console.print(&String::from_utf8_lossy(&text))
        }
        Command::Manual => {
            let mut text = Vec::new();
            match clap_mangen::Man::new(Cli::command()).render(&mut text) {
                Ok(()) => console.print(&String::from_utf8_lossy(&text)),
                Err(source) => Err(Error::Write { path: "standard output".into(), source }.into()),
            }
        }
    };
    let outcome = catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        console.error("the run ended in a fault of lygte; please report it");
        Ok(FAILED)
    });
    match outcome {
        Ok(code) => code,
        Err(Stop::Usage(message)) => {
            console.error(&message);
            USAGE
        }
        Err(Stop::Failed(error)) => {
            match &error {
                Error::Templates(found) => {
                    console.diagnostics(&found.0);
                    console.error("the templates have errors");
                }
                error => console.failure(error),
            }
            match error {
                Error::Interrupted { signal } => process::interrupted(signal),
                Error::Halted { cause, .. } => match *cause {
                    Error::Interrupted { signal } => process::interrupted(signal),
                    _ => FAILED,
                },
                _ => FAILED,
            }
        }
    }
}

/// A file that is to be written at the end must not be there at the beginning: no work is done in vain.
fn must_be_new(path: &std::path::Path) -> Result<()> {
    if path.exists() { Err(Error::Exists { path: path.to_owned() }) } else { Ok(()) }
}

/// Why a command ended early.
#[derive(Debug)]
enum Stop {
    /// The arguments do not fit together or name something unknown.
    Usage(String),
    /// The work could not be done.
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            Error::Unknown { .. } => Self::Usage(error.to_string()),
            error => Self::Failed(error),
        }
    }
}

type Outcome = std::result::Result<u8, Stop>;

/// The catalogue with the user's folders on top.
fn catalog(common: &Common) -> Result<Catalog> {
    if common.checklists.is_empty() {
        return Ok(Catalog::built_in());
    }
    let mut catalog = Catalog::embedded();
    for folder in &common.checklists {
        catalog.overlay(folder)?;
    }
    Ok(catalog)
}

/// All data, loaded. What is wrong with it is printed; if it cannot be used, that is the end. It stays to the end of the
/// program, which would otherwise take it to pieces first, text by text.
fn library(common: &Common, console: &Console) -> Result<(Catalog, ManuallyDrop<Library>)> {
    let catalog = catalog(common)?;
    let (library, diags) = Library::load(&catalog);
    if let Some(library) = library {
        Ok((catalog, ManuallyDrop::new(library)))
    } else {
        let errors = beyond_wording(diags);
        console.diagnostics(&errors.0);
        Err(Error::Invalid(Box::new(errors)))
    }
}

/// What is wrong beside translations.
fn beyond_wording(diags: Diagnostics) -> Diagnostics {
    Diagnostics(diags.0.into_iter().filter(|d| !d.code.name().ends_with("-translation")).collect())
}

/// The training cases that can be used. What is wrong with others is printed.
fn cases(catalog: &Catalog, library: &Library, console: &Console) -> BTreeMap<Id, Case> {
    let (cases, diags) = library.cases(catalog);
    console.diagnostics(&beyond_wording(diags).0);
    cases
}

/// A language that there is.
fn known_lang(library: &Library, tag: &str) -> std::result::Result<crate::model::Lang, Stop> {
    let there = || library.langs.iter().map(crate::model::Lang::as_str);
    library
        .langs
        .iter()
        .find(|l| l.as_str().eq_ignore_ascii_case(tag))
        .cloned()
        .ok_or_else(|| Error::unknown("language", tag, there()).into())
}

/// A sector that there is, by id or by name in any language.
fn known_sector(library: &Library, name: &str) -> std::result::Result<Id, Stop> {
    let lower = name.trim().to_lowercase();
    let matches = |(id, data): &(&Id, &crate::checklist::SectorData)| {
        id.as_str() == lower || data.info.name.all().any(|(_, n)| n.to_lowercase() == lower)
    };
    library
        .sectors
        .iter()
        .find(matches)
        .map(|(id, _)| id.clone())
        .ok_or_else(|| Error::unknown("sector", name, library.sectors.keys().map(Id::as_str)).into())
}

/// The sectors of a NACE code: those that name it, or a wider code it belongs to.
fn sectors_of_nace(library: &Library, code: &str) -> std::result::Result<Vec<Id>, Stop> {
    let wanted = nace_digits(code);
    let sectors = || library.reference.sectors.iter();
    // How many digits of the code a sector names; the division alone is the widest that counts.
    let fit = |codes: &[String]| {
        let own = codes.iter().map(|c| nace_digits(c)).filter(|c| c.len() >= 2 && wanted.starts_with(c.as_str()));
        own.map(|c| c.len()).max()
    };
    let best = sectors().filter_map(|(_, s)| fit(&s.nace)).max();
    let found: Vec<_> =
        sectors().filter(|(_, s)| best.is_some() && fit(&s.nace) == best).map(|(id, _)| id.clone()).collect();
    if found.is_empty() {
        let near = sectors().flat_map(|(id, s)| s.nace.iter().map(move |c| (id, c)));
        let near: Vec<String> = near
            .filter(|(_, c)| wanted.len() >= 2 && nace_digits(c).starts_with(&wanted[..2]))
            .map(|(id, c)| format!("{c} ({id})"))
            .collect();
        return Err(Stop::Usage(if near.is_empty() {
            format!("no sector has the NACE code `{code}`; `lygte list` shows the codes of each sector")
        } else {
            format!("no sector has the NACE code `{code}`; near it there are: {}", near.join(", "))
        }));
    }
    Ok(found)
}

/// `N 81.21`, `81.21` and `8121` are the same code.
fn nace_digits(code: &str) -> String {
    code.chars().filter(char::is_ascii_digit).collect()
}

/// A country that there is, by code or by name in any language.
fn known_country(library: &Library, name: &str) -> std::result::Result<crate::model::CountryCode, Stop> {
    let lower = name.trim().to_lowercase();
    let found = library.reference.countries.iter().find(|(code, country)| {
        code.as_str().to_lowercase() == lower || country.name.all().any(|(_, n)| n.to_lowercase() == lower)
    });
    let names = || library.reference.countries.values().map(|c| c.name.get(&crate::model::Lang::english()));
    found.map(|(code, _)| code.clone()).ok_or_else(|| {
        if name.len() == 2 {
            let codes = library.countries.keys().map(crate::model::CountryCode::as_str);
            return Stop::Usage(format!(
                "there is no country `{name}`; give an ISO 3166 code such as {}",
                codes.collect::<Vec<_>>().join(", ")
            ));
        }
        Error::unknown("country", name, names()).into()
    })
}
