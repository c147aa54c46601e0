//! `cargo xtask dist`: the binary that people copy, linked against an old glibc so that it runs nearly everywhere.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::checkout::Checkout;
use crate::{process, venv};

/// The C library of CentOS 7 (2014); no musl target is needed, and malloc and threads stay glibc's.
const TARGET: &str = "x86_64-unknown-linux-gnu.2.17";
const PACKAGE: &str = "ej_16_7_3_analytics_ecommerce";
const BINARY: &str = "analytics-ecommerce";

/// Builds the binary with the profile `dist` and zig as linker, and says what it needs and how large it is.
///
/// # Errors
/// zig cannot be installed, the build fails, or the binary needs a newer glibc than promised.
pub(crate) fn run(checkout: &Checkout) -> Result<ExitCode> {
    let python = venv::ensure(checkout, venv::Name::Zig)?;
    let tools = python.parent().context("el intérprete no tiene carpeta")?;
    let mut path = vec![tools.to_path_buf()];
    path.extend(std::env::split_paths(
        &std::env::var_os("PATH").unwrap_or_default(),
    ));
    let mut build = process::without_package(Command::new(tools.join("cargo-zigbuild")));
    build
        .current_dir(checkout.root())
        .args([
            "zigbuild",
            "--locked",
            "--profile",
            "dist",
            "--target",
            TARGET,
        ])
        .args(["--package", PACKAGE])
        .env("PATH", std::env::join_paths(path)?);
    let status = process::status(&mut build)?;
    if !status.success() {
        return Ok(process::passed_on(status));
    }
    let binary = binary(checkout.target());
    report(&binary)?;
    Ok(ExitCode::SUCCESS)
}

/// Where the build leaves it.
fn binary(target: &Path) -> PathBuf {
    let triple = TARGET.split(".2").next().unwrap_or(TARGET);
    target.join(triple).join("dist").join(BINARY)
}

fn report(binary: &Path) -> Result<()> {
    let size = std::fs::metadata(binary)
        .with_context(|| format!("falta {}", binary.display()))?
        .len();
    let libraries = process::output(Command::new("ldd").arg(binary))?;
    let symbols = process::output(Command::new("objdump").arg("-T").arg(binary))?;
    let newest = newest_glibc(&symbols).context("el binario no nombra ningún símbolo de glibc")?;
    println!("{} ({:.1} MB)", binary.display(), size as f64 / 1e6);
    println!("glibc más nueva que necesita: {}.{}", newest.0, newest.1);
    print!("{libraries}");
    anyhow::ensure!(newest <= (2, 17), "necesita una glibc más nueva que 2.17");
    Ok(())
}

/// The newest `GLIBC_x.y` among the symbols a binary imports.
fn newest_glibc(symbols: &str) -> Option<(u32, u32)> {
    symbols
        .split("GLIBC_")
        .skip(1)
        .filter_map(|rest| {
            let version: String = rest
                .chars()
                .take_while(|c| c.is_ascii_digit() || *c == '.')
                .collect();
            let mut parts = version.split('.').map(str::parse);
            Some((parts.next()?.ok()?, parts.next()?.ok()?))
        })
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_is_found_by_number_not_by_text() {
        let symbols = "memcpy (GLIBC_2.14)\nread (GLIBC_2.2.5)\nopen (GLIBC_2.9)\n";
        assert_eq!(newest_glibc(symbols), Some((2, 14)));
        assert_eq!(newest_glibc("none"), None);
    }

    #[test]
    fn the_path_has_the_triple_without_the_glibc() {
        let path = binary(Path::new("t"));
        assert_eq!(
            path,
            Path::new("t/x86_64-unknown-linux-gnu/dist/analytics-ecommerce")
        );
    }
}
