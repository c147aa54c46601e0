//! Public files, malformed and merely odd: each read by a process of its own, with little memory and little time.

use ecommerce_testkit::process::Child;
use ej_16_2_2_parquet::leer_parquet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn corpus() -> PathBuf {
    PathBuf::from(std::env::var_os("CORPUS_DIR").expect("CORPUS_DIR"))
}

/// Every Parquet file of parquet-testing, and the fuzz inputs of arrow-testing.
fn archivos() -> Vec<PathBuf> {
    let mut pendientes = vec![
        corpus().join("parquet-testing"),
        corpus().join("arrow-testing/data/parquet"),
    ];
    let mut archivos = Vec::new();
    while let Some(directorio) = pendientes.pop() {
        for entrada in fs::read_dir(directorio).unwrap().flatten() {
            let ruta = entrada.path();
            if ruta.is_dir() {
                pendientes.push(ruta);
            } else if ruta.extension().is_none_or(|e| e != "csv") {
                archivos.push(ruta);
            }
        }
    }
    archivos.sort();
    archivos
}

/// Rows of the files that are good, whatever their oddity; every other one must be refused.
const BUENOS: [(&str, usize); 13] = [
    ("alltypes_dictionary.parquet", 2),
    ("alltypes_plain.parquet", 8),
    ("byte_array_decimal.parquet", 24),
    ("crash-649c71a618ae2fd80cec177a9676eb3e280fc1fa", 7),
    ("datapage_v1-uncompressed-checksum.parquet", 5_120),
    ("delta_binary_packed.parquet", 200),
    ("delta_encoding_required_column.parquet", 100),
    ("incorrect_map_schema.parquet", 1),
    ("int32_with_null_pages.parquet", 1_000),
    ("lz4_raw_compressed.parquet", 4),
    ("nan_in_stats.parquet", 2),
    ("nulls.snappy.parquet", 8),
    ("single_nan.parquet", 1),
];

#[test]
#[ignore = "tier corpus: cargo xtask test"]
fn cada_archivo_da_sus_filas_o_un_error_con_su_nombre() {
    let archivos = archivos();
    assert_eq!(archivos.len(), 89);
    let mut buenos = 0;
    for archivo in &archivos {
        let nombre = archivo.file_name().unwrap().to_string_lossy();
        let fin = Child::new(env!("CARGO_BIN_EXE_ej_16_2_2_parquet"))
            .arg("leer")
            .arg(archivo)
            .limit_data(512 << 20)
            .timeout(Duration::from_secs(20))
            .run()
            .unwrap();
        let (salida, error) = (fin.stdout_text(), fin.stderr_text());
        match BUENOS.iter().find(|(bueno, _)| *bueno == nombre) {
            Some((_, filas)) => {
                assert_eq!(fin.code, Some(0), "{nombre}: {error}");
                assert!(
                    salida.contains(&format!(": {filas} filas en ")),
                    "{nombre}: {salida}"
                );
                buenos += 1;
            }
            None => {
                assert_eq!(
                    fin.code,
                    Some(3),
                    "{nombre}: {:?} {salida}{error}",
                    fin.signal
                );
                assert!(
                    error.starts_with(&format!("error: {}: ", archivo.display())),
                    "{error}"
                );
                assert_eq!(error.lines().count(), 1, "{error}");
                assert!(
                    !error.contains("gave up"),
                    "{nombre} entra en pánico por dentro: {error}"
                );
            }
        }
        assert!(fin.peak_rss < 128 << 20, "{nombre}: {} bytes", fin.peak_rss);
    }
    assert_eq!(buenos, BUENOS.len());
    println!("{} archivos, {buenos} buenos", archivos.len());
}

#[test]
#[ignore = "tier corpus: cargo xtask test"]
fn un_crc_que_no_cuadra_se_rechaza_y_se_dice() {
    let ruta = corpus().join("parquet-testing/data/datapage_v1-corrupt-checksum.parquet");
    let mut lotes = leer_parquet(ruta.to_str().unwrap()).unwrap();
    let Some(Err(error)) = lotes.find(Result::is_err) else {
        panic!("se leyó entero");
    };
    assert!(
        error.to_string().contains("CRC checksum mismatch"),
        "{error}"
    );
    assert!(lotes.next().is_none());
}

/// The expected cells come with the files.
#[test]
#[ignore = "tier corpus: cargo xtask test"]
fn los_enteros_y_textos_en_delta_son_los_esperados() {
    for nombre in ["delta_binary_packed", "delta_encoding_required_column"] {
        let datos = corpus().join("parquet-testing/data");
        let lotes = leer_parquet(datos.join(format!("{nombre}.parquet")).to_str().unwrap())
            .unwrap()
            .collect::<Result<Vec<_>, _>>()
            .unwrap();
        let leidas: Vec<Vec<String>> = crate::celdas::de(&lotes)
            .iter()
            .map(|linea| linea.split('|').map(claro).collect())
            .collect();
        let esperadas = fs::read_to_string(datos.join(format!("{nombre}_expect.csv"))).unwrap();
        let esperadas: Vec<Vec<String>> = esperadas.lines().skip(1).map(campos).collect();
        assert_eq!(leidas.len(), esperadas.len());
        for (leida, esperada) in leidas.iter().zip(&esperadas) {
            assert_eq!(leida, esperada, "{nombre}");
        }
    }
}

/// A cell as the CSV has it: texts as they are, numbers as numbers.
fn claro(celda: &str) -> String {
    match celda.strip_prefix('s') {
        Some(hexadecimal) => {
            let bytes = (0..hexadecimal.len() / 2)
                .map(|i| u8::from_str_radix(&hexadecimal[2 * i..2 * i + 2], 16).unwrap())
                .collect();
            String::from_utf8(bytes).unwrap()
        }
        None if celda == "∅" => String::new(),
        None => celda.to_owned(),
    }
}

/// The fields of a line of CSV, some of them in quotes.
fn campos(linea: &str) -> Vec<String> {
    let (mut campos, mut campo, mut dentro) = (Vec::new(), String::new(), false);
    for c in linea.chars() {
        match c {
            '"' => dentro = !dentro,
            ',' if !dentro => campos.push(std::mem::take(&mut campo)),
            _ => campo.push(c),
        }
    }
    campos.push(campo);
    campos
}

/// Statistics that hold a NaN must not exclude the rows beside it.
#[test]
#[ignore = "tier corpus: cargo xtask test"]
fn un_nan_en_las_estadisticas_no_poda_filas() {
    use ecommerce_arrow::{Limits, SafeParquet};
    use ej_16_2_2_parquet::{Condition, Pruning, query};
    let ruta = corpus().join("parquet-testing/data/nan_in_stats.parquet");
    let filas = |pruning| {
        let archivo = SafeParquet::open(Path::new(&ruta), "nan", &Limits::default()).unwrap();
        let columna = archivo.schema().field(0).name().clone();
        let condicion = Condition::number(&columna, Some(f64::MIN), Some(f64::MAX));
        query(archivo, &[&columna], &condicion, pruning)
            .unwrap()
            .map(|lote| lote.unwrap().num_rows())
            .sum::<usize>()
    };
    assert_eq!((filas(Pruning::NONE), filas(Pruning::ALL)), (1, 1));
}
