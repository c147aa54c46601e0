//! The measuring room: whole programs timed side by side, and checked before their time counts.
//!
//! `cargo xtask duelo etl --filas 1000000 --contendientes rust,polars-python --json resultado.json` runs the contestants in
//! turn (A B C A B C …), so that a slow minute of the machine falls on all of them. hyperfine times commands one after the
//! other and looks at no output: it can neither interleave nor refuse a fast wrong answer, hence this runner.
//!
//! What happens, in reading order:
//!
//! 1. [`workload`]: the table of workloads; a new one is an entry there and its files in `benches/peers/`.
//! 2. [`input`]: the events a workload reads, generated once and kept.
//! 3. [`contestant`]: the command of each contestant, or why it is absent.
//! 4. [`race`]: the rounds; [`measure`] runs one process, [`proctree`] weighs its tree, [`verify`] compares its output.
//! 5. [`stats`], [`machine`], [`report`], [`chart`]: what is written down; [`growth`]: cold and warm over several sizes;
//!    [`limits`]: less memory than data; [`closing`]: the report of the final duel. [`store`] serves an input from S3.
//!
//! Beside it, [`tpch`] times queries instead of processes, and [`medir`] records what the criterion benches of a section measured.
#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "a test may panic"))]

pub mod binary;
pub mod chart;
pub mod cli;
pub mod closing;
pub mod contestant;
pub mod growth;
pub mod input;
mod lane;
pub mod limits;
pub mod linkage;
pub mod machine;
pub mod measure;
pub mod medir;
pub mod proctree;
pub mod race;
pub mod report;
pub mod stats;
pub mod store;
pub mod tpch;
pub mod verify;
pub mod workload;
