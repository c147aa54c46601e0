//! Programs that come as a crate: installed once under `target/tools`, at one version.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::checkout::Checkout;
use crate::process;

/// A program, and how it is compiled.
pub(crate) struct Tool {
    /// Its name, which is its crate's too.
    pub(crate) name: &'static str,
    /// The version that is taken from the `PATH` or installed.
    pub(crate) version: &'static str,
    /// What `cargo install` is told besides.
    pub(crate) features: &'static [&'static str],
}

impl Tool {
    /// Returns the program: the one on the `PATH`, or the one under `target/tools`, compiled there the first time.
    ///
    /// # Errors
    /// It cannot be installed.
    pub(crate) fn ensure(&self, checkout: &Checkout) -> Result<PathBuf> {
        let Self { name, version, .. } = self;
        let tools = checkout.target().join("tools");
        let ours = tools.join("bin").join(name);
        for candidate in [PathBuf::from(name), ours.clone()] {
            if process::output(Command::new(&candidate).arg("--version"))
                .is_ok_and(|said| said.contains(version))
            {
                return Ok(candidate);
            }
        }
        eprintln!(
            "Compilando {name} {version} en {} (unos minutos, solo la primera vez) …",
            tools.display()
        );
        let mut install = process::cargo();
        // Unoptimized on purpose: it compiles in a third of the time and its work still takes seconds.
        install
            .args(["install", name, "--version", version, "--locked"])
            .args(["--debug", "--quiet", "--force"])
            .args(self.features)
            .arg("--root")
            .arg(&tools);
        install
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_TARGET_DIR", tools.join("build"));
        process::output(&mut install)?;
        // Its build directory is up to a gigabyte that nobody needs again.
        let _ = fs::remove_dir_all(tools.join("build"));
        Ok(ours)
    }
}
