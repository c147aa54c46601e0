//! Independent oracles in Python: the peers' reference for the whole contract, Pandas for the real data.

use crate::bancada::{Bancada, FECHA, falla};
use crate::testigo::{Inv, Testigo};
use ecommerce_testkit::faults::FaultReport;
use ecommerce_testkit::process::Child;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn python(script: &Path, argumentos: &[&str]) -> String {
    let interpreter = std::env::var_os("ECOMMERCE_PYTHON").expect("ECOMMERCE_PYTHON");
    let f = Child::new(interpreter)
        .arg(script)
        .args(argumentos)
        .timeout(Duration::from_secs(600))
        .run()
        .unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    f.stdout_text()
}

fn raiz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
        .to_owned()
}

/// The hash of Rust and that of Python are the same number for the same table.
#[test]
#[ignore = "tier python: cargo xtask test"]
fn el_hash_de_contenido_es_el_mismo_en_python() {
    let b = Bancada::con_eventos();
    assert_eq!(b.correr(&["--silencioso"]).code, Some(0));
    let nuestros = b.contenido("metricas");
    for (tabla, nuestro) in ["metricas_cuarentena", "metricas_productos", "metricas"]
        .iter()
        .zip(nuestros)
    {
        let salida = python(
            &raiz().join("benches/peers/contenido.py"),
            &[b.ruta(tabla).to_str().unwrap()],
        );
        let hash: serde_json::Value = serde_json::from_str(&salida).unwrap();
        assert_eq!(hash["hash"].as_str(), nuestro.as_deref(), "{tabla}");
    }
}

/// Every table, cell by cell, as an independent implementation of the contract in Python computes it.
#[test]
#[ignore = "tier python: cargo xtask test"]
fn las_tres_tablas_son_las_de_la_referencia_en_python() {
    let b = Bancada::con_eventos();
    assert_eq!(b.correr(&["--silencioso"]).code, Some(0));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/contra_referencia.py");
    let peers = raiz().join("benches/peers");
    let dicho = python(
        &script,
        &[
            peers.to_str().unwrap(),
            b.ruta("eventos").to_str().unwrap(),
            FECHA,
            b.ruta("metricas").to_str().unwrap(),
        ],
    );
    assert_eq!(dicho.trim(), "iguales: cuarentena metricas productos");
}

/// The first quarter of CDNOW and a month of Complete Journey: totals equal to Pandas, to the cent.
#[test]
#[ignore = "tier python: cargo xtask test"]
fn los_datos_reales_cuadran_con_pandas_al_centavo() {
    Reales::CDNOW.cuadran("1997-01-01", "1997-03-31");
    Reales::COMPLETE_JOURNEY.cuadran("2017-01-01", "2017-01-31");
}

/// A shop's real purchases.
pub(crate) struct Reales {
    fuente: &'static str,
    archivo: &'static str,
    zona: &'static str,
}

impl Reales {
    pub(crate) const CDNOW: Self = Self {
        fuente: "cdnow",
        archivo: "cdnow/CDNOW_master.txt",
        zona: "UTC",
    };
    pub(crate) const COMPLETE_JOURNEY: Self = Self {
        fuente: "completejourney",
        archivo: "completejourney/transactions.parquet",
        zona: "America/New_York",
    };

    /// Imports everything, processes these days, and has every region of every one of them compared.
    pub(crate) fn cuadran(&self, desde: &str, hasta: &str) {
        let Self { fuente, zona, .. } = self;
        let b = Bancada::vacia();
        let archivo = raiz().join("data").join(self.archivo);
        assert!(
            archivo.exists(),
            "falta {}: cargo xtask data {fuente}",
            archivo.display()
        );
        let (eventos, tabla) = (format!("{fuente}-eventos"), format!("{fuente}-metricas"));
        let archivo = archivo.to_str().unwrap();
        let importar = b.crudo(&[
            "importar",
            fuente,
            "--archivo",
            archivo,
            "--salida",
            &eventos,
            "--zona",
            zona,
            "--silencioso",
        ]);
        let f = importar.run().unwrap();
        assert_eq!(f.code, Some(0), "{}", f.stderr_text());
        let rango = [
            "rango",
            "--desde",
            desde,
            "--hasta",
            hasta,
            "-e",
            &eventos,
            "-s",
            &tabla,
            "--zona",
            zona,
            "--silencioso",
        ];
        let f = b
            .crudo(&rango)
            .timeout(Duration::from_secs(1800))
            .run()
            .unwrap();
        assert_eq!(f.code, Some(0), "{}", f.stderr_text());
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/contra_pandas.py");
        let dicho = python(
            &script,
            &[
                fuente,
                archivo,
                b.ruta(&tabla).to_str().unwrap(),
                zona,
                desde,
                hasta,
            ],
        );
        assert!(dicho.starts_with("iguales"), "{dicho}");
        println!("{fuente}: {}", dicho.trim());
    }
}

/// Events as pyarrow writes them, with a checksum on every page.
const CON_CRC: &str = "
import sys, pyarrow.parquet as pq
pq.write_table(pq.read_table(sys.argv[1]), sys.argv[2], write_page_checksum=True, compression=sys.argv[3],
               use_dictionary=sys.argv[3] != 'NONE', store_schema=False, data_page_size=4096)
meta = pq.ParquetFile(sys.argv[2]).metadata
for c in range(meta.num_columns):
    chunk = meta.row_group(0).column(c)
    first = chunk.dictionary_page_offset or chunk.data_page_offset
    print(first, chunk.total_compressed_size)
";

/// Faults 12: a page whose bytes are not those that its checksum was taken of is refused, in every column.
#[test]
#[ignore = "tier python: cargo xtask test"]
fn una_pagina_que_no_cuadra_con_su_crc_se_rechaza() {
    let falta = FaultReport::begin(
        12,
        "CRC",
        "un bit cambiado en páginas con CRC, en cada columna y códec",
    );
    let b = Bancada::chica();
    b.publica("eventos", FECHA);
    let inv = Inv::de(&b, "metricas", Testigo::python());
    let esperado = inv.como_esta();
    let original = b.ruta("original.parquet");
    fs::rename(b.parte(0), &original).unwrap();
    let script = b.ruta("crc.py");
    fs::write(&script, CON_CRC).unwrap();
    let inv = Inv::de(&b, "metricas", Testigo::python());
    let mut rechazadas = 0;
    for codec in ["NONE", "ZSTD"] {
        let rutas = [&original, &b.parte(0)].map(|p| p.to_str().unwrap().to_owned());
        let dicho = python(&script, &[&rutas[0], &rutas[1], codec]);
        let bueno = fs::read(b.parte(0)).unwrap();
        b.publica("eventos", FECHA);
        for tabla in inv.mira().iter().zip(&esperado) {
            assert!(
                tabla.0.violations(tabla.1).is_empty(),
                "sin daño da lo mismo"
            );
        }
        for linea in dicho.lines() {
            let (desde, bytes) = linea.split_once(' ').unwrap();
            let (desde, bytes): (usize, usize) = (desde.parse().unwrap(), bytes.parse().unwrap());
            // The last bytes of a chunk are the content of its last page.
            let mut malo = bueno.clone();
            malo[desde + bytes - 2] ^= 0x10;
            fs::write(b.parte(0), &malo).unwrap();
            let f = b.correr(&["--silencioso"]);
            falla(&f, 3, &["part-00000.parquet"]);
            let dicho = f.stderr_text().to_lowercase();
            assert!(
                dicho.contains("crc") || dicho.contains("checksum"),
                "{dicho}"
            );
            rechazadas += 1;
        }
        fs::remove_file(b.parte(0)).unwrap();
    }
    for tabla in inv.mira().iter().zip(&esperado) {
        assert!(tabla.0.violations(tabla.1).is_empty());
    }
    falta.passed(
        rechazadas,
        "rechazadas por su nombre con 3; sin daño, el mismo contenido; tabla intacta",
    );
}
