//! The files built into the program: checklists and templates.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "checklists/"]
#[include = "*.yml"]
struct Checklists;

#[derive(RustEmbed)]
#[folder = "templates/"]
#[exclude = "*.md"]
struct Templates;

/// Which of the built-in folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Folder {
    /// `checklists/`
    Checklists,
    /// `templates/`
    Templates,
}

/// Names of the files in a folder, with `/` as separator, in order.
pub fn list(folder: Folder) -> Vec<String> {
    let mut names: Vec<String> = match folder {
        Folder::Checklists => Checklists::iter().map(std::borrow::Cow::into_owned).collect(),
        Folder::Templates => Templates::iter().map(std::borrow::Cow::into_owned).collect(),
    };
    names.sort();
    names
}

/// All data files as JSON, one behind the other, as the build script made it.
static PREPARED: &str = include_str!(concat!(env!("OUT_DIR"), "/checklists.json"));
/// Name, start and length of each.
static INDEX: &str = include_str!(concat!(env!("OUT_DIR"), "/checklists.index"));

/// A data file as JSON: of a translation only what it says, by id.
pub fn prepared(name: &str) -> Option<&'static str> {
    static FILES: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| {
        let entry = |line: &'static str| {
            let mut parts = line.split('\t');
            let (name, start, length) = (parts.next()?, parts.next()?, parts.next()?);
            let start: usize = start.parse().ok()?;
            Some((name, PREPARED.get(start..start.checked_add(length.parse().ok()?)?)?))
        };
        INDEX.lines().filter_map(entry).collect()
    });
    FILES.get(name).copied()
}

/// Digest of a built-in file, SHA-256.
pub fn digest(folder: Folder, name: &str) -> Option<[u8; 32]> {
    let file = match folder {
        Folder::Checklists => Checklists::get(name),
        Folder::Templates => Templates::get(name),
    };
    file.map(|f| f.metadata.sha256_hash())
}

/// The text of a built-in file.
pub fn text(folder: Folder, name: &str) -> Option<String> {
    let file = match folder {
        Folder::Checklists => Checklists::get(name),
        Folder::Templates => Templates::get(name),
    };
    file.and_then(|f| String::from_utf8(f.data.into_owned()).ok())
}
