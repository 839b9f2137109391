//! Codes of participants: short, and read aloud or copied by hand without a doubt.

use std::collections::BTreeSet;

use crate::batch::digest;

/// No 0 and O, 1, I and L, 5 and S, 2 and Z, 8 and B, G beside 6, U and V; no vowels, so that no code is a word.
const LETTERS: &[u8] = b"34679CDFHJKMNPQRTWX";
const LENGTH: usize = 4;

/// Codes for a case: the same for the same case and number. Any two differ in two places at least, so a slip of the pen
/// does not make one into another.
pub(super) fn codes(case: &str, participants: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut tried = BTreeSet::new();
    let mut n = 0usize;
    // Of 130,000 codes some 6,000 can be kept apart so; who asks for more gets fewer places of difference.
    while out.len() < participants {
        let code = code(&format!("{case}/{n}"));
        n += 1;
        let apart = |other: &String| other.bytes().zip(code.bytes()).filter(|(a, b)| a != b).count() >= 2;
        if tried.insert(code.clone()) && (n > 100_000 || out.iter().all(apart)) {
            out.push(code);
        }
    }
    out
}

fn code(seed: &str) -> String {
    let hex = digest(seed.as_bytes());
    let pairs = hex.as_bytes().chunks(4).take(LENGTH);
    let letter = |chunk: &[u8]| {
        let n = chunk.iter().fold(0usize, |n, digit| n * 16 + (*digit as char).to_digit(16).unwrap_or(0) as usize);
        char::from(LETTERS[n % LETTERS.len()])
    };
    pairs.map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_same_every_time_and_far_from_each_other() {
        let made = codes("cleaning-harbour-offices", 200);
        assert_eq!(made, codes("cleaning-harbour-offices", 200));
        assert_eq!(made[..30], codes("cleaning-harbour-offices", 30)[..], "more participants change no code");
        assert_ne!(made[0], codes("hospitality-lakeside", 1)[0]);
        for (i, a) in made.iter().enumerate() {
            assert!(a.len() == 4 && a.bytes().all(|b| LETTERS.contains(&b)), "{a}");
            for b in &made[i + 1..] {
                assert!(a.bytes().zip(b.bytes()).filter(|(x, y)| x != y).count() >= 2, "{a} {b}");
            }
        }
        assert!(!LETTERS.iter().any(|l| b"01OILBSZGUVAEY".contains(l)));
    }
}
