//! The three that are asked: delta-rs in this process, deltalake of Python and Delta of Spark in theirs.

mod child;
mod rust;

pub use child::ChildEngine;
pub use rust::RustEngine;

use crate::{Content, RunError};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::Path;

/// Who makes, reads or writes a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Who {
    /// delta-rs from Rust: the crate `deltalake`.
    Rust,
    /// delta-rs from Python: the package `deltalake`.
    Python,
    /// Delta Lake of Spark: `delta-spark`, from PySpark.
    Spark,
}

impl Who {
    /// All three, in the order of the tables.
    pub const ALL: [Self; 3] = [Self::Rust, Self::Python, Self::Spark];
}

impl fmt::Display for Who {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Rust => "Rust",
            Self::Python => "Python",
            Self::Spark => "Spark",
        })
    }
}

/// What is asked of an engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Make a table that uses the feature.
    Hacer,
    /// Say what a table that uses it holds.
    Leer,
    /// Change a table that uses it.
    Escribir,
}

/// What an engine says: the content where it was asked to read, or the first line of its error.
pub type Answer = Result<Option<Content>, String>;

/// One of the three.
pub trait Engine {
    /// Returns which.
    fn who(&self) -> Who;

    /// Returns its parts with their versions, in an order that does not change.
    ///
    /// # Errors
    /// Those of [`RunError`] that concern a child.
    fn versions(&mut self) -> Result<Vec<(String, String)>, RunError>;

    /// Returns what it says when it is asked to do `action` for the feature `key` at `table`.
    ///
    /// # Errors
    /// Those of [`RunError`] that concern a child. What the engine refuses is an [`Answer`].
    fn ask(&mut self, action: Action, key: &str, table: &Path) -> Result<Answer, RunError>;
}

/// Returns the first line of an error without what changes from one run to the next: the table's path, names of files, identifiers, instants.
///
/// ```
/// use ej_16_5_3_delta_rs_vs_spark::engine::first_line;
/// use std::path::Path;
///
/// let said = "cannot read file:///tmp/x/t/part-0-8eafa330-3be9-4a39-ad78-fd13c2027c7e.parquet `a`\nat frame 1";
/// assert_eq!(first_line(said, Path::new("/tmp/x/t")), "cannot read file://<tabla>/part-0-<uuid>.parquet 'a'");
/// ```
pub fn first_line(said: &str, table: &Path) -> String {
    let line = said
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or("(sin palabras)");
    let place = table.to_string_lossy();
    let mut text = line.replace(place.as_ref(), "<tabla>");
    let parent = table.parent().map(Path::to_string_lossy);
    if let Some(parent) = parent.filter(|parent| parent.len() > 1) {
        text = text.replace(parent.as_ref(), "<tablas>");
    }
    let text = lists_in_order(&without_runs(&text.replace('`', "'")));
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// Characters of an error that are kept: enough for the class and the cause.
const LONGEST: usize = 300;

/// Sorts what stands between brackets, separated by commas: sets come in another order each time.
fn lists_in_order(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        out.push('[');
        let (inside, behind) = after.split_at(after.find([']', '[']).unwrap_or(0));
        let mut parts: Vec<_> = inside.split(", ").collect();
        parts.sort_unstable();
        out.push_str(&parts.join(", "));
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Replaces identifiers of 36 characters, and runs of ten digits or more: instants and object numbers.
fn without_runs(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    while at < chars.len() {
        if chars.get(at..at + 36).is_some_and(is_uuid) {
            out.push_str("<uuid>");
            at += 36;
            continue;
        }
        let digits = chars[at..]
            .iter()
            .take_while(|c| c.is_ascii_digit())
            .count();
        match digits {
            0 => {
                out.push(chars[at]);
                at += 1;
            }
            1..10 => {
                out.extend(&chars[at..at + digits]);
                at += digits;
            }
            _ => {
                out.push_str("<número>");
                at += digits;
            }
        }
    }
    out
}

fn is_uuid(chars: &[char]) -> bool {
    chars.iter().enumerate().all(|(at, c)| match at {
        8 | 13 | 18 | 23 => *c == '-',
        _ => c.is_ascii_hexdigit(),
    })
}
