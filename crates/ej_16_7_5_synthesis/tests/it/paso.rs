//! A table's content is what its rows say, not how they are written.

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::DataType;
use ecommerce_testkit::temp;
use ej_16_7_5_synthesis::step::{self, Form, StepError};
use std::fs;
use std::sync::Arc;

fn table(last: &str) -> RecordBatch {
    let columns: [(&str, ArrayRef); 3] = [
        (
            "texto",
            Arc::new(StringArray::from(vec![Some("a\nb"), None, Some(last)])),
        ),
        (
            "entero",
            Arc::new(Int64Array::from(vec![Some(1), Some(-2), None])),
        ),
        (
            "flotante",
            Arc::new(Float64Array::from(vec![-0.0, f64::NAN, 0.1])),
        ),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)))
        .unwrap()
}

#[test]
fn de_parquet_a_arrow_y_vuelta_cambia_la_codificacion_y_no_el_contenido() {
    let directory = temp::dir().unwrap();
    let place = |name: &str| directory.path().join(name);
    let original = step::hash(&[table("c")]).unwrap();
    step::write(&place("a.parquet"), Form::Parquet, &[table("c")]).unwrap();
    let read = [
        step::pass(&place("a.parquet"), &place("b.arrow"), Form::Arrow).unwrap(),
        step::pass(&place("b.arrow"), &place("c.parquet"), Form::Parquet).unwrap(),
        step::pass(&place("c.parquet"), &place("d.arrow"), Form::Arrow).unwrap(),
    ];
    assert_eq!(read, [original.clone(), original.clone(), original.clone()]);
    let text = |name: &str| {
        step::read(&place(name)).unwrap()[0]
            .schema()
            .field(0)
            .data_type()
            .clone()
    };
    assert_eq!(text("c.parquet"), DataType::Utf8);
    assert!(matches!(text("d.arrow"), DataType::Dictionary(_, _)));
    assert_ne!(step::hash(&[table("d")]).unwrap(), original);
}

#[test]
fn lo_que_no_es_una_tabla_es_un_error_que_nombra_el_archivo() {
    let directory = temp::dir().unwrap();
    let empty = step::read(directory.path()).unwrap_err();
    assert!(
        matches!(&empty, StepError::Nothing { path } if path == directory.path()),
        "{empty}"
    );
    for (name, bytes) in [
        ("corto", &b"AR"[..]),
        ("arrow", b"ARROW1 y nada"),
        ("otro", b"texto sin mas"),
    ] {
        let path = directory.path().join(name);
        fs::write(&path, bytes).unwrap();
        let error = step::read(&path).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
    assert!(matches!(
        step::read(&directory.path().join("no")),
        Err(StepError::Io { .. })
    ));
}
