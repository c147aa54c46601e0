//! A pyarrow.RecordBatch of the same values, byte for byte.

use crate::memoria::con_de_todo;
use arrow::array::{Array, RecordBatch};
use ecommerce_testkit::process::Child;
use std::fmt::Write as _;

/// One line per column: type, then each buffer in hexadecimal, `-` where there is none.
const PYARROW: &str = r#"
import pyarrow as pa
columnas = {
    "id": pa.array(["t1", None, "t3"]),
    "monto": pa.array([100.0, None, 150.5]),
    "unidades": pa.array([1, -2, None], pa.int32()),
    "devuelta": pa.array([True, None, False]),
    "timestamp": pa.array([1705312800000000, 0, -1], pa.timestamp("us", tz="UTC")),
}
lote = pa.RecordBatch.from_pydict(columnas)
for nombre, columna in zip(lote.schema.names, lote.columns):
    print(nombre, *["-" if b is None else b.to_pybytes().hex() for b in columna.buffers()])
"#;

fn en_hexadecimal(lote: &RecordBatch) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let mut salida = String::new();
    for (campo, columna) in lote.schema().fields().iter().zip(lote.columns()) {
        let datos = columna.to_data();
        let validez = datos.nulls().map_or("-".into(), |n| hex(n.buffer()));
        write!(salida, "{} {validez}", campo.name()).unwrap();
        for bufer in datos.buffers() {
            write!(salida, " {}", hex(bufer)).unwrap();
        }
        salida.push('\n');
    }
    salida
}

#[test]
#[ignore = "tier python: cargo xtask test"]
fn los_buferes_de_pyarrow_son_los_mismos_byte_a_byte() {
    let interprete = std::env::var_os("ECOMMERCE_PYTHON").expect("ECOMMERCE_PYTHON");
    let f = Child::new(interprete).args(["-c", PYARROW]).run().unwrap();
    assert_eq!(f.code, Some(0), "{}", f.stderr_text());
    assert_eq!(f.stdout_text(), en_hexadecimal(&con_de_todo()));
}
