//! What the page states about size and time: `tamano` of binaries, and a `carrera` of whole processes on the same job.
#![allow(
    clippy::unwrap_used,
    reason = "a measurement that cannot be made should stop"
)]

mod carrera;
mod tamano;

fn main() {
    let argumentos: Vec<String> = std::env::args().skip(1).collect();
    match argumentos.split_first() {
        Some((orden, resto)) if orden == "tamano" => tamano::mide(resto),
        Some((orden, resto)) if orden == "carrera" => carrera::corre(resto),
        _ => {
            eprintln!(
                "uso: medir tamano BINARIO…\n     medir carrera --transforma BINARIO --python PYTHON [--filas N] [--rondas N] [--dir DIR] [--mas NOMBRE=BINARIO]…"
            );
            std::process::exit(2);
        }
    }
}

/// The median of some seconds.
fn mediana(mut segundos: Vec<f64>) -> f64 {
    segundos.sort_by(f64::total_cmp);
    segundos[segundos.len() / 2]
}
