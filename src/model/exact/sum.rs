//! Sums of many fractions, brought into lowest terms once.

use std::borrow::Borrow;
use std::iter::Sum;

use super::Fraction::Small;
use super::{Exact, common};

impl Sum for Exact {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        total(iter)
    }
}

impl<'a> Sum<&'a Self> for Exact {
    fn sum<I: Iterator<Item = &'a Self>>(iter: I) -> Self {
        total(iter)
    }
}

fn total(terms: impl Iterator<Item = impl Borrow<Exact>>) -> Exact {
    let mut total = Total::default();
    terms.for_each(|term| total.add(term.borrow()));
    total.sum()
}

/// A sum on its way. Terms of one denominator, and there are few, are added as they are; the sum is brought into lowest terms
/// at the end.
#[derive(Default)]
pub(crate) struct Total {
    /// Numerator and denominator of the sums of small terms.
    small: Vec<(i64, i64)>,
    /// What does not go there.
    others: Option<Exact>,
}

impl Total {
    /// Adds a term.
    pub(crate) fn add(&mut self, term: &Exact) {
        match term.0 {
            Small(n, d) if self.add_small(n, d) => {}
            _ => self.add_other(term),
        }
    }

    /// Adds a product.
    pub(crate) fn add_product(&mut self, x: &Exact, y: &Exact) {
        if let (Small(a, b), Small(c, d)) = (&x.0, &y.0)
            && let (Some(n), Some(d)) = (a.checked_mul(*c), b.checked_mul(*d))
            && self.add_small(n, d)
        {
            return;
        }
        self.add_other(&(x * y));
    }

    fn add_small(&mut self, n: i64, d: i64) -> bool {
        if n == 0 {
            return true;
        }
        let Some((sum, _)) = self.small.iter_mut().find(|(_, of)| *of == d) else {
            self.small.push((n, d));
            return true;
        };
        sum.checked_add(n).map(|more| *sum = more).is_some()
    }

    fn add_other(&mut self, term: &Exact) {
        self.others = Some(self.others.take().map_or_else(|| term.clone(), |others| &others + term));
    }

    /// The sum.
    pub(crate) fn sum(mut self) -> Exact {
        let (mut n, mut d) = (0, 1);
        for (c, e) in std::mem::take(&mut self.small) {
            match over_one([n, d, c, e]) {
                Some(sum) => (n, d) = sum,
                None => self.add_other(&Exact::fraction(c.into(), e.into())),
            }
        }
        let sum = Exact::fraction(n.into(), d.into());
        self.others.map_or(sum.clone(), |others| &others + &sum)
    }
}

/// `a/b + c/d` over their least common denominator, whatever the two have in common; `None` if that is too large.
fn over_one([a, b, c, d]: [i64; 4]) -> Option<(i64, i64)> {
    if c == 0 {
        return Some((a, b));
    }
    if b == d {
        return Some((a.checked_add(c)?, b));
    }
    let common = common(b, d);
    let (own, more) = (b / common, d / common);
    Some((a.checked_mul(more)?.checked_add(c.checked_mul(own)?)?, b.checked_mul(more)?))
}
