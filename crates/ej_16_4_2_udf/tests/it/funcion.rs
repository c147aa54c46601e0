//! `haversine` in SQL and called directly: every mix of arguments, and every one that it refuses.

use crate::{
    BUENOS_AIRES, MADRID, bits, columna, con_entregas, contexto, enteros, filas, numeros,
    pares_y_distancias,
};
use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _, Float64Array, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Float64Type};
use datafusion::common::ScalarValue;
use datafusion::common::config::ConfigOptions;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl as _, Volatility,
};
use ecommerce_model::haversine_km;
use ej_16_4_2_udf::{Haversine, Nucleo, UdfError, kilometros};
use proptest::prelude::*;
use std::sync::Arc;

const LAS_CUATRO: &str = "lat_origen, lon_origen, lat_destino, lon_destino";

fn llamar(argumentos: Vec<ColumnarValue>, filas: usize) -> Result<ColumnarValue, DataFusionError> {
    let campo = |valor: &ColumnarValue| Arc::new(Field::new("x", valor.data_type(), true));
    Haversine::new().invoke_with_args(ScalarFunctionArgs {
        arg_fields: argumentos.iter().map(campo).collect(),
        args: argumentos,
        number_rows: filas,
        return_field: Arc::new(Field::new("km", DataType::Float64, true)),
        config_options: Arc::new(ConfigOptions::new()),
    })
}

fn constante(valor: impl Into<Option<f64>>) -> ColumnarValue {
    ColumnarValue::Scalar(ScalarValue::Float64(valor.into()))
}

fn como_columna(valor: ColumnarValue) -> Float64Array {
    let ColumnarValue::Array(array) = valor else {
        panic!("{valor:?} is no column");
    };
    array.as_primitive::<Float64Type>().clone()
}

#[tokio::test]
async fn en_columnas_da_los_bits_del_nucleo_que_se_eligio() {
    let (pares, de_16_3_2) = pares_y_distancias(1642, 5_000);
    let ctx = contexto();
    let por_fila = Haversine::con("haversine_por_fila", Nucleo::PorFila, Volatility::Immutable);
    ctx.register_udf(ScalarUDF::from(por_fila));
    con_entregas(&ctx, &enteros(&pares), 700);

    let sql = format!("SELECT haversine_por_fila({LAS_CUATRO}) FROM entregas");
    let mut por_fila = bits(&numeros(&ctx, &sql).await.unwrap());
    let mut esperado = bits(&de_16_3_2);
    // Two partitions, in either order.
    por_fila.sort_unstable();
    esperado.sort_unstable();
    assert_eq!(por_fila, esperado);

    let sql = format!("SELECT haversine({LAS_CUATRO}) FROM entregas");
    let mut vectorial = bits(&numeros(&ctx, &sql).await.unwrap());
    let kilometros = |[a, b, c, d]: &[f64; 4]| Some(kilometros(*a, *b, *c, *d).to_bits());
    let mut esperado: Vec<_> = pares.iter().map(kilometros).collect();
    vectorial.sort_unstable();
    esperado.sort_unstable();
    assert_eq!(vectorial, esperado);
}

/// Sixteen mixes of columns and constants, each the same as all columns.
#[test]
fn columnas_y_constantes_se_mezclan_como_se_quiera() {
    let (pares, _) = pares_y_distancias(3, 100);
    let fija = pares[0];
    for mezcla in 0..16_u32 {
        let es_columna = |i: usize| mezcla >> i & 1 == 1;
        let argumento = |i: usize| {
            if es_columna(i) {
                ColumnarValue::Array(columna(pares.iter().map(|par| Some(par[i]))))
            } else {
                constante(fija[i])
            }
        };
        let km = llamar((0..4).map(argumento).collect(), pares.len()).unwrap();
        if mezcla == 0 {
            let ColumnarValue::Scalar(ScalarValue::Float64(Some(km))) = km else {
                panic!("four constants are one number: {km:?}");
            };
            assert_eq!(
                km.to_bits(),
                kilometros(fija[0], fija[1], fija[2], fija[3]).to_bits()
            );
            continue;
        }
        let km = como_columna(km);
        assert_eq!(km.len(), pares.len());
        for (par, km) in pares.iter().zip(km.values()) {
            let [a, b, c, d] =
                std::array::from_fn(|i| if es_columna(i) { par[i] } else { fija[i] });
            assert_eq!(
                km.to_bits(),
                kilometros(a, b, c, d).to_bits(),
                "{mezcla:04b}"
            );
        }
    }
}

#[test]
fn un_nulo_en_cualquier_sitio_es_un_nulo_y_solo_alli() {
    for sitio in 0..4 {
        // In a column.
        let argumento = |i: usize| {
            let valores = [Some(10.0), (i != sitio).then_some(20.0), Some(30.0)];
            ColumnarValue::Array(columna(valores))
        };
        let km = como_columna(llamar((0..4).map(argumento).collect(), 3).unwrap());
        let nulos: Vec<_> = (0..3).map(|i| km.is_null(i)).collect();
        assert_eq!(nulos, [false, true, false]);
        // As a constant, beside columns and beside constants.
        for columnas in [true, false] {
            let argumento = |i: usize| match (i == sitio, columnas) {
                (true, _) => constante(None),
                (false, true) => ColumnarValue::Array(columna([Some(1.0), Some(2.0)])),
                (false, false) => constante(1.0),
            };
            let km = llamar((0..4).map(argumento).collect(), 2).unwrap();
            assert!(matches!(
                km,
                ColumnarValue::Scalar(ScalarValue::Float64(None))
            ));
        }
    }
    // Different rows of different columns.
    let argumento = |i: usize| {
        let valores = (0..5).map(|fila| (fila != i).then_some(fila as f64));
        ColumnarValue::Array(columna(valores))
    };
    let km = como_columna(llamar((0..4).map(argumento).collect(), 5).unwrap());
    assert_eq!(km.null_count(), 4);
    assert!(km.is_valid(4));
}

#[test]
fn un_lote_vacio_y_uno_cortado_son_lotes() {
    let vacia = || ColumnarValue::Array(columna([]));
    let km = como_columna(llamar(vec![vacia(), vacia(), vacia(), vacia()], 0).unwrap());
    assert_eq!(km.len(), 0);

    let (pares, _) = pares_y_distancias(5, 1_100);
    let de = |i: usize| {
        let nulo = |fila: usize| fila % 7 == 3;
        columna(
            pares
                .iter()
                .enumerate()
                .map(|(fila, par)| (!nulo(fila)).then_some(par[i])),
        )
    };
    let entera = como_columna(
        llamar(
            (0..4).map(|i| ColumnarValue::Array(de(i))).collect(),
            pares.len(),
        )
        .unwrap(),
    );
    for (desde, filas) in [(0, 1), (1, 512), (3, 513), (511, 589), (1_100, 0)] {
        let corte = |i: usize| ColumnarValue::Array(de(i).slice(desde, filas));
        let cortada = como_columna(llamar((0..4).map(corte).collect(), filas).unwrap());
        let esperada: ArrayRef = Arc::new(entera.slice(desde, filas));
        assert_eq!(
            bits(&cortada.iter().collect::<Vec<_>>()),
            bits(
                &esperada
                    .as_primitive::<Float64Type>()
                    .iter()
                    .collect::<Vec<_>>()
            )
        );
    }
}

/// Every numeric type becomes Float64; the value is that of the number, which is what `CAST` gives too.
#[tokio::test]
async fn los_demas_numeros_se_convierten_antes() {
    let ctx = contexto();
    let [lat, lon] = [40.0, -3.0];
    let esperado = kilometros(lat, lon, 10.0, 20.0).to_bits();
    for tipo in [
        "TINYINT",
        "SMALLINT",
        "INT",
        "BIGINT",
        "FLOAT",
        "DOUBLE",
        "DECIMAL(9,4)",
    ] {
        let sql = format!("SELECT haversine({lat}::{tipo}, {lon}::{tipo}, 10, 20.0)");
        assert_eq!(
            bits(&numeros(&ctx, &sql).await.unwrap()),
            [Some(esperado)],
            "{tipo}"
        );
        // And a column, which nothing folds.
        let sql = format!(
            "SELECT haversine(a::{tipo}, b::{tipo}, 10, 20) FROM (VALUES (40, -3)) t(a, b)"
        );
        assert_eq!(
            bits(&numeros(&ctx, &sql).await.unwrap()),
            [Some(esperado)],
            "{tipo}"
        );
    }
    // The difference of unsigned longitudes does not wrap around.
    let sql =
        "SELECT haversine(0::INT UNSIGNED, 200::INT UNSIGNED, 0::INT UNSIGNED, 10::INT UNSIGNED)";
    let esperado = kilometros(0.0, 200.0, 0.0, 10.0).to_bits();
    assert_eq!(bits(&numeros(&ctx, sql).await.unwrap()), [Some(esperado)]);
    let sql = "SELECT haversine(NULL, -3.7, lat, 20) FROM (VALUES (1.5)) t(lat)";
    assert_eq!(numeros(&ctx, sql).await.unwrap(), [None]);
}

#[tokio::test]
async fn los_argumentos_tienen_nombre() {
    let [lat1, lon1] = MADRID;
    let [lat2, lon2] = BUENOS_AIRES;
    let sql =
        format!("SELECT haversine(lon2 => {lon2}, lat2 => {lat2}, lat1 => {lat1}, lon1 => {lon1})");
    let km = numeros(&contexto(), &sql).await.unwrap();
    assert_eq!(
        bits(&km),
        [Some(kilometros(lat1, lon1, lat2, lon2).to_bits())]
    );
    assert!((km[0].unwrap() - 10_044.945).abs() < 1e-3);
}

/// Refused when it is planned: before any row is read.
#[tokio::test]
async fn los_textos_y_las_cuentas_que_no_salen_son_errores_al_planificar() {
    let ctx = contexto();
    con_entregas(&ctx, &[[Some(1.0); 4]], 1);
    for (argumentos, dice) in [
        ("'40.4', -3.7, 10, 20", "received String"),
        ("'norte', lon_origen, 10, 20", "received String"),
        ("true, -3.7, 10, 20", "received Boolean"),
        ("now(), -3.7, 10, 20", "received Timestamp"),
        ("1, 2, 3", "expects 4 arguments but received 3"),
        ("1, 2, 3, 4, 5", "expects 4 arguments but received 5"),
        ("", "does not support zero arguments"),
    ] {
        let sql = format!("SELECT haversine({argumentos}) FROM entregas");
        let error = ctx.sql(&sql).await.unwrap_err();
        let texto = error.to_string();
        let al_planificar = matches!(error.find_root(), DataFusionError::Plan(_));
        assert!(
            al_planificar && texto.contains(dice),
            "{argumentos}: {texto}"
        );
    }
}

/// A call that goes around the planner is answered with a typed error.
#[test]
fn una_llamada_que_se_salta_el_planificador_recibe_un_error_con_tipo() {
    let uno = || constante(1.0);
    let causa = |argumentos, filas| {
        let error = llamar(argumentos, filas).unwrap_err();
        UdfError::of(&error).cloned().unwrap()
    };
    assert_eq!(
        causa(vec![uno(), uno(), uno()], 1),
        UdfError::ArgumentCount {
            function: "haversine",
            expected: 4,
            found: 3
        }
    );
    let texto: ArrayRef = Arc::new(StringArray::from(vec!["norte"]));
    assert_eq!(
        causa(vec![uno(), ColumnarValue::Array(texto), uno(), uno()], 1),
        UdfError::ArgumentType {
            function: "haversine",
            argument: 2,
            expected: DataType::Float64,
            found: DataType::Utf8
        }
    );
    let entero = ColumnarValue::Scalar(ScalarValue::Int64(Some(1)));
    let error = causa(vec![uno(), uno(), uno(), entero], 1);
    assert_eq!(
        error.to_string(),
        "haversine: argument 4 is Int64, not Float64"
    );
    let larga = ColumnarValue::Array(columna([Some(1.0), Some(2.0)]));
    assert_eq!(
        causa(vec![uno(), uno(), larga, uno()], 3),
        UdfError::ArgumentLength {
            function: "haversine",
            argument: 3,
            expected: 3,
            found: 2
        }
    );
}

#[tokio::test]
async fn nan_infinitos_y_latitudes_imposibles_se_calculan_como_en_16_3_2() {
    let ctx = contexto();
    con_entregas(
        &ctx,
        &enteros(&[
            [f64::NAN, 0.0, 0.0, 0.0],
            [0.0, f64::INFINITY, 0.0, 0.0],
            [0.0, 0.0, 0.0, f64::NEG_INFINITY],
            // Over the pole and 10 degrees down the other side.
            [100.0, 0.0, 45.0, 30.0],
            [45.0, 400.0, 45.0, 30.0],
        ]),
        10,
    );
    let sql = format!("SELECT haversine({LAS_CUATRO}) FROM entregas");
    let km = numeros(&ctx, &sql).await.unwrap();
    let nan_sin_signo =
        |km: &Option<f64>| km.is_some_and(|km| km.is_nan() && km.is_sign_positive());
    assert!(km[..3].iter().all(nan_sin_signo), "{km:?}");
    for (km, [a, b, c, d]) in [
        (km[3], [100.0, 0.0, 45.0, 30.0]),
        (km[4], [45.0, 400.0, 45.0, 30.0]),
    ] {
        let esperado = haversine_km(a, b, c, d);
        assert!((km.unwrap() - esperado).abs() < 1e-9, "{km:?} {esperado}");
    }
    assert!((km[3].unwrap() - haversine_km(80.0, 180.0, 45.0, 30.0)).abs() < 1e-9);
    // To the engine a NaN is above every number, so that no «less than» lets it pass; one with a sign is below, and would.
    let cerca = format!("SELECT lat_origen FROM entregas WHERE haversine({LAS_CUATRO}) <= 1e300");
    assert_eq!(numeros(&ctx, &cerca).await.unwrap().len(), 2);
    let con_signo = "SELECT 1.0 WHERE -(CAST('NaN' AS DOUBLE)) < -1e300";
    assert_eq!(numeros(&ctx, con_signo).await.unwrap(), [Some(1.0)]);
}

#[tokio::test]
async fn la_columna_admite_nulos_solo_si_alguna_de_las_cuatro_los_admite() {
    let ctx = contexto();
    con_entregas(&ctx, &[[Some(1.0); 4]], 1);
    let esquema =
        |lotes: &[datafusion::arrow::array::RecordBatch]| lotes[0].schema().field(0).is_nullable();
    let con = filas(
        &ctx,
        &format!("SELECT haversine({LAS_CUATRO}) FROM entregas"),
    )
    .await
    .unwrap();
    assert!(esquema(&con));
    let sin =
        "SELECT haversine(a, a, 1.0, 2.0) FROM (VALUES (1.0), (2.0)) t(a) WHERE a IS NOT NULL";
    let plan = ctx.sql(sin).await.unwrap();
    let admite = plan.schema().field(0).is_nullable();
    let de_entrada = ctx
        .sql("SELECT a FROM (VALUES (1.0), (2.0)) t(a)")
        .await
        .unwrap();
    assert_eq!(admite, de_entrada.schema().field(0).is_nullable());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Columns of any length with nulls anywhere: each row as the kernel alone, in both kernels.
    #[test]
    fn cada_fila_es_la_del_nucleo_y_cada_nulo_es_nulo(
        filas in prop::collection::vec(prop::array::uniform4(prop::option::weighted(0.9, -400.0..400.0f64)), 0..1_200),
    ) {
        let argumento = |i: usize| ColumnarValue::Array(columna(filas.iter().map(|fila| fila[i])));
        let km = como_columna(llamar((0..4).map(argumento).collect(), filas.len()).unwrap());
        prop_assert_eq!(km.len(), filas.len());
        for (fila, km) in filas.iter().zip(km.iter()) {
            let esperado = match fila {
                [Some(a), Some(b), Some(c), Some(d)] => Some(kilometros(*a, *b, *c, *d)),
                _ => None,
            };
            prop_assert_eq!(km.map(f64::to_bits), esperado.map(f64::to_bits));
        }
    }
}
