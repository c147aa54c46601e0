//! Memory and descriptors run out: the same result or exit code 6, and never half a table.

use crate::bancada::{Bancada, falla};
use ecommerce_arrow::Format;

/// Faults 16, in small: under a limit that the day needs and then some, it gives the same; under less, it says so.
#[test]
fn con_poca_memoria_da_lo_mismo_o_sale_con_6() {
    let b = Bancada::vacia();
    b.eventos(42, 1_000_000, Format::Parquet);
    let esperado = b.contenido_esperado();
    let (mut iguales, mut previstos) = (0, 0);
    for mib in [512, 128, 112, 96, 64, 32] {
        match en(&b, mib << 20, &esperado) {
            Final::Igual => iguales += 1,
            Final::Previsto => previstos += 1,
            Final::Imprevisto => {}
        }
    }
    assert!(
        iguales > 0 && previstos > 0,
        "{iguales} iguales, {previstos} previstos"
    );
}

/// How a run under a memory limit ended.
pub(crate) enum Final {
    /// With the expected tables.
    Igual,
    /// With exit code 6 and a line of ours.
    Previsto,
    /// With exit code 6 after an allocation that nobody foresaw.
    Imprevisto,
}

/// Runs the day under the limit; anything but the three endings, or half a table, fails the test.
pub(crate) fn en(b: &Bancada, bytes: u64, esperado: &[Option<String>]) -> Final {
    let f = b
        .comando(&["--silencioso"])
        .limit_data(bytes)
        .timeout(std::time::Duration::from_secs(1_800))
        .run()
        .unwrap();
    let dicho = f.stderr_text();
    println!("{} MiB: {:?} {}", bytes >> 20, f.code, dicho.trim());
    let tabla = b.contenido("metricas");
    if f.code == Some(0) {
        assert_eq!(tabla, esperado);
        return Final::Igual;
    }
    assert_eq!(f.code, Some(6), "{:?} {dicho}", f.signal);
    assert!(tabla[2].is_none() || tabla[2] == esperado[2]);
    if dicho.contains("memory allocation") {
        return Final::Imprevisto;
    }
    falla(&f, 6, &["la memoria no alcanza"]);
    Final::Previsto
}

/// Faults 15: with 64 descriptors, a day of more files than that.
#[test]
fn un_dia_de_mas_archivos_que_descriptores_sale() {
    let b = Bancada::vacia();
    b.eventos(42, 300_000, Format::Parquet);
    let archivos = std::fs::read_dir(b.dia()).unwrap().count();
    assert!(archivos > 100, "{archivos}");
    let esperado = b.contenido_esperado();
    let f = b.comando(&["--silencioso"]).limit_files(64).run().unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    assert_eq!(b.contenido("metricas"), esperado);
    // With fewer than the program itself needs, it says what ran out.
    let f = b.comando(&["--silencioso"]).limit_files(8).run().unwrap();
    falla(&f, 6, &["demasiados archivos abiertos"]);
    assert_eq!(b.contenido("metricas"), esperado);
}
