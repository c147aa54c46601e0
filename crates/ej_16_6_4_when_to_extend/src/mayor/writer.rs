//! Files of the format, written record by record.

use std::io::Write;

use super::calendar::year_and_day;
use super::checksum::sum;
use super::digits::sign_byte;
use super::error::{Fault, Field, FormatError, MayorError, Reason};
use super::record::{Closing, Header, Movement};
use super::text::encode;
use super::{LONGEST_CONCEPT, LONGEST_NOTE, LONGEST_ORIGIN, LONGEST_PARTY, SEPARATOR};

/// Writes a file: the header, then movements with their notes, then, by [`Writer::finish`], the closing record.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    line: Vec<u8>,
    lines: u64,
    number: u64,
    close: Closing,
    total: i128,
}

impl<W: Write> Writer<W> {
    /// Returns a writer that has written the header.
    ///
    /// # Errors
    /// - [`MayorError::Format`]: something of the header that the format cannot hold.
    /// - [`MayorError::Io`].
    pub fn new(out: W, header: &Header) -> Result<Self, MayorError> {
        let mut new = Self {
            out,
            line: Vec::new(),
            lines: 0,
            number: header.primer_numero.saturating_sub(1),
            close: Closing {
                movimientos: 0,
                notas: 0,
                importe_total: 0,
                suma_de_cuentas: 0,
                suma_de_bytes: 0,
            },
            total: 0,
        };
        new.record(|line| {
            line.extend_from_slice(b"C\xA6MAYOR\xA603");
            day(line, Field::Fecha, Some(header.fecha))?;
            if header.primer_numero == 0 {
                return Err((Field::PrimerNumero, Reason::DoesNotFit(0)));
            }
            number(line, Field::PrimerNumero, header.primer_numero, 10)?;
            let moneda = header.moneda.as_bytes();
            if moneda.len() != 3 || !moneda.iter().all(u8::is_ascii_uppercase) {
                return Err((Field::Moneda, Reason::Currency));
            }
            line.push(SEPARATOR);
            line.extend_from_slice(moneda);
            text(line, Field::Origen, &header.origen, LONGEST_ORIGIN)
        })?;
        Ok(new)
    }

    /// Writes the next movement.
    ///
    /// # Errors
    /// - [`MayorError::Format`]: the field that the format cannot hold. Nothing was written.
    /// - [`MayorError::Io`].
    pub fn movement(&mut self, one: &Movement) -> Result<(), MayorError> {
        let next = self.number + 1;
        self.record(|line| {
            line.push(b'M');
            number(line, Field::Numero, next, 10)?;
            day(line, Field::Fecha, Some(one.fecha))?;
            day(line, Field::FechaValor, one.fecha_valor)?;
            number(line, Field::Cuenta, one.cuenta, 12)?;
            amount(line, Field::Importe, one.importe, 11)?;
            amount(line, Field::Saldo, one.saldo, 13)?;
            number(line, Field::Clave, one.clave.into(), 3)?;
            text(line, Field::Concepto, &one.concepto, LONGEST_CONCEPT)?;
            text(
                line,
                Field::Contrapartida,
                &one.contrapartida,
                LONGEST_PARTY,
            )
        })?;
        self.number = next;
        self.close.movimientos += 1;
        self.close.suma_de_cuentas =
            (self.close.suma_de_cuentas + one.cuenta) % 1_000_000_000_000_000;
        self.total += i128::from(one.importe);
        Ok(())
    }

    /// Writes a note about the last movement.
    ///
    /// # Errors
    /// - [`MayorError::Format`]: a text that the format cannot hold, or no movement yet. Nothing was written.
    /// - [`MayorError::Io`].
    pub fn note(&mut self, note: &str) -> Result<(), MayorError> {
        let (numero, movements) = (self.number, self.close.movimientos);
        self.record(|line| {
            if movements == 0 {
                return Err((Field::Numero, Reason::LooseNote));
            }
            line.push(b'N');
            number(line, Field::Numero, numero, 10)?;
            text(line, Field::Texto, note, LONGEST_NOTE)
        })?;
        self.close.notas += 1;
        Ok(())
    }

    /// Writes the closing record and returns it with what was written to.
    ///
    /// # Errors
    /// - [`MayorError::Format`]: a total beyond eighteen digits.
    /// - [`MayorError::Io`].
    pub fn finish(mut self) -> Result<(Closing, W), MayorError> {
        let (close, total) = (self.close, self.total);
        let mut whole = 0;
        self.record(|line| {
            line.push(b'Z');
            number(line, Field::Movimientos, close.movimientos, 10)?;
            number(line, Field::Notas, close.notas, 10)?;
            whole = i64::try_from(total)
                .map_err(|_| (Field::ImporteTotal, Reason::DoesNotFit(total)))?;
            amount(line, Field::ImporteTotal, whole, 18)?;
            number(line, Field::SumaDeCuentas, close.suma_de_cuentas, 15)?;
            number(line, Field::SumaDeBytes, close.suma_de_bytes.into(), 10)
        })?;
        self.out.flush()?;
        let close = Closing {
            importe_total: whole,
            ..close
        };
        Ok((close, self.out))
    }

    /// Writes a line, if it can be put together.
    fn record(
        &mut self,
        put: impl FnOnce(&mut Vec<u8>) -> Result<(), Fault>,
    ) -> Result<(), MayorError> {
        self.line.clear();
        put(&mut self.line).map_err(|(field, reason)| FormatError {
            line: self.lines + 1,
            field,
            reason,
        })?;
        self.line.push(b'\n');
        self.out.write_all(&self.line)?;
        self.lines += 1;
        self.close.suma_de_bytes = self.close.suma_de_bytes.wrapping_add(sum(&self.line));
        Ok(())
    }
}

fn number(line: &mut Vec<u8>, field: Field, number: u64, width: usize) -> Result<(), Fault> {
    let digits = format!("{number:0width$}");
    if digits.len() > width {
        return Err((field, Reason::DoesNotFit(number.into())));
    }
    line.push(SEPARATOR);
    line.extend_from_slice(digits.as_bytes());
    Ok(())
}

fn amount(line: &mut Vec<u8>, field: Field, cents: i64, width: usize) -> Result<(), Fault> {
    number(line, field, cents.unsigned_abs(), width)
        .map_err(|_| (field, Reason::DoesNotFit(cents.into())))?;
    line.pop();
    line.push(sign_byte(cents));
    Ok(())
}

fn day(line: &mut Vec<u8>, field: Field, days: Option<i32>) -> Result<(), Fault> {
    let written = match days {
        None => 0,
        Some(days) => {
            let (year, day) = year_and_day(days).ok_or((field, Reason::DoesNotFit(days.into())))?;
            u64::from(year) * 1000 + u64::from(day)
        }
    };
    number(line, field, written, 7)
}

fn text(line: &mut Vec<u8>, field: Field, text: &str, longest: usize) -> Result<(), Fault> {
    line.push(SEPARATOR);
    encode(text, longest, line).map_err(|reason| (field, reason))
}
