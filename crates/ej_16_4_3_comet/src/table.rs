//! The comparison as people read it, and every figure under the name by which the page asks for it.

use crate::plan::Coverage;
use crate::report::{Compared, Report, Verdict};
use crate::session::Motor;
use ecommerce_cli::{comma, thousands};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A report with when, where and on what it was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// When it began.
    pub fecha: String,
    /// The commit that was checked out.
    pub commit: Option<String>,
    /// Processor, cores and memory.
    pub maquina: String,
    /// How the times were taken.
    pub metodo: String,
    /// Rows of `ventas` and of `clientes`.
    pub ventas: u64,
    /// Rows of `clientes`.
    pub clientes: u64,
    /// Scale factor of TPC-H.
    pub sf: f64,
    /// The comparison.
    pub informe: Report,
    /// The executed plans it rests on.
    pub planes: Vec<KeptPlan>,
}

/// A plan kept as evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptPlan {
    /// With the plugin or without it.
    pub motor: Motor,
    /// The query.
    pub nombre: String,
    /// Its variant.
    pub variante: String,
    /// As Spark printed it.
    pub plan: String,
}

/// Writing to a String cannot fail.
macro_rules! line {
    ($out:expr) => { let _ = writeln!($out); };
    ($out:expr, $($text:tt)*) => { let _ = writeln!($out, $($text)*); };
}

/// The result as a document in Markdown.
pub fn markdown(measured: &Measured) -> String {
    let mut out = String::new();
    let report = &measured.informe;
    line!(out, "# Spark con Comet y sin él\n");
    line!(out, "{} · {}\n", measured.fecha, measured.maquina);
    if let Some(commit) = &measured.commit {
        line!(out, "commit `{commit}`\n");
    }
    line!(
        out,
        "Spark {}, Comet {}, Java {}; {} hilos; {} MiB de montón y {} MiB fuera de él, en las dos sesiones. Ventas: {}; clientes: {}; TPC-H a escala {}.\n",
        report.spark,
        report.comet,
        report.java,
        report.hilos,
        report.monton_mb,
        report.fuera_mb,
        thousands(measured.ventas),
        thousands(measured.clientes),
        comma(measured.sf, 1)
    );
    line!(out, "{}\n", measured.metodo);
    line!(out, "## Consulta a consulta\n");
    compared(&mut out, &report.consultas);
    if let Some(verdict) = report.verdict() {
        line!(out, "\n{}\n", told(verdict));
    }
    line!(out, "## Los mismos centavos, en SQL y en Python\n");
    compared(&mut out, &report.udf);
    line!(out, "\n## Lo que cuesta retroceder\n");
    line!(
        out,
        "La consulta `usuarios`, siempre en una sesión con el plugin. × es frente a `nada`, en la que no interviene.\n"
    );
    line!(
        out,
        "| se quita | segundos | × | nativos | de Spark | transiciones | conversiones ocultas |"
    );
    line!(out, "|---|---:|---:|---:|---:|---:|---:|");
    for fallback in &report.retrocesos {
        let plan = &fallback.plan;
        line!(
            out,
            "| `{}` | {} | {} | {} | {} | {} | {} |",
            fallback.variante,
            comma(fallback.segundos, 3),
            comma(fallback.frente_a_nada, 2),
            plan.nativos,
            plan.jvm,
            plan.transiciones,
            plan.conversiones_ocultas
        );
    }
    line!(out, "\n## Por qué se quedó en Spark lo que se quedó\n");
    for query in report.consultas.iter().chain(&report.udf) {
        for reason in &query.motivos {
            line!(out, "- `{}`: {reason}", query.nombre);
        }
    }
    line!(out);
    line!(
        out,
        "Arranque de la sesión: {} s sin el plugin, {} s con él. Pico de memoria de la JVM: {} y {} MiB.",
        comma(report.arranque_s[0], 2),
        comma(report.arranque_s[1], 2),
        report.pico_mb[0].map_or("–".into(), thousands),
        report.pico_mb[1].map_or("–".into(), thousands)
    );
    out
}

fn compared(out: &mut String, queries: &[Compared]) {
    line!(
        out,
        "| consulta | filas | Spark s | Comet s | × | primera vez, s | nativos | de Spark | transiciones con Comet | transiciones sin él |"
    );
    line!(out, "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for query in queries {
        line!(
            out,
            "| `{}` | {} | {} | {} | {} | {} → {} | {} | {} | {} | {} |",
            query.nombre,
            query.filas,
            comma(query.spark_s, 3),
            comma(query.comet_s, 3),
            comma(query.razon, 2),
            comma(query.primera_s[0], 2),
            comma(query.primera_s[1], 2),
            query.plan_comet.nativos,
            query.plan_comet.jvm,
            crossings(&query.plan_comet),
            crossings(&query.plan_spark),
        );
    }
}

/// Transitions, and how many conversions the plan does not show.
fn crossings(plan: &Coverage) -> String {
    match plan.conversiones_ocultas {
        0 => plan.transiciones.to_string(),
        hidden => format!("{} + {hidden}", plan.transiciones),
    }
}

/// A verdict in words.
fn told(verdict: Verdict) -> String {
    format!(
        "«2–3×»: {} de {} consultas entre 2 y 3 veces; {} por debajo, {} por encima, {} más lentas que sin Comet. Media geométrica: × {}.",
        verdict.dentro,
        verdict.dentro + verdict.menos + verdict.mas + verdict.pierde,
        verdict.menos,
        verdict.mas,
        verdict.pierde,
        comma(verdict.media, 2)
    )
}

/// Names and texts: `razon/<consulta>`, `spark/…`, `comet/…`, `nativos/…`, `jvm/…`, `cruces/…` (with Comet), `cruces_spark/…`,
/// `retroceso/<variante>`, `veces_nada/<variante>`, `transiciones/<variante>`, `veredicto`, `media`, `arranque/<spark|comet>`,
/// `pico/<spark|comet>`, `versiones`.
pub fn figures(measured: &Measured) -> BTreeMap<String, String> {
    let report = &measured.informe;
    let mut found = BTreeMap::new();
    let mut add = |key: String, text: String| found.insert(format!("16.4.3/{key}"), text);
    for query in report.consultas.iter().chain(&report.udf) {
        let name = &query.nombre;
        add(format!("razon/{name}"), comma(query.razon, 2));
        add(
            format!("spark/{name}"),
            format!("{} s", comma(query.spark_s, 2)),
        );
        add(
            format!("comet/{name}"),
            format!("{} s", comma(query.comet_s, 2)),
        );
        add(
            format!("nativos/{name}"),
            query.plan_comet.nativos.to_string(),
        );
        add(format!("jvm/{name}"), query.plan_comet.jvm.to_string());
        add(format!("cruces/{name}"), crossings(&query.plan_comet));
        add(format!("cruces_spark/{name}"), crossings(&query.plan_spark));
    }
    for fallback in &report.retrocesos {
        let name = &fallback.variante;
        add(
            format!("retroceso/{name}"),
            format!("{} s", comma(fallback.segundos, 2)),
        );
        add(
            format!("veces_nada/{name}"),
            comma(fallback.frente_a_nada, 2),
        );
        add(format!("nativos/{name}"), fallback.plan.nativos.to_string());
        add(format!("jvm/{name}"), fallback.plan.jvm.to_string());
        add(format!("cruces/{name}"), crossings(&fallback.plan));
    }
    if let Some(verdict) = report.verdict() {
        add("veredicto".into(), told(verdict));
        add("media".into(), comma(verdict.media, 2));
    }
    for (index, motor) in [Motor::Spark, Motor::Comet].into_iter().enumerate() {
        add(
            format!("arranque/{}", motor.word()),
            format!("{} s", comma(report.arranque_s[index], 1)),
        );
        let peak = report.pico_mb[index].map_or("–".into(), |mb| thousands(mb) + " MiB");
        add(format!("pico/{}", motor.word()), peak);
    }
    add(
        "versiones".into(),
        format!(
            "Spark {}, Comet {}, Java {}",
            report.spark, report.comet, report.java
        ),
    );
    found
}
