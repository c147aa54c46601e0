//! What the variants return, what became of them as machine code, and what others make of the same column.

#![allow(clippy::unwrap_used, reason = "a failing test should panic")]

mod asignaciones;
mod bordes;
mod codigo;
mod compilador;
mod exacta;
mod maquina;
mod nivel_python;

use ej_16_1_4_simd::Variante;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::io::Write as _;
use std::sync::Once;

type SumaYCuenta = fn(&[f64]) -> (f64, u64);

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        rng_seed: RngSeed::Fixed(1614),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// The variants of this architecture that this processor can run; says once which it cannot.
///
/// The harness swallows what a passing test prints, so this goes to the standard output itself.
fn variantes() -> Vec<Variante> {
    static SAID: Once = Once::new();
    let de_aqui = Variante::TODAS
        .into_iter()
        .filter(|variante| variante.es_de_esta_arquitectura());
    let (hay, faltan): (Vec<_>, Vec<_>) = de_aqui.partition(|variante| variante.esta_disponible());
    SAID.call_once(|| {
        for variante in faltan {
            let linea =
                format!("\nNO EJECUTADO: 16.1.4 con {variante}: este procesador no lo tiene\n");
            std::io::stdout().write_all(linea.as_bytes()).unwrap();
        }
    });
    hay
}

/// A slice at `desfase` elements from a multiple of 64 bytes, between NaNs that nothing may read.
struct Cercado {
    memoria: Vec<f64>,
    inicio: usize,
    longitud: usize,
}

impl Cercado {
    fn new(datos: &[f64], desfase: usize) -> Self {
        let mut memoria = vec![f64::NAN; datos.len() + 32];
        let falta = (8 - memoria.as_ptr().addr() / 8 % 8) % 8;
        let inicio = 8 + falta + desfase % 8;
        memoria[inicio..inicio + datos.len()].copy_from_slice(datos);
        Self {
            memoria,
            inicio,
            longitud: datos.len(),
        }
    }

    fn datos(&self) -> &[f64] {
        &self.memoria[self.inicio..][..self.longitud]
    }
}

/// Values between −0,25 and 0,75, always the same.
fn columna(longitud: usize) -> Vec<f64> {
    let mut estado = 0x9e37_79b9_7f4a_7c15_u64;
    let siguiente = std::iter::repeat_with(move || {
        estado ^= estado << 13;
        estado ^= estado >> 7;
        estado ^= estado << 17;
        (estado >> 11) as f64 / (1_u64 << 53) as f64 - 0.25
    });
    siguiente.take(longitud).collect()
}
