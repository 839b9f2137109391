//! `lygte duties`: which acts probably concern a firm.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use clap::{Args, ValueEnum};

use crate::checklist::Library;
use crate::duties::Verdict;
use crate::model::{CountryCode, Exact, Firm, FirmRole, Lang, Words};
use crate::report::{ClauseView, DutyView, Reporter, Setting};

use super::{Common, Outcome, Stop, render::Console};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lygte duties --country NO --sector cleaning --role buyer --employees 80 --turnover 90000000
  lygte duties --country DK --role importer --sells-in GB --turnover 50000000 --currency GBP
  lygte duties --country FI --role buyer --sector construction --lang fi
  lygte duties --country SE --role employer --sector hospitality --message-format json

What it says is probable and no legal advice: read the act, or ask a lawyer, before you rely on it.
With --message-format json the answer is one JSON document on standard output.")]
pub(super) struct DutiesArgs {
    /// Country where the firm works
    #[arg(long, value_name = "COUNTRY")]
    country: String,
    /// What the firm does
    #[arg(long, value_enum)]
    role: RoleArg,
    /// Trade of the firm, or the one it buys from (may be given several times)
    #[arg(long, value_name = "SECTOR")]
    sector: Vec<String>,
    /// NACE code, instead of a sector
    #[arg(long, value_name = "CODE")]
    nace: Vec<String>,
    /// Country in which it sells without being there; EU for the Union as a whole
    #[arg(long, value_name = "COUNTRY")]
    sells_in: Vec<String>,
    /// Number of employees
    #[arg(long, value_name = "N")]
    employees: Option<u64>,
    /// Turnover of a year
    #[arg(long, value_name = "SUM")]
    turnover: Option<String>,
    /// Balance sheet total
    #[arg(long, value_name = "SUM")]
    balance: Option<String>,
    /// Currency of the sums, such as NOK [default: that of the country]; nothing is converted
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// It is a public-interest entity: listed, a bank, an insurer
    #[arg(long)]
    public_interest: bool,
    /// On which day, year-month-day [default: `SOURCE_DATE_EPOCH`, else today]
    #[arg(long, value_name = "DATE")]
    date: Option<String>,
    /// Language
    #[arg(long, value_name = "TAG", default_value = "en")]
    lang: String,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RoleArg {
    /// Orders work or goods
    Buyer,
    /// The same, as a public body
    PublicBuyer,
    /// Has people of its own do the work
    Employer,
    /// Does the work for somebody else
    Contractor,
    /// Finds or hires out workers
    Recruiter,
    /// Brings goods into the country
    Importer,
    /// None of these in particular
    Any,
}

impl RoleArg {
    fn role(self) -> FirmRole {
        match self {
            Self::Buyer => FirmRole::Buyer,
            Self::PublicBuyer => FirmRole::PublicBuyer,
            Self::Employer => FirmRole::Employer,
            Self::Contractor => FirmRole::Contractor,
            Self::Recruiter => FirmRole::Recruiter,
            Self::Importer => FirmRole::Importer,
            Self::Any => FirmRole::Any,
        }
    }
}

pub(super) fn run(args: &DutiesArgs, common: &Common, console: &Console) -> Outcome {
    let (_, library) = super::library(common, console)?;
    let lang = super::known_lang(&library, &args.lang)?;
    let firm = firm(args, &library)?;
    let words = library.words.get("report").cloned().unwrap_or_default();
    let reporter = Reporter::new(&BTreeMap::new(), words)?;
    let setting = Setting { lang: &lang, date: &firm.date };
    let duties = reporter.duties(&setting, &library.reference, &firm);
    let earlier = reporter.duties_earlier(&setting, &library.reference);
    if common.message_format == super::MessageFormat::Json {
        let document = serde_json::json!({
            "schema": "lygte/duties/1",
            "about": reporter.words().get("duties-about", &lang),
            "earlier": earlier,
            "date": firm.date,
            "duties": duties,
        });
        let text = serde_json::to_string_pretty(&document).unwrap_or_default();
        return console.print(&format!("{text}\n"));
    }
    console.print(&text(reporter.words(), &lang, earlier.as_deref(), &duties))
}

fn firm(args: &DutiesArgs, library: &Library) -> Result<Firm, Stop> {
    let country = super::known_country(library, &args.country)?;
    let mut sectors = Vec::new();
    for name in &args.sector {
        sectors.push(super::known_sector(library, name)?);
    }
    for code in &args.nace {
        sectors.extend(super::sectors_of_nace(library, code)?);
    }
    let mut sells_in: Vec<CountryCode> = Vec::new();
    for place in &args.sells_in {
        let union = place.eq_ignore_ascii_case("EU").then(|| "EU".parse().ok()).flatten();
        sells_in.push(if let Some(union) = union { union } else { super::known_country(library, place)? });
    }
    let currency = match &args.currency {
        Some(code) => Some(known_currency(library, code)?),
        None => library.countries.get(&country).map(|c| c.info.currency.clone()),
    };
    if currency.is_none() && (args.turnover.is_some() || args.balance.is_some()) {
        return Err(Stop::Usage(format!("the currency of {country} is not known here; add --currency")));
    }
    Ok(Firm {
        role: args.role.role(),
        country,
        sells_in,
        sectors,
        employees: args.employees,
        turnover: sum(args.turnover.as_deref())?,
        balance: sum(args.balance.as_deref())?,
        currency,
        public_interest: args.public_interest,
        date: super::assess::date(args.date.as_deref())?,
    })
}

/// A currency in which an act sets a limit, or that of a country with a file of its own: in any other nothing could be
/// held against anything.
fn known_currency(library: &Library, code: &str) -> Result<String, Stop> {
    let tests = library.reference.acts.values().flat_map(|a| &a.alternatives).flat_map(|a| &a.tests);
    let limits = tests.filter_map(|t| t.currency.as_deref());
    let known: BTreeSet<&str> = limits.chain(library.countries.values().map(|c| c.info.currency.as_str())).collect();
    let code = code.to_ascii_uppercase();
    if known.contains(code.as_str()) {
        return Ok(code);
    }
    let known = known.into_iter().collect::<Vec<_>>().join(", ");
    Err(Stop::Usage(format!(
        "`{code}` is no currency that is known here; there are {known}. Nothing is converted: give the sums in one of them"
    )))
}

fn sum(text: Option<&str>) -> Result<Option<Exact>, Stop> {
    let wrong = |t: &str| Stop::Usage(format!("`{t}` is no sum; write digits only, such as 90000000"));
    text.map(|t| t.parse::<Exact>().ok().filter(|n| !n.is_negative()).ok_or_else(|| wrong(t))).transpose()
}

/// Markdown.
fn text(words: &Words, lang: &Lang, earlier: Option<&str>, duties: &[DutyView]) -> String {
    let w = |id| words.get(id, lang);
    let mut out = format!("# {}\n\n{}\n", w("duties-title"), w("duties-about"));
    if let Some(earlier) = earlier {
        let _ = writeln!(out, "\n**{earlier}**");
    }
    if duties.is_empty() {
        let _ = writeln!(out, "\n{}", w("duties-none"));
    }
    for duty in duties {
        let _ = writeln!(out, "\n## {}\n\n**{}**", duty.name, duty.says);
        for condition in &duty.conditions {
            let _ = writeln!(out, "{}", words.fill("duty-if", lang, &[("condition", condition)]));
        }
        if !duty.depends_on.is_empty() {
            let _ = writeln!(out, "{} {}.", w("duty-depends"), duty.depends_on.join("; "));
        }
        let _ = writeln!(out, "\n{}", duty.text);
        let asks = if duty.verdict == Verdict::Proposed.id() { "duty-would-ask" } else { "duty-asks" };
        for (title, clauses) in [(asks, &duty.asks), ("duty-check", &duty.check), ("proposed-title", &duty.proposed)] {
            list(&mut out, w(title), clauses);
        }
        let _ = writeln!(out, "\n{} [{}]", duty.cited, duty.act);
        if let Some(date) = &duty.overdue {
            let _ = writeln!(out, "**{}**", words.fill("overdue", lang, &[("date", date)]));
        }
    }
    out
}

fn list(out: &mut String, title: &str, clauses: &[ClauseView]) {
    if clauses.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{title}:\n");
    for clause in clauses {
        let source = clause.source.as_ref().map(|s| format!(" [{s}]")).unwrap_or_default();
        let _ = writeln!(out, "- {}{source}", clause.text);
    }
}
