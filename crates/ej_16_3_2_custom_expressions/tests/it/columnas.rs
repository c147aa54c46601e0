//! The function over columns: chunks, blocks, literals, other types, and what it refuses.

use crate::{bits, columnas, evaluar, filas, nativa};
use ecommerce_model::haversine_km;
use ej_16_3_2_custom_expressions::{
    BLOQUE, COLUMNAS, distancia_haversine, distancia_haversine_columnas, distancias, pares_al_azar,
};
use polars::prelude::*;

fn en_columnas(pares: &DataFrame) -> Vec<Column> {
    COLUMNAS.map(|n| pares.column(n).unwrap().clone()).to_vec()
}

fn km(columna: &Column) -> Vec<Option<f64>> {
    columna.f64().unwrap().iter().collect()
}

#[test]
fn los_bloques_no_se_notan_sea_cual_sea_el_largo() {
    for largo in [0, 1, 2, BLOQUE - 1, BLOQUE, BLOQUE + 1, 3 * BLOQUE + 5] {
        let pares = pares_al_azar(3, largo).unwrap();
        let hecho = distancias(&en_columnas(&pares)).unwrap();
        let uno_a_uno: Vec<_> = filas(&pares)
            .into_iter()
            .map(|[a, b, c, d]| Some(haversine_km(a, b, c, d)))
            .collect();
        assert_eq!(bits(&km(&hecho)), bits(&uno_a_uno), "{largo}");
        assert_eq!(hecho.name(), "distancia_km");
    }
}

#[test]
fn los_trozos_no_se_notan_coincidan_o_no() {
    let entero = pares_al_azar(5, 40_000).unwrap();
    let esperado = bits(&km(&distancias(&en_columnas(&entero)).unwrap()));

    // All four cut at the same rows: read where they are.
    let mut iguales = entero.slice(0, 1_000);
    for (desde, filas) in [(1_000, 20_000), (21_000, 1), (21_001, 18_999)] {
        iguales.vstack_mut(&entero.slice(desde, filas)).unwrap();
    }
    let columnas = en_columnas(&iguales);
    assert_eq!(columnas[0].f64().unwrap().chunk_lengths().count(), 4);
    assert_eq!(bits(&km(&distancias(&columnas).unwrap())), esperado);

    // One of them cut elsewhere.
    let mut distintos = columnas;
    distintos[2] = entero.column("lat_destino").unwrap().clone();
    assert_eq!(bits(&km(&distancias(&distintos).unwrap())), esperado);
}

#[test]
fn la_validez_se_junta_por_encima_de_los_trozos() {
    let filas = 30_000;
    let con_nulos = |semilla: usize, cada: usize| -> Column {
        let valores = (0..filas).map(|i| (i % cada != semilla).then_some((i % 90) as f64));
        Column::new("x".into(), valores.collect::<Vec<_>>())
    };
    let mut columnas = vec![
        con_nulos(0, 3),
        con_nulos(1, 1_000_000),
        con_nulos(2, 5),
        con_nulos(9, 7),
    ];
    let mut cortada = columnas[0].slice(0, 777);
    cortada.append_owned(columnas[0].slice(777, filas)).unwrap();
    columnas[0] = cortada;
    let hecho = km(&distancias(&columnas).unwrap());
    for (i, km) in hecho.iter().enumerate() {
        let nulo = i % 3 == 0 || i == 1 || i % 5 == 2;
        assert_eq!(km.is_none(), nulo, "{i}");
    }
}

#[test]
fn un_literal_vale_para_todas_las_filas() {
    let pares = pares_al_azar(8, 20_000).unwrap();
    let almacen = (lit(40.4168), lit(-3.7038));
    let [lat1, lon1, ..] = COLUMNAS.map(col);
    let n = distancia_haversine(
        lat1.clone(),
        lon1.clone(),
        almacen.0.clone(),
        almacen.1.clone(),
    );
    let c = distancia_haversine_columnas(lat1, lon1, almacen.0, almacen.1);
    let nativa = evaluar(&pares, n).unwrap();
    assert_eq!(nativa.len(), 20_000);
    assert_eq!(bits(&nativa), bits(&evaluar(&pares, c).unwrap()));
    let primera = filas(&pares)[0];
    let esperada = haversine_km(primera[0], primera[1], 40.4168, -3.7038);
    assert_eq!(nativa[0].map(f64::to_bits), Some(esperada.to_bits()));

    // Four literals are one row, and a null one is null everywhere.
    let solo = distancia_haversine_columnas(lit(0.0), lit(0.0), lit(0.0), lit(90.0));
    assert_eq!(evaluar(&pares, solo).unwrap().len(), 1);
    let nulo =
        distancia_haversine_columnas(col("lat_origen"), col("lon_origen"), lit(NULL), lit(0.0));
    assert_eq!(evaluar(&pares, nulo).unwrap(), vec![None; 20_000]);
}

#[test]
fn otros_numeros_y_textos_de_numeros_se_convierten_antes() {
    let pares = |tipo: DataType| {
        let pares = df!(
            "lat_origen" => [40i64, -90],
            "lon_origen" => [3i64, 180],
            "lat_destino" => [34i64, 90],
            "lon_destino" => [58i64, 7],
        );
        let mut lazy = pares.unwrap().lazy();
        for nombre in COLUMNAS {
            lazy = lazy.with_column(col(nombre).cast(tipo.clone()));
        }
        lazy.collect().unwrap()
    };
    let esperado = bits(&evaluar(&pares(DataType::Float64), nativa()).unwrap());
    for tipo in [
        DataType::Int32,
        DataType::Int64,
        DataType::Float32,
        DataType::String,
    ] {
        for expresion in [nativa(), columnas()] {
            let km = evaluar(&pares(tipo.clone()), expresion).unwrap();
            assert_eq!(bits(&km), esperado, "{tipo}");
        }
    }
    // Unsigned longitudes: 3 − 58 must not wrap around.
    let sin_signo = df!(
        "lat_origen" => [40u32],
        "lon_origen" => [58u32],
        "lat_destino" => [34u32],
        "lon_destino" => [3u32],
    )
    .unwrap();
    let esperado = Some(haversine_km(40.0, 58.0, 34.0, 3.0).to_bits());
    for expresion in [nativa(), columnas()] {
        assert_eq!(bits(&evaluar(&sin_signo, expresion).unwrap()), [esperado]);
    }
}

#[test]
fn lo_que_no_es_un_numero_es_un_error_y_no_un_nulo() {
    let malo = df!(
        "lat_origen" => ["40.4168", "norte"],
        "lon_origen" => [0.0, 0.0],
        "lat_destino" => [0.0, 0.0],
        "lon_destino" => [0.0, 0.0],
    )
    .unwrap();
    for expresion in [nativa(), columnas()] {
        let error = evaluar(&malo, expresion).unwrap_err().to_string();
        assert!(
            error.contains("conversion from `str` to `f64` failed"),
            "{error}"
        );
        assert!(error.contains("norte"), "{error}");
    }
}

#[test]
fn columnas_de_mas_o_de_otro_largo_se_rechazan() {
    let columna = |filas: usize| Column::new("x".into(), vec![0.0; filas]);
    let error = distancias(&[columna(2), columna(2), columna(2)]).unwrap_err();
    assert!(matches!(error, PolarsError::ShapeMismatch(_)));
    let error = distancias(&[columna(2), columna(3), columna(1), columna(2)]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "lengths don't match: columns of 2 and of 3 rows"
    );
    let vacias = distancias(&[columna(0), columna(0), columna(1), columna(0)]).unwrap();
    assert_eq!(vacias.len(), 0);
}

#[test]
fn con_uno_dos_o_siete_hilos_salen_los_mismos_bits() {
    let pares = en_columnas(&pares_al_azar(13, 5 * BLOQUE + 1).unwrap());
    let con = |hilos| {
        let grupo = rayon::ThreadPoolBuilder::new().num_threads(hilos).build();
        bits(&km(&grupo.unwrap().install(|| distancias(&pares)).unwrap()))
    };
    let uno = con(1);
    for hilos in [2, 7] {
        assert_eq!(con(hilos), uno, "{hilos}");
    }
}

#[test]
fn los_dos_motores_dan_los_mismos_bits() {
    let pares = pares_al_azar(11, 120_000).unwrap();
    for expresion in [nativa(), columnas()] {
        let consulta = pares.clone().lazy().select([expresion]);
        let km_por = |motor| {
            let hecho = consulta.clone().collect_with_engine(motor).unwrap();
            bits(&km(hecho.unwrap_single().column("distancia_km").unwrap()))
        };
        assert_eq!(km_por(Engine::InMemory), km_por(Engine::Streaming));
    }
}
