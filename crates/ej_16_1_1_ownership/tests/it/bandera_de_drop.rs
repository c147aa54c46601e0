//! The drop flag, seen in the compiler's own intermediate code.

use ecommerce_testkit::process::Child;
use ecommerce_testkit::temp;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// The compiler beside the cargo that runs this test.
fn rustc() -> PathBuf {
    let beside = std::env::var_os("CARGO").map(|cargo| Path::new(&cargo).with_file_name("rustc"));
    beside
        .filter(|rustc| rustc.is_file())
        .unwrap_or_else(|| PathBuf::from("rustc"))
}

const SOURCE: &str = "
pub fn take(_: Vec<f64>) {}
pub fn afterwards() {}
pub fn always(datos: Vec<f64>) { take(datos); afterwards(); }
pub fn never(_datos: Vec<f64>) { afterwards(); }
pub fn perhaps(datos: Vec<f64>, give: bool) { if give { take(datos); } afterwards(); }
";

/// Branches in the body of `function`, and the drops of its first parameter.
fn branches_and_drops(mir: &str, function: &str) -> (usize, usize) {
    let start = mir.find(&format!("fn {function}(")).unwrap();
    let body = &mir[start..];
    let body = &body[..body.find("\n}").unwrap()];
    // The way of a panic has blocks of its own; what counts is the way that is always taken.
    let usual = body
        .split("\n\n")
        .filter(|block| !block.lines().any(|line| line.contains("(cleanup): {")));
    usual.fold((0, 0), |(branches, drops), block| {
        (
            branches + block.matches("switchInt(").count(),
            drops + block.matches("drop(_1)").count(),
        )
    })
}

#[test]
fn un_move_condicional_cuesta_una_bandera_y_una_rama() {
    let dir = temp::dir().unwrap();
    let (source, mir) = (dir.path().join("moves.rs"), dir.path().join("moves.mir"));
    fs::write(&source, SOURCE).unwrap();
    let mut emit = OsString::from("--emit=mir=");
    emit.push(&mir);
    let run = Child::new(rustc())
        .args(["--crate-type=lib", "--edition=2024", "-Copt-level=0"])
        .arg(emit)
        .arg(&source)
        .current_dir(dir.path())
        .run()
        .unwrap();
    assert!(run.success(), "{run:?}");
    let mir = fs::read_to_string(mir).unwrap();

    assert_eq!(branches_and_drops(&mir, "always"), (0, 0), "{mir}");
    assert_eq!(branches_and_drops(&mir, "never"), (0, 1), "{mir}");
    // One branch is the `if`; the other asks the flag whether there is anything left to drop.
    assert_eq!(branches_and_drops(&mir, "perhaps"), (2, 1), "{mir}");
}
