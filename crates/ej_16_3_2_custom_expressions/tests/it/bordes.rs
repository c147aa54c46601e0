//! The named places, and what is no place.

use crate::referencia::Referencia;
use crate::{bits, columnas, evaluar, filas, nativa, par};
use ecommerce_model::haversine_km;
use ej_16_3_2_custom_expressions::{coordenada_valida, pares_al_azar};
use polars::prelude::*;
use std::f64::consts::{FRAC_PI_2, PI};

const MADRID: (f64, f64) = (40.4168, -3.7038);
const BUENOS_AIRES: (f64, f64) = (-34.6037, -58.3816);

/// What both forms give for a pair: the same bits.
fn km(lat1: f64, lon1: f64, lat2: f64, lon2: f64) -> f64 {
    let pares = par(lat1, lon1, lat2, lon2);
    let una = evaluar(&pares, nativa()).unwrap();
    assert_eq!(bits(&una), bits(&evaluar(&pares, columnas()).unwrap()));
    una[0].unwrap()
}

#[test]
fn los_lugares_con_nombre_coinciden_con_128_bits() {
    let mut referencia = Referencia::nueva();
    let casos = [
        (
            "Madrid–Buenos Aires",
            [MADRID.0, MADRID.1, BUENOS_AIRES.0, BUENOS_AIRES.1],
            10_044.3,
        ),
        ("de polo a polo", [90.0, 0.0, -90.0, 0.0], 6371.0 * PI),
        (
            "del polo al ecuador",
            [90.0, 77.0, 0.0, -120.0],
            6371.0 * FRAC_PI_2,
        ),
        (
            "por la línea de fecha",
            [0.0, 179.5, 0.0, -179.5],
            6371.0 * PI / 180.0,
        ),
        ("Fiyi–Samoa", [-17.7, 178.0, -13.8, -172.1], 1_140.0),
        (
            "antípodas en el ecuador",
            [0.0, 0.0, 0.0, 180.0],
            6371.0 * PI,
        ),
    ];
    for (nombre, [a, b, c, d], mas_o_menos) in casos {
        let distancia = km(a, b, c, d);
        let exacta = referencia.km([a, b, c, d]);
        assert!(
            (distancia - exacta).abs() <= 1e-9 * exacta,
            "{nombre}: {distancia} {exacta}"
        );
        assert!(
            (distancia - mas_o_menos).abs() < 10.0,
            "{nombre}: {distancia}"
        );
    }
}

#[test]
fn madrid_buenos_aires_al_metro() {
    let distancia = km(MADRID.0, MADRID.1, BUENOS_AIRES.0, BUENOS_AIRES.1);
    assert_eq!(format!("{distancia:.3}"), "10044.945");
}

/// The guide returns `(lat1 - lat2).abs()`: degrees of latitude, in which Madrid is as far from Buenos Aires as from the Cape.
#[test]
fn la_distancia_aproximada_de_la_guia_no_es_una_distancia() {
    let aproximada = |lat: f64, lon: f64| {
        let pares = par(MADRID.0, MADRID.1, lat, lon);
        let guia = (col("lat_origen") - col("lat_destino")).abs();
        evaluar(&pares, guia.alias("distancia_km")).unwrap()[0].unwrap()
    };
    let grados = MADRID.0 - BUENOS_AIRES.0;
    assert_eq!(aproximada(BUENOS_AIRES.0, BUENOS_AIRES.1), grados);
    // The same, half of the world away.
    assert_eq!(aproximada(BUENOS_AIRES.0, 121.6184), grados);
    assert_eq!(
        km(MADRID.0, MADRID.1, BUENOS_AIRES.0, 121.6184).round(),
        15_226.0
    );
}

#[test]
fn las_antipodas_de_madrid_estan_a_media_vuelta() {
    let distancia = km(MADRID.0, MADRID.1, -MADRID.0, MADRID.1 + 180.0);
    let exacta = Referencia::nueva().km([MADRID.0, MADRID.1, -MADRID.0, MADRID.1 + 180.0]);
    assert!((distancia - exacta).abs() < 1e-3, "{distancia} {exacta}");
    assert!((distancia - 6371.0 * PI).abs() < 1e-3, "{distancia}");
}

#[test]
fn el_mismo_sitio_esta_a_cero_tambien_con_otro_nombre() {
    assert_eq!(km(MADRID.0, MADRID.1, MADRID.0, MADRID.1), 0.0);
    // The two names of the date line, and the many of a pole.
    assert!(km(10.0, 180.0, 10.0, -180.0) < 1e-9);
    assert!(km(90.0, 13.0, 90.0, -140.0) < 1e-9);
    assert!(km(0.0, -0.0, -0.0, 0.0) == 0.0);
}

#[test]
fn nan_e_infinito_dan_nan_y_no_media_vuelta() {
    for malo in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for lugar in 0..4 {
            let mut par = [MADRID.0, MADRID.1, BUENOS_AIRES.0, BUENOS_AIRES.1];
            par[lugar] = malo;
            let [a, b, c, d] = par;
            assert!(km(a, b, c, d).is_nan(), "{malo} {lugar}");
        }
    }
}

/// The trap: by Polars' order NaN is greater than 1, so this way of bounding turns an unknown place into the farthest one.
#[test]
fn acotar_con_when_convertiria_un_nan_en_media_vuelta() {
    let a = df!("a" => [f64::NAN, 1.0 + 2.0 * f64::EPSILON, 0.5])
        .unwrap()
        .lazy();
    let con_when = when(col("a").gt(lit(1.0)))
        .then(lit(1.0))
        .otherwise(col("a"));
    let hecho = a
        .select([
            con_when.alias("when"),
            col("a").clip_max(lit(1.0)).alias("clip"),
        ])
        .collect()
        .unwrap();
    let de = |nombre: &str| -> Vec<f64> {
        let columna = hecho.column(nombre).unwrap().f64().unwrap();
        columna.iter().flatten().collect()
    };
    assert_eq!(de("when"), [1.0, 1.0, 0.5]);
    assert!(de("clip")[0].is_nan());
    assert_eq!(de("clip")[1..], [1.0, 0.5]);
}

#[test]
fn un_nulo_en_cualquier_columna_es_un_nulo() {
    let montar = |nulo: usize| {
        let valores = [MADRID.0, MADRID.1, BUENOS_AIRES.0, BUENOS_AIRES.1];
        let columna = |i: usize| {
            let segundo = (i != nulo).then_some(valores[i]);
            [Some(valores[i]), segundo]
        };
        df!(
            "lat_origen" => columna(0),
            "lon_origen" => columna(1),
            "lat_destino" => columna(2),
            "lon_destino" => columna(3),
        )
        .unwrap()
    };
    for nulo in 0..4 {
        for expresion in [nativa(), columnas()] {
            let km = evaluar(&montar(nulo), expresion).unwrap();
            assert!(km[0].is_some());
            assert_eq!(km[1], None, "columna {nulo}");
        }
    }
}

/// Decided: the sphere's answer. A latitude of 100 is the point 10 degrees beyond the pole, at 80 on the other meridian.
#[test]
fn una_latitud_de_mas_de_noventa_pasa_por_encima_del_polo() {
    let mut referencia = Referencia::nueva();
    for (fuera, dentro) in [
        ((100.0, 20.0), (80.0, -160.0)),
        ((-135.0, 20.0), (-45.0, -160.0)),
        ((270.0, 0.0), (-90.0, 0.0)),
    ] {
        let distancia = km(fuera.0, fuera.1, MADRID.0, MADRID.1);
        let exacta = referencia.km([dentro.0, dentro.1, MADRID.0, MADRID.1]);
        assert!((distancia - exacta).abs() <= 1e-9 * exacta, "{fuera:?}");
    }
    // A longitude is one modulo 360.
    let distancia = km(10.0, 350.0, MADRID.0, MADRID.1);
    assert!((distancia - km(10.0, -10.0, MADRID.0, MADRID.1)).abs() < 1e-9);
}

/// Out there a cosine is negative, and rounding can push the root's argument below 0: only the upper end is bounded.
#[test]
fn dos_nombres_del_mismo_punto_fuera_de_rango_dan_casi_cero_o_nan() {
    let lugares = filas(&pares_al_azar(90, 10_000).unwrap());
    let mut nan = 0;
    for [lat, lon, ..] in lugares {
        let distancia = haversine_km(180.0 - lat, lon + 180.0, lat, lon);
        if distancia.is_nan() {
            nan += 1;
        } else {
            assert!(distancia < 1e-3, "{lat} {lon}: {distancia}");
        }
    }
    println!("NaN con dos nombres del mismo punto: {nan} de 10000");
    assert!((1_500..3_500).contains(&nan), "{nan}");
}

#[test]
fn quien_no_quiere_esos_lugares_los_filtra_antes() {
    let lugares = df!(
        "lat" => [Some(40.0), Some(90.0), Some(-90.0), Some(100.0), Some(f64::NAN), None, Some(0.0), Some(0.0), Some(0.0)],
        "lon" => [Some(-3.0), Some(180.0), Some(-180.0), Some(0.0), Some(0.0), Some(0.0), Some(180.5), Some(f64::INFINITY), None],
    )
    .unwrap();
    let validas = lugares
        .lazy()
        .select([coordenada_valida(col("lat"), col("lon")).alias("v")])
        .collect()
        .unwrap();
    let validas: Vec<_> = validas
        .column("v")
        .unwrap()
        .bool()
        .unwrap()
        .iter()
        .collect();
    let esperadas = [true, true, true, false, false, false, false, false, false].map(Some);
    assert_eq!(validas, esperadas);
}
