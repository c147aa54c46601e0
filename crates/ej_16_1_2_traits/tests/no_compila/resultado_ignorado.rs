//! An error that nobody looks at is a warning; a team that wants it to be an error says so once.
#![deny(unused_must_use)]

use ej_16_1_2_traits::parsear_monto;

fn main() {
    parsear_monto("1.234,56");
}
