//! The integration tests of exercise 16.6.2: the wheel that `cargo xtask rueda` builds, from outside.
#![allow(clippy::unwrap_used, reason = "a failing test should panic")]

mod nivel_python;
