//! What is written, and how: whole files or none, nobody else's files, one run at a time, the manifest last.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

const MANIFEST: &str = "run.json";
const LOCK: &str = ".lock";

/// Digest of bytes, as lower-case hexadecimal digits.
pub(super) fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Digest of named texts.
pub(super) fn digest_all<'a>(texts: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut hash = Sha256::new();
    for (name, text) in texts {
        for part in [name, text] {
            hash.update(u64::try_from(part.len()).unwrap_or_default().to_le_bytes());
            hash.update(part.as_bytes());
        }
    }
    hex(&hash.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// A name for files from a supplier's id: the id itself where that is safe everywhere, else a slug of it with a digest.
pub(super) fn slug(id: &str) -> String {
    let safe = (1..=80).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
        && !is_reserved(id);
    if safe {
        return id.to_owned();
    }
    let mut slug = slug::slugify(id);
    slug.truncate(60);
    let slug = if slug.is_empty() { "supplier" } else { slug.trim_end_matches('-') };
    format!("{slug}-{}", &digest(id.as_bytes())[..8])
}

/// Names that Windows keeps for devices.
fn is_reserved(name: &str) -> bool {
    matches!(name, "con" | "prn" | "aux" | "nul")
        || (name.len() == 4 && (name.starts_with("com") || name.starts_with("lpt")) && name.ends_with(|c: char| c.is_ascii_digit()))
}

/// Writes a file beside its target, synced, and renames it: the target is the old file or the new one, never half of it.
///
/// # Errors
/// If the disk does not take it. Then nothing is left behind.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<()> {
    let fail = |source| Error::Write { path: path.to_owned(), source };
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".lygte-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // The umask still applies; a temporary file of its own accord would be closed to everybody else.
        builder.permissions(std::fs::Permissions::from_mode(0o644));
    }
    let mut file = builder.tempfile_in(folder).map_err(fail)?;
    file.write_all(bytes).map_err(fail)?;
    file.as_file().sync_data().map_err(fail)?;
    file.persist(path).map_err(|e| fail(e.error))?;
    Ok(())
}

/// Like [`write_atomic`], for a file that must not be there yet.
///
/// # Errors
/// If the file exists, or the disk does not take it.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    if path.exists() {
        return Err(Error::Exists { path: path.to_owned() });
    }
    if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|source| Error::Write { path: folder.to_owned(), source })?;
    }
    write_atomic(path, bytes)
}

/// An output folder, held by this run alone.
pub(super) struct Output {
    folder: PathBuf,
    /// What an earlier run of ours wrote.
    earlier: BTreeMap<String, String>,
    /// An earlier run was interrupted, so its manifest may not list all it wrote.
    unfinished: bool,
    written: BTreeMap<String, String>,
    _lock: File,
}

impl Output {
    /// Takes hold of the folder before any work begins: it can be written, nobody else works in it, and what stands in
    /// the way is ours.
    pub(super) fn open(folder: &Path) -> Result<Self> {
        let fail = |source| Error::Write { path: folder.to_owned(), source };
        std::fs::create_dir_all(folder).map_err(fail)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join(LOCK))
            .map_err(|source| Error::Write { path: folder.join(LOCK), source })?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Err(Error::Locked { path: folder.to_owned() }),
            Err(std::fs::TryLockError::Error(source)) => return Err(fail(source)),
        }
        let (earlier, unfinished) = match std::fs::read(folder.join(MANIFEST)) {
            Ok(bytes) => earlier(&bytes).ok_or_else(|| Error::Foreign { path: folder.join(MANIFEST) })?,
            Err(_) => (BTreeMap::new(), false),
        };
        let output = Self { folder: folder.to_owned(), earlier, unfinished, written: BTreeMap::new(), _lock: lock };
        for name in ["index.html", "portfolio.xlsx", "results.json"] {
            output.check_ours(name)?;
        }
        // From here on until the end the folder says that it is not finished.
        let marker = serde_json::json!({ "schema": "lygte/run/1", "complete": false, "outputs": outputs(&output.earlier) });
        write_atomic(&folder.join(MANIFEST), pretty(&marker).as_bytes())?;
        Ok(output)
    }

    fn check_ours(&self, name: &str) -> Result<()> {
        let path = self.folder.join(name);
        if self.unfinished || self.earlier.contains_key(name) || self.written.contains_key(name) || !path.exists() {
            return Ok(());
        }
        Err(Error::Foreign { path })
    }

    /// Writes one file of the run.
    pub(super) fn write(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        self.check_ours(name)?;
        let path = self.folder.join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|source| Error::Write { path: folder.to_owned(), source })?;
        }
        write_atomic(&path, bytes)?;
        self.written.insert(name.to_owned(), digest(bytes));
        Ok(())
    }

    /// Takes away what an earlier run of ours wrote and this one did not, and writes the manifest, last.
    pub(super) fn finish(self, manifest: &serde_json::Value) -> Result<()> {
        for (name, sha256) in self.earlier.iter().filter(|(n, _)| !self.written.contains_key(*n)) {
            let path = self.folder.join(name);
            // Somebody's changes to a page of ours are no longer ours to take away.
            if std::fs::read(&path).is_ok_and(|bytes| digest(&bytes) == *sha256) {
                std::fs::remove_file(&path).map_err(|source| Error::Write { path, source })?;
            }
        }
        let mut manifest = manifest.clone();
        if let Some(map) = manifest.as_object_mut() {
            map.insert("outputs".to_owned(), outputs(&self.written));
            map.insert("complete".to_owned(), serde_json::Value::Bool(true));
        }
        write_atomic(&self.folder.join(MANIFEST), pretty(&manifest).as_bytes())
    }
}

fn pretty(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default() + "\n"
}

fn outputs(files: &BTreeMap<String, String>) -> serde_json::Value {
    files.iter().map(|(file, sha256)| serde_json::json!({ "file": file, "sha256": sha256 })).collect()
}

/// Outputs and state of an earlier manifest; `None` if it is none of ours.
fn earlier(bytes: &[u8]) -> Option<(BTreeMap<String, String>, bool)> {
    let value: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    if value.get("schema")?.as_str()? != "lygte/run/1" {
        return None;
    }
    let inside = |name: &str| !name.is_empty() && !name.starts_with('/') && name.split('/').all(|p| p != ".." && !p.is_empty());
    let outputs = value.get("outputs")?.as_array()?;
    let files = outputs
        .iter()
        .filter_map(|o| Some((o.get("file")?.as_str()?.to_owned(), o.get("sha256")?.as_str()?.to_owned())))
        .filter(|(name, _)| inside(name))
        .collect();
    Some((files, value.get("complete")?.as_bool() != Some(true)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_safe_and_distinct() {
        assert_eq!(slug("acme-7f3a"), "acme-7f3a");
        for id in ["../../x", "ACME", "con", "com1", "", "a/b", "東京", "x".repeat(300).as_str()] {
            let slug = slug(id);
            assert!(slug.len() <= 80 && slug.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{id} {slug}");
            assert_ne!(slug, id);
        }
        assert_ne!(slug("ACME"), slug("Acme"));
    }
}
