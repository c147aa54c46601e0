//! The functions beside NumPy and Pandas, and the distance loaded by Python.

use crate::{contexto, eventos};
use datafusion::arrow::array::{
    ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use datafusion::prelude::ParquetReadOptions;
use ecommerce_testkit::process::Child;
use ej_16_4_2_udf::kilometros;
use parquet::arrow::ArrowWriter;
use serde_json::Value;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

fn interprete() -> std::ffi::OsString {
    std::env::var_os("ECOMMERCE_PYTHON").expect("ECOMMERCE_PYTHON")
}

fn raiz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn par(nombre: &str) -> PathBuf {
    raiz().join("benches/peers").join(nombre)
}

fn guardar(dir: &Path, nombre: &str, lote: &RecordBatch) -> String {
    let ruta = dir.join(nombre);
    let archivo = File::create(&ruta).unwrap();
    let mut escritor = ArrowWriter::try_new(archivo, lote.schema(), None).unwrap();
    escritor.write(lote).unwrap();
    escritor.close().unwrap();
    ruta.to_str().unwrap().to_owned()
}

fn json(child: Child) -> Value {
    let fin = child.timeout(Duration::from_secs(300)).run().unwrap();
    assert!(fin.success(), "{fin:?}");
    serde_json::from_str(&fin.stdout_text()).unwrap()
}

/// The module: where UDF_PYTHON says, or built now, which takes some minutes the first time.
fn modulo() -> PathBuf {
    if let Some(ruta) = std::env::var_os("UDF_PYTHON") {
        return ruta.into();
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // What cargo tells its tests makes build scripts that watch it (ring's) run again, and Polars and DataFusion with them.
    let hija = std::env::vars_os().map(|(nombre, _)| nombre);
    let hija = hija
        .filter(|nombre| {
            let nombre = nombre.to_string_lossy();
            ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_BIN_"]
                .iter()
                .any(|principio| nombre.starts_with(principio))
        })
        .fold(Child::new(cargo), Child::env_remove);
    let fin = hija
        .args([
            "build",
            "--quiet",
            "--locked",
            "-p",
            "ej_16_4_2_udf",
            "--example",
            "udf_python",
        ])
        .args([
            "--features",
            "python,datafusion-ffi/parquet",
            "--message-format",
            "json",
        ])
        .arg("--manifest-path")
        .arg(raiz().join("Cargo.toml"))
        .env("PYO3_NO_PYTHON", "1")
        .env("PYO3_BUILD_EXTENSION_MODULE", "1")
        .timeout(Duration::from_secs(1_800))
        .run()
        .unwrap();
    assert!(fin.success(), "{fin:?}");
    let mensajes = fin.stdout_text();
    let de_mensaje = |linea: &str| {
        let mensaje: Value = serde_json::from_str(linea).ok()?;
        let es_el_modulo = mensaje["target"]["name"] == "udf_python";
        let ruta = mensaje["filenames"][0].as_str()?;
        es_el_modulo.then(|| PathBuf::from(ruta))
    };
    let hallado = mensajes.lines().find_map(de_mensaje);
    hallado.expect("cargo says where the library is")
}

/// The capsule of this crate in DataFusion's wheel: the values of Rust to the last bit, its types, its errors; and what the table of pointers does
/// not carry over.
#[test]
#[ignore = "tier python: cargo xtask test"]
fn datafusion_de_python_llama_a_la_funcion_de_rust_por_su_capsula() {
    let dir = tempfile::tempdir().unwrap();
    let pares: Vec<[Option<f64>; 4]> = (0..5_000_i32)
        .map(|i| {
            let de = |paso: f64, ancho: f64| (f64::from(i) * paso).rem_euclid(ancho) - ancho / 2.0;
            let lat = (i % 71 != 3).then(|| de(0.618, 180.0));
            [
                lat,
                Some(de(1.234, 360.0)),
                Some(de(2.345, 180.0)),
                Some(de(3.456, 360.0)),
            ]
        })
        .collect();
    let columna =
        |i: usize| Arc::new(pares.iter().map(|par| par[i]).collect::<Float64Array>()) as ArrayRef;
    let ids = Arc::new(Int64Array::from_iter_values(0..5_000)) as ArrayRef;
    let lote = RecordBatch::try_from_iter_with_nullable([
        ("id", ids, false),
        ("lat_origen", columna(0), true),
        ("lon_origen", columna(1), true),
        ("lat_destino", columna(2), true),
        ("lon_destino", columna(3), true),
    ])
    .unwrap();
    let entrada = guardar(dir.path(), "pares.parquet", &lote);
    let hecho = json(
        Child::new(interprete())
            .arg(par("udf_datafusion_python.py"))
            .args(["comprobar", &entrada])
            .env("UDF_PYTHON", modulo()),
    );
    assert_eq!(
        hecho["version"].as_str().unwrap().split('.').next(),
        Some("55")
    );
    let por_id = hecho["por_id"].as_array().unwrap();
    assert_eq!(por_id.len(), pares.len());
    for fila in por_id {
        let par = pares[usize::try_from(fila[0].as_u64().unwrap()).unwrap()];
        let esperado = match par {
            [Some(a), Some(b), Some(c), Some(d)] => Some(kilometros(a, b, c, d).to_bits()),
            _ => None,
        };
        assert_eq!(
            fila[1].as_str().map(|hex| de_hexadecimal(hex).to_bits()),
            esperado,
            "{fila}"
        );
    }
    // In from a frame of Pandas or Polars, through Arrow, and out to one.
    let completos = pares
        .iter()
        .filter_map(|par| Some([par[0]?, par[1]?, par[2]?, par[3]?]));
    let esperados: Vec<u64> = completos
        .map(|[a, b, c, d]| kilometros(a, b, c, d).to_bits())
        .collect();
    for marco in ["polars", "pandas"] {
        let km = hecho["marcos"][marco].as_array().unwrap().iter();
        let km: Vec<u64> = km
            .map(|km| de_hexadecimal(km.as_str().unwrap()).to_bits())
            .collect();
        assert_eq!(km, esperados, "{marco}");
    }
    let de = |clave: &str| hecho[clave].as_str().map(de_hexadecimal);
    assert_eq!(
        de("con_literales"),
        Some(kilometros(40.4168, -3.7038, -34.6037, -58.3816))
    );
    assert_eq!(de("con_enteros"), Some(kilometros(40.0, -3.0, 10.0, 20.0)));
    assert!(hecho["con_nulo"].is_null());
    // Its volatility is in the table, so that it is folded; its own simplification is not.
    let plan = |clave: &str| hecho[clave].as_str().unwrap().to_owned();
    assert!(
        plan("plan_constante").contains("Float64(10044.944"),
        "{}",
        plan("plan_constante")
    );
    assert!(
        plan("plan_mismo_punto").contains("haversine("),
        "{}",
        plan("plan_mismo_punto")
    );
    let filtro = plan("plan_filtro");
    assert!(
        filtro.contains("DataSourceExec") && filtro.contains("predicate=haversine("),
        "{filtro}"
    );
    for clave in ["error_texto", "error_cuenta"] {
        assert!(
            plan(clave).contains("haversine"),
            "{clave}: {}",
            plan(clave)
        );
    }
}

/// Python's `float.hex`.
fn de_hexadecimal(texto: &str) -> f64 {
    let (signo, resto) = match texto.strip_prefix('-') {
        Some(resto) => (-1.0, resto),
        None => (1.0, texto),
    };
    let resto = resto.strip_prefix("0x").unwrap();
    let (mantisa, exponente) = resto.split_once('p').unwrap();
    let (entero, fraccion) = mantisa.split_once('.').unwrap_or((mantisa, ""));
    let cifras = u64::from_str_radix(&format!("{entero}{fraccion}"), 16).unwrap();
    let exponente: i32 = exponente.parse().unwrap();
    signo * cifras as f64 * 2f64.powi(exponente - 4 * i32::try_from(fraccion.len()).unwrap())
}

/// Amounts by region and sessions by user: numpy's percentiles to the last bit, and Pandas' sessions.
#[tokio::test]
#[ignore = "tier python: cargo xtask test"]
async fn percentiles_y_sesiones_son_los_de_numpy_y_pandas() {
    let dir = tempfile::tempdir().unwrap();
    let filas: Vec<_> = eventos(20_000);
    let filas: Vec<_> = filas
        .iter()
        .map(|fila| fila.as_fila())
        .filter(|fila| fila.user_id.is_some())
        .collect();
    let textos = |de: fn(&ecommerce_model::FilaEvento<'_>) -> Option<String>| {
        Arc::new(filas.iter().map(de).collect::<StringArray>()) as ArrayRef
    };
    let instantes = filas
        .iter()
        .map(|fila| fila.timestamp)
        .collect::<TimestampMicrosecondArray>();
    let lote = RecordBatch::try_from_iter_with_nullable([
        (
            "id",
            textos(|fila| fila.evento_id.map(str::to_owned)),
            false,
        ),
        (
            "user_id",
            textos(|fila| fila.user_id.map(str::to_owned)),
            true,
        ),
        (
            "region",
            textos(|fila| fila.region.map(str::to_owned)),
            true,
        ),
        (
            "monto",
            Arc::new(
                filas
                    .iter()
                    .map(|fila| fila.monto)
                    .collect::<Float64Array>(),
            ),
            true,
        ),
        ("ts", Arc::new(instantes), true),
    ])
    .unwrap();
    let entrada = guardar(dir.path(), "eventos.parquet", &lote);
    let ctx = contexto();
    ctx.register_parquet("eventos", &entrada, ParquetReadOptions::default())
        .await
        .unwrap();
    let guardar_consulta = async |nombre: &str, sql: &str| {
        let lotes = ctx.sql(sql).await.unwrap().collect().await.unwrap();
        let esquema = lotes[0].schema();
        let junto = datafusion::arrow::compute::concat_batches(&esquema, &lotes).unwrap();
        guardar(dir.path(), nombre, &junto)
    };
    let percentiles = guardar_consulta(
        "percentiles.parquet",
        "SELECT region, percentil_exacto(monto, 0.1) AS p10, percentil_exacto(monto, 0.5) AS p50, \
         percentil_exacto(monto, 0.95) AS p95, percentil_aproximado(monto, 0.95) AS a95 \
         FROM eventos WHERE monto IS NOT NULL GROUP BY region",
    )
    .await;
    let sesiones = guardar_consulta(
        "sesiones.parquet",
        "SELECT id, sesion(ts, 30) OVER (PARTITION BY user_id ORDER BY ts) AS sesion FROM eventos",
    )
    .await;
    let hecho = json(
        Child::new(interprete())
            .arg(par("udf_referencia.py"))
            .args([&entrada, &percentiles, &sesiones]),
    );
    assert!(hecho["regiones"].as_u64().unwrap() >= 5, "{hecho}");
    assert_eq!(hecho["percentiles_distintos"], 0, "{hecho}");
    assert!(
        hecho["peor_aproximado"].as_f64().unwrap() <= 0.0101,
        "{hecho}"
    );
    assert_eq!(hecho["eventos"].as_u64().unwrap(), filas.len() as u64);
    assert_eq!(hecho["sesiones_distintas"], 0, "{hecho}");
    assert!(hecho["mas_sesiones"].as_u64().unwrap() > 1, "{hecho}");
}
