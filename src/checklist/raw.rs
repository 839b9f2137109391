//! What the files may say, key by key. Every key is documented in `checklists/README.md`.

use serde::Deserialize;

use super::yaml::{Prose, Spanned, Str};

macro_rules! raw {
    ($name:ident { $($(#[$fmeta:meta])* $field:ident : $ty:ty),* $(,)? }) => {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name { $($(#[$fmeta])* pub(super) $field: $ty),* }
    };
}

raw!(RawSource { id: Str, item: Prose });

raw!(RawSources { schema: Str, sources: Vec<RawPublication> });
raw!(RawPublication {
    id: Str,
    publisher: Prose,
    title: Prose,
    edition: Option<Prose>,
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
    label: Prose,
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
    sheet: Prose,
    title: Prose,
    intro: Prose,
    fields: Vec<RawField>,
    visit: Vec<RawField>,
    visit_sheet: Prose,
    visit_title: Prose,
    visit_intro: Prose,
    seen_options: Vec<RawOption>,
    evidence_options: Vec<RawOption>,
    closure_options: Vec<RawOption>,
});
raw!(RawField { id: Str, number: Str, text: Prose, why: Prose });

raw!(RawIndicators {
    schema: Str,
    source: RawSource,
    dimensions: Vec<RawDimension>,
    ilo: Vec<RawIlo>,
    indicators: Vec<RawIndicator>,
});
raw!(RawDimension { id: Str, label: Prose });
raw!(RawIlo { number: Spanned<u8>, label: Prose });
raw!(RawIndicator {
    id: Str,
    dimension: Str,
    label: Prose,
    adult: Str,
    child: Str,
    ilo: Vec<Spanned<u8>>,
    status: Str,
});

raw!(RawQuestionnaire { schema: Str, id: Str, title: Prose, edition: Str, checklists: Vec<Str> });

raw!(RawChecklist {
    schema: Str,
    id: Str,
    kind: Spanned<RawKind>,
    section: Option<Str>,
    sheet: Prose,
    title: Prose,
    intro: Prose,
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
    text: Prose,
    why: Prose,
    evidence: Prose,
    measure: Prose,
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
    text: Prose,
    evidence: Option<Prose>,
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
    text: Prose,
    why: Prose,
    evidence: Prose,
    measure: Prose,
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
    name: Prose,
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
raw!(RawStep { step: Str, reason: Prose, source: RawSource });
raw!(RawNote {
    id: Str,
    text: Prose,
    #[serde(default)]
    countries: Vec<Str>,
    source: RawSource,
    confidence: Option<Str>,
});

raw!(RawCountry {
    schema: Str,
    code: Str,
    name: Prose,
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
    name: Option<Prose>,
    value: Option<Str>,
    hours: Option<Prose>,
    #[serde(default)]
    around_the_clock: bool,
    #[serde(default)]
    card: bool,
    text: Prose,
    source: RawSource,
    source_date: Str,
    confidence: Str,
    status: Spanned<RawStatus>,
    last_verified: Str,
    review_after: Str,
});
raw!(RawChange { id: Str, text: Option<Prose>, why: Option<Prose>, evidence: Option<Prose>, measure: Option<Prose> });

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
    title: Prose,
    edition: Str,
    about: Prose,
    source: RawSource,
    cut_offs: Vec<RawCutOff>,
    countries: Vec<RawCountryStep>,
});
raw!(RawCutOff { below: Option<Str>, step: Str });
raw!(RawCountryStep {
    code: Str,
    name: Prose,
    step: Option<Str>,
    lo: Option<Str>,
    hi: Option<Str>,
    #[serde(rename = "as")]
    same_as: Option<Str>,
    confidence: Str,
    reason: Option<Prose>,
    #[serde(default)]
    also: Vec<Str>,
});

raw!(RawGoods {
    schema: Str,
    title: Prose,
    edition: Str,
    about: Prose,
    source: RawSource,
    source_date: Str,
    confidence: Str,
    last_verified: Str,
    review_after: Str,
    goods: Vec<RawGood>,
});
raw!(RawGood {
    id: Str,
    label: Prose,
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
    title: Prose,
    about: Prose,
    factors: Vec<RawConstant>,
    sections: Vec<RawConstant>,
    evidence: Vec<RawConstant>,
    constants: Vec<RawConstant>,
    floors: Vec<RawFloor>,
});
raw!(RawConstant { id: Str, value: Str, reason: Prose, status: Spanned<RawConstantStatus> });
raw!(RawFloor { id: Str, priority: Str, text: Prose, reason: Prose });

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawConstantStatus {
    Published,
    Assumed,
}

raw!(RawWords { schema: Str, id: Str, words: Vec<RawWord> });
raw!(RawWord { id: Str, text: Prose, one: Option<Prose> });

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
    name: Prose,
    jurisdiction: Str,
    status: Spanned<RawActStatus>,
    made: Option<Str>,
    worded: Option<Str>,
    applies_from: Option<Str>,
    applies_to: Vec<RawAlternative>,
    asks: Vec<RawClause>,
    check: Vec<RawClause>,
    proposed: Vec<RawClause>,
    text: Prose,
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
raw!(RawProvided { id: Str, text: Prose });
raw!(RawTest { measure: Str, over: Option<Str>, from: Option<Str>, is: Option<RawYes>, currency: Option<Str> });
raw!(RawClause { id: Str, text: Prose, source: Option<RawSource>, confidence: Option<Str>, date: Option<Str> });

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
    title: Prose,
    about: Prose,
    goals: Vec<RawSentence>,
    profile: RawCaseProfile,
    story: Vec<RawStoryPart>,
    key: Spanned<Vec<RawKeyEntry>>,
    signs: Vec<RawKeySign>,
    traps: Vec<RawTrap>,
    debrief: Vec<RawSentence>,
    decisions: Prose,
});
raw!(RawSentence { id: Str, text: Prose });
raw!(RawStoryPart { id: Str, title: Prose, sentences: Vec<RawSentence> });
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
    why: Prose,
    rests_on: Vec<Str>,
    wrong: RawWrongAnswer,
    debrief: Prose,
});
raw!(RawWrongAnswer { answer: Str, why: Prose });
raw!(RawKeySign { sign: Str, state: Spanned<RawSignState>, why: Prose, rests_on: Vec<Str> });

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum RawSignState {
    Present,
    Absent,
}

raw!(RawTrap { id: Str, kind: Spanned<RawTrapKind>, text: Prose, rests_on: Vec<Str> });

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
