//! Threads for many things, each of which is done apart from the others.

use rayon::iter::{FromParallelIterator, IntoParallelIterator, ParallelIterator};
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::{Error, Result};

/// Threads; none where one is enough. Then the caller does the work, in memory that it has already: a thread begins with
/// none, and leaves what it had behind.
pub(super) struct Threads(Option<ThreadPool>);

impl Threads {
    /// So many, 0 for as many as there are cores, to do so many things.
    pub(super) fn new(jobs: usize, things: usize) -> Result<Self> {
        if jobs == 1 || things <= 1 {
            return Ok(Self(None));
        }
        let pool = ThreadPoolBuilder::new().num_threads(jobs).build();
        Ok(Self(Some(pool.map_err(|e| Error::NoInput(format!("threads cannot be started: {e}")))?)))
    }

    /// How many things are done at a time.
    pub(super) fn count(&self) -> usize {
        self.0.as_ref().map_or(1, ThreadPool::current_num_threads)
    }

    /// Suppliers go through in bunches of so many: what a bunch holds is let go before the next begins. Two threads hold no
    /// more than one does, since memory that is touched for the first time is dear; more threads have four suppliers each.
    pub(super) fn bunch(&self) -> usize {
        (4 * self.count()).max(8)
    }

    /// Does something with each; what comes of it is in the order of the things.
    pub(super) fn map<I, T, R, C>(&self, things: I, work: impl Fn(T) -> R + Sync + Send) -> C
    where
        I: IntoIterator<Item = T> + IntoParallelIterator<Item = T> + Send,
        T: Send,
        R: Send,
        C: FromIterator<R> + FromParallelIterator<R> + Send,
    {
        match &self.0 {
            Some(pool) => pool.install(|| things.into_par_iter().map(work).collect()),
            None => things.into_iter().map(work).collect(),
        }
    }
}
