//! Which kernels run here: asked of the processor once.

use std::fmt;
use std::sync::OnceLock;

use crate::order::SHORT;
use crate::{portable, scalar};

/// An instruction set that the kernels are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Isa {
    /// From left to right, one element at a time: a yardstick, never the best.
    Scalar,
    /// Safe Rust that the compiler vectorizes for the target it builds for.
    Portable,
    /// aarch64's vectors of two f64.
    Neon,
    /// Vectors of four f64.
    Avx2,
    /// Vectors of eight f64 (AVX-512F, with AVX2 and POPCNT).
    Avx512,
}

impl Isa {
    /// Every instruction set, the better the later.
    pub const ALL: [Self; 5] = [
        Self::Scalar,
        Self::Portable,
        Self::Neon,
        Self::Avx2,
        Self::Avx512,
    ];

    /// Returns its usual name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Portable => "portable",
            Self::Neon => "NEON",
            Self::Avx2 => "AVX2",
            Self::Avx512 => "AVX-512",
        }
    }
}

impl fmt::Display for Isa {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

/// The kernels of one instruction set, which this processor has.
///
/// All but those of [`Isa::Scalar`] add in the same order and return the same bits.
#[derive(Clone, Copy, Debug)]
pub struct Kernels {
    isa: Isa,
    suma: Suma,
    suma_y_cuenta_positivos: SumaYCuenta,
}

// Unsafe for want of the instructions alone: any slice will do.
type Suma = unsafe fn(&[f64]) -> f64;
type SumaYCuenta = unsafe fn(&[f64]) -> (f64, u64);

impl Kernels {
    /// Returns the kernels of an instruction set, or `None` where this processor or this build lacks it.
    #[must_use]
    pub fn of(isa: Isa) -> Option<Self> {
        let (suma, suma_y_cuenta_positivos): (Suma, SumaYCuenta) = match isa {
            Isa::Scalar => (scalar::suma, scalar::suma_y_cuenta_positivos),
            Isa::Portable => (portable::suma, portable::suma_y_cuenta_positivos),
            #[cfg(target_arch = "aarch64")]
            Isa::Neon if std::arch::is_aarch64_feature_detected!("neon") => {
                use crate::neon;
                (neon::suma, neon::suma_y_cuenta_positivos)
            }
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 if is_x86_feature_detected!("avx2") => {
                use crate::x86::avx2;
                (avx2::suma, avx2::suma_y_cuenta_positivos)
            }
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512
                if is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx2")
                    && is_x86_feature_detected!("popcnt") =>
            {
                use crate::x86::avx512;
                (avx512::suma, avx512::suma_y_cuenta_positivos)
            }
            _ => return None,
        };
        Some(Self {
            isa,
            suma,
            suma_y_cuenta_positivos,
        })
    }

    /// Returns the best kernels for this processor.
    ///
    /// # Cost
    /// Chosen at the first call; then one atomic load.
    #[must_use]
    #[inline]
    pub fn best() -> &'static Self {
        static BEST: OnceLock<Kernels> = OnceLock::new();
        BEST.get_or_init(|| {
            let available = Isa::ALL.into_iter().rev().find_map(Self::of);
            available.unwrap_or(Self {
                isa: Isa::Portable,
                suma: portable::suma,
                suma_y_cuenta_positivos: portable::suma_y_cuenta_positivos,
            })
        })
    }

    /// Returns the instruction set of these kernels.
    #[must_use]
    #[inline]
    pub const fn isa(&self) -> Isa {
        self.isa
    }

    /// Returns the addresses of the two kernels' machine code, for a profiler or a disassembler.
    #[must_use]
    pub fn code(&self) -> [*const (); 2] {
        [
            self.suma as *const (),
            self.suma_y_cuenta_positivos as *const (),
        ]
    }

    /// Returns the sum: [`crate::suma`], with these kernels.
    #[must_use]
    #[inline]
    pub fn suma(&self, x: &[f64]) -> f64 {
        if x.len() < SHORT {
            return scalar::suma(x);
        }
        // SAFETY: `of` found that this processor has the instructions.
        unsafe { (self.suma)(x) }
    }

    /// Returns the sum and the count of the elements above zero: [`crate::suma_y_cuenta_positivos`], with these kernels.
    #[must_use]
    #[inline]
    pub fn suma_y_cuenta_positivos(&self, x: &[f64]) -> (f64, u64) {
        if x.len() < SHORT {
            return scalar::suma_y_cuenta_positivos(x);
        }
        // SAFETY: `of` found that this processor has the instructions.
        unsafe { (self.suma_y_cuenta_positivos)(x) }
    }
}
