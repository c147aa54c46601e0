//! The command line, in the guide's words.

use clap::{ArgAction, Parser, Subcommand, ValueEnum};
use ecommerce_model::{Fecha, Zona};
use std::path::PathBuf;

const PLANTILLA: &str = "{about}\n\nUso: {usage}\n\n{all-args}{after-help}";

const EJEMPLOS: &str = "\
Ejemplos:
  analytics-ecommerce --fecha 2024-01-15 --entrada eventos/ --salida metricas
  analytics-ecommerce -f 2024-01-15 -e s3://tienda/eventos -s s3://tienda/metricas --zona Europe/Madrid
  analytics-ecommerce rango --desde 2024-01-01 --hasta 2024-01-31 -e eventos/ -s metricas
  analytics-ecommerce consultar \"SELECT region, sum(revenue) FROM metricas_diarias GROUP BY region\" --tabla metricas
  analytics-ecommerce reporte --tabla metricas --salida informe.html
  analytics-ecommerce demo

Códigos de salida: 0 hecho · 2 uso · 3 entrada ilegible o sin filas válidas · 4 conflicto de escritura ·
5 almacenamiento no disponible · 6 sin disco, memoria o archivos abiertos · 130 interrumpido";

/// Métricas diarias de una tienda, de eventos Parquet o CSV a una tabla Delta, sin Python ni Java.
#[derive(Parser, Debug)]
#[command(
    name = "analytics-ecommerce",
    version,
    about,
    long_about = None,
    help_template = PLANTILLA,
    after_help = EJEMPLOS,
    override_usage = "analytics-ecommerce --fecha <FECHA> --entrada <RUTA> --salida <RUTA> [OPCIONES]\n     analytics-ecommerce <ORDEN> [OPCIONES]",
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    subcommand_help_heading = "Órdenes",
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    next_help_heading = "Opciones"
)]
pub struct Args {
    #[command(subcommand)]
    pub(crate) orden: Option<Orden>,

    #[command(flatten)]
    pub(crate) dia: DiaArgs,

    #[command(flatten)]
    pub(crate) comunes: Comunes,
}

/// What every command takes.
#[derive(clap::Args, Clone)]
pub(crate) struct Comunes {
    /// Un resumen en JSON por la salida estándar, para otros programas
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Sin progreso ni resumen; los errores se dicen igual
    #[arg(long, global = true)]
    pub(crate) silencioso: bool,

    /// Cuenta además la cadena de causas de un error y los tiempos por fase
    #[arg(short = 'v', long = "detalle", global = true)]
    pub(crate) detalle: bool,

    /// Opción del almacenamiento remoto, por ejemplo aws_endpoint_url=https://…; puede repetirse
    #[arg(long = "opcion", value_name = "CLAVE=VALOR", value_parser = opcion, global = true)]
    pub(crate) opciones: Vec<(String, String)>,

    /// Muestra esta ayuda
    #[arg(short = 'h', long = "help", visible_alias = "ayuda", action = ArgAction::Help, global = true)]
    help: Option<bool>,

    /// Muestra la versión
    #[arg(short = 'V', long = "version", action = ArgAction::Version)]
    version: Option<bool>,
}

/// Options may be secrets: what is shown of them is their names.
impl std::fmt::Debug for Comunes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.opciones.iter().map(|(k, _)| k.as_str()).collect();
        f.debug_struct("Comunes")
            .field("json", &self.json)
            .field("opciones", &names)
            .finish_non_exhaustive()
    }
}

/// The default action: one day. All three are required unless an order is given, which is why they are options here.
#[derive(clap::Args, Debug, Clone)]
#[command(next_help_heading = "Opciones")]
pub(crate) struct DiaArgs {
    /// Fecha a procesar (YYYY-MM-DD)
    #[arg(short, long, value_parser = fecha, required = true)]
    pub(crate) fecha: Option<Fecha>,

    /// Ruta de los datos de entrada: directorio con fecha=YYYY-MM-DD/, o archivo plano (local, s3://, gs:// o az://)
    #[arg(short, long, value_name = "RUTA", required = true)]
    pub(crate) entrada: Option<String>,

    /// Ruta de la tabla Delta de métricas; la cuarentena y los productos quedan a su lado
    #[arg(short, long, value_name = "RUTA", required = true)]
    pub(crate) salida: Option<String>,

    #[command(flatten)]
    pub(crate) modo: Modo,
}

/// From where to where, and how.
#[derive(clap::Args, Debug, Clone)]
#[command(next_help_heading = "Opciones")]
pub(crate) struct Lugares {
    /// Ruta de los datos de entrada: directorio con fecha=YYYY-MM-DD/, o archivo plano (local, s3://, gs:// o az://)
    #[arg(short, long, value_name = "RUTA")]
    pub(crate) entrada: String,

    /// Ruta de la tabla Delta de métricas; la cuarentena y los productos quedan a su lado
    #[arg(short, long, value_name = "RUTA")]
    pub(crate) salida: String,

    #[command(flatten)]
    pub(crate) modo: Modo,
}

/// How a day is processed.
#[derive(clap::Args, Debug, Clone)]
#[command(next_help_heading = "Opciones")]
pub(crate) struct Modo {
    /// Zona horaria cuya medianoche separa los días (por defecto UTC)
    #[arg(long, value_name = "ZONA", value_parser = zona, default_value = "UTC", hide_default_value = true)]
    pub(crate) zona: Zona,

    /// Procesa el día aunque haya archivos ilegibles: los deja fuera, los nombra y sale con 3
    #[arg(long)]
    pub(crate) tolerante: bool,

    /// Espera a que cada escritura esté en el disco: sobrevive a un corte de luz (tablas locales)
    #[arg(long)]
    pub(crate) duradero: bool,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Orden {
    /// Genera una semana de eventos, la procesa, la consulta y deja un informe
    #[command(help_template = PLANTILLA, override_usage = "analytics-ecommerce demo [OPCIONES]")]
    Demo(DemoArgs),
    /// Genera eventos de una tienda inventada, siempre los mismos para la misma semilla
    #[command(help_template = PLANTILLA, override_usage = "analytics-ecommerce generar --salida <DIR> [OPCIONES]")]
    Generar(GenerarArgs),
    /// Convierte un registro de compras público al modelo de eventos
    #[command(help_template = PLANTILLA, override_usage = "analytics-ecommerce importar <FUENTE> --archivo <ARCHIVO> --salida <DIR>")]
    Importar(ImportarArgs),
    /// Procesa todos los días de un intervalo, varios a la vez; si se corta, sigue donde estaba
    #[command(help_template = PLANTILLA, override_usage = "analytics-ecommerce rango --desde <FECHA> --hasta <FECHA> -e <RUTA> -s <RUTA> [OPCIONES]")]
    Rango(RangoArgs),
    /// Responde una consulta SQL de solo lectura sobre las tablas
    #[command(help_template = PLANTILLA, override_usage = "analytics-ecommerce consultar <SQL> --tabla <RUTA> [OPCIONES]")]
    Consultar(ConsultarArgs),
    /// Lista las versiones de la tabla
    #[command(help_template = PLANTILLA, override_usage = "analytics-ecommerce historia --tabla <RUTA> [OPCIONES]")]
    Historia(HistoriaArgs),
    /// Compacta y limpia las tablas; sin --ejecutar solo dice qué haría
    #[command(help_template = PLANTILLA, override_usage = "analytics-ecommerce mantener --tabla <RUTA> [OPCIONES]")]
    Mantener(MantenerArgs),
    /// Escribe un informe HTML que se abre sin conexión
    #[command(help_template = PLANTILLA, override_usage = "analytics-ecommerce reporte --tabla <RUTA> --salida <ARCHIVO>")]
    Reporte(ReporteArgs),
}

#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Opciones")]
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
#[command(next_help_heading = "Opciones")]
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
#[command(next_help_heading = "Opciones")]
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
#[command(next_help_heading = "Opciones")]
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
#[command(next_help_heading = "Opciones")]
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
#[command(next_help_heading = "Opciones")]
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
#[command(next_help_heading = "Opciones")]
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
#[command(next_help_heading = "Opciones")]
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

fn fecha(text: &str) -> Result<Fecha, String> {
    text.parse()
        .map_err(|_| "no es una fecha del calendario con la forma YYYY-MM-DD".to_owned())
}

fn zona(text: &str) -> Result<Zona, String> {
    text.parse()
        .map_err(|_| "no es una zona horaria IANA, como Europe/Madrid o UTC".to_owned())
}

fn instante(text: &str) -> Result<i64, String> {
    ecommerce_model::parse_instant_micros(text)
        .ok_or_else(|| "no es un instante RFC 3339, como 2024-01-15T12:00:00Z".to_owned())
}

fn dias(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|d: &f64| (0.0..=36_500.0).contains(d))
        .ok_or_else(|| "no es un número de días entre 0 y 36500".to_owned())
}

fn opcion(text: &str) -> Result<(String, String), String> {
    let (k, v) = text
        .split_once('=')
        .ok_or_else(|| "debe tener la forma clave=valor".to_owned())?;
    Ok((k.trim().to_owned(), v.to_owned()))
}
