//! Guide, "no hay dos threads modificando el mismo DataFrame".

use ej_16_1_1_ownership::escalar;

fn main() {
    let mut montos = vec![10.0, 20.0];
    let doble = || escalar(&mut montos, 2.0);
    let triple = || escalar(&mut montos, 3.0);
    std::thread::scope(|hilos| {
        hilos.spawn(doble);
        hilos.spawn(triple);
    });
}
