//! The contestants in Python.

use crate::pares::{da_lo_que_un_bucle, rechaza_lo_que_no_es_parquet, script};

const PARES: [(&str, &[&str]); 6] = [
    ("final_pandas.py", &[]),
    ("final_polars_python.py", &[]),
    ("final_polars_python.py", &["--suma", "flotante"]),
    ("final_duckdb.py", &[]),
    ("final_duckdb.py", &["--suma", "flotante"]),
    ("final_chdb.py", &[]),
];

#[test]
#[ignore = "tier python: cargo xtask test"]
fn los_de_python_dan_lo_que_un_bucle_con_ventas_raras() {
    for (par, mas) in PARES {
        da_lo_que_un_bucle(par, || {
            script("ECOMMERCE_PYTHON", par).args(mas.iter().copied())
        });
    }
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn los_de_python_nombran_lo_que_no_es_un_parquet_y_no_escriben_nada() {
    for (par, mas) in PARES {
        rechaza_lo_que_no_es_parquet(par, || {
            script("ECOMMERCE_PYTHON", par).args(mas.iter().copied())
        });
    }
}
