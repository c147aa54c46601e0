//! Saying things: results to standard output, everything else to standard error.

use crate::args::Comunes;
use crate::messages::{INTERRUPTED, describe};
use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Decimal128Type, Int64Type};
use ecommerce_cli::{os_error, without_echo};
use ecommerce_model::Centavos;
use ecommerce_pipeline::problem;
use ecommerce_pipeline::{DaySummary, ErrorClass, PipelineError};
use serde_json::{Map, Value, json};
use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

/// How much to say, and to whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Say {
    pub(crate) json: bool,
    quiet: bool,
    verbose: bool,
}

impl Say {
    pub(crate) fn new(comunes: &Comunes) -> Self {
        Self {
            json: comunes.json,
            quiet: comunes.silencioso,
            verbose: comunes.detalle,
        }
    }

    /// Whether moving bars may be drawn.
    pub(crate) fn draws(self) -> bool {
        !self.quiet && !self.json && std::io::stderr().is_terminal()
    }

    /// Whether plain progress lines are wanted.
    pub(crate) fn tells(self) -> bool {
        !self.quiet && !self.json
    }

    /// A line of progress or advice, for people.
    pub(crate) fn note(self, line: &str) {
        if self.tells() {
            print_err(line);
        }
    }

    /// A line of the result, for people.
    pub(crate) fn result(self, text: &str) {
        if !self.quiet && !self.json {
            print_out(text);
        }
    }

    /// The machine's summary.
    pub(crate) fn summary(self, value: &Value) {
        if self.json {
            print_out(&value.to_string());
        }
    }

    /// Reports a failure and gives its exit code.
    pub(crate) fn error(self, e: &anyhow::Error) -> ExitCode {
        let pipeline = e.downcast_ref::<PipelineError>();
        let code = match pipeline {
            Some(PipelineError::Cancelled) => INTERRUPTED,
            Some(p) => p.class().exit_code(),
            None => e
                .downcast_ref::<Failure>()
                .map_or_else(|| ErrorClass::of(e.as_ref()).exit_code(), |f| f.code),
        };
        let line = match (pipeline, e.downcast_ref::<std::io::Error>()) {
            (Some(p), _) => describe(p),
            (None, Some(e)) => os_error(e),
            (None, None) => e.to_string(),
        };
        let line = without_echo(&line);
        print_err(&format!("error: {line}"));
        if self.verbose {
            for cause in e.chain().skip(1) {
                let cause = without_echo(&cause.to_string());
                let first = cause.lines().next().unwrap_or_default();
                print_err(&format!("  causa: {first}"));
            }
        }
        if self.json {
            print_out(&json!({ "error": line, "codigo": code }).to_string());
        }
        ExitCode::from(code)
    }

    /// The result of a day.
    pub(crate) fn day(self, summary: &DaySummary, seconds: f64) {
        if self.json {
            return self.summary(&day_json(summary, seconds));
        }
        if !self.quiet {
            print_out(&day_text(summary, seconds, self.verbose));
        }
    }
}

/// A failure that is no pipeline's: what to say, and the code to exit with.
#[derive(Debug, thiserror::Error)]
#[error("{line}")]
pub(crate) struct Failure {
    pub(crate) line: String,
    pub(crate) code: u8,
}

impl Failure {
    pub(crate) fn usage(line: impl Into<String>) -> anyhow::Error {
        Self {
            line: line.into(),
            code: 2,
        }
        .into()
    }

    pub(crate) fn input(line: impl Into<String>) -> anyhow::Error {
        Self {
            line: line.into(),
            code: 3,
        }
        .into()
    }

    pub(crate) fn storage(line: impl Into<String>) -> anyhow::Error {
        Self {
            line: line.into(),
            code: 5,
        }
        .into()
    }
}

/// Says it to whoever listens to standard error: on a full disk or a closed pipe nobody does, which is no reason to panic.
pub(crate) fn print_err(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

fn print_out(text: &str) {
    let mut out = std::io::stdout().lock();
    // A closed pipe (`| head`) is the reader's way of saying that it has enough.
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// Total revenue, transactions and buyers of the day from the rows of its metrics.
pub(crate) fn day_totals(metrics: &RecordBatch) -> (Centavos, i64, i64) {
    let ints = |name: &str| {
        metrics
            .column_by_name(name)
            .map(|c| c.as_primitive::<Int64Type>().values().to_vec())
    };
    let cents = metrics.column_by_name("revenue").map(|c| {
        c.as_primitive::<Decimal128Type>()
            .values()
            .iter()
            .sum::<i128>()
    });
    let cents = cents
        .and_then(|c| i64::try_from(c).ok())
        .and_then(Centavos::new)
        .unwrap_or_default();
    let transactions = ints("transacciones").unwrap_or_default().iter().sum();
    let buyers = ints("usuarios_unicos_dia")
        .unwrap_or_default()
        .first()
        .copied()
        .unwrap_or(0);
    (cents, transactions, buyers)
}

/// The stable keys are documented in the exercise's page.
pub(crate) fn day_json(s: &DaySummary, seconds: f64) -> Value {
    let (revenue, transactions, buyers) = day_totals(&s.metrics);
    let motivos: Map<String, Value> = s
        .motivos
        .iter()
        .map(|(m, n)| (m.to_string(), json!(n)))
        .collect();
    let versions: Map<String, Value> = s
        .commits
        .iter()
        .map(|c| (c.table.sql_name().to_owned(), json!(c.version)))
        .collect();
    let rejected: Vec<Value> = s
        .rejected
        .iter()
        .map(|r| json!({ "archivo": r.file, "motivo": problem(&r.problem) }))
        .collect();
    let extra: Map<String, Value> = s
        .extra_columns
        .iter()
        .map(|(f, c)| (f.clone(), json!(c)))
        .collect();
    json!({
        "fecha": s.fecha.to_string(),
        "filas_leidas": s.rows_in,
        "filas_validas": s.rows_ok,
        "filas_cuarentena": s.rows_quarantined(),
        "filas_otros_dias": s.other_days,
        "motivos": motivos,
        "archivos": s.files,
        "bytes": s.bytes,
        "archivos_rechazados": rejected,
        "archivos_ignorados": s.ignored,
        "columnas_ignoradas": extra,
        "regiones": s.metrics.num_rows(),
        "revenue": revenue.to_string(),
        "transacciones": transactions,
        "usuarios_unicos_dia": buyers,
        "versiones": versions,
        "intentos": s.commits.iter().map(|c| c.attempts).max().unwrap_or(0),
        "ejecucion": s.run_id,
        "segundos": (seconds * 1e3).round() / 1e3,
    })
}

fn day_text(s: &DaySummary, seconds: f64, verbose: bool) -> String {
    use std::fmt::Write as _;
    let (revenue, transactions, buyers) = day_totals(&s.metrics);
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "{}: {} filas leídas = {} válidas + {} en cuarentena ({} {}, {})",
        s.fecha,
        s.rows_in,
        s.rows_ok,
        s.rows_quarantined(),
        s.files,
        if s.files == 1 { "archivo" } else { "archivos" },
        human_bytes(s.bytes),
    );
    if s.other_days > 0 {
        let _ = writeln!(
            out,
            "  {} filas son de otros días y no cuentan",
            s.other_days
        );
    }
    let shown = s
        .metrics
        .project(&[1, 2, 4, 6, 7, 8, 11])
        .map(|b| b.slice(0, b.num_rows().min(20)));
    if let Some(table) = shown
        .ok()
        .and_then(|b| arrow::util::pretty::pretty_format_batches(&[b]).ok())
    {
        let _ = writeln!(out, "{table}");
    }
    if s.metrics.num_rows() > 20 {
        let _ = writeln!(out, "  … y {} regiones más", s.metrics.num_rows() - 20);
    }
    let _ = writeln!(
        out,
        "revenue {revenue} · transacciones {transactions} · usuarios únicos del día {buyers}"
    );
    if !s.motivos.is_empty() {
        let list: Vec<String> = s.motivos.iter().map(|(m, n)| format!("{m} {n}")).collect();
        let _ = writeln!(out, "cuarentena: {}", list.join(" · "));
    }
    for r in &s.rejected {
        let _ = writeln!(
            out,
            "archivo dejado fuera: {}: {}",
            r.file,
            problem(&r.problem)
        );
    }
    for name in &s.ignored {
        let _ = writeln!(out, "archivo ignorado: {name} (no es .parquet ni .csv)");
    }
    for (file, columns) in &s.extra_columns {
        let _ = writeln!(out, "columnas ignoradas en {file}: {}", columns.join(", "));
    }
    let versions: Vec<String> = s
        .commits
        .iter()
        .map(|c| format!("{} v{}", c.table.sql_name(), c.version))
        .collect();
    let _ = write!(out, "{} · {seconds:.2} s", versions.join(" · "));
    if verbose {
        let [open, duplicates, contract, publish] = s.times.map(|t| t.as_secs_f64());
        let _ = write!(
            out,
            " (abrir {open:.3}, duplicados {duplicates:.3}, contrato y métricas {contract:.3}, publicar {publish:.3}; ejecución {})",
            s.run_id
        );
    }
    out
}

/// `12,3 MB`, in powers of a thousand.
pub(crate) fn human_bytes(bytes: u64) -> String {
    let mut value = bytes as f64;
    let mut unit = "B";
    for next in ["kB", "MB", "GB", "TB"] {
        if value < 1000.0 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    if unit == "B" {
        format!("{bytes} B")
    } else {
        format!("{value:.1} {unit}").replace('.', ",")
    }
}
