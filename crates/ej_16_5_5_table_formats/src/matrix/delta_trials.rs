//! The trials of Delta Lake: each on a new table, each judged by the rows that are there afterwards.

use super::{Capability, Outcome, Trial};
use crate::content::Content;
use crate::delta;
use crate::error::{Format, FormatError, Problem};
use crate::events::Day;
use crate::place::Place;
use arrow::array::{AsArray, RecordBatch, StringArray};
use arrow::compute::kernels::cmp::neq;
use arrow::compute::{concat_batches, filter_record_batch};
use arrow::datatypes::{DataType, Field, Int64Type, Schema};
use datafusion::prelude::{SessionContext, col, lit};
use deltalake::DeltaTable;
use deltalake::kernel::transaction::CommitProperties;
use deltalake::operations::write::SchemaMode;
use std::path::Path;
use std::sync::Arc;

/// What deltalake can do, tried on tables below `directory` with these days.
///
/// # Shape
/// A trial per [`Capability`], in their order. A failure is an outcome.
pub async fn delta_trials(directory: &Path, days: &[Day]) -> Vec<Trial> {
    let mut trials = Vec::new();
    for capability in Capability::ALL {
        let name = format!("{capability:?}").to_lowercase();
        let fin = match Bench::new(&directory.join(name), days).await {
            Ok(bench) => bench.tried(capability).await,
            Err(e) => Err(e),
        };
        trials.push(Trial {
            formato: Format::Delta,
            capacidad: capability,
            fin: fin.unwrap_or_else(|e| Outcome::No(e.to_string())),
        });
    }
    trials
}

/// A new table with a file per day, version 0.
struct Bench<'a> {
    place: Place,
    directory: std::path::PathBuf,
    table: DeltaTable,
    days: &'a [Day],
}

type Verdict = Result<Outcome, FormatError>;

impl<'a> Bench<'a> {
    async fn new(directory: &Path, days: &'a [Day]) -> Result<Self, FormatError> {
        let place = Place::local(directory)?;
        let batches = days.iter().map(|day| day.batch.clone()).collect();
        let table = append(&place, place.nothing_yet(), batches).await?;
        Ok(Self {
            place,
            directory: directory.to_owned(),
            table,
            days,
        })
    }

    async fn tried(self, capability: Capability) -> Verdict {
        match capability {
            Capability::Agregar => self.append_and_read().await,
            Capability::Podar => self.prune().await,
            Capability::Sobrescribir => self.replace().await,
            Capability::Borrar => self.delete().await,
            Capability::Actualizar => self.update().await,
            Capability::Fusionar => self.merge().await,
            Capability::Viajar => self.travel().await,
            Capability::Columna => self.add_column().await,
            Capability::Compactar => self.compact().await,
            Capability::Expirar => self.expire().await,
            Capability::Arbitrar => self.arbitrate().await,
        }
    }

    fn batches(&self) -> Vec<RecordBatch> {
        self.days.iter().map(|day| day.batch.clone()).collect()
    }

    async fn append_and_read(self) -> Verdict {
        let files = files_of(&self.place, &self.table)?;
        let seen = format!("{files} archivos, uno por día, las mismas filas");
        self.holds(&self.table, &self.batches(), seen).await
    }

    /// The files of the other days are taken away: who opens them fails.
    async fn prune(self) -> Verdict {
        let Some((kept, others)) = self.days.split_first() else {
            return Ok(Outcome::No("no hay días que leer".into()));
        };
        for day in others {
            let gone = self.directory.join(format!("fecha={}", day.fecha));
            std::fs::remove_dir_all(&gone).map_err(FormatError::io(&gone))?;
        }
        let sql = format!("SELECT * FROM t WHERE fecha = '{}'", kept.fecha);
        let read = delta::query(&self.place, &self.table, &sql).await?;
        let seen = "el día se lee con los archivos de los demás borrados";
        compare(&read, std::slice::from_ref(&kept.batch), seen.into())
    }

    async fn replace(self) -> Verdict {
        let Some(day) = self.days.last() else {
            return Ok(Outcome::No("no hay días que reemplazar".into()));
        };
        let half = day.batch.slice(0, day.batch.num_rows() / 2);
        let which = col("fecha").eq(lit(day.fecha.as_str()));
        let commit = CommitProperties::default();
        let table = delta::replace(
            &self.place,
            self.table.clone(),
            which,
            vec![half.clone()],
            commit,
        )
        .await?;
        let mut expected = self.batches();
        expected.pop();
        expected.push(half);
        self.holds(
            &table,
            &expected,
            "un commit; los demás días, intactos".into(),
        )
        .await
    }

    async fn delete(self) -> Verdict {
        let which = col("tipo").eq(lit("error"));
        let commit = CommitProperties::default();
        let table = delta::delete(&self.place, self.table.clone(), which, commit).await?;
        let mut expected = Vec::new();
        for batch in self.batches() {
            expected.push(without(&batch, "tipo", "error")?);
        }
        let seen = "reescribe los archivos tocados (no escribe vectores de borrado)";
        self.holds(&table, &expected, seen.into()).await
    }

    async fn update(self) -> Verdict {
        let before = self.count(&self.table, "region = 'norte'").await?;
        let south = self.count(&self.table, "region = 'sur'").await?;
        let (table, _) = self
            .table
            .clone()
            .update()
            .with_predicate(col("region").eq(lit("norte")))
            .with_update("region", lit("sur"))
            .await
            .map_err(|e| delta::refused(&self.place, &e))?;
        let after = self.count(&table, "region = 'norte'").await?;
        let joined = self.count(&table, "region = 'sur'").await?;
        check(
            before > 0 && after == 0 && joined == before + south,
            format!("{before} filas cambian de región"),
            format!("quedaron {after} en norte y {joined} en sur"),
        )
    }

    async fn merge(self) -> Verdict {
        let Some(day) = self.days.first() else {
            return Ok(Outcome::No("no hay filas que fusionar".into()));
        };
        let known = day.batch.slice(0, 1);
        let unknown = renamed(&day.batch.slice(1, 1), "evento_id", "evento-nuevo")?;
        let source = concat_batches(&known.schema(), [&known, &unknown])?;
        let source = renamed(&source, "pagina", "/fusionada")?;
        let failed = |e: datafusion::error::DataFusionError| {
            self.place.refused(Problem::Otro, &e.to_string())
        };
        let frame = SessionContext::new().read_batch(source).map_err(failed)?;
        let names: Vec<String> = day
            .batch
            .schema()
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect();
        let (table, metrics) = self
            .table
            .clone()
            .merge(frame, col("target.evento_id").eq(col("source.evento_id")))
            .with_source_alias("source")
            .with_target_alias("target")
            .when_matched_update(|update| update.update("pagina", col("source.pagina")))
            .and_then(|merge| {
                merge.when_not_matched_insert(|insert| {
                    names.iter().fold(insert, |insert, name| {
                        insert.set(name.as_str(), col(format!("source.{name}")))
                    })
                })
            })
            .map_err(|e| delta::refused(&self.place, &e))?
            .await
            .map_err(|e| delta::refused(&self.place, &e))?;
        let total: usize = self.days.iter().map(|day| day.batch.num_rows()).sum();
        let rows = self.count(&table, "true").await?;
        let changed = self.count(&table, "pagina = '/fusionada'").await?;
        check(
            usize::try_from(rows) == Ok(total + 1)
                && changed == 2
                && metrics.num_target_rows_updated == 1
                && metrics.num_target_rows_inserted == 1,
            "una fila actualizada y una insertada".into(),
            format!("{rows} filas, {changed} cambiadas"),
        )
    }

    async fn travel(self) -> Verdict {
        let which = col("tipo").eq(lit("error"));
        let commit = CommitProperties::default();
        let mut table = delta::delete(&self.place, self.table.clone(), which, commit).await?;
        table
            .load_version(0)
            .await
            .map_err(|e| delta::refused(&self.place, &e))?;
        let seen = "la versión 0, después de borrar filas en la 1";
        self.holds(&table, &self.batches(), seen.into()).await
    }

    async fn add_column(self) -> Verdict {
        let Some(day) = self.days.first() else {
            return Ok(Outcome::No("no hay filas que agregar".into()));
        };
        let row = renamed(&day.batch.slice(0, 1), "evento_id", "evento-con-canal")?;
        let wider = with_channel(&row)?;
        let table = self
            .table
            .clone()
            .write([wider])
            .with_schema_mode(SchemaMode::Merge)
            .await
            .map_err(|e| delta::refused(&self.place, &e))?;
        let total: usize = self.days.iter().map(|day| day.batch.num_rows()).sum();
        let old = self.count(&table, "canal IS NULL").await?;
        let new = self.count(&table, "canal = 'web'").await?;
        check(
            usize::try_from(old) == Ok(total) && new == 1,
            "las filas anteriores la leen como nula".into(),
            format!("{old} nulas y {new} con valor"),
        )
    }

    async fn compact(self) -> Verdict {
        let mut table = self.table.clone();
        let mut expected = self.batches();
        for day in self.days {
            let again = renamed(&day.batch, "evento_id", "otra-vez")?;
            table = append(&self.place, table, vec![again.clone()]).await?;
            expected.push(again);
        }
        let before = files_of(&self.place, &table)?;
        let (table, _) = table
            .optimize()
            .await
            .map_err(|e| delta::refused(&self.place, &e))?;
        let after = files_of(&self.place, &table)?;
        if after >= before {
            return Ok(Outcome::No(format!("de {before} archivos a {after}")));
        }
        let seen = format!("de {before} archivos a {after}, las mismas filas");
        self.holds(&table, &expected, seen).await
    }

    async fn expire(self) -> Verdict {
        let which = col("tipo").eq(lit("error"));
        let commit = CommitProperties::default();
        let table = delta::delete(&self.place, self.table.clone(), which, commit).await?;
        let (mut table, metrics) = table
            .vacuum()
            .with_retention_period(chrono::Duration::zero())
            .with_enforce_retention_duration(false)
            .await
            .map_err(|e| delta::refused(&self.place, &e))?;
        let gone = metrics.files_deleted.len();
        table
            .load_version(0)
            .await
            .map_err(|e| delta::refused(&self.place, &e))?;
        let old = delta::read(&self.place, &table).await;
        check(
            gone > 0
                && old
                    .as_ref()
                    .is_err_and(|e| e.problem() == Some(Problem::FaltaArchivo)),
            format!("{gone} archivos borrados; la versión 0 ya no se puede leer"),
            format!("{gone} archivos borrados y la versión 0 da {old:?}"),
        )
    }

    /// Two handles on version 0, neither may try twice: the log itself lets one of them have version 1.
    async fn arbitrate(self) -> Verdict {
        let once = || CommitProperties::default().with_max_retries(0);
        let row = |name: &str| -> Result<RecordBatch, FormatError> {
            let first = self.days.first().map(|day| day.batch.slice(0, 1));
            let first = first.unwrap_or_else(|| RecordBatch::new_empty(Arc::new(Schema::empty())));
            renamed(&first, "evento_id", name)
        };
        let (one, other) = (self.table.clone(), self.place.open().await?);
        let first = delta::append(&self.place, one, vec![row("uno")?], "fecha", once()).await;
        let second = delta::append(&self.place, other, vec![row("otro")?], "fecha", once()).await;
        let refused = second.as_ref().err().and_then(FormatError::problem);
        check(
            first.is_ok() && refused == Some(Problem::Conflicto),
            "el segundo que pide la versión 1 recibe un conflicto; el archivo del log es el árbitro".into(),
            format!("el segundo obtuvo {:?}", second.map(|table| table.version())),
        )
    }

    async fn holds(&self, table: &DeltaTable, rows: &[RecordBatch], seen: String) -> Verdict {
        let found = delta::read(&self.place, table).await?;
        compare(&found, rows, seen)
    }

    async fn count(&self, table: &DeltaTable, which: &str) -> Result<i64, FormatError> {
        let sql = format!("SELECT count(*) FROM t WHERE {which}");
        let batches = delta::query(&self.place, table, &sql).await?;
        let first = batches.iter().find(|batch| batch.num_rows() > 0);
        Ok(first.map_or(0, |b| b.column(0).as_primitive::<Int64Type>().value(0)))
    }
}

async fn append(
    place: &Place,
    table: DeltaTable,
    batches: Vec<RecordBatch>,
) -> Result<DeltaTable, FormatError> {
    delta::append(place, table, batches, "fecha", CommitProperties::default()).await
}

fn compare(found: &[RecordBatch], expected: &[RecordBatch], seen: String) -> Verdict {
    let (found, expected) = (Content::of(found)?, Content::of(expected)?);
    check(
        found == expected,
        seen,
        format!(
            "se esperaban {} filas y hay {}, o son otras",
            expected.rows(),
            found.rows()
        ),
    )
}

fn check(right: bool, seen: String, wrong: String) -> Verdict {
    Ok(if right {
        Outcome::Si(seen)
    } else {
        Outcome::No(wrong)
    })
}

fn files_of(place: &Place, table: &DeltaTable) -> Result<usize, FormatError> {
    let files = table
        .get_file_uris()
        .map_err(|e| delta::refused(place, &e))?;
    Ok(files.count())
}

/// The rows whose `column` is something else; nulls stay.
fn without(batch: &RecordBatch, column: &str, value: &str) -> Result<RecordBatch, FormatError> {
    let index = batch.schema().index_of(column)?;
    let unlike = neq(batch.column(index), &StringArray::new_scalar(value))?;
    let keep = unlike
        .iter()
        .map(|is| Some(is.unwrap_or(true)))
        .collect::<arrow::array::BooleanArray>();
    Ok(filter_record_batch(batch, &keep)?)
}

/// The rows with one text in the whole column; several rows get a number behind it.
fn renamed(batch: &RecordBatch, column: &str, text: &str) -> Result<RecordBatch, FormatError> {
    let index = batch.schema().index_of(column)?;
    let unique = column == "evento_id" && batch.num_rows() > 1;
    let texts = (0..batch.num_rows()).map(|i| {
        if unique {
            format!("{text}-{i}")
        } else {
            text.to_owned()
        }
    });
    let mut columns = batch.columns().to_vec();
    columns[index] = Arc::new(StringArray::from_iter_values(texts));
    Ok(RecordBatch::try_new(batch.schema(), columns)?)
}

fn with_channel(batch: &RecordBatch) -> Result<RecordBatch, FormatError> {
    let mut fields: Vec<Arc<Field>> = batch.schema().fields().to_vec();
    fields.push(Arc::new(Field::new("canal", DataType::Utf8, true)));
    let mut columns = batch.columns().to_vec();
    columns.push(Arc::new(StringArray::from(vec!["web"; batch.num_rows()])));
    Ok(RecordBatch::try_new(
        Arc::new(Schema::new(fields)),
        columns,
    )?)
}
