//! What all suppliers of a run come to: counts by priority, trade and country, who vouches, what most of them lack.
//!
//! Suppliers are added one by one and let go, so that memory grows with trades, countries and questions only. The page
//! and the workbook of the portfolio show the same totals.

use std::collections::BTreeMap;

use serde::Serialize;

use super::chart::{self, Bar};
use super::say::Say;
use super::{Scored, Setting};
use crate::model::{AnswerCode, Band, Exact, Id, Text, Verification, Words};

/// The columns of a count by priority, the most urgent first; `None`: not enough answers.
pub(super) const COLUMNS: [Option<Band>; 5] =
    [Some(Band::Severe), Some(Band::High), Some(Band::Moderate), Some(Band::Low), None];

/// Questions that are listed of those that most suppliers lack.
const LACKS: usize = 10;

/// Suppliers by [`COLUMNS`].
type Counts = [usize; 5];

/// The sums of a run.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    suppliers: usize,
    draft: bool,
    now: Counts,
    best: Counts,
    sectors: BTreeMap<String, Counts>,
    countries: BTreeMap<String, Counts>,
    /// Sums of shares by who vouches, over the suppliers with enough answers.
    vouched: Vouched,
    lacks: Vec<Lack>,
}

#[derive(Clone, Debug)]
struct Vouched {
    stated: Exact,
    documents: Exact,
    on_site: Exact,
}

impl Default for Vouched {
    fn default() -> Self {
        Self { stated: Exact::zero(), documents: Exact::zero(), on_site: Exact::zero() }
    }
}

impl Vouched {
    fn add(&mut self, one: &Verification) {
        self.stated = &self.stated + &one.stated;
        self.documents = &self.documents + &one.documents;
        self.on_site = &self.on_site + &one.on_site;
    }

    fn merge(&mut self, other: &Self) {
        self.stated = &self.stated + &other.stated;
        self.documents = &self.documents + &other.documents;
        self.on_site = &self.on_site + &other.on_site;
    }
}

/// A question, and of how many suppliers its precaution is not fully in place.
#[derive(Clone, Debug)]
struct Lack {
    id: Id,
    number: String,
    question: Text,
    critical: bool,
    applies: usize,
    weak: usize,
    open: usize,
}

fn add(into: &mut Counts, from: &Counts) {
    for (into, from) in into.iter_mut().zip(from) {
        *into += from;
    }
}

fn column(priority: Option<Band>) -> usize {
    COLUMNS.iter().position(|c| *c == priority).unwrap_or(COLUMNS.len() - 1)
}

impl Totals {
    /// Adds a supplier, with names in the language of the setting.
    pub fn add(&mut self, setting: &Setting<'_>, words: &Words, scored: &Scored<'_>) {
        let say = Say { words, lang: setting.lang };
        let (a, profile) = (scored.assessment, &scored.dossier.profile);
        self.suppliers += 1;
        self.draft |= scored.questionnaire.drafts.contains(setting.lang);
        let at = column(a.priority);
        self.now[at] += 1;
        self.best[column(a.best_priority)] += 1;
        let sectors = profile.sectors.iter().map(|s| say.sector(scored.questionnaire, scored.reference, s.as_ref()));
        count(&mut self.sectors, sectors.collect(), at, say);
        let countries = profile.countries.iter().map(|c| say.country(scored.reference, c.as_ref()));
        count(&mut self.countries, countries.collect(), at, say);
        if a.priority.is_some() {
            self.vouched.add(&a.verification);
            self.lacking(scored);
        }
    }

    /// Adds those of other suppliers.
    pub fn merge(&mut self, other: Self) {
        self.suppliers += other.suppliers;
        self.draft |= other.draft;
        add(&mut self.now, &other.now);
        add(&mut self.best, &other.best);
        for (into, from) in [(&mut self.sectors, other.sectors), (&mut self.countries, other.countries)] {
            for (name, counts) in from {
                add(into.entry(name).or_default(), &counts);
            }
        }
        self.vouched.merge(&other.vouched);
        self.lack(other.lacks);
    }

    /// Adds questions, each of which stands there once. All suppliers come with theirs in much the same order: one is
    /// looked for from behind that before it.
    fn lack(&mut self, more: Vec<Lack>) {
        if self.lacks.is_empty() {
            self.lacks = more;
            return;
        }
        let mut next = 0;
        for lack in more {
            let (before, from) = self.lacks.split_at(next);
            let is_it = |known: &Lack| known.id == lack.id;
            let later = from.iter().position(is_it).map(|at| next + at);
            if let Some(at) = later.or_else(|| before.iter().position(is_it)) {
                let known = &mut self.lacks[at];
                known.applies += lack.applies;
                known.weak += lack.weak;
                known.open += lack.open;
                next = at + 1;
            } else {
                self.lacks.push(lack);
            }
        }
    }

    fn lacking(&mut self, scored: &Scored<'_>) {
        let questions = scored.questionnaire.controls.iter().map(|block| block.questions.len());
        let mut lacks = Vec::with_capacity(questions.sum());
        let sections = scored.assessment.sections.iter();
        // The lines of a question stand together.
        for items in sections.flat_map(|s| s.items.chunk_by(|a, b| a.question == b.question)) {
            let mut items = items.iter().filter(|i| i.credit.is_some()).peekable();
            let Some(question) = items.peek().and_then(|i| scored.questionnaire.question(i.question.as_str())) else {
                continue;
            };
            let is_open = items.clone().any(|i| matches!(i.answer, AnswerCode::Open(_)));
            let is_weak = !is_open && items.any(|i| i.grade.as_ref().is_none_or(|g| *g < Exact::one()));
            lacks.push(Lack {
                id: question.id.clone(),
                number: question.number.clone(),
                question: question.text.clone(),
                critical: question.critical,
                applies: 1,
                weak: is_weak.into(),
                open: is_open.into(),
            });
        }
        self.lack(lacks);
    }
}

/// Counts a supplier once in each of its trades or countries.
fn count(into: &mut BTreeMap<String, Counts>, mut names: Vec<String>, at: usize, say: Say<'_>) {
    if names.is_empty() {
        names.push(say.t("not-stated"));
    }
    names.sort();
    names.dedup();
    for name in names {
        into.entry(name).or_default()[at] += 1;
    }
}

/// The totals in words.
#[derive(Serialize)]
pub(super) struct Figures {
    /// Number of suppliers.
    pub(super) suppliers: usize,
    /// Texts in this language await a native speaker's review.
    pub(super) draft: bool,
    /// Suppliers with enough answers.
    pub(super) enough: usize,
    /// With a list of the invited: how many, how many of them answered, and the share in words.
    pub(super) response: Option<Response>,
    /// By who vouches: mean share of answered weight; empty where nobody has answered enough.
    pub(super) vouched: Vec<Vouching>,
    /// Suppliers by priority.
    pub(super) bands: Vec<BandCount>,
    /// Trade by priority.
    pub(super) sectors: Vec<HeatRow>,
    /// Country by priority.
    pub(super) countries: Vec<HeatRow>,
    /// What most suppliers lack, the most frequent first.
    pub(super) lacks: Vec<LackView>,
}

/// How many of the invited answered.
#[derive(Serialize)]
pub(super) struct Response {
    /// Invited.
    pub(super) invited: usize,
    /// Of these, of whom a questionnaire was read.
    pub(super) answered: usize,
    /// The same as a share.
    pub(super) share: String,
    /// The same as a bar.
    pub(super) bar: Bar,
}

/// How much of the answers somebody vouches for.
#[derive(Serialize)]
pub(super) struct Vouching {
    /// Who vouches.
    pub(super) name: String,
    /// The share, in percent.
    pub(super) share: String,
    /// The share, two decimals of one hundred, for programs.
    pub(super) plain: String,
    /// The share as a bar.
    pub(super) bar: Bar,
}

/// Suppliers of one priority.
#[derive(Serialize)]
pub(super) struct BandCount {
    /// Machine code, for a style.
    pub(super) code: &'static str,
    /// When to look.
    pub(super) name: String,
    /// How many.
    pub(super) count: usize,
    /// Their share.
    pub(super) share: String,
    /// How many, if every open answer turned out well.
    pub(super) best: usize,
    /// How many, as a bar.
    pub(super) bar: Bar,
}

/// One trade or country.
#[derive(Serialize)]
pub(super) struct HeatRow {
    /// Its name.
    pub(super) name: String,
    /// Suppliers by priority, the most urgent first, then those with not enough answers.
    pub(super) cells: Vec<HeatCell>,
    /// All of them.
    pub(super) total: usize,
}

/// A number, and how dark its ground is.
#[derive(Serialize)]
pub(super) struct HeatCell {
    /// Suppliers.
    pub(super) count: usize,
    /// 0 (none) to 4.
    pub(super) shade: usize,
}

/// What suppliers lack.
#[derive(Serialize)]
pub(super) struct LackView {
    /// Number of the question.
    pub(super) number: String,
    /// The question.
    pub(super) question: String,
    /// It is critical.
    pub(super) critical: bool,
    /// Suppliers it applies to, of those with enough answers.
    pub(super) applies: usize,
    /// Of these, not or not fully in place.
    pub(super) weak: usize,
    /// Of these, no usable answer.
    pub(super) open: usize,
    /// Both, as a share.
    pub(super) share: String,
    /// Both, as a bar.
    pub(super) bar: Bar,
}

impl Totals {
    /// The totals in words; `invited`: how many, and how many of them have not answered.
    pub(super) fn figures(&self, say: Say<'_>, invited: Option<(usize, usize)>) -> Figures {
        let enough = self.suppliers - self.now[column(None)];
        let most = self.now.iter().copied().max().unwrap_or(0);
        let bands = COLUMNS.into_iter().zip(self.now.into_iter().zip(self.best));
        let mut lacks: Vec<&Lack> = self.lacks.iter().filter(|l| l.weak + l.open > 0).collect();
        lacks.sort_by(|a, b| {
            (b.weak + b.open).cmp(&(a.weak + a.open)).then_with(|| b.weak.cmp(&a.weak)).then_with(|| a.id.cmp(&b.id))
        });
        Figures {
            suppliers: self.suppliers,
            draft: self.draft,
            enough,
            response: invited.map(|(invited, open)| {
                let answered = invited.saturating_sub(open);
                let bar = chart::count(answered, 0, invited);
                Response { invited, answered, share: say.percent(&share(answered, invited)), bar }
            }),
            vouched: self.vouched(say, enough),
            bands: bands
                .map(|(band, (count, best))| BandCount {
                    code: band.map_or("few", Band::id),
                    name: band.map_or_else(|| say.t("few-title"), |b| say.band(b)),
                    count,
                    share: say.percent(&share(count, self.suppliers)),
                    best,
                    bar: chart::count(count, 0, most),
                })
                .collect(),
            sectors: heat(&self.sectors),
            countries: heat(&self.countries),
            lacks: lacks.into_iter().take(LACKS).map(|l| lack(say, l)).collect(),
        }
    }

    fn vouched(&self, say: Say<'_>, enough: usize) -> Vec<Vouching> {
        if enough == 0 {
            return Vec::new();
        }
        let n = whole(enough);
        let Vouched { stated, documents, on_site } = &self.vouched;
        let sums = [("col-on-site", on_site), ("col-documents", documents), ("col-own-words", stated)];
        let of = |(name, sum): (&str, &Exact)| {
            let mean = sum / &n;
            let range = crate::model::Interval::point(mean.clone());
            Vouching {
                name: say.t(name),
                share: say.percent(&mean),
                plain: (&mean * &Exact::whole(100)).shown(),
                bar: chart::bar(&range, &Exact::one(), &Exact::one()),
            }
        };
        sums.map(of).into()
    }
}

fn whole(n: usize) -> Exact {
    Exact::whole(i64::try_from(n).unwrap_or(i64::MAX))
}

/// A share of one; 0 of nothing.
fn share(n: usize, of: usize) -> Exact {
    if of == 0 { Exact::zero() } else { &whole(n) / &whole(of) }
}

fn lack(say: Say<'_>, lack: &Lack) -> LackView {
    LackView {
        number: lack.number.clone(),
        question: say.text(&lack.question),
        critical: lack.critical,
        applies: lack.applies,
        weak: lack.weak,
        open: lack.open,
        share: say.percent(&share(lack.weak + lack.open, lack.applies)),
        bar: chart::count(lack.weak, lack.open, lack.applies),
    }
}

/// Rows with the most suppliers first, then by name; shades go by the fullest cell of all.
fn heat(counts: &BTreeMap<String, Counts>) -> Vec<HeatRow> {
    let most = counts.values().flatten().copied().max().unwrap_or(0).max(1);
    let mut rows: Vec<HeatRow> = counts
        .iter()
        .map(|(name, counts)| HeatRow {
            name: name.clone(),
            cells: counts.iter().map(|&count| HeatCell { count, shade: (count * 4).div_ceil(most) }).collect(),
            total: counts.iter().sum(),
        })
        .collect();
    rows.sort_by(|a, b| b.total.cmp(&a.total).then_with(|| a.name.cmp(&b.name)));
    rows
}
