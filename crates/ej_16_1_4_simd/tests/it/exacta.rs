//! Each variant against the exact sum: a finite f64 is a whole number of 2⁻¹⁰⁷⁴, and whole numbers add exactly.

use super::*;
use ej_16_1_4_simd::{
    suma_y_cuenta_positivos, suma_y_cuenta_positivos_escalar, suma_y_cuenta_positivos_portatil,
};
use num_bigint::BigInt;
use num_rational::BigRational;

/// Finite values of every magnitude, of which 400 do not overflow.
fn finito() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => proptest::num::f64::NORMAL.prop_map(|x| x / 1024.0),
        2 => proptest::num::f64::SUBNORMAL,
        6 => -1.0e3..1.0e3,
        1 => Just(0.0),
        1 => Just(-0.0),
    ]
}

/// How many 2⁻¹⁰⁷⁴ a finite f64 is.
fn unidades(x: f64) -> BigInt {
    let bits = x.to_bits();
    let (exponente, fraccion) = (bits >> 52 & 0x7ff, bits & ((1 << 52) - 1));
    let magnitud = match exponente {
        0 => BigInt::from(fraccion),
        _ => BigInt::from(fraccion | 1 << 52) << (exponente - 1),
    };
    if x.is_sign_negative() {
        -magnitud
    } else {
        magnitud
    }
}

fn magnitud(x: &BigInt) -> BigInt {
    if *x < BigInt::from(0) { -x } else { x.clone() }
}

/// The exact sum and the exact sum of the magnitudes.
pub(super) struct Exacta {
    suma: BigInt,
    magnitudes: BigInt,
}

impl Exacta {
    pub(super) fn de(datos: &[f64]) -> Self {
        let cada_uno: Vec<BigInt> = datos.iter().map(|x| unidades(*x)).collect();
        Self {
            suma: cada_uno.iter().sum(),
            magnitudes: cada_uno.iter().map(magnitud).sum(),
        }
    }

    /// Checks |visto − suma| ≤ γ·Σ|x|, γ = d·u ÷ (1 − d·u) as a fraction, without a rounding of its own.
    pub(super) fn comprueba(&self, visto: f64, redondeos: u32, quien: impl std::fmt::Display) {
        assert!(visto.is_finite(), "{quien}: {visto}");
        let d_u = BigRational::new(BigInt::from(redondeos), BigInt::from(1) << 53);
        let gamma = &d_u / (BigRational::from_integer(BigInt::from(1)) - &d_u);
        let error = BigRational::from_integer(magnitud(&(unidades(visto) - &self.suma)));
        let cota = gamma * BigRational::from_integer(self.magnitudes.clone());
        assert!(error <= cota, "{quien}: {error} > {cota}");
    }
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn cada_variante_cumple_su_cota_de_error(
        datos in proptest::collection::vec(finito(), 0..400), desfase in 0_usize..8,
    ) {
        let exacta = Exacta::de(&datos);
        let cercado = Cercado::new(&datos, desfase);
        // In memory of its own too, where a sanitizer sees what is read before or after it.
        for donde in [cercado.datos(), &Box::<[f64]>::from(datos.as_slice())] {
            for variante in variantes() {
                let visto = variante.suma(donde).unwrap();
                exacta.comprueba(visto, variante.redondeos(datos.len()), variante);
            }
        }
    }

    #[test]
    fn las_sumas_con_filtro_cuentan_bien_y_cumplen_su_cota(
        datos in proptest::collection::vec(finito(), 0..400), desfase in 0_usize..8,
    ) {
        let positivos: Vec<f64> = datos.iter().copied().filter(|x| *x > 0.0).collect();
        let exacta = Exacta::de(&positivos);
        let cercado = Cercado::new(&datos, desfase);
        // Whatever the order, no element goes through more additions than from left to right.
        let formas: [(SumaYCuenta, Variante); 3] = [
            (suma_y_cuenta_positivos_escalar, Variante::Escalar),
            (suma_y_cuenta_positivos_portatil, Variante::Escalar),
            (suma_y_cuenta_positivos, Variante::Despacho),
        ];
        for (forma, variante) in formas {
            let (suma, cuenta) = forma(cercado.datos());
            exacta.comprueba(suma, variante.redondeos(datos.len()), variante);
            prop_assert_eq!(cuenta, positivos.len() as u64);
        }
    }
}

#[test]
fn la_suma_es_igual_en_cualquier_desfase() {
    let datos = columna(5000);
    for variante in variantes() {
        let alineada = variante.suma(Cercado::new(&datos, 0).datos()).unwrap();
        for desfase in 1..8 {
            let desalineada = variante
                .suma(Cercado::new(&datos, desfase).datos())
                .unwrap();
            assert_eq!(
                alineada.to_bits(),
                desalineada.to_bits(),
                "{variante} {desfase}"
            );
        }
    }
}

#[test]
fn sumar_en_otro_orden_da_otro_numero() {
    // This is why the compiler may not do it by itself: 1 is lost upon 2⁵³ as often as it comes.
    let mut datos = vec![1.0; 1025];
    datos[0] = 2.0_f64.powi(53);
    assert_eq!(Variante::Escalar.suma(&datos).unwrap(), 2.0_f64.powi(53));
    let exacta = 2.0_f64.powi(53) + 1024.0;
    for variante in variantes()
        .into_iter()
        .filter(|variante| *variante != Variante::Escalar)
    {
        let suma = variante.suma(&datos).unwrap();
        assert!(
            suma > 2.0_f64.powi(53) && suma <= exacta,
            "{variante}: {suma}"
        );
    }
    // With 32 lanes only the 32 ones that share a lane with 2⁵³ are lost.
    assert_eq!(Variante::Despacho.suma(&datos).unwrap(), exacta - 32.0);
}
