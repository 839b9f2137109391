//! A part of the package, unpacked and walked through once, to its very end, under limits.
//!
//! A part is unpacked whole, chunk by chunk under its limits, and its checksum compared, before anything of it is looked
//! at. The walk then goes over the text where it lies and copies nothing.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, BufReader, Read};
use std::time::{Duration, Instant};

use quick_xml::Reader;
use quick_xml::encoding::DecodingReader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesStart, Event};

use crate::diag::{Code, Diagnostic, Place};

use super::Limits;

/// One diagnostic that says why nothing of the file can be used.
pub(super) type Refusal = Box<Diagnostic>;

/// The diagnostic for a file that does not hold together.
pub(super) fn damaged(problem: &'static str, place: &Place) -> Refusal {
    Box::new(Diagnostic::new(Code::DamagedWorkbook, place.clone()).phrase("problem", problem))
}

/// What may still be spent on one file.
#[derive(Debug)]
pub(super) struct Budget<'l> {
    pub(super) limits: &'l Limits,
    unpacked: Cell<u64>,
    deadline: Instant,
}

impl<'l> Budget<'l> {
    pub(super) fn new(limits: &'l Limits) -> Self {
        // A year is as good as for ever, and the clock can say it.
        let seconds = limits.seconds.min(31_536_000);
        Self { limits, unpacked: Cell::new(0), deadline: Instant::now() + Duration::from_secs(seconds) }
    }

    fn is_over(&self) -> bool {
        Instant::now() >= self.deadline
    }
}

/// A limit that was met while reading, by name.
#[derive(Debug, thiserror::Error)]
#[error("the limit {0} was met")]
struct Met(&'static str);

/// Counts what is unpacked, and looks at the clock, once for each chunk.
struct Unpacked<'z, R> {
    inner: R,
    part: u64,
    budget: &'z Budget<'z>,
}

impl<R: Read> Read for Unpacked<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.budget.is_over() {
            return Err(io::Error::other(Met("seconds")));
        }
        let n = self.inner.read(out)?;
        let bytes = u64::try_from(n).unwrap_or(u64::MAX);
        self.part = self.part.saturating_add(bytes);
        let total = self.budget.unpacked.get().saturating_add(bytes);
        self.budget.unpacked.set(total);
        let limits = self.budget.limits;
        if self.part > Limits::bytes(limits.part_mib) {
            return Err(io::Error::other(Met("part-mib")));
        }
        if total > Limits::bytes(limits.unpacked_mib) {
            return Err(io::Error::other(Met("unpacked-mib")));
        }
        Ok(n)
    }
}

/// A part, unpacked. Its place in memory is used again for the next.
#[derive(Debug, Default)]
pub(super) struct Text {
    bytes: Vec<u8>,
    /// It came in two bytes a character.
    wide: bool,
}

impl Text {
    /// Unpacks a part to its very end, so that its checksum is compared.
    pub(super) fn unpack(&mut self, part: impl Read, budget: &Budget<'_>, place: &Place) -> Result<(), Refusal> {
        let mut part = Unpacked { inner: part, part: 0, budget };
        let failed = |error: io::Error| refuse_io(&error, budget.limits, place);
        self.bytes.clear();
        part.read_to_end(&mut self.bytes).map_err(failed)?;
        let head = self.bytes.as_slice();
        self.wide = matches!(head, [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, b'<', ..] | [b'<', 0, ..]);
        if self.wide {
            let wide = std::mem::take(&mut self.bytes);
            let limit = Limits::bytes(budget.limits.part_mib);
            let mut narrow = DecodingReader::new(BufReader::new(wide.as_slice())).take(limit.saturating_add(1));
            narrow.read_to_end(&mut self.bytes).map_err(|_| damaged("other-encoding", place))?;
            if u64::try_from(self.bytes.len()).unwrap_or(u64::MAX) > limit {
                return Err(budget.limits.reached("part-mib", None, place.clone()));
            }
        }
        Ok(())
    }

    /// A walk through it.
    pub(super) fn walk<'z>(&'z self, budget: &'z Budget<'z>, place: Place) -> Result<Walker<'z>, Refusal> {
        let text = std::str::from_utf8(&self.bytes).map_err(|_| damaged("other-encoding", &place))?;
        Ok(Walker {
            reader: Reader::from_str(text),
            tag: BytesStart::new(""),
            closes: false,
            depth: 0,
            steps: 0,
            budget,
            limits: budget.limits,
            wide: self.wide,
            place,
            prefix: String::new(),
            namespace: String::new(),
        })
    }
}

/// Where a walk has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// An element begins; its tag can be asked for.
    Open,
    /// The current element ends.
    Close,
    /// The part ends.
    End,
}

/// Elements that carry what people see. Where they stand within something that is passed over, such as one branch of an
/// `AlternateContent`, two programs would read two different things.
const TELLING: [&str; 5] = ["sheetData", "sheets", "si", "cellXfs", "mergeCells"];

/// After so many tags and pieces of text the clock is looked at.
const PACE: u32 = 1 << 12;

/// A walk through one part.
pub(super) struct Walker<'z> {
    reader: Reader<&'z [u8]>,
    /// The tag of the element that began last.
    tag: BytesStart<'z>,
    /// That element has nothing in it, and ends at once.
    closes: bool,
    depth: u64,
    steps: u32,
    budget: &'z Budget<'z>,
    limits: &'z Limits,
    wide: bool,
    /// What diagnostics point to.
    place: Place,
    /// The prefix of the part's own elements, with its colon; empty for none.
    prefix: String,
    namespace: String,
}

impl<'z> Walker<'z> {
    /// The next tag or piece of text, held to its limit.
    fn event(&mut self) -> Result<Event<'z>, Refusal> {
        self.steps = self.steps.wrapping_add(1);
        if self.steps.is_multiple_of(PACE) && self.budget.is_over() {
            return Err(self.reached("seconds", None));
        }
        let before = self.reader.buffer_position();
        let event = self.reader.read_event();
        if self.reader.buffer_position().saturating_sub(before) > Limits::bytes(self.limits.event_mib) {
            return Err(self.reached("event-mib", None));
        }
        event.map_err(|error| match error {
            quick_xml::Error::Encoding(_) => self.damaged("other-encoding"),
            _ => self.damaged("xml-broken"),
        })
    }

    /// Goes on to where an element begins or ends. Text on the way is added to `text`, if there is one.
    fn step(&mut self, mut text: Option<&mut String>) -> Result<Step, Refusal> {
        if std::mem::take(&mut self.closes) {
            self.depth = self.depth.saturating_sub(1);
            return Ok(Step::Close);
        }
        loop {
            match self.event()? {
                event @ (Event::Start(_) | Event::Empty(_)) => {
                    self.closes = matches!(event, Event::Empty(_));
                    if let Event::Start(tag) | Event::Empty(tag) = event {
                        self.tag = tag;
                    }
                    self.depth += 1;
                    if self.depth > self.limits.depth {
                        return Err(self.reached("depth", None));
                    }
                    return Ok(Step::Open);
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Step::Close);
                }
                Event::Eof if self.depth == 0 => return Ok(Step::End),
                Event::Eof => return Err(self.damaged("xml-broken")),
                Event::Text(t) => {
                    if let Some(text) = &mut text {
                        push(text, &t.xml10_content()).ok_or_else(|| damaged("bad-characters", &self.place))?;
                    }
                }
                Event::CData(t) => {
                    if let Some(text) = &mut text {
                        push(text, &t.xml10_content()).ok_or_else(|| damaged("bad-characters", &self.place))?;
                    }
                }
                Event::GeneralRef(reference) => {
                    if let Some(text) = &mut text {
                        let unknown = || damaged("unknown-entity", &self.place);
                        let resolved = match reference.resolve_char_ref() {
                            Ok(Some(c)) => push(text, c.encode_utf8(&mut [0; 4])),
                            Ok(None) => push(text, resolve_predefined_entity(&reference).ok_or_else(unknown)?),
                            Err(_) => None,
                        };
                        resolved.ok_or_else(|| damaged("bad-characters", &self.place))?;
                    }
                }
                Event::DocType(_) => return Err(self.damaged("has-dtd")),
                Event::Decl(decl) => {
                    let known = match decl.encoding() {
                        None => true,
                        Some(Ok(name)) => match name.to_ascii_lowercase().as_str() {
                            "utf-8" | "utf8" | "us-ascii" => !self.wide,
                            "utf-16" | "utf-16le" | "utf-16be" => self.wide,
                            _ => false,
                        },
                        Some(Err(_)) => false,
                    };
                    if !known {
                        return Err(self.damaged("other-encoding"));
                    }
                }
                Event::Comment(_) | Event::PI(_) => {}
            }
        }
    }

    /// A refusal at the walk's place.
    pub(super) fn damaged(&self, problem: &'static str) -> Refusal {
        damaged(problem, &self.place)
    }

    /// A limit that was met, at the walk's place.
    pub(super) fn reached(&self, name: &'static str, found: Option<u64>) -> Refusal {
        self.limits.reached(name, found, self.place.clone())
    }

    /// Enters the part: its first element has this name, in one of these namespaces.
    pub(super) fn enter(&mut self, name: &str, namespaces: &[&str]) -> Result<(), Refusal> {
        if self.step(None)? != Step::Open {
            return Err(self.damaged("part-empty"));
        }
        let prefix = self.full_name().rsplit_once(':').map_or("", |(prefix, _)| prefix).to_owned();
        let declaration = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
        let mut namespace = String::new();
        self.attributes(|key, value| {
            if key == declaration {
                value.clone_into(&mut namespace);
            }
        })?;
        if self.local() != name || !namespaces.contains(&namespace.as_str()) {
            return Err(self.damaged("not-a-spreadsheet"));
        }
        if !prefix.is_empty() {
            self.prefix = prefix + ":";
        }
        self.namespace = namespace;
        Ok(())
    }

    /// Goes on to the next element within the current one; `false` where the current one ends.
    pub(super) fn child(&mut self) -> Result<bool, Refusal> {
        match self.step(None)? {
            Step::Open => {
                self.check_namespace()?;
                Ok(true)
            }
            Step::Close => Ok(false),
            Step::End => Err(self.damaged("xml-broken")),
        }
    }

    /// An element of the part's own kind that binds its prefix to something else is none.
    fn check_namespace(&self) -> Result<(), Refusal> {
        // Hardly any tag has the letter, and it is found faster than the word.
        if !self.tag.as_bytes().contains(&b'x') || self.own().is_none() || !self.tag.contains("xmlns") {
            return Ok(());
        }
        let declaration = match self.prefix.strip_suffix(':') {
            Some(prefix) => format!("xmlns:{prefix}"),
            None => "xmlns".to_owned(),
        };
        let mut other = false;
        self.attributes(|key, value| other |= key == declaration && value != self.namespace)?;
        if other { Err(self.damaged("not-a-spreadsheet")) } else { Ok(()) }
    }

    fn full_name(&self) -> &str {
        self.tag.name().into_inner()
    }

    /// The name of the element that began last, without its prefix.
    pub(super) fn local(&self) -> &str {
        let name = self.full_name();
        name.rsplit_once(':').map_or(name, |(_, local)| local)
    }

    /// Its name, if it is of the part's own kind.
    pub(super) fn own(&self) -> Option<&str> {
        let name = self.full_name();
        let local = if self.prefix.is_empty() { name } else { name.strip_prefix(self.prefix.as_str())? };
        (!local.as_bytes().contains(&b':')).then_some(local)
    }

    /// All of its attributes, as they are written.
    pub(super) fn attribute_text(&self) -> &str {
        self.tag.attributes_raw()
    }

    /// Its attributes, as they are written.
    pub(super) fn attributes(&self, mut each: impl FnMut(&str, &str)) -> Result<(), Refusal> {
        let mut count = 0;
        for attribute in self.tag.attributes() {
            count += 1;
            if count > self.limits.attributes {
                return Err(self.reached("attributes", None));
            }
            let attribute = attribute.map_err(|_| self.damaged("xml-broken"))?;
            each(attribute.key.as_ref(), &attribute.value);
        }
        Ok(())
    }

    /// What an attribute says, references resolved.
    pub(super) fn value<'v>(&self, raw: &'v str) -> Result<Cow<'v, str>, Refusal> {
        let value = if raw.contains('&') {
            Cow::Owned(unescape(raw).map_err(|_| self.damaged("unknown-entity"))?.into_owned())
        } else {
            Cow::Borrowed(raw)
        };
        if value.chars().all(is_allowed) { Ok(value) } else { Err(self.damaged("bad-characters")) }
    }

    /// Passes over the rest of the element that began last.
    pub(super) fn skip(&mut self) -> Result<(), Refusal> {
        let end = self.depth.saturating_sub(1);
        while self.depth > end {
            if self.step(None)? == Step::Open && TELLING.contains(&self.local()) {
                return Err(self.damaged("two-readings"));
            }
        }
        Ok(())
    }

    /// Adds the text of the element that began last, which has no elements in it.
    pub(super) fn text(&mut self, out: &mut String) -> Result<(), Refusal> {
        match self.step(Some(out))? {
            Step::Close => Ok(()),
            Step::Open | Step::End => Err(self.damaged("xml-broken")),
        }
    }

    /// Goes on to the end of the part.
    pub(super) fn finish(mut self) -> Result<(), Refusal> {
        loop {
            match self.step(None)? {
                Step::End => return Ok(()),
                // A second root.
                Step::Open if self.depth == 1 => return Err(self.damaged("xml-broken")),
                Step::Open if TELLING.contains(&self.local()) => return Err(self.damaged("two-readings")),
                Step::Open | Step::Close => {}
            }
        }
    }
}

/// A character that XML 1.0 allows.
fn is_allowed(c: char) -> bool {
    c >= ' ' && c != '\u{FFFE}' && c != '\u{FFFF}' || matches!(c, '\t' | '\n' | '\r')
}

/// Adds text, if all of its characters may be there.
fn push(text: &mut String, more: &str) -> Option<()> {
    let plain = more.bytes().all(|b| (0x20..0x7F).contains(&b));
    if plain || more.chars().all(is_allowed) {
        text.push_str(more);
        return Some(());
    }
    None
}

fn refuse_io(error: &io::Error, limits: &Limits, place: &Place) -> Refusal {
    match error.get_ref().and_then(|e| e.downcast_ref::<Met>()) {
        Some(Met(name)) => limits.reached(name, None, place.clone()),
        None => damaged("checksum", place),
    }
}
