//! Scales and bars as coordinates for inline drawings. Everything stays exact; nothing here is a float.
//!
//! A drawing never says more than the words and numbers beside it.

use serde::Serialize;

use super::engine::code;
use super::say::Say;
use crate::model::{Band, Exact, Interval, Method};

/// One scale from 0 to 100. The same numbers stand beside it in words.
#[derive(Serialize)]
pub(super) struct Scale {
    /// Name of the scale; also the start of the ids in its drawing.
    #[serde(serialize_with = "code")]
    pub(super) id: &'static str,
    /// The value, in whole points.
    pub(super) value: String,
    /// Least it can be, in whole points.
    pub(super) low: String,
    /// Most it can be, in whole points.
    pub(super) high: String,
    /// Whether the two differ, as shown.
    pub(super) open: bool,
    /// Whether the value may stand for what lies between the two.
    pub(super) sure: bool,
    /// Where the value stands.
    pub(super) x: String,
    /// Where the range begins.
    pub(super) from: String,
    /// How wide the range is.
    pub(super) width: String,
}

/// Left end of the track, and its length.
const LEFT: i64 = 10;
const LENGTH: i64 = 400;

fn length(points: &Exact) -> Exact {
    points * &Exact::ratio(LENGTH, 100)
}

fn along(points: &Exact) -> Exact {
    &Exact::whole(LEFT) + &length(points)
}

/// A scale of `value` between `range`, all of them 0 to 100. `decided`: there are enough answers for a priority.
pub(super) fn scale(say: Say<'_>, id: &'static str, value: &Exact, range: &Interval, decided: bool) -> Scale {
    let (low, high) = (say.whole(&range.lo), say.whole(&range.hi));
    Scale {
        id,
        value: say.whole(value),
        // "Between 26 and 26" would help nobody.
        open: low != high,
        sure: decided || low == high,
        low,
        high,
        x: along(value).shown(),
        from: along(&range.lo).shown(),
        width: length(&(&range.hi - &range.lo)).shown(),
    }
}

/// A band of the score.
#[derive(Serialize)]
pub(super) struct Zone {
    /// Machine code, for a style.
    #[serde(serialize_with = "code")]
    pub(super) code: &'static str,
    /// When to look, in short.
    pub(super) name: String,
    /// Where it begins, in whole points.
    pub(super) from: String,
    /// Where it ends, in whole points.
    pub(super) to: String,
    /// Where its stretch of the scale begins.
    pub(super) x: String,
    /// Middle of its stretch.
    pub(super) middle: String,
    /// Length of its stretch.
    pub(super) width: String,
}

/// The bands of a method, on the scale of the score.
pub(super) fn zones(say: Say<'_>, method: &Method) -> Vec<Zone> {
    let cuts = ["cut-moderate", "cut-high", "cut-severe"].map(|id| method.constant(id));
    let starts = std::iter::once(Exact::zero()).chain(cuts.clone());
    let ends = cuts.into_iter().chain([Exact::whole(100)]);
    let bands = Band::ALL.into_iter().zip(starts.zip(ends));
    bands
        .map(|(band, (from, to))| Zone {
            code: band.id(),
            name: say.band(band),
            from: say.whole(&from),
            to: say.whole(&to),
            x: along(&from).shown(),
            middle: along(&(&(&from + &to) / &Exact::whole(2))).shown(),
            width: length(&(&to - &from)).shown(),
        })
        .collect()
}

/// A stretch of a bar, in hundredths of its track.
#[derive(Serialize)]
pub(super) struct Span {
    /// Where it begins.
    pub(super) x: String,
    /// How long it is.
    pub(super) width: String,
}

/// A bar: what is certain, and behind it what may be.
#[derive(Serialize)]
pub(super) struct Bar {
    /// The most there could be, where tracks differ.
    pub(super) track: Span,
    /// What is certain.
    pub(super) solid: Span,
    /// What may come on top; absent where nothing may.
    pub(super) open: Option<Span>,
}

/// A stretch of an axis that ends at `end`.
pub(super) fn span(range: &Interval, end: &Exact) -> Span {
    let scale = &Exact::whole(100) / end;
    let hundredth = |x: &Exact| (x * &scale).shown();
    Span { x: hundredth(&range.lo), width: hundredth(&(&range.hi - &range.lo)) }
}

/// A bar from 0 to what lies between `range`, on a track up to `most`, on an axis that ends at `end`.
pub(super) fn bar(range: &Interval, most: &Exact, end: &Exact) -> Bar {
    let from_zero = |hi: &Exact| Interval { lo: Exact::zero(), hi: hi.clone() };
    Bar {
        track: span(&from_zero(most), end),
        solid: span(&from_zero(&range.lo), end),
        open: (range.lo != range.hi).then(|| span(range, end)),
    }
}

/// A bar of a count among others of which the greatest is `end`, and of what is not known yet.
pub(super) fn count(certain: usize, open: usize, end: usize) -> Bar {
    let whole = |n: usize| Exact::whole(i64::try_from(n).unwrap_or(i64::MAX));
    let end = whole(end.max(1));
    bar(&Interval { lo: whole(certain), hi: whole(certain.saturating_add(open)) }, &end, &end)
}
