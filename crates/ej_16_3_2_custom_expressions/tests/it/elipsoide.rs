//! How far the sphere is from the Earth.

use crate::filas;
use ecommerce_model::haversine_km;
use ej_16_3_2_custom_expressions::pares_al_azar;
use geographiclib_rs::{Geodesic, InverseGeodesic};

fn wgs84_km([lat1, lon1, lat2, lon2]: [f64; 4]) -> f64 {
    let metros: f64 = Geodesic::wgs84().inverse(lat1, lon1, lat2, lon2);
    metros / 1_000.0
}

#[test]
fn madrid_buenos_aires_difiere_en_24_km_y_medio_del_elipsoide() {
    let par = [40.4168, -3.7038, -34.6037, -58.3816];
    let [a, b, c, d] = par;
    let diferencia = haversine_km(a, b, c, d) - wgs84_km(par);
    assert!((24.5..24.7).contains(&diferencia), "{diferencia}");
}

/// The flattening is 1/298: no two places are further off than about half a hundredth.
#[test]
fn ningun_par_difiere_en_mas_del_seis_por_mil() {
    let pares = pares_al_azar(84, 5_000).unwrap();
    let peor = filas(&pares)
        .into_iter()
        .map(|par| {
            let [a, b, c, d] = par;
            let real = wgs84_km(par);
            (haversine_km(a, b, c, d) - real).abs() / real
        })
        .fold(0.0, f64::max);
    assert!((0.004..0.006).contains(&peor), "{peor}");
}
