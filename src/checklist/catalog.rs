//! Which files there are: the embedded ones, and folders of the user's on top.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::assets::{self, Folder};
use crate::error::{Error, Result};

/// One data file.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where it comes from, as shown to people.
    pub shown: Arc<str>,
    /// Its text.
    pub text: Arc<str>,
    /// It is built in (and not the user's).
    pub embedded: bool,
}

/// Data files by relative name. A file of the same name replaces the one below it; a new name is added.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    files: BTreeMap<String, Entry>,
}

impl Catalog {
    /// The files built into the program.
    pub fn embedded() -> Self {
        let files = assets::list(Folder::Checklists)
            .into_iter()
            .filter_map(|name| {
                let text = assets::text(Folder::Checklists, &name)?;
                let shown = format!("checklists/{name}").into();
                Some((name, Entry { shown, text: text.into(), embedded: true }))
            })
            .collect();
        Self { files }
    }

    /// Lays a folder of the user's on top. Only `.yml` files count, and links to such; a link to a folder is an error.
    ///
    /// # Errors
    /// If the folder or a file in it cannot be read.
    pub fn overlay(&mut self, folder: &Path) -> Result<()> {
        let mut found = Vec::new();
        walk(folder, &mut found)?;
        for path in found {
            let relative = path.strip_prefix(folder).unwrap_or(&path);
            let name = relative.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            let bytes = std::fs::read(&path).map_err(|source| Error::Read { path: path.clone(), source })?;
            let text = Error::text(&path, bytes)?;
            let shown = path.to_string_lossy().into_owned().into();
            self.files.insert(name, Entry { shown, text: text.into(), embedded: false });
        }
        Ok(())
    }

    /// Adds or replaces one file by its text.
    pub fn insert(&mut self, name: &str, text: &str) {
        self.files.insert(name.to_owned(), Entry { shown: name.into(), text: text.into(), embedded: false });
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
