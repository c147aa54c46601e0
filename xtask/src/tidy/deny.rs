//! Licences, bans and sources of every dependency, by cargo-deny.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::checkout::Checkout;
use crate::process;

/// The version that is installed when none is there.
const VERSION: &str = "0.20.2";

/// How the check ended.
pub(super) enum Outcome {
    Passed,
    Failed,
    NotRun(String),
}

impl Outcome {
    /// Returns whether the run may succeed: in CI the check must have been made.
    pub(super) fn is_acceptable(&self, in_ci: bool) -> bool {
        match self {
            Self::Passed => true,
            Self::Failed => false,
            Self::NotRun(_) => !in_ci,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => out.write_str("cargo-deny: licencias, vetos y fuentes en orden"),
            Self::Failed => {
                out.write_str("cargo-deny: hay dependencias fuera de deny.toml (detalles arriba)")
            }
            Self::NotRun(why) => write!(out, "cargo-deny NO EJECUTADO: {why}"),
        }
    }
}

/// Runs cargo-deny with the repository's `deny.toml`, installing it first when it is missing.
///
/// Advisories are left to the workflow on GitHub: their database is no package.
///
/// # Errors
/// The installed program cannot be started.
pub(super) fn check(checkout: &Checkout) -> Result<Outcome> {
    let program = match program(&checkout.target().join("tools")) {
        Ok(program) => program,
        Err(error) => return Ok(Outcome::NotRun(format!("{error:#}"))),
    };
    let mut deny = Command::new(program);
    deny.current_dir(checkout.root()).args([
        "--locked",
        "--log-level",
        "error",
        "check",
        "licenses",
        "bans",
        "sources",
    ]);
    let status = process::status(&mut deny)?;
    Ok(if status.success() {
        Outcome::Passed
    } else {
        Outcome::Failed
    })
}

/// Returns the program: the one on the `PATH`, or the one under `tools`, compiled there the first time.
fn program(tools: &Path) -> Result<PathBuf> {
    let ours = tools.join("bin/cargo-deny");
    for candidate in [PathBuf::from("cargo-deny"), ours.clone()] {
        if process::output(Command::new(&candidate).arg("--version"))
            .is_ok_and(|said| said.contains(VERSION))
        {
            return Ok(candidate);
        }
    }
    eprintln!(
        "Compilando cargo-deny {VERSION} en {} (unos minutos, solo la primera vez) …",
        tools.display()
    );
    let mut install = process::cargo();
    // Unoptimized on purpose: it compiles in a third of the time and a check still takes seconds.
    install
        .args([
            "install",
            "cargo-deny",
            "--version",
            VERSION,
            "--locked",
            "--debug",
            "--quiet",
            "--force",
            "--root",
        ])
        .arg(tools);
    install
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_TARGET_DIR", tools.join("build"));
    process::output(&mut install)?;
    // Its build directory is a gigabyte that nobody needs again.
    let _ = std::fs::remove_dir_all(tools.join("build"));
    Ok(ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_was_not_made_is_tolerated_only_outside_ci() {
        let outcome = || Outcome::NotRun("sin red".to_owned());
        assert!(outcome().is_acceptable(false));
        assert!(!outcome().is_acceptable(true));
        assert_eq!(outcome().to_string(), "cargo-deny NO EJECUTADO: sin red");
    }

    #[test]
    fn a_failed_check_is_never_acceptable() {
        assert!(!Outcome::Failed.is_acceptable(false));
        assert!(Outcome::Passed.is_acceptable(true));
    }
}
