//! Which files make up a day, with remote ones brought near.

use crate::error::{InputError, PipelineError};
use crate::location::{Location, StorageOptions};
use ecommerce_arrow::Format;
use ecommerce_model::Fecha;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path as ObjectPath;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt as _};
use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// A file to read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SourceFile {
    /// Its name relative to the input: what errors and the quarantine say.
    pub name: String,
    /// Where it can be read on this machine.
    pub path: PathBuf,
    /// How it is written.
    pub format: Format,
}

/// The files of a day.
#[derive(Debug)]
pub struct DayInput {
    /// In the order in which their rows count: by name, byte by byte.
    pub files: Vec<SourceFile>,
    /// Whether they hold other days too, and the day's rows are found by their instant.
    pub flat: bool,
    /// Names in the day's directory that are no event files.
    pub ignored: Vec<String>,
    /// Copies of remote files, deleted at the end.
    _near: Option<TempDir>,
}

/// Bytes asked for at a time; each piece is retried on its own.
const PIECE: u64 = 8 << 20;

impl DayInput {
    /// The files of `fecha` under `entrada`: its directory `fecha=YYYY-MM-DD`, or else the flat files there.
    ///
    /// # Errors
    /// * [`InputError`] if the place or the day does not exist, or holds no event file.
    /// * [`PipelineError::Store`] if a remote store does not answer.
    /// * [`PipelineError::Io`] if a remote file cannot be kept on disk.
    pub async fn find(
        entrada: &Location,
        fecha: Fecha,
        options: &StorageOptions,
    ) -> Result<Self, PipelineError> {
        match entrada.as_local() {
            Some(path) => Ok(find_local(entrada, path, fecha)?),
            None => find_remote(entrada, fecha, options).await,
        }
    }

    /// Size of all files on this machine.
    pub fn bytes(&self) -> u64 {
        self.files
            .iter()
            .filter_map(|f| fs::metadata(&f.path).ok())
            .map(|m| m.len())
            .sum()
    }
}

/// The days that have a directory under `entrada`, in order.
///
/// # Errors
/// As [`DayInput::find`].
pub async fn available_days(
    entrada: &Location,
    options: &StorageOptions,
) -> Result<BTreeSet<Fecha>, PipelineError> {
    match entrada.as_local() {
        Some(path) if path.is_dir() => Ok(local_days(path)),
        Some(path) if path.exists() => Ok(BTreeSet::new()),
        Some(_) => Err(InputError::NotFound(entrada.clone()).into()),
        None => {
            let store = entrada.store(options)?;
            let listing = list(store.as_ref(), entrada, &entrada.key()?).await?;
            Ok(days_of(
                listing.common_prefixes.iter().filter_map(|p| p.filename()),
            ))
        }
    }
}

fn days_of<'a>(names: impl Iterator<Item = &'a str>) -> BTreeSet<Fecha> {
    names
        .filter_map(|n| n.strip_prefix("fecha=")?.parse().ok())
        .collect()
}

fn local_days(path: &Path) -> BTreeSet<Fecha> {
    let names: Vec<_> = fs::read_dir(path)
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.file_name())
        .collect();
    days_of(names.iter().filter_map(|n| n.to_str()))
}

fn find_local(entrada: &Location, root: &Path, fecha: Fecha) -> Result<DayInput, InputError> {
    let Ok(canonical) = root.canonicalize() else {
        return Err(InputError::NotFound(entrada.clone()));
    };
    if !canonical.is_dir() {
        let name = root
            .file_name()
            .and_then(|n| n.to_str())
            .unwrap_or("entrada")
            .to_owned();
        let format = Format::of(root).ok_or_else(|| InputError::NoFiles(entrada.clone()))?;
        return Ok(DayInput {
            files: vec![SourceFile {
                name,
                path: canonical,
                format,
            }],
            flat: true,
            ignored: Vec::new(),
            _near: None,
        });
    }
    let partition = format!("fecha={fecha}");
    let directory = canonical.join(&partition);
    let (flat, directory, prefix) = if directory.is_dir() {
        (false, directory, format!("{partition}/"))
    } else {
        let days = local_days(&canonical);
        if !days.is_empty() {
            return Err(missing_day(entrada, fecha, &days));
        }
        (true, canonical.clone(), String::new())
    };
    let (mut files, mut ignored) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(&directory).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(['.', '_']) {
            continue;
        }
        let path = entry.path();
        match Format::of(&path) {
            Some(format) => {
                // A link may stand in for a file, but only for one of this directory's tree.
                let target = path.canonicalize().unwrap_or_else(|_| path.clone());
                if !target.starts_with(&canonical) {
                    return Err(InputError::OutsideRoot(path));
                }
                files.push(SourceFile {
                    name: format!("{prefix}{name}"),
                    path: target,
                    format,
                });
            }
            None => ignored.push(format!("{prefix}{name}")),
        }
    }
    finish(entrada, files, ignored, flat, None)
}

fn finish(
    entrada: &Location,
    mut files: Vec<SourceFile>,
    mut ignored: Vec<String>,
    flat: bool,
    near: Option<TempDir>,
) -> Result<DayInput, InputError> {
    if files.is_empty() {
        return Err(InputError::NoFiles(entrada.clone()));
    }
    files.sort_by(|a, b| a.name.as_bytes().cmp(b.name.as_bytes()));
    ignored.sort();
    Ok(DayInput {
        files,
        flat,
        ignored,
        _near: near,
    })
}

fn missing_day(entrada: &Location, fecha: Fecha, days: &BTreeSet<Fecha>) -> InputError {
    let available = days
        .first()
        .zip(days.last())
        .map(|(a, b)| (*a, *b, days.len()));
    InputError::MissingDay {
        location: entrada.clone(),
        fecha,
        available,
    }
}

async fn find_remote(
    entrada: &Location,
    fecha: Fecha,
    options: &StorageOptions,
) -> Result<DayInput, PipelineError> {
    let store = entrada.store(options)?;
    let root = entrada.key()?;
    let partition = format!("fecha={fecha}");
    let day = list(
        store.as_ref(),
        entrada,
        &root.clone().join(partition.as_str()),
    )
    .await?;
    let (flat, objects, prefix) = if day.objects.is_empty() {
        let here = list(store.as_ref(), entrada, &root).await?;
        let days = days_of(here.common_prefixes.iter().filter_map(|p| p.filename()));
        if !days.is_empty() {
            return Err(missing_day(entrada, fecha, &days).into());
        }
        let objects = if here.objects.is_empty() {
            // A single object: its own key lists nothing below itself.
            match store.head(&root).await {
                Ok(meta) => vec![meta],
                Err(object_store::Error::NotFound { .. }) => {
                    return Err(InputError::NotFound(entrada.clone()).into());
                }
                Err(e) => return Err(store_error(entrada)(e)),
            }
        } else {
            here.objects
        };
        (true, objects, String::new())
    } else {
        (false, day.objects, format!("{partition}/"))
    };
    let near = TempDir::new().map_err(PipelineError::io(std::env::temp_dir()))?;
    let (mut wanted, mut ignored) = (Vec::new(), Vec::new());
    for object in objects {
        let name = object.location.filename().unwrap_or_default().to_owned();
        match Format::of(Path::new(&name)) {
            _ if name.starts_with(['.', '_']) => {}
            Some(format) => {
                let path = near.path().join(format!("{:06}", wanted.len()));
                wanted.push((
                    object,
                    SourceFile {
                        name: format!("{prefix}{name}"),
                        path,
                        format,
                    },
                ));
            }
            None => ignored.push(format!("{prefix}{name}")),
        }
    }
    let files: Vec<SourceFile> = futures::stream::iter(wanted)
        .map(|(object, file)| fetch(Arc::clone(&store), entrada, object, file))
        .buffer_unordered(4)
        .try_collect()
        .await?;
    Ok(finish(entrada, files, ignored, flat, Some(near))?)
}

/// Copies an object to a local file piece by piece; a change under our feet is an error, not a mixture.
async fn fetch(
    store: Arc<dyn ObjectStore>,
    entrada: &Location,
    object: ObjectMeta,
    file: SourceFile,
) -> Result<SourceFile, PipelineError> {
    let mut copy = fs::File::create(&file.path).map_err(PipelineError::io(&file.path))?;
    let mut start = 0;
    while start < object.size {
        let range = start..(start + PIECE).min(object.size);
        let options = object_store::GetOptions {
            range: Some(range.clone().into()),
            if_match: object.e_tag.clone(),
            ..Default::default()
        };
        let piece = async {
            store
                .get_opts(&object.location, options)
                .await?
                .bytes()
                .await
        };
        let bytes = piece
            .await
            .map_err(store_error(&entrada.object(&object.location)))?;
        copy.write_all(&bytes)
            .map_err(PipelineError::io(&file.path))?;
        start = range.end;
    }
    Ok(file)
}

async fn list(
    store: &dyn ObjectStore,
    entrada: &Location,
    prefix: &ObjectPath,
) -> Result<object_store::ListResult, PipelineError> {
    store
        .list_with_delimiter(Some(prefix))
        .await
        .map_err(store_error(entrada))
}

fn store_error(entrada: &Location) -> impl FnOnce(object_store::Error) -> PipelineError {
    let location = entrada.clone();
    move |e| PipelineError::Store {
        location,
        source: Box::new(e),
    }
}
