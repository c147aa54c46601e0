//! Second opinions from Python: DuckDB and Pandas compute the examples again, and a validator reads the schema.

use crate::bancada::Bancada;
use ecommerce_testkit::process::Child;

fn python(b: &Bancada, programa: &str) {
    let interprete = std::env::var_os("ECOMMERCE_PYTHON").unwrap();
    let run = Child::new(interprete)
        .arg("-c")
        .arg(programa)
        .current_dir(b.raiz())
        .run()
        .unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn los_ejemplos_dan_lo_mismo_que_duckdb_y_pandas() {
    let b = Bancada::de_ejemplos();
    for ejemplo in [
        "01_revenue_por_region",
        "02_csv_europeo",
        "03_unir_clientes",
        "05_particiones",
        "06_sql",
        "07_ultima_version",
    ] {
        let run = b.corre(&[&format!("{ejemplo}.yaml")]);
        assert_eq!(run.code, Some(0), "{run:?}");
    }
    python(
        &b,
        r##"
import duckdb, pandas as pd
from decimal import Decimal
q = lambda sql: duckdb.sql(sql).fetchall()
cerca = lambda a, b: [[round(x, 6) if isinstance(x, float) else x for x in f] for f in a] == \
    [[round(x, 6) if isinstance(x, float) else x for x in f] for f in b]
def igual(nombre, a, b):
    assert a and cerca(a, b), (nombre, a, b)
v = "read_csv('datos/ventas.csv')"
igual("01", q("SELECT region, revenue, ventas, clientes, ticket_medio FROM 'salida/revenue.parquet'"),
  q(f"""SELECT region, SUM(monto*cantidad) r, COUNT(*), COUNT(DISTINCT cliente_id), AVG(monto*cantidad)
        FROM {v} WHERE monto > 0 AND region IS NOT NULL GROUP BY region ORDER BY r DESC, region"""))
f = pd.read_csv("datos/facturas.csv", sep=";", decimal=",", comment="#", na_values=["s/d"], keep_default_na=True)
f = f[f.importe.notna() & (f.pagada == "no")].copy()
f["vence"] = (pd.to_datetime(f.emitida, format="%d/%m/%Y") + pd.Timedelta(days=30)).dt.date.astype(str)
f = f.sort_values(["vence", "factura"])
o = pd.read_csv("salida/pendientes.csv", dtype=str)
assert len(o) and list(o.factura) == list(f.factura) and list(o.vence) == list(f.vence), o
assert [Decimal(x) for x in o.pendiente] == [Decimal(f"{x:.2f}") for x in f.importe]
igual("03", q("SELECT zona, revenue, ventas, primera_alta FROM 'salida/por_zona.parquet'"),
  q(f"""SELECT COALESCE(c.ciudad, 'otra') zona, SUM(monto), COUNT(*), MIN(c.alta) FROM {v} v
        LEFT JOIN (SELECT * FROM read_csv('datos/clientes.csv') WHERE ciudad IN ('Bilbao','Vigo')) c
        ON v.cliente_id = c.id WHERE monto > 0 GROUP BY zona ORDER BY zona"""))
igual("05", q("SELECT region, producto, COUNT(*), SUM(monto) FROM read_parquet('salida/ventas_por_region/**/*.parquet', hive_partitioning=true) GROUP BY ALL ORDER BY ALL"),
  q(f"SELECT region, producto, COUNT(*), SUM(monto) FROM {v} WHERE region IS NOT NULL GROUP BY ALL ORDER BY ALL"))
igual("06", q("SELECT ciudad, id, total, compras FROM 'salida/mejores.csv'"),
  q(f"""SELECT c.ciudad, c.id, SUM(monto) t, COUNT(*) FROM {v} v JOIN read_csv('datos/clientes.csv') c ON v.cliente_id = c.id
        WHERE monto >= 100 GROUP BY ALL ORDER BY t DESC, c.id LIMIT 5"""))
igual("07", q("SELECT producto, version, precio FROM 'salida/precios.parquet'"),
  q("""SELECT producto, MAX(version), arg_max(precio, version)::DECIMAL(10,2) FROM read_csv('datos/precios.csv') GROUP BY producto ORDER BY producto"""))
"##,
    );
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn la_herramienta_en_python_da_lo_mismo() {
    let (nuestra, otra) = (Bancada::de_ejemplos(), Bancada::de_ejemplos());
    let peer = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../benches/peers/transforma_python.py");
    let mut ejemplos: Vec<_> = std::fs::read_dir(nuestra.raiz())
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|nombre| nombre.starts_with('0') && nombre.ends_with(".yaml"))
        .collect();
    ejemplos.sort();
    assert_eq!(ejemplos.len(), 9);
    for ejemplo in &ejemplos {
        let interprete = std::env::var_os("ECOMMERCE_PYTHON").unwrap();
        let suya = Child::new(interprete)
            .arg(&peer)
            .arg(otra.ruta(ejemplo))
            .env("TRANSFORMA_MES", "2024-03")
            .run()
            .unwrap();
        let run = nuestra
            .comando(&[ejemplo])
            .env("TRANSFORMA_MES", "2024-03")
            .run()
            .unwrap();
        assert_eq!(
            (run.code, suya.code),
            (Some(0), Some(0)),
            "{run:?} {suya:?}"
        );
    }
    for csv in ["pendientes", "sin_compras", "muestra", "visitas"] {
        let csv = format!("salida/{csv}.csv");
        assert_eq!(nuestra.lee(&csv), otra.lee(&csv));
    }
    // Sums of floats come in another order in each run: equal but for their last digits.
    python(
        &nuestra,
        &format!(
            r##"
import duckdb
def lee(consulta):
    filas = duckdb.sql(consulta).fetchall()
    assert filas
    return [[round(x, 6) if isinstance(x, float) else x for x in f] for f in filas]
for archivo in ["revenue.parquet", "por_zona.parquet", "precios.parquet", "mejores.csv", "ventas_por_region/*/*/*.parquet"]:
    suya = lee(f"SELECT * FROM '{otra}/salida/{{archivo}}' ORDER BY ALL")
    assert lee(f"SELECT * FROM 'salida/{{archivo}}' ORDER BY ALL") == suya, archivo
"##,
            otra = otra.raiz().display()
        ),
    );
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn el_esquema_json_acepta_los_diez_ejemplos_y_rechaza_lo_que_el_programa_rechaza() {
    let b = Bancada::de_ejemplos();
    python(
        &b,
        r##"
import glob, json, jsonschema, yaml, copy
class Texto(yaml.SafeLoader): pass
# JSON has no dates: an editor's validator sees them as text.
Texto.yaml_implicit_resolvers = {k: [(t, r) for t, r in v if t != "tag:yaml.org,2002:timestamp"] for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}
esquema = json.load(open("transforma.schema.json"))
jsonschema.Draft202012Validator.check_schema(esquema)
validador = jsonschema.Draft202012Validator(esquema)
ejemplos = sorted(glob.glob("[01]*.yaml"))
assert len(ejemplos) == 10, ejemplos
for ruta in ejemplos:
    errores = list(validador.iter_errors(yaml.load(open(ruta), Texto)))
    assert not errores, (ruta, errores)
buena = yaml.load(open("01_revenue_por_region.yaml"), Texto)
def mala(cambio):
    d = copy.deepcopy(buena); cambio(d)
    assert not validador.is_valid(d), d
mala(lambda d: d.pop("salida"))
mala(lambda d: d.update(entrada={}))
mala(lambda d: d["pasos"].append({"filtrra": "x"}))
mala(lambda d: d["pasos"].append({"filtrar": "x", "limitar": 1}))
mala(lambda d: d["pasos"].append({"unir": {"con": "x", "tipo": "izqierda"}}))
mala(lambda d: d["pasos"].append({"limitar": -1}))
mala(lambda d: d["salida"].update(compresion="rar"))
"##,
    );
}
