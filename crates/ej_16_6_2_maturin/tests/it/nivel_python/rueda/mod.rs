//! What needs the wheel: `ECOMMERCE_RUEDA` is its file, `ECOMMERCE_PYTHON_RUEDA` the Python that it is installed for.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ecommerce_testkit::process::{Child, Finished};

mod contenido;
mod fuentes;
mod instalada;
mod largo;
mod portable;

/// The wheel's file.
fn wheel() -> PathBuf {
    from_environment("ECOMMERCE_RUEDA")
}

/// The interpreter of the environment with maturin, auditwheel and mypy.
fn python() -> PathBuf {
    from_environment("ECOMMERCE_PYTHON_RUEDA")
}

fn from_environment(variable: &str) -> PathBuf {
    std::env::var_os(variable)
        .unwrap_or_else(|| panic!("falta {variable}: cargo xtask test"))
        .into()
}

/// The crate's directory.
fn crate_directory() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs to the end; anything but success fails the test with what was said.
fn run(child: Child) -> Finished {
    let run = child.timeout(Duration::from_secs(600)).run().unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    run
}

/// A command of a module of the wheel's environment: `python -m maturin …`.
fn module(name: &str) -> Child {
    Child::new(python()).args(["-m", name])
}
