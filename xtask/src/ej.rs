//! `cargo xtask ej 16.2.3`: the tests of one exercise, found by its number in the guide.

use std::ffi::OsString;
use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use crate::checkout::Checkout;
use crate::process;
use crate::registry::{self, Registry};

/// Runs `cargo test` for the exercise's crate.
///
/// # Errors
/// The number is not in the registry, the crate does not exist yet, or cargo cannot be started.
pub(crate) fn run(checkout: &Checkout, id: &str, args: &[OsString]) -> Result<ExitCode> {
    let text = fs::read_to_string(checkout.root().join(registry::PATH))
        .with_context(|| format!("falta {}", registry::PATH))?;
    let registry = Registry::parse(&text)?;
    let package = package(&registry, id)?;
    if !checkout.root().join("crates").join(package).is_dir() {
        bail!("el ejercicio {id} (`{package}`) está pendiente: su crate aún no existe");
    }
    let mut command = process::cargo();
    command
        .current_dir(checkout.root())
        .args(["test", "--package", package])
        .args(args);
    eprintln!("{}", process::shown(&command));
    Ok(process::passed_on(process::status(&mut command)?))
}

fn package<'a>(registry: &'a Registry, id: &str) -> Result<&'a str> {
    let exercise = registry.find(id).with_context(|| {
        format!("no hay ningún ejercicio {id}; los números van de 16.1.1 a 16.7.5")
    })?;
    Ok(&exercise.package)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_leads_to_its_crate_and_a_wrong_one_to_an_error() {
        let registry = Registry::parse(include_str!("../../docs/ejercicios.toml")).unwrap();
        assert_eq!(package(&registry, "16.2.3").unwrap(), "ej_16_2_3_arrow_ipc");
        assert!(
            package(&registry, "16.8.1")
                .unwrap_err()
                .to_string()
                .contains("16.8.1")
        );
    }
}
