//! Country exposure, and goods on a public list.

use lygte::model::{CountryCode, Lang};
use lygte::report::Setting;

use crate::composed::{DATE, compose, dossier, library, report_on, reporter};
use crate::support::Sandbox;

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
fn the_list_of_goods_is_whole() {
    let goods = &library().reference.goods.by_id;
    assert_eq!(goods.len(), 82);
    assert_eq!(goods.values().map(|g| g.from.len() + g.made_with.len()).sum::<usize>(), 146);
    let countries: std::collections::BTreeSet<&CountryCode> =
        goods.values().flat_map(|g| g.from.iter().chain(&g.made_with)).collect();
    assert_eq!(countries.len(), 44);
}

/// The lines of the note in a report on a supplier that works in `country` and wrote `goods`.
fn noted(goods: &str, country: &str) -> Vec<String> {
    let q = compose(&["food-fish"], country);
    let mut dossier = dossier(&q, &Lang::english());
    dossier.profile.goods = Some(goods.to_owned());
    dossier.profile.countries = vec![Some(country.parse().unwrap())];
    let [page, feedback] = report_on(&reporter(), &q, &Setting { lang: &Lang::english(), date: DATE }, &dossier);
    assert!(!feedback.contains("public list of goods") && !feedback.contains("US Department of Labor"));
    let Some(block) = page.split("<h3>Goods on a public list</h3>").nth(1) else {
        assert!(!page.contains("US Department of Labor"), "no source without a note");
        return Vec::new();
    };
    let block = block.split("</section>").next().unwrap();
    assert!(block.contains("US Department of Labor") && block.contains("copy from second hand"));
    assert!(page.split("id=\"sources\"").nth(1).unwrap().contains("US Department of Labor"));
    let lines = block.split("<ul").nth(1).unwrap().split("</ul>").next().unwrap();
    let lines = lines.split("<li>").skip(1).map(|l| l.split(": forced").next().unwrap());
    lines.map(|l| l.replace("&#x27;", "'")).collect()
}

#[test]
fn goods_on_a_public_list_are_noted() {
    for (written, country, want) in [
        ("coffee (Brazil)", "DK", &["coffee, Brazil"][..]),
        ("Kaffe (Brasilien); Tee (China)", "DK", &["coffee, Brazil"]),
        ("puuvilla (Kiina, Turkmenistan)", "FI", &["cotton, China", "cotton, Turkmenistan"]),
        ("RÆKJUR (Taíland)\nrækjur (Ísland)", "IS", &["shrimp, Thailand"]),
        // The country follows its goods, or stands before them; it is not shared across a semicolon.
        ("tøj, mursten fra Pakistan", "DK", &["bricks, Pakistan"]),
        ("From Pakistan: bricks, carpets", "DK", &["bricks, Pakistan", "carpets, Pakistan"]),
        ("bricks from Denmark; furniture from Belarus", "DK", &["furniture, Belarus"]),
        // Nothing named: where the supplier works.
        ("räkor och fisk", "TH", &["fish, Thailand", "shrimp, Thailand"]),
        ("räkor och fisk", "SE", &[]),
        // Names of countries that begin alike, and other names of a country.
        (
            "gold from Guinea; gold from Democratic Republic of the Congo",
            "DK",
            &["gold, Democratic Republic of the Congo"],
        ),
        ("rubber (Burma)", "DK", &["rubber, Myanmar (Burma)"]),
        // Whole words only, and only such countries as are named for that good.
        ("goldfish (China); cottonwood (China)", "DK", &[]),
        ("coffee (Colombia)", "DK", &[]),
        ("<script>", "DK", &[]),
    ] {
        assert_eq!(noted(written, country), want, "{written}");
    }
    let q = compose(&["food-fish"], "DK");
    let mut dossier = dossier(&q, &Lang::english());
    dossier.profile.goods = Some("rum (Dominican Republic)".to_owned());
    let page = &report_on(&reporter(), &q, &Setting { lang: &Lang::english(), date: DATE }, &dossier)[0];
    assert!(page.contains("rum, Dominican Republic: forced labour is named in what it is made from"));
}

#[test]
fn goods_give_no_points_and_need_not_be_asked() {
    let q = compose(&["food-fish"], "DK");
    let mut dossier = dossier(&q, &Lang::english());
    let assess = |d: &lygte::model::Dossier| {
        format!("{:?}", lygte::score::assess(&q, &library().methods["fls-1"], &library().reference, d))
    };
    let without = assess(&dossier);
    dossier.profile.goods = Some("cotton (China)".to_owned());
    assert_eq!(assess(&dossier), without);
    // Workbooks made before it was asked are read whole.
    let sandbox = Sandbox::new();
    sandbox.ok(&["assess", concat!(env!("CARGO_MANIFEST_DIR"), "/examples/suppliers"), "-o", "out"]);
    for file in sandbox.json("out/results.json")["files"].as_array().unwrap() {
        assert_eq!(file["status"], "scored", "{}", file["file"]);
    }
}
