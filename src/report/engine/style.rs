//! Style sheets as pages carry them: without what is written for people who read the templates, and without the rules
//! that a page has no use for.

use std::borrow::Cow;

use super::split_once;

const SHEET: (&str, &str) = ("<style>", "</style>");
const COMMENT: (&str, &str) = ("/*", "*/");
/// Begins a comment that names the pages that do without the rules from there to the next such comment.
const NOT_FOR: &str = " not for: ";

/// A template with its style sheets made lean for a page. One with tags in it stays as it is.
pub(super) fn lean<'a>(template: &'a str, page: &str) -> Cow<'a, str> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, sheet, after)) = between(rest, SHEET) {
        out.extend([before, SHEET.0]);
        if ["{{", "{%"].iter().any(|tag| sheet.contains(tag)) {
            out.push_str(sheet);
        } else {
            rules(sheet, page, &mut out);
        }
        out.push_str(SHEET.1);
        rest = after;
    }
    if out.is_empty() { template.into() } else { (out + rest).into() }
}

/// The rules that the page may use.
fn rules(sheet: &str, page: &str, out: &mut String) {
    let (mut rest, mut wanted) = (sheet, true);
    while let Some((before, comment, after)) = between(rest, COMMENT) {
        if wanted {
            packed(before, out);
        }
        if let Some(pages) = comment.strip_prefix(NOT_FOR) {
            wanted = !pages.split_whitespace().any(|name| name == page);
        }
        rest = after;
    }
    if wanted {
        packed(rest, out);
    }
}

/// Rules without the blanks that mean nothing. A blank within a selector or a value stays, and so does one in quotes.
fn packed(rules: &str, out: &mut String) {
    for line in rules.lines() {
        let mut quoted = false;
        for c in line.trim().chars() {
            quoted ^= c == '"';
            match c {
                ' ' if !quoted && out.ends_with(['{', '}', ';', ':', ',']) => continue,
                '{' | '}' if !quoted => {
                    out.truncate(out.trim_end_matches(' ').len());
                    if c == '}' && out.ends_with(';') {
                        out.pop();
                    }
                }
                _ => {}
            }
            out.push(c);
        }
    }
}

fn between<'a>(text: &'a str, (open, close): (&str, &str)) -> Option<(&'a str, &'a str, &'a str)> {
    let (before, rest) = split_once(text, open)?;
    let (within, after) = split_once(rest, close)?;
    Some((before, within, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_the_rules_it_can_use() {
        let template = "a { b }\n<style>\n/* Why. */\n:root { --x: #1b2530; }\na:hover, .b > c:not(:first-child) { d: e f; }\n\
            /* not for: a.html b.html */\n.only { x: y; }\n/* not for: */\nq { quotes: \"{ a; \" \"b\"; }\n\
            @media (max-width: 4rem) { x { y: calc(1px + 2px) } z { a: min(1rem, 2%); } }\n</style>\n<style>{{ x }} { }</style> ; ";
        let all = "a { b }\n<style>:root{--x:#1b2530}a:hover,.b > c:not(:first-child){d:e f}.only{x:y}q{quotes:\"{ a; \" \"b\"}\
            @media (max-width:4rem){x{y:calc(1px + 2px)}z{a:min(1rem,2%)}}</style>\n<style>{{ x }} { }</style> ; ";
        assert_eq!(lean(template, "c.html"), all);
        assert_eq!(lean(template, "b.html"), all.replace(".only{x:y}", ""));
        assert_eq!(lean("a { b }", "b.html"), "a { b }");
    }
}
