//! Whole files or none: the only way anything of ours reaches the disk.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use crate::error::{Error, Result};

use super::digest::Digest;

/// What the name of a file begins with while it is being written. A run that was killed leaves at most such files, and
/// the next one takes them away.
const BEGINS: &str = ".lygte-";
const ENDS: &str = ".tmp";

/// So much of a file that is written bit by bit goes to the disk at a time.
const BLOCK: usize = 64 << 10;

/// A file on its way: written beside its target under a name of its own, and given its name when it is whole.
pub(super) struct Draft {
    file: io::BufWriter<NamedTempFile>,
    /// Of what it holds, where nobody knows that before it is whole.
    hash: Option<Sha256>,
    target: PathBuf,
}

impl Draft {
    /// Begins a file that is written bit by bit.
    pub(super) fn begin(target: &Path) -> Result<Self> {
        Self::with_block(target, BLOCK)
    }

    fn with_block(target: &Path, block: usize) -> Result<Self> {
        let begin = || {
            call("create")?;
            let mut builder = tempfile::Builder::new();
            builder.prefix(BEGINS).suffix(ENDS);
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                // Reports hold personal data: for oneself and one's group, less what the umask takes away.
                builder.permissions(std::fs::Permissions::from_mode(0o640));
            }
            builder.tempfile_in(folder_of(target))
        };
        let file = begin().map_err(|e| failed(target, e))?;
        Ok(Self { file: io::BufWriter::with_capacity(block, file), hash: None, target: target.to_owned() })
    }

    /// The same, to be asked for its digest when it is whole.
    pub(super) fn hashed(self) -> Self {
        Self { hash: Some(Sha256::new()), ..self }
    }

    /// Adds to it.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Result<()> {
        self.write_all(bytes).map_err(|e| failed(&self.target, e))
    }

    /// Digest of what it holds so far.
    pub(super) fn digest(&self) -> Digest {
        self.hash.clone().unwrap_or_default().finalize().into()
    }

    /// Gives it its name: from then on the target is the new file, whole; before that it is the old one or none. If that
    /// fails, nothing is left behind.
    pub(super) fn finish(self) -> Result<()> {
        let Self { file, target, .. } = self;
        let finish = || {
            call("flush")?;
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            call("sync")?;
            file.as_file().sync_data()?;
            call("rename")?;
            file.persist(&target).map_err(|e| e.error)?;
            Ok(())
        };
        finish().map_err(|e| failed(&target, e))
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        call("write")?;
        let written = self.file.write(bytes)?;
        if let Some(hash) = &mut self.hash {
            hash.update(&bytes[..written]);
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Writes a file beside its target, synced, and renames it: the target is the old file or the new one, never half of it.
///
/// # Errors
/// If the disk does not take it. Then nothing is left behind.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut draft = Draft::with_block(path, 0)?;
    draft.add(bytes)?;
    draft.finish()
}

/// Like [`write_atomic`], for a file that must not be there yet.
///
/// # Errors
/// If the file exists, or the disk does not take it.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<()> {
    if path.exists() {
        return Err(Error::Exists { path: path.to_owned() });
    }
    std::fs::create_dir_all(folder_of(path)).map_err(|e| failed(folder_of(path), e))?;
    write_atomic(path, bytes)
}

/// Makes sure that renames in a folder outlive a power cut.
pub(super) fn sync_folder(folder: &Path) -> Result<()> {
    if cfg!(unix) {
        let sync = || call("sync").and_then(|()| File::open(folder)?.sync_all());
        sync().map_err(|e| failed(folder, e))?;
    }
    Ok(())
}

/// Adds lines to a log, synced.
pub(super) fn append(path: &Path, log: &mut File, lines: &str) -> Result<()> {
    let mut append = || {
        call("write")?;
        log.write_all(lines.as_bytes())?;
        call("sync")?;
        log.sync_data()
    };
    append().map_err(|e| failed(path, e))
}

/// Takes away what a killed run left half written in a folder. Whoever calls holds the folder's lock.
pub(super) fn remove_drafts(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(BEGINS) && name.ends_with(ENDS) && entry.file_type().is_ok_and(|t| t.is_file()) {
            // One that cannot be removed does no harm.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn failed(path: &Path, source: io::Error) -> Error {
    Error::Write { path: path.to_owned(), source }
}

/// Every call to the disk passes here first, so that tests can have the n-th one fail.
#[cfg(not(test))]
#[expect(clippy::unnecessary_wraps, reason = "it fails in tests")]
fn call(_what: &str) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
fn call(what: &str) -> io::Result<()> {
    tests::call(what)
}

#[cfg(test)]
pub(super) mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
    }

    /// From now on, in this thread, the disk takes `n` calls and then is full; `None`: it takes all.
    pub(crate) fn fail_after(n: Option<usize>) {
        LEFT.set(n);
    }

    pub(super) fn call(what: &str) -> io::Result<()> {
        match LEFT.get() {
            None => Ok(()),
            // It stays full: what comes after the first failure fails too.
            Some(0) => Err(io::Error::new(io::ErrorKind::StorageFull, what.to_owned())),
            Some(n) => {
                LEFT.set(Some(n - 1));
                Ok(())
            }
        }
    }

    #[test]
    fn whichever_call_fails_the_target_is_the_old_file_or_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.html");
        write_atomic(&path, b"old").unwrap();
        for n in 0.. {
            fail_after(Some(n));
            let outcome = write_atomic(&path, b"new");
            fail_after(None);
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left after {n} calls");
            if outcome.is_ok() {
                assert_eq!(std::fs::read(&path).unwrap(), b"new");
                assert_eq!(n, 5, "create, write, flush, sync, rename");
                break;
            }
            assert_eq!(std::fs::read(&path).unwrap(), b"old", "after {n} calls");
        }
    }

    #[test]
    fn only_our_own_drafts_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        for name in [".lygte-abc.tmp", ".lygte-notes", "mine.tmp", ".other-abc.tmp"] {
            write_atomic(&folder.path().join(name), b"x").unwrap();
        }
        remove_drafts(folder.path());
        let mut left: Vec<String> =
            std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        left.sort();
        assert_eq!(left, [".lygte-notes", ".other-abc.tmp", "mine.tmp"]);
    }
}
