//! The command `lygte`. Everything is in [`lygte::cli`].

/// A seventh of a run was glibc's allocator: a page is thousands of small values, made and dropped. Version 2, for version 3
/// kept 92 MB with 10,000 files; without huge pages, which took 10 MB more and no less time. A program that uses the
/// library chooses its own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ! {
    lygte::cli::main()
}
