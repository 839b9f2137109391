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

pub use catalog::{Catalog, Entry};
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
}
