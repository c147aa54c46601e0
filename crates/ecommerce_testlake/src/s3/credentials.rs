//! Keys made to be searched for.

use std::fmt;
use uuid::Uuid;

/// A random pair of keys, in letters and digits only, so that no encoding hides them from a search.
///
/// `Debug` shows neither, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    access_key: String,
    secret_key: String,
}

impl Credentials {
    pub(super) fn random() -> Self {
        Self {
            access_key: format!("CANARYACCESS{}", Uuid::new_v4().simple()),
            secret_key: format!("CANARYSECRET{}", Uuid::new_v4().simple()),
        }
    }

    /// The access key: sent with every request in its `Authorization` header.
    #[must_use]
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// The secret key: never sent.
    #[must_use]
    pub fn secret_key(&self) -> &str {
        &self.secret_key
    }

    /// How often either key occurs in `bytes`: in a program's output, a log, a table's files.
    #[must_use]
    pub fn occurrences(&self, bytes: impl AsRef<[u8]>) -> usize {
        let bytes = bytes.as_ref();
        let count = |key: &str| {
            bytes
                .windows(key.len())
                .filter(|part| *part == key.as_bytes())
                .count()
        };
        count(&self.access_key) + count(&self.secret_key)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}
