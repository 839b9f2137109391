//! A page of ours taken apart again: headings, paragraphs, lists and tables, for formats that people edit or print.
//!
//! The other formats are made from the page itself. So they say all that it says, in its words, also where somebody has a
//! template of their own. What is there for the screen only is left out: styles, contents lists, links to jump with; a
//! drawing is taken with its description. The only user of html5gum.

use std::fmt::Write as _;

use html5gum::{StartTag, Token, Tokenizer};
use serde::Serialize;

/// A page, taken apart.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Document {
    /// Tag of its language.
    pub(super) lang: String,
    /// Its title.
    pub(super) title: String,
    /// What it consists of, in order.
    pub(super) blocks: Vec<Block>,
}

/// A part of a page that stands on lines of its own.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Block {
    /// A heading of level 1 to 6.
    Heading { level: usize, text: Runs },
    /// A paragraph.
    Paragraph { text: Runs },
    /// An item of a list, with its number where the list has numbers. The outermost list has level 1.
    Item { level: usize, number: Option<usize>, text: Runs },
    /// Words of somebody else.
    Quote { text: Runs },
    /// A table. All rows are of one length.
    Table { caption: Runs, head: Vec<Runs>, rows: Vec<Vec<Runs>> },
}

/// Text in runs of one weight each.
pub(super) type Runs = Vec<Run>;

/// A run of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Run {
    pub(super) text: String,
    /// It is set off from what is around it.
    pub(super) strong: bool,
    /// The text describes this drawing, an SVG file of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) drawing: Option<String>,
}

impl Run {
    fn of(text: impl Into<String>, strong: bool) -> Self {
        Self { text: text.into(), strong, drawing: None }
    }
}

impl Document {
    /// Takes a page apart.
    pub(super) fn of(page: &str) -> Self {
        let mut reader = Reader::default();
        for token in Tokenizer::new(page) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => reader.start(&tag),
                Token::EndTag(tag) => reader.end(&String::from_utf8_lossy(&tag.name)),
                Token::String(text) => reader.text(&String::from_utf8_lossy(&text)),
                _ => {}
            }
        }
        reader.flush();
        reader.document
    }
}

/// Elements without an end.
const VOID: [&str; 8] = ["br", "wbr", "meta", "link", "img", "input", "col", "hr"];
/// Elements of which nothing is taken.
const UNSEEN: [&str; 4] = ["style", "script", "template", "nav"];
/// Classes of what is on the screen only.
const SCREEN: [&str; 3] = ["skip", "tools", "screen"];
/// What stands between things that are below each other in a cell or in an item of a list.
const BETWEEN: &str = " · ";

#[derive(Default)]
struct Reader {
    document: Document,
    runs: Runs,
    strong: usize,
    /// Within an element of which nothing is taken: its name, and how often it is open.
    unseen: Option<(String, usize)>,
    /// A drawing so far; its description so far; and whether we are within the description.
    drawing: Option<String>,
    description: String,
    described: bool,
    in_title: bool,
    /// The next number of each open list; `None` for one without numbers.
    lists: Vec<Option<usize>>,
    quote: usize,
    table: Option<Table>,
}

#[derive(Default)]
struct Table {
    caption: Runs,
    head: Vec<Runs>,
    rows: Vec<Vec<Runs>>,
    in_head: bool,
    in_cell: bool,
    span: usize,
}

impl Reader {
    fn start(&mut self, tag: &StartTag<()>) {
        let name = String::from_utf8_lossy(&tag.name).into_owned();
        let attribute = |name: &str| {
            let value = tag.attributes.iter().find(|(n, _)| n.as_slice() == name.as_bytes());
            value.map(|(_, v)| String::from_utf8_lossy(v).into_owned())
        };
        if let Some((open, depth)) = &mut self.unseen {
            *depth += usize::from(*open == name && !tag.self_closing);
            return;
        }
        let classes = attribute("class").unwrap_or_default();
        let has = |class: &str| classes.split_whitespace().any(|c| c == class);
        let hidden = attribute("hidden").is_some() || attribute("aria-hidden").is_some_and(|v| v == "true");
        if !VOID.contains(&name.as_str())
            && (UNSEEN.contains(&name.as_str()) || hidden || SCREEN.iter().any(|class| has(class)))
        {
            if !tag.self_closing {
                self.unseen = Some((name, 1));
            }
            return;
        }
        if let Some(drawing) = &mut self.drawing {
            self.described = name == "desc";
            open_tag(drawing, &name, tag);
            return;
        }
        match name.as_str() {
            "html" => self.document.lang = attribute("lang").unwrap_or_default(),
            "title" => self.in_title = true,
            "svg" => {
                self.apart();
                self.description = attribute("aria-label").unwrap_or_default();
                let mut drawing = String::new();
                open_tag(&mut drawing, &name, tag);
                self.drawing = Some(drawing);
            }
            "br" => self.apart_within(),
            "strong" | "b" | "dt" | "summary" => {
                if matches!(name.as_str(), "dt" | "summary") {
                    self.apart();
                }
                self.strong += 1;
            }
            "q" => self.text(self.marks().0),
            "ul" | "ol" => {
                self.apart();
                self.lists.push((name == "ol").then_some(1));
            }
            "blockquote" => {
                self.apart();
                self.quote += 1;
            }
            "table" => {
                self.flush();
                self.table = Some(Table::default());
            }
            "tr" => {
                if let Some(table) = self.table.as_mut().filter(|t| !t.in_head) {
                    table.rows.push(Vec::new());
                }
            }
            "thead" => self.table.iter_mut().for_each(|t| t.in_head = true),
            "td" | "th" => {
                self.runs.clear();
                if let Some(table) = &mut self.table {
                    table.in_cell = true;
                    table.span = attribute("colspan").and_then(|n| n.parse().ok()).unwrap_or(1);
                }
            }
            _ if is_block(&name) => self.apart(),
            _ if (name == "small" || has("note")) && !self.runs.is_empty() => self.apart_within(),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        if let Some((open, depth)) = &mut self.unseen {
            if open == name {
                *depth -= 1;
                if *depth == 0 {
                    self.unseen = None;
                }
            }
            return;
        }
        if let Some(drawing) = &mut self.drawing {
            self.described = false;
            let _ = write!(drawing, "</{name}>");
            if name == "svg" {
                let (text, drawing) = (std::mem::take(&mut self.description), self.drawing.take());
                self.runs.push(Run { text: text.trim().to_owned(), strong: false, drawing });
                self.apart();
            }
            return;
        }
        match name {
            "title" => self.in_title = false,
            "strong" | "b" => self.strong = self.strong.saturating_sub(1),
            "summary" => {
                self.apart();
                self.strong = self.strong.saturating_sub(1);
            }
            "dt" => {
                self.text(": ");
                self.strong = self.strong.saturating_sub(1);
            }
            "dd" => {
                let text = self.take();
                self.push(Block::Item { level: 1, number: None, text });
            }
            "q" => self.text(self.marks().1),
            "li" => self.item(),
            "ul" | "ol" => {
                self.apart();
                self.lists.pop();
            }
            "blockquote" => {
                self.apart();
                self.quote = self.quote.saturating_sub(1);
            }
            "caption" => {
                let text = self.take();
                self.table.iter_mut().for_each(|t| t.caption.clone_from(&text));
            }
            "thead" => self.table.iter_mut().for_each(|t| t.in_head = false),
            "td" | "th" => {
                let cell = self.take();
                if let Some(table) = &mut self.table {
                    table.add(cell);
                }
            }
            "table" => {
                if let Some(table) = self.table.take() {
                    self.document.blocks.push(table.block());
                }
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let (level, text) = (usize::from(name.as_bytes()[1] - b'0'), self.take());
                self.push(Block::Heading { level, text });
            }
            _ if is_block(name) => self.apart(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.unseen.is_some() {
            return;
        }
        if let Some(drawing) = &mut self.drawing {
            drawing.push_str(&escaped(text));
            if self.described {
                self.description.push_str(text);
            }
            return;
        }
        if self.in_title {
            self.document.title.push_str(text);
            return;
        }
        let strong = self.strong > 0;
        for c in text.chars() {
            let blank = matches!(c, ' ' | '\n' | '\t' | '\r' | '\u{c}');
            let after_blank = self.runs.last().is_none_or(|r| r.text.ends_with(' '));
            if blank && after_blank {
                continue;
            }
            let c = if blank { ' ' } else { c };
            match self.runs.last_mut() {
                Some(run) if run.strong == strong && run.drawing.is_none() => run.text.push(c),
                _ => self.runs.push(Run::of(c, strong)),
            }
        }
    }

    /// Marks of a quotation, as the language writes them.
    fn marks(&self) -> (&'static str, &'static str) {
        match self.document.lang.as_str() {
            "da" => ("»", "«"),
            "nb" => ("«", "»"),
            "sv" | "fi" => ("”", "”"),
            "is" => ("„", "“"),
            _ => ("“", "”"),
        }
    }

    /// Ends what was begun, or sets it off where it must stay together: in a cell, or in an item of a list.
    fn apart(&mut self) {
        if self.table.is_some() || !self.lists.is_empty() { self.apart_within() } else { self.flush() }
    }

    fn apart_within(&mut self) {
        let ends = |r: &Run| r.text.ends_with(BETWEEN);
        if let Some(last) = self.runs.last_mut().filter(|r| !r.text.trim().is_empty() && !ends(r)) {
            last.text.truncate(last.text.trim_end().len());
            self.runs.push(Run::of(BETWEEN, false));
        }
    }

    fn flush(&mut self) {
        let text = self.take();
        self.push(if self.quote > 0 { Block::Quote { text } } else { Block::Paragraph { text } });
    }

    fn item(&mut self) {
        // A list within a cell stays in the cell.
        if self.table.is_some() {
            return self.apart_within();
        }
        let text = self.take();
        let number = self.lists.last().copied().flatten();
        if let Some(next) = self.lists.last_mut().and_then(Option::as_mut) {
            *next += 1;
        }
        self.push(Block::Item { level: self.lists.len().max(1), number, text });
    }

    /// The runs so far, without blanks and marks at their ends.
    fn take(&mut self) -> Runs {
        let mut runs = std::mem::take(&mut self.runs);
        while let Some(last) = runs.last_mut() {
            last.text.truncate(last.text.trim_end_matches(BETWEEN).trim_end().len());
            if !last.text.is_empty() {
                break;
            }
            runs.pop();
        }
        if let Some(first) = runs.first_mut() {
            first.text = first.text.trim_start().to_owned();
        }
        runs.retain(|r| !r.text.is_empty());
        runs
    }

    fn push(&mut self, block: Block) {
        let empty = match &block {
            Block::Heading { text, .. }
            | Block::Paragraph { text }
            | Block::Item { text, .. }
            | Block::Quote { text } => text.is_empty(),
            Block::Table { .. } => false,
        };
        if !empty {
            self.document.blocks.push(block);
        }
    }
}

impl Table {
    fn add(&mut self, cell: Runs) {
        self.in_cell = false;
        let row = if self.in_head { Some(&mut self.head) } else { self.rows.last_mut() };
        if let Some(row) = row {
            row.push(cell);
            // No table of ours is wider.
            row.extend((1..self.span.min(32)).map(|_| Runs::new()));
        }
    }

    fn block(mut self) -> Block {
        self.rows.retain(|row| !row.is_empty());
        let width = self.rows.iter().map(Vec::len).max().unwrap_or(0).max(self.head.len());
        for row in self.rows.iter_mut().chain((!self.head.is_empty()).then_some(&mut self.head)) {
            row.resize(width, Runs::new());
        }
        Block::Table { caption: self.caption, head: self.head, rows: self.rows }
    }
}

/// Attributes of drawings whose names have capitals; in pages they may be written in any way.
const CAPITALS: [&str; 2] = ["viewBox", "preserveAspectRatio"];

/// Begins an element of a drawing, as a file of its own wants it.
fn open_tag(out: &mut String, name: &str, tag: &StartTag<()>) {
    let _ = write!(out, "<{name}");
    if name == "svg" {
        out.push_str(" xmlns=\"http://www.w3.org/2000/svg\"");
    }
    for (attribute, value) in &tag.attributes {
        let attribute = String::from_utf8_lossy(attribute);
        let attribute = CAPITALS.into_iter().find(|c| c.eq_ignore_ascii_case(&attribute)).unwrap_or(&attribute);
        if attribute != "xmlns" {
            let _ = write!(out, " {attribute}=\"{}\"", escaped(&String::from_utf8_lossy(value)));
        }
    }
    out.push_str(if tag.self_closing { "/>" } else { ">" });
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "section"
            | "header"
            | "footer"
            | "main"
            | "article"
            | "aside"
            | "figure"
            | "figcaption"
            | "details"
            | "dl"
            | "li"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
    )
}

/// The text of runs, whatever their weight.
#[cfg(test)]
pub(super) fn plain(runs: &[Run]) -> String {
    runs.iter().map(|r| r.text.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(page: &str) -> Vec<String> {
        let shown = |block: &Block| match block {
            Block::Heading { level, text } => format!("h{level} {}", plain(text)),
            Block::Paragraph { text } => format!("p {}", plain(text)),
            Block::Item { level, number, text } => format!("li{level} {number:?} {}", plain(text)),
            Block::Quote { text } => format!("q {}", plain(text)),
            Block::Table { caption, head, rows } => {
                let line = |row: &Vec<Runs>| row.iter().map(|c| plain(c)).collect::<Vec<_>>().join("|");
                let rows: Vec<String> = rows.iter().map(line).collect();
                format!("table {} / {} / {}", plain(caption), line(head), rows.join(" / "))
            }
        };
        Document::of(page).blocks.iter().map(shown).collect()
    }

    #[test]
    fn a_page_is_taken_apart() {
        let page = "<html lang=da><head><title>A &amp; B</title><style>p { x: y }</style></head><body>\
            <a class=skip href=#m>skip</a><h1> <bdi>A</bdi>\n  b</h1><p>one <strong>two</strong><br>three</p>\
            <nav><ol><li>no</li></ol></nav><p hidden>no</p>\
            <ul><li>x<small>y</small></li><li><p>z</p></li></ul><ol><li>i</li><li>j</li></ol>\
            <dl><dt>k</dt><dd>v <q>&lt;b&gt;</q></dd></dl><blockquote><p>said</p></blockquote>\
            <svg role=img><title>t</title><desc>drawn</desc><text>9</text></svg>tail</body></html>";
        let document = Document::of(page);
        assert_eq!((document.lang.as_str(), document.title.as_str()), ("da", "A & B"));
        assert_eq!(
            told(page),
            [
                "h1 A b",
                "p one two · three",
                "li1 None x · y",
                "li1 None z",
                "li1 Some(1) i",
                "li1 Some(2) j",
                "li1 None k: v »<b>«",
                "q said",
                "p drawn",
                "p tail",
            ]
        );
        let Block::Paragraph { text } = &document.blocks[1] else { panic!("{:?}", document.blocks) };
        assert_eq!(text.iter().map(|r| r.strong).collect::<Vec<_>>(), [false, true, false]);
    }

    #[test]
    fn a_drawing_may_be_described_in_one_attribute() {
        let page = "<table><tr><th>a</th><td><svg role=img aria-label='22 of 30'><rect x=1 /></svg></td></tr></table>";
        assert_eq!(told(page), ["table  /  / a|22 of 30"]);
    }

    #[test]
    fn a_drawing_is_a_file_of_its_own() {
        let page = "<svg viewbox='0 0 9 9' role=img><title>t</title><desc>a &lt; b</desc><rect x=1 /></svg>";
        let document = Document::of(page);
        let [Block::Paragraph { text }] = document.blocks.as_slice() else { panic!("{:?}", document.blocks) };
        assert_eq!(text[0].text, "a < b");
        assert_eq!(
            text[0].drawing.as_deref().unwrap(),
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 9 9\"><title>t</title>\
             <desc>a &lt; b</desc><rect x=\"1\"/></svg>"
        );
    }

    #[test]
    fn tables_are_of_one_width() {
        let page = "<table><caption>c <span class=note>d</span></caption><thead><tr><th>a<th>b</th></tr></thead><tbody>\
            <tr><th>1</th><td><ul><li>x</li><li>y</li></ul></td></tr><tr><td></td></tr></tbody>\
            <tfoot><tr><td colspan=2>sum</td></tr></tfoot></table>";
        let closed = page.replace("<th>a<th>", "<th>a</th><th>");
        assert_eq!(told(&closed), ["table c · d / a|b / 1|x · y / | / sum|"]);
    }
}
