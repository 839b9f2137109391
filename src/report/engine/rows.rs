//! Pages, and rows of their tables, that look alike.
//!
//! Which of its fields there are decides what a row looks like; what they say only fills it. So a template is asked once for
//! each such shape, with a gap wherever it prints a text, and every row of that shape is the gaps filled; and likewise a
//! page, in which long tables are gaps as well, and so are blocks that look one way or the other whatever the rest of it
//! looks like: else there would be a shape for each way in which these go together. This holds of our own templates, which
//! print texts and test whether they are there; what they compare is a unit variant, and part of the shape, and words that
//! depend on a number are put in order before. In debug builds each row and each page is held against the template itself.

use std::cell::Cell;
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde::ser::{Impossible, Serialize, SerializeSeq, SerializeStruct, SerializeTuple, Serializer};
use tera::{Map, Value};

use crate::error::Result;
use crate::model::{Lang, push_digits};

/// Rows of a table, one by one, or what a block is made of; where they are put into the page when it is made, it is given
/// what stands for them.
pub(in crate::report) struct Rows<T> {
    rows: T,
    /// Which of the places of the page.
    pub(super) made: Cell<Option<usize>>,
}

impl<T> From<T> for Rows<T> {
    fn from(rows: T) -> Self {
        Self { rows, made: Cell::new(None) }
    }
}

impl<T> Rows<T> {
    /// Whether they are not put into a page.
    pub(in crate::report) fn is_apart(&self) -> bool {
        self.made.get().is_none()
    }
}

impl<T> Deref for Rows<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.rows
    }
}

impl<T: Serialize> Serialize for Rows<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self.made.get() {
            Some(n) => serializer.serialize_newtype_struct(PLACE, &n),
            None => self.rows.serialize(serializer),
        }
    }
}

/// A machine code that templates compare: like a unit variant it is part of the shape.
pub(in crate::report) fn code<S: Serializer>(
    code: &&'static str,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_unit_variant("Code", 0, code)
}

/// Name of what stands for HTML that is put into a page: its number.
pub(super) const PLACE: &str = "lygte place";

/// Before and after the number of a gap. What the filter `breakable` does to the latter tells where a line may break.
const GAP: (char, char) = ('\u{FDD0}', '!');
const BREAK: &str = "<wbr>";

/// What a row looks like: HTML with gaps.
pub(super) struct Form {
    html: String,
    gaps: Vec<Gap>,
    /// As long as the longest that was made of it.
    length: AtomicUsize,
}

/// A gap: where it is, which part goes there, and whether a line may break in it.
struct Gap {
    at: usize,
    part: usize,
    breaks: bool,
}

impl Form {
    /// From what a template made of a row with gaps.
    pub(super) fn of(made: &str) -> Option<Self> {
        let mut pieces = made.split(GAP.0);
        let mut form = Self { html: pieces.next()?.to_owned(), gaps: Vec::new(), length: AtomicUsize::new(0) };
        for piece in pieces {
            let (part, rest) = piece.split_once(GAP.1)?;
            let (part, after) = (part.parse().ok()?, rest.strip_prefix(BREAK));
            form.gaps.push(Gap { at: form.html.len(), part, breaks: after.is_some() });
            form.html.push_str(after.unwrap_or(rest));
        }
        Some(form)
    }

    /// How much memory it takes.
    pub(super) fn size(&self) -> usize {
        self.html.len() + size_of_val(&*self.gaps)
    }

    /// The row whose parts begin there, and in its places what `put` puts there.
    pub(super) fn fill(
        &self,
        rows: &Apart,
        first: usize,
        put: impl Fn(usize, &mut String) -> Result<()>,
        out: &mut String,
    ) -> Result<()> {
        let mut from = 0;
        for gap in &self.gaps {
            out.push_str(&self.html[from..gap.at]);
            from = gap.at;
            match rows.parts.get(first + gap.part) {
                Some(Part::Text(text)) => rows.push(text, gap.breaks, out),
                Some(Part::Place(n)) => put(*n, out)?,
                Some(Part::Shape) | None => {}
            }
        }
        out.push_str(&self.html[from..]);
        Ok(())
    }

    /// The same of the only one, as a page of its own.
    pub(super) fn page(&self, page: &Apart, put: impl Fn(usize, &mut String) -> Result<()>) -> Result<String> {
        let mut out = String::with_capacity(self.length.load(Ordering::Relaxed));
        self.fill(page, 0, put, &mut out)?;
        self.length.fetch_max(out.len(), Ordering::Relaxed);
        Ok(out)
    }
}

/// Rows, taken apart one after the other: the shape of the last, and the texts of all.
#[derive(Default)]
pub(super) struct Apart {
    /// What decides how the last looks. Begins with whatever tells one template from another.
    pub(super) shape: String,
    /// How long that is.
    template: usize,
    /// The shape of the row before the last.
    before: String,
    /// Where the parts of the last begin.
    pub(super) first: usize,
    texts: String,
    /// The texts and numbers, in order.
    parts: Vec<Part>,
    /// Where in `texts` there is anything to be escaped, or a line may break.
    marks: Vec<usize>,
    /// There may be something in `texts` that steers a screen.
    steers: bool,
    /// What comes next is the number of a place.
    is_place: bool,
}

/// A text or number.
enum Part {
    /// It is part of the shape.
    Shape,
    /// It stands in the texts.
    Text(Within),
    /// It stands for HTML.
    Place(usize),
}

/// Where in the texts one stands, and which of the marks are in it.
struct Within {
    at: Range<usize>,
    marks: Range<usize>,
}

/// Whether a byte must be looked at: it may be a mark, or begin a character that steers a screen. Almost all letters of our
/// languages begin otherwise.
#[expect(clippy::needless_bitwise_bool, reason = "without a jump many bytes are looked at together")]
fn is_rare(byte: u8) -> bool {
    ((byte < b'(') & (byte != b' ')) | (byte | 2 == b'>') | (byte == 0x7F) | ((byte >= 0xC0) & (byte != 0xC3))
}

/// So many bytes are looked at together.
const AT_ONCE: usize = 32;

/// Hands on where there are such bytes, in order.
fn each_rare(bytes: &[u8], mut found: impl FnMut(usize)) {
    let (whole, rest) = bytes.as_chunks();
    for (some, n) in whole.iter().zip(0..) {
        if some.iter().fold(false, |any, byte| any | is_rare(*byte)) {
            each_of(some, n * AT_ONCE, &mut found);
        }
    }
    let mut last = [b' '; AT_ONCE];
    last[..rest.len()].copy_from_slice(rest);
    each_of(&last, bytes.len() - rest.len(), &mut found);
}

/// The same of bytes that stand there.
fn each_of(some: &[u8; AT_ONCE], from: usize, found: &mut impl FnMut(usize)) {
    const WORD: usize = size_of::<u64>();
    let rare = some.map(|byte| u8::from(is_rare(byte)));
    for (word, from) in rare.as_chunks::<WORD>().0.iter().zip((from..).step_by(WORD)) {
        let mut word = u64::from_le_bytes(*word);
        while word != 0 {
            found(from + word.trailing_zeros() as usize / 8);
            word &= word - 1;
        }
    }
}

impl Apart {
    /// Forgets all rows, and keeps the room they took: those to come are of this template in this language.
    pub(super) fn begin(&mut self, template: &str, lang: &Lang) {
        for shape in [&mut self.shape, &mut self.before] {
            shape.clear();
            shape.extend([template, "\n", lang.as_str(), "\n"]);
        }
        self.template = self.shape.len();
        self.texts.clear();
        self.parts.clear();
        self.marks.clear();
        (self.first, self.steers, self.is_place) = (0, false, false);
    }

    /// How much memory it takes.
    pub(super) fn size(&self) -> usize {
        self.texts.capacity() + self.parts.capacity() * size_of::<Part>() + self.marks.capacity() * size_of::<usize>()
    }

    /// Takes another row apart.
    pub(super) fn take(&mut self, row: &impl Serialize) -> fmt::Result {
        std::mem::swap(&mut self.shape, &mut self.before);
        self.shape.truncate(self.template);
        self.first = self.parts.len();
        row.serialize(self)
    }

    /// Whether the last row looks like the one before it. Then it has as many parts.
    pub(super) fn is_like_before(&self) -> bool {
        self.shape == self.before
    }

    /// How many parts the last row has.
    pub(super) fn parts_of_last(&self) -> usize {
        self.parts.len() - self.first
    }

    /// Looks through the texts of all, once they are there: most are short, and few have any mark.
    pub(super) fn look_through(&mut self) {
        let bytes = self.texts.as_bytes();
        let (marks, steers) = (&mut self.marks, &mut self.steers);
        each_rare(bytes, |at| match bytes[at] {
            b'&' | b'<' | b'>' | b'"' | b'\'' | b'!' => marks.push(at),
            _ => *steers |= super::steers_at(bytes, at),
        });
        let mut next = 0;
        for part in &mut self.parts {
            if next == self.marks.len() {
                break;
            }
            if let Part::Text(text) = part {
                let from = next;
                while self.marks.get(next).is_some_and(|at| *at < text.at.end) {
                    next += 1;
                }
                text.marks = from..next;
            }
        }
    }

    /// A text as it stands in a page: most stand there as they are.
    #[inline]
    fn push(&self, text: &Within, breaks: bool, out: &mut String) {
        if text.marks.is_empty() && !self.steers {
            out.push_str(&self.texts[text.at.clone()]);
        } else {
            self.push_marked(text, breaks, out);
        }
    }

    /// Escaped as the template engine does it, and visible.
    #[inline(never)]
    fn push_marked(&self, text: &Within, breaks: bool, out: &mut String) {
        let start = out.len();
        let mut from = text.at.start;
        for &at in &self.marks[text.marks.clone()] {
            let instead = match self.texts.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                b'\'' if !breaks => "&#39;",
                b'!' if breaks => "!<wbr>",
                _ => continue,
            };
            out.push_str(&self.texts[from..at]);
            out.push_str(instead);
            from = at + 1;
        }
        out.push_str(&self.texts[from..text.at.end]);
        if self.steers {
            let shown = super::visible(&out[start..]).into_owned();
            out.replace_range(start.., &shown);
        }
    }

    /// The last row as templates are given it, with gaps for its texts and places.
    pub(super) fn with_gaps(&self, row: Value) -> Value {
        let gaps = |n, part: &Part| (!matches!(part, Part::Shape)).then(|| format!("{}{n}{}", GAP.0, GAP.1).into());
        with(row, &mut self.parts[self.first..].iter().enumerate(), &gaps)
    }

    /// The row whose parts begin there as templates are given it, with this HTML in its places.
    #[cfg(debug_assertions)]
    pub(super) fn with_places(&self, first: usize, row: Value, html: &impl Fn(usize) -> String) -> Value {
        let put = |_, part: &Part| match part {
            Part::Place(n) => Some(Value::safe_string(&html(*n))),
            _ => None,
        };
        with(row, &mut self.parts[first..].iter().enumerate(), &put)
    }

    /// Adds a text that was put at the end of all from there on.
    fn text(&mut self, from: usize) -> fmt::Result {
        self.add(Part::Text(Within { at: from..self.texts.len(), marks: 0..0 }), "s")
    }

    #[expect(clippy::unnecessary_wraps, reason = "what a serializer returns")]
    fn add(&mut self, part: Part, mark: &str) -> fmt::Result {
        self.parts.push(part);
        self.shape.push_str(mark);
        Ok(())
    }

    #[expect(clippy::unnecessary_wraps, reason = "what a serializer returns")]
    fn mark(&mut self, mark: &str) -> fmt::Result {
        self.shape.push_str(mark);
        Ok(())
    }
}

/// A value with others for some of its texts and numbers, which are gone through in order.
fn with<'a>(
    value: Value,
    parts: &mut impl Iterator<Item = (usize, &'a Part)>,
    other: &impl Fn(usize, &Part) -> Option<Value>,
) -> Value {
    if let Some(all) = value.as_array() {
        return all.iter().map(|value| with(value.clone(), parts, other)).collect::<Vec<_>>().into();
    }
    if value.as_map().is_some() {
        let mut fields: Map = value.into_map().unwrap_or_default();
        for value in fields.values_mut() {
            *value = with(std::mem::replace(value, Value::none()), parts, other);
        }
        return fields.into();
    }
    let part = if value.is_string() || value.is_number() { parts.next() } else { None };
    part.and_then(|(n, part)| other(n, part)).unwrap_or(value)
}

/// What rows have none of.
macro_rules! not_in_rows {
    ($($name:ident($type:ty))*) => { $(
        fn $name(self, _: $type) -> fmt::Result {
            Err(fmt::Error)
        }
    )* };
}

impl Serializer for &mut Apart {
    type Ok = ();
    type Error = fmt::Error;
    type SerializeSeq = Self;
    type SerializeStruct = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Impossible<(), fmt::Error>;
    type SerializeTupleVariant = Impossible<(), fmt::Error>;
    type SerializeMap = Impossible<(), fmt::Error>;
    type SerializeStructVariant = Impossible<(), fmt::Error>;

    fn serialize_bool(self, is: bool) -> fmt::Result {
        self.mark(if is { "t" } else { "f" })
    }

    fn serialize_u64(self, n: u64) -> fmt::Result {
        if self.is_place {
            return self.add(Part::Place(usize::try_from(n).map_err(|_| fmt::Error)?), "p");
        }
        // 0 counts as none where it is tested.
        if n == 0 {
            return self.add(Part::Shape, "0");
        }
        let from = self.texts.len();
        push_digits(n, &mut self.texts);
        self.text(from)
    }

    fn serialize_u32(self, n: u32) -> fmt::Result {
        self.serialize_u64(n.into())
    }

    fn serialize_u8(self, n: u8) -> fmt::Result {
        self.serialize_u64(n.into())
    }

    fn serialize_str(self, text: &str) -> fmt::Result {
        // An empty one counts as none where it is tested.
        if text.is_empty() {
            return self.add(Part::Shape, "0");
        }
        let from = self.texts.len();
        self.texts.push_str(text);
        self.text(from)
    }

    fn serialize_none(self) -> fmt::Result {
        self.mark("n")
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> fmt::Result {
        value.serialize(self)
    }

    fn serialize_unit(self) -> fmt::Result {
        self.mark("n")
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> fmt::Result {
        self.add(Part::Shape, variant)?;
        self.mark(";")
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> fmt::Result {
        self.is_place = name == PLACE;
        let done = value.serialize(&mut *self);
        self.is_place = false;
        done
    }

    fn serialize_seq(self, _: Option<usize>) -> std::result::Result<Self, fmt::Error> {
        self.mark("[")?;
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> std::result::Result<Self, fmt::Error> {
        self.mark("{")?;
        Ok(self)
    }

    not_in_rows! {
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_u16(u16)
        serialize_f32(f32) serialize_f64(f64) serialize_char(char) serialize_bytes(&[u8])
        serialize_unit_struct(&'static str)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> fmt::Result {
        Err(fmt::Error)
    }

    fn serialize_tuple(self, _: usize) -> std::result::Result<Self::SerializeTuple, fmt::Error> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> std::result::Result<Self::SerializeTupleStruct, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> std::result::Result<Self::SerializeTupleVariant, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_map(self, _: Option<usize>) -> std::result::Result<Self::SerializeMap, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> std::result::Result<Self::SerializeStructVariant, fmt::Error> {
        Err(fmt::Error)
    }
}

impl SerializeSeq for &mut Apart {
    type Ok = ();
    type Error = fmt::Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        value.serialize(&mut **self)
    }

    fn end(self) -> fmt::Result {
        self.mark("]")
    }
}

impl SerializeTuple for &mut Apart {
    type Ok = ();
    type Error = fmt::Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        value.serialize(&mut **self)
    }

    fn end(self) -> fmt::Result {
        self.mark("]")
    }
}

impl SerializeStruct for &mut Apart {
    type Ok = ();
    type Error = fmt::Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, _: &'static str, value: &T) -> fmt::Result {
        value.serialize(&mut **self)
    }

    fn skip_field(&mut self, _: &'static str) -> fmt::Result {
        self.mark("-")
    }

    fn end(self) -> fmt::Result {
        Ok(())
    }
}
