//! SQL expressions: parsed by Polars, with parameters put in as typed literals and every column checked against the schema,
//! so that a wrong name points at the YAML before a row is read.

use crate::nearest::hint;
use crate::parameters::Parameters;
use crate::problem::{Place, Problem};
use crate::types::spanish;
use crate::yaml::Sitio;
use polars::prelude::{DataType, Expr, Schema};

/// Stands before a parameter's name where an identifier must stand; no column that anyone can write begins with it.
const RESERVED: &str = "\u{1}parametro:";

/// What a piece of SQL contains, found without understanding it: where the `:names` are, and the words outside quotes.
struct Lexed<'a> {
    /// Byte ranges of `:name`, the colon included.
    placeholders: Vec<(usize, usize)>,
    /// Bare words, and whether a parenthesis follows.
    words: Vec<(&'a str, bool)>,
    /// How many operators there are: the depth of the tree they can make.
    operators: usize,
}

/// More operators than this in one expression is a generated one; its tree could exhaust the stack of a recursive optimizer.
const MOST_OPERATORS: usize = 500;

const TOO_LONG: &str = "la expresión tiene más de 500 operadores: repártala en varios pasos";

fn lex(sql: &str) -> Lexed<'_> {
    let bytes = sql.as_bytes();
    let (mut placeholders, mut words) = (Vec::new(), Vec::new());
    let mut operators = 0;
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80;
    let mut i = 0;
    while i < bytes.len() {
        let rest = &sql[i..];
        match bytes[i] {
            quote @ (b'\'' | b'"') => {
                // A doubled quote closes one text and opens the next: the effect is the same.
                i += 1;
                while i < bytes.len() && bytes[i] != quote {
                    i += 1;
                }
                i += 1;
            }
            b'-' if rest.starts_with("--") => i += rest.find('\n').unwrap_or(rest.len()),
            b'/' if rest.starts_with("/*") => {
                i += rest.find("*/").map_or(rest.len(), |end| end + 2);
            }
            b':' if rest.starts_with("::") => i += 2,
            b':' if bytes
                .get(i + 1)
                .is_some_and(|b| is_word(*b) && !b.is_ascii_digit()) =>
            {
                let start = i;
                i += 1;
                while i < bytes.len() && is_word(bytes[i]) {
                    i += 1;
                }
                placeholders.push((start, i));
            }
            b if is_word(b) => {
                let start = i;
                while i < bytes.len() && is_word(bytes[i]) {
                    i += 1;
                }
                let word = &sql[start..i];
                operators += usize::from(
                    ["and", "or", "not", "when", "like", "in", "between"]
                        .iter()
                        .any(|k| word.eq_ignore_ascii_case(k)),
                );
                words.push((word, sql[i..].trim_start().starts_with('(')));
            }
            // Whatever else there is, it is ASCII: bytes of other characters count as parts of words.
            b => {
                operators += usize::from(b"+-*/%=<>|&^(".contains(&b));
                i += 1;
            }
        }
    }
    Lexed {
        placeholders,
        words,
        operators,
    }
}

/// The text with each `:name` replaced.
fn replace(
    sql: &str,
    lexed: &Lexed<'_>,
    mut by: impl FnMut(&str) -> Result<String, String>,
) -> Result<String, String> {
    let mut out = String::with_capacity(sql.len());
    let mut from = 0;
    for &(start, end) in &lexed.placeholders {
        out.push_str(&sql[from..start]);
        out.push_str(&by(&sql[start + 1..end])?);
        from = end;
    }
    out.push_str(&sql[from..]);
    Ok(out)
}

/// The expression that this SQL is, over columns that exist.
pub(crate) fn expression(
    sql: &Sitio<String>,
    parameters: &Parameters,
    schema: &Schema,
) -> Result<Expr, Problem> {
    let at = sql.place;
    let text = sql.valor.trim();
    if text.is_empty() {
        return Err(Problem::yaml(at, "la expresión está vacía"));
    }
    let lexed = lex(text);
    if lexed.operators > MOST_OPERATORS {
        return Err(Problem::yaml(at, TOO_LONG));
    }
    if lexed
        .words
        .iter()
        .any(|(word, _)| word.eq_ignore_ascii_case("select"))
    {
        return Err(Problem::yaml(
            at,
            "una expresión no lleva SELECT: use un paso «sql»",
        ));
    }
    let marked = replace(text, &lexed, |name| {
        parameters.get(name)?;
        Ok(format!("\"{RESERVED}{name}\""))
    })
    .map_err(|why| Problem::yaml(at, why))?;
    let parsed = polars::sql::sql_expr(&marked).map_err(|e| {
        Problem::yaml(
            at,
            format!("la expresión SQL no se entiende: {}", engine(&e)),
        )
    })?;
    let expr = parsed
        .try_map_expr(|node| match &node {
            Expr::Column(name) => match name.strip_prefix(RESERVED) {
                Some(name) => match parameters.get(name) {
                    Ok(value) => Ok(value.literal()),
                    // Checked above; an engine that renames columns while parsing would end here.
                    Err(why) => Err(polars::prelude::PolarsError::SQLInterface(why.into())),
                },
                None => Ok(node),
            },
            _ => Ok(node),
        })
        .map_err(|e| Problem::yaml(at, engine(&e)))?;
    for node in &expr {
        match node {
            Expr::Column(name) => column(name, sql.start(), Some(&sql.valor), schema)?,
            Expr::SubPlan(..) => {
                return Err(Problem::yaml(
                    at,
                    "una expresión no lleva subconsultas: use un paso «sql»",
                ));
            }
            _ => {}
        }
    }
    Ok(expr)
}

/// Fails if the schema has no such column, pointing at its place within the SQL where that is on the YAML's own line.
pub(crate) fn column(
    name: &str,
    at: Place,
    sql: Option<&str>,
    schema: &Schema,
) -> Result<(), Problem> {
    if schema.contains(name) {
        return Ok(());
    }
    let place = match sql {
        // A block scalar starts on the line of its mark, one place after which nothing is known.
        Some(sql) if !sql.contains('\n') => match find_word(sql, name) {
            Some(before) => Place {
                line: at.line,
                column: at.column + u32::try_from(before).unwrap_or(0),
            },
            None => at,
        },
        _ => at,
    };
    Err(Problem::mismatch(
        place,
        format!(
            "la columna «{name}» no existe{}",
            hint(name, schema.iter_names().map(|n| n.as_str()))
        ),
    ))
}

/// How many characters stand before the whole word in the text.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word)
        .find(|(start, _)| {
            !text[..*start].chars().next_back().is_some_and(part)
                && !text[start + word.len()..].chars().next().is_some_and(part)
        })
        .map(|(start, _)| text[..start].chars().count())
}

/// The statement of a `sql` step, with its parameters as literals; only queries, and only of tables the YAML names.
pub(crate) fn statement(sql: &Sitio<String>, parameters: &Parameters) -> Result<String, Problem> {
    let lexed = lex(&sql.valor);
    if lexed.operators > MOST_OPERATORS {
        return Err(Problem::yaml(sql.place, TOO_LONG));
    }
    let first = lexed.words.first().map_or("", |(word, _)| *word);
    if !["select", "with"]
        .iter()
        .any(|k| first.eq_ignore_ascii_case(k))
    {
        return Err(Problem::yaml(
            sql.place,
            "un paso «sql» es una consulta: empieza por SELECT o WITH",
        ));
    }
    if let Some((word, _)) = lexed
        .words
        .iter()
        .find(|(word, call)| *call && word.to_ascii_lowercase().starts_with("read_"))
    {
        return Err(Problem::yaml(
            sql.place,
            format!("{word}() no se admite: los archivos se declaran en «entradas»"),
        ));
    }
    replace(&sql.valor, &lexed, |name| Ok(parameters.get(name)?.sql()))
        .map_err(|why| Problem::yaml(sql.place, why))
}

/// Fails unless a condition is true or false.
pub(crate) fn is_condition(dtype: &DataType, at: Place) -> Result<(), Problem> {
    if matches!(dtype, DataType::Boolean | DataType::Null) {
        return Ok(());
    }
    Err(Problem::mismatch(
        at,
        format!(
            "la condición da {} y no verdadero o falso: compárela con algo",
            spanish(dtype)
        ),
    ))
}

/// What Polars says, without the parts of its message that speak of Rust or Python code.
pub(crate) fn engine(e: &polars::prelude::PolarsError) -> String {
    let text = e.to_string();
    let first = text
        .split("\n\n")
        .next()
        .unwrap_or(&text)
        .trim()
        .trim_end_matches('.');
    crate::problem::one_line(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(sql: &str) -> Vec<&str> {
        lex(sql)
            .placeholders
            .iter()
            .map(|&(a, b)| &sql[a + 1..b])
            .collect()
    }

    #[test]
    fn los_parametros_se_ven_fuera_de_comillas_y_comentarios_y_los_dobles_puntos_no_lo_son() {
        assert_eq!(names("a > :minimo AND b = :x"), ["minimo", "x"]);
        assert_eq!(
            names("a = ':no' AND \":no\" = 1 -- :no\n AND c = :si"),
            ["si"]
        );
        assert_eq!(names("a::date > :d /* :no */"), ["d"]);
        assert_eq!(names("a = 'it''s :no' OR b = :s"), ["s"]);
        assert_eq!(names("x = '12:30:00' AND y[1:2] = 3"), [""; 0]);
    }

    #[test]
    fn una_palabra_se_encuentra_entera() {
        assert_eq!(find_word("montos + monto", "monto"), Some(9));
        assert_eq!(find_word("año > 1 AND mes = 2", "mes"), Some(12));
        assert_eq!(find_word("montos", "monto"), None);
    }
}
