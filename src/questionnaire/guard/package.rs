//! The container: which parts there are, how they refer to one another, and each part unpacked when it is its turn.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use std::rc::Rc;

use zip::{CompressionMethod, ZipArchive};

use crate::diag::{Code, Diagnostic, Place};

use super::Limits;
use super::memory::{Last, Memory};
use super::unpack::{Budget, Packed};
use super::xml::{Refusal, Walker, damaged};

/// The zip of a workbook.
pub(super) struct Package<'b> {
    bytes: &'b [u8],
    zip: ZipArchive<Cursor<&'b [u8]>>,
    /// Parts by name: with `/`, in lower case, for names differ by more than case.
    parts: BTreeMap<String, usize>,
    file: Place,
}

/// A reference from one part to another.
#[derive(Clone, Debug)]
pub(super) struct Relationship {
    pub(super) id: String,
    /// The last part of its type, such as `worksheet`.
    pub(super) kind: String,
    /// The part's name as in [`Package::parts`]; `None` if it leads out of the file.
    pub(super) target: Option<String>,
}

const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

impl<'b> Package<'b> {
    /// Reads the directory of a zip.
    pub(super) fn open(bytes: &'b [u8], file: Place, limits: &Limits) -> Result<Self, Refusal> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged("container-broken", &file))?;
        let entries = u64::try_from(zip.len()).unwrap_or(u64::MAX);
        if entries > limits.entries {
            return Err(limits.reached("entries", Some(entries), file));
        }
        if zip.has_duplicate_names() {
            return Err(damaged("part-twice", &file));
        }
        let mut parts = BTreeMap::new();
        for index in 0..zip.len() {
            let name = match zip.name_for_index(index) {
                Some(Ok(name)) => name.replace('\\', "/"),
                _ => return Err(damaged("odd-names", &file)),
            };
            let odd = |segment: &str| segment == ".." || segment.contains(':');
            if name.starts_with('/') || name.split('/').any(odd) || name.chars().any(char::is_control) {
                return Err(damaged("odd-names", &file));
            }
            if parts.insert(name.to_lowercase(), index).is_some() {
                return Err(damaged("part-twice", &file));
            }
        }
        if zip.has_overlapping_entries().map_err(|_| damaged("container-broken", &file))? {
            return Err(damaged("parts-overlap", &file));
        }
        Ok(Self { bytes, zip, parts, file })
    }

    /// What this is if it is no workbook of the kind that is read, by the phrase that names it.
    pub(super) fn other_kind(&mut self) -> Option<&'static str> {
        let has = |name: &str| self.parts.contains_key(name);
        if has("xl/workbook.bin") {
            Some("xlsb")
        } else if has("word/document.xml") {
            Some("text-document")
        } else if has("ppt/presentation.xml") {
            Some("presentation")
        } else if has("index/document.iwa") || self.parts.keys().any(|n| n.starts_with("index/") && n.contains(".iwa"))
        {
            Some("numbers")
        } else if has("mimetype") && !has("[content_types].xml") {
            let mut kind = [0; 64];
            let index = self.parts.get("mimetype").copied()?;
            let mut entry = self.zip.by_index(index).ok()?;
            let length = entry.read(&mut kind).ok()?;
            let kind = String::from_utf8_lossy(kind.get(..length)?).into_owned();
            Some(if kind.contains("spreadsheet") { "ods" } else { "opendocument" })
        } else if has("[content_types].xml") && has("_rels/.rels") {
            None
        } else {
            Some("archive")
        }
    }

    /// Whether macros come with it.
    pub(super) fn has_macros(&self) -> bool {
        self.parts.keys().any(|name| name.ends_with("vbaproject.bin"))
    }

    /// Where a part lies that must be there.
    fn packed(&mut self, name: &str, place: &Place) -> Result<Packed<'b>, Refusal> {
        let Some(index) = self.parts.get(name).copied() else { return Err(damaged("part-missing", place)) };
        let entry = self.zip.by_index_raw(index).map_err(|_| damaged("container-broken", place))?;
        if entry.encrypted() {
            return Err(Box::new(Diagnostic::new(Code::EncryptedWorkbook, self.file.clone())));
        }
        let deflated = match entry.compression() {
            CompressionMethod::Stored => false,
            CompressionMethod::Deflated => true,
            _ => return Err(damaged("other-compression", place)),
        };
        // What lies beyond the end of the file is missing, which the checksum tells.
        let start = entry.data_start().and_then(|start| usize::try_from(start).ok());
        let from_start = start.and_then(|start| self.bytes.get(start..));
        let from_start = from_start.ok_or_else(|| damaged("container-broken", place))?;
        let length = usize::try_from(entry.compressed_size()).unwrap_or(usize::MAX);
        let bytes = from_start.get(..length).unwrap_or(from_start);
        Ok(Packed { bytes, deflated, size: entry.size(), checksum: entry.crc32() })
    }

    /// A walk through a part.
    pub(super) fn walk<'z>(
        &mut self,
        memory: &'z mut Memory,
        name: &str,
        budget: &'z Budget<'z>,
        place: Place,
    ) -> Result<Walker<'z>, Refusal> {
        let packed = self.packed(name, &place)?;
        memory.text.unpack(packed, budget, &place)?;
        Walker::new(&memory.text, budget, place)
    }

    /// What a part says, of which the last one of its kind is kept.
    pub(super) fn read<T>(
        &mut self,
        memory: &mut Memory,
        name: &str,
        budget: &Budget<'_>,
        last: impl Fn(&mut Memory) -> &mut Last<T>,
        read: impl FnOnce(Walker<'_>) -> Result<T, Refusal>,
    ) -> Result<Rc<T>, Refusal> {
        let packed = self.packed(name, &self.file.clone())?;
        if let Some((said, length)) = last(memory).get(name, &packed) {
            budget.spend(length, length, &self.file)?;
            return Ok(said);
        }
        memory.text.unpack(packed, budget, &self.file)?;
        let said = Rc::new(read(Walker::new(&memory.text, budget, self.file.clone())?)?);
        if let Some(length) = memory.text.length() {
            last(memory).set(name, &packed, length, &said);
        }
        Ok(said)
    }

    /// The relationships of a part; `""` for those of the package.
    pub(super) fn relationships(
        &mut self,
        memory: &mut Memory,
        part: &str,
        budget: &Budget<'_>,
        last: impl Fn(&mut Memory) -> &mut Last<Vec<Relationship>>,
    ) -> Result<Rc<Vec<Relationship>>, Refusal> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let rels = if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") };
        self.read(memory, &rels, budget, last, |walker| relationships(walker, folder))
    }
}

/// The relationships of a part in that folder.
fn relationships(mut walker: Walker<'_>, folder: &str) -> Result<Vec<Relationship>, Refusal> {
    walker.enter("Relationships", &[PACKAGE])?;
    let mut out = Vec::new();
    let mut ids = BTreeSet::new();
    while walker.child()? {
        if walker.own() != Some("Relationship") {
            return Err(walker.damaged("two-readings"));
        }
        let (mut id, mut kind, mut target, mut external) = (None, None, None, false);
        walker.attributes(|key, value| match key {
            "Id" => id = Some(value),
            "Type" => kind = Some(value),
            "Target" => target = Some(value),
            "TargetMode" => external = value != "Internal",
            _ => {}
        })?;
        let (Some(id), Some(kind), Some(target)) = (id, kind, target) else {
            return Err(walker.damaged("parts-apart"));
        };
        let id = walker.value(id)?.into_owned();
        let target = walker.value(target)?;
        if !ids.insert(id.clone()) {
            return Err(walker.damaged("parts-apart"));
        }
        let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
        let target = if external { None } else { resolve(folder, &target) };
        out.push(Relationship { id, kind, target });
        walker.skip()?;
    }
    walker.finish()?;
    Ok(out)
}

/// The part that a target names, seen from a folder; `None` if it is none within the file.
fn resolve(folder: &str, target: &str) -> Option<String> {
    let target = target.replace('\\', "/");
    let whole = match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None if folder.is_empty() => target,
        None => format!("{folder}/{target}"),
    };
    let segments: Vec<&str> = whole.split('/').filter(|s| *s != ".").collect();
    let odd = |segment: &&str| matches!(*segment, "" | "..") || segment.contains(':');
    if segments.iter().any(odd) { None } else { Some(segments.join("/").to_lowercase()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets() {
        for (folder, target, part) in [
            ("", "xl/workbook.xml", Some("xl/workbook.xml")),
            ("xl", "worksheets/Sheet1.xml", Some("xl/worksheets/sheet1.xml")),
            ("xl", "/xl/styles.xml", Some("xl/styles.xml")),
            ("xl", "./styles.xml", Some("xl/styles.xml")),
            ("xl", "../docProps/app.xml", None),
            ("xl", "file:///etc/passwd", None),
            ("xl", "", None),
        ] {
            assert_eq!(resolve(folder, target).as_deref(), part, "{folder} {target}");
        }
    }
}
