//! Digests, and names of files.

use std::cell::RefCell;
use std::fs::File;
use std::io::Read as _;

use memchr::memmem;
use sha2::{Digest as _, Sha256};

/// A digest.
pub(super) type Digest = [u8; 32];

/// Digest of bytes, as lower-case hexadecimal digits.
pub(crate) fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

thread_local! {
    /// What pages began with, up to their title, and the digest as far as that.
    static HEADS: RefCell<Vec<(Vec<u8>, Sha256)>> = const { RefCell::new(Vec::new()) };
}

/// Digest of a page. Pages of a kind begin alike, up to their title: that much of them is digested once.
pub(super) fn digest_of_page(page: &[u8]) -> Digest {
    /// There are two kinds a language, or a few more.
    const MOST: usize = 8;
    const LONGEST: usize = 1 << 14;
    let begins = page.get(..LONGEST).unwrap_or(page);
    let (head, rest) = page.split_at(memmem::find(begins, b"<title>").unwrap_or_default());
    let mut hash = HEADS.with_borrow_mut(|heads| {
        if let Some((_, hash)) = heads.iter().find(|(known, _)| known == head) {
            return hash.clone();
        }
        let hash = Sha256::new_with_prefix(head);
        if heads.len() < MOST {
            heads.push((head.to_owned(), hash.clone()));
        }
        hash
    });
    hash.update(rest);
    hash.finalize().into()
}

/// Digest of a file, read bit by bit.
pub(super) fn digest_of(mut file: File) -> std::io::Result<Digest> {
    let mut hash = Sha256::new();
    let mut bytes = vec![0; 1 << 16];
    loop {
        match file.read(&mut bytes)? {
            0 => return Ok(hash.finalize().into()),
            n => hash.update(&bytes[..n]),
        }
    }
}

/// Digest of texts. Where one ends and the next begins counts.
pub(super) fn digest_all(texts: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let mut digest = Texts::default();
    texts.into_iter().for_each(|text| digest.add(text.as_ref()));
    digest.finish()
}

/// The same, text by text.
#[derive(Default)]
pub(super) struct Texts(Sha256);

impl Texts {
    pub(super) fn add(&mut self, text: impl AsRef<[u8]>) {
        let text = text.as_ref();
        self.0.update(u64::try_from(text.len()).unwrap_or_default().to_le_bytes());
        self.0.update(text);
    }

    pub(super) fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |four: u8| char::from(DIGITS[usize::from(four)]);
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 0xf)]).collect()
}

/// A digest from its hexadecimal digits; `None` for what is none.
pub(super) fn unhex(text: &str) -> Option<Digest> {
    let mut out = Digest::default();
    if text.len() != 2 * out.len() || !text.is_ascii() {
        return None;
    }
    for (at, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(out)
}

/// A name for files from a supplier's id: the id itself where that is safe everywhere, else a slug of it with a digest.
pub(super) fn slug(id: &str) -> String {
    let safe = (1..=80).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
        && !is_reserved(id);
    if safe {
        return id.to_owned();
    }
    let mut slug = slug::slugify(id);
    slug.truncate(60);
    let slug = if slug.is_empty() { "supplier" } else { slug.trim_end_matches('-') };
    format!("{slug}-{}", &digest(id.as_bytes())[..8])
}

/// Names that Windows keeps for devices.
fn is_reserved(name: &str) -> bool {
    matches!(name, "con" | "prn" | "aux" | "nul")
        || (name.len() == 4
            && (name.starts_with("com") || name.starts_with("lpt"))
            && name.ends_with(|c: char| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_begin_alike_have_digests_of_their_own() {
        let long = format!("{}<title>", "x".repeat(1 << 14));
        for head in ["", "<style>a</style>", "<style>b</style>", &"<p>".repeat(99), &long, "<title>"] {
            for page in ["", "<title>A", "<title>B", "B"].map(|rest| format!("{head}{rest}")) {
                for _ in 0..2 {
                    assert_eq!(digest_of_page(page.as_bytes()), <[u8; 32]>::from(Sha256::digest(&page)), "{page}");
                }
            }
        }
    }

    #[test]
    fn slugs_are_safe_and_distinct() {
        assert_eq!(slug("acme-7f3a"), "acme-7f3a");
        for id in ["../../x", "ACME", "con", "com1", "", "a/b", "東京", "x".repeat(300).as_str()] {
            let slug = slug(id);
            assert!(slug.len() <= 80 && slug.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{id} {slug}");
            assert_ne!(slug, id);
        }
        assert_ne!(slug("ACME"), slug("Acme"));
    }
}
