//! calamine merely reading, in Rust: the sheets that a peer needs, and nothing made of them. One argument, a folder.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that cannot read its corpus fails")]

use std::io::Cursor;
use std::path::PathBuf;

use calamine::{Reader as _, Xlsx};

fn main() {
    let folder = PathBuf::from(std::env::args_os().nth(1).expect("a folder"));
    let mut paths: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut cells = 0;
    for path in paths {
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(std::fs::read(path).unwrap())).unwrap();
        let names = book.sheet_names();
        for name in names[1..6].iter().map(String::as_str).chain(["_meta"]) {
            cells += book.worksheet_range(name).unwrap().used_cells().count();
        }
    }
    println!("{cells}");
}
