//! Cells and texts as every program writes them, taken straight from the text.
//!
//! Nearly all cells of nearly all workbooks are written in one of a few ways, and a form has thousands of them. What is
//! taken here is what going through it tag by tag gives, which a test holds; anything else is left alone, and gone through
//! with care.

use super::scan::past;
use super::xml::is_plain;

/// A cell of one value at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell<'t> {
    /// Its row and column, from 1.
    pub(super) at: (u32, u32),
    pub(super) style: Option<usize>,
    pub(super) content: Content<'t>,
}

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content<'t> {
    Nothing,
    /// The text of that number in the table.
    Shared(usize),
    /// A type, and what stands in a `v`.
    Value(&'t str, &'t str),
    /// A type, and what stands in the `t` of an `is`.
    Inline(&'t str, &'t str),
}

/// The tag of a row that is shown, such as `<row r="7" spans="1:5" ht="48" customHeight="1">`, at the front of a text: its
/// number, from 1, and what follows the tag.
pub(super) fn row(text: &str) -> Option<(u32, &str)> {
    let (number, rest) = number(past(text, b"<row r=\"")?)?;
    // As Excel orders them; none of them matters.
    let rest = without(past(rest, b"\"")?, b" spans=\"")?;
    let rest = without(without(rest, b" s=\"")?, b" customFormat=\"")?;
    let rest = without(without(rest, b" ht=\"")?, b" customHeight=\"")?;
    let rest = without(without(rest, b" thickBot=\"")?, b" x14ac:dyDescent=\"")?;
    Some((number, past(rest, b">")?))
}

/// What follows an attribute, if it stands at the front of a text; else all of it.
#[inline]
fn without<'t, const N: usize>(text: &'t str, attribute: &[u8; N]) -> Option<&'t str> {
    let Some(value) = past(text, attribute) else { return Some(text) };
    let end = value.bytes().position(|b| b == b'"')?;
    value.get(end.saturating_add(1)..)
}

/// A cell such as `<c r="E9" s="3" t="s"><v>12</v></c>` at the front of a text, and what follows it.
#[inline]
pub(super) fn cell(text: &str) -> Option<(Cell<'_>, &str)> {
    let (at, mut rest) = place(past(text, b"<c r=\"")?)?;
    let mut style = None;
    if let Some(after) = past(rest, b" s=\"") {
        let (number, after) = number(after)?;
        style = Some(usize::try_from(number).ok()?);
        rest = past(after, b"\"")?;
    }
    let (content, rest) = if let Some(rest) = past(rest, b" t=\"s\"") {
        let (number, rest) = number(past(rest, b"><v>")?)?;
        (Content::Shared(usize::try_from(number).ok()?), past(rest, b"</v></c>")?)
    } else if let Some(rest) = past(rest, b"/>") {
        (Content::Nothing, rest)
    } else {
        content(rest)?
    };
    Some((Cell { at, style, content }, rest))
}

/// What stands in a cell of any other type, from the type on.
fn content(text: &str) -> Option<(Content<'_>, &str)> {
    let (kind, rest) = match past(text, b" t=\"") {
        Some(after) => word(after)?,
        None => ("n", text),
    };
    if let Some(rest) = past(rest, b"/>") {
        Some((Content::Nothing, rest))
    } else if let Some(rest) = past(rest, b"><v>") {
        let (value, rest) = characters(rest, false)?;
        Some((Content::Value(kind, value), past(rest, b"</v></c>")?))
    } else {
        let (text, rest) = entry(past(rest, b"><is>")?, false)?;
        Some((Content::Inline(kind, text), past(rest, b"</is></c>")?))
    }
}

/// An entry of the table of texts, `<si><t>…</t></si>`, at the front of a text, and what follows it. All of the text may be
/// known to be plain.
pub(super) fn shared(text: &str, known: bool) -> Option<(&str, &str)> {
    let (text, rest) = entry(past(text, b"<si>")?, known)?;
    Some((text, past(rest, b"</si>")?))
}

/// A `t`.
fn entry(text: &str, known: bool) -> Option<(&str, &str)> {
    let text = past(text, b"<t")?;
    let text = past(past(text, b" xml:space=\"preserve\"").unwrap_or(text), b">")?;
    let (text, rest) = characters(text, known)?;
    Some((text, past(rest, b"</t>")?))
}

/// Characters that stand for themselves, up to the next tag.
fn characters(text: &str, known: bool) -> Option<(&str, &str)> {
    let end = memchr::memchr2(b'<', b'&', text.as_bytes())?;
    text.split_at_checked(end).filter(|(text, _)| known || is_plain(text))
}

/// A whole number of a few digits, and what follows it.
#[inline]
fn number(text: &str) -> Option<(u32, &str)> {
    const MOST: usize = 7;
    let mut number = 0;
    for (at, byte) in text.bytes().enumerate().take(MOST + 1) {
        match byte {
            b'0'..=b'9' => number = number * 10 + u32::from(byte & 0xF),
            _ if at > 0 => return Some((number, text.get(at..)?)),
            _ => return None,
        }
    }
    None
}

/// Row and column, from 1, of a place such as `E9`, up to the end of the quotes, and what follows.
#[inline]
fn place(text: &str) -> Option<((u32, u32), &str)> {
    const MOST: usize = 3;
    let mut column = 0;
    for (at, byte) in text.bytes().enumerate().take(MOST + 1) {
        match byte {
            b'A'..=b'Z' => column = column * 26 + u32::from(byte - b'A') + 1,
            _ if at > 0 => {
                let (row, rest) = number(text.get(at..)?)?;
                return Some(((row, column), past(rest, b"\"")?));
            }
            _ => return None,
        }
    }
    None
}

/// Letters and digits up to the end of the quotes, and what follows.
fn word(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().position(|b| !b.is_ascii_alphanumeric())?;
    let (word, rest) = text.split_at_checked(end)?;
    Some((word, past(rest, b"\"")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_ways_to_write_a_cell() {
        let of = |style, content| Some((Cell { at: (9, 5), style, content }, "<c"));
        for (text, cell_seen) in [
            ("<c r=\"E9\" s=\"3\" t=\"s\"><v>12</v></c><c", of(Some(3), Content::Shared(12))),
            ("<c r=\"E09\" s=\"3\"/><c", of(Some(3), Content::Nothing)),
            ("<c r=\"E9\" t=\"str\"/><c", of(None, Content::Nothing)),
            ("<c r=\"E9\"><v></v></c><c", of(None, Content::Value("n", ""))),
            ("<c r=\"E9\" t=\"str\"><v>a b\næ</v></c><c", of(None, Content::Value("str", "a b\næ"))),
            ("<c r=\"E9\" t=\"inlineStr\"><is><t>a</t></is></c><c", of(None, Content::Inline("inlineStr", "a"))),
            (
                "<c r=\"E9\" t=\"inlineStr\"><is><t xml:space=\"preserve\"> a</t></is></c><c",
                of(None, Content::Inline("inlineStr", " a")),
            ),
        ] {
            assert_eq!(cell(text), cell_seen, "{text}");
        }
        assert_eq!(place("XFD1048576\"/>"), Some(((1_048_576, 16_384), "/>")));
        assert_eq!(shared("<si><t>a</t></si><si>", false), Some(("a", "<si>")));
        for tag in [
            "<row r=\"7\">",
            "<row r=\"7\" spans=\"1:5\" ht=\"48\" customHeight=\"1\">",
            "<row r=\"7\" spans=\"1:5\" s=\"2\" customFormat=\"1\" ht=\"15.75\" thickBot=\"1\" x14ac:dyDescent=\"0.25\">",
        ] {
            assert_eq!(row(&format!("{tag}<c")), Some((7, "<c")), "{tag}");
        }
    }

    #[test]
    fn other_ways_are_left_alone() {
        for text in [
            "",
            "<c/>",
            "<c s=\"3\" r=\"E9\"/>",
            "<c r='E9'/>",
            "<c r=\"E9\" r=\"E8\"/>",
            "<c r=\"E9\" s=\"+3\"/>",
            "<c r=\"E9\" s=\"\"/>",
            "<c r=\"E9\" t=\"s\" s=\"3\"/>",
            "<c r=\"E9\" t=\"s\"/>",
            "<c r=\"E9\" t=\"s\"><v></v></c>",
            "<c r=\"E9\" t=\"s\"><v>+1</v></c>",
            "<c r=\"E9\" t=\"s\"><v>12345678</v></c>",
            "<c r=\"E9\" t=\"s\"><is><t>a</t></is></c>",
            "<c r=\"e9\"/>",
            "<c r=\"AAAA9\"/>",
            "<c r=\"9\"/>",
            "<c r=\"E\"/>",
            "<c r=\"E9\" xml:x=\"1\"/>",
            "<c r=\"E&#57;\"/>",
            "<c r=\"E9",
            "<c r=\"E9\"><v>1</v>",
            "<c r=\"E9\"><v>1</v></c ",
            "<c r=\"E9\"><v>&amp;</v></c>",
            "<c r=\"E9\"><v>a\r\n</v></c>",
            "<c r=\"E9\"><v>a\u{FFFE}</v></c>",
            "<c r=\"E9\"><v>a\u{1}</v></c>",
            "<c r=\"E9\"><v><!-- --></v></c>",
            "<c r=\"E9\"><v>1</v><v>2</v></c>",
            "<c r=\"E9\"><f>A1</f><v>1</v></c>",
            "<c r=\"E9\"><v>1</v><f>A1</f></c>",
            "<cc r=\"E9\"/>",
        ] {
            assert_eq!(cell(text), None, "{text}");
        }
        for text in [
            "<row>",
            "<row r=\"7\"/>",
            "<row r=\"7\" hidden=\"1\">",
            "<row r=\"7\" spans=\"1:5\" spans=\"1:5\">",
            "<row r=\"7\" ht=\"48\" spans=\"1:5\">",
            "<row r=\"7\" spans='1:5'>",
            "<row r=\"7\"\tspans=\"1:5\">",
            "<row r=\"-7\">",
            "<row r=\"7",
            "<rows r=\"7\">",
        ] {
            assert_eq!(row(text), None, "{text}");
        }
        for text in ["<si/>", "<si><t/></si>", "<si><r><t>a</t></r></si>", "<si><t>a</t><t>b</t></si>", "<si><t>a</si>"]
        {
            assert_eq!(shared(text, true), None, "{text}");
        }
    }
}
