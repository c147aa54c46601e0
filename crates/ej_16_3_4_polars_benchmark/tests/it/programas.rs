//! `revenue-polars` and `revenue-datafusion` from outside: what they say, write and leave with.

use crate::archivos::{Fila, columnas, escribir};
use datafusion::arrow::array::{ArrayRef, AsArray as _, Float64Array};
use datafusion::arrow::datatypes::Int64Type;
use ecommerce_testkit::process::{Child, Finished};
use ecommerce_testkit::temp::{self, Tree};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::properties::EnabledStatistics::Chunk;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

const POLARS: &str = env!("CARGO_BIN_EXE_revenue-polars");
const DATAFUSION: &str = env!("CARGO_BIN_EXE_revenue-datafusion");
const AMBOS: [&str; 2] = [POLARS, DATAFUSION];

const FILAS: [Fila; 4] = [
    (Some(10.25), Some("sur")),
    (Some(-3.0), Some("sur")),
    (None, Some("norte")),
    (Some(0.5), Some("norte")),
];

fn correr(programa: &str, entrada: &Path, salida: &Path, mas: &[&str]) -> Finished {
    let run = Child::new(programa)
        .arg("--entrada")
        .arg(entrada)
        .arg("--salida")
        .arg(salida)
        .args(mas)
        .run()
        .unwrap();
    assert!(!run.crashed() && !run.timed_out, "{run:?}");
    run
}

/// The one line of an error.
fn error(run: &Finished) -> String {
    let dicho = run.stderr_text();
    assert_eq!(dicho.lines().count(), 1, "{dicho}");
    assert_eq!(run.stdout_text(), "");
    dicho.trim_end().strip_prefix("error: ").unwrap().to_owned()
}

fn escrito(ruta: &Path) -> Vec<(String, i64)> {
    let lector = ParquetRecordBatchReaderBuilder::try_new(File::open(ruta).unwrap()).unwrap();
    let lotes: Vec<_> = lector.build().unwrap().map(Result::unwrap).collect();
    lotes
        .iter()
        .flat_map(|lote| {
            let regiones = lote.column(0).as_string::<i32>().iter();
            let centavos = lote.column(1).as_primitive::<Int64Type>().iter();
            regiones
                .map(|r| r.unwrap().to_owned())
                .zip(centavos.map(Option::unwrap))
                .collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn cada_uno_escribe_los_centavos_y_dice_cuanto_tardo_cada_consulta() {
    let dir = temp::dir().unwrap();
    let (entrada, salida) = (
        dir.path().join("ventas.parquet"),
        dir.path().join("revenue.parquet"),
    );
    escribir(&entrada, &FILAS, Chunk);
    for (programa, mas, version) in [
        (POLARS, &[][..], "polars 0.55.2, memoria"),
        (
            POLARS,
            &["--motor", "streaming"],
            "polars 0.55.2, streaming",
        ),
        (DATAFUSION, &[], "datafusion 55.2.0"),
    ] {
        let mas = [mas, &["--repeticiones", "3"]].concat();
        let run = correr(programa, &entrada, &salida, &mas);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(
            escrito(&salida),
            [("norte".to_owned(), 50), ("sur".to_owned(), 1025)]
        );
        let dicho: serde_json::Value = serde_json::from_str(&run.stdout_text()).unwrap();
        assert_eq!(
            (dicho["filas"].as_u64(), dicho["regiones"].as_u64()),
            (Some(4), Some(2))
        );
        assert_eq!(dicho["version"], version);
        let tiempos = dicho["consultas_s"].as_array().unwrap();
        assert_eq!((tiempos.len(), &tiempos[0]), (3, &dicho["consulta_s"]));
        assert!(tiempos.iter().all(|t| t.as_f64().unwrap() > 0.0));
        std::fs::remove_file(&salida).unwrap();
    }
}

#[test]
fn pasados_los_segundos_no_empieza_otra_y_dos_se_hacen_siempre() {
    let dir = temp::dir().unwrap();
    let entrada = dir.path().join("ventas.parquet");
    escribir(&entrada, &FILAS, Chunk);
    for programa in AMBOS {
        let run = correr(
            programa,
            &entrada,
            &dir.path().join("r"),
            &["--repeticiones", "1000000", "--segundos", "0"],
        );
        let dicho: serde_json::Value = serde_json::from_str(&run.stdout_text()).unwrap();
        assert_eq!(dicho["consultas_s"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn la_ayuda_esta_en_espanol_y_trae_ejemplos_y_codigos() {
    for programa in AMBOS {
        let run = Child::new(programa).arg("--help").run().unwrap();
        let dicho = run.stdout_text();
        assert_eq!(run.code, Some(0));
        for parte in [
            "Revenue por región",
            "--repeticiones",
            "Ejemplos:",
            "Códigos de salida: 0 hecho · 2 uso",
        ] {
            assert!(dicho.contains(parte), "{parte}: {dicho}");
        }
        for parte in [
            "Usage:",
            "Options:",
            "Print help",
            "Print version",
            "[default",
            "[possible",
        ] {
            assert!(!dicho.contains(parte), "{parte}: {dicho}");
        }
    }
}

#[test]
fn lo_que_no_se_entiende_sale_con_2() {
    let dir = temp::dir().unwrap();
    let entrada = dir.path().join("ventas.parquet");
    escribir(&entrada, &FILAS, Chunk);
    let salida = dir.path().join("r");
    for programa in AMBOS {
        for (mas, parte) in [
            (
                &["--repeticion", "3"][..],
                "'--repeticion' no existe; ¿quería decir '--repeticiones'?",
            ),
            (
                &["--repeticiones", "0"],
                "valor no válido en --repeticiones",
            ),
            (&["--segundos", "mañana"], "valor no válido en --segundos"),
        ] {
            let run = correr(programa, &entrada, &salida, mas);
            assert_eq!(run.code, Some(2));
            assert!(error(&run).contains(parte), "{run:?}");
        }
        let run = Child::new(programa).run().unwrap();
        assert_eq!(run.code, Some(2));
        assert!(error(&run).contains("--entrada"), "{run:?}");
    }
    let run = correr(POLARS, &entrada, &salida, &["--motor", "gpu"]);
    assert_eq!(
        (run.code, error(&run).contains("memoria, streaming")),
        (Some(2), true),
        "{run:?}"
    );
    assert!(!salida.exists());
}

#[test]
fn la_salida_que_es_la_entrada_no_se_toca() {
    let dir = temp::dir().unwrap();
    let entrada = dir.path().join("ventas.parquet");
    escribir(&entrada, &FILAS, Chunk);
    std::os::unix::fs::symlink(&entrada, dir.path().join("enlace")).unwrap();
    let antes = Tree::of(dir.path()).unwrap();
    for programa in AMBOS {
        for salida in [&entrada, &dir.path().join("enlace")] {
            let run = correr(programa, &entrada, salida, &[]);
            assert_eq!(run.code, Some(2), "{run:?}");
            assert!(error(&run).contains("el mismo archivo"));
        }
    }
    assert_eq!(antes.changes(&Tree::of(dir.path()).unwrap()), []);
}

#[test]
fn una_entrada_mala_sale_con_3_y_deja_la_salida_anterior() {
    let dir = temp::dir().unwrap();
    let en = |nombre: &str| dir.path().join(nombre);
    escribir(&en("bueno"), &FILAS, Chunk);
    let bueno = std::fs::read(en("bueno")).unwrap();
    std::fs::write(en("cortado"), &bueno[..bueno.len() - 7]).unwrap();
    // The footer is whole; what it points at is not.
    let mut paginas = bueno.clone();
    paginas[4..40].fill(0xFF);
    std::fs::write(en("paginas"), paginas).unwrap();
    let montos: ArrayRef = Arc::new(Float64Array::from(vec![1.0]));
    columnas(
        &en("otras"),
        [("monto", montos.clone()), ("pais", montos)],
        Chunk,
    );
    escribir(
        &en("nan"),
        &[(Some(f64::NAN), Some("sur")), (Some(1.0), Some("sur"))],
        Chunk,
    );
    std::fs::write(en("salida"), "la de antes").unwrap();
    let antes = Tree::of(dir.path()).unwrap();
    for programa in AMBOS {
        for (nombre, parte) in [
            ("falta", "no existe"),
            ("", "no es un archivo"),
            ("cortado", "archivo dañado"),
            ("paginas", ""),
            ("otras", "falta la columna 'region'"),
            ("nan", "la región «sur» suma NaN, que no es dinero"),
        ] {
            let run = correr(programa, &en(nombre), &en("salida"), &[]);
            assert_eq!(run.code, Some(3), "{nombre}: {run:?}");
            assert!(error(&run).contains(parte), "{nombre}: {run:?}");
        }
    }
    assert_eq!(antes.changes(&Tree::of(dir.path()).unwrap()), []);
}

#[test]
fn una_salida_que_no_se_puede_escribir_sale_con_5() {
    let dir = temp::dir().unwrap();
    let entrada = dir.path().join("ventas.parquet");
    escribir(&entrada, &FILAS, Chunk);
    let antes = Tree::of(dir.path()).unwrap();
    for programa in AMBOS {
        let run = correr(
            programa,
            &entrada,
            &dir.path().join("no/hay/r.parquet"),
            &[],
        );
        assert_eq!(run.code, Some(5), "{run:?}");
        assert!(error(&run).contains("no se puede escribir en"));
        let run = correr(programa, &entrada, dir.path(), &[]);
        assert_eq!(run.code, Some(5), "{run:?}");
    }
    assert_eq!(antes.changes(&Tree::of(dir.path()).unwrap()), []);
}

#[test]
fn el_generador_que_se_queda_sin_lector_sale_con_5_y_sin_panic() {
    let mut hijo = Command::new(DATAFUSION)
        .args(["generar", "--filas", "5000000"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut primeros = [0; 64];
    hijo.stdout
        .take()
        .unwrap()
        .read_exact(&mut primeros)
        .unwrap();
    let fin = hijo.wait_with_output().unwrap();
    let dicho = String::from_utf8(fin.stderr).unwrap();
    assert_eq!(fin.status.code(), Some(5), "{dicho}");
    assert!(
        dicho.starts_with("error: no se puede escribir en salida estándar")
            && dicho.lines().count() == 1,
        "{dicho}"
    );
}

#[test]
fn el_motor_es_el_que_se_pide() {
    let dir = temp::dir().unwrap();
    let entrada = dir.path().join("ventas.parquet");
    escribir(&entrada, &FILAS, Chunk);
    let agrupa_en_streaming = |motor: &str| {
        let run = Child::new(POLARS)
            .arg("--entrada")
            .arg(&entrada)
            .arg("--salida")
            .arg(dir.path().join("r"))
            .args(["--motor", motor])
            .env("POLARS_VERBOSE", "1")
            .run()
            .unwrap();
        assert_eq!(run.code, Some(0), "{run:?}");
        run.stderr_text()
            .contains("polars-stream: running group-by")
    };
    assert!(agrupa_en_streaming("streaming"));
    assert!(!agrupa_en_streaming("memoria"));
}
