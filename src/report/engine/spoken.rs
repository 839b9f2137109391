//! The built-in templates as they are spoken in a language. What is the same on every page of it is put there once, when
//! they are loaded: most of what they ask for is words, and most of what they include are small parts in long lists.

use std::fmt::Write as _;

use memchr::memmem;

use super::split_once;
use crate::model::{Lang, Words};

const WORD: (&str, &str) = ("{{ t(key=\"", ") }}");
const PART: (&str, &str) = ("{% include \"", "\" %}");

/// A template with its words in their places: `{{ t(key="…") }}`, with values that are found by their names
/// (`, n=first.share`) or without. Any other stays as it is.
pub(super) fn with_words(words: &Words, lang: &Lang, template: &str, is_page: bool) -> String {
    replaced(template, WORD, |call| said(words, lang, call, is_page))
}

/// A template with its parts in their places, as far as `part` finds them, and the parts of these.
pub(super) fn with_parts<'a>(template: &str, part: &impl Fn(&str) -> Option<&'a str>, depth: usize) -> String {
    // What has blocks is more than a part, and what takes away blanks could take those around it.
    const OTHER: [&str; 7] = ["{% extends ", "{% block ", "{% component ", "{%-", "-%}", "{{-", "-}}"];
    replaced(template, PART, |name| {
        let text = part(name).filter(|text| depth > 0 && !OTHER.iter().any(|tag| split_once(text, tag).is_some()))?;
        Some(with_parts(text, part, depth - 1))
    })
}

/// A text with something else for what stands between two marks, and for these.
fn replaced(text: &str, (open, close): (&str, &str), by: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some((before, after)) = split_once(rest, open) {
        out.push_str(before);
        let found = split_once(after, close).and_then(|(within, after)| Some((by(within)?, after)));
        rest = if let Some((other, after)) = found {
            out.push_str(&other);
            after
        } else {
            out.push_str(open);
            after
        };
    }
    out.push_str(rest);
    out
}

/// The templates that a template names.
pub(super) fn named(template: &str) -> impl Iterator<Item = &str> {
    let after = |tag: &'static str| {
        memmem::find_iter(template.as_bytes(), tag).filter_map(move |at| template.get(at + tag.len()..))
    };
    after("{% extends \"").chain(after(PART.0)).filter_map(|rest| rest.split('"').next())
}

/// The words of a call, `key", name=path`, with a tag for each value.
fn said(words: &Words, lang: &Lang, call: &str, is_page: bool) -> Option<String> {
    let mut parts = call.split(", ");
    let key = parts.next()?.strip_suffix('"')?;
    let values: Vec<(&str, &str)> =
        parts.map(|value| value.split_once('=').filter(|(_, path)| is_path(path))).collect::<Option<_>>()?;
    // Which words are said of a number is known when the number is.
    if values.iter().any(|(name, _)| *name == "n") && words.text(&Words::one(key)).is_some() {
        return None;
    }
    let literal = |text: &str| if is_page { super::escaped(text) } else { text.to_owned() };
    let mut rest = words.text(key)?.get(lang);
    let mut out = String::with_capacity(rest.len());
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        let (_, path) = values.iter().find(|(n, _)| *n == name)?;
        out.push_str(&literal(before));
        let _ = write!(out, "{{{{ {path} }}}}");
        rest = after;
    }
    out.push_str(&literal(rest));
    Some(out)
}

/// Whether a value is a variable or a field of one: `first.share`.
fn is_path(value: &str) -> bool {
    value.split('.').all(|name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::Text;

    #[test]
    fn words_stand_where_they_are_asked_for() {
        let words = [
            ("a", "'A' & <b>"),
            ("b", "{n} of \"{of}\""),
            ("c", "{n} things"),
            ("c.one", "one thing"),
            ("d", "{never"),
        ];
        let words = words.map(|(id, text)| (id.to_owned(), Text::english(text)));
        let words = Words::new(BTreeMap::from(words));
        let spoken = |text: &str, is_page| with_words(&words, &Lang::english(), text, is_page);
        for (text, want) in [
            ("x {{ t(key=\"a\") }}|", "x &#39;A&#39; &amp; &lt;b&gt;|"),
            ("{{ t(key=\"b\", of=x.y_2, n=loop.index) }}", "{{ loop.index }} of &quot;{{ x.y_2 }}&quot;"),
            ("{{ t(key=\"b\", n=2, of=x) }}", "{{ t(key=\"b\", n=2, of=x) }}"),
            ("{{ t(key=\"b\", n=x[0], of=x) }}", "{{ t(key=\"b\", n=x[0], of=x) }}"),
            ("{{ t(key=\"b\", n=x) }}", "{{ t(key=\"b\", n=x) }}"),
            ("{{ t(key=\"c\", n=x) }}", "{{ t(key=\"c\", n=x) }}"),
            ("{{ t(key=\"d\") }}", "{{ t(key=\"d\") }}"),
            ("{{ t(key=\"none\") }}", "{{ t(key=\"none\") }}"),
            ("{{ t(key=\"a\" ~ x) }}", "{{ t(key=\"a\" ~ x) }}"),
            ("{{ t(key=\"a\") ~ 1 }}", "{{ t(key=\"a\") ~ 1 }}"),
        ] {
            assert_eq!(spoken(text, true), want);
        }
        assert_eq!(spoken("{{ t(key=\"a\") }}", false), "'A' & <b>");
    }

    #[test]
    fn parts_stand_where_they_are_included() {
        let part = |name: &str| match name {
            "a.html" => Some("a{% include \"b.html\" %}{% include \"c.html\" %}"),
            "b.html" => Some("b{{ x }}"),
            "c.html" => Some("{% block c %}{% endblock c %}"),
            "d.html" => Some("d{% include \"d.html\" %}"),
            "e.html" => Some("{%- if x -%} e {%- endif -%} "),
            _ => None,
        };
        for (text, want) in [
            ("<{% include \"a.html\" %}>", "<ab{{ x }}{% include \"c.html\" %}>"),
            ("{% include \"d.html\" %}", "ddd{% include \"d.html\" %}"),
            ("{% include \"e.html\" %}\n", "{% include \"e.html\" %}\n"),
            ("{% include \"own.html\" %}{% include x %}", "{% include \"own.html\" %}{% include x %}"),
        ] {
            assert_eq!(with_parts(text, &part, 3), want);
        }
        let text = "{% extends \"a.html\" %}{% block x %}{% include \"b.html\" %}{% endblock %}";
        assert_eq!(named(text).collect::<Vec<_>>(), ["a.html", "b.html"]);
    }
}
