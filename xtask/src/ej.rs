//! `cargo xtask ej 16.2.3`: an exercise by its number in the guide: where everything of it is, and its tests.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::checkout::Checkout;
use crate::libro;
use crate::process;
use crate::registry::{self, Exercise, Registry};
use crate::tidy::tree::Tree;

/// What `cargo xtask ej` is asked.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// El número del ejercicio en la guía
    id: String,
    /// Solo dice dónde está todo, sin ejecutar las pruebas
    #[arg(long)]
    ver: bool,
    /// Argumentos para cargo test
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<OsString>,
}

/// Says where page, code, tests, benches and figures of the exercise are, and runs `cargo test` for its crate.
///
/// # Errors
/// The number is not in the registry, the crate does not exist yet, or cargo cannot be started.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<ExitCode> {
    let tree = Tree::load(checkout.root())?;
    let text = tree
        .text(registry::PATH)
        .with_context(|| format!("falta {}", registry::PATH))?;
    let registry = Registry::parse(text)?;
    let exercise = found(&registry, &options.id)?;
    if !tree.has(&format!("crates/{}/Cargo.toml", exercise.package)) {
        bail!(
            "el ejercicio {} (`{}`) está pendiente: su crate aún no existe",
            options.id,
            exercise.package
        );
    }
    // What is told to a person goes beside cargo's own words, not into the tests' output.
    eprint!("{}", card(&tree, exercise));
    if options.ver {
        return Ok(ExitCode::SUCCESS);
    }
    let mut command = process::cargo();
    command
        .current_dir(checkout.root())
        .args(["test", "--package", &exercise.package])
        .args(&options.args);
    eprintln!("\n{}", process::shown(&command));
    Ok(process::passed_on(process::status(&mut command)?))
}

fn found<'a>(registry: &'a Registry, id: &str) -> Result<&'a Exercise> {
    registry.find(id).with_context(|| {
        format!("no hay ningún ejercicio {id}; los números van de 16.1.1 a 16.7.5")
    })
}

fn card(tree: &Tree, exercise: &Exercise) -> String {
    let Exercise {
        id,
        titulo,
        package,
        ..
    } = exercise;
    let section = id
        .rsplit_once('.')
        .map_or(id.as_str(), |(section, _)| section);
    let mut lines = format!("Ejercicio {id} — {titulo}\n");
    let mut line = |name: &str, what: String| {
        // Writing to a String cannot fail.
        let _ = writeln!(lines, "  {name:<9}{what}");
    };
    line("guía", format!("16_rust.md, sección {section}"));
    let page = format!("crates/{package}/README.md");
    if tree.has(&page) {
        line("página", page);
    }
    line("código", format!("crates/{package}/src/lib.rs"));
    if tree.has(&format!("crates/{package}/src/main.rs")) {
        line(
            "programa",
            format!("cargo run --package {package} -- --help"),
        );
    }
    line("pruebas", format!("cargo test --package {package}"));
    if let Some(bench) = libro::bench_of(tree, id) {
        line(
            "bancos",
            format!("cargo bench --package benches --bench {bench} -- {id}"),
        );
    }
    if let Some(report) = libro::report_of(tree, id) {
        line("medido", report);
    }
    line(
        "libro",
        format!("just book, y target/libro/html/ejercicios/{id}.html"),
    );
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_leads_to_its_crate_and_a_wrong_one_to_an_error() {
        let registry = Registry::parse(include_str!("../../docs/ejercicios.toml")).unwrap();
        assert_eq!(
            found(&registry, "16.2.3").unwrap().package,
            "ej_16_2_3_arrow_ipc"
        );
        let error = found(&registry, "16.8.1").unwrap_err();
        assert!(error.to_string().contains("16.8.1"));
    }

    #[test]
    fn the_card_names_what_there_is() {
        let registry = Registry::parse(include_str!("../../docs/ejercicios.toml")).unwrap();
        let tree = Tree::of(&[
            ("crates/ej_16_4_2_udf/README.md", "# x"),
            (
                "benches/benches/s16_4/udf.rs",
                "group(\"16.4.2/distancia\")",
            ),
            (
                "docs/resultados/2026-01-01-a/s16_4.md",
                "# x\n\n## 16.4.2/distancia\n",
            ),
        ]);
        let text = card(&tree, found(&registry, "16.4.2").unwrap());
        for expected in [
            "16_rust.md, sección 16.4",
            "crates/ej_16_4_2_udf/README.md",
            "cargo test --package ej_16_4_2_udf",
            "cargo bench --package benches --bench s16_4 -- 16.4.2",
            "docs/resultados/2026-01-01-a/s16_4.md",
            "target/libro/html/ejercicios/16.4.2.html",
        ] {
            assert!(text.contains(expected), "falta {expected}\n{text}");
        }
        assert!(!text.contains("programa"));
    }
}
