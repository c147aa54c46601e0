//! What the tiers need beyond cargo, made ready once and only when asked for.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::tier::Tier;
use crate::checkout::Checkout;
use crate::data::{self, DataSet};
use crate::rueda::{self, Wheel};
use crate::{jars, jvm, process, venv};

/// The variable under which the peers' tests find our binary.
const BINARY: &str = "ECOMMERCE_BINARIO";
const CORPUS: &str = "CORPUS_DIR";
/// What the path of a test names that wants Spark with Comet: another Spark, and 400 MB that nobody else needs.
const ON_COMET: &str = "nivel_jvm::comet::";
/// What the path of a test names that reads Iceberg and Hudi with Python.
const ON_FORMATS: &str = "nivel_python::formatos::";
/// What the path of a test names that wants the wheel of section 16.6.
const ON_WHEEL: &str = "nivel_python::rueda::";

/// The runtimes that are ready, as the variables under which tests find them.
pub(super) struct Runtimes<'a> {
    checkout: &'a Checkout,
    corpus: Option<PathBuf>,
    variables: BTreeMap<&'static str, OsString>,
}

impl<'a> Runtimes<'a> {
    /// Returns no runtime yet. The corpus is `corpus`, or else what `CORPUS_DIR` says.
    pub(super) fn new(checkout: &'a Checkout, corpus: Option<&Path>) -> Self {
        let from_environment = || {
            std::env::var_os(CORPUS)
                .filter(|dir| !dir.is_empty())
                .map(PathBuf::from)
        };
        Self {
            checkout,
            corpus: corpus.map(Path::to_path_buf).or_else(from_environment),
            variables: BTreeMap::new(),
        }
    }

    /// Makes ready what the tests `names` of `tier` need.
    ///
    /// # Errors
    /// A runtime is missing and cannot be installed: the error says which and why.
    pub(super) fn prepare(&mut self, tier: Tier, names: &[String]) -> Result<()> {
        match tier {
            Tier::Python => {
                if names.iter().any(|name| name.contains(ON_FORMATS)) {
                    let formats = venv::Name::Formatos;
                    let interpreter = venv::ensure(self.checkout, formats)?;
                    self.variables
                        .insert(formats.variable(), interpreter.into());
                }
                if names.iter().any(|name| name.contains(ON_WHEEL)) {
                    self.prepare_wheel()?;
                }
                self.prepare_python(!names.is_empty())
            }
            Tier::Corpus => self.prepare_corpus(),
            Tier::Jvm => self.prepare_jvm(names),
            Tier::Cluster => Ok(()),
            Tier::Strace => prepare_strace(),
            Tier::Largo => self.prepare_for_long(names),
        }
    }

    /// Adds a variable that every tier's tests get.
    pub(super) fn add(&mut self, variable: &'static str, value: &Path) {
        self.variables.insert(variable, value.into());
    }

    /// Returns the variables of everything that is ready.
    pub(super) fn variables(&self) -> &BTreeMap<&'static str, OsString> {
        &self.variables
    }

    /// Returns the interpreter with the peers, once it is ready.
    pub(super) fn python(&self) -> Option<&OsString> {
        self.variables.get(venv::Name::Python.variable())
    }

    /// Makes ready the wheel of section 16.6, as its sources are now.
    ///
    /// # Errors
    /// It cannot be built or installed.
    pub(super) fn prepare_wheel(&mut self) -> Result<()> {
        let Wheel { wheel, interpreter } = rueda::ensure(self.checkout)?;
        self.variables.insert(rueda::VARIABLE, wheel.into());
        self.variables
            .insert(venv::Name::Rueda.variable(), interpreter.into());
        Ok(())
    }

    /// Returns the interpreter in which the wheel is installed, once it is ready.
    pub(super) fn python_with_wheel(&self) -> Option<&OsString> {
        self.variables.get(venv::Name::Rueda.variable())
    }

    /// Tests in Rust check themselves against Pandas on real data; the peers' own tests make theirs.
    fn prepare_python(&mut self, with_data: bool) -> Result<()> {
        let interpreter = venv::ensure(self.checkout, venv::Name::Python)?;
        for set in DataSet::ALL.into_iter().filter(|_| with_data) {
            data::obtain(self.checkout, set, Path::new("data"))?;
        }
        self.variables
            .insert(venv::Name::Python.variable(), interpreter.into());
        // The first tier has built it: the peers' tests hold it against their reference like any other contestant.
        let binary = self.checkout.target().join("debug/analytics-ecommerce");
        if binary.is_file() {
            self.variables.insert(BINARY, binary.into());
        }
        Ok(())
    }

    fn prepare_corpus(&mut self) -> Result<()> {
        let dir = self
            .corpus
            .as_deref()
            .context("no se ha dicho dónde está el corpus: usa --corpus DIR o CORPUS_DIR")?;
        let dir = self.checkout.root().join(dir);
        ensure!(
            dir.is_dir(),
            "no existe la carpeta del corpus {}",
            dir.display()
        );
        self.variables.insert(CORPUS, dir.canonicalize()?.into());
        Ok(())
    }

    fn prepare_jvm(&mut self, names: &[String]) -> Result<()> {
        process::output(Command::new("java").arg("-version"))
            .context("falta Java 17 o posterior en el PATH")?;
        self.prepare_python(false)?;
        self.prepare_spark(venv::Name::Spark, jars::SPARK)?;
        let python = venv::ensure(self.checkout, venv::Name::Spark)?;
        // With a runtime and no compiler most of the tier still runs; who needs the jar says so.
        match jvm::ensure(self.checkout, &python) {
            Ok(jar) => drop(self.variables.insert(jvm::VARIABLE, jar.into())),
            Err(error) => eprintln!("Sin programas de Java y Scala: {error:#}"),
        }
        if names.iter().any(|name| name.contains(ON_COMET)) {
            self.prepare_spark(venv::Name::Comet, jars::COMET)?;
        }
        Ok(())
    }

    fn prepare_spark(&mut self, name: venv::Name, set: jars::Set) -> Result<()> {
        let interpreter = venv::ensure(self.checkout, name)?;
        self.variables.insert(name.variable(), interpreter.into());
        let dir = jars::ensure(self.checkout, set)?;
        self.variables.insert(set.variable, dir.into());
        Ok(())
    }

    /// A long test may use any runtime; what its path names must be there.
    fn prepare_for_long(&mut self, names: &[String]) -> Result<()> {
        for tier in [Tier::Python, Tier::Corpus, Tier::Jvm, Tier::Strace] {
            if names.iter().any(|name| name.contains(tier.filter())) {
                self.prepare(tier, names)?;
            }
        }
        Ok(())
    }
}

/// strace is a package of the system: continuous integration installs it, a person is told.
fn prepare_strace() -> Result<()> {
    let version = || process::output(Command::new("strace").arg("-V"));
    if version().is_err() && super::in_ci() {
        process::output(Command::new("apt-get").args(["update", "-qq"]))?;
        process::output(Command::new("apt-get").args(["install", "-y", "-qq", "strace"]))?;
    }
    version().context("falta strace; instálalo con el gestor de paquetes del sistema")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_existing_corpus_becomes_an_absolute_variable() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("corpus")).unwrap();
        let checkout = Checkout::at(root.path());
        let mut runtimes = Runtimes::new(&checkout, Some(Path::new("corpus")));
        runtimes.prepare(Tier::Corpus, &[]).unwrap();
        assert!(Path::new(&runtimes.variables()[CORPUS]).is_absolute());
    }

    #[test]
    fn a_missing_corpus_is_named() {
        let root = tempfile::tempdir().unwrap();
        let checkout = Checkout::at(root.path());
        let error = Runtimes::new(&checkout, Some(Path::new("corpus")))
            .prepare(Tier::Corpus, &[])
            .unwrap_err();
        assert!(format!("{error:#}").contains("corpus"));
    }

    #[test]
    fn a_long_test_of_no_tier_needs_nothing() {
        let root = tempfile::tempdir().unwrap();
        let checkout = Checkout::at(root.path());
        let mut runtimes = Runtimes::new(&checkout, None);
        runtimes
            .prepare(Tier::Largo, &["it::largo::mata".to_owned()])
            .unwrap();
        assert!(runtimes.variables().is_empty());
    }
}
