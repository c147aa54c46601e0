#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

pub mod batch;
pub mod window;

pub mod features;
pub mod portable;

pub mod step;

mod contract;

#[cfg(test)]
mod tests;

pub use contract::DailyContract;
