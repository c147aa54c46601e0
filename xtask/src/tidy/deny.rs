//! Licences, bans and sources of every dependency, by cargo-deny.

use std::fmt;
use std::process::Command;

use anyhow::Result;

use crate::checkout::Checkout;
use crate::process;
use crate::tool::Tool;

const CARGO_DENY: Tool = Tool {
    name: "cargo-deny",
    version: "0.20.2",
    features: &[],
};

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
    let program = match CARGO_DENY.ensure(checkout) {
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
