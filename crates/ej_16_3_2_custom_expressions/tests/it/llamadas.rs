//! How often the engine calls a closure, and with how many rows: what the plans say, counted.

use ej_16_3_2_custom_expressions::{COLUMNAS, distancias, pares_al_azar};
use polars::prelude::*;
use std::fs::File;
use std::sync::{Arc, Mutex};

/// The rows of each call.
#[derive(Clone, Default)]
struct Cuenta(Arc<Mutex<Vec<usize>>>);

impl Cuenta {
    /// The distance, counted.
    fn distancia(&self) -> Expr {
        let cuenta = self.clone();
        map_multiple(
            move |columnas: &mut [Column]| {
                cuenta.0.lock().unwrap().push(columnas[0].len());
                distancias(columnas)
            },
            COLUMNAS.map(col),
            |_: &Schema, _: &[Field]| Ok(Field::new("distancia_km".into(), DataType::Float64)),
        )
        .alias("distancia_km")
    }

    fn llamadas(&self) -> Vec<usize> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

fn correr(consulta: LazyFrame, motor: Engine) -> DataFrame {
    consulta.collect_with_engine(motor).unwrap().unwrap_single()
}

#[test]
fn una_llamada_por_columna_y_ninguna_por_fila() {
    let cuenta = Cuenta::default();
    let pares = pares_al_azar(1, 250_000).unwrap();
    let consulta = pares.lazy().select([cuenta.distancia()]);
    correr(consulta.clone(), Engine::InMemory);
    assert_eq!(cuenta.llamadas(), [250_000]);
    // The streaming engine calls it for each of its pieces.
    correr(consulta, Engine::Streaming);
    let llamadas = cuenta.llamadas();
    assert!((2..100).contains(&llamadas.len()), "{llamadas:?}");
    assert_eq!(llamadas.iter().sum::<usize>(), 250_000);
}

#[test]
fn el_filtro_que_bajo_le_ahorra_las_filas_y_el_que_la_usa_no() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = dir.path().join("entregas.parquet");
    let mut entregas = pares_al_azar(2, 1_000).unwrap();
    let pedido: Vec<i64> = (0..1_000).collect();
    entregas
        .with_column(Column::new("pedido".into(), pedido))
        .unwrap();
    ParquetWriter::new(File::create(&ruta).unwrap())
        .finish(&mut entregas)
        .unwrap();
    let escanear = || {
        LazyFrame::scan_parquet(ruta.to_str().unwrap().into(), ScanArgsParquet::default()).unwrap()
    };
    let cuenta = Cuenta::default();
    let de_otra = escanear()
        .with_column(cuenta.distancia())
        .filter(col("pedido").lt(lit(100)));
    assert_eq!(correr(de_otra, Engine::InMemory).height(), 100);
    assert_eq!(cuenta.llamadas(), [100]);

    let limite = escanear().with_column(cuenta.distancia()).limit(10);
    assert_eq!(correr(limite, Engine::InMemory).height(), 10);
    assert_eq!(cuenta.llamadas(), [10]);

    let propia = escanear()
        .with_column(cuenta.distancia())
        .filter(col("distancia_km").lt(lit(5_000.0)));
    let cerca = correr(propia, Engine::InMemory).height();
    assert!(cerca < 1_000);
    assert_eq!(cuenta.llamadas(), [1_000]);
}

#[test]
fn dos_clones_son_una_llamada_y_dos_expresiones_son_dos() {
    let pares = pares_al_azar(3, 1_000).unwrap();
    let dos_veces = |una: Expr, otra: Expr| {
        let consulta = pares.clone().lazy().select([
            (una / lit(90.0)).alias("horas"),
            (otra * lit(0.5)).alias("coste"),
        ]);
        correr(consulta, Engine::InMemory);
    };
    let cuenta = Cuenta::default();
    let una = cuenta.distancia();
    dos_veces(una.clone(), una);
    assert_eq!(cuenta.llamadas().len(), 1);
    dos_veces(cuenta.distancia(), cuenta.distancia());
    assert_eq!(cuenta.llamadas().len(), 2);
}

#[test]
fn dentro_de_un_group_by_tambien_es_una_llamada_con_todas_las_filas() {
    let cuenta = Cuenta::default();
    let mut pares = pares_al_azar(4, 1_000).unwrap();
    let region: Vec<_> = (0..1_000).map(|i| ["norte", "sur"][i % 2]).collect();
    pares
        .with_column(Column::new("region".into(), region))
        .unwrap();
    let media = pares
        .lazy()
        .group_by([col("region")])
        .agg([cuenta.distancia().mean().alias("media_km")]);
    assert_eq!(correr(media, Engine::InMemory).height(), 2);
    assert_eq!(cuenta.llamadas(), [1_000]);
}
