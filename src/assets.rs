//! The files built into the program: checklists and templates.

use std::cmp::Ordering;
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
        Folder::Checklists => digests().map(|(name, _)| name.to_owned()).collect(),
        Folder::Templates => {
            let mut names: Vec<String> = Templates::iter().map(std::borrow::Cow::into_owned).collect();
            names.sort();
            names
        }
    }
}

/// Name and digest of each data file, in order of names, from the build script. The embedding crate knows them as well, but
/// has the names between the files: to look at them brings all of those into memory.
static DIGESTS: &str = include_str!(concat!(env!("OUT_DIR"), "/checklists.digests"));

fn digests() -> impl Iterator<Item = (&'static str, &'static str)> {
    DIGESTS.lines().filter_map(|line| line.split_once('\t'))
}

/// All data files as the build script made them: each as JSON and, behind it, what its translations say.
static PREPARED: &str = include_str!(concat!(env!("OUT_DIR"), "/checklists.txt"));
/// Of each data file its name, where its JSON starts and how long it is, where its numbers start and how long they are, and
/// the languages.
static INDEX: &str = include_str!(concat!(env!("OUT_DIR"), "/checklists.index"));
/// Where in `PREPARED` the texts of translations are.
static NUMBERS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/checklists.numbers"));

/// A data file in its prepared form.
#[derive(Clone, Copy, Debug)]
pub struct Prepared {
    /// What it says, as JSON; empty for a translation.
    pub json: &'static str,
    langs: &'static str,
    numbers: &'static [u8],
}

impl Prepared {
    /// The languages, each with how far the translation is reviewed; nothing where there is none.
    pub fn langs(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.langs.split(',').filter_map(|lang| lang.split_once(' '))
    }

    /// What its texts say in these languages.
    pub fn texts(&self) -> Texts {
        Texts { numbers: self.numbers, entry: NUMBER * (2 + self.langs().count()) }
    }
}

/// Bytes of a number.
const NUMBER: usize = 4;

/// Texts of a file in other languages, in the order of ids, as the build script wrote them.
#[derive(Clone, Copy, Debug)]
pub struct Texts {
    numbers: &'static [u8],
    /// How many bytes of the numbers belong to a text.
    entry: usize,
}

impl Texts {
    /// What a text says in the file's languages: all texts, and where in them what is said in the first starts, and where
    /// that and each other ends, four bytes for each; nothing where it is not translated.
    pub fn get(&self, id: &str) -> Option<(&'static str, &'static [u8])> {
        let (mut from, mut to) = (0, self.numbers.len() / self.entry);
        while from < to {
            let middle = usize::midpoint(from, to);
            let (start, said) = self.numbers.get(middle * self.entry..)?.get(..self.entry)?.split_first_chunk()?;
            let range = u32::from_le_bytes(*start) as usize..u32::from_le_bytes(*said.first_chunk()?) as usize;
            match PREPARED.get(range)?.cmp(id) {
                Ordering::Less => from = middle + 1,
                Ordering::Greater => to = middle,
                Ordering::Equal => return Some((PREPARED, said)),
            }
        }
        None
    }
}

/// A data file in its prepared form.
pub fn prepared(name: &str) -> Option<Prepared> {
    static FILES: LazyLock<BTreeMap<&str, Prepared>> = LazyLock::new(|| {
        let entry = |line: &'static str| {
            let mut parts = line.split('\t');
            let name = parts.next()?;
            let mut number = || parts.next()?.parse::<usize>().ok();
            let json = PREPARED.get(number()?..)?.get(..number()?)?;
            let numbers = NUMBERS.get(number()?..)?.get(..number()?)?;
            Some((name, Prepared { json, langs: parts.next()?, numbers }))
        };
        INDEX.lines().filter_map(entry).collect()
    });
    FILES.get(name).copied()
}

/// Digest of a built-in data file: SHA-256, as hexadecimal digits.
pub fn digest(name: &str) -> Option<&'static str> {
    static FILES: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| digests().collect());
    FILES.get(name).copied()
}

/// The text of a built-in file.
pub fn text(folder: Folder, name: &str) -> Option<String> {
    let file = match folder {
        Folder::Checklists => Checklists::get(name),
        Folder::Templates => Templates::get(name),
    };
    file.and_then(|f| String::from_utf8(f.data.into_owned()).ok())
}
