//! Progress: a bar with rows, bytes and time left on a terminal; elsewhere a line per stage.

use crate::output::{Say, human_bytes, print_err};
use ecommerce_pipeline::{Phase, Progress};
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Set by Ctrl-C; asked between batches.
#[derive(Clone, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Listens for Ctrl-C from now on. The second one ends the program at once: tables stay whole all the same.
    pub(crate) async fn listen() -> Self {
        let stop = Self::default();
        let flag = stop.clone();
        let mut first = Box::pin(tokio::signal::ctrl_c());
        // The first poll installs the handler: from here on no signal ends the program by itself.
        let already = futures::poll!(&mut first).is_ready();
        tokio::spawn(async move {
            if already || first.await.is_ok() {
                flag.0.store(true, Ordering::Relaxed);
                print_err("interrumpiendo…");
                if tokio::signal::ctrl_c().await.is_ok() {
                    std::process::exit(i32::from(crate::messages::INTERRUPTED));
                }
            }
        });
        stop
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Progress of a single day.
pub(crate) struct DayProgress {
    say: Say,
    stop: Stop,
    bar: Option<ProgressBar>,
    rows: AtomicU64,
}

impl DayProgress {
    pub(crate) fn new(say: Say, stop: Stop) -> Self {
        Self {
            say,
            stop,
            bar: say.draws().then(byte_bar),
            rows: AtomicU64::new(0),
        }
    }

    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A bar over bytes.
pub(crate) fn byte_bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template(
        "{prefix:<22} {bar:30} {bytes:>10}/{total_bytes:<10} {msg} quedan {eta}",
    );
    if let Ok(style) = style {
        bar.set_style(style.progress_chars("━╸ "));
    }
    bar
}

const fn label(phase: Phase) -> &'static str {
    match phase {
        Phase::Open => "abriendo la entrada",
        Phase::Duplicates => "buscando duplicados",
        Phase::Contract => "contrato y métricas",
        Phase::Publish => "publicando",
    }
}

impl Progress for DayProgress {
    fn begin(&self, phase: Phase, bytes: u64) {
        self.rows.store(0, Ordering::Relaxed);
        match &self.bar {
            Some(bar) => {
                bar.reset();
                bar.set_length(bytes);
                bar.set_prefix(label(phase));
                bar.set_message("");
            }
            None if bytes > 0 => {
                self.say
                    .note(&format!("{} ({})", label(phase), human_bytes(bytes)))
            }
            None => self.say.note(label(phase)),
        }
    }

    fn advance(&self, _: Phase, rows: u64, bytes: u64) {
        let rows = self.rows.fetch_add(rows, Ordering::Relaxed) + rows;
        if let Some(bar) = &self.bar {
            bar.inc(bytes);
            bar.set_message(format!("{rows} filas"));
        }
    }

    fn is_cancelled(&self) -> bool {
        self.stop.is_set()
    }
}

/// Progress of a day among many: silent, but stoppable.
pub(crate) struct Quiet(pub(crate) Stop);

impl Progress for Quiet {
    fn begin(&self, _: Phase, _: u64) {}
    fn advance(&self, _: Phase, _: u64, _: u64) {}
    fn is_cancelled(&self) -> bool {
        self.0.is_set()
    }
}
