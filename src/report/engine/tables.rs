//! A page that is given its long tables, and the parts it has in common with others, when it is made: they are put into
//! their places.

use std::sync::{Arc, PoisonError};

use serde::Serialize;
use tera::{Context, Value};

use super::rows::{Apart, Form, Rows};
use super::{Engine, Shared, fault};
use crate::error::{Error, Result};
use crate::model::{Lang, Table};

/// What there is to put into a page, by its place.
pub(in crate::report) struct Tables<'a> {
    engine: &'a Engine,
    lang: &'a Lang,
    places: Vec<Place<'a>>,
}

/// Puts rows at the end of a page.
type Put<'a> = dyn Fn(&Tables<'a>, &mut String) -> Result<()> + 'a;

/// What is put into a place.
enum Place<'a> {
    /// The rows of a table, or a block.
    Rows(Box<Put<'a>>),
    /// A part of many pages.
    Part(Value),
}

/// Rows one after the other that look alike: most do.
struct Run {
    form: Arc<Form>,
    /// Where the parts of the first begin.
    first: usize,
    /// How many parts each has.
    parts: usize,
    rows: usize,
}

/// What pages and rows look like, by template, language and shape.
#[derive(Default)]
pub(super) struct Forms {
    by_shape: Table<String, Arc<Form>>,
    /// How much memory they take.
    size: usize,
}

impl Forms {
    /// How many there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.by_shape.len()
    }

    /// Keeps one. Our own templates have a few dozen shapes, and memory must not grow with the number of suppliers.
    fn add(&mut self, shape: String, form: Arc<Form>) {
        const MOST: usize = 8 << 20;
        self.size += shape.len() + form.size();
        if self.size > MOST {
            self.size = shape.len() + form.size();
            self.by_shape.clear();
        }
        self.by_shape.add(shape, form);
    }
}

impl<'a> Tables<'a> {
    pub(super) fn new(engine: &'a Engine, lang: &'a Lang) -> Self {
        Self { engine, lang, places: Vec::new() }
    }

    /// Has the rows of a table made with a template that is given each as `name`, where the page has the table.
    pub(in crate::report) fn add<R: Serialize + 'a>(
        &mut self,
        template: &'static str,
        name: &'static str,
        rows: &'a Rows<impl AsRef<[R]>>,
    ) {
        let all = rows.as_ref();
        if !all.is_empty() {
            rows.made.set(Some(self.places.len()));
            self.places.push(Place::Rows(Box::new(move |tables, out| tables.rows(template, name, all, out))));
        }
    }

    /// Has a block of its own made with a template that is given this as `name`, so that what it looks like is no matter of
    /// the page.
    pub(in crate::report) fn block<R: Serialize + 'a>(
        &mut self,
        template: &'static str,
        name: &'static str,
        of: &'a Rows<R>,
    ) {
        of.made.set(Some(self.places.len()));
        let of = std::slice::from_ref(&**of);
        self.places.push(Place::Rows(Box::new(move |tables, out| tables.rows(template, name, of, out))));
    }

    /// Takes a part out of what the page is given and leaves what stands for it. One that is empty stays, since templates
    /// ask for that.
    pub(in crate::report) fn part(&mut self, part: &mut Shared) {
        if part.value.as_str().is_some_and(|html| !html.is_empty()) {
            part.place = Some(self.places.len());
            self.places.push(Place::Part(std::mem::replace(&mut part.value, Value::none())));
        }
    }

    /// Makes the page.
    pub(in crate::report) fn page(&self, template: &str, view: &impl Serialize) -> Result<String> {
        if self.engine.makes_rows() {
            self.shaped(template, view)
        } else {
            self.engine.render(template, self.lang, view)
        }
    }

    /// The same, from the shape it has.
    pub(super) fn shaped(&self, template: &str, view: &impl Serialize) -> Result<String> {
        let Self { engine, lang, .. } = self;
        let mut page = engine.spare();
        page.begin(template, lang);
        engine.take(&mut page, template, view)?;
        page.look_through();
        let made = engine.form_of(lang, template, None, &page, view)?.page(&page, |n, out| self.put(n, out))?;
        #[cfg(debug_assertions)]
        assert_eq!(made, self.unshaped(template, None, (&page, 0), view)?, "{template} is not what its shape says");
        engine.keep(page);
        Ok(made)
    }

    /// The rows of a table, with a template that is given each as `name`.
    pub(super) fn rows<R: Serialize>(
        &self,
        template: &str,
        name: &'static str,
        rows: &[R],
        out: &mut String,
    ) -> Result<()> {
        let Self { engine, lang, .. } = self;
        let mut all = engine.spare();
        all.begin(template, lang);
        let mut runs: Vec<Run> = Vec::new();
        for each in rows {
            engine.take(&mut all, template, each)?;
            match runs.last_mut().filter(|_| all.is_like_before()) {
                Some(run) => run.rows += 1,
                None => runs.push(Run {
                    form: engine.form_of(lang, template, Some(name), &all, each)?,
                    first: all.first,
                    parts: all.parts_of_last(),
                    rows: 1,
                }),
            }
        }
        all.look_through();
        #[cfg(debug_assertions)]
        let mut each = rows.iter();
        for (run, row) in runs.iter().flat_map(|run| (0..run.rows).map(move |row| (run, row))) {
            let first = run.first + row * run.parts;
            #[cfg(debug_assertions)]
            let from = out.len();
            run.form.fill(&all, first, |n, out| self.put(n, out), out)?;
            #[cfg(debug_assertions)]
            if let Some(each) = each.next() {
                assert_eq!(out[from..], self.unshaped(template, Some(name), (&all, first), each)?);
            }
        }
        engine.keep(all);
        Ok(())
    }

    fn put(&self, place: usize, out: &mut String) -> Result<()> {
        match self.places.get(place) {
            Some(Place::Rows(rows)) => rows(self, out)?,
            Some(Place::Part(part)) => out.push_str(part.as_str().unwrap_or_default()),
            None => {}
        }
        Ok(())
    }

    /// A page or row as the template itself makes it.
    #[cfg(debug_assertions)]
    fn unshaped(
        &self,
        template: &str,
        name: Option<&'static str>,
        (rows, first): (&Apart, usize),
        of: &impl Serialize,
    ) -> Result<String> {
        let put = |n| {
            let mut html = String::new();
            let _ = self.put(n, &mut html);
            html
        };
        let whole = rows.with_places(first, self.engine.value(template, of)?, &put);
        self.engine.rendered(template, self.lang, context(name, whole), false)
    }
}

impl Engine {
    /// Room to take rows apart in.
    fn spare(&self) -> Apart {
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Keeps it for the next, unless it is more than these will need.
    fn keep(&self, room: Apart) {
        const MOST: usize = 1 << 20;
        if room.size() <= MOST {
            self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(room);
        }
    }

    fn take(&self, rows: &mut Apart, template: &str, view: &impl Serialize) -> Result<()> {
        rows.take(view).map_err(|e| self.failed(template, &tera::Error::message(e)))
    }

    /// What pages or rows of the shape of this one look like.
    fn form_of(
        &self,
        lang: &Lang,
        template: &str,
        name: Option<&'static str>,
        row: &Apart,
        of: &impl Serialize,
    ) -> Result<Arc<Form>> {
        if let Some(known) = self.forms.read().unwrap_or_else(PoisonError::into_inner).by_shape.get(&row.shape) {
            return Ok(Arc::clone(known));
        }
        let gaps = context(name, row.with_gaps(self.value(template, of)?));
        let made = self.rendered(template, lang, gaps, true)?;
        let form = Form::of(&made);
        let form = form.ok_or_else(|| self.failed(template, &tera::Error::message("what it makes has no such gap")))?;
        let form = Arc::new(form);
        let mut forms = self.forms.write().unwrap_or_else(PoisonError::into_inner);
        forms.add(row.shape.clone(), Arc::clone(&form));
        Ok(form)
    }

    fn value(&self, template: &str, view: &impl Serialize) -> Result<Value> {
        Value::try_from_serializable(view).map_err(|e| self.failed(template, &e))
    }

    fn failed(&self, template: &str, error: &tera::Error) -> Error {
        fault::of(&self.names(), &self.user, template, error)
    }
}

/// What a template is given: a value by that name, or all fields of one.
fn context(name: Option<&'static str>, value: Value) -> Context {
    let mut context = Context::new();
    match name {
        Some(name) => context.insert_value(name, value),
        None => {
            for (name, field) in value.into_map().into_iter().flatten() {
                context.insert_value(name.to_string(), field);
            }
        }
    }
    context
}
