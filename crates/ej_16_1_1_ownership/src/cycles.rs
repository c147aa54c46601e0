//! A session that knows its events, whose events know their session: the same graph with three kinds of way back.
//!
//! With an owning way back ([`Back::Owning`]) nobody is ever the last owner and the graph leaks, safely and for good. With a
//! weak one ([`Back::Weak`]) the session owns its events and the way back owns nothing. And with positions in a table
//! ([`Sesiones`]) there are no pointers at all, which is how Polars holds its plans (`Arena` and `Node`).

use crate::{DropLog, Probe};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// How an event points back to its session.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Back {
    /// By an `Arc`: the event keeps its session alive, and the session the event.
    Owning,
    /// By a `Weak`: the event can ask whether its session still lives.
    Weak,
}

enum BackLink<'log> {
    Owning(Arc<Sesion<'log>>),
    Weak(Weak<Sesion<'log>>),
}

/// An event of a session.
pub struct EventoDeSesion<'log> {
    _probe: Probe<'log>,
    sesion: BackLink<'log>,
}

impl<'log> EventoDeSesion<'log> {
    /// Its session, or `None` once that was dropped.
    pub fn sesion(&self) -> Option<Arc<Sesion<'log>>> {
        match &self.sesion {
            BackLink::Owning(sesion) => Some(Arc::clone(sesion)),
            BackLink::Weak(sesion) => sesion.upgrade(),
        }
    }
}

/// A visit with its events.
///
/// ```
/// use ej_16_1_1_ownership::{Back, DropLog, Sesion};
/// let log = DropLog::new();
/// drop(Sesion::with_events(&log, 2, Back::Weak));
/// assert_eq!(log.names(), ["sesion", "evento", "evento"]);
/// drop(Sesion::with_events(&log, 2, Back::Owning));
/// assert_eq!(log.count(), 3); // nothing more: the second session leaked
/// ```
pub struct Sesion<'log> {
    _probe: Probe<'log>,
    eventos: Mutex<Vec<Arc<EventoDeSesion<'log>>>>,
}

impl<'log> Sesion<'log> {
    /// A session with `events` events that point back as `back` says. Its drop is logged as `sesion`, each event's as `evento`.
    ///
    /// # Cost
    /// One allocation for the session, one for each event and one for their list.
    pub fn with_events(log: &'log DropLog, events: usize, back: Back) -> Arc<Self> {
        let sesion = Arc::new(Self {
            _probe: log.probe("sesion"),
            eventos: Mutex::new(Vec::with_capacity(events)),
        });
        for _ in 0..events {
            let evento = EventoDeSesion {
                _probe: log.probe("evento"),
                sesion: match back {
                    Back::Owning => BackLink::Owning(Arc::clone(&sesion)),
                    Back::Weak => BackLink::Weak(Arc::downgrade(&sesion)),
                },
            };
            sesion.list().push(Arc::new(evento));
        }
        sesion
    }

    /// Its events, shared.
    pub fn eventos(&self) -> Vec<Arc<EventoDeSesion<'log>>> {
        self.list().clone()
    }

    /// How many events it gave up: a cycle is broken by hand here, as CPython's collector breaks one it finds.
    pub fn close(&self) -> usize {
        // Taken out first: dropping an event may drop this session, and its lock must not be held then.
        let eventos = std::mem::take(&mut *self.list());
        eventos.len()
    }

    fn list(&self) -> MutexGuard<'_, Vec<Arc<EventoDeSesion<'log>>>> {
        self.eventos.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sessions and events in two tables, each event with the row of its session: a graph with one owner and no pointers.
///
/// ```
/// use ej_16_1_1_ownership::{DropLog, Sesiones};
/// let log = DropLog::new();
/// let mut sesiones = Sesiones::new(&log);
/// let visit = sesiones.open();
/// let (a, b) = (sesiones.record(visit), sesiones.record(visit));
/// assert_eq!((a, sesiones.sesion_of(0)), (Some(0), Some(visit)));
/// assert_eq!((b, sesiones.eventos_of(visit).collect::<Vec<_>>()), (Some(1), vec![0, 1]));
/// drop(sesiones);
/// assert_eq!(log.names(), ["sesion", "evento", "evento"]);
/// ```
pub struct Sesiones<'log> {
    log: &'log DropLog,
    sesiones: Vec<Probe<'log>>,
    eventos: Vec<(Probe<'log>, usize)>,
}

impl<'log> Sesiones<'log> {
    /// Empty tables.
    pub const fn new(log: &'log DropLog) -> Self {
        Self {
            log,
            sesiones: Vec::new(),
            eventos: Vec::new(),
        }
    }

    /// The row of a new session.
    pub fn open(&mut self) -> usize {
        self.sesiones.push(self.log.probe("sesion"));
        self.sesiones.len() - 1
    }

    /// The row of a new event of session `sesion`, or `None` if there is no such session.
    pub fn record(&mut self, sesion: usize) -> Option<usize> {
        self.sesiones.get(sesion)?;
        self.eventos.push((self.log.probe("evento"), sesion));
        Some(self.eventos.len() - 1)
    }

    /// The row of the session of event `evento`, or `None` if there is no such event.
    pub fn sesion_of(&self, evento: usize) -> Option<usize> {
        self.eventos.get(evento).map(|(_, sesion)| *sesion)
    }

    /// The rows of the events of session `sesion`, ascending.
    ///
    /// # Cost
    /// Reads the whole table of events; an engine would keep them sorted by session.
    pub fn eventos_of(&self, sesion: usize) -> impl Iterator<Item = usize> + '_ {
        let mine =
            move |(row, (_, of)): (usize, &(Probe<'log>, usize))| (*of == sesion).then_some(row);
        self.eventos.iter().enumerate().filter_map(mine)
    }
}
