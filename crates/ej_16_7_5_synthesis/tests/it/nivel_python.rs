//! The same in Python, written without a look at the Rust side.

use ecommerce_arrow::{Format, Layout, write_days};
use ecommerce_model::{ConfigGenerador, Generador};
use ecommerce_testkit::process::Child;
use ecommerce_testkit::temp;
use ej_16_7_5_synthesis::step;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/python")
        .join(name)
}

/// What the interpreter prints for a script and its arguments.
pub(crate) fn python(name: &str, arguments: &[&Path]) -> String {
    let interpreter = std::env::var_os("ECOMMERCE_PYTHON").expect("ECOMMERCE_PYTHON");
    let run = Child::new(interpreter)
        .arg(script(name))
        .args(arguments)
        .timeout(Duration::from_secs(120))
        .run()
        .unwrap();
    assert!(run.success(), "{run:?}");
    run.stdout_text().trim().to_owned()
}

/// The table that goes through all languages, as pyarrow writes it.
pub(crate) fn make_table(path: &Path) {
    python("tabla.py", &[Path::new("hacer"), path]);
}

/// The content hash of a table by the implementation in Python.
pub(crate) fn python_hash(path: &Path) -> String {
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/peers");
    python("tabla.py", &[Path::new("hash"), &peers, path])
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn los_dos_hashes_coinciden_en_parquet_en_arrow_y_al_cambiar_una_celda() {
    let directory = temp::dir().unwrap();
    let place = |name: &str| directory.path().join(name);
    make_table(&place("a.parquet"));
    let hash = python_hash(&place("a.parquet"));
    assert_eq!(
        step::pass(&place("a.parquet"), &place("b.arrow"), step::Form::Arrow).unwrap(),
        hash
    );
    assert_eq!(
        step::pass(&place("b.arrow"), &place("c.parquet"), step::Form::Parquet).unwrap(),
        hash
    );
    for name in ["b.arrow", "c.parquet"] {
        assert_eq!(python_hash(&place(name)), hash, "{name}");
    }
    let fewer: Vec<_> = step::read(&place("c.parquet"))
        .unwrap()
        .iter()
        .map(|b| b.slice(0, b.num_rows() - 1))
        .collect();
    step::write(&place("d.parquet"), step::Form::Parquet, &fewer).unwrap();
    assert_ne!(python_hash(&place("d.parquet")), hash);
    assert_eq!(
        python_hash(&place("d.parquet")),
        step::hash(&fewer).unwrap()
    );
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn las_caracteristicas_son_las_de_pandas() {
    let directory = temp::dir().unwrap();
    let place = |name: &str| directory.path().join(name);
    // Without defects: pandas reads the events as they are, and knows no contract.
    let mut config = ConfigGenerador::new(11, "2024-01-15".parse().unwrap(), 60, 30_000);
    config.defectos = 0.0;
    let layout = Layout {
        root: place("eventos"),
        format: Format::Parquet,
        rows_per_file: 100_000,
        threads: 1,
    };
    let generator = Generador::new(config).unwrap();
    write_days(&generator, &layout, &|_, _| ()).unwrap();
    let mut batches = Vec::new();
    for day in fs::read_dir(&layout.root).unwrap() {
        batches.extend(step::read(&day.unwrap().path()).unwrap());
    }
    let events = place("eventos.parquet");
    step::write(&events, step::Form::Parquet, &batches).unwrap();

    let cuts = ["2024-02-15T00:00:00Z", "2024-03-01T06:30:00Z"];
    for (who, column) in [("usuario", "user_id"), ("producto", "producto_id")] {
        let ours = place("ours.parquet");
        let run = Child::new(env!("CARGO_BIN_EXE_sintesis"))
            .args(["d", "--de", who, "--cortes", &cuts.join(",")])
            .arg("--entrada")
            .arg(&events)
            .arg("--salida")
            .arg(&ours)
            .run()
            .unwrap();
        assert!(run.success(), "{run:?}");
        assert!(run.stdout_text().contains(" 0 eventos fuera"), "{run:?}");
        let theirs = place("theirs.parquet");
        let arguments = [
            &events,
            &theirs,
            Path::new(column),
            Path::new(cuts[0]),
            Path::new(cuts[1]),
        ];
        python("caracteristicas.py", &arguments);
        let rows: usize = step::read(&ours)
            .unwrap()
            .iter()
            .map(|b| b.num_rows())
            .sum();
        assert!(rows > 1_000, "{who}: {rows}");
        assert_eq!(python_hash(&ours), python_hash(&theirs), "{who}");
        let columns = |path: &Path| {
            let schema = step::read(path).unwrap()[0].schema();
            schema
                .fields()
                .iter()
                .map(|f| f.name().clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(columns(&ours), columns(&theirs));
    }
}
