//! From YAML files to questionnaires: read strictly, validated whole, translated, composed.
//!
//! Raw types mirror the files and carry positions; they end here. What leaves this module cannot be malformed.

mod act;
mod case;
mod catalog;
mod compose;
mod convert;
mod country;
mod glossary;
mod import;
mod library;
mod method;
mod raw;
mod yaml;

pub use catalog::{Catalog, Entry, FileText};
pub use compose::Selection;
pub use library::{CountryData, Library, QuestionnaireData, SectorData};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embedded_data_is_clean() {
        let (library, diags) = Library::load(&Catalog::embedded());
        let shown: Vec<String> =
            diags.0.iter().map(|d| format!("{} {}: {}", d.place, d.code.name(), d.message())).collect();
        assert!(shown.is_empty(), "{}", shown.join("\n"));
        assert!(library.is_some());
    }

    #[test]
    fn the_prepared_form_says_what_the_files_say() {
        let (written, prepared) = (Catalog::embedded(), Catalog::built_in());
        // A translation stands with what it translates.
        let translated =
            |name: &str| name.strip_prefix("lang/").and_then(|n| written.get(n.split_once('/')?.1)).is_some();
        for (name, _) in written.entries() {
            assert_ne!(crate::assets::prepared(name).is_some(), translated(name), "{name}");
        }
        let load = |catalog: &Catalog| {
            let (library, diags) = Library::load(catalog);
            assert!(diags.0.is_empty(), "{:?}", diags.0);
            let library = library.unwrap();
            let cases = library.cases(catalog).0;
            // Only where a country names its base its place is kept.
            let text = format!("{library:#?}\n{cases:#?}");
            text.lines()
                .map(str::trim)
                .filter(|l| !l.starts_with("line:") && !l.starts_with("column:"))
                .collect::<Vec<_>>()
                .join("\n")
        };
        let (written, prepared) = (load(&written), load(&prepared));
        let differ = written.lines().zip(prepared.lines()).filter(|(a, b)| a != b);
        let differ: Vec<_> =
            differ.filter(|(a, _)| !["offset:", "length:", "text:"].iter().any(|k| a.starts_with(k))).collect();
        assert!(differ.is_empty(), "{:?}", &differ[..differ.len().min(5)]);
    }
}
