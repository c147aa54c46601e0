//! The variants side by side, each behind one safe call.

use std::fmt;

use ecommerce_simd::{Isa, Kernels};

/// A way to sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Variante {
    /// [`suma_escalar`](crate::suma_escalar)
    Escalar,
    /// [`suma_portatil`](crate::suma_portatil)
    Portatil,
    /// `suma_neon_x8`, on ARM
    NeonX8,
    /// `suma_avx2_sin_atributo`: the guide's, without `#[target_feature]`
    Avx2SinAtributo,
    /// `suma_avx2`: the guide's, one register
    Avx2,
    /// `suma_avx2_x8`
    Avx2X8,
    /// `suma_avx512_x8`
    Avx512X8,
    /// [`suma`](crate::suma), which chooses among those of `ecommerce_simd`
    Despacho,
}

impl Variante {
    /// Every variant, in the order in which one learns from them.
    pub const TODAS: [Self; 8] = [
        Self::Escalar,
        Self::Portatil,
        Self::NeonX8,
        Self::Avx2SinAtributo,
        Self::Avx2,
        Self::Avx2X8,
        Self::Avx512X8,
        Self::Despacho,
    ];

    /// Returns the name, as it stands in the ids of the benches.
    #[must_use]
    pub const fn nombre(self) -> &'static str {
        match self {
            Self::Escalar => "escalar",
            Self::Portatil => "portatil",
            Self::NeonX8 => "neon_x8",
            Self::Avx2SinAtributo => "avx2_sin_atributo",
            Self::Avx2 => "avx2_x1",
            Self::Avx2X8 => "avx2_x8",
            Self::Avx512X8 => "avx512_x8",
            Self::Despacho => "despacho",
        }
    }

    /// Returns whether this build is for the processor's family at all.
    #[must_use]
    pub const fn es_de_esta_arquitectura(self) -> bool {
        match self {
            Self::Escalar | Self::Portatil | Self::Despacho => true,
            Self::NeonX8 => cfg!(target_arch = "aarch64"),
            Self::Avx2SinAtributo | Self::Avx2 | Self::Avx2X8 | Self::Avx512X8 => {
                cfg!(target_arch = "x86_64")
            }
        }
    }

    /// Returns whether this processor can run it.
    #[must_use]
    pub fn esta_disponible(self) -> bool {
        match self {
            Self::Escalar | Self::Portatil | Self::Despacho => true,
            Self::NeonX8 => Kernels::of(Isa::Neon).is_some(),
            Self::Avx2SinAtributo | Self::Avx2 | Self::Avx2X8 => Kernels::of(Isa::Avx2).is_some(),
            Self::Avx512X8 => Kernels::of(Isa::Avx512).is_some(),
        }
    }

    /// Returns the sum, or `None` where this processor cannot run the variant.
    ///
    /// # Cost
    /// The variant's, and a look at what the processor has.
    #[must_use]
    pub fn suma(self, datos: &[f64]) -> Option<f64> {
        match self {
            Self::Escalar => Some(crate::suma_escalar(datos)),
            Self::Portatil => Some(crate::suma_portatil(datos)),
            Self::Despacho => Some(crate::suma(datos)),
            _ if !self.esta_disponible() => None,
            // SAFETY: the processor has NEON.
            #[cfg(target_arch = "aarch64")]
            Self::NeonX8 => Some(unsafe { crate::suma_neon_x8(datos) }),
            // SAFETY: the processor has AVX2.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2SinAtributo => Some(unsafe { crate::suma_avx2_sin_atributo(datos) }),
            // SAFETY: the processor has AVX2.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => Some(unsafe { crate::suma_avx2(datos) }),
            // SAFETY: the processor has AVX2.
            #[cfg(target_arch = "x86_64")]
            Self::Avx2X8 => Some(unsafe { crate::suma_avx2_x8(datos) }),
            // SAFETY: the processor has AVX-512F.
            #[cfg(target_arch = "x86_64")]
            Self::Avx512X8 => Some(unsafe { crate::suma_avx512_x8(datos) }),
            #[allow(
                unreachable_patterns,
                reason = "the variants of the other architectures, whichever those are"
            )]
            _ => None,
        }
    }

    /// Returns how many rounded additions an element goes through at most, of a slice of this length.
    ///
    /// With d of them, |error| ≤ d·u ÷ (1 − d·u) · Σ|x|, u = 2⁻⁵³: see [`ecommerce_simd`].
    #[must_use]
    pub fn redondeos(self, longitud: usize) -> u32 {
        let (lanes, registers): (usize, usize) = match self {
            Self::Escalar => return longitud.saturating_sub(1) as u32,
            Self::Despacho => return ecommerce_simd::roundings(longitud),
            Self::Portatil => (16, 1),
            Self::NeonX8 => (2, 8),
            Self::Avx2SinAtributo | Self::Avx2 => (4, 1),
            Self::Avx2X8 => (4, 8),
            Self::Avx512X8 => (8, 8),
        };
        let in_lane = longitud.div_ceil(lanes * registers);
        // Then the registers by halves and their lanes one by one; and of the remainder, fewer than 16 elements one by one.
        let in_lanes = in_lane + registers.ilog2() as usize + lanes;
        (in_lanes.max(longitud.min(16)) + 1) as u32
    }
}

impl fmt::Display for Variante {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.nombre())
    }
}
