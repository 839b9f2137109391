//! All inputs, read and accounted for, before the first supplier is scored. In memory stays what is needed to find the
//! rest; what is said of a file, and what was read of it, wait in the stash.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::diag::{Code, Diagnostic, Place, Severity};
use crate::error::{Error, Result};
use crate::model::{Lang, Role};
use crate::questionnaire::Invited;
use crate::report::{FileRecord, Ledger, ReviewRecord, Series, Status};

use super::input::{Input, Inputs};
use super::kept;
use super::stash::{self, Stash};
use super::threads::Threads;
use super::workbook::{Read, Shelf, read_apart};
use super::{Gathered, Progress, Reading, apart, gather, review};

/// The account of all inputs, in the order of names.
pub struct Files {
    all: Vec<File>,
    stash: Stash,
}

/// One input.
struct File {
    name: Arc<str>,
    status: Status,
    /// The worst that is said of it.
    worst: Option<Severity>,
    /// Where its record lies.
    record: stash::Place,
    /// Where what was read of it lies.
    part: Option<stash::Place>,
}

impl Files {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Their records, one by one.
    pub fn iter(&self) -> impl Iterator<Item = Result<FileRecord>> {
        (0..self.len()).map(|n| self.record(n))
    }

    /// Records of those of which more is said than notes.
    pub fn with_warnings(&self) -> impl Iterator<Item = Result<FileRecord>> {
        let warned = |n: &usize| self.all[*n].worst >= Some(Severity::Warning);
        (0..self.len()).filter(warned).map(|n| self.record(n))
    }

    /// Whether of any of them more is said than notes.
    pub fn have_warnings(&self) -> bool {
        self.all.iter().any(|f| f.worst >= Some(Severity::Warning))
    }

    pub(super) fn record(&self, n: usize) -> Result<FileRecord> {
        self.stash.get(self.all[n].record)
    }

    /// The same, as they lie in the stash.
    pub(super) fn stashed(&self) -> impl Iterator<Item = Result<Vec<u8>>> {
        self.all.iter().map(|file| self.stash.bytes(file.record))
    }

    /// The same, for reports.
    pub(super) fn series(&self) -> Series<'_, FileRecord> {
        Series::new(self.len(), |n| self.record(n))
    }

    pub(super) fn stash(&self) -> &Stash {
        &self.stash
    }

    /// Replaces a record.
    fn set(&mut self, n: usize, record: &FileRecord) -> Result<()> {
        let place = self.stash.put(record)?;
        let file = &mut self.all[n];
        (file.record, file.status, file.worst) = (place, record.status, worst(record));
        Ok(())
    }

    pub(super) fn ledger(&self, skipped: usize) -> Ledger {
        ledger(self.all.iter().map(|f| f.status), skipped)
    }
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.all.iter().map(|file| &file.name)).finish()
    }
}

fn worst(record: &FileRecord) -> Option<Severity> {
    record.diagnostics.iter().map(Diagnostic::severity).max()
}

/// The account of files by how far they were read.
pub(super) fn ledger(statuses: impl Iterator<Item = Status>, skipped: usize) -> Ledger {
    let mut out = Ledger { skipped, ..Ledger::default() };
    for status in statuses {
        out.inputs += 1;
        *match status {
            Status::Scored => &mut out.scored,
            Status::Partly => &mut out.partly,
            Status::Unreadable => &mut out.unreadable,
        } += 1;
    }
    out
}

/// All inputs, accounted for.
pub(super) struct Intake {
    pub(super) files: Files,
    /// In the order of ids.
    pub(super) groups: Vec<Group>,
    /// The invited of whom no questionnaire was read, in the order of ids.
    pub(super) waiting: Vec<Invited>,
    /// What became of a reviewer's queue.
    pub(super) review: Option<ReviewRecord>,
    /// Lock files and the like.
    pub(super) skipped: usize,
    /// The threads that took them in. What follows goes on with these, in the memory that they have by now.
    pub(super) threads: Threads,
}

/// One supplier, and which of the inputs are about it.
pub(super) struct Group {
    pub(super) id: Box<str>,
    pub(super) lang: Lang,
    pub(super) has_questionnaire: bool,
    /// Places of its files among all, in their order.
    files: Box<[u32]>,
}

impl Group {
    fn files(&self) -> impl Iterator<Item = usize> {
        self.files.iter().map(|n| usize::try_from(*n).unwrap_or(usize::MAX))
    }

    /// The account of its files.
    pub(super) fn records(&self, files: &Files) -> Result<Vec<FileRecord>> {
        self.files().map(|n| files.record(n)).collect()
    }

    /// The same, as it lies in the stash.
    pub(super) fn stashed(&self, files: &Files) -> Result<Vec<Vec<u8>>> {
        self.files().map(|n| files.stash.bytes(files.all[n].record)).collect()
    }

    /// Joins its files, given the account of them, which comes back with what joining brought up.
    pub(super) fn gather(
        &self,
        on: &Shelf<'_>,
        files: &Files,
        records: Vec<FileRecord>,
    ) -> Result<(Gathered, Vec<FileRecord>)> {
        let mut reads = Vec::new();
        for (n, record) in self.files().zip(records) {
            let packed = files.all[n].part.map(|place| files.stash.get::<kept::Packed>(place)).transpose()?;
            let part = packed.map(|packed| packed.unpack(&files.stash)?.part(on)).transpose()?;
            reads.push(Read { record, part, told: 0, outcomes: Vec::new() });
        }
        let (mut gathered, records) = gather::join(reads, &on.guests);
        let one = gathered.pop().ok_or_else(|| Error::NoInput(format!("nothing was read of {}", self.id)))?;
        Ok((one, records))
    }

    /// Joining several files, or one without a questionnaire, brings up more to be said of them.
    fn join(self, on: &Shelf<'_>, reading: &Reading, files: &Files) -> Result<(Self, Joined)> {
        reading.stopped()?;
        if self.files.len() == 1 && self.has_questionnaire {
            return Ok((self, Joined::Single));
        }
        let Some(joined) = apart(|| self.gather(on, files, self.records(files)?)) else {
            return Ok((self, Joined::Lost));
        };
        let (gathered, mut records) = joined?;
        records.sort_by(|a, b| a.file.cmp(&b.file));
        Ok((Self { lang: gathered.dossier.lang, ..self }, Joined::Several(records)))
    }

    /// A fault of ours costs it its files.
    pub(super) fn lose(&self, files: &mut Files) -> Result<()> {
        for n in self.files() {
            let mut record = files.record(n)?;
            let fault = Diagnostic::new(Code::InternalFault, Place::File(record.file.clone()));
            (record.status, record.supplier, record.diagnostics) = (Status::Unreadable, None, vec![fault]);
            files.set(n, &record)?;
        }
        Ok(())
    }
}

/// Reads every input, each apart from the others, and keeps of it what is asked for.
pub(super) fn read_all<T: Send>(
    shelf: &Shelf<'_>,
    inputs: &Inputs,
    reading: &Reading,
    threads: &Threads,
    progress: Progress<'_>,
    keep: &(dyn Fn(Read) -> Result<T> + Sync),
) -> Result<Vec<T>> {
    let done = AtomicUsize::new(0);
    let total = inputs.files.len();
    let one = |input: &Input| {
        reading.stopped()?;
        let kept = keep(read_apart(shelf, input, reading))?;
        progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
        Ok(kept)
    };
    threads.map(&inputs.files, one)
}

/// What is kept of a file that was read, until it is known whose it is.
pub(super) struct Kept {
    file: File,
    role: Option<Role>,
    supplier: Option<Box<str>>,
    lang: Option<Lang>,
    outcomes: Vec<review::Outcome>,
}

impl Kept {
    /// Puts away what was read.
    pub(super) fn put(mut read: Read, shelf: &Shelf<'_>, stash: &Stash) -> Result<Self> {
        read.belong(&shelf.guests);
        let Read { record, part, outcomes, .. } = read;
        let lang = part.as_ref().map(|p| p.returned.lang.clone());
        let part = part.map(|p| stash.put(&kept::Packed::of(kept::Kept::of(p), stash))).transpose()?;
        let file = File {
            name: record.file.clone(),
            status: record.status,
            worst: worst(&record),
            record: stash.put(&record)?,
            part,
        };
        Ok(Self { file, role: record.role, supplier: record.supplier.map(Into::into), lang, outcomes })
    }
}

/// Reads every input, each once. `folder` is where the run writes.
pub(super) fn take_in(
    shelf: &Shelf<'_>,
    inputs: &Inputs,
    reading: &Reading,
    folder: Option<&Path>,
    progress: Progress<'_>,
) -> Result<Intake> {
    let stash = Stash::new(folder);
    let threads = Threads::new(reading.jobs, inputs.files.len())?;
    let kept = read_all(shelf, inputs, reading, &threads, progress, &|read| Kept::put(read, shelf, &stash))?;
    Intake::of(shelf, reading, threads, kept, stash, inputs.skipped)
}

impl Intake {
    /// Files in the order of names, by supplier.
    pub(super) fn of(
        shelf: &Shelf<'_>,
        reading: &Reading,
        threads: Threads,
        kept: Vec<Kept>,
        stash: Stash,
        skipped: usize,
    ) -> Result<Self> {
        let review = reading.reviewed.as_ref().map(|queue| queue.account(kept.iter().flat_map(|k| &k.outcomes)));
        let mut whose: Vec<(&str, usize)> =
            kept.iter().enumerate().filter_map(|(n, k)| Some((k.supplier.as_deref()?, n))).collect();
        whose.sort_unstable();
        let group = |one: &[(&str, usize)]| {
            let own = || one.iter().map(|(_, n)| &kept[*n]);
            Group {
                id: one[0].0.into(),
                lang: own().next().and_then(|k| k.lang.clone()).unwrap_or_else(Lang::english),
                has_questionnaire: own().any(|k| k.role == Some(Role::Supplier)),
                files: one.iter().map(|(_, n)| u32::try_from(*n).unwrap_or(u32::MAX)).collect(),
            }
        };
        let groups: Vec<Group> = whose.chunk_by(|(a, _), (b, _)| a == b).map(group).collect();
        drop(whose);
        let mut files = Files { all: kept.into_iter().map(|k| k.file).collect(), stash };

        let mut out = Vec::new();
        let mut answered = BTreeSet::new();
        let bunch = threads.bunch();
        let mut groups = groups.into_iter().peekable();
        while groups.peek().is_some() {
            let some: Vec<Group> = groups.by_ref().take(bunch).collect();
            let join = |group: Group| group.join(shelf, reading, &files);
            let joined: Vec<Result<(Group, Joined)>> = threads.map(some, join);
            for one in joined {
                let (group, joined) = one?;
                if group.has_questionnaire && reading.invited.is_some() {
                    answered.insert(group.id.clone());
                }
                match joined {
                    Joined::Single => {}
                    Joined::Several(records) => {
                        for (n, record) in group.files().zip(&records) {
                            files.set(n, record)?;
                        }
                    }
                    Joined::Lost => {
                        group.lose(&mut files)?;
                        continue;
                    }
                }
                out.push(group);
            }
        }
        let is_open = |i: &&Invited| !answered.contains(i.id.as_str());
        let mut waiting: Vec<Invited> = reading.invited.iter().flatten().filter(is_open).cloned().collect();
        waiting.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Self { files, groups: out, waiting, review, skipped, threads })
    }
}

/// What came of joining the files of a supplier.
enum Joined {
    /// There is one file, and nothing more to say of it.
    Single,
    /// The account of its files, in the order of names.
    Several(Vec<FileRecord>),
    /// A fault of ours.
    Lost,
}
