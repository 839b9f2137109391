//! What all suppliers of a run come to: pages of each, and the files that they share.

use crate::error::{Error, Result};
use crate::questionnaire::Invited;
use crate::report::{
    ExposureTable, FileRecord, FileResult, Index, LedgerResult, MethodId, PortfolioBook, ReminderResult, ReviewResult,
    Row, SCHEMA, Series, Setting, Totals, plan_csv_head,
};

use super::disk::Draft;
use super::finish::{Due, Finished, Run, Wanted};
use super::intake::{Group, Intake};
use super::json::JsonWriter;
use super::output::{Output, Page};
use super::stash::{Place, Stash};
use super::{Format, Tally, WHOLE, apart};

/// Scores the suppliers, bunch by bunch, and writes their pages and the files that they share.
pub(super) fn write(run: &Run<'_>, output: &mut Output, intake: &mut Intake) -> Result<Tally> {
    let mut portfolio = Portfolio::begin(run, output, intake)?;
    mail_to_waiting(run, output, intake)?;
    portfolio.suppliers(run, output, intake)?;
    portfolio.finish(run, output, intake)
}

/// What is kept of the suppliers that are done.
struct Portfolio {
    html: bool,
    book: Option<PortfolioBook>,
    json: Option<JsonWriter>,
    plan: Option<Draft>,
    rows: Vec<KeptRow>,
    totals: Totals,
    tally: Tally,
}

/// Where the row of a supplier lies.
#[derive(Clone, Copy)]
struct KeptRow {
    place: Place,
    /// A reminder is due.
    is_open: bool,
}

/// Who is to be reminded.
#[derive(Clone, Copy)]
enum Reminded {
    /// One of the invited, by place.
    Waiting(usize),
    /// One of those with a row.
    Row(Place),
}

impl Portfolio {
    /// Begins those of its files that are wanted and are not there already.
    fn begin(run: &Run<'_>, output: &mut Output, intake: &Intake) -> Result<Self> {
        let Run { options, words, lang, .. } = run;
        let whole = if options.resume { run.key_of(intake.files.stashed())? } else { String::new() };
        let mut wants =
            |format, name: &str| options.formats.contains(&format) && !(options.resume && output.keep(name, &whole));
        let (html, xlsx) = (wants(Format::Html, WHOLE[0]), wants(Format::Xlsx, WHOLE[1]));
        let (json, csv) = (wants(Format::Json, WHOLE[2]), wants(Format::Csv, WHOLE[3]));
        let book = || PortfolioBook::new(words, lang, &options.date, Some(output.folder()));
        let book = xlsx.then(book);
        let json = json.then(|| results(run, output)).transpose()?;
        let mut plan = csv.then(|| output.draft(WHOLE[3])).transpose()?;
        if let Some(plan) = &mut plan {
            plan.add(plan_csv_head().as_bytes())?;
        }
        let (totals, tally) = (Totals::default(), Tally::default());
        Ok(Self { html, book, json, plan, rows: Vec::new(), totals, tally })
    }

    /// Takes in the suppliers and writes their pages.
    fn suppliers(&mut self, run: &Run<'_>, output: &mut Output, intake: &mut Intake) -> Result<()> {
        let options = run.options;
        let threads = &intake.threads;
        for bunch in intake.groups.chunks(threads.bunch()) {
            let files = &intake.files;
            let due = |group: &Group| {
                let records = group.stashed(files)?;
                let key = run.key_of(records.iter().map(Ok))?;
                let own: Result<Vec<FileRecord>> = records.iter().map(|r| files.stash().read(r)).collect();
                Ok(Due { files: own?, key, names: run.pages_of(group) })
            };
            let due: Result<Vec<Due>> = threads.map(bunch, due);
            let mut due = due?;
            // Pages that are there from the very same things are neither made nor written again.
            for Due { key, names, .. } in &mut due {
                names.retain(|name| !(options.resume && output.keep(name, key)));
            }
            let wanted = Wanted { rows: self.book.is_some(), json: self.json.is_some(), plan: self.plan.is_some() };
            let finish = |(group, due): (&Group, &Due)| {
                options.reading.stopped()?;
                apart(|| run.finish(group.gather(run.shelf, files, due.files.clone())?.0, group, due, wanted))
                    .transpose()
            };
            let both: Vec<(&Group, &Due)> = bunch.iter().zip(&due).collect();
            let finished: Vec<Result<Option<Finished>>> = threads.map(both, finish);
            drop(due);
            let mut pages = Vec::new();
            for (group, finished) in bunch.iter().zip(finished) {
                let Some(mut finished) = finished? else {
                    group.lose(&mut intake.files)?;
                    continue;
                };
                pages.append(&mut finished.pages);
                self.add(finished, intake.files.stash())?;
            }
            output.write(&pages, threads)?;
        }
        options.reading.stopped()
    }

    fn add(&mut self, finished: Finished, stash: &Stash) -> Result<()> {
        if let (Some(json), Some(supplier)) = (&mut self.json, &finished.json) {
            json.entry(supplier)?;
        }
        if let (Some(book), Some(rows)) = (&mut self.book, &finished.rows) {
            book.add(rows)?;
        }
        if let (Some(plan), Some(lines)) = (&mut self.plan, &finished.plan) {
            plan.add(lines)?;
        }
        self.totals.merge(finished.totals);
        self.tally.count(finished.outcome);
        self.rows.push(KeptRow { place: stash.put(&finished.row)?, is_open: finished.row.is_reminding() });
        Ok(())
    }

    /// Ends it with the account of all files.
    fn finish(self, run: &Run<'_>, output: &mut Output, intake: &Intake) -> Result<Tally> {
        let Intake { files, waiting, review, skipped, .. } = intake;
        let (stash, review) = (files.stash(), review.as_ref());
        let whole = run.key_of(files.stashed())?;
        let ledger = files.ledger(*skipped);
        let invited = run.options.reading.invited.as_ref().map(|list| (list.len(), waiting.len()));
        let records: Series<'_, FileRecord> = files.series();
        let rows = Series::new(self.rows.len(), |n| stash.get::<Row>(self.rows[n].place));
        if self.html {
            let waiting = Series::new(waiting.len(), |n| Ok(run.not_answered(&waiting[n])));
            let (totals, files, rows, waiting) = (&self.totals, &records, &rows, &waiting);
            let index = Index { rows, totals, files, ledger: &ledger, invited, waiting, review };
            let mut draft = output.draft(WHOLE[0])?;
            let setting = Setting { lang: run.lang, date: &run.options.date };
            run.reporter.index(&setting, &index, &mut |text| draft.add(text.as_bytes()))?;
            output.write_draft(WHOLE[0], draft, &whole)?;
        }
        let reminded = self.reminded(waiting, stash)?;
        let reminders = Series::new(reminded.len(), |n| match reminded[n] {
            Reminded::Waiting(n) => Ok(run.not_answered(&waiting[n])),
            Reminded::Row(place) => {
                let row: Row = stash.get(place)?;
                row.reminder(run.words).ok_or_else(|| Error::NoInput(format!("no reminder is due to {}", row.id())))
            }
        });
        if let Some(mut book) = self.book {
            book.ledger(&records, review, &reminders)?;
            book.overview(&self.totals, invited)?;
            let mut draft = output.draft(WHOLE[1])?;
            book.finish(&mut draft)?;
            output.write_draft(WHOLE[1], draft, &whole)?;
        }
        if let Some(mut json) = self.json {
            json.close()?;
            json.open("files")?;
            for record in records.iter() {
                json.entry(&serde_json::to_vec(&FileResult::of(&record?))?)?;
            }
            json.close()?;
            let open: Vec<String> = waiting.iter().map(|i| i.id.clone()).collect();
            let invited = invited.map(|(n, _)| (n, open.as_slice()));
            json.field("ledger", &LedgerResult::of(&ledger, invited))?;
            if let Some(review) = review {
                json.field("review", &ReviewResult::of(review))?;
            }
            json.open("reminders")?;
            for reminder in reminders.iter() {
                json.entry(&serde_json::to_vec(&ReminderResult::of(&reminder?))?)?;
            }
            json.close()?;
            output.write_draft(WHOLE[2], json.finish()?, &whole)?;
        }
        if let Some(plan) = self.plan {
            output.write_draft(WHOLE[3], plan, &whole)?;
        }
        Ok(self.tally)
    }

    /// Those to be reminded, in the order of ids.
    fn reminded(&self, waiting: &[Invited], stash: &Stash) -> Result<Vec<Reminded>> {
        let mut all: Vec<(String, Reminded)> =
            waiting.iter().enumerate().map(|(n, i)| (i.id.clone(), Reminded::Waiting(n))).collect();
        for row in self.rows.iter().filter(|r| r.is_open) {
            let own: Row = stash.get(row.place)?;
            all.push((own.id().to_owned(), Reminded::Row(row.place)));
        }
        all.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(all.into_iter().map(|(_, reminded)| reminded).collect())
    }
}

/// Writes to those who have not answered.
fn mail_to_waiting(run: &Run<'_>, output: &mut Output, intake: &Intake) -> Result<()> {
    if !run.options.formats.contains(&Format::Mail) {
        return Ok(());
    }
    for some in intake.waiting.chunks(intake.threads.bunch()) {
        let mut pages: Vec<Page> = some.iter().map(|i| run.mail_to_waiting(i)).collect();
        pages.retain(|page| !(run.options.resume && output.keep(&page.name, &run.key)));
        output.write(&pages, &intake.threads)?;
    }
    Ok(())
}

/// Begins `results.json`: what stands before the suppliers, and their list.
fn results(run: &Run<'_>, output: &Output) -> Result<JsonWriter> {
    let mut json = JsonWriter::new(output.draft(WHOLE[2])?)?;
    json.field("schema", &SCHEMA)?;
    json.field("method", &MethodId::of(run.method))?;
    if let Some(table) = ExposureTable::of(&run.shelf.library.reference) {
        json.field("country_exposure", &table)?;
    }
    json.open("suppliers")?;
    Ok(json)
}
