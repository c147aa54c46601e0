//! The contract: a row is accepted, or rejected for exactly one reason of a closed list.

use crate::{Centavos, Clase, Dia, FilaEvento};
use std::fmt;

/// Why a row goes to quarantine. The first reason that applies, in this order, is the one stored.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum Motivo {
    /// `evento_id` is null or blank.
    FaltaEventoId,
    /// A row with the same `evento_id` stands earlier in the day's input, valid or not.
    Duplicado,
    /// `tipo` is null or none of the four kinds.
    TipoDesconocido,
    /// A text field is longer than [`Contrato::MAX_TEXT`] bytes.
    TextoDemasiadoLargo,
    /// `timestamp` is null or outside 1970-01-01 … 2099-12-31 UTC.
    TimestampImposible,
    /// The instant does not belong to the day that is processed.
    FechaFueraDeLaParticion,
    /// `region` is null or blank, and the event is no error.
    FaltaRegion,
    /// A purchase without `user_id`.
    FaltaUserId,
    /// A purchase without `monto`.
    FaltaMonto,
    /// A purchase of NaN or an infinity.
    MontoNoFinito,
    /// A purchase of zero, less, or less than half a cent.
    MontoNoPositivo,
    /// A purchase above [`Contrato::MAX_MONTO`].
    MontoFueraDeRango,
    /// A latitude outside ±90, a longitude outside ±180, or one that is no finite number.
    CoordenadaImposible,
}

impl Motivo {
    /// Every reason, in the order of the checks.
    pub const ALL: [Self; 13] = [
        Self::FaltaEventoId,
        Self::Duplicado,
        Self::TipoDesconocido,
        Self::TextoDemasiadoLargo,
        Self::TimestampImposible,
        Self::FechaFueraDeLaParticion,
        Self::FaltaRegion,
        Self::FaltaUserId,
        Self::FaltaMonto,
        Self::MontoNoFinito,
        Self::MontoNoPositivo,
        Self::MontoFueraDeRango,
        Self::CoordenadaImposible,
    ];

    /// The word the quarantine table stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FaltaEventoId => "falta_evento_id",
            Self::Duplicado => "duplicado",
            Self::TipoDesconocido => "tipo_desconocido",
            Self::TextoDemasiadoLargo => "texto_demasiado_largo",
            Self::TimestampImposible => "timestamp_imposible",
            Self::FechaFueraDeLaParticion => "fecha_fuera_de_la_particion",
            Self::FaltaRegion => "falta_region",
            Self::FaltaUserId => "falta_user_id",
            Self::FaltaMonto => "falta_monto",
            Self::MontoNoFinito => "monto_no_finito",
            Self::MontoNoPositivo => "monto_no_positivo",
            Self::MontoFueraDeRango => "monto_fuera_de_rango",
            Self::CoordenadaImposible => "coordenada_imposible",
        }
    }
}

impl fmt::Display for Motivo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::error::Error for Motivo {}

/// What the metrics need of an accepted row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Aceptada {
    /// The kind of event.
    pub clase: Clase,
    /// The purchase's amount; zero for the other kinds.
    pub centavos: Centavos,
    /// Whether it is a purchase above [`Contrato::PREMIUM`].
    pub premium: bool,
}

/// The rules a row must meet to count on a given day.
#[derive(Clone, Copy, Debug)]
pub struct Contrato {
    dia: Dia,
}

impl Contrato {
    /// Longest text accepted in any field, in bytes.
    pub const MAX_TEXT: usize = 4096;
    /// Largest amount accepted, in the shop's currency.
    pub const MAX_MONTO: f64 = 1e9;
    /// Purchases above this amount count as premium.
    pub const PREMIUM: f64 = 1000.0;
    /// The instants an event can have, in microseconds since 1970: up to 2100-01-01T00:00:00Z, which is out.
    const POSSIBLE: std::ops::Range<i64> = 0..4_102_444_800_000_000;

    /// The contract of one day.
    pub fn new(dia: Dia) -> Self {
        Self { dia }
    }

    /// The day whose rows it accepts.
    pub fn dia(&self) -> Dia {
        self.dia
    }

    /// Whether an event can have happened at this instant, in microseconds since 1970.
    pub fn is_possible(micros: i64) -> bool {
        Self::POSSIBLE.contains(&micros)
    }

    /// Whether a text says nothing: empty, or ASCII white space alone.
    pub fn is_blank(text: &str) -> bool {
        text.bytes().all(|b| b.is_ascii_whitespace())
    }

    /// Whether the row's name is missing, which comes before every other reason, duplicates included.
    pub fn lacks_id(fila: &FilaEvento<'_>) -> bool {
        is_blank(fila.evento_id)
    }

    /// The row's part in the metrics, or why it has none.
    ///
    /// Duplicates are invisible from one row: whoever reads the day decides them between
    /// [`lacks_id`](Self::lacks_id) and this.
    ///
    /// # Errors
    /// The first [`Motivo`] that applies.
    ///
    /// # Cost
    /// No allocation; a few comparisons per field.
    pub fn check(&self, fila: &FilaEvento<'_>) -> Result<Aceptada, Motivo> {
        if Self::lacks_id(fila) {
            return Err(Motivo::FaltaEventoId);
        }
        let clase = fila
            .tipo
            .and_then(Clase::parse)
            .ok_or(Motivo::TipoDesconocido)?;
        let texts = [
            fila.evento_id,
            fila.user_id,
            fila.session_id,
            fila.producto_id,
            fila.region,
            fila.pagina,
            fila.mensaje,
        ];
        if texts.iter().flatten().any(|t| t.len() > Self::MAX_TEXT) {
            return Err(Motivo::TextoDemasiadoLargo);
        }
        match fila.timestamp {
            Some(t) if Self::is_possible(t) => {
                if !self.dia.contains(t) {
                    return Err(Motivo::FechaFueraDeLaParticion);
                }
            }
            _ => return Err(Motivo::TimestampImposible),
        }
        if clase != Clase::Error && is_blank(fila.region) {
            return Err(Motivo::FaltaRegion);
        }
        let (centavos, premium) = if clase == Clase::Compra {
            check_purchase(fila)?
        } else {
            (Centavos::ZERO, false)
        };
        if !is_coordinate(fila.lat, 90.0) || !is_coordinate(fila.lon, 180.0) {
            return Err(Motivo::CoordenadaImposible);
        }
        Ok(Aceptada {
            clase,
            centavos,
            premium,
        })
    }
}

fn check_purchase(fila: &FilaEvento<'_>) -> Result<(Centavos, bool), Motivo> {
    if is_blank(fila.user_id) {
        return Err(Motivo::FaltaUserId);
    }
    let monto = fila.monto.ok_or(Motivo::FaltaMonto)?;
    if !monto.is_finite() {
        return Err(Motivo::MontoNoFinito);
    }
    if monto > Contrato::MAX_MONTO {
        return Err(Motivo::MontoFueraDeRango);
    }
    let centavos = Centavos::from_monto(monto.max(-1.0)).map_err(|_| Motivo::MontoFueraDeRango)?;
    if centavos <= Centavos::ZERO {
        return Err(Motivo::MontoNoPositivo);
    }
    Ok((centavos, monto > Contrato::PREMIUM))
}

fn is_blank(text: Option<&str>) -> bool {
    text.is_none_or(Contrato::is_blank)
}

fn is_coordinate(degrees: Option<f64>, limit: f64) -> bool {
    degrees.is_none_or(|d| d.abs() <= limit)
}
