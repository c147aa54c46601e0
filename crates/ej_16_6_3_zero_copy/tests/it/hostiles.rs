//! Arrays that lie. Each is refused with a reason; none is followed, and none panics.

use std::ptr;

use arrow::array::{
    Array, ArrayRef, DictionaryArray, FixedSizeListArray, Float64Array, Int32Array, ListArray,
    StringArray, StringViewArray, StructArray,
};
use arrow::datatypes::{DataType, Field, Float64Type, Int32Type};
use arrow::ffi::FFI_ArrowArray;
use ej_16_6_3_zero_copy::ZeroCopyError;
use std::sync::Arc;

use crate::estructuras::{exportado, motivo, recibir, recibir_de};

fn con_nulos() -> Float64Array {
    vec![Some(1.0), None, Some(3.0), Some(4.0)].into()
}

/// Why an array of four values with one null is refused after `cambio`.
fn rechazado(cambio: impl FnOnce(&mut FFI_ArrowArray)) -> String {
    let mut array = exportado(&con_nulos());
    cambio(&mut array);
    let motivo = motivo(recibir(&mut array));
    // It is still its owner's, who lets it go.
    assert!(!array.is_released());
    motivo
}

#[test]
fn sin_cambios_se_acepta() {
    assert_eq!(recibir(&mut exportado(&con_nulos())).unwrap(), con_nulos());
}

#[test]
fn quien_llega_segundo_encuentra_el_array_gastado() {
    let mut array = exportado(&con_nulos());
    recibir(&mut array).unwrap();
    let error = recibir(&mut array).unwrap_err();
    assert!(matches!(error, ZeroCopyError::Released("el array")));
    assert_eq!(error.to_string(), "el array ya se consumió o se liberó");
}

#[test]
fn longitudes_imposibles() {
    for (longitud, desplazamiento) in [
        (-1, 0),
        (4, -1),
        (i64::MAX, 0),
        (i64::MAX, 1),
        (0, i64::MAX),
        (i64::MIN, i64::MIN),
    ] {
        let motivo = rechazado(|array| {
            array.length = longitud;
            array.offset = desplazamiento;
            array.null_count = 0;
        });
        assert_eq!(
            motivo,
            format!("longitud {longitud} con desplazamiento {desplazamiento}")
        );
    }
}

#[test]
fn nulos_mal_contados() {
    assert_eq!(
        rechazado(|array| array.null_count = 5),
        "dice tener 5 nulos en 4 filas"
    );
    assert_eq!(
        rechazado(|array| array.null_count = -2),
        "dice tener -2 nulos en 4 filas"
    );
    for cuantos in [0, 2, 4] {
        let mut array = exportado(&con_nulos());
        array.null_count = cuantos;
        assert_eq!(
            motivo(recibir(&mut array)),
            format!("dice tener {cuantos} nulos y tiene 1")
        );
    }
    let mut sin_contar = exportado(&con_nulos());
    sin_contar.null_count = -1;
    assert_eq!(recibir(&mut sin_contar).unwrap(), con_nulos());
}

#[test]
fn buferes_que_faltan_o_que_sobran() {
    for cuantos in [-1, 0, 1, 3, i64::MAX] {
        assert_eq!(
            rechazado(|array| array.n_buffers = cuantos),
            format!("trae {cuantos} buffers y el tipo Float64 lleva 2")
        );
    }
    assert_eq!(
        rechazado(|array| array.buffers = ptr::null_mut()),
        "trae 2 buffers y el tipo Float64 lleva 2"
    );
    // SAFETY: an exported array of floats has two buffers.
    let sin_valores = |array: &mut FFI_ArrowArray| unsafe { *array.buffers.add(1) = ptr::null() };
    assert_eq!(rechazado(sin_valores), "el buffer 1 es nulo y hay 4 filas");
}

#[test]
fn nulos_sin_mapa_de_bits() {
    // SAFETY: as above.
    let sin_mapa = |array: &mut FFI_ArrowArray| unsafe { *array.buffers = ptr::null() };
    let mut array = exportado(&con_nulos());
    sin_mapa(&mut array);
    assert_eq!(motivo(recibir(&mut array)), "dice tener 1 nulos y tiene 0");
    let mut array = exportado(&con_nulos());
    sin_mapa(&mut array);
    assert_eq!(
        motivo(recibir_de(&mut array, &DataType::Float64)),
        "dice tener nulos y no trae su mapa de bits"
    );
}

#[test]
fn hijos_y_diccionarios_que_un_float_no_tiene() {
    assert_eq!(
        rechazado(|array| array.n_children = 1),
        "trae 1 hijos y el tipo Float64 lleva 0"
    );
    let mut diccionario = exportado(&con_nulos());
    let puntero = ptr::from_mut(&mut diccionario);
    assert_eq!(
        rechazado(|array| array.dictionary = puntero),
        "trae un diccionario y el tipo Float64 no lo lleva"
    );
}

#[test]
fn una_estructura_con_menos_filas_en_un_hijo() {
    let campo = Arc::new(Field::new("x", DataType::Float64, true));
    let array = StructArray::from(vec![(campo, Arc::new(con_nulos()) as ArrayRef)]);
    let tipo = array.data_type().clone();
    assert!(recibir_de(&mut exportado(&array), &tipo).is_ok());

    let mut corta = exportado(&array);
    // SAFETY: an exported structure of one field has one child.
    unsafe { (**corta.children).length = 3 };
    assert_eq!(
        motivo(recibir_de(&mut corta, &tipo)),
        "el hijo 0 tiene 3 filas y hacen falta 4"
    );

    let mut huerfana = exportado(&array);
    // SAFETY: as above; the child is put back, for its owner to let it go.
    let hijo = unsafe { ptr::replace(huerfana.children, ptr::null_mut()) };
    assert_eq!(
        motivo(recibir_de(&mut huerfana, &tipo)),
        "el hijo 0 es nulo"
    );
    // SAFETY: as above.
    unsafe { *huerfana.children = hijo };

    let mut sin_hijos = exportado(&array);
    sin_hijos.n_children = 0;
    let motivo = motivo(recibir_de(&mut sin_hijos, &tipo));
    assert!(motivo.starts_with("trae 0 hijos"), "{motivo}");
}

#[test]
fn listas_de_tamano_fijo_sin_valores_para_todas() {
    let array = FixedSizeListArray::from_iter_primitive::<Float64Type, _, _>(
        [Some([Some(1.0), Some(2.0)]), Some([Some(3.0), Some(4.0)])],
        2,
    );
    let tipo = array.data_type().clone();
    assert!(recibir_de(&mut exportado(&array), &tipo).is_ok());
    let mut larga = exportado(&array);
    larga.length = 3;
    assert_eq!(
        motivo(recibir_de(&mut larga, &tipo)),
        "el hijo 0 tiene 4 filas y hacen falta 6"
    );
}

#[test]
fn textos_cuyo_ultimo_desplazamiento_es_negativo() {
    let array = StringArray::from(vec!["uno", "dos"]);
    let mut negativo = exportado(&array);
    let desplazamientos = [0i32, 3, -1];
    // SAFETY: an exported array of texts has three buffers; these offsets outlive the call, and nobody writes to them.
    unsafe { *negativo.buffers.add(1) = desplazamientos.as_ptr().cast() };
    assert_eq!(
        motivo(recibir_de(&mut negativo, &DataType::Utf8)),
        "el último desplazamiento es -1 y no hay tantos bytes"
    );

    let mut sin_bytes = exportado(&array);
    // SAFETY: as above.
    unsafe { *sin_bytes.buffers.add(2) = ptr::null() };
    assert_eq!(
        motivo(recibir_de(&mut sin_bytes, &DataType::Utf8)),
        "el último desplazamiento es 6 y no hay tantos bytes"
    );
}

#[test]
fn listas_que_apuntan_mas_alla_de_sus_valores() {
    let array = ListArray::from_iter_primitive::<Float64Type, _, _>([
        Some(vec![Some(1.0), Some(2.0)]),
        Some(vec![Some(3.0)]),
    ]);
    let tipo = array.data_type().clone();
    let mut lejos = exportado(&array);
    let desplazamientos = [0i32, 2, 1_000_000];
    // SAFETY: as above.
    unsafe { *lejos.buffers.add(1) = desplazamientos.as_ptr().cast() };
    let error = recibir_de(&mut lejos, &tipo).unwrap_err();
    assert!(matches!(&error, ZeroCopyError::Arrow(_)), "{error}");
}

#[test]
fn vistas_con_menos_buferes_de_los_que_hacen_falta() {
    let array = StringViewArray::from(vec!["corto", "un texto que no cabe en una vista"]);
    assert!(recibir_de(&mut exportado(&array), &DataType::Utf8View).is_ok());
    for cuantos in [-1, 0, 2] {
        let mut array = exportado(&array);
        array.n_buffers = cuantos;
        let motivo = motivo(recibir_de(&mut array, &DataType::Utf8View));
        assert_eq!(
            motivo,
            format!("trae {cuantos} buffers y el tipo Utf8View lleva 3")
        );
    }
}

#[test]
fn un_diccionario_que_falta() {
    let array: DictionaryArray<Int32Type> = vec!["a", "b", "a"].into_iter().collect();
    let tipo = array.data_type().clone();
    assert!(recibir_de(&mut exportado(&array), &tipo).is_ok());
    let mut sin = exportado(&array);
    let diccionario = std::mem::replace(&mut sin.dictionary, ptr::null_mut());
    assert_eq!(motivo(recibir_de(&mut sin, &tipo)), "falta el diccionario");
    sin.dictionary = diccionario;
}

#[test]
fn un_array_que_no_es_del_tipo_que_dice_el_esquema() {
    let enteros = Int32Array::from(vec![1, 2, 3]);
    let mut array = exportado(&enteros);
    let motivo = motivo(recibir_de(&mut array, &DataType::Utf8));
    assert_eq!(motivo, "trae 2 buffers y el tipo Utf8 lleva 3");
}
