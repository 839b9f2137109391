//! What to do: actions of the assessment, put together where the same is to be done.

use std::borrow::Cow;

use serde::Serialize;

use super::Scored;
use super::say::Say;
use crate::model::{Action, AnswerKind, Dimension, Exact, Fact, FloorHit, Id, Sign, SignItem, SignState, Text};

/// A number, and where in the report it is found with its cell.
#[derive(Clone, Serialize)]
pub(super) struct Ref<'a> {
    /// Number of a line or sign, or the name of a dimension or factor.
    pub(super) text: &'a str,
    /// Id of its place in the page; absent where it has none.
    pub(super) place: Option<String>,
}

/// Something to do, for a person and a date.
#[derive(Clone, Serialize)]
pub(super) struct Task<'a> {
    /// Its number among those to do first; 0 in the plan.
    pub(super) n: usize,
    /// Its id, for ever: supplier and question or sign. Empty where several are put together.
    pub(super) id: String,
    /// The questions or signs it answers.
    pub(super) refs: Vec<Ref<'a>>,
    /// What these ask or say.
    pub(super) about: Vec<&'a str>,
    /// What to do.
    pub(super) what: &'a str,
    /// Why it is asked.
    pub(super) why: Option<&'a str>,
    /// Evidence that would count.
    pub(super) evidence: Vec<&'a str>,
    /// First, next or later.
    pub(super) when: &'a str,
    /// Points that full, verified implementation would take off; absent for signs.
    pub(super) potential: Option<String>,
    /// The same, exact, for the portfolio.
    #[serde(skip)]
    pub(super) exact: Option<Exact>,
    /// It answers a sign.
    pub(super) sign: bool,
}

impl Task<'_> {
    /// Numbers of the questions or signs it answers.
    pub(super) fn numbers(&self, say: Say<'_>) -> Cow<'_, str> {
        match &*self.refs {
            [one] => one.text.into(),
            refs => say.list(&refs.iter().map(|r| r.text).collect::<Vec<_>>()).into(),
        }
    }
}

/// What a task is about, or its evidence, in one cell.
pub(super) fn in_a_cell<'a>(texts: &[&'a str]) -> Cow<'a, str> {
    match texts {
        [one] => Cow::Borrowed(one),
        texts => texts.join(" · ").into(),
    }
}

/// What is not about one question: asking again, and having critical precautions looked at. No question has such an id.
const AGAIN: &str = "_again";
const VERIFY: &str = "_verify";

/// The plan: a row for each weak question and each sign, by urgency and then by potential. With too few answers, asking
/// again comes before everything else; with a sign, what the signs ask for comes before it, as a reminder could warn
/// those whom it should not.
pub(super) fn plan<'a>(say: Say<'a>, scored: &Scored<'a>) -> Vec<Task<'a>> {
    let actions = &scored.assessment.actions;
    let signs = actions.iter().any(|a| a.sign);
    let (word, when) = if signs { ("ask-again-after-advice", "soon") } else { ("ask-again", "now") };
    let again = (!scored.assessment.coverage.sufficient).then(|| plain(say, scored, AGAIN, say.word(word), when));
    let row = |action: &'a Action| Some((found(say, scored, action)?, action.urgency));
    let rows: Vec<(Task<'a>, &str)> = actions.iter().filter_map(row).collect();
    // Only where somebody is to be asked again do signs change places with what is as urgent or more.
    let (first, mut rest): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(task, _)| task.sign && again.is_some());
    if let Some(verify) = verify(say, scored) {
        let at = rest.iter().take_while(|(_, urgency)| *urgency != "ordinary").count();
        rest.insert(at, (verify, "soon"));
    }
    first.into_iter().map(|(task, _)| task).chain(again).chain(rest.into_iter().map(|(task, _)| task)).collect()
}

/// The first so many tasks of a plan, with rows put together where the same is to be done as urgently.
pub(super) fn tasks<'a>(say: Say<'a>, plan: &[Task<'a>], count: usize) -> Vec<Task<'a>> {
    let mut out: Vec<Task<'a>> = Vec::new();
    for row in plan {
        let same = |t: &&mut Task<'_>| (t.sign, t.when, t.what) == (row.sign, row.when, row.what);
        let Some(task) = out.iter_mut().find(same) else {
            if out.len() < count {
                out.push(row.clone());
            }
            continue;
        };
        task.id.clear();
        task.why = None;
        task.refs.extend(row.refs.iter().cloned());
        task.about.extend(&row.about);
        task.evidence.extend(&row.evidence);
        task.evidence.sort_unstable();
        task.evidence.dedup();
        task.exact = task.exact.as_ref().zip(row.exact.as_ref()).map(|(a, b)| a + b);
        task.potential = task.exact.as_ref().map(|x| say.exact(x));
    }
    out.iter_mut().zip(1..).for_each(|(task, n)| task.n = n);
    out
}

/// Critical precautions that are answered well and that nobody but the supplier vouches for (the floor V1).
fn verify<'a>(say: Say<'a>, scored: &Scored<'a>) -> Option<Task<'a>> {
    let assessment = scored.assessment;
    let floor = assessment.floors.iter().find(|f| f.id == "V1")?;
    let items = assessment.sections.iter().flat_map(|s| &s.items);
    let stated = items.filter(|i| i.answer.is_answered() && floor.because.iter().any(|id| *id == i.id.as_str()));
    let refs: Vec<Ref<'a>> = stated.map(|i| place(say, scored, i.id.as_str())).collect();
    let task = plain(say, scored, VERIFY, say.word("verify-critical"), "soon");
    (!refs.is_empty()).then(|| Task { refs, why: floor_reason(say, scored, "V1"), ..task })
}

fn floor_reason<'a>(say: Say<'a>, scored: &Scored<'a>, id: &str) -> Option<&'a str> {
    scored.method.floors.get(id).map(|f| say.label(&f.reason))
}

fn plain<'a>(say: Say<'a>, scored: &Scored<'a>, id: &str, what: &'a str, urgency: &str) -> Task<'a> {
    Task {
        n: 0,
        id: task_id(scored, id),
        refs: Vec::new(),
        about: Vec::new(),
        what,
        why: None,
        evidence: Vec::new(),
        when: say.word(match urgency {
            "now" => "urgency-now",
            "soon" => "urgency-soon",
            _ => "urgency-ordinary",
        }),
        potential: None,
        exact: None,
        sign: false,
    }
}

fn task_id(scored: &Scored<'_>, id: &str) -> String {
    [&scored.dossier.id, "/", id].concat()
}

fn found<'a>(say: Say<'a>, scored: &Scored<'a>, action: &'a Action) -> Option<Task<'a>> {
    let task = |what: &'a Text| plain(say, scored, action.question.as_str(), say.label(what), action.urgency);
    let refs = vec![place(say, scored, action.question.as_str())];
    if action.sign {
        let sign = sign(scored, &action.question)?;
        return Some(Task {
            refs,
            about: vec![say.label(&sign.text)],
            why: Some(say.label(&sign.why)),
            evidence: vec![say.label(&sign.evidence)],
            sign: true,
            ..task(&sign.measure)
        });
    }
    let question = scored.questionnaire.question(action.question.as_str())?;
    let evidence = question.items.iter().map(|i| &i.evidence).chain([&question.evidence]);
    let mut evidence: Vec<&str> = evidence.map(|e| say.label(e)).filter(|e| !e.is_empty()).collect();
    evidence.sort_unstable();
    evidence.dedup();
    Some(Task {
        refs,
        about: vec![say.label(&question.text)],
        why: Some(say.label(&question.why)),
        evidence,
        potential: Some(say.exact(&action.potential)),
        exact: Some(action.potential.clone()),
        ..task(&question.measure)
    })
}

/// Number of a line, question or sign, or the name of a dimension or factor, and where its cell stands in the report.
pub(super) fn place<'a>(say: Say<'a>, scored: &Scored<'a>, id: &'a str) -> Ref<'a> {
    if let Some(dimension) = Dimension::ALL.into_iter().find(|d| d.code() == id) {
        let place = Some(format!("dimension-{id}"));
        return Ref { text: super::signs::dimension(say, scored, dimension), place };
    }
    let factor = match id {
        "under-18" => return Ref { text: say.word("under-18"), place: Some("looks".to_owned()) },
        "country" => Some("factor-country"),
        "sector" => Some("factor-sector"),
        "workforce" => Some("factor-workforce"),
        "chain" => Some("factor-chain"),
        _ => None,
    };
    if let Some(factor) = factor {
        return Ref { text: say.word(factor), place: Some(factor.to_owned()) };
    }
    // An answered line; of a question the first.
    let item = scored.questionnaire.item(id).map(|(_, item)| (&*item.number, std::slice::from_ref(item)));
    let found = item.or_else(|| scored.questionnaire.question(id).map(|q| (&*q.number, &*q.items)));
    let text = found.map_or_else(|| number(scored, id), |(number, _)| number);
    let line = found.and_then(|(_, items)| items.iter().find(|i| matches!(i.kind, AnswerKind::Scale(_))));
    if let Some(line) = line {
        return Ref { text, place: Some(["line-", line.id.as_str()].concat()) };
    }
    // Of an indicator's or a sign's entries, the first that is reported, else the first.
    let is_of = |i: &&SignItem| i.id.as_str() == id || i.indicator.as_str() == id;
    let entries = || scored.assessment.signs.items.iter().filter(is_of);
    let reported = entries().find(|i| i.state == SignState::Present).or_else(|| entries().next());
    Ref { text, place: reported.map(|i| format!("sign-{}-{}", i.look, i.id)) }
}

/// A sign by its id, as on the form it was reported with, else as it is today.
pub(super) fn sign<'a>(scored: &Scored<'a>, id: &Id) -> Option<&'a Sign> {
    sign_of(scored, id.as_str())
}

fn sign_of<'a>(scored: &Scored<'a>, id: &str) -> Option<&'a Sign> {
    let reported = scored.dossier.signs.iter().map(|s| &s.sign);
    reported.chain(&scored.questionnaire.signs.signs).find(|s| s.id.as_str() == id).map(|s| &**s)
}

/// The full text of an item; its id where today's questionnaire does not have it.
pub(super) fn question_text<'a>(say: Say<'a>, scored: &Scored<'a>, id: &'a Id) -> Cow<'a, str> {
    let found = scored.questionnaire.item(id.as_str());
    found.map_or(Cow::Borrowed(id.as_str()), |(question, item)| question.item_text(item, say.lang))
}

/// Number of an item, sign or question; its id where there is none.
pub(super) fn number<'a>(scored: &Scored<'a>, id: &'a str) -> &'a str {
    if let Some((_, item)) = scored.questionnaire.item(id) {
        return &item.number;
    }
    if let Some(question) = scored.questionnaire.question(id) {
        return &question.number;
    }
    sign_of(scored, id).map_or(id, |s| &s.number)
}

/// A fact of the profile.
pub(super) fn fact<'a>(say: Say<'a>, fact: Fact, scored: &Scored<'a>) -> &'a str {
    let options = &scored.questionnaire.common.yes_no.options;
    match fact {
        Fact::Yes => say.option(options, "yes"),
        Fact::No => say.option(options, "no"),
        Fact::Unknown => say.word("not-known"),
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
