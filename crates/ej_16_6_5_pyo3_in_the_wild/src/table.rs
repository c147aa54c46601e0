//! The table of the guide's projects, as Markdown.

use std::fmt::Write as _;
use std::path::Path;

use crate::problem::normal;
use crate::{Binary, Contents, GUIDE, Pinned, Project, Wheel, WheelError, pinned, verdict};

/// Returns the table that `docs/ruedas.md` is: the pinned wheels in `directory`, a row each, with the verdict on the guide's claim.
///
/// # Errors
/// - [`WheelError::Missing`]: one of them is not there.
/// - Those of [`Wheel::open`].
///
/// # Cost
/// Unpacks all of them: a third of a gigabyte, one member at a time.
pub fn markdown(directory: &Path) -> Result<String, WheelError> {
    let pinned = pinned()?;
    let mut rows = Vec::new();
    for project in &GUIDE {
        let mut wheels = Vec::new();
        for distribution in project.distributions {
            let Some(wanted) = pinned.iter().find(|wheel| wheel.name == *distribution) else {
                continue;
            };
            wheels.push(find(directory, wanted)?);
        }
        rows.push((project, wheels));
    }
    Ok(text(&rows))
}

/// Returns the wheel in `directory` whose name is that distribution's and version's.
fn find(directory: &Path, wanted: &Pinned) -> Result<Wheel, WheelError> {
    let missing = || WheelError::Missing {
        name: wanted.name.clone(),
        version: wanted.version.clone(),
        directory: directory.to_owned(),
    };
    let entries = std::fs::read_dir(directory).map_err(|_| missing())?;
    let path = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| {
            path.file_name()
                .and_then(|name| crate::FileName::parse(name.to_str()?).ok())
                .is_some_and(|name| {
                    normal(&name.distribution) == normal(&wanted.name)
                        && name.version == wanted.version
                })
        })
        .ok_or_else(missing)?;
    Wheel::open(&path)
}

fn text(rows: &[(&Project, Vec<Wheel>)]) -> String {
    let mut text = "\
<!-- Salida de `cargo run -p ej_16_6_5_pyo3_in_the_wild -- tabla --salida docs/ruedas.md`: no se edita. -->
# Qué llevan dentro las ruedas de los seis proyectos

Ruedas de PyPI para Linux en x86-64, con la versión y el sha256 de
[`ruedas.txt`](../crates/ej_16_6_5_pyo3_in_the_wild/ruedas.txt). Cada casilla sale de abrir la rueda y leer sus símbolos.

| proyecto de la guía | rueda | MB | qué trae | PyO3 | abi3 | «usa PyO3» |
|---|---|---:|---|---|---|---|
"
    .to_owned();
    for (project, wheels) in rows {
        for (index, wheel) in wheels.iter().enumerate() {
            let said = if index + 1 == wheels.len() {
                format!("**{}**", verdict(wheels))
            } else {
                String::new()
            };
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "| {} | `{} {}` | {} | {} | {} | {} | {said} |",
                if index == 0 { project.name } else { "" },
                wheel.metadata.name,
                wheel.metadata.version,
                megabytes(wheel.bytes),
                wheel.contents(),
                pyo3(wheel),
                wheel.abi3(),
            );
        }
    }
    text.push_str(
        "\nLos binarios, uno a uno:\n\n\
         | archivo | MB | para qué | `PyInit_…` | símbolos de Python | fuera de abi3 | glibc | bibliotecas | tabla de símbolos | rustc |\n\
         |---|---:|---|---|---:|---:|---|---|---|---|\n",
    );
    for wheel in rows.iter().flat_map(|(_, wheels)| wheels) {
        for binary in &wheel.binaries {
            row(&mut text, binary);
        }
    }
    let problems: Vec<String> = rows
        .iter()
        .flat_map(|(_, wheels)| wheels)
        .flat_map(|wheel| {
            wheel
                .problems()
                .into_iter()
                .map(|problem| format!("- `{}`: {problem}\n", wheel.metadata.name))
        })
        .collect();
    if problems.is_empty() {
        text.push_str("\nNinguna dice de sí misma nada que no sea.\n");
    } else {
        text.push_str("\nLo que dicen y no es:\n\n");
        text.push_str(&problems.concat());
    }
    text
}

fn row(text: &mut String, binary: &Binary) {
    let glibc = binary.glibc.map_or("–".to_owned(), |(major, minor)| {
        format!("{major}.{minor}")
    });
    let role = match binary.role {
        crate::Role::Extension => "`import`",
        crate::Role::Executable => "ejecutar",
        crate::Role::Library => "biblioteca",
        crate::Role::Unread => "no se mira",
    };
    let joined = |words: Vec<&str>| {
        if words.is_empty() {
            "–".to_owned()
        } else {
            words.join(", ")
        }
    };
    let init = binary
        .init
        .iter()
        .filter_map(|name| name.strip_prefix("PyInit_"));
    let _ = writeln!(
        text,
        "| `{}` | {} | {role} | {} | {} | {} | {glibc} | {} | {} | {} |",
        binary.path,
        megabytes(binary.bytes),
        joined(init.collect()),
        binary.python.len(),
        binary.outside_the_stable_abi().len(),
        joined(binary.needed.iter().map(String::as_str).collect()),
        if binary.stripped { "quitada" } else { "está" },
        joined(binary.rustc.iter().map(String::as_str).collect()),
    );
}

fn pyo3(wheel: &Wheel) -> String {
    if wheel.contents() != Contents::Pyo3Extension {
        return "no".into();
    }
    let versions: Vec<&str> = wheel
        .extensions()
        .flat_map(|binary| &binary.pyo3.versions)
        .map(String::as_str)
        .collect();
    if versions.is_empty() {
        "sí".into()
    } else {
        versions.join(", ")
    }
}

/// Returns `bytes` in millions, with a comma.
fn megabytes(bytes: u64) -> String {
    let tenths = (bytes + 50_000) / 100_000;
    format!("{},{}", tenths / 10, tenths % 10)
}
