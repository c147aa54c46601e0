//! What EXPLAIN shows of a call: folded, simplified, shared, pushed down.

use crate::{con_entregas, contexto, enteros, filas, numeros, pares_y_distancias, plan};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{
    ScalarUDF, ScalarUDFImpl as _, Volatility, interval_arithmetic::Interval,
};
use datafusion::prelude::SessionContext;
use ej_16_4_2_udf::{Haversine, Nucleo, kilometros, udf_de_la_guia};

const LAS_CUATRO: &str = "lat_origen, lon_origen, lat_destino, lon_destino";

fn con_las_tres_volatilidades() -> SessionContext {
    let ctx = contexto();
    for (nombre, volatilidad) in [
        ("haversine_estable", Volatility::Stable),
        ("haversine_volatil", Volatility::Volatile),
    ] {
        let udf = Haversine::con(nombre, Nucleo::Vectorial, volatilidad);
        ctx.register_udf(ScalarUDF::from(udf));
    }
    con_entregas(&ctx, &enteros(&pares_y_distancias(1, 10).0), 10);
    ctx
}

#[tokio::test]
async fn con_constantes_la_inmutable_es_un_literal_en_el_plan_y_la_volatil_una_llamada() {
    let ctx = con_las_tres_volatilidades();
    let km = kilometros(40.4168, -3.7038, -34.6037, -58.3816);
    let de = |funcion: &str| {
        format!(
            "SELECT lat_origen, {funcion}(40.4168, -3.7038, -34.6037, -58.3816) AS km FROM entregas"
        )
    };
    for funcion in ["haversine", "haversine_estable"] {
        let plan = plan(&ctx, &de(funcion)).await;
        assert!(plan.contains(&format!("Float64({km:?}) AS km")), "{plan}");
        assert!(!plan.contains(&format!("{funcion}(")), "{plan}");
    }
    let de_la_volatil = plan(&ctx, &de("haversine_volatil")).await;
    let llamada = "haversine_volatil(Float64(40.4168), Float64(-3.7038), Float64(-34.6037), Float64(-58.3816))";
    assert!(de_la_volatil.contains(llamada), "{de_la_volatil}");
    for funcion in ["haversine", "haversine_estable", "haversine_volatil"] {
        let sql = format!("SELECT {funcion}(40.4168, -3.7038, -34.6037, -58.3816) FROM entregas");
        assert_eq!(numeros(&ctx, &sql).await.unwrap(), [Some(km); 10]);
    }
}

/// In practice: a filter that compares constants is gone before a file is opened.
#[tokio::test]
async fn un_filtro_constante_desaparece_y_uno_falso_vacia_el_plan() {
    let ctx = con_las_tres_volatilidades();
    let con = |limite: f64, funcion: &str| {
        format!(
            "SELECT lat_origen FROM entregas WHERE {funcion}(40.4, -3.7, 41.4, 2.2) < {limite:?}"
        )
    };
    let verdadero = plan(&ctx, &con(1e4, "haversine")).await;
    assert!(
        !verdadero.contains("Filter") && verdadero.contains("TableScan"),
        "{verdadero}"
    );
    let falso = plan(&ctx, &con(1.0, "haversine")).await;
    assert!(
        falso.contains("EmptyRelation") && !falso.contains("TableScan"),
        "{falso}"
    );
    let volatil = plan(&ctx, &con(1.0, "haversine_volatil")).await;
    assert!(volatil.contains("Filter: haversine_volatil("), "{volatil}");
}

/// The fold is what runs for every row: a call with three constants and a column stays a call.
#[tokio::test]
async fn con_una_columna_no_hay_nada_que_plegar_salvo_las_cuentas_de_alrededor() {
    let ctx = con_las_tres_volatilidades();
    let sql = "SELECT haversine(lat_origen, lon_origen, 40.0 + 0.4168, -3.7038) FROM entregas";
    let plan = plan(&ctx, sql).await;
    let llamada =
        "haversine(entregas.lat_origen, entregas.lon_origen, Float64(40.4168), Float64(-3.7038))";
    assert!(plan.contains(llamada), "{plan}");
}

#[tokio::test]
async fn el_mismo_punto_dos_veces_no_se_calcula_y_da_lo_mismo() {
    let ctx = contexto();
    let raros = [
        Some(1.5),
        None,
        Some(f64::NAN),
        Some(f64::INFINITY),
        Some(-0.0),
        Some(140.0),
    ];
    let pares: Vec<_> = raros
        .iter()
        .flat_map(|lat| raros.map(|lon| [*lat, lon, Some(0.0), Some(0.0)]))
        .collect();
    con_entregas(&ctx, &pares, 100);
    let sql =
        "SELECT haversine(lat_origen, lon_origen, lat_origen, lon_origen) AS km FROM entregas";
    let plan = plan(&ctx, sql).await;
    let resta =
        "entregas.lat_origen - entregas.lat_origen + entregas.lon_origen - entregas.lon_origen";
    assert!(
        plan.contains(resta) && !plan.contains("haversine("),
        "{plan}"
    );
    let km = numeros(&ctx, sql).await.unwrap();
    for (km, [lat, lon, ..]) in km.iter().zip(&pares) {
        let esperado = lat
            .zip(*lon)
            .map(|(lat, lon)| kilometros(lat, lon, lat, lon));
        match (km, esperado) {
            (Some(km), Some(esperado)) if esperado.is_nan() => {
                assert!(km.is_nan() && km.is_sign_positive());
            }
            _ => assert_eq!(*km, esperado, "{lat:?} {lon:?}"),
        }
    }
}

/// `random()` twice is two numbers, and a volatile distance is not ours to reason about.
#[tokio::test]
async fn lo_que_cambia_en_cada_llamada_no_se_simplifica() {
    let ctx = con_las_tres_volatilidades();
    for sql in [
        "SELECT haversine(random(), lon_origen, random(), lon_origen) FROM entregas",
        "SELECT haversine_volatil(lat_origen, lon_origen, lat_origen, lon_origen) FROM entregas",
    ] {
        let plan = plan(&ctx, sql).await;
        assert!(plan.contains("haversine"), "{plan}");
    }
    let sql = "SELECT haversine(random(), 0.0, random(), 0.0) AS km FROM entregas";
    assert!(
        numeros(&ctx, sql)
            .await
            .unwrap()
            .iter()
            .all(|km| km.unwrap() > 0.0)
    );
}

#[tokio::test]
async fn un_nulo_constante_es_un_nulo_sin_leer_la_columna() {
    let ctx = con_las_tres_volatilidades();
    let sql = "SELECT haversine(lat_origen, lon_origen, NULL, 2.0) AS km FROM entregas";
    let plan = plan(&ctx, sql).await;
    assert!(
        plan.contains("Float64(NULL) AS km") && !plan.contains("haversine("),
        "{plan}"
    );
    assert_eq!(numeros(&ctx, sql).await.unwrap(), [None; 10]);
}

#[tokio::test]
async fn ir_y_volver_son_una_sola_expresion_y_de_la_guia_son_dos() {
    let ctx = con_las_tres_volatilidades();
    ctx.register_udf(udf_de_la_guia());
    let ida_y_vuelta = |funcion: &str| {
        format!(
            "SELECT {funcion}({LAS_CUATRO}) AS ida, \
             {funcion}(lat_destino, lon_destino, lat_origen, lon_origen) AS vuelta FROM entregas"
        )
    };
    let llamadas = |plan: &str, funcion: &str| {
        let logico = plan.lines().take_while(|linea| !linea.contains("Exec"));
        let cuenta = |linea: &str| linea.matches(&format!("{funcion}(")).count();
        logico.map(cuenta).sum::<usize>()
    };
    let nuestro = plan(&ctx, &ida_y_vuelta("haversine")).await;
    assert_eq!(llamadas(&nuestro, "haversine"), 1, "{nuestro}");
    assert!(nuestro.contains("__common_expr"), "{nuestro}");
    let suyo = plan(&ctx, &ida_y_vuelta("haversine_guia")).await;
    assert_eq!(llamadas(&suyo, "haversine_guia"), 2, "{suyo}");
    // The names of the columns are those that were asked for.
    let lotes = filas(&ctx, &ida_y_vuelta("haversine")).await.unwrap();
    assert_eq!(lotes[0].schema().field(1).name(), "vuelta");
    assert_eq!(lotes[0].column(0), lotes[0].column(1));
}

/// Strict: a filter on the distance throws away the rows that an outer join added, so that it need not be one.
#[tokio::test]
async fn por_ser_estricta_un_left_join_filtrado_se_vuelve_inner() {
    let ctx = contexto();
    ctx.register_udf(udf_de_la_guia());
    con_entregas(&ctx, &enteros(&[[40.0, -3.0, 41.0, 2.0]]), 1);
    let sql = |funcion: &str| {
        format!(
            "SELECT a.lat_origen FROM entregas a LEFT JOIN entregas b ON a.lat_origen = b.lat_origen \
             WHERE {funcion}(b.lat_origen, b.lon_origen, b.lat_destino, b.lon_destino) < 1000"
        )
    };
    let estricta = plan(&ctx, &sql("haversine")).await;
    assert!(estricta.contains("Inner Join"), "{estricta}");
    let caja = plan(&ctx, &sql("haversine_guia")).await;
    assert!(caja.contains("Left Join"), "{caja}");
}

#[test]
fn sus_valores_van_de_cero_en_adelante_y_por_encima_esta_nan() {
    let cualquiera =
        Interval::make_unbounded(&datafusion::arrow::datatypes::DataType::Float64).unwrap();
    let entrada = [&cualquiera; 4];
    let limites = Haversine::new().evaluate_bounds(&entrada).unwrap();
    assert_eq!(limites.lower(), &ScalarValue::Float64(Some(0.0)));
    assert!(limites.upper().is_null());
}
