//! The files built into the program: checklists and templates.

mod hash;

use std::borrow::Cow;
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
            let mut names: Vec<String> = Templates::iter().map(Cow::into_owned).collect();
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

/// All data files but translations, as JSON that the build script made of them.
static JSON: &str = include_str!(concat!(env!("OUT_DIR"), "/checklists.json"));
/// Ids of the texts that are translated, file by file.
static IDS: &str = include_str!(concat!(env!("OUT_DIR"), "/checklists.ids"));
/// What the translations say, text by text.
static SAID: &str = include_str!(concat!(env!("OUT_DIR"), "/checklists.said"));
/// Where in these the texts of each file are.
static NUMBERS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/checklists.numbers"));
/// Of each data file, in order of names, its name, where its JSON starts and how long it is, where its numbers start, of how
/// many texts these are, and the languages.
static INDEX: &str = include_str!(concat!(env!("OUT_DIR"), "/checklists.index"));

/// A data file in its prepared form.
#[derive(Clone, Copy, Debug)]
pub struct Prepared {
    /// What it says, as JSON.
    pub json: &'static str,
    langs: &'static str,
    numbers: &'static [u8],
    /// How many texts are translated.
    count: usize,
}

impl Prepared {
    /// The languages, each with how far the translation is reviewed; nothing where there is none.
    pub fn langs(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.langs.split(',').filter_map(|lang| lang.split_once(' '))
    }

    /// What its texts say in these languages.
    pub fn texts(&self) -> Texts {
        let (hashes, rest) = self.numbers.split_at_checked(NUMBER * self.count).unwrap_or_default();
        let (ids, said) = rest.split_at_checked(NUMBER * (self.count + 1)).unwrap_or_default();
        Texts { hashes, ids, said, langs: self.langs().count() }
    }
}

/// Bytes of a number.
const NUMBER: usize = 4;

fn number(numbers: &[u8], at: usize) -> Option<usize> {
    let number = u32::from_le_bytes(*numbers.get(NUMBER * at..)?.first_chunk()?);
    usize::try_from(number).ok()
}

/// Texts of a file in other languages, as the build script wrote them.
#[derive(Clone, Copy, Debug)]
pub struct Texts {
    /// Hashes of their ids, in order.
    hashes: &'static [u8],
    /// Where the first id starts, and where each ends.
    ids: &'static [u8],
    /// Where what is said in the first language of the first text starts, and where that and each other ends.
    said: &'static [u8],
    langs: usize,
}

impl Texts {
    /// What a text says in the file's languages: what all say, and where in that what is said in the first starts, and where
    /// that and each other ends, four bytes for each; nothing where it is not translated.
    pub fn get(&self, id: &str) -> Option<(&'static str, &'static [u8])> {
        let hash = hash::hash(id);
        let (hashes, _) = self.hashes.as_chunks::<NUMBER>();
        let first = hashes.partition_point(|known| u32::from_le_bytes(*known) < hash);
        let alike = hashes.get(first..)?.iter().take_while(|known| u32::from_le_bytes(**known) == hash);
        let known = |at: usize| IDS.get(number(self.ids, at)?..number(self.ids, at + 1)?);
        let (at, _) = (first..).zip(alike).find(|(at, _)| known(*at) == Some(id))?;
        let said = self.said.get(NUMBER * self.langs * at..)?.get(..NUMBER * (self.langs + 1))?;
        Some((SAID, said))
    }
}

/// A data file in its prepared form.
pub fn prepared(name: &str) -> Option<Prepared> {
    static FILES: LazyLock<Vec<(&str, Prepared)>> = LazyLock::new(|| {
        let entry = |line: &'static str| {
            let mut parts = line.split('\t');
            let name = parts.next()?;
            let mut number = || parts.next()?.parse::<usize>().ok();
            let json = JSON.get(number()?..)?.get(..number()?)?;
            let (numbers, count) = (NUMBERS.get(number()?..)?, number()?);
            Some((name, Prepared { json, langs: parts.next()?, numbers, count }))
        };
        INDEX.lines().filter_map(entry).collect()
    });
    let at = FILES.binary_search_by_key(&name, |(name, _)| name).ok()?;
    Some(FILES[at].1)
}

/// A text that lies in the prepared form of a data file, for as long as the program runs; `None` for any other. So what was
/// read from there is not copied.
pub(crate) fn lasting(text: &str) -> Option<&'static str> {
    let at = text.as_ptr().addr().checked_sub(JSON.as_ptr().addr())?;
    JSON.get(at..at.checked_add(text.len())?)
}

/// Digest of a built-in data file: SHA-256, as hexadecimal digits.
pub fn digest(name: &str) -> Option<&'static str> {
    static FILES: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| digests().collect());
    FILES.get(name).copied()
}

/// The text of a built-in file.
pub fn text(folder: Folder, name: &str) -> Option<Cow<'static, str>> {
    let file = match folder {
        Folder::Checklists => Checklists::get(name),
        Folder::Templates => Templates::get(name),
    };
    match file?.data {
        Cow::Borrowed(bytes) => str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
    }
}
