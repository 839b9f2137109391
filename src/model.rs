//! Plain data: what a checklist, a questionnaire, an answer and an assessment are. No files, no clock, no threads.
//!
//! | word | meaning |
//! |---|---|
//! | checklist | one YAML list: exposure (yes means risk), controls (yes is good) or signs (present is a warning) |
//! | question | one entry of a checklist; its *items* are the lines that are answered |
//! | questionnaire | checklists composed for sectors, a country and a form |
//! | dossier | everything that was read about one supplier, from all of its workbooks |
//! | assessment | the scored dossier |

mod act;
mod answer;
mod assessment;
mod case;
mod exact;
mod id;
mod method;
mod profile;
mod question;
mod questionnaire;
mod reference;
mod table;
mod text;

pub use act::{Act, ActStatus, Alternative, Clause, Firm, FirmRole, Limit, Measure, Reach, Test};
pub use answer::{
    Answer, ById, Cell, Closure, Correction, Dossier, Entry, Evidence, Finding, Look, SignEntry, SignState,
};
pub use assessment::{
    Action, AnswerCode, Assessment, Band, By, ControlItem, Coverage, DimensionResult, DimensionState, ExposureAnswer,
    Factor, Flag, FloorHit, Label, Line, PartialScore, Potential, Section, SignItem, Signs, Stated, Unanswered,
    Verification, WhatIf,
};
pub use case::{Case, KeyEntry, KeySign, Sentence, StoryPart, Trap, TrapKind, WrongAnswer};
pub use exact::{Exact, Interval, largest_remainder};
pub(crate) use exact::{Total, push_digits, push_two_digits};
pub use id::{CountryCode, Id, Lang};
pub use method::{Constant, Floor, Method};
pub use profile::{Condition, Fact, FactId, Profile, Size};
pub use question::{AnswerKind, Basis, Item, Question, Scale, ScaleOption, Sign, SignGroup, SourceRef};
pub(crate) use questionnaire::Places;
pub use questionnaire::{
    Common, ControlsBlock, CountryFact, CountryInfo, ExposureBlock, FactStatus, Form, Note, ProfileField, ProfileSheet,
    Questionnaire, Role, SectionId, SectorInfo, SignsBlock, Topic,
};
pub use reference::{
    CountryExposure, Dimension, Good, Goods, ImportedExposure, Indicator, Indicators, Reference, SectorExposure,
    Source, Strength, Term,
};
pub(crate) use table::Table;
pub(crate) use text::Said;
pub use text::{Text, Words, fill};
