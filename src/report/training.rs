//! Training: what a room gets and what it answered, as pages, tables and data.
//!
//! A pack is made of a [`Course`], a room's pages of a [`Room`]. Pages that are projected name nobody: no file, no code.

mod pack;
mod plan;
mod room;
mod room_data;
mod tables;

use std::sync::Arc;

use crate::model::{AnswerKind, Id, Item, Question, Questionnaire, ScaleOption, Sign};

pub use self::pack::Course;
pub use self::room::{Agreement, Kappa, Part, Participant, Room, SCHEMA as ROOM_SCHEMA, Tally};

/// Code on paper for "don't know".
pub const DONT_KNOW: usize = 9;

/// One line of an exercise.
#[derive(Clone, Copy, Debug)]
pub enum Line<'a> {
    /// A question of the key.
    Question(&'a Question, &'a Item),
    /// A sign of the case.
    Sign(&'a Arc<Sign>),
}

impl<'a> Line<'a> {
    /// All lines of an exercise, as they stand on paper: number 1 is the first.
    pub fn all(exercise: &'a Questionnaire) -> Vec<Self> {
        let questions = exercise.questions().flat_map(|q| q.items.iter().map(move |i| Self::Question(q, i)));
        questions.chain(exercise.signs.signs.iter().map(Self::Sign)).collect()
    }

    /// Id of the item or sign.
    pub fn id(&self) -> &'a Id {
        match self {
            Self::Question(_, item) => &item.id,
            Self::Sign(sign) => &sign.id,
        }
    }

    /// Number in the questionnaire.
    pub fn number(&self) -> &'a str {
        match self {
            Self::Question(_, item) => &item.number,
            Self::Sign(sign) => &sign.number,
        }
    }

    /// The answers it offers, in the order of their codes on paper, from 1.
    pub fn options(&self, exercise: &'a Questionnaire) -> &'a [ScaleOption] {
        match self {
            Self::Question(_, item) => match &item.kind {
                AnswerKind::Scale(scale) => &scale.options,
                AnswerKind::Text => &[],
            },
            Self::Sign(_) => &exercise.signs.scale.options,
        }
    }

    /// Whether it is answered with a number instead.
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Question(_, Item { kind: AnswerKind::Scale(scale), .. }) if scale.range.is_some())
    }
}
