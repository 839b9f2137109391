//! How much of a file is read. One table: name, value, meaning.

use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Place};
use crate::error::{Error, Result};

macro_rules! limits {
    ($($field:ident $name:literal $phrase:literal $default:literal $meaning:literal)*) => {
        /// Limits on one file. A questionnaire is far below each of them; each can be raised by its name.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Limits {
            $(#[doc = $meaning] pub $field: u64,)*
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl Limits {
            /// Name, usual value and meaning of each.
            pub const LIST: &'static [(&'static str, u64, &'static str)] = &[$(($name, $default, $meaning)),*];

            /// Sets a limit by its name.
            ///
            /// # Errors
            /// If there is none of that name; the error lists them.
            pub fn set(&mut self, name: &str, value: u64) -> Result<()> {
                match name {
                    $($name => self.$field = value,)*
                    _ => {
                        let similar = Self::LIST.iter().map(|(name, ..)| (*name).to_owned()).collect();
                        return Err(Error::Unknown { kind: "limit", name: name.to_owned(), similar });
                    }
                }
                Ok(())
            }

            /// The limit of that name, with the phrase that says what was found too much of.
            fn get(&self, name: &str) -> (u64, &'static str) {
                match name {
                    $($name => (self.$field, $phrase),)*
                    _ => (0, ""),
                }
            }
        }
    };
}

limits! {
    file_mib "file-mib" "limit-file" 32 "size of the file, in MiB"
    entries "entries" "limit-entries" 2_000 "parts in the container, pictures included"
    part_mib "part-mib" "limit-part" 128 "one part, unpacked, in MiB"
    unpacked_mib "unpacked-mib" "limit-unpacked" 256 "all parts that are read, unpacked, in MiB"
    depth "depth" "limit-depth" 64 "elements within one another"
    attributes "attributes" "limit-attributes" 256 "attributes of one element"
    event_mib "event-mib" "limit-event" 4 "one piece of text or one tag, in MiB"
    sheets "sheets" "limit-sheets" 64 "sheets"
    strings "strings" "limit-strings" 200_000 "entries of the table of texts"
    strings_mib "strings-mib" "limit-strings-size" 32 "the table of texts, in MiB"
    formats "formats" "limit-formats" 65_536 "cell formats"
    merges "merges" "limit-merges" 10_000 "merged ranges of one sheet"
    cells "cells" "limit-cells" 200_000 "filled cells of the workbook"
    rows "rows" "limit-rows" 10_000 "rows looked at; cells beyond are left out of account, with a warning"
    columns "columns" "limit-columns" 256 "columns looked at; cells beyond are left out of account, with a warning"
    text_mib "text-mib" "limit-text" 32 "text of all cells together, in MiB"
    seconds "seconds" "limit-seconds" 10 "time for one file, in seconds"
    legacy_mib "legacy-mib" "limit-legacy" 512 "memory of the process that reads an old format, in MiB"
}

impl Limits {
    /// That many bytes.
    pub(super) fn bytes(mib: u64) -> u64 {
        mib.saturating_mul(1024 * 1024)
    }

    /// Bytes of the largest file that is read.
    pub fn file_bytes(&self) -> u64 {
        Self::bytes(self.file_mib)
    }

    /// Those that differ from their usual values, by name.
    pub fn changed(&self) -> impl Iterator<Item = (&'static str, u64)> {
        Self::LIST
            .iter()
            .map(|(name, usual, _)| (*name, *usual, self.get(name).0))
            .filter_map(|(name, usual, value)| (value != usual).then_some((name, value)))
    }

    /// The diagnostic for a file that is larger than it may be.
    pub fn too_large(&self, file: &Arc<str>, size: u64) -> Diagnostic {
        *self.reached("file-mib", Some(size.div_ceil(1024 * 1024)), Place::File(file.clone()))
    }

    /// The diagnostic for a file that takes longer than it may.
    pub fn slow(&self, file: &Arc<str>) -> Box<Diagnostic> {
        self.reached("seconds", None, Place::File(file.clone()))
    }

    /// The diagnostic for a limit that was met, and how much was found, if that is known.
    pub(in crate::questionnaire) fn reached(
        &self,
        name: &'static str,
        found: Option<u64>,
        place: Place,
    ) -> Box<Diagnostic> {
        let (limit, phrase) = self.get(name);
        let unit = if name.ends_with("-mib") {
            " MiB"
        } else if name == "seconds" {
            " s"
        } else {
            ""
        };
        let found = found.map_or_else(|| format!("> {limit}{unit}"), |n| format!("{n}{unit}"));
        Box::new(
            Diagnostic::new(Code::LimitReached, place)
                .phrase("what", phrase)
                .with("found", found)
                .with("limit", format!("{limit}{unit}"))
                .with("name", name)
                .with("raise", limit.max(1).saturating_mul(2).to_string()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::PHRASES;

    #[test]
    fn each_limit_has_a_name_and_a_message_of_its_own() {
        let mut limits = Limits::default();
        let mut messages = std::collections::BTreeSet::new();
        for (name, default, meaning) in Limits::LIST {
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{name}");
            assert!(!meaning.is_empty() && limits.get(name).0 == *default);
            limits.set(name, 7).unwrap();
            let (value, phrase) = limits.get(name);
            assert_eq!(value, 7, "{name}");
            assert!(PHRASES.iter().any(|(id, _)| *id == phrase), "{phrase}");
            let message = limits.reached(name, None, Place::File("x".into())).message();
            assert!(message.contains(&format!("--limit {name}=14")), "{message}");
            assert!(messages.insert(message));
        }
        let unknown = limits.set("cell", 7).unwrap_err().to_string();
        assert!(Limits::LIST.iter().all(|(name, ..)| unknown.contains(name)), "{unknown}");
    }
}
