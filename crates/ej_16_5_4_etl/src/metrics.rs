//! What a run says of itself: the guide's dictionary, with the keys that an unattended job needs.

use serde::Serialize;
use std::collections::BTreeMap;

/// What became of a day.
///
/// `filas_leidas = filas_filtradas + filas_otros_dias + filas_validas + Σ motivos`, always.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Metricas {
    /// The day.
    pub fecha: String,
    /// Rows of the result: what the guide counts under this name.
    pub filas_procesadas: u64,
    /// Rows read.
    pub filas_leidas: u64,
    /// Rows without an amount above zero, which the guide's filter leaves out.
    pub filas_filtradas: u64,
    /// Sales that count.
    pub filas_validas: u64,
    /// Sales of other days in files that hold several.
    pub filas_otros_dias: u64,
    /// Sales left out, by reason.
    pub motivos: BTreeMap<String, u64>,
    /// Of those left out as `fecha_fuera_de_la_particion`, how many by the day they belong to: what to move and run again.
    pub de_otra_fecha: BTreeMap<String, u64>,
    /// Revenue of the day; a text, so that no cent is lost.
    pub revenue: String,
    /// Files read.
    pub archivos: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Columns that nobody knows, by file; they were not read.
    pub columnas_ignoradas: BTreeMap<String, Vec<String>>,
    /// The table's version that has the day.
    pub version_tabla: u64,
    /// Commits tried, one unless other writers came first.
    pub intentos: u32,
    /// Name of the run, stored in its commit.
    pub ejecucion: String,
    /// Seconds from the first look at the table to the commit.
    pub segundos: f64,
}
