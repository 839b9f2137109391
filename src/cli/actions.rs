//! `lygte actions check`: a returned action plan against the findings of a run.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::batch::{Remark, RemarkKind, check_plan};

use super::{
    Common, DONE, INCOMPLETE, Outcome,
    render::{Console, plain},
};

#[derive(Debug, Args)]
pub(super) struct ActionsArgs {
    #[command(subcommand)]
    command: ActionsCommand,
}

#[derive(Debug, Subcommand)]
enum ActionsCommand {
    /// Hold a returned plan against results: findings without an action, actions without a finding, what is overdue
    Check(CheckArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lygte actions check portfolio.xlsx report/results.json
  lygte actions check plan.xlsx next/results.json --date 2027-01-31

The plan is the sheet of actions of portfolio.xlsx, with status, person, date and note filled in; it may stand in a
workbook of its own, with rows sorted, added or left out. Status is one of those in the drop-down; blank means not begun.

Exit codes: 0 every finding has an action that is under way, decided or gone; 3 something is missing, overdue or unclear;
1 a file could not be read; 2 wrong usage.")]
struct CheckArgs {
    /// The workbook with the sheet of actions
    #[arg(value_name = "PLAN.xlsx")]
    plan: PathBuf,
    /// The results it is held against: those it was made from, or newer ones
    #[arg(value_name = "RESULTS.json")]
    results: PathBuf,
    /// What is due before this day is overdue [default: today]
    #[arg(long, value_name = "DATE")]
    date: Option<String>,
}

pub(super) fn run(args: &ActionsArgs, common: &Common, console: &Console) -> Outcome {
    let ActionsCommand::Check(args) = &args.command;
    let date = super::assess::date(args.date.as_deref())?;
    let (_, library) = super::library(common, console)?;
    let words = library.words.get("report").cloned().unwrap_or_default();
    let checked = check_plan(&args.plan, &args.results, &words, &date)?;
    let mut out = format!("{} findings; {} actions", checked.findings, checked.rows);
    if checked.settled > 0 {
        let _ = write!(out, ", {} of them settled and no longer found", checked.settled);
    }
    if checked.own > 0 {
        let _ = write!(out, "; {} rows without an id, not checked", checked.own);
    }
    out.push('\n');
    for kind in RemarkKind::ALL {
        let of: Vec<&Remark> = checked.remarks.iter().filter(|r| r.kind == kind).collect();
        if of.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{} ({})", title(kind), of.len());
        for remark in of {
            let _ = writeln!(out, "  {}", line(remark));
        }
    }
    if checked.remarks.is_empty() {
        out.push_str("every finding has an action, and nothing is overdue\n");
    }
    console.print(&out)?;
    Ok(if checked.remarks.is_empty() { DONE } else { INCOMPLETE })
}

fn title(kind: RemarkKind) -> &'static str {
    match kind {
        RemarkKind::NoAction => "Findings without an action: put the row back, or copy it from a new portfolio.xlsx",
        RemarkKind::NobodyOn => "Actions without a person or a date",
        RemarkKind::Overdue => "Overdue actions",
        RemarkKind::StillFound => {
            "Marked as done, and still found: read new answers or findings first, or open them again"
        }
        RemarkKind::NoReason => "Not pursued, without a reason in the note",
        RemarkKind::NoFinding => "Actions without a finding: mark them as done if they are settled",
        RemarkKind::Twice => "Rows about the same finding as one above: keep one of them",
        RemarkKind::Status => "Statuses that could not be read: choose one from the list in the cell",
        RemarkKind::Date => "Dates that could not be read: write them as year-month-day",
    }
}

/// The finding, the row, the date: never what somebody wrote.
fn line(remark: &Remark) -> String {
    let mut parts: Vec<String> = remark.id.iter().map(|id| plain(id)).collect();
    parts.extend(remark.place.iter().map(|p| plain(&p.to_string())));
    if remark.kind == RemarkKind::Overdue {
        parts.extend(remark.due.iter().map(|d| format!("was due {d}")));
    }
    parts.join("  ")
}
