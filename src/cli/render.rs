//! What people and programs read on standard output and standard error.

use std::io::{IsTerminal as _, Write as _};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::diag::{Diagnostic, Place, Severity};
use crate::error::Error;

use super::{DONE, Outcome, Stop};

/// Where messages go.
pub(super) struct Console {
    json: bool,
    quiet: bool,
}

/// Writes to standard error. A closed one is nobody's loss.
pub(super) fn say(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}

impl Console {
    pub(super) fn new(json: bool, quiet: bool) -> Self {
        Self { json, quiet }
    }

    /// Results, to standard output. A closed pipe ends quietly, as `head` expects.
    #[expect(clippy::unused_self, reason = "printing goes through the console, whatever it needs")]
    pub(super) fn print(&self, text: &str) -> Outcome {
        let mut out = anstream::stdout();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(source) if source.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(Stop::Failed(Error::Write { path: "standard output".into(), source }))
            }
            _ => Ok(DONE),
        }
    }

    /// A line of results, to standard output. Somebody must take each of them.
    #[expect(clippy::unused_self, reason = "printing goes through the console, whatever it needs")]
    pub(super) fn line(&self, text: &str) -> Result<(), Error> {
        let mut out = anstream::stdout();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        written.map_err(|source| Error::Write { path: "standard output".into(), source })
    }

    /// What was done, to standard output: for commands whose result is something else than this text.
    pub(super) fn report(&self, text: &str) -> Outcome {
        if self.quiet { Ok(DONE) } else { self.print(text) }
    }

    /// A remark, to standard error.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet && !self.json {
            say(&format!("{}\n", plain(text)));
        }
    }

    /// Why nothing was done, to standard error.
    pub(super) fn error(&self, text: &str) {
        if self.json {
            let line = serde_json::json!({ "version": 1, "severity": "error", "message": text });
            say(&format!("{line}\n"));
        } else {
            let lines: Vec<String> = text.lines().map(plain).collect();
            say(&format!("error: {}\n", lines.join("\n")));
        }
    }

    /// An error with its causes.
    pub(super) fn failure(&self, error: &Error) {
        let mut text = error.to_string();
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        self.error(&text);
    }

    /// Diagnostics, to standard error.
    pub(super) fn diagnostics(&self, diagnostics: &[Diagnostic]) {
        let color = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
        for diagnostic in diagnostics {
            if self.quiet && diagnostic.severity() < Severity::Error {
                continue;
            }
            say(&if self.json { line(diagnostic) } else { text(diagnostic, color) });
        }
    }

    /// Whether a progress bar is welcome.
    pub(super) fn wants_progress(&self) -> bool {
        !self.quiet && !self.json && std::io::stderr().is_terminal()
    }
}

/// A number of things: `1 file`, `2 files`.
pub(super) fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// Control characters and those that turn the direction of writing have no business on a terminal.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => '\u{FFFD}',
            c if c.is_control() => '\u{FFFD}',
            c => c,
        })
        .collect()
}

/// One JSON object. Never what stood in a cell.
fn line(diagnostic: &Diagnostic) -> String {
    let value = serde_json::json!({
        "version": 1,
        "code": diagnostic.code.name(),
        "severity": diagnostic.severity().id(),
        "message": diagnostic.message(),
        "place": diagnostic.place.to_string(),
        "help": diagnostic.help,
    });
    format!("{value}\n")
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    }
}

/// As the compiler shows it: the message, the place, the offending line.
pub(super) fn text(diagnostic: &Diagnostic, color: bool) -> String {
    let title = level(diagnostic.severity()).primary_title(plain(&diagnostic.message())).id(diagnostic.code.name());
    let mut report = match &diagnostic.place {
        Place::Text { .. } => title.elements(snippets(diagnostic)),
        place => title.element(annotate_snippets::Origin::path(plain(&place.to_string()))),
    };
    if let Some(help) = &diagnostic.help {
        report = report.element(Level::HELP.message(plain(help)));
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    format!("{}\n\n", renderer.render(&[report]))
}

/// The place, and the related one: in one snippet if they are in the same file.
fn snippets(diagnostic: &Diagnostic) -> Vec<Snippet<'_, annotate_snippets::Annotation<'_>>> {
    let of = |place: &'_ Place| match place {
        Place::Text { file, text, offset, length, .. } => {
            let end = (*offset + *length).min(text.len());
            let end = (end..=text.len()).find(|i| text.is_char_boundary(*i)).unwrap_or(text.len());
            Some((file.clone(), text.clone(), *offset..end.max(*offset)))
        }
        _ => None,
    };
    let mut out = Vec::new();
    let Some((file, text, span)) = of(&diagnostic.place) else { return out };
    let mut snippet =
        Snippet::source(text.to_string()).path(file.to_string()).annotation(AnnotationKind::Primary.span(span));
    if let Some((place, phrase)) = &diagnostic.related
        && let Some((other, other_text, span)) = of(place)
    {
        let annotation = AnnotationKind::Context.span(span).label(phrase.as_str());
        if other == file {
            snippet = snippet.annotation(annotation);
        } else {
            out.push(Snippet::source(other_text.to_string()).path(other.to_string()).annotation(annotation));
        }
    }
    out.insert(0, snippet);
    out
}
