//! One workload under limits of memory: who finished, in what time, with what peak, and how much went to disk.
//!
//! Everything here is read off results of `duelo motores` that were written before; a result says its own limit and what its input
//! takes once decoded. *Tight* is a limit below that, *loose* one above.

mod drawing;
#[cfg(test)]
mod tests;

use crate::report::{Entry, Outcome, State, optional};
use anyhow::{Context as _, Result, ensure};
use ecommerce_cli::{comma, thousands};
use std::collections::BTreeMap;
use std::fmt::Write as _;

pub use drawing::draw;

/// The queries of the workload, in their order.
const PARTS: [&str; 3] = ["tops", "sesiones", "recurrencia"];

/// A result with its limit, tightest first.
struct Limited<'a> {
    outcome: &'a Outcome,
    limit_mb: u64,
    decoded_mb: f64,
}

impl<'a> Limited<'a> {
    fn all(outcomes: &'a [Outcome]) -> Result<Vec<Self>> {
        ensure!(!outcomes.is_empty(), "el resultado está vacío");
        let mut all = outcomes
            .iter()
            .map(|outcome| {
                let not_ours = "este informe es de `duelo motores`";
                Ok(Self {
                    outcome,
                    limit_mb: outcome.limite_mb.context(not_ours)?,
                    decoded_mb: outcome.entrada.decodificado_mb.context(not_ours)?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        all.sort_by_key(|limited| limited.limit_mb);
        Ok(all)
    }

    /// Decoded data over memory: the guide's 50 GB in 32 GB are 1.56.
    fn ratio(&self) -> f64 {
        self.decoded_mb / (self.limit_mb as f64 * MIB)
    }

    /// The word keys use.
    fn word(&self) -> &'static str {
        if self.ratio() > 1.0 {
            "apretado"
        } else {
            "holgado"
        }
    }
}

/// Limits are in MiB, sizes of inputs in millions of bytes.
const MIB: f64 = 1.048_576;

/// A document with one table per limit.
///
/// # Errors
/// If there is no result, or one that is not of `motores`.
pub fn markdown(outcomes: &[Outcome]) -> Result<String> {
    let all = Limited::all(outcomes)?;
    let mut out = String::from("# `motores`: con menos memoria que datos\n\n");
    for limited in &all {
        told(&mut out, limited);
    }
    Ok(out)
}

/// Writing to a String cannot fail.
macro_rules! line {
    ($out:expr, $($text:tt)*) => { let _ = writeln!($out, $($text)*); };
}

fn told(out: &mut String, limited: &Limited<'_>) {
    let outcome = limited.outcome;
    let m = &outcome.maquina;
    line!(
        out,
        "## {} MiB para {} MB de datos (× {})\n",
        thousands(limited.limit_mb),
        comma(limited.decoded_mb, 0),
        comma(limited.ratio(), 2)
    );
    line!(
        out,
        "{} · {}, {} núcleos, {} GiB · {} · {}\n",
        outcome.fecha,
        m.cpu,
        m.nucleos,
        comma(m.ram_gb, 1),
        m.sistema,
        m.disco
    );
    if let Some(commit) = &outcome.commit {
        line!(out, "commit `{commit}`\n");
    }
    line!(
        out,
        "{} ventas, {} MB en Parquet; {} corridas por contendiente, {} hilos. El límite es de todo el proceso con sus hijos: por encima, se le \
mata. *Disco* es lo que escribió en total: en Spark, también los *shuffles*.\n",
        thousands(outcome.filas),
        comma(outcome.entrada.mb, 0),
        outcome.corridas,
        outcome.hilos
    );
    line!(out, "{}\n", outcome.metodo);
    line!(
        out,
        "| contendiente | estado | segundos | mín … máx | {} | CPU s | pico MB | disco MB |",
        PARTS.join(" | ")
    );
    line!(out, "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|");
    for entry in &outcome.contendientes {
        row(out, entry);
    }
    line!(out, "");
    for entry in &outcome.contendientes {
        if let Some(detail) = &entry.detalle {
            let words: Vec<_> = detail.lines().map(str::trim).collect();
            line!(out, "- `{}`: {}", entry.nombre, words.join(" · "));
        }
    }
    if let Some(aa) = &outcome.aa {
        line!(
            out,
            "- Ruido: `{}` por segunda vez, × {}\n",
            aa.nombre,
            comma(aa.razon, 3)
        );
    }
}

fn row(out: &mut String, entry: &Entry) {
    let spread = entry.min_s.zip(entry.max_s);
    let spread = spread.map(|(low, high)| format!("{} … {}", comma(low, 1), comma(high, 1)));
    let parts = PARTS.map(|part| optional(entry.partes_s.get(part).copied(), 1));
    line!(
        out,
        "| `{}` | {} | {} | {} | {} | {} | {} | {} |",
        entry.nombre,
        entry.estado.word(),
        optional(entry.mediana_s, 1),
        spread.unwrap_or("–".into()),
        parts.join(" | "),
        optional(entry.cpu_s, 1),
        entry.pico_mb.map_or("–".into(), thousands),
        entry.escrito_mb.map_or("–".into(), thousands),
    );
}

/// Names and texts: `16.4.5/<apretado|holgado>/<contendiente>/<tiempo|pico|disco|estado|tops|sesiones|recurrencia>`, and by limit
/// `limite`, `datos`, `razon`, `filas`; `sesion/pyspark`, the seconds until Spark answers.
///
/// # Errors
/// As [`markdown`].
pub fn figures(outcomes: &[Outcome]) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for limited in Limited::all(outcomes)? {
        let word = limited.word();
        let mut add = |key: String, text: String| found.insert(format!("16.4.5/{key}"), text);
        let seconds = |value: Option<f64>| value.map(|s| format!("{} s", comma(s, 1)));
        let megabytes = |value: Option<u64>| value.map(|mb| thousands(mb) + " MB");
        add(
            format!("{word}/limite"),
            thousands(limited.limit_mb) + " MiB",
        );
        add(
            format!("{word}/datos"),
            comma(limited.decoded_mb, 0) + " MB",
        );
        add(format!("{word}/razon"), comma(limited.ratio(), 2));
        add(format!("{word}/filas"), thousands(limited.outcome.filas));
        for entry in &limited.outcome.contendientes {
            let name = &entry.nombre;
            let or_state = |text: Option<String>| text.unwrap_or(entry.estado.word().into());
            let or_dash = |text: Option<String>| text.unwrap_or("–".into());
            add(
                format!("{word}/{name}/estado"),
                entry.estado.word().to_owned(),
            );
            add(
                format!("{word}/{name}/tiempo"),
                or_state(seconds(entry.mediana_s)),
            );
            add(
                format!("{word}/{name}/pico"),
                or_dash(megabytes(entry.pico_mb)),
            );
            add(
                format!("{word}/{name}/disco"),
                or_dash(megabytes(entry.escrito_mb)),
            );
            for part in PARTS {
                let taken = seconds(entry.partes_s.get(part).copied());
                add(format!("{word}/{name}/{part}"), or_dash(taken));
            }
            if let Some(session) = seconds(entry.sesion_s) {
                add(format!("sesion/{name}"), session);
            }
        }
    }
    Ok(found)
}

/// Whether a contestant ran at all.
fn competed(entry: &Entry) -> bool {
    entry.estado != State::Ausente
}
