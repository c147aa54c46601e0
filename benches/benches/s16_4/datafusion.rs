//! 16.4.1: the guide's query in DataFusion, warm, over a million sales in one Parquet file, with one setting changed at a time.
//!
//! Two dates: since 2024-01-01 half of the rows pass, since 2024-06-25 one in sixty, and those lie together, since days ascend. The answer of every
//! session is compared to the cent with a loop over whole cents before it is timed.

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use ecommerce_model::Fecha;
use ej_16_4_1_datafusion::{Engine, Layout, RegionRevenue, Settings, Shop, revenue_por_region};
use std::cell::LazyCell;
use std::hint::black_box;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;

const VENTAS: u64 = 1_000_000;
const DESDE: [(&str, &str); 2] = [("mitad", "2024-01-01"), ("pocas", "2024-06-25")];
const PUSHDOWN: &str = "datafusion.execution.parquet.pushdown_filters";
const STATISTICS: &str = "datafusion.execution.collect_statistics";
const PARTITIONS: &str = "datafusion.execution.target_partitions";
const AJUSTES: [(&str, &[(&str, &str)]); 5] = [
    ("por-omision", &[]),
    ("pushdown", &[(PUSHDOWN, "true")]),
    ("sin-estadisticas", &[(STATISTICS, "false")]),
    ("1-particion", &[(PARTITIONS, "1")]),
    ("2-particiones", &[(PARTITIONS, "2")]),
];

/// Runs this exercise's group.
pub(crate) fn bench(c: &mut Criterion) {
    let runtime = LazyCell::new(|| Runtime::new().expect("a runtime"));
    let input = LazyCell::new(Input::new);
    let mut group = c.benchmark_group("16.4.1/guia");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(2_500))
        .throughput(Throughput::Elements(VENTAS));
    for (name, options) in AJUSTES {
        for (share, since) in DESDE {
            group.bench_function(BenchmarkId::new(name, share), |b| {
                let since: Fecha = since.parse().expect("a date");
                let engine = runtime.block_on(input.engine(options));
                let ask = || {
                    let answer = revenue_por_region(&engine, since);
                    runtime.block_on(answer).expect("good files")
                };
                input.check(&ask(), since);
                b.iter(|| black_box(ask()));
            });
        }
    }
    group.finish();
}

/// The two tables, made when a bench that was selected asks for them.
struct Input {
    shop: Shop,
    directory: TempDir,
}

impl Input {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory for the input");
        let shop = Shop::new(42, VENTAS).expect("a shop");
        let at = |name| directory.path().join(name);
        shop.write_sales(&at("ventas.parquet"), Layout::default())
            .expect("the sales can be written");
        shop.write_customers(&at("clientes.parquet"))
            .expect("the customers can be written");
        Self { shop, directory }
    }

    async fn engine(&self, options: &[(&str, &str)]) -> Engine {
        let settings = options
            .iter()
            .fold(Settings::default(), |all, (key, value)| {
                all.with(key, value)
            });
        let engine = Engine::new(&settings).expect("known settings");
        for table in ["ventas", "clientes"] {
            let path = self.directory.path().join(format!("{table}.parquet"));
            engine
                .register_file(table, &path)
                .await
                .expect("a good file");
        }
        engine
    }

    /// Fails unless the answer is right to the cent.
    fn check(&self, answer: &[RegionRevenue], since: Fecha) {
        let expected = self.shop.expected(since);
        assert_eq!(answer.len(), expected.len());
        for row in answer {
            let right = &expected[&row.region];
            assert_eq!((row.revenue * 100.0).round() as i64, right.cents);
            assert_eq!(row.usuarios_unicos, right.customers);
        }
    }
}
