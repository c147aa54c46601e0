//! Spark beside DataFusion: its half of the comparison of dialects, asked anew, and its plans.

use crate::dialectos::comparacion;
use crate::optimizador::{REGLAS, bien, mal};
use crate::tienda::{archivos, en_trozos, tienda};
use crate::tpch::centesima;
use ecommerce_testkit::process::Child;
use ecommerce_testkit::temp;
use ej_16_4_1_datafusion::spark_sql::{SparkHalf, compare, statements};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

#[tokio::test]
#[ignore = "tier jvm: cargo xtask test"]
async fn la_tabla_guardada_es_la_de_una_corrida_nueva() {
    let raiz = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dir = temp::dir().unwrap();
    let mitad = dir.path().join("spark.json");
    let run = spark("../../benches/peers/spark_sql_spark.py")
        .arg("--sentencias")
        .arg(raiz.join("spark_sql/sentencias.json"))
        .arg("--salida")
        .arg(&mitad)
        .run()
        .unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    let mitad: SparkHalf = serde_json::from_str(&std::fs::read_to_string(mitad).unwrap()).unwrap();
    let nueva = compare(statements().unwrap(), &mitad).await.unwrap();
    assert_eq!(nueva, comparacion());
}

fn spark(guion: &str) -> Child {
    let interprete = std::env::var_os("ECOMMERCE_PYTHON_SPARK")
        .expect("cargo xtask test sets ECOMMERCE_PYTHON_SPARK");
    Child::new(interprete)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(guion))
        .timeout(Duration::from_secs(420))
}

#[test]
#[ignore = "tier jvm: cargo xtask test"]
fn catalyst_aplica_las_mismas_reglas_y_tampoco_reordena_las_uniones() {
    let dir = archivos(&tienda(), en_trozos());
    let mut consultas: BTreeMap<&str, String> = REGLAS
        .iter()
        .map(|regla| (regla.nombre, regla.sql.to_owned()))
        .collect();
    consultas.insert("bien", bien());
    consultas.insert("mal", mal());
    let run = spark("tests/python/planes_spark.py")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/peers"))
        .arg(dir.path())
        .arg(centesima())
        .stdin(serde_json::to_string(&consultas).unwrap())
        .run()
        .unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    let planes: BTreeMap<String, [String; 2]> = serde_json::from_str(&run.stdout_text()).unwrap();
    for regla in &REGLAS {
        let plan = planes[regla.nombre].join("\n");
        let (esta, no_esta) = regla.en_spark;
        assert!(plan.contains(esta), "{}\n{plan}", regla.nombre);
        assert!(!plan.contains(no_esta), "{}\n{plan}", regla.nombre);
    }
    assert_eq!(planes["cbo"], ["false", "false"]);
    let orden = |nombre: &str| {
        let plan = &planes[nombre][0];
        let mut tablas: Vec<_> = ["r_name", "n_name", "s_name", "l_comment"]
            .into_iter()
            .map(|columna| (plan.rfind(&format!("{columna}#")).unwrap(), columna))
            .collect();
        tablas.sort_unstable();
        tablas
            .into_iter()
            .map(|(_, columna)| columna)
            .collect::<Vec<_>>()
    };
    assert_eq!(orden("bien"), ["r_name", "n_name", "s_name", "l_comment"]);
    assert_eq!(orden("mal"), ["l_comment", "s_name", "n_name", "r_name"]);
    assert!(planes["bien"][1].starts_with("AdaptiveSparkPlan"));
}
