//! What a caller decides about a connection.

use std::time::Duration;

use crate::functions::Functions;

/// The stated deadlines, and what the client and the cluster share.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long [`Cluster::connect`](crate::Cluster::connect) may take, executors included. 9 s, so that a program that finds nobody has said so within ten.
    pub connect: Duration,
    /// How long one query may take, from the call to its last row. 5 minutes.
    pub deadline: Duration,
    /// The functions of our own that queries may use.
    pub functions: Functions,
    /// Partitions of a shuffle, and so tasks of a stage. One per core of this machine.
    pub partitions: usize,
    /// Bytes from which the scan of a file is split over several tasks. 10 MiB; tests lower it, because their tables are small.
    pub split_from: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(9),
            deadline: Duration::from_secs(300),
            functions: Functions::default(),
            partitions: std::thread::available_parallelism().map_or(1, usize::from),
            split_from: 10 << 20,
        }
    }
}
