//! Why the data set is lent inside `thread::scope`: a plain thread may outlive what it borrows.

use ej_16_1_1_ownership::calcular_suma;

fn main() {
    let montos = vec![10.0, 20.0];
    let hilo = std::thread::spawn(|| calcular_suma(&montos));
    let _ = hilo.join();
}
