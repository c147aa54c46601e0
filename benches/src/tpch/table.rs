//! The duel as a page's tables, and each figure under its name.

use super::{Contender, Duel, Scale, short};
use crate::growth::time;
use ecommerce_cli::comma;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The engine that the page is about.
const OURS: &str = "datafusion";

/// The tables of a result in Markdown.
pub fn markdown(duel: &Duel) -> String {
    let mut text = format!(
        "# TPC-H: {} consultas, {}\n\n{}, {} hilos, {} GB de RAM. {} proceso(s) por contendiente y {} repetición(es) por consulta; respuestas \
         comparadas con las de `{}`.\n\nCómo: {}.\n",
        22,
        duel.fecha,
        duel.maquina.cpu,
        duel.maquina.nucleos,
        comma(duel.maquina.ram_gb, 1),
        duel.rondas,
        duel.repeticiones,
        duel.referencia,
        duel.metodo
    );
    for scale in &duel.escalas {
        let megabytes = scale.bytes as f64 / 1e6;
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\n## Escala {} ({} MB de Parquet)\n\n{}",
            comma_scale(scale.escala),
            comma(megabytes, 0),
            queries(&scale.contendientes)
        );
        text.push_str(&summary(scale));
    }
    if let Some(ablation) = &duel.ajustes {
        let _ = write!(
            text,
            "\n## DataFusion, un ajuste cada vez: escala {}\n\nUna repetición que cuenta por proceso.\n\n| ajuste | veces lo que por omisión | más rápida en | total | consulta que más gana | consulta que más pierde |\n|---|---:|---:|---:|---|---|\n",
            comma_scale(ablation.escala)
        );
        if let Some((base, variants)) = ablation.variantes.split_first() {
            for variant in std::iter::once(base).chain(variants) {
                text.push_str(&variant_line(variant, base));
            }
        }
    }
    text
}

fn comma_scale(scale: f64) -> String {
    short(scale).replace('.', ",")
}

/// One line per query, one column per contender.
fn queries(contenders: &[Contender]) -> String {
    let mut text = String::from("| consulta |");
    for contender in contenders {
        let _ = write!(text, " {} |", contender.nombre);
    }
    text.push_str("\n|---:|");
    text.push_str(&"---:|".repeat(contenders.len()));
    text.push('\n');
    for query in 1..=22u8 {
        let _ = write!(text, "| {query} |");
        for contender in contenders {
            let found = contender.consultas.iter().find(|t| t.consulta == query);
            let cell = match found {
                Some(timed) => match (timed.mediana_s, timed.differs()) {
                    (Some(median), _) => time(median),
                    (None, true) => "distinta".into(),
                    (None, false) => "no la hace".into(),
                },
                None => "–".into(),
            };
            let _ = write!(text, " {cell} |");
        }
        text.push('\n');
    }
    let _ = write!(text, "| total |");
    for contender in contenders {
        let (seconds, over) = contender.total();
        let note = if over == 22 {
            String::new()
        } else {
            format!(" ({over})")
        };
        let _ = write!(text, " {}{note} |", time(seconds));
    }
    text.push('\n');
    text
}

/// Ratios to DataFusion, memory, and what an engine does not do.
fn summary(scale: &Scale) -> String {
    let mut text = String::new();
    let Some(ours) = scale.find(OURS) else {
        return text;
    };
    text.push('\n');
    for contender in &scale.contendientes {
        let memory = contender
            .pico_mb
            .map_or(String::new(), |mb| format!(", pico {mb} MB"));
        let version = contender.version.as_deref().unwrap_or("no corrió");
        let _ = write!(text, "- **{}** ({version}{memory})", contender.nombre);
        if contender.nombre != OURS
            && let Some(ratio) = contender.ratio(ours)
        {
            let _ = write!(
                text,
                ": media geométrica × {} de lo que tarda `{OURS}`, en {} consultas; más rápido en {}",
                comma(ratio.mean, 2),
                ratio.queries,
                ratio.faster
            );
        }
        text.push_str(".\n");
        if let Some(why) = &contender.fallo {
            let _ = writeln!(text, "  - {why}");
        }
        for timed in &contender.consultas {
            if let Some(why) = &timed.problema {
                let why = why.replace('|', "\\|");
                let _ = writeln!(
                    text,
                    "  - consulta {}: `{}`",
                    timed.consulta,
                    why.replace('`', "'")
                );
            }
        }
    }
    text
}

fn variant_line(variant: &Contender, base: &Contender) -> String {
    let name = match variant.opciones.is_empty() {
        true => variant.nombre.clone(),
        false => {
            let options: Vec<_> = variant
                .opciones
                .iter()
                .map(|(key, value)| format!("`{}={value}`", key.rsplit('.').next().unwrap_or(key)))
                .collect();
            format!("{}: {}", variant.nombre, options.join(", "))
        }
    };
    let Some(ratio) = variant.ratio(base) else {
        let why = variant.fallo.as_deref().unwrap_or("sin respuestas");
        return format!("| {name} | {why} | – | – | – | – |\n");
    };
    let mut each: Vec<(f64, u8)> = (1..=22)
        .filter_map(|q| Some((variant.seconds(q)? / base.seconds(q)?, q)))
        .collect();
    each.sort_by(|a, b| a.0.total_cmp(&b.0));
    let said = |at: Option<&(f64, u8)>| {
        at.map_or("–".to_owned(), |(ratio, q)| {
            format!("{q} (× {})", comma(*ratio, 2))
        })
    };
    format!(
        "| {name} | {} | {} de {} | {} | {} | {} |\n",
        comma(ratio.mean, 2),
        ratio.faster,
        ratio.queries,
        time(variant.total().0),
        said(each.first()),
        said(each.last()),
    )
}

/// Every figure a page may quote, by its key.
pub fn figures(duel: &Duel) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for scale in &duel.escalas {
        let size = short(scale.escala);
        for contender in &scale.contendientes {
            let name = &contender.nombre;
            let (seconds, over) = contender.total();
            found.insert(format!("16.4.1/tpch/total/{name}/{size}"), time(seconds));
            found.insert(
                format!("16.4.1/tpch/consultas/{name}/{size}"),
                over.to_string(),
            );
            if let Some(peak) = contender.pico_mb {
                found.insert(
                    format!("16.4.1/tpch/pico/{name}/{size}"),
                    format!("{peak} MB"),
                );
            }
            if let Some(ours) = scale.find(OURS)
                && name != OURS
                && let Some(ratio) = contender.ratio(ours)
            {
                let key = |what| format!("16.4.1/tpch/{what}/{name}/{size}");
                found.insert(key("razon"), comma(ratio.mean, 2));
                found.insert(key("comparadas"), ratio.queries.to_string());
                found.insert(key("mas-rapido"), ratio.faster.to_string());
            }
            for timed in &contender.consultas {
                if let Some(median) = timed.mediana_s {
                    let key = format!("16.4.1/tpch/q{:02}/{name}/{size}", timed.consulta);
                    found.insert(key, time(median));
                }
            }
        }
    }
    if let Some(ablation) = &duel.ajustes
        && let Some((base, variants)) = ablation.variantes.split_first()
    {
        for variant in variants {
            if let Some(ratio) = variant.ratio(base) {
                let key = format!("16.4.1/ajuste/{}", variant.nombre.replace(' ', "-"));
                found.insert(key, comma(ratio.mean, 2));
            }
        }
    }
    found
}
