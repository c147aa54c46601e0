//! The wrapper from outside: what connects, what is refused, and what a loss looks like. Everything in this process.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test that cannot go on fails"
)]

mod connecting;
mod delta_tables;
mod losses;
mod queries;
mod scene;
