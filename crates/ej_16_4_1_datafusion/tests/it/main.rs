//! What the page of exercise 16.4.1 says, tested.
#![allow(clippy::unwrap_used, reason = "a failing test should panic")]

mod archivos_que_cambian;
mod dialectos;
mod entrada_mala;
mod guia;
mod largo;
mod memoria;
mod nivel_jvm;
mod nivel_python;
mod no_compila;
mod optimizador;
mod podas;
mod programa;
mod programa_tpch;
mod s3;
mod tienda;
mod tpch;
