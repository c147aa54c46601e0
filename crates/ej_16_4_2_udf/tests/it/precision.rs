//! The kernel of polynomials against 192 bits, and against the distance of 16.3.2.

use crate::referencia::Referencia;
use crate::{pares_casi_antipodas, pares_y_distancias};
use ecommerce_model::{RADIO_TIERRA_KM, haversine_km};
use ej_16_4_2_udf::{BLOQUE, Columna, distancias_en_bloques, kilometros};
use proptest::prelude::*;

/// What an error is measured in: 2⁻⁵² of the exact distance.
fn ulps(km: f64, exacta: f64) -> f64 {
    (km - exacta).abs() / (f64::EPSILON * exacta)
}

fn de([lat1, lon1, lat2, lon2]: [f64; 4]) -> f64 {
    kilometros(lat1, lon1, lat2, lon2)
}

fn de_la_biblioteca([lat1, lon1, lat2, lon2]: [f64; 4]) -> f64 {
    haversine_km(lat1, lon1, lat2, lon2)
}

/// The worst error over some pairs, in units of 2⁻⁵² of the distance, of the kernel and of 16.3.2's.
fn peores(pares: &[[f64; 4]]) -> (f64, f64) {
    let mut referencia = Referencia::nueva();
    let mut peores = (0.0_f64, 0.0_f64);
    for par in pares {
        let exacta = referencia.km(*par);
        peores.0 = peores.0.max(ulps(de(*par), exacta));
        peores.1 = peores.1.max(ulps(de_la_biblioteca(*par), exacta));
    }
    peores
}

#[test]
fn al_azar_por_la_esfera_el_error_es_de_unos_bits() {
    let (pares, _) = pares_y_distancias(1642, 4_000);
    let lejos_de_las_antipodas: Vec<_> = pares
        .into_iter()
        .filter(|par| de(*par) < 15_000.0)
        .collect();
    let (vectorial, biblioteca) = peores(&lejos_de_las_antipodas);
    println!("al azar, en 2^-52: vectorial {vectorial}, biblioteca {biblioteca}");
    assert!(vectorial < 8.0, "{vectorial}");
    assert!(biblioteca < 16.0, "{biblioteca}");
}

/// Differences in degrees are exact, those in radians are not: at short distances that is the whole error.
#[test]
fn de_cerca_el_nucleo_guarda_las_cifras_que_la_formula_en_radianes_pierde() {
    let cerca: Vec<_> = [1e-2, 1e-4, 1e-6, 1e-8]
        .into_iter()
        .flat_map(|grados| {
            [[40.4168, -3.7038], [-89.99, 170.0], [0.1, 0.1]]
                .map(|[lat, lon]| [lat, lon, lat + grados, lon - grados])
        })
        .collect();
    let (vectorial, biblioteca) = peores(&cerca);
    println!("de cerca, en 2^-52: vectorial {vectorial}, biblioteca {biblioteca}");
    assert!(vectorial < 8.0, "{vectorial}");
    assert!(biblioteca > 1e6, "{biblioteca}");
    for par in cerca {
        let error = (de_la_biblioteca(par) - Referencia::nueva().km(par)).abs();
        assert!(error < 2e-12, "{par:?}: {error} km");
    }
}

#[test]
fn junto_a_las_antipodas_se_equivoca_en_menos_de_un_metro_como_16_3_2() {
    let pares = pares_casi_antipodas(1642, 500, 1.0);
    let mut referencia = Referencia::nueva();
    let mut error = |km: fn([f64; 4]) -> f64| {
        let errores = pares
            .iter()
            .map(|par| (km(*par) - referencia.km(*par)).abs());
        errores.fold(0.0, f64::max)
    };
    let (vectorial, biblioteca) = (error(de), error(de_la_biblioteca));
    println!("antípodas: vectorial {vectorial} km, biblioteca {biblioteca} km");
    assert!((1e-6..1e-3).contains(&vectorial), "{vectorial}");
    assert!((1e-6..1e-3).contains(&biblioteca), "{biblioteca}");
}

#[test]
fn los_casos_que_se_saben_sin_calcular() {
    let media_vuelta = RADIO_TIERRA_KM * std::f64::consts::PI;
    assert_eq!(kilometros(12.5, 7.25, 12.5, 7.25), 0.0);
    assert_eq!(kilometros(0.0, 180.0, 0.0, -180.0), 0.0);
    // From pole to pole it is a bit of `a` short, and a bit there is a fifth of a metre.
    assert!((kilometros(90.0, 0.0, -90.0, 45.0) - media_vuelta).abs() < 1e-3);
    assert_eq!(kilometros(90.0, 10.0, 90.0, 130.0), 0.0);
    assert!((kilometros(0.0, 0.0, 0.0, 90.0) - media_vuelta / 2.0).abs() < 1e-11);
    // By name another point, in fact the same: once around, and over the pole, where a cosine is negative and rounding may leave `a` below 0.
    let sobre_el_polo = kilometros(100.0, 0.0, 80.0, 180.0);
    assert!(
        sobre_el_polo.is_nan() || sobre_el_polo < 1e-3,
        "{sobre_el_polo}"
    );
    assert_eq!(kilometros(10.0, 370.0, 10.0, 10.0), 0.0);
}

#[test]
fn lo_que_no_es_un_numero_da_nan() {
    for malo in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for sitio in 0..4 {
            let mut par = [40.0, -3.0, -34.0, -58.0];
            par[sitio] = malo;
            assert!(de(par).is_nan(), "{par:?}");
            assert!(de_la_biblioteca(par).is_nan(), "{par:?}");
        }
    }
    assert!(kilometros(f64::MAX, 0.0, -f64::MAX, 0.0).is_nan());
}

/// How far from the distance of 16.3.2 the kernel may be: a few nanometres for the inputs' rounding there, a few bits for both, and what the
/// formula loses near the antipodes.
fn cota(km: f64) -> f64 {
    let a_las_antipodas = RADIO_TIERRA_KM * std::f64::consts::PI - km;
    let mal_condicionada = if a_las_antipodas < 1_000.0 { 1e-3 } else { 0.0 };
    4e-12 + 2e-14 * km + mal_condicionada
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn coincide_con_16_3_2_dentro_de_la_cota(
        lat1 in -90.0..=90.0f64, lon1 in -180.0..=180.0f64, lat2 in -90.0..=90.0f64, lon2 in -180.0..=180.0f64,
    ) {
        let par = [lat1, lon1, lat2, lon2];
        let (vectorial, biblioteca) = (de(par), de_la_biblioteca(par));
        prop_assert!((vectorial - biblioteca).abs() <= cota(biblioteca), "{vectorial} {biblioteca}");
    }

    #[test]
    fn tambien_de_cerca(
        lat in -89.9..=89.9f64, lon in -179.9..=179.9f64, norte in -0.01..=0.01f64, este in -0.01..=0.01f64,
    ) {
        let par = [lat, lon, lat + norte, lon + este];
        let (vectorial, biblioteca) = (de(par), de_la_biblioteca(par));
        prop_assert!((vectorial - biblioteca).abs() <= cota(biblioteca), "{vectorial} {biblioteca}");
    }

    #[test]
    fn fuera_de_rango_dice_lo_que_la_esfera(
        lat1 in -1e5..=1e5f64, lon1 in -1e5..=1e5f64, lat2 in -1e5..=1e5f64, lon2 in -1e5..=1e5f64,
    ) {
        let par = [lat1, lon1, lat2, lon2];
        let (vectorial, biblioteca) = (de(par), de_la_biblioteca(par));
        // There, both take radians of large numbers apart; 16.3.2's lose digits with them.
        prop_assert!((vectorial - biblioteca).abs() <= 1e-3, "{vectorial} {biblioteca}");
    }

    #[test]
    fn ir_cuesta_lo_mismo_que_volver_hasta_el_ultimo_bit(
        lat1 in -90.0..=90.0f64, lon1 in -180.0..=180.0f64, lat2 in -90.0..=90.0f64, lon2 in -180.0..=180.0f64,
    ) {
        let ida = kilometros(lat1, lon1, lat2, lon2);
        prop_assert_eq!(ida.to_bits(), kilometros(lat2, lon2, lat1, lon1).to_bits());
    }

    #[test]
    fn con_cualquier_numero_da_nan_o_algo_entre_cero_y_media_vuelta(
        lat1 in any::<f64>(), lon1 in any::<f64>(), lat2 in any::<f64>(), lon2 in any::<f64>(),
    ) {
        let km = kilometros(lat1, lon1, lat2, lon2);
        prop_assert!(km.is_nan() || (0.0..=RADIO_TIERRA_KM * std::f64::consts::PI).contains(&km), "{km}");
    }
}

/// The bits of a row depend on the row: not on its place in a block, nor on how many there are, nor on which columns are constants.
#[test]
fn los_bits_de_una_fila_no_dependen_de_donde_esta() {
    let (pares, _) = pares_y_distancias(7, 3 * BLOQUE + 5);
    let columnas: [Vec<f64>; 4] = std::array::from_fn(|i| pares.iter().map(|par| par[i]).collect());
    for desde in [0, 1, 3, BLOQUE - 1, BLOQUE, 2 * BLOQUE + 7] {
        let filas = pares.len() - desde;
        let mut km = vec![0.0; filas];
        let cortadas = columnas
            .each_ref()
            .map(|columna| Columna::Filas(&columna[desde..]));
        distancias_en_bloques(cortadas, &mut km);
        for (km, par) in km.iter().zip(&pares[desde..]) {
            assert_eq!(km.to_bits(), de(*par).to_bits());
        }
    }
    let [_, _, lat2, lon2] = pares[0];
    let mut km = vec![0.0; pares.len()];
    let [lat1, lon1, ..] = columnas.each_ref().map(|columna| Columna::Filas(columna));
    let puntos = [lat1, lon1, Columna::Una(lat2), Columna::Una(lon2)];
    distancias_en_bloques(puntos, &mut km);
    for (km, [lat1, lon1, ..]) in km.iter().zip(&pares) {
        assert_eq!(km.to_bits(), kilometros(*lat1, *lon1, lat2, lon2).to_bits());
    }
}

#[test]
fn una_columna_mas_corta_que_el_resultado_deja_nan_y_no_un_panic() {
    let corta = [1.0, 2.0];
    let mut km = [0.0; 4];
    distancias_en_bloques([Columna::Filas(&corta); 4], &mut km);
    assert_eq!((km[0], km[1]), (0.0, 0.0));
    assert!(km[2].is_nan() && km[3].is_nan());
    distancias_en_bloques([Columna::Una(0.0); 4], &mut []);
}
