//! What is shared, what is allocated, what is refused.
#![allow(clippy::unwrap_used, reason = "a failing test should panic")]

use ecommerce_testkit::alloc::CountingAllocator;

mod direcciones;
mod esquemas_hostiles;
mod estructuras;
mod filas;
mod flujos;
mod hostiles;
mod memoria;
mod valores;

#[global_allocator]
static COUNTED: CountingAllocator = CountingAllocator::system();
