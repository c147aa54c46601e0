//! The experiment as a page of Markdown.

use super::judge::{End, Outcome};
use std::fmt::Write as _;

/// The outcomes as a table of appends, a table of rounds, and every loss by name.
pub fn markdown(outcomes: &[Outcome]) -> String {
    let mut text = String::from("# Rust y Spark sobre la misma tabla Delta\n\n");
    for outcome in outcomes {
        let condition = outcome.condicion.as_deref().unwrap_or("sin intervenir");
        let appends = &outcome.agregados;
        let lost = appends.perdidos_rust.len() + appends.perdidos_spark.len();
        let _ = writeln!(
            text,
            "## {} · {condition}\n\n{} y {}; {} versiones en el log.\n\n\
             | agregados | confirmados | rechazados | perdidos |\n|---|---:|---:|---:|\n\
             | Rust | {} | {} | {} |\n| Spark | {} | {} | {} |\n\n\
             Doblados: {}. Escritos sin confirmar: {}. El log cambia de manos {} veces.\n",
            outcome.almacen,
            outcome.motores[0],
            outcome.motores[1],
            outcome.versiones,
            appends.confirmados_rust,
            refused(outcome, "rust"),
            appends.perdidos_rust.len(),
            appends.confirmados_spark,
            refused(outcome, "spark"),
            appends.perdidos_spark.len(),
            appends.doblados.len(),
            appends.sin_confirmar.len(),
            appends.alternancias,
        );
        if lost > 0 {
            text += "| perdido | le dijeron la versión | en el log es de |\n|---|---:|---|\n";
            for one in appends.perdidos_rust.iter().chain(&appends.perdidos_spark) {
                let version = one.version.map_or("–".to_owned(), |v| v.to_string());
                let owner = one.la_tiene.as_deref().unwrap_or("–");
                let _ = writeln!(text, "| {} | {version} | {owner} |", one.id);
            }
            text.push('\n');
        }
        if !outcome.rondas.is_empty() {
            text += "| a la vez | rondas | gana Rust | gana Spark | ambos, uno tras otro | ninguno | roto |\n|---|---:|---:|---:|---:|---:|---:|\n";
            for order in ["reemplazar", "borrar"] {
                let ends: Vec<&End> = outcome
                    .rondas
                    .iter()
                    .filter(|round| round.orden == order)
                    .map(|round| &round.fin)
                    .collect();
                let count = |is: fn(&End) -> bool| ends.iter().filter(|end| is(end)).count();
                let _ = writeln!(
                    text,
                    "| {order} | {} | {} | {} | {} | {} | {} |",
                    ends.len(),
                    count(|e| *e == End::Rust),
                    count(|e| *e == End::Spark),
                    count(|e| *e == End::Ambos),
                    count(|e| *e == End::Ninguno),
                    count(|e| matches!(e, End::Roto(_))),
                );
            }
            text.push('\n');
        }
    }
    text
}

fn refused(outcome: &Outcome, prefix: &str) -> usize {
    outcome
        .agregados
        .rechazados
        .iter()
        .filter(|commit| commit.id.starts_with(prefix))
        .count()
}
