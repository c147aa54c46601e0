//! Guards are not proofs: these two leave NaN out, and the compiler does not even try to see it.

fn signo(monto: f64) -> &'static str {
    match monto {
        m if m > 0.0 => "venta",
        m if m <= 0.0 => "nada o devolución",
    }
}

fn main() {
    signo(f64::NAN);
}
