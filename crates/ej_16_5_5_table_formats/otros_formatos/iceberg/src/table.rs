//! Tables on a directory, through the catalogue in memory: for Iceberg there is no table without one.

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_cast::cast;
use futures::TryStreamExt as _;
use iceberg::arrow::{
    RecordBatchPartitionSplitter, arrow_schema_to_schema_auto_assign_ids, schema_to_arrow_schema,
};
use iceberg::expr::Predicate;
use iceberg::io::LocalFsStorageFactory;
use iceberg::memory::{MEMORY_CATALOG_WAREHOUSE, MemoryCatalogBuilder};
use iceberg::spec::{DataFile, DataFileFormat, Transform, UnboundPartitionSpec};
use iceberg::table::Table;
use iceberg::transaction::{ApplyTransactionAction, Transaction};
use iceberg::writer::base_writer::data_file_writer::DataFileWriterBuilder;
use iceberg::writer::file_writer::ParquetWriterBuilder;
use iceberg::writer::file_writer::location_generator::{
    DefaultFileNameGenerator, DefaultLocationGenerator,
};
use iceberg::writer::file_writer::rolling_writer::RollingFileWriterBuilder;
use iceberg::writer::{IcebergWriter, IcebergWriterBuilder};
use iceberg::{
    Catalog, CatalogBuilder, ErrorKind, MemoryCatalog, NamespaceIdent, TableCreation, TableIdent,
};
use linea::{Failure, Problem};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub const NAME: &str = "iceberg";

/// A warehouse directory with its catalogue, which forgets everything when the process ends.
pub struct Home {
    pub catalog: Arc<MemoryCatalog>,
    namespace: NamespaceIdent,
}

impl Home {
    /// The catalogue over a directory, empty.
    pub async fn open(warehouse: &Path) -> Result<Self, Failure> {
        let warehouse = std::path::absolute(warehouse).map_err(other)?;
        let properties = HashMap::from([(
            MEMORY_CATALOG_WAREHOUSE.to_owned(),
            format!("file://{}", warehouse.display()),
        )]);
        let catalog = MemoryCatalogBuilder::default()
            .with_storage_factory(Arc::new(LocalFsStorageFactory))
            .load("memoria", properties)
            .await
            .map_err(other)?;
        let namespace = NamespaceIdent::new("lago".to_owned());
        catalog
            .create_namespace(&namespace, HashMap::new())
            .await
            .map_err(other)?;
        Ok(Self {
            catalog: Arc::new(catalog),
            namespace,
        })
    }

    /// The table that a metadata file describes, made known to a new catalogue.
    pub async fn of(metadata: &Path) -> Result<(Self, Table), Failure> {
        if !metadata.is_file() {
            let detail = "no hay ese archivo de metadatos";
            return Err(Failure::of(NAME, Problem::NotATable, detail));
        }
        let metadata = std::path::absolute(metadata).map_err(other)?;
        let warehouse = metadata.ancestors().nth(4).unwrap_or(Path::new("/"));
        let home = Self::open(warehouse).await?;
        let location = format!("file://{}", metadata.display());
        let table = home
            .catalog
            .register_table(&home.ident("eventos"), location)
            .await
            .map_err(|e| damage(&metadata, &e))?;
        Ok((home, table))
    }

    pub fn ident(&self, name: &str) -> TableIdent {
        TableIdent::new(self.namespace.clone(), name.to_owned())
    }

    /// A new table with the columns of these batches, partitioned by `fecha` where they have it.
    pub async fn create(&self, name: &str, batches: &[RecordBatch]) -> Result<Table, Failure> {
        let first = batches.first().ok_or_else(|| other("falta --datos"))?;
        let schema = arrow_schema_to_schema_auto_assign_ids(&first.schema()).map_err(other)?;
        let mut spec = UnboundPartitionSpec::builder();
        if let Some(id) = schema.field_id_by_name("fecha") {
            spec = spec
                .add_partition_field(id, "fecha", Transform::Identity)
                .map_err(other)?;
        }
        let creation = TableCreation::builder()
            .name(name.to_owned())
            .schema(schema)
            .partition_spec(spec.build())
            .build();
        self.catalog
            .create_table(&self.namespace, creation)
            .await
            .map_err(other)
    }

    /// The table after these rows were appended in one commit.
    pub async fn append(&self, table: &Table, batches: &[RecordBatch]) -> Result<Table, Failure> {
        let files = write(table, batches).await.map_err(other)?;
        let transaction = Transaction::new(table);
        let append = transaction.fast_append().add_data_files(files);
        let transaction = append.apply(transaction).map_err(other)?;
        transaction
            .commit(self.catalog.as_ref())
            .await
            .map_err(|e| match e.kind() {
                ErrorKind::CatalogCommitConflicts => Failure::of(NAME, Problem::Conflict, e),
                _ => other(e),
            })
    }
}

/// Data files with these rows, one at least for each partition; nobody knows of them before a commit.
async fn write(table: &Table, batches: &[RecordBatch]) -> iceberg::Result<Vec<DataFile>> {
    let metadata = table.metadata();
    let schema = metadata.current_schema();
    let arrow = Arc::new(schema_to_arrow_schema(schema)?);
    let builder = DataFileWriterBuilder::new(RollingFileWriterBuilder::new_with_default_file_size(
        ParquetWriterBuilder::new(Default::default(), Arc::clone(schema)),
        table.file_io().clone(),
        DefaultLocationGenerator::new(metadata)?,
        DefaultFileNameGenerator::new(
            uuid::Uuid::new_v4().to_string(),
            None,
            DataFileFormat::Parquet,
        ),
    ));
    let spec = metadata.default_partition_spec();
    let mut files = Vec::new();
    for batch in batches {
        let columns: Vec<ArrayRef> = arrow
            .fields()
            .iter()
            .map(|field| {
                let index = batch.schema().index_of(field.name())?;
                cast(batch.column(index), field.data_type())
            })
            .collect::<Result<_, arrow_schema::ArrowError>>()
            .map_err(arrow_error)?;
        let batch = RecordBatch::try_new(Arc::clone(&arrow), columns).map_err(arrow_error)?;
        let parts = if spec.is_unpartitioned() {
            vec![(None, batch)]
        } else {
            let splitter = RecordBatchPartitionSplitter::try_new_with_computed_values(
                Arc::clone(schema),
                Arc::clone(spec),
            )?;
            let parts = splitter.split(&batch)?;
            parts
                .into_iter()
                .map(|(key, part)| (Some(key), part))
                .collect()
        };
        for (key, part) in parts {
            let mut writer = builder.build(key).await?;
            writer.write(part).await?;
            files.extend(writer.close().await?);
        }
    }
    Ok(files)
}

fn arrow_error(e: arrow_schema::ArrowError) -> iceberg::Error {
    iceberg::Error::new(ErrorKind::DataInvalid, e.to_string())
}

/// Every row that the filter lets through.
pub async fn scan(table: &Table, filter: Option<Predicate>) -> iceberg::Result<Vec<RecordBatch>> {
    let mut scan = table.scan().select_all();
    if let Some(filter) = filter {
        scan = scan.with_filter(filter);
    }
    scan.build()?.to_arrow().await?.try_collect().await
}

/// The table as the caller gets it: where its metadata is, its snapshot, its rows.
pub fn committed(table: &Table) -> Value {
    let snapshot = table.metadata().current_snapshot();
    let rows = snapshot
        .and_then(|s| s.summary().additional_properties.get("total-records"))
        .and_then(|n| n.parse::<u64>().ok())
        .unwrap_or(0);
    let location = table.metadata_location().unwrap_or_default();
    json!({
        "metadatos": location.strip_prefix("file://").unwrap_or(location),
        "instantanea": snapshot.map(|s| s.snapshot_id()),
        "filas": rows,
    })
}

/// Tasks that append a row a commit, all through one catalogue: how many were acknowledged, how many refused, and the table.
pub async fn race(home: &Home, writers: u32, times: u32) -> Result<(u64, u64, Table), Failure> {
    let row = |text: String| -> Result<RecordBatch, Failure> {
        let column: ArrayRef = Arc::new(StringArray::from(vec![text]));
        RecordBatch::try_from_iter([("id", column)]).map_err(other)
    };
    let empty = home.create("carrera", &[row(String::new())?]).await?;
    let mut tasks = Vec::new();
    for writer in 0..writers {
        let (catalog, namespace) = (Arc::clone(&home.catalog), home.namespace.clone());
        let rows: Vec<RecordBatch> = (0..times)
            .map(|n| row(format!("{writer}-{n}")))
            .collect::<Result<_, _>>()?;
        let mut table = empty.clone();
        tasks.push(tokio::spawn(async move {
            let home = Home { catalog, namespace };
            let mut acknowledged = 0;
            for batch in rows {
                if let Ok(after) = home.append(&table, &[batch]).await {
                    acknowledged += 1;
                    table = after;
                }
            }
            acknowledged
        }));
    }
    let mut confirmed = 0;
    for task in tasks {
        confirmed += task.await.map_err(other)?;
    }
    let asked = u64::from(writers) * u64::from(times);
    let table = home
        .catalog
        .load_table(&home.ident("carrera"))
        .await
        .map_err(other)?;
    Ok((confirmed, asked - confirmed, table))
}

/// An error that says nothing of the table.
pub fn other(e: impl std::fmt::Display) -> Failure {
    Failure::of(NAME, Problem::Other, e)
}

/// What is wrong with the table of this metadata file, of which the library said `error`.
///
/// The library has one kind for most of it, so the file is looked at: no JSON, no version, a version that is not known yet.
pub fn damage(metadata: &Path, error: &iceberg::Error) -> Failure {
    let text = one_line(error);
    let parsed = std::fs::read(metadata)
        .ok()
        .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    let version = parsed.map(|json| json["format-version"].as_u64());
    // The library says that nothing matched; the number says why.
    let text = match version {
        Some(Some(version)) if version > 3 => format!("format-version {version}: {text}"),
        _ => text,
    };
    let problem = match version {
        None => Problem::Damaged,
        Some(None) => Problem::NotATable,
        Some(Some(version)) if version > 3 => Problem::NewerVersion,
        Some(Some(_)) if is_missing(&text) => Problem::MissingFile,
        Some(Some(_)) if error.kind() == ErrorKind::FeatureUnsupported => Problem::NewerVersion,
        Some(Some(_)) => Problem::Damaged,
    };
    Failure::of(NAME, problem, text)
}

fn is_missing(text: &str) -> bool {
    text.contains("No such file") || text.contains("not found") || text.contains("NotFound")
}

/// The whole chain of an error in one line.
fn one_line(error: &iceberg::Error) -> String {
    let text = format!("{error}");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The files below a directory that end so.
pub fn files_ending(directory: &Path, end: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(&directory)
            .into_iter()
            .flatten()
            .flatten()
        {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.to_string_lossy().ends_with(end) {
                found.push(path);
            }
        }
    }
    found
}
