//! Who owns which bytes.

use arrow::array::{Array, Float64Array};
use arrow::buffer::{Buffer, ScalarBuffer};
use ecommerce_testkit::alloc;
use ej_16_6_3_zero_copy::{Column, PARALLEL_FROM};

use crate::estructuras::{exportado, procesada, recibir};

/// What a call may allocate beside the values: lists of chunks, counters, the job for the workers.
const MENUDENCIAS: u64 = 2048;

fn direccion(array: &Float64Array) -> usize {
    array.values().as_ptr().addr()
}

#[test]
fn lo_que_entra_por_la_interfaz_c_esta_donde_estaba() {
    let original: Float64Array = (0..100)
        .map(|i| (i % 7 != 0).then(|| f64::from(i)))
        .collect();
    for (desde, filas) in [(0, 100), (8, 50), (13, 40), (99, 1)] {
        let cortado = original.slice(desde, filas);
        let recibido = recibir(&mut exportado(&cortado)).unwrap();
        assert_eq!(recibido, cortado);
        assert_eq!(direccion(&recibido), direccion(&cortado));
        // Not even the bitmap of nulls, when it is cut where a byte begins.
        let donde = |array: &Float64Array| {
            let nulos = array.nulls()?;
            Some(nulos.buffer().as_ptr().addr() + nulos.offset() / 8)
        };
        assert!(desde % 8 != 0 || donde(&recibido) == donde(&cortado));
    }
}

#[test]
fn un_array_mal_alineado_es_lo_unico_que_se_copia_al_entrar() {
    let bytes: Vec<u8> = [0u8; 4]
        .into_iter()
        .chain((0..4).flat_map(|i| f64::from(i).to_ne_bytes()))
        .collect();
    let desalineado = Buffer::from_vec(bytes).slice(4);
    let entrada = desalineado.as_ptr().addr();
    // SAFETY: 4 values of 8 bytes, whose alignment is what is tried.
    let datos = unsafe {
        arrow::array::ArrayData::builder(arrow::datatypes::DataType::Float64)
            .len(4)
            .add_buffer(desalineado)
            .build_unchecked()
    };
    let recibido = recibir(&mut arrow::ffi::FFI_ArrowArray::new(&datos)).unwrap();
    assert_eq!(recibido.values(), &[0.0, 1.0, 2.0, 3.0]);
    assert_eq!(direccion(&recibido) == entrada, entrada.is_multiple_of(8));
}

#[test]
fn los_valores_se_piden_de_una_vez_y_nada_mas() {
    for filas in [1_000, PARALLEL_FROM] {
        let columna: Column = Float64Array::from(vec![1.0; filas]).into();
        // The workers are there from now on.
        procesada(&columna);
        let (salida, visto) = alloc::in_this_thread(|| procesada(&columna));
        let justos = 8 * filas as u64;
        assert!(
            (justos..justos + MENUDENCIAS).contains(&visto.bytes),
            "{filas} filas: {visto:?}"
        );
        assert!(visto.peak < justos + MENUDENCIAS, "{visto:?}");
        drop(salida);
    }
}

#[test]
fn mil_trozos_son_una_sola_peticion_de_memoria_y_comparten_el_bufer() {
    let trozos: Vec<Float64Array> = (0..1_000)
        .map(|i| Float64Array::from(vec![f64::from(i); 100]))
        .collect();
    let columna = Column::new(trozos);
    let (salida, visto) = alloc::in_this_thread(|| procesada(&columna));
    assert_eq!(salida.chunks().len(), 1_000);
    let primero = direccion(&salida.chunks()[0]);
    for (indice, trozo) in salida.chunks().iter().enumerate() {
        assert_eq!(direccion(trozo), primero + indice * 800);
    }
    // Beside the 800 kB of values, what a thousand arrays need to exist.
    assert!(visto.bytes < 800_000 + 1_000 * 400, "{visto:?}");
}

#[test]
fn los_nulos_que_salen_son_los_que_entraron_y_no_una_copia() {
    let valores: Float64Array = (0..64)
        .map(|i| (i % 3 != 0).then(|| f64::from(i)))
        .collect();
    for cortado in [valores.clone(), valores.slice(5, 20)] {
        let salida = procesada(&cortado.clone().into());
        let (entra, sale) = (
            cortado.nulls().unwrap(),
            salida.chunks()[0].nulls().unwrap(),
        );
        assert!(entra.buffer().ptr_eq(sale.buffer()));
        assert_eq!(entra, sale);
    }
}

#[test]
fn la_entrada_no_cambia_ni_se_suelta_antes_que_el_ultimo_que_la_mira() {
    let valores = ScalarBuffer::from(vec![1.0, 2.0, 3.0]);
    let original = Float64Array::new(valores.clone(), None);
    let mut cruza = exportado(&original);
    drop(original);
    let recibido = recibir(&mut cruza).unwrap();
    // The structure is spent; the buffer has three owners less one.
    assert!(cruza.is_released());
    drop(cruza);
    let salida = procesada(&recibido.clone().into());
    assert_eq!(valores.as_ref(), [1.0, 2.0, 3.0]);
    assert_eq!(recibido.values().as_ref(), [1.0, 2.0, 3.0]);
    drop(recibido);
    assert_eq!(salida.chunks()[0].values().as_ref(), [3.0, 5.0, 7.0]);
    // Nobody else holds it any more: the release callback was called once.
    assert_eq!(valores.inner().strong_count(), 1);
}
