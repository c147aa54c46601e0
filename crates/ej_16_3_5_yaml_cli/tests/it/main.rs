//! `transforma`, black box: the real binary, in directories of its own.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "tests fail by panicking, and their names are their documentation"
)]

mod bancada;
#[cfg(feature = "comprimida")]
mod comprimida;
mod datos_malos;
mod ejemplos;
mod expresiones;
mod linea_de_ordenes;
mod lineas;
mod memoria;
mod nivel_corpus;
mod nivel_python;
mod parametros;
mod pasos;
mod s3;
mod salida;
mod yaml_malo;
