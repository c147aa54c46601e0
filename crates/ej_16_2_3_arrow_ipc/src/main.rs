//! Both ends of an exchange, to be run as two processes; `--help` lists what there is.
#![deny(unsafe_code)]

mod command_line;
mod messages;

use arrow::array::{Array as _, AsArray as _, RecordBatch};
use arrow::datatypes::{DataType, Float64Type};
use arrow_ipc::reader::StreamReader;
use command_line::{Channel, Command, ReadAs, Send};
use ej_16_2_3_arrow_ipc::exchange::{Summary, events, receive};
use ej_16_2_3_arrow_ipc::json::serializar_json;
use ej_16_2_3_arrow_ipc::residency::resident_bytes;
use ej_16_2_3_arrow_ipc::sample::{Kind, sample_column};
use ej_16_2_3_arrow_ipc::{
    Compression, IpcFile, Limits, WriteOptions, write_file_beside, write_stream,
};
use std::error::Error;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let command = match command_line::parse(std::env::args().skip(1)) {
        Ok(command) => command,
        Err(problem) => {
            eprintln!("error: {problem}\n\n{}", command_line::HELP);
            return ExitCode::from(2);
        }
    };
    let done = match command {
        Command::Help => writeln!(io::stdout(), "{}", command_line::HELP).map_err(Into::into),
        Command::Sizes { rows } => sizes(rows),
        Command::Send(send) => self::send(&send),
        Command::Receive(channel) => self::receive_from(&channel),
        Command::Read { path, how } => read(&path, how).and_then(|batches| say(&batches)),
        Command::Map { path, wait } => map(&path, wait),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", messages::in_spanish(error.as_ref()));
            ExitCode::from(3)
        }
    }
}

type Done = Result<(), Box<dyn Error>>;

/// Bytes per row of each kind of column in each form.
fn sizes(rows: usize) -> Done {
    let mut out = io::stdout().lock();
    writeln!(out, "bytes por fila, {rows} filas de una columna")?;
    writeln!(
        out,
        "{:<12} {:>6} {:>8} {:>8} {:>8} {:>8}",
        "tipo", "nulos", "IPC", "IPC+LZ4", "IPC+ZSTD", "JSON"
    )?;
    for kind in Kind::ALL {
        for nulls in [0, 10, 90] {
            let batch = [sample_column(kind, nulls, rows, 42)];
            let mut line = format!("{:<12} {nulls:>4} %", kind.as_str());
            for codec in [Compression::None, Compression::Lz4, Compression::Zstd] {
                let mut bytes = Vec::new();
                write_stream(
                    &mut bytes,
                    &batch,
                    WriteOptions::default().compressed(codec),
                )?;
                line += &format!(" {:>8.2}", bytes.len() as f64 / rows as f64);
            }
            let json = serializar_json(&batch)?.len();
            writeln!(out, "{line} {:>8.2}", json as f64 / rows as f64)?;
        }
    }
    Ok(())
}

fn send(send: &Send) -> Done {
    let batches = events(send.seed, send.rows, send.batches)?;
    let options = WriteOptions::default().compressed(send.compression);
    match &send.channel {
        Channel::Pipe => write_to(io::stdout().lock(), &batches, options, send.stop_after)?,
        Channel::Socket(path) => write_to(
            UnixStream::connect(path)?,
            &batches,
            options,
            send.stop_after,
        )?,
        Channel::File(path) => write_file_beside(path, &batches, options)?,
        Channel::Map(_) => return Err("un mapa es para leer: usa --archivo".into()),
    }
    eprintln!("enviado: {}", Summary::of(&batches)?);
    Ok(())
}

fn write_to(
    out: impl Write,
    batches: &[RecordBatch],
    options: WriteOptions,
    stop_after: Option<u64>,
) -> Done {
    match stop_after {
        None => write_stream(BufWriter::with_capacity(64 << 10, out), batches, options)?,
        Some(left) => write_stream(StopAfter { out, left }, batches, options)?,
    }
    Ok(())
}

/// Lets so many bytes through and then waits for its standard input to end: whoever wants it dead in mid-stream has the time.
struct StopAfter<W> {
    out: W,
    left: u64,
}

impl<W: Write> Write for StopAfter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.left == 0 {
            self.out.flush()?;
            io::copy(&mut io::stdin(), &mut io::sink())?;
            self.left = u64::MAX;
        }
        let len = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        let written = self.out.write(&bytes[..len])?;
        self.left -= written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn receive_from(channel: &Channel) -> Done {
    let batches = match channel {
        Channel::Pipe => receive(io::stdin().lock())?,
        Channel::Socket(path) => receive(UnixStream::connect(path)?)?,
        Channel::File(path) => read(path, ReadAs::File)?,
        Channel::Map(path) => read(path, ReadAs::Map)?,
    };
    say(&batches)
}

fn say(batches: &[RecordBatch]) -> Done {
    writeln!(io::stdout(), "recibido: {}", Summary::of(batches)?)?;
    Ok(())
}

fn read(path: &Path, how: ReadAs) -> Result<Vec<RecordBatch>, Box<dyn Error>> {
    let name = |error| messages::InFile::boxed(path, error);
    match how {
        ReadAs::Stream => {
            receive(File::open(path).map_err(name)?).map_err(|e| messages::InFile::boxed(path, e))
        }
        ReadAs::File => Ok(IpcFile::open(path, Limits::default())?
            .batches()
            .collect::<Result<_, _>>()?),
        ReadAs::Map => Ok(open_map(path)?.batches().collect::<Result<_, _>>()?),
        ReadAs::Guide => Ok(
            StreamReader::try_new(File::open(path).map_err(name)?, None)?
                .filter_map(Result::ok)
                .collect(),
        ),
    }
}

#[allow(
    unsafe_code,
    reason = "the map of a file that the caller of --mapa vouches for"
)]
fn open_map(path: &Path) -> Result<IpcFile, Box<dyn Error>> {
    // SAFETY: `--mapa` and `mapa` say in the help that nobody may change or cut the file meanwhile; whoever runs them
    // vouches for it.
    Ok(unsafe { IpcFile::map(path, Limits::default()) }?)
}

/// Opens a map and says at each step how much of the file is in memory.
fn map(path: &Path, wait: bool) -> Done {
    let file = open_map(path)?;
    let mut out = io::stdout().lock();
    writeln!(out, "abierto: {} residentes", resident_bytes(path)?)?;
    let batches = file.batches().collect::<Result<Vec<_>, _>>()?;
    writeln!(out, "lotes: {} residentes", resident_bytes(path)?)?;
    out.flush()?;
    if wait {
        io::stdin().read_to_end(&mut Vec::new())?;
    }
    let mut sum = 0.0;
    for column in batches.iter().flat_map(RecordBatch::columns) {
        if column.data_type() == &DataType::Float64 {
            sum += column
                .as_primitive::<Float64Type>()
                .values()
                .iter()
                .sum::<f64>();
        }
    }
    writeln!(out, "suma {sum}: {} residentes", resident_bytes(path)?)?;
    Ok(())
}
