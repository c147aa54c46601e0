//! The bounding box never loses a place that is near enough.

use ecommerce_model::haversine_km;
use ej_16_4_2_udf::{Caja, Longitudes, kilometros};
use proptest::prelude::*;

fn tramo(caja: &Caja) -> (f64, f64) {
    let Longitudes::Tramo(oeste, este) = caja.longitudes else {
        panic!("{caja:?}");
    };
    (oeste, este)
}

#[test]
fn cincuenta_kilometros_alrededor_de_madrid() {
    let caja = Caja::alrededor(40.4168, -3.7038, 50.0).unwrap();
    let (oeste, este) = tramo(&caja);
    let casi = |a: f64, b: f64| assert!((a - b).abs() < 1e-4, "{a} {b}");
    // 50 km are 0.44966 degrees of a meridian, and so much more of a parallel as its cosine says.
    casi(caja.sur.unwrap(), 39.96713);
    casi(caja.norte.unwrap(), 40.86647);
    casi(oeste, -3.7038 - 0.59061);
    casi(este, -3.7038 + 0.59061);
}

#[test]
fn junto_a_un_polo_valen_todas_las_longitudes_y_por_la_linea_de_fecha_dos_tramos() {
    let polo = Caja::alrededor(89.9, 10.0, 50.0).unwrap();
    assert_eq!((polo.norte, polo.longitudes), (None, Longitudes::Todas));
    assert!(polo.sur.unwrap() > 89.4);
    let sur = Caja::alrededor(-89.9, 10.0, 50.0).unwrap();
    assert_eq!((sur.sur, sur.longitudes), (None, Longitudes::Todas));
    let suva = Caja::alrededor(-18.14, 178.44, 500.0).unwrap();
    let Longitudes::PorLaLineaDeFecha(oeste, este) = suva.longitudes else {
        panic!("{suva:?}");
    };
    assert!(
        (173.0..174.0).contains(&oeste) && (-177.0..-176.0).contains(&este),
        "{oeste} {este}"
    );
    assert!(suva.admite(-18.0, -179.9) && suva.admite(-18.0, 175.0) && !suva.admite(-18.0, 0.0));
}

#[test]
fn donde_no_hay_nada_que_decir_no_hay_caja() {
    for (lat, lon, km) in [
        (40.0, -3.0, -1.0),
        (40.0, -3.0, f64::NAN),
        (40.0, -3.0, f64::INFINITY),
        // Half of the way around the Earth, and more than a quarter from the equator: to both poles.
        (40.0, -3.0, 20_016.0),
        (0.0, 0.0, 10_010.0),
        (91.0, 0.0, 10.0),
        (0.0, 181.0, 10.0),
        (f64::NAN, 0.0, 10.0),
        (0.0, f64::INFINITY, 10.0),
    ] {
        assert_eq!(Caja::alrededor(lat, lon, km), None, "{lat} {lon} {km}");
    }
}

#[test]
fn a_distancia_cero_la_caja_tiene_un_par_de_metros_y_el_punto_dentro() {
    let caja = Caja::alrededor(40.0, -3.0, 0.0).unwrap();
    assert!(caja.admite(40.0, -3.0));
    assert!(!caja.admite(40.001, -3.0) && !caja.admite(40.0, -2.999));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// Any point, any distance, any place: also under a name outside ±90 and ±180.
    #[test]
    fn nada_que_este_cerca_queda_fuera(
        lat in -90.0..=90.0f64, lon in -180.0..=180.0f64, km in prop_oneof![0.0..100.0f64, 0.0..20_015.0f64],
        otra_lat in -200.0..=200.0f64, otra_lon in -400.0..=400.0f64,
    ) {
        if let Some(caja) = Caja::alrededor(lat, lon, km) {
            for distancia in [kilometros, haversine_km] {
                let cerca = distancia(lat, lon, otra_lat, otra_lon) <= km;
                prop_assert!(!cerca || caja.admite(otra_lat, otra_lon), "{caja:?}");
            }
        }
    }

    /// And right at the edge: places at exactly that distance, in every direction.
    #[test]
    fn ni_lo_que_esta_justo_en_el_borde(
        lat in -89.9..=89.9f64, lon in -180.0..=180.0f64, km in 0.001..10_000.0f64, rumbo in 0.0..std::f64::consts::TAU,
    ) {
        let angulo = km / 6371.0;
        let (phi, lambda) = (lat.to_radians(), lon.to_radians());
        let destino = (phi.sin() * angulo.cos() + phi.cos() * angulo.sin() * rumbo.cos()).clamp(-1.0, 1.0).asin();
        let giro = (rumbo.sin() * angulo.sin() * phi.cos()).atan2(angulo.cos() - phi.sin() * destino.sin());
        let otra_lat = destino.to_degrees();
        let otra_lon = (lambda + giro).to_degrees();
        let otra_lon = otra_lon - 360.0 * (otra_lon / 360.0).round();
        if let Some(caja) = Caja::alrededor(lat, lon, km) {
            let cerca = kilometros(lat, lon, otra_lat, otra_lon) <= km;
            prop_assert!(!cerca || caja.admite(otra_lat, otra_lon), "{caja:?} {otra_lat} {otra_lon}");
        }
    }
}
