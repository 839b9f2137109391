//! Files and what is to be said about them: what was read, what could not be.

use serde::Serialize;

use super::FileRecord;
use super::engine::{Rows, code};
use super::say::Say;
use crate::diag::{Diagnostic, Severity};

/// One file that was handed in.
#[derive(Serialize)]
pub(super) struct FileView {
    /// Its name.
    pub(super) file: String,
    /// Who it is for, in words.
    pub(super) role: String,
    /// How far it was read, in words.
    pub(super) status: String,
    /// Machine code of that, for a style.
    #[serde(serialize_with = "code")]
    pub(super) code: &'static str,
    /// The supplier it belongs to.
    pub(super) supplier: Option<String>,
    /// Digest of its bytes.
    pub(super) digest: String,
    /// What is to be said about it.
    pub(super) diagnostics: Rows<Vec<DiagnosticView>>,
}

/// One thing that is to be said.
#[derive(Serialize)]
pub(super) struct DiagnosticView {
    /// Machine code of its severity, for a style.
    pub(super) severity: &'static str,
    /// Severity in words.
    pub(super) kind: String,
    /// The message.
    pub(super) message: String,
    /// Where in the file; empty for the whole file.
    pub(super) place: String,
    /// What stood there.
    pub(super) raw: Option<String>,
    /// What it was taken for.
    pub(super) taken: Option<String>,
    /// What stands in the other cell that the message names.
    pub(super) other: Option<String>,
    /// A reviewer's initials.
    pub(super) by: Option<String>,
    /// A reviewer's reason.
    pub(super) reason: Option<String>,
    /// Another place that belongs to it.
    pub(super) related: Option<String>,
    /// What to do.
    pub(super) help: Option<String>,
}

/// Files in the order of their names.
pub(super) fn files<'a>(say: Say<'_>, files: impl IntoIterator<Item = &'a FileRecord>) -> Vec<FileView> {
    let mut files: Vec<&FileRecord> = files.into_iter().collect();
    files.sort_by(|a, b| a.file.cmp(&b.file));
    files.into_iter().map(|f| file(say, f)).collect()
}

/// One file.
pub(super) fn file(say: Say<'_>, f: &FileRecord) -> FileView {
    FileView {
        file: f.file.to_string(),
        role: f.role.map_or_else(|| say.t("role-unknown"), |r| say.t(&format!("role-{}", r.id()))),
        status: say.t(&format!("status-{}", f.status.id())),
        code: f.status.id(),
        supplier: f.supplier.clone(),
        digest: f.sha256.clone(),
        diagnostics: f.diagnostics.iter().map(|d| diagnostic(say, d)).collect::<Vec<_>>().into(),
    }
}

/// One diagnostic in the language of the page.
pub(super) fn diagnostic(say: Say<'_>, d: &Diagnostic) -> DiagnosticView {
    DiagnosticView {
        severity: d.severity().id(),
        kind: say.t(match d.severity() {
            Severity::Note => "severity-note",
            Severity::Warning => "severity-warning",
            Severity::Error => "severity-error",
        }),
        message: message(say, d),
        place: d.place.within(),
        raw: d.raw.clone(),
        taken: d.taken.clone(),
        other: d.other.as_ref().and_then(|(_, raw)| raw.clone()),
        by: d.signed.as_ref().map(|(by, _)| by.clone()),
        reason: d.signed.as_ref().map(|(_, reason)| reason.clone()).filter(|r| !r.is_empty()),
        related: d.related.as_ref().map(|(place, phrase)| format!("{phrase} ({place})")),
        help: d.help.clone(),
    }
}

/// The message by the words of its code; in English where there are none.
pub(super) fn message(say: Say<'_>, d: &Diagnostic) -> String {
    let id = format!("diagnostic-{}", d.code.name());
    let mut message = match say.words.text(&id) {
        Some(words) => d.fill(words.get(say.lang), &|phrase| say.t(&format!("phrase-{phrase}"))),
        None => d.message(),
    };
    // Messages stand alone in the terminal; on a page more may follow.
    if !message.ends_with(['.', '?', '!']) {
        message.push('.');
    }
    message
}
