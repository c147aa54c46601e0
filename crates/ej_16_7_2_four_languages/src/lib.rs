//! Ejercicio 16.7.2: el mismo trabajo en cuatro lenguajes
