//! Paragraphs for statements that acts and standards ask for, with the figures of a run.
//!
//! Every statement gives the response rate and the verified share beside what it says of suppliers, names none of them, and
//! calls no share of them "low risk": an order of looking is all that a run knows. Of signs it says only how many suppliers
//! somebody looked at, as more could point to persons.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use super::say::Say;
use crate::model::{CountryCode, Exact, Id, Lang, Reference, Text, Words};

/// Acts that there are paragraphs for, the language their statement is usually written in, and the paragraphs under their
/// headings. `eu-csrd` stands for the standards that it brought: ESRS S2-4, and VSME for small firms.
const ACTS: [(&str, &str, &[Part]); 3] = [
    (
        "no-transparency",
        "nb",
        &[
            ("head-organisation", &["add-organisation", "how"]),
            ("head-impacts", &["where", "rate", "verified", "order", "looked", "add-impacts", "add-significant"]),
            ("head-measures", &["lack", "add-measures"]),
            ("head-signature", &["add-no-signature"]),
        ],
    ),
    (
        "uk-modern-slavery-act",
        "en",
        &[
            ("head-structure", &["add-structure", "where"]),
            ("head-policies", &["add-policies"]),
            ("head-diligence", &["how", "rate", "verified"]),
            ("head-where", &["order", "looked", "lack", "add-measures"]),
            ("head-effect", &["each-year", "add-last-year"]),
            ("head-training", &["add-training"]),
            ("head-signature", &["add-uk-approval"]),
        ],
    ),
    (
        "eu-csrd",
        "en",
        &[
            ("head-s24", &["how", "where", "rate", "verified", "order", "looked"]),
            ("head-measures", &["lack", "add-s24"]),
            ("head-remedy", &["add-remedy"]),
            ("head-effect", &["each-year", "add-last-year"]),
            ("head-vsme", &["rate", "verified", "add-vsme"]),
        ],
    ),
];

/// A heading and what stands below it, by the ids of their words.
type Part = (&'static str, &'static [&'static str]);

/// How many of the things that most suppliers lack are named.
const LACKING: usize = 5;

/// Ids of the acts that there are statements for.
pub fn statement_acts() -> impl Iterator<Item = &'static str> {
    ACTS.iter().map(|(id, ..)| *id)
}

/// The language in which an act's statement is usually written.
pub fn statement_lang(act: &str) -> &'static str {
    ACTS.iter().find(|(id, ..)| *id == act).map_or("en", |(_, lang, _)| lang)
}

/// What a statement says of a run: sums only, no supplier.
#[derive(Clone, Debug)]
pub struct Figures {
    /// The method, for the reader.
    method: String,
    /// How many were asked, if that is known, and how many of them answered.
    invited: Option<(usize, usize)>,
    /// Suppliers of whom a questionnaire was read.
    answered: usize,
    /// Of these, with enough answers.
    enough: usize,
    /// Averages over the suppliers with enough answers, as in the portfolio: own word, documents, on site. `None`: there are
    /// none.
    vouched: Option<[Exact; 3]>,
    /// Severe, high, moderate, low, not enough answers.
    order: [usize; 5],
    countries: BTreeSet<String>,
    sectors: BTreeSet<String>,
    /// Suppliers at whom somebody looked for signs.
    looked: usize,
    /// Questions with an action, by number of the suppliers with enough answers.
    actions: BTreeMap<String, usize>,
}

impl Figures {
    /// From the text of a `results.json`; `None` if it is none of ours.
    pub fn of(results: &Value) -> Option<Self> {
        if results["schema"] != super::SCHEMA {
            return None;
        }
        let count = |value: &Value| value.as_u64().and_then(|n| usize::try_from(n).ok());
        let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let ledger = &results["ledger"];
        let files = list(&results["files"]);
        let own = |f: &&Value| f["role"] == "supplier" && f["status"] != "unreadable";
        let answered: BTreeSet<String> = files.iter().filter(own).filter_map(|f| text(&f["supplier"])).collect();
        let method = &results["method"];
        let mut out = Self {
            method: format!("{} {}", text(&method["id"])?, text(&method["version"])?),
            invited: count(&ledger["invited"]).zip(count(&ledger["answered"])),
            answered: answered.len(),
            enough: 0,
            vouched: None,
            order: [0; 5],
            countries: BTreeSet::new(),
            sectors: BTreeSet::new(),
            looked: 0,
            actions: BTreeMap::new(),
        };
        let mut sums = [Exact::zero(), Exact::zero(), Exact::zero()];
        let mut vouched = 0;
        for supplier in list(&results["suppliers"]) {
            out.enough += usize::from(supplier["coverage"]["sufficient"] == true);
            out.looked += usize::from(!list(&supplier["signs"]["looked"]).is_empty());
            let place = ["severe", "high", "moderate", "low"].iter().position(|p| supplier["priority"] == **p);
            out.order[place.unwrap_or(4)] += 1;
            out.countries.extend(text(&supplier["country"]));
            out.sectors.extend(list(&supplier["sectors"]).iter().filter_map(text));
            if place.is_none() {
                continue;
            }
            let asked: BTreeSet<String> =
                list(&supplier["actions"]).iter().filter_map(|a| text(&a["question"])).collect();
            for id in asked {
                *out.actions.entry(id).or_default() += 1;
            }
            let shares = ["stated", "documents", "on_site"].map(|key| &supplier["verification"][key]);
            let mut exact = Vec::new();
            for share in shares {
                exact.push(share.as_str()?.parse::<Exact>().ok()?);
            }
            vouched += 1;
            for (sum, share) in sums.iter_mut().zip(&exact) {
                *sum = &*sum + share;
            }
        }
        if vouched > 0 {
            let part = Exact::ratio(1, vouched);
            out.vouched = Some(sums.map(|sum| &sum * &part));
        }
        Some(out)
    }
}

/// What a statement is made with.
#[derive(Clone, Copy)]
pub struct Statement<'a> {
    /// The words of statements.
    pub words: &'a Words,
    /// The words of reports: numbers, lists, percent.
    pub report: &'a Words,
    /// Names of countries, sectors and acts.
    pub reference: &'a Reference,
    /// What to do on each question of the controls, by its id.
    pub measures: &'a BTreeMap<Id, Text>,
    /// The language.
    pub lang: &'a Lang,
    /// Its texts await a native speaker's review.
    pub draft: bool,
}

impl Statement<'_> {
    /// The paragraphs for an act, as Markdown; `None` if there are none for it.
    pub fn text(&self, act: &str, figures: &Figures) -> Option<String> {
        let (_, _, parts) = ACTS.iter().find(|(id, ..)| *id == act)?;
        let name = self.reference.acts.get(&Id::new(act)).map_or(act, |a| a.name.get(self.lang));
        let mut out = format!("# {name}\n\n*{}*\n", self.fill("draft", &[("method", &figures.method)]));
        if self.draft {
            let _ = write!(out, "\n*{}*\n", self.fill("draft-language", &[]));
        }
        for (head, paragraphs) in *parts {
            let _ = write!(out, "\n## {}\n", self.fill(head, &[]));
            for id in *paragraphs {
                let _ = write!(out, "\n{}\n", self.paragraph(id, figures));
            }
        }
        Some(out)
    }

    fn paragraph(&self, id: &str, f: &Figures) -> String {
        let say = Say { words: self.report, lang: self.lang };
        let n = |count: usize| count.to_string();
        match id {
            "rate" => match f.invited {
                Some((invited, answered)) if invited > 0 => {
                    let share = Exact::ratio(whole(answered), whole(invited));
                    let values = [n(invited), n(answered), say.percent(&share), n(f.enough)];
                    self.filled(id, &["invited", "answered", "rate", "enough"], &values)
                }
                _ => {
                    let known = self.filled("rate-unknown", &["answered", "enough"], &[n(f.answered), n(f.enough)]);
                    format!("{known} {}", self.mark("add-rate"))
                }
            },
            "verified" => match &f.vouched {
                Some([stated, documents, site]) => {
                    let verified = documents + site;
                    let values = [stated, documents, site, &verified].map(|share| say.percent(share));
                    self.filled(id, &["stated", "documents", "site", "verified"], &values)
                }
                None => self.fill("verified-none", &[]),
            },
            "order" => self.filled(id, &["severe", "high", "moderate", "low", "few"], &f.order.map(n)),
            "where" => {
                let country = |code: &String| {
                    let known = code.parse::<CountryCode>().ok();
                    known.and_then(|c| self.reference.countries.get(&c)).map(|c| say.text(&c.name))
                };
                let sector = |id: &String| self.reference.sectors.get(&Id::new(id)).map(|s| say.text(&s.name));
                let countries: Vec<String> = f.countries.iter().filter_map(country).collect();
                let sectors: Vec<String> = f.sectors.iter().filter_map(sector).collect();
                self.filled(id, &["countries", "sectors"], &[say.list(&countries), say.list(&sectors)])
            }
            "looked" => self.filled(id, &["looked"], &[n(f.looked)]),
            "lack" => self.lack(f),
            id if id.starts_with("add-") => self.mark(id),
            id => self.fill(id, &[]),
        }
    }

    /// What most suppliers lack, most often first.
    fn lack(&self, f: &Figures) -> String {
        let known = f.actions.iter().filter_map(|(id, n)| Some((self.measures.get(&Id::new(id))?, id, *n)));
        let mut known: Vec<(&Text, &String, usize)> = known.collect();
        known.sort_by_key(|(_, id, n)| (std::cmp::Reverse(*n), *id));
        if known.is_empty() {
            return self.fill(if f.order[4] < f.order.iter().sum() { "lack-none" } else { "lack-unknown" }, &[]);
        }
        let mut out = format!("{}\n", self.fill("lack", &[]));
        for (measure, _, n) in known.into_iter().take(LACKING) {
            let measure = measure.get(self.lang).trim_end_matches('.');
            let _ = write!(out, "\n- {}", self.fill("lack-line", &[("measure", measure), ("n", &n.to_string())]));
        }
        out
    }

    /// Something that only a person knows.
    fn mark(&self, id: &str) -> String {
        format!("**\\[{}\\]**", self.fill(id, &[]))
    }

    fn filled(&self, id: &str, names: &[&str], values: &[String]) -> String {
        let values: Vec<(&str, &str)> = names.iter().copied().zip(values.iter().map(String::as_str)).collect();
        self.fill(id, &values)
    }

    fn fill(&self, id: &str, values: &[(&str, &str)]) -> String {
        self.words.fill(id, self.lang, values)
    }
}

fn whole(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(suppliers: &Value, ledger: &Value) -> Value {
        serde_json::json!({
            "schema": "lygte/results/1",
            "method": { "id": "m", "version": "1" },
            "files": [
                { "role": "supplier", "status": "scored", "supplier": "a" },
                { "role": "observer", "status": "scored", "supplier": "a" },
                { "role": "supplier", "status": "unreadable", "supplier": null },
            ],
            "ledger": ledger,
            "suppliers": suppliers,
        })
    }

    #[test]
    fn figures_are_sums_and_averages() {
        let one = serde_json::json!({
            "country": "DK", "sectors": ["cleaning"], "coverage": { "sufficient": true }, "priority": "high",
            "signs": { "looked": [{}] }, "verification": { "stated": "1/2", "documents": "1/4", "on_site": "1/4" },
            "actions": [{ "question": "q" }, { "question": "q" }],
        });
        let two = serde_json::json!({
            "country": "SE", "sectors": [], "coverage": { "sufficient": true }, "priority": "low",
            "signs": { "looked": [] }, "verification": { "stated": "1", "documents": "0", "on_site": "0" },
            "actions": [{ "question": "q" }],
        });
        let none = serde_json::json!({
            "priority": null, "verification": { "stated": "1", "documents": "0", "on_site": "0" },
            "actions": [{ "question": "q" }],
        });
        let ledger = serde_json::json!({ "invited": 4, "answered": 3 });
        let f = Figures::of(&results(&serde_json::json!([one, two, none]), &ledger)).unwrap();
        assert_eq!((f.invited, f.answered, f.enough, f.looked), (Some((4, 3)), 1, 2, 1));
        assert_eq!(f.order, [0, 1, 0, 1, 1]);
        assert_eq!(
            f.vouched.unwrap().map(|e| e.to_string()),
            ["3/4", "1/8", "1/8"],
            "the third has not answered enough"
        );
        assert_eq!(f.actions, BTreeMap::from([("q".to_owned(), 2)]));
    }

    #[test]
    fn what_is_no_results_is_refused() {
        let mut other = results(&serde_json::json!([]), &serde_json::json!({}));
        assert!(Figures::of(&other).is_some_and(|f| f.vouched.is_none() && f.invited.is_none()));
        other["schema"] = "lygte/results/2".into();
        assert!(Figures::of(&other).is_none());
        let odd = serde_json::json!([{ "priority": "low", "verification": { "stated": "many", "documents": "0", "on_site": "0" } }]);
        assert!(Figures::of(&results(&odd, &serde_json::json!({}))).is_none());
    }
}
