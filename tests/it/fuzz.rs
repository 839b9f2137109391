//! The bodies of the fuzz targets, on inputs that are made from seeds: sound ones, spoilt a little.
//!
//! P13: no input ends the process. P20: a library caller gets a `Result`.

#[path = "../../fuzz/bodies.rs"]
mod bodies;

use proptest::prelude::*;

use crate::hostile::{base, raw};

/// A change to some bytes: where, as a share of the length, and what.
#[derive(Clone, Debug)]
enum Change {
    Set(u16, u8),
    Insert(u16, Vec<u8>),
    Remove(u16, u16),
    Copy(u16, u16, u16),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<u16>(), any::<u8>()).prop_map(|(at, b)| Change::Set(at, b)),
        (any::<u16>(), proptest::collection::vec(any::<u8>(), 1..12)).prop_map(|(at, b)| Change::Insert(at, b)),
        (any::<u16>(), any::<u16>()).prop_map(|(at, n)| Change::Remove(at, n)),
        (any::<u16>(), any::<u16>(), any::<u16>()).prop_map(|(from, n, to)| Change::Copy(from, n, to)),
    ]
}

fn spoil(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        let length = bytes.len();
        let at = |share: u16| usize::from(share) * length / usize::from(u16::MAX);
        let stretch = |from: u16, n: u16| at(from)..(at(from) + usize::from(n % 200)).min(length);
        match change {
            Change::Set(place, byte) => {
                if let Some(b) = bytes.get_mut(at(*place)) {
                    *b = *byte;
                }
            }
            Change::Insert(place, more) => drop(bytes.splice(at(*place)..at(*place), more.iter().copied())),
            Change::Remove(place, n) => drop(bytes.drain(stretch(*place, *n))),
            Change::Copy(from, n, to) => {
                let copy = bytes[stretch(*from, *n)].to_vec();
                drop(bytes.splice(at(*to)..at(*to), copy));
            }
        }
    }
    bytes
}

/// Pieces that spreadsheets are made of, and pieces that they are not.
const PIECES: &[&str] = &[
    "<row>",
    "</row>",
    "<row r=\"1\">",
    "<c r=\"A1\">",
    "<c>",
    "</c>",
    "<v>",
    "</v>",
    "<f/>",
    "<is><t>x</t></is>",
    "<t/>",
    "<sheetData>",
    "</sheetData>",
    "</worksheet>",
    "<mc:AlternateContent>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "&amp;",
    "&#0;",
    "&x;",
    "<!DOCTYPE x>",
    " r=\"XFD1048576\"",
    " t=\"s\"",
    " s=\"99\"",
    "1e999",
    "-1",
    "\u{0}",
    "<?x?>",
    "<a:b/>",
];

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 1_000,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_124),
        ..ProptestConfig::default()
    })]

    #[test]
    fn spoilt_workbooks(changes in proptest::collection::vec(change(), 1..6), packed in any::<bool>()) {
        let parts = base().parts();
        let bytes = if packed { raw::zip(&parts) } else { raw::stored(&parts) };
        bodies::workbook(&spoil(bytes, &changes));
    }

    #[test]
    fn spoilt_parts(
        which in 0..6u8,
        changes in proptest::collection::vec(change(), 0..4),
        pieces in proptest::collection::vec((any::<u16>(), 0..PIECES.len()), 0..6),
    ) {
        let names = ["_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet2.xml",
            "xl/sharedStrings.xml", "xl/styles.xml"];
        let parts = base().parts();
        let part = parts.iter().find(|(n, _)| n == names[usize::from(which)]).unwrap().1.clone();
        let inserts: Vec<Change> =
            pieces.into_iter().map(|(at, n)| Change::Insert(at, PIECES[n].as_bytes().to_vec())).collect();
        let mut bytes = vec![which];
        bytes.extend(spoil(spoil(part, &inserts), &changes));
        bodies::guard(&bytes);
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        bodies::workbook(&bytes);
        bodies::guard(&bytes);
    }

    #[test]
    fn spoilt_checklists(changes in proptest::collection::vec(change(), 0..6)) {
        let list = "schema: lygte/checklist/1\nid: guide-a\nkind: controls\nsection: A\nsheet: A\ntitle: A\nintro: i\nedition: \"1\"\n\
            complete: true\nquestions:\n  - id: knows-law\n    number: A1\n    text: T?\n    why: w\n    evidence: e\n    measure: m\n    \
            scale: yes-partly-no\n    weight: 2\n    ilo: []\n    source: {id: nordic-base, item: x}\n    basis: own\n";
        bodies::yaml(&spoil(list.as_bytes().to_vec(), &changes));
    }
}
