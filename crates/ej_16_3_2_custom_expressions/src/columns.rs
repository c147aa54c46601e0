//! The distance as a Rust function over whole columns: one pass, several threads, and a box that the optimizer cannot open.

use ecommerce_model::haversine_km;
use polars::prelude::*;
use rayon::prelude::*;
use std::borrow::Cow;

/// Rows that a thread takes at a time: 640 KiB of columns, which the second cache holds.
pub const BLOQUE: usize = 16_384;

/// Returns the same distance as [`distancia_haversine`](crate::distancia_haversine), computed by [`distancias`].
///
/// # Shape
/// As there.
///
/// # Errors
/// As there.
///
/// # Cost
/// A call of [`distancias`] for each morsel of the streaming engine, or one for the whole column of the engine in memory. Two
/// expressions made by two calls of this function are two expressions, whatever their arguments: the optimizer compares closures
/// by address. Clone the first.
pub fn distancia_haversine_columnas(lat1: Expr, lon1: Expr, lat2: Expr, lon2: Expr) -> Expr {
    map_multiple(
        |columns: &mut [Column]| distancias(columns),
        [lat1, lon1, lat2, lon2],
        |_: &Schema, _: &[Field]| Ok(Field::new("distancia_km".into(), DataType::Float64)),
    )
    .alias("distancia_km")
}

/// Returns the distance in km of each row's two points, from their latitudes and longitudes: lat1, lon1, lat2, lon2.
///
/// # Shape
/// Float64, in one chunk, as long as the columns; a column of one row serves all. Null where any of them is null.
///
/// # Errors
/// * `ShapeMismatch` for other than four columns, or for lengths that differ and are not 1.
/// * `InvalidOperation` for a column that cannot become Float64 without losing something.
///
/// # Cost
/// Eight bytes a row are allocated. Columns of Float64 are read where they are if their chunks match, and put into one chunk
/// each if not. Blocks of [`BLOQUE`] rows are spread over the threads of the pool it runs in; fewer rows stay on this thread.
pub fn distancias(columns: &[Column]) -> PolarsResult<Column> {
    let [lat1, lon1, lat2, lon2] = columns else {
        let count = columns.len();
        return Err(shape(format!("4 columns are needed, not {count}")));
    };
    let inputs = [
        Input::of(lat1)?,
        Input::of(lon1)?,
        Input::of(lat2)?,
        Input::of(lon2)?,
    ];
    let name = || PlSmallStr::from_static("distancia_km");
    let rows = common_length(&inputs)?;
    if inputs.iter().any(|input| matches!(input, Input::One(None))) {
        return Ok(Column::full_null(name(), rows, &DataType::Float64));
    }
    let inputs = Input::in_the_same_chunks(inputs);
    let repeated = inputs.each_ref().map(|input| input.repeated(rows));

    let mut km = vec![0.0; rows];
    let blocks = blocks(&inputs, &repeated, &mut km);
    if blocks.len() > 1 {
        blocks.into_par_iter().for_each(Block::fill);
    } else {
        blocks.into_iter().for_each(Block::fill);
    }

    let mut valid: Option<BooleanChunked> = None;
    for column in inputs.iter().filter_map(Input::rows) {
        if column.null_count() > 0 {
            let here = column.is_not_null();
            valid = Some(valid.map_or_else(|| here.clone(), |before| &before & &here));
        }
    }
    let valid = valid.map(|mask| mask.rechunk().downcast_as_array().values().clone());
    Ok(Float64Chunked::from_vec_validity(name(), km, valid).into_column())
}

/// One of the four columns.
enum Input<'a> {
    /// A value for each row.
    Rows(Cow<'a, Float64Chunked>),
    /// The same for all, or null for all.
    One(Option<f64>),
}

impl<'a> Input<'a> {
    fn of(column: &'a Column) -> PolarsResult<Self> {
        let floats = match column.dtype() {
            DataType::Float64 => Cow::Borrowed(column.f64()?),
            _ => Cow::Owned(column.strict_cast(&DataType::Float64)?.f64()?.clone()),
        };
        Ok(match floats.len() {
            1 => Self::One(floats.get(0)),
            _ => Self::Rows(floats),
        })
    }

    /// The column, if it has more than one row.
    fn rows(&self) -> Option<&Float64Chunked> {
        match self {
            Self::Rows(column) => Some(column),
            Self::One(_) => None,
        }
    }

    /// The columns as they are if their chunks have the same lengths, else each in one chunk.
    fn in_the_same_chunks(inputs: [Self; 4]) -> [Self; 4] {
        let lengths = |column: &Float64Chunked| column.chunk_lengths().collect::<Vec<_>>();
        let mut columns = inputs.iter().filter_map(Self::rows).map(lengths);
        let first = columns.next();
        if columns.all(|other| Some(&other) == first.as_ref()) {
            return inputs;
        }
        inputs.map(|input| match input {
            Self::Rows(column) => Self::Rows(Cow::Owned(column.rechunk().into_owned())),
            one => one,
        })
    }

    /// Its values, whatever their validity, chunk by chunk.
    fn chunks(&self) -> Vec<&[f64]> {
        let chunks = self.rows().map(Float64Chunked::downcast_iter);
        let chunks = chunks.into_iter().flatten();
        chunks.map(|chunk| chunk.values().as_slice()).collect()
    }

    /// The value that serves all rows, as often as a block needs it.
    fn repeated(&self, rows: usize) -> Vec<f64> {
        match self {
            Self::One(Some(value)) => vec![*value; rows.min(BLOQUE)],
            Self::One(None) | Self::Rows(_) => Vec::new(),
        }
    }
}

/// The length of those that are longer than one row; 1 if none is.
fn common_length(inputs: &[Input<'_>]) -> PolarsResult<usize> {
    let mut lengths = inputs.iter().filter_map(Input::rows).map(|c| c.len());
    let rows = lengths.next().unwrap_or(1);
    match lengths.find(|other| *other != rows) {
        None => Ok(rows),
        Some(other) => Err(shape(format!("columns of {rows} and of {other} rows"))),
    }
}

/// Some rows of a chunk, and where their distances go: all five as long as each other.
struct Block<'a> {
    degrees: [&'a [f64]; 4],
    km: &'a mut [f64],
}

impl Block<'_> {
    fn fill(self) {
        let [lat1, lon1, lat2, lon2] = self.degrees;
        let points = lat1.iter().zip(lon1).zip(lat2.iter().zip(lon2));
        for (km, ((lat1, lon1), (lat2, lon2))) in self.km.iter_mut().zip(points) {
            *km = haversine_km(*lat1, *lon1, *lat2, *lon2);
        }
    }
}

/// Cuts columns and result at the ends of chunks and every [`BLOQUE`] rows.
fn blocks<'a>(
    inputs: &'a [Input<'_>; 4],
    repeated: &'a [Vec<f64>; 4],
    km: &'a mut [f64],
) -> Vec<Block<'a>> {
    let chunks = inputs.each_ref().map(Input::chunks);
    let lengths: Vec<usize> = match chunks.iter().find(|chunks| !chunks.is_empty()) {
        Some(chunks) => chunks.iter().map(|chunk| chunk.len()).collect(),
        None => vec![km.len()],
    };
    let mut blocks = Vec::new();
    let mut rest = km;
    for (number, length) in lengths.into_iter().enumerate() {
        let (here, behind) = rest.split_at_mut(length);
        rest = behind;
        for (at, km) in here.chunks_mut(BLOQUE).enumerate() {
            let start = at * BLOQUE;
            let degrees = std::array::from_fn(|column| match chunks[column].get(number) {
                Some(chunk) => &chunk[start..start + km.len()],
                None => &repeated[column][..km.len()],
            });
            blocks.push(Block { degrees, km });
        }
    }
    blocks
}

fn shape(message: String) -> PolarsError {
    PolarsError::ShapeMismatch(message.into())
}
