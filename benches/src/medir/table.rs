//! The record in Markdown, in Spanish, for people.

use crate::medir::breakeven::BreakEven;
use crate::medir::figures::{self, Kind};
use crate::medir::record::Record;
use crate::medir::results::Measured;
use ecommerce_cli::{comma, duration, significant, thousands};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The whole page: on what it was measured, a table per group of ids, speed-ups and break-evens.
pub fn markdown(record: &Record) -> String {
    let mut out = String::new();
    let mut line = |text: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{text}");
    };
    head(record, &mut line);
    let mut group = "";
    for result in &record.resultados {
        let (name, case) = split(&result.id);
        if name != group {
            group = name;
            line(&format!("\n## {name}\n"));
            line("| caso | mediana | intervalo | mad | muestras | ns por elemento | GB/s |");
            line("|---|---:|---:|---:|---:|---:|---:|");
        }
        line(&row(case, result));
    }
    for figure in figures::of(&record.corrida.seccion) {
        if let Kind::Speedup {
            group,
            base,
            threads,
            ..
        } = figure.kind
        {
            speedups(record, group, base, threads, &mut line);
        }
    }
    if !record.umbrales.is_empty() {
        line("\n## Desde qué tamaño compensa\n");
        for threshold in &record.umbrales {
            line(&format!("- {}", break_even_line(threshold)));
        }
    }
    out
}

fn head(record: &Record, line: &mut impl FnMut(&str)) {
    let run = &record.corrida;
    let machine = &run.maquina;
    let kind = match run.seccion.split('.').count() {
        3 => "Ejercicio",
        _ => "Sección",
    };
    line(&format!("# {kind} {}: lo medido\n", run.seccion));
    line(&format!(
        "{} · {}, {} núcleos, {} GiB · {} · carga previa {}",
        run.fecha,
        machine.cpu,
        machine.nucleos,
        comma(machine.ram_gb, 1),
        machine.sistema,
        machine
            .carga
            .map_or("desconocida".into(), |load| comma(load, 2)),
    ));
    let commit = run.commit.as_deref().unwrap_or("desconocido");
    let rustc = run.rustc.as_deref().unwrap_or("rustc desconocido");
    line(&format!("\ncommit `{commit}` · {rustc}"));
    for (name, versions) in [("crates", &run.crates), ("Python", &run.python)] {
        if !versions.is_empty() {
            line(&format!("\n{name}: {}", listed(versions)));
        }
    }
    line(&format!("\n{}.", record.metodo));
}

fn listed(versions: &BTreeMap<String, String>) -> String {
    let each = versions.iter().map(|(name, v)| format!("{name} {v}"));
    each.collect::<Vec<_>>().join(", ")
}

/// The group of an id, its first two parts, and the rest.
fn split(id: &str) -> (&str, &str) {
    let second = id.match_indices('/').nth(1);
    second.map_or((id, ""), |(at, _)| (&id[..at], &id[at + 1..]))
}

fn row(case: &str, result: &Measured) -> String {
    let optional = |value: Option<f64>| value.map_or("–".into(), significant);
    let [low, high] = result.intervalo_ns;
    format!(
        "| {case} | {} | {} … {} | {} | {} | {} | {} |",
        duration(result.mediana_ns),
        duration(low),
        duration(high),
        duration(result.mad_ns),
        result.muestras,
        optional(result.ns_por_elemento),
        optional(result.gb_s),
    )
}

fn speedups(record: &Record, group: &str, base: &str, threads: &str, line: &mut impl FnMut(&str)) {
    let variants = record.speedups(group, base);
    let mut sizes: Vec<f64> = variants
        .iter()
        .flat_map(|(_, points)| points)
        .map(|point| point.0)
        .collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    if sizes.is_empty() {
        return;
    }
    line(&format!("\n## {group}: veces más rápido que `{base}`\n"));
    line("Entre paréntesis, la eficiencia: aceleración entre hilos.\n");
    let names: Vec<_> = variants.iter().map(|(name, _)| *name).collect();
    line(&format!("| filas | {} |", names.join(" | ")));
    line(&format!("|---:|{}", "---:|".repeat(names.len())));
    for size in sizes {
        let cells: Vec<String> = variants
            .iter()
            .map(|(name, points)| {
                let point = points.iter().find(|point| point.0 == size);
                point.map_or("–".into(), |(_, speedup)| {
                    let count = name.strip_prefix(threads).and_then(|n| n.parse().ok());
                    let share =
                        count.map(|n: f64| format!(" ({} %)", comma(100.0 * speedup / n, 0)));
                    ratio(*speedup) + &share.unwrap_or_default()
                })
            })
            .collect();
        let size = thousands(size.round() as u64);
        line(&format!("| {size} | {} |", cells.join(" | ")));
    }
}

/// One break-even as a sentence.
pub fn break_even_line(threshold: &BreakEven) -> String {
    let from = threshold.desde.map_or(String::new(), |rows| {
        format!("desde {} filas, ", thousands(rows))
    });
    format!(
        "`{}` frente a `{}`: {from}{}",
        threshold.id, threshold.frente_a, threshold.nota
    )
}

/// A speed-up.
pub fn ratio(value: f64) -> String {
    format!("× {}", significant(value))
}
