//! National identity numbers of Denmark, Sweden, Norway, Finland and Iceland, and international telephone numbers: told
//! by how they are built.

use std::ops::Range;

/// Where identity numbers stand in a text.
pub(super) fn identities(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
        let within =
            text[..at].ends_with(|c: char| c.is_ascii_digit()) || found.last().is_some_and(|last| at < last.end);
        if within {
            continue;
        }
        let Some(length) = identity(&text[at..]) else { continue };
        let range = at..at + length;
        // Beside letters a row of digits may be anything, `SO0101701234`; hardly so with its sign, `CPR010170-1234`.
        let is_signed = text[range.clone()].contains(|c: char| !c.is_ascii_digit() && !c.is_whitespace());
        let beside = |c: char| if is_signed { c.is_ascii_digit() } else { c.is_alphanumeric() };
        if super::is_whole(text, &range, beside) {
            found.push(range);
        }
    }
    found
}

/// Length of the identity number that a text begins with.
fn identity(text: &str) -> Option<usize> {
    let first = digits(text, 12);
    match first.len() {
        12 => with_century(&first).then_some(12),
        11 => norwegian(&first).then_some(11),
        10 => (danish(&first, false) || swedish(&first) || icelandic(&first)).then_some(10),
        6 => finnish(text, &first).or_else(|| {
            let (gap, is_sign) = separator(&text[6..])?;
            let rest = digits(&text[6 + gap..], 6);
            let all: Vec<u32> = first.iter().chain(&rest).copied().collect();
            let is_one = match rest.len() {
                4 => danish(&all, is_sign) || swedish(&all) || icelandic(&all),
                5 => norwegian(&all),
                _ => false,
            };
            is_one.then_some(6 + gap + rest.len())
        }),
        8 => {
            let (gap, _) = separator(&text[8..])?;
            let rest = digits(&text[8 + gap..], 5);
            let all: Vec<u32> = first.iter().chain(&rest).copied().collect();
            (rest.len() == 4 && with_century(&all)).then_some(8 + gap + 4)
        }
        _ => None,
    }
}

/// The digits a text begins with; one more than `most` means: more.
fn digits(text: &str, most: usize) -> Vec<u32> {
    text.chars().map_while(|c| c.to_digit(10)).take(most + 1).collect()
}

/// Length of what stands between date and serial number, a hyphen or plus with or without blanks, or a blank; and whether
/// it is more than a blank.
fn separator(text: &str) -> Option<(usize, bool)> {
    let is_blank = |c: &char| matches!(c, ' ' | '\u{a0}' | '\u{202f}');
    let is_sign = |c: &char| matches!(c, '-' | '+' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    let mut chars = text.chars().peekable();
    let mut length = 0;
    let before = chars.next_if(is_blank);
    let sign = chars.next_if(is_sign);
    let after = if sign.is_some() { chars.next_if(is_blank) } else { None };
    for c in [before, sign, after].into_iter().flatten() {
        length += c.len_utf8();
    }
    (length > 0).then_some((length, sign.is_some()))
}

fn two(digits: &[u32], at: usize) -> u32 {
    digits[at] * 10 + digits[at + 1]
}

fn is_date(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=last).contains(&day)
}

/// A date of which only the last two digits of the year are known, in this century or the last.
fn is_some_date(year: u32, month: u32, day: u32) -> bool {
    is_date(1900 + year, month, day) || is_date(2000 + year, month, day)
}

fn weighed(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(d, w)| d * w).sum()
}

/// CPR: day, month, year, four digits, of which the first tells the century. Since 2007 numbers are given out that fail
/// the old check, so the date decides. Numbers for administration have 60 added to the day; they are taken for such only
/// with a hyphen, as without one too many other numbers look like them.
fn danish(digits: &[u32], hyphen: bool) -> bool {
    let (day, month, year) = (two(digits, 0), two(digits, 2), two(digits, 4));
    let century = match (digits[6], year) {
        (0..=3, _) | (4 | 9, 37..) => 1900,
        (4 | 9, _) | (5..=8, ..58) => 2000,
        // Born before 1900.
        _ => return false,
    };
    let day = if hyphen && day > 60 { day - 60 } else { day };
    is_date(century + year, month, day)
}

/// Personnummer or samordningsnummer (60 added to the day) without century: year, month, day, serial number, Luhn.
fn swedish(digits: &[u32]) -> bool {
    let day = two(digits, 4);
    let day = if day > 60 { day - 60 } else { day };
    is_some_date(two(digits, 0), two(digits, 2), day) && luhn(digits)
}

/// The same with the century before it.
fn with_century(digits: &[u32]) -> bool {
    let (century, day) = (two(digits, 0), two(digits, 6));
    let day = if day > 60 { day - 60 } else { day };
    matches!(century, 18..=20) && is_date(century * 100 + two(digits, 2), two(digits, 4), day) && luhn(&digits[2..])
}

fn luhn(digits: &[u32]) -> bool {
    let doubled = |d: u32| if d > 4 { d * 2 - 9 } else { d * 2 };
    let sum: u32 = digits.iter().rev().enumerate().map(|(i, d)| if i % 2 == 1 { doubled(*d) } else { *d }).sum();
    sum.is_multiple_of(10)
}

/// Fødselsnummer, or D-number with 40 added to the day: day, month, year, three digits, two check digits.
fn norwegian(digits: &[u32]) -> bool {
    let day = two(digits, 0);
    let day = if day > 40 { day - 40 } else { day };
    is_some_date(two(digits, 4), two(digits, 2), day)
        && weighed(digits, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]).is_multiple_of(11)
        && weighed(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

/// Kennitala of a person: day, month, year, two digits, a check digit, the century. A firm's has 40 added to the day.
fn icelandic(digits: &[u32]) -> bool {
    let century = match digits[9] {
        8 => 1800,
        9 => 1900,
        0 => 2000,
        _ => return false,
    };
    is_date(century + two(digits, 4), two(digits, 2), two(digits, 0))
        && weighed(digits, &[3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

/// Henkilötunnus: day, month, year, a sign for the century, three digits, a check character.
fn finnish(text: &str, date: &[u32]) -> Option<usize> {
    let mut rest = text[6..].chars();
    let sign = rest.next()?;
    let century = match sign.to_ascii_uppercase() {
        '+' => 1800,
        '-' | '\u{2010}'..='\u{2013}' | '\u{2212}' | 'U'..='Y' => 1900,
        'A'..='F' => 2000,
        _ => return None,
    };
    let serial: Vec<u32> = rest.by_ref().take(3).map_while(|c| c.to_digit(10)).collect();
    let check = rest.next().filter(char::is_ascii)?.to_ascii_uppercase();
    let &[a, b, c] = serial.as_slice() else { return None };
    let (day, month, year) = (two(date, 0), two(date, 2), two(date, 4));
    let number = (day * 10_000 + month * 100 + year) * 1000 + a * 100 + b * 10 + c;
    let wanted = "0123456789ABCDEFHJKLMNPRSTUVWXY".chars().nth(usize::try_from(number % 31).ok()?)?;
    let ends = !rest.as_str().starts_with(|c: char| c.is_ascii_digit());
    (ends && check == wanted && is_date(century + year, month, day)).then_some(6 + sign.len_utf8() + 4)
}

/// Where an international telephone number ends in a text that begins with its `+` or `00`: as many digits as its country
/// has, if it has one that we know, else what the standard allows.
pub(super) fn international(text: &str) -> Option<usize> {
    let prefix = if text.starts_with('+') { 1 } else { 2 };
    let ends: Vec<(usize, char)> =
        text.char_indices().skip(prefix).filter(|(_, c)| c.is_ascii_digit()).map(|(at, c)| (at + 1, c)).collect();
    let number: String = ends.iter().map(|(_, c)| c).collect();
    let (least, most) = match number.as_str() {
        n if n.starts_with("45") || n.starts_with("47") || n.starts_with("354") => (10, 10),
        n if n.starts_with("46") => (9, 12),
        n if n.starts_with("358") => (8, 14),
        n if n.starts_with(['1', '7']) => (11, 11),
        _ => (9, 15),
    };
    // With more digits, the rest belongs to something else, if a gap is between.
    let (end, _) = *ends.get(number.len().min(most).checked_sub(1)?)?;
    let goes_on = text[end..].starts_with(|c: char| c.is_ascii_digit());
    (number.len() >= least && !goes_on).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::super::tests::mask;
    use super::*;
    use proptest::prelude::*;

    fn is_identity(text: &str) -> bool {
        let found = identities(&format!("see {text}, please"));
        matches!(found.as_slice(), [one] if (one.start, one.end) == (4, 4 + text.len()))
    }

    /// Numbers from the authorities' own descriptions, and made up ones with the right check digits.
    #[test]
    fn numbers_of_the_five_countries() {
        for text in [
            "070761-4285",
            "0707614285",
            "070761 4285",
            "010107-9000",
            "290204-4000",
            "610190-1234",
            "811228-9874",
            "8112289874",
            "19811228-9874",
            "198112289874",
            "670919-9530",
            "811218+9876",
            "701063-2391",
            "13097248022",
            "130972 48022",
            "53097248016",
            "131052-308T",
            "131052–308t",
            "010594Y9032",
            "010594W9032",
            "020594X903P",
            "010516B903X",
            "131052+308T",
            "120174-3399",
            "1201743399",
        ] {
            assert!(is_identity(text), "{text}");
        }
        for text in [
            "310270-1234",
            "001270-1234",
            "290203-4000",
            "010158-5000",
            "991328-9875",
            "13097248023",
            "13097238022",
            "131052-308U",
            "131352-308T",
            "131052G308T",
            "4501730449",
            "010170-123",
            "010170-12345",
            "01017012345678",
        ] {
            assert!(identities(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn letters_may_touch_a_number_with_its_sign() {
        for text in ["CPR070761-4285", "070761-4285Jensen", "hetu131052-308T", "pnr19811228-9874", "nr070761 - 4285x"] {
            assert_eq!(identities(text).len(), 1, "{text}");
        }
        for text in ["SO0707614285", "0707614285x", "SE811228 9874", "A070761-42855", "1070761-4285", "a070761-4285-1"]
        {
            assert!(identities(text).is_empty(), "{text}");
        }
    }

    /// Dates of people.
    fn born() -> impl Strategy<Value = (u32, u32, u32)> {
        (1900u32..2026, 1u32..=12, 1u32..=28)
    }

    fn separated(date: &str, rest: &str, separator: usize) -> String {
        format!("{date}{}{rest}", ["", "-", " ", " - ", "\u{2013}"][separator])
    }

    fn of(text: &str) -> Vec<u32> {
        text.chars().filter_map(|c| c.to_digit(10)).collect()
    }

    proptest! {
        #[test]
        fn valid_numbers_are_always_found((year, month, day) in born(), serial in 0u32..1000, separator in 0usize..5) {
            let (yy, is_new) = (year % 100, year >= 2000);
            let date = format!("{day:02}{month:02}{yy:02}");
            let century = if is_new { if yy < 37 { 4 } else { 5 } } else { 0 };
            let cpr = separated(&date, &format!("{century}{serial:03}"), separator);
            prop_assert!(is_identity(&cpr), "{cpr}");

            for shift in [0, 60] {
                let reversed = format!("{yy:02}{month:02}{:02}", day + shift);
                let check = (0..10).find(|c| luhn(&of(&format!("{reversed}{serial:03}{c}")))).unwrap();
                let tail = format!("{serial:03}{check}");
                for head in [reversed.clone(), format!("{}{reversed}", year / 100)] {
                    let text = separated(&head, &tail, separator);
                    prop_assert!(is_identity(&text), "{text}");
                }
            }

            for shift in [0, 40] {
                let head = format!("{:02}{month:02}{yy:02}", day + shift);
                let checks = (0..100).map(|c| format!("{serial:03}{c:02}"));
                for tail in checks.filter(|tail| norwegian(&of(&format!("{head}{tail}")))) {
                    let text = separated(&head, &tail, separator);
                    prop_assert!(is_identity(&text), "{text}");
                }
            }

            let number: u32 = format!("{date}{serial:03}").parse().unwrap();
            let check = "0123456789ABCDEFHJKLMNPRSTUVWXY".as_bytes()[number as usize % 31] as char;
            for sign in if is_new { "ABCDEF" } else { "-UVWXY" }.chars() {
                let text = format!("{date}{sign}{serial:03}{check}");
                prop_assert!(is_identity(&text), "{text}");
            }

            let tails = (0..10).map(|c| format!("{:02}{c}{}", serial % 100, if is_new { 0 } else { 9 }));
            for tail in tails.filter(|tail| icelandic(&of(&format!("{date}{tail}")))) {
                let text = separated(&date, &tail, separator);
                prop_assert!(is_identity(&text), "{text}");
            }
        }

        /// A month that there is none of in any of the three places where one could stand.
        #[test]
        fn numbers_without_a_date_never_are(a in 13u32..99, b in 13u32..99, c in 13u32..99, rest in 0u32..1_000_000, length in 2usize..7) {
            let rest = format!("{rest:06}");
            let text = format!("{a}{b}{c}{}", &rest[..length]);
            prop_assert!(mask().apply(&format!("order {text}, paid")).is_none(), "{text}");
            let text = format!("{a}{b}{c}-{}", &rest[..length]);
            prop_assert!(mask().apply(&format!("order {text}, paid")).is_none(), "{text}");
        }

        #[test]
        fn no_text_brings_it_down(text in "\\PC{0,60}|[0-9+@ .a-z-]{0,60}") {
            if let Some((masked, kinds)) = mask().apply(&text) {
                prop_assert!(masked.contains(super::super::MASKED) && !kinds.is_empty());
            }
        }
    }
}
