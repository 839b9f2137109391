//! What a thread keeps from one workbook for the next: the place where parts are unpacked, and what was read of some parts.
//!
//! Workbooks that were made alike have those parts byte for byte in common that say how all hangs together, and the cell
//! formats. Such a part is unpacked, checked and read when it first comes along, and kept if nothing is wrong with it. The
//! next time it is held against the one before as it is packed: the same bytes, of the same size and checksum, under the
//! same limits, say the same.

use std::cell::Cell;
use std::rc::Rc;

use super::Limits;
use super::package::Relationship;
use super::parts::{Formats, WorkbookPart};
use super::unpack::{Packed, Text};

thread_local! {
    static MEMORY: Cell<Option<Memory>> = const { Cell::new(None) };
}

/// Of longer parts nothing is kept: packed, and unpacked.
const PACKED: usize = 1 << 16;
const UNPACKED: usize = 1 << 20;

/// What is kept.
#[derive(Default)]
pub(super) struct Memory {
    /// The part that is being walked through.
    pub(super) text: Text,
    pub(super) roots: Last<Vec<Relationship>>,
    pub(super) relationships: Last<Vec<Relationship>>,
    pub(super) workbook: Last<WorkbookPart>,
    pub(super) formats: Last<Formats>,
    /// The limits under which those were read.
    limits: Limits,
}

impl Memory {
    /// What the thread has kept.
    pub(super) fn take(limits: &Limits) -> Self {
        match MEMORY.take() {
            Some(memory) if memory.limits == *limits => memory,
            _ => Self { limits: limits.clone(), ..Self::default() },
        }
    }

    /// Keeps it.
    pub(super) fn keep(self) {
        if self.text.room() <= UNPACKED {
            MEMORY.set(Some(self));
        }
    }
}

/// The last part of its kind.
#[derive(Debug)]
pub(super) struct Last<T>(Option<Part<T>>);

impl<T> Default for Last<T> {
    fn default() -> Self {
        Self(None)
    }
}

#[derive(Debug)]
struct Part<T> {
    name: String,
    bytes: Vec<u8>,
    deflated: bool,
    size: u64,
    checksum: u32,
    /// How long it is, unpacked.
    length: usize,
    said: Rc<T>,
}

impl<T> Last<T> {
    /// What a part says and how long it is, if it is the same as the last one.
    pub(super) fn get(&self, name: &str, packed: &Packed<'_>) -> Option<(Rc<T>, usize)> {
        let part = self.0.as_ref()?;
        let Packed { bytes, deflated, size, checksum } = *packed;
        let is_same = (part.checksum, part.size, part.deflated) == (checksum, size, deflated)
            && part.name == name
            && part.bytes == bytes;
        is_same.then(|| (Rc::clone(&part.said), part.length))
    }

    /// Keeps what a part says.
    pub(super) fn set(&mut self, name: &str, packed: &Packed<'_>, length: usize, said: &Rc<T>) {
        let Packed { bytes, deflated, size, checksum } = *packed;
        if bytes.len() <= PACKED && length <= UNPACKED {
            let (name, bytes, said) = (name.to_owned(), bytes.to_owned(), Rc::clone(said));
            self.0 = Some(Part { name, bytes, deflated, size, checksum, length, said });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_same_part_is_known() {
        let part = Packed { bytes: b"abc", deflated: true, size: 3, checksum: 7 };
        let mut memory = Memory::take(&Limits::default());
        memory.workbook.set("a.xml", &part, 4, &Rc::default());
        memory.keep();
        let memory = Memory::take(&Limits::default());
        let length = |name: &str, part: Packed<'_>| memory.workbook.get(name, &part).map(|(_, length)| length);
        assert_eq!(length("a.xml", part), Some(4));
        for (name, other) in [
            ("b.xml", part),
            ("a.xml", Packed { bytes: b"abd", ..part }),
            ("a.xml", Packed { deflated: false, ..part }),
            ("a.xml", Packed { size: 4, ..part }),
            ("a.xml", Packed { checksum: 8, ..part }),
        ] {
            assert_eq!(length(name, other), None, "{name} {other:?}");
        }
        memory.keep();
        let memory = Memory::take(&Limits { formats: 1, ..Limits::default() });
        assert!(memory.workbook.get("a.xml", &part).is_none());
    }
}
