//! The exercise from outside: tables of Rust and of Python read by the other, writers killed, vacuum.
#![allow(clippy::unwrap_used, reason = "a failing test should panic")]

mod ida_y_vuelta;
mod muertes;
mod nivel_corpus;
mod nivel_python;
mod programa;
mod vacuum;

use ej_16_5_2_delta_from_python::SalesError;
use std::future::Future;
use std::path::Path;

/// Runs what is asynchronous to its end.
fn espera<T>(futuro: impl Future<Output = Result<T, SalesError>>) -> Result<T, SalesError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(futuro)
}

/// Copies a table.
fn copiar(de: &Path, a: &Path) {
    std::fs::create_dir_all(a).unwrap();
    for entrada in std::fs::read_dir(de).unwrap().flatten() {
        let destino = a.join(entrada.file_name());
        if entrada.path().is_dir() {
            copiar(&entrada.path(), &destino);
        } else {
            std::fs::copy(entrada.path(), destino).unwrap();
        }
    }
}
