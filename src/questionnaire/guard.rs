//! What a file must be before anything parses it: small, a zip, and an Excel workbook inside.

use std::io::Cursor;
use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Place};

/// Limits on one workbook. A questionnaire is far below each of them.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of the file.
    pub file_bytes: u64,
    /// Entries of the zip.
    pub entries: usize,
    /// Bytes of one part, unpacked.
    pub part_bytes: u64,
    /// Bytes of all parts, unpacked.
    pub total_bytes: u64,
    /// Sheets.
    pub sheets: usize,
    /// Filled cells of the workbook.
    pub cells: usize,
    /// Rows looked at; cells beyond are left out of account, with a warning.
    pub rows: u32,
    /// Columns looked at.
    pub columns: u32,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: u64 = 1024 * 1024;
        Self {
            file_bytes: 32 * MIB,
            entries: 2_000,
            part_bytes: 128 * MIB,
            total_bytes: 256 * MIB,
            sheets: 64,
            cells: 200_000,
            rows: 10_000,
            columns: 256,
        }
    }
}

impl Limits {
    /// The diagnostic for a file that is larger than it may be.
    pub fn too_large(&self, file: &Arc<str>, size: u64) -> Diagnostic {
        let mib = |n: u64| n.div_ceil(1024 * 1024).to_string();
        Diagnostic::new(Code::FileTooLarge, Place::File(file.clone()))
            .with("size", mib(size))
            .with("limit", mib(self.file_bytes))
    }
}

/// Refuses what is no workbook, or too large a one.
pub(super) fn check(bytes: &[u8], file: &Arc<str>, limits: &Limits) -> Result<(), Diagnostic> {
    let refuse = |code: Code| Diagnostic::new(code, Place::File(file.clone()));
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size > limits.file_bytes {
        return Err(limits.too_large(file, size));
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(refuse(Code::EncryptedWorkbook));
    }
    if !bytes.starts_with(b"PK") {
        return Err(refuse(Code::NotAWorkbook).phrase("kind", sniff(bytes)));
    }
    let damaged = |problem| refuse(Code::DamagedWorkbook).phrase("problem", problem);
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged("container-broken"))?;
    if zip.len() > limits.entries {
        return Err(damaged("too-many-parts"));
    }
    let mut total = 0_u64;
    let mut is_workbook = false;
    let mut other = None;
    for index in 0..zip.len() {
        let entry = zip.by_index_raw(index).map_err(|_| damaged("parts-apart"))?;
        let size = entry.size();
        total = total.saturating_add(size);
        if size > limits.part_bytes || total > limits.total_bytes {
            return Err(damaged("unpacks-too-large"));
        }
        let name = entry.name().map_err(|_| damaged("parts-apart"))?.to_ascii_lowercase();
        match name.as_str() {
            "xl/workbook.bin" => other = Some("xlsb"),
            "word/document.xml" => other = Some("text-document"),
            "ppt/presentation.xml" => other = Some("presentation"),
            "content.xml" | "meta-inf/manifest.xml" => other = other.or(Some("opendocument")),
            "[content_types].xml" => is_workbook = true,
            _ => {}
        }
    }
    match other {
        Some(kind) => Err(refuse(Code::NotAWorkbook).phrase("kind", kind)),
        None if !is_workbook => Err(refuse(Code::NotAWorkbook).phrase("kind", "archive")),
        None => Ok(()),
    }
}

fn sniff(bytes: &[u8]) -> &'static str {
    let begins = |magic: &[u8]| bytes.starts_with(magic);
    if bytes.is_empty() {
        "empty-file"
    } else if begins(b"%PDF") {
        "pdf"
    } else if begins(b"\x89PNG") || begins(b"\xFF\xD8\xFF") || begins(b"GIF8") {
        "picture"
    } else if begins(b"{\\rtf") {
        "text-document"
    } else if begins(b"<") || begins(b"\xEF\xBB\xBF<") {
        "web-page"
    } else if !bytes[..bytes.len().min(4096)].contains(&0) {
        "text-file"
    } else {
        "unknown-kind"
    }
}
