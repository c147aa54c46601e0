//! `transforma-arranque`: a program of a few hundred kilobytes with the real one, compressed, behind it.
//!
//! It unpacks the real one into memory that has no name in any directory and becomes it; nothing is written to disk and nothing
//! is left when it ends. The file is: this program, the compressed one, its length (8 bytes, little endian), a mark of 8 bytes.
#![forbid(unsafe_code)]

use rustix::fs::{MemfdFlags, memfd_create};
use std::convert::Infallible;
use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};
use std::os::fd::AsRawFd as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

/// The last bytes of a file that carries a program.
const MARK: &[u8; 8] = b"TRNSFRM1";

fn main() -> ExitCode {
    match become_the_other() {
        Ok(never) => match never {},
        Err(e) => {
            eprintln!("error: el ejecutable comprimido no puede arrancar: {e}");
            ExitCode::from(6)
        }
    }
}

/// Does not return unless something is missing.
fn become_the_other() -> io::Result<Infallible> {
    let mut own = File::open("/proc/self/exe")?;
    let mut end = [0; 16];
    own.seek(SeekFrom::End(-16))?;
    own.read_exact(&mut end)?;
    let (length, mark) = end.split_at(8);
    let length = length.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b));
    let size = own.metadata()?.len();
    if mark != MARK || length > size {
        return Err(io::Error::other("no lleva ningún programa dentro"));
    }
    own.seek(SeekFrom::Start(size - 16 - length))?;
    // Close-on-exec: the kernel has read the program before it closes what it read it from.
    let mut program = File::from(memfd_create("transforma", MemfdFlags::CLOEXEC)?);
    zstd::stream::copy_decode(
        BufReader::with_capacity(1 << 20, own.take(length)),
        &mut program,
    )?;
    let path = format!("/proc/self/fd/{}", program.as_raw_fd());
    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_default();
    Err(Command::new(path).arg0(name).args(arguments).exec())
}
