//! Parameters: values with a type, checked before use. In an expression they are typed literals of the tree, never text; in a
//! `sql` step, a literal of their type written by one function that a property test holds to giving the same value back.

use crate::nearest::hint;
use crate::problem::{Class, Problem};
use crate::types::{days, microseconds};
use crate::yaml::{Mapa, Parametro, Sitio};
use polars::prelude::{Expr, Literal as _, Scalar, TimeUnit, lit};
use std::collections::{BTreeMap, HashMap};

/// A value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `texto`
    Text(String),
    /// `entero`
    Integer(i64),
    /// `flotante`, always finite
    Float(f64),
    /// `booleano`
    Boolean(bool),
    /// `fecha`, as days since 1970 and as written
    Date(i32, String),
    /// `fecha_hora`, as microseconds since 1970 and as written
    DateTime(i64, String),
}

impl Value {
    /// The value of this type that the text spells; `None` if it spells none.
    #[must_use]
    pub fn parse(kind: &str, text: &str) -> Option<Self> {
        Some(match kind {
            "texto" => Self::Text(text.to_owned()),
            "entero" => Self::Integer(text.trim().parse().ok()?),
            "flotante" => {
                let number: f64 = text.trim().parse().ok()?;
                number.is_finite().then_some(Self::Float(number))?
            }
            "booleano" => match text.trim() {
                "true" | "si" | "sí" => Self::Boolean(true),
                "false" | "no" => Self::Boolean(false),
                _ => return None,
            },
            "fecha" => Self::Date(days(text.trim())?, text.trim().to_owned()),
            "fecha_hora" => Self::DateTime(
                microseconds(text.trim())?,
                text.trim().replacen('T', " ", 1),
            ),
            _ => return None,
        })
    }

    /// The value as a literal of an expression.
    pub fn literal(&self) -> Expr {
        match self {
            Self::Text(text) => lit(text.clone()),
            Self::Integer(number) => Scalar::from(*number).lit(),
            Self::Float(number) => Scalar::from(*number).lit(),
            Self::Boolean(truth) => lit(*truth),
            Self::Date(days, _) => Scalar::new_date(*days).lit(),
            Self::DateTime(us, _) => Scalar::new_datetime(*us, TimeUnit::Microseconds, None).lit(),
        }
    }

    /// The value as a literal of SQL text. A quote doubles; nothing else has a meaning inside quotes.
    #[must_use]
    pub fn sql(&self) -> String {
        match self {
            Self::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Self::Integer(number) => format!("CAST({number} AS BIGINT)"),
            Self::Float(number) => format!("CAST({number:?} AS DOUBLE)"),
            Self::Boolean(truth) => if *truth { "TRUE" } else { "FALSE" }.to_owned(),
            Self::Date(_, text) => format!("CAST('{text}' AS DATE)"),
            Self::DateTime(_, text) => format!("CAST('{text}' AS TIMESTAMP)"),
        }
    }

    /// The value as a part of a path, if it can be no more than a part of a name in one.
    #[must_use]
    pub fn path_part(&self) -> Option<String> {
        let part = match self {
            Self::Text(text) => text.clone(),
            Self::Integer(number) => number.to_string(),
            Self::Boolean(truth) => truth.to_string(),
            Self::Date(_, text) => text.clone(),
            Self::Float(_) | Self::DateTime(..) => return None,
        };
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '=');
        (!part.is_empty() && part.chars().all(plain) && !part.starts_with('.')).then_some(part)
    }
}

/// The parameters of a run, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters(BTreeMap<String, Value>);

impl Parameters {
    /// The values: from `--parametro` first, then from the environment, then as written in the YAML.
    pub(crate) fn resolve(
        declared: &Mapa<Sitio<Parametro>>,
        given: &[(String, String)],
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Problem> {
        let known = || declared.0.iter().map(|(name, _)| name.valor.as_str());
        let mut by_name: HashMap<&str, &str> = HashMap::new();
        for (name, value) in given {
            if !known().any(|declared| declared == name) {
                return Err(Problem::new(
                    Class::Usage,
                    format!(
                        "--parametro {name}: la tubería no declara ese parámetro{}",
                        hint(name, known())
                    ),
                ));
            }
            if by_name.insert(name, value).is_some() {
                return Err(Problem::new(
                    Class::Usage,
                    format!("--parametro {name} está dos veces"),
                ));
            }
        }
        let mut values = BTreeMap::new();
        for (name, parameter) in &declared.0 {
            if !is_name(&name.valor) {
                return Err(Problem::yaml(
                    name.place,
                    format!(
                        "«{}» no sirve de nombre de parámetro: letras sin acento, cifras y _",
                        name.valor
                    ),
                ));
            }
            let p = &parameter.valor;
            let (text, place) = if let Some(text) = by_name.get(name.valor.as_str()) {
                ((*text).to_owned(), None)
            } else if let Some(text) = p.entorno.as_ref().and_then(|v| environment(&v.valor)) {
                (text, p.entorno.as_ref().map(|v| v.place))
            } else if let Some(written) = &p.valor {
                (written.valor.clone(), Some(written.place))
            } else {
                let variable = p.entorno.as_ref().map_or(String::new(), |v| {
                    format!(" o la variable de entorno {}", v.valor)
                });
                return Err(Problem::yaml(
                    name.place,
                    format!(
                        "falta el parámetro «{0}»: dé --parametro {0}=…{variable}",
                        name.valor
                    ),
                ));
            };
            let kind = p.tipo.valor.as_str();
            const KINDS: [&str; 6] = [
                "texto",
                "entero",
                "flotante",
                "booleano",
                "fecha",
                "fecha_hora",
            ];
            if !KINDS.contains(&kind) {
                return Err(Problem::yaml(
                    p.tipo.place,
                    format!(
                        "el tipo de parámetro «{kind}» no existe{}",
                        hint(kind, KINDS)
                    ),
                ));
            }
            // The value itself is not repeated: it may be one that should not be seen.
            let value = Value::parse(kind, &text).ok_or_else(|| {
                Problem::yaml(
                    place.unwrap_or(name.place),
                    format!(
                        "el valor del parámetro «{}» no es {}",
                        name.valor,
                        shape(kind)
                    ),
                )
            })?;
            values.insert(name.valor.clone(), value);
        }
        Ok(Self(values))
    }

    /// The value of this name, or what to say of a name that is not declared.
    pub(crate) fn get(&self, name: &str) -> Result<&Value, String> {
        self.0.get(name).ok_or_else(|| {
            format!(
                "el parámetro «{name}» no está declarado en «parametros»{}",
                hint(name, self.0.keys().map(String::as_str))
            )
        })
    }
}

fn shape(kind: &str) -> &'static str {
    match kind {
        "entero" => "un entero",
        "flotante" => "un número finito",
        "booleano" => "true o false",
        "fecha" => "una fecha AAAA-MM-DD que exista",
        "fecha_hora" => "una fecha con hora AAAA-MM-DDTHH:MM:SS",
        _ => "un texto",
    }
}

/// Whether a parameter may be called this: it stands in SQL as `:name`.
fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
