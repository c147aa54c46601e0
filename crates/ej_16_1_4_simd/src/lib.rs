#![doc = include_str!("../README.md")]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

#[cfg(target_arch = "x86_64")]
pub mod autovectorization;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
pub mod bandwidth;
pub mod machine;
#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
mod scalar;
mod variants;

pub use ecommerce_simd::{suma, suma_y_cuenta_positivos};

#[cfg(target_arch = "x86_64")]
pub use avx2::{suma_avx2, suma_avx2_sin_atributo, suma_avx2_x8};
#[cfg(target_arch = "x86_64")]
pub use avx512::suma_avx512_x8;
#[cfg(target_arch = "aarch64")]
pub use neon::suma_neon_x8;
pub use portable::{suma_portatil, suma_y_cuenta_positivos_portatil};
pub use scalar::{suma_escalar, suma_y_cuenta_positivos_escalar};
pub use variants::Variante;
