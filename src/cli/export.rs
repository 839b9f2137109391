//! `lygte export`: the built-in files, ready to edit.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::assets::{self, Folder};
use crate::batch::write_new;
use crate::error::Error;

use super::{
    DONE, Outcome,
    render::{Console, count},
};

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
    console.note(&format!("wrote {} to {}", count(names.len(), "file"), args.folder.display()));
    Ok(DONE)
}
