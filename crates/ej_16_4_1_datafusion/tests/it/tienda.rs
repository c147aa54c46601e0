//! The shop's files and sessions that several modules ask.

use ecommerce_model::Fecha;
use ecommerce_testkit::temp::{self, TempDir};
use ej_16_4_1_datafusion::{Engine, Layout, RegionRevenue, Settings, Shop};
use std::collections::BTreeMap;

/// Enough for several row groups of several pages.
pub(crate) const VENTAS: u64 = 20_000;

pub(crate) fn tienda() -> Shop {
    Shop::new(42, VENTAS).unwrap()
}

pub(crate) fn fecha(texto: &str) -> Fecha {
    texto.parse().unwrap()
}

/// Small groups and pages, so that there is something to leave out: 10 row groups of 4 pages.
pub(crate) fn en_trozos() -> Layout {
    Layout {
        group_rows: 2_000,
        page_rows: 500,
        ..Layout::default()
    }
}

/// A directory with `ventas.parquet` and `clientes.parquet`.
pub(crate) fn archivos(tienda: &Shop, layout: Layout) -> TempDir {
    let dir = temp::dir().unwrap();
    tienda
        .write_sales(&dir.path().join("ventas.parquet"), layout)
        .unwrap();
    tienda
        .write_customers(&dir.path().join("clientes.parquet"))
        .unwrap();
    dir
}

/// A session over both files.
pub(crate) async fn sesion(dir: &TempDir, ajustes: &Settings) -> Engine {
    let engine = Engine::new(ajustes).unwrap();
    for tabla in ["ventas", "clientes"] {
        let ruta = dir.path().join(format!("{tabla}.parquet"));
        engine.register_file(tabla, &ruta).await.unwrap();
    }
    engine
}

/// Settings by their names without the first word.
pub(crate) fn con(ajustes: &[(&str, &str)]) -> Settings {
    ajustes
        .iter()
        .fold(Settings::default(), |todos, (clave, valor)| {
            todos.with(&format!("datafusion.{clave}"), valor)
        })
}

/// The answer by region: cents, buyers, and the mean in cents.
pub(crate) fn por_region(filas: &[RegionRevenue]) -> BTreeMap<Option<String>, (i64, i64, i64)> {
    let centavos = |monto: f64| (monto * 100.0).round() as i64;
    filas
        .iter()
        .map(|fila| {
            let cifras = (
                centavos(fila.revenue),
                fila.usuarios_unicos,
                centavos(fila.ticket_promedio),
            );
            (fila.region.clone(), cifras)
        })
        .collect()
}

/// The same from the loop over whole cents.
pub(crate) fn esperado(tienda: &Shop, desde: Fecha) -> BTreeMap<Option<String>, (i64, i64, i64)> {
    tienda
        .expected(desde)
        .into_iter()
        .map(|(region, cifras)| {
            let media = i64::try_from(cifras.mean_cents().unwrap()).unwrap();
            (region, (cifras.cents, cifras.customers, media))
        })
        .collect()
}
