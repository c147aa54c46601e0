//! From an input of the YAML to a lazy frame over its files.

use super::files::{Files, Location, locate};
use super::{Dialect, peek};
use crate::nearest::hint;
use crate::parameters::Parameters;
use crate::problem::{Class, Problem};
use crate::s3;
use crate::types::data_type;
use crate::yaml::{CsvLectura, Entrada, Formato, Sitio};
use polars::io::HiveOptions;
use polars::prelude::{
    CsvEncoding, LazyCsvReader, LazyFileListReader as _, LazyFrame, NullValues, PlRefPath,
    ScanArgsParquet, ScanSources, Schema,
};
use std::path::Path;
use std::sync::Arc;

/// An input that was opened: nothing of it is read yet but names, sizes, and the first and last bytes.
pub(crate) struct Source {
    pub(crate) location: Location,
    pub(crate) format: Formato,
    pub(crate) files: Option<Files>,
    pub(crate) dialect: Dialect,
    pub(crate) lazy: LazyFrame,
}

/// Opens the file or files of an input.
pub(crate) fn open(
    entry: &Entrada,
    route: &Sitio<String>,
    base: &Path,
    parameters: &Parameters,
) -> Result<Source, Problem> {
    let at = route.place;
    let location = locate(route, base, parameters)?;
    let format = format(entry.formato, &location, at)?;
    if let (Formato::Parquet, Some(csv)) = (format, &entry.csv) {
        return Err(Problem::yaml(
            csv.place,
            "«csv» describe un CSV, y esta entrada es Parquet",
        ));
    }
    if format == Formato::Csv && entry.particiones {
        return Err(Problem::yaml(at, "«particiones» es solo para Parquet"));
    }
    let csv = entry.csv.as_ref().map(|c| &c.valor);
    let dialect = Dialect::of(csv)?;
    let (files, sources, cloud) = match &location {
        Location::Local(path) => {
            let files = Files::find(path, Some(format)).map_err(|e| e.at_yaml(at))?;
            match format {
                Formato::Parquet => files.paths.iter().try_for_each(|p| peek::parquet(p))?,
                Formato::Csv => peek::headers(&files.paths, &dialect)?,
            }
            let paths: Result<Vec<PlRefPath>, _> = files
                .paths
                .iter()
                .map(|p| PlRefPath::try_from_path(p))
                .collect();
            let paths = paths.map_err(|_| {
                Problem::new(Class::Input, "un nombre de archivo no es texto UTF-8").at(at)
            })?;
            (Some(files), paths, None)
        }
        Location::S3(url) => {
            let options = s3::options(url)?;
            (None, vec![PlRefPath::new(url.as_str())], Some(options))
        }
    };
    let remote = files.is_none();
    let sources = ScanSources::Paths(sources.into_iter().collect());
    let include = entry
        .columna_archivo
        .as_ref()
        .map(|name| name.valor.as_str().into());
    let lazy = match format {
        Formato::Parquet => {
            let hive_options = if entry.particiones {
                HiveOptions::new_enabled()
            } else {
                HiveOptions::new_disabled()
            };
            let args = ScanArgsParquet {
                cloud_options: cloud,
                hive_options,
                glob: remote,
                include_file_paths: include,
                ..Default::default()
            };
            LazyFrame::scan_parquet_sources(sources, args)
        }
        Formato::Csv => csv_reader(sources, csv, &dialect, !remote)?
            .with_glob(remote)
            .with_cloud_options(cloud)
            .with_include_file_paths(include)
            .finish(),
    };
    let lazy = lazy.map_err(|e| Problem::new(Class::Input, crate::sql::engine(&e)).at(at))?;
    Ok(Source {
        location,
        format,
        files,
        dialect,
        lazy,
    })
}

/// The format as written, or as the extension says.
pub(crate) fn format(
    written: Option<Formato>,
    location: &Location,
    at: crate::problem::Place,
) -> Result<Formato, Problem> {
    if let Some(format) = written {
        return Ok(format);
    }
    match location.extension().as_deref() {
        Some("parquet" | "pq") => Ok(Formato::Parquet),
        Some("csv" | "tsv" | "txt") => Ok(Formato::Csv),
        _ => Err(Problem::yaml(
            at,
            "la extensión no dice el formato: ponga formato: parquet o formato: csv",
        )),
    }
}

fn csv_reader(
    sources: ScanSources,
    csv: Option<&CsvLectura>,
    dialect: &Dialect,
    checked: bool,
) -> Result<LazyCsvReader, Problem> {
    let default = CsvLectura::default();
    let csv = csv.unwrap_or(&default);
    let mut declared = Schema::default();
    for (name, kind) in &csv.columnas.0 {
        declared.with_column(
            name.valor.as_str().into(),
            data_type(&kind.valor, kind.place)?,
        );
    }
    let nulls: Vec<_> = csv.nulos.names().map(Into::into).collect();
    let encoding = if dialect.lossy {
        CsvEncoding::LossyUtf8
    } else {
        CsvEncoding::Utf8
    };
    Ok(LazyCsvReader::new_with_sources(sources)
        .with_separator(dialect.separator)
        .with_quote_char(dialect.quote)
        .with_comment_prefix(dialect.comment_prefix(checked).map(Into::into))
        .with_has_header(dialect.header)
        .with_skip_lines(dialect.skip)
        .with_encoding(encoding)
        .with_truncate_ragged_lines(dialect.ragged)
        .with_decimal_comma(csv.coma_decimal)
        .with_try_parse_dates(csv.fechas.unwrap_or(true))
        .with_infer_schema_length(Some(csv.inferir_filas.unwrap_or(1000).max(1)))
        .with_null_values((!nulls.is_empty()).then_some(NullValues::AllColumns(nulls)))
        .with_dtype_overwrite((!declared.is_empty()).then(|| Arc::new(declared))))
}

/// Fails if the YAML gives a type to a column that the CSV does not have: Polars would not say so.
pub(crate) fn declared_columns_exist(entry: &Entrada, schema: &Schema) -> Result<(), Problem> {
    let Some(csv) = &entry.csv else { return Ok(()) };
    for (name, _) in &csv.valor.columnas.0 {
        if !schema.contains(&name.valor) {
            return Err(Problem::mismatch(
                name.place,
                format!(
                    "el CSV no tiene la columna «{}»{}",
                    name.valor,
                    hint(&name.valor, schema.iter_names().map(|n| n.as_str()))
                ),
            ));
        }
    }
    Ok(())
}
