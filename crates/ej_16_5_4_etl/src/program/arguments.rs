//! What can be asked for.

use clap::{Args, Parser, Subcommand};
use ecommerce_model::{Fecha, Zona};
use std::path::PathBuf;

const AFTER: &str = "\
Ejemplos:
  ej_16_5_4_etl --fecha 2024-01-15
  ej_16_5_4_etl --fecha 2024-01-15 --entrada eventos --salida ventas
  ej_16_5_4_etl --fecha 2024-01-15 --entrada s3://lago/eventos --salida s3://lago/ventas --json
  ej_16_5_4_etl generar --desde 2024-01-01 --dias 30 --filas 300000 --salida eventos
  ej_16_5_4_etl muchos-dias --salida resultados

Códigos de salida: 0 hecho · 2 uso · 3 la entrada no se puede usar y la tabla queda como estaba · 4 otros escritores ganaron \
siempre · 5 no se puede escribir, o el almacén no responde · 6 falta memoria, disco o descriptores";

/// El ETL diario: las ventas de un día por región y segmento, reemplazadas en una tabla Delta.
#[derive(Parser, Debug)]
#[command(
    name = "ej_16_5_4_etl",
    version,
    after_help = AFTER,
    override_usage = "ej_16_5_4_etl --fecha <AAAA-MM-DD> [OPCIONES]\n     ej_16_5_4_etl <ORDEN> [OPCIONES]",
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) order: Option<Order>,
    #[command(flatten)]
    pub(super) day: Option<DayArguments>,
}

#[derive(Subcommand, Debug)]
pub(super) enum Order {
    /// Escribe eventos con los que probar
    Generar(GenerateArguments),
    /// Mide cientos de días pequeños: commits por segundo, lo que crece el registro y lo que cuesta abrir la tabla
    MuchosDias(ManyDaysArguments),
    /// Escribe la tabla y las cifras de un resultado de `cargo xtask duelo etl-diario`
    Informe(ReportArguments),
}

#[derive(Args, Debug)]
pub(super) struct DayArguments {
    /// El día, AAAA-MM-DD
    #[arg(short, long, value_name = "AAAA-MM-DD", value_parser = date)]
    pub(super) fecha: Fecha,
    /// Eventos, con fecha=AAAA-MM-DD/ o sueltos, locales o s3://; si falta, se inventan
    #[arg(short, long, value_name = "LUGAR")]
    pub(super) entrada: Option<String>,
    /// La tabla, local o s3://; si falta, una temporal
    #[arg(short, long, value_name = "LUGAR")]
    pub(super) salida: Option<String>,
    /// Zona horaria de cuya medianoche a medianoche va el día
    #[arg(long, default_value = "UTC", value_name = "ZONA", value_parser = zone)]
    pub(super) zona: Zona,
    /// No termina hasta que datos, registro y directorios están en el disco
    #[arg(long)]
    pub(super) duradero: bool,
    /// Hilos que leen; todos los núcleos si falta
    #[arg(long, value_name = "N")]
    pub(super) hilos: Option<usize>,
    /// Ajuste del almacén remoto, clave=valor; se puede repetir
    #[arg(long = "opcion", value_name = "K=V", value_parser = option)]
    pub(super) opciones: Vec<(String, String)>,
    /// Una línea de JSON en lugar de la tabla
    #[arg(long)]
    pub(super) json: bool,
    /// Cuántas veces se hace el día, para medir
    #[arg(long, default_value_t = 1, value_name = "N", hide = true)]
    pub(super) repeticiones: usize,
    /// No empezar otra vez pasados estos segundos, si ya van dos
    #[arg(long, value_name = "S", hide = true)]
    pub(super) segundos: Option<f64>,
}

#[derive(Args, Debug)]
pub(super) struct GenerateArguments {
    /// Primer día
    #[arg(long, value_name = "AAAA-MM-DD", value_parser = date)]
    pub(super) desde: Fecha,
    /// Días
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(super) dias: u32,
    /// Eventos en total
    #[arg(long, value_name = "N")]
    pub(super) filas: u64,
    /// Semilla: la misma da los mismos eventos
    #[arg(long, default_value_t = 42, value_name = "N")]
    pub(super) semilla: u64,
    /// Directorio, que no existe o está vacío
    #[arg(short, long, value_name = "DIR")]
    pub(super) salida: PathBuf,
}

#[derive(Args, Debug)]
pub(super) struct ManyDaysArguments {
    /// Directorio de los resultados
    #[arg(short, long, value_name = "DIR")]
    pub(super) salida: PathBuf,
    /// Días, uno por commit
    #[arg(long, default_value_t = 1_000, value_name = "N", value_parser = clap::value_parser!(u32).range(10..))]
    pub(super) dias: u32,
    /// Eventos de cada día
    #[arg(long, default_value_t = 1_000, value_name = "N", value_parser = clap::value_parser!(u64).range(500..))]
    pub(super) filas: u64,
    /// Veces que se abre la tabla en cada punto
    #[arg(long, default_value_t = 31, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) aperturas: u32,
    /// Donde se hacen las tablas y se borran después
    #[arg(long, value_name = "DIR")]
    pub(super) trabajo: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct ReportArguments {
    /// Resultado del duelo, con uno o varios tamaños
    pub(super) archivo: PathBuf,
    /// Directorio de etl-diario.md y etl-diario-cifras.json
    #[arg(short, long, value_name = "DIR")]
    pub(super) salida: PathBuf,
}

fn date(text: &str) -> Result<Fecha, String> {
    text.parse()
        .map_err(|_| "no es una fecha de la forma AAAA-MM-DD".to_owned())
}

fn zone(text: &str) -> Result<Zona, String> {
    text.parse()
        .map_err(|_| "no es una zona horaria como Europe/Madrid".to_owned())
}

fn option(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(k, v)| (k.to_owned(), v.to_owned()))
        .ok_or_else(|| "se espera clave=valor".to_owned())
}
