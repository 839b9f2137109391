//! Exact numbers: fractions of any size, rounded once, when shown.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Div, Mul, Neg, Sub};
use std::str::FromStr;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// An exact fraction in lowest terms. Written `"n/d"`, or `"n"` when whole.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exact(BigRational);

impl Exact {
    /// 0
    pub fn zero() -> Self {
        Self(BigRational::zero())
    }

    /// 1
    pub fn one() -> Self {
        Self(BigRational::one())
    }

    /// A whole number.
    pub fn whole(n: i64) -> Self {
        Self(BigRational::from_integer(BigInt::from(n)))
    }

    /// The fraction `n/d`.
    ///
    /// # Panics
    /// If `d` is zero.
    pub fn ratio(n: i64, d: i64) -> Self {
        Self(BigRational::new(BigInt::from(n), BigInt::from(d)))
    }

    /// Whether it is 0.
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Whether it is below 0.
    pub fn is_negative(&self) -> bool {
        self.0.is_negative()
    }

    /// The absolute value.
    #[must_use]
    pub fn abs(&self) -> Self {
        Self(self.0.abs())
    }

    /// Hundredths, rounded half up.
    fn hundredths(&self) -> BigInt {
        let half = BigRational::new(BigInt::one(), BigInt::from(2));
        (self.0.clone() * BigInt::from(100) + half).floor().to_integer()
    }

    /// With two decimals, rounded half up: `"66.49"`.
    pub fn shown(&self) -> String {
        show_hundredths(&self.hundredths())
    }

    /// Rounded half up to a whole number: `"66"`. For first pages, where a score is not more precise than that.
    pub fn rounded(&self) -> String {
        let half = BigRational::new(BigInt::one(), BigInt::from(2));
        (self.0.clone() + half).floor().to_integer().to_string()
    }

    /// The nearest double, for spreadsheets. Never used in a calculation.
    pub fn to_f64(&self) -> f64 {
        num_traits::ToPrimitive::to_f64(&self.0).unwrap_or_default()
    }
}

fn show_hundredths(n: &BigInt) -> String {
    let sign = if n.is_negative() { "-" } else { "" };
    let n = n.abs();
    let hundred = BigInt::from(100);
    format!("{sign}{}.{:0>2}", &n / &hundred, (&n % &hundred).to_string())
}

/// Shown values of lines that add up to the shown total: each is floored toward minus infinity, then the missing
/// hundredths go to the largest remainders, ties by id in byte order. The total is rounded half up.
pub fn largest_remainder(lines: &[(&str, &Exact)]) -> (String, Vec<String>) {
    let hundred = BigInt::from(100);
    let total: Exact = lines.iter().map(|(_, x)| (*x).clone()).sum();
    let scaled: Vec<BigRational> = lines.iter().map(|(_, x)| x.0.clone() * &hundred).collect();
    let mut cents: Vec<BigInt> = scaled.iter().map(|x| x.floor().to_integer()).collect();
    let mut missing = total.hundredths() - cents.iter().sum::<BigInt>();
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by(|&a, &b| {
        let ra = &scaled[a] - scaled[a].floor();
        let rb = &scaled[b] - scaled[b].floor();
        rb.cmp(&ra).then_with(|| lines[a].0.as_bytes().cmp(lines[b].0.as_bytes()))
    });
    for i in order {
        if !missing.is_positive() {
            break;
        }
        cents[i] += 1;
        missing -= 1;
    }
    (total.shown(), cents.iter().map(show_hundredths).collect())
}

impl fmt::Display for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for Exact {
    type Err = String;

    /// Reads `3`, `-3`, `3/5` and decimals such as `12.5`.
    fn from_str(text: &str) -> Result<Self, String> {
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
            return Ok(Self(BigRational::new(whole(n)?, d)));
        }
        let Some((units, decimals)) = text.split_once('.') else { return Ok(Self(whole(text)?.into())) };
        if decimals.starts_with('-') {
            return Err(bad());
        }
        let places = u32::try_from(decimals.len()).map_err(|_| bad())?;
        whole(decimals)?;
        let n = whole(&format!("{units}{decimals}"))?;
        Ok(Self(BigRational::new(n, BigInt::from(10).pow(places))))
    }
}

macro_rules! operator {
    ($trait:ident, $method:ident) => {
        impl $trait for Exact {
            type Output = Exact;
            fn $method(self, other: Exact) -> Exact {
                Exact($trait::$method(self.0, other.0))
            }
        }
        impl $trait<&Exact> for &Exact {
            type Output = Exact;
            fn $method(self, other: &Exact) -> Exact {
                Exact($trait::$method(&self.0, &other.0))
            }
        }
    };
}
operator!(Add, add);
operator!(Sub, sub);
operator!(Mul, mul);
operator!(Div, div);

impl Neg for Exact {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Exact {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::zero(), |a, b| a + b)
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
        Self { lo: &self.lo * factor, hi: &self.hi * factor }
    }

    /// Bound by bound.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self { lo: &self.lo + &other.lo, hi: &self.hi + &other.hi }
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
        for (text, out) in [("3", "3"), ("2/4", "1/2"), ("12.5", "25/2"), ("-0.25", "-1/4"), ("0", "0"), ("6/3", "2")] {
            assert_eq!(exact(text).to_string(), out);
        }
        for bad in ["", "1/0", "1/-2", "a", "1.", "1e3", "NaN", "1.-5", " 1"] {
            assert!(bad.parse::<Exact>().is_err(), "{bad}");
        }
    }

    #[test]
    fn shown_rounds_half_up() {
        for (text, shown) in
            [("1/8", "0.13"), ("-1/8", "-0.12"), ("27.278125", "27.28"), ("-0.005", "0.00"), ("100", "100.00")]
        {
            assert_eq!(exact(text).shown(), shown);
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
