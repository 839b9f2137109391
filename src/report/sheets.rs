//! Rows of the portfolio's sheets, as plain values.

use std::borrow::Cow;

use super::files;
use super::files::DiagnosticView;
use super::first::{self, Who};
use super::lines::SectionView;
use super::say::Say;
use super::signs;
use super::work::{self, Task};
use super::{FileRecord, Reminder, ReviewRecord, Scored, Views};
use crate::model::{Exact, Label};

/// A cell. Text is written as text whatever it begins with, never as a formula.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<T = String, W = T> {
    Text(T),
    /// A text that stands in the rows of many suppliers: a question, a word of ours.
    Word(W),
    /// The supplier's id, which stands in all its rows.
    Id,
    /// The supplier's name likewise.
    Name,
    /// Hundredths: a number with two decimals.
    Points(i64),
    Count(u32),
    /// To be filled in; with a text that stands there until then.
    Open(Option<W>),
    /// To be filled in with a date.
    OpenDate,
    Blank,
}

impl<T: AsRef<str>> Value<T> {
    /// Lines it takes in a column of that width, in a row of somebody with that id and name.
    pub(super) fn lines(&self, width: u16, [id, name]: [&str; 2]) -> usize {
        match self {
            Self::Text(text) | Self::Word(text) => lines_of(text.as_ref(), width),
            Self::Id => lines_of(id, width),
            Self::Name => lines_of(name, width),
            _ => 1,
        }
    }
}

/// Lines a text takes in a column of so many characters, by a guess: words do not break, and most letters are narrower than a digit.
pub(super) fn lines_of(text: &str, width: u16) -> usize {
    let room = usize::from(width);
    // A short text needs no counting.
    if text.len() <= room && !text.contains('\n') {
        return 1;
    }
    text.lines().map(|line| line.chars().count().div_ceil(room.max(1)).max(1)).sum::<usize>().max(1)
}

/// A cell whose text is lent by what it says, where it stands there.
type Lent<'a> = Value<Cow<'a, str>>;

/// Word of a column's title, and its width in characters.
pub(super) type Column = (&'static str, u16);

/// One list of the portfolio.
#[derive(Clone, Copy)]
pub(super) struct List {
    /// Word of its name.
    pub(super) name: &'static str,
    /// Its columns.
    pub(super) columns: &'static [Column],
    /// How many of them are printed: what fits on a page in a size that can be read. The rest is for the screen.
    pub(super) printed: u16,
}

/// The lists, in their order.
pub(super) const LISTS: [List; 6] = [
    List { name: "sheet-suppliers", columns: SUPPLIERS, printed: 12 },
    List { name: "sheet-sections", columns: SECTIONS, printed: 7 },
    List { name: "sheet-signs", columns: SIGNS, printed: 9 },
    List { name: "sheet-actions", columns: ACTIONS, printed: 13 },
    List { name: "sheet-lines", columns: LINES, printed: 11 },
    List { name: "sheet-ledger", columns: LEDGER, printed: 9 },
];

/// What a row of the plan may say of itself, as words; the first stands there from the beginning.
pub(super) const STATUSES: [&str; 4] = ["plan-open", "plan-going", "plan-done", "plan-declined"];

pub(super) const SUPPLIERS: &[Column] = &[
    ("col-supplier-id", 16),
    ("col-supplier", 28),
    ("col-country", 14),
    ("col-sector", 20),
    ("col-follow", 18),
    ("col-advice", 22),
    ("col-score", 9),
    ("col-best", 9),
    ("col-exposure", 10),
    ("col-precautions", 12),
    ("col-share", 10),
    ("col-reported", 10),
    ("col-looks", 10),
    ("col-at-best", 22),
    ("col-exposure-low", 10),
    ("col-precautions-high", 12),
    ("col-stated", 12),
    ("col-verified", 12),
    ("col-complete", 10),
    ("col-answered", 10),
    ("col-applicable", 12),
    ("col-own-words", 12),
    ("col-documents", 12),
    ("col-on-site", 12),
    ("col-questionnaire", 16),
    ("col-form", 12),
    ("col-edition", 10),
    ("col-revision", 18),
    ("col-method", 14),
];
const SECTIONS: &[Column] = &[
    ("col-supplier-id", 18),
    ("col-supplier", 30),
    ("col-section", 10),
    ("col-title", 40),
    ("col-weight", 10),
    ("col-credit-low", 12),
    ("col-credit-high", 12),
];
const SIGNS: &[Column] = &[
    ("col-supplier-id", 16),
    ("col-supplier", 22),
    ("col-number", 8),
    ("col-sign", 40),
    ("col-indicator", 26),
    ("col-dimension", 20),
    ("col-strength", 9),
    ("col-state", 14),
    ("col-comment", 30),
    ("col-file", 24),
    ("col-closed", 24),
    ("col-raw", 16),
    ("col-cell", 28),
];
const ACTIONS: &[Column] = &[
    ("col-action-id", 20),
    ("col-supplier", 16),
    ("col-when", 9),
    ("col-number", 8),
    ("col-about", 26),
    ("col-what", 32),
    ("col-why", 26),
    ("col-counts", 28),
    ("col-potential", 8),
    ("col-status", 13),
    ("col-owner", 13),
    ("col-due", 11),
    ("col-note", 18),
    ("col-supplier-id", 18),
];
const LINES: &[Column] = &[
    ("col-supplier-id", 16),
    ("col-supplier", 22),
    ("col-section", 9),
    ("col-number", 8),
    ("col-question", 42),
    ("col-answer", 16),
    ("col-raw", 16),
    ("col-evidence", 16),
    ("col-credit", 11),
    ("col-points", 9),
    ("col-cell", 24),
    ("col-line-id", 24),
    ("col-by", 14),
    ("col-signed", 16),
    ("col-document", 24),
    ("col-comment", 40),
];
const LEDGER: &[Column] = &[
    ("col-file", 28),
    ("col-role", 14),
    ("col-status", 14),
    ("col-supplier-id", 16),
    ("col-severity", 10),
    ("col-code", 18),
    ("col-message", 50),
    ("col-cell", 18),
    ("col-raw", 20),
    ("col-taken", 20),
    ("col-initials", 10),
    ("col-reason", 30),
    ("col-digest", 30),
    ("col-other", 24),
];

fn text<'a>(text: impl Into<Cow<'a, str>>) -> Lent<'a> {
    Value::Text(text.into())
}

fn word<'a>(text: impl Into<Cow<'a, str>>) -> Lent<'a> {
    Value::Word(text.into())
}

fn optional<'a>(value: Option<impl Into<Cow<'a, str>>>) -> Lent<'a> {
    value.map_or(Value::Blank, text)
}

fn count<'a>(n: usize) -> Lent<'a> {
    u32::try_from(n).map_or(Value::Blank, Value::Count)
}

/// A fraction with the two decimals that pages show, so that shown lines add up here as well.
fn decimal<'a>(value: &Exact) -> Lent<'a> {
    shown(&value.shown())
}

/// The number that such decimals say.
fn shown<'a>(decimals: &str) -> Lent<'a> {
    let (sign, digits) = decimals.strip_prefix('-').map_or((1, decimals), |digits| (-1, digits));
    let [units @ .., b'.', tenths, rest] = digits.as_bytes() else { return Value::Blank };
    let number = units.iter().chain([tenths, rest]).try_fold(0_i64, |number, digit| {
        let digit = char::from(*digit).to_digit(10)?;
        number.checked_mul(10)?.checked_add(digit.into())
    });
    number.map_or(Value::Blank, |number| Value::Points(sign * number))
}

fn hundredths<'a>(share: &Exact) -> Lent<'a> {
    decimal(&(share * &Exact::whole(100)))
}

/// The row of a supplier.
pub(super) fn supplier<'a>(say: Say<'_>, scored: &'a Scored<'_>, who: &'a Who<'_>) -> [Lent<'a>; 29] {
    let (a, q) = (scored.assessment, scored.questionnaire);
    let follow = a.priority.map_or_else(|| say.t("not-enough"), |p| say.follow(p));
    let reported = first::reported(scored);
    let advice = if a.signs.label >= Label::Exploitation {
        say.t("serious-short")
    } else if reported > 0 {
        say.t("reported-short")
    } else {
        String::new()
    };
    let nobody = scored.dossier.looks.is_empty();
    [
        Value::Id,
        Value::Name,
        word(&who.countries),
        word(&who.sectors),
        word(follow),
        word(advice),
        decimal(&a.score.headline),
        decimal(&a.score.best),
        decimal(&a.exposure.hi),
        hundredths(&a.controls.lo),
        decimal(&a.coverage.share),
        if nobody { word(say.t("nobody-looked-short")) } else { count(reported) },
        count(scored.dossier.looks.len()),
        a.best_priority.map_or(Value::Blank, |p| word(say.follow(p))),
        decimal(&a.exposure.lo),
        hundredths(&a.controls.hi),
        decimal(&a.stated),
        decimal(&a.verified),
        word(say.t(if a.complete { "yes" } else { "no" })),
        count(a.coverage.answered),
        count(a.coverage.applicable),
        count(a.verification.lines[1]),
        count(a.verification.lines[2]),
        count(a.verification.lines[3]),
        word(q.id.as_str()),
        word(who.form),
        word(who.edition),
        word(if scored.dossier.revision.is_empty() { &q.revision } else { &scored.dossier.revision }),
        word(format!("{} {}", scored.method.id, scored.method.version)),
    ]
}

/// One row per section.
pub(super) fn sections<'a>(
    scored: &'a Scored<'_>,
    views: &'a [SectionView<'_>],
) -> impl Iterator<Item = [Lent<'a>; 7]> {
    let both = scored.assessment.sections.iter().zip(views);
    both.map(|(section, view)| {
        let (lo, hi) =
            section.value.as_ref().map_or((Value::Blank, Value::Blank), |v| (decimal(&v.lo), decimal(&v.hi)));
        [Value::Id, Value::Name, word(view.id), word(view.title), decimal(&section.weight), lo, hi]
    })
}

/// One row per sign and form.
pub(super) fn signs<'a>(say: Say<'a>, scored: &'a Scored<'_>) -> impl Iterator<Item = [Lent<'a>; 13]> {
    let forms = signs::forms(say, scored);
    let all = forms.into_iter().flat_map(|f| f.signs.into_iter().map(move |s| (f.file.clone(), s)));
    all.map(|(file, s)| {
        [
            Value::Id,
            Value::Name,
            word(s.number),
            word(s.text),
            word(s.indicator),
            word(s.dimension),
            word(s.strength),
            word(s.state),
            optional(s.comment),
            text(file),
            optional(s.closed),
            optional(s.raw),
            optional(s.cell),
        ]
    })
}

/// One row per thing to do, with room for who does it and by when.
pub(super) fn actions<'a>(say: Say<'a>, plan: &'a [Task<'_>]) -> impl Iterator<Item = [Lent<'a>; 14]> {
    plan.iter().map(move |t| {
        [
            text(&t.id),
            Value::Name,
            word(t.when),
            word(t.numbers(say)),
            word(work::in_a_cell(&t.about)),
            word(t.what),
            t.why.map_or(Value::Blank, word),
            word(work::in_a_cell(&t.evidence)),
            t.exact.as_ref().map_or(Value::Blank, decimal),
            Value::Open(Some(say.word(STATUSES[0]).into())),
            Value::Open(None),
            Value::OpenDate,
            Value::Open(None),
            Value::Id,
        ]
    })
}

/// One row per line of the score; their points add up to it.
pub(super) fn lines<'a>(views: &'a Views<'_>) -> impl Iterator<Item = [Lent<'a>; 16]> {
    let say = views.say;
    let factors = views.factors().iter().map(move |f| {
        [
            Value::Id,
            Value::Name,
            word(say.word("exposure")),
            Value::Blank,
            word(&f.name),
            text(&f.what),
            Value::Blank,
            Value::Blank,
            word(&f.value),
            shown(f.plain),
            Value::Blank,
            word(f.id),
            Value::Blank,
            Value::Blank,
            Value::Blank,
            Value::Blank,
        ]
    });
    let lines = views.sections().iter().flat_map(|s| s.lines.iter().map(|l| (s.id, l)));
    let items = lines.map(|(section, l)| {
        [
            Value::Id,
            Value::Name,
            word(section),
            word(l.number),
            word(&*l.question),
            word(l.answer),
            optional(l.raw),
            l.evidence.map_or(Value::Blank, word),
            l.credit.as_deref().map_or(Value::Blank, word),
            shown(l.plain),
            optional(l.cell.as_deref()),
            word(l.id),
            word(l.by),
            optional(l.signed),
            optional(l.document),
            optional(l.comment),
        ]
    });
    factors.chain(items)
}

/// The rows of a file: one, or one per thing to be said about it; those of a reviewer's queue; that of one to be reminded.
pub(super) fn ledger(
    say: Say<'_>,
    record: Option<&FileRecord>,
    review: Option<&ReviewRecord>,
    reminder: Option<&Reminder>,
) -> Vec<Vec<Lent<'static>>> {
    let mut out = Vec::new();
    if let Some(record) = record {
        let view = files::file(say, record);
        let head = || {
            let (role, status) = (view.role.clone(), view.status.clone());
            vec![text(view.file.clone()), word(role), word(status), optional(view.supplier.clone())]
        };
        if view.diagnostics.is_empty() {
            let mut cells = head();
            cells.extend(std::iter::repeat_with(|| Value::Blank).take(8));
            cells.push(text(view.digest.clone()));
            out.push(cells);
        }
        for (d, code) in view.diagnostics.iter().zip(record.diagnostics.iter().map(|d| d.code.name())) {
            let mut cells = head();
            cells.extend(said(d, code, &view.digest));
            out.push(cells);
        }
    }
    for d in review.iter().flat_map(|r| &r.diagnostics) {
        let (file, digest) = review.map(|r| (r.file.to_string(), r.sha256.clone())).unwrap_or_default();
        let mut cells = vec![text(file), word(say.t("role-reviewer")), Value::Blank, Value::Blank];
        cells.extend(said(&files::diagnostic(say, d), d.code.name(), &digest));
        out.push(cells);
    }
    if let Some(reminder) = reminder {
        let (status, code) = (say.t(&format!("due-{}", reminder.due.id())), reminder.due.id());
        let mut cells = vec![Value::Blank, Value::Blank, word(status), text(reminder.supplier.clone()), Value::Blank];
        cells.extend([word(code), text(reminder.text().trim_end().to_owned())]);
        out.push(cells);
    }
    out
}

/// What is said of a file, from its severity to the file's digest.
fn said(d: &DiagnosticView, code: &'static str, digest: &str) -> [Lent<'static>; 10] {
    [
        word(d.kind.clone()),
        word(code),
        text(d.message.clone()),
        text(d.place.clone()),
        optional(d.raw.clone()),
        optional(d.taken.clone()),
        optional(d.by.clone()),
        optional(d.reason.clone()),
        text(digest.to_owned()),
        optional(d.other.clone()),
    ]
}
