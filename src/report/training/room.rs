//! What a room answered, counted.

use std::collections::BTreeMap;

use super::Line;
use crate::model::{Answer, Assessment, Case, Exact, Id, Lang, Questionnaire, SignState};
use crate::report::FileRecord;

/// Name and version of the data.
pub const SCHEMA: &str = "lygte/training/1";

/// One participant.
#[derive(Clone, Debug)]
pub struct Participant {
    /// The code, or a stand-in where there is none.
    pub code: String,
    /// Typed from a paper form.
    pub paper: bool,
    /// Language of the workbook.
    pub lang: Lang,
    /// What was answered, by item.
    pub answers: BTreeMap<Id, Answer>,
    /// What was noted of signs; what was left blank is not there.
    pub signs: BTreeMap<Id, SignState>,
    /// The score that follows.
    pub assessment: Assessment,
}

/// Lines that are counted together: those of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Questions of the self-test.
    SelfTest,
    /// Questions on precautions.
    Precautions,
    /// Signs.
    Signs,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::SelfTest, Self::Precautions, Self::Signs];

    /// Its id in data and words.
    pub fn id(self) -> &'static str {
        match self {
            Self::SelfTest => "self-test",
            Self::Precautions => "precautions",
            Self::Signs => "signs",
        }
    }
}

/// A kappa over all pairs of participants: of two, Cohen's; of more, the mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kappa {
    /// `None`: it has no value.
    pub value: Option<Exact>,
    /// Pairs that have one.
    pub pairs: usize,
    /// Pairs that have none.
    pub undefined: usize,
}

/// How far participants agree on one part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// The part.
    pub part: Part,
    /// Its lines.
    pub lines: usize,
    /// Chance that two of them, picked at random, gave the same answer; over lines that two or more answered.
    pub any_two: Option<Exact>,
    /// Fleiss' kappa over the three steps of an answer, with "left open" as a fourth.
    pub fleiss: Option<Exact>,
    /// Kappa of pairs, unweighted.
    pub unweighted: Kappa,
    /// Kappa of pairs, weighted by the distance of the steps.
    pub linear: Kappa,
    /// Kappa of pairs, weighted by its square.
    pub quadratic: Kappa,
}

/// A room that answered one case.
#[derive(Clone, Debug)]
pub struct Room {
    /// The case.
    pub case: Case,
    /// What was asked.
    pub exercise: Questionnaire,
    /// The scoring method.
    pub method: Id,
    /// Who answered, in the order of codes.
    pub participants: Vec<Participant>,
    /// Every file, with the code as what it belongs to.
    pub files: Vec<FileRecord>,
    /// Files that were passed over: of the pack itself, and those that are no inputs.
    pub skipped: usize,
    /// The key, scored.
    pub key: Assessment,
    /// Chance that two participants, picked at random, gave the same answer to a line.
    pub any_two: Option<Exact>,
    /// Agreement among participants, part by part.
    pub agreement: Vec<Agreement>,
}

/// What was answered to one line.
#[derive(Clone, Debug)]
pub struct Tally<'a> {
    /// The line.
    pub line: Line<'a>,
    /// Id of the key's answer.
    pub key: &'a str,
    /// How often each answer was given, by id.
    pub counts: BTreeMap<&'a str, usize>,
    /// Left open in whatever way.
    pub open: usize,
}

impl Tally<'_> {
    pub(super) fn total(&self) -> usize {
        self.counts.values().sum::<usize>() + self.open
    }

    pub(super) fn as_key(&self) -> usize {
        self.counts.get(self.key).copied().unwrap_or_default()
    }

    /// The answer most often given instead of the key's, the first of several in the order of the scale.
    pub(super) fn common_wrong<'e>(&'e self, exercise: &'e Questionnaire) -> Option<(&'e str, usize)> {
        let options = self.line.options(exercise).iter().map(|o| o.id.as_str()).filter(|id| *id != self.key);
        let counted = options.map(|id| (id, self.counts.get(id).copied().unwrap_or_default()));
        counted.filter(|(_, n)| *n > 0).rev().max_by_key(|(_, n)| *n)
    }
}

impl Participant {
    /// Id of what was answered to a line; `None` if it is open.
    pub(super) fn answer(&self, line: &Line<'_>) -> Option<&str> {
        match line {
            Line::Question(_, item) => match self.answers.get(&item.id)? {
                Answer::Option(id) => Some(id),
                _ => None,
            },
            Line::Sign(sign) => self.signs.get(&sign.id).map(|s| s.id()),
        }
    }
}

impl Room {
    /// All lines that were asked.
    pub(super) fn lines(&self) -> Vec<Line<'_>> {
        Line::all(&self.exercise)
    }

    /// Id of the key's answer to a line.
    pub(super) fn key_of(&self, line: &Line<'_>) -> &str {
        let question = self.case.entry(line.id()).map(|e| e.answer.as_str());
        let sign = || self.case.signs.iter().find(|s| s.sign == *line.id()).map(|s| s.state.id());
        question.or_else(sign).unwrap_or_default()
    }

    /// How many lines a participant answered, and how many of them as the key.
    pub(super) fn of(&self, participant: &Participant) -> (usize, usize) {
        let lines = self.lines();
        let answers = || lines.iter().filter_map(|l| Some((l, participant.answer(l)?)));
        (answers().count(), answers().filter(|(l, a)| self.key_of(l) == *a).count())
    }

    /// What was answered, line by line.
    pub fn tallies(&self) -> Vec<Tally<'_>> {
        self.lines().into_iter().map(|line| self.tally_of(line)).collect()
    }

    fn tally_of<'a>(&'a self, line: Line<'a>) -> Tally<'a> {
        let mut tally = Tally { line, key: "", counts: BTreeMap::new(), open: 0 };
        let options = line.options(&self.exercise);
        for participant in &self.participants {
            // Counted under the option's own id.
            match participant.answer(&line).and_then(|id| options.iter().find(|o| o.id == id)) {
                Some(option) => *tally.counts.entry(option.id.as_str()).or_default() += 1,
                None => tally.open += 1,
            }
        }
        let key = self.key_of(&line);
        tally.key = options.iter().find(|o| o.id == key).map_or("", |o| o.id.as_str());
        tally
    }

    /// Share of the answers given that are the key's.
    pub(super) fn as_key(&self) -> Option<Exact> {
        let (given, same) = self.participants.iter().map(|p| self.of(p)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        (given > 0).then(|| Exact::ratio(whole(same), whole(given)))
    }
}

fn whole(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
