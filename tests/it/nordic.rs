//! Thirteen sectors, six jurisdictions, six languages: whatever is put together stands in one language, asks nothing
//! twice, and says of law and contacts no more than its sources do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use lygte::checklist::{Catalog, Library, Selection};
use lygte::diag::{Code, Diagnostics};
use lygte::duties::{self, Verdict};
use lygte::model::{
    AnswerKind, CountryCode, Dossier, Firm, FirmRole, Form, Id, Lang, Look, Profile, Questionnaire, Role, SignEntry,
    SignState, Text,
};
use lygte::questionnaire::{Book, Limits, WriteOptions, write};
use lygte::report::{Reporter, Scored, Setting};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::support::Sandbox;

const DATE: &str = "2026-11-24";

static LOADED: LazyLock<(Library, Diagnostics)> = LazyLock::new(|| {
    let (library, diagnostics) = Library::load(&Catalog::embedded());
    (library.unwrap(), diagnostics)
});

fn library() -> &'static Library {
    &LOADED.0
}

fn compose(sectors: &[&str], country: &str) -> Questionnaire {
    let selection = Selection {
        questionnaire: Id::new("guide"),
        sectors: sectors.iter().map(|s| Id::new(s)).collect(),
        country: Some(country.parse().unwrap()),
        form: Form::Full,
    };
    library().compose(&selection).unwrap()
}

fn firm(country: &str, role: FirmRole, sector: &str) -> Firm {
    Firm {
        role,
        country: country.parse().unwrap(),
        sells_in: Vec::new(),
        sectors: vec![Id::new(sector)],
        employees: None,
        turnover: None,
        balance: None,
        currency: None,
        public_interest: false,
        date: DATE.to_owned(),
    }
}

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
            let text = question.item_text(item).get(&Lang::english()).to_owned();
            assert!(ids.insert(&item.id) && numbers.insert(&item.number), "{}", item.id);
            assert!(texts.insert(text.clone()), "asked twice: {text}");
        }
        let signs: BTreeSet<&Id> = q.signs.signs.iter().map(|s| &s.id).collect();
        assert_eq!(signs.len(), q.signs.signs.len());
    }
}

/// Every text that a questionnaire and a report on it are made of.
fn texts(q: &Questionnaire) -> Vec<&Text> {
    let mut out: Vec<&Text> = vec![&q.title, &q.exposure.title, &q.exposure.intro, &q.exposure.sheet];
    for block in &q.controls {
        out.extend([&block.title, &block.intro, &block.sheet]);
    }
    out.extend([&q.signs.title, &q.signs.intro, &q.signs.sheet]);
    for question in q.questions() {
        out.extend([&question.text, &question.why, &question.evidence, &question.measure]);
        for item in &question.items {
            out.extend([&item.text, &item.evidence]);
            if let AnswerKind::Scale(scale) = &item.kind {
                out.extend(scale.options.iter().map(|o| &o.label));
            }
        }
    }
    for sign in &q.signs.signs {
        out.extend([&sign.text, &sign.why, &sign.evidence, &sign.measure]);
    }
    for sector in &q.sectors {
        out.push(&sector.name);
        out.extend(sector.verify.iter().chain(&sector.notes).map(|n| &n.text));
    }
    out.extend(q.country.iter().map(|c| &c.name));
    for fact in q.country.iter().flat_map(|c| &c.facts) {
        out.push(&fact.text);
        out.extend(fact.name.iter().chain(&fact.hours));
    }
    for sheet in [&q.profile, &q.visit] {
        out.extend([&sheet.sheet, &sheet.title, &sheet.intro]);
        out.extend(sheet.fields.iter().flat_map(|f| [&f.text, &f.why]));
    }
    let common = &q.common;
    out.extend([&common.na.label, &common.dont_know.label, &common.refused.label]);
    out.extend(common.seen.iter().chain(&common.evidence).chain(&common.closure).map(|o| &o.label));
    out.extend(q.words.ids().filter_map(|id| q.words.text(id)));
    let report = &library().words["report"];
    out.extend(report.ids().filter_map(|id| report.text(id)));
    for act in library().reference.acts.values() {
        out.extend([&act.name, &act.text]);
        out.extend(act.alternatives.iter().filter_map(|a| a.provided.as_ref()));
        out.extend(act.asks.iter().chain(&act.check).chain(&act.proposed).map(|c| &c.text));
    }
    out
}

/// A supplier of that trade and place, with a sign reported, so that every block of the report is there.
fn dossier(q: &Questionnaire, lang: &Lang) -> Dossier {
    let mut dossier = Dossier {
        id: "nordlys-7f3a".to_owned(),
        name: "Nordlys".to_owned(),
        files: vec!["nordlys.xlsx".into(), "visit.xlsx".into()],
        lang: lang.clone(),
        form: q.form,
        edition: q.edition.clone(),
        revision: q.revision.clone(),
        profile: Profile {
            name: Some("Nordlys".to_owned()),
            countries: vec![q.country.as_ref().map(|c| c.code.clone())],
            sectors: q.sectors.iter().map(|s| Some(s.id.clone())).collect(),
            employees: Some(80),
            levels: Some(2),
            ..Profile::default()
        },
        corrections: BTreeMap::new(),
        exposure: BTreeMap::new(),
        controls: BTreeMap::new(),
        findings: BTreeMap::new(),
        looks: vec![Look {
            file: "visit.xlsx".into(),
            date: Some("2026-10-02".to_owned()),
            role: None,
            site: None,
            seen: Some(true),
            under_18: false,
        }],
        signs: Vec::new(),
    };
    for (n, sign) in q.signs.signs.iter().enumerate() {
        let state = if n % 7 == 0 { SignState::Present } else { SignState::Absent };
        dossier.signs.push(SignEntry {
            sign: sign.clone(),
            state,
            raw: None,
            comment: None,
            cell: None,
            closure: None,
            look: 0,
        });
    }
    dossier
}

fn reporter() -> Reporter {
    Reporter::new(&BTreeMap::new(), library().words["report"].clone()).unwrap()
}

fn report(reporter: &Reporter, q: &Questionnaire, lang: &Lang) -> [String; 2] {
    let library = library();
    let method = &library.methods["fls-1"];
    let dossier = dossier(q, lang);
    let assessment = lygte::score::assess(q, method, &library.reference, &dossier);
    let scored = Scored {
        questionnaire: q,
        method,
        reference: &library.reference,
        dossier: &dossier,
        assessment: &assessment,
        slug: "nordlys-7f3a",
    };
    let setting = Setting { lang, date: DATE };
    [reporter.supplier(&setting, &scored, &[]).unwrap(), reporter.feedback(&setting, &scored, &[]).unwrap()]
}

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
                    for value in book.sheets.iter().filter(|s| &*s.name != "_meta").flat_map(|s| s.cells.values()) {
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
fn a_case_that_comes_out_otherwise_is_an_error() {
    let mut catalog = Catalog::embedded();
    let act = catalog.get("acts/no-transparency.yml").unwrap().text.to_string();
    catalog.insert("acts/no-transparency.yml", &act.replacen("over: \"50\"", "over: \"90\"", 1));
    let (library, diags) = Library::load(&catalog);
    let found = diags.0.iter().find(|d| d.code == Code::ActCase).unwrap();
    assert!(found.message().contains("case `large-norwegian` comes out as `unclear`"), "{}", found.message());
    assert!(library.is_none(), "an act that does not say what it means is not used");
}

#[test]
fn what_is_not_known_leaves_the_answer_open_only_if_it_could_decide() {
    let acts = &library().reference.acts;
    let judge = |id: &str, firm: &Firm| duties::judge(&acts[id], firm).verdict;
    let mut hotel = firm("NO", FirmRole::Buyer, "cleaning");
    assert_eq!(judge("no-transparency", &hotel), Verdict::Unclear, "no figure is known");
    hotel.employees = Some(10);
    assert_eq!(judge("no-transparency", &hotel), Verdict::Unclear, "the two others could still be met");
    hotel.turnover = Some("1".parse().unwrap());
    hotel.currency = Some("NOK".to_owned());
    assert_eq!(judge("no-transparency", &hotel), Verdict::No, "two of three can no longer be met");
    hotel.sectors.clear();
    assert_eq!(judge("no-cleaning-approval", &hotel), Verdict::Unclear, "the trade decides and is not known");
    assert_eq!(judge("no-transparency", &hotel), Verdict::No, "here the trade decides nothing");

    let mut builder = firm("DE", FirmRole::Any, "construction");
    builder.sells_in = vec!["SE".parse().unwrap()];
    builder.date = "2028-01-01".to_owned();
    assert_eq!(judge("eu-forced-labour-regulation", &builder), Verdict::Yes, "Sweden is in the market of the Union");
    builder.sells_in = vec!["NO".parse().unwrap()];
    assert_eq!(judge("eu-forced-labour-regulation", &builder), Verdict::No);
}

#[test]
fn duties_on_the_command_line() {
    let sandbox = Sandbox::new();
    let base = ["duties", "--country", "NO", "--sector", "cleaning", "--role", "buyer"];
    let with = |more: &[&str]| sandbox.ok(&[&base[..], more].concat()).out;
    let out = with(&["--employees", "80", "--turnover", "90000000"]);
    let act = out.split("## ").find(|p| p.starts_with("Åpenhetsloven")).unwrap();
    assert!(act.contains("**Probably applies (from 1 Jul 2022)**"), "{act}");
    assert!(act.contains("What to check:") && (act.contains("lovdata") || act.contains("Lovdata")), "{act}");
    assert!(out.contains("no legal advice"));
    let json: serde_json::Value = serde_json::from_str(&with(&["--message-format", "json"])).unwrap();
    let act = json["duties"].as_array().unwrap().iter().find(|d| d["act"] == "no-transparency").unwrap();
    assert_eq!(act["verdict"], "unclear");
    assert_eq!(act["depends_on"][0], "the number of employees");
    // It applies to a public-interest entity whatever its turnover is.
    let listed = ["--employees", "80", "--public-interest", "--message-format", "json"];
    let json: serde_json::Value = serde_json::from_str(&with(&listed)).unwrap();
    let act = json["duties"].as_array().unwrap().iter().find(|d| d["act"] == "no-transparency").unwrap();
    assert_eq!((&act["verdict"], &act["depends_on"]), (&"yes".into(), &serde_json::json!([])));
    let bill = sandbox.ok(&["duties", "--country", "AX", "--role", "employer", "--sector", "hospitality"]).out;
    let bill = bill.split("## ").find(|p| p.starts_with("Kiskonta")).unwrap();
    assert!(bill.contains("**Only proposed**") && bill.contains("What it would ask:"), "{bill}");
    let later = with(&["--employees", "80", "--turnover", "90000000", "--date", "2022-06-30"]);
    assert!(later.contains("Will probably apply (from 1 Jul 2022)"));
    let sums = ["duties", "--country", "GB", "--role", "buyer", "--turnover", "40000000"];
    assert!(sandbox.run(&sums).err.contains("add --currency"));
    assert!(sandbox.ok(&[&sums[..], &["--currency", "gbp"]].concat()).out.contains("Modern Slavery Act"));
    for (args, says) in [
        (["--turnover", "much"], "`much` is no sum"),
        (["--sector", "cleanin"], "did you mean `cleaning`?"),
        (["--sells-in", "Norwey"], "did you mean `Norway`?"),
    ] {
        let run = sandbox.run(&[&["duties", "--country", "DK", "--role", "buyer"], &args[..]].concat());
        assert_eq!(run.code, 2);
        assert!(run.err.contains(says), "{}", run.err);
    }
}

#[test]
fn reports_and_cards_have_the_block_of_acts() {
    let reporter = reporter();
    let page = &report(&reporter, &compose(&["cleaning"], "NO"), &Lang::english())[0];
    let block = page.split("id=\"duties\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(block.contains("Godkjenningsordning for renhold") && block.contains("no legal advice"));
    let (buyer, supplier) = block.split_once("For the supplier").unwrap();
    assert!(buyer.contains("Informasjons- og påseplikt") && !buyer.contains("HMS-kort (Norway"));
    assert!(supplier.contains("Åpenhetsloven"));
    let feedback = &report(&reporter, &compose(&["cleaning"], "NO"), &Lang::english())[1];
    assert!(!feedback.contains("Godkjenningsordning"), "a supplier gets its answers back, and no law");
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
        let stamped: Vec<String> = meta.cells.values().map(lygte::questionnaire::CellValue::raw).collect();
        assert!(stamped.iter().any(|v| v == sector), "{code}: {stamped:?}");
    }
    let near = sandbox.run(&["new", "--nace", "81.30", "-o", "x.xlsx"]);
    assert_eq!(near.code, 2);
    assert!(near.err.contains("near it there are: 81.2 (cleaning), 81.21 (cleaning)"), "{}", near.err);
    assert!(sandbox.run(&["new", "--nace", "99", "-o", "x.xlsx"]).err.contains("`lygte list` shows"));
}

#[test]
fn a_table_of_country_exposure_replaces_ours_and_is_named() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["new", "--sector", "cleaning", "--country", "DK", "--supplier", "A", "-o", "a.xlsx"]);
    let csv = "# source: Institute\n# edition: 2025\n# licence: CC BY 4.0\n# cut-offs: 2; 5; 8; 13\ncountry;value\nDK;5\nFI;1,9\n";
    let yaml = "schema: lygte/own-exposure/1\nsource: Institute\nedition: \"2025\"\nlicence: CC BY 4.0\ncountries:\n  - {code: DK, step: \"1/2\"}\n";
    sandbox.write("own.csv", csv);
    sandbox.write("own.yml", yaml);
    sandbox.write("none.csv", csv.replace("DK;5\n", ""));
    let country = |file: &str| {
        sandbox.run(&["assess", "a.xlsx", "-o", "out", "--country-exposure", file]);
        let json = sandbox.json("out/results.json");
        let factors = json["suppliers"][0]["exposure"]["factors"].as_array().unwrap();
        let factor = factors.iter().find(|f| f["id"] == "country").unwrap();
        (factor["lo"].as_str().unwrap().to_owned(), factor["hi"].as_str().unwrap().to_owned())
    };
    let half = ("1/2".to_owned(), "1/2".to_owned());
    assert_eq!((country("own.csv"), country("own.yml")), (half.clone(), half));
    assert_eq!(country("none.csv"), ("0".to_owned(), "1".to_owned()), "a country that it does not name is unknown");
    sandbox.run(&["assess", "a.xlsx", "-o", "out", "--country-exposure", "own.csv"]);
    let digest = lygte_digest(csv.as_bytes());
    for file in ["out/run.json", "out/results.json"] {
        let json = sandbox.json(file);
        let table = if file.contains("run") { &json["options"]["country_exposure"] } else { &json["country_exposure"] };
        assert_eq!(
            (&table["edition"], &table["licence"], &table["sha256"]),
            (&"2025".into(), &"CC BY 4.0".into(), &digest.as_str().into())
        );
    }
    for (from, to, says) in [
        ("# licence: CC BY 4.0\n", "", "`licence` is missing"),
        ("DK;5", "QQ;5", "bad-value"),
        ("DK;5", "DK;-5", "bad-value"),
        ("FI;1,9", "FI;1,900", "thousands or decimals"),
        ("DK;5", "DK;5;6", "malformed-csv"),
        ("FI;", "DK;", "duplicate-id"),
        ("# cut-offs: 2; 5; 8; 13\n", "", "missing-key"),
        ("5; 8; 13", "8; 5; 13", "rising order"),
        ("country;", "land;", "missing-key"),
    ] {
        sandbox.write("wrong.csv", csv.replace(from, to));
        let run = sandbox.run(&["assess", "a.xlsx", "-o", "other", "--country-exposure", "wrong.csv"]);
        assert_eq!(run.code, 1);
        assert!(run.err.contains(says), "{says}: {}", run.err);
    }
}

fn lygte_digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    <sha2::Sha256 as sha2::Digest>::digest(bytes).iter().fold(String::new(), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
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
fn acts_and_facts_that_are_due_for_a_check_are_warnings() {
    let library = library();
    assert_eq!(library.overdue(DATE).count(), 0);
    let late: Vec<String> = library.overdue("2040-01-01").map(|(file, ..)| file).collect();
    for file in ["acts/no-transparency.yml", "countries/IS.yml"] {
        assert!(late.iter().any(|f| f == file), "{file}");
    }
    let page = {
        let q = compose(&["cleaning"], "NO");
        let method = &library.methods["fls-1"];
        let dossier = dossier(&q, &Lang::english());
        let assessment = lygte::score::assess(&q, method, &library.reference, &dossier);
        let reference = &library.reference;
        let scored =
            Scored { questionnaire: &q, method, reference, dossier: &dossier, assessment: &assessment, slug: "x" };
        reporter().supplier(&Setting { lang: &Lang::english(), date: "2040-01-01" }, &scored, &[]).unwrap()
    };
    let block = page.split("id=\"duties\"").nth(1).unwrap().split("</section>").next().unwrap();
    assert!(block.contains("was to be checked again after"));
}
