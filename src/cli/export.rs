//! `lygte export`: the built-in files, ready to edit.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::assets::{self, Folder};
use crate::batch::write_new;
use crate::error::{Error, Result};
use crate::report::is_template;

use super::{DONE, Outcome, render::Console};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  lygte export checklists my-lists
  lygte export templates my-templates

Keep only the files you change: a file in your folder replaces the built-in one of the same name.")]
pub(super) struct ExportArgs {
    /// What to write
    #[arg(value_enum)]
    what: What,
    /// Folder to write to
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    Checklists,
    Templates,
}

pub(super) fn run(args: &ExportArgs, console: &Console) -> Outcome {
    let folder = match args.what {
        What::Checklists => Folder::Checklists,
        What::Templates => Folder::Templates,
    };
    let names = assets::list(folder);
    if let Some(there) = names.iter().map(|n| args.folder.join(n)).find(|p| p.exists()) {
        return Err(Error::Exists { path: there }.into());
    }
    for name in &names {
        let text = assets::text(folder, name).unwrap_or_default();
        write_new(&args.folder.join(name), text.as_bytes())?;
    }
    console.note(&format!("wrote {} files to {}", names.len(), args.folder.display()));
    Ok(DONE)
}

/// The user's templates, by name; a later folder wins. Only ordinary files in the folder itself or below it are taken.
pub(super) fn user_templates(folders: &[PathBuf]) -> Result<BTreeMap<String, String>> {
    let mut out = BTreeMap::new();
    for folder in folders {
        walk(folder, folder, &mut out)?;
    }
    Ok(out)
}

fn walk(root: &Path, folder: &Path, out: &mut BTreeMap<String, String>) -> Result<()> {
    let fail = |source| Error::Read { path: folder.to_owned(), source };
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let path = entry.path();
        let kind = entry.file_type().map_err(fail)?;
        if kind.is_dir() {
            walk(root, &path, out)?;
        } else if kind.is_file() {
            let relative = path.strip_prefix(root).unwrap_or(&path);
            let name = relative.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            if !is_template(&name) {
                continue;
            }
            let bytes = std::fs::read(&path).map_err(|source| Error::Read { path: path.clone(), source })?;
            out.insert(name, Error::text(&path, bytes)?);
        }
    }
    Ok(())
}
