//! What the report says, as headings, paragraphs and tables; how they look is the page's affair.

use super::guide::{CLAIMS, ratios};
use super::targets::targets;
use super::{Duels, fitted, names};
use crate::growth::{Heat, find, short, time};
use crate::report::{Entry, Outcome};
use ecommerce_cli::{comma, thousands};

/// A piece of the report.
pub(super) enum Block {
    Heading(u8, String),
    Text(String),
    Table {
        head: Vec<&'static str>,
        rows: Vec<Vec<String>>,
    },
    /// What goes under a fold: commands, raw samples.
    Fold(String, Vec<String>),
}

/// The guide's ten gigabytes.
const GUIDE_BYTES: f64 = 1e10;

/// Parts of the work, in their order.
pub(super) const PARTS: [&str; 4] = ["leer", "procesar", "agregar", "escribir"];

pub(super) fn sections(duels: &Duels<'_>) -> Vec<Block> {
    let mut out = vec![Block::Heading(
        1,
        "Benchmark final: el mismo trabajo en cuatro lenguajes".into(),
    )];
    head(&mut out, duels);
    aims(&mut out, duels);
    claims(&mut out, duels);
    for (title, _, set) in duels.sets() {
        if !set.is_empty() {
            out.push(Block::Heading(2, title.into()));
            times(&mut out, set);
            if set.len() > 1 {
                growth(&mut out, set);
            }
            parts(&mut out, set);
            raw(&mut out, set);
        }
    }
    from_s3(&mut out, duels);
    out
}

fn head(out: &mut Vec<Block>, duels: &Duels<'_>) {
    let all = duels.sets().into_iter().flat_map(|(.., set)| set);
    let Some(last) = all.max_by_key(|o| o.filas) else {
        return;
    };
    let m = &last.maquina;
    out.push(Block::Text(format!(
        "{} · {}, {} núcleos, {} GiB · {} · {} · commit {}",
        last.fecha,
        m.cpu,
        m.nucleos,
        comma(m.ram_gb, 1),
        m.sistema,
        m.disco,
        last.commit.as_deref().unwrap_or("desconocido")
    )));
    out.push(Block::Text(
        "El trabajo: leer un Parquet de ventas, quedarse con 0 < monto ≤ 10⁹, agrupar por una clave, dar la suma en centavos, cuántas \
ventas, cuántos usuarios distintos (exactos) y la media, y escribir un Parquet. En frío: el proceso entero, arranque incluido. En caliente: \
el trabajo repetido en un proceso que ya lo hizo una vez, arranque excluido. Nadie tiene tiempo si su respuesta no es la de la referencia, \
al centavo; quien no está instalado o no puede tomar parte lo dice."
            .into(),
    ));
    out.push(Block::Text(format!("Método: {}.", last.metodo)));
}

fn aims(out: &mut Vec<Block>, duels: &Duels<'_>) {
    let rows: Vec<_> = targets(duels)
        .iter()
        .map(|t| {
            vec![
                t.asked.clone(),
                t.against.clone(),
                format!("× {}", comma(t.wanted, 1)),
                format!("× {}", comma(t.reached, 2)),
                if t.is_met() { "sí" } else { "no" }.into(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        out.push(Block::Heading(2, "Los objetivos del motor nativo".into()));
        out.push(Block::Table {
            head: vec!["qué", "frente a", "objetivo", "medido", "alcanzado"],
            rows,
        });
    }
}

fn claims(out: &mut Vec<Block>, duels: &Duels<'_>) {
    let mut rows = Vec::new();
    for claim in CLAIMS {
        for heat in Heat::BOTH {
            let measured: Vec<_> = ratios(duels, claim.pair, heat)
                .iter()
                .map(|(rows, r)| format!("{}: × {}", short(*rows), comma(*r, 2)))
                .collect();
            if !measured.is_empty() {
                rows.push(vec![
                    claim.text.into(),
                    heat.word()
                        .replace("frio", "en frío")
                        .replace("caliente", "en caliente"),
                    format!("× {}", comma(claim.ratio, 2)),
                    measured.join(" · "),
                ]);
            }
        }
    }
    if !rows.is_empty() {
        out.push(Block::Heading(2, "La tabla de la guía, en razones".into()));
        out.push(Block::Table {
            head: vec!["la guía", "", "su razón", "medida, por filas"],
            rows,
        });
    }
}

fn times(out: &mut Vec<Block>, set: &[&Outcome]) {
    let mut rows = Vec::new();
    for outcome in set {
        rows.extend(outcome.contendientes.iter().map(|c| row(outcome, c)));
    }
    out.push(Block::Table {
        head: vec![
            "filas",
            "contendiente",
            "en frío",
            "mín … máx",
            "en caliente",
            "mejor",
            "arranque",
            "CPU s",
            "pico MB",
        ],
        rows,
    });
    for outcome in set {
        for entry in &outcome.contendientes {
            if let Some(detail) = &entry.detalle {
                let words: Vec<_> = detail.lines().map(str::trim).collect();
                out.push(Block::Text(format!(
                    "{} filas, {}: {}",
                    thousands(outcome.filas),
                    entry.nombre,
                    words.join(" · ")
                )));
            }
        }
        if let Some(aa) = &outcome.aa {
            out.push(Block::Text(format!(
                "{} filas, ruido: {} dos veces por ronda, × {} en frío, × {} en caliente.",
                thousands(outcome.filas),
                aa.nombre,
                comma(aa.razon, 3),
                aa.razon_caliente.map_or("–".into(), |r| comma(r, 3))
            )));
        }
    }
}

fn row(outcome: &Outcome, entry: &Entry) -> Vec<String> {
    let or_dash = |seconds: Option<f64>| seconds.map_or("–".into(), time);
    let spread = entry.min_s.zip(entry.max_s);
    vec![
        thousands(outcome.filas),
        entry.nombre.clone(),
        entry.mediana_s.map_or(entry.estado.word().to_owned(), time),
        spread.map_or("–".into(), |(low, high)| {
            format!("{} … {}", time(low), time(high))
        }),
        or_dash(Heat::Caliente.median(entry)),
        or_dash(entry.caliente.as_ref().map(|w| w.min_s)),
        or_dash(entry.arranque_s),
        entry.cpu_s.map_or("–".into(), |s| comma(s, 2)),
        entry.pico_mb.map_or("–".into(), thousands),
    ]
}

/// Rows of ten gigabytes of this input.
pub(super) fn guide_rows(set: &[&Outcome]) -> Option<f64> {
    let largest = set.last()?;
    let bytes = largest.entrada.mb * 1e6;
    (bytes > 0.0).then(|| largest.filas as f64 * GUIDE_BYTES / bytes)
}

fn growth(out: &mut Vec<Block>, set: &[&Outcome]) {
    let ten = guide_rows(set);
    let rows: Vec<_> = names(set)
        .into_iter()
        .filter_map(|name| {
            let fit = fitted(set, name, Heat::Caliente)?;
            Some(vec![
                name.to_owned(),
                time(fit.fixed_s),
                time(fit.per_row_s * 1e6),
                comma(fit.exponent, 2),
                format!("{} %", comma(fit.off * 100.0, 0)),
                ten.map_or("–".into(), |rows| time(fit.at(rows))),
            ])
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    out.push(Block::Heading(3, "Cómo crece".into()));
    out.push(Block::Text(format!(
        "Por contendiente, la recta que menos se aparta, en proporción, de los tiempos en caliente. La última columna la alarga hasta los 10 GB \
de la guía{}: es una extrapolación, y no sabe de la memoria que falte.",
        ten.map_or(String::new(), |rows| format!(
            ", que con este archivo son unos {} millones de filas",
            thousands((rows / 1e6).round() as u64)
        ))
    )));
    out.push(Block::Table {
        head: vec![
            "contendiente",
            "fijo",
            "por millón de filas",
            "exponente",
            "se aparta",
            "10 GB",
        ],
        rows,
    });
}

fn parts(out: &mut Vec<Block>, set: &[&Outcome]) {
    let mut rows = Vec::new();
    for outcome in set {
        for entry in outcome
            .contendientes
            .iter()
            .filter(|c| !c.partes_s.is_empty())
        {
            let part = |name: &&str| entry.partes_s.get(*name).map_or("–".into(), |s| time(*s));
            let mut row = vec![thousands(outcome.filas), entry.nombre.clone()];
            row.extend(PARTS.iter().map(part));
            row.push(entry.sesion_s.map_or("–".into(), time));
            rows.push(row);
        }
    }
    if rows.is_empty() {
        return;
    }
    out.push(Block::Heading(3, "Por partes".into()));
    out.push(Block::Text(
        "Cada parte, medida aparte en un proceso que no mide otra cosa, en caliente. Leer: descodificar las columnas que hacen falta y nada más \
(en rust-nativo, con arrow-rs). Procesar: filtrar y agregar, solo en quien lo hace después de leer. Agregar: de la ruta a la respuesta en memoria, \
leer incluido, porque un motor perezoso no los separa. Escribir: esa respuesta a Parquet. No suman el trabajo. Sesión: hasta que el motor puede \
responder algo, en frío."
            .into(),
    ));
    out.push(Block::Table {
        head: vec![
            "filas",
            "contendiente",
            "leer",
            "procesar",
            "agregar",
            "escribir",
            "sesión",
        ],
        rows,
    });
}

fn raw(out: &mut Vec<Block>, set: &[&Outcome]) {
    for outcome in set {
        let seconds = |list: Vec<f64>| {
            let all: Vec<_> = list.iter().map(|s| comma(*s, 4)).collect();
            all.join(" ")
        };
        let mut lines = Vec::new();
        for entry in outcome
            .contendientes
            .iter()
            .filter(|c| !c.comando.is_empty())
        {
            lines.push(format!(
                "{} ({})",
                entry.nombre,
                entry.version.as_deref().unwrap_or("sin versión")
            ));
            lines.push(format!("  {}", entry.comando));
            let cold = entry.muestras.iter().map(|m| m.pared_s).collect();
            lines.push(format!("  en frío, s: {}", seconds(cold)));
            for process in entry.caliente.iter().flat_map(|w| &w.procesos) {
                lines.push(format!("  en caliente, s: {}", seconds(process.clone())));
            }
        }
        let title = format!(
            "{} filas ({} MB): órdenes y muestras",
            thousands(outcome.filas),
            comma(outcome.entrada.mb, 1)
        );
        out.push(Block::Fold(title, lines));
    }
}

fn from_s3(out: &mut Vec<Block>, duels: &Duels<'_>) {
    let mut rows = Vec::new();
    for outcome in &duels.s3 {
        for name in names(&duels.s3) {
            let disk = duels
                .region
                .iter()
                .find(|o| o.filas == outcome.filas)
                .and_then(|o| Heat::Caliente.of(o, name));
            if let Some(ratio) = duels.s3_ratio(name, outcome.filas) {
                rows.push(vec![
                    thousands(outcome.filas),
                    name.to_owned(),
                    disk.map_or("–".into(), time),
                    find(outcome, name)
                        .and_then(|c| Heat::Caliente.median(c))
                        .map_or("–".into(), time),
                    format!("× {}", comma(ratio, 2)),
                ]);
            }
        }
    }
    if !rows.is_empty() {
        out.push(Block::Heading(2, "S3 frente al disco".into()));
        out.push(Block::Text(
            "El mismo archivo, desde un servidor S3 de esta misma máquina: mide lo que cuesta el protocolo, no una red. En caliente.".into(),
        ));
        out.push(Block::Table {
            head: vec!["filas", "contendiente", "disco", "S3", "S3 ÷ disco"],
            rows,
        });
    }
}
