//! What the benchmark's programs compute, before anybody times them.
#![allow(clippy::unwrap_used, reason = "a failing test should panic")]

mod acuerdo;
mod archivos;
mod entrada_mala;
mod nivel_python;
mod programas;
mod ventas;
