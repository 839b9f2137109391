//! Six jurisdictions: of law and contacts no more is said than the sources do, and what is due for a check says so.

use std::collections::BTreeSet;

use lygte::checklist::{Catalog, Library, Selection};
use lygte::diag::Code;
use lygte::model::{Form, Id, Lang};
use lygte::report::Setting;

use crate::composed::{DATE, compose, dossier, library, report, report_on, reporter};
use crate::support::Sandbox;

#[test]
fn what_nobody_confirmed_is_printed_nowhere() {
    let reporter = reporter();
    let english = Lang::english();
    for (code, data) in &library().countries {
        let q = compose(&["cleaning"], code.as_str());
        let page = report(&reporter, &q, &english)[0].clone();
        let card =
            reporter.card(&Setting { lang: &english, date: DATE }, &library().reference, &data.info, true).unwrap();
        let show = Sandbox::new().ok(&["show", code.as_str()]).out;
        let info = q.country.as_ref().unwrap();
        let printed: BTreeSet<&str> =
            info.facts.iter().filter(|f| f.confidence != "U").filter_map(|f| f.value.as_deref()).collect();
        for fact in info.facts.iter().filter(|f| f.confidence == "U") {
            for text in [&page, &card, &show] {
                assert!(!text.contains(fact.text.get(&english)), "{code} {}", fact.id);
                let number = fact.value.as_deref().filter(|v| !printed.contains(v));
                assert!(number.is_none_or(|n| !text.contains(n)), "{code} {}", fact.id);
            }
        }
        assert!(card.contains(&data.info.emergency) && page.contains(&data.info.emergency), "{code}");
    }
}

#[test]
fn a_card_for_each_jurisdiction_in_each_language() {
    let reporter = reporter();
    for data in library().countries.values() {
        for lang in &library().langs {
            let setting = Setting { lang, date: DATE };
            let draft = library().drafts.contains(lang);
            let card = reporter.card(&setting, &library().reference, &data.info, draft).unwrap();
            assert!(card.contains("default-src 'none'") && !card.contains("<script") && !card.contains("href=\"http"));
            let words = reporter.words();
            for word in ["dont-confront", "dont-end", "dont-question", "dont-send-names", "card-law", "card-terms"] {
                assert!(card.contains(words.get(word, lang)), "{} {lang}: {word}", data.info.code);
            }
            assert_eq!(card.contains(words.get("draft-language", lang)), draft, "{lang}");
            let late =
                reporter.card(&Setting { lang, date: "2040-01-01" }, &library().reference, &data.info, draft).unwrap();
            let overdue = words.get("overdue", lang).split("{date}").next().unwrap();
            assert!(late.contains(overdue) && !card.contains(overdue), "{} {lang}", data.info.code);
        }
    }
}

#[test]
fn aland_takes_over_finnish_law_and_says_so() {
    let (ax, fi) = (&library().countries["AX"].info, &library().countries["FI"].info);
    let own: BTreeSet<&Id> = ax.facts.iter().filter(|f| f.inherited.is_none()).map(|f| &f.id).collect();
    let taken: Vec<_> = ax.facts.iter().filter(|f| f.inherited.is_some()).collect();
    assert!(taken.iter().any(|f| f.id.as_str() == "assistance-act") && taken.iter().all(|f| !own.contains(&f.id)));
    assert!(taken.iter().all(|f| fi.facts.iter().any(|g| g.id == f.id && g.text == f.text)));
    assert!(taken.iter().all(|f| !matches!(f.topic.id(), "authority" | "support" | "plan")));
    let act = ax.facts.iter().find(|f| f.id.as_str() == "criminal-trafficking").unwrap();
    assert!(act.inherited.is_none() && act.text.get(&Lang::english()).contains("strafflagen"));
    let page = &report(&reporter(), &compose(&["cleaning"], "AX"), &Lang::english())[0];
    assert!(page.contains("Taken over from Finland; not separately confirmed here."));
}

#[test]
fn a_country_may_change_a_part_of_a_question() {
    let mut catalog = Catalog::embedded();
    let finland = catalog.get("countries/FI.yml").unwrap().text.to_string();
    let change = "changes:\n  - {id: subcontract-policy.pay-standard, text: \"Pay after the Finnish agreement?\"}\n";
    catalog.insert("countries/FI.yml", &finland.replacen("changes:\n", change, 1));
    let library = Library::load(&catalog).0.unwrap();
    let text = |country: &str| {
        let selection = Selection {
            questionnaire: Id::new("guide"),
            sectors: Vec::new(),
            country: Some(country.parse().unwrap()),
            form: Form::Full,
        };
        let q = library.compose(&selection).unwrap();
        let (_, item) = q.item("subcontract-policy.pay-standard").unwrap();
        item.text.get(&Lang::english()).to_owned()
    };
    assert_eq!(text("FI"), "Pay after the Finnish agreement?");
    assert_eq!(text("AX"), text("FI"), "Åland takes over changes as well");
    assert_ne!(text("DK"), text("FI"));

    let wrong = change.replace("text:", "measure:");
    catalog.insert("countries/FI.yml", &finland.replacen("changes:\n", &wrong, 1));
    let diags = Library::load(&catalog).1;
    assert!(diags.0.iter().any(|d| d.code == Code::BadValue && d.message().contains("belong to its question")));
}

#[test]
fn acts_and_facts_that_are_due_for_a_check_are_warnings() {
    let library = library();
    assert_eq!(library.overdue(DATE).count(), 0);
    let late: Vec<String> = library.overdue("2040-01-01").map(|(place, id, _)| format!("{place} {id}")).collect();
    for (file, id) in [("acts/no-transparency.yml", "no-transparency"), ("countries/IS.yml", "emergency")] {
        let text = Catalog::embedded().get(file).unwrap().text.to_string();
        let record = text.lines().position(|l| l.trim().trim_start_matches("- ") == format!("id: {id}")).unwrap();
        let line = record + 1 + text.lines().skip(record).position(|l| l.contains("review_after:")).unwrap();
        assert!(late.iter().any(|l| l.starts_with(&format!("checklists/{file}:{line}:")) && l.ends_with(id)), "{file}");
    }
    let q = compose(&["cleaning"], "NO");
    let late = Setting { lang: &Lang::english(), date: "2040-01-01" };
    let page = &report_on(&reporter(), &q, &late, &dossier(&q, &Lang::english()))[0];
    let block = page.split("id=\"duties\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(block.contains("was to be checked again after"));
}

#[test]
fn the_number_to_call_in_danger_is_the_same_wherever_it_stands() {
    let reporter = reporter();
    for data in library().countries.values() {
        for lang in &library().langs {
            let setting = Setting { lang, date: DATE };
            let card = reporter.card(&setting, &library().reference, &data.info, true).unwrap();
            let call = card.split("class=\"call\">").nth(1).unwrap().split('<').next().unwrap();
            assert_eq!(call, data.info.emergency, "{} {lang}", data.info.code);
        }
    }
    let changed = |file: &str, from: &str, to: &str| {
        let mut catalog = Catalog::embedded();
        let text = catalog.get(file).unwrap().text.to_string();
        assert!(text.contains(from));
        catalog.insert(file, &text.replacen(from, to, 1));
        let diags = Library::load(&catalog).1;
        let found = diags.0.iter().filter(|d| d.code == Code::EmergencyNumber);
        found.map(|d| format!("{} {}", d.place, d.message())).collect::<Vec<_>>().join("\n")
    };
    let record = changed("countries/DK.yml", "emergency: \"112\"", "emergency: \"911\"");
    assert!(
        record.contains("countries/DK.yml:4:") && record.contains("no contact with `use: danger` has it"),
        "{record}"
    );
    let contact = changed("countries/NO.yml", "value: \"112\"", "value: \"113\"");
    assert!(contact.contains("112 is the number to call in danger"), "{contact}");
    let text = changed("lang/sv/countries/AX.yml", "Ring 112", "Ring 113");
    assert!(text.contains("`emergency` does not name it in `sv`"), "{text}");
}

#[test]
fn a_card_says_once_what_is_due_for_a_check() {
    let reporter = reporter();
    for data in library().countries.values() {
        for lang in &library().langs {
            let setting = Setting { lang, date: "2028-01-01" };
            let card = reporter.card(&setting, &library().reference, &data.info, true).unwrap();
            let overdue = reporter.words().get("overdue", lang).split("{date}").next().unwrap();
            let times = card.matches(overdue).count();
            assert!((1..=2).contains(&times), "{} {lang}: {times} times, for contacts and law", data.info.code);
        }
    }
}
