//! The same at a size where it counts: 4 GiB and half a gigabyte of memory.

use crate::limite::{Grande, comprobar_orden};

#[test]
#[ignore = "largo: cargo xtask test --largo"]
fn cuatro_gigas_en_medio_giga() {
    const LIMITE: u64 = 512;
    let grande = Grande::de(8 * LIMITE, 4);
    grande.termina("--operacion agregar", LIMITE);
    assert_eq!(
        crate::datos::regiones_de(&grande.salida),
        crate::datos::regiones(grande.que)
    );
    let unidas = grande.termina(&grande.unir(), LIMITE);
    assert!(unidas > 0 && unidas < grande.que.rows);
    assert_eq!(
        grande.termina("--operacion ordenar-por-tramos --tramo 64", LIMITE),
        grande.que.rows
    );
    comprobar_orden(&grande.salida, grande.que.rows);
    std::fs::remove_file(&grande.salida).unwrap();
    for orden in [
        "--operacion agregar --motor memoria".to_owned(),
        format!("{} --motor memoria", grande.unir()),
        "--operacion ordenar --motor memoria".to_owned(),
        "--operacion ordenar --motor streaming".to_owned(),
    ] {
        grande.sin_memoria(&orden, LIMITE);
    }
}
