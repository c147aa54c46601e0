//! Every number of the results under a name, as pages ask for them.

use super::guide::{CLAIMS, ratios};
use super::sections::{PARTS, guide_rows};
use super::targets::targets;
use super::{Duels, fitted, names};
use crate::growth::{Heat, short, time};
use crate::report::Outcome;
use crate::stats;
use anyhow::Result;
use ecommerce_cli::{comma, thousands};
use std::collections::BTreeMap;

/// Names and texts, all after `16.7.2/`; what is by user comes after `usuario/`, what was read from S3 after `s3/`:
/// `frio/<contendiente>/<filas>`, `caliente/…`, `pico/…`, `parte/<leer|procesar|agregar|escribir>/<contendiente>/<filas>`,
/// `arranque/<contendiente>` and `sesion/…` (medians over the sizes), `fijo/…`, `por-millon/…`, `exponente/…`, `10GB/…`, `entrada/<filas>`,
/// `10GB-filas`, `ruido/<frio|caliente>/<filas>`; without either word `razon/<clave>/<frio|caliente>/<filas>`,
/// `objetivo/<clave>/<filas>` with `…/frente-a` and `…/alcanzado`, `s3/razon/<contendiente>/<filas>`, `sin-aqe/…` and `ajustado/…`: Spark's
/// settings over Spark as it comes.
///
/// # Errors
/// If there is no result, or one of another work.
pub fn figures(outcomes: &[Outcome]) -> Result<BTreeMap<String, String>> {
    let duels = Duels::of(outcomes)?;
    let mut found = BTreeMap::new();
    let mut add = |key: String, text: String| found.insert(format!("16.7.2/{key}"), text);
    for (_, prefix, set) in duels.sets() {
        for outcome in set {
            let size = short(outcome.filas);
            add(
                format!("{prefix}entrada/{size}"),
                format!("{} MB", comma(outcome.entrada.mb, 1)),
            );
            for entry in &outcome.contendientes {
                let name = &entry.nombre;
                for heat in Heat::BOTH {
                    let median = heat.median(entry);
                    let text = median.map_or(entry.estado.word().to_owned(), time);
                    add(format!("{prefix}{}/{name}/{size}", heat.word()), text);
                }
                let peak = entry.pico_mb.map_or("–".into(), |mb| thousands(mb) + " MB");
                add(format!("{prefix}pico/{name}/{size}"), peak);
                for part in PARTS {
                    if let Some(seconds) = entry.partes_s.get(part) {
                        add(
                            format!("{prefix}parte/{part}/{name}/{size}"),
                            time(*seconds),
                        );
                    }
                }
            }
            if let Some(aa) = &outcome.aa {
                add(format!("{prefix}ruido/frio/{size}"), factor(aa.razon));
                if let Some(warm) = aa.razon_caliente {
                    add(format!("{prefix}ruido/caliente/{size}"), factor(warm));
                }
            }
        }
        for name in names(set) {
            let over = |pick: fn(&crate::report::Entry) -> Option<f64>| {
                let entries = set.iter().filter_map(|o| crate::growth::find(o, name));
                stats::median(&entries.filter_map(pick).collect::<Vec<_>>())
            };
            if let Some(start) = over(|c| c.arranque_s) {
                add(format!("{prefix}arranque/{name}"), time(start));
            }
            if let Some(session) = over(|c| c.sesion_s) {
                add(format!("{prefix}sesion/{name}"), time(session));
            }
            if let Some(fit) = fitted(set, name, Heat::Caliente) {
                add(format!("{prefix}fijo/{name}"), time(fit.fixed_s));
                add(
                    format!("{prefix}por-millon/{name}"),
                    time(fit.per_row_s * 1e6),
                );
                add(format!("{prefix}exponente/{name}"), comma(fit.exponent, 2));
                if let Some(rows) = guide_rows(set) {
                    add(format!("{prefix}10GB/{name}"), time(fit.at(rows)));
                }
            }
        }
        if let Some(rows) = guide_rows(set) {
            let millions = thousands((rows / 1e6).round() as u64);
            add(format!("{prefix}10GB-filas"), format!("{millions} M"));
        }
    }
    let spark = [
        ("sin-aqe", ("pyspark", "pyspark-sin-aqe")),
        ("ajustado", ("pyspark", "pyspark-ajustado")),
    ];
    let claims = CLAIMS.iter().map(|c| (c.key, c.pair));
    for (key, pair) in claims.chain(spark) {
        for heat in Heat::BOTH {
            for (rows, ratio) in ratios(&duels, pair, heat) {
                let size = short(rows);
                add(format!("razon/{key}/{}/{size}", heat.word()), factor(ratio));
            }
        }
    }
    for target in targets(&duels) {
        let key = format!("objetivo/{}", target.key);
        let met = if target.is_met() {
            "alcanzado"
        } else {
            "no alcanzado"
        };
        add(format!("{key}/alcanzado"), met.into());
        add(format!("{key}/frente-a"), target.against);
        add(key, factor(target.reached));
    }
    for outcome in &duels.s3 {
        for name in names(&duels.s3) {
            if let Some(ratio) = duels.s3_ratio(name, outcome.filas) {
                let size = short(outcome.filas);
                add(format!("s3/razon/{name}/{size}"), factor(ratio));
            }
        }
    }
    Ok(found)
}

fn factor(ratio: f64) -> String {
    format!("× {}", comma(ratio, 2))
}
