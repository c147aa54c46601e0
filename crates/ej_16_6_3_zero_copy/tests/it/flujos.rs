//! Streams: what comes in several arrays, from a producer that may fail.

use std::collections::VecDeque;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::{self, NonNull};

use arrow::array::{Array, Float64Array, Int64Array, StringArray};
use arrow::datatypes::{DataType, Field};
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema};
use arrow::ffi_stream::FFI_ArrowArrayStream;
use ej_16_6_3_zero_copy::ZeroCopyError;
use ej_16_6_3_zero_copy::c_data::ArrayStream;

/// What a producer of the tests gives, in order: arrays, and the code of an error.
struct Productor {
    tipo: DataType,
    pasos: VecDeque<Result<FFI_ArrowArray, c_int>>,
    mensaje: Option<&'static CStr>,
}

unsafe fn productor<'a>(flujo: *mut FFI_ArrowArrayStream) -> &'a mut Productor {
    // SAFETY: every stream of these tests owns one.
    unsafe { &mut *(*flujo).private_data.cast::<Productor>() }
}

unsafe extern "C" fn dar_esquema(
    flujo: *mut FFI_ArrowArrayStream,
    salida: *mut FFI_ArrowSchema,
) -> c_int {
    // SAFETY: called by the consumer, with a place to write.
    unsafe {
        let campo = Field::new("x", productor(flujo).tipo.clone(), true);
        match FFI_ArrowSchema::try_from(&campo) {
            Ok(esquema) => salida.write(esquema),
            Err(_) => return 22,
        }
    }
    0
}

unsafe extern "C" fn sin_esquema(_: *mut FFI_ArrowArrayStream, _: *mut FFI_ArrowSchema) -> c_int {
    5
}

unsafe extern "C" fn dar_siguiente(
    flujo: *mut FFI_ArrowArrayStream,
    salida: *mut FFI_ArrowArray,
) -> c_int {
    // SAFETY: as above.
    unsafe {
        match productor(flujo).pasos.pop_front() {
            None => salida.write(FFI_ArrowArray::empty()),
            Some(Ok(array)) => salida.write(array),
            Some(Err(codigo)) => return codigo,
        }
    }
    0
}

unsafe extern "C" fn dar_error(flujo: *mut FFI_ArrowArrayStream) -> *const c_char {
    // SAFETY: as above.
    unsafe { productor(flujo) }
        .mensaje
        .map_or(ptr::null(), CStr::as_ptr)
}

unsafe extern "C" fn soltar(flujo: *mut FFI_ArrowArrayStream) {
    // SAFETY: made by `flujo`, and released once.
    unsafe {
        drop(Box::from_raw((*flujo).private_data.cast::<Productor>()));
        (*flujo).release = None;
    }
}

fn flujo(
    tipo: DataType,
    pasos: Vec<Result<FFI_ArrowArray, c_int>>,
    mensaje: Option<&'static CStr>,
) -> FFI_ArrowArrayStream {
    let productor = Productor {
        tipo,
        pasos: pasos.into(),
        mensaje,
    };
    FFI_ArrowArrayStream {
        get_schema: Some(dar_esquema),
        get_next: Some(dar_siguiente),
        get_last_error: Some(dar_error),
        release: Some(soltar),
        private_data: Box::into_raw(Box::new(productor)).cast::<c_void>(),
    }
}

fn recibir(flujo: &mut FFI_ArrowArrayStream) -> Result<ArrayStream, ZeroCopyError> {
    // SAFETY: made by `flujo`, and altered only in what is to be refused before it is called.
    unsafe { ArrayStream::import(NonNull::from(flujo)) }
}

fn exportado(array: &dyn Array) -> Result<FFI_ArrowArray, c_int> {
    Ok(FFI_ArrowArray::new(&array.to_data()))
}

#[test]
fn los_trozos_llegan_en_orden_y_donde_estaban() {
    let trozos = [vec![1.0, 2.0], vec![], vec![3.0]].map(Float64Array::from);
    let mut enviado = flujo(
        DataType::Float64,
        trozos.iter().map(|trozo| exportado(trozo)).collect(),
        None,
    );
    let mut recibido = recibir(&mut enviado).unwrap();
    assert_eq!(recibido.field().name(), "x");
    for trozo in &trozos {
        let llegado = recibido.next_float64().unwrap().unwrap();
        assert_eq!(&llegado, trozo);
        assert!(trozo.is_empty() || llegado.values().as_ptr() == trozo.values().as_ptr());
    }
    assert!(recibido.next_float64().unwrap().is_none());
    // And again: the end is where it was.
    assert!(recibido.next_float64().unwrap().is_none());
}

#[test]
fn quien_llega_segundo_encuentra_el_flujo_gastado() {
    let mut enviado = flujo(DataType::Float64, vec![], None);
    recibir(&mut enviado).unwrap();
    let error = recibir(&mut enviado).unwrap_err();
    assert!(matches!(error, ZeroCopyError::Released("el flujo")));
}

#[test]
fn un_flujo_sin_sus_funciones() {
    for quitar in [0, 1] {
        let mut enviado = flujo(DataType::Float64, vec![], None);
        if quitar == 0 {
            enviado.get_schema = None;
        } else {
            enviado.get_next = None;
        }
        let error = recibir(&mut enviado).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no cumple la interfaz C de Arrow: al flujo le falta una función"
        );
    }
}

#[test]
fn lo_que_el_productor_dice_de_su_fallo_llega_entero() {
    let mut sin = flujo(DataType::Float64, vec![], Some(c"se cortó la red"));
    sin.get_schema = Some(sin_esquema);
    assert_eq!(
        recibir(&mut sin).unwrap_err().to_string(),
        "su productor falló (código 5): se cortó la red"
    );

    let primero = Float64Array::from(vec![1.0]);
    let mut a_medias = flujo(
        DataType::Float64,
        vec![exportado(&primero), Err(12)],
        Some(c"no hay memoria"),
    );
    let mut recibido = recibir(&mut a_medias).unwrap();
    assert_eq!(recibido.next_float64().unwrap().unwrap(), primero);
    assert!(matches!(
        recibido.next_float64().unwrap_err(),
        ZeroCopyError::Producer { code: 12, message } if message == "no hay memoria"
    ));

    let mut callado = flujo(DataType::Float64, vec![Err(22)], None);
    let error = recibir(&mut callado).unwrap().next_array().unwrap_err();
    assert_eq!(
        error.to_string(),
        "su productor falló (código 22): no dice por qué"
    );
}

#[test]
fn un_flujo_de_otro_tipo_no_llega_a_leerse() {
    let enteros = Int64Array::from(vec![1, 2]);
    let mut enviado = flujo(DataType::Int64, vec![exportado(&enteros)], None);
    let mut recibido = recibir(&mut enviado).unwrap();
    assert!(matches!(
        recibido.next_float64(),
        Err(ZeroCopyError::WrongType(DataType::Int64))
    ));
    // Its first array is still there for who reads any type.
    assert_eq!(recibido.next_array().unwrap().unwrap().len(), 2);
}

#[test]
fn un_trozo_que_no_es_de_lo_que_el_flujo_anuncia() {
    let textos = StringArray::from(vec!["uno"]);
    let mut enviado = flujo(DataType::Float64, vec![exportado(&textos)], None);
    let mut recibido = recibir(&mut enviado).unwrap();
    let error = recibido.next_float64().unwrap_err();
    assert_eq!(
        error.to_string(),
        "no cumple la interfaz C de Arrow: trae 3 buffers y el tipo Float64 lleva 2"
    );
}
