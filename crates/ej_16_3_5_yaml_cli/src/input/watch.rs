//! The check of the CSV lines, running beside the engine, and the search for the line an engine's message does not name.

use super::{CsvFault, Dialect, check_lines, peek};
use crate::problem::{Problem, from_io};
use std::io::BufRead as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// CSV files of one dialect, being checked on a thread of their own; dropping it stops the check.
pub(crate) struct Watch {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<Result<(), Problem>>>,
}

impl Watch {
    /// Starts to check these files, each list with its dialect.
    pub(crate) fn start(files: Vec<(Vec<PathBuf>, Dialect)>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stop);
        let thread = (!files.is_empty()).then(|| {
            std::thread::spawn(move || {
                for (paths, dialect) in &files {
                    for path in paths {
                        match check_lines(path, dialect, &flag) {
                            Ok(Some(_)) => {}
                            Ok(None) => return Ok(()),
                            Err(fault) => return Err(describe(path, fault, dialect)),
                        }
                    }
                }
                Ok(())
            })
        });
        Self { stop, thread }
    }

    /// Waits for the check to end.
    pub(crate) fn finish(mut self) -> Result<(), Problem> {
        match self.thread.take().map(JoinHandle::join) {
            None | Some(Ok(Ok(()))) => Ok(()),
            Some(Ok(Err(problem))) => Err(problem),
            Some(Err(_)) => Err(Problem::new(
                crate::problem::Class::Input,
                "fallo interno al comprobar las líneas del CSV",
            )),
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn describe(path: &Path, fault: CsvFault, dialect: &Dialect) -> Problem {
    match fault {
        CsvFault::Fields {
            line,
            found: 0,
            expected,
        } => Problem::data(
            path,
            Some(line),
            format!("la línea está vacía y la primera tiene {expected} campos"),
        ),
        CsvFault::Fields {
            line,
            found,
            expected,
        } => {
            let plural = if found == 1 { "campo" } else { "campos" };
            // One single field is most often another separator.
            let hint = if expected == 1 || found == 1 {
                format!(
                    " (separador «{}»; ¿es otro?)",
                    char::from(dialect.separator).escape_default()
                )
            } else {
                String::new()
            };
            Problem::data(
                path,
                Some(line),
                format!(
                    "la línea tiene {found} {plural} y la primera {expected}{hint}; corríjala o ponga lineas_desiguales: permitir"
                ),
            )
        }
        CsvFault::NotUtf8 { line } => Problem::data(
            path,
            Some(line),
            "el texto no es UTF-8: conviértalo (iconv -f WINDOWS-1252 -t UTF-8) o ponga codificacion: permisiva",
        ),
        CsvFault::Reserved { line } => Problem::data(
            path,
            Some(line),
            "la línea empieza por una marca que el programa se reserva: ponga comentario: \"#\" o cualquier otro",
        ),
        CsvFault::OpenQuote { line } => {
            Problem::data(path, Some(line), "unas comillas se abren y no se cierran")
        }
        CsvFault::Io(e) => from_io(path, "leer", &e),
    }
}

/// The line of the value that the engine could not parse, from its message; `None` if the message is about something else.
pub(crate) fn find_fault(message: &str, files: &[(Vec<PathBuf>, Dialect)]) -> Option<Problem> {
    let rest = message.split_once("could not parse `")?.1;
    let (value, rest) = rest.split_once("` as dtype `")?;
    let (dtype, rest) = rest.split_once("` at column '")?;
    let (column, rest) = rest.split_once("' (column number ")?;
    let number: usize = rest.split_once(')')?.0.parse().ok()?;
    let kind = match dtype {
        "i64" => "entero",
        "f64" => "flotante",
        "bool" => "booleano",
        "date" => "fecha",
        other if other.starts_with("datetime") => "fecha_hora",
        other => other,
    };
    let what = format!(
        "«{value}» no es {kind}, el tipo de la columna «{column}»: declare otro en csv.columnas, o añada el valor a csv.nulos"
    );
    for (paths, dialect) in files {
        for path in paths {
            if let Some(line) = line_of(path, dialect, number - 1, value) {
                return Some(Problem::data(path, Some(line), what));
            }
        }
    }
    Some(Problem::new(crate::problem::Class::Input, what))
}

/// The first line whose field of this index has this text.
fn line_of(path: &Path, dialect: &Dialect, index: usize, value: &str) -> Option<u64> {
    let file = std::fs::File::open(path).ok()?;
    let mut reader = std::io::BufReader::new(file);
    let wanted = value.trim_matches('"');
    let mut bytes = Vec::new();
    let mut number = 0;
    loop {
        bytes.clear();
        if reader.read_until(b'\n', &mut bytes).ok()? == 0 {
            return None;
        }
        number += 1;
        if number <= dialect.skip as u64 + u64::from(dialect.header) {
            continue;
        }
        let line = String::from_utf8_lossy(&bytes);
        let fields = peek::split(line.trim_end_matches(['\n', '\r']), dialect);
        if fields.get(index).is_some_and(|field| field == wanted) {
            return Some(number);
        }
    }
}
