//! lygte
pub mod assets;
pub mod checklist;
pub mod diag;
pub mod error;
pub mod model;
pub mod questionnaire;
pub mod report;
pub mod score;
