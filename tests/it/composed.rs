//! Questionnaires composed of any sector, jurisdiction and language, and reports on a supplier of that trade and place.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use lygte::checklist::{Catalog, Library, Selection};
use lygte::diag::Diagnostics;
use lygte::model::{
    AnswerKind, ById, Dossier, Form, Id, Lang, Look, Profile, Questionnaire, SignEntry, SignState, Text,
};
use lygte::report::{Reporter, Scored, Setting};

pub const DATE: &str = "2026-11-24";

pub static LOADED: LazyLock<(Library, Diagnostics)> = LazyLock::new(|| {
    let (library, diagnostics) = Library::load(&Catalog::embedded());
    (library.unwrap(), diagnostics)
});

pub fn library() -> &'static Library {
    &LOADED.0
}

pub fn compose(sectors: &[&str], country: &str) -> Questionnaire {
    let selection = Selection {
        questionnaire: Id::new("guide"),
        sectors: sectors.iter().map(|s| Id::new(s)).collect(),
        country: Some(country.parse().unwrap()),
        form: Form::Full,
    };
    library().compose(&selection).unwrap()
}

/// Every text that a questionnaire and a report on it are made of.
pub fn texts(q: &Questionnaire) -> Vec<&Text> {
    let mut out: Vec<&Text> = vec![&q.title, &q.exposure.title, &q.exposure.intro, &q.exposure.sheet];
    for block in &q.controls {
        out.extend([&block.title, &block.intro, &block.sheet]);
    }
    out.extend([&q.signs.title, &q.signs.intro, &q.signs.sheet]);
    for question in q.questions() {
        out.extend([&question.text, &question.why, &question.evidence, &question.measure]);
        for item in &question.items {
            out.extend([&item.text, &item.evidence]);
            if let AnswerKind::Scale(scale) = &item.kind {
                out.extend(scale.options.iter().map(|o| &o.label));
            }
        }
    }
    for sign in &q.signs.signs {
        out.extend([&sign.text, &sign.why, &sign.evidence, &sign.measure]);
    }
    for sector in &q.sectors {
        out.push(&sector.name);
        out.extend(sector.verify.iter().chain(&sector.notes).map(|n| &n.text));
    }
    out.extend(q.country.iter().map(|c| &c.name));
    for fact in q.country.iter().flat_map(|c| &c.facts) {
        out.push(&fact.text);
        out.extend(fact.name.iter().chain(&fact.hours));
    }
    for sheet in [&q.profile, &q.visit] {
        out.extend([&sheet.sheet, &sheet.title, &sheet.intro]);
        out.extend(sheet.fields.iter().flat_map(|f| [&f.text, &f.why]));
    }
    let common = &q.common;
    out.extend([&common.na.label, &common.dont_know.label, &common.refused.label]);
    out.extend(common.seen.iter().chain(&common.evidence).chain(&common.closure).map(|o| &o.label));
    out.extend(q.words.ids().filter_map(|id| q.words.text(id)));
    let report = &library().words["report"];
    out.extend(report.ids().filter_map(|id| report.text(id)));
    for act in library().reference.acts.values() {
        out.extend([&act.name, &act.text]);
        out.extend(act.alternatives.iter().filter_map(|a| a.provided.as_ref()));
        out.extend(act.asks.iter().chain(&act.check).chain(&act.proposed).map(|c| &c.text));
    }
    out
}

/// A supplier of that trade and place, with a sign reported, so that every block of the report is there.
pub fn dossier(q: &Questionnaire, lang: &Lang) -> Dossier {
    let mut dossier = Dossier {
        id: "nordlys-7f3a".to_owned(),
        name: "Nordlys".to_owned(),
        files: vec!["nordlys.xlsx".into(), "visit.xlsx".into()],
        lang: lang.clone(),
        form: q.form,
        edition: q.edition.clone(),
        revision: q.revision.clone(),
        profile: Profile {
            name: Some("Nordlys".to_owned()),
            countries: vec![q.country.as_ref().map(|c| c.code.clone())],
            sectors: q.sectors.iter().map(|s| Some(s.id.clone())).collect(),
            employees: Some(80),
            levels: Some(2),
            ..Profile::default()
        },
        corrections: BTreeMap::new(),
        exposure: ById::new(),
        controls: ById::new(),
        findings: ById::new(),
        looks: vec![Look {
            file: "visit.xlsx".into(),
            date: Some("2026-10-02".to_owned()),
            role: None,
            site: None,
            seen: Some(true),
            under_18: false,
        }],
        signs: Vec::new(),
    };
    for (n, sign) in q.signs.signs.iter().enumerate() {
        let state = if n % 7 == 0 { SignState::Present } else { SignState::Absent };
        dossier.signs.push(SignEntry {
            sign: sign.clone(),
            state,
            raw: None,
            comment: None,
            cell: None,
            closure: None,
            look: 0,
        });
    }
    dossier
}

pub fn reporter() -> Reporter {
    Reporter::new(&BTreeMap::new(), library().words["report"].clone()).unwrap()
}

/// Its report and its feedback page.
pub fn report(reporter: &Reporter, q: &Questionnaire, lang: &Lang) -> [String; 2] {
    report_on(reporter, q, &Setting { lang, date: DATE }, &dossier(q, lang))
}

/// The report and the feedback page on any answers.
pub fn report_on(reporter: &Reporter, q: &Questionnaire, setting: &Setting<'_>, dossier: &Dossier) -> [String; 2] {
    let library = library();
    let method = &library.methods["fls-1"];
    let assessment = lygte::score::assess(q, method, &library.reference, dossier);
    let scored = Scored {
        questionnaire: q,
        method,
        reference: &library.reference,
        dossier,
        assessment: &assessment,
        slug: "nordlys-7f3a",
    };
    [
        reporter.supplier(&reporter.views(setting, &scored), &[]).unwrap(),
        reporter.feedback(setting, &scored, &[]).unwrap(),
    ]
}
