//! The workbook as a package: the parts that `rust_xlsxwriter` made, as it packed them, and its lists with all their rows.

use std::io::{self, Cursor, Read as _, Write};
use std::ops::Range;

use zip::result::ZipError;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::markup::{Markup, Styles};
use super::waiting::FITTED;
use crate::diag::column_name;
use crate::error::{Error, Result};
use crate::report::sheets::{Column, Value};

/// How tightly sheets are packed: the next level takes 1 million instructions more for a supplier and 4 of 15 KB less.
pub(super) const LEVEL: u8 = 1;
/// XML is handed on for packing when there is so much of it.
const CHUNK: usize = 32 << 10;

const SHARED: &str = "xl/sharedStrings.xml";

/// A package on its way.
pub(super) struct Package<W: Write> {
    small: ZipArchive<Cursor<Vec<u8>>>,
    out: ZipWriter<StreamWriter<W>>,
    /// Numbers of the lists that are not yet written.
    lists: Range<usize>,
    list: Option<List>,
    /// How many texts cells share in the small one.
    texts: u32,
    buffer: Vec<u8>,
}

/// The list that is being written.
struct List {
    markup: Markup,
    row: u32,
    tail: String,
}

impl<W: Write> Package<W> {
    /// Begins one with all that stands in a small one but its lists, which are sheets with these numbers.
    pub(super) fn begin(small: Vec<u8>, lists: Range<usize>, out: W) -> Result<Self> {
        let mut small = ZipArchive::new(Cursor::new(small)).map_err(|e| failed(&e))?;
        let mut out = ZipWriter::new_stream(out);
        let later: Vec<String> = lists.clone().map(sheet).chain([SHARED.to_owned()]).collect();
        for n in 0..small.len() {
            let part = small.by_index_raw(n).map_err(|e| failed(&e))?;
            if !later.iter().any(|name| name.as_bytes() == part.name_raw()) {
                out.raw_copy_file(part).map_err(|e| failed(&e))?;
            }
        }
        let mut package = Self { small, out, lists, list: None, texts: 0, buffer: Vec::new() };
        let unique = attribute(&package.read(SHARED)?, "uniqueCount").and_then(|n| n.parse().ok());
        package.texts = unique.ok_or_else(|| foreign("uniqueCount"))?;
        Ok(package)
    }

    fn read(&mut self, name: &str) -> Result<String> {
        let mut text = String::new();
        let mut part = self.small.by_name(name).map_err(|e| failed(&e))?;
        part.read_to_string(&mut text).map_err(|e| failed(&e.into()))?;
        Ok(text)
    }

    fn start(&mut self, name: &str) -> Result<()> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(LEVEL.into()))
            .unix_permissions(0o600)
            .last_modified_time(DateTime::default());
        self.out.start_file(name, options).map_err(|e| failed(&e))
    }

    /// Adds to the part that is being written.
    pub(super) fn write(&mut self, xml: &[u8]) -> Result<()> {
        self.out.write_all(xml).map_err(|e| failed(&e.into()))
    }

    /// Begins the next list; with so many rows below its heading.
    pub(super) fn list(&mut self, columns: &[Column], rows: u32) -> Result<()> {
        self.end()?;
        let name = self.lists.next().map(sheet).ok_or_else(|| foreign("a sheet for each list"))?;
        let xml = self.read(&name)?;
        let (head, sample, tail) = cut(&xml).ok_or_else(|| foreign("a row of samples"))?;
        let styles = styles(sample).ok_or_else(|| foreign("a style for each kind of cell"))?;
        let last = column_name(u32::try_from(columns.len().saturating_sub(1)).unwrap_or_default());
        let (before, after) = around(head, "<dimension ref=\"").ok_or_else(|| foreign("dimension"))?;
        self.start(&name)?;
        self.write(format!("{before}A1:{last}{}{after}", rows + 1).as_bytes())?;
        let markup = Markup::new(columns, &styles, self.texts);
        self.list = Some(List { markup, row: 1, tail: tail.to_owned() });
        Ok(())
    }

    /// Adds a row to the list; words are numbers of the texts that rows share. The first rows have heights.
    pub(super) fn row(&mut self, cells: &[Value<&str, u32>], heights: &mut impl Iterator<Item = u16>) -> Result<()> {
        let Some(list) = &mut self.list else { return Ok(()) };
        list.row += 1;
        let height = if list.row <= FITTED + 1 { heights.next() } else { None };
        list.markup.row(&mut self.buffer, list.row, height.unwrap_or_default(), cells);
        if self.buffer.len() >= CHUNK { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<()> {
        let xml = std::mem::take(&mut self.buffer);
        self.write(&xml)?;
        self.buffer = xml;
        self.buffer.clear();
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        let Some(list) = self.list.take() else { return Ok(()) };
        self.flush()?;
        self.write(list.tail.as_bytes())
    }

    /// Begins the texts that cells share: how many rows share, and in how many cells. They are to be written next.
    pub(super) fn texts(&mut self, shared: u32, uses: u64) -> Result<()> {
        self.end()?;
        let xml = self.read(SHARED)?;
        let count: Option<u64> = attribute(&xml, "count").and_then(|n| n.parse().ok());
        let (Some(count), Some(items)) = (count, xml.strip_suffix("</sst>")) else { return Err(foreign("sst")) };
        let (count, unique) = (count + uses, u64::from(self.texts) + u64::from(shared));
        let counted = around(items, " count=\"").map(|(before, after)| format!("{before}{count}{after}"));
        let counted = counted.as_deref().and_then(|xml| around(xml, " uniqueCount=\""));
        let (before, after) = counted.ok_or_else(|| foreign("sst"))?;
        self.start(SHARED)?;
        self.write(format!("{before}{unique}{after}").as_bytes())
    }

    /// Ends it, after these texts.
    pub(super) fn finish(mut self) -> Result<()> {
        self.write(b"</sst>")?;
        self.out.finish().map_err(|e| failed(&e))?;
        Ok(())
    }
}

fn sheet(number: usize) -> String {
    format!("xl/worksheets/sheet{number}.xml")
}

/// A sheet before its second row, that row, and after it.
pub(super) fn cut(xml: &str) -> Option<(&str, &str, &str)> {
    let (head, rest) = xml.split_once("<row r=\"2\"")?;
    let (sample, tail) = rest.split_once("</row>")?;
    Some((head, sample, tail))
}

/// Styles of the cells in the row of samples.
pub(super) fn styles(sample: &str) -> Option<Styles> {
    let numbers: Option<Vec<u32>> =
        sample.split("<c ").skip(1).map(|cell| attribute(cell, "s")?.parse().ok()).collect();
    let [text, points, count, open, open_date] = numbers?.try_into().ok()?;
    Some(Styles { text, points, count, open, open_date })
}

/// The value of the first attribute of that name.
fn attribute<'x>(xml: &'x str, name: &str) -> Option<&'x str> {
    let (_, rest) = xml.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

/// What stands before and after the value of an attribute, which begins so.
fn around<'x>(xml: &'x str, attribute: &str) -> Option<(&'x str, &'x str)> {
    let start = xml.find(attribute)? + attribute.len();
    let end = start + xml.get(start..)?.find('"')?;
    Some((xml.get(..start)?, xml.get(end..)?))
}

fn failed(error: &ZipError) -> Error {
    Error::Workbook(error.to_string())
}

/// The package is not as `rust_xlsxwriter` made it when this was written.
fn foreign(what: &str) -> Error {
    Error::Workbook(format!("rust_xlsxwriter wrote no {what}"))
}

/// Where the workbook goes, and what went wrong there: the package's own errors do not say it.
pub(super) struct Noting<'a> {
    out: &'a mut dyn Write,
    failed: Option<io::Error>,
}

impl<'a> Noting<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out, failed: None }
    }

    pub(super) fn failed(self) -> Option<io::Error> {
        self.failed
    }

    /// After the first failure everything goes nowhere: a package that is given up still writes its end.
    fn note<T>(&mut self, nothing: T, call: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> io::Result<T> {
        if self.failed.is_some() {
            return Ok(nothing);
        }
        call(self.out).map_err(|e| {
            let kind = e.kind();
            self.failed = Some(e);
            kind.into()
        })
    }
}

impl Write for Noting<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.note(bytes.len(), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.note((), |out| out.flush())
    }
}

#[cfg(test)]
pub(super) fn part(package: &[u8], name: &str) -> String {
    let mut text = String::new();
    ZipArchive::new(Cursor::new(package)).unwrap().by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}
