//! A questionnaire written as a workbook.

use std::collections::BTreeMap;

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties, ExcelDateTime, Format,
    FormatAlign, FormatBorder, Formula, ProtectionOptions, Workbook, Worksheet, XlsxError,
};

use crate::error::{Error, Result};
use crate::model::{
    AnswerKind, CountryCode, Dossier, Entry, Exact, Id, Lang, Questionnaire, Reference, Role, ScaleOption,
};

use super::layout::{
    self, FIRST_ROW, Field, HEADER_ROW, INTRO_ROW, Kind, LISTS, META, PROGRESS_ROW, Plan, Row, TITLE_ROW, column,
};
use super::stamp::{ExerciseStamp, Stamp};

/// What to write, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct WriteOptions<'a> {
    /// Who fills it in.
    pub role: Role,
    /// The language of the workbook.
    pub lang: &'a Lang,
    /// The supplier's id.
    pub supplier_id: Option<&'a str>,
    /// The supplier's name.
    pub supplier_name: Option<&'a str>,
    /// Where the supplier works.
    pub country: Option<&'a CountryCode>,
    /// Names of countries and sectors.
    pub reference: &'a Reference,
    /// The supplier's answers, for an assessor.
    pub answers: Option<&'a Dossier>,
}

/// A training exercise, for one participant.
#[derive(Clone, Copy, Debug)]
pub struct Exercise<'a> {
    /// What it is.
    pub stamp: &'a ExerciseStamp,
    /// Names of countries and sectors.
    pub reference: &'a Reference,
    /// Heading of the first sheet.
    pub title: &'a str,
    /// What to know, as headings and texts.
    pub notes: &'a [(String, String)],
}

/// Longest text in an Excel cell, in UTF-16 units.
const CELL_UNITS: usize = 32_767;

/// Writes a workbook. The same arguments give the same bytes.
///
/// # Errors
/// If a text is longer than Excel allows, or the workbook cannot be put together.
pub fn write(questionnaire: &Questionnaire, options: &WriteOptions<'_>) -> Result<Vec<u8>> {
    Writer::new(questionnaire, options).write().map_err(|e| Error::Workbook(e.to_string()))
}

/// Writes a participant's workbook of an exercise. The same arguments give the same bytes.
///
/// # Errors
/// If a text is longer than Excel allows, or the workbook cannot be put together.
pub fn write_exercise(questionnaire: &Questionnaire, exercise: &Exercise<'_>) -> Result<Vec<u8>> {
    let options = WriteOptions {
        role: Role::Supplier,
        lang: &exercise.stamp.lang,
        supplier_id: None,
        supplier_name: None,
        country: None,
        reference: exercise.reference,
        answers: None,
    };
    let writer = Writer { exercise: Some(exercise), ..Writer::new(questionnaire, &options) };
    writer.write().map_err(|e| Error::Workbook(e.to_string()))
}

/// Widths of columns, in characters.
const HEADING_WIDTH: u16 = 28;
const START_WIDTH: u16 = 92;
const NUMBER_WIDTH: u16 = 7;
const QUESTION_WIDTH: u16 = 58;
const WHY_WIDTH: u16 = 38;
const ANSWER_WIDTH: u16 = 24;
const OTHER_WIDTH: u16 = 28;

struct Formats {
    title: Format,
    heading: Format,
    text: Format,
    small: Format,
    head: Format,
    group: Format,
    stem: Format,
    answer: Format,
    locked: Format,
    number: Format,
    hidden: Format,
}

impl Formats {
    fn new() -> Self {
        let base =
            || Format::new().set_font_name("Calibri").set_font_size(11).set_align(FormatAlign::Top).set_text_wrap();
        let edge = |f: Format| f.set_border(FormatBorder::Thin).set_border_color(Color::RGB(0x00B8_B8B8));
        let answer = || edge(base()).set_background_color(Color::RGB(0x00FF_F8DC)).set_unlocked();
        Self {
            title: base().set_font_size(16).set_bold().set_font_color(Color::RGB(0x001F_3A5F)),
            // The first sheet's title runs over its neighbours instead of breaking in a narrow column.
            heading: Format::new()
                .set_font_name("Calibri")
                .set_font_size(16)
                .set_bold()
                .set_font_color(Color::RGB(0x001F_3A5F)),
            text: base(),
            small: base().set_font_color(Color::RGB(0x0050_5050)),
            head: edge(base()).set_bold().set_font_color(Color::White).set_background_color(Color::RGB(0x001F_3A5F)),
            group: base().set_bold().set_font_size(12).set_background_color(Color::RGB(0x00DD_E6F0)),
            stem: edge(base()).set_bold(),
            answer: answer(),
            locked: edge(base()),
            number: answer().set_num_format("0.##"),
            hidden: Format::new().set_font_color(Color::RGB(0x0080_8080)),
        }
    }
}

struct Writer<'a> {
    q: &'a Questionnaire,
    o: &'a WriteOptions<'a>,
    /// Set for a training exercise.
    exercise: Option<&'a Exercise<'a>>,
    formats: Formats,
    /// Lists of labels for drop-downs, by defined name.
    lists: BTreeMap<String, Vec<String>>,
}

impl<'a> Writer<'a> {
    fn new(q: &'a Questionnaire, o: &'a WriteOptions<'a>) -> Self {
        Self { q, o, exercise: None, formats: Formats::new(), lists: BTreeMap::new() }
    }

    fn word(&self, id: &'a str) -> &'a str {
        self.q.words.get(id, self.o.lang)
    }

    fn write(mut self) -> std::result::Result<Vec<u8>, XlsxError> {
        let plans = match self.exercise {
            Some(_) => layout::exercise(self.q, self.o.lang),
            None => layout::sheets(self.q, self.o.role, self.o.lang),
        };
        let mut workbook = Workbook::new();
        // A fixed date: the same questionnaire is the same file, byte for byte.
        let made = ExcelDateTime::from_ymd(2026, 1, 1)?;
        workbook.set_properties(
            &DocProperties::new().set_title(self.q.title.get(self.o.lang)).set_creation_datetime(&made),
        );
        match self.exercise {
            Some(exercise) => self.start_exercise(workbook.add_worksheet(), exercise)?,
            None => self.start(workbook.add_worksheet(), &plans)?,
        }
        for plan in &plans {
            self.sheet(workbook.add_worksheet(), plan)?;
        }
        let lists = workbook.add_worksheet().set_name(LISTS)?;
        lists.set_hidden(true);
        for (column, labels) in (0..).zip(self.lists.values()) {
            for (row, label) in (0..).zip(labels) {
                lists.write_string_with_format(row, column, label, &self.formats.hidden)?;
            }
        }
        let meta = workbook.add_worksheet().set_name(META)?;
        meta.set_hidden(true);
        for (row, (key, value)) in (0..).zip(self.lines()) {
            meta.write_string(row, 0, key)?;
            meta.write_string(row, 1, shorten(&value))?;
        }
        for (column, (name, labels)) in (0..).zip(&self.lists) {
            let letter = crate::diag::column_name(column);
            workbook.define_name(name, &format!("={LISTS}!${letter}$1:${letter}${}", labels.len()))?;
        }
        workbook.save_to_buffer()
    }

    /// The lines of `_meta`.
    fn lines(&self) -> Vec<(&'static str, String)> {
        self.exercise.map_or_else(|| self.stamp().lines(), |e| e.stamp.lines())
    }

    /// The columns of a sheet.
    fn columns(&self, kind: Kind) -> Vec<(u16, &'static str)> {
        if self.exercise.is_some() { layout::exercise_columns(kind) } else { layout::columns(kind, self.o.role) }
    }

    fn start_exercise(&self, sheet: &mut Worksheet, exercise: &Exercise<'_>) -> std::result::Result<(), XlsxError> {
        let f = &self.formats;
        sheet.set_name(self.word("sheet-start"))?;
        page(sheet);
        sheet.set_print_fit_to_pages(1, 1);
        sheet.set_column_width(0, HEADING_WIDTH)?.set_column_width(1, START_WIDTH)?;
        sheet.write_string_with_format(0, 0, exercise.title, &f.heading)?;
        for (row, (heading, text)) in (2..).zip(exercise.notes) {
            sheet.write_string_with_format(row, 0, heading, &f.stem)?;
            sheet.write_string_with_format(row, 1, text, &f.text)?;
            tall(sheet, row, &[(text, START_WIDTH), (heading, HEADING_WIDTH - 6)])?;
        }
        protect(sheet);
        Ok(())
    }

    fn stamp(&self) -> Stamp {
        Stamp {
            role: Some(self.o.role),
            form: self.q.form,
            questionnaire: self.q.id.clone(),
            edition: self.q.edition.clone(),
            revision: self.q.revision.clone(),
            lang: Some(self.o.lang.clone()),
            sectors: self.q.sectors.iter().map(|s| s.id.clone()).collect(),
            country: self.o.country.cloned(),
            supplier: self.o.supplier_id.map(str::to_owned),
            supplier_name: self.o.supplier_name.map(str::to_owned),
        }
    }

    fn start(&self, sheet: &mut Worksheet, plans: &[Plan<'_>]) -> std::result::Result<(), XlsxError> {
        let f = &self.formats;
        sheet.set_name(self.word("sheet-start"))?;
        page(sheet);
        // What stands last, that a translation is a draft, belongs on the first page.
        sheet.set_print_fit_to_pages(1, 1);
        sheet.set_column_width(0, HEADING_WIDTH)?.set_column_width(1, START_WIDTH)?;
        let mut row = 0;
        let title = match self.o.role {
            Role::Supplier => self.q.title.get(self.o.lang),
            Role::Assessor => self.word("title-assessor"),
            Role::Observer => self.word("title-observer"),
        };
        sheet.write_string_with_format(row, 0, title, &f.heading)?;
        row += 2;
        let role = self.o.role.id();
        if let Some(name) = self.o.supplier_name {
            sheet.write_string_with_format(row, 0, self.word("start-for"), &f.stem)?;
            sheet.write_string_with_format(row, 1, shorten(name), &f.text)?;
            row += 2;
        }
        let country = self.q.country.as_ref();
        let emergency = country.map_or("", |c| c.emergency.as_str());
        // Without a country there is no number to name.
        let anywhere = if self.o.role == Role::Observer && country.is_none() { "-anywhere" } else { "" };
        let fill = |id: String| self.q.words.fill(&id, self.o.lang, &[("emergency", emergency)]);
        let mut blocks: Vec<(&str, Vec<String>)> = vec![
            ("start-what", vec![fill(format!("start-what-{role}"))]),
            ("start-how", vec![fill(format!("start-how-{role}"))]),
            ("start-who", vec![fill(format!("start-who-{role}{anywhere}"))]),
            ("start-privacy", vec![fill("start-privacy-text".to_owned())]),
        ];
        if self.o.role == Role::Supplier {
            blocks[1].1.push(fill(format!("start-time-{}", self.q.form.id())));
        } else {
            blocks.push(("start-care", vec![fill("start-care-text".to_owned())]));
        }
        for (head, texts) in blocks {
            sheet.write_string_with_format(row, 0, self.word(head), &f.stem)?;
            // The heading stands beside the first of its texts, in bold.
            let mut heading = self.word(head);
            for text in texts {
                sheet.write_string_with_format(row, 1, &text, &f.text)?;
                tall(sheet, row, &[(&text, START_WIDTH), (heading, HEADING_WIDTH - 6)])?;
                heading = "";
                row += 1;
            }
        }
        row += 1;
        sheet.write_string_with_format(row, 0, self.word("start-sheets"), &f.stem)?;
        let mut first = true;
        for plan in plans {
            let name = plan.name.get(self.o.lang);
            let title = plan.title.get(self.o.lang);
            let text = if title.starts_with(name) { title.to_owned() } else { format!("{name}: {title}") };
            sheet.write_string_with_format(row, 1, &text, &f.text)?;
            let heading = if first { self.word("start-sheets") } else { "" };
            first = false;
            tall(sheet, row, &[(&text, START_WIDTH), (heading, HEADING_WIDTH - 6)])?;
            row += 1;
            let cell = format!("='{}'!C{}", name.replace('\'', "''"), PROGRESS_ROW + 1);
            let answered = self.answered(plan);
            sheet.write_formula_with_format(row, 1, Formula::new(cell).set_result(answered), &f.small)?;
            row += 1;
        }
        row += 1;
        let draft = self.q.drafts.contains(self.o.lang).then(|| self.word("start-draft"));
        for text in draft.into_iter().chain([self.word("start-credit")]) {
            sheet.write_string_with_format(row, 1, text, &f.small)?;
            tall(sheet, row, &[(text, START_WIDTH)])?;
            row += 1;
        }
        protect(sheet);
        Ok(())
    }

    /// "answered 3 of 24", as the progress cell shows it on opening.
    fn answered(&self, plan: &Plan<'_>) -> String {
        let lines = || {
            plan.rows.iter().filter_map(|r| if let Row::Line { id, field, .. } = r { Some((id, field)) } else { None })
        };
        let filled = lines().filter(|(id, field)| self.prefilled(id, field).is_some()).count();
        self.q.words.fill(
            "answered",
            self.o.lang,
            &[("n", &filled.to_string()), ("total", &lines().count().to_string())],
        )
    }

    fn sheet(&mut self, sheet: &mut Worksheet, plan: &Plan<'_>) -> std::result::Result<(), XlsxError> {
        let lang = self.o.lang;
        sheet.set_name(plan.name.get(lang))?;
        sheet.write_string_with_format(TITLE_ROW, column::QUESTION, plan.title.get(lang), &self.formats.title)?;
        sheet.write_string_with_format(INTRO_ROW, column::QUESTION, plan.intro.get(lang), &self.formats.text)?;
        tall(sheet, TITLE_ROW, &[(plan.title.get(lang), QUESTION_WIDTH - 20), ("", 1)])?;
        tall(sheet, INTRO_ROW, &[(plan.intro.get(lang), QUESTION_WIDTH)])?;
        let last = FIRST_ROW + u32::try_from(plan.rows.len()).unwrap_or(0);
        self.progress(sheet, plan, last)?;
        let columns = self.columns(plan.kind);
        for (column, word) in &columns {
            sheet.write_string_with_format(HEADER_ROW, *column, self.word(word), &self.formats.head)?;
        }
        for (row, line) in (FIRST_ROW..).zip(&plan.rows) {
            match line {
                Row::Group(name) => {
                    for (column, _) in &columns {
                        sheet.write_blank(row, *column, &self.formats.group)?;
                    }
                    sheet.write_string_with_format(row, column::QUESTION, name, &self.formats.group)?;
                }
                Row::Stem(question) => {
                    let number = question.number.as_str();
                    sheet.write_string_with_format(row, column::NUMBER, number, &self.formats.stem)?;
                    sheet.write_string_with_format(
                        row,
                        column::QUESTION,
                        question.text.get(lang),
                        &self.formats.stem,
                    )?;
                    sheet.write_string_with_format(row, column::WHY, question.why.get(lang), &self.formats.locked)?;
                    // Bold runs wider.
                    tall(
                        sheet,
                        row,
                        &[(question.text.get(lang), QUESTION_WIDTH - 6), (question.why.get(lang), WHY_WIDTH)],
                    )?;
                }
                Row::Line { id, number, text, why, field } => {
                    sheet.write_string_with_format(row, column::ID, id.as_str(), &self.formats.hidden)?;
                    sheet.write_string_with_format(row, column::NUMBER, *number, &self.formats.locked)?;
                    sheet.write_string_with_format(row, column::QUESTION, text.get(lang), &self.formats.locked)?;
                    let why = why.map_or("", |w| w.get(lang));
                    sheet.write_string_with_format(row, column::WHY, why, &self.formats.locked)?;
                    let entry = self.entry(id);
                    let comment = entry.and_then(|e| e.comment.as_deref()).unwrap_or_default();
                    let answer = self.prefilled(id, field).unwrap_or_default();
                    tall(
                        sheet,
                        row,
                        &[
                            (text.get(lang), QUESTION_WIDTH),
                            (why, WHY_WIDTH),
                            (&answer, ANSWER_WIDTH),
                            (comment, OTHER_WIDTH),
                        ],
                    )?;
                    self.fields(sheet, row, plan.kind, id, field)?;
                }
            }
        }
        widths(sheet, &columns)?;
        let heads: Vec<(&str, u16)> = columns.iter().map(|(c, word)| (self.word(word), width(*c) - 4)).collect();
        tall(sheet, HEADER_ROW, &heads)?;
        sheet.set_freeze_panes(FIRST_ROW, 3)?;
        sheet.set_repeat_rows(HEADER_ROW, HEADER_ROW)?;
        page(sheet);
        protect(sheet);
        Ok(())
    }

    fn progress(&self, sheet: &mut Worksheet, plan: &Plan<'_>, last: u32) -> std::result::Result<(), XlsxError> {
        let total = plan.rows.iter().filter(|r| matches!(r, Row::Line { .. })).count().to_string();
        let words = self.word("answered");
        let (before, after) = words.split_once("{n}").unwrap_or((words, ""));
        let after = after.replace("{total}", &total);
        let quote = |t: &str| t.replace('"', "\"\"");
        let formula = format!(
            "=\"{}\"&COUNTA(E{}:E{})&\"{}\"",
            quote(before),
            FIRST_ROW + 1,
            last.max(FIRST_ROW + 1),
            quote(&after)
        );
        let formula = Formula::new(formula).set_result(self.answered(plan));
        sheet.write_formula_with_format(PROGRESS_ROW, column::QUESTION, formula, &self.formats.small)?;
        Ok(())
    }

    fn fields(
        &mut self,
        sheet: &mut Worksheet,
        row: u32,
        kind: Kind,
        id: &Id,
        field: &Field<'_>,
    ) -> std::result::Result<(), XlsxError> {
        let assessor = self.o.role == Role::Assessor;
        // The supplier's answers stand beside the assessor's cells and are not written over.
        let own =
            if assessor && self.o.answers.is_some() { &self.formats.locked } else { &self.formats.answer }.clone();
        let entry = self.entry(id);
        match self.prefilled(id, field) {
            Some(text) => match number(field, &text) {
                Some(n) => sheet.write_number_with_format(row, column::ANSWER, n, &own)?,
                None => sheet.write_string_with_format(row, column::ANSWER, shorten(&text), &own)?,
            },
            None => sheet.write_blank(row, column::ANSWER, &own)?,
        };
        if let Some(validation) = self.validation(field, false)? {
            sheet.add_data_validation(row, column::ANSWER, row, column::ANSWER, &validation)?;
        }
        if kind == Kind::Controls && self.exercise.is_some() {
            sheet.write_blank(row, column::COMMENT, &own)?;
        } else if kind == Kind::Controls {
            let texts = [
                (column::DOCUMENT, entry.and_then(|e| e.document.as_deref())),
                (column::COMMENT, entry.and_then(|e| e.comment.as_deref())),
            ];
            for (column, text) in texts {
                match text {
                    Some(text) => sheet.write_string_with_format(row, column, shorten(text), &own)?,
                    None => sheet.write_blank(row, column, &own)?,
                };
            }
            if assessor {
                for column in [column::FINDING, column::EVIDENCE, column::REFERENCE, column::SIGNED] {
                    sheet.write_blank(row, column, &self.formats.answer)?;
                }
                if let Some(validation) = self.validation(field, true)? {
                    sheet.add_data_validation(row, column::FINDING, row, column::FINDING, &validation)?;
                }
                let levels = self.list("evidence", &self.q.common.evidence, &[])?;
                sheet.add_data_validation(row, column::EVIDENCE, row, column::EVIDENCE, &levels)?;
            }
        }
        if kind == Kind::Signs && self.exercise.is_some() {
            sheet.write_blank(row, column::COMMENT, &self.formats.answer)?;
        } else if kind == Kind::Signs {
            for column in [column::COMMENT, column::FINDING, column::SIGNED] {
                sheet.write_blank(row, column, &self.formats.answer)?;
            }
            let closures = self.list("closure", &self.q.common.closure, &[])?;
            sheet.add_data_validation(row, column::FINDING, row, column::FINDING, &closures)?;
        }
        if matches!(field, Field::Item(item) if matches!(&item.kind, AnswerKind::Scale(s) if s.range.is_some())) {
            sheet.set_cell_format(
                row,
                column::ANSWER,
                if own == self.formats.locked { &own } else { &self.formats.number },
            )?;
        }
        Ok(())
    }

    fn entry(&self, id: &Id) -> Option<&'a Entry> {
        let answers = self.o.answers?;
        answers.controls.get(id).or_else(|| answers.exposure.get(id))
    }

    /// What stands in an answer cell from the beginning: the supplier's answers for an assessor, and facts that are known.
    fn prefilled(&self, id: &Id, field: &Field<'_>) -> Option<String> {
        match field {
            Field::Sign => None,
            Field::Item(_) => self.entry(id).and_then(|e| e.raw.clone()),
            Field::Fact(fact) => self.fact(fact.as_str()),
        }
    }

    fn fact(&self, id: &str) -> Option<String> {
        let lang = self.o.lang;
        let reference = self.o.reference;
        if self.o.role == Role::Observer {
            return None;
        }
        if let Some(dossier) = self.o.answers {
            return super::profile::shown(&dossier.profile, id, self.q, reference, lang);
        }
        let joined = |names: Vec<&str>| (!names.is_empty()).then(|| names.join("; "));
        match id {
            "name" => self.o.supplier_name.map(str::to_owned),
            "country" => self.o.country.and_then(|c| reference.countries.get(c)).map(|c| c.name.get(lang).to_owned()),
            "sectors" => joined(self.q.sectors.iter().map(|s| s.name.get(lang)).collect()),
            _ => None,
        }
    }

    /// The drop-down or number rule of a field.
    fn validation(
        &mut self,
        field: &Field<'_>,
        finding: bool,
    ) -> std::result::Result<Option<DataValidation>, XlsxError> {
        let common = &self.q.common;
        match field {
            Field::Item(item) => match &item.kind {
                AnswerKind::Text => Ok(None),
                AnswerKind::Scale(scale) => {
                    let mut more = vec![&common.dont_know];
                    if item.not_applicable {
                        more.insert(0, &common.na);
                    }
                    if !finding {
                        more.push(&common.refused);
                    }
                    if let Some((min, max)) = &scale.range {
                        let word = if scale.percent { "choose-percent" } else { "choose-number" };
                        let limits = [("min", min.to_string()), ("max", max.to_string())];
                        let values: Vec<(&str, &str)> = limits.iter().map(|(k, v)| (*k, v.as_str())).collect();
                        let help = self.q.words.fill(word, self.o.lang, &values);
                        return DataValidation::new()
                            .allow_decimal_number(DataValidationRule::Between(min.to_f64(), max.to_f64()))
                            .set_error_style(DataValidationErrorStyle::Warning)
                            .set_input_title(self.word("choose-title"))?
                            .set_input_message(&help)?
                            .set_error_message(&help)
                            .map(Some);
                    }
                    let name = format!(
                        "{}{}{}",
                        scale.id.as_str().replace('-', "_"),
                        if item.not_applicable { "_na" } else { "" },
                        if finding { "_finding" } else { "" }
                    );
                    let options = scale.options.clone();
                    self.list(&name, &options, &more).map(Some)
                }
            },
            Field::Sign => {
                let options = self.q.signs.scale.options.clone();
                self.list("sign", &options, &[]).map(Some)
            }
            Field::Fact(id) => match id.as_str() {
                "name" | "employees" | "levels" | "goods" | "site" | "date" | "observer-role" => Ok(None),
                "country" => {
                    let labels =
                        self.o.reference.countries.values().map(|c| c.name.get(self.o.lang).to_owned()).collect();
                    Ok(Some(self.open_list("countries", labels)))
                }
                "sectors" => {
                    let labels =
                        self.o.reference.sectors.values().map(|s| s.name.get(self.o.lang).to_owned()).collect();
                    Ok(Some(self.open_list("sectors", labels)))
                }
                "seen" => {
                    let options = common.seen.clone();
                    self.list("seen", &options, &[]).map(Some)
                }
                _ => {
                    let options = common.yes_no.options.clone();
                    self.list("fact", &options, &[&common.dont_know]).map(Some)
                }
            },
        }
    }

    /// A drop-down over a defined name: a list in the rule itself ends at 255 characters.
    fn list(
        &mut self,
        name: &str,
        options: &[ScaleOption],
        more: &[&ScaleOption],
    ) -> std::result::Result<DataValidation, XlsxError> {
        let lang = self.o.lang;
        let labels = options.iter().chain(more.iter().copied()).map(|o| o.label.get(lang).to_owned()).collect();
        let name = format!("lygte_{name}");
        self.lists.insert(name.clone(), labels);
        DataValidation::new()
            .allow_list_formula(Formula::new(format!("={name}")))
            .set_error_title(self.word("choose-title"))?
            .set_error_message(self.word("choose"))
    }

    /// A drop-down that is a help and no limit: several may be written with semicolons.
    fn open_list(&mut self, name: &str, labels: Vec<String>) -> DataValidation {
        let name = format!("lygte_{name}");
        self.lists.insert(name.clone(), labels);
        DataValidation::new().allow_list_formula(Formula::new(format!("={name}"))).show_error_message(false)
    }
}

/// Sets the widths of columns; those that a sheet does not use are hidden.
fn widths(sheet: &mut Worksheet, columns: &[(u16, &str)]) -> std::result::Result<(), XlsxError> {
    sheet.set_column_hidden(column::ID)?;
    let last = columns.iter().map(|(c, _)| *c).max().unwrap_or(column::ANSWER);
    for at in column::NUMBER..=last {
        if columns.iter().any(|(c, _)| *c == at) {
            sheet.set_column_width(at, width(at))?;
        } else {
            sheet.set_column_hidden(at)?;
        }
    }
    Ok(())
}

fn width(at: u16) -> u16 {
    match at {
        column::NUMBER => NUMBER_WIDTH,
        column::QUESTION => QUESTION_WIDTH,
        column::WHY => WHY_WIDTH,
        column::ANSWER | column::FINDING => ANSWER_WIDTH,
        _ => OTHER_WIDTH,
    }
}

/// Makes a row as high as its longest text needs. Programs that fit rows themselves do so only when a cell is edited.
fn tall(sheet: &mut Worksheet, row: u32, texts: &[(&str, u16)]) -> std::result::Result<(), XlsxError> {
    // Words break before the last characters of a line, and some fonts are wider than Excel's: a tenth is allowed for.
    let lines = |text: &str, width: u16| {
        let fit = usize::from(width - width / 10);
        text.lines().map(|l| l.chars().count().div_ceil(fit).max(1)).sum::<usize>()
    };
    let most = texts.iter().map(|(t, w)| lines(t, *w)).max().unwrap_or(1);
    let height = u32::try_from(most.clamp(1, 26)).unwrap_or(1) * 15 + 3;
    sheet.set_row_height(row, height)?;
    Ok(())
}

/// The number that stands in an answer to a number question. Written as text it would come back as a reading.
fn number(field: &Field<'_>, text: &str) -> Option<f64> {
    let counts = match field {
        Field::Item(item) => matches!(&item.kind, AnswerKind::Scale(scale) if scale.range.is_some()),
        Field::Fact(id) => matches!(id.as_str(), "employees" | "levels"),
        Field::Sign => false,
    };
    text.parse::<Exact>().ok().filter(|_| counts).map(|x| x.to_f64())
}

/// A4, landscape, as wide as the page.
fn page(sheet: &mut Worksheet) {
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
}

/// Protection without a password guides; it does not lock out.
fn protect(sheet: &mut Worksheet) {
    let options = ProtectionOptions { format_columns: true, format_rows: true, ..ProtectionOptions::default() };
    sheet.protect_with_options(&options);
}

/// A text as long as a cell can hold, with a mark where it was cut.
fn shorten(text: &str) -> String {
    if text.encode_utf16().count() <= CELL_UNITS {
        return text.to_owned();
    }
    let mut units = 0;
    let mut out: String = text
        .chars()
        .take_while(|c| {
            units += c.len_utf16();
            units < CELL_UNITS
        })
        .collect();
    out.push('…');
    out
}
