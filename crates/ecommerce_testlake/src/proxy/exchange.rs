//! What the proxy writes down. Headers are not kept: one of them carries the access key.

use super::Fault;
use std::time::Instant;

/// A request and what became of it.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// When its head had arrived: differences are a client's back-off.
    pub at: Instant,
    /// `GET`, `PUT`, …
    pub method: String,
    /// `/<bucket>/<key>`, percent-encoded as sent.
    pub path: String,
    /// The query without `?`; empty if there is none.
    pub query: String,
    /// The `range` header: which bytes a partial read asks for.
    pub range: Option<String>,
    /// Whether it was a conditional write (`if-none-match` or `if-match`).
    pub conditional: bool,
    /// What a rule did to it.
    pub fault: Option<Fault>,
    /// The server's own status, once it had answered: whether the request was carried out.
    pub upstream: Option<u16>,
    /// The status that the client was given, if it was given one.
    pub status: Option<u16>,
    /// Bytes of the answer's body that were handed to the client's connection so far; headers are not counted.
    pub sent: u64,
}
