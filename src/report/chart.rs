//! Scales from 0 to 100 as coordinates for an inline drawing. Everything stays exact; nothing here is a float.

use serde::Serialize;

use super::say::Say;
use crate::model::{Exact, Interval};

/// One scale from 0 to 100. The same numbers stand beside it in words.
#[derive(Serialize)]
pub(super) struct Scale {
    /// Name of the scale; also the start of the ids in its drawing.
    pub(super) id: &'static str,
    /// The value, in whole points.
    pub(super) value: String,
    /// Least it can be, in whole points.
    pub(super) low: String,
    /// Most it can be, in whole points.
    pub(super) high: String,
    /// Whether the two differ.
    pub(super) open: bool,
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

/// A scale of `value` between `range`, all of them 0 to 100.
pub(super) fn scale(say: Say<'_>, id: &'static str, value: &Exact, range: &Interval) -> Scale {
    let length = |v: &Exact| v * &Exact::ratio(LENGTH, 100);
    let place = |v: &Exact| (Exact::whole(LEFT) + length(v)).shown();
    Scale {
        id,
        value: say.whole(value),
        low: say.whole(&range.lo),
        high: say.whole(&range.hi),
        open: range.lo != range.hi,
        x: place(value),
        from: place(&range.lo),
        width: length(&(&range.hi - &range.lo)).shown(),
    }
}
