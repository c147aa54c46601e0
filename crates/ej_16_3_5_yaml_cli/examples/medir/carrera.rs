//! Whole processes, start-up included, on the same CSV: filter, group, sort, Parquet. Rounds alternate, so that what the machine
//! does meanwhile falls on all alike, and every result is read back and compared before its time counts.

use crate::mediana;
use arrow::array::{Array, AsArray as _};
use arrow::datatypes::{DataType, Int64Type};
use ecommerce_testkit::process::Child;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

const REGIONES: [&str; 5] = ["norte", "sur", "este", "oeste", "centro"];

/// region → cents, rows
type Resultado = BTreeMap<String, (i64, i64)>;

pub(crate) fn corre(argumentos: &[String]) {
    let valor = |nombre: &str| {
        let i = argumentos.iter().position(|a| a == nombre)?;
        argumentos.get(i + 1).cloned()
    };
    let filas: u64 = valor("--filas").map_or(1_000_000, |n| n.parse().unwrap());
    let rondas: usize = valor("--rondas").map_or(7, |n| n.parse().unwrap());
    let dir = PathBuf::from(valor("--dir").unwrap_or_else(|| "target/carrera-transforma".into()));
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/peers");
    std::fs::create_dir_all(&dir).unwrap();
    let dir = dir.canonicalize().unwrap();
    let esperado = entrada(&dir.join("ventas.csv"), filas);

    let tuberia = peers.join("transforma_carrera.yaml").display().to_string();
    let base = dir.display().to_string();
    let nuestra = |binario: &str| {
        Child::new(binario).args([tuberia.as_str(), "--base", base.as_str(), "--silencioso"])
    };
    let mut contendientes = Vec::new();
    if let Some(binario) = valor("--transforma") {
        contendientes.push((
            "transforma".to_owned(),
            nuestra(&binario),
            "transforma.parquet",
        ));
    }
    for mas in argumentos.windows(2).filter(|p| p[0] == "--mas") {
        let (nombre, binario) = mas[1].split_once('=').unwrap();
        // The packed Python tool knows no --base: it is given a copy of the pipeline beside the data.
        let comando = if nombre == "pyinstaller" {
            std::fs::copy(&tuberia, dir.join("t.yaml")).unwrap();
            Child::new(binario).arg(dir.join("t.yaml"))
        } else {
            nuestra(binario)
        };
        contendientes.push((nombre.to_owned(), comando, "transforma.parquet"));
    }
    if let Some(python) = valor("--python") {
        for (nombre, programa, salida) in [
            ("duckdb", "transforma_duckdb.py", "duckdb.parquet"),
            ("polars-python", "transforma_polars.py", "polars.parquet"),
        ] {
            let comando = Child::new(&python).arg(peers.join(programa)).arg(&dir);
            contendientes.push((nombre.to_owned(), comando, salida));
        }
    }
    let mut tiempos: Vec<Vec<f64>> = vec![Vec::new(); contendientes.len()];
    let mut picos = vec![0; contendientes.len()];
    for ronda in 0..=rondas {
        for (i, (nombre, comando, salida)) in contendientes.iter().enumerate() {
            let salida = dir.join(salida);
            let _ = std::fs::remove_file(&salida);
            let run = comando.run().unwrap();
            assert_eq!(run.code, Some(0), "{nombre}: {run:?}");
            assert_eq!(lee(&salida), esperado, "{nombre}");
            // The first round warms the page cache.
            if ronda > 0 {
                tiempos[i].push(run.wall.as_secs_f64());
                picos[i] = picos[i].max(run.peak_rss);
            }
        }
    }
    println!(
        "| contendiente | mediana de {rondas} (s) | mínimo (s) | pico de memoria (MB) |\n|---|---|---|---|"
    );
    for ((nombre, ..), (tiempos, pico)) in contendientes.iter().zip(tiempos.into_iter().zip(picos))
    {
        let minimo = tiempos.iter().copied().fold(f64::INFINITY, f64::min);
        println!(
            "| {nombre} | {:.3} | {minimo:.3} | {:.0} |",
            mediana(tiempos),
            pico as f64 / 1e6
        );
    }
}

/// Writes the CSV, the same for the same number of rows, and gives the result that everybody must reach.
fn entrada(ruta: &Path, filas: u64) -> Resultado {
    let mut esperado = Resultado::new();
    let mut out = BufWriter::with_capacity(1 << 20, File::create(ruta).unwrap());
    writeln!(out, "venta_id,region,user_id,centavos,cantidad").unwrap();
    for i in 0..filas {
        let azar = ej_16_3_5_yaml_cli::hash_of(1635, i);
        let region = REGIONES[(azar % 5) as usize];
        let centavos = ((azar >> 8) % 100_000) as i64 - 5_000;
        writeln!(
            out,
            "{i},{region},u{:06},{centavos},{}",
            (azar >> 32) % 500_000,
            azar >> 60
        )
        .unwrap();
        if centavos > 0 {
            let fila = esperado.entry(region.to_owned()).or_default();
            fila.0 += centavos;
            fila.1 += 1;
        }
    }
    out.flush().unwrap();
    esperado
}

fn lee(ruta: &Path) -> Resultado {
    let lector = ParquetRecordBatchReaderBuilder::try_new(File::open(ruta).unwrap())
        .unwrap()
        .build()
        .unwrap();
    let mut resultado = Resultado::new();
    for lote in lector.map(Result::unwrap) {
        let columna = |nombre: &str, tipo: &DataType| {
            arrow::compute::cast(lote.column_by_name(nombre).unwrap(), tipo).unwrap()
        };
        let region = columna("region", &DataType::Utf8);
        let (revenue, ventas) = (
            columna("revenue", &DataType::Int64),
            columna("ventas", &DataType::Int64),
        );
        let (revenue, ventas) = (
            revenue.as_primitive::<Int64Type>(),
            ventas.as_primitive::<Int64Type>(),
        );
        for i in 0..region.len() {
            resultado.insert(
                region.as_string::<i32>().value(i).to_owned(),
                (revenue.value(i), ventas.value(i)),
            );
        }
    }
    resultado
}
