//! The dialects of DataFusion and Spark, statement by statement.
//!
//! One list, [`statements`], with the few rows that each statement needs inside it. Spark's half is
//! `benches/peers/spark_sql_spark.py`; this is DataFusion's, and the table of both. Where the two differ, most statements say how to
//! write the same in DataFusion, and that is run too: advice that does not give Spark's answer is marked.

use crate::{Engine, EngineError, Settings, run};
use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, DurationFormat, FormatOptions};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const LIST: &str = include_str!("../spark_sql/sentencias.json");
/// The rows that many statements have inside them, which the table calls `ventas v`.
const SALES: &str = "(VALUES ('u1','norte',105),('u2','sur',30),('u1','norte',72),('u3',NULL,10)) AS v(user_id, region, monto)";
/// A message is shown, not studied.
const LONG: usize = 160;

/// A statement of Spark SQL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// What it is about.
    pub tema: String,
    /// Its name, unique in the list.
    pub id: String,
    /// The statement, sent to both engines as it is.
    pub sql: String,
    /// How DataFusion is asked the same, where it must be asked differently.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equivalente: Option<String>,
}

/// What an engine answered: rows of text cells, or an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Said {
    /// Rows.
    Rows {
        /// As text that means the same in every engine.
        filas: Vec<Vec<String>>,
    },
    /// No rows.
    Error {
        /// Its kind.
        error: String,
        /// Its first line, shortened.
        mensaje: String,
    },
}

/// Spark's half, as the peer writes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SparkHalf {
    /// Which Spark.
    pub version: String,
    /// Whether it was in ANSI mode.
    pub ansi: bool,
    /// By the statement's name.
    pub respuestas: BTreeMap<String, Said>,
}

/// How the two answers stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The same rows, or an error in both.
    Igual,
    /// Other rows.
    ValorDistinto,
    /// DataFusion has no answer and Spark has.
    ErrorEnDatafusion,
    /// Spark has no answer and DataFusion has.
    ErrorEnSpark,
}

impl Relation {
    /// As a table says it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Igual => "igual",
            Self::ValorDistinto => "valor distinto",
            Self::ErrorEnDatafusion => "error en DataFusion",
            Self::ErrorEnSpark => "error en Spark",
        }
    }

    /// That of two answers. Two errors are alike whatever they say: neither engine accepts the statement.
    pub fn of(spark: &Said, datafusion: &Said) -> Self {
        match (spark, datafusion) {
            (Said::Rows { filas: one }, Said::Rows { filas: other }) if one == other => Self::Igual,
            (Said::Error { .. }, Said::Error { .. }) => Self::Igual,
            (Said::Rows { .. }, Said::Rows { .. }) => Self::ValorDistinto,
            (Said::Rows { .. }, Said::Error { .. }) => Self::ErrorEnDatafusion,
            (Said::Error { .. }, Said::Rows { .. }) => Self::ErrorEnSpark,
        }
    }
}

/// A line of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The statement.
    #[serde(flatten)]
    pub statement: Statement,
    /// How the answers stand to each other.
    pub relacion: Relation,
    /// Spark's answer.
    pub spark: Said,
    /// DataFusion's answer to the same text.
    pub datafusion: Said,
    /// Whether DataFusion gives Spark's answer to the equivalent, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equivale: Option<bool>,
}

/// Both halves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// Which Spark.
    pub spark: String,
    /// Whether it was in ANSI mode.
    pub ansi: bool,
    /// Which DataFusion.
    pub datafusion: String,
    /// One line per statement, in the order of the list.
    pub sentencias: Vec<Line>,
}

/// The list.
///
/// # Errors
/// * [`serde_json::Error`] if the file that this library was built with is not one.
pub fn statements() -> Result<Vec<Statement>, serde_json::Error> {
    serde_json::from_str(LIST)
}

/// What DataFusion answers to a statement, in a session of its own with the library's defaults.
///
/// # Errors
/// * [`EngineError`] if there is no session; a statement without answer is an answer, [`Said::Error`].
pub async fn ask(sql: &str) -> Result<Said, EngineError> {
    let engine = Engine::new(&Settings::default())?;
    let answer = async {
        let (batches, _) = run(engine.query(sql).await?).await?;
        rows(&batches)
    };
    Ok(match answer.await {
        Ok(filas) => Said::Rows { filas },
        Err(error) => Said::Error {
            error: kind(&error).to_owned(),
            mensaje: first_line(&error),
        },
    })
}

/// Both halves side by side.
///
/// # Errors
/// * [`EngineError`] if there is no session.
pub async fn compare(
    statements: Vec<Statement>,
    half: &SparkHalf,
) -> Result<Comparison, EngineError> {
    let mut lines = Vec::with_capacity(statements.len());
    for statement in statements {
        let datafusion = ask(&statement.sql).await?;
        let missing = || Said::Error {
            error: "SIN_RESPUESTA".into(),
            mensaje: "Spark no respondió a esta sentencia".into(),
        };
        let spark = half.respuestas.get(&statement.id).cloned();
        let spark = spark.unwrap_or_else(missing);
        let relation = Relation::of(&spark, &datafusion);
        let equivale = match &statement.equivalente {
            Some(sql) => Some(ask(sql).await? == spark),
            None => None,
        };
        lines.push(Line {
            statement,
            relacion: relation,
            spark,
            datafusion,
            equivale,
        });
    }
    Ok(Comparison {
        spark: half.version.clone(),
        ansi: half.ansi,
        datafusion: format!("datafusion {}", datafusion::DATAFUSION_VERSION),
        sentencias: lines,
    })
}

impl Comparison {
    /// How many lines have this relation.
    pub fn count(&self, relation: Relation) -> usize {
        let lines = self.sentencias.iter();
        lines.filter(|line| line.relacion == relation).count()
    }

    /// The table in Markdown: totals, then what differs, then what does not.
    pub fn markdown(&self) -> String {
        let ansi = if self.ansi { "con" } else { "sin" };
        let mut text = format!(
            "# Spark SQL y DataFusion, sentencia a sentencia\n\n{}, {ansi} modo ANSI, y {}. {} sentencias: ",
            self.spark,
            self.datafusion,
            self.sentencias.len()
        );
        let totals = [
            Relation::Igual,
            Relation::ValorDistinto,
            Relation::ErrorEnDatafusion,
            Relation::ErrorEnSpark,
        ];
        let totals: Vec<_> = totals
            .into_iter()
            .map(|relation| format!("{} {}", self.count(relation), relation.words()))
            .collect();
        text.push_str(&totals.join(", "));
        text.push_str(
            ".\n\nEl mismo texto va a los dos motores, con los ajustes de fábrica, en UTC; donde la tabla dice `ventas v` hay cuatro filas escritas en la propia \
             sentencia, y están en el JSON. «Igual» incluye las que ninguno acepta. La última columna es otra forma de escribirla que en DataFusion \
             da lo que da Spark.\n\n## Las que difieren\n\n| tema | sentencia | Spark | DataFusion | en DataFusion |\n|---|---|---|---|---|\n",
        );
        let (same, other): (Vec<_>, Vec<_>) = self
            .sentencias
            .iter()
            .partition(|line| line.relacion == Relation::Igual);
        for line in other {
            let advice = match (&line.statement.equivalente, line.equivale) {
                (Some(sql), Some(true)) => code(sql),
                (Some(sql), _) => format!("no equivale: {}", code(sql)),
                (None, _) => String::new(),
            };
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {advice} |",
                line.statement.tema,
                code(&line.statement.sql),
                shown(&line.spark),
                shown(&line.datafusion),
            );
        }
        text.push_str("\n## Las iguales\n\n| tema | sentencia | los dos |\n|---|---|---|\n");
        for line in same {
            let _ = writeln!(
                text,
                "| {} | {} | {} |",
                line.statement.tema,
                code(&line.statement.sql),
                shown(&line.datafusion),
            );
        }
        text
    }
}

fn code(sql: &str) -> String {
    let inside = sql.replace(SALES, "ventas v").replace('|', "\\|");
    if inside.contains('`') {
        format!("`` {inside} ``")
    } else {
        format!("`{inside}`")
    }
}

fn shown(said: &Said) -> String {
    let text = match said {
        Said::Rows { filas } if filas.is_empty() => "(ninguna fila)".to_owned(),
        Said::Rows { filas } => {
            let rows: Vec<_> = filas.iter().map(|row| row.join(", ")).collect();
            rows.join(" · ")
        }
        Said::Error { error, mensaje } => format!("*{error}*: {mensaje}"),
    };
    text.replace('|', "\\|")
}

fn rows(batches: &[RecordBatch]) -> Result<Vec<Vec<String>>, EngineError> {
    let fail = |error| EngineError::Run(Box::new(datafusion::error::DataFusionError::from(error)));
    let options = FormatOptions::default()
        .with_null("NULL")
        .with_duration_format(DurationFormat::Pretty);
    let mut rows = Vec::new();
    for batch in batches {
        let formatters: Result<Vec<_>, _> = batch
            .columns()
            .iter()
            .map(|column| ArrayFormatter::try_new(column.as_ref(), &options))
            .collect();
        let formatters = formatters.map_err(fail)?;
        for row in 0..batch.num_rows() {
            let cells = formatters
                .iter()
                .map(|formatter| formatter.value(row).try_to_string());
            rows.push(cells.collect::<Result<Vec<_>, _>>().map_err(fail)?);
        }
    }
    Ok(rows)
}

/// When the statement failed.
const fn kind(error: &EngineError) -> &'static str {
    match error {
        EngineError::Sql(_) | EngineError::Writes(_) => "al planificar",
        _ => "al ejecutar",
    }
}

fn first_line(error: &EngineError) -> String {
    let text = match error {
        EngineError::Sql(inner) | EngineError::Run(inner) => inner.strip_backtrace(),
        other => other.to_string(),
    };
    // Among equally near names DataFusion proposes now one and now another.
    let text = text.split("Did you mean").next().unwrap_or_default();
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").chars().take(LONG).collect()
}
