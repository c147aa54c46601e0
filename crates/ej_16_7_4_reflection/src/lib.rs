//! Ejercicio 16.7.4: lo que Rust ha logrado y lo que no, con pruebas
