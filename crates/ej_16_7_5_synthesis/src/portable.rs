//! Case c: the command-line tool alone on a machine that has nothing else.

use serde::Serialize;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Why the tool did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum PortableError {
    /// The program is not there or cannot be started.
    #[error("{program}")]
    Start {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It ended with another code than 0.
    #[error("`{order}`: {words}")]
    Failed {
        /// What was asked of it.
        order: String,
        /// Its last line.
        words: String,
    },
}

/// One order given to the tool.
#[derive(Debug, Serialize)]
pub struct Step {
    /// What was asked.
    pub order: String,
    /// How long it took, start included.
    #[serde(rename = "seconds", serialize_with = "seconds")]
    pub time: Duration,
    /// What it printed.
    #[serde(skip)]
    pub output: String,
}

fn seconds<S: serde::Serializer>(time: &Duration, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_f64(time.as_secs_f64())
}

/// Generates a day, processes it, asks the table and writes a report with `program`, in an environment without a single
/// variable: no `PATH` by which it could find an interpreter, no `HOME`.
///
/// # Errors
/// * [`PortableError::Start`] if there is no such program.
/// * [`PortableError::Failed`] at the first order that does not end well.
pub fn work_alone(program: &Path, rows: u64, directory: &Path) -> Result<Vec<Step>, PortableError> {
    let rows = rows.to_string();
    let orders: [&[&str]; 4] = [
        &[
            "generar",
            "--salida",
            "eventos",
            "--filas",
            &rows,
            "--silencioso",
        ],
        &[
            "--fecha",
            "2024-01-15",
            "--entrada",
            "eventos",
            "--salida",
            "metricas",
            "--json",
        ],
        &[
            "consultar",
            "SELECT region, revenue, transacciones FROM metricas_diarias ORDER BY region",
            "--tabla",
            "metricas",
        ],
        &[
            "reporte",
            "--tabla",
            "metricas",
            "--salida",
            "informe.html",
            "--silencioso",
        ],
    ];
    orders
        .into_iter()
        .map(|order| step(program, order, directory))
        .collect()
}

fn step(program: &Path, order: &[&str], directory: &Path) -> Result<Step, PortableError> {
    let begun = Instant::now();
    let done = Command::new(program)
        .args(order)
        .current_dir(directory)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .map_err(|source| PortableError::Start {
            program: program.to_owned(),
            source,
        })?;
    let order = order.join(" ");
    if !done.status.success() {
        let words = String::from_utf8_lossy(&done.stderr);
        return Err(PortableError::Failed {
            order,
            words: words.lines().last().unwrap_or("sin una palabra").to_owned(),
        });
    }
    Ok(Step {
        order,
        time: begun.elapsed(),
        output: String::from_utf8_lossy(&done.stdout).into_owned(),
    })
}
