//! Thrift's compact protocol, walked without building anything: what a footer or a page header says is known before a
//! parser allocates by it.
//!
//! The walk has to see exactly what the parquet crate's parser will see. That parser reads a known field as the type it
//! expects, whatever type the file declares; so a declared type that is not the format's ([`Table`]) is refused here, and
//! so are the encodings that the two would skip differently (Apache Thrift, `doc/specs/thrift-compact-protocol.md`).

use crate::reader::ReadProblem;
use std::io::Read;

/// What a field holds.
#[derive(Clone, Copy)]
pub(super) enum Type {
    Bool,
    Byte,
    I16,
    I32,
    I64,
    Double,
    Binary,
    Struct(&'static Table),
    List(&'static Self),
}

impl Type {
    /// Whether the wire type `kind` declares this type, as a field or as an element of a list.
    fn is(self, kind: u8) -> bool {
        match self {
            Self::Bool => matches!(kind, 1 | 2),
            Self::Byte => kind == 3,
            Self::I16 => kind == 4,
            Self::I32 => kind == 5,
            Self::I64 => kind == 6,
            Self::Double => kind == 7,
            Self::Binary => kind == 8,
            Self::List(_) => kind == 9,
            Self::Struct(_) => kind == 12,
        }
    }
}

/// A struct or union of the format: its name and the fields that it has.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) fields: &'static [(i16, Type)],
}

/// What the walk meets, by struct and field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Event {
    Begin(&'static str),
    End(&'static str),
    /// An integer or a boolean.
    Number(&'static str, i16, i64),
    /// Bytes of a text, or elements of a list.
    Length(&'static str, i16, u64),
}

/// Told of every event; an error ends the walk.
pub(super) type Visit<'a> = &'a mut dyn FnMut(Event) -> Result<(), ReadProblem>;

/// Nesting of fields that the format does not have.
const UNKNOWN_DEPTH: u8 = 8;

/// The bytes of one struct, never more than its limit.
pub(super) struct Compact<R> {
    reader: R,
    read: u64,
    limit: u64,
}

impl<R: Read> Compact<R> {
    pub(super) fn new(reader: R, limit: u64) -> Self {
        Self {
            reader,
            read: 0,
            limit,
        }
    }

    /// Bytes read so far.
    pub(super) fn read(&self) -> u64 {
        self.read
    }

    /// Walks over a struct of this table.
    pub(super) fn walk(
        &mut self,
        table: &'static Table,
        visit: Visit<'_>,
    ) -> Result<(), ReadProblem> {
        visit(Event::Begin(table.name))?;
        let mut id = 0;
        while let Some(kind) = self.field(&mut id)? {
            let Some((_, known)) = table.fields.iter().find(|(field, _)| *field == id) else {
                self.skip(kind, 0)?;
                continue;
            };
            if !known.is(kind) {
                return Err(damaged(format!(
                    "field {id} of {} has a type that is not the format's",
                    table.name
                )));
            }
            match known {
                // A boolean field is its own value.
                Type::Bool => visit(Event::Number(table.name, id, i64::from(kind == 1)))?,
                Type::Binary => {
                    let length = self.varint()?;
                    self.discard(length)?;
                    visit(Event::Length(table.name, id, length))?;
                }
                Type::List(element) => {
                    let (count, kind) = self.list()?;
                    if count > 0 && !element.is(kind) {
                        return Err(damaged(format!(
                            "list {id} of {} has elements that are not the format's",
                            table.name
                        )));
                    }
                    visit(Event::Length(table.name, id, count))?;
                    self.elements(count, **element, visit)?;
                }
                Type::Byte | Type::I16 | Type::I32 | Type::I64 => {
                    let value = if matches!(known, Type::Byte) {
                        i64::from(self.byte()? as i8)
                    } else {
                        self.zigzag()?
                    };
                    visit(Event::Number(table.name, id, value))?;
                }
                Type::Double => self.discard(8)?,
                Type::Struct(inner) => self.walk(inner, visit)?,
            }
        }
        visit(Event::End(table.name))
    }

    fn elements(&mut self, count: u64, of: Type, visit: Visit<'_>) -> Result<(), ReadProblem> {
        // Every element takes a byte or more, so the limit ends this loop.
        for _ in 0..count {
            match of {
                Type::Struct(table) => self.walk(table, visit)?,
                Type::Bool | Type::Byte => drop(self.byte()?),
                Type::Double => self.discard(8)?,
                Type::Binary => {
                    let length = self.varint()?;
                    self.discard(length)?;
                }
                Type::I16 | Type::I32 | Type::I64 => drop(self.varint()?),
                Type::List(_) => return Err(damaged("a list of lists".into())),
            }
        }
        Ok(())
    }

    /// The next field's wire type, with `id` moved on; `None` at the end of the struct.
    fn field(&mut self, id: &mut i16) -> Result<Option<u8>, ReadProblem> {
        let byte = self.byte()?;
        if byte == 0 {
            return Ok(None);
        }
        let next = match byte >> 4 {
            0 => i16::try_from(self.zigzag()?).ok(),
            delta => id.checked_add(i16::from(delta)),
        };
        *id = next.ok_or_else(|| damaged("a field's number is out of range".into()))?;
        match byte & 15 {
            0 => Err(damaged("a field of no type".into())),
            kind => Ok(Some(kind)),
        }
    }

    /// Elements of a list and their wire type.
    fn list(&mut self) -> Result<(u64, u8), ReadProblem> {
        let byte = self.byte()?;
        let count = if byte >> 4 == 15 {
            self.varint()?
        } else {
            u64::from(byte >> 4)
        };
        // Nothing takes less than a byte; a parser may allocate by the count.
        if count > self.limit - self.read {
            return Err(damaged(format!(
                "claims a list of {count} elements in {} bytes",
                self.limit - self.read
            )));
        }
        Ok((count, byte & 15))
    }

    fn skip(&mut self, kind: u8, depth: u8) -> Result<(), ReadProblem> {
        if depth > UNKNOWN_DEPTH {
            return Err(damaged("nested too deep".into()));
        }
        match kind {
            1 | 2 => Ok(()),
            3 => self.byte().map(drop),
            4..=6 => self.varint().map(drop),
            7 => self.discard(8),
            8 => self.varint().and_then(|n| self.discard(n)),
            9 | 10 => {
                let (count, element) = self.list()?;
                // Readers disagree on whether a boolean element takes a byte.
                if count > 0 && matches!(element, 1 | 2) {
                    return Err(damaged("an unknown list of booleans".into()));
                }
                (0..count).try_for_each(|_| self.skip(element, depth + 1))
            }
            12 => {
                let mut id = 0;
                while let Some(inner) = self.field(&mut id)? {
                    self.skip(inner, depth + 1)?;
                }
                Ok(())
            }
            _ => Err(damaged("a field of unknown type".into())),
        }
    }

    fn byte(&mut self) -> Result<u8, ReadProblem> {
        if self.read >= self.limit {
            return Err(damaged("a header does not end where it must".into()));
        }
        let mut byte = [0];
        self.reader
            .read_exact(&mut byte)
            .map_err(|_| damaged("truncated in a header".into()))?;
        self.read += 1;
        Ok(byte[0])
    }

    fn varint(&mut self) -> Result<u64, ReadProblem> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(value);
            }
        }
        Err(damaged("a number does not end".into()))
    }

    fn zigzag(&mut self) -> Result<i64, ReadProblem> {
        let raw = self.varint()?;
        Ok((raw >> 1) as i64 ^ -((raw & 1) as i64))
    }

    fn discard(&mut self, n: u64) -> Result<(), ReadProblem> {
        if n > self.limit - self.read {
            return Err(damaged("a text does not end where it must".into()));
        }
        let copied = std::io::copy(&mut self.reader.by_ref().take(n), &mut std::io::sink())?;
        if copied != n {
            return Err(damaged("truncated in a header".into()));
        }
        self.read += n;
        Ok(())
    }
}

fn damaged(detail: String) -> ReadProblem {
    ReadProblem::Damaged(detail)
}
