//! lygte finds and helps to reduce hidden forced labour in supply chains: questionnaires out, answers in, exact scores,
//! reports. A library and one command, all offline.
//!
//! # The chain
//!
//! ```text
//! checklists/*.yml ─load→ Library ─compose(sectors, country, form)→ Questionnaire ─write→ workbook.xlsx
//!                                                                                           │ supplier fills it in
//! reports ←render─ Assessment ←score─ Dossier ←join─ Returned ←──────────read───────────────┘
//! ```
//!
//! | step | where to read |
//! |---|---|
//! | YAML files to a validated library | [`checklist::Library::load`] |
//! | a questionnaire, in all languages at once | [`checklist::Library::compose`] |
//! | training cases, held against their questionnaire and story | [`checklist::Library::cases`] |
//! | a workbook | [`questionnaire::write`] |
//! | a workbook's cells, behind the guard | [`questionnaire::Book::open`] |
//! | answers, and what was not taken as it stood | [`questionnaire::Reader::read`] |
//! | an assessment | [`score::assess`] |
//! | which acts probably concern a firm | [`duties::of`] |
//! | pages | [`report::Reporter`] |
//! | letters that go with questionnaires | [`report::cover`], [`report::reminder`], [`report::tracking`] |
//! | personal data in free text, masked | [`report::Mask`] |
//! | paragraphs for a statement | [`report::Statement`] |
//! | all of it, for many files | [`batch::assess`]; without writing, [`batch::survey`] |
//! | the same on many machines: read one by one, then joined | [`batch::read_singly`], [`batch::join`] |
//! | a reviewer's queue, made and read back | [`batch::queue`], [`batch::Queue`] |
//! | a returned action plan, held against results | [`batch::check_plan`] |
//! | a sample for a second assessor, drawn and compared | [`batch::draw`], [`batch::check`] |
//! | two assessors of one supplier, compared | [`batch::agree`] |
//! | a room that trains on a case: what it gets, what it answered | [`training::pack`], [`training::grade`] |
//! | how far raters agree, exactly | [`score::agreement`] |
//!
//! What a file may do to the program, and how it is read in spite of it, stands at the head of [`questionnaire`]: a guard
//! reads each file once, under [`questionnaire::Limits`], and yields its cells; calamine gets what takes an interpretation.
//!
//! Start with [`model`], which holds the words, then [`score`], which fits on a page.
//!
//! # Who may import whom
//!
//! Imports point down; no middle layer imports its neighbour. A test reads the sources and holds this table, and that each
//! dependency is named in its places only.
//!
//! | module | may import |
//! |---|---|
//! | [`model`], [`diag`], [`assets`] | nothing of ours |
//! | [`error`] | model, diag |
//! | [`duties`] | model |
//! | [`checklist`] | model, diag, error, assets, duties |
//! | [`questionnaire`] | model, diag, error |
//! | [`score`] | model |
//! | [`report`] | model, diag, error, assets, duties |
//! | [`batch`] | model, diag, error, checklist, questionnaire, score, report |
//! | [`training`] | model, diag, error, checklist, questionnaire, score, report, batch |
//! | `cli` | everything |
//!
//! # Principles
//!
//! 1. Raw, then valid: what a file may say (private, with positions) and what the program believes (public) are different
//!    types. Nothing past validation can be malformed.
//! 2. Two kinds of trouble: a [`diag::Diagnostic`] is something wrong in somebody's data, an [`error::Error`] is work that
//!    could not be done. A panic is a bug of ours, and in a batch it costs one file, or the files of one supplier, never
//!    the run.
//! 3. [`score`] knows no file, clock, float or thread. Numbers are exact fractions, rounded once, when shown.
//! 4. Same input, same bytes.
//! 5. Text from outside is hostile: escaped in HTML, a string and never a formula in Excel, never a template, never a path.
//! 6. Nothing leaves the machine.
//!
//! # Choices where the specification is silent
//!
//! - A questionnaire holds all languages: it is composed once per sectors, country and form, and the language is chosen when
//!   it is written or reported. So an answer in another language is understood without a second composition.
//! - Signs of several observer's forms are pooled: a sign is unknown if a form leaves it open and none has it present.
//! - An option of grade 0 on a critical control counts as "no" for the floor C1.
//! - Of a row whose hidden id, number and text disagree, what the supplier saw counts if number and text agree; otherwise
//!   the row is nobody's answer. In a workbook of another revision the id counts more than the number.
//! - Answers in hidden rows, columns and sheets count, with a warning; what lies under a merged cell, or in a number format
//!   that shows nothing, does not. TRUE, FALSE, 1 and 0 are no answers: no list offers them.
//! - Cells beyond the limits are counted and left out; the workbook is partly read.
//! - Levels of subcontracting beside a "no" make the fact unknown: the levels count, and questions on subcontractors apply.
//! - Without enough answers there is no priority in any output; signs are shown, and `--fail-on` heeds their floors.
//! - A reviewer's correction is about a reading: the answer stays the supplier's own word and keeps its evidence level.
//! - A reminder is in the language of the list; of the questionnaire, where one came back; else of the run.
//! - The sample's frame is the supplier's answer cells of questions that apply. An answer that a rule beside the cell
//!   decides (a reason that is missing) is left out: a second look at the cell alone could not find the same.
//! - A duty is open only if something that is not known could decide it; what the sources leave open outweighs any date.
//! - In a supplier's report acts are judged for a buyer of unknown size, and for the supplier as employer and contractor.
//! - A country takes over law, contacts, registers, cards and duties along the chain of another, never who does what there.
//! - Personal data are masked where a file has been read, before anything is made of it: in `raw`, comments, documents,
//!   references and signatures, never in ids, answers, names or the profile. An assessor's form (`new --answers`) and the
//!   workbooks themselves stay as they are.
//! - The flag on "not applicable" counts lines answered so by hand, not those a profile fact switches off.

//! # Choices by measurement
//!
//! - Of a start 61 % of the instructions went into YAML and 17 % into digests of it (callgrind, one file). So the build makes
//!   JSON of the built-in files, and with no files of the user's on top the library is loaded from that
//!   ([`checklist::Catalog::built_in`]). With files of the user's, and for lint, all is read and checked as it is written.
//! - Reading was done twice, to save memory. Now what was read waits in a file without a name until its supplier's turn.
//! - A fifth of a run went into fractions of any size, and as much into tables of Unicode. Small fractions are two machine words
//!   ([`model::Exact`]), and letters that need no table are folded without one; what does not fit goes the long way.
//! - Parts that say how a workbook hangs together, and the formats of its cells, are the same in all that were made alike. A
//!   thread keeps the last of each, as it is packed and as it was read, and takes the next for the same only if it is so byte
//!   for byte: with fewer looks at rows and texts, this took a quarter off reading.
//! - A tenth of a run went into unpacking. Parts of up to 256 KiB are unpacked at once by libdeflate, in half the time; longer
//!   ones, and all that it does not take, go through zlib-rs as before, so that no limit, refusal or message is another. It is
//!   C, and fuzzed by others around the clock, as is the allocator; `unsafe` stays forbidden here.
//! - With every unit of a crate compiled as one, and all crates linked as one, a run takes a tenth less time. Numbers of times
//!   tell what is left better than times: a workbook took 36,000 copies and 13,000 comparisons of a few bytes each, and 6,400
//!   allocations. So texts of cells stay in the table that they share, lines are looked up when a reader is made and not for
//!   each workbook, and what is written is put together from few pieces.
//! - What is said of 10,000 files, and their rows of the portfolio, took 150 MB. Now they wait in that file too; of a supplier that is done there stay its
//!   id, where its row lies, and digests of its pages.
//! - A fifth of a run's instructions went into the rows of `portfolio.xlsx`. They are written by us into a workbook that
//!   `rust_xlsxwriter` makes: the second place where packages are handled, beside the guard ([`report::PortfolioBook`]).
//!   Half of what was left was packing, so its cells leave out their places where they follow from the cell before, as the
//!   standard allows; `LibreOffice`, openpyxl, calamine, `SheetJS` and exceljs were seen to read it.
//! - Texts and ids are shared: a questionnaire of each sector and country once held all its texts in all languages anew.
//!   Built-in texts are not held at all, but found where they lie in the program.
//! - A seventh of a run was the allocator of glibc. The command uses mimalloc, in version 2 and without huge pages, which
//!   takes no more memory; a program that uses the library chooses its own.
//! - Over one workbook a quarter of the time went into memory touched for the first time. So one thread is the caller's own,
//!   which has memory already, and texts that are folded alike share what they stand for. Threads last for the whole run;
//!   they digest the pages and write them, after one of them has said in the journal what is to come.
//! - Half of what a page cost went into values for its template and its loops over rows. Pages and rows are taken apart into a
//!   shape and texts, the template is asked once for each shape, and the texts fill it (`report/engine/rows.rs`). What many
//!   pages share does not go through the template of the page.

// A library does not end the process of its caller.
#![cfg_attr(not(test), warn(clippy::expect_used, clippy::panic, clippy::unreachable))]

pub mod assets;
pub mod batch;
pub mod checklist;
#[cfg(feature = "cli")]
pub mod cli;
pub mod diag;
pub mod duties;
pub mod error;
pub mod model;
pub mod questionnaire;
pub mod report;
pub mod score;
pub mod training;

/// The README's example, held by a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
