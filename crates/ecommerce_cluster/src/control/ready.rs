//! Waiting for a cluster to be whole.

use std::time::{Duration, Instant};

use super::client::Link;
use crate::address::Address;
use crate::error::ClusterError;

/// Connects, and waits until every expected executor is ready.
pub(crate) async fn ready(address: &Address, within: Duration) -> Result<Link, ClusterError> {
    let start = Instant::now();
    let link = Link::client(address, within).await?;
    let expected = link.welcome.expected;
    let mut view = link.view();
    let left = within.saturating_sub(start.elapsed());
    let complete = tokio::time::timeout(
        left,
        view.wait_for(|view| {
            view.members.len() >= expected || view.lost.is_some() || view.closed.is_some()
        }),
    )
    .await;
    let now = link.view().borrow().clone();
    if let Some((executor, reason)) = now.lost {
        return Err(ClusterError::ExecutorLost { executor, reason });
    }
    if let Some(reason) = now.closed {
        return Err(ClusterError::SchedulerLost {
            url: address.to_string(),
            reason,
        });
    }
    match complete {
        Ok(Ok(_)) => Ok(link),
        _ => Err(ClusterError::NotReady {
            url: address.to_string(),
            present: now.members.len(),
            expected,
            waited: start.elapsed(),
        }),
    }
}
