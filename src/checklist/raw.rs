//! What the files may say, key by key. Every key is documented in `checklists/README.md`.

use serde::Deserialize;

use super::yaml::{Spanned, Str};

macro_rules! raw {
    ($name:ident { $($(#[$fmeta:meta])* $field:ident : $ty:ty),* $(,)? }) => {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name { $($(#[$fmeta])* pub(super) $field: $ty),* }
    };
}

raw!(RawSource { id: Str, item: Str });

raw!(RawSources { schema: Str, sources: Vec<RawPublication> });
raw!(RawPublication {
    id: Str,
    publisher: Str,
    title: Str,
    edition: Option<Str>,
    date: Str,
    url: Option<Str>,
    confidence: Str,
});

raw!(RawScales { schema: Str, common: Vec<RawOption>, scales: Vec<RawScale> });
raw!(RawScale {
    id: Str,
    unit: Option<Spanned<RawUnit>>,
    min: Option<Str>,
    max: Option<Str>,
    options: Vec<RawOption>,
});
raw!(RawOption {
    id: Str,
    label: Str,
    grade: Option<Str>,
    below: Option<Str>,
    #[serde(default)]
    needs_reason: bool,
    #[serde(default)]
    synonyms: Vec<Str>,
});

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawUnit {
    Percent,
    Number,
}

raw!(RawProfile {
    schema: Str,
    sheet: Str,
    title: Str,
    intro: Str,
    fields: Vec<RawField>,
    visit: Vec<RawField>,
    visit_sheet: Str,
    visit_title: Str,
    visit_intro: Str,
    seen_options: Vec<RawOption>,
    evidence_options: Vec<RawOption>,
    closure_options: Vec<RawOption>,
});
raw!(RawField { id: Str, number: Str, text: Str, why: Str });

raw!(RawIndicators {
    schema: Str,
    source: RawSource,
    dimensions: Vec<RawDimension>,
    ilo: Vec<RawIlo>,
    indicators: Vec<RawIndicator>,
});
raw!(RawDimension { id: Str, label: Str });
raw!(RawIlo { number: Spanned<u8>, label: Str });
raw!(RawIndicator {
    id: Str,
    dimension: Str,
    label: Str,
    adult: Str,
    child: Str,
    ilo: Vec<Spanned<u8>>,
    status: Str,
});

raw!(RawQuestionnaire { schema: Str, id: Str, title: Str, edition: Str, checklists: Vec<Str> });

raw!(RawChecklist {
    schema: Str,
    id: Str,
    kind: Spanned<RawKind>,
    section: Option<Str>,
    sheet: Str,
    title: Str,
    intro: Str,
    edition: Str,
    complete: bool,
    #[serde(default)]
    questions: Vec<RawQuestion>,
    #[serde(default)]
    signs: Vec<RawSign>,
});

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawKind {
    Exposure,
    Controls,
    Signs,
}

raw!(RawQuestion {
    id: Str,
    section: Option<Str>,
    number: Str,
    text: Str,
    why: Str,
    evidence: Str,
    measure: Str,
    kind: Option<Spanned<RawAnswer>>,
    scale: Option<Str>,
    weight: Option<Spanned<i64>>,
    critical: Option<Spanned<bool>>,
    #[serde(default)]
    short: bool,
    #[serde(default)]
    not_applicable: bool,
    applies_when: Option<RawCondition>,
    ilo: Vec<Spanned<u8>>,
    source: RawSource,
    basis: RawBasis,
    #[serde(default)]
    parts: Vec<RawPart>,
});

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawAnswer {
    Text,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawBasis {
    Guide,
    Supplement,
    Own,
}

raw!(RawPart {
    id: Str,
    number: Str,
    text: Str,
    evidence: Option<Str>,
    scale: Option<Str>,
    #[serde(default)]
    not_applicable: bool,
    applies_when: Option<RawCondition>,
});

raw!(RawCondition {
    subcontracting: Option<RawYesNo>,
    #[serde(rename = "hires-directly")]
    hires_directly: Option<RawYesNo>,
    #[serde(rename = "agency-workers")]
    agency_workers: Option<RawYesNo>,
    housing: Option<RawYesNo>,
    #[serde(rename = "eu-citizens")]
    eu_citizens: Option<RawYesNo>,
    #[serde(rename = "third-country-citizens")]
    third_country_citizens: Option<RawYesNo>,
});

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawYesNo {
    Yes,
    No,
}

raw!(RawSign {
    id: Str,
    number: Str,
    group: Spanned<RawGroup>,
    text: Str,
    why: Str,
    evidence: Str,
    measure: Str,
    indicator: Option<Str>,
    #[serde(default)]
    contradicts: Vec<Str>,
    #[serde(default)]
    short: bool,
    source: RawSource,
    basis: RawBasis,
});

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawGroup {
    Recruitment,
    Housing,
    Work,
}

raw!(RawSector {
    schema: Str,
    id: Str,
    name: Str,
    nace: Vec<Str>,
    exposure: RawStep,
    #[serde(default)]
    exposure_questions: Vec<RawQuestion>,
    #[serde(default)]
    questions: Vec<RawQuestion>,
    #[serde(default)]
    signs: Vec<RawSign>,
    #[serde(default)]
    verify: Vec<RawNote>,
    #[serde(default)]
    notes: Vec<RawNote>,
});
raw!(RawStep { step: Str, reason: Str, source: RawSource });
raw!(RawNote {
    id: Str,
    text: Str,
    #[serde(default)]
    countries: Vec<Str>,
    source: RawSource,
    confidence: Option<Str>,
});

raw!(RawCountry {
    schema: Str,
    code: Str,
    name: Str,
    emergency: Str,
    currency: Str,
    inherits: Option<Str>,
    #[serde(default)]
    facts: Vec<RawFact>,
    #[serde(default)]
    changes: Vec<RawChange>,
});
raw!(RawFact {
    id: Str,
    topic: Spanned<RawTopic>,
    #[serde(rename = "use")]
    purpose: Option<Spanned<RawPurpose>>,
    name: Option<Str>,
    value: Option<Str>,
    hours: Option<Str>,
    #[serde(default)]
    around_the_clock: bool,
    #[serde(default)]
    card: bool,
    text: Str,
    source: RawSource,
    source_date: Str,
    confidence: Str,
    status: Spanned<RawStatus>,
    last_verified: Str,
    review_after: Str,
});
raw!(RawChange { id: Str, text: Option<Str>, why: Option<Str>, evidence: Option<Str>, measure: Option<Str> });

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawTopic {
    Law,
    Authority,
    Contact,
    Register,
    IdCard,
    Chain,
    Support,
    Plan,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawPurpose {
    Danger,
    Suspicion,
    Worker,
    Terms,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawStatus {
    InForce,
    Proposed,
    Repealed,
    Unknown,
}

raw!(RawExposure {
    schema: Str,
    title: Str,
    edition: Str,
    about: Str,
    source: RawSource,
    cut_offs: Vec<RawCutOff>,
    countries: Vec<RawCountryStep>,
});
raw!(RawCutOff { below: Option<Str>, step: Str });
raw!(RawCountryStep {
    code: Str,
    name: Str,
    step: Option<Str>,
    lo: Option<Str>,
    hi: Option<Str>,
    #[serde(rename = "as")]
    same_as: Option<Str>,
    confidence: Str,
    reason: Option<Str>,
    #[serde(default)]
    also: Vec<Str>,
});

raw!(RawGoods {
    schema: Str,
    title: Str,
    edition: Str,
    about: Str,
    source: RawSource,
    source_date: Str,
    confidence: Str,
    last_verified: Str,
    review_after: Str,
    goods: Vec<RawGood>,
});
raw!(RawGood {
    id: Str,
    label: Str,
    #[serde(default)]
    also: Vec<Str>,
    #[serde(default)]
    from: Vec<Str>,
    #[serde(default)]
    made_with: Vec<Str>,
});

raw!(RawMethod {
    schema: Str,
    id: Str,
    version: Str,
    title: Str,
    about: Str,
    factors: Vec<RawConstant>,
    sections: Vec<RawConstant>,
    evidence: Vec<RawConstant>,
    constants: Vec<RawConstant>,
    floors: Vec<RawFloor>,
});
raw!(RawConstant { id: Str, value: Str, reason: Str, status: Spanned<RawConstantStatus> });
raw!(RawFloor { id: Str, priority: Str, text: Str, reason: Str });

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawConstantStatus {
    Published,
    Assumed,
}

raw!(RawWords { schema: Str, id: Str, words: Vec<RawWord> });
raw!(RawWord { id: Str, text: Str, one: Option<Str> });

raw!(RawTranslation { schema: Str, lang: Str, review: Spanned<RawReview>, texts: Vec<RawTranslated> });
raw!(RawTranslated { id: Str, source: Str, text: Str });

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawReview {
    Draft,
    Native,
}

raw!(RawAct {
    schema: Str,
    id: Str,
    name: Str,
    jurisdiction: Str,
    status: Spanned<RawActStatus>,
    made: Option<Str>,
    worded: Option<Str>,
    applies_from: Option<Str>,
    applies_to: Vec<RawAlternative>,
    asks: Vec<RawClause>,
    check: Vec<RawClause>,
    proposed: Vec<RawClause>,
    text: Str,
    source: RawSource,
    source_date: Str,
    confidence: Str,
    last_verified: Str,
    review_after: Str,
    #[serde(default)]
    questions: Vec<Str>,
    cases: Vec<RawActCase>,
});

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawActStatus {
    InForce,
    Adopted,
    Proposed,
}

raw!(RawAlternative {
    roles: Vec<Str>,
    countries: Option<Vec<Str>>,
    sells_in: Option<Vec<Str>>,
    sectors: Vec<Str>,
    at_least: Spanned<usize>,
    tests: Vec<RawTest>,
    provided: Option<RawProvided>,
    answer: Option<RawUnclear>,
    from: Option<Str>,
});
raw!(RawProvided { id: Str, text: Str });
raw!(RawTest { measure: Str, over: Option<Str>, from: Option<Str>, is: Option<RawYes>, currency: Option<Str> });
raw!(RawClause { id: Str, text: Str, source: Option<RawSource>, confidence: Option<Str>, date: Option<Str> });

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawUnclear {
    Unclear,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawYes {
    Yes,
}

raw!(RawActCase { id: Str, profile: RawFirm, applies: Str });
raw!(RawFirm {
    country: Str,
    role: Str,
    sector: Option<Str>,
    #[serde(default)]
    sells_in: Vec<Str>,
    employees: Option<Spanned<u64>>,
    turnover: Option<Str>,
    balance: Option<Str>,
    currency: Option<Str>,
    public_interest: Option<RawYesNo>,
    date: Str,
});

raw!(RawCase {
    schema: Str,
    id: Str,
    sector: Str,
    country: Str,
    title: Str,
    about: Str,
    goals: Vec<RawSentence>,
    profile: RawCaseProfile,
    story: Vec<RawStoryPart>,
    key: Spanned<Vec<RawKeyEntry>>,
    signs: Vec<RawKeySign>,
    traps: Vec<RawTrap>,
    debrief: Vec<RawSentence>,
    decisions: Str,
});
raw!(RawSentence { id: Str, text: Str });
raw!(RawStoryPart { id: Str, title: Str, sentences: Vec<RawSentence> });
raw!(RawCaseProfile {
    employees: Str,
    subcontracting: Spanned<RawYesNo>,
    levels: Str,
    #[serde(rename = "hires-directly")]
    hires_directly: Spanned<RawYesNo>,
    #[serde(rename = "agency-workers")]
    agency_workers: Spanned<RawYesNo>,
    housing: Spanned<RawYesNo>,
    #[serde(rename = "eu-citizens")]
    eu_citizens: Spanned<RawYesNo>,
    #[serde(rename = "third-country-citizens")]
    third_country_citizens: Spanned<RawYesNo>,
});
raw!(RawKeyEntry {
    question: Str,
    answer: Str,
    evidence: Str,
    why: Str,
    rests_on: Vec<Str>,
    wrong: RawWrongAnswer,
    debrief: Str,
});
raw!(RawWrongAnswer { answer: Str, why: Str });
raw!(RawKeySign { sign: Str, state: Spanned<RawSignState>, why: Str, rests_on: Vec<Str> });

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawSignState {
    Present,
    Absent,
}

raw!(RawTrap { id: Str, kind: Spanned<RawTrapKind>, text: Str, rests_on: Vec<Str> });

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawTrapKind {
    LooksFine,
    LooksBad,
}

raw!(RawGlossary { schema: Str, lang: Str, review: Spanned<RawReview>, terms: Vec<RawTerm> });
raw!(RawTerm {
    term: Str,
    text: Str,
    note: Option<Str>,
    #[serde(default)]
    forms: Vec<Str>,
});

raw!(RawOwnExposure {
    schema: Str,
    edition: Str,
    licence: Str,
    source: Str,
    #[serde(default)]
    cut_offs: Vec<Str>,
    countries: Vec<RawOwnCountry>,
});
raw!(RawOwnCountry { code: Str, step: Option<Str>, lo: Option<Str>, hi: Option<Str>, value: Option<Str> });
