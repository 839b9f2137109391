//! A sample of answers for a second assessor, and the share of readings found wrong.
//!
//! The frame is every answer cell of a question that applies. It is drawn in strata, by the supplier's priority and by how
//! the cell was taken (as it stood, by a rule, open), the same share of each, rounded up. The draw is a partial
//! Fisher–Yates shuffle with numbers from `SplitMix64` (Steele, Lea and Flood 2014), so a seed and the same inputs give the
//! same sample everywhere. The second assessor sees the cell's place and the question, not how lygte read it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use num_bigint::BigUint;
use serde_json::Value;

use crate::checklist::{Library, Selection};
use crate::diag::{Code, Place};
use crate::error::{Error, Result};
use crate::model::{Answer, AnswerKind, Entry, Exact, Form, Id, Item, Lang, Question, Words};
use crate::report::{FileRecord, Form as List, FormCell, FormColumn, Scored};

use super::filled::{self, FilledRow};
use super::finish::with_score;
use super::input::Inputs;
use super::review::a1;
use super::workbook::Shelf;
use super::{Files, Progress, Reading, apart, method_of, only, take_in};

const KIND: &str = "lygte/sample/1";

/// A sample that was drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// Its workbook.
    pub bytes: Vec<u8>,
    /// By stratum: cells drawn, and cells there are.
    pub strata: BTreeMap<String, (usize, usize)>,
}

/// A cell of the frame.
struct Unit {
    stratum: String,
    file: String,
    digest: String,
    sheet: String,
    cell: String,
    item: Id,
    number: String,
    question: String,
    choices: Vec<String>,
}

/// Draws a sample.
///
/// # Errors
/// If the method is unknown, the inputs cannot be read, or the list cannot be put together.
#[expect(clippy::too_many_arguments, reason = "what a draw depends on")]
pub fn draw(
    library: &Library,
    inputs: &Inputs,
    reading: &Reading,
    method: &Id,
    share: &Exact,
    seed: u64,
    lang: Option<&Lang>,
    progress: Progress<'_>,
) -> Result<Drawn> {
    let method = method_of(library, method)?;
    let words = library.words.get("report").cloned().unwrap_or_default();
    let shelf = Shelf::new(library, reading.invited.as_deref());
    let intake = take_in(&shelf, inputs, reading, None, progress)?;
    let groups = &intake.groups;
    let lang = lang.cloned().unwrap_or_else(|| only(groups.iter().map(|g| &g.lang).collect()));
    let read = Taken::of(&intake.files)?;
    let mut frame: BTreeMap<String, Vec<Unit>> = BTreeMap::new();
    for group in groups.iter().filter(|g| g.has_questionnaire) {
        let drawn = apart(|| {
            let (gathered, _) = group.gather(&shelf, &intake.files)?;
            with_score(&shelf, method, gathered, |scored| Ok(units(scored, &read, &words, &lang)))
        });
        // A frame with a hole in it is none.
        for unit in drawn.ok_or_else(|| Error::Fault { supplier: group.id.to_string() })?? {
            frame.entry(unit.stratum.clone()).or_default().push(unit);
        }
    }
    let mut random = SplitMix64(seed);
    let mut strata = BTreeMap::new();
    let mut drawn = Vec::new();
    for (stratum, units) in frame {
        let wanted = rounded_up(share, units.len());
        strata.insert(stratum, (wanted, units.len()));
        let chosen = random.choose(units.len(), wanted);
        drawn.extend(units.into_iter().enumerate().filter(|(at, _)| chosen.contains(at)).map(|(_, unit)| unit));
    }
    drawn.sort_by(|a, b| (&a.file, &a.number, &a.item).cmp(&(&b.file, &b.number, &b.item)));
    let bytes = list(&words, &lang, seed, share, drawn).workbook()?;
    Ok(Drawn { bytes, strata })
}

/// Where cells were not taken as they stood.
struct Taken {
    by_rule: BTreeSet<String>,
    /// A rule beside the cell decided (a reason is missing): a second look at the cell alone would not find the same.
    decided_elsewhere: BTreeSet<String>,
    digests: BTreeMap<String, String>,
}

impl Taken {
    fn of(files: &Files) -> Result<Self> {
        let mut out = Self { by_rule: BTreeSet::new(), decided_elsewhere: BTreeSet::new(), digests: BTreeMap::new() };
        for file in files.iter() {
            let FileRecord { file, sha256, diagnostics, .. } = file?;
            for d in diagnostics.iter().filter(|d| matches!(d.place, Place::Cell { .. })) {
                match d.code {
                    Code::ReadLanguage
                    | Code::ReadSpelling
                    | Code::ReadSynonym
                    | Code::ReadNumber
                    | Code::Corrected => out.by_rule.insert(d.place.to_string()),
                    Code::ReasonMissing
                    | Code::DuplicateRow
                    | Code::NotApplicableNotOffered
                    | Code::NotApplicableWithoutReason => out.decided_elsewhere.insert(d.place.to_string()),
                    _ => false,
                };
            }
            out.digests.insert(file.to_string(), sha256);
        }
        Ok(out)
    }
}

fn units(scored: &Scored<'_>, taken: &Taken, words: &Words, lang: &Lang) -> Vec<Unit> {
    let Scored { questionnaire: q, dossier, .. } = scored;
    let priority = scored.assessment.priority.map_or("not-enough-answers", crate::model::Band::id);
    let lines = q.questions().flat_map(|question| question.items.iter().map(move |item| (question, item)));
    let unit = |(question, item): (&Question, &Item)| {
        let AnswerKind::Scale(scale) = &item.kind else { return None };
        if !item.applies_when.holds(&dossier.profile) {
            return None;
        }
        let entry: &Entry = dossier.exposure.get(&item.id).or_else(|| dossier.controls.get(&item.id))?;
        let cell = entry.cell.as_ref()?;
        let digest = taken.digests.get(&*cell.file)?;
        let (file, sheet) = (cell.file.clone(), cell.sheet.clone());
        let place = Place::Cell { file, sheet, row: cell.row, column: cell.column }.to_string();
        if taken.decided_elsewhere.contains(&place) {
            return None;
        }
        let how = if matches!(entry.answer, Answer::Blank | Answer::Unreadable) {
            "open"
        } else if taken.by_rule.contains(&place) {
            "by-rule"
        } else {
            "as-it-stood"
        };
        let mut choices: Vec<String> = Vec::new();
        if scale.range.is_none() {
            choices.extend(scale.options.iter().map(|o| o.label.get(lang).to_owned()));
        }
        choices.extend([&q.common.na, &q.common.dont_know, &q.common.refused].map(|o| o.label.get(lang).to_owned()));
        choices.extend(OPEN.map(|(word, _)| words.get(word, lang).to_owned()));
        Some(Unit {
            stratum: format!("{priority}/{how}"),
            file: cell.file.to_string(),
            digest: digest.clone(),
            sheet: cell.sheet.to_string(),
            cell: a1(cell),
            item: item.id.clone(),
            number: item.number.clone(),
            question: question.item_text(item, lang).into_owned(),
            choices,
        })
    };
    lines.filter_map(unit).collect()
}

/// Words for what is no answer, and its code in results.
const OPEN: [(&str, &str); 2] = [("open-blank", "blank"), ("open-unreadable", "unreadable")];

fn list(words: &Words, lang: &Lang, seed: u64, share: &Exact, drawn: Vec<Unit>) -> List {
    let t = |id: &str| words.get(id, lang).to_owned();
    let column = |id, title: &str, width| FormColumn {
        id,
        title: if title.is_empty() { String::new() } else { t(title) },
        width,
    };
    let given = FormCell::Given;
    List {
        title: t("sample-title"),
        meta: vec![
            ("format", KIND.to_owned()),
            ("seed", seed.to_string()),
            ("share", share.to_string()),
            ("generator", "splitmix64".to_owned()),
            ("language", lang.to_string()),
        ],
        columns: vec![
            column("file", "col-file", 30),
            column("digest", "", 10),
            column("stratum", "", 10),
            column("sheet", "col-sheet", 16),
            column("cell", "col-cell", 8),
            column("item", "", 10),
            column("number", "col-number", 8),
            column("question", "col-question", 50),
            column("reading", "col-second-reading", 30),
            column("by", "col-initials", 10),
            column("remark", "col-remarks", 30),
        ],
        rows: drawn
            .into_iter()
            .map(|u| {
                vec![
                    given(u.file),
                    given(u.digest),
                    given(u.stratum),
                    given(u.sheet),
                    given(u.cell),
                    given(u.item.to_string()),
                    given(u.number),
                    given(u.question),
                    FormCell::Choice(u.choices),
                    FormCell::Open,
                    FormCell::Open,
                ]
            })
            .collect(),
    }
}

/// `SplitMix64`: 64 bits of state, one addition and two multiplications a number.
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to less than `n`, each as likely as any other: what lies in the last, incomplete stretch of `n` is
    /// drawn again.
    fn below(&mut self, n: u64) -> u64 {
        let whole = u64::MAX - u64::MAX % n.max(1);
        loop {
            let x = self.next();
            if x < whole {
                return x % n.max(1);
            }
        }
    }

    /// `wanted` of the numbers from 0 to less than `of`.
    fn choose(&mut self, of: usize, wanted: usize) -> BTreeSet<usize> {
        let mut all: Vec<usize> = (0..of).collect();
        for at in 0..wanted.min(of) {
            let rest = u64::try_from(of - at).unwrap_or(u64::MAX);
            let step = usize::try_from(self.below(rest)).unwrap_or_default();
            all.swap(at, at + step);
        }
        all.into_iter().take(wanted).collect()
    }
}

fn rounded_up(share: &Exact, of: usize) -> usize {
    let part = share * &Exact::whole(i64::try_from(of).unwrap_or(i64::MAX));
    (0..=of).find(|n| Exact::whole(i64::try_from(*n).unwrap_or(i64::MAX)) >= part).unwrap_or(of)
}

/// What a filled sample says of the readings.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// By stratum.
    pub strata: BTreeMap<String, Stratum>,
    /// File, cell and number of the question where the second reading differs.
    pub differ: Vec<(String, String, String)>,
    /// Rows of files that the results do not hold, or hold in another state.
    pub other_files: Vec<u32>,
    /// Rows whose second reading is none of the answers offered, or that the results hold no answer for.
    pub not_understood: Vec<u32>,
}

/// Counts of one stratum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stratum {
    /// Cells in the sample.
    pub drawn: usize,
    /// Of these, read a second time.
    pub looked: usize,
    /// Of these, read otherwise.
    pub errors: usize,
}

impl Checked {
    /// All strata together.
    pub fn total(&self) -> Stratum {
        self.strata.values().fold(Stratum::default(), |sum, s| Stratum {
            drawn: sum.drawn + s.drawn,
            looked: sum.looked + s.looked,
            errors: sum.errors + s.errors,
        })
    }
}

/// Compares a filled sample with results.
///
/// # Errors
/// If either file cannot be read, or is not what it should be.
pub fn check(library: &Library, sample: &Path, results: &Path) -> Result<Checked> {
    let filled = filled::read(sample, KIND)?;
    let bytes = std::fs::read(results).map_err(|source| Error::Read { path: results.to_owned(), source })?;
    let foreign = || Error::NoInput(format!("{}: this is no results.json of lygte assess", results.display()));
    let results: Value = serde_json::from_slice(&bytes).map_err(|_| foreign())?;
    if results["schema"] != crate::report::SCHEMA {
        return Err(foreign());
    }
    let words = library.words.get("report").cloned().unwrap_or_default();
    let lang: Lang = filled.meta.get("language").and_then(|l| l.parse().ok()).unwrap_or_else(Lang::english);
    let shelf = Shelf::new(library, None);
    let known = Results::of(&results);
    let mut out = Checked::default();
    for row in &filled.rows {
        let stratum = out.strata.entry(row.text("stratum").unwrap_or_default()).or_default();
        stratum.drawn += 1;
        if row.value("reading").is_none() {
            continue;
        }
        let file = row.text("file").unwrap_or_default();
        let Some(supplier) = known.supplier(&file, &row.text("digest").unwrap_or_default()) else {
            out.other_files.push(row.number);
            continue;
        };
        let item = row.text("item").map(|i| Id::new(&i));
        let first = item.as_ref().and_then(|item| known.reading(supplier, item));
        let second = item.as_ref().and_then(|item| second(&shelf, supplier, row, item, &words, &lang));
        let (Some(first), Some(second)) = (first, second) else {
            out.not_understood.push(row.number);
            continue;
        };
        stratum.looked += 1;
        if first != second {
            stratum.errors += 1;
            let cell = format!("{}!{}", row.text("sheet").unwrap_or_default(), row.text("cell").unwrap_or_default());
            out.differ.push((file, cell, row.text("number").unwrap_or_default()));
        }
    }
    Ok(out)
}

/// What the results hold, found by file and item.
struct Results<'a> {
    digests: BTreeMap<&'a str, (&'a str, &'a str)>,
    suppliers: BTreeMap<&'a str, &'a Value>,
}

impl<'a> Results<'a> {
    fn of(value: &'a Value) -> Self {
        let list = |v: &'a Value| v.as_array().map(Vec::as_slice).unwrap_or_default().iter();
        let file = |f: &'a Value| Some((f["file"].as_str()?, (f["sha256"].as_str()?, f["supplier"].as_str()?)));
        let supplier = |s: &'a Value| Some((s["id"].as_str()?, s));
        Self {
            digests: list(&value["files"]).filter_map(file).collect(),
            suppliers: list(&value["suppliers"]).filter_map(supplier).collect(),
        }
    }

    fn supplier(&self, file: &str, digest: &str) -> Option<&'a Value> {
        let (sha256, id) = self.digests.get(file)?;
        self.suppliers.get(id).copied().filter(|_| *sha256 == digest)
    }

    /// How the supplier's own cell was read in the end: as a reviewer corrected it, where one did, and beside an
    /// assessor's finding, where there is one.
    #[expect(clippy::unused_self, reason = "it reads what the results hold")]
    fn reading(&self, supplier: &'a Value, item: &Id) -> Option<String> {
        let list = |v: &'a Value| v.as_array().map(Vec::as_slice).unwrap_or_default().iter();
        let sections = list(&supplier["controls"]["sections"]).flat_map(|s| list(&s["items"]));
        let factors = list(&supplier["exposure"]["factors"]).flat_map(|f| list(&f["questions"]));
        let line = sections.chain(factors).find(|line| line["id"] == item.as_str())?;
        let of_supplier = line["by"] != "assessor" || line["stated"].is_null();
        let answer = if of_supplier { &line["answer"] } else { &line["stated"]["answer"] };
        answer.as_str().map(|a| if a == "na-unfounded" { "na" } else { a }.to_owned())
    }
}

/// What the second assessor says, as a code of results.
fn second(
    shelf: &Shelf<'_>,
    supplier: &Value,
    row: &FilledRow,
    item: &Id,
    words: &Words,
    lang: &Lang,
) -> Option<String> {
    let value = row.value("reading")?;
    let text = value.raw().trim().to_lowercase();
    let is = |word: &str| words.text(word).is_some_and(|t| t.all().any(|(_, w)| w.to_lowercase() == text));
    if let Some((_, code)) = OPEN.into_iter().find(|(word, _)| is(word)) {
        return Some(code.to_owned());
    }
    let made = &supplier["questionnaire"];
    let sectors = made["sectors"].as_array()?.iter().filter_map(Value::as_str).map(Id::new).collect();
    let selection = Selection {
        questionnaire: Id::new(made["id"].as_str()?),
        sectors,
        country: made["country"].as_str().and_then(|c| c.parse().ok()),
        form: if made["form"] == "short" { Form::Short } else { Form::Full },
    };
    let prepared = shelf.get(&selection).ok()?;
    prepared.reader.second(item, value, lang).map(|(answer, _)| answer.id().to_owned())
}

/// The exact 95 % interval of Clopper and Pearson (1934) for `errors` of `looked`, in hundredths of a percent, rounded
/// outward. The lower end is the largest share at which so many errors or more have a chance of at most 2.5 %, the upper
/// end the smallest at which so few or fewer have. Whole numbers throughout.
pub fn interval(errors: usize, looked: usize) -> (u32, u32) {
    const WHOLE: u32 = 10_000;
    let power = |base: u32| BigUint::from(base).pow(u32::try_from(looked).unwrap_or(u32::MAX));
    let all = power(WHOLE);
    // P(X < k) of `looked` draws at share p/10 000, times `all`.
    let fewer = |k: usize, p: u32| {
        // The chance of exactly `i`, each from the one before; the divisions leave no rest.
        let mut term = power(WHOLE - p);
        let mut sum = BigUint::from(0u32);
        for i in 0..k {
            sum += &term;
            term = term * BigUint::from(looked - i) * p / (BigUint::from(i + 1) * (WHOLE - p));
        }
        sum
    };
    // Both chances move one way with p, so each end is found by halving.
    let first = |is: &dyn Fn(u32) -> bool| {
        let (mut no, mut yes) = (0, WHOLE);
        while no + 1 < yes {
            let middle = u32::midpoint(no, yes);
            if is(middle) { yes = middle } else { no = middle }
        }
        yes
    };
    if looked == 0 {
        return (0, WHOLE);
    }
    let upper = if errors >= looked { WHOLE } else { first(&|p| fewer(errors + 1, p) * 40u32 <= all) };
    let lower = if errors == 0 { 0 } else { first(&|p| (&all - fewer(errors, p)) * 40u32 > all) - 1 };
    (lower, upper)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers of the published generator for seed 1234567.
    #[test]
    fn the_generator_is_the_published_one() {
        let mut random = SplitMix64(1_234_567);
        let first: Vec<u64> = (0..5).map(|_| random.next()).collect();
        assert_eq!(
            first,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
                16_408_922_859_458_223_821
            ]
        );
    }

    #[test]
    fn a_draw_has_the_size_asked_for_and_every_cell_its_chance() {
        let mut counts = [0u32; 10];
        for seed in 0..2_000 {
            let chosen = SplitMix64(seed).choose(10, 3);
            assert_eq!(chosen.len(), 3);
            for at in chosen {
                counts[at] += 1;
            }
        }
        // 600 each on average; five standard deviations are about 100.
        assert!(counts.iter().all(|c| (500..=700).contains(c)), "{counts:?}");
        assert_eq!(SplitMix64(1).choose(2, 5).len(), 2);
        assert_eq!((rounded_up(&Exact::ratio(1, 20), 1), rounded_up(&Exact::ratio(1, 20), 40)), (1, 2));
        assert_eq!(rounded_up(&Exact::ratio(1, 20), 41), 3);
    }

    /// Against tables of the exact interval, in hundredths of a percent, rounded outward.
    #[test]
    fn the_interval_is_that_of_the_tables() {
        assert_eq!(interval(0, 10), (0, 3085));
        assert_eq!(interval(1, 10), (25, 4451));
        assert_eq!(interval(5, 10), (1870, 8130));
        assert_eq!(interval(10, 10), (6915, 10_000));
        assert_eq!(interval(0, 100), (0, 363));
        assert_eq!(interval(3, 200), (31, 433));
        assert_eq!(interval(0, 0), (0, 10_000));
    }
}
