//! The guide's form, as it is and finished: what stands in its way on today's version.

use crate::{con_entregas, contexto, enteros, numeros, pares_y_distancias};
use datafusion::error::DataFusionError;
use ej_16_4_2_udf::{haversine_en_sql, kilometros, udf_de_la_guia};

const LAS_CUATRO: &str = "lat_origen, lon_origen, lat_destino, lon_destino";

/// The guide's loop, finished, is right where it works: columns without nulls.
#[tokio::test]
async fn terminada_da_la_distancia_de_las_columnas_y_la_formula_en_sql_tambien() {
    let (pares, _) = pares_y_distancias(1642, 2_000);
    let ctx = contexto();
    ctx.register_udf(udf_de_la_guia());
    con_entregas(&ctx, &enteros(&pares), 500);
    let en_sql = haversine_en_sql("lat_origen", "lon_origen", "lat_destino", "lon_destino");
    for expresion in [format!("haversine_guia({LAS_CUATRO})"), en_sql] {
        let sql = format!("SELECT max(abs({expresion} - haversine({LAS_CUATRO}))) FROM entregas");
        let peor = numeros(&ctx, &sql).await.unwrap()[0].unwrap();
        assert!(peor < 1e-3, "{expresion}: {peor}");
    }
}

#[tokio::test]
async fn la_de_la_guia_falla_con_un_literal_y_la_del_trait_no() {
    let ctx = contexto();
    ctx.register_udf(udf_de_la_guia());
    con_entregas(&ctx, &enteros(&[[40.0, -3.0, 41.0, 2.0]]), 1);
    // One literal among columns: the planner has nothing against it, and the function fails at the first batch.
    let con_un_literal = |funcion: &str| {
        format!("SELECT {funcion}(lat_origen, lon_origen, 41.0, 2.0) FROM entregas")
    };
    let error = numeros(&ctx, &con_un_literal("haversine_guia"))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("tipo inesperado"), "{error}");
    assert!(matches!(error.find_root(), DataFusionError::Internal(_)));
    let km = numeros(&ctx, &con_un_literal("haversine")).await.unwrap();
    assert_eq!(km, [Some(kilometros(40.0, -3.0, 41.0, 2.0))]);
    // All literals: immutable, so the optimizer calls it to fold it. It fails there, and again when the query runs.
    let error = numeros(&ctx, "SELECT haversine_guia(40.0, -3.0, 41.0, 2.0)")
        .await
        .unwrap_err();
    assert!(error.to_string().contains("tipo inesperado"), "{error}");
}

/// An alias of the SELECT is not there yet when WHERE is read: in SQL, whatever the engine.
#[tokio::test]
async fn el_alias_en_el_where_de_la_guia_es_un_error_y_una_subconsulta_no() {
    let ctx = contexto();
    con_entregas(
        &ctx,
        &enteros(&[[40.0, -3.0, 41.0, 2.0], [40.0, -3.0, 40.1, -3.1]]),
        2,
    );
    let de_la_guia = format!(
        "SELECT haversine({LAS_CUATRO}) AS distancia_km FROM entregas WHERE distancia_km > 50"
    );
    let error = ctx.sql(&de_la_guia).await.unwrap_err();
    assert!(
        error.to_string().contains("No field named distancia_km"),
        "{error}"
    );

    let repetida = format!(
        "SELECT haversine({LAS_CUATRO}) AS distancia_km FROM entregas WHERE haversine({LAS_CUATRO}) > 50"
    );
    let anidada = format!(
        "SELECT distancia_km FROM (SELECT haversine({LAS_CUATRO}) AS distancia_km FROM entregas) WHERE distancia_km > 50"
    );
    let esperado = [Some(kilometros(40.0, -3.0, 41.0, 2.0))];
    assert_eq!(numeros(&ctx, &repetida).await.unwrap(), esperado);
    assert_eq!(numeros(&ctx, &anidada).await.unwrap(), esperado);
}

/// Its signature asks for Float64 exactly; the planner casts what it can to it.
#[tokio::test]
async fn los_nulos_se_le_olvidan_a_la_de_la_guia() {
    let ctx = contexto();
    ctx.register_udf(udf_de_la_guia());
    con_entregas(&ctx, &[[None, Some(0.0), Some(10.0), Some(10.0)]], 1);
    let de = |funcion: &str| format!("SELECT {funcion}({LAS_CUATRO}) FROM entregas");
    // What stands under the null, a zero here, becomes a distance.
    let inventada = numeros(&ctx, &de("haversine_guia")).await.unwrap();
    assert!(inventada[0].is_some_and(|km| km > 1_000.0), "{inventada:?}");
    assert_eq!(numeros(&ctx, &de("haversine")).await.unwrap(), [None]);
}
