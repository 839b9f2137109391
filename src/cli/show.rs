//! `lygte show`: a questionnaire, sector, country, method or training case as Markdown.

mod case;

use std::fmt::Write as _;

use clap::Args;

use crate::checklist::{Library, Selection};
use crate::error::Error;
use crate::model::{
    AnswerKind, Basis, CountryInfo, Form, Id, Item, Lang, Method, Question, Questionnaire, Sign, SourceRef, Term, Words,
};

use super::{Common, Outcome, Stop, render::Console};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lygte show guide
  lygte show guide --lang da --sector cleaning --country DK
  lygte show cleaning
  lygte show DK --lang da
  lygte show fls-1
  lygte show hospitality-lakeside --lang sv
  lygte show glossary --lang sv")]
pub(super) struct ShowArgs {
    /// Id of a questionnaire, sector, country, method or training case (`lygte list` names them), or `glossary` for the
    /// terms of a language
    what: String,
    /// Language
    #[arg(long, value_name = "TAG", default_value = "en")]
    lang: String,
    /// Questionnaires: with the additions of this sector (may be given several times)
    #[arg(long, value_name = "SECTOR")]
    sector: Vec<String>,
    /// Questionnaires: with the changes for this country
    #[arg(long, value_name = "COUNTRY")]
    country: Option<String>,
}

pub(super) fn run(args: &ShowArgs, common: &Common, console: &Console) -> Outcome {
    let (catalog, library) = super::library(common, console)?;
    let lang = super::known_lang(&library, &args.lang)?;
    let empty = Words::default();
    let words = library.words.get("show").unwrap_or(&empty);
    let mut page = Page { out: String::new(), lang: &lang, words, library: &library };
    let what = args.what.trim();
    if library.questionnaires.contains_key(what) {
        let mut sectors = Vec::new();
        for name in &args.sector {
            sectors.push(super::known_sector(&library, name)?);
        }
        let country = args.country.as_deref().map(|c| super::known_country(&library, c)).transpose()?;
        let selection = Selection { questionnaire: Id::new(what), sectors, country, form: Form::Full };
        page.questionnaire(&library.compose(&selection)?);
    } else if library.sectors.contains_key(what) {
        page.sector(what);
    } else if let Some(country) = library.countries.iter().find(|(c, _)| c.as_str().eq_ignore_ascii_case(what)) {
        page.country(&country.1.info);
    } else if let Some(method) = library.methods.get(what) {
        page.method(method);
    } else if let Some(terms) = library.glossaries.get(&lang).filter(|_| what == "glossary") {
        page.glossary(terms);
    } else {
        let cases = super::cases(&catalog, &library, console);
        let Some(case) = cases.get(what) else {
            let there = library.questionnaires.keys().chain(library.sectors.keys()).chain(library.methods.keys());
            let there = there.chain(cases.keys()).map(Id::as_str);
            let countries = library.countries.keys().map(crate::model::CountryCode::as_str);
            let kind = "questionnaire, sector, country, method or training case";
            return Err(Stop::from(Error::unknown(kind, what, there.chain(countries))));
        };
        page.case(case, &library.case_form(&case.sector, &case.country)?);
    }
    let text = page.out;
    console.print(&text)
}

struct Page<'a> {
    out: String,
    lang: &'a Lang,
    words: &'a Words,
    library: &'a Library,
}

impl Page<'_> {
    fn w<'b>(&'b self, id: &'b str) -> &'b str {
        self.words.get(id, self.lang)
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn head(&mut self, level: usize, text: &str) {
        let marks = "#".repeat(level);
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.line(&format!("{marks} {text}\n"));
    }

    fn questionnaire(&mut self, q: &Questionnaire) {
        let title = format!(
            "{} ({} {}, {} {})",
            q.title.get(self.lang),
            self.w("edition"),
            q.edition,
            self.w("revision"),
            q.revision
        );
        self.head(1, &title);
        let e = &q.exposure;
        self.list(e.title.get(self.lang), e.intro.get(self.lang), e.complete);
        e.questions.iter().for_each(|q| self.question(q, true));
        for block in &q.controls {
            let title = format!("{} {}", block.section, block.title.get(self.lang));
            self.list(&title, block.intro.get(self.lang), block.complete);
            block.questions.iter().for_each(|q| self.question(q, false));
        }
        let s = &q.signs;
        self.list(s.title.get(self.lang), s.intro.get(self.lang), s.complete);
        s.signs.iter().for_each(|s| self.sign(s));
    }

    fn list(&mut self, title: &str, intro: &str, complete: bool) {
        self.head(2, title);
        self.line(intro);
        if !complete {
            let note = self.w("incomplete").to_owned();
            self.line(&format!("\n*{note}*"));
        }
        self.out.push('\n');
    }

    fn source(&self, basis: Basis, source: &SourceRef) -> String {
        let basis = self.w(&format!("basis-{}", basis.id())).to_owned();
        let publisher = self.library.reference.sources.get(&source.id).map_or("", |s| s.publisher.get(self.lang));
        format!(
            "{}: {basis}; {}: {publisher} [{}], {}",
            self.w("basis"),
            self.w("source"),
            source.id,
            source.item.get(self.lang)
        )
    }

    fn question(&mut self, q: &Question, exposure: bool) {
        let mut facts = vec![format!("`{}`", q.id)];
        let weight = if exposure { "1".to_owned() } else { q.weight.to_string() };
        facts.push(format!("{} {weight}", self.w("weight")));
        if q.critical {
            facts.push(self.w("critical").to_owned());
        }
        if q.short {
            facts.push(self.w("short").to_owned());
        }
        facts.push(self.source(q.basis, &q.source));
        self.line(&format!("- **{}** {}", q.number, q.text.get(self.lang)));
        let facts = facts.join(" · ");
        self.line(&format!("  {facts}"));
        for item in &q.items {
            let answers = self.answers(item);
            if q.has_parts {
                self.line(&format!("  - **{}** {} ({answers})", item.number, item.text.get(self.lang)));
            } else {
                self.line(&format!("  {answers}"));
            }
        }
    }

    fn answers(&self, item: &Item) -> String {
        match &item.kind {
            AnswerKind::Text => self.w("free-text").to_owned(),
            AnswerKind::Scale(scale) => {
                let options = scale.options.iter().map(|o| {
                    let below = o.below.as_ref().map(|b| format!(" (< {b})")).unwrap_or_default();
                    format!("{}{below} = {}", o.label.get(self.lang), o.grade)
                });
                options.collect::<Vec<_>>().join(", ")
            }
        }
    }

    fn sign(&mut self, s: &Sign) {
        let indicators = &self.library.reference.indicators.by_id;
        let indicator = indicators.get(&s.indicator).map(|i| {
            let code = |s: Option<crate::model::Strength>| s.map_or("-", crate::model::Strength::code);
            format!("{} {} ({}/{})", i.id, i.label.get(self.lang), code(i.adult), code(i.child))
        });
        let source = self.source(s.basis, &s.source);
        self.line(&format!("- **{}** {}", s.number, s.text.get(self.lang)));
        let weight = format!("{}: {}", self.w("indicator"), indicator.unwrap_or_default());
        self.line(&format!("  `{}` · {weight} · {source}", s.id));
    }

    fn sector(&mut self, id: &str) {
        let Some(data) = self.library.sectors.get(id) else { return };
        let Some(exposure) = self.library.reference.sectors.get(id) else { return };
        self.head(1, &format!("{} (NACE {})", data.info.name.get(self.lang), exposure.nace.join(", ")));
        let step = format!("{} {}: {}", self.w("step"), exposure.step.lo, exposure.reason.get(self.lang));
        self.line(&step);
        let heads = [self.w("self-test").to_owned(), self.w("controls").to_owned(), self.w("signs").to_owned()];
        self.head(2, &heads[0]);
        data.exposure.iter().for_each(|q| self.question(q, true));
        self.head(2, &heads[1]);
        data.controls.iter().for_each(|(_, q)| self.question(q, false));
        self.head(2, &heads[2]);
        data.signs.iter().for_each(|s| self.sign(s));
        for (title, notes) in [("verify", &data.info.verify), ("notes", &data.info.notes)] {
            let title = self.w(title).to_owned();
            self.head(2, &title);
            for note in notes.iter().filter(|n| n.confidence != "U") {
                let mark = match note.confidence.as_str() {
                    "B" => format!("{}: ", self.w("proposed")),
                    _ => String::new(),
                };
                self.line(&format!("- {mark}{} [{}]", note.text.get(self.lang), note.source.id));
            }
        }
    }

    /// Facts that were seen and are in force; what is proposed apart; what is unconfirmed not at all.
    fn country(&mut self, info: &CountryInfo) {
        self.head(1, info.name.get(self.lang));
        let danger = self.words.fill("danger", self.lang, &[("number", &info.emergency)]);
        self.line(&danger);
        let titles = [self.w("facts").to_owned(), self.w("proposed").to_owned()];
        let printable: Vec<_> = info.facts.iter().filter(|f| f.is_printable()).collect();
        let open: Vec<_> = info.facts.iter().filter(|f| f.is_proposed()).collect();
        for (title, facts) in titles.iter().zip([printable, open]) {
            self.head(2, title);
            for fact in facts {
                let mut text = String::new();
                if let Some(name) = &fact.name {
                    let _ = write!(text, "**{}** ", name.get(self.lang));
                }
                if let Some(value) = &fact.value {
                    let _ = write!(text, "{value} ");
                }
                if let Some(hours) = &fact.hours {
                    let _ = write!(text, "({}) ", hours.get(self.lang));
                }
                text.push_str(fact.text.get(self.lang));
                let dates = format!(
                    "[{}, {}] {} {}",
                    fact.source.id,
                    if fact.source_date == "undated" { self.w("undated") } else { &fact.source_date },
                    self.w("verified"),
                    fact.last_verified
                );
                let secondary =
                    if fact.confidence == "S" { format!(" ({})", self.w("secondary")) } else { String::new() };
                let inherited = fact.inherited.as_ref().map(|c| {
                    format!(" ({})", self.words.fill("inherited", self.lang, &[("country", c.get(self.lang))]))
                });
                self.line(&format!("- {text}{secondary}{} {dates}", inherited.unwrap_or_default()));
            }
        }
    }

    fn glossary(&mut self, terms: &[Term]) {
        let title = format!("{} ({})", self.w("glossary"), self.lang);
        self.head(1, &title);
        if self.library.drafts.contains(self.lang) {
            let draft = self.w("draft").to_owned();
            self.line(&format!("*{draft}*\n"));
        }
        for term in terms {
            let note = term.note.as_ref().map(|n| format!(" ({n})")).unwrap_or_default();
            self.line(&format!("- {} – **{}**{note}", term.term, term.text));
        }
    }

    fn method(&mut self, method: &Method) {
        self.head(1, &format!("{} {}: {}", method.id, method.version, method.title.get(self.lang)));
        self.line(method.about.get(self.lang));
        let sections = [
            (self.w("factors").to_owned(), &method.factors),
            (self.w("sections").to_owned(), &method.sections),
            (self.w("constants").to_owned(), &method.constants),
        ];
        for (title, constants) in sections {
            self.head(2, &title);
            for (id, constant) in constants {
                self.constant(id, constant);
            }
        }
        let title = self.w("evidence").to_owned();
        self.head(2, &title);
        for (level, constant) in crate::model::Evidence::ALL.iter().zip(&method.evidence) {
            self.constant(level.code(), constant);
        }
        let title = self.w("floors").to_owned();
        self.head(2, &title);
        for (id, floor) in &method.floors {
            let priority = self.w(&format!("priority-{}", floor.priority.id())).to_owned();
            self.line(&format!(
                "- **{id}** → {priority}: {} {}",
                floor.text.get(self.lang),
                floor.reason.get(self.lang)
            ));
        }
    }

    fn constant(&mut self, id: &str, constant: &crate::model::Constant) {
        let status = self.w(&format!("status-{}", constant.status)).to_owned();
        self.line(&format!("- `{id}` = {} ({status}): {}", constant.value, constant.reason.get(self.lang)));
    }
}
