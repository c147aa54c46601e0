//! Which files a path of the YAML means: a file, a directory, a pattern or an object of S3.

use super::patterns::matching;
use crate::nearest::hint;
use crate::parameters::Parameters;
use crate::problem::{Problem, from_io};
use crate::yaml::{Formato, Sitio};
use std::fmt;
use std::path::{Path, PathBuf};

/// Where an input or the output lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    Local(PathBuf),
    S3(String),
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Local(path) => path.display().fmt(f),
            Self::S3(url) => f.write_str(url),
        }
    }
}

impl Location {
    /// The extension, in lower case.
    pub(crate) fn extension(&self) -> Option<String> {
        let name = match self {
            Self::Local(path) => path.file_name()?.to_str()?,
            Self::S3(url) => url.rsplit('/').next()?,
        };
        Some(name.rsplit_once('.')?.1.to_ascii_lowercase())
    }
}

/// The place that a path of the YAML names, its `{parameters}` filled in.
pub(crate) fn locate(
    route: &Sitio<String>,
    base: &Path,
    parameters: &Parameters,
) -> Result<Location, Problem> {
    let at = route.place;
    let text = fill(&route.valor, parameters).map_err(|why| Problem::yaml(at, why))?;
    if text.trim().is_empty() || text.contains('\0') {
        return Err(Problem::yaml(at, "la ruta está vacía o no se puede usar"));
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return Ok(Location::Local(base.join(text)));
    };
    if !matches!(scheme, "s3" | "s3a") {
        return Err(Problem::yaml(
            at,
            format!("«{scheme}://» no se admite: una ruta local o s3://cubo/clave"),
        ));
    }
    let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
    if bucket.contains('@') {
        return Err(Problem::yaml(
            at,
            "las credenciales no van en la ruta: van en el entorno (AWS_ACCESS_KEY_ID…)",
        ));
    }
    if bucket.is_empty() || key.is_empty() {
        return Err(Problem::yaml(
            at,
            "una ruta de S3 es s3://cubo/clave, con cubo y clave",
        ));
    }
    Ok(Location::S3(format!("s3://{rest}")))
}

/// The text with its `{name}` replaced by values that cannot be more than part of a file's name.
fn fill(text: &str, parameters: &Parameters) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, tail) = after
            .split_once('}')
            .ok_or("la ruta abre { y no lo cierra")?;
        out.push_str(before);
        let part = parameters.get(name)?.path_part().ok_or_else(|| {
            format!(
                "el parámetro «{name}» no puede ir en una ruta: solo letras, cifras, - _ = y punto"
            )
        })?;
        out.push_str(&part);
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

/// The files of a local input.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) bytes: u64,
}

impl Files {
    /// The files that the path means, sorted by name: itself, those of its format below it if it is a directory, or those
    /// that match its pattern. At least one.
    pub(crate) fn find(path: &Path, format: Option<Formato>) -> Result<Self, Problem> {
        let pattern = path.to_string_lossy();
        let literal = std::fs::symlink_metadata(path).is_ok();
        let mut paths = Vec::new();
        if !literal && pattern.contains(['*', '?']) {
            matching(path, &mut paths)?;
            if paths.is_empty() {
                return Err(Problem::new(
                    crate::problem::Class::Input,
                    format!("ningún archivo coincide con {pattern}"),
                ));
            }
        } else if path.is_dir() {
            let wanted = match format {
                Some(Formato::Csv) => "csv",
                _ => "parquet",
            };
            below(path, &mut |file| {
                if file
                    .extension()
                    .is_some_and(|e| e.eq_ignore_ascii_case(wanted))
                {
                    paths.push(file.to_owned());
                }
            })?;
            if paths.is_empty() {
                return Err(Problem::new(
                    crate::problem::Class::Input,
                    format!("en {pattern} no hay ningún archivo .{wanted}"),
                ));
            }
        } else {
            paths.push(path.to_owned());
        }
        paths.sort();
        let mut bytes = 0;
        for file in &paths {
            let meta = std::fs::metadata(file).map_err(|e| missing(file, &e))?;
            if !meta.is_file() {
                return Err(Problem::data(file, None, "no es un archivo normal"));
            }
            if meta.len() == 0 {
                return Err(Problem::data(file, None, "el archivo está vacío"));
            }
            bytes += meta.len();
        }
        Ok(Self { paths, bytes })
    }
}

/// A file that is not there, with the name beside it that was probably meant.
fn missing(file: &Path, e: &std::io::Error) -> Problem {
    let problem = from_io(file, "leer", e);
    if e.kind() != std::io::ErrorKind::NotFound {
        return problem;
    }
    let parent = match file.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    };
    let Ok(entries) = std::fs::read_dir(parent) else {
        return Problem::new(problem.class(), format!("{problem}, ni su directorio"));
    };
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|e| e.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned());
    let hint = hint(
        name.as_deref().unwrap_or_default(),
        names.iter().map(String::as_str),
    );
    Problem::new(problem.class(), format!("{problem}{hint}"))
}

/// Every file below the directory, hidden ones and staging ones (`.`, `_`) left out; links to directories are not followed.
fn below(dir: &Path, found: &mut dyn FnMut(&Path)) -> Result<(), Problem> {
    for entry in std::fs::read_dir(dir).map_err(|e| from_io(dir, "leer", &e))? {
        let entry = entry.map_err(|e| from_io(dir, "leer", &e))?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with(['.', '_']) {
            continue;
        }
        let path = entry.path();
        let kind = entry.file_type().map_err(|e| from_io(&path, "leer", &e))?;
        if kind.is_dir() {
            below(&path, found)?;
        } else {
            found(&path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn un_parametro_en_una_ruta_no_sale_del_nombre() {
        use crate::parameters::Value;
        for (text, fits) in [
            ("2024-01-15", true),
            ("fecha=2024", true),
            ("..", false),
            ("../otro", false),
            ("a/b", false),
            ("*", false),
            ("", false),
            (".oculto", false),
        ] {
            assert_eq!(
                Value::Text(text.into()).path_part().is_some(),
                fits,
                "{text}"
            );
        }
    }
}
