//! The binary from outside: what it prints, what it exits with, what it leaves on disk.
//!
//! Tests of a fault of the list (kills, races, full disks, broken storage, bad input) report it with a `FaultReport`: its number,
//! what was injected, how often that landed. `cargo xtask faults` makes one table of all reports, and knows which are missing.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod bancada;
mod comandos;
mod entrada_mala;
mod escritores;
mod exportar;
mod filas_malas;
mod largo;
mod muertes;
#[cfg(feature = "cluster")]
mod nivel_cluster;
mod nivel_corpus;
mod nivel_python;
mod nivel_strace;
mod parquet_roto;
mod recursos;
mod registro_roto;
mod rutas;
mod s3;
mod s3_fallos;
mod secretos;
mod testigo;
mod uso;
