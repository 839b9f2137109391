//! Where everything stands: one plan, used by the writer and, for headers and lists, by the reader. Pure.

use crate::model::{Id, Item, Lang, Question, Questionnaire, Role, SignGroup, Text};

/// Columns of every sheet with questions.
pub(super) mod column {
    pub(in crate::questionnaire) const ID: u16 = 0;
    pub(in crate::questionnaire) const NUMBER: u16 = 1;
    pub(in crate::questionnaire) const QUESTION: u16 = 2;
    pub(in crate::questionnaire) const WHY: u16 = 3;
    pub(in crate::questionnaire) const ANSWER: u16 = 4;
    pub(in crate::questionnaire) const DOCUMENT: u16 = 5;
    pub(in crate::questionnaire) const COMMENT: u16 = 6;
    pub(in crate::questionnaire) const FINDING: u16 = 7;
    pub(in crate::questionnaire) const EVIDENCE: u16 = 8;
    pub(in crate::questionnaire) const REFERENCE: u16 = 9;
    pub(in crate::questionnaire) const SIGNED: u16 = 10;
    /// How many there are.
    pub(in crate::questionnaire) const COUNT: usize = 11;
}

/// Rows above the questions: title, what to know, how far it is, a gap, the header.
pub(super) const TITLE_ROW: u32 = 0;
pub(super) const INTRO_ROW: u32 = 1;
pub(super) const PROGRESS_ROW: u32 = 2;
pub(super) const HEADER_ROW: u32 = 5;
pub(super) const FIRST_ROW: u32 = 6;

/// Names of the hidden sheets.
pub(super) const LISTS: &str = "_lists";
pub(super) const META: &str = "_meta";

/// What a sheet holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Profile,
    Visit,
    Exposure,
    Controls,
    Signs,
}

/// What an answer cell is answered with.
#[derive(Clone, Debug)]
pub(super) enum Field<'a> {
    /// A line of a checklist.
    Item(&'a Item),
    /// A sign.
    Sign,
    /// A fact of the profile or visit, by id.
    Fact(&'a Id),
}

/// One row.
#[derive(Clone, Debug)]
pub(super) enum Row<'a> {
    /// A heading within the sheet.
    Group(String),
    /// The lead-in of a question with parts.
    Stem(&'a Question),
    /// A line to answer.
    Line { id: &'a Id, number: &'a str, text: &'a Text, why: Option<&'a Text>, field: Field<'a> },
}

/// One sheet.
#[derive(Clone, Debug)]
pub(super) struct Plan<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a Text,
    pub(super) title: &'a Text,
    pub(super) intro: &'a Text,
    pub(super) rows: Vec<Row<'a>>,
}

/// The sheets of a role, without the first and the hidden ones. A sheet on which nothing is asked is left out.
pub(super) fn sheets<'a>(questionnaire: &'a Questionnaire, role: Role, lang: &Lang) -> Vec<Plan<'a>> {
    let mut out = plans(questionnaire, role, lang);
    out.retain(|plan| !plan.rows.is_empty());
    out
}

fn plans<'a>(questionnaire: &'a Questionnaire, role: Role, lang: &Lang) -> Vec<Plan<'a>> {
    let facts = |sheet: &'a crate::model::ProfileSheet, kind| Plan {
        kind,
        name: &sheet.sheet,
        title: &sheet.title,
        intro: &sheet.intro,
        rows: sheet
            .fields
            .iter()
            .map(|f| Row::Line {
                id: &f.id,
                number: &f.number,
                text: &f.text,
                why: Some(&f.why),
                field: Field::Fact(&f.id),
            })
            .collect(),
    };
    if role == Role::Observer {
        let signs = &questionnaire.signs;
        return vec![
            facts(&questionnaire.visit, Kind::Visit),
            Plan {
                kind: Kind::Signs,
                name: &signs.sheet,
                title: &signs.title,
                intro: &signs.intro,
                rows: sign_rows(questionnaire, lang),
            },
        ];
    }
    let exposure = &questionnaire.exposure;
    let mut out = vec![
        facts(&questionnaire.profile, Kind::Profile),
        Plan {
            kind: Kind::Exposure,
            name: &exposure.sheet,
            title: &exposure.title,
            intro: &exposure.intro,
            rows: question_rows(questionnaire, &exposure.questions, lang),
        },
    ];
    for block in &questionnaire.controls {
        out.push(Plan {
            kind: Kind::Controls,
            name: &block.sheet,
            title: &block.title,
            intro: &block.intro,
            rows: question_rows(questionnaire, &block.questions, lang),
        });
    }
    out
}

/// The sheets of an exercise: what is asked of a supplier and what an observer notes, in one workbook.
pub(super) fn exercise<'a>(questionnaire: &'a Questionnaire, lang: &Lang) -> Vec<Plan<'a>> {
    [Role::Supplier, Role::Observer].into_iter().flat_map(|role| sheets(questionnaire, role, lang)).collect()
}

/// The columns of an exercise: an answer and, if one likes, why.
pub(super) fn exercise_columns(kind: Kind) -> Vec<(u16, &'static str)> {
    let asked = [column::NUMBER, column::QUESTION, column::WHY, column::ANSWER, column::COMMENT];
    let mut out = columns(kind, Role::Supplier);
    out.retain(|(column, _)| asked.contains(column));
    out
}

fn question_rows<'a>(questionnaire: &'a Questionnaire, questions: &'a [Question], lang: &Lang) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    let mut sector: Option<&Id> = None;
    for question in questions {
        if question.sector.as_ref() != sector {
            sector = question.sector.as_ref();
            let name = questionnaire.sectors.iter().find(|s| Some(&s.id) == sector).map(|s| s.name.get(lang));
            rows.extend(name.map(|n| Row::Group(n.to_owned())));
        }
        if question.has_parts {
            rows.push(Row::Stem(question));
        }
        for item in &question.items {
            rows.push(Row::Line {
                id: &item.id,
                number: &item.number,
                text: &item.text,
                why: (!question.has_parts).then_some(&question.why),
                field: Field::Item(item),
            });
        }
    }
    rows
}

fn sign_rows<'a>(questionnaire: &'a Questionnaire, lang: &Lang) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    for group in [SignGroup::Recruitment, SignGroup::Housing, SignGroup::Work] {
        let mut signs = questionnaire.signs.signs.iter().filter(|s| s.group == group).peekable();
        if signs.peek().is_some() {
            rows.push(Row::Group(questionnaire.words.get(&format!("group-{}", group.id()), lang).to_owned()));
        }
        for sign in signs {
            rows.push(Row::Line {
                id: &sign.id,
                number: &sign.number,
                text: &sign.text,
                why: Some(&sign.why),
                field: Field::Sign,
            });
        }
    }
    rows
}

/// The columns a sheet has, with the id of their header word.
pub(super) fn columns(kind: Kind, role: Role) -> Vec<(u16, &'static str)> {
    let mut out = vec![
        (column::NUMBER, "column-number"),
        (column::QUESTION, "column-question"),
        (column::WHY, "column-why"),
        (column::ANSWER, if kind == Kind::Signs { "column-state" } else { "column-answer" }),
    ];
    match kind {
        Kind::Profile | Kind::Visit | Kind::Exposure => {}
        Kind::Signs => out.extend([
            (column::COMMENT, "column-note"),
            (column::FINDING, "column-closure"),
            (column::SIGNED, "column-signed"),
        ]),
        Kind::Controls => {
            out.extend([(column::DOCUMENT, "column-document"), (column::COMMENT, "column-comment")]);
            if role == Role::Assessor {
                out.extend([
                    (column::FINDING, "column-finding"),
                    (column::EVIDENCE, "column-evidence"),
                    (column::REFERENCE, "column-reference"),
                    (column::SIGNED, "column-signed"),
                ]);
            }
        }
    }
    out
}
