//! The jars that PySpark lacks, fetched once by Maven into `target/jars/…`, where the peers look for them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::checkout::Checkout;
use crate::{process, venv};

/// Jars that go together, and with one of the environments.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Set {
    /// The variable under which tests and duels find the directory.
    pub(crate) variable: &'static str,
    pom: &'static str,
    /// The same directory as in the POM: of the checkout, also when cargo builds elsewhere.
    dir: &'static str,
}

/// Delta, for the Spark of `requirements-spark.txt`.
pub(crate) const SPARK: Set = Set {
    variable: "ECOMMERCE_SPARK_JARS",
    pom: "benches/peers/jars-spark.xml",
    dir: "target/jars/spark",
};

/// What the Spark of `requirements-spark.txt` lacks to speak S3.
pub(crate) const SPARK_S3: Set = Set {
    variable: "ECOMMERCE_SPARK_S3_JARS",
    pom: "benches/peers/jars-spark-s3.xml",
    dir: "target/jars/spark-s3",
};

/// Comet, for the Spark of `requirements-comet.txt`.
pub(crate) const COMET: Set = Set {
    variable: "ECOMMERCE_COMET_JARS",
    pom: "benches/peers/jars-comet.xml",
    dir: "target/jars/comet",
};

impl Set {
    /// Returns the jars of the environment `name`.
    ///
    /// # Errors
    /// It is none with a Spark.
    pub(crate) fn of(name: venv::Name) -> Result<Self> {
        match name {
            venv::Name::Spark => Ok(SPARK),
            venv::Name::Comet => Ok(COMET),
            _ => bail!("solo los entornos spark y comet llevan jars"),
        }
    }
}

/// The POM that the directory was filled from.
const DONE: &str = "pom.xml";

/// Returns the directory with the jars, filled first when it is missing or the POM has changed.
///
/// # Errors
/// The POM or Maven is missing, or Maven cannot fetch a jar.
pub(crate) fn ensure(checkout: &Checkout, set: Set) -> Result<PathBuf> {
    let (file, into) = (set.pom, set.dir);
    let pom = fs::read(checkout.root().join(file)).with_context(|| format!("falta {file}"))?;
    let dir = checkout.root().join(into);
    if !is_filled_from(&dir, &pom) {
        if dir.exists() {
            fs::remove_dir_all(&dir).with_context(|| format!("no se puede borrar {into}"))?;
        }
        eprintln!("Descargando los jars de {file} con Maven …");
        let mut maven = Command::new("mvn");
        maven
            .current_dir(checkout.root())
            .args(["--quiet", "--batch-mode", "--file", file])
            .arg("dependency:copy-dependencies");
        process::output(&mut maven).context("Maven no pudo traer los jars")?;
        fs::write(dir.join(DONE), pom).with_context(|| format!("Maven no dejó nada en {into}"))?;
    }
    Ok(dir)
}

fn is_filled_from(dir: &Path, pom: &[u8]) -> bool {
    fs::read(dir.join(DONE)).is_ok_and(|done| done == pom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkout(pom: &str) -> (tempfile::TempDir, Checkout) {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("benches/peers")).unwrap();
        fs::write(root.path().join(SPARK.pom), pom).unwrap();
        let checkout = Checkout::at(root.path());
        (root, checkout)
    }

    #[test]
    fn jars_of_this_pom_are_not_fetched_again() {
        let (root, checkout) = checkout("<project/>");
        let dir = root.path().join(SPARK.dir);
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join(DONE), "<project/>").unwrap();
        assert_eq!(ensure(&checkout, SPARK).unwrap(), dir);
    }

    #[test]
    fn jars_of_another_pom_or_cut_off_do_not_count() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!is_filled_from(dir.path(), b"<project/>"));
        fs::write(dir.path().join(DONE), "<otro/>").unwrap();
        assert!(!is_filled_from(dir.path(), b"<project/>"));
    }

    #[test]
    fn a_missing_pom_is_named() {
        let root = tempfile::tempdir().unwrap();
        for (set, named) in [(SPARK, "jars-spark.xml"), (COMET, "jars-comet.xml")] {
            let error = ensure(&Checkout::at(root.path()), set).unwrap_err();
            assert!(format!("{error:#}").contains(named));
        }
    }
}
