//! What the installed Python packages say of the tool that built them.

use std::process::Command;

const GENERADORES: &str = "\
import importlib.metadata as m
for nombre in ('polars-runtime-32', 'deltalake', 'duckdb'):
    rueda = m.distribution(nombre).read_text('WHEEL')
    linea = next(l for l in rueda.splitlines() if l.startswith('Generator: '))
    print(nombre, linea.split()[1], flush=True)
";

#[test]
#[ignore = "tier python: cargo xtask test"]
fn polars_y_deltalake_los_empaqueta_maturin_y_duckdb_no() {
    let python =
        std::env::var_os("ECOMMERCE_PYTHON").expect("ECOMMERCE_PYTHON is set by cargo xtask test");
    let salida = Command::new(python)
        .args(["-c", GENERADORES])
        .output()
        .unwrap();
    assert!(
        salida.status.success(),
        "{}",
        String::from_utf8_lossy(&salida.stderr)
    );
    assert_eq!(
        String::from_utf8_lossy(&salida.stdout),
        "polars-runtime-32 maturin\ndeltalake maturin\nduckdb scikit-build-core\n"
    );
}
