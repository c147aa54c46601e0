//! The form of a pipeline. The comments on fields and steps are Spanish because `transforma esquema` prints them: they are
//! what the reader's editor shows.

use super::place::{Lista, Mapa, Sitio};
use super::steps::Paso;
use schemars::JsonSchema;
use serde::Deserialize;

/// Una tubería: de dónde se lee, qué se hace y dónde se escribe.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Tubería de transforma")]
pub struct Tuberia {
    /// Para quien la lea; el programa no la usa.
    #[serde(default, rename = "descripcion")]
    pub(crate) _descripcion: Option<String>,
    /// Valores con tipo que las expresiones usan como `:nombre` y las rutas como `{nombre}`.
    #[serde(default)]
    pub(crate) parametros: Mapa<Sitio<Parametro>>,
    /// Las tablas que se leen o se derivan de otras, por nombre.
    pub(crate) entradas: Mapa<Sitio<Entrada>>,
    /// La entrada con la que empiezan los pasos; se puede omitir si solo hay una.
    #[serde(default)]
    pub(crate) desde: Option<Sitio<String>>,
    /// Lo que se hace, en orden. Cada paso es una sola clave.
    #[serde(default)]
    pub(crate) pasos: Vec<Sitio<Paso>>,
    /// Dónde y cómo se escribe el resultado.
    pub(crate) salida: Sitio<Salida>,
}

/// Un parámetro: su valor llega con `--parametro nombre=valor`, de una variable de entorno, o es el escrito aquí.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parametro {
    /// texto, entero, flotante, booleano, fecha o fecha_hora.
    #[schemars(extend("enum" = ["texto", "entero", "flotante", "booleano", "fecha", "fecha_hora"]))]
    pub(crate) tipo: Sitio<String>,
    /// El valor si no se da otro.
    #[serde(default)]
    #[schemars(with = "Option<Escalar>")]
    pub(crate) valor: Option<Sitio<String>>,
    /// La variable de entorno de la que se toma si no se da con `--parametro`.
    #[serde(default)]
    pub(crate) entorno: Option<Sitio<String>>,
}

/// Texto, número o booleano, escrito como sea cómodo en YAML.
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only its schema is used")]
pub(crate) enum Escalar {
    Texto(String),
    Numero(f64),
    Booleano(bool),
}

/// Una expresión en SQL, o un literal.
pub(crate) type Expresion = Sitio<String>;

/// Una entrada: o un archivo (`ruta`), o lo que otra entrada da (`desde`), con pasos propios si hace falta.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entrada {
    /// Archivo, directorio, comodín (`*`, `?`, `**`) o `s3://…`; relativa al directorio del YAML.
    #[serde(default)]
    pub(crate) ruta: Option<Sitio<String>>,
    /// Otra entrada de la que partir.
    #[serde(default)]
    pub(crate) desde: Option<Sitio<String>>,
    /// Si la extensión no lo dice.
    #[serde(default)]
    pub(crate) formato: Option<Formato>,
    /// El dialecto del CSV.
    #[serde(default)]
    pub(crate) csv: Option<Sitio<CsvLectura>>,
    /// Las carpetas `clave=valor` de la ruta son columnas (solo Parquet).
    #[serde(default)]
    pub(crate) particiones: bool,
    /// Añade una columna con el archivo del que viene cada fila.
    #[serde(default)]
    pub(crate) columna_archivo: Option<Sitio<String>>,
    /// Lo que se hace con esta entrada antes de usarla.
    #[serde(default)]
    pub(crate) pasos: Vec<Sitio<Paso>>,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Formato {
    Parquet,
    Csv,
}

/// Cómo está escrito un CSV.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CsvLectura {
    /// Un carácter ASCII; «tab» vale. Por defecto, la coma.
    #[serde(default)]
    pub(crate) separador: Option<Sitio<String>>,
    /// Un carácter ASCII, o «ninguna». Por defecto, la doble.
    #[serde(default)]
    pub(crate) comillas: Option<Sitio<String>>,
    /// Los números llevan coma decimal (1234,56).
    #[serde(default)]
    pub(crate) coma_decimal: bool,
    /// La primera línea nombra las columnas. Por defecto, sí; sin cabecera se llaman column_1, column_2…
    #[serde(default)]
    pub(crate) cabecera: Option<bool>,
    /// Textos que significan «sin valor», además del campo vacío.
    #[serde(default)]
    pub(crate) nulos: Lista,
    /// Las líneas que empiezan así no cuentan.
    #[serde(default)]
    pub(crate) comentario: Option<Sitio<String>>,
    /// utf-8 (lo que no lo sea es un error) o permisiva (lo sustituye por �). Para otra: iconv antes.
    #[serde(default)]
    pub(crate) codificacion: Codificacion,
    /// Líneas que se saltan antes de la cabecera.
    #[serde(default)]
    pub(crate) saltar: usize,
    /// Filas de las que se deduce el tipo de las columnas sin tipo declarado. Por defecto, 1000.
    #[serde(default)]
    pub(crate) inferir_filas: Option<usize>,
    /// Reconocer fechas y fechas con hora (AAAA-MM-DD y DD/MM/AAAA). Por defecto, sí.
    #[serde(default)]
    pub(crate) fechas: Option<bool>,
    /// El tipo de las columnas que se quieran fijar.
    #[serde(default)]
    pub(crate) columnas: Mapa<Sitio<String>>,
    /// Qué hacer con una línea de más o menos campos que la cabecera: error, o rellenar y recortar.
    #[serde(default)]
    pub(crate) lineas_desiguales: Desiguales,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
pub(crate) enum Codificacion {
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "permisiva")]
    Permisiva,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Desiguales {
    #[default]
    Error,
    Permitir,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Salida {
    /// Archivo, directorio si hay particiones, o `s3://…`; relativa al directorio del YAML.
    pub(crate) ruta: Sitio<String>,
    /// Si la extensión no lo dice.
    #[serde(default)]
    pub(crate) formato: Option<Formato>,
    /// Solo Parquet; por defecto, zstd.
    #[serde(default)]
    pub(crate) compresion: Option<Sitio<Compresion>>,
    /// Un directorio `columna=valor` por cada valor (solo en disco).
    #[serde(default)]
    pub(crate) particionar: Lista,
    /// El dialecto del CSV que se escribe.
    #[serde(default)]
    pub(crate) csv: Option<Sitio<CsvEscritura>>,
    /// Filas por grupo de filas (solo Parquet).
    #[serde(default)]
    pub(crate) filas_por_grupo: Option<Sitio<usize>>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Compresion {
    #[default]
    Zstd,
    Snappy,
    Lz4,
    Gzip,
    Ninguna,
}

/// Cómo se escribe un CSV.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CsvEscritura {
    /// Un carácter ASCII; «tab» vale. Por defecto, la coma.
    #[serde(default)]
    pub(crate) separador: Option<Sitio<String>>,
    /// Los números con coma decimal.
    #[serde(default)]
    pub(crate) coma_decimal: bool,
    /// La primera línea nombra las columnas. Por defecto, sí.
    #[serde(default)]
    pub(crate) cabecera: Option<bool>,
    /// Lo que se escribe donde no hay valor. Por defecto, nada.
    #[serde(default)]
    pub(crate) nulo: Option<String>,
    /// Marca de orden de bytes al principio, para hojas de cálculo que la piden.
    #[serde(default)]
    pub(crate) bom: bool,
    /// Antepone ' a los textos que una hoja de cálculo tomaría por fórmula (= + - @ tabulador). Por defecto, sí.
    #[serde(default)]
    pub(crate) escapar_formulas: Option<bool>,
}
