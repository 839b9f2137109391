//! An auditor: every line of a score, with the cell it comes from, and the proof that the lines add up.
//!
//! ```console
//! cargo run --example auditor -- examples/suppliers/glansvaerk-eksempel-a-s-f8b4-supplier.xlsx
//! ```

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;

use lygte::batch::read_answers;
use lygte::checklist::{Catalog, Library};
use lygte::model::Exact;

fn main() -> Result<(), Box<dyn Error>> {
    let path: PathBuf = std::env::args_os().nth(1).ok_or("usage: auditor WORKBOOK.xlsx")?.into();
    let library = Library::load(&Catalog::embedded()).0.ok_or("the built-in data are broken")?;
    let (dossier, selection) = read_answers(&library, &path)?;
    let questionnaire = library.compose(&selection)?;
    let method = &library.methods["fls-1"];
    let assessment = lygte::score::assess(&questionnaire, method, &library.reference, &dossier);

    let mut out = std::io::stdout().lock();
    for line in &assessment.lines {
        let cell = dossier.controls.get(line.id.as_str()).and_then(|entry| entry.cell.as_ref());
        let place = cell.map(|c| format!("{}!{}{}", c.sheet, lygte::diag::column_name(c.column), c.row + 1));
        writeln!(out, "{:>8}  {:<40} {}", line.shown, line.id, place.unwrap_or_default())?;
    }
    let sum: Exact = assessment.lines.iter().map(|line| line.exact.clone()).sum();
    assert_eq!(sum, assessment.score.headline, "the lines add up exactly");
    writeln!(out, "{:>8}  = {}, at best {}", sum.shown(), sum, assessment.score.best)?;
    Ok(())
}
