//! The same table in files of pyarrow, Polars, DuckDB and Spark, both ways, cell by cell.

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array,
    Int64Builder, ListBuilder, RecordBatch, StringArray, StructArray, TimestampMicrosecondArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Fields};
use ecommerce_arrow::{Limits, SafeParquet};
use ecommerce_testkit::process::Child;
use ecommerce_testkit::process::Finished;
use ej_16_2_2_parquet::{
    ParquetFileError, Partitioned, escribir_flujo, escribir_parquet, leer_parquet,
};
use parquet::basic::{Compression, Encoding, Type as Physical, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// What `intercambio.py` calls `FILAS`.
fn tabla() -> RecordBatch {
    let mut lista = ListBuilder::new(Int64Builder::new());
    for fila in [
        Some(vec![]),
        Some(vec![Some(1), Some(2), Some(3)]),
        None,
        Some(vec![None]),
        Some(vec![Some(4), None]),
        Some(vec![Some(5)]),
    ] {
        lista.append_option(fila);
    }
    let categoria = StringArray::from(vec![
        Some("norte"),
        Some("sur"),
        Some("norte"),
        None,
        Some(""),
        Some("norte"),
    ]);
    let diccionario = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let campos = Fields::from(vec![
        Field::new("a", DataType::Int64, true),
        Field::new("b", DataType::Utf8, true),
    ]);
    let a: ArrayRef = Arc::new(Int64Array::from(vec![
        Some(1),
        None,
        None,
        Some(2),
        None,
        Some(3),
    ]));
    let b: ArrayRef = Arc::new(StringArray::from(vec![
        Some("x"),
        Some(""),
        None,
        None,
        None,
        Some("ñ"),
    ]));
    let presentes = vec![true, true, false, true, true, true];
    let columnas: [(&str, ArrayRef); 11] = [
        (
            "entero",
            Arc::new(Int64Array::from(vec![
                Some(0),
                None,
                Some(i64::MIN),
                Some(i64::MAX),
                Some(42),
                Some(-1),
            ])),
        ),
        (
            "doble",
            Arc::new(Float64Array::from(vec![
                Some(f64::NAN),
                Some(f64::INFINITY),
                Some(f64::NEG_INFINITY),
                Some(-0.0),
                None,
                Some(0.1),
            ])),
        ),
        (
            "texto",
            Arc::new(StringArray::from(vec![
                Some(""),
                Some("ñandú 🦀"),
                None,
                Some("con \"comillas\" y \\"),
                Some(" "),
                Some("e\u{301}\u{202e}\u{feff}"),
            ])),
        ),
        (
            "instante",
            Arc::new(
                TimestampMicrosecondArray::from(vec![
                    Some(0),
                    None,
                    Some(-1),
                    Some(1_705_312_800_123_456),
                    Some(4_102_444_799_999_999),
                    Some(951_782_400_000_000),
                ])
                .with_timezone("UTC"),
            ),
        ),
        (
            "fecha",
            Arc::new(Date32Array::from(vec![
                Some(0),
                Some(-1),
                None,
                Some(19_737),
                Some(11_016),
                Some(2_932_896),
            ])),
        ),
        (
            "decimal",
            Arc::new(
                Decimal128Array::from(vec![
                    Some(0),
                    Some(-1),
                    None,
                    Some(999_999_999_999_999_999),
                    Some(-999_999_999_999_999_999),
                    Some(15_050),
                ])
                .with_precision_and_scale(18, 2)
                .unwrap(),
            ),
        ),
        (
            "logico",
            Arc::new(BooleanArray::from(vec![
                Some(true),
                Some(false),
                None,
                Some(true),
                Some(true),
                Some(false),
            ])),
        ),
        (
            "binario",
            Arc::new(BinaryArray::from(vec![
                Some(b"".as_slice()),
                Some(b"\x00\xff"),
                None,
                Some(b"a"),
                Some(b"abc"),
                Some(b"\x80"),
            ])),
        ),
        ("categoria", cast(&categoria, &diccionario).unwrap()),
        ("lista", Arc::new(lista.finish())),
        (
            "registro",
            Arc::new(StructArray::new(campos, vec![a, b], Some(presentes.into()))),
        ),
    ];
    RecordBatch::try_from_iter_with_nullable(columnas.map(|(n, c)| (n, c, true))).unwrap()
}

fn programa(interprete: &str, motor: &str, orden: &str, ruta: &Path) -> Vec<String> {
    let fin = correr(interprete, motor, orden, ruta, &[]);
    assert_eq!(fin.code, Some(0), "{motor} {orden}: {}", fin.stderr_text());
    fin.stdout_text().lines().map(str::to_owned).collect()
}

fn correr(
    interprete: &str,
    motor: &str,
    orden: &str,
    ruta: &Path,
    entorno: &[(&str, &str)],
) -> Finished {
    let interprete = std::env::var_os(interprete).unwrap_or_else(|| panic!("{interprete}"));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/intercambio.py");
    Child::new(interprete)
        .arg(script)
        .args([motor, orden])
        .arg(ruta)
        .envs(entorno.iter().copied())
        .timeout(Duration::from_secs(300))
        .run()
        .unwrap()
}

/// Our files, in the forms that other readers have most trouble with.
fn nuestros(dir: &Path) -> Vec<std::path::PathBuf> {
    let ruta = |nombre: &str| dir.join(nombre);
    escribir_parquet(&[tabla()], ruta("guia.parquet").to_str().unwrap()).unwrap();
    let zstd = Compression::ZSTD(ZstdLevel::try_new(3).unwrap());
    let v2 = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_2_0)
        .set_compression(zstd)
        .set_dictionary_enabled(false)
        .set_column_dictionary_enabled("categoria".into(), true)
        .set_column_encoding("entero".into(), Encoding::DELTA_BINARY_PACKED)
        .set_column_encoding("texto".into(), Encoding::DELTA_BYTE_ARRAY)
        .build();
    let lz4 = WriterProperties::builder()
        .set_compression(Compression::LZ4_RAW)
        .set_bloom_filter_enabled(true)
        .build();
    for (nombre, propiedades) in [("delta_v2.parquet", v2), ("lz4.parquet", lz4)] {
        escribir(&ruta(nombre), propiedades);
    }
    ["guia.parquet", "delta_v2.parquet", "lz4.parquet"]
        .map(ruta)
        .to_vec()
}

fn escribir(ruta: &Path, propiedades: WriterProperties) {
    let lotes = [Ok::<_, ParquetFileError>(tabla())];
    escribir_flujo(tabla().schema(), lotes, ruta, propiedades).unwrap();
}

/// A good file with one column in an encoding that few read.
fn con_codificacion(ruta: &Path, columna: &str, codificacion: Encoding) {
    let propiedades = WriterProperties::builder()
        .set_column_dictionary_enabled(columna.into(), false)
        .set_column_encoding(columna.into(), codificacion);
    escribir(ruta, propiedades.build());
}

fn ida_y_vuelta(interprete: &str, motor: &str) {
    let dir = tempfile::tempdir().unwrap();
    let esperado = crate::celdas::de(&[tabla()]);
    for ruta in nuestros(dir.path()) {
        let leido = programa(interprete, motor, "leer", &ruta);
        assert_eq!(leido, esperado, "{motor} lee {}", ruta.display());
    }
    let ruta = dir.path().join("suyo.parquet");
    assert_eq!(programa(interprete, motor, "escribir", &ruta), ["escrito"]);
    let lotes = leer_parquet(ruta.to_str().unwrap()).unwrap();
    let lotes = lotes.collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(crate::celdas::de(&lotes), esperado, "se lee lo de {motor}");
}

/// The notation is injective where it must be, or equal files would prove little.
#[test]
fn la_notacion_distingue_nulo_vacio_cero_y_menos_cero() {
    let celdas = crate::celdas::de(&[tabla()]);
    assert_eq!(celdas.len(), 6);
    assert!(
        celdas[0].starts_with("0|fNaN|s|t0|d0|0|true|b|s6e6f727465|[]|{1,s78}"),
        "{}",
        celdas[0]
    );
    assert!(
        celdas[1].starts_with("∅|f7ff0000000000000|s"),
        "{}",
        celdas[1]
    );
    assert!(celdas[3].contains("|f8000000000000000|"), "{}", celdas[3]);
}

mod nivel_python {
    use super::*;

    /// What the writer offers and one of the readers lacks: the format is one, its implementations are not.
    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn pyarrow_no_lee_un_diccionario_de_arrow_en_delta_byte_array() {
        let dir = tempfile::tempdir().unwrap();
        let ruta = dir.path().join("categoria.parquet");
        con_codificacion(&ruta, "categoria", Encoding::DELTA_BYTE_ARRAY);
        let fin = correr("ECOMMERCE_PYTHON", "pyarrow", "leer", &ruta, &[]);
        assert_ne!(fin.code, Some(0));
        assert!(
            fin.stderr_text().contains("DeltaByteArrayDecoder"),
            "{}",
            fin.stderr_text()
        );
        let esperado = crate::celdas::de(&[tabla()]);
        for motor in ["polars", "duckdb"] {
            assert_eq!(
                programa("ECOMMERCE_PYTHON", motor, "leer", &ruta),
                esperado,
                "{motor}"
            );
        }
    }

    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn los_tres_leen_byte_stream_split() {
        let dir = tempfile::tempdir().unwrap();
        let ruta = dir.path().join("doble.parquet");
        con_codificacion(&ruta, "doble", Encoding::BYTE_STREAM_SPLIT);
        let esperado = crate::celdas::de(&[tabla()]);
        for motor in ["pyarrow", "polars", "duckdb"] {
            assert_eq!(
                programa("ECOMMERCE_PYTHON", motor, "leer", &ruta),
                esperado,
                "{motor}"
            );
        }
    }

    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn pyarrow_lee_lo_nuestro_y_leemos_lo_suyo() {
        super::ida_y_vuelta("ECOMMERCE_PYTHON", "pyarrow");
    }

    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn polars_lee_lo_nuestro_y_leemos_lo_suyo() {
        super::ida_y_vuelta("ECOMMERCE_PYTHON", "polars");
    }

    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn duckdb_lee_lo_nuestro_y_leemos_lo_suyo() {
        super::ida_y_vuelta("ECOMMERCE_PYTHON", "duckdb");
    }
}

mod nivel_jvm {
    use super::*;

    #[test]
    #[ignore = "tier jvm: cargo xtask test"]
    fn spark_no_lee_byte_stream_split() {
        let dir = tempfile::tempdir().unwrap();
        let ruta = dir.path().join("doble.parquet");
        con_codificacion(&ruta, "doble", Encoding::BYTE_STREAM_SPLIT);
        let fin = correr("ECOMMERCE_PYTHON_SPARK", "spark", "leer", &ruta, &[]);
        assert_ne!(fin.code, Some(0));
        assert!(
            fin.stderr_text()
                .contains("Unsupported encoding: BYTE_STREAM_SPLIT"),
            "{}",
            fin.stderr_text()
        );
    }

    /// Spark writes a directory, and instants as INT96 unless told otherwise: both are read.
    #[test]
    #[ignore = "tier jvm: cargo xtask test"]
    fn spark_lee_lo_nuestro_y_leemos_lo_suyo() {
        let dir = tempfile::tempdir().unwrap();
        let esperado = crate::celdas::de(&[tabla()]);
        for ruta in nuestros(dir.path()) {
            let leido = programa("ECOMMERCE_PYTHON_SPARK", "spark", "leer", &ruta);
            assert_eq!(leido, esperado, "Spark lee {}", ruta.display());
        }
        let casos = [
            ("por_omision", &[][..], Physical::INT96),
            (
                "micros",
                &[("INSTANTES", "TIMESTAMP_MICROS")],
                Physical::INT64,
            ),
        ];
        for (nombre, entorno, fisico) in casos {
            let ruta = dir.path().join(nombre);
            let fin = correr(
                "ECOMMERCE_PYTHON_SPARK",
                "spark",
                "escribir",
                &ruta,
                entorno,
            );
            assert_eq!(fin.code, Some(0), "{}", fin.stderr_text());
            let partes = Partitioned::find(&ruta).unwrap();
            assert_eq!(partes.parts().len(), 1);
            let parte = &partes.parts()[0].path;
            let archivo = SafeParquet::open(parte, "parte", &Limits::default()).unwrap();
            let esquema = archivo.metadata().file_metadata().schema_descr();
            assert_eq!(esquema.column(3).physical_type(), fisico, "{nombre}");
            let lotes = partes.batches(&Limits::default());
            let lotes = lotes.collect::<Result<Vec<_>, _>>().unwrap();
            assert_eq!(crate::celdas::de(&lotes), esperado, "{nombre}");
        }
    }
}
