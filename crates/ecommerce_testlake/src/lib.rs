//! A lake to test against: an object store that keeps its promises, faults in front of it on demand, readers that count,
//! and a second opinion on every Delta table.
//!
//! - [`S3Server`]: S3 in this process, on loopback, with conditional writes that have exactly one winner.
//! - [`FaultProxy`]: between a client and that server; [`Rule`]s say which requests meet which [`Fault`], its log says what
//!   every client did.
//! - [`GcsFront`]: makes Google's emulator take the writes that object_store sends.
//! - [`CountingReader`]: what a Parquet reader really read.
//! - [`delta`]: what an independent reader (Python's deltalake and pyarrow, or the log replayed by hand) finds in a table, against
//!   what should be there.
//!
//! Servers run on threads of their own and stop when dropped, so synchronous tests, asynchronous tests and child processes
//! use them alike, any number at once. A dev-dependency only; nothing listens anywhere but on 127.0.0.1.

#![forbid(unsafe_code)]

mod background;
mod counting;
pub mod delta;
mod error;
mod gcs;
mod proxy;
mod s3;

pub use counting::{CountingReader, Reads};
pub use error::LakeError;
pub use gcs::GcsFront;
pub use proxy::{Exchange, Fault, FaultProxy, Rule};
pub use s3::{Credentials, S3Server};
