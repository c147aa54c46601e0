//! Where the result goes, checked before anything runs: never onto an input, never over something that is not a result.

use super::overlap::{not_an_input, onto_input, same_object};
use crate::frame::Frame;
use crate::input::{Location, Source, format, locate, one_byte};
use crate::parameters::Parameters;
use crate::problem::{Class, Place, Problem, from_io};
use crate::s3;
use crate::types::spanish;
use crate::yaml::{Compresion, CsvEscritura, Formato, Salida, Sitio, Tuberia};
use polars::prelude::cloud::CloudOptions;
use polars::prelude::{DataType, Schema, SchemaRef};
use std::path::{Path, PathBuf};

/// Where, as this machine sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File(PathBuf),
    Directory(PathBuf),
    S3(String),
}

/// An output that may be written.
pub(crate) struct Target {
    pub(crate) place: Kind,
    pub(crate) kind: Formato,
    pub(super) at: Place,
    pub(super) csv: Option<CsvEscritura>,
    pub(super) separator: u8,
    pub(super) compression: Compresion,
    pub(super) row_group: Option<usize>,
    pub(super) partition: Vec<String>,
    pub(super) schema: SchemaRef,
    pub(super) cloud: Option<CloudOptions>,
}

impl Target {
    /// Checks the output against the result's schema and against the inputs.
    pub(crate) fn check(
        yaml: Tuberia,
        base: &Path,
        parameters: &Parameters,
        frame: &Frame,
        sources: &[(String, Source)],
    ) -> Result<Self, Problem> {
        let Sitio {
            valor: salida,
            place,
            ..
        } = yaml.salida;
        let at = salida.ruta.place;
        let location = locate(&salida.ruta, base, parameters)?;
        let partition: Vec<String> = salida.particionar.names().map(str::to_owned).collect();
        let kind = match (salida.formato, partition.is_empty()) {
            // A directory has no extension to tell.
            (None, false) if location.extension().is_none() => Formato::Parquet,
            (written, _) => format(written, &location, at)?,
        };
        if frame.schema.is_empty() {
            return Err(
                Problem::new(Class::Input, "el resultado no tiene ninguna columna").at(place),
            );
        }
        let (separator, row_group) = options(&salida, kind)?;
        frame.columns(&salida.particionar)?;
        if partition.len() == frame.schema.len() {
            return Err(Problem::yaml(
                place,
                "«particionar» no deja ninguna columna dentro de los archivos",
            ));
        }
        if kind == Formato::Csv {
            writable_as_csv(&frame.schema, place)?;
        }
        let (place, cloud) = match location {
            Location::S3(url) => {
                if !partition.is_empty() {
                    return Err(Problem::yaml(
                        at,
                        "en S3 varios archivos no aparecen a la vez: particione en disco, o use una tabla Delta",
                    ));
                }
                if url.contains(['*', '?']) {
                    return Err(Problem::yaml(at, "la salida no lleva comodines"));
                }
                if let Some((name, _)) = sources
                    .iter()
                    .find(|(_, s)| matches!(&s.location, Location::S3(u) if same_object(u, &url)))
                {
                    return Err(onto_input(at, name));
                }
                let cloud = s3::options(&url)?;
                (Kind::S3(url), Some(cloud))
            }
            Location::Local(path) => {
                let path = real(&path, at)?;
                not_an_input(&path, !partition.is_empty(), sources, at)?;
                if partition.is_empty() {
                    regular_file(&path, at)?;
                    (Kind::File(path), None)
                } else {
                    super::staging::replaceable(&path, kind, at)?;
                    (Kind::Directory(path), None)
                }
            }
        };
        Ok(Self {
            place,
            kind,
            at,
            separator,
            compression: salida.compresion.map(|c| c.valor).unwrap_or_default(),
            csv: salida.csv.map(|c| c.valor),
            row_group,
            partition,
            schema: frame.schema.clone(),
            cloud,
        })
    }

    pub(crate) fn is_partitioned(&self) -> bool {
        !self.partition.is_empty()
    }

    /// The place, as it is shown.
    pub(crate) fn shown(&self) -> String {
        match &self.place {
            Kind::File(path) | Kind::Directory(path) => path.display().to_string(),
            Kind::S3(url) => url.clone(),
        }
    }
}

fn options(salida: &Salida, kind: Formato) -> Result<(u8, Option<usize>), Problem> {
    let mut separator = b',';
    if let Some(csv) = &salida.csv {
        if kind != Formato::Csv {
            return Err(Problem::yaml(
                csv.place,
                "«csv» describe un CSV, y la salida es Parquet",
            ));
        }
        if let Some(text) = &csv.valor.separador {
            separator = one_byte(text, "el separador")?;
        }
        if csv.valor.coma_decimal && separator == b',' {
            return Err(Problem::yaml(
                csv.place,
                "con coma_decimal el separador no puede ser la coma: ponga separador: \";\"",
            ));
        }
    }
    if let (Formato::Csv, Some(compression)) = (kind, &salida.compresion) {
        return Err(Problem::yaml(
            compression.place,
            "«compresion» es solo para Parquet",
        ));
    }
    let row_group = match &salida.filas_por_grupo {
        Some(rows) if kind == Formato::Csv => {
            return Err(Problem::yaml(
                rows.place,
                "«filas_por_grupo» es solo para Parquet",
            ));
        }
        Some(rows) if rows.valor == 0 => {
            return Err(Problem::yaml(
                rows.place,
                "un grupo tiene al menos una fila",
            ));
        }
        rows => rows.as_ref().map(|r| r.valor),
    };
    Ok((separator, row_group))
}

fn writable_as_csv(schema: &Schema, at: Place) -> Result<(), Problem> {
    for (name, dtype) in schema.iter() {
        if dtype.is_nested() || matches!(dtype, DataType::Binary) {
            return Err(Problem::mismatch(
                at,
                format!(
                    "la columna «{name}» es {}: un CSV no la puede llevar; quítela o escriba Parquet",
                    spanish(dtype)
                ),
            ));
        }
    }
    Ok(())
}

/// The path behind links, of something that may not exist yet; its directory must.
fn real(path: &Path, at: Place) -> Result<PathBuf, Problem> {
    if let Ok(there) = path.canonicalize() {
        return Ok(there);
    }
    if std::fs::symlink_metadata(path).is_ok_and(|m| m.is_symlink()) {
        return Err(Problem::yaml(
            at,
            format!(
                "la salida {} es un enlace que no lleva a nada",
                path.display()
            ),
        ));
    }
    let Some(name) = path.file_name() else {
        return Err(Problem::yaml(at, "la salida no nombra un archivo"));
    };
    let parent = match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    };
    let parent = parent.canonicalize().map_err(|e| {
        if e.kind() == std::io::ErrorKind::NotFound {
            Problem::yaml(
                at,
                format!(
                    "el directorio de la salida no existe: créelo con mkdir -p {}",
                    parent.display()
                ),
            )
        } else {
            from_io(parent, "usar", &e).at_yaml(at)
        }
    })?;
    if !parent.is_dir() {
        return Err(Problem::yaml(
            at,
            format!("{} no es un directorio", parent.display()),
        ));
    }
    Ok(parent.join(name))
}

fn regular_file(path: &Path, at: Place) -> Result<(), Problem> {
    match std::fs::metadata(path) {
        Ok(meta) if meta.is_dir() => Err(Problem::yaml(
            at,
            format!(
                "la salida {} es un directorio: nombre un archivo dentro de él",
                path.display()
            ),
        )),
        Ok(meta) if !meta.is_file() => Err(Problem::yaml(
            at,
            format!("la salida {} no es un archivo normal", path.display()),
        )),
        _ => Ok(()),
    }
}
