//! A trainer: how the groups of a room answered the same case, question by question.
//!
//! ```console
//! cargo run --example trainer -- examples/suppliers/*-supplier.xlsx
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;

use lygte::batch::read_answers;
use lygte::checklist::{Catalog, Library};
use lygte::model::Answer;

fn main() -> Result<(), Box<dyn Error>> {
    let files: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let library = Library::load(&Catalog::embedded()).0.ok_or("the built-in data are broken")?;
    let mut spread: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for file in &files {
        let (dossier, _) = read_answers(&library, file)?;
        for (item, entry) in &dossier.controls {
            let answer = match &entry.answer {
                Answer::Option(option) => option.clone(),
                Answer::Blank => continue,
                other => format!("{other:?}").split(' ').next().unwrap_or_default().to_lowercase(),
            };
            *spread.entry(item.to_string()).or_default().entry(answer).or_default() += 1;
        }
    }
    let mut out = std::io::stdout().lock();
    for (item, answers) in &spread {
        let counts: Vec<String> = answers.iter().map(|(answer, n)| format!("{n} {answer}")).collect();
        writeln!(out, "{item:<40} {}", counts.join(", "))?;
    }
    Ok(())
}
