//! Questionnaires as Excel workbooks: laid out, written, read back.
//!
//! ```text
//! bytes ─guard→ checked ─book→ cells ─stamp→ what it is ─reader→ answers and diagnostics
//! ```
//!
//! The guard stands between a file and calamine, the only parser of workbooks here. It judges by content and refuses
//! what is too large; what lies behind it sees bounded input only.

mod book;
mod fold;
mod guard;
mod labels;
mod layout;
mod locate;
mod profile;
mod read;
mod stamp;
mod suppliers;
mod write;

pub use book::{Book, CellValue, Sheet};
pub use guard::Limits;
pub use read::{Reader, Returned};
pub use stamp::Stamp;
pub use suppliers::{Invited, read_suppliers, supplier_id};
pub use write::{WriteOptions, write};
