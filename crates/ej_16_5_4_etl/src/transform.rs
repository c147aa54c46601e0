//! The guide's transformation, as one lazy plan over a whole day and in pieces that add up.

use arrow::array::{ArrayRef, AsArray as _};
use arrow::array::{Float64Array, Int64Array, RecordBatch};
use ecommerce_arrow::polars_bridge::{array_from_series, frame_from_batch, series_from_array};
use ecommerce_model::Contrato;
use ecommerce_pipeline::PipelineError;
use polars::prelude::{
    ChunkApply as _, Column, DataFrame, DataType, ExplodeOptions, Expr, IntoColumn as _,
    IntoLazy as _, LazyFrame, UnionArgs, by_name, col, concat, len, lit, when,
};
use std::collections::HashMap;
use std::sync::Arc;

/// Sales that become one partial result.
const SLICE_ROWS: usize = 262_144;
/// Partial rows that are merged at once.
const MERGE_ROWS: usize = 524_288;

/// `premium` above [`Contrato::PREMIUM`], `standard` otherwise: the guide's expression.
pub fn segmento() -> Expr {
    when(col("monto").gt(lit(Contrato::PREMIUM)))
        .then(lit("premium"))
        .otherwise(lit("standard"))
        .alias("segmento")
}

/// The guide's plan over all the sales of a day: `region`, `user_id`, `monto` and `centavos` in, the table's rows out.
///
/// # Shape
/// `region`, `segmento`, `revenue` (cents, Int64), `usuarios`, `transacciones`; sorted by the first two.
///
/// # Cost
/// Nothing until it is collected; then every sale is in memory at once, which is why a day goes through [`Parcial`].
pub fn transformar(ventas: LazyFrame) -> LazyFrame {
    let keys = [col("region"), col("segmento")];
    ventas
        .filter(col("monto").gt(lit(0.0)))
        .with_columns([segmento()])
        .group_by(keys)
        .agg([
            col("centavos").sum().alias("revenue"),
            col("user_id")
                .n_unique()
                .cast(DataType::Int64)
                .alias("usuarios"),
            len().cast(DataType::Int64).alias("transacciones"),
        ])
        .sort(["region", "segmento"], Default::default())
}

/// Sales as the frame that [`transformar`] takes.
///
/// # Errors
/// * [`PipelineError::Internal`] if the columns differ in length, or are no text views.
pub fn ventas_frame(
    region: ArrayRef,
    user_id: ArrayRef,
    monto: Vec<f64>,
    centavos: Vec<i64>,
) -> Result<DataFrame, PipelineError> {
    let columns: [(&str, ArrayRef); 4] = [
        ("region", region),
        ("user_id", user_id),
        ("monto", Arc::new(Float64Array::from(monto))),
        ("centavos", Arc::new(Int64Array::from(centavos))),
    ];
    Ok(frame_from_batch(&RecordBatch::try_from_iter(columns)?)?)
}

/// A mergeable part of the result.
///
/// Sums and counts of two slices add up; `n_unique` does not. So a slice becomes the sums of each group (region and segment), and the
/// users behind it, once; both add up in any order, and only the end counts users. Memory follows the users of the day, not its
/// sales; a user's group is a number, not two texts.
#[derive(Default)]
pub struct Parcial {
    /// Sales not aggregated yet.
    pending: Vec<DataFrame>,
    pending_rows: usize,
    numbers: HashMap<Grupo, u32>,
    /// By number.
    groups: Vec<(Grupo, Sumas)>,
    /// `grupo`, a group's number, and `user_id`; no frame has a row twice.
    users: Vec<DataFrame>,
    user_rows: usize,
}

/// Region and segment.
type Grupo = (Option<String>, Option<String>);

#[derive(Clone, Copy, Default)]
struct Sumas {
    /// In cents. Wraps, as a sum of Polars does: whether the day's total fits is known before this is used.
    revenue: i64,
    transacciones: i64,
}

impl Parcial {
    /// Takes in sales, the frame of [`ventas_frame`].
    ///
    /// # Errors
    /// * [`PipelineError::Internal`] if Polars refuses, which it has no reason to.
    pub fn agregar(&mut self, ventas: DataFrame) -> Result<(), PipelineError> {
        self.pending_rows += ventas.height();
        self.pending.push(ventas);
        if self.pending_rows >= SLICE_ROWS {
            self.aggregate()
        } else {
            Ok(())
        }
    }

    /// Takes over another part, whoever made it.
    ///
    /// # Errors
    /// As [`agregar`](Self::agregar).
    pub fn unir(&mut self, mut other: Self) -> Result<(), PipelineError> {
        other.aggregate()?;
        let numbers: Vec<u32> = other
            .groups
            .into_iter()
            .map(|(group, sums)| self.add(group, sums))
            .collect();
        for mut frame in other.users {
            let renumbered = frame
                .column("grupo")?
                .u32()?
                .apply_values(|n| numbers[n as usize]);
            frame.with_column(renumbered.into_column())?;
            self.users.push(frame);
        }
        self.user_rows += other.user_rows;
        if self.user_rows > MERGE_ROWS {
            self.shrink()
        } else {
            Ok(())
        }
    }

    /// The rows of the table, or `None` if there was no sale: as [`transformar`] would give them for all sales together.
    ///
    /// # Errors
    /// As [`agregar`](Self::agregar).
    pub fn terminar(mut self) -> Result<Option<DataFrame>, PipelineError> {
        self.aggregate()?;
        if self.groups.is_empty() {
            return Ok(None);
        }
        // Counted without making the distinct users of all parts first.
        let counted = whole(self.users)?
            .group_by([col("grupo")])
            .agg([col("user_id").n_unique().alias("usuarios")])
            .collect()?;
        let mut users = vec![0; self.groups.len()];
        let (numbers, counts) = (
            counted.column("grupo")?.u32()?,
            counted.column("usuarios")?.u32()?,
        );
        for (number, count) in numbers.iter().zip(counts.iter()) {
            users[number.unwrap_or_default() as usize] = i64::from(count.unwrap_or_default());
        }
        let groups = || self.groups.iter();
        let rows = DataFrame::new(
            self.groups.len(),
            vec![
                Column::new(
                    "region".into(),
                    groups().map(|((r, _), _)| r.as_deref()).collect::<Vec<_>>(),
                ),
                Column::new(
                    "segmento".into(),
                    groups().map(|((_, s), _)| s.as_deref()).collect::<Vec<_>>(),
                ),
                Column::new(
                    "revenue".into(),
                    groups().map(|(_, s)| s.revenue).collect::<Vec<_>>(),
                ),
                Column::new("usuarios".into(), users),
                Column::new(
                    "transacciones".into(),
                    groups().map(|(_, s)| s.transacciones).collect::<Vec<_>>(),
                ),
            ],
        )?;
        Ok(Some(rows.sort(["region", "segmento"], Default::default())?))
    }

    /// Adds to a group's sums; gives its number.
    fn add(&mut self, group: Grupo, of_slice: Sumas) -> u32 {
        let next = self.groups.len() as u32;
        let number = *self.numbers.entry(group.clone()).or_insert(next);
        if number == next {
            self.groups.push((group, of_slice));
        } else {
            let (_, sums) = &mut self.groups[number as usize];
            sums.revenue = sums.revenue.wrapping_add(of_slice.revenue);
            sums.transacciones += of_slice.transacciones;
        }
        number
    }

    fn aggregate(&mut self) -> Result<(), PipelineError> {
        if self.pending_rows == 0 {
            return Ok(());
        }
        let sales = whole(std::mem::take(&mut self.pending))?;
        self.pending_rows = 0;
        let mut groups = sales
            .filter(col("monto").gt(lit(0.0)))
            .with_columns([segmento()])
            .group_by(keys())
            .agg([
                col("centavos").sum().alias("revenue"),
                len().cast(DataType::Int64).alias("transacciones"),
                col("user_id").unique(),
            ])
            .collect()?;
        if groups.height() == 0 {
            return Ok(());
        }
        let text = |name: &str| Ok::<_, PipelineError>(groups.column(name)?.str()?.clone());
        let integer = |name: &str| Ok::<_, PipelineError>(groups.column(name)?.i64()?.clone());
        let (regions, segments) = (text("region")?, text("segmento")?);
        let (revenues, counts) = (integer("revenue")?, integer("transacciones")?);
        let numbers: Vec<u32> = (0..groups.height())
            .map(|row| {
                let owned = |text: Option<&str>| text.map(str::to_owned);
                let group = (owned(regions.get(row)), owned(segments.get(row)));
                let sums = Sumas {
                    revenue: revenues.get(row).unwrap_or_default(),
                    transacciones: counts.get(row).unwrap_or_default(),
                };
                self.add(group, sums)
            })
            .collect();
        groups.with_column(Column::new("grupo".into(), numbers))?;
        let users = one_by_one(groups.lazy())?;
        self.user_rows += users.height();
        self.users.push(users);
        // Twice as many as the users known so far: merging costs no more than collecting did.
        let known = self.users.first().map_or(0, DataFrame::height);
        if self.user_rows > MERGE_ROWS.max(2 * known) {
            self.shrink()
        } else {
            Ok(())
        }
    }

    fn shrink(&mut self) -> Result<(), PipelineError> {
        if self.users.len() > 1 {
            let groups = whole(std::mem::take(&mut self.users))?
                .group_by([col("grupo")])
                .agg([col("user_id").unique()]);
            let users = one_by_one(groups)?;
            self.user_rows = users.height();
            self.users.push(users);
        }
        Ok(())
    }
}

fn keys() -> [Expr; 2] {
    [col("region"), col("segmento")]
}

/// A row for each user of each group.
fn one_by_one(groups: LazyFrame) -> Result<DataFrame, PipelineError> {
    let users = groups.select([col("grupo"), col("user_id")]).explode(
        by_name(["user_id"], true, false),
        ExplodeOptions {
            empty_as_null: false,
            keep_nulls: false,
        },
    );
    compact(&users.collect()?)
}

fn whole(frames: Vec<DataFrame>) -> Result<LazyFrame, PipelineError> {
    let frames: Vec<LazyFrame> = frames.into_iter().map(|f| f.lazy()).collect();
    Ok(concat(frames, UnionArgs::default())?)
}

/// Copies the texts out of the pages they were decoded from, which they would otherwise keep in memory.
fn compact(frame: &DataFrame) -> Result<DataFrame, PipelineError> {
    let mut compacted = frame.clone();
    compacted.rechunk_mut();
    for (i, column) in frame.columns().iter().enumerate() {
        if column.dtype() == &DataType::String && frame.height() > 0 {
            let (field, array) = array_from_series(&column.as_materialized_series().rechunk(), 0)?;
            let array = array.as_string_view().gc();
            compacted.replace_column(i, series_from_array(field.name(), &array)?.into())?;
        }
    }
    Ok(compacted)
}
