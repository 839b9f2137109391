//! `lygte try-templates`: the process in which templates of somebody's own are tried before anything depends on them. A
//! text in a template that grows without end would bring down whatever process it runs in; here it costs nothing.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use clap::Args;

use crate::error::{Error, Result};

use super::{Common, DONE, FAILED, Outcome, legacy, render::Console};

/// Memory that all pages together may take.
const MEMORY_MIB: u64 = 2048;
/// Seconds of computing; a page that takes too long is given up before.
const SECONDS: u64 = 30;
/// When nothing has come of it, on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(60);
/// Its exit code when a template exceeds the bounds that it is held to from within.
const EXCEEDED: i32 = 7;

#[derive(Debug, Args)]
pub(super) struct TrialArgs {
    /// Folders of templates
    #[arg(required = true)]
    folders: Vec<PathBuf>,
}

/// Makes every page once, with limits on the process. Errors of templates are not told here: who started this finds them,
/// with their places.
pub(super) fn run(args: &TrialArgs, common: &Common, console: &Console) -> Outcome {
    if !legacy::limit(MEMORY_MIB, SECONDS) {
        return Ok(FAILED);
    }
    let (_, library) = super::library(common, console)?;
    match super::templates::check(&args.folders, &library, false) {
        Err(Error::Unbounded { template, what }) => {
            console.print(&format!("{template}\n{what}"))?;
            Ok(u8::try_from(EXCEEDED).unwrap_or(FAILED))
        }
        Ok(_) | Err(_) => Ok(DONE),
    }
}

/// Tries templates in a process of their own.
///
/// # Errors
/// If one of them has no end, or takes more memory than all pages should.
pub(super) fn bounded(folders: &[PathBuf], common: &Common) -> Result<()> {
    if super::templates::read(folders)?.is_empty() {
        return Ok(());
    }
    let program = std::env::current_exe();
    let program = program.map_err(|source| Error::Read { path: "the program itself".into(), source })?;
    let failed = |source| Error::Read { path: program.clone(), source };
    let checklists = common.checklists.iter().flat_map(|folder| [Path::new("--checklists"), folder]);
    let mut child = Command::new(&program)
        .arg("try-templates")
        .args(checklists)
        .arg("--")
        .args(folders)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed)?;
    let (send, receive) = mpsc::channel();
    let output = child.stdout.take();
    std::thread::spawn(move || {
        let told = output.map(std::io::read_to_string).and_then(std::result::Result::ok);
        drop(send.send(told.unwrap_or_default()));
    });
    let told = receive.recv_timeout(PATIENCE);
    if told.is_err() {
        let _ = child.kill();
    }
    let code = child.wait().map_err(failed)?.code();
    let unbounded =
        |template: &str, message: &str| Error::Template { template: template.to_owned(), message: message.to_owned() };
    match (told, code) {
        (Ok(told), Some(EXCEEDED)) => {
            let (template, what) = told.split_once('\n').unwrap_or_default();
            Err(unbounded(template, &format!("it {what}")))
        }
        (Ok(_), Some(_)) => Ok(()),
        _ => {
            let names: Vec<String> = super::templates::read(folders)?.into_keys().collect();
            let message = format!(
                "tried on an invented supplier, it takes more than {MEMORY_MIB} MiB of memory or too long: a text or list in \
                 it may grow without end"
            );
            Err(unbounded(&names.join(", "), &message))
        }
    }
}
