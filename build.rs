//! Turns the built-in data files from YAML into JSON, which takes a tenth of the time to read when the program starts. What
//! they say is checked in the YAML: by the tests, and by `lygte lint`.

#![allow(clippy::disallowed_methods, reason = "cargo makes these anew if the build is cut off")]

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=checklists");
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?).join("checklists");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let mut names = Vec::new();
    walk(&root, &root, &mut names)?;
    names.sort();
    let (mut all, mut index) = (String::new(), String::new());
    for name in names {
        let text = fs::read_to_string(root.join(&name))?;
        // One that is no YAML is left out: it is read as it stands, and the tests say what is wrong with it.
        let Ok(value) = serde_yaml::from_str::<Value>(&text) else { continue };
        let text = if name.starts_with("lang/") { translation(value) } else { value }.to_string();
        writeln!(index, "{name}\t{}\t{}", all.len(), text.len())?;
        all += &text;
    }
    fs::write(out.join("checklists.json"), all)?;
    fs::write(out.join("checklists.index"), index)?;
    Ok(())
}

/// Of a translation only what is said: the English texts that it translates stand in their own files.
fn translation(mut file: Value) -> Value {
    if let Some(texts) = file.get_mut("texts") {
        let said = texts.as_array().into_iter().flatten();
        let said: Map<String, Value> =
            said.filter_map(|t| Some((t["id"].as_str()?.to_owned(), t["text"].clone()))).collect();
        *texts = Value::Object(said);
    }
    file
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
