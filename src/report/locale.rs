//! Numbers, dates and the order of names as a language has them: the Unicode consortium's data, none of our own.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::rc::Rc;

use icu_calendar::Gregorian;
use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};
use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets::{YM, YMD};
use icu_datetime::input::Date;
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_decimal::options::DecimalFormatterOptions;
use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRules};

use crate::model::Lang;

/// What formats for one language. A part that the data lack leaves text as it stands.
struct Formats {
    decimal: Option<DecimalFormatter>,
    /// Its signs, for the numbers that need no more.
    signs: Option<NumberSigns>,
    date: Option<FixedCalendarDateTimeFormatter<Gregorian, YMD>>,
    month: Option<FixedCalendarDateTimeFormatter<Gregorian, YM>>,
    collator: Option<CollatorBorrowed<'static>>,
    plurals: Option<PluralRules>,
    /// Days that were written before: most of a report's are those of its sources.
    written: RefCell<BTreeMap<String, String>>,
}

/// So many of them are kept.
const WRITTEN: usize = 64;

impl Formats {
    fn new(lang: &Lang) -> Self {
        // English of these parts: day before month.
        let tag = if lang.is_english() { "en-GB" } else { lang.as_str() };
        let locale = Locale::try_from_str(tag).unwrap_or(Locale::UNKNOWN);
        let decimal = DecimalFormatter::try_new((&locale).into(), DecimalFormatterOptions::default()).ok();
        Self {
            signs: decimal.as_ref().and_then(NumberSigns::of),
            decimal,
            date: FixedCalendarDateTimeFormatter::try_new((&locale).into(), YMD::medium()).ok(),
            month: FixedCalendarDateTimeFormatter::try_new((&locale).into(), YM::long()).ok(),
            collator: Collator::try_new((&locale).into(), CollatorOptions::default()).ok(),
            plurals: PluralRules::try_new_cardinal((&locale).into()).ok(),
            written: RefCell::default(),
        }
    }
}

/// What stands before a number below 0, and between its units and its decimals.
struct NumberSigns {
    minus: String,
    point: String,
}

impl NumberSigns {
    /// The signs of a language that has the digits that programs have.
    fn of(formatter: &DecimalFormatter) -> Option<Self> {
        let sample = formatter.format(&"-1.2".parse().ok()?).to_string();
        let (minus, rest) = sample.split_once('1')?;
        Some(Self { minus: minus.to_owned(), point: rest.strip_suffix('2')?.to_owned() })
    }

    /// A number that is too short for its digits to be put in groups.
    fn number(&self, plain: &str) -> Option<String> {
        let (digits, minus) = plain.strip_prefix('-').map_or((plain, ""), |digits| (digits, &*self.minus));
        let (units, decimals) = match digits.as_bytes().iter().position(|b| *b == b'.') {
            Some(at) => (&digits[..at], Some(&digits[at + 1..])),
            None => (digits, None),
        };
        let is_number = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        let is_short = is_number(units) && units.len() <= 3 && (units.len() == 1 || !units.starts_with('0'));
        if !is_short || !decimals.is_none_or(is_number) {
            return None;
        }
        let mut number = String::with_capacity(minus.len() + digits.len() + self.point.len());
        number.push_str(minus);
        number.push_str(units);
        if let Some(decimals) = decimals {
            number.push_str(&self.point);
            number.push_str(decimals);
        }
        Some(number)
    }
}

thread_local! {
    /// Made once per language and thread: making them costs more than using them.
    static MADE: RefCell<BTreeMap<Lang, Rc<Formats>>> = const { RefCell::new(BTreeMap::new()) };
}

fn formats(lang: &Lang) -> Rc<Formats> {
    MADE.with_borrow_mut(|made| match made.get(lang) {
        Some(formats) => Rc::clone(formats),
        None => Rc::clone(made.entry(lang.clone()).or_insert_with_key(|lang| Rc::new(Formats::new(lang)))),
    })
}

/// A number written with a point: `-1234.50`. What is no number stays as it is.
pub(super) fn number(lang: &Lang, plain: &str) -> String {
    let formats = formats(lang);
    if let Some(short) = formats.signs.as_ref().and_then(|signs| signs.number(plain)) {
        return short;
    }
    match (&formats.decimal, plain.parse::<Decimal>()) {
        (Some(formatter), Ok(number)) => formatter.format(&number).to_string(),
        _ => plain.to_owned(),
    }
}

/// Whether so many things, a whole number in the digits of any language, are spoken of as of one: 1 in most of them, and
/// 21 and 31 in Icelandic.
pub(super) fn is_one(lang: &Lang, whole: &str) -> bool {
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    let number = digits.parse::<usize>().ok();
    let formats = formats(lang);
    let category = number.zip(formats.plurals.as_ref()).map(|(n, rules)| rules.category_for(n));
    category == Some(PluralCategory::One)
}

/// A day written `2026-11-24`, or a month written `2029-07`. What is neither stays as it is.
pub(super) fn date(lang: &Lang, plain: &str) -> String {
    let formats = formats(lang);
    if let Some(written) = formats.written.borrow().get(plain) {
        return written.clone();
    }
    let text = formats.date(plain);
    let mut written = formats.written.borrow_mut();
    if written.len() >= WRITTEN {
        written.clear();
    }
    written.insert(plain.to_owned(), text.clone());
    text
}

impl Formats {
    fn date(&self, plain: &str) -> String {
        let is_month = plain.len() == 7;
        let whole = if is_month { format!("{plain}-01") } else { plain.to_owned() };
        let day = whole.parse::<jiff::civil::Date>().ok().filter(|_| whole.len() == 10);
        let day = day.and_then(|d| {
            Date::try_new_gregorian(d.year().into(), d.month().unsigned_abs(), d.day().unsigned_abs()).ok()
        });
        match (&self.date, &self.month, day) {
            (_, Some(formatter), Some(day)) if is_month => formatter.format(&day).to_string(),
            (Some(formatter), _, Some(day)) => formatter.format(&day).to_string(),
            _ => plain.to_owned(),
        }
    }
}

/// The order of names in a dictionary of the language: å after z in Swedish, beside a in English.
pub(super) fn order(lang: &Lang, a: &str, b: &str) -> Ordering {
    let by_language = formats(lang).collator.as_ref().map_or(Ordering::Equal, |c| c.compare(a, b));
    by_language.then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lang(tag: &str) -> Lang {
        tag.parse().unwrap()
    }

    #[test]
    fn numbers_dates_and_names_follow_the_language() {
        let all = |tag: &str| {
            let lang = lang(tag);
            format!("{} | {}", number(&lang, "-1234.50"), date(&lang, "2026-11-04")).replace('\u{a0}', "_")
        };
        assert_eq!(all("en"), "-1,234.50 | 4 Nov 2026");
        assert_eq!(all("da"), "-1.234,50 | 4. nov. 2026");
        assert_eq!(all("sv"), "\u{2212}1_234,50 | 4 nov. 2026");
        assert_eq!(all("nb"), "\u{2212}1_234,50 | 4. nov. 2026");
        assert_eq!(all("fi"), "\u{2212}1_234,50 | 4.11.2026");
        assert_eq!(all("is"), "-1.234,50 | 4. nóv. 2026");

        assert_eq!(order(&lang("sv"), "Åland", "Zambia"), Ordering::Greater);
        assert_eq!(order(&lang("en"), "Åland", "Zambia"), Ordering::Less);
        assert_eq!(order(&lang("is"), "Þór", "Æsir"), Ordering::Less);
        assert_eq!(order(&lang("da"), "Aarhus", "Zealand"), Ordering::Greater);
    }

    #[test]
    fn short_numbers_are_written_as_all_others() {
        for tag in ["en", "da", "sv", "nb", "fi", "is", "ar-EG", "de-CH", "fa", "et"] {
            let formats = Formats::new(&lang(tag));
            let formatter = formats.decimal.as_ref().unwrap();
            for plain in
                ["0", "-0", "7", "-7", "12", "999", "1000", "0.50", "-0.05", "-12.75", "100.00", "012", "-1234.5"]
            {
                let written = formatter.format(&plain.parse().unwrap()).to_string();
                let short = formats.signs.as_ref().and_then(|signs| signs.number(plain));
                assert!(short.is_none_or(|short| short == written), "{tag}: {plain}");
                assert_eq!(number(&lang(tag), plain), written, "{tag}: {plain}");
            }
            for text in ["", "-", ".5", "1.", "1.2.3", "+1", "1e3"] {
                let short = formats.signs.as_ref().and_then(|signs| signs.number(text));
                assert_eq!(short, None, "{tag}: {text}");
            }
        }
        assert!(Formats::new(&lang("da")).signs.is_some());
    }

    #[test]
    fn what_is_said_of_one_thing_follows_the_language() {
        let ones = |tag: &str| {
            let all = ["0", "1", "2", "11", "21", "31", "101", "111", "1\u{a0}001"];
            all.into_iter().filter(|n| is_one(&lang(tag), n)).collect::<Vec<_>>().join(" ")
        };
        for tag in ["en", "da", "sv", "nb", "fi"] {
            assert_eq!(ones(tag), "1", "{tag}");
        }
        assert_eq!(ones("is"), "1 21 31 101 1\u{a0}001");
    }

    #[test]
    fn what_is_neither_stays_as_it_is() {
        assert_eq!(number(&lang("da"), "1/2"), "1/2");
        assert_eq!(date(&lang("fi"), "2029-07"), "heinäkuu 2029");
        for text in ["2026", "2029-13", "2026-13-01", "undated"] {
            assert_eq!(date(&lang("da"), text), text);
        }
    }
}
