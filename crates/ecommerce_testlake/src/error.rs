//! What can go wrong in the test equipment itself.

use std::io;

/// Why a server or proxy could not be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LakeError {
    /// A thread, a directory or a loopback port could not be had.
    #[error("{action}")]
    Setup {
        /// What was attempted.
        action: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// The name of a bucket is shorter than three characters, longer than 63, or not made of a–z, 0–9, `-` and `.`.
    #[error("`{0}` is no name for a bucket")]
    BucketName(String),
    /// The server stopped: its runtime is gone.
    #[error("the server has stopped")]
    Stopped,
}

impl LakeError {
    pub(crate) fn setup(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Setup { action, source }
    }
}
