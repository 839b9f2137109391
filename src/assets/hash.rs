//! By which a text is found among thousands: it is worked out by the build script as well.

/// FNV-1a of a text.
pub(crate) fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
