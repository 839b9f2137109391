//! A room's answers as tables, for the facilitator: here stand codes and names of files.

use super::super::say::Say;
use super::super::table::{self, Table, Value};
use super::super::{Reporter, Setting, files};
use super::room::{Kappa, Room, SCHEMA};
use super::room_data::{ChangeView, label, status, text, whole};
use crate::diag::Diagnostic;
use crate::error::Result;
use crate::model::{Assessment, Exact};

impl Reporter {
    /// The room as tables: spread, signs, participants, answers, agreement, ledger.
    ///
    /// # Errors
    /// If the workbook cannot be put together.
    pub fn room_tables(&self, setting: &Setting<'_>, room: &Room, before: Option<&Room>) -> Result<Vec<u8>> {
        let say = self.say(setting);
        let mut tables = room.tables(say);
        if let Some(before) = before {
            tables.push(room.changes_table(say, before));
        }
        table::workbook(SCHEMA, &say.t("tr-room-title"), &tables)
    }
}

fn words(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn number(n: usize) -> Value {
    Value::Count(whole(n).to_f64())
}

fn columns(say: Say<'_>, columns: &[(&str, u16)]) -> Vec<(String, u16)> {
    columns.iter().map(|(word, width)| (say.t(word), *width)).collect()
}

impl Room {
    fn tables(&self, say: Say<'_>) -> Vec<Table> {
        vec![self.spread(say), self.people(say), self.answers(say), self.statistics(say), self.ledger_table(say)]
    }

    fn spread(&self, say: Say<'_>) -> Table {
        let tallies = self.tallies();
        let rows = tallies.iter().flat_map(|t| {
            let options = t.line.options(&self.exercise).iter().map(|o| {
                let n = t.counts.get(o.id.as_str()).copied().unwrap_or_default();
                (say.text(&o.label), n, o.id == t.key)
            });
            let open = (t.open > 0).then(|| (say.t("tr-open"), t.open, false));
            options.chain(open).map(|(option, n, is_key)| {
                vec![
                    words(t.line.number()),
                    Value::Text(text(say, &t.line)),
                    Value::Text(option),
                    number(n),
                    if is_key { Value::Text(say.t("tr-key")) } else { Value::Blank },
                ]
            })
        });
        Table {
            name: say.t("tr-sheet-spread"),
            columns: columns(
                say,
                &[("col-number", 10), ("col-question", 70), ("tr-answer", 30), ("tr-people", 12), ("tr-key", 10)],
            ),
            rows: rows.collect(),
        }
    }

    fn people(&self, say: Say<'_>) -> Table {
        let row = |name: &str, (answered, as_key): (usize, usize), a: &Assessment| {
            vec![
                words(name),
                number(answered),
                number(as_key),
                Value::Points(a.score.headline.to_f64()),
                Value::Text(a.priority.map_or_else(|| say.t("not-enough"), |b| say.follow(b))),
            ]
        };
        let all = self.lines().len();
        let key = row(&say.t("tr-key"), (all, all), &self.key);
        let people = self.participants.iter().map(|p| row(&p.code, self.of(p), &p.assessment));
        Table {
            name: say.t("tr-sheet-people"),
            columns: columns(
                say,
                &[("tr-code", 10), ("col-answered", 12), ("tr-col-as-key", 16), ("col-score", 10), ("col-follow", 30)],
            ),
            rows: std::iter::once(key).chain(people).collect(),
        }
    }

    fn answers(&self, say: Say<'_>) -> Table {
        let lines = self.lines();
        let mut heads = columns(say, &[("tr-code", 10)]);
        heads.extend(lines.iter().map(|l| (l.number().to_owned(), 16)));
        let rows = self.participants.iter().map(|p| {
            let cells = lines.iter().map(|l| Value::Text(label(say, &self.exercise, l, p.answer(l))));
            std::iter::once(words(&p.code)).chain(cells).collect()
        });
        Table { name: say.t("tr-sheet-answers"), columns: heads, rows: rows.collect() }
    }

    fn statistics(&self, say: Say<'_>) -> Table {
        let exact = |x: Option<&Exact>| x.map_or_else(|| words(&say.t("tr-no-value")), |x| Value::Points(x.to_f64()));
        // Of two participants the one pair's kappa is Cohen's.
        let kind = if self.participants.len() == 2 { "cohen" } else { "mean" };
        let rows = self.agreement.iter().flat_map(|a| {
            let part = say.t(&format!("tr-part-{}", a.part.id()));
            let pair = |word: &str, k: &Kappa| (say.t(&format!("tr-{kind}-{word}")), k.value.clone(), k.undefined);
            let rows = [
                (say.t("tr-any-two"), a.any_two.clone(), 0),
                (say.t("tr-fleiss"), a.fleiss.clone(), 0),
                pair("unweighted", &a.unweighted),
                pair("linear", &a.linear),
                pair("quadratic", &a.quadratic),
            ];
            rows.map(|(name, value, undefined)| {
                vec![words(&part), number(a.lines), Value::Text(name), exact(value.as_ref()), number(undefined)]
            })
        });
        let note = |word: &str| vec![Value::Blank, Value::Blank, Value::Text(say.t(word))];
        Table {
            name: say.t("tr-sheet-agreement"),
            columns: columns(
                say,
                &[("tr-part", 18), ("tr-lines", 10), ("tr-statistic", 60), ("tr-value", 14), ("tr-undefined", 22)],
            ),
            rows: rows.chain([note("tr-kappa-note"), note("tr-kappa-steps")]).collect(),
        }
    }

    fn ledger_table(&self, say: Say<'_>) -> Table {
        let said = |d: &Diagnostic| {
            let (place, message) = (d.place.within(), files::message(say, d));
            Value::Text(if place.is_empty() { message } else { format!("{place}: {message}") })
        };
        let rows = self.files.iter().flat_map(|f| {
            let messages =
                if f.diagnostics.is_empty() { vec![Value::Blank] } else { f.diagnostics.iter().map(said).collect() };
            messages.into_iter().map(|message| {
                let code = f.supplier.as_deref().map_or(Value::Blank, words);
                vec![words(&f.file), code, Value::Text(say.t(status(f.status))), message]
            })
        });
        Table {
            name: say.t("sheet-ledger"),
            columns: columns(say, &[("col-file", 40), ("tr-code", 10), ("col-status", 16), ("col-message", 90)]),
            rows: rows.collect(),
        }
    }

    fn changes_table(&self, say: Say<'_>, before: &Self) -> Table {
        let row = |r: ChangeView| [r.number, r.text, r.before, r.after].map(Value::Text).into();
        Table {
            name: say.t("tr-before-after"),
            columns: columns(say, &[("col-number", 10), ("col-question", 70), ("tr-before", 16), ("tr-after", 16)]),
            rows: self.changes(say, before).rows.into_iter().map(row).collect(),
        }
    }
}
