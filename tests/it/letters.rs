//! Letters and tracking sheets beside the questionnaires of a list.

use std::collections::BTreeSet;

use lygte::questionnaire::{Book, CellValue, Limits};

use crate::support::{Sandbox, tree};

const LIST: &str = "name,id,country,sector,lang,email\n\
    Nordlys ApS,nordlys,DK,cleaning,da,hej@nordlys.example\n\
    \"=Klar & Co, AB\",klar,SE,cleaning,sv,\n\
    Dagny ApS,dagny,DK,cleaning,da,\n";

fn made(role: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("list.csv", LIST);
    let form = ["new", "--form", "short", "--for", role, "--suppliers", "list.csv", "-o", "out"];
    sandbox.ok(&form);
    sandbox
}

#[test]
fn each_supplier_gets_a_letter_and_a_reminder_in_its_language() {
    let sandbox = made("supplier");
    let names: BTreeSet<String> = tree(&sandbox.join("out")).into_keys().collect();
    let mut wanted =
        BTreeSet::from(["letters/lygte-tracking-da.xlsx".to_owned(), "letters/lygte-tracking-sv.xlsx".to_owned()]);
    for id in ["nordlys", "klar", "dagny"] {
        wanted.extend([
            format!("{id}-supplier.xlsx"),
            format!("letters/{id}-letter.txt"),
            format!("letters/{id}-reminder.txt"),
        ]);
    }
    assert_eq!(names, wanted);

    let letter = sandbox.read("out/letters/nordlys-letter.txt");
    assert!(
        letter.starts_with("Spørgeskema om ordentlige arbejdsforhold, til Nordlys ApS\n\nTil Nordlys ApS\n\n"),
        "{letter}"
    );
    for part in
        ["nordlys-supplier.xlsx", "15 minutter", "Hvem der ser jeres svar, og hvorfor", "[dato]", "[navn, e-mail]"]
    {
        assert!(letter.contains(part), "{part} in {letter}");
    }
    assert!(sandbox.read("out/letters/klar-reminder.txt").contains("Till =Klar & Co, AB\n"));

    let file = "out/letters/lygte-tracking-da.xlsx";
    let book = Book::open(&std::fs::read(sandbox.join(file)).unwrap(), &file.into(), &Limits::default()).unwrap();
    let column = |c: u32| [2, 3].map(|row| book.sheets[0].get(row, c).map(CellValue::raw).unwrap_or_default());
    assert_eq!(column(1), ["Nordlys ApS", "Dagny ApS"]);
    assert_eq!(column(2), ["Danmark", "Danmark"]);
    assert_eq!(column(3), ["hej@nordlys.example", ""]);
}

#[test]
fn a_name_of_several_lines_is_one_line_of_the_letter() {
    let sandbox = Sandbox::new();
    sandbox.write("list.csv", "name,id,country,sector\n\"Odd\n\tApS\",odd,DK,cleaning\n");
    sandbox.ok(&["new", "--form", "short", "--suppliers", "list.csv", "-o", "out"]);
    let letter = sandbox.read("out/letters/odd-letter.txt");
    assert!(letter.contains("\n\nTo Odd ApS\n\n"), "{letter}");
}

/// The words that name signs of abuse, in all languages, are in no letter.
#[test]
fn nothing_of_signs_and_nothing_left_unfilled() {
    let library = crate::support::library();
    let words = &library.words["letters"];
    for id in words.ids() {
        for (_, text) in words.text(id).unwrap().all() {
            let lower = text.to_lowercase();
            let signs =
                ["indicator", "indikator", "observer", "observatør", "havainnoija", "tegn på", "tecken på", "merkki"];
            assert!(!signs.iter().any(|s| lower.contains(s)), "{id}: {text}");
        }
    }
    for (name, bytes) in
        tree(&made("supplier").join("out")).into_iter().filter(|(n, _)| n.strip_suffix(".txt").is_some())
    {
        let text = String::from_utf8(bytes).unwrap();
        assert!(!text.contains(['{', '}']) && !text.contains("letter-"), "{name}: {text}");
    }
}

#[test]
fn forms_that_are_not_for_suppliers_come_without_letters() {
    for role in ["assessor", "observer"] {
        let names: Vec<String> = tree(&made(role).join("out")).into_keys().collect();
        assert_eq!(names, ["dagny", "klar", "nordlys"].map(|id| format!("{id}-{role}.xlsx")), "{role}");
    }
}

#[test]
fn what_is_there_is_not_replaced_and_the_folder_can_be_assessed() {
    let sandbox = made("supplier");
    let run = sandbox.run(&["assess", "out", "-o", "report", "--format", "json"]);
    let ledger = &sandbox.json("report/results.json")["ledger"];
    // Letters are no workbooks, and the sheets that keep track are nobody's answers.
    assert_eq!((&ledger["scored"], &ledger["unreadable"]), (&3.into(), &0.into()), "{}", run.err);

    std::fs::remove_file(sandbox.join("out/nordlys-supplier.xlsx")).unwrap();
    std::fs::remove_file(sandbox.join("out/klar-supplier.xlsx")).unwrap();
    std::fs::remove_file(sandbox.join("out/dagny-supplier.xlsx")).unwrap();
    let run = sandbox.run(&["new", "--form", "short", "--suppliers", "list.csv", "-o", "out"]);
    assert!(run.code == 1 && run.err.contains("-letter.txt is there already"), "{}", run.err);
    assert!(!sandbox.join("out/nordlys-supplier.xlsx").exists(), "nothing was written");
}
