//! What stands between a file and calamine.
//!
//! ```text
//! bytes → what kind of file, by content → directory of the zip: count, names twice, overlaps, odd names
//!       → relationships, followed strictly: none that leads out of the file
//!       → each part that is needed, streamed to its very end (so that its checksum is compared) under limits, without DTD
//!       → strict cells: one place, one type, one value
//!       → those that say what they say; the others in a canonical workbook for calamine: stored, values only
//! ```
//!
//! The pass knows the value of nearly every cell by then, and reading it a second time would cost as much again. So only
//! what takes an interpretation goes on to calamine: numbers in a format that may be a date, and texts with characters
//! written as `_x000D_`. Tests hold what is read to what calamine makes of the same workbook.
//!
//! The XML is split by a scanner of our own (`scan`), rows and cells as every program writes them are taken straight from
//! the text (`glance`), parts are unpacked in one go (`unpack`), and those that workbooks have in common are read once
//! (`memory`). Measured on a form of 116 questions, 30 KB packed and 120 KB of XML, in millions of instructions: 13.2 with
//! quick-xml's reader and the zip's, of which 8 were splitting text; 3.7 now, of which 2.0 are inflating. What holds it: the scanner is compared with quick-xml piece by piece, a glance with going
//! through the same cell tag by tag, and all of it with calamine. Shared texts are kept once and copied for the cells that
//! show them: most stand in one cell only, so sharing them would cost as much.
//!
//! The one pass also finds what calamine does not tell: formulas without a stored result, hidden rows, columns and sheets,
//! error values of any program, merged cells, cells beyond the limits. Why all this: small files can fill any memory, and
//! a single flipped bit can turn a "no" into a "yes" without anything to notice it by, unless checksums are compared.

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

mod canonical;
mod glance;
mod kind;
mod limits;
mod memory;
mod package;
mod parts;
mod scan;
mod sheet;
mod unpack;
mod xml;

use std::rc::Rc;
use std::sync::Arc;

use crate::diag::{Code, Diagnostic, Place};

use super::book::{CellValue, View};
use super::layout::LISTS;
pub(super) use canonical::Canonical;
use kind::Kind;
pub use limits::Limits;
use memory::Memory;
use package::Package;
pub(super) use parts::Formats;
use parts::Strings;
use unpack::Budget;
use xml::{Refusal, damaged};

/// A file that may be parsed.
pub(super) struct Clean {
    /// The canonical workbook with the cells that calamine is to read, if there are any.
    pub(super) canonical: Option<Vec<u8>>,
    /// The sheets, in order; in the canonical workbook the first is called `1`.
    pub(super) sheets: Vec<CleanSheet>,
    /// Modification date in the file's own properties.
    pub(super) modified: Option<String>,
    /// What is to be said about the file.
    pub(super) notes: Vec<Diagnostic>,
}

/// A sheet of it.
pub(super) struct CleanSheet {
    pub(super) name: Arc<str>,
    pub(super) view: View,
    /// Its cells, but for those in the canonical workbook.
    pub(super) cells: Vec<((u32, u32), CellValue)>,
}

/// Old formats, which are read in a process of their own if that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Legacy {
    /// Excel 97 to 2003 and older.
    Xls,
    /// `OpenDocument`.
    Ods,
}

/// The old format a file is in, by its content.
pub fn legacy(bytes: &[u8]) -> Option<Legacy> {
    match kind::sniff(bytes) {
        Kind::Xls => Some(Legacy::Xls),
        Kind::Zip => {
            let mut package = Package::open(bytes, Place::File("".into()), &Limits::default()).ok()?;
            (package.other_kind() == Some("ods")).then_some(Legacy::Ods)
        }
        Kind::Encrypted | Kind::Other(_) => None,
    }
}

/// Checks a file and takes from it what may be parsed.
///
/// # Errors
/// One diagnostic that says why nothing of it can be used.
pub(super) fn check(bytes: &[u8], file: &Arc<str>, limits: &Limits) -> Result<Clean, Refusal> {
    let place = Place::File(file.clone());
    let refuse = |code: Code| Box::new(Diagnostic::new(code, place.clone()));
    let other = |kind| Box::new(Diagnostic::new(Code::NotAWorkbook, place.clone()).phrase("kind", kind));
    let old = |kind| Box::new(Diagnostic::new(Code::LegacyFormat, place.clone()).phrase("kind", kind));
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if size > limits.file_bytes() {
        return Err(Box::new(limits.too_large(file, size)));
    }
    match kind::sniff(bytes) {
        Kind::Zip => {}
        Kind::Encrypted => return Err(refuse(Code::EncryptedWorkbook)),
        Kind::Xls => return Err(old("xls")),
        Kind::Other(kind) => return Err(other(kind)),
    }
    let mut package = Package::open(bytes, place.clone(), limits)?;
    match package.other_kind() {
        Some("ods") => return Err(old("ods")),
        Some(kind) => return Err(other(kind)),
        None => {}
    }
    let mut memory = Memory::take(limits);
    let clean = read(&mut package, &mut memory, file, limits);
    memory.keep();
    clean
}

fn read(package: &mut Package<'_>, memory: &mut Memory, file: &Arc<str>, limits: &Limits) -> Result<Clean, Refusal> {
    let place = Place::File(file.clone());
    let budget = Budget::new(limits);
    let roots = package.relationships(memory, "", &budget, |memory| &mut memory.roots)?;
    let target = |found: Option<&package::Relationship>| match found {
        Some(package::Relationship { target: Some(target), .. }) => Ok(Some(target.clone())),
        Some(_) => Err(damaged("leads-out", &place)),
        None => Ok(None),
    };
    let only = |list: &[package::Relationship], kind: &str| {
        let mut of_kind = list.iter().filter(|r| r.kind == kind);
        let first = target(of_kind.next())?;
        if of_kind.next().is_some() { Err(damaged("parts-apart", &place)) } else { Ok(first) }
    };
    let Some(main) = only(&roots, "officeDocument")? else { return Err(damaged("part-missing", &place)) };
    let workbook = package.read(
        memory,
        &main,
        &budget,
        |memory| &mut memory.workbook,
        |walker| parts::workbook(walker, limits.sheets),
    )?;
    let relationships = package.relationships(memory, &main, &budget, |memory| &mut memory.relationships)?;
    let modified = match only(&roots, "core-properties")? {
        Some(part) => parts::modified(package.walk(memory, &part, &budget, place.clone())?)?,
        None => None,
    };
    let strings = match only(&relationships, "sharedStrings")? {
        Some(part) => {
            let bytes = Limits::bytes(limits.strings_mib);
            Strings::read(package.walk(memory, &part, &budget, place.clone())?, limits.strings, bytes)?
        }
        None => Strings::default(),
    };
    let formats = match only(&relationships, "styles")? {
        Some(part) => package.read(
            memory,
            &part,
            &budget,
            |memory| &mut memory.formats,
            |walker| Formats::read(walker, limits.formats),
        )?,
        None => Rc::default(),
    };
    let mut notes = Vec::new();
    if package.has_macros() {
        notes.push(Diagnostic::new(Code::MacrosIgnored, place.clone()));
    }
    let mut canonical = Canonical::new(formats.cells.len());
    let mut shared = sheet::Shared { strings: &strings, formats: &formats, cells: 0, text: 0 };
    let mut sheets = Vec::new();
    let mut used: Vec<String> = Vec::new();
    for entry in &workbook.sheets {
        let name: Arc<str> = entry.name.as_str().into();
        let here = Place::Sheet { file: file.clone(), sheet: name.clone() };
        let Some(relationship) = relationships.iter().find(|r| r.id == entry.relationship) else {
            return Err(damaged("part-missing", &here));
        };
        // Charts and macro sheets have no cells; the lists are ours, and no answer stands there.
        if relationship.kind != "worksheet" || is_lists(&name) {
            continue;
        }
        let Some(part) = &relationship.target else { return Err(damaged("leads-out", &here)) };
        if used.contains(part) {
            return Err(damaged("parts-apart", &here));
        }
        used.push(part.clone());
        let walker = package.walk(memory, part, &budget, here.clone())?;
        let mut clean = sheet::read(walker, &mut shared, &mut canonical, limits)?;
        clean.view.hidden = entry.hidden;
        canonical.end_sheet(&used.len().to_string(), false);
        if clean.beyond > 0 {
            notes.push(sheet::beyond(here, clean.beyond, limits));
        }
        sheets.push(CleanSheet { name, view: clean.view, cells: clean.cells });
    }
    let canonical = if canonical.is_empty() {
        None
    } else {
        Some(canonical.finish(&formats, workbook.date1904).map_err(|_| damaged("parts-apart", &place))?)
    };
    Ok(Clean { canonical, sheets, modified, notes })
}

fn is_lists(name: &str) -> bool {
    name.trim().eq_ignore_ascii_case(LISTS)
}
