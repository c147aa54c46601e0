//! The query on files, on S3 and in Python; what is checked when, and what each side lacks.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod entrada_mala;
mod eventos;
mod memoria;
mod momentos;
mod nivel_python;
mod no_compila;
mod planes;
mod programa;
mod revenue;
mod s3;
mod solo_en_rust;

use ecommerce_testkit::alloc::CountingAllocator;

/// What a frame takes, and when it gives it back, is counted.
#[global_allocator]
static COUNTED: CountingAllocator = CountingAllocator::system();
