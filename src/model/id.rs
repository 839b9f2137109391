//! Names that mean something: ids, country codes, language tags.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize};

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text of it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Self(deserializer.deserialize_str(SharedText)?))
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

/// Text that is shared from the start, without a copy of its own in between.
struct SharedText;

impl Visitor<'_> for SharedText {
    type Value = Arc<str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Arc<str>, E> {
        Ok(text.into())
    }
}

name_type!(
    /// A kebab-case id (`a-z 0-9 -`), or an item id `<question>.<part>`. Ids are for ever.
    Id
);
name_type!(
    /// ISO 3166-1 alpha-2 code of a country, in capitals.
    CountryCode
);
name_type!(
    /// A BCP 47 language tag such as `da`.
    Lang
);

impl Id {
    /// An id from text that is known to be well formed.
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The id of a part of a question.
    #[must_use]
    pub fn part(&self, part: &str) -> Self {
        Self(format!("{}.{part}", self.0).into())
    }

    /// Whether `text` is kebab-case: lower-case letters, digits and single hyphens between them.
    pub fn is_kebab(text: &str) -> bool {
        !text.is_empty()
            && text.split('-').all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
    }
}

impl FromStr for CountryCode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic()) {
            Ok(Self(text.to_ascii_uppercase().into()))
        } else {
            Err(format!("`{text}` is no country code: two letters are expected, such as DK"))
        }
    }
}

impl Lang {
    /// English, the source language of all texts.
    pub fn english() -> Self {
        static ENGLISH: LazyLock<Arc<str>> = LazyLock::new(|| "en".into());
        Self(Arc::clone(&ENGLISH))
    }

    /// Whether this is the source language.
    pub fn is_english(&self) -> bool {
        &*self.0 == "en"
    }
}

impl FromStr for Lang {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fine = (2..=12).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if fine { Ok(Self(text.into())) } else { Err(format!("`{text}` is no language tag: `da` or `en` is one")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kebab_case() {
        for good in ["a", "a-1", "own-documents", "fls-1"] {
            assert!(Id::is_kebab(good), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "A", "a_b", "a.b", "ø"] {
            assert!(!Id::is_kebab(bad), "{bad}");
        }
    }
}
