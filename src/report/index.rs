//! The portfolio page: whom to follow up, what to verify next, who has not answered enough, and every file.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;

use super::engine::{self, Engine, Piece};
use super::files::{self, DiagnosticView};
use super::row::{Group, Row};
use super::say::Say;
use super::totals::{self, Figures};
use super::{Reminder, ReviewRecord, Series, locale};
use crate::error::Result;
use crate::model::{Band, Exact, Label};

/// The page, without the rows of its lists: `rows(of="…")` stands for them.
#[derive(Serialize)]
pub(super) struct Index {
    /// Date of the run.
    pub(super) date: String,
    /// Texts in this language await a native speaker's review.
    pub(super) draft: bool,
    /// Methods, by id and version.
    pub(super) methods: Vec<String>,
    /// What all suppliers come to.
    pub(super) figures: Figures,
    /// What the lists can be narrowed down to.
    pub(super) choices: Vec<Choice>,
    /// Files: handed in.
    pub(super) inputs: usize,
    /// Of these, read whole.
    pub(super) scored: usize,
    /// Of these, read in part.
    pub(super) partly: usize,
    /// Of these, not read.
    pub(super) unreadable: usize,
    /// Lock files and the like.
    pub(super) skipped: usize,
    /// Whom to follow up, group by group.
    pub(super) follow: Vec<GroupView>,
    /// What to verify next, group by group.
    pub(super) verify: Vec<GroupView>,
    /// How many have not answered enough.
    pub(super) few: usize,
    /// How many were invited and have not answered.
    pub(super) waiting: usize,
    /// What became of a reviewer's queue.
    pub(super) review: Option<ReviewView>,
    /// The script that sorts and filters tables.
    pub(super) script: String,
    /// Its digest for the content security policy.
    pub(super) script_digest: String,
}

/// One way to narrow the lists down.
#[derive(Serialize)]
pub(super) struct Choice {
    /// Machine code: `p` priority, `s` trade, `c` country.
    pub(super) code: &'static str,
    /// What it goes by.
    pub(super) name: String,
    /// What there is to choose: a class of the rows, and its name.
    pub(super) options: Vec<(String, String)>,
}

/// A supplier in the order of names.
#[derive(Serialize)]
pub(super) struct NameView {
    /// Its name.
    pub(super) name: String,
    /// Its id.
    pub(super) id: String,
    /// Name of its pages.
    pub(super) slug: String,
    /// Classes by which it is found.
    pub(super) classes: String,
    /// When to follow up, in short, or that there are not enough answers.
    pub(super) when: String,
    /// Where the work is done.
    pub(super) countries: String,
    /// Its lines of business.
    pub(super) sectors: String,
}

/// Somebody who was invited and has not answered.
#[derive(Serialize)]
pub(super) struct WaitingView {
    /// Its id.
    pub(super) id: String,
    /// Its name.
    pub(super) name: String,
    /// Signs were reported.
    pub(super) reported: bool,
    /// A ready text to send.
    pub(super) reminder: Vec<String>,
}

/// A reviewer's queue.
#[derive(Serialize)]
pub(super) struct ReviewView {
    /// Its file.
    pub(super) file: String,
    /// Its rows.
    pub(super) rows: usize,
    /// Of these, corrections that count.
    pub(super) corrected: usize,
    /// Of these, readings accepted.
    pub(super) accepted: usize,
    /// Of these, rows that nobody has decided.
    pub(super) open: usize,
    /// What was not taken.
    pub(super) diagnostics: Vec<DiagnosticView>,
}

/// Suppliers that may be ranked together.
#[derive(Serialize)]
pub(super) struct GroupView {
    /// Id of the questionnaire.
    pub(super) questionnaire: String,
    /// Short or full form, in words.
    pub(super) form: String,
    /// Method and version.
    pub(super) method: String,
    /// Today's revision or an older one, in words.
    pub(super) revision: String,
}

/// One supplier.
#[derive(Serialize)]
pub(super) struct RowView {
    /// Place in the list.
    pub(super) rank: usize,
    /// Its id.
    pub(super) id: String,
    /// Its name.
    pub(super) name: String,
    /// Name of its pages.
    pub(super) slug: String,
    /// Where the work is done.
    pub(super) countries: String,
    /// Its lines of business.
    pub(super) sectors: String,
    /// Classes by which it is found.
    pub(super) classes: String,
    /// 0 to 3, for sorting.
    pub(super) order: usize,
    /// When to follow up.
    pub(super) when: String,
    /// When, if every open answer turned out well; absent where that is the same.
    pub(super) at_best: Option<String>,
    /// Several serious signs together.
    pub(super) serious: bool,
    /// Exposure, whole points.
    pub(super) exposure: String,
    /// Precautions, whole points.
    pub(super) precautions: String,
    /// Score, whole points.
    pub(super) score: String,
    /// Score at best, whole points.
    pub(super) best: String,
    /// Score as stated, whole points.
    pub(super) stated: String,
    /// Score as verified, whole points.
    pub(super) verified: String,
    /// What verification would show, whole points.
    pub(super) gap: String,
    /// Share of answers in the supplier's own words.
    pub(super) own_word: String,
    /// Answered share.
    pub(super) share: String,
    /// Signs reported.
    pub(super) reported: usize,
    /// Forms of observers.
    pub(super) looks: usize,
}

/// A supplier with too few answers.
#[derive(Serialize)]
pub(super) struct FewView {
    /// Classes by which it is found.
    pub(super) classes: String,
    /// Its id.
    pub(super) id: String,
    /// Its name.
    pub(super) name: String,
    /// Name of its pages.
    pub(super) slug: String,
    /// Answered lines.
    pub(super) answered: usize,
    /// Applicable lines.
    pub(super) applicable: usize,
    /// Answered share.
    pub(super) share: String,
    /// Signs were reported.
    pub(super) reported: bool,
    /// A ready text to send.
    pub(super) reminder: Vec<String>,
}

/// Rows that a part of the page is given at a time.
const BUNCH: usize = 64;

/// Writes the page: the template with the rows of each list where it asks for them, the first to look at first.
pub(super) fn write(
    say: Say<'_>,
    date: &str,
    of: &super::Index<'_>,
    script: (&str, &str),
    engine: &Engine,
    out: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<()> {
    let lists = Lists::of(say, of)?;
    let page = engine.render("index.html", say.lang, &lists.page(date, script))?;
    for piece in engine::pieces(&page) {
        match piece {
            Piece::Text(text) => out(text)?,
            Piece::Rows(list, group) => lists.write(list, group, engine, out)?,
        }
    }
    Ok(())
}

/// The lists of the page: which of the suppliers, by place among all, in which order.
struct Lists<'a> {
    say: Say<'a>,
    of: &'a super::Index<'a>,
    draft: bool,
    methods: BTreeSet<String>,
    finder: Finder,
    follow: Vec<(Group, Vec<usize>)>,
    verify: Vec<(Group, Vec<usize>)>,
    few: Vec<usize>,
    by_name: Vec<usize>,
    /// Of those who have not answered.
    waiting: Vec<usize>,
    /// Of these, ids of whom signs were reported.
    reported: BTreeSet<String>,
}

impl<'a> Lists<'a> {
    /// Sorts the suppliers, looking at one at a time, once for each list of those with enough answers: of all that they
    /// hold, only what a list goes by is in memory.
    fn of(say: Say<'a>, of: &'a super::Index<'a>) -> Result<Self> {
        // Both lists come in the order of ids, so that of one name the lower id stands first.
        let by_name =
            |(a, x): &(String, usize), (b, y): &(String, usize)| locale::order(say.lang, a, b).then_with(|| x.cmp(y));
        let mut waiting = Vec::new();
        let mut ids = BTreeSet::new();
        for (n, reminder) in of.waiting.iter().enumerate() {
            let Reminder { name, supplier, .. } = reminder?;
            waiting.push((name, n));
            ids.insert(supplier);
        }
        waiting.sort_by(by_name);

        let (mut named, mut few) = (Vec::new(), Vec::new());
        let (mut draft, mut methods, mut reported) = (false, BTreeSet::new(), BTreeSet::new());
        let (mut sectors, mut countries) = (BTreeSet::new(), BTreeSet::new());
        for (n, row) in of.rows.iter().enumerate() {
            let row = row?;
            draft |= row.draft;
            if row.reported > 0 && ids.contains(&row.id) {
                reported.insert(row.id.clone());
            }
            if row.priority.is_none() {
                few.push(((Reverse(row.reported > 0), row.share), n));
            }
            methods.insert(row.group.method);
            sectors.extend(row.sectors);
            countries.extend(row.countries);
            named.push((row.name, n));
        }
        named.sort_by(by_name);
        let places = |sorted: Vec<(String, usize)>| sorted.into_iter().map(|(_, n)| n).collect();
        let by_name = places(named);
        few.sort();
        let few = few.into_iter().map(|(_, n)| n).collect();
        let follow = groups(of.rows, |row| {
            row.priority.map(|p| Reverse((p, row.label, row.headline.clone(), row.best.clone())))
        })?;
        let verify = groups(of.rows, |row| {
            (row.priority.is_some() && row.gap() > Exact::zero()).then(|| Reverse((row.gap(), row.headline.clone())))
        })?;
        Ok(Self {
            say,
            of,
            draft,
            methods,
            finder: Finder::new(sectors, countries),
            follow,
            verify,
            few,
            by_name,
            waiting: places(waiting),
            reported,
        })
    }

    fn page(&self, date: &str, script: (&str, &str)) -> Index {
        let Self { say, of, .. } = *self;
        let super::Index { totals, ledger, invited, review, .. } = *of;
        let group = |(group, _): &(Group, Vec<usize>)| GroupView {
            questionnaire: group.questionnaire.clone(),
            form: say.t(&format!("form-{}", group.form.id())),
            method: group.method.clone(),
            revision: match &group.older {
                None => say.t("revision-today"),
                Some(revision) => say.fill("revision-older", &[("revision", revision)]),
            },
        };
        Index {
            date: say.date(date),
            draft: self.draft,
            methods: self.methods.iter().cloned().collect(),
            figures: totals.figures(say, invited),
            choices: self.finder.choices(say),
            inputs: ledger.inputs,
            scored: ledger.scored,
            partly: ledger.partly,
            unreadable: ledger.unreadable,
            skipped: ledger.skipped,
            follow: self.follow.iter().map(group).collect(),
            verify: self.verify.iter().map(group).collect(),
            few: self.few.len(),
            waiting: self.waiting.len(),
            review: review.map(|r| review_view(say, r)),
            script: script.0.to_owned(),
            script_digest: script.1.to_owned(),
        }
    }

    /// Writes the rows of a list; of one that is not there, none.
    fn write(&self, list: &str, group: usize, engine: &Engine, out: &mut dyn FnMut(&str) -> Result<()>) -> Result<()> {
        let Self { say, of, finder, .. } = self;
        let mut part = Part { say: *say, engine, out };
        let ranked = |at: usize, n: usize| Ok(row_view(*say, finder, at + 1, &of.rows.get(n)?));
        match list {
            "follow" => part.rows("parts/follow-rows.html", in_group(&self.follow, group), ranked),
            "verify" => part.rows("parts/verify-rows.html", in_group(&self.verify, group), ranked),
            "few" => part.rows("parts/few-rows.html", &self.few, |_, n| Ok(few_view(*say, finder, &of.rows.get(n)?))),
            "by-name" => {
                part.rows("parts/name-rows.html", &self.by_name, |_, n| Ok(name_view(*say, finder, of.rows.get(n)?)))
            }
            "waiting" => part.rows("parts/waiting-rows.html", &self.waiting, |_, n| {
                let Reminder { supplier: id, name, paragraphs: reminder, .. } = of.waiting.get(n)?;
                Ok(WaitingView { reported: self.reported.contains(&id), id, name, reminder })
            }),
            "files" => {
                let all: Vec<usize> = (0..of.files.len()).collect();
                part.rows("parts/file-rows.html", &all, |_, n| Ok(files::file(*say, &of.files.get(n)?)))
            }
            _ => Ok(()),
        }
    }
}

fn in_group(groups: &[(Group, Vec<usize>)], group: usize) -> &[usize] {
    groups.get(group).map_or(&[][..], |(_, rows)| rows)
}

/// Where a part of the page goes.
struct Part<'a> {
    say: Say<'a>,
    engine: &'a Engine,
    out: &'a mut dyn FnMut(&str) -> Result<()>,
}

impl Part<'_> {
    /// Makes rows with a template of their own, some at a time. `view` is given the place in the list and that among all.
    fn rows<T: Serialize>(
        &mut self,
        template: &str,
        list: &[usize],
        view: impl Fn(usize, usize) -> Result<T>,
    ) -> Result<()> {
        #[derive(Serialize)]
        struct Rows<T> {
            rows: Vec<T>,
        }
        for (bunch, some) in list.chunks(BUNCH).enumerate() {
            let rows = some.iter().enumerate().map(|(at, n)| view(bunch * BUNCH + at, *n));
            let rows = Rows { rows: rows.collect::<Result<Vec<T>>>()? };
            (self.out)(&self.engine.render(template, self.say.lang, &rows)?)?;
        }
        Ok(())
    }
}

/// Rows by what may be ranked together, each group in the order of keys, ties by id.
fn groups<K: Ord>(rows: &Series<'_, Row>, key: impl Fn(&Row) -> Option<K>) -> Result<Vec<(Group, Vec<usize>)>> {
    let mut groups: BTreeMap<Group, Vec<(K, usize)>> = BTreeMap::new();
    for (n, row) in rows.iter().enumerate() {
        let row = row?;
        if let Some(key) = key(&row) {
            groups.entry(row.group).or_default().push((key, n));
        }
    }
    let mut sorted: Vec<(Group, Vec<(K, usize)>)> = groups.into_iter().collect();
    for (_, rows) in &mut sorted {
        rows.sort();
    }
    // Groups are not ranked against each other, yet the one with the most urgent supplier is read first.
    sorted.sort_by(|(a, x), (b, y)| x[0].0.cmp(&y[0].0).then_with(|| a.cmp(b)));
    Ok(sorted.into_iter().map(|(group, rows)| (group, rows.into_iter().map(|(_, n)| n).collect())).collect())
}

/// Trades and countries by number, so that a row can say in a class what it is found by.
struct Finder {
    sectors: BTreeMap<String, usize>,
    countries: BTreeMap<String, usize>,
}

impl Finder {
    fn new(sectors: BTreeSet<String>, countries: BTreeSet<String>) -> Self {
        Self { sectors: sectors.into_iter().zip(1..).collect(), countries: countries.into_iter().zip(1..).collect() }
    }

    fn classes(&self, row: &Row) -> String {
        let mut out = row.priority.map_or("p-few".to_owned(), |p| format!("p-{}", p.id()));
        let mut add = |code: &str, numbers: &BTreeMap<String, usize>, names: &[String]| {
            for n in names.iter().filter_map(|name| numbers.get(name.as_str())) {
                let _ = write!(out, " {code}-{n}");
            }
        };
        add("s", &self.sectors, &row.sectors);
        add("c", &self.countries, &row.countries);
        out
    }

    fn choices(&self, say: Say<'_>) -> Vec<Choice> {
        let bands = totals::COLUMNS.into_iter().map(|band| {
            let name = band.map_or_else(|| say.t("few-title"), |b| say.band(b));
            (format!("p-{}", band.map_or("few", Band::id)), name)
        });
        let numbered = |code: &str, numbers: &BTreeMap<String, usize>| {
            let mut options: Vec<(String, String)> =
                numbers.iter().map(|(name, n)| (format!("{code}-{n}"), name.clone())).collect();
            options.sort_by(|a, b| locale::order(say.lang, &a.1, &b.1));
            options
        };
        let choices = [
            Choice { code: "p", name: say.t("col-follow"), options: bands.collect() },
            Choice { code: "s", name: say.t("col-sector"), options: numbered("s", &self.sectors) },
            Choice { code: "c", name: say.t("col-country"), options: numbered("c", &self.countries) },
        ];
        choices.into_iter().filter(|c| c.options.len() > 1).collect()
    }
}

fn name_view(say: Say<'_>, finder: &Finder, row: Row) -> NameView {
    NameView {
        classes: finder.classes(&row),
        when: row.priority.map_or_else(|| say.t("few-title"), |p| say.band(p)),
        countries: known(say, &row.countries),
        sectors: known(say, &row.sectors),
        name: row.name,
        id: row.id,
        slug: row.slug,
    }
}

fn known(say: Say<'_>, names: &[String]) -> String {
    if names.is_empty() { say.t("not-stated") } else { say.list(names) }
}

fn row_view(say: Say<'_>, finder: &Finder, rank: usize, row: &Row) -> RowView {
    let priority = row.priority.unwrap_or(Band::Low);
    RowView {
        rank,
        id: row.id.clone(),
        name: row.name.clone(),
        slug: row.slug.clone(),
        countries: known(say, &row.countries),
        sectors: known(say, &row.sectors),
        classes: finder.classes(row),
        order: priority as usize,
        when: say.follow(priority),
        at_best: row.best_priority.filter(|b| *b != priority).map(|b| say.follow(b)),
        serious: row.label >= Label::Exploitation,
        exposure: say.whole(&row.exposure),
        precautions: say.hundredths(&row.precautions),
        score: say.whole(&row.headline),
        best: say.whole(&row.best),
        stated: say.whole(&row.stated),
        verified: say.whole(&row.verified),
        gap: say.whole(&row.gap()),
        own_word: say.percent(&row.own_word),
        share: say.percent(&row.share),
        reported: row.reported,
        looks: row.looks,
    }
}

fn review_view(say: Say<'_>, review: &ReviewRecord) -> ReviewView {
    ReviewView {
        file: review.file.to_string(),
        rows: review.rows,
        corrected: review.corrected,
        accepted: review.accepted,
        open: review.open,
        diagnostics: review.diagnostics.iter().map(|d| files::diagnostic(say, d)).collect(),
    }
}

fn few_view(say: Say<'_>, finder: &Finder, row: &Row) -> FewView {
    FewView {
        classes: finder.classes(row),
        id: row.id.clone(),
        name: row.name.clone(),
        slug: row.slug.clone(),
        answered: row.answered,
        applicable: row.applicable,
        share: say.percent(&row.share),
        reported: row.reported > 0,
        reminder: row.reminder(say.words).map(|r| r.paragraphs).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Form, Lang, Text, Words};
    use crate::report::Totals;

    fn words() -> Words {
        let ids = [
            ("percent", "{n}%"),
            ("list-join", "{first}, {next}"),
            ("few-title", "few"),
            ("not-stated", "not stated"),
            ("col-follow", "follow"),
            ("col-sector", "sector"),
            ("col-country", "country"),
            ("band-low", "ordinary"),
            ("band-moderate", "soon"),
            ("band-high", "now"),
            ("band-severe", "now, with advice"),
            ("follow-low", "in the ordinary course"),
            ("follow-moderate", "soon"),
            ("follow-high", "now"),
            ("follow-severe", "now, with advice"),
            ("form-short", "short"),
            ("form-full", "full"),
            ("revision-today", "today's"),
            ("revision-older", "{revision}"),
        ];
        Words::new(ids.into_iter().map(|(id, text)| (id.to_owned(), Text::english(text))).collect())
    }

    fn row(id: &str, priority: Option<Band>, label: Label, headline: i64, best: i64) -> Row {
        Row {
            id: id.to_owned(),
            name: id.to_uppercase(),
            slug: id.to_owned(),
            countries: vec!["Here".to_owned()],
            sectors: Vec::new(),
            group: Group {
                questionnaire: "guide".to_owned(),
                form: Form::Full,
                method: "fls-1 1.0.0".to_owned(),
                older: None,
            },
            priority,
            best_priority: priority,
            label,
            headline: Exact::whole(headline),
            best: Exact::whole(best),
            stated: Exact::whole(headline / 2),
            verified: Exact::whole(headline),
            exposure: Exact::whole(60),
            precautions: Exact::ratio(1, 2),
            own_word: Exact::one(),
            answered: 1,
            applicable: 2,
            share: Exact::ratio(1, 2),
            open: vec!["A1".to_owned()],
            reported: 0,
            looks: 0,
            draft: false,
            remind: None,
        }
    }

    /// The lists over some rows, in the order of ids, and what follow-up comes to.
    fn with<T>(rows: &mut [Row], look: impl FnOnce(&Lists<'_>, &dyn Fn(usize) -> String) -> T) -> T {
        rows.sort_by(|a, b| a.id.cmp(&b.id));
        let (words, english) = (words(), Lang::english());
        let say = Say { words: &words, lang: &english };
        let ledger = super::super::Ledger::default();
        let of = super::super::Index {
            rows: &Series::from(&*rows),
            totals: &Totals::default(),
            files: &Series::from(&[][..]),
            ledger: &ledger,
            invited: None,
            waiting: &Series::from(&[][..]),
            review: None,
        };
        look(&Lists::of(say, &of).unwrap(), &|n| rows[n].id.clone())
    }

    fn ids(list: &[usize], id: &dyn Fn(usize) -> String) -> Vec<String> {
        list.iter().map(|n| id(*n)).collect()
    }

    #[test]
    fn follow_up_goes_by_priority_label_headline_best_and_id() {
        let mut rows = [
            row("e", Some(Band::Moderate), Label::None, 40, 30),
            row("d", Some(Band::Moderate), Label::None, 40, 30),
            row("c", Some(Band::Moderate), Label::None, 40, 35),
            row("b", Some(Band::Moderate), Label::RecruitmentOnly, 10, 5),
            row("a", Some(Band::High), Label::None, 5, 5),
        ];
        assert_eq!(with(&mut rows, |lists, id| ids(&lists.follow[0].1, id)), ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn forms_methods_and_older_revisions_stand_apart() {
        let mut rows = [
            row("full", Some(Band::Low), Label::None, 1, 1),
            row("short", Some(Band::Severe), Label::None, 90, 90),
            row("older", Some(Band::Severe), Label::None, 95, 90),
        ];
        rows[1].group.form = Form::Short;
        rows[2].group.older = Some("abc".to_owned());
        let first: Vec<String> = with(&mut rows, |lists, id| {
            assert!(lists.follow.iter().all(|(_, rows)| rows.len() == 1));
            lists.follow.iter().map(|(_, rows)| id(rows[0])).collect()
        });
        assert_eq!(first, ["older", "short", "full"], "the group with the most urgent supplier is read first");
    }

    #[test]
    fn verify_next_goes_by_what_rests_on_words() {
        let mut rows =
            [row("small", Some(Band::High), Label::None, 80, 80), row("large", Some(Band::Low), Label::None, 20, 20)];
        rows[0].stated = Exact::whole(79);
        rows[1].stated = Exact::zero();
        assert_eq!(with(&mut rows, |lists, id| ids(&lists.verify[0].1, id)), ["large", "small"]);
    }

    #[test]
    fn too_few_answers_stand_apart_with_signs_first() {
        let mut rows = [row("quiet", None, Label::None, 99, 0), row("seen", None, Label::CoercionOnly, 99, 0)];
        rows[1].reported = 1;
        rows[1].share = Exact::ratio(9, 10);
        let few = with(&mut rows, |lists, id| {
            assert!(lists.follow.is_empty() && lists.verify.is_empty());
            ids(&lists.few, id)
        });
        assert_eq!(few, ["seen", "quiet"]);
    }
}
