//! The form of the steps. As in [`model`](super::model), the comments are Spanish because the editor shows them.

use super::model::{Escalar, Expresion};
use super::place::{Lista, Mapa, Sitio};
use schemars::JsonSchema;
use serde::Deserialize;

/// Un paso: una sola clave, que dice cuál.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Paso {
    /// Las filas para las que la condición SQL es verdadera: `monto > 0 AND region <> 'sur'`.
    Filtrar(#[schemars(with = "Escalar")] Expresion),
    /// Columnas nuevas o cambiadas: `nombre: expresión SQL`. Todas ven las columnas de antes del paso.
    Derivar(#[schemars(with = "Mapa<Escalar>")] Mapa<Expresion>),
    /// `viejo: nuevo`.
    Renombrar(Mapa<Sitio<String>>),
    /// `columna: tipo`; lo que no se pueda convertir es un error.
    Convertir(Mapa<Sitio<Convertir>>),
    /// Una fila por grupo.
    Agrupar(Agrupar),
    /// Columnas por las que ordenar; un guion delante es de mayor a menor: `[region, -revenue]`.
    Ordenar(Lista),
    /// Una unión con otra entrada.
    Unir(Unir),
    /// Una fila por cada combinación distinta.
    Deduplicar(Deduplicar),
    /// Una muestra al azar que con la misma semilla es siempre la misma.
    Muestrear(Sitio<Muestrear>),
    /// Las columnas que quedan, en este orden.
    Seleccionar(Lista),
    /// Como mucho estas filas.
    Limitar(Sitio<Limitar>),
    /// Una consulta SELECT; lo que llega es la tabla `actual`, y las entradas, tablas con su nombre.
    Sql(Sitio<String>),
}

/// El tipo de destino, o tipo y formato.
#[derive(Debug, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Convertir {
    /// texto, entero, flotante, decimal(p,e), booleano, fecha o fecha_hora.
    Tipo(String),
    Detalle(Conversion),
}

/// Un tipo y cómo está escrito.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Conversion {
    /// texto, entero, flotante, decimal(p,e), booleano, fecha o fecha_hora.
    pub(crate) tipo: String,
    /// Cómo están escritas las fechas: `%d/%m/%Y`.
    pub(crate) formato: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Agrupar {
    /// Las columnas que forman el grupo; sin ellas, el total es una fila.
    #[serde(default)]
    pub(crate) por: Lista,
    /// `nombre: agregación SQL`: SUM, AVG, MIN, MAX, COUNT(*), COUNT(DISTINCT x)…
    #[schemars(with = "Mapa<Escalar>")]
    pub(crate) calcular: Mapa<Expresion>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unir {
    /// La entrada con la que se une.
    pub(crate) con: Sitio<String>,
    /// Las columnas que deben coincidir, si se llaman igual en las dos.
    #[serde(default)]
    pub(crate) por: Lista,
    /// Las de lo que llega, si se llaman distinto…
    #[serde(default)]
    pub(crate) izquierda: Lista,
    /// …y las de la otra entrada, en el mismo orden.
    #[serde(default)]
    pub(crate) derecha: Lista,
    #[serde(default)]
    pub(crate) tipo: TipoUnion,
    /// Lo que se añade a las columnas repetidas de la otra entrada. Por defecto, `_` y su nombre.
    #[serde(default)]
    pub(crate) sufijo: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TipoUnion {
    /// Las filas con pareja.
    #[default]
    Interior,
    /// Todas las de lo que llega.
    Izquierda,
    /// Todas las de las dos.
    Completa,
    /// Las de lo que llega que tienen pareja, sin columnas nuevas.
    Semi,
    /// Las de lo que llega que no la tienen.
    Anti,
    /// Todas con todas.
    Cruzada,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deduplicar {
    /// Las columnas que se comparan; sin ellas, todas.
    #[serde(default)]
    pub(crate) por: Lista,
    #[serde(default)]
    pub(crate) conservar: Conservar,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Conservar {
    /// La primera de las repetidas.
    #[default]
    Primera,
    /// La última.
    Ultima,
    /// Ninguna de las repetidas.
    Ninguna,
    /// Cualquiera, sin guardar el orden: lo que menos memoria pide.
    Cualquiera,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Muestrear {
    /// Cuántas filas, exactamente (o todas, si hay menos).
    #[serde(default)]
    pub(crate) filas: Option<u32>,
    /// Qué parte, entre 0 y 1: cada fila cae dentro con esa probabilidad.
    #[serde(default)]
    pub(crate) fraccion: Option<f64>,
    /// Otra semilla es otra muestra.
    #[serde(default)]
    pub(crate) semilla: u64,
}

/// Cuántas filas, o desde cuál.
#[derive(Debug, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Limitar {
    Filas(u32),
    Tramo {
        /// Cuántas filas.
        filas: u32,
        /// Cuántas se saltan antes.
        #[serde(default)]
        saltar: u32,
    },
}
