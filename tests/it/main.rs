//! Integration tests, one binary.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up fails")]
#![allow(missing_docs, reason = "tests are named for what they hold")]
#![allow(unreachable_pub, reason = "nothing outside uses a test binary")]

mod bad_input;
mod cli;
mod composed;
mod data;
mod determinism;
mod docs;
mod duties;
mod examples;
mod exposure;
mod faults;
mod formats;
mod fuzz;
mod hostile;
mod intake;
mod joined;
mod jurisdictions;
mod languages;
mod layering;
mod ledger;
mod letters;
mod masking;
mod method;
mod misfiled;
mod plan;
mod portfolio;
mod properties;
mod reports;
mod review;
mod room;
mod round_trip;
mod same_cells;
mod sectors;
mod singly;
mod statement;
mod support;
mod templates;
mod training;
