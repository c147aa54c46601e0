//! What every other crate's tests lean on, with the standard library and little else.
//!
//! - [`alloc`]: a counting global allocator, so that "allocates nothing" and "memory does not grow" are assertions.
//! - [`temp`]: temporary directories and pictures of whole trees, so that "nothing was written" is one.
//! - [`faults`]: one line per fault that a test injected, with how often it landed.
//! - [`compiler`]: rustc on a few lines with a library that is built already, for what must not compile.
//! - [`process`]: child processes under limits of memory, files and time, killed as a group, with their peak memory;
//!   and the two ways to hurt them precisely: [`process::Steps`] (killed before the n-th call of a set) and
//!   [`process::Strace`] (calls that fail with a chosen error).
//!
//! A dev-dependency only: no crate links it into what people run. `unsafe` stands in two places, the allocator's trait
//! and the calls that the standard library does not offer (`process/sys.rs`, `process/ptrace.rs`), each with its reason.

pub mod alloc;
pub mod compiler;
pub mod faults;
#[cfg(target_os = "linux")]
pub mod process;
pub mod temp;

#[cfg(test)]
#[global_allocator]
static COUNTED: alloc::CountingAllocator = alloc::CountingAllocator::system();
