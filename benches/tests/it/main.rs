//! The runner from outside: a workspace of stand-ins for the peers, and the real ones in their tiers.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod closing;
mod measuring;
mod racing;
mod warming;

use std::path::Path;
use std::process::Command;

/// The program under test.
const DUELO: &str = env!("CARGO_BIN_EXE_duelo");

/// The real peers, on the small day of `peers/tests/eventos.py`.
fn pytest(marker: &str) {
    let python =
        std::env::var_os("ECOMMERCE_PYTHON").expect("ECOMMERCE_PYTHON is set by cargo xtask test");
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/tests");
    let output = Command::new(python)
        .args(["-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", marker])
        .arg(tests)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && !told.contains("skipped"),
        "{told}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

mod nivel_python {
    #[test]
    #[ignore = "tier python: cargo xtask test"]
    fn the_content_hash_the_reference_and_the_python_peers_agree() {
        super::pytest("not jvm and not binario");
    }
}

mod nivel_jvm {
    #[test]
    #[ignore = "tier jvm: cargo xtask test"]
    fn the_spark_peers_agree_with_the_reference() {
        super::pytest("jvm");
    }
}
