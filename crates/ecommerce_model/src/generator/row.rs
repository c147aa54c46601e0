//! A generated row in buffers that are used again for the next one.

use crate::{Clase, FilaEvento, Motivo};

/// One generated row and the truth about it.
///
/// # Cost
/// Filling one again allocates nothing once its buffers have grown.
#[derive(Clone, Debug, Default)]
pub struct FilaGenerada {
    pub(super) evento_id: String,
    pub(super) tipo: &'static str,
    pub(super) user_id: Option<String>,
    pub(super) session_id: String,
    pub(super) producto_id: Option<String>,
    pub(super) monto: Option<f64>,
    pub(super) region: Option<&'static str>,
    pub(super) pagina: Option<String>,
    pub(super) mensaje: Option<&'static str>,
    pub(super) timestamp: i64,
    pub(super) lat: Option<f64>,
    pub(super) lon: Option<f64>,
    pub(super) defect: Option<Motivo>,
    pub(super) fraud: bool,
    /// Text buffers parked while their column is null.
    pub(super) spare: Spare,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Spare {
    pub(super) user_id: String,
    pub(super) producto_id: String,
    pub(super) pagina: String,
}

impl FilaGenerada {
    /// An empty buffer.
    pub fn new() -> Self {
        Self::default()
    }

    /// The row as a reader would see it.
    pub fn as_fila(&self) -> FilaEvento<'_> {
        FilaEvento {
            evento_id: Some(&self.evento_id),
            tipo: Some(self.tipo),
            user_id: self.user_id.as_deref(),
            session_id: Some(&self.session_id),
            producto_id: self.producto_id.as_deref(),
            monto: self.monto,
            region: self.region,
            pagina: self.pagina.as_deref(),
            mensaje: self.mensaje,
            timestamp: Some(self.timestamp),
            lat: self.lat,
            lon: self.lon,
        }
    }

    /// The defect planted in the row, which is the reason the contract must find; `None` for a good row.
    pub fn defect(&self) -> Option<Motivo> {
        self.defect
    }

    /// Whether the row belongs to a planted fraud. The label is not in the row itself.
    pub fn is_fraud(&self) -> bool {
        self.fraud
    }

    /// Parks the buffers of nullable texts, so that setting one again reuses its memory.
    pub(super) fn park(&mut self) {
        if let Some(s) = self.user_id.take() {
            self.spare.user_id = s;
        }
        if let Some(s) = self.producto_id.take() {
            self.spare.producto_id = s;
        }
        if let Some(s) = self.pagina.take() {
            self.spare.pagina = s;
        }
    }

    pub(super) fn set_clase(&mut self, clase: Clase) {
        self.tipo = clase.as_str();
    }
}

/// Writes `value` in hexadecimal, sixteen digits.
pub(super) fn push_hex(out: &mut String, value: u64) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for shift in (0..16).rev() {
        out.push(char::from(DIGITS[(value >> (shift * 4)) as usize & 15]));
    }
}

/// Writes `value` in decimal, left-padded with zeros to `width`.
pub(super) fn push_padded(out: &mut String, value: u64, width: u32) {
    let digits = value.checked_ilog10().unwrap_or(0) + 1;
    for position in (0..digits.max(width)).rev() {
        let digit = if position < 20 {
            value / 10u64.pow(position.min(19)) % 10
        } else {
            0
        };
        out.push(char::from(b'0' + digit as u8));
    }
}
