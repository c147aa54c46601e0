//! What takes minutes: deaths by the hundred, writers by the hundred, ten minutes of everything at once, more data than memory.
//!
//! The invariant is checked by Python's deltalake and pyarrow, so that nothing of ours judges itself.

mod nivel_python;
mod nivel_strace;

use crate::bancada::Bancada;
use crate::recursos::{self, Final};
use ecommerce_arrow::Format;
use ecommerce_testkit::faults::FaultReport;
use std::fs;

/// Faults 16: 5 GiB of input under 512 MiB.
#[test]
#[ignore = "largo: cargo xtask test --largo"]
fn cinco_gibibytes_en_512_mebibytes() {
    let falta = FaultReport::begin(16, "5 GiB", "5 GiB de entrada con 512 MiB de memoria");
    let b = Bancada::vacia();
    // A day of about 118 bytes a row.
    b.eventos_en("eventos", 42, 1, 48_000_000, Format::Csv);
    let bytes: u64 = fs::read_dir(b.dia())
        .unwrap()
        .flatten()
        .map(|e| e.metadata().unwrap().len())
        .sum();
    assert!(bytes >= 5 << 30, "{bytes}");
    let esperado = b.contenido_esperado();
    let dicho = match recursos::en(&b, 512 << 20, &esperado) {
        Final::Igual => "el mismo resultado",
        Final::Previsto => "código 6, con su línea",
        Final::Imprevisto => "código 6, por una petición de memoria que nadie esperaba",
    };
    falta.passed(1, dicho);
}
