//! `cargo xtask rueda`: the wheel of section 16.6, built by maturin and installed where its tests find it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::checkout::Checkout;
use crate::{process, venv};

/// The variable under which tests find the wheel's file.
pub(crate) const VARIABLE: &str = "ECOMMERCE_RUEDA";
const MANIFEST: &str = "crates/ej_16_6_2_maturin/Cargo.toml";

/// The wheel, and the interpreter of the environment that it is installed in.
pub(crate) struct Wheel {
    pub(crate) wheel: PathBuf,
    pub(crate) interpreter: PathBuf,
}

/// Builds the wheel as the sources are now and installs it.
///
/// Two callers at once wait for each other: pip replaces files one by one.
///
/// # Errors
/// The environment cannot be made, the build fails, or it leaves another number of wheels than one.
pub(crate) fn ensure(checkout: &Checkout) -> Result<Wheel> {
    let interpreter = venv::ensure(checkout, venv::Name::Rueda)?;
    let out = checkout.target().join("wheels");
    fs::create_dir_all(&out).with_context(|| format!("no se puede crear {}", out.display()))?;
    let lock = File::create(checkout.target().join("wheels.lock"))?;
    lock.lock()
        .context("no se puede bloquear la carpeta de wheels")?;
    for old in wheels(&out)? {
        fs::remove_file(&old).with_context(|| format!("no se puede borrar {}", old.display()))?;
    }
    // The cargo that runs this program, and none of what it said about this package.
    let mut build = process::without_package(Command::new(&interpreter));
    build
        .current_dir(checkout.root())
        .args(["-m", "maturin", "build", "--locked", "--quiet"])
        .args(["--manifest-path", MANIFEST, "--out"])
        .arg(&out)
        .env("CARGO_TARGET_DIR", checkout.target());
    process::output(&mut build)?;
    let [wheel] = <[PathBuf; 1]>::try_from(wheels(&out)?)
        .or_else(|found| bail!("maturin dejó {} wheels en {}", found.len(), out.display()))?;
    process::output(
        Command::new(&interpreter)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ])
            .args(["--no-index", "--no-deps", "--force-reinstall"])
            .arg(&wheel),
    )?;
    Ok(Wheel { wheel, interpreter })
}

fn wheels(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(dir).with_context(|| format!("no se puede leer {}", dir.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "whl") {
            found.push(path);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_wheels_are_wheels() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a-0.1.0-cp311-abi3-linux_x86_64.whl", "a-0.1.0.tar.gz"] {
            fs::write(dir.path().join(name), "").unwrap();
        }
        assert_eq!(
            wheels(dir.path()).unwrap(),
            [dir.path().join("a-0.1.0-cp311-abi3-linux_x86_64.whl")]
        );
    }
}
