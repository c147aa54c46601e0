//! No kernel asks for memory.

use super::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static ASIGNACIONES: Cell<u64> = const { Cell::new(0) };
}

struct Contador;

// SAFETY: every call goes to the system's allocator as it came; counting touches a thread-local without a destructor.
unsafe impl GlobalAlloc for Contador {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASIGNACIONES.set(ASIGNACIONES.get() + 1);
        // SAFETY: the caller's promises are the system allocator's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(at, layout) };
    }
}

#[global_allocator]
static CONTADOR: Contador = Contador;

#[test]
fn ninguna_suma_pide_memoria() {
    let datos = columna(200_000);
    let variantes = variantes();
    let antes = ASIGNACIONES.get();
    let mut total = 0.0;
    for variante in &variantes {
        total += variante.suma(&datos).unwrap_or(0.0);
    }
    let (suma, cuenta) = ej_16_1_4_simd::suma_y_cuenta_positivos(&datos);
    let despues = ASIGNACIONES.get();
    assert_eq!(despues - antes, 0);
    // That the counter counts.
    drop(std::hint::black_box(vec![total + suma; cuenta as usize]));
    assert_eq!(ASIGNACIONES.get() - despues, 1);
}
