//! Schemas that lie.

use std::ffi::CStr;
use std::ptr;

use arrow::datatypes::{DataType, Field};
use arrow::ffi::FFI_ArrowSchema;
use ej_16_6_3_zero_copy::ZeroCopyError;

use crate::estructuras::{leer_esquema, motivo};

unsafe extern "C" fn soltar(esquema: *mut FFI_ArrowSchema) {
    // SAFETY: whoever releases a schema has it.
    unsafe { (*esquema).release = None };
}

/// A schema that owns nothing.
fn esquema(formato: &'static CStr) -> FFI_ArrowSchema {
    let mut esquema = FFI_ArrowSchema::empty();
    esquema.format = formato.as_ptr();
    esquema.release = Some(soltar);
    esquema
}

#[test]
fn uno_bien_hecho_se_lee() {
    let mut bueno = esquema(c"g");
    bueno.name = c"monto".as_ptr();
    bueno.flags = 2;
    assert_eq!(
        leer_esquema(&mut bueno).unwrap(),
        Field::new("monto", DataType::Float64, true)
    );
}

#[test]
fn uno_liberado_se_dice() {
    let error = leer_esquema(&mut FFI_ArrowSchema::empty()).unwrap_err();
    assert!(matches!(error, ZeroCopyError::Released("el esquema")));
}

#[test]
fn textos_que_faltan_o_que_no_son_textos() {
    let mut sin_formato = esquema(c"g");
    sin_formato.format = ptr::null();
    assert_eq!(
        motivo(leer_esquema(&mut sin_formato)),
        "el esquema no dice su formato"
    );
    let mut formato = esquema(c"\xff");
    assert_eq!(
        motivo(leer_esquema(&mut formato)),
        "el formato del esquema no es UTF-8"
    );
    let mut nombre = esquema(c"g");
    nombre.name = c"\xc3".as_ptr();
    assert_eq!(
        motivo(leer_esquema(&mut nombre)),
        "el nombre del esquema no es UTF-8"
    );
}

#[test]
fn formatos_que_nadie_conoce_son_errores_de_arrow() {
    for formato in [c"?", c"", c"w:", c"d:1", c"tsq:UTC", c"+ud:x"] {
        let error = leer_esquema(&mut esquema(formato)).unwrap_err();
        assert!(
            matches!(error, ZeroCopyError::Arrow(_)),
            "{formato:?}: {error}"
        );
    }
}

#[test]
fn hijos_que_no_estan() {
    for cuantos in [-1, 1, i64::MAX] {
        let mut lista = esquema(c"+l");
        lista.n_children = cuantos;
        assert_eq!(
            motivo(leer_esquema(&mut lista)),
            "el esquema cuenta hijos que no tiene"
        );
    }
    assert_eq!(
        motivo(leer_esquema(&mut esquema(c"+l"))),
        "el formato \"+l\" lleva 1 hijos y el esquema trae 0"
    );
    let mut nulo = [ptr::null_mut()];
    let mut lista = esquema(c"+l");
    lista.n_children = 1;
    lista.children = nulo.as_mut_ptr();
    assert_eq!(motivo(leer_esquema(&mut lista)), "el hijo 0 es nulo");
}

#[test]
fn un_esquema_que_es_su_propio_hijo_no_se_lee_para_siempre() {
    let mut lista = esquema(c"+l");
    let mut hijos = [ptr::from_mut(&mut lista)];
    lista.n_children = 1;
    lista.children = hijos.as_mut_ptr();
    let motivo = motivo(leer_esquema(&mut lista));
    assert!(motivo.contains("64 niveles"), "{motivo}");
}

#[test]
fn dos_hijos_que_son_el_padre_no_se_leen_dos_a_la_sesenta_y_cuatro_veces() {
    let mut pareja = esquema(c"+s");
    let padre = ptr::from_mut(&mut pareja);
    let mut hijos = [padre, padre];
    pareja.n_children = 2;
    pareja.children = hijos.as_mut_ptr();
    let motivo = motivo(leer_esquema(&mut pareja));
    assert!(
        motivo.contains("un millón de campos") || motivo.contains("64 niveles"),
        "{motivo}"
    );
}

#[test]
fn un_diccionario_con_indices_que_no_son_enteros() {
    let mut valores = esquema(c"u");
    let mut indices = esquema(c"g");
    indices.dictionary = ptr::from_mut(&mut valores);
    assert_eq!(
        motivo(leer_esquema(&mut indices)),
        "los índices de un diccionario son enteros, y el formato dice \"g\""
    );
}
