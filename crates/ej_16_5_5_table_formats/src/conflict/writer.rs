//! The Rust side: deltalake as anybody uses it, driven by lines.

use super::wire::{Command, Commit, Line, REPLACED_BY};
use crate::delta;
use crate::error::FormatError;
use crate::place::Place;
use arrow::array::{ArrayRef, RecordBatch, StringArray};
use datafusion::prelude::{col, lit};
use deltalake::DeltaTable;
use deltalake::kernel::transaction::CommitProperties;
use std::io::{BufRead, Write};
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// The day under which appended rows stand.
pub(super) const APPENDED: &str = "agregados";

/// Does what the lines of `input` ask until they end, and answers on `output`.
///
/// # Errors
/// * [`FormatError::Program`] if a line is no command or `output` is closed. A refused commit is an answer, no error.
pub async fn serve(
    place: &Place,
    input: impl BufRead + Send + 'static,
    mut output: impl Write,
) -> Result<(), FormatError> {
    let mut lines = listen(input);
    let mut writer = Writer { place, table: None };
    say(
        &mut output,
        &Line::Listo {
            motor: format!("deltalake {}", deltalake::crate_version()),
        },
    )?;
    while let Some(line) = lines.recv().await {
        match line
            .parse()
            .map_err(|e| FormatError::program("escritor", e))?
        {
            Command::Append(prefix, n) => {
                for i in 0..n {
                    say(&mut output, &writer.append(format!("{prefix}-{i}")).await)?;
                }
            }
            Command::AppendUntilStopped(prefix) => {
                for i in 0.. {
                    say(&mut output, &writer.append(format!("{prefix}-{i}")).await)?;
                    // Anything that is said now, also the end of the input, is the wish to stop.
                    if !matches!(
                        lines.try_recv(),
                        Err(tokio::sync::mpsc::error::TryRecvError::Empty)
                    ) {
                        break;
                    }
                }
            }
            Command::Replace(day, prefix) => {
                say(&mut output, &writer.replace(&day, prefix).await)?;
            }
            Command::Delete(day, id) => say(&mut output, &writer.delete(&day, id).await)?,
            Command::Stop => continue,
            Command::End => return Ok(()),
        }
        say(&mut output, &Line::Fin)?;
    }
    Ok(())
}

/// The lines, read on a thread of their own: a command can arrive while another is being done.
fn listen(input: impl BufRead + Send + 'static) -> UnboundedReceiver<String> {
    let (tell, lines) = unbounded_channel();
    std::thread::spawn(move || {
        for line in input.lines().map_while(Result::ok) {
            if tell.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

fn say(output: &mut impl Write, line: &Line) -> Result<(), FormatError> {
    let text = serde_json::to_string(line)?;
    writeln!(output, "{text}")
        .and_then(|()| output.flush())
        .map_err(|e| FormatError::program("escritor", e))
}

struct Writer<'a> {
    place: &'a Place,
    /// Kept between commits, as a service would; read again after a refusal.
    table: Option<DeltaTable>,
}

impl Writer<'_> {
    async fn append(&mut self, id: String) -> Line {
        let done = self.try_append(&id).await;
        self.told(id, done)
    }

    async fn try_append(&mut self, id: &str) -> Result<DeltaTable, FormatError> {
        let table = match self.table.take() {
            Some(table) => table,
            None => self.place.open().await?,
        };
        let rows = rows(APPENDED, "rust", [id.to_owned()])?;
        delta::append(self.place, table, vec![rows], "dia", signed(id)).await
    }

    async fn replace(&mut self, day: &str, id: String) -> Line {
        let done = self.try_replace(day, &id).await;
        self.told(id, done)
    }

    async fn try_replace(&self, day: &str, id: &str) -> Result<DeltaTable, FormatError> {
        let rows = rows(day, "rust", (0..REPLACED_BY).map(|i| format!("{id}-{i}")))?;
        let table = self.place.open().await?;
        let which = col("dia").eq(lit(day));
        delta::replace(self.place, table, which, vec![rows], signed(id)).await
    }

    async fn delete(&mut self, day: &str, id: String) -> Line {
        let done = self.try_delete(day, &id).await;
        self.told(id, done)
    }

    async fn try_delete(&self, day: &str, id: &str) -> Result<DeltaTable, FormatError> {
        let table = self.place.open().await?;
        let which = col("dia").eq(lit(day)).and(col("id").eq(lit(id)));
        delta::delete(self.place, table, which, signed(id)).await
    }

    fn told(&mut self, id: String, done: Result<DeltaTable, FormatError>) -> Line {
        let (version, error) = match done {
            Ok(table) => {
                let version = table.version();
                self.table = Some(table);
                (version, None)
            }
            Err(e) => {
                self.table = None;
                (None, Some(e.to_string()))
            }
        };
        Line::Commit(Commit {
            id,
            hecho: error.is_none(),
            version,
            error,
        })
    }
}

/// The commit carries its id, so that the log says afterwards who holds which version.
fn signed(id: &str) -> CommitProperties {
    CommitProperties::default().with_metadata([("acta".to_owned(), id.into())])
}

/// Rows of the experiment's table.
pub(super) fn rows(
    day: &str,
    writer: &str,
    ids: impl IntoIterator<Item = String>,
) -> Result<RecordBatch, FormatError> {
    let ids: Vec<String> = ids.into_iter().collect();
    let n = ids.len();
    let columns: [(&str, ArrayRef, bool); 3] = [
        ("id", Arc::new(StringArray::from(ids)), true),
        (
            "escritor",
            Arc::new(StringArray::from(vec![writer; n])),
            true,
        ),
        ("dia", Arc::new(StringArray::from(vec![day; n])), true),
    ];
    Ok(RecordBatch::try_from_iter_with_nullable(columns)?)
}
