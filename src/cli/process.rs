//! How the process is stopped, and how it ends.

use std::io::{Write as _, stdout};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

use crate::error::Error;

use super::{FAILED, Stop};

/// The first interrupt, or request to end, is noted, and the run ends in good order; the second ends it at once.
pub(super) fn watch() -> Result<Arc<AtomicUsize>, Stop> {
    let stop = Arc::new(AtomicUsize::new(0));
    let again = Arc::new(AtomicBool::new(false));
    let cannot = |e: std::io::Error| Stop::Failed(Error::NoInput(format!("signals cannot be watched: {e}")));
    for signal in [SIGINT, SIGTERM] {
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&again)).map_err(cannot)?;
        flag::register(signal, Arc::clone(&again)).map_err(cannot)?;
        flag::register_usize(signal, Arc::clone(&stop), usize::try_from(signal).unwrap_or(2)).map_err(cannot)?;
    }
    Ok(stop)
}

/// What a shell says of a process that a signal ended.
pub(super) fn interrupted(signal: usize) -> u8 {
    u8::try_from(signal.saturating_add(128)).unwrap_or(FAILED)
}

/// Ends the process. At the usual end the allocator first gives back what it holds, piece by piece, which was a twentieth of
/// a run over one workbook; by now everything is done, and only what waits for standard output is left.
pub(super) fn end(code: u8) -> ! {
    let _ = stdout().flush();
    low_level::exit(code.into())
}
