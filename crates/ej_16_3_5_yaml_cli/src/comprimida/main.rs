//! `transforma-arranque`: a program of a few hundred kilobytes with the real one, compressed, behind it.
//!
//! It unpacks the real one into memory that has no name in any directory and becomes it; nothing is written to disk and nothing
//! is left when it ends. The file is: this program; the real one in pieces, each a zstd frame, unpacked at the same time; for
//! each piece its length and that of what is in it; how many they are (all 8 bytes, little endian); a mark of 8 bytes.
#![forbid(unsafe_code)]

use rustix::fs::{MemfdFlags, memfd_create};
use std::convert::Infallible;
use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom, Write};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::FileExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};
use std::sync::Arc;

/// The last bytes of a file that carries a program.
const MARK: &[u8; 8] = b"TRNSFRM2";

/// `SIGXFSZ` on Linux, which signal-hook has no name for.
const SIGXFSZ: i32 = 25;

fn main() -> ExitCode {
    // Under a limit on the size of files, which memory is counted by too, a write shall fail and not end the program.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::default());
    match become_the_other() {
        Ok(never) => match never {},
        Err(e) if e.kind() == io::ErrorKind::FileTooLarge => {
            eprintln!(
                "error: el ejecutable comprimido no puede arrancar: el límite de tamaño de los archivos (ulimit -f) no deja descomprimirlo"
            );
            ExitCode::from(6)
        }
        Err(e) => {
            eprintln!("error: el ejecutable comprimido no puede arrancar: {e}");
            ExitCode::from(6)
        }
    }
}

/// A piece: where its frame is in this file, and where its bytes go in the program.
struct Piece {
    from: u64,
    packed: u64,
    to: u64,
    end: u64,
}

/// Does not return unless something is missing.
fn become_the_other() -> io::Result<Infallible> {
    let pieces = pieces(&mut File::open("/proc/self/exe")?)?;
    // Close-on-exec: the kernel has read the program before it closes what it read it from.
    let program = File::from(memfd_create("transforma", MemfdFlags::CLOEXEC)?);
    std::thread::scope(|scope| {
        let hands = pieces
            .iter()
            .map(|piece| scope.spawn(|| unpack(piece, &program)));
        let hands: Vec<_> = hands.collect();
        hands.into_iter().try_for_each(|hand| {
            hand.join()
                .unwrap_or_else(|_| Err(io::Error::other("no se puede descomprimir")))
        })
    })?;
    let path = format!("/proc/self/fd/{}", program.as_raw_fd());
    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_default();
    Err(Command::new(path).arg0(name).args(arguments).exec())
}

/// The pieces that this file carries.
fn pieces(own: &mut File) -> io::Result<Vec<Piece>> {
    let none = || io::Error::other("no lleva ningún programa dentro");
    let size = own.metadata()?.len();
    let mut end = [0; 16];
    own.seek(SeekFrom::End(-16))?;
    own.read_exact(&mut end)?;
    let (count, mark) = end.split_at(8);
    let table = number(count).checked_mul(16).filter(|t| *t < 1 << 16);
    let (true, Some(table)) = (mark == MARK, table) else {
        return Err(none());
    };
    let table_at = size.checked_sub(16 + table).ok_or_else(none)?;
    own.seek(SeekFrom::Start(table_at))?;
    let mut lengths = Vec::new();
    own.take(table).read_to_end(&mut lengths)?;
    let lengths: Vec<(u64, u64)> = lengths
        .chunks_exact(16)
        .map(|entry| (number(&entry[..8]), number(&entry[8..])))
        .collect();
    let frames = lengths
        .iter()
        .try_fold(0_u64, |sum, (packed, _)| sum.checked_add(*packed));
    let first = frames.and_then(|f| table_at.checked_sub(f));
    let (mut from, mut to) = (first.ok_or_else(none)?, 0_u64);
    let mut pieces = Vec::with_capacity(lengths.len());
    for (packed, plain) in lengths {
        let end = to.checked_add(plain).ok_or_else(none)?;
        pieces.push(Piece {
            from,
            packed,
            to,
            end,
        });
        (from, to) = (from + packed, end);
    }
    Ok(pieces)
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b))
}

fn unpack(piece: &Piece, program: &File) -> io::Result<()> {
    // A file of its own: threads that share one share its position.
    let mut own = File::open("/proc/self/exe")?;
    own.seek(SeekFrom::Start(piece.from))?;
    let frame = BufReader::with_capacity(1 << 20, own.take(piece.packed));
    let mut at = At(program, piece.to);
    zstd::stream::copy_decode(frame, &mut at)?;
    if at.1 == piece.end {
        Ok(())
    } else {
        Err(io::Error::other("está cortado"))
    }
}

/// Writes from a position on.
struct At<'a>(&'a File, u64);

impl Write for At<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.0.write_at(bytes, self.1)?;
        self.1 += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
