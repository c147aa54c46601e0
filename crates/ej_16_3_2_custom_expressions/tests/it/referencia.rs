//! The distance with 128 bits, by another formula than the one under test: the spherical law of cosines.

use astro_float::{BigFloat, Consts, RoundingMode, Sign};
use rayon::prelude::*;

/// Near 0 the law of cosines loses half of its digits: of 38, 19 are left.
const BITS: usize = 128;
const RM: RoundingMode = RoundingMode::ToEven;

/// Knows π.
pub(crate) struct Referencia {
    consts: Consts,
    por_grado: BigFloat,
}

impl Referencia {
    pub(crate) fn nueva() -> Self {
        let mut consts = Consts::new().unwrap();
        let pi = consts.pi(BITS, RM);
        let por_grado = pi.div(&BigFloat::from_word(180, BITS), BITS, RM);
        Self { consts, por_grado }
    }

    /// Kilometres between two points in degrees, latitudes within ±90, on a sphere of 6371 km; the argument of the arccosine is kept
    /// within ±1.
    pub(crate) fn km(&mut self, [lat1, lon1, lat2, lon2]: [f64; 4]) -> f64 {
        let uno = BigFloat::from_word(1, BITS);
        let por = |a: &BigFloat, b: &BigFloat| a.mul(b, BITS, RM);
        // A latitude's cosine is not negative, so its sine is enough.
        let coseno_de = |seno: &BigFloat| uno.sub(&por(seno, seno), BITS, RM).sqrt(BITS, RM);
        let (phi1, phi2) = (self.radianes(lat1), self.radianes(lat2));
        let sin1 = phi1.sin(BITS, RM, &mut self.consts);
        let sin2 = phi2.sin(BITS, RM, &mut self.consts);
        let vuelta = self.radianes(lon2).sub(&self.radianes(lon1), BITS, RM);
        let cos_vuelta = vuelta.cos(BITS, RM, &mut self.consts);
        let cosenos = por(&coseno_de(&sin1), &coseno_de(&sin2));
        let coseno = por(&sin1, &sin2).add(&por(&cosenos, &cos_vuelta), BITS, RM);
        let coseno = coseno.clamp(&uno.neg(), &uno);
        let angulo = coseno.acos(BITS, RM, &mut self.consts);
        a_f64(&por(&angulo, &BigFloat::from_word(6371, BITS)))
    }

    fn radianes(&self, grados: f64) -> BigFloat {
        BigFloat::from_f64(grados, BITS).mul(&self.por_grado, BITS, RM)
    }
}

/// Kilometres of every pair, on all cores.
pub(crate) fn todas(pares: &[[f64; 4]]) -> Vec<f64> {
    pares
        .par_chunks(250)
        .flat_map_iter(|pares| {
            let mut referencia = Referencia::nueva();
            pares
                .iter()
                .map(move |par| referencia.km(*par))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// The nearest double, but for the last bit.
fn a_f64(numero: &BigFloat) -> f64 {
    if numero.is_zero() {
        return 0.0;
    }
    // 0.mantissa × 2^exponent, the most significant word last.
    let (mantisa, _, signo, exponente, _) = numero.as_raw_parts().unwrap();
    let [.., segunda, primera] = mantisa else {
        panic!("128 bits are two words");
    };
    let escala = |palabra: u64, bits: i32| palabra as f64 * 2f64.powi(exponente - bits);
    let valor = escala(*primera, 64) + escala(*segunda, 128);
    if signo == Sign::Neg { -valor } else { valor }
}

#[test]
fn la_referencia_sabe_lo_que_se_sabe_sin_ella() {
    let mut referencia = Referencia::nueva();
    let cuarto = 6371.0 * std::f64::consts::FRAC_PI_2;
    let casi = |a: f64, b: f64| assert!((a - b).abs() <= 4.0 * f64::EPSILON * b, "{a} {b}");
    casi(referencia.km([0.0, 0.0, 0.0, 90.0]), cuarto);
    casi(referencia.km([90.0, 0.0, 0.0, 123.0]), cuarto);
    casi(referencia.km([90.0, 0.0, -90.0, 0.0]), 2.0 * cuarto);
    casi(
        referencia.km([60.0, 10.0, 60.0, -170.0]),
        6371.0 * 60f64.to_radians(),
    );
    // A regular octahedron's corner and its face: the angle whose cosine is 1/√3.
    let cara = 6371.0 * (1.0 / 3f64.sqrt()).acos();
    casi(
        referencia.km([0.0, 0.0, (1.0 / 3f64.sqrt()).asin().to_degrees(), 45.0]),
        cara,
    );
    assert_eq!(referencia.km([12.5, 7.25, 12.5, 7.25]), 0.0);
}
