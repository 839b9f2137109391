//! From a template and a view to a page. The only user of tera.

mod bounds;
mod fault;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, TeraResult, Value};

use super::say;
use crate::assets::{self, Folder};
use crate::diag::Diagnostics;
use crate::error::{Error, Result, near_misses};
use crate::model::{Lang, Words, fill};

/// The templates: the user's over the built-in ones of the same name.
pub(super) struct Engine {
    /// All of them as they are written, by their full names.
    templates: Vec<(String, String)>,
    words: Arc<Words>,
    script: String,
    user: BTreeMap<String, String>,
    /// The engine that reads them as they are written, once it is asked for.
    written: OnceLock<Arc<Tera>>,
    /// The engines that have the words of a language in the built-in templates.
    spoken: Mutex<BTreeMap<Lang, Arc<Tera>>>,
    /// What was handed to templates, by template, if it is to be kept.
    pub(super) handed: Option<Mutex<Vec<(String, serde_json::Value)>>>,
    /// A variable that no page has is an error, even where it is only tested.
    pub(super) strict: bool,
}

impl Engine {
    /// Loads all templates. What is misspelt in them is an error here, not when a page is made.
    pub(super) fn new(user: &BTreeMap<String, String>, words: &Arc<Words>) -> Result<Self> {
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
        let engine = Self {
            templates,
            words: Arc::clone(words),
            script,
            user: user.clone(),
            written: OnceLock::new(),
            spoken: Mutex::default(),
            handed: None,
            strict: false,
        };
        // The built-in ones are known to be right.
        if !user.is_empty() {
            engine.written()?;
        }
        Ok(engine)
    }

    /// An engine with these templates.
    fn load(&self, templates: impl Iterator<Item = (String, String)>) -> Result<Arc<Tera>> {
        let mut tera = Tera::new();
        // Both stay there under their full names: a user's `supplier.html` may extend `builtin/supplier.html`.
        let prefixes = tera.set_fallback_prefixes(["user/", "builtin/"]);
        prefixes.map_err(|e| fault::of(&[], &self.user, "*", &e))?;
        let known = Arc::clone(&self.words);
        tera.register_function("t", move |args: Kwargs, state: &State| word(&known, &args, state));
        tera.register_function("rows", |args: Kwargs, _: &State| rows(&args));
        tera.add_raw_templates(templates.collect::<Vec<_>>())
            .map_err(|e| fault::of(&self.names(), &self.user, "*", &e))?;
        Ok(Arc::new(tera))
    }

    fn names(&self) -> Vec<String> {
        self.templates.iter().map(|(name, _)| name.clone()).collect()
    }

    fn written(&self) -> Result<Arc<Tera>> {
        if let Some(tera) = self.written.get() {
            return Ok(Arc::clone(tera));
        }
        let tera = self.load(self.templates.iter().cloned())?;
        Ok(Arc::clone(self.written.get_or_init(|| tera)))
    }

    /// Most of what the built-in templates ask for is a word that is the same on every page of a language: it is put there
    /// once, when they are loaded.
    fn spoken(&self, lang: &Lang) -> Result<Arc<Tera>> {
        let mut spoken = self.spoken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tera) = spoken.get(lang) {
            return Ok(Arc::clone(tera));
        }
        let tera = self.load(self.templates.iter().map(|(name, text)| {
            let text = if name.starts_with("builtin/") { self.with_words(name, text, lang) } else { text.clone() };
            (name.clone(), text)
        }))?;
        spoken.insert(lang.clone(), Arc::clone(&tera));
        Ok(tera)
    }

    /// A template with its fixed words, `{{ t(key="…") }}`, in a language. What has to be filled in stays as it is.
    fn with_words(&self, name: &str, template: &str, lang: &Lang) -> String {
        const OPEN: &str = "{{ t(key=\"";
        const CLOSE: &str = "\") }}";
        let is_page = name.rsplit('.').next() == Some("html");
        let mut out = String::with_capacity(template.len() * 2);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once(OPEN) {
            out.push_str(before);
            let word = after.split_once(CLOSE).filter(|(key, _)| !key.contains('"'));
            let word = word.and_then(|(key, after)| Some((self.words.text(key)?.get(lang), after)));
            rest = if let Some((text, after)) = word.filter(|(text, _)| !text.contains('{')) {
                out.push_str(&if is_page { escaped(text) } else { text.to_owned() });
                after
            } else {
                out.push_str(OPEN);
                after
            };
        }
        out.push_str(rest);
        out
    }

    /// Renders a page in a language.
    pub(super) fn render(&self, template: &str, lang: &Lang, view: &impl Serialize) -> Result<String> {
        let failed = |e: tera::Error| fault::of(&self.names(), &self.user, template, &e);
        let mut context = Context::from_serialize(view).map_err(failed)?;
        context.insert("lang", lang.as_str());
        if self.strict {
            let view = serde_json::to_value(view)?;
            let there: BTreeSet<&str> = view.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect();
            let unknown = fault::unknown_variables(&*self.written()?, &self.user, template, &there);
            if !unknown.is_empty() {
                return Err(Error::Templates(Box::new(Diagnostics(unknown))));
            }
        }
        if let Some(handed) = &self.handed {
            let mut handed = handed.lock().unwrap_or_else(PoisonError::into_inner);
            handed.push((template.to_owned(), serde_json::to_value(view)?));
        }
        let time = (!self.user.is_empty()).then_some(bounds::TIME);
        let rendered = match bounds::render(&self.spoken(lang)?, template, &context, time) {
            // Once more as they are written, for the place in them.
            Err(bounds::Stopped::Failed(_)) => bounds::render(&self.written()?, template, &context, time),
            rendered => rendered,
        };
        rendered.map(visible).map_err(|stopped| match stopped {
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

/// A text as the engine writes it into a page.
fn escaped(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    match tera::escape_html(text, &mut out).map(|()| String::from_utf8(out)) {
        Ok(Ok(escaped)) => escaped,
        _ => String::new(),
    }
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
    if !may_steer(page.as_bytes()) || !page.contains(steers) {
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

/// Whether a text has bytes that such characters are written with: many at a time, which is fast, then what stands where
/// there is anything but plain letters.
fn may_steer(bytes: &[u8]) -> bool {
    const AT_ONCE: usize = 64;
    let other = |byte: &u8| !matches!(byte, b' '..=b'~' | b'\n' | b'\t' | b'\r');
    (0..bytes.len()).step_by(AT_ONCE).any(|start| {
        let end = bytes.len().min(start + AT_ONCE);
        let all_plain = !bytes[start..end].iter().fold(false, |any, byte| any | other(byte));
        !all_plain && (start..end).any(|at| begins_steering(&bytes[at..]))
    })
}

/// Whether such a character may begin here; dashes and quotation marks are told apart by the byte after.
fn begins_steering(bytes: &[u8]) -> bool {
    match *bytes {
        [b'\t' | b'\n' | b'\r', ..] => false,
        [0..0x20 | 0x7F | 0xD8, ..] | [0xC2, 0x80..0xA0, ..] | [0xE2, 0x81, ..] => true,
        [0xE2, 0x80, last, ..] => matches!(last, 0x8E | 0x8F | 0xAA..=0xAE),
        _ => false,
    }
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
    fn each_such_character_is_met() {
        for c in ('\0'..='\u{9f}').chain('\u{61c}'..='\u{61c}').chain('\u{200e}'..='\u{2069}') {
            let page = visible(format!("–{c}…"));
            let steers = c.is_control() && !"\t\n\r".contains(c)
                || "\u{200e}\u{200f}\u{61c}".contains(c)
                || ('\u{202a}'..='\u{202e}').contains(&c)
                || ('\u{2066}'..='\u{2069}').contains(&c);
            assert_eq!(page == format!("–{c}…"), !steers, "{c:?}");
        }
    }

    #[test]
    fn words_that_stand_in_a_template_from_the_start_are_those_it_asks_for() {
        let words = BTreeMap::from([
            ("a".to_owned(), Text::english("'A' & <b>")),
            ("b".to_owned(), Text::english("{n} of \"it\"")),
        ]);
        let engine = Engine::new(&BTreeMap::new(), &Arc::new(Words::new(words))).unwrap();
        let text = "{{ t(key=\"a\") }}|{{ t(key=\"b\", n=1) }}|{{ t(key=\"a\") ~ 1 }}|{{ t(key=\"none\") }}";
        let lang = Lang::english();
        let told = engine.with_words("builtin/x.html", text, &lang);
        let rest = "|{{ t(key=\"b\", n=1) }}|{{ t(key=\"a\") ~ 1 }}|{{ t(key=\"none\") }}";
        assert_eq!(told, format!("&#39;A&#39; &amp; &lt;b&gt;{rest}"));
        assert_eq!(engine.with_words("builtin/x.txt", text, &lang), format!("'A' & <b>{rest}"));
        let written = Engine::new(
            &BTreeMap::from([("x.html".to_owned(), "{{ t(key='a') }}".to_owned())]),
            &Arc::clone(&engine.words),
        );
        let page = written.unwrap().render("x.html", &lang, &BTreeMap::<&str, &str>::new()).unwrap();
        assert_eq!(page, "&#39;A&#39; &amp; &lt;b&gt;");
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
