//! One day, one run: the rows of the table, and what became of every row that was read.

use crate::bancada::{Bancada, FECHA, FILAS, fecha, generador, hacer, runtime};
use arrow::array::AsArray as _;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Decimal128Type, Int64Type};
use ecommerce_arrow::{Format, Layout, write_days};
use ecommerce_model::{Centavos, FilaGenerada, Motivo};
use ecommerce_native::Source;
use ecommerce_pipeline::{Location, StorageOptions, open_table, read_batches};
use ej_16_5_4_etl::{Metricas, segmentos_schema};
use std::collections::{BTreeMap, BTreeSet};

/// Cents, buyers and sales of a group, by the slowest and plainest means.
#[derive(Default, Debug, PartialEq)]
struct Grupo {
    centavos: i128,
    usuarios: BTreeSet<String>,
    ventas: i64,
}

type Grupos = BTreeMap<(String, String), Grupo>;

/// What makes a sale of the generator none for this pipeline. The others (a repeated name, a wrong kind, a coordinate) are in
/// columns that the guide does not look at.
const MOTIVOS: [Motivo; 7] = [
    Motivo::TimestampImposible,
    Motivo::FechaFueraDeLaParticion,
    Motivo::FaltaRegion,
    Motivo::FaltaUserId,
    Motivo::MontoNoFinito,
    Motivo::MontoFueraDeRango,
    Motivo::MontoNoPositivo,
];

/// The day's groups from the generator's own rows and what it says is wrong with each.
fn a_mano(semilla: u64, filas: u64) -> (Grupos, BTreeMap<String, u64>, u64) {
    let g = generador(semilla, 2, filas);
    let (_, rows) = g.dias().find(|(f, _)| *f == fecha(FECHA)).unwrap();
    let (mut grupos, mut motivos, mut filtradas) = (Grupos::new(), BTreeMap::new(), 0);
    let mut row = FilaGenerada::new();
    for i in rows {
        g.fill(i, &mut row);
        let fila = row.as_fila();
        let Some(monto) = fila.monto.filter(|m| m.is_nan() || *m > 0.0) else {
            filtradas += 1;
            continue;
        };
        if let Some(motivo) = row.defect().filter(|m| MOTIVOS.contains(m)) {
            *motivos.entry(motivo.to_string()).or_default() += 1;
            continue;
        }
        let segmento = if monto > 1000.0 {
            "premium"
        } else {
            "standard"
        };
        let grupo = grupos
            .entry((fila.region.unwrap().to_owned(), segmento.to_owned()))
            .or_default();
        grupo.centavos += i128::from(Centavos::from_monto(monto).unwrap().get());
        grupo.usuarios.insert(fila.user_id.unwrap().to_owned());
        grupo.ventas += 1;
    }
    (grupos, motivos, filtradas)
}

/// The rows of the table by group: cents, buyers, sales.
fn de_la_tabla(lugar: &Location) -> BTreeMap<(String, String), (i128, i64, i64)> {
    runtime().block_on(async {
        let table = open_table(lugar, &StorageOptions::default())
            .await
            .unwrap()
            .unwrap();
        let mut found = BTreeMap::new();
        for batch in read_batches(&table).await.unwrap() {
            let text =
                |name: &str| cast(batch.column_by_name(name).unwrap(), &DataType::Utf8).unwrap();
            let int = |name: &str| {
                batch
                    .column_by_name(name)
                    .unwrap()
                    .as_primitive::<Int64Type>()
                    .clone()
            };
            let money = batch.column_by_name("revenue").unwrap();
            assert_eq!(money.data_type(), &DataType::Decimal128(18, 2));
            let money = money.as_primitive::<Decimal128Type>();
            let (regions, segments) = (text("region"), text("segmento"));
            for i in 0..batch.num_rows() {
                let key = (
                    regions.as_string::<i32>().value(i).to_owned(),
                    segments.as_string::<i32>().value(i).to_owned(),
                );
                let value = (
                    money.value(i),
                    int("usuarios").value(i),
                    int("transacciones").value(i),
                );
                assert_eq!(found.insert(key, value), None, "one row per group");
            }
        }
        found
    })
}

#[test]
fn el_dia_da_lo_mismo_que_conjuntos_y_mapas() {
    let b = Bancada::con_eventos();
    hacer(&b.etl(FECHA));
    let (grupos, _, _) = a_mano(42, FILAS);
    assert!(grupos.len() > 5, "both segments of several regions");
    let esperado = grupos
        .into_iter()
        .map(|(k, g)| (k, (g.centavos, g.usuarios.len() as i64, g.ventas)))
        .collect();
    assert_eq!(de_la_tabla(&b.lugar("ventas")), esperado);
}

#[test]
fn cada_fila_leida_tiene_un_destino_y_uno_solo() {
    let b = Bancada::vacia();
    // Enough for every reason that a purchase can have.
    b.eventos(42, 2, 10 * FILAS);
    let m = hacer(&b.etl(FECHA));
    let (grupos, motivos, filtradas) = a_mano(42, 10 * FILAS);
    assert_eq!(m.motivos, motivos);
    assert!(m.motivos.len() >= 4, "{:?}", m.motivos);
    assert_eq!(m.filas_filtradas, filtradas);
    assert_eq!(
        m.filas_validas as i64,
        grupos.values().map(|g| g.ventas).sum::<i64>()
    );
    assert_eq!(m.filas_procesadas as usize, grupos.len());
    let otras: u64 = m.motivos.values().sum();
    assert_eq!(
        m.filas_leidas,
        m.filas_filtradas + m.filas_otros_dias + m.filas_validas + otras
    );
    let centavos: i128 = grupos.values().map(|g| g.centavos).sum();
    assert_eq!(m.revenue.replace('.', ""), centavos.to_string());
}

#[test]
fn parquet_csv_y_cualquier_numero_de_hilos_dan_el_mismo_contenido() {
    let b = Bancada::con_eventos();
    b.eventos_en("csv", 42, 2, FILAS, Format::Csv);
    hacer(&b.etl(FECHA));
    let mut csv = b.etl(FECHA);
    (csv.origen, csv.destino) = (b.lugar("csv"), b.lugar("de-csv"));
    hacer(&csv);
    let mut uno = b.etl(FECHA);
    (uno.threads, uno.destino) = (1, b.lugar("un-hilo"));
    uno.limits.batch_rows = 97;
    hacer(&uno);
    let hash = b.contenido("ventas");
    assert!(hash.is_some());
    assert_eq!(b.contenido("de-csv"), hash);
    assert_eq!(b.contenido("un-hilo"), hash);
}

#[test]
fn los_hilos_se_reparten_un_solo_archivo_y_de_cualquier_modo_salen_las_mismas_cuentas() {
    const FILAS: u64 = 300_000;
    let b = Bancada::vacia();
    // One file with two row groups, the first of them large enough for several threads.
    let layout = Layout {
        root: b.ruta("eventos"),
        format: Format::Parquet,
        rows_per_file: FILAS,
        threads: 1,
    };
    write_days(&generador(42, 1, FILAS), &layout, &|_, _| {}).unwrap();
    assert_eq!(std::fs::read_dir(b.dia()).unwrap().count(), 1);
    let dia = |nombre: &str, threads, batch_bytes: Option<u64>| {
        let mut etl = b.etl(FECHA);
        (etl.threads, etl.destino) = (threads, b.lugar(nombre));
        // With little room a row group is not held whole, but read page by page.
        etl.limits.batch_bytes = batch_bytes.unwrap_or(etl.limits.batch_bytes);
        let metricas = Metricas {
            ejecucion: String::new(),
            segundos: 0.0,
            ..hacer(&etl)
        };
        (metricas, b.contenido(nombre))
    };
    let uno = dia("uno", 1, None);
    assert_eq!(uno.0.filas_leidas, FILAS);
    assert!(uno.0.filas_validas > 1_000 && uno.1.is_some());
    assert_eq!(dia("siete", 7, None), uno);
    let poco = 8 << 20;
    let eventos = Source::open(b.dia()).unwrap();
    let ventas = eventos.select(&[], &["user_id", "monto", "region", "timestamp"]);
    let junto = ventas.unwrap().row_group_bytes(0, 0);
    // An eighth of the room is for a row group's compressed columns.
    assert!(junto > poco / 8 && junto <= b.etl(FECHA).limits.batch_bytes / 8);
    assert_eq!(dia("por-paginas", 7, Some(poco)), uno);
}

#[test]
fn la_tabla_tiene_las_columnas_de_la_guia_el_dia_y_quien_lo_escribio() {
    let b = Bancada::con_eventos();
    hacer(&b.etl(FECHA));
    let table = runtime()
        .block_on(open_table(&b.lugar("ventas"), &StorageOptions::default()))
        .unwrap()
        .unwrap();
    let snapshot = table.snapshot().unwrap();
    let names: Vec<String> = snapshot
        .schema()
        .fields()
        .map(|f| f.name().clone())
        .collect();
    let wanted: Vec<String> = segmentos_schema()
        .fields()
        .iter()
        .map(|f| f.name().clone())
        .collect();
    assert_eq!(names, wanted);
    assert_eq!(snapshot.metadata().partition_columns(), &["fecha"]);
    let property = |name: &str| snapshot.metadata().configuration().get(name).cloned();
    assert_eq!(property("delta.checkpointInterval").as_deref(), Some("10"));
    assert_eq!(
        property("delta.dataSkippingNumIndexedCols").as_deref(),
        Some("0")
    );
    // The log says how many rows a file has, and of its values only the day.
    let log = b.ruta("ventas/_delta_log/00000000000000000000.json");
    let log = std::fs::read_to_string(log).unwrap();
    let added: serde_json::Value = log
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .find_map(|action| action.get("add").cloned())
        .unwrap();
    assert_eq!(added["partitionValues"]["fecha"], FECHA);
    let stats: serde_json::Value = serde_json::from_str(added["stats"].as_str().unwrap()).unwrap();
    assert!(stats["numRecords"].as_u64().unwrap() > 0);
    assert!(
        stats["minValues"].as_object().is_none_or(|v| v.is_empty()),
        "{stats}"
    );
}
