//! A company: a questionnaire that is already filled in, from answers it has on file, as a workbook.
//!
//! ```console
//! cargo run --example company -- answers.json q.xlsx
//! ```
//!
//! The JSON holds `name id country sector lang form`, `profile` facts and, by item id, `answers` with `answer comment document`.

use std::error::Error;

use lygte::checklist::{Catalog, Library, Selection};
use lygte::model::{Answer, Dossier, Entry, Fact, FactId, Form, Id, Lang, Profile, Role};
use lygte::questionnaire::{WriteOptions, write};
use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(input), Some(output)) = (args.next(), args.next()) else {
        return Err("usage: company ANSWERS.json OUT.xlsx".into());
    };
    let json: Value = serde_json::from_str(&std::fs::read_to_string(input)?)?;
    let text = |key: &str| json[key].as_str().unwrap_or_default();
    let library = Library::load(&Catalog::embedded()).0.ok_or("the built-in data are broken")?;
    let lang: Lang = text("lang").parse()?;
    let form = if text("form") == "short" { Form::Short } else { Form::Full };
    let (country, sectors) = (text("country").parse()?, vec![Id::new(text("sector"))]);
    let selection = Selection { questionnaire: Id::new("guide"), sectors, country: Some(country), form };
    let questionnaire = library.compose(&selection)?;

    let facts = &json["profile"];
    let mut profile = Profile {
        name: Some(text("name").to_owned()),
        countries: vec![selection.country.clone()],
        sectors: selection.sectors.iter().cloned().map(Some).collect(),
        employees: facts["employees"].as_u64(),
        levels: facts["levels"].as_u64(),
        ..Profile::default()
    };
    for id in FactId::ALL {
        let fact = match facts[id.id()].as_str() {
            Some("Yes" | "Ja") => Fact::Yes,
            Some("No" | "Nej") => Fact::No,
            _ => Fact::Unknown,
        };
        profile.set(id, fact);
        if id == FactId::Subcontracting {
            profile.says_subcontracting = fact;
        }
    }
    let entry = |value: &Value| Entry {
        answer: Answer::Blank, // What counts is what stands in the cell.
        number: None,
        raw: value["answer"].as_str().map(str::to_owned).or_else(|| value["answer"].as_f64().map(|x| x.to_string())),
        comment: value["comment"].as_str().map(str::to_owned),
        document: value["document"].as_str().map(str::to_owned),
        cell: None,
    };
    let answers = json["answers"].as_object().ok_or("`answers` is missing")?;
    let controls = answers.iter().map(|(id, value)| (Id::new(id), entry(value))).collect();
    let dossier = Dossier {
        id: text("id").to_owned(),
        name: text("name").to_owned(),
        lang: lang.clone(),
        form,
        profile,
        controls,
        ..Dossier::blank()
    };
    let options = WriteOptions {
        role: Role::Supplier,
        lang: &lang,
        supplier_id: Some(&dossier.id),
        supplier_name: Some(&dossier.name),
        country: selection.country.as_ref(),
        reference: &library.reference,
        answers: Some(&dossier),
    };
    lygte::batch::write_atomic(output.as_ref(), &write(&questionnaire, &options)?)?;
    Ok(())
}
