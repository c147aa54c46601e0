//! What a table should hold.

use super::content;
use std::collections::BTreeMap;

/// What one day of a table should hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Day {
    /// So many rows, whatever is in them.
    Rows(u64),
    /// Exactly the rows with this content hash.
    Content(String),
}

impl Day {
    /// Exactly these rows, each written by [`content::row`].
    pub fn exactly(rows: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::Content(content::hash(rows))
    }
}

/// What a table should hold, day by day; a day that is not named must not be there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expected {
    pub(super) absent: bool,
    pub(super) days: BTreeMap<String, Day>,
}

impl Expected {
    /// A table without rows.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// No table at all.
    #[must_use]
    pub fn absent() -> Self {
        Self {
            absent: true,
            ..Self::default()
        }
    }

    /// With this day, `YYYY-MM-DD`; `\N` for the rows without a day, also those of a table that has no `fecha`.
    #[must_use]
    pub fn day(mut self, fecha: impl Into<String>, day: Day) -> Self {
        self.days.insert(fecha.into(), day);
        self
    }
}
