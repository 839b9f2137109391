//! A part of the package, unpacked whole: chunk by chunk under its limits, and its checksum compared, before anything of
//! it is looked at.
//!
//! The zip's directory says where a part lies and what it is packed with; from there on it is unpacked straight into the
//! memory where it is read. Reading it through the zip's own reader took a new state, a new buffer and a copy for each.
//! libdeflate unpacks what is no longer than a chunk: it takes half the time of zlib, and needs all of the room beforehand.
//! Longer parts, and all it does not take, go through flate2. So what is refused, and why, is said by one of the two only.

use std::cell::Cell;
use std::io::{BufReader, Read as _};
use std::time::{Duration, Instant};

use flate2::{Crc, Decompress, FlushDecompress, Status};
use libdeflater::Decompressor;
use quick_xml::encoding::DecodingReader;

use crate::diag::Place;

use super::Limits;
use super::xml::{Refusal, damaged};

/// What may still be spent on one file.
#[derive(Debug)]
pub(super) struct Budget<'l> {
    pub(super) limits: &'l Limits,
    unpacked: Cell<u64>,
    deadline: Instant,
}

impl<'l> Budget<'l> {
    pub(super) fn new(limits: &'l Limits) -> Self {
        // A year is as good as for ever, and the clock can say it.
        let seconds = limits.seconds.min(31_536_000);
        Self { limits, unpacked: Cell::new(0), deadline: Instant::now() + Duration::from_secs(seconds) }
    }

    pub(super) fn is_over(&self) -> bool {
        Instant::now() >= self.deadline
    }

    /// Looks at the clock, and at what a part takes with one more chunk.
    pub(super) fn spend(&self, part: usize, chunk: usize, place: &Place) -> Result<(), Refusal> {
        let reached = |name| Err(self.limits.reached(name, None, place.clone()));
        let total = self.unpacked.get().saturating_add(count(chunk));
        self.unpacked.set(total);
        if self.is_over() {
            reached("seconds")
        } else if count(part) > Limits::bytes(self.limits.part_mib) {
            reached("part-mib")
        } else if total > Limits::bytes(self.limits.unpacked_mib) {
            reached("unpacked-mib")
        } else {
            Ok(())
        }
    }
}

fn count(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

/// A part as it lies in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packed<'b> {
    pub(super) bytes: &'b [u8],
    /// It is packed at all.
    pub(super) deflated: bool,
    /// How long it says it is, unpacked.
    pub(super) size: u64,
    pub(super) checksum: u32,
}

/// So much is unpacked at once.
const CHUNK: usize = 1 << 18;

/// With less room than this, zlib writes byte by byte.
const MARGIN: usize = 260;

/// A part, unpacked. Its place in memory is used again for the next.
pub(super) struct Text {
    /// Unpacks what is no longer than a chunk.
    whole: Decompressor,
    /// Unpacks the rest, chunk by chunk.
    inflate: Decompress,
    /// Where the part lies, up to its length; what was there before lies behind.
    space: Vec<u8>,
    length: usize,
    /// It came in two bytes a character.
    pub(super) wide: bool,
}

impl Default for Text {
    fn default() -> Self {
        let (whole, inflate) = (Decompressor::new(), Decompress::new(false));
        Self { whole, inflate, space: Vec::new(), length: 0, wide: false }
    }
}

impl Text {
    /// Unpacks a part to its very end, and compares its checksum.
    pub(super) fn unpack(&mut self, part: Packed<'_>, budget: &Budget<'_>, place: &Place) -> Result<(), Refusal> {
        let checksum = if let Some(checksum) = self.at_once(part) {
            budget.spend(self.length, self.length, place)?;
            checksum
        } else {
            self.by_chunks(part, budget, place)?
        };
        if checksum != part.checksum {
            return Err(damaged("checksum", place));
        }
        self.narrow(budget, place)
    }

    /// Unpacks a part that says it has no more than a chunk, and returns its checksum; `None` if it has more, or cannot be
    /// unpacked: what is wrong with it shows by chunks.
    fn at_once(&mut self, part: Packed<'_>) -> Option<u32> {
        let size = usize::try_from(part.size).ok().filter(|size| part.deflated && *size <= CHUNK)?;
        if self.space.len() < size {
            self.space.resize(size, 0);
        }
        self.length = self.whole.deflate_decompress(part.bytes, self.space.get_mut(..size)?).ok()?;
        self.space.get(..self.length).map(libdeflater::crc32)
    }

    /// Unpacks a part of any length, and returns its checksum.
    fn by_chunks(&mut self, part: Packed<'_>, budget: &Budget<'_>, place: &Place) -> Result<u32, Refusal> {
        self.inflate.reset(false);
        self.length = 0;
        let size = usize::try_from(part.size).unwrap_or(usize::MAX);
        let mut checksum = Crc::new();
        let mut rest = part.bytes;
        let mut ended = false;
        while !ended {
            // More than it says it has, so that one that has more is seen, and unpacked fast to its end.
            let room = size.saturating_sub(self.length).saturating_add(MARGIN).min(CHUNK);
            let end = self.length.saturating_add(room);
            if self.space.len() < end {
                self.space.resize(end, 0);
            }
            let space = self.space.get_mut(self.length..end).unwrap_or_default();
            let (read, written) = if part.deflated {
                let (read, written) = (self.inflate.total_in(), self.inflate.total_out());
                let status = self.inflate.decompress(rest, space, FlushDecompress::Finish);
                ended = status.map_err(|_| damaged("checksum", place))? == Status::StreamEnd;
                let since = |now: u64, before: u64| usize::try_from(now.saturating_sub(before)).unwrap_or(usize::MAX);
                (since(self.inflate.total_in(), read), since(self.inflate.total_out(), written))
            } else {
                let length = rest.len().min(space.len());
                space.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                (length, length)
            };
            // One that is cut off ends as well; the checksum says whether something is missing.
            ended |= read == 0 && written == 0;
            rest = rest.get(read..).unwrap_or_default();
            checksum.update(space.get(..written).unwrap_or_default());
            self.length = self.length.saturating_add(written);
            budget.spend(self.length, written, place)?;
            if self.length > size {
                return Err(damaged("checksum", place));
            }
        }
        Ok(checksum.sum())
    }

    /// Turns text in two bytes a character into the usual form.
    fn narrow(&mut self, budget: &Budget<'_>, place: &Place) -> Result<(), Refusal> {
        let part = self.space.get(..self.length).unwrap_or_default();
        self.wide = matches!(part, [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, b'<', ..] | [b'<', 0, ..]);
        if self.wide {
            let limit = Limits::bytes(budget.limits.part_mib);
            let mut narrow = Vec::new();
            let mut reader = DecodingReader::new(BufReader::new(part)).take(limit.saturating_add(1));
            reader.read_to_end(&mut narrow).map_err(|_| damaged("other-encoding", place))?;
            (self.length, self.space) = (narrow.len(), narrow);
            if count(self.length) > limit {
                return Err(budget.limits.reached("part-mib", None, place.clone()));
            }
        }
        Ok(())
    }

    /// How long it is, if it is as it was unpacked.
    pub(super) fn length(&self) -> Option<usize> {
        (!self.wide).then_some(self.length)
    }

    /// How much memory it has.
    pub(super) fn room(&self) -> usize {
        self.space.len()
    }

    /// What it says.
    pub(super) fn read(&self, place: &Place) -> Result<&str, Refusal> {
        simdutf8::basic::from_utf8(self.space.get(..self.length).unwrap_or_default())
            .map_err(|_| damaged("other-encoding", place))
    }
}

#[cfg(test)]
impl Text {
    /// A part that says this.
    pub(super) fn of(part: &str) -> Self {
        Self { space: part.as_bytes().to_vec(), length: part.len(), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use std::io::Write as _;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut out = DeflateEncoder::new(Vec::new(), Compression::default());
        out.write_all(text).unwrap();
        out.finish().unwrap()
    }

    fn checksum(text: &[u8]) -> u32 {
        let mut crc = Crc::new();
        crc.update(text);
        crc.sum()
    }

    /// Parts of many chunks, of none, and again into the same memory: each whole, each held to its size and checksum.
    #[test]
    fn parts_are_whole_or_refused() {
        let limits = Limits::default();
        let place = Place::File("x.xlsx".into());
        let mut text = Text::default();
        for length in [0, 1, 100, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7] {
            let content: Vec<u8> = (0..length).map(|n| b"<a>text</a>"[(n + n / 977) % 11]).collect();
            let (size, sum, bytes) = (u64::try_from(length).unwrap(), checksum(&content), packed(&content));
            for (bytes, deflated) in [(bytes.as_slice(), true), (content.as_slice(), false)] {
                let budget = Budget::new(&limits);
                let part = Packed { bytes, deflated, size, checksum: sum };
                text.unpack(part, &budget, &place).unwrap();
                assert!(text.space[..text.length] == content, "{length}");
                assert_eq!(budget.unpacked.get(), size);
                let mut refused = |part| text.unpack(part, &Budget::new(&limits), &place).is_err();
                assert!(refused(Packed { checksum: sum ^ 1, ..part }), "{length}");
                if length > 0 {
                    assert!(refused(Packed { size: size - 1, ..part }), "{length}");
                    assert!(refused(Packed { bytes: &bytes[..bytes.len() / 2], ..part }), "{length}");
                }
            }
        }
    }

    /// Whatever is flipped in a part, the two ways to unpack it come to the same, or one of them leaves it to the other.
    #[test]
    fn at_once_as_by_chunks() {
        let limits = Limits::default();
        let place = Place::File("x.xlsx".into());
        let content: Vec<u8> = (0..300_usize).map(|n| b"<a>text</a>"[(n + n / 77) % 11]).collect();
        let (size, bytes) = (u64::try_from(content.len()).unwrap(), packed(&content));
        let (mut at_once, mut by_chunks) = (Text::default(), Text::default());
        let mut agreed = 0;
        for bit in 0..=8 * bytes.len() {
            let mut bytes = bytes.clone();
            if let Some(byte) = bytes.get_mut(bit / 8) {
                *byte ^= 1 << (bit % 8);
            }
            let part = Packed { bytes: &bytes, deflated: true, size, checksum: 0 };
            let sum = at_once.at_once(part);
            if let (Some(sum), Ok(other)) = (sum, by_chunks.by_chunks(part, &Budget::new(&limits), &place)) {
                assert_eq!(sum, other);
                assert!(at_once.space[..at_once.length] == by_chunks.space[..by_chunks.length]);
                agreed += 1;
            }
        }
        assert!(agreed > 1);
    }
}
