//! What each order takes.

use super::Lugares;
use super::values::{dias, fecha, instante, zona};
use clap::ValueEnum;
use ecommerce_model::{Fecha, Zona};
use std::path::PathBuf;

#[derive(clap::Args, Debug)]
pub(crate) struct DemoArgs {
    /// Directorio de la demostración
    #[arg(
        long,
        value_name = "DIR",
        default_value = "demo-analytics",
        hide_default_value = true
    )]
    pub(crate) directorio: PathBuf,

    /// Eventos que se generan
    #[arg(long, default_value_t = 200_000, hide_default_value = true)]
    pub(crate) filas: u64,
}

#[derive(clap::Args, Debug)]
pub(crate) struct GenerarArgs {
    /// Directorio vacío o nuevo que recibe fecha=YYYY-MM-DD/
    #[arg(short, long, value_name = "DIR")]
    pub(crate) salida: PathBuf,

    /// Eventos en total (por defecto 1000000)
    #[arg(long, default_value_t = 1_000_000, hide_default_value = true)]
    pub(crate) filas: u64,

    /// Días (por defecto 1)
    #[arg(long, default_value_t = 1, hide_default_value = true)]
    pub(crate) dias: u32,

    /// Primer día (por defecto 2024-01-15)
    #[arg(long, value_parser = fecha, default_value = "2024-01-15", hide_default_value = true)]
    pub(crate) desde: Fecha,

    /// Semilla (por defecto 42)
    #[arg(long, default_value_t = 42, hide_default_value = true)]
    pub(crate) semilla: u64,

    /// parquet o csv (por defecto parquet)
    #[arg(long, value_enum, default_value_t = FormatoArchivo::Parquet, hide_default_value = true, hide_possible_values = true)]
    pub(crate) formato: FormatoArchivo,

    /// Filas por archivo (por defecto 1000000)
    #[arg(long, default_value_t = 1_000_000, hide_default_value = true)]
    pub(crate) filas_por_archivo: u64,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FormatoArchivo {
    Parquet,
    Csv,
}

#[derive(clap::Args, Debug)]
pub(crate) struct ImportarArgs {
    /// cdnow o completejourney
    #[arg(value_enum, value_name = "FUENTE", hide_possible_values = true)]
    pub(crate) fuente: Fuente,

    /// Archivo que deja `cargo xtask data`: CDNOW_master.txt o transactions.parquet
    #[arg(long, value_name = "ARCHIVO")]
    pub(crate) archivo: PathBuf,

    /// Directorio vacío o nuevo que recibe fecha=YYYY-MM-DD/
    #[arg(short, long, value_name = "DIR")]
    pub(crate) salida: PathBuf,

    /// Zona cuya medianoche separa los directorios (por defecto UTC)
    #[arg(long, value_name = "ZONA", value_parser = zona, default_value = "UTC", hide_default_value = true)]
    pub(crate) zona: Zona,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Fuente {
    Cdnow,
    Completejourney,
}

#[derive(clap::Args, Debug)]
pub(crate) struct RangoArgs {
    /// Primer día (YYYY-MM-DD)
    #[arg(long, value_parser = fecha)]
    pub(crate) desde: Fecha,

    /// Último día, incluido (YYYY-MM-DD)
    #[arg(long, value_parser = fecha)]
    pub(crate) hasta: Fecha,

    #[command(flatten)]
    pub(crate) lugares: Lugares,

    /// Días que se procesan a la vez (por defecto, uno por núcleo)
    #[arg(long, value_name = "N")]
    pub(crate) trabajos: Option<usize>,

    /// Procesa también los días que ya están en la tabla
    #[arg(long)]
    pub(crate) rehacer: bool,
}

#[derive(clap::Args, Debug)]
pub(crate) struct ConsultarArgs {
    /// Consulta; las tablas se llaman metricas_diarias, productos_diarios y cuarentena
    pub(crate) sql: String,

    /// Ruta de la tabla de métricas
    #[arg(short, long, value_name = "RUTA")]
    pub(crate) tabla: String,

    /// tabla, csv, json o markdown (por defecto tabla)
    #[arg(long, value_enum, default_value_t = Formato::Tabla, hide_default_value = true, hide_possible_values = true)]
    pub(crate) formato: Formato,

    /// Consulta metricas_diarias como era en esa versión
    #[arg(long, value_name = "N", conflicts_with = "a_fecha")]
    pub(crate) version: Option<u64>,

    /// Consulta las tablas como eran en ese instante (RFC 3339, por ejemplo 2024-01-15T12:00:00Z)
    #[arg(long = "a-fecha", value_name = "INSTANTE", value_parser = instante)]
    pub(crate) a_fecha: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Formato {
    Tabla,
    Csv,
    Json,
    Markdown,
}

#[derive(clap::Args, Debug)]
pub(crate) struct HistoriaArgs {
    /// Ruta de la tabla
    #[arg(short, long, value_name = "RUTA")]
    pub(crate) tabla: String,

    /// Cuántas versiones, de la última hacia atrás (por defecto 20)
    #[arg(
        long,
        value_name = "N",
        default_value_t = 20,
        hide_default_value = true
    )]
    pub(crate) ultimas: usize,
}

#[derive(clap::Args, Debug)]
pub(crate) struct MantenerArgs {
    /// Ruta de la tabla de métricas; la cuarentena y los productos se mantienen con ella
    #[arg(short, long, value_name = "RUTA")]
    pub(crate) tabla: String,

    /// Hazlo; sin esto solo se dice qué se borraría
    #[arg(long)]
    pub(crate) ejecutar: bool,

    /// Días durante los que se puede volver a versiones anteriores (por defecto 7)
    #[arg(long, value_name = "DIAS", default_value_t = 7.0, hide_default_value = true, value_parser = dias)]
    pub(crate) retencion: f64,

    /// No junta archivos pequeños
    #[arg(long)]
    pub(crate) sin_compactar: bool,
}

#[derive(clap::Args, Debug)]
pub(crate) struct ReporteArgs {
    /// Ruta de la tabla de métricas
    #[arg(short, long, value_name = "RUTA")]
    pub(crate) tabla: String,

    /// Archivo HTML
    #[arg(
        short,
        long,
        value_name = "ARCHIVO",
        default_value = "informe.html",
        hide_default_value = true
    )]
    pub(crate) salida: PathBuf,
}
