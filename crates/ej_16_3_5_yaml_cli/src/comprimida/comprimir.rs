//! `comprimir ARRANQUE PROGRAMA SALIDA`: puts a compressed program behind the one that unpacks it (see `main.rs` beside this
//! file for the form).
#![forbid(unsafe_code)]

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::ExitCode;
use std::{fs, io};

/// The slowest level: this is done once, and unpacking is as fast as with any other.
const LEVEL: i32 = 22;
/// Pieces, which are unpacked at the same time. More of them start no sooner and pack worse.
const PIECES: usize = 4;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [stub, program, output] = arguments.as_slice() else {
        eprintln!("uso: comprimir ARRANQUE PROGRAMA SALIDA");
        return ExitCode::from(2);
    };
    match pack(stub, program, output) {
        Ok((before, after)) => {
            println!("{output}: {after} bytes (sin comprimir, {before})");
            ExitCode::SUCCESS
        }
        Err(e) => {
            eprintln!("error: {e}");
            ExitCode::FAILURE
        }
    }
}

fn pack(stub: &str, program: &str, output: &str) -> io::Result<(u64, u64)> {
    let mut file = fs::read(stub)?;
    let program = fs::read(program)?;
    let mut table = Vec::new();
    let mut pieces = 0_u64;
    for piece in program.chunks(program.len().div_ceil(PIECES).max(1)) {
        let mut encoder = zstd::stream::Encoder::new(Vec::new(), LEVEL)?;
        // The whole piece within the window; what unpacks it allows up to 2^27.
        encoder.window_log(27)?;
        encoder.set_pledged_src_size(Some(piece.len() as u64))?;
        encoder.write_all(piece)?;
        let packed = encoder.finish()?;
        file.extend_from_slice(&packed);
        for length in [packed.len(), piece.len()] {
            table.extend_from_slice(&(length as u64).to_le_bytes());
        }
        pieces += 1;
    }
    file.extend_from_slice(&table);
    file.extend_from_slice(&pieces.to_le_bytes());
    file.extend_from_slice(b"TRNSFRM2");
    fs::write(output, &file)?;
    fs::set_permissions(output, fs::Permissions::from_mode(0o755))?;
    Ok((program.len() as u64, file.len() as u64))
}
