//! The cases: each a small change to a sound workbook, or something else under its name.
#![allow(clippy::format_collect, clippy::assigning_clones, reason = "short cases are worth more than quick ones")]

use super::base;
use super::raw::{DOCUMENT, MAIN, PACKAGE, Parts, Raw, change, patch, stored, zip};

/// Id and file.
pub type Case = (&'static str, fn() -> Vec<u8>);

const SHEET: &str = "xl/worksheets/sheet2.xml";
const STRINGS: &str = "xl/sharedStrings.xml";
const RELS: &str = "xl/_rels/workbook.xml.rels";
const BOOK: &str = "xl/workbook.xml";

/// The workbook with another cell in the place of the answer to b1, which is "Yes".
fn cell(cell: &str) -> Vec<u8> {
    let mut raw = base();
    raw.answer(cell);
    raw.zip()
}

/// The same, with an item of the table of texts; `IX` stands for its number.
fn item(item: &str) -> Vec<u8> {
    let mut raw = base();
    let index = raw.item(item.to_owned());
    raw.answer(&format!("<c r=\"E7\" t=\"s\"><v>{index}</v></c>"));
    raw.zip()
}

/// The same, where the number of the text "No" is written in another way.
fn index(write: impl Fn(usize) -> String) -> Vec<u8> {
    let mut raw = base();
    let no = raw.string("No");
    raw.answer(&format!("<c r=\"E7\" t=\"s\"><v>{}</v></c>", write(no)));
    raw.zip()
}

/// The workbook with the questions' sheet changed.
fn sheet(edit: impl Fn(&mut super::raw::Sheet)) -> Vec<u8> {
    let mut raw = base();
    edit(&mut raw.sheets[1]);
    raw.zip()
}

fn rows(edit: impl Fn(&str) -> String) -> Vec<u8> {
    sheet(|s| s.rows = edit(&s.rows))
}

fn part(name: &str, edit: impl Fn(&str) -> String) -> Vec<u8> {
    zip(&change(base().parts(), name, edit))
}

fn without(name: &str) -> Vec<u8> {
    zip(&base().parts().into_iter().filter(|(n, _)| n != name).collect())
}

fn with(parts: impl Fn(Parts) -> Parts) -> Vec<u8> {
    zip(&parts(base().parts()))
}

/// The answers as inline texts, so that a second sheet can be put beside them.
fn evil_sheet() -> Vec<u8> {
    let mut raw = base();
    let no = raw.shared("E7", "No");
    raw.answer(&no);
    raw.parts().into_iter().find(|(n, _)| n == SHEET).unwrap().1
}

/// A text that is in the table already, in a cell.
fn yes(raw: &mut Raw, at: &str) -> String {
    raw.shared(at, "Yes")
}

/// A zip by hand, so that it can lie: the central directory names the first entry twice.
fn overlapping() -> Vec<u8> {
    let bytes = base().zip();
    let end = bytes.len() - 22;
    let at = |n: usize| usize::try_from(u32::from_le_bytes(bytes[n..n + 4].try_into().unwrap())).unwrap();
    let (size, start) = (at(end + 12), at(end + 16));
    let directory = &bytes[start..start + size];
    let first = 46 + usize::from(u16::from_le_bytes([directory[28], directory[29]]));
    let mut copy = directory[..first].to_vec();
    copy[46..50].copy_from_slice(b"copy");
    let mut out = bytes[..start].to_vec();
    out.extend(directory);
    out.extend(&copy);
    let count = u16::from_le_bytes([bytes[end + 10], bytes[end + 11]]) + 1;
    let mut tail = bytes[end..].to_vec();
    tail[8..10].copy_from_slice(&count.to_le_bytes());
    tail[10..12].copy_from_slice(&count.to_le_bytes());
    tail[12..16].copy_from_slice(&u32::try_from(size + copy.len()).unwrap().to_le_bytes());
    out.extend(tail);
    out
}

fn utf16(big: bool, mark: bool) -> Vec<u8> {
    with(|parts| {
        let wide = |text: &str| {
            let text = text.replace("encoding=\"UTF-8\"", "encoding=\"UTF-16\"");
            let text = if mark { format!("\u{FEFF}{text}") } else { text };
            let bytes = |u: u16| if big { u.to_be_bytes() } else { u.to_le_bytes() };
            text.encode_utf16().flat_map(bytes).collect()
        };
        let is_xml = |name: &str| name.starts_with("xl/") && name.contains(".xml") && !name.contains(".rels");
        let convert = |(name, content): (String, Vec<u8>)| {
            let content = if is_xml(&name) { wide(std::str::from_utf8(&content).unwrap()) } else { content };
            (name, content)
        };
        parts.into_iter().map(convert).collect()
    })
}

fn compound(stream: &str) -> Vec<u8> {
    let mut bytes = vec![0; 1536];
    bytes[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    let name: Vec<u8> = stream.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes[1024..1024 + name.len()].copy_from_slice(&name);
    bytes
}

fn opendocument(kind: &str) -> Vec<u8> {
    zip(&vec![
        ("mimetype".to_owned(), format!("application/vnd.oasis.opendocument.{kind}").into_bytes()),
        ("content.xml".to_owned(), b"<x/>".to_vec()),
    ])
}

fn prefixed(text: &str) -> String {
    let text = text.replace(&format!("xmlns=\"{MAIN}\""), &format!("xmlns:x=\"{MAIN}\""));
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find('<') {
        let (before, after) = rest.split_at(at + 1);
        out.push_str(before);
        let (slash, after) = after.strip_prefix('/').map_or(("", after), |a| ("/", a));
        out.push_str(slash);
        if after.starts_with(|c: char| c.is_ascii_alphabetic()) {
            out.push_str("x:");
        }
        rest = after;
    }
    out + rest
}

/// A sheet that is put into a branch which programs may or may not show.
fn choice(text: &str) -> String {
    let open = "<mc:AlternateContent xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\">\
                <mc:Choice Requires=\"zz\"><sheetData/></mc:Choice><mc:Fallback>";
    text.replace("<sheetData>", &format!("{open}<sheetData>"))
        .replace("</sheetData>", "</sheetData></mc:Fallback></mc:AlternateContent>")
}

fn doctype(text: &str, declaration: &str) -> String {
    text.replacen("<sst", &format!("{declaration}<sst"), 1)
}

/// All cases.
pub const CASES: &[Case] = &[
    // What the file is
    ("sound", || base().zip()),
    ("stored", || stored(&base().parts())),
    ("empty", Vec::new),
    ("one-byte", || b"P".to_vec()),
    ("text", || b"Nr;Answer\nb1;Yes\n".to_vec()),
    ("noise", || (0..4096_u32).map(|n| u8::try_from(n * n % 251).unwrap()).collect()),
    ("pdf", || b"%PDF-1.7\n".to_vec()),
    ("png", || b"\x89PNG\r\n\x1a\n\0\0".to_vec()),
    ("html", || b"<html><table><tr><td>b1</td><td>Yes</td></tr></table></html>".to_vec()),
    ("xml-2003", || b"<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook/>".to_vec()),
    ("rtf", || b"{\\rtf1 Yes}".to_vec()),
    ("gzip", || b"\x1f\x8b\x08\0\0\0".to_vec()),
    ("encrypted", || compound("EncryptedPackage")),
    ("xls", || compound("Workbook")),
    ("xls-bare", || b"\x09\x00\x04\x00\x07\x00\x10\x00".to_vec()),
    ("doc", || compound("WordDocument")),
    ("msg", || compound("__substg1.0")),
    ("ods", || opendocument("spreadsheet")),
    ("odt", || opendocument("text")),
    ("xlsb", || zip(&vec![("xl/workbook.bin".to_owned(), b"x".to_vec())])),
    ("docx", || zip(&vec![("word/document.xml".to_owned(), b"<w/>".to_vec())])),
    ("pptx", || zip(&vec![("ppt/presentation.xml".to_owned(), b"<p/>".to_vec())])),
    ("numbers", || zip(&vec![("Index/Document.iwa".to_owned(), b"x".to_vec())])),
    ("photos", || zip(&vec![("IMG_1.jpg".to_owned(), b"\xff\xd8\xff".to_vec())])),
    ("macros", || {
        with(|mut parts| {
            parts.push(("xl/vbaProject.bin".to_owned(), b"x".to_vec()));
            parts
        })
    }),
    // The container
    ("cut-in-half", || {
        let bytes = base().zip();
        bytes[..bytes.len() / 2].to_vec()
    }),
    ("empty-zip", || zip(&Vec::new())),
    ("bytes-before", || [b"#!/bin/sh\nexit 1\n".to_vec(), base().zip()].concat()),
    ("bytes-after", || [base().zip(), vec![0; 512]].concat()),
    ("wrong-checksum", || patch(stored(&base().parts()), b"preserve\">No<", b"preserve\">Yo<")),
    ("encrypted-entries", || {
        // The bit in the flags of every entry of the directory, and of every entry itself.
        let mut bytes = base().zip();
        for at in 0..bytes.len() - 8 {
            if bytes[at..].starts_with(b"PK\x01\x02") {
                bytes[at + 8] |= 1;
            } else if bytes[at..].starts_with(b"PK\x03\x04") {
                bytes[at + 6] |= 1;
            }
        }
        bytes
    }),
    ("other-compression", || {
        let mut bytes = base().zip();
        for at in 0..bytes.len() - 12 {
            if bytes[at..].starts_with(b"PK\x01\x02") {
                bytes[at + 10] = 14;
            }
        }
        bytes
    }),
    ("entry-twice", || {
        let bytes = with(|mut parts| {
            parts.push((SHEET.replace("sheet2", "sheetX"), evil_sheet()));
            parts
        });
        patch(bytes, b"sheetX", b"sheet2")
    }),
    ("entry-twice-by-case", || {
        with(|mut parts| {
            parts.push((SHEET.replace("sheet2", "SHEET2"), evil_sheet()));
            parts
        })
    }),
    ("entries-overlap", overlapping),
    ("entry-leads-out", || {
        with(|mut parts| {
            parts.push(("../../tmp/x".to_owned(), b"x".to_vec()));
            parts
        })
    }),
    ("backslash-names", || {
        let bytes = base().zip();
        let bytes = patch(bytes, b"xl/worksheets/", b"xl\\worksheets\\");
        patch(bytes, b"xl/sharedStrings", b"xl\\sharedStrings")
    }),
    ("too-many-entries", || {
        with(|mut parts| {
            parts.extend((0..2001).map(|n| (format!("xl/media/{n}"), Vec::new())));
            parts
        })
    }),
    // Relationships
    ("relationships-missing", || without(RELS)),
    ("sheet-missing", || without(SHEET)),
    ("strings-missing", || without(STRINGS)),
    ("styles-missing", || without("xl/styles.xml")),
    ("styles-broken", || part("xl/styles.xml", |_| "<styleSheet><cellXfs><xf numFmtId=".to_owned())),
    ("strings-empty", || part(STRINGS, |_| String::new())),
    ("strings-table-empty", || part(STRINGS, |_| format!("<sst xmlns=\"{MAIN}\"/>"))),
    ("target-up", || part(RELS, |t| t.replace("worksheets/sheet2.xml", "../../../../etc/passwd"))),
    ("target-absolute", || part(RELS, |t| t.replace("\"worksheets/", "\"/xl/worksheets/"))),
    ("target-file", || {
        part(RELS, |t| t.replace("\"worksheets/sheet2.xml\"", "\"file:///etc/passwd\" TargetMode=\"External\""))
    }),
    ("target-web", || {
        part(RELS, |t| t.replace("\"worksheets/sheet2.xml\"", "\"http://127.0.0.1:9/x\" TargetMode=\"External\""))
    }),
    ("relationship-dangling", || part(RELS, |t| t.replace("\"rId2\"", "\"rId9\""))),
    ("relationship-twice", || part(RELS, |t| t.replace("\"rId1\"", "\"rId2\""))),
    ("main-part-loop", || part("_rels/.rels", |t| t.replace("xl/workbook.xml", "_rels/.rels"))),
    ("main-part-renamed", || {
        let parts = change(base().parts(), "_rels/.rels", |t| t.replace("workbook.xml", "workbook2.xml"));
        zip(&parts.into_iter().map(|(n, c)| (n.replace("workbook.xml", "workbook2.xml"), c)).collect())
    }),
    ("strings-renamed-decoy", || {
        // The true table under another name, one with the answers turned round under the usual one.
        let mut parts = change(base().parts(), RELS, |t| t.replace("sharedStrings.xml", "texts.xml"));
        let true_table = parts.iter().find(|(n, _)| n == STRINGS).unwrap().1.clone();
        parts.push(("xl/texts.xml".to_owned(), true_table));
        zip(&change(parts, STRINGS, |t| t.replace(">Yes<", ">?<").replace(">No<", ">Yes<").replace(">?<", ">No<")))
    }),
    ("one-part-for-two-sheets", || part(RELS, |t| t.replace("sheet1.xml", "sheet2.xml"))),
    ("many-sheets", || {
        part(BOOK, |t| {
            let more: String =
                (0..100).map(|n| format!("<sheet name=\"S{n}\" sheetId=\"{n}\" r:id=\"rId2\"/>")).collect();
            t.replace("</sheets>", &format!("{more}</sheets>"))
        })
    }),
    ("chart-sheet", || {
        let parts = change(base().parts(), BOOK, |t| {
            t.replace("</sheets>", "<sheet name=\"Chart\" sheetId=\"9\" state=\"odd\" r:id=\"chart\"/></sheets>")
        });
        zip(&change(parts, RELS, |t| {
            let relation = format!("<Relationship Id=\"chart\" Type=\"{DOCUMENT}/chartsheet\" Target=\"c.xml\"/>");
            t.replace("</Relationships>", &format!("{relation}</Relationships>"))
        }))
    }),
    ("foreign-relationship-elements", || {
        part(RELS, |t| t.replace("<Relationship ", "<x:Relationship xmlns:x=\"urn:x\" "))
    }),
    // XML
    ("utf-16-le", || utf16(false, true)),
    ("utf-16-be", || utf16(true, true)),
    ("utf-16-unmarked", || utf16(false, false)),
    ("latin-1", || part(STRINGS, |t| t.replace("UTF-8", "ISO-8859-1"))),
    ("not-utf-8", || {
        let mut parts = base().parts();
        let table = &mut parts.iter_mut().find(|(n, _)| n == STRINGS).unwrap().1;
        *table = patch(table.clone(), b">b1?<", b">b\xE6?<");
        zip(&parts)
    }),
    ("byte-order-mark", || part(SHEET, |t| format!("\u{FEFF}{t}"))),
    ("no-declaration", || part(SHEET, |t| t.split_once("?>\n").unwrap().1.to_owned())),
    ("prefixed", || {
        let parts = change(base().parts(), SHEET, prefixed);
        zip(&change(parts, STRINGS, prefixed))
    }),
    ("strict-namespace", || {
        let strict = "http://purl.oclc.org/ooxml/spreadsheetml/main";
        let parts = change(base().parts(), SHEET, |t| t.replace(MAIN, strict));
        zip(&change(parts, STRINGS, |t| t.replace(MAIN, strict)))
    }),
    ("other-namespace", || part(SHEET, |t| t.replace(MAIN, "urn:no-spreadsheet"))),
    ("cell-in-other-namespace", || rows(|r| r.replace("<c r=\"E7\"", "<c xmlns=\"urn:x\" r=\"E7\""))),
    ("cell-in-other-prefix", || {
        let open = format!("<y:c xmlns:y=\"{MAIN}\" r=\"E8\" ");
        rows(|r| {
            let at = r.find("<c r=\"E8\" ").unwrap();
            let (before, after) = r.split_at(at);
            let after = after.replacen("<c r=\"E8\" ", &open, 1).replacen("</c>", "</y:c>", 1);
            format!("{before}{after}")
        })
    }),
    ("two-branches", || part(SHEET, choice)),
    ("two-sheet-data", || part(SHEET, |t| t.replace("</worksheet>", "<sheetData/></worksheet>"))),
    ("sheet-data-in-extension", || {
        part(SHEET, |t| t.replace("</worksheet>", "<extLst><ext><sheetData/></ext></extLst></worksheet>"))
    }),
    ("mismatched-tags", || part(SHEET, |t| t.replace("</row>", "</rwo>"))),
    ("unclosed", || part(SHEET, |t| t.replace("</sheetData></worksheet>", ""))),
    ("second-root", || part(SHEET, |t| format!("{t}<worksheet/>"))),
    ("control-characters", || part(STRINGS, |t| t.replace(">b1?<", ">b\u{1}?<"))),
    ("control-character-reference", || part(STRINGS, |t| t.replace(">b1?<", ">b&#1;?<"))),
    ("deep", || {
        part(SHEET, |t| t.replace("</worksheet>", &format!("{}{}</worksheet>", "<a>".repeat(300), "</a>".repeat(300))))
    }),
    ("many-attributes", || {
        let attributes: String = (0..300).map(|n| format!(" a{n}=\"1\"")).collect();
        rows(|r| r.replace("<c r=\"E7\"", &format!("<c{attributes} r=\"E7\"")))
    }),
    ("attribute-twice", || rows(|r| r.replace("<c r=\"E7\"", "<c r=\"E7\" r=\"E9\""))),
    ("long-comment", || {
        part(SHEET, |t| t.replace("<sheetData>", &format!("<!--{}--><sheetData>", "c".repeat(5 << 20))))
    }),
    ("long-blank", || part(SHEET, |t| t.replace("<sheetData>", &format!("{}<sheetData>", " ".repeat(5 << 20))))),
    ("laughs", || {
        part(STRINGS, |t| {
            doctype(t, "<!DOCTYPE x [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;\">]>").replace(">Yes<", ">&b;<")
        })
    }),
    ("entity-as-answer", || {
        part(STRINGS, |t| doctype(t, "<!DOCTYPE x [<!ENTITY a \"Yes\">]>").replace(">Yes<", ">&a;<"))
    }),
    ("entity-of-file", || {
        part(STRINGS, |t| {
            doctype(t, "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>").replace(">Yes<", ">&e;<")
        })
    }),
    ("doctype", || part(STRINGS, |t| doctype(t, "<!DOCTYPE sst>"))),
    ("entity-undeclared", || part(STRINGS, |t| t.replace(">Yes<", ">&yes;<"))),
    // Numbers of texts
    ("index-padded", || index(|n| format!("\n {n} \n"))),
    ("index-leading-zeros", || index(|n| format!("00{n}"))),
    ("index-reference", || index(|n| format!("&#48;{n}"))),
    ("index-comment", || index(|n| format!("<!-- -->{n}"))),
    ("index-plus", || index(|n| format!("+{n}"))),
    ("index-decimal", || index(|n| format!("{n}.0"))),
    ("index-negative", || index(|_| "-1".to_owned())),
    ("index-text", || index(|_| "abc".to_owned())),
    ("index-huge", || index(|_| "18446744073709551616".to_owned())),
    ("index-beyond", || index(|_| "999999".to_owned())),
    ("index-empty", || index(|_| String::new())),
    ("unique-count", || part(STRINGS, |t| t.replace("<sst ", "<sst uniqueCount=\"18446744073709551615\" "))),
    // Texts
    ("rich-text", || item("<si><r><rPr><b/></rPr><t>N</t></r><r><t>o</t></r></si>")),
    ("pronunciation", || item("<si><t>No</t><rPh sb=\"0\" eb=\"1\"><t>Yes</t></rPh></si>")),
    ("pronunciation-first", || item("<si><rPh sb=\"0\" eb=\"1\"><t>Yes</t></rPh><t>No</t></si>")),
    ("text-cdata", || item("<si><t><![CDATA[No]]></t></si>")),
    ("text-references", || item("<si><t>&#78;&#x6f;</t></si>")),
    ("text-comment", || item("<si><t>N<!-- x -->o</t></si>")),
    ("text-escape", || item("<si><t>N_x006F_</t></si>")),
    ("text-empty", || item("<si/>")),
    ("text-markup", || item("<si><t>N<b/>o</t></si>")),
    ("text-foreign", || item("<si><x:t xmlns:x=\"urn:x\">No</x:t></si>")),
    ("inline", || cell("<c r=\"E7\" t=\"inlineStr\"><is><t>No</t></is></c>")),
    ("inline-rich", || cell("<c r=\"E7\" t=\"inlineStr\"><is><r><t>N</t></r><r><t>o</t></r></is></c>")),
    ("inline-and-value", || cell("<c r=\"E7\" t=\"inlineStr\"><is><t>No</t></is><v>0</v></c>")),
    ("inline-untyped", || cell("<c r=\"E7\"><is><t>No</t></is></c>")),
    ("plain-text", || cell("<c r=\"E7\" t=\"str\"><v>No</v></c>")),
    ("plain-text-cdata", || cell("<c r=\"E7\" t=\"str\"><v><![CDATA[No]]></v></c>")),
    ("spaces", || cell("<c r=\"E7\" t=\"str\"><v>  no\u{a0}\u{200b}</v></c>")),
    ("full-width", || cell("<c r=\"E7\" t=\"str\"><v>ＮＯ</v></c>")),
    ("cyrillic-look-alike", || cell("<c r=\"E7\" t=\"str\"><v>N\u{43e}</v></c>")),
    ("turned-round", || cell("<c r=\"E7\" t=\"str\"><v>\u{202e}oN</v></c>")),
    ("only-blank", || cell("<c r=\"E7\" t=\"str\"><v> \u{a0}\u{200b}</v></c>")),
    // Values
    ("number", || cell("<c r=\"E7\"><v>1</v></c>")),
    ("bool", || cell("<c r=\"E7\" t=\"b\"><v>1</v></c>")),
    ("bool-odd", || cell("<c r=\"E7\" t=\"b\"><v>2</v></c>")),
    ("number-as-text", || cell("<c r=\"E7\" t=\"n\"><v>abc</v></c>")),
    ("not-a-number", || cell("<c r=\"E7\"><v>NaN</v></c>")),
    ("infinite", || cell("<c r=\"E7\"><v>1e400</v></c>")),
    ("unknown-type", || cell("<c r=\"E7\" t=\"zz\"><v>1</v></c>")),
    ("error-ref", || cell("<c r=\"E7\" t=\"e\"><v>#REF!</v></c>")),
    ("error-spill", || cell("<c r=\"E7\" t=\"e\"><v>#SPILL!</v></c>")),
    ("error-foreign", || cell("<c r=\"E7\" t=\"e\"><v>Err:502</v></c>")),
    ("date-odd", || cell("<c r=\"E7\" t=\"d\"><v>2026-13-45</v></c>")),
    ("value-twice", || cell("<c r=\"E7\" t=\"str\"><v>No</v><v>Yes</v></c>")),
    ("value-with-element", || cell("<c r=\"E7\" t=\"str\"><v>No<x>Yes</x></v></c>")),
    ("value-foreign", || cell("<c r=\"E7\" t=\"str\"><x:v xmlns:x=\"urn:x\">Yes</x:v><v>No</v></c>")),
    ("cell-extension", || cell("<c r=\"E7\" t=\"str\"><v>No</v><extLst><ext/></extLst></c>")),
    ("style-beyond", || cell("<c r=\"E7\" s=\"9999\" t=\"str\"><v>No</v></c>")),
    // Formulas
    ("formula", || cell("<c r=\"E7\" t=\"str\"><f>IF(1=1,\"No\",\"Yes\")</f><v>No</v></c>")),
    ("formula-behind-value", || cell("<c r=\"E7\" t=\"str\"><v>No</v><f>\"No\"</f></c>")),
    ("formula-without-value", || cell("<c r=\"E7\"><f>IF(1=1,\"No\",\"Yes\")</f></c>")),
    ("formula-without-value-typed", || cell("<c r=\"E7\" t=\"str\"><f>A1</f></c>")),
    ("formula-with-empty-text", || cell("<c r=\"E7\" t=\"str\"><f>\"\"</f><v></v></c>")),
    ("formula-with-error", || cell("<c r=\"E7\" t=\"e\"><f>X!A1</f><v>#REF!</v></c>")),
    ("formula-shared-huge", || {
        cell("<c r=\"E7\" t=\"str\"><f t=\"shared\" ref=\"E7:E8\" si=\"18446744073709551615\">A1</f><v>No</v></c>")
    }),
    // Places
    ("no-cell-places", || {
        // Of the rows with questions: A, B, C, and the answer under D, which is where "why" stands.
        rows(|r| r.replace("<c r=\"A", "<c q=\"A"))
    }),
    ("no-row-places", || rows(|r| (7..15).fold(r.to_owned(), |r, n| r.replace(&format!("<row r=\"{n}\">"), "<row>")))),
    ("rows-reversed", || {
        rows(|r| {
            let mut list: Vec<&str> = r.split_inclusive("</row>").collect();
            list.reverse();
            list.concat()
        })
    }),
    ("cell-twice", || rows(|r| r.replace("<c r=\"E7\"", "<c r=\"E7\" t=\"str\"><v>No</v></c><c r=\"E7\""))),
    ("row-twice", || rows(|r| format!("{r}<row r=\"7\"><c r=\"E7\" t=\"str\"><v>No</v></c></row>"))),
    ("row-twice-apart", || rows(|r| format!("{r}<row r=\"7\"><c r=\"G7\" t=\"str\"><v>because</v></c></row>"))),
    ("cell-of-another-row", || rows(|r| r.replace("r=\"E7\"", "r=\"E8\""))),
    ("column-overflows", || rows(|r| format!("{r}<row r=\"40\"><c r=\"AAAAAAAAAAA40\"><v>1</v></c></row>"))),
    ("row-overflows", || {
        rows(|r| format!("{r}<row r=\"4294967303\"><c r=\"E4294967303\" t=\"str\"><v>No</v></c></row>"))
    }),
    ("row-zero", || rows(|r| format!("<row r=\"0\"><c r=\"A0\"><v>1</v></c></row>{r}"))),
    ("row-last-and-on", || {
        rows(|r| {
            format!("{r}<row r=\"1048576\"><c r=\"A1048576\" t=\"str\"><v> </v></c></row><row><c><v>2</v></c></row>")
        })
    }),
    ("place-with-dollars", || rows(|r| r.replace("r=\"E7\"", "r=\"$E$7\""))),
    ("place-in-small-letters", || rows(|r| r.replace("r=\"E7\"", "r=\"e7\""))),
    ("place-full-width", || rows(|r| r.replace("r=\"E7\"", "r=\"\u{FF25}7\""))),
    ("stray-far-away", || rows(|r| format!("{r}<row r=\"1048576\"><c r=\"XFD1048576\" t=\"str\"><v>x</v></c></row>"))),
    ("stray-blank-far-away", || {
        rows(|r| format!("{r}<row r=\"1048576\"><c r=\"C1048576\" t=\"str\"><v> </v></c></row>"))
    }),
    ("dimension-odd", || sheet(|s| s.before = "<dimension ref=\"ZZZZZ99999999:A0\"/>".to_owned())),
    ("many-cells", || {
        let cells: String = (0..900)
            .map(|n| {
                let cells: String = (0..240).map(|_| "<c><v>1</v></c>").collect();
                format!("<row r=\"{}\">{cells}</row>", n + 100)
            })
            .collect();
        rows(|r| format!("{r}{cells}"))
    }),
    ("text-amplified", || {
        let mut raw = base();
        let long = raw.string(&"A".repeat(32_767));
        let rows: String = (0..1100)
            .map(|n| format!("<row r=\"{0}\"><c r=\"J{0}\" t=\"s\"><v>{long}</v></c></row>", n + 100))
            .collect();
        raw.sheets[1].rows.push_str(&rows);
        raw.zip()
    }),
    // What people do not see
    ("hidden-row", || rows(|r| r.replace("<row r=\"7\">", "<row r=\"7\" hidden=\"1\">"))),
    ("hidden-column", || sheet(|s| s.before = "<cols><col min=\"4\" max=\"5\" hidden=\"1\"/></cols>".to_owned())),
    ("hidden-sheet", || sheet(|s| s.attributes = "state=\"veryHidden\" ".to_owned())),
    ("shows-nothing", || cell("<c r=\"E7\" s=\"2\" t=\"str\"><v>Yes</v></c>")),
    ("merged-with-reason", || sheet(|s| s.after = "<mergeCells><mergeCell ref=\"E7:G7\"/></mergeCells>".to_owned())),
    ("merged-over-rows", || sheet(|s| s.after = "<mergeCells><mergeCell ref=\"E7:E8\"/></mergeCells>".to_owned())),
    ("merged-over-rows-blank", || {
        let mut raw = base();
        let no = raw.shared("E8", "No");
        raw.sheets[1].rows = raw.sheets[1].rows.replace(&no, "");
        raw.sheets[1].after = "<mergeCells><mergeCell ref=\"E7:E8\"/></mergeCells>".to_owned();
        raw.zip()
    }),
    ("merged-everything", || {
        sheet(|s| s.after = "<mergeCells><mergeCell ref=\"A20:XFD1048576\"/></mergeCells>".to_owned())
    }),
    // Rows and columns
    ("row-copied", || {
        let mut raw = base();
        let row = raw.sheets[1].rows.split_inclusive("</row>").nth(1).unwrap().to_owned();
        raw.sheets[1].rows.push_str(&row.replace("7\"", "40\""));
        raw.zip()
    }),
    ("row-copied-and-changed", || {
        let mut raw = base();
        let row = raw.sheets[1].rows.split_inclusive("</row>").nth(1).unwrap().replace("7\"", "40\"");
        let (yes, no) = (yes(&mut raw, "E40"), raw.shared("E40", "No"));
        raw.sheets[1].rows.push_str(&row.replace(&yes, &no));
        raw.zip()
    }),
    ("sheet-copied", || {
        let mut raw = base();
        let mut copy = raw.sheets[1].clone();
        copy.name = "b (2)".to_owned();
        raw.sheets.push(copy);
        raw.zip()
    }),
    ("sorted-without-ids", || {
        // The visible cells of rows 7 and 8 change places, the hidden ids stay.
        let mut raw = base();
        for (column, one, other) in [("B", "b1", "b2"), ("C", "b1?", "b2?"), ("E", "Yes", "No")] {
            let (a, b) = (raw.shared(&format!("{column}7"), one), raw.shared(&format!("{column}8"), other));
            let (c, d) = (raw.shared(&format!("{column}7"), other), raw.shared(&format!("{column}8"), one));
            raw.sheets[1].rows = raw.sheets[1].rows.replace(&a, &c).replace(&b, &d);
        }
        raw.zip()
    }),
    ("signs-of-three-questions", || {
        let mut raw = base();
        for (column, one, other) in [("B", "b1", "b2"), ("C", "b1?", "b3?")] {
            let (a, b) = (raw.shared(&format!("{column}7"), one), raw.shared(&format!("{column}7"), other));
            raw.sheets[1].rows = raw.sheets[1].rows.replace(&a, &b);
        }
        raw.zip()
    }),
    ("id-in-a-comment", || {
        // The id column is gone, and a comment happens to be an id.
        let mut raw = base();
        for (id, _) in super::raw::ANSWERS {
            for n in 7..15 {
                let cell = raw.shared(&format!("A{n}"), id);
                raw.sheets[1].rows = raw.sheets[1].rows.replace(&cell, "");
            }
        }
        let (answer, comment) = (yes(&mut raw, "E7"), raw.shared("G7", "b2"));
        raw.sheets[1].rows = raw.sheets[1].rows.replace(&answer, &format!("{answer}{comment}"));
        raw.zip()
    }),
    ("answer-header-overwritten", || {
        let mut raw = base();
        let (header, other) = (raw.shared("E6", "Answer"), raw.shared("E6", "Jane"));
        raw.sheets[1].rows = raw.sheets[1].rows.replace(&header, &other);
        raw.zip()
    }),
    ("answer-header-twice", || {
        let mut raw = base();
        let (header, other) = (raw.shared("F6", "Document you can show"), raw.shared("F6", "Answer"));
        raw.sheets[1].rows = raw.sheets[1].rows.replace(&header, &other);
        raw.zip()
    }),
    ("meta-renamed", || {
        let mut raw = base();
        raw.sheets[0].name = "Sheet3".to_owned();
        raw.zip()
    }),
    ("relationship-namespace", || part(RELS, |t| t.replace(PACKAGE, "urn:x"))),
];
