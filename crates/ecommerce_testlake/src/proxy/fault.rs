//! What can happen to a request.

use std::time::Duration;

/// What happens to a request that a rule chose.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// Answered with this status; the server never sees it.
    Answer(u16),
    /// Answered as S3 answers errors, with this status and code (`400, "ExpiredToken"`; `503, "SlowDown"`); the server never sees it.
    Refuse(u16, &'static str),
    /// Answered with this status and this body; the server never sees it. For what servers say that they should not, such as
    /// S3's echo of the access key.
    AnswerWith(u16, String),
    /// Connection reset without an answer; the server never sees it.
    Drop,
    /// Never answered; the server never sees it. Ends when the client leaves.
    Hang,
    /// Carried out by the server, then answered with this status instead of the server's.
    ApplyThenAnswer(u16),
    /// Carried out by the server, then the connection is reset.
    ApplyThenDrop,
    /// Carried out by the server, never answered. Ends when the client leaves.
    ApplyThenHang,
    /// Forwarded; the connection is reset once so many bytes of the answer's body were sent. A shorter body passes whole.
    CutBody(u64),
    /// Forwarded, both bodies at so many bytes per second, at least one.
    Throttle(u64),
    /// Forwarded after this time.
    Delay(Duration),
}
