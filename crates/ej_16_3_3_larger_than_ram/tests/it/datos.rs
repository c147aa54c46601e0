//! Inputs, the program as a child, and answers worked out without an engine.

use ecommerce_model::{ConfigGenerador, FilaGenerada, Generador};
use ecommerce_testkit::process::{Child, Finished};
use ej_16_3_3_larger_than_ram::{Generation, generar};
use polars::prelude::{DataFrame, ParquetReader, SerReader as _};
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::time::Duration;

pub(crate) fn programa() -> Child {
    Child::new(env!("CARGO_BIN_EXE_ej_16_3_3_larger_than_ram"))
}

/// `procesar` with two threads; `resto` in words.
pub(crate) fn procesar(resto: &str, entrada: &Path, salida: &Path) -> Child {
    programa()
        .args(["procesar", "--hilos", "2", "--json"])
        .args(resto.split_whitespace())
        .arg("--entrada")
        .arg(entrada)
        .arg("--salida")
        .arg(salida)
        // On a busy machine; a test that hangs is the runner's to end.
        .timeout(Duration::from_secs(900))
}

/// The one line of an ending without result: its text after `error: `.
pub(crate) fn una_linea(fin: &Finished, codigo: i32) -> String {
    assert_eq!(
        (fin.code, fin.crashed(), fin.timed_out),
        (Some(codigo), false, false),
        "{fin:?}"
    );
    let texto = fin.stderr_text();
    assert_eq!(texto.lines().count(), 1, "{texto}");
    texto.trim_end().strip_prefix("error: ").unwrap().to_owned()
}

pub(crate) fn bien(fin: &Finished) -> serde_json::Value {
    assert_eq!(fin.code, Some(0), "{fin:?}");
    assert_eq!(fin.stderr_text(), "");
    serde_json::from_str(&fin.stdout_text()).unwrap()
}

pub(crate) fn generacion(rows: u64, width: usize, rows_per_group: usize) -> Generation {
    Generation {
        rows,
        width,
        rows_per_group,
        seed: 42,
    }
}

pub(crate) fn eventos(que: Generation, ruta: &Path) {
    generar(que, ruta).unwrap();
}

pub(crate) fn leer(ruta: &Path) -> DataFrame {
    ParquetReader::new(File::open(ruta).unwrap())
        .finish()
        .unwrap()
}

/// Events, cents and bytes of message by region, straight from the generator's rows.
pub(crate) fn regiones(que: Generation) -> BTreeMap<Option<String>, (u32, i64, u64)> {
    let mut config = ConfigGenerador::new(que.seed, "2024-01-15".parse().unwrap(), 1, que.rows);
    config.defectos = 0.0;
    let generador = Generador::new(config).unwrap();
    let mut fila = FilaGenerada::new();
    let mut regiones = BTreeMap::new();
    for i in 0..que.rows {
        generador.fill(i, &mut fila);
        let evento = fila.as_fila();
        let region: &mut (u32, i64, u64) = regiones
            .entry(evento.region.map(str::to_owned))
            .or_default();
        region.0 += 1;
        let monto = evento.monto.filter(|m| *m > 0.0).unwrap_or(0.0);
        region.1 += (monto * 100.0).round_ties_even() as i64;
        region.2 += match que.width {
            0 => evento.mensaje.map_or(0, str::len) as u64,
            ancho => ancho as u64,
        };
    }
    regiones
}

/// What `agregar` wrote, as [`regiones`].
pub(crate) fn regiones_de(ruta: &Path) -> BTreeMap<Option<String>, (u32, i64, u64)> {
    let marco = leer(ruta);
    let columna = |nombre: &str| {
        marco
            .column(nombre)
            .unwrap()
            .as_materialized_series()
            .clone()
    };
    let (region, eventos) = (columna("region"), columna("eventos"));
    let (centavos, bytes) = (columna("centavos"), columna("bytes"));
    (0..marco.height())
        .map(|fila| {
            (
                region.str().unwrap().get(fila).map(str::to_owned),
                (
                    eventos.u32().unwrap().get(fila).unwrap(),
                    centavos.i64().unwrap().get(fila).unwrap(),
                    bytes.u64().unwrap().get(fila).unwrap(),
                ),
            )
        })
        .collect()
}
