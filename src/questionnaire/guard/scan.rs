//! An XML document, piece by piece, as slices of its text.
//!
//! A scanner of our own, since half of the time for a workbook went into splitting text that lay there whole: quick-xml
//! reads from any source, so it searches each piece for its end, proves each to be UTF-8 a second time and keeps a copy of
//! each open name. This one knows what the guard needs and no more. It takes and refuses what quick-xml does, and a test
//! below holds the two to each other piece by piece. It is stricter in two things: an element without a name is none, and
//! a document type is told as soon as it begins, since it is refused in any case. What is rare (another encoding, line
//! ends, references) is still quick-xml's.

use std::collections::BTreeSet;

use memchr::{memchr, memchr2, memchr3};

/// A piece of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// An element begins.
    Open(Tag<'t>),
    /// The element that began last and did not end yet ends.
    Close,
    /// Characters, as they are written.
    Text(&'t str),
    /// Characters between `<![CDATA[` and `]]>`.
    Literal(&'t str),
    /// A reference, without `&` and `;`.
    Reference(&'t str),
    /// The XML declaration, without `<?xml` and `?>`.
    Declaration(&'t str),
    /// A document type begins.
    DocType,
    /// A comment or an instruction to some program.
    Aside,
    /// The document ends.
    End,
}

/// The tag of an element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tag<'t> {
    /// Its name, with prefix.
    pub(super) name: &'t str,
    /// All that follows the name.
    pub(super) attributes: &'t str,
    /// The element has nothing in it and ends with this tag.
    pub(super) ends: bool,
}

/// The text is no XML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// A way through a document.
#[derive(Debug)]
pub(super) struct Scanner<'t> {
    /// What is still to come.
    rest: &'t str,
    /// The names of the elements that are open.
    open: Vec<&'t str>,
}

impl<'t> Scanner<'t> {
    /// Begins at the start of a text, past its byte order mark.
    pub(super) fn new(text: &'t str) -> Self {
        Self { rest: text.strip_prefix('\u{FEFF}').unwrap_or(text), open: Vec::new() }
    }

    /// What is still to come.
    pub(super) fn rest(&self) -> &'t str {
        self.rest
    }

    /// Goes on to where only so much is still to come. What lies between must be whole elements and text.
    pub(super) fn go_on(&mut self, rest: &'t str) {
        self.rest = rest;
    }

    /// Takes an element of that name for open. Its tag must have been gone past.
    pub(super) fn enter(&mut self, name: &'t str) {
        self.open.push(name);
    }

    /// Takes the next piece.
    pub(super) fn next(&mut self) -> Result<Piece<'t>, Broken> {
        let piece = match self.rest.as_bytes() {
            [] => Some(Piece::End),
            [b'<', b'/', ..] => self.close(),
            [b'<', b'!', ..] => self.bang(),
            [b'<', b'?', ..] => self.instruction(),
            [b'<', ..] => self.open(),
            [b'&', ..] => self.reference(),
            text => {
                let end = memchr2(b'<', b'&', text).unwrap_or(text.len());
                self.take(Some(end)).map(Piece::Text)
            }
        };
        piece.ok_or(Broken)
    }

    /// Takes so many bytes; all that is left, and none of it, if there is no end.
    fn take(&mut self, end: Option<usize>) -> Option<&'t str> {
        let (piece, rest) = self.rest.split_at_checked(end.unwrap_or(self.rest.len()))?;
        self.rest = rest;
        end.map(|_| piece)
    }

    fn open(&mut self) -> Option<Piece<'t>> {
        let tag = past(self.tag()?, b"<")?;
        let (tag, ends) = match tag.strip_suffix('/') {
            Some(tag) => (tag, true),
            None => (tag, false),
        };
        let name = tag.bytes().position(is_space).unwrap_or(tag.len());
        let (name, attributes) = tag.split_at_checked(name)?;
        if name.is_empty() {
            return None;
        }
        if !ends {
            self.open.push(name);
        }
        Some(Piece::Open(Tag { name, attributes, ends }))
    }

    fn close(&mut self) -> Option<Piece<'t>> {
        // Nearly always the tag is the one that is to come, and its end need not be looked for; unless a quote in it, which
        // no XML has, hides the end.
        let is_plain = |name: &&&str| !name.bytes().fold(false, |quoted, b| quoted | matches!(b, b'"' | b'\''));
        let after = |name: &&str| past(past(self.rest, b"</")?.strip_prefix(*name)?, b">");
        if let Some(rest) = self.open.last().filter(is_plain).and_then(after) {
            self.rest = rest;
            self.open.pop();
            return Some(Piece::Close);
        }
        let name = self.tag()?.strip_prefix("</")?.trim_end_matches([' ', '\t', '\n', '\r']);
        (self.open.pop()? == name).then_some(Piece::Close)
    }

    /// Takes a tag, without its `>`.
    fn tag(&mut self) -> Option<&'t str> {
        self.take(tag_end(self.rest.as_bytes()).map(|end| end + 1))?.strip_suffix('>')
    }

    fn bang(&mut self) -> Option<Piece<'t>> {
        const COMMENT: &str = "<!--";
        const LITERAL: &str = "<![CDATA[";
        const DOCTYPE: &str = "<!DOCTYPE";
        if let Some(comment) = self.rest.strip_prefix(COMMENT) {
            self.take(comment.find("-->").map(|n| COMMENT.len() + n + 3))?;
            Some(Piece::Aside)
        } else if let Some(literal) = self.rest.strip_prefix(LITERAL) {
            let end = literal.find("]]>");
            self.take(end.map(|n| LITERAL.len() + n + 3))?;
            Some(Piece::Literal(literal.get(..end?)?))
        } else {
            self.rest.get(..DOCTYPE.len())?.eq_ignore_ascii_case(DOCTYPE).then_some(Piece::DocType)
        }
    }

    fn instruction(&mut self) -> Option<Piece<'t>> {
        let end = self.rest.find("?>");
        // In `<?>` the two would share a character.
        let content = self.take(end.map(|n| n + 2))?.strip_prefix("<?")?.strip_suffix("?>")?;
        let declaration = content.strip_prefix("xml").filter(|rest| rest.bytes().next().is_none_or(is_space));
        Some(declaration.map_or(Piece::Aside, Piece::Declaration))
    }

    fn reference(&mut self) -> Option<Piece<'t>> {
        let stop = memchr3(b';', b'&', b'<', self.rest.as_bytes().get(1..)?);
        let reference = self.take(stop.map(|n| n + 1))?.strip_prefix('&')?;
        self.rest = self.rest.strip_prefix(';')?;
        Some(Piece::Reference(reference))
    }
}

/// What follows a few letters at the front of a text. The compiler knows how many they are, and compares them in one go.
#[inline]
pub(super) fn past<'t, const N: usize>(text: &'t str, letters: &[u8; N]) -> Option<&'t str> {
    if text.as_bytes().first_chunk() == Some(letters) { text.get(N..) } else { None }
}

/// Where a tag at the front of a text ends: at the first `>` outside of quotes.
fn tag_end(text: &[u8]) -> Option<usize> {
    // That is the first of all, if quotes before it are double and each is closed.
    let first = memchr(b'>', text)?;
    let (open, single) = text
        .get(..first)?
        .iter()
        .fold((false, false), |(open, single), b| (open ^ (*b == b'"'), single || *b == b'\''));
    if !open && !single {
        return Some(first);
    }
    let mut bytes = text.iter().enumerate();
    loop {
        match bytes.next()? {
            (end, b'>') => return Some(end),
            // On to the end of the quotes.
            (_, quote @ (b'"' | b'\'')) => {
                bytes.find(|(_, b)| *b == quote)?;
            }
            _ => {}
        }
    }
}

/// White space of XML.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The attributes of a tag: names and values, as they are written. No name may come twice.
#[derive(Debug)]
pub(super) struct Attributes<'t> {
    rest: &'t str,
    count: usize,
    /// The first names, which are all that most tags have; `more` has all of them, once there are more.
    first: [&'t str; 12],
    more: BTreeSet<&'t str>,
}

impl<'t> Attributes<'t> {
    /// Begins with what follows a tag's name.
    pub(super) fn new(text: &'t str) -> Self {
        Self { rest: text, count: 0, first: [""; 12], more: BTreeSet::new() }
    }

    /// The next one.
    fn attribute(&mut self) -> Option<(&'t str, &'t str)> {
        // The first character is of the name, whatever it is.
        let end = self.rest.bytes().skip(1).position(|b| b == b'=' || is_space(b))? + 1;
        let (name, rest) = self.rest.split_at_checked(end)?;
        if !self.is_new(name) {
            return None;
        }
        let (quote, rest) = if let Some(rest) = rest.strip_prefix("=\"") {
            (b'"', rest)
        } else {
            let rest = trim_start(trim_start(rest).strip_prefix('=')?);
            (rest.bytes().next().filter(|b| matches!(b, b'"' | b'\''))?, rest.get(1..)?)
        };
        let (value, rest) = rest.split_at_checked(memchr(quote, rest.as_bytes())?)?;
        self.rest = rest.get(1..)?;
        Some((name, value))
    }

    fn is_new(&mut self, name: &'t str) -> bool {
        let count = self.count;
        self.count += 1;
        if let Some(place) = self.first.get_mut(count) {
            *place = name;
            return !self.first.iter().take(count).any(|n| *n == name);
        }
        if self.more.is_empty() {
            self.more.extend(self.first);
        }
        self.more.insert(name)
    }
}

impl<'t> Iterator for Attributes<'t> {
    type Item = Result<(&'t str, &'t str), Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        self.rest = trim_start(self.rest);
        if self.rest.is_empty() { None } else { Some(self.attribute().ok_or(Broken)) }
    }
}

fn trim_start(text: &str) -> &str {
    let space = text.bytes().take_while(|b| is_space(*b)).count();
    text.get(space..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quick_xml::Reader;
    use quick_xml::events::Event;

    use super::*;

    /// A piece with all that it says, or that there is none.
    fn ours(text: &str) -> Vec<String> {
        let mut scanner = Scanner::new(text);
        let mut out = Vec::new();
        loop {
            let piece = scanner.next();
            out.push(match piece {
                Ok(Piece::Open(tag)) => {
                    let attributes: Result<Vec<_>, _> = Attributes::new(tag.attributes).collect();
                    format!("{} {:?} {} {attributes:?}", tag.name, tag.attributes, tag.ends)
                }
                Ok(piece) => format!("{piece:?}"),
                Err(Broken) => "broken".to_owned(),
            });
            if matches!(piece, Err(_) | Ok(Piece::End | Piece::DocType)) {
                return out;
            }
        }
    }

    fn of_quick_xml(text: &str) -> Vec<String> {
        let mut reader = Reader::from_str(text);
        let mut out = Vec::new();
        loop {
            let event = reader.read_event();
            let nameless =
                matches!(&event, Ok(Event::Start(tag) | Event::Empty(tag)) if tag.name().into_inner().is_empty());
            let broken = event.is_err() || nameless;
            let ends = matches!(event, Ok(Event::Empty(_)));
            out.push(match &event {
                _ if nameless => "broken".to_owned(),
                Ok(Event::Start(tag) | Event::Empty(tag)) => {
                    let attributes: Result<Vec<_>, Broken> = tag
                        .attributes()
                        .map(|a| a.map(|a| (a.key.into_inner().to_owned(), a.value.into_owned())).map_err(|_| Broken))
                        .collect();
                    format!("{} {:?} {ends} {attributes:?}", tag.name().into_inner(), tag.attributes_raw())
                }
                Ok(Event::End(_)) => format!("{:?}", Piece::Close),
                Ok(Event::Text(t)) => format!("{:?}", Piece::Text(t)),
                Ok(Event::CData(t)) => format!("{:?}", Piece::Literal(t)),
                Ok(Event::GeneralRef(t)) => format!("{:?}", Piece::Reference(t)),
                Ok(Event::Decl(t)) => format!("{:?}", Piece::Declaration(&t[3..])),
                Ok(Event::DocType(_)) => format!("{:?}", Piece::DocType),
                Ok(Event::Comment(_) | Event::PI(_)) => format!("{:?}", Piece::Aside),
                Ok(Event::Eof) => format!("{:?}", Piece::End),
                Err(_) => "broken".to_owned(),
            });
            if broken || matches!(event, Ok(Event::Eof | Event::DocType(_))) {
                return out;
            }
        }
    }

    /// Holds the two to each other.
    fn compare(text: &str) -> Result<(), TestCaseError> {
        let (mut ours, mut theirs) = (ours(text), of_quick_xml(text));
        if ours.last().is_some_and(|piece| piece == "DocType") {
            // They look for the end of it first.
            prop_assert!(theirs.last().is_some_and(|piece| piece == "DocType" || piece == "broken"));
            (_, _) = (ours.pop(), theirs.pop());
        }
        prop_assert_eq!(ours, theirs, "{:?}", text);
        Ok(())
    }

    const PIECES: &[&str] = &[
        "<",
        ">",
        "/",
        "\"",
        "'",
        "=",
        " ",
        "\n",
        "\t",
        "\r",
        "&",
        ";",
        "!",
        "?",
        "-",
        "--",
        "[",
        "]",
        "]]>",
        "a",
        "b",
        "c:d",
        "æ",
        "\u{FEFF}",
        "<a>",
        "</a>",
        "<a ",
        "</a >",
        "<b/>",
        "<b c=\"1\"/>",
        " c=\"1\"",
        " c = '>'",
        " d='\"'",
        "<!--",
        "-->",
        "<![CDATA[",
        "<!DOCTYPE",
        "<!doctype a>",
        "<?",
        "?>",
        "<?xml ",
        "encoding=\"utf-8\"",
        "&amp;",
        "&#1;",
        "</",
        "/>",
        "<>",
        "</>",
        "x=\"\"",
        "<æ>",
        "</æ>",
    ];

    #[test]
    fn odd_ends() {
        for text in [
            "",
            "<",
            "<a",
            "</",
            "<!",
            "<!-",
            "<!--",
            "<!-->",
            "<!--->",
            "<!---->",
            "<!--a--->",
            "<![CDATA[",
            "<![CDATA[]]>",
            "<![CDATA[]]]]>",
            "<![cdata[]]>",
            "<!D",
            "<!DOCTYPE>",
            "<!DOCTYPE a [<!ENTITY b \"]>\">]>",
            "<?",
            "<?>",
            "<??>",
            "<?xml?>",
            "<?xmla?>",
            "<?xml a?>",
            "<? ?>",
            "&",
            "&;",
            "&a",
            "&a&b;",
            "&a<b>",
            "a&amp;b",
            "<>",
            "</>",
            "<></>",
            "< a></ a>",
            "<a ></a >",
            "<a></a\n>",
            "<a></ a>",
            "<a></b>",
            "<a/></a>",
            "<a/ >",
            "</a b=\">\">",
            "<a b=\">\"></a>",
            "<a b='>'></a c='>'>",
            "<a\">\"></a\">\">",
            "<a\" b\"></a\">\"",
            "<a b></a>",
            "<a b=></a>",
            "<a =\"1\"/>",
            "<a ==\"1\"/>",
            "<a b=\"1\"c=\"2\"/>",
            "<a b=\"1\" b='2'/>",
            "<a b = \"1\"/>",
            "<a b=1/>",
            "<a b=\"/\"/>",
            "<a b=/>",
            "<a b=\"1\" /></a>",
            "\u{FEFF}<a/>",
            "\u{FEFF}\u{FEFF}<a/>",
            "a\u{FEFF}",
            "<a>]]></a>",
        ] {
            compare(text).unwrap();
        }
        let many = |names: &[usize]| {
            let attributes = names.iter().map(|n| format!(" a{n}=\"\"")).collect::<Vec<_>>().concat();
            format!("<a{attributes}/>")
        };
        for last in [0, 5, 11, 12, 13, 28, 29, 30, 31] {
            let mut names: Vec<usize> = (0..30).collect();
            names.push(last);
            compare(&many(&names)).unwrap();
            compare(&many(&names[..13])).unwrap();
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 20_000,
            failure_persistence: None,
            rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_126),
            ..ProptestConfig::default()
        })]

        /// Every piece, every name, every attribute, every end is the one that quick-xml finds.
        #[test]
        fn the_same_pieces_as_quick_xml(pieces in proptest::collection::vec(0..PIECES.len(), 0..24)) {
            let text: String = pieces.into_iter().map(|n| PIECES[n]).collect();
            compare(&text)?;
            compare(&format!("<a {text}></a>"))?;
            compare(&format!("<a>{text}</a>"))?;
        }
    }
}
