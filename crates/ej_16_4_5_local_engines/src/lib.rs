#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a failing test should panic")
)]

mod race;
mod ranking;
mod scale;
mod told;

pub use race::{Contestant, Input, Race, RaceError, State};
pub use ranking::{GUIDE, Place, Rule, fourth_option, rank};
pub use scale::{Calibration, Estimate, Machine, ModelError, Outlook, Work, estimate};
pub use told::{figures, markdown};
