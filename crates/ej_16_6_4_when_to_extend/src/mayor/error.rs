//! What can be wrong with a file, and where.

use std::fmt;

use thiserror::Error;

/// A field of the format, by the name that the specification gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the specification's")]
pub enum Campo {
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

impl fmt::Display for Campo {
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
pub enum Motivo {
    /// The record ends before it.
    #[error("falta")]
    Falta,
    /// Something follows the record's last field.
    #[error("hay más campos después de él")]
    Sobra,
    /// A field of fixed width has another.
    #[error("tiene {hallado} caracteres y tienen que ser {esperado}")]
    Ancho {
        /// The width of the specification.
        esperado: usize,
        /// The width in the file.
        hallado: usize,
    },
    /// A number with something else than digits.
    #[error("el byte 0x{0:02X} no es un dígito")]
    Digito(u8),
    /// An amount whose last character is none of `{`, `A` to `I`, `}`, `J` to `R`.
    #[error("acaba en el byte 0x{0:02X}, que no es un dígito con signo")]
    Signo(u8),
    /// Minus zero, which the format does not write.
    #[error("es un cero negativo")]
    CeroNegativo,
    /// A day that the calendar does not have.
    #[error("el año {anyo:04} no tiene día {dia:03}")]
    Dia {
        /// The year.
        anyo: u16,
        /// The day in it, from 1.
        dia: u16,
    },
    /// A control character in a text.
    #[error("el byte 0x{0:02X} no es texto")]
    Byte(u8),
    /// An escape of something that needs none.
    #[error("una barra inversa que no va delante de otra ni de un separador")]
    Escape,
    /// A text longer than its field.
    #[error("pasa de {0} caracteres")]
    Largo(usize),
    /// A character that Latin-1 does not have, or a control character; when writing.
    #[error("{0:?} no se puede escribir en Latin-1")]
    Caracter(char),
    /// A number that its field has no room for; when writing.
    #[error("{0} no cabe")]
    NoCabe(i128),
    /// Another fixed value was due.
    #[error("tiene que ser «{0}»")]
    Literal(&'static str),
    /// A currency that is not three capitals.
    #[error("tienen que ser tres mayúsculas")]
    Moneda,
    /// No record starts like this.
    #[error("ningún registro empieza por el byte 0x{0:02X}")]
    Tipo(u8),
    /// The first record is not the header.
    #[error("el primer registro tiene que ser la cabecera (C)")]
    SinCabecera,
    /// A second header.
    #[error("hay otra cabecera (C)")]
    OtraCabecera,
    /// Something follows the closing record.
    #[error("hay algo después del cierre (Z)")]
    TrasElCierre,
    /// The file ends without its closing record.
    #[error("el archivo acaba sin el cierre (Z): está cortado")]
    SinCierre,
    /// The last line has no end.
    #[error("el archivo acaba a mitad de línea: está cortado")]
    SinFinDeLinea,
    /// There is nothing in the file.
    #[error("el archivo está vacío")]
    Vacio,
    /// A movement or note out of sequence.
    #[error("es {hallado} y toca {esperado}")]
    Orden {
        /// The number that was due.
        esperado: u64,
        /// The number in the file.
        hallado: u64,
    },
    /// A note with no movement before it.
    #[error("una nota sin movimiento delante")]
    NotaSuelta,
    /// The closing record says something else than what was read.
    #[error("el cierre dice {declarado} y lo leído da {calculado}")]
    Cuadre {
        /// What the closing record says.
        declarado: i128,
        /// What the file's records give.
        calculado: i128,
    },
}

/// The first thing that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("línea {linea}, campo «{campo}»: {motivo}")]
pub struct ErrorDeFormato {
    /// Counted from 1.
    pub linea: u64,
    /// Which field of the line.
    pub campo: Campo,
    /// What is wrong with it.
    pub motivo: Motivo,
}

/// Why there is no extract.
#[derive(Debug, Error)]
pub enum ErrorMayor {
    /// The file is not what the specification says.
    #[error(transparent)]
    Formato(#[from] ErrorDeFormato),
    /// The file cannot be read or written.
    #[error("no se puede leer o escribir: {0}")]
    Disco(#[from] std::io::Error),
    /// Whoever called wanted no more.
    #[error("interrumpido")]
    Interrumpido,
}

/// A field and what is wrong with it, in a line that the caller knows.
pub(super) type Fault = (Campo, Motivo);
