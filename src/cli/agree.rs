//! `lygte agree`: two assessors of one supplier, compared.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use crate::batch::{Compared, agree};
use crate::diag::{Place, Severity};
use crate::model::{Cell, Exact, Id, Role};

use super::{Common, DONE, INCOMPLETE, Outcome, render::Console, render::plain};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lygte agree first/acme-assessor.xlsx second/acme-assessor.xlsx
  lygte agree monday-observer.xlsx thursday-observer.xlsx

Both are assessors' forms, both observers' forms, or both questionnaires filled in by an assessor. Answers are brought to
three steps (not in place, partly, in place; of signs: absent, don't know, present). Kappa is Cohen's, exact: without
weights, weighted by the distance of the steps, and by its square. It has no value where all answers fall into one
category. Raw agreement stands beside it, for tables with the same raw agreement can have very different kappas.")]
pub(super) struct AgreeArgs {
    /// Workbook of the first
    #[arg(value_name = "A.xlsx")]
    first: PathBuf,
    /// Workbook of the second
    #[arg(value_name = "B.xlsx")]
    second: PathBuf,
    /// Scoring method
    #[arg(long, value_name = "ID", default_value = "fls-1")]
    method: String,
}

pub(super) fn run(args: &AgreeArgs, common: &Common, console: &Console) -> Outcome {
    let (_, library) = super::library(common, console)?;
    let compared = agree(&library, &Id::new(&args.method), [&args.first, &args.second])?;
    for diagnostics in &compared.diagnostics {
        let worth: Vec<_> = diagnostics.iter().filter(|d| d.severity() >= Severity::Warning).cloned().collect();
        console.diagnostics(&worth);
    }
    console.print(&text(&compared))?;
    let whole = compared.diagnostics.iter().flatten().all(|d| d.severity() < Severity::Warning);
    Ok(if whole { DONE } else { INCOMPLETE })
}

fn text(compared: &Compared) -> String {
    let mut out = String::new();
    if compared.other_supplier {
        out.push_str("the two workbooks state different suppliers; they are compared all the same\n\n");
    }
    let both: usize = compared.lists.iter().map(|l| l.both).sum();
    let _ = writeln!(
        out,
        "{} of {both} lines that both answered, and those that one left open, differ:",
        compared.differs.len()
    );
    for d in &compared.differs {
        let [first, second] = &d.says;
        let _ = writeln!(out, "  {:<6} {}", d.number, d.id);
        for (who, (answer, level, cell)) in [("A", first), ("B", second)] {
            let level = level.map(|l| format!(" ({l})")).unwrap_or_default();
            let _ = writeln!(out, "         {who}  {answer}{level}  {}", plain(&place(cell.as_ref())));
        }
        if let Some(effect) = d.effect.as_ref().filter(|e| !e.is_zero()) {
            let _ = writeln!(
                out,
                "         with B's word here, A's score would be {} points {}",
                effect.abs().shown(),
                if effect.is_negative() { "lower" } else { "higher" }
            );
        }
    }
    let _ = writeln!(
        out,
        "\n{:<24} {:>5} {:>9} {:>10} {:>22} {:>9} {:>9}",
        "checklist", "both", "one only", "agreement", "kappa: unweighted", "linear", "quadratic"
    );
    for list in &compared.lists {
        let [unweighted, linear, quadratic] = list.kappa.each_ref().map(|k| number(k.as_ref()));
        let raw =
            list.raw.as_ref().map_or_else(|| "–".to_owned(), |r| format!("{} %", (r * &Exact::whole(100)).rounded()));
        let _ = writeln!(
            out,
            "{:<24} {:>5} {:>9} {raw:>10} {unweighted:>22} {linear:>9} {quadratic:>9}",
            list.list.as_str(),
            list.both,
            list.one,
        );
    }
    if compared.lists.iter().any(|l| l.kappa.iter().any(Option::is_none)) {
        out.push_str("–: kappa has no value, for all answers fall into one category or nothing was answered by both\n");
    }
    if compared.role != Role::Observer {
        out.push('\n');
        for (who, a) in ["A", "B"].into_iter().zip(&compared.assessments) {
            let priority = a.priority.map_or("not enough answers", crate::model::Band::id);
            let _ = writeln!(out, "{who}: score {}, priority {priority}", a.score.headline.shown());
        }
    }
    out
}

fn number(value: Option<&Exact>) -> String {
    value.map_or_else(|| "–".to_owned(), Exact::shown)
}

fn place(cell: Option<&Cell>) -> String {
    let Some(Cell { file, sheet, row, column }) = cell.cloned() else { return "no cell".to_owned() };
    Place::Cell { file, sheet, row, column }.to_string()
}
