//! One supplier: scored, and everything that is written of it.

use crate::error::Result;
use crate::model::{Assessment, Band, Lang, Method, Words};
use crate::questionnaire::Invited;
use crate::report::{
    FileRecord, Reminder, Reporter, Row, Scored, Setting, SupplierResult, SupplierRows, Totals, plan_csv,
};

use super::digest::{Texts, slug};
use super::intake::{Group, Intake};
use super::output::Page;
use super::workbook::Shelf;
use super::{Format, Gathered, Options, WHOLE};

/// What the suppliers of one run have in common.
#[derive(Clone)]
pub(super) struct Run<'a> {
    pub(super) shelf: &'a Shelf<'a>,
    pub(super) method: &'a Method,
    pub(super) reporter: &'a Reporter,
    pub(super) words: &'a Words,
    pub(super) options: &'a Options,
    pub(super) lang: &'a Lang,
    /// Digest of all that decides what is written, beside the files.
    pub(super) key: String,
}

/// One supplier, scored, with all that is written of it. What it was made from is let go.
pub(super) struct Finished {
    pub(super) outcome: Outcome,
    pub(super) pages: Vec<Page>,
    /// Its part of `results.json`, if that is written.
    pub(super) json: Option<Vec<u8>>,
    /// Its part of `portfolio.xlsx`, if that is written.
    pub(super) rows: Option<SupplierRows>,
    /// Its part of `actions.csv`, if that is written.
    pub(super) plan: Option<Vec<u8>>,
    /// What it adds to the sums of the portfolio.
    pub(super) totals: Totals,
    /// Its row of `index.html`.
    pub(super) row: Row,
}

/// What of a supplier's pages is to be made.
pub(super) struct Due {
    /// The account of its files.
    pub(super) files: Vec<FileRecord>,
    /// Digest of all that decides the pages.
    pub(super) key: String,
    /// Their names.
    pub(super) names: Vec<String>,
}

/// Which files a supplier has a part in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// `portfolio.xlsx`
    pub(super) rows: bool,
    /// `results.json`
    pub(super) json: bool,
    /// `actions.csv`
    pub(super) plan: bool,
}

/// What a run counts of a supplier.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    pub(super) priority: Option<Band>,
    pub(super) has_signs: bool,
    /// Its priority; without enough answers, the worst floor that rests on signs: leaving a form blank hides no sign.
    pub(super) worst: Option<Band>,
}

impl Outcome {
    fn of(assessment: &Assessment) -> Self {
        let rests_on_signs = |id: &str| matches!(id, "F1" | "F2" | "F3" | "F4");
        let floors = assessment.floors.iter().filter(|f| rests_on_signs(&f.id)).map(|f| f.priority);
        Self {
            priority: assessment.priority,
            has_signs: assessment.actions.iter().any(|a| a.sign),
            worst: assessment.priority.or_else(|| floors.max()),
        }
    }
}

/// Scores a supplier, and makes nothing of it.
pub(super) fn score(shelf: &Shelf<'_>, method: &Method, gathered: Gathered) -> Result<Outcome> {
    with_score(shelf, method, gathered, |scored| Ok(Outcome::of(scored.assessment)))
}

/// Scores a supplier and hands it on.
pub(super) fn with_score<T>(
    shelf: &Shelf<'_>,
    method: &Method,
    gathered: Gathered,
    then: impl FnOnce(&Scored<'_>) -> Result<T>,
) -> Result<T> {
    let prepared = shelf.get(&gathered.selection)?;
    let (questionnaire, reference) = (&*prepared.questionnaire, &shelf.library.reference);
    let dossier = gathered.dossier;
    #[cfg(test)]
    assert_ne!(dossier.id, super::tests::FAULTY, "the fault that tests put here");
    let assessment = crate::score::assess(questionnaire, method, reference, &dossier);
    let slug = slug(&dossier.id);
    then(&Scored { questionnaire, method, reference, dossier: &dossier, assessment: &assessment, slug: &slug })
}

impl Run<'_> {
    /// Digest of all that decides a page that these files enter: their records, as they lie in the stash.
    pub(super) fn key_of(&self, records: impl IntoIterator<Item = Result<impl AsRef<[u8]>>>) -> Result<String> {
        let mut digest = Texts::default();
        digest.add(&self.key);
        for record in records {
            digest.add(record?);
        }
        Ok(digest.finish())
    }

    /// Names of the pages of a supplier.
    pub(super) fn pages_of(&self, group: &Group) -> Vec<String> {
        let slug = slug(&group.id);
        let mut names = Vec::new();
        if self.options.formats.contains(&Format::Html) {
            names.push(format!("suppliers/{slug}.html"));
        }
        if self.options.formats.contains(&Format::Md) {
            names.push(format!("suppliers/{slug}.md"));
        }
        #[cfg(feature = "pdf")]
        if self.options.formats.contains(&Format::Pdf) {
            names.push(format!("suppliers/{slug}.pdf"));
        }
        // Without a questionnaire there is nothing to say back; where one is due, the reminder says so.
        if self.options.formats.contains(&Format::Html) && group.has_questionnaire {
            names.push(format!("feedback/{slug}.html"));
        }
        if self.options.formats.contains(&Format::Mail) && group.has_questionnaire {
            names.push(format!("mail/{slug}.txt"));
        }
        names
    }

    /// Names of everything the run will write.
    pub(super) fn names(&self, intake: &Intake) -> impl Iterator<Item = String> {
        let formats = &self.options.formats;
        let pages = intake.groups.iter().flat_map(|g| self.pages_of(g));
        let mails = intake.waiting.iter().filter(|_| formats.contains(&Format::Mail)).map(|i| mail(&i.id));
        let whole = [Format::Html, Format::Xlsx, Format::Json, Format::Csv].into_iter().zip(WHOLE);
        let whole = whole.filter(|(f, _)| formats.contains(f)).map(|(_, name)| name.to_owned());
        pages.chain(mails).chain(whole)
    }

    /// Scores a supplier and makes those of its pages that are due, with this key; and its part of other files, as wanted.
    pub(super) fn finish(&self, gathered: Gathered, group: &Group, due: &Due, wanted: Wanted) -> Result<Finished> {
        let date = self.options.date.as_str();
        let setting = Setting { lang: self.lang, date };
        // What goes back to the supplier speaks the supplier's language.
        let theirs = Setting { lang: &group.lang, date };
        let listed = self.shelf.guests.of_id(&group.id);
        let lang = listed.and_then(|i| i.lang.as_ref()).unwrap_or(&group.lang);
        let own: Vec<&FileRecord> = due.files.iter().collect();
        with_score(self.shelf, self.method, gathered, |scored| {
            let row = Row::of(&setting, self.words, scored);
            let is_open = group.has_questionnaire && row.priority().is_none();
            let row = if is_open { row.reminding(lang) } else { row };
            let views = self.reporter.views(&setting, scored);
            let mut pages = Vec::new();
            for name in &due.names {
                let suffix = name.rsplit('.').next();
                let bytes = match (name.split('/').next(), suffix) {
                    (Some("suppliers"), Some("md")) => self.reporter.markdown(&views, &own)?.into_bytes(),
                    #[cfg(feature = "pdf")]
                    (Some("suppliers"), Some("pdf")) => self.reporter.pdf(&views, &own)?,
                    (Some("suppliers"), _) => self.reporter.supplier(&views, &own)?.into_bytes(),
                    (Some("feedback"), _) => self.reporter.feedback(&theirs, scored, &own)?.into_bytes(),
                    _ => {
                        let setting = Setting { lang, date };
                        self.reporter.mail(&setting, scored, &own, row.reminder(self.words).as_ref())?.into_bytes()
                    }
                };
                pages.push(Page::new(name.clone(), bytes, &due.key));
            }
            let mut totals = Totals::default();
            totals.add(&setting, self.words, scored);
            Ok(Finished {
                outcome: Outcome::of(scored.assessment),
                pages,
                json: wanted.json.then(|| json(scored)).transpose()?,
                rows: wanted.rows.then(|| SupplierRows::of(&views)),
                plan: wanted.plan.then(|| plan_csv(&views)).transpose()?,
                totals,
                row,
            })
        })
    }

    /// What to send to somebody who was invited and has not answered: in the list's language, else in the run's.
    pub(super) fn not_answered(&self, invited: &Invited) -> Reminder {
        let lang = invited.lang.as_ref().unwrap_or(self.lang);
        Reminder::not_answered(self.words, lang, &invited.id, &invited.name)
    }

    pub(super) fn mail_to_waiting(&self, invited: &Invited) -> Page {
        let bytes = self.not_answered(invited).text().into_bytes();
        Page::new(mail(&invited.id), bytes, &self.key)
    }
}

fn json(scored: &Scored<'_>) -> Result<Vec<u8>> {
    // As long as that of a form with a hundred questions.
    let mut json = Vec::with_capacity(1 << 16);
    serde_json::to_writer(&mut json, &SupplierResult::of(scored))?;
    Ok(json)
}

fn mail(id: &str) -> String {
    format!("mail/{}.txt", slug(id))
}
