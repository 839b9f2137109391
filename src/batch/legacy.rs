//! Old formats, read in a process of their own: what goes wrong there costs one file, whatever it is.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use crate::diag::{Code, Diagnostic, Place};
use crate::questionnaire::{Legacy, legacy};

use super::Reading;

/// The exit code of the process for a file behind a password.
pub const ENCRYPTED: u8 = 2;

/// The bytes of a workbook in today's format: those that came in, or those made from an old format if that is asked for.
pub(super) fn modern(
    bytes: Vec<u8>,
    file: &Arc<str>,
    reading: &Reading,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Vec<u8>, Box<Diagnostic>> {
    let Some(program) = &reading.legacy else { return Ok(bytes) };
    let kind = match legacy(&bytes) {
        None => return Ok(bytes),
        Some(Legacy::Xls) => "xls",
        Some(Legacy::Ods) => "ods",
    };
    let place = Place::File(file.clone());
    let turned = run(program, &bytes, reading);
    match turned {
        Ok(bytes) => {
            diagnostics.push(Diagnostic::new(Code::LegacyRead, place).phrase("kind", kind));
            Ok(bytes)
        }
        Err(Fault::Slow) => Err(reading.limits.slow(file)),
        Err(Fault::Encrypted) => Err(Box::new(Diagnostic::new(Code::EncryptedWorkbook, place))),
        Err(Fault::Broken) => {
            Err(Box::new(Diagnostic::new(Code::DamagedWorkbook, place).phrase("problem", "legacy-broken")))
        }
    }
}

/// Whether a file is of an old format.
pub(super) fn is_old(bytes: &[u8]) -> bool {
    legacy(bytes).is_some()
}

enum Fault {
    Slow,
    Encrypted,
    Broken,
}

/// Runs the process: the file to its standard input, the workbook from its standard output.
fn run(program: &Path, bytes: &[u8], reading: &Reading) -> Result<Vec<u8>, Fault> {
    let limits = &reading.limits;
    let mut child = Command::new(program)
        .arg("read-legacy")
        .args(["--memory-mib", &limits.legacy_mib.to_string(), "--seconds", &limits.seconds.to_string()])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|_| Fault::Broken)?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else { return Err(Fault::Broken) };
    let most = limits.file_bytes().saturating_add(1);
    std::thread::scope(|scope| {
        let (send, receive) = mpsc::channel();
        // A process that ends early does not read to the end; that is no fault of its own.
        scope.spawn(move || drop(input.write_all(bytes)));
        scope.spawn(move || {
            let mut workbook = Vec::new();
            let read = output.take(most).read_to_end(&mut workbook);
            drop(send.send(read.map(|_| workbook)));
        });
        let received = receive.recv_timeout(Duration::from_secs(limits.seconds));
        if received.is_err() {
            // The ends of the pipes close with it, and the threads end.
            let _ = child.kill();
            let _ = child.wait();
            return Err(Fault::Slow);
        }
        let status = child.wait();
        match (received, status.ok().and_then(|s| s.code())) {
            (Ok(Ok(workbook)), Some(0)) => Ok(workbook),
            (_, Some(code)) if code == i32::from(ENCRYPTED) => Err(Fault::Encrypted),
            _ => Err(Fault::Broken),
        }
    })
}
