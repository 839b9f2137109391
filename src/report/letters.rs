//! Letters that go out with questionnaires, and the sheet that keeps track of them. What only the sender knows stands in
//! square brackets. Nothing here tells of signs, nor of anything that was answered.

use super::form::{Form, FormCell, FormColumn};
use super::plain;
use crate::model::{Form as Length, Lang, Words};

/// A supplier who gets a questionnaire.
#[derive(Clone, Copy, Debug)]
pub struct Recipient<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its name, as in the list.
    pub name: &'a str,
    /// The country where it works, in words.
    pub country: &'a str,
    /// Whom to write to.
    pub email: &'a str,
    /// Name of its workbook's file.
    pub file: &'a str,
    /// Form of its questionnaire.
    pub form: Length,
}

/// What a tracking sheet says of itself in `_meta`.
const KIND: &str = "lygte/tracking/1";

/// The letter that goes with a questionnaire: what is asked and why, who sees the answers, what comes back.
pub fn cover(words: &Words, lang: &Lang, to: &Recipient<'_>) -> String {
    let length = match to.form {
        Length::Short => "letter-short",
        Length::Full => "letter-full",
    };
    let middle = ["letter-why", length, "letter-how", "letter-who", "letter-back", "letter-names", "letter-when"];
    letter(words, lang, to, "letter-subject", &middle)
}

/// The reminder for when it has not come back.
pub fn reminder(words: &Words, lang: &Lang, to: &Recipient<'_>) -> String {
    let middle = ["letter-sent", "letter-help", "letter-how", "letter-names", "letter-when"];
    letter(words, lang, to, "letter-subject-reminder", &middle)
}

fn letter(words: &Words, lang: &Lang, to: &Recipient<'_>, subject: &str, middle: &[&str]) -> String {
    // A name of several lines would read as lines of the letter.
    let name = to.name.split_whitespace().collect::<Vec<_>>().join(" ");
    let say = |id: &str| words.fill(id, lang, &[("name", name.as_str()), ("file", to.file)]);
    let parts = [subject, "letter-greeting"].into_iter().chain(middle.iter().copied()).chain(["letter-regards"]);
    let text: Vec<String> = parts.map(say).collect();
    plain(&format!("{}\n{}\n", text.join("\n\n"), say("letter-signature")))
}

/// The tracking sheet of the suppliers who are written to in one language.
pub fn tracking(words: &Words, lang: &Lang, suppliers: &[Recipient<'_>]) -> Form {
    let say = |id: &str| words.get(id, lang).to_owned();
    let column = |id, title: &str, width| FormColumn { id, title: say(title), width };
    let states = ["sent", "reminded", "returned", "declined"].map(|s| say(&format!("tracking-is-{s}"))).to_vec();
    let row = |to: &Recipient<'_>| {
        let given = [to.name, to.country, to.email, to.file].map(|text| FormCell::Given(text.to_owned()));
        let mut row = vec![FormCell::Given(to.id.to_owned())];
        row.extend(given);
        row.push(FormCell::Choice(states.clone()));
        row.extend([FormCell::Open, FormCell::Open, FormCell::Open, FormCell::Open, FormCell::Open]);
        row
    };
    Form {
        title: say("tracking-title"),
        meta: vec![("format", KIND.to_owned()), ("language", lang.to_string())],
        columns: vec![
            FormColumn { id: "id", title: String::new(), width: 10 },
            column("name", "tracking-name", 28),
            column("country", "tracking-country", 14),
            column("email", "tracking-email", 26),
            column("file", "tracking-file", 24),
            column("state", "tracking-state", 16),
            column("sent", "tracking-sent", 12),
            column("reminded", "tracking-reminded", 12),
            column("returned", "tracking-returned", 12),
            column("person", "tracking-person", 16),
            column("remarks", "tracking-remarks", 30),
        ],
        rows: suppliers.iter().map(row).collect(),
    }
}
