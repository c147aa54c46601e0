//! Nothing but dependencies: `Cargo.toml` lists what crates of this workspace share, each with the union of its features.
//!
//! Written by `cargo hakari generate`; `cargo hakari verify` says whether it is current.
#![forbid(unsafe_code)]
