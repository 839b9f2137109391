//! `lygte train`: the pack of a course, what came back from the room, and its removal.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use crate::batch::{find_inputs, write_folder};
use crate::diag::Severity;
use crate::error::Error;
use crate::model::{Case, Id, Lang};
use crate::report::{Room, Status};
use crate::training::{self, GradeOptions, PACK, PackOptions, ROOM};

use super::{Common, DONE, INCOMPLETE, Outcome, Stop, render::Console, render::plain};

#[derive(Debug, Args)]
pub(super) struct TrainArgs {
    #[command(subcommand)]
    command: TrainCommand,
}

#[derive(Debug, Subcommand)]
enum TrainCommand {
    /// Make everything a room needs: guide, slides, case, workbooks, paper form, what to take home
    Pack(PackArgs),
    /// Read what participants handed in, and show the room, anonymously
    Grade(GradeArgs),
    /// Remove a room's files
    Wipe(WipeArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lygte train pack --sector hospitality --country SE --lang sv -o pack
  lygte train pack --case cleaning-harbour-offices --participants 12 -o pack

The pack holds the facilitator's guide, slides, the case, a workbook for each participant, the paper form with a table to
type it into, a card of whom to call, and what participants take home. guide.html and slides.html hold the key.")]
struct PackArgs {
    /// Sector of the case
    #[arg(long, value_name = "SECTOR", required_unless_present = "case")]
    sector: Option<String>,
    /// The case, by id [default: the first of the sector]
    #[arg(long, value_name = "ID")]
    case: Option<String>,
    /// Country in which the room works: its law, contacts and registers [default: that of the case]
    #[arg(long, value_name = "COUNTRY")]
    country: Option<String>,
    /// Language
    #[arg(long, value_name = "TAG", default_value = "en")]
    lang: String,
    /// Number of workbooks, each with a code of its own
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=500))]
    participants: u16,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lygte train grade room -o result
  lygte train grade --before monday --after friday -o result

Writes room.html (to project and to print; it names nobody), room.xlsx (spread, participants, answers, agreement, ledger),
room.json (schema lygte/training/1) and a page for each code. Reads workbooks and tables of typed forms; what is blank, of
another case or no exercise gets a line in the ledger and stops nothing.

Exit codes: 0 everything was counted, 1 the run failed, 2 wrong usage, 3 a file was not counted or only in part.")]
struct GradeArgs {
    /// Folders or files that came back
    #[arg(value_name = "DIR", required_unless_present = "after", conflicts_with = "after")]
    inputs: Vec<PathBuf>,
    /// What the room answered before the course, to be compared
    #[arg(long, value_name = "DIR", requires = "after")]
    before: Option<PathBuf>,
    /// What it answered after the course
    #[arg(long, value_name = "DIR", requires = "before")]
    after: Option<PathBuf>,
    /// The case, by id [default: the one most files state]
    #[arg(long, value_name = "CASE")]
    key: Option<String>,
    /// Language of the room's page [default: the one most workbooks are in]
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Args)]
struct Writing {
    /// Folder to write
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
    /// Date on the pages, year-month-day [default: `SOURCE_DATE_EPOCH`, else today]
    #[arg(long, value_name = "DATE")]
    date: Option<String>,
    /// Scoring method
    #[arg(long, value_name = "ID", default_value = "fls-1")]
    method: String,
    /// Lay a folder of your own report templates over the built-in ones
    #[arg(long, value_name = "DIR")]
    templates: Vec<PathBuf>,
    /// Replace files that are somebody else's or were changed
    #[arg(long)]
    force: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  lygte train wipe room result pack

Removes what lygte wrote there and nobody changed, participants' workbooks, and tables of typed forms; asks nothing, and
says what it removed. Everything else stays. A folder that is no room's is refused.")]
struct WipeArgs {
    /// Folders of a room: a pack, what came back, results
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,
}

pub(super) fn run(args: &TrainArgs, common: &Common, console: &Console) -> Outcome {
    match &args.command {
        TrainCommand::Pack(args) => pack(args, common, console),
        TrainCommand::Grade(args) => grade(args, common, console),
        TrainCommand::Wipe(args) => wipe(args, console),
    }
}

fn head(case: &Case, lang: &str, date: &str) -> serde_json::Map<String, serde_json::Value> {
    [("case", case.id.as_str()), ("lang", lang), ("date", date)]
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.into()))
        .collect()
}

fn pack(args: &PackArgs, common: &Common, console: &Console) -> Outcome {
    let date = super::assess::date(args.writing.date.as_deref())?;
    let (catalog, library) = super::library(common, console)?;
    let lang = super::known_lang(&library, &args.lang)?;
    let cases = super::cases(&catalog, &library, console);
    let sector = args.sector.as_deref().map(|s| super::known_sector(&library, s)).transpose()?;
    let case = match (&args.case, &sector) {
        (Some(id), _) => {
            cases.get(id.as_str()).ok_or_else(|| Error::unknown("training case", id, cases.keys().map(Id::as_str)))?
        }
        (None, Some(sector)) => cases
            .values()
            .find(|c| c.sector == *sector)
            .ok_or_else(|| Stop::Usage(format!("there is no training case of the sector `{sector}`")))?,
        (None, None) => return Err(Stop::Usage("name a sector or a case".to_owned())),
    };
    if let Some(sector) = sector.filter(|s| *s != case.sector) {
        return Err(Stop::Usage(format!(
            "the case `{}` is of the sector `{}`, not of `{sector}`",
            case.id, case.sector
        )));
    }
    let country = match &args.country {
        Some(name) => super::known_country(&library, name)?,
        None => case.country.clone(),
    };
    let options = PackOptions {
        case,
        country: &country,
        lang: &lang,
        participants: usize::from(args.participants),
        date: &date,
        method: &Id::new(&args.writing.method),
        templates: &super::templates::read(&args.writing.templates)?,
    };
    let files = training::pack(&library, &options)?;
    let n = files.len();
    write_folder(&args.writing.output, PACK, head(case, lang.as_str(), &date), files, args.writing.force)?;
    if !case.langs.contains(&lang) {
        console.note(&format!("the case is not there in `{lang}` yet; its story and key are in English"));
    }
    console.print(&format!(
        "{n} files in {}\nopen guide.html first; it and slides.html hold the key\n",
        args.writing.output.display()
    ))
}

fn grade(args: &GradeArgs, common: &Common, console: &Console) -> Outcome {
    let date = super::assess::date(args.writing.date.as_deref())?;
    let (catalog, library) = super::library(common, console)?;
    let cases = super::cases(&catalog, &library, console);
    let lang = args.lang.as_deref().map(|l| super::known_lang(&library, l)).transpose()?;
    let options = GradeOptions {
        key: args.key.as_deref().map(Id::new),
        method: Id::new(&args.writing.method),
        lang: lang.clone(),
    };
    let out = &args.writing.output;
    let read = |paths: &[PathBuf], options: &GradeOptions| {
        let inputs = find_inputs(paths, Some(out))?;
        training::grade(&library, &cases, &inputs, paths, options)
    };
    let later: &[PathBuf] = args.after.as_ref().map_or(&args.inputs, std::slice::from_ref);
    let room = read(later, &options)?;
    // Both are graded with one key.
    let before = match &args.before {
        Some(folder) => {
            let options = GradeOptions { key: Some(room.case.id.clone()), ..options };
            Some(read(std::slice::from_ref(folder), &options)?)
        }
        None => None,
    };
    let templates = super::templates::read(&args.writing.templates)?;
    let files = training::written(&library, &room, before.as_ref(), lang.as_ref(), &date, &templates)?;
    let shown = lang.as_ref().map_or("", Lang::as_str);
    write_folder(out, ROOM, head(&room.case, shown, &date), files, args.writing.force)?;
    for room in before.iter().chain([&room]) {
        for file in &room.files {
            let worth: Vec<_> =
                file.diagnostics.iter().filter(|d| d.severity() >= Severity::Warning).cloned().collect();
            console.diagnostics(&worth);
        }
    }
    console.print(&text(&room, before.as_ref(), out))?;
    let whole = |room: &Room| room.files.iter().all(|f| f.status == Status::Scored);
    Ok(if whole(&room) && before.as_ref().is_none_or(whole) { DONE } else { INCOMPLETE })
}

fn text(room: &Room, before: Option<&Room>, out: &Path) -> String {
    let english = Lang::english();
    let mut text = String::new();
    for (when, room) in before.map(|b| ("before: ", b)).into_iter().chain([("", room)]) {
        let of = |status| room.files.iter().filter(|f| f.status == status).count();
        let _ = writeln!(
            text,
            "{when}{} participants on {}; {} files = {} counted + {} in part + {} not counted; {} passed over",
            room.participants.len(),
            room.case.id,
            room.files.len(),
            of(Status::Scored),
            of(Status::Partly),
            of(Status::Unreadable),
            room.skipped
        );
    }
    let _ = writeln!(text, "case: {}", plain(room.case.title.get(&english)));
    let _ = writeln!(text, "project {}", out.join("room.html").display());
    text
}

fn wipe(args: &WipeArgs, console: &Console) -> Outcome {
    let mut out = String::new();
    for folder in &args.folders {
        let wiped = training::wipe(folder)?;
        for name in &wiped.removed {
            let _ = writeln!(out, "removed {}", plain(&folder.join(name).to_string_lossy()));
        }
        for name in &wiped.changed {
            let _ = writeln!(out, "left, for it was changed: {}", plain(&folder.join(name).to_string_lossy()));
        }
        let _ =
            writeln!(out, "{}: {} files removed, {} others left", folder.display(), wiped.removed.len(), wiped.left);
    }
    console.print(&out)?;
    Ok(DONE)
}
