//! From a template and a view to a page. The only user of tera.

mod bounds;
mod fault;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, TeraResult, Value};

use super::say;
use crate::assets::{self, Folder};
use crate::diag::Diagnostics;
use crate::error::{Error, Result, near_misses};
use crate::model::{Lang, Words, fill};

/// The templates: the user's over the built-in ones of the same name.
pub(super) struct Engine {
    tera: Arc<Tera>,
    script: String,
    user: BTreeMap<String, String>,
    /// What was handed to templates, by template, if it is to be kept.
    pub(super) handed: Option<Mutex<Vec<(String, serde_json::Value)>>>,
    /// A variable that no page has is an error, even where it is only tested.
    pub(super) strict: bool,
}

impl Engine {
    /// Loads all templates. What is misspelt in them is an error here, not when a page is made.
    pub(super) fn new(user: &BTreeMap<String, String>, words: &Arc<Words>) -> Result<Self> {
        let mut tera = Tera::new();
        // Both stay there under their full names: a user's `supplier.html` may extend `builtin/supplier.html`.
        let prefixes = tera.set_fallback_prefixes(["user/", "builtin/"]);
        prefixes.map_err(|e| fault::of(&[], user, "*", &e))?;
        let known = Arc::clone(words);
        tera.register_function("t", move |args: Kwargs, state: &State| word(&known, &args, state));

        tera.register_function("rows", |args: Kwargs, _: &State| rows(&args));

        let mut script = String::new();
        let mut templates = Vec::new();
        let built_in = assets::list(Folder::Templates).into_iter().filter_map(|name| {
            let text = assets::text(Folder::Templates, &name)?;
            Some(("builtin/", name, text))
        });
        let own = user.iter().map(|(name, text)| ("user/", name.clone(), text.clone()));
        for (prefix, name, text) in built_in.chain(own) {
            if name == SCRIPT {
                script = text;
            } else if is_template(&name) {
                templates.push((format!("{prefix}{name}"), text));
            }
        }
        let names: Vec<String> = templates.iter().map(|(name, _)| name.clone()).collect();
        tera.add_raw_templates(templates).map_err(|e| fault::of(&names, user, "*", &e))?;
        Ok(Self { tera: Arc::new(tera), script, user: user.clone(), handed: None, strict: false })
    }

    /// Renders a page in a language.
    pub(super) fn render(&self, template: &str, lang: &Lang, view: &impl Serialize) -> Result<String> {
        let failed = |e: tera::Error| {
            let names: Vec<String> = self.tera.get_template_names().map(ToOwned::to_owned).collect();
            fault::of(&names, &self.user, template, &e)
        };
        let mut context = Context::from_serialize(view).map_err(failed)?;
        context.insert("lang", lang.as_str());
        if self.strict {
            let view = serde_json::to_value(view)?;
            let there: BTreeSet<&str> = view.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
            let unknown = fault::unknown_variables(&self.tera, &self.user, template, &there);
            if !unknown.is_empty() {
                return Err(Error::Templates(Box::new(Diagnostics(unknown))));
            }
        }
        if let Some(handed) = &self.handed {
            let mut handed = handed.lock().unwrap_or_else(PoisonError::into_inner);
            handed.push((template.to_owned(), serde_json::to_value(view)?));
        }
        let time = (!self.user.is_empty()).then_some(bounds::TIME);
        bounds::render(&self.tera, template, context, time).map(visible).map_err(|stopped| match stopped {
            bounds::Stopped::Failed(error) => failed(*error),
            bounds::Stopped::Exceeded(what) => Error::Unbounded { template: template.to_owned(), what },
        })
    }

    /// The script that sorts the tables of the index.
    pub(super) fn script(&self) -> &str {
        &self.script
    }
}

/// The one script; allowed by its digest, so it is handed to the page unchanged and is no template.
const SCRIPT: &str = "sort.js";

/// Whether a file of that name in a folder of templates is taken: a page that is escaped by its suffix, a plain text, or
/// the one script. Anything else may lie beside them.
pub fn is_template(name: &str) -> bool {
    name == SCRIPT || [".html", ".txt"].iter().any(|suffix| name.ends_with(suffix))
}

/// `t(key="…", name=value)`: words of that id in the page's language; where they have a form for one thing, `n` decides
/// between the two. A missing word is an error: a page with a gap in
/// it must not be handed out.
fn word(words: &Words, args: &Kwargs, state: &State) -> TeraResult<String> {
    let key: String = args.must_get("key")?;
    let tag: String = state.get("lang")?.unwrap_or_else(|| "en".to_owned());
    let lang: Lang = tag.parse().map_err(tera::Error::message)?;
    let values: Vec<(String, String)> =
        args.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let values: Vec<(&str, &str)> = values.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let form = say::form(words, &lang, &key, &values);
    let text = words.text(&form).ok_or_else(|| {
        let near = near_misses(&key, words.ids());
        let meant = if near.is_empty() { String::new() } else { format!("; did you mean `{}`?", near.join("` or `")) };
        tera::Error::message(format!("there is no word `{key}`{meant}"))
    })?;
    fill(text.get(&lang), &values)
        .map_err(|name| tera::Error::message(format!("the word `{key}` needs a value for `{name}`")))
}

/// The lists of the portfolio page.
const LISTS: [&str; 6] = ["follow", "verify", "few", "by-name", "waiting", "files"];
/// What stands for the rows of a list until they are made. Nothing from outside looks like it: its `<` is escaped.
const ROWS: (&str, &str) = ("<!--rows of ", "-->");

/// `rows(of="…", group=n)`: the rows of a list of the portfolio page, which are made when the page is written.
fn rows(args: &Kwargs) -> TeraResult<Value> {
    let of: String = args.must_get("of")?;
    let group: usize = args.get("group")?.unwrap_or_default();
    if !LISTS.contains(&of.as_str()) {
        return Err(tera::Error::message(format!("there is no list `{of}`; there are: {}", LISTS.join(", "))));
    }
    Ok(Value::safe_string(&format!("{}{of} {group}{}", ROWS.0, ROWS.1)))
}

/// A piece of a page.
pub(super) enum Piece<'a> {
    /// As it is.
    Text(&'a str),
    /// The rows of that list, and of which of its groups.
    Rows(&'a str, usize),
}

/// A page in pieces.
pub(super) fn pieces(page: &str) -> impl Iterator<Item = Piece<'_>> {
    page.split(ROWS.0).enumerate().flat_map(|(n, text)| {
        let asked = text.split_once(ROWS.1).filter(|_| n > 0).and_then(|(asked, rest)| {
            let (list, group) = asked.split_once(' ')?;
            Some((Piece::Rows(list, group.parse().ok()?), rest))
        });
        let (rows, text) = asked.map_or((None, text), |(rows, text)| (Some(rows), text));
        rows.into_iter().chain([Piece::Text(text)])
    })
}

/// What steers a screen or turns the direction of writing, as a sign that can be seen. Our own templates have none of it;
/// it comes from cells.
fn visible(page: String) -> String {
    let steers = |c: char| match c {
        '\t' | '\n' | '\r' => false,
        '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        c => c.is_control(),
    };
    if !page.contains(steers) {
        return page;
    }
    let shown = |c: char| match c {
        c if !steers(c) => c,
        // Unicode has pictures of the first control characters.
        '\0'..='\u{1F}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{FFFD}'),
        '\u{7F}' => '\u{2421}',
        _ => '\u{FFFD}',
    };
    page.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Text;

    fn engine(templates: &[(&str, &str)]) -> Result<Engine> {
        let user = templates.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect();
        let words = Words::new(BTreeMap::from([("hello".to_owned(), Text::english("Hello {name}"))]));
        Engine::new(&user, &Arc::new(words))
    }

    #[test]
    fn words_are_filled_once_and_escaped() {
        let engine = engine(&[("a.html", "{{ t(key='hello', name=who) }}")]).unwrap();
        let page = engine.render("a.html", &Lang::english(), &BTreeMap::from([("who", "<b>{name}")])).unwrap();
        assert_eq!(page, "Hello &lt;b&gt;{name}");
    }

    #[test]
    fn what_steers_a_screen_is_shown_as_a_sign() {
        let engine = engine(&[("a.html", "<p>{{ who }}</p>\n")]).unwrap();
        let view = BTreeMap::from([("who", "a\u{1b}[2J\u{0}\tb\u{202e}c\u{2067}\u{9b}\u{7f}ø")]);
        let page = engine.render("a.html", &Lang::english(), &view).unwrap();
        assert_eq!(page, "<p>a\u{241b}[2J\u{2400}\tb\u{fffd}c\u{fffd}\u{fffd}\u{2421}ø</p>\n");
    }

    #[test]
    fn a_missing_word_a_missing_value_and_a_typo_are_errors() {
        let nothing = BTreeMap::<&str, &str>::new();
        for (template, says) in [
            ("{{ t(key='gone') }}", "no word `gone`"),
            ("{{ t(key='hello') }}", "needs a value for `name`"),
            ("{{ nothing }}", "nothing"),
        ] {
            let error = engine(&[("a.html", template)]).unwrap().render("a.html", &Lang::english(), &nothing);
            assert!(error.unwrap_err().to_string().contains(says), "{template}");
        }
        assert!(engine(&[("a.html", "{{ x | nofilter }}")]).is_err());
    }

    #[test]
    fn a_user_template_may_include_what_it_replaces() {
        let engine = engine(&[("parts/style.html", "/* mine */{% include 'builtin/parts/style.html' %}")]).unwrap();
        let page = engine.render("parts/style.html", &Lang::english(), &BTreeMap::<&str, &str>::new()).unwrap();
        assert!(page.starts_with("/* mine */<style>"), "{page}");
    }
}
