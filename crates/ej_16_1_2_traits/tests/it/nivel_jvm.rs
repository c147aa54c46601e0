//! The same questions to Scala: the compiler and the library that PySpark brings along.

use ecommerce_testkit::process::{Child, Finished};
use ecommerce_testkit::temp;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The jars of PySpark's Scala: compiler, library and what they need.
fn scala_jars() -> Vec<PathBuf> {
    let interpreter = std::env::var_os("ECOMMERCE_PYTHON_SPARK").expect("ECOMMERCE_PYTHON_SPARK");
    let run = Child::new(interpreter)
        .arg("-c")
        .arg("import importlib.util as u; print(u.find_spec('pyspark').submodule_search_locations[0])")
        .run()
        .unwrap();
    assert!(run.success(), "{run:?}");
    let jars = Path::new(run.stdout_text().trim()).join("jars");
    let all = std::fs::read_dir(jars)
        .unwrap()
        .map(|jar| jar.unwrap().path());
    let scala = |jar: &PathBuf| {
        jar.file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("scala-")
    };
    all.filter(scala).collect()
}

fn java(classpath: &[PathBuf], arguments: &[&str]) -> Finished {
    let classpath: OsString = std::env::join_paths(classpath).unwrap();
    Child::new("java")
        .arg("-cp")
        .arg(classpath)
        .args(arguments)
        .run()
        .unwrap()
}

/// Compiles `tests/jvm/<source>` into `target`.
fn scalac(jars: &[PathBuf], source: &str, target: &Path, options: &[&str]) -> Finished {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/jvm");
    let (source, target) = (dir.join(source), target.to_str().unwrap());
    let source = source.to_str().unwrap();
    let fixed = ["scala.tools.nsc.Main", "-usejavacp", "-d", target, source];
    java(jars, &[&fixed[..], options].concat())
}

fn told(run: &Finished) -> String {
    run.stdout_text() + &run.stderr_text()
}

#[test]
#[ignore = "tier jvm: cargo xtask test"]
fn en_scala_el_caso_que_falta_es_un_aviso_y_option_puede_ser_null() {
    let (jars, classes) = (scala_jars(), temp::dir().unwrap());
    // A warning and a class file; only with -Werror does the build stop.
    let strict = scalac(&jars, "Tipos.scala", classes.path(), &["-Werror"]);
    let lax = scalac(&jars, "Tipos.scala", classes.path(), &[]);
    for run in [&strict, &lax] {
        let told = told(run);
        assert!(
            told.contains("warning: match may not be exhaustive"),
            "{run:?}"
        );
        assert!(
            told.contains("It would fail on the following input: Error(_)"),
            "{run:?}"
        );
    }
    assert_eq!((strict.code, lax.code), (Some(1), Some(0)));

    let run = java(
        &[jars, vec![classes.path().to_owned()]].concat(),
        &["Tipos"],
    );
    assert!(run.success(), "{run:?}");
    assert_eq!(
        run.stdout_text().lines().collect::<Vec<_>>(),
        [
            "match sin el caso: MatchError",
            // The reference to an Option is a reference like any other.
            "una Option puede ser null: true",
            "Some(null): Some(null)",
            "Option(null): None",
            // Erasure: one class and one method for all element types, and an object for each number.
            "ArrayList<Integer> y ArrayList<String> son la misma clase: true",
            "add recibe: class java.lang.Object",
            "dos 1000 son el mismo objeto: false",
        ]
    );
}

#[test]
#[ignore = "tier jvm: cargo xtask test"]
fn en_scala_un_metodo_que_falta_no_compila() {
    let classes = temp::dir().unwrap();
    let run = scalac(&scala_jars(), "Incompleta.scala", classes.path(), &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(told(&run).contains("Missing implementation"), "{run:?}");
}
