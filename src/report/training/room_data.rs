//! A room's answers as a page to project, a page for each participant, and data.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::super::say::Say;
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
pub(super) struct ChangeView {
    pub(super) number: String,
    pub(super) text: String,
    pub(super) before: String,
    pub(super) after: String,
    more: bool,
    less: bool,
}

#[derive(Serialize)]
pub(super) struct BeforeView {
    people: usize,
    both: usize,
    as_key: Option<String>,
    any_two: Option<String>,
    pub(super) rows: Vec<ChangeView>,
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
    files: Vec<FileResult<'a>>,
    skipped: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Box<Self>>,
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

pub(super) fn whole(n: usize) -> Exact {
    Exact::whole(i64::try_from(n).unwrap_or(i64::MAX))
}

fn width(n: usize, of: usize) -> String {
    if of == 0 { "0".to_owned() } else { (&(&whole(n) / &whole(of)) * &whole(100)).rounded() }
}

pub(super) fn label(say: Say<'_>, exercise: &Questionnaire, line: &Line<'_>, id: Option<&str>) -> String {
    id.map_or_else(|| say.t("tr-open"), |id| say.option(line.options(exercise), id).to_owned())
}

pub(super) fn text(say: Say<'_>, line: &Line<'_>) -> String {
    match line {
        Line::Question(question, item) => question.item_text(item, say.lang).into_owned(),
        Line::Sign(sign) => say.text(&sign.text),
    }
}

fn count(say: Say<'_>, word: &str, n: usize, total: usize) -> String {
    say.fill(word, &[("n", &n.to_string()), ("total", &total.to_string())])
}

/// What was missed of a line, in words, and by how many.
fn missed_of(say: Say<'_>, tally: &Tally<'_>) -> Option<(usize, String)> {
    let (total, right) = (tally.total(), tally.as_key());
    let (n, word) = match tally.line {
        Line::Sign(_) if tally.key == SignState::Present.id() => (total - right, "tr-missed-sign"),
        Line::Sign(_) => (tally.counts.get(SignState::Present.id()).copied().unwrap_or_default(), "tr-imagined-sign"),
        Line::Question(..) => (total - right - tally.open, "tr-other-answer"),
    };
    let (number, line) = (tally.line.number(), text(say, &tally.line));
    let values = [("n", n.to_string()), ("total", total.to_string()), ("number", number.to_owned()), ("text", line)];
    let values: Vec<(&str, &str)> = values.iter().map(|(k, v)| (*k, v.as_str())).collect();
    (n > 0).then(|| (n, say.fill(word, &values)))
}

impl Room {
    fn view(&self, say: Say<'_>, setting: &Setting<'_>, before: Option<&Self>) -> RoomView {
        let tallies = self.tallies();
        let mut missed: Vec<(usize, String)> = tallies.iter().filter_map(|t| missed_of(say, t)).collect();
        missed.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
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

    pub(super) fn changes(&self, say: Say<'_>, before: &Self) -> BeforeView {
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
}

pub(super) fn status(status: Status) -> &'static str {
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
