//! Exact numbers: fractions of any size, rounded once, when shown.

mod digits;
mod sum;

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};
use std::str::FromStr;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use self::digits::Digits;
pub(crate) use self::digits::{push_digits, push_two_digits};
pub(crate) use self::sum::Total;

/// An exact fraction in lowest terms. Written `"n/d"`, or `"n"` when whole; where nobody reads it, in numbers.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Exact(Fraction);

/// Scores are small fractions: two machine words. A larger one takes as many as it needs.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Fraction {
    /// Numerator and denominator of whatever fits, so that equal numbers are written alike: in lowest terms, the
    /// denominator above 0, the numerator never `i64::MIN`, which has no opposite.
    Small(i64, i64),
    Large(Box<BigRational>),
}

use Fraction::{Large, Small};

impl Exact {
    /// 0
    pub fn zero() -> Self {
        Self(Small(0, 1))
    }

    /// 1
    pub fn one() -> Self {
        Self(Small(1, 1))
    }

    /// A whole number.
    pub fn whole(n: i64) -> Self {
        Self::fraction(n.into(), 1)
    }

    /// The fraction `n/d`.
    ///
    /// # Panics
    /// If `d` is zero.
    pub fn ratio(n: i64, d: i64) -> Self {
        assert_ne!(d, 0, "a fraction of nothing");
        let (n, d) = (i128::from(n), i128::from(d));
        if d < 0 { Self::fraction(-n, -d) } else { Self::fraction(n, d) }
    }

    /// `n/d`, whatever the two have in common; `d` is above 0. What two small fractions come to fits into 127 bits.
    fn fraction(n: i128, d: i128) -> Self {
        if let (Ok(n), Ok(d)) = (i64::try_from(n), i64::try_from(d))
            && n != i64::MIN
        {
            return Self::small(n, d);
        }
        let common = gcd(n.abs(), d);
        let (n, d) = (n / common, d / common);
        match (i64::try_from(n), i64::try_from(d)) {
            (Ok(n), Ok(d)) if n != i64::MIN => Self(Small(n, d)),
            _ => Self(Large(Box::new(BigRational::new_raw(n.into(), d.into())))),
        }
    }

    /// The same; `n` has an opposite.
    fn small(n: i64, d: i64) -> Self {
        let common = if d == 1 { 1 } else { common(n, d) };
        // Most are in lowest terms, and divisions take long.
        if common == 1 { Self(Small(n, d)) } else { Self(Small(n / common, d / common)) }
    }

    fn of(large: BigRational) -> Self {
        match (large.numer().to_i64(), large.denom().to_i64()) {
            (Some(n), Some(d)) if n != i64::MIN => Self(Small(n, d)),
            _ => Self(Large(Box::new(large))),
        }
    }

    fn large(&self) -> BigRational {
        match &self.0 {
            Small(n, d) => BigRational::new_raw(BigInt::from(*n), BigInt::from(*d)),
            Large(x) => (**x).clone(),
        }
    }

    /// Whether it is 0.
    pub fn is_zero(&self) -> bool {
        matches!(&self.0, Small(0, _))
    }

    /// Whether it is 1.
    fn is_one(&self) -> bool {
        matches!(&self.0, Small(1, 1))
    }

    /// Whether it is below 0.
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Small(n, _) => *n < 0,
            Large(x) => x.is_negative(),
        }
    }

    /// The absolute value.
    #[must_use]
    pub fn abs(&self) -> Self {
        if self.is_negative() { -self.clone() } else { self.clone() }
    }

    /// The largest whole number that is not above it.
    fn floor(&self) -> Self {
        match &self.0 {
            Small(n, d) => Self(Small(n.div_euclid(*d), 1)),
            Large(x) => Self::of(x.floor()),
        }
    }

    /// Hundredths, rounded half up: a whole number.
    fn hundredths(&self) -> Self {
        // 100 n/d + 1/2, without a common divisor to be looked for.
        if let Small(n, d) = self.0
            && let (Some(n), Some(d)) = (n.checked_mul(200).and_then(|n| n.checked_add(d)), d.checked_mul(2))
        {
            return Self(Small(n.div_euclid(d), 1));
        }
        (self * &Self::whole(100)).nearest()
    }

    /// The nearest whole number, of two the upper one.
    fn nearest(&self) -> Self {
        if let Small(n, d) = self.0
            && let (Some(n), Some(d)) = (n.checked_mul(2).and_then(|n| n.checked_add(d)), d.checked_mul(2))
        {
            return Self(Small(n.div_euclid(d), 1));
        }
        (self + &Self::ratio(1, 2)).floor()
    }

    /// A whole number of one machine word.
    fn word(&self) -> Option<i64> {
        match self.0 {
            Small(n, 1) => Some(n),
            _ => None,
        }
    }

    /// Hundredths, rounded half up, if so many fit into a machine word.
    pub(crate) fn in_hundredths(&self) -> Option<i64> {
        self.hundredths().word()
    }

    /// The nearest whole number, of two the upper one, if it fits into a machine word.
    pub(crate) fn in_wholes(&self) -> Option<i64> {
        self.nearest().word()
    }

    /// Hundredths, floored toward minus infinity, and the part of one that is left: to be held against others only, for it
    /// need not be in lowest terms.
    fn split_hundredths(&self) -> (Self, Self) {
        if let Small(n, d) = self.0
            && let Some(n) = n.checked_mul(100)
        {
            return (Self(Small(n.div_euclid(d), 1)), Self(Small(n.rem_euclid(d), d)));
        }
        let scaled = self * &Self::whole(100);
        let floor = scaled.floor();
        let rest = &scaled - &floor;
        (floor, rest)
    }

    /// With two decimals, rounded half up: `"66.49"`.
    pub fn shown(&self) -> String {
        self.hundredths().as_hundredths()
    }

    /// A whole number of hundredths with its decimal point.
    fn as_hundredths(&self) -> String {
        if let Some(n) = self.word() {
            // A sign, a point and the digits of a machine word.
            let mut text = String::with_capacity(24);
            if n < 0 {
                text.push('-');
            }
            push_digits(n.unsigned_abs() / 100, &mut text);
            text.push('.');
            push_two_digits(n.unsigned_abs() % 100, &mut text);
            return text;
        }
        let sign = if self.is_negative() { "-" } else { "" };
        let digits = format!("{:0>3}", self.abs().to_string());
        let (units, decimals) = digits.split_at(digits.len() - 2);
        format!("{sign}{units}.{decimals}")
    }

    /// Rounded half up to a whole number: `"66"`. For first pages, where a score is not more precise than that.
    pub fn rounded(&self) -> String {
        self.nearest().to_string()
    }

    /// The nearest double, for spreadsheets. Never used in a calculation.
    pub fn to_f64(&self) -> f64 {
        self.large().to_f64().unwrap_or_default()
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Small(a, b), Small(c, d)) if b == d => a.cmp(c),
            (Small(a, b), Small(c, d)) => (i128::from(*a) * i128::from(*d)).cmp(&(i128::from(*c) * i128::from(*b))),
            _ => self.large().cmp(&other.large()),
        }
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Shown values of lines that add up to the shown total: each is floored toward minus infinity, then the missing
/// hundredths go to the largest remainders, ties by id in byte order. The total is rounded half up.
pub fn largest_remainder(lines: &[(&str, &Exact)]) -> (String, Vec<String>) {
    let total: Exact = lines.iter().map(|(_, x)| *x).sum();
    let (mut cents, rests): (Vec<Exact>, Vec<Exact>) = lines.iter().map(|(_, x)| x.split_hundredths()).unzip();
    // Each remainder is below 1, so no more hundredths are missing than there are remainders above 0.
    let mut takers: Vec<usize> = (0..lines.len()).filter(|at| !rests[*at].is_zero()).collect();
    let missing = (total.hundredths() - cents.iter().sum()).word().and_then(|n| usize::try_from(n).ok());
    let missing = missing.unwrap_or_default();
    if missing < takers.len() {
        takers.select_nth_unstable_by(missing, |&a, &b| {
            let by_id = || lines[a].0.as_bytes().cmp(lines[b].0.as_bytes());
            rests[b].cmp(&rests[a]).then_with(by_id).then(a.cmp(&b))
        });
        takers.truncate(missing);
    }
    for taker in takers {
        cents[taker] = &cents[taker] + &Exact::one();
    }
    (total.shown(), cents.iter().map(Exact::as_hundredths).collect())
}

/// The greatest common divisor; neither number is below 0, nor both are 0.
fn gcd(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The same of two words, of which `b` is above 0: by Stein's algorithm, in half the time that divisions take.
fn common(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    if a != 0 {
        let twos = (a | b).trailing_zeros();
        a >>= a.trailing_zeros();
        b >>= b.trailing_zeros();
        while a != b {
            let apart = a.abs_diff(b);
            a = a.min(b);
            b = apart >> apart.trailing_zeros();
        }
        b <<= twos;
    }
    // It divides `b`, so it is not larger.
    i64::try_from(b).unwrap_or(1)
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Small(n, d) => f.write_str(Digits::of(*n, *d).text()),
            Large(x) => write!(f, "{x}"),
        }
    }
}

impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Small(n, d) if !serializer.is_human_readable() => Numbers::Small(*n, *d).serialize(serializer),
            Large(x) if !serializer.is_human_readable() => Numbers::Large(x.to_string()).serialize(serializer),
            // Most credits and answers are one of these.
            Small(0, 1) => serializer.serialize_str("0"),
            Small(1, 1) => serializer.serialize_str("1"),
            Small(1, 2) => serializer.serialize_str("1/2"),
            Small(n, d) => serializer.serialize_str(Digits::of(*n, *d).text()),
            Large(x) => serializer.collect_str(x),
        }
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = if deserializer.is_human_readable() {
            String::deserialize(deserializer)?
        } else {
            match Numbers::deserialize(deserializer)? {
                Numbers::Small(n, d) if d > 0 => return Ok(Self::ratio(n, d)),
                Numbers::Small(..) => return Err(D::Error::custom("a fraction of nothing")),
                Numbers::Large(text) => text,
            }
        };
        text.parse().map_err(D::Error::custom)
    }
}

/// A fraction where nobody reads it.
#[derive(Serialize, Deserialize)]
enum Numbers {
    Small(i64, i64),
    Large(String),
}

impl Exact {
    /// A number of a few digits, as almost all are. Anything else is for the long way, which says what is wrong too.
    fn short(text: &str) -> Option<Self> {
        let number = |t: &[u8]| -> Option<i64> {
            let fine = (1..=9).contains(&t.len()) && t.iter().all(u8::is_ascii_digit);
            fine.then(|| t.iter().fold(0, |n, b| n * 10 + i64::from(b - b'0')))
        };
        let (digits, sign) = match text.as_bytes() {
            [b'-', digits @ ..] => (digits, -1),
            digits => (digits, 1),
        };
        let Some(at) = digits.iter().position(|b| !b.is_ascii_digit()) else {
            return Some(Self::small(sign * number(digits)?, 1));
        };
        let (first, second) = (number(&digits[..at])?, number(&digits[at + 1..])?);
        match digits[at] {
            b'/' if second > 0 => Some(Self::small(sign * first, second)),
            b'.' => {
                let tens = digits[at + 1..].iter().fold(1, |tens, _| tens * 10);
                Some(Self::small(sign * (first * tens + second), tens))
            }
            _ => None,
        }
    }
}

impl FromStr for Exact {
    type Err = String;

    /// Reads `3`, `-3`, `3/5` and decimals such as `12.5`.
    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(short) = Self::short(text) {
            return Ok(short);
        }
        let bad = || format!("`{text}` is no number: write it like 3, 1/2 or 12.5");
        let whole = |t: &str| -> Result<BigInt, String> {
            let digits = t.strip_prefix('-').unwrap_or(t);
            if digits.is_empty() || digits.len() > 40 || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(bad());
            }
            t.parse().map_err(|_| bad())
        };
        if let Some((n, d)) = text.split_once('/') {
            let d = whole(d)?;
            if !d.is_positive() {
                return Err(bad());
            }
            return Ok(Self::of(BigRational::new(whole(n)?, d)));
        }
        let Some((units, decimals)) = text.split_once('.') else { return Ok(Self::of(whole(text)?.into())) };
        if decimals.starts_with('-') {
            return Err(bad());
        }
        let places = u32::try_from(decimals.len()).map_err(|_| bad())?;
        whole(decimals)?;
        let n = whole(&format!("{units}{decimals}"))?;
        Ok(Self::of(BigRational::new(n, BigInt::from(10).pow(places))))
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident, $plain:expr, $small:expr) => {
        impl $trait<&Exact> for &Exact {
            type Output = Exact;
            fn $method(self, other: &Exact) -> Exact {
                if let Some(one) = $plain(self, other) {
                    return one.clone();
                }
                if let (&Small(a, b), &Small(c, d)) = (&self.0, &other.0) {
                    let small: fn([i128; 4]) -> Option<(i128, i128)> = $small;
                    if let Some((n, d)) = small([a, b, c, d].map(i128::from)) {
                        return Exact::fraction(n, d);
                    }
                }
                Exact::of($trait::$method(self.large(), other.large()))
            }
        }
        impl $trait for Exact {
            type Output = Exact;
            fn $method(self, other: Exact) -> Exact {
                $trait::$method(&self, &other)
            }
        }
    };
}
operator!(Add, add, plain_sum, |[a, b, c, d]| Some(if b == d { (a + c, b) } else { (a * d + c * b, b * d) }));
operator!(Sub, sub, plain_difference, |[a, b, c, d]| Some(if b == d { (a - c, b) } else { (a * d - c * b, b * d) }));
operator!(Mul, mul, plain_product, |[a, b, c, d]| Some((a * c, b * d)));
operator!(Div, div, plain_quotient, |[a, b, c, d]| match c.signum() {
    1 => Some((a * d, b * c)),
    -1 => Some((-a * d, b * -c)),
    // Nothing goes by 0: the long way says so.
    _ => None,
});

// Most of what is added is 0, most of what is multiplied is 0 or 1: that needs no divisor.

fn plain_sum<'x>(x: &'x Exact, y: &'x Exact) -> Option<&'x Exact> {
    if y.is_zero() { Some(x) } else { x.is_zero().then_some(y) }
}

fn plain_difference<'x>(x: &'x Exact, y: &Exact) -> Option<&'x Exact> {
    y.is_zero().then_some(x)
}

fn plain_product<'x>(x: &'x Exact, y: &'x Exact) -> Option<&'x Exact> {
    if x.is_zero() || y.is_one() { Some(x) } else { (y.is_zero() || x.is_one()).then_some(y) }
}

fn plain_quotient<'x>(x: &'x Exact, y: &Exact) -> Option<&'x Exact> {
    y.is_one().then_some(x)
}

impl Neg for Exact {
    type Output = Self;
    fn neg(self) -> Self {
        match self.0 {
            Small(n, d) => Self(Small(-n, d)),
            Large(x) => Self::of(-*x),
        }
    }
}

/// What a value lies between while something is unknown: `lo ≤ value ≤ hi`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The least it can be.
    pub lo: Exact,
    /// The most it can be.
    pub hi: Exact,
}

impl Interval {
    /// A known value.
    pub fn point(value: Exact) -> Self {
        Self { lo: value.clone(), hi: value }
    }

    /// Nothing is known: 0 to 1.
    pub fn unknown() -> Self {
        Self { lo: Exact::zero(), hi: Exact::one() }
    }

    /// The larger of two, bound by bound.
    #[must_use]
    pub fn max(&self, other: &Self) -> Self {
        Self { lo: self.lo.clone().max(other.lo.clone()), hi: self.hi.clone().max(other.hi.clone()) }
    }

    /// Both bounds times `factor`, which is not negative.
    #[must_use]
    pub fn scaled(&self, factor: &Exact) -> Self {
        let lo = &self.lo * factor;
        let hi = if self.is_point() { lo.clone() } else { &self.hi * factor };
        Self { lo, hi }
    }

    /// Bound by bound.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let lo = &self.lo + &other.lo;
        let hi = if self.is_point() && other.is_point() { lo.clone() } else { &self.hi + &other.hi };
        Self { lo, hi }
    }

    fn is_point(&self) -> bool {
        self.lo == self.hi
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Exact {
        text.parse().unwrap()
    }

    #[test]
    fn text_and_back() {
        for (text, out) in [
            ("3", "3"),
            ("2/4", "1/2"),
            ("12.5", "25/2"),
            ("-0.25", "-1/4"),
            ("0", "0"),
            ("-0", "0"),
            ("6/3", "2"),
            (".5", "1/2"),
            ("-3/1234567890123", "-1/411522630041"),
            ("-3/123456789", "-1/41152263"),
            ("123456789.123456789", "123456789123456789/1000000000"),
            (
                "1234567890.1234567890",
                "12345678901234567890/10000000000".parse::<Exact>().unwrap().to_string().as_str(),
            ),
        ] {
            assert_eq!(exact(text).to_string(), out);
        }
        for bad in [
            "", "-", "--1", "1/0", "1/-2", "-1/-2", "1/", "a", "1.", "1e3", "NaN", "1.-5", "1.5.5", "1/2/3", " 1",
            "1\u{e5}5", "1/2.5", "-.5-",
        ] {
            assert!(bad.parse::<Exact>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_number_is_the_same_whatever_its_size() {
        let most = Exact::whole(i64::MAX);
        let least = Exact::whole(i64::MIN);
        let above = &most + &Exact::one();
        assert_eq!(above.to_string(), "9223372036854775808");
        assert_eq!(-least.clone(), above);
        assert_eq!(least.abs(), above);
        assert_eq!(&above - &Exact::one(), most);
        assert!(least < most && most < above && !above.is_negative() && above.abs() == above);
        let third = Exact::ratio(1, 3);
        assert_eq!(&(&above * &third) * &Exact::whole(3), above);
        assert_eq!(&(&above / &above) + &third, exact("4/3"));
        assert_eq!(
            &(&Exact::ratio(1, i64::MAX) + &Exact::ratio(1, i64::MAX - 1)) - &Exact::ratio(1, i64::MAX - 1),
            Exact::ratio(1, i64::MAX)
        );
        assert_eq!(&most * &most, &exact("9223372036854775807/2") * &exact("18446744073709551614"));
        assert_eq!(&Exact::ratio(-1, i64::MAX) - &Exact::ratio(1, i64::MAX), Exact::ratio(-2, i64::MAX));
        assert_eq!(&Exact::ratio(1, i64::MAX) / &Exact::ratio(-1, i64::MAX), -Exact::one());
        assert_eq!(Exact::ratio(i64::MIN, -2), exact("4611686018427387904"));
        assert!(Exact::ratio(1, i64::MAX) < Exact::ratio(1, i64::MAX - 1) && least < -most.clone());
        assert_eq!(above.shown(), "9223372036854775808.00");
        assert_eq!((&above + &Exact::ratio(1, 2)).rounded(), "9223372036854775809");
        assert_eq!(most.shown(), "9223372036854775807.00");
    }

    #[test]
    fn a_sum_is_what_adding_term_by_term_comes_to() {
        let terms = ["1/3", "0", "1/6", "-1/2", "7/4", "9223372036854775807", "1/9223372036854775807", "2/7", "-5"];
        let terms = [terms.as_slice(), &["9223372036854775807/2", "18446744073709551614/3", "1/12"]].concat();
        let terms: Vec<Exact> = terms.into_iter().map(exact).collect();
        for (from, to) in (0..terms.len()).flat_map(|from| (from..=terms.len()).map(move |to| (from, to))) {
            let some = &terms[from..to];
            let one_by_one = some.iter().fold(Exact::zero(), |sum, x| &sum + x);
            assert_eq!(some.iter().sum::<Exact>(), one_by_one, "{some:?}");
            assert_eq!(some.iter().cloned().sum::<Exact>(), one_by_one, "{some:?}");
            let mut products = Total::default();
            some.iter().zip(&terms).for_each(|(x, y)| products.add_product(x, y));
            let one_by_one = some.iter().zip(&terms).fold(Exact::zero(), |sum, (x, y)| &sum + &(x * y));
            assert_eq!(products.sum(), one_by_one, "{some:?}");
        }
    }

    #[test]
    fn lowest_terms() {
        let numbers = [0, 1, 2, 3, 4, 6, 12, 30, 210, 1 << 40, 3 << 40, i64::MAX - 1, i64::MAX];
        for (a, b) in numbers.into_iter().flat_map(|a| numbers.map(|b| (a, b))).filter(|(_, b)| *b > 0) {
            assert_eq!(i128::from(common(a, b)), gcd(a.into(), b.into()), "{a} {b}");
            assert_eq!(common(-a, b), common(a, b));
        }
    }

    #[test]
    fn shown_rounds_half_up() {
        for (text, shown) in [
            ("1/8", "0.13"),
            ("-1/8", "-0.12"),
            ("27.278125", "27.28"),
            ("-0.005", "0.00"),
            ("-0.01", "-0.01"),
            ("9.5", "9.50"),
            ("99.99", "99.99"),
            ("-99.991", "-99.99"),
            ("100", "100.00"),
            ("-123.4", "-123.40"),
            ("92233720368547758.07", "92233720368547758.07"),
            ("-92233720368547758.07", "-92233720368547758.07"),
        ] {
            assert_eq!(exact(text).shown(), shown);
        }
    }

    #[test]
    fn whole_numbers_round_half_up() {
        for (text, rounded) in [("1/2", "1"), ("-1/2", "0"), ("-3/2", "-1"), ("66.49", "66"), ("-0.51", "-1")] {
            assert_eq!(exact(text).rounded(), rounded);
        }
    }

    #[test]
    fn lines_add_up_where_rounding_each_would_not() {
        // Part 11, example 1 of the method: rounding each line alone gives -4.73 and a sum of 27.27.
        let values = [
            ("country", "0"),
            ("sector", "18.75"),
            ("workforce", "20"),
            ("chain", "5"),
            ("a1", "-63/32"),
            ("a2", "-21/64"),
            ("a3", "0"),
            ("b1", "-3.15"),
            ("b2", "-2.3625"),
            ("b3", "-1.05"),
            ("b4", "-0.7875"),
            ("c1", "-4.725"),
            ("c2", "-2.1"),
        ];
        let exacts: Vec<Exact> = values.iter().map(|(_, v)| exact(v)).collect();
        let lines: Vec<(&str, &Exact)> = values.iter().zip(&exacts).map(|((id, _), x)| (*id, x)).collect();
        let (total, shown) = largest_remainder(&lines);
        assert_eq!(total, "27.28");
        assert_eq!(shown[11], "-4.72");
        assert_eq!(shown.iter().map(|s| exact(s)).sum::<Exact>(), exact("27.28"));
    }
}
