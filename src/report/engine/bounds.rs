//! A template has a bounded time and a bounded length: a loop in it may have no end.
//!
//! The engine cannot be stopped from outside. So with templates of somebody's own a page is made in a thread that is left
//! behind when it takes too long; the process that gave it up ends soon after. How much memory a template takes cannot be
//! bounded here; the command tries templates of somebody's own in a process of their own first.

use std::cell::Cell;
use std::io::{self, Write};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use tera::{Context, Tera};

/// How long a page may take to be made.
pub(super) const TIME: Duration = Duration::from_secs(8);
/// How long a page may be, in bytes.
const LENGTH: usize = 64 << 20;
/// What templates need of it is checked when they are loaded; this is more than enough for the deepest.
const STACK: usize = 16 << 20;

/// Why there is no page.
pub(super) enum Stopped {
    /// An error of the template.
    Failed(Box<tera::Error>),
    /// What it exceeded, in words.
    Exceeded(&'static str),
}

/// Makes a page within its bounds; in `time` where the template is not one of ours.
pub(super) fn render(
    tera: &Arc<Tera>,
    template: &str,
    context: &Context,
    time: Option<Duration>,
) -> Result<String, Stopped> {
    let Some(time) = time else { return within_length(tera, template, context) };
    let (send, receive) = mpsc::channel();
    let (tera, template, context) = (Arc::clone(tera), template.to_owned(), context.clone());
    let work = move || drop(send.send(within_length(&tera, &template, &context)));
    let made = thread::Builder::new().stack_size(STACK).spawn(work).is_ok();
    match receive.recv_timeout(time) {
        Ok(page) => page,
        Err(mpsc::RecvTimeoutError::Timeout) => {
            Err(Stopped::Exceeded("takes more than 8 seconds; a loop in it may not end"))
        }
        Err(mpsc::RecvTimeoutError::Disconnected) if made => Err(Stopped::Exceeded("brings the template engine down")),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(Stopped::Exceeded("could not be given a thread of its own")),
    }
}

thread_local! {
    /// Where pages are made, one after the other: it need not grow with each.
    static BYTES: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Longer than pages are.
const KEPT: usize = 1 << 20;

fn within_length(tera: &Tera, template: &str, context: &Context) -> Result<String, Stopped> {
    let mut page = Page { bytes: BYTES.take(), full: false };
    page.bytes.clear();
    let rendered = tera.render_to(template, context, &mut page);
    if page.full {
        return Err(Stopped::Exceeded("makes a page of more than 64 MiB; a loop in it may not end"));
    }
    rendered.map_err(|e| Stopped::Failed(Box::new(e)))?;
    let text = simdutf8::basic::from_utf8(&page.bytes).map(|page| super::visible(page).into_owned());
    if page.bytes.capacity() <= KEPT {
        BYTES.set(page.bytes);
    }
    text.map_err(|e| Stopped::Failed(Box::new(tera::Error::message(e))))
}

/// A page of bounded length.
struct Page {
    bytes: Vec<u8>,
    full: bool,
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.full |= self.bytes.len().saturating_add(bytes.len()) > LENGTH;
        if self.full {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(text: &str, time: Duration) -> String {
        let mut tera = Tera::new();
        tera.add_raw_template("a.html", text).unwrap();
        match render(&Arc::new(tera), "a.html", &Context::new(), Some(time)) {
            Ok(page) => page,
            Err(Stopped::Exceeded(what)) => what.to_owned(),
            Err(Stopped::Failed(error)) => error.to_string(),
        }
    }

    #[test]
    fn what_has_no_end_is_given_up() {
        let minute = Duration::from_secs(60);
        assert_eq!(made("{{ 1 + 1 }}", minute), "2");
        let round = |inner: &str| {
            format!(
                "{{% for a in range(end=3000) %}}{{% for b in range(end=3000) %}}{inner}{{% endfor %}}{{% endfor %}}"
            )
        };
        // Without output, and long before it would end by itself.
        assert!(made(&round(""), Duration::from_millis(1)).contains("8 seconds"));
        assert!(made(&round("0123456789"), minute).contains("64 MiB"));
        assert!(made("{{ range(end=1000000000) | length }}", minute).contains("exceeds the limit"));
    }

    /// Nothing of the machine can be had: there are no such functions and filters.
    #[test]
    fn a_template_reaches_nothing() {
        for text in [
            "{{ get_env(name='HOME') }}",
            "{{ now() }}",
            "{{ load_file(path='/etc/passwd') }}",
            "{{ get_random(end=9) }}",
        ] {
            assert!(Tera::new().add_raw_template("a.html", text).is_err(), "{text}");
        }
    }
}
