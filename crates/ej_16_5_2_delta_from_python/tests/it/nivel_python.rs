//! Tables that Python writes, read by Rust; a writer of Python killed and read by Rust, a writer of Rust killed and read by Python.
//!
//! What Python does with tables of Rust is in `python/tests`, which `cargo xtask test` runs with pytest.

use crate::espera;
use crate::muertes::{Antes, Cuenta, FILAS, bytes};
use crate::programa::ventas;
use ecommerce_testkit::process::{Child, Finished, Steps, Trigger};
use ecommerce_testlake::S3Server;
use ej_16_5_2_delta_from_python::{Sale, append, column_types, contents, contents_at, sales};
use serde_json::Value;
use std::path::Path;
use std::time::Duration;

fn python(texto: &str) -> Child {
    let interprete = std::env::var_os("ECOMMERCE_PYTHON").expect("ECOMMERCE_PYTHON");
    Child::new(interprete)
        .args(["-c", texto])
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .timeout(Duration::from_secs(300))
}

fn bien(fin: &Finished) -> &Finished {
    assert!(fin.success(), "{fin:?}");
    fin
}

/// Four tables with the same sales, each by another library.
const CUATRO: &str = "
import sys
import duckdb, pandas as pd, polars as pl, pyarrow as pa
from deltalake import write_deltalake
raiz = sys.argv[1]
datos = {'user_id': ['alice', 'bob', None], 'monto': [100.0, None, 0.1], 'region': ['norte', 'sur', 'sur']}
write_deltalake(f'{raiz}/pyarrow', pa.table(datos))
pl.DataFrame(datos).write_delta(f'{raiz}/polars')
write_deltalake(f'{raiz}/pandas', pd.DataFrame(datos))
consulta = \"SELECT * FROM (VALUES ('alice', 100.0::DOUBLE, 'norte'), ('bob', NULL, 'sur'), (NULL, 0.1::DOUBLE, 'sur')) v(user_id, monto, region)\"
write_deltalake(f'{raiz}/duckdb', duckdb.sql(consulta).to_arrow_table())
";

#[test]
#[ignore = "tier python: cargo xtask test"]
fn rust_lee_igual_lo_que_escriben_pyarrow_polars_pandas_y_duckdb() {
    let dir = tempfile::tempdir().unwrap();
    bien(&python(CUATRO).arg(dir.path()).run().unwrap());
    let venta = |u: Option<&str>, monto, r: &str| Sale {
        user_id: u.map(str::to_owned),
        monto,
        region: Some(r.to_owned()),
    };
    let esperadas = [
        venta(None, Some(0.1), "sur"),
        venta(Some("alice"), Some(100.0), "norte"),
        venta(Some("bob"), None, "sur"),
    ];
    let tipos = [
        ("user_id", "string"),
        ("monto", "double"),
        ("region", "string"),
    ]
    .map(|(a, b)| (a.to_owned(), b.to_owned()));
    for biblioteca in ["pyarrow", "polars", "pandas", "duckdb"] {
        let tabla = dir.path().join(biblioteca);
        assert_eq!(espera(contents(&tabla)).unwrap(), esperadas, "{biblioteca}");
        // Large strings and views are choices of the library; in the table they are all the same.
        assert_eq!(espera(column_types(&tabla)).unwrap(), tipos, "{biblioteca}");
        // And Rust goes on with it.
        assert_eq!(
            espera(append(&tabla, &sales(9, 2))).unwrap(),
            1,
            "{biblioteca}"
        );
        assert_eq!(espera(contents(&tabla)).unwrap().len(), 5, "{biblioteca}");
    }
}

/// One instant with a zone and one without, and a category, each by another library.
const TIPOS: &str = "
import sys
from datetime import datetime, timezone
import pandas as pd, polars as pl, pyarrow as pa
from deltalake import write_deltalake
raiz = sys.argv[1]
con = [datetime(2024, 1, 15, 10, tzinfo=timezone.utc)]
sin = [datetime(2024, 1, 15, 10)]
datos = {'con': pa.array(con, pa.timestamp('us', 'UTC')), 'sin': pa.array(sin, pa.timestamp('us')), 'clase': pa.array(['a']).dictionary_encode(), 'n': pa.array([1], pa.uint32())}
write_deltalake(f'{raiz}/pyarrow', pa.table(datos))
pl.DataFrame({'con': con, 'sin': sin, 'clase': ['a'], 'n': pl.Series([1], dtype=pl.UInt32)}).write_delta(f'{raiz}/polars')
write_deltalake(f'{raiz}/pandas', pd.DataFrame({'con': con, 'sin': sin, 'clase': pd.Categorical(['a']), 'n': pd.array([1], dtype='uint32')}))
";

/// Polars gives a category as a dictionary of views, which the Parquet writer inside deltalake 1.6.6 does not know.
const CATEGORIA: &str = "
import sys
import polars as pl
from deltalake import DeltaTable, write_deltalake
datos = pl.DataFrame({'clase': pl.Series(['a', 'b'], dtype=pl.Categorical)})
try:
    datos.write_delta(sys.argv[1])
except Exception as error:
    print(type(error).__name__, 'Utf8View dictionary' in str(error), DeltaTable.is_deltatable(sys.argv[1]))
datos.cast(pl.String).write_delta(sys.argv[1])
";

#[test]
#[ignore = "tier python: cargo xtask test"]
fn una_categoria_de_polars_no_se_puede_escribir_y_no_deja_tabla_hecha_texto_si() {
    let dir = tempfile::tempdir().unwrap();
    let tabla = dir.path().join("t");
    let fin = python(CATEGORIA).arg(&tabla).run().unwrap();
    assert_eq!(bien(&fin).stdout_text().trim(), "DeltaError True False");
    let tipos = espera(column_types(&tabla)).unwrap();
    assert_eq!(tipos, [("clase".to_owned(), "string".to_owned())]);
}

/// A naive instant asks for a table feature that readers must know; an unsigned integer does not exist in Delta.
#[test]
#[ignore = "tier python: cargo xtask test"]
fn un_instante_sin_zona_es_otro_tipo_de_delta_y_un_entero_sin_signo_se_hace_con_signo() {
    let dir = tempfile::tempdir().unwrap();
    bien(&python(TIPOS).arg(dir.path()).run().unwrap());
    for biblioteca in ["pyarrow", "polars", "pandas"] {
        let tabla = dir.path().join(biblioteca);
        let tipos = espera(column_types(&tabla)).unwrap();
        let de = |nombre: &str| tipos.iter().find(|(n, _)| n == nombre).unwrap().1.clone();
        assert_eq!(
            [de("con"), de("sin"), de("clase"), de("n")],
            ["timestamp", "timestamp_ntz", "string", "integer"],
            "{biblioteca}"
        );
        let commit =
            std::fs::read_to_string(tabla.join("_delta_log/00000000000000000000.json")).unwrap();
        assert!(commit.contains("timestampNtz"), "{biblioteca}: {commit}");
    }
}

/// The same amounts as `sales(mark, rows)`.
const SOBRESCRIBIR: &str = "
import sys
import numpy as np, pyarrow as pa
from deltalake import write_deltalake
tabla, filas, marca = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
n = np.arange(filas, dtype=np.uint64)
centavos = ((n + np.uint64(1) + np.uint64(marca << 32)) * np.uint64(0x9e3779b97f4a7c15)) >> np.uint64(14)
regiones = np.array(['este', 'norte', 'oeste', 'sur'])
datos = pa.table({'user_id': [f'u{i}' for i in range(filas)], 'monto': centavos.astype(np.float64) / 100.0, 'region': pa.array(regiones[n % 4])})
print('datos', flush=True)
write_deltalake(tabla, datos, mode='overwrite')
";

#[test]
#[ignore = "tier python: cargo xtask test"]
fn un_escritor_de_python_muerto_deja_la_tabla_vieja_o_la_nueva_y_rust_la_lee() {
    let antes = Antes::nueva();
    let filas = FILAS.to_string();
    let escribir = |tabla: &Path| python(SOBRESCRIBIR).arg(tabla).args([&filas, "1"]);
    let mut cuenta = antes.muertes(escribir, 8);
    // And as soon as it has its data in memory.
    for n in 0..3 {
        let tabla = antes.copia(&format!("tiempo{n}"));
        antes.muere(escribir, &tabla, Trigger::Stdout(1), &mut cuenta);
        std::fs::remove_dir_all(&tabla).unwrap();
    }
    println!("Python muerto: {cuenta:?}");
    assert!(cuenta.antes_del_commit >= 10, "{cuenta:?}");
}

/// What Python sees in each table: version, rows and the sum of the amounts, of the last version and of version 0.
const VER: &str = "
import json, os, sys
import pyarrow.compute as pc
from deltalake import DeltaTable
def resumen(tabla):
    datos = tabla.to_pyarrow_table()
    return [tabla.version(), datos.num_rows, pc.sum(pc.cast(pc.floor(datos['monto']), 'int64')).as_py()]
print(json.dumps([[resumen(DeltaTable(t)), resumen(DeltaTable(t, version=0))] for t in sys.argv[1:]]), flush=True)
os._exit(0)
";

#[test]
#[ignore = "tier python: cargo xtask test"]
fn un_escritor_de_rust_muerto_deja_la_tabla_vieja_o_la_nueva_y_python_la_lee() {
    let antes = Antes::nueva();
    let filas = FILAS.to_string();
    let escribir =
        |tabla: &Path| ventas("sobrescribir", tabla, &["--filas", &filas, "--marca", "1"]);
    // Sums of whole units, in integers: floats of this size would depend on the order.
    let resumen = |version: u64, filas: &[Sale]| {
        let unidades = filas.iter().filter_map(|v| v.monto);
        let suma: i64 = unidades.map(|monto| monto.floor() as i64).sum();
        serde_json::json!([version, filas.len(), suma])
    };
    let (vieja, nueva) = (resumen(0, &antes.vieja), resumen(1, &antes.nueva));

    let mut tablas = Vec::new();
    let mut muertas = Vec::new();
    let pasos = Steps::namespace().under(antes.raiz());
    let entera = antes.copia("entera");
    let todos = pasos.count(&escribir(&entera)).unwrap();
    for n in 1..=todos.calls.len() {
        let tabla = antes.copia(&format!("paso{n}"));
        muertas.push(pasos.kill_at(n, &escribir(&tabla)).unwrap().landed);
        tablas.push(tabla);
    }
    for (n, umbral) in bytes(&antes.copia("medida"), 12).into_iter().enumerate() {
        let tabla = antes.copia(&format!("bytes{n}"));
        let golpe = escribir(&tabla).spawn().unwrap();
        let golpe = golpe
            .kill_when(&Trigger::TreeBytes(tabla.clone(), umbral))
            .unwrap();
        muertas.push(golpe.signal == Some(9));
        tablas.push(tabla);
    }
    let fin = python(VER).args(&tablas).run().unwrap();
    let visto: Vec<[Value; 2]> = serde_json::from_slice(&bien(&fin).stdout).unwrap();
    assert_eq!(visto.len(), tablas.len());
    let mut cuenta = Cuenta::default();
    for (([ultima, cero], muerta), tabla) in visto.iter().zip(muertas).zip(&tablas) {
        assert_eq!(cero, &vieja, "{}", tabla.display());
        assert!(
            ultima == &vieja || ultima == &nueva,
            "{}: {ultima}",
            tabla.display()
        );
        match (muerta, ultima == &vieja) {
            (true, true) => cuenta.antes_del_commit += 1,
            (true, false) => cuenta.despues += 1,
            _ => cuenta.tarde += 1,
        }
    }
    println!("Rust muerto, leído en Python: {cuenta:?}");
    assert!(cuenta.antes_del_commit >= 10, "{cuenta:?}");
}

const EN_S3: &str = "
import os, sys
import polars as pl
from deltalake import DeltaTable, write_deltalake
opciones = {c: v for c, v in os.environ.items() if c.startswith('AWS_')}
uri = sys.argv[1]
nuevo = pl.DataFrame({'user_id': ['alice', 'bob'], 'monto': [100.0, 200.0], 'region': ['norte', 'sur']})
for _ in range(4):
    write_deltalake(uri, nuevo.to_arrow(), mode='append', storage_options=opciones)
tabla = DeltaTable(uri, version=3, storage_options=opciones)
print(len(tabla.to_pandas()), len(DeltaTable(uri, version=0, storage_options=opciones).to_pandas()))
";

/// The guide's program, against the S3 server of this repository: no DynamoDB, no setting for the commits.
#[test]
#[ignore = "tier python: cargo xtask test"]
fn en_s3_python_anade_y_viaja_en_el_tiempo_y_rust_lee_los_mismos_archivos() {
    let s3 = S3Server::start().unwrap();
    s3.create_bucket("mi-bucket").unwrap();
    let fin = python(EN_S3)
        .arg("s3://mi-bucket/ventas")
        .envs(s3.storage_options())
        .run()
        .unwrap();
    assert_eq!(bien(&fin).stdout_text().trim(), "8 2");
    let tabla = s3.path_of("mi-bucket", "ventas");
    assert_eq!(espera(contents(&tabla)).unwrap().len(), 8);
    assert_eq!(espera(contents_at(&tabla, 1)).unwrap().len(), 4);
}
