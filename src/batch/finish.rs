//! One supplier: scored, and everything that is written of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::checklist::Library;
use crate::error::Result;
use crate::model::{Assessment, Band, Dossier, Lang, Method, Questionnaire, Words};
use crate::questionnaire::Invited;
use crate::report::{FileRecord, FileResult, Reminder, Reporter, Row, Scored, Setting, SupplierResult};

use super::digest::{digest_all, slug};
use super::output::Page;
use super::workbook::Shelf;
use super::{Format, Gathered, Group, Options, WHOLE};

/// What the suppliers of one run have in common.
#[derive(Clone)]
pub(super) struct Run<'a> {
    pub(super) shelf: &'a Shelf<'a>,
    pub(super) method: &'a Method,
    pub(super) reporter: &'a Reporter,
    pub(super) words: &'a Words,
    pub(super) options: &'a Options,
    /// The files of each supplier.
    pub(super) own: BTreeMap<&'a str, Vec<&'a FileRecord>>,
    pub(super) lang: &'a Lang,
    /// Digest of all that decides what is written, beside the files.
    pub(super) key: String,
}

/// One supplier, scored, with its pages.
pub(super) struct Finished<'a> {
    library: &'a Library,
    method: &'a Method,
    questionnaire: Arc<Questionnaire>,
    pub(super) dossier: Dossier,
    pub(super) assessment: Assessment,
    slug: String,
    pub(super) pages: Vec<Page>,
    pub(super) row: Option<Row>,
    pub(super) reminder: Option<Reminder>,
}

impl<'a> Finished<'a> {
    /// A supplier scored, with nothing made of it.
    pub(super) fn scored_only(shelf: &Shelf<'a>, method: &'a Method, gathered: Gathered) -> Result<Self> {
        let prepared = shelf.get(&gathered.selection)?;
        let questionnaire = Arc::clone(&prepared.questionnaire);
        let dossier = gathered.dossier;
        let library = shelf.library;
        let assessment = crate::score::assess(&questionnaire, method, &library.reference, &dossier);
        let slug = slug(&dossier.id);
        let (pages, row, reminder) = (Vec::new(), None, None);
        Ok(Self { library, method, questionnaire, dossier, assessment, slug, pages, row, reminder })
    }

    pub(super) fn scored(&self) -> Scored<'_> {
        Scored {
            questionnaire: &self.questionnaire,
            method: self.method,
            reference: &self.library.reference,
            dossier: &self.dossier,
            assessment: &self.assessment,
            slug: &self.slug,
        }
    }

    /// Its part of `results.json`.
    pub(super) fn json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(&SupplierResult::of(&self.scored()))?)
    }

    /// Its priority; without enough answers, the worst floor that rests on signs: leaving a form blank hides no sign.
    pub(super) fn worst(&self) -> Option<Band> {
        let by_signs = || {
            let rests = |id: &str| matches!(id, "F1" | "F2" | "F3" | "F4");
            self.assessment.floors.iter().filter(|f| rests(&f.id)).map(|f| f.priority).max()
        };
        self.assessment.priority.or_else(by_signs)
    }
}

impl<'a> Run<'a> {
    /// Digest of all that decides a page that these files enter.
    pub(super) fn key_of<'f>(&self, files: impl IntoIterator<Item = &'f FileRecord>) -> Result<String> {
        let files: Vec<String> = files
            .into_iter()
            .map(|f| serde_json::to_string(&FileResult::of(f)))
            .collect::<std::result::Result<_, _>>()?;
        Ok(digest_all(std::iter::once(self.key.as_str()).chain(files.iter().map(String::as_str))))
    }

    pub(super) fn key_of_supplier(&self, group: &Group) -> Result<String> {
        self.key_of(self.files_of(group).iter().copied())
    }

    fn files_of(&self, group: &Group) -> &[&'a FileRecord] {
        self.own.get(group.id.as_str()).map_or(&[], Vec::as_slice)
    }

    /// Names of the pages of a supplier.
    pub(super) fn pages_of(&self, group: &Group) -> Vec<String> {
        let slug = slug(&group.id);
        let mut names = Vec::new();
        if self.options.formats.contains(&Format::Html) {
            names.push(format!("suppliers/{slug}.html"));
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
    pub(super) fn names(&self, groups: &[Group], waiting: &[Invited]) -> Vec<String> {
        let formats = &self.options.formats;
        let mut names: Vec<String> = groups.iter().flat_map(|g| self.pages_of(g)).collect();
        if formats.contains(&Format::Mail) {
            names.extend(waiting.iter().map(|i| mail(&i.id)));
        }
        let whole = [Format::Html, Format::Xlsx, Format::Json, Format::Csv].into_iter().zip(WHOLE);
        names.extend(whole.filter(|(f, _)| formats.contains(f)).map(|(_, name)| name.to_owned()));
        names
    }

    /// Scores a supplier and makes those of its pages that are due.
    pub(super) fn finish(&self, group: &Group, due: &BTreeSet<String>) -> Result<Finished<'a>> {
        let (gathered, _) = group.gather(self.shelf, &self.options.reading)?;
        let mut finished = Finished::scored_only(self.shelf, self.method, gathered)?;
        let date = self.options.date.as_str();
        let setting = Setting { lang: self.lang, date };
        // What goes back to the supplier speaks the supplier's language.
        let theirs = Setting { lang: &group.lang, date };
        let row = Row::of(&setting, self.words, &finished.scored());
        let listed = self.shelf.guests.of_id(&group.id);
        let lang = listed.and_then(|i| i.lang.as_ref()).unwrap_or(&group.lang);
        let reminder =
            (group.has_questionnaire && row.priority().is_none()).then(|| Reminder::not_enough(self.words, lang, &row));
        let own = self.files_of(group);
        let key = self.key_of(own.iter().copied())?;
        let mut pages = Vec::new();
        for name in due {
            let scored = finished.scored();
            let text = match name.split_once('/').map(|(folder, _)| folder) {
                Some("suppliers") => self.reporter.supplier(&setting, &scored, own)?,
                Some("feedback") => self.reporter.feedback(&theirs, &scored, own)?,
                _ => self.reporter.mail(&Setting { lang, date }, &scored, own, reminder.as_ref())?,
            };
            pages.push(Page { name: name.clone(), bytes: text.into_bytes(), key: key.clone() });
        }
        finished.pages = pages;
        finished.row = Some(row);
        finished.reminder = reminder;
        Ok(finished)
    }

    /// What to send to somebody who was invited and has not answered: in the list's language, else in the run's.
    pub(super) fn not_answered(&self, invited: &Invited) -> Reminder {
        let lang = invited.lang.as_ref().unwrap_or(self.lang);
        Reminder::not_answered(self.words, lang, &invited.id, &invited.name)
    }

    pub(super) fn mail_to_waiting(&self, invited: &Invited, reminder: &Reminder) -> Page {
        Page { name: mail(&invited.id), bytes: reminder.text().into_bytes(), key: self.key.clone() }
    }
}

fn mail(id: &str) -> String {
    format!("mail/{}.txt", slug(id))
}
