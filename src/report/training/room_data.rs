//! A room's answers as a page to project, a page for each participant, tables and data.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::super::say::Say;
use super::super::sheets::Value;
use super::super::table::{self, Table};
use super::super::{FileResult, Reporter, Setting, Status, files};
use super::Line;
use super::room::{Agreement, Kappa, Participant, Room, SCHEMA, Tally};
use crate::error::Result;
use crate::model::{Band, Exact, Questionnaire, SignState};

/// One answer, and how many gave it.
#[derive(Serialize)]
struct BarView {
    label: String,
    n: usize,
    /// Of a hundred, for the length of a bar.
    width: String,
    is_key: bool,
}

#[derive(Serialize)]
struct TallyView {
    number: String,
    text: String,
    /// "18 of 30 …"
    said: String,
    bars: Vec<BarView>,
    key: String,
    why: String,
    /// The answer most often given instead: its label, how many, and what speaks against it.
    wrong: Option<WrongView>,
    debrief: Option<String>,
}

#[derive(Serialize)]
struct WrongView {
    label: String,
    said: String,
    why: Option<String>,
}

#[derive(Serialize)]
struct PriorityView {
    label: String,
    n: usize,
    width: String,
    is_key: bool,
}

#[derive(Serialize)]
struct ChangeView {
    number: String,
    text: String,
    before: String,
    after: String,
    more: bool,
    less: bool,
}

#[derive(Serialize)]
struct BeforeView {
    people: usize,
    both: usize,
    as_key: Option<String>,
    any_two: Option<String>,
    rows: Vec<ChangeView>,
}

#[derive(Serialize)]
struct RoomView {
    date: String,
    draft: bool,
    title: String,
    people: usize,
    paper: usize,
    as_key: Option<String>,
    any_two: Option<String>,
    /// What most of the room missed, in words, the most first.
    missed: Vec<String>,
    signs: Vec<TallyView>,
    questions: Vec<TallyView>,
    priorities: Vec<PriorityView>,
    key_follow: String,
    key_score: String,
    lowest: Option<String>,
    middle: Option<String>,
    highest: Option<String>,
    /// What is to be said of files, without their names and codes.
    ledger: Vec<LedgerView>,
    counted: usize,
    left_out: usize,
    before: Option<BeforeView>,
}

#[derive(Serialize)]
struct LedgerView {
    n: usize,
    status: String,
    message: String,
}

#[derive(Serialize)]
struct OwnLine {
    number: String,
    text: String,
    yours: String,
    key: String,
    same: bool,
    why: String,
    debrief: Option<String>,
}

#[derive(Serialize)]
struct OwnView {
    date: String,
    draft: bool,
    title: String,
    code: String,
    said: String,
    follow: Option<String>,
    key_follow: String,
    lines: Vec<OwnLine>,
}

#[derive(Serialize)]
struct ScoreData {
    headline: String,
    best: String,
    priority: Option<&'static str>,
}

#[derive(Serialize)]
struct ParticipantData<'a> {
    code: &'a str,
    paper: bool,
    lang: &'a str,
    answered: usize,
    as_key: usize,
    score: ScoreData,
    answers: BTreeMap<&'a str, &'a str>,
    signs: BTreeMap<&'a str, &'static str>,
}

#[derive(Serialize)]
struct LineData<'a> {
    id: &'a str,
    number: &'a str,
    key: &'a str,
    as_key: usize,
    counts: BTreeMap<&'a str, usize>,
    open: usize,
}

#[derive(Serialize)]
struct KappaData {
    exact: Option<String>,
    shown: Option<String>,
    pairs: usize,
    undefined: usize,
}

#[derive(Serialize)]
struct AgreementData {
    part: &'static str,
    lines: usize,
    any_two: Option<String>,
    fleiss: Option<String>,
    unweighted: KappaData,
    linear: KappaData,
    quadratic: KappaData,
}

#[derive(Serialize)]
struct RoomData<'a> {
    schema: &'static str,
    case: &'a str,
    sector: &'a str,
    country: &'a str,
    method: &'a str,
    key: ScoreData,
    any_two: Option<String>,
    participants: Vec<ParticipantData<'a>>,
    lines: Vec<LineData<'a>>,
    agreement: Vec<AgreementData>,
    files: Vec<FileResult>,
    skipped: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Box<RoomData<'a>>>,
}

impl Reporter {
    /// The page of a room, to project and to print. It names nobody.
    ///
    /// # Errors
    /// A template that fails.
    pub fn room(&self, setting: &Setting<'_>, room: &Room, before: Option<&Room>) -> Result<String> {
        let say = self.say(setting);
        self.engine.render("training/room.html", setting.lang, &room.view(say, setting, before))
    }

    /// What one participant takes home.
    ///
    /// # Errors
    /// A template that fails.
    pub fn participant(&self, setting: &Setting<'_>, room: &Room, one: &Participant) -> Result<String> {
        let say = self.say(setting);
        self.engine.render("training/own.html", setting.lang, &room.own(say, setting, one))
    }

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

    /// The room as data.
    ///
    /// # Errors
    /// Never with sound data.
    pub fn room_data(&self, room: &Room, before: Option<&Room>) -> Result<String> {
        let mut data = room.data();
        data.before = before.map(|b| Box::new(b.data()));
        Ok(serde_json::to_string_pretty(&data)? + "\n")
    }
}

fn whole(n: usize) -> Exact {
    Exact::whole(i64::try_from(n).unwrap_or(i64::MAX))
}

fn width(n: usize, of: usize) -> String {
    if of == 0 { "0".to_owned() } else { (&(&whole(n) / &whole(of)) * &whole(100)).rounded() }
}

fn label(say: Say<'_>, exercise: &Questionnaire, line: &Line<'_>, id: Option<&str>) -> String {
    id.map_or_else(|| say.t("tr-open"), |id| say.option(line.options(exercise), id))
}

fn text(say: Say<'_>, line: &Line<'_>) -> String {
    match line {
        Line::Question(question, item) => say.text(&question.item_text(item)),
        Line::Sign(sign) => say.text(&sign.text),
    }
}

fn count(say: Say<'_>, word: &str, n: usize, total: usize) -> String {
    say.fill(word, &[("n", &n.to_string()), ("total", &total.to_string())])
}

impl Room {
    fn view(&self, say: Say<'_>, setting: &Setting<'_>, before: Option<&Self>) -> RoomView {
        let tallies = self.tallies();
        let mut missed: Vec<(usize, String)> = tallies.iter().filter_map(|t| self.missed(say, t)).collect();
        missed.sort_by(|a, b| b.0.cmp(&a.0));
        let (signs, questions): (Vec<_>, Vec<_>) = tallies.iter().partition(|t| matches!(t.line, Line::Sign(_)));
        let mut scores: Vec<&Exact> = self.participants.iter().map(|p| &p.assessment.score.headline).collect();
        scores.sort();
        let at = |n: usize| scores.get(n).map(|s| say.whole(s));
        let key = self.key.priority;
        let of =
            |priority: Option<Band>| self.participants.iter().filter(|p| p.assessment.priority == priority).count();
        let bands = Band::ALL.into_iter().rev().map(Some).chain([None]);
        let priority = |priority: Option<Band>| PriorityView {
            label: priority.map_or_else(|| say.t("not-enough"), |p| say.fill("follow-up", &[("when", &say.follow(p))])),
            n: of(priority),
            width: width(of(priority), self.participants.len()),
            is_key: priority.is_some() && priority == key,
        };
        let counted = self.files.iter().filter(|f| f.status != Status::Unreadable).count();
        RoomView {
            date: say.date(setting.date),
            draft: self.is_draft(setting),
            title: say.text(&self.case.title),
            people: self.participants.len(),
            paper: self.participants.iter().filter(|p| p.paper).count(),
            as_key: self.as_key().map(|s| say.percent(&s)),
            any_two: self.any_two.as_ref().map(|s| say.percent(s)),
            missed: missed.into_iter().take(5).map(|(_, said)| said).collect(),
            signs: signs.into_iter().map(|t| self.tally(say, t)).collect(),
            questions: questions.into_iter().map(|t| self.tally(say, t)).collect(),
            priorities: bands.map(priority).filter(|p| p.n > 0 || p.is_key).collect(),
            key_follow: key.map(|p| say.follow(p)).unwrap_or_default(),
            key_score: say.whole(&self.key.score.headline),
            lowest: at(0),
            middle: at(scores.len().saturating_sub(1) / 2),
            highest: at(scores.len().saturating_sub(1)),
            ledger: self.ledger(say),
            counted,
            left_out: self.files.len() - counted,
            before: before.map(|b| self.changes(say, b)),
        }
    }

    fn is_draft(&self, setting: &Setting<'_>) -> bool {
        self.case.drafts.contains(setting.lang) || self.exercise.drafts.contains(setting.lang)
    }

    /// What was missed of a line, in words, and by how many.
    fn missed(&self, say: Say<'_>, tally: &Tally<'_>) -> Option<(usize, String)> {
        let (total, right) = (tally.total(), tally.as_key());
        let (n, word) = match tally.line {
            Line::Sign(_) if tally.key == SignState::Present.id() => (total - right, "tr-missed-sign"),
            Line::Sign(_) => {
                (tally.counts.get(SignState::Present.id()).copied().unwrap_or_default(), "tr-imagined-sign")
            }
            Line::Question(..) => (total - right - tally.open, "tr-other-answer"),
        };
        let (number, line) = (tally.line.number(), text(say, &tally.line));
        let values =
            [("n", n.to_string()), ("total", total.to_string()), ("number", number.to_owned()), ("text", line)];
        let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
        (n > 0).then(|| (n, say.fill(word, &values)))
    }

    fn tally(&self, say: Say<'_>, tally: &Tally<'_>) -> TallyView {
        let (line, total) = (&tally.line, tally.total());
        let mut bars: Vec<BarView> = line
            .options(&self.exercise)
            .iter()
            .map(|o| {
                let n = tally.counts.get(o.id.as_str()).copied().unwrap_or_default();
                BarView { label: say.text(&o.label), n, width: width(n, total), is_key: o.id == tally.key }
            })
            .collect();
        if tally.open > 0 {
            bars.push(BarView {
                label: say.t("tr-open"),
                n: tally.open,
                width: width(tally.open, total),
                is_key: false,
            });
        }
        let entry = self.case.entry(line.id());
        let sign = self.case.signs.iter().find(|s| s.sign == *line.id());
        let said = match line {
            Line::Sign(_) if tally.key == SignState::Present.id() => {
                count(say, "tr-missed", total - tally.as_key(), total)
            }
            Line::Sign(_) => {
                count(say, "tr-imagined", tally.counts.get(SignState::Present.id()).copied().unwrap_or_default(), total)
            }
            Line::Question(..) => count(say, "tr-as-key", tally.as_key(), total),
        };
        let wrong = tally.common_wrong(&self.exercise).map(|(id, n)| WrongView {
            label: label(say, &self.exercise, line, Some(id)),
            said: count(say, "tr-so-many", n, total),
            why: entry.filter(|e| e.wrong.answer == id).map(|e| say.text(&e.wrong.why)),
        });
        TallyView {
            number: line.number().to_owned(),
            text: text(say, line),
            said,
            bars,
            key: label(say, &self.exercise, line, Some(tally.key)),
            why: entry.map(|e| &e.why).or_else(|| sign.map(|s| &s.why)).map(|t| say.text(t)).unwrap_or_default(),
            wrong: entry.and(wrong),
            debrief: entry.map(|e| say.text(&e.debrief)),
        }
    }

    /// What is to be said of files, counted: a participant may have put a name into the name of a file, and a code is
    /// nobody else's business.
    fn ledger(&self, say: Say<'_>) -> Vec<LedgerView> {
        let mut counts: BTreeMap<(Status, String), usize> = BTreeMap::new();
        for file in &self.files {
            for diagnostic in &file.diagnostics {
                *counts.entry((file.status, files::message(say, diagnostic))).or_default() += 1;
            }
        }
        let line = |((s, message), n): ((Status, String), usize)| LedgerView { n, status: say.t(status(s)), message };
        counts.into_iter().rev().map(line).collect()
    }

    fn changes(&self, say: Say<'_>, before: &Self) -> BeforeView {
        let codes = |room: &Self| room.participants.iter().map(|p| p.code.clone()).collect::<BTreeSet<_>>();
        let earlier = before.tallies();
        let later = self.tallies();
        let rows = later.iter().filter_map(|after| {
            let before = earlier.iter().find(|t| t.line.id() == after.line.id())?;
            let share =
                |t: &Tally<'_>| if t.total() == 0 { Exact::zero() } else { &whole(t.as_key()) / &whole(t.total()) };
            let (b, a) = (share(before), share(after));
            Some(ChangeView {
                number: after.line.number().to_owned(),
                text: text(say, &after.line),
                before: count(say, "tr-so-many", before.as_key(), before.total()),
                after: count(say, "tr-so-many", after.as_key(), after.total()),
                more: a > b,
                less: a < b,
            })
        });
        BeforeView {
            people: before.participants.len(),
            both: codes(self).intersection(&codes(before)).count(),
            as_key: before.as_key().map(|s| say.percent(&s)),
            any_two: before.any_two.as_ref().map(|s| say.percent(s)),
            rows: rows.collect(),
        }
    }

    fn own(&self, say: Say<'_>, setting: &Setting<'_>, one: &Participant) -> OwnView {
        let line = |line: &Line<'_>| {
            let (yours, key) = (one.answer(line), self.key_of(line));
            let entry = self.case.entry(line.id());
            let sign = self.case.signs.iter().find(|s| s.sign == *line.id());
            OwnLine {
                number: line.number().to_owned(),
                text: text(say, line),
                yours: label(say, &self.exercise, line, yours),
                key: label(say, &self.exercise, line, Some(key)),
                same: yours == Some(key),
                why: entry.map(|e| &e.why).or_else(|| sign.map(|s| &s.why)).map(|t| say.text(t)).unwrap_or_default(),
                debrief: entry.map(|e| say.text(&e.debrief)),
            }
        };
        let lines = self.lines();
        let (_, same) = self.of(one);
        OwnView {
            date: say.date(setting.date),
            draft: self.is_draft(setting),
            title: say.text(&self.case.title),
            code: one.code.clone(),
            said: count(say, "tr-own-as-key", same, lines.len()),
            follow: one.assessment.priority.map(|p| say.follow(p)),
            key_follow: self.key.priority.map(|p| say.follow(p)).unwrap_or_default(),
            lines: lines.iter().map(line).collect(),
        }
    }

    fn data<'a>(&'a self) -> RoomData<'a> {
        let line = |t: Tally<'a>| LineData {
            id: t.line.id().as_str(),
            number: t.line.number(),
            key: t.key,
            as_key: t.as_key(),
            open: t.open,
            counts: t.counts,
        };
        RoomData {
            schema: SCHEMA,
            case: self.case.id.as_str(),
            sector: self.case.sector.as_str(),
            country: self.case.country.as_str(),
            method: self.method.as_str(),
            key: score(&self.key),
            any_two: self.any_two.as_ref().map(ToString::to_string),
            participants: self.participants.iter().map(|p| self.participant_data(p)).collect(),
            lines: self.tallies().into_iter().map(line).collect(),
            agreement: self.agreement.iter().map(agreement).collect(),
            files: self.files.iter().map(FileResult::of).collect(),
            skipped: self.skipped,
            before: None,
        }
    }

    fn participant_data<'a>(&'a self, p: &'a Participant) -> ParticipantData<'a> {
        let (answered, as_key) = self.of(p);
        ParticipantData {
            code: &p.code,
            paper: p.paper,
            lang: p.lang.as_str(),
            answered,
            as_key,
            score: score(&p.assessment),
            answers: p.answers.iter().map(|(id, a)| (id.as_str(), a.id())).collect(),
            signs: p.signs.iter().map(|(id, s)| (id.as_str(), s.id())).collect(),
        }
    }

    fn tables(&self, say: Say<'_>) -> Vec<Table> {
        let words = |text: &str| Value::Text(text.to_owned());
        let number = |n: usize| Value::Number(whole(n).to_f64());
        let exact =
            |x: Option<&Exact>| x.map_or_else(|| Value::Text(say.t("tr-no-value")), |x| Value::Number(x.to_f64()));
        let column = |word: &str, width: u16| (say.t(word), width);
        let tallies = self.tallies();
        let lines = tallies.iter().flat_map(|t| {
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
        let people = self.participants.iter().map(|p| {
            let (answered, as_key) = self.of(p);
            vec![
                words(&p.code),
                number(answered),
                number(as_key),
                Value::Number(p.assessment.score.headline.to_f64()),
                Value::Text(p.assessment.priority.map_or_else(|| say.t("not-enough"), |b| say.follow(b))),
            ]
        });
        let key = vec![
            Value::Text(say.t("tr-key")),
            number(tallies.len()),
            number(tallies.len()),
            Value::Number(self.key.score.headline.to_f64()),
            Value::Text(self.key.priority.map(|b| say.follow(b)).unwrap_or_default()),
        ];
        let mut answer_columns = vec![column("tr-code", 10)];
        answer_columns.extend(tallies.iter().map(|t| (t.line.number().to_owned(), 16)));
        let answers = self.participants.iter().map(|p| {
            let cells = tallies.iter().map(|t| Value::Text(label(say, &self.exercise, &t.line, p.answer(&t.line))));
            std::iter::once(words(&p.code)).chain(cells).collect()
        });
        let kappas = self.agreement.iter().flat_map(|a| {
            let part = say.t(&format!("tr-part-{}", a.part.id()));
            let two = self.participants.len() == 2;
            let pair = |word: &str, k: &Kappa| {
                (say.t(&format!("tr-{}-{word}", if two { "cohen" } else { "mean" })), k.value.clone(), k.undefined)
            };
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
        let files = self.files.iter().flat_map(|f| {
            let row = |message: Value| {
                vec![
                    words(&f.file),
                    f.supplier.as_deref().map_or(Value::Blank, words),
                    Value::Text(say.t(status(f.status))),
                    message,
                ]
            };
            if f.diagnostics.is_empty() {
                vec![row(Value::Blank)]
            } else {
                let said = |d: &crate::diag::Diagnostic| {
                    let place = d.place.within();
                    let message = files::message(say, d);
                    if place.is_empty() { message } else { format!("{place}: {message}") }
                };
                f.diagnostics.iter().map(|d| row(Value::Text(said(d)))).collect()
            }
        });
        let note = |word: &str| vec![Value::Blank, Value::Blank, Value::Text(say.t(word))];
        vec![
            Table {
                name: say.t("tr-sheet-spread"),
                columns: vec![
                    column("col-number", 10),
                    column("col-question", 70),
                    column("tr-answer", 30),
                    column("tr-people", 12),
                    column("tr-key", 10),
                ],
                rows: lines.collect(),
            },
            Table {
                name: say.t("tr-sheet-people"),
                columns: vec![
                    column("tr-code", 10),
                    column("col-answered", 12),
                    column("tr-col-as-key", 16),
                    column("col-score", 10),
                    column("col-follow", 30),
                ],
                rows: std::iter::once(key).chain(people).collect(),
            },
            Table { name: say.t("tr-sheet-answers"), columns: answer_columns, rows: answers.collect() },
            Table {
                name: say.t("tr-sheet-agreement"),
                columns: vec![
                    column("tr-part", 18),
                    column("tr-lines", 10),
                    column("tr-statistic", 60),
                    column("tr-value", 14),
                    column("tr-undefined", 22),
                ],
                rows: kappas.chain([note("tr-kappa-note"), note("tr-kappa-steps")]).collect(),
            },
            Table {
                name: say.t("sheet-ledger"),
                columns: vec![
                    column("col-file", 40),
                    column("tr-code", 10),
                    column("col-status", 16),
                    column("col-message", 90),
                ],
                rows: files.collect(),
            },
        ]
    }

    fn changes_table(&self, say: Say<'_>, before: &Self) -> Table {
        let changes = self.changes(say, before);
        let row = |r: ChangeView| {
            vec![Value::Text(r.number), Value::Text(r.text), Value::Text(r.before), Value::Text(r.after)]
        };
        Table {
            name: say.t("tr-before-after"),
            columns: vec![
                (say.t("col-number"), 10),
                (say.t("col-question"), 70),
                (say.t("tr-before"), 16),
                (say.t("tr-after"), 16),
            ],
            rows: changes.rows.into_iter().map(row).collect(),
        }
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Scored => "tr-counted",
        Status::Partly => "tr-counted-partly",
        Status::Unreadable => "tr-not-counted",
    }
}

fn score(assessment: &crate::model::Assessment) -> ScoreData {
    ScoreData {
        headline: assessment.score.headline.to_string(),
        best: assessment.score.best.to_string(),
        priority: assessment.priority.map(Band::id),
    }
}

fn agreement(a: &Agreement) -> AgreementData {
    let kappa = |k: &Kappa| KappaData {
        exact: k.value.as_ref().map(ToString::to_string),
        shown: k.value.as_ref().map(Exact::shown),
        pairs: k.pairs,
        undefined: k.undefined,
    };
    AgreementData {
        part: a.part.id(),
        lines: a.lines,
        any_two: a.any_two.as_ref().map(ToString::to_string),
        fleiss: a.fleiss.as_ref().map(ToString::to_string),
        unweighted: kappa(&a.unweighted),
        linear: kappa(&a.linear),
        quadratic: kappa(&a.quadratic),
    }
}
