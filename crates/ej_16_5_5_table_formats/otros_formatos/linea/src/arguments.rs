//! The command line: a word and named values. A parser of a hundred thousand lines would double this build.

use crate::failure::{Failure, Problem};
use std::ffi::OsString;
use std::path::PathBuf;

/// What was asked.
pub struct Arguments {
    format: &'static str,
    order: String,
    named: Vec<(String, OsString)>,
}

impl Arguments {
    /// Reads `ORDEN --nombre valor …`.
    pub(crate) fn read(
        format: &'static str,
        mut words: impl Iterator<Item = OsString>,
    ) -> Result<Self, Failure> {
        let wrong = |detail: String| Failure::of(format, Problem::Other, detail);
        let order = words.next().and_then(|word| word.into_string().ok());
        let order = order.ok_or_else(|| wrong("falta la orden".into()))?;
        let mut named = Vec::new();
        while let Some(name) = words.next() {
            let name = name.to_string_lossy().into_owned();
            let name = name
                .strip_prefix("--")
                .ok_or_else(|| wrong(format!("«{name}» sobra")))?;
            let value = words
                .next()
                .ok_or_else(|| wrong(format!("--{name} no tiene valor")))?;
            named.push((name.to_owned(), value));
        }
        Ok(Self {
            format,
            order,
            named,
        })
    }

    /// The word.
    pub fn order(&self) -> &str {
        &self.order
    }

    /// An error about the command line itself.
    pub fn wrong(&self, detail: impl Into<String>) -> Failure {
        Failure::of(self.format, Problem::Other, detail.into())
    }

    /// The path of that name.
    pub fn path(&self, name: &str) -> Result<PathBuf, Failure> {
        let last = self.paths(name).pop();
        last.ok_or_else(|| self.wrong(format!("falta --{name}")))
    }

    /// Every path of that name, in order.
    pub fn paths(&self, name: &str) -> Vec<PathBuf> {
        let values = self.named.iter().filter(|(of, _)| of == name);
        values.map(|(_, value)| PathBuf::from(value)).collect()
    }

    /// The number of that name.
    pub fn number(&self, name: &str) -> Result<u32, Failure> {
        let value = self.path(name)?;
        let number = value.to_str().and_then(|text| text.parse().ok());
        number.ok_or_else(|| self.wrong(format!("--{name} no es un número")))
    }
}
