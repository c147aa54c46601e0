//! Python virtual environments, one per requirements file: `target/venvs/<name>-<hash of the file>`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::checkout::Checkout;
use crate::data::sha256;
use crate::process;

/// An environment that the repository knows how to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Name {
    /// Los pares de Python (Polars, Delta, DuckDB, Pandas …)
    Python,
    /// PySpark con delta-spark, en versiones que van juntas
    Spark,
    /// PySpark en la versión para la que está hecho Comet
    Comet,
    /// Lectores de Iceberg y Hudi que no son los de Rust
    Formatos,
    /// maturin, y aquello contra lo que se prueba el wheel de la sección 16.6
    Rueda,
    /// zig como enlazador, para el binario portable
    Zig,
}

impl Name {
    fn text(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Spark => "spark",
            Self::Comet => "comet",
            Self::Formatos => "formatos",
            Self::Rueda => "rueda",
            Self::Zig => "zig",
        }
    }

    fn requirements(self) -> &'static str {
        match self {
            Self::Python => "benches/peers/requirements.txt",
            Self::Spark => "benches/peers/requirements-spark.txt",
            Self::Comet => "benches/peers/requirements-comet.txt",
            Self::Formatos => "benches/peers/requirements-formatos.txt",
            Self::Rueda => "crates/ej_16_6_2_maturin/python/requirements.txt",
            Self::Zig => "xtask/requirements-zig.txt",
        }
    }

    /// Returns the variable under which tests and duels find the interpreter.
    pub(crate) fn variable(self) -> &'static str {
        match self {
            Self::Python => "ECOMMERCE_PYTHON",
            Self::Spark => "ECOMMERCE_PYTHON_SPARK",
            Self::Comet => "ECOMMERCE_PYTHON_COMET",
            Self::Formatos => "ECOMMERCE_PYTHON_FORMATOS",
            Self::Rueda => "ECOMMERCE_PYTHON_RUEDA",
            Self::Zig => "ECOMMERCE_PYTHON_ZIG",
        }
    }
}

/// The file that says an environment was installed to the end.
const DONE: &str = ".instalado";

/// Returns the interpreter of the environment, made first when it is not there yet.
///
/// A changed requirements file is another environment; one that was cut off while installing is made again.
/// Two callers at once wait for each other.
///
/// # Errors
/// Python 3 is missing, the requirements file is missing, or pip cannot install it.
pub(crate) fn ensure(checkout: &Checkout, name: Name) -> Result<PathBuf> {
    let requirements = checkout.root().join(name.requirements());
    let wanted =
        fs::read(&requirements).with_context(|| format!("falta {}", name.requirements()))?;
    let dir = directory(checkout.target(), name, &wanted);
    let all = dir
        .parent()
        .context("la carpeta de entornos no tiene padre")?;
    fs::create_dir_all(all).with_context(|| format!("no se puede crear {}", all.display()))?;
    let lock = File::create(all.join(format!("{}.lock", name.text())))?;
    lock.lock()
        .context("no se puede bloquear la carpeta de entornos")?;

    let interpreter = dir.join("bin/python");
    if !dir.join(DONE).is_file() {
        eprintln!(
            "Creando el entorno de Python «{}» de {} …",
            name.text(),
            name.requirements()
        );
        install(&dir, &interpreter, &requirements)?;
        fs::write(dir.join(DONE), &wanted)?;
    }
    Ok(interpreter)
}

fn directory(target: &Path, name: Name, requirements: &[u8]) -> PathBuf {
    target
        .join("venvs")
        .join(format!("{}-{}", name.text(), &sha256(requirements)[..12]))
}

fn install(dir: &Path, interpreter: &Path, requirements: &Path) -> Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir).with_context(|| format!("no se puede borrar {}", dir.display()))?;
    }
    process::output(python().args(["-m", "venv"]).arg(dir))
        .context("no se pudo crear el entorno (¿está instalado python3-venv?)")?;
    process::output(
        Command::new(interpreter)
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--requirement",
            ])
            .arg(requirements),
    )
    .context("pip no pudo instalar los paquetes")?;
    Ok(())
}

/// Returns the Python that environments are made with: `$PYTHON`, or `python3`.
pub(crate) fn python() -> Command {
    Command::new(
        std::env::var_os("PYTHON")
            .filter(|program| !program.is_empty())
            .unwrap_or_else(|| "python3".into()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkout(requirements: &str) -> (tempfile::TempDir, Checkout) {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("benches/peers")).unwrap();
        fs::write(root.path().join(Name::Python.requirements()), requirements).unwrap();
        let checkout = Checkout::at(root.path());
        (root, checkout)
    }

    #[test]
    fn another_requirements_file_is_another_directory() {
        let one = directory(Path::new("target"), Name::Python, b"polars==1\n");
        let two = directory(Path::new("target"), Name::Python, b"polars==2\n");
        assert_ne!(one, two);
        assert!(one.starts_with("target/venvs"));
    }

    #[test]
    fn an_environment_that_is_whole_is_not_made_again() {
        let (_root, checkout) = checkout("polars==1\n");
        let dir = directory(checkout.target(), Name::Python, b"polars==1\n");
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join(DONE), "").unwrap();
        assert_eq!(
            ensure(&checkout, Name::Python).unwrap(),
            dir.join("bin/python")
        );
        assert!(!dir.join("pyvenv.cfg").exists());
    }

    #[test]
    fn a_missing_requirements_file_is_named() {
        let (_root, checkout) = checkout("");
        let error = ensure(&checkout, Name::Spark).unwrap_err();
        assert!(format!("{error:#}").contains("requirements-spark.txt"));
    }
}
