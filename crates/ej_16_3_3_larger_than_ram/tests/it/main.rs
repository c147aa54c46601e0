//! Files larger than memory: limits, crashes, wrong inputs, and what the engines really do.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod atomico;
mod curva;
mod datos;
mod derrame;
mod entrada;
mod grupos;
mod largo;
mod limite;
mod nivel_python;
mod retrocesos;
mod tramos;
