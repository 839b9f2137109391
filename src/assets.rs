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
    match folder {
        // The names that the embedding crate knows lie between the files, and to look at them brings all of those into memory.
        Folder::Checklists => NAMES.lines().map(str::to_owned).collect(),
        Folder::Templates => {
            let mut names: Vec<String> = Templates::iter().map(std::borrow::Cow::into_owned).collect();
            names.sort();
            names
        }
    }
}

/// Names of the data files, in order, from the build script.
static NAMES: &str = include_str!(concat!(env!("OUT_DIR"), "/checklists.names"));

/// All data files as the build script made them: each as JSON and, behind it, what its translations say.
static PREPARED: &str = include_str!(concat!(env!("OUT_DIR"), "/checklists.txt"));
/// Name and start of each, and the lengths of both.
static INDEX: &str = include_str!(concat!(env!("OUT_DIR"), "/checklists.index"));

/// What ends a line and a field of a table, as the build script writes them.
const LINE: char = '\u{1E}';
const FIELD: char = '\u{1F}';

/// A data file in its prepared form.
#[derive(Clone, Copy, Debug)]
pub struct Prepared {
    /// What it says, as JSON; empty for a translation.
    pub json: &'static str,
    /// What its translations say.
    table: &'static str,
}

impl Prepared {
    /// The languages, each with how far the translation is reviewed; nothing where there is none.
    pub fn langs(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.table.split(LINE).next().unwrap_or_default().split(FIELD).filter_map(|lang| lang.split_once(' '))
    }

    /// What its texts say in these languages.
    pub fn texts(&self) -> Texts {
        let lines = self.table.split_terminator(LINE).skip(1);
        Texts(lines.filter_map(|line| line.split_once(FIELD)).collect())
    }
}

/// Texts of a file in other languages, in the order of ids, as the build script wrote them.
#[derive(Debug, Default)]
pub struct Texts(Vec<(&'static str, &'static str)>);

impl Texts {
    /// What a text says in each of the file's languages; nothing where it is not translated.
    pub fn get(&self, id: &str) -> impl Iterator<Item = &'static str> {
        let found = self.0.binary_search_by(|(known, _)| (*known).cmp(id)).ok();
        found.into_iter().flat_map(|at| self.0[at].1.split(FIELD))
    }
}

/// A data file in its prepared form.
pub fn prepared(name: &str) -> Option<Prepared> {
    static FILES: LazyLock<BTreeMap<&str, Prepared>> = LazyLock::new(|| {
        let entry = |line: &'static str| {
            let mut parts = line.split('\t');
            let name = parts.next()?;
            let mut number = || parts.next()?.parse::<usize>().ok();
            let (start, json, table) = (number()?, number()?, number()?);
            let rest = PREPARED.get(start..)?;
            let (json, rest) = rest.split_at_checked(json)?;
            Some((name, Prepared { json, table: rest.get(..table)? }))
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
