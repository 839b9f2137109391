//! What came back from a room: every file accounted for, every answer counted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::batch::{Inputs, digest, made_as, read_file};
use crate::checklist::Library;
use crate::diag::{Code, Diagnostic, Place};
use crate::error::{Error, Result};
use crate::model::{Answer, Case, Form, Id, Lang, Method, Questionnaire, Role, SignState};
use crate::questionnaire::{Book, ExerciseStamp, Limits, Reader, Stamp};
use crate::report::{Agreement, FileRecord, Kappa, Line, Part, Participant, Reporter, Room, Setting, Status};
use crate::score::agreement::{self, Weights};

use super::pack::{exercise, method, score, score_key};
use super::typed::{Typed, TypedTable};

/// How to grade.
#[derive(Clone, Debug)]
pub struct GradeOptions {
    /// The case; without it, the one that most files state.
    pub key: Option<Id>,
    /// The scoring method.
    pub method: Id,
    /// The language of the room's page; without it, the one that all files share, else English.
    pub lang: Option<Lang>,
}

/// What a file turned out to be.
enum Kind {
    Workbook(Box<Book>, Option<ExerciseStamp>),
    Typed(TypedTable),
    /// Neither; why.
    Neither(Box<Diagnostic>),
}

struct Sheet {
    file: Arc<str>,
    sha256: String,
    kind: Kind,
}

/// What a workbook answers.
struct Answered {
    answers: BTreeMap<Id, Answer>,
    signs: BTreeMap<Id, SignState>,
    /// A sheet or row is missing, or it is of another revision.
    partly: bool,
}

/// What one participant handed in.
struct Handed {
    file: Arc<str>,
    code: String,
    paper: bool,
    lang: Lang,
    answers: BTreeMap<Id, Answer>,
    signs: BTreeMap<Id, SignState>,
}

/// Reads what a room handed in and counts it. `folders` are those in which the inputs were found: what stands there as
/// an earlier pack wrote it was not handed in by anybody.
///
/// # Errors
/// If no exercise is found, the case is unknown, or the method is.
pub fn grade(
    library: &Library,
    cases: &BTreeMap<Id, Case>,
    inputs: &Inputs,
    folders: &[PathBuf],
    options: &GradeOptions,
) -> Result<Room> {
    let method = method(library, &options.method)?;
    let unused: BTreeSet<String> =
        folders.iter().filter_map(|f| made_as(f)).flat_map(|(_, files)| files.into_values()).collect();
    let mut skipped = inputs.skipped;
    let mut sheets = Vec::new();
    for input in &inputs.files {
        let bytes = match read_file(&input.path, &input.name, &Limits::default()) {
            Ok(bytes) => bytes,
            Err(diagnostic) => {
                let kind = Kind::Neither(diagnostic);
                sheets.push(Sheet { file: input.name.clone(), sha256: String::new(), kind });
                continue;
            }
        };
        let sha256 = digest(&bytes);
        // The pack's own files, and the manifest that lists them.
        if unused.contains(&sha256) || (&*input.name == "run.json" && !unused.is_empty()) {
            skipped += 1;
            continue;
        }
        sheets.push(Sheet { kind: kind(&bytes, &input.name), file: input.name.clone(), sha256 });
    }
    let case = case_of(cases, &sheets, options.key.as_ref())?;
    let mut desk = Desk::new(library, case)?;
    for sheet in sheets {
        desk.take(sheet);
    }
    desk.room(method, skipped, options.lang.as_ref())
}

fn kind(bytes: &[u8], file: &Arc<str>) -> Kind {
    let is_table = file.to_lowercase().ends_with(".csv") || file.to_lowercase().ends_with(".txt");
    if is_table && !bytes.starts_with(b"PK") {
        return match TypedTable::read(bytes) {
            Ok(table) => Kind::Typed(table),
            Err(problem) => {
                let place = Place::File(file.clone());
                Kind::Neither(Box::new(Diagnostic::new(Code::TypedFile, place).phrase("problem", problem)))
            }
        };
    }
    match Book::open(bytes, file, &Limits::default()) {
        Ok(book) => {
            let stamp = ExerciseStamp::read(&book);
            Kind::Workbook(Box::new(book), stamp)
        }
        Err(diagnostic) => Kind::Neither(diagnostic),
    }
}

/// The case that was given, or the one that most files and rows state; of several, the first by id.
fn case_of<'a>(cases: &'a BTreeMap<Id, Case>, sheets: &[Sheet], key: Option<&Id>) -> Result<&'a Case> {
    let known =
        |id: &str| cases.get(id).ok_or_else(|| Error::unknown("training case", id, cases.keys().map(Id::as_str)));
    if let Some(key) = key {
        return known(key.as_str());
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for sheet in sheets {
        match &sheet.kind {
            Kind::Workbook(_, Some(stamp)) => *counts.entry(&stamp.case).or_default() += 1,
            Kind::Typed(table) => table.rows.iter().for_each(|r| *counts.entry(&r.case).or_default() += 1),
            Kind::Workbook(_, None) | Kind::Neither(_) => {}
        }
    }
    counts.retain(|case, _| cases.contains_key(*case));
    match counts.into_iter().rev().max_by_key(|(_, n)| *n) {
        Some((case, _)) => known(case),
        None => Err(Error::NoInput(
            "no exercise that was filled in is found there; name the folder with the participants' workbooks or the typed \
             forms, and the case with --key if the files do not state it"
                .to_owned(),
        )),
    }
}

/// Where everything is laid out.
struct Desk<'a> {
    library: &'a Library,
    case: &'a Case,
    exercise: Arc<Questionnaire>,
    reader: Reader,
    handed: Vec<Handed>,
    files: Vec<FileRecord>,
    /// Digests of the workbooks that are counted.
    known: BTreeSet<String>,
    codes: BTreeSet<String>,
}

impl<'a> Desk<'a> {
    fn new(library: &'a Library, case: &'a Case) -> Result<Self> {
        let exercise = Arc::new(exercise(library, case)?);
        let reader = Reader::new(Arc::clone(&exercise), &library.reference);
        let (handed, files, known, codes) = (Vec::new(), Vec::new(), BTreeSet::new(), BTreeSet::new());
        Ok(Self { library, case, exercise, reader, handed, files, known, codes })
    }

    fn take(&mut self, sheet: Sheet) {
        let mut record = FileRecord {
            file: sheet.file.clone(),
            sha256: sheet.sha256.clone(),
            role: None,
            status: Status::Scored,
            supplier: None,
            diagnostics: Vec::new(),
        };
        match sheet.kind {
            Kind::Neither(diagnostic) => refuse(&mut record, *diagnostic),
            Kind::Typed(table) => self.typed(&table, &mut record),
            Kind::Workbook(book, stamp) => self.workbook(&book, stamp, &mut record),
        }
        self.files.push(record);
    }

    fn workbook(&mut self, book: &Book, stamp: Option<ExerciseStamp>, record: &mut FileRecord) {
        let whole = || Place::File(book.file.clone());
        if self.known.contains(&record.sha256) {
            // Nothing is lost, and nobody is counted twice.
            record.diagnostics.push(Diagnostic::new(Code::SameExercise, whole()));
            return;
        }
        if let Some(other) = stamp.as_ref().filter(|s| !s.case.is_empty() && s.case != self.case.id.as_str()) {
            return refuse(record, self.other_case(&book.file, &other.case));
        }
        if stamp.is_none() && matches!(Stamp::read(book, &mut Vec::new()), Ok(Some(_))) {
            return refuse(record, Diagnostic::new(Code::NoExercise, whole()));
        }
        let mut diagnostics = Vec::new();
        let Some(Answered { answers, signs, partly }) = self.read(book, stamp.as_ref(), &mut diagnostics) else {
            return refuse(record, Diagnostic::new(Code::ForeignWorkbook, whole()));
        };
        let (code, lang) = stamp.map_or_else(|| (String::new(), Lang::english()), |s| (s.code, s.lang));
        if partly {
            record.status = Status::Partly;
        }
        record.diagnostics.append(&mut diagnostics);
        self.known.insert(record.sha256.clone());
        self.hand_in(Handed { file: book.file.clone(), code, paper: false, lang, answers, signs }, record);
    }

    /// The answers of a workbook. `None` if it is none of this exercise.
    fn read(&self, book: &Book, stamp: Option<&ExerciseStamp>, diagnostics: &mut Vec<Diagnostic>) -> Option<Answered> {
        let as_role = |role: Role| Stamp {
            role: Some(role),
            form: Form::Full,
            questionnaire: self.exercise.id.clone(),
            edition: self.exercise.edition.clone(),
            revision: stamp.map_or_else(|| self.exercise.revision.clone(), |s| s.revision.clone()),
            lang: stamp.map(|s| s.lang.clone()),
            sectors: Vec::new(),
            country: None,
            supplier: None,
            supplier_name: None,
        };
        let read = |role: Role| {
            let asked = match role {
                Role::Observer => !self.exercise.signs.signs.is_empty(),
                _ => self.exercise.questions().next().is_some(),
            };
            let returned = asked.then(|| self.reader.read(book, Some(&as_role(role))).ok()).flatten();
            returned.filter(|r| (r.role == Role::Observer) == (role == Role::Observer))
        };
        let (asked, seen) = (read(Role::Supplier), read(Role::Observer));
        if asked.is_none() && seen.is_none() {
            return None;
        }
        // A workbook that does not say what it is must hold half of the questions: cases have some in common.
        let found = asked.iter().flat_map(|r| r.exposure.values().chain(r.controls.values()));
        if stamp.is_none() && found.filter(|e| e.cell.is_some()).count() * 2 < self.case.key.len() {
            return None;
        }
        let partly = asked.as_ref().is_none_or(|r| r.partly) || seen.as_ref().is_none_or(|r| r.partly);
        let mut known = BTreeSet::new();
        for returned in [&asked, &seen].into_iter().flatten() {
            // A form that nobody filled in is said of the whole exercise.
            let said = returned.diagnostics.iter().filter(|d| d.code != Code::EmptyLook);
            diagnostics
                .extend(said.filter(|d| known.insert(format!("{:?} {} {}", d.code, d.place, d.message()))).cloned());
        }
        let answers = asked.into_iter().flat_map(|r| r.exposure.into_iter().chain(r.controls));
        let answers = answers.filter(|(_, e)| e.answer != Answer::Blank).map(|(id, e)| (id, e.answer)).collect();
        let signs = seen.into_iter().flat_map(|r| r.signs);
        let signs = signs.filter(|s| s.raw.is_some()).map(|s| (s.sign.id.clone(), s.state)).collect();
        Some(Answered { answers, signs, partly })
    }

    fn typed(&mut self, table: &TypedTable, record: &mut FileRecord) {
        let mut counted = 0;
        for row in &table.rows {
            if !row.case.is_empty() && row.case != self.case.id.as_str() {
                record.diagnostics.push(self.other_case(&record.file, &row.case));
                continue;
            }
            counted += 1;
            self.row(row, record);
        }
        if table.rows.is_empty() {
            refuse(record, Diagnostic::new(Code::BlankExercise, Place::File(record.file.clone())));
        } else if counted == 0 {
            record.status = Status::Unreadable;
        } else if counted < table.rows.len() {
            record.status = Status::Partly;
        }
    }

    fn row(&mut self, row: &Typed, record: &mut FileRecord) {
        let file = record.file.clone();
        let (answers, signs) = row.answers(&file, &self.exercise, &self.reader, &mut record.diagnostics);
        let lang = Lang::english();
        self.hand_in(Handed { file, code: row.code.clone(), paper: true, lang, answers, signs }, record);
    }

    fn other_case(&self, file: &Arc<str>, case: &str) -> Diagnostic {
        Diagnostic::new(Code::OtherCase, Place::File(file.clone()))
            .with("case", case)
            .with("key", self.case.id.as_str())
    }

    fn hand_in(&mut self, mut handed: Handed, record: &mut FileRecord) {
        let place = || Place::File(handed.file.clone());
        let asked = Line::all(&self.exercise).len();
        let answered = handed.answers.len() + handed.signs.len();
        if answered == 0 {
            let blank = Diagnostic::new(Code::BlankExercise, place());
            // A row of a table is no file of its own.
            return if handed.paper { record.diagnostics.push(blank) } else { refuse(record, blank) };
        }
        if answered < asked {
            record.diagnostics.push(
                Diagnostic::new(Code::HalfExercise, place())
                    .with("answered", answered.to_string())
                    .with("asked", asked.to_string()),
            );
        }
        let code = plain_code(&handed.code);
        let base = if code.is_empty() { "X".to_owned() } else { code.clone() };
        let mut shown = if code.is_empty() { "X1".to_owned() } else { base.clone() };
        let mut n = 1;
        while self.codes.contains(&shown) {
            n += 1;
            shown = if code.is_empty() { format!("{base}{n}") } else { format!("{base}-{n}") };
        }
        if code.is_empty() {
            record.diagnostics.push(Diagnostic::new(Code::NoCode, place()).with("shown", shown.as_str()));
        } else if shown != code {
            let same = Diagnostic::new(Code::SameCode, place());
            record.diagnostics.push(same.with("code", code).with("shown", shown.as_str()));
        }
        self.codes.insert(shown.clone());
        let listed = record.supplier.take().map_or_else(|| shown.clone(), |others| format!("{others}, {shown}"));
        record.supplier = Some(listed);
        handed.code = shown;
        self.handed.push(handed);
    }

    fn room(mut self, method: &Method, skipped: usize, lang: Option<&Lang>) -> Result<Room> {
        if self.handed.is_empty() {
            return Err(Error::NoInput(format!(
                "nothing that was filled in is found of the case `{}`; {} files were looked at",
                self.case.id,
                self.files.len()
            )));
        }
        // What differs from the language of the room is said; it changes nothing.
        let room_lang = lang.cloned().unwrap_or_else(|| common_lang(&self.handed));
        for handed in self.handed.iter().filter(|h| !h.paper && h.lang != room_lang) {
            if let Some(record) = self.files.iter_mut().find(|f| f.file == handed.file) {
                let said = Diagnostic::new(Code::OtherLanguage, Place::File(handed.file.clone()));
                record.diagnostics.push(said.with("lang", handed.lang.as_str()));
            }
        }
        self.handed.sort_by(|a, b| a.code.cmp(&b.code));
        let participants: Vec<Participant> = self
            .handed
            .into_iter()
            .map(|h| Participant {
                assessment: score(self.library, method, self.case, &self.exercise, &h.answers, &h.signs),
                code: h.code,
                paper: h.paper,
                lang: h.lang,
                answers: h.answers,
                signs: h.signs,
            })
            .collect();
        let exercise = (*self.exercise).clone();
        let mut room = Room {
            key: score_key(self.library, method, self.case, &exercise),
            agreement: Part::ALL.into_iter().filter_map(|part| agreement(&exercise, &participants, part)).collect(),
            case: self.case.clone(),
            method: method.id.clone(),
            participants,
            files: self.files,
            skipped,
            any_two: None,
            exercise,
        };
        let counts: Vec<Vec<usize>> = room.tallies().iter().map(|t| t.counts.values().copied().collect()).collect();
        room.any_two = agreement::any_two(&counts);
        Ok(room)
    }
}

fn refuse(record: &mut FileRecord, diagnostic: Diagnostic) {
    record.status = Status::Unreadable;
    record.diagnostics.push(diagnostic);
}

/// Letters and digits only: a code becomes the name of a file.
fn plain_code(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).take(12).collect::<String>().to_uppercase()
}

/// The language most workbooks are in; English where there are none.
fn common_lang(handed: &[Handed]) -> Lang {
    let mut counts: BTreeMap<&Lang, usize> = BTreeMap::new();
    for one in handed.iter().filter(|h| !h.paper) {
        *counts.entry(&one.lang).or_default() += 1;
    }
    counts.into_iter().rev().max_by_key(|(_, n)| *n).map_or_else(Lang::english, |(lang, _)| lang.clone())
}

/// Agreement on one part; `None` if the exercise has no such lines.
fn agreement(exercise: &Questionnaire, participants: &[Participant], part: Part) -> Option<Agreement> {
    let exposed = |id: &Id| exercise.exposure.questions.iter().flat_map(|q| &q.items).any(|i| i.id == *id);
    let of = |line: &Line<'_>| match line {
        Line::Sign(_) => Part::Signs,
        Line::Question(_, item) if exposed(&item.id) => Part::SelfTest,
        Line::Question(..) => Part::Precautions,
    };
    let lines: Vec<Line<'_>> = Line::all(exercise).into_iter().filter(|l| of(l) == part).collect();
    let step = |p: &Participant, line: &Line<'_>| match line {
        Line::Question(_, item) => agreement::step(item, p.answers.get(&item.id)?),
        Line::Sign(sign) => p.signs.get(&sign.id).map(|s| agreement::sign_step(*s)),
    };
    let ratings: Vec<Vec<Option<usize>>> =
        participants.iter().map(|p| lines.iter().map(|l| step(p, l)).collect()).collect();
    // One category more, for what was left open, so that every line has the same number of ratings.
    let counts: Vec<Vec<usize>> = (0..lines.len())
        .map(|at| {
            let mut row = vec![0; agreement::STEPS + 1];
            for rating in &ratings {
                row[rating[at].unwrap_or(agreement::STEPS)] += 1;
            }
            row
        })
        .collect();
    let given: Vec<Vec<usize>> = counts.iter().map(|row| row[..agreement::STEPS].to_vec()).collect();
    let kappa = |weights| {
        let pairs = agreement::pairwise(&ratings, agreement::STEPS, weights);
        Kappa { value: pairs.mean, pairs: pairs.defined, undefined: pairs.undefined }
    };
    (!lines.is_empty()).then(|| Agreement {
        part,
        lines: lines.len(),
        any_two: agreement::any_two(&given),
        fleiss: agreement::fleiss(&counts),
        unweighted: kappa(Weights::Unweighted),
        linear: kappa(Weights::Linear),
        quadratic: kappa(Weights::Quadratic),
    })
}

/// All files of a room's results, by name, in a language.
///
/// # Errors
/// A template that fails.
pub fn written(
    library: &Library,
    room: &Room,
    before: Option<&Room>,
    lang: Option<&Lang>,
    date: &str,
    templates: &BTreeMap<String, String>,
) -> Result<Vec<(String, Vec<u8>)>> {
    let reporter = Reporter::new(templates, super::words(library))?;
    let mut counts: BTreeMap<&Lang, usize> = BTreeMap::new();
    room.participants.iter().filter(|p| !p.paper).for_each(|p| *counts.entry(&p.lang).or_default() += 1);
    let english = Lang::english();
    let most = counts.into_iter().rev().max_by_key(|(_, n)| *n).map_or(&english, |(lang, _)| lang);
    let lang = lang.unwrap_or(most);
    let setting = Setting { lang, date };
    let mut files = vec![
        ("room.html".to_owned(), reporter.room(&setting, room, before)?.into_bytes()),
        ("room.xlsx".to_owned(), reporter.room_tables(&setting, room, before)?),
        ("room.json".to_owned(), reporter.room_data(room, before)?.into_bytes()),
    ];
    for one in &room.participants {
        let theirs = Setting { lang: if one.paper { lang } else { &one.lang }, date };
        let page = reporter.participant(&theirs, room, one)?;
        files.push((format!("participants/{}.html", one.code), page.into_bytes()));
    }
    Ok(files)
}
