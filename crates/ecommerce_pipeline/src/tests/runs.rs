use crate::*;
use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Decimal128Type, Int64Type};
use ecommerce_arrow::{Format, Layout, Limits, write_days};
use ecommerce_model::{
    Clase, ConfigGenerador, Contrato, Dia, Fecha, FilaGenerada, Generador, Motivo, Zona,
    ratio_half_up,
};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

const FILAS: u64 = 20_000;

fn generador(semilla: u64) -> Generador {
    Generador::new(ConfigGenerador::new(semilla, fecha(), 2, FILAS)).unwrap()
}

pub(super) fn fecha() -> Fecha {
    "2024-01-15".parse().unwrap()
}

pub(super) fn events(root: &Path, semilla: u64, format: Format) {
    let layout = Layout {
        root: root.to_owned(),
        format,
        rows_per_file: 3_000,
        threads: 2,
    };
    write_days(&generador(semilla), &layout, &|_, _| {}).unwrap();
}

pub(super) fn job(root: &Path, fecha: Fecha) -> DayJob {
    DayJob {
        fecha,
        zona: Zona::utc(),
        entrada: Location::local(&root.join("eventos")).unwrap(),
        salida: Location::local(&root.join("metricas")).unwrap(),
        options: StorageOptions::default(),
        tolerant: false,
        durable: false,
        threads: 3,
        limits: Limits {
            batch_rows: 1_000,
            ..Limits::default()
        },
        engine: None,
    }
}

/// The metrics by the slowest and plainest means: sets and maps over the generator's own rows.
#[derive(Default, Debug, PartialEq)]
struct Plain {
    cents: i128,
    premium: i128,
    sales: i64,
    premium_sales: i64,
    buyers: BTreeSet<String>,
    visitors: BTreeSet<String>,
    clicks: i64,
    carts: i64,
}

fn plainly(semilla: u64, fecha: Fecha) -> (BTreeMap<String, Plain>, BTreeMap<Motivo, u64>, u64) {
    let g = generador(semilla);
    let contrato = Contrato::new(Dia::new(fecha, &Zona::utc()).unwrap());
    let (_, rows) = g.dias().find(|(f, _)| *f == fecha).unwrap();
    let (mut regions, mut motivos, mut seen, mut row) = (
        BTreeMap::<String, Plain>::new(),
        BTreeMap::new(),
        HashSet::new(),
        FilaGenerada::new(),
    );
    for i in rows.clone() {
        g.fill(i, &mut row);
        let fila = row.as_fila();
        let repeated =
            !Contrato::lacks_id(&fila) && !seen.insert(fila.evento_id.unwrap().to_owned());
        match if repeated {
            Err(Motivo::Duplicado)
        } else {
            contrato.check(&fila)
        } {
            Err(m) => *motivos.entry(m).or_default() += 1,
            Ok(a) if a.clase == Clase::Error => {}
            Ok(a) => {
                let p = regions.entry(fila.region.unwrap().to_owned()).or_default();
                p.visitors.extend(fila.user_id.map(str::to_owned));
                match a.clase {
                    Clase::Compra => {
                        p.sales += 1;
                        p.cents += i128::from(a.centavos.get());
                        p.premium_sales += i64::from(a.premium);
                        p.premium += if a.premium {
                            i128::from(a.centavos.get())
                        } else {
                            0
                        };
                        p.buyers.insert(fila.user_id.unwrap().to_owned());
                    }
                    Clase::Click => p.clicks += 1,
                    _ => p.carts += 1,
                }
            }
        }
    }
    (regions, motivos, rows.end - rows.start)
}

fn check_metrics(metrics: &RecordBatch, wanted: &BTreeMap<String, Plain>) {
    let ints = |name: &str| {
        metrics
            .column_by_name(name)
            .unwrap()
            .as_primitive::<Int64Type>()
            .clone()
    };
    let decimals = |name: &str| {
        metrics
            .column_by_name(name)
            .unwrap()
            .as_primitive::<Decimal128Type>()
            .clone()
    };
    let regions = metrics.column_by_name("region").unwrap().as_string::<i32>();
    assert_eq!(
        regions.iter().map(Option::unwrap).collect::<Vec<_>>(),
        wanted.keys().collect::<Vec<_>>()
    );
    let all_buyers: BTreeSet<&String> = wanted.values().flat_map(|p| &p.buyers).collect();
    for (i, p) in wanted.values().enumerate() {
        assert_eq!(decimals("revenue").value(i), p.cents);
        assert_eq!(decimals("revenue_premium").value(i), p.premium);
        assert_eq!(ints("transacciones").value(i), p.sales);
        assert_eq!(ints("transacciones_premium").value(i), p.premium_sales);
        assert_eq!(ints("usuarios_unicos").value(i), p.buyers.len() as i64);
        assert_eq!(ints("visitantes").value(i), p.visitors.len() as i64);
        assert_eq!(
            (ints("clicks").value(i), ints("carritos").value(i)),
            (p.clicks, p.carts)
        );
        assert_eq!(
            ints("usuarios_unicos_dia").value(i),
            all_buyers.len() as i64
        );
        assert_eq!(
            Some(decimals("ticket_promedio").value(i)),
            ratio_half_up(p.cents, p.sales.into())
        );
        let rate = ratio_half_up(p.buyers.len() as i128 * 1_000_000, p.visitors.len() as i128);
        assert_eq!(Some(decimals("tasa_conversion").value(i)), rate);
    }
}

pub(super) async fn hashes(root: &Path) -> Vec<String> {
    let mut hashes = Vec::new();
    for kind in TableKind::ALL {
        let location = kind
            .location(&Location::local(&root.join("metricas")).unwrap())
            .unwrap();
        let table = open_table(&location, &StorageOptions::default())
            .await
            .unwrap()
            .unwrap();
        hashes.push(content_hash(&table).await.unwrap());
    }
    hashes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_gives_the_plain_metrics_from_parquet_and_from_csv() {
    for format in [Format::Parquet, Format::Csv] {
        let dir = tempfile::tempdir().unwrap();
        events(&dir.path().join("eventos"), 1, format);
        let summary = run_day(&job(dir.path(), fecha()), &()).await.unwrap();
        let (regions, motivos, rows) = plainly(1, fecha());
        check_metrics(&summary.metrics, &regions);
        assert_eq!(summary.motivos, motivos);
        assert_eq!(summary.rows_in, rows);
        assert_eq!(
            summary.rows_in,
            summary.rows_ok + summary.rows_quarantined()
        );
        assert_eq!(
            summary
                .commits
                .iter()
                .map(|c| (c.table, c.version))
                .collect::<Vec<_>>(),
            TableKind::ALL.map(|k| (k, 0))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rejected_row_is_in_quarantine_with_its_place_and_reason() {
    let dir = tempfile::tempdir().unwrap();
    events(&dir.path().join("eventos"), 1, Format::Parquet);
    let summary = run_day(&job(dir.path(), fecha()), &()).await.unwrap();
    let quarantine = Location::local(&dir.path().join("metricas_cuarentena")).unwrap();
    let table = open_table(&quarantine, &StorageOptions::default())
        .await
        .unwrap()
        .unwrap();
    let session = session_for([("q", &table)]).await.unwrap();
    let sql = "SELECT archivo, fila, motivo FROM q ORDER BY archivo, fila";
    let rows = session.sql(sql).await.unwrap().collect().await.unwrap();
    let rows = arrow::compute::concat_batches(&rows[0].schema(), &rows).unwrap();
    assert_eq!(rows.num_rows() as u64, summary.rows_quarantined());
    let g = generador(1);
    let mut row = FilaGenerada::new();
    for i in 0..rows.num_rows() {
        let text =
            |c: usize| arrow::util::display::array_value_to_string(rows.column(c), i).unwrap();
        let part: u64 = text(0)["fecha=2024-01-15/part-".len()..][..5]
            .parse()
            .unwrap();
        g.fill(part * 3_000 + text(1).parse::<u64>().unwrap() - 1, &mut row);
        assert_eq!(text(2), row.defect().unwrap().as_str());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn again_gives_the_same_content_and_new_input_replaces_that_day_alone() {
    let dir = tempfile::tempdir().unwrap();
    events(&dir.path().join("eventos"), 1, Format::Parquet);
    let next = fecha().next().unwrap();
    run_day(&job(dir.path(), fecha()), &()).await.unwrap();
    run_day(&job(dir.path(), next), &()).await.unwrap();
    let first = hashes(dir.path()).await;
    let again = run_day(&job(dir.path(), fecha()), &()).await.unwrap();
    assert_eq!(again.commits[2].version, 2);
    assert_eq!(hashes(dir.path()).await, first);

    std::fs::remove_dir_all(dir.path().join("eventos")).unwrap();
    events(&dir.path().join("eventos"), 2, Format::Parquet);
    run_day(&job(dir.path(), fecha()), &()).await.unwrap();
    assert_ne!(hashes(dir.path()).await, first);
    let table = open_table(
        &Location::local(&dir.path().join("metricas")).unwrap(),
        &StorageOptions::default(),
    )
    .await
    .unwrap()
    .unwrap();
    let session = session_for([("m", &table)]).await.unwrap();
    for (day, semilla) in [(fecha(), 2), (next, 1)] {
        let sql = format!("SELECT * FROM m WHERE fecha = DATE '{day}' ORDER BY region");
        let rows = session.sql(&sql).await.unwrap().collect().await.unwrap();
        let rows = arrow::compute::concat_batches(&rows[0].schema(), &rows).unwrap();
        let region = arrow::compute::cast(
            rows.column_by_name("region").unwrap(),
            &arrow::datatypes::DataType::Utf8,
        )
        .unwrap();
        let mut columns = rows.columns().to_vec();
        columns[rows.schema().index_of("region").unwrap()] = region;
        let schema = TableKind::Metrics.schema();
        let columns = schema
            .fields()
            .iter()
            .map(|f| columns[rows.schema().index_of(f.name()).unwrap()].clone());
        let names: Vec<_> = schema
            .fields()
            .iter()
            .map(|f| f.name().clone())
            .zip(columns)
            .collect();
        check_metrics(
            &RecordBatch::try_from_iter(names).unwrap(),
            &plainly(semilla, day).0,
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_of_the_same_absent_day_leave_one_copy() {
    let dir = tempfile::tempdir().unwrap();
    events(&dir.path().join("eventos"), 1, Format::Parquet);
    let jobs = (0..6).map(|_| {
        let job = job(dir.path(), fecha());
        tokio::spawn(async move { run_day(&job, &()).await.map(|s| s.commits[2].version) })
    });
    let mut versions = BTreeSet::new();
    for done in futures::future::join_all(jobs).await {
        versions.insert(done.unwrap().unwrap());
    }
    assert_eq!(versions, (0..6).collect());
    let concurrent = hashes(dir.path()).await;
    let alone = tempfile::tempdir().unwrap();
    events(&alone.path().join("eventos"), 1, Format::Parquet);
    run_day(&job(alone.path(), fecha()), &()).await.unwrap();
    assert_eq!(concurrent, hashes(alone.path()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flat_file_is_split_by_instant_in_the_zone() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("eventos")).unwrap();
    let csv = "evento_id,tipo,user_id,session_id,producto_id,monto,region,pagina,mensaje,timestamp,lat,lon\n\
        a,compra,u1,,,10.00,norte,,,2024-01-15T04:59:59Z,,\n\
        b,compra,u1,,,20.00,norte,,,2024-01-15T05:00:00Z,,\n\
        c,compra,u2,,,30.00,norte,,,2024-01-16T04:59:59Z,,\n\
        b,compra,u2,,,40.00,norte,,,2024-01-16T04:00:00Z,,\n\
        d,compra,u2,,,50.00,norte,,,2024-01-16T05:00:00Z,,\n\
        x,compra,u2,,,60.00,norte,,,1900-01-01T00:00:00Z,,\n";
    std::fs::write(dir.path().join("eventos/todo.csv"), csv).unwrap();
    let mut job = job(dir.path(), fecha());
    job.zona = "America/Lima".parse().unwrap();
    let summary = run_day(&job, &()).await.unwrap();
    assert_eq!(
        (summary.rows_in, summary.rows_ok, summary.other_days),
        (4, 2, 2)
    );
    let wanted = [(Motivo::Duplicado, 1), (Motivo::TimestampImposible, 1)];
    assert_eq!(summary.motivos, wanted.into_iter().collect());
    assert_eq!(
        summary
            .metrics
            .column(2)
            .as_primitive::<Decimal128Type>()
            .value(0),
        5_000
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_at_the_output_is_respected() {
    let dir = tempfile::tempdir().unwrap();
    events(&dir.path().join("eventos"), 1, Format::Parquet);
    let mut to_file = job(dir.path(), fecha());
    std::fs::write(dir.path().join("file"), "x").unwrap();
    to_file.salida = Location::local(&dir.path().join("file")).unwrap();
    assert!(matches!(
        run_day(&to_file, &()).await.unwrap_err(),
        PipelineError::NotATable {
            what: Obstacle::File,
            ..
        }
    ));
    let mut into_input = job(dir.path(), fecha());
    into_input.salida = into_input.entrada.clone();
    assert!(matches!(
        run_day(&into_input, &()).await.unwrap_err(),
        PipelineError::NotATable {
            what: Obstacle::OtherFiles,
            ..
        }
    ));
    let mut into_other = job(dir.path(), fecha());
    run_day(&into_other, &()).await.unwrap();
    into_other.salida = Location::local(&dir.path().join("metricas_cuarentena")).unwrap();
    assert!(matches!(
        run_day(&into_other, &()).await.unwrap_err(),
        PipelineError::OtherTable { .. }
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_file_stops_the_day_and_tolerant_runs_leave_it_out() {
    let dir = tempfile::tempdir().unwrap();
    events(&dir.path().join("eventos"), 1, Format::Parquet);
    let good = dir
        .path()
        .join("eventos/fecha=2024-01-15/part-00001.parquet");
    let bytes = std::fs::read(&good).unwrap();
    let bad = good.with_file_name("part-00009.parquet");
    std::fs::write(&bad, &bytes[..bytes.len() / 2]).unwrap();
    let error = run_day(&job(dir.path(), fecha()), &()).await.unwrap_err();
    let PipelineError::Rejected { rejected, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(
        rejected.iter().map(|r| r.file.as_str()).collect::<Vec<_>>(),
        ["fecha=2024-01-15/part-00009.parquet"]
    );
    assert!(!dir.path().join("metricas").exists());

    let mut tolerant = job(dir.path(), fecha());
    tolerant.tolerant = true;
    let summary = run_day(&tolerant, &()).await.unwrap();
    assert_eq!(summary.rejected.len(), 1);
    check_metrics(&summary.metrics, &plainly(1, fecha()).0);
}
