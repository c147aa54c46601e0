//! The daily batch's contract for events of any day, one at a time: what a stream and a feature step need of it.

use ecommerce_model::{Aceptada, Contrato, DateError, Dia, Fecha, FilaEvento, Motivo, Zona};

const DAY: i64 = 86_400_000_000;

/// Judges events of any day by the contract of their own (UTC).
#[derive(Debug)]
pub struct DailyContract {
    /// Events come roughly in order, so the day seldom changes.
    current: Contrato,
}

impl DailyContract {
    /// A contract that has seen no day yet.
    ///
    /// # Errors
    /// * [`DateError`] if 1970-01-01 cannot be placed on the time line, which a calendar always can.
    pub fn new() -> Result<Self, DateError> {
        let first: Fecha = "1970-01-01".parse()?;
        Ok(Self {
            current: Contrato::new(Dia::new(first, &Zona::utc())?),
        })
    }

    /// The event's part in the metrics, or why it has none; never [`Motivo::FechaFueraDeLaParticion`].
    ///
    /// # Errors
    /// The first [`Motivo`] that applies. Duplicates are invisible from one event.
    pub fn check(&mut self, event: &FilaEvento<'_>) -> Result<Aceptada, Motivo> {
        if let Some(instant) = event.timestamp.filter(|t| Contrato::is_possible(*t))
            && !self.current.dia().contains(instant)
            && let Some(day) = day_of(instant)
        {
            self.current = Contrato::new(day);
        }
        self.current.check(event)
    }
}

fn day_of(instant: i64) -> Option<Dia> {
    let days = i32::try_from(instant.div_euclid(DAY)).ok()?;
    Dia::new(Fecha::from_days_since_epoch(days)?, &Zona::utc()).ok()
}
