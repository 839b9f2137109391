//! A list that need not be in memory.

use crate::error::Result;

/// So many things, each fetched when its turn comes.
pub struct Series<'a, T> {
    count: usize,
    fetch: Box<dyn Fn(usize) -> Result<T> + 'a>,
}

impl<'a, T> Series<'a, T> {
    /// `count` things; `fetch` is asked for those from 0 to less than that.
    pub fn new(count: usize, fetch: impl Fn(usize) -> Result<T> + 'a) -> Self {
        Self { count, fetch: Box::new(fetch) }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// One of them.
    ///
    /// # Errors
    /// If it cannot be fetched.
    pub fn get(&self, n: usize) -> Result<T> {
        (self.fetch)(n)
    }

    /// All of them, one after the other.
    pub fn iter(&self) -> impl Iterator<Item = Result<T>> {
        (0..self.count).map(|n| self.get(n))
    }
}

impl<'a, T: Clone> From<&'a [T]> for Series<'a, T> {
    fn from(all: &'a [T]) -> Self {
        Self::new(all.len(), |n| Ok(all[n].clone()))
    }
}
