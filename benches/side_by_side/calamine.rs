//! calamine merely reading, in Rust, and nothing made of it. Two arguments: a folder, and `all` for every sheet or `needed`
//! for those that a peer needs.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that cannot read its corpus fails")]

use std::io::Cursor;
use std::path::PathBuf;

use calamine::{Reader as _, Xlsx};

fn main() {
    let mut args = std::env::args_os().skip(1);
    let folder = PathBuf::from(args.next().expect("a folder"));
    let all = args.next().expect("all or needed") == "all";
    let mut paths: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut cells = 0;
    for path in paths {
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(std::fs::read(path).unwrap())).unwrap();
        let names = book.sheet_names();
        for (at, name) in names.iter().enumerate() {
            if all || (1..6).contains(&at) || name == "_meta" {
                cells += book.worksheet_range(name).unwrap().used_cells().count();
            }
        }
    }
    println!("{cells}");
}
