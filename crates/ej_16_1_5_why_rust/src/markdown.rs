//! The two tables as Markdown, with links that work from this crate's page.

use crate::{Afirmacion, Analisis, Celda, Evidencia, Grupo};
use std::fmt::Write as _;

impl Grupo {
    /// The heading of its table.
    pub fn titulo(self) -> &'static str {
        match self {
            Self::Cronologia => "La cronología",
            Self::PorQueRust => "Por qué Rust y no C++",
            Self::PorQuePython => "Por qué no reemplaza a Python",
            Self::Premisas => "Lo que las preguntas dan por hecho",
        }
    }
}

impl Analisis {
    /// The claims of one group.
    pub fn tabla_de_afirmaciones(&self, grupo: Grupo) -> String {
        let mut out =
            String::from("| la guía dice | veredicto | lo que es | prueba |\n|---|---|---|---|\n");
        for row in self.afirmaciones.iter().filter(|row| row.grupo == grupo) {
            let Afirmacion {
                texto,
                veredicto,
                nota,
                evidencia,
                ..
            } = row;
            // Writing to a String cannot fail.
            let _ = writeln!(
                out,
                "| {texto} | **{veredicto}** | {nota} | {} |",
                proofs(evidencia)
            );
        }
        out
    }

    /// The two engines, aspect by aspect.
    pub fn tabla_de_comparacion(&self) -> String {
        let mut out = String::from("| | DataFusion | DuckDB | elegir |\n|---|---|---|---|\n");
        let cell = |cell: &Celda| format!("{} {}", cell.dice, proofs(&cell.evidencia));
        for row in &self.comparaciones {
            let _ = writeln!(
                out,
                "| **{}** | {} | {} | {} |",
                row.aspecto,
                cell(&row.datafusion),
                cell(&row.duckdb),
                row.elegir
            );
        }
        out
    }
}

fn proofs(evidence: &[Evidencia]) -> String {
    if evidence.is_empty() {
        return "–".to_owned();
    }
    let each = evidence.iter().map(|proof| match proof {
        Evidencia::Test { test } => {
            let (path, name) = test.split_once("::").unwrap_or((test, test));
            format!("[`{name}`](../../{path})")
        }
        Evidencia::Banco { bench } => format!("banco `{bench}`"),
        Evidencia::Fuente { fuente, .. } => format!("[{}]({fuente})", host(fuente)),
    });
    each.collect::<Vec<_>>().join(" · ")
}

fn host(address: &str) -> &str {
    let rest = address.strip_prefix("https://").unwrap_or(address);
    let host = rest.split('/').next().unwrap_or(rest);
    host.strip_prefix("www.").unwrap_or(host)
}
