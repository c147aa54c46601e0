//! The pairs that everything here is computed with.

use crate::filas;
use ecommerce_model::haversine_km;
use ej_16_3_2_custom_expressions::{pares_al_azar, pares_casi_antipodas};

#[test]
fn los_pares_al_azar_son_los_mismos_y_llenan_la_esfera() {
    let pares = pares_al_azar(1, 20_000).unwrap();
    assert!(pares.equals(&pares_al_azar(1, 20_000).unwrap()));
    assert!(!pares.equals(&pares_al_azar(2, 20_000).unwrap()));
    let filas = filas(&pares);
    assert!(filas.iter().all(|[a, b, c, d]| {
        [a, c].iter().all(|lat| lat.abs() <= 90.0) && [b, d].iter().all(|lon| lon.abs() <= 180.0)
    }));
    // Half of a sphere lies within 30 degrees of its equator.
    let tropicales = filas.iter().filter(|[lat, ..]| lat.abs() < 30.0).count();
    assert!((9_700..10_300).contains(&tropicales), "{tropicales}");
    // Two places of a sphere are a quarter of the way around apart, on average.
    let media: f64 = filas
        .iter()
        .map(|[a, b, c, d]| haversine_km(*a, *b, *c, *d))
        .sum::<f64>()
        / 20_000.0;
    assert!(
        (media - 6371.0 * std::f64::consts::FRAC_PI_2).abs() < 100.0,
        "{media}"
    );
}

#[test]
fn los_casi_antipodas_estan_a_un_metro_de_serlo() {
    let pares = pares_casi_antipodas(1, 5_000, 1.0).unwrap();
    for [lat1, lon1, lat2, lon2] in filas(&pares) {
        let opuesto = haversine_km(-lat1, lon1 + 180.0, lat2, lon2);
        assert!(opuesto < 0.001, "{opuesto}");
    }
}
