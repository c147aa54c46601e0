//! From bytes in memory to columns: parts of those bytes, or copies of them.

use arrow::array::{Array as _, ArrayRef};
use arrow::buffer::Buffer;
use ecommerce_testkit::alloc;
use ej_16_2_3_arrow_ipc::sample::{Kind, sample_column};
use ej_16_2_3_arrow_ipc::{Limits, StreamBatches, serializar_arrow};

/// Where a column's values are in memory.
fn direccion(column: &ArrayRef) -> usize {
    column.to_data().buffers()[0].as_ptr().addr()
}

#[test]
fn de_un_buffer_se_lee_sin_copiar_y_de_una_rebanada_con_una_copia() {
    const ROWS: usize = 200_000;
    let batch = sample_column(Kind::F64, 0, ROWS, 1);
    let buffer = Buffer::from_vec(serializar_arrow(std::slice::from_ref(&batch)).unwrap());
    let range = buffer.as_ptr().addr()..buffer.as_ptr().addr() + buffer.len();

    let (read, seen) = alloc::in_this_thread(|| {
        StreamBatches::from_buffer(buffer.clone(), Limits::default())
            .unwrap()
            .next()
            .unwrap()
            .unwrap()
    });
    assert!(range.contains(&direccion(read.column(0))));
    assert!(seen.bytes < 32 << 10, "{seen:?}");
    assert_eq!(read, batch);

    let (read, seen) = alloc::in_this_thread(|| {
        StreamBatches::from_slice(&buffer, Limits::default())
            .unwrap()
            .next()
            .unwrap()
            .unwrap()
    });
    assert!(!range.contains(&direccion(read.column(0))));
    assert!(
        (8 * ROWS as u64..8 * ROWS as u64 + (32 << 10)).contains(&seen.bytes),
        "{seen:?}"
    );

    drop(buffer);
    assert_eq!(read, batch);
}

#[test]
fn una_columna_sin_copiar_mantiene_viva_la_memoria_de_la_que_es_parte() {
    let batch = sample_column(Kind::Texto, 10, 1_000, 1);
    let buffer = Buffer::from_vec(serializar_arrow(std::slice::from_ref(&batch)).unwrap());
    let read = StreamBatches::from_buffer(buffer, Limits::default())
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let rows = read.column(0).slice(10, 5);
    drop(read);
    assert_eq!(rows.as_ref(), batch.column(0).slice(10, 5).as_ref());
}
