//! What to generate, and why that may make no sense.

use crate::{DateError, Fecha};

/// What to generate. Two equal configurations give the same rows on every machine.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigGenerador {
    /// The seed of everything.
    pub semilla: u64,
    /// First day.
    pub desde: Fecha,
    /// Number of days.
    pub dias: u32,
    /// Rows over all days; they spread by the weekly rhythm.
    pub filas: u64,
    /// Customers who can appear.
    pub usuarios: u64,
    /// Products of the catalogue.
    pub productos: u64,
    /// Share of rows that get a defect of any kind, 0 to 0.5; purchases get as many again of their own.
    pub defectos: f64,
}

impl ConfigGenerador {
    /// `filas` rows over `dias` days from `desde`, with customers in proportion and 1.8 % of defects.
    pub fn new(semilla: u64, desde: Fecha, dias: u32, filas: u64) -> Self {
        Self {
            semilla,
            desde,
            dias,
            filas,
            usuarios: (filas / 20).clamp(50, 1_000_000),
            productos: 5_000,
            defectos: 0.018,
        }
    }
}

/// Why a configuration makes no sense.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GeneratorError {
    /// `dias`, `usuarios` or `productos` is zero.
    #[error("{0} must be at least 1")]
    Zero(&'static str),
    /// `defectos` is no share between 0 and 0.5.
    #[error("the share of defects must lie between 0 and 0.5, not {0}")]
    Share(f64),
    /// The last day lies beyond the calendar or the contract's time line.
    #[error("the days do not fit between 1970 and 2099")]
    Calendar,
    /// A day cannot be placed on the time line.
    #[error(transparent)]
    Date(#[from] DateError),
}
