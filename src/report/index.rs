//! The portfolio page: whom to follow up, what to verify next, who has not answered enough, and every file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;

use super::files::{self, DiagnosticView, FileView};
use super::row::{Group, Row};
use super::say::Say;
use super::totals::{self, Figures};
use super::{Due, Reminder, ReviewRecord, locale};
use crate::model::{Band, Exact, Label};

/// The page.
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
    /// Every supplier, in the order of names.
    pub(super) by_name: Vec<NameView>,
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
    /// Who has not answered enough.
    pub(super) few: Vec<FewView>,
    /// Who was invited and has not answered.
    pub(super) waiting: Vec<WaitingView>,
    /// What became of a reviewer's queue.
    pub(super) review: Option<ReviewView>,
    /// Every file.
    pub(super) files: Vec<FileView>,
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
    /// The suppliers, the first to look at first.
    pub(super) rows: Vec<RowView>,
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

/// The lists.
pub(super) fn view(say: Say<'_>, date: &str, of: &super::Index<'_>, script: (&str, &str)) -> Index {
    let super::Index { rows, totals, files: records, ledger, invited, reminders, review } = *of;
    let finder = Finder::new(rows);
    let (enough, mut few): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|r| r.priority.is_some());
    few.sort_by(|a, b| {
        (b.reported > 0).cmp(&(a.reported > 0)).then_with(|| a.share.cmp(&b.share)).then(a.id.cmp(&b.id))
    });
    let follow = groups(say, &finder, &enough, |a, b| {
        b.priority
            .cmp(&a.priority)
            .then_with(|| b.label.cmp(&a.label))
            .then_with(|| b.headline.cmp(&a.headline))
            .then_with(|| b.best.cmp(&a.best))
    });
    let unverified: Vec<&Row> = enough.iter().copied().filter(|r| r.gap() > Exact::zero()).collect();
    let verify =
        groups(say, &finder, &unverified, |a, b| b.gap().cmp(&a.gap()).then_with(|| b.headline.cmp(&a.headline)));
    let not_enough = reminders.iter().filter(|r| r.due == Due::NotEnough);
    let not_enough: BTreeMap<&str, &Reminder> = not_enough.map(|r| (r.supplier.as_str(), r)).collect();
    let ready = |id: &str| not_enough.get(id).map(|r| r.paragraphs.clone()).unwrap_or_default();
    let mut waiting: Vec<WaitingView> = reminders
        .iter()
        .filter(|r| r.due == Due::NotAnswered)
        .map(|r| WaitingView {
            id: r.supplier.clone(),
            name: r.name.clone(),
            reported: rows.iter().any(|row| row.id == r.supplier && row.reported > 0),
            reminder: r.paragraphs.clone(),
        })
        .collect();
    waiting.sort_by(|a, b| locale::order(say.lang, &a.name, &b.name).then_with(|| a.id.cmp(&b.id)));
    let mut methods: Vec<String> = rows.iter().map(|r| r.group.method.clone()).collect();
    methods.sort();
    methods.dedup();
    Index {
        date: say.date(date),
        draft: rows.iter().any(|r| r.draft),
        methods,
        figures: totals.figures(say, invited),
        choices: finder.choices(say),
        by_name: by_name(say, &finder, rows),
        inputs: ledger.inputs,
        scored: ledger.scored,
        partly: ledger.partly,
        unreadable: ledger.unreadable,
        skipped: ledger.skipped,
        follow,
        verify,
        few: few.into_iter().map(|r| few_view(say, &finder, r, ready(&r.id))).collect(),
        waiting,
        review: review.map(|r| review_view(say, r)),
        files: files::files(say, records),
        script: script.0.to_owned(),
        script_digest: script.1.to_owned(),
    }
}

/// Trades and countries by number, so that a row can say in a class what it is found by.
struct Finder<'a> {
    sectors: BTreeMap<&'a str, usize>,
    countries: BTreeMap<&'a str, usize>,
}

impl<'a> Finder<'a> {
    fn new(rows: &'a [Row]) -> Self {
        let numbered = |names: fn(&'a Row) -> &'a [String]| {
            let names: BTreeSet<&str> = rows.iter().flat_map(names).map(String::as_str).collect();
            names.into_iter().zip(1..).collect()
        };
        Self { sectors: numbered(|r| &r.sectors), countries: numbered(|r| &r.countries) }
    }

    fn classes(&self, row: &Row) -> String {
        let mut out = row.priority.map_or("p-few".to_owned(), |p| format!("p-{}", p.id()));
        let mut add = |code: &str, numbers: &BTreeMap<&str, usize>, names: &[String]| {
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
        let numbered = |code: &str, numbers: &BTreeMap<&str, usize>| {
            let mut options: Vec<(String, String)> =
                numbers.iter().map(|(name, n)| (format!("{code}-{n}"), (*name).to_owned())).collect();
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

fn by_name(say: Say<'_>, finder: &Finder<'_>, rows: &[Row]) -> Vec<NameView> {
    let mut sorted: Vec<&Row> = rows.iter().collect();
    sorted.sort_by(|a, b| locale::order(say.lang, &a.name, &b.name).then_with(|| a.id.cmp(&b.id)));
    let view = |row: &Row| NameView {
        name: row.name.clone(),
        id: row.id.clone(),
        slug: row.slug.clone(),
        classes: finder.classes(row),
        when: row.priority.map_or_else(|| say.t("few-title"), |p| say.band(p)),
        countries: known(say, &row.countries),
        sectors: known(say, &row.sectors),
    };
    sorted.into_iter().map(view).collect()
}

fn known(say: Say<'_>, names: &[String]) -> String {
    if names.is_empty() { say.t("not-stated") } else { say.list(names) }
}

/// Rows by what may be ranked together, each group in the order given, ties by id.
fn groups(
    say: Say<'_>,
    finder: &Finder<'_>,
    rows: &[&Row],
    order: impl Fn(&Row, &Row) -> std::cmp::Ordering,
) -> Vec<GroupView> {
    let mut groups: BTreeMap<&Group, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        groups.entry(&row.group).or_default().push(row);
    }
    let mut sorted: Vec<(&Group, Vec<&Row>)> = groups.into_iter().collect();
    for (_, rows) in &mut sorted {
        rows.sort_by(|a, b| order(a, b).then_with(|| a.id.cmp(&b.id)));
    }
    // Groups are not ranked against each other, yet the one with the most urgent supplier is read first.
    sorted.sort_by(|(a, x), (b, y)| order(x[0], y[0]).then_with(|| a.cmp(b)));
    sorted
        .into_iter()
        .map(|(group, rows)| GroupView {
            questionnaire: group.questionnaire.clone(),
            form: say.t(&format!("form-{}", group.form.id())),
            method: group.method.clone(),
            revision: match &group.older {
                None => say.t("revision-today"),
                Some(revision) => say.fill("revision-older", &[("revision", revision)]),
            },
            rows: rows.into_iter().enumerate().map(|(n, r)| row_view(say, finder, n + 1, r)).collect(),
        })
        .collect()
}

fn row_view(say: Say<'_>, finder: &Finder<'_>, rank: usize, row: &Row) -> RowView {
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

fn few_view(say: Say<'_>, finder: &Finder<'_>, row: &Row, reminder: Vec<String>) -> FewView {
    FewView {
        classes: finder.classes(row),
        id: row.id.clone(),
        name: row.name.clone(),
        slug: row.slug.clone(),
        answered: row.answered,
        applicable: row.applicable,
        share: say.percent(&row.share),
        reported: row.reported > 0,
        reminder,
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
        }
    }

    fn order(rows: &[Row]) -> (Index, Vec<String>) {
        let (words, english) = (words(), Lang::english());
        let say = Say { words: &words, lang: &english };
        let reminders: Vec<Reminder> = Vec::new();
        let ledger = super::super::Ledger::default();
        let of = super::super::Index {
            rows,
            totals: &Totals::default(),
            files: &[],
            ledger: &ledger,
            invited: None,
            reminders: &reminders,
            review: None,
        };
        let index = view(say, "2026-11-24", &of, ("", ""));
        let ids = index.follow.iter().flat_map(|g| &g.rows).map(|r| r.id.clone()).collect();
        (index, ids)
    }

    #[test]
    fn follow_up_goes_by_priority_label_headline_best_and_id() {
        let rows = [
            row("e", Some(Band::Moderate), Label::None, 40, 30),
            row("d", Some(Band::Moderate), Label::None, 40, 30),
            row("c", Some(Band::Moderate), Label::None, 40, 35),
            row("b", Some(Band::Moderate), Label::RecruitmentOnly, 10, 5),
            row("a", Some(Band::High), Label::None, 5, 5),
        ];
        assert_eq!(order(&rows).1, ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn forms_methods_and_older_revisions_stand_apart() {
        let mut rows = [
            row("full", Some(Band::Low), Label::None, 1, 1),
            row("short", Some(Band::Severe), Label::None, 90, 90),
            row("older", Some(Band::Severe), Label::None, 90, 90),
        ];
        rows[1].group.form = Form::Short;
        rows[2].group.older = Some("abc".to_owned());
        let (index, _) = order(&rows);
        assert_eq!(index.follow.len(), 3);
        assert!(index.follow.iter().all(|g| g.rows.len() == 1 && g.rows[0].rank == 1));
    }

    #[test]
    fn verify_next_goes_by_what_rests_on_words() {
        let mut rows =
            [row("small", Some(Band::High), Label::None, 80, 80), row("large", Some(Band::Low), Label::None, 20, 20)];
        rows[0].stated = Exact::whole(79);
        rows[1].stated = Exact::zero();
        let (index, _) = order(&rows);
        let ids: Vec<&str> = index.verify[0].rows.iter().map(|r| r.id.as_str()).collect();
        assert_eq!(ids, ["large", "small"]);
    }

    #[test]
    fn too_few_answers_stand_apart_with_signs_first() {
        let mut rows = [row("quiet", None, Label::None, 99, 0), row("seen", None, Label::CoercionOnly, 99, 0)];
        rows[1].reported = 1;
        rows[1].share = Exact::ratio(9, 10);
        let (index, ids) = order(&rows);
        assert!(ids.is_empty() && index.verify.is_empty());
        let few: Vec<&str> = index.few.iter().map(|r| r.id.as_str()).collect();
        assert_eq!(few, ["seen", "quiet"]);
    }
}
