//! Which files there are, and what a file must be before it is opened.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Place};
use crate::error::{Error, Result};
use crate::questionnaire::Limits;

/// One file that was handed in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Input {
    /// Its name in results: relative to the folder it was found in, with `/`.
    pub name: Arc<str>,
    /// Where it is.
    pub path: PathBuf,
}

/// The files that were handed in.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// In the order of names.
    pub files: Vec<Input>,
    /// Lock files, hidden system files and our own letters, which were passed over.
    pub skipped: usize,
}

/// Finds the inputs: files as they are named, folders with everything in them. The output folder is no input.
///
/// # Errors
/// If a path does not exist, a folder cannot be read, or nothing is found.
pub fn find_inputs(paths: &[PathBuf], out: Option<&Path>) -> Result<Inputs> {
    let out = out.and_then(|o| o.canonicalize().ok());
    let mut found = Vec::new();
    let mut skipped = 0;
    for path in paths {
        let meta = std::fs::metadata(path).map_err(|source| Error::Read { path: path.clone(), source })?;
        if meta.is_dir() {
            walk(path, path, out.as_deref(), &mut found, &mut skipped)?;
        } else {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            found.push((name, path.clone(), path.parent().unwrap_or(Path::new(""))));
        }
    }
    found.sort();
    // A file that was named twice, or as itself and within its folder, is one input; a link to it is another. That can be
    // only where several things were named.
    if paths.len() > 1 {
        let mut folders: BTreeMap<PathBuf, PathBuf> = BTreeMap::new();
        let mut known = BTreeSet::new();
        found.retain(|(_, path, _)| {
            let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let canonical = || folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
            let folder = folders.entry(folder.to_owned()).or_insert_with(canonical);
            known.insert((folder.clone(), path.file_name().map(ToOwned::to_owned)))
        });
    }
    if found.is_empty() {
        let shown: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
        return Err(Error::NoInput(format!("no workbook was found in {}", shown.join(", "))));
    }
    // Two files of one name, from two folders, keep apart by the folder's name.
    let mut names: BTreeSet<Arc<str>> = BTreeSet::new();
    let mut files = Vec::with_capacity(found.len());
    for (name, path, root) in found {
        let folder = root.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let mut unique: Arc<str> = name.as_str().into();
        let mut n = 1;
        while !names.insert(Arc::clone(&unique)) {
            n += 1;
            let other =
                if n == 2 && !folder.is_empty() { format!("{folder}/{name}") } else { format!("{folder}-{n}/{name}") };
            unique = other.into();
        }
        files.push(Input { name: unique, path });
    }
    files.sort();
    Ok(Inputs { files, skipped })
}

fn walk<'p>(
    root: &'p Path,
    folder: &Path,
    out: Option<&Path>,
    found: &mut Vec<(String, PathBuf, &'p Path)>,
    skipped: &mut usize,
) -> Result<()> {
    let fail = |source| Error::Read { path: folder.to_owned(), source };
    if out.is_some_and(|o| folder.canonicalize().is_ok_and(|f| f == o)) {
        return Ok(());
    }
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let path = entry.path();
        let kind = entry.file_type().map_err(fail)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // A link to a folder leads to files that stand elsewhere, or round in a circle.
        if is_system(&name) || kind.is_symlink() && path.is_dir() {
            *skipped += usize::from(!kind.is_dir());
        } else if kind.is_dir() && is_of_letters(&path) {
            *skipped += std::fs::read_dir(&path).map_err(fail)?.count();
        } else if kind.is_dir() {
            walk(root, &path, out, found, skipped)?;
        } else {
            let relative = path.strip_prefix(root).unwrap_or(&path);
            let name = relative.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            found.push((name, path.clone(), root));
        }
    }
    Ok(())
}

/// How the names of sheets begin that keep track of invitations.
pub const TRACKING: &str = "lygte-tracking-";

/// Whether a folder is the one of letters that `lygte new --suppliers` makes beside its workbooks. Suppliers' answers may
/// come back to the folder above.
fn is_of_letters(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.into_iter().any(|e| e.file_name().to_string_lossy().starts_with(TRACKING))
}

/// Lock files of Excel and `LibreOffice`, hidden files, folder settings, downloads that are not finished, backups.
pub(super) fn is_system(name: &str) -> bool {
    const UNFINISHED: [&str; 5] = ["tmp", "part", "crdownload", "download", "bak"];
    let lower = name.to_ascii_lowercase();
    name.starts_with("~$")
        || name.starts_with('.')
        || matches!(lower.as_str(), "thumbs.db" | "desktop.ini")
        || lower.rsplit_once('.').is_some_and(|(_, end)| UNFINISHED.contains(&end))
}

/// Whether a file is named as something else than an Excel workbook.
pub(super) fn has_other_extension(name: &str) -> bool {
    let end = Path::new(name).extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    !matches!(end.as_deref(), Some("xlsx" | "xlsm"))
}

/// Reads a file into memory, once, if it is an ordinary file of a fair size.
pub(crate) fn read(path: &Path, name: &Arc<str>, limits: &Limits) -> std::result::Result<Vec<u8>, Box<Diagnostic>> {
    let place = || Place::File(name.clone());
    let trouble = |e: &std::io::Error| {
        let phrase = match e.kind() {
            std::io::ErrorKind::NotFound => "not-found",
            std::io::ErrorKind::PermissionDenied => "no-permission",
            _ => "disk-trouble",
        };
        Box::new(Diagnostic::new(Code::UnreadableFile, place()).phrase("problem", phrase))
    };
    let meta = std::fs::metadata(path).map_err(|e| trouble(&e))?;
    if !meta.is_file() {
        return Err(Box::new(Diagnostic::new(Code::UnreadableFile, place()).phrase("problem", "not-a-file")));
    }
    let file = std::fs::File::open(path).map_err(|e| trouble(&e))?;
    // A file is read in one go, if it is as long as it says.
    let expected = meta.len().min(limits.file_bytes()).saturating_add(1);
    let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or_default());
    // One byte over the limit is enough to know that it is too large, even of a file that grows.
    file.take(limits.file_bytes().saturating_add(1)).read_to_end(&mut bytes).map_err(|e| trouble(&e))?;
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX).max(meta.len());
    if size > limits.file_bytes() {
        return Err(Box::new(limits.too_large(name, size)));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_files_are_passed_over() {
        for name in ["~$acme.xlsx", ".~lock.acme.xlsx#", ".DS_Store", "Thumbs.db", "desktop.ini", "acme.xlsx.part"] {
            assert!(is_system(name), "{name}");
        }
        for name in ["acme.xlsx", "acme", "~acme.xlsx"] {
            assert!(!is_system(name), "{name}");
        }
    }
}
