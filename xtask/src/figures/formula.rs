//! What stands between the braces of a template: which figure, and how it is written.

use anyhow::{Context, Result, bail, ensure};
use ecommerce_cli::{comma, duration, significant, thousands};
use serde_json::Value;

/// A figure as it stands in an archive.
#[derive(Clone, Debug, PartialEq)]
enum Figure {
    /// Already written; or not there (`null`), which is a dash.
    Text(String),
    Number(f64),
    /// The median of a criterion bench.
    Nanoseconds(f64),
}

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    /// A text as it is, a bench as a time, an integer with its thousands apart.
    AsItIs,
    /// Seconds, in the unit that fits.
    Time,
    /// Three significant digits.
    Significant,
    Decimals {
        digits: usize,
        signed: bool,
    },
}

/// What `formula` says, its figures read from `archive`: the JSON of a file, or of the one that the page names first.
///
/// # Errors
/// The formula is malformed, a figure is not there, or it is no number where one is needed.
pub(super) fn evaluated<'a>(
    formula: &str,
    archive: &mut impl FnMut(Option<&str>) -> Result<&'a Value>,
) -> Result<String> {
    let (terms, form) = match formula.rsplit_once(", ") {
        Some((terms, form)) => (terms, Form::of(form)?),
        None => (formula, Form::AsItIs),
    };
    let mut terms = Terms { rest: terms };
    let (_, first) = terms.next();
    let mut value = figure(first, archive)?;
    while !terms.rest.is_empty() {
        let (operator, term) = terms.next();
        let (Some(a), Some(b)) = (value.number(), figure(term, archive)?.number()) else {
            // What could not be measured makes no ratio either.
            value = Figure::Text("–".into());
            continue;
        };
        value = Figure::Number(match operator {
            '÷' => a / b,
            '×' => a * b,
            '−' => a - b,
            _ => a + b,
        });
    }
    form.written(&value)
}

/// The terms of a formula, from left to right: no operator binds closer than another.
struct Terms<'a> {
    rest: &'a str,
}

impl<'a> Terms<'a> {
    /// The operator before the next term, a space for the first, and the term.
    fn next(&mut self) -> (char, &'a str) {
        let operator = self.rest.chars().next().filter(|c| is_operator(*c));
        let start = operator.map_or(0, |c| c.len_utf8());
        let inside = &self.rest[start..];
        let end = inside
            .char_indices()
            .find(|&(at, c)| {
                is_operator(c)
                    && inside[..at].ends_with(' ')
                    && inside[at + c.len_utf8()..].starts_with(' ')
            })
            .map_or(inside.len(), |(at, _)| at);
        self.rest = &inside[end..];
        (operator.unwrap_or(' '), inside[..end].trim())
    }
}

fn is_operator(c: char) -> bool {
    matches!(c, '÷' | '×' | '−' | '+')
}

/// The figure of `file#key`, `key` or a literal number.
fn figure<'a>(
    term: &str,
    archive: &mut impl FnMut(Option<&str>) -> Result<&'a Value>,
) -> Result<Figure> {
    if let Ok(number) = term.parse() {
        return Ok(Figure::Number(number));
    }
    let (file, key) = match term.split_once('#') {
        Some((file, key)) => (Some(file), key),
        None => (None, term),
    };
    let root = archive(file)?;
    if let Some(rows) = root.get("resultados").and_then(Value::as_array)
        && root.get("seccion").is_some()
    {
        let (id, field) = key.split_once('@').unwrap_or((key, "mediana_ns"));
        let row = rows.iter().find(|row| row["id"] == *id);
        let row = row.with_context(|| format!("ningún banco es «{id}»"))?;
        let figure = Figure::of(row.get(field), key)?;
        return Ok(match figure {
            Figure::Number(ns) if field == "mediana_ns" => Figure::Nanoseconds(ns),
            other => other,
        });
    }
    // Some archives have their figures by name beside other things.
    let names = root.get("cifras").unwrap_or(root);
    let named = names.as_object().and_then(|all| {
        // The names of a page's figures begin with its exercise, which goes without saying.
        let mut all = all.iter();
        all.find(|(name, _)| *name == key || name.split_once('/').is_some_and(|(_, n)| n == key))
    });
    match named {
        Some((_, value)) => Figure::of(Some(value), key),
        None => Figure::of(Some(at_path(root, key)?), key),
    }
}

/// The value at `a/b[name=value&other=value]/c[0]`.
fn at_path<'a>(root: &'a Value, path: &str) -> Result<&'a Value> {
    let mut at = root;
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inside) = rest.strip_prefix('[') {
            let (which, after) = inside
                .split_once(']')
                .with_context(|| format!("«{path}»: falta ]"))?;
            let items = at
                .as_array()
                .with_context(|| format!("«{path}»: [{which}] no está tras una lista"))?;
            let item = match which.parse::<usize>() {
                Ok(place) => items.get(place),
                Err(_) => items.iter().find(|item| has(item, which)),
            };
            at = item.with_context(|| format!("«{path}»: no hay [{which}]"))?;
            rest = after.strip_prefix('/').unwrap_or(after);
        } else {
            let end = rest.find(['/', '[']).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            at = at
                .get(name)
                .with_context(|| format!("«{path}»: no hay «{name}»"))?;
            rest = after.strip_prefix('/').unwrap_or(after);
        }
    }
    Ok(at)
}

/// Whether an item has every `name=value`, with `&` between them.
fn has(item: &Value, fields: &str) -> bool {
    fields.split('&').all(|field| {
        let named = field.split_once('=');
        named.is_some_and(|(name, value)| is(&item[name], value))
    })
}

fn is(value: &Value, text: &str) -> bool {
    match value {
        Value::String(s) => s == text,
        Value::Number(n) => n.to_string() == text,
        _ => false,
    }
}

impl Figure {
    fn of(value: Option<&Value>, key: &str) -> Result<Self> {
        match value {
            Some(Value::String(text)) => Ok(Self::Text(text.clone())),
            Some(Value::Null) => Ok(Self::Text("–".into())),
            Some(Value::Number(number)) => match number.as_f64() {
                Some(number) if number.is_finite() => Ok(Self::Number(number)),
                _ => bail!("«{key}» no es un número que se pueda escribir"),
            },
            Some(_) => bail!("«{key}» no es una cifra"),
            None => bail!("no hay «{key}»"),
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Self::Text(_) => None,
            Self::Number(n) | Self::Nanoseconds(n) => Some(*n),
        }
    }
}

impl Form {
    fn of(text: &str) -> Result<Self> {
        let signed = text.strip_prefix('+');
        match (text, signed.unwrap_or(text).parse()) {
            ("tiempo", _) => Ok(Self::Time),
            ("cifras", _) => Ok(Self::Significant),
            (_, Ok(digits @ 0..=9)) => Ok(Self::Decimals {
                digits,
                signed: signed.is_some(),
            }),
            _ => bail!("«{text}» no es una forma: tiempo, cifras, 0 … 9 decimales, o +1 con signo"),
        }
    }

    fn written(self, figure: &Figure) -> Result<String> {
        let number = match figure {
            Figure::Text(text) => {
                ensure!(
                    self == Self::AsItIs || text == "–",
                    "«{text}» es un texto: va tal cual"
                );
                return Ok(text.clone());
            }
            Figure::Nanoseconds(ns) if self == Self::AsItIs => return Ok(duration(*ns)),
            Figure::Nanoseconds(n) | Figure::Number(n) => *n,
        };
        ensure!(number.is_finite(), "da {number}");
        match self {
            Self::Time => Ok(duration(number * 1e9)),
            Self::Significant => Ok(significant(number)),
            Self::Decimals { digits, signed } => Ok(decimals(number, digits, signed)),
            Self::AsItIs => {
                ensure!(
                    number.fract() == 0.0 && (0.0..1e15).contains(&number),
                    "{number} necesita una forma: tiempo, cifras o cuántos decimales"
                );
                Ok(thousands(number as u64))
            }
        }
    }
}

/// With thousands apart, a decimal comma and a true minus.
fn decimals(number: f64, digits: usize, signed: bool) -> String {
    let text = comma(number.abs(), digits);
    let (whole, fraction) = text.split_once(',').unwrap_or((&text, ""));
    let whole = whole.parse().map_or(whole.to_owned(), thousands);
    let is_zero = text.bytes().all(|b| matches!(b, b'0' | b','));
    let sign = match number {
        n if n < 0.0 && !is_zero => "−",
        _ if signed && !is_zero => "+",
        _ => "",
    };
    let comma = if fraction.is_empty() { "" } else { "," };
    format!("{sign}{whole}{comma}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(formula: &str, root: &Value) -> Result<String> {
        evaluated(formula, &mut |file| match file {
            None => Ok(root),
            Some(other) => bail!("falta {other}"),
        })
    }

    #[test]
    fn figures_by_name_are_written_as_they_are_with_or_without_the_exercise() {
        let root = json!({"16.7.2/caliente/duckdb/10M": "569 ms", "16.7.2/nada": null});
        for key in ["16.7.2/caliente/duckdb/10M", "caliente/duckdb/10M"] {
            assert_eq!(said(key, &root).unwrap(), "569 ms");
        }
        assert_eq!(said("nada", &root).unwrap(), "–");
        let among = json!({"cifras": root, "muestras": {"16.7.2/nada": [7]}});
        assert_eq!(said("caliente/duckdb/10M", &among).unwrap(), "569 ms");
        assert_eq!(said("nada ÷ 2, 1", &root).unwrap(), "–");
        assert!(said("caliente/duckdb", &root).is_err());
        assert!(said("caliente/duckdb/10M, 2", &root).is_err());
    }

    #[test]
    fn benches_are_found_by_id_and_written_as_times() {
        let root = json!({"seccion": "16.1", "resultados": [
            {"id": "16.1.1/mover/a", "mediana_ns": 7.44, "gb_s": 2.345},
            {"id": "16.1.1/mover/b + c", "mediana_ns": 1488.0, "gb_s": null},
        ]});
        assert_eq!(said("16.1.1/mover/a", &root).unwrap(), "7,44 ns");
        assert_eq!(said("16.1.1/mover/a@gb_s, 1", &root).unwrap(), "2,3");
        let ratio = "16.1.1/mover/b + c ÷ 16.1.1/mover/a";
        // A plus inside a name is an operator: such a name cannot be said.
        assert!(said(ratio, &root).is_err());
        assert!(said("16.1.1/mover/z", &root).is_err());
    }

    #[test]
    fn paths_choose_items_of_lists_by_a_field_or_a_place() {
        let root = json!([
            {"filas": 10, "de": [{"nombre": "a/b", "s": 0.0123}]},
            {"filas": 20, "de": [{"nombre": "a/b", "s": 1.5, "mb": 4520}]},
        ]);
        let at = |n| format!("[filas={n}]/de[nombre=a/b]/s");
        assert_eq!(
            said(&format!("{}, tiempo", at(10)), &root).unwrap(),
            "12,3 ms"
        );
        assert_eq!(said("[1]/de[0]/mb", &root).unwrap(), "4 520");
        assert_eq!(said("[1]/de[nombre=a/b&s=1.5]/mb", &root).unwrap(), "4 520");
        assert!(said("[1]/de[nombre=a/b&s=1]/mb", &root).is_err());
        let ratio = format!("{} ÷ {}, 1", at(20), at(10));
        assert_eq!(said(&ratio, &root).unwrap(), "122,0");
        assert_eq!(
            said(&format!("20 ÷ {} × 100, cifras", at(20)), &root).unwrap(),
            "1 333"
        );
        for wrong in [
            "[filas=30]/de",
            "[1]/de",
            "[1/de",
            "[1]/no",
            "[1]/filas[0]",
            "[1]/de[0]/s",
        ] {
            assert!(said(wrong, &root).is_err(), "{wrong}");
        }
    }

    #[test]
    fn signs_and_thousands_are_spanish() {
        let root = json!({"a": 0.5, "b": -1234.56, "c": 0.0});
        assert_eq!(said("a − 1 × 100, +1", &root).unwrap(), "−50,0");
        assert_eq!(said("a + 1, +1", &root).unwrap(), "+1,5");
        assert_eq!(said("b, 1", &root).unwrap(), "−1 234,6");
        assert_eq!(said("c, +1", &root).unwrap(), "0,0");
        assert!(said("a ÷ c, 1", &root).is_err());
        assert!(said("a, mucho", &root).is_err());
        assert!(said("a", &root).is_err());
    }
}
