//! CPython's stable ABI: which symbols an extension may import if it is to run on every later Python.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::Python;

/// One line per symbol: the version that brought it, and its name.
const LIST: &str = include_str!("../stable_abi.txt");

static SINCE: LazyLock<HashMap<&'static str, Python>> = LazyLock::new(|| {
    LIST.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let (version, name) = line.split_once(' ')?;
            let (major, minor) = version.split_once('.')?;
            Some((name, Python(major.parse().ok()?, minor.parse().ok()?)))
        })
        .collect()
});

/// Returns the first Python whose stable ABI has `symbol`; `None` if none has.
///
/// # Source
/// `Misc/stable_abi.toml` of CPython, functions and data.
pub fn since(symbol: &str) -> Option<Python> {
    SINCE.get(symbol).copied()
}

/// Returns how many symbols the list has.
pub fn len() -> usize {
    SINCE.len()
}
