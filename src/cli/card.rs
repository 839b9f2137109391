//! `lygte card`: what to do now, on one page.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use crate::batch::write_new;
use crate::error::Error;
use crate::report::{Reporter, Setting};

use super::{Common, DONE, Outcome, render::Console};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lygte card --country SE --lang sv -o card.html
  lygte card --country DK > card.html

One page of A4 for those who buy, visit or receive: whom to call in danger, on signs, on bad terms, and what not to do.")]
pub(super) struct CardArgs {
    /// Country where the work is done; `lygte list` names them
    #[arg(long, value_name = "COUNTRY")]
    country: String,
    /// Language
    #[arg(long, value_name = "TAG", default_value = "en")]
    lang: String,
    /// Date on the card, year-month-day [default: `SOURCE_DATE_EPOCH`, else today]
    #[arg(long, value_name = "DATE")]
    date: Option<String>,
    /// Lay a folder of your own report templates over the built-in ones
    #[arg(long, value_name = "DIR")]
    templates: Vec<PathBuf>,
    /// Page to write [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &CardArgs, common: &Common, console: &Console) -> Outcome {
    let date = super::assess::date(args.date.as_deref())?;
    let (_, library) = super::library(common, console)?;
    let lang = super::known_lang(&library, &args.lang)?;
    let code = super::known_country(&library, &args.country)?;
    let Some(country) = library.countries.get(&code) else {
        let there = library.countries.keys().map(crate::model::CountryCode::as_str);
        return Err(Error::unknown("country file", code.as_str(), there).into());
    };
    super::trial::bounded(&args.templates, common)?;
    let templates: BTreeMap<String, String> = super::templates::read(&args.templates)?;
    let reporter = Reporter::new(&templates, library.words.get("report").cloned().unwrap_or_default())?;
    let setting = Setting { lang: &lang, date: &date };
    let page = reporter.card(&setting, &library.reference, &country.info, library.drafts.contains(&lang))?;
    match &args.output {
        None => console.print(&page),
        Some(path) => {
            write_new(path, page.as_bytes())?;
            console.note(&format!("wrote {}", path.display()));
            Ok(DONE)
        }
    }
}
