//! A room that trains on a case: the pack, what comes back, and that nothing of it stays.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use lygte::checklist::{Catalog, Library};
use lygte::model::{AnswerKind, Case, Exact, Id, Lang, Questionnaire, SignState};
use lygte::questionnaire::{Book, Limits};
use lygte::report::Line;
use lygte::training::{PackOptions, pack};

use crate::support::{Run, Sandbox, tree};

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::load(&Catalog::embedded()).0.unwrap());
static CASES: LazyLock<BTreeMap<Id, Case>> = LazyLock::new(|| LIBRARY.cases(&Catalog::embedded()).0);

const LAKE: &str = "hospitality-lakeside";

fn lang(tag: &str) -> Lang {
    tag.parse().unwrap()
}

fn exercise(case: &Case) -> Questionnaire {
    case.exercise(&LIBRARY.case_form(&case.sector, &case.country).unwrap())
}

fn made(case: &Case, tag: &str, participants: usize) -> BTreeMap<String, Vec<u8>> {
    let options = PackOptions {
        case,
        country: &case.country,
        lang: &lang(tag),
        participants,
        date: "2026-11-25",
        method: &Id::new("fls-1"),
        templates: &BTreeMap::new(),
    };
    pack(&LIBRARY, &options).unwrap().into_iter().collect()
}

/// The words of a page, without its marks.
fn words(page: &[u8]) -> String {
    let page = std::str::from_utf8(page).unwrap();
    let mut out = String::new();
    let mut inside = false;
    for c in page.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    let out = out.replace("&quot;", "\"").replace("&#x27;", "'").replace("&#39;", "'").replace("&amp;", "&");
    out.replace("&#x2F;", "/").replace("&lt;", "<").replace("&gt;", ">")
}

/// Everything a pack must hold, whatever the case and the language.
fn holds(case: &Case, tag: &str) {
    let files = made(case, tag, 1);
    let (this, at) = (lang(tag), format!("{} in {tag}", case.id));
    let guide = words(&files["guide.html"]);
    let slides = words(&files["slides.html"]);
    let sheet = words(&files["case.html"]);
    let form = words(&files["form.html"]);
    for entry in &case.key {
        for text in [&entry.why, &entry.wrong.why, &entry.debrief] {
            assert!(guide.contains(text.get(&this)) && slides.contains(text.get(&this)), "{at}: {}", entry.item);
            // Those who are to answer see no key.
            assert!(!sheet.contains(text.get(&this)) && !form.contains(text.get(&this)), "{at}: {}", entry.item);
        }
        for id in &entry.rests_on {
            assert!(guide.contains(case.sentence(id).unwrap().get(&this)), "{at}: {} rests on {id}", entry.item);
        }
    }
    for sentence in case.story.iter().flat_map(|p| &p.sentences) {
        assert!(sheet.contains(sentence.text.get(&this)), "{at}: {}", sentence.id);
    }
    for (n, line) in (1..).zip(Line::all(&exercise(case))) {
        let text = match line {
            Line::Question(question, item) => question.item_text(item, &this).into_owned(),
            Line::Sign(sign) => sign.text.get(&this).to_owned(),
        };
        assert!(form.contains(&text), "{at}: {n} {text}");
    }
    for (name, bytes) in files.iter().filter(|(name, _)| name.contains(".html")) {
        let page = std::str::from_utf8(bytes).unwrap();
        for loads in ["<script", "src=", "@import", "url(", "<link"] {
            assert!(!page.contains(loads), "{at}: {name} has {loads}");
        }
        let draft = LIBRARY.words["report"].get("draft-language", &this);
        assert_eq!(words(bytes).contains(draft), tag != "en", "{at}: {name} says what is a draft");
    }
    let typed = std::str::from_utf8(&files["typed.csv"]).unwrap();
    assert_eq!(typed.lines().count(), 2, "{at}");
    assert!(files.contains_key("take-home/questionnaire.xlsx") && files.contains_key("card.html"));
    let (name, bytes) = files.iter().find(|(name, _)| name.starts_with("workbooks/")).unwrap();
    let book = Book::open(bytes, &name.as_str().into(), &Limits::default()).unwrap();
    let ids: BTreeSet<String> = book.sheets.iter().flat_map(|s| s.cells.iter().map(|(_, value)| value.raw())).collect();
    for line in Line::all(&exercise(case)) {
        assert!(ids.contains(line.id().as_str()), "{at}: {}", line.id());
    }
}

#[test]
fn every_sector_has_a_pack_in_english_and_three_have_one_in_every_language() {
    let sectors: BTreeSet<&Id> = CASES.values().map(|c| &c.sector).collect();
    assert_eq!(sectors.len(), 13);
    for case in CASES.values() {
        holds(case, "en");
        if ["cleaning", "construction", "agriculture"].contains(&case.sector.as_str()) {
            for tag in ["da", "sv", "nb", "fi", "is"] {
                holds(case, tag);
            }
        }
    }
    // The one that is shown.
    holds(&CASES[LAKE], "sv");
}

#[test]
fn the_shown_case_has_its_law_beside_the_question() {
    let guide = words(&made(&CASES[LAKE], "sv", 1)["guide.html"]);
    let key = guide.split("Facit och genomgång").last().unwrap();
    let question = key.split("HO5 ").nth(1).unwrap().split("HO6 ").next().unwrap();
    assert!(question.contains("Personalliggare"), "{question}");
    assert!(question.contains(CASES[LAKE].entry(&Id::new("hos-register-all")).unwrap().debrief.get(&lang("sv"))));
}

#[test]
fn an_act_that_bears_on_no_question_is_found() {
    let mut catalog = Catalog::embedded();
    let name = "acts/se-staff-register.yml";
    let text = catalog.get(name).unwrap().text.replace("hos-register-all", "hos-register-al");
    catalog.insert(name, &text);
    let says = "there is no question `hos-register-al`";
    let diags = Library::load(&catalog).1;
    assert!(
        diags.0.iter().any(|d| d.message() == says),
        "{:?}",
        diags.0.iter().map(lygte::diag::Diagnostic::message).collect::<Vec<_>>()
    );
}

#[test]
fn the_example_is_the_room_that_its_text_speaks_of() {
    let sandbox = Sandbox::new();
    let run = sandbox.ok(&[
        "train",
        "grade",
        concat!(env!("CARGO_MANIFEST_DIR"), "/examples/room/typed.csv"),
        "--lang",
        "sv",
        "-o",
        "result",
    ]);
    assert!(run.out.contains("30 participants"), "{}", run.out);
    let page = words(sandbox.read("result/room.html").as_bytes());
    let sign = page.split("HOS2").nth(1).unwrap();
    assert!(sign.contains("16 av 30 missade det"));
}

#[test]
fn a_pack_is_the_same_every_time_and_an_untranslated_case_says_so() {
    let case = &CASES[LAKE];
    let finnish = made(case, "fi", 2);
    assert!(finnish == made(case, "fi", 2));
    let says = LIBRARY.words["training"].get("tr-untranslated", &lang("fi")).to_owned();
    for name in ["guide.html", "case.html", "slides.html"] {
        assert!(words(&finnish[name]).contains(&says), "{name}");
    }
    assert!(
        !words(&made(case, "sv", 1)["case.html"])
            .contains(LIBRARY.words["training"].get("tr-untranslated", &lang("sv")))
    );
}

/// What a participant writes for an answer.
fn typed(line: &Line<'_>, exercise: &Questionnaire, option: &str, tag: &str) -> String {
    if let (true, Line::Question(_, item)) = (line.is_number(), line)
        && let AnswerKind::Scale(scale) = &item.kind
    {
        let at = scale.options.iter().position(|o| o.id == option).unwrap();
        let low = at.checked_sub(1).and_then(|n| scale.options[n].below.clone());
        return low.unwrap_or_else(|| scale.range.clone().unwrap().0).to_string();
    }
    line.options(exercise).iter().find(|o| o.id == option).unwrap().label.get(&lang(tag)).to_owned()
}

fn key_of<'a>(case: &'a Case, id: &Id) -> &'a str {
    let answer = case.entry(id).map(|e| e.answer.as_str());
    answer.unwrap_or_else(|| case.signs.iter().find(|s| s.sign == *id).unwrap().state.id())
}

/// Fills a workbook of a pack in: values only, as a program would save it that knows nothing else.
fn fill(sandbox: &Sandbox, from: &str, to: &str, answers: &BTreeMap<String, String>, leave_out: &[&str]) {
    let bytes = std::fs::read(sandbox.join(from)).unwrap();
    let book = Book::open(&bytes, &from.into(), &Limits::default()).unwrap();
    let mut out = rust_xlsxwriter::Workbook::new();
    for sheet in book.sheets.iter().filter(|s| !leave_out.contains(&&*s.name)) {
        let made = out.add_worksheet().set_name(&*sheet.name).unwrap();
        for ((row, column), value) in sheet.cells.iter() {
            made.write_string(*row, u16::try_from(*column).unwrap(), value.raw()).unwrap();
        }
        for ((row, _), id) in sheet.cells.iter().filter(|((_, column), _)| *column == 0) {
            if let Some(answer) = answers.get(&id.raw()) {
                match answer.parse::<f64>() {
                    Ok(number) => made.write_number(*row, 4, number).unwrap(),
                    Err(_) => made.write_string(*row, 4, answer).unwrap(),
                };
            }
        }
    }
    sandbox.write(to, out.save_to_buffer().unwrap());
}

/// All of the key, with other answers where they are given.
fn answers(case: &Case, other: &[(&str, Option<&str>)], tag: &str) -> BTreeMap<String, String> {
    let exercise = exercise(case);
    let mut out = BTreeMap::new();
    for line in Line::all(&exercise) {
        let option = match other.iter().find(|(id, _)| *id == line.id().as_str()) {
            Some((_, option)) => *option,
            None => Some(key_of(case, line.id())),
        };
        if let Some(option) = option {
            out.insert(line.id().to_string(), typed(&line, &exercise, option, tag));
        }
    }
    out
}

fn codes(sandbox: &Sandbox, folder: &str) -> Vec<String> {
    let names = tree(&sandbox.join(folder)).into_keys();
    let codes = names.filter_map(|n| Some(n.strip_prefix("workbooks/")?.strip_suffix(".xlsx")?.to_owned()));
    codes.collect()
}

fn pack_in(sandbox: &Sandbox, folder: &str, participants: usize, tag: &str) -> Vec<String> {
    let n = participants.to_string();
    sandbox.ok(&[
        "train",
        "pack",
        "--sector",
        "hospitality",
        "--country",
        "SE",
        "--lang",
        tag,
        "--participants",
        &n,
        "-o",
        folder,
    ]);
    let codes = codes(sandbox, folder);
    assert_eq!(codes.len(), participants);
    codes
}

/// Numbers from a seed: `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn next(&mut self, of: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % of
    }
}

#[test]
fn thirty_participants_are_graded_in_one_command() {
    let sandbox = Sandbox::new();
    let case = &CASES[LAKE];
    let exercise = exercise(case);
    let lines = Line::all(&exercise);
    let codes = pack_in(&sandbox, "pack", 30, "sv");
    let mut dice = Dice(2026);
    let mut counts: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for code in &codes {
        let mut said = BTreeMap::new();
        for line in &lines {
            let options = line.options(&exercise);
            let option = match dice.next(10) {
                0 => continue,
                1..=6 => key_of(case, line.id()).to_owned(),
                _ => options[usize::try_from(dice.next(options.len() as u64)).unwrap()].id.clone(),
            };
            *counts.entry(line.id().to_string()).or_default().entry(option.clone()).or_default() += 1;
            said.insert(line.id().to_string(), typed(line, &exercise, &option, "sv"));
        }
        fill(&sandbox, &format!("pack/workbooks/{code}.xlsx"), &format!("room/svar från {code}.xlsx"), &said, &[]);
    }
    let run = sandbox.ok(&["train", "grade", "room", "-o", "result"]);
    assert!(run.out.contains("30 participants on hospitality-lakeside; 30 files = 30 counted"), "{}", run.out);

    let room = sandbox.json("result/room.json");
    assert_eq!(room["schema"], "lygte/training/1");
    for line in room["lines"].as_array().unwrap() {
        let id = line["id"].as_str().unwrap();
        let found: BTreeMap<String, usize> = serde_json::from_value(line["counts"].clone()).unwrap();
        assert_eq!(found, counts[id], "{id}");
        assert_eq!(
            found.values().sum::<usize>() + usize::try_from(line["open"].as_u64().unwrap()).unwrap(),
            30,
            "{id}"
        );
        assert_eq!(line["key"], key_of(case, &Id::new(id)));
    }
    // In words first, in the language of the workbooks.
    let page = words(sandbox.read("result/room.html").as_bytes());
    let sign = "hoss-pay-goes-back";
    let missed = 30 - counts[sign][SignState::Present.id()];
    assert!(page.contains(&format!("{missed} av 30 missade det")), "{missed}");
    // Anonymous: no code, no name of a file.
    for code in &codes {
        assert!(!page.contains(code.as_str()), "{code}");
        assert!(sandbox.join(&format!("result/participants/{code}.html")).exists());
    }
    assert!(!page.contains("svar från"));
    // The same again, byte for byte.
    let first = tree(&sandbox.join("result"));
    sandbox.ok(&["train", "grade", "room", "-o", "result"]);
    assert!(first == tree(&sandbox.join("result")));
}

#[test]
fn whoever_answers_as_the_key_arrives_where_the_key_does() {
    let sandbox = Sandbox::new();
    let case = &CASES[LAKE];
    let codes = pack_in(&sandbox, "pack", 3, "en");
    let all = answers(case, &[], "en");
    let trusting = answers(
        case,
        &[
            ("hos-no-payback", Some("yes")),
            ("hoss-pay-goes-back", Some("absent")),
            ("works-outside-recorded-hours", Some("absent")),
        ],
        "en",
    );
    for (code, said) in codes.iter().zip([&all, &all, &trusting]) {
        fill(&sandbox, &format!("pack/workbooks/{code}.xlsx"), &format!("room/{code}.xlsx"), said, &[]);
    }
    sandbox.ok(&["train", "grade", "room", "-o", "result"]);
    let room = sandbox.json("result/room.json");
    let people = room["participants"].as_array().unwrap();
    for one in people {
        let as_key = one["code"] != codes[2].as_str();
        assert_eq!(one["score"] == room["key"], as_key, "{one}");
        assert_eq!(one["as_key"], if as_key { 20 } else { 17 });
    }
    let exact = |v: &serde_json::Value| v["headline"].as_str().unwrap().parse::<Exact>().unwrap();
    let trusting = people.iter().find(|p| p["code"] == codes[2].as_str()).unwrap();
    assert!(exact(&trusting["score"]) < exact(&room["key"]), "who believes the owner sees less cause to look");
    // Three lines of five, two raters who agree and one who does not.
    let signs = room["agreement"].as_array().unwrap().iter().find(|a| a["part"] == "signs").unwrap();
    assert_eq!(signs["any_two"], "11/15");
    assert_eq!(signs["unweighted"]["pairs"], 3);
}

fn found<'a>(room: &'a serde_json::Value, file: &str) -> (&'a str, Vec<&'a str>) {
    let files = room["files"].as_array().unwrap();
    let one = files.iter().find(|f| f["file"] == file).unwrap_or_else(|| panic!("{file} in {files:?}"));
    let codes = one["diagnostics"].as_array().unwrap().iter().map(|d| d["code"].as_str().unwrap()).collect();
    (one["status"].as_str().unwrap(), codes)
}

#[test]
fn odd_files_get_a_clear_line_and_stop_nothing() {
    let sandbox = Sandbox::new();
    let case = &CASES[LAKE];
    let codes = pack_in(&sandbox, "pack", 5, "en");
    let book = |n: usize| format!("pack/workbooks/{}.xlsx", codes[n]);
    let all = answers(case, &[], "en");
    fill(&sandbox, &book(0), "room/whole.xlsx", &all, &[]);
    std::fs::copy(sandbox.join("room/whole.xlsx"), sandbox.join("room/whole (copy).xlsx")).unwrap();
    // One workbook was handed to two people.
    fill(&sandbox, &book(0), "room/whole-too.xlsx", &answers(case, &[("low-price", Some("no"))], "en"), &[]);
    fill(&sandbox, &book(1), "room/blank.xlsx", &BTreeMap::new(), &[]);
    let half: BTreeMap<String, String> = all.iter().take(7).map(|(k, v)| (k.clone(), v.clone())).collect();
    fill(&sandbox, &book(2), "room/half.xlsx", &half, &[]);
    // No `_meta`: it is still ours, and has no code.
    fill(&sandbox, &book(3), "room/no-meta.xlsx", &all, &["_meta"]);
    // Another pack of the same case has the same codes.
    pack_in(&sandbox, "pack-fi", 5, "fi");
    let finnish = [&codes[4]];
    fill(
        &sandbox,
        &format!("pack-fi/workbooks/{}.xlsx", finnish[0]),
        "room/finnish.xlsx",
        &answers(case, &[], "fi"),
        &[],
    );
    sandbox.ok(&["train", "pack", "--sector", "cleaning", "--participants", "1", "-o", "pack-cl"]);
    let other = &self::codes(&sandbox, "pack-cl")[0];
    let cleaning = answers(&CASES["cleaning-harbour-offices"], &[], "en");
    fill(&sandbox, &format!("pack-cl/workbooks/{other}.xlsx"), "room/other-case.xlsx", &cleaning, &[]);
    sandbox.ok(&["new", "--sector", "hospitality", "--country", "SE", "-o", "room/real.xlsx"]);
    sandbox.write("room/photo.png", b"\x89PNG\r\n\x1a\n and more");
    sandbox.write("room/notes.csv", "who;what\nme;this\n");
    // Nobody has touched this one: it was handed out and not handed in.
    std::fs::copy(sandbox.join(&book(4)), sandbox.join("pack/unused.xlsx")).unwrap();

    let run = sandbox.run(&["train", "grade", "room", "-o", "result"]);
    assert_eq!(run.code, 3, "{}{}", run.out, run.err);
    let room = sandbox.json("result/room.json");
    for (file, status, says) in [
        ("whole.xlsx", "scored", vec![]),
        ("whole (copy).xlsx", "scored", vec![]),
        ("blank.xlsx", "unreadable", vec!["blank-exercise"]),
        ("half.xlsx", "scored", vec!["half-exercise"]),
        ("no-meta.xlsx", "scored", vec!["no-code"]),
        ("finnish.xlsx", "scored", vec!["other-language"]),
        ("other-case.xlsx", "unreadable", vec!["other-case"]),
        ("real.xlsx", "unreadable", vec!["no-exercise"]),
        ("photo.png", "unreadable", vec!["not-a-workbook"]),
        ("notes.csv", "unreadable", vec!["typed-file"]),
    ] {
        let (is, codes) = found(&room, file);
        // Of two copies the second is the copy; of two with one code the second says so.
        let codes: Vec<&str> = codes.into_iter().filter(|c| !matches!(*c, "same-exercise" | "same-code")).collect();
        assert_eq!((is, codes), (status, says), "{file}");
    }
    let said: Vec<&str> = room["files"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|f| f["diagnostics"].as_array().unwrap())
        .map(|d| d["code"].as_str().unwrap())
        .collect();
    assert_eq!(said.iter().filter(|c| **c == "same-exercise").count(), 1);
    assert_eq!(said.iter().filter(|c| **c == "same-code").count(), 1);
    let people: BTreeSet<&str> =
        room["participants"].as_array().unwrap().iter().map(|p| p["code"].as_str().unwrap()).collect();
    let twice = format!("{}-2", codes[0]);
    assert_eq!(people, BTreeSet::from([&*codes[0], &*twice, &*codes[2], "X1", finnish[0].as_str()]));
    // The Finnish answers are understood: as the key, all of them.
    let own = room["participants"].as_array().unwrap().iter().find(|p| p["code"] == *finnish[0]).unwrap();
    assert_eq!((own["as_key"].as_u64(), own["lang"].as_str()), (Some(20), Some("fi")));
    // The other case, when asked for.
    let run = sandbox.run(&["train", "grade", "room", "--key", "cleaning-harbour-offices", "-o", "other"]);
    assert_eq!(run.code, 3);
    assert_eq!(sandbox.json("other/room.json")["participants"].as_array().unwrap().len(), 1);
    // Nothing of the room's case at all.
    let run = sandbox.run(&["train", "grade", "pack-cl", "-o", "nothing"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("no exercise that was filled in is found there"), "{}", run.err);
    assert!(!sandbox.join("nothing").exists());
    let run = sandbox.run(&["train", "grade", "room", "--key", "cleaning-harbor-offices", "-o", "x"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("did you mean `cleaning-harbour-offices`?"), "{}", run.err);
}

#[test]
fn paper_forms_are_typed_into_a_table() {
    let sandbox = Sandbox::new();
    let case = &CASES[LAKE];
    let exercise = exercise(case);
    let codes = pack_in(&sandbox, "pack", 3, "en");
    let table = sandbox.read("pack/typed.csv");
    let mut rows: Vec<String> = table.lines().map(str::to_owned).collect();
    let cells = |line: &Line<'_>| {
        let option = key_of(case, line.id());
        if line.is_number() {
            // As a person writes it.
            format!("{} %", typed(line, &exercise, option, "en"))
        } else {
            (line.options(&exercise).iter().position(|o| o.id == option).unwrap() + 1).to_string()
        }
    };
    let mut row: Vec<String> = Line::all(&exercise).iter().map(cells).collect();
    rows[1] = format!("{};{LAKE};{}", codes[0], row.join(";"));
    // A slip, a "don't know", and a label in another language.
    let yes_no = Line::all(&exercise).iter().position(|l| l.id().as_str() == "low-price").unwrap();
    row[yes_no] = "7".to_owned();
    row[2] = "9".to_owned();
    row[3] = "Delvis".to_owned();
    rows[2] = format!("{};{LAKE};{}", codes[1], row.join(";"));
    sandbox.write("room/typed.csv", rows.join("\r\n"));
    let run = sandbox.ok(&["train", "grade", "room", "-o", "result"]);
    assert!(run.out.contains("2 participants"), "the third form stayed in its stack: {}", run.out);
    assert!(run.err.contains("typed-answer") && run.err.contains("line 3"), "{}", run.err);
    let room = sandbox.json("result/room.json");
    let one = |n: usize| room["participants"].as_array().unwrap().iter().find(|p| p["code"] == *codes[n]).unwrap();
    assert_eq!((one(0)["as_key"].as_u64(), one(0)["paper"].as_bool()), (Some(20), Some(true)));
    let second = &one(1)["answers"];
    let id = |n: usize| Line::all(&exercise)[n].id().to_string();
    assert_eq!(second[&id(yes_no)], "unreadable");
    assert_eq!(second[&id(2)], "dont-know");
    assert_eq!(second[&id(3)], "partly");
    let page = words(sandbox.read("result/room.html").as_bytes());
    assert!(page.contains("2 participants, 2 of them on paper"));
}

#[test]
fn before_and_after_are_compared() {
    let sandbox = Sandbox::new();
    let case = &CASES[LAKE];
    let codes = pack_in(&sandbox, "pack", 2, "en");
    let tempted: Vec<(&str, Option<&str>)> =
        case.key.iter().map(|e| (e.item.as_str(), Some(e.wrong.answer.as_str()))).collect();
    for code in &codes {
        let from = format!("pack/workbooks/{code}.xlsx");
        fill(&sandbox, &from, &format!("monday/{code}.xlsx"), &answers(case, &tempted, "en"), &[]);
        fill(&sandbox, &from, &format!("friday/{code}.xlsx"), &answers(case, &[], "en"), &[]);
    }
    let run = sandbox.ok(&["train", "grade", "--before", "monday", "--after", "friday", "-o", "result"]);
    assert!(run.out.starts_with("before: 2 participants"), "{}", run.out);
    let room = sandbox.json("result/room.json");
    assert!(room["before"]["lines"].as_array().unwrap().iter().take(15).all(|l| l["as_key"] == 0));
    let page = words(sandbox.read("result/room.html").as_bytes());
    assert!(page.contains("Before the course 2 participants answered; 2 codes stand in both."));
    assert!(page.contains("Answers as the key: 25% before, 100% after."), "5 of 20 lines are signs");
    assert_eq!(sandbox.run(&["train", "grade", "--before", "monday", "-o", "x"]).code, 2);
    assert_eq!(
        sandbox.run(&["train", "grade", "monday", "--before", "monday", "--after", "friday", "-o", "x"]).code,
        2
    );
}

#[test]
fn an_exercise_is_never_taken_for_a_supplier() {
    let sandbox = Sandbox::new();
    let codes = pack_in(&sandbox, "pack", 1, "en");
    fill(&sandbox, &format!("pack/workbooks/{}.xlsx", codes[0]), "room/a.xlsx", &answers(&CASES[LAKE], &[], "en"), &[]);
    let run = sandbox.run(&["assess", "room", "--dry-run"]);
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(run.out.contains("own-list") && run.out.contains("a workbook of a training exercise"), "{}", run.out);
    sandbox.ok(&["train", "grade", "room", "-o", "result"]);
    let run = sandbox.run(&["assess", "result/room.xlsx", "--dry-run"]);
    assert!(run.code == 3 && run.out.contains("unknown-format"), "{}", run.out);
}

#[test]
fn wiping_takes_what_is_the_rooms_and_nothing_else() {
    let sandbox = Sandbox::new();
    let codes = pack_in(&sandbox, "pack", 2, "en");
    let all = answers(&CASES[LAKE], &[], "en");
    fill(&sandbox, &format!("pack/workbooks/{}.xlsx", codes[0]), "room/a.xlsx", &all, &[]);
    // Filled in where it lay; and a page that somebody wrote on.
    fill(
        &sandbox,
        &format!("pack/workbooks/{}.xlsx", codes[1]),
        &format!("pack/workbooks/{}.xlsx", codes[1]),
        &all,
        &[],
    );
    sandbox.write("pack/guide.html", "my notes");
    sandbox.write("pack/list.txt", "not lygte's");
    sandbox.write("room/table.csv", "who;what\nme;this\n");
    sandbox.ok(&["new", "--sector", "hospitality", "--country", "SE", "-o", "room/real.xlsx"]);
    sandbox.ok(&["train", "grade", "room/a.xlsx", "-o", "result"]);
    let refused = |run: &Run| run.code == 1 && run.err.contains("nothing was removed");
    sandbox.write("elsewhere/photos/a.jpg", "x");
    assert!(refused(&sandbox.run(&["train", "wipe", "elsewhere"])));
    sandbox.ok(&["assess", "room/real.xlsx", "-o", "report"]);
    assert!(refused(&sandbox.run(&["train", "wipe", "report"])), "a report is no room");
    assert!(sandbox.join("report/index.html").exists());

    let run = sandbox.ok(&["train", "wipe", "room", "result", "pack"]);
    assert!(run.out.contains("left, for it was changed: pack/guide.html"), "{}", run.out);
    assert!(run.out.contains("room: 1 files removed, 2 others left"), "{}", run.out);
    let left = |folder: &str| tree(&sandbox.join(folder)).into_keys().collect::<Vec<_>>();
    assert_eq!(left("room"), ["real.xlsx", "table.csv"]);
    assert_eq!(left("result"), [""; 0]);
    assert_eq!(left("pack"), ["guide.html", "list.txt"]);
    assert!(refused(&sandbox.run(&["train", "wipe", "room"])), "nothing of the room is left");
}

#[test]
fn a_pack_does_not_take_the_place_of_anything_else() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["new", "--sector", "hospitality", "--country", "SE", "-o", "real.xlsx"]);
    sandbox.run(&["assess", "real.xlsx", "-o", "report"]);
    let before = tree(&sandbox.join("report"));
    let run = sandbox.run(&["train", "pack", "--sector", "hospitality", "-o", "report"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(before == tree(&sandbox.join("report")));
    // A second pack replaces the first, unless somebody has worked in it.
    let codes = pack_in(&sandbox, "pack", 2, "en");
    pack_in(&sandbox, "pack", 1, "sv");
    let name = format!("pack/workbooks/{}.xlsx", self::codes(&sandbox, "pack")[0]);
    fill(&sandbox, &name, &name, &answers(&CASES[LAKE], &[], "sv"), &[]);
    let run = sandbox.run(&["train", "pack", "--sector", "hospitality", "-o", "pack"]);
    assert!(run.code == 1 && run.err.contains("was changed"), "{}", run.err);
    assert_eq!(codes.len(), 2);
    let run =
        sandbox.run(&["train", "pack", "--sector", "hospitality", "--case", "cleaning-harbour-offices", "-o", "x"]);
    assert_eq!(run.code, 2);
}

#[test]
fn two_assessors_are_compared_cell_by_cell() {
    let sandbox = Sandbox::new();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/suppliers/");
    let copy = |from: &str, to: &str| {
        std::fs::copy(format!("{root}{from}"), sandbox.join(to)).unwrap();
    };
    copy("kontorpleje-eksempel-a-s-ded3-assessor.xlsx", "first.xlsx");
    copy("kontorpleje-eksempel-a-s-ded3-assessor.xlsx", "second.xlsx");
    let run = sandbox.run(&["agree", "first.xlsx", "second.xlsx"]);
    assert!(run.out.starts_with("0 of "), "{}", run.out);
    // The second finds one thing otherwise.
    let bytes = std::fs::read(sandbox.join("first.xlsx")).unwrap();
    let book = Book::open(&bytes, &"first.xlsx".into(), &Limits::default()).unwrap();
    let place = |sheet: &lygte::questionnaire::Sheet| {
        let row = sheet.cells.iter().find(|((r, c), v)| *c == 7 && *r > 5 && v.raw() == "Yes").map(|((r, _), _)| *r)?;
        Some((sheet.name.to_string(), row, sheet.get(row, 0)?.raw()))
    };
    let (sheet, row, id) = book.sheets.iter().find_map(place).unwrap();
    sandbox.rewrite("second.xlsx", |s, r, c, _| (s == sheet && r == row && c == 7).then(|| "No".to_owned()));
    let run = sandbox.run(&["agree", "first.xlsx", "second.xlsx"]);
    assert!(run.out.starts_with("1 of "), "{}{}", run.out, run.err);
    assert!(run.out.contains(&id) && run.out.contains("first.xlsx!"), "{}", run.out);
    assert!(run.out.contains(&format!("!H{}", row + 1)), "the cell of the finding: {}", run.out);
    assert!(run.out.contains("A's score would be") && run.out.contains("higher"), "{}", run.out);
    assert!(run.out.contains("A: score ") && run.out.contains("B: score "));
    // Two of different kinds cannot be compared, nor two of different questionnaires.
    copy("kontorpleje-eksempel-a-s-ded3-supplier.xlsx", "supplier.xlsx");
    let run = sandbox.run(&["agree", "first.xlsx", "supplier.xlsx"]);
    assert!(run.code == 1 && run.err.contains("two of one kind"), "{}", run.err);
    copy("hotelklar-eksempel-aps-49a2-observer-1.xlsx", "one.xlsx");
    copy("hotelklar-eksempel-aps-49a2-observer-2.xlsx", "two.xlsx");
    let run = sandbox.run(&["agree", "one.xlsx", "two.xlsx"]);
    assert!(run.out.contains("checklist") && run.out.contains("differ:"), "{}{}", run.out, run.err);
    assert!(!run.out.contains("A: score"), "signs change no score");
}
