//! Findings against expectation, and the table's surroundings against what they were.

use super::{Day, Expected, Findings, IndependentReader, ReaderError, Table};
use ecommerce_testkit::temp::{Change, Tree};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// One way in which a table is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Violation {
    /// There should be a table.
    Absent,
    /// There should be none.
    Present,
    /// The log gives no table.
    Unreadable(String),
    /// A day has other rows than it should: expected, found.
    Day(String, Day, Day),
    /// A live file does not open, has other rows than the log says, or the table reads otherwise than its files.
    Broken(String, String),
    /// The commits are not one row of numbers from 0, or from a checkpoint, up to the version.
    Gap(Vec<u64>),
    /// Something outside the table's root changed.
    Outside(Change),
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("there is no table"),
            Self::Present => f.write_str("there is a table where there should be none"),
            Self::Unreadable(reason) => write!(f, "the table cannot be read: {reason}"),
            Self::Day(fecha, expected, found) => {
                write!(f, "{fecha}: expected {expected:?}, found {found:?}")
            }
            Self::Broken(path, reason) => write!(f, "{path}: {reason}"),
            Self::Gap(versions) => write!(f, "the log's versions have a gap: {versions:?}"),
            Self::Outside(change) => write!(f, "outside the table: {change:?}"),
        }
    }
}

/// Why a check did not pass.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The table or its surroundings are not as expected.
    #[error("{}", one_per_line(.0))]
    Violated(Vec<Violation>),
    /// The reader could not be run.
    #[error(transparent)]
    Reader(#[from] ReaderError),
    /// The surroundings could not be looked at.
    #[error("what surrounds the table cannot be read")]
    Surroundings(#[from] io::Error),
}

fn one_per_line(violations: &[Violation]) -> String {
    violations
        .iter()
        .map(Violation::to_string)
        .collect::<Vec<_>>()
        .join("\n")
}

/// A table and a picture of all that surrounds it, taken before the run under test.
#[derive(Debug)]
pub struct Invariant {
    table: PathBuf,
    around: PathBuf,
    may_change: Vec<PathBuf>,
    before: Tree,
}

impl Invariant {
    /// Takes the picture: everything below `around` except `table`, which need not exist yet.
    ///
    /// # Errors
    /// If something below `around` cannot be read.
    pub fn watch(table: impl AsRef<Path>, around: impl AsRef<Path>) -> io::Result<Self> {
        Self::watch_except(table, around, &[] as &[&Path])
    }

    /// The same with more that may change: the tables beside it, a directory for temporary files.
    ///
    /// # Errors
    /// As [`Invariant::watch`].
    pub fn watch_except(
        table: impl AsRef<Path>,
        around: impl AsRef<Path>,
        others: &[impl AsRef<Path>],
    ) -> io::Result<Self> {
        let (table, around) = (table.as_ref().to_path_buf(), around.as_ref().to_path_buf());
        let mut may_change = vec![table.clone()];
        may_change.extend(others.iter().map(|path| path.as_ref().to_path_buf()));
        let before = Tree::outside(&around, &may_change)?;
        Ok(Self {
            table,
            around,
            may_change,
            before,
        })
    }

    /// What is there now, if it is what should be.
    ///
    /// # Errors
    /// - [`CheckError::Violated`] with every way in which it is not
    /// - [`CheckError::Reader`] if the reader could not be run
    /// - [`CheckError::Surroundings`] if what surrounds the table cannot be read
    pub fn check(
        &self,
        reader: &IndependentReader,
        expected: &Expected,
    ) -> Result<Findings, CheckError> {
        self.check_any(reader, &[expected])
            .map(|(_, findings)| findings)
    }

    /// What is there now, and the first expectation that it meets: "exactly the old or exactly the new".
    ///
    /// # Errors
    /// As [`Invariant::check`]; the violations are those against the last expectation.
    ///
    /// # Panics
    /// If there is no expectation.
    pub fn check_any(
        &self,
        reader: &IndependentReader,
        expected: &[&Expected],
    ) -> Result<(usize, Findings), CheckError> {
        assert!(!expected.is_empty(), "nothing is expected");
        let now = Tree::outside(&self.around, &self.may_change)?;
        let outside: Vec<_> = self
            .before
            .changes(&now)
            .into_iter()
            .map(Violation::Outside)
            .collect();
        let findings = reader.read(&self.table)?;
        let mut violations = Vec::new();
        for (i, expected) in expected.iter().enumerate() {
            violations = findings.violations(expected);
            violations.extend(outside.iter().cloned());
            if violations.is_empty() {
                return Ok((i, findings));
            }
        }
        Err(CheckError::Violated(violations))
    }
}

impl Findings {
    /// Every way in which these findings are not what is expected; none if they are.
    #[must_use]
    pub fn violations(&self, expected: &Expected) -> Vec<Violation> {
        let Table::Table {
            version,
            versions,
            checkpoints,
            days,
            broken,
            ..
        } = &self.table
        else {
            return match &self.table {
                Table::Unreadable { reason } => vec![Violation::Unreadable(reason.clone())],
                _ if expected.absent => Vec::new(),
                _ => vec![Violation::Absent],
            };
        };
        if expected.absent {
            return vec![Violation::Present];
        }
        let mut all = Vec::new();
        for fecha in expected.days.keys().chain(
            days.keys()
                .filter(|fecha| !expected.days.contains_key(*fecha)),
        ) {
            let wanted = expected.days.get(fecha).cloned().unwrap_or(Day::Rows(0));
            let found = match (&wanted, days.get(fecha)) {
                (Day::Rows(_), found) => Day::Rows(found.map_or(0, |found| found.rows)),
                (Day::Content(_), Some(found)) => Day::Content(found.content.clone()),
                (Day::Content(_), None) => Day::exactly(Vec::<String>::new()),
            };
            if wanted != found {
                all.push(Violation::Day(fecha.clone(), wanted, found));
            }
        }
        all.extend(
            broken
                .iter()
                .map(|broken| Violation::Broken(broken.path.clone(), broken.reason.clone())),
        );
        if !is_whole(versions, checkpoints, *version) {
            all.push(Violation::Gap(versions.clone()));
        }
        all
    }
}

/// Whether the commits follow each other up to `version`, and what is missing before them is in a checkpoint.
fn is_whole(versions: &[u64], checkpoints: &[u64], version: u64) -> bool {
    let (Some(&first), Some(&last)) = (versions.first(), versions.last()) else {
        return checkpoints.contains(&version);
    };
    let begins = first == 0 || checkpoints.iter().any(|checkpoint| checkpoint + 1 >= first);
    begins && last == version && versions.windows(2).all(|pair| pair[1] == pair[0] + 1)
}

#[cfg(test)]
mod tests {
    use super::is_whole;

    #[test]
    fn commits_follow_each_other_from_zero_or_a_checkpoint() {
        assert!(is_whole(&[0], &[], 0) && is_whole(&[0, 1, 2], &[], 2) && is_whole(&[], &[7], 7));
        assert!(is_whole(&[10, 11], &[10], 11) && is_whole(&[11], &[10], 11));
        assert!(!is_whole(&[0, 2], &[], 2) && !is_whole(&[0, 1], &[], 2) && !is_whole(&[], &[], 0));
        assert!(!is_whole(&[12], &[10], 12) && !is_whole(&[5, 6], &[], 6));
    }
}
