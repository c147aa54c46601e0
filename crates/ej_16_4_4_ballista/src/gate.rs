//! `compuerta(nombre, x)`: a function that waits, so that a process can be killed at a known point of a query.
//!
//! Every executor that reaches it leaves a file with its process id, and goes on when somebody opens the gate. So "while the
//! first stage runs" and "when the first has ended and the second runs" are facts, not moments hoped for.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use arrow::array::AsArray as _;
use arrow::datatypes::DataType;
use datafusion::common::exec_datafusion_err;
use datafusion::error::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use std::sync::Arc;

/// Names the directory of the gates to the executors.
pub const DIRECTORY: &str = "EJ_16_4_4_COMPUERTAS";
/// Between two looks at a gate.
const LOOK: Duration = Duration::from_millis(2);
/// An executor whose test is gone goes on.
const FORGOTTEN: Duration = Duration::from_secs(60);

/// Returns the function `compuerta(Utf8, Int64) -> Int64`, which gives back its second argument.
pub fn gate() -> ScalarUDF {
    create_udf(
        "compuerta",
        vec![DataType::Utf8, DataType::Int64],
        DataType::Int64,
        // Neither folded when planning nor moved below an aggregation.
        Volatility::Volatile,
        Arc::new(|arguments: &[ColumnarValue]| {
            let values = ColumnarValue::values_to_arrays(arguments)?;
            if let Some(name) = values[0].as_string::<i32>().iter().flatten().next() {
                stop_at(name)?;
            }
            Ok(ColumnarValue::Array(Arc::clone(&values[1])))
        }),
    )
}

fn stop_at(name: &str) -> Result<()> {
    let directory = std::env::var_os(DIRECTORY)
        .map(PathBuf::from)
        .ok_or_else(|| exec_datafusion_err!("compuerta: {DIRECTORY} is not set"))?;
    if is_open(&directory, name) {
        return Ok(());
    }
    let arrival = directory.join(format!("{name}.{}", std::process::id()));
    fs::write(&arrival, "")
        .map_err(|error| exec_datafusion_err!("compuerta: {}: {error}", arrival.display()))?;
    let wait = || {
        let start = Instant::now();
        while !is_open(&directory, name) && start.elapsed() < FORGOTTEN {
            std::thread::sleep(LOOK);
        }
    };
    // A worker's threads also serve the others: waiting must not take one away.
    let many = tokio::runtime::Handle::try_current()
        .is_ok_and(|handle| handle.runtime_flavor() == tokio::runtime::RuntimeFlavor::MultiThread);
    if many {
        tokio::task::block_in_place(wait);
    } else {
        wait();
    }
    Ok(())
}

fn is_open(directory: &Path, name: &str) -> bool {
    directory.join(format!("{name}.abierta")).exists()
}

/// The gates from outside.
#[derive(Clone, Debug)]
pub struct Gates(PathBuf);

impl Gates {
    /// Returns the gates of this directory, which exists.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self(directory.into())
    }

    /// Returns their directory.
    pub fn directory(&self) -> &Path {
        &self.0
    }

    /// Returns the process id of an executor that waits at the gate, as soon as there is one.
    pub async fn arrival(&self, name: &str, within: Duration) -> Option<u32> {
        let start = Instant::now();
        let prefix = format!("{name}.");
        while start.elapsed() < within {
            let arrived = fs::read_dir(&self.0).ok()?.flatten().find_map(|entry| {
                entry
                    .file_name()
                    .to_str()?
                    .strip_prefix(&prefix)?
                    .parse()
                    .ok()
            });
            if arrived.is_some() {
                return arrived;
            }
            tokio::time::sleep(LOOK).await;
        }
        None
    }

    /// Lets everyone pass from now on.
    ///
    /// # Errors
    /// The directory is gone.
    pub fn open(&self, name: &str) -> std::io::Result<()> {
        fs::write(self.0.join(format!("{name}.abierta")), "")
    }
}
