//! Thirteen sectors: found by NACE code, each with questions of its own, together without asking anything twice.

use std::collections::{BTreeMap, BTreeSet};

use lygte::model::{Id, Lang, Text};
use lygte::questionnaire::{Book, Limits};

use crate::composed::{compose, library};
use crate::support::Sandbox;

#[test]
fn thirteen_sectors_six_jurisdictions_six_languages() {
    let list = Sandbox::new().ok(&["list"]).out;
    let under = |title: &str| {
        let lines = list.lines().skip_while(|l| *l != title).skip(1);
        let names = lines.take_while(|l| l.starts_with("  ")).filter_map(|l| l.split_whitespace().next());
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        under("sectors"),
        [
            "agencies",
            "agriculture",
            "beauty",
            "berries-forestry",
            "carwash",
            "cleaning",
            "construction",
            "domestic",
            "food-fish",
            "hospitality",
            "public-buyer",
            "shipyards",
            "transport"
        ]
    );
    assert_eq!(under("countries"), ["AX", "DK", "FI", "IS", "NO", "SE"]);
    assert_eq!(under("languages"), ["en", "da", "fi", "is", "nb", "sv"]);
}

#[test]
fn each_sector_asks_things_of_its_own() {
    let mut seen: BTreeMap<String, &Id> = BTreeMap::new();
    for (id, sector) in &library().sectors {
        let own: Vec<_> = sector.exposure.iter().chain(sector.controls.iter().map(|(_, q)| q)).collect();
        assert!((6..=12).contains(&own.len()), "{id}: {} questions", own.len());
        let short = own.iter().filter(|q| q.short).count();
        assert!((2..=4).contains(&short), "{id}: {short} in the short form");
        assert!(!sector.signs.is_empty() && !sector.info.verify.is_empty() && !sector.info.notes.is_empty(), "{id}");
        let english = |t: &Text| t.get(&Lang::english()).to_owned();
        let texts = own.iter().map(|q| english(&q.text)).chain(sector.signs.iter().map(|s| english(&s.text)));
        for text in texts {
            if let Some(other) = seen.insert(text.clone(), id) {
                panic!("{id} and {other} both have: {text}");
            }
        }
    }
}

#[test]
fn several_sectors_ask_nothing_twice() {
    let alone = compose(&["construction"], "FI").questions().count();
    let both = compose(&["construction", "agencies"], "FI");
    let every: Vec<&str> = library().sectors.keys().map(Id::as_str).collect();
    assert!(both.questions().count() > alone);
    for q in [both, compose(&every, "SE")] {
        let mut ids = BTreeSet::new();
        let mut numbers = BTreeSet::new();
        let mut texts = BTreeSet::new();
        for (question, item) in q.questions().flat_map(|q| q.items.iter().map(move |i| (q, i))) {
            let text = question.item_text(item, &Lang::english());
            assert!(ids.insert(&item.id) && numbers.insert(&item.number), "{}", item.id);
            assert!(texts.insert(text.clone()), "asked twice: {text}");
        }
        let signs: BTreeSet<&Id> = q.signs.signs.iter().map(|s| &s.id).collect();
        assert_eq!(signs.len(), q.signs.signs.len());
    }
}

#[test]
fn a_nace_code_finds_its_sector() {
    let sandbox = Sandbox::new();
    for (n, (code, sector)) in [
        ("81.21", "cleaning"),
        ("N81.21", "cleaning"),
        ("8121", "cleaning"),
        ("56.10", "hospitality"),
        ("43.99", "construction"),
        ("78.20", "agencies"),
        ("01.13", "agriculture"),
        ("96.21", "beauty"),
    ]
    .into_iter()
    .enumerate()
    {
        let file = format!("{n}.xlsx");
        sandbox.ok(&["new", "--nace", code, "--country", "FI", "--lang", "fi", "--supplier", "A", "-o", &file]);
        let bytes = std::fs::read(sandbox.join(&file)).unwrap();
        let book = Book::open(&bytes, &file.as_str().into(), &Limits::default()).unwrap();
        let meta = book.sheets.iter().find(|s| &*s.name == "_meta").unwrap();
        let stamped: Vec<String> = meta.cells.iter().map(|(_, value)| value.raw()).collect();
        assert!(stamped.iter().any(|v| v == sector), "{code}: {stamped:?}");
    }
    let near = sandbox.run(&["new", "--nace", "81.30", "-o", "x.xlsx"]);
    assert_eq!(near.code, 2);
    assert!(near.err.contains("near it there are: 81.2 (cleaning), 81.21 (cleaning)"), "{}", near.err);
    assert!(sandbox.run(&["new", "--nace", "99", "-o", "x.xlsx"]).err.contains("`lygte list` shows"));
}

#[test]
fn what_to_verify_begins_with_the_suppliers_own_country() {
    let reporter = crate::composed::reporter();
    let english = Lang::english();
    for (sector, country, own) in [
        ("construction", "NO", "Norway: "),
        ("agencies", "FI", "In Finland: "),
        ("carwash", "SE", "Sweden: "),
        ("domestic", "AX", "In Sweden, Iceland and Åland: "),
        ("hospitality", "AX", "Finland: "),
    ] {
        let q = compose(&[sector], country);
        let page = &crate::composed::report(&reporter, &q, &english)[0];
        let block = page.split("id=\"verify\"").nth(1).unwrap().split("</section>").next().unwrap();
        let first = block.split("<li>").nth(1).unwrap();
        assert!(first.starts_with(own), "{sector} in {country}: {first}");
        // What is about other countries only stands behind what holds anywhere.
        let verify = &library().sectors[sector].info.verify;
        let place = |text: &str| block.find(text.split('\'').next().unwrap()).unwrap();
        let anywhere = verify.iter().filter(|n| n.countries.is_empty()).map(|n| place(n.text.get(&english))).max();
        let elsewhere = verify.iter().filter(|n| n.countries == ["DK".parse().unwrap()]);
        for note in elsewhere {
            assert!(Some(place(note.text.get(&english))) > anywhere, "{sector} in {country}: {}", note.id);
        }
    }
}
