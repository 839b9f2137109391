//! What is handed out before and on the day.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::super::card::{self, Calls};
use super::super::say::Say;
use super::super::{DutyView, Reporter, Setting, duties};
use super::{DONT_KNOW, Line, plan};
use crate::error::Result;
use crate::model::{
    Assessment, Case, CountryInfo, FactId, Firm, FirmRole, Id, Item, KeyEntry, Lang, Note, Profile, Question,
    Questionnaire, Reference, Sign, SignState, Term, TrapKind,
};

/// What a pack is made of.
#[derive(Clone, Copy)]
pub struct Course<'a> {
    /// The case.
    pub case: &'a Case,
    /// What participants answer: [`Case::exercise`].
    pub exercise: &'a Questionnaire,
    /// The questionnaire of the sector and of the country that the room works in: its law, contacts and notes.
    pub home: &'a Questionnaire,
    /// The key, scored.
    pub key: &'a Assessment,
    /// Sources, indicators, acts.
    pub reference: &'a Reference,
    /// Codes to hand out.
    pub codes: &'a [String],
    /// The project's terms in the language.
    pub terms: &'a [Term],
    /// Texts of the language await a native speaker's review.
    pub draft: bool,
}

/// A sentence that others point to.
#[derive(Serialize)]
struct SentenceView {
    id: String,
    text: String,
}

#[derive(Serialize)]
struct PartView {
    title: String,
    sentences: Vec<SentenceView>,
}

#[derive(Serialize)]
struct OptionView {
    code: String,
    label: String,
}

/// A line of the exercise, without its key.
#[derive(Serialize)]
struct LineView {
    /// Number on paper.
    n: usize,
    number: String,
    text: String,
    options: Vec<OptionView>,
    /// Answered with a number.
    is_number: bool,
    percent: bool,
    sign: bool,
}

#[derive(Serialize)]
struct KeyView {
    n: usize,
    number: String,
    text: String,
    answer: String,
    evidence: String,
    why: String,
    rests: Vec<SentenceView>,
    tempting: String,
    tempting_why: String,
    debrief: String,
    means: String,
    measure: String,
    /// Acts and facts of the country that rest on the same source as the question.
    law: Vec<LawView>,
    source: String,
}

#[derive(Serialize)]
struct LawView {
    text: String,
    cited: String,
    overdue: Option<String>,
}

#[derive(Serialize)]
struct SignView {
    n: usize,
    number: String,
    text: String,
    present: bool,
    state: String,
    why: String,
    rests: Vec<SentenceView>,
    measure: String,
}

#[derive(Serialize)]
struct TrapView {
    looks_fine: bool,
    kind: String,
    text: String,
}

#[derive(Serialize)]
struct StepView {
    from: String,
    to: String,
    minutes: u16,
    title: String,
    text: String,
}

#[derive(Serialize)]
struct ModuleView {
    id: &'static str,
    minutes: u16,
    title: String,
    text: String,
}

#[derive(Serialize)]
struct PathView {
    name: String,
    minutes: u16,
    modules: Vec<String>,
}

#[derive(Serialize)]
struct NoteView {
    text: String,
    proposed: bool,
    source: String,
}

/// A dated fact that is to be checked before the day.
#[derive(Serialize)]
struct DatedView {
    what: String,
    checked: String,
    review: String,
    overdue: bool,
    proposed: bool,
    source: String,
}

#[derive(Serialize)]
struct SourceView {
    text: String,
    url: Option<String>,
}

#[derive(Serialize)]
struct TermView {
    term: String,
    text: String,
    note: Option<String>,
}

/// One page's variables. Pages take from it what they need; only the guide and the slides show the key.
#[derive(Serialize)]
struct Pack {
    date: String,
    draft: bool,
    untranslated: bool,
    title: String,
    about: String,
    sector: String,
    country: String,
    /// Where the case is set, if elsewhere.
    set_in: Option<String>,
    case: String,
    goals: Vec<String>,
    firm: Vec<(String, String)>,
    story: Vec<PartView>,
    lines: Vec<LineView>,
    questions: usize,
    signs_asked: usize,
    dont_know: usize,
    codes: Vec<String>,
    plan: Vec<StepView>,
    modules: Vec<ModuleView>,
    paths: Vec<PathView>,
    key: Vec<KeyView>,
    signs: Vec<SignView>,
    traps: Vec<TrapView>,
    debrief: Vec<String>,
    decisions: String,
    key_score: String,
    key_follow: String,
    calls: Calls,
    notes: Vec<NoteView>,
    verify: Vec<NoteView>,
    ilo: Vec<String>,
    law: Vec<DutyView>,
    dated: Vec<DatedView>,
    terms: Vec<TermView>,
    sources: Vec<SourceView>,
}

/// Pages of a pack: template, name of the file.
const PAGES: [(&str, &str); 5] = [
    ("training/guide.html", "guide.html"),
    ("training/slides.html", "slides.html"),
    ("training/case.html", "case.html"),
    ("training/form.html", "form.html"),
    ("training/home.html", "take-home/actions.html"),
];

impl Reporter {
    /// The pages of a training pack, by name of the file.
    ///
    /// # Errors
    /// A template that fails.
    pub fn training_pack(&self, setting: &Setting<'_>, course: &Course<'_>) -> Result<Vec<(String, String)>> {
        let view = course.view(self.say(setting), setting);
        let page = |(template, name): &(&str, &str)| {
            Ok(((*name).to_owned(), self.engine.render(template, setting.lang, &view)?))
        };
        PAGES.iter().map(page).collect()
    }

    /// What stands on the first sheet of a participant's workbook, as headings and texts.
    pub fn exercise_notes(&self, lang: &Lang, course: &Course<'_>, code: &str) -> Vec<(String, String)> {
        let say = Say { words: &self.words, lang };
        let mut notes = vec![
            (say.t("tr-code"), code.to_owned()),
            (say.t("tr-case"), say.text(&course.case.title)),
            (say.t("tr-exercise-what"), say.t("tr-exercise-what-text")),
            (say.t("tr-exercise-how"), say.t("tr-exercise-how-text")),
            (say.t("tr-exercise-private"), say.t("tr-exercise-private-text")),
        ];
        if course.draft {
            notes.push((String::new(), say.t("draft-language")));
        }
        notes
    }
}

impl Course<'_> {
    fn view(&self, say: Say<'_>, setting: &Setting<'_>) -> Pack {
        let Self { case, exercise, home, reference, .. } = *self;
        let country = home.country.as_ref();
        let lines = Line::all(exercise);
        let at = |id: &Id| lines.iter().position(|l| l.id() == id).map_or(0, |n| n + 1);
        let law = country.map(|c| self.law(say, setting, c)).unwrap_or_default();
        let key = lines.iter().filter_map(|line| match line {
            Line::Question(question, item) => {
                let entry = case.entry(&item.id)?;
                Some(self.key_view(say, setting, &law, (line, question, item), (at(&item.id), entry)))
            }
            Line::Sign(_) => None,
        });
        let signs = lines.iter().filter_map(|line| match line {
            Line::Sign(sign) => self.sign_view(say, sign, at(&sign.id)),
            Line::Question(..) => None,
        });
        let trap = |t: &crate::model::Trap| TrapView {
            looks_fine: t.kind == TrapKind::LooksFine,
            kind: say.t(&format!("tr-trap-{}", t.kind.id())),
            text: say.text(&t.text),
        };
        let own = home.sectors.iter().find(|s| s.id == case.sector);
        let notes = |pick: fn(&crate::model::SectorInfo) -> &Vec<Note>| -> Vec<NoteView> {
            let seen = own.into_iter().flat_map(pick).filter(|n| n.confidence != "U");
            seen.map(|n| NoteView {
                text: say.text(&n.text),
                proposed: n.confidence == "B",
                source: say.source(reference, &n.source),
            })
            .collect()
        };
        let key: Vec<KeyView> = key.collect();
        Pack {
            date: say.date(setting.date),
            draft: self.draft,
            untranslated: !case.langs.contains(setting.lang),
            title: say.text(&case.title),
            about: say.text(&case.about),
            sector: say.sector(home, reference, Some(&case.sector)),
            country: country.map(|c| say.text(&c.name)).unwrap_or_default(),
            set_in: country.is_none_or(|c| c.code != case.country).then(|| say.country(reference, Some(&case.country))),
            case: case.id.to_string(),
            goals: case.goals.iter().map(|g| say.text(&g.text)).collect(),
            firm: firm(say, home, &case.profile),
            story: self.story(say),
            questions: lines.iter().filter(|l| matches!(l, Line::Question(..))).count(),
            signs_asked: lines.iter().filter(|l| matches!(l, Line::Sign(_))).count(),
            lines: (1..).zip(&lines).map(|(n, l)| line_view(say, exercise, n, l)).collect(),
            dont_know: DONT_KNOW,
            codes: self.codes.to_vec(),
            plan: steps(say),
            modules: modules(say),
            paths: paths(say),
            key,
            signs: signs.collect(),
            traps: case.traps.iter().map(trap).collect(),
            debrief: case.debrief.iter().map(|d| say.text(&d.text)).collect(),
            decisions: say.text(&case.decisions),
            key_score: say.whole(&self.key.score.headline),
            key_follow: self.key.priority.map(|p| say.follow(p)).unwrap_or_default(),
            calls: card::calls(say, setting.date, reference, country),
            notes: notes(|s| &s.notes),
            verify: notes(|s| &s.verify),
            ilo: reference.indicators.ilo.values().map(|t| say.text(t)).collect(),
            law,
            dated: country.map(|c| self.dated(say, setting, c)).unwrap_or_default(),
            terms: self
                .terms
                .iter()
                .map(|t| TermView { term: t.term.clone(), text: t.text.clone(), note: t.note.clone() })
                .collect(),
            sources: self.sources(say),
        }
    }

    fn story(&self, say: Say<'_>) -> Vec<PartView> {
        let sentence = |s: &crate::model::Sentence| SentenceView { id: s.id.to_string(), text: say.text(&s.text) };
        let part = |p: &crate::model::StoryPart| PartView {
            title: say.text(&p.title),
            sentences: p.sentences.iter().map(sentence).collect(),
        };
        self.case.story.iter().map(part).collect()
    }

    fn rests(&self, say: Say<'_>, ids: &[Id]) -> Vec<SentenceView> {
        let one = |id: &Id| Some(SentenceView { id: id.to_string(), text: say.text(self.case.sentence(id)?) });
        ids.iter().filter_map(one).collect()
    }

    fn key_view(
        &self,
        say: Say<'_>,
        setting: &Setting<'_>,
        law: &[DutyView],
        (line, question, item): (&Line<'_>, &Question, &Item),
        (n, entry): (usize, &KeyEntry),
    ) -> KeyView {
        let exercise = self.exercise;
        KeyView {
            n,
            number: item.number.clone(),
            text: question.item_text(item, say.lang).into_owned(),
            answer: say.option(line.options(exercise), &entry.answer).to_owned(),
            evidence: say.evidence(&exercise.common, entry.evidence).to_owned(),
            why: say.text(&entry.why),
            rests: self.rests(say, &entry.rests_on),
            tempting: say.option(line.options(exercise), &entry.wrong.answer).to_owned(),
            tempting_why: say.text(&entry.wrong.why),
            debrief: say.text(&entry.debrief),
            means: say.text(&question.why),
            measure: say.text(&question.measure),
            law: self.law_of(say, setting, law, question),
            source: say.source(self.reference, &question.source),
        }
    }

    fn sign_view(&self, say: Say<'_>, sign: &Sign, n: usize) -> Option<SignView> {
        let key = self.case.signs.iter().find(|s| s.sign == sign.id)?;
        Some(SignView {
            n,
            number: sign.number.clone(),
            text: say.text(&sign.text),
            present: key.state == SignState::Present,
            state: say.t(if key.state == SignState::Present { "tr-sign-present" } else { "tr-sign-absent" }),
            why: say.text(&key.why),
            rests: self.rests(say, &key.rests_on),
            measure: say.text(&sign.measure),
        })
    }

    /// Acts that bear on a question and probably concern the trade here, and facts of the country that rest on the
    /// publication the question comes from. Our own base is none.
    fn law_of(&self, say: Say<'_>, setting: &Setting<'_>, law: &[DutyView], question: &Question) -> Vec<LawView> {
        let bears = |d: &&DutyView| {
            let act = self.reference.acts.get(d.act.as_str());
            act.is_some_and(|a| a.questions.contains(&question.id) || a.source.id == question.source.id)
        };
        let acts = law.iter().filter(bears).map(|d| LawView {
            text: format!("{} ({}): {}", d.name, d.says, d.text),
            cited: d.cited.clone(),
            overdue: d.overdue.clone(),
        });
        let facts = self.home.country.iter().flat_map(|c| &c.facts).filter(|f| {
            f.is_printable()
                && f.value.is_none()
                && f.source.id == question.source.id
                && f.source.id.as_str() != OWN_BASE
        });
        let facts = facts.map(|f| LawView {
            text: say.text(&f.text),
            cited: say.cited(self.reference, &f.source, &f.source_date, &f.last_verified),
            overdue: card::overdue(say, setting.date, f),
        });
        acts.chain(facts).collect()
    }

    /// Acts that probably concern those in the room, as buyers, and the firm of the case, as employer.
    fn law(&self, say: Say<'_>, setting: &Setting<'_>, country: &CountryInfo) -> Vec<DutyView> {
        let mut known = BTreeSet::new();
        let roles = [FirmRole::Buyer, FirmRole::Employer, FirmRole::Contractor];
        let of = |role| {
            let firm = Firm {
                role,
                country: country.code.clone(),
                sells_in: Vec::new(),
                sectors: vec![self.case.sector.clone()],
                employees: None,
                turnover: None,
                balance: None,
                currency: None,
                public_interest: false,
                date: setting.date.to_owned(),
            };
            duties::view(say, self.reference, &firm)
        };
        roles.into_iter().flat_map(of).filter(|d| known.insert(d.act.clone())).collect()
    }

    /// Law, contacts and registers of the country, those that are due first.
    fn dated(&self, say: Say<'_>, setting: &Setting<'_>, country: &CountryInfo) -> Vec<DatedView> {
        let facts = country.facts.iter().filter(|f| f.is_printable() || f.is_proposed());
        let mut out: Vec<(String, DatedView)> = facts
            .map(|f| {
                let named = f.name.iter().map(|n| say.text(n)).chain(f.value.clone());
                let what: Vec<String> = named.chain([say.text(&f.text)]).collect();
                let view = DatedView {
                    what: what.join(" · "),
                    checked: say.date(&f.last_verified),
                    review: say.date(&f.review_after),
                    overdue: setting.date > f.review_after.as_str(),
                    proposed: f.is_proposed(),
                    source: say.source(self.reference, &f.source),
                };
                (f.review_after.clone(), view)
            })
            .collect();
        out.sort_by(|a, b| a.0.cmp(&b.0));
        out.into_iter().map(|(_, view)| view).collect()
    }

    fn sources(&self, say: Say<'_>) -> Vec<SourceView> {
        let questions = self.exercise.questions().map(|q| &q.source.id);
        let signs = self.exercise.signs.signs.iter().map(|s| &s.source.id);
        let facts = self.home.country.iter().flat_map(|c| &c.facts).filter(|f| f.is_printable()).map(|f| &f.source.id);
        let notes = self.home.sectors.iter().flat_map(|s| s.notes.iter().chain(&s.verify)).map(|n| &n.source.id);
        let used: BTreeSet<&Id> = questions.chain(signs).chain(facts).chain(notes).collect();
        let known: BTreeMap<&Id, _> =
            used.into_iter().filter_map(|id| Some((id, self.reference.sources.get(id)?))).collect();
        known
            .values()
            .map(|s| SourceView {
                text: format!("{}: {} ({})", say.text(&s.publisher), say.text(&s.title), say.date(&s.date)),
                url: s.url.clone(),
            })
            .collect()
    }
}

/// The publication that holds what was collected for lygte itself.
const OWN_BASE: &str = "nordic-base";

/// Facts of the firm, as they would stand on its profile sheet.
fn firm(say: Say<'_>, form: &Questionnaire, profile: &Profile) -> Vec<(String, String)> {
    let value = |id: &str| match id {
        "employees" => profile.employees.map(|n| n.to_string()),
        "levels" => profile.levels.map(|n| n.to_string()),
        id => FactId::ALL.into_iter().find(|f| f.id() == id).and_then(|f| match profile.fact(f) {
            crate::model::Fact::Yes => Some(say.t("yes")),
            crate::model::Fact::No => Some(say.t("no")),
            crate::model::Fact::Unknown => None,
        }),
    };
    form.profile.fields.iter().filter_map(|f| Some((say.text(&f.text), value(f.id.as_str())?))).collect()
}

fn line_view(say: Say<'_>, exercise: &Questionnaire, n: usize, line: &Line<'_>) -> LineView {
    let options = line.options(exercise);
    let coded = |(code, o): (usize, &crate::model::ScaleOption)| OptionView {
        code: code.to_string(),
        label: say.text(&o.label),
    };
    let text = match line {
        Line::Question(question, item) => question.item_text(item, say.lang).into_owned(),
        Line::Sign(sign) => say.text(&sign.text),
    };
    let percent = matches!(line, Line::Question(_, item)
        if matches!(&item.kind, crate::model::AnswerKind::Scale(scale) if scale.percent));
    LineView {
        n,
        number: line.number().to_owned(),
        text,
        options: if line.is_number() { Vec::new() } else { (1..).zip(options).map(coded).collect() },
        is_number: line.is_number(),
        percent,
        sign: matches!(line, Line::Sign(_)),
    }
}

fn steps(say: Say<'_>) -> Vec<StepView> {
    let mut now = 0u16;
    let clock = |minutes: u16| format!("{}.{:02}", minutes / 60, minutes % 60);
    let step = |(id, minutes): (&str, u16)| {
        let from = now;
        now += minutes;
        StepView {
            from: clock(from),
            to: clock(now),
            minutes,
            title: say.t(&format!("tr-plan-{id}")),
            text: say.t(&format!("tr-plan-{id}-text")),
        }
    };
    plan::PLAN.into_iter().map(step).collect()
}

fn modules(say: Say<'_>) -> Vec<ModuleView> {
    let module = |(id, minutes): (&'static str, u16)| ModuleView {
        id,
        minutes,
        title: say.t(&format!("tr-module-{id}")),
        text: say.t(&format!("tr-module-{id}-text")),
    };
    plan::MODULES.into_iter().map(module).collect()
}

fn paths(say: Say<'_>) -> Vec<PathView> {
    let path = |(id, modules): (&str, &[&str])| PathView {
        name: say.t(&format!("tr-path-{id}")),
        minutes: plan::minutes(modules),
        modules: modules.iter().map(|m| say.t(&format!("tr-module-{m}"))).collect(),
    };
    plan::PATHS.into_iter().map(path).collect()
}
