#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod bounding_box;
mod error;
mod guide_form;
mod haversine;
mod kernel;
mod percentile;
mod registration;
mod rule;
mod sessions;
mod simplify;

pub use bounding_box::{Caja, Longitudes};
pub use error::UdfError;
pub use guide_form::{haversine_en_sql, haversine_udf, udf_de_la_guia};
pub use haversine::{Haversine, Nucleo};
pub use kernel::{BLOQUE, Columna, distancias_en_bloques, kilometros};
pub use percentile::{Cubos, ERROR_RELATIVO, PercentilAproximado, PercentilExacto, percentil_de};
pub use registration::{contexto, registrar};
pub use rule::CajaDeLaDistancia;
pub use sessions::Sesion;
