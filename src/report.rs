//! From assessments to what people read: pages from tera templates, a workbook, `results.json`.
//!
//! Everything here turns plain data into text or bytes; `batch` decides what is written where.

mod annex;
mod card;
mod chart;
mod country;
mod document;
mod duties;
mod engine;
mod exposure;
mod feedback;
mod files;
mod first;
mod form;
mod goods;
mod index;
mod letters;
mod lines;
mod locale;
mod markdown;
mod mask;
mod overview;
#[cfg(feature = "pdf")]
mod pdf;
mod plan_csv;
mod reminder;
mod results;
mod row;
mod say;
mod series;
mod sheets;
mod signs;
mod single;
mod statement;
mod table;
mod totals;
mod training;
mod views;
mod waterfall;
mod work;
mod workbook;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use base64::Engine as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use self::chart::Zone;
use self::engine::{Engine, Shared};
use self::say::Say;
use crate::diag::Diagnostic;
use crate::error::Result;
use crate::model::{
    Assessment, CountryCode, CountryInfo, Dossier, Firm, Lang, Method, Note, Questionnaire, Reference, Role,
    SectorInfo, Table, Words,
};

pub use self::duties::{ClauseView, DutyView};
pub use self::engine::is_template;
pub use self::form::{FORM_HEAD, FORM_META, Form, FormCell, FormColumn};
pub use self::letters::{Recipient, cover, reminder, tracking};
pub use self::mask::{MASKED, Mask, Personal};
pub use self::plan_csv::{plan_csv, plan_csv_head};
pub use self::reminder::{Due, Reminder};
pub use self::row::Row;
pub use self::series::Series;
pub use self::single::{MadeWith, SINGLE_SCHEMA, SingleResult, single_schema};
pub use self::statement::{Figures, Statement, statement_acts, statement_lang};
pub use self::totals::Totals;
pub use self::training::{Agreement, Course, DONT_KNOW, Kappa, Line, Part, Participant, ROOM_SCHEMA, Room, Tally};
pub use self::views::Views;
pub use self::workbook::{PortfolioBook, SupplierRows};

/// One supplier, read and scored.
#[derive(Clone, Copy)]
pub struct Scored<'a> {
    /// The questionnaire its answers belong to.
    pub questionnaire: &'a Questionnaire,
    /// The method it was scored with.
    pub method: &'a Method,
    /// Exposure steps, indicators, sources.
    pub reference: &'a Reference,
    /// What was read.
    pub dossier: &'a Dossier,
    /// What follows.
    pub assessment: &'a Assessment,
    /// Name of its pages, without folder and suffix. Safe as a file name.
    pub slug: &'a str,
}

/// How far a file could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Status {
    /// Everything in it was read and accounted for.
    Scored,
    /// A sheet or question row is missing, cells lay beyond the limits, or it is of another revision.
    Partly,
    /// Nothing in it could be used.
    Unreadable,
}

impl Status {
    /// Its name in results.
    pub fn id(self) -> &'static str {
        match self {
            Self::Scored => "scored",
            Self::Partly => "partly",
            Self::Unreadable => "unreadable",
        }
    }
}

/// The account of one input file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FileRecord {
    /// Its name, relative to the input folder, with `/`.
    pub file: Arc<str>,
    /// Digest of its bytes; empty if it could not be opened.
    pub sha256: String,
    /// Who it is for, if that could be told.
    pub role: Option<Role>,
    /// How far it could be read.
    pub status: Status,
    /// The supplier it belongs to.
    pub supplier: Option<String>,
    /// What is to be said about it.
    pub diagnostics: Vec<Diagnostic>,
}

/// The account of all input files: `inputs = scored + partly + unreadable`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Files that were handed in.
    pub inputs: usize,
    /// Of these, read whole.
    pub scored: usize,
    /// Of these, read in part.
    pub partly: usize,
    /// Of these, not read.
    pub unreadable: usize,
    /// Lock files and the like, not counted as inputs.
    pub skipped: usize,
}

/// What became of a reviewer's queue.
#[derive(Clone, Debug)]
pub struct ReviewRecord {
    /// Its file.
    pub file: Arc<str>,
    /// Digest of its bytes.
    pub sha256: String,
    /// Its rows.
    pub rows: usize,
    /// Of these, corrections that count.
    pub corrected: usize,
    /// Of these, readings accepted.
    pub accepted: usize,
    /// Of these, rows that nobody has decided.
    pub open: usize,
    /// What was not taken, and why.
    pub diagnostics: Vec<Diagnostic>,
}

/// What the portfolio page is made of.
#[derive(Clone, Copy)]
pub struct Index<'a> {
    /// The suppliers, in the order of ids.
    pub rows: &'a Series<'a, Row>,
    /// What all of them come to.
    pub totals: &'a Totals,
    /// Every file.
    pub files: &'a Series<'a, FileRecord>,
    /// The account of them.
    pub ledger: &'a Ledger,
    /// With a list of the invited: how many, and how many of them have not answered.
    pub invited: Option<(usize, usize)>,
    /// Texts that are ready to send to those who have not answered.
    pub waiting: &'a Series<'a, Reminder>,
    /// A reviewer's queue.
    pub review: Option<&'a ReviewRecord>,
}

/// What pages of one run have in common.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// Language of the pages.
    pub lang: &'a Lang,
    /// Date of the run, `YYYY-MM-DD`. Decides which contacts are overdue; never a score.
    pub date: &'a str,
}

/// Turns scored suppliers into pages. One serves the suppliers of one library: parts that their reports share are kept.
pub struct Reporter {
    engine: Engine,
    #[cfg(feature = "pdf")]
    press: pdf::Press,
    words: Arc<Words>,
    script_digest: String,
    /// Parts that are made once.
    parts: Kept,
    /// Questions with their numbers, by language and what they say.
    questions: Kept,
    /// The bands of methods.
    bands: Kept<Arc<[Zone]>>,
}

/// What is made once, by all that it depends on.
type Kept<T = Shared> = RwLock<Table<String, T>>;

/// So much is kept: runs have a few parts of each kind and the questions of a few lists, and memory must not grow with the
/// number of suppliers.
const PARTS: usize = 256;
const QUESTIONS: usize = 4096;

/// What is kept under a key; else it is made, and kept.
fn kept<T: Clone>(all: &Kept<T>, most: usize, key: &str, make: impl FnOnce() -> Result<T>) -> Result<T> {
    if let Some(known) = all.read().unwrap_or_else(PoisonError::into_inner).get(key) {
        return Ok(known.clone());
    }
    let part = make()?;
    let mut all = all.write().unwrap_or_else(PoisonError::into_inner);
    if all.len() >= most {
        all.clear();
    }
    all.add(key.to_owned(), part.clone());
    Ok(part)
}

/// The internal report.
#[derive(Serialize)]
struct SupplierPage<'a> {
    /// Date of the report.
    date: String,
    /// Texts in this language await a native speaker's review.
    draft: bool,
    /// The first page.
    first: first::First<'a>,
    /// Everything it rests on.
    annex: annex::Annex<'a>,
}

impl Reporter {
    /// A reporter with the built-in templates, the user's in place of those of the same name, and the words that
    /// `t(key=…)` finds.
    ///
    /// # Errors
    /// A template that the engine does not understand.
    pub fn new(user_templates: &BTreeMap<String, String>, words: Words) -> Result<Self> {
        let words = Arc::new(words);
        let engine = Engine::new(user_templates, &words)?;
        let digest = Sha256::digest(engine.script().as_bytes());
        let script_digest = base64::engine::general_purpose::STANDARD.encode(digest);
        Ok(Self {
            engine,
            #[cfg(feature = "pdf")]
            press: pdf::Press::new()?,
            words,
            script_digest,
            parts: Kept::default(),
            questions: Kept::default(),
            bands: Kept::default(),
        })
    }

    /// The same, for lint: a variable that no page has is an error, even where a template only tests it.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.engine.strict = true;
        self
    }

    /// The same, keeping what it hands to templates.
    #[must_use]
    pub fn noting(mut self) -> Self {
        self.engine.handed = Some(Mutex::default());
        self
    }

    /// What it handed to templates so far, in order, by template; empty unless it is noting.
    pub fn noted(self) -> Vec<(String, serde_json::Value)> {
        let handed = self.engine.handed.map(Mutex::into_inner);
        handed.map(|h| h.unwrap_or_else(PoisonError::into_inner)).unwrap_or_default()
    }

    /// The words it speaks with.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// A supplier as it is told of in the language of the setting.
    pub fn views<'a>(&'a self, setting: &Setting<'a>, scored: &Scored<'a>) -> Views<'a> {
        Views::of(setting, &self.words, scored)
    }

    /// The row the index keeps of a supplier.
    pub fn row(&self, setting: &Setting<'_>, scored: &Scored<'_>) -> Row {
        Row::of(setting, &self.words, scored)
    }

    /// The internal report on a supplier, `suppliers/<slug>.html`. `files` are all of its files.
    ///
    /// # Errors
    /// A template that fails.
    pub fn supplier(&self, views: &Views<'_>, files: &[&FileRecord]) -> Result<String> {
        let (say, setting) = (views.say, &views.setting);
        let (first, annex) = self.shared(views)?;
        let mut page = SupplierPage {
            date: say.date(setting.date),
            draft: views.scored.questionnaire.drafts.contains(setting.lang),
            first: first::view(views, first),
            annex: annex::view(views, files, annex),
        };
        let mut tables = self.engine.tables(setting.lang);
        if self.engine.makes_rows() {
            let annex::Annex { verify, notes, law, duties, rules, sources, .. } = &mut page.annex;
            let annex = [verify, notes, law, duties, rules, sources];
            let first::First { contacts, strip, terms, law, calls, .. } = &mut page.first;
            // What our own templates say of these stands in the parts that were made of them.
            *calls = Shared::default();
            annex.into_iter().chain([contacts, strip, terms, law]).for_each(|part| tables.part(part));
            let (first, annex) = (&page.first, &page.annex);
            if let Some(follow) = &first.follow {
                tables.add("parts/because-row.html", "because", &follow.because);
            }
            tables.block("parts/scale-card.html", "scale", &first.exposure);
            tables.block("parts/scale-card.html", "scale", &first.precautions);
            tables.add("parts/factor-row.html", "factor", &first.factors);
            tables.add("parts/look-row.html", "look", &first.looks);
            tables.add("parts/kind-row.html", "kind", &first.open);
            tables.block("parts/critical-block.html", "critical_open", &first.critical_open);
            tables.add("parts/critical-row.html", "line", &*first.critical_open);
            tables.add("parts/first-row.html", "task", &first.tasks);
            tables.add("parts/floor-row.html", "floor", &annex.floors);
            tables.block("parts/robust-block.html", "robust", &annex.robust);
            tables.block("parts/what-if-block.html", "what_if", &annex.what_if);
            tables.add("parts/what-if-row.html", "change", &*annex.what_if);
            tables.block("parts/flags-block.html", "flags", &annex.flags);
            tables.add("parts/flag-row.html", "flag", &*annex.flags);
            tables.add("parts/step-row.html", "step", &annex.waterfall);
            tables.add("parts/exposure-row.html", "factor", &annex.factors);
            tables.add("parts/self-test-row.html", "line", &annex.self_test);
            tables.add("parts/text-row.html", "line", &annex.texts);
            tables.add("parts/section-row.html", "section", &annex.summary);
            tables.add("parts/section.html", "section", &annex.sections);
            for section in *annex.sections {
                tables.add("parts/line-row.html", "line", &section.lines);
                tables.add("parts/text-row.html", "line", &section.texts);
            }
            for form in &annex.forms {
                tables.add("parts/sign-row.html", "sign", &form.signs);
            }
            tables.add("parts/eleven-row.html", "one", &annex.eleven);
            tables.add("parts/dimension-row.html", "d", &annex.dimensions);
            tables.add("parts/task-row.html", "task", &annex.tasks);
            tables.add("parts/file-row.html", "file", &annex.files);
            for file in &*annex.files {
                tables.add("parts/diagnostic-row.html", "d", &file.diagnostics);
            }
        } else {
            for line in views.sections().iter().flat_map(|s| &*s.lines) {
                line.asked.replace(self.asked(setting, line.number, &line.question)?);
            }
        }
        tables.page("supplier.html", &page)
    }

    /// The parts of a report that are those of many others.
    fn shared(&self, views: &Views<'_>) -> Result<(first::Parts, annex::Parts)> {
        let (say, setting, scored) = (views.say, &views.setting, &views.scored);
        let (q, date) = (scored.questionnaire, setting.date);
        let country = q.country.as_ref().map_or("", |c| c.code.as_str());
        let law = self.part("parts/country.html", setting, &[date, country], || country::law(say, date, scored))?;
        let decided = if scored.assessment.priority.is_some() { "decided" } else { "" };
        let rules =
            self.part("parts/rules.html", setting, &[&scored.method.digest, decided], || annex::rules(say, scored))?;
        let acts = views.duties();
        let duties =
            self.part("parts/acts.html", setting, &[date, &acts.key()], || acts.block(say, scored.reference, date))?;
        let mut of = vec![q.id.as_str(), q.form.id(), &q.revision];
        of.extend(country::published_by(views));
        let sources = self
            .part("parts/sources.html", setting, &of, || country::sources(say, scored, &country::published(views)))?;
        let mut of = vec!["", country];
        of.extend(q.sectors.iter().map(|s| s.id.as_str()));
        of.push("");
        of.extend(scored.dossier.profile.countries.iter().flatten().map(CountryCode::as_str));
        let mut notes = |which: &'static str, pick: fn(&SectorInfo) -> &Vec<Note>| {
            of[0] = which;
            self.part("parts/notes.html", setting, &of, || country::notes(say, scored, pick))
        };
        let verify = notes("verify", |s| &s.verify)?;
        let notes = notes("notes", |s| &s.notes)?;
        let method = scored.method;
        let key = format!("{}\n{}", setting.lang, method.digest);
        let bands = kept(&self.bands, PARTS, &key, || Ok(chart::zones(say, method).into()))?;
        let country = q.country.as_ref();
        let calls = || card::calls(say, date, scored.reference, country);
        let calls = self.fields("calls", setting, &[date, country.map_or("", |c| c.code.as_str())], calls)?;
        let of = |template| self.called(template, setting, country, &calls);
        let (contacts, strip) = (of("parts/calls.html")?, of("parts/strip.html")?);
        let (terms, law_of_calls) = (of("parts/terms.html")?, of("parts/law.html")?);
        let first = first::Parts { bands: Arc::clone(&bands), calls, contacts, strip, terms, law: law_of_calls };
        Ok((first, annex::Parts { verify, notes, duties, law, rules, sources, bands }))
    }

    /// A part that is made once for all pages in a language that have the same `of`.
    fn part<T: Serialize>(
        &self,
        template: &str,
        setting: &Setting<'_>,
        of: &[&str],
        view: impl FnOnce() -> T,
    ) -> Result<Shared> {
        let key = [template, setting.lang.as_str(), &of.join("\n")].join("\n");
        kept(&self.parts, PARTS, &key, || self.engine.part(template, setting.lang, &view()))
    }

    /// Fields that are the same on all pages in a language that have the same `of`.
    fn fields<T: Serialize>(
        &self,
        name: &str,
        setting: &Setting<'_>,
        of: &[&str],
        view: impl FnOnce() -> T,
    ) -> Result<Shared> {
        let key = [name, setting.lang.as_str(), &of.join("\n")].join("\n");
        kept(&self.parts, PARTS, &key, || self.engine.fields(name, &view()))
    }

    /// Whom to call in a country, as a template says it.
    fn called(
        &self,
        template: &str,
        setting: &Setting<'_>,
        country: Option<&CountryInfo>,
        calls: &Shared,
    ) -> Result<Shared> {
        #[derive(Serialize)]
        struct Calls<'a> {
            calls: &'a Shared,
        }
        let country = country.map_or("", |c| c.code.as_str());
        self.part(template, setting, &[setting.date, country], || Calls { calls })
    }

    /// Number and question as `parts/question.html` makes them, which is told these two and nothing of any answer.
    fn asked(&self, setting: &Setting<'_>, number: &str, question: &str) -> Result<Shared> {
        #[derive(Serialize)]
        struct Asked<'a> {
            number: &'a str,
            question: &'a str,
        }
        let key = [setting.lang.as_str(), number, question].join("\n");
        kept(&self.questions, QUESTIONS, &key, || {
            self.engine.part("parts/question.html", setting.lang, &Asked { number, question })
        })
    }

    /// The same as Markdown, `suppliers/<slug>.md`: all that the page says, for those who must edit it.
    ///
    /// # Errors
    /// A template that fails.
    pub fn markdown(&self, views: &Views<'_>, files: &[&FileRecord]) -> Result<String> {
        let page = self.supplier(views, files)?;
        Ok(markdown::of(&document::Document::of(&page)))
    }

    /// The same as a PDF, `suppliers/<slug>.pdf`: tagged, to print or to hand on.
    ///
    /// # Errors
    /// A template that fails.
    #[cfg(feature = "pdf")]
    pub fn pdf(&self, views: &Views<'_>, files: &[&FileRecord]) -> Result<Vec<u8>> {
        let page = self.supplier(views, files)?;
        self.press.set(document::Document::of(&page))
    }

    /// What may go back to a supplier, `feedback/<slug>.html`. Of `files` only those for suppliers are looked at.
    ///
    /// # Errors
    /// A template that fails.
    pub fn feedback(&self, setting: &Setting<'_>, scored: &Scored<'_>, files: &[&FileRecord]) -> Result<String> {
        let page = feedback::view(self.say(setting), setting.date, scored, files);
        let mut tables = self.engine.tables(setting.lang);
        if self.engine.makes_rows() {
            tables.add("parts/trouble-row.html", "trouble", &page.troubles);
            tables.add("parts/open-row.html", "line", &page.open);
            tables.add("parts/weak-row.html", "line", &page.weak);
            for list in &page.lists {
                tables.add("parts/answer-row.html", "line", &list.answers);
            }
        } else {
            for line in page.lists.iter().flat_map(|l| &*l.answers) {
                line.asked.replace(self.asked(setting, line.number, &line.question)?);
            }
        }
        tables.page("feedback.html", &page)
    }

    /// The same as plain text that can be mailed back, `mail/<slug>.txt`: how answers were read, what could not be, what
    /// is open. A reminder, where one is due, stands first.
    ///
    /// # Errors
    /// A template that fails.
    pub fn mail(
        &self,
        setting: &Setting<'_>,
        scored: &Scored<'_>,
        files: &[&FileRecord],
        reminder: Option<&Reminder>,
    ) -> Result<String> {
        #[derive(Serialize)]
        struct Mail<'a> {
            reminder: Vec<String>,
            feedback: feedback::Feedback<'a>,
        }
        let feedback = feedback::view(self.say(setting), setting.date, scored, files);
        let reminder = reminder.map(|r| r.paragraphs.clone()).unwrap_or_default();
        self.engine.render("mail.txt", setting.lang, &Mail { reminder, feedback }).map(|text| plain(&text))
    }

    /// The portfolio, `index.html`, piece by piece: as long as it may be, it is never whole in memory.
    ///
    /// # Errors
    /// A template that fails, or what fails where the pieces go.
    pub fn index(
        &self,
        setting: &Setting<'_>,
        index: &Index<'_>,
        out: &mut dyn FnMut(&str) -> Result<()>,
    ) -> Result<()> {
        let script = (self.engine.script(), self.script_digest.as_str());
        index::write(self.say(setting), setting.date, index, script, &self.engine, out)
    }

    /// What to do now in a country: one page to print. `draft`: its texts await a native speaker's review.
    ///
    /// # Errors
    /// A template that fails.
    pub fn card(
        &self,
        setting: &Setting<'_>,
        reference: &Reference,
        country: &CountryInfo,
        draft: bool,
    ) -> Result<String> {
        let say = self.say(setting);
        let page = card::Card {
            date: say.date(setting.date),
            draft,
            country: say.text(&country.name),
            calls: card::calls(say, setting.date, reference, Some(country)),
        };
        self.engine.render("card.html", setting.lang, &page)
    }

    /// Acts that probably concern a firm, in words.
    pub fn duties(&self, setting: &Setting<'_>, reference: &Reference, firm: &Firm) -> Vec<DutyView> {
        duties::view(self.say(setting), reference, firm)
    }

    /// What to know of an answer for a day before the acts were held against their sources; `None` for a later day.
    pub fn duties_earlier(&self, setting: &Setting<'_>, reference: &Reference) -> Option<String> {
        let checked = reference.acts.values().map(|a| a.last_verified.as_str()).min().filter(|c| setting.date < *c)?;
        let say = self.say(setting);
        Some(say.fill("duties-earlier", &[("date", &say.date(setting.date)), ("checked", &say.date(checked))]))
    }

    fn say<'a>(&'a self, setting: &Setting<'a>) -> Say<'a> {
        Say { words: &self.words, lang: setting.lang }
    }
}
pub use results::{
    ExposureTable, FileResult, LedgerResult, MethodId, ReminderResult, ReviewResult, SCHEMA, SupplierResult, schema,
};

/// A diagnostic's message in a language, as pages have it.
pub fn message(words: &Words, lang: &Lang, diagnostic: &Diagnostic) -> String {
    files::message(Say { words, lang }, diagnostic)
}

/// Plain text without characters that steer a screen or turn the direction of writing.
fn plain(text: &str) -> String {
    let steers = |c: &char| match c {
        '\n' => false,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        c => c.is_control(),
    };
    text.chars().filter(|c| !steers(c)).collect()
}

/// The built-in templates, by name.
pub fn built_in_templates() -> Vec<(String, Cow<'static, str>)> {
    let text = |name: String| Some((name.clone(), crate::assets::text(crate::assets::Folder::Templates, &name)?));
    crate::assets::list(crate::assets::Folder::Templates).into_iter().filter_map(text).collect()
}
