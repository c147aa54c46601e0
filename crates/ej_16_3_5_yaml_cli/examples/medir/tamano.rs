//! Bytes and start-up of each binary, and where the bytes of one that still has its symbols come from.

use crate::mediana;
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::Instant;

/// What each part of the tool brings in, by the names its crates have in symbols.
const PARTES: [(&str, &[&str]); 13] = [
    (
        "S3: object_store, reqwest, hyper, rustls",
        &[
            "object_store",
            "reqwest",
            "hyper",
            "hyper_util",
            "hyper_rustls",
            "rustls",
            "webpki",
            "ring",
            "aws_lc",
            "h2",
            "http",
            "quick_xml",
            "tower",
            "url",
            "idna",
            "icu",
            "hickory",
            "native_tls",
        ],
    ),
    (
        "S3: tokio",
        &["tokio", "tokio_util", "mio", "futures_util", "futures_core"],
    ),
    ("SQL: sqlparser y polars-sql", &["sqlparser", "polars_sql"]),
    (
        "motor por lotes: polars-stream",
        &["polars_stream", "polars_async"],
    ),
    (
        "motor en memoria: polars-mem-engine",
        &["polars_mem_engine"],
    ),
    (
        "planes: polars-plan y polars-lazy",
        &["polars_plan", "polars_lazy"],
    ),
    (
        "expresiones: polars-expr y polars-ops",
        &["polars_expr", "polars_ops"],
    ),
    (
        "columnas: polars-core, -arrow, -compute, -row",
        &[
            "polars_core",
            "polars_arrow",
            "polars_compute",
            "polars_row",
            "polars_utils",
            "polars_buffer",
            "polars_dtype",
            "polars_schema",
        ],
    ),
    (
        "archivos: polars-io (CSV) y polars-parquet",
        &["polars_io", "polars_parquet", "polars_parquet_format"],
    ),
    (
        "códecs de Parquet",
        &[
            "zstd",
            "zstd_safe",
            "zstd_sys",
            "ZSTD",
            "HUF",
            "FSE",
            "brotli",
            "brotli_decompressor",
            "lz4",
            "LZ4",
            "snap",
            "flate2",
            "zlib_rs",
            "alloc_no_stdlib",
        ],
    ),
    (
        "fechas y zonas: polars-time, chrono",
        &["polars_time", "chrono", "chrono_tz"],
    ),
    (
        "expresiones regulares",
        &[
            "regex",
            "regex_automata",
            "regex_syntax",
            "aho_corasick",
            "memchr",
        ],
    ),
    (
        "YAML, órdenes y esta herramienta",
        &[
            "serde_saphyr",
            "granit_parser",
            "clap_builder",
            "clap",
            "clap_lex",
            "schemars",
            "serde",
            "serde_json",
            "serde_core",
            "indicatif",
            "console",
            "annotate_snippets",
            "encoding_rs",
            "ej_16_3_5_yaml_cli",
            "tempfile",
            "strsim",
        ],
    ),
];

pub(crate) fn mide(binarios: &[String]) {
    println!("| binario | bytes | MB | arranque (mediana de 41, ms) |\n|---|---|---|---|");
    for binario in binarios {
        let bytes = std::fs::metadata(binario).unwrap().len();
        let arranques = (0..41).map(|_| arranque(binario)).collect();
        println!(
            "| {binario} | {bytes} | {:.1} | {:.1} |",
            bytes as f64 / 1e6,
            mediana(arranques) * 1e3
        );
    }
    for binario in binarios {
        simbolos(binario);
    }
}

fn arranque(binario: &str) -> f64 {
    let inicio = Instant::now();
    let salida = Command::new(binario)
        .arg("--version")
        .env_clear()
        .stdout(Stdio::null())
        .status()
        .unwrap();
    let segundos = inicio.elapsed().as_secs_f64();
    assert!(salida.success(), "{binario} --version");
    segundos
}

fn simbolos(binario: &str) {
    let salida = Command::new("nm")
        .args(["-S", "--defined-only", "-C"])
        .arg(binario)
        .output();
    let Ok(salida) = salida else { return };
    let texto = String::from_utf8_lossy(&salida.stdout);
    let (mut partes, mut otros) = (BTreeMap::new(), BTreeMap::new());
    for linea in texto.lines() {
        let campos: Vec<&str> = linea.splitn(4, ' ').collect();
        let [_, tamano, _, nombre] = campos[..] else {
            continue;
        };
        let Ok(bytes) = u64::from_str_radix(tamano, 16) else {
            continue;
        };
        let biblioteca = biblioteca(nombre);
        let parte = PARTES.iter().find(|(_, nombres)| {
            nombres
                .iter()
                .any(|n| biblioteca == *n || (n.len() > 3 && biblioteca.starts_with(*n)))
        });
        match parte {
            Some((parte, _)) => *partes.entry(*parte).or_insert(0) += bytes,
            None => *otros.entry(biblioteca).or_insert(0) += bytes,
        }
    }
    if partes.is_empty() {
        return;
    }
    println!("\n{binario}: bytes por símbolos\n\n| parte | MB |\n|---|---|");
    let mut filas: Vec<_> = partes.into_iter().collect();
    let resto: u64 = otros.values().sum();
    filas.push(("lo demás (biblioteca estándar, genéricos sin dueño)", resto));
    filas.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    for (parte, bytes) in filas {
        println!("| {parte} | {:.2} |", bytes as f64 / 1e6);
    }
    let mut otros: Vec<_> = otros.into_iter().collect();
    otros.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    for (biblioteca, bytes) in otros.into_iter().take(12) {
        eprintln!("  {bytes:>9} {biblioteca}");
    }
}

/// The crate that a demangled name begins with: `<a::B as c::D>::e` is `a`'s.
fn biblioteca(nombre: &str) -> String {
    let nombre = nombre.trim_start_matches(['<', '&', '*', '(', '[']);
    let nombre = nombre
        .trim_start_matches("mut ")
        .trim_start_matches("dyn ")
        .trim_start_matches("core::ptr::drop_in_place<")
        .trim_start_matches("alloc::vec::Vec<")
        .trim_start_matches("alloc::sync::Arc<")
        .trim_start_matches("core::ptr::drop_glue<");
    nombre
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .find(|p| !p.is_empty())
        .unwrap_or_default()
        .split("_")
        .take(6)
        .collect::<Vec<_>>()
        .join("_")
}
