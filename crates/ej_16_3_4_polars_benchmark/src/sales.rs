//! The input of the benchmark: sales of the model's shop, made from a seed.
//!
//! The guide reads `100m_rows.parquet` and says nothing of what is in it. Events of the shop would make a poor stand-in: one
//! row in thirty is a purchase, and the rest has no amount. So every row here is a sale, of a customer and a product of the
//! model's catalogue, and the filter has something to do: one row in twenty-five is a refund (negative), one in a hundred
//! is free (zero), one in fifty has no amount (null). Every amount has whole cents; NaN, infinities and fractions of
//! a cent never pass the shop's contract and are not here.

use crate::BenchmarkError;
use crate::output::replace;
use datafusion::arrow::array::{
    ArrayRef, Float64Builder, RecordBatch, StringBuilder, TimestampMicrosecondBuilder,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::ipc::writer::StreamWriter;
use ecommerce_model::{ConfigGenerador, Fecha, Generador, GeneratorError, REGIONES};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Rows of a batch as it is streamed.
const BATCH_ROWS: u64 = 1 << 16;
/// Rows of a row group, as pyarrow and the parquet crate write them by default.
const GROUP_ROWS: u64 = 1 << 20;
const MICROS_PER_DAY: u64 = 86_400_000_000;
/// The year over which the sales spread.
const FIRST_DAY: &str = "2024-01-01";
const DAYS: u64 = 366;

/// One sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sale {
    /// Number of the buyer, `u0000042`.
    pub customer: u64,
    /// Number of the product, `p00042`.
    pub product: u64,
    /// What was paid, in cents; negative for a refund.
    pub cents: Option<i64>,
    /// The buyer's region, as an index of [`REGIONES`].
    pub region: usize,
    /// Microseconds since 1970, UTC; ascending with the row.
    pub timestamp: i64,
}

/// Makes the rows: row *i* depends on (seed, *i*, number of rows) alone.
pub struct Sales {
    seed: u64,
    rows: u64,
    start: i64,
    prices: Vec<i64>,
    home: Vec<u8>,
}

impl Sales {
    /// So many sales from a seed.
    ///
    /// # Errors
    /// * [`BenchmarkError::Sales`] if the model refuses its configuration, which none of these arguments causes.
    ///
    /// # Cost
    /// The catalogue once: up to a million customers, a third of a second.
    pub fn new(seed: u64, rows: u64) -> Result<Self, BenchmarkError> {
        let first: Fecha = FIRST_DAY.parse().map_err(GeneratorError::from)?;
        let catalogue = Generador::new(ConfigGenerador::new(seed, first, 1, rows))?;
        let (customers, products) = (catalogue.config().usuarios, catalogue.config().productos);
        let region_of = |customer| {
            let home = catalogue.cliente(customer).region;
            let known = REGIONES.iter().position(|(name, ..)| *name == home);
            known.and_then(|at| u8::try_from(at).ok()).unwrap_or(0)
        };
        let days = i64::from(first.days_since_epoch());
        Ok(Self {
            seed,
            rows,
            start: days * MICROS_PER_DAY as i64,
            prices: (0..products)
                .map(|k| catalogue.producto(k).precio.get())
                .collect(),
            home: (0..customers).map(region_of).collect(),
        })
    }

    /// How many there are.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Sale number `index`.
    pub fn sale(&self, index: u64) -> Sale {
        let mut draws = Draws::new(self.seed, index);
        // Squares make few customers and products frequent, as in any shop.
        let customer = (draws.unit().powi(2) * self.home.len() as f64) as u64;
        let product = (draws.unit().powi(2) * self.prices.len() as f64) as u64;
        let paid = self.prices[product as usize] * [1, 1, 1, 2, 3][draws.below(5)];
        let cents = match draws.below(100) {
            0..4 => Some(-paid),
            4 => Some(0),
            5..7 => None,
            _ => Some(paid),
        };
        let passed = u128::from(index) * u128::from(DAYS * MICROS_PER_DAY);
        Sale {
            customer,
            product,
            cents,
            region: usize::from(self.home[customer as usize]),
            timestamp: self.start + (passed / u128::from(self.rows.max(1))) as i64,
        }
    }

    /// The answer of the query over these rows, by a loop over whole cents.
    ///
    /// ```
    /// use ej_16_3_4_polars_benchmark::sales::Sales;
    /// let sales = Sales::new(42, 1_000)?;
    /// let positive = (0..1_000).filter_map(|i| sales.sale(i).cents).filter(|c| *c > 0);
    /// assert_eq!(sales.expected().values().sum::<i64>(), positive.sum::<i64>());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn expected(&self) -> BTreeMap<&'static str, i64> {
        let mut totals = BTreeMap::new();
        for sale in (0..self.rows).map(|index| self.sale(index)) {
            if let Some(cents) = sale.cents.filter(|cents| *cents > 0) {
                *totals.entry(REGIONES[sale.region].0).or_default() += cents;
            }
        }
        totals
    }

    /// The rows of a range as Arrow columns: those of [`schema`].
    ///
    /// # Errors
    /// * What Arrow says; the columns fit the schema.
    pub fn batch(&self, rows: Range<u64>) -> Result<RecordBatch, ArrowError> {
        let count = usize::try_from(rows.end.saturating_sub(rows.start)).unwrap_or(0);
        let mut customers = StringBuilder::with_capacity(count, count * 8);
        let mut products = StringBuilder::with_capacity(count, count * 6);
        let mut amounts = Float64Builder::with_capacity(count);
        let mut regions = StringBuilder::with_capacity(count, count * 5);
        let mut instants = TimestampMicrosecondBuilder::with_capacity(count).with_timezone("UTC");
        for sale in rows.map(|index| self.sale(index)) {
            // A builder only fails to take text when its offsets overflow, far beyond one batch.
            let _ = write!(customers, "u{:07}", sale.customer);
            customers.append_value("");
            let _ = write!(products, "p{:05}", sale.product);
            products.append_value("");
            amounts.append_option(sale.cents.map(|cents| cents as f64 / 100.0));
            regions.append_value(REGIONES[sale.region].0);
            instants.append_value(sale.timestamp);
        }
        let columns: Vec<ArrayRef> = vec![
            Arc::new(customers.finish()),
            Arc::new(products.finish()),
            Arc::new(amounts.finish()),
            Arc::new(regions.finish()),
            Arc::new(instants.finish()),
        ];
        RecordBatch::try_new(schema(), columns)
    }

    fn batches(&self, size: u64) -> impl Iterator<Item = Result<RecordBatch, ArrowError>> + '_ {
        let count = self.rows.div_ceil(size);
        (0..count).map(move |n| self.batch(n * size..((n + 1) * size).min(self.rows)))
    }
}

/// The columns of a sale, a part of the model's events: user_id, producto_id, monto, region, timestamp.
pub fn schema() -> SchemaRef {
    let instant = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    Arc::new(Schema::new(vec![
        Field::new("user_id", DataType::Utf8, true),
        Field::new("producto_id", DataType::Utf8, true),
        Field::new("monto", DataType::Float64, true),
        Field::new("region", DataType::Utf8, true),
        Field::new("timestamp", instant, false),
    ]))
}

/// Writes the sales as an Arrow stream, for another program to store: no contestant should read what its own library wrote.
///
/// # Errors
/// * [`BenchmarkError::Output`] if the stream ends early: its reader is gone.
pub fn stream_sales(sales: &Sales, out: impl Write) -> Result<(), BenchmarkError> {
    let stream = || -> Result<(), ArrowError> {
        let mut writer = StreamWriter::try_new(io::BufWriter::new(out), &schema())?;
        for batch in sales.batches(BATCH_ROWS) {
            writer.write(&batch?)?;
        }
        writer.finish()?;
        writer.into_inner()?.flush()?;
        Ok(())
    };
    stream().map_err(|e| BenchmarkError::output(Path::new("salida estándar"), io::Error::other(e)))
}

/// Writes the sales as one Parquet file: Snappy, dictionaries, row groups of a million rows.
///
/// # Errors
/// * [`BenchmarkError::Output`] if the file cannot be written; there is then the file that was there before, or none.
pub fn write_sales(sales: &Sales, path: &Path) -> Result<(), BenchmarkError> {
    replace(path, |file| {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(GROUP_ROWS as usize))
            .build();
        let mut writer = ArrowWriter::try_new(file, schema(), Some(properties))?;
        for batch in sales.batches(BATCH_ROWS) {
            writer.write(&batch?)?;
        }
        writer.close()?;
        Ok(())
    })
}

/// SplitMix64 from a state made of seed and index: any row without those before it.
struct Draws(u64);

impl Draws {
    fn new(seed: u64, index: u64) -> Self {
        Self(mix(seed ^ 0x7665_6E74_6173_3136) ^ mix(index))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// Uniform in [0, 1), 53 bits.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform in 0..n.
    fn below(&mut self, n: u64) -> usize {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as usize
    }
}

/// The finalizer of SplitMix64: a bijection without visible structure.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
