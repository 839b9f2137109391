//! Rows of the portfolio's sheets, as plain values.

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

impl Lent<'_> {
    /// Lines it takes in a column of that width, in a row of somebody with that id and name.
    pub(super) fn lines(&self, width: u16, [id, name]: [&str; 2]) -> usize {
        match self {
            Self::Text(text) | Self::Word(text) => lines_of(text, width),
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

/// A cell whose text is lent.
pub(super) type Lent<'a> = Value<&'a str>;

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

fn optional(text: Option<&str>) -> Lent<'_> {
    text.map_or(Value::Blank, Value::Text)
}

fn optional_word(word: Option<&str>) -> Lent<'_> {
    word.map_or(Value::Blank, Value::Word)
}

fn count(n: usize) -> Lent<'static> {
    u32::try_from(n).map_or(Value::Blank, Value::Count)
}

/// A fraction with the two decimals that pages show, so that shown lines add up here as well.
fn decimal(value: &Exact) -> Lent<'static> {
    value.in_hundredths().map_or(Value::Blank, Value::Points)
}

/// The number that such decimals say.
fn shown(decimals: &str) -> Lent<'static> {
    let (sign, digits) = decimals.strip_prefix('-').map_or((1, decimals), |digits| (-1, digits));
    let [units @ .., b'.', tenths, rest] = digits.as_bytes() else { return Value::Blank };
    let number = units.iter().chain([tenths, rest]).try_fold(0_i64, |number, digit| {
        let digit = char::from(*digit).to_digit(10)?;
        number.checked_mul(10)?.checked_add(digit.into())
    });
    number.map_or(Value::Blank, |number| Value::Points(sign * number))
}

fn hundredths(share: &Exact) -> Lent<'static> {
    decimal(&(share * &Exact::whole(100)))
}

/// The row of a supplier.
pub(super) fn supplier(say: Say<'_>, scored: &Scored<'_>, who: &Who<'_>, put: &mut dyn FnMut(&[Lent<'_>])) {
    let (a, q) = (scored.assessment, scored.questionnaire);
    let follow = a.priority.map_or_else(|| say.t("not-enough"), |p| say.follow(p));
    let at_best = a.best_priority.map(|p| say.follow(p));
    let reported = first::reported(scored);
    let advice = if a.signs.label >= Label::Exploitation {
        say.word("serious-short")
    } else if reported > 0 {
        say.word("reported-short")
    } else {
        ""
    };
    let nobody = scored.dossier.looks.is_empty();
    let method = format!("{} {}", scored.method.id, scored.method.version);
    put(&[
        Value::Id,
        Value::Name,
        Value::Word(&who.countries),
        Value::Word(&who.sectors),
        Value::Word(&follow),
        Value::Word(advice),
        decimal(&a.score.headline),
        decimal(&a.score.best),
        decimal(&a.exposure.hi),
        hundredths(&a.controls.lo),
        decimal(&a.coverage.share),
        if nobody { Value::Word(say.word("nobody-looked-short")) } else { count(reported) },
        count(scored.dossier.looks.len()),
        optional_word(at_best.as_deref()),
        decimal(&a.exposure.lo),
        hundredths(&a.controls.hi),
        decimal(&a.stated),
        decimal(&a.verified),
        Value::Word(say.word(if a.complete { "yes" } else { "no" })),
        count(a.coverage.answered),
        count(a.coverage.applicable),
        count(a.verification.lines[1]),
        count(a.verification.lines[2]),
        count(a.verification.lines[3]),
        Value::Word(q.id.as_str()),
        Value::Word(who.form),
        Value::Word(who.edition),
        Value::Word(if scored.dossier.revision.is_empty() { &q.revision } else { &scored.dossier.revision }),
        Value::Word(&method),
    ]);
}

/// One row per section.
pub(super) fn sections(scored: &Scored<'_>, views: &[SectionView<'_>], put: &mut dyn FnMut(&[Lent<'_>])) {
    for (section, view) in scored.assessment.sections.iter().zip(views) {
        let (lo, hi) =
            section.value.as_ref().map_or((Value::Blank, Value::Blank), |v| (decimal(&v.lo), decimal(&v.hi)));
        let (id, title) = (Value::Word(view.id), Value::Word(view.title));
        put(&[Value::Id, Value::Name, id, title, decimal(&section.weight), lo, hi]);
    }
}

/// One row per sign and form.
pub(super) fn signs(say: Say<'_>, scored: &Scored<'_>, put: &mut dyn FnMut(&[Lent<'_>])) {
    for form in signs::forms(say, scored) {
        for s in form.signs.iter() {
            put(&[
                Value::Id,
                Value::Name,
                Value::Word(s.number.as_ref()),
                Value::Word(s.text.as_ref()),
                Value::Word(s.indicator.as_ref()),
                Value::Word(s.dimension.as_ref()),
                Value::Word(s.strength.as_ref()),
                Value::Word(s.state.as_ref()),
                optional(s.comment.as_deref()),
                Value::Text(form.file.as_ref()),
                optional(s.closed.as_deref()),
                optional(s.raw.as_deref()),
                optional(s.cell.as_deref()),
            ]);
        }
    }
}

/// One row per thing to do, with room for who does it and by when.
pub(super) fn actions(say: Say<'_>, plan: &[Task<'_>], put: &mut dyn FnMut(&[Lent<'_>])) {
    for t in plan {
        put(&[
            Value::Text(&t.id),
            Value::Name,
            Value::Word(t.when),
            Value::Word(&t.numbers(say)),
            Value::Word(&work::in_a_cell(&t.about)),
            Value::Word(t.what),
            optional_word(t.why),
            Value::Word(&work::in_a_cell(&t.evidence)),
            t.exact.as_ref().map_or(Value::Blank, decimal),
            Value::Open(Some(say.word(STATUSES[0]))),
            Value::Open(None),
            Value::OpenDate,
            Value::Open(None),
            Value::Id,
        ]);
    }
}

/// One row per line of the score; their points add up to it.
pub(super) fn lines(views: &Views<'_>, put: &mut dyn FnMut(&[Lent<'_>])) {
    for f in views.factors() {
        put(&[
            Value::Id,
            Value::Name,
            Value::Word(views.say.word("exposure")),
            Value::Blank,
            Value::Word(f.name.as_ref()),
            Value::Text(f.what.as_ref()),
            Value::Blank,
            Value::Blank,
            Value::Word(f.value.as_ref()),
            shown(f.plain),
            Value::Blank,
            Value::Word(f.id),
        ]);
    }
    for section in views.sections() {
        for l in section.lines.iter() {
            put(&[
                Value::Id,
                Value::Name,
                Value::Word(section.id),
                Value::Word(l.number),
                Value::Word(&l.question),
                Value::Word(l.answer),
                optional(l.raw),
                optional_word(l.evidence),
                optional_word(l.credit.as_deref()),
                shown(l.plain),
                optional(l.cell.as_deref()),
                Value::Word(l.id),
                Value::Word(l.by),
                optional(l.signed),
                optional(l.document),
                optional(l.comment),
            ]);
        }
    }
}

/// The rows of a file: one, or one per thing to be said about it.
pub(super) fn file(say: Say<'_>, record: &FileRecord, put: &mut dyn FnMut(&[Lent<'_>])) {
    let view = files::file(say, record);
    let head = [
        Value::Text(&*view.file),
        Value::Word(view.role.as_ref()),
        Value::Word(view.status.as_ref()),
        optional(view.supplier.as_deref()),
    ];
    if view.diagnostics.is_empty() {
        put(&[&head[..], &[Value::Blank; 8], &[Value::Text(&*view.digest)]].concat());
    }
    for (d, code) in view.diagnostics.iter().zip(record.diagnostics.iter().map(|d| d.code.name())) {
        put(&[&head[..], &said(d, code, &view.digest)].concat());
    }
}

/// The rows of a reviewer's queue: one per thing to be said about it.
pub(super) fn review(say: Say<'_>, review: &ReviewRecord, put: &mut dyn FnMut(&[Lent<'_>])) {
    let head = [Value::Text(&*review.file), Value::Word(say.word("role-reviewer")), Value::Blank, Value::Blank];
    for d in &review.diagnostics {
        put(&[&head[..], &said(&files::diagnostic(say, d), d.code.name(), &review.sha256)].concat());
    }
}

/// The row of one to be reminded.
pub(super) fn reminder(say: Say<'_>, reminder: &Reminder, put: &mut dyn FnMut(&[Lent<'_>])) {
    let (status, code) = (say.t(&format!("due-{}", reminder.due.id())), reminder.due.id());
    let text = reminder.text();
    put(&[
        Value::Blank,
        Value::Blank,
        Value::Word(&status),
        Value::Text(&reminder.supplier),
        Value::Blank,
        Value::Word(code),
        Value::Text(text.trim_end()),
    ]);
}

/// What is said of a file, from its severity to the file's digest.
fn said<'a>(d: &'a DiagnosticView, code: &'static str, digest: &'a str) -> [Lent<'a>; 10] {
    [
        Value::Word(d.kind.as_ref()),
        Value::Word(code),
        Value::Text(d.message.as_ref()),
        Value::Text(d.place.as_ref()),
        optional(d.raw.as_deref()),
        optional(d.taken.as_deref()),
        optional(d.by.as_deref()),
        optional(d.reason.as_deref()),
        Value::Text(digest),
        optional(d.other.as_deref()),
    ]
}
