//! Pages and the portfolio from real checklists and hand-built dossiers: a full one with hostile text in every field,
//! and one that is all but blank. `LYGTE_PAGES=folder` writes the pages there, to be looked at.

use std::collections::BTreeMap;
use std::sync::Arc;

use lygte::checklist::{Catalog, Library, Selection};
use lygte::diag::{Code, Diagnostic, Place};
use lygte::model::{
    Answer, AnswerKind, Assessment, ById, Cell, Closure, Dossier, Entry, Evidence, Exact, Fact, FactId, Finding, Form,
    Id, Lang, Look, Method, Profile, Questionnaire, Role, SignEntry, SignState,
};
use lygte::questionnaire::{Book, CellValue, Limits};
use lygte::report::{
    Due, FileRecord, Index, Ledger, PortfolioBook, Reminder, Reporter, ReviewRecord, Row, Scored, Series, Setting,
    Status, SupplierRows, Totals, Views,
};

const HOSTILE: &str = "<script>alert(1)</script> =1+1 {{ 7*7 }} 🏗️ \u{202e}";
const MARKER: &str = "MARKER-of-an-observer";
const DATE: &str = "2026-11-24";

struct World {
    library: Library,
    questionnaire: Questionnaire,
}

impl World {
    fn new() -> Self {
        let (library, diagnostics) = Library::load(&Catalog::embedded());
        let library = library
            .unwrap_or_else(|| panic!("{:?}", diagnostics.0.iter().map(Diagnostic::message).collect::<Vec<_>>()));
        let questionnaire = library
            .compose(&Selection {
                questionnaire: Id::new("guide"),
                sectors: vec![Id::new("cleaning")],
                country: Some("DK".parse().unwrap()),
                form: Form::Full,
            })
            .unwrap();
        Self { library, questionnaire }
    }

    fn reporter(&self) -> Reporter {
        Reporter::new(&BTreeMap::new(), self.library.words["report"].clone()).unwrap()
    }

    fn method(&self) -> &Method {
        &self.library.methods["fls-1"]
    }

    fn assess(&self, dossier: &Dossier) -> Assessment {
        lygte::score::assess(&self.questionnaire, self.method(), &self.library.reference, dossier)
    }

    fn scored<'a>(&'a self, dossier: &'a Dossier, assessment: &'a Assessment, slug: &'a str) -> Scored<'a> {
        let reference = &self.library.reference;
        Scored { questionnaire: &self.questionnaire, method: self.method(), reference, dossier, assessment, slug }
    }

    fn blank(&self, id: &str, name: &str) -> Dossier {
        Dossier {
            id: id.to_owned(),
            name: name.to_owned(),
            files: vec![format!("{id}.xlsx").into()],
            lang: Lang::english(),
            form: Form::Full,
            edition: "1.0".to_owned(),
            revision: self.questionnaire.revision.clone(),
            profile: Profile::default(),
            exposure: ById::new(),
            controls: ById::new(),
            findings: ById::new(),
            looks: Vec::new(),
            signs: Vec::new(),
            corrections: BTreeMap::new(),
        }
    }

    /// Everything that can be there: all answers, every kind of open one, findings, two looks, a closed sign.
    fn full(&self) -> Dossier {
        let long = "Ø".repeat(300);
        let mut d = self.blank("nordlys-7f3a", &format!("Nordlys Rengøring ApS {HOSTILE}"));
        d.profile.name = Some(d.name.clone());
        d.profile.countries = vec![Some("DK".parse().unwrap())];
        d.profile.sectors = vec![Some(Id::new("cleaning")), None];
        (d.profile.employees, d.profile.levels) = (Some(84), Some(2));
        d.profile.says_subcontracting = Fact::Yes;
        for fact in FactId::ALL {
            d.profile.set(fact, if fact == FactId::Housing { Fact::No } else { Fact::Yes });
        }
        let cell = |sheet: &str, row: usize| Cell {
            file: "nordlys-7f3a.xlsx".into(),
            sheet: sheet.into(),
            row: u32::try_from(row).unwrap(),
            column: 4,
        };
        let entry = |answer: Answer, raw: &str, sheet: &str, row: usize| Entry {
            answer,
            number: None,
            raw: Some(raw.to_owned()),
            comment: row.is_multiple_of(7).then(|| format!("{HOSTILE} {long}")),
            document: row.is_multiple_of(5).then(|| "Personalehåndbog 2026.pdf".to_owned()),
            cell: Some(cell(sheet, row)),
        };
        for (n, item) in self.questionnaire.exposure.questions.iter().flat_map(|q| &q.items).enumerate() {
            let AnswerKind::Scale(scale) = &item.kind else { continue };
            let option = &scale.options[n % 2];
            d.exposure.insert(item.id.clone(), entry(Answer::Option(option.id.clone()), "Ja", "Self-test", n + 6));
        }
        let controls = self.questionnaire.control_questions().flat_map(|(b, q)| q.items.iter().map(move |i| (b, i)));
        for (n, (block, item)) in controls.enumerate() {
            let sheet = block.section.as_str();
            let answer = match (n % 13, &item.kind) {
                (_, AnswerKind::Text) | (0, _) => Answer::Blank,
                (1, _) => Answer::DontKnow,
                (2, _) => Answer::Unreadable,
                (3, _) => Answer::NotApplicable { reason: false },
                (k, AnswerKind::Scale(scale)) => {
                    Answer::Option(scale.options[if k > 8 { 0 } else { k % scale.options.len() }].id.clone())
                }
            };
            let raw = if n % 13 == 2 { HOSTILE } else { "Yes" };
            if n % 13 != 0 || item.kind == AnswerKind::Text {
                d.controls.insert(item.id.clone(), entry(answer, raw, sheet, n + 6));
            }
            if n % 17 == 4 {
                let AnswerKind::Scale(scale) = &item.kind else { continue };
                let evidence = [Evidence::E0, Evidence::E2, Evidence::E3][n % 3];
                let mut found = entry(Answer::Option(scale.options[0].id.clone()), "Yes", sheet, n + 6);
                found.comment = Some("Seen at the office".to_owned());
                d.findings.insert(
                    item.id.clone(),
                    Finding {
                        entry: found,
                        evidence,
                        reference: Some(format!("photo 12 {HOSTILE}")),
                        signed: Some("2026-10-01 AB".to_owned()),
                    },
                );
            }
        }
        self.look(&mut d);
        d
    }

    fn look(&self, d: &mut Dossier) {
        for (n, file) in ["visit-1.xlsx", "visit-2.xlsx"].into_iter().enumerate() {
            d.files.push(file.into());
            d.looks.push(Look {
                file: file.into(),
                date: Some(format!("2026-1{n}-02")),
                role: Some(format!("site manager {HOSTILE}")),
                site: Some("Hospital, night shift".to_owned()),
                seen: Some(n == 0),
                under_18: n == 1,
            });
            for (k, sign) in self.questionnaire.signs.signs.iter().enumerate() {
                let state = match (k + n) % 6 {
                    0 => SignState::Present,
                    1 => SignState::Unknown,
                    _ => SignState::Absent,
                };
                let closed = n == 1 && k == 5;
                d.signs.push(SignEntry {
                    sign: Arc::clone(sign),
                    state,
                    raw: Some("Yes".to_owned()),
                    comment: (state == SignState::Present).then(|| format!("{MARKER} {HOSTILE}")),
                    cell: Some(Cell {
                        file: file.into(),
                        sheet: "Signs".into(),
                        row: u32::try_from(k).unwrap() + 6,
                        column: 4,
                    }),
                    closure: closed.then(|| Closure {
                        status: "refuted".to_owned(),
                        signed: "2026-11-20 AB".to_owned(),
                        date: "2026-11-20".to_owned(),
                    }),
                    look: n,
                });
            }
        }
    }

    /// Every control answered best, nothing verified, nobody has looked.
    fn polished(&self) -> Dossier {
        let mut d = self.full();
        (d.id, d.name) = ("polished-1".to_owned(), "Blank & Blank A/S".to_owned());
        d.files.truncate(1);
        (d.looks, d.signs, d.findings) = (Vec::new(), Vec::new(), ById::new());
        d.profile.levels = Some(1);
        for item in self.questionnaire.control_questions().flat_map(|(_, q)| &q.items) {
            let AnswerKind::Scale(scale) = &item.kind else { continue };
            let best = scale.options.iter().max_by_key(|o| o.grade.clone()).unwrap();
            let Some(old) = d.controls.get(&item.id).cloned() else { continue };
            d.controls.insert(
                item.id.clone(),
                Entry { answer: Answer::Option(best.id.clone()), raw: Some("Yes".to_owned()), ..old },
            );
        }
        d
    }
}

fn files(d: &Dossier) -> Vec<FileRecord> {
    let place = |file: &str, row| Place::Cell { file: file.into(), sheet: "A".into(), row, column: 4 };
    let record = |file: &Arc<str>, role, status, diagnostics| FileRecord {
        file: Arc::clone(file),
        sha256: "ab".repeat(32),
        role: Some(role),
        status,
        supplier: Some(d.id.clone()),
        diagnostics,
    };
    let mut out = vec![record(
        &d.files[0],
        Role::Supplier,
        Status::Partly,
        vec![
            Diagnostic::new(Code::UnknownAnswer, place(&d.files[0], 8))
                .with("number", "A3")
                .with("allowed", "Yes, Partly, No")
                .raw(HOSTILE),
            Diagnostic::new(Code::ReadLanguage, place(&d.files[0], 9))
                .with("number", "A4")
                .with("taken", "Yes")
                .raw("ja")
                .taken("Yes"),
        ],
    )];
    for file in d.files.iter().skip(1) {
        let note = Diagnostic::new(Code::UndatedClosure, place(file, 3)).with("number", "RH1").raw(MARKER);
        out.push(record(file, Role::Observer, Status::Scored, vec![note]));
    }
    out
}

struct Pages {
    supplier: String,
    feedback: String,
    row: Row,
}

fn pages(world: &World, reporter: &Reporter, d: &Dossier, slug: &str, lang: &Lang) -> Pages {
    let assessment = world.assess(d);
    let scored = world.scored(d, &assessment, slug);
    let setting = Setting { lang, date: DATE };
    let files = files(d);
    let files: Vec<&FileRecord> = files.iter().collect();
    Pages {
        supplier: reporter.supplier(&reporter.views(&setting, &scored), &files).unwrap(),
        feedback: reporter.feedback(&setting, &scored, &files).unwrap(),
        row: reporter.row(&setting, &scored),
    }
}

fn langs() -> [Lang; 2] {
    [Lang::english(), "da".parse().unwrap()]
}

/// Values of `<data class="…" value="…">`.
fn values(page: &str, class: &str) -> Vec<Exact> {
    let start = format!("<data class=\"{class}\" value=\"");
    page.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap().parse().unwrap()).collect()
}

/// Texts of a page without its tags, to look for ids of words in.
fn visible(page: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in page.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out
}

/// The whole portfolio page.
fn index_page(reporter: &Reporter, setting: &Setting<'_>, index: &Index<'_>) -> String {
    let mut page = String::new();
    let write = &mut |piece: &str| {
        page.push_str(piece);
        Ok(())
    };
    reporter.index(setting, index, write).unwrap();
    page
}

#[test]
fn every_page_in_every_language() {
    let world = World::new();
    let reporter = world.reporter();
    let bare = world.blank("bare-1", "Bare ApS");
    let dossiers = [("full", world.full()), ("bare", bare), ("polished", world.polished())];
    for lang in langs() {
        let (mut rows, mut totals) = (Vec::new(), Totals::default());
        let mut records = Vec::new();
        for (slug, dossier) in &dossiers {
            let assessment = world.assess(dossier);
            let setting = Setting { lang: &lang, date: DATE };
            totals.add(&setting, &world.library.words["report"], &world.scored(dossier, &assessment, slug));
            let pages = pages(&world, &reporter, dossier, slug, &lang);
            write(&format!("{}/suppliers/{slug}.html", lang.as_str()), &pages.supplier);
            write(&format!("{}/feedback/{slug}.html", lang.as_str()), &pages.feedback);
            for (page, template) in [(&pages.supplier, "supplier.html"), (&pages.feedback, "feedback.html")] {
                styled(page, template);
                safe(page);
                words_only(page, &reporter);
                linked(page);
                drawn(page);
                assert!(page.contains(&format!("<html lang=\"{}\">", lang.as_str())));
            }
            rows.push(pages.row);
            records.extend(files(dossier));
        }
        records.push(FileRecord {
            file: "zz-broken.xlsx".into(),
            sha256: String::new(),
            role: None,
            status: Status::Unreadable,
            supplier: None,
            diagnostics: vec![
                Diagnostic::new(Code::NotAWorkbook, Place::File("zz-broken.xlsx".into())).phrase("kind", "picture"),
            ],
        });
        let ledger = Ledger { inputs: 6, scored: 2, partly: 3, unreadable: 1, skipped: 1 };
        let setting = Setting { lang: &lang, date: DATE };
        let words = &world.library.words["report"];
        let waiting = [Reminder::not_answered(words, &lang, "late-1", &format!("Late {HOSTILE}"))];
        let remind = |row: Row| if row.priority().is_none() { row.reminding(&lang) } else { row };
        let mut rows: Vec<Row> = rows.into_iter().map(remind).collect();
        rows.sort_by(|a, b| a.id().cmp(b.id()));
        let few: Vec<Reminder> = rows.iter().filter_map(|r| r.reminder(words)).collect();
        assert!(!few.is_empty() && few.iter().all(|r| r.due == Due::NotEnough && r.text().contains("C1")));
        let place = Place::Cell { file: "queue.xlsx".into(), sheet: "Review".into(), row: 3, column: 0 };
        let review = ReviewRecord {
            file: HOSTILE.into(),
            sha256: "0".repeat(64),
            rows: 4,
            corrected: 1,
            accepted: 1,
            open: 1,
            diagnostics: vec![Diagnostic::new(Code::ReviewUnsigned, place).with("row", "4").signed(HOSTILE, HOSTILE)],
        };
        let index = Index {
            rows: &Series::from(&*rows),
            totals: &totals,
            files: &Series::from(&*records),
            ledger: &ledger,
            invited: Some((3, 1)),
            waiting: &Series::from(&waiting[..]),
            review: Some(&review),
        };
        let index = index_page(&reporter, &setting, &index);
        write(&format!("{}/index.html", lang.as_str()), &index);
        words_only(&index, &reporter);
        linked(&index);
        drawn(&index);
        assert_eq!(index.matches("<script").count(), 1);
        let script = index.split("<script>").nth(1).unwrap().split("</script>").next().unwrap();
        let digest = base64::Engine::encode(
            &base64::engine::general_purpose::STANDARD,
            <sha2::Sha256 as sha2::Digest>::digest(script.as_bytes()),
        );
        assert!(script.contains("use strict") && index.contains(&format!("script-src 'sha256-{digest}'\"")));
        assert!(index.contains("suppliers/full.html"));
    }
}

/// No script, nothing loaded, hostile text shown as text.
fn safe(page: &str) {
    assert!(!page.contains("<script"));
    assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'; img-src data:\""));
    assert!(!page.contains("=1+1 49"));
    for loading in [" src=", " srcset=", "url(", "@import", "<link", "<iframe", "<object"] {
        assert!(!page.contains(loading), "{loading}");
    }
    for href in page.split(" href=\"").skip(1) {
        assert!(href.starts_with('#') || !href.contains("://") || href.find('"') < href.find("://"), "{href:.40}");
    }
}

/// The rules of the style sheet that a page is not given are of no use to it.
fn styled(page: &str, template: &str) {
    let sheet = include_str!("../../templates/parts/style.html");
    let named = sheet.split("/* not for: ").skip(1).filter_map(|rest| rest.split_once("*/"));
    let left_out = named.filter(|(pages, _)| pages.split(' ').any(|name| name == template)).map(|(_, rules)| rules);
    let rules: Vec<&str> =
        left_out.flat_map(|rules| rules.split('}')).filter_map(|rule| rule.split_once('{')).map(|(s, _)| s).collect();
    assert!(rules.len() > 20);
    let classes: std::collections::BTreeSet<&str> =
        page.split(" class=\"").skip(1).flat_map(|rest| rest.split('"').next().unwrap().split(' ')).collect();
    for selector in rules.iter().flat_map(|rule| rule.rsplit("*/").next().unwrap().split(',')) {
        let parts = || selector.split([' ', '>', ':']).map(str::trim).filter(|part| !part.is_empty());
        let meets = |part: &str| {
            let mut pieces = part.split('.');
            let element = pieces.next().unwrap();
            let is_there = element.is_empty() || element.ends_with(['(', ')']) || page.contains(&format!("<{element}"));
            is_there && pieces.all(|class| classes.contains(class))
        };
        let states = ["first-child", "last-child", "not", "nth-child"];
        let used = parts().filter(|part| !states.iter().any(|state| part.starts_with(state))).all(meets);
        assert!(!used, "{template} may use `{selector}`");
    }
}

/// Every place in a page is there once, and every link within it leads to one.
fn linked(page: &str) {
    let places: Vec<&str> = page.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let once: std::collections::BTreeSet<&str> = places.iter().copied().collect();
    assert_eq!(once.len(), places.len(), "a place stands twice");
    for href in page.split(" href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(once.contains(href), "#{href} leads nowhere");
    }
}

/// Every drawing has a text in its place, and what may be copied out of the page does not depend on its style.
fn drawn(page: &str) {
    for drawing in page.split("<svg").skip(1).map(|rest| rest.split("</svg>").next().unwrap()) {
        assert!(drawing.contains("role=\"img\""), "{drawing}");
        let says = |begin: &str, end: char| {
            let inside = drawing.split_once(begin).and_then(|(_, rest)| rest.split_once(end));
            inside.is_some_and(|(text, _)| !text.split('>').next_back().unwrap().trim().is_empty())
        };
        // The row in which a bar stands has its name.
        assert!(says(" aria-label=\"", '"') || says("<title id=", '<') && says("<desc id=", '<'), "{drawing}");
        assert!(!drawing.contains("class=") && !drawing.contains("var(") && !drawing.contains("style="), "{drawing}");
    }
}

/// No id of a word and no machine code is left where people read.
fn words_only(page: &str, reporter: &Reporter) {
    let text = visible(page);
    let known: std::collections::BTreeSet<&str> = reporter.words().ids().filter(|id| id.contains('-')).collect();
    for token in text.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')) {
        // "self-test" is a word of English as well.
        assert!(!known.contains(token) || token == "self-test", "`{token}` is left in a page");
    }
    for code in ["trafficking-pattern", "forced-labour-pattern", "coercion-only", "recruitment-only", "low risk"] {
        assert!(!text.to_lowercase().contains(code), "{code}");
    }
}

#[test]
fn shown_lines_add_up_to_the_shown_score() {
    let world = World::new();
    let reporter = world.reporter();
    for dossier in [world.full(), world.blank("bare-1", "Bare"), world.polished()] {
        let page = pages(&world, &reporter, &dossier, "x", &Lang::english()).supplier;
        let total = values(&page, "total");
        assert_eq!(total.len(), 1);
        assert_eq!(values(&page, "line").into_iter().sum::<Exact>(), total[0]);
    }
}

#[test]
fn the_steps_to_the_score_add_up_to_it() {
    let world = World::new();
    let reporter = world.reporter();
    for dossier in [world.full(), world.blank("bare-1", "Bare"), world.polished()] {
        let page = pages(&world, &reporter, &dossier, "x", &Lang::english()).supplier;
        let steps = page.split("id=\"waterfall\"").nth(1).unwrap().split("</table>").next().unwrap();
        let points = steps.split("<td class=\"n\">").skip(1).map(|rest| rest.split('<').next().unwrap());
        let points: Vec<Exact> = points.map(|p| p.parse().unwrap()).collect();
        let (total, parts) = points.split_last().unwrap();
        assert_eq!(parts.iter().cloned().sum::<Exact>(), *total);
        assert_eq!(*total, values(&page, "total")[0]);
    }
}

#[test]
fn feedback_does_not_change_with_what_others_saw() {
    let world = World::new();
    let reporter = world.reporter();
    let full = world.full();
    let mut alone = full.clone();
    (alone.looks, alone.signs, alone.findings) = (Vec::new(), Vec::new(), ById::new());
    for lang in langs() {
        let with = pages(&world, &reporter, &full, "x", &lang).feedback;
        let without = pages(&world, &reporter, &alone, "x", &lang).feedback;
        assert_eq!(with, without);
        assert!(!with.contains(MARKER) && !with.contains("visit-1.xlsx") && !with.contains("photo 12"));
        assert!(!with.contains("70 20 25 50"));
    }
}

#[test]
fn too_few_answers_get_no_priority() {
    let world = World::new();
    let reporter = world.reporter();
    let page = pages(&world, &reporter, &world.blank("bare-1", "Bare"), "x", &Lang::english()).supplier;
    let text = visible(&page);
    assert!(text.contains("Not enough answers: ask again"));
    assert!(text.contains("Nobody has looked."));
    for words in ["Follow up", "follow up now", "in the ordinary course", "now, and get advice"] {
        assert!(!text.contains(words), "{words}");
    }
}

#[test]
fn the_first_page_says_what_it_must() {
    let world = World::new();
    let reporter = world.reporter();
    let full = pages(&world, &reporter, &world.full(), "x", &Lang::english()).supplier;
    for words in [
        "Several serious signs together: get advice before acting.",
        "It does not say that anyone has done wrong",
        "Do not confront anyone.",
        "test it before you rely on it",
        "nor that all is well",
        "It is no legal finding, no certificate",
        "Workers who need more protection:",
        "Proposed – check status",
        "Several signs belong together",
        "The supplier itself answered:",
    ] {
        assert!(visible(&full).contains(words), "{words}");
    }
    let overdue = {
        let dossier = world.full();
        let assessment = world.assess(&dossier);
        let scored = world.scored(&dossier, &assessment, "x");
        let english = Lang::english();
        reporter.supplier(&reporter.views(&Setting { lang: &english, date: "2031-01-01" }, &scored), &[]).unwrap()
    };
    assert!(!visible(&full).contains("Check it before you use it"));
    assert!(visible(&overdue).contains("Check it before you use it"));
}

#[test]
fn unconfirmed_contacts_are_never_printed() {
    let world = World::new();
    let reporter = world.reporter();
    let page = pages(&world, &reporter, &world.full(), "x", &Lang::english()).supplier;
    let country = world.questionnaire.country.as_ref().unwrap();
    for fact in country.facts.iter().filter(|f| f.confidence == "U") {
        let text = fact.text.get(&Lang::english());
        assert!(!page.contains(text), "{text}");
    }
}

#[test]
fn diagnostics_in_words_are_those_of_the_code() {
    let world = World::new();
    let words = &world.library.words["report"];
    let english = Lang::english();
    let mut handed_in = false;
    for code in Code::ALL {
        handed_in |= *code == Code::UnreadableFile;
        if handed_in {
            let id = format!("diagnostic-{}", code.name());
            let found = words.text(&id).unwrap_or_else(|| panic!("no word `{id}`"));
            assert_eq!(found.get(&english), code.template(), "{id}");
        }
    }
    for (id, phrase) in lygte::diag::PHRASES {
        assert_eq!(words.text(&format!("phrase-{id}")).map(|t| t.get(&english)), Some(*phrase), "{id}");
    }
}

#[test]
fn the_portfolio_is_the_same_bytes_each_time_and_holds_no_formula() {
    let world = World::new();
    let dossiers = [world.full(), world.blank("bare-1", "=HYPERLINK(\"http://x\")"), world.polished()];
    let build = || {
        let lang: Lang = "da".parse().unwrap();
        let mut book = PortfolioBook::new(&world.library.words["report"], &lang, DATE, None);
        let (mut records, mut totals) = (Vec::new(), Totals::default());
        for dossier in &dossiers {
            let assessment = world.assess(dossier);
            let scored = world.scored(dossier, &assessment, "x");
            totals.add(&Setting { lang: &lang, date: DATE }, &world.library.words["report"], &scored);
            book.add(&SupplierRows::of(&Views::of(
                &Setting { lang: &lang, date: DATE },
                &world.library.words["report"],
                &scored,
            )))
            .unwrap();
            records.extend(files(dossier));
        }
        let english = Lang::english();
        let reminder = Reminder::not_answered(&world.library.words["report"], &english, "late-1", "=1+1");
        book.ledger(&Series::from(&*records), None, &Series::from(&[reminder][..])).unwrap();
        book.overview(&totals, Some((4, 1))).unwrap();
        let mut bytes = Vec::new();
        book.finish(&mut bytes).unwrap();
        bytes
    };
    let bytes = build();
    assert_eq!(bytes, build());
    write("da/portfolio.xlsx", &bytes);
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
    for n in 1..=9 {
        let mut sheet = String::new();
        let mut file = zip.by_name(&format!("xl/worksheets/sheet{n}.xml")).unwrap();
        std::io::Read::read_to_string(&mut file, &mut sheet).unwrap();
        assert!(!sheet.contains("<f>"), "sheet {n}");
        assert!(!sheet.contains("hyperlink"), "sheet {n}");
        let is_list = (2..=7).contains(&n);
        assert_eq!(sheet.contains("autoFilter") && sheet.contains("pane"), is_list, "sheet {n}");
        assert_eq!(sheet.contains("dataValidation "), n == 5, "sheet {n}");
        assert_eq!(sheet.contains("conditionalFormatting"), matches!(n, 1 | 2 | 4 | 5 | 7), "sheet {n}");
    }
}

#[test]
fn what_stands_in_the_portfolio_is_read_back_as_from_a_sheet_that_the_crate_wrote() {
    let texts = [
        "=1+1",
        "  before",
        "after\n",
        "a\nb",
        "\t",
        "\r\n",
        "\u{1}\u{1f}",
        "_x000D_",
        "_x0041_x0042_",
        "_x00",
        "🏗️ e\u{301}",
        "&lt;<b>\"'",
        "]]>",
        "\u{FFFE}\u{FFFF}",
        "-0.50",
        "TRUE",
        "2026-11-24",
        "\u{202e}",
    ];
    let world = World::new();
    let (words, english) = (&world.library.words["report"], Lang::english());
    let name = words.text("sheet-ledger").unwrap().get(&english).to_owned();
    let long = "🏗".repeat(40_000);
    let reminders: Vec<Reminder> =
        texts.iter().chain([&long.as_str()]).map(|text| Reminder::not_answered(words, &english, text, "x")).collect();
    let mut book = PortfolioBook::new(words, &english, DATE, None);
    book.ledger(&Series::from(&[][..]), None, &Series::from(&*reminders)).unwrap();
    let mut ours = Vec::new();
    book.finish(&mut ours).unwrap();

    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet().set_name(&name).unwrap();
    for (row, text) in (1..).zip(texts) {
        sheet.write_string(row, 3, text).unwrap();
    }
    let theirs = book.save_to_buffer().unwrap();

    let last = u32::try_from(reminders.len()).unwrap();
    let calamine = |bytes: &[u8]| {
        let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
        let cells = calamine::Reader::worksheet_range(&mut book, &name).unwrap();
        (1..=last).map(|row| cells.get_value((row, 3)).cloned()).collect::<Vec<_>>()
    };
    let guard = |bytes: &[u8]| {
        let book = Book::open(bytes, &"portfolio.xlsx".into(), &Limits::default()).unwrap();
        let cells = &book.sheet(&name).unwrap().cells;
        (1..=last).map(|row| cells.get(row, 3).map(CellValue::raw)).collect::<Vec<_>>()
    };
    let (mut found, mut shown) = (calamine(&ours), guard(&ours));
    let (_, cut) = (found.pop(), shown.pop().unwrap().unwrap());
    assert!(found.starts_with(&calamine(&theirs)[..texts.len()]) && found[0].is_some());
    assert!(shown.starts_with(&guard(&theirs)[..texts.len()]) && shown[0].is_some());
    let mark = words.text("shortened").unwrap().get(&english);
    assert!(cut.encode_utf16().count() <= 32_767 && cut.starts_with("🏗🏗") && cut.ends_with(mark), "{}", cut.len());
}

#[expect(clippy::disallowed_methods, reason = "sample pages for people to look at, only when asked for")]
fn write(name: &str, bytes: impl AsRef<[u8]>) {
    let Some(folder) = std::env::var_os("LYGTE_PAGES") else { return };
    let path = std::path::Path::new(&folder).join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_user_replaces_one_part_and_may_extend_a_page() {
    let world = World::new();
    let words = world.library.words["report"].clone();
    let user = BTreeMap::from([
        ("parts/method.html".to_owned(), "<p>ours {{ method.id }}</p>".to_owned()),
        (
            "feedback.html".to_owned(),
            "{% extends \"builtin/feedback.html\" %}{% block banner %}<p>Our logo</p>{% endblock banner %}".to_owned(),
        ),
    ]);
    let reporter = Reporter::new(&user, words.clone()).unwrap();
    let pages = pages(&world, &reporter, &world.blank("bare-1", "Bare"), "x", &Lang::english());
    assert!(pages.supplier.contains("<p>ours fls-1</p>"));
    assert!(pages.feedback.contains("<p>Our logo</p>") && pages.feedback.contains("Thank you for answering"));

    let broken = BTreeMap::from([("supplier.html".to_owned(), "{{ first.nothing | nofilter }}".to_owned())]);
    let error = Reporter::new(&broken, words).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("nofilter") && error.contains("supplier.html:1:20"), "{error}");
}
