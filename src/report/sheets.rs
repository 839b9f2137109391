//! Rows of the portfolio's sheets, as plain values.

use super::Scored;
use super::exposure;
use super::files;
use super::files::DiagnosticView;
use super::first::{self, Who};
use super::lines;
use super::say::Say;
use super::signs;
use super::work;
use super::{FileRecord, Reminder, ReviewRecord};
use crate::model::{Exact, Label};

/// A cell. Text is written as text whatever it begins with, never as a formula.
pub(super) enum Value {
    Text(String),
    Number(f64),
    Blank,
}

/// A row of cells.
pub(super) type Row = Vec<Value>;

/// Word of a column's title, and its width in characters.
pub(super) type Column = (&'static str, u16);

pub(super) const SUPPLIERS: &[Column] = &[
    ("col-supplier-id", 18),
    ("col-supplier", 30),
    ("col-country", 16),
    ("col-sector", 24),
    ("col-follow", 22),
    ("col-at-best", 22),
    ("col-advice", 22),
    ("col-score", 10),
    ("col-best", 10),
    ("col-exposure", 10),
    ("col-exposure-low", 10),
    ("col-precautions", 12),
    ("col-precautions-high", 12),
    ("col-stated", 10),
    ("col-verified", 10),
    ("col-complete", 10),
    ("col-answered", 10),
    ("col-applicable", 10),
    ("col-share", 10),
    ("col-own-words", 12),
    ("col-documents", 12),
    ("col-on-site", 12),
    ("col-looks", 10),
    ("col-reported", 10),
    ("col-questionnaire", 16),
    ("col-form", 12),
    ("col-edition", 10),
    ("col-revision", 18),
    ("col-method", 14),
];
pub(super) const SECTIONS: &[Column] = &[
    ("col-supplier-id", 18),
    ("col-supplier", 30),
    ("col-section", 10),
    ("col-title", 40),
    ("col-weight", 10),
    ("col-credit-low", 12),
    ("col-credit-high", 12),
];
pub(super) const SIGNS: &[Column] = &[
    ("col-supplier-id", 18),
    ("col-supplier", 30),
    ("col-file", 24),
    ("col-number", 10),
    ("col-sign", 50),
    ("col-indicator", 34),
    ("col-dimension", 26),
    ("col-strength", 12),
    ("col-state", 16),
    ("col-closed", 24),
    ("col-raw", 16),
    ("col-comment", 40),
    ("col-cell", 28),
];
pub(super) const ACTIONS: &[Column] = &[
    ("col-supplier-id", 18),
    ("col-supplier", 30),
    ("col-when", 12),
    ("col-number", 16),
    ("col-about", 40),
    ("col-what", 50),
    ("col-counts", 50),
    ("col-potential", 12),
];
pub(super) const LINES: &[Column] = &[
    ("col-supplier-id", 18),
    ("col-supplier", 30),
    ("col-section", 12),
    ("col-line-id", 24),
    ("col-number", 10),
    ("col-question", 50),
    ("col-answer", 20),
    ("col-raw", 20),
    ("col-evidence", 18),
    ("col-by", 14),
    ("col-signed", 16),
    ("col-credit", 12),
    ("col-points", 10),
    ("col-document", 24),
    ("col-comment", 40),
    ("col-cell", 28),
];
pub(super) const LEDGER: &[Column] = &[
    ("col-file", 30),
    ("col-role", 16),
    ("col-status", 18),
    ("col-supplier-id", 18),
    ("col-severity", 12),
    ("col-code", 20),
    ("col-message", 60),
    ("col-cell", 20),
    ("col-raw", 24),
    ("col-taken", 20),
    ("col-initials", 10),
    ("col-reason", 30),
    ("col-digest", 30),
    ("col-other", 24),
];

fn text(text: impl Into<String>) -> Value {
    Value::Text(text.into())
}

fn optional(value: Option<String>) -> Value {
    value.map_or(Value::Blank, Value::Text)
}

fn count(n: usize) -> Value {
    u32::try_from(n).map_or(Value::Blank, |n| Value::Number(f64::from(n)))
}

/// A fraction with the two decimals that pages show, so that shown lines add up here as well.
fn decimal(value: &Exact) -> Value {
    shown(&value.shown())
}

fn shown(decimals: &str) -> Value {
    decimals.parse().map_or(Value::Blank, Value::Number)
}

fn hundredths(share: &Exact) -> Value {
    decimal(&(share * &Exact::whole(100)))
}

fn whose(who: &Who) -> [Value; 2] {
    [text(&who.id), text(&who.name)]
}

fn row(who: &Who, rest: impl IntoIterator<Item = Value>) -> Row {
    whose(who).into_iter().chain(rest).collect()
}

/// The row of a supplier.
pub(super) fn supplier(say: Say<'_>, scored: &Scored<'_>, who: &Who) -> Row {
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
    row(
        who,
        [
            text(&who.countries),
            text(&who.sectors),
            text(follow),
            optional(a.best_priority.map(|p| say.follow(p))),
            text(advice),
            decimal(&a.score.headline),
            decimal(&a.score.best),
            decimal(&a.exposure.hi),
            decimal(&a.exposure.lo),
            hundredths(&a.controls.lo),
            hundredths(&a.controls.hi),
            decimal(&a.stated),
            decimal(&a.verified),
            text(say.t(if a.complete { "yes" } else { "no" })),
            count(a.coverage.answered),
            count(a.coverage.applicable),
            decimal(&a.coverage.share),
            count(a.verification.lines[1]),
            count(a.verification.lines[2]),
            count(a.verification.lines[3]),
            count(scored.dossier.looks.len()),
            if scored.dossier.looks.is_empty() { text(say.t("nobody-looked-short")) } else { count(reported) },
            text(q.id.as_str()),
            text(&who.form),
            text(&who.edition),
            text(if scored.dossier.revision.is_empty() { &q.revision } else { &scored.dossier.revision }),
            text(format!("{} {}", scored.method.id, scored.method.version)),
        ],
    )
}

/// One row per section.
pub(super) fn sections(say: Say<'_>, scored: &Scored<'_>, who: &Who) -> Vec<Row> {
    let views = lines::sections(say, scored);
    let both = scored.assessment.sections.iter().zip(views);
    both.map(|(section, view)| {
        let (lo, hi) =
            section.value.as_ref().map_or((Value::Blank, Value::Blank), |v| (decimal(&v.lo), decimal(&v.hi)));
        row(who, [text(view.id), text(view.title), decimal(&section.weight), lo, hi])
    })
    .collect()
}

/// One row per sign and form.
pub(super) fn signs(say: Say<'_>, scored: &Scored<'_>, who: &Who) -> Vec<Row> {
    let forms = signs::forms(say, scored);
    let all = forms.into_iter().flat_map(|f| f.signs.into_iter().map(move |s| (f.file.clone(), s)));
    all.map(|(file, s)| {
        let cells = [
            text(file),
            text(s.number),
            text(s.text),
            text(s.indicator),
            text(s.dimension),
            text(s.strength),
            text(s.state),
            optional(s.closed),
            optional(s.raw),
            optional(s.comment),
            optional(s.cell),
        ];
        row(who, cells)
    })
    .collect()
}

/// One row per thing to do.
pub(super) fn actions(say: Say<'_>, scored: &Scored<'_>, who: &Who) -> Vec<Row> {
    let tasks = work::tasks(say, scored).into_iter();
    tasks
        .map(|t| {
            let potential = t.exact.as_ref().map_or(Value::Blank, decimal);
            let cells = [
                text(t.when),
                text(t.numbers),
                text(t.about.join(" · ")),
                text(t.what),
                text(t.evidence.join(" · ")),
                potential,
            ];
            row(who, cells)
        })
        .collect()
}

/// One row per line of the score; their points add up to it.
pub(super) fn lines(say: Say<'_>, scored: &Scored<'_>, who: &Who) -> Vec<Row> {
    let exposure = say.t("exposure");
    let factors = exposure::factors(say, scored).into_iter().map(|f| {
        let mut cells = vec![text(exposure.clone()), text(f.id), Value::Blank, text(f.name), text(f.what)];
        cells.extend([Value::Blank, Value::Blank, Value::Blank, Value::Blank, text(f.value), shown(&f.plain)]);
        row(who, cells)
    });
    let items = lines::sections(say, scored).into_iter().flat_map(|s| {
        s.lines.into_iter().map(move |l| {
            let cells = [
                text(s.id.clone()),
                text(l.id),
                text(l.number),
                text(l.question),
                text(l.answer),
                optional(l.raw),
                optional(l.evidence),
                text(l.by),
                optional(l.signed),
                optional(l.credit),
                shown(&l.plain),
                optional(l.document),
                optional(l.comment),
                optional(l.cell),
            ];
            row(who, cells)
        })
    });
    factors.chain(items).collect()
}

/// One row per file, or one per thing to be said about it; then a reviewer's queue; then those to be reminded.
pub(super) fn ledger(
    say: Say<'_>,
    records: &[FileRecord],
    review: Option<&ReviewRecord>,
    reminders: &[Reminder],
) -> Vec<Row> {
    let mut sorted: Vec<&FileRecord> = records.iter().collect();
    sorted.sort_by(|a, b| a.file.cmp(&b.file));
    let views = files::files(say, records);
    let mut out = Vec::new();
    for (record, view) in sorted.into_iter().zip(views) {
        let head = || vec![text(&view.file), text(&view.role), text(&view.status), optional(view.supplier.clone())];
        if view.diagnostics.is_empty() {
            let mut cells = head();
            cells.extend(std::iter::repeat_with(|| Value::Blank).take(8));
            cells.push(text(&view.digest));
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
        let mut cells = vec![text(file), text(say.t("role-reviewer")), Value::Blank, Value::Blank];
        cells.extend(said(&files::diagnostic(say, d), d.code.name(), &digest));
        out.push(cells);
    }
    for reminder in reminders {
        let (status, code) = (say.t(&format!("due-{}", reminder.due.id())), reminder.due.id());
        let mut cells = vec![Value::Blank, Value::Blank, text(status), text(&reminder.supplier), Value::Blank];
        cells.extend([text(code), text(reminder.text().trim_end())]);
        out.push(cells);
    }
    out
}

/// What is said of a file, from its severity to the file's digest.
fn said(d: &DiagnosticView, code: &str, digest: &str) -> [Value; 10] {
    [
        text(&d.kind),
        text(code),
        text(&d.message),
        text(&d.place),
        optional(d.raw.clone()),
        optional(d.taken.clone()),
        optional(d.by.clone()),
        optional(d.reason.clone()),
        text(digest),
        optional(d.other.clone()),
    ]
}
