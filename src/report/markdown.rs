//! A page as Markdown, for those who must edit it: word processors open it, and pandoc turns it into anything else.
//!
//! Plain `CommonMark` with tables as GitHub and pandoc read them. Whatever stands in the text is text: every sign that means
//! something in Markdown, or in HTML within it, is escaped.

use std::fmt::Write as _;

use super::document::{Block, Document, Runs};

/// The document as Markdown.
pub(super) fn of(document: &Document) -> String {
    let mut out = String::new();
    let mut in_list = false;
    for (at, block) in document.blocks.iter().enumerate() {
        // A drawing may be described by the very words that stand below it.
        if at > 0 && is_again(&document.blocks[at - 1], block) {
            continue;
        }
        let is_item = matches!(block, Block::Item { .. });
        let goes_on = is_item && in_list;
        if !out.is_empty() && !goes_on {
            out.push('\n');
        }
        in_list = is_item;
        match block {
            Block::Heading { level, text } => {
                let _ = writeln!(out, "{} {}", "#".repeat(*level), line(text));
            }
            Block::Paragraph { text } => {
                let _ = writeln!(out, "{}", line(text));
            }
            Block::Item { level, number, text } => {
                let indent = "    ".repeat(level.saturating_sub(1));
                let mark = number.map_or_else(|| "-".to_owned(), |n| format!("{n}."));
                let _ = writeln!(out, "{indent}{mark} {}", line(text));
            }
            Block::Quote { text } => {
                let _ = writeln!(out, "> {}", line(text));
            }
            Block::Table { caption, head, rows } => table(&mut out, caption, head, rows),
        }
    }
    out
}

fn is_again(drawing: &Block, below: &Block) -> bool {
    let (Block::Paragraph { text: drawing }, Block::Paragraph { text: below }) = (drawing, below) else { return false };
    let said = |runs: &Runs| runs.iter().map(|r| r.text.as_str()).collect::<String>();
    drawing.iter().any(|r| r.drawing.is_some()) && said(drawing) == said(below)
}

fn table(out: &mut String, caption: &Runs, head: &[Runs], rows: &[Vec<Runs>]) {
    if !caption.is_empty() {
        let whole: String = caption.iter().map(|r| r.text.as_str()).collect();
        let _ = writeln!(out, "**{}**\n", escaped(whole.trim()));
    }
    let width = rows.iter().map(Vec::len).max().unwrap_or(0).max(head.len());
    if width == 0 {
        return;
    }
    // What is drawn on the page stands in numbers beside it.
    let drawn = |at: usize| rows.iter().filter_map(|row| row.get(at)).flatten().any(|run| run.drawing.is_some());
    let kept: Vec<usize> = (0..width).filter(|at| !drawn(*at)).collect();
    let cells = |row: &[Runs]| {
        let cells = kept.iter().map(|at| row.get(*at).map(inline).unwrap_or_default());
        format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
    };
    let length = |runs: &Runs| runs.iter().map(|r| r.text.chars().count()).sum::<usize>();
    // As wide as the longest cell, within reason: pandoc takes the widths of long tables from here.
    let dashes = kept.iter().map(|at| {
        let longest = rows.iter().map(Vec::as_slice).chain([head]).filter_map(|row| row.get(*at)).map(length).max();
        "-".repeat(longest.unwrap_or(0).clamp(5, 48))
    });
    let _ = writeln!(out, "{}\n| {} |", cells(head), dashes.collect::<Vec<_>>().join(" | "));
    for row in rows {
        let _ = writeln!(out, "{}", cells(row));
    }
}

/// Runs as a line of their own.
fn line(runs: &Runs) -> String {
    at_start(&inline(runs))
}

/// Runs within a line.
fn inline(runs: &Runs) -> String {
    let mut out = String::new();
    for run in runs {
        let text = run.text.trim();
        if !run.strong || text.is_empty() {
            out.push_str(&escaped(&run.text));
            continue;
        }
        // Blanks stand outside of the marks.
        let (before, after) = (run.text.starts_with(' '), run.text.ends_with(' '));
        let blank = |there: bool| if there { " " } else { "" };
        let _ = write!(out, "{}**{}**{}", blank(before), escaped(text), blank(after));
    }
    out.trim().to_owned()
}

/// Text in which no sign means anything.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        let means = match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '|' | '~' | '$' | '^' | '@' => true,
            // An entity; the beginning of an address.
            '&' => next.is_ascii_alphanumeric() || next == '#',
            ':' => next == '/',
            '.' => before.eq_ignore_ascii_case(&'w') && next.is_alphanumeric(),
            _ => false,
        };
        if means {
            out.push('\\');
        }
        out.push(if c.is_control() { ' ' } else { c });
        before = c;
    }
    out
}

/// At the start of a line `#`, `=`, `- `, `+ `, `: `, `%` and `1. ` mean something, too.
fn at_start(line: &str) -> String {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = line.split_at(digits);
    let ends = |after: &str| after.is_empty() || after.starts_with(' ');
    let means = match rest.chars().next() {
        Some('#' | '=' | '%') => digits == 0,
        Some('-' | '+' | ':') => digits == 0 && (ends(&rest[1..]) || rest.starts_with("--")),
        Some('.' | ')') => digits > 0 && ends(&rest[1..]),
        _ => false,
    };
    if means { format!("{number}\\{rest}") } else { line.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_as_markdown() {
        let page = "<h1>T</h1><p>a <strong>b</strong> c</p><ul><li>x</li><li>y</li></ul><ol><li>z</li></ol>\
            <table><caption>t</caption><thead><tr><th>h</th><th>drawn</th><th>i</th></tr></thead><tbody>\
            <tr><td>1</td><td><svg><desc>one</desc></svg></td><td>a|b</td></tr></tbody></table>\
            <blockquote>q</blockquote>";
        assert_eq!(
            of(&Document::of(page)),
            "# T\n\na **b** c\n\n- x\n- y\n1. z\n\n**t**\n\n| h | i |\n| ----- | ----- |\n| 1 | a\\|b |\n\n> q\n"
        );
    }

    #[test]
    fn text_stays_text() {
        for (text, wanted) in [
            ("<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"),
            ("[a](http://x) www.x", "\\[a\\](http\\://x) www\\.x"),
            ("=HYPERLINK(\"x\")", "\\=HYPERLINK(\"x\")"),
            ("1. one", "1\\. one"),
            ("- - -", "\\- - -"),
            ("**b** _i_ `c` $x$ &lt; \\", "\\*\\*b\\*\\* \\_i\\_ \\`c\\` \\$x\\$ \\&lt; \\\\"),
            ("2026-11-24, 12.5 & a few.", "2026-11-24, 12.5 & a few."),
            ("# one", "\\# one"),
            ("+45 1", "+45 1"),
        ] {
            let page = format!("<p>{}</p>", text.replace('&', "&amp;").replace('<', "&lt;"));
            assert_eq!(of(&Document::of(&page)).trim_end(), wanted);
        }
    }
}
