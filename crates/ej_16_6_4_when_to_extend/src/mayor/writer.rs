//! Files of the format, written record by record.

use std::io::Write;

use super::calendar::year_and_day;
use super::checksum::sum;
use super::digits::sign_byte;
use super::error::{Campo, ErrorDeFormato, ErrorMayor, Fault, Motivo};
use super::record::{Cabecera, Cierre, Movimiento};
use super::text::encode;
use super::{LONGEST_CONCEPT, LONGEST_NOTE, LONGEST_ORIGIN, LONGEST_PARTY, SEPARATOR};

/// Writes a file: the header, then movements with their notes, then, by [`Escritor::cerrar`], the closing record.
#[derive(Debug)]
pub struct Escritor<W> {
    out: W,
    line: Vec<u8>,
    lines: u64,
    number: u64,
    close: Cierre,
    total: i128,
}

impl<W: Write> Escritor<W> {
    /// Returns a writer that has written the header.
    ///
    /// # Errors
    /// - [`ErrorMayor::Formato`]: something of the header that the format cannot hold.
    /// - [`ErrorMayor::Disco`].
    pub fn new(out: W, cabecera: &Cabecera) -> Result<Self, ErrorMayor> {
        let mut new = Self {
            out,
            line: Vec::new(),
            lines: 0,
            number: cabecera.primer_numero.saturating_sub(1),
            close: Cierre {
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
            day(line, Campo::Fecha, Some(cabecera.fecha))?;
            if cabecera.primer_numero == 0 {
                return Err((Campo::PrimerNumero, Motivo::NoCabe(0)));
            }
            number(line, Campo::PrimerNumero, cabecera.primer_numero, 10)?;
            let moneda = cabecera.moneda.as_bytes();
            if moneda.len() != 3 || !moneda.iter().all(u8::is_ascii_uppercase) {
                return Err((Campo::Moneda, Motivo::Moneda));
            }
            line.push(SEPARATOR);
            line.extend_from_slice(moneda);
            text(line, Campo::Origen, &cabecera.origen, LONGEST_ORIGIN)
        })?;
        Ok(new)
    }

    /// Writes the next movement.
    ///
    /// # Errors
    /// - [`ErrorMayor::Formato`]: the field that the format cannot hold. Nothing was written.
    /// - [`ErrorMayor::Disco`].
    pub fn movimiento(&mut self, one: &Movimiento) -> Result<(), ErrorMayor> {
        let next = self.number + 1;
        self.record(|line| {
            line.push(b'M');
            number(line, Campo::Numero, next, 10)?;
            day(line, Campo::Fecha, Some(one.fecha))?;
            day(line, Campo::FechaValor, one.fecha_valor)?;
            number(line, Campo::Cuenta, one.cuenta, 12)?;
            amount(line, Campo::Importe, one.importe, 11)?;
            amount(line, Campo::Saldo, one.saldo, 13)?;
            number(line, Campo::Clave, one.clave.into(), 3)?;
            text(line, Campo::Concepto, &one.concepto, LONGEST_CONCEPT)?;
            text(
                line,
                Campo::Contrapartida,
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
    /// - [`ErrorMayor::Formato`]: a text that the format cannot hold, or no movement yet. Nothing was written.
    /// - [`ErrorMayor::Disco`].
    pub fn nota(&mut self, note: &str) -> Result<(), ErrorMayor> {
        let (numero, movements) = (self.number, self.close.movimientos);
        self.record(|line| {
            if movements == 0 {
                return Err((Campo::Numero, Motivo::NotaSuelta));
            }
            line.push(b'N');
            number(line, Campo::Numero, numero, 10)?;
            text(line, Campo::Texto, note, LONGEST_NOTE)
        })?;
        self.close.notas += 1;
        Ok(())
    }

    /// Writes the closing record and returns it with what was written to.
    ///
    /// # Errors
    /// - [`ErrorMayor::Formato`]: a total beyond eighteen digits.
    /// - [`ErrorMayor::Disco`].
    pub fn cerrar(mut self) -> Result<(Cierre, W), ErrorMayor> {
        let (close, total) = (self.close, self.total);
        let mut whole = 0;
        self.record(|line| {
            line.push(b'Z');
            number(line, Campo::Movimientos, close.movimientos, 10)?;
            number(line, Campo::Notas, close.notas, 10)?;
            whole =
                i64::try_from(total).map_err(|_| (Campo::ImporteTotal, Motivo::NoCabe(total)))?;
            amount(line, Campo::ImporteTotal, whole, 18)?;
            number(line, Campo::SumaDeCuentas, close.suma_de_cuentas, 15)?;
            number(line, Campo::SumaDeBytes, close.suma_de_bytes.into(), 10)
        })?;
        self.out.flush()?;
        let close = Cierre {
            importe_total: whole,
            ..close
        };
        Ok((close, self.out))
    }

    /// Writes a line, if it can be put together.
    fn record(
        &mut self,
        put: impl FnOnce(&mut Vec<u8>) -> Result<(), Fault>,
    ) -> Result<(), ErrorMayor> {
        self.line.clear();
        put(&mut self.line).map_err(|(campo, motivo)| ErrorDeFormato {
            linea: self.lines + 1,
            campo,
            motivo,
        })?;
        self.line.push(b'\n');
        self.out.write_all(&self.line)?;
        self.lines += 1;
        self.close.suma_de_bytes = self.close.suma_de_bytes.wrapping_add(sum(&self.line));
        Ok(())
    }
}

fn number(line: &mut Vec<u8>, campo: Campo, number: u64, width: usize) -> Result<(), Fault> {
    let digits = format!("{number:0width$}");
    if digits.len() > width {
        return Err((campo, Motivo::NoCabe(number.into())));
    }
    line.push(SEPARATOR);
    line.extend_from_slice(digits.as_bytes());
    Ok(())
}

fn amount(line: &mut Vec<u8>, campo: Campo, cents: i64, width: usize) -> Result<(), Fault> {
    number(line, campo, cents.unsigned_abs(), width)
        .map_err(|_| (campo, Motivo::NoCabe(cents.into())))?;
    line.pop();
    line.push(sign_byte(cents));
    Ok(())
}

fn day(line: &mut Vec<u8>, campo: Campo, days: Option<i32>) -> Result<(), Fault> {
    let written = match days {
        None => 0,
        Some(days) => {
            let (year, day) = year_and_day(days).ok_or((campo, Motivo::NoCabe(days.into())))?;
            u64::from(year) * 1000 + u64::from(day)
        }
    };
    number(line, campo, written, 7)
}

fn text(line: &mut Vec<u8>, campo: Campo, text: &str, longest: usize) -> Result<(), Fault> {
    line.push(SEPARATOR);
    encode(text, longest, line).map_err(|motivo| (campo, motivo))
}
