//! The command `lygte`. Everything is in [`lygte::cli`].

use std::io::{Write as _, stdout};

/// A seventh of a run was glibc's allocator: a page is thousands of small values, made and dropped. Version 2, for version 3
/// kept 92 MB with 10,000 files; without huge pages, which took 10 MB more and no less time. A program that uses the
/// library chooses its own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ! {
    let code = lygte::cli::main();
    // As the end of a process does it.
    let _ = stdout().flush();
    // At the end of a process the allocator first gives back what it holds, piece by piece: a twentieth of what one workbook
    // takes. So the process ends here, where everything is done.
    signal_hook::low_level::exit(code.into())
}
