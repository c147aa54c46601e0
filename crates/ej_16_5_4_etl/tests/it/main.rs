//! The pipeline from outside: what the table holds after one run, two, eight at once, and one that was killed.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod bancada;
mod concurrencia;
mod deriva;
mod muchos_dias;
mod muertes;
mod nivel_jvm;
mod nivel_python;
mod nivel_strace;
mod piezas;
mod programa;
mod repetir;
mod resultado;
mod s3;
mod tardias;
