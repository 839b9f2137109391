//! Texts made comparable: one form for what people write in several ways.

use unicode_normalization::UnicodeNormalization;

/// White space and characters of no width.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}')
}

/// Outer white space and characters of no width taken off.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// Compatibility form, case folded, quotes straightened, white space runs as one space.
pub(super) fn fold(text: &str) -> String {
    if is_tidy(text)
        && let Some(folded) = fold_tidy(text)
    {
        return folded;
    }
    let mut out = Folded::with_capacity(text.len());
    if text.chars().all(is_plain) {
        text.chars().map(lower).for_each(|c| out.push(c));
    } else {
        let compatible: String = text.nfkc().collect();
        caseless::default_case_fold_str(&compatible).nfc().for_each(|c| out.push(c));
    }
    out.text
}

/// Whether a text has letters and signs of ASCII, letters from À to ÿ, and single blanks within it: nothing of it is
/// written in several ways but capitals, and its folded form is as long as it is.
pub(super) fn is_tidy(text: &str) -> bool {
    // In UTF-8 these letters are 0xC3 and one byte more; no other byte from 0xC0 on may be there.
    let is_other = |b: u8| b < b' ' || matches!(b, b'`' | 0x7F | ESZETT) || b >= 0xC0 && b != 0xC3;
    let other = text.bytes().fold(false, |other, b| other | is_other(b));
    let bytes = text.as_bytes();
    let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    let is_blank = |b: u8| u8::from(b == b' ');
    let gap = pairs.fold(0, |gap, (a, b)| gap | is_blank(*a) & is_blank(*b)) != 0;
    !other && !gap && !text.starts_with(' ') && !text.ends_with(' ')
}

/// The first and last letter of a text, in lower case; any that is not of ASCII is taken for the same. A tidy text and its
/// folded form have the same.
pub(super) fn ends(text: &str) -> [u8; 2] {
    let bytes = text.as_bytes();
    [bytes.first(), bytes.last()].map(|b| b.map_or(0, |b| if b.is_ascii() { b.to_ascii_lowercase() } else { 0x80 }))
}

fn fold_tidy(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    if text.is_ascii() {
        return Some(lower);
    }
    let mut bytes = lower.into_bytes();
    for b in &mut bytes {
        // À to Þ without ×, which stands among them and has no other form.
        *b += if (0x80..=0x9E).contains(b) && *b != 0x97 { 0x20 } else { 0 };
    }
    String::from_utf8(bytes).ok()
}

/// Second byte of ß, of which other programs make two letters.
const ESZETT: u8 = 0x9F;

/// Characters of which each has a folded form of its own, whatever stands beside it: those of nearly all texts in the
/// languages around here. The tables of Unicode need not be asked for them.
fn is_plain(c: char) -> bool {
    matches!(c, '\0'..='\x7f' | 'À'..='Þ' | 'à'..='ÿ' | '\u{A0}' | '«' | '»' | '–' | '—' | '‘' | '’' | '“' | '”' | '„')
}

/// A plain character without its capitals.
fn lower(c: char) -> char {
    match c {
        'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' => char::from_u32(u32::from(c) + 0x20).unwrap_or(c),
        c => c,
    }
}

/// A text as it is folded.
struct Folded {
    text: String,
    gap: bool,
}

impl Folded {
    fn with_capacity(capacity: usize) -> Self {
        Self { text: String::with_capacity(capacity), gap: false }
    }

    fn push(&mut self, c: char) {
        match c {
            '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}' => {}
            c if c.is_whitespace() => self.gap = true,
            c => {
                if self.gap && !self.text.is_empty() {
                    self.text.push(' ');
                }
                self.gap = false;
                self.text.push(match c {
                    '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{00B4}' | '`' => '\'',
                    '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{00AB}' | '\u{00BB}' => '"',
                    '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
                    c => c,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_becomes_one_form() {
        for text in [
            "Delvist indført",
            " delvist\u{a0}indført ",
            "DELVIST  INDFØRT",
            "delvist indf\u{f8}rt\u{200b}",
            "ｄｅｌｖｉｓｔ indført",
        ] {
            assert_eq!(fold(text), "delvist indført", "{text:?}");
        }
        assert_eq!(fold("don\u{2019}t know"), "don't know");
        assert_eq!(fold("a\u{30a}"), "å");
    }

    #[test]
    fn plain_characters_are_folded_as_the_tables_say() {
        // Beside a character that is not plain the tables are asked for all.
        let slow = |text: &str| fold(&format!("{text}\u{3a9}")).strip_suffix('\u{3c9}').unwrap().to_owned();
        for c in ('\0'..='\u{2fff}').filter(|c| is_plain(*c)) {
            for text in [format!("a{c}b"), format!("E{c}{c}f")] {
                assert_eq!(fold(&text), slow(&text), "{c:?}");
                assert!(!is_tidy(&text) || fold(&text).len() == text.len(), "{c:?}");
            }
        }
    }
}
