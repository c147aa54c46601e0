//! Sums of the metrics that may be added, and what follows from them.

use super::{DiaRegion, formato};

/// Sums over rows of day × region.
///
/// People are distinct within a day and region only, so their sums count a person once per day and region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Suma {
    pub(super) revenue: i128,
    pub(super) premium: i128,
    pub(super) transacciones: i128,
    pub(super) transacciones_premium: i128,
    pub(super) compradores: i128,
    pub(super) visitantes: i128,
    pub(super) clicks: i128,
    pub(super) carritos: i128,
}

impl Suma {
    /// Adds one row.
    pub(super) fn fila(&mut self, f: &DiaRegion) {
        self.mas(&Self {
            revenue: f.revenue_centavos,
            premium: f.revenue_premium_centavos,
            transacciones: f.transacciones.into(),
            transacciones_premium: f.transacciones_premium.into(),
            compradores: f.usuarios_unicos.into(),
            visitantes: f.visitantes.into(),
            clicks: f.clicks.into(),
            carritos: f.carritos.into(),
        });
    }

    /// Adds other sums; at the limits of the type it stays there.
    pub(super) fn mas(&mut self, otra: &Self) {
        let campos = [
            (&mut self.revenue, otra.revenue),
            (&mut self.premium, otra.premium),
            (&mut self.transacciones, otra.transacciones),
            (&mut self.transacciones_premium, otra.transacciones_premium),
            (&mut self.compradores, otra.compradores),
            (&mut self.visitantes, otra.visitantes),
            (&mut self.clicks, otra.clicks),
            (&mut self.carritos, otra.carritos),
        ];
        for (campo, valor) in campos {
            *campo = campo.saturating_add(valor);
        }
    }

    /// Revenue ÷ sales, rounded half up, as text; `—` without sales.
    pub(super) fn ticket(&self) -> String {
        formato::cociente(self.revenue, self.transacciones)
            .map_or_else(|| "—".into(), formato::dinero)
    }

    /// Buyers ÷ visitors, as text; `—` without visitors.
    pub(super) fn conversion(&self) -> String {
        formato::porcentaje(self.compradores, self.visitantes)
    }
}
