//! The contestants on Spark, from three languages.

use crate::pares::{da_lo_que_un_bucle, rechaza_lo_que_no_es_parquet, script};
use ecommerce_testkit::process::Child;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// A class of `benches/peers/jvm/`, run as the duel runs it.
fn clase(nombre: &str) -> Child {
    let interprete = std::env::var_os("ECOMMERCE_PYTHON_SPARK").expect("set by cargo xtask test");
    let jar = std::env::var_os("ECOMMERCE_JVM_JAR").expect("set by cargo xtask test, with a JDK");
    let dicho = Command::new(interprete)
        .args(["-c", "import pyspark; print(pyspark.__path__[0])"])
        .output()
        .unwrap();
    let spark = PathBuf::from(String::from_utf8(dicho.stdout).unwrap().trim());
    Child::new(spark.join("bin/spark-submit"))
        .args(["--class", nombre])
        .arg(jar)
        .timeout(Duration::from_secs(300))
}

#[test]
#[ignore = "tier jvm: cargo xtask test"]
fn pyspark_java_y_scala_dan_lo_que_un_bucle_con_ventas_raras() {
    for ajuste in ["ninguno", "sin-aqe", "local"] {
        da_lo_que_un_bucle(ajuste, || {
            script("ECOMMERCE_PYTHON_SPARK", "final_pyspark.py").args(["--ajuste", ajuste])
        });
    }
    for nombre in ["FinalJava", "FinalScala"] {
        da_lo_que_un_bucle(nombre, || clase(nombre));
    }
}

#[test]
#[ignore = "tier jvm: cargo xtask test"]
fn java_y_scala_nombran_lo_que_no_es_un_parquet_y_no_escriben_nada() {
    for nombre in ["FinalJava", "FinalScala"] {
        rechaza_lo_que_no_es_parquet(nombre, || clase(nombre));
    }
}

#[test]
#[ignore = "tier jvm: cargo xtask test"]
fn java_y_scala_salen_con_2_si_no_se_entiende_lo_que_se_pide() {
    for mas in [
        &["--clave", "producto"][..],
        &["--desconocida", "1"],
        &["--entrada"],
    ] {
        let run = clase("FinalScala").args(mas.iter().copied()).run().unwrap();
        assert_eq!(run.code, Some(2), "{mas:?}: {run:?}");
    }
}
