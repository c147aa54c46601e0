//! The hot loop: lines of one chunk into columns.
//!
//! Everything but the texts stands at a fixed place, so that a movement is eleven words of eight digits and eight separators, and all of them are
//! right or wrong together: one branch. A line that is not of the usual kind in any way goes to [`record::parse`], which is the specification, and
//! names what is wrong. So this file decides how fast lines are read, never which.

use super::calendar::Year;
use super::checksum::sum;
use super::columns::{Batch, Movements, Notes};
use super::digits::{NOT_A_DIGIT, eight, last, not_digits, number, signed};
use super::error::{Fault, Field, FormatError, Reason};
use super::record::{self, Record};
use super::text::Growing;
use super::{LONGEST_CONCEPT, LONGEST_NOTE, LONGEST_PARTY, NO_DATE, SEPARATOR};

/// A chunk that was read: as far as its end, a closing record, or an error.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) batch: Batch,
    /// How many bytes were read; what lies behind is a closing record.
    pub(super) consumed: usize,
    pub(super) lines: u64,
    /// The number that the movement before this chunk must have, as its first record implies.
    pub(super) previous: Option<u64>,
    pub(super) starts_with_note: bool,
    /// The number of the last movement, when there is one.
    pub(super) number: u64,
    pub(super) total: i64,
    pub(super) accounts: u64,
    pub(super) bytes: u32,
    /// With the line counted from the chunk's first.
    pub(super) error: Option<FormatError>,
}

/// Reads a chunk of whole lines, each with its end.
pub(super) fn read(lines: &[u8]) -> Chunk {
    read_lines::<true>(lines)
}

/// Reads a chunk; without `FAST`, every line after the specification, which gives the same.
pub(super) fn read_lines<const FAST: bool>(lines: &[u8]) -> Chunk {
    let mut reading = Reading::of(lines.len());
    let mut at = 0;
    let mut summed = 0;
    let mut error = None;
    while let Some(rest) = lines
        .get(at..)
        .filter(|rest| !rest.is_empty() && rest[0] != b'Z')
    {
        let fast = if FAST {
            reading.movement(rest).or_else(|| reading.note(rest))
        } else {
            None
        };
        let length = match fast {
            Some(length) => length,
            None => match reading.carefully(rest) {
                Ok(length) => length,
                Err((field, reason)) => {
                    let line = reading.lines + 1;
                    error = Some(FormatError {
                        line,
                        field,
                        reason,
                    });
                    break;
                }
            },
        };
        reading.lines += 1;
        at += length;
        // While they are still in the nearest cache.
        if at - summed > 16 << 10 {
            reading.bytes = reading.bytes.wrapping_add(sum(&lines[summed..at]));
            summed = at;
        }
    }
    reading.bytes = reading.bytes.wrapping_add(sum(&lines[summed..at]));
    reading.done(at, error)
}

struct Reading {
    numero: Vec<i64>,
    fecha: Vec<i32>,
    fecha_valor: Vec<i32>,
    cuenta: Vec<i64>,
    importe: Vec<i64>,
    saldo: Vec<i64>,
    clave: Vec<i16>,
    concepto: Growing,
    contrapartida: Growing,
    note_numbers: Vec<i64>,
    note_texts: Growing,
    year: Year,
    lines: u64,
    previous: Option<u64>,
    starts_with_note: bool,
    /// The number of the movement read last; before the first one that of the one before the chunk, or [`UNKNOWN`].
    number: u64,
    total: i64,
    accounts: u64,
    bytes: u32,
}

/// No number of ten digits is this one or next to it.
const UNKNOWN: u64 = u64::MAX / 2;

impl Reading {
    fn of(bytes: usize) -> Self {
        // Movements are a hundred bytes and more; columns that turn out too short grow.
        let rows = bytes / 96 + 1;
        Self {
            numero: Vec::with_capacity(rows),
            fecha: Vec::with_capacity(rows),
            fecha_valor: Vec::with_capacity(rows),
            cuenta: Vec::with_capacity(rows),
            importe: Vec::with_capacity(rows),
            saldo: Vec::with_capacity(rows),
            clave: Vec::with_capacity(rows),
            concepto: Growing::with_capacity(rows, bytes / 3),
            contrapartida: Growing::with_capacity(rows, bytes / 4),
            note_numbers: Vec::new(),
            note_texts: Growing::with_capacity(0, 0),
            year: Year::NONE,
            lines: 0,
            previous: None,
            starts_with_note: false,
            number: UNKNOWN,
            total: 0,
            accounts: 0,
            bytes: 0,
        }
    }

    /// Reads a movement and returns how long its line is; nothing, and no trace of it, when the line is not a movement without peculiarities.
    #[inline(always)]
    fn movement(&mut self, rest: &[u8]) -> Option<usize> {
        const FIXED: usize = 72;
        const SEPARATORS: [usize; 8] = [1, 12, 20, 28, 41, 53, 67, 71];
        let line: &[u8; FIXED] = rest.first_chunk()?;

        let numero = (eight(line, 2), last(line, 12, 2));
        let fecha = last(line, 20, 7);
        let fecha_valor = last(line, 28, 7);
        let cuenta = (eight(line, 29), last(line, 41, 4));
        let (importe_end, importe_minus, importe_bad) = signed(last(line, 53, 3));
        let importe = (eight(line, 42), importe_end);
        let (saldo_end, saldo_minus, saldo_bad) = signed(last(line, 67, 5));
        let saldo = (eight(line, 54), saldo_end);
        let clave = last(line, 71, 3);

        let words = [
            numero.0,
            numero.1,
            fecha,
            fecha_valor,
            cuenta.0,
            cuenta.1,
            importe.0,
            importe.1,
            saldo.0,
            saldo.1,
            clave,
        ];
        let digits = words
            .iter()
            .fold(0, |wrong, &word| wrong | not_digits(word));
        let separators = SEPARATORS
            .iter()
            .fold(line[0] ^ b'M', |wrong, &at| wrong | (line[at] ^ SEPARATOR));
        if digits & NOT_A_DIGIT != 0 || separators != 0 || importe_bad || saldo_bad {
            return None;
        }

        let numero = number(numero.0) * 100 + number(numero.1);
        let cuenta = number(cuenta.0) * 10_000 + number(cuenta.1);
        let importe = (number(importe.0) * 1_000 + number(importe.1)) as i64;
        let saldo = (number(saldo.0) * 100_000 + number(saldo.1)) as i64;
        // Minus zero.
        if (importe == 0 && importe_minus) || (saldo == 0 && saldo_minus) {
            return None;
        }
        let importe = if importe_minus { -importe } else { importe };
        let saldo = if saldo_minus { -saldo } else { saldo };
        if self.number + 1 != numero {
            return None;
        }
        let fecha = self.year.day(number(fecha))?;
        let fecha_valor = match number(fecha_valor) {
            0 => NO_DATE,
            written => self.year.day(written)?,
        };

        let Some(length) = self.texts(rest, FIXED) else {
            self.concepto.drop_last();
            self.contrapartida.drop_last();
            return None;
        };
        self.push(
            numero,
            fecha,
            fecha_valor,
            cuenta,
            importe,
            saldo,
            number(clave) as i16,
        );
        self.concepto.keep();
        self.contrapartida.keep();
        Some(length)
    }

    #[inline(always)]
    fn texts(&mut self, rest: &[u8], from: usize) -> Option<usize> {
        let concept = self
            .concepto
            .take(&rest[from..], SEPARATOR, LONGEST_CONCEPT)?;
        let party = rest.get(from + concept..)?;
        let party = self.contrapartida.take(party, b'\n', LONGEST_PARTY)?;
        Some(from + concept + party)
    }

    #[inline(always)]
    #[expect(clippy::too_many_arguments, reason = "a row")]
    fn push(
        &mut self,
        numero: u64,
        fecha: i32,
        fecha_valor: i32,
        cuenta: u64,
        importe: i64,
        saldo: i64,
        clave: i16,
    ) {
        self.number = numero;
        self.numero.push(numero as i64);
        self.fecha.push(fecha);
        self.fecha_valor.push(fecha_valor);
        self.cuenta.push(cuenta as i64);
        self.importe.push(importe);
        self.saldo.push(saldo);
        self.clave.push(clave);
        // A chunk's millions of rows of 10¹¹ and 10¹² stay far below 2⁶³.
        self.total += importe;
        self.accounts += cuenta;
    }

    /// Reads a note, as [`Reading::movement`] does a movement.
    #[inline(always)]
    fn note(&mut self, rest: &[u8]) -> Option<usize> {
        const FIXED: usize = 13;
        let line: &[u8; FIXED] = rest.first_chunk()?;
        let numero = (eight(line, 2), last(line, 12, 2));
        let separators = (line[0] ^ b'N') | (line[1] ^ SEPARATOR) | (line[12] ^ SEPARATOR);
        let digits = not_digits(numero.0) | not_digits(numero.1);
        if separators != 0 || digits & NOT_A_DIGIT != 0 {
            return None;
        }
        let numero = number(numero.0) * 100 + number(numero.1);
        if numero != self.number {
            return None;
        }
        let Some(length) = self.note_texts.take(&rest[FIXED..], b'\n', LONGEST_NOTE) else {
            self.note_texts.drop_last();
            return None;
        };
        self.note_numbers.push(numero as i64);
        self.note_texts.keep();
        Some(FIXED + length)
    }

    /// Reads a line of any kind, after the specification.
    #[cold]
    #[inline(never)]
    fn carefully(&mut self, rest: &[u8]) -> Result<usize, Fault> {
        let end = rest
            .iter()
            .position(|&byte| byte == b'\n')
            .unwrap_or(rest.len());
        let in_turn = |found, expected| match found == expected {
            true => Ok(()),
            false => Err((Field::Numero, Reason::Sequence { expected, found })),
        };
        match record::parse(&rest[..end])? {
            Record::Movement(numero, movement) => {
                if self.number == UNKNOWN {
                    // Of number 0 there is no previous one, and none is ever it.
                    self.previous = Some(numero.wrapping_sub(1));
                } else {
                    in_turn(numero, self.number + 1)?;
                }
                self.push(
                    numero,
                    movement.fecha,
                    movement.fecha_valor.unwrap_or(NO_DATE),
                    movement.cuenta,
                    movement.importe,
                    movement.saldo,
                    movement.clave as i16,
                );
                self.concepto.push(&movement.concepto);
                self.contrapartida.push(&movement.contrapartida);
            }
            Record::Note(numero, text) => {
                if self.number == UNKNOWN {
                    self.previous = Some(numero);
                    self.starts_with_note = true;
                    self.number = numero;
                } else {
                    in_turn(numero, self.number)?;
                }
                self.note_numbers.push(numero as i64);
                self.note_texts.push(&text);
            }
            Record::Header(_) => return Err((Field::Tipo, Reason::SecondHeader)),
            // The caller stops before it.
            Record::Close(_) => return Err((Field::Tipo, Reason::AfterClosing)),
        }
        Ok(end + 1)
    }

    fn done(self, consumed: usize, error: Option<FormatError>) -> Chunk {
        Chunk {
            batch: Batch {
                movements: Movements {
                    numero: self.numero,
                    fecha: self.fecha,
                    fecha_valor: self.fecha_valor,
                    cuenta: self.cuenta,
                    importe: self.importe,
                    saldo: self.saldo,
                    clave: self.clave,
                    concepto: self.concepto.done(),
                    contrapartida: self.contrapartida.done(),
                },
                notes: Notes {
                    numero: self.note_numbers,
                    texto: self.note_texts.done(),
                },
            },
            consumed,
            lines: self.lines,
            previous: self.previous,
            starts_with_note: self.starts_with_note,
            number: self.number,
            total: self.total,
            accounts: self.accounts,
            bytes: self.bytes,
            error,
        }
    }
}
