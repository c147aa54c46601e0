use super::*;
use crate::machine::Machine;
use crate::report::{AaPair, Entry, InputNote, State, WarmEntry};
use std::collections::BTreeMap;

fn entry(name: &str, fixed: f64, per_million: f64, rows: u64, peak: u64) -> Entry {
    let warm = fixed + per_million * rows as f64 / 1e6;
    Entry {
        nombre: name.into(),
        estado: State::Ok,
        mediana_s: Some(warm + 0.5),
        consulta_s: Some(warm),
        min_s: Some(warm),
        max_s: Some(warm + 1.0),
        cpu_s: Some(warm),
        pico_mb: Some(peak),
        hash: None,
        desviacion: None,
        version: Some(format!("{name} <1>")),
        detalle: None,
        comando: format!("{name} --entrada ENTRADA"),
        muestras: vec![],
        arranque_s: Some(0.5),
        caliente: Some(WarmEntry {
            mediana_s: warm,
            min_s: warm,
            max_s: warm,
            primera_s: Some(warm),
            pico_mb: peak,
            procesos: vec![vec![warm, warm]],
        }),
        escrito_mb: None,
        partes_s: BTreeMap::from([("leer".into(), warm / 2.0), ("agregar".into(), warm)]),
        sesion_s: None,
    }
}

/// The native engine takes 10 ms a million, DuckDB 40, Polars 50 in Rust and 100 in Python with 0.2 s more, and Pandas is wrong.
fn outcome(work: &str, rows: u64, s3: bool) -> Outcome {
    let wrong = Entry {
        estado: State::Distinto,
        mediana_s: None,
        caliente: None,
        min_s: None,
        max_s: None,
        detalle: Some("respuesta: 7 filas, distintas\n+ <a>".into()),
        partes_s: BTreeMap::new(),
        ..entry("pandas", 0.0, 1.0, rows, 900)
    };
    let slower = if s3 { 2.0 } else { 1.0 };
    Outcome {
        trabajo: work.into(),
        filas: rows,
        maquina: Machine {
            cpu: "CPU".into(),
            nucleos: 2,
            ram_gb: 23.5,
            sistema: "Linux".into(),
            disco: "ext4".into(),
            carga: None,
        },
        contendientes: vec![
            entry("rust-nativo", 0.0, 0.01 * slower, rows, 40),
            entry("rust-polars", 0.0, 0.05, rows, 300),
            entry("polars-python", 0.2, 0.1, rows, 400),
            entry("duckdb", 0.0, 0.04, rows, 100),
            wrong,
        ],
        corridas: 5,
        calentamiento: 1,
        hilos: 2,
        limite_mb: None,
        cache: "caliente".into(),
        almacen: s3.then(|| "s3".into()),
        entrada: InputNote {
            escritor: "x".into(),
            archivos: 1,
            mb: rows as f64 / 5e4,
            decodificado_mb: None,
        },
        referencia: "ab".into(),
        aa: Some(AaPair {
            nombre: "rust-nativo".into(),
            mediana_a_s: 1.0,
            mediana_b_s: 1.1,
            razon: 1.1,
            muestras_b: vec![],
            razon_caliente: Some(0.95),
        }),
        metodo: "m".into(),
        commit: Some("c0ffee".into()),
        fecha: "2026-11-22".into(),
    }
}

fn all() -> Vec<Outcome> {
    vec![
        outcome("final", 100_000_000, false),
        outcome("final", 10_000_000, false),
        outcome("final-usuario", 10_000_000, false),
        outcome("final", 10_000_000, true),
    ]
}

#[test]
fn every_target_is_measured_against_the_best_that_was_right() {
    let figures = figures(&all()).unwrap();
    let of = |key: &str| figures[&format!("16.7.2/{key}")].as_str();
    assert_eq!(of("objetivo/rapidez/10M"), "× 4,00");
    assert_eq!(of("objetivo/rapidez/10M/frente-a"), "duckdb");
    assert_eq!(of("objetivo/rapidez/100M/alcanzado"), "alcanzado");
    assert_eq!(of("objetivo/rapidez-usuario/10M"), "× 4,00");
    // Half of the work's time is what decoding alone takes here.
    assert_eq!(of("objetivo/descodificar/10M"), "× 0,50");
    assert_eq!(of("objetivo/descodificar/10M/alcanzado"), "no alcanzado");
    assert_eq!(of("objetivo/memoria/10M"), "× 2,50");
}

#[test]
fn times_ratios_growth_and_places_have_their_names() {
    let figures = figures(&all()).unwrap();
    let of = |key: &str| figures[&format!("16.7.2/{key}")].as_str();
    assert_eq!(of("caliente/duckdb/10M"), "400 ms");
    assert_eq!(of("frio/duckdb/10M"), "900 ms");
    assert_eq!(of("caliente/pandas/10M"), "distinto");
    assert_eq!(of("usuario/pico/duckdb/10M"), "100 MB");
    assert_eq!(of("razon/polars/caliente/10M"), "× 2,40");
    assert_eq!(of("fijo/polars-python"), "200 ms");
    assert_eq!(of("por-millon/polars-python"), "100 ms");
    assert_eq!(of("10GB-filas"), "500 M");
    assert_eq!(of("10GB/duckdb"), "20,0 s");
    assert_eq!(of("s3/razon/rust-nativo/10M"), "× 2,00");
    assert_eq!(of("s3/razon/duckdb/10M"), "× 1,00");
    assert_eq!(of("parte/leer/rust-nativo/10M"), "50,0 ms");
    assert!(!figures.contains_key("16.7.2/fijo/pandas"));
}

#[test]
fn the_page_is_whole_asks_nobody_and_escapes_what_contestants_say() {
    let page = page(&all()).unwrap();
    assert!(page.contains("default-src 'none'") && page.ends_with("</html>\n"));
    assert!(page.contains("+ &lt;a&gt;") && !page.contains("+ <a>"));
    assert!(page.contains("rust-nativo (rust-nativo &lt;1&gt;)"));
    // Three drawings for each of the three sets.
    assert_eq!(page.matches("<svg").count(), 9);
    for foreign in ["<script", "href=", "src=", "@import", "url("] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    for opened in ["table", "details", "figure", "tbody", "pre"] {
        let count = |tag: String| page.matches(&tag).count();
        assert_eq!(count(format!("<{opened}>")), count(format!("</{opened}>")));
    }
}

#[test]
fn the_text_names_every_contestant_and_why_one_has_no_time() {
    let text = markdown(&all()).unwrap();
    assert!(text.starts_with("# Benchmark final"));
    assert!(text.contains("| 10 000 000 | pandas | distinto |"));
    assert!(text.contains("10 000 000 filas, pandas: respuesta: 7 filas, distintas · + <a>"));
    assert!(text.contains("## S3 frente al disco"));
    assert!(text.contains("| Polars Python ≈ Polars Rust (18 s y 16 s) | en caliente | × 1,12 | 10M: × 2,40 · 100M: × 2,04 |"));
}

#[test]
fn results_of_another_work_and_no_results_are_refused() {
    assert!(markdown(&[]).is_err());
    let other = Outcome {
        trabajo: "revenue".into(),
        ..outcome("final", 10, false)
    };
    let error = figures(&[other]).unwrap_err().to_string();
    assert!(error.contains("no de `revenue`"), "{error}");
}

#[test]
fn a_line_never_begins_below_zero() {
    let fit = Fit::of(&[(1_000_000, 0.9), (10_000_000, 11.0)]).unwrap();
    assert_eq!(fit.fixed_s, 0.0);
    assert!(fit.exponent > 1.0);
    assert_eq!(Fit::of(&[(10, 1.0), (10, 2.0)]), None);
    assert_eq!(Fit::of(&[(10, 1.0), (20, 0.0)]), None);
}
