//! Order changes the last digits; how many, and what pairwise and compensated sums do about it.

use crate::con_hilos;
use ej_16_1_3_iterators::{
    BLOQUE, Neumaier, suma_iter, suma_neumaier, suma_neumaier_rayon, suma_por_pares,
    suma_por_pares_rayon, suma_rayon_por_bloques,
};
use proptest::prelude::*;
use rayon::prelude::*;

/// A float that is an integer below 2^113: m × 2^e. Sums of a few hundred, doubled, fit in `i128`.
fn entero_grande() -> impl Strategy<Value = f64> {
    let m = -(1_i64 << 53)..=(1_i64 << 53);
    (m, 0_i32..=60).prop_map(|(m, e)| m as f64 * 2_f64.powi(e))
}

/// The exact sum and the sum of magnitudes of what passes, doubled.
fn exacta(datos: &[f64], umbral: f64) -> (i128, f64) {
    let pasan = datos.iter().filter(|x| **x > umbral);
    pasan.fold((0, 0.0), |(suma, magnitud), x| {
        let doble = 2 * (*x as i128);
        (suma + doble, magnitud + doble.unsigned_abs() as f64)
    })
}

fn error(total: f64, exacta: i128) -> f64 {
    (total as i128 - exacta).unsigned_abs() as f64
}

proptest! {
    #[test]
    fn neumaier_queda_dentro_de_su_cota(
        datos in proptest::collection::vec(entero_grande(), 0..300),
        umbral in entero_grande(),
    ) {
        let (suma, magnitud) = exacta(&datos, umbral);
        let n = datos.len() as f64;
        // ε is twice the u of the documentation, which leaves room for the rounding of this line itself.
        let cota = f64::EPSILON * suma.unsigned_abs() as f64 + (n * f64::EPSILON).powi(2) * magnitud;
        for total in [suma_neumaier(&datos, umbral), suma_neumaier_rayon(&datos, umbral)] {
            prop_assert!(error(total, suma) <= cota, "{total} de {suma}: cota {cota}");
        }
    }

    #[test]
    fn por_pares_queda_dentro_de_su_cota(
        datos in proptest::collection::vec(entero_grande(), 0..2_000),
        umbral in entero_grande(),
    ) {
        let (suma, magnitud) = exacta(&datos, umbral);
        let cota = (128.0 + (datos.len() as f64 + 1.0).log2()) * f64::EPSILON * magnitud;
        let total = suma_por_pares(&datos, umbral);
        prop_assert!(error(total, suma) <= cota, "{total} de {suma}: cota {cota}");
    }

    #[test]
    fn unir_dos_sumas_compensadas_es_sumar_lo_de_ambas(
        datos in proptest::collection::vec(entero_grande(), 2..200),
        corte in any::<prop::sample::Index>(),
    ) {
        let (a, b) = datos.split_at(corte.index(datos.len()));
        let suma: i128 = datos.iter().map(|x| *x as i128).sum();
        let magnitud: f64 = datos.iter().map(|x| x.abs()).sum();
        let junta = a.iter().copied().collect::<Neumaier>().unida(b.iter().copied().collect());
        let n = datos.len() as f64;
        let cota = f64::EPSILON * suma.unsigned_abs() as f64 + (n * f64::EPSILON).powi(2) * magnitud;
        prop_assert!(error(junta.total(), suma) <= cota);
    }
}

#[test]
fn un_millon_de_decimos_sumado_de_tres_maneras() {
    let datos = vec![0.1; 1_000_000];
    assert_eq!(suma_iter(&datos, 0.0), 200_000.000_002_665_76);
    assert_eq!(suma_por_pares(&datos, 0.0), 199_999.999_999_999_53);
    assert_eq!(suma_neumaier(&datos, 0.0), 200_000.0);
}

/// One large amount first: in order, every 1 that follows is rounded away; in pieces, only those of its own piece.
#[test]
fn partir_una_suma_de_flotantes_cambia_su_resultado() {
    let mut datos = vec![1.0; 1 << 20];
    datos[0] = 1e16;
    let en_orden: f64 = datos.iter().sum();
    let en_trozos: f64 = datos.par_iter().with_max_len(1_024).sum();
    assert_eq!(en_orden, 1e16);
    assert!(en_trozos > 1e16 + 1_000_000.0, "{en_trozos}");
    assert_eq!(
        suma_neumaier(&datos, 0.0),
        2e16 + 2.0 * f64::from((1 << 20) - 1)
    );
}

/// Amounts whose sum is not exact, so that another order would show.
fn inexactos(filas: usize) -> Vec<f64> {
    (1..=filas).map(|i| 1.0 / i as f64).collect()
}

#[test]
fn con_el_arbol_fijado_los_bits_no_dependen_de_los_hilos() {
    let datos = inexactos(5 * BLOQUE + 17);
    let bloques: f64 = datos.chunks(BLOQUE).map(|b| suma_iter(b, 1e-5)).sum();
    let pares = suma_por_pares(&datos, 1e-5);
    assert_ne!(bloques.to_bits(), pares.to_bits()); // the order does matter here
    for hilos in [1, 2, 3, 8] {
        con_hilos(hilos).install(|| {
            assert_eq!(
                suma_rayon_por_bloques(&datos, 1e-5).to_bits(),
                bloques.to_bits()
            );
            assert_eq!(
                suma_por_pares_rayon(&datos, 1e-5).to_bits(),
                pares.to_bits()
            );
        });
    }
    let uno = con_hilos(1).install(|| suma_neumaier_rayon(&datos, 1e-5));
    let ocho = con_hilos(8).install(|| suma_neumaier_rayon(&datos, 1e-5));
    assert_eq!(uno.to_bits(), ocho.to_bits());
}
