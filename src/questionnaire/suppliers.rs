//! Lists of suppliers, from CSV or Excel.

use std::collections::BTreeSet;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::model::{CountryCode, Id, Lang};

use super::book::Book;
use super::fold::{fold, trim};
use super::guard::Limits;

/// One supplier of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invited {
    /// Its id, given or made from its name.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it works.
    pub country: Option<CountryCode>,
    /// Its sectors.
    pub sectors: Vec<Id>,
    /// Its NACE codes.
    pub nace: Vec<String>,
    /// Its language.
    pub lang: Option<Lang>,
    /// Whom to write to.
    pub email: Option<String>,
}

const COLUMNS: [&str; 7] = ["name", "id", "country", "sector", "nace", "lang", "email"];

/// The id of a supplier that has none: its name as a slug, and four digits of a digest that keep like names apart.
pub fn supplier_id(name: &str) -> String {
    let digest = Sha256::digest(name.trim().as_bytes());
    let mut slug = slug::slugify(name);
    slug.truncate(60);
    let slug = if slug.is_empty() { "supplier" } else { slug.trim_end_matches('-') };
    format!("{slug}-{:02x}{:02x}", digest[0], digest[1])
}

/// Reads a list of suppliers. The first row names the columns: `name`, and any of `id country sector nace lang email`.
///
/// # Errors
/// If the file cannot be read, has no `name` column, an unknown column, or a row that cannot be used.
pub fn read_suppliers(path: &Path) -> Result<Vec<Invited>> {
    let bytes = std::fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let shown = path.to_string_lossy();
    let rows = if bytes.starts_with(b"PK") {
        from_workbook(&bytes, &shown)?
    } else {
        from_csv(&Error::text(path, bytes)?, &shown)?
    };
    let fail = |row: usize, problem: String| Error::SupplierList { place: format!("{shown}, row {row}"), problem };
    let mut rows = rows.into_iter();
    let Some((row, header)) = rows.next() else {
        return Err(fail(1, "the list is empty; its first row names the columns, such as name,id,country".to_owned()));
    };
    let header: Vec<String> = header.iter().map(|h| fold(h)).collect();
    for column in header.iter().filter(|h| !h.is_empty()) {
        if !COLUMNS.contains(&column.as_str()) {
            return Err(fail(row, format!("there is no column `{column}`; there are: {}", COLUMNS.join(", "))));
        }
    }
    if !header.iter().any(|h| h == "name") {
        return Err(fail(row, "the column `name` is missing; the first row names the columns".to_owned()));
    }
    let mut out = Vec::new();
    let mut ids = BTreeSet::new();
    for (row, cells) in rows {
        let get = |column: &str| {
            let at = header.iter().position(|h| h == column)?;
            cells.get(at).map(|c| trim(c)).filter(|c| !c.is_empty())
        };
        if cells.iter().all(|c| trim(c).is_empty()) {
            continue;
        }
        let Some(name) = get("name") else { return Err(fail(row, "the name is missing".to_owned())) };
        let id = get("id").map_or_else(|| supplier_id(name), str::to_owned);
        if !is_safe(&id) {
            return Err(fail(
                row,
                format!("the id `{id}` cannot be part of a file name; use letters, digits, . _ and -"),
            ));
        }
        if !ids.insert(id.to_lowercase()) {
            return Err(fail(row, format!("the id `{id}` stands twice; give each supplier one of its own")));
        }
        let country = match get("country") {
            Some(c) => Some(c.parse::<CountryCode>().map_err(|e| fail(row, e))?),
            None => None,
        };
        let lang = match get("lang") {
            Some(l) => Some(l.parse::<Lang>().map_err(|e| fail(row, e))?),
            None => None,
        };
        let list = |column: &str| -> Vec<String> {
            get(column)
                .unwrap_or_default()
                .split([';', ','])
                .map(|s| s.trim().to_owned())
                .filter(|s| !s.is_empty())
                .collect()
        };
        out.push(Invited {
            sectors: list("sector").iter().map(|s| Id::new(s)).collect(),
            nace: list("nace"),
            email: get("email").map(str::to_owned),
            name: name.to_owned(),
            id,
            country,
            lang,
        });
    }
    if out.is_empty() {
        return Err(fail(row + 1, "the list names no supplier".to_owned()));
    }
    Ok(out)
}

/// Whether an id can be part of a file name on any system.
fn is_safe(id: &str) -> bool {
    (1..=80).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        && !id.starts_with('.')
        && !id.ends_with('.')
}

type Rows = Vec<(usize, Vec<String>)>;

fn from_csv(text: &str, shown: &str) -> Result<Rows> {
    // Excel writes semicolons where the comma is the decimal mark.
    let first = text.lines().next().unwrap_or_default();
    let delimiter = if first.matches(';').count() > first.matches(',').count() { b';' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| Error::SupplierList { place: shown.to_owned(), problem: e.to_string() })?;
        let line = record.position().map_or(0, csv::Position::line);
        rows.push((usize::try_from(line).unwrap_or(0), record.iter().map(str::to_owned).collect()));
    }
    Ok(rows)
}

fn from_workbook(bytes: &[u8], shown: &str) -> Result<Rows> {
    let book = Book::open(bytes, &shown.into(), &Limits::default())
        .map_err(|d| Error::SupplierList { place: shown.to_owned(), problem: d.message_without_options() })?;
    let Some(sheet) = book.sheets.first() else { return Ok(Vec::new()) };
    let mut rows: std::collections::BTreeMap<u32, Vec<String>> = std::collections::BTreeMap::new();
    for ((row, column), value) in sheet.cells.iter() {
        let cells = rows.entry(*row).or_default();
        let at = usize::try_from(*column).unwrap_or(0);
        cells.resize(cells.len().max(at + 1), String::new());
        cells[at] = value.raw();
    }
    Ok(rows.into_iter().map(|(row, cells)| (usize::try_from(row).unwrap_or(0) + 1, cells)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_from_names() {
        assert_eq!(supplier_id("Eksempel ApS"), supplier_id("Eksempel ApS"));
        assert!(supplier_id("Rengøring Ærø A/S").starts_with("rengoring-aero-a-s-"));
        assert!(supplier_id("../../x").starts_with("x-"));
        assert!(supplier_id("東京").len() > 5);
        assert_ne!(supplier_id("Acme"), supplier_id("ACME"));
    }
}
