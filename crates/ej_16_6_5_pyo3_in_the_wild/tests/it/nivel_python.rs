//! The real wheels, downloaded by pip and held against what the page says of them.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use ej_16_6_5_pyo3_in_the_wild::{
    Abi3, Contents, GUIDE, Python, Verdict, Wheel, download, markdown, pinned, verdict,
};

/// Where the wheels are, downloaded once for all tests and all runs.
fn directory() -> &'static Path {
    static READY: OnceLock<PathBuf> = OnceLock::new();
    READY.get_or_init(|| {
        let python = std::env::var_os("ECOMMERCE_PYTHON").expect("ECOMMERCE_PYTHON");
        // Other wheels, another directory.
        let key: String = pinned()
            .unwrap()
            .iter()
            .map(|wheel| &wheel.sha256[..2])
            .collect();
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("ruedas-{key}"));
        download(Path::new(&python), &directory).unwrap();
        directory
    })
}

/// All of them, opened once.
fn wheels() -> &'static [Wheel] {
    static OPENED: OnceLock<Vec<Wheel>> = OnceLock::new();
    OPENED.get_or_init(|| {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(directory())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "whl"))
            .collect();
        paths.sort();
        paths
            .iter()
            .map(|path| Wheel::open(path).unwrap())
            .collect()
    })
}

fn wheel(name: &str) -> &'static Wheel {
    let named = |wheel: &&Wheel| wheel.file.distribution == name.replace('-', "_");
    wheels().iter().find(named).unwrap()
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn de_los_seis_proyectos_cuatro_usan_pyo3_y_ruff_y_uv_no() {
    let verdicts: Vec<(&str, Verdict)> = GUIDE
        .iter()
        .map(|project| {
            let wheels = project.distributions.iter().map(|name| wheel(name));
            (project.name, verdict(wheels))
        })
        .collect();
    use Verdict::{Confirmada, Refutada};
    assert_eq!(
        verdicts,
        [
            ("Polars", Confirmada),
            ("Pydantic v2", Confirmada),
            ("cryptography", Confirmada),
            ("tokenizers", Confirmada),
            ("ruff", Refutada),
            ("uv", Refutada),
        ]
    );
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn la_tabla_de_docs_es_la_que_sale_de_las_ruedas() {
    let kept =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/ruedas.md"))
            .unwrap();
    assert_eq!(
        markdown(directory()).unwrap(),
        kept,
        "cargo run -p ej_16_6_5_pyo3_in_the_wild -- tabla --salida docs/ruedas.md"
    );
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn tres_cumplen_abi3_y_pydantic_core_no_lo_promete_porque_importa_otros_simbolos() {
    for (name, since) in [
        ("polars-runtime-32", Python(3, 11)),
        ("cryptography", Python(3, 11)),
        ("tokenizers", Python(3, 10)),
    ] {
        let wheel = wheel(name);
        assert_eq!(wheel.abi3(), Abi3::Since(since), "{:?}", wheel.problems());
        for binary in wheel.extensions() {
            assert!(binary.python.len() > 50, "{}", binary.path);
            assert!(
                binary.outside_the_stable_abi().is_empty(),
                "{}",
                binary.path
            );
        }
    }
    let pydantic = wheel("pydantic-core");
    assert_eq!(pydantic.abi3(), Abi3::No);
    let binary = pydantic.extensions().next().unwrap();
    assert!(!binary.outside_the_stable_abi().is_empty());
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn el_motor_de_polars_esta_en_otra_rueda_que_la_primera_pide() {
    let polars = wheel("polars");
    assert_eq!(
        (polars.contents(), polars.metadata.purelib),
        (Contents::Pure, true)
    );
    let engine = wheel("polars-runtime-32");
    assert!(
        polars
            .metadata
            .requires
            .contains(&format!("polars-runtime-32=={}", engine.metadata.version))
    );
    assert_eq!(engine.contents(), Contents::Pyo3Extension);
    assert!(
        engine.bytes > 50 * polars.bytes,
        "{} y {}",
        engine.bytes,
        polars.bytes
    );
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn ruff_y_uv_son_ejecutables_que_no_piden_nada_de_python() {
    for name in ["ruff", "uv"] {
        let wheel = wheel(name);
        assert_eq!(
            (wheel.contents(), wheel.abi3()),
            (Contents::Program, Abi3::No)
        );
        assert_eq!(wheel.file.tags[0].python, "py3");
        assert_eq!(wheel.file.tags[0].abi, "none");
        for binary in &wheel.binaries {
            assert!(binary.init.is_empty() && binary.python.is_empty() && !binary.pyo3.found());
            assert!(!binary.rustc.is_empty(), "{} es de Rust", binary.path);
        }
    }
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn todas_piden_solo_la_glibc_que_prometen_y_ninguna_dice_lo_que_no_es() {
    assert_eq!(wheels().len(), 7);
    for wheel in wheels() {
        assert_eq!(wheel.problems(), [], "{}", wheel.metadata.name);
        for binary in &wheel.binaries {
            assert!(binary.glibc <= wheel.file.manylinux(), "{}", binary.path);
            assert!(binary.glibc.is_some(), "{}", binary.path);
        }
    }
}
