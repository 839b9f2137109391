//! Personal data in what was read, masked before anything is made of it: once, where free text enters.
//!
//! Free text is what stands in comment, document, reference and signature cells, what was written in an answer cell, and
//! where and by whom a visit was made. Ids, answers as understood, the profile and the supplier's name stay as they are.

use crate::diag::{Code, Diagnostic, Place};
use crate::model::{Cell, Entry};
use crate::questionnaire::{Beside, Columns};
use crate::report::{Mask, Personal};

use super::review::place_of;
use super::workbook::{Part, Read};

/// Masks what was read of a file, and says in its record in which cells.
pub(super) fn mask(mask: &Mask, read: &mut Read) {
    let profile: Vec<Place> =
        read.part.iter().flat_map(|p| p.returned.facts.values()).map(|fact| fact.place.clone()).collect();
    let mut pass = Pass { mask, masked: Vec::new() };
    for d in read.record.diagnostics.iter_mut().filter(|d| !profile.contains(&d.place)) {
        pass.diagnostic(d);
    }
    if let Some(part) = &mut read.part {
        pass.part(part);
    }
    let mut masked = pass.masked;
    masked.sort_by_cached_key(|(place, kind)| (place.to_string(), *kind));
    masked.dedup();
    let said =
        masked.into_iter().map(|(place, kind)| Diagnostic::new(Code::Masked, place).phrase("what", kind.phrase()));
    read.record.diagnostics.extend(said);
}

struct Pass<'m> {
    mask: &'m Mask,
    masked: Vec<(Place, Personal)>,
}

impl Pass<'_> {
    fn text(&mut self, text: &mut String, place: impl FnOnce() -> Place) {
        if let Some((instead, kinds)) = self.mask.apply(text) {
            *text = instead;
            let place = place();
            self.masked.extend(kinds.into_iter().map(|kind| (place.clone(), kind)));
        }
    }

    fn diagnostic(&mut self, d: &mut Diagnostic) {
        let Diagnostic { place, args, raw, taken, signed, other, .. } = d;
        // A whole file's are ours: a revision, a name.
        if matches!(place, Place::File(_)) {
            return;
        }
        // What a message is filled with is said in the raw text too, where it comes from the cell.
        let args = args.iter_mut().filter(|(name, _)| *name == "taken").map(|(_, value)| value);
        let signed = signed.iter_mut().flat_map(|(by, reason)| [by, reason]);
        for text in raw.iter_mut().chain(taken).chain(args).chain(signed) {
            self.text(text, || place.clone());
        }
        if let Some((place, Some(text))) = other {
            self.text(text, || place.clone());
        }
    }

    fn part(&mut self, part: &mut Part) {
        let Part { returned, corrections, .. } = part;
        let columns = &returned.columns;
        for (_, entry) in returned.exposure.iter_mut().chain(&mut returned.controls) {
            self.entry(entry, columns);
        }
        for (_, finding) in &mut returned.findings {
            self.entry(&mut finding.entry, columns);
            let cell = finding.entry.cell.clone();
            for (text, what) in [(&mut finding.reference, Beside::Reference), (&mut finding.signed, Beside::Signed)] {
                self.beside(text.as_mut(), cell.as_ref(), what, columns);
            }
        }
        for sign in &mut returned.signs {
            let cell = sign.cell.clone();
            if let Some((raw, cell)) = sign.raw.as_mut().zip(cell.as_ref()) {
                self.text(raw, || place_of(cell));
            }
            self.beside(sign.comment.as_mut(), cell.as_ref(), Beside::Comment, columns);
            self.beside(sign.closure.as_mut().map(|c| &mut c.signed), cell.as_ref(), Beside::Signed, columns);
        }
        if let Some(look) = &mut returned.look {
            let place = Place::File(look.file.clone());
            for text in look.role.iter_mut().chain(&mut look.site) {
                self.text(text, || place.clone());
            }
        }
        // These stand in the queue, and in the record with their place.
        for correction in corrections.values_mut() {
            for text in [&mut correction.by, &mut correction.reason] {
                if let Some((instead, _)) = self.mask.apply(text) {
                    *text = instead;
                }
            }
        }
    }

    fn entry(&mut self, entry: &mut Entry, columns: &Columns) {
        let Entry { raw, comment, document, cell, .. } = entry;
        let cell = cell.as_ref();
        if let Some((raw, cell)) = raw.as_mut().zip(cell) {
            self.text(raw, || place_of(cell));
        }
        self.beside(comment.as_mut(), cell, Beside::Comment, columns);
        self.beside(document.as_mut(), cell, Beside::Document, columns);
    }

    /// Without an answer cell there is no row, and nothing beside it.
    fn beside(&mut self, text: Option<&mut String>, cell: Option<&Cell>, what: Beside, columns: &Columns) {
        if let Some((text, cell)) = text.zip(cell) {
            self.text(text, || place_of(&columns.beside(cell, what)));
        }
    }
}
