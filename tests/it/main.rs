//! Integration tests, one binary.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up fails")]
#![allow(missing_docs, reason = "tests are named for what they hold")]
#![allow(unreachable_pub, reason = "nothing outside uses a test binary")]

mod bad_input;
mod cli;
mod data;
mod determinism;
mod docs;
mod examples;
mod faults;
mod fuzz;
mod hostile;
mod intake;
mod layering;
mod ledger;
mod method;
mod misfiled;
mod nordic;
mod plan;
mod portfolio;
mod properties;
mod reports;
mod review;
mod round_trip;
mod support;
mod training;
