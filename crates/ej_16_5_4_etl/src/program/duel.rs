//! The duel `etl-diario` as a table: rows per second, memory, and what became of the targets.

use super::arguments::ReportArguments;
use super::{Failure, comma, save, thousands};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What this report takes of a result of `duelo`.
#[derive(Debug, Deserialize)]
struct Outcome {
    trabajo: String,
    filas: u64,
    fecha: String,
    commit: Option<String>,
    corridas: usize,
    contendientes: Vec<Entry>,
    entrada: Input,
}

#[derive(Debug, Deserialize)]
struct Input {
    mb: f64,
    escritor: String,
}

#[derive(Debug, Deserialize)]
struct Entry {
    nombre: String,
    estado: String,
    mediana_s: Option<f64>,
    pico_mb: Option<u64>,
    version: Option<String>,
    caliente: Option<Warm>,
}

#[derive(Debug, Deserialize)]
struct Warm {
    mediana_s: f64,
}

const OURS: &str = "rust";
const PYTHON: &str = "polars-python";
const SPARK: &str = "pyspark";
const MILLION: u64 = 1_000_000;

pub(super) fn report(arguments: &ReportArguments) -> Result<(), Failure> {
    let path = &arguments.archivo;
    let text = std::fs::read_to_string(path).map_err(Failure::file(path))?;
    let mut outcomes = serde_json::from_str::<Vec<Outcome>>(&text)
        .or_else(|_| serde_json::from_str::<Outcome>(&text).map(|one| vec![one]))
        .map_err(|e| {
            Failure::input(format!(
                "{} no es un resultado del duelo: {e}",
                path.display()
            ))
        })?;
    if outcomes.is_empty() || outcomes.iter().any(|o| o.trabajo != "etl-diario") {
        return Err(Failure::input(format!(
            "{} no es un resultado de etl-diario",
            path.display()
        )));
    }
    outcomes.sort_by_key(|o| o.filas);
    let markdown = markdown(&outcomes);
    save(&arguments.salida.join("etl-diario.md"), &markdown)?;
    let figures = serde_json::to_string_pretty(&figures(&outcomes))
        .map_err(|e| Failure::File(path.clone(), e.into()))?;
    save(
        &arguments.salida.join("etl-diario-cifras.json"),
        &(figures + "\n"),
    )?;
    print!("{markdown}");
    Ok(())
}

impl Outcome {
    fn entry(&self, name: &str) -> Option<&Entry> {
        self.contendientes.iter().find(|c| c.nombre == name)
    }

    /// Millions of rows as keys have them.
    fn size(&self) -> String {
        match self.filas {
            n if n.is_multiple_of(MILLION) => format!("{}M", n / MILLION),
            n if n.is_multiple_of(1_000) => format!("{}k", n / 1_000),
            n => n.to_string(),
        }
    }

    fn cold(&self, name: &str) -> Option<f64> {
        self.entry(name)?.mediana_s
    }

    fn warm(&self, name: &str) -> Option<f64> {
        Some(self.entry(name)?.caliente.as_ref()?.mediana_s)
    }

    /// A contestant's time over ours, whole process or warm.
    fn times(&self, name: &str, of: fn(&Self, &str) -> Option<f64>) -> Option<f64> {
        let ours = of(self, OURS).filter(|s| *s > 0.0)?;
        Some(of(self, name)? / ours)
    }

    fn memory_times(&self, name: &str) -> Option<f64> {
        let ours = self.entry(OURS)?.pico_mb.filter(|mb| *mb > 0)?;
        Some(self.entry(name)?.pico_mb? as f64 / ours as f64)
    }
}

/// A target of the exercise: what is compared, at which size (all if `None`), and what it must reach.
struct Target {
    text: &'static str,
    rows: Option<u64>,
    least: f64,
    value: fn(&Outcome) -> Option<f64>,
}

const TARGETS: [Target; 5] = [
    Target {
        text: "Polars en Python, proceso entero: 1,2 veces o más",
        rows: None,
        least: 1.2,
        value: |o| o.times(PYTHON, Outcome::cold),
    },
    Target {
        text: "Polars en Python, en caliente: 1,2 veces o más",
        rows: None,
        least: 1.2,
        value: |o| o.times(PYTHON, Outcome::warm),
    },
    Target {
        text: "PySpark en caliente: 8 veces o más",
        rows: None,
        least: 8.0,
        value: |o| o.times(SPARK, Outcome::warm),
    },
    Target {
        text: "PySpark en frío con 1 M: 20 veces o más",
        rows: Some(MILLION),
        least: 20.0,
        value: |o| o.times(SPARK, Outcome::cold),
    },
    Target {
        text: "memoria con 50 M: la de Python, 2 veces o más la nuestra",
        rows: Some(50 * MILLION),
        least: 2.0,
        value: |o| o.memory_times(PYTHON),
    },
];

fn markdown(outcomes: &[Outcome]) -> String {
    let mut out = "# `etl-diario`: filas por segundo y memoria\n\n".to_owned();
    // Writing to a String cannot fail.
    let mut line = |text: String| {
        let _ = writeln!(out, "{text}");
    };
    for o in outcomes {
        let commit = o
            .commit
            .as_ref()
            .map_or(String::new(), |c| format!(", commit `{c}`"));
        line(format!(
            "- {} filas, {} MB ({}): {}{commit}; mediana de {} corridas",
            thousands(o.filas),
            comma(o.entrada.mb, 1),
            o.entrada.escritor,
            o.fecha,
            o.corridas
        ));
    }
    line("\n| filas | contendiente | en frío, s | filas/s | × | en caliente, s | filas/s | × | pico MB | × |".into());
    line("|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|".into());
    for o in outcomes {
        for e in &o.contendientes {
            let warm = e.caliente.as_ref().map(|w| w.mediana_s);
            line(format!(
                "| {} | `{}` | {} | {} | {} | {} | {} | {} | {} | {} |",
                thousands(o.filas),
                e.nombre,
                e.mediana_s.map_or(e.estado.clone(), |s| comma(s, 3)),
                rate(o.filas, e.mediana_s),
                or_dash(o.times(&e.nombre, Outcome::cold)),
                warm.map_or("–".into(), |s| comma(s, 3)),
                rate(o.filas, warm),
                or_dash(o.times(&e.nombre, Outcome::warm)),
                e.pico_mb.map_or("–".into(), thousands),
                or_dash(o.memory_times(&e.nombre)),
            ));
        }
    }
    line("\n## Objetivos\n".into());
    for target in &TARGETS {
        for o in outcomes
            .iter()
            .filter(|o| target.rows.is_none_or(|n| n == o.filas))
        {
            if let Some(value) = (target.value)(o) {
                line(format!(
                    "- {} filas, {}: {}, {}",
                    thousands(o.filas),
                    target.text,
                    comma(value, 2),
                    if value >= target.least {
                        "se cumple"
                    } else {
                        "no se cumple"
                    }
                ));
            }
        }
    }
    out
}

fn rate(rows: u64, seconds: Option<f64>) -> String {
    seconds
        .filter(|s| *s > 0.0)
        .map_or("–".into(), |s| thousands((rows as f64 / s).round() as u64))
}

fn or_dash(value: Option<f64>) -> String {
    value.map_or("–".into(), |v| comma(v, 2))
}

fn figures(outcomes: &[Outcome]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut add = |key: String, text: String| found.insert(format!("16.5.4/{key}"), text);
    for o in outcomes {
        let size = o.size();
        for e in &o.contendientes {
            let name = &e.nombre;
            let warm = e.caliente.as_ref().map(|w| w.mediana_s);
            if let Some(version) = &e.version {
                add(format!("version/{name}"), version.clone());
            }
            add(
                format!("frio/{name}/{size}"),
                seconds(e.mediana_s, &e.estado),
            );
            add(format!("caliente/{name}/{size}"), seconds(warm, "–"));
            add(
                format!("ritmo/{name}/{size}"),
                millions(o.filas, e.mediana_s),
            );
            add(
                format!("ritmo_caliente/{name}/{size}"),
                millions(o.filas, warm),
            );
            let peak = e
                .pico_mb
                .map_or("–".into(), |mb| format!("{} MB", thousands(mb)));
            add(format!("pico/{name}/{size}"), peak);
            add(
                format!("veces/{name}/{size}"),
                or_dash(o.times(name, Outcome::cold)),
            );
            add(
                format!("veces_caliente/{name}/{size}"),
                or_dash(o.times(name, Outcome::warm)),
            );
            add(
                format!("memoria_veces/{name}/{size}"),
                or_dash(o.memory_times(name)),
            );
        }
    }
    found
}

fn seconds(value: Option<f64>, otherwise: &str) -> String {
    value.map_or(otherwise.to_owned(), |s| match s {
        s if s < 1.0 => format!("{} ms", comma(s * 1e3, 0)),
        s => format!("{} s", comma(s, 2)),
    })
}

/// Millions of rows per second.
fn millions(rows: u64, seconds: Option<f64>) -> String {
    seconds.filter(|s| *s > 0.0).map_or("–".into(), |s| {
        format!("{} M/s", comma(rows as f64 / s / 1e6, 1))
    })
}
