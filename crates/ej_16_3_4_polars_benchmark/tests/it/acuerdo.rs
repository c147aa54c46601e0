//! All engines against a loop over whole cents.

use crate::archivos::{Fila, MOTORES, consultar, escribir};
use datafusion::arrow::array::AsArray as _;
use datafusion::arrow::datatypes::Float64Type;
use datafusion::functions_aggregate::expr_fn::sum;
use datafusion::prelude::{SessionContext, col, lit};
use ej_16_3_4_polars_benchmark::{BenchmarkError, RegionRevenue, Revenue, SalesFile};
use parquet::file::properties::EnabledStatistics::{Chunk, None as Sin};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Cents by region of the rows above zero, by the comparison of IEEE 754: NaN is not above zero.
fn a_mano(filas: &[Fila]) -> BTreeMap<Option<String>, i64> {
    let mut totales = BTreeMap::new();
    for (monto, region) in filas {
        if let Some(monto) = monto.filter(|m| *m > 0.0) {
            let centavos = (monto * 100.0).round() as i64;
            *totales.entry(region.map(str::to_owned)).or_default() += centavos;
        }
    }
    totales
}

fn centavos(revenue: &Revenue) -> Result<BTreeMap<Option<String>, i64>, BenchmarkError> {
    let dinero = revenue.cents()?;
    Ok(dinero.into_iter().map(|(r, c)| (r, c.get())).collect())
}

fn region() -> impl Strategy<Value = Option<&'static str>> {
    const NOMBRES: [&str; 8] = [
        "norte",
        "sur",
        "este",
        "oeste",
        "centro",
        "",
        "ñandú 🏝",
        "a'b\\c",
    ];
    prop_oneof![1 => Just(None), 9 => proptest::sample::select(&NOMBRES[..]).prop_map(Some)]
}

fn dinero() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        2 => Just(None),
        1 => proptest::sample::select(&[0.0, -0.0][..]).prop_map(Some),
        12 => (-100_000_000_i64..100_000_000).prop_map(|c| Some(c as f64 / 100.0)),
    ]
}

fn cualquiera() -> impl Strategy<Value = Option<f64>> {
    const RAROS: [f64; 4] = [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
    prop_oneof![4 => dinero(), 1 => proptest::sample::select(&RAROS[..]).prop_map(Some)]
}

fn filas(
    monto: impl Strategy<Value = Option<f64>>,
    hasta: usize,
) -> impl Strategy<Value = Vec<Fila>> {
    proptest::collection::vec((monto, region()), 0..hasta)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn los_tres_motores_dan_los_centavos_de_un_bucle(filas in filas(dinero(), 200)) {
        let directorio = tempfile::tempdir().unwrap();
        let ruta = directorio.path().join("ventas.parquet");
        escribir(&ruta, &filas, Chunk);
        let archivo = SalesFile::open(&ruta).unwrap();
        for motor in MOTORES {
            let revenue = consultar(motor, &archivo).unwrap();
            prop_assert_eq!(centavos(&revenue).unwrap(), a_mano(&filas), "{}", motor);
        }
    }

    #[test]
    fn con_montos_que_no_son_numeros_hay_un_error_o_el_total_de_los_que_si_lo_son(
        filas in filas(cualquiera(), 30)
    ) {
        let directorio = tempfile::tempdir().unwrap();
        let ruta = directorio.path().join("ventas.parquet");
        escribir(&ruta, &filas, Chunk);
        let archivo = SalesFile::open(&ruta).unwrap();
        let raros = filas.iter().any(|(m, _)| m.is_some_and(|m| m.is_nan() || m == f64::INFINITY));
        for motor in MOTORES {
            match centavos(&consultar(motor, &archivo).unwrap()) {
                Ok(totales) => prop_assert_eq!(totales, a_mano(&filas), "{}", motor),
                Err(BenchmarkError::NotMoney { total, .. }) => {
                    prop_assert!(raros && !total.is_finite(), "{}", motor);
                }
                Err(otro) => prop_assert!(false, "{}: {}", motor, otro),
            }
        }
    }
}

/// Regions whose total is NaN, per engine.
fn con_nan(
    filas: &[Fila],
    estadisticas: parquet::file::properties::EnabledStatistics,
) -> Vec<Vec<String>> {
    let directorio = tempfile::tempdir().unwrap();
    let ruta = directorio.path().join("ventas.parquet");
    escribir(&ruta, filas, estadisticas);
    let archivo = SalesFile::open(&ruta).unwrap();
    MOTORES
        .iter()
        .map(|motor| {
            let revenue = consultar(motor, &archivo).unwrap();
            let nan = revenue.rows().iter().filter(|fila| fila.revenue.is_nan());
            nan.filter_map(|fila| fila.region.clone()).collect()
        })
        .collect()
}

#[test]
fn nan_pasa_el_filtro_en_polars_y_en_datafusion_solo_si_es_positivo() {
    let filas = [
        (Some(f64::NAN), Some("más")),
        (Some(-f64::NAN), Some("menos")),
        (Some(1.0), Some("más")),
        (Some(1.0), Some("menos")),
    ];
    let polars = vec!["menos".to_owned(), "más".to_owned()];
    let datafusion = vec!["más".to_owned()];
    assert_eq!(con_nan(&filas, Sin), [polars.clone(), polars, datafusion]);
}

#[test]
fn datafusion_poda_por_sus_estadisticas_un_nan_entre_negativos_y_polars_no() {
    // The writer leaves NaN out of the statistics, so the row group's maximum is -1 and DataFusion does not look inside.
    let filas = [(Some(f64::NAN), Some("r")), (Some(-1.0), Some("r"))];
    let nadie: Vec<String> = vec![];
    let r = vec!["r".to_owned()];
    assert_eq!(con_nan(&filas, Chunk), [r.clone(), r.clone(), nadie]);
    assert_eq!(con_nan(&filas, Sin), [r.clone(), r.clone(), r]);
}

#[test]
fn datafusion_por_omision_suma_dos_donde_hay_un_nan_y_un_uno() {
    // Least and greatest value are 1.0: with the statistics of the whole file it reads no value at all.
    let filas = [(Some(f64::NAN), Some("sur")), (Some(1.0), Some("sur"))];
    let directorio = tempfile::tempdir().unwrap();
    let ruta = directorio.path().join("ventas.parquet");
    escribir(&ruta, &filas, Chunk);
    let por_omision = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let sesion = SessionContext::new();
        let tabla = sesion
            .read_parquet(ruta.to_str().unwrap(), Default::default())
            .await
            .unwrap();
        let suma = tabla.filter(col("monto").gt(lit(0.0))).unwrap();
        let suma = suma.aggregate(vec![], vec![sum(col("monto"))]).unwrap();
        let lotes = suma.collect().await.unwrap();
        lotes[0].column(0).as_primitive::<Float64Type>().value(0)
    });
    assert_eq!(por_omision, 2.0);
    let nuestra = consultar("datafusion", &SalesFile::open(&ruta).unwrap()).unwrap();
    assert!(nuestra.rows()[0].revenue.is_nan());
}

#[test]
fn las_filas_sin_region_son_un_grupo_mas() {
    let directorio = tempfile::tempdir().unwrap();
    let ruta = directorio.path().join("ventas.parquet");
    escribir(
        &ruta,
        &[
            (Some(1.5), None),
            (Some(2.5), None),
            (Some(1.0), Some("sur")),
        ],
        Chunk,
    );
    let archivo = SalesFile::open(&ruta).unwrap();
    for motor in MOTORES {
        let totales = centavos(&consultar(motor, &archivo).unwrap()).unwrap();
        assert_eq!(
            totales,
            BTreeMap::from([(None, 400), (Some("sur".into()), 100)]),
            "{motor}"
        );
    }
}

#[test]
fn diez_mil_regiones_son_diez_mil_grupos() {
    let nombres: Vec<&'static str> = (0..10_000)
        .map(|n| &*Box::leak(format!("r{n}").into_boxed_str()))
        .collect();
    let filas: Vec<Fila> = (0..30_000)
        .map(|n| {
            (
                Some(f64::from(n) / 100.0),
                Some(nombres[n as usize % 10_000]),
            )
        })
        .collect();
    let directorio = tempfile::tempdir().unwrap();
    let ruta = directorio.path().join("ventas.parquet");
    escribir(&ruta, &filas, Chunk);
    let archivo = SalesFile::open(&ruta).unwrap();
    for motor in MOTORES {
        let totales = centavos(&consultar(motor, &archivo).unwrap()).unwrap();
        assert_eq!(totales.len(), 10_000, "{motor}");
        assert_eq!(totales, a_mano(&filas), "{motor}");
    }
}

#[test]
fn el_orden_cambia_el_float_y_no_los_centavos() {
    let montos: Vec<f64> = (1..=100_000)
        .map(|n| f64::from(n * 7 % 99_991) / 100.0)
        .collect();
    let total = |suma: f64| {
        let fila = RegionRevenue {
            region: None,
            revenue: suma,
        };
        Revenue::new(vec![fila])
    };
    let (adelante, atras) = (montos.iter().sum::<f64>(), montos.iter().rev().sum::<f64>());
    assert_ne!(adelante.to_bits(), atras.to_bits());
    assert_eq!(
        centavos(&total(adelante)).unwrap(),
        centavos(&total(atras)).unwrap()
    );
}

#[test]
fn donde_los_floats_distan_mas_de_un_centavo_no_hay_dinero() {
    let total = |suma: f64| {
        Revenue::new(vec![RegionRevenue {
            region: Some("r".into()),
            revenue: suma,
        }])
    };
    let limite = 2f64.powi(46);
    assert!(limite.next_up() - limite > 0.01);
    assert!(limite - limite.next_down() < 0.01);
    assert_eq!(
        centavos(&total(limite.next_down())).unwrap()[&Some("r".into())],
        (1 << 46) * 100 - 1
    );
    for suma in [limite, -limite, f64::NAN, f64::INFINITY] {
        let error = centavos(&total(suma)).unwrap_err();
        assert!(
            matches!(&error, BenchmarkError::NotMoney { region: Some(r), .. } if r == "r"),
            "{error}"
        );
    }
}
