//! Delta tables on disk and in S3: every operation, its rules, its log, its concurrency, and other readers beside ours.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failing test should panic"
)]

mod bancada;
mod cambios;
mod checkpoints;
mod concurrencia;
mod disposicion;
mod escritura;
mod esquema;
mod fusion;
mod guia;
mod largo;
mod nivel_corpus;
mod nivel_jvm;
mod nivel_python;
mod no_compila;
mod programa;
mod recorrido;
mod registro;
mod reglas;
mod vacuum;
mod versiones;
