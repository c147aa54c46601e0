//! The tables of this exercise, as Parquet files in a directory.

use std::path::{Path, PathBuf};

use arrow::error::ArrowError;
use datafusion::common::DataFusionError;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use ecommerce_cluster::{Cluster, ClusterError};
use ej_16_4_1_datafusion::{EngineError, Shop, tpch};
use parquet::arrow::ArrowWriter;

/// Files of `ventas`: more than executors, so that every one gets some.
const SALES_FILES: u64 = 8;
/// The seed of the shop.
const SEED: u64 = 1644;

/// Why there are no tables.
#[derive(Debug, thiserror::Error)]
pub enum TablesError {
    /// The shop or TPC-H cannot be generated.
    #[error(transparent)]
    Generate(#[from] EngineError),
    /// A table made by a query cannot be.
    #[error(transparent)]
    Query(#[from] DataFusionError),
    /// A file cannot be written.
    #[error("{path}: {source}")]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A batch cannot be made or written.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
    /// The Parquet writer refuses.
    #[error(transparent)]
    Parquet(#[from] parquet::errors::ParquetError),
    /// The cluster will not have a table.
    #[error(transparent)]
    Cluster(#[from] Box<ClusterError>),
}

/// Where the tables are.
#[derive(Clone, Debug)]
pub struct Tables {
    directory: PathBuf,
    names: Vec<String>,
}

/// Tables of nothing but awkward rows: keys that repeat, that are missing on one side, that are NULL.
const AWKWARD: [(&str, &str); 3] = [
    (
        "a",
        "SELECT value AS id, CASE WHEN value % 7 = 0 THEN NULL ELSE value % 97 END AS k, \
         CASE WHEN value % 11 = 0 THEN NULL ELSE 's' || (value % 13) END AS s, \
         CAST(value % 1000 AS DECIMAL(12,2)) / 7 AS v, \
         to_timestamp_seconds(1704067200 + value * 3600) AS t \
         FROM generate_series({from}, {to})",
    ),
    (
        "b",
        "SELECT value AS id, CASE WHEN value % 5 = 0 THEN NULL ELSE value % 131 END AS k, \
         CASE WHEN value % 9 = 0 THEN NULL ELSE 's' || (value % 17) END AS s, \
         value * 3 AS w FROM generate_series({from}, {to}) WHERE value % 3 <> 1",
    ),
    (
        "entregas",
        "SELECT value AS id, 36.0 + (value % 1000) / 100.0 AS lat_origen, -9.0 + (value % 777) / 77.0 AS lon_origen, \
         36.0 + (value * 7 % 1000) / 100.0 AS lat_destino, \
         CASE WHEN value % 50 = 0 THEN NULL ELSE -9.0 + (value * 5 % 777) / 77.0 END AS lon_destino \
         FROM generate_series({from}, {to})",
    ),
];

impl Tables {
    /// Writes the chapter's tables (`ventas` in several files, `clientes`, `entregas`) and the awkward ones.
    ///
    /// # Errors
    /// * As [`TablesError`].
    pub async fn write(directory: &Path, sales: u64) -> Result<Self, TablesError> {
        let shop = Shop::new(SEED, sales)?;
        let mut names = vec!["ventas".to_owned(), "clientes".to_owned()];
        for part in 0..SALES_FILES {
            let rows = sales * part / SALES_FILES..sales * (part + 1) / SALES_FILES;
            let batch = shop.sales_batch(rows)?;
            let file = create(
                &directory
                    .join("ventas")
                    .join(format!("parte-{part}.parquet")),
            )?;
            let mut writer = ArrowWriter::try_new(file, batch.schema(), None)?;
            writer.write(&batch)?;
            writer.close()?;
        }
        let clientes = directory.join("clientes");
        mkdir(&clientes)?;
        shop.write_customers(&clientes.join("clientes.parquet"))?;

        let context =
            SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1));
        for (name, sql) in AWKWARD {
            mkdir(&directory.join(name))?;
            for part in 0..4 {
                let path = directory.join(name).join(format!("parte-{part}.parquet"));
                let query = sql
                    .replace("{from}", &(part * 500).to_string())
                    .replace("{to}", &(part * 500 + 499).to_string());
                context
                    .sql(&query)
                    .await?
                    .write_parquet(
                        &path.to_string_lossy(),
                        datafusion::dataframe::DataFrameWriteOptions::new()
                            .with_single_file_output(true),
                        None,
                    )
                    .await?;
            }
            names.push(name.to_owned());
        }
        Ok(Self {
            directory: directory.to_owned(),
            names,
        })
    }

    /// Writes the eight tables of TPC-H, unless they are there.
    ///
    /// # Errors
    /// * As [`TablesError`].
    pub fn tpch(directory: &Path, scale: f64) -> Result<Self, TablesError> {
        if tpch::Dataset::open(directory).is_err() {
            mkdir(directory)?;
            tpch::generate(scale, directory, |_| {})?;
        }
        Ok(Self {
            directory: directory.to_owned(),
            names: tpch::Table::ALL
                .iter()
                .map(|table| format!("{}.parquet", table.name()))
                .collect(),
        })
    }

    /// Returns the directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Returns DataFusion in this process, with its own settings, over the same files: what the others are compared with.
    ///
    /// # Errors
    /// * [`TablesError::Query`].
    pub async fn one_process(&self, partitions: usize) -> Result<SessionContext, TablesError> {
        let context = SessionContext::new_with_config(
            SessionConfig::new().with_target_partitions(partitions),
        );
        for function in crate::functions().iter() {
            context.register_udf(function.as_ref().clone());
        }
        for (name, location) in self.locations(&self.directory.to_string_lossy()) {
            context
                .register_parquet(&name, location, ParquetReadOptions::default())
                .await?;
        }
        Ok(context)
    }

    fn locations(&self, root: &str) -> Vec<(String, String)> {
        let root = root.trim_end_matches('/');
        self.names
            .iter()
            .map(|file| match file.strip_suffix(".parquet") {
                Some(name) => (name.to_owned(), format!("{root}/{file}")),
                None => (file.clone(), format!("{root}/{file}/")),
            })
            .collect()
    }

    /// Registers all of them, to be read below `root`: the directory itself, or a copy of it on S3.
    ///
    /// # Errors
    /// * [`TablesError::Cluster`].
    pub async fn register(&self, cluster: &Cluster, root: &str) -> Result<(), TablesError> {
        for (name, location) in self.locations(root) {
            cluster.parquet(&name, &location).await.map_err(Box::new)?;
        }
        Ok(())
    }
}

fn mkdir(path: &Path) -> Result<(), TablesError> {
    std::fs::create_dir_all(path).map_err(|source| TablesError::Write {
        path: path.to_owned(),
        source,
    })
}

fn create(path: &Path) -> Result<std::fs::File, TablesError> {
    if let Some(parent) = path.parent() {
        mkdir(parent)?;
    }
    std::fs::File::create(path).map_err(|source| TablesError::Write {
        path: path.to_owned(),
        source,
    })
}
