//! One row in fifty is broken on purpose, each for one reason that the contract must find.

use super::random::{Stream, pick};
use super::row::{FilaGenerada, push_hex};
use crate::{Clase, Motivo};

/// Reasons for any kind of event with cumulative weights: a duplicate is the commonest, a huge text the rarest.
const ANY: [(Motivo, f64); 8] = [
    (Motivo::Duplicado, 0.34),
    (Motivo::FechaFueraDeLaParticion, 0.54),
    (Motivo::TipoDesconocido, 0.66),
    (Motivo::FaltaRegion, 0.80),
    (Motivo::FaltaEventoId, 0.86),
    (Motivo::CoordenadaImposible, 0.93),
    (Motivo::TimestampImposible, 0.995),
    (Motivo::TextoDemasiadoLargo, 1.0),
];

/// Reasons that only a purchase can have.
const PURCHASE: [(Motivo, f64); 5] = [
    (Motivo::FaltaUserId, 0.25),
    (Motivo::FaltaMonto, 0.45),
    (Motivo::MontoNoPositivo, 0.75),
    (Motivo::MontoNoFinito, 0.95),
    (Motivo::MontoFueraDeRango, 1.0),
];

/// The defect of a row of this kind, or `None` for most rows. Purchases are hit on both lists.
pub(super) fn choose(draws: &mut Stream, clase: Clase, rate: f64) -> Option<Motivo> {
    let u = draws.unit();
    let list: &[(Motivo, f64)] = if u < rate {
        &ANY
    } else if clase == Clase::Compra && u < 2.0 * rate {
        &PURCHASE
    } else {
        return None;
    };
    let cumulative: Vec<f64> = list.iter().map(|(_, c)| *c).collect();
    let motivo = list[pick(&cumulative, draws.unit())].0;
    // An error may lack its region.
    (!(motivo == Motivo::FaltaRegion && clase == Clase::Error)).then_some(motivo)
}

/// Breaks a good row for the given reason. `earlier` is the name of an earlier row of the same day.
pub(super) fn plant(row: &mut FilaGenerada, motivo: Motivo, draws: &mut Stream, earlier: u64) {
    const DAY: i64 = 86_400_000_000;
    let which = draws.below(4);
    match motivo {
        Motivo::FaltaEventoId => {
            row.evento_id.clear();
            if which == 0 {
                row.evento_id.push_str("  ");
            }
        }
        Motivo::Duplicado => {
            row.evento_id.clear();
            push_hex(&mut row.evento_id, earlier);
        }
        Motivo::TipoDesconocido => row.tipo = ["Compra", "view", "", "compra "][which as usize],
        Motivo::TextoDemasiadoLargo => {
            let mut page = row
                .pagina
                .take()
                .unwrap_or_else(|| std::mem::take(&mut row.spare.pagina));
            page.clear();
            page.push_str("/buscar?q=");
            page.extend(std::iter::repeat_n('x', 4_096));
            row.pagina = Some(page);
        }
        Motivo::TimestampImposible => {
            row.timestamp = [
                -2_208_988_800_000_000,
                4_102_444_800_000_000,
                250_000_000_000_000_000,
                -1,
            ][which as usize];
        }
        Motivo::FechaFueraDeLaParticion => row.timestamp += [-2, -1, 1, 3][which as usize] * DAY,
        Motivo::FaltaRegion => row.region = if which < 2 { None } else { Some("") },
        Motivo::FaltaUserId => row.park(),
        Motivo::FaltaMonto => row.monto = None,
        Motivo::MontoNoFinito => {
            row.monto = Some([f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::NAN][which as usize])
        }
        Motivo::MontoNoPositivo => {
            row.monto = row.monto.map(|m| [-m, 0.0, -0.01, 0.004][which as usize])
        }
        Motivo::MontoFueraDeRango => {
            row.monto = Some([1e12, 9.9e15, 1e300, 1_000_000_000.01][which as usize])
        }
        Motivo::CoordenadaImposible => {
            (row.lat, row.lon) = [
                (91.5, 0.0),
                (0.0, -180.5),
                (f64::NAN, 0.0),
                (0.0, f64::INFINITY),
            ]
            .map(|(lat, lon)| (Some(lat), Some(lon)))[which as usize];
        }
    }
}
