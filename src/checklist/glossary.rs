//! Whether translations use the words that the glossary of their language keeps the same.

use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{Lang, Term};

use super::catalog::Catalog;
use super::raw::RawTranslation;
use super::yaml;

/// Holds each translated text against the terms that list their forms: where the English has the term, the translation
/// has one of the forms, anywhere in a word. Terms without forms are not looked for: endings and compounds would make
/// most of what was found wrong.
pub(super) fn check(catalog: &Catalog, glossaries: &BTreeMap<Lang, Vec<Term>>) -> Diagnostics {
    let mut diags = Diagnostics::default();
    for (name, entry) in catalog.entries() {
        let terms = name.strip_prefix("lang/").and_then(|rest| rest.split('/').next()?.parse().ok());
        let Some(terms) = terms.and_then(|lang: Lang| glossaries.get(&lang)) else { continue };
        if name.ends_with("/glossary.yml") {
            continue;
        }
        // What is wrong with the file itself was said when it was loaded.
        let Some(raw) = yaml::parse::<RawTranslation>(&entry.shown, entry.text.shared(), &mut Diagnostics::default())
        else {
            continue;
        };
        for text in &raw.texts {
            let english = words(&text.source.value);
            let translated = text.text.value.to_lowercase();
            for term in terms.iter().filter(|t| !t.forms.is_empty()) {
                let name = words(&term.term);
                let used = term.forms.iter().any(|f| translated.contains(f.as_str()));
                // A title that is quoted in English stands in English.
                if has(&english, &name) && !used && !has(&words(&translated), &name) {
                    let place = yaml::place(&entry.shown, entry.text.shared(), &text.id);
                    diags.push(
                        Diagnostic::new(Code::GlossaryTerm, place)
                            .with("id", text.id.value.as_str())
                            .with("term", term.term.as_str())
                            .with("text", term.text.as_str()),
                    );
                }
            }
        }
    }
    diags
}

/// Words in small letters; a plural is the word itself.
fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    words.map(|w| w.strip_suffix('s').filter(|rest| rest.len() > 2).unwrap_or(w).to_owned()).collect()
}

fn has(text: &[String], term: &[String]) -> bool {
    !term.is_empty() && text.windows(term.len()).any(|w| w == term)
}
