//! A look at the first and the last bytes of a file, before an engine maps it: most files that are not what they should be show
//! it there, and Polars panics on some of them.

use super::Dialect;
use crate::nearest::hint;
use crate::problem::{Problem, from_io};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// Fails unless the file begins and ends as a Parquet file, and its footer fits in it.
pub(super) fn parquet(path: &Path) -> Result<(), Problem> {
    let read = |e: std::io::Error| from_io(path, "leer", &e);
    let bad = |why: &str| Err(Problem::data(path, None, why));
    let mut file = File::open(path).map_err(read)?;
    let length = file.metadata().map_err(read)?.len();
    let mut head = [0; 4];
    if length < 12 {
        return bad("no es Parquet: es demasiado corto");
    }
    file.read_exact(&mut head).map_err(read)?;
    if &head == b"PARE" {
        return bad("es un Parquet cifrado: no se admite");
    }
    if &head != b"PAR1" {
        return bad("no es Parquet: no empieza por PAR1");
    }
    let mut tail = [0; 8];
    file.seek(SeekFrom::End(-8)).map_err(read)?;
    file.read_exact(&mut tail).map_err(read)?;
    if &tail[4..] != b"PAR1" {
        return bad("el Parquet está truncado: no acaba en PAR1");
    }
    let footer = u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]);
    if u64::from(footer) + 12 > length {
        return bad("el Parquet está dañado: su pie no cabe en el archivo");
    }
    Ok(())
}

/// Fails if the bytes at the front are those of something else than a CSV in UTF-8.
fn not_something_else(path: &Path) -> Result<(), Problem> {
    let mut head = [0; 4];
    let mut file = File::open(path).map_err(|e| from_io(path, "leer", &e))?;
    let read = file
        .read(&mut head)
        .map_err(|e| from_io(path, "leer", &e))?;
    let head = &head[..read];
    let is = if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        "está en UTF-16: conviértalo con iconv -f UTF-16 -t UTF-8"
    } else if head.starts_with(b"\x1f\x8b") {
        "está comprimido con gzip: descomprímalo antes"
    } else if head.starts_with(b"\x28\xb5\x2f\xfd") {
        "está comprimido con zstd: descomprímalo antes"
    } else if head.starts_with(b"PK\x03\x04") {
        "es un archivo zip (¿un libro de Excel?): expórtelo a CSV"
    } else if head == b"PAR1" {
        "es Parquet: ponga formato: parquet"
    } else {
        return Ok(());
    };
    Err(Problem::data(path, None, is))
}

/// Fails unless all files begin with the same header: Polars reads by position, and a column that moved would end up under
/// another one's name.
pub(super) fn headers(paths: &[PathBuf], dialect: &Dialect) -> Result<(), Problem> {
    let mut first: Option<(Vec<String>, &Path)> = None;
    for path in paths {
        not_something_else(path)?;
        if !dialect.header {
            continue;
        }
        let (names, line) = header(path, dialect)?;
        if let Some(name) = names
            .iter()
            .enumerate()
            .find_map(|(i, name)| names[..i].contains(name).then_some(name))
        {
            return Err(Problem::data(
                path,
                Some(line),
                format!("la cabecera repite la columna «{name}»"),
            ));
        }
        let Some((wanted, like)) = &first else {
            first = Some((names, path));
            continue;
        };
        if &names == wanted {
            continue;
        }
        let like = like.display();
        let why = if let Some(lost) = wanted.iter().find(|w| !names.contains(w)) {
            format!(
                "falta la columna «{lost}», que {like} tiene{}",
                hint(lost, names.iter().map(String::as_str))
            )
        } else if let Some(extra) = names.iter().find(|n| !wanted.contains(n)) {
            format!("la columna «{extra}» no está en {like}")
        } else {
            format!("las columnas no van en el mismo orden que en {like}")
        };
        return Err(Problem::data(path, Some(line), why));
    }
    Ok(())
}

/// The names of the first record, and its line.
fn header(path: &Path, dialect: &Dialect) -> Result<(Vec<String>, u64), Problem> {
    // A header of more than this is a file without line ends.
    const LONGEST: u64 = 8 << 20;
    let read = |e: std::io::Error| from_io(path, "leer", &e);
    let mut reader = BufReader::new(File::open(path).map_err(read)?.take(LONGEST));
    let mut line = Vec::new();
    let mut number = 0;
    let mut skip = dialect.skip;
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).map_err(read)? == 0 {
            return Err(Problem::data(path, None, "el CSV no tiene cabecera"));
        }
        number += 1;
        if number == 1 && line.starts_with(b"\xef\xbb\xbf") {
            line.drain(..3);
        }
        if skip > 0 {
            skip -= 1;
            continue;
        }
        let comment = dialect
            .comment
            .as_ref()
            .is_some_and(|c| line.starts_with(c.as_bytes()));
        if !comment && !line.iter().all(|b| matches!(b, b'\n' | b'\r')) {
            break;
        }
    }
    // A quoted name may hold a line end.
    let start = number;
    if let Some(quote) = dialect.quote {
        while line.iter().filter(|b| **b == quote).count() % 2 == 1 {
            if reader.read_until(b'\n', &mut line).map_err(read)? == 0 {
                return Err(Problem::data(
                    path,
                    Some(start),
                    "las comillas de la cabecera no se cierran",
                ));
            }
        }
    }
    let text = String::from_utf8_lossy(&line);
    Ok((split(text.trim_end_matches(['\n', '\r']), dialect), start))
}

/// The fields of one record.
pub(super) fn split(record: &str, dialect: &Dialect) -> Vec<String> {
    let separator = char::from(dialect.separator);
    let quote = dialect.quote.map(char::from);
    let mut fields = Vec::new();
    let mut field = String::new();
    let mut chars = record.chars().peekable();
    let (mut inside, mut start) = (false, true);
    while let Some(c) = chars.next() {
        if Some(c) == quote && (inside || start) {
            if inside && chars.peek() == Some(&c) {
                field.push(c);
                chars.next();
            } else {
                inside = !inside;
            }
            start = false;
        } else if c == separator && !inside {
            fields.push(std::mem::take(&mut field));
            start = true;
        } else {
            field.push(c);
            start = false;
        }
    }
    fields.push(field);
    fields
}
