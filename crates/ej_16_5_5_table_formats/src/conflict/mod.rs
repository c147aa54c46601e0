//! Two engines, one table, at the same time: deltalake and Delta Spark as processes of their own, and a judge.
//!
//! Both writers speak the same lines ([`Command`], [`Line`]), so the experiment knows of each commit whether its writer
//! believes in it. The judge compares what was believed with what the table holds: an acknowledged row that is missing is a
//! loss, a row that is there twice is doubled, and a round that ends in a mix of both writers is broken.

mod experiment;
mod judge;
mod party;
mod report;
mod wire;
mod writer;

pub use experiment::{Plan, run, strace_that_delays_renames};
pub use judge::{Appends, End, Lost, Outcome, Round, judge_appends, judge_delete, judge_replace};
pub use report::markdown;
pub use wire::{Command, Commit, Line};
pub use writer::serve;
