//! Who is there: the one address of a cluster, and the first to know when a process is gone.
//!
//! Neither engine tells its client at once that an executor died: Ballista finds out by a missed heartbeat, after minutes by
//! default. Here every executor holds a connection to the scheduler's process for as long as it lives. When it dies, however
//! it dies, its kernel closes that connection, and every client that waits for an answer is told.
//!
//! Lines of JSON over TCP. Whoever connects says [`Hello`] first and hears [`Event::Welcome`] or [`Event::Refused`].

mod client;
mod ready;
mod server;

pub(crate) use client::{Link, View};
pub(crate) use ready::ready;
pub(crate) use server::{Control, Handle};

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::engine::Engine;

/// The longest line that is read: a plan is never sent here, a list of functions is.
const LONGEST_LINE: u64 = 1 << 20;

/// Returns what two processes must agree on to read each other's plans.
#[must_use]
pub fn versions() -> String {
    format!(
        "ecommerce_cluster {}, ballista {}, datafusion {}",
        env!("CARGO_PKG_VERSION"),
        ballista_core::BALLISTA_VERSION,
        datafusion::DATAFUSION_VERSION,
    )
}

/// The first line of whoever connects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Hello {
    /// A program with queries.
    Client { versions: String },
    /// A process that runs parts of them.
    Executor(Member, String),
}

/// An executor as the others see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Unique to the process: one that is started again has another.
    pub id: String,
    /// Its process id on its machine.
    pub pid: u32,
    /// Which engine it serves.
    pub engine: Engine,
    /// Where it is reached, as `http://HOST:PORT`.
    pub address: String,
    /// The signatures of its own functions.
    pub functions: Vec<String>,
}

/// What the scheduler says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Event {
    /// The first answer: who is there.
    Welcome(Welcome),
    /// The first and last answer to whoever does not belong.
    Refused(String),
    /// An executor is there and may be given work.
    Ready(Member),
    /// An executor is gone.
    Lost { id: String, reason: String },
    /// To an executor: are you there?
    Ping(u64),
    /// To a client: all that were there when you asked have answered, or have been told of as lost before this line.
    Alive(u64),
}

/// What comes after [`Hello`] on a client's or an executor's connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Note {
    /// An executor's answer to [`Event::Ping`].
    Pong(u64),
    /// A client's question, answered by [`Event::Alive`].
    Check(u64),
    /// An executor ends on purpose.
    Leaving,
}

/// The state of a cluster at the moment of connecting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Welcome {
    /// Unique to the scheduler's process.
    pub(crate) instance: String,
    /// Its versions.
    pub(crate) versions: String,
    /// Its process id.
    pub(crate) pid: u32,
    /// The engine of this cluster.
    pub(crate) engine: Engine,
    /// Ballista's own scheduler, as `http://HOST:PORT`.
    pub(crate) scheduler: Option<String>,
    /// How many executors make the cluster whole.
    pub(crate) expected: usize,
    /// Those that are ready.
    pub(crate) members: Vec<Member>,
    /// Those that were lost since the scheduler started.
    pub(crate) lost: Vec<(String, String)>,
    /// The signatures of the scheduler's own functions.
    pub(crate) functions: Vec<String>,
}

pub(crate) async fn write_line<T: Serialize>(
    to: &mut (impl AsyncWrite + Unpin),
    message: &T,
) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    to.write_all(&line).await
}

/// Returns the next message, or nothing when the other side is gone.
pub(crate) async fn read_line<T: for<'a> Deserialize<'a>>(
    from: &mut (impl AsyncBufRead + Unpin),
) -> std::io::Result<Option<T>> {
    use tokio::io::AsyncReadExt as _;
    let mut line = Vec::new();
    from.take(LONGEST_LINE).read_until(b'\n', &mut line).await?;
    if line.last() != Some(&b'\n') {
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(&line)?))
}
