//! lygte
pub mod assets;
pub mod batch;
pub mod checklist;
#[cfg(feature = "cli")]
pub mod cli;
pub mod diag;
pub mod error;
pub mod model;
pub mod questionnaire;
pub mod report;
pub mod score;
