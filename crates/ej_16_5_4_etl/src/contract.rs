//! Which rows count: the guide's filter, and behind it what would spoil a sum.

use ecommerce_model::{Centavos, Contrato, Dia, Motivo};

/// The columns of a row that the pipeline looks at, as the guide does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Venta<'a> {
    /// Who bought.
    pub user_id: Option<&'a str>,
    /// For how much.
    pub monto: Option<f64>,
    /// Where.
    pub region: Option<&'a str>,
    /// When, in microseconds since 1970 (UTC).
    pub timestamp: Option<i64>,
}

/// What becomes of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Veredicto {
    /// It has no amount above zero: the guide's filter leaves it out, and nothing is wrong with it.
    Filtrada,
    /// It is a sale of another day in a file that holds several: not part of the input.
    DeOtroDia,
    /// It is a sale of the day, of so many cents.
    Vale(Centavos),
    /// It would be a sale, but for this.
    Rechazada(Motivo),
}

/// The rules of one day.
#[derive(Clone, Copy, Debug)]
pub struct Reglas {
    dia: Dia,
    plano: bool,
}

impl Reglas {
    /// The rules for `dia`; `plano` if the files hold other days too, which are then passed over.
    pub fn new(dia: Dia, plano: bool) -> Self {
        Self { dia, plano }
    }

    /// The day whose rows count.
    pub fn dia(&self) -> Dia {
        self.dia
    }

    /// What becomes of a row: the first reason that applies, in the order of [`Motivo`].
    ///
    /// NaN is not filtered: it is no amount above zero, but `monto > 0` lets it pass in Polars, and one is enough to turn
    /// a region's revenue into NaN.
    ///
    /// # Cost
    /// No allocation.
    pub fn juzgar(&self, venta: &Venta<'_>) -> Veredicto {
        let Some(monto) = venta.monto.filter(|m| m.is_nan() || *m > 0.0) else {
            return Veredicto::Filtrada;
        };
        let instant = venta.timestamp.filter(|t| Contrato::is_possible(*t));
        let today = instant.is_some_and(|t| self.dia.contains(t));
        if self.plano && instant.is_some() && !today {
            return Veredicto::DeOtroDia;
        }
        let long = |text: Option<&str>| text.is_some_and(|t| t.len() > Contrato::MAX_TEXT);
        let blank = |text: Option<&str>| text.is_none_or(Contrato::is_blank);
        let reason = if long(venta.user_id) || long(venta.region) {
            Motivo::TextoDemasiadoLargo
        } else if instant.is_none() {
            Motivo::TimestampImposible
        } else if !today {
            Motivo::FechaFueraDeLaParticion
        } else if blank(venta.region) {
            Motivo::FaltaRegion
        } else if blank(venta.user_id) {
            Motivo::FaltaUserId
        } else if !monto.is_finite() {
            Motivo::MontoNoFinito
        } else if monto > Contrato::MAX_MONTO {
            Motivo::MontoFueraDeRango
        } else {
            return match Centavos::from_monto(monto) {
                Ok(cents) if cents > Centavos::ZERO => Veredicto::Vale(cents),
                _ => Veredicto::Rechazada(Motivo::MontoNoPositivo),
            };
        };
        Veredicto::Rechazada(reason)
    }
}
