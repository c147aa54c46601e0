//! The command line.

use clap::{Parser, Subcommand};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Ejemplos:
  transforma ventas.yaml
  transforma ventas.yaml --parametro desde=2024-01-01 --parametro minimo=100
  transforma ventas.yaml --en-seco          # comprueba todo y no escribe nada
  transforma ventas.yaml --plan             # lo que hará el motor, ya optimizado
  transforma esquema > transforma.schema.json

Una tubería:
  entradas:
    ventas: { ruta: \"ventas/*.csv\", csv: { separador: \";\", coma_decimal: true } }
    clientes: { ruta: s3://tienda/clientes.parquet }
  desde: ventas
  pasos:
    - filtrar: monto > 0
    - unir: { con: clientes, por: cliente_id, tipo: izquierda }
    - agrupar: { por: region, calcular: { revenue: SUM(monto), ventas: COUNT(*) } }
    - ordenar: -revenue
  salida: { ruta: revenue.parquet }

Pasos: filtrar · derivar · renombrar · convertir · agrupar · ordenar · unir · deduplicar · muestrear ·
seleccionar · limitar · sql. Las rutas son relativas al directorio del YAML. S3: AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_REGION y, si no es el de Amazon, AWS_ENDPOINT_URL.

Códigos de salida: 0 hecho · 2 uso o YAML · 3 la entrada no se puede leer o no es lo que el YAML pide ·
5 almacenamiento · 6 sin disco, memoria o archivos abiertos · 130 interrumpido";

/// Transforma Parquet y CSV como dice un YAML, sin instalar Python, R ni Java.
#[derive(Parser, Debug)]
#[command(
    name = "transforma",
    version,
    after_help = EXAMPLES,
    override_usage = "transforma <TUBERIA> [OPCIONES]\n     transforma esquema",
    args_conflicts_with_subcommands = true
)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) order: Option<Order>,

    #[command(flatten)]
    pub(crate) run: RunArgs,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Order {
    /// Imprime el JSON Schema del YAML, para que el editor complete y avise
    Esquema,
}

/// A run. Values of parameters may be secrets: they are not shown.
#[derive(clap::Args, Clone)]
pub(crate) struct RunArgs {
    /// El archivo YAML
    #[arg(value_name = "TUBERIA")]
    pub(crate) tuberia: Option<PathBuf>,

    /// Da valor a un parámetro que la tubería declara; puede repetirse
    #[arg(short = 'p', long = "parametro", value_name = "CLAVE=VALOR", value_parser = pair)]
    pub(crate) parametros: Vec<(String, String)>,

    /// El directorio del que parten las rutas, en lugar del de la tubería
    #[arg(long, value_name = "DIR")]
    pub(crate) base: Option<PathBuf>,

    /// Imprime el plan optimizado y no ejecuta nada
    #[arg(long, conflicts_with = "en_seco")]
    pub(crate) plan: bool,

    /// Comprueba todo leyendo solo esquemas, imprime las columnas del resultado y no escribe nada
    #[arg(long)]
    pub(crate) en_seco: bool,

    /// Un resumen en JSON por la salida estándar, para otros programas
    #[arg(long)]
    pub(crate) json: bool,

    /// Sin progreso ni resumen; los errores se dicen igual
    #[arg(long)]
    pub(crate) silencioso: bool,
}

impl std::fmt::Debug for RunArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.parametros.iter().map(|(k, _)| k.as_str()).collect();
        f.debug_struct("RunArgs")
            .field("tuberia", &self.tuberia)
            .field("parametros", &names)
            .finish_non_exhaustive()
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("se espera clave=valor".to_owned()),
    }
}
