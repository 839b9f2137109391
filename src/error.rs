//! What could not be done at all.

use std::path::{Path, PathBuf};

use crate::diag::Diagnostics;

/// The work could not be done. What is merely wrong in somebody's data is a
/// [`Diagnostic`](crate::diag::Diagnostic) instead.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read. Typically the user's disk or a wrong path.
    #[error("cannot read {path}")]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A text file is in another encoding than UTF-8; reading on would lose letters. Typically saved by Excel as plain CSV.
    #[error(
        "{path}:{line}: not UTF-8, so letters would be lost; save the file as UTF-8 (in Excel: save as \u{201c}CSV UTF-8\u{201d})"
    )]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The first line with such letters, from 1.
        line: usize,
    },
    /// A file could not be written. Typically a full disk or missing rights.
    #[error("cannot write {path}")]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another run works in the same output folder.
    #[error("another run is writing to {path}; wait for it to end or name another folder")]
    Locked {
        /// The output folder.
        path: PathBuf,
    },
    /// A folder holds files that are not ours. Nothing was written.
    #[error(
        "{path} is not from an earlier run of lygte and would be overwritten; name another folder, move it away, or replace it with --force"
    )]
    Foreign {
        /// The file that is in the way.
        path: PathBuf,
    },
    /// A file that lygte wrote was changed since, by somebody else. It was not replaced.
    #[error("{path} was changed since lygte wrote it; move it away, or replace it with --force")]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// Somebody stopped the run: Ctrl-C, or a signal.
    #[error("stopped by signal {signal}")]
    Interrupted {
        /// 2 for an interrupt, 15 for a request to end.
        signal: usize,
    },
    /// A fault of ours at one supplier, where the work must have all of them: a sample, for instance.
    #[error(
        "a fault of lygte at the supplier `{supplier}`; please report it. To get the others done, run again without this supplier's files"
    )]
    Fault {
        /// The supplier's id.
        supplier: String,
    },
    /// The run ended before its end. What is written is whole, and the manifest says that it is not all.
    #[error("{}", halted(cause, *done, left))]
    Halted {
        /// Why.
        cause: Box<Self>,
        /// Number of files written.
        done: usize,
        /// Names of files that were not.
        left: Vec<String>,
    },
    /// A name is unknown. Typically a slip of the pen.
    #[error("there is no {kind} `{name}`{}", suggestion(.similar))]
    Unknown {
        /// What kind of thing was asked for.
        kind: &'static str,
        /// The name.
        name: String,
        /// Names that are there and look alike, or all of them.
        similar: Vec<String>,
    },
    /// Data files are wrong; nothing could be built on them. Typically a slip in somebody's own checklists.
    #[error("the checklists have errors")]
    Invalid(Box<Diagnostics>),
    /// A file is there already. Nothing was written.
    #[error("{path} is there already; name another, or move it away")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// An input list names nothing to do. Typically a wrong folder.
    #[error("{0}")]
    NoInput(String),
    /// A list of suppliers cannot be used.
    #[error("{place}: {problem}")]
    SupplierList {
        /// The file, and the row where there is one.
        place: String,
        /// What is wrong and what is expected.
        problem: String,
    },
    /// A line of `lygte assess -` cannot be used.
    #[error("{place}: {problem}")]
    Line {
        /// The file and the line.
        place: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// A workbook could not be built: a text is longer than Excel allows, for instance. Our bug, or odd data.
    #[error("cannot build the workbook: {0}")]
    Workbook(String),
    /// Results could not be put into JSON. Our bug.
    #[error("cannot put the results together")]
    Json(#[from] serde_json::Error),
    /// Templates are wrong at places that are known. Typically a slip in somebody's own template.
    #[error("{}", listed(.0))]
    Templates(Box<Diagnostics>),
    /// A template has no end, or none in reach. Typically a loop in somebody's own template.
    #[error("the template {template} {what}")]
    Unbounded {
        /// The template.
        template: String,
        /// What it exceeds, in words.
        what: &'static str,
    },
    /// A template failed, at no place that could be named.
    #[error("the template {template} failed:\n{message}")]
    Template {
        /// The template.
        template: String,
        /// The engine's message.
        message: String,
    },
}

fn halted(cause: &Error, done: usize, left: &[String]) -> String {
    const SHOWN: usize = 20;
    let mut out = cause.to_string();
    let mut source = std::error::Error::source(cause);
    while let Some(inner) = source {
        out = format!("{out}: {inner}");
        source = inner.source();
    }
    if left.is_empty() {
        return format!("{out}\nwritten: {done} files, listed in run.json");
    }
    let shown = left.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = match left.len().saturating_sub(SHOWN) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    format!("{out}\nwritten: {done} files, listed in run.json\nnot written: {shown}{more}")
}

fn listed(diagnostics: &Diagnostics) -> String {
    let one = |d: &crate::diag::Diagnostic| format!("{}: {}", d.place, d.message());
    diagnostics.0.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn suggestion(similar: &[String]) -> String {
    match similar {
        [] => String::new(),
        [one] => format!("; did you mean `{one}`?"),
        many => format!("; there are: {}", many.join(", ")),
    }
}

/// The result of work that may not be doable.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// The text of a file, without a byte order mark.
    ///
    /// # Errors
    /// If it is not UTF-8.
    pub(crate) fn text(path: &Path, bytes: Vec<u8>) -> Result<String> {
        let text = String::from_utf8(bytes).map_err(|e| {
            let good = e.as_bytes().get(..e.utf8_error().valid_up_to()).unwrap_or_default();
            Self::NotUtf8 { path: path.to_owned(), line: good.split(|b| *b == b'\n').count() }
        })?;
        Ok(match text.strip_prefix('\u{feff}') {
            Some(rest) => rest.to_owned(),
            None => text,
        })
    }

    /// A folder of the user's holds a link to a folder. To follow it might lead round in a circle; to pass over it would
    /// leave out what the user means to use.
    pub(crate) fn linked_folder(path: PathBuf) -> Self {
        let why = "it is a link to a folder, which is not followed; name that folder itself, or put its files here";
        Self::Read { path, source: std::io::Error::other(why) }
    }

    /// An unknown name, with the near misses among what there is.
    pub fn unknown<'a>(kind: &'static str, name: &str, there: impl IntoIterator<Item = &'a str>) -> Self {
        let all: Vec<&str> = there.into_iter().collect();
        let mut near = near_misses(name, all.iter().copied());
        if near.is_empty() && all.len() <= 20 {
            near = all.iter().map(|n| (*n).to_owned()).collect();
        }
        Self::Unknown { kind, name: name.to_owned(), similar: near }
    }
}

/// Names that differ from `name` by a slip or two, the nearest first.
pub(crate) fn near_misses<'a>(name: &str, there: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let lower = name.to_lowercase();
    let distance = |n: &str| strsim::damerau_levenshtein(&n.to_lowercase(), &lower);
    let mut near: Vec<(usize, &str)> = there.into_iter().map(|n| (distance(n), n)).filter(|(d, _)| *d <= 2).collect();
    near.sort_by_key(|(distance, _)| *distance);
    near.into_iter().map(|(_, n)| n.to_owned()).collect()
}
