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
    let compatible: String = text.nfkc().collect();
    let mut out = String::with_capacity(compatible.len());
    let mut gap = false;
    for c in caseless::default_case_fold_str(&compatible).nfc() {
        match c {
            '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}' => {}
            c if c.is_whitespace() => gap = true,
            c => {
                if gap && !out.is_empty() {
                    out.push(' ');
                }
                gap = false;
                out.push(match c {
                    '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{00B4}' | '`' => '\'',
                    '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{00AB}' | '\u{00BB}' => '"',
                    '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
                    c => c,
                });
            }
        }
    }
    out
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
}
