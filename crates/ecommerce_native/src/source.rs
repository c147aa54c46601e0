//! Where bytes come from: files read at positions, or anything else that hands out ranges.

use crate::error::{NativeError, one_line};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

/// Largest footer that is read.
const FOOTER_BYTES: u64 = 64 << 20;
/// What is read at the end of a file, in the hope that the footer is in it.
const TAIL_BYTES: u64 = 64 << 10;

/// A range of bytes wanted, and where they go.
#[derive(Debug)]
pub struct Wanted<'a> {
    /// Where they begin.
    pub offset: u64,
    /// Where they go; its length is theirs.
    pub buffer: &'a mut [u8],
}

/// Bytes of one Parquet file, by position.
///
/// The engine asks once per row group for the chunks of the columns it needs, all in one call, so that a store on the network can
/// join and overlap its requests. Several threads ask at once.
pub trait ByteRanges: Send + Sync {
    /// What to call it in errors.
    fn name(&self) -> &str;

    /// How long it is.
    fn size(&self) -> u64;

    /// Fills every buffer.
    ///
    /// # Errors
    /// If one of them cannot be filled whole.
    fn read(&self, wanted: &mut [Wanted<'_>]) -> io::Result<()>;
}

/// One or more Parquet files whose footers have been read.
#[derive(Debug)]
pub struct Source {
    pub(crate) files: Vec<SourceFile>,
}

/// A file and its footer.
pub(crate) struct SourceFile {
    pub(crate) bytes: Box<dyn ByteRanges>,
    pub(crate) metadata: Arc<ParquetMetaData>,
}

impl std::fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.bytes.name())
    }
}

impl Source {
    /// The file at `path`, or every `*.parquet` below it if it is a directory, in the order of their paths; what begins with
    /// `_` or `.` is left out.
    ///
    /// # Errors
    /// * [`NativeError::Read`] if a directory or file cannot be read.
    /// * [`NativeError::NoFiles`] if there is none.
    /// * [`NativeError::Footer`] if one is not Parquet.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, NativeError> {
        let path = path.as_ref();
        let found = files(path).map_err(|source| NativeError::Read {
            file: path.display().to_string(),
            source,
        })?;
        if found.is_empty() {
            return Err(NativeError::NoFiles(path.display().to_string()));
        }
        let opened: Result<Vec<_>, _> = found.iter().map(|f| LocalFile::open(f)).collect();
        Self::of(
            opened?
                .into_iter()
                .map(|f| Box::new(f) as Box<dyn ByteRanges>),
        )
    }

    /// Files from anywhere.
    ///
    /// # Errors
    /// As [`Source::open`], save that there may be none: then a query finds no column.
    pub fn of(files: impl IntoIterator<Item = Box<dyn ByteRanges>>) -> Result<Self, NativeError> {
        let read = |bytes: Box<dyn ByteRanges>| {
            let metadata = Arc::new(footer(bytes.as_ref())?);
            Ok(SourceFile { bytes, metadata })
        };
        let files: Result<_, NativeError> = files.into_iter().map(read).collect();
        Ok(Self { files: files? })
    }

    /// One file whose footer has been read elsewhere.
    ///
    /// # Errors
    /// * [`NativeError::Footer`] if it does not fit the file.
    pub fn with_footer(
        bytes: impl ByteRanges + 'static,
        metadata: Arc<ParquetMetaData>,
    ) -> Result<Self, NativeError> {
        claims(&metadata, bytes.size()).map_err(|detail| NativeError::Footer {
            file: bytes.name().to_owned(),
            detail,
        })?;
        let bytes = Box::new(bytes);
        Ok(Self {
            files: vec![SourceFile { bytes, metadata }],
        })
    }

    /// Rows of all files, before any filter.
    pub fn rows(&self) -> u64 {
        let of = |f: &SourceFile| u64::try_from(f.metadata.file_metadata().num_rows()).unwrap_or(0);
        self.files.iter().map(of).sum()
    }
}

fn files(path: &Path) -> io::Result<Vec<std::path::PathBuf>> {
    if !fs::metadata(path)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let (mut found, mut pending) = (Vec::new(), vec![path.to_owned()]);
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with(['_', '.']) {
                continue;
            }
            if entry.file_type()?.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|e| e == "parquet") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A file of this machine.
#[derive(Debug)]
pub struct LocalFile {
    file: Arc<File>,
    name: String,
    size: u64,
}

impl LocalFile {
    /// The file at `path`.
    ///
    /// # Errors
    /// * [`NativeError::Read`] if it cannot be opened or is no regular file.
    pub fn open(path: &Path) -> Result<Self, NativeError> {
        let name = path.display().to_string();
        let open = || {
            // Asked before it is opened: opening a pipe would wait for its writer.
            if !fs::metadata(path)?.is_file() {
                return Err(io::Error::other("not a regular file"));
            }
            let file = File::open(path)?;
            let size = file.metadata()?.len();
            Ok((file, size))
        };
        match open() {
            Ok((file, size)) => Ok(Self {
                file: Arc::new(file),
                name,
                size,
            }),
            Err(source) => Err(NativeError::Read { file: name, source }),
        }
    }

    /// A file that is open already, called `name` in errors.
    ///
    /// # Errors
    /// If the system does not tell its length.
    pub fn of(file: Arc<File>, name: impl Into<String>) -> io::Result<Self> {
        Ok(Self {
            size: file.metadata()?.len(),
            file,
            name: name.into(),
        })
    }
}

impl ByteRanges for LocalFile {
    fn name(&self) -> &str {
        &self.name
    }

    fn size(&self) -> u64 {
        self.size
    }

    fn read(&self, wanted: &mut [Wanted<'_>]) -> io::Result<()> {
        for w in wanted {
            read_exact_at(&self.file, w.buffer, w.offset)?;
        }
        Ok(())
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, buffer, offset)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            n => {
                buffer = &mut buffer[n..];
                offset += n as u64;
            }
        }
    }
    Ok(())
}

/// Reads and checks a footer: one read if it is short, two otherwise.
fn footer(file: &dyn ByteRanges) -> Result<ParquetMetaData, NativeError> {
    let damaged = |detail: &str| NativeError::Footer {
        file: file.name().to_owned(),
        detail: detail.to_owned(),
    };
    let size = file.size();
    if size < 12 {
        return Err(damaged("too short for a Parquet file"));
    }
    let mut tail = vec![0; size.min(TAIL_BYTES) as usize];
    fill(file, size - tail.len() as u64, &mut tail)?;
    let Some((rest, [a, b, c, d, magic @ ..])) = tail.split_last_chunk::<8>() else {
        return Err(damaged("too short for a Parquet file"));
    };
    match magic {
        b"PAR1" => {}
        b"PARE" => return Err(damaged("it is encrypted")),
        _ => return Err(damaged("no Parquet footer at the end")),
    }
    let length = u64::from(u32::from_le_bytes([*a, *b, *c, *d]));
    if length > size - 8 || length > FOOTER_BYTES {
        return Err(damaged("it claims to be longer than it can be"));
    }
    let whole;
    let thrift = if length as usize <= rest.len() {
        &rest[rest.len() - length as usize..]
    } else {
        let mut buffer = vec![0; length as usize];
        fill(file, size - 8 - length, &mut buffer)?;
        whole = buffer;
        &whole[..]
    };
    // A parser of another crate, over bytes that anyone may have written.
    let parsed = catch_unwind(AssertUnwindSafe(|| {
        ParquetMetaDataReader::decode_metadata(thrift)
    }));
    let metadata = match parsed {
        Ok(Ok(metadata)) => metadata,
        Ok(Err(e)) => return Err(damaged(&one_line(&e.to_string()))),
        Err(_) => return Err(damaged("the parser gave up")),
    };
    claims(&metadata, size).map_err(|detail| damaged(&detail))?;
    Ok(metadata)
}

fn fill(file: &dyn ByteRanges, offset: u64, buffer: &mut [u8]) -> Result<(), NativeError> {
    file.read(&mut [Wanted { offset, buffer }])
        .map_err(|source| NativeError::Read {
            file: file.name().to_owned(),
            source,
        })
}

/// Checks that counts are not negative and that every chunk lies inside the file.
fn claims(metadata: &ParquetMetaData, size: u64) -> Result<(), String> {
    let mut rows = 0i64;
    for (index, group) in metadata.row_groups().iter().enumerate() {
        rows = rows
            .checked_add(group.num_rows())
            .filter(|_| group.num_rows() >= 0)
            .ok_or_else(|| format!("row group {index} claims {} rows", group.num_rows()))?;
        for chunk in group.columns() {
            let start = chunk
                .dictionary_page_offset()
                .unwrap_or_else(|| chunk.data_page_offset());
            let inside = u64::try_from(start).ok().is_some_and(|start| {
                u64::try_from(chunk.compressed_size())
                    .ok()
                    .and_then(|length| start.checked_add(length))
                    .is_some_and(|end| end <= size)
            });
            if !inside {
                return Err(format!(
                    "row group {index}, column '{}': not inside the file",
                    chunk.column_path().string()
                ));
            }
        }
    }
    if rows != metadata.file_metadata().num_rows() {
        return Err(format!(
            "{} rows in all, {rows} in its row groups",
            metadata.file_metadata().num_rows()
        ));
    }
    Ok(())
}
