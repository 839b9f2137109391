//! `lygte list`: what there is.

use std::fmt::Write as _;

use clap::Args;

use crate::assets::{self, Folder};
use crate::model::Lang;

use super::{Common, Outcome, render::Console};

#[derive(Debug, Args)]
#[command(after_help = "Example:
  lygte list
  lygte list --checklists my-lists --files")]
pub(super) struct ListArgs {
    /// Language of the names
    #[arg(long, value_name = "TAG", default_value = "en")]
    lang: String,
    /// Also every data file, and where it comes from
    #[arg(long)]
    files: bool,
}

pub(super) fn run(args: &ListArgs, common: &Common, console: &Console) -> Outcome {
    let (catalog, library) = super::library(common, console)?;
    let lang = super::known_lang(&library, &args.lang)?;
    let mut out = String::new();
    let mut section = |title: &str, lines: Vec<(String, String)>| {
        let width = lines.iter().map(|(id, _)| id.chars().count()).max().unwrap_or(0);
        let _ = writeln!(out, "{title}");
        for (id, name) in lines {
            let _ = writeln!(out, "  {id:width$}  {name}");
        }
    };
    section(
        "questionnaires",
        library.questionnaires.iter().map(|(id, q)| (id.to_string(), q.title.get(&lang).to_owned())).collect(),
    );
    section(
        "sectors",
        library
            .reference
            .sectors
            .iter()
            .map(|(id, s)| (id.to_string(), format!("{} (NACE {})", s.name.get(&lang), s.nace.join(", "))))
            .collect(),
    );
    section(
        "countries",
        library.countries.iter().map(|(code, c)| (code.to_string(), c.info.name.get(&lang).to_owned())).collect(),
    );
    let state = |l: &Lang| if library.drafts.contains(l) { "draft" } else { "" };
    section("languages", library.langs.iter().map(|l| (l.to_string(), state(l).to_owned())).collect());
    section(
        "methods",
        library
            .methods
            .iter()
            .map(|(id, m)| (id.to_string(), format!("{} {}", m.version, m.title.get(&lang))))
            .collect(),
    );
    section(
        "training cases",
        super::cases(&catalog, &library, console)
            .into_iter()
            .map(|(id, case)| {
                let langs: Vec<&str> = case.langs.iter().map(Lang::as_str).collect();
                let about = format!("({}, {}; {})", case.sector, case.country, langs.join(", "));
                (id.to_string(), format!("{} {about}", case.title.get(&lang)))
            })
            .collect(),
    );
    section("templates", assets::list(Folder::Templates).into_iter().map(|n| (n, String::new())).collect());
    if args.files {
        section(
            "files",
            catalog
                .entries()
                .map(|(name, entry)| {
                    (name.to_owned(), if entry.embedded { "built in".to_owned() } else { entry.shown.to_string() })
                })
                .collect(),
        );
    }
    let trimmed: Vec<&str> = out.lines().map(str::trim_end).collect();
    console.print(&format!("{}\n", trimmed.join("\n")))
}
