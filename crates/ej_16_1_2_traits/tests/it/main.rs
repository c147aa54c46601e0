//! Traits, enums and errors as values: laws by properties, cases by exact values, dispatch by symbols.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod columnas;
mod despacho;
mod eventos;
mod leyes;
mod montos;
mod nivel_jvm;
mod nivel_python;
mod no_compila;
mod reducciones;
mod simbolos;

use ecommerce_testkit::alloc::CountingAllocator;

#[global_allocator]
static COUNTED: CountingAllocator = CountingAllocator::system();
