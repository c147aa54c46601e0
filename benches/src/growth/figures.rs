//! Every number of the result under a name, as pages ask for them.

use super::table::{percent, told};
use super::verdict::{LIMITS, cold_ratios, cutoff, minimal, times};
use super::{Growth, Heat, short, time};
use crate::report::Outcome;
use crate::stats;
use anyhow::Result;
use ecommerce_cli::{comma, thousands};
use std::collections::BTreeMap;

/// Names and texts: `frio/<contendiente>/<filas>`, `caliente/…`, `mejor/…`, `pico/…`, `arranque/<contendiente>` (median over
/// the sizes), `diferencia/<pareja>/<frio|caliente>/<filas>`, `veces/<forma de Pandas>/<frio|caliente>/<filas>`, `ruido/…`,
/// `corte/<límite>`, `veredicto/…`, `entrada/<filas>`.
///
/// # Errors
/// If there is no result, or none with warm queries.
pub fn figures(outcomes: &[Outcome]) -> Result<BTreeMap<String, String>> {
    let growth = Growth::of(outcomes)?;
    let mut found = BTreeMap::new();
    let mut add = |key: String, text: String| found.insert(format!("16.3.4/{key}"), text);
    for outcome in &growth.sizes {
        let size = short(outcome.filas);
        add(
            format!("entrada/{size}"),
            format!("{} MB", comma(outcome.entrada.mb, 1)),
        );
        for entry in &outcome.contendientes {
            let name = &entry.nombre;
            for heat in Heat::BOTH {
                let median = heat.median(entry);
                let text = median.map_or(entry.estado.word().to_owned(), time);
                add(format!("{}/{name}/{size}", heat.word()), text);
            }
            if let Some(warm) = &entry.caliente {
                add(format!("mejor/{name}/{size}"), time(warm.min_s));
            }
            let peak = entry.pico_mb.map_or("–".into(), |mb| thousands(mb) + " MB");
            add(format!("pico/{name}/{size}"), peak);
        }
        if let Some(aa) = &outcome.aa {
            add(format!("ruido/frio/{size}"), percent(aa.razon));
            if let Some(warm) = aa.razon_caliente {
                add(format!("ruido/caliente/{size}"), percent(warm));
            }
        }
    }
    for name in growth.names() {
        let starts: Vec<f64> = growth
            .sizes
            .iter()
            .filter_map(|o| super::find(o, name)?.arranque_s)
            .collect();
        if let Some(start) = stats::median(&starts) {
            add(format!("arranque/{name}"), time(start));
        }
    }
    for (name, verdict) in minimal(&growth) {
        add(format!("veredicto/{name}"), verdict.word.text().into());
        for d in &verdict.differences {
            let key = format!("diferencia/{name}/{}/{}", d.heat.word(), short(d.rows));
            add(key, percent(d.ratio));
        }
    }
    for verdict in times(&growth) {
        let name = verdict.pair.1;
        add(format!("veredicto/{name}"), verdict.word.text().into());
        for d in &verdict.differences {
            let key = format!("veces/{name}/{}/{}", d.heat.word(), short(d.rows));
            add(key, comma(d.ratio, 1));
        }
    }
    let ratios = cold_ratios(&growth);
    for (name, limit) in LIMITS {
        if let Some(rows) = cutoff(&ratios, limit) {
            add(format!("corte/{name}"), told(rows));
        }
    }
    Ok(found)
}
