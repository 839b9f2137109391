//! Cells and texts as every program writes them, taken straight from the text.
//!
//! Nearly all cells of nearly all workbooks are written in one of a few ways, and a form has thousands of them. What is
//! taken here is what going through it tag by tag gives, which a test holds; anything else is left alone, and gone through
//! with care.

use super::xml::is_plain;

/// A cell of one value at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell<'t> {
    /// Its place, such as `E9`.
    pub(super) place: &'t str,
    pub(super) style: Option<usize>,
    /// Its type.
    pub(super) kind: &'t str,
    pub(super) content: Content<'t>,
}

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content<'t> {
    Nothing,
    /// In a `v`.
    Value(&'t str),
    /// In the `t` of an `is`.
    Inline(&'t str),
}

/// A cell such as `<c r="E9" s="3" t="s"><v>12</v></c>` at the front of a text, and what follows it.
pub(super) fn cell(text: &str) -> Option<(Cell<'_>, &str)> {
    let (place, mut rest) = word(text.strip_prefix("<c r=\"")?)?;
    let mut style = None;
    if let Some(after) = rest.strip_prefix(" s=\"") {
        let number;
        (number, rest) = word(after)?;
        style = Some(small(number)?);
    }
    let mut kind = "n";
    if let Some(after) = rest.strip_prefix(" t=\"") {
        (kind, rest) = word(after)?;
    }
    let (content, rest) = if let Some(rest) = rest.strip_prefix("/>") {
        (Content::Nothing, rest)
    } else if let Some(rest) = rest.strip_prefix("><v>") {
        let (value, rest) = characters(rest)?;
        (Content::Value(value), rest.strip_prefix("</v></c>")?)
    } else {
        let (text, rest) = entry(rest.strip_prefix("><is>")?)?;
        (Content::Inline(text), rest.strip_prefix("</is></c>")?)
    };
    Some((Cell { place, style, kind, content }, rest))
}

/// An entry of the table of texts, `<si><t>…</t></si>`, at the front of a text, and what follows it.
pub(super) fn shared(text: &str) -> Option<(&str, &str)> {
    let (text, rest) = entry(text.strip_prefix("<si>")?)?;
    Some((text, rest.strip_prefix("</si>")?))
}

/// A `t`.
fn entry(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix("<t")?;
    let (text, rest) = characters(text.strip_prefix(" xml:space=\"preserve\"").unwrap_or(text).strip_prefix('>')?)?;
    Some((text, rest.strip_prefix("</t>")?))
}

/// Characters that stand for themselves, up to the next tag.
fn characters(text: &str) -> Option<(&str, &str)> {
    let end = memchr::memchr2(b'<', b'&', text.as_bytes())?;
    text.split_at_checked(end).filter(|(text, _)| is_plain(text))
}

/// A whole number of a few digits.
fn small(digits: &str) -> Option<usize> {
    let is_small = (1..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_small.then(|| digits.bytes().fold(0, |n, b| n * 10 + usize::from(b & 0xF)))
}

/// Letters and digits up to the end of the quotes, and what follows.
fn word(text: &str) -> Option<(&str, &str)> {
    let end = text.bytes().position(|b| !b.is_ascii_alphanumeric())?;
    let (word, rest) = text.split_at_checked(end)?;
    Some((word, rest.strip_prefix('"')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_ways_to_write_a_cell() {
        let of = |place, style, kind, content| Some((Cell { place, style, kind, content }, "<c"));
        for (text, cell_seen) in [
            ("<c r=\"E9\" s=\"3\" t=\"s\"><v>12</v></c><c", of("E9", Some(3), "s", Content::Value("12"))),
            ("<c r=\"E9\" s=\"3\"/><c", of("E9", Some(3), "n", Content::Nothing)),
            ("<c r=\"E9\"><v></v></c><c", of("E9", None, "n", Content::Value(""))),
            ("<c r=\"E9\" t=\"str\"><v>a b\næ</v></c><c", of("E9", None, "str", Content::Value("a b\næ"))),
            ("<c r=\"E9\" t=\"inlineStr\"><is><t>a</t></is></c><c", of("E9", None, "inlineStr", Content::Inline("a"))),
            (
                "<c r=\"E9\" t=\"inlineStr\"><is><t xml:space=\"preserve\"> a</t></is></c><c",
                of("E9", None, "inlineStr", Content::Inline(" a")),
            ),
        ] {
            assert_eq!(cell(text), cell_seen, "{text}");
        }
        assert_eq!(shared("<si><t>a</t></si><si>"), Some(("a", "<si>")));
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
        for text in ["<si/>", "<si><t/></si>", "<si><r><t>a</t></r></si>", "<si><t>a</t><t>b</t></si>", "<si><t>a</si>"]
        {
            assert_eq!(shared(text), None, "{text}");
        }
    }
}
