//! Small files of sales, and answers read back.

use arrow::array::{ArrayRef, AsArray as _, Float64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use ej_16_7_2_four_languages::{
    DataFusion, Engine as _, Input, Key, Native, Polars, Sum, WorkError,
};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::properties::WriterProperties;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// A sale: amount, region and user.
pub(crate) type Fila = (Option<f64>, Option<&'static str>, Option<&'static str>);

/// The whole numbers of the answer, by key.
pub(crate) type Respuesta = BTreeMap<Option<String>, Vec<i64>>;

/// Sales with everything that engines see differently: NaN of both signs, infinities, zeros, nulls, the edges of the filter, and
/// keys that are empty, null or no ASCII.
pub(crate) const RARAS: [Fila; 18] = [
    (Some(10.25), Some("sur"), Some("u1")),
    (Some(-3.0), Some("sur"), Some("u9")),
    (Some(0.0), Some("sur"), Some("u9")),
    (Some(-0.0), Some("sur"), Some("u9")),
    (None, Some("norte"), Some("u9")),
    (Some(0.01), Some("norte"), Some("u1")),
    (Some(0.02), Some("norte"), Some("u1")),
    (Some(f64::NAN), Some("norte"), Some("u9")),
    (Some(-f64::NAN), Some("norte"), Some("u9")),
    (Some(f64::INFINITY), Some("sur"), Some("u9")),
    (Some(f64::NEG_INFINITY), Some("sur"), Some("u9")),
    (Some(1e9), Some("ñandú 🏝"), None),
    (Some(1_000_000_000.01), Some("ñandú 🏝"), Some("u9")),
    (Some(2.5), None, Some("")),
    (Some(7.0), Some(""), Some("ñ")),
    (Some(7.01), Some(""), Some("u1")),
    (Some(1.1), Some("it's \\N"), None),
    (Some(2.2), Some("it's \\N"), Some("u2")),
];

pub(crate) fn escribir(ruta: &Path, filas: &[Fila]) {
    let montos: Float64Array = filas.iter().map(|f| f.0).collect();
    let regiones: StringArray = filas.iter().map(|f| f.1).collect();
    let usuarios: StringArray = filas.iter().map(|f| f.2).collect();
    let columnas: [(&str, ArrayRef, bool); 4] = [
        ("user_id", Arc::new(usuarios), true),
        (
            "producto_id",
            Arc::new(StringArray::new_null(filas.len())),
            true,
        ),
        ("monto", Arc::new(montos), true),
        ("region", Arc::new(regiones), true),
    ];
    let lote = RecordBatch::try_from_iter_with_nullable(columnas).unwrap();
    // Several row groups, of which the last is not full.
    let properties = WriterProperties::builder()
        .set_max_row_group_row_count(Some(5))
        .build();
    let archivo = File::create(ruta).unwrap();
    let mut writer = ArrowWriter::try_new(archivo, lote.schema(), Some(properties)).unwrap();
    writer.write(&lote).unwrap();
    writer.close().unwrap();
}

/// What the file says, its columns checked.
pub(crate) fn leer(ruta: &Path, key: Key) -> Respuesta {
    let lector = ParquetRecordBatchReaderBuilder::try_new(File::open(ruta).unwrap()).unwrap();
    let nombres: Vec<_> = lector
        .schema()
        .fields()
        .iter()
        .map(|f| f.name().clone())
        .collect();
    assert_eq!(nombres, key.answer());
    let mut respuesta = Respuesta::new();
    for lote in lector.build().unwrap() {
        let lote = lote.unwrap();
        let claves = cast(lote.column(0), &DataType::Utf8).unwrap();
        for (fila, clave) in claves.as_string::<i32>().iter().enumerate() {
            let numero = |c: &ArrayRef| c.as_primitive::<Int64Type>().value(fila);
            let numeros = lote.columns()[1..].iter().map(numero).collect();
            let antes = respuesta.insert(clave.map(str::to_owned), numeros);
            assert_eq!(antes, None, "a key comes once");
        }
    }
    respuesta
}

/// The answer by a loop over whole cents and a set of users.
pub(crate) fn a_mano(filas: &[Fila], key: Key) -> Respuesta {
    let mut grupos: BTreeMap<Option<&str>, (i64, i64, BTreeSet<&str>)> = BTreeMap::new();
    for (monto, region, usuario) in filas {
        let Some(monto) = monto.filter(|m| *m > 0.0 && *m <= 1e9) else {
            continue;
        };
        let clave = if key == Key::Region { region } else { usuario };
        let grupo = grupos.entry(*clave).or_default();
        grupo.0 += (monto * 100.0).round() as i64;
        grupo.1 += 1;
        grupo.2.extend(*usuario);
    }
    let fila =
        |(clave, (centavos, ventas, usuarios)): (Option<&str>, (i64, i64, BTreeSet<&str>))| {
            // The mean half up, by remainders and not by the formula of the contestants.
            let media = centavos / ventas + i64::from(2 * (centavos % ventas) >= ventas);
            let mut numeros = vec![centavos, ventas];
            if key == Key::Region {
                numeros.push(usuarios.len() as i64);
            }
            numeros.push(media);
            (clave.map(str::to_owned), numeros)
        };
    grupos.into_iter().map(fila).collect()
}

/// Every form of the Rust contestants.
pub(crate) const FORMAS: [&str; 5] = [
    "polars",
    "polars, flotante",
    "datafusion",
    "datafusion, flotante",
    "nativo",
];

/// The answer of one of [`FORMAS`], written to `salida` and read back.
pub(crate) fn consultar(
    forma: &str,
    entrada: &Path,
    salida: &Path,
    key: Key,
) -> Result<Respuesta, WorkError> {
    let input = Input::open(entrada, key)?;
    let sum = if forma.ends_with("flotante") {
        Sum::Float
    } else {
        Sum::Cents
    };
    match forma.split(',').next().unwrap() {
        "polars" => {
            let engine = Polars { input, key, sum };
            engine.write(engine.aggregate()?, salida)?;
        }
        "datafusion" => {
            let engine = DataFusion::new(input, key, sum)?;
            engine.write(engine.aggregate()?, salida)?;
        }
        _ => {
            let engine = Native::new(input, key)?;
            engine.write(engine.aggregate()?, salida)?;
        }
    }
    Ok(leer(salida, key))
}
