//! Countries: their facts and contacts, and the exposure step of every country of the world.

use std::collections::BTreeMap;

use crate::diag::{Code, Diagnostic, Diagnostics, Place};
use crate::model::{
    CountryCode, CountryExposure, CountryFact, CountryInfo, Exact, FactStatus, Good, Goods, Id, Interval, Lang, Text,
    Topic,
};

use super::convert::File;
use super::library::CountryData;
use super::raw::{RawCountry, RawExposure, RawFact, RawGoods, RawPurpose, RawStatus, RawTopic};
use super::yaml::Str;

pub(super) fn convert<V>(file: &mut File<'_>, raw: &RawCountry, sources: &BTreeMap<Id, V>) -> Option<CountryData> {
    file.schema(&raw.schema, "country");
    let code = code(file, &raw.code)?;
    file.unique(raw.facts.iter().map(|f| &f.id));
    let facts = raw.facts.iter().map(|f| fact(file, f, sources)).collect();
    let mut changes = BTreeMap::new();
    file.unique(raw.changes.iter().map(|c| &c.id));
    for change in &raw.changes {
        let id = &change.id.value;
        let mut texts: BTreeMap<&'static str, Text> = BTreeMap::new();
        let fields = [
            ("text", &change.text),
            ("why", &change.why),
            ("evidence", &change.evidence),
            ("measure", &change.measure),
        ];
        for (name, value) in fields {
            if let Some(value) = value {
                texts.insert(name, file.text(&format!("changes.{id}.{name}"), value));
            }
        }
        if id.contains('.') && (change.why.is_some() || change.measure.is_some()) {
            file.bad_value(
                &change.id,
                "a part has a `text` and `evidence`; `why` and `measure` belong to its question",
            );
        }
        file.link(&change.id);
        changes.insert(Id::new(id), texts);
    }
    if !raw.emergency.value.bytes().all(|b| b.is_ascii_digit()) || raw.emergency.value.is_empty() {
        file.bad_value(&raw.emergency, "the number to call when somebody is in danger, digits only");
    }
    let base = raw.inherits.as_ref().and_then(|i| Some((self::code(file, i)?, file.place(i))));
    let info = CountryInfo {
        name: file.text("name", &raw.name),
        base: base.as_ref().map(|(code, _)| code.clone()),
        emergency: raw.emergency.value.clone(),
        currency: file.currency(&raw.currency),
        code,
        facts,
    };
    if !file.is_checked() {
        emergency(file, raw, &info);
    }
    Some(CountryData { info, changes, base })
}

/// The number to call in danger stands in several places, and must be the same in all of them.
fn emergency(file: &mut File<'_>, raw: &RawCountry, info: &CountryInfo) {
    let number = info.emergency.as_str();
    let in_danger = |f: &&CountryFact| f.purpose.as_deref() == Some("danger") && f.is_printable();
    if !info.facts.iter().any(|f| in_danger(&f) && f.value.as_deref() == Some(number)) {
        let what = "no contact with `use: danger` has it, so no card would say whose it is";
        file.report(Code::EmergencyNumber, &raw.emergency, &[("number", number), ("problem", what)]);
    }
    let names_it = |text: &str| text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits == number);
    for (fact, raw) in info.facts.iter().zip(&raw.facts) {
        let texts = std::iter::once(&fact.text).chain(&fact.name).chain(&fact.hours);
        for text in texts.filter(|t| names_it(t.get(&Lang::english()))) {
            for lang in text.all().filter(|(_, t)| !names_it(t)).filter_map(|(lang, _)| lang) {
                let what = format!("`{}` does not name it in `{lang}`", fact.id);
                file.report(Code::EmergencyNumber, &raw.id, &[("number", number), ("problem", &what)]);
            }
        }
    }
}

/// What is taken over from another country: law and what follows from it, and whom to call. Who does what, help and plans
/// belong to the place itself.
const INHERITED: [Topic; 5] = [Topic::Law, Topic::Contact, Topic::Register, Topic::IdCard, Topic::Chain];

/// Takes over what a country leaves to another one: facts and changes whose ids it does not have itself.
pub(super) fn inherit(countries: &mut BTreeMap<CountryCode, CountryData>, diags: &mut Diagnostics) {
    let heirs: Vec<(CountryCode, CountryCode, Place)> = countries
        .iter()
        .filter_map(|(code, data)| data.base.clone().map(|(base, place)| (code.clone(), base, place)))
        .collect();
    for (heir, base, place) in heirs {
        // One step only: whose law is whose must be seen at a glance.
        let Some(from) = countries.get(&base).filter(|c| c.base.is_none()).cloned() else {
            diags.push(
                Diagnostic::new(Code::MissingTarget, place)
                    .with("kind", "country file (which inherits nothing itself)")
                    .with("id", base.as_str()),
            );
            continue;
        };
        let Some(data) = countries.get_mut(&heir) else { continue };
        let own: Vec<Id> = data.info.facts.iter().map(|f| f.id.clone()).collect();
        let facts = from.info.facts.into_iter().filter(|f| INHERITED.contains(&f.topic) && !own.contains(&f.id));
        let name = from.info.name;
        data.info.facts.extend(facts.map(|f| CountryFact { inherited: Some(name.clone()), ..f }));
        for (id, texts) in from.changes {
            data.changes.entry(id).or_insert(texts);
        }
    }
}

pub(super) fn code(file: &mut File<'_>, raw: &Str) -> Option<CountryCode> {
    let parsed = raw.value.parse::<CountryCode>().ok();
    if parsed.is_none() {
        file.bad_value(raw, "an ISO 3166 code of two letters");
    }
    parsed
}

fn fact<V>(file: &mut File<'_>, raw: &RawFact, sources: &BTreeMap<Id, V>) -> CountryFact {
    let id = file.id(&raw.id);
    let topic = match raw.topic.value {
        RawTopic::Law => Topic::Law,
        RawTopic::Authority => Topic::Authority,
        RawTopic::Contact => Topic::Contact,
        RawTopic::Register => Topic::Register,
        RawTopic::IdCard => Topic::IdCard,
        RawTopic::Chain => Topic::Chain,
        RawTopic::Support => Topic::Support,
        RawTopic::Plan => Topic::Plan,
    };
    let purpose = raw.purpose.as_ref().map(|p| {
        match p.value {
            RawPurpose::Danger => "danger",
            RawPurpose::Suspicion => "suspicion",
            RawPurpose::Worker => "worker",
            RawPurpose::Terms => "terms",
        }
        .to_owned()
    });
    if topic == Topic::Contact {
        for (key, missing) in [("use", purpose.is_none()), ("value", raw.value.is_none()), ("name", raw.name.is_none())]
        {
            if missing {
                file.report(Code::MissingKey, &raw.id, &[("key", key), ("why", "a contact needs it")]);
            }
        }
    }
    let status = match raw.status.value {
        RawStatus::InForce => FactStatus::InForce,
        RawStatus::Proposed => FactStatus::Proposed,
        RawStatus::Repealed => FactStatus::Repealed,
        RawStatus::Unknown => FactStatus::Unknown,
    };
    CountryFact {
        name: raw.name.as_ref().map(|n| file.said(&id, "name", n)),
        value: raw.value.as_ref().map(|v| v.value.clone()),
        hours: raw.hours.as_ref().map(|h| file.said(&id, "hours", h)),
        text: file.said(&id, "text", &raw.text),
        source: file.source(id.as_str(), &raw.source, sources),
        source_date: file.date_or_undated(&raw.source_date),
        confidence: file.one_of(&raw.confidence, &["P", "S", "B", "U"]),
        last_verified: file.date(&raw.last_verified),
        review_after: file.review_after(id.as_str(), &raw.review_after),
        around_the_clock: raw.around_the_clock,
        card: raw.card,
        inherited: None,
        topic,
        purpose,
        status,
        id,
    }
}

pub(super) fn exposure<V>(
    file: &mut File<'_>,
    raw: &RawExposure,
    sources: &BTreeMap<Id, V>,
) -> BTreeMap<CountryCode, CountryExposure> {
    file.schema(&raw.schema, "exposure");
    file.text("title", &raw.title);
    file.text("about", &raw.about);
    file.source("source", &raw.source, sources);
    for cut in &raw.cut_offs {
        file.share(&cut.step);
        if let Some(below) = &cut.below {
            file.exact(below);
        }
    }
    file.unique(raw.countries.iter().map(|c| &c.code));
    let mut out = BTreeMap::new();
    let mut inherit = Vec::new();
    for country in &raw.countries {
        let Some(code) = code(file, &country.code) else { continue };
        let step = match (&country.step, &country.lo, &country.hi, &country.same_as) {
            (Some(step), None, None, None) => Interval::point(file.share(step)),
            (None, Some(lo), Some(hi), None) => {
                let (lo_value, hi_value) = (file.share(lo), file.share(hi));
                if lo_value > hi_value {
                    file.bad_value(lo, "`lo` is not above `hi`");
                }
                Interval { lo: lo_value, hi: hi_value }
            }
            (None, None, None, Some(other)) => {
                inherit.push((code.clone(), other));
                Interval::point(Exact::zero())
            }
            _ => {
                let why = "a country has `step`, or `lo` and `hi`, or `as`";
                file.report(Code::MissingKey, &country.code, &[("key", "step"), ("why", why)]);
                Interval::unknown()
            }
        };
        let entry = CountryExposure {
            name: file.said(&code, "name", &country.name),
            step,
            confidence: file.one_of(&country.confidence, &["P", "S", "assumed", "none"]),
            reason: country.reason.as_ref().map(|r| file.said(&code, "reason", r)),
            also: country.also.iter().map(|name| name.value.clone()).collect(),
        };
        out.insert(code, entry);
    }
    for (code, other) in inherit {
        match out.get(other.value.as_str()).map(|c: &CountryExposure| c.step.clone()) {
            Some(step) => {
                if let Some(entry) = out.get_mut(&code) {
                    entry.step = step;
                }
            }
            None => file.report(Code::MissingTarget, other, &[("kind", "country"), ("id", &other.value)]),
        }
    }
    out
}

pub(super) fn goods<V, C>(
    file: &mut File<'_>,
    raw: &RawGoods,
    sources: &BTreeMap<Id, V>,
    countries: &BTreeMap<CountryCode, C>,
) -> Goods {
    file.schema(&raw.schema, "goods");
    file.text("title", &raw.title);
    file.text("about", &raw.about);
    file.unique(raw.goods.iter().map(|g| &g.id));
    let mut by_id = BTreeMap::new();
    for good in &raw.goods {
        let mut places = |list: &[Str]| {
            file.unique(list.iter());
            let known = |code: &Str| code.value.parse::<CountryCode>().ok().filter(|c| countries.contains_key(c));
            for code in list.iter().filter(|c| known(c).is_none()) {
                file.report(Code::MissingTarget, code, &[("kind", "country"), ("id", &code.value)]);
            }
            list.iter().filter_map(known).collect::<Vec<_>>()
        };
        let (from, made_with) = (places(&good.from), places(&good.made_with));
        let good = Good {
            label: file.said(&good.id.value, "label", &good.label),
            also: good.also.iter().map(|name| name.value.clone()).collect(),
            id: file.id(&good.id),
            from,
            made_with,
        };
        by_id.insert(good.id.clone(), good);
    }
    Goods {
        edition: raw.edition.value.clone(),
        by_id,
        source: Some(file.source("source", &raw.source, sources)),
        source_date: file.date_or_undated(&raw.source_date),
        confidence: file.one_of(&raw.confidence, &["P", "S"]),
        last_verified: file.date(&raw.last_verified),
        review_after: file.review_after("goods", &raw.review_after),
    }
}
