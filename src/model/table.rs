//! What is looked up and never gone through.

#![expect(clippy::disallowed_types, reason = "nothing can be listed but in the order of keys")]

use std::borrow::Borrow;
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;

use foldhash::fast::RandomState;

/// Values by key, found without a search. Its own order would change from run to run, so there is no way to see it.
#[derive(Clone)]
pub(crate) struct Table<K, V>(HashMap<K, V, RandomState>);

impl<K: Hash + Ord, V> Table<K, V> {
    /// None yet, with room for so many.
    pub(crate) fn with_capacity(count: usize) -> Self {
        Self(HashMap::with_capacity_and_hasher(count, RandomState::default()))
    }

    /// The value of a key.
    pub(crate) fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.0.get(key)
    }

    /// The value of a key, which is made if it has none.
    pub(crate) fn or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        self.0.entry(key).or_default()
    }

    /// Gives a key a value; one that it has stays.
    pub(crate) fn add(&mut self, key: K, value: V) {
        self.0.entry(key).or_insert(value);
    }

    /// How many keys there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Keys and values, in the order of keys.
    pub(crate) fn sorted(&self) -> Vec<(&K, &V)> {
        let mut all: Vec<_> = self.0.iter().collect();
        all.sort_unstable_by(|a, b| a.0.cmp(b.0));
        all
    }
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<K: Hash + Ord, V> FromIterator<(K, V)> for Table<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(all: I) -> Self {
        Self(all.into_iter().collect())
    }
}

impl<K: Hash + Ord + fmt::Debug, V: fmt::Debug> fmt::Debug for Table<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.sorted()).finish()
    }
}
