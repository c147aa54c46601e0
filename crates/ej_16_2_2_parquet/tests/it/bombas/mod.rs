//! Files of a few bytes that claim, or become, gigabytes: an error, and no memory spent on it.

mod compresores;
mod contenido;
mod pie;

use crate::artesania::{self as a, Columna, INT32, PLAIN, Pagina, archivo};
use ecommerce_arrow::{Limits, ReadError, SafeParquet};
use ecommerce_testkit::alloc;
use std::fs;

const MIB: usize = 1 << 20;

fn limites() -> Limits {
    Limits {
        batch_rows: 4_096,
        page_bytes: 4 << 20,
        batch_bytes: 16 << 20,
        footer_bytes: 1 << 20,
        ..Limits::default()
    }
}

/// Reads the file to its end: its rows, and the most that was allocated at once meanwhile.
fn leer(bytes: &[u8]) -> (Result<usize, ReadError>, usize) {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("bomba.parquet");
    fs::write(&ruta, bytes).unwrap();
    let (leido, visto) = alloc::in_this_thread(|| {
        let mut filas = 0;
        for lote in SafeParquet::open(&ruta, "bomba.parquet", &limites())?
            .scan()
            .batches()?
        {
            filas += lote?.num_rows();
        }
        Ok(filas)
    });
    (leido, visto.peak as usize)
}

/// The message of the error, after making sure that it names the file and cost next to nothing.
fn rechazada(bytes: &[u8]) -> String {
    let (leido, pico) = leer(bytes);
    let error = leido.unwrap_err().to_string();
    assert!(pico < MIB, "{pico} bytes para decir: {error}");
    error
        .strip_prefix("bomba.parquet: ")
        .unwrap_or_else(|| panic!("{error}"))
        .to_owned()
}

#[test]
fn un_archivo_artesanal_correcto_se_lee() {
    let enteros = [7i32, 8, 9].map(i32::to_le_bytes).concat();
    let columna = Columna::nueva(INT32, a::SIN, vec![Pagina::datos(3, PLAIN, enteros)]);
    assert_eq!(leer(&archivo(3, &[columna])).0.unwrap(), 3);
}

/// As [`rechazada`], for footers that are large themselves.
fn rechazada_con(bytes: &[u8], memoria: usize) -> String {
    let (leido, pico) = leer(bytes);
    let error = leido.unwrap_err().to_string();
    assert!(pico < memoria, "{pico} bytes para decir: {error}");
    error["bomba.parquet: ".len()..].to_owned()
}
