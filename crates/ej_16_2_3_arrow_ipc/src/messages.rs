//! Errors as the program says them: one line of Spanish, with the library's own words after it.

use ej_16_2_3_arrow_ipc::IpcError;
use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};

/// An error and the file that it is about, for errors that do not name it themselves.
#[derive(Debug)]
pub(crate) struct InFile {
    path: PathBuf,
    source: Box<dyn Error>,
}

impl InFile {
    pub(crate) fn boxed(path: &Path, source: impl Error + 'static) -> Box<dyn Error> {
        Box::new(Self {
            path: path.to_owned(),
            source: Box::new(source),
        })
    }
}

impl fmt::Display for InFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.source)
    }
}

impl Error for InFile {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.source.as_ref())
    }
}

/// The error in one line.
pub(crate) fn in_spanish(error: &(dyn Error + 'static)) -> String {
    if let Some(in_file) = error.downcast_ref::<InFile>() {
        return format!(
            "{}: {}",
            in_file.path.display(),
            in_spanish(in_file.source.as_ref())
        );
    }
    let Some(error) = error.downcast_ref::<IpcError>() else {
        return error.to_string();
    };
    let what = match error {
        IpcError::InFile { path, source } => {
            return format!("{}: {}", path.display(), in_spanish(source.as_ref()));
        }
        IpcError::Unfinished { messages } => {
            return format!(
                "el emisor terminó sin cerrar el flujo, tras {messages} mensajes enteros"
            );
        }
        IpcError::Truncated {
            message,
            needed,
            found,
        } => {
            return format!(
                "el mensaje {message} está cortado: hacían falta {needed} bytes y hay {found}"
            );
        }
        IpcError::NoSuchBatch { index, batches } => {
            return format!("no hay lote {index}: hay {batches}");
        }
        IpcError::NoBatches => return "no hay lotes".into(),
        IpcError::TooLarge { .. } => "dice medir más de lo que se admite",
        IpcError::TrailingBytes { .. } => "sobran bytes tras el final",
        IpcError::Unsupported { .. } => "no se admite",
        IpcError::Shrunk { .. } => "el archivo se acortó",
        IpcError::Misaligned { .. } => "no se puede leer sin copiar",
        IpcError::Io { .. } => "fallo del sistema",
        IpcError::Write(_) => "no se pudo escribir",
        IpcError::Checksum { .. } | IpcError::NoChecksum { .. } => "la suma no coincide",
        _ => "está dañado",
    };
    format!("{what} ({error})")
}
