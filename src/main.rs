//! The command `lygte`. Everything is in [`lygte::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    lygte::cli::main()
}
