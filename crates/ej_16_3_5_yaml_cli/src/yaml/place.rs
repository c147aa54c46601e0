//! Values that remember where in the YAML they stand, and the two shapes the YAML allows: one or many, and a map in order.

use crate::problem::Place;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

/// A value and its place.
#[derive(Clone, Debug)]
pub(crate) struct Sitio<T> {
    pub(crate) valor: T,
    pub(crate) place: Place,
    /// How many characters of the YAML it takes: two more than its own if it stands between quotes.
    length: u64,
}

impl Sitio<String> {
    /// Where the text itself begins: after the quote, if there is one.
    pub(crate) fn start(&self) -> Place {
        let quoted = self.length == self.valor.chars().count() as u64 + 2;
        Place {
            column: self.place.column + u32::from(quoted),
            ..self.place
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Sitio<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = serde_saphyr::Spanned::<T>::deserialize(deserializer)?;
        Ok(Self {
            valor: spanned.value,
            place: place(spanned.referenced),
            length: spanned.referenced.span().len(),
        })
    }
}

/// The place of a location.
pub(crate) fn place(location: serde_saphyr::Location) -> Place {
    Place {
        line: u32::try_from(location.line()).unwrap_or(0),
        column: u32::try_from(location.column()).unwrap_or(0),
    }
}

impl<T: JsonSchema> JsonSchema for Sitio<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// One name or a list of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lista(pub(crate) Vec<Sitio<String>>);

enum OneOrMany {
    One(String),
    Many(Vec<Sitio<String>>),
}

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Shape;
        impl<'de> Visitor<'de> for Shape {
            type Value = OneOrMany;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("un nombre o una lista de nombres")
            }
            fn visit_str<E>(self, name: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany::One(name.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<OneOrMany, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = items.next_element()? {
                    names.push(name);
                }
                Ok(OneOrMany::Many(names))
            }
        }
        deserializer.deserialize_any(Shape)
    }
}

impl<'de> Deserialize<'de> for Lista {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Sitio {
            valor,
            place,
            length,
        } = Sitio::<OneOrMany>::deserialize(deserializer)?;
        Ok(Self(match valor {
            OneOrMany::One(valor) => vec![Sitio {
                valor,
                place,
                length,
            }],
            OneOrMany::Many(names) => names,
        }))
    }
}

impl JsonSchema for Lista {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Lista".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [
            { "type": "string" },
            { "type": "array", "items": { "type": "string" } },
        ] })
    }
}

impl Lista {
    /// The names, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|name| name.valor.as_str())
    }
}

/// A map whose order counts, as `derivar` and `agrupar` need it.
#[derive(Clone, Debug)]
pub(crate) struct Mapa<V>(pub(crate) Vec<(Sitio<String>, V)>);

impl<V> Default for Mapa<V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Mapa<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for Entries<V> {
            type Value = Mapa<V>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("un mapa «nombre: valor»")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Mapa<V>, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Mapa(entries))
            }
        }
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

impl<V: JsonSchema> JsonSchema for Mapa<V> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("Mapa_de_{}", V::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<V>();
        json_schema!({ "type": "object", "additionalProperties": value })
    }
}
