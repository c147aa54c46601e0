//! Question 3: groups that are spread over many row groups come out whole.

use ej_16_3_3_larger_than_ram::procesar_grande;
use polars::prelude::{DataFrame, NamedFrom as _, ParquetWriter, Series, df};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs::File;

/// A row: a region or none, and an amount in quarters, which every order of addition sums exactly, or none.
type Fila = (Option<String>, Option<f64>);

/// The guide's question through its function, over a file of row groups of `filas_por_grupo` rows.
fn por_el_motor(filas: &[Fila], filas_por_grupo: usize) -> BTreeMap<Option<String>, f64> {
    let dir = tempfile::tempdir().unwrap();
    let ruta = |nombre: &str| dir.path().join(nombre).to_str().unwrap().to_owned();
    let (entrada, salida) = (ruta("e.parquet"), ruta("s.parquet"));
    let region: Vec<_> = filas.iter().map(|f| f.0.as_deref()).collect();
    let monto: Vec<_> = filas.iter().map(|f| f.1).collect();
    let mut marco = df!["region" => region, "monto" => monto].unwrap();
    ParquetWriter::new(File::create(&entrada).unwrap())
        .with_row_group_size(Some(filas_por_grupo))
        .finish(&mut marco)
        .unwrap();
    procesar_grande(&entrada, &salida).unwrap();
    grupos(&crate::datos::leer(salida.as_ref()))
}

fn grupos(marco: &DataFrame) -> BTreeMap<Option<String>, f64> {
    let columna = |nombre: &str| {
        marco
            .column(nombre)
            .unwrap()
            .as_materialized_series()
            .clone()
    };
    let (region, revenue) = (columna("region"), columna("revenue"));
    let pares = region
        .str()
        .unwrap()
        .iter()
        .zip(revenue.f64().unwrap().iter());
    let grupos: BTreeMap<_, _> = pares
        .map(|(region, revenue)| (region.map(str::to_owned), revenue.unwrap()))
        .collect();
    assert_eq!(grupos.len(), marco.height(), "un grupo en dos filas");
    grupos
}

/// The same with a map: no engine, no pieces.
fn a_mano(filas: &[Fila]) -> BTreeMap<Option<String>, f64> {
    let mut grupos = BTreeMap::new();
    for (region, monto) in filas {
        if let Some(monto) = monto.filter(|m| *m > 0.0) {
            *grupos.entry(region.clone()).or_default() += monto;
        }
    }
    grupos
}

fn filas() -> impl Strategy<Value = Vec<Fila>> {
    (1u32..400).prop_flat_map(|claves| {
        let region = prop::option::weighted(0.9, (0..claves).prop_map(|k| format!("r{k}")));
        let monto = prop::option::weighted(0.9, (-40i32..4_000).prop_map(|q| f64::from(q) / 4.0));
        prop::collection::vec((region, monto), 0..400)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn los_grupos_repartidos_entre_grupos_de_filas_suman_lo_mismo(
        filas in filas(),
        filas_por_grupo in 1usize..60,
    ) {
        prop_assert_eq!(por_el_motor(&filas, filas_por_grupo), a_mano(&filas));
    }
}

/// Nearly every row a group of its own, its two rows far apart: the tables of partial groups overflow and are merged.
#[test]
fn treinta_mil_grupos_de_dos_filas_en_los_extremos_del_archivo() {
    let mitad: Vec<Fila> = (0..30_000)
        .map(|i| ((i != 7).then(|| format!("r{i}")), Some(f64::from(i) + 0.25)))
        .collect();
    let filas: Vec<Fila> = mitad.iter().chain(mitad.iter().rev()).cloned().collect();
    let grupos = por_el_motor(&filas, 1_000);
    assert_eq!(grupos.len(), 30_000);
    assert_eq!(grupos, a_mano(&filas));
    assert_eq!(grupos[&None], 14.5);
}

/// `monto > 0` lets NaN through: for Polars it is greater than every number.
#[test]
fn un_nan_pasa_el_filtro_de_la_guia_y_se_lleva_su_grupo() {
    let fila = |region: &str, monto| (Some(region.to_owned()), Some(monto));
    let filas = [
        fila("norte", 1.5),
        fila("norte", f64::NAN),
        fila("sur", 2.0),
    ];
    let grupos = por_el_motor(&filas, 1);
    assert!(grupos[&Some("norte".to_owned())].is_nan());
    assert_eq!(grupos[&Some("sur".to_owned())], 2.0);
}

/// In the other engine and in one piece: the same.
#[test]
fn los_dos_motores_coinciden() {
    use ej_16_3_3_larger_than_ram::{Engine, Operation, to_parquet};
    let dir = tempfile::tempdir().unwrap();
    let ruta = |nombre: &str| dir.path().join(nombre);
    let que = crate::datos::generacion(4_000, 50, 300);
    crate::datos::eventos(que, &ruta("e.parquet"));
    for (motor, salida) in [
        (Engine::Streaming, "a.parquet"),
        (Engine::InMemory, "b.parquet"),
    ] {
        let plan = Operation::Aggregate.plan(&ruta("e.parquet")).unwrap();
        to_parquet(plan, motor, &ruta(salida), None).unwrap();
        assert_eq!(
            crate::datos::regiones_de(&ruta(salida)),
            crate::datos::regiones(que)
        );
    }
}

#[test]
fn una_columna_con_otro_tipo_es_un_error_y_no_un_panic() {
    let dir = tempfile::tempdir().unwrap();
    let ruta = |nombre: &str| dir.path().join(nombre).to_str().unwrap().to_owned();
    let texto = Series::new("monto".into(), ["mucho", "poco"]);
    let region = Series::new("region".into(), ["norte", "sur"]);
    let mut marco = DataFrame::new(2, vec![region.into(), texto.into()]).unwrap();
    ParquetWriter::new(File::create(ruta("e.parquet")).unwrap())
        .finish(&mut marco)
        .unwrap();
    let error = procesar_grande(&ruta("e.parquet"), &ruta("s.parquet")).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("`sum` operation not supported for dtype `str`"),
        "{error}"
    );
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn scan_parquet_no_abre_el_archivo_hasta_que_hace_falta() {
    use polars::prelude::{LazyFrame, PolarsError, ScanArgsParquet};
    let mut plan =
        LazyFrame::scan_parquet("/no/existe.parquet".into(), ScanArgsParquet::default()).unwrap();
    let error = plan.collect_schema().unwrap_err();
    assert!(
        matches!(error, PolarsError::IO { .. } | PolarsError::Context { .. }),
        "{error:?}"
    );
}
