//! Tests that start a scheduler and executors as processes.

mod muertes;
mod procesos;
pub(crate) mod respuestas;
