//! Tests of the native engine.
#![allow(clippy::unwrap_used, reason = "a failing test should panic")]

mod agreement;
mod damage;
mod files;
mod nivel_corpus;
mod nivel_python;
mod reference;
mod selection;
mod tables;
