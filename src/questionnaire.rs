//! Questionnaires as Excel workbooks: laid out, written, read back.
//!
//! ```text
//! bytes ─guard→ canonical workbook ─calamine→ cells ─stamp→ what it is ─reader→ answers and diagnostics
//! ```
//!
//! The guard stands between a file and calamine. It judges by content, unpacks each part that is needed to its end under
//! [`Limits`], compares checksums, and copies the values of the wanted sheets into a new small workbook; what is behind it
//! sees bounded input only. So a file is either read as a spreadsheet program shows it, or refused in one sentence. On the
//! way the guard notes what is hidden or merged, and cells that hold no value.
//!
//! Old formats go through [`convert_legacy`] first, in a process of their own.

mod book;
mod fold;
mod guard;
mod labels;
mod layout;
mod legacy;
mod locate;
mod profile;
mod read;
mod stamp;
mod state;
mod suppliers;
mod write;

pub use book::{Book, CellText, CellValue, Cells, Range, Sheet, View};
pub use guard::{Legacy, Limits, legacy};
pub use legacy::{LegacyFault, convert_legacy};
pub use profile::date as date_of;
pub use read::{Beside, Columns, FactEntry, Reader, Returned};
pub use stamp::{ExerciseStamp, Stamp, bad as bad_meta};
pub use suppliers::{Invited, read_suppliers, supplier_id};
pub use write::{Exercise, WriteOptions, write, write_exercise};
