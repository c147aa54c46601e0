use super::*;
use crate::machine::Machine;
use crate::report::{AaPair, Entry, InputNote, State, WarmEntry};

fn entry(name: &str, cold: f64, warm: f64) -> Entry {
    Entry {
        nombre: name.into(),
        estado: State::Ok,
        mediana_s: Some(cold),
        consulta_s: Some(warm * 1.5),
        min_s: Some(cold * 0.9),
        max_s: Some(cold * 1.2),
        cpu_s: Some(cold),
        pico_mb: Some(100),
        hash: None,
        desviacion: None,
        version: None,
        detalle: None,
        comando: String::new(),
        muestras: vec![],
        arranque_s: Some(cold - warm * 1.5),
        caliente: Some(WarmEntry {
            mediana_s: warm,
            min_s: warm * 0.95,
            max_s: warm * 1.1,
            primera_s: Some(warm * 1.5),
            pico_mb: 120,
            procesos: vec![],
        }),
        escrito_mb: None,
        partes_s: Default::default(),
        sesion_s: None,
    }
}

/// A run in which Python costs 0.2 s to start, streaming is 2 % slower there, and Pandas dies at the largest size.
fn run(rows: u64) -> Outcome {
    let query = rows as f64 / 1e8;
    let mut pandas = entry("pandas", 20.0 * query + 0.5, 20.0 * query);
    if rows > 10_000_000 {
        pandas = Entry {
            estado: State::SinMemoria,
            mediana_s: None,
            min_s: None,
            max_s: None,
            caliente: None,
            arranque_s: None,
            pico_mb: Some(21_000),
            detalle: Some("pasó el límite de memoria".into()),
            ..pandas
        };
    }
    Outcome {
        trabajo: "revenue".into(),
        filas: rows,
        maquina: Machine {
            cpu: "CPU".into(),
            nucleos: 2,
            ram_gb: 23.5,
            sistema: "Linux (6.1)".into(),
            disco: "ext4".into(),
            carga: None,
        },
        contendientes: vec![
            entry("rust-polars", query * 1.3 + 0.01, query * 1.3),
            entry("rust-polars-streaming", query + 0.01, query),
            entry("polars-python", query * 1.02 + 0.21, query * 1.02),
            entry("polars-python-memoria", query * 1.2 + 0.21, query * 1.2),
            pandas,
        ],
        corridas: 5,
        calentamiento: 1,
        hilos: 2,
        limite_mb: None,
        cache: "caliente".into(),
        almacen: None,
        entrada: InputNote {
            escritor: "pyarrow".into(),
            archivos: 1,
            mb: 16.0,
            decodificado_mb: None,
        },
        referencia: "ab".into(),
        aa: Some(AaPair {
            nombre: "rust-polars".into(),
            mediana_a_s: 1.0,
            mediana_b_s: 1.01,
            razon: 1.01,
            muestras_b: vec![],
            razon_caliente: Some(0.99),
        }),
        metodo: "m".into(),
        commit: Some("c".into()),
        fecha: "2026-11-22T00:00:00Z".into(),
    }
}

fn runs() -> Vec<Outcome> {
    // Given out of order on purpose.
    [100_000_000, 1_000_000, 10_000_000].map(run).into()
}

#[test]
fn the_verdicts_follow_from_the_numbers() {
    let runs = runs();
    let growth = Growth::of(&runs).unwrap();
    let words: Vec<_> = verdict::minimal(&growth)
        .into_iter()
        .map(|(name, v)| (name, v.word))
        .collect();
    assert_eq!(
        words,
        [
            ("memoria", Word::Refutada),
            ("streaming", Word::Confirmada),
            ("guia", Word::Refutada)
        ]
    );
    // 20 / 1.02 = 19.6 at the two sizes it survives; its other form did not run.
    let pandas = verdict::times(&growth);
    assert_eq!(
        [pandas[0].word, pandas[1].word],
        [Word::Confirmada, Word::SinDatos]
    );
    assert_eq!(pandas[0].differences.len(), 4);
}

#[test]
fn a_claim_that_holds_at_some_sizes_is_qualified() {
    let mut runs = runs();
    for outcome in &mut runs {
        if outcome.filas == 1_000_000 {
            outcome.contendientes[2]
                .caliente
                .as_mut()
                .unwrap()
                .mediana_s *= 1.5;
        }
    }
    let growth = Growth::of(&runs).unwrap();
    let (_, streaming) = verdict::minimal(&growth).swap_remove(1);
    assert_eq!(streaming.word, Word::Matizada);
}

#[test]
fn sizes_below_the_guides_count_for_the_cut_off_alone() {
    let mut runs = runs();
    let mut small = run(10_000);
    small.contendientes[2].caliente.as_mut().unwrap().mediana_s *= 9.0;
    runs.push(small);
    let growth = Growth::of(&runs).unwrap();
    assert_eq!(verdict::minimal(&growth)[1].1.word, Word::Confirmada);
    assert_eq!(verdict::cold_ratios(&growth).len(), 4);
}

#[test]
fn the_cut_off_lies_where_the_start_up_is_that_share_of_the_time() {
    // Exactly: (1.02 q + 0.21) / (q + 0.01) = 2 at q = 0.19 / 0.98, which is 19.4 M rows.
    let dense: Vec<Outcome> = (0..40)
        .map(|i| run((1_000_000.0 * 10f64.powf(f64::from(i) / 20.0)) as u64))
        .collect();
    let growth = Growth::of(&dense).unwrap();
    let Some(Cutoff::From(rows)) = cutoff(&verdict::cold_ratios(&growth), 2.0) else {
        panic!("the ratio passes 2 between 1 M and 100 M");
    };
    assert!((rows / 19.4e6 - 1.0).abs() < 0.02, "{rows}");
}

#[test]
fn the_document_has_one_row_per_contestant_and_size_and_every_word() {
    let told = markdown(&runs()).unwrap();
    let rows = told.lines().filter(|l| l.contains("| `pandas` |")).count();
    assert_eq!(rows, 3, "{told}");
    assert!(
        told.contains("| 100 000 000 | `pandas` | sin memoria | – | – | – | – | – | – | 21 000 |")
    );
    assert!(told.contains("`polars-python` frente a `rust-polars-streaming` (los dos con el motor de streaming): **confirmada**."));
    assert!(told.contains("| 1 000 000 | `rust-polars` | +1,0 % | −1,0 % |"));
    assert!(told.contains("- doble o menos: desde unas "), "{told}");
}

#[test]
fn figures_are_found_by_name() {
    let found = figures(&runs()).unwrap();
    let at = |key: &str| found[&format!("16.3.4/{key}")].as_str();
    assert_eq!(at("frio/rust-polars/100M"), "1,31 s");
    assert_eq!(at("caliente/rust-polars-streaming/1M"), "10,0 ms");
    assert_eq!(at("frio/pandas/100M"), "sin memoria");
    assert_eq!(at("pico/pandas/100M"), "21 000 MB");
    assert_eq!(at("diferencia/streaming/caliente/10M"), "+2,0 %");
    assert_eq!(at("veces/pandas/caliente/10M"), "19,6");
    assert_eq!(at("veredicto/streaming"), "confirmada");
    assert_eq!(at("ruido/caliente/1M"), "−1,0 %");
}

#[test]
fn both_drawings_are_in_one_document_with_every_name() {
    let svg = draw(&runs()).unwrap();
    assert!(svg.starts_with("<svg"));
    for name in [
        "rust-polars-streaming",
        "polars-python-memoria",
        "pandas",
        "en frío",
        "en caliente",
    ] {
        assert!(svg.contains(name), "{name}");
    }
}

#[test]
fn a_result_without_warm_queries_is_refused() {
    let mut cold = run(1_000_000);
    for entry in &mut cold.contendientes {
        entry.caliente = None;
    }
    assert!(markdown(&[cold]).is_err());
    assert!(draw(&[]).is_err());
}
