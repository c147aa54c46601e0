//! The arguments of the program.

use std::path::PathBuf;
use std::str::FromStr;

/// What `--help` says.
pub(crate) const HELP: &str = "\
Ejercicio 16.2.2: Parquet como flujo

  tabla    [--filas N] [--semilla N] [--repeticiones N] [--json F] [--svg F]
           codificaciones × compresores sobre los eventos del modelo: tamaño, escritura y lectura
  escribir [--filas N] [--semilla N] RUTA    eventos a un archivo, que aparece entero o no aparece
  leer     RUTA                              cuenta las filas de un archivo en el que no se confía

Salida: 0 bien · 1 fallo · 2 uso · 3 el archivo no se puede leer";

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Help,
    Read {
        path: String,
    },
    Write {
        path: String,
        rows: u64,
        seed: u64,
    },
    Table {
        rows: u64,
        seed: u64,
        repetitions: u32,
        json: Option<PathBuf>,
        svg: Option<PathBuf>,
    },
}

impl Command {
    /// What these arguments, without the program's name, ask for; or what is wrong with them, in Spanish.
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = arguments;
        let verb = arguments.next().unwrap_or_default();
        let (mut rows, mut seed, mut repetitions) = (1_000_000, 42, 3);
        let (mut json, mut svg, mut path) = (None, None, None);
        let table = verb == "tabla";
        let sized = table || verb == "escribir";
        while let Some(argument) = arguments.next() {
            let mut value = || {
                let value = arguments.next();
                value.ok_or_else(|| format!("a {argument} le falta su valor"))
            };
            match argument.as_str() {
                "--filas" if sized => rows = number(&argument, &value()?)?,
                "--semilla" if sized => seed = number(&argument, &value()?)?,
                "--repeticiones" if table => repetitions = number(&argument, &value()?)?,
                "--json" if table => json = Some(value()?.into()),
                "--svg" if table => svg = Some(value()?.into()),
                "--help" | "-h" => return Ok(Self::Help),
                other if other.starts_with("--") => return Err(format!("no conozco {other}")),
                _ if path.is_none() && !table => path = Some(argument),
                other => return Err(format!("sobra '{other}'")),
            }
        }
        if rows == 0 || repetitions == 0 {
            return Err("--filas y --repeticiones empiezan en 1".to_owned());
        }
        let path = || path.ok_or_else(|| format!("a {verb} le falta la ruta"));
        match verb.as_str() {
            "" | "--help" | "-h" => Ok(Self::Help),
            "leer" => Ok(Self::Read { path: path()? }),
            "escribir" => Ok(Self::Write {
                path: path()?,
                rows,
                seed,
            }),
            "tabla" => Ok(Self::Table {
                rows,
                seed,
                repetitions,
                json,
                svg,
            }),
            other => Err(format!("no conozco la orden '{other}'")),
        }
    }
}

fn number<T: FromStr>(name: &str, value: &str) -> Result<T, String> {
    value
        .parse()
        .map_err(|_| format!("{name} es un número, no '{value}'"))
}
