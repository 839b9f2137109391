//! `lygte read-legacy`: the process that `assess --legacy-formats` starts for each old file. Not for people.

use std::io::{Read as _, Write as _};

use clap::Args;

use crate::batch::ENCRYPTED;
use crate::questionnaire::{LegacyFault, convert_legacy};

use super::{DONE, FAILED};

#[derive(Debug, Args)]
pub(super) struct LegacyArgs {
    /// Memory it may take
    #[arg(long)]
    memory_mib: u64,
    /// Seconds of computing it may take
    #[arg(long)]
    seconds: u64,
}

/// Reads a file from standard input and writes it to standard output as a workbook of today's format.
pub(super) fn run(args: &LegacyArgs) -> u8 {
    if !limit(args.memory_mib, args.seconds) {
        return FAILED;
    }
    let mut bytes = Vec::new();
    if std::io::stdin().read_to_end(&mut bytes).is_err() {
        return FAILED;
    }
    match convert_legacy(&bytes) {
        Ok(workbook) => match std::io::stdout().write_all(&workbook) {
            Ok(()) => DONE,
            Err(_) => FAILED,
        },
        Err(LegacyFault::Encrypted) => ENCRYPTED,
        Err(LegacyFault::Broken) => FAILED,
    }
}

/// Limits this process before it looks at what it was given. Where the system has no such limits, the parent's clock is
/// left.
#[cfg(unix)]
pub(super) fn limit(memory_mib: u64, seconds: u64) -> bool {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let set = |resource: Resource, most: u64| {
        // What this process was given by its own parent it cannot exceed.
        let most = getrlimit(resource).maximum.map_or(most, |given| given.min(most));
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) }).is_ok()
    };
    set(Resource::As, memory_mib.saturating_mul(1024 * 1024))
        && set(Resource::Cpu, seconds.max(1))
        && set(Resource::Core, 0)
}

#[cfg(not(unix))]
pub(super) fn limit(_: u64, _: u64) -> bool {
    true
}
