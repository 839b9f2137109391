//! Workbooks read one by one, on as many machines as one likes, and joined.
#![cfg(unix)]

use std::path::Path;

use crate::support::{Run, Sandbox, tree};

/// What may lie in a folder: forms of all roles, several of one supplier, a copy, damaged ones, foreign ones, lock files,
/// letters, a folder below, and a list of who was invited.
fn mixed() -> Sandbox {
    let sandbox = Sandbox::new();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/suppliers");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(examples).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        sandbox.write(&format!("in/{name}"), std::fs::read(&path).unwrap());
        names.push(name);
    }
    names.sort();
    let read = |n: usize| std::fs::read(sandbox.join("in").join(&names[n])).unwrap();
    sandbox.write("in/below/copy.xlsx", read(1));
    sandbox.write("in/below/deeper/other name.xlsx", read(3));
    sandbox.write("in/cut.xlsx", &read(2)[..4000]);
    let mut flipped = read(4);
    let middle = flipped.len() / 2;
    flipped[middle] ^= 8;
    sandbox.write("in/flipped.xlsx", flipped);
    sandbox.write("in/empty.xlsx", b"");
    sandbox.write("in/notes.pdf", b"%PDF-1.7 notes");
    sandbox.write("in/~$lock.xlsx", b"x");
    sandbox.write("in/.hidden/x.xlsx", b"x");
    sandbox.write("list.csv", "name,id,lang\nNobody A/S,nobody-1,da\nKontorpleje,kontorpleje-eksempel-a-s-ded3,en\n");
    sandbox.ok(&["new", "--suppliers", "list.csv", "--form", "short", "--sector", "cleaning", "-o", "in/late"]);
    sandbox
}

const REST: &str = "--suppliers list.csv --format html,xlsx,json,csv,mail --quiet";

fn fine(run: &Run) {
    assert_eq!(run.code, 3, "damaged files are among them\n{}{}", run.out, run.err);
}

/// The names in three heaps, each read apart: `rN` holds what came of heap N.
fn read_in_heaps(sandbox: &Sandbox, with: &str) {
    let heaps = format!(
        "find in -type f | sort -r | awk '{{ print > \"names\" NR % 3 }}' &&
         for n in 0 1 2; do \"$LYGTE\" assess - --quiet {with} < names$n > r$n; test $? = 3 || exit 9; done"
    );
    let run = sandbox.shell(&heaps);
    assert_eq!(run.code, 0, "{}", run.err);
}

#[test]
fn lines_in_any_parts_and_order_come_to_what_one_run_writes() {
    let sandbox = mixed();
    fine(&sandbox.shell(&format!("\"$LYGTE\" assess in -o one {REST}")));
    let one = tree(&sandbox.join("one"));
    assert!(
        one.contains_key("index.html") && one.contains_key("portfolio.xlsx") && one.contains_key("mail/nobody-1.txt")
    );

    read_in_heaps(&sandbox, "--jobs 2");
    // As Spark lays them down, with what it lays beside them.
    sandbox.shell("mkdir parts; for n in 0 1 2; do mv r$n parts/part-0000$n; done; touch parts/_SUCCESS; echo x > parts/.part-00000.crc");
    fine(&sandbox.shell(&format!("\"$LYGTE\" portfolio parts -o joined {REST}")));
    assert!(tree(&sandbox.join("joined")) == one, "from a folder of parts");

    let again = "cat parts/part-00000 parts/part-0000* | awk '{ print length, $0 }' | sort -n | cut -d' ' -f2-";
    fine(&sandbox.shell(&format!("{again} | \"$LYGTE\" portfolio - -o shuffled --jobs 1 {REST}")));
    assert!(tree(&sandbox.join("shuffled")) == one, "in another order, some of them twice");
}

#[test]
fn a_reviewers_queue_and_unmasked_text_go_through() {
    let sandbox = mixed();
    sandbox.ok(&["review", "in/kontorpleje-eksempel-a-s-ded3-supplier.xlsx", "-o", "queue.xlsx"]);
    let with = "--reviewed queue.xlsx --unmasked";
    fine(&sandbox.shell(&format!("\"$LYGTE\" assess in -o one {with} {REST}")));
    read_in_heaps(&sandbox, with);
    fine(&sandbox.shell(&format!("\"$LYGTE\" portfolio r2 r0 r1 -o joined {with} {REST}")));
    assert!(tree(&sandbox.join("joined")) == tree(&sandbox.join("one")));

    for (given, says) in [
        ("", "--unmasked"),
        ("--unmasked", "--reviewed"),
        (&*format!("{with} --method fls-1 --limit cells=9"), "--limit"),
    ] {
        let run = sandbox.shell(&format!("\"$LYGTE\" portfolio r0 r1 r2 -o other {given}"));
        assert_eq!(run.code, 1, "{}", run.out);
        assert!(run.err.contains("r0:1: ") && run.err.contains(says), "{given}: {}", run.err);
    }
}

#[test]
fn each_name_gives_one_line_in_its_order_whatever_it_names() {
    let sandbox = mixed();
    let run = sandbox
        .shell("printf '%s\\n' in/notes.pdf ./in/empty.xlsx '' gone.xlsx in 'in/~$lock.xlsx' | \"$LYGTE\" assess -");
    assert_eq!(run.code, 3, "{}", run.err);
    let lines: Vec<serde_json::Value> = run.out.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let names: Vec<&str> =
        lines.iter().map(|l| l["file"]["file"].as_str().or(l["skipped"].as_str()).unwrap()).collect();
    assert_eq!(names, ["in/notes.pdf", "in/empty.xlsx", "gone.xlsx", "in", "in/~$lock.xlsx"]);
    for line in &lines[..4] {
        assert_eq!((&line["schema"], &line["file"]["status"]), (&"lygte/workbook/1".into(), &"unreadable".into()));
        assert!(line["score"].is_null());
    }
    assert!(run.err.contains("4 inputs = 0 scored + 0 partly + 4 unreadable; 1 skipped"), "{}", run.err);
    assert!(!sandbox.join("run.json").exists());

    let none = sandbox.shell("\"$LYGTE\" assess - < /dev/null");
    assert_eq!((none.code, none.out.as_str()), (0, ""), "a part of a cluster's work may be empty");
    for wrong in ["-o out", "--dry-run", "--suppliers list.csv", "--format json", "--fail-on high", "--resume"] {
        let run = sandbox.shell(&format!("echo x | \"$LYGTE\" assess - {wrong}"));
        assert!(run.code == 2 && run.err.contains("lygte portfolio"), "{wrong}: {}", run.err);
    }
    let run = sandbox.shell("ls in/*-supplier.xlsx | \"$LYGTE\" assess - | head -c 9; : > done");
    assert!(!run.err.contains("fault"), "{}", run.err);
}

#[test]
fn what_is_no_line_of_ours_is_named_by_file_and_line() {
    let sandbox = mixed();
    let run = sandbox.shell("ls in/*-supplier.xlsx | head -4 | \"$LYGTE\" assess - > good");
    assert_eq!(run.code, 0, "{}", run.err);
    let good = sandbox.read("good");
    let lines: Vec<&str> = good.lines().collect();
    let deep = "[".repeat(100_000);
    let at_two = |second: &str| format!("{}\n{second}\n{}\n", lines[0], lines[2]);
    let other_state =
        lines[0].replacen("\"sha256\":\"", "\"sha256\":\"0", 1).replacen("0\",\"role\"", "\",\"role\"", 1);
    let cases: Vec<(String, &str)> = vec![
        (at_two(&lines[1][..lines[1].len() / 2]), "bad:2: this is no line of `lygte assess -`"),
        (
            format!("{}\n{}", lines[0], &lines[1][..999]),
            "bad:2: this is no line of `lygte assess -`; the line was cut off",
        ),
        (at_two("{\"schema\":\"lygte/results/1\",\"suppliers\":[]}"), "bad:2: `schema` is `lygte/results/1`"),
        (at_two("name,id\nA,b"), "bad:2: "),
        (at_two(&deep), "bad:2: "),
        (at_two("\u{0}"), "bad:2: "),
        (
            at_two(&lines[1].replacen("\"version\":\"", "\"version\":\"9", 1)),
            "bad:2: it was made by another version of lygte",
        ),
        (
            at_two(&lines[1].replacen("\"checklists\":\"", "\"checklists\":\"x", 1)),
            "bad:2: it was made with other checklists",
        ),
        (at_two(&lines[1].replacen("\"method\":\"", "\"method\":\"x", 1)), "bad:2: it was made with another method"),
        (at_two(&lines[1].replace("\"code\":\"", "\"code\":\"un")), "bad:2: "),
        (
            at_two(&lines[1].replace("\"selection\":{\"questionnaire\":\"", "\"selection\":{\"questionnaire\":\"../")),
            "bad:2: ",
        ),
        (at_two(&other_state), "bad:2: `in/"),
        ("\n\n".to_owned(), "there is no line of a workbook"),
    ];
    for (n, (text, says)) in cases.into_iter().enumerate() {
        if text == at_two(lines[1]) {
            continue;
        }
        sandbox.write("bad", &text);
        let run = sandbox.run(&["portfolio", "bad", "-o", &format!("out{n}"), "--quiet"]);
        assert_eq!(run.code, 1, "{says}: {}", run.out);
        assert!(run.err.contains(says) && !run.err.contains("fault"), "{says}: {}", run.err);
        assert!(!sandbox.join(&format!("out{n}/index.html")).exists());
    }
    let run = sandbox.shell("gzip -c good > good.gz; \"$LYGTE\" portfolio good.gz -o out");
    assert!(run.err.contains("good.gz:1: this file is compressed"), "{}", run.err);
}

#[test]
fn a_line_is_as_its_schema_says() {
    let sandbox = mixed();
    let schema: serde_json::Value = serde_json::from_str(&sandbox.ok(&["schema", "workbook"]).out).unwrap();
    let known = schema["properties"].as_object().unwrap();
    let run = sandbox.shell("ls in/*.xlsx | \"$LYGTE\" assess - --quiet");
    for line in run.out.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let line = line.as_object().unwrap();
        assert!(line.keys().all(|key| known.contains_key(key)), "{:?}", line.keys());
        assert!(schema["required"].as_array().unwrap().iter().all(|key| line.contains_key(key.as_str().unwrap())));
    }
}
