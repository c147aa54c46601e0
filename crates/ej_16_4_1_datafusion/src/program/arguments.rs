//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

const CODES: &str = "\
Códigos de salida: 0 hecho · 2 uso, o SQL que no es una consulta o nombra lo que no hay · 3 una entrada que no se puede leer, o que cambió mientras se leía · 5 no se puede escribir, o el almacén no responde · 6 falta memoria";

const EXAMPLES: &str = "\
Ejemplos:
  motor-datafusion ventas --filas 100000 --salida datos
  motor-datafusion consultar --tabla v=datos/ventas.parquet \"SELECT COUNT(*) FROM v WHERE monto > 0\"
  motor-datafusion consultar --tabla v=s3://lago/ventas.parquet --explicar \"SELECT SUM(monto) FROM v\"
  motor-datafusion generar --escala 0.1 --salida tpch
  motor-datafusion tpch --datos tpch --repeticiones 5 --json tpch.json
  motor-datafusion tpch --datos tpch --consulta 1 6 --opcion datafusion.execution.target_partitions=1";

/// SQL sobre archivos Parquet con DataFusion, y los datos y las consultas de TPC-H
#[derive(Parser, Debug)]
#[command(
    name = "motor-datafusion",
    version,
    after_help = format!("{EXAMPLES}\n\n{CODES}"),
    override_usage = "motor-datafusion <ORDEN> [OPCIONES]"
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) order: Order,
}

#[derive(Subcommand, Debug)]
pub(super) enum Order {
    /// Responde una consulta sobre archivos Parquet de esta máquina o de S3
    Consultar(Query),
    /// Escribe las ocho tablas de TPC-H
    Generar(Make),
    /// Escribe las tablas de la guía, ventas y clientes
    Ventas(MakeShop),
    /// Hace las consultas de TPC-H y dice cuánto tarda cada una
    Tpch(Race),
    /// Compara con lo que respondió Spark a las mismas sentencias
    SparkSql(Dialects),
}

#[derive(Args, Debug)]
pub(super) struct Query {
    /// La consulta
    #[arg(value_name = "SQL")]
    pub(super) sql: String,
    /// Una tabla: un archivo, un directorio acabado en / o un objeto de S3; se repite para varias
    #[arg(long, value_name = "NOMBRE=RUTA", value_parser = pair)]
    pub(super) tabla: Vec<(String, String)>,
    /// En qué forma se escribe la respuesta; tabla si no se dice
    #[arg(long, value_enum, default_value_t = Formato::Tabla, hide_default_value = true)]
    pub(super) formato: Formato,
    /// Muestra además el plan físico con lo que hizo cada operador
    #[arg(long)]
    pub(super) explicar: bool,
    #[command(flatten)]
    pub(super) session: Session,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Formato {
    /// Para leerla
    Tabla,
    /// Con comillas donde hacen falta
    Csv,
    /// Un objeto con columnas y filas
    Json,
}

/// How the engine works.
#[derive(Args, Debug)]
pub(super) struct Session {
    /// Un ajuste de DataFusion, por su nombre entero; se repite para varios
    #[arg(long, value_name = "CLAVE=VALOR", value_parser = pair)]
    pub(super) opcion: Vec<(String, String)>,
    /// Megabytes para ordenar, agrupar y unir; sin límite si no se dice
    #[arg(long, value_name = "MB")]
    pub(super) memoria: Option<NonZeroUsize>,
}

#[derive(Args, Debug)]
pub(super) struct Make {
    /// Factor de escala: 1 son 6 millones de líneas de pedido y unos 300 MB
    #[arg(long, value_name = "E", allow_negative_numbers = true)]
    pub(super) escala: f64,
    /// Directorio de los archivos
    #[arg(long, value_name = "DIR")]
    pub(super) salida: PathBuf,
}

#[derive(Args, Debug)]
pub(super) struct MakeShop {
    /// Cuántas ventas
    #[arg(long, value_name = "N")]
    pub(super) filas: u64,
    /// Directorio de los dos archivos
    #[arg(long, value_name = "DIR")]
    pub(super) salida: PathBuf,
    /// La misma da las mismas ventas; 42 si no se dice
    #[arg(
        long,
        value_name = "S",
        default_value_t = 42,
        hide_default_value = true
    )]
    pub(super) semilla: u64,
}

#[derive(Args, Debug)]
pub(super) struct Race {
    /// Directorio que escribió `generar`
    #[arg(long, value_name = "DIR")]
    pub(super) datos: PathBuf,
    /// Números de las consultas, de 1 a 22; todas si no se dice
    #[arg(long, value_name = "N", num_args = 1.., value_parser = clap::value_parser!(u8).range(1..=22))]
    pub(super) consulta: Vec<u8>,
    /// Cuántas veces se hace cada una; una si no se dice
    #[arg(long, value_name = "N", default_value = "1", hide_default_value = true)]
    pub(super) repeticiones: NonZeroUsize,
    /// No empezar otra repetición de una consulta pasados estos segundos
    #[arg(long, value_name = "S", value_parser = seconds)]
    pub(super) segundos: Option<Duration>,
    /// Archivo con tiempos y respuestas; sin él se muestra una tabla
    #[arg(long, value_name = "F")]
    pub(super) json: Option<PathBuf>,
    #[command(flatten)]
    pub(super) session: Session,
}

#[derive(Args, Debug)]
pub(super) struct Dialects {
    /// Lo que escribió benches/peers/spark_sql_spark.py
    #[arg(long, value_name = "F")]
    pub(super) spark: PathBuf,
    /// Comparación en JSON
    #[arg(long, value_name = "F")]
    pub(super) json: Option<PathBuf>,
    /// Tabla en Markdown; sin ella se muestra
    #[arg(long, value_name = "F")]
    pub(super) md: Option<PathBuf>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => {
            Ok((name.to_owned(), value.to_owned()))
        }
        _ => Err("no tiene la forma nombre=valor".to_owned()),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.parse::<f64>().map_err(|_| "no es un número")?;
    Duration::try_from_secs_f64(number).map_err(|_| "no es un tiempo".to_owned())
}
