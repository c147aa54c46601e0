//! The distance with 192 bits, by another formula than the one under test: the angle between two vectors, from their cross and dot products.

use astro_float::{BigFloat, Consts, RoundingMode, Sign};

/// Near 0 and near half a turn the arctangent keeps its digits, so that these are more than enough.
const BITS: usize = 192;
const RM: RoundingMode = RoundingMode::ToEven;

/// Knows π.
pub(crate) struct Referencia {
    consts: Consts,
    pi: BigFloat,
    por_grado: BigFloat,
}

type Vector = [BigFloat; 3];

impl Referencia {
    pub(crate) fn nueva() -> Self {
        let mut consts = Consts::new().unwrap();
        let pi = consts.pi(BITS, RM);
        let por_grado = pi.div(&BigFloat::from_word(180, BITS), BITS, RM);
        Self {
            consts,
            pi,
            por_grado,
        }
    }

    /// Kilometres between two points in degrees, on a sphere of 6371 km.
    pub(crate) fn km(&mut self, [lat1, lon1, lat2, lon2]: [f64; 4]) -> f64 {
        let (u, v) = (self.vector(lat1, lon1), self.vector(lat2, lon2));
        let por = |a: &BigFloat, b: &BigFloat| a.mul(b, BITS, RM);
        let escalar = |u: &Vector, v: &Vector| {
            let suma = por(&u[0], &v[0]).add(&por(&u[1], &v[1]), BITS, RM);
            suma.add(&por(&u[2], &v[2]), BITS, RM)
        };
        let cruz: Vector = std::array::from_fn(|i| {
            let (j, k) = ((i + 1) % 3, (i + 2) % 3);
            por(&u[j], &v[k]).sub(&por(&u[k], &v[j]), BITS, RM)
        });
        let coseno = escalar(&u, &v);
        let seno = escalar(&cruz, &cruz).sqrt(BITS, RM);
        let angulo = if seno.is_zero() {
            if coseno.is_negative() {
                self.pi.clone()
            } else {
                BigFloat::from_word(0, BITS)
            }
        } else {
            // atan2 of a sine that is not negative: π/2 − atan(cos/sin).
            let media = self.pi.div(&BigFloat::from_word(2, BITS), BITS, RM);
            let razon = coseno.div(&seno, BITS, RM);
            media.sub(&razon.atan(BITS, RM, &mut self.consts), BITS, RM)
        };
        a_f64(&por(&angulo, &BigFloat::from_word(6371, BITS)))
    }

    fn vector(&mut self, lat: f64, lon: f64) -> Vector {
        let (phi, lambda) = (self.radianes(lat), self.radianes(lon));
        let cos_phi = phi.cos(BITS, RM, &mut self.consts);
        let sin_phi = phi.sin(BITS, RM, &mut self.consts);
        let cos_lambda = lambda.cos(BITS, RM, &mut self.consts);
        let sin_lambda = lambda.sin(BITS, RM, &mut self.consts);
        let x = cos_phi.mul(&cos_lambda, BITS, RM);
        [x, cos_phi.mul(&sin_lambda, BITS, RM), sin_phi]
    }

    fn radianes(&self, grados: f64) -> BigFloat {
        BigFloat::from_f64(grados, BITS).mul(&self.por_grado, BITS, RM)
    }
}

/// The nearest double, but for the last bit.
fn a_f64(numero: &BigFloat) -> f64 {
    if numero.is_zero() {
        return 0.0;
    }
    // 0.mantissa × 2^exponent, the most significant word last.
    let (mantisa, _, signo, exponente, _) = numero.as_raw_parts().unwrap();
    let [.., segunda, primera] = mantisa else {
        panic!("192 bits are three words");
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
    casi(referencia.km([90.0, 0.0, -90.0, 0.0]), 2.0 * cuarto);
    casi(
        referencia.km([60.0, 10.0, 60.0, -170.0]),
        6371.0 * 60f64.to_radians(),
    );
    assert_eq!(referencia.km([12.5, 7.25, 12.5, 7.25]), 0.0);
}
