//! Rows of tables that look alike.
//!
//! Which of its fields there are decides what a row looks like; what they say only fills it. So a template is asked once
//! for each such shape, with a gap wherever it prints a text, and every row of that shape is the gaps filled. This holds of
//! our own templates, which print texts and test whether they are there; what they compare is a unit variant, and part of
//! the shape. In debug builds each row is held against the template itself.

use std::cell::Cell;
use std::fmt;
use std::ops::{Deref, Range};

use memchr::memchr3_iter;
use serde::ser::{Impossible, Serialize, SerializeSeq, SerializeStruct, Serializer};
use tera::{Map, Value};

/// Rows of a table, one by one; where they are made before the page, it is given what stands for them.
pub(in crate::report) struct Rows<T> {
    rows: T,
    /// Which of the tables of the page.
    pub(super) made: Cell<Option<usize>>,
}

impl<T> From<T> for Rows<T> {
    fn from(rows: T) -> Self {
        Self { rows, made: Cell::new(None) }
    }
}

impl<T> Deref for Rows<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.rows
    }
}

impl<T: Serialize> Serialize for Rows<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.made.get() {
            Some(n) => super::place_of("table", n).serialize(serializer),
            None => self.rows.serialize(serializer),
        }
    }
}

/// Before and after the number of a gap. What the filter `breakable` does to the latter tells where a line may break.
const GAP: (char, char) = ('\u{FDD0}', '!');
const BREAK: &str = "<wbr>";

/// What a row looks like: HTML with gaps.
pub(super) struct Form {
    html: String,
    gaps: Vec<Gap>,
}

/// A gap: where it is, which text goes there, and whether a line may break in it.
struct Gap {
    at: usize,
    text: usize,
    breaks: bool,
}

impl Form {
    /// From what a template made of a row with gaps.
    pub(super) fn of(made: &str) -> Option<Self> {
        let mut pieces = made.split(GAP.0);
        let mut form = Self { html: pieces.next()?.to_owned(), gaps: Vec::new() };
        for piece in pieces {
            let (text, rest) = piece.split_once(GAP.1)?;
            let (text, after) = (text.parse().ok()?, rest.strip_prefix(BREAK));
            form.gaps.push(Gap { at: form.html.len(), text, breaks: after.is_some() });
            form.html.push_str(after.unwrap_or(rest));
        }
        Some(form)
    }

    /// The row with these texts.
    pub(super) fn fill(&self, row: &Row, out: &mut String) {
        let mut from = 0;
        for gap in &self.gaps {
            out.push_str(&self.html[from..gap.at]);
            from = gap.at;
            row.push(gap.text, gap.breaks, out);
        }
        out.push_str(&self.html[from..]);
    }
}

/// A row, taken apart: its shape, and its texts.
#[derive(Default)]
pub(super) struct Row {
    /// What decides how it looks. Begins with whatever tells one template from another.
    pub(super) shape: String,
    texts: String,
    /// Of each text and number in it, in order, where in `texts`; `None` is part of the shape.
    parts: Vec<Option<Range<usize>>>,
    /// Where in `texts` there is anything to be escaped, or a line may break.
    marks: Vec<usize>,
}

impl Row {
    /// Takes another row apart.
    pub(super) fn take(&mut self, template: &str, row: &impl Serialize) -> fmt::Result {
        self.shape.clear();
        self.shape.push_str(template);
        self.texts.clear();
        self.parts.clear();
        row.serialize(&mut *self)?;
        // Of all texts at once: most are short, and few have any.
        let bytes = self.texts.as_bytes();
        self.marks.clear();
        self.marks.extend(memchr3_iter(b'&', b'<', b'>', bytes).chain(memchr3_iter(b'"', b'\'', b'!', bytes)));
        self.marks.sort_unstable();
        Ok(())
    }

    /// A text as it stands in a page: escaped as the template engine does it.
    fn push(&self, part: usize, breaks: bool, out: &mut String) {
        let Some(Some(range)) = self.parts.get(part) else { return };
        let mut from = range.start;
        let first = self.marks.partition_point(|at| *at < from);
        for &at in self.marks[first..].iter().take_while(|at| **at < range.end) {
            out.push_str(&self.texts[from..at]);
            out.push_str(match self.texts.as_bytes()[at] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                b'\'' => "&#39;",
                _ if breaks => "!<wbr>",
                _ => "!",
            });
            from = at + 1;
        }
        out.push_str(&self.texts[from..range.end]);
    }

    /// The row as templates are given it, with gaps for its texts.
    pub(super) fn with_gaps(&self, row: &Value) -> Value {
        with_gaps(row, &mut self.parts.iter().enumerate())
    }

    /// A text or number; an empty text and 0 count as none where they are tested.
    fn add(&mut self, text: &str, is_none: bool) -> fmt::Result {
        let from = self.texts.len();
        self.texts.push_str(text);
        self.parts.push((!is_none).then_some(from..self.texts.len()));
        self.mark(if is_none { "0" } else { "s" })
    }

    #[expect(clippy::unnecessary_wraps, reason = "what a serializer returns")]
    fn mark(&mut self, mark: &str) -> fmt::Result {
        self.shape.push_str(mark);
        Ok(())
    }
}

fn with_gaps<'a>(value: &Value, parts: &mut impl Iterator<Item = (usize, &'a Option<Range<usize>>)>) -> Value {
    if let Some(all) = value.as_array() {
        return all.iter().map(|value| with_gaps(value, parts)).collect::<Vec<_>>().into();
    }
    if let Some(fields) = value.as_map() {
        return fields.iter().map(|(name, value)| (name.clone(), with_gaps(value, parts))).collect::<Map>().into();
    }
    let part = if value.is_string() || value.is_number() { parts.next() } else { None };
    match part {
        Some((n, Some(_))) => format!("{}{n}{}", GAP.0, GAP.1).into(),
        _ => value.clone(),
    }
}

/// What rows have none of.
macro_rules! not_in_rows {
    ($($name:ident($type:ty))*) => { $(
        fn $name(self, _: $type) -> fmt::Result {
            Err(fmt::Error)
        }
    )* };
}

impl Serializer for &mut Row {
    type Ok = ();
    type Error = fmt::Error;
    type SerializeSeq = Self;
    type SerializeStruct = Self;
    type SerializeTuple = Impossible<(), fmt::Error>;
    type SerializeTupleStruct = Impossible<(), fmt::Error>;
    type SerializeTupleVariant = Impossible<(), fmt::Error>;
    type SerializeMap = Impossible<(), fmt::Error>;
    type SerializeStructVariant = Impossible<(), fmt::Error>;

    fn serialize_bool(self, is: bool) -> fmt::Result {
        self.mark(if is { "t" } else { "f" })
    }

    fn serialize_u64(self, n: u64) -> fmt::Result {
        self.add(&n.to_string(), n == 0)
    }

    fn serialize_str(self, text: &str) -> fmt::Result {
        self.add(text, text.is_empty())
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
        self.parts.push(None);
        self.mark(variant)?;
        self.mark(";")
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> fmt::Result {
        value.serialize(self)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self, fmt::Error> {
        self.mark("[")?;
        Ok(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, fmt::Error> {
        self.mark("{")?;
        Ok(self)
    }

    not_in_rows! {
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32)
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

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, fmt::Error> {
        Err(fmt::Error)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, fmt::Error> {
        Err(fmt::Error)
    }
}

impl SerializeSeq for &mut Row {
    type Ok = ();
    type Error = fmt::Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> fmt::Result {
        value.serialize(&mut **self)
    }

    fn end(self) -> fmt::Result {
        self.mark("]")
    }
}

impl SerializeStruct for &mut Row {
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
