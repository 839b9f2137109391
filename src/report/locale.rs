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

use crate::model::{Exact, Lang, push_digits, push_two_digits};

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
        let (units, decimals) = digits.split_at(digits.bytes().take_while(u8::is_ascii_digit).count());
        let is_short = (1..=3).contains(&units.len()) && (units.len() == 1 || !units.starts_with('0'));
        let is_number = |t: &&str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        let (point, decimals) = match decimals {
            "" => ("", ""),
            _ => (&*self.point, decimals.strip_prefix('.').filter(is_number)?),
        };
        is_short.then(|| [minus, units, point, decimals].concat())
    }

    /// A whole number that is as short.
    fn whole(&self, n: i64) -> Option<String> {
        let units = n.unsigned_abs();
        (units < 1000).then(|| self.units(n < 0, units))
    }

    /// A number of hundredths that is as short, with two decimals.
    fn hundredths(&self, n: i64) -> Option<String> {
        let (units, rest) = (n.unsigned_abs() / 100, n.unsigned_abs() % 100);
        (units < 1000).then(|| {
            let mut number = self.units(n < 0, units);
            number.push_str(&self.point);
            push_two_digits(rest, &mut number);
            number
        })
    }

    fn units(&self, is_negative: bool, units: u64) -> String {
        let mut number = String::with_capacity(16);
        if is_negative {
            number.push_str(&self.minus);
        }
        push_digits(units, &mut number);
        number
    }
}

thread_local! {
    /// Made once per language and thread: making them costs more than using them.
    static MADE: RefCell<Vec<(Lang, Rc<Formats>)>> = const { RefCell::new(Vec::new()) };
}

fn formats(lang: &Lang) -> Rc<Formats> {
    MADE.with_borrow_mut(|made| {
        // There are a few, and the language is mostly the very same.
        if let Some((_, formats)) = made.iter().find(|(of, _)| of == lang) {
            return Rc::clone(formats);
        }
        let formats = Rc::new(Formats::new(lang));
        made.push((lang.clone(), Rc::clone(&formats)));
        formats
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

/// A number with two decimals.
pub(super) fn two_decimals(lang: &Lang, value: &Exact) -> String {
    let formats = formats(lang);
    let short = formats.signs.as_ref().zip(value.in_hundredths()).and_then(|(signs, n)| signs.hundredths(n));
    short.unwrap_or_else(|| number(lang, &value.shown()))
}

/// A number rounded to a whole one.
pub(super) fn whole(lang: &Lang, value: &Exact) -> String {
    let formats = formats(lang);
    let short = formats.signs.as_ref().zip(value.in_wholes()).and_then(|(signs, n)| signs.whole(n));
    short.unwrap_or_else(|| number(lang, &value.rounded()))
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
            for value in ["0", "1/8", "-1/8", "-1/500", "-7", "12.345", "999.5", "-999.995", "1000", "-1234.5"] {
                let (lang, value): (Lang, Exact) = (lang(tag), value.parse().unwrap());
                assert_eq!(two_decimals(&lang, &value), number(&lang, &value.shown()), "{tag}: {value}");
                assert_eq!(whole(&lang, &value), number(&lang, &value.rounded()), "{tag}: {value}");
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
