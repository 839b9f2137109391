//! The parts around the sheets: the workbook itself, its table of texts, its cell formats, its properties.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::questionnaire::book::CellText;

use super::glance;
use super::xml::{Refusal, Walker, is_plain};

/// The namespaces of spreadsheet parts: as Excel writes them, and "strict".
pub(super) const MAIN: [&str; 2] =
    ["http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"];

/// A sheet as the workbook names it.
#[derive(Clone, Debug)]
pub(super) struct SheetEntry {
    pub(super) name: String,
    pub(super) hidden: bool,
    /// The id of its relationship.
    pub(super) relationship: String,
}

/// The workbook part.
#[derive(Clone, Debug, Default)]
pub(super) struct WorkbookPart {
    pub(super) sheets: Vec<SheetEntry>,
    /// Days count from 1904 instead of 1900.
    pub(super) date1904: bool,
}

/// Reads the workbook part.
pub(super) fn workbook(mut walker: Walker<'_>, sheets: u64) -> Result<WorkbookPart, Refusal> {
    walker.enter("workbook", &MAIN)?;
    let mut out = WorkbookPart::default();
    let mut seen = false;
    while walker.child()? {
        match walker.own() {
            Some("workbookPr") => {
                let mut flag = None;
                walker.attributes(|key, value| {
                    if key == "date1904" {
                        flag = Some(value.to_owned());
                    }
                })?;
                out.date1904 = match flag.as_deref().map(str::trim) {
                    None | Some("0" | "false") => false,
                    Some("1" | "true") => true,
                    Some(_) => return Err(walker.damaged("parts-apart")),
                };
                walker.skip()?;
            }
            Some("sheets") if !seen => {
                seen = true;
                while walker.child()? {
                    if walker.own() != Some("sheet") {
                        return Err(walker.damaged("two-readings"));
                    }
                    let entry = sheet_entry(&walker)?;
                    out.sheets.push(entry);
                    if u64::try_from(out.sheets.len()).unwrap_or(u64::MAX) > sheets {
                        return Err(walker.reached("sheets", None));
                    }
                    walker.skip()?;
                }
            }
            Some("sheets") => return Err(walker.damaged("two-readings")),
            _ => walker.skip()?,
        }
    }
    walker.finish()?;
    Ok(out)
}

fn sheet_entry(walker: &Walker<'_>) -> Result<SheetEntry, Refusal> {
    let (mut name, mut state, mut relationship) = (None, None, None);
    walker.attributes(|key, value| match key {
        "name" => name = Some(value),
        "state" => state = Some(value),
        key if key.ends_with(":id") => relationship = Some(value),
        _ => {}
    })?;
    let (Some(name), Some(relationship)) = (name, relationship) else { return Err(walker.damaged("parts-apart")) };
    let hidden = !matches!(state, None | Some("visible"));
    let (name, relationship) = (walker.value(name)?.into_owned(), walker.value(relationship)?.into_owned());
    Ok(SheetEntry { name, hidden, relationship })
}

/// The table of texts that cells refer to by number.
#[derive(Clone, Debug, Default)]
pub(super) struct Strings {
    text: Arc<String>,
    ends: Vec<usize>,
    /// Any of them has.
    pub(super) have_escapes: bool,
}

/// Whether a text may have characters written as `_x000D_`.
pub(super) fn has_escapes(text: &str) -> bool {
    memchr::memmem::find(text.as_bytes(), b"_x").is_some()
}

impl Strings {
    /// The text of that number.
    pub(super) fn get(&self, index: usize) -> Option<CellText> {
        let end = *self.ends.get(index)?;
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        CellText::part(&self.text, start..end)
    }

    /// Reads the table.
    pub(super) fn read(mut walker: Walker<'_>, entries: u64, bytes: u64) -> Result<Self, Refusal> {
        walker.enter("sst", &MAIN)?;
        // Nothing is longer than it is written.
        let room = walker.rest().len().min(usize::try_from(bytes).unwrap_or(usize::MAX));
        let (mut all, mut ends) = (String::with_capacity(room), Vec::with_capacity(room / 64));
        // Looked at as a whole this takes a fraction of what it takes text by text.
        let plain = is_plain(walker.rest());
        loop {
            if let Some(text) = walker.at_a_glance(|text| glance::shared(text, plain))? {
                all.push_str(text);
            } else if !walker.child()? {
                break;
            } else if walker.own() == Some("si") {
                rich_text(&mut walker, &mut all)?;
            } else {
                // An extension after the entries; an entry by another name is caught there.
                walker.skip()?;
                continue;
            }
            ends.push(all.len());
            if u64::try_from(ends.len()).unwrap_or(u64::MAX) > entries {
                return Err(walker.reached("strings", None));
            }
            if u64::try_from(all.len()).unwrap_or(u64::MAX) > bytes {
                return Err(walker.reached("strings-mib", None));
            }
        }
        walker.finish()?;
        let have_escapes = has_escapes(&all);
        Ok(Self { text: Arc::new(all), ends, have_escapes })
    }
}

/// Adds the text of an `si` or `is`: its `t`, or those of its runs; not how it is pronounced.
pub(super) fn rich_text(walker: &mut Walker<'_>, out: &mut String) -> Result<(), Refusal> {
    while walker.child()? {
        match walker.own() {
            Some("t") => walker.text(out)?,
            Some("r") => {
                while walker.child()? {
                    match walker.own() {
                        Some("t") => walker.text(out)?,
                        Some(_) => walker.skip()?,
                        None => return Err(walker.damaged("two-readings")),
                    }
                }
            }
            Some(_) => walker.skip()?,
            None => return Err(walker.damaged("two-readings")),
        }
    }
    Ok(())
}

/// Number formats: which cells hold dates, and which show nothing at all.
#[derive(Clone, Debug, Default)]
pub(in crate::questionnaire) struct Formats {
    /// Codes of the workbook's own formats.
    pub(in crate::questionnaire) codes: Vec<(u32, String)>,
    /// The number format of each cell format.
    pub(in crate::questionnaire) cells: Vec<u32>,
    /// Formats of the workbook's own that show nothing.
    silent: BTreeSet<u32>,
    /// Which cell formats may be those of a date.
    dates: Vec<bool>,
}

/// Formats of every workbook in which a number is a number: whole ones, decimals, percents, fractions, accounts, text.
const NUMBERS: [u32; 16] = [0, 1, 2, 3, 4, 9, 10, 11, 12, 13, 37, 38, 39, 40, 48, 49];

impl Formats {
    /// Reads the cell formats.
    pub(super) fn read(mut walker: Walker<'_>, formats: u64) -> Result<Self, Refusal> {
        walker.enter("styleSheet", &MAIN)?;
        let mut out = Self::default();
        let mut seen = false;
        while walker.child()? {
            match walker.own() {
                Some("numFmts") => {
                    while walker.child()? {
                        let (mut id, mut code) = (None, None);
                        walker.attributes(|key, value| match key {
                            "numFmtId" => id = value.trim().parse().ok(),
                            "formatCode" => code = Some(value.to_owned()),
                            _ => {}
                        })?;
                        if let (Some(id), Some(code)) = (id, code) {
                            let code = walker.value(&code)?.into_owned();
                            if code.len() >= 3 && code.chars().all(|c| c == ';') {
                                out.silent.insert(id);
                            }
                            out.codes.push((id, code));
                        }
                        count(&walker, out.codes.len(), formats)?;
                        walker.skip()?;
                    }
                }
                Some("cellXfs") if !seen => {
                    seen = true;
                    while walker.child()? {
                        if walker.own() != Some("xf") {
                            return Err(walker.damaged("two-readings"));
                        }
                        let mut id = None;
                        walker.attributes(|key, value| {
                            if key == "numFmtId" {
                                id = value.trim().parse().ok();
                            }
                        })?;
                        out.cells.push(id.unwrap_or(0));
                        count(&walker, out.cells.len(), formats)?;
                        walker.skip()?;
                    }
                }
                Some("cellXfs") => return Err(walker.damaged("two-readings")),
                _ => walker.skip()?,
            }
        }
        walker.finish()?;
        out.dates = out.dates();
        Ok(out)
    }

    /// Whether a number in a cell of that format may be a date: in any but those that no program takes for one.
    pub(super) fn may_be_date(&self, cell: usize) -> bool {
        self.dates.get(cell).is_some_and(|date| *date)
    }

    fn dates(&self) -> Vec<bool> {
        let mut own: BTreeMap<u32, bool> = BTreeMap::new();
        for (id, code) in &self.codes {
            let number = code == "General" || code.bytes().all(|b| b"0#?.,%@ ".contains(&b));
            *own.entry(*id).or_insert(true) &= number;
        }
        let is_number = |id: &u32| *id == 0 || own.get(id).copied().unwrap_or_else(|| NUMBERS.contains(id));
        self.cells.iter().map(|id| !is_number(id)).collect()
    }

    /// Whether a cell of that format shows nothing, whatever it holds.
    pub(super) fn shows_nothing(&self, cell: usize) -> bool {
        self.cells.get(cell).is_some_and(|id| self.silent.contains(id))
    }
}

fn count(walker: &Walker<'_>, n: usize, limit: u64) -> Result<(), Refusal> {
    if u64::try_from(n).unwrap_or(u64::MAX) > limit { Err(walker.reached("formats", None)) } else { Ok(()) }
}

/// The date of the last change, in the file's own properties.
pub(super) fn modified(mut walker: Walker<'_>) -> Result<Option<String>, Refusal> {
    const CORE: [&str; 1] = ["http://schemas.openxmlformats.org/package/2006/metadata/core-properties"];
    walker.enter("coreProperties", &CORE)?;
    let mut out = None;
    while walker.child()? {
        if walker.local() == "modified" {
            let mut text = String::new();
            walker.text(&mut text)?;
            let text = text.trim();
            let plain = |b: u8| b.is_ascii_digit() || matches!(b, b'-' | b':' | b'T' | b'Z' | b'.' | b'+');
            if !text.is_empty() && text.len() <= 40 && text.bytes().all(plain) {
                out = Some(text.to_owned());
            }
        } else {
            walker.skip()?;
        }
    }
    walker.finish()?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::super::Limits;
    use super::super::unpack::{Budget, Text};
    use super::*;
    use crate::diag::Place;

    #[test]
    fn formats_in_which_a_number_may_be_a_date() {
        let (own, cells) = (
            [
                (0, "yyyy"),
                (9, "yyyy"),
                (14, "0.##"),
                (164, "0.##"),
                (165, "0.##;d"),
                (166, "General"),
                (167, "0"),
                (167, "y"),
            ],
            [
                (0, false),
                (9, true),
                (14, false),
                (15, true),
                (47, true),
                (164, false),
                (165, true),
                (166, false),
                (167, true),
                (168, true),
                (5, true),
                (10, false),
                (49, false),
            ],
        );
        let own = own.map(|(id, code)| format!("<numFmt numFmtId=\"{id}\" formatCode=\"{code}\"/>")).concat();
        let xfs = cells.map(|(id, _)| format!("<xf numFmtId=\"{id}\"/>")).concat();
        let part =
            format!("<styleSheet xmlns=\"{}\"><numFmts>{own}</numFmts><cellXfs>{xfs}</cellXfs></styleSheet>", MAIN[0]);
        let (limits, text) = (Limits::default(), Text::of(&part));
        let budget = Budget::new(&limits);
        let formats = Formats::read(Walker::new(&text, &budget, Place::File("x".into())).unwrap(), 99).unwrap();
        for (at, (id, date)) in cells.iter().enumerate() {
            assert_eq!(formats.may_be_date(at), *date, "{id}");
        }
        assert!(!formats.may_be_date(cells.len()));
    }
}
