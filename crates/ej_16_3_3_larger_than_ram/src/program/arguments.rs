//! The command line.

use clap::{Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Ejemplos:
  ej_16_3_3_larger_than_ram generar --filas 1000000 --salida eventos.parquet
  ej_16_3_3_larger_than_ram guia --entrada eventos.parquet --salida ingresos.parquet
  ej_16_3_3_larger_than_ram procesar --operacion agregar --motor streaming --limite 192 \\
      --entrada eventos.parquet --salida regiones.parquet
  ej_16_3_3_larger_than_ram procesar --operacion ordenar-por-tramos --limite 192 \\
      --entrada eventos.parquet --salida ordenados.parquet
  ej_16_3_3_larger_than_ram curva --json curva.json --svg curva.svg
  ej_16_3_3_larger_than_ram retrocesos

Códigos de salida: 0 hecho · 2 uso · 3 entrada ilegible · 5 no se puede escribir · 6 sin memoria";

/// Ejercicio 16.3.3: más datos que memoria, con los dos motores de Polars.
#[derive(Parser, Debug)]
#[command(
    name = "ej_16_3_3_larger_than_ram",
    after_help = EXAMPLES,
    override_usage = "ej_16_3_3_larger_than_ram ORDEN [OPCIONES]",
    arg_required_else_help = true
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) orden: Order,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Order {
    /// Escribe eventos del modelo, sembrados, con un mensaje largo cada uno
    Generar(Generate),
    /// `procesar_grande` tal cual: ingresos por región, en este mismo proceso
    Guia(Guide),
    /// Agrega, ordena o une un archivo en un proceso aparte, con un límite de memoria si se pide
    Procesar(Process),
    /// Mide el pico de memoria según el tamaño de la entrada, y lo dibuja
    Curva(Curve),
    /// Pregunta a Polars qué operaciones hace su motor streaming y cuáles pasa al motor en memoria
    Retrocesos(Fallbacks),
}

#[derive(clap::Args, Debug)]
pub(crate) struct Generate {
    /// Eventos
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) filas: u64,
    /// Bytes de cada mensaje; 0 deja los del modelo
    #[arg(
        long,
        value_name = "BYTES",
        default_value_t = 1024,
        hide_default_value = true
    )]
    pub(crate) ancho: usize,
    /// Filas por grupo de filas: lo que se decodifica de una vez
    #[arg(
        long,
        value_name = "N",
        default_value_t = 8192,
        hide_default_value = true
    )]
    pub(crate) filas_por_grupo: usize,
    #[arg(
        long,
        value_name = "N",
        default_value_t = 42,
        hide_default_value = true
    )]
    /// Semilla; la misma da los mismos bytes
    pub(crate) semilla: u64,
    /// Parquet de eventos
    #[arg(long, value_name = "RUTA")]
    pub(crate) salida: PathBuf,
    /// Escribe además sus clientes, para unir
    #[arg(long, value_name = "RUTA")]
    pub(crate) clientes: Option<PathBuf>,
}

#[derive(clap::Args, Debug)]
pub(crate) struct Guide {
    /// Parquet con `region` y `monto`
    #[arg(long, value_name = "RUTA")]
    pub(crate) entrada: String,
    /// Parquet de una fila por región
    #[arg(long, value_name = "RUTA")]
    pub(crate) salida: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Operacion {
    Agregar,
    Ordenar,
    OrdenarPorTramos,
    Unir,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Motor {
    Streaming,
    Memoria,
}

#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Process {
    /// agregar: eventos, centavos y bytes por región · ordenar: todas las filas por `evento_id` · ordenar-por-tramos: lo
    /// mismo en tramos que caben en memoria, repartidos en disco · unir: cada evento con las columnas de otro archivo
    #[arg(long, value_name = "OPERACIÓN", hide_possible_values = true)]
    pub(crate) operacion: Operacion,
    /// Con qué motor de Polars, streaming o memoria [streaming si no se dice]
    #[arg(
        long,
        value_name = "MOTOR",
        default_value = "streaming",
        hide_default_value = true,
        hide_possible_values = true
    )]
    pub(crate) motor: Motor,
    /// Parquet de eventos
    #[arg(long, value_name = "RUTA")]
    pub(crate) entrada: PathBuf,
    /// Parquet del resultado; aparece entero o no aparece
    #[arg(long, value_name = "RUTA")]
    pub(crate) salida: PathBuf,
    /// El otro Parquet, para unir
    #[arg(long, value_name = "RUTA", required_if_eq("operacion", "unir"))]
    pub(crate) con: Option<PathBuf>,
    /// Columna por la que se une
    #[arg(
        long,
        value_name = "COLUMNA",
        default_value = "user_id",
        hide_default_value = true
    )]
    pub(crate) clave: String,
    /// Deja que Polars averigüe qué lado de la unión es el pequeño, en vez de decirle que es el otro archivo
    #[arg(long)]
    pub(crate) adivinar: bool,
    /// Límite de memoria privada (RLIMIT_DATA) del proceso que trabaja
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..1 << 24))]
    pub(crate) limite: Option<u64>,
    /// Hilos de Polars
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) hilos: Option<u32>,
    /// Lo que ocupa un tramo, sin comprimir
    #[arg(long, value_name = "MIB", default_value_t = 24, hide_default_value = true, value_parser = clap::value_parser!(u64).range(1..1 << 24))]
    pub(crate) tramo: u64,
    /// El resumen en JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Hace el trabajo aquí mismo y deja el resultado en este directorio
    #[arg(long, value_name = "DIR", hide = true)]
    pub(crate) aislado: Option<PathBuf>,
}

#[derive(clap::Args, Debug)]
pub(crate) struct Curve {
    /// Eventos de cada entrada
    #[arg(long, value_name = "N,N,…", value_delimiter = ',', default_values_t = [250_000, 500_000, 1_000_000, 2_000_000, 4_000_000], hide_default_value = true)]
    pub(crate) filas: Vec<u64>,
    /// Bytes de cada mensaje
    #[arg(
        long,
        value_name = "BYTES",
        default_value_t = 1024,
        hide_default_value = true
    )]
    pub(crate) ancho: usize,
    /// Filas por grupo de filas
    #[arg(
        long,
        value_name = "N",
        default_value_t = 8192,
        hide_default_value = true
    )]
    pub(crate) filas_por_grupo: usize,
    /// Hilos de Polars
    #[arg(long, value_name = "N", default_value_t = 2, hide_default_value = true, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) hilos: u32,
    /// Repite la entrada mayor bajo un límite de esta parte de lo que ocupa
    #[arg(long, value_name = "N", default_value_t = 8, hide_default_value = true, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) parte: u64,
    /// Intérprete de Python con pandas y pyarrow, para medir también pandas por trozos
    #[arg(long, value_name = "RUTA", requires = "pandas")]
    pub(crate) python: Option<PathBuf>,
    /// El programa de pandas: benches/peers/pandas_chunks.py
    #[arg(long, value_name = "RUTA", requires = "python")]
    pub(crate) pandas: Option<PathBuf>,
    /// Dónde se hacen las entradas y los resultados, que después se borran [el directorio temporal]
    #[arg(long, value_name = "DIR")]
    pub(crate) directorio: Option<PathBuf>,
    /// Lo medido
    #[arg(long, value_name = "RUTA")]
    pub(crate) json: PathBuf,
    /// El dibujo
    #[arg(long, value_name = "RUTA")]
    pub(crate) svg: PathBuf,
}

#[derive(clap::Args, Debug)]
pub(crate) struct Fallbacks {
    /// Añade los nodos del plan y los que se ejecutaron
    #[arg(long)]
    pub(crate) nodos: bool,
    /// Ejecuta los planes aquí mismo
    #[arg(long, hide = true)]
    pub(crate) ejecutar: bool,
}
