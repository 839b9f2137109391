//! A training case as its facilitator reads it: the story with its sentences numbered, and the key beside it.

use crate::model::{AnswerKind, Case, Fact, FactId, Id, Questionnaire, Sentence, TrapKind};

use super::Page;

impl Page<'_> {
    pub(super) fn case(&mut self, case: &Case, form: &Questionnaire) {
        let lang = self.lang;
        self.head(1, case.title.get(lang));
        let sectors = form.sectors.iter().map(|s| s.name.get(lang));
        let places = sectors.chain(form.country.as_ref().map(|c| c.name.get(lang))).collect::<Vec<_>>().join(" · ");
        self.line(&format!("`{}` · {places}\n", case.id));
        self.line(&format!("*{}*\n", self.w("for-facilitator")));
        if !case.langs.contains(lang) {
            self.line(&format!("*{}*\n", self.w("untranslated")));
        } else if case.drafts.contains(lang) {
            self.line(&format!("*{}*\n", self.w("draft")));
        }
        self.line(case.about.get(lang));
        self.titled(2, "goals");
        self.sentences(&case.goals);
        self.titled(2, "firm");
        self.firm(case, form);
        self.titled(2, "story");
        for (n, part) in case.story.iter().enumerate() {
            // The heading of the story has its own blank line.
            if n > 0 {
                self.out.push('\n');
            }
            self.line(&format!("### {}\n", part.title.get(lang)));
            for sentence in &part.sentences {
                self.line(&format!("- **{}** {}", sentence.id, sentence.text.get(lang)));
            }
        }
        self.titled(2, "key");
        self.key(case, form);
        self.titled(2, "signs");
        self.key_signs(case, form);
        self.titled(2, "traps");
        for kind in TrapKind::ALL {
            let heading = self.w(kind.id()).to_owned();
            for trap in case.traps.iter().filter(|t| t.kind == kind) {
                self.line(&format!("- *{heading}:* {}", trap.text.get(lang)));
                self.rests_on(case, &trap.rests_on, "  ");
            }
        }
        self.titled(2, "debrief");
        self.sentences(&case.debrief);
        self.titled(2, "decisions");
        self.line(case.decisions.get(lang));
    }

    fn titled(&mut self, level: usize, word: &str) {
        let title = self.w(word).to_owned();
        self.head(level, &title);
    }

    fn sentences(&mut self, list: &[Sentence]) {
        for sentence in list {
            self.line(&format!("- {}", sentence.text.get(self.lang)));
        }
    }

    /// The facts of the profile sheet, as the supplier would give them.
    fn firm(&mut self, case: &Case, form: &Questionnaire) {
        let profile = &case.profile;
        for field in &form.profile.fields {
            let yes_no = |fact: FactId| {
                let option = form.common.yes_no.option(if profile.fact(fact) == Fact::Yes { "yes" } else { "no" });
                option.map(|o| o.label.get(self.lang).to_owned())
            };
            let value = match field.id.as_str() {
                "employees" => profile.employees.map(|n| n.to_string()),
                "levels" => profile.levels.map(|n| n.to_string()),
                id => FactId::ALL.into_iter().find(|f| f.id() == id).and_then(yes_no),
            };
            if let Some(value) = value {
                self.line(&format!("- **{}** {} {value}", field.number, field.text.get(self.lang)));
            }
        }
    }

    fn key(&mut self, case: &Case, form: &Questionnaire) {
        let lang = self.lang;
        for entry in &case.key {
            let Some((question, item)) = form.item(entry.item.as_str()) else { continue };
            let AnswerKind::Scale(scale) = &item.kind else { continue };
            let label = |id: &str| scale.option(id).map_or("", |o| o.label.get(lang)).to_owned();
            let evidence = form.common.evidence.iter().find(|o| o.id == entry.evidence.code());
            let evidence = evidence.map_or("", |o| o.label.get(lang));
            self.line(&format!("- **{}** {}", item.number, question.item_text(item, lang)));
            let by = format!("{}: {evidence} ({})", self.w("evidence"), entry.evidence.code());
            self.line(&format!("  `{}` · **{}** · {by}", entry.item, label(&entry.answer)));
            self.line(&format!("  - {}", entry.why.get(lang)));
            self.rests_on(case, &entry.rests_on, "    ");
            let wrong = format!("**{}** · {}", label(&entry.wrong.answer), entry.wrong.why.get(lang));
            self.line(&format!("  - *{}:* {wrong}", self.w("tempting")));
            self.line(&format!("  - *{}:* {}", self.w("for-debrief"), entry.debrief.get(lang)));
        }
    }

    fn key_signs(&mut self, case: &Case, form: &Questionnaire) {
        let lang = self.lang;
        for noted in &case.signs {
            let Some(sign) = form.signs.signs.iter().find(|s| s.id == noted.sign) else { continue };
            let state = form.signs.scale.option(noted.state.id()).map_or("", |o| o.label.get(lang));
            self.line(&format!("- **{}** {}", sign.number, sign.text.get(lang)));
            self.line(&format!("  `{}` · **{state}**", sign.id));
            self.line(&format!("  - {}", noted.why.get(lang)));
            self.rests_on(case, &noted.rests_on, "    ");
        }
    }

    /// The sentences that something rests on, in full: nobody has to turn pages to check a reason.
    fn rests_on(&mut self, case: &Case, ids: &[Id], indent: &str) {
        for id in ids {
            let text = case.sentence(id).map_or("", |t| t.get(self.lang)).to_owned();
            self.line(&format!("{indent}- **{id}** {text}"));
        }
    }
}
