//! One record after the specification, field by field: what everything else has to agree with, and what names the field that is wrong.

use super::calendar::days;
use super::digits::{amount, field};
use super::error::{Fault, Field, Reason};
use super::text::decode;
use super::{
    ESCAPE, LONGEST_CONCEPT, LONGEST_LINE, LONGEST_NOTE, LONGEST_ORIGIN, LONGEST_PARTY, SEPARATOR,
};

/// The first record of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
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
pub struct Movement {
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
pub struct Closing {
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
    Header(Header),
    Movement(u64, Movement),
    Note(u64, String),
    Close(Closing),
}

/// The record of a line, given without the end of it.
///
/// # Errors
/// The first field that is wrong, from the left, and why.
pub(super) fn parse(line: &[u8]) -> Result<Record, Fault> {
    if line.len() > LONGEST_LINE {
        return Err((Field::Linea, Reason::TooLong(LONGEST_LINE)));
    }
    let mut fields = Fields { rest: Some(line) };
    match fields.next(Field::Tipo)? {
        b"C" => header(fields),
        b"M" => movement(fields),
        b"N" => note(fields),
        b"Z" => close(fields),
        _ => Err((
            Field::Tipo,
            line.first().map_or(Reason::Missing, |&first| match first {
                // The letter is right, and something sticks to it.
                b'C' | b'M' | b'N' | b'Z' => Reason::Width {
                    expected: 1,
                    found: until_separator(line),
                },
                SEPARATOR => Reason::Missing,
                first => Reason::RecordType(first),
            }),
        )),
    }
}

fn header(mut fields: Fields<'_>) -> Result<Record, Fault> {
    fields.literal(Field::Formato, "MAYOR")?;
    fields.literal(Field::Version, "03")?;
    let fecha = fields.day(Field::Fecha)?;
    let primer_numero = fields.number(Field::PrimerNumero, 10)?;
    if primer_numero == 0 {
        let reason = Reason::Sequence {
            expected: 1,
            found: 0,
        };
        return Err((Field::PrimerNumero, reason));
    }
    let moneda = match fields.next(Field::Moneda)? {
        letters @ [b'A'..=b'Z', b'A'..=b'Z', b'A'..=b'Z'] => {
            letters.iter().copied().map(char::from).collect()
        }
        _ => return Err((Field::Moneda, Reason::Currency)),
    };
    let origen = fields.text(Field::Origen, LONGEST_ORIGIN)?;
    fields.end(Field::Origen)?;
    Ok(Record::Header(Header {
        fecha,
        primer_numero,
        moneda,
        origen,
    }))
}

fn movement(mut fields: Fields<'_>) -> Result<Record, Fault> {
    let number = fields.number(Field::Numero, 10)?;
    let movement = Movement {
        fecha: fields.day(Field::Fecha)?,
        fecha_valor: fields.optional_day(Field::FechaValor)?,
        cuenta: fields.number(Field::Cuenta, 12)?,
        importe: fields.amount(Field::Importe, 11)?,
        saldo: fields.amount(Field::Saldo, 13)?,
        // Three digits fit.
        clave: fields.number(Field::Clave, 3)? as u16,
        concepto: fields.text(Field::Concepto, LONGEST_CONCEPT)?,
        contrapartida: fields.text(Field::Contrapartida, LONGEST_PARTY)?,
    };
    fields.end(Field::Contrapartida)?;
    Ok(Record::Movement(number, movement))
}

fn note(mut fields: Fields<'_>) -> Result<Record, Fault> {
    let number = fields.number(Field::Numero, 10)?;
    let text = fields.text(Field::Texto, LONGEST_NOTE)?;
    fields.end(Field::Texto)?;
    Ok(Record::Note(number, text))
}

fn close(mut fields: Fields<'_>) -> Result<Record, Fault> {
    let close = Closing {
        movimientos: fields.number(Field::Movimientos, 10)?,
        notas: fields.number(Field::Notas, 10)?,
        importe_total: fields.amount(Field::ImporteTotal, 18)?,
        suma_de_cuentas: fields.number(Field::SumaDeCuentas, 15)?,
        suma_de_bytes: {
            let number = fields.number(Field::SumaDeBytes, 10)?;
            let whole = u32::try_from(number);
            whole.map_err(|_| (Field::SumaDeBytes, Reason::DoesNotFit(number.into())))?
        },
    };
    fields.end(Field::SumaDeBytes)?;
    Ok(Record::Close(close))
}

/// The fields of a line that were not taken yet; `None` after the last one.
struct Fields<'a> {
    rest: Option<&'a [u8]>,
}

impl<'a> Fields<'a> {
    fn next(&mut self, name: Field) -> Result<&'a [u8], Fault> {
        let line = self.rest.ok_or((name, Reason::Missing))?;
        let (field, rest) = line.split_at(until_separator(line));
        self.rest = rest.split_first().map(|(_, rest)| rest);
        Ok(field)
    }

    fn end(&self, last: Field) -> Result<(), Fault> {
        self.rest.map_or(Ok(()), |_| Err((last, Reason::Extra)))
    }

    fn fixed(&mut self, name: Field, expected: usize) -> Result<&'a [u8], Fault> {
        let field = self.next(name)?;
        let found = field.len();
        if found != expected {
            return Err((name, Reason::Width { expected, found }));
        }
        Ok(field)
    }

    fn literal(&mut self, name: Field, text: &'static str) -> Result<(), Fault> {
        if self.next(name)? != text.as_bytes() {
            return Err((name, Reason::Literal(text)));
        }
        Ok(())
    }

    fn number(&mut self, name: Field, width: usize) -> Result<u64, Fault> {
        field(self.fixed(name, width)?).map_err(|why| (name, why))
    }

    fn amount(&mut self, name: Field, width: usize) -> Result<i64, Fault> {
        amount(self.fixed(name, width)?).map_err(|why| (name, why))
    }

    fn optional_day(&mut self, name: Field) -> Result<Option<i32>, Fault> {
        let number = self.number(name, 7)?;
        if number == 0 {
            return Ok(None);
        }
        // Four digits and three fit.
        let (year, day) = ((number / 1000) as u16, (number % 1000) as u16);
        match days(year, day) {
            Some(days) => Ok(Some(days)),
            None => Err((name, Reason::Day { year, day })),
        }
    }

    fn day(&mut self, name: Field) -> Result<i32, Fault> {
        let none = Reason::Day { year: 0, day: 0 };
        self.optional_day(name)?.ok_or((name, none))
    }

    fn text(&mut self, name: Field, longest: usize) -> Result<String, Fault> {
        decode(self.next(name)?, longest).map_err(|why| (name, why))
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
