//! One table through Python, Rust, Java, Scala and Rust again: after each, the same content by two implementations.

use crate::nivel_python::{make_table, python_hash};
use ecommerce_testkit::process::{Child, Finished};
use ecommerce_testkit::temp;
use ej_16_7_5_synthesis::step::{self, Form};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The directory of PySpark's jars: Spark, Scala's compiler and library, Parquet.
fn jars() -> PathBuf {
    let interpreter = std::env::var_os("ECOMMERCE_PYTHON_SPARK").expect("ECOMMERCE_PYTHON_SPARK");
    let run = Child::new(interpreter)
        .args(["-c", "import importlib.util as u; print(u.find_spec('pyspark').submodule_search_locations[0])"])
        .run()
        .unwrap();
    assert!(run.success(), "{run:?}");
    Path::new(run.stdout_text().trim()).join("jars")
}

fn java(classpath: &[&Path], options: &[&str], arguments: &[&Path]) -> Finished {
    let classpath: OsString = std::env::join_paths(classpath).unwrap();
    let run = Child::new("java")
        .args(["-Xmx1g", "-cp"])
        .arg(classpath)
        .args(options)
        .args(arguments)
        .timeout(Duration::from_secs(600))
        .run()
        .unwrap();
    assert!(run.success(), "{run:?}");
    run
}

/// What Spark needs of a JVM of its time, in its own words.
fn spark_options(jars: &Path) -> Vec<String> {
    let said = java(&[jars], &[], &[&source("Opciones.java")]);
    said.stdout_text()
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/jvm")
        .join(name)
}

#[test]
#[ignore = "tier jvm: cargo xtask test"]
fn una_tabla_pasa_por_python_rust_java_scala_y_rust_con_el_mismo_contenido() {
    let directory = temp::dir().unwrap();
    let place = |name: &str| directory.path().join(name);
    let all = jars().join("*");
    let options = spark_options(&all);
    let options: Vec<&str> = options.iter().map(String::as_str).collect();

    make_table(&place("1-python.parquet"));
    let hash = python_hash(&place("1-python.parquet"));
    let same = |name: &str| {
        assert_eq!(python_hash(&place(name)), hash, "{name}, según Python");
        let rust = step::hash(&step::read(&place(name)).unwrap()).unwrap();
        assert_eq!(rust, hash, "{name}, según Rust");
    };
    same("1-python.parquet");

    // Rust takes it through an Arrow file on the way.
    step::pass(
        &place("1-python.parquet"),
        &place("2-rust.arrow"),
        Form::Arrow,
    )
    .unwrap();
    step::pass(
        &place("2-rust.arrow"),
        &place("2-rust.parquet"),
        Form::Parquet,
    )
    .unwrap();
    same("2-rust.arrow");
    same("2-rust.parquet");

    java(
        &[&all],
        &options,
        &[
            &source("Paso.java"),
            &place("2-rust.parquet"),
            &place("3-java"),
        ],
    );
    same("3-java");

    let classes = place("clases");
    std::fs::create_dir(&classes).unwrap();
    let compiler = ["scala.tools.nsc.Main", "-usejavacp", "-d"];
    java(&[&all], &compiler, &[&classes, &source("PasoScala.scala")]);
    let with_main: Vec<&str> = options.iter().copied().chain(["PasoScala"]).collect();
    java(
        &[&all, &classes],
        &with_main,
        &[&place("3-java"), &place("4-scala")],
    );
    same("4-scala");

    step::pass(&place("4-scala"), &place("5-rust.parquet"), Form::Parquet).unwrap();
    same("5-rust.parquet");
}

/// The rows pass; what the file says about them does not.
#[test]
#[ignore = "tier jvm: cargo xtask test"]
fn spark_conserva_el_contenido_y_no_el_esquema() {
    use arrow::datatypes::{DataType, Field, TimeUnit};
    let directory = temp::dir().unwrap();
    let place = |name: &str| directory.path().join(name);
    let all = jars().join("*");
    let options = spark_options(&all);
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    make_table(&place("1-python.parquet"));
    java(
        &[&all],
        &options,
        &[
            &source("Paso.java"),
            &place("1-python.parquet"),
            &place("3-java"),
        ],
    );
    let field = |name: &str, of: &str| -> Field {
        let batches = step::read(&place(name)).unwrap();
        batches[0].schema().field_with_name(of).unwrap().clone()
    };
    let utc = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    assert_eq!(field("1-python.parquet", "instante").data_type(), &utc);
    // INT96: nanoseconds, and nothing about a zone.
    let bare = DataType::Timestamp(TimeUnit::Nanosecond, None);
    assert_eq!(field("3-java", "instante").data_type(), &bare);
    let text = |name| field(name, "texto").data_type().clone();
    assert!(matches!(
        text("1-python.parquet"),
        DataType::Dictionary(_, _)
    ));
    assert_eq!(text("3-java"), DataType::Utf8);
}
