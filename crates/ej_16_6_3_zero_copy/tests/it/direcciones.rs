//! The addresses that the table of copies is made of.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float64Array, ListArray,
    StringArray, StringViewArray, StructArray,
};
use arrow::datatypes::{DataType, Field, Float64Type, Int32Type};
use ej_16_6_3_zero_copy::addresses::buffer_addresses;

use crate::estructuras::{exportado, recibir_de};

fn nombres(array: &dyn Array) -> Vec<String> {
    buffer_addresses(&array.to_data())
        .into_iter()
        .map(|bufer| bufer.name)
        .collect()
}

#[test]
fn cada_bufer_tiene_su_nombre() {
    let numeros = Float64Array::from(vec![Some(1.0), None]);
    let textos = StringArray::from(vec!["a", "b"]);
    let largo = "un texto que no cabe en una vista";
    let vistas = StringViewArray::from(vec!["a", largo]);
    let diccionario: DictionaryArray<Int32Type> = vec!["a", "b"].into_iter().collect();
    let lista = ListArray::from_iter_primitive::<Float64Type, _, _>([Some(vec![Some(1.0)])]);
    let campo = Arc::new(Field::new("monto", DataType::Float64, true));
    let registro = StructArray::from(vec![(campo, Arc::new(numeros.clone()) as ArrayRef)]);

    assert_eq!(nombres(&numeros), ["validez", "valores"]);
    assert_eq!(nombres(&BooleanArray::from(vec![true])), ["valores"]);
    assert_eq!(nombres(&Date32Array::from(vec![1])), ["valores"]);
    assert_eq!(nombres(&textos), ["desplazamientos", "textos"]);
    assert_eq!(nombres(&vistas), ["vistas", "textos 0"]);
    assert_eq!(
        nombres(&diccionario),
        [
            "índices",
            "diccionario.desplazamientos",
            "diccionario.textos"
        ]
    );
    assert_eq!(nombres(&lista), ["desplazamientos", "item.valores"]);
    assert_eq!(nombres(&registro), ["monto.validez", "monto.valores"]);
}

#[test]
fn cualquier_tipo_cruza_con_las_mismas_direcciones() {
    let campo = Arc::new(Field::new("monto", DataType::Float64, true));
    let numeros: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), None, Some(2.0)]));
    let diccionario: DictionaryArray<Int32Type> = vec!["a", "b", "a"].into_iter().collect();
    let arrays: [ArrayRef; 6] = [
        Arc::clone(&numeros),
        Arc::new(StringArray::from(vec!["uno", "", "tres"])),
        Arc::new(StringViewArray::from(vec![
            "corto",
            "un texto que no cabe en una vista",
        ])),
        Arc::new(diccionario),
        Arc::new(ListArray::from_iter_primitive::<Float64Type, _, _>([
            Some(vec![Some(1.0), None]),
            None,
        ])),
        Arc::new(StructArray::from(vec![(campo, numeros)])),
    ];
    for array in arrays {
        let recibido = recibir_de(&mut exportado(&array), array.data_type()).unwrap();
        assert_eq!(
            buffer_addresses(&recibido),
            buffer_addresses(&array.to_data())
        );
        assert_eq!(recibido, array.to_data());
    }
}

#[test]
fn un_bufer_sin_bytes_no_tiene_direccion() {
    let vacio = Float64Array::from(Vec::<f64>::new());
    assert_eq!(buffer_addresses(&vacio.to_data())[0].address, 0);
}
