//! From a template and a view to a page. The only user of tera.

mod bounds;
mod fault;
mod rows;
mod spoken;
mod style;
mod tables;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use memchr::memmem;
use serde::{Serialize, Serializer};
use tera::{Context, Kwargs, State, Tera, TeraResult, Value};

use self::rows::Apart;
use self::tables::Forms;
use super::say;
use crate::assets::{self, Folder};
use crate::diag::Diagnostics;
use crate::error::{Error, Result, near_misses};
use crate::model::{Lang, Words, fill};

pub(super) use self::rows::{Rows, code};
pub(super) use self::tables::Tables;

/// The templates: the user's over the built-in ones of the same name.
pub(super) struct Engine {
    /// All of them as they are written, by their full names.
    templates: Vec<(String, Cow<'static, str>)>,
    words: Arc<Words>,
    script: Cow<'static, str>,
    user: BTreeMap<String, String>,
    /// The user's stand in place of built-in ones, or there would be nothing that asks for them.
    replaced: bool,
    /// The engine that reads them as they are written, once it is asked for.
    written: OnceLock<Arc<Tera>>,
    /// The engines that have the words of a language in the built-in templates, by language and page, and whether what has
    /// places of its own is left out of the page.
    spoken: Mutex<BTreeMap<(Lang, String, bool), Arc<Tera>>>,
    /// What pages and rows look like.
    forms: RwLock<Forms>,
    /// Room in which rows were taken apart, for others: as many as are at work at once.
    spare: Mutex<Vec<Apart>>,
    /// What was handed to templates, by template, if it is to be kept.
    pub(super) handed: Option<Mutex<Vec<(String, serde_json::Value)>>>,
    /// A variable that no page has is an error, even where it is only tested.
    pub(super) strict: bool,
}

impl Engine {
    /// Loads all templates. What is misspelt in them is an error here, not when a page is made.
    pub(super) fn new(user: &BTreeMap<String, String>, words: &Arc<Words>) -> Result<Self> {
        let mut script = Cow::default();
        let mut templates = Vec::new();
        let built_in = assets::list(Folder::Templates).into_iter().filter_map(|name| {
            let text = assets::text(Folder::Templates, &name)?;
            Some((BUILT_IN, name, text))
        });
        let replaced = user.keys().any(|name| assets::text(Folder::Templates, name).is_some());
        let own = user.iter().map(|(name, text)| ("user/", name.clone(), Cow::Owned(text.clone())));
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
            replaced,
            written: OnceLock::new(),
            spoken: Mutex::default(),
            forms: RwLock::default(),
            spare: Mutex::default(),
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
        let prefixes = tera.set_fallback_prefixes(["user/", BUILT_IN]);
        prefixes.map_err(|e| fault::of(&[], &self.user, "*", &e))?;
        let known = Arc::clone(&self.words);
        tera.set_escape_fn(escape);
        tera.register_function("t", move |args: Kwargs, state: &State| word(&known, &args, state));
        tera.register_function("rows", |args: Kwargs, _: &State| rows(&args));
        tera.register_filter("breakable", |place: Cow<'_, str>, _: Kwargs, _: &State| breakable(&place));
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
        let written = self.templates.iter().map(|(name, text)| (name.clone(), text.clone().into_owned()));
        let tera = self.load(written)?;
        Ok(Arc::clone(self.written.get_or_init(|| tera)))
    }

    /// The engine for a page in a language: with all templates where the user replaced some, else with those of the page.
    /// `placed`: the page is given what stands for its rows and blocks, and never asks for their templates.
    fn spoken(&self, template: &str, lang: &Lang, placed: bool) -> Result<Arc<Tera>> {
        let page = match template {
            _ if self.replaced => "",
            // An engine of its own for each of so many small templates would cost more than these.
            row if has_place(row) => PLACED,
            page => page,
        };
        let key = (lang.clone(), page.to_owned(), placed);
        let mut spoken = self.spoken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tera) = spoken.get(&key) {
            return Ok(Arc::clone(tera));
        }
        let mut templates: Vec<(String, String)> = Vec::new();
        let mut names = match page {
            "" => self.names(),
            PLACED => self.names().into_iter().filter(|name| has_place(name)).collect(),
            page => vec![format!("{BUILT_IN}{page}")],
        };
        while let Some(name) = names.pop() {
            let written = self.templates.iter().find(|(n, _)| *n == name);
            let Some((_, text)) = written.filter(|_| templates.iter().all(|(n, _)| *n != name)) else { continue };
            let text = self.in_language(lang, page, placed, &name, text);
            names.extend(spoken::named(&text).map(|name| format!("{BUILT_IN}{name}")));
            templates.push((name, text));
        }
        let tera = self.load(templates.into_iter())?;
        spoken.insert(key, Arc::clone(&tera));
        Ok(tera)
    }

    /// A template as it is spoken in a language on that page, if it is a built-in one; the user's stay as they are.
    fn in_language(&self, lang: &Lang, page: &str, placed: bool, name: &str, text: &str) -> String {
        /// Deeper than our own parts go.
        const DEPTH: usize = 8;
        if !name.starts_with(BUILT_IN) {
            return text.to_owned();
        }
        let is_page = |name: &str| name.rsplit('.').next() == Some("html");
        let part = |part: &str| -> Option<&str> {
            if placed && has_place(part) {
                return Some("");
            }
            let own = |(name, _): &&(String, Cow<'_, str>)| name.strip_prefix(BUILT_IN) == Some(part);
            let replaced = self.user.contains_key(part) || is_page(part) != is_page(name);
            self.templates.iter().find(own).filter(|_| !replaced).map(|(_, text)| &**text)
        };
        let text = spoken::with_parts(text, &part, DEPTH);
        spoken::with_words(&self.words, lang, &style::lean(&text, page), is_page(name))
    }

    /// Renders a page in a language.
    pub(super) fn render(&self, template: &str, lang: &Lang, view: &impl Serialize) -> Result<String> {
        let context = Context::from_serialize(view);
        let context = context.map_err(|e| fault::of(&self.names(), &self.user, template, &e))?;
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
        self.rendered(template, lang, context, false)
    }

    fn rendered(&self, template: &str, lang: &Lang, mut context: Context, placed: bool) -> Result<String> {
        context.insert("lang", lang.as_str());
        let time = self.replaced.then_some(bounds::TIME);
        let rendered = match bounds::render(&self.spoken(template, lang, placed)?, template, &context, time) {
            // Once more as they are written, for the place in them.
            Err(bounds::Stopped::Failed(_)) => {
                let rendered = bounds::render(&self.written()?, template, &context, time);
                debug_assert!(rendered.is_err(), "`{template}` is made, but not as it is spoken");
                rendered
            }
            rendered => rendered,
        };
        rendered.map_err(|stopped| match stopped {
            bounds::Stopped::Failed(error) => fault::of(&self.names(), &self.user, template, &error),
            bounds::Stopped::Exceeded(what) => Error::Unbounded { template: template.to_owned(), what },
        })
    }

    /// Renders a part of pages in a language.
    pub(super) fn part(&self, template: &str, lang: &Lang, view: &impl Serialize) -> Result<Shared> {
        self.render(template, lang, view).map(|part| Shared::of(Value::safe_string(&part)))
    }

    /// Fields that many pages are given.
    pub(super) fn fields(&self, name: &str, view: &impl Serialize) -> Result<Shared> {
        Value::try_from_serializable(view).map(Shared::of).map_err(|e| fault::of(&[], &self.user, name, &e))
    }

    /// Whether pages are put together from the shapes they and their rows have: where the user replaced some they are not.
    pub(super) fn makes_rows(&self) -> bool {
        !self.replaced && !self.strict && self.handed.is_none()
    }

    /// What there is to put into a page in a language.
    pub(super) fn tables<'a>(&'a self, lang: &'a Lang) -> Tables<'a> {
        Tables::new(self, lang)
    }

    /// The script that sorts the tables of the index.
    pub(super) fn script(&self) -> &str {
        &self.script
    }
}

/// A part of many pages, made once: HTML already, or fields as templates are given them.
#[derive(Clone)]
pub(super) struct Shared {
    value: Value,
    /// Which of the places of the page, where it is put there when the page is made.
    place: Option<usize>,
}

impl Default for Shared {
    /// Not made.
    fn default() -> Self {
        Self::of(Value::none())
    }
}

impl Shared {
    fn of(value: Value) -> Self {
        Self { value, place: None }
    }

    /// Whether it was not made.
    pub(super) fn is_none(&self) -> bool {
        self.value.is_none() && self.place.is_none()
    }
}

impl Serialize for Shared {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self.place {
            Some(n) => serializer.serialize_newtype_struct(rows::PLACE, &n),
            None => self.value.serialize(serializer),
        }
    }
}

/// Stands for the templates of rows and blocks.
const PLACED: &str = "parts/*-row.html";
/// Before the names of the built-in templates.
const BUILT_IN: &str = "builtin/";

/// Whether a template makes a row or a block, which has a place of its own in a page that is put together.
fn has_place(template: &str) -> bool {
    ["-row.html", "-block.html"].iter().any(|suffix| template.ends_with(suffix))
}

/// What stands before and after a mark. Faster than that of `str`, which counts when templates are loaded.
fn split_once<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    let at = memmem::find(text.as_bytes(), mark.as_bytes())?;
    Some((&text[..at], &text[at + mark.len()..]))
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
    let key: &str = args.must_get("key")?;
    let tag: Option<Value> = state.get("lang")?;
    let tag = tag.as_ref().and_then(Value::as_str).unwrap_or("en");
    let lang: Lang = tag.parse().map_err(tera::Error::message)?;
    let text = |value: &'_ Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let values: Vec<(&str, String)> =
        args.iter().filter_map(|(name, value)| Some((name.as_str()?, text(value)))).collect();
    let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let form = say::form(words, &lang, key, &values);
    let text = words.text(&form).ok_or_else(|| {
        let near = near_misses(key, words.ids());
        let meant = if near.is_empty() { String::new() } else { format!("; did you mean `{}`?", near.join("` or `")) };
        tera::Error::message(format!("there is no word `{key}`{meant}"))
    })?;
    fill(text.get(&lang), &values)
        .map_err(|name| tera::Error::message(format!("the word `{key}` needs a value for `{name}`")))
}

/// A text as it stands in a page: `&`, `<`, `>` and quotation marks are escaped. Few texts have any.
fn escape(text: &str, out: &mut dyn Write) -> io::Result<()> {
    let is_markup = |byte: &u8| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'');
    // Without an end where there is one, so that many bytes are looked at together.
    if text.bytes().fold(false, |any, byte| any | is_markup(&byte)) {
        return tera::escape_html(text, out);
    }
    out.write_all(text.as_bytes())
}

/// The same, as text.
fn escaped(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    match escape(text, &mut out).map(|()| String::from_utf8(out)) {
        Ok(Ok(escaped)) => escaped,
        _ => String::new(),
    }
}

/// `place | breakable`: a line may break after each `!` of `file!'Sheet'!E9`. Where there may be a `<wbr>`, in the text of an
/// element, an apostrophe is one.
fn breakable(place: &str) -> Value {
    Value::safe_string(&escaped(place).replace('!', "!<wbr>").replace("&#39;", "'"))
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
    Ok(place_of(&of, group))
}

fn place_of(list: &str, group: usize) -> Value {
    Value::safe_string(&format!("{}{list} {group}{}", ROWS.0, ROWS.1))
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
    let mut from = 0;
    memmem::find_iter(page.as_bytes(), ROWS.0).chain([page.len()]).flat_map(move |to| {
        let text = &page[std::mem::replace(&mut from, to)..to];
        let asked = text.strip_prefix(ROWS.0).and_then(|text| text.split_once(ROWS.1)).and_then(|(asked, rest)| {
            let (list, group) = asked.split_once(' ')?;
            Some((Piece::Rows(list, group.parse().ok()?), rest))
        });
        let (rows, text) = asked.map_or((None, text), |(rows, text)| (Some(rows), text));
        rows.into_iter().chain([Piece::Text(text)])
    })
}

/// What steers a screen or turns the direction of writing, as a sign that can be seen. Our own templates have none of it;
/// it comes from cells.
fn visible(page: &str) -> Cow<'_, str> {
    let steers = |c: char| match c {
        '\t' | '\n' | '\r' => false,
        '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        c => c.is_control(),
    };
    if !may_steer(page.as_bytes()) {
        return page.into();
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

/// Whether a text has any such character. Almost none has, so it is gone through many bytes at a time.
fn may_steer(bytes: &[u8]) -> bool {
    const AT_ONCE: usize = 1024;
    // First what can be told with the least of each byte.
    let is_rare = |byte: &u8| matches!(byte, 0..=0x09 | 0x0B..=0x1F | 0x7F);
    let any_control = |some: &[u8]| {
        some.iter().fold(false, |any, byte| any | is_rare(byte)) && (0..some.len()).any(|at| steers_at(some, at))
    };
    // The others begin with one of three bytes.
    bytes.chunks(AT_ONCE).any(any_control)
        || memchr::memchr3_iter(0xC2, 0xD8, 0xE2, bytes).any(|at| steers_at(bytes, at))
}

/// Whether such a character begins there. Dashes and quotation marks are told apart by their later bytes.
fn steers_at(bytes: &[u8], at: usize) -> bool {
    match bytes[at..] {
        [b'\t' | b'\n' | b'\r', ..] => false,
        [0..=0x1F | 0x7F, ..] => true,
        [0xC2, second, ..] => second < 0xA0,
        [0xD8, second, ..] => second == 0x9C,
        [0xE2, 0x80, third, ..] => matches!(third, 0x8E | 0x8F | 0xAA..=0xAE),
        [0xE2, 0x81, third, ..] => matches!(third, 0xA6..=0xA9),
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
        // They are the pages here.
        Engine::new(&user, &Arc::new(words)).map(|engine| Engine { replaced: true, ..engine })
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
            let text = format!("–{c}…");
            let steers = c.is_control() && !"\t\n\r".contains(c)
                || "\u{200e}\u{200f}\u{61c}".contains(c)
                || ('\u{202a}'..='\u{202e}').contains(&c)
                || ('\u{2066}'..='\u{2069}').contains(&c);
            assert_eq!(visible(&text) == text, !steers, "{c:?}");
        }
    }

    #[test]
    fn a_place_may_break_and_is_escaped() {
        let engine = engine(&[("a.html", "{{ x | breakable }}")]).unwrap();
        let view = BTreeMap::from([("x", "<b>.xlsx!'A & B'!E9")]);
        let page = engine.render("a.html", &Lang::english(), &view).unwrap();
        assert_eq!(page, "&lt;b&gt;.xlsx!<wbr>'A &amp; B'!<wbr>E9");
    }

    #[test]
    fn a_part_stands_in_a_page_as_it_was_made() {
        let engine = engine(&[("a.html", "<b>{{ x }}</b>"), ("b.html", "{{ a }}{{ a | safe }}{{ x }}")]).unwrap();
        let lang = Lang::english();
        let a = engine.part("a.html", &lang, &BTreeMap::from([("x", "<")])).unwrap();
        let page =
            engine.render("b.html", &lang, &BTreeMap::from([("a", &a), ("x", &Shared::of(Value::from("<")))])).unwrap();
        assert_eq!(page, "<b>&lt;</b><b>&lt;</b>&lt;");
    }

    /// That each is what the template makes of it, `made` looks to itself.
    #[test]
    fn rows_are_their_shape_with_their_texts() {
        #[derive(Serialize)]
        #[serde(rename_all = "lowercase")]
        enum Kind {
            Adds,
            Takes,
        }
        #[derive(Serialize)]
        struct Line<'a> {
            kind: Kind,
            name: &'a str,
            n: usize,
            cell: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            inner: Option<Box<Self>>,
            refs: &'a [&'a str],
        }
        let engine = engine(&[(
            "a.html",
            "{{ line.n }}{% if line.kind == 'adds' %}+{% else %}-{% endif %}{% if line.name %}{{ line.name }}{% endif %}\
             {% if line.cell %}({{ line.cell | breakable }}){% endif %}{% for ref in line.refs %}{{ ref }}{% if not loop.last %}, \
             {% endif %}{% endfor %}{% if line.inner %}[{{ line.inner.name }}{{ line.inner.cell }}]{% endif %};",
        )])
        .unwrap();
        let line = |kind, name, n| Line { kind, name, n, cell: None, inner: None, refs: &[] };
        let rows = [
            line(Kind::Adds, "", 0),
            line(Kind::Adds, "<b>", 1),
            line(Kind::Takes, "\u{FDD0}0!", 12),
            Line { cell: Some("a&b!'A'!E9"), ..line(Kind::Takes, "x", 2) },
            Line { refs: &["x", "", "'"], ..line(Kind::Takes, "x", 2) },
            Line {
                inner: Some(Box::new(Line { cell: Some("!"), ..line(Kind::Adds, "y", 1) })),
                ..line(Kind::Adds, "x", 0)
            },
        ];
        let mut made = String::new();
        engine.tables(&Lang::english()).rows("a.html", "line", &rows, &mut made).unwrap();
        assert_eq!(made, "0+;1+&lt;b&gt;;12-\u{FDD0}0!;2-x(a&amp;b!<wbr>'A'!<wbr>E9);2-xx, , &#39;;0+x[y!];");
        let shapes = engine.forms.read().unwrap().len();
        let other: Vec<Line<'_>> = (1..99).map(|n| Line { n, name: "other", ..line(Kind::Takes, "", 0) }).collect();
        engine.tables(&Lang::english()).rows("a.html", "line", &other, &mut made).unwrap();
        assert_eq!(engine.forms.read().unwrap().len(), shapes, "what rows say is not kept");
    }

    #[test]
    fn what_is_not_as_it_should_be_is_met_wherever_it_stands() {
        let (engine, lang) = (engine(&[("a.html", "{{ row }}")]).unwrap(), Lang::english());
        for c in ["&", "'", "!", ">", "\n", "–", "\u{7f}", "\u{1b}", "\u{9b}", "\u{61c}", "\u{202e}", "\u{2067}"] {
            let rows: Vec<String> = (0..70).map(|n| format!("{}{c}å", "x".repeat(n))).collect();
            let mut made = String::new();
            engine.tables(&lang).rows("a.html", "row", &rows, &mut made).unwrap();
            let want: Vec<String> = rows.iter().map(|row| visible(&escaped(row)).into_owned()).collect();
            assert_eq!(made, want.concat(), "{c:?}");
        }
    }

    #[test]
    fn rows_stand_where_their_page_has_them_and_nowhere_else() {
        #[derive(Serialize)]
        struct Page<'a> {
            x: &'a str,
            rows: &'a Rows<Vec<&'a str>>,
        }
        let engine = engine(&[("a.html", "<{{ x }}{{ rows }}>"), ("b.html", "[{{ row }}]")]).unwrap();
        let lang = Lang::english();
        let (rows, mut tables) = (Rows::from(vec!["1", "\u{1b}<"]), engine.tables(&lang));
        tables.add("b.html", "row", &rows);
        for x in ["\u{FDD0}b!", "0", "\u{1b}<b>"] {
            let page = tables.shaped("a.html", &Page { x, rows: &rows }).unwrap();
            assert_eq!(page, format!("<{}[1][\u{241b}&lt;]>", visible(&escaped(x))));
        }
        assert_eq!(engine.forms.read().unwrap().len(), 2);
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
