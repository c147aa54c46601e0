//! The report of `analytics-ecommerce reporte`: one HTML file, in Spanish, with charts and tables, that opens offline.
//!
//! The page carries its own style and its charts as inline SVG; a `Content-Security-Policy` of `default-src 'none'`
//! in its head makes a request to anywhere impossible, so what is mailed or archived is all there is.
//!
//! Numbers in cells, cards and tooltips come from integers (cents, counts) and are exact; floating point only places ink.
//!
//! The SVG is written here through `maud` and not by a chart library because the ones that need neither fonts nor a
//! browser do not fit a report of money in Spanish: `charts-rs` 2.3 holds values as `f32` (seven digits) and writes
//! English thousands, and `plotters` 0.3 has no tooltips, classes or accessible names, and no colours that follow the
//! reader's scheme.

mod dias;
mod ejes;
mod embudo;
mod estilo;
mod formato;
mod pagina;
mod regiones;
mod resumen;
mod semanas;
mod series;
mod suma;
mod tablas;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_html;
mod titulares;

use jiff::{Timestamp, civil::Date};

/// Everything the report shows, already read from the tables.
///
/// Rows may come in any order; rows of the same day and region are added up.
#[derive(Clone, Debug, Default)]
pub struct DatosInforme {
    /// Heading of the page and of the browser tab.
    pub titulo: String,
    /// When the report was made; shown in UTC.
    pub generado: Timestamp,
    /// The tables read, with the version that was read.
    pub tablas: Vec<TablaLeida>,
    /// Latest `_procesado_en` among the metrics, if known.
    pub ultimo_proceso: Option<Timestamp>,
    /// The distinct `_version_pipeline` among the metrics.
    pub versiones_pipeline: Vec<String>,
    /// Rows of `metricas_diarias`.
    pub dias: Vec<DiaRegion>,
    /// Sales of the whole period by product, **all** products: the report checks that they add up to the metrics.
    /// Leave it empty if the table could not be read.
    pub productos: Vec<ProductoVendido>,
    /// Quarantined rows of the whole period by reason.
    pub cuarentena: Vec<MotivoCuarentena>,
}

/// A table as the report read it.
#[derive(Clone, Debug, Default)]
pub struct TablaLeida {
    /// SQL name, such as `metricas_diarias`.
    pub nombre: String,
    /// Path or URL, without credentials.
    pub ruta: String,
    /// Delta version read; `None` if the table does not exist.
    pub version: Option<u64>,
}

/// One row of `metricas_diarias`.
///
/// # Units
/// Money in cents; the rest are counts. `usuarios_unicos` and `visitantes` are distinct people of this day in this region;
/// `usuarios_unicos_dia` are the distinct buyers of the whole day, repeated in each of its rows.
#[derive(Clone, Debug, Default)]
pub struct DiaRegion {
    /// Civil day in the zone the pipeline ran with.
    pub fecha: Date,
    /// Region, as stored.
    pub region: String,
    /// Sum of sales.
    pub revenue_centavos: i128,
    /// Sum of the sales above 1 000.
    pub revenue_premium_centavos: i128,
    /// Number of sales.
    pub transacciones: i64,
    /// Number of sales above 1 000.
    pub transacciones_premium: i64,
    /// Distinct buyers of the day in the region.
    pub usuarios_unicos: i64,
    /// Distinct visitors of the day in the region.
    pub visitantes: i64,
    /// Click events.
    pub clicks: i64,
    /// Add-to-cart events.
    pub carritos: i64,
    /// Distinct buyers of the whole day, the same in all its rows.
    pub usuarios_unicos_dia: i64,
}

/// Sales of one product over the whole period.
#[derive(Clone, Debug, Default)]
pub struct ProductoVendido {
    /// `None` for the purchases that name no product.
    pub producto_id: Option<String>,
    /// Sum of sales, in cents.
    pub revenue_centavos: i128,
    /// Number of sales.
    pub transacciones: i64,
}

/// Rows set aside for one reason over the whole period.
#[derive(Clone, Debug, Default)]
pub struct MotivoCuarentena {
    /// The reason's text in the table, such as `falta_region`.
    pub motivo: String,
    /// How many rows.
    pub filas: i64,
}

/// The report as one self-contained HTML document.
///
/// Never fails: without metrics it is a page that says so. Text from the data is escaped, isolated for bidirectional
/// scripts, stripped of control characters and shortened.
///
/// # Cost
/// Linear in the rows plus the days of the period. The document is bounded: past about 120 days the charts group by
/// week, month or year, regions past the eighth are drawn as one, and tables fold their tail into one row.
pub fn informe_html(datos: &DatosInforme) -> String {
    pagina::pagina(datos).into_string()
}
