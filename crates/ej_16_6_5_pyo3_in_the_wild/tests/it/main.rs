//! The integration tests of exercise 16.6.5.
#![allow(clippy::unwrap_used, reason = "a failing test should panic")]

mod abi3;
mod contenido;
mod elf;
mod hostiles;
mod make;
mod nivel_python;
mod nombres;
mod programa;
mod ruedas;
