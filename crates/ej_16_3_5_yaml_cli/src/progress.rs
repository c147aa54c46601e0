//! Progress on a terminal; nothing anywhere else, so that a log holds only what matters and no counter slows a batch job.

use crate::pipeline::OnRows;
use crate::summary::grouped;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A line with the rows read so far, or nothing.
pub(crate) struct Progress(Option<ProgressBar>);

impl Progress {
    /// A line if someone is looking.
    pub(crate) fn new(quiet: bool) -> Self {
        if quiet || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} · {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message("abriendo las entradas");
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(Some(bar))
    }

    /// What to call with the rows of each batch.
    pub(crate) fn on_rows(&self) -> Option<OnRows> {
        let bar = self.0.clone()?;
        let total = AtomicU64::new(0);
        Some(Arc::new(move |rows| {
            let rows = total.fetch_add(rows as u64, Ordering::Relaxed) + rows as u64;
            bar.set_message(format!("{} filas leídas", grouped(rows)));
        }))
    }

    /// The engine is done; what is left is short.
    pub(crate) fn pause(&self) {
        if let Some(bar) = &self.0 {
            bar.set_message("terminando");
        }
    }

    /// Takes the line away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}
