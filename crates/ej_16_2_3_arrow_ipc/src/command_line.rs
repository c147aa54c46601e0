//! The arguments of the program.

use ej_16_2_3_arrow_ipc::Compression;
use std::path::PathBuf;
use std::str::FromStr;

/// What `--help` says.
pub(crate) const HELP: &str = "\
Ejercicio 16.2.3: Arrow IPC entre procesos

  tamanos  [--filas N]                 bytes por fila de cada tipo en IPC, IPC+LZ4, IPC+ZSTD y JSON
  emisor   [--filas N] [--lotes N] [--semilla N] [--compresion lz4|zstd] [--detener-tras BYTES] CANAL
  receptor CANAL                       recibe y dice cuántos lotes y filas llegaron, y su suma CRC-32
  leer     --flujo|--archivo|--mapa RUTA    lo mismo, de un archivo en el que no se confía
  leer     --como-la-guia RUTA         con el lector de arrow-ipc a solas, que puede perder lotes o abortar
  mapa     RUTA [--esperar]            abre un mapa y dice cuánto del archivo está en memoria

CANAL: --tuberia (salida o entrada estándar), --socket RUTA, --archivo RUTA, o --mapa RUTA para recibir.
Mientras un archivo está mapeado, nadie debe escribir en él ni truncarlo.

  emisor --tuberia | receptor --tuberia";

/// What to do.
#[derive(Debug)]
pub(crate) enum Command {
    Help,
    Sizes { rows: usize },
    Send(Send),
    Receive(Channel),
    Read { path: PathBuf, how: ReadAs },
    Map { path: PathBuf, wait: bool },
}

/// What to send, and where.
#[derive(Debug)]
pub(crate) struct Send {
    pub(crate) rows: u64,
    pub(crate) batches: u64,
    pub(crate) seed: u64,
    pub(crate) compression: Compression,
    pub(crate) stop_after: Option<u64>,
    pub(crate) channel: Channel,
}

/// What lies between the two processes.
#[derive(Debug)]
pub(crate) enum Channel {
    Pipe,
    Socket(PathBuf),
    File(PathBuf),
    Map(PathBuf),
}

/// How a file is read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ReadAs {
    Stream,
    File,
    Map,
    Guide,
}

/// The arguments that are left.
struct Words(Vec<String>);

impl Words {
    fn flag(&mut self, name: &str) -> bool {
        let at = self.0.iter().position(|word| word == name);
        at.map(|at| self.0.remove(at)).is_some()
    }

    fn text(&mut self, name: &str) -> Result<Option<String>, String> {
        let Some(at) = self.0.iter().position(|word| word == name) else {
            return Ok(None);
        };
        self.0.remove(at);
        if at < self.0.len() {
            Ok(Some(self.0.remove(at)))
        } else {
            Err(format!("falta el valor de {name}"))
        }
    }

    fn number<T: FromStr>(&mut self, name: &str) -> Result<Option<T>, String> {
        let text = self.text(name)?;
        let parsed = text.map(|text| {
            text.parse()
                .map_err(|_| format!("{name} {text}: no es un número"))
        });
        parsed.transpose()
    }

    fn path(&mut self, name: &str) -> Result<Option<PathBuf>, String> {
        Ok(self.text(name)?.map(PathBuf::from))
    }

    fn channel(&mut self) -> Result<Channel, String> {
        let given = [
            self.flag("--tuberia").then_some(Channel::Pipe),
            self.path("--socket")?.map(Channel::Socket),
            self.path("--archivo")?.map(Channel::File),
            self.path("--mapa")?.map(Channel::Map),
        ];
        let mut given = given.into_iter().flatten();
        match (given.next(), given.next()) {
            (Some(channel), None) => Ok(channel),
            _ => Err("hace falta un canal, y solo uno".into()),
        }
    }

    /// What the command made of the words, if none is left over.
    fn done(self, command: Command) -> Result<Command, String> {
        match self.0.first() {
            None => Ok(command),
            Some(word) => Err(format!("no se entiende {word}")),
        }
    }
}

/// The command that these arguments, without the program's name, ask for.
pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut words = Words(arguments.collect());
    if words.flag("--help") || words.flag("-h") {
        return Ok(Command::Help);
    }
    let name = if words.0.is_empty() {
        "tamanos".into()
    } else {
        words.0.remove(0)
    };
    let command = match name.as_str() {
        "tamanos" => Command::Sizes {
            rows: words.number("--filas")?.unwrap_or(100_000),
        },
        "emisor" => Command::Send(Send {
            rows: words.number("--filas")?.unwrap_or(100_000),
            batches: words.number("--lotes")?.unwrap_or(10),
            seed: words.number("--semilla")?.unwrap_or(42),
            compression: match words.text("--compresion")?.as_deref() {
                None => Compression::None,
                Some("lz4") => Compression::Lz4,
                Some("zstd") => Compression::Zstd,
                Some(other) => return Err(format!("--compresion {other}: hay lz4 y zstd")),
            },
            stop_after: words.number("--detener-tras")?,
            channel: words.channel()?,
        }),
        "receptor" => Command::Receive(words.channel()?),
        "leer" => {
            let given = [
                words.path("--flujo")?.map(|path| (path, ReadAs::Stream)),
                words.path("--archivo")?.map(|path| (path, ReadAs::File)),
                words.path("--mapa")?.map(|path| (path, ReadAs::Map)),
                words
                    .path("--como-la-guia")?
                    .map(|path| (path, ReadAs::Guide)),
            ];
            let (path, how) = given
                .into_iter()
                .flatten()
                .next()
                .ok_or("falta el archivo")?;
            Command::Read { path, how }
        }
        "mapa" => {
            let wait = words.flag("--esperar");
            if words.0.is_empty() {
                return Err("falta el archivo".into());
            }
            Command::Map {
                path: words.0.remove(0).into(),
                wait,
            }
        }
        other => return Err(format!("no hay orden {other}")),
    };
    words.done(command)
}
