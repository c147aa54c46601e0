//! Which drawings a section has, and what each takes from its record.

use crate::medir::breakeven::{BreakEven, break_even};
use crate::medir::lines::{self, Axis, Horizontal, Line, Plot, Vertical};
use crate::medir::record::Record;
use crate::medir::table::ratio;
use anyhow::Result;
use ecommerce_cli::{significant, thousands};
use std::collections::BTreeSet;

/// One drawing of a section.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    /// The section it belongs to.
    pub section: &'static str,
    /// Its file in the directory of results.
    pub file: &'static str,
    /// What it shows.
    pub kind: Kind,
}

/// What a drawing shows.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Speed-up over one variant by size, from ids `group/<variant>/<rows>`.
    Speedup {
        /// The group of the ids.
        group: &'static str,
        /// The variant that all are divided by.
        base: &'static str,
        /// Variants of this name and a number of threads share the work; the one with most is marked where it breaks even.
        threads: &'static str,
        /// The title.
        title: &'static str,
    },
    /// Bytes per second by level of the memory, from ids `group/<variant>/<level>`.
    Bandwidth {
        /// The group of the ids.
        group: &'static str,
        /// The group of what the machine can read: by level where its last part names one, else one line across.
        ceiling: &'static str,
        /// The title.
        title: &'static str,
    },
    /// Nanoseconds per element by kind of column, from ids `group/<variant>/<kind>`.
    PerElement {
        /// The group of the ids.
        group: &'static str,
        /// The kinds, from left to right.
        kinds: &'static [&'static str],
        /// The title.
        title: &'static str,
    },
}

/// Every drawing there is. A section without one still has its record and its table.
pub const FIGURES: &[Figure] = &[
    Figure {
        section: "16.1",
        file: "s16_1_iteradores.svg",
        kind: Kind::Speedup {
            group: "16.1.3/suma_filtrada",
            base: "for",
            threads: "rayon-",
            title: "16.1.3 · suma filtrada: aceleración sobre el bucle for",
        },
    },
    Figure {
        section: "16.1",
        file: "s16_1_simd.svg",
        kind: Kind::Bandwidth {
            group: "16.1.4/suma",
            ceiling: "16.1.4/lectura/seguida",
            title: "16.1.4 · suma de f64: GB/s según dónde caben los datos",
        },
    },
    Figure {
        section: "16.2",
        file: "s16_2_ipc_leer.svg",
        kind: Kind::PerElement {
            group: "16.2.3/leer",
            kinds: IPC_KINDS,
            title: "16.2.3 · leer un elemento: nanosegundos según el tipo",
        },
    },
    Figure {
        section: "16.2",
        file: "s16_2_ipc_escribir.svg",
        kind: Kind::PerElement {
            group: "16.2.3/escribir",
            kinds: IPC_KINDS,
            title: "16.2.3 · escribir un elemento: nanosegundos según el tipo",
        },
    },
];

/// Columns without nulls, from the cheapest to the most involved.
const IPC_KINDS: &[&str] = &["f64-0", "i64-0", "diccionario-0", "texto-0", "anidado-0"];

/// The drawings of a section.
pub fn of(section: &str) -> impl Iterator<Item = &'static Figure> {
    FIGURES
        .iter()
        .filter(move |figure| figure.section == section)
}

/// Where the variants of the section's speed-ups break even.
pub fn break_evens(record: &Record) -> Vec<BreakEven> {
    let mut found = Vec::new();
    for figure in of(&record.corrida.seccion) {
        if let Kind::Speedup { group, base, .. } = figure.kind {
            for (variant, points) in record.speedups(group, base) {
                let id = format!("{group}/{variant}");
                found.push(break_even(&id, &format!("{group}/{base}"), &points));
            }
        }
    }
    found
}

/// The drawing as SVG; `None` if the record has nothing for it.
///
/// # Errors
/// If it cannot be drawn.
pub fn draw(figure: &Figure, record: &Record) -> Result<Option<String>> {
    let plot = match figure.kind {
        Kind::Speedup {
            group,
            base,
            threads,
            title,
        } => speedup(record, group, base, threads, title),
        Kind::Bandwidth {
            group,
            ceiling,
            title,
        } => bandwidth(record, group, ceiling, title),
        Kind::PerElement {
            group,
            kinds,
            title,
        } => per_element(record, group, kinds, title),
    };
    plot.map(|plot| lines::draw(&plot)).transpose()
}

fn speedup(record: &Record, group: &str, base: &str, threads: &str, title: &str) -> Option<Plot> {
    let mut series: Vec<_> = record
        .speedups(group, base)
        .into_iter()
        .filter(|(_, points)| !points.is_empty())
        .map(|(name, points)| Line {
            name: name.to_owned(),
            points,
        })
        .collect();
    // The most threads first: the first colour stands out.
    let count = |name: &str| -> usize {
        let count = name.strip_prefix(threads).and_then(|n| n.parse().ok());
        count.unwrap_or(0)
    };
    series.sort_by_key(|line| std::cmp::Reverse(count(&line.name)));
    let sizes = record.variants(group);
    let (_, sizes) = sizes.iter().find(|(name, _)| *name == base)?;
    let sizes: Vec<f64> = sizes.iter().filter_map(|(n, _)| n.parse().ok()).collect();
    if series.is_empty() || sizes.is_empty() {
        return None;
    }
    let widest = record
        .umbrales
        .iter()
        .filter_map(|threshold| {
            let variant = threshold.id.strip_prefix(group)?.strip_prefix('/')?;
            (count(variant) > 1).then_some((count(variant), variant, threshold.desde?))
        })
        .max_by_key(|(count, ..)| *count);
    Some(Plot {
        title: title.to_owned(),
        subtitle: format!("medianas, escalas logarítmicas · {}", place(record)),
        x_title: "filas".into(),
        y_title: format!("veces más rápido que {base}"),
        axis: Axis::Sizes(sizes),
        value: ratio,
        series,
        horizontals: vec![Horizontal {
            name: base.to_owned(),
            at: 1.0,
        }],
        vertical: widest.map(|(_, variant, from)| Vertical {
            name: format!("{variant} compensa desde unas {} filas", thousands(from)),
            at: from as f64,
        }),
    })
}

fn bandwidth(record: &Record, group: &str, ceiling: &str, title: &str) -> Option<Plot> {
    let variants = record.variants(group);
    let mut levels: Vec<&str> = Vec::new();
    for (level, _) in variants.iter().flat_map(|(_, points)| points) {
        if !levels.contains(level) {
            levels.push(level);
        }
    }
    // L1 last: there the lines lie apart, and there the labels stand.
    levels.sort_unstable();
    levels.reverse();
    let place_of = |level: &str| levels.iter().position(|known| *known == level);
    let points = |points: &[(&str, &crate::medir::results::Measured)]| -> Vec<(f64, f64)> {
        let of = |(level, result): &(&str, &crate::medir::results::Measured)| {
            Some((place_of(level)? as f64, result.gb_s?))
        };
        let mut line: Vec<_> = points.iter().filter_map(of).collect();
        line.sort_by(|a, b| a.0.total_cmp(&b.0));
        line
    };
    let mut series: Vec<_> = variants
        .iter()
        .map(|(name, found)| Line {
            name: (*name).to_owned(),
            points: points(found),
        })
        .filter(|line| !line.points.is_empty())
        .collect();
    if series.is_empty() {
        return None;
    }

    // What the machine can read: points where the id ends in a level, else a line across.
    let (mut by_level, mut horizontals, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for result in &record.resultados {
        let rest = result.id.strip_prefix(ceiling);
        let (Some(rest), Some(rate)) = (rest.and_then(|r| r.strip_prefix('/')), result.gb_s) else {
            continue;
        };
        let last = rest.rsplit('/').next().unwrap_or(rest);
        match place_of(last) {
            Some(at) if seen.insert(at) => by_level.push((at as f64, rate)),
            _ => horizontals.push(Horizontal {
                name: format!("ancho de banda: {rest}"),
                at: rate,
            }),
        }
    }
    if !by_level.is_empty() {
        by_level.sort_by(|a: &(f64, f64), b| a.0.total_cmp(&b.0));
        series.push(Line {
            name: lines::CEILING.into(),
            points: by_level,
        });
    }
    Some(Plot {
        title: title.to_owned(),
        subtitle: format!("medianas, escala logarítmica · {}", place(record)),
        x_title: "nivel de memoria en el que caben los datos".into(),
        y_title: "GB/s".into(),
        axis: Axis::Levels(levels.into_iter().map(str::to_owned).collect()),
        value: significant,
        series,
        horizontals,
        vertical: None,
    })
}

fn per_element(record: &Record, group: &str, kinds: &[&str], title: &str) -> Option<Plot> {
    let series: Vec<_> = record
        .variants(group)
        .into_iter()
        .map(|(name, found)| Line {
            name: name.to_owned(),
            points: kinds
                .iter()
                .enumerate()
                .filter_map(|(at, kind)| {
                    let (_, measured) = found.iter().find(|(known, _)| known == kind)?;
                    Some((at as f64, measured.ns_por_elemento?))
                })
                .collect(),
        })
        .filter(|line| !line.points.is_empty())
        .collect();
    (!series.is_empty()).then(|| Plot {
        title: title.to_owned(),
        subtitle: format!("medianas, escala logarítmica · {}", place(record)),
        x_title: "tipo de la columna, sin nulos".into(),
        y_title: "ns por elemento".into(),
        axis: Axis::Levels(
            kinds
                .iter()
                .map(|kind| kind.trim_end_matches("-0").to_owned())
                .collect(),
        ),
        value: significant,
        series,
        horizontals: Vec::new(),
        vertical: None,
    })
}

fn place(record: &Record) -> String {
    let machine = &record.corrida.maquina;
    format!("{}, {} núcleos", machine.cpu, machine.nucleos)
}
