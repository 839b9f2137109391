//! What is told of one supplier in one language, in pages and tables alike: each part is made once, when it is first
//! asked for.

use std::cell::OnceCell;

use super::duties::Answers;
use super::exposure::{self, FactorView};
use super::first::{self, Who};
use super::lines::{self, SectionView};
use super::say::Say;
use super::work::{self, Task};
use super::{Scored, Setting};
use crate::model::Words;

/// A scored supplier, as it is told of in one language.
pub struct Views<'a> {
    pub(super) say: Say<'a>,
    pub(super) setting: Setting<'a>,
    pub(super) scored: Scored<'a>,
    who: OnceCell<Who<'a>>,
    factors: OnceCell<Vec<FactorView<'a>>>,
    sections: OnceCell<Vec<SectionView<'a>>>,
    plan: OnceCell<Vec<Task<'a>>>,
    duties: OnceCell<Answers<'a>>,
}

impl<'a> Views<'a> {
    /// A supplier, in the language of the setting.
    pub fn of(setting: &Setting<'a>, words: &'a Words, scored: &Scored<'a>) -> Self {
        Self {
            say: Say { words, lang: setting.lang },
            setting: *setting,
            scored: *scored,
            who: OnceCell::new(),
            factors: OnceCell::new(),
            sections: OnceCell::new(),
            plan: OnceCell::new(),
            duties: OnceCell::new(),
        }
    }

    /// Who it is.
    pub(super) fn who(&self) -> &Who<'a> {
        self.who.get_or_init(|| first::who(self.say, &self.scored))
    }

    /// The exposure factors, the one that adds most first.
    pub(super) fn factors(&self) -> &[FactorView<'a>] {
        self.factors.get_or_init(|| exposure::factors(self.say, &self.scored))
    }

    /// The sections with all lines.
    pub(super) fn sections(&self) -> &[SectionView<'a>] {
        self.sections.get_or_init(|| lines::sections(self.say, &self.scored))
    }

    /// The plan, row by row.
    pub(super) fn plan(&self) -> &[Task<'a>] {
        self.plan.get_or_init(|| work::plan(self.say, &self.scored))
    }

    /// Acts that probably concern it, and whoever buys from it.
    pub(super) fn duties(&self) -> &Answers<'a> {
        self.duties.get_or_init(|| Answers::of(&self.scored, self.setting.date))
    }
}
