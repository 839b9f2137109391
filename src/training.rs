//! A room that trains on a case: what it gets, what it answered, and that nothing of it stays behind.
//!
//! ```text
//! case ─exercise→ Questionnaire ─pack→ guide, slides, case, workbooks, paper form │ the room answers
//! pages, tables, data ←─ Room ←─count─ Participants ←─read─ workbooks and typed forms
//! ```
//!
//! Nobody is asked for a name. What is projected names neither file nor code; a participant finds the own page by code.
//!
//! - A participant answers the questions of the key and the signs of the case, and vouches for nothing: for the score each
//!   answer has the key's evidence level, at least E1. So scores differ by answers only.
//! - The room's case is the one that most files state, unless it is given. Files of another case are left out, and said.
//! - Blank files are not counted; half-filled ones are, and what is open counts as left open.
//! - Files with one code are several participants, unless they are the same byte by byte: one workbook may have been
//!   handed to all.

mod codes;
mod grade;
mod pack;
mod typed;
mod wipe;

pub use grade::{GradeOptions, grade, written};
pub use pack::{PackOptions, pack};
pub use wipe::{Wiped, wipe};

use crate::checklist::Library;
use crate::model::Words;

/// What the manifest of a pack's folder says it was made as.
pub const PACK: &str = "training-pack";
/// What the manifest of a folder of results says it was made as.
pub const ROOM: &str = "training-room";

/// Words of training pages: those of reports, and their own.
fn words(library: &Library) -> Words {
    let of = |file: &str| library.words.get(file).cloned().unwrap_or_default();
    of("report").with(&of("training"))
}
