//! Addresses, alignment, owners: who shares which bytes.

use crate::montos;
use arrow::array::{
    Array, ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray, StringViewArray,
};
use arrow::buffer::{Buffer, MutableBuffer, ScalarBuffer};
use arrow::ffi::{FFI_ArrowArray, to_ffi};
use ecommerce_testkit::alloc;
use ej_16_2_1_arrow_columns::buffers::{BufferFacts, Role, aligned_to_a_cache_line, buffers};
use ej_16_2_1_arrow_columns::{guide_batch, total};
use proptest::prelude::*;
use std::sync::Arc;

fn valores(array: &dyn Array) -> BufferFacts {
    *buffers(array)
        .iter()
        .find(|b| b.role == Role::Data(0))
        .unwrap()
}

#[test]
fn los_buferes_de_cada_tipo_son_los_de_la_especificacion() {
    let papeles = |array: &dyn Array| {
        buffers(array)
            .iter()
            .map(|b| (b.role, b.bytes))
            .collect::<Vec<_>>()
    };
    let texto_largo = "un texto de más de doce bytes";
    assert_eq!(
        papeles(&Float64Array::from(vec![1.0, 2.0])),
        [(Role::Data(0), 16)]
    );
    assert_eq!(
        papeles(&StringArray::from(vec![Some("ab"), None])),
        [(Role::Validity, 1), (Role::Data(0), 12), (Role::Data(1), 2)]
    );
    // Views: 16 bytes a row; a text of up to twelve bytes lies in its view and needs no buffer.
    assert_eq!(
        papeles(&StringViewArray::from(vec!["doce bytes.."])),
        [(Role::Data(0), 16)]
    );
    assert_eq!(
        papeles(&StringViewArray::from(vec![texto_largo]))[..1],
        [(Role::Data(0), 16)]
    );
    assert_eq!(papeles(&StringViewArray::from(vec![texto_largo])).len(), 2);
    assert_eq!(
        papeles(&BooleanArray::from(vec![true; 9])),
        [(Role::Data(0), 2)]
    );
}

#[test]
fn un_vec_pasa_a_ser_columna_en_su_sitio_y_con_su_alineacion() {
    let vec = vec![1.0f64; 1_000];
    let direccion = vec.as_ptr().addr();
    let (columna, visto) = alloc::in_this_thread(|| Float64Array::from(vec));
    assert_eq!(valores(&columna).address, direccion);
    assert!(
        visto.bytes < 500,
        "the header of the Arc, not 8,000 bytes: {visto:?}"
    );
    // And back, while nobody else holds it.
    let (_, valores, _) = columna.into_parts();
    let vec = Vec::from(valores);
    assert_eq!(vec.as_ptr().addr(), direccion);
}

#[test]
fn un_mutable_buffer_alinea_a_64_bytes_y_un_vec_no() {
    // All alive at once, so that they lie side by side: of 64 small vectors not every one can start a cache line.
    let de_vec: Vec<Float64Array> = (0..64)
        .map(|i| Float64Array::from(vec![f64::from(i); 3]))
        .collect();
    assert!(de_vec.iter().any(|c| valores(c).alignment() < 64));
    for columna in &de_vec {
        assert!(valores(columna).alignment() >= align_of::<f64>());
        let alineada = aligned_to_a_cache_line(columna);
        assert!(valores(&alineada).alignment() >= 64);
        assert_eq!(&alineada, columna);
    }
    for bytes in [1, 63, 64, 65, 4_096, 1_000_000] {
        let bufer = Buffer::from(MutableBuffer::from_len_zeroed(bytes));
        assert_eq!(bufer.as_ptr().addr() % 64, 0);
    }
    // The builder collects into a Vec today, the bitmap into a MutableBuffer.
    let con_nulos = montos(1_000, 3);
    assert!(buffers(&con_nulos)[0].alignment() >= 64);
}

#[test]
fn una_columna_sin_alinear_a_64_suma_lo_mismo() {
    let base = ScalarBuffer::from((0..1_000).map(f64::from).collect::<Vec<_>>());
    for desde in 0..9 {
        let corrida = Float64Array::new(base.slice(desde, 900), None);
        let exacta = (desde..desde + 900).sum::<usize>() as f64;
        assert_eq!(total(&corrida), Some(exacta));
        assert_eq!(total(&aligned_to_a_cache_line(&corrida)), Some(exacta));
    }
}

#[test]
fn cortar_comparte_el_bufer_y_mueve_la_direccion() {
    let entera = montos(1_000_000, 10);
    let (trozo, visto) = alloc::in_this_thread(|| entera.slice(1_000, 50));
    assert_eq!(visto.bytes, 0, "a slice allocates nothing");
    let (a, b) = (valores(&entera), valores(&trozo));
    assert_eq!(b.address, a.address + 1_000 * size_of::<f64>());
    assert_eq!(
        (b.bytes, b.allocation),
        (50 * size_of::<f64>(), a.allocation)
    );
    assert_eq!((a.owners, b.owners), (2, 2));
    // The bitmap counts in bits: 1,000 rows are 125 bytes.
    let [va, vb] = [&entera, &trozo].map(|c| buffers(c)[0]);
    assert_eq!((va.role, vb.role), (Role::Validity, Role::Validity));
    assert_eq!(vb.allocation, va.allocation);
    assert_eq!(trozo.nulls().unwrap().offset(), 1_000);
    assert_eq!(
        (0..50).map(|i| trozo.is_null(i)).collect::<Vec<_>>(),
        (1_000..1_050)
            .map(|i| entera.is_null(i))
            .collect::<Vec<_>>()
    );

    // Fifty rows keep eight megabytes alive, until they are copied.
    drop(entera);
    assert_eq!(valores(&trozo).owners, 1);
    assert!(trozo.get_buffer_memory_size() >= 8_000_000);
    let propia = aligned_to_a_cache_line(&trozo);
    assert_eq!(valores(&propia).bytes, 400);
    assert_eq!(propia, trozo);
}

#[test]
fn un_texto_cortado_mueve_los_desplazamientos_y_deja_el_texto_donde_estaba() {
    let textos = StringArray::from(vec!["t1", "t2", "t3"]);
    let trozo = textos.slice(1, 2);
    assert_eq!(
        trozo.value_offsets(),
        [2, 4, 6],
        "offsets still count from the start of the whole text"
    );
    assert_eq!(trozo.value_data().as_ptr(), textos.value_data().as_ptr());
    assert_eq!(trozo.value(0), "t2");
}

#[test]
fn un_booleano_cortado_guarda_un_desplazamiento_en_bits() {
    let todos = BooleanArray::from((0..100).map(|i| i % 3 == 0).collect::<Vec<_>>());
    let trozo = todos.slice(13, 20);
    assert_eq!(
        trozo.values().offset() + 8 * (valores(&trozo).address - valores(&trozo).allocation),
        13
    );
    assert_eq!(valores(&trozo).allocation, valores(&todos).allocation);
    assert_eq!(trozo.value(2), 15 % 3 == 0);
}

#[test]
fn clonar_un_lote_cuenta_duenos_y_no_copia_datos() {
    let lote = guide_batch().unwrap();
    assert_eq!(Arc::strong_count(lote.column(1)), 1);
    let copia = lote.clone();
    assert_eq!(
        valores(copia.column(1)).address,
        valores(lote.column(1)).address
    );
    let columna: ArrayRef = lote.column(1).clone();
    assert!(Arc::ptr_eq(&columna, copia.column(1)));
    assert!(Arc::strong_count(&columna) >= 2);
    drop((lote, copia));
    assert_eq!(Arc::strong_count(&columna), 1);
    assert_eq!(total(columna.as_any().downcast_ref().unwrap()), Some(450.0));
}

#[test]
fn cuatro_hilos_leen_la_misma_columna_sin_copiarla() {
    let columna: ArrayRef = Arc::new(montos(100_000, 7));
    let direccion = valores(&columna).address;
    let esperado = total(columna.as_any().downcast_ref().unwrap());
    std::thread::scope(|hilos| {
        let trabajos: Vec<_> = (0..4)
            .map(|_| {
                let mia = Arc::clone(&columna);
                hilos.spawn(move || {
                    let suma = total(mia.as_any().downcast_ref().unwrap());
                    (valores(&mia).address, suma)
                })
            })
            .collect();
        for trabajo in trabajos {
            assert_eq!(trabajo.join().unwrap(), (direccion, esperado));
        }
    });
    assert_eq!(Arc::strong_count(&columna), 1);
}

/// The Rust half of handing a column to Python: pyarrow reads the same addresses out of this struct.
#[test]
fn la_interfaz_c_exporta_las_mismas_direcciones() {
    let lote = con_de_todo();
    for columna in lote.columns() {
        let propios = buffers(columna);
        let (exportada, _): (FFI_ArrowArray, _) = to_ffi(&columna.to_data()).unwrap();
        assert_eq!(exportada.len(), columna.len());
        for bufer in &propios {
            let lugar = match bufer.role {
                Role::Validity => 0,
                Role::Data(n) => n + 1,
            };
            assert_eq!(
                exportada.buffer(lugar).addr(),
                bufer.address,
                "{}",
                columna.data_type()
            );
        }
        // Exported, it has one owner more: the data outlives our side, until the other releases it.
        assert!(buffers(columna).iter().all(|b| b.owners == 2));
        drop(exportada);
        assert!(buffers(columna).iter().all(|b| b.owners == 1));
    }
}

#[test]
fn de_un_trozo_con_nulos_la_interfaz_c_copia_el_bitmap_y_nada_mas() {
    // One offset serves all buffers there. arrow-rs puts the slice's into the values' pointer, so the bits must start at 0.
    let trozo = montos(1_000, 3).slice(101, 300);
    let (exportada, _) = to_ffi(&trozo.to_data()).unwrap();
    assert_eq!(exportada.buffer(1).addr(), valores(&trozo).address);
    let validez = buffers(&trozo)[0];
    assert!(!(validez.allocation..validez.allocation + 125).contains(&exportada.buffer(0).addr()));
    // Without nulls there is nothing to copy.
    let trozo = montos(1_000, 0).slice(101, 300);
    let (exportada, _) = to_ffi(&trozo.to_data()).unwrap();
    assert_eq!(exportada.buffer(1).addr(), valores(&trozo).address);
    assert!(exportada.buffer(0).is_null());
}

/// Numbers, text and truth values, each with a null.
pub(crate) fn con_de_todo() -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable([
        (
            "id",
            Arc::new(StringArray::from(vec![Some("t1"), None, Some("t3")])) as ArrayRef,
            true,
        ),
        (
            "monto",
            Arc::new(Float64Array::from(vec![Some(100.0), None, Some(150.5)])),
            true,
        ),
        (
            "unidades",
            Arc::new(arrow::array::Int32Array::from(vec![
                Some(1),
                Some(-2),
                None,
            ])),
            true,
        ),
        (
            "devuelta",
            Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])),
            true,
        ),
        (
            "timestamp",
            Arc::new(
                arrow::array::TimestampMicrosecondArray::from(vec![1_705_312_800_000_000, 0, -1])
                    .with_timezone("UTC"),
            ),
            true,
        ),
    ])
    .unwrap()
}

proptest! {
    #[test]
    fn todo_corte_empieza_en_su_fila_y_comparte_la_reserva(filas in 1usize..2_000, a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
        let entera = montos(filas, 5);
        let (a, b) = (a.index(filas + 1), b.index(filas + 1));
        let (desde, hasta) = (a.min(b), a.max(b));
        let trozo = entera.slice(desde, hasta - desde);
        let (todo, parte) = (valores(&entera), valores(&trozo));
        prop_assert_eq!(parte.address, todo.address + desde * 8);
        prop_assert_eq!(parte.allocation, todo.allocation);
        prop_assert!(trozo.iter().eq(entera.iter().skip(desde).take(hasta - desde)));
        // A slice of a slice adds its offset.
        let mitad = (hasta - desde) / 2;
        prop_assert_eq!(valores(&trozo.slice(mitad, hasta - desde - mitad)).address, parte.address + mitad * 8);
    }
}
