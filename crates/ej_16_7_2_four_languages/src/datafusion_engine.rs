//! The work in DataFusion, from expressions and not from text. Cents are a function of its own: the library's `round` takes halves
//! away from zero.

use crate::engine::Engine;
use crate::work::MOST;
use crate::{Input, Key, Sum, WorkError};
use datafusion::arrow::array::{ArrayRef, AsArray as _, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type};
use datafusion::dataframe::{DataFrame, DataFrameWriteOptions};
use datafusion::error::{DataFusionError, Result};
use datafusion::functions_aggregate::expr_fn::{count, count_distinct, sum};
use datafusion::logical_expr::{ColumnarValue, Expr, ScalarUDF, Volatility, create_udf};
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext, col, lit};
use futures::TryStreamExt as _;
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::sync::Arc;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// DataFusion with its question, a session and the threads it works on.
pub struct DataFusion {
    input: Input,
    key: Key,
    sum: Sum,
    session: SessionContext,
    cents: ScalarUDF,
    runtime: Runtime,
}

impl DataFusion {
    /// A session with the library's defaults but one: no statistics of whole files, which in this version make a column of one NaN
    /// and one number a constant.
    ///
    /// # Errors
    /// [`WorkError::Store`] if the threads cannot be started.
    pub fn new(input: Input, key: Key, sum: Sum) -> std::result::Result<Self, WorkError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(|error| WorkError::Store {
                address: input.name(),
                what: error.to_string(),
            })?;
        let config = SessionConfig::new().with_collect_statistics(false);
        let session = SessionContext::new_with_config(config);
        if let Input::Object { url, store } = &input {
            session.register_object_store(url, store.clone());
        }
        let cents = create_udf(
            "centavos",
            vec![DataType::Float64],
            DataType::Int64,
            Volatility::Immutable,
            Arc::new(cents),
        );
        Ok(Self {
            input,
            key,
            sum,
            session,
            cents,
            runtime,
        })
    }

    async fn scan(&self) -> Result<DataFrame> {
        let place = match &self.input {
            Input::File { text, .. } => file_url(text),
            Input::Object { url, .. } => url.to_string(),
        };
        let options = ParquetReadOptions {
            // The file was opened by its name already: any name will do.
            file_extension: "",
            ..Default::default()
        };
        self.session.read_parquet(place, options).await
    }

    async fn plan(&self) -> Result<DataFrame> {
        let cents = |value: Expr| self.cents.call(vec![value]);
        let total = match self.sum {
            Sum::Cents => sum(cents(col("monto"))),
            Sum::Float => sum(col("monto")),
        };
        let mut asked = vec![total.alias("suma"), count(lit(1_i64)).alias("ventas")];
        if self.key == Key::Region {
            asked.push(count_distinct(col("user_id")).alias("usuarios"));
        }
        let total = match self.sum {
            Sum::Cents => col("suma"),
            Sum::Float => cents(col("suma")),
        };
        let two = || lit(2_i64);
        let mean = (two() * total.clone() + col("ventas")) / (two() * col("ventas"));
        let answer = self.key.answer().iter().map(|name| match *name {
            "centavos" => total.clone().alias("centavos"),
            "media" => mean.clone().alias("media"),
            other => col(other),
        });
        self.scan()
            .await?
            .filter(col("monto").gt(lit(0.0)).and(col("monto").lt_eq(lit(MOST))))?
            .aggregate(vec![col(self.key.column())], asked)?
            .select(answer.collect::<Vec<_>>())
    }

    fn failed(&self, source: DataFusionError) -> WorkError {
        WorkError::DataFusion {
            input: self.input.name(),
            source: Box::new(source),
        }
    }

    /// Batches as the decoder makes them, dropped one by one.
    async fn drain(&self) -> Result<u64> {
        let needed = self.scan().await?.select_columns(self.key.needed())?;
        let mut readers = JoinSet::new();
        for stream in needed.execute_stream_partitioned().await? {
            readers.spawn(stream.try_fold(0, |rows, batch| async move {
                Ok(rows + batch.num_rows() as u64)
            }));
        }
        let mut rows = 0;
        while let Some(read) = readers.join_next().await {
            rows += read.map_err(|error| DataFusionError::External(error.into()))??;
        }
        Ok(rows)
    }
}

impl Engine for DataFusion {
    type Answer = Vec<RecordBatch>;

    fn version(&self) -> String {
        format!("datafusion {}", datafusion::DATAFUSION_VERSION)
    }

    fn decode(&self) -> std::result::Result<Option<u64>, WorkError> {
        let rows = self.runtime.block_on(self.drain());
        rows.map(Some).map_err(|error| self.failed(error))
    }

    fn aggregate(&self) -> std::result::Result<Vec<RecordBatch>, WorkError> {
        self.runtime
            .block_on(async { self.plan().await?.collect().await })
            .map_err(|error| self.failed(error))
    }

    fn write(&self, answer: Vec<RecordBatch>, path: &Path) -> std::result::Result<(), WorkError> {
        let failed = |what: String| WorkError::output(path, io::Error::other(what));
        let text = path
            .to_str()
            .ok_or_else(|| WorkError::Path(path.to_owned()))?;
        if answer.is_empty() {
            // Where no row passed, no partition may have sent even an empty batch.
            return ecommerce_native::write_parquet(&empty(self.key), path)
                .map_err(|error| failed(error.to_string()));
        }
        let written = self.runtime.block_on(async {
            let options = DataFrameWriteOptions::new().with_single_file_output(true);
            let frame = self.session.read_batches(answer)?;
            frame.write_parquet(&file_url(text), options, None).await
        });
        written.map(drop).map_err(|error| failed(error.to_string()))
    }
}

/// An answer without rows.
fn empty(key: Key) -> RecordBatch {
    use datafusion::arrow::datatypes::{Field, Schema};
    let field = |name: &&str| {
        let is_key = *name == key.column();
        let kind = if is_key {
            DataType::Utf8
        } else {
            DataType::Int64
        };
        Field::new(*name, kind, is_key)
    };
    let fields: Vec<_> = key.answer().iter().map(field).collect();
    RecordBatch::new_empty(Arc::new(Schema::new(fields)))
}

/// Cents of amounts, half to even; what is no number of cents saturates, and no filtered amount is any.
fn cents(arguments: &[ColumnarValue]) -> Result<ColumnarValue> {
    let [amounts] = ColumnarValue::values_to_arrays(arguments)?
        .try_into()
        .map_err(|_| DataFusionError::Internal("centavos takes one amount".into()))?;
    let amounts = amounts
        .as_primitive_opt::<Float64Type>()
        .ok_or_else(|| DataFusionError::Internal("an amount is a float".into()))?;
    let cents = amounts.unary::<_, Int64Type>(|amount| (amount * 100.0).round_ties_even() as i64);
    Ok(ColumnarValue::Array(Arc::new(cents) as ArrayRef))
}

/// The path as a URL: DataFusion takes `*`, `?` and `[` in a path for a pattern, and in a URL for themselves.
fn file_url(path: &str) -> String {
    let mut url = String::from("file://");
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
}
