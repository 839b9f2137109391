//! Which files there are: the embedded ones, and folders of the user's on top.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::assets::{self, Folder};
use crate::error::{Error, Result};

use super::compose::hex;

/// One data file.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where it comes from, as shown to people.
    pub shown: Arc<str>,
    /// Its text.
    pub text: FileText,
    /// It is built in (and not the user's).
    pub embedded: bool,
}

impl Entry {
    /// Digest of its text.
    pub fn digest(&self) -> String {
        let built_in = self.text.built_in.as_deref().and_then(assets::digest);
        built_in.map_or_else(|| hex(&Sha256::digest(self.text.as_bytes())), str::to_owned)
    }
}

/// The text of a file. That of a built-in one is fetched when somebody looks at it.
#[derive(Clone, Debug)]
pub struct FileText {
    built_in: Option<Arc<str>>,
    text: OnceLock<Arc<str>>,
}

impl FileText {
    fn of(text: &str) -> Self {
        Self { built_in: None, text: OnceLock::from(Arc::from(text)) }
    }

    /// The text, shared.
    pub(super) fn shared(&self) -> &Arc<str> {
        self.text.get_or_init(|| {
            let text = self.built_in.as_deref().and_then(|name| assets::text(Folder::Checklists, name));
            text.as_deref().unwrap_or_default().into()
        })
    }
}

impl Deref for FileText {
    type Target = str;

    fn deref(&self) -> &str {
        self.shared()
    }
}

/// Data files by relative name. A file of the same name replaces the one below it; a new name is added.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    files: BTreeMap<String, Entry>,
    is_prepared: bool,
}

impl Catalog {
    /// The files built into the program, to be checked, or to lay others on top.
    pub fn embedded() -> Self {
        let files = assets::list(Folder::Checklists)
            .into_iter()
            .map(|name| {
                let shown = format!("checklists/{name}").into();
                let text = FileText { built_in: Some(name.as_str().into()), text: OnceLock::new() };
                (name, Entry { shown, text, embedded: true })
            })
            .collect();
        Self { files, is_prepared: false }
    }

    /// The files built into the program, and no others. They are checked as they are written, by tests and lint; from the
    /// form that the build gives them a library is loaded many times faster.
    pub fn built_in() -> Self {
        Self { is_prepared: true, ..Self::embedded() }
    }

    /// Whether these are the built-in files and no others, which tests and lint have checked.
    pub(super) fn is_checked(&self) -> bool {
        self.is_prepared
    }

    /// What a built-in file says, if all files are built in; and its prepared form, for what its translations say.
    pub(super) fn prepared<T: DeserializeOwned>(&self, name: &str) -> Option<(T, assets::Prepared)> {
        let prepared = assets::prepared(name).filter(|_| self.is_prepared)?;
        Some((serde_json::from_str(prepared.json).ok()?, prepared))
    }

    /// Lays a folder of the user's on top. Only `.yml` files count, and links to such; a link to a folder is an error.
    ///
    /// # Errors
    /// If the folder or a file in it cannot be read.
    pub fn overlay(&mut self, folder: &Path) -> Result<()> {
        self.is_prepared = false;
        let mut found = Vec::new();
        walk(folder, &mut found)?;
        for path in found {
            let relative = path.strip_prefix(folder).unwrap_or(&path);
            let name = relative.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            let bytes = std::fs::read(&path).map_err(|source| Error::Read { path: path.clone(), source })?;
            let text = Error::text(&path, bytes)?;
            let shown = path.to_string_lossy().into_owned().into();
            self.files.insert(name, Entry { shown, text: FileText::of(&text), embedded: false });
        }
        Ok(())
    }

    /// Adds or replaces one file by its text.
    pub fn insert(&mut self, name: &str, text: &str) {
        self.is_prepared = false;
        let text = FileText::of(text);
        self.files.insert(name.to_owned(), Entry { shown: name.into(), text, embedded: false });
    }

    /// The file of that name.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.files.get(name)
    }

    /// All files, in order of name.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.files.iter().map(|(n, e)| (n.as_str(), e))
    }

    /// Names of the files directly in a folder.
    pub(super) fn in_folder(&self, folder: &str) -> Vec<String> {
        self.files
            .keys()
            .filter(|n| n.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/') && !rest[1..].contains('/')))
            .cloned()
            .collect()
    }
}

fn walk(folder: &Path, found: &mut Vec<std::path::PathBuf>) -> Result<()> {
    let fail = |source| Error::Read { path: folder.to_owned(), source };
    let mut entries = std::fs::read_dir(folder).map_err(fail)?.collect::<std::io::Result<Vec<_>>>().map_err(fail)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type().map_err(fail)?;
        let path = entry.path();
        if kind.is_symlink() && path.is_dir() {
            return Err(Error::linked_folder(path));
        }
        if kind.is_dir() {
            walk(&path, found)?;
        } else if path.extension().is_some_and(|e| e == "yml" || e == "yaml") {
            found.push(path);
        }
    }
    Ok(())
}
