//! What can be wrong with a file, and where.

use std::fmt;

use thiserror::Error;

/// A field of the format, by the name that the specification gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the specification's")]
pub enum Field {
    Linea,
    Tipo,
    Formato,
    Version,
    Fecha,
    PrimerNumero,
    Moneda,
    Origen,
    Numero,
    FechaValor,
    Cuenta,
    Importe,
    Saldo,
    Clave,
    Concepto,
    Contrapartida,
    Texto,
    Movimientos,
    Notas,
    ImporteTotal,
    SumaDeCuentas,
    SumaDeBytes,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Linea => "línea",
            Self::Tipo => "tipo",
            Self::Formato => "formato",
            Self::Version => "versión",
            Self::Fecha => "fecha",
            Self::PrimerNumero => "primer número",
            Self::Moneda => "moneda",
            Self::Origen => "origen",
            Self::Numero => "número",
            Self::FechaValor => "fecha valor",
            Self::Cuenta => "cuenta",
            Self::Importe => "importe",
            Self::Saldo => "saldo",
            Self::Clave => "clave",
            Self::Concepto => "concepto",
            Self::Contrapartida => "contrapartida",
            Self::Texto => "texto",
            Self::Movimientos => "movimientos",
            Self::Notas => "notas",
            Self::ImporteTotal => "importe total",
            Self::SumaDeCuentas => "suma de cuentas",
            Self::SumaDeBytes => "suma de bytes",
        })
    }
}

/// Why a field is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Reason {
    /// The record ends before it.
    #[error("falta")]
    Missing,
    /// Something follows the record's last field.
    #[error("hay más campos después de él")]
    Extra,
    /// A field of fixed width has another.
    #[error("tiene {found} caracteres y tienen que ser {expected}")]
    Width {
        /// The width of the specification.
        expected: usize,
        /// The width in the file.
        found: usize,
    },
    /// A number with something else than digits.
    #[error("el byte 0x{0:02X} no es un dígito")]
    Digit(u8),
    /// An amount whose last character is none of `{`, `A` to `I`, `}`, `J` to `R`.
    #[error("acaba en el byte 0x{0:02X}, que no es un dígito con signo")]
    Sign(u8),
    /// Minus zero, which the format does not write.
    #[error("es un cero negativo")]
    NegativeZero,
    /// A day that the calendar does not have.
    #[error("el año {year:04} no tiene día {day:03}")]
    Day {
        /// The year.
        year: u16,
        /// The day in it, from 1.
        day: u16,
    },
    /// A control character in a text.
    #[error("el byte 0x{0:02X} no es texto")]
    Byte(u8),
    /// An escape of something that needs none.
    #[error("una barra inversa que no va delante de otra ni de un separador")]
    Escape,
    /// A text longer than its field.
    #[error("pasa de {0} caracteres")]
    TooLong(usize),
    /// A character that Latin-1 does not have, or a control character; when writing.
    #[error("{0:?} no se puede escribir en Latin-1")]
    Character(char),
    /// A number that its field has no room for; when writing.
    #[error("{0} no cabe")]
    DoesNotFit(i128),
    /// Another fixed value was due.
    #[error("tiene que ser «{0}»")]
    Literal(&'static str),
    /// A currency that is not three capitals.
    #[error("tienen que ser tres mayúsculas")]
    Currency,
    /// No record starts like this.
    #[error("ningún registro empieza por el byte 0x{0:02X}")]
    RecordType(u8),
    /// The first record is not the header.
    #[error("el primer registro tiene que ser la cabecera (C)")]
    NoHeader,
    /// A second header.
    #[error("hay otra cabecera (C)")]
    SecondHeader,
    /// Something follows the closing record.
    #[error("hay algo después del cierre (Z)")]
    AfterClosing,
    /// The file ends without its closing record.
    #[error("el archivo acaba sin el cierre (Z): está cortado")]
    NoClosing,
    /// The last line has no end.
    #[error("el archivo acaba a mitad de línea: está cortado")]
    NoLineEnd,
    /// There is nothing in the file.
    #[error("el archivo está vacío")]
    Empty,
    /// A movement or note out of sequence.
    #[error("es {found} y toca {expected}")]
    Sequence {
        /// The number that was due.
        expected: u64,
        /// The number in the file.
        found: u64,
    },
    /// A note with no movement before it.
    #[error("una nota sin movimiento delante")]
    LooseNote,
    /// The closing record says something else than what was read.
    #[error("el cierre dice {declared} y lo leído da {computed}")]
    Mismatch {
        /// What the closing record says.
        declared: i128,
        /// What the file's records give.
        computed: i128,
    },
}

/// The first thing that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("línea {line}, campo «{field}»: {reason}")]
pub struct FormatError {
    /// Counted from 1.
    pub line: u64,
    /// Which field of the line.
    pub field: Field,
    /// What is wrong with it.
    pub reason: Reason,
}

/// Why there is no extract.
#[derive(Debug, Error)]
pub enum MayorError {
    /// The file is not what the specification says.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// The file cannot be read or written.
    #[error("no se puede leer o escribir: {0}")]
    Io(#[from] std::io::Error),
    /// Whoever called wanted no more.
    #[error("interrumpido")]
    Interrupted,
}

/// A field and what is wrong with it, in a line that the caller knows.
pub(super) type Fault = (Field, Reason);
