//! The two files of the measured run.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ecommerce_cluster::{Engine, versions};
use serde::Serialize;

use super::kills::Kill;
use super::timings::{LOCAL, Timing};
use crate::kills::{Outcome, Phase};

/// What was measured.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    versiones: String,
    escala: f64,
    nucleos: usize,
    veces: usize,
    pub(super) timings: Vec<Timing>,
    pub(super) kills: Vec<Kill>,
}

const CASES: [&str; 5] = [
    LOCAL,
    "ballista-1",
    "ballista-2",
    "distribuido-1",
    "distribuido-2",
];

impl Report {
    pub(super) fn new(escala: f64, nucleos: usize, veces: usize) -> Self {
        Self {
            versiones: versions(),
            escala,
            nucleos,
            veces,
            timings: Vec::new(),
            kills: Vec::new(),
        }
    }

    fn timing(&self, query: usize, case: &str) -> Option<&Timing> {
        self.timings
            .iter()
            .find(|timing| timing.consulta == query && timing.caso == case)
    }

    /// Geometric mean of the ratios to one process, over the queries that have both times; and how many those are.
    fn overhead(&self, case: &str) -> (f64, usize) {
        let ratios: Vec<f64> = (1..=22)
            .filter_map(|query| {
                let local = self.timing(query, LOCAL)?.segundos?;
                let other = self.timing(query, case)?.segundos?;
                Some((other / local).ln())
            })
            .collect();
        let mean = ratios.iter().sum::<f64>() / ratios.len().max(1) as f64;
        (mean.exp(), ratios.len())
    }

    /// Sum of the times of the queries that every case answered.
    fn total(&self, case: &str) -> f64 {
        (1..=22)
            .filter(|query| {
                CASES.iter().all(|case| {
                    self.timing(*query, case)
                        .is_some_and(|t| t.segundos.is_some())
                })
            })
            .filter_map(|query| self.timing(query, case)?.segundos)
            .sum()
    }

    pub(super) fn markdown(&self) -> String {
        let mut out = String::new();
        let _ = writeln!(out, "# Varios procesos: lo medido\n");
        let _ = writeln!(
            out,
            "{} · TPC-H a escala {} · {} núcleos en total en todos los casos · la mejor de {} veces; una respuesta distinta de la de un proceso no tiene tiempo\n",
            self.versiones,
            comma(self.escala),
            self.nucleos,
            self.veces
        );
        self.times(&mut out);
        self.moved(&mut out);
        self.deaths(&mut out);
        out
    }

    fn times(&self, out: &mut String) {
        let _ = writeln!(out, "## Segundos por consulta\n");
        let _ = writeln!(
            out,
            "| consulta | un proceso | ballista, 1 ejecutor | ballista, 2 | distribuido, 1 | distribuido, 2 |"
        );
        let _ = writeln!(out, "|---|---:|---:|---:|---:|---:|");
        for query in 1..=22 {
            let cells = CASES.map(|case| match self.timing(query, case) {
                Some(Timing {
                    segundos: Some(seconds),
                    ..
                }) => comma3(*seconds),
                Some(Timing {
                    sin_tiempo: Some(why),
                    ..
                }) => format!("sin tiempo: {}", one_line(why)),
                _ => "–".to_owned(),
            });
            let _ = writeln!(out, "| {query} | {} |", cells.join(" | "));
        }
        let _ = writeln!(
            out,
            "| **suma de las que todos responden** | {} |",
            CASES.map(|case| comma3(self.total(case))).join(" | ")
        );
        let ratios = CASES.map(|case| {
            let (ratio, queries) = self.overhead(case);
            format!("{} ({queries})", comma3(ratio))
        });
        let _ = writeln!(
            out,
            "| **media geométrica de la razón a un proceso** (consultas) | {} |\n",
            ratios.join(" | ")
        );
    }

    fn moved(&self, out: &mut String) {
        let _ = writeln!(out, "## Bytes entre etapas\n");
        let _ = writeln!(
            out,
            "Ballista cuenta lo leído de otros ejecutores, ya descodificado; datafusion-distributed, lo recibido por la red.\n"
        );
        let _ = writeln!(
            out,
            "| consulta | ballista, 2: etapas | MB | distribuido, 2: etapas | MB |"
        );
        let _ = writeln!(out, "|---|---:|---:|---:|---:|");
        for query in 1..=22 {
            let cells =
                ["ballista-2", "distribuido-2"].map(|case| match self.timing(query, case) {
                    Some(timing) if timing.segundos.is_some() => {
                        format!(
                            "{} | {}",
                            timing.etapas,
                            comma3(timing.bytes_movidos as f64 / 1e6)
                        )
                    }
                    _ => "– | –".to_owned(),
                });
            let _ = writeln!(out, "| {query} | {} |", cells.join(" | "));
        }
        let totals = ["ballista-2", "distribuido-2"].map(|case| {
            let moved = self
                .timings
                .iter()
                .filter(|timing| timing.caso == case && timing.segundos.is_some())
                .map(|timing| timing.bytes_movidos)
                .sum::<u64>();
            format!(" | {}", comma3(moved as f64 / 1e6))
        });
        let _ = writeln!(out, "| **suma** | {} |\n", totals.join(" | "));
    }

    fn deaths(&self, out: &mut String) {
        let _ = writeln!(out, "## Muertes\n");
        let _ = writeln!(
            out,
            "| motor | se mata | muertes | respuesta correcta | un error claro | filas falsas | fuera de plazo | otro | hasta el error, s (peor) | hasta reenviar y acertar, s (mediana) |"
        );
        let _ = writeln!(out, "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        for engine in [Engine::Ballista, Engine::Distribuido] {
            for phase in Phase::ALL {
                let kills: Vec<&Kill> = self
                    .kills
                    .iter()
                    .filter(|kill| {
                        kill.motor == engine && kill.strike.phase == phase && kill.strike.landed
                    })
                    .collect();
                let mut counts = BTreeMap::new();
                for kill in &kills {
                    *counts.entry(kind(&kill.strike.outcome)).or_insert(0) += 1;
                }
                let count = |kind: &str| counts.get(kind).copied().unwrap_or(0);
                let worst = kills
                    .iter()
                    .map(|kill| kill.strike.took.as_secs_f64())
                    .fold(0.0, f64::max);
                let mut again: Vec<f64> = kills
                    .iter()
                    .filter_map(|kill| kill.segundos_hasta_reenviar)
                    .collect();
                again.sort_by(f64::total_cmp);
                let again = again
                    .get(again.len() / 2)
                    .map_or("–".to_owned(), |s| comma3(*s));
                let _ = writeln!(
                    out,
                    "| {engine} | {} | {} | {} | {} | {} | {} | {} | {} | {again} |",
                    phase.name(),
                    kills.len(),
                    count("right"),
                    count("lost"),
                    count("wrong"),
                    count("late"),
                    count("failed"),
                    comma3(worst),
                );
            }
        }
        let _ = writeln!(out);
        for engine in [Engine::Ballista, Engine::Distribuido] {
            let worst = self
                .kills
                .iter()
                .filter(|kill| kill.motor == engine && kill.strike.landed)
                .map(|kill| kill.strike.took.as_secs_f64())
                .fold(0.0, f64::max);
            let _ = writeln!(out, "Peor espera con {engine}: {} s.", comma3(worst));
        }
    }
}

fn kind(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Right => "right",
        Outcome::Wrong(_) => "wrong",
        Outcome::Lost(_) => "lost",
        Outcome::Late => "late",
        Outcome::Failed(_) => "failed",
    }
}

fn comma(number: f64) -> String {
    number.to_string().replace('.', ",")
}

fn comma3(number: f64) -> String {
    format!("{number:.3}").replace('.', ",")
}

fn one_line(text: &str) -> String {
    text.lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(80)
        .collect::<String>()
        .replace('|', "/")
}
