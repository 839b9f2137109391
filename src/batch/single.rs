//! Many machines: each reads some of the workbooks and writes a line of JSON for each, one joins the lines to the portfolio.
//! What is joined is what a single run keeps of a workbook, so the two come to the same, whoever read what and when.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use crate::checklist::{Catalog, Library};
use crate::diag::{Diagnostic, Severity};
use crate::error::{Error, Result};
use crate::model::{Id, Method};
use crate::report::{
    ExposureTable, FileRecord, FileResult, Ledger, MadeWith, SINGLE_SCHEMA, SingleResult, Status, SupplierResult,
};

use super::digest::{Digest, digest_all, unhex};
use super::finish::with_score;
use super::input::{self, Input};
use super::intake::{Intake, Kept, ledger};
use super::kept;
use super::stash::{self, Stash};
use super::threads::Threads;
use super::workbook::{Read, Shelf, read_apart};
use super::{Progress, Reading, apart, gather, method_of, review};

/// The longest line that is taken, in bytes: far more than a workbook within the limits comes to.
const LONGEST: u64 = 256 << 20;

/// What a workbook was read with.
pub(super) fn made_with(catalog: &Catalog, library: &Library, method: &Method, reading: &Reading) -> MadeWith {
    MadeWith {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        checklists: digest_all(catalog.entries().flat_map(|(name, entry)| [name.to_owned(), entry.digest()])),
        method: method.digest.clone(),
        country_exposure: ExposureTable::of(&library.reference).map(|table| table.sha256),
        limits: reading.limits.changed().map(|(name, value)| (name.to_owned(), value)).collect(),
        legacy_formats: reading.legacy.is_some(),
        unmasked: reading.unmasked,
        reviewed: reading.reviewed.as_ref().map(|queue| queue.sha256().to_owned()),
    }
}

/// What was read of a workbook, within a line.
#[derive(Serialize, Deserialize)]
struct Parcel {
    record: FileRecord,
    told: usize,
    part: Option<kept::Kept>,
    outcomes: Vec<review::Outcome>,
}

/// What became of the workbooks of one machine.
#[derive(Clone, Copy, Debug)]
pub struct Singles {
    /// The account of them.
    pub ledger: Ledger,
    /// Of one at least more is said than notes.
    pub has_warnings: bool,
}

/// Reads workbooks as their names come in, and hands on a line for each, in the order of names. At most some for each thread
/// are under way at a time. `told` hears what is to be said of each.
///
/// # Errors
/// If the method is unknown, names stop coming, lines are not taken, or the run is interrupted.
pub fn read_singly(
    catalog: &Catalog,
    library: &Library,
    names: &mut dyn Iterator<Item = std::io::Result<PathBuf>>,
    reading: &Reading,
    method: &Id,
    told: &dyn Fn(&[Diagnostic]),
    out: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<Singles> {
    let method = method_of(library, method)?;
    let made = made_with(catalog, library, method, reading);
    let shelf = Shelf::new(library, None);
    let threads = Threads::new(reading.jobs, usize::MAX)?;
    let bunch = threads.bunch();
    let mut skipped = 0;
    let mut statuses = Vec::new();
    let mut has_warnings = false;
    loop {
        let some: std::io::Result<Vec<PathBuf>> = names.take(bunch).collect();
        let some = some.map_err(|source| Error::Read { path: "standard input".into(), source })?;
        if some.is_empty() {
            break;
        }
        let one = |path: &PathBuf| {
            reading.stopped()?;
            let name = name_of(path);
            if input::is_system(name.rsplit('/').next().unwrap_or_default()) {
                let line = line(&made, Some(name), None, None, None);
                return Ok((serde_json::to_string(&line)?, None));
            }
            let read = read_apart(&shelf, &Input { name: name.into(), path: path.clone() }, reading);
            let record = read.record.clone();
            Ok((of_one(&shelf, method, &made, read)?, Some(record)))
        };
        let lines: Vec<Result<(String, Option<FileRecord>)>> = threads.map(&some, one);
        for line in lines {
            let (mut line, record) = line?;
            line.push('\n');
            out(&line)?;
            match record {
                None => skipped += 1,
                Some(FileRecord { status, diagnostics, .. }) => {
                    let mut worth = diagnostics;
                    worth.retain(|d| d.severity() >= Severity::Warning);
                    has_warnings |= !worth.is_empty();
                    told(&worth);
                    statuses.push(status);
                }
            }
        }
    }
    Ok(Singles { ledger: ledger(statuses.into_iter(), skipped), has_warnings })
}

/// The name of a file as it was given, with `/`, and without what only says that it lies here.
fn name_of(path: &Path) -> String {
    let mut name = path.to_string_lossy().into_owned();
    if cfg!(windows) {
        name = name.replace('\\', "/");
    }
    while let Some(rest) = name.strip_prefix("./") {
        name = rest.trim_start_matches('/').to_owned();
    }
    name
}

fn line<'a>(
    made: &MadeWith,
    skipped: Option<String>,
    file: Option<FileResult<'a>>,
    score: Option<Box<RawValue>>,
    read: Option<serde_json::Value>,
) -> SingleResult<'a> {
    SingleResult { schema: SINGLE_SCHEMA.to_owned(), made: made.clone(), skipped, file, score, read }
}

/// The line of a workbook.
fn of_one(shelf: &Shelf<'_>, method: &Method, made: &MadeWith, mut read: Read) -> Result<String> {
    let told = read.told;
    let outcomes = std::mem::take(&mut read.outcomes);
    let part = read.part.map(kept::Kept::of);
    let mut record = read.record;
    let parcel = Parcel { record: record.clone(), told, part, outcomes };
    let value = serde_json::to_value(&parcel)?;
    // The supplier by this workbook alone. A fault of ours costs it the score here; a portfolio says so.
    let part = parcel.part.map(|kept| kept.part(shelf)).transpose()?;
    let mut score = None;
    if let Some(part) = part {
        record.supplier = Some(gather::id_of(&part.returned, &record, &shelf.guests));
        let read = Read { record: record.clone(), part: Some(part), told, outcomes: Vec::new() };
        let scored = apart(|| {
            let (mut gathered, _) = gather::join(vec![read], &shelf.guests);
            let one = gathered.pop().ok_or_else(|| Error::NoInput(format!("nothing was read of {}", record.file)))?;
            with_score(shelf, method, one, |scored| Ok(to_raw_value(&SupplierResult::of(scored))?))
        });
        score = scored.transpose()?;
    }
    let line = line(made, None, Some(FileResult::of(&record)), score, Some(value));
    Ok(serde_json::to_string(&line)?)
}

/// What is looked at first of a line.
#[derive(Deserialize)]
struct Head<'a> {
    schema: String,
    #[serde(borrow, default)]
    made: Option<&'a RawValue>,
    #[serde(default)]
    skipped: Option<String>,
    #[serde(default)]
    file: Option<HeadFile>,
    #[serde(borrow, default)]
    read: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct HeadFile {
    file: String,
    sha256: String,
}

/// A line that waits until all names are known.
struct Waiting {
    name: Box<str>,
    sha256: Option<Digest>,
    place: stash::Place,
    origin: Origin,
}

/// Which line of which source.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Origin {
    source: u32,
    line: u32,
}

/// Where lines come from.
pub struct Lines {
    sources: Vec<PathBuf>,
}

impl Lines {
    /// Files with lines, folders of them as Spark writes them, or `-` for standard input.
    ///
    /// # Errors
    /// If one is not there, a folder cannot be read, or there is no file in them.
    pub fn find(paths: &[PathBuf]) -> Result<Self> {
        let mut sources = Vec::new();
        for path in paths {
            if path.as_os_str() == "-" {
                sources.push(path.clone());
                continue;
            }
            let meta = std::fs::metadata(path).map_err(|source| Error::Read { path: path.clone(), source })?;
            if meta.is_dir() { walk(path, &mut sources)? } else { sources.push(path.clone()) }
        }
        if sources.is_empty() {
            let shown: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
            return Err(Error::NoInput(format!("no file was found in {}", shown.join(", "))));
        }
        Ok(Self { sources })
    }

    fn wrong(&self, at: Origin, problem: impl Into<String>) -> Error {
        let source = usize::try_from(at.source).ok().and_then(|n| self.sources.get(n));
        let shown = source.map(|s| s.display().to_string()).unwrap_or_default();
        let name = if shown == "-" { "standard input" } else { &shown };
        Error::Line { place: format!("{name}:{}", at.line), problem: problem.into() }
    }
}

/// What Spark puts beside its parts, and hidden files, are passed over.
fn walk(folder: &Path, sources: &mut Vec<PathBuf>) -> Result<()> {
    let fail = |source| Error::Read { path: folder.to_owned(), source };
    let mut entries: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        entries.push(entry.map_err(fail)?.path());
    }
    entries.sort();
    for path in entries {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with(['_', '.']) || Path::new(&name).extension().is_some_and(|e| e == "crc") {
            continue;
        }
        if path.is_dir() { walk(&path, sources)? } else { sources.push(path) }
    }
    Ok(())
}

/// Takes in lines, whatever their order, as if their workbooks had been read here.
pub(super) fn take_in(
    shelf: &Shelf<'_>,
    lines: &Lines,
    made: &MadeWith,
    reading: &Reading,
    folder: &Path,
    progress: Progress<'_>,
) -> Result<Intake> {
    let raw = Stash::new(Some(folder));
    let (mut all, mut passed) = (Vec::new(), Vec::new());
    for n in 0..lines.sources.len() {
        read_source(lines, n, made, reading, &raw, &mut all, &mut passed)?;
    }
    // One file may have been read twice, when a part of the work was done again.
    all.sort_by(|a, b| (&a.name, a.origin).cmp(&(&b.name, b.origin)));
    for pair in all.windows(2) {
        if pair[0].name == pair[1].name && pair[0].sha256 != pair[1].sha256 {
            let problem =
                format!("`{}` stands here in another state than in a line before; read it once", pair[0].name);
            return Err(lines.wrong(pair[1].origin.max(pair[0].origin), problem));
        }
    }
    all.dedup_by(|b, a| a.name == b.name);
    passed.sort();
    passed.dedup();
    if all.is_empty() {
        return Err(Error::NoInput("there is no line of a workbook, as `lygte assess -` writes them".to_owned()));
    }
    let root = common_folder(all.iter().map(|w| &*w.name).chain(passed.iter().map(|name| &**name)));
    let skipped = skip(&mut all, &mut passed, root);
    if all.is_empty() {
        return Err(Error::NoInput("all files that were read are passed over".to_owned()));
    }

    let stash = Stash::new(Some(folder));
    let total = all.len();
    let threads = Threads::new(reading.jobs, total)?;
    let mut kept = Vec::with_capacity(total);
    for some in all.chunks(threads.bunch()) {
        let one = |waiting: &Waiting| {
            reading.stopped()?;
            let foreign = |e: &dyn std::fmt::Display| {
                lines.wrong(waiting.origin, format!("this is no line of lygte, or was changed since ({e})"))
            };
            let parcel: Parcel = serde_json::from_slice(&raw.bytes(waiting.place)?).map_err(|e| foreign(&e))?;
            let read = parcel.read(shelf, &waiting.name, root).map_err(|e| foreign(&e))?;
            Kept::put(read, shelf, &stash)
        };
        let some: Vec<Result<Kept>> = threads.map(some, one);
        for one in some {
            kept.push(one?);
        }
        progress(kept.len(), total);
    }
    Intake::of(shelf, reading, threads, kept, stash, skipped)
}

/// Reads one source, line by line; what is within a line waits in the stash.
fn read_source(
    lines: &Lines,
    source: usize,
    made: &MadeWith,
    reading: &Reading,
    raw: &Stash,
    all: &mut Vec<Waiting>,
    passed: &mut Vec<Box<str>>,
) -> Result<()> {
    let path = &lines.sources[source];
    let fail = |source| Error::Read { path: path.clone(), source };
    let mut reader: Box<dyn BufRead> = if path.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(BufReader::new(std::fs::File::open(path).map_err(fail)?))
    };
    let mut bytes = Vec::new();
    let mut at = Origin { source: u32::try_from(source).unwrap_or(u32::MAX), line: 0 };
    let ours = serde_json::to_string(made)?;
    loop {
        reading.stopped()?;
        bytes.clear();
        at.line = at.line.saturating_add(1);
        if reader.by_ref().take(LONGEST).read_until(b'\n', &mut bytes).map_err(fail)? == 0 {
            return Ok(());
        }
        if bytes.last() != Some(&b'\n') && u64::try_from(bytes.len()).is_ok_and(|n| n >= LONGEST) {
            return Err(lines.wrong(at, "this line is longer than any of lygte's"));
        }
        if at.line == 1 && bytes.starts_with(&[0x1f, 0x8b]) {
            return Err(lines.wrong(
                at,
                "this file is compressed; unpack it first, or pass it on with `zcat … | lygte portfolio -`",
            ));
        }
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let cut = if bytes.last() == Some(&b'\n') { "" } else { "; the line was cut off" };
        let Ok(text) = std::str::from_utf8(&bytes) else {
            return Err(lines.wrong(at, format!("this is no line of `lygte assess -`: it is not UTF-8{cut}")));
        };
        let head: Head<'_> = serde_json::from_str(text)
            .map_err(|e| lines.wrong(at, format!("this is no line of `lygte assess -`{cut} ({e})")))?;
        if head.schema != SINGLE_SCHEMA {
            let problem = format!("`schema` is `{}`; a line of `lygte assess -` has `{SINGLE_SCHEMA}`", head.schema);
            return Err(lines.wrong(at, problem));
        }
        let theirs = head.made.map_or("null", RawValue::get);
        if theirs != ours {
            let theirs: MadeWith = serde_json::from_str(theirs)
                .map_err(|e| lines.wrong(at, format!("`made` is not as lygte writes it ({e})")))?;
            if let Some(sentence) = theirs.differs(made) {
                return Err(lines.wrong(at, sentence));
            }
        }
        match (head.skipped, head.file, head.read) {
            (Some(name), None, None) => passed.push(name.into()),
            (None, Some(file), Some(read)) => all.push(Waiting {
                name: file.file.into(),
                sha256: unhex(&file.sha256),
                place: raw.put_bytes(read.get().as_bytes())?,
                origin: at,
            }),
            _ => return Err(lines.wrong(at, "this is no line of `lygte assess -`: `file` and `read` belong together")),
        }
    }
}

/// The folder that all names have in common, with its `/`.
fn common_folder<'n>(mut names: impl Iterator<Item = &'n str>) -> usize {
    let Some(first) = names.next() else { return 0 };
    let folder = |name: &str| name.rfind('/').map_or(0, |at| at + 1);
    let mut common = folder(first);
    for name in names {
        let same = first.bytes().zip(name.bytes()).take(common).take_while(|(a, b)| a == b).count();
        common = first.get(..same).map_or(0, folder);
    }
    common
}

/// Passes over what a walk through the folder would pass over, and counts it as the walk does: folders of letters, hidden
/// folders with all that is in them, system files.
fn skip(all: &mut Vec<Waiting>, passed: &mut Vec<Box<str>>, root: usize) -> usize {
    let mut letters: BTreeSet<String> = BTreeSet::new();
    for name in all.iter().map(|w| &w.name).chain(&*passed) {
        let Some((folder, file)) = name.get(root..).and_then(|n| n.rsplit_once('/')) else { continue };
        if file.starts_with(input::TRACKING) {
            letters.insert(folder.to_owned());
        }
    }
    let mut entries: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    // Where a name leads: into a hidden folder, into one of letters, or to a file that counts.
    let mut counts = |name: &str| {
        let relative = name.get(root..).unwrap_or(name);
        for (at, _) in relative.match_indices('/') {
            let folder = &relative[..at];
            if input::is_system(folder.rsplit('/').next().unwrap_or_default()) {
                return false;
            }
            if letters.contains(folder) {
                let entry = relative[at + 1..].split('/').next().unwrap_or_default();
                entries.entry(folder.to_owned()).or_default().insert(entry.to_owned());
                return false;
            }
        }
        true
    };
    all.retain(|waiting| counts(&waiting.name));
    passed.retain(|name| counts(name));
    passed.len() + entries.values().map(BTreeSet::len).sum::<usize>()
}

impl Parcel {
    /// What was read, under the name that the file has in the portfolio.
    fn read(self, on: &Shelf<'_>, name: &str, root: usize) -> Result<Read> {
        let Self { mut record, told, part, outcomes } = self;
        if *record.file != *name || told > record.diagnostics.len() {
            return Err(Error::NoInput("its parts do not belong together".to_owned()));
        }
        let name: Arc<str> = name.get(root..).unwrap_or(name).into();
        let mut part = part.map(|kept| kept.part(on)).transpose()?;
        if part.is_some() == (record.status == Status::Unreadable) {
            return Err(Error::NoInput("its parts do not belong together".to_owned()));
        }
        record.file = Arc::clone(&name);
        for d in &mut record.diagnostics {
            d.rename(&name);
        }
        if let Some(part) = &mut part {
            part.rename(&name);
        }
        Ok(Read { record, part, told, outcomes })
    }
}
