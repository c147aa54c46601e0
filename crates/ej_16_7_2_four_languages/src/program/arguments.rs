//! The command lines.

use crate::{Key, Repetitions, Sum};
use clap::{Args, Parser, ValueEnum};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

const CODES: &str = "Códigos de salida: 0 hecho · 2 uso · 3 la entrada no se puede leer o no es de ventas · 5 no se puede escribir";

macro_rules! after {
    ($program:literal) => {
        format!(
            "Ejemplos:
  {0} --entrada ventas.parquet --salida respuesta.parquet
  {0} --entrada s3://ventas/ventas.parquet --salida respuesta.parquet --clave usuario --repeticiones 10\n\n{CODES}",
            $program
        )
    };
}

/// El trabajo final con Polars: ventas con monto > 0, por clave, su suma en centavos, cuántas son, usuarios distintos y media
#[derive(Parser, Debug)]
#[command(name = "final-polars", version, after_help = after!("final-polars"))]
pub(super) struct Polars {
    #[command(flatten)]
    pub(super) adding: Adding,
}

/// El trabajo final con DataFusion: ventas con monto > 0, por clave, su suma en centavos, cuántas son, usuarios distintos y media
#[derive(Parser, Debug)]
#[command(name = "final-datafusion", version, after_help = after!("final-datafusion"))]
pub(super) struct DataFusion {
    #[command(flatten)]
    pub(super) adding: Adding,
}

/// El trabajo final con el motor nativo: ventas con monto > 0, por clave, su suma en centavos, cuántas son, usuarios distintos y media
#[derive(Parser, Debug)]
#[command(name = "final-nativo", version, after_help = after!("final-nativo"))]
pub(super) struct Native {
    #[command(flatten)]
    pub(super) work: Work,
}

#[derive(Args, Debug)]
pub(super) struct Adding {
    #[command(flatten)]
    pub(super) work: Work,
    /// Cómo se suma: centavos, enteros y exactos, si no se dice; flotante, los montos tal cual y el total redondeado
    #[arg(long, value_enum, default_value_t = How::Centavos, hide_default_value = true, hide_possible_values = true)]
    pub(super) suma: How,
}

#[derive(Args, Debug)]
pub(super) struct Work {
    /// Archivo Parquet con monto (Float64), region y user_id (texto), o un objeto s3:// con las variables AWS_*
    #[arg(long, value_name = "F")]
    pub(super) entrada: PathBuf,
    /// Archivo Parquet que se escribe
    #[arg(long, value_name = "F")]
    pub(super) salida: PathBuf,
    /// Por qué se agrupa: region si no se dice, o usuario
    #[arg(long, value_enum, default_value_t = By::Region, hide_default_value = true, hide_possible_values = true)]
    pub(super) clave: By,
    /// Cuántas veces se hace el trabajo en este proceso; una si no se dice
    #[arg(long, value_name = "N", default_value = "1", hide_default_value = true)]
    repeticiones: NonZeroUsize,
    /// No empezar otra vez pasados estos segundos, si ya van dos
    #[arg(long, value_name = "S", value_parser = seconds)]
    segundos: Option<Duration>,
    /// 1: cronometrar leer, agregar y escribir cada uno por su lado, y no el todo
    #[arg(long, value_name = "0|1", default_value = "0", hide_default_value = true, value_parser = clap::value_parser!(u8).range(0..=1))]
    pub(super) partes: u8,
}

impl Work {
    pub(super) fn repetitions(&self) -> Repetitions {
        Repetitions {
            times: self.repeticiones,
            budget: self.segundos,
        }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.parse::<f64>().map_err(|_| "no es un número")?;
    Duration::try_from_secs_f64(number).map_err(|_| "no es un tiempo".to_owned())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum By {
    Region,
    Usuario,
}

impl By {
    pub(super) const fn key(self) -> Key {
        match self {
            Self::Region => Key::Region,
            Self::Usuario => Key::User,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum How {
    Centavos,
    Flotante,
}

impl How {
    pub(super) const fn sum(self) -> Sum {
        match self {
            Self::Centavos => Sum::Cents,
            Self::Flotante => Sum::Float,
        }
    }
}
