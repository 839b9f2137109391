//! `lygte explain`: a diagnostic code, a question or sign, a floor.

use std::fmt::Write as _;

use clap::Args;

use crate::checklist::Selection;
use crate::diag::Code;
use crate::error::Error;
use crate::model::{Form, Id, Lang, Text};

use super::{Common, Outcome, render::Console};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lygte explain unknown-answer
  lygte explain own-documents
  lygte explain V1")]
pub(super) struct ExplainArgs {
    /// A diagnostic code, the id or number of a question or sign, a floor, or a constant of a method
    what: String,
    /// Language of questions and floors
    #[arg(long, value_name = "TAG", default_value = "en")]
    lang: String,
}

pub(super) fn run(args: &ExplainArgs, common: &Common, console: &Console) -> Outcome {
    let what = args.what.trim();
    if let Some(code) = Code::ALL.iter().find(|c| c.name() == what) {
        return console.print(&format!(
            "{} ({})\n\n{}\n\n{}\n",
            code.name(),
            code.severity().id(),
            code.template(),
            code.explanation()
        ));
    }
    let (_, library) = super::library(common, console)?;
    let lang = super::known_lang(&library, &args.lang)?;
    let mut out = String::new();
    for method in library.methods.values() {
        if let Some(floor) = method.floors.get(what) {
            let _ = writeln!(
                out,
                "{what} ({}): {}\n\n{}\n{}\n",
                method.id,
                floor.priority.id(),
                floor.text.get(&lang),
                floor.reason.get(&lang)
            );
        }
        let lists = method.factors.iter().chain(&method.sections).chain(&method.constants);
        for (_, constant) in lists.filter(|(id, _)| id.as_str() == what) {
            let _ = writeln!(out, "{what} ({}): {} ({})\n\n{}\n", method.id, constant.value, constant.status, constant.reason.get(&lang));
        }
    }
    for id in library.questionnaires.keys() {
        let selection = Selection {
            questionnaire: id.clone(),
            sectors: library.sectors.keys().cloned().collect(),
            country: None,
            form: Form::Full,
        };
        let whole = library.compose(&selection)?;
        let named = |id: &Id, number: &str| id.as_str() == what || number == what;
        for question in whole.questions() {
            if named(&question.id, &question.number) || question.items.iter().any(|i| named(&i.id, &i.number)) {
                let parts: String =
                    question.items.iter().filter(|_| question.has_parts).fold(String::new(), |mut out, i| {
                        let _ = writeln!(out, "  {} {} ({})", i.number, i.text.get(&lang), i.id);
                        out
                    });
                let texts = [&question.why, &question.evidence, &question.measure];
                entry(&mut out, &lang, &format!("{} {}", question.number, question.id), &question.text, &parts, texts);
            }
        }
        for sign in whole.signs.signs.iter().filter(|s| named(&s.id, &s.number)) {
            let head = format!("{} {} → {}", sign.number, sign.id, sign.indicator);
            entry(&mut out, &lang, &head, &sign.text, "", [&sign.why, &sign.evidence, &sign.measure]);
        }
    }
    if out.is_empty() {
        let codes = Code::ALL.iter().map(|c| c.name());
        let near = Error::unknown("code, question, sign or floor", what, codes);
        return Err(near.into());
    }
    console.print(out.trim_end_matches('\n')).and_then(|_| console.print("\n"))
}

fn entry(out: &mut String, lang: &Lang, head: &str, text: &Text, parts: &str, more: [&Text; 3]) {
    let _ = writeln!(out, "{head}\n\n{}\n{parts}", text.get(lang));
    for text in more {
        let _ = writeln!(out, "- {}", text.get(lang));
    }
    out.push('\n');
}
