//! Varios procesos de verdad, y lo que pasa cuando uno muere.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a test that cannot go on fails"
)]

mod comparar;
mod escenario;
mod largo;
mod muertes;
mod nivel_cluster;
