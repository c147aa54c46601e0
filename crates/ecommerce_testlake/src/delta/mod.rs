//! The invariant that every fault test ends with: an independent reader sees exactly the rows that should be there.
//!
//! `INV` in full: per `fecha`, exactly the expected multiset of rows; every referenced file opens and holds as many rows as
//! the log says; the log's versions have no gap; nothing outside the table's root changed. Orphans and staging files are no
//! violation (a crash may leave them) and are reported.
//!
//! Where no Python is at hand, [`replayed`] gives the same findings from the log's own lines: for the tests that every machine runs.
//!
//! The reader is Python's deltalake and pyarrow (`python/invariantes.py`), run as a child process with the interpreter that
//! `ECOMMERCE_PYTHON` names: a test that uses it belongs to the tier `nivel_python`.
//!
//! ```no_run
//! use ecommerce_testlake::delta::{Day, Expected, IndependentReader, Invariant};
//!
//! let reader = IndependentReader::from_env()?;
//! let invariant = Invariant::watch("/tmp/x/metricas", "/tmp/x")?;
//! // … the run, the kill, the rerun …
//! let expected = Expected::new().day("2024-01-01", Day::Rows(4)).day("2024-01-02", Day::Rows(3));
//! let findings = invariant.check(&reader, &expected)?;
//! assert_eq!((findings.version(), findings.residue().len()), (Some(7), 0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod content;
mod expected;
mod findings;
mod invariant;
mod reader;
mod replay;

pub use expected::{Day, Expected};
pub use findings::{Broken, DayFound, Findings, Table};
pub use invariant::{CheckError, Invariant, Violation};
pub use reader::{IndependentReader, ReaderError, ReaderSession};
pub use replay::replayed;
