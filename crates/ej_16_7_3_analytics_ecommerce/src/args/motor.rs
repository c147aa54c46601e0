//! Who adds up the day.

use clap::ValueEnum;
use std::path::PathBuf;

/// The engine of the metrics, and where it is.
#[derive(clap::Args, Debug, Clone, Default)]
pub(crate) struct MotorArgs {
    /// Quién suma las filas aceptadas: local (este proceso), ballista o distribuido (un cluster)
    #[arg(long, value_enum, value_name = "MOTOR", default_value_t = Motor::Local, hide_default_value = true, hide_possible_values = true)]
    pub(crate) motor: Motor,

    /// Planificador del cluster, df://HOST:PUERTO: lo dice `ecommerce-cluster levantar` al arrancar
    #[arg(long, value_name = "URL", required_if_eq_any = [("motor", "ballista"), ("motor", "distribuido")])]
    pub(crate) planificador: Option<String>,

    /// Directorio que ven también los ejecutores, donde se les dejan las filas (por defecto, el temporal)
    #[arg(long, value_name = "DIR")]
    pub(crate) intermedio: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Motor {
    #[default]
    Local,
    Ballista,
    Distribuido,
}
