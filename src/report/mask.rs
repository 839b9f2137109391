//! Personal data in free text: found by its form and put out of sight, so that a report can be shared.
//!
//! A number counts as somebody's only if it is built like one, with its date and its check digits: an order number of the
//! same length is left alone. What is written without any such form, a name for instance, is not found; workbooks ask not
//! to write it.

mod numbers;

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use crate::model::{Text, Words};

/// What stands in place of what was masked. The same in all languages; the ledger says what it was.
pub const MASKED: &str = "•••";

/// A kind of personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Personal {
    /// A national identity number of one of the five countries.
    Identity,
    /// What is built like the number of a passport, or stands beside a word for one.
    Passport,
    /// An e-mail address.
    Email,
    /// A telephone number with + or 00, or beside a word for one.
    Telephone,
}

impl Personal {
    /// The phrase that names it in messages.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Identity => "masked-identity",
            Self::Passport => "masked-passport",
            Self::Email => "masked-email",
            Self::Telephone => "masked-telephone",
        }
    }
}

/// Finds personal data in text.
#[derive(Clone, Debug)]
pub struct Mask {
    /// Words for telephone, passport and number, as alternatives of a pattern.
    words: [String; 3],
    /// Made when there is a text to look into: many forms have none.
    patterns: OnceLock<Patterns>,
}

#[derive(Clone, Debug)]
struct Patterns {
    email: Regex,
    international: Regex,
    passport: Regex,
    /// A word for telephone and the number after it.
    telephone_before: Regex,
    /// A number and a word for telephone right behind it.
    telephone_after: Regex,
    /// A word for passport and the number after it.
    passport_before: Regex,
    /// A day written in figures.
    day: Regex,
}

/// Gaps within a number: a blank, also one that does not break the line, and signs between groups of digits.
const GAP: &str = r"[ \u{a0}\u{202f}.()/\-\u{2010}-\u{2013}]";

impl Mask {
    /// With the words for telephone, passport and number of all languages, from the words of reports.
    pub fn new(words: &Words) -> Self {
        let list = |id: &str| {
            let all = words.text(id).into_iter().flat_map(Text::all).flat_map(|(_, list)| list.split(','));
            let mut all: Vec<String> = all.map(|w| regex::escape(w.trim())).filter(|w| !w.is_empty()).collect();
            // The longest first: of `tel` and `telefon` the whole word counts.
            all.sort_by_key(|w| (std::cmp::Reverse(w.len()), w.clone()));
            all.dedup();
            if all.is_empty() { "$.".to_owned() } else { all.join("|") }
        };
        Self { words: ["mask-telephone", "mask-passport", "mask-number"].map(list), patterns: OnceLock::new() }
    }

    fn patterns(&self) -> &Patterns {
        self.patterns.get_or_init(|| Patterns::new(&self.words))
    }

    /// The text with what is personal in it masked, and what that was; `None` if there is nothing of the kind.
    pub fn apply(&self, text: &str) -> Option<(String, Vec<Personal>)> {
        let found = self.find(text);
        if found.is_empty() {
            return None;
        }
        let mut out = String::with_capacity(text.len());
        let mut end = 0;
        for (range, _) in &found {
            // What overlaps is masked as one.
            if range.start >= end {
                out.push_str(&text[end..range.start]);
                out.push_str(MASKED);
            }
            end = end.max(range.end);
        }
        out.push_str(&text[end..]);
        let mut kinds: Vec<Personal> = found.into_iter().map(|(_, kind)| kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        Some((out, kinds))
    }

    /// Where something personal stands, by its beginning.
    fn find(&self, text: &str) -> Vec<(Range<usize>, Personal)> {
        // Most cells are an answer of a word or two.
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let mut found = Vec::new();
        if text.contains('@') {
            found.extend(self.patterns().email.find_iter(text).map(|m| (m.range(), Personal::Email)));
        }
        if digits >= 5 {
            found.extend(numbers::identities(text).into_iter().map(|range| (range, Personal::Identity)));
            found.extend(self.telephones(text).into_iter().map(|range| (range, Personal::Telephone)));
            found.extend(self.passports(text).into_iter().map(|range| (range, Personal::Passport)));
        }
        found.sort_by_key(|(range, kind)| (range.start, std::cmp::Reverse(range.end), *kind));
        found
    }

    fn telephones(&self, text: &str) -> Vec<Range<usize>> {
        let international = self.patterns().international.find_iter(text).filter_map(|m| {
            let before = &text[..m.start()];
            // `DK50 0040 0440 …` is no number abroad.
            let within = m.as_str().starts_with('0') && before.trim_end().ends_with(|c: char| c.is_ascii_digit());
            let stands_alone = !within && !before.ends_with(|c: char| c.is_alphanumeric() || c == '+');
            let end = numbers::international(m.as_str()).filter(|_| stands_alone)?;
            Some(m.start()..m.start() + end)
        });
        let long_enough = |range: Range<usize>| {
            let number = &text[range.clone()];
            let digits = number.bytes().filter(u8::is_ascii_digit).count();
            // "by telephone, 2026-11-05"
            let is_day = self.patterns().day.is_match(number);
            ((6..=15).contains(&digits) && is_whole(text, &range, char::is_alphanumeric) && !is_day).then_some(range)
        };
        let before = self.patterns().telephone_before.captures_iter(text).filter_map(|c| {
            let (whole, number) = (c.get(0)?, c.get(1)?);
            is_word_start(text, whole.start()).then(|| long_enough(number.range())).flatten()
        });
        let after = self.patterns().telephone_after.captures_iter(text).filter_map(|c| {
            let (whole, number) = (c.get(0)?, c.get(1)?);
            // `CVR 12345678 tel. 87654321`: the word belongs to the number behind it.
            let rest = text[whole.end()..].trim_start_matches(|c: char| !c.is_alphanumeric() && c != ')');
            let ends = !text[whole.end()..].starts_with(char::is_alphanumeric);
            (ends && !rest.starts_with(|c: char| c.is_ascii_digit())).then(|| long_enough(number.range())).flatten()
        });
        international.chain(before).chain(after).collect()
    }

    fn passports(&self, text: &str) -> Vec<Range<usize>> {
        let by_form = self.patterns().passport.find_iter(text).map(|m| m.range()).filter(|range| {
            let letters = text[range.clone()].bytes().take_while(u8::is_ascii_uppercase).count();
            // `HR2024001` is a document of a year.
            let year = text[range.start + letters..].get(..4).and_then(|y| y.parse::<u16>().ok()).unwrap_or_default();
            is_whole(text, range, char::is_alphanumeric) && !(1990..2040).contains(&year)
        });
        let by_word = self.patterns().passport_before.captures_iter(text).filter_map(|c| {
            let (whole, number) = (c.get(0)?, c.get(1)?);
            (is_word_start(text, whole.start()) && is_whole(text, &number.range(), char::is_alphanumeric))
                .then(|| number.range())
        });
        by_form.chain(by_word).collect()
    }
}

impl Patterns {
    #[expect(clippy::expect_used, reason = "patterns are ours, words enter them escaped, and tests make them all")]
    fn new([telephone, passport, number]: &[String; 3]) -> Self {
        let between = format!(r"(?:{GAP}|[:;,=#])*(?:(?:{number})(?:{GAP}|[:;,=#])*)?");
        let pattern = |text: &str| Regex::new(text).expect("a pattern");
        Self {
            email: pattern(r"[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+"),
            international: pattern(&format!(r"(?:\+|00){GAP}?[1-9](?:{GAP}{{0,3}}[0-9])+")),
            passport: pattern(r"[A-Z]{2}[0-9]{7}|[A-Z][0-9]{7}[A-Z]?"),
            telephone_before: pattern(&format!(r"(?i)(?:{telephone}){between}([+0-9](?:{GAP}{{0,3}}[0-9])+)")),
            telephone_after: pattern(&format!(r"(?i)([0-9](?:{GAP}{{0,3}}[0-9])+){GAP}{{0,2}}(?:{telephone})")),
            passport_before: pattern(&format!(r"(?i)(?:{passport}){between}([A-Z]{{0,3}}[0-9]{{5,9}}[A-Z]{{0,2}})")),
            day: pattern(r"^(?:[0-9]{4}[-./][0-9]{1,2}[-./][0-9]{1,2}|[0-9]{1,2}[-./] ?[0-9]{1,2}[-./] ?[0-9]{4})"),
        }
    }
}

fn is_word_start(text: &str, at: usize) -> bool {
    !text[..at].ends_with(char::is_alphanumeric)
}

/// Whether nothing of a kind touches it, and it is no part of a longer number that is grouped by points or hyphens.
fn is_whole(text: &str, range: &Range<usize>, kind: impl Fn(char) -> bool) -> bool {
    let groups = |c: char| matches!(c, '-' | '.' | ',');
    let touches = |mut outward: std::iter::Peekable<&mut dyn Iterator<Item = char>>| match outward.next() {
        Some(c) if kind(c) => true,
        Some(c) if groups(c) => outward.peek().is_some_and(char::is_ascii_digit),
        _ => false,
    };
    let mut before = text[..range.start].chars().rev();
    let mut after = text[range.end..].chars();
    let before: &mut dyn Iterator<Item = char> = &mut before;
    let after: &mut dyn Iterator<Item = char> = &mut after;
    !touches(before.peekable()) && !touches(after.peekable())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    pub(super) fn mask() -> Mask {
        let word = |id: &str, list: &str| (id.to_owned(), Text::english(list));
        Mask::new(&Words::new(BTreeMap::from([
            word("mask-telephone", "telephone, phone, tel, tlf, telefon, mobil, puhelin, puh, sími"),
            word("mask-passport", "passport, pas, pass, passi, vegabréf"),
            word("mask-number", "no, nr, number, nummer"),
        ])))
    }

    fn masked(text: &str) -> String {
        mask().apply(text).map_or_else(|| text.to_owned(), |(masked, _)| masked)
    }

    #[test]
    fn what_is_personal_is_masked_and_the_rest_stands() {
        for (text, wanted) in [
            ("Ask jens.o'hara+x@firma.co.dk, please.", "Ask •••, please."),
            ("søren@blåbær.dk", "•••"),
            ("Ring +45 12 34 56 78 2024", "Ring ••• 2024"),
            ("0046 (0)70-123 45 67", "•••"),
            ("Tlf.: 12345678, CVR 87654321", "Tlf.: •••, CVR 87654321"),
            ("CVR 87654321 tlf 12 34 56 78", "CVR 87654321 tlf •••"),
            ("12 34 56 78 (mobil)", "••• (mobil)"),
            ("Puh. nr 040 123 4567", "Puh. nr •••"),
            ("Sími 555 1234.", "Sími •••."),
            ("XP8271602 and P1234567A and K1234567", "••• and ••• and •••"),
            ("pas nr. 203940516", "pas nr. •••"),
            ("010170-1234/020271-2345", "•••/•••"),
        ] {
            assert_eq!(masked(text), wanted);
        }
    }

    #[test]
    fn ordinary_numbers_stand() {
        for text in [
            "CVR 12345678",
            "order 4500123456",
            "PO 0045001234",
            "HR2024001",
            "DK12345678",
            "SE556677889901",
            "tel. 112",
            "passports of 2024 people",
            "up +12 500 000 kr",
            "from 2024-11-05 to 2025-01-31 at 12:30",
            "Telephone interview 20240105",
            "By phone, 2024-11-05; tlf. 5.11.2024",
            "100,000.00 / 12.345.678,90",
            "IBAN DK50 0040 0440 1162 43",
            "a @ b",
            "010170-1234-5",
            "ID 1010170123456",
            "",
        ] {
            assert_eq!(mask().apply(text), None, "{text}");
        }
    }

    #[test]
    fn kinds_are_named() {
        let (_, kinds) = mask().apply("a@b.dk, +45 12345678, a@c.dk").unwrap();
        assert_eq!(kinds, [Personal::Email, Personal::Telephone]);
    }

    #[test]
    fn without_words_the_forms_are_still_found() {
        let mask = Mask::new(&Words::default());
        assert!(mask.apply("tel 12345678").is_none() && mask.apply("+4512345678").is_some());
    }
}
