//! The input, checked once and then queried as often as one likes.

use crate::BenchmarkError;
use datafusion::arrow::datatypes::{DataType, Schema};
use ecommerce_arrow::{Limits, ReadError, ReadProblem, SafeParquet};
use std::path::{Path, PathBuf};

/// A Parquet file with the columns of the query: `monto` Float64 and `region` text. Any other column may be there.
///
/// Its footer was read and believed by the workspace's safe reader, so that a truncated or foreign file is one clear error
/// and never reaches an engine. The pages are the engines' own business.
#[derive(Clone, Debug)]
pub struct SalesFile {
    path: PathBuf,
    text: String,
    rows: u64,
}

impl SalesFile {
    /// The file at `path`.
    ///
    /// # Errors
    /// * [`BenchmarkError::Input`] if it cannot be opened, is no Parquet file, is damaged, or a column is missing or has
    ///   another type.
    /// * [`BenchmarkError::Path`] if its absolute path is not UTF-8.
    ///
    /// # Cost
    /// Reads the footer.
    pub fn open(path: &Path) -> Result<Self, BenchmarkError> {
        let name = path.display().to_string();
        let file = SafeParquet::open(path, &name, &Limits::default())?;
        check_columns(&name, file.file_schema())?;
        let rows = file.metadata().file_metadata().num_rows();
        let whole =
            std::path::absolute(path).map_err(|error| read_error(&name, ReadProblem::Io(error)))?;
        let Some(text) = whole.to_str().map(str::to_owned) else {
            return Err(BenchmarkError::Path(whole));
        };
        Ok(Self {
            path: path.to_owned(),
            text,
            rows: u64::try_from(rows).unwrap_or(0),
        })
    }

    /// The path as it was given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many rows its footer says it has.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The absolute path as text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// What errors call it.
    pub(crate) fn name(&self) -> String {
        self.path.display().to_string()
    }
}

fn read_error(name: &str, problem: ReadProblem) -> BenchmarkError {
    BenchmarkError::Input(ReadError {
        file: name.to_owned(),
        problem,
    })
}

fn check_columns(name: &str, schema: &Schema) -> Result<(), BenchmarkError> {
    for (column, expected, fits) in [
        ("monto", "Float64", is_amount as fn(&DataType) -> bool),
        ("region", "Utf8", is_text),
    ] {
        let mut found = schema.fields().iter().filter(|f| f.name() == column);
        let problem = match (found.next(), found.next()) {
            (None, _) => ReadProblem::MissingColumn {
                column,
                similar: similar(column, schema),
            },
            (Some(_), Some(_)) => ReadProblem::RepeatedColumn(column.into()),
            (Some(field), None) if !fits(field.data_type()) => ReadProblem::RetypedColumn {
                column,
                found: field.data_type().to_string(),
                expected,
            },
            (Some(_), None) => continue,
        };
        return Err(read_error(name, problem));
    }
    Ok(())
}

fn is_amount(kind: &DataType) -> bool {
    *kind == DataType::Float64
}

fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

/// A column whose name is the wanted one but for case, blanks and a plural.
fn similar(column: &str, schema: &Schema) -> Option<String> {
    let plain = |name: &str| {
        let letters = name.chars().filter(|c| c.is_alphanumeric());
        let lower = letters.flat_map(char::to_lowercase).collect::<String>();
        lower
            .trim_end_matches("es")
            .trim_end_matches('s')
            .to_owned()
    };
    let names = schema.fields().iter().map(|f| f.name());
    names
        .into_iter()
        .find(|name| plain(name) == plain(column))
        .cloned()
}
