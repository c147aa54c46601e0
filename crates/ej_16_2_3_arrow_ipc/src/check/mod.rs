//! What must hold before arrow-ipc is let at a message.
//!
//! arrow-ipc 59.3 checks the values of the columns and returns errors for them, but takes the outline of a message on
//! trust: a bit width of 7, a list without child, a buffer that ends past the body or a union without type ids is a panic, and
//! a size is allocated as claimed. So the outline is walked first, in the order in which arrow-ipc will read it.

mod body;
mod codec;
mod region;
mod schema;

pub(crate) use body::{Context, check_body};
pub(crate) use schema::check_schema;
