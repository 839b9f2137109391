//! What the tests share: a small questionnaire with known weights, dossiers in a line, the command in a sandbox.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use lygte::checklist::{Catalog, Library, Selection};
use lygte::model::{
    Answer, Assessment, ById, Dossier, Entry, Evidence, Exact, Fact, FactId, Finding, Form, Id, Lang, Look, Profile,
    Questionnaire, SignEntry, SignState,
};
use lygte::questionnaire::{Book, CellValue, Limits};

/// The questionnaire of the method's worked examples: items and weights of its Part 11.
const MINI: &[(&str, &str)] = &[
    (
        "mini/mini.yml",
        "schema: lygte/questionnaire/1\nid: mini\ntitle: Mini\nedition: \"1\"\nchecklists: [x, a, b, c, s]\n",
    ),
    (
        "sectors/half.yml",
        "schema: lygte/sector/1\nid: half\nname: Half\nnace: [\"1\"]\nexposure: {step: \"1/2\", reason: r, source: {id: nordic-base, item: x}}\n",
    ),
    (
        "sectors/full.yml",
        "schema: lygte/sector/1\nid: full\nname: Full\nnace: [\"2\"]\nexposure: {step: \"1\", reason: r, source: {id: nordic-base, item: x}}\n",
    ),
    (
        "sectors/high.yml",
        "schema: lygte/sector/1\nid: high\nname: High\nnace: [\"3\"]\nexposure: {step: \"3/4\", reason: r, source: {id: nordic-base, item: x}}\n",
    ),
];

/// The exact number of a text.
pub fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

fn question(id: &str, weight: Option<u32>, critical: bool) -> String {
    let scale = if weight.is_some() { "yes-partly-no" } else { "risk" };
    let weight = weight.map(|w| format!("    weight: {w}\n")).unwrap_or_default();
    let critical = if critical { "    critical: true\n" } else { "" };
    format!(
        "  - id: {id}\n    number: {id}\n    text: {id}?\n    why: w\n    evidence: e\n    measure: m\n    scale: {scale}\n    \
         not_applicable: {}\n{weight}{critical}    ilo: []\n    source: {{id: nordic-base, item: x}}\n    basis: own\n",
        scale == "yes-partly-no"
    )
}

fn list(id: &str, kind: &str, section: &str, body: &str) -> String {
    format!(
        "schema: lygte/checklist/1\nid: mini-{id}\nkind: {kind}\n{section}sheet: {id}\ntitle: {id}\nintro: i\nedition: \"1\"\ncomplete: true\n{body}"
    )
}

/// The embedded data with the mini questionnaire on top.
pub fn catalog() -> Catalog {
    let mut catalog = Catalog::embedded();
    for (name, text) in MINI {
        catalog.insert(name, text);
    }
    let exposure: String = (1..=6).map(|n| question(&format!("w{n}"), None, false)).collect();
    catalog.insert("mini/x.yml", &list("x", "exposure", "", &format!("questions:\n{exposure}")));
    let sections = [
        ("a", "A", vec![("a1", 2, false), ("a2", 1, false), ("a3", 1, false)]),
        ("b", "B", vec![("b1", 3, true), ("b2", 3, true), ("b3", 2, false), ("b4", 2, false)]),
        ("c", "C", vec![("c1", 3, true), ("c2", 2, false), ("c3", 1, false)]),
    ];
    for (file, section, items) in sections {
        let body: String = items.into_iter().map(|(id, w, critical)| question(id, Some(w), critical)).collect();
        let head = format!("section: {section}\n");
        catalog.insert(&format!("mini/{file}.yml"), &list(file, "controls", &head, &format!("questions:\n{body}")));
    }
    let mut signs = String::from("signs:\n");
    for indicator in ["DR01", "DR02", "CR05", "RV01", "EX01", "EX02", "CD01", "CD14", "VD01"] {
        let id = indicator.to_lowercase();
        let contradicts = if indicator == "CD01" { "    contradicts: [b1]\n" } else { "" };
        let _ = write!(
            signs,
            "  - id: sign-{id}\n    number: S{id}\n    group: work\n    text: {id}\n    why: w\n    evidence: e\n    measure: m\n    \
             indicator: {indicator}\n{contradicts}    source: {{id: nordic-base, item: x}}\n    basis: own\n"
        );
    }
    catalog.insert("mini/s.yml", &list("s", "signs", "", &signs));
    catalog
}

/// All data.
pub fn library() -> Library {
    let (library, diags) = Library::load(&catalog());
    library.unwrap_or_else(|| panic!("{:?}", diags.0.iter().map(lygte::diag::Diagnostic::message).collect::<Vec<_>>()))
}

/// A questionnaire and what scores it.
pub struct Bench {
    pub library: Library,
    pub questionnaire: Questionnaire,
}

impl Bench {
    pub fn mini() -> Self {
        Self::of("mini", &[], None)
    }

    pub fn cleaning() -> Self {
        Self::of("guide", &["cleaning"], Some("DK"))
    }

    fn of(id: &str, sectors: &[&str], country: Option<&str>) -> Self {
        let library = library();
        let selection = Selection {
            questionnaire: Id::new(id),
            sectors: sectors.iter().map(|s| Id::new(s)).collect(),
            country: country.map(|c| c.parse().unwrap()),
            form: Form::Full,
        };
        let questionnaire = library.compose(&selection).unwrap();
        Self { library, questionnaire }
    }

    pub fn assess(&self, method: &str, dossier: &Dossier) -> Assessment {
        lygte::score::assess(&self.questionnaire, &self.library.methods[method], &self.library.reference, dossier)
    }
}

/// An entry with an answer.
pub fn entry(answer: Answer) -> Entry {
    Entry { answer, number: None, raw: None, comment: None, document: None, cell: None }
}

/// A dossier, built in a line.
#[derive(Clone)]
pub struct Build(pub Dossier);

impl Build {
    pub fn new(country: &str, sector: &str) -> Self {
        Self(Dossier {
            id: "test-1".to_owned(),
            name: "Test".to_owned(),
            files: Vec::new(),
            lang: Lang::english(),
            form: Form::Full,
            edition: String::new(),
            revision: String::new(),
            profile: Profile {
                countries: vec![Some(country.parse().unwrap())],
                sectors: vec![Some(Id::new(sector))],
                ..Profile::default()
            },
            exposure: ById::new(),
            controls: ById::new(),
            findings: ById::new(),
            looks: Vec::new(),
            signs: Vec::new(),
            corrections: BTreeMap::new(),
        })
    }

    pub fn chain(mut self, says: Fact, levels: Option<u64>) -> Self {
        self.0.profile.says_subcontracting = says;
        self.0.profile.set(FactId::Subcontracting, says);
        self.0.profile.levels = levels;
        self
    }

    /// `yes`, `no`, `partly`, `na`, `open` for an exposure or control item, at an evidence level.
    pub fn answer(mut self, id: &str, answer: &str, evidence: Evidence) -> Self {
        let answer = match answer {
            "na" => Answer::NotApplicable { reason: true },
            "open" => Answer::Blank,
            other => Answer::Option(other.to_owned()),
        };
        let id = Id::new(id);
        let made = entry(answer);
        if id.as_str().len() == 2 && id.as_str().starts_with('w') {
            self.0.exposure.insert(id, made);
        } else if evidence == Evidence::E1 {
            self.0.controls.insert(id, made);
        } else {
            let finding = Finding { entry: made.clone(), evidence, reference: None, signed: None };
            self.0.findings.insert(id.clone(), finding);
            self.0.controls.insert(id, made);
        }
        self
    }

    /// Yes to the first `n` of the workforce questions, no to the rest but the last `open`.
    pub fn workforce(mut self, yes: usize, open: usize) -> Self {
        for n in 1..=6 {
            let answer = if n <= yes {
                "yes"
            } else if n > 6 - open {
                "open"
            } else {
                "no"
            };
            self = self.answer(&format!("w{n}"), answer, Evidence::E1);
        }
        self
    }

    /// One observer's form over all signs of a questionnaire.
    pub fn look(mut self, q: &Questionnaire, present: &[&str], unknown: &[&str], under_18: bool) -> Self {
        let look = self.0.looks.len();
        self.0.looks.push(Look {
            file: Arc::from(format!("visit-{look}.xlsx")),
            date: Some("2026-10-02".to_owned()),
            role: None,
            site: None,
            seen: Some(true),
            under_18,
        });
        for sign in &q.signs.signs {
            let named = |list: &[&str]| list.contains(&sign.indicator.as_str());
            let state = if named(present) {
                SignState::Present
            } else if named(unknown) {
                SignState::Unknown
            } else {
                SignState::Absent
            };
            self.0.signs.push(SignEntry {
                sign: Arc::clone(sign),
                state,
                raw: None,
                comment: None,
                cell: None,
                closure: None,
                look,
            });
        }
        self
    }
}

/// A folder of its own, and the command in it.
pub struct Sandbox {
    folder: tempfile::TempDir,
}

impl Sandbox {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn join(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the command there, with nothing of the surroundings that could matter.
    pub fn run(&self, args: &[&str]) -> Run {
        let output = self.command(env!("CARGO_BIN_EXE_lygte")).args(args).output().unwrap();
        Run::of(&output, self.path())
    }

    /// A program in the sandbox, for tests that do more to it than run it. The place for temporary files does not exist:
    /// nothing is to be written outside of the sandbox.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.path())
            .env_clear()
            .env("SOURCE_DATE_EPOCH", "1795478400")
            .env("TMPDIR", "/nowhere/to/write");
        command
    }

    /// Runs a line of the shell in which `$LYGTE` is the command.
    pub fn shell(&self, line: &str) -> Run {
        let mut command = self.command("/bin/sh");
        let output = command.args(["-c", line]).env("LYGTE", env!("CARGO_BIN_EXE_lygte")).output().unwrap();
        Run::of(&output, self.path())
    }

    /// Writes a workbook anew, with other values in some cells: sheet, row and column from 0, and what stands there.
    /// Values only, as a program would save it that knows nothing else.
    pub fn rewrite(&self, name: &str, change: impl Fn(&str, u32, u32, Option<&str>) -> Option<String>) {
        self.rewrite_on(name, None, change);
    }

    /// The same, on a day that stands in the file's own properties.
    pub fn rewrite_on(
        &self,
        name: &str,
        day: Option<(u16, u8, u8)>,
        change: impl Fn(&str, u32, u32, Option<&str>) -> Option<String>,
    ) {
        let bytes = std::fs::read(self.join(name)).unwrap();
        let book = Book::open(&bytes, &name.into(), &Limits::default()).unwrap();
        let mut out = rust_xlsxwriter::Workbook::new();
        if let Some((year, month, day)) = day {
            let moment = rust_xlsxwriter::ExcelDateTime::from_ymd(year, month, day).unwrap();
            out.set_properties(&rust_xlsxwriter::DocProperties::new().set_creation_datetime(&moment));
        }
        for sheet in &book.sheets {
            let made = out.add_worksheet().set_name(&*sheet.name).unwrap();
            let rows = sheet.cells.iter().map(|((row, _), _)| row + 1).max().unwrap_or(0);
            let columns = sheet.cells.iter().map(|((_, column), _)| column + 1).max().unwrap_or(0);
            for (row, column) in (0..rows).flat_map(|r| (0..columns.max(7)).map(move |c| (r, c))) {
                let old = sheet.get(row, column).map(CellValue::raw);
                let new = change(&sheet.name, row, column, old.as_deref()).or(old).filter(|t| !t.is_empty());
                if let Some(text) = new {
                    made.write_string(row, u16::try_from(column).unwrap(), text).unwrap();
                }
            }
        }
        self.write(name, out.save_to_buffer().unwrap());
    }

    /// Runs the command and holds that it ends with 0.
    pub fn ok(&self, args: &[&str]) -> Run {
        let run = self.run(args);
        assert_eq!(run.code, 0, "lygte {}\n{}{}", args.join(" "), run.out, run.err);
        run
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        #[expect(clippy::disallowed_methods, reason = "tests need no care for half files")]
        std::fs::write(path, bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.join(name)).unwrap()
    }

    pub fn json(&self, name: &str) -> serde_json::Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }
}

/// What a run printed, with its folder as `[ROOT]`.
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Run {
    fn of(output: &Output, root: &Path) -> Self {
        let clean = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes).replace(&*root.to_string_lossy(), "[ROOT]").replace("\r\n", "\n")
        };
        Self { code: output.status.code().unwrap_or(-1), out: clean(&output.stdout), err: clean(&output.stderr) }
    }
}

/// Every file below a folder, by name.
pub fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, folder: &Path, out: &mut BTreeMap<String, Vec<u8>>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, out);
            } else {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                out.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(folder, folder, &mut out);
    out
}
