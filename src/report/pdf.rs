//! A page as a PDF that can be read aloud: tagged, with its language, its fonts, page numbers, and table headers on every
//! page. The only user of typst.
//!
//! The page, taken apart, goes in as data, never as source; how it is set stands in `pdf/page.typ`. What is set can reach
//! nothing else: no file, no network, no clock. typst itself holds the result against PDF/UA-1.

use serde::Serialize;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::document::{Block, Document, Run, Runs};
use crate::error::{Error, Result};

const SOURCE: &str = include_str!("pdf/page.typ");
/// The one family that is used; it has all letters of the six languages.
const FAMILY: &str = "Libertinus Serif";
/// What stands for a letter that the font lacks; pages have it.
const LACKING: char = '\u{FFFD}';

/// Sets pages. Made once, used for many.
pub(super) struct Press {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: Source,
    data: FileId,
}

/// A page on the press.
struct Sheet<'p> {
    press: &'p Press,
    data: Bytes,
}

#[derive(Serialize)]
struct Page<'d> {
    lang: &'d str,
    title: &'d str,
    blocks: Vec<Part<'d>>,
}

/// Blocks, with the items of a list together.
#[derive(Serialize)]
#[serde(untagged)]
enum Part<'d> {
    Block(&'d Block),
    List { kind: &'static str, numbered: bool, items: Vec<&'d Runs> },
}

impl Press {
    pub(super) fn new() -> Result<Self> {
        let fonts = typst_assets::fonts().flat_map(|data| Font::iter(Bytes::new(data)));
        let fonts: Vec<Font> = fonts.filter(|font| font.info().family == FAMILY).collect();
        let id = |name: &str| VirtualPath::new(name).map(|path| RootedPath::new(VirtualRoot::Project, path).intern());
        let (Ok(main), Ok(data)) = (id("page.typ"), id("page.json")) else { return Err(failed("no such names")) };
        Ok(Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            main: Source::new(main, SOURCE.to_owned()),
            data,
        })
    }

    /// The bytes of the PDF of a page. The same page gives the same bytes.
    pub(super) fn set(&self, mut document: Document) -> Result<Vec<u8>> {
        self.cover(&mut document);
        nest(&mut document.blocks);
        let page = Page { lang: &document.lang, title: &document.title, blocks: parts(&document.blocks) };
        let sheet = Sheet { press: self, data: Bytes::new(serde_json::to_vec(&page)?) };
        let set = typst::compile::<PagedDocument>(&sheet).output.map_err(|e| told(&e))?;
        let standards = PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|e| failed(e.message()))?;
        let creator = Smart::Custom(Some(concat!("lygte ", env!("CARGO_PKG_VERSION")).to_owned()));
        let options = PdfOptions { standards, creator, ..PdfOptions::default() };
        let bytes = typst_pdf::pdf(&set, &options).map_err(|e| told(&e));
        // What was laid out is of no use to the next page.
        typst::comemo::evict(1);
        bytes
    }

    /// Letters that the font lacks would make a PDF that cannot be read aloud, and a word that is wider than its line would
    /// run over the edge.
    fn cover(&self, document: &mut Document) {
        let has = |c: char| c == ' ' || self.fonts.first().is_some_and(|f| f.info().coverage.contains(c.into()));
        let cover = |text: &mut String| {
            if !text.chars().all(has) {
                *text = text.chars().map(|c| if has(c) { c } else { LACKING }).collect();
            }
            if let Some(broken) = broken(text) {
                *text = broken;
            }
        };
        cover(&mut document.title);
        for block in &mut document.blocks {
            let texts: Vec<&mut Run> = match block {
                Block::Heading { text, .. }
                | Block::Paragraph { text }
                | Block::Item { text, .. }
                | Block::Quote { text } => text.iter_mut().collect(),
                Block::Table { caption, head, rows } => {
                    let cells = rows.iter_mut().flatten().chain(head);
                    cells.flatten().chain(caption).collect()
                }
            };
            for run in texts {
                cover(&mut run.text);
            }
        }
    }
}

/// Text with places to break within words that are longer than any in a language.
fn broken(text: &str) -> Option<String> {
    const LONGEST: usize = 40;
    const PIECE: usize = 12;
    let ends = |c: char| c.is_whitespace() || matches!(c, '-' | '/');
    if text.split(ends).all(|word| word.chars().count() <= LONGEST) {
        return None;
    }
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    for word in text.split_inclusive(ends) {
        let is_long = word.chars().count() > LONGEST;
        for (at, c) in word.chars().enumerate() {
            if is_long && at > 0 && at % PIECE == 0 {
                out.push('\u{200B}');
            }
            out.push(c);
        }
    }
    Some(out)
}

/// Headings without a step left out, which PDF/UA does not allow, whatever somebody's own template has.
fn nest(blocks: &mut [Block]) {
    let mut above = 0;
    for block in blocks {
        if let Block::Heading { level, .. } = block {
            *level = (*level).min(above + 1);
            above = *level;
        }
    }
}

fn parts(blocks: &[Block]) -> Vec<Part<'_>> {
    let mut out: Vec<Part<'_>> = Vec::new();
    for block in blocks {
        let Block::Item { number, text, .. } = block else {
            out.push(Part::Block(block));
            continue;
        };
        match out.last_mut() {
            Some(Part::List { numbered, items, .. }) if *numbered == number.is_some() && *number != Some(1) => {
                items.push(text);
            }
            _ => out.push(Part::List { kind: "list", numbered: number.is_some(), items: vec![text] }),
        }
    }
    out
}

impl World for Sheet<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.press.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.press.book
    }

    fn main(&self) -> FileId {
        self.press.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.press.main.id() { Ok(self.press.main.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == self.press.data { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.press.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn told(errors: &[SourceDiagnostic]) -> Error {
    let messages: Vec<&str> = errors.iter().map(|e| e.message.as_str()).collect();
    failed(&messages.join("\n"))
}

fn failed(message: &str) -> Error {
    Error::Template { template: "page.typ".to_owned(), message: message.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pdf(page: &str) -> Vec<u8> {
        Press::new().unwrap().set(Document::of(page)).unwrap()
    }

    #[test]
    fn a_page_is_set_tagged_and_the_same_each_time() {
        let page = "<html lang=da><head><title>Æble</title></head><h1>Ærø ÅÖ đŋŧ ðþ</h1><p>a <strong>b</strong></p>\
            <ol><li>x</li><li>y</li></ol><table><caption>c</caption><thead><tr><th>h</th></tr></thead>\
            <tbody><tr><td>1</td></tr></tbody></table><table><tbody><tr><td></td></tr></tbody></table>";
        let bytes = pdf(page);
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.starts_with("%PDF-1.7") && text.contains("/StructTreeRoot") && text.contains("/Lang"));
        assert!(text.contains("pdfuaid:part"), "it claims PDF/UA");
        assert_eq!(bytes, pdf(page));
    }

    #[test]
    fn a_page_with_drawings_and_with_headings_out_of_step_is_set() {
        let page = "<html lang=en><title>t</title><h2>a</h2><h4>b</h4><p><svg viewBox=\"0 0 9 9\"><desc>d</desc>\
            <rect width=9 height=9 /><text y=5>Æ</text></svg></p><table><tr><td><svg viewBox=\"0 0 9 1\"><desc>e</desc></svg></td></tr></table>";
        let with = pdf(page);
        assert!(String::from_utf8_lossy(&with).contains("/Figure"), "{}", String::from_utf8_lossy(&with));
    }

    #[test]
    fn only_what_is_longer_than_a_word_is_broken() {
        assert_eq!(broken("Menschenhandelsbekämpfungsbehörden and 2026-11-26"), None);
        let long = broken(&format!("a {} b", "N".repeat(300))).unwrap();
        assert_eq!(long.replace('\u{200B}', ""), format!("a {} b", "N".repeat(300)));
        assert!(long.split(['\u{200B}', ' ']).all(|piece| piece.len() <= 12));
    }

    /// Neither source nor letters that the font lacks.
    #[test]
    fn text_is_text() {
        for text in
            ["#eval(\"1\")", "$x$ *b* _i_ `c` @ref \\ // https://x.example", "😀 東京 \u{202e}", "[#include \"x\"]"]
        {
            assert!(!pdf(&format!("<html lang=en><title>{text}</title><h1>{text}</h1><p>{text}</p>")).is_empty());
        }
    }
}
