//! The text of numbers: results and pages hold thousands of them, so it is put together in one go.

/// Adds the digits of a number.
pub(crate) fn push_digits(n: u64, to: &mut String) {
    to.push_str(itoa::Buffer::new().format(n));
}

/// Adds the last two digits of a number.
pub(crate) fn push_two_digits(n: u64, to: &mut String) {
    to.extend([n / 10, n].map(|n| char::from(b'0' + (n % 10) as u8)));
}

/// The text of a fraction, from its end.
pub(super) struct Digits {
    /// Two machine words, and signs between and before them.
    room: [u8; 48],
    /// Where it begins.
    from: usize,
}

impl Digits {
    /// `n/d`, or `n` when whole.
    pub(super) fn of(n: i64, d: i64) -> Self {
        let room = [0; 48];
        let mut digits = Self { from: room.len(), room };
        if d != 1 {
            digits.number(d.unsigned_abs());
            digits.add(b"/");
        }
        digits.number(n.unsigned_abs());
        if n < 0 {
            digits.add(b"-");
        }
        digits
    }

    fn number(&mut self, n: u64) {
        self.add(itoa::Buffer::new().format(n).as_bytes());
    }

    /// Adds in front.
    fn add(&mut self, text: &[u8]) {
        self.from -= text.len();
        self.room[self.from..][..text.len()].copy_from_slice(text);
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.room[self.from..]).unwrap_or_default()
    }
}
