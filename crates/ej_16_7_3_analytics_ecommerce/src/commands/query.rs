//! Read-only SQL over the tables, as they are or as they were.

use super::{Context, existing};
use crate::args::{ConsultarArgs, Formato};
use crate::output::Failure;
use anyhow::Result;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, SchemaRef};
use chrono::DateTime;
use datafusion::execution::context::SQLOptions;
use deltalake::DeltaTable;
use ecommerce_cli::without_echo;
use ecommerce_pipeline::{Location, PipelineError, TableKind, open_table, session_for};
use std::fmt::Write as _;
use std::process::ExitCode;

pub(super) async fn run(context: &Context, args: &ConsultarArgs) -> Result<ExitCode> {
    let metrics = Location::parse(&args.tabla).map_err(PipelineError::from)?;
    let tables = tables(context, &metrics, args.version, args.a_fecha).await?;
    let session = session_for(tables.iter().map(|(kind, table)| (kind.sql_name(), table))).await?;
    let read_only = SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false);
    let frame = session
        .sql_with_options(&args.sql, read_only)
        .await
        .map_err(|e| {
            Failure::usage(format!(
                "la consulta no se puede hacer: {}",
                explain(&e.to_string())
            ))
        })?;
    let schema: SchemaRef = frame.schema().as_arrow().clone().into();
    let batches = frame
        .collect()
        .await
        .map_err(|e| Failure::input(format!("la consulta falló: {}", explain(&e.to_string()))))?;
    let format = if context.say.json {
        Formato::Json
    } else {
        args.formato
    };
    let text = render(&schema, &batches, format)?;
    if context.say.json {
        println_once(&text);
    } else {
        context.say.result(&text);
    }
    Ok(ExitCode::SUCCESS)
}

fn println_once(text: &str) {
    use std::io::Write as _;
    // A closed pipe is the reader's way of saying that it has enough.
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// The metrics, which must exist, and the two tables beside them if they do.
pub(super) async fn tables(
    context: &Context,
    metrics: &Location,
    version: Option<u64>,
    instant: Option<i64>,
) -> Result<Vec<(TableKind, DeltaTable)>> {
    let mut tables = Vec::new();
    for kind in TableKind::ALL {
        let location = kind.location(metrics)?;
        let table = if kind == TableKind::Metrics {
            Some(existing(context, &location).await?)
        } else {
            open_table(&location, &context.options).await?
        };
        let Some(mut table) = table else { continue };
        let missing = |what: String| Failure::input(format!("{location} no tiene {what}"));
        if let (Some(version), TableKind::Metrics) = (version, kind) {
            let latest = table.version().unwrap_or_default();
            if version > latest {
                return Err(missing(format!(
                    "la versión {version}; la última es la {latest}"
                )));
            }
            table
                .load_version(version)
                .await
                .map_err(|_| missing(format!("ya la versión {version}")))?;
        }
        if let Some(instant) = instant.and_then(DateTime::from_timestamp_micros) {
            table
                .load_with_datetime(instant)
                .await
                .map_err(|_| missing(format!("versión a {}", instant.to_rfc3339())))?;
        }
        tables.push((kind, table));
    }
    Ok(tables)
}

/// The first line of an engine's message, without its own prefixes.
fn explain(message: &str) -> String {
    let message = without_echo(message);
    let line = message.lines().next().unwrap_or_default();
    let line = ["Error during planning: ", "SQL error: ", "Schema error: "]
        .iter()
        .fold(line, |l, p| l.trim_start_matches(p));
    line.chars().take(400).collect()
}

pub(super) fn render(
    schema: &SchemaRef,
    batches: &[RecordBatch],
    format: Formato,
) -> Result<String> {
    Ok(match format {
        Formato::Tabla => {
            let table =
                arrow::util::pretty::pretty_format_batches_with_schema(schema.clone(), batches)?;
            table.to_string()
        }
        Formato::Json => {
            let mut out = Vec::new();
            let mut writer = arrow::json::WriterBuilder::new()
                .with_explicit_nulls(true)
                .build::<_, arrow::json::writer::JsonArray>(&mut out);
            for batch in batches {
                writer.write(batch)?;
            }
            writer.finish()?;
            drop(writer);
            let text = String::from_utf8(out)?;
            if text.is_empty() {
                "[]".to_owned()
            } else {
                text
            }
        }
        Formato::Csv => delimited(schema, batches, csv_cell, ",", "", "")?,
        Formato::Markdown => {
            let mut out = delimited(schema, batches, markdown_cell, " | ", "| ", " |")?;
            let rule = format!("\n|{}", " --- |".repeat(schema.fields().len()));
            let after_header = out.find('\n').unwrap_or(out.len());
            out.insert_str(after_header, &rule);
            out
        }
    })
}

fn delimited(
    schema: &SchemaRef,
    batches: &[RecordBatch],
    cell: fn(&str, bool) -> String,
    between: &str,
    before: &str,
    after: &str,
) -> Result<String> {
    let header: Vec<String> = schema
        .fields()
        .iter()
        .map(|f| cell(f.name(), true))
        .collect();
    let mut out = format!("{before}{}{after}", header.join(between));
    for batch in batches {
        let texts: Result<Vec<_>, _> = batch
            .columns()
            .iter()
            .map(|c| cast(c, &DataType::Utf8))
            .collect();
        let texts = texts?;
        for i in 0..batch.num_rows() {
            let cells: Vec<String> = texts
                .iter()
                .zip(batch.columns())
                .map(|(t, c)| {
                    let text = if t.is_valid(i) {
                        t.as_string::<i32>().value(i)
                    } else {
                        ""
                    };
                    cell(text, is_text(c.data_type()))
                })
                .collect();
            // Writing to a String cannot fail.
            let _ = write!(out, "\n{before}{}{after}", cells.join(between));
        }
    }
    Ok(out)
}

fn is_text(dtype: &DataType) -> bool {
    match dtype {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

/// RFC 4180; a text that a spreadsheet would run as a formula is defused by an apostrophe.
fn csv_cell(text: &str, is_text: bool) -> String {
    let risky = is_text && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if risky {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

fn markdown_cell(text: &str, _: bool) -> String {
    text.replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Int64Array, StringArray};
    use std::sync::Arc;

    fn sample() -> RecordBatch {
        let texts: Arc<dyn Array> = Arc::new(StringArray::from(vec![
            Some("=1+1"),
            Some("a|b,\"c\""),
            None,
        ]));
        let numbers: Arc<dyn Array> = Arc::new(Int64Array::from(vec![-1, 2, 3]));
        RecordBatch::try_from_iter_with_nullable([("t", texts, true), ("n", numbers, false)])
            .unwrap()
    }

    fn rendered(format: Formato) -> String {
        render(&sample().schema(), &[sample()], format).unwrap()
    }

    #[test]
    fn el_csv_escapa_formulas_pero_no_numeros() {
        assert_eq!(
            rendered(Formato::Csv),
            "t,n\n'=1+1,-1\n\"a|b,\"\"c\"\"\",2\n,3"
        );
    }

    #[test]
    fn el_markdown_escapa_barras() {
        assert_eq!(
            rendered(Formato::Markdown),
            "| t | n |\n| --- | --- |\n| =1+1 | -1 |\n| a\\|b,\"c\" | 2 |\n|  | 3 |"
        );
    }

    #[test]
    fn el_json_guarda_los_nulos_y_no_escapa_formulas() {
        assert_eq!(
            rendered(Formato::Json),
            r#"[{"t":"=1+1","n":-1},{"t":"a|b,\"c\"","n":2},{"t":null,"n":3}]"#
        );
        let empty = render(&sample().schema(), &[], Formato::Json).unwrap();
        assert_eq!(empty, "[]");
    }
}
