//! The closed list of diagnostics: name, severity, message, explanation. One text serves `lygte explain`, the docs and
//! the translations of messages in reports.

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
        "The file names something that no file defines: a scale, a source, an indicator, a question, a checklist."
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
    OverdueFact "overdue-fact" Warning "`{id}` was to be checked again after {date}"
        "Contacts and law age. A fact whose `review_after` has passed is printed with a warning; check it against its source and set the dates anew."
    BadTemplate "bad-template" Error "{problem}"
        "A report template could not be loaded. The message of the template engine names file, line and column."

    // Files that were handed in
    UnreadableFile "unreadable-file" Error "the file could not be opened: {problem}"
        "The operating system did not hand over the file. Check that it exists and that you may read it."
    FileTooLarge "file-too-large" Error "the file is {size} MB; at most {limit} MB are read"
        "A questionnaire is a small file. Take out pictures and attachments and save it again."
    NotAWorkbook "not-a-workbook" Error "this is {kind}, not an Excel workbook (.xlsx); please send the questionnaire as .xlsx"
        "The content of the file, not its name, decides. Open it in the program it was made with and save it as .xlsx."
    EncryptedWorkbook "encrypted-workbook" Error "the workbook is protected with a password or saved in an old format; please save it as .xlsx without a password"
        "Encrypted workbooks and old .xls files share one container. lygte reads neither. Open it in a spreadsheet program and save it as .xlsx without a password."
    DamagedWorkbook "damaged-workbook" Error "the workbook is damaged and could not be read ({problem})"
        "The file breaks off or does not hold together. Ask for it once more, or open it in Excel, let it be repaired, and look at every answer."
    ForeignWorkbook "foreign-workbook" Error "this is not one of our questionnaires"
        "The workbook has no `_meta` sheet and fewer than half of the ids, numbers or texts of any of our lists are found in it."
    InternalFault "internal-fault" Error "this file met a fault in lygte; please report it"
        "A bug of ours. The other files are not touched by it. Please report it with the file, if you may share it."

    // What was found in a workbook
    OtherRevision "other-revision" Warning "made from revision {found}; today's is {today}: answers were matched by id"
        "The workbook was made from an older edition. Answers are matched by id; new questions are open, retired ones stand in the ledger."
    MissingMeta "missing-meta" Warning "the hidden sheet _meta is missing; role, form and supplier were taken from the rest"
        "Without `_meta` a workbook is still read if at least half of one list is found in it."
    BadMeta "bad-meta" Warning "`{key}` in _meta is not understood and was left out of account"
        "The hidden sheet `_meta` says what the workbook is. A value in it was changed to something unknown."
    MissingSheet "missing-sheet" Warning "the sheet with the questions of {sheet} is missing; they count as unanswered"
        "A sheet was deleted. Its questions are open."
    MissingRow "missing-row" Warning "the row of question {number} is missing; it counts as unanswered"
        "A row was deleted. Its question is open."
    DuplicateRow "duplicate-row" Warning "question {number} stands in two rows with different answers; it counts as unanswered"
        "Two rows carry the same question. Where they differ, neither is chosen."
    RetiredQuestion "retired-question" Note "question {number} is no longer asked; the answer stands here and does not count"
        "The workbook has a row whose question today's questionnaire does not have."
    FoundByNumber "found-by-number" Note "question {number} was found by its number"
        "The hidden id of the row is gone; the number stands in it."
    FoundByText "found-by-text" Note "question {number} was found by its text"
        "The hidden id and the number of the row are gone; the text of the question stands in it."
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
    ReasonMissing "reason-missing" Warning "question {number}: \u{201c}considered and declined\u{201d} needs a reason in the comment; it counts as unanswered"
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
    ErrorValue "error-value" Warning "question {number}: the cell holds an error value; it counts as unanswered"
        "A formula ended in an error such as #REF!."
    UnknownProfile "unknown-profile" Warning "profile {number}: not understood; it counts as unknown. {allowed}"
        "A fact of the profile could not be read. Unknown facts widen the exposure and leave questions applicable."
    LevelsContradict "levels-contradict" Warning "profile {number}: levels of subcontractors are given although subcontracting is answered with no; the levels count"
        "The profile says \u{201c}no subcontractors\u{201d} and names levels of them. The levels count, and questions on subcontractors apply."
    LevelsZero "levels-zero" Warning "profile {number}: subcontracting is answered with yes and no level is given; one to three or more are possible"
        "Subcontracting without its depth: exposure lies between one level and three or more."
    EvidenceMissing "evidence-missing" Warning "question {number}: the finding has no evidence level; it counts as in somebody's own words"
        "An assessor's finding says how it is vouched for. Without that it earns no more than the supplier's own word."
    EvidenceWithoutFinding "evidence-without-finding" Warning "question {number}: an evidence level without a finding; it does not count"
        "A finding counts instead of the supplier's answer. Where the answer is confirmed, write it as the finding too."
    UnsignedFinding "unsigned-finding" Warning "question {number}: the finding bears no date and initials"
        "A finding that counts should say who made it and when. It counts all the same."
    UndatedClosure "undated-closure" Warning "sign {number}: \u{201c}refuted\u{201d} or \u{201c}remedied\u{201d} needs a date (year-month-day) and initials; the sign stands"
        "Only an assessor's dated entry takes a sign away."
    BadDate "bad-date" Warning "the date of the visit is not understood; write it as year-month-day"
        "Dates are written 2026-11-24, or as an Excel date."
    EmptyLook "empty-look" Warning "no sign is filled in: nobody has looked"
        "A blank observer's form is not a look."
    Superseded "superseded" Note "a newer questionnaire of this supplier counts: {file}; {differ} answers differ"
        "Of several questionnaires of one supplier the newest counts, by the date in the file's own properties, then by name."
    NoQuestionnaire "no-questionnaire" Warning "no readable questionnaire of this supplier came with it"
        "An assessor's or observer's form stands alone. Its findings and signs are shown; the answers count as open."
    ProfileDiffers "profile-differs" Warning "profile {number} differs from the supplier's own; the supplier's counts"
        "The assessor's form holds another fact than the supplier's questionnaire. Correct the supplier's profile if the assessor is right."
    CellsBeyond "cells-beyond" Warning "cells beyond row {rows} or column {columns} were left out of account"
        "A questionnaire is small. Cells far outside of it are not read."
    BothAssessed "both-assessed" Warning "question {number}: another assessor's form of this supplier has a finding too; the newer counts"
        "Two assessors' forms of one supplier. The newer finding counts; the other stands in its workbook."
}

/// Phrases that messages are filled with, by id: reports have them in their own language.
pub const PHRASES: &[(&str, &str)] = &[
    ("empty-file", "an empty file"),
    ("pdf", "a PDF"),
    ("picture", "a picture"),
    ("text-document", "a text document"),
    ("presentation", "a presentation"),
    ("web-page", "a web page or XML file"),
    ("text-file", "a text file, such as CSV"),
    ("xlsb", "a binary .xlsb workbook"),
    ("opendocument", "an OpenDocument file"),
    ("archive", "an archive"),
    ("unknown-kind", "a file of an unknown kind"),
    ("container-broken", "its container breaks off"),
    ("too-many-parts", "it has more parts than are read"),
    ("unpacks-too-large", "it unpacks to more than is read"),
    ("parts-apart", "its parts do not hold together"),
    ("too-many-sheets", "it has more sheets than are read"),
    ("sheet-broken", "a sheet cannot be read to its end"),
    ("too-many-cells", "it has more filled cells than are read"),
    ("not-found", "it is not there"),
    ("no-permission", "you may not read it"),
    ("not-a-file", "it is no ordinary file"),
    ("disk-trouble", "the disk reports an error"),
];

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
