//! "Memory management is automatic and without a collector", counted.

use ecommerce_testkit::alloc;
use polars::prelude::*;

const FILAS: usize = 1_000_000;
const BYTES: i64 = 8 * FILAS as i64;

#[test]
fn la_columna_se_libera_con_su_ultimo_dueno_y_en_ese_momento() {
    let (frame, hecho) = alloc::in_this_thread(|| {
        let montos: Vec<f64> = (0..FILAS).map(|i| i as f64).collect();
        DataFrame::new(FILAS, vec![Column::new("monto".into(), montos)]).unwrap()
    });
    assert!((BYTES..BYTES + 4_096).contains(&hecho.net), "{hecho:?}");

    // A clone shares the column: a count goes up.
    let (copia, clonado) = alloc::in_this_thread(|| frame.clone());
    assert!(clonado.bytes < 1_024, "{clonado:?}");
    let ((), primera) = alloc::in_this_thread(|| drop(frame));
    assert!(primera.net > -1_024, "{primera:?}");
    assert_eq!(copia.height(), FILAS);
    // The last owner goes, and its megabytes with it, before the next line: nobody has to come and collect.
    let ((), ultima) = alloc::in_this_thread(|| drop(copia));
    assert!(ultima.net <= -BYTES, "{ultima:?}");
}
