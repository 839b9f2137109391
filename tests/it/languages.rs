//! Six languages: whatever is put together stands in one of them, with its plurals and its words.

use std::collections::BTreeSet;

use lygte::checklist::{Catalog, Library};
use lygte::diag::Code;
use lygte::model::{CountryCode, Id, Lang, Role, Text};
use lygte::questionnaire::{Book, Limits, WriteOptions, write};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::composed::{LOADED, compose, library, report, reporter, texts};
use crate::support::Sandbox;

/// The pieces of text of a page, as they stand between its tags.
fn pieces(page: &str) -> BTreeSet<String> {
    let body = page.split("<body>").nth(1).unwrap_or(page);
    let unescape = |t: &str| {
        let t = t.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
        t.replace("&#x27;", "'").replace("&#39;", "'").replace("&#x2F;", "/").replace("&amp;", "&")
    };
    let after_tag = body.split('<').filter_map(|p| p.split_once('>')).map(|(_, text)| text);
    after_tag.map(|t| unescape(t.trim())).filter(|t| !t.is_empty()).collect()
}

/// English texts that have another wording in the language, and no text of the language reads the same.
fn foreign<'a>(texts: &[&'a Text], lang: &Lang) -> BTreeSet<&'a str> {
    let own: BTreeSet<&str> = texts.iter().map(|t| t.get(lang)).collect();
    let english = Lang::english();
    texts.iter().map(|t| t.get(&english)).filter(|t| !own.contains(t)).collect()
}

/// All of them with `LYGTE_ALL`, or built for speed; else each trade, place and language several times over.
fn combinations() -> Vec<(Id, CountryCode, Vec<Lang>)> {
    let all = std::env::var_os("LYGTE_ALL").is_some() || !cfg!(debug_assertions);
    let library = library();
    let mut out = Vec::new();
    for (s, sector) in library.sectors.keys().enumerate() {
        for (c, country) in library.countries.keys().enumerate() {
            let langs = library.langs.iter().enumerate();
            let some = langs.filter(|(l, _)| all || (s + c + l) % 6 == 0).map(|(_, lang)| lang.clone());
            out.push((sector.clone(), country.clone(), some.collect()));
        }
    }
    out
}

#[test]
fn every_combination_makes_a_workbook_and_a_report_in_its_language_only() {
    let reporter = reporter();
    let wrong: Vec<String> = combinations()
        .par_iter()
        .flat_map_iter(|(sector, country, langs)| {
            let q = compose(&[sector.as_str()], country.as_str());
            let texts = texts(&q);
            let mut wrong = Vec::new();
            for lang in langs {
                let who = format!("{sector} {country} {lang}");
                let foreign = foreign(&texts, lang);
                for role in [Role::Supplier, Role::Observer] {
                    let options = WriteOptions {
                        role,
                        lang,
                        supplier_id: Some("test-1"),
                        supplier_name: Some("Test"),
                        country: Some(country),
                        reference: &library().reference,
                        answers: None,
                    };
                    let bytes = write(&q, &options).unwrap();
                    let book = Book::open(&bytes, &"test.xlsx".into(), &Limits::default()).unwrap();
                    for (_, value) in book.sheets.iter().filter(|s| &*s.name != "_meta").flat_map(|s| s.cells.iter()) {
                        let raw = value.raw();
                        if foreign.contains(raw.as_str()) {
                            wrong.push(format!("{who} workbook of {}: {raw}", role.id()));
                        }
                    }
                }
                for page in report(&reporter, &q, lang) {
                    let found = pieces(&page);
                    wrong.extend(found.iter().filter(|p| foreign.contains(p.as_str())).map(|p| format!("{who}: {p}")));
                }
            }
            wrong
        })
        .collect();
    assert!(wrong.is_empty(), "{} places, such as:\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
}

/// Slower and sharper: an English sentence anywhere in a page, also in the middle of a line.
#[test]
fn no_english_sentence_within_a_line_of_a_report() {
    let reporter = reporter();
    let cases = [("hospitality", "FI", "fi"), ("food-fish", "IS", "is"), ("construction", "SE", "sv")];
    let cases = cases.iter().chain(&[("cleaning", "DK", "da"), ("transport", "NO", "nb"), ("domestic", "AX", "sv")]);
    let cases: Vec<_> = cases.collect();
    let wrong: Vec<String> = cases
        .par_iter()
        .flat_map_iter(|(sector, country, lang)| {
            let lang: Lang = lang.parse().unwrap();
            let q = compose(&[sector], country);
            let texts = texts(&q);
            let page = report(&reporter, &q, &lang)[0].replace("&#x27;", "'").replace("&quot;", "\"");
            let sentences = foreign(&texts, &lang).into_iter().filter(|t| t.len() > 24 && !t.contains('{'));
            sentences.filter(|t| page.contains(t)).map(|t| format!("{country} {lang}: {t}")).collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_text_is_there_in_every_language() {
    let missing: Vec<String> =
        LOADED.1.0.iter().map(|d| format!("{} {}", d.place, d.message())).filter(|d| !d.is_empty()).collect();
    assert!(missing.is_empty(), "{} gaps, such as:\n{}", missing.len(), missing[..missing.len().min(20)].join("\n"));
}

#[test]
fn each_language_has_a_glossary_that_can_be_shown() {
    let sandbox = Sandbox::new();
    let shown = sandbox.ok(&["show", "glossary", "--lang", "sv"]).out;
    assert!(shown.contains("- forced labour – **tvångsarbete**"), "{shown}");
    let mut catalog = Catalog::embedded();
    let glossary = catalog.get("lang/sv/glossary.yml").unwrap().text.to_string();
    catalog.insert("lang/sv/glossary.yml", &format!("{glossary}  - {{term: \"forced labour\", text: \" \"}}\n"));
    let diags = Library::load(&catalog).1;
    for code in [Code::DuplicateId, Code::BadValue] {
        assert!(diags.0.iter().any(|d| d.code == code && d.place.to_string().contains("glossary")), "{code:?}");
    }
}

#[test]
fn what_is_said_of_one_thing_has_the_same_gaps_to_fill() {
    let names = |text: &str| text.split('{').skip(1).filter_map(|p| p.split('}').next()).map(str::to_owned).collect();
    let words = &library().words["report"];
    let mut ones = 0;
    for id in words.ids().filter_map(|id| id.strip_suffix(".one")) {
        ones += 1;
        let one = words.text(&lygte::model::Words::one(id)).unwrap();
        for lang in &library().langs {
            let (one, many): (BTreeSet<String>, BTreeSet<String>) = (names(one.get(lang)), names(words.get(id, lang)));
            assert_eq!(one, many, "{id} in {lang}");
        }
    }
    assert!(ones >= 4);
}

#[test]
fn a_report_counts_as_its_language_does() {
    let template = "{{ t(key='reminder-count', n=date, answered=0, applicable=date) }}";
    let templates = [("card.html".to_owned(), template.to_owned())].into();
    let reporter = lygte::report::Reporter::new(&templates, library().words["report"].clone()).unwrap();
    let say = |tag: &str, number: &str| {
        // The page shows a date as the language writes it, and what is no date as it stands.
        let setting = lygte::report::Setting { lang: &tag.parse().unwrap(), date: number };
        reporter.card(&setting, &library().reference, &library().countries["IS"].info, false).unwrap()
    };
    assert!(say("en", "1").ends_with("0 of 1 question.") && say("en", "21").ends_with("0 of 21 questions."));
    assert!(say("sv", "1").ends_with("0 av 1 fråga.") && say("sv", "2").ends_with("0 av 2 frågor."));
    for (number, form) in [("1", "spurningu"), ("21", "spurningu"), ("31", "spurningu"), ("11", "spurningum")] {
        assert!(say("is", number).ends_with(&format!("{number} {form}.")), "{number}");
    }
}

#[test]
fn a_translation_that_leaves_the_glossary_is_a_warning() {
    let mut catalog = Catalog::embedded();
    let library = library();
    let found = |catalog: &Catalog| {
        let diags = library.terms(catalog).0;
        diags.iter().map(|d| format!("{} {}", d.place, d.message())).collect::<Vec<_>>()
    };
    assert_eq!(found(&catalog), Vec::<String>::new(), "right texts are left in peace");
    let file = "lang/sv/countries/DK.yml";
    let text = catalog.get(file).unwrap().text.to_string();
    let line = text.lines().position(|l| l.contains("text: ") && l.contains("människohandel")).unwrap();
    let changed: Vec<String> = text
        .lines()
        .enumerate()
        .map(|(n, l)| if n == line { l.to_lowercase().replace("människohandel", "trafficking") } else { l.to_owned() })
        .collect();
    catalog.insert(file, &changed.join("\n"));
    let [warning] = &found(&catalog)[..] else { panic!("{:?}", found(&catalog)) };
    assert!(warning.contains(&format!("{file}:{}:", line - 1)), "{warning}");
    assert!(warning.contains("“human trafficking” is “människohandel”"), "{warning}");
}

#[test]
fn swedish_names_stand_first_where_swedish_is_an_official_language() {
    let swedish: Lang = "sv".parse().unwrap();
    let finnish = [
        "ihmiskaup",
        "rikoslaki",
        "työsuojelu",
        "tilaajavastuu",
        "kiskon",
        "verohallinto",
        "harkinta-aika",
        "lupa- ja",
        "yhdenvertaisuus",
        "rakennusliitto",
        "teollisuusliitto",
        "veronumero",
        "kynnysraha",
        "hätäkeskus",
    ];
    let acts = library().reference.acts.values().filter(|a| a.jurisdiction == "FI");
    let of_acts = acts.flat_map(|a| {
        let clauses = a.asks.iter().chain(&a.check).chain(&a.proposed).map(|c| &c.text);
        [&a.name, &a.text].into_iter().chain(clauses)
    });
    let of_countries = ["AX", "FI"].into_iter().flat_map(|c| &library().countries[c].info.facts);
    let of_countries = of_countries.flat_map(|f| std::iter::once(&f.text).chain(&f.name));
    let mut seen = 0;
    for text in of_acts.chain(of_countries) {
        let text = text.get(&swedish).to_lowercase();
        for term in finnish {
            for (at, _) in text.match_indices(term) {
                let before = &text[..at];
                let in_brackets = before.matches('(').count() > before.matches(')').count();
                assert!(in_brackets || before.ends_with("på finska "), "{term}: {text}");
                seen += 1;
            }
        }
    }
    assert!(seen > 15, "{seen}");
}
