//! The long tables of a page, whose rows are made before it, and the parts it has in common with others: they are put into
//! their places when it is made.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::PoisonError;

use serde::Serialize;
use tera::{Context, Value};

use super::rows::{Form, Row, Rows};
use super::{Engine, Piece, Shared, fault, place_of};
use crate::error::{Error, Result};
use crate::model::Lang;

/// What is made so far, by its place.
pub(in crate::report) struct Tables<'a> {
    pub(super) engine: &'a Engine,
    pub(super) lang: &'a Lang,
    pub(super) made: Vec<Made>,
}

/// HTML that is put into a page.
pub(super) enum Made {
    /// The rows of a table.
    Rows(String),
    /// A part of many pages.
    Part(Value),
}

impl Made {
    fn html(&self) -> &str {
        match self {
            Self::Rows(rows) => rows,
            Self::Part(part) => part.as_str().unwrap_or_default(),
        }
    }
}

impl Tables<'_> {
    /// Makes the rows of a table, with a template that is given each as `name`.
    pub(in crate::report) fn add<R: Serialize>(
        &mut self,
        template: &str,
        name: &'static str,
        rows: &Rows<impl AsRef<[R]>>,
    ) -> Result<()> {
        let all = rows.as_ref();
        if !all.is_empty() {
            rows.made.set(Some(self.made.len()));
            self.made.push(Made::Rows(self.made(template, name, all)?));
        }
        Ok(())
    }

    /// Takes a part out of what the page is given and leaves what stands for it. One that is empty stays, since templates
    /// ask for that.
    pub(in crate::report) fn part(&mut self, part: &mut Shared) {
        if part.0.as_str().is_some_and(|html| !html.is_empty()) {
            let place = place_of("table", self.made.len());
            self.made.push(Made::Part(std::mem::replace(&mut part.0, place)));
        }
    }

    /// Renders the page.
    pub(in crate::report) fn page(&self, template: &str, view: &impl Serialize) -> Result<String> {
        let page = self.engine.render(template, self.lang, view)?;
        if self.made.is_empty() {
            return Ok(page);
        }
        let mut out = String::with_capacity(page.len() + self.made.iter().map(|made| made.html().len()).sum::<usize>());
        for piece in super::pieces(&page) {
            out.push_str(match piece {
                Piece::Text(text) => text,
                Piece::Rows(_, n) => self.made.get(n).map_or("", Made::html),
            });
        }
        Ok(out)
    }

    pub(super) fn made<R: Serialize>(&self, template: &str, name: &'static str, rows: &[R]) -> Result<String> {
        /// Our own templates have a few dozen shapes, and memory must not grow with the number of suppliers.
        const MOST: usize = 4096;
        let Self { engine, lang, .. } = self;
        let of = format!("{template}\n{lang}\n");
        let (mut row, mut out) = (Row::default(), String::with_capacity(rows.len() << 10));
        let known = engine.forms.read().unwrap_or_else(PoisonError::into_inner);
        let mut new: BTreeMap<String, Form> = BTreeMap::new();
        for each in rows {
            row.take(&of, each).map_err(|e| self.failed(template, &tera::Error::message(e)))?;
            let form = match known.get(&row.shape) {
                Some(form) => form,
                None => match new.entry(row.shape.clone()) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(unknown) => unknown.insert(self.form(template, name, &row, each)?),
                },
            };
            let from = out.len();
            form.fill(&row, &mut out);
            debug_assert_eq!(
                super::visible(&out[from..]),
                engine.render(template, lang, &BTreeMap::from([(name, each)]))?
            );
        }
        drop(known);
        if !new.is_empty() {
            let mut known = engine.forms.write().unwrap_or_else(PoisonError::into_inner);
            if known.len() >= MOST {
                known.clear();
            }
            for (shape, form) in new {
                known.add(shape, form);
            }
        }
        Ok(match super::visible(&out) {
            Cow::Borrowed(_) => out,
            Cow::Owned(visible) => visible,
        })
    }

    /// What rows of the shape of this one look like.
    fn form(&self, template: &str, name: &'static str, row: &Row, of: &impl Serialize) -> Result<Form> {
        let failed = |e: tera::Error| self.failed(template, &e);
        let mut context = Context::new();
        context.insert_value(name, row.with_gaps(&Value::try_from_serializable(of).map_err(failed)?));
        let made = self.engine.rendered(template, self.lang, context)?;
        Form::of(&made).ok_or_else(|| failed(tera::Error::message("what it makes is no row")))
    }

    fn failed(&self, template: &str, error: &tera::Error) -> Error {
        fault::of(&self.engine.names(), &self.engine.user, template, error)
    }
}
