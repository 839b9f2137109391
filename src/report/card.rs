//! What to do now: whom to call in danger, on signs, on bad terms, and what not to do before that.

use serde::Serialize;

use super::say::Say;
use crate::model::{CountryFact, CountryInfo, Reference, Topic};

/// A number to call or an address to write to.
#[derive(Serialize)]
pub(super) struct Contact {
    /// Whose.
    pub(super) name: Option<String>,
    /// The number or address.
    pub(super) value: String,
    /// When it answers.
    pub(super) hours: Option<String>,
    /// What it is for.
    pub(super) text: String,
    /// When it was held against a copy of its source; absent where that is said once for all.
    pub(super) checked: Option<String>,
    /// It was to be checked again before the date: since when; absent where that is said once for all.
    pub(super) overdue: Option<String>,
    /// Who says so, where it is not the publisher itself.
    pub(super) according_to: Option<String>,
    /// Name of the country it was taken over from.
    pub(super) inherited: Option<String>,
}

/// What the law calls it.
#[derive(Serialize)]
pub(super) struct LawView {
    /// The text, with the national terms in it.
    pub(super) text: String,
    /// Who says so, where it is not the publisher itself.
    pub(super) according_to: Option<String>,
    /// When it was held against a copy of its source; absent where that is said once for all.
    pub(super) checked: Option<String>,
    /// It was to be checked again before the date: since when; absent where that is said once for all.
    pub(super) overdue: Option<String>,
    /// Name of the country it was taken over from.
    pub(super) inherited: Option<String>,
}

/// Whom to call.
#[derive(Serialize)]
pub(super) struct Calls {
    /// The emergency number, where the country is known.
    pub(super) emergency: Option<String>,
    /// Others to call in danger.
    pub(super) danger: Vec<Contact>,
    /// Whom to ask on signs.
    pub(super) suspicion: Vec<Contact>,
    /// Those of them that answer at night and on holidays: name and number.
    pub(super) always: Vec<String>,
    /// Whom to ask about bad terms.
    pub(super) terms: Vec<Contact>,
    /// Where workers themselves find help.
    pub(super) worker: Vec<Contact>,
    /// What the law calls it.
    pub(super) law: Vec<LawView>,
    /// When all contacts were held against copies of their sources, if on one day.
    pub(super) checked: Option<String>,
    /// All contacts were to be checked again before the date: since when, if since one day.
    pub(super) overdue: Option<String>,
    /// The same of the law, where it is another day than that of the contacts.
    pub(super) law_checked: Option<String>,
    /// The same of the law, where it is another day than that of the contacts.
    pub(super) law_overdue: Option<String>,
}

/// The page.
#[derive(Serialize)]
pub(super) struct Card {
    /// Date of the page.
    pub(super) date: String,
    /// Texts in this language await a native speaker's review.
    pub(super) draft: bool,
    /// Name of the country.
    pub(super) country: String,
    /// Whom to call.
    pub(super) calls: Calls,
}

/// Whom to call in a country; nobody where it has no file of its own.
pub(super) fn calls(say: Say<'_>, date: &str, reference: &Reference, country: Option<&CountryInfo>) -> Calls {
    let facts = || country.into_iter().flat_map(|c| &c.facts).filter(|f| f.is_printable());
    let contacts = |purpose: &'static str| {
        facts().filter(move |f| f.topic == Topic::Contact && f.purpose.as_deref() == Some(purpose))
    };
    let of = |purpose| contacts(purpose).map(|f| contact(say, date, reference, f)).collect::<Vec<_>>();
    let emergency = country.map(|c| c.emergency.clone());
    let mut danger = of("danger");
    danger.retain(|c| Some(&c.value) != emergency.as_ref());
    let named = |f: &CountryFact| {
        let value = f.value.clone().unwrap_or_default();
        f.name.as_ref().map_or_else(|| value.clone(), |n| format!("{}: {value}", say.text(n)))
    };
    let mut calls = Calls {
        emergency,
        danger,
        suspicion: of("suspicion"),
        always: contacts("suspicion").filter(|f| f.around_the_clock).map(named).collect(),
        terms: of("terms"),
        worker: of("worker"),
        law: facts().filter(|f| f.card).map(|f| law(say, date, reference, f)).collect(),
        checked: None,
        overdue: None,
        law_checked: None,
        law_overdue: None,
    };
    calls.say_once();
    calls
}

impl Calls {
    /// What holds of every entry is said once, so that a card fits on its page.
    fn say_once(&mut self) {
        let contacts = [&mut self.danger, &mut self.suspicion, &mut self.terms, &mut self.worker];
        let contacts = contacts.into_iter().flatten().map(|c| (&mut c.checked, &mut c.overdue));
        let (checked, overdue): (Vec<_>, Vec<_>) = contacts.unzip();
        self.checked = take_common(checked);
        self.overdue = take_common(overdue);
        let law = self.law.iter_mut().map(|l| (&mut l.checked, &mut l.overdue));
        let (checked, overdue): (Vec<_>, Vec<_>) = law.unzip();
        self.law_checked = take_common(checked).filter(|c| Some(c) != self.checked.as_ref());
        self.law_overdue = take_common(overdue).filter(|o| Some(o) != self.overdue.as_ref());
    }
}

/// What all of them hold; they are emptied then.
fn take_common(all: Vec<&mut Option<String>>) -> Option<String> {
    let first = all.first().and_then(|v| (**v).clone())?;
    if all.iter().any(|v| v.as_ref() != Some(&first)) {
        return None;
    }
    for value in all {
        *value = None;
    }
    Some(first)
}

fn contact(say: Say<'_>, date: &str, reference: &Reference, fact: &CountryFact) -> Contact {
    Contact {
        name: fact.name.as_ref().map(|n| say.text(n)),
        value: fact.value.clone().unwrap_or_default(),
        hours: fact.hours.as_ref().map(|h| say.text(h)),
        text: say.text(&fact.text),
        checked: Some(say.date(&fact.last_verified)),
        overdue: overdue(say, date, fact),
        according_to: according_to(say, reference, fact),
        inherited: fact.inherited.as_ref().map(|c| say.text(c)),
    }
}

fn law(say: Say<'_>, date: &str, reference: &Reference, fact: &CountryFact) -> LawView {
    LawView {
        text: say.text(&fact.text),
        according_to: according_to(say, reference, fact),
        checked: Some(say.date(&fact.last_verified)),
        overdue: overdue(say, date, fact),
        inherited: fact.inherited.as_ref().map(|c| say.text(c)),
    }
}

/// Since when a fact was to be checked again.
pub(super) fn overdue(say: Say<'_>, date: &str, fact: &CountryFact) -> Option<String> {
    (date > fact.review_after.as_str()).then(|| say.date(&fact.review_after))
}

/// Who says so, where it is not the publisher itself.
pub(super) fn according_to(say: Say<'_>, reference: &Reference, fact: &CountryFact) -> Option<String> {
    let source = reference.sources.get(&fact.source.id);
    let publisher = || source.map_or_else(|| fact.source.id.to_string(), |s| say.text(&s.publisher));
    (fact.confidence != "P").then(publisher)
}
