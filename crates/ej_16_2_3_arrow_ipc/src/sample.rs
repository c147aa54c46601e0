//! One column of each kind that the measurements compare, with as many nulls as asked for.

use arrow::array::{
    ArrayRef, Float64Array, Float64Builder, Int32Builder, Int64Array, ListBuilder, RecordBatch,
    StringArray, StringDictionaryBuilder, StructArray, StructBuilder,
};
use arrow::datatypes::{DataType, Field, Fields, Int32Type};
use std::sync::Arc;

/// The kinds of column that are measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Amounts with two decimals, up to 10 000.
    F64,
    /// Microseconds of the year 2024.
    I64,
    /// Names of 10 to 17 bytes, hardly ever twice the same.
    Texto,
    /// Eight regions.
    Diccionario,
    /// A structure of two coordinates and a list of up to three small numbers.
    Anidado,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::F64,
        Self::I64,
        Self::Texto,
        Self::Diccionario,
        Self::Anidado,
    ];

    /// Its name in the measurements.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::F64 => "f64",
            Self::I64 => "i64",
            Self::Texto => "texto",
            Self::Diccionario => "diccionario",
            Self::Anidado => "anidado",
        }
    }
}

/// The regions of a dictionary column.
pub const REGIONS: [&str; 8] = [
    "norte",
    "sur",
    "este",
    "oeste",
    "centro",
    "litoral",
    "cuyo",
    "patagonia",
];

/// SplitMix64 (Steele, Lea, Flood 2014): a seed and a counter, mixed.
#[derive(Clone, Debug)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// The sequence of this seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub const fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which is small enough for the modulo's bias not to matter.
    pub const fn below(&mut self, bound: u64) -> u64 {
        self.next_u64() % bound
    }
}

/// A batch of one column `v` of this kind, each row null with a chance of `nulls` per cent.
///
/// # Shape
/// `rows` rows; the column is nullable also where `nulls` is 0. The same arguments give the same batch.
pub fn sample_column(kind: Kind, nulls: u64, rows: usize, seed: u64) -> RecordBatch {
    let mut random = SplitMix64::new(seed);
    let mut present = || random.below(100) >= nulls;
    let valid: Vec<bool> = (0..rows).map(|_| present()).collect();
    let column: ArrayRef = match kind {
        Kind::F64 => Arc::new(
            masked(&valid, || random.below(1_000_000) as f64 / 100.0).collect::<Float64Array>(),
        ),
        Kind::I64 => {
            const START: i64 = 1_704_067_200_000_000;
            const YEAR: u64 = 366 * 86_400_000_000;
            Arc::new(masked(&valid, || START + random.below(YEAR) as i64).collect::<Int64Array>())
        }
        Kind::Texto => Arc::new(masked(&valid, || name(&mut random)).collect::<StringArray>()),
        Kind::Diccionario => {
            let mut builder = StringDictionaryBuilder::<Int32Type>::new();
            for region in masked(&valid, || REGIONS[random.below(8) as usize]) {
                builder.append_option(region);
            }
            Arc::new(builder.finish())
        }
        Kind::Anidado => nested(&valid, &mut random),
    };
    let field = Field::new("v", column.data_type().clone(), true);
    RecordBatch::from(StructArray::from(vec![(Arc::new(field), column)]))
}

/// A value for each row that has one; rows without draw none, so density changes no value's cost.
fn masked<T>(valid: &[bool], mut draw: impl FnMut() -> T) -> impl Iterator<Item = Option<T>> {
    valid.iter().map(move |valid| valid.then(&mut draw))
}

fn name(random: &mut SplitMix64) -> String {
    let digits = 2 + random.below(8);
    format!(
        "usuario-{:0width$}",
        random.below(10_u64.pow(digits as u32)),
        width = digits as usize
    )
}

/// The fields of a nested column.
fn nested_fields() -> Fields {
    let item = Arc::new(Field::new_list_field(DataType::Int32, true));
    Fields::from(vec![
        Field::new("lat", DataType::Float64, true),
        Field::new("lon", DataType::Float64, true),
        Field::new("marcas", DataType::List(item), true),
    ])
}

fn nested(valid: &[bool], random: &mut SplitMix64) -> ArrayRef {
    let mut lat = Float64Builder::new();
    let mut lon = Float64Builder::new();
    let mut marks = ListBuilder::new(Int32Builder::new());
    for valid in valid {
        // Five decimals, about a metre; and short enough that serde_json, which rounds longer numbers only nearly, gives them back.
        let coordinate = |random: &mut SplitMix64| {
            (random.below(18_000_000) as i64 - 9_000_000) as f64 / 100_000.0
        };
        lat.append_option(valid.then(|| coordinate(random)));
        lon.append_option(valid.then(|| coordinate(random)));
        if *valid {
            for _ in 0..random.below(4) {
                marks.values().append_value(random.below(1_000) as i32);
            }
        }
        marks.append(*valid);
    }
    let mut builder = StructBuilder::new(
        nested_fields(),
        vec![Box::new(lat), Box::new(lon), Box::new(marks)],
    );
    for valid in valid {
        builder.append(*valid);
    }
    Arc::new(builder.finish())
}
