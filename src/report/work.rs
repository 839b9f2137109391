//! What to do: actions of the assessment, put together where the same is to be done.

use serde::Serialize;

use super::Scored;
use super::say::Say;
use crate::model::{Action, Dimension, Exact, Fact, FloorHit, Id, Sign, SignItem, SignState, Text};

/// A number, and where in the report it is found with its cell.
#[derive(Clone, Serialize)]
pub(super) struct Ref {
    /// Number of a line or sign, or the name of a dimension or factor.
    pub(super) text: String,
    /// Id of its place in the page; absent where it has none.
    pub(super) place: Option<String>,
}

/// Something to do, for a person and a date.
#[derive(Serialize)]
pub(super) struct Task {
    /// Its id, for ever: supplier and question or sign. Empty where several are put together.
    pub(super) id: String,
    /// The questions or signs it answers.
    pub(super) refs: Vec<Ref>,
    /// What these ask or say.
    pub(super) about: Vec<String>,
    /// What to do.
    pub(super) what: String,
    /// Why it is asked.
    pub(super) why: Option<String>,
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

impl Task {
    /// Numbers of the questions or signs it answers.
    pub(super) fn numbers(&self, say: Say<'_>) -> String {
        say.list(&self.refs.iter().map(|r| r.text.clone()).collect::<Vec<_>>())
    }
}

/// What is not about one question: asking again, and having critical precautions looked at. No question has such an id.
const AGAIN: &str = "_again";
const VERIFY: &str = "_verify";

/// The plan: a row for each weak question and each sign, by urgency and then by potential. With too few answers, asking
/// again comes before everything else; with a sign, what the signs ask for comes before it, as a reminder could warn
/// those whom it should not.
pub(super) fn plan(say: Say<'_>, scored: &Scored<'_>) -> Vec<Task> {
    let actions = &scored.assessment.actions;
    let signs = actions.iter().any(|a| a.sign);
    let (word, when) = if signs { ("ask-again-after-advice", "soon") } else { ("ask-again", "now") };
    let again = (!scored.assessment.coverage.sufficient).then(|| plain(say, scored, AGAIN, say.t(word), when));
    let row = |action: &Action| Some((found(say, scored, action)?, action.urgency));
    let rows: Vec<(Task, &str)> = actions.iter().filter_map(row).collect();
    // Only where somebody is to be asked again do signs change places with what is as urgent or more.
    let (first, mut rest): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(task, _)| task.sign && again.is_some());
    if let Some(verify) = verify(say, scored) {
        let at = rest.iter().take_while(|(_, urgency)| *urgency != "ordinary").count();
        rest.insert(at, (verify, "soon"));
    }
    first.into_iter().map(|(task, _)| task).chain(again).chain(rest.into_iter().map(|(task, _)| task)).collect()
}

/// The plan with rows put together where the same is to be done as urgently.
pub(super) fn tasks(say: Say<'_>, scored: &Scored<'_>) -> Vec<Task> {
    let mut out: Vec<Task> = Vec::new();
    for row in plan(say, scored) {
        let same = |t: &&mut Task| (t.sign, &t.when, &t.what) == (row.sign, &row.when, &row.what);
        let Some(task) = out.iter_mut().find(same) else {
            out.push(row);
            continue;
        };
        task.id.clear();
        task.why = None;
        task.refs.extend(row.refs);
        task.about.extend(row.about);
        task.evidence.extend(row.evidence);
        task.evidence.sort();
        task.evidence.dedup();
        task.exact = task.exact.take().zip(row.exact).map(|(a, b)| a + b);
        task.potential = task.exact.as_ref().map(|x| say.exact(x));
    }
    out
}

/// Critical precautions that are answered well and that nobody but the supplier vouches for (the floor V1).
fn verify(say: Say<'_>, scored: &Scored<'_>) -> Option<Task> {
    let assessment = scored.assessment;
    let floor = assessment.floors.iter().find(|f| f.id == "V1")?;
    let items = assessment.sections.iter().flat_map(|s| &s.items);
    let stated = items.filter(|i| i.answer.is_answered() && floor.because.iter().any(|id| *id == i.id.as_str()));
    let refs: Vec<Ref> = stated.map(|i| place(say, scored, i.id.as_str())).collect();
    let task = plain(say, scored, VERIFY, say.t("verify-critical"), "soon");
    (!refs.is_empty()).then(|| Task { refs, why: floor_reason(say, scored, "V1"), ..task })
}

fn floor_reason(say: Say<'_>, scored: &Scored<'_>, id: &str) -> Option<String> {
    scored.method.floors.get(id).map(|f| say.text(&f.reason))
}

fn plain(say: Say<'_>, scored: &Scored<'_>, id: &str, what: String, urgency: &str) -> Task {
    Task {
        id: task_id(scored, id),
        refs: Vec::new(),
        about: Vec::new(),
        what,
        why: None,
        evidence: Vec::new(),
        when: say.t(&format!("urgency-{urgency}")),
        potential: None,
        exact: None,
        sign: false,
    }
}

fn task_id(scored: &Scored<'_>, id: &str) -> String {
    format!("{}/{id}", scored.dossier.id)
}

fn found(say: Say<'_>, scored: &Scored<'_>, action: &Action) -> Option<Task> {
    let task = |what: &Text| plain(say, scored, action.question.as_str(), say.text(what), action.urgency);
    let refs = vec![place(say, scored, action.question.as_str())];
    if action.sign {
        let sign = sign(scored, &action.question)?;
        return Some(Task {
            refs,
            about: vec![say.text(&sign.text)],
            why: Some(say.text(&sign.why)),
            evidence: vec![say.text(&sign.evidence)],
            sign: true,
            ..task(&sign.measure)
        });
    }
    let question = scored.questionnaire.question(action.question.as_str())?;
    let mut evidence: Vec<String> = vec![say.text(&question.evidence)];
    evidence.extend(question.items.iter().map(|i| say.text(&i.evidence)));
    evidence.retain(|e| !e.is_empty());
    evidence.sort();
    evidence.dedup();
    Some(Task {
        refs,
        about: vec![say.text(&question.text)],
        why: Some(say.text(&question.why)),
        evidence,
        potential: Some(say.exact(&action.potential)),
        exact: Some(action.potential.clone()),
        ..task(&question.measure)
    })
}

/// Number of a line, question or sign, or the name of a dimension or factor, and where its cell stands in the report.
pub(super) fn place(say: Say<'_>, scored: &Scored<'_>, id: &str) -> Ref {
    if let Some(dimension) = Dimension::ALL.into_iter().find(|d| d.code() == id) {
        return Ref { text: super::signs::dimension(say, scored, dimension), place: Some(format!("dimension-{id}")) };
    }
    match id {
        "under-18" => return Ref { text: say.t("under-18"), place: Some("looks".to_owned()) },
        "country" | "sector" | "workforce" | "chain" => {
            return Ref { text: say.t(&format!("factor-{id}")), place: Some(format!("factor-{id}")) };
        }
        _ => {}
    }
    let text = number(scored, id);
    let lines = scored.assessment.sections.iter().flat_map(|s| s.items.iter().map(|i| (&i.id, Some(&i.question))));
    let self_test = scored.assessment.factors.iter().flat_map(|f| f.questions.iter().map(|q| (&q.id, None)));
    let mut all = lines.chain(self_test);
    if let Some((line, _)) =
        all.find(|(item, question)| item.as_str() == id || question.is_some_and(|q| q.as_str() == id))
    {
        return Ref { text, place: Some(format!("line-{line}")) };
    }
    // Of an indicator's or a sign's entries, the first that is reported, else the first.
    let is_of = |i: &&SignItem| i.id.as_str() == id || i.indicator.as_str() == id;
    let entries = || scored.assessment.signs.items.iter().filter(is_of);
    let reported = entries().find(|i| i.state == SignState::Present).or_else(|| entries().next());
    Ref { text, place: reported.map(|i| format!("sign-{}-{}", i.look, i.id)) }
}

/// A sign by its id, as on the form it was reported with, else as it is today.
pub(super) fn sign<'a>(scored: &Scored<'a>, id: &Id) -> Option<&'a Sign> {
    let reported = scored.dossier.signs.iter().map(|s| &s.sign);
    reported.chain(&scored.questionnaire.signs.signs).find(|s| s.id == *id).map(|s| &**s)
}

/// The full text of an item; its id where today's questionnaire does not have it.
pub(super) fn question_text(say: Say<'_>, scored: &Scored<'_>, id: &Id) -> String {
    let found = scored.questionnaire.item(id.as_str());
    found.map_or_else(|| id.to_string(), |(question, item)| question.item_text(item, say.lang))
}

/// Number of an item, sign or question; its id where there is none.
pub(super) fn number(scored: &Scored<'_>, id: &str) -> String {
    if let Some((_, item)) = scored.questionnaire.item(id) {
        return item.number.clone();
    }
    if let Some(question) = scored.questionnaire.question(id) {
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
