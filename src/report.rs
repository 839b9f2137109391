//! From assessments to what people read: pages from tera templates, a workbook, `results.json`.
//!
//! Everything here turns plain data into text or bytes; `batch` decides what is written where.

mod results;

use std::sync::Arc;

use crate::diag::Diagnostic;
use crate::model::{Assessment, Dossier, Method, Questionnaire, Reference, Role};

/// One supplier, read and scored.
#[derive(Clone, Copy)]
pub struct Scored<'a> {
    /// The questionnaire its answers belong to.
    pub questionnaire: &'a Questionnaire,
    /// The method it was scored with.
    pub method: &'a Method,
    /// Exposure steps, indicators, sources.
    pub reference: &'a Reference,
    /// What was read.
    pub dossier: &'a Dossier,
    /// What follows.
    pub assessment: &'a Assessment,
    /// Name of its pages, without folder and suffix. Safe as a file name.
    pub slug: &'a str,
}

/// How far a file could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Everything in it was read and accounted for.
    Scored,
    /// A sheet or question row is missing, cells lay beyond the limits, or it is of another revision.
    Partly,
    /// Nothing in it could be used.
    Unreadable,
}

impl Status {
    /// Its name in results.
    pub fn id(self) -> &'static str {
        match self {
            Self::Scored => "scored",
            Self::Partly => "partly",
            Self::Unreadable => "unreadable",
        }
    }
}

/// The account of one input file.
#[derive(Clone, Debug)]
pub struct FileRecord {
    /// Its name, relative to the input folder, with `/`.
    pub file: Arc<str>,
    /// Digest of its bytes; empty if it could not be opened.
    pub sha256: String,
    /// Who it is for, if that could be told.
    pub role: Option<Role>,
    /// How far it could be read.
    pub status: Status,
    /// The supplier it belongs to.
    pub supplier: Option<String>,
    /// What is to be said about it.
    pub diagnostics: Vec<Diagnostic>,
}

/// The account of all input files: `inputs = scored + partly + unreadable`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Files that were handed in.
    pub inputs: usize,
    /// Of these, read whole.
    pub scored: usize,
    /// Of these, read in part.
    pub partly: usize,
    /// Of these, not read.
    pub unreadable: usize,
    /// Lock files and the like, not counted as inputs.
    pub skipped: usize,
}

pub use results::{FileResult, LedgerResult, MethodId, SCHEMA, SupplierResult, schema};
