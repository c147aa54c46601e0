//! What the guide says about ownership, observed: drops by a probe that logs them, costs by counted allocations.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod bandera_de_drop;
mod ciclos;
mod coste;
mod drops;
mod hilos;
mod nivel_python;
mod no_compila;
mod prestamos;

use ecommerce_testkit::alloc::CountingAllocator;

#[global_allocator]
static COUNTED: CountingAllocator = CountingAllocator::system();
