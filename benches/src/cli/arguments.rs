//! What can be asked of `duelo`.

use super::tpch::{TpchArguments, TpchReportArguments};
use crate::chart;
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Ejemplos:
  duelo etl --filas 1000000 --json resultado.json
  duelo etl --filas 1000000,10000000 --contendientes rust,polars-python --json crecimiento.json
  duelo grafico crecimiento.json --salida memoria.svg --tipo memoria
  duelo revenue --filas 1000000,10000000 --json revenue.json
  duelo crecimiento revenue.json --md revenue.md --svg revenue.svg
  duelo motores --filas 23000000 --limite-mb 1024 --json apretado.json
  duelo limites apretado.json holgado.json --md motores.md --svg motores.svg
  duelo final --filas 1000000,10000000 --json final.json
  duelo informe-final final.json final-usuario.json final-s3.json --md final.md --html final.html
  duelo tpch --escalas 0.1,1 --ajustes 1 --json tpch.json --md tpch.md --svg tpch.svg
  duelo binario --json binario.json
  duelo lista";

/// Procesos enteros frente a frente: intercalados, comprobados, con su tiempo, su CPU y su memoria.
#[derive(Parser, Debug)]
#[command(name = "duelo", after_help = EXAMPLES, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub(super) order: Option<Subcommands>,
    #[command(flatten)]
    pub(super) race: Option<RaceArguments>,
}

#[derive(Subcommand, Debug)]
pub(super) enum Subcommands {
    /// Dibuja un resultado en SVG
    Grafico(ChartArguments),
    /// Tabla, gráfico y veredictos de un resultado con procesos en frío y en caliente
    Crecimiento(ReportArguments),
    /// Tabla, gráfico y cifras de un resultado de `motores`, con uno o varios límites de memoria
    Limites(ReportArguments),
    /// Tablas, gráficos, objetivos y página de los duelos `final` y `final-usuario`, en disco y en S3
    InformeFinal(ClosingArguments),
    /// Las 22 consultas de TPC-H en DataFusion, DuckDB y Polars, por consulta
    Tpch(TpchArguments),
    /// Tablas y gráfico de un resultado de `duelo tpch`
    TpchInforme(TpchReportArguments),
    /// Mide lo que se nota del binario: --help, un día pequeño, el generador frente a tpchgen-cli
    Binario(BinaryArguments),
    /// Los trabajos y sus contendientes, con lo que falta para cada uno
    Lista,
    /// Mide un solo proceso: lo que el duelo usa por dentro
    #[command(hide = true)]
    Medir(MeasureArguments),
}

#[derive(Args, Debug)]
pub(super) struct RaceArguments {
    /// Trabajo: véase `duelo lista`
    pub(super) trabajo: String,
    /// Filas de la entrada; varias, separadas por comas, dan un resultado cada una
    #[arg(long, value_delimiter = ',', required_unless_present = "entrada")]
    pub(super) filas: Vec<u64>,
    /// Contendientes, separados por comas; todos si falta
    #[arg(long, value_delimiter = ',')]
    pub(super) contendientes: Vec<String>,
    /// Archivo del resultado
    #[arg(long, value_name = "F")]
    pub(super) json: Option<PathBuf>,
    /// Corridas que cuentan
    #[arg(long, default_value_t = 5)]
    pub(super) corridas: usize,
    /// Corridas previas que no cuentan
    #[arg(long, default_value_t = 1)]
    pub(super) calentamiento: usize,
    /// Una entrada ya hecha, con fecha=…/, en lugar de la generada
    #[arg(long, value_name = "DIR", conflicts_with = "filas")]
    pub(super) entrada: Option<PathBuf>,
    /// Sirve la entrada desde un servidor S3 de esta máquina; la respuesta sigue yendo al disco
    #[arg(long)]
    pub(super) s3: bool,
    /// Núcleos para cada contendiente; todos si falta
    #[arg(long)]
    pub(super) hilos: Option<usize>,
    /// Contendiente que corre dos veces por ronda; el primero si falta
    #[arg(long, value_name = "NOMBRE")]
    pub(super) aa: Option<String>,
    /// Segundos tras los que se abandona una corrida
    #[arg(long, default_value_t = 1800.0, value_name = "S")]
    pub(super) limite_s: f64,
    /// Memoria en MB a la que se mata a un contendiente; nueve décimos de la que hay libre al empezar si falta
    #[arg(long, value_name = "MB")]
    pub(super) limite_mb: Option<u64>,
    /// Consultas de cada proceso en caliente, donde el trabajo las tiene; 1 las quita
    #[arg(long, value_name = "N")]
    pub(super) consultas: Option<usize>,
    /// Procesos en caliente por contendiente
    #[arg(long, value_name = "N")]
    pub(super) procesos: Option<usize>,
    /// Contendientes cuyo trabajo se cronometra también por partes, donde las tiene; todos si falta
    #[arg(long, value_name = "CONTENDIENTES", value_delimiter = ',')]
    pub(super) partes: Vec<String>,
    /// Binario analytics-ecommerce, o carpeta de los binarios; si falta, lo que dejen `cargo xtask dist` o target/release
    #[arg(long, value_name = "RUTA")]
    pub(super) binario: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct ReportArguments {
    /// Resultados de un duelo: `revenue` con varios tamaños, o `motores` con varios límites
    #[arg(required = true)]
    pub(super) archivos: Vec<PathBuf>,
    /// Tabla y veredictos en Markdown
    #[arg(long, value_name = "F")]
    pub(super) md: Option<PathBuf>,
    /// Gráfico del tiempo
    #[arg(long, value_name = "F")]
    pub(super) svg: Option<PathBuf>,
    /// Cada cifra con su nombre, en JSON
    #[arg(long, value_name = "F")]
    pub(super) cifras: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct ClosingArguments {
    #[command(flatten)]
    pub(super) report: ReportArguments,
    /// Página para el navegador, con los gráficos dentro
    #[arg(long, value_name = "F")]
    pub(super) html: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct ChartArguments {
    /// Resultado de un duelo
    pub(super) archivo: PathBuf,
    /// Archivo SVG
    #[arg(long)]
    pub(super) salida: PathBuf,
    /// Barras de tiempo por contendiente; líneas de memoria por filas; o de tiempo, en frío y en caliente
    #[arg(long, value_enum, default_value_t = chart::Kind::Tiempos)]
    pub(super) tipo: chart::Kind,
}

#[derive(Args, Debug)]
pub(super) struct BinaryArguments {
    /// Archivo del resultado
    #[arg(long, value_name = "F")]
    pub(super) json: Option<PathBuf>,
    /// Eventos que se generan en cada corrida del generador
    #[arg(long, default_value_t = 10_000_000)]
    pub(super) filas: u64,
    /// Binario analytics-ecommerce; si falta, el de `cargo xtask dist` o target/release
    #[arg(long, value_name = "RUTA")]
    pub(super) binario: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct MeasureArguments {
    #[arg(long)]
    pub(super) stdout: PathBuf,
    #[arg(long)]
    pub(super) stderr: PathBuf,
    #[arg(long)]
    pub(super) limite_s: f64,
    #[arg(long)]
    pub(super) hilos: Option<usize>,
    #[arg(long)]
    pub(super) limite_kb: Option<u64>,
    #[arg(last = true, required = true)]
    pub(super) comando: Vec<OsString>,
}
