//! The two places where the YAML takes a scalar or a map: the short form and the long one.

use super::steps::{Conversion, Convertir, Limitar};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Unexpected, Visitor};
use std::fmt;

impl<'de> Deserialize<'de> for Convertir {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Shape;
        impl<'de> Visitor<'de> for Shape {
            type Value = Convertir;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("un tipo, o un mapa con «tipo» y «formato»")
            }
            fn visit_str<E>(self, name: &str) -> Result<Convertir, E> {
                Ok(Convertir::Tipo(name.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Convertir, A::Error> {
                Conversion::deserialize(MapAccessDeserializer::new(map)).map(Convertir::Detalle)
            }
        }
        deserializer.deserialize_any(Shape)
    }
}

impl<'de> Deserialize<'de> for Limitar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Tramo {
            filas: u32,
            #[serde(default)]
            saltar: u32,
        }
        struct Shape;
        impl<'de> Visitor<'de> for Shape {
            type Value = Limitar;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("un número de filas, o un mapa con «filas» y «saltar»")
            }
            fn visit_u64<E: Error>(self, rows: u64) -> Result<Limitar, E> {
                u32::try_from(rows)
                    .map(Limitar::Filas)
                    .map_err(|_| E::invalid_value(Unexpected::Unsigned(rows), &self))
            }
            fn visit_i64<E: Error>(self, rows: i64) -> Result<Limitar, E> {
                u32::try_from(rows)
                    .map(Limitar::Filas)
                    .map_err(|_| E::invalid_value(Unexpected::Signed(rows), &self))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Limitar, A::Error> {
                let Tramo { filas, saltar } = Tramo::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Limitar::Tramo { filas, saltar })
            }
        }
        deserializer.deserialize_any(Shape)
    }
}
