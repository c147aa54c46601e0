//! The result in Markdown: one table of all sizes, then the verdicts.

use super::verdict::{Cutoff, LIMITS, START, Verdict, cold_ratios, cutoff, minimal, times};
use super::{Growth, Heat, about, find, time};
use crate::report::{Entry, Outcome, ratio};
use anyhow::Result;
use ecommerce_cli::{comma, thousands};
use std::fmt::Write as _;

/// A document with the table and the verdicts, each number from the results.
///
/// # Errors
/// If there is no result, or none with warm queries.
pub fn markdown(outcomes: &[Outcome]) -> Result<String> {
    let growth = Growth::of(outcomes)?;
    let mut out = String::new();
    heading(&mut out, &growth);
    table(&mut out, &growth);
    verdicts(&mut out, &growth);
    Ok(out)
}

/// Writing to a String cannot fail.
macro_rules! line {
    ($out:expr, $($text:tt)*) => { let _ = writeln!($out, $($text)*); };
}

fn heading(out: &mut String, growth: &Growth<'_>) {
    let (first, last) = (growth.sizes[0], growth.sizes[growth.sizes.len() - 1]);
    let m = &last.maquina;
    line!(out, "# `{}`: en frío y en caliente\n", last.trabajo);
    line!(
        out,
        "{} · {}, {} núcleos, {} GiB · {} · {}\n",
        last.fecha,
        m.cpu,
        m.nucleos,
        comma(m.ram_gb, 1),
        m.sistema,
        m.disco
    );
    if let Some(commit) = &last.commit {
        line!(out, "commit `{commit}`\n");
    }
    line!(
        out,
        "De {} a {} filas; la mayor entrada, {} MB ({}). *En frío*: un proceso entero, del arranque a la respuesta escrita, mediana de \
{} corridas. *Arranque*: lo que de él no es la consulta. *En caliente*: las consultas de un proceso que ya hizo una, \
mediana y mejor. × es frente a `{}`.\n",
        thousands(first.filas),
        thousands(last.filas),
        comma(last.entrada.mb, 1),
        last.entrada.escritor,
        last.corridas,
        base(growth)
    );
    line!(out, "{}\n", last.metodo);
}

/// Who the ratios of the table refer to: the first contestant.
fn base<'a>(growth: &Growth<'a>) -> &'a str {
    growth.names().first().copied().unwrap_or("rust-polars")
}

fn table(out: &mut String, growth: &Growth<'_>) {
    line!(
        out,
        "| filas | contendiente | en frío | mín … máx | × | arranque | en caliente | mejor | × | pico MB |"
    );
    line!(out, "|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|");
    for outcome in &growth.sizes {
        let reference = find(outcome, base(growth));
        for entry in &outcome.contendientes {
            row(out, outcome.filas, entry, reference);
        }
    }
    line!(out, "");
    for outcome in &growth.sizes {
        for entry in &outcome.contendientes {
            if let Some(apart) = entry.desviacion.filter(|d| *d > 0) {
                line!(
                    out,
                    "- {} filas, `{}`: el total más lejano, a {apart} centavos de la referencia",
                    thousands(outcome.filas),
                    entry.nombre
                );
            }
            if let Some(detail) = &entry.detalle {
                let told = detail.lines().collect::<Vec<_>>().join(" · ");
                line!(
                    out,
                    "- {} filas, `{}`: {told}",
                    thousands(outcome.filas),
                    entry.nombre
                );
            }
        }
    }
    line!(out, "");
}

fn row(out: &mut String, rows: u64, entry: &Entry, reference: Option<&Entry>) {
    let times = |heat: Heat| {
        let value = ratio(heat.median(entry), reference.and_then(|r| heat.median(r)));
        value.map_or("–".into(), |v| comma(v, 2))
    };
    let or_dash = |seconds: Option<f64>| seconds.map_or("–".into(), time);
    let spread = entry
        .min_s
        .zip(entry.max_s)
        .map(|(low, high)| format!("{} … {}", time(low), time(high)));
    let cold = entry.mediana_s.map_or(entry.estado.word().to_owned(), time);
    line!(
        out,
        "| {} | `{}` | {cold} | {} | {} | {} | {} | {} | {} | {} |",
        thousands(rows),
        entry.nombre,
        spread.unwrap_or("–".into()),
        times(Heat::Frio),
        or_dash(entry.arranque_s),
        or_dash(Heat::Caliente.median(entry)),
        or_dash(entry.caliente.as_ref().map(|w| w.min_s)),
        times(Heat::Caliente),
        entry.pico_mb.map_or("–".into(), thousands),
    );
}

fn verdicts(out: &mut String, growth: &Growth<'_>) {
    line!(out, "## Ruido\n");
    line!(
        out,
        "El mismo contendiente dos veces por ronda: ninguna diferencia menor que esta es una diferencia.\n"
    );
    line!(out, "| filas | contendiente | en frío | en caliente |");
    line!(out, "|---:|---|---:|---:|");
    for outcome in &growth.sizes {
        if let Some(aa) = &outcome.aa {
            line!(
                out,
                "| {} | `{}` | {} | {} |",
                thousands(outcome.filas),
                aa.nombre,
                percent(aa.razon),
                aa.razon_caliente.map_or("–".into(), percent)
            );
        }
    }

    line!(
        out,
        "\n## «Menos del 5 %» entre Polars en Rust y en Python\n"
    );
    for (name, verdict) in minimal(growth) {
        let how = match name {
            "guia" => "como los escribe la guía, que no es el mismo motor",
            "memoria" => "los dos con el motor en memoria",
            _ => "los dos con el motor de streaming",
        };
        compare(out, &verdict, how, percent);
    }
    line!(out, "## «10–50×» Pandas frente a Polars\n");
    for verdict in times(growth) {
        compare(out, &verdict, "", |r| format!("× {}", comma(r, 1)));
    }

    line!(out, "## Desde qué tamaño deja de notarse el arranque\n");
    line!(
        out,
        "En frío, `{}` frente a `{}`, con el mismo motor:\n",
        START.1,
        START.0
    );
    let ratios = cold_ratios(growth);
    for (name, limit) in LIMITS {
        if let Some(found) = cutoff(&ratios, limit) {
            line!(out, "- {name} o menos: {}", told(found));
        }
    }
}

fn compare(out: &mut String, verdict: &Verdict, how: &str, show: impl Fn(f64) -> String) {
    let (first, second) = verdict.pair;
    let how = if how.is_empty() {
        String::new()
    } else {
        format!(" ({how})")
    };
    line!(
        out,
        "`{second}` frente a `{first}`{how}: **{}**.\n",
        verdict.word.text()
    );
    line!(out, "| filas | | diferencia | se cumple |");
    line!(out, "|---:|---|---:|---|");
    for d in &verdict.differences {
        line!(
            out,
            "| {} | {} | {} | {} |",
            thousands(d.rows),
            match d.heat {
                Heat::Frio => "en frío",
                Heat::Caliente => "en caliente",
            },
            show(d.ratio),
            if d.holds { "sí" } else { "no" }
        );
    }
    line!(out, "");
}

/// A ratio as a difference: `+3,1 %`.
pub(super) fn percent(ratio: f64) -> String {
    let value = (ratio - 1.0) * 100.0;
    let sign = if value < 0.0 { "−" } else { "+" };
    format!("{sign}{} %", comma(value.abs(), 1))
}

/// A cut-off in words.
pub(super) fn told(found: Cutoff) -> String {
    match found {
        Cutoff::Below(rows) => format!("ya con {} filas", thousands(rows)),
        Cutoff::From(rows) => format!("desde unas {} filas", about(rows)),
        Cutoff::Beyond(rows) => format!("ni con {} filas", thousands(rows)),
    }
}
