//! Tests of ej_16_7_5_synthesis.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod caracteristicas;
mod flujo;
mod nivel_jvm;
mod nivel_python;
mod paso;
mod solo;
