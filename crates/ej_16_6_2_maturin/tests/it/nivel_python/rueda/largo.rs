//! Minutes each: a build from nothing, and everything under valgrind.

use std::ffi::OsString;
use std::time::Duration;

use ecommerce_testkit::process::Child;
use ecommerce_testkit::temp;
use ej_16_6_5_pyo3_in_the_wild::{Abi3, Python, Wheel};

use super::fuentes::unpacked;
use super::{crate_directory, module, python};

/// The search path as it is once the environment is active: pip's build calls `maturin` by its name.
fn with_tools_of_the_environment() -> OsString {
    let known = std::env::var_os("PATH").unwrap_or_default();
    let tools = python().parent().unwrap().to_path_buf();
    let all = std::iter::once(tools).chain(std::env::split_paths(&known));
    std::env::join_paths(all).unwrap()
}

#[test]
#[ignore = "largo: cargo xtask test --largo"]
fn del_sdist_desempaquetado_en_otro_sitio_sale_la_misma_rueda() {
    let dir = temp::dir().unwrap();
    let root = unpacked(dir.path());
    let out = dir.path().join("ruedas");
    // As pip does it: by the tarball's own pyproject.toml, in a build directory of its own.
    let built = module("pip")
        .args(["wheel", "--quiet", "--disable-pip-version-check"])
        .args([
            "--no-deps",
            "--no-build-isolation",
            "--no-index",
            "--wheel-dir",
        ])
        .arg(&out)
        .arg(&root)
        .env("PATH", with_tools_of_the_environment())
        .env_remove("PYO3_NO_PYTHON")
        .env_remove("PYO3_BUILD_EXTENSION_MODULE")
        .env("CARGO_TARGET_DIR", dir.path().join("target"))
        .current_dir(dir.path())
        .timeout(Duration::from_secs(3600))
        .run()
        .unwrap();
    assert_eq!(built.code, Some(0), "{built:?}");
    let wheels: Vec<_> = std::fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let [wheel] = wheels.as_slice() else {
        panic!("{wheels:?}")
    };
    let rebuilt = Wheel::open(wheel).unwrap();
    let original = Wheel::open(&super::wheel()).unwrap();
    assert_eq!(rebuilt.abi3(), Abi3::Since(Python(3, 11)));
    let sorted = |wheel: &Wheel| {
        // A list of the software inside is named after the directory that it was built in.
        let mut files: Vec<String> = wheel
            .files
            .iter()
            .filter(|path| !path.contains("/sboms/"))
            .cloned()
            .collect();
        files.sort();
        files
    };
    assert_eq!(sorted(&rebuilt), sorted(&original));
    assert_eq!(rebuilt.binaries[0].python, original.binaries[0].python);
    assert_eq!(rebuilt.binaries[0].needed, original.binaries[0].needed);
}

/// CPython itself and NumPy are not clean under valgrind: what counts is that nothing it reports goes through the extension.
#[test]
#[ignore = "largo: cargo xtask test --largo"]
fn valgrind_no_nombra_a_la_extension_en_nada_de_lo_que_encuentra() {
    let run = Child::new("valgrind")
        .args(["--leak-check=no", "--num-callers=60"])
        .arg(python())
        .arg(crate_directory().join("python/memcheck.py"))
        // Python's own allocator hides from valgrind what is freed and read again.
        .env("PYTHONMALLOC", "malloc")
        .timeout(Duration::from_secs(1800))
        .run()
        .unwrap();
    let told = run.stderr_text();
    assert_eq!(
        (run.code, run.stdout_text().trim()),
        (Some(0), "hecho"),
        "{told}"
    );
    assert!(told.contains("ERROR SUMMARY"), "{told}");
    let frames: Vec<&str> = told
        .lines()
        .filter(|line| line.contains("mi_modulo_rust"))
        .collect();
    assert!(frames.is_empty(), "{}", frames.join("\n"));
}
