//! The ranking, the fourth option and the model of a run, as people read them and as the page asks for them.

use crate::race::Race;
use crate::ranking::{GUIDE, Place, Rule, fourth_option, rank};
use crate::scale::{Calibration, Estimate, Machine, ModelError, Outlook, Work, estimate};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The guide's 50 GB of Parquet.
const STORED: f64 = 50e9;

/// What the model says of an engine that finished both races.
struct Modelled {
    name: String,
    outlook: Outlook,
    /// The tight race as the model foretells it from the loose one, and as it was.
    check: (f64, f64),
    state_share: f64,
}

impl Modelled {
    /// `None` for an engine without times in both races, or without a measured spill.
    fn of(name: &str, tight: &Race, loose: &Race) -> Option<Result<Self, ModelError>> {
        let (small, large) = (tight.find(name)?, loose.find(name)?);
        let (measured, spilled) = (small.seconds()?, small.escrito_mb? as f64 * 1e6);
        large.seconds()?;
        let model = || {
            let engine = Calibration::of(loose, large)?;
            let memory = tight.limite_mb as f64 * 1_048_576.0;
            let decoded = tight.entrada.decodificado_mb * 1e6;
            // What went to disk and what stayed in memory is what the operators kept, in all queries together: a bound from above.
            let stayed =
                (small.pico_mb.unwrap_or(0) as f64 * 1_048_576.0).min(memory * engine.memory_share);
            let state_share = (spilled + stayed) / decoded;
            let work = |stored: f64, race: &Race| Work {
                stored,
                read_share: 1.0,
                expansion: race.entrada.decodificado_mb / race.entrada.mb,
                state_share,
                state_growth: 1.0,
            };
            let here = Machine {
                memory,
                cores: tight.hilos as f64,
                disk: Machine::GUIDE.disk,
            };
            let foretold = estimate(&work(tight.entrada.mb * 1e6, tight), &here, &engine)?;
            let guide = Machine::GUIDE;
            let outlook = Outlook::of(&work(STORED, tight), &guide, &engine)?;
            Ok(Self {
                name: name.to_owned(),
                outlook,
                check: (foretold.seconds(), measured),
                state_share,
            })
        };
        Some(model())
    }
}

/// Every engine that finished both.
fn modelled(tight: &Race, loose: &Race) -> Result<Vec<Modelled>, ModelError> {
    let names = tight.contendientes.iter().map(|c| c.nombre.as_str());
    names
        .filter_map(|name| Modelled::of(name, tight, loose))
        .collect()
}

/// Writing to a String cannot fail.
macro_rules! line {
    ($out:expr) => { let _ = writeln!($out); };
    ($out:expr, $($text:tt)*) => { let _ = writeln!($out, $($text)*); };
}

/// The document: places under the tight limit, the fourth option, and the model where there is a loose race to calibrate it on.
///
/// # Errors
/// - [`ModelError`] when a figure of the run makes no sense to the model.
pub fn markdown(tight: &Race, loose: Option<&Race>, rule: Rule) -> Result<String, ModelError> {
    let mut out = String::new();
    line!(
        out,
        "# Clasificación con {} MiB para {} MB de datos (× {})\n",
        tight.limite_mb,
        comma(tight.entrada.decodificado_mb, 0),
        comma(tight.ratio(), 2)
    );
    line!(
        out,
        "Regla: antes quien termina con la respuesta correcta; después, la mediana del proceso entero; a menos de un {} % del primero de su \
grupo, o del ruido de la corrida ({} %), se comparte puesto.\n",
        comma(rule.tie * 100.0, 0),
        comma(tight.noise() * 100.0, 1)
    );
    line!(out, "## Las tres de la guía\n");
    places(&mut out, &rank(tight, &GUIDE, rule));
    line!(out, "\n## Todos\n");
    places(&mut out, &rank(tight, &[], rule));
    match fourth_option(tight, rule) {
        Some(place) => {
            line!(
                out,
                "\nLa cuarta opción de esta corrida es `{}`, en el puesto {}.",
                place.name,
                place.number
            );
        }
        None => {
            line!(out, "\nNinguna opción que la guía no considere terminó.");
        }
    }
    if let Some(loose) = loose {
        line!(out, "\n## Diez veces más\n");
        line!(
            out,
            "| motor | estado por byte | 50 GB: s | a disco, GB | 500 GB: s | a disco, GB | veces | la corrida: prevista, medida |"
        );
        line!(out, "|---|---:|---:|---:|---:|---:|---:|---:|");
        for m in modelled(tight, loose)? {
            let Outlook { now, tenfold, .. } = &m.outlook;
            line!(
                out,
                "| `{}` | {} | {} | {} | {} | {} | {} | {} s, {} s |",
                m.name,
                comma(m.state_share, 2),
                comma(now.seconds(), 0),
                comma(now.spilled / 1e9, 0),
                comma(tenfold.seconds(), 0),
                comma(tenfold.spilled / 1e9, 0),
                comma(m.outlook.growth(), 1),
                comma(m.check.0, 1),
                comma(m.check.1, 1)
            );
        }
    }
    Ok(out)
}

fn places(out: &mut String, places: &[Place]) {
    line!(out, "| puesto | motor | segundos | pico MB |");
    line!(out, "|---:|---|---:|---:|");
    for place in places {
        let seconds = place.seconds.map_or("no terminó".into(), |s| comma(s, 1));
        let peak = place.peak_mb.map_or("–".into(), |mb| mb.to_string());
        line!(
            out,
            "| {} | `{}` | {seconds} | {peak} |",
            place.number,
            place.name
        );
    }
}

/// Names and texts: `puesto/<motor>`, `puesto_guia/<motor>`, `cuarta`, `cuarta/puesto`, and by engine of the model `modelo/<motor>/` with
/// `estado`, `50GB`, `500GB`, `derrame_50GB`, `derrame_500GB`, `veces`, `maquinas`, `prevista`, `medida`.
///
/// # Errors
/// As [`markdown`].
pub fn figures(
    tight: &Race,
    loose: Option<&Race>,
    rule: Rule,
) -> Result<BTreeMap<String, String>, ModelError> {
    let mut found = BTreeMap::new();
    let mut add = |key: String, text: String| found.insert(format!("16.4.5/{key}"), text);
    for place in rank(tight, &[], rule) {
        add(format!("puesto/{}", place.name), place.number.to_string());
    }
    for place in rank(tight, &GUIDE, rule) {
        add(
            format!("puesto_guia/{}", place.name),
            place.number.to_string(),
        );
    }
    if let Some(place) = fourth_option(tight, rule) {
        add("cuarta/puesto".into(), place.number.to_string());
        add("cuarta".into(), place.name);
    }
    let all = loose.map(|loose| modelled(tight, loose)).transpose()?;
    for m in all.into_iter().flatten() {
        let mut say = |key: &str, text: String| add(format!("modelo/{}/{key}", m.name), text);
        let gigabytes = |e: &Estimate| format!("{} GB", comma(e.spilled / 1e9, 0));
        let seconds = |s: f64| format!("{} s", comma(s, 0));
        say("estado", comma(m.state_share, 2));
        say("50GB", seconds(m.outlook.now.seconds()));
        say("500GB", seconds(m.outlook.tenfold.seconds()));
        say("derrame_50GB", gigabytes(&m.outlook.now));
        say("derrame_500GB", gigabytes(&m.outlook.tenfold));
        say("veces", comma(m.outlook.growth(), 1));
        say("maquinas", m.outlook.machines.to_string());
        say("prevista", format!("{} s", comma(m.check.0, 1)));
        say("medida", format!("{} s", comma(m.check.1, 1)));
    }
    Ok(found)
}

/// A number as Spanish writes it.
fn comma(value: f64, digits: usize) -> String {
    format!("{value:.digits$}").replace('.', ",")
}
