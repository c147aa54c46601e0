//! The binary from outside: what it prints, what it exits with, what it leaves on disk.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod bancada;
mod comandos;
mod entrada_mala;
mod largo;
mod muertes;
#[cfg(feature = "cluster")]
mod nivel_cluster;
mod nivel_corpus;
mod nivel_python;
mod nivel_strace;
mod recursos;
mod s3;
mod uso;
