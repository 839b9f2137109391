//! What a file is, by its content; its name says nothing.

/// What a file was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A zip: a workbook, or one of many other things.
    Zip,
    /// A workbook behind a password.
    Encrypted,
    /// An old .xls workbook.
    Xls,
    /// Something else, by the phrase that names it.
    Other(&'static str),
}

/// Tells a file by its first bytes.
pub(super) fn sniff(bytes: &[u8]) -> Kind {
    let begins = |magic: &[u8]| bytes.starts_with(magic);
    let text = |bytes: &[u8]| !bytes.get(..bytes.len().min(4096)).unwrap_or(bytes).contains(&0);
    if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") || begins(b"PK\x07\x08") {
        return Kind::Zip;
    }
    if begins(b"\xD0\xCF\x11\xE0") {
        return compound(bytes);
    }
    // A stream of BIFF records without the container: Excel 2 to 4.
    if matches!(bytes, [0x09, 0x00 | 0x02 | 0x04, 0x04 | 0x06 | 0x08, 0x00, ..]) {
        return Kind::Xls;
    }
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(1024)).unwrap_or(bytes)).to_ascii_lowercase();
    let head = head.trim_start_matches('\u{FEFF}').trim_start();
    Kind::Other(if bytes.is_empty() {
        "empty-file"
    } else if begins(b"%PDF") {
        "pdf"
    } else if begins(b"\x89PNG") || begins(b"\xFF\xD8\xFF") || begins(b"GIF8") || begins(b"II*\0") {
        "picture"
    } else if begins(b"{\\rtf") {
        "text-document"
    } else if begins(b"\x1F\x8B") || begins(b"7z\xBC\xAF") || begins(b"Rar!") {
        "archive"
    } else if head.starts_with("<!doctype html") || head.starts_with("<html") {
        "web-page"
    } else if head.starts_with('<') {
        "xml-file"
    } else if text(bytes) {
        "text-file"
    } else if find_zip(bytes) {
        return Kind::Zip;
    } else {
        "unknown-kind"
    })
}

/// Bytes before the first part: mail gateways and self-extracting archives put some there.
fn find_zip(bytes: &[u8]) -> bool {
    bytes.get(..bytes.len().min(4096)).unwrap_or(bytes).windows(4).any(|w| w == b"PK\x03\x04")
}

/// The container of old Office files and of encrypted new ones: its directory names what is inside, each entry at a
/// multiple of 128 bytes.
fn compound(bytes: &[u8]) -> Kind {
    let holds = |name: &str| {
        let utf16: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        bytes.chunks(128).any(|entry| entry.starts_with(&utf16))
    };
    if holds("EncryptedPackage") {
        Kind::Encrypted
    } else if holds("Workbook") || holds("Book") {
        Kind::Xls
    } else if holds("WordDocument") {
        Kind::Other("text-document")
    } else if holds("PowerPoint Document") {
        Kind::Other("presentation")
    } else {
        Kind::Other("old-office")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_content() {
        for (bytes, kind) in [
            (&b""[..], Kind::Other("empty-file")),
            (b"P", Kind::Other("text-file")),
            (b"PK\x03\x04...", Kind::Zip),
            (b"#!/bin/sh\nPK\x03\x04\0", Kind::Zip),
            (b"%PDF-1.7", Kind::Other("pdf")),
            (b"\xEF\xBB\xBF <HTML>", Kind::Other("web-page")),
            (b"<?xml version='1.0'?>", Kind::Other("xml-file")),
            (b"a;b\n", Kind::Other("text-file")),
            (b"\x09\x00\x04\x00\x07\x00", Kind::Xls),
            (b"\x1F\x8B\x08", Kind::Other("archive")),
            (b"\0\x01\x02", Kind::Other("unknown-kind")),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Kind::Other("old-office")),
        ] {
            assert_eq!(sniff(bytes), kind, "{bytes:?}");
        }
        let mut compound = vec![0; 1280];
        compound[..4].copy_from_slice(b"\xD0\xCF\x11\xE0");
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        compound[1024..1024 + name.len()].copy_from_slice(&name);
        assert_eq!(sniff(&compound), Kind::Encrypted);
    }
}
