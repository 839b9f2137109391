//! What to do: actions of the assessment, put together where the same is to be done.

use serde::Serialize;

use super::Scored;
use super::say::Say;
use crate::model::{Action, Exact, Fact, FloorHit, Id, Sign};

/// Something to do, for a person and a date.
#[derive(Serialize)]
pub(super) struct Task {
    /// Numbers of the questions or signs it answers.
    pub(super) numbers: String,
    /// What these ask or say.
    pub(super) about: Vec<String>,
    /// What to do.
    pub(super) what: String,
    /// Evidence that would count.
    pub(super) evidence: Vec<String>,
    /// First, next or later.
    pub(super) when: String,
    /// Points that full, verified implementation would take off; absent for signs.
    pub(super) potential: Option<String>,
    /// The same, exact, for the portfolio.
    #[serde(skip)]
    pub(super) exact: Option<Exact>,
    /// It answers a sign.
    pub(super) sign: bool,
}

/// All tasks, the most urgent first. With too few answers, asking again comes before everything else; with a sign, what
/// the signs ask for comes before it, as a reminder could warn those whom it should not.
pub(super) fn tasks(say: Say<'_>, scored: &Scored<'_>) -> Vec<Task> {
    let mut groups: Vec<(Task, &'static str, Exact, Vec<String>)> = Vec::new();
    for action in &scored.assessment.actions {
        let Some(found) = found(say, scored, action) else { continue };
        let same = groups.iter_mut().find(|(task, urgency, ..)| {
            task.sign == action.sign && *urgency == action.urgency && task.what == found.what
        });
        if let Some((task, _, potential, numbers)) = same {
            *potential = &*potential + &action.potential;
            numbers.push(found.number);
            task.about.push(found.about);
            task.evidence.extend(found.evidence);
            continue;
        }
        let task = Task {
            numbers: String::new(),
            about: vec![found.about],
            what: found.what,
            evidence: found.evidence,
            when: say.t(&format!("urgency-{}", action.urgency)),
            potential: None,
            exact: None,
            sign: action.sign,
        };
        groups.push((task, action.urgency, action.potential.clone(), vec![found.number]));
    }
    let signs = scored.assessment.actions.iter().any(|a| a.sign);
    let (again, when) = if signs { ("ask-again-after-advice", "urgency-soon") } else { ("ask-again", "urgency-now") };
    let again = (!scored.assessment.coverage.sufficient).then(|| plain(say, again, when));
    let verify = verify(say, scored);
    let grouped = groups.into_iter().map(|(mut task, _, potential, numbers)| {
        task.numbers = say.list(&numbers);
        task.evidence.sort();
        task.evidence.dedup();
        task.potential = (!task.sign).then(|| say.exact(&potential));
        task.exact = (!task.sign).then_some(potential);
        task
    });
    // Only where somebody is to be asked again do signs change places with what is as urgent or more.
    let (first, rest): (Vec<Task>, Vec<Task>) = grouped.partition(|task| task.sign && again.is_some());
    first.into_iter().chain(again).chain(rest).chain(verify).collect()
}

/// Critical precautions that are answered well and that nobody but the supplier vouches for (the floor V1).
fn verify(say: Say<'_>, scored: &Scored<'_>) -> Option<Task> {
    let assessment = scored.assessment;
    let floor = assessment.floors.iter().find(|f| f.id == "V1")?;
    let items = assessment.sections.iter().flat_map(|s| &s.items);
    let stated = items.filter(|i| i.answer.is_answered() && floor.because.iter().any(|id| *id == i.id.as_str()));
    let numbers: Vec<String> = stated.map(|i| i.number.clone()).collect();
    let task = plain(say, "verify-critical", "urgency-soon");
    (!numbers.is_empty()).then(|| Task { numbers: say.list(&numbers), ..task })
}

fn plain(say: Say<'_>, what: &str, when: &str) -> Task {
    Task {
        numbers: String::new(),
        about: Vec::new(),
        what: say.t(what),
        evidence: Vec::new(),
        when: say.t(when),
        potential: None,
        exact: None,
        sign: false,
    }
}

struct Found {
    number: String,
    about: String,
    what: String,
    evidence: Vec<String>,
}

fn found(say: Say<'_>, scored: &Scored<'_>, action: &Action) -> Option<Found> {
    if action.sign {
        let sign = sign(scored, &action.question)?;
        return Some(Found {
            number: sign.number.clone(),
            about: say.text(&sign.text),
            what: say.text(&sign.measure),
            evidence: vec![say.text(&sign.evidence)],
        });
    }
    let question = scored.questionnaire.questions().find(|q| q.id == action.question)?;
    let mut evidence: Vec<String> = vec![say.text(&question.evidence)];
    evidence.extend(question.items.iter().map(|i| say.text(&i.evidence)));
    evidence.retain(|e| !e.is_empty());
    Some(Found {
        number: question.number.clone(),
        about: say.text(&question.text),
        what: say.text(&question.measure),
        evidence,
    })
}

/// A sign by its id, as on the form it was reported with, else as it is today.
pub(super) fn sign<'a>(scored: &Scored<'a>, id: &Id) -> Option<&'a Sign> {
    let reported = scored.dossier.signs.iter().map(|s| &s.sign);
    reported.chain(&scored.questionnaire.signs.signs).find(|s| s.id == *id).map(|s| &**s)
}

/// The full text of an item; its id where today's questionnaire does not have it.
pub(super) fn question_text(say: Say<'_>, scored: &Scored<'_>, id: &Id) -> String {
    let found = scored.questionnaire.item(id.as_str());
    found.map_or_else(|| id.to_string(), |(question, item)| say.text(&question.item_text(item)))
}

/// Number of an item, sign or question; its id where there is none.
pub(super) fn number(scored: &Scored<'_>, id: &str) -> String {
    if let Some((_, item)) = scored.questionnaire.item(id) {
        return item.number.clone();
    }
    if let Some(question) = scored.questionnaire.questions().find(|q| q.id.as_str() == id) {
        return question.number.clone();
    }
    sign(scored, &Id::new(id)).map_or_else(|| id.to_owned(), |s| s.number.clone())
}

/// A fact of the profile.
pub(super) fn fact(say: Say<'_>, fact: Fact, scored: &Scored<'_>) -> String {
    let options = &scored.questionnaire.common.yes_no.options;
    match fact {
        Fact::Yes => say.option(options, "yes"),
        Fact::No => say.option(options, "no"),
        Fact::Unknown => say.t("not-known"),
    }
}

/// What a floor says. F4 has two causes; the one that holds is named.
pub(super) fn floor(say: Say<'_>, scored: &Scored<'_>, hit: &FloorHit) -> Option<String> {
    match (hit.id.as_str(), hit.because.iter().any(|b| b == "under-18")) {
        ("F4", false) => Some(say.t("floor-F4-coercion")),
        ("F4", true) => Some(say.t("floor-F4-under-18")),
        (id, _) => scored.method.floors.get(id).map(|f| say.text(&f.text)),
    }
}
