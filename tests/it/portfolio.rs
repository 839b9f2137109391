//! What one run writes says the same in every format, read back out of each; and hostile names are harmless in all of them.

use std::collections::BTreeMap;

use lygte::model::Exact;
use lygte::questionnaire::{Book, CellValue, Limits};

use crate::support::{Sandbox, exact, tree};

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/suppliers");
const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/suppliers.csv");

fn portfolio(sandbox: &Sandbox) -> Book {
    let bytes = std::fs::read(sandbox.join("out/portfolio.xlsx")).unwrap();
    Book::open(&bytes, &"portfolio.xlsx".into(), &Limits::default()).unwrap()
}

/// The rows of a sheet by title, as text.
fn rows(book: &Book, sheet: &str) -> Vec<BTreeMap<String, String>> {
    let sheet = book.sheet(sheet).unwrap_or_else(|| panic!("no sheet {sheet}"));
    let titles: BTreeMap<u32, String> = sheet.cells.rows(..1).map(|((_, column), v)| (*column, v.raw())).collect();
    let mut rows: BTreeMap<u32, BTreeMap<String, String>> = BTreeMap::new();
    for ((row, column), value) in sheet.cells.rows(1..) {
        rows.entry(*row).or_default().insert(titles[column].clone(), value.raw());
    }
    rows.into_values().collect()
}

/// Fields of `actions.csv` by the names of its columns.
fn csv_rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |r: csv::StringRecord| head.iter().cloned().zip(r.iter().map(str::to_owned)).collect();
    reader.records().map(|r| row(r.unwrap())).collect()
}

/// What stands in the first `<data>` of a class after a place in a page.
fn data(page: &str, place: &str, class: &str) -> Exact {
    let after = page.split(place).nth(1).unwrap_or_else(|| panic!("{place}"));
    let found = after.split(&format!("<data class=\"{class}\" value=\"")).nth(1);
    exact(found.unwrap_or_else(|| panic!("{class} after {place}")).split('"').next().unwrap())
}

#[test]
fn the_numbers_of_a_run_are_the_same_in_every_format() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["assess", EXAMPLES, "-o", "out", "--lang", "en", "--suppliers", LIST]);
    let json = sandbox.json("out/results.json");
    let book = portfolio(&sandbox);
    let index = sandbox.read("out/index.html");
    let (suppliers, lines, plan) = (rows(&book, "Suppliers"), rows(&book, "Lines"), rows(&book, "Actions"));
    let csv = csv_rows(&sandbox.read("out/actions.csv"));
    assert_eq!(suppliers.len(), json["suppliers"].as_array().unwrap().len());
    let mut priorities: BTreeMap<&str, usize> = BTreeMap::new();
    let mut actions = 0;
    for supplier in json["suppliers"].as_array().unwrap() {
        let id = supplier["id"].as_str().unwrap();
        *priorities.entry(supplier["priority"].as_str().unwrap_or("few")).or_default() += 1;
        let page = sandbox.read(&format!("out/suppliers/{id}.html"));
        let row = suppliers.iter().find(|r| r["Supplier id"] == id).unwrap();

        let score = exact(supplier["score"]["headline"]["shown"].as_str().unwrap());
        assert_eq!(data(&page, "id=\"lines\"", "total"), score, "{id}");
        assert_eq!(exact(&row["Score"]), score, "{id}");
        let shown = |value: &serde_json::Value| exact(&exact(value.as_str().unwrap()).shown());
        for (title, value) in [
            ("Score at best", &supplier["score"]["best"]["exact"]),
            ("Exposure", &supplier["exposure"]["hi"]),
            ("Exposure at least", &supplier["exposure"]["lo"]),
            ("If all stated were verified", &supplier["runs"]["stated"]),
            ("If only verified counted", &supplier["runs"]["verified"]),
            ("Answered by weight", &supplier["coverage"]["share"]),
        ] {
            assert_eq!(exact(&row[title]), shown(value), "{id}: {title}");
        }

        // First pages and the portfolio round to whole points.
        let in_list = index.split(&format!("suppliers/{id}.html")).nth(1).unwrap().split("</tr>").next().unwrap();
        if supplier["priority"].is_string() {
            let whole = |value: &serde_json::Value| exact(value.as_str().unwrap()).rounded();
            for value in [&supplier["score"]["headline"]["exact"], &supplier["exposure"]["hi"]] {
                assert!(in_list.contains(&format!("<td class=\"n\">{}<", whole(value))), "{id}: {in_list}");
            }
            let on_first = page.split("id=\"scales\"").nth(1).unwrap();
            assert!(on_first.contains(&format!("<p class=\"number\">{} ", whole(&supplier["exposure"]["hi"]))), "{id}");
        }

        for line in supplier["lines"].as_array().unwrap() {
            let (line_id, points) = (line["id"].as_str().unwrap(), exact(line["shown"].as_str().unwrap()));
            let is_factor = ["country", "sector", "workforce", "chain"].contains(&line_id);
            let place = format!("id=\"{}-{line_id}\"", if is_factor { "factor" } else { "line" });
            assert_eq!(data(&page, &place, "line"), points, "{id}: {line_id}");
            let in_sheet = lines.iter().find(|r| r["Supplier id"] == id && r["Id"] == line_id).unwrap();
            assert_eq!(exact(&in_sheet["Points"]), points, "{id}: {line_id}");
        }
        let signs = supplier["signs"]["items"].as_array().unwrap();
        let is_sign = |question: &str| signs.iter().any(|s| s["id"] == question);
        for action in supplier["actions"].as_array().unwrap() {
            actions += 1;
            let question = action["question"].as_str().unwrap();
            let (potential, action_id) = (action["potential"].as_str().unwrap(), format!("{id}/{question}"));
            let in_sheet = plan.iter().find(|r| r["Action id"] == action_id).unwrap_or_else(|| panic!("{action_id}"));
            let in_csv = csv.iter().find(|r| r["id"] == action_id).unwrap_or_else(|| panic!("{action_id}"));
            assert_eq!(in_sheet["What to do"], action["what"].as_str().unwrap(), "{action_id}");
            assert_eq!(in_csv["what"], in_sheet["What to do"]);
            let in_page =
                page.split(&format!("<code>{action_id}</code>")).nth(1).unwrap().split("</tr>").next().unwrap();
            if is_sign(question) {
                assert!(!in_sheet.contains_key("Would take off") && in_csv["potential"].is_empty());
                assert!(!in_page.contains("Would take off"), "{in_page}");
            } else {
                assert_eq!(exact(&in_sheet["Would take off"]), exact(potential), "{action_id}");
                assert_eq!(in_csv["potential"], potential, "{action_id}");
                assert!(in_page.contains(&format!("Would take off: {potential} points")), "{action_id}: {in_page}");
            }
        }
    }
    assert!(actions > 100 && plan.len() == csv.len() && plan.len() >= actions);

    // Sums over all of them: the page, and the first sheet of the workbook.
    let overview = book.sheet("Overview").unwrap();
    let beside = |text: &str| {
        let at = overview.cells.iter().find(|(_, v)| v.raw() == text).unwrap_or_else(|| panic!("{text}")).0;
        overview.get(at.0, at.1 + 1).map(CellValue::raw).unwrap()
    };
    for (code, name) in [
        ("severe", "Now, with advice"),
        ("high", "Now"),
        ("moderate", "Soon"),
        ("low", "Ordinary course"),
        ("few", "Not enough answers"),
    ] {
        let n = priorities.get(code).copied().unwrap_or(0).to_string();
        assert_eq!(data(&index, "id=\"figures\"", &format!("band-{code}")), exact(&n), "{code}");
        assert_eq!(beside(name), n, "{name}");
    }
    assert_eq!(beside("Suppliers"), suppliers.len().to_string());
    assert_eq!(beside("Of these, have answered"), json["ledger"]["answered"].to_string());
    assert_eq!(beside("Response rate"), "90%");
    assert!(index.contains("<p class=\"number\">90%</p>"));
}

const LONG: usize = 300;

/// Names that somebody may have put in on purpose.
fn hostile_names() -> Vec<String> {
    vec![
        "<script>alert(1)</script>".to_owned(),
        "=HYPERLINK(\"http://evil.example\",\"click\")".to_owned(),
        "../../x".to_owned(),
        "Ø".repeat(LONG),
        "🏗️👩‍🏭".to_owned(),
        "＝1+1 {{ 7*7 }} &amp; \u{202E}txt".to_owned(),
        "@SUM(1;2)".to_owned(),
        "\"><img src=x onerror=alert(1)>".to_owned(),
    ]
}

#[test]
fn hostile_names_and_comments_are_harmless_in_every_format() {
    let sandbox = Sandbox::new();
    for (n, name) in hostile_names().iter().enumerate() {
        let file = format!("in/{n}.xlsx");
        sandbox.ok(&["new", "--sector", "cleaning", "--country", "DK", "--supplier", name, "-o", &file]);
        let comment = "=HYPERLINK(\"http://evil.example\")";
        sandbox.rewrite(&file, |sheet, row, column, old| match (column, sheet.chars().next()) {
            (4, Some('A'..='C')) if row > 6 && row % 3 == 0 && old.is_none() => Some("No".to_owned()),
            (5 | 6, Some('A'..='C')) if row > 6 && row % 3 == 0 && old.is_none() => Some(comment.to_owned()),
            _ => None,
        });
    }
    let before = tree(&sandbox.join("in"));
    let run = sandbox.run(&["assess", "in", "-o", "out", "--lang", "en", "--format", "html,xlsx,json,csv,mail"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert_eq!(tree(&sandbox.join("in")), before);
    let there: Vec<String> =
        std::fs::read_dir(sandbox.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(there.len(), 2, "nothing outside of the folder: {there:?}");

    let names: Vec<String> = {
        let json = sandbox.json("out/results.json");
        let suppliers = json["suppliers"].as_array().unwrap();
        suppliers.iter().map(|s| s["name"].as_str().unwrap().to_owned()).collect()
    };
    let mut wanted = hostile_names();
    let mut got = names.clone();
    wanted.sort();
    got.sort();
    assert_eq!(got, wanted, "as they were written, in json");

    let mut commented = 0;
    for (name, bytes) in tree(&sandbox.join("out")) {
        let (_, file) = name.rsplit_once('/').unwrap_or(("", &name));
        assert!(file.len() <= 100 && file.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)), "{name}");
        let text = String::from_utf8_lossy(&bytes);
        let suffix = file.rsplit_once('.').map(|(_, suffix)| suffix);
        if suffix == Some("html") {
            assert!(!text.contains("<script>alert") && !text.contains("<img"), "{name}");
            assert_eq!(text.matches("<script").count(), usize::from(name == "index.html"), "{name}");
            assert!(!text.contains("href=\"http") && !text.contains("href='"), "{name}");
            assert!(!text.contains("＝1+1 49"), "{name}");
            commented += usize::from(text.contains("=HYPERLINK(&quot;http:"));
        }
        if suffix == Some("txt") {
            assert!(!text.contains('\u{202E}'), "{name}");
        }
    }
    assert!(commented >= wanted.len(), "the comment is shown as text: {commented}");

    let zip = std::fs::File::open(sandbox.join("out/portfolio.xlsx")).unwrap();
    let mut zip = zip::ZipArchive::new(zip).unwrap();
    for n in 0..zip.len() {
        let mut part = zip.by_index(n).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = String::new();
        if matches!(name.rsplit_once('.'), Some((_, "xml" | "rels"))) {
            std::io::Read::read_to_string(&mut part, &mut text).unwrap();
        }
        assert!(!text.contains("<f>") && !text.contains("<hyperlink") && !text.contains("TargetMode"), "{name}");
        assert!(!name.contains("externalLink") && !name.contains("vba"), "{name}");
    }
    let book = portfolio(&sandbox);
    let in_sheet: Vec<String> = rows(&book, "Suppliers").into_iter().map(|r| r["Supplier"].clone()).collect();
    assert_eq!(in_sheet, names);
    assert!(rows(&book, "Lines").iter().any(|r| r.get("Comment").is_some_and(|c| c.starts_with("=HYPERLINK"))));

    let csv = csv_rows(&sandbox.read("out/actions.csv"));
    for field in csv.iter().flat_map(BTreeMap::values) {
        assert!(!field.starts_with(['=', '+', '-', '@', '\t', '\r', '＝']), "{field}");
    }
    for name in &names {
        let is_it = |r: &&BTreeMap<String, String>| r["supplier"] == *name || r["supplier"] == format!("'{name}");
        let row = csv.iter().find(is_it).unwrap_or_else(|| panic!("{name}"));
        assert_eq!(row["supplier"].starts_with('\''), name.starts_with(['=', '@', '＝']), "{name}");
    }
}
