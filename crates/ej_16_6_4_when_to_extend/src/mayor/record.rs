//! One record after the specification, field by field: what everything else has to agree with, and what names the field that is wrong.

use super::calendar::days;
use super::digits::{amount, field};
use super::error::{Campo, Fault, Motivo};
use super::text::decode;
use super::{
    ESCAPE, LONGEST_CONCEPT, LONGEST_LINE, LONGEST_NOTE, LONGEST_ORIGIN, LONGEST_PARTY, SEPARATOR,
};

/// The first record of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cabecera {
    /// The day of the extract, in days since 1970-01-01.
    pub fecha: i32,
    /// The number of the first movement, 1 or more.
    pub primer_numero: u64,
    /// Three capitals.
    pub moneda: String,
    /// Who wrote the file; at most 70 characters.
    pub origen: String,
}

/// A movement of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Movimiento {
    /// The day of the movement, in days since 1970-01-01.
    pub fecha: i32,
    /// The day from which it counts, if another system has not still to say so.
    pub fecha_valor: Option<i32>,
    /// Four digits of the branch and eight of the account.
    pub cuenta: u64,
    /// Cents; below 10¹¹, negative for what leaves the account.
    pub importe: i64,
    /// Cents in the account afterwards; below 10¹³.
    pub saldo: i64,
    /// The kind of movement, below 1000.
    pub clave: u16,
    /// What for; at most 140 characters.
    pub concepto: String,
    /// Who with; at most 70 characters.
    pub contrapartida: String,
}

/// The last record of a file: what was written before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cierre {
    /// How many movements.
    pub movimientos: u64,
    /// How many notes.
    pub notas: u64,
    /// Cents, all amounts together.
    pub importe_total: i64,
    /// All accounts together, modulo 10¹⁵.
    pub suma_de_cuentas: u64,
    /// All bytes before this record together, modulo 2³².
    pub suma_de_bytes: u32,
}

/// What a line holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Record {
    Header(Cabecera),
    Movement(u64, Movimiento),
    Note(u64, String),
    Close(Cierre),
}

/// The record of a line, given without the end of it.
///
/// # Errors
/// The first field that is wrong, from the left, and why.
pub(super) fn parse(line: &[u8]) -> Result<Record, Fault> {
    if line.len() > LONGEST_LINE {
        return Err((Campo::Linea, Motivo::Largo(LONGEST_LINE)));
    }
    let mut fields = Fields { rest: Some(line) };
    match fields.next(Campo::Tipo)? {
        b"C" => header(fields),
        b"M" => movement(fields),
        b"N" => note(fields),
        b"Z" => close(fields),
        _ => Err((
            Campo::Tipo,
            line.first().map_or(Motivo::Falta, |&first| match first {
                // The letter is right, and something sticks to it.
                b'C' | b'M' | b'N' | b'Z' => Motivo::Ancho {
                    esperado: 1,
                    hallado: until_separator(line),
                },
                SEPARATOR => Motivo::Falta,
                first => Motivo::Tipo(first),
            }),
        )),
    }
}

fn header(mut fields: Fields<'_>) -> Result<Record, Fault> {
    fields.literal(Campo::Formato, "MAYOR")?;
    fields.literal(Campo::Version, "03")?;
    let fecha = fields.day(Campo::Fecha)?;
    let primer_numero = fields.number(Campo::PrimerNumero, 10)?;
    if primer_numero == 0 {
        let motivo = Motivo::Orden {
            esperado: 1,
            hallado: 0,
        };
        return Err((Campo::PrimerNumero, motivo));
    }
    let moneda = match fields.next(Campo::Moneda)? {
        letters @ [b'A'..=b'Z', b'A'..=b'Z', b'A'..=b'Z'] => {
            letters.iter().copied().map(char::from).collect()
        }
        _ => return Err((Campo::Moneda, Motivo::Moneda)),
    };
    let origen = fields.text(Campo::Origen, LONGEST_ORIGIN)?;
    fields.end(Campo::Origen)?;
    Ok(Record::Header(Cabecera {
        fecha,
        primer_numero,
        moneda,
        origen,
    }))
}

fn movement(mut fields: Fields<'_>) -> Result<Record, Fault> {
    let number = fields.number(Campo::Numero, 10)?;
    let movement = Movimiento {
        fecha: fields.day(Campo::Fecha)?,
        fecha_valor: fields.optional_day(Campo::FechaValor)?,
        cuenta: fields.number(Campo::Cuenta, 12)?,
        importe: fields.amount(Campo::Importe, 11)?,
        saldo: fields.amount(Campo::Saldo, 13)?,
        // Three digits fit.
        clave: fields.number(Campo::Clave, 3)? as u16,
        concepto: fields.text(Campo::Concepto, LONGEST_CONCEPT)?,
        contrapartida: fields.text(Campo::Contrapartida, LONGEST_PARTY)?,
    };
    fields.end(Campo::Contrapartida)?;
    Ok(Record::Movement(number, movement))
}

fn note(mut fields: Fields<'_>) -> Result<Record, Fault> {
    let number = fields.number(Campo::Numero, 10)?;
    let text = fields.text(Campo::Texto, LONGEST_NOTE)?;
    fields.end(Campo::Texto)?;
    Ok(Record::Note(number, text))
}

fn close(mut fields: Fields<'_>) -> Result<Record, Fault> {
    let close = Cierre {
        movimientos: fields.number(Campo::Movimientos, 10)?,
        notas: fields.number(Campo::Notas, 10)?,
        importe_total: fields.amount(Campo::ImporteTotal, 18)?,
        suma_de_cuentas: fields.number(Campo::SumaDeCuentas, 15)?,
        suma_de_bytes: {
            let number = fields.number(Campo::SumaDeBytes, 10)?;
            let whole = u32::try_from(number);
            whole.map_err(|_| (Campo::SumaDeBytes, Motivo::NoCabe(number.into())))?
        },
    };
    fields.end(Campo::SumaDeBytes)?;
    Ok(Record::Close(close))
}

/// The fields of a line that were not taken yet; `None` after the last one.
struct Fields<'a> {
    rest: Option<&'a [u8]>,
}

impl<'a> Fields<'a> {
    fn next(&mut self, campo: Campo) -> Result<&'a [u8], Fault> {
        let line = self.rest.ok_or((campo, Motivo::Falta))?;
        let (field, rest) = line.split_at(until_separator(line));
        self.rest = rest.split_first().map(|(_, rest)| rest);
        Ok(field)
    }

    fn end(&self, last: Campo) -> Result<(), Fault> {
        self.rest.map_or(Ok(()), |_| Err((last, Motivo::Sobra)))
    }

    fn fixed(&mut self, campo: Campo, esperado: usize) -> Result<&'a [u8], Fault> {
        let field = self.next(campo)?;
        let hallado = field.len();
        if hallado != esperado {
            return Err((campo, Motivo::Ancho { esperado, hallado }));
        }
        Ok(field)
    }

    fn literal(&mut self, campo: Campo, text: &'static str) -> Result<(), Fault> {
        if self.next(campo)? != text.as_bytes() {
            return Err((campo, Motivo::Literal(text)));
        }
        Ok(())
    }

    fn number(&mut self, campo: Campo, width: usize) -> Result<u64, Fault> {
        field(self.fixed(campo, width)?).map_err(|why| (campo, why))
    }

    fn amount(&mut self, campo: Campo, width: usize) -> Result<i64, Fault> {
        amount(self.fixed(campo, width)?).map_err(|why| (campo, why))
    }

    fn optional_day(&mut self, campo: Campo) -> Result<Option<i32>, Fault> {
        let number = self.number(campo, 7)?;
        if number == 0 {
            return Ok(None);
        }
        // Four digits and three fit.
        let (anyo, dia) = ((number / 1000) as u16, (number % 1000) as u16);
        match days(anyo, dia) {
            Some(days) => Ok(Some(days)),
            None => Err((campo, Motivo::Dia { anyo, dia })),
        }
    }

    fn day(&mut self, campo: Campo) -> Result<i32, Fault> {
        let none = Motivo::Dia { anyo: 0, dia: 0 };
        self.optional_day(campo)?.ok_or((campo, none))
    }

    fn text(&mut self, campo: Campo, longest: usize) -> Result<String, Fault> {
        decode(self.next(campo)?, longest).map_err(|why| (campo, why))
    }
}

/// Where the first separator is that no escape makes text; the end, when there is none.
fn until_separator(line: &[u8]) -> usize {
    let mut at = 0;
    while let Some(&byte) = line.get(at) {
        match byte {
            SEPARATOR => return at,
            ESCAPE => at += 2,
            _ => at += 1,
        }
    }
    line.len()
}
