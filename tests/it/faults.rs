//! Runs that are cut off, taken up again, or meet a disk, a folder or a pipe that does not do its part.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::support::{Sandbox, tree};

/// A folder `in` with workbooks of that many suppliers, some of them with answers.
fn suppliers(count: usize) -> Sandbox {
    let sandbox = Sandbox::new();
    let rows: Vec<String> = (0..count).map(|n| format!("Supplier {n},s-{n:05},DK,cleaning,en")).collect();
    sandbox.write("list.csv", format!("name,id,country,sector,lang\n{}\n", rows.join("\n")));
    sandbox.ok(&["new", "--suppliers", "list.csv", "--form", "short", "-o", "in"]);
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/suppliers");
    for entry in std::fs::read_dir(examples).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        sandbox.write(&format!("in/{name}"), std::fs::read(&path).unwrap());
    }
    sandbox
}

/// Every file that a run leaves is whole: pages end, JSON parses.
fn all_whole(folder: &Path) {
    for (name, bytes) in tree(folder) {
        let is_whole = match name.rsplit_once('.').map(|(_, ending)| ending) {
            Some("html") => bytes.trim_ascii_end().ends_with(b"</html>"),
            Some("json") => serde_json::from_slice::<serde_json::Value>(&bytes).is_ok(),
            Some("xlsx") => zip::ZipArchive::new(std::io::Cursor::new(&bytes)).is_ok(),
            _ => true,
        };
        assert!(is_whole, "{name} is cut off");
    }
}

fn spawn(sandbox: &Sandbox, args: &[&str]) -> Child {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_lygte"));
    command.args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn signal(child: &Child, name: &str) {
    std::process::Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
}

/// Whether the run has taken hold of its folder.
fn is_begun(folder: &Path) -> bool {
    std::fs::read_to_string(folder.join("run.json")).is_ok_and(|t| t.contains("\"complete\": false"))
}

/// Kills runs at moments of all kinds, each going on where the one before was cut off, until one gets through.
fn kill_and_resume(sandbox: &Sandbox, kills: u64) {
    sandbox.run(&["assess", "in", "-o", "undisturbed"]);
    let wanted = tree(&sandbox.join("undisturbed"));
    let started = std::time::Instant::now();
    sandbox.run(&["assess", "in", "-o", "whole"]);
    let whole = u64::try_from(started.elapsed().as_millis()).unwrap();
    let mut state = 7u64;
    for n in 0..kills {
        // Every tenth begins from nothing.
        if n % 10 == 0 && sandbox.join("out").exists() {
            std::fs::remove_dir_all(sandbox.join("out")).unwrap();
        }
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut child = spawn(sandbox, &["assess", "in", "-o", "out", "--resume"]);
        std::thread::sleep(Duration::from_millis((state >> 33) % (whole + whole / 5)));
        signal(&child, "-KILL");
        child.wait().unwrap();
        if sandbox.join("out").exists() {
            all_whole(&sandbox.join("out"));
        }
        if n % 10 == 9 || n + 1 == kills {
            let run = sandbox.run(&["assess", "in", "-o", "out", "--resume"]);
            assert_eq!(run.code, 0, "{}", run.err);
            let got = tree(&sandbox.join("out"));
            assert_eq!(got.keys().collect::<Vec<_>>(), wanted.keys().collect::<Vec<_>>(), "after {n} kills");
            assert!(got == wanted, "the same bytes after {n} kills");
        }
    }
}

#[test]
fn killed_at_ten_moments_and_taken_up_again_the_bytes_are_those_of_an_undisturbed_run() {
    kill_and_resume(&suppliers(10), 10);
}

#[test]
#[ignore = "takes minutes; .ci/full runs it"]
fn killed_at_two_hundred_moments() {
    kill_and_resume(&suppliers(60), 200);
}

/// One in so many damaged in different ways: named, counted, and nothing of the others is touched.
fn damage(count: usize, one_in: usize) {
    let sandbox = suppliers(count);
    let read = |n: usize| std::fs::read(sandbox.join(&format!("in/s-{n:05}-supplier.xlsx"))).unwrap();
    let mut damaged = Vec::new();
    for (k, n) in (0..count).step_by(one_in).enumerate() {
        let good = read(n + (one_in / 2).min(count - n - 1));
        let bytes = match k % 6 {
            0 => good[..good.len() / 2].to_vec(),
            1 => Vec::new(),
            2 => b"%PDF-1.7 not a workbook".to_vec(),
            3 => {
                let middle = good.len() / 3..good.len() / 2;
                good.iter().enumerate().map(|(i, b)| if middle.contains(&i) { b ^ 0x10 } else { *b }).collect()
            }
            4 => b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec(),
            _ => b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 encrypted".to_vec(),
        };
        let name = format!("damaged-{k:03}.xlsx");
        sandbox.write(&format!("in/{name}"), bytes);
        damaged.push(name);
    }
    let run = sandbox.run(&["assess", "in", "-o", "with"]);
    assert_eq!(run.code, 3, "{}", run.err);
    for name in &damaged {
        assert!(run.err.contains(&format!("--> {name}")), "{name} is named\n{}", run.err);
        std::fs::remove_file(sandbox.join("in").join(name)).unwrap();
    }
    sandbox.ok(&["assess", "in", "-o", "without"]);
    let (with, without) = (tree(&sandbox.join("with")), tree(&sandbox.join("without")));
    let pages = |t: &BTreeMap<String, Vec<u8>>| {
        t.iter().filter(|(n, _)| n.contains('/')).map(|(n, b)| (n.clone(), b.clone())).collect::<BTreeMap<_, _>>()
    };
    assert!(pages(&with) == pages(&without) && pages(&with).len() >= 2 * count, "the others' pages are the same");
    let (a, b) = (sandbox.json("with/results.json"), sandbox.json("without/results.json"));
    assert_eq!(a["suppliers"], b["suppliers"]);
    let ledger = &a["ledger"];
    let n = |key: &str| ledger[key].as_u64().unwrap();
    assert_eq!(n("inputs"), n("scored") + n("partly") + n("unreadable"));
    assert_eq!(n("unreadable"), u64::try_from(damaged.len()).unwrap());
}

#[test]
fn one_in_a_hundred_damaged_changes_nothing_for_the_others() {
    damage(200, 100);
}

#[test]
fn each_way_of_damage_changes_nothing_for_the_others() {
    damage(24, 4);
}

#[test]
#[ignore = "takes minutes; .ci/full runs it"]
fn a_hundred_of_ten_thousand_damaged() {
    damage(10_000, 100);
}

type Numbers = BTreeMap<String, (u64, i64, i64)>;

#[test]
fn resuming_does_no_page_twice_and_skips_nothing_that_changed() {
    let sandbox = suppliers(3);
    sandbox.ok(&["assess", "in", "-o", "out", "--format", "html,xlsx,json,mail"]);
    // A file that is written anew has another number, or the old one at another time.
    let inodes = || {
        let names = tree(&sandbox.join("out")).into_keys().filter(|n| !n.starts_with('.') && n != "run.json");
        let number = |m: std::fs::Metadata| (m.ino(), m.ctime(), m.ctime_nsec());
        names.map(|n| (n.clone(), number(sandbox.join("out").join(n).metadata().unwrap()))).collect::<Numbers>()
    };
    let changed = |before: &Numbers, after: &Numbers| {
        after.iter().filter(|(n, i)| before.get(*n) != Some(i)).map(|(n, _)| n.clone()).collect::<Vec<_>>()
    };
    let resume = |more: &[&str]| {
        let args = ["assess", "in", "-o", "out", "--format", "html,xlsx,json,mail", "--resume"];
        let run = sandbox.run(&[&args[..], more].concat());
        assert!([0, 3].contains(&run.code), "{}", run.err);
        run
    };
    let first = inodes();
    resume(&[]);
    assert_eq!(changed(&first, &inodes()), Vec::<String>::new(), "nothing changed, nothing is written");

    // An input changed: its pages, and the pages of all.
    sandbox.rewrite("in/s-00001-supplier.xlsx", |sheet, row, column, _| {
        (sheet == "B" && (row, column) == (8, 4)).then(|| "Yes".to_owned())
    });
    resume(&[]);
    let second = inodes();
    assert_eq!(
        changed(&first, &second),
        [
            "feedback/s-00001.html",
            "index.html",
            "mail/s-00001.txt",
            "portfolio.xlsx",
            "results.json",
            "suppliers/s-00001.html"
        ]
    );
    // An output that somebody took away comes back.
    std::fs::remove_file(sandbox.join("out/feedback/s-00002.html")).unwrap();
    resume(&[]);
    assert_eq!(changed(&second, &inodes()), ["feedback/s-00002.html"]);
    // Another option, another checklist, another template: everything.
    for more in [
        vec!["--date", "2026-11-25"],
        vec!["--lang", "da"],
        vec!["--checklists", "lists"],
        vec!["--templates", "templates"],
    ] {
        let text = "schema: lygte/words/1\nid: own\nwords:\n  - {id: x, text: \"x\"}\n";
        sandbox.write("lists/words/own.yml", text);
        sandbox.write("templates/parts/own.html", "own");
        let before = inodes();
        resume(&more);
        assert_eq!(changed(&before, &inodes()).len(), before.len(), "{more:?}");
    }
    // And what comes out is what an undisturbed run makes.
    sandbox.run(&["assess", "in", "-o", "fresh", "--format", "html,xlsx,json,mail", "--templates", "templates"]);
    assert!(tree(&sandbox.join("fresh")) == tree(&sandbox.join("out")));
}

#[test]
fn a_signal_ends_the_run_in_good_order_and_the_next_goes_on() {
    for (name, code) in [("-INT", 130), ("-TERM", 143)] {
        let sandbox = suppliers(30);
        let mut child = spawn(&sandbox, &["assess", "in", "-o", "out", "--jobs", "1"]);
        while !is_begun(&sandbox.join("out")) && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(2));
        }
        signal(&child, name);
        assert_eq!(child.wait().unwrap().code(), Some(code));
        all_whole(&sandbox.join("out"));
        assert_eq!(sandbox.json("out/run.json")["complete"], false);
        let drafts = tree(&sandbox.join("out")).into_keys().filter(|n| n.contains(".lygte-")).count();
        assert_eq!(drafts, 0);
        sandbox.ok(&["assess", "in", "-o", "out", "--resume"]);
        sandbox.ok(&["assess", "in", "-o", "undisturbed"]);
        assert!(tree(&sandbox.join("out")) == tree(&sandbox.join("undisturbed")));
    }
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let sandbox = suppliers(30);
    let mut child = spawn(&sandbox, &["assess", "in", "-o", "out", "--jobs", "1"]);
    while !is_begun(&sandbox.join("out")) && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(2));
    }
    signal(&child, "-TERM");
    signal(&child, "-INT");
    let code = child.wait().unwrap().code();
    assert!(matches!(code, Some(130 | 143)), "{code:?}");
    all_whole(&sandbox.join("out"));
}

#[test]
fn a_full_disk_stops_the_run_and_says_what_is_done_and_what_is_not() {
    let sandbox = suppliers(3);
    // Files may grow to 700 blocks of half a kibibyte: what was read and pages fit, results.json does not.
    let run = sandbox.shell("trap '' XFSZ; ulimit -f 700; exec $LYGTE assess in -o out --jobs 1");
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.err.contains("error: cannot write out/"), "{}", run.err);
    assert!(run.err.contains("\nwritten: ") && run.err.contains("\nnot written: "), "{}", run.err);
    assert!(run.err.contains("results.json"), "{}", run.err);
    all_whole(&sandbox.join("out"));
    assert!(!tree(&sandbox.join("out")).keys().any(|n| n.contains(".lygte-")), "no half file is left");
    assert_eq!(sandbox.json("out/run.json")["complete"], false);
    sandbox.ok(&["assess", "in", "-o", "out", "--resume"]);
    sandbox.ok(&["assess", "in", "-o", "undisturbed"]);
    assert!(tree(&sandbox.join("out")) == tree(&sandbox.join("undisturbed")));
    // What was read waits on the disk, in the folder of the run, as soon as there are some MiB of it: there too.
    let form = "in/vikarfeltet-fiktiv-aps-e07d-supplier.xlsx";
    sandbox.rewrite(form, |sheet, row, column, _| {
        let is_comment = sheet == "B" && (10..30).contains(&row) && column == 6;
        is_comment.then(|| "x".repeat(30_000))
    });
    let form = std::fs::read(sandbox.join(form)).unwrap();
    for n in 0..16 {
        sandbox.write(&format!("many/{n}.xlsx"), &form);
    }
    let run = sandbox.shell("trap '' XFSZ; ulimit -f 36; exec $LYGTE assess many -o rows --format xlsx");
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.err.starts_with("error: cannot write rows: "), "{}", run.err);
    assert!(!tree(&sandbox.join("rows")).contains_key("portfolio.xlsx"));
}

#[test]
fn few_descriptors_many_threads_and_a_bare_environment_give_the_same_bytes() {
    let sandbox = suppliers(3);
    sandbox.ok(&["assess", "in", "-o", "a"]);
    let run = sandbox.shell("ulimit -n 20; exec $LYGTE assess in -o b --jobs 16");
    assert_eq!(run.code, 0, "{}", run.err);
    let run = sandbox.shell("LANG=C TZ=Pacific/Kiritimati exec $LYGTE assess in -o c");
    assert_eq!(run.code, 0, "{}", run.err);
    let first = tree(&sandbox.join("a"));
    assert!(first == tree(&sandbox.join("b")) && first == tree(&sandbox.join("c")));
}

#[test]
fn a_closed_output_is_nobodys_loss() {
    let sandbox = suppliers(1);
    for line in [
        "$LYGTE list | true",
        "$LYGTE show guide | head -c 1 >/dev/null",
        "$LYGTE --help >&-",
        "$LYGTE assess in -o out >&- 2>&-",
        "$LYGTE assess in --dry-run | true",
        "$LYGTE explain unknown-answer 2>&1 | true",
    ] {
        let run = sandbox.shell(line);
        assert!(!run.err.contains("internal:") && !run.err.contains("panicked"), "{line}: {}", run.err);
    }
    assert_eq!(sandbox.json("out/run.json")["complete"], true);
}

#[test]
fn folders_that_cannot_be_written_are_found_before_the_first_input_is_opened() {
    let sandbox = suppliers(1);
    sandbox.write("file", "not a folder");
    for out in ["file", "file/below", "/proc/lygte"] {
        let run = sandbox.run(&["assess", "in", "-o", out]);
        assert_eq!(run.code, 1, "{out}");
        assert!(run.err.contains(&format!("cannot write {out}")), "{}", run.err);
    }
    // A folder of ours that was replaced by a link leads elsewhere.
    std::fs::create_dir(sandbox.join("elsewhere")).unwrap();
    std::fs::create_dir(sandbox.join("out")).unwrap();
    std::os::unix::fs::symlink(sandbox.join("elsewhere"), sandbox.join("out/suppliers")).unwrap();
    let run = sandbox.run(&["assess", "in", "-o", "out"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("out/suppliers is not from an earlier run"), "{}", run.err);
    assert_eq!(std::fs::read_dir(sandbox.join("elsewhere")).unwrap().count(), 0);
}

#[test]
fn files_of_others_stay_and_force_replaces_them() {
    let sandbox = suppliers(1);
    sandbox.ok(&["assess", "in", "-o", "out"]);
    let inputs = tree(&sandbox.join("in"));
    sandbox.write("out/feedback/s-00000.html", "my remarks");
    sandbox.write("out/suppliers/.lygte-stale.tmp", "half a page");
    let before = tree(&sandbox.join("out"));
    let run = sandbox.run(&["assess", "in", "-o", "out"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("out/feedback/s-00000.html was changed since lygte wrote it"), "{}", run.err);
    let mut after = before.clone();
    after.remove("suppliers/.lygte-stale.tmp");
    assert!(tree(&sandbox.join("out")) == after, "nothing but our own stale draft was touched");
    sandbox.ok(&["assess", "in", "-o", "out", "--force"]);
    assert!(sandbox.read("out/feedback/s-00000.html").contains("</html>"));
    assert!(tree(&sandbox.join("in")) == inputs, "inputs are never changed");
}
