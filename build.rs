//! Turns the built-in data files from YAML into what takes a twentieth of the time to read when the program starts: each
//! English file into JSON, and what all translations say into one text, with numbers that tell where. What they say is checked
//! in the YAML: by the tests, and by `lygte lint`.

#![allow(clippy::disallowed_methods, reason = "cargo makes these anew if the build is cut off")]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

#[path = "src/assets/hash.rs"]
mod hash;

use hash::hash;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=checklists");
    println!("cargo::rerun-if-changed=src/assets/hash.rs");
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("checklists");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut names = Vec::new();
    walk(&root, &root, &mut names)?;
    names.sort();
    let mut files = BTreeMap::new();
    let mut digests = String::new();
    for name in &names {
        let text = fs::read_to_string(root.join(name))?;
        write!(digests, "{name}\t")?;
        for byte in Sha256::digest(text.as_bytes()) {
            write!(digests, "{byte:02x}")?;
        }
        digests.push('\n');
        // One that is no YAML is left out: it is read as it stands, and the tests say what is wrong with it.
        if let Ok(value) = serde_yaml::from_str::<Value>(&text) {
            files.insert(name.clone(), value);
        }
    }
    let langs: BTreeSet<&str> = files.keys().filter_map(|name| Some(translated(name)?.0)).collect();
    let (mut json, mut index, mut texts) = (String::new(), String::new(), Texts::default());
    for (name, value) in &files {
        // Translations stand with what they translate; the one file of a language that translates no other, by itself.
        if translated(name).is_some_and(|(_, of)| files.contains_key(of)) {
            continue;
        }
        let from = json.len();
        json += &value.to_string();
        write!(index, "{name}\t{from}\t{}\t", json.len() - from)?;
        if name.starts_with("lang/") {
            writeln!(index, "0\t0\t")?;
        } else {
            let from = texts.numbers.len();
            let (count, langs) = texts.add(&files, &langs, name)?;
            writeln!(index, "{from}\t{count}\t{langs}")?;
        }
    }
    fs::write(out.join("checklists.json"), json)?;
    fs::write(out.join("checklists.ids"), texts.ids)?;
    fs::write(out.join("checklists.said"), texts.said)?;
    fs::write(out.join("checklists.numbers"), texts.numbers)?;
    fs::write(out.join("checklists.digests"), digests)?;
    fs::write(out.join("checklists.index"), index)?;
    Ok(())
}

/// Texts in other languages. What is looked at together lies together: memory that nobody looks at is never filled.
#[derive(Default)]
struct Texts {
    /// Ids of the texts, one after the other.
    ids: String,
    /// What is said, one after the other.
    said: String,
    /// Hashes of a file's ids in order, where in the ids the first of them starts and where each ends, and the same of what
    /// is said, four bytes for each.
    numbers: Vec<u8>,
}

impl Texts {
    /// Adds what a file says in other languages: the ids of its texts, in order of their hashes, and what is said in each
    /// language, text by text. Returns how many texts there are, and the languages, each with how far the translation is
    /// reviewed, nothing where there is none.
    fn add(
        &mut self,
        files: &BTreeMap<String, Value>,
        langs: &BTreeSet<&str>,
        name: &str,
    ) -> Result<(usize, String), Box<dyn Error>> {
        let mut reviewed = Vec::new();
        let mut texts: BTreeMap<(u32, &str), Vec<&str>> = BTreeMap::new();
        for (at, lang) in langs.iter().enumerate() {
            let file = files.get(&format!("lang/{lang}/{name}"));
            let review = file.and_then(|f| f["review"].as_str()).unwrap_or_default();
            reviewed.push(format!("{lang} {review}"));
            for text in file.and_then(|f| f["texts"].as_array()).into_iter().flatten() {
                let (Some(id), Some(said)) = (text["id"].as_str(), text["text"].as_str()) else { continue };
                texts.entry((hash(id), id)).or_insert_with(|| vec![""; langs.len()])[at] = said.trim();
            }
        }
        self.numbers.extend(texts.keys().flat_map(|(hash, _)| hash.to_le_bytes()));
        let ids: Vec<&str> = texts.keys().map(|(_, id)| *id).collect();
        let said: Vec<&str> = texts.values().flatten().copied().collect();
        for (all, parts) in [(&mut self.ids, ids), (&mut self.said, said)] {
            self.numbers.extend(u32::try_from(all.len())?.to_le_bytes());
            for part in parts {
                *all += part;
                self.numbers.extend(u32::try_from(all.len())?.to_le_bytes());
            }
        }
        Ok((texts.len(), reviewed.join(",")))
    }
}

/// Language and name of the file that a translation translates.
fn translated(name: &str) -> Option<(&str, &str)> {
    name.strip_prefix("lang/")?.split_once('/')
}

fn walk(root: &Path, folder: &Path, names: &mut Vec<String>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(root, &path, names)?;
        } else if path.extension().is_some_and(|e| e == "yml") {
            let relative = path.strip_prefix(root)?;
            names.push(relative.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"));
        }
    }
    Ok(())
}
