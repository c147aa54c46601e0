//! The jars that PySpark lacks, fetched once by Maven into `target/jars/spark`, where the peers look for them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::checkout::Checkout;
use crate::process;

/// The variable under which tests and duels find the directory.
pub(crate) const VARIABLE: &str = "ECOMMERCE_SPARK_JARS";

const POM: &str = "benches/peers/jars-spark.xml";
/// The same directory as in the POM: of the checkout, also when cargo builds elsewhere.
const DIR: &str = "target/jars/spark";
/// The POM that the directory was filled from.
const DONE: &str = "pom.xml";

/// Returns the directory with the jars, filled first when it is missing or the POM has changed.
///
/// # Errors
/// The POM or Maven is missing, or Maven cannot fetch a jar.
pub(crate) fn ensure(checkout: &Checkout) -> Result<PathBuf> {
    let pom = fs::read(checkout.root().join(POM)).with_context(|| format!("falta {POM}"))?;
    let dir = checkout.root().join(DIR);
    if !is_filled_from(&dir, &pom) {
        if dir.exists() {
            fs::remove_dir_all(&dir).with_context(|| format!("no se puede borrar {DIR}"))?;
        }
        eprintln!("Descargando los jars de {POM} con Maven …");
        let mut maven = Command::new("mvn");
        maven
            .current_dir(checkout.root())
            .args(["--quiet", "--batch-mode", "--file", POM])
            .arg("dependency:copy-dependencies");
        process::output(&mut maven).context("Maven no pudo traer los jars")?;
        fs::write(dir.join(DONE), pom).with_context(|| format!("Maven no dejó nada en {DIR}"))?;
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
        fs::write(root.path().join(POM), pom).unwrap();
        let checkout = Checkout::at(root.path());
        (root, checkout)
    }

    #[test]
    fn jars_of_this_pom_are_not_fetched_again() {
        let (root, checkout) = checkout("<project/>");
        let dir = root.path().join(DIR);
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join(DONE), "<project/>").unwrap();
        assert_eq!(ensure(&checkout).unwrap(), dir);
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
        let error = ensure(&Checkout::at(root.path())).unwrap_err();
        assert!(format!("{error:#}").contains("jars-spark.xml"));
    }
}
