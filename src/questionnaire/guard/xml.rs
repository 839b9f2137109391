//! A part of the package, walked through once, to its very end, under limits. The walk goes over the text where it lies and
//! copies nothing.

use std::borrow::Cow;

use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, BytesText};

use crate::diag::{Code, Diagnostic, Place};

use super::Limits;
use super::scan::{Attributes, Broken, Piece, Scanner, Tag};
use super::unpack::{Budget, Text};

/// One diagnostic that says why nothing of the file can be used.
pub(super) type Refusal = Box<Diagnostic>;

/// The diagnostic for a file that does not hold together.
pub(super) fn damaged(problem: &'static str, place: &Place) -> Refusal {
    Box::new(Diagnostic::new(Code::DamagedWorkbook, place.clone()).phrase("problem", problem))
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
fn is_telling(name: &str) -> bool {
    matches!(name, "sheetData" | "sheets" | "si" | "cellXfs" | "mergeCells")
}

/// After so many tags and pieces of text the clock is looked at.
const PACE: u32 = 1 << 12;

/// A walk through one part.
pub(super) struct Walker<'z> {
    scanner: Scanner<'z>,
    /// The tag of the element that began last.
    tag: Tag<'z>,
    /// That element has nothing in it, and ends at once.
    closes: bool,
    depth: u64,
    steps: u32,
    budget: &'z Budget<'z>,
    limits: &'z Limits,
    /// The part came in two bytes a character.
    wide: bool,
    /// What diagnostics point to.
    place: Place,
    /// The prefix of the part's own elements, with its colon; empty for none.
    prefix: String,
    namespace: String,
}

impl<'z> Walker<'z> {
    /// Begins a walk through a part that is unpacked.
    pub(super) fn new(text: &'z Text, budget: &'z Budget<'z>, place: Place) -> Result<Self, Refusal> {
        Ok(Self {
            scanner: Scanner::new(text.read(&place)?),
            tag: Tag::default(),
            closes: false,
            depth: 0,
            steps: 0,
            budget,
            limits: budget.limits,
            wide: text.wide,
            place,
            prefix: String::new(),
            namespace: String::new(),
        })
    }

    /// What of the part is still to come.
    pub(super) fn rest(&self) -> &'z str {
        self.scanner.rest()
    }

    /// Looks at the clock now and then.
    fn pace(&mut self, steps: u32) -> Result<(), Refusal> {
        self.steps += steps;
        if self.steps >= PACE {
            self.steps = 0;
            if self.budget.is_over() {
                return Err(self.reached("seconds", None));
            }
        }
        Ok(())
    }

    /// Whether that many bytes are too many for one tag or piece of text.
    fn is_long(&self, bytes: usize) -> bool {
        u64::try_from(bytes).unwrap_or(u64::MAX) > Limits::bytes(self.limits.event_mib)
    }

    /// The next tag or piece of text, held to its limit.
    fn piece(&mut self) -> Result<Piece<'z>, Refusal> {
        self.pace(1)?;
        let before = self.scanner.rest().len();
        let piece = self.scanner.next();
        if self.is_long(before.saturating_sub(self.scanner.rest().len())) {
            return Err(self.reached("event-mib", None));
        }
        piece.map_err(|Broken| self.damaged("xml-broken"))
    }

    /// Takes what comes next in one go, if it is written as every program writes it: `glance` gives what it saw, and the
    /// text after it. It may take whole elements within the current one, of at most three levels and a few tags with a few
    /// attributes, and only what going through them step by step would have taken, with the same outcome.
    #[inline]
    pub(super) fn at_a_glance<T>(
        &mut self,
        glance: impl FnOnce(&'z str) -> Option<(T, &'z str)>,
    ) -> Result<Option<T>, Refusal> {
        const LEVELS: u64 = 3;
        const STEPS: u32 = 8;
        const ATTRIBUTES: u64 = 8;
        let is_tight = self.depth.saturating_add(LEVELS) > self.limits.depth || self.limits.attributes < ATTRIBUTES;
        if self.closes || !self.prefix.is_empty() || is_tight {
            return Ok(None);
        }
        let text = self.scanner.rest();
        let Some((seen, rest)) = glance(text) else { return Ok(None) };
        if self.is_long(text.len().saturating_sub(rest.len())) {
            return Ok(None);
        }
        self.scanner.go_on(rest);
        self.pace(STEPS)?;
        Ok(Some(seen))
    }

    /// The same of the tag that an element begins with, which goes into it: `glance` gives the text after the tag.
    pub(super) fn enter_at_a_glance<T>(
        &mut self,
        name: &'static str,
        glance: impl FnOnce(&'z str) -> Option<(T, &'z str)>,
    ) -> Result<Option<T>, Refusal> {
        let seen = self.at_a_glance(glance)?;
        if seen.is_some() {
            self.scanner.enter(name);
            self.depth += 1;
        }
        Ok(seen)
    }

    /// Goes on to where an element begins or ends. Text on the way is added to `text`, if there is one.
    fn step(&mut self, mut text: Option<&mut String>) -> Result<Step, Refusal> {
        if std::mem::take(&mut self.closes) {
            self.depth = self.depth.saturating_sub(1);
            return Ok(Step::Close);
        }
        loop {
            match self.piece()? {
                Piece::Open(tag) => {
                    self.tag = tag;
                    self.closes = tag.ends;
                    self.depth += 1;
                    if self.depth > self.limits.depth {
                        return Err(self.reached("depth", None));
                    }
                    return Ok(Step::Open);
                }
                Piece::Close => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Step::Close);
                }
                Piece::End if self.depth == 0 => return Ok(Step::End),
                Piece::End => return Err(self.damaged("xml-broken")),
                Piece::Text(more) | Piece::Literal(more) => {
                    if let Some(text) = &mut text {
                        push(text, more).ok_or_else(|| self.damaged("bad-characters"))?;
                    }
                }
                Piece::Reference(name) => {
                    if let Some(text) = &mut text {
                        let resolved = match BytesRef::new(name).resolve_char_ref() {
                            Ok(Some(c)) => push_one(text, c),
                            Ok(None) => {
                                text.push_str(
                                    resolve_predefined_entity(name).ok_or_else(|| self.damaged("unknown-entity"))?,
                                );
                                Some(())
                            }
                            Err(_) => None,
                        };
                        resolved.ok_or_else(|| self.damaged("bad-characters"))?;
                    }
                }
                Piece::DocType => return Err(self.damaged("has-dtd")),
                Piece::Declaration(declaration) => {
                    let declaration = BytesDecl::from_start(BytesStart::from_content(declaration, 0));
                    let known = match declaration.encoding() {
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
                Piece::Aside => {}
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
        let prefix = self.tag.name.rsplit_once(':').map_or("", |(prefix, _)| prefix).to_owned();
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
        let attributes = self.tag.attributes;
        // Hardly any tag has the letter, and it is found faster than the word.
        if memchr::memchr(b'x', attributes.as_bytes()).is_none()
            || self.own().is_none()
            || !attributes.contains("xmlns")
        {
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

    /// The name of the element that began last, without its prefix.
    pub(super) fn local(&self) -> &'z str {
        let name = self.tag.name;
        let prefix = name.bytes().rposition(|b| b == b':').map_or(0, |colon| colon.saturating_add(1));
        name.get(prefix..).unwrap_or_default()
    }

    /// Its name, if it is of the part's own kind.
    pub(super) fn own(&self) -> Option<&'z str> {
        let name = self.tag.name;
        let local = if self.prefix.is_empty() { name } else { name.strip_prefix(self.prefix.as_str())? };
        (!local.bytes().any(|b| b == b':')).then_some(local)
    }

    /// Its attributes, as they are written.
    pub(super) fn attributes(&self, mut each: impl FnMut(&'z str, &'z str)) -> Result<(), Refusal> {
        for (count, attribute) in (1..).zip(Attributes::new(self.tag.attributes)) {
            if count > self.limits.attributes {
                return Err(self.reached("attributes", None));
            }
            let (key, value) = attribute.map_err(|Broken| self.damaged("xml-broken"))?;
            each(key, value);
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
            if self.step(None)? == Step::Open && is_telling(self.local()) {
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
                Step::Open if is_telling(self.local()) => return Err(self.damaged("two-readings")),
                Step::Open | Step::Close => {}
            }
        }
    }
}

/// A character that XML 1.0 allows.
fn is_allowed(c: char) -> bool {
    c >= ' ' && c != '\u{FFFE}' && c != '\u{FFFF}' || matches!(c, '\t' | '\n' | '\r')
}

/// Whether all characters may be there, and none is a line end of another kind. Text that may have others, at a first look,
/// is not.
pub(super) fn is_plain(text: &str) -> bool {
    // All that is forbidden beside control characters begins with 0xEF. No early way out, so that many are seen at once.
    let odd = |b: u8| b < b' ' && b != b'\n' && b != b'\t' || b == 0xEF;
    text.bytes().fold(0, |found, b| found | u8::from(odd(b))) == 0
}

/// Adds text, if all of its characters may be there.
fn push(text: &mut String, more: &str) -> Option<()> {
    if is_plain(more) {
        text.push_str(more);
        return Some(());
    }
    let more = BytesText::from_escaped(more).xml10_content();
    more.chars().all(is_allowed).then(|| text.push_str(&more))
}

fn push_one(text: &mut String, c: char) -> Option<()> {
    is_allowed(c).then(|| text.push(c))
}
