//! Which acts probably concern a firm: by place, role, trade, figures and day.

use lygte::checklist::{Catalog, Library};
use lygte::diag::Code;
use lygte::duties::{self, Verdict};
use lygte::model::{Firm, FirmRole, Id, Lang};

use crate::composed::{DATE, compose, library, report, reporter};
use crate::support::Sandbox;

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
fn a_public_body_is_no_company() {
    let acts = &library().reference.acts;
    let mut body = firm("DK", FirmRole::PublicBuyer, "public-buyer");
    body.employees = Some(40_000);
    body.turnover = Some("4000000000".parse().unwrap());
    body.currency = Some("EUR".to_owned());
    body.date = "2030-01-01".to_owned();
    assert_eq!(duties::judge(&acts["eu-csddd"], &body).verdict, Verdict::No);
    body.role = FirmRole::Buyer;
    assert_eq!(duties::judge(&acts["eu-csddd"], &body).verdict, Verdict::Yes);
    // "Public buyer" is no trade: what it buys is not known.
    let client = firm("DK", FirmRole::PublicBuyer, "public-buyer");
    assert_eq!(duties::judge(&acts["dk-rut-client"], &client).verdict, Verdict::Unclear);
    let page = &report(&reporter(), &compose(&["public-buyer"], "SE"), &Lang::english())[0];
    let block = page.split("id=\"duties\"").nth(1).unwrap().split("</section>").next().unwrap();
    let supplier = block.split("For the supplier").nth(1).unwrap();
    assert!(supplier.contains("Arbetsrättsliga villkor") && !supplier.contains("2024/1760"), "{supplier}");
}

#[test]
fn a_day_before_an_act_was_made_or_read_as_it_does() {
    let acts = &library().reference.acts;
    let judge = |id: &str, country: &str, date: &str| {
        let firm = Firm { date: date.to_owned(), ..firm(country, FirmRole::Importer, "food-fish") };
        duties::judge(&acts[id], &firm)
    };
    assert_eq!(judge("eu-forced-labour-regulation", "DK", "2023-12-31").verdict, Verdict::No);
    assert_eq!(judge("eu-forced-labour-regulation", "DK", "2024-12-13").verdict, Verdict::Later);
    let before = judge("fi-posting", "FI", "2019-01-01");
    assert_eq!(before.verdict, Verdict::No, "no role of an importer is concerned, whatever the wording");
    let client = Firm { date: "2019-01-01".to_owned(), ..firm("FI", FirmRole::Buyer, "construction") };
    let client = duties::judge(&acts["fi-posting"], &client);
    assert_eq!(client.verdict, Verdict::Unclear);
    assert!(client.open.contains(&duties::Open::Wording));
    // A bill is proposed from the day it was announced, and never more than that.
    let bill = |date: &str| {
        let firm = Firm { date: date.to_owned(), ..firm("FI", FirmRole::Employer, "hospitality") };
        duties::judge(&acts["fi-extortion-at-work"], &firm).verdict
    };
    assert_eq!((bill("2026-03-11"), bill("2026-03-12")), (Verdict::No, Verdict::Proposed));

    let sandbox = Sandbox::new();
    let duties = |more: &[&str]| sandbox.run(&[&["duties", "--country", "DK", "--role", "buyer"], more].concat());
    assert!(duties(&["--date", "2020-01-01"]).out.contains("lies before the day on which these records were checked"));
    assert!(!duties(&["--date", "2027-01-01"]).out.contains("lies before the day"));
    let unknown = duties(&["--turnover", "1", "--currency", "USD"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("there are DKK, EUR, GBP, ISK, NOK, SEK"), "{}", unknown.err);
}
