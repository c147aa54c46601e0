//! Cells as text, the same for every way to hold them: views or not, dictionaries or not, any size of offsets.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType, UInt16Type,
};
use std::fmt::Write as _;

/// One line per row, cells separated by `|`, in column order.
pub(crate) fn de(lotes: &[RecordBatch]) -> Vec<String> {
    let mut lineas = Vec::new();
    for lote in lotes {
        for fila in 0..lote.num_rows() {
            let mut linea = String::new();
            for (i, columna) in lote.columns().iter().enumerate() {
                if i > 0 {
                    linea.push('|');
                }
                celda(&mut linea, columna.as_ref(), fila);
            }
            lineas.push(linea);
        }
    }
    lineas
}

/// A null is `∅`, a float its bits with one NaN, an instant its microseconds, a decimal its unscaled number, texts and bytes are
/// hexadecimal: what `tests/python/intercambio.py` writes too.
pub(crate) fn celda(a: &mut String, columna: &dyn Array, fila: usize) {
    if columna.is_null(fila) {
        a.push('∅');
        return;
    }
    let _ = match columna.data_type() {
        DataType::Boolean => write!(a, "{}", columna.as_boolean().value(fila)),
        DataType::Int16 => write!(a, "{}", columna.as_primitive::<Int16Type>().value(fila)),
        DataType::Int32 => write!(a, "{}", columna.as_primitive::<Int32Type>().value(fila)),
        DataType::Int64 => write!(a, "{}", columna.as_primitive::<Int64Type>().value(fila)),
        DataType::UInt16 => write!(a, "{}", columna.as_primitive::<UInt16Type>().value(fila)),
        DataType::Float32 => {
            let n = columna.as_primitive::<Float32Type>().value(fila);
            write!(a, "f{}", bits(f64::from(n)))
        }
        DataType::Float64 => write!(
            a,
            "f{}",
            bits(columna.as_primitive::<Float64Type>().value(fila))
        ),
        DataType::Date32 => write!(a, "d{}", columna.as_primitive::<Date32Type>().value(fila)),
        DataType::Timestamp(arrow::datatypes::TimeUnit::Microsecond, _) => {
            write!(
                a,
                "t{}",
                columna
                    .as_primitive::<TimestampMicrosecondType>()
                    .value(fila)
            )
        }
        DataType::Timestamp(_, zona) => {
            let micros = DataType::Timestamp(arrow::datatypes::TimeUnit::Microsecond, zona.clone());
            let una = cast(&columna.slice(fila, 1), &micros).unwrap();
            return celda(a, una.as_ref(), 0);
        }
        DataType::Decimal128(..) => write!(
            a,
            "{}",
            columna.as_primitive::<Decimal128Type>().value(fila)
        ),
        DataType::Utf8 => write!(
            a,
            "s{}",
            hexadecimal(columna.as_string::<i32>().value(fila).as_bytes())
        ),
        DataType::LargeUtf8 => write!(
            a,
            "s{}",
            hexadecimal(columna.as_string::<i64>().value(fila).as_bytes())
        ),
        DataType::Utf8View => write!(
            a,
            "s{}",
            hexadecimal(columna.as_string_view().value(fila).as_bytes())
        ),
        DataType::Binary => write!(
            a,
            "b{}",
            hexadecimal(columna.as_binary::<i32>().value(fila))
        ),
        DataType::BinaryView => write!(a, "b{}", hexadecimal(columna.as_binary_view().value(fila))),
        DataType::FixedSizeBinary(_) => write!(
            a,
            "b{}",
            hexadecimal(columna.as_fixed_size_binary().value(fila))
        ),
        DataType::Dictionary(_, valores) => {
            let suelta = cast(&columna.slice(fila, 1), valores).unwrap();
            return celda(a, suelta.as_ref(), 0);
        }
        DataType::List(_) => return lista(a, columna.as_list::<i32>().value(fila).as_ref()),
        DataType::LargeList(_) => return lista(a, columna.as_list::<i64>().value(fila).as_ref()),
        DataType::Map(..) => return lista(a, &columna.as_map().value(fila)),
        DataType::Struct(_) => {
            let registro = columna.as_struct();
            a.push('{');
            for (i, campo) in registro.columns().iter().enumerate() {
                if i > 0 {
                    a.push(',');
                }
                celda(a, campo.as_ref(), fila);
            }
            a.push('}');
            Ok(())
        }
        otro => panic!("no sé escribir {otro}"),
    };
}

fn lista(a: &mut String, valores: &dyn Array) {
    a.push('[');
    for i in 0..valores.len() {
        if i > 0 {
            a.push(',');
        }
        celda(a, valores, i);
    }
    a.push(']');
}

fn bits(n: f64) -> String {
    if n.is_nan() {
        return "NaN".to_owned();
    }
    format!("{:016x}", n.to_bits())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
