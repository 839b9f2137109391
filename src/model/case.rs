//! Training cases: the story of an invented supplier, and how a careful assessor would answer.

use std::collections::BTreeSet;

use super::{CountryCode, Evidence, Id, Lang, Profile, Question, Questionnaire, SignState, Text};

/// One training case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its id.
    pub id: Id,
    /// The supplier's sector.
    pub sector: Id,
    /// Where it works.
    pub country: CountryCode,
    /// Its title.
    pub title: Text,
    /// What it trains, for the facilitator.
    pub about: Text,
    /// What a participant can do afterwards.
    pub goals: Vec<Sentence>,
    /// Facts about the supplier, as it would give them.
    pub profile: Profile,
    /// What happened, in parts.
    pub story: Vec<StoryPart>,
    /// The decisive questions, answered.
    pub key: Vec<KeyEntry>,
    /// Signs that are there, and signs that only seem to be.
    pub signs: Vec<KeySign>,
    /// What looks otherwise than it is.
    pub traps: Vec<Trap>,
    /// Questions to talk about afterwards.
    pub debrief: Vec<Sentence>,
    /// What is done in the first day and in the first month.
    pub decisions: Text,
    /// Languages it is there in, English first. It need not be there in all.
    pub langs: Vec<Lang>,
    /// Those in which no native speaker has reviewed it.
    pub drafts: BTreeSet<Lang>,
}

impl Case {
    /// The sentence of the story with that id.
    pub fn sentence(&self, id: &Id) -> Option<&Text> {
        self.story.iter().flat_map(|p| &p.sentences).find(|s| s.id == *id).map(|s| &s.text)
    }

    /// What participants answer: of the questionnaire that the case is about, the questions of the key and the signs of
    /// the case. Facts about the supplier are given, so nobody is asked for them.
    pub fn exercise(&self, form: &Questionnaire) -> Questionnaire {
        let keep = |questions: &mut Vec<Question>| {
            for question in questions.iter_mut() {
                question.items.retain(|item| self.key.iter().any(|e| e.item == item.id));
            }
            questions.retain(|q| !q.items.is_empty());
        };
        let mut out = form.clone();
        out.profile.fields.clear();
        out.visit.fields.clear();
        keep(&mut out.exposure.questions);
        out.controls.iter_mut().for_each(|block| keep(&mut block.questions));
        out.signs.signs.retain(|sign| self.signs.iter().any(|s| s.sign == sign.id));
        out
    }

    /// The key's entry on an item.
    pub fn entry(&self, item: &Id) -> Option<&KeyEntry> {
        self.key.iter().find(|e| e.item == *item)
    }
}

/// A text that others can point to. In a story it is one sentence.
#[derive(Clone, Debug)]
pub struct Sentence {
    /// Its id.
    pub id: Id,
    /// What it says.
    pub text: Text,
}

/// A part of a story: the papers, the visit, the price.
#[derive(Clone, Debug)]
pub struct StoryPart {
    /// Its id.
    pub id: Id,
    /// Its title.
    pub title: Text,
    /// Its sentences; their ids are unique in the whole story.
    pub sentences: Vec<Sentence>,
}

/// One question as a careful assessor would answer it.
#[derive(Clone, Debug)]
pub struct KeyEntry {
    /// The item.
    pub item: Id,
    /// The option of its scale.
    pub answer: String,
    /// How the story vouches for it.
    pub evidence: Evidence,
    /// The reason.
    pub why: Text,
    /// Sentences of the story that the reason rests on, at least one.
    pub rests_on: Vec<Id>,
    /// The answer that tempts.
    pub wrong: WrongAnswer,
    /// What to say about it afterwards.
    pub debrief: Text,
}

/// An answer that tempts and is not right.
#[derive(Clone, Debug)]
pub struct WrongAnswer {
    /// The option of the scale.
    pub answer: String,
    /// Why it tempts, and what speaks against it.
    pub why: Text,
}

/// A sign as a careful observer would note it.
#[derive(Clone, Debug)]
pub struct KeySign {
    /// The sign.
    pub sign: Id,
    /// Present or absent.
    pub state: SignState,
    /// The reason.
    pub why: Text,
    /// Sentences of the story that the reason rests on, at least one.
    pub rests_on: Vec<Id>,
}

/// Which way a trap misleads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrapKind {
    /// It looks fine and is not.
    LooksFine,
    /// It looks bad and is not.
    LooksBad,
}

impl TrapKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::LooksFine, Self::LooksBad];

    /// Its id in data files and words.
    pub fn id(self) -> &'static str {
        match self {
            Self::LooksFine => "looks-fine",
            Self::LooksBad => "looks-bad",
        }
    }
}

/// Something that looks otherwise than it is.
#[derive(Clone, Debug)]
pub struct Trap {
    /// Its id.
    pub id: Id,
    /// Which way it misleads.
    pub kind: TrapKind,
    /// What it is.
    pub text: Text,
    /// Sentences of the story that it rests on, at least one.
    pub rests_on: Vec<Id>,
}
