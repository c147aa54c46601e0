//! The command line, in the guide's words.

#[cfg(feature = "cluster")]
mod motor;
mod orders;
mod values;

use clap::{Parser, Subcommand};
use ecommerce_model::{Fecha, Zona};
#[cfg(feature = "cluster")]
pub(crate) use motor::{Motor, MotorArgs};
pub(crate) use orders::{
    ConsultarArgs, DemoArgs, Formato, FormatoArchivo, Fuente, GenerarArgs, HistoriaArgs,
    ImportarArgs, MantenerArgs, RangoArgs, ReporteArgs,
};
use values::{fecha, opcion, zona};

const ENTRADA: &str = "Ruta de los datos de entrada: directorio con fecha=YYYY-MM-DD/, o archivo plano (local, s3://, gs:// o az://)";
const SALIDA: &str =
    "Ruta de la tabla Delta de métricas; la cuarentena y los productos quedan a su lado";

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
    after_help = EJEMPLOS,
    override_usage = "analytics-ecommerce --fecha <FECHA> --entrada <RUTA> --salida <RUTA> [OPCIONES]\n     analytics-ecommerce <ORDEN> [OPCIONES]",
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    arg_required_else_help = true
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
pub(crate) struct DiaArgs {
    /// Fecha a procesar (YYYY-MM-DD)
    #[arg(short, long, value_parser = fecha, required = true)]
    pub(crate) fecha: Option<Fecha>,

    #[arg(short, long, help = ENTRADA, value_name = "RUTA", required = true)]
    pub(crate) entrada: Option<String>,

    #[arg(short, long, help = SALIDA, value_name = "RUTA", required = true)]
    pub(crate) salida: Option<String>,

    #[command(flatten)]
    pub(crate) modo: Modo,
}

/// From where to where, and how.
#[derive(clap::Args, Debug, Clone)]
pub(crate) struct Lugares {
    #[arg(short, long, help = ENTRADA, value_name = "RUTA")]
    pub(crate) entrada: String,

    #[arg(short, long, help = SALIDA, value_name = "RUTA")]
    pub(crate) salida: String,

    #[command(flatten)]
    pub(crate) modo: Modo,
}

/// How a day is processed.
#[derive(clap::Args, Debug, Clone)]
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

    #[cfg(feature = "cluster")]
    #[command(flatten)]
    pub(crate) motor: MotorArgs,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Orden {
    /// Genera una semana de eventos, la procesa, la consulta y deja un informe
    Demo(DemoArgs),
    /// Genera eventos de una tienda inventada, siempre los mismos para la misma semilla
    Generar(GenerarArgs),
    /// Convierte un registro de compras público al modelo de eventos
    Importar(ImportarArgs),
    /// Procesa todos los días de un intervalo, varios a la vez; si se corta, sigue donde estaba
    Rango(RangoArgs),
    /// Responde una consulta SQL de solo lectura sobre las tablas
    Consultar(ConsultarArgs),
    /// Lista las versiones de la tabla
    Historia(HistoriaArgs),
    /// Compacta y limpia las tablas; sin --ejecutar solo dice qué haría
    Mantener(MantenerArgs),
    /// Escribe un informe HTML que se abre sin conexión
    Reporte(ReporteArgs),
}
