//! The three Rust contestants of the final duel, in this process and as programs, and the others beside them.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod acuerdo;
mod archivos;
mod nivel_jvm;
mod nivel_python;
mod pares;
mod programas;
mod s3;
