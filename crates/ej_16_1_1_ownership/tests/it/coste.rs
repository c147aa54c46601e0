//! What ownership costs while the program runs: counted, not asserted.

use ecommerce_testkit::alloc::{self, Allocations};
use ej_16_1_1_ownership::cost::{
    TABLE_ROWS, gather, gather_masked, hand_over, hand_over_array, lend, share, share_across,
};
use ej_16_1_1_ownership::{DropLog, Probe, calcular_suma, escalar};
use std::hint::black_box;
use std::panic::catch_unwind;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::thread;

const MILLION: usize = 1_000_000;

/// Nothing asked for, nothing given back.
const NOTHING: Allocations = Allocations {
    allocations: 0,
    reallocations: 0,
    deallocations: 0,
    bytes: 0,
    peak: 0,
    net: 0,
};

#[test]
fn mover_un_vec_de_un_millon_copia_24_bytes_y_no_reserva_nada() {
    let datos = vec![1.5_f64; MILLION];
    let bloque = datos.as_ptr();
    let (datos, visto) = alloc::in_this_thread(|| {
        let segundo = datos;
        hand_over(black_box(segundo))
    });
    assert_eq!(visto, NOTHING);
    assert_eq!(datos.as_ptr(), bloque);
    assert_eq!(size_of_val(&datos), 24);
    assert_eq!(size_of_val(datos.as_slice()), 8 * MILLION);
}

#[test]
fn prestar_tampoco_y_clonar_si() {
    let mut datos = vec![1.5_f64; MILLION];
    let (suma, visto) = alloc::in_this_thread(|| {
        escalar(&mut datos, 2.0);
        lend(&datos)
            .copied()
            .map(|ultimo| ultimo + calcular_suma(&datos))
    });
    assert_eq!((suma, visto), (Some(3.0 + 3.0e6), NOTHING));
    let (copia, visto) = alloc::in_this_thread(|| datos.clone());
    assert_eq!((visto.allocations, visto.bytes), (1, 8_000_000));
    assert_ne!(copia.as_ptr(), datos.as_ptr());
}

/// The price of a move is the size of what is moved, which is small only behind a pointer.
#[test]
fn mover_un_arreglo_mueve_todo_lo_que_contiene() {
    let en_linea = [0.5_f64; 512];
    let en_caja = Box::new(en_linea);
    assert_eq!((size_of_val(&en_linea), size_of_val(&en_caja)), (4096, 8));
    let (vuelto, visto) = alloc::in_this_thread(|| hand_over_array(black_box(en_linea)));
    assert_eq!((vuelto, visto), (en_linea, NOTHING));
}

/// The type of an owner says what it adds to the value: nothing, one word, or two counters beside it.
#[test]
fn lo_que_ocupa_cada_forma_de_tener_un_valor() {
    assert_eq!(size_of::<&f64>(), size_of::<usize>());
    assert_eq!(size_of::<Option<Box<f64>>>(), size_of::<usize>());
    assert!(size_of::<Mutex<f64>>() > size_of::<f64>());
    let (uno, caja) = alloc::in_this_thread(|| Box::new([0.0_f64; 4]));
    let (otro, arc) = alloc::in_this_thread(|| Arc::new([0.0_f64; 4]));
    assert_eq!((caja.bytes, arc.bytes), (32, 32 + 2 * 8));
    assert_eq!(*uno, *otro);
}

#[test]
fn un_arc_lleva_la_cuenta_mientras_corre_el_programa() {
    let datos = Arc::new(vec![1.0; MILLION]);
    let (otro, visto) = alloc::in_this_thread(|| share_across(&datos));
    assert_eq!((Arc::strong_count(&datos), visto), (2, NOTHING));
    assert!(Arc::ptr_eq(&datos, &otro));
    thread::scope(|hilos| {
        for _ in 0..2 {
            hilos.spawn(|| (0..10_000).for_each(|_| drop(share_across(&datos))));
        }
    });
    drop(otro);
    assert_eq!(Arc::strong_count(&datos), 1);

    let local = Rc::new(vec![1.0]);
    let otro = share(&local);
    assert_eq!(Rc::strong_count(&otro), 2);
}

/// A deterministic drop is still work: a block per text, all at the closing brace.
#[test]
fn liberar_un_millon_de_textos_devuelve_un_millon_de_bloques() {
    let textos: Vec<String> = (0..MILLION).map(|i| format!("u{i:07}")).collect();
    let ((), visto) = alloc::in_this_thread(|| drop(textos));
    assert_eq!(visto.deallocations, 1_000_001);
    let montos = vec![1.0; MILLION];
    let ((), visto) = alloc::in_this_thread(|| drop(montos));
    assert_eq!((visto.deallocations, visto.net), (1, -8_000_000));
}

/// "Freed exactly when no longer needed" is the end of the scope; two tables in one scope stand side by side.
#[test]
fn soltar_antes_baja_el_pico_de_memoria() {
    const MIB: usize = 1 << 20;
    let (_, hasta_el_final) = alloc::in_this_thread(|| {
        let crudo = black_box(vec![1_u8; MIB]);
        let filas = crudo.len();
        let limpio = black_box(vec![2_u8; MIB]);
        filas + limpio.len()
    });
    let (_, soltado) = alloc::in_this_thread(|| {
        let crudo = black_box(vec![1_u8; MIB]);
        let filas = crudo.len();
        drop(crudo);
        let limpio = black_box(vec![2_u8; MIB]);
        filas + limpio.len()
    });
    assert_eq!((hasta_el_final.peak, soltado.peak), (2 << 20, 1 << 20));
}

/// Indices are checked while the program runs; where the type proves the range, the check is not needed.
#[test]
fn un_indice_fuera_se_descubre_al_ejecutar() {
    let tabla: Vec<f64> = (0..TABLE_ROWS).map(|i| i as f64).collect();
    let filas = [0, 1023, 7, 512];
    assert_eq!(gather(&tabla, &filas), Some(1542.0));
    let arreglo = <&[f64; TABLE_ROWS]>::try_from(tabla.as_slice()).unwrap();
    assert_eq!(gather_masked(arreglo, &filas), 1542.0);

    assert_eq!(gather(&tabla, &[1024]), None);
    assert_eq!(gather_masked(arreglo, &[1024]), 0.0);
    let fuera = black_box(1024);
    let panic = catch_unwind(|| tabla[fuera]).unwrap_err();
    assert_eq!(
        panic.downcast_ref::<String>().unwrap(),
        "index out of bounds: the len is 1024 but the index is 1024"
    );
}

/// A probe is its name and its log: knowing when it is dropped adds nothing to it.
#[test]
fn un_tipo_con_drop_no_ocupa_mas_que_sus_campos() {
    assert_eq!(
        size_of::<Probe<'_>>(),
        size_of::<&str>() + size_of::<&DropLog>()
    );
}
