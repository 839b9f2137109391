//! The closed list of diagnostics: name, severity, message, explanation. One text serves `lygte explain`, the docs and
//! the translations of messages in reports.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

use super::Severity;

macro_rules! codes {
    ($($variant:ident $name:literal $severity:ident $message:literal $explanation:literal)*) => {
        /// What kind of trouble a diagnostic reports.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $explanation] $variant,)*
        }

        impl Code {
            /// All codes, in the order of this list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its kebab-case name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// How much it matters.
            pub fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// Its message in English, with `{names}` to fill in.
            pub fn template(self) -> &'static str {
                match self { $(Self::$variant => $message,)* }
            }

            /// What it means and what to do.
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => $explanation,)* }
            }
        }
    };
}

codes! {
    // Checklists and other data files
    MalformedYaml "malformed-yaml" Error "{problem}"
        "The file is no valid YAML, or has a key, a type or a missing key that its kind does not allow. The place is where reading stopped."
    UnknownKey "unknown-key" Error "{problem}"
        "The key is not one this file may have: a slip of the pen, or a key of another kind of file. checklists/README.md lists all keys."
    BadSchema "bad-schema" Error "`schema: {found}` is not what this file should be: `{expected}` is expected"
        "The first line of every data file says what kind of file it is. The kind follows from the file's place in the folder."
    UnknownFile "unknown-file" Error "this file has no place in a checklists folder"
        "Data files stand in fixed places (see checklists/README.md). A file elsewhere would be ignored, so it is reported."
    DuplicateId "duplicate-id" Error "`{id}` is defined twice"
        "Ids are unique: among all questions, items and signs of all files, and within each list. Ids are for ever; give the newer one another."
    InvalidId "invalid-id" Error "`{id}` is no id: lower-case letters, digits and single hyphens are allowed"
        "Ids are kebab-case, such as `own-documents`. The names of the exposure factors (country, sector, workforce, chain) and of profile facts are taken."
    DuplicateNumber "duplicate-number" Error "number `{number}` is used twice"
        "People and the reader of workbooks find a question by its number, so each stands once in a questionnaire."
    MissingKey "missing-key" Error "`{key}` is missing: {why}"
        "A key that is needed here is not there."
    MissingTarget "missing-target" Error "there is no {kind} `{id}`"
        "The file names something that no file defines: a scale, a source, an indicator, a question, a checklist, a sentence of a story."
    SignWithoutIndicator "sign-without-indicator" Error "sign `{id}` maps to no indicator"
        "Every sign maps to exactly one of the 67 operational indicators; only so can it be counted. Add `indicator: CD01` or the like."
    BadWeight "bad-weight" Error "weight `{weight}` is not allowed: {allowed}"
        "Weights are whole numbers from 1 to 3. Questions of an exposure list weigh the same and have none."
    BadValue "bad-value" Error "`{value}` is not allowed here: {allowed}"
        "A value is outside of what its key allows."
    MissingTranslation "missing-translation" Error "no text in `{lang}` for `{id}`"
        "A text has no translation in a language that the folder `lang` offers. Readers would see English in the middle of their own language."
    StaleTranslation "stale-translation" Error "the translation of `{id}` in `{lang}` is stale: the English text has changed since"
        "A translation records the English text it translates. That text has changed; read the new one, correct the translation and its `source`."
    UnknownTranslation "unknown-translation" Error "`{id}` is no text of `{file}`"
        "The translation names a text that its English file does not have: it was renamed or removed."
    MalformedCsv "malformed-csv" Error "{problem}"
        "The file is no table that can be read: a row has more or fewer cells than the heading, or a quotation mark is not closed."
    ActCase "act-case" Error "case `{id}` comes out as `{found}`; the file says `{expected}`"
        "An act carries firms of which it says whether they are concerned. Held against the act as it is written, this one comes out otherwise: the case or the act is wrong."
    NotAsked "not-asked" Error "`{id}` is not asked of this supplier: its profile answers `{fact}` otherwise"
        "The key of a training case answers a question that does not apply under the profile of the case, so no participant will see it. Take another question, or correct the profile."
    EmergencyNumber "emergency-number" Error "{number} is the number to call in danger: {problem}"
        "The number of a country stands in its record, in a contact, in texts and on the card. Where they differ, somebody in danger calls in vain."
    GlossaryTerm "glossary-term" Warning "`{id}`: \u{201c}{term}\u{201d} is \u{201c}{text}\u{201d} in the glossary, and this translation does not use it"
        "A word of the subject is the same in all texts of a language. Only terms whose `forms` the glossary lists are looked for. Use the word, or add the form it stands in."
    OverdueFact "overdue-fact" Warning "`{id}` was to be checked again after {date}"
        "Contacts and law age. A fact whose `review_after` has passed is printed with a warning; check it against its source and set the dates anew."
    BadTemplate "bad-template" Error "{problem}"
        "A report template could not be loaded. The message of the template engine names file, line and column."

    // Files that were handed in
    UnreadableFile "unreadable-file" Error "the file could not be opened: {problem}; put that right and read it again"
        "The operating system did not hand over the file. Check that it exists and that you may read it."
    LimitReached "limit-reached" Error "{what} ({found}; the limit is {limit}); if the file is sound, run again with --limit {name}={raise}"
        "So that no file can fill the memory or take for ever, each is read under limits that a questionnaire does not come near. Take out pictures and copied data and save it again, or raise the limit by its name; `lygte assess --help` lists them."
    NotAWorkbook "not-a-workbook" Error "this is {kind}, not an Excel workbook (.xlsx); please send the questionnaire as .xlsx"
        "The content of the file, not its name, decides. Open it in the program it was made with and save it as .xlsx."
    LegacyFormat "legacy-format" Error "this is {kind}; please save it as .xlsx and send that, or read it with --legacy-formats"
        "Workbooks in the old .xls format and .ods sheets are read only if that is asked for, in a process of its own with limited memory and time. Open the file in the program it was made with and save it as .xlsx."
    LegacyRead "legacy-read" Note "this is {kind}; hidden rows and merged cells are not known of it"
        "Old formats are read for their values only. Whether something was hidden or merged is not looked at."
    OtherExtension "other-extension" Note "this is an Excel workbook, though the name of the file does not say so; it was read as one"
        "The content of a file decides, not its name."
    EncryptedWorkbook "encrypted-workbook" Error "the workbook is protected with a password; please save it without one and send it again"
        "A workbook behind a password cannot be read. Open it with the password, take that off (File, Info, Protect Workbook), and save it again."
    DamagedWorkbook "damaged-workbook" Error "the workbook is damaged and could not be read ({problem}); please send it once more, or open it in Excel, save it again as .xlsx and check the answers"
        "The file breaks off or does not hold together. So that no answer is misread, nothing of it is used. Ask for it once more, or open it in Excel, let it be repaired, and look at every answer."
    ForeignWorkbook "foreign-workbook" Error "this is not one of our questionnaires; send the workbook that was filled in"
        "No question of ours is found in the workbook; or its `_meta` sheet does not say what it is, and fewer than half of the ids, numbers or texts of any of our lists are found in it."
    OwnList "own-list" Error "this is {kind}, which holds nobody's answers; leave it out of the inputs"
        "Among the inputs is a workbook that lygte made for another purpose. A queue is given with --reviewed, a sample with `lygte sample --check`, a training exercise is read by `lygte train grade`."
    UnknownFormat "unknown-format" Error "the workbook says that it has a format which this version does not know; use the version it was made with, or ask for it on a new questionnaire"
        "The value of `format` in the hidden sheet `_meta` is another than this version writes. Nothing is guessed about what stands where."
    MacrosIgnored "macros-ignored" Note "the workbook holds macros; they were not run"
        "lygte reads what is stored in cells and never runs anything that comes in a file."
    InternalFault "internal-fault" Error "this file met a fault in lygte; please report it"
        "A bug of ours. The other files are not touched by it. Please report it with the file, if you may share it."

    // Exercises of a training room
    BlankExercise "blank-exercise" Warning "nothing is filled in; it is not counted"
        "A participant's workbook or form came back empty. The room is counted without it."
    HalfExercise "half-exercise" Note "{answered} of {asked} lines are answered; the others count as left open"
        "A participant did not answer everything. What is answered counts."
    OtherCase "other-case" Error "this is the exercise of the case `{case}`; the room's is `{key}`, so it is not counted"
        "The room is graded with one key. To grade the other case, run `lygte train grade` again with --key and its id."
    OtherLanguage "other-language" Note "filled in in `{lang}`; answers are understood in every language"
        "The workbook is in another language than the page. Its answers count like all others."
    NoExercise "no-exercise" Error "this is a questionnaire for real use and no exercise; it is left out"
        "A workbook for suppliers lies among those of the participants. Real answers do not belong in a training room: keep it elsewhere, and read it with `lygte assess`."
    NoCode "no-code" Note "no code stands in it; its page is `{shown}`"
        "The hidden sheet `_meta` is gone, or a typed row has no code. The answers count; the participant cannot find them by the code."
    SameCode "same-code" Note "another file has the code `{code}` too; the page of this one is `{shown}`"
        "One workbook was handed to several participants, or saved twice. Each file counts as one participant; remove what was saved twice."
    SameExercise "same-exercise" Note "a copy, byte by byte, of a file that is counted already"
        "A copy of a file that is there already."
    TypedFile "typed-file" Error "{problem}"
        "The table of typed paper forms cannot be read. Type into the file `typed.csv` of the pack and leave its first row as it is."
    TypedAnswer "typed-answer" Warning "line {row}: what is typed for question {number} is none of its codes ({allowed}); it counts as left open"
        "The paper form prints a code beside each answer; a row of the table holds these codes. Compare with the paper and correct the table."

    // What was found in a workbook
    OtherRevision "other-revision" Warning "made from another revision than today's {today}: answers were matched by id"
        "The workbook was made from an older edition. Answers are matched by id; new questions are open, retired ones stand in the ledger."
    MissingMeta "missing-meta" Warning "the hidden sheet _meta is missing; role, form, language and supplier were taken from the rest"
        "Without `_meta` a workbook is still read if at least half of one list is found in it."
    BadMeta "bad-meta" Warning "`{key}` in _meta is not understood and was left out of account"
        "The hidden sheet `_meta` says what the workbook is. A value in it was changed to something unknown, or to something that does not fit the questions in the workbook; those decide."
    ShortRows "short-rows" Warning "the rows of questions are exactly those of the short form, yet `form` in _meta says full; the other questions count as unanswered"
        "Either the rows were deleted or `_meta` was changed by hand. If the supplier was sent the short form, put `short` there."
    MetaDiffers "meta-differs" Note "profile {number} says something else than {other}, which the workbook was made for; exposure follows the profile, and the questions are those the workbook was made for"
        "Country or sector in the profile and in the hidden sheet `_meta` are not the same. Perhaps the supplier got another one's workbook, or works elsewhere: ask."
    MissingSheet "missing-sheet" Warning "the sheet with the questions of {sheet} is missing; they count as unanswered"
        "A sheet was deleted. Its questions are open."
    MissingRow "missing-row" Warning "the row of question {number} is missing; it counts as unanswered"
        "A row was deleted. Its question is open."
    DuplicateRow "duplicate-row" Warning "question {number} stands here and in {other} with different content; it counts as unanswered"
        "Two rows carry the same question. Where they differ, neither is chosen. The written outputs show what stands in both."
    DuplicateAgrees "duplicate-agrees" Note "question {number} stands here and in {other} with the same answer; it counts once"
        "Several rows carry the same question, and their answers agree."
    DuplicateBlank "duplicate-blank" Note "question {number} stands here and, without an answer, in {other}; this answer counts"
        "A row was copied, and only one of the two is filled in. That one counts."
    SecondSheet "second-sheet" Warning "the questions of {sheet} stand in this sheet and in {other}; where both answer and differ, neither counts"
        "A sheet was copied. Ask which of the two is meant, and have the other deleted."
    EmptyCopy "empty-copy" Note "this sheet has the questions of {sheet} once more and no answers; those in {other} count"
        "A sheet was copied, and only one of the two was filled in. That one counts."
    SetAside "set-aside" Warning "question {number} stands here in a table of few columns, with other content than in {other}, where the whole table is; that counts"
        "Beside the questionnaire the workbook holds a table that names its questions. It may be remarks, or answers: ask."
    StemAnswered "stem-answered" Warning "question {number} is asked in parts; what stands here, above them, counts for none of them"
        "An answer was written beside the question instead of beside its parts. Whether it holds for all of them is not guessed: ask."
    RowConflict "row-conflict" Warning "the hidden id, the number and the text of this row belong to different questions ({numbers}); its answer counts for none of them"
        "Rows were sorted or pasted without their hidden id, or a number or text was overwritten. Nothing is guessed: ask which question the row answers."
    IdConflict "id-conflict" Warning "the hidden ids of {count} rows belong to other questions than their number and text; number and text count"
        "Rows were sorted without their hidden id column. What the supplier saw, number and text, decides."
    MissingColumn "missing-column" Warning "it cannot be told which column of this sheet holds the answers; they count as unanswered"
        "The header of the answer column is gone or stands twice. Put the header row right and read the workbook again."
    HiddenSheet "hidden-sheet" Warning "this sheet is hidden; its answers count"
        "Nobody who opens the workbook sees this sheet. Check that its answers are meant."
    HiddenRows "hidden-rows" Warning "hidden rows with questions in this sheet, by a filter or by hand: {count}; their answers count"
        "Rows that a filter hides keep their answers. Check that they are meant."
    HiddenColumn "hidden-column" Warning "the column with the answers is hidden in this sheet; the answers count"
        "Nobody who opens the workbook sees the answers. Check that they are meant."
    HiddenAnswer "hidden-answer" Warning "question {number}: what stands in the cell is not shown in a spreadsheet program; it counts as unanswered"
        "The cell lies under a merged one, or its number format shows nothing. What nobody sees is no answer."
    MergedAnswer "merged-answer" Warning "question {number}: the cell is merged with others, and only the first cell of the range holds what is shown; this one counts as unanswered"
        "In merged cells only the first holds a value. Whether one answer was meant for several questions is not guessed."
    RetiredQuestion "retired-question" Note "question {number} is no longer asked; the answer stands here and does not count"
        "The workbook has a row whose question today's questionnaire does not have."
    NotInForm "not-in-form" Note "question {number} is not asked in this form; the answer stands here and does not count"
        "The workbook says that it is the short form, and holds a row of the full one."
    Rearranged "rearranged" Note "{what}; its questions were found by {how}"
        "The sheet is not arranged as lygte wrote it: rows or columns were sorted, inserted, moved or deleted, or the hidden ids are gone. Each question is found by its hidden id, else by its number, else by its text, and each column by its header."
    RenamedSheet "renamed-sheet" Note "the sheet {sheet} was renamed; it was found by its questions"
        "Sheets are found by the ids in them, whatever they are called."
    ReadLanguage "read-language" Note "question {number}: a label in another language, read as \u{201c}{taken}\u{201d}"
        "The cell holds the label of this answer in another language than the sheet's."
    ReadSpelling "read-spelling" Note "question {number}: other capitals, spaces or characters, read as \u{201c}{taken}\u{201d}"
        "The cell holds the label with other capitals, a space too many, or characters that look alike."
    ReadSynonym "read-synonym" Note "question {number}: a synonym, read as \u{201c}{taken}\u{201d}"
        "The cell holds a synonym that the scale lists."
    ReadNumber "read-number" Note "question {number}: a number written as text, read as {taken}"
        "The cell holds a number as text."
    UnknownAnswer "unknown-answer" Warning "question {number}: the answer is not one of those offered; it counts as unanswered. Offered: {allowed}"
        "The cell holds something that is no answer to this question. Nothing is guessed: it counts as unanswered."
    ReasonMissing "reason-missing" Warning "question {number}: this answer needs a reason in the comment, and there is none; it counts as unanswered"
        "To have considered a measure and declined it is a finished answer, if a reason is given."
    NotApplicableNotOffered "not-applicable-not-offered" Warning "question {number}: \u{201c}not applicable\u{201d} is no answer to it; it counts as unanswered"
        "A question leaves the sum only if the profile says so, or if the question allows \u{201c}not applicable\u{201d} and the comment gives a reason."
    NotApplicableWithoutReason "not-applicable-without-reason" Warning "question {number}: \u{201c}not applicable\u{201d} needs a reason in the comment; it counts as unanswered"
        "The question allows \u{201c}not applicable\u{201d}, with a reason in the comment."
    AnsweredThoughNotApplicable "answered-though-not-applicable" Note "question {number} does not apply by the profile; its answer does not count"
        "The profile says that the question does not apply, yet it is answered. Perhaps the profile is wrong: ask."
    NumberOutOfRange "number-out-of-range" Warning "question {number}: a number from {min} to {max} is expected; it counts as unanswered"
        "The number lies outside of what the question allows."
    NumberAmbiguous "number-ambiguous" Warning "question {number}: the number can be read in two ways; it counts as unanswered"
        "`1,234` may be a thousand or one and a bit; 0.25 may be 25 percent or a quarter of one. Nothing is guessed."
    FormulaWithoutValue "formula-without-value" Warning "question {number}: the formula has no stored result; it counts as unanswered"
        "A formula counts with the result that was stored with it. A program saved the workbook without calculating."
    ErrorValue "error-value" Warning "question {number}: the cell holds an error value or something that is no value; it counts as unanswered"
        "A formula ended in an error such as #REF!, or a program stored something that cannot be read."
    UnknownProfile "unknown-profile" Warning "profile {number}: not understood; it counts as unknown. {allowed}"
        "A fact of the profile could not be read. Unknown facts widen the exposure and leave questions applicable."
    LevelsContradict "levels-contradict" Warning "profile {number}: the levels of subcontractors do not fit the answer on subcontracting; the levels count"
        "The profile says \u{201c}no subcontractors\u{201d} and names levels of them. The levels count, and questions on subcontractors apply."
    LevelsZero "levels-zero" Warning "profile {number}: the number of levels does not fit the answer on subcontracting; one to three or more are possible"
        "Subcontracting without its depth: exposure lies between one level and three or more."
    EvidenceMissing "evidence-missing" Warning "question {number}: the finding has no evidence level; it counts as in somebody's own words"
        "An assessor's finding says how it is vouched for. Without that it earns no more than the supplier's own word."
    EvidenceUnclear "evidence-unclear" Warning "question {number}: the evidence level is not understood; the finding counts as in somebody's own words. Offered: {allowed}"
        "A level that is not one of the list vouches for nothing. Choose one of those offered."
    EvidenceWithoutFinding "evidence-without-finding" Warning "question {number}: an evidence level without a finding; it does not count"
        "A finding counts instead of the supplier's answer. Where the answer is confirmed, write it as the finding too."
    UnsignedFinding "unsigned-finding" Warning "question {number}: the finding needs both a date (year-month-day) and initials"
        "A finding that counts should say who made it and when. It counts all the same."
    UndatedClosure "undated-closure" Warning "sign {number}: \u{201c}refuted\u{201d} or \u{201c}remedied\u{201d} needs a date (year-month-day) and initials; the sign stands"
        "Only an assessor's dated entry takes a sign away."
    ClosureUnclear "closure-unclear" Warning "sign {number}: what an assessor entered about it is not understood; the sign stands. Offered: {allowed}"
        "Only one of the entries offered, with date and initials, takes a sign away. Nothing is guessed."
    BadDate "bad-date" Warning "the date of the visit is not understood; write it as year-month-day"
        "Dates are written 2026-11-24, or as an Excel date."
    UnderAgeUnclear "under-age-unclear" Warning "visit {number}: what is written about people under 18 is not understood and does not count. Look at it first: where the answer is yes, signs weigh more. Offered: {allowed}"
        "Several signs weigh more where somebody under 18 works. An answer that is not understood might be a yes; it is not taken for one, because a report says only what somebody wrote. Ask the observer and correct the cell."
    EmptyLook "empty-look" Warning "no sign is filled in: nobody has looked"
        "A blank observer's form is not a look."
    Superseded "superseded" Note "another questionnaire of this supplier counts: {file}. {why}. Answers that differ: {differ}; facts of the profile: {facts}"
        "Of several questionnaires of one supplier the newest counts, by the date in the file's own properties, then by name. Each answer that differs stands in the ledger."
    SupersededAnswer "superseded-answer" Note "question {number} is answered otherwise in {other}; that answer counts"
        "Two questionnaires of one supplier answer a question in two ways. The written outputs show what stands in both."
    SupersededFact "superseded-fact" Note "profile {number} says something else in {other}; that counts"
        "Two questionnaires of one supplier state a fact in two ways. The written outputs show what stands in both."
    NoQuestionnaire "no-questionnaire" Warning "no readable questionnaire of this supplier came with it"
        "An assessor's or observer's form stands alone. Its findings and signs are shown; the answers count as open."
    NotInvited "not-invited" Warning "this supplier is not on the list of those who were invited; check its id in _meta, or add it to the list"
        "The list given with --suppliers has neither the id that the workbook states nor, where it states none, the name. Its answers are read and scored, and count for nobody on the list."
    ProfileDiffers "profile-differs" Warning "profile {number} differs from the supplier's own ({other}); the supplier's counts"
        "The assessor's form holds another fact than the supplier's questionnaire. Correct the supplier's profile if the assessor is right."
    CellsBeyond "cells-beyond" Warning "filled cells beyond row {rows} or column {columns}, left out of account: {count}; if they matter, use --limit rows=N or columns=N"
        "A questionnaire is small. Cells far outside of it are counted and not read."
    Corrected "corrected" Note "question {number}: corrected by a reviewer to \u{201c}{taken}\u{201d}"
        "A reviewer looked at the cell and wrote in the queue of `lygte review` what it means, with reason and initials. That stands in place of what the cell had been read as, which stays beside it; whether the file counts is another matter."
    ReadingAccepted "reading-accepted" Note "looked at by a reviewer, who accepts how it was read"
        "A reviewer looked at the cell and accepted, with initials, how it was read."
    ReviewUnsigned "review-unsigned" Warning "row {row}: initials or a reason are missing; it does not count"
        "A correction counts only with a reason and initials, an acceptance only with initials: somebody must be able to answer for it."
    ReviewOtherFile "review-other-file" Warning "row {row}: no input has the digest this row was made from; it does not count"
        "A correction belongs to one state of one file. If the supplier sent another file since, look at that one: run `lygte review` again."
    ReviewUndecided "review-undecided" Warning "row {row}: the decision is neither \u{201c}accept\u{201d} nor \u{201c}correct\u{201d}; it does not count"
        "Something was written in the row, yet its decision is empty or not one of the two."
    ReviewNoAnswer "review-no-answer" Warning "row {row}: no answer to a question was read from this cell, so it cannot be corrected here"
        "Only answers of the self-test and of the controls can be corrected in the queue. Correct the profile, a finding or a sign in its own workbook."
    ReviewAnswer "review-answer" Warning "row {row}: the corrected answer is not one of those offered for question {number}; it does not count. Offered: {allowed}"
        "A correction is understood like an answer: by label, spelling or listed synonym, and never by guess."
    ReviewTwice "review-twice" Warning "row {row}: another row decides the same cell in another way; neither counts"
        "Two rows of the queue say different things of one cell. Take one of them out."
    Masked "masked" Note "{what} in this cell is masked in reports"
        "In free text, national identity numbers, passport numbers, e-mail addresses and telephone numbers are put out of sight in everything that `lygte assess` and `lygte review` write; the ledger says in which cell, and not what stood there. Ids, answers and the profile are left as they are, and so is the workbook itself. `--unmasked` shows them; keep such a report to those who need it."
    BothAssessed "both-assessed" Warning "question {number}: another assessor's form of this supplier has a finding too, in {other}; that one counts. {why}"
        "Two assessors' forms of one supplier. The newer finding counts, by the date in the file's own properties, then by name. The written outputs show what stands in both."
}

/// Phrases that messages are filled with, by id: reports have them in their own language.
pub const PHRASES: &[(&str, &str)] = &[
    ("empty-file", "an empty file"),
    ("pdf", "a PDF"),
    ("picture", "a picture"),
    ("text-document", "a text document"),
    ("presentation", "a presentation"),
    ("web-page", "a web page"),
    ("text-file", "a text file, such as CSV"),
    ("xlsb", "a binary .xlsb workbook"),
    ("opendocument", "an OpenDocument file"),
    ("archive", "an archive"),
    ("unknown-kind", "a file of an unknown kind"),
    ("container-broken", "its container breaks off"),
    ("parts-apart", "its parts do not hold together"),
    ("xml-file", "an XML file"),
    ("xls", "an Excel workbook in the old .xls format"),
    ("ods", "an OpenDocument spreadsheet (.ods)"),
    ("numbers", "an Apple Numbers document"),
    ("old-office", "an old Office document"),
    ("part-twice", "a part of it stands twice"),
    ("odd-names", "its parts have names that lead elsewhere"),
    ("parts-overlap", "its parts overlap"),
    ("part-missing", "a part of it is missing"),
    ("part-empty", "a part of it is empty"),
    ("other-compression", "a part is compressed in a way that is not read"),
    ("checksum", "a part breaks off or its checksum is wrong"),
    ("other-encoding", "its characters are neither UTF-8 nor UTF-16"),
    ("has-dtd", "it declares entities of its own (a DTD), which is not allowed in workbooks"),
    ("unknown-entity", "it uses an unknown entity"),
    ("bad-characters", "it holds control characters"),
    ("xml-broken", "its XML is broken"),
    ("not-a-spreadsheet", "a part of it does not belong to a spreadsheet"),
    ("two-readings", "two programs would read it in two ways"),
    ("leads-out", "a part refers to something outside of the file"),
    ("bad-position", "a cell has an impossible place"),
    ("cell-twice", "the cell stands twice"),
    ("text-missing", "the cell refers to a text that is missing"),
    ("legacy-broken", "the old format could not be read to its end within the limits"),
    ("limit-file", "the file is too large"),
    ("limit-entries", "the file holds too many parts"),
    ("limit-part", "a part of the file is too large when unpacked"),
    ("limit-unpacked", "the file is too large when unpacked"),
    ("limit-depth", "too many elements lie within one another"),
    ("limit-attributes", "an element has too many attributes"),
    ("limit-event", "a single text or tag is too large"),
    ("limit-sheets", "the workbook has too many sheets"),
    ("limit-strings", "the workbook has too many texts"),
    ("limit-strings-size", "the texts of the workbook are too large together"),
    ("limit-formats", "the workbook has too many cell formats"),
    ("limit-merges", "the sheet has too many merged ranges"),
    ("limit-cells", "the workbook has too many filled cells"),
    ("limit-rows", "the sheet has too many rows"),
    ("limit-columns", "the sheet has too many columns"),
    ("limit-text", "the texts of all cells are too large together"),
    ("limit-seconds", "reading the file takes too long"),
    ("limit-legacy", "reading the old format takes too much memory"),
    ("rows-moved", "rows of this sheet stand elsewhere than they were written"),
    ("columns-moved", "columns of this sheet stand elsewhere than they were written"),
    ("both-moved", "rows and columns of this sheet stand elsewhere than they were written"),
    ("header-gone", "the header row of this sheet is gone"),
    ("ids-gone", "hidden ids of this sheet are gone"),
    ("by-id", "their hidden id"),
    ("by-number", "their number"),
    ("by-text", "their text"),
    ("by-several", "their hidden id, number or text"),
    ("date-newer", "By the dates in their own properties it is newer"),
    ("date-alone", "It is the only one with a date in its own properties"),
    ("name-decides", "Their own properties do not say which is newer; it is the last by name"),
    ("own-review", "the queue of a review"),
    ("own-sample", "a sample for a second assessor"),
    ("own-portfolio", "the portfolio of a run"),
    ("own-exercise", "a workbook of a training exercise"),
    (
        "typed-header",
        "the first row does not name the columns `code`, `case` and the numbers of the form; type into the file of the pack",
    ),
    ("typed-broken", "the table breaks off or is not UTF-8; save it as CSV UTF-8"),
    ("not-found", "there is no such file"),
    ("no-permission", "you may not read it"),
    ("not-a-file", "it is not a regular file but a folder, pipe or device"),
    ("disk-trouble", "the disk reports an error"),
    ("masked-identity", "a national identity number"),
    ("masked-passport", "what looks like the number of a passport"),
    ("masked-email", "an e-mail address"),
    ("masked-telephone", "a telephone number"),
];

/// Its name; where nobody reads it, its place in the list.
impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(self.name())
        } else {
            serializer.serialize_u16(*self as u16)
        }
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            let known = Self::ALL.get(usize::from(u16::deserialize(deserializer)?));
            return known.copied().ok_or_else(|| D::Error::custom("there is no such diagnostic"));
        }
        let name = Cow::<str>::deserialize(deserializer)?;
        let known = Self::ALL.iter().find(|code| code.name() == name);
        known.copied().ok_or_else(|| D::Error::custom(format!("there is no diagnostic `{name}`")))
    }
}

/// Values that are phrases, by name and id, where the ids are known ones.
pub(super) fn known_phrases<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<(Cow<'static, str>, &'static str)>, D::Error> {
    let said = Vec::<(String, String)>::deserialize(deserializer)?;
    let known = |(name, id): (String, String)| {
        let phrase = PHRASES.iter().find(|(known, _)| *known == id);
        let (id, _) = phrase.ok_or_else(|| D::Error::custom(format!("there is no phrase `{id}`")))?;
        Ok((name.into(), *id))
    };
    said.into_iter().map(known).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_kebab_case() {
        let names: BTreeSet<&str> = Code::ALL.iter().map(|c| c.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for name in names {
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{name}");
        }
    }
}
