//! Numbers for the values of keys whose dictionaries are small, shared by all threads.

use crate::error::Fault;
use crate::table::{Entry, Key, Table};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The number of a null.
pub(crate) const NULL: u32 = 0;

/// Values and their numbers, from 1; 0 is for a null.
#[derive(Debug, Default)]
pub(crate) struct Interner(Mutex<Table<false>>);

impl Interner {
    /// The table, nobody else's for as long as it is held.
    pub(crate) fn open(&self) -> Numbering<'_> {
        Numbering(self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The table, once every thread has finished.
    pub(crate) fn into_table(self) -> Table<false> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A table of values that are being numbered.
pub(crate) struct Numbering<'a>(MutexGuard<'a, Table<false>>);

impl Numbering<'_> {
    /// The number of a value, its text in `data`; new if the value is.
    ///
    /// # Errors
    /// If the numbers run out.
    pub(crate) fn number(&mut self, key: Key, data: &[u8]) -> Result<u32, Fault> {
        if !key.is_some() {
            return Ok(NULL);
        }
        let next = u32::try_from(self.0.len() + 1).map_err(|_| Fault::TooManyValues)?;
        let hash = Table::<false>::hash(key, 0);
        self.0.number(key, hash, key.long_text(data), next)
    }
}

/// The values of a table by their numbers.
pub(crate) struct Values<'a> {
    table: &'a Table<false>,
    places: Vec<u32>,
}

impl<'a> Values<'a> {
    /// Of a table that was numbered here.
    pub(crate) fn new(table: &'a Table<false>) -> Self {
        let mut places = vec![0; table.len() + 1];
        for place in table.places() {
            places[table.number_at(place) as usize] = place;
        }
        Self { table, places }
    }

    /// The value with this number; none for the null's.
    pub(crate) fn get(&self, number: u32) -> Option<Entry<'a>> {
        (number != NULL).then(|| self.table.entry(self.places[number as usize]))
    }
}
