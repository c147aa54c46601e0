#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod evidence;
mod markdown;
mod reflection;

pub use evidence::{Evidence, Missing};
pub use reflection::{Claim, List, Reflection, ReflectionError, Verdict, reflection};
