//! The session: built once, given its tables, and asked as often as one likes.

use crate::{EngineError, PinnedStore};
use arrow::array::RecordBatch;
use arrow::datatypes::DataType;
use datafusion::catalog::MemTable;
use datafusion::dataframe::DataFrame;
use datafusion::datasource::file_format::options::ReadOptions as _;
use datafusion::error::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::physical_plan::{ExecutionPlan, collect as run_plan};
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use ecommerce_arrow::{Limits, ReadError, ReadProblem, SafeParquet};
use object_store::ObjectStore;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use url::Url;

/// How a session works; the default is DataFusion's own.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// DataFusion's settings by their full names, such as `datafusion.execution.target_partitions`; later ones win.
    pub options: Vec<(String, String)>,
    /// Bytes that sorts, joins and aggregates may hold together; what can, spills beyond it.
    pub memory: Option<usize>,
}

impl Settings {
    /// The defaults, except that no statistics of whole files are believed.
    ///
    /// With them DataFusion 55.2 takes a column whose least and greatest value are equal for a constant, and Parquet leaves NaN out of
    /// both. For tables that nobody has checked.
    pub fn wary() -> Self {
        Self::default().with("datafusion.execution.collect_statistics", "false")
    }

    /// These, with one more.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.options.push((key.to_owned(), value.to_owned()));
        self
    }
}

/// A session of DataFusion that reads and never writes.
#[derive(Clone)]
pub struct Engine {
    context: SessionContext,
}

impl Engine {
    /// A session without tables.
    ///
    /// # Errors
    /// * [`EngineError::Setting`] if a setting is unknown or its value is none.
    pub fn new(settings: &Settings) -> Result<Self, EngineError> {
        let mut config = SessionConfig::new();
        let mut runtime = RuntimeEnvBuilder::new();
        let fail = |key: &str| {
            let key = key.to_owned();
            move |source| EngineError::Setting {
                key,
                source: Box::new(source),
            }
        };
        for (key, value) in &settings.options {
            config.options_mut().set(key, value).map_err(fail(key))?;
        }
        if let Some(bytes) = settings.memory {
            runtime = runtime.with_memory_limit(bytes, 1.0);
        }
        let runtime = runtime.build_arc().map_err(fail("memory"))?;
        let context = SessionContext::new_with_config_rt(config, runtime);
        let files = Url::parse("file://").map_err(|_| EngineError::Path("file://".into()))?;
        context.register_object_store(&files, Arc::new(PinnedStore::local()));
        Ok(Self { context })
    }

    /// DataFusion's session, for what this type has no word for.
    pub fn context(&self) -> &SessionContext {
        &self.context
    }

    /// Registers a Parquet file of this machine as it is now: once it changes, queries of the table fail.
    ///
    /// # Errors
    /// * [`EngineError::Table`] if it cannot be opened or its footer is damaged.
    /// * [`EngineError::Path`] if its absolute path is not UTF-8.
    /// * [`EngineError::Register`] if DataFusion cannot read its columns.
    ///
    /// # Cost
    /// Reads the footer twice.
    pub async fn register_file(&self, table: &str, path: &Path) -> Result<(), EngineError> {
        let name = path.display().to_string();
        let table_error = |source| EngineError::Table {
            table: table.to_owned(),
            source,
        };
        SafeParquet::open(path, &name, &Limits::default()).map_err(table_error)?;
        let whole = std::path::absolute(path).map_err(|error| {
            table_error(ReadError {
                file: name,
                problem: ReadProblem::Io(error),
            })
        })?;
        let text = whole
            .to_str()
            .ok_or_else(|| EngineError::Path(path.to_owned()))?;
        self.register(table, &file_url(text), "", &[]).await
    }

    /// Registers all Parquet files below a directory as one table, with the columns that directories named `column=value` stand for.
    ///
    /// # Errors
    /// * [`EngineError::Path`] if its absolute path is not UTF-8.
    /// * [`EngineError::Register`] if there is no such directory, no file in it, or one that is damaged.
    pub async fn register_directory(
        &self,
        table: &str,
        directory: &Path,
        partitions: &[(&str, DataType)],
    ) -> Result<(), EngineError> {
        let path = || EngineError::Path(directory.to_owned());
        let whole = std::path::absolute(directory).map_err(|_| path())?;
        let text = whole.to_str().ok_or_else(path)?;
        let url = format!("{}/", file_url(text.trim_end_matches('/')));
        self.register(table, &url, ".parquet", partitions).await
    }

    /// Registers Parquet objects behind a URL of a store that was given with [`Engine::add_store`].
    ///
    /// # Errors
    /// * [`EngineError::Register`] if the store is unknown, cannot be reached, or has no such object.
    pub async fn register_url(&self, table: &str, url: &str) -> Result<(), EngineError> {
        let extension = if url.ends_with('/') { ".parquet" } else { "" };
        self.register(table, url, extension, &[]).await
    }

    async fn register(
        &self,
        table: &str,
        url: &str,
        extension: &str,
        partitions: &[(&str, DataType)],
    ) -> Result<(), EngineError> {
        let columns = partitions
            .iter()
            .map(|(name, kind)| ((*name).to_owned(), kind.clone()));
        let options = ParquetReadOptions {
            file_extension: extension,
            table_partition_cols: columns.collect(),
            ..Default::default()
        };
        let fail = |source: DataFusionError| EngineError::Register {
            table: table.to_owned(),
            source: Box::new(source),
        };
        let options = options.to_listing_options(
            &self.context.copied_config(),
            self.context.copied_table_options(),
        );
        // Not `register_parquet`, which wants the extension even of a file that is named.
        self.context
            .register_listing_table(table, url, options, None, None)
            .await
            .map_err(fail)?;
        let found = self.context.table(table).await.map_err(fail)?;
        if found.schema().fields().len() <= partitions.len() {
            self.context.deregister_table(table).map_err(fail)?;
            return Err(fail(DataFusionError::Plan("no Parquet file there".into())));
        }
        Ok(())
    }

    /// Registers batches that are in memory.
    ///
    /// # Errors
    /// * [`EngineError::Register`] if there is none, or their schemas differ.
    pub fn register_batches(
        &self,
        table: &str,
        batches: Vec<RecordBatch>,
    ) -> Result<(), EngineError> {
        let fail = |source: DataFusionError| EngineError::Register {
            table: table.to_owned(),
            source: Box::new(source),
        };
        let schema = batches
            .first()
            .map(RecordBatch::schema)
            .ok_or_else(|| fail(DataFusionError::Plan("no batch".into())))?;
        let memory = MemTable::try_new(schema, vec![batches]).map_err(fail)?;
        self.context
            .register_table(table, Arc::new(memory))
            .map_err(fail)?;
        Ok(())
    }

    /// Makes a store readable under the scheme and host of `url`, such as `s3://lago`.
    pub fn add_store(&self, url: &Url, store: Arc<dyn ObjectStore>) {
        self.context
            .register_object_store(url, Arc::new(PinnedStore::remote(store)));
    }

    /// The plan of a query; nothing runs yet.
    ///
    /// # Errors
    /// * [`EngineError::Writes`] if it would insert, copy, create, drop or set.
    /// * [`EngineError::Sql`] if it is no SQL, is more than one statement, or names what is not there, with what DataFusion thinks was meant.
    pub async fn query(&self, sql: &str) -> Result<DataFrame, EngineError> {
        let plan = self
            .context
            .state()
            .create_logical_plan(sql)
            .await
            .map_err(EngineError::planning)?;
        SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(false)
            .with_allow_statements(false)
            .verify_plan(&plan)
            .map_err(|error| EngineError::Writes(error.strip_backtrace()))?;
        self.context
            .execute_logical_plan(plan)
            .await
            .map_err(EngineError::planning)
    }

    /// The rows of a query.
    ///
    /// # Errors
    /// As [`Engine::query`] and [`run`].
    pub async fn rows(&self, sql: &str) -> Result<Vec<RecordBatch>, EngineError> {
        Ok(run(self.query(sql).await?).await?.0)
    }
}

/// The rows of a frame, and the plan that gave them, which knows what it did: see [`scanned`](crate::scanned).
///
/// # Errors
/// * [`EngineError::Sql`] if it cannot be planned.
/// * [`EngineError::Changed`] or [`EngineError::Gone`] if a file is not the one that was registered.
/// * [`EngineError::Memory`] if what was allowed does not suffice.
/// * [`EngineError::Run`] if anything else fails.
pub async fn run(
    frame: DataFrame,
) -> Result<(Vec<RecordBatch>, Arc<dyn ExecutionPlan>), EngineError> {
    let context = Arc::new(frame.task_ctx());
    let plan = frame
        .create_physical_plan()
        .await
        .map_err(EngineError::planning)?;
    let rows = run_plan(Arc::clone(&plan), context)
        .await
        .map_err(EngineError::running)?;
    Ok((rows, plan))
}

/// The path as a URL: DataFusion takes `*`, `?` and `[` in a path for a pattern, and in a URL for themselves.
fn file_url(path: &str) -> String {
    let mut url = String::from("file://");
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~=".contains(&byte) {
            url.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
}
