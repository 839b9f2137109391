//! An output folder: one run at a time, nobody else's files, the manifest last.
//!
//! What a run is going to write, it first says in a journal (name and digest, synced). So whenever it is killed, every
//! file in the folder is known to be ours: it has a digest that the earlier manifest or the journal lists.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

use super::Files;
use super::digest::{Digest, digest_of, digest_of_page, hex, unhex};
use super::disk::{self, Draft, write_atomic};
use super::json::JsonWriter;
use super::manifest::ManifestHead;
use super::threads::Threads;

const MANIFEST: &str = "run.json";
const LOCK: &str = ".lock";
const JOURNAL: &str = ".journal";
/// So many pages are open at a time at most, however many threads: descriptors may be few.
const AT_A_TIME: usize = 4;
/// Key of a manifest that says what its folder was made as.
const MADE: &str = "made";

/// A file that a run wrote, as manifest and journal list it.
#[derive(Serialize, Deserialize)]
struct Entry {
    file: String,
    sha256: String,
    /// Digest of everything that decides its bytes; what `--resume` goes by. Empty where nothing goes by it.
    #[serde(default)]
    key: String,
}

/// The same in memory, by name: there are two or three for each supplier.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Made {
    sha256: Digest,
    key: Option<Digest>,
}

impl Made {
    fn entry(self, name: &str) -> Entry {
        let key = self.key.map(|key| hex(&key)).unwrap_or_default();
        Entry { file: name.to_owned(), sha256: hex(&self.sha256), key }
    }
}

impl Entry {
    fn made(&self) -> Option<Made> {
        Some(Made { sha256: unhex(&self.sha256)?, key: unhex(&self.key) })
    }
}

/// A file that is to be written.
pub(super) struct Page {
    pub(super) name: String,
    bytes: Vec<u8>,
    made: Made,
}

impl Page {
    /// One of these bytes; `key` is the digest of everything that decides them.
    pub(super) fn new(name: String, bytes: Vec<u8>, key: &str) -> Self {
        let made = Made { sha256: digest_of_page(&bytes), key: unhex(key) };
        Self { name, bytes, made }
    }
}

/// An output folder, held by this run alone.
pub(super) struct Output {
    folder: PathBuf,
    force: bool,
    /// What earlier runs of ours wrote, or were about to write. A file may stand there twice: as it was, and as it was to
    /// become.
    earlier: BTreeMap<Box<str>, Vec<Made>>,
    /// The manifest as it was found, to be put back if nothing comes of this run.
    before: Option<Vec<u8>>,
    written: BTreeMap<Box<str>, Made>,
    journal: File,
    _lock: File,
}

impl Output {
    /// Takes hold of the folder before any work begins: it can be written, and nobody else works in it.
    pub(super) fn open(folder: &Path, force: bool) -> Result<Self> {
        let fail = |path: PathBuf| move |source| Error::Write { path, source };
        std::fs::create_dir_all(folder).map_err(fail(folder.to_owned()))?;
        let open = |name: &str, append: bool| {
            let path = folder.join(name);
            let mut options = File::options();
            if append {
                options.append(true)
            } else {
                options.write(true)
            };
            options.create(true).open(&path).map_err(fail(path))
        };
        let lock = open(LOCK, false)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Err(Error::Locked { path: folder.to_owned() }),
            Err(std::fs::TryLockError::Error(source)) => return Err(fail(folder.join(LOCK))(source)),
        }
        let before = match std::fs::read(folder.join(MANIFEST)) {
            Ok(bytes) => Some(bytes),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => None,
            Err(source) => return Err(Error::Read { path: folder.join(MANIFEST), source }),
        };
        let earlier = earlier(folder, before.as_deref(), force)?;
        disk::remove_drafts(folder);
        let subfolders: BTreeSet<&str> =
            earlier.keys().filter_map(|n| Some(n.rsplit_once('/')?.0)).chain(super::SUBFOLDERS).collect();
        for name in subfolders {
            disk::remove_drafts(&folder.join(name));
        }
        let journal = open(JOURNAL, true)?;
        let written = BTreeMap::new();
        let output = Self { folder: folder.to_owned(), force, earlier, before, written, journal, _lock: lock };
        output.check(super::WHOLE)?;
        // From here on until the end the folder says that it is not finished.
        let fields = [("schema".to_owned(), super::manifest::SCHEMA.into())].into_iter().collect();
        output.manifest(&ManifestHead { fields, has_inputs: false, files: None }, false)?;
        Ok(output)
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Holds that none of these files, if there, is somebody else's or was changed since it was written. To be asked
    /// before the first of them is replaced.
    pub(super) fn check(&self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Result<()> {
        let mut folders = BTreeSet::new();
        for name in names {
            let name = name.as_ref();
            let path = self.folder.join(name);
            // A link in place of a folder of ours would lead out of the output folder.
            let parent = path.parent().filter(|p| *p != self.folder);
            if let Some(parent) = parent
                && folders.insert(parent.to_owned())
                && parent.symlink_metadata().is_ok_and(|m| !m.is_dir())
            {
                return Err(Error::Foreign { path: parent.to_owned() });
            }
            let Ok(meta) = path.symlink_metadata() else { continue };
            if meta.is_dir() {
                return Err(Error::Foreign { path });
            }
            if self.force {
                continue;
            }
            let Some(entries) = self.earlier.get(name) else { return Err(Error::Foreign { path }) };
            let now = self.digest_of(name);
            if !entries.iter().any(|e| now == Some(e.sha256)) {
                return Err(Error::Changed { path });
            }
        }
        Ok(())
    }

    fn digest_of(&self, name: &str) -> Option<Digest> {
        let path = self.folder.join(name);
        path.symlink_metadata().ok().filter(std::fs::Metadata::is_file)?;
        digest_of(File::open(path).ok()?).ok()
    }

    /// Whether a file was written whole by an earlier run from the very same things, and still is what it was. Then it
    /// counts as written.
    pub(super) fn keep(&mut self, name: &str, key: &str) -> bool {
        let Some(key) = unhex(key) else { return false };
        let entries = self.earlier.get(name).into_iter().flatten();
        let mut same = entries.filter(|e| e.key == Some(key)).peekable();
        if same.peek().is_none() {
            return false;
        }
        let now = self.digest_of(name);
        let Some(made) = same.find(|e| now == Some(e.sha256)).copied() else { return false };
        self.written.insert(name.into(), made);
        true
    }

    /// Writes some files of the run.
    pub(super) fn write(&mut self, pages: &[Page], threads: &Threads) -> Result<()> {
        self.before = None;
        self.announce(pages.iter().map(|page| (page.name.as_str(), page.made)))?;
        let path = |page: &Page| self.folder.join(&page.name);
        let folders: BTreeSet<PathBuf> = pages.iter().filter_map(|p| path(p).parent().map(Path::to_owned)).collect();
        folders.iter().try_for_each(|folder| make_folder(folder))?;
        let write = |some: &[Page]| some.iter().map(|page| write_atomic(&path(page), &page.bytes)).collect();
        let done: Vec<Vec<Result<()>>> =
            threads.map(pages.chunks(pages.len().div_ceil(AT_A_TIME).max(1)).collect::<Vec<_>>(), write);
        // Beside one that cannot be written there may be others that are.
        let mut all = Ok(());
        for (page, done) in pages.iter().zip(done.into_iter().flatten()) {
            match done {
                Ok(()) => drop(self.written.insert(page.name.as_str().into(), page.made)),
                Err(error) => all = all.and(Err(error)),
            }
        }
        all
    }

    /// Begins a file that is written bit by bit.
    pub(super) fn draft(&self, name: &str) -> Result<Draft> {
        let path = self.folder.join(name);
        path.parent().map_or(Ok(()), make_folder)?;
        Ok(Draft::begin(&path)?.hashed())
    }

    /// Ends such a file.
    pub(super) fn write_draft(&mut self, name: &str, draft: Draft, key: &str) -> Result<()> {
        let made = Made { sha256: draft.digest(), key: unhex(key) };
        self.announce([(name, made)].into_iter())?;
        draft.finish()?;
        self.written.insert(name.into(), made);
        Ok(())
    }

    /// Says in the journal what is about to be written.
    fn announce<'p>(&mut self, all: impl Iterator<Item = (&'p str, Made)>) -> Result<()> {
        let mut lines = String::new();
        for (name, made) in all {
            lines += &serde_json::to_string(&made.entry(name))?;
            lines.push('\n');
        }
        if lines.is_empty() {
            return Ok(());
        }
        disk::append(&self.folder.join(JOURNAL), &mut self.journal, &lines)
    }

    /// Number of files written so far.
    pub(super) fn done(&self) -> usize {
        self.written.len()
    }

    /// Whether that file is written.
    pub(super) fn has(&self, name: &str) -> bool {
        self.written.contains_key(name)
    }

    /// Takes away what an earlier run of ours wrote and this one did not, and writes the manifest, last.
    pub(super) fn finish(&mut self, head: &ManifestHead<'_>) -> Result<()> {
        for (name, entries) in self.earlier.iter().filter(|(n, _)| !self.written.contains_key(*n)) {
            // Somebody's changes to a page of ours are no longer ours to take away.
            let now = self.digest_of(name);
            if entries.iter().any(|e| now == Some(e.sha256)) {
                let path = self.folder.join(&**name);
                std::fs::remove_file(&path).map_err(|source| Error::Write { path, source })?;
            }
        }
        let folders: BTreeSet<&str> = self.written.keys().map(|n| n.rsplit_once('/').map_or("", |(f, _)| f)).collect();
        for folder in folders {
            disk::sync_folder(&self.folder.join(folder))?;
        }
        self.manifest(head, true)?;
        self.close()
    }

    /// Ends a run before its end: the manifest says what there is, and that this is not all.
    pub(super) fn halt(&mut self, head: &ManifestHead<'_>) -> Result<()> {
        self.manifest(head, false)?;
        self.close()
    }

    /// The manifest holds all that the journal held.
    fn close(&mut self) -> Result<()> {
        disk::sync_folder(&self.folder)?;
        // A journal that is left behind lists what the manifest lists.
        let _ = std::fs::remove_file(self.folder.join(JOURNAL));
        Ok(())
    }

    /// Leaves the folder as it was found, when nothing was written yet.
    pub(super) fn withdraw(self) -> Result<()> {
        if self.journal.metadata().is_ok_and(|m| m.len() == 0) {
            let _ = std::fs::remove_file(self.folder.join(JOURNAL));
        }
        let path = self.folder.join(MANIFEST);
        match &self.before {
            Some(bytes) => write_atomic(&path, bytes),
            None => std::fs::remove_file(&path).map_err(|source| Error::Write { path, source }),
        }
    }

    fn manifest(&self, head: &ManifestHead<'_>, complete: bool) -> Result<()> {
        #[derive(Serialize)]
        struct Input<'a> {
            file: &'a str,
            sha256: &'a str,
        }
        let mut names: BTreeSet<&str> = head.fields.keys().map(String::as_str).chain(["complete", "outputs"]).collect();
        names.extend(head.has_inputs.then_some("inputs"));
        let mut json = JsonWriter::new(Draft::begin(&self.folder.join(MANIFEST))?)?;
        for name in names {
            match name {
                "complete" => json.field(name, &complete)?,
                "inputs" => {
                    json.open(name)?;
                    for file in head.files.into_iter().flat_map(Files::iter) {
                        let file = file?;
                        let input = Input { file: &file.file, sha256: &file.sha256 };
                        json.entry(&serde_json::to_vec(&input)?)?;
                    }
                    json.close()?;
                }
                "outputs" => {
                    json.open(name)?;
                    for entry in self.outputs(complete) {
                        json.entry(&serde_json::to_vec(&entry)?)?;
                    }
                    json.close()?;
                }
                _ => json.field(name, &head.fields.get(name))?,
            }
        }
        json.finish()?.finish()
    }

    /// What the manifest lists: what was written and, as long as the run is not at its end, what was there before.
    fn outputs(&self, complete: bool) -> impl Iterator<Item = Entry> {
        let left = self.earlier.iter().filter(move |(name, _)| !complete && !self.has(name));
        let mut left = left.flat_map(|(name, all)| {
            let mut all = all.clone();
            all.sort_unstable();
            all.into_iter().map(move |made| made.entry(name))
        });
        let mut written = self.written.iter().map(|(name, made)| made.entry(name));
        let (mut next_left, mut next_written) = (left.next(), written.next());
        std::iter::from_fn(move || match (&next_left, &next_written) {
            (Some(l), Some(w)) if l.file < w.file => std::mem::replace(&mut next_left, left.next()),
            (Some(_), None) => std::mem::replace(&mut next_left, left.next()),
            _ => std::mem::replace(&mut next_written, written.next()),
        })
    }
}

fn make_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|source| Error::Write { path: folder.to_owned(), source })
}

/// Writes a folder in one go: files, and the manifest last. `made` says what the folder is; one that an earlier run made
/// for something else is refused. `head` goes into the manifest.
///
/// # Errors
/// If the folder is in use or holds what is not ours, or the disk does not take it.
pub fn write_folder(
    folder: &Path,
    made: &str,
    mut head: serde_json::Map<String, serde_json::Value>,
    files: Vec<(String, Vec<u8>)>,
    force: bool,
) -> Result<()> {
    if let Some(other) = manifest_of(folder)
        && other.get(MADE).and_then(serde_json::Value::as_str) != Some(made)
        && !force
    {
        return Err(Error::Foreign { path: folder.join(MANIFEST) });
    }
    let mut output = Output::open(folder, force)?;
    let pages: Vec<Page> = files.into_iter().map(|(name, bytes)| Page::new(name, bytes, "")).collect();
    if let Err(refused) = output.check(pages.iter().map(|p| &p.name)) {
        output.withdraw()?;
        return Err(refused);
    }
    head.insert("schema".to_owned(), super::manifest::SCHEMA.into());
    head.insert("version".to_owned(), env!("CARGO_PKG_VERSION").into());
    head.insert(MADE.to_owned(), made.into());
    output.write(&pages, &Threads::new(1, 1)?)?;
    output.finish(&ManifestHead { fields: head, has_inputs: false, files: None })
}

/// What the manifest of a folder says it was made as, and the files it lists with their digests. `None` if the folder has
/// no manifest of ours that says so.
pub fn made_as(folder: &Path) -> Option<(String, BTreeMap<String, String>)> {
    let manifest = manifest_of(folder)?;
    let made = manifest.get(MADE)?.as_str()?.to_owned();
    let outputs: Vec<Entry> = serde_json::from_value(manifest.get("outputs")?.clone()).ok()?;
    Some((made, outputs.into_iter().map(|e| (e.file, e.sha256)).collect()))
}

fn manifest_of(folder: &Path) -> Option<serde_json::Value> {
    let value: serde_json::Value = serde_json::from_slice(&std::fs::read(folder.join(MANIFEST)).ok()?).ok()?;
    (value.get("schema")?.as_str()? == super::manifest::SCHEMA).then_some(value)
}

/// Removes what the manifest of such a folder lists, if it still is what it was, and the manifest. Returns names of files
/// that were removed, and of those that were changed since and stay.
///
/// # Errors
/// If another run works in the folder, or a file cannot be removed.
pub fn unwrite_folder(folder: &Path) -> Result<(Vec<String>, Vec<String>)> {
    let mut output = Output::open(folder, true)?;
    let (mut removed, mut left) = (Vec::new(), Vec::new());
    for (name, entries) in std::mem::take(&mut output.earlier) {
        let name = String::from(name);
        let path = folder.join(&name);
        let Some(now) = output.digest_of(&name) else { continue };
        if entries.iter().any(|e| e.sha256 == now) {
            std::fs::remove_file(&path).map_err(|source| Error::Write { path, source })?;
            removed.push(name);
        } else {
            left.push(name);
        }
    }
    for name in [MANIFEST, JOURNAL, LOCK] {
        let path = folder.join(name);
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => return Err(Error::Write { path, source }),
            _ => {}
        }
    }
    Ok((removed, left))
}

/// What earlier runs of ours wrote here or were about to: from the manifest, and from the journal of a run that was
/// killed.
fn earlier(folder: &Path, manifest: Option<&[u8]>, force: bool) -> Result<BTreeMap<Box<str>, Vec<Made>>> {
    let mut out: BTreeMap<Box<str>, Vec<Made>> = BTreeMap::new();
    let mut add = |entry: Entry| {
        let Some(made) = entry.made().filter(|_| is_inside(&entry.file)) else { return };
        let known = out.entry(entry.file.into()).or_default();
        if !known.contains(&made) {
            known.push(made);
        }
    };
    match manifest.map(listed) {
        Some(Some(entries)) => entries.into_iter().for_each(&mut add),
        Some(None) if !force => return Err(Error::Foreign { path: folder.join(MANIFEST) }),
        Some(None) | None => {}
    }
    let mut journal = String::new();
    if let Ok(mut file) = File::open(folder.join(JOURNAL)) {
        let mut bytes = Vec::new();
        if file.read_to_end(&mut bytes).is_ok() {
            journal = String::from_utf8_lossy(&bytes).into_owned();
        }
    }
    // The last line may have been cut off: then its file was not begun.
    journal.lines().filter_map(|line| serde_json::from_str(line).ok()).for_each(&mut add);
    Ok(out)
}

/// The outputs of a manifest; `None` if it is none of ours.
fn listed(bytes: &[u8]) -> Option<Vec<Entry>> {
    #[derive(Deserialize)]
    struct Listed {
        schema: String,
        outputs: Vec<Entry>,
    }
    let listed: Listed = serde_json::from_slice(bytes).ok()?;
    (listed.schema == super::manifest::SCHEMA).then_some(listed.outputs)
}

/// A manifest may have been changed by hand; what it lists must not lead out of the folder.
fn is_inside(name: &str) -> bool {
    let is_part = |p: &str| !p.is_empty() && p != ".." && p != "." && !p.contains(['\\', ':']);
    name.split('/').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::super::digest::digest;
    use super::super::disk::tests::fail_after;
    use super::*;

    const NAMES: [&str; 3] = ["suppliers/a.html", "suppliers/b.html", "index.html"];

    fn page(name: &str, text: &str) -> Page {
        Page::new(name.to_owned(), format!("{text} {name}").into_bytes(), &digest(text.as_bytes()))
    }

    fn head() -> ManifestHead<'static> {
        let fields = [("schema", super::super::manifest::SCHEMA), ("version", "test")];
        let fields = fields.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
        ManifestHead { fields, has_inputs: false, files: None }
    }

    fn run(folder: &Path, text: &str) -> Result<()> {
        let mut output = Output::open(folder, false)?;
        if let Err(refused) = output.check(NAMES) {
            output.withdraw()?;
            return Err(refused);
        }
        let threads = Threads::new(1, 1)?;
        output.write(&[page(NAMES[0], text), page(NAMES[1], text)], &threads)?;
        output.write(&[page(NAMES[2], text)], &threads)?;
        let mut draft = output.draft("results.json")?;
        draft.add(text.as_bytes())?;
        output.write_draft("results.json", draft, &digest(text.as_bytes()))?;
        output.finish(&head())
    }

    fn manifest(folder: &Path) -> Option<serde_json::Value> {
        serde_json::from_slice(&std::fs::read(folder.join(MANIFEST)).ok()?).ok()
    }

    fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
        let mut out = BTreeMap::new();
        for sub in ["", "suppliers"] {
            for entry in std::fs::read_dir(folder.join(sub)).into_iter().flatten().flatten() {
                if entry.file_type().unwrap().is_file() {
                    let name = entry.file_name().into_string().unwrap();
                    out.insert(format!("{sub}/{name}"), std::fs::read(entry.path()).unwrap());
                }
            }
        }
        out
    }

    #[test]
    fn whichever_call_fails_only_whole_files_are_left_and_the_next_run_makes_it_good() {
        let undisturbed = tempfile::tempdir().unwrap();
        run(undisturbed.path(), "new").unwrap();
        let wanted = tree(undisturbed.path());
        for start in [None, Some("old")] {
            let mut failures = 0;
            for n in 0.. {
                let folder = tempfile::tempdir().unwrap();
                if let Some(text) = start {
                    run(folder.path(), text).unwrap();
                }
                fail_after(Some(n));
                let outcome = run(folder.path(), "new");
                fail_after(None);
                let mut texts = BTreeSet::new();
                for (name, bytes) in tree(folder.path()) {
                    let text = String::from_utf8(bytes).unwrap();
                    if name.ends_with("html") {
                        texts.insert(text[..3].to_owned());
                    }
                    let own = name.trim_start_matches('/');
                    match own {
                        MANIFEST => drop(manifest(folder.path()).unwrap()),
                        LOCK | JOURNAL => {}
                        "results.json" => assert!(["old", "new"].contains(&text.as_str()), "{n}: {name}"),
                        _ => {
                            assert!(
                                [format!("old {own}"), format!("new {own}")].contains(&text),
                                "{n}: {name}: {text}"
                            );
                        }
                    }
                }
                if outcome.is_ok() {
                    break;
                }
                failures += 1;
                assert!(matches!(outcome, Err(Error::Write { .. })), "{outcome:?}");
                if let Some(manifest) = manifest(folder.path()) {
                    assert!(manifest["complete"] == false || texts.len() == 1, "after {n} calls: {texts:?}");
                }
                run(folder.path(), "new").unwrap();
                assert_eq!(tree(folder.path()), wanted, "after {n} calls");
            }
            assert!(failures > 30, "{failures} calls were made to fail");
        }
    }

    #[test]
    fn files_of_others_and_changed_ones_are_refused_unless_forced() {
        let folder = tempfile::tempdir().unwrap();
        run(folder.path(), "old").unwrap();
        let path = folder.path().join(NAMES[0]);
        write_atomic(&path, b"my notes").unwrap();
        assert!(matches!(run(folder.path(), "new"), Err(Error::Changed { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), b"my notes");
        assert_eq!(manifest(folder.path()).unwrap()["complete"], true, "nothing came of that run");
        // The same after a run that was cut off: not being finished is no licence.
        drop(Output::open(folder.path(), false).unwrap());
        assert_eq!(manifest(folder.path()).unwrap()["complete"], false);
        assert!(matches!(run(folder.path(), "new"), Err(Error::Changed { .. })));
        std::fs::remove_file(&path).unwrap();
        run(folder.path(), "new").unwrap();

        let other = tempfile::tempdir().unwrap();
        write_atomic(&other.path().join("index.html"), b"mine").unwrap();
        assert!(matches!(run(other.path(), "new"), Err(Error::Foreign { .. })));
        assert!(manifest(other.path()).is_none(), "nothing was begun");
        let mut forced = Output::open(other.path(), true).unwrap();
        forced.check(NAMES).unwrap();
        forced.write(&[page(NAMES[2], "new")], &Threads::new(1, 1).unwrap()).unwrap();
    }

    #[test]
    fn a_kept_file_is_one_from_the_same_things_that_is_still_what_it_was() {
        let folder = tempfile::tempdir().unwrap();
        run(folder.path(), "old").unwrap();
        write_atomic(&folder.path().join(NAMES[1]), b"changed").unwrap();
        let mut output = Output::open(folder.path(), true).unwrap();
        assert!(output.keep(NAMES[0], &digest(b"old")));
        assert!(!output.keep(NAMES[0], &digest(b"new")), "made from other things");
        assert!(!output.keep(NAMES[1], &digest(b"old")), "changed since");
        assert!(!output.keep("suppliers/c.html", &digest(b"old")), "never written");
    }

    #[test]
    fn a_manifest_leads_nowhere_else() {
        for name in ["../x", "/etc/x", "a//b", "", "a/../../b", "C:\\x"] {
            assert!(!is_inside(name), "{name}");
        }
        assert!(is_inside("suppliers/a.html"));
    }
}
