//! The same inputs give the same bytes: on a second run, with one thread or several, from another folder.

use crate::support::{Sandbox, tree};

#[test]
fn the_same_bytes_whatever_the_threads() {
    let sandbox = Sandbox::new();
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/suppliers");
    for (jobs, out) in [("1", "a"), ("2", "b"), ("8", "c")] {
        sandbox.run(&["assess", examples, "-o", out, "--jobs", jobs]);
    }
    let first = tree(&sandbox.join("a"));
    assert!(first.len() > 15, "{:?}", first.keys());
    sandbox.run(&["assess", examples, "-o", "a"]);
    for other in ["a", "b", "c"] {
        let again = tree(&sandbox.join(other));
        assert_eq!(first.keys().collect::<Vec<_>>(), again.keys().collect::<Vec<_>>());
        for (name, bytes) in &first {
            assert!(again[name] == *bytes, "{other}/{name} differs");
        }
    }
}

#[test]
fn a_second_run_replaces_its_own_files_and_nothing_else() {
    let sandbox = Sandbox::new();
    for name in ["A ApS", "B ApS"] {
        let file = format!("in/{}.xlsx", &name[..1]);
        sandbox.ok(&["new", "--sector", "cleaning", "--country", "DK", "--supplier", name, "-o", &file]);
    }
    sandbox.ok(&["assess", "in", "-o", "out"]);
    sandbox.write("out/notes.txt", "mine");
    sandbox.write("out/suppliers/mine.html", "mine too");
    std::fs::remove_file(sandbox.join("in/B.xlsx")).unwrap();
    sandbox.ok(&["assess", "in", "-o", "out"]);
    let left: Vec<String> = tree(&sandbox.join("out")).into_keys().collect();
    let pages: Vec<&String> = left.iter().filter(|n| n.contains('/')).collect();
    assert_eq!(pages.len(), 3, "one supplier's two pages and the one that is not ours: {left:?}");
    assert!(left.contains(&"notes.txt".to_owned()) && left.contains(&"suppliers/mine.html".to_owned()));
    assert!(!left.iter().any(|n| n.contains(".lygte-")));
    let run = sandbox.json("out/run.json");
    assert_eq!(run["complete"], true);
    assert!(!sandbox.read("out/run.json").contains(&*sandbox.path().to_string_lossy()), "no path of the machine");
}
