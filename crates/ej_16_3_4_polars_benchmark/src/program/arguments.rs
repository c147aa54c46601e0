//! The command lines.

use crate::Repetitions;
use clap::{Args, Parser, Subcommand, ValueEnum};
use polars::prelude::Engine;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

const CODES: &str = "Códigos de salida: 0 hecho · 2 uso · 3 la entrada no se puede leer o no es de ventas · 5 no se puede escribir";

const POLARS_EXAMPLES: &str = "\
Ejemplos:
  revenue-polars --entrada ventas.parquet --salida revenue.parquet
  revenue-polars --entrada ventas.parquet --salida revenue.parquet --motor streaming --repeticiones 10";

const DATAFUSION_EXAMPLES: &str = "\
Ejemplos:
  revenue-datafusion --entrada ventas.parquet --salida revenue.parquet
  revenue-datafusion --entrada ventas.parquet --salida revenue.parquet --repeticiones 10 --segundos 20
  revenue-datafusion generar --filas 1000000 | python benches/peers/revenue_entrada.py --salida datos";

/// Revenue por región con Polars: las filas con monto > 0, agrupadas por región, y la suma de monto
#[derive(Parser, Debug)]
#[command(
    name = "revenue-polars",
    version,
    after_help = format!("{POLARS_EXAMPLES}\n\n{CODES}"),
    override_usage = "revenue-polars --entrada <F> --salida <F> [OPCIONES]"
)]
pub(super) struct PolarsArguments {
    #[command(flatten)]
    pub(super) query: Query,
    /// Motor que ejecuta el plan: memoria, el de `.collect()` en Rust, si no se dice; streaming, el de `.collect()` en Python
    #[arg(long, value_enum, default_value_t = Motor::Memoria, hide_default_value = true, hide_possible_values = true)]
    pub(super) motor: Motor,
}

/// Revenue por región con DataFusion: las filas con monto > 0, agrupadas por región, y la suma de monto
#[derive(Parser, Debug)]
#[command(
    name = "revenue-datafusion",
    version,
    after_help = format!("{DATAFUSION_EXAMPLES}\n\n{CODES}"),
    override_usage = "revenue-datafusion --entrada <F> --salida <F> [OPCIONES]\n     revenue-datafusion generar --filas <N> [--semilla <S>]",
    args_conflicts_with_subcommands = true
)]
pub(super) struct DataFusionArguments {
    #[command(subcommand)]
    pub(super) order: Option<Order>,
    #[command(flatten)]
    pub(super) query: Option<Query>,
}

#[derive(Subcommand, Debug)]
pub(super) enum Order {
    /// Escribe ventas inventadas por la salida estándar, como flujo de Arrow, para que otro programa las guarde
    Generar(Make),
}

#[derive(Args, Debug)]
pub(super) struct Make {
    /// Cuántas ventas
    #[arg(long, value_name = "N")]
    pub(super) filas: u64,
    /// Semilla: la misma da las mismas ventas; 42 si no se dice
    #[arg(
        long,
        value_name = "S",
        default_value_t = 42,
        hide_default_value = true
    )]
    pub(super) semilla: u64,
}

#[derive(Args, Debug)]
pub(super) struct Query {
    /// Archivo Parquet con las columnas monto (Float64) y region (texto)
    #[arg(long, value_name = "F")]
    pub(super) entrada: PathBuf,
    /// Archivo Parquet que se escribe: region y centavos
    #[arg(long, value_name = "F")]
    pub(super) salida: PathBuf,
    /// Cuántas veces se hace la consulta en este proceso; una si no se dice
    #[arg(long, value_name = "N", default_value = "1", hide_default_value = true)]
    pub(super) repeticiones: NonZeroUsize,
    /// No empezar otra consulta pasados estos segundos, si ya van dos
    #[arg(long, value_name = "S", value_parser = seconds)]
    pub(super) segundos: Option<Duration>,
}

impl Query {
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

/// Which of Polars' engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Motor {
    /// El de `.collect()` en Rust: las filas que pasan el filtro, enteras en memoria
    Memoria,
    /// Por trozos, el de `.collect()` en el Polars de Python
    Streaming,
}

impl Motor {
    pub(super) const fn engine(self) -> Engine {
        match self {
            Self::Memoria => Engine::InMemory,
            Self::Streaming => Engine::Streaming,
        }
    }

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Memoria => "memoria",
            Self::Streaming => "streaming",
        }
    }
}
