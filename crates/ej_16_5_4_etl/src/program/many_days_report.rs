//! The thousand days as people read them, and every figure under the name by which the page asks for it.

use super::drawing::{self, Line};
use super::many_days::{ManyDays, Point, Variant};
use super::{comma, thousands};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Opening may cost so many times what it cost after ten commits.
const TARGET: f64 = 1.5;

pub(super) fn markdown(result: &ManyDays) -> String {
    let mut out = format!(
        "# {} días pequeños, un commit cada uno\n\n{}{}\n\n{} eventos por día; {} aperturas en cada punto, mediana. {}.\n\n",
        thousands(result.dias.into()),
        result.maquina,
        result
            .commit
            .as_ref()
            .map_or(String::new(), |c| format!(" · commit `{c}`")),
        thousands(result.filas_por_dia),
        result.aperturas,
        result.metodo
    );
    out.push_str("| checkpoint cada | días/s | primeros | últimos |\n|---:|---:|---:|---:|\n");
    for v in &result.variantes {
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            v.nombre,
            comma(v.dias_por_s, 1),
            comma(v.dias_por_s_primeros, 1),
            comma(v.dias_por_s_ultimos, 1)
        );
    }
    out.push_str(
        "\n| checkpoint cada | commits | abrir, ms | × frente a 10 commits | archivos del registro | KB | checkpoints |\n|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for v in &result.variantes {
        for p in &v.puntos {
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} | {} |",
                v.nombre,
                thousands(p.commits.into()),
                comma(p.abrir_ms, 2),
                ratio(v, p).map_or("–".into(), |r| comma(r, 2)),
                thousands(p.registro_archivos),
                thousands(p.registro_kb.round() as u64),
                p.checkpoints
            );
        }
    }
    out.push('\n');
    for v in &result.variantes {
        if let Some((last, r)) = v.puntos.last().and_then(|p| Some((p, ratio(v, p)?))) {
            let _ = writeln!(
                out,
                "- {}: abrir tras {} commits cuesta {} veces lo que tras 10; el objetivo, {} o menos, {}",
                told(&v.nombre),
                thousands(last.commits.into()),
                comma(r, 2),
                comma(TARGET, 1),
                if r <= TARGET {
                    "se cumple"
                } else {
                    "no se cumple"
                }
            );
        }
    }
    out
}

/// A variant by what it does.
fn told(name: &str) -> String {
    match name {
        "nunca" => "sin checkpoints".to_owned(),
        "10-diario" => "checkpoint cada 10, un commit al día".to_owned(),
        n => format!("checkpoint cada {n}"),
    }
}

/// What opening costs at a point, over what it cost after ten commits.
fn ratio(variant: &Variant, point: &Point) -> Option<f64> {
    let ten = variant.puntos.iter().find(|p| p.commits == 10)?;
    (ten.abrir_ms > 0.0 && point.commits >= 10).then(|| point.abrir_ms / ten.abrir_ms)
}

pub(super) fn svg(result: &ManyDays) -> String {
    let lines: Vec<Line> = result
        .variantes
        .iter()
        .map(|v| Line {
            name: told(&v.nombre),
            points: v
                .puntos
                .iter()
                .map(|p| (f64::from(p.commits), p.abrir_ms))
                .collect(),
        })
        .collect();
    let note = format!(
        "medianas de {} aperturas · {} eventos por día · {}",
        result.aperturas,
        thousands(result.filas_por_dia),
        result.maquina
    );
    drawing::lines(
        "Lo que cuesta abrir la tabla",
        &note,
        "commits, escala logarítmica",
        "milisegundos, escala logarítmica",
        &lines,
    )
}

pub(super) fn figures(result: &ManyDays) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut add = |key: String, text: String| found.insert(format!("16.5.4/{key}"), text);
    for v in &result.variantes {
        let name = &v.nombre;
        add(format!("dias_por_s/{name}"), comma(v.dias_por_s, 1));
        add(
            format!("dias_por_s_primeros/{name}"),
            comma(v.dias_por_s_primeros, 1),
        );
        add(
            format!("dias_por_s_ultimos/{name}"),
            comma(v.dias_por_s_ultimos, 1),
        );
        for p in &v.puntos {
            add(
                format!("abrir/{name}/{}", p.commits),
                format!("{} ms", comma(p.abrir_ms, 2)),
            );
            add(
                format!("registro/{name}/{}", p.commits),
                format!("{} KB", thousands(p.registro_kb.round() as u64)),
            );
            if let Some(r) = ratio(v, p) {
                add(format!("abrir_veces/{name}/{}", p.commits), comma(r, 2));
            }
        }
    }
    found
}
