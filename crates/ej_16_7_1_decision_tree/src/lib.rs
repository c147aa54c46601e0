//! Ejercicio 16.7.1: el árbol de decisión, como datos y con pruebas
