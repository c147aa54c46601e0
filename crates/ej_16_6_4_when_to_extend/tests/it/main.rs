//! The format, the program and the three operations, from outside.
#![allow(clippy::unwrap_used, reason = "a failing test should panic")]

mod archivos;
mod programa;
mod rechazos;
