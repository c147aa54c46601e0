//! How a CSV is written.

use crate::problem::Problem;
use crate::yaml::{Codificacion, CsvLectura, Desiguales, Sitio};

/// The part of a CSV's dialect that says where fields and records end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Between two fields.
    pub separator: u8,
    /// Around a field that contains separators; `None` if nothing is.
    pub quote: Option<u8>,
    /// Records that begin with it do not count.
    pub comment: Option<String>,
    /// Whether the first record names the columns.
    pub header: bool,
    /// Lines before the first record.
    pub skip: usize,
    /// Whether bytes that are not UTF-8 are let through.
    pub lossy: bool,
    /// Whether records may have more or fewer fields than the header.
    pub ragged: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            separator: b',',
            quote: Some(b'"'),
            comment: None,
            header: true,
            skip: 0,
            lossy: false,
            ragged: false,
        }
    }
}

impl Dialect {
    /// A comment prefix that no record has, for files without comments.
    ///
    /// Polars 0.55 counts the lines of a chunk before it parses them. Without comments it does so with vectors in the wheel, whose
    /// compiler is a nightly one, and byte by byte elsewhere, for both quote states at once: a third of a core's time of a whole
    /// pipeline. With a comment prefix it goes another way (`CountLines::analyze_chunk_with_comment`), which is three times as fast.
    /// That a record does begin like this is noticed by [`check_lines`](super::check_lines), and an error.
    pub const NO_COMMENT: &str = "\u{1}\u{2}transforma\u{2}\u{1}";

    /// What Polars is told that comments begin with. Only of files whose lines are checked may it be told of comments that there
    /// are none of.
    pub(super) fn comment_prefix(&self, checked: bool) -> Option<&str> {
        let none = (checked && !self.ragged).then_some(Self::NO_COMMENT);
        self.comment.as_deref().or(none)
    }

    pub(super) fn of(csv: Option<&CsvLectura>) -> Result<Self, Problem> {
        let default = Self::default();
        let Some(csv) = csv else { return Ok(default) };
        let separator = match &csv.separador {
            Some(text) => one_byte(text, "el separador")?,
            None => default.separator,
        };
        let quote = match &csv.comillas {
            Some(text) if text.valor == "ninguna" => None,
            Some(text) => Some(one_byte(text, "el carácter de comillas")?),
            None => default.quote,
        };
        if quote == Some(separator) {
            let at = csv
                .comillas
                .as_ref()
                .or(csv.separador.as_ref())
                .map(|s| s.place)
                .unwrap_or_default();
            return Err(Problem::yaml(
                at,
                "el separador y las comillas no pueden ser el mismo carácter",
            ));
        }
        if csv.coma_decimal && separator == b',' {
            let at = csv.separador.as_ref().map(|s| s.place).unwrap_or_default();
            return Err(Problem::yaml(
                at,
                "con coma_decimal el separador no puede ser la coma: ponga separador: \";\"",
            ));
        }
        Ok(Self {
            separator,
            quote,
            comment: csv.comentario.as_ref().map(|c| c.valor.clone()),
            header: csv.cabecera.unwrap_or(true),
            skip: csv.saltar,
            lossy: csv.codificacion == Codificacion::Permisiva,
            ragged: csv.lineas_desiguales == Desiguales::Permitir,
        })
    }
}

/// The single ASCII character this text is; `tab` and `\t` are a tabulator.
pub(crate) fn one_byte(text: &Sitio<String>, what: &str) -> Result<u8, Problem> {
    match text.valor.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [b] if b.is_ascii() && !matches!(b, b'\n' | b'\r') => Ok(*b),
        _ => Err(Problem::yaml(
            text.place,
            format!(
                "{what} es un solo carácter ASCII (o «tab»), no «{}»",
                text.valor
            ),
        )),
    }
}
